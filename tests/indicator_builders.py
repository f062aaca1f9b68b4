"""Small inputs for tests of the KPI round: a strategy with owners, rows as typed, submissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from sousei_xl.figures.last_year import LastYear
from sousei_xl.rules.indicators.merge import merge_indicators
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.indicators.share import share
from sousei_xl.rules.records import OfficeSheet, RawRow, Submission
from sousei_xl.strategy import Indicator, Strategy
from sousei_xl.strategy.indicators import actual_year, columns, input_name, reference_text
from sousei_xl.strategy.load import load
from sousei_xl.strategy.load.table import INDICATOR_COLUMNS
from tests.builders import facts, intake, submission, tables

RESULTS_DAY = "2018-08-31"
_FIRST_ROW = 4


def kpi_strategy(settings: Mapping[str, Any] | None = None) -> Strategy:
    """The FY2018 strategy with 実績基準日 2018-08-31 and the example's 担当部局."""
    owners = {r["ID"]: r["担当部局"] for r in facts("indicator_departments")}
    sheets = tables({"実績基準日": RESULTS_DAY, **(settings or {})})
    rows = [{**r, "担当部局": owners[r["ID"]]} for r in facts("kpis")]
    values = [[r.get(c) or None for c in INDICATOR_COLUMNS] for r in rows]
    sheets["指標"] = list(enumerate([list(INDICATOR_COLUMNS), *values], 1))
    strategy, mistakes = load(sheets, "別紙_template.xlsx")
    assert strategy is not None, [str(m) for m in mistakes]
    return strategy


@cache
def example_kpi_strategy() -> Strategy:
    """The same, made once."""
    return kpi_strategy()


def indicator(id_: str, **changes: Any) -> Indicator:
    """One of the 30 series, with changes."""
    found = next(i for i in example_kpi_strategy().indicators if i.id == id_)
    return replace(found, **changes)


def with_indicator(**changes: Any) -> Strategy:
    """A strategy whose indicator 2ア-1 (移住に関わる相談件数, 20 → 25) is changed."""
    strategy = example_kpi_strategy()
    changed = tuple(replace(i, **changes) if i.id == "2ア-1" else i for i in strategy.indicators)
    return replace(strategy, indicators=changed)


def kpi_row(row_id: int, id_: str, typed: Mapping[str, Any], **origin: Any) -> RawRow:
    """A row of a KPI sheet as distributed, with what was typed by heading: ``{"H29実績": 23}``.

    A heading of a reference column overwrites it.
    """
    settings = example_kpi_strategy().settings
    names = {c.label: c.name for c in columns(settings)}
    known = {i.id: i for i in example_kpi_strategy().indicators}
    values: dict[str, Any] = {"id": id_}
    if id_ in known:
        values |= {
            c.name: reference_text(known[id_], c.name, settings) or None
            for c in columns(settings)
            if c.reference
        }
    for heading, value in typed.items():
        values[input_name(heading, settings) or names[heading]] = value
    letters = {c.name: chr(ord("B") + i) for i, c in enumerate(columns(settings))}
    file = origin.pop("file", "地域振興部.xlsx")
    return RawRow(row_id, file, "KPI", _FIRST_ROW + row_id, values, letters, **origin)


def kpi_submission(
    rows: Iterable[RawRow], department: str = "地域振興部", **changes: Any
) -> Submission:
    """A KPI form of a department; the file is the one of its rows."""
    rows = tuple(rows)
    made = submission((), department, has_projects=False, has_indicators=True)
    made = replace(made, kpi_form=True, file=rows[0].file, indicator_rows=rows)
    return replace(made, **changes)


def report(
    *submissions: Submission,
    strategy: Strategy | None = None,
    office: OfficeSheet | None = None,
    previous: Any = None,
) -> IndicatorResult:
    """The KPI round of these submissions."""
    chosen = strategy or example_kpi_strategy()
    last = None if previous is None else LastYear("昨年の別紙.xlsx", None, (), previous)
    _, came_in = share(intake(submissions, office), chosen)
    return merge_indicators(came_in, chosen, last)


def report_rows(*rows: RawRow, **options: Any) -> IndicatorResult:
    """The KPI round of one submission by 地域振興部."""
    return report(kpi_submission(rows), **options)


def example_actuals() -> list[dict[str, str]]:
    """The example's invented actuals; headings of years as in the form."""
    return [
        {f"{h}実績" if actual_year(f"{h}実績") else h: v for h, v in fact.items()}
        for fact in facts("indicator_actuals")
    ]


def example_kpi_submissions() -> list[Submission]:
    """The example's actuals as the submissions of nine departments, numbers as numbers."""
    owners = {i.id: i.departments[0] for i in example_kpi_strategy().indicators}
    rows: dict[str, list[RawRow]] = {}
    for row_id, fact in enumerate(example_actuals(), 1):
        department = owners[fact["ID"]]
        typed = {h: _as_typed(h, v) for h, v in fact.items() if h != "ID" and v}
        row = kpi_row(row_id, fact["ID"], typed, file=f"{department}.xlsx")
        rows.setdefault(department, []).append(row)
    return [kpi_submission(mine, department) for department, mine in rows.items()]


def _as_typed(heading: str, value: str) -> str | float | int:
    if actual_year(heading) is None:
        return value
    return float(value) if "." in value else int(value)
