"""Everything in one run; rewrites the measured part of docs/performance.md and its picture.

python -m benchmarks [SIZE …] [--folder DIR] [--rounds N] [--dry-run]
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import tempfile
from importlib.metadata import version
from pathlib import Path

from benchmarks import commands, scale, watching
from benchmarks.picture import draw

ROOT = Path(__file__).resolve().parents[1]
PAGE, PICTURE = ROOT / "docs" / "performance.md", ROOT / "docs" / "images" / "performance.png"
BEGIN, END = "<!-- make benchmark が書いた部分 -->", "<!-- ここまで -->"
SIZES = (9, 100, 1000)
LIBRARIES = ("pandas", "pandera", "xlsxwriter", "python-calamine", "openpyxl", "frictionless")


def machine() -> str:
    """What it was measured on."""
    cpu = ""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = re.findall(r"model name\s*:\s*(.+)", info.read_text())
        cpu = f"、{names[0]}" if names else ""
    versions = "、".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{platform.system()} {platform.machine()}{cpu}、{os.cpu_count()}コア、"
        f"Python {platform.python_version()}、{versions}"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=list(SIZES), metavar="SIZE")
    parser.add_argument("--folder", type=Path, help="where generated workspaces are kept")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dry-run", action="store_true", help="only print the tables")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        seconds = commands.measure(folder, max(given.rounds, 7))
        watched = watching.measure(folder, max(given.rounds, 7))
        found = scale.measure(given.sizes, folder, given.rounds)
    lines = [
        f"測った機械: {machine()}",
        "",
        *commands.table(seconds),
        "",
        watching.line(watched),
        "",
        "12行の様式がn冊のとき（中央値。比は同じ回どうしの比の中央値）:",
        "",
        *scale.table(found),
    ]
    if rows := list(scale.growth(found)):
        lines += ["", *rows]
    text = "\n".join(lines)
    print(text)
    if not given.dry_run:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
        draw(found, PICTURE)


if __name__ == "__main__":
    main()
