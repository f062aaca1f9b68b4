"""``事務局修正.xlsx`` made, or made anew with this year's lists, when the forms are.

``init`` writes it before the template is filled in, so that its lists are empty then. It is the
office's own file: one in which anything was typed is never touched.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from sousei_xl.forms.layout import CHOICES
from sousei_xl.forms.office_layout import ACKNOWLEDGED, ADDED, CORRECTED
from sousei_xl.intake.inbox import InboxFile, list_inbox
from sousei_xl.intake.read import read_one
from sousei_xl.intake.reading import Reading, SheetCells
from sousei_xl.scaffold.grid import HEADER_ROW
from sousei_xl.scaffold.office import build_office_sheet
from sousei_xl.strategy import Strategy
from sousei_xl.text import Value
from sousei_xl.workspace import OFFICE_SHEET, Workspace, is_folder, lock_files

# made: there was none. renewed: nothing was typed in it, and its lists were not this year's.
# current: nothing to do. kept: something was typed, and its lists are not this year's.
# open: somebody has it open. failed: it could not be read or written.
State = Literal["made", "renewed", "current", "kept", "open", "failed"]
Rows = Mapping[int, tuple[Value, ...]]

_FOR_NOBODY = "._{}.tmp"  # a name that the inbox passes by
_ATTACHED = ("comment", "drawing", "media/", "embeddings/")  # parts that our own file has none of


@dataclass(frozen=True, slots=True)
class OfficeFile:
    """The office's sheet, and what became of it."""

    path: Path
    state: State


def find_office_sheet(workspace: Workspace) -> InboxFile | None:
    """The office's sheet in the inbox, if there is one."""
    try:
        return list_inbox(workspace.inbox).office
    except OSError:
        return None


def renew(workspace: Workspace, strategy: Strategy, reading: Reading | None) -> OfficeFile | None:
    """Make the office's sheet where it is missing, and anew where nothing was typed in it.

    ``reading`` is what stands in the inbox. Never fails: a file that is open, or that cannot be
    read or written, stays as it is. None where there is no inbox yet.
    """
    if not is_folder(workspace.inbox):
        return None
    found = find_office_sheet(workspace)
    path = workspace.inbox / (found.file if found else OFFICE_SHEET)
    if (found is None) != (reading is None) or (reading and reading.refusal):
        return OfficeFile(path, "failed")  # it came, or went, or cannot be read: leave it
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as aside:
        fresh = Path(aside, OFFICE_SHEET)
        try:
            build_office_sheet(fresh, strategy)
            return OfficeFile(path, _put(fresh, path, reading))
        except OSError:
            return OfficeFile(path, "failed")


def _put(fresh: Path, path: Path, reading: Reading | None) -> State:
    if reading is not None:
        wanted = read_one(str(fresh), fresh.name)
        if _lists(reading) == _lists(wanted):
            return "current"
        if not _is_untouched(reading, wanted) or _has_attachments(path) or path.is_symlink():
            return "kept"
        if any(path.with_name(lock).exists() for lock in lock_files(path.name)):
            return "open"
    data = fresh.read_bytes()
    beside = path.with_name(_FOR_NOBODY.format(path.name))
    try:
        beside.write_bytes(data)
        if reading is None:
            if os.path.lexists(path):
                return "failed"
        elif sha256(path.read_bytes()).hexdigest() != reading.sha256:
            return "kept"  # somebody has saved it since
        try:
            os.replace(beside, path)
        except PermissionError:  # on Windows: open in Excel
            return "open" if reading is not None else "failed"
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return "made" if reading is None else "renewed"


def _lists(reading: Reading) -> tuple[Rows, Value | tuple[Value, ...]]:
    """What depends on the template: the lists, and the headings of 追加."""
    sheets = {sheet.name: _rows(sheet) for sheet in reading.sheets}
    return sheets.get(CHOICES, {}), sheets.get(ADDED, {}).get(HEADER_ROW + 1, ())


def _is_untouched(reading: Reading, wanted: Reading) -> bool:
    """Whether every cell is one that we wrote, whatever year it was for."""
    mine, theirs = ({s.name: s for s in r.sheets} for r in (wanted, reading))
    if mine.keys() != theirs.keys():
        return False
    for name, sheet in theirs.items():
        if sheet.errors or sheet.uncached or sheet.formulas or sheet.leftovers:
            return False
        rows, ours = _rows(sheet), _rows(mine[name])
        if name in (CORRECTED, ADDED, ACKNOWLEDGED) and max(rows, default=0) > HEADER_ROW + 1:
            return False
        headings = HEADER_ROW + 1 if name == ADDED else 0  # of another year's own fields
        others = {n: cells for n, cells in rows.items() if n != headings}
        if name != CHOICES and others != {n: c for n, c in ours.items() if n != headings}:
            return False
    return True


def _rows(sheet: SheetCells) -> dict[int, tuple[Value, ...]]:
    """Rows without blank cells at their end, and none that is blank."""
    rows = {}
    for number, cells in sheet.rows:
        kept = list(cells)
        while kept and kept[-1] in (None, ""):
            kept.pop()
        if kept:
            rows[number] = tuple(kept)
    return rows


def _has_attachments(path: Path) -> bool:
    """Comments and pictures are no cells, and somebody's all the same."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.lower() for name in archive.namelist()]
    except (OSError, zipfile.BadZipFile):
        return True
    return any(part in name for name in names for part in _ATTACHED)
