"""Is this file safe and whole? Answered before calamine sees it.

calamine can take the process down, returns blanks for error cells, and reads changed values out of
damaged XML without a word. So every file is looked at here first, with the standard library only:
container, XML, extents, and what a person would overlook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from sousei_xl.intake.gate.comments import read_comments
from sousei_xl.intake.gate.container import contain
from sousei_xl.intake.gate.frame import SheetFacts
from sousei_xl.intake.gate.limits import MAX_CELLS, MAX_CONTAINED
from sousei_xl.intake.gate.package import open_package
from sousei_xl.intake.gate.strikes import struck_cells
from sousei_xl.intake.gate.workbook import read_outline
from sousei_xl.intake.gate.worksheet import inspect_sheet
from sousei_xl.intake.notice import Notice, Refused, refuse
from sousei_xl.workspace import WORKBOOKS

__all__ = ["Inspection", "SheetFacts", "inspect"]


@dataclass(frozen=True, slots=True)
class Inspection:
    """The gate's answer: a refusal, or what it found out about the workbook.

    ``saved`` is the document's own saved time as ISO 8601 text, ``properties`` its custom
    properties, ``sheets`` the worksheets in workbook order, ``formats`` the parts that say which
    numbers in them are days, ``checked`` the bytes for calamine. All are empty for a refused file.
    """

    refusal: Notice | None
    notices: tuple[Notice, ...] = ()
    saved: str | None = None
    properties: Mapping[str, str] | None = None
    sheets: tuple[SheetFacts, ...] = ()
    formats: tuple[bytes, bytes] = field(default=(b"", b""), repr=False, compare=False)
    checked: bytes = field(default=b"", repr=False, compare=False)


def inspect(data: bytes, name: str) -> Inspection:
    """Judge one file by its bytes; never raises for anything that the bytes may hold.

    ``name`` is the file's name; only its ending matters.
    """
    try:
        return _inspect(data, name)
    except Refused as refused:
        return Inspection(refused.notice)


def _inspect(data: bytes, name: str) -> Inspection:
    package = open_package(data)
    outline = read_outline(package)
    suffix = PurePosixPath(name).suffix
    if suffix.lower() not in WORKBOOKS:
        refuse("F102", "renamed", value=suffix)
    parts = dict(package.xml)
    contained = sum(map(len, parts.values())) <= MAX_CONTAINED
    sheets: list[SheetFacts] = []
    allowance = MAX_CELLS
    for sheet in outline.sheets:
        filtered = sheet.part in outline.filtered
        facts = inspect_sheet(sheet, outline.strings, filtered, contained, allowance)
        struck = struck_cells(facts.content, outline.strikes, sheet.name)
        comments = read_comments(package, sheet.part, sheet.name)
        if struck or comments:
            facts = replace(facts, struck=struck, comments=comments)
        allowance -= facts.cells
        sheets.append(facts)
        parts[sheet.part] = facts.content
    checked = contain(parts) if contained else data
    notices, saved, properties = outline.notices, outline.saved, outline.properties
    return Inspection(None, notices, saved, properties, tuple(sheets), outline.formats, checked)
