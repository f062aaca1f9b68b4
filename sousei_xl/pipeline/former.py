"""What the former official workbook had, and the new one has not.

A row that a department has deleted, or an actual that a later form does not repeat, leaves no other
trace: its file has replaced the one before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sousei_xl import eras, publish, text
from sousei_xl.figures.changes import DEPARTMENT, MEASURE, NAME, Row, compare
from sousei_xl.figures.changes.indicators import (
    ACTUAL,
    ID,
    INDICATORS_SHEET,
    YEAR,
    IndicatorChange,
    actuals_gone,
)
from sousei_xl.figures.changes.names import likely_renamings
from sousei_xl.intake import previous
from sousei_xl.publish import Published
from sousei_xl.rules.hand_edits import HandEdit
from sousei_xl.rules.records import WITHHOLD
from sousei_xl.sheets import Contents
from sousei_xl.sheets.data import listed_rows
from sousei_xl.sheets.indicators import indicators_data
from sousei_xl.strategy.indicators import actual_field
from sousei_xl.workspace import Workspace

Former = Mapping[str, Sequence[Sequence[text.Value]]]  # sheet name → rows


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing since: ``rows`` that nobody has submitted this time, ``withheld`` those that
    the office's 掲載しない takes out now, ``actuals`` that nobody reports any more."""

    rows: tuple[Row, ...]
    withheld: tuple[Row, ...]
    actuals: tuple[IndicatorChange, ...]


def edited_since(
    workspace: Workspace, names: Iterable[str], edits: Iterable[HandEdit]
) -> Former | None:
    """The former official workbook as it was published, where somebody has edited it since: it no
    longer says what was submitted. To be asked before another one takes its place."""
    edited = {edit.file for edit in edits}
    return next((publish.published_values(workspace, n) for n in names if n in edited), None)


def put_aside(
    workspace: Workspace, start: str, published: Published, edits: Iterable[HandEdit]
) -> Former:
    """The former official workbook, whose name has this ``start``, where publishing has put it
    aside as it was; empty where it is unchanged, was edited or cannot be read."""
    kept = {edit.kept_as for edit in edits}
    for moved in published.moved:
        if Path(moved).name.startswith(start) and moved not in kept:
            with contextlib.suppress(publish.NotWhole):
                return publish.read_back(workspace.outbox / moved, moved in published.intact)
    return {}


def since(former: Former, contents: Contents) -> Missing:
    """Compare the former official workbook (empty where there is none) with this one."""
    return Missing(*_gone(former, contents), _actuals_gone(former, contents))


def _gone(former: Former, contents: Contents) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Rows that no form has any more, and rows that the office takes out now.

    A 掲載しない by number takes away whichever project has the number when a department renumbers
    its rows. Not told are rows that are told otherwise: with a new name, held, ended or cancelled,
    or of a department with a file that was refused.
    """
    old = previous.data_rows(former)
    # Somebody may have moved its headings.
    if not old or not {MEASURE, NAME, DEPARTMENT} <= old[0].keys():
        return (), ()
    result = contents.result
    taken_out = {
        (row.measure, text.key(row.name)) for row in result.withdrawn if row.reason == WITHHOLD
    }
    changed = compare(old, listed_rows(contents))
    renamed = likely_renamings(changed.removed, changed.added).values()
    names = [*(row.name for row in result.held), *(row.name for row in result.withdrawn)]
    told = {text.key(name) for name in (*names, *(c.current for c in result.corrections))}
    refused = _refused(contents)
    withheld = tuple(row for row in changed.removed if _place(row) in taken_out)
    gone = tuple(
        row
        for place, row in enumerate(changed.removed)
        if place not in renamed
        and text.key(text.to_text(row[NAME])) not in told
        and row[DEPARTMENT] not in refused
    )
    return gone, withheld


def _place(row: Row) -> tuple[str, str]:
    return text.to_text(row[MEASURE]), text.key(text.to_text(row[NAME]))


def _refused(contents: Contents) -> set[str]:
    """Departments with a file that could not be used, which is told with its reason."""
    return {file.department for file in contents.result.files if file.outcome == "refused"}


def _actuals_gone(former: Former, contents: Contents) -> tuple[IndicatorChange, ...]:
    """Published actuals that stand in no form any more, for a form of another round has replaced
    its own; not those that the office itself has taken back, nor of indicators that are no more or
    whose department has a file that was refused.
    """
    old = previous.data_rows(former, INDICATORS_SHEET)
    if not old or not {ID, YEAR, ACTUAL} <= old[0].keys():  # somebody has moved its headings
        return ()
    headings, rows = indicators_data(contents)
    refused = _refused(contents)
    asked = {i.id for i in contents.strategy.indicators if refused.isdisjoint(i.departments)}
    taken_back = {
        (text.key(applied.correction.target), applied.field)
        for applied in contents.indicators.corrections
        if applied.status == "適用" and text.is_blank(applied.correction.after)
    }
    return actuals_gone(
        [row for row in old if row[ID] in asked and not _is_among(row, taken_back)],
        [dict(zip(headings, row, strict=True)) for row in rows],
    )


def _is_among(row: Row, taken_back: Container[tuple[str, str]]) -> bool:
    year = eras.parse_fiscal_year(row[YEAR])
    return year is not None and (text.key(str(row[ID])), actual_field(year)) in taken_back
