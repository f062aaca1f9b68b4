"""The KPI sheets of a form that was accepted: one raw row per indicator, as typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sousei_xl import text
from sousei_xl.addresses import cell_address
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.forms import layout
from sousei_xl.forms.indicator_layout import (
    SHEET,
    LostColumn,
    content_mark,
    find_indicator_header,
    lost_columns,
    rival_columns,
)
from sousei_xl.intake.asides import comments
from sousei_xl.intake.reading import Reading
from sousei_xl.intake.table import (
    Table,
    covered_cells,
    leftovers,
    overlooked,
    struck_cells,
    uncopied,
)
from sousei_xl.rules.indicators.actuals import parse_actual
from sousei_xl.rules.records import RawRow, Submission
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.indicators import column_by_name, input_names


def with_indicators(
    submission: Submission, reading: Reading, strategy: Strategy, ids: Iterator[int]
) -> tuple[Submission, list[Finding]]:
    """The submission with its KPI rows, and what a person may have overlooked there (S101 to
    S103).

    Sheets are found by their headings, wherever they stand. ``ids`` yields run-wide unique row ids.
    A sheet in which nothing was filled in is no report, nor is one that says just what it was
    prefilled with. Values below a heading that was lost are something filled in.
    """
    rows: list[RawRow] = []
    lost: list[Finding] = []
    unread = False
    said: list[Finding] = []
    findings: list[Finding] = []
    labels = {name: column.label for name, column in column_by_name(strategy.settings).items()}
    inputs = input_names(strategy.settings)
    for position, table in enumerate(_tables(reading, strategy)):
        mine = list(_rows(submission.file, table, strategy, ids))
        rows += mine
        if mine:
            found = list(lost_columns(table.sheet.rows, table.header, table.columns, strategy))
            rivals = rival_columns(table.headings, table.columns, strategy)
            told = {item.column for item in found}
            second = [s for s in _second(rivals, mine, table, labels) if s.column not in told]
            lost += (_lost(item, table, rivals, submission) for item in (*found, *second))
            unread |= bool(second) or any(_holds_values(item, mine, table) for item in found)
            seen = [
                *overlooked(mine, table, inputs, position > 0, reading.sheets),
                *leftovers(mine, table, labels),
                *struck_cells(mine, table, {name: labels[name] for name in inputs}),
            ]
            findings += _of_rows(seen, mine, submission.department)
        asides = comments(table.sheet, mine, labels, submission.file)
        said += _of_rows(asides, mine, submission.department)
    typed = any(_filled(row, inputs) for row in rows) and not _untouched(rows, reading, strategy)
    filled = typed or unread
    reported = replace(
        submission,
        has_indicators=filled,
        indicator_rows=tuple(rows),
        indicator_findings=tuple(lost),
    )
    headless = list(_headless(submission, reading, strategy))
    return reported, [*headless, *(findings if filled else ()), *said]


def _of_rows(items: Iterable[Finding], rows: list[RawRow], department: str) -> Iterator[Finding]:
    """Findings with the ID of their row; those of none are about the department."""
    ids_of = {row.row_id: text.to_text(row.values.get("id")) for row in rows}
    for item in items:
        of_row = item.place.row_id is not None
        target = ids_of.get(item.place.row_id or 0, "") if of_row else department
        yield replace(item, target=target, department=department)


def _headless(submission: Submission, reading: Reading, strategy: Strategy) -> Iterator[Finding]:
    """K101: a sheet KPI whose header was lost; its figures would be passed over in silence."""
    department = submission.department
    for sheet in reading.sheets:
        named = uncopied(sheet.name) == text.key(SHEET)
        if named and sheet.rows and find_indicator_header(sheet.rows, strategy) is None:
            place = Place(submission.file, sheet.name)
            yield finding(
                "K101",
                place,
                variant="header",
                sheet=sheet.name,
                target=department,
                department=department,
            )


def _second(
    rivals: Mapping[str, list[int]], rows: list[RawRow], table: Table, labels: Mapping[str, str]
) -> Iterator[LostColumn]:
    """Columns beside the one that was read for their year, where they have another figure.

    Words there are somebody's notes about the year: 「H29実績（出典）」.
    """
    stored = dict(table.sheet.rows)
    for name, columns in rivals.items():
        for column in columns if name in table.columns else ():
            if any(
                column < len(stored.get(row.row, ()))
                and (value := stored[row.row][column]) != row.values.get(name)
                and _is_figure(value, row)
                for row in rows
            ):
                heading = text.to_text(table.headings[column])
                yield LostColumn(name, labels[name], column, heading)


def _is_figure(value: text.Value, row: RawRow) -> bool:
    parsed = parse_actual(value, text.to_text(row.values.get("unit")))
    return parsed.value is not None or parsed.problem == "unit"


def _lost(
    item: LostColumn, table: Table, rivals: Mapping[str, list[int]], submission: Submission
) -> Finding:
    """K114: a column without its heading, at the cell where that should stand; or one of several
    that may be meant."""
    number = table.sheet.rows[table.header][0]
    cell, variant = "", "gone"
    read, mine = table.letters.get(item.name, ""), rivals.get(item.name, [])
    if item.column is not None:
        cell = cell_address(number, item.column + 1)
        variant = "" if item.heading else "blank"
    if read:
        variant = "second"
    elif len(mine) > 1:
        variant = "several"
    department = submission.department
    return finding(
        "K114",
        Place(submission.file, table.sheet.name, number, cell, item.name, item.label),
        item.heading,
        variant=variant,
        read=read,
        headings="".join(f"『{text.to_text(table.headings[column])}』" for column in mine),
        expected="（この列を削除）" if variant == "second" else item.label,
        target=department,
        department=department,
    )


def _holds_values(item: LostColumn, rows: list[RawRow], table: Table) -> bool:
    """Whether anything stands below the place of a lost heading."""
    numbers = {row.row for row in rows}
    return item.column is not None and any(
        not text.is_blank(values[item.column])
        for number, values in table.sheet.rows
        if number in numbers and item.column < len(values)
    )


def _tables(reading: Reading, strategy: Strategy) -> list[Table]:
    """Every sheet with the header of KPI; the one named so first."""
    found = [(s, find_indicator_header(s.rows, strategy)) for s in reading.sheets]
    tables = [Table(sheet, *header) for sheet, header in found if header is not None]
    return sorted(tables, key=lambda t: text.key(t.sheet.name) != text.key(SHEET))


def _filled(row: RawRow, inputs: tuple[str, ...]) -> bool:
    return any(
        not text.is_blank(row.values.get(name)) or name in row.errors or name in row.uncached
        for name in inputs
    )


def _untouched(rows: list[RawRow], reading: Reading, strategy: Strategy) -> bool:
    """Whether the rows still say what the form went out with; an error value is no such thing."""
    known = reading.properties.get(layout.PROPERTY_KNOWN)
    if not known or any(row.errors or row.uncached for row in rows):
        return False
    return content_mark((row.values for row in rows), strategy.settings) == known


def _rows(file: str, table: Table, strategy: Strategy, ids: Iterator[int]) -> Iterator[RawRow]:
    """The rows below the header that have an ID or anything filled in, repeated headers apart."""
    sheet, letters = table.sheet, table.letters
    inputs = input_names(strategy.settings)
    covered = covered_cells(sheet, {n: c for n, c in table.columns.items() if n in inputs})
    for number, line in table.lines():
        values = {
            name: line[column] if column < len(line) else None
            for name, column in table.columns.items()
            if name != "check"
        }
        cells = {name: f"{letters[name]}{number}" for name in values}
        row = RawRow(
            0,
            file,
            sheet.name,
            number,
            values,
            letters,
            errors={n: sheet.errors[c] for n, c in cells.items() if c in sheet.errors},
            uncached=frozenset(n for n, c in cells.items() if c in sheet.uncached),
            # What is merged with a blank cell looks blank.
            merged={n: v for n, v in covered.get(number, {}).items() if not text.is_blank(v)},
        )
        header = text.key(text.to_text(values.get("id"))) == text.key("ID")
        if not header and (not text.is_blank(values.get("id")) or _filled(row, inputs)):
            yield replace(row, row_id=next(ids))
