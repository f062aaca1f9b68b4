#!/bin/sh
cd "$(dirname "$0")" || exit 2
status=2
found=
for python in .venv/bin/python ../.venv/bin/python \
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
printf '\nEnterキーを押すと閉じます。'
read -r _
exit "$status"
