"""How long after a change in the inbox ``watch`` has published, pandas already loaded."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[1]
TARGET = 1.0
_CHANGED = "経済部.xlsx"


def measure(folder: Path, rounds: int) -> Sequence[float]:
    """Seconds from the moment when a changed file stands in the inbox to the line that says what
    was published; the shipped workspace, ten workbooks."""
    workspace = folder / "watched"
    shutil.rmtree(workspace, ignore_errors=True)
    for part in ("templates", "inbox"):
        shutil.copytree(ROOT / part, workspace / part)
    versions = [_changed(workspace / "inbox" / _CHANGED, folder, n) for n in range(2)]
    process = subprocess.Popen(
        [sys.executable, "-m", "sousei_xl", "watch", "--workspace", str(workspace)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
    )

    def wait_for_line() -> None:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise SystemExit("watch has ended")

    try:
        wait_for_line()  # what it watches
        wait_for_line()  # the first merge
        taken = []
        for turn in range(rounds):
            time.sleep(1 + 0.07 * turn)  # not in step with its looking
            arriving = workspace / "arriving"
            shutil.copyfile(versions[turn % 2], arriving)
            os.replace(arriving, workspace / "inbox" / _CHANGED)
            started = time.perf_counter()
            wait_for_line()
            taken.append(time.perf_counter() - started)
    finally:
        process.kill()
        process.wait()
    return taken


def _changed(path: Path, folder: Path, number: int) -> Path:
    book = openpyxl.load_workbook(path)
    book["事業"]["J4"] = 1000 + number
    target = folder / f"{number}.xlsx"
    book.save(target)
    return target


def line(taken: Sequence[float]) -> str:
    """One sentence of the page."""
    middle, longest = statistics.median(taken), max(taken)
    return (
        f"`watch`: inbox の変化から新しい別紙まで、中央値{middle:.2f}秒、"
        f"最大{longest:.2f}秒（{len(taken)}回。目標{TARGET:.0f}秒）。"
    )
