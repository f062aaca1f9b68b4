"""Whole processes side by side in one run: what a merge costs beside its unavoidable import.

    python benchmarks/side_by_side.py [rounds]

The commands take turns, so that a machine whose speed drifts disturbs all of them alike; medians
and ratios are printed. Targets: the whole merge of the nine shipped departments ≤ 2.0 × the import
of pandera.pandas, ``--help`` ≤ 3 × a bare Python.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable


def wall_seconds(command: list[str], cache: Path) -> float:
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


def commands(workspace: Path) -> dict[str, tuple[list[str], str, float | None]]:
    """Name → (command, what it is compared with, target ratio)."""
    tool = [PYTHON, "-m", "sousei_xl"]
    inbox = ["--workspace", str(workspace)]
    first = [PYTHON, "-c", _FIRST_MERGE.format(workspace=str(workspace))]
    return {
        "python -c pass": ([PYTHON, "-c", "pass"], "", None),
        "--help": ([*tool, "--help"], "python -c pass", 3.0),
        "--version": ([*tool, "--version"], "python -c pass", 3.0),
        "explain R105": ([*tool, "explain", "R105"], "python -c pass", 3.0),
        "import pandera.pandas": ([PYTHON, "-c", "import pandera.pandas"], "", None),
        "merge, outputs new": (first, "import pandera.pandas", 2.0),
        "merge, outputs unchanged": ([*tool, "merge", *inbox], "import pandera.pandas", 2.0),
        "check one file": (
            [*tool, "check", str(workspace / "inbox" / "経済部.xlsx"), *inbox],
            "import pandera.pandas",
            1.3,
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


def main() -> None:
    """Print one table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        for part in ("templates", "inbox"):
            shutil.copytree(ROOT / part, workspace / part)
        table = commands(workspace)
        seconds: dict[str, list[float]] = {name: [] for name in table}
        for turn in range(rounds + 1):
            for name, (command, _, _) in table.items():
                taken = wall_seconds(command, workspace / "pycache")
                if turn:  # the first turn warms the caches
                    seconds[name].append(taken)
    print(f"{'command':28}{'median ms':>10}{'min':>8}{'max':>8}   ratio (target)")
    for name, (_, against, target) in table.items():
        mine = seconds[name]
        line = f"{name:28}{1000 * statistics.median(mine):10.0f}{1000 * min(mine):8.0f}"
        line += f"{1000 * max(mine):8.0f}"
        if against:
            pairs = [a / b for a, b in zip(mine, seconds[against], strict=True)]
            line += f"   {statistics.median(pairs):.2f} × {against} (≤ {target})"
        print(line)


if __name__ == "__main__":
    main()
