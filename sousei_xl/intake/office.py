"""The office's own sheet ``事務局修正.xlsx``: 修正, 追加 and 確認済."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sousei_xl import text
from sousei_xl.addresses import column_letters
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.forms.office_layout import (
    ACKNOWLEDGED,
    ACKNOWLEDGED_COLUMNS,
    ACKNOWLEDGED_NEEDED,
    ADDED,
    ADDED_COLUMNS,
    CORRECTED,
    CORRECTED_COLUMNS,
    CORRECTED_NEEDED,
)
from sousei_xl.intake.read import Reading, SheetCells
from sousei_xl.intake.submission import find_tables, read_rows, remarks
from sousei_xl.intake.table import Table
from sousei_xl.rules.records import (
    REASON,
    REQUESTED_BY,
    Acknowledgement,
    Correction,
    OfficeSheet,
    RawRow,
)
from sousei_xl.strategy import Strategy
from sousei_xl.text import Value


def read_office_sheet(
    reading: Reading, strategy: Strategy, ids: Iterator[int]
) -> tuple[OfficeSheet, list[Finding]]:
    """What the office decided. A sheet that cannot be read is a finding (and keeps it a draft):
    a list without the office's corrections would be wrong in silence.
    """
    file = reading.file
    if reading.refusal:
        return OfficeSheet(), remarks(reading)
    sheets = {text.key(s.name): s for s in reading.sheets}
    findings: list[Finding] = []

    def lines(name: str, columns: Sequence[str], needed: Sequence[str]) -> list[_Line]:
        sheet = sheets.get(text.key(name))
        top, places = _header(sheet, columns) if sheet else (0, {})
        if sheet and places.keys() >= set(needed):
            return list(_lines(file, sheet, top, places))
        missing = f"シート「{name}」の見出し（{'、'.join(c for c in needed if c not in places)}）"
        findings.append(finding("F201", Place(file, name), missing=missing))
        return []

    corrections = [
        Correction(
            place=line.place("対象"),
            target=line.text("対象"),
            operation=line.text("操作"),
            field_label=line.text("項目"),
            before=line.values.get("修正前"),
            after=line.values.get("修正後"),
            reason=line.text("理由"),
            requested_by=line.text("依頼元"),
            date=line.text("日付"),
            cells=line.cells,
        )
        for line in lines(CORRECTED, CORRECTED_COLUMNS, CORRECTED_NEEDED)
    ]
    acknowledgements = [
        Acknowledgement(
            place=line.place("対象"),
            code=text.nfkc(line.text("指摘コード")).upper(),
            target=line.text("対象"),
            confirmed=line.text("確認時の値"),
            by=line.text("確認者"),
            date=line.text("日付"),
            memo=line.text("メモ"),
        )
        for line in lines(ACKNOWLEDGED, ACKNOWLEDGED_COLUMNS, ACKNOWLEDGED_NEEDED)
    ]
    tables = [t for t in find_tables(reading.sheets, strategy) if _is(t, ADDED)]
    if not tables:
        findings.append(finding("F201", Place(file, ADDED), missing=f"シート「{ADDED}」の見出し"))
    additions = [row for table in tables for row in _added(file, table, strategy, ids)]
    for row in additions:
        relisted = text.choice(row.values.get("relisted"), text.RELISTED_SPELLINGS).value
        # A relisted row has the department of its original; an unknown name is R117.
        if text.is_blank(row.values.get("department")) and relisted != text.RELISTED:
            place = row.place("department", "部局名")
            findings.append(finding("O101", place, variant="department"))
    office = OfficeSheet(tuple(corrections), tuple(additions), tuple(acknowledgements))
    return office, findings


_REASONS = ((ADDED_COLUMNS[0], REASON), (ADDED_COLUMNS[1], REQUESTED_BY))


def _added(file: str, table: Table, strategy: Strategy, ids: Iterator[int]) -> Iterator[RawRow]:
    """The rows of 追加, with 理由 and 依頼元, which are no columns of a form."""
    headings = {
        text.heading_key(value): column
        for column, value in enumerate(table.sheet.rows[table.header][1])
        if column not in table.columns.values()  # an own field may have such a name
    }
    columns = {name: headings.get(text.heading_key(heading)) for heading, name in _REASONS}
    stored = dict(table.sheet.rows)
    for row in read_rows(file, table, strategy, ids):
        cells = stored.get(row.row, ())
        given = {n: cells[c] for n, c in columns.items() if c is not None and c < len(cells)}
        yield replace(row, values={**row.values, **given})


def _is(table: Table, name: str) -> bool:
    return text.key(table.sheet.name) == text.key(name)


class _Line:
    """One row of a table of the office's sheet."""

    def __init__(
        self,
        file: str,
        sheet: str,
        row: int,
        values: Mapping[str, Value],
        letters: Mapping[str, str],
    ) -> None:
        self.values = values
        self._origin = (file, sheet, row)
        self._letters = letters

    def text(self, heading: str) -> str:
        return str(text.tidy(self.values.get(heading)).value or "")

    @property
    def cells(self) -> dict[str, str]:
        return {heading: f"{letter}{self._origin[2]}" for heading, letter in self._letters.items()}

    def place(self, heading: str) -> Place:
        return Place(*self._origin, self.cells[heading], label=heading)


def _header(sheet: SheetCells, columns: Sequence[str]) -> tuple[int, dict[str, int]]:
    """(row, heading → column) of the first row with two of the headings; (0, {}) without one."""
    for number, cells in sheet.rows:
        found = {text.key(text.to_text(v)): i for i, v in reversed(list(enumerate(cells)))}
        places = {c: found[text.key(c)] for c in columns if text.key(c) in found}
        if len(places) > 1:
            return number, places
    return 0, {}


def _lines(file: str, sheet: SheetCells, top: int, places: Mapping[str, int]) -> Iterator[_Line]:
    """The filled rows below the header, which stands in row ``top``."""
    letters = {c: column_letters(i + 1) for c, i in places.items()}
    for number, cells in sheet.rows:
        values = {c: cells[i] if i < len(cells) else None for c, i in places.items()}
        if number > top and not all(text.is_blank(v) for v in values.values()):
            yield _Line(file, sheet.name, number, values, letters)
