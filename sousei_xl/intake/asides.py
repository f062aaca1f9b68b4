"""What a department wrote beside the values of its form, which nobody reads: comments (S104)
and words outside of its table (S105)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sousei_xl import text
from sousei_xl.addresses import cell_address, cell_position, column_letters
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.forms import layout
from sousei_xl.intake.reading import SheetCells
from sousei_xl.intake.table import Table
from sousei_xl.rules.records import RawRow
from sousei_xl.strategy import Strategy
from sousei_xl.text import Value


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


def words_outside(
    rows: Iterable[RawRow], table: Table, strategy: Strategy, file: str
) -> Iterator[Finding]:
    """S105: what stands above the table of 事業 and beside it, a line at a time; of a column that
    has a heading, the column. Numbers and what formulas give are nobody's words.

    A second column of a heading of the form is told elsewhere (S101).
    """
    sheet, columns = table.sheet, set(table.columns.values())
    top = sheet.rows[table.header][0]
    columns |= layout.repeated_headings(table.headings, table.columns, strategy).keys()
    width = max(columns) + 1
    within = [column for column in range(width) if column not in columns]
    by_number = {row.row: row for row in rows}
    headings = {c: h for c, h in enumerate(table.headings) if not text.is_blank(h)}
    headed: defaultdict[int, list[Value]] = defaultdict(list)
    for position, (number, line) in enumerate(sheet.rows):
        if position < table.header:
            typed = _typed(sheet, number, line, range(len(line)))
            own = {c: v for c, v in typed if not layout.is_printed_above(v, strategy.settings)}
            yield from _told(sheet, number, own, None, file)
        elif position > table.header and (within or len(line) > width):
            typed = _typed(sheet, number, line, (*within, *range(width, len(line))))
            beside = {column: value for column, value in typed if column not in headings}
            yield from _told(sheet, number, beside, by_number.get(number), file)
            for column, value in typed:
                if column in headings and value != headings[column]:
                    headed[column].append(value)
    for column, values in headed.items():
        if any(isinstance(value, str) for value in values):
            heading = text.to_text(headings[column])
            place = Place(file, sheet.name, top, cell_address(top, column + 1), label=heading)
            yield finding("S105", place, heading, variant="column", count=len(values))


def _typed(
    sheet: SheetCells, number: int, line: Sequence[Value], columns: Iterable[int]
) -> list[tuple[int, Value]]:
    """(column, value) of what was typed into some columns of a line."""
    return [
        (column, line[column])
        for column in columns
        if column < len(line)
        and not text.is_blank(line[column])
        and number not in sheet.formulas.get(column_letters(column + 1), ())
    ]


def _told(
    sheet: SheetCells, number: int, typed: Mapping[int, Value], row: RawRow | None, file: str
) -> Iterator[Finding]:
    """S105 about these cells of a line, where any has words."""
    if any(isinstance(value, str) for value in typed.values()):
        words = "　".join(map(text.to_text, typed.values()))
        row_id, subject = None, ""
        if row is not None:
            row_id, subject = row.row_id, text.to_text(row.values.get("name"))
        cell = cell_address(number, min(typed) + 1)
        place = Place(file, sheet.name, number, cell, row_id=row_id)
        yield finding("S105", place, words, subject=subject)


def without_the_forms_own(findings: Iterable[Finding]) -> list[Finding]:
    """Findings without S105 for what stands in the same cell of several departments' forms and
    beside no project: that was in the form when it went out, as the office had edited it."""
    findings = list(findings)
    departments: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for item in findings:
        if item.code == "S105":
            departments[item.place.cell, item.value].add(item.department)
    return [
        item
        for item in findings
        if item.code != "S105"
        or item.place.label
        or item.place.row_id is not None
        or len(departments[item.place.cell, item.value]) == 1
    ]
