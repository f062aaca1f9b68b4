"""What our own earlier outputs say: the last published list, and hand edits in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sousei_xl import amounts, publish, text
from sousei_xl.addresses import column_number
from sousei_xl.figures.changes import MEASURE, NAME, NUMBER, ORIGINAL, PROJECTS_SHEET, Row
from sousei_xl.figures.changes.indicators import ACTUAL, INDICATORS_SHEET
from sousei_xl.intake.reading import SheetCells, by_heading
from sousei_xl.rules.hand_edits import HandEdit, ReadyRow
from sousei_xl.rules.records import CORRECT, WITHHOLD, repeated_fields
from sousei_xl.sheets.annex import MARK
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.load.table import FORM
from sousei_xl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RowNow:
    """A row of the list as it stands now: the 対象 that 修正 takes, and what its own cells say
    (``ListResult.typed``)."""

    target: str
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of our workbook about ``row``, and ``original`` in what a relisted row repeats;
    ``fields`` says which field stands in a column."""

    row: RowNow
    original: RowNow
    name: str
    cells: Sequence[str]
    fields: Mapping[int, str]

    def is_gone(self, edits: Iterable[HandEdit]) -> bool:
        """Whether nothing is left of the row."""
        had = {column for column in self.fields if "".join(self.cells[column:][:1])}
        return bool(had) and had <= {_column(edit) for edit in edits if not edit.after}


def data_rows(
    sheets: Mapping[str, Sequence[Sequence[text.Value]]], name: str = PROJECTS_SHEET
) -> Sequence[Row]:
    """The rows of a data sheet by heading; empty where the workbook has no such sheet."""
    return by_heading(sheets.get(name, []))


def published_indicators(workspace: Workspace, name: str) -> SheetCells | None:
    """データ_KPI of a workbook as it was published, whatever has been typed into it since; None
    where nothing is remembered."""
    ours = publish.published_values(workspace, name)
    if ours is None:
        return None
    headings, *lines = ours.get(INDICATORS_SHEET) or [[]]
    rows = [headings, *(map(_as_written, headings, cells) for cells in lines)]
    return SheetCells(INDICATORS_SHEET, rows=tuple(enumerate(map(tuple, rows), 1)))


def _as_written(heading: str, cell: str) -> text.Value:
    """実績値 is a number, which is remembered as text."""
    return float(cell) if heading == ACTUAL and cell else cell


def ready_rows(
    workspace: Workspace,
    edits: Sequence[HandEdit],
    strategy: Strategy,
    rows_now: Mapping[tuple[str, str], RowNow],
) -> list[ReadyRow]:
    """Each hand edit, and where it changed a field of a project, as rows for 修正.

    ``rows_now`` gives the projects as they stand now, by measure and name: since the list was
    published departments may have moved them.
    """
    places: dict[str, dict[tuple[str, int], _Line]] = {}
    found = []
    for (file, sheet, row), group in groupby(edits, lambda e: (e.file, e.sheet, e.row_before)):
        if file not in places:
            ours = publish.published_values(workspace, file)
            places[file] = dict(_places(ours, strategy, rows_now)) if ours else {}
        line = places[file].get((sheet, row or 0))
        made = list(group)
        if line and line.is_gone(made):
            target = line.row.target
            found.append(ReadyRow(made[0], target, WITHHOLD, before=line.name))
            continue
        for edit in made:
            offered = list(_corrections(edit, line, strategy)) if line else []
            found += offered or [ReadyRow(edit)]
    return found


def _column(edit: HandEdit) -> int:
    return column_number(re.sub(r"\d", "", edit.cell)) - 1


def _corrections(edit: HandEdit, line: _Line, strategy: Strategy) -> Iterator[ReadyRow]:
    if edit.computed or _column(edit) not in line.fields:
        return
    name = line.fields[_column(edit)]
    row = line.original if name in repeated_fields(strategy) else line.row
    changes = {"name": _printed_name, "budget": _printed_budget} if edit.sheet == FORM else {}
    if name in changes:
        needed = changes[name](edit, row.typed)
    else:
        needed = iter([(name, edit.before, edit.after)])
    for asked, before, after in needed:
        if before != after:
            label = strategy.field_by_name[asked].label
            yield ReadyRow(edit, row.target, CORRECT, label, before, after)


_Changes = Iterator[tuple[str, str, str]]  # field, before, after


def _printed_name(edit: HandEdit, typed: Mapping[str, str]) -> _Changes:
    """The list prints 新規 as （新） in front of the name, wherever the form says so."""
    before, after = (value.removeprefix(MARK) for value in (edit.before, edit.after))
    (old, was_new), (new, is_new) = map(text.split_new_mark, (before, after))
    if was_new == is_new:
        yield "name", before, after
        return
    category, name = typed.get("category", text.NEW if was_new else ""), typed.get("name", "")
    if is_new:
        yield "category", category, text.NEW
    elif text.choice(category, text.CATEGORY_SPELLINGS).value == text.NEW:
        yield "category", category, ""
    yield "name", name if was_new and text.split_new_mark(name)[1] else old, new


def _printed_budget(edit: HandEdit, typed: Mapping[str, str]) -> _Changes:
    """The list prints 予算区分 in the place of an amount, wherever the form says so."""
    before = edit.before
    kind = text.choice(typed.get("budget_kind"), text.BUDGET_KIND_SPELLINGS).value
    if kind not in (None, text.INITIAL):
        word = amounts.parse_money(edit.after).kind
        if word != kind:
            yield "budget_kind", typed["budget_kind"], word
        if word:
            return
    if kind or amounts.parse_money(before).kind:
        before = typed.get("budget", before)
    yield "budget", before, edit.after


def _places(
    ours: Mapping[str, Sequence[Sequence[str]]],
    strategy: Strategy,
    rows_now: Mapping[tuple[str, str], RowNow],
) -> Iterator[tuple[tuple[str, int], _Line]]:
    """(sheet, Excel row) → what stands there. What a relisted row repeats is about its original.

    The 別紙 prints its rows in the order of データ_事業, so each of them is the next line that
    holds its number and its name.
    """
    data = [list(row) for row in ours.get(PROJECTS_SHEET, [])]
    if not data:
        return
    headings = data[0]
    # Recorded rows lack their trailing blanks.
    data = [row + [""] * (len(headings) - len(row)) for row in data]
    index = {heading: i for i, heading in enumerate(headings)}
    data_fields = _fields(headings, strategy)
    printed = enumerate(ours.get(FORM, []), 1)
    printed_fields: dict[int, str] = {}
    for number, row in enumerate(data[1:], 2):
        measure, name = row[index[MEASURE]], row[index[NAME]]
        itself = rows_now.get((measure, name))
        itself = itself or RowNow(f"{measure}-{row[index[NUMBER]]} {name}")
        original = itself
        if place := row[index[ORIGINAL]]:
            known = rows_now.get((place.rpartition("-")[0], name))
            original = known or RowNow(f"{place} {name}")

        yield (PROJECTS_SHEET, number), _Line(itself, original, name, row, data_fields)
        for printed_number, cells in printed:
            headed = _fields(cells, strategy)
            if len(headed) >= 4:
                printed_fields = headed
            elif row[index[NUMBER]] in cells and any(name in c for c in cells):
                yield (FORM, printed_number), _Line(itself, original, name, cells, printed_fields)
                break


def _fields(cells: Sequence[str], strategy: Strategy) -> dict[int, str]:
    """Column → name of the field whose heading stands there."""
    found = ((i, strategy.field_spellings.get(text.key(cell))) for i, cell in enumerate(cells))
    return {i: name for i, name in found if name}
