"""The office's own sheet ``事務局修正.xlsx``: 修正, 追加 and 確認済."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

from sousei_xl import text
from sousei_xl.addresses import cell_address, column_letters
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
from sousei_xl.intake.reading import Reading, SheetCells
from sousei_xl.intake.rows import find_tables, read_rows
from sousei_xl.intake.submission import remarks
from sousei_xl.intake.table import Table, row_numbers, uncopied
from sousei_xl.rules.records import (
    REASON,
    REQUESTED_BY,
    Acknowledgement,
    Correction,
    OfficeSheet,
    RawRow,
    unread_cell,
)
from sousei_xl.strategy import Strategy
from sousei_xl.text import EMPTY, Value


def read_office_sheet(
    reading: Reading, strategy: Strategy, ids: Iterator[int]
) -> tuple[OfficeSheet, list[Finding]]:
    """What the office decided. A sheet that cannot be read is a finding (and keeps it a draft):
    a list without the office's corrections would be wrong in silence.
    """
    file = reading.file
    if reading.refusal:
        return OfficeSheet(), remarks(reading)
    findings: list[Finding] = []

    def lines(name: str, columns: Sequence[str], needed: Sequence[str]) -> Iterator[_Line]:
        sheets = _sheets(reading, name, columns)
        for position, sheet in enumerate(sheets):
            top, places = _header(sheet, columns)
            if not places.keys() >= set(needed):
                lost = [heading for heading in needed if heading not in places]
                findings.append(
                    _headless(file, sheet.name, lost, _cells(lost, columns, top, places))
                )
                continue
            filled = list(_lines(file, sheet, top, places))
            yield from filled
            if filled and position > 0:
                findings.append(_copied(Place(file, sheet.name, filled[0].row)))
        if not sheets:
            findings.append(_gone(file, name))

    corrections = [
        Correction(
            place=line.place("対象"),
            target=line.text("対象"),
            operation=line.text("操作"),
            field_label=line.text("項目"),
            # Typed as it stands in the form, an error value is one here, too: the value it had.
            before=line.take_error("修正前"),
            after=line.values.get("修正後"),
            reason=line.text("理由"),
            requested_by=line.text("依頼元"),
            date=line.text("日付"),
            cells=line.cells,
            unread=line.unread,
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
            cells=line.cells,
            unread=line.unread,
        )
        for line in lines(ACKNOWLEDGED, ACKNOWLEDGED_COLUMNS, ACKNOWLEDGED_NEEDED)
    ]
    additions = _additions(reading, strategy, ids, findings)
    office = OfficeSheet(tuple(corrections), tuple(additions), tuple(acknowledgements))
    return office, findings


def _sheets(reading: Reading, name: str, columns: Sequence[str]) -> list[SheetCells]:
    """The sheet ``name``, and after it those of which somebody has made a copy: what was decided
    there must not be passed over. A copy by another name has all the headings.
    """
    wanted = text.key(name)
    found = []
    for sheet in reading.sheets:
        own = text.key(sheet.name) == wanted
        copied = uncopied(sheet.name) == wanted and bool(sheet.rows)
        if own or copied or len(_header(sheet, columns)[1]) == len(columns):
            found.append(sheet)
    return sorted(found, key=lambda sheet: text.key(sheet.name) != wanted)


def _gone(file: str, sheet: str) -> Finding:
    return finding("F201", Place(file, sheet), variant="decisions_gone", sheet=sheet)


def _headless(
    file: str, sheet: str, lost: Sequence[str], cells: Mapping[str, str] = EMPTY
) -> Finding:
    """F201 for a sheet whose headings were changed; ``cells`` has where the ``lost`` ones stood."""
    return finding(
        "F201",
        Place(file, sheet, cell=cells.get(lost[0], "")),
        variant="decisions",
        sheet=sheet,
        missing="、".join(lost),
        remedy="、".join(f"{cells[h]}に『{h}』" if h in cells else f"『{h}』" for h in lost),
    )


def _cells(
    lost: Sequence[str], columns: Sequence[str], top: int, places: Mapping[str, int]
) -> dict[str, str]:
    """Where headings stood, if the others are in their order still; empty without a header."""
    shifts = {place - columns.index(heading) for heading, place in places.items()}
    if len(shifts) != 1:
        return {}
    (shift,) = shifts
    return {h: cell_address(top, columns.index(h) + shift + 1) for h in lost}


def _copied(place: Place) -> Finding:
    at = replace(place, cell=f"A{place.row}")
    return finding("S101", at, variant="sheet_copy", target=place.sheet)


def _additions(
    reading: Reading, strategy: Strategy, ids: Iterator[int], findings: list[Finding]
) -> list[RawRow]:
    """The rows of 追加 and of its copies; what is wrong with them goes to ``findings``."""
    file, wanted = reading.file, text.key(ADDED)
    tables = [t for t in find_tables(reading.sheets, strategy) if _is_added(t)]
    tables.sort(key=lambda table: text.key(table.sheet.name) != wanted)
    found = {table.sheet.name for table in tables}
    if not found:
        names = {text.key(sheet.name) for sheet in reading.sheets}
        lost = _headless(file, ADDED, _ADDED_NEEDED) if wanted in names else _gone(file, ADDED)
        findings.append(lost)
    for sheet in reading.sheets:
        copied = uncopied(sheet.name) == wanted != text.key(sheet.name)
        if copied and sheet.rows and sheet.name not in found:
            findings.append(_headless(file, sheet.name, _ADDED_NEEDED))
    additions: list[RawRow] = []
    for table in tables:
        rows = list(_added(file, table, strategy, ids, findings))
        if rows and text.key(table.sheet.name) != wanted:
            findings.append(_copied(Place(file, table.sheet.name, rows[0].row)))
        additions += rows
    for row in additions:
        relisted = text.choice(row.values.get("relisted"), text.RELISTED_SPELLINGS).value
        blank = text.is_blank(row.values.get("department"))
        # R110, R111, R120
        unread = "department" in {*row.errors, *row.uncached, *row.merged}
        # A relisted row has the department of its original; an unknown name is R117.
        if blank and not unread and relisted != text.RELISTED:
            place = row.place("department", "部局名")
            findings.append(finding("O101", place, variant="department"))
    return additions


def _is_added(table: Table) -> bool:
    if uncopied(table.sheet.name) == text.key(ADDED):
        return True
    headings = {text.heading_key(value) for value in table.sheet.rows[table.header][1]}
    return {text.key(heading) for heading in ADDED_COLUMNS} <= headings


def holds_decisions(reading: Reading, strategy: Strategy) -> bool:
    """Whether anything was typed into the office's sheet under another name; of one that cannot be
    read nobody knows, so that it counts."""
    if reading.refusal:
        return True
    sheet, _ = read_office_sheet(reading, strategy, count(1))
    return bool(sheet.corrections or sheet.additions or sheet.acknowledgements)


_ADDED_NEEDED = ("施策", "事業名")  # of a header that nobody finds one of these is gone
_REASONS = ((ADDED_COLUMNS[0], REASON), (ADDED_COLUMNS[1], REQUESTED_BY))


def _added(
    file: str, table: Table, strategy: Strategy, ids: Iterator[int], findings: list[Finding]
) -> Iterator[RawRow]:
    """The rows of 追加, with 理由 and 依頼元, which are no columns of a form."""
    sheet = table.sheet
    headings = {
        text.heading_key(value): column
        for column, value in enumerate(sheet.rows[table.header][1])
        if column not in table.columns.values()  # an own field may have such a name
    }
    columns = {name: headings.get(text.heading_key(heading)) for heading, name in _REASONS}
    labels = {name: heading for heading, name in _REASONS}
    stored = dict(sheet.rows)
    for row in read_rows(file, table, strategy, ids):
        cells = stored.get(row.row, ())
        given = {n: cells[c] for n, c in columns.items() if c is not None and c < len(cells)}
        for name, column in columns.items():
            error = _error(sheet, row.row, column) if column is not None else None
            if error is not None:
                cell = cell_address(row.row, (column or 0) + 1)
                place = Place(file, sheet.name, row.row, cell, label=labels[name])
                findings.append(finding(*unread_cell(error, place)))
        yield replace(row, values={**row.values, **given})


class _Line:
    """One row of a table of the office's sheet.

    ``unread`` maps a heading to the error value of its cell, "" for a formula without a result.
    """

    def __init__(
        self,
        origin: tuple[str, str, int],
        values: Mapping[str, Value],
        letters: Mapping[str, str],
        unread: dict[str, str],
    ) -> None:
        self.values = values
        self.row = origin[2]
        self.unread = unread
        self._origin = origin
        self._letters = letters

    def text(self, heading: str) -> str:
        return text.tidy(self.values.get(heading)).value or ""

    def take_error(self, heading: str) -> Value:
        """The value, of an error value its text, which is then nothing to be mended."""
        return (self.unread.get(heading) and self.unread.pop(heading)) or self.values.get(heading)

    @property
    def cells(self) -> dict[str, str]:
        return {heading: f"{letter}{self.row}" for heading, letter in self._letters.items()}

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
    stored = dict(sheet.rows)
    for number in row_numbers(sheet, top):
        cells = stored.get(number, ())
        values = {c: cells[i] if i < len(cells) else None for c, i in places.items()}
        errors = {c: _error(sheet, number, i) for c, i in places.items()}
        unread = {c: error for c, error in errors.items() if error is not None}
        if unread or not all(text.is_blank(v) for v in values.values()):
            yield _Line((file, sheet.name, number), values, letters, unread)


def _error(sheet: SheetCells, row: int, column: int) -> str | None:
    """The error value of a cell, "" for a formula without a result, None for neither."""
    cell = cell_address(row, column + 1)
    return sheet.errors.get(cell, "" if cell in sheet.uncached else None)
