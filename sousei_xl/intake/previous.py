"""What our own earlier outputs say: the last published list, and hand edits in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from sousei_xl import publish, text
from sousei_xl.addresses import column_number
from sousei_xl.figures.changes import MEASURE, NAME, NUMBER, PROJECTS_SHEET, Row
from sousei_xl.rules.hand_edits import HandEdit, ReadyRow
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.load.table import FORM
from sousei_xl.workspace import Workspace


def data_rows(sheets: Mapping[str, Sequence[Sequence[text.Value]]]) -> list[Row]:
    """The rows of データ_事業 by heading; empty where the workbook has no such sheet."""
    rows = [list(row) for row in sheets.get(PROJECTS_SHEET, []) if any(row)]
    if not rows:
        return []
    headings = [text.to_text(v) for v in rows[0]]
    # Recorded rows lack their trailing blanks.
    return [dict(zip_longest(headings, row[: len(headings)])) for row in rows[1:]]


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
    places: dict[str, dict[tuple[str, int], Mapping[int, str]]] = {}
    found = []
    for edit in edits:
        if edit.file not in places:
            ours = publish.published_values(workspace, edit.file)
            places[edit.file] = dict(_places(ours, strategy, targets)) if ours else {}
        column = column_number(re.sub(r"\d", "", edit.cell)) - 1
        fields = places[edit.file].get((edit.sheet, edit.row_before or 0), {})
        label, target = fields.get(column, ""), fields.get(-1, "")
        known = bool(label and target) and not edit.computed
        found.append(ReadyRow(edit, target, label) if known else ReadyRow(edit))
    return found


def _places(
    ours: Mapping[str, Sequence[Sequence[str]]],
    strategy: Strategy,
    targets: Mapping[tuple[str, str], str],
) -> Iterator[tuple[tuple[str, int], Mapping[int, str]]]:
    """(sheet, Excel row) → column → field label, with the row's 対象 under -1.

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
    printed = enumerate(ours.get(FORM, []), 1)
    printed_fields: dict[int, str] = {}
    for number, row in enumerate(data[1:], 2):
        measure, name = row[index[MEASURE]], row[index[NAME]]
        target = targets.get((measure, name), f"{measure}-{row[index[NUMBER]]} {name}")
        yield (PROJECTS_SHEET, number), {**data_fields, -1: target}
        for line, cells in printed:
            labels = _labels(cells, strategy)
            if len(labels) >= 4:
                printed_fields = labels
            elif row[index[NUMBER]] in cells and any(name in c for c in cells):
                yield (FORM, line), {**printed_fields, -1: target}
                break


def _labels(cells: Sequence[str], strategy: Strategy) -> dict[int, str]:
    """Column → label of the field whose heading stands there."""
    names = {text.key(s): f.label for f in strategy.fields for s in (f.short_label, f.label)}
    found = ((i, names.get(text.key(cell))) for i, cell in enumerate(cells))
    return {i: label for i, label in found if label}
