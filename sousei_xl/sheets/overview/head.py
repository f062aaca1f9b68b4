"""What stands on top of a sheet: its title, how far the list has come, and as of when."""

from __future__ import annotations

from sousei_xl import eras
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Sheet


def write_head(sheet: Sheet, contents: Contents, title: str, *notes: str) -> int:
    """Title, 基準日 line and notes over all columns; the first free row is returned.

    A draft has its stamp in the red row above already.
    """
    row = sheet.top
    sheet.wide_text(row, title, "title")
    state = "" if contents.status == "draft" else f"　{contents.stamp}"
    sheet.wide_text(row + 1, f"{as_of(contents)}{state}", "note")
    for number, note in enumerate(notes, row + 2):
        sheet.wide_text(number, note, "note")
    return row + 2 + len(notes)


def as_of(contents: Contents) -> str:
    """``旭川市　平成30年度　平成30年3月30日現在``."""
    settings = contents.strategy.settings
    date = eras.japanese_date(contents.run.list_date)
    return f"{settings.municipality}　{settings.year_label}　{date}現在"


def undecided_note(contents: Contents) -> tuple[str, ...]:
    """The line that the totals owe a reader while amounts are missing; empty otherwise."""
    count = contents.totals.total.undecided
    return (f"金額未確定の{count}件は、予算事業費に含めていません。",) if count else ()
