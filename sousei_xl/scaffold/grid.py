"""A table for people to fill in: title, note, header, prepared rows, dropdowns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sousei_xl import text
from sousei_xl.forms.look import (
    CELL,
    HEADER,
    NOTE,
    TITLE,
    format_column,
    print_table,
    validate,
    write_value,
)
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.tables import Formula
from sousei_xl.text import Value

HEADER_ROW, FIRST_ROW = 2, 3  # from 0
# Rows prepared for typing, at which はじめに looks: below, 1-1 becomes a date.
ROOM = 200
_EMPTY_HEIGHT = 21.0


@dataclass(frozen=True, slots=True)
class Column:
    """One column: heading, width in characters, what is said when a cell of it is selected.

    ``choices`` is a list of words or the defined name of one; ``look`` adds to the cell's format.
    """

    heading: str
    width: float
    hint: str = ""
    choices: Sequence[str] | str = ()
    look: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet with one table. ``room`` is the number of prepared rows, filled ones included."""

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value | Formula]] = ()
    room: int = ROOM
    frozen_columns: int = 0


def write_grid(book: Book, grid: Grid) -> Sheet:
    """Write the table; the header stands in row 3, data from row 4."""
    sheet = book.sheet(grid.name, [c.width for c in grid.columns])
    sheet.text(0, 0, grid.title, book.format(**TITLE))
    sheet.height(0, 28)
    note = book.format(**NOTE, text_wrap=True, valign="top")
    sheet.merge_text(1, 0, 1, len(grid.columns) - 1, grid.note, note)
    width = sheet.span_width(0, len(grid.columns) - 1)
    sheet.height(1, pages.text_height(grid.note, width, 9.5, book.settings.font) + 4)
    header, styles = book.format(**HEADER), [book.format(**CELL, **c.look) for c in grid.columns]
    for column, described in enumerate(grid.columns):
        sheet.text(HEADER_ROW, column, described.heading, header)
        format_column(sheet, column, {**CELL, **described.look})
    sheet.height(HEADER_ROW, max(_height(sheet, [c.heading for c in grid.columns]), 24))
    last = FIRST_ROW + max(grid.room, len(grid.rows)) - 1
    sheet.worksheet.grow(FIRST_ROW, last)
    for row in range(FIRST_ROW, last + 1):
        values = grid.rows[row - FIRST_ROW] if row - FIRST_ROW < len(grid.rows) else ()
        for column, style in enumerate(styles):
            write_cell(sheet, row, column, values[column] if column < len(values) else None, style)
        sheet.height(row, max(_height(sheet, values), _EMPTY_HEIGHT))
    for column, described in enumerate(grid.columns):
        if described.choices or described.hint:
            _validate(sheet, column, described, last)
    sheet.freeze(FIRST_ROW, grid.frozen_columns)
    print_table(sheet, HEADER_ROW)
    sheet.page_texts("", "&C&9&A　&P / &N")
    return sheet


def write_cell(sheet: Sheet, row: int, column: int, value: Value | Formula, style: Any) -> None:
    """A value or a live formula."""
    if isinstance(value, Formula):
        sheet.formula(row, column, value.formula, value.value, style)
    else:
        write_value(sheet, row, column, value, style)


def _height(sheet: Sheet, values: Sequence[Value | Formula]) -> float:
    font = sheet.book.settings.font
    heights = [
        pages.text_height(text.to_text(value), sheet.widths[column], 10, font)
        for column, value in enumerate(values)
        if not isinstance(value, Formula)
    ]
    return max(heights, default=0.0) + 2


def _validate(sheet: Sheet, column: int, described: Column, last: int) -> None:
    options: dict[str, Any] = {"validate": "any"}
    if described.choices:
        named = isinstance(described.choices, str)
        source = f"={described.choices}" if named else list(described.choices)
        options = {"validate": "list", "source": source}
    validate(sheet, FIRST_ROW, column, last, options, described.hint, described.heading)
