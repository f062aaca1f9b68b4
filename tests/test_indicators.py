"""Judging: hand-calculated results for all 30 series, every edge case, and properties."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sousei_xl.figures.indicators import Judged, Whole, count_classes, judge, judge_all, wholes
from sousei_xl.figures.precision import (
    actual_places,
    gap,
    number_format,
    percent,
    reference,
    rounded,
    shown,
    with_unit,
)
from sousei_xl.strategy import CLASSES, Indicator, Settings
from sousei_xl.strategy.indicators import decimals, judged_year, year_label
from tests.indicator_builders import (
    example_kpi_strategy,
    example_kpi_submissions,
    indicator,
    kpi_strategy,
    report,
)

SETTINGS = example_kpi_strategy().settings

# ID: actuals H27–H29, class, then as printed: 進捗率, 目安, 達成率, distance. Every figure was
# worked out by hand. 目安 in H29: baseline H25 4/6, H26 3/5, H27 2/4, H28 1/3; 期間累計 3/5.
BY_HAND: list[tuple[str, tuple[str, str, str], str, str, str, str, str]] = [
    ("G1-1", ("1.30", "1.33", "1.35"), "判定保留", "", "", "", ""),
    # 30+34+40 = 104; 104/160
    ("G2-1", ("30", "34", "40"), "順調", "65.0％", "60.0％", "65.0％", "56"),
    # (565−535)/75; おおむね from 36.0
    ("G2-2", ("540", "550", "565"), "おおむね順調", "40.0％", "60.0％", "92.6％", "45"),
    # 90+100+98 = 288; 288/480 is the 目安 itself
    ("G3-1", ("90", "100", "98"), "順調", "60.0％", "60.0％", "60.0％", "192"),
    # 2,328/11,640
    ("1ア-1", ("68400", "69000", "70688"), "遅れ", "20.0％", "60.0％", "88.4％", "9,312"),
    # −781/20,219
    ("1イ-1", ("", "", "12000"), "改善なし", "▲3.9％", "33.3％", "36.4％", "21,000"),
    # 4.0/6.0, the 目安 itself
    ("1ウ-1a", ("64.0", "65.0", "67.0"), "順調", "66.7％", "66.7％", "97.1％", "2.0"),
    # 2.4/6.0 = 0.6 × 4/6 exactly
    ("1ウ-1b", ("62.0", "63.0", "64.4"), "おおむね順調", "40.0％", "66.7％", "94.7％", "3.6"),
    # 3.85/7.7; printed half up: 3.85 → 3.9
    ("1エ-1", ("17.3", "19.0", "21.15"), "順調", "50.0％", "50.0％", "84.6％", "3.9"),
    # one 件 is 20 points
    ("2ア-1", ("22", "19", "21"), "遅れ", "20.0％", "60.0％", "84.0％", "4"),
    ("2ア-2", ("0", "2", "1"), "遅れ", "30.0％", "60.0％", "30.0％", "7"),
    ("2イ-1", ("41", "42", "42"), "順調", "50.0％", "50.0％", "97.7％", "1"),
    ("2ウ-1", ("9700", "9650", "9641"), "改善なし", "0.0％", "60.0％", "92.7％", "759"),
    # H28 is missing
    ("2エ-1", ("8", "", "6"), "判定保留", "", "60.0％", "", ""),
    ("2オ-1", ("20", "22", "25"), "目標値到達", "100.0％", "60.0％", "100.0％", "0"),
    # 669/1,338
    ("2オ-2", ("2700", "3000", "3331"), "おおむね順調", "50.0％", "60.0％", "83.3％", "669"),
    # 16.0/25.6
    ("2オ-3", ("80.0", "85.5", "90.4"), "順調", "62.5％", "60.0％", "90.4％", "9.6"),
    # 3/2
    ("3ア-1", ("22", "24", "25"), "目標値到達", "150.0％", "60.0％", "104.2％", "▲1"),
    # 未公表: the figures are those of H28 (263,865.5/527,731; 目安 3/6)
    ("3イ-1", ("", "18633977.5", ""), "判定保留", "50.0％", "50.0％", "98.6％", "263,866"),
    ("3イ-2", ("91", "92", "93"), "順調", "60.0％", "60.0％", "97.9％", "2"),
    # 12/40 = 0.6 × 2/4 exactly
    ("3イ-3", ("1923", "1930", "1935"), "おおむね順調", "30.0％", "50.0％", "98.6％", "28"),
    ("3ウ-1", ("370", "365", "360"), "改善なし", "▲20.0％", "60.0％", "95.2％", "18"),
    # 4/7
    ("3ウ-2", ("50", "51", "53"), "おおむね順調", "57.1％", "60.0％", "94.6％", "3"),
    # 70,290/71,000; nothing to divide by
    ("3ウ-3", ("71100", "70900", "70290"), "遅れ", "", "", "99.0％", "710"),
    # 2.73/9.1; 6.37 → 6.4
    ("4ア-1", ("111.0", "112.0", "113.63"), "遅れ", "30.0％", "60.0％", "94.7％", "6.4"),
    # 1.38/2.3; 目安 4/6
    ("4ア-2", ("38.7", "39.0", "39.98"), "おおむね順調", "60.0％", "66.7％", "97.8％", "0.9"),
    # nobody reported
    ("4イ-1", ("", "", ""), "未報告", "", "", "", ""),
    # the office says so; the figures stay
    ("4ウ-1", ("26", "26", "27"), "判定対象外", "50.0％", "50.0％", "96.4％", "1"),
    # 6/14
    ("4ウ-2", ("152", "155", "158"), "おおむね順調", "42.9％", "50.0％", "95.2％", "8"),
    # 12.3/20.5
    ("4エ-1", ("130.0", "135.0", "141.8"), "順調", "60.0％", "60.0％", "94.5％", "8.2"),
]
OFFICE = {"4ウ-1": "判定対象外"}
NOBODY = {"4イ-1"}


def actuals_of(values: tuple[str, ...], first: int = 2015) -> dict[int, Decimal]:
    return {first + i: Decimal(v) for i, v in enumerate(values) if v}


def judged(item: Indicator, *values: str, settings: Settings = SETTINGS, **options: Any) -> Judged:
    return judge(item, actuals_of(values), settings, **options)


@pytest.mark.parametrize("row", BY_HAND, ids=[row[0] for row in BY_HAND])
def test_every_series_by_hand(
    row: tuple[str, tuple[str, str, str], str, str, str, str, str],
) -> None:
    id_, values, class_name, *printed = row
    item = indicator(id_)
    result = judged(item, *values, office_class=OFFICE.get(id_, ""), reported=id_ not in NOBODY)
    latest = result.latest
    figures = [None] * 4
    if latest is not None:
        figures = [latest.progress, latest.expected, latest.attainment, latest.distance]
    ratios = ["" if f is None else percent(f, "▲") for f in figures[:3]]
    distance = "" if figures[3] is None else shown(figures[3], item, "▲")
    assert (result.class_name, *ratios, distance) == (class_name, *printed)
    assert result.year == 2017


def test_the_table_has_all_series_and_all_classes() -> None:
    assert [row[0] for row in BY_HAND] == [i.id for i in example_kpi_strategy().indicators]
    assert {row[2] for row in BY_HAND} == set(CLASSES)


# --- edge cases ---------------------------------------------------------------------------------


def test_baseline_year_and_years_before_it_are_not_judged() -> None:
    item = indicator("1イ-1")  # baseline H28
    result = judged(item, "9000", "12781", "33000")
    assert [y.class_name for y in result.years] == ["判定対象外", "判定対象外", "目標値到達"]
    assert [y.progress for y in result.years] == [None, None, Decimal(1)]
    # In the round of FY2017 nothing is judged yet, reported or not.
    settings = kpi_strategy({"実績基準日": "2017-08-31"}).settings
    assert judged(item, "9000", settings=settings, reported=False).class_name == "判定対象外"


def test_maintained_target_is_never_divided_by() -> None:
    item = indicator("3ウ-3")
    assert judged(item, "", "", "71000").class_name == "目標値到達"
    below = judged(item, "", "", "70999")
    assert below.class_name == "遅れ"
    assert below.latest is not None
    assert (below.latest.progress, below.latest.distance) == (None, 1)
    # t = b counts as 維持 whatever the direction says.
    assert judged(replace(item, direction="増加"), "", "", "71001").class_name == "目標値到達"


@pytest.mark.parametrize(
    ("direction", "classes", "distances"),
    [
        ("減少", ["目標値到達", "目標値到達", "遅れ"], [0, -1, 2]),
        ("維持", ["目標値到達", "遅れ", "目標値到達"], [0, 1, -2]),
        ("増加", ["目標値到達", "遅れ", "目標値到達"], [0, 1, -2]),
    ],
)
def test_which_way_a_level_may_leave_its_target(
    direction: str, classes: list[str], distances: list[int]
) -> None:
    """待機児童 3 → 3 with 減少: 2 is better than what was to be kept, 5 is worse."""
    item = indicator("2ア-1", baseline="3", target="3", direction=direction)
    years = judged(item, "3", "2", "5").years
    assert [y.class_name for y in years] == classes
    assert [y.distance for y in years] == distances
    assert {(y.progress, y.expected) for y in years} == {(None, None)}


def test_a_level_below_todays_may_be_what_is_to_be_kept() -> None:
    """満足度72.4％、70％以上を維持."""
    item = indicator("2ア-1", baseline="72.4", target="70", direction="維持")
    years = judged(item, "72", "70", "69").years
    assert [y.class_name for y in years] == ["目標値到達", "目標値到達", "遅れ"]
    assert [y.distance for y in years] == [-2, 0, 1]
    assert {(y.progress, y.expected) for y in years} == {(None, None)}


@pytest.mark.parametrize(
    ("direction", "actual", "class_name"),
    [
        ("減少", "102", "目標値到達"),
        ("減少", "102.01", "遅れ"),
        ("減少", "0", "目標値到達"),
        ("増加", "98", "目標値到達"),
        ("増加", "97.99", "遅れ"),
    ],
)
def test_the_tolerance_lies_on_the_worse_side(direction: str, actual: str, class_name: str) -> None:
    settings = kpi_strategy({"維持の許容幅": "0.02"}).settings
    item = indicator("2ア-1", baseline="100", target="100", direction=direction)
    assert judged(item, "", "", actual, settings=settings).class_name == class_name


@pytest.mark.parametrize(
    ("direction", "actual", "class_name"),
    [
        ("減少", "-1", "目標値到達"),
        ("減少", "1", "遅れ"),
        ("増加", "1", "目標値到達"),
        ("増加", "-1", "遅れ"),
        ("維持", "1", "遅れ"),
        ("維持", "-1", "遅れ"),
    ],
)
def test_a_level_of_nothing_has_a_better_side_only_where_it_is_said(
    direction: str, actual: str, class_name: str
) -> None:
    item = indicator("2ア-1", baseline="0", target="0", direction=direction)
    assert judged(item, "", "", actual).class_name == class_name


@pytest.mark.parametrize(("actual", "class_name"), [("69580", "目標値到達"), ("69579", "遅れ")])
def test_tolerance_of_a_maintained_target(actual: str, class_name: str) -> None:
    settings = kpi_strategy({"維持の許容幅": "0.02"}).settings
    assert judged(indicator("3ウ-3"), "", "", actual, settings=settings).class_name == class_name


@pytest.mark.parametrize(
    ("actual", "class_name", "distance"),
    [("0", "目標値到達", 0), ("3", "遅れ", 3), ("-3", "遅れ", 3)],
)
def test_nobody_waiting_is_to_be_maintained(actual: str, class_name: str, distance: int) -> None:
    item = indicator("3ウ-3", baseline="0", target="0")
    result = judged(item, "", "", actual)
    assert result.class_name == class_name
    assert result.latest is not None
    assert (result.latest.attainment, result.latest.distance) == (None, distance)


@pytest.mark.parametrize(
    ("actual", "class_name", "progress", "distance"),
    [
        ("40", "目標値到達", "1", "0"),
        ("35", "目標値到達", "1.25", "-5"),
        ("48", "順調", "0.6", "8"),
        ("52.8", "おおむね順調", "0.36", "12.8"),
        ("59", "遅れ", "0.05", "19"),
        ("60", "改善なし", "0", "20"),
        ("70", "改善なし", "-0.5", "30"),
    ],
)
def test_falling_target(actual: str, class_name: str, progress: str, distance: str) -> None:
    item = indicator("2ア-1", baseline="60", target="40", direction="減少")
    latest = judged(item, "", "", actual).latest
    assert latest is not None
    assert (latest.class_name, latest.progress) == (class_name, Decimal(progress))
    assert latest.distance == Decimal(distance)
    assert latest.attainment is None


@pytest.mark.parametrize(
    ("changes", "actual", "attainment"),
    [
        # 社会増減数: −210 where −100 was to be reached is no 210 %.
        ({"baseline": "-300", "target": "-100"}, "-210", None),
        ({"baseline": "-300", "target": "-100"}, "50", None),
        ({"baseline": "-300", "target": "100"}, "-210", None),
        ({"baseline": "-300", "target": "100"}, "50", "0.5"),
        ({"baseline": "-300", "target": "100"}, "0", "0"),
        ({"baseline": "-300", "target": "0"}, "50", None),
        # 待機児童: 3 where 2 was the target is no 150 %, with a baseline or without one.
        ({"baseline": "10", "target": "2", "direction": "減少"}, "3", None),
        ({"baseline": "10", "target": "2", "direction": "増加"}, "3", None),
        ({"baseline": "", "target": "2", "direction": "減少"}, "3", None),
        ({"baseline": "2", "target": "2", "direction": "減少"}, "3", None),
        ({"kind": "期間累計", "baseline": "", "target": "2", "direction": "減少"}, "3", None),
        # A level to be kept is held against the target itself.
        ({"baseline": "4", "target": "4", "direction": "維持"}, "3", "0.75"),
    ],
)
def test_attainment_is_given_only_where_the_quotient_says_it(
    changes: dict[str, str], actual: str, attainment: str | None
) -> None:
    item = indicator("2ア-1", **changes)
    [figures] = judged(item, actual).years
    assert figures.attainment == (None if attainment is None else Decimal(attainment))


@pytest.mark.parametrize(
    ("direction", "actual", "class_name"),
    [
        ("増加", "25", "目標値到達"),
        ("増加", "24", "判定保留"),
        ("減少", "25", "目標値到達"),
        ("減少", "26", "判定保留"),
    ],
)
def test_no_baseline(direction: str, actual: str, class_name: str) -> None:
    item = indicator("2ア-1", baseline="", baseline_year="", direction=direction)
    latest = judged(item, "", "", actual).latest
    assert latest is not None
    assert latest.class_name == class_name
    assert (latest.progress, latest.expected) == (None, None)


def test_qualitative_is_judged_by_the_office_alone() -> None:
    item = indicator("G1-1")
    assert judged(item, "1.30", "1.33", "1.35").class_name == "判定保留"
    told = judged(item, "1.30", "1.33", "1.35", office_class="遅れ")
    assert told.class_name == "遅れ"
    latest = told.latest
    assert latest is not None
    assert (latest.class_name, latest.change) == ("遅れ", Decimal("0.02"))
    assert (latest.progress, latest.expected, latest.attainment) == (None, None, None)
    assert judged(item, "1.30", office_class="順調").class_name == "順調"
    assert judged(item, reported=False).class_name == "未報告"


def test_office_cannot_overrule_what_is_calculated() -> None:
    item = indicator("2ア-1")
    assert judged(item, "", "", "21", office_class="順調").class_name == "遅れ"
    assert judged(item, "", "", "21", office_class="判定対象外").class_name == "判定対象外"


def test_sum_over_the_period() -> None:
    item = indicator("2エ-1")
    years = judged(item, "8", "6", "15").years
    assert [y.cumulated for y in years] == [8, 14, 29]
    assert [y.class_name for y in years] == ["順調", "順調", "目標値到達"]
    assert [percent(y.expected or Decimal(0), "▲") for y in years] == ["20.0％", "40.0％", "60.0％"]
    # A year's own zero is a value, a blank is none.
    assert judged(item, "0", "0", "0").class_name == "改善なし"
    missing = judged(item, "8", "", "29")
    assert missing.class_name == "判定保留"
    assert [y.cumulated for y in missing.years] == [8, None]
    assert judged(item, "8", "6", "").class_name == "判定保留"


def test_sum_never_takes_the_baseline_for_a_value() -> None:
    latest = judged(indicator("2エ-1"), "8", "6", "9").latest
    assert latest is not None
    assert latest.change == 3


def test_survey_not_held_this_year_is_on_hold_with_the_last_figures() -> None:
    result = judged(indicator("1エ-1"), "17.3", "18.6", "")
    assert result.class_name == "判定保留"
    latest = result.latest
    assert latest is not None
    assert (latest.year, latest.actual, latest.change) == (2016, Decimal("18.6"), Decimal("1.3"))
    assert latest.class_name == "おおむね順調"  # 1.3/7.7 = 16.9 %, 目安 1/4


def test_change_since_last_year_may_start_from_the_baseline() -> None:
    changes = [y.change for y in judged(indicator("2ア-1"), "22", "", "27").years]
    assert changes == [2, None]


def test_office_has_its_own_yearly_targets() -> None:
    targets = {2016: "20.5", 2017: "21"}
    item = indicator("2ア-1", yearly_targets=targets)
    years = judged(item, "21", "21", "21").years
    # H27 has none: the straight line. H28 0.5/5, H29 1/5.
    assert [percent(y.expected or Decimal(0), "▲") for y in years] == ["20.0％", "10.0％", "20.0％"]
    assert years[-1].class_name == "順調"
    # Of 期間累計 it is the sum that should have been reached: (2+2+2)/10 against 6/10.
    total = indicator("2ア-2", yearly_targets={2017: "6"})
    assert judged(total, "2", "2", "2").class_name == "順調"
    assert judged(total, "2", "2", "1").class_name == "おおむね順調"


def test_after_the_target_year_all_of_the_way_is_expected() -> None:
    item = indicator("2ア-1", target_year="H28")
    latest = judged(item, "", "", "24").latest
    assert latest is not None
    assert (latest.expected, latest.class_name) == (1, "おおむね順調")


def test_threshold_comes_from_the_settings() -> None:
    settings = kpi_strategy({"おおむね順調の基準": "0.3"}).settings
    assert judged(indicator("2ア-1"), "", "", "21", settings=settings).class_name == "おおむね順調"


def test_year_that_is_not_over_is_not_judged() -> None:
    result = judge(indicator("2ア-1"), actuals_of(("22", "23", "24", "25")), SETTINGS)
    assert (result.year, result.class_name) == (2017, "順調")
    assert [y.class_name for y in result.years] == ["順調", "順調", "順調", "判定保留"]
    assert result.latest is not None
    assert result.latest.year == 2017


@pytest.mark.parametrize(
    ("day", "year_kind", "year"),
    [
        ("2018-08-31", "年度", 2017),
        ("2018-03-31", "年度", 2017),
        ("2018-03-30", "年度", 2016),
        ("2018-03-30", "年", 2017),
        ("2017-12-30", "年", 2016),
        ("2015-12-30", "年", None),
        ("2030-01-01", "年度", 2019),
        (None, "年度", 2017),
    ],
)
def test_judged_year(day: str | None, year_kind: str, year: int | None) -> None:
    settings = kpi_strategy({"実績基準日": day}).settings
    assert judged_year(indicator("2ア-1", year_kind=year_kind), settings) == year


def test_before_the_first_year_has_ended_nothing_is_judged() -> None:
    settings = kpi_strategy({"実績基準日": "2015-06-01"}).settings
    result = judged(indicator("2ア-1"), settings=settings, reported=False)
    assert (result.year, result.class_name, result.latest) == (None, "判定対象外", None)
    told = judged(indicator("2ア-1"), "30", settings=settings)
    assert [y.class_name for y in told.years] == ["判定保留"]


def test_parts_are_judged_one_by_one_and_the_whole_is_the_worst() -> None:
    pupils, students = indicator("1ウ-1a"), indicator("1ウ-1b")
    reached, behind = judged(pupils, "", "", "69.0"), judged(students, "", "", "62.5")
    whole, other = wholes([reached, behind, judged(indicator("2ア-1"), "", "", "25")])
    assert (len(whole.parts), whole.class_name) == (2, "遅れ")
    assert (other.parts[0].indicator.id, other.class_name) == ("2ア-1", "目標値到達")
    assert count_classes([whole, other]) == {1: Counter({"遅れ": 1}), 2: Counter({"目標値到達": 1})}


@pytest.mark.parametrize(
    ("classes", "worst"),
    [
        (("目標値到達", "順調"), "順調"),
        (("遅れ", "判定対象外"), "遅れ"),
        (("判定対象外", "判定対象外"), "判定対象外"),
        (("改善なし", "判定保留"), "判定保留"),
        (("目標値到達", "未報告"), "未報告"),
    ],
)
def test_worst_of_two_parts(classes: tuple[str, str], worst: str) -> None:
    parts = tuple(Judged(indicator("1ウ-1a"), 2017, c) for c in classes)
    assert Whole(parts).class_name == worst


# --- printing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "value", "printed"),
    [
        ("1ウ-1a", "63", "63.0％"),
        ("1エ-1", "25", "25.0％"),
        ("2オ-3", "74.4", "74.4万泊"),
        ("3イ-1", "18370112", "18,370,112万円"),
        ("G1-1", "1.285", "1.29人"),
        ("2ア-1", "22.5", "23件"),
        ("2ア-1", "-2.5", "▲3件"),
        ("4エ-1", "-0.04", "0.0万件"),
    ],
)
def test_values_are_printed_as_in_the_source(id_: str, value: str, printed: str) -> None:
    assert with_unit(Decimal(value), indicator(id_), "▲") == printed


def test_words_have_no_decimals() -> None:
    words = indicator("G1-1", target="1.8水準", baseline="")
    assert with_unit(Decimal("1.345"), words, "▲") == "1.35人"
    assert judged(words, "", "", "1.9", office_class="順調").class_name == "順調"


@pytest.mark.parametrize(
    ("id_", "actuals", "places"),
    [
        ("2イ-1", ("41", "42"), 0),
        ("2イ-1", ("41", "41.6"), 1),
        ("2イ-1", ("41.25", "41.6"), 2),
        ("2イ-1", ("41.6666666666667",), 2),  # a formula's result
        ("1ウ-1a", ("64",), 1),  # never fewer than in the source
        ("1ウ-1a", (), 1),
        ("1ウ-1a", ("64.33333",), 3),
    ],
)
def test_actuals_are_printed_as_given(id_: str, actuals: tuple[str, ...], places: int) -> None:
    assert actual_places(indicator(id_), map(Decimal, actuals)) == places


def test_a_reference_is_printed_to_the_letter_and_percentages_differ_by_points() -> None:
    share, nights = indicator("1エ-1"), indicator("2オ-3")
    assert reference(Decimal("25"), share, "▲") == "25％"
    assert reference(Decimal("17.3"), share, "▲") == "17.3％"
    assert gap(Decimal("-1.25"), share, "▲") == "▲1.3ポイント"
    assert gap(Decimal("8.4"), nights, "▲") == "8.4万泊"


def test_formats() -> None:
    assert number_format(indicator("1ウ-1a"), SETTINGS) == "#,##0.0;▲#,##0.0"
    assert number_format(indicator("2ア-1"), SETTINGS) == "#,##0;▲#,##0"
    assert percent(Decimal("0.0005"), "▲") == "0.1％"
    assert percent(Decimal("-0.0005"), minus="-") == "-0.1％"


def test_years_are_labelled_as_the_strategy_counts_them() -> None:
    assert [year_label(y, SETTINGS) for y in (2015, 2018, 2019)] == ["H27", "H30", "H31"]
    assert [year_label(y, SETTINGS) for y in (1985, 1989)] == ["S60", "H1"]
    settings = kpi_strategy({"計画期間": "平成27年度〜令和元年度"}).settings
    assert year_label(2019, settings) == "R1"
    told = kpi_strategy({"計画期間": "平成27年度から平成31年度まで（5年間）"}).settings
    assert year_label(2019, told) == "H31"
    second = kpi_strategy({"計画期間": "令和2年度〜令和6年度", "年度": "令和3年度"}).settings
    assert year_label(2021, second) == "R3"


# --- the example --------------------------------------------------------------------------------


def test_the_examples_actuals_show_all_classes_but_unreported() -> None:
    reports = report(*example_kpi_submissions()).reports
    results = wholes(judge_all(reports, SETTINGS))
    assert Counter(w.class_name for w in results) == {
        "目標値到達": 4,
        "順調": 9,
        "おおむね順調": 7,
        "遅れ": 3,
        "改善なし": 2,
        "判定保留": 3,
        "判定対象外": 1,
    }


# --- properties ---------------------------------------------------------------------------------

VALUES = st.decimals(min_value=-(10**6), max_value=10**6, places=2)
QUANTITATIVE = st.sampled_from(
    [i for i in example_kpi_strategy().indicators if i.kind not in ("定性", "期間累計")]
)
ORDER = {c: i for i, c in enumerate(reversed(CLASSES[:5]))}


@st.composite
def moving_indicators(draw: st.DrawFn) -> Indicator:
    """An indicator with a baseline of H26 and another target for H31, rising or falling."""
    start = draw(VALUES)
    aim = draw(VALUES.filter(lambda v: v != start))
    direction = "増加" if aim > start else "減少"
    return indicator("2ア-1", baseline=str(start), target=str(aim), direction=direction)


def latest_of(item: Indicator, actual: Decimal) -> Any:
    return judge(item, {2017: actual}, SETTINGS).latest


@given(moving_indicators(), VALUES, VALUES)
def test_better_actuals_are_never_judged_worse(
    item: Indicator, first: Decimal, second: Decimal
) -> None:
    falls = item.direction == "減少"
    worse, better = sorted((first, second), reverse=falls)
    low, high = latest_of(item, worse), latest_of(item, better)
    assert low.progress <= high.progress
    assert ORDER[low.class_name] <= ORDER[high.class_name]


@given(st.lists(st.integers(0, 60), min_size=3, max_size=3), st.integers(0, 2))
def test_more_in_any_year_of_a_sum_is_never_judged_worse(years: list[int], raised: int) -> None:
    more = [value + (number == raised) for number, value in enumerate(years)]
    item = indicator("2エ-1")
    low, high = (judged(item, *map(str, values)) for values in (years, more))
    assert low.latest is not None
    assert high.latest is not None
    assert low.latest.progress < high.latest.progress
    assert ORDER[low.class_name] <= ORDER[high.class_name]


@given(moving_indicators())
def test_progress_is_one_exactly_at_the_target(item: Indicator) -> None:
    at_target = latest_of(item, Decimal(item.target))
    assert (at_target.progress, at_target.distance, at_target.class_name) == (1, 0, "目標値到達")
    nearly = (
        Decimal(item.target) * 10**6 + (Decimal(item.baseline) - Decimal(item.target))
    ) / 10**6
    assert latest_of(item, nearly).progress < 1


@given(QUANTITATIVE, VALUES, st.sampled_from(["0.001", "0.1", "7", "1000", "123.45"]))
def test_units_do_not_matter(item: Indicator, actual: Decimal, factor: str) -> None:
    scale = Decimal(factor)
    scaled = replace(
        item,
        baseline=str(Decimal(item.baseline) * scale),
        target=str(Decimal(item.target) * scale),
    )
    one, other = latest_of(item, actual), latest_of(scaled, actual * scale)
    for name in ("progress", "expected", "attainment", "class_name"):
        assert getattr(one, name) == getattr(other, name)
    assert other.distance == one.distance * scale


@given(
    QUANTITATIVE,
    VALUES,
    st.sampled_from(["H31", "平成31年度", "R1", "令和元年度", "2019", "Ｈ３１", "平成３１年"]),
    st.sampled_from(["H26", "平成26年度", "2014", "Ｈ２６"]),
)
def test_spelling_of_the_era_does_not_matter(
    item: Indicator, actual: Decimal, end: str, start: str
) -> None:
    plain = replace(item, baseline_year="H26", target_year="H31")
    spelled = replace(item, baseline_year=start, target_year=end)
    assert latest_of(plain, actual) == latest_of(spelled, actual)


@given(moving_indicators(), VALUES)
def test_classes_follow_the_exact_fractions(item: Indicator, actual: Decimal) -> None:
    start, aim = Fraction(item.baseline), Fraction(item.target)
    progress = (Fraction(actual) - start) / (aim - start)
    limits = [(Fraction(1), 0), (Fraction(3, 5), 1), (Fraction(9, 25), 2)]
    expected = next((i for limit, i in limits if progress >= limit), 3 if progress > 0 else 4)
    assert latest_of(item, actual).class_name == CLASSES[expected]


@given(st.decimals(min_value=-(10**6), max_value=10**6, places=6), st.integers(0, 4))
def test_half_is_rounded_up(value: Decimal, places: int) -> None:
    unit = Decimal(1).scaleb(-places)
    result = rounded(value, places)
    assert result == value.quantize(unit, rounding=ROUND_HALF_UP)
    assert abs(result - value) * 2 <= unit
    # Exactly between two: away from zero.
    half = unit / 2
    assert rounded(unit * 3 + half, places) == unit * 4
    assert rounded(-unit * 3 - half, places) == -unit * 4


@given(st.sampled_from(list(example_kpi_strategy().indicators)))
def test_the_sources_figures_survive_printing(item: Indicator) -> None:
    for figure in (item.baseline, item.target):
        if figure:
            printed = shown(Decimal(figure), item, "▲").replace(",", "")
            assert Decimal(printed) == Decimal(figure)
            assert len(printed.partition(".")[2]) == decimals(item)
