"""What a merge would change in the outbox, for ``merge --dry-run``: nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sousei_xl.figures.changes import Changes, compare
from sousei_xl.figures.changes.indicators import (
    INDICATORS_SHEET,
    IndicatorChange,
    compare_indicator_rows,
)
from sousei_xl.intake import previous
from sousei_xl.pipeline.council import Remarks, remarks_foreseen
from sousei_xl.pipeline.delivery import edits_since_published, published_official
from sousei_xl.pipeline.former import Former, Missing, since
from sousei_xl.publish import Cell
from sousei_xl.publish.copies import as_text
from sousei_xl.rules.hand_edits import ReadyRow
from sousei_xl.sheets import Contents
from sousei_xl.sheets.data import listed_rows
from sousei_xl.sheets.indicators import indicators_data
from sousei_xl.text import Value
from sousei_xl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Foreseen:
    """``since`` names the official workbook of the outbox ("" where none stands there), with which
    ``rows``, ``indicators`` and what would be ``missing`` are compared. ``hand_edits`` are those in
    the outbox now, ``remarks`` those that the council's workbook would have."""

    since: str
    rows: Changes
    indicators: tuple[IndicatorChange, ...]
    missing: Missing
    hand_edits: tuple[ReadyRow, ...]
    remarks: Remarks


def foresee(workspace: Workspace, contents: Contents, last_path: Path | None) -> Foreseen:
    """Compare with what was published; ``last_path`` is that of last year's 別紙.

    OperatorError where a workbook of the outbox cannot be read.
    """
    name, former = published_official(workspace, contents.strategy)
    return Foreseen(
        name,
        compare(previous.data_rows(former), listed_rows(contents)),
        _indicators(former, contents),
        since(former, contents),
        tuple(edits_since_published(workspace, contents)),
        remarks_foreseen(workspace, contents, last_path),
    )


def _indicators(former: Former, contents: Contents) -> tuple[IndicatorChange, ...]:
    """Nothing where the former workbook has no KPI: all of them would be new.

    What was published is remembered as text, so both are compared as such.
    """
    old = former.get(INDICATORS_SHEET)
    if not old:
        return ()
    headings, rows = indicators_data(contents)
    both = as_text({"old": _cells(old), "new": _cells([headings, *rows])})
    return compare_indicator_rows(*(previous.data_rows(both, name) for name in ("old", "new")))


def _cells(rows: Iterable[Sequence[Value]]) -> list[list[Cell]]:
    return [["" if value is None else value for value in row] for row in rows]
