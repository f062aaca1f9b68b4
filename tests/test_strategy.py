"""The template's tables: what they say, and every mistake with sheet and cell, all at once."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from sousei_xl import text
from sousei_xl.strategy import Department
from sousei_xl.strategy.dates import questions
from sousei_xl.strategy.departments import departments_in
from sousei_xl.strategy.fields import CORE
from sousei_xl.strategy.gaps import gaps
from sousei_xl.strategy.load import load
from sousei_xl.strategy.load.table import (
    DEPARTMENT_COLUMNS,
    FIELD_COLUMNS,
    INDICATOR_COLUMNS,
    MEASURE_COLUMNS,
)
from tests.builders import facts, make_strategy, tables

Tables = dict[str, list[tuple[int, list[Any]]]]
FILE = "別紙_template.xlsx"
COLUMNS = {
    "設定": ("キー", "値"),
    "施策体系": MEASURE_COLUMNS,
    "部局": DEPARTMENT_COLUMNS,
    "指標": INDICATOR_COLUMNS,
    "項目": FIELD_COLUMNS,
}


# --- how a mistake gets into a template -----------------------------------------------------------

Mistake = Callable[[Tables], None]


def put(sheet: str, row: int, heading: str, value: Any) -> Mistake:
    """Type a value into the column of a heading."""

    def change(content: Tables) -> None:
        cells = next(values for number, values in content[sheet] if number == row)
        position = COLUMNS[sheet].index(heading)
        cells.extend([None] * (position + 1 - len(cells)))
        cells[position] = value

    return change


def setting(key: str, value: Any) -> Mistake:
    """Type a value beside a key of 設定; a new key comes at the end."""

    def change(content: Tables) -> None:
        for _, cells in content["設定"]:
            if cells[0] == key:
                cells[1] = value
                return
        content["設定"].append((len(content["設定"]) + 1, [key, value]))

    return change


def without(key: str) -> Mistake:
    def change(content: Tables) -> None:
        content["設定"] = [row for row in content["設定"] if row[1][0] != key]

    return change


def append(sheet: str, *cells: Any) -> Mistake:
    def change(content: Tables) -> None:
        content[sheet].append((content[sheet][-1][0] + 1, list(cells)))

    return change


def drop(sheet: str) -> Mistake:
    def change(content: Tables) -> None:
        del content[sheet]

    return change


def keep(sheet: str, rows: int) -> Mistake:
    def change(content: Tables) -> None:
        del content[sheet][rows:]

    return change


def reworded(key: str, typed: str, value: Any = "") -> Mistake:
    """Type another key into a row of 設定, and a value where it has none."""

    def change(content: Tables) -> None:
        if value:
            setting(key, value)(content)
        for _, cells in content["設定"]:
            if cells[0] == key:
                cells[0] = typed

    return change


LAST_SETTING = len(tables()["設定"])
LAST_MEASURE = len(tables()["施策体系"])
LAST_DEPARTMENT = len(tables()["部局"])
LAST_INDICATOR = len(tables()["指標"])

# (mistake, sheet, cells, a part of what is said)
MISTAKES: list[tuple[Mistake, str, list[str], str]] = [
    # 設定: 自治体名 B2, 団体コード B3, 年度 B4, 計画期間 B5, 表題 B6, 単位 B7, 小計の算出 B8,
    # 番号の付け方 B9, 基準日 B10, 用紙 B11, 負数の記号 B12
    (drop("設定"), "設定", ["A1"], "シート「設定」がありません"),
    (setting("自治体名", None), "設定", ["B2"], "「自治体名」が空欄です"),
    (setting("自治体名", "　"), "設定", ["B2"], "「自治体名」が空欄です"),
    (without("表題"), "設定", ["A1"], "「表題」の行がありません"),
    (setting("団体コード", 12041), "設定", ["B3"], "『12041』が6桁の数字ではありません"),
    (setting("団体コード", 12041), "設定", ["B3"], "『012041』と入力してください"),
    (setting("年度", "来年度"), "設定", ["B4"], "『来年度』が年度として読み取れません"),
    (setting("計画期間", "平成27年度"), "設定", ["B5"], "期間として読み取れません"),
    (setting("計画期間", "平成31年度〜平成27年度"), "設定", ["B5"], "期間として読み取れません"),
    (
        setting("小計の算出", "純計"),
        "設定",
        ["B8"],
        "「再掲を含む」「再掲を除く」から選んでください",
    ),
    (setting("番号の付け方", "任意"), "設定", ["B9"], "「提出どおり」「自動」から選んでください"),
    (setting("基準日", "3月末"), "設定", ["B10"], "『3月末』が日付として読み取れません"),
    (setting("基準日", "2018-02-30"), "設定", ["B10"], "日付として読み取れません"),
    # The template of last year with nothing changed but 年度; a slip of the era; one of the year.
    (setting("基準日", "2017-03-31"), "設定", ["B10"], "年度（平成30年度）から離れています"),
    (setting("基準日", "2017-04-01"), "設定", ["B10"], "例：2018-03-31"),
    (setting("基準日", "2008-03-31"), "設定", ["B10"], "写したままではありませんか"),
    (setting("基準日", "2020-04-01"), "設定", ["B10"], "2017-10-01から2019-03-31まで"),
    (setting("団体コード", "012042"), "設定", ["B3"], "最後の桁は『1』です"),
    (setting("団体コード", "312038"), "設定", ["B3"], "『312037』と入力するか"),
    (setting("団体コード", "012051"), "設定", ["B3"], "最後の桁は『0』です"),
    (
        setting("年度の表記", "平成29年度"),
        "設定",
        [f"B{LAST_SETTING + 1}"],
        "『平成29年度』とありますが、年度は平成30年度です",
    ),
    *(
        (setting("年度の表記", stale), "設定", [f"B{LAST_SETTING + 1}"], "年度は平成30年度")
        for stale in (
            "２０１７年度",
            "平成29（2017）年度",
            "2017（平成29）年度",
            "2017/平成29年度",
            "平成30（2017）年度",
            "平成29年度版",
        )
    ),
    (setting("用紙", "B4"), "設定", ["B11"], "「A4」「A3」から選んでください"),
    (setting("単位", "百万円"), "設定", ["B7"], "『百万円』とあります。『千円』に戻してください"),
    (setting("負数の記号", "マイナス"), "設定", ["B12"], "「▲」「△」「-」から選んでください"),
    (
        setting("予算の上限目安", "なし"),
        "設定",
        [f"B{LAST_SETTING + 1}"],
        "『なし』が数字として読み取れません",
    ),
    (setting("予算の上限目安", 0), "設定", [f"B{LAST_SETTING + 1}"], "正の整数"),
    (setting("実績基準日", "夏"), "設定", [f"B{LAST_SETTING + 1}"], "日付として読み取れません"),
    (setting("おおむね順調の基準", "6割"), "設定", [f"B{LAST_SETTING + 1}"], "『6割』が数字として"),
    (setting("おおむね順調の基準", 1.5), "設定", [f"B{LAST_SETTING + 1}"], "『1.5』は使えません"),
    (setting("維持の許容幅", -0.02), "設定", [f"B{LAST_SETTING + 1}"], "『-0.02』は使えません"),
    (setting("維持の許容幅", "NaN"), "設定", [f"B{LAST_SETTING + 1}"], "数字として読み取れません"),
    (append("設定", "表題", "別の表題"), "設定", [f"A{LAST_SETTING + 1}"], "「表題」が2行あります"),
    (
        append("設定", "表 題", "別の表題"),
        "設定",
        [f"A{LAST_SETTING + 1}"],
        "表 題」が2行あり",
    ),
    (reworded("年度", "年度（西暦）"), "設定", ["A4"], "『年度』"),
    (
        reworded("提出期限", "提出〆切", "3月16日"),
        "設定",
        [f"A{LAST_SETTING + 1}"],
        "「提出〆切」というキーはありません。『提出先』か『提出期限』ではありませんか",
    ),
    (
        reworded("注意書き", "注記", "※仮の値です。"),
        "設定",
        [f"A{LAST_SETTING + 1}"],
        "『注意書き』ではありませんか。キーを元に戻してください",
    ),
    # 施策体系: row 2 is goal 1, row 3 measure 1ア
    (drop("施策体系"), "施策体系", ["A1"], "シート「施策体系」がありません"),
    (put("施策体系", 1, "別紙名称", "名称"), "施策体系", ["A1"], "見出し（キー、基本目標"),
    (keep("施策体系", 1), "施策体系", ["A4"], "施策がありません"),
    (put("施策体系", 2, "基本目標", "Ⅰ"), "施策体系", ["B2"], "「基本目標」が番号ではありません"),
    (put("施策体系", 2, "基本目標", "横断"), "施策体系", ["B2"], "その基本目標の行の「呼び方」"),
    (put("施策体系", 3, "呼び方", "施策1"), "施策体系", ["G3"], "施策の行の「呼び方」は使いません"),
    (put("施策体系", 2, "別紙名称", None), "施策体系", ["D2"], "「別紙名称」が空欄です"),
    (put("施策体系", 3, "キー", "1イ"), "施策体系", ["A3"], "「1ア」と入力してください"),
    (put("施策体系", 3, "キー", dt.date(2018, 1, 1)), "施策体系", ["A3"], "「文字列」にしてから"),
    (put("施策体系", 3, "施策", dt.datetime(2018, 1, 1)), "施策体系", ["C3"], "Excelが日付や"),
    (put("施策体系", 3, "施策", -1.0), "施策体系", ["C3"], "「文字列」にしてから、もう一度"),
    (put("施策体系", 3, "基本目標", "一"), "施策体系", ["B3"], "「基本目標」が番号ではありません"),
    (put("施策体系", 3, "基本目標", None), "施策体系", ["B3"], "結合を解除して、どの行にも"),
    (put("施策体系", 3, "基本目標", 0), "施策体系", ["B3"], "「基本目標」が番号ではありません"),
    (put("施策体系", 3, "別紙名称", None), "施策体系", ["D3"], "「別紙名称」が空欄です"),
    (
        append("施策体系", "1ア", 1, "ア", "もう一つの施策"),
        "施策体系",
        [f"A{LAST_MEASURE + 1}"],
        "キー『1ア』が二度あります",
    ),
    (
        append("施策体系", "1", 1, None, "もう一つの基本目標"),
        "施策体系",
        [f"A{LAST_MEASURE + 1}"],
        "キー『1』が二度あります",
    ),
    (
        append("施策体系", "9ア", 9, "ア", "基本目標のない施策"),
        "施策体系",
        [f"B{LAST_MEASURE + 1}"],
        "基本目標9の行がありません",
    ),
    # 部局
    (drop("部局"), "部局", ["A1"], "シート「部局」がありません"),
    (keep("部局", 1), "部局", ["B4"], "部局がありません"),
    (put("部局", 2, "部局名", None), "部局", ["B2"], "「部局名」が空欄です"),
    (
        put("部局", 3, "部局名", "総合政策部"),
        "部局",
        ["B3"],
        "「総合政策部」の部局名か別名にも入力",
    ),
    (
        put("部局", 3, "部局名", "総合 政策部"),
        "部局",
        ["B3"],
        "「総合政策部」の部局名か別名にも入力",
    ),
    (
        put("部局", 3, "別名", "企画部、総合政策部"),
        "部局",
        ["C3"],
        "「総合政策部」の部局名か別名に",
    ),
    (put("部局", 2, "表示順", "最初"), "部局", ["A2"], "「表示順」が番号ではありません"),
    (put("部局", 2, "提出対象", "○"), "部局", ["D2"], "「はい」か「いいえ」を選んでください"),
    (
        put("部局", 2, "提出課", "農政課、農政課"),
        "部局",
        ["E2"],
        "『農政課』が『農政課』と重なって",
    ),
    (
        put("部局", 2, "提出課", "農政課、農政 課"),
        "部局",
        ["E2"],
        "『農政 課』が『農政課』と重なって",
    ),
    # 指標
    (drop("指標"), "指標", ["A1"], "シート「指標」がありません"),
    (put("指標", 2, "ID", None), "指標", ["A2"], "「ID」が空欄です"),
    (put("指標", 3, "ID", "G1-1"), "指標", ["A3"], "ID『G1-1』が二度あります"),
    (put("指標", 2, "指標区分", "目標"), "指標", ["D2"], "「数値目標」「KPI」から選んでください"),
    (put("指標", 2, "集計区分", "平均"), "指標", ["H2"], "「集計区分」に『平均』とあります"),
    (
        put("指標", 2, "目標の向き", "上昇"),
        "指標",
        ["N2"],
        "「増加」「減少」「維持」から選んでください",
    ),
    (put("指標", 2, "年・年度", "通年"), "指標", ["I2"], "「年」「年度」から選んでください"),
    (put("指標", 2, "指標名", None), "指標", ["E2"], "「指標名」が空欄です"),
    (put("指標", 4, "目標の向き", "減少"), "指標", ["N4"], "現状値（535）より大きくなっています"),
    (put("指標", 4, "目標値", "500"), "指標", ["N4"], "『増加』ですが、目標値（500）が現状値"),
    (put("指標", 4, "目標の向き", "維持"), "指標", ["N4"], "目標の向きを『増加』に直すか"),
    (put("指標", 25, "目標値", "71100"), "指標", ["N25"], "（71000）より大きくなっています"),
    (put("指標", 5, "目標の向き", "減少"), "指標", ["N5"], "合計を抑える目標であれば"),
    (put("指標", 4, "目標値年", "H26"), "指標", ["L4"], "現状値年（H26）より後の年ではありません"),
    (put("指標", 4, "目標値年", "平成２１年"), "指標", ["L4"], "『平成２１年』が、現状値年（H26）"),
    (put("指標", 2, "基本目標", 9), "指標", ["B2"], "『9』が施策体系にありません"),
    (put("指標", 2, "施策", "ン"), "指標", ["C2"], "『1ン』が施策体系にありません"),
    (put("指標", 2, "施策", dt.date(2018, 1, 1)), "指標", ["C2"], "「文字列」にしてから"),
    (put("指標", 2, "現状値年", "昨年"), "指標", ["J2"], "『昨年』が年として読み取れません"),
    (put("指標", 2, "現状値", "1.28人"), "指標", ["K2"], "『1.28人』が数字として読み取れません"),
    (put("指標", 4, "目標値", "inf"), "指標", ["M4"], "『inf』が数字として読み取れません"),
    (put("指標", 2, "担当部局", "経済局"), "指標", ["P2"], "担当部局『経済局』が部局の一覧に"),
    (put("指標", 2, "年度別目標", "H28:5"), "指標", ["Q2"], "『H28:5』が読み取れません"),
    (put("指標", 2, "年度別目標", "H28=五"), "指標", ["Q2"], "『H28=五』が読み取れません"),
    (
        put("指標", 4, "年度別目標", "H28=560、平成28年度=570"),
        "指標",
        ["Q4"],
        "『平成28年度=570』は、同じ年が二度あります",
    ),
    (
        put("指標", 4, "年度別目標", "H40=560"),
        "指標",
        ["Q4"],
        "目標値年（H31）より後の年",
    ),
    (put("指標", 4, "年度別目標", "H25=560"), "指標", ["Q4"], "現状値年（H26）より前の年です"),
    (put("指標", 3, "ID", "Ｇ１－1"), "指標", ["A3"], "ID『Ｇ１－1』が二度あります"),
    (put("指標", 4, "基本目標", None), "指標", ["B4"], "「基本目標」が空欄です"),
    # 項目
    (drop("項目"), "項目", ["A1"], "シート「項目」がありません"),
    (append("項目", None, "独自", "文字"), "項目", ["A2"], "「項目名」が空欄です"),
    (append("項目", "財" * 61, "独自", "文字"), "項目", ["A2"], "60文字を超えています"),
    (
        append("項目", "財源", "独自", "数値"),
        "項目",
        ["C2"],
        "「文字」「整数」「選択」から選んでください",
    ),
    (append("項目", "財源", "独自", "選択"), "項目", ["F2"], "選択肢が空欄です"),
    (
        append("項目", "財源", "独自", "文字", "必須"),
        "項目",
        ["D2"],
        "「必須」に『必須』とあります",
    ),
    (append("項目", "財源", "独自", "文字", None, 40_000), "項目", ["E2"], "1から32,767まで"),
    (append("項目", "事業名", "標準", None, None, "百"), "項目", ["E2"], "「最大文字数」"),
    (append("項目", "事業名称", "標準", "文字"), "項目", ["A2"], "標準の項目はありません"),
    (append("項目", "初出", "独自", "文字"), "項目", ["A2"], "見出しに使われています"),
    (append("項目", "入力チェック", "独自", "文字"), "項目", ["A2"], "見出しに使われています"),
    (append("項目", "予算事業費", "独自", "整数"), "項目", ["A2"], "見出しに使われています"),
]


@pytest.mark.parametrize(
    ("mistake", "sheet", "cells", "said"), MISTAKES, ids=[f"{m[1]} {m[3]}" for m in MISTAKES]
)
def test_mistake(mistake: Mistake, sheet: str, cells: list[str], said: str) -> None:
    content = copy.deepcopy(tables())
    mistake(content)
    strategy, found = load(content, FILE)
    assert strategy is None
    assert {f.code for f in found} == {"T101"}
    assert said in "".join(str(f) for f in found)
    here = [f.place.cell for f in found if f.place.sheet == sheet]
    assert here[: len(cells)] == cells
    assert all(f.place.file == FILE and f.place.cell for f in found)
    assert all(f.message and f.cure and f.addressee == "事務局" for f in found)


def test_a_mistake_does_not_drag_others_with_it() -> None:
    """One cell, one finding: also where a mistake makes other rows refer to nothing."""
    for mistake, _, cells, said in MISTAKES:
        content = copy.deepcopy(tables())
        for row in range(2, LAST_INDICATOR + 1):
            put("指標", row, "担当部局", "総合政策部")(content)
        mistake(content)
        _, found = load(content, FILE)
        assert len(found) == len(cells), said


@pytest.mark.parametrize(
    ("sheet", "heading", "typed", "cell"),
    [
        ("部局", "提出課", "提出課（課名）", "E1"),
        ("部局", "別名", "旧称", "C1"),  # nothing in common, but in its place
        ("部局", "提出対象", "提出", "D1"),
        ("施策体系", "略称", "略称（プルダウン用）", "F1"),
        ("施策体系", "呼び方", "呼び方（横断的目標など）", "G1"),
        ("指標", "単位", "数え方", "G1"),
        ("指標", "集計区分", "集計の区分", "H1"),
        ("指標", "目標の向き", "向き", "N1"),
        ("指標", "目標値年", "目標年", "L1"),
        ("指標", "目標値", "目標", "M1"),
        ("指標", "担当部局", "担当部署", "P1"),
        ("指標", "年度別目標", "年度別の目標", "Q1"),
        ("項目", "必須", "必須項目", "D1"),
    ],
)
def test_a_column_whose_heading_was_reworded_is_not_left_out(
    sheet: str, heading: str, typed: str, cell: str
) -> None:
    content = copy.deepcopy(tables())
    put(sheet, 1, heading, typed)(content)
    strategy, (mistake,) = load(content, FILE)
    assert strategy is None
    assert (mistake.place.sheet, mistake.place.cell) == (sheet, cell)
    assert f"見出し『{heading}』がありません（ここには『{typed}』とあります）" in mistake.message
    assert f"見出しを『{heading}』に戻してください" in mistake.cure


def without_column(sheet: str, heading: str) -> Mistake:
    def change(content: Tables) -> None:
        position = COLUMNS[sheet].index(heading)
        for _, cells in content[sheet]:
            del cells[position : position + 1]

    return change


def test_a_column_that_nobody_needs_may_be_deleted() -> None:
    content = copy.deepcopy(tables())
    for sheet, heading in (("部局", "提出課"), ("施策体系", "略称"), ("指標", "年度別目標")):
        without_column(sheet, heading)(content)
    assert load(content, FILE)[1] == []
    without_column("指標", "集計区分")(content)
    (mistake,) = load(content, FILE)[1]
    assert (mistake.place.cell, mistake.message) == ("A1", "見出し『集計区分』がありません。")


@pytest.mark.parametrize(
    "loss",
    [
        drop("施策体系"),
        put("施策体系", 1, "別紙名称", "名称"),
        keep("施策体系", 1),
        drop("部局"),
        put("部局", 1, "部局名", "名称"),
        keep("部局", 1),
        put("設定", 1, "値", "設定値"),
        put("設定", 1, "キー", "項目"),
    ],
)
def test_nothing_is_said_of_what_refers_to_a_sheet_that_is_lost(loss: Mistake) -> None:
    content = copy.deepcopy(tables())
    for row in range(2, LAST_INDICATOR + 1):
        put("指標", row, "担当部局", "経済部")(content)
    loss(content)
    strategy, found = load(content, FILE)
    assert strategy is None
    assert len(found) == 1, [str(f) for f in found]
    # What is wrong in itself is told all the same.
    put("指標", 2, "集計区分", "平均")(content)
    _, found = load(content, FILE)
    assert [f.place.cell for f in found][1:] == ["H2"]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        (None, ""),
        ("3月16日（金）", "3月16日（金）"),
        ("2018-03-16", "2018-03-16"),
        (dt.date(2018, 3, 16), "平成30年3月16日"),
        (dt.datetime(2018, 3, 16), "平成30年3月16日"),
        (dt.datetime(2018, 3, 16, 17, 30), "平成30年3月16日 17:30"),
    ],
)
def test_a_deadline_is_printed_as_people_write_it(typed: object, printed: str) -> None:
    assert make_strategy(settings={"提出期限": typed}).settings.deadline == printed


def test_a_code_means_the_same_as_number_and_as_text() -> None:
    """The template's cells are texts where a code may look like a number."""

    def loaded(kind: type) -> object:
        content = copy.deepcopy(tables())
        for row, cells in content["指標"]:
            if cells[1:3] == ["1", "ア"]:
                put("指標", row, "施策", kind(7))(content)
        put("施策体系", 3, "施策", kind(7))(content)
        put("施策体系", 3, "キー", kind(17))(content)
        put("指標", 4, "現状値年", kind(2014))(content)
        put("指標", 4, "目標値年", kind(2019))(content)
        put("指標", 4, "内訳", kind(1))(content)
        strategy, mistakes = load(content, FILE)
        assert strategy is not None, mistakes
        return strategy.measures, strategy.indicators

    assert loaded(int) == loaded(float) == loaded(str)


def test_a_key_may_be_spelled_in_any_width() -> None:
    content = copy.deepcopy(tables())
    reworded("判定の名称（順調）", "判定の名称(順調)", "計画どおり")(content)
    reworded("年度", "年 度")(content)
    append("設定", "【公表】", None)(content)
    append("設定", "印刷の予定", None)(content)
    strategy, found = load(content, FILE)
    assert strategy is not None, found
    assert strategy.settings.judgement.names["順調"] == "計画どおり"
    assert strategy.settings.fiscal_year == 2018


def test_an_empty_sheet_of_settings_asks_for_its_rows() -> None:
    content = copy.deepcopy(tables())
    keep("設定", 1)(content)
    _, found = load(content, FILE)
    assert "「自治体名」の行がありません" in "".join(f.message for f in found)


@pytest.mark.parametrize(
    ("mistake", "quoted"),
    [
        (put("指標", 4, "目標値", "600〜610"), "『600〜610』"),
        (put("指標", 4, "目標値", "５００"), "目標値（５００）が現状値（535）"),
        (put("指標", 4, "担当部局", "観光スポーツ局・経済部"), "『観光スポーツ局』"),
        (put("指標", 4, "担当部局", "ｽﾎﾟｰﾂ局･経済部"), "『ｽﾎﾟｰﾂ局』"),
        (put("指標", 4, "年度別目標", "H27=560，Ｈ２８：〜"), "『Ｈ２８：〜』"),
        (setting("団体コード", "０１２０４２"), "『０１２０４２』"),
        (setting("団体コード", "０１２"), "『０１２』"),
        (setting("おおむね順調の基準", "５〜６割"), "『５〜６割』"),
        (setting("維持の許容幅", "１．５"), "『１．５』"),
        (setting("基準日", "平成２９年３月３１日"), "『平成２９年３月３１日』"),
    ],
)
def test_mistakes_quote_what_was_typed(mistake: Mistake, quoted: str) -> None:
    content = copy.deepcopy(tables())
    mistake(content)
    _, found = load(content, FILE)
    assert quoted in found[0].message


def test_all_mistakes_are_told_at_once() -> None:
    content = copy.deepcopy(tables())
    for change in (
        setting("用紙", "B4"),
        setting("基準日", "3月末"),
        put("施策体系", 3, "別紙名称", None),
        put("部局", 2, "提出対象", "○"),
        put("指標", 2, "集計区分", "平均"),
        append("項目", "財源", "独自", "数値"),
    ):
        change(content)
    _, found = load(content, FILE)
    places = {(f.place.sheet, f.place.cell) for f in found}
    assert {
        ("設定", "B11"),
        ("設定", "B10"),
        ("施策体系", "D3"),
        ("部局", "D2"),
        ("指標", "H2"),
        ("項目", "C2"),
    } <= places


def test_mistakes_are_told_in_the_order_of_the_cells() -> None:
    content = copy.deepcopy(tables())
    for change in (setting("基準日", ""), setting("自治体名", ""), setting("団体コード", "")):
        change(content)
    for row in (5, 3):
        put("施策体系", row, "別紙名称", None)(content)
    _, found = load(content, FILE)
    assert [(f.place.sheet, f.place.cell) for f in found][:5] == [
        ("設定", "B2"),
        ("設定", "B3"),
        ("設定", "B10"),
        ("施策体系", "D3"),
        ("施策体系", "D5"),
    ]


def test_what_was_probably_forgotten_is_asked_and_stops_nothing() -> None:
    content = copy.deepcopy(tables())
    for row in range(2, LAST_INDICATOR + 1):
        put("指標", row, "担当部局", "経済部")(content)
    complete, _ = load(content, FILE)
    assert complete is not None
    assert list(gaps(complete)) == []
    for change in (
        append("施策体系", "5", 5, None, "施策のない基本目標"),
        put("指標", 2, "担当部局", None),  # G1-1, of words: needs no target
        put("指標", 4, "目標値", None),
        put("指標", 6, "現状値年", None),
    ):
        change(content)
    put("部局", 2, "提出課", "政策課／企画課")(content)
    put("部局", 3, "提出課", "政策課 分室、企画課")(content)
    append("項目", "財源", "独自", "選択", None, None, "国 道 市")(content)
    strategy, found = load(content, FILE)
    assert strategy is not None, found
    goal, choices, units, nobodys, aimless, undated = gaps(strategy)
    assert "「項目」の選択肢『国 道 市』（財源）は、一つとして" in choices
    assert "「部局」の提出課『政策課／企画課』（総合政策部）は、一つとして" in units
    assert "基本目標5に、施策がありません" in goal
    assert "担当部局が空欄の指標があります（G1-1）" in nobodys
    assert "目標値が空欄の指標があります（G2-2）" in aimless
    assert "現状値年が空欄の指標があります（1ア-1）" in undated


def questions_about(*changes: Mistake) -> list[str]:
    """What a template with these changes is asked, and the one without them is not."""
    content = copy.deepcopy(tables())
    before, _ = load(content, FILE)
    for change in changes:
        change(content)
    after, found = load(content, FILE)
    assert before is not None
    assert after is not None, found
    return [question for question in gaps(after) if question not in {*gaps(before)}]


@pytest.mark.parametrize(
    ("direction", "targets", "asked"),
    [
        ("増加", "H27=500、H28=520、H29=560", "（G2-2のH27、H28）"),
        ("増加", "H27=535", ""),
        ("減少", "H27=540、H28=530", "（G2-2のH27）"),
        ("維持", "H27=540、H28=530", ""),
    ],
)
def test_a_dip_on_the_way_to_the_target_is_asked_about(
    direction: str, targets: str, asked: str
) -> None:
    goal = put("指標", 4, "目標値", "600" if direction == "増加" else "500")
    change = put("指標", 4, "年度別目標", targets)
    found = questions_about(goal, put("指標", 4, "目標の向き", direction), change)
    assert len(found) == bool(asked)
    assert all(f"逆の側にある年度別目標があります{asked}" in question for question in found)
    # A year's sum starts at 0.
    assert questions_about(put("指標", 5, "年度別目標", "H28=1")) == []


def test_the_offices_own_rows_and_notes_in_the_settings_stop_nothing() -> None:
    note = append("設定", "※実績基準日は毎年8月末", "（令和元年に変更）")
    assert questions_about(note, note) == []
    (question,) = questions_about(append("設定", "担当者", "鈴木"), append("設定", "内線", "5"))
    assert "「設定」に、使われない行があります（担当者、内線）" in question


def test_the_offices_own_column_behind_the_last_one_is_no_reworded_heading() -> None:
    for sheet, heading, own in (("指標", "年度別目標", "出典"), ("部局", "提出課", "電話番号")):
        assert questions_about(put(sheet, 1, heading, own)) == []


def test_nothing_at_all() -> None:
    strategy, found = load({}, FILE)
    assert strategy is None
    assert [f.place.sheet for f in found] == ["設定", "施策体系", "部局", "指標", "項目"]


# --- what the tables say --------------------------------------------------------------------------


def test_the_fy2018_strategy() -> None:
    strategy = make_strategy()
    settings = strategy.settings
    assert (settings.fiscal_year, settings.year_label) == (2018, "平成30年度")
    assert settings.plan_years == (2015, 2019)
    assert settings.list_date == dt.date(2018, 3, 30)
    assert settings.code == "012041"
    assert settings.number_format == "#,##0;▲#,##0"
    assert [g.number for g in strategy.goals] == [1, 2, 3, 4]
    assert len(strategy.measures) == sum(1 for r in facts("measures") if r["施策"])
    assert strategy.measures[0].option == "1ア 妊娠・出産・育児"
    assert len(strategy.departments) == 9
    assert len(strategy.indicators) == 30
    assert tuple(f.name for f in strategy.fields) == tuple(f.name for f in CORE)
    assert strategy.goal_of("4ア") == 4


def test_defaults() -> None:
    settings = make_strategy().settings
    assert settings.budget_limit == 10_000_000
    assert settings.results_date is None
    assert (settings.unit, settings.font) == ("千円", "BIZ UDPゴシック")
    assert (settings.judgement.mostly, settings.judgement.tolerance) == ("0.6", "0")
    assert settings.judgement.names["順調"] == "順調"


@pytest.mark.parametrize(
    ("key", "typed", "name", "value"),
    [
        ("年度", 2018, "fiscal_year", 2018),
        ("年度", "Ｈ３０", "fiscal_year", 2018),
        ("年度", "令和元年度", "fiscal_year", 2019),
        ("基準日", dt.datetime(2018, 3, 30), "list_date", dt.date(2018, 3, 30)),
        ("基準日", "平成30年3月30日", "list_date", dt.date(2018, 3, 30)),
        ("基準日", "平成３０年３月３０日（金）", "list_date", dt.date(2018, 3, 30)),
        ("計画期間", "平成27年度から平成31年度", "plan_years", (2015, 2019)),
        ("計画期間", "平成27年度から平成31年度まで", "plan_years", (2015, 2019)),
        ("計画期間", "H27～H31", "plan_years", (2015, 2019)),
        ("計画期間", "平成27年度～令和元年度（5年間）", "plan_years", (2015, 2019)),
        ("計画期間", "2015-2019", "plan_years", (2015, 2019)),
        ("団体コード", "０１２０４１", "code", "012041"),
        ("団体コード", 131016, "code", "131016"),
        # 倉吉市, 北海道, 札幌市 (a sum below 11), 室蘭市 (0), 静岡県 (a sum divisible by 11).
        *(
            ("団体コード", code, "code", code)
            for code in ("312037", "010006", "011002", "012050", "220001")
        ),
        # As of a day before the year, on its first and its last day, and a year after it.
        *(
            ("基準日", day, "list_date", dt.date.fromisoformat(day))
            for day in ("2017-04-02", "2018-04-01", "2019-03-31", "2020-03-31")
        ),
        ("予算の上限目安", "5,000,000", "budget_limit", 5_000_000),
        ("年度の表記", "平成30年度（2018年度）", "year_label", "平成30年度（2018年度）"),
        ("年度の表記", "平成30（2018）年度", "year_label", "平成30（2018）年度"),
        ("年度の表記", "2018/平成30年度版", "year_label", "2018/平成30年度版"),
        ("計画期間", "平成27（2015）年度～令和元（2019）年度", "plan_years", (2015, 2019)),
        ("年度の表記", "平成30・31年度", "year_label", "平成30・31年度"),
        ("年度の表記", "平成29～31年度", "year_label", "平成29～31年度"),
        ("年度の表記", "第2期4年次", "year_label", "第2期4年次"),
        (
            "年度の表記",
            "当初予算版（2017年12月補正後）",
            "year_label",
            "当初予算版（2017年12月補正後）",
        ),
        ("実績基準日", "2018-08-31", "results_date", dt.date(2018, 8, 31)),
    ],
)
def test_setting(key: str, typed: Any, name: str, value: Any) -> None:
    assert getattr(make_strategy(settings={key: typed}).settings, name) == value


@pytest.mark.parametrize(
    ("changes", "approved", "asked"),
    [
        ({}, None, []),
        ({"基準日": "2017-10-01"}, None, []),
        ({"基準日": "2019-03-31"}, None, []),
        ({"基準日": "2017-09-30"}, None, ["が始まる半年より前の日です"]),
        ({"基準日": "2019-04-01"}, None, ["基準日（平成31年4月1日）は、平成30年度が終わった後"]),
        ({"計画期間": "令和2年度〜令和6年度"}, None, ["に、年度（平成30年度）が入っていません"]),
        ({"計画期間": "平成30年度〜令和4年度"}, None, []),
        ({"表題": "平成29年度関連事業一覧"}, None, ["表題（平成29年度関連事業一覧）"]),
        ({"表題": "平成30年度関連事業一覧"}, None, []),
        ({"表題": "創生総合戦略2015関連事業一覧"}, None, []),
        ({"提出期限": "平成29年3月17日（金）"}, None, ["提出期限（平成29年3月17日（金））は"]),
        ({"提出期限": "平成30年3月16日（金）"}, None, []),
        ({"提出期限": "平成29年9月8日（金）"}, None, ["が始まる半年より前の日です"]),
        ({"提出期限": "平成29年10月20日（金）"}, None, []),
        ({"提出期限": "平成30年9月14日（金）"}, None, []),
        ({"提出期限": "3月16日正午"}, None, []),
        ({"提出期限": "平成30年2月30日（金）"}, None, ["暦にない日です"]),
        ({"提出期限": "平成30年3月16日（木）"}, None, ["金曜日です"]),
        ({"提出期限": "令和30年3月16日"}, None, ["1年以上後の日です"]),
        ({"実績基準日": "2017-08-31"}, None, ["実績基準日（平成29年8月31日）は"]),
        ({"実績基準日": "R元.8.31"}, None, ["実績基準日（令和元年8月31日）は"]),
        ({"実績基準日": "2018-08-31"}, None, []),
        ({}, "2018-03-30", []),
        ({}, "2018-09-29", []),
        ({}, "2018-03-27", ["決裁日（平成30年3月27日）が、基準日（平成30年3月30日現在）より前"]),
        ({}, "2018-09-30", ["から半年を超えて後です"]),
    ],
)
def test_days_that_are_asked_about(
    changes: dict[str, str], approved: str | None, asked: list[str]
) -> None:
    day = dt.date.fromisoformat(approved) if approved else None
    found = list(questions(make_strategy(settings=changes).settings, day))
    assert len(found) == len(asked)
    assert all(part in question for part, question in zip(asked, found, strict=True))


def test_rows_above_the_header_and_moved_columns_do_no_harm() -> None:
    content = copy.deepcopy(tables())
    content["部局"] = [
        (1, ["部局の一覧"]),
        (3, ["メモ", "部局名", "表示順"]),
        (4, ["旧企画部", "総合政策部", 2]),
        (6, [None, "経済部", 1]),
        (7, [None, " ", None]),
    ]
    strategy, found = load(content, FILE)
    assert not found
    assert strategy is not None
    assert [d.name for d in strategy.departments] == ["経済部", "総合政策部"]


def test_departments() -> None:
    strategy = make_strategy(
        departments=[
            (None, "経済部", "商工部、産業・経済部", "はい", "商工課、産業・雇用課"),
            (None, "観光・文化部"),
            (None, "監査委員", None, "いいえ"),
        ]
    )
    assert strategy.departments == (
        Department(1, "経済部", ("商工部", "産業・経済部"), True, ("商工課", "産業・雇用課")),
        Department(2, "観光・文化部"),
        Department(3, "監査委員", (), False),
    )
    assert strategy.expected_units == (
        ("経済部", "商工課"),
        ("経済部", "産業・雇用課"),
        ("観光・文化部", ""),
    )
    assert strategy.department_spellings["商工部"] == "経済部"


KNOWN = {
    text.key(spelling): name
    for name, aliases in {
        "経済部": ["商工部"],
        "農政部": [],
        "観光・スポーツ部": ["観スポ"],
        "産業・労働部": ["労働部"],
        "スポーツ・労働部": [],
        "観光": [],
    }.items()
    for spelling in (name, *aliases)
}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("経済部", ["経済部"]),
        ("観光・スポーツ部", ["観光・スポーツ部"]),
        ("観光・スポーツ部・経済部", ["観光・スポーツ部", "経済部"]),
        ("経済部・観光・スポーツ部", ["経済部", "観光・スポーツ部"]),
        ("観スポ・商工部", ["観光・スポーツ部", "経済部"]),
        ("産業・労働部・観光・スポーツ部", ["産業・労働部", "観光・スポーツ部"]),
        ("労働部・産業・労働部・経済部", ["産業・労働部", "経済部"]),
        ("経済部・経済部", ["経済部"]),
        ("観光・スポーツ・労働部", ["観光", "スポーツ・労働部"]),  # not 観光・スポーツ and 労働部
        ("経済部、農政部", ["経済部", "農政部"]),
        ("観光･ｽﾎﾟｰﾂ部 ， 経済 部", ["観光・スポーツ部", "経済部"]),
        ("経済部・\n観光・\nスポーツ部", ["経済部", "観光・スポーツ部"]),
        ("経済部\r\n農政部", ["経済部", "農政部"]),
        ("経済部・旧観光センター", ["経済部", "旧観光センター"]),
        ("観光・文化部・経済部", ["観光", "文化部", "経済部"]),
        ("経済部・", ["経済部", ""]),
        ("・", [""]),
        ("", [""]),
    ],
)
def test_the_departments_that_a_name_means(words: str, found: list[str]) -> None:
    assert departments_in(words, KNOWN) == tuple(found)


def test_who_reports_an_indicator() -> None:
    content = copy.deepcopy(tables(departments=[(1, "経済部", "商工部"), (2, "観光・文化部")]))
    put("指標", 2, "担当部局", "商工部、観光・文化部")(content)
    put("指標", 3, "担当部局", "経済部・観光・文化部")(content)
    put("指標", 4, "担当部局", "観光・文化部・経済部、商工部")(content)
    strategy, found = load(content, FILE)
    assert not found
    assert strategy is not None
    assert strategy.indicators[0].departments == ("経済部", "観光・文化部")
    assert strategy.indicators[1].departments == ("経済部", "観光・文化部")
    assert strategy.indicators[2].departments == ("観光・文化部", "経済部")
    put("指標", 3, "担当部局", "経済部・観光・教育部")(content)
    _, found = load(content, FILE)
    assert [(f.place.cell, f.message.split("』")[0]) for f in found] == [
        ("P3", "担当部局『観光"),
        ("P3", "担当部局『教育部"),
    ]
    assert all("複数の部局は「、」で区切ります。" in f.cure for f in found)


def test_figures_of_an_indicator_are_decimal_text() -> None:
    content = copy.deepcopy(tables())
    put("指標", 4, "現状値", "５３５")(content)
    put("指標", 4, "目標値", "71,000")(content)
    put("指標", 4, "年度別目標", "Ｈ２８＝560，H29=1,580.5,2018=1６00、")(content)
    put("指標", 2, "目標値", "全国平均以上")(content)
    strategy, found = load(content, FILE)
    assert not found
    assert strategy is not None
    qualitative, _, visitors = strategy.indicators[:3]
    assert (visitors.baseline, visitors.target) == ("535", "71000")
    assert visitors.yearly_targets == {2016: "560", 2017: "1580.5", 2018: "1600"}
    assert (qualitative.kind, qualitative.target) == ("定性", "全国平均以上")


def test_words_need_no_direction_and_their_state_today_is_no_figure() -> None:
    content = copy.deepcopy(tables())
    for heading, value in (("目標値", "全地区に設置"), ("現状値", None), ("目標の向き", None)):
        put("指標", 2, heading, value)(content)
    assert content["指標"][1][1][7] == "定性"
    _, found = load(content, FILE)
    assert not found
    put("指標", 2, "現状値", "準備会を開催")(content)
    (mistake,) = load(content, FILE)[1]
    assert "『準備会を開催』が数字として読み取れません" in mistake.message
    assert "「備考」に書き、現状値は空欄に" in mistake.cure


def test_a_sum_over_the_period_may_keep_what_a_year_brings() -> None:
    """96 a year before the plan, 480 in its five years."""
    content = copy.deepcopy(tables())
    assert content["指標"][4][1][7] == "期間累計"
    for heading, value in (("現状値", 96), ("現状値年", "H26"), ("目標の向き", "維持")):
        put("指標", 5, heading, value)(content)
    _, found = load(content, FILE)
    assert not found


def test_the_offices_own_fields_stand_before_the_note() -> None:
    strategy = make_strategy(
        fields=[
            ("事業名", "標準", "文字", "はい", 60),
            ("予算事業費(千円)", "標準", "金額"),
            ("財源", "独自", "選択", "はい", None, "国、道・市、市", "主な財源です。"),
            ("予算コード", "独自", "整数"),
        ]
    )
    assert [f.name for f in strategy.fields][-3:] == ["own_1", "own_2", "note"]
    fund, code = strategy.own_fields
    assert (fund.label, fund.kind, fund.required) == ("財源", "choice", True)
    assert (fund.choices, fund.hint) == (("国", "道・市", "市"), "主な財源です。")
    assert (code.kind, code.required, code.hint) == (
        "integer",
        False,
        "予算コードを入力してください。",
    )
    assert strategy.field_by_name["name"].max_length == 60


def test_measures_go_by_every_name_that_is_theirs_alone() -> None:
    content = copy.deepcopy(tables())
    put("施策体系", 4, "略称", "妊娠・出産・育児")(content)
    strategy, _ = load(content, FILE)
    assert strategy is not None
    spellings = strategy.measure_spellings
    assert spellings["1ア"] == "1ア"
    assert spellings["1-ア"] == "1ア"
    assert "妊娠・出産・育児" not in spellings
    assert spellings["1ア妊娠・出産・育児"] == "1ア"
    assert spellings["1イ妊娠・出産・育児"] == "1イ"
