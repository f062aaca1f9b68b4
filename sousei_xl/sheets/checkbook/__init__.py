"""点検結果: the office's own workbook of a run. Not to be published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sousei_xl.rules.hand_edits import ReadyRow
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.checkbook.audit import write_audit
from sousei_xl.sheets.checkbook.cells import Inbox
from sousei_xl.sheets.checkbook.findings import (
    write_conversions,
    write_findings,
    write_held,
    write_spellings,
)
from sousei_xl.sheets.checkbook.notes import write_notes
from sousei_xl.sheets.checkbook.office import write_office
from sousei_xl.sheets.checkbook.origins import write_indicator_origins, write_origins
from sousei_xl.sheets.checkbook.submissions import write_submissions


def write_checkbook(
    path: Path,
    contents: Contents,
    inbox_link: str = "../inbox",
    hand_edits: Sequence[ReadyRow] = (),
) -> None:
    """Write the internal workbook. Raises OSError and, for a bug of ours, LostCell.

    ``inbox_link`` leads from the folder of ``path`` to the inbox. ``hand_edits`` are what was
    changed by hand in the former workbooks, with the 対象 and 項目 that each is about.
    """
    settings, inbox = contents.strategy.settings, Inbox(inbox_link, contents.on_disk)
    result = contents.result
    rows = max(len(result.origins), len(result.findings), len(result.files))
    book = Book(path, contents.run, settings, f"{settings.year_label} 点検結果", rows=rows)
    write_submissions(book, contents, inbox)
    write_findings(book, contents, inbox)
    write_held(book, contents, inbox)
    write_notes(book, contents, inbox)
    write_conversions(book, contents, inbox)
    write_spellings(book, contents)
    write_office(book, contents, inbox, hand_edits)
    write_audit(book, contents)
    write_origins(book, contents, inbox)
    write_indicator_origins(book, contents, inbox)
    book.close()
