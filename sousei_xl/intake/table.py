"""A table that was found on a sheet, and what a person may have overlooked in it (S101 to S103)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.addresses import cell_address, column_letters, column_number
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.forms import layout
from sousei_xl.intake.reading import SheetCells
from sousei_xl.rules.records import RawRow
from sousei_xl.strategy import Strategy
from sousei_xl.text import Value

# What Excel puts behind the name of a copied sheet.
_COPY = re.compile(r"\(\d+\)$")
# This many empty rows inside a table look like its end to a person who scrolls.
_GAP = 5
_DOWN = re.compile(r"(?P<left>[A-Z]+)(?P<top>\d+):(?P<right>[A-Z]+)(?P<bottom>\d+)")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet that holds a table of the form: its cells, header position and columns."""

    sheet: SheetCells
    header: int
    columns: Mapping[str, int]

    @property
    def letters(self) -> dict[str, str]:
        """Field name → column letter."""
        return {name: column_letters(column + 1) for name, column in self.columns.items()}

    @property
    def headings(self) -> Sequence[Value]:
        """The cells of the header row."""
        return self.sheet.rows[self.header][1]

    def lines(self) -> Iterator[tuple[int, Sequence[Value]]]:
        """(Excel row, cells) of the rows below the header."""
        sheet = self.sheet
        stored = dict(sheet.rows[self.header + 1 :])
        for number in row_numbers(sheet, sheet.rows[self.header][0]):
            yield number, stored.get(number, ())


def uncopied(name: str) -> str:
    """Match key of a sheet's name, without what Excel puts behind that of a copy."""
    return _COPY.sub("", text.key(name))


def row_numbers(sheet: SheetCells, top: int) -> list[int]:
    """The rows below ``top`` that hold anything.

    A row may hold nothing but an error or a formula without a result: calamine drops those.
    """
    broken = {int(re.sub(r"\D", "", cell)) for cell in (*sheet.errors, *sheet.uncached)}
    return sorted({n for n in (*(number for number, _ in sheet.rows), *broken) if n > top})


def covered_cells(
    sheet: SheetCells, columns: Mapping[str, int]
) -> Mapping[int, Mapping[str, Value]]:
    """Excel row → the fields whose cell a merged cell of a row above covers → what that one shows.

    Nothing can be typed there.
    """
    spans = sorted(
        (int(m["top"]), int(m["bottom"]), column_number(m["left"]), column_number(m["right"]))
        for m in map(_DOWN.fullmatch, sheet.merged)
        if m
    )
    stored = dict(sheet.rows)
    numbers = list(stored)
    covered: dict[int, dict[str, Value]] = {}
    for name, column in columns.items() if spans else ():
        done = 0  # a file may say that its merged cells overlap: no row is visited twice
        for top, bottom, left, right in spans:
            if left <= column + 1 <= right:
                cells = stored.get(top, ())
                shown = cells[left - 1] if left <= len(cells) else None
                first = bisect_right(numbers, max(top, done))
                for number in numbers[first : bisect_right(numbers, bottom)]:
                    covered.setdefault(number, {})[name] = shown
                done = max(done, bottom)
    return covered


def overlooked(
    rows: list[RawRow],
    table: Table,
    inputs: Container[str],
    copy: bool,
    book: Sequence[SheetCells],
) -> Iterator[Finding]:
    """S101: rows that stand where a person does not look. Of the columns only the ``inputs``
    matter: who hides what is for reference hides nothing. ``book`` are all sheets of the file: one
    moved between books bears the name of a copy, too, and there is no other to keep."""
    sheet = table.sheet
    name = sheet.name

    def at(row: RawRow, variant: str, **said: str) -> Finding:
        place = Place(row.file, name, row.row, f"A{row.row}", row_id=row.row_id)
        subject = text.to_text(row.values.get("name"))
        return finding("S101", place, variant=variant, subject=subject, **said)

    if sheet.state != "visible":
        yield at(rows[0], "hidden_sheet")
    plain = uncopied(name)
    if plain != text.key(name) and any(text.key(other.name) == plain for other in book):
        yield at(rows[0], "sheet_copy")
    elif copy:
        yield at(rows[0], "other_sheet")
    hidden = [
        table.letters[field]
        for field, column in table.columns.items()
        if column in sheet.hidden_columns
        and field in inputs
        and any(not text.is_blank(r.values.get(field)) for r in rows)
    ]
    if hidden:
        yield at(rows[0], "hidden_column", columns="、".join(hidden))
    last = sheet.rows[table.header][0]
    for row in rows:
        if row.row in sheet.hidden_rows:
            yield at(row, "filtered" if sheet.filtered else "hidden_row")
        elif row.row - last > _GAP:
            yield at(row, "below_gap")
        last = row.row


def repeated_columns(rows: list[RawRow], table: Table, strategy: Strategy) -> Iterator[Finding]:
    """S101: a second column of the same heading that says something else in a row."""
    number, headings = table.sheet.rows[table.header]
    stored = dict(table.sheet.rows[table.header + 1 :])
    for column, name in layout.repeated_headings(headings, table.columns, strategy).items():
        for row in rows:
            line = stored.get(row.row, ())
            value = line[column] if column < len(line) else None
            if not text.is_blank(value) and value != row.values.get(name):
                cell = cell_address(number, column + 1)
                label = strategy.field_by_name[name].label
                place = Place(row.file, table.sheet.name, number, cell, name, label, row.row_id)
                yield finding("S101", place, value, variant="repeated_column")
                break


def leftovers(rows: list[RawRow], table: Table, labels: Mapping[str, str]) -> Iterator[Finding]:
    """S102: values under a merged cell that nobody sees; ``labels`` are those of the fields."""
    if not table.sheet.leftovers:
        return
    for field, letter in table.letters.items():
        for row in rows:
            hidden = table.sheet.leftovers.get(f"{letter}{row.row}")
            if hidden is not None and field in labels:
                subject = text.to_text(row.values.get("name"))
                yield finding("S102", row.place(field, labels[field]), hidden, subject=subject)


_STANDING = 4  # of so many filled cells one may stand though the row is struck through


def struck_rows(rows: list[RawRow], table: Table, labels: Mapping[str, str]) -> Iterator[Finding]:
    """S103: projects that are struck through, and what is so in others. One that is not to be
    listed (終了, 取下げ) may be: it says so twice."""
    others = []
    for row in rows if table.sheet.struck else ():
        filled = [n for n in labels if not text.is_blank(row.values.get(n))]
        struck = [n for n in filled if table.sheet.struck.get(row.place(n).cell) == ""]
        if row.is_withdrawn:
            continue
        if "name" in struck and _STANDING * (len(filled) - len(struck)) <= len(filled):
            name = text.to_text(row.values["name"])
            place = row.place("name", labels["name"])
            yield finding("S103", place, name, variant="row", subject=name)
        else:
            others.append(row)
    yield from struck_cells(others, table, labels)


def struck_cells(rows: list[RawRow], table: Table, labels: Mapping[str, str]) -> Iterator[Finding]:
    """S103: cells of which all or a part is struck through; ``labels`` are those of the fields."""
    for row in rows if table.sheet.struck else ():
        for field, label in labels.items():
            place, value = row.place(field, label), row.values.get(field)
            part = table.sheet.struck.get(place.cell)
            if part is not None and not text.is_blank(value):
                variant, subject = "part" if part else "", text.to_text(row.values.get("name"))
                yield finding("S103", place, part or value, variant=variant, subject=subject)
