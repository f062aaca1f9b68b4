"""What our own earlier outputs say: the last published list, and hand edits in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sousei_xl import publish, text
from sousei_xl.addresses import column_number
from sousei_xl.figures.changes import MEASURE, NAME, NUMBER, ORIGINAL, PROJECTS_SHEET, Row
from sousei_xl.figures.changes.indicators import ACTUAL, INDICATORS_SHEET
from sousei_xl.intake.read import SheetCells, by_heading
from sousei_xl.rules.hand_edits import HandEdit, ReadyRow
from sousei_xl.rules.records import repeated_fields
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.load.table import FORM
from sousei_xl.workspace import Workspace

_Fields = Mapping[int, tuple[str, str]]  # column → (対象, 項目)


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
    targets: Mapping[tuple[str, str], str],
) -> list[ReadyRow]:
    """Each hand edit, and where it changed a field of a project, as a ready row for 修正.

    ``targets`` gives the 対象 of the projects as they stand now, by measure and name: since the
    list was published departments may have moved them.
    """
    places: dict[str, dict[tuple[str, int], _Fields]] = {}
    found = []
    for edit in edits:
        if edit.file not in places:
            ours = publish.published_values(workspace, edit.file)
            places[edit.file] = dict(_places(ours, strategy, targets)) if ours else {}
        column = column_number(re.sub(r"\d", "", edit.cell)) - 1
        fields = places[edit.file].get((edit.sheet, edit.row_before or 0), {})
        known = column in fields and not edit.computed
        found.append(ReadyRow(edit, *fields[column]) if known else ReadyRow(edit))
    return found


def _places(
    ours: Mapping[str, Sequence[Sequence[str]]],
    strategy: Strategy,
    targets: Mapping[tuple[str, str], str],
) -> Iterator[tuple[tuple[str, int], _Fields]]:
    """(sheet, Excel row) → what each column is about. What a relisted row repeats is about its
    original.

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
    data_fields = _labels(headings, strategy)
    labels = {f.name: f.label for f in strategy.fields}
    repeated = repeated_fields(strategy)
    printed = enumerate(ours.get(FORM, []), 1)
    printed_fields: dict[int, str] = {}
    for number, row in enumerate(data[1:], 2):
        measure, name = row[index[MEASURE]], row[index[NAME]]
        target = targets.get((measure, name), f"{measure}-{row[index[NUMBER]]} {name}")
        original = target
        if place := row[index[ORIGINAL]]:
            original = targets.get((place.rpartition("-")[0], name), f"{place} {name}")
        about = {label: original if f in repeated else target for f, label in labels.items()}
        yield (PROJECTS_SHEET, number), _about(data_fields, about)
        for line, cells in printed:
            headed = _labels(cells, strategy)
            if len(headed) >= 4:
                printed_fields = headed
            elif row[index[NUMBER]] in cells and any(name in c for c in cells):
                yield (FORM, line), _about(printed_fields, about)
                break


def _about(fields: Mapping[int, str], targets: Mapping[str, str]) -> _Fields:
    return {column: (targets[label], label) for column, label in fields.items()}


def _labels(cells: Sequence[str], strategy: Strategy) -> dict[int, str]:
    """Column → label of the field whose heading stands there."""
    found = ((i, strategy.field_spellings.get(text.key(cell))) for i, cell in enumerate(cells))
    return {i: strategy.field_by_name[name].label for i, name in found if name}
