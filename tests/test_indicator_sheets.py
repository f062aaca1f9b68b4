"""The sheets about indicators: figures as judged, live formulas that agree, charts with words."""

from __future__ import annotations

import itertools
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import load_workbook as read_values

from sousei_xl.figures.indicators import YearFigures, count_classes, wholes
from sousei_xl.sheets import Contents, pages
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.council import EVALUATION, write_council
from sousei_xl.sheets.indicators import indicators_data, write_indicator_status
from sousei_xl.sheets.indicators.data import INDICATOR_HEADINGS
from sousei_xl.sheets.indicators.entries import (
    change_format,
    distance_format,
    entries,
    quoted,
    shown_class,
    value_format,
    year_format,
)
from sousei_xl.sheets.indicators.path import ACTUAL, BASELINE, EXPECTED, TARGET, Trend
from sousei_xl.sheets.official import write_official
from sousei_xl.sheets.overview import write_contents_page, write_notes
from sousei_xl.strategy import Goal
from tests.facts import example_contents, prototype_of, write_form
from tests.indicator_builders import kpi_row, kpi_strategy, kpi_submission
from tests.kpi_contents import (
    MARKS,
    NOTICE,
    changed,
    hard_contents,
    indicator_of,
    kpi_contents,
    marked_strategy,
    write_indicator_sheets,
)
from tests.recalculate import needs_office, recalculate

STATUS, TRENDS, DATA = "数値目標等の状況", "数値目標・KPIの推移", "データ_KPI"
COLUMNS = {
    "year": "実績年",
    "progress": "進捗率",
    "expected": "目安",
    "attainment": "達成率",
    "distance": "目標まで",
    "change": "前年差",
}


@cache
def example() -> Contents:
    return kpi_contents()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_indicator_sheets(tmp_path_factory.mktemp("kpi") / "KPI.xlsx", example())


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_indicator_sheets(tmp_path_factory.mktemp("kpi") / "難.xlsx", hard_contents())


def sheet(path: Path, name: str, values: bool = True) -> Worksheet:
    found = load_workbook(path, data_only=values)[name]
    assert isinstance(found, Worksheet)
    return found


def table(path: Path, values: bool = True) -> dict[str, dict[str, Any]]:
    """ID → heading → cell, of 数値目標等の状況."""
    status = sheet(path, STATUS, values)
    rows = list(status.iter_rows())
    header = next(row for row in rows if [c.value for c in row[:2]] == ["ID", "指標"])
    names = [str(c.value) for c in header]
    return {
        str(row[0].value): dict(zip(names, row, strict=True))
        for row in rows[header[0].row :]
        if re.fullmatch(r"(?:G|\d.)\S*-\d+\w?", str(row[0].value))
    }


def texts(path: Path, name: str) -> list[str]:
    rows = read_values(path).get_sheet_by_name(name).to_python()
    return [cell for row in rows for cell in row if isinstance(cell, str) and cell]


# --- 数値目標等の状況 ------------------------------------------------------------


@pytest.mark.parametrize("contents", [example(), hard_contents()], ids=["example", "hard"])
def test_every_figure_is_the_judged_one(contents: Contents, tmp_path: Path) -> None:
    found = table(write_indicator_sheets(tmp_path / "KPI.xlsx", contents))
    assert set(found) == {j.indicator.id for j in contents.judged}
    for judged in contents.judged:
        cells, figures = found[judged.indicator.id], judged.latest
        for name, heading in COLUMNS.items():
            expected = getattr(figures, name) if figures else None
            value = cells[heading].value
            if expected is None:
                assert value == "－", (judged.indicator.id, heading)
            else:
                assert value == pytest.approx(float(expected), rel=1e-14), judged.indicator.id
        label = shown_class(judged.class_name, contents.strategy.settings)
        assert str(cells["判定"].value).split("\n")[0] == label


def test_figures_are_live_formulas_over_the_cells_beside_them(written: Path, hard: Path) -> None:
    live = table(written, values=False)
    row = live["2オ-3"]["ID"].row
    assert live["2オ-3"]["進捗率"].value == f"=(H{row}-E{row})/(I{row}-E{row})"
    assert live["2オ-3"]["目安"].value == f"=(K{row}-D{row})/(J{row}-D{row})"
    assert live["2オ-3"]["達成率"].value == f"=H{row}/I{row}"
    assert live["2オ-3"]["目標まで"].value == f"=I{row}-H{row}"
    assert live["2オ-3"]["前年差"].value == f"=H{row}-G{row}"
    row = live["2エ-1"]["ID"].row
    assert live["2エ-1"]["進捗率"].value == f"=SUM(F{row}:H{row})/I{row}"
    assert live["2エ-1"]["目安"].value == f"=(K{row}-2014)/(J{row}-2014)"
    live = table(hard, values=False)
    row = live["1ア-1"]["ID"].row
    assert live["1ア-1"]["目安"].value == f"=(75000-E{row})/(K{row}-E{row})"
    row = live["1イ-1"]["ID"].row
    assert live["1イ-1"]["目標まで"].value == f"=J{row}-K{row}"
    row = live["4ウ-2"]["ID"].row
    assert live["4ウ-2"]["目標まで"].value == f"=J{row}-K{row}"


def test_a_level_that_less_is_better_of_is_told_as_it_is_judged(hard: Path) -> None:
    cells = table(hard)["4ウ-2"]
    assert cells["判定"].value == "▲ 遅れ"
    assert cells["目標まで"].value == 2  # あと2, and not 2 beyond the target
    assert [cells[h].value for h in ("進捗率", "目安", "達成率")] == ["－"] * 3
    said = texts(hard, STATUS)
    # 年度別目標 is no 目安 where there is none.
    assert not [t for t in said if "年度別目標によります（H31：4" in t]
    (note,) = [t for t in said if t.startswith("現状値と目標値が同じ指標と維持の指標は、")]
    assert "目標値以上（目標の向きが減少の指標は目標値以下" in note
    assert "目標値の1.0％までの差は含めます）を「◎ 目標値到達」、それ以外を「▲ 遅れ」" in note


@needs_office
@pytest.mark.libreoffice
def test_recalculated_by_libreoffice_every_cell_stays(
    written: Path, hard: Path, tmp_path: Path
) -> None:
    for ours, theirs in zip((written, hard), recalculate((written, hard), tmp_path), strict=True):
        before, after = read_values(ours), read_values(theirs)
        for name in before.sheet_names:
            one = before.get_sheet_by_name(name).to_python()
            other = after.get_sheet_by_name(name).to_python()
            for number, row in enumerate(one):
                padded = [*other[number], *[""] * len(row)] if number < len(other) else [""] * 99
                for cell, again in zip(row, padded, strict=False):
                    if isinstance(cell, float):
                        assert again == pytest.approx(cell, rel=1e-9, abs=1e-12), (name, number)
                    else:
                        assert again == cell, (name, number)


def test_values_stand_beside_their_unit_at_the_precision_of_the_source(written: Path) -> None:
    found = table(written)
    for id_, unit, shown in (
        ("1ウ-1a", "％\n各年度", "#,##0.0"),
        ("2オ-3", "万泊\n各年度", "#,##0.0"),
        ("3イ-1", "万円\n各年度", "#,##0"),
    ):
        assert found[id_]["単位・\n集計区分"].value == unit
        for heading in ("現状値", "H27実績"):
            assert found[id_][heading].number_format.split(";")[0] == shown
    # 現状値 and 目標値 are written to the letter of the source.
    for id_, shown in (
        ("1ウ-1a", "#,##0.0"),
        ("1エ-1", "#,##0"),
        ("2オ-3", "#,##0"),
        ("3イ-1", "#,##0"),
        ("4ア-2", "#,##0.0"),
    ):
        assert found[id_]["目標値"].number_format.split(";")[0] == shown
    assert found["3イ-1"]["現状値"].value == 18_370_112
    assert found["2オ-3"]["基準年"].value == 2014
    assert found["2オ-3"]["基準年"].number_format == '"H26"'
    (note,) = [t for t in texts(written, STATUS) if t.startswith("達成率＝")]
    assert "単位は「単位・集計区分」の列にあります（％どうしの差はポイントです）" in note


def test_number_formats_say_what_a_figure_means() -> None:
    settings = marked_strategy().settings
    share = indicator_of(example(), "1ウ-1a")
    assert value_format(share, settings) == "#,##0.0;▲#,##0.0"
    assert value_format(share, settings, "速 ") == '"速 "#,##0.0;"速 "▲#,##0.0'
    assert value_format(share, settings, places=0) == "#,##0;▲#,##0"
    assert distance_format(share, settings) == '"あと"#,##0.0;"到達 +"#,##0.0;"到達"'
    assert change_format(share, settings) == '"+"#,##0.0;▲#,##0.0;"±0"'
    assert quoted('件"数') == '"件”数"'


def test_a_year_far_from_the_plan_has_no_format_of_its_own() -> None:
    settings = marked_strategy().settings  # 2015 to 2019
    assert [year_format(y, settings) for y in (1974, 1975, 2039, 2040)] == [
        *("0", '"S50"', '"R21"', "0"),
    ]


def test_preliminary_values_and_missing_ones_say_so(written: Path) -> None:
    found = table(written)
    assert found["G1-1"]["H29実績"].number_format.startswith('"速 "')
    assert not found["G1-1"]["H28実績"].number_format.startswith('"速')
    assert found["1エ-1"]["H29実績"].value == "未調査"
    assert found["3イ-1"]["H29実績"].value == "未公表"
    assert found["3イ-1"]["実績年"].value == 2016
    said = "".join(texts(written, STATUS))
    assert "H29の値は未公表です（予定：平成31年2月）。進捗率などはH28の値によります。" in said
    assert "事務局の判断で、判定の対象から外しています。" in said


def test_an_earlier_year_s_value_is_not_preliminary(tmp_path: Path) -> None:
    typed = {"H28実績": 24, "速報・確報": "速報", "未入力の理由": "未公表"}
    sent = [kpi_submission([kpi_row(1, "2ア-1", typed)])]
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", kpi_contents(submissions=sent))
    cell = table(path)["2ア-1"]["H28実績"]
    assert cell.value == 24
    assert "速" not in cell.number_format


def test_what_is_said_of_blank_cells_is_so(tmp_path: Path) -> None:
    """Only the year that is judged has a word for its silence; a sum says which years it lacks."""
    sent = [
        kpi_submission([kpi_row(1, "G3-1", {"H29実績": 104}, file="経済部.xlsx")], "経済部"),
        kpi_submission([kpi_row(2, "2エ-1", {"H28実績": 6}, file="2.xlsx")], "地域振興部"),
    ]
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", kpi_contents(submissions=sent))
    found = table(path)
    assert [found["G3-1"][f"{y}実績"].value for y in ("H27", "H28")] == [None, None]
    assert found["2エ-1"]["H27実績"].value is None
    assert found["2エ-1"]["H29実績"].value == "未報告"
    said = texts(path, STATUS)
    assert any("H27、H28の値がないため、期間の合計を計算できません。" in t for t in said)
    assert any("H27の値がないため、期間の合計を計算できません。" in t for t in said)
    (note,) = [t for t in said if t.startswith("「速」")]
    assert "判定する年の値がないときは、そのセルに理由" in note
    assert "空欄は値がないことを表し、0ではありません。" in note


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"H27実績": 22, "H29実績": 27}, True),
        ({"H27実績": 22, "未入力の理由": "未公表"}, True),
        ({"H27実績": 22, "未入力の理由": "未調査"}, False),
        ({"H27実績": 22, "H29実績": 27, "事務局判定": "判定対象外"}, False),
        ({"H29実績": 27}, False),
    ],
)
def test_a_year_that_was_passed_over_stays_in_sight(
    typed: dict[str, Any], said: bool, tmp_path: Path
) -> None:
    """K107 asks for it. It is not 未報告: last year's 別紙, or the office, may have said why."""
    sent = [kpi_submission([kpi_row(1, "2ア-1", typed)])]
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", kpi_contents(submissions=sent))
    assert not any("H28の値は未報告" in t for t in texts(path, STATUS))
    assert any("H28の値はありません。" in t for t in texts(path, STATUS)) is said


def test_what_is_told_in_words_is_not_missing(tmp_path: Path) -> None:
    """The example's 定性 indicator, reported by its 要因・課題 and judged by the office."""
    typed = {"要因・課題": "準備会を開いた。", "事務局判定": "順調"}
    sent = [kpi_submission([kpi_row(1, "G1-1", typed)])]
    contents = kpi_contents(submissions=sent)
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", contents)
    assert table(path)["G1-1"]["H29実績"].value is None
    said = texts(path, STATUS)
    assert "【要因・課題】準備会を開いた。" in said
    assert any("30件のうち1件の報告" in t for t in said)
    entry = next(e for e in entries(contents) if e.indicator.id == "G1-1")
    assert (entry.silence, entry.class_name) == ("", "順調")


def test_a_sum_before_its_first_year_lacks_nothing(tmp_path: Path) -> None:
    strategy = changed(marked_strategy(), {"2エ-1": {"baseline_year": "H29"}})
    sent = [kpi_submission([kpi_row(1, "2エ-1", {"H29実績": 6})])]
    contents = kpi_contents(submissions=sent, strategy=strategy)
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", contents)
    assert not any("期間の合計を計算できません" in t for t in texts(path, STATUS))


def test_words_of_the_departments_stand_below_the_figures(written: Path) -> None:
    said = texts(written, STATUS)
    assert "【要因・課題】連泊する旅行者が増えた。" in said
    assert "【今後の方向性】周辺のまちと結んだ滞在型の旅程を提案する。" in said
    assert any("現状値との差は+0.07人です。" in text for text in said)


def test_a_whole_has_the_class_of_its_worst_part_and_counts_once(written: Path) -> None:
    said = texts(written, STATUS)
    place = next(i for i, text in enumerate(said) if "（内訳2件。" in text)
    assert said[place + 1] == "△ おおむね順調"
    found = table(written)
    assert found["1ウ-1a"]["判定"].value == "◎ 目標値到達\n（内訳）"
    assert found["1ウ-1b"]["判定"].value == "△ おおむね順調\n（内訳）"
    assert found["1ウ-1a"]["指標"].value == "うち小学校"


def test_classes_are_counted_by_goal(tmp_path: Path, written: Path) -> None:
    rows = read_values(written).get_sheet_by_name(STATUS).to_python()
    header = next(i for i, row in enumerate(rows) if row[0] == "基本目標")
    labels = [cell for cell in rows[header] if cell]
    assert labels[1:-1] == [f"{mark} {name}" for name, mark in MARKS.items()]
    expected = count_classes(wholes(example().judged))
    for goal in range(1, 5):
        row = rows[header + goal]
        assert row[0] == f"基本目標{goal}"
        counts = [int(cell) for cell in row[2:] if cell != ""]
        wanted = [expected[goal][name] for name in MARKS]
        assert counts == [*wanted, sum(wanted)]
    totals = [int(cell) for cell in rows[header + 5] if isinstance(cell, float)]
    assert totals[-1] == 29 == sum(totals[:-1])
    # The head counts 30: each part of an indicator.
    note = "この表とグラフでは、内訳のある指標は、全体の判定で1件と数えます。"
    assert rows[header + 6][0] == note
    strategy = replace(marked_strategy(), indicators=(indicator_of(example(), "2オ-3"),))
    alone = write_indicator_sheets(tmp_path / "KPI.xlsx", kpi_contents(strategy=strategy))
    assert note not in texts(alone, STATUS)


@pytest.mark.parametrize(
    ("id_", "typed", "said"),
    [
        # (41.6－41)÷(43－41): with 42 a member would find 50 %.
        ("2イ-1", {"H29実績": 41.6}, "（41.6％－41％）÷（43％－41％）＝30.0％"),
        ("2オ-3", {"H29実績": 91.6}, "（91.6万泊－74.4万泊）÷（100万泊－74.4万泊）＝67.2％"),
        ("1イ-1", {"H29実績": 12000}, "＝▲3.9％"),
        (
            "2エ-1",
            {"H27実績": 7, "H28実績": 6, "H29実績": 8},
            "『企業立地件数』（期間累計）の進捗率は（7＋6＋8）÷29＝72.4％、目安は3年÷5年＝60.0％です。",
        ),
    ],
)
def test_what_is_printed_is_enough_to_recompute(
    tmp_path: Path, id_: str, typed: dict[str, Any], said: str
) -> None:
    sent = [kpi_submission([kpi_row(1, id_, typed)])]
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", kpi_contents(submissions=sent))
    (example,) = [t for t in texts(path, STATUS) if t.startswith("例：")]
    assert said in example


def test_the_chart_of_classes_says_each_by_its_mark_and_look(tmp_path: Path) -> None:
    named = {f"判定の名称（{c}）": "C" for c in ("遅れ", "改善なし")}
    marked = {f"判定の記号（{c}）": "×" for c in ("遅れ", "改善なし")}
    for strategy in (marked_strategy(), marked_strategy({**named, **marked})):
        path = write_indicator_sheets(tmp_path / "KPI.xlsx", kpi_contents(strategy=strategy))
        series = re.findall(r"<c:ser>.*?</c:ser>", charts(path)[0], re.DOTALL)
        looks = {
            re.sub(r"&quot;|0;;| ", "", code): re.sub("<c:dLbls>.*", "", part, flags=re.DOTALL)
            for part in series
            if (code := re.findall(r'<c:numFmt formatCode="([^"]*)"', part)[0])
        }
        assert 'prst="lgCheck"' not in looks["－"]  # 判定対象外 looks the same whatever is above
        assert "D9D9D9" in looks["－"]
        assert len(looks) == len(series)


def test_two_classes_of_one_name_share_a_column(tmp_path: Path) -> None:
    names = {"判定の名称（遅れ）": "C", "判定の名称（改善なし）": "C"}
    marks = {"判定の記号（遅れ）": "*", "判定の記号（改善なし）": "*"}
    contents = kpi_contents(strategy=marked_strategy({**names, **marks}))
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", contents)
    rows = read_values(path).get_sheet_by_name(STATUS).to_python()
    header = next(i for i, row in enumerate(rows) if row[0] == "基本目標")
    assert rows[header].count("* C") == 1
    column = rows[header].index("* C")
    expected = sum((Counter(c) for c in count_classes(wholes(contents.judged)).values()), Counter())
    assert rows[header + 5][column] == expected["遅れ"] + expected["改善なし"]
    live = sheet(path, STATUS, values=False).cell(header + 2, column + 1).value
    assert isinstance(live, str)
    assert live.endswith('"~* C")')


def test_many_goals_have_a_chart_that_can_be_read_and_no_page_tears(tmp_path: Path) -> None:
    strategy = marked_strategy()
    more = tuple(Goal(n, f"目標{n}", f"目標{n}", f"{n}") for n in range(5, 16))
    contents = kpi_contents(strategy=replace(strategy, goals=(*strategy.goals, *more)))
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", contents)
    with zipfile.ZipFile(path) as archive:
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
    top, bottom = (int(row) for row in re.findall(r"<xdr:row>(\d+)</xdr:row>", drawing))
    assert bottom - top > 20
    found = sheet(path, STATUS)
    breaks = [brk.id for brk in found.row_breaks.brk]  # rows above, as Excel counts
    first: dict[Any, int] = {}
    for row in found.iter_rows():
        first.setdefault(row[0].value, row[0].row)
    explained, goal = first["数字の見方（電卓で確かめられます）"], first["ID"] - 1
    # Breaks stand before the chart, before the explanation and before the table, nowhere within.
    assert not [b for b in breaks if first[STATUS] <= b < first["合計"]]
    assert not [b for b in breaks if top < b <= bottom]
    assert not [b for b in breaks if explained <= b < goal - 2]
    assert goal - 1 in breaks


def test_a_goal_without_indicators_says_so(written: Path) -> None:
    assert "数値目標　この基本目標には設定されていません。" in texts(written, STATUS)


def test_the_sheet_tells_how_to_recompute(written: Path) -> None:
    said = "".join(texts(written, STATUS))
    for formula in (
        "進捗率＝（実績値－現状値）÷（目標値－現状値）",
        "目安＝（実績年－基準年）÷（目標年－基準年）",
        "達成率＝実績値÷目標値",
        "前年差＝実績値と前の年の値（前の年に実績値がなければ、その年の現状値）の差",
        "（583万人－535万人）÷（610万人－535万人）＝64.0％",
        "目安は（H29－H26）÷（H31－H26）＝60.0％",
        "△ おおむね順調＝目安の60.0％以上",
    ):
        assert formula in said


def test_sparklines_cover_numbers_only(written: Path) -> None:
    with zipfile.ZipFile(written) as archive:
        found = archive.read("xl/worksheets/sheet1.xml").decode()
    areas = re.findall(r"<xm:f>'数値目標等の状況'!([A-Z]+)(\d+):([A-Z]+)\d+</xm:f>", found)
    assert len(areas) == 30
    status = sheet(written, STATUS)
    for first, row, last in areas:
        cells = status[f"{first}{row}:{last}{row}"][0]
        assert all(c.value is None or isinstance(c.value, int | float) for c in cells)


def test_columns_of_sparklines_begin_at_zero(tmp_path: Path) -> None:
    strategy = changed(
        marked_strategy(), {"1イ-1": {"baseline": "-5"}, "2オ-3": {"baseline": "-5"}}
    )
    rows = [
        kpi_row(1, "1イ-1", {"H29実績": -3}),  # nothing but losses
        kpi_row(2, "2オ-3", {"H29実績": 3}),
        kpi_row(3, "3イ-1", {"H29実績": 18_561_750}),
    ]
    contents = kpi_contents(submissions=[kpi_submission(rows)], strategy=strategy)
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", contents)
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    found = sheet(path, STATUS)
    ends = {}
    for options, row in re.findall(
        r"<x14:sparklineGroup ([^>]*)>.*?<xm:f>.*?![A-Z]+(\d+):", xml, flags=re.DOTALL
    ):
        bounds = re.findall(r'manual(Max|Min)="([^"]*)"', options)
        ends[found.cell(int(row), 1).value] = {name: float(value) for name, value in bounds}
    assert ends == {"1イ-1": {"Min": -5, "Max": 0}, "2オ-3": {"Min": -5}, "3イ-1": {"Min": 0}}


@pytest.mark.parametrize(
    "contents", [example, hard_contents, lambda: many_contents()], ids=["example", "hard", "many"]
)
def test_every_page_begins_with_its_goal_and_the_headings(
    contents: Callable[[], Contents], tmp_path: Path
) -> None:
    found = sheet(write_indicator_sheets(tmp_path / "KPI.xlsx", contents()), STATUS)
    starts = [brk.id + 1 for brk in found.row_breaks.brk]  # Excel's first row of each page
    headed = [row[0].row for row in found.iter_rows() if row[0].value == "ID"]
    assert [row + 1 for row in starts if row >= headed[0] - 1] == headed
    assert not found.print_title_rows  # or a page would have them twice
    goals = [str(found.cell(row - 1, 1).value) for row in headed]
    assert all(goal.startswith("基本目標") for goal in goals)
    assert [goal.endswith("（続き）") for goal in goals] == [
        goal[:5] == before[:5] for before, goal in pairwise(["", *goals])
    ]


@pytest.mark.parametrize("before", [3, 6])  # so that a page would end within 2エ, 2オ
def test_a_short_measure_is_not_torn_by_the_end_of_a_page(tmp_path: Path, before: int) -> None:
    model = indicator_of(example(), "2エ-1")
    series = tuple(
        replace(model, id=f"{measure}-{n}", measure=measure, name=f"指標{n}")
        for measure, count in (("2ア", before), ("2エ", 4), ("2オ", 4))
        for n in range(1, count + 1)
    )
    strategy = replace(marked_strategy(), indicators=series)
    contents = kpi_contents(submissions=[], strategy=strategy)
    found = sheet(write_indicator_sheets(tmp_path / "KPI.xlsx", contents), STATUS)
    breaks = {brk.id for brk in found.row_breaks.brk}
    rows = {str(row[0].value): row[0].row for row in found.iter_rows()}
    for measure in ("2エ", "2オ"):
        (band,) = (row for words, row in rows.items() if words.startswith(f"施策{measure}"))
        assert breaks.isdisjoint(range(band, rows[f"{measure}-4"] + 1))


def test_long_words_are_cut_and_said_to_be(hard: Path) -> None:
    words = next(text for text in texts(hard, STATUS) if "あああ" in text)
    assert len(words) < 700
    assert words.endswith("…（続きは、提出された様式にあります）")


# --- number formats: Excel repairs a workbook with more than about 200 ----------------------------


def many_contents() -> Contents:
    """150 series, each with a unit of its own, six decimals at most, 60 years of 現状値."""
    strategy = marked_strategy()
    kinds = ("各年度", "期間累計", "時点")
    model = indicator_of(example(), "2オ-3")
    series = tuple(
        replace(
            model,
            id=f"2オ-{n}",
            name=f"指標{n}",
            unit=f"単位{n}",
            kind=kinds[n % 3],
            baseline=f"{n}.{'123456'[: n % 7]}".rstrip("."),
            baseline_year=f"{1955 + n % 60}",
            target=f"{2 * n}.{'654321'[: n % 5]}".rstrip("."),
            target_year=f"{2017 + n % 3}",
        )
        for n in range(1, 151)
    )
    rows = [
        kpi_row(
            n,
            i.id,
            {
                **{"単位": i.unit, "H27実績": n, "H28実績": n + n / 8},
                "速報・確報": ("速報", "確報")[n % 2],
            },
        )
        for n, i in enumerate(series, 1)
    ]
    return kpi_contents(
        submissions=[kpi_submission(rows)], strategy=replace(strategy, indicators=series)
    )


def test_formats_are_few_however_many_units_there_are(tmp_path: Path) -> None:
    contents = many_contents()
    prototype, _ = prototype_of(write_form(tmp_path / "form.xlsx"), contents.strategy)
    assert prototype is not None
    official, council = tmp_path / "別紙.xlsx", tmp_path / "検討懇談会資料.xlsx"
    write_official(official, contents, prototype)
    write_council(council, contents, ())
    for path in (official, council):
        with zipfile.ZipFile(path) as archive:
            formats = archive.read("xl/styles.xml").decode().count("<numFmt ")
        assert formats <= 200, path.name
    found = table(official)
    shown = {str(r[1]): r for r in read_values(council).get_sheet_by_name(EVALUATION).to_python()}
    for entry in entries(contents):
        indicator, cells = entry.indicator, found[entry.indicator.id]
        assert cells["単位・\n集計区分"].value.split("\n")[0] == indicator.unit
        assert cells["現状値"].value == pytest.approx(float(indicator.baseline))
        assert cells["目標値"].value == pytest.approx(float(indicator.target))
        assert cells["H28実績"].value == pytest.approx(float(entry.report.actuals[2016]))
        said = shown[indicator.id]
        assert said[3] == indicator.unit
        assert said[6] == f"{indicator.target}（H{int(indicator.target_year) - 1988}）"


# --- what every sheet says ------------------------------------------------------------------------


def test_the_notice_stands_on_every_kpi_sheet_but_the_data(tmp_path: Path, written: Path) -> None:
    assert f"※{NOTICE}" in texts(written, STATUS)
    assert f"※{NOTICE}" in texts(written, TRENDS)
    assert NOTICE not in "".join(texts(written, DATA))
    plain = kpi_contents(strategy=kpi_strategy())
    other = write_indicator_sheets(tmp_path / "KPI.xlsx", plain)
    assert not any(text.startswith("※") for text in texts(other, STATUS))


def test_notes_and_contents_page_know_the_indicators(tmp_path: Path) -> None:
    for contents, there in ((example(), True), (example_contents(), False)):
        path = tmp_path / f"{there}.xlsx"
        book = Book(path, contents.run, contents.strategy.settings, "KPI")
        write_contents_page(book, contents)
        if there:
            for name in ("別紙", "総括表", "部局別一覧", STATUS, TRENDS, "再掲一覧", DATA):
                book.sheet(name, [10])
        else:
            for name in ("別紙", "総括表", "部局別一覧", "再掲一覧"):
                book.sheet(name, [10])
        book.sheet("データ_事業", [10])
        write_notes(book, contents)
        book.close()
        assert (STATUS in texts(path, "目次")) is there
        assert (NOTICE in texts(path, "注記")) is there
        assert (
            "指標30件のうち30件の報告がありました（内訳のある指標は、内訳ごとに1件と数えます）。"
            in texts(path, "注記")
        ) is there


def test_a_round_that_is_not_complete_says_what_it_waits_for(tmp_path: Path, hard: Path) -> None:
    assert any(text.startswith("【集計中】指標30件のうち12件") for text in texts(hard, STATUS))
    silent = write_indicator_sheets(tmp_path / "KPI.xlsx", kpi_contents(submissions=[]))
    assert "実績の報告はまだありません。" in texts(silent, STATUS)
    assert read_values(silent).get_sheet_by_name(DATA).to_python() == [list(INDICATOR_HEADINGS)]


def test_footers_name_the_day_of_the_results(written: Path) -> None:
    for name in (STATUS, TRENDS, DATA):
        assert "平成30年8月31日現在" in str(sheet(written, name).oddFooter.right.text)


def test_the_official_workbook_has_the_sheets_in_order(tmp_path: Path) -> None:
    for contents, more in ((example(), True), (example_contents(), False)):
        prototype, mistakes = prototype_of(
            write_form(tmp_path / f"form{more}.xlsx"), contents.strategy
        )
        assert prototype is not None, mistakes
        write_official(tmp_path / "別紙.xlsx", contents, prototype)
        names = read_values(tmp_path / "別紙.xlsx").sheet_names
        about = [STATUS, TRENDS] if more else []
        data = [DATA] if more else []
        assert names == [
            *("目次", "別紙", "総括表", "部局別一覧", *about),
            *("再掲一覧", "データ_事業", *data, "注記"),
        ]


def test_the_same_contents_give_the_same_bytes(tmp_path: Path, written: Path) -> None:
    again = write_indicator_sheets(tmp_path / "KPI.xlsx", example())
    assert again.read_bytes() == written.read_bytes()


# --- データ_KPI ------------------------------------------------------------


def test_data_has_the_contract_s_columns_and_a_row_per_actual(written: Path) -> None:
    rows = read_values(written).get_sheet_by_name(DATA).to_python()
    assert (
        rows[0]
        == list(INDICATOR_HEADINGS)
        == [
            *("団体コード", "年度", "ID", "基本目標番号", "施策キー", "指標区分", "指標名", "内訳"),
            *("単位", "集計区分", "年・年度", "現状値年", "現状値", "目標値年", "目標値", "実績年"),
            *("実績値", "累積値", "進捗率", "目安", "達成率", "判定", "速報・確報"),
        ]
    )
    headings, values = indicators_data(example())
    assert len(values) == sum(len(j.years) for j in example().judged) == len(rows) - 1
    for mine, theirs in zip(values, rows[1:], strict=True):
        assert [("" if v is None else v) for v in mine] == theirs
    by = {(v[2], v[15]): dict(zip(headings, v, strict=True)) for v in values}
    assert by["2エ-1", "H29"]["累積値"] == 21
    assert by["2エ-1", "H29"]["実績値"] == 8
    assert by["G2-2", "H29"]["進捗率"] == 0.64
    assert by["G2-2", "H29"]["目安"] == 0.6
    assert by["1ウ-1a", "H28"]["目安"] == 0.5
    assert by["1ウ-1b", "H29"]["目安"] == 0.6666666667
    assert by["1ウ-1b", "H29"]["判定"] == "おおむね順調"
    assert by["G1-1", "H29"]["目標値"] is None
    assert by["G1-1", "H29"]["施策キー"] is None
    assert by["1イ-1", "H27"]["判定"] == "判定対象外"
    assert by["3イ-1", "H28"]["団体コード"] == "012041"


def test_ratios_have_the_offices_sign_for_less_than_nothing(tmp_path: Path) -> None:
    sent = [kpi_submission([kpi_row(1, "1イ-1", {"H29実績": 12000})])]
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", kpi_contents(submissions=sent))
    data = sheet(path, DATA)
    row = dict(zip([str(c.value) for c in data[1]], data[2], strict=True))
    for cell in (row["進捗率"], table(path)["1イ-1"]["進捗率"]):
        assert cell.value < 0
        assert cell.number_format == "0.0%;▲0.0%"


def test_data_is_a_plain_table(written: Path) -> None:
    data = sheet(written, DATA)
    assert not data.merged_cells.ranges
    assert data.auto_filter.ref is not None
    assert data["A1"].value == "団体コード"


# --- 数値目標・KPIの推移 ------------------------------------------------------------


def charts(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", n)]
        ordered = sorted(names, key=lambda n: int(re.sub(r"\D", "", n)))
        return [archive.read(name).decode() for name in ordered]


def test_every_indicator_has_a_chart_with_title_and_words(written: Path) -> None:
    drawn = charts(written)
    assert len(drawn) == 31  # the first counts the classes
    trends = sorted(all_trends(example()), key=lambda t: t.entry.indicator.goal)
    for chart, shown in zip(drawn[1:], trends, strict=True):
        assert shown.title in chart
        assert shown.entry.indicator.unit in shown.title
    with zipfile.ZipFile(written) as archive:
        described = re.findall(
            r'descr="([^"]*)"', archive.read("xl/drawings/drawing2.xml").decode()
        )
    assert len(described) == 30
    words = next(text for text in described if text.startswith("2オ-3"))
    assert words.startswith(
        "2オ-3 観光客宿泊延数（万泊）の折れ線グラフ。現状値 H26 74.4万泊。実績値 "
    )
    assert "目標値 H31 100万泊。判定：○ 順調。" in words


def test_charts_can_be_read_without_colour(written: Path) -> None:
    for chart in charts(written)[1:]:
        markers = re.findall(r'<c:symbol val="(\w+)"/>', chart)
        assert len(set(markers)) == len(markers) or markers.count("none") == 1
    assert '<a:prstDash val="dash"/>' in charts(written)[1 + 1]


def test_charts_name_the_font_of_japanese_and_leave_blank_years_out(written: Path) -> None:
    for chart in charts(written):
        assert re.findall(r'<a:latin (typeface="[^"]*"[^>]*/>)', chart)
        assert not re.search(r'<a:latin (typeface="[^"]*"[^>]*/>)(?!<a:ea \1)', chart)
    shown = trend(example(), "1エ-1")
    (chart,) = [c for c in charts(written) if shown.title in c]
    cached = [
        dict(re.findall(r'<c:pt idx="(\d+)"><c:v>([^<]*)</c:v>', values))
        for values in re.findall(r"<c:val>(.*?)</c:val>", chart, flags=re.DOTALL)
    ]
    lines = [shown.values[name] for name in (EXPECTED, ACTUAL, BASELINE, TARGET)]
    assert [len(points) for points in cached] == [len(line) for line in lines]
    assert float(cached[3][str(len(shown.years) - 1)]) == 25


def all_trends(contents: Contents) -> list[Trend]:
    settings = contents.strategy.settings
    return [Trend.of(entry, settings) for entry in entries(contents)]


def trend(contents: Contents, id_: str) -> Trend:
    return next(t for t in all_trends(contents) if t.entry.indicator.id == id_)


def test_lines_go_from_the_baseline_to_the_target() -> None:
    found = trend(example(), "2オ-3")
    assert found.years == range(2014, 2020)
    assert [str(v) for v in found.values[EXPECTED].values()] == [
        *("74.4", "79.52", "84.64", "89.76", "94.88", "100.0"),
    ]
    assert {y: str(v) for y, v in found.values[ACTUAL].items()} == {
        2014: "74.4",
        2015: "79.8",
        2016: "85.1",
        2017: "91.6",
    }
    assert list(found.values[BASELINE]) == [2014]
    assert list(found.values[TARGET]) == [2019]


@pytest.mark.parametrize(
    ("id_", "typed", "places"),
    [
        # (the latest actual's place, the target's): clear of the line before and of the dashes.
        ("2オ-3", {"H28実績": 85, "H29実績": 91.6}, ("above", "above")),
        ("2オ-3", {"H28実績": 85, "H29実績": 86}, ("below", "above")),
        ("2オ-3", {"H28実績": 95, "H29実績": 92}, ("right", "above")),
        ("3イ-1", {"H28実績": 18_561_750}, ("right", "above")),
        ("2オ-3", {"H31実績": 99}, ("below", "above")),
        ("2オ-3", {"H31実績": 101}, ("above", "below")),
        ("2オ-3", {"H31実績": 100}, ("above", "below")),
        ("2オ-3", {}, ("above", "above")),
    ],
)
def test_values_in_a_chart_stand_clear_of_the_lines(
    id_: str, typed: dict[str, Any], places: tuple[str, str]
) -> None:
    found = trend(kpi_contents(submissions=[kpi_submission([kpi_row(1, id_, typed)])]), id_)
    assert (found.latest_place, found.target_place) == places


@pytest.mark.parametrize(
    ("changes", "typed", "places"),
    [
        # (現状値's place, the latest actual's, the target's) where an axis from 0 is just below
        ({"baseline": "0"}, {"H28実績": 0}, ("above", "above", "above")),
        ({"baseline": "100", "target": "0"}, {"H28実績": 5}, ("above", "right", "right")),
        ({"baseline": "100", "target": "0"}, {"H31実績": 0}, ("above", "above", "right")),
    ],
)
def test_values_in_a_chart_stand_clear_of_the_axis(
    changes: dict[str, str], typed: dict[str, Any], places: tuple[str, str, str]
) -> None:
    strategy = changed(marked_strategy(), {"2オ-3": changes})
    sent = [kpi_submission([kpi_row(1, "2オ-3", typed)])]
    found = trend(kpi_contents(submissions=sent, strategy=strategy), "2オ-3")
    assert (found.baseline_place, found.latest_place, found.target_place) == places


def test_a_long_value_stands_beside_its_point_at_the_sides_of_a_chart(tmp_path: Path) -> None:
    """All charts have the years of the plan: none is narrowed for its values."""
    figures = {"baseline": "1000000000", "target": "1500000000"}
    strategy = changed(marked_strategy(), {"2オ-3": figures})
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", kpi_contents(strategy=strategy))
    long, short = trend(kpi_contents(strategy=strategy), "2オ-3"), trend(example(), "2オ-3")
    for shown, moved in ((long, True), (short, False)):
        assert shown.years == range(2014, 2020)
        assert (shown.aside(BASELINE, 2014) > 0) is moved
        assert (shown.aside(TARGET, 2019) < 0) is moved
        assert shown.aside(ACTUAL, 2017) == 0
    (chart,) = [c for c in charts(path) if long.title in c]
    places = re.findall(
        r'<c:idx val="(\d)"/><c:layout><c:manualLayout><c:x val="([-.\d]+)"/>', chart
    )
    assert places == [
        ("0", str(long.aside(BASELINE, 2014))),
        ("5", str(long.aside(TARGET, 2019))),
    ]


def test_a_long_title_keeps_its_unit() -> None:
    found = trend(example(), "2オ-3")
    assert found.short_title(90) == found.title == "2オ-3 観光客宿泊延数（万泊）"
    assert found.short_title(12) == "2オ-3 観光…（万泊）"
    assert found.short_title(3) == "2オ-3 …（万泊）"


def test_axes_begin_at_zero_or_it_is_said_that_some_do_not(tmp_path: Path, written: Path) -> None:
    said = "縦軸は、値の動きが見えるように0から始まらないものがあります。"
    assert any(said in text for text in texts(written, TRENDS))
    close = trend(example(), "1ウ-1a")  # 63.0 to 69.4
    far = trend(example(), "2オ-3")  # 74.4 to 100
    assert (close.starts_at_zero, far.starts_at_zero) == (False, True)
    for shown in (close, far):
        (chart,) = [c for c in charts(written) if shown.title in c]
        assert ('<c:min val="0"/>' in chart) is shown.starts_at_zero
    strategy = replace(marked_strategy(), indicators=(far.entry.indicator,))
    alone = write_indicator_sheets(tmp_path / "KPI.xlsx", kpi_contents(strategy=strategy))
    assert not any(said in text for text in texts(alone, TRENDS))


def test_a_period_s_sum_starts_at_nothing() -> None:
    found = trend(example(), "2エ-1")
    assert [int(v) for v in found.values[ACTUAL].values()] == [7, 13, 21]
    assert found.values[EXPECTED][2014] == 0
    assert found.values[EXPECTED][2019] == 29
    assert not found.values[BASELINE]
    assert found.title.endswith("（件、累積）")


def test_lines_of_hard_cases() -> None:
    contents = hard_contents()
    own = trend(contents, "1ア-1").values[EXPECTED]
    assert [int(own[y]) for y in (2015, 2016, 2017, 2019)] == [70000, 73000, 75000, 80000]
    assert not trend(contents, "G1-1").values[EXPECTED]
    assert not trend(contents, "G1-1").values[TARGET]
    assert not trend(contents, "2ア-1").values[EXPECTED]  # no baseline to start from
    level = trend(contents, "3ウ-3").values[EXPECTED]
    assert set(level.values()) == {71000}
    lower = changed(marked_strategy(), {"2オ-3": {"target": "70", "direction": "維持"}})
    kept = trend(kpi_contents(strategy=lower), "2オ-3")  # of 74.4 that there are today
    assert set(kept.values[EXPECTED].values()) == {70}
    assert (kept.baseline_place, kept.target_place) == ("above", "below")
    falling = trend(contents, "1イ-1").values[EXPECTED]
    assert falling[2016] == 30
    assert falling[2019] == 20


def test_six_charts_to_a_page_and_their_figures_are_not_printed(written: Path) -> None:
    found = sheet(written, TRENDS)
    assert len(found.row_breaks.brk) == 5  # 6, 6 + 4, 6 + 2, 6
    area = str(found.print_area)
    last = int(re.sub(r"\D", "", area.rpartition(":")[2]))
    head = next(c for row in found.iter_rows() for c in row if "グラフのもと" in str(c.value))
    assert last < head.row
    assert found.cell(head.row + 2, 4).value == "H25"  # the 現状値 of 3イ-1
    assert found.page_setup.orientation == "landscape"


def test_the_years_stand_above_the_figures_of_every_goal(written: Path) -> None:
    found = sheet(written, TRENDS)
    headed = [row[0].row for row in found.iter_rows() if row[0].value == "ID"]
    assert [str(found.cell(row - 1, 1).value)[:5] for row in headed] == [
        f"基本目標{n}" for n in range(1, 5)
    ]
    charted = [re.findall(r"<c:cat>.*?\$(\d+):", c, flags=re.DOTALL) for c in charts(written)[1:]]
    ids = [re.findall(r"<c:val>.*?\$(\d+):", c, flags=re.DOTALL) for c in charts(written)[1:]]
    for header, lines in zip(charted, ids, strict=True):
        assert {int(row) for row in header} == {max(h for h in headed if h < int(lines[0]))}


def test_the_unit_behind_a_long_name_is_seen_above_the_figures(written: Path) -> None:
    found = sheet(written, TRENDS)
    names = [row[1] for row in found.iter_rows() if row[2].value == ACTUAL]
    assert len(names) == 30
    width = found.column_dimensions["B"].width - 5 / 7
    for name in names:
        lines = pages.count_lines(str(name.value), width, 10)
        assert name.alignment.wrap_text
        assert (found.row_dimensions[name.row].height or 15) >= lines * 13


# --- nothing breaks -------------------------------------------------------------------------------


def test_every_kind_is_written_whatever_figures_are_missing(tmp_path: Path) -> None:
    kinds = ("各年度", "時点", "調査", "累計", "期間累計", "定性")
    figures = {
        "baseline": "20",
        "baseline_year": "H26",
        "target": "25",
        "target_year": "H31",
    }
    there = itertools.product((True, False), repeat=len(figures))
    some = indicator_of(example(), "2ア-1")
    made = [
        replace(
            some,
            id=f"2ア-{number}",
            kind=kind,
            **{
                name: value if has else ""
                for (name, value), has in zip(figures.items(), having, strict=True)
            },
        )
        for number, (kind, having) in enumerate(itertools.product(kinds, there), 1)
    ]
    strategy = replace(marked_strategy(), indicators=tuple(made))
    silent = kpi_contents(strategy=strategy, submissions=[])
    rows = [
        kpi_row(n, i.id, {"指標名": i.name, "単位": i.unit, "H29実績": 23})
        for n, i in enumerate(made)
    ]
    reported = kpi_contents(strategy=strategy, submissions=[kpi_submission(rows)])
    for contents in (silent, reported):
        path = write_indicator_sheets(tmp_path / "KPI.xlsx", contents)
        drawn = "".join(charts(path))
        (said,) = [text for text in texts(path, TRENDS) if text.startswith("線と印")]
        named = said.partition("グラフのない指標があります（")[2].partition("）")[0].split("、")
        for number in made:
            assert (f"{number.id} " in drawn) is (number.id not in named)
        assert set(table(path)) == {i.id for i in made}
    assert "グラフのない指標" not in "".join(texts(write_indicator_sheets(path, example()), TRENDS))


def test_odd_strategies_are_written(tmp_path: Path) -> None:
    strategy = marked_strategy()
    one = replace(strategy, indicators=strategy.indicators[:1])
    contents = kpi_contents(submissions=[], strategy=one)
    path = write_indicator_sheets(tmp_path / "KPI.xlsx", contents)
    assert (
        "施策1ア　安心して妊娠，出産，育児ができる総合的な支援　KPIは設定されていません。"
        in texts(path, STATUS)
    )
    many = replace(strategy.settings, plan_years=(2015, 2024), plan_label="平成27年度〜令和6年度")
    contents = kpi_contents(strategy=replace(strategy, settings=many))
    path = write_indicator_sheets(tmp_path / "KPI10.xlsx", contents)
    assert table(path)["2オ-3"]["H27実績"].value == 79.8


def test_a_formula_stands_wherever_there_is_a_figure() -> None:
    """A figure that is added to YearFigures must be thought of here as well."""
    shown = {"actual", "year", "class_name", "cumulated", *COLUMNS}
    assert set(YearFigures.__dataclass_fields__) == shown


def test_status_alone_needs_no_other_sheet(tmp_path: Path) -> None:
    contents = example()
    book = Book(tmp_path / "一枚.xlsx", contents.run, contents.strategy.settings, "KPI")
    write_indicator_status(book, contents)
    book.close()
    assert len(table(tmp_path / "一枚.xlsx")) == 30
