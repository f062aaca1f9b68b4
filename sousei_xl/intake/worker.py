"""The child process: gate and parser for one file after the other, answers as JSON frames.

It imports nothing but the standard library and calamine, so that it starts fast, and openpyxl only
where a template's look is asked for. Its first frame, an empty one, says that it is ready; then
every request (the arguments of ``answer``) gets exactly one answer, until the input ends: the
reading, and each of its sheets as a part of its own, because forms have some of them in common. A
child that dies owes one, and ``read`` knows for which file.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import struct
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sousei_xl.addresses import cell_address, cell_position
from sousei_xl.intake.frames import BUFFER, dumped, read_frame, write_frame
from sousei_xl.intake.gate import Inspection, SheetFacts, inspect
from sousei_xl.intake.gate.limits import MAX_FILE, MEGABYTE
from sousei_xl.intake.gate.remember import SMALL
from sousei_xl.intake.notice import Notice

if TYPE_CHECKING:  # a parent that reads through workers never needs it
    from python_calamine import CalamineWorkbook

MEMORY_LIMIT = 1 << 30
_KEPT = 128  # sheets
_EXACT = 2.0**53  # beyond it a float no longer names one integer


def main() -> None:
    """Serve requests from standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    requests = sys.stdin.buffer
    # What any library prints must not get between the frames.
    answers = os.fdopen(os.dup(1), "wb", BUFFER)
    os.dup2(2, 1)
    limit_memory()
    # openpyxl would import numpy where it is installed, for values that no file has.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    write_frame(answers)
    import python_calamine  # noqa: F401 (before the first file comes, if nobody hurries)

    while (request := read_frame(requests)) is not None:
        reading = answer(**json.loads(request[0]))
        sheets = reading.pop("sheets")
        write_frame(answers, dumped(reading), *sheets)
    os._exit(0)  # nothing is left to tidy up, and the parent may be waiting


def answer(path: str, name: str, form: str = "") -> dict[str, Any]:
    """Read one file, whatever it is; the fields are those of ``reading.Reading``, sheets as JSON.

    ``form`` names a sheet whose look is wanted as well (``print_form``).
    Every exception is turned into a refusal of this file, panics of the Rust side included: they
    derive from BaseException. Values are JSON's own, temporal ones ``{"t": kind, "v": ISO 8601}``.
    """
    reading: dict[str, Any] = {"sha256": "", "refusal": None, "notices": [], "saved": None}
    reading |= {"properties": {}, "sheets": [], "form": None}
    try:
        refusal = _fill(reading, path, name, form)
    except (KeyboardInterrupt, SystemExit):
        raise
    except MemoryError:
        refusal = Notice("F106", "memory", {})
    except BaseException as problem:
        _report(problem)
        refusal = Notice("F106", "crash", {"value": type(problem).__name__})
    if refusal is not None:
        reading["refusal"] = _plain_notice(refusal)
    return reading


def _report(problem: BaseException) -> None:
    """Last words for developers: what the file's owner is told does not say whose fault it was."""
    import traceback

    traceback.print_exception(problem)


def _fill(reading: dict[str, Any], path: str, name: str, form: str) -> Notice | None:
    """Read the file into ``reading``; returns why it is refused, if it is."""
    data = _snapshot(path, reading)
    if isinstance(data, Notice):
        return data
    inspection = inspect(data, name)
    if inspection.refusal is not None:
        return inspection.refusal
    sheets = _sheets(inspection)
    if isinstance(sheets, Notice):
        return sheets
    if form:
        reading["form"] = _look(data, form)
    reading["sheets"] = sheets
    reading["notices"] = [_plain_notice(notice) for notice in inspection.notices]
    reading["saved"] = inspection.saved
    reading["properties"] = dict(inspection.properties or {})
    return None


def _look(data: bytes, sheet: str) -> dict[str, Any] | None:
    """How a sheet looks; empty where nobody can say, which is no reason to read nothing at all."""
    from sousei_xl.intake.print_form import read_print_form  # a template's reader only

    try:
        return read_print_form(data, sheet)
    except MemoryError:
        raise
    except Exception as problem:
        _report(problem)
        return {}


def _snapshot(path: str, reading: dict[str, Any]) -> bytes | Notice:
    """One private copy of the bytes, with its hash noted; everything else works on it."""
    try:
        with Path(path).open("rb") as file:
            before = os.fstat(file.fileno())
            if before.st_size > MAX_FILE:
                megabytes = before.st_size // MEGABYTE
                limit = MAX_FILE // MEGABYTE
                return Notice("F104", "size", {"value": megabytes, "maximum": limit})
            data = file.read(before.st_size + 1)  # room for what it may hold would cost more
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        return Notice("F103", "gone", {})
    except PermissionError:
        return Notice("F103", "locked", {})
    except OSError:
        return Notice("F103", "unreadable", {})
    reading["sha256"] = hashlib.sha256(data).hexdigest()
    unchanged = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not unchanged or len(data) != after.st_size:
        return Notice("F103", "half", {})
    return data


def _sheets(inspection: Inspection) -> list[bytes] | Notice:
    """All worksheets as calamine reads them, held against what the gate counted, as JSON."""
    # Imported here because a parent that reads through workers never needs it.
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    workbook = CalamineWorkbook.from_filelike(BytesIO(inspection.checked))
    names = [
        sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet
    ]
    if names != [facts.name for facts in inspection.sheets]:
        return Notice("F107", "sheets", {})
    sheets: list[bytes] = []
    for facts in inspection.sheets:
        same = _read_before.key(facts, inspection.formats)
        sheet = _read_before.get(same) or _sheet(workbook, facts)
        if isinstance(sheet, Notice):
            return sheet
        _read_before.keep(same, sheet)
        sheets.append(sheet)
    return sheets


def _sheet(workbook: CalamineWorkbook, facts: SheetFacts) -> bytes | Notice:
    rows = workbook.get_sheet_by_name(facts.name).to_python(skip_empty_area=False)
    filled = sum(len(row) - row.count("") for row in rows)
    if filled != facts.filled:
        expected = str(facts.filled)
        return Notice("F107", "", {"sheet": facts.name, "value": filled, "inspected": expected})
    return dumped(_plain_sheet(facts, rows))


class _ReadBefore:
    """Sheets as they were read from other files, because forms have most of theirs in common.

    Equal are those of which calamine gets the same XML, the same shared strings and the same parts
    on what numbers mean, and of which the gate says the same. Few are remembered, and only small
    ones: some files are made to take all the memory there is.
    """

    def __init__(self) -> None:
        self._sheets: dict[object, bytes] = {}

    def key(self, facts: SheetFacts, formats: tuple[bytes, bytes]) -> object:
        """What ``facts`` and calamine's answer depend on; None for a sheet to be read anyway."""
        if facts.shown is None or facts.struck or facts.comments:
            return None
        if max(map(len, (facts.content, *formats))) > SMALL:
            return None
        return facts.name, facts.state, facts.filtered, facts.content, facts.shown, formats

    def get(self, key: object) -> bytes | None:
        return self._sheets.get(key)

    def keep(self, key: object, sheet: bytes) -> None:
        if key is not None and key not in self._sheets and len(sheet) <= SMALL:
            if len(self._sheets) >= _KEPT:
                self._sheets.clear()
            self._sheets[key] = sheet


_read_before = _ReadBefore()


def _plain_sheet(facts: SheetFacts, rows: Sequence[Sequence[object]]) -> dict[str, Any]:
    width = max((len(row) for row in rows), default=0)
    filled = [
        (number, _plain_row(row))
        for number, row in enumerate(rows, start=1)
        if row.count("") < len(row)
    ]
    hidden = (range(first, min(last + 1, width)) for first, last in facts.hidden_columns)
    return {
        "name": facts.name,
        "state": facts.state,
        "rows": filled,
        "hidden_rows": facts.hidden_rows,
        "hidden_columns": [column for columns in hidden for column in columns],
        "filtered": facts.filtered,
        "merged": facts.merged,
        "errors": facts.errors,
        "uncached": facts.uncached,
        "formulas": facts.formulas,
        "struck": facts.struck,
        "comments": facts.comments,
        "leftovers": dict(_leftovers(facts.merged, filled)),
    }


def _plain_row(row: Sequence[object]) -> list[object]:
    values = [(value or None) if isinstance(value, str) else _plain_value(value) for value in row]
    while values[-1] is None:
        values.pop()
    return values


def _plain_value(value: object) -> object:
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _EXACT:
            return int(value)
        return value if abs(value) <= sys.float_info.max else str(value)
    if isinstance(value, datetime):  # before date, whose subclass it is
        return {"t": "datetime", "v": value.isoformat()}
    if isinstance(value, date):
        return {"t": "date", "v": value.isoformat()}
    if isinstance(value, time):
        return {"t": "time", "v": value.isoformat()}
    if isinstance(value, timedelta):
        return {"t": "duration", "v": f"PT{value / timedelta(seconds=1)!r}S"}
    return value


def _leftovers(
    merged: Iterable[str], rows: Sequence[tuple[int, Sequence[object]]]
) -> Iterable[tuple[str, str]]:
    """Cells with a value that a merged range covers: all but its top left one."""
    numbers = [number for number, _ in rows]
    for reference in merged:
        first, _, last = reference.partition(":")
        top, left = cell_position(first)
        bottom, right = cell_position(last or first)
        for index in range(bisect_left(numbers, top), bisect_right(numbers, bottom)):
            number, values = rows[index]
            for column, value in enumerate(values[left - 1 : right], start=left):
                if value is not None and (number, column) != (top, left):
                    shown = value["v"] if isinstance(value, dict) else value
                    yield cell_address(number, column), str(shown)


def _plain_notice(notice: Notice) -> dict[str, Any]:
    return {"code": notice.code, "variant": notice.variant, "params": dict(notice.params)}


def limit_memory() -> None:
    """Let a file that needs absurd memory kill this process rather than the machine."""
    if sys.platform == "win32":
        _limit_by_job_object()
    elif sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_by_job_object() -> None:
    if sys.platform != "win32":
        return
    import ctypes
    from ctypes import wintypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.SetErrorMode(0x0001 | 0x0002)  # die without a dialog box
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.SetInformationJobObject.argtypes = [
        wintypes.HANDLE,
        ctypes.c_int,
        ctypes.c_void_p,
        wintypes.DWORD,
    ]
    kernel.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
    # JOBOBJECT_EXTENDED_LIMIT_INFORMATION with nothing set but ProcessMemoryLimit.
    process_memory = 0x0100
    limits = struct.pack(
        "@qqINNINII6Q4N",
        *(0, 0, process_memory, 0, 0, 0, 0, 0, 0),
        *(0, 0, 0, 0, 0, 0),
        *(MEMORY_LIMIT, 0, 0, 0),
    )
    job = kernel.CreateJobObjectW(None, None)  # stays open as long as this process lives
    if job and kernel.SetInformationJobObject(job, 9, limits, len(limits)):
        kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
