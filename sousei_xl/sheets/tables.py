"""A table with a header, described as frozen data and written in one go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Number, Sheet


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula and the value it has."""

    formula: str
    value: Number | str


@dataclass(frozen=True, slots=True)
class Link:
    """A link (``internal:…`` or ``external:…``) and what is shown."""

    url: str
    text: str
    tip: str = ""


Cell = str | Number | Formula | Link | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``width`` in characters, ``style`` one or more names of ``styles.STYLES``.

    ``kind`` says what its plain values are: a number in a text column is a mistake of ours, and
    the other way round. None is a blank cell; Formula and Link go anywhere.
    """

    heading: str
    width: float
    style: str = "text_wrap"
    kind: Literal["text", "number"] = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; ``emphasis`` is a style added to those of the columns (``subtotal``).

    ``styles`` adds a style to single cells (column index, style).
    """

    cells: tuple[Cell, ...]
    emphasis: str = ""
    styles: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows (in a long table made while they are written, hence any iterable).

    ``main`` tables freeze, filter and repeat their header; one per sheet.
    """

    columns: tuple[Column, ...]
    rows: Iterable[Row]
    main: bool = True
    frozen_columns: int = 0

    @property
    def widths(self) -> tuple[float, ...]:
        """For ``Book.sheet``."""
        return tuple(c.width for c in self.columns)


def write_table(sheet: Sheet, top: int, table: Table, left: int = 0) -> int:
    """Write the header into row ``top`` and the rows below it; the first free row is returned.

    Every row is made as high as its texts need in the sheet's columns.
    """
    for column, head in enumerate(table.columns, left):
        sheet.text(top, column, head.heading, "header")
    headings = [c.heading for c in table.columns]
    sheet.height(top, _height(sheet, left, headings, ["header"] * len(headings)))
    end = top
    looks: dict[tuple[object, ...], list[str]] = {}  # few kinds of rows, many rows
    for end, row in enumerate(table.rows, top + 1):
        if len(row.cells) != len(table.columns):
            raise ValueError(
                f"{sheet.name}: {len(row.cells)} cells for {len(table.columns)} columns"
            )
        kind = (row.emphasis, row.styles)
        if kind not in looks:
            looks[kind] = _looks(row, table.columns)
        _write_row(sheet, end, row, table.columns, left, looks[kind])
    if table.main:
        sheet.repeat = (top, top)
        sheet.freeze(top + 1, left + table.frozen_columns)
        sheet.worksheet.autofilter(top, left, max(end, top + 1), left + len(table.columns) - 1)
    return end + 1


def _looks(row: Row, columns: Sequence[Column]) -> list[str]:
    """The styles of the cells of such a row."""
    extra = dict(row.styles)
    return [
        f"{column.style} {row.emphasis} {extra.get(index, '')}".strip()
        for index, column in enumerate(columns)
    ]


def _write_row(
    sheet: Sheet,
    number: int,
    row: Row,
    columns: Sequence[Column],
    left: int,
    styles: Sequence[str],
) -> None:
    shown = [
        _write_cell(sheet, number, place, cell, column, style)
        for place, (cell, column, style) in enumerate(
            zip(row.cells, columns, styles, strict=True), left
        )
    ]
    sheet.height(number, _height(sheet, left, shown, styles))


def _write_cell(
    sheet: Sheet, row: int, column: int, cell: Cell, described: Column, style: str
) -> str:
    """Write one cell and return the text that its height is measured by."""
    if cell is None:
        sheet.blank(row, column, style)
    elif isinstance(cell, Formula):
        sheet.formula(row, column, cell.formula, cell.value, style)
        return cell.value if isinstance(cell.value, str) else ""
    elif isinstance(cell, Link):
        sheet.link(row, column, cell.url, cell.text, f"{style} link", cell.tip)
        return cell.text
    elif isinstance(cell, str) and described.kind == "text":
        sheet.text(row, column, cell, style)
        return cell
    elif not isinstance(cell, str) and described.kind == "number":
        sheet.number(row, column, cell, style)
    else:
        raise TypeError(f"{sheet.name}, {described.heading}: {cell!r} is no {described.kind}")
    return ""


def _height(sheet: Sheet, left: int, shown: Sequence[str], styles: Sequence[str]) -> float:
    font = sheet.book.settings.font
    return max(
        pages.text_height(text, sheet.widths[left + i], sheet.book.font_size(styles[i]), font)
        for i, text in enumerate(shown)
    )
