"""``make reliability``: run the tests that the page names, take their figures down, write the page.

Each line's tests run alone and one after the other: durations and memory are their own.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.mutate import run
from tests.reliability.figures import KEPT, ROOT, TARGET, load
from tests.reliability.page import MUTANTS, PAGE, PROMISES, SEED, page


def main() -> None:
    """Measure everything anew, or only the promises whose files are named (``test_kill``)."""
    chosen = sys.argv[1:]
    found: dict[str, Any] = load()
    told = [promise.files for promise in PROMISES if promise.files and promise.names]
    for files in dict.fromkeys(told):
        if not chosen or any(name in files for name in chosen):
            _keep(found | _run_tests(files))
            found = load()
    if not chosen or "mutate" in chosen:
        _keep(found | _run_mutants())
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


def _keep(found: dict[str, Any]) -> None:
    """What one step has measured is kept, whatever becomes of the next one."""
    shown = set().union(*(promise.names for promise in PROMISES))
    kept = {name: value for name, value in found.items() if name in shown}
    kept["machine"] = _machine()
    KEPT.write_text(
        json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        encoding="utf-8",
        newline="\n",
    )


def _run_tests(files: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "figures"
        command = [sys.executable, "-m", "pytest", "-q", *files.split()]
        environment = {**os.environ, TARGET: str(target)}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        found: dict[str, Any] = {}
        if target.exists():
            for line in target.read_text(encoding="utf-8").splitlines():
                found |= json.loads(line)
    return found


def _run_mutants() -> dict[str, Any]:
    started = time.monotonic()
    tally = run(SEED, 0, MUTANTS, os.cpu_count() or 1)
    if tally.failures:
        sys.exit("\n".join(tally.failures))
    verdicts: dict[str, int] = {}
    for (_, verdict), number in tally.counts.items():
        verdicts[verdict] = verdicts.get(verdict, 0) + number
    names = {"拒否": "refused", "同じ": "same", "指摘": "reported", "記載どおり": "as_written"}
    return {
        "mutants": tally.counts.total(),
        "mutants_seconds": time.monotonic() - started,
        **{f"mutants_{name}": verdicts.get(verdict, 0) for verdict, name in names.items()},
    }


def _machine() -> str:
    """Cores, system and Python: what a duration depends on, and nothing that names a machine."""
    return f"{os.cpu_count()}コア、{platform.system()}、Python {platform.python_version()}"


if __name__ == "__main__":
    main()
