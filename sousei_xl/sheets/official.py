"""The official workbook: its sheets in order."""

from __future__ import annotations

from pathlib import Path

from sousei_xl.sheets import Contents
from sousei_xl.sheets.annex import write_annex
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.data import write_projects_data
from sousei_xl.sheets.indicators import (
    write_indicator_status,
    write_indicator_trends,
    write_indicators_data,
)
from sousei_xl.sheets.overview import (
    write_contents_page,
    write_departments,
    write_notes,
    write_overview,
    write_relisted,
)
from sousei_xl.sheets.prototype import Prototype


def write_official(path: Path, contents: Contents, prototype: Prototype) -> None:
    """Write the official workbook of this run. Raises OSError and, for a bug of ours, LostCell."""
    settings = contents.strategy.settings
    book = Book(
        path,
        contents.run,
        settings,
        title=f"{settings.year_label} {settings.title}",
        status=contents.status,
        stamp=contents.banner,
        rows=len(contents.result.listed),
    )
    write_contents_page(book, contents)
    write_annex(book, contents, prototype)
    write_overview(book, contents)
    write_departments(book, contents)
    if contents.has_indicators:
        write_indicator_status(book, contents)
        write_indicator_trends(book, contents)
    write_relisted(book, contents)
    write_projects_data(book, contents)
    if contents.has_indicators:
        write_indicators_data(book, contents)
    write_notes(book, contents)
    book.close()
