@echo off
setlocal
set "STATUS=2"
pushd "%~dp0"
if errorlevel 1 goto end
set "PY=.venv\Scripts\python.exe"
%PY% -c "import sousei_xl, xlsxwriter" >nul 2>nul && goto found
set "PY=..\.venv\Scripts\python.exe"
%PY% -c "import sousei_xl, xlsxwriter" >nul 2>nul && goto found
set "PY=py -3"
%PY% -c "import sousei_xl, xlsxwriter" >nul 2>nul && goto found
set "PY=python"
%PY% -c "import sousei_xl, xlsxwriter" >nul 2>nul && goto found
echo sousei_xl was not found. Python 3.11 or later and sousei_xl have to be installed (README.md).
echo Python to sousei_xl wo install shite kara, mou ichido jikkou shite kudasai.
goto leave
:found
if not "%~1"=="" goto dropped
%PY% -m sousei_xl merge
goto done
:dropped
%PY% -m sousei_xl merge --previous %*
:done
set "STATUS=%ERRORLEVEL%"
:leave
popd
:end
echo.
pause
exit /b %STATUS%
