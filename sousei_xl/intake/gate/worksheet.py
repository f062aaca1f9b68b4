"""One worksheet: what calamine will not tell, and what it must not be given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NoReturn

from sousei_xl.intake.gate.cells import (
    INLINE_BLANK,
    Token,
    column_letters,
    column_number,
    cut,
    is_zero,
)
from sousei_xl.intake.gate.limits import (
    GRID_COLUMNS,
    GRID_ROWS,
    MAX_AREA,
    MAX_CELLS,
    MAX_MERGED,
    MAX_ROW,
)
from sousei_xl.intake.gate.markup import check_whole, create_parser, local, run, whole
from sousei_xl.intake.gate.strings import has_text
from sousei_xl.intake.gate.workbook import SheetPart
from sousei_xl.intake.notice import refuse

_RANGE = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}(?::[A-Z]{1,3}[1-9][0-9]{0,6})?").fullmatch
_HIDDEN = re.compile(rb'\s(?:hidden="(?:1|true)"|ht="0[0.]*")').search
_ERRORS = (b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!")
_CRITERIA = ("filters", "customFilters", "dynamicFilter", "top10", "colorFilter", "iconFilter")
_TEXTS = (b"str", b"d")  # an empty one is a value all the same: a formula that gives a blank text
_TRUE = ("1", "true")

_column = lru_cache(maxsize=GRID_COLUMNS)(column_number)


@dataclass(slots=True)
class SheetFacts:
    """What the gate learned of a worksheet.

    Rows are Excel's numbers, ``hidden_columns`` 0-based pairs (first, last); hidden rows are
    listed where something stands in them. ``errors`` maps a cell to its error text, ``uncached``
    names formula cells without a stored value, ``formulas`` maps a column's letters to the rows
    that hold a formula. ``filled`` counts the cells in which calamine must find a value, ``cells``
    those that it stores, blank texts included.
    """

    name: str
    state: str
    filtered: bool = False
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    uncached: list[str] = field(default_factory=list)
    formulas: dict[str, list[int]] = field(default_factory=dict)
    filled: int = 0
    cells: int = 0


def inspect_sheet(
    sheet: SheetPart, strings: Sequence[bool], filtered: bool, allowance: int = MAX_CELLS
) -> SheetFacts:
    """Judge one worksheet; ``allowance`` is how many stored cells it may hold.

    ``strings`` tells of each shared string whether it is anything but blank; ``filtered`` says
    that a table of the sheet is filtered. Raises Refused.
    """
    facts = SheetFacts(sheet.name, sheet.state, filtered)
    if len(sheet.content) > 8 * MAX_CELLS and sheet.content.count(b"<v>") > MAX_CELLS:
        _refuse_cells(sheet.name)  # before any time is spent on them
    check_whole(sheet.content, sheet.name)
    tokens, frame = cut(sheet.content, sheet.name)
    _read_frame(frame, facts)
    _read_cells(tokens, strings, facts, allowance)
    return facts


def _read_frame(content: bytes, facts: SheetFacts) -> None:
    """Everything around the cells: filters, hidden columns, merged ranges."""
    names: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        name = local(name)
        if not names:
            _check_root(name, facts.name)
            names.append(name)
        elif name == "mergeCell":
            _add_merged(attributes.get("ref", ""), facts)
        elif name == "col":
            _add_column(attributes, facts)
        elif name == "sheetPr":
            facts.filtered |= attributes.get("filterMode") in _TRUE
        elif name in _CRITERIA:
            # A saved view of another person's filter hides nothing here.
            facts.filtered |= "customSheetViews" not in names
        elif name in ("sheetData", "customSheetViews"):
            names.append(name)

    parser = create_parser(content)
    parser.StartElementHandler = start
    run(parser, content, facts.name)
    if names.count("sheetData") != 1:
        refuse("F103", "sheet", sheet=facts.name)


def _check_root(name: str, sheet: str) -> None:
    if name in ("macrosheet", "dialogsheet"):
        refuse("F105", "macro_sheet")
    if name != "worksheet":
        refuse("F103", "sheet", sheet=sheet)


def _add_merged(reference: str, facts: SheetFacts) -> None:
    if not _RANGE(reference):
        refuse("F103", "sheet", sheet=facts.name)
    facts.merged.append(reference)
    if len(facts.merged) > MAX_MERGED:
        refuse("F104", "merged", sheet=facts.name, maximum=f"{MAX_MERGED:,}")


def _add_column(attributes: Mapping[str, str], facts: SheetFacts) -> None:
    if attributes.get("hidden") in _TRUE or is_zero(attributes.get("width")):
        first, last = whole(attributes.get("min")), whole(attributes.get("max"))
        if not 0 < first <= last <= GRID_COLUMNS:
            refuse("F103", "sheet", sheet=facts.name)
        facts.hidden_columns.append((first - 1, last - 1))


def _read_cells(
    tokens: Iterable[Token], strings: Sequence[bool], facts: SheetFacts, allowance: int
) -> None:
    """Addresses in order and inside the grid, values to be trusted, extents within limits."""
    sheet = facts.name
    row_text = b"0"
    row = last_row = column = widest = 0
    hidden = False
    for row_start, extra, letters, digits, kind, formula, valued, text, inline in tokens:
        if row_start:
            if not row < int(row_start) <= GRID_ROWS:
                refuse("F103", "sheet", sheet=sheet)
            row_text, row, column = row_start, int(row_start), 0
            hidden = _HIDDEN(extra) is not None
            continue
        if not (formula or valued or inline):
            continue
        number = _column(letters)
        if digits != row_text or not column < number <= GRID_COLUMNS:
            refuse("F103", "sheet", sheet=sheet)
        column = number
        if formula:
            facts.formulas.setdefault(letters.decode(), []).append(row)
        if not (text or inline or (valued and kind in _TEXTS)):
            if formula:
                facts.uncached.append(f"{letters.decode()}{row}")
            continue

        facts.cells += 1
        widest = max(widest, number)
        if row != last_row:
            last_row = row
            if hidden:
                facts.hidden_rows.append(row)
            if row > MAX_ROW:
                cell = f"{letters.decode()}{row}"
                refuse("F104", "row", sheet=sheet, cell=cell, maximum=f"{MAX_ROW:,}")
        if inline:
            facts.filled += inline != INLINE_BLANK and has_text(inline, 4, b"preserve" in inline)
        elif kind == b"e":
            _add_error(f"{letters.decode()}{row}", text, facts)
        else:
            filled = _is_filled(kind, text, strings)
            if filled is None:
                refuse("F107", "cell", sheet=sheet, cell=f"{letters.decode()}{row}")
            facts.filled += filled
    if facts.cells > allowance:
        _refuse_cells(sheet)
    area = last_row * widest
    if area > MAX_AREA:
        corner = f"{column_letters(widest)}{last_row}"
        amounts = {"value": f"{area:,}", "maximum": f"{MAX_AREA:,}"}
        refuse("F104", "area", sheet=sheet, cell=corner, **amounts)


def _refuse_cells(sheet: str) -> NoReturn:
    refuse("F104", "cells", sheet=sheet, maximum=f"{MAX_CELLS:,}")


def _is_filled(kind: bytes, text: bytes, strings: Sequence[bool]) -> bool | None:
    """Whether calamine finds a value here; None where it might be another one than was written."""
    if kind == b"s":
        index = int(text) if text.isdigit() and len(text) < 9 else len(strings)
        return strings[index] if index < len(strings) else None
    if kind in _TEXTS:
        return text != b""
    if kind in (b"", b"n"):
        return True if b"&" not in text else None
    if kind == b"b":
        return True if text in (b"0", b"1") else None
    return None


def _add_error(cell: str, text: bytes, facts: SheetFacts) -> None:
    error = text.decode("utf-8", "replace")
    if text not in _ERRORS:  # calamine gives the whole sheet up for one that it does not know
        refuse("F107", "error", sheet=facts.name, cell=cell, value=error)
    facts.errors[cell] = error
