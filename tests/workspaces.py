"""Workspaces for tests: the shipped example in a folder of its own, and commands run in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

ROOT = Path(__file__).resolve().parents[1]

needs_links = pytest.mark.skipif(
    sys.platform == "win32", reason="symbolic links need a privilege of Windows"
)


def example_workspace(folder: Path) -> Path:
    """A copy of the shipped workspace."""
    for part in ("templates", "inbox"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "outbox").mkdir()
    return folder


@dataclass(frozen=True)
class Ran:
    """A finished command."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as JSON."""
        return json.loads(self.out)


def run(*arguments: str | Path, encoding: str = "utf-8", **environment: str) -> Ran:
    """``sousei-xl`` as a process of its own, as a user runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "sousei_xl", *map(str, arguments)],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, **environment},
        check=False,
    )
    out, err = (said.decode(encoding).replace("\r\n", "\n") for said in (done.stdout, done.stderr))
    return Ran(done.returncode, out, err)


def edit(path: Path, sheet: str, changes: dict[str, Any]) -> None:
    """Change cells of a workbook as a department would."""
    book = openpyxl.load_workbook(path)
    for cell, value in changes.items():
        book[sheet][cell] = value
    book.save(path)


def column(path: Path, heading: str, sheet: str = "事業") -> str:
    """The letter of a column by its heading."""
    for row in openpyxl.load_workbook(path)[sheet].iter_rows():
        for cell in row:
            if cell.value == heading:
                return str(cell.column_letter)
    raise KeyError(heading)
