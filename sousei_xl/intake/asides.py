"""What a department wrote beside the values of its form, which nobody reads: comments (S104)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sousei_xl import text
from sousei_xl.addresses import cell_position
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.intake.read import SheetCells
from sousei_xl.rules.records import RawRow


def comments(
    sheet: SheetCells, rows: Iterable[RawRow], labels: Mapping[str, str], file: str
) -> Iterator[Finding]:
    """S104: the comments on a sheet; of a row of data they say of which, and of which field."""
    by_number = {row.row: row for row in rows} if sheet.comments else {}
    for cell, words in sheet.comments.items():
        number, _ = cell_position(cell)
        place, subject = Place(file, sheet.name, number, cell), ""
        if row := by_number.get(number):
            fields = {letters: name for name, letters in row.columns.items() if name in labels}
            name = fields.get(cell.rstrip("0123456789"), "")
            place = replace(place, field=name, label=labels.get(name, ""), row_id=row.row_id)
            subject = text.to_text(row.values.get("name"))
        yield finding("S104", place, words, subject=subject)
