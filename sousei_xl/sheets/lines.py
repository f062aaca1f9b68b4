"""Titles inside a sheet, and lines of merged cells: for what is no table."""

from __future__ import annotations

from collections.abc import Sequence

from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Sheet
from sousei_xl.sheets.tables import Cell, Link

# A text over the columns first to last, with its style.
Span = tuple[int, int, Cell, str]
TITLE_HEIGHT = 22.0


def write_spans(sheet: Sheet, row: int, spans: Sequence[Span]) -> None:
    """One row of merged texts and links, high enough for all of them."""
    for first, last, cell, style in spans:
        sheet.merge(row, first, row, last, style)
        if isinstance(cell, Link):
            sheet.link(row, first, cell.url, cell.text, f"{style} link")
        else:
            sheet.text(row, first, _shown(cell), style)
    sheet.height(row, spans_height(sheet, spans))


def spans_height(sheet: Sheet, spans: Sequence[Span]) -> float:
    """Points that ``write_spans`` gives the row."""
    book = sheet.book
    heights = (
        pages.text_height(
            _shown(cell), sheet.span_width(first, last), book.font_size(style), book.settings.font
        )
        for first, last, cell, style in spans
    )
    return min(max(heights), pages.MAX_ROW_HEIGHT)


def _shown(cell: Cell) -> str:
    return cell.text if isinstance(cell, Link) else str(cell or "")


def write_title(sheet: Sheet, row: int, title: str) -> int:
    """A heading inside a sheet; the next row is returned."""
    sheet.text(row, 0, title, "subtitle")
    sheet.height(row, TITLE_HEIGHT)
    return row + 1
