"""What the tests have measured: kept in ``figures.json``, shown on ``docs/reliability.md``.

A figure that follows from the tests alone must be the one on the page whenever its test runs. One
that depends on the machine (a duration, memory, how many file operations a Python version needs)
is only taken down, by ``make reliability``; its limits are the tests' own business.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).with_name("figures.json")
TARGET = "RELIABILITY_FIGURES"  # environment: a file that takes a line of JSON for each test
RECORDING = TARGET in os.environ


class Figures:
    """Takes figures from tests, which may run in several processes."""

    def exact(self, **figures: int) -> None:
        """Figures that are the same everywhere: those on the page, or the page is out of date."""
        if not self._record(figures):
            kept = load()
            assert figures == {name: kept.get(name) for name in figures}, "make reliability"

    def measured(self, **figures: float) -> None:
        """Figures of this machine and this run."""
        self._record({name: round(value, 1) for name, value in figures.items()})

    def _record(self, figures: dict[str, Any]) -> bool:
        if RECORDING:
            with open(os.environ[TARGET], "a", encoding="utf-8") as lines:
                lines.write(json.dumps(figures) + "\n")
        return RECORDING


def load() -> dict[str, Any]:
    """All figures by name, as they stand on the page."""
    kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return kept


def peak_megabytes() -> int:
    """The largest resident set that this process has had so far; 0 where nobody tells."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1 << 20 if sys.platform == "darwin" else 1 << 10)
