"""Our own copies of the workbooks in the outbox: what a hand edit is found by.

A copy stands in ``履歴/記録/`` under the hash of its bytes for as long as its workbook stands in
the outbox. It is read only where the workbook there is no longer the one that was published.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from sousei_xl.publish.disk import Outbox
from sousei_xl.publish.record import Record
from sousei_xl.publish.verify import Cell, NotWhole, OpenSheets, formula_cells, read_back
from sousei_xl.workspace import HISTORY

_FOLDER = f"{HISTORY}/記録"
_OURS = re.compile(r"[0-9a-f]{32}\.xlsx\Z")

Values = dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The cell values of a workbook as text, by sheet, and the addresses of its formulas."""

    sheets: Values
    formulas: dict[str, list[str]]


def copy_name(sha256: str) -> str:
    """Where the copy of the workbook with this hash is kept, outbox-relative."""
    return f"{_FOLDER}/{sha256[:32]}.xlsx"


def published_snapshot(outbox: Outbox, sha256: str) -> Snapshot | None:
    """What the workbook with this hash says; None where its copy is missing or damaged.

    Raises OperatorError where it cannot be opened.
    """
    name = copy_name(sha256)
    if outbox.digest(name) != sha256:
        return None
    try:
        return snapshot(outbox, name, ours=True)
    except NotWhole:
        return None


def snapshot(outbox: Outbox, name: str, ours: bool = False) -> Snapshot:
    """What a workbook of the outbox says; ``ours`` as for ``read_back``. Raises NotWhole and
    OSError."""
    path = outbox.at(name)
    return Snapshot(as_text(read_back(path, ours)), formula_cells(path))


def forget_copies(outbox: Outbox, record: Record) -> None:
    """Delete the copies of workbooks that stand in the outbox no more."""
    needed = {outbox.at(copy_name(entry.sha256)).name for entry in record.files.values()}
    with contextlib.suppress(OSError):
        for path in list(outbox.at(_FOLDER).iterdir()):
            if _OURS.match(path.name) and path.name not in needed:
                path.unlink()


def as_text(sheets: OpenSheets) -> Values:
    """Cell values as comparable text, without trailing blank cells and rows.

    A number that Excel has computed again is equal up to its twelfth digit.
    """
    return {name: _lines(rows) for name, rows in sheets.items()}


def _lines(rows: Iterable[list[Cell]]) -> list[list[str]]:
    lines = []
    for row in rows:
        line = [v if v.__class__ is str and "\r" not in v else _text(v) for v in row]
        while line and not line[-1]:
            line.pop()
        lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _text(value: Cell) -> str:
    if isinstance(value, float):  # most of those that are asked about
        return str(int(value)) if value.is_integer() else f"{value:.12g}"
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value)
