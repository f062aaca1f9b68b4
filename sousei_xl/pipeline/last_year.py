"""The merged list beside last year's: what became of its projects."""

from __future__ import annotations

from collections.abc import Iterator

from sousei_xl import text
from sousei_xl.figures.changes import (
    BUDGET,
    BUDGET_KIND,
    DEPARTMENTS,
    Row,
    amount_or_word,
    department_lines,
)
from sousei_xl.figures.changes.year import (
    FORMER_NAME,
    NOTE,
    Fate,
    YearChanges,
    compare_years,
    unlisted,
)
from sousei_xl.figures.last_year import LastYear
from sousei_xl.rules.records import ListResult
from sousei_xl.sheets import Contents
from sousei_xl.sheets.data import listed_rows

_FATES: dict[str, Fate] = {text.ENDED: "終了", text.CANCELLED: "取下げ"}


def year_changes(contents: Contents, last: LastYear) -> YearChanges:
    """This year's list beside last year's."""
    rows = listed_rows(contents)
    for row, listed in zip(rows, contents.result.listed, strict=True):
        row[FORMER_NAME], row[NOTE] = listed.former_name, listed.note
        named = contents.strategy.departments_in(listed.department)
        row[DEPARTMENTS] = department_lines(listed.counted, named)
        row[BUDGET] = amount_or_word(row[BUDGET_KIND], row[BUDGET])
    waiting = {d.department for d in contents.result.departments if d.missing_units}
    return compare_years(last, rows, list(_aside(contents.result)), waiting)


def _aside(result: ListResult) -> Iterator[tuple[Row, Fate]]:
    """What was read and is not listed; why the office withholds a row is not said."""
    for gone in result.withdrawn:
        if gone.name and not gone.relisted:
            fate = _FATES.get(gone.reason, "掲載なし")
            yield unlisted(gone.name, gone.department, gone.measure), fate
    for held in result.held:
        if held.name and not held.relisted:
            yield unlisted(held.name, held.department, ""), "確認中"
