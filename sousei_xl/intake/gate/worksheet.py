"""One worksheet: what calamine will not tell, and what it must not be given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NoReturn

from sousei_xl.addresses import LAST_COLUMN, LAST_ROW, cell_address, column_number
from sousei_xl.intake.gate.cells import (
    INLINE_BLANK,
    Parts,
    Token,
    any_cells,
    take_apart,
    usual_cells,
)
from sousei_xl.intake.gate.frame import Frame, SheetFacts
from sousei_xl.intake.gate.limits import (
    MAX_AREA,
    MAX_CELLS,
    MAX_ROW,
)
from sousei_xl.intake.gate.markup import create_parser
from sousei_xl.intake.gate.remember import remembered
from sousei_xl.intake.gate.strings import SharedStrings, has_text
from sousei_xl.intake.gate.workbook import SheetPart
from sousei_xl.intake.notice import refuse

_HIDDEN = re.compile(rb'\s(?:hidden="(?:1|true)"|ht="0[0.]*")').search
_ERRORS = (b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!")
_NO_STRING = 10**9  # stands for what names no shared string: so many there cannot be
_TEXTS = (b"str", b"d")  # an empty one is a value all the same: a formula that gives a blank text


@lru_cache(maxsize=LAST_COLUMN)
def _column(letters: bytes) -> int:
    return column_number(letters.decode())


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a worksheet's own XML says: the facts that other parts have no say in.

    ``strings`` are the numbers of the shared strings that its cells show; they are not among
    ``facts.filled``.
    """

    facts: SheetFacts
    strings: Sequence[int]


def inspect_sheet(
    sheet: SheetPart,
    strings: SharedStrings,
    filtered: bool,
    contained: bool,
    allowance: int,
) -> SheetFacts:
    """Judge one worksheet; ``allowance`` is how many stored cells it may hold.

    ``strings`` are those of the workbook; ``filtered`` says that a table of the sheet is filtered,
    ``contained`` that calamine gets ``content`` of the facts and not the file itself. Raises
    Refused.
    """
    if len(sheet.content) > 8 * MAX_CELLS and sheet.content.count(b"<v>") > MAX_CELLS:
        _refuse_cells(sheet.name)  # before any time is spent on them
    read = _read_sheet(sheet.content, sheet.name, contained)
    if read.facts.cells > allowance:
        _refuse_cells(sheet.name)
    if max(read.strings, default=-1) >= len(strings.filled):
        _refuse_string(sheet, len(strings.filled))
    return replace(
        read.facts,
        state=sheet.state,
        filtered=read.facts.filtered or filtered,
        filled=read.facts.filled + sum(map(strings.filled.__getitem__, read.strings)),
        shown=tuple(map(strings.written.__getitem__, read.strings)) if strings.written else None,
    )


@remembered()
def _read_sheet(content: bytes, name: str, contained: bool) -> _Sheet:
    facts = SheetFacts(name)
    tokens = _read_usual(content, facts, contained)
    if tokens is None:
        facts = SheetFacts(name, content=content)
        frame = Frame(facts)
        frame.parse(create_parser(content, namespaces=True), Parts(content, b"", b""))
        tokens = any_cells(content, name)
        frame.check()
    return _read_cells(tokens, facts)


def _read_usual(content: bytes, facts: SheetFacts, contained: bool) -> Sequence[Token] | None:
    """The cells of a worksheet that is spelled as usual, after one parse; None for any other."""
    parts = take_apart(content, contained)
    if parts is None:
        return None
    frame = Frame(facts)
    frame.parse(create_parser(content, namespaces=True), parts)
    tokens = usual_cells(parts.cells) if frame.plain else None
    if tokens is not None:
        frame.check()
        facts.content = parts.before + parts.cells + parts.after
    return tokens


def _read_cells(tokens: Iterable[Token], facts: SheetFacts) -> _Sheet:
    """Addresses in order and inside the grid, values to be trusted, extents within limits."""
    sheet = facts.name
    row_text = extra = b""
    row = last_row = column = widest = cells = filled = 0
    formulas: dict[bytes, list[int]] = {}
    strings: list[int] = []
    for row_start, attributes, letters, digits, kind, formula, valued, text, inline in tokens:
        if row_start:
            if not row < int(row_start) <= LAST_ROW:
                refuse("F103", "sheet", sheet=sheet)
            row_text, row, column = row_start, int(row_start), 0
            extra = attributes
            continue
        if not (formula or valued or inline):
            continue
        number = _column(letters)
        if digits != row_text or not column < number <= LAST_COLUMN:
            refuse("F103", "sheet", sheet=sheet)
        column = number
        if formula:
            formulas.setdefault(letters, []).append(row)
        if not (text or inline or (valued and kind in _TEXTS)):
            if formula:
                facts.uncached.append(f"{letters.decode()}{row}")
            continue

        cells += 1
        if number > widest:
            widest = number
        if row != last_row:
            last_row = row
            if _HIDDEN(extra):
                facts.hidden_rows.append(row)
            if row > MAX_ROW:
                cell = f"{letters.decode()}{row}"
                refuse("F104", "row", sheet=sheet, cell=cell, maximum=f"{MAX_ROW:,}")
        if inline:
            filled += inline != INLINE_BLANK and has_text(inline, 4, b"preserve" in inline)
        elif kind == b"s":
            strings.append(_string_number(text))
        elif kind in _TEXTS:
            filled += text != b""
        elif kind == b"e":
            _add_error(f"{letters.decode()}{row}", text, facts)
        elif _is_trusted(kind, text):
            filled += 1
        else:
            _refuse_cell(sheet, letters, digits)
    facts.formulas = {letters.decode(): rows for letters, rows in formulas.items()}
    facts.filled, facts.cells = filled, cells
    if cells > MAX_CELLS:
        _refuse_cells(sheet)
    area = last_row * widest
    if area > MAX_AREA:
        corner = cell_address(last_row, widest)
        amounts = {"value": f"{area:,}", "maximum": f"{MAX_AREA:,}"}
        refuse("F104", "area", sheet=sheet, cell=corner, **amounts)
    return _Sheet(facts, strings)


def _string_number(text: bytes) -> int:
    return int(text) if text.isdigit() and len(text) < 9 else _NO_STRING


def _refuse_string(sheet: SheetPart, strings: int) -> NoReturn:
    """Name the cell that shows a shared string that is not there."""
    for _, _, letters, row, kind, _, _, text, _ in any_cells(sheet.content, sheet.name):
        if kind == b"s" and _string_number(text) >= strings:
            _refuse_cell(sheet.name, letters, row)
    refuse("F103", "sheet", sheet=sheet.name)


def _refuse_cell(sheet: str, letters: bytes, row: bytes) -> NoReturn:
    refuse("F107", "cell", sheet=sheet, cell=(letters + row).decode())


def _refuse_cells(sheet: str) -> NoReturn:
    refuse("F104", "cells", sheet=sheet, maximum=f"{MAX_CELLS:,}")


def _is_trusted(kind: bytes, text: bytes) -> bool:
    """Whether calamine finds the very value here that was written."""
    if kind in (b"", b"n"):
        return b"&" not in text
    return kind == b"b" and text in (b"0", b"1")


def _add_error(cell: str, text: bytes, facts: SheetFacts) -> None:
    error = text.decode("utf-8", "replace")
    if text not in _ERRORS:  # calamine gives the whole sheet up for one that it does not know
        refuse("F107", "error", sheet=facts.name, cell=cell, value=error)
    facts.errors[cell] = error
