"""A table with a header, described as frozen data and written in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Literal

from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Number, Sheet
from sousei_xl.sheets.worksheet import PlainCell


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


Cell = str | Number | Formula | Link | None
_SPECIAL = (Formula, Link)


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

    ``styles`` adds a style to single cells (column index, style), ``number_formats`` are Excel's of
    those whose column has no one for all (column index, format). In a table that turns its pages
    itself a ``tied`` row stays with the one above.
    """

    cells: tuple[Cell, ...]
    emphasis: str = ""
    styles: tuple[tuple[int, str], ...] = ()
    number_formats: tuple[tuple[int, str], ...] = ()
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows (in a long table made while they are written, hence any iterable).

    ``main`` tables freeze, filter and repeat their header; one per sheet. Where a sheet has several
    tables, Excel cannot repeat the header of each: one with a ``title`` (the row that its title or
    header begins with) turns its pages itself (``Sheet.turn``) and writes its header again on
    every page that it goes on to. One that is ``whole`` is not torn if a page can hold it.
    """

    columns: tuple[Column, ...]
    rows: Iterable[Row]
    main: bool = True
    frozen_columns: int = 0
    title: int | None = None
    whole: bool = False


def write_table(sheet: Sheet, top: int, table: Table, none: str = "") -> int:
    """Write the header into row ``top`` and the rows below it; the first free row is returned.

    Every row is made as high as its texts need in the sheet's columns. Where there are no rows,
    ``none`` says so in the table's place.
    """
    if none and not table.rows:
        sheet.wide_text(top, none, "plain_wrap")
        return top + 1
    turns = set() if table.title is None else _turns(sheet, top, table)
    _write_header(sheet, top, table)
    end = top
    kinds = _Kinds(sheet, table.columns)
    for index, row in enumerate(table.rows):
        end += 1
        if index in turns:
            sheet.turn(end)
            _write_header(sheet, end, table)
            end += 1
        kinds.of(row).write(end, row.cells)
    if table.main:
        sheet.repeat = (top, top)
        sheet.freeze(top + 1, table.frozen_columns)
        sheet.worksheet.autofilter(top, 0, max(end, top + 1), len(table.columns) - 1)
    return end + 1


def write_live_table(
    sheet: Sheet, top: int, count: int, table: Callable[[Sequence[int]], Table]
) -> list[int]:
    """Write a table with a title whose formulas name its own ``count`` rows; their numbers in Excel
    are returned, the last of which is also the first free row.

    ``table`` is asked twice: for where the pages turn, with any numbers, and with the right ones.
    """
    turns = _turns(sheet, top, table(range(count)))
    headers = accumulate(index in turns for index in range(count))
    lines = [top + 2 + index + above for index, above in enumerate(headers)]
    write_table(sheet, top, table(lines))
    return lines


def _write_header(sheet: Sheet, row: int, table: Table) -> None:
    for column, head in enumerate(table.columns):
        sheet.text(row, column, head.heading, "header")
    sheet.height(row, _header_height(sheet, table))


def _header_height(sheet: Sheet, table: Table) -> float:
    size, font = sheet.book.font_size("header"), sheet.book.settings.font
    return max(
        pages.text_height(head.heading, sheet.widths[column], size, font)
        for column, head in enumerate(table.columns)
    )


def _turns(sheet: Sheet, top: int, table: Table) -> set[int]:
    """Indices of the rows above which a page begins, under another header in row ``top``.

    If there is no room for its beginning, the whole table gets a page of its own.
    """
    rows = tuple(table.rows)
    title = top if table.title is None else table.title
    kinds = _Kinds(sheet, table.columns)
    heights = [kinds.of(row).height(row.cells) for row in rows]
    header, room = _header_height(sheet, table), sheet.page_room()
    above = sheet.points(title, top) + header
    if table.whole and above + sum(heights) <= room:
        blocks = [range(len(rows))]
    else:
        firsts = [i for i, row in enumerate(rows) if not (i and row.tied)]
        blocks = [range(*ends) for ends in pairwise([*firsts, len(rows)])]

    def size(block: range) -> float:
        """Points of a block, of one that is torn in any case only those of its first row."""
        whole = sum(heights[index] for index in block)
        return whole if header + whole <= room else heights[block[0]]

    sheet.turn(title, above + (size(blocks[0]) if rows else 0))
    used = sheet.points(sheet.starts[-1], top) + header
    turns: set[int] = set()
    for block in blocks:
        for index in block:
            needed = size(block) if index == block[0] else heights[index]
            if index and used + needed > room:
                turns.add(index)
                used = header
            used += heights[index]
    return turns


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell of one kind of row; ``room`` is how many characters fit on its first line."""

    column: int
    described: Column
    style: str
    look: Any  # XlsxWriter's format
    is_text: bool
    width: float
    size: float
    room: float


class _Kind:
    """Rows of one look: what they have in common is worked out once."""

    def __init__(self, sheet: Sheet, columns: Sequence[Column], row: Row) -> None:
        self._sheet, self._font = sheet, sheet.book.settings.font
        extra, formats = dict(row.styles), dict(row.number_formats)
        self._places = []
        for index, column in enumerate(columns):
            style = f"{column.style} {row.emphasis} {extra.get(index, '')}".strip()
            width, size = sheet.widths[index], sheet.book.font_size(style)
            self._places.append(
                _Place(
                    index,
                    column,
                    style,
                    sheet.book.style(style, formats.get(index)),
                    column.kind == "text",
                    width,
                    size,
                    pages.characters(width, size),
                )
            )
        self._least = max(pages.text_height("", p.width, p.size, self._font) for p in self._places)

    def height(self, cells: Sequence[Cell]) -> float:
        """The height that ``write`` gives the row."""
        shown = map(_shown, cells)
        texts = (self._height(*pair) for pair in zip(self._places, shown, strict=True))
        return min(max(self._least, *texts), pages.MAX_ROW_HEIGHT)

    def write(self, number: int, cells: Sequence[Cell]) -> None:
        """Write a row, as high as its texts need."""
        sheet, height = self._sheet, self._least
        if len(cells) != len(self._places):
            raise ValueError(f"{sheet.name}: {len(cells)} cells for {len(self._places)} columns")
        plain: list[PlainCell] = []
        for place, cell in zip(self._places, cells, strict=True):
            shown: Cell = cell
            if isinstance(cell, _SPECIAL):
                shown = self._special(number, place, cell)
            elif cell is not None and isinstance(cell, str) != place.is_text:
                kind = place.described.kind
                raise TypeError(f"{sheet.name}, {place.described.heading}: {cell!r} is no {kind}")
            else:
                plain.append((place.column, cell, place.look))
            if isinstance(shown, str) and (len(shown) > place.room or "\n" in shown):
                height = max(height, self._height(place, shown))
        if plain:
            sheet.line(number, plain)
        sheet.height(number, height)

    def _height(self, place: _Place, shown: str) -> float:
        """Points that a text needs."""
        return pages.text_height(shown, place.width, place.size, self._font)

    def _special(self, number: int, place: _Place, cell: Formula | Link) -> str:
        """Write a cell that is more than a value; the text that is shown in it is returned."""
        if isinstance(cell, Link):
            if self._sheet.takes_links:
                style = f"{place.style} link"
                self._sheet.link(number, place.column, cell.url, cell.text, style)
            else:  # a text that does not look like a link
                self._sheet.text(number, place.column, cell.text, place.look)
        else:
            self._sheet.formula(number, place.column, cell.formula, cell.value, place.look)
        return _shown(cell)


class _Kinds:
    """Few kinds of rows, many rows."""

    def __init__(self, sheet: Sheet, columns: Sequence[Column]) -> None:
        self._sheet, self._columns = sheet, columns
        self._known: dict[tuple[object, ...], _Kind] = {}

    def of(self, row: Row) -> _Kind:
        """The kind that a row is of."""
        look = row.emphasis, row.styles, row.number_formats
        kind = self._known.get(look)
        if kind is None:
            kind = self._known[look] = _Kind(self._sheet, self._columns, row)
        return kind


def _shown(cell: Cell) -> str:
    """The text of a cell; numbers are no texts."""
    if isinstance(cell, Link):
        return cell.text
    value = cell.value if isinstance(cell, Formula) else cell
    return value if isinstance(value, str) else ""
