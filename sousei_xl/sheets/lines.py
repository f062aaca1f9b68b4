"""Titles inside a sheet, and lines of merged cells: for what is no table."""

from __future__ import annotations

from collections.abc import Sequence

from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Sheet
from sousei_xl.sheets.tables import Cell, Link

# A text over the columns first to last, with its style.
Span = tuple[int, int, Cell, str]


def write_spans(sheet: Sheet, row: int, spans: Sequence[Span]) -> None:
    """One row of merged texts and links, high enough for all of them."""
    height = 0.0
    for first, last, cell, style in spans:
        shown = cell.text if isinstance(cell, Link) else str(cell or "")
        sheet.merge(row, first, row, last, style)
        if isinstance(cell, Link):
            sheet.link(row, first, cell.url, cell.text, f"{style} link")
        else:
            sheet.text(row, first, shown, style)
        book = sheet.book
        width, size = sheet.span_width(first, last), book.font_size(style)
        height = max(height, pages.text_height(shown, width, size, book.settings.font))
    sheet.height(row, height)


def write_title(sheet: Sheet, row: int, title: str) -> int:
    """A heading inside a sheet; the next row is returned."""
    sheet.text(row, 0, title, "subtitle")
    sheet.height(row, 22)
    return row + 1
