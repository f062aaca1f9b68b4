"""The tables of projects in a file that was read, and their rows with the cells they stand in."""

from __future__ import annotations

from collections.abc import Iterator

from sousei_xl import text
from sousei_xl.findings import Finding
from sousei_xl.forms import layout
from sousei_xl.intake.asides import words_outside
from sousei_xl.intake.reading import Reading, SheetCells
from sousei_xl.intake.table import (
    Table,
    covered_cells,
    leftovers,
    overlooked,
    repeated_columns,
    struck_rows,
)
from sousei_xl.rules.records import RawRow
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import Field
from sousei_xl.text import Value


def find_tables(sheets: tuple[SheetCells, ...], strategy: Strategy) -> list[Table]:
    """Every sheet with the project header; the one named 事業 first."""
    tables = []
    for sheet in sheets:
        found = layout.find_project_header(sheet.rows, strategy)
        if found is not None:
            tables.append(Table(sheet, *found))
    return sorted(tables, key=lambda t: text.key(t.sheet.name) != text.key(layout.PROJECTS))


def read_tables(
    reading: Reading, tables: list[Table], strategy: Strategy, ids: Iterator[int]
) -> tuple[list[RawRow], list[Finding]]:
    """The rows of all tables of a file, with what a person may have overlooked in them."""
    rows: list[RawRow] = []
    findings: list[Finding] = []
    labels = {name: field.label for name, field in strategy.field_by_name.items()}
    for position, table in enumerate(tables):
        mine = list(read_rows(reading.file, table, strategy, ids))
        rows += mine
        if mine:
            fields, copy = strategy.field_by_name, position > 0
            findings += overlooked(mine, table, fields, copy, reading.sheets)
            findings += repeated_columns(mine, table, strategy)
            findings += leftovers(mine, table, labels)
            findings += struck_rows(mine, table, labels)
        findings += words_outside(mine, table, strategy, reading.file)
    return rows, findings


def read_rows(file: str, table: Table, strategy: Strategy, ids: Iterator[int]) -> Iterator[RawRow]:
    """The rows of data below the header.

    A row counts when it has a 事業名 or when anything was typed into an input column; a default
    部局名 and formulas alone do not make one, nor does a repeated header. A formula that gives 0
    where no number belongs points at an empty cell: that is a blank; what FALSE is, or 0 in the
    office's own fields, nobody here knows.
    """
    sheet, letters = table.sheet, table.letters
    inputs = {n: c for n, c in table.columns.items() if n in strategy.field_by_name}
    formulas = {name: set(sheet.formulas.get(letters[name], ())) for name in inputs}
    fields = {name: strategy.field_by_name[name] for name in inputs}
    labels = {name: text.key(field.label) for name, field in fields.items()}
    making = {name for name, field in fields.items() if layout.makes_a_row(field)}
    linked = [name for name, field in fields.items() if formulas[name] and _holds_no_zero(field)]
    covered = covered_cells(sheet, inputs)
    for number, line in table.lines():
        values = {
            name: line[column]
            for name, column in table.columns.items()
            if name != "check" and column < len(line) and line[column] is not None
        }
        for name in linked:
            if number in formulas[name] and _is_zero(values.get(name)):
                del values[name]
        errors, uncached = text.EMPTY, text.NOTHING
        if sheet.errors or sheet.uncached:
            cells = {n: f"{letters[n]}{number}" for n in inputs}
            errors = {n: sheet.errors[c] for n, c in cells.items() if c in sheet.errors} or errors
            uncached = frozenset(n for n, c in cells.items() if c in sheet.uncached)
        filled = {n for n in inputs if not text.is_blank(values.get(n))}.union(errors, uncached)
        typed = {n for n in filled & making if number not in formulas[n]}
        if not typed and "name" not in filled:
            continue
        # 再掲 alone is a value and a heading.
        if len(filled) > 1 and all(text.heading_key(values.get(n)) == labels[n] for n in filled):
            continue
        yield RawRow(
            next(ids),
            file,
            sheet.name,
            number,
            values,
            letters,
            errors,
            uncached or text.NOTHING,
            covered.get(number, text.EMPTY),
        )


def _holds_no_zero(field: Field) -> bool:
    return not field.own and (field.name == "number" or field.kind not in ("integer", "money"))


def _is_zero(value: Value) -> bool:
    return value == 0 and not isinstance(value, bool)
