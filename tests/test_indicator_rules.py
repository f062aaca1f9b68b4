"""The KPI round: reading, K101–K119, units, corrections, confirmations, state."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sousei_xl.catalogue import RULES
from sousei_xl.figures.indicators import judge_all
from sousei_xl.findings import Finding, Place, is_for_department
from sousei_xl.forms.indicator_layout import find_indicator_header, indicator_fields
from sousei_xl.intake.reading import Reading, SheetCells
from sousei_xl.intake.receive import receive
from sousei_xl.rules.indicators.actuals import parse_actual
from sousei_xl.rules.indicators.checks import CHECKS
from sousei_xl.rules.indicators.merge import merge_indicators
from sousei_xl.rules.indicators.records import IndicatorResult, Report
from sousei_xl.rules.indicators.scale import probably_meant
from sousei_xl.rules.indicators.share import share
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import (
    Acknowledgement,
    Correction,
    FileRecord,
    Intake,
    ListResult,
    OfficeSheet,
    RawRow,
    Submission,
)
from sousei_xl.sheets.checkbook.steps import from_list_forms
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.indicators import NONE, columns, reference_text
from sousei_xl.text import to_text
from tests.builders import example_submissions, facts, good, intake, submission
from tests.indicator_builders import (
    example_kpi_strategy,
    example_kpi_submissions,
    indicator,
    kpi_row,
    kpi_submission,
    report,
    report_rows,
    with_indicator,
)

STRATEGY = example_kpi_strategy()
SETTINGS = STRATEGY.settings


def of(result: IndicatorResult, *codes: str) -> list[Finding]:
    """The findings of these codes (K108 apart: one row is never the whole round)."""
    wanted = codes or tuple(c for c in RULES if c != "K108")
    return [f for f in result.findings if f.code in wanted]


def one(id_: str, typed: Mapping[str, Any], **options: Any) -> Finding:
    """The only finding of a row as typed."""
    (item,) = of(report_rows(kpi_row(1, id_, typed, **options)))
    return item


def codes(id_: str, typed: Mapping[str, Any]) -> list[str]:
    return [f.code for f in of(report_rows(kpi_row(1, id_, typed)))]


# --- the catalogue ------------------------------------------------------------------------------

CONTRACT = {
    "K101": ("要修正", "部局", "ID"),
    "K102": ("要修正", "部局", "実績値"),
    "K103": ("要確認", "部局", "実績値"),
    "K104": ("要確認", "部局", "実績値"),
    "K105": ("要確認", "部局", "実績値"),
    "K106": ("要確認", "部局", "実績値"),
    "K107": ("要確認", "部局", "実績値"),
    "K108": ("要確認", "事務局", "-"),
    "K109": ("要確認", "部局", "ID"),
    "K110": ("要確認", "部局", "cell"),
    "K111": ("要確認", "事務局", "実績値"),
    "K112": ("要確認", "部局", "cell"),
    "K113": ("要確認", "部局", "実績値"),
    "K114": ("要修正", "部局", "cell"),
    "K115": ("要修正", "部局", "ID"),
    "K116": ("要修正", "事務局", "単位"),
    "K117": ("要確認", "部局", "実績値"),
    "K118": ("要確認", "部局", "cell"),
    "K119": ("要確認", "事務局", "-"),
}


def test_catalogue_is_the_contract() -> None:
    rules = {r.code: (r.severity, r.addressee, r.where) for r in RULES.values() if r.scope == "kpi"}
    assert rules == CONTRACT


def test_every_check_has_its_place_in_the_tuple() -> None:
    described = " ".join(check.__doc__ or "" for check in CHECKS)
    elsewhere = {"K101", "K102", "K114", "K115", "K116"}
    assert {c for c in CONTRACT if c in described} - elsewhere == set(CONTRACT) - elsewhere


# --- the form's columns -------------------------------------------------------------------------


def test_columns_stand_as_in_the_contract() -> None:
    assert [label for _, label in indicator_fields(STRATEGY)] == [
        *("入力チェック", "ID", "指標名", "内訳", "単位", "集計区分", "現状値", "目標値"),
        *("H27実績", "H28実績", "H29実績", "H30実績", "H31実績"),
        *("速報・確報", "未入力の理由", "公表予定", "事務局判定", "要因・課題", "今後の方向性"),
    ]


def test_reference_columns_show_the_source() -> None:
    settings = STRATEGY.settings
    shown = [
        reference_text(indicator(i), n, settings)
        for i in ("1ウ-1a", "G1-1")
        for n in ("baseline", "target")
    ]
    assert shown == ["63.0（H25）", "69.0（H31）", "1.28（H26）", f"{NONE}（H31）"]
    assert reference_text(indicator("3イ-1"), "baseline", settings) == "18,370,112（H25）"
    assert reference_text(indicator("2エ-1"), "baseline", settings) == NONE


@pytest.mark.parametrize("typed", ["20（R1）", "20（H31）", "20（令和元年度）"])
def test_reference_columns_spell_years_as_the_other_columns_do(typed: str) -> None:
    """H31 in the template of a plan that ends in 令和; a form that has it is right as well."""
    settings = replace(STRATEGY.settings, plan_label="平成27年度～令和元年度")
    changed = replace(indicator("2ア-1"), target_year="H31", target="20")
    strategy = replace(STRATEGY, settings=settings, indicators=(changed,))
    assert reference_text(changed, "target", settings) == "20（R1）"
    row = kpi_row(1, "2ア-1", {**FULL, "目標値": typed})
    assert [f.code for f in of(report(kpi_submission([row]), strategy=strategy))] == []


@pytest.mark.parametrize(
    "heading", ["H29実績", "平成29年度実績値", "２０１７年度の実績", "Ｈ２９ 実績"]
)
def test_header_is_found_wherever_it_stands(heading: str) -> None:
    rows = [(1, ("KPIの実績",)), (4, (None, "単位", "指標名", "ID", "H20実績", heading))]
    found = find_indicator_header(rows, STRATEGY)
    assert found == (1, {"unit": 1, "name": 2, "id": 3, "actual_2017": 5})


def test_project_headers_are_no_kpi_headers() -> None:
    assert (
        find_indicator_header([(1, ("ID", "施策", "番号", "事業名", "H29実績"))], STRATEGY) is None
    )
    assert find_indicator_header([(1, ("ID", "指標名", "単位", "現状値"))], STRATEGY) is None


# --- one cell -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "unit", "value", "noted"),
    [
        (27, "件", "27", False),
        (74.4, "万泊", "74.4", False),
        (0.1 + 0.2, "％", "0.3", False),
        ("１１０．９", "万人", "110.9", True),
        ("110.9万人", "万人", "110.9", True),
        ("63.0%", "％", "63.0", True),
        ("18,370,112 万円", "万円", "18370112", True),
        ("12\u200b", "人", "12", True),
        ("120㎡", "㎡", "120", True),
        ("120m²", "㎡", "120", True),
        ("▲12", "人", "-12", True),
        ("+12", "人", "12", True),
        ("△ 1.5", "人", "-1.5", True),
        ("0", "人", "0", True),
        ("－", "人", None, True),
        ("ー", "人", None, True),
        (" 　", "人", None, False),
        (None, "人", None, False),
    ],
)
def test_actuals_are_read(typed: Any, unit: str, value: str | None, noted: bool) -> None:
    parsed = parse_actual(typed, unit)
    assert (parsed.value, parsed.problem) == (None if value is None else Decimal(value), "")
    assert parsed.converted is noted


@pytest.mark.parametrize(
    ("typed", "unit", "problem", "expected"),
    [
        ("約75万泊", "万泊", "text", ""),
        ("75.0万泊（速報）", "万泊", "text", ""),
        ("12,34", "人", "text", ""),
        ("1.2.3", "人", "text", ""),
        ("▲▲5", "人", "text", ""),
        ("-+5", "人", "text", ""),
        ("12 000", "人", "text", ""),
        ("①", "人", "text", ""),
        ("12²", "人", "text", ""),
        (1e15, "人", "text", ""),
        (float("inf"), "人", "text", ""),
        ("9" * 20, "人", "text", ""),
        ("1,109,000人", "万人", "unit", "110.9"),
        ("1.8兆円", "万円", "text", ""),
        ("1,837億円", "万円", "unit", "18,370,000"),
        ("22件", "箇所", "text", ""),
        ("集計中", "件", "reason", "集計中"),
        ("公表前", "件", "reason", "未公表"),
        (True, "件", "bool", ""),
        (dt.datetime(2018, 4, 1), "件", "date", ""),
    ],
)
def test_actuals_that_cannot_be_read(typed: Any, unit: str, problem: str, expected: str) -> None:
    parsed = parse_actual(typed, unit)
    assert (parsed.value, parsed.problem, parsed.expected) == (None, problem, expected)


@pytest.mark.parametrize(
    ("value", "unit", "references", "meant"),
    [
        ("1109000", "万人", ["110.9", "120"], "110.9"),
        ("0.63", "％", ["63.0", "69.0"], "63"),
        ("1", "％", ["63.0", "69.0"], "100"),
        ("183701120000", "万円", ["18370112"], "18370112"),
        ("183701", "万円", ["18370112"], "18370100"),
        ("7.1", "人", ["71000"], "71000"),
        ("1980000", "百万円", ["1923"], "1980"),
        ("63", "％", ["63.0"], None),
        ("0", "％", ["63.0"], None),
        ("0.9", "％", ["0.8", "90"], None),
        ("1", "件", ["5.8"], None),
        ("3", "人", ["96"], None),
        ("5", "人", [], None),
    ],
)
def test_unit_slips(value: str, unit: str, references: list[str], meant: str | None) -> None:
    found = probably_meant(Decimal(value), unit, [Decimal(r) for r in references])
    assert found == (None if meant is None else Decimal(meant))


# --- K101 to K118 -------------------------------------------------------------------------------

FULL = {"H27実績": 22, "H28実績": 24, "H29実績": 27}


def test_a_good_row_has_no_findings_and_is_reported() -> None:
    result = report_rows(kpi_row(1, "2ア-1", FULL))
    assert of(result) == []
    reported = next(r for r in result.reports if r.indicator.id == "2ア-1")
    assert reported.reported
    assert reported.actuals == {2015: 22, 2016: 24, 2017: 27}
    assert (result.reported, result.expected, result.state) == (1, 30, "draft")


@pytest.mark.parametrize("typed", ["2ア-9", "移住相談"])
def test_k101_unknown_indicator(typed: str) -> None:
    item = one(typed, FULL)
    assert (item.code, item.place.cell, item.value) == ("K101", "B5", typed)
    assert "例：2ア-1" in item.cure  # one of the department's own


@pytest.mark.parametrize(
    ("id_", "typed", "beside", "says", "never"),
    [
        ("2ア-l", {}, (), "』ではありませんか。", "新しい指標"),
        ("2ア-l", {}, ("2ア-1",), "配布した様式のIDに戻して", "『2ア-1』"),
        ("9-9", {"指標名": "青果物販売額"}, (), "『3イ-3』ではありませんか。", "新しい指標"),
        ("9-9", {"指標名": "青果物販売額"}, ("3イ-3",), "IDに戻して", "ではありませんか"),
        # Both were edited a little.
        (
            "2ア1",
            {"指標名": "移住に関する相談の件数"},
            (),
            "『2ア-1』ではありませんか。",
            "新しい指標",
        ),
        (
            "2ア1",
            {"指標名": "移住に関する相談の件数"},
            ("2ア-1",),
            "新しい指標",
            "ではありませんか",
        ),
        ("2ア-9", {"指標名": "相談会の数"}, (), "新しい指標は、事務局に連絡", "ではありませんか"),
        ("3イ-4", {"指標名": "農産物輸出額"}, (), "行ごと削除してください", "ではありませんか"),
        ("合計", {}, (), "行ごと削除してください", "ではありませんか"),
        ("合　計", {"指標名": "農産物輸出額"}, (), "合計の行など", "ではありませんか"),
    ],
)
def test_k101_names_only_what_may_be_meant(
    id_: str, typed: dict[str, Any], beside: tuple[str, ...], says: str, never: str
) -> None:
    standing = [kpi_row(n, other, FULL) for n, other in enumerate(beside, 2)]
    (item,) = of(report_rows(kpi_row(1, id_, {**FULL, **typed}), *standing), "K101")
    assert says in item.cure
    assert never not in item.cure


@pytest.mark.parametrize(
    ("id_", "typed", "is_note"),
    [
        ("※H29は速報値です。", {}, True),
        ("（注）H29は速報値", {}, True),
        ("H29は速報値です。", {}, True),
        ("出典：国勢調査（総務省）", {}, True),
        ("・H29は速報値", {}, True),
        ("(1) 推計値です", {}, True),
        ("以上", {}, True),
        ("2ア-1は欠番", {}, True),
        ("※", {"H29実績": 27}, False),
        ("出典：国勢調査", {"H29実績": 27}, False),
        ("2ア-9", {}, False),
        ("２ウー１０。", {}, False),
    ],
)
def test_a_note_is_no_indicator(id_: str, typed: dict[str, Any], is_note: bool) -> None:
    result = report_rows(kpi_row(1, "2ア-1", FULL), kpi_row(2, id_, typed))
    assert [f.code for f in of(result)] == ([] if is_note else ["K101"])
    assert [(raw.row, who) for raw, who in result.notes] == [(6, "地域振興部")] * is_note


def test_id_is_found_by_its_key_or_by_the_name() -> None:
    (item,) = of(report_rows(kpi_row(1, "２ア－１", FULL)))
    assert (item.code, item.expected) == ("A101", "2ア-1")
    lost = kpi_row(1, "", {**FULL, "指標名": "移住に関わる相談件数"})
    (item,) = of(report_rows(lost))
    assert (item.code, item.target, item.expected) == ("A101", "2ア-1", "2ア-1")
    assert item.message == "IDが空欄のため、『2ア-1』と読み取りました。"
    (item,) = of(report_rows(kpi_row(1, "", {**FULL, "指標名": "相談"})))
    assert item.code == "K101"
    assert "IDが空欄" in item.message
    assert "例：" not in item.cure
    # Of two that have the name, one may stand in the form.
    twins = (indicator("2ア-1"), indicator("2ア-1", id="2ア-9"))
    strategy = replace(STRATEGY, indicators=twins)
    for beside, says in (((), "『2ア-1』か『2ア-9』"), (("2ア-1",), "戻してください。『2ア-9』")):
        rows = [kpi_row(n, id_, FULL) for n, id_ in enumerate(beside, 2)]
        (item,) = of(report_rows(lost, *rows, strategy=strategy), "K101")
        assert f"{says}ではありませんか。" in item.cure


def test_k101_a_row_without_an_id_takes_none_that_stands_in_the_form() -> None:
    lost = {"指標名": "移住に関わる相談件数", "H29実績": 99}
    for rows in (
        (kpi_row(1, "2ア-1", FULL), kpi_row(2, "", lost)),
        (kpi_row(2, "", lost), kpi_row(1, "２ア－１ ", FULL)),
        # Of two such rows the first has the name.
        (kpi_row(1, "", {**lost, **FULL}), kpi_row(2, "", lost)),
    ):
        result = report_rows(*rows)
        assert [f.place.row for f in of(result, "K101", "K111")] == [6]
        assert _said(result).actuals[2017] == 27
        (item,) = of(result, "K101")
        assert "『2ア-1』は、この様式の別の行にあります" in item.message
    # Another form may have it: units may share an indicator.
    forms = [kpi_row(1, "2ア-1", FULL), kpi_row(2, "", {**lost, **FULL}, file="2.xlsx")]
    result = report(*(kpi_submission([r], unit=f"{r.row_id}課") for r in forms))
    assert of(result, "K101") == []


@pytest.mark.parametrize(("mine", "theirs"), [("－", "－"), ("－", ""), ("", "－"), ("ー", "－")])
def test_a_dash_as_part_is_no_part(mine: str, theirs: str) -> None:
    strategy = with_indicator(part=mine)
    typed = {**FULL, "指標名": "移住に関わる相談件数", "内訳": theirs}
    result = report_rows(kpi_row(1, "", typed), strategy=strategy)
    assert [(f.code, f.expected) for f in of(result)] == [("A101", "2ア-1")]
    # Nor does an ID become another's by it.
    assert of(report_rows(kpi_row(1, "2ア-1", typed), strategy=strategy), "K115") == []


@pytest.mark.parametrize(
    ("typed", "says", "cure"),
    [
        ("約27件", "H29実績に『約27件』とあります。", "（例：27）"),
        ("集計中", "『集計中』とあります", "未入力の理由の欄で『集計中』"),
        (True, "『TRUE』になっています", "数字だけを"),
        (dt.date(2018, 4, 1), "日付（2018-04-01）", "「標準」に戻し"),
    ],
)
def test_k102_text_that_is_no_number(typed: Any, says: str, cure: str) -> None:
    item = one("2ア-1", {**FULL, "H29実績": typed})
    assert (item.code, item.place.cell, item.place.label) == ("K102", "K5", "H29実績")
    assert says in item.message
    assert cure in item.cure


@pytest.mark.parametrize(
    ("id_", "label", "asks"),
    [("2ア-1", "H29実績", True), ("2ア-1", "H28実績", False), ("G3-1", "H28実績", True)],
)
@pytest.mark.parametrize("typed", ["約27件", "集計中"])
def test_k102_asks_for_a_reason_where_one_counts(
    id_: str, label: str, asks: bool, typed: str
) -> None:
    (item,) = of(report_rows(kpi_row(1, id_, {**FULL, label: typed})), "K102")
    assert ("を選んでください" in item.cure) is asks
    assert "空欄に" in item.cure


@pytest.mark.parametrize(
    ("id_", "typed", "expected"),
    [
        ("2ア-1", "約27", "27"),
        ("2ア-1", "27件くらい", "27"),
        ("4ア-1", "約75万人（見込み）", "75"),
        ("4ア-1", "約751,000人", "75.1"),
        ("2ア-1", "27〜30件", ""),
        ("2ア-1", "約27万泊", ""),  # of what?
        ("2ア-1", "多数", ""),
    ],
)
def test_k102_gives_the_number_that_was_typed_and_no_other(
    id_: str, typed: str, expected: str
) -> None:
    (item,) = of(report_rows(kpi_row(1, id_, {**FULL, "H29実績": typed})), "K102")
    assert item.expected == expected
    shown = f"例：{expected}" if expected else "「約」や単位は付けません"
    assert f"数字だけを入力してください（{shown}）。" in item.cure


def test_k102_a_reason_belongs_into_another_cell() -> None:
    item = one("2ア-1", {**FULL, "H29実績": "集計中"})
    assert item.expected == "（空欄）"  # of the value's cell


def test_k102_names_the_value_in_the_proper_unit() -> None:
    item = one("4ア-1", {"H29実績": "1,173,000人"})
    assert (item.code, item.expected) == ("K102", "117.3")
    assert "万人以外の単位" in item.message


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        ({"errors": {"actual_2017": "#REF!"}}, "H29実績が #REF! です。"),
        ({"uncached": frozenset({"actual_2017"})}, "計算結果がファイルに保存されていません"),
        ({"errors": {"cause": "#N/A"}}, "要因・課題が #N/A です。"),
    ],
)
def test_k102_errors_and_uncached_formulas(origin: dict[str, Any], says: str) -> None:
    typed = FULL if "cause" in origin.get("errors", {}) else {"H28実績": 24}
    item = one("2ア-1", typed, **origin)
    assert item.code == "K102"
    assert says in item.message


def test_unreadable_value_is_no_blank() -> None:
    result = report_rows(kpi_row(1, "2ア-1", {"H29実績": "約27件"}))
    assert [f.code for f in of(result)] == ["K102"]
    reported = next(r for r in result.reports if r.indicator.id == "2ア-1")
    assert (reported.reported, reported.actuals) == (True, {})


def test_a101_conversions_show_what_was_typed() -> None:
    item = one("2ア-1", {**FULL, "H29実績": "２７件"})
    assert (item.code, item.value, item.expected) == ("A101", "２７件", "27")
    item = one("2ア-1", {**FULL, "H27実績": "－"})
    assert (item.code, item.expected) == ("A101", "空欄")
    item = one("2ア-1", {**FULL, "速報・確報": "確定値"})
    assert (item.code, item.expected) == ("A101", "確報")
    item = one("2ア-1", {**FULL, "要因・課題": "増えた\x0b。"})
    assert (item.code, item.expected) == ("A101", "増えた\ufffd。")


def test_k103_unit_slip_is_asked_about_and_not_converted() -> None:
    result = report_rows(kpi_row(1, "4ア-1", {"H28実績": 1140000, "H29実績": 117.3}))
    (item,) = of(result)
    assert (item.code, item.place.label, item.expected) == ("K103", "H28実績", "114")
    assert "現状値（110.9）" in item.message
    actuals = next(r for r in result.reports if r.indicator.id == "4ア-1").actuals
    assert actuals[2016] == 1140000


def test_k103_percent_format() -> None:
    row = kpi_row(1, "1ウ-1a", {"H29実績": 0.67}, file="学校教育部.xlsx")
    (item,) = of(report(kpi_submission([row], "学校教育部")))
    assert (item.code, item.expected) == ("K103", "67")
    assert "パーセント" in item.cure


def k103(id_: str, *values: Any, **changes: Any) -> list[str]:
    """The headings with K103 where these are the actuals from H27 on; None is a blank."""
    item = indicator(id_, **changes)
    years = [f"H{27 + i}実績" for i in range(len(values))]
    typed = dict(zip(years, values, strict=True))
    (owner,) = item.departments
    rows = [kpi_row(1, id_, typed, file=f"{owner}.xlsx")]
    strategy = replace(STRATEGY, indicators=(item,))
    return [
        f.place.label for f in of(report(kpi_submission(rows, owner), strategy=strategy), "K103")
    ]


@pytest.mark.parametrize("slip", [1.918, 0.1918, 19.18, 191.8, 19180, 191800, 1918000])
def test_k103_a_point_in_the_wrong_place(slip: float) -> None:
    """3イ-3: 1,923 to 1,963 百万円, a series that hardly moves."""
    assert k103("3イ-3", 1923, 1930, slip) == ["H29実績"]
    assert k103("3イ-3", slip, slip, slip) == ["H27実績", "H28実績", "H29実績"]


@pytest.mark.parametrize(
    ("id_", "values", "found"),
    [
        ("2ア-1", (2500,), True),  # 20 to 25 件
        ("2ア-1", (1250,), True),
        ("2ア-1", (1240,), False),
        ("2ア-1", (210,), True),
        ("2ア-1", (2.1,), True),
        ("2ア-1", (2,), True),
        ("2ア-1", (100,), False),
        ("2ア-1", (5,), False),
        ("2ア-1", (0,), False),
        ("1ア-1", (0,), True),
        ("1ウ-1a", (64.0, 65.0, 0), True),  # 63.0 ％
        ("4ア-1", (0,), True),  # 110.9 万人
        ("G3-1", (0,), False),
        ("1ア-1", (1300,), True),  # 68,360 to 80,000 人
        ("1ア-1", (3000,), False),
        ("1イ-1", (120000,), False),  # 12,781 to 33,000: no series that hardly moves
        ("G1-1", (1.30, 1.33, 13.5), True),
        ("G1-1", (1.30, 1.33, 1.35), False),
        ("G3-1", (90, 100, 980), True),
        ("G3-1", (90, 300, 980), False),
        ("G3-1", (90, 100, 1), False),  # the years of a sum differ as they like
        ("3ア-1", (22, 23, 240), True),
        ("3ア-1", (22, 23, 2), False),  # has its K104
    ],
)
def test_k103_of_what_is_far_from_everything(
    id_: str, values: tuple[Any, ...], found: bool
) -> None:
    assert k103(id_, *values) == ([f"H{26 + len(values)}実績"] if found else [])


def test_k103_says_what_a_value_was_compared_with() -> None:
    (item,) = of(report_rows(kpi_row(1, "2ア-1", {**FULL, "H29実績": 7_000_000})))
    assert "H29実績が7,000,000で、現状値（20）と桁が大きく異なります" in item.message
    assert "（件）に誤りがないか" in item.cure
    row = kpi_row(1, "4ア-1", {"H29実績": 0}, file="経済部.xlsx")
    (item,) = of(report(kpi_submission([row], "経済部")), "K103")
    assert "H29実績が0で、現状値（110.9）と大きく異なります" in item.message
    assert "空欄にして未入力の理由を選んで" in item.cure
    row = kpi_row(1, "G3-1", {"H27実績": 90, "H28実績": 100, "H29実績": 980}, file="経済部.xlsx")
    (item,) = of(report(kpi_submission([row], "経済部")))
    assert "H29実績が980で、H28実績（100）と桁が大きく異なります" in item.message


@pytest.mark.parametrize(
    ("id_", "value", "changes", "found"),
    [
        ("2ア-2", 0.41, {}, True),  # 10 人 over the period
        ("2ア-1", 20.5, {}, True),
        ("2ア-1", 21.0, {}, False),
        ("2ア-1", 20.5, {"baseline": "20.5"}, False),
        ("2ア-1", 20.5, {"unit": "回"}, False),
        ("2ア-1", 20.5, {"unit": "ヵ所"}, True),
        ("4ア-2", 39.98, {}, False),
        ("3イ-1", 18633977.5, {}, False),
    ],
)
def test_k103_nobody_counts_half_a_person(
    id_: str, value: float, changes: dict[str, str], found: bool
) -> None:
    assert k103(id_, None, None, value, **changes) == (["H29実績"] if found else [])


@pytest.mark.parametrize(("baseline", "found"), [("10", []), ("10.0", ["H27実績"])])
def test_k103_a_zero_is_as_far_as_the_last_digit_is_fine(baseline: str, found: list[str]) -> None:
    assert k103("2ア-1", 0, baseline=baseline, target="12") == found


def test_k103_waiting_list_that_has_almost_gone() -> None:
    """Nothing is far below a target of 0."""
    falling = {"baseline": "60", "direction": "減少"}
    assert k103("2ア-1", 50, 10, 1, target="0", **falling) == []
    assert k103("2ア-1", 50, 10, 0, target="0", **falling) == []
    assert k103("2ア-1", 0, target="55", **falling) == ["H27実績"]


@pytest.mark.parametrize(
    ("id_", "values", "changes", "found"),
    [
        ("2ア-1", (-3,), {}, True),
        ("2ア-1", (-22,), {}, True),  # of the size of a level
        ("2ア-1", (-3,), {"baseline": "0"}, True),
        ("2ア-1", (-3,), {"baseline": "", "target": "0"}, True),
        ("2ア-1", (-3,), {"baseline": "", "target": ""}, False),
        ("2ア-1", (-3,), {"baseline": "-2"}, False),
        ("2ア-1", (-3,), {"target": "-2"}, False),
        ("G3-1", (-90,), {}, True),
    ],
)
def test_k103_a_negative_value_where_nothing_else_is(
    id_: str, values: tuple[Any, ...], changes: dict[str, str], found: bool
) -> None:
    assert k103(id_, *values, **changes) == (["H27実績"] if found else [])


def test_k103_says_that_a_value_is_negative() -> None:
    item = one("2ア-1", {**FULL, "H29実績": -3})
    assert "H29実績が負の値（-3）です。現状値（20）は負の値ではありません。" in item.message
    assert "増減だけ" in item.cure


@pytest.mark.parametrize(
    ("values", "changes", "found"),
    [
        ((450, 520, 300), {"baseline": "-500", "target": "-100"}, 3),
        ((-450, -520, 300), {"baseline": "-500", "target": "-100"}, 1),
        ((450,), {"baseline": "-500", "target": ""}, 1),
        # It may have risen above zero where it is to.
        ((12,), {"baseline": "-300", "target": "50"}, 0),
        ((12,), {"baseline": "-30", "target": "0"}, 0),
        ((0,), {"baseline": "-30", "target": "-10"}, 0),
    ],
)
def test_k103_a_sign_that_was_forgotten(
    values: tuple[int, ...], changes: dict[str, str], found: int
) -> None:
    typed = dict(zip(("H27実績", "H28実績", "H29実績"), values, strict=False))
    result = report_rows(kpi_row(1, "2ア-1", typed), strategy=with_indicator(**changes))
    items = of(result, "K103")
    assert [item.expected for item in items] == [str(-v) for v in values if v > 0][:found]
    for item in items:
        assert "現状値（-" in item.message
        assert "実際に正の値であれば、そのままで" in item.cure


def test_k103_of_a_sum_looks_at_one_year() -> None:
    row = kpi_row(1, "G3-1", {"H27実績": 96, "H28実績": 3, "H29実績": 0}, file="経済部.xlsx")
    assert of(report(kpi_submission([row], "経済部"))) == []


@pytest.mark.parametrize(
    ("typed", "cells"),
    [
        ({"H27実績": 22, "H28実績": 24, "H29実績": 23}, ["K5"]),
        ({"H27実績": 21, "H29実績": 21}, ["I5"]),
        ({"H27実績": 23, "H28実績": "約24", "H29実績": 22}, ["K5"]),
        ({"H27実績": 22, "H28実績": 22, "H29実績": 22}, []),
    ],
)
def test_k104_running_total_falls(typed: dict[str, Any], cells: list[str]) -> None:
    row = kpi_row(1, "3ア-1", typed, file="経済部.xlsx")
    result = report(kpi_submission([row], "経済部"))
    assert [f.place.cell for f in of(result, "K104")] == cells


def test_k104_is_the_offices_to_judge_where_a_reason_is_written() -> None:
    typed: dict[str, Any] = {"H27実績": 22, "H28実績": 24, "H29実績": 23}
    (asked,) = of(report_rows(kpi_row(1, "3ア-1", typed)), "K104")
    assert asked.addressee == "部局"
    assert "要因・課題に理由を書いて" in asked.cure
    typed["要因・課題"] = "1団体が解散した。"
    (told,) = of(report_rows(kpi_row(1, "3ア-1", typed)), "K104")
    assert (told.addressee, told.severity) == ("事務局", "要確認")
    assert "要因・課題には『1団体が解散した。』とあります。" in told.message
    assert not is_for_department(told)


_REVISED = {**FULL, "H28実績": 23}


@pytest.mark.parametrize(
    ("before", "after", "addressee"),
    [
        (FULL, _REVISED, "部局"),
        (FULL, {**_REVISED, "要因・課題": "統計の改定による。"}, "事務局"),
        # It stood there already, beside the former value.
        ({**FULL, "要因・課題": "順調"}, {**_REVISED, "要因・課題": "順調"}, "部局"),
        (
            {**FULL, "要因・課題": "順調"},
            {**_REVISED, "要因・課題": "改定による。"},
            "事務局",
        ),
    ],
)
def test_k106_is_the_offices_to_judge_where_a_reason_is_written(
    before: dict[str, Any], after: dict[str, Any], addressee: str
) -> None:
    (item,) = of(report(_edition(1, before), _edition(2, after)), "K106")
    assert item.addressee == addressee
    assert ("とあります" in item.message) is (addressee == "事務局")
    assert "24" in item.message


def test_k106_a_reason_that_comes_again_beside_its_value_stays_one() -> None:
    told = {**_REVISED, "要因・課題": "統計の改定による。"}
    result = report(_edition(1, told), _edition(2, told), previous={"2ア-1": {2016: Decimal(24)}})
    (item,) = of(result, "K106")
    assert item.addressee == "事務局"


def test_k105_year_that_is_not_over() -> None:
    item = one("2ア-1", {**FULL, "H30実績": 30})
    assert (item.code, item.place.label, item.value) == ("K105", "H30実績", "30")
    assert "平成30年8月31日現在でまだ終わっていない年度" in item.message


@pytest.mark.parametrize(
    ("typed", "code", "expected"),
    [
        ("集計中", "A101", "空欄"),
        ("未公表", "A101", "空欄"),
        ("31年3月に判明", "K105", ""),
        ("30件程度", "K105", ""),
        ("千30", "K105", ""),
        (True, "K105", ""),
    ],
)
def test_words_for_a_year_that_is_not_over_are_no_mistake(
    typed: Any, code: str, expected: str
) -> None:
    item = one("2ア-1", {**FULL, "H30実績": typed})
    assert (item.code, item.place.cell, item.expected) == (code, "L5", expected)
    # Nor are they told twice where the values wait for their unit.
    waiting = {**FULL, "単位": "千件", "H30実績": "31年3月に判明"}
    assert codes("2ア-1", waiting) == ["K116"]


def test_k106_past_value_changed() -> None:
    previous = {"2ア-1": {2015: Decimal("22.0"), 2016: Decimal(23)}}
    (item,) = of(report_rows(kpi_row(1, "2ア-1", FULL), previous=previous))
    assert (item.code, item.place.label) == ("K106", "H28実績")
    assert "前に報告された値（23）" in item.message
    gone = kpi_row(1, "2ア-1", {**FULL, "H28実績": None})
    (item,) = of(report_rows(gone, previous=previous))
    assert (item.code, item.place.label) == ("K106", "H28実績")
    assert "空欄ですが" in item.message
    # What the office itself has taken back, it has decided.
    made = correction(field_label="H28実績", before=24, after=None)
    office = OfficeSheet(corrections=(made,))
    (item,) = of(report_rows(kpi_row(1, "2ア-1", FULL), previous=previous, office=office))
    assert (item.code, item.addressee) == ("K106", "事務局")
    assert "取り消すのであれば、確認済にしてください" in item.cure
    assert "確認済" not in item.request


def test_k107_blank_without_a_reason() -> None:
    item = one("2ア-1", {"H28実績": 24})
    assert (item.code, item.place.cell, item.place.label) == ("K107", "K5", "H29実績")
    assert "引き継いで" not in item.message


@pytest.mark.parametrize(
    ("typed", "changes", "found"),
    [
        ({"H27実績": 22, "H29実績": 27}, {}, ["K107 J"]),
        # That the latest value is still to come says nothing of the one before.
        ({"H27実績": 22, "未入力の理由": "未公表"}, {}, ["K107 J"]),
        ({"H27実績": 22, "未入力の理由": "未調査"}, {}, []),
        ({"H27実績": 22, "H29実績": 27, "事務局判定": "判定対象外"}, {}, []),
        # First the latest year.
        ({"H27実績": 22}, {}, ["K107 K"]),
        # Nothing was known before, or the year after is.
        ({"H29実績": 27}, {}, []),
        ({"H28実績": 24, "H29実績": 27}, {}, []),
        ({"H27実績": 22, "H28実績": "約24", "H29実績": 27}, {}, ["K102 J"]),
        ({"H27実績": 22, "H29実績": 27}, {"baseline_year": "H28"}, []),
        ({"H27実績": 22, "H29実績": 27}, {"kind": "調査"}, []),
        ({"H27実績": 22, "要因・課題": "甲"}, {"kind": "定性"}, []),
    ],
)
def test_k107_a_year_that_was_passed_over(
    typed: dict[str, Any], changes: dict[str, Any], found: list[str]
) -> None:
    result = report_rows(kpi_row(1, "2ア-1", typed), strategy=with_indicator(**changes))
    said = [f"{f.code} {f.place.cell[0]}" for f in of(result) if f.code != "K110"]
    assert said == found
    past = [f for f in of(result, "K107") if f.place.label == "H28実績"]
    assert all("そのままで構いません" in item.cure for item in past)


def test_k107_of_a_year_that_was_passed_over_knows_what_others_said() -> None:
    early = {"H29実績": 27}
    (_, item) = of(report_rows(kpi_row(1, "2ア-1", early), previous={"2ア-1": {2015: Decimal(22)}}))
    assert (item.code, item.place.label) == ("K107", "H28実績")
    other = kpi_submission([kpi_row(2, "2ア-1", {"H28実績": 25}, file="乙.xlsx")], unit="乙課")
    mine = kpi_submission([kpi_row(1, "2ア-1", {"H27実績": 22, "H29実績": 27})], unit="甲課")
    assert of(report(mine, other)) == []
    row = kpi_row(1, "2ア-1", {"H27実績": 22, "H29実績": 27}, merged={"actual_2016": 24})
    assert [f.code for f in of(report_rows(row))] == ["K118"]
    # What the office has taken back is not asked for.
    made = correction(field_label="H28実績", before=24, after=None)
    taken_back = report_rows(kpi_row(1, "2ア-1", FULL), office=OfficeSheet(corrections=(made,)))
    assert of(taken_back) == []


def test_k107_says_what_is_carried_over_meanwhile() -> None:
    row = kpi_row(1, "2ア-1", {"H28実績": 24})
    found = of(report_rows(row, previous={"2ア-1": {2017: Decimal(27)}}))
    (item,) = [f for f in found if f.code == "K107"]
    assert item.message.endswith("前年度の別紙の値（27）を引き継いでいます。")
    # What the office has taken back is not.
    row = kpi_row(1, "2ア-1", FULL, merged={"reason": "集計中"})
    office = OfficeSheet(corrections=(correction(after=None),))
    found = of(report_rows(row, previous={"2ア-1": {2017: Decimal(27)}}, office=office))
    assert [f.code for f in found] == ["K106", "K107"]
    assert not any("引き継いで" in f.message for f in found)
    result = report_rows(kpi_row(1, "2ア-1", {"H28実績": 24}))
    assert not next(r for r in result.reports if r.indicator.id == "2ア-1").reported


@pytest.mark.parametrize(
    "typed",
    [
        {"未入力の理由": "集計中"},
        {"未入力の理由": "未公表", "公表予定": "平成31年2月"},
        {"事務局判定": "判定対象外"},
    ],
)
def test_a_reason_is_an_answer(typed: dict[str, Any]) -> None:
    result = report_rows(kpi_row(1, "2ア-1", typed))
    assert of(result) == []
    assert result.reported == 1


@pytest.mark.parametrize(
    "typed", [{"要因・課題": "準備会を開いた。"}, {"事務局判定": "順調"}, {"H29実績": 1.3}]
)
def test_a_qualitative_indicator_is_answered_in_words(typed: dict[str, Any]) -> None:
    row = kpi_row(1, "G1-1", typed, file="子育て支援部.xlsx")
    result = report(kpi_submission([row], "子育て支援部"))
    assert of(result) == []
    [said] = [r for r in result.reports if r.indicator.id == "G1-1"]
    assert said.reported
    assert result.reported == 1
    # To any other they are no value.
    other = {k: v for k, v in typed.items() if k == "要因・課題"}
    assert not other or codes("2ア-1", other) == ["K107"]


def test_words_of_a_qualitative_indicator_that_the_office_takes_back_are_asked_of_it() -> None:
    row = kpi_row(1, "G1-1", {"要因・課題": "続く。"}, file="子育て支援部.xlsx")
    made = correction(target="G1-1", field_label="要因・課題", before="続く。", after=None)
    office = OfficeSheet(corrections=(made,))
    (item,) = of(report(kpi_submission([row], "子育て支援部"), office=office))
    assert (item.code, item.place.file, item.addressee) == ("K107", "事務局修正.xlsx", "事務局")
    assert item.message.startswith("事務局修正で要因・課題を空欄にしましたが")


def test_a_qualitative_indicator_is_asked_for_words() -> None:
    def only(typed: dict[str, Any]) -> Finding:
        row = kpi_row(1, "G1-1", typed, file="子育て支援部.xlsx")
        (item,) = of(report(kpi_submission([row], "子育て支援部")))
        return item

    silent, wordy = only({"今後の方向性": "続ける。"}), only({"H29実績": "規約案がまとまった"})
    assert (silent.code, wordy.code) == ("K107", "K102")
    assert silent.message.startswith("H29実績も要因・課題も空欄で")
    for item in (silent, wordy):
        assert "定性の指標の状況" in item.cure
        assert "「要因・課題」に" in item.cure


def test_k107_is_for_years_after_the_baseline() -> None:
    strategy = with_indicator(baseline_year="H29")
    result = report_rows(kpi_row(1, "2ア-1", {"現状値": "20（H29）"}), strategy=strategy)
    assert of(result) == []
    assert result.reported == 1


def test_k108_nobody_reported() -> None:
    result = report_rows(kpi_row(1, "2ア-1", FULL))
    owed = [i.id for i in STRATEGY.indicators if "地域振興部" in i.departments]
    silent = of(result, "K108")
    assert [f.target for f in silent] == [id_ for id_ in owed if id_ != "2ア-1"]
    assert (silent[0].place, silent[0].department) == (Place(), "地域振興部")
    assert "担当部局（地域振興部）" in silent[0].cure
    orphan = replace(indicator("G1-1"), departments=())
    strategy = replace(STRATEGY, indicators=(orphan, indicator("2ア-1")))
    (item,) = of(report_rows(kpi_row(1, "2ア-1", FULL), strategy=strategy), "K108")
    assert "担当部局を入力し" in item.cure


def test_k108_is_not_said_of_forms_that_are_awaited() -> None:
    first, *rest = example_kpi_submissions()
    awaited = [str(r.values["id"]) for r in first.indicator_rows]
    refused = FileRecord("x.xlsx", "refused", first.department)
    for records in ([], [refused]):
        result = merge_indicators(intake(rest, records=records), STRATEGY)
        assert of(result, "K108") == []
        assert [r.indicator.id for r in result.reports if not r.reported] == awaited
        assert result.state == "draft"
    # Another department in charge has sent its form, without the indicator.
    both = replace(indicator(awaited[0]), departments=(first.department, rest[0].department))
    strategy = replace(STRATEGY, indicators=(both, *STRATEGY.indicators[1:]))
    assert [f.target for f in of(report(*rest, strategy=strategy), "K108")] == awaited[:1]
    # The silence of a department that sends nothing can be confirmed.
    silence = tuple(confirmation("K108", id_) for id_ in awaited)
    result = report(*rest, office=OfficeSheet(acknowledgements=silence))
    assert {f.acknowledged for f in of(result, "K108")} == {True}
    assert result.state == "complete"


@pytest.mark.parametrize("typed", ["2ア-l", "4月2日", "", "2ウ-1"])
def test_k108_is_not_said_of_a_row_whose_id_is_another(typed: str) -> None:
    """K101 or K115 asks for the ID."""
    rows = [kpi_row(1, "2ア-1", FULL), kpi_row(2, "2ウ-1", {"H29実績": 9945})]
    lost = replace(rows[0], values={**rows[0].values, "id": typed})
    other = kpi_row(3, "3ア-1", {"H29実績": 24})
    silent = [f.target for f in of(report_rows(lost, rows[1], other), "K108")]
    assert "2ア-1" not in silent
    assert "4ア-1" in silent
    assert "2ア-1" in [f.target for f in of(report_rows(other), "K108")]


def test_k108_waits_until_the_round_has_begun() -> None:
    result = report(submission([good(1)]))
    assert result.findings == ()
    assert (result.state, result.reported) == ("draft", 0)


def test_k109_indicator_of_another_department() -> None:
    row = kpi_row(1, "2ア-1", FULL, file="経済部.xlsx")
    result = report(kpi_submission([row], "経済部"))
    (item,) = of(result)
    assert (item.code, item.place.cell) == ("K109", "B5")
    assert "担当部局は地域振興部です（提出した部局：経済部）" in item.message
    assert result.reported == 1


@pytest.mark.parametrize(
    ("heading", "value", "cell"),
    [
        ("指標名", "移住の相談件数", "C5"),
        ("集計区分", "累計", "F5"),
        ("現状値", 21, "G5"),
        ("現状値", "20（H27）", "G5"),
        ("目標値", "－", "H5"),
        ("目標値", "25（H32）", "H5"),
    ],
)
def test_k110_reference_column_changed(heading: str, value: Any, cell: str) -> None:
    item = one("2ア-1", {**FULL, heading: value})
    assert (item.code, item.place.cell) == ("K110", cell)
    assert item.expected


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("指標名", "移住に関わる 相談件数"),
        ("現状値", 20),
        ("現状値", "２０"),
        ("現状値", "20（平成26年度）"),
        ("目標値", 25.0),
        ("目標値", None),
        ("集計区分", "各年度（その年度の値）"),
        ("内訳", "－"),
    ],
)
def test_retyped_reference_is_no_change(heading: str, value: Any) -> None:
    assert codes("2ア-1", {**FULL, heading: value}) == []


@pytest.mark.parametrize(
    ("typed", "changed"),
    [("全国水準（H31）", False), ("全国水準", False), ("全国水準以上", True), (1.42, True)],
)
def test_k110_target_in_words(typed: Any, changed: bool) -> None:
    words = replace(indicator("G1-1"), target="全国水準")
    strategy = replace(STRATEGY, indicators=(words,))
    row = kpi_row(1, "G1-1", {"H29実績": 1.3, "目標値": typed}, file="子育て支援部.xlsx")
    result = report(kpi_submission([row], "子育て支援部"), strategy=strategy)
    assert [f.code for f in of(result)] == (["K110"] if changed else [])
    assert reference_text(words, "target", STRATEGY.settings) == "全国水準（H31）"


@pytest.mark.parametrize(
    ("id_", "typed", "meant"),
    [
        ("3ウ-3", {"指標名": "新規就農者数", "単位": "経営体"}, "3ウ-2"),
        ("3ウ-3", {"指標名": "新規 就農者数", "単位": None}, "3ウ-2"),
        ("1ウ-1a", {"内訳": "中学校"}, "1ウ-1b"),
        # Neither its name nor another one's, or only the name was pasted.
        ("3ウ-3", {"指標名": "就農者数", "単位": "経営体"}, None),
        ("3ウ-3", {"指標名": "新規就農者数"}, None),
        ("3ウ-3", {"単位": "経営体"}, None),
    ],
)
def test_k115_id_of_another_indicator(id_: str, typed: dict[str, Any], meant: str | None) -> None:
    values = {"H27実績": "約50", "H29実績": 53, "速報・確報": "暫定", "要因・課題": "甲", **typed}
    right = kpi_row(1, "3ウ-3", {"H29実績": 70290})
    result = report_rows(right, kpi_row(2, id_, values))
    found = [f for f in of(result) if f.place.row == 6]
    if meant is None:
        assert "K115" not in {f.code for f in found}
        return
    (item,) = found
    assert (item.code, item.place.cell, item.value) == ("K115", "B6", id_)
    assert f"IDを『{meant}』に戻してください" in item.cure
    assert meant not in {f.target for f in of(result, "K108")}
    assert _said(result, meant).actuals == {}
    assert not _said(result, meant).reported
    assert _said(result, "3ウ-3").actuals == {2017: 70290}


def test_k115_where_several_have_the_name() -> None:
    twin = replace(indicator("3ウ-2"), id="3ウ-9")
    strategy = replace(STRATEGY, indicators=(*STRATEGY.indicators, twin))
    row = kpi_row(1, "3ウ-3", {"指標名": "新規就農者数", "単位": "経営体", "H29実績": 53})
    (item,) = of(report_rows(row, strategy=strategy), "K115")
    assert "『3ウ-2』か『3ウ-9』" in item.cure


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"現状値": "55（H26）", "目標値": "65（R1）"}, "K115"),
        ({"現状値": 55, "目標値": "６５"}, "K115"),
        # The indicator's own, nobody's, or nothing that tells.
        ({}, None),
        ({"現状値": 55}, "K110"),
        ({"現状値": 55, "目標値": 66}, "K110"),
        ({"現状値": 55, "目標値": None}, "K110"),
        ({"現状値": None, "目標値": None}, None),
    ],
)
def test_k115_of_two_indicators_with_one_name_and_unit(
    typed: dict[str, Any], code: str | None
) -> None:
    """IDs that were exchanged: K110 alone would make the department complete the exchange."""
    twin = replace(indicator("3ウ-2"), id="3ウ-9", baseline="55", target="65")
    strategy = replace(STRATEGY, indicators=(*STRATEGY.indicators, twin))
    result = report_rows(kpi_row(1, "3ウ-2", {"H29実績": 57, **typed}), strategy=strategy)
    assert {f.code for f in of(result)} - {"K109"} == ({code} if code else set())
    assert _said(result, "3ウ-2").actuals == ({} if code == "K115" else {2017: 57})
    if code == "K115":
        (item,) = of(result)
        assert "この行の現状値と目標値は、同じ指標名の『3ウ-9』のものです" in item.message
        assert "IDを『3ウ-9』に戻してください" in item.cure


MORE_UNITS = {"H28実績": 24, "H29実績": 27, "単位": "百件", "現状値": 2, "目標値": 3}


def test_k116_values_of_another_unit_wait() -> None:
    (item,) = of(report_rows(kpi_row(1, "2ア-1", MORE_UNITS)))
    assert (item.code, item.place.cell, item.value) == ("K116", "E5", "百件")
    assert "テンプレートでは『件』です" in item.message
    assert "H28実績の24、H29実績の27は載せていません" in item.message
    result = report_rows(kpi_row(1, "2ア-1", {**MORE_UNITS, "要因・課題": "甲"}))
    assert (_said(result).actuals, _said(result).cause, result.state) == ({}, "甲", "draft")
    # It is no business of the department's, which may have changed nothing.
    (state,) = [d for d in result.departments if d.department == "地域振興部"]
    assert (state.errors, state.confirmations) == (0, 0)


def test_k116_is_about_values_alone() -> None:
    none = {"単位": "百件", "未入力の理由": "集計中"}
    assert codes("2ア-1", none) == []
    assert codes("2ア-1", {"単位": "百件"}) == ["K107"]
    assert codes("2ア-1", {**none, "H29実績": "－"}) == ["A101"]
    assert codes("2ア-1", {**none, "H29実績": "約27"}) == ["K116"]
    assert codes("2ア-1", {**FULL, "単位": None}) == []
    assert codes("2ア-1", {**MORE_UNITS, "H28実績": None, "内訳": "市内"}) == ["K116", "K110"]


@pytest.mark.parametrize(
    ("unit", "typed", "code"),
    [
        ("件", "件数", "K110"),
        ("箇所", "か所", "K110"),
        ("箇所", "ヶ所", "K110"),
        ("人", "名", "K110"),
        ("人", "足", "K110"),
        ("％", "パーセント", "K110"),
        ("千人", "千名", "K110"),
        ("％", "%", None),
        ("万人", "千人", "K116"),
        ("人", "千人", "K116"),
        ("千円", "円", "K116"),
        ("億円", "百万円", "K116"),
        ("件", "百件", "K116"),
        ("％", "人", "K116"),
        ("人", "%", "K116"),
    ],
)
def test_k116_is_about_scales_and_k110_about_spellings(
    unit: str, typed: str, code: str | None
) -> None:
    result = report_rows(
        kpi_row(1, "2ア-1", {**FULL, "単位": typed}), strategy=with_indicator(unit=unit)
    )
    assert [f.code for f in of(result)] == ([code] if code else [])
    held = code == "K116"
    assert _said(result).actuals == ({} if held else {2015: 22, 2016: 24, 2017: 27})


def test_k110_a_unit_where_the_strategy_has_none() -> None:
    strategy = with_indicator(unit="")
    result = report_rows(kpi_row(1, "2ア-1", FULL), strategy=strategy)
    assert [(f.code, f.place.cell) for f in of(result)] == [("K110", "E5")]
    assert _said(result).actuals == {2015: 22, 2016: 24, 2017: 27}


def test_k116_ends_when_the_office_has_given_the_values() -> None:
    corrections = [
        correction(target="2ア-1", field_label="H28実績", before=24, after=2400),
        # It may turn out to be right as it stands.
        correction(target="2ア-1", field_label="H29実績", before=27, after=27),
    ]
    for many, left in ((1, ["K116"]), (2, [])):
        office = OfficeSheet(corrections=tuple(corrections[:many]))
        result = report_rows(kpi_row(1, "2ア-1", MORE_UNITS), office=office)
        assert [f.code for f in of(result) if f.code != "K103"] == left
    assert _said(result).actuals == {2016: 2400, 2017: 27}
    assert [c.status for c in result.corrections] == ["適用", "適用"]


def test_k111_two_units_differ() -> None:
    early = kpi_submission([kpi_row(1, "2ア-1", {**FULL, "要因・課題": "早い"})], unit="移住課")
    late = kpi_row(2, "2ア-1", {"H28実績": 24, "H29実績": 26}, file="2.xlsx")
    result = report(early, kpi_submission([late], unit="企画課", saved="2018-08-02"))
    (item,) = of(result)
    assert (item.code, item.place.file, item.place.label) == ("K111", "2.xlsx", "H29実績")
    assert "『2.xlsx』では26、『地域振興部.xlsx』では27です" in item.message
    united = next(r for r in result.reports if r.indicator.id == "2ア-1")
    assert united.actuals == {2015: 22, 2016: 24, 2017: 26}
    assert (united.cause, united.row_ids) == ("早い", (1, 2))


@pytest.mark.parametrize(
    ("late", "says"),
    [
        ({"edition": 2}, "版の新しい『甲.xlsx』の値を使いました"),
        ({"saved": "2018-08-02"}, "版は同じなので、保存日時の新しい『甲.xlsx』の値を使いました"),
        ({}, "版も保存日時も同じなので、ファイル名の順で『甲.xlsx』の値を使いました"),
    ],
)
def test_k111_says_what_decided(late: dict[str, Any], says: str) -> None:
    # Only where nothing else decides do the files' names: this one comes after the other.
    early = kpi_row(1, "2ア-1", FULL, file="電.xlsx" if late else "丁.xlsx")
    row = kpi_row(2, "2ア-1", {**FULL, "H29実績": 26}, file="甲.xlsx")
    sent = [kpi_submission([early], unit="丙課"), kpi_submission([row], unit="甲課", **late)]
    for inbox in (sent, sent[::-1]):
        (item,) = of(report(*inbox))
        assert item.code == "K111"
        assert says in item.cure
        assert _said(report(*inbox)).actuals[2017] == 26


def test_k111_within_one_file_and_blank_rows() -> None:
    twice = [kpi_row(1, "2ア-1", FULL), kpi_row(2, "2ア-1", {"H29実績": 28})]
    (item,) = of(report_rows(*twice))
    assert (item.code, item.place.row) == ("K111", 6)
    assert "『KPI』の5行目では27" in item.message
    high = [kpi_row(n, "2ア-1", {"H29実績": value}) for n, value in ((1, 1200), (2, 1300))]
    (item,) = of(report_rows(*high), "K111")
    assert "この行では1,300、『KPI』の5行目では1,200です" in item.message
    # The other unit's blank row asks nobody for anything.
    assert of(report_rows(kpi_row(1, "2ア-1", FULL), kpi_row(2, "2ア-1", {}))) == []


def _two_owners() -> Strategy:
    return with_indicator(departments=("地域振興部", "経済部"))


def _joint(
    first: Mapping[str, Any], second: Mapping[str, Any], other: str = "経済部", **options: Any
) -> IndicatorResult:
    """2ア-1 from 地域振興部 and, later, from another department; both are in charge."""
    early = kpi_submission([kpi_row(1, "2ア-1", first)])
    late = kpi_submission([kpi_row(2, "2ア-1", second, file=f"{other}.xlsx")], other, edition=2)
    return report(early, late, strategy=_two_owners(), **options)


@pytest.mark.parametrize(
    ("label", "name", "words"),
    [
        ("速報・確報", "stage", ("速報", "確報")),
        ("事務局判定", "office_class", ("判定対象外", "順調")),
        ("公表予定", "publication", ("11月", "12月")),
        ("未入力の理由", "reason", ("集計中", "未公表")),
    ],
)
def test_k111_of_words_that_only_one_can_have(label: str, name: str, words: Any) -> None:
    first, second = ({"未入力の理由": "集計中", label: word} for word in words)
    result = _joint(first, second)
    (item,) = of(result, "K111")
    assert (item.place.label, item.place.file, item.value) == (label, "経済部.xlsx", words[1])
    assert (
        f"『経済部.xlsx』では『{words[1]}』、『地域振興部.xlsx』では『{words[0]}』" in item.message
    )
    assert getattr(_said(result), name) == words[1]
    assert of(_joint(first, first), "K111") == []
    # Whoever is not in charge does not overrule who is.
    result = _joint(first, second, other="農政部")
    (item,) = of(result, "K111")
    assert (item.place.file, getattr(_said(result), name)) == ("地域振興部.xlsx", words[0])
    # Beside a value nobody needs a reason; two rows of one form are told apart.
    asked = of(_joint({**FULL, **first}, second), "K111")
    assert bool(asked) is (name in ("stage", "office_class"))
    twice = report_rows(kpi_row(1, "2ア-1", first), kpi_row(2, "2ア-1", second))
    assert "『KPI』の5行目では" in of(twice, "K111")[0].message
    assert of(twice, "K111")[0].cure.startswith("後にある行の記入を使いました")


@pytest.mark.parametrize(
    ("first", "second", "stage", "asked"),
    [
        # The value of 農政部, which is not in charge, is the later one.
        ((27, "速報"), (30, "確報"), "確報", True),
        ((27, "速報"), (30, None), "速報", False),
        ((27, None), (None, "確報"), "確報", False),
        ((27, "速報"), (None, "確報"), "速報", True),
        ((None, "速報"), (30, "確報"), "確報", True),
    ],
)
def test_a_stage_goes_with_the_value(
    first: tuple[Any, Any], second: tuple[Any, Any], stage: str, asked: bool
) -> None:
    sent = [{"H29実績": value, "速報・確報": word} for value, word in (first, second)]
    result = _joint(*sent, other="農政部")
    assert _said(result).stage == stage
    items = [f for f in of(result, "K111") if f.place.field == "stage"]
    assert [item.value for item in items] == [stage] * asked
    assert all("実績値のあるものを優先し" in item.cure for item in items)
    # The office corrects the word that counts.
    made = correction(field_label="速報・確報", before=stage, after=None)
    corrected = _joint(*sent, other="農政部", office=OfficeSheet(corrections=(made,)))
    assert [c.status for c in corrected.corrections] == ["適用"]
    assert _said(corrected).stage == ""


def test_texts_of_two_departments_stand_side_by_side() -> None:
    first, second = ({**FULL, "要因・課題": words} for words in ("甲の文", "乙の文"))
    assert _said(_joint(first, second)).cause == "地域振興部：甲の文\n経済部：乙の文"
    assert of(_joint(first, second)) == []
    assert _said(_joint(first, first)).cause == "甲の文"
    assert _said(_joint(FULL, second)).cause == "乙の文"


@pytest.mark.parametrize(
    ("label", "name", "before", "after", "left"),
    [
        ("要因・課題", "cause", "甲", "丙", "地域振興部：丙\n経済部：乙"),
        ("要因・課題", "cause", "乙", None, "甲"),
        ("要因・課題", "cause", "地域振興部：甲\n経済部：乙", "乙", "乙"),
        ("要因・課題", "cause", "地域振興部：甲\n経済部：乙", None, ""),
        ("速報・確報", "stage", "確報", "速報", "速報"),
        ("速報・確報", "stage", "確報", None, ""),
    ],
)
def test_the_office_corrects_words_of_two_departments(
    label: str, name: str, before: str, after: str | None, left: str
) -> None:
    first, second = (
        {**FULL, "要因・課題": words, "速報・確報": stage}
        for words, stage in (("甲", "速報"), ("乙", "確報"))
    )
    made = correction(field_label=label, before=before, after=after)
    result = _joint(first, second, office=OfficeSheet(corrections=(made,)))
    assert [c.status for c in result.corrections] == ["適用"]
    assert getattr(_said(result), name) == left
    wrong = _joint(first, second, office=OfficeSheet(corrections=(replace(made, before="丁"),)))
    assert len(of(wrong, "O102")) == 1
    done = _joint(first, second, office=OfficeSheet(corrections=(replace(made, after=before),)))
    assert len(of(done, "O103")) == 1


def test_a_past_value_that_is_kept_out_stays_out_of_a_merge_without_last_years_list() -> None:
    """Without the correction the next merge with last year's list would carry the value again."""
    row = kpi_row(1, "2ア-1", {"H29実績": 27})
    made = correction(field_label="H28実績", before=24, after=None)
    office = OfficeSheet(corrections=(made,))
    for previous in ({}, {"2ア-1": {2016: Decimal(24)}}):
        result = report(kpi_submission([row]), office=office, previous=previous)
        assert [c.status for c in result.corrections] == ["適用"]
        assert 2016 not in _said(result).actuals
        assert of(result, "O103") == of(result, "O102") == []


def test_a_text_that_two_departments_have_alike_is_corrected_in_both() -> None:
    alike = {**FULL, "要因・課題": "同じ"}
    for after in ("直した", None):
        made = correction(field_label="要因・課題", before="同じ", after=after)
        result = _joint(alike, alike, office=OfficeSheet(corrections=(made,)))
        assert [c.status for c in result.corrections] == ["適用"]
        assert _said(result).cause == (after or "")


def test_what_the_office_has_decided_is_not_asked_for_again() -> None:
    """K111 speaks of what departments have written."""
    first, second = ({**FULL, "H29実績": value, "公表予定": "1月"} for value in (23, 24))
    made = correction(before=24, after=23.5)
    assert of(_joint(first, second), "K111")
    assert not of(_joint(first, second, office=OfficeSheet(corrections=(made,))), "K111")
    first, second = ({"未入力の理由": "集計中", "公表予定": month} for month in ("1月", "3月"))
    made = correction(field_label="公表予定", before="3月", after="2月")
    assert not of(_joint(first, second, office=OfficeSheet(corrections=(made,))), "K111")


@pytest.mark.parametrize("blank", [{}, {"H28実績": 24}])
def test_the_office_corrects_the_row_that_says_something(blank: dict[str, Any]) -> None:
    for after, value in ((28, 28), (None, None)):
        office = OfficeSheet(corrections=(correction(after=after),))
        for rows in ((FULL, blank), (blank, FULL), (FULL, FULL)):
            result = _joint(*rows, office=office, previous={"2ア-1": {2017: Decimal(27)}})
            assert [c.status for c in result.corrections] == ["適用"]
            assert _said(result).actuals.get(2017) == value
            assert _said(result).reported is (after is not None)
            # It has taken the value back, so that nobody else is asked for it.
            asked = [item.place.file for item in of(result, "K107")]
            assert asked == ["事務局修正.xlsx"] * (after is None)
            assert not any("引き継いで" in item.message for item in of(result))


def test_departments_are_asked_where_the_office_has_taken_back_a_reason_alone() -> None:
    made = correction(field_label="未入力の理由", before="集計中", after=None)
    result = _joint({"未入力の理由": "集計中"}, {}, office=OfficeSheet(corrections=(made,)))
    found = of(result)
    assert [(f.code, f.place.file) for f in found] == [
        ("K107", "地域振興部.xlsx"),
        ("K107", "経済部.xlsx"),
    ]
    assert all(f.message.startswith("H29実績が空欄で") for f in found)


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        ({**FULL, "速報・確報": "暫定"}, "N5"),
        ({"未入力の理由": "担当者不在"}, "O5"),
        ({**FULL, "事務局判定": "まあまあ"}, "Q5"),
        ({**FULL, "事務局判定": "未報告"}, "Q5"),
        ({**FULL, "事務局判定": "順調"}, "Q5"),
        ({**FULL, "要因・課題": "〃"}, "R5"),
        ({**FULL, "今後の方向性": "（同上）"}, "S5"),
        ({"未入力の理由": "未公表", "公表予定": 43435}, "P5"),
        ({"未入力の理由": "未公表", "公表予定": "４３４３５"}, "P5"),
    ],
)
def test_k112_no_choice(typed: dict[str, Any], cell: str) -> None:
    item = one("2ア-1", typed)
    said = to_text(list(typed.values())[-1])
    assert (item.code, item.place.cell, item.value) == ("K112", cell, said)


def test_the_number_of_a_day_is_printed_nowhere() -> None:
    given = {"未入力の理由": "未公表", "公表予定": 43435}
    reports = report_rows(kpi_row(1, "2ア-1", given)).reports
    assert [r.publication for r in reports if r.reason] == [""]


def test_only_the_office_is_told_how_to_leave_an_indicator_out() -> None:
    item = one("2ア-1", {**FULL, "事務局判定": "順調"})
    assert item.expected == "（空欄）"
    assert "『判定対象外』" in item.cure
    assert item.request.endswith("空欄に戻してください。")
    assert "判定対象外" not in item.request
    # Nor to choose one of the words: where the judgement is calculated, the office neither.
    for id_, told in (("2ア-1", "それ以外は空欄に"), ("G1-1", "『順調』")):
        row = kpi_row(1, id_, {**FULL, "要因・課題": "甲", "事務局判定": "A"})
        (item,) = of(report_rows(row), "K112")
        assert told in item.cure
        assert item.request.endswith("この欄は事務局が記入します。空欄に戻してください。")


SUM = {"H27実績": 96, "H28実績": 90, "H29実績": 104}


def of_sum(*rows: RawRow, **options: Any) -> list[tuple[str, str, str]]:
    """(code, cell, heading) of the findings about G3-1, 480 人 over the period."""
    made = kpi_submission(rows, "経済部", **options.pop("changes", {}))
    found = of(report(made, **options))
    return [(f.code, f.place.cell, f.place.label) for f in found]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (SUM, []),
        ({**SUM, "H28実績": 0}, []),
        ({**SUM, "H28実績": None}, [("K113", "J5", "H28実績")]),
        ({"H29実績": 104}, [("K113", "I5", "H27実績"), ("K113", "J5", "H28実績")]),
        ({**SUM, "H28実績": None, "未入力の理由": "集計中"}, []),
        ({**SUM, "H28実績": None, "事務局判定": "判定対象外"}, []),
        ({**SUM, "H28実績": "約90"}, [("K102", "J5", "H28実績")]),
        ({**SUM, "H29実績": None}, [("K107", "K5", "H29実績")]),
        ({"H27実績": 96}, [("K107", "K5", "H29実績"), ("K113", "J5", "H28実績")]),
    ],
)
def test_k113_a_sum_needs_every_year(
    typed: dict[str, Any], found: list[tuple[str, str, str]]
) -> None:
    assert of_sum(kpi_row(1, "G3-1", typed, file="経済部.xlsx")) == found


def test_k113_is_about_sums_after_their_baseline_year() -> None:
    assert codes("2ア-1", {"H29実績": 27}) == []
    later = replace(indicator("G3-1"), baseline_year="H27")
    strategy = replace(STRATEGY, indicators=(later,))
    row = kpi_row(1, "G3-1", {"H29実績": 104, "現状値": "－（H27）"}, file="経済部.xlsx")
    assert of_sum(row, strategy=strategy) == [("K113", "J5", "H28実績")]


def test_k113_says_what_to_do() -> None:
    row = kpi_row(1, "G3-1", {**SUM, "H28実績": None}, file="経済部.xlsx")
    (item,) = of(report(kpi_submission([row], "経済部")))
    assert "H28実績が空欄のため、期間の合計を計算できず、判定できません" in item.message
    assert "実績がなかった年は0です" in item.cure
    assert "未入力の理由（未公表・未調査・集計中）" in item.cure


def test_k113_is_asked_once_and_of_what_nobody_knows() -> None:
    blank = kpi_row(1, "G3-1", {**SUM, "H28実績": None}, file="経済部.xlsx")
    # Another row says it, or last year's 別紙 does (which is a K106), or the office took it back.
    assert of_sum(blank, kpi_row(2, "G3-1", {"H28実績": 90}, file="経済部.xlsx")) == []
    previous = {"G3-1": {2016: Decimal(90)}}
    assert of_sum(blank, previous=previous) == [("K106", "J5", "H28実績")]
    fixed = correction(target="G3-1", field_label="H28実績", before=90, after=None)
    office = OfficeSheet(corrections=(fixed,))
    found = of_sum(blank, previous=previous, office=office)
    assert "K113" not in {code for code, *_ in found}
    # A replaced file said it.
    early = kpi_submission([kpi_row(3, "G3-1", SUM, file="旧.xlsx")], "経済部", edition=1)
    late = kpi_submission([blank], "経済部", edition=2)
    assert [f.code for f in of(report(early, late))] == ["F206", "K106"]
    # A row that nobody touched is asked for all that is missing, whatever an earlier file said.
    bare = kpi_submission([kpi_row(4, "G3-1", {}, file="新.xlsx")], "経済部", edition=2)
    found = [f.place.label for f in of(report(early, bare), "K107", "K113")]
    assert found == ["H29実績", "H27実績", "H28実績"]


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ((105, 203, 315), True),
        ((96, 200, 300), True),
        ((105, 98, 112), False),
        ((105, 203, 203), False),
        ((105, 203, None), False),  # two years do not tell
        ((200, 220, 240), False),  # grows by a tenth
        ((20, 100, 400), False),  # grows ever faster
        ((50, 100, 150), False),  # below the target (480) even together
        ((200, 400, 600), False),  # above the way to it (288) even alone
    ],
)
def test_k117_running_totals_in_place_of_single_years(
    values: tuple[int | None, ...], asked: bool
) -> None:
    typed = dict(zip(SUM, values, strict=True))
    excuse = {"未入力の理由": "集計中"} if None in values else {}
    row = kpi_row(1, "G3-1", {**typed, **excuse}, file="経済部.xlsx")
    assert of_sum(row) == ([("K117", "K5", "H29実績")] if asked else [])


def test_k117_says_what_it_saw() -> None:
    typed = {"H27実績": 105, "H28実績": 203, "H29実績": 315}
    row = kpi_row(1, "G3-1", typed, file="経済部.xlsx")
    (item,) = of(report(kpi_submission([row], "経済部")))
    assert "（H27実績 105、H28実績 203、H29実績 315）" in item.message
    assert "その年だけの値ですか" in item.message
    assert "合計の623人" in item.cure
    # A level may rise like this.
    assert codes("2ア-1", {"H27実績": 10, "H28実績": 20, "H29実績": 30}) == []


def test_offices_own_names_of_classes_are_understood() -> None:
    judgement = replace(SETTINGS.judgement, names={**SETTINGS.judgement.names, "順調": "A"})
    strategy = replace(STRATEGY, settings=replace(SETTINGS, judgement=judgement))
    row = kpi_row(1, "G1-1", {"H29実績": 1.3, "事務局判定": "A"}, file="子育て支援部.xlsx")
    result = report(kpi_submission([row], "子育て支援部"), strategy=strategy)
    assert of(result) == []
    assert result.reports[0].office_class == "順調"
    assert "A" in next(c for c in columns(strategy.settings) if c.name == "office_class").choices


def test_reason_and_month_belong_to_a_missing_value() -> None:
    given = {"未入力の理由": "未公表", "公表予定": dt.datetime(2019, 2, 1)}
    missing = report_rows(kpi_row(1, "2ア-1", given))
    item = next(r for r in missing.reports if r.indicator.id == "2ア-1")
    assert (item.reason, item.publication) == ("未公表", "平成31年2月")
    known = report_rows(kpi_row(1, "2ア-1", {**FULL, **given}))
    item = next(r for r in known.reports if r.indicator.id == "2ア-1")
    assert (item.reason, item.publication) == ("", "")
    # Which of the two is so is asked, unless the office has found the value since.
    (asked,) = of(known)
    assert (asked.code, asked.place.label) == ("K112", "未入力の理由")
    assert "『未公表』とありますが、H29実績に『27』が" in asked.message
    office = OfficeSheet(corrections=(correction(before=None),))
    assert of(report_rows(kpi_row(1, "2ア-1", given), office=office), "K112") == []
    sent = {**SUM, "未入力の理由": "集計中"}
    lacking = {**sent, "H28実績": None}
    assert "K112" in [code for code, *_ in of_sum(kpi_row(1, "G3-1", sent))]
    assert "K112" not in [code for code, *_ in of_sum(kpi_row(1, "G3-1", lacking))]


# --- units and state ----------------------------------------------------------------------------


def example(**changes: Any) -> IndicatorResult:
    return report(*example_kpi_submissions(), **changes)


def test_the_example_has_no_findings_and_is_complete() -> None:
    result = example()
    assert result.findings == ()
    assert (result.state, result.expected, result.reported) == ("complete", 30, 30)
    states = {d.department: d.state for d in result.departments}
    assert states == {**dict.fromkeys(states, "受理"), "社会教育部": "該当なし"}
    assert [d.expected for d in result.departments] == [5, 4, 2, 2, 8, 4, 3, 2, 0]


def test_example_is_the_30_series_with_the_promised_headings() -> None:
    actuals = facts("indicator_actuals")
    assert [a["ID"] for a in actuals] == [i.id for i in STRATEGY.indicators]
    headings = ["ID", "H27", "H28", "H29", *(c.label for c in columns(SETTINGS)[-6:])]
    assert list(actuals[0]) == headings
    assert all(a["要因・課題"] and a["今後の方向性"] for a in actuals)


def test_states_of_departments() -> None:
    missing, *rest = example_kpi_submissions()
    result = report(*rest)
    state = {d.department: d for d in result.departments}
    assert state[missing.department].state == "未提出"
    assert state[missing.department].missing == tuple(
        str(r.values["id"]) for r in missing.indicator_rows
    )
    assert (result.state, result.reported) == ("draft", 30 - len(missing.indicator_rows))
    came = intake(rest, records=[FileRecord("x.xlsx", "refused", missing.department)])
    states = {d.department: d.state for d in merge_indicators(came, STRATEGY).departments}
    assert states[missing.department] == "再提出待ち"


def test_a_row_that_was_left_out_keeps_its_department_waiting() -> None:
    first, *rest = example_kpi_submissions()
    shorter = replace(first, indicator_rows=first.indicator_rows[1:])
    result = report(shorter, *rest)
    state = next(d for d in result.departments if d.department == first.department)
    left_out = str(first.indicator_rows[0].values["id"])
    assert (state.state, state.missing) == ("未提出", (left_out,))
    assert [f.target for f in of(result, "K108")] == [left_out]


def test_errors_return_the_file_and_keep_the_round_open() -> None:
    row = kpi_row(1, "2ア-1", {"H29実績": "約27件"})
    result = report_rows(row)
    state = next(d for d in result.departments if d.department == "地域振興部")
    assert (state.state, state.errors, state.files) == ("差戻し", 1, ("地域振興部.xlsx",))


def test_later_file_of_a_unit_replaces_the_earlier_one() -> None:
    early = kpi_submission([kpi_row(1, "2ア-1", {"H29実績": "約27"})], edition=1)
    late = kpi_submission([kpi_row(2, "2ア-1", FULL, file="2.xlsx")], edition=2)
    result = report(late, early)
    (item,) = of(result)
    assert (item.code, item.place.file, item.value) == ("F206", "2.xlsx", "地域振興部.xlsx")
    records = merge(intake([late, early]), STRATEGY).files
    assert {r.file: r.outcome for r in records} == {
        "2.xlsx": "accepted",
        "地域振興部.xlsx": "superseded",
    }


def _edition(number: int, typed: Mapping[str, Any]) -> Submission:
    row = kpi_row(number, "2ア-1", typed, file=f"{number}.xlsx")
    return kpi_submission([row], edition=number)


@pytest.mark.parametrize(
    ("editions", "found"),
    [
        # FULL is 22, 24, 27 in H27 to H29.
        ([FULL, FULL], []),
        ([FULL, {**FULL, "H28実績": "２４件"}], []),
        ([FULL, {**FULL, "H28実績": 23}], [("H28実績", "24")]),
        ([FULL, {**FULL, "H27実績": None, "H28実績": 23}], [("H27実績", "22"), ("H28実績", "24")]),
        # The judged year is what the round is about: it may still change.
        ([FULL, {**FULL, "H29実績": 30}], []),
        ([FULL, {**FULL, "H29実績": None, "未入力の理由": "集計中"}], []),
        # What a file before the last one said is not forgotten; of several the later word counts.
        ([FULL, {**FULL, "H28実績": None}, {**FULL, "H28実績": None}], [("H28実績", "24")]),
        ([FULL, {**FULL, "H28実績": 23}, {**FULL, "H28実績": 23}], []),
        # A value that comes late is none that changed; one that was never readable is none.
        ([{"H29実績": 27}, FULL], []),
        ([{**FULL, "H28実績": "約24"}, {**FULL, "H28実績": 23}], []),
        # A cell that cannot be read has its own finding.
        ([FULL, {**FULL, "H28実績": "約24"}], []),
        # A text keeps all its digits, a number 15 of them.
        ([{**FULL, "H28実績": "0.12345678901234567"}, {**FULL, "H28実績": 0.123456789012346}], []),
        ([{**FULL, "H28実績": "0.12345678901234567"}] * 2, []),
    ],
)
def test_k106_past_value_of_a_replaced_file(
    editions: list[Mapping[str, Any]], found: list[tuple[str, str]]
) -> None:
    files = [_edition(number, typed) for number, typed in enumerate(editions, 1)]
    for inbox in (files, files[::-1]):  # a function of the inbox, in whatever order it is read
        items = sorted(of(report(*inbox), "K106"), key=lambda item: item.place.label)
        assert [(i.place.label, i.place.file) for i in items] == [
            (label, f"{len(files)}.xlsx") for label, _ in found
        ]
        assert all(before in i.message for i, (_, before) in zip(items, found, strict=True))


def test_k106_what_was_published_goes_before_a_replaced_file() -> None:
    files = [_edition(1, {**FULL, "H28実績": 23}), _edition(2, FULL)]
    assert of(report(*files, previous={"2ア-1": {2016: Decimal(24)}}), "K106") == []
    # The office's own correction of a past value stands in its list and needs no question.
    fixed = correction(field_label="H28実績", before=24, after=25)
    office = OfficeSheet(corrections=(fixed,))
    same = [_edition(1, FULL), _edition(2, FULL)]
    assert of(report(*same, office=office), "K106") == []


_BEFORE = {"2ア-1": {2015: Decimal(22), 2016: Decimal(24)}}


def _said(result: IndicatorResult, id_: str = "2ア-1") -> Report:
    return next(r for r in result.reports if r.indicator.id == id_)


def test_k106_a_blank_takes_back_nothing_that_was_published() -> None:
    result = report_rows(kpi_row(1, "2ア-1", {"H29実績": 27}), previous=_BEFORE)
    (item,) = of(result)
    assert (item.code, item.place.label) == ("K106", "H27実績")
    assert "H27実績、H28実績が空欄ですが、前年度の別紙には22、24と" in item.message
    assert "引き継いで載せています" in item.message
    assert "事務局に連絡" in item.request
    said = _said(result)
    assert said.actuals == {2015: 22, 2016: 24, 2017: 27}
    assert said.carried == (2015, 2016)
    # One that another unit reports, that is not in the plan, or that cannot be read, is not.
    other = kpi_submission([kpi_row(2, "2ア-1", {"H28実績": 25}, file="乙.xlsx")], unit="乙課")
    first = kpi_submission([kpi_row(1, "2ア-1", {"H29実績": 27, "H27実績": "約22"})], unit="甲課")
    previous = {"2ア-1": {**_BEFORE["2ア-1"], 2010: Decimal(1)}}
    assert _said(report(first, other, previous=previous)).actuals == {2016: 25, 2017: 27}


def test_what_nobody_reports_keeps_what_was_published() -> None:
    nobody = _said(report(previous=_BEFORE))
    assert (nobody.reported, nobody.actuals) == (False, _BEFORE["2ア-1"])
    row = kpi_row(1, "2ウ-1", {"H29実績": 9945})
    (item,) = [
        f
        for f in report_rows(row, previous=_BEFORE).findings
        if f.code == "K108" and f.target == "2ア-1"
    ]
    assert "前年度の別紙のH27実績、H28実績は引き継いでいます。" in item.message
    assert "引き継いで" not in next(
        f.message for f in report_rows(row).findings if f.code == "K108"
    )


@pytest.mark.parametrize(("after", "left"), [(None, None), (23, 23)])
def test_the_office_can_take_back_or_revise_what_was_published(after: Any, left: Any) -> None:
    fixed = correction(field_label="H27実績", before=22, after=after)
    row = kpi_row(1, "2ア-1", {"H28実績": 24, "H29実績": 27})
    result = report_rows(row, previous=_BEFORE, office=OfficeSheet(corrections=(fixed,)))
    assert [c.status for c in result.corrections] == ["適用"]
    assert _said(result).actuals.get(2015) == left
    assert _said(result).carried == ()
    assert not any("引き継いで" in f.message for f in result.findings)
    # Neither where the value is another, nor where nothing was published.
    wrong = OfficeSheet(corrections=(replace(fixed, before=21),))
    assert of(report_rows(row, previous=_BEFORE, office=wrong), "O102")


def test_k104_looks_at_what_was_published() -> None:
    row = kpi_row(1, "3ア-1", {"H29実績": 24})
    assert "K104" not in {f.code for f in report_rows(row).findings}
    (item,) = of(report_rows(row, previous={"3ア-1": {2016: Decimal(25)}}), "K104")
    assert "前年度の別紙のH28実績（25）より減っています" in item.message


def test_k106_can_be_confirmed() -> None:
    files = [_edition(1, FULL), _edition(2, {**FULL, "H28実績": 23})]
    office = OfficeSheet(acknowledgements=(confirmation("K106", "2ア-1", "23"),))
    (item,) = of(report(*files, office=office), "K106", "O103")
    assert item.acknowledged
    # Of a replaced file it comes without last year's list, too: it is known to be another now.
    other = replace(office.acknowledgements[0], confirmed="25")
    result = report(*files, office=OfficeSheet(acknowledgements=(other,)))
    assert [(a.status, a.current) for a in result.acknowledgements] == [("値が変わった", "『23』")]
    (stale,) = of(result, "O103")
    assert "今は『23』です" in stale.message


def test_kpi_form_never_replaces_projects_nor_the_other_way_round() -> None:
    winter = submission([good(1, "移住促進事業", file="冬.xlsx")], "地域振興部", edition=1)
    winter = replace(
        winter,
        has_indicators=True,
        indicator_rows=(kpi_row(2, "2ア-1", {"H28実績": 24}, file="冬.xlsx"),),
    )
    summer = kpi_submission([kpi_row(3, "2ア-1", FULL, file="夏.xlsx")], edition=2)
    later = submission([good(4, "移住促進事業", file="補正.xlsx")], "地域振興部", edition=3)
    everything = intake([winter, summer])
    listed = merge(everything, STRATEGY)
    assert [row.name for row in listed.listed] == ["移住促進事業"]
    assert {r.file: r.outcome for r in listed.files} == {
        "冬.xlsx": "accepted",
        "夏.xlsx": "accepted",
    }
    result = report(winter, summer, later)
    (item,) = of(result)
    assert item.code == "F206"
    assert "KPIだけの様式『夏.xlsx』の値を使い、『冬.xlsx』のKPIは" in item.message
    assert result.raw.keys() == {3}


def _list_form(row: Any, **changes: Any) -> Submission:
    """A form of the list with one row of KPI."""
    made = submission([good(90, "移住促進事業", file=row.file)], "地域振興部")
    made = replace(made, has_indicators=True, indicator_rows=(row,))
    return replace(made, **changes)


@pytest.mark.parametrize("unit", ["", "移住課"])
def test_a_form_of_the_kpi_round_goes_before_a_returned_form_of_the_list(unit: str) -> None:
    """March's form was returned and is 版 2, summer's is 版 1: summer's is what was asked last.

    The form of the KPI round is one for the department, so March's may name a 担当課.
    """
    march = {"H27実績": 22, "H28実績": 24, "H29実績": 99, "要因・課題": "春の文"}
    typed = {**FULL, "要因・課題": "夏の文"}
    winter = _list_form(kpi_row(1, "2ア-1", march, file="春.xlsx"), edition=2, unit=unit)
    summer = kpi_submission([kpi_row(2, "2ア-1", typed, file="夏.xlsx")], edition=1)
    for inbox in ((winter, summer), (summer, winter)):
        result = report(*inbox)
        said = next(r for r in result.reports if r.indicator.id == "2ア-1")
        assert (said.actuals[2017], said.cause) == (27, "夏の文")
        (item,) = of(result)
        assert (item.code, item.place.file) == ("K111" if unit else "F206", "夏.xlsx")
        assert "KPIだけの様式『夏.xlsx』の値を使い" in item.text
        assert "『春.xlsx』" in item.text
        assert "後から" not in item.text
        outcomes = {r.file: r.outcome for r in merge(intake(inbox), STRATEGY).files}
        assert outcomes == {"春.xlsx": "accepted", "夏.xlsx": "accepted"}


def test_among_forms_of_one_kind_the_edition_decides() -> None:
    for make in (kpi_submission, lambda rows, **changes: _list_form(rows[0], **changes)):
        files = [
            make([kpi_row(n, "2ア-1", {**FULL, "H29実績": n}, file=f"{n}.xlsx")], edition=3 - n)
            for n in (1, 2)
        ]
        said = next(r for r in report(*files).reports if r.indicator.id == "2ア-1")
        assert said.actuals[2017] == 1


def test_who_has_not_answered_the_kpi_round_is_known() -> None:
    """Forms of the list alone: nobody was asked again. With one KPI form in, the rest is told."""
    in_march = [
        replace(s, kpi_form=False, has_projects=True, edition=2) for s in example_kpi_submissions()
    ]
    alone = report(*in_march)
    assert {d.from_list for d in alone.departments} == {()}
    mine = next(s for s in example_kpi_submissions() if s.department == "地域振興部")
    summer = replace(mine, file="夏.xlsx", edition=1)
    summer = replace(
        summer, indicator_rows=tuple(replace(r, file="夏.xlsx") for r in mine.indicator_rows)
    )
    result = report(*in_march, summer)
    waiting = {d.department: len(d.from_list) for d in result.departments if d.from_list}
    assert set(waiting) == {s.department for s in in_march} - {"地域振興部"}
    assert sum(waiting.values()) < result.expected
    # What the office has written itself needs no answer.
    target = next(d for d in result.departments if d.from_list).from_list[0]
    row = next(r for s in in_march for r in s.indicator_rows if r.values["id"] == target)
    before = row.values["actual_2017"]
    fixed = correction(target=target, field_label="H29実績", before=before, after=before + 1)
    again = report(*in_march, summer, office=OfficeSheet(corrections=(fixed,)))
    assert target not in {i for d in again.departments for i in d.from_list}


def test_of_a_joint_indicator_only_those_who_owe_their_form_of_the_round_are_asked() -> None:
    mine = kpi_submission([kpi_row(1, "2ア-1", {}), kpi_row(2, "2ウ-1", FULL)])
    theirs = kpi_submission([kpi_row(3, "2ア-1", {}, file="経済部.xlsx")], "経済部")
    spring = {"file": "春.xlsx", "kpi_form": False, "unit": "別の課"}
    rows = [kpi_row(4, "2ア-1", FULL, file="春.xlsx")]

    def asked(*sent: Submission) -> tuple[dict[str, bool], str]:
        result = report(*sent, strategy=_two_owners())
        found = [d for d in result.departments if "2ア-1" in d.from_list]
        return {d.department: d.kpi_form for d in found}, from_list_forms(result)

    waiting, told = asked(mine, kpi_submission(rows, "経済部", **spring))
    assert waiting == {"経済部": False}
    assert told.startswith("KPIだけの様式での報告がまだない1部局（経済部）の実績は、")
    # All have sent theirs, but one 担当課 has not: what stays is the indicator.
    waiting, told = asked(mine, theirs, kpi_submission(rows, **spring))
    assert waiting == {"地域振興部": True, "経済部": True}
    assert told.startswith("KPIだけの様式に記入のない1指標（2ア-1）の実績は、")


def test_f206_is_said_once() -> None:
    both = [
        replace(
            submission([good(i, file=f"{i}.xlsx")], "地域振興部", edition=i),
            has_indicators=True,
            indicator_rows=(kpi_row(10 + i, "2ア-1", FULL, file=f"{i}.xlsx"),),
        )
        for i in (1, 2)
    ]
    assert of(report(*both)) == []
    assert [f.code for f in merge(intake(both), STRATEGY).findings if f.code == "F206"] == ["F206"]


# --- the list -----------------------------------------------------------------------------------


def test_kpi_findings_never_hold_back_the_list() -> None:
    bad = kpi_submission([kpi_row(900, "2ア-9", {"H29実績": "約27"}, file="kpi.xlsx")])
    everything = intake([*example_submissions(), bad])
    listed = merge(everything, STRATEGY)
    kpi = report(bad).findings
    assert {f.code for f in kpi} == {"K101"}
    shown = replace(listed, findings=(*listed.findings, *kpi))
    assert (listed.is_draft, shown.errors, shown.is_draft) == (False, 0, False)
    assert isinstance(shown, ListResult)


def test_lists_errors_still_count() -> None:
    broken = [good(1, relevance="△", file="経済部.xlsx")]
    assert merge(intake([submission(broken)]), STRATEGY).errors == 1


# --- the office's sheet -------------------------------------------------------------------------


def correction(**changes: Any) -> Correction:
    made = Correction(
        Place("事務局修正.xlsx", "修正", 3, "A3"),
        target="2ア-1",
        operation="修正",
        field_label="H29実績",
        before=27,
        after=29,
        reason="確報による",
        requested_by="地域振興部",
        date="2018-09-03",
    )
    return replace(made, **changes)


def confirmation(code: str, target: str, value: str = "") -> Acknowledgement:
    place = Place("事務局修正.xlsx", "確認済", 3, "B3")
    return Acknowledgement(place, code, target, value, "担当", "2018-09-03", "")


def test_office_corrects_an_actual() -> None:
    office = OfficeSheet(corrections=(correction(),))
    result = report_rows(kpi_row(1, "2ア-1", FULL), office=office)
    assert of(result) == []
    assert result.reports[9].actuals[2017] == 29
    (applied,) = result.corrections
    assert (applied.status, applied.current, applied.row_id) == ("適用", "27", 1)
    # The list has nothing to do with it, though 2ア-1 is a project as well.
    listed = merge(share(intake([submission([good(1)])], office), STRATEGY)[0], STRATEGY)
    assert (listed.corrections, listed.errors) == ((), 0)


@pytest.mark.parametrize(("after", "value"), [("29", "29"), ("1,029.5", "1029.5"), ("▲3", "-3")])
def test_a_correction_is_a_text_in_its_cell(after: str, value: str) -> None:
    office = OfficeSheet(corrections=(correction(before="27", after=after),))
    result = report_rows(kpi_row(1, "2ア-1", FULL), office=office)
    assert "A101" not in {f.code for f in result.findings}
    assert result.reports[9].actuals[2017] == Decimal(value)


@pytest.mark.parametrize(("error", "code"), [("#N/A", "R110"), ("", "R111")])
def test_a_correction_that_says_nothing_takes_no_actual_away(error: str, code: str) -> None:
    """修正後 with an error value, or with a formula without a result."""
    office = OfficeSheet(corrections=(correction(after=None, unread={"修正後": error}),))
    result = report_rows(kpi_row(1, "2ア-1", FULL), office=office)
    (item,) = of(result)
    assert (item.code, item.value, item.place.label) == (code, error, "修正後")
    assert item.addressee == "事務局"
    assert result.reports[9].actuals[2017] == 27
    assert [c.status for c in result.corrections] == ["不適用"]
    assert merge(share(intake([submission([good(1)])], office), STRATEGY)[0], STRATEGY).errors == 0


def test_corrected_cell_is_where_the_finding_points_to() -> None:
    office = OfficeSheet(corrections=(correction(after="約29"),))
    result = report_rows(kpi_row(1, "2ア-1", FULL), office=office)
    (item,) = of(result)
    assert (item.code, item.place.file, item.place.cell) == ("K102", "事務局修正.xlsx", "A3")


def test_office_judges_a_qualitative_indicator() -> None:
    row = kpi_row(1, "G1-1", {"H29実績": 1.3}, file="子育て支援部.xlsx")
    office = OfficeSheet(
        corrections=(
            correction(target="G1-1", field_label="事務局判定", before=None, after="遅れ"),
        )
    )
    result = report(kpi_submission([row], "子育て支援部"), office=office)
    judged = next(r for r in result.reports if r.is_judged_by_office)
    assert (judged.indicator.id, judged.office_class) == ("G1-1", "遅れ")
    assert (judged.class_place.file, judged.class_place.cell) == ("事務局修正.xlsx", "A3")


@pytest.mark.parametrize(
    ("id_", "typed", "counts"),
    [("2ア-1", "順調", False), ("2ア-1", "判定対象外", True), ("2ア-1", None, False)],
)
def test_of_a_calculated_class_only_the_exclusion_is_the_offices(
    id_: str, typed: str | None, counts: bool
) -> None:
    result = report_rows(kpi_row(1, id_, {**FULL, "事務局判定": typed}))
    judged = next(r for r in result.reports if r.indicator.id == id_)
    assert judged.is_judged_by_office is counts
    assert bool(judged.class_place.cell) is bool(typed)


@pytest.mark.parametrize(
    ("target", "says"),
    [("2ウ-1", "（担当部局：地域振興部）"), ("2ア-9", "指標のIDで書いて")],
)
def test_a_correction_of_what_no_file_has(target: str, says: str) -> None:
    office = OfficeSheet(corrections=(correction(target=target),))
    (item,) = of(report_rows(kpi_row(1, "2ア-1", FULL), office=office))
    assert item.code == "O101"
    assert says in item.cure


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"before": 26}, "O102", "不適用"),
        ({"after": "２７件"}, "O103", "不適用"),
        ({"target": "2ア-2"}, "O101", "対象なし"),
        ({"operation": "順番"}, "O101", "記入誤り"),
    ],
)
def test_corrections_that_do_not_fit(changes: dict[str, Any], code: str, status: str) -> None:
    office = OfficeSheet(corrections=(correction(**changes),))
    result = report_rows(kpi_row(1, "2ア-1", FULL), office=office)
    assert [f.code for f in of(result)] == [code]
    assert result.corrections[0].status == status
    assert result.reports[9].actuals[2017] == 27


@pytest.mark.parametrize(
    ("target", "field"),
    [("G3-1", "目標値"), ("G3-1", "H29見込"), ("2ア-1", "目標値"), ("Ｇ3-1", "")],
)
def test_of_an_indicator_only_what_departments_fill_in_can_be_corrected(
    target: str, field: str
) -> None:
    office = OfficeSheet(corrections=(correction(target=target, field_label=field),))
    result = report_rows(kpi_row(1, "2ア-1", FULL), office=office)
    (item,) = of(result)
    assert (item.code, item.place.label, item.value) == ("O101", "項目", field)
    assert item.cure.startswith("項目を、『H27実績』・")
    assert "『要因・課題』・『今後の方向性』のいずれか" in item.cure
    assert [c.status for c in result.corrections] == ["記入誤り"]
    listed = merge(share(intake([submission([good(1)])], office), STRATEGY)[0], STRATEGY)
    assert (listed.corrections, listed.errors) == ((), 0)


def test_what_neither_list_nor_indicators_have_is_told_of_the_field() -> None:
    """2ア-1 is an ID and a place in the list: there may be no such project."""
    office = OfficeSheet(corrections=(correction(field_label="要因"),))
    for rows in ([good(1)], [good(2)]):
        listed = merge(share(intake([submission(rows)], office), STRATEGY)[0], STRATEGY)
        (item,) = [f for f in listed.findings if f.code == "O101"]
        assert (item.place.label, item.value) == ("項目", "要因")
    assert report_rows(kpi_row(1, "2ア-1", FULL), office=office).corrections == ()


def test_corrections_of_projects_are_left_to_the_list() -> None:
    office = OfficeSheet(corrections=(correction(field_label="予算事業費", before=1000),))
    assert report_rows(kpi_row(1, "2ア-1", FULL), office=office).corrections == ()


def test_a_department_whose_indicators_another_one_has_reported_owes_nothing() -> None:
    both = with_indicator(departments=("地域振興部", "社会教育部"))
    for typed, state in (({"H29実績": 22}, "受理"), ({}, "未提出")):
        result = report_rows(kpi_row(1, "2ア-1", typed), strategy=both)
        states = {d.department: d.state for d in result.departments}
        assert states["社会教育部"] == state


def test_confirmed_silence_completes_the_round() -> None:
    first, *rest = example_kpi_submissions()
    shorter = replace(first, indicator_rows=first.indicator_rows[1:])
    left_out = str(first.indicator_rows[0].values["id"])
    office = OfficeSheet(acknowledgements=(confirmation("K108", left_out),))
    result = report(shorter, *rest, office=office)
    assert [f.acknowledged for f in of(result, "K108")] == [True]
    assert (result.state, result.reported) == ("complete", 29)
    # The list never hears of it.
    listed = merge(share(intake([submission([good(1)])], office), STRATEGY)[0], STRATEGY)
    assert listed.acknowledgements == ()
    assert "O103" not in {f.code for f in listed.findings}


def test_the_replacement_of_a_kpi_sheet_can_be_confirmed() -> None:
    """F206 is the list's code; here it is the KPI round that says it, and its to confirm."""
    early, late = _edition(1, FULL), _edition(2, FULL)
    office = OfficeSheet(acknowledgements=(confirmation("F206", "地域振興部", "1.xlsx"),))
    (item,) = of(report(early, late, office=office), "F206", "O103")
    assert (item.code, item.acknowledged) == ("F206", True)
    listed = merge(share(intake([early, late], office), STRATEGY)[0], STRATEGY)
    assert "O103" not in {f.code for f in listed.findings}
    # One that names another file fits neither.
    other = replace(confirmation("F206", "地域振興部", "1.xlsx"), confirmed="9.xlsx")
    office = OfficeSheet(acknowledgements=(other,))
    assert not of(report(early, late, office=office), "F206")[0].acknowledged
    listed = merge(share(intake([early, late], office), STRATEGY)[0], STRATEGY)
    assert [f.code for f in listed.findings if f.code == "O103"] == ["O103"]


def test_stale_confirmation_is_reported() -> None:
    office = OfficeSheet(acknowledgements=(confirmation("K107", "2ア-1"),))
    assert [f.code for f in example(office=office).findings] == ["O103"]


# --- reading ------------------------------------------------------------------------------------


def sheet(name: str, rows: dict[int, list[Any]], **facts_: Any) -> SheetCells:
    made = SheetCells(
        name,
        "visible",
        tuple((n, tuple(r)) for n, r in rows.items()),
        frozenset(),
        frozenset(),
        False,
        (),
        {},
        frozenset(),
        {},
        {},
    )
    return replace(made, **facts_)


REPLY = sheet("回答票", {1: ["年度", "平成30年度"], 2: ["部局名", "地域振興部"], 3: ["版", 2]})
HEADER = [label for _, label in indicator_fields(STRATEGY)]


def line(id_: str, **typed: Any) -> list[Any]:
    return [id_ if h == "ID" else typed.get(h) for h in HEADER]


def received(*sheets: SheetCells) -> Intake:
    return receive([Reading("地域振興部.xlsx", sheets=sheets)], None, [], STRATEGY)


def test_kpi_form_needs_no_projects() -> None:
    table = {3: HEADER, 4: line("2ア-1", H29実績=27), 6: line("2ウ-1"), 8: HEADER, 9: ["✓"]}
    came = received(REPLY, sheet("成果指標", table))
    assert came.findings == ()
    (form,) = came.submissions
    assert (form.has_projects, form.has_indicators, form.edition) == (False, True, 2)
    assert [(r.row, r.sheet) for r in form.indicator_rows] == [(4, "成果指標"), (6, "成果指標")]
    assert form.indicator_rows[0].place("actual_2017").cell == "K4"
    result = report(form)
    assert of(result, "K107")[0].place.cell == "K6"


def test_broken_project_sheet_is_not_taken_for_a_kpi_form() -> None:
    kpi = sheet("KPI", {3: HEADER, 4: line("2ア-1", H29実績=27)})
    came = received(REPLY, sheet("事業", {1: ["施策", "名前"]}), kpi)
    assert [f.code for f in came.findings] == ["F201"]
    assert came.submissions == ()


def test_blank_kpi_sheet_is_no_report() -> None:
    came = received(REPLY, sheet("KPI", {3: HEADER, 4: line("2ア-1"), 5: line("2ウ-1")}))
    (form,) = came.submissions
    assert not form.has_indicators
    assert report(form).findings == ()


def with_headings(changed: Mapping[str, Any], **typed: Any) -> IndicatorResult:
    """A KPI form with one row, some of whose headings were edited."""
    header = [changed.get(heading, heading) for heading in HEADER]
    came = received(REPLY, sheet("KPI", {3: header, 4: line("2ア-1", **typed)}))
    assert came.findings == ()
    return report(*came.submissions)


@pytest.mark.parametrize(
    ("label", "heading"),
    [
        ("H29実績", "H29実績（確定）"),
        ("H29実績", "H29"),
        ("H29実績", "平成29年度実績値"),
        ("H29実績", "２０１７年度（確報）"),
        ("H29実績", 2017),
        ("H29実績", "H29（件）"),
        ("H29実績", "Ｈ29（単位：件）"),
        ("H29実績", "平成29年度（2017年度）"),
        ("H29実績", "H29（実績値）"),
        ("H28実績", "H28実績値※"),
        ("速報・確報", "速報/確報"),
        ("事務局判定", "事務局判定欄"),
        ("要因・課題", "要因・課題等"),
        ("今後の方向性", "今後の方向"),
        ("今後の方向性", "今後の方"),
        ("未入力の理由", "未入力理由"),
    ],
)
def test_an_edited_heading_that_can_mean_one_column_only_counts(label: str, heading: Any) -> None:
    typed = {
        "速報・確報": "速報",
        "事務局判定": "判定対象外",
        "要因・課題": "甲",
        "今後の方向性": "乙",
    }
    for entered in (
        {"H27実績": 22, "H28実績": 24, "H29実績": 27, **typed},
        {"H27実績": 22, "H28実績": 24, "未入力の理由": "集計中", **typed},
    ):
        assert _said(with_headings({label: heading}, **entered)) == _said(
            with_headings({}, **entered)
        )
        assert of(with_headings({label: heading}, **entered)) == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"H29実績": "確定値"}, [("K3", "H29実績")]),
        ({"H29実績": "H29見込"}, [("K3", "H29実績")]),
        ({"H29実績": "H29目標"}, [("K3", "H29実績")]),
        ({"H29実績": "H29（前年度）"}, [("K3", "H29実績")]),
        ({"H29実績": "H29（主管課）"}, [("K3", "H29実績")]),
        ({"H29実績": "H29（2016）"}, [("K3", "H29実績")]),
        ({"H29実績": None}, [("K3", "H29実績")]),
        ({"H29実績": "H28実績"}, [("K3", "H29実績")]),
        ({"H29実績": "H29実績の根拠"}, [("K3", "H29実績")]),
        ({"H27実績": "過去1", "H28実績": "過去2"}, [("I3", "H27実績"), ("J3", "H28実績")]),
        # Two headings that may mean one column, and one that may mean two.
        ({"H29実績": "H29", "H30実績": "H29（確報）"}, [("K3", "H29実績")]),
        (
            {"要因・課題": "コメント", "今後の方向性": "メモ"},
            [("R3", "要因・課題"), ("S3", "今後の方向性")],
        ),
        ({"未入力の理由": "備考"}, [("O3", "未入力の理由")]),
        # Two letters say too little, three are enough (今後の方).
        ({"今後の方向性": "今後"}, [("S3", "今後の方向性")]),
        # A year that is not over has nothing to lose.
        ({"H30実績": "今年度"}, []),
    ],
)
def test_k114_a_heading_that_was_lost(
    changed: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    result = with_headings(changed, H27実績=22, H28実績=24, H29実績=27, **{"要因・課題": "甲"})
    assert [(f.code, f.place.cell, f.place.label) for f in of(result)] == [
        ("K114", *place) for place in found
    ]
    (state,) = [d.state for d in result.departments if d.department == "地域振興部"]
    assert (state == "差戻し") == bool(found)


def test_k114_says_what_to_write_there() -> None:
    (item,) = of(with_headings({"H29実績": "確定値"}, H28実績=24))
    assert "『確定値』を『H29実績』に戻してください" in item.cure
    (item,) = of(with_headings({"H29実績": None}, H28実績=24, H29実績=27))
    assert "見出しに『H29実績』と入力してください" in item.cure


def test_k114_two_columns_for_one_year() -> None:
    beside = {"H31実績": "H29実績（確報）"}
    for heading in (beside, {"H31実績": "H29実績"}):
        (item,) = of(with_headings(heading, H29実績=27, H31実績=28), "K114")
        assert (item.place.cell, item.place.label) == ("M3", "H29実績")
        assert "『H29実績』の列（K列）のほかに" in item.message
    # Nobody minds a column that says the same, or nothing.
    assert of(with_headings(beside, H29実績=27, H31実績=27)) == []
    assert of(with_headings(beside, H29実績=27)) == []
    # What stands there alone is a report as well.
    (item,) = of(with_headings(beside, H31実績=28), "K114")
    assert "見出し『H29実績（確報）』の列にも" in item.message
    several = with_headings({"H29実績": "H29（速報）", "H31実績": "H29（確報）"}, H29実績=27)
    (item,) = of(several)
    assert (item.place.cell, item.place.label) == ("K3", "H29実績")
    assert "（『H29（速報）』『H29（確報）』）" in item.message


@pytest.mark.parametrize(
    ("heading", "entered", "asked"),
    [
        ("H29実績値の出典", "経済センサス", False),
        ("H29実績の根拠", 28, False),
        ("H29実績メモ", "前年度は27", False),
        ("H29実績（出典）", "2015年国勢調査", False),
        ("H29実績（修正後）", 28, True),
        ("H29実績速報", "28件", True),
    ],
)
def test_k114_a_column_about_a_year(heading: str, entered: Any, asked: bool) -> None:
    typed = {"単位": "件", "H29実績": 27, "H31実績": entered}
    found = of(with_headings({"H31実績": heading}, **typed))
    assert [f.code for f in found] == ["K114"] * asked


def test_k114_s_example_is_one() -> None:
    example = re.fullmatch("見出し『(.+)』 → 『(.+)』に戻す", RULES["K114"].example)
    assert example is not None
    typed, label = example.groups()
    assert [f.code for f in of(with_headings({label: typed}, H29実績=27))] == ["K114"]


def test_k114_a_column_that_was_deleted() -> None:
    header = [h for h in HEADER if h not in ("H29実績", "H31実績")] + ["メモ"]
    table = {3: header, 4: [{"ID": "2ア-1", "H28実績": 24}.get(h) for h in header]}
    came = received(REPLY, sheet("KPI", table))
    (item,) = of(report(*came.submissions))
    assert (item.code, item.place.cell, item.place.row) == ("K114", "", 3)
    assert "『H29実績』の列が見つかりません" in item.message


@pytest.mark.parametrize(
    ("heading", "typed", "found"),
    [
        ("課題", "続く。", "K114"),
        (None, "続く。", "K114"),
        ("要因・課題", "続く。", None),
        ("要因・課題", None, "K107"),
    ],
)
def test_k114_words_of_a_qualitative_indicator(
    heading: str | None, typed: str | None, found: str | None
) -> None:
    """Whatever is wrong with the column that answers, the answer is not said to be blank."""
    at = HEADER.index("要因・課題")
    header = [*HEADER[:at], heading, *HEADER[at + 1 :]]
    table = {3: header, 4: [*line("G1-1", 今後の方向性="続ける。")[:at], typed, "続ける。"]}
    result = report(*received(REPLY, sheet("KPI", table)).submissions)
    assert {f.code for f in of(result)} - {"K109"} == ({found} if found else set())
    shorter = {row: [*cells[:at], *cells[at + 1 :]] for row, cells in table.items()}
    result = report(*received(REPLY, sheet("KPI", shorter)).submissions)
    assert {f.code for f in of(result)} - {"K109"} == {"K114"}


@pytest.mark.parametrize("origin", [{"errors": {"cause": "#N/A"}}, {"uncached": {"cause"}}])
def test_words_of_a_qualitative_indicator_that_cannot_be_read(origin: dict[str, Any]) -> None:
    result = report_rows(kpi_row(1, "G1-1", {}, **origin))
    assert {f.code for f in of(result)} - {"K109"} == {"K102"}


def test_words_of_a_qualitative_indicator_in_a_merged_cell() -> None:
    row = kpi_row(1, "G1-1", {}, file="子育て支援部.xlsx", merged={"cause": "続く。"})
    (item,) = of(report(kpi_submission([row], "子育て支援部")))
    assert (item.code, item.place.label) == ("K107", "要因・課題")
    assert item.message.startswith("要因・課題のセルが上の行と結合されているため")


@pytest.mark.parametrize(
    ("label", "asked"),
    [
        ("未入力の理由", True),
        ("速報・確報", False),
        ("公表予定", False),
        ("事務局判定", False),
        ("要因・課題", False),
        ("今後の方向性", False),
    ],
)
def test_k114_a_deleted_column_that_nobody_must_fill_in(label: str, asked: bool) -> None:
    header = [h for h in HEADER if h != label]
    typed = {"ID": "2ア-1", "H27実績": 22, "H28実績": 24, "H29実績": 27}
    table = {3: header, 4: [typed.get(h) for h in header]}
    result = report(*received(REPLY, sheet("KPI", table)).submissions)
    assert [(f.code, f.place.label) for f in of(result)] == ([("K114", label)] if asked else [])
    assert _said(result).actuals == {2015: 22, 2016: 24, 2017: 27}


def test_values_below_a_lost_heading_are_a_report() -> None:
    assert [f.code for f in of(with_headings({"H29実績": "確定値"}, H29実績=27))] == ["K114"]
    # Nothing was filled in: no report, and nobody is asked about its headings.
    assert with_headings({"H29実績": "確定値"}).findings == ()


def test_what_was_published_stays_while_its_column_is_lost() -> None:
    header = ["過去" if heading == "H28実績" else heading for heading in HEADER]
    table = {3: header, 4: line("2ア-1", H27実績=22, H28実績=24, H29実績=27)}
    (form,) = received(REPLY, sheet("KPI", table)).submissions
    result = report(form, previous={"2ア-1": {2016: Decimal(24)}})
    assert [f.code for f in of(result)] == ["K114"]
    assert _said(result).actuals == {2015: 22, 2016: 24, 2017: 27}


def test_a_column_without_its_heading_asks_for_no_sum() -> None:
    header = ["過去" if heading == "H28実績" else heading for heading in HEADER]
    table = {3: header, 4: line("G3-1", H27実績=96, H29実績=104)}
    result = report(*received(REPLY, sheet("KPI", table)).submissions)
    assert [f.code for f in of(result)] == ["K114", "K109"]


def test_errors_and_formulas_without_a_result_make_a_row() -> None:
    came = received(
        REPLY,
        sheet(
            "KPI",
            {3: HEADER, 4: line("2ア-1")},
            errors={"K4": "#REF!"},
            uncached=frozenset({"K5", "A1"}),
        ),
    )
    (form,) = came.submissions
    assert [(r.row, dict(r.errors), set(r.uncached)) for r in form.indicator_rows] == [
        (4, {"actual_2017": "#REF!"}, set()),
        (5, {}, {"actual_2017"}),
    ]
    assert form.has_indicators


def test_hidden_rows_and_leftovers_are_reported_with_their_indicator() -> None:
    came = received(
        REPLY,
        sheet(
            "KPI",
            {3: HEADER, 4: line("2ア-1", H29実績=27)},
            hidden_rows=frozenset({4}),
            leftovers={"K4": "25"},
        ),
    )
    assert [(f.code, f.target, f.department) for f in came.findings] == [
        ("S101", "2ア-1", "地域振興部"),
        ("S102", "2ア-1", "地域振興部"),
    ]


def test_figures_that_are_struck_through_are_asked_about() -> None:
    came = received(
        REPLY,
        sheet(
            "KPI",
            {3: HEADER, 4: line("2ア-1", H29実績=27)},
            struck={"B4": "", "K4": "", "L4": ""},
        ),
    )
    assert [(f.code, f.place.cell, f.value, f.target) for f in came.findings] == [
        ("S103", "K4", "27", "2ア-1")
    ]


@pytest.mark.parametrize("names", [["KPI (2)"], ["KPI", "KPI (2)"]])
def test_a_copy_is_one_where_the_sheet_itself_is_still_there(names: list[str]) -> None:
    rows = {3: HEADER, 4: line("2ア-1", H29実績=27)}
    came = received(REPLY, *(sheet(name, rows) for name in names))
    assert [(f.code, f.place.sheet) for f in came.findings] == [("S101", "KPI (2)")][
        : len(names) - 1
    ]


def merged(*ranges: str, **typed: Any) -> list[Finding]:
    """Two rows, with cells of the second merged with the first's. G3-1 is 期間累計."""
    rows = {3: HEADER, 4: line("2ア-1", **typed), 5: line("2ウ-1"), 6: line("G3-1")}
    kpi = sheet("KPI", rows, merged=ranges)
    (form,) = received(REPLY, kpi).submissions
    return [f for f in of(report(form)) if f.code != "K109" and f.place.row != 4]


def test_merged_cells_are_what_must_be_mended() -> None:
    whole = {"H27実績": 22, "H28実績": 24}
    found = merged("O4:O6", **whole, 未入力の理由="集計中")
    assert [(f.code, f.place.cell) for f in found] == [
        ("K107", "O5"),
        ("K107", "O6"),
    ]
    for item in found:
        assert "未入力の理由のセルが上の行と結合されているため" in item.message
        assert "セルの結合を解除し、どの行にも入力" in item.cure
    row = kpi_row(1, "G3-1", {"H29実績": 104}, file="経済部.xlsx", merged={"reason": "調査中"})
    assert of_sum(row) == [("K113", "O5", "未入力の理由")]
    found = merged("J4:J6", "K4:K5", **whole, H29実績=27)
    assert [(f.code, f.place.cell) for f in found] == [
        ("K107", "K5"),
        ("K107", "K6"),
        ("K113", "I6"),
        ("K113", "J6"),
        ("K118", "J5"),
    ]
    assert "H29実績のセルが上の行と結合" in found[0].message
    assert "未入力の理由もありません" in found[1].message


def test_k118_texts_that_stand_in_one_row_only() -> None:
    found = merged("R4:R6", "S4:S6", H29実績=27, **{"要因・課題": "甲"})
    assert [(f.code, f.place.cell) for f in found if f.code == "K118"] == [
        ("K118", "R5"),
        ("K118", "R6"),
    ]


@pytest.mark.parametrize(
    ("typed", "merged", "found"),
    [
        # Nobody asks for the value, and what the screen shows is lost all the same.
        ({"未入力の理由": "未公表"}, {"actual_2017": 23}, ["K118 K"]),
        ({"事務局判定": "判定対象外"}, {"actual_2017": 23}, ["K118 K"]),
        ({}, {"actual_2017": 23}, ["K107 K"]),
        ({}, {"actual_2017": 23, "reason": "集計中"}, ["K107 K"]),
        (FULL, {"reason": "集計中"}, []),
        (FULL, {"office_class": "判定対象外", "actual_2018": 30}, []),
        (FULL, {"stage": "速報"}, ["K118 N"]),
    ],
)
def test_k118_where_no_other_finding_says_it(
    typed: dict[str, Any], merged: dict[str, Any], found: list[str]
) -> None:
    result = report_rows(kpi_row(2, "2ア-1", typed, merged=merged))
    assert [f"{f.code} {f.place.cell[0]}" for f in of(result)] == found


def test_k118_beside_another_units_answer_and_what_was_published() -> None:
    answer = kpi_row(1, "2ア-1", FULL)
    silent = kpi_row(2, "2ア-1", {}, merged={"actual_2017": 23}, file="2.xlsx")
    result = report(kpi_submission([answer]), kpi_submission([silent], unit="企画課"))
    assert [(f.code, f.place.file) for f in of(result)] == [("K118", "2.xlsx")]
    result = report_rows(
        kpi_row(1, "2ア-1", {}, merged={"actual_2017": 23}),
        previous={"2ア-1": {2017: Decimal(27)}},
    )
    assert [f.code for f in of(result)] == ["K107"]


def test_row_ids_are_unique_in_a_run() -> None:
    rows = {3: HEADER, 4: line("2ア-1", H29実績=27), 5: line("2ウ-1", H29実績=9900)}
    readings = [Reading(f"{i}.xlsx", sheets=(REPLY, sheet("KPI", rows))) for i in (1, 2)]
    came = receive(readings, None, [], STRATEGY)
    ids = list(itertools.chain(*([r.row_id for r in s.indicator_rows] for s in came.submissions)))
    assert ids == [1, 2, 3, 4]


# --- whatever was typed -------------------------------------------------------------------------

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        ["27件", "－", "集計中", "1,234", "#REF!", "平成30年", "▲5", "９９％", "12.5万"]
    ),
    st.datetimes(dt.datetime(1990, 1, 1)),
)
ROWS = st.tuples(
    st.one_of(st.sampled_from([i.id for i in STRATEGY.indicators]), CELLS),
    st.dictionaries(st.sampled_from([c.label for c in columns(SETTINGS)[1:]]), CELLS, max_size=6),
)


@settings(deadline=None)
@given(st.lists(ROWS, max_size=4))
def test_no_cell_stops_the_round(rows: list[tuple[Any, dict[str, Any]]]) -> None:
    typed = [kpi_row(n, id_, values, file="x.xlsx") for n, (id_, values) in enumerate(rows, 1)]
    result = report(*([kpi_submission(typed)] if typed else []))
    assert len(result.reports) == 30
    assert result.reported == sum(
        j.class_name != "未報告" for j in judge_all(result.reports, SETTINGS)
    )
    for item in result.findings:
        assert item.code == "A101" or item.cure
        # No placeholder is left; what was typed may hold braces of its own.
        assert not re.search(r"\{[a-z_]+\}", item.text.replace(item.value, ""))


@pytest.mark.parametrize(
    ("summer", "saved", "asked"),
    [
        (FULL, "2018-08-20T00:00:00+00:00", []),
        ({**FULL, "要因・課題": "夏の文"}, "2018-08-20T00:00:00+00:00", []),
        ({**FULL, "H29実績": f"{FULL['H29実績']} 件"}, "2018-08-20T00:00:00+00:00", ["A101"]),
        ({**FULL, "H29実績": 28}, "2018-08-20T00:00:00+00:00", ["F206"]),
        (FULL, "2018-03-01T00:00:00+00:00", ["F206"]),  # what is newer stands in the list's form
        (FULL, "", ["F206"]),
    ],
)
def test_a_kpi_form_that_follows_the_form_of_the_list_is_nothing_to_confirm(
    summer: dict[str, Any], saved: str, asked: list[str]
) -> None:
    winter = _list_form(
        kpi_row(1, "2ア-1", FULL, file="春.xlsx"), saved="2018-03-09T00:00:00+00:00"
    )
    late = kpi_submission([kpi_row(2, "2ア-1", summer, file="夏.xlsx")], saved=saved)
    assert [f.code for f in of(report(winter, late))] == asked
