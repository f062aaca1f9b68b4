"""Last year's データ_KPI: which series it is this year, and what K106 makes of its actuals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sousei_xl.figures.changes.definitions import indicator_changes
from sousei_xl.figures.changes.indicators import IndicatorChange, compare_indicator_rows
from sousei_xl.figures.last_year import LastIndicator, LastYear
from sousei_xl.intake.last_indicators import last_indicators
from sousei_xl.intake.reading import SheetCells
from sousei_xl.rules.indicators.merge import merge_indicators
from sousei_xl.sheets.indicators.data import indicators_data
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.indicators import actual_label, plan_years
from tests.builders import intake
from tests.indicator_builders import (
    example_kpi_strategy,
    example_kpi_submissions,
    kpi_row,
    kpi_submission,
    report,
    report_rows,
    with_indicator,
)
from tests.kpi_contents import changed, kpi_contents

HEADINGS, DATA = indicators_data(kpi_contents())


def sheet(rows: Any = DATA, headings: Any = HEADINGS) -> SheetCells:
    """データ_KPI as it is read."""
    cells = tuple(enumerate([tuple(headings), *map(tuple, rows)], 1))
    nothing: Any = frozenset()
    return SheetCells(
        "データ_KPI", "visible", cells, nothing, nothing, False, (), {}, nothing, {}, {}
    )


def edited(id_: str, **changes: Any) -> list[tuple[Any, ...]]:
    """The example's rows, those of one series changed."""
    at = {h: i for i, h in enumerate(HEADINGS)}
    return [
        tuple(
            changes.get(h, value) if row[at["ID"]] == id_ else value
            for h, value in zip(HEADINGS, row, strict=True)
        )
        for row in DATA
    ]


def last(series: Iterable[LastIndicator], values: Any) -> LastYear:
    """Last year's 別紙 with these series, and the values that are compared."""
    return LastYear("昨年の別紙.xlsx", None, (), values, tuple(series))


def actuals(rows: Any = DATA, strategy: Strategy | None = None) -> Any:
    return last_indicators(sheet(rows), strategy or example_kpi_strategy())[1]


def redefined(rows: Any = DATA, strategy: Strategy | None = None) -> Any:
    """What is told of definitions alone."""
    strategy = strategy or example_kpi_strategy()
    return indicator_changes(last_indicators(sheet(rows), strategy)[0], strategy, {}, {})


def codes(previous: Any, strategy: Strategy | None = None, *submissions: Any) -> list[Any]:
    sent = submissions or example_kpi_submissions()
    result = report(*sent, previous=previous, strategy=strategy)
    return [(f.target, f.place.field) for f in result.findings if f.code == "K106"]


def test_a_report_equals_the_one_it_was_read_from() -> None:
    """All kinds, own values of 期間累計 included, at the precision of a workbook."""
    previous = actuals()
    reported = {r.indicator.id for r in kpi_contents().indicators.reports if r.actuals}  # type: ignore[union-attr]
    assert set(previous) == reported
    assert codes(previous) == []


def test_a_value_that_is_finer_than_a_workbook_is_the_same() -> None:
    value = 1234567.123456789
    row = kpi_row(1, "2ア-1", {"H28実績": value})
    before = {"2ア-1": {2016: Decimal(f"{value:.15g}")}}
    finer = replace(row, values={**row.values, "actual_2016": "1234567.1234567891"})
    for typed in (row, finer):
        found = report_rows(typed, previous=before).findings
        assert [f.code for f in found if f.code == "K106"] == []


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        ("速報", "前年度の別紙の速報の値（24）から変わっています。確報の値であれば、そのまま"),
        ("確報", "前に報告された値（24）から変わっています。遡って改定された値であれば"),
        (None, "速報が確報になったのであれば、そのままで"),
    ],
)
def test_a_round_knows_what_was_preliminary_in_the_one_before(stage: str | None, says: str) -> None:
    """What is written into データ_KPI of one year is read from it in the next."""
    row = kpi_row(1, "2ア-1", {"H28実績": 20, "H29実績": 24, "速報・確報": stage})
    headings, data = indicators_data(kpi_contents(submissions=[kpi_submission([row])]))
    at = headings.index("速報・確報")
    assert [line[at] for line in data] == [None, stage]
    series, before = last_indicators(sheet(data), example_kpi_strategy())
    again = replace(row, values={**row.values, "actual_2016": 21, "actual_2017": 25})
    sent = intake([kpi_submission([again])])
    result = merge_indicators(sent, example_kpi_strategy(), last(series, before))
    past, latest = [f for f in result.findings if f.code == "K106"]
    assert says in latest.text
    assert "遡って改定された値であれば" in past.text  # an earlier year is no 速報


@pytest.mark.parametrize(("stage", "kept"), [("速報", "速報"), ("確報", ""), (None, "")])
def test_a_value_that_is_carried_stays_preliminary(stage: str | None, kept: str) -> None:
    row = kpi_row(1, "2ア-1", {"H28実績": 20, "H29実績": 24, "速報・確報": stage})
    _, data = indicators_data(kpi_contents(submissions=[kpi_submission([row])]))
    series, before = last_indicators(sheet(data), example_kpi_strategy())
    result = merge_indicators(intake([]), example_kpi_strategy(), last(series, before))
    again = next(r for r in result.reports if r.indicator.id == "2ア-1")
    assert (again.carried, again.stage) == ((2016, 2017), kept)


def test_sums_are_compared_by_each_years_own_value() -> None:
    kinds = {i.id: i.kind for i in example_kpi_strategy().indicators}
    previous = actuals()
    id_ = next(i for i in previous if kinds[i] == "期間累計")
    year = max(previous[id_])
    spoiled = {**previous, id_: {**previous[id_], year: previous[id_][year] + 1}}
    assert codes(spoiled) == [(id_, f"actual_{year}")]


def test_a_blank_is_told_once_and_not_where_another_unit_reports_it() -> None:
    before = {"2ア-1": {2016: Decimal(21)}}
    blank = kpi_row(1, "2ア-1", {"H29実績": 23})
    full = kpi_row(2, "2ア-1", {"H28実績": 21}, file="別の課.xlsx")
    assert codes(before, None, kpi_submission([blank])) == [("2ア-1", "actual_2016")]
    both = (kpi_submission([blank], unit="甲課"), kpi_submission([full], unit="乙課"))
    assert codes(before, None, *both) == []


def test_a_series_is_known_by_its_name_under_another_id() -> None:
    strategy = with_indicator(id="2ア-9")
    found = actuals(strategy=strategy)
    assert "2ア-1" not in found
    assert found["2ア-9"] == actuals()["2ア-1"]
    series = last_indicators(sheet(), strategy)[0]
    moved = next(s for s in series if s.last_id == "2ア-1")
    assert moved.id == "2ア-9"
    assert indicator_changes(series, strategy, {}, {}) == (
        IndicatorChange("2ア-9", "移住に関わる相談件数", (("ID", "2ア-1", "2ア-9"),)),
    )


def twins(*ids: str) -> Strategy:
    """The strategy with indicators of these IDs in place of 2ア-1, all of its name."""
    strategy = example_kpi_strategy()
    mine = next(i for i in strategy.indicators if i.id == "2ア-1")
    others = [i for i in strategy.indicators if i is not mine]
    return replace(strategy, indicators=(*others, *(replace(mine, id=id_) for id_ in ids)))


def twin_rows(*ids: str) -> list[Any]:
    """Last year's data with series of these IDs in place of 2ア-1: each has H28, none is alike."""
    at = {h: i for i, h in enumerate(HEADINGS)}
    mine = next(r for r in DATA if r[at["ID"]] == "2ア-1" and r[at["実績年"]] == "H28")
    others = [row for row in DATA if row[at["ID"]] != "2ア-1"]
    changes = [{"ID": id_, "実績値": value} for value, id_ in enumerate(ids, 1)]
    return [
        *others,
        *(tuple(c.get(h, v) for h, v in zip(HEADINGS, mine, strict=True)) for c in changes),
    ]


@pytest.mark.parametrize(
    ("before", "now", "found", "asked"),
    [
        (["X1", "X2"], ["X1", "X2"], {"X1": 1, "X2": 2}, []),
        # One has a new ID: the other one stands where it stood.
        (["X1", "X2"], ["X1", "X9"], {"X1": 1, "X9": 2}, []),
        (["X1", "X2"], ["X9", "X2"], {"X9": 1, "X2": 2}, []),
        # One is no more, or is new.
        (["X1", "X2"], ["X1"], {"X1": 1}, []),
        (["X2"], ["X2", "X9"], {"X2": 1}, []),
        # Nobody can tell.
        (["X1", "X2"], ["X8", "X9"], {}, ["X1", "X2"]),
        (["X1"], ["X8", "X9"], {}, ["X1"]),
        (["X1", "X2"], ["X9"], {}, ["X1", "X2"]),
    ],
)
def test_series_of_one_name(
    before: list[str], now: list[str], found: dict[str, int], asked: list[str]
) -> None:
    strategy = twins(*now)
    series, values = last_indicators(sheet(twin_rows(*before)), strategy)
    assert {i: v[2016] for i, v in values.items() if i.startswith("X")} == found
    # What is not carried over is said, until somebody has given the value.
    row = kpi_row(1, "2ア-1", {"H29実績": 27})
    for typed, told in (({}, asked), ({"actual_2016": 24}, [])):
        rows = [
            replace(row, row_id=n, values={**row.values, "id": id_, **typed})
            for n, id_ in enumerate(now)
        ]
        result = merge_indicators(intake([kpi_submission(rows)]), strategy, last(series, values))
        items = [f for f in result.findings if f.code == "K119"]
        assert [item.target for item in items] == told
        meant = "か".join(f"『{id_}』" for id_ in now)
        assert all(f"今年度の指標（{meant}）を決められないため" in f.message for f in items)
        assert all("前年度の別紙のH28実績を" in f.message for f in items)


def test_an_id_that_went_to_another_indicator_says_nothing() -> None:
    strategy = with_indicator(name="空き家の利活用件数")
    assert "2ア-1" not in actuals(strategy=strategy)
    assert redefined(strategy=strategy) == (IndicatorChange("", "2ア-1　移住に関わる相談件数"),)


def test_a_reworded_name_is_the_same_indicator() -> None:
    strategy = with_indicator(name="移住に関する相談件数")
    assert actuals(strategy=strategy)["2ア-1"] == actuals()["2ア-1"]
    [change] = redefined(strategy=strategy)
    assert change.fields == (("指標名", "移住に関わる相談件数", "移住に関する相談件数"),)


@pytest.mark.parametrize(
    "change",
    [
        {"単位": "千件"},
        {"単位": "人"},
        {"単位": "延べ件"},
        {"集計区分": "累計"},
        {"集計区分": "定性"},
    ],
)
def test_values_counted_otherwise_are_not_compared(change: dict[str, str]) -> None:
    rows = edited("2ア-1", **change)
    assert "2ア-1" not in actuals(rows)
    [(heading, before)] = change.items()
    [told] = redefined(rows)
    assert told.fields[0][:2] == (heading, before)
    # The office is told of the years that nobody has entered anew.
    left_out = [s for s in last_indicators(sheet(rows), example_kpi_strategy())[0] if s.left_out]
    for typed, asked in (
        ({"H29実績": 27}, ["H27実績、H28実績"]),
        ({"H27実績": 1, "H28実績": 2}, []),
    ):
        sent = intake([kpi_submission([kpi_row(1, "2ア-1", {**typed, "H29実績": 27})])])
        result = merge_indicators(sent, example_kpi_strategy(), last(left_out, {}))
        messages = [f.message for f in result.findings if f.code == "K119"]
        assert len(messages) == len(asked)
        assert all(years in message for years, message in zip(asked, messages, strict=True))
        assert all(f"{heading}『{before}』→『" in message for message in messages)
    nothing_yet = merge_indicators(intake([]), example_kpi_strategy(), last(left_out, {}))
    assert "K119" not in {f.code for f in nothing_yet.findings}


@pytest.mark.parametrize("change", [{"単位": "件数"}, {"単位": ""}, {"集計区分": "時点"}])
def test_another_spelling_is_no_other_way_to_count(change: dict[str, str]) -> None:
    rows = edited("2ア-1", **change)
    assert actuals(rows)["2ア-1"] == actuals()["2ア-1"]
    assert not any(s.left_out for s in last_indicators(sheet(rows), example_kpi_strategy())[0])


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ("名", "人", True),
        ("人数", "名", True),
        ("ヶ所", "箇所", True),
        ("箇所", "ヵ所", True),
        ("ha", "ヘクタール", True),
        ("千トン", "千ｔ", True),
        ("キロメートル", "㎞", True),
        ("ＰＶ", "ページビュー", True),
        ("千名", "千人", True),
        ("％", "パーセント", True),
        ("世帯", "人", False),
        ("円", "人", False),
        ("ha", "件", False),
        ("人泊", "人", False),
        ("人", "人（延べ）", False),
        ("km", "m", False),
        ("％", "ポイント", False),
    ],
)
def test_spellings_of_a_unit(before: str, now: str, same: bool) -> None:
    found = actuals(edited("2ア-1", 単位=before), with_indicator(unit=now))
    assert ("2ア-1" in found) is same


def test_parts_stay_apart() -> None:
    found = actuals()
    assert found["1ウ-1a"] != found["1ウ-1b"]
    strategy = changed(
        example_kpi_strategy(), {"1ウ-1a": {"id": "1ウ-1b"}, "1ウ-1b": {"id": "1ウ-1a"}}
    )
    swapped = actuals(strategy=strategy)
    assert swapped["1ウ-1b"] == found["1ウ-1a"]
    assert swapped["1ウ-1a"] == found["1ウ-1b"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"目標値": 30}, ("目標値", "30（H31）", "25（H31）")),
        ({"目標値": "30"}, ("目標値", "30（H31）", "25（H31）")),
        ({"目標値年": "H30"}, ("目標値", "25（H30）", "25（H31）")),
        ({"目標値年": "平成31年"}, None),
        ({"目標値": 25.0}, None),
        ({"現状値": 19.5}, ("現状値", "19.5（H26）", "20（H26）")),
    ],
)
def test_baselines_and_targets(change: dict[str, Any], field: Any) -> None:
    found = redefined(edited("2ア-1", **change))
    assert [c.fields for c in found] == ([(field,)] if field else [])


def test_definitions_that_did_not_change_are_not_told() -> None:
    assert redefined() == ()


def test_a_sheet_with_ids_and_values_alone_is_enough() -> None:
    rows = [("2ア-1", "H28", 21), ("9ア-9", "H28", 1), (None, "H28", 1), ("2ア-1", "？", 5)]
    series, found = last_indicators(sheet(rows, ("ID", "実績年", "実績値")), example_kpi_strategy())
    assert found == {"2ア-1": {2016: Decimal(21)}}
    assert [(s.last_id, s.id) for s in series] == [("2ア-1", "2ア-1"), ("9ア-9", "")]
    assert last_indicators(None, example_kpi_strategy()) == ((), {})


def test_every_year_of_the_plan_has_a_column() -> None:
    """K106 asks about columns of the form: each year that last year's data may have is one."""
    settings = example_kpi_strategy().settings
    labels = {actual_label(y, settings).removesuffix("実績") for y in plan_years(settings)}
    assert {row[HEADINGS.index("実績年")] for row in DATA} <= labels


# --- two workbooks --------------------------------------------------------------------------------


def by_heading(rows: Any) -> list[dict[str, Any]]:
    return [dict(zip(HEADINGS, row, strict=True)) for row in rows]


def test_two_sheets() -> None:
    old, new = by_heading(DATA), by_heading(edited("2ア-1", 目標値=30, 判定="順調"))
    assert compare_indicator_rows(old, old) == ()
    [change] = compare_indicator_rows(old, new)
    assert (change.id, change.title) == ("2ア-1", "移住に関わる相談件数")
    assert change.fields[0] == ("目標値", "25", "30")
    without = [row for row in old if row["ID"] != "2ア-1"]
    [gone] = compare_indicator_rows(old, without)
    assert gone.fields == (("実績値のある年", "H27、H28、H29", ""),)
    assert compare_indicator_rows(old, list(reversed(old))) == ()


def test_a_year_spelled_otherwise_is_no_change_of_two_sheets() -> None:
    """A list of 平成 counts its plan to H31, the next one to R1; each sheet has a year but once."""
    old = by_heading(edited("2ア-1", 目標値年="H31"))
    new = by_heading(edited("2ア-1", 目標値年="R1"))
    last = {row["ID"]: row for row in old}["2ア-1"]
    old += [{**last, "実績年": "H31", "実績値": 26, "判定": "順調"}]
    new += [{**last, "目標値年": "R1", "実績年": "R1", "実績値": 26, "判定": "順調"}]
    assert compare_indicator_rows(old, new) == ()
    new[-1]["実績値"] = 27
    [change] = compare_indicator_rows(old, new)
    assert change.fields == (("R1の実績値", "26", "27"),)
    [change] = compare_indicator_rows(old, [{**row, "目標値年": "R2"} for row in new[-1:]] + new)
    assert ("目標値年", "H31", "R2") in change.fields


def test_years_before_a_new_plan_are_not_revised() -> None:
    strategy = example_kpi_strategy()
    settings = replace(strategy.settings, plan_years=(2016, 2020))
    later = replace(strategy, settings=settings)
    before = {"2ア-1": {2015: Decimal(2), 2016: Decimal(1500)}}
    series = last_indicators(sheet(), strategy)[0]
    changes = {c.id: c for c in indicator_changes(series, later, before, {})}
    told = [field for field in changes["2ア-1"].fields if field[0].endswith("実績値")]
    assert told == [("H28の実績値", "1,500", "")]


def test_figures_of_both_years_have_separators() -> None:
    changes = {c.id: c for c in redefined(edited("2ア-1", 現状値=3500, 現状値年="H24"))}
    [(_, before, _)] = changes["2ア-1"].fields
    assert before == "3,500（H24）"
