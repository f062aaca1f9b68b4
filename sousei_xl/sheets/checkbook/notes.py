"""備考: what the departments tell the office beside their rows; the list does not print it."""

from __future__ import annotations

from collections.abc import Iterator

from sousei_xl.findings import Place
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.checkbook.cells import Inbox, typed
from sousei_xl.sheets.overview.head import write_head
from sousei_xl.sheets.tables import Column, Row, Table, write_table
from sousei_xl.strategy.fields import own_note

SHEET = "備考"

_COLUMNS = (
    Column("対象", 11, "centre"),
    Column("部局名", 20),
    Column("セル", 15),
    Column("事業名", 44),
    Column("備考", 70),
    Column("ファイル", 30),
)
_HELD, _KPI = "保留", "KPI"


def write_notes(book: Book, contents: Contents, inbox: Inbox) -> None:
    """The sheet 備考."""
    sheet = book.sheet(SHEET, [c.width for c in _COLUMNS], in_order=True)
    top = write_head(
        sheet,
        contents,
        SHEET,
        "部局が備考（KPIではIDの列）に書いた、事務局への連絡です。一覧には載りません。",
    )
    rows = tuple(_rows(contents, inbox))
    write_table(sheet, top, Table(_COLUMNS, rows), none="備考はありません。")
    sheet.page_setup()


def count_notes(contents: Contents) -> int:
    """How many rows have a 備考 of their own."""
    return sum(1 for _ in _noted(contents))


def _rows(contents: Contents, inbox: Inbox) -> Iterator[Row]:
    for target, department, place, name, note in _noted(contents):
        yield Row(
            (
                target,
                typed(department),
                inbox.cell(place),
                typed(name),
                typed(note),
                typed(place.file),
            )
        )


def _noted(contents: Contents) -> Iterator[tuple[str, str, Place, str, str]]:
    """(対象 or why the row is not listed, 部局名, place, 事業名, 備考), listed rows first, what is
    noted on KPI sheets last."""
    result = contents.result
    for row in result.listed:
        if note := own_note(row.note):
            yield row.target, row.department, result.origins[row.row_id].place, row.name, note
    aside = (
        *((_HELD, row.raw, row.department, row.name) for row in result.held),
        *((row.reason, row.raw, row.department, row.name) for row in result.withdrawn),
    )
    for why, raw, department, name in aside:
        if note := own_note(typed(raw.values.get("note"))):
            yield why, department, raw.place("note"), name, note
    for raw, department in contents.indicators.notes:
        yield _KPI, department, raw.place("id"), "", typed(raw.values["id"])
