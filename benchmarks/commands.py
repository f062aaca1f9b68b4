"""What a command costs beside what nobody gets under: a bare Python, the import of pandera."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable


@dataclass(frozen=True)
class Command:
    """What is run; ``against`` is the command that it is compared with, at most ``target`` times
    as long."""

    words: Sequence[str]
    against: str = ""
    target: float = 0.0


def commands(workspace: Path) -> Mapping[str, Command]:
    """By the name under which they are shown."""
    tool = [PYTHON, "-m", "sousei_xl"]
    inbox = ["--workspace", str(workspace)]
    bare, imported = "python -c pass", "import pandera.pandas"
    first = [PYTHON, "-c", _FIRST_MERGE.format(workspace=str(workspace))]
    return {
        bare: Command([PYTHON, "-c", "pass"]),
        "--help": Command([*tool, "--help"], bare, 3.0),
        "--version": Command([*tool, "--version"], bare, 3.0),
        "explain R105": Command([*tool, "explain", "R105"], bare, 3.0),
        imported: Command([PYTHON, "-c", imported]),
        "merge（出力が新しい）": Command(first, imported, 2.0),
        "merge（出力は変わらない）": Command([*tool, "merge", *inbox], imported, 2.0),
        "check 経済部.xlsx": Command(
            [*tool, "check", str(workspace / "inbox" / "経済部.xlsx"), *inbox], imported, 1.3
        ),
    }


# An empty outbox each time: everything is written, nothing is found unchanged.
_FIRST_MERGE = """
import shutil, sys
shutil.rmtree({workspace!r} + "/outbox", ignore_errors=True)
sys.argv = ["sousei-xl", "merge", "--workspace", {workspace!r}]
from sousei_xl.cli import main
main()
"""


def measure(folder: Path, rounds: int) -> Mapping[str, Sequence[float]]:
    """Seconds of every command in every round, in a copy of the shipped workspace.

    They take turns, so that a machine whose speed drifts disturbs all of them alike.
    """
    workspace = folder / "example"
    for part in ("templates", "inbox"):
        shutil.copytree(ROOT / part, workspace / part, dirs_exist_ok=True)
    table = commands(workspace)
    seconds: dict[str, list[float]] = {name: [] for name in table}
    for turn in range(rounds + 1):
        for name, command in table.items():
            taken = _wall_seconds(command.words, folder / "pycache")
            if turn:  # the first turn warms the caches
                seconds[name].append(taken)
    return seconds


def _wall_seconds(command: Sequence[str], cache: Path) -> float:
    """Seconds from start to end of one process; its output is thrown away.

    Modules are compiled once, into ``cache``, as they are where they are installed.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command} ended with {done.returncode}: {done.stderr.decode()}")
    return time.perf_counter() - started


def table(seconds: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """The Markdown table: medians, and medians of the rounds' ratios beside their targets."""
    yield "| コマンド | 中央値（ミリ秒） | 最小 | 最大 | 比 | 目標 |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, command in commands(Path()).items():
        mine = seconds[name]
        cells = [f"{1000 * f(mine):.0f}" for f in (statistics.median, min, max)]
        ratio = target = ""
        if command.against:
            pairs = zip(mine, seconds[command.against], strict=True)
            ratio = f"{statistics.median(a / b for a, b in pairs):.2f}"
            target = f"「{command.against}」の{command.target}倍まで"
        yield f"| {name} | {' | '.join((*cells, ratio, target))} |"
