"""Contents with a KPI round, straight from the facts: for tests of the sheets about indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sousei_xl.figures.indicators import judge_all
from sousei_xl.rules.records import ListStatus, RawRow, Submission
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.indicators import (
    write_indicator_status,
    write_indicator_trends,
    write_indicators_data,
)
from sousei_xl.strategy import CLASSES, Indicator, Strategy
from tests.builders import facts
from tests.facts import example_contents
from tests.indicator_builders import (
    example_kpi_submissions,
    kpi_row,
    kpi_strategy,
    kpi_submission,
    report,
)

(NOTICE,) = (row["値"] for row in facts("settings") if row["キー"] == "注意書き")
MARKS = dict(zip(CLASSES, "◎○△▲×－保未", strict=True))
SETTINGS = {"注意書き": NOTICE, **{f"判定の記号（{c}）": m for c, m in MARKS.items()}}


def marked_strategy(settings: Mapping[str, Any] | None = None) -> Strategy:
    """The FY2018 strategy with the marks of the shipped template and its 注意書き."""
    return kpi_strategy({**SETTINGS, **(settings or {})})


def changed(strategy: Strategy, changes: Mapping[str, Mapping[str, Any]]) -> Strategy:
    """A strategy with some indicators changed."""
    return replace(
        strategy,
        indicators=tuple(replace(i, **changes.get(i.id, {})) for i in strategy.indicators),
    )


def kpi_contents(
    status: ListStatus = "proposal",
    submissions: Iterable[Submission] | None = None,
    strategy: Strategy | None = None,
    rows: Iterable[Mapping[str, Any]] | None = None,
) -> Contents:
    """The FY2018 list with its KPI round: the example's actuals, or other submissions.

    ``rows`` replace the list's, as in ``example_contents``.
    """
    strategy = strategy or marked_strategy()
    sent = _of(strategy, example_kpi_submissions()) if submissions is None else submissions
    result = report(*sent, strategy=strategy)
    contents = example_contents(status, strategy=strategy, rows=rows)
    judged = judge_all(result.reports, strategy.settings)
    return replace(contents, indicators=result, judged=judged)


def _of(strategy: Strategy, sent: Sequence[Submission]) -> list[Submission]:
    """The submissions on forms of this strategy, as far as units go."""
    units = {i.id: i.unit for i in strategy.indicators}

    def of_this(row: RawRow) -> RawRow:
        return row.with_value("unit", units.get(str(row.values["id"]), row.values["unit"]))

    rows = {s.file: tuple(map(of_this, s.indicator_rows)) for s in sent}
    return [replace(s, indicator_rows=rows[s.file]) for s in sent]


# Every kind of indicator, years without values, a falling target, a level that less is better of,
# the office's own targets.
_CASES: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "G1-1": ({"target": "全国水準"}, {"H27実績": 1.3, "H31実績": 1.4, "事務局判定": "順調"}),
    "1ア-1": (
        {"yearly_targets": MappingProxyType({2015: "70000", 2016: "73000", 2017: "75000"})},
        {"H27実績": 69000, "H29実績": 76000},
    ),
    "1イ-1": (
        {"baseline": "30", "target": "20", "direction": "減少", "unit": '件"数'},
        {"単位": '件"数', "H27実績": 31, "H29実績": 25, "H30実績": 26, "H31実績": 19.5},
    ),
    "1ウ-1a": ({}, {"H27実績": 64, "H31実績": 70}),
    "2ア-1": ({"baseline": "", "baseline_year": ""}, {"H27実績": 20, "H31実績": 30}),
    "2ア-2": ({}, {"H27実績": 3, "H28実績": 1, "H29実績": 2, "H30実績": 3, "H31実績": 4}),
    "2エ-1": ({"baseline_year": "H27"}, {"H28実績": 5, "H29実績": 7}),
    "3イ-2": ({}, {"H29実績": 93, "速報・確報": "速報"}),
    "3ウ-1": ({"unit": ""}, {"H31実績": -12.25, "要因・課題": "あ" * 40_000}),
    "3ウ-3": ({}, {"H27実績": 70500, "H31実績": 70500}),
    "4ア-1": ({"baseline_year": ""}, {"H31実績": 119.96}),
    "4ア-2": ({}, {"未入力の理由": "集計中", "公表予定": "令和2年10月"}),
    "4ウ-2": (
        {
            "baseline": "3",
            "target": "3",
            "direction": "減少",
            "yearly_targets": MappingProxyType({2019: "4"}),
        },
        {"H27実績": 3, "H28実績": 2, "H31実績": 5},
    ),
    "4ウ-1": (
        {"baseline": "0", "target": "0", "direction": "維持"},
        {"H29実績": -2, "H31実績": 3},
    ),
    "4エ-1": ({}, {"H31実績": 150, "事務局判定": "判定対象外"}),
}


def hard_contents(status: ListStatus = "draft") -> Contents:
    """A round at the plan's end with every edge case."""
    base = marked_strategy({"実績基準日": "2020-05-01", "維持の許容幅": "0.01"})
    strategy = changed(base, {name: changes for name, (changes, _) in _CASES.items()})
    rows = [kpi_row(n, id_, typed) for n, (id_, (_, typed)) in enumerate(_CASES.items(), 1)]
    return kpi_contents(status, [kpi_submission(rows)], strategy)


def indicator_of(contents: Contents, id_: str) -> Indicator:
    """One indicator of the strategy."""
    return next(i for i in contents.strategy.indicators if i.id == id_)


def write_indicator_sheets(path: Path, contents: Contents) -> Path:
    """A workbook with nothing but the three sheets about indicators."""
    book = Book(
        path,
        contents.run,
        contents.strategy.settings,
        "KPI",
        status=contents.status,
        stamp=contents.banner,
    )
    write_indicator_status(book, contents)
    write_indicator_trends(book, contents)
    write_indicators_data(book, contents)
    book.close()
    return path
