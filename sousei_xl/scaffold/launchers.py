"""Files to double-click, for people who never see a command line.

The batch files are ASCII with CRLF, because cmd.exe reads them in the code page of the machine;
everything in Japanese is said by Python. They find Python in ``.venv``, beside them or where the
workspaces of all years stand, by the launcher ``py`` or on the path, and stay open to be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_BATCH = """\
@echo off
setlocal
set "STATUS=2"
pushd "%~dp0"
if errorlevel 1 goto end
set "PY=.venv\\Scripts\\python.exe"
%PY% -c "import sousei_xl, xlsxwriter" >nul 2>nul && goto found
set "PY=..\\.venv\\Scripts\\python.exe"
%PY% -c "import sousei_xl, xlsxwriter" >nul 2>nul && goto found
set "PY=py -3"
%PY% -c "import sousei_xl, xlsxwriter" >nul 2>nul && goto found
set "PY=python"
%PY% -c "import sousei_xl, xlsxwriter" >nul 2>nul && goto found
echo sousei_xl was not found. Python 3.11 or later and sousei_xl have to be installed (README.md).
echo Python to sousei_xl wo install shite kara, mou ichido jikkou shite kudasai.
goto leave
:found
{commands}
set "STATUS=%ERRORLEVEL%"
:leave
popd
:end
echo.
pause
exit /b %STATUS%
"""
# A file dropped on the icon comes in quotation marks where its name has a blank, and in none
# otherwise: cmd.exe ends %1 at , ; and =, and leaves %* as it is. No brackets: a name such as
# "(1).xlsx" would end them.
_WITH_FILE = """\
if not "%~1"=="" goto dropped
%PY% -m sousei_xl {alone}
goto done
:dropped
%PY% -m sousei_xl {dropped}
:done"""

_MAC = """\
#!/bin/sh
cd "$(dirname "$0")" || exit 2
status=2
found=
for python in .venv/bin/python ../.venv/bin/python \\
  python3 python3.14 python3.13 python3.12 python3.11; do
  if "$python" -c 'import sousei_xl, xlsxwriter' >/dev/null 2>&1; then
    found=yes
    "$python" -m sousei_xl merge
    status=$?
    break
  fi
done
if [ -z "$found" ]; then
  echo 'Python 3.11以上とsousei_xlをインストールしてから、もう一度実行してください（README.md）。'
fi
printf '\\nEnterキーを押すと閉じます。'
read -r _
exit "$status"
"""


def _batch(commands: str) -> bytes:
    return _BATCH.format(commands=commands).replace("\n", "\r\n").encode("ascii")


LAUNCHERS: Mapping[str, bytes] = {
    "統合.bat": _batch(_WITH_FILE.format(alone="merge", dropped="merge --previous %*")),
    "様式作成.bat": _batch(
        _WITH_FILE.format(alone="distribute", dropped="distribute --previous %*")
    ),
    "点検.bat": _batch(_WITH_FILE.format(alone="check", dropped="check %*")),
    "統合.command": _MAC.encode("utf-8"),
}


def write_launcher(path: Path) -> None:
    """Write the launcher of this name; KeyError for another one. Raises OSError."""
    path.write_bytes(LAUNCHERS[path.name])
    if path.suffix == ".command":
        path.chmod(0o755)
