"""The sheets that sum up the list: right figures, live formulas that agree, nothing private."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import load_workbook as read_values

from sousei_xl.findings import Place, acknowledge, finding
from sousei_xl.rules.records import (
    Acknowledgement,
    AppliedAcknowledgement,
    AppliedCorrection,
    Correction,
    RawRow,
    WithdrawnRow,
)
from sousei_xl.sheets import Contents, named
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.data import (
    ORIGINALS_ONLY,
    PROJECT_HEADINGS,
    count_formula,
    data_range,
    literal,
    projects_data,
    write_projects_data,
)
from sousei_xl.sheets.overview import (
    write_contents_page,
    write_departments,
    write_notes,
    write_overview,
    write_relisted,
)
from tests.builders import DEPARTMENTS
from tests.facts import example_contents, example_rows, make_strategy
from tests.recalculate import needs_office, recalculate

HEADINGS = [
    "団体コード",
    "年度",
    "西暦年度",
    "基本目標番号",
    "基本目標",
    "施策キー",
    "施策",
    "番号",
    "再掲",
    "掲載区分",
    "事業名",
    "部局名",
    "関連性",
    "予算区分",
    "予算事業費（千円）",
    "事業内容",
    "初出",
]


def write(path: Path, contents: Contents) -> Path:
    book = Book(
        path,
        contents.run,
        contents.strategy.settings,
        "一覧",
        status=contents.status,
        stamp=contents.banner,
    )
    write_contents_page(book, contents)
    book.sheet("別紙", [10])
    write_overview(book, contents)
    write_departments(book, contents)
    write_relisted(book, contents)
    write_projects_data(book, contents)
    write_notes(book, contents)
    book.close()
    return path


def values(path: Path, sheet: str) -> list[list[Any]]:
    """Rows of a sheet as their readers see them in Protected View."""
    rows = read_values(str(path)).get_sheet_by_name(sheet).to_python()
    return [list(row) for row in rows]


def row_of(rows: list[list[Any]], *cells: str) -> list[Any]:
    """The first row that begins with these cells."""
    return next(row for row in rows if [str(c) for c in row[: len(cells)]] == list(cells))


def texts(path: Path, sheet: str) -> str:
    return "\n".join(str(cell) for row in values(path, sheet) for cell in row if cell != "")


def withdrawn(name: str, reason: str, number: int) -> WithdrawnRow:
    raw = RawRow(500 + number, "学校教育部.xlsx", "事業", 50 + number, {}, {})
    return WithdrawnRow(raw, "学校教育部", name, "1ウ", number, reason)


def awkward_contents() -> Contents:
    """A draft with an empty goal, an unknown and a joint department, and missing amounts."""
    strategy = make_strategy(
        settings={"小計の算出": "再掲を除く", "負数の記号": "△"},
        fields=[("財源", "独自", "文字"), ("事業コード", "独自", "整数")],
    )
    rows = [row for row in example_rows() if row["goal"] != 2]
    places = {row["name"]: i for i, row in reversed(list(enumerate(rows, 1)))}
    for row in rows:
        here = row["relisted"] and not rows[places[row["name"]] - 1]["relisted"]
        row["original"] = places[row["name"]] if here else None
    own = [f.name for f in strategy.own_fields]
    rows[0].update({own[0]: "=1+1", own[1]: 7})
    rows[3].update(name="とても長い事業名" * 38, number=123)
    rows[5].update(budget=None, budget_kind="未定")
    rows[6].update(budget=None, budget_kind="内数")
    rows[7].update(department="経済部・農政部", counted="経済部")
    rows[8].update(department="経済?局~*", counted="経済?局~*", marked=True)
    rows[9].update(budget=-1200, description='=HYPERLINK("http://example.com")')
    contents = example_contents(
        "draft", rows=rows, strategy=strategy, missing=("経済部",), errors={"学校教育部": 2}
    )
    gone = (
        withdrawn("終わった事業", "終了", 20),
        withdrawn("取り下げた事業", "取下げ", 21),
        withdrawn("内部で外した事業", "掲載しない", 22),
        replace(withdrawn("再掲をやめた事業", "終了", 23), relisted=True),
    )
    return replace(contents, result=replace(contents.result, withdrawn=gone))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("example") / "別紙.xlsx", example_contents())


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("awkward") / "別紙.xlsx", awkward_contents())


# --- データ_事業 ------------------------------------------------------------


def test_data_sheet_is_the_contract(example: Path) -> None:
    rows = values(example, "データ_事業")
    assert rows[0] == list(HEADINGS) == list(PROJECT_HEADINGS)
    assert len(rows) == 105
    first = dict(zip(HEADINGS, rows[1], strict=True))
    assert first["団体コード"] == "012041"
    assert (first["年度"], first["西暦年度"], first["番号"]) == ("平成30年度", 2018, 1)
    assert (first["施策キー"], first["予算事業費（千円）"]) == ("1ア", 708380)
    assert first["再掲"] == first["初出"] == first["予算区分"] == ""
    new = dict(zip(HEADINGS, rows[14], strict=True))
    assert (new["事業名"], new["掲載区分"]) == ("保育士確保事業", "新規")
    relisted = [dict(zip(HEADINGS, r, strict=True)) for r in rows[1:] if r[8] == "再掲"]
    assert len(relisted) == 21
    assert {r["初出"] for r in relisted if r["事業名"] == "旭川版テレワークモデル推進事業"} == {
        "1エ-2"
    }


def test_data_sheet_is_a_plain_table(awkward: Path) -> None:
    sheet = load_workbook(awkward)["データ_事業"]
    assert not sheet.merged_cells.ranges
    assert sheet["A1"].value == "団体コード"  # no banner, although it is a draft
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:S82")
    assert sheet["A2"].data_type == "s"
    assert [sheet["R1"].value, sheet["S1"].value] == ["財源", "事業コード"]
    assert (sheet["R2"].value, sheet["R2"].data_type, sheet["S2"].value) == ("=1+1", "s", 7)
    assert sheet["P11"].data_type == "s"  # no formula comes alive
    # A row without a height of its own is as high as its text wherever a program likes.
    assert {sheet.row_dimensions[row].height for row in (2, 3, 82)} == {12.0}


def test_nothing_on_the_data_sheet_gets_a_green_corner(awkward: Path) -> None:
    place = list(load_workbook(awkward).sheetnames).index("データ_事業") + 1
    with zipfile.ZipFile(awkward) as package:
        page = package.read(f"xl/worksheets/sheet{place}.xml").decode()
    (ignored,) = re.findall("<ignoredErrors>.*</ignoredErrors>", page)
    # 事業名 may look like a number as well as 団体コード.
    for kind in ("numberStoredAsText", "formulaRange", "formula"):
        assert f'<ignoredError sqref="A1:XFD1048576" {kind}="1"/>' in ignored


def test_data_sheet_equals_its_values(awkward: Path) -> None:
    headings, listed = projects_data(awkward_contents())
    rows = list(listed)
    read = values(awkward, "データ_事業")
    assert read[0] == list(headings)
    assert read[1:] == [["" if v is None else v for v in row] for row in rows]


def test_references_to_the_data() -> None:
    assert data_range("予算事業費（千円）", 104) == "'データ_事業'!$O$2:$O$105"
    assert data_range("団体コード", 0) == "'データ_事業'!$A$2:$A$2"
    assert literal('経済"部*?~') == '"経済""部~*~?~~"'
    assert literal(">0") == '"=>0"'
    # LibreOffice miscounts where the criterion for blanks does not stand last.
    formula = count_formula(3, ORIGINALS_ONLY, ("掲載区分", literal("新規")))
    assert formula.endswith('"新規",\'データ_事業\'!$I$2:$I$4,"")')


# --- 目次, 総括表 ------------------------------------------------------------


def test_contents_page(example: Path) -> None:
    rows = values(example, "目次")
    assert [row_of(rows, label)[1] for label in ("掲載行数", "事業数", "うち新規")] == [104, 83, 9]
    assert row_of(rows, "予算事業費（再掲を含む）")[1:3] == [3905077, "千円"]
    assert row_of(rows, "予算事業費（再掲を除く）")[1] == 3550284
    page = texts(example, "目次")
    for part in ("平成30年3月30日現在", "ab12cd34", "（案）決裁前の資料です。"):
        assert part in page
    book = load_workbook(example)
    targets = [c.hyperlink.location for row in book["目次"] for c in row if c.hyperlink]
    assert targets == [f"'{name}'!A1" for name in book.sheetnames[1:]]


def test_sums_by_goal_and_measure(example: Path) -> None:
    rows = values(example, "総括表")
    goals = [row[2:8] for row in rows if str(row[0]) in ("1", "2", "3", "4")][:4]
    assert goals == [
        [31, 0, 31, 4, 2477869, 2477869],
        [23, 4, 19, 2, 488220, 431156],
        [33, 9, 24, 3, 250895, 182642],
        [17, 8, 9, 0, 688093, 458617],
    ]
    assert row_of(rows, "", "合計")[2:9] == [104, 21, 83, 9, 3905077, 3550284, 1]
    assert row_of(rows, "1ウ")[2:4] == [11, 0]
    assert row_of(rows, "4ウ")[2:8] == [8, 7, 1, 0, 234083, 6007]
    keys = [str(row[0]) for row in rows if re.fullmatch(r"\d[ア-ン]?", str(row[0]))]
    assert keys[:7] == ["1", "1ア", "1イ", "1ウ", "1エ", "2", "2ア"]


def test_departments_by_goal(example: Path) -> None:
    rows = values(example, "総括表")
    counts, budgets = [i for i, row in enumerate(rows) if row[:2] == ["No", "部局名"]]
    assert [row[1] for row in rows[counts + 1 : counts + 10]] == list(DEPARTMENTS)
    assert rows[counts + 10][2:7] == [31, 19, 24, 9, 83]
    assert rows[counts + 5][2:7] == [1, 5, 14, 1, 21]
    assert rows[budgets + 10][2:7] == [2477869, 431156, 182642, 458617, 3550284]
    assert rows[budgets + 11][2:7] == [0, 57064, 68253, 229476, 354793]
    assert rows[budgets + 12][2:7] == [2477869, 488220, 250895, 688093, 3905077]


def test_joint_and_unknown_departments_are_counted_once(awkward: Path) -> None:
    rows = values(awkward, "総括表")
    counts = next(i for i, row in enumerate(rows) if row[:2] == ["No", "部局名"])
    economy, others, total = rows[counts + 5], rows[counts + 10], rows[counts + 11]
    assert economy[1:3] == ["経済部", 2]
    assert others[1:3] == ["その他（部局名を確認中）", 1]
    assert total[6] == awkward_contents().totals.total.projects


def test_withdrawn_projects_but_not_what_the_office_withholds(awkward: Path) -> None:
    page = texts(awkward, "総括表")
    assert "終了 1件、取下げ 1件です。" in page
    assert "終わった事業" in page
    assert "取り下げた事業" in page
    assert "内部で外した事業" not in page
    assert "再掲をやめた事業" not in page  # it goes on where it is listed first


def test_empty_list_counts_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", example_contents("draft", rows=[], missing=DEPARTMENTS))
    assert row_of(values(path, "総括表"), "", "合計")[2:9] == [0, 0, 0, 0, 0, 0, 0]
    assert "終了・取下げの事業はありません。" in texts(path, "総括表")
    assert "再掲の行はありません。" in texts(path, "再掲一覧")
    assert texts(path, "部局別一覧").count("様式がまだそろっていません。") == 9


def drawings(path: Path) -> tuple[list[str], list[str]]:
    """(charts, alternative texts) of a workbook, as XML."""
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        charts = [n for n in names if re.fullmatch(r"xl/charts/chart\d+\.xml", n)]
        shapes = [n for n in names if n.startswith("xl/drawings/drawing")]
        described = [package.read(n).decode() for n in shapes]
        return [package.read(n).decode() for n in charts], re.findall(
            r'<xdr:cNvPr [^>]*descr="([^"]+)"', "".join(described)
        )


def test_charts_can_be_read_in_black_and_white_and_aloud(example: Path) -> None:
    charts, descriptions = drawings(example)
    assert len(charts) == len(descriptions) == 2
    assert "wdUpDiag" in charts[0]  # one of the two series is hatched
    for chart in charts:
        assert "百万円" in chart
        assert '<c:showVal val="1"/>' in chart
        assert "BIZ UDPゴシック" in chart
    assert "基本目標2は再掲を含む488,220、除く431,156" in descriptions[0]
    assert "経済部233,762" in descriptions[1]


@pytest.mark.parametrize("people", [9, 15, 22, 28, 30, 40])
def test_no_chart_is_torn_and_no_total_stands_alone(people: int, tmp_path: Path) -> None:
    names = [(i, f"第{i}地域未来創造連携推進総合調整部") for i in range(1, people + 1)]
    strategy = make_strategy(departments=names)
    path = write(tmp_path / "a.xlsx", example_contents(strategy=strategy, rows=()))
    with zipfile.ZipFile(path) as package:
        drawing = package.read("xl/drawings/drawing1.xml").decode()
    top, bottom = re.findall(r"<xdr:row>(\d+)</xdr:row>", drawing)[:2]
    sheet = load_workbook(path)["総括表"]
    breaks = [mark.id for mark in sheet.row_breaks.brk]
    assert not [mark for mark in breaks if int(top) < mark <= int(bottom)]
    tops = {sheet.cell(mark + 1, 2).value for mark in breaks}
    assert tops == ({None} if people <= 28 else {None, "部局名"})  # a title, or headings once more
    totals = {"合計", "合計（再掲を除く）", "再掲を含む"}
    assert not totals & {sheet.cell(mark + 2, 2).value for mark in breaks}


def long_contents() -> Contents:
    """Of so many measures and departments that no page holds a table of them."""
    strategy = make_strategy(departments=[(i, f"第{i}部") for i in range(1, 41)])
    more = [replace(m, key=f"{m.key}{n}") if n else m for m in strategy.measures for n in range(4)]
    strategy = replace(strategy, measures=tuple(more))
    rows = [
        {**row, "department": f"第{i % 40 + 1}部", "counted": f"第{i % 40 + 1}部"}
        for i, row in enumerate(example_rows())
    ]
    return example_contents(strategy=strategy, rows=rows)


def test_headings_stand_on_every_page_of_long_tables(tmp_path: Path) -> None:
    """And the chart shows every row, and no heading."""
    contents = long_contents()
    goals = contents.strategy.goals
    path = write(tmp_path / "a.xlsx", contents)
    sheet = load_workbook(path)["総括表"]
    cells = [cell.value for cell in sheet["B"]]
    for heading, first, last in (
        ("基本目標・施策", goals[0].list_name, "合計"),
        ("部局名", "第1部", "合計"),
        ("部局名", "第1部", "再掲を含む"),
    ):
        end = max(i for i, value in enumerate(cells) if value == last)
        end = cells.index(last) if heading != "部局名" else end
        begin = max(i for i, value in enumerate(cells[:end]) if value == first)
        breaks = [mark.id for mark in sheet.row_breaks.brk if begin < mark.id < end]
        assert breaks
        assert {cells[row] for row in breaks} == {heading}
        between = cells[begin:end]
        assert between.count(heading) == len(breaks)
    # The chart's areas leave the headings out, and its cache, which previewers show, is complete.
    chart = drawings(path)[0][1]
    areas = re.search(r"<c:cat>.*?<c:f>\((.*?)\)</c:f>", chart)
    assert areas is not None
    named = [cell.value for area in areas[1].split(",") for (cell,) in sheet[area.split("!")[1]]]
    assert named == [f"第{i}部" for i in range(1, 41)]
    assert chart.count("<c:v>第") == 40


def test_every_bar_is_named(example: Path) -> None:
    charts, _ = drawings(example)
    assert all('<c:tickLblSkip val="1"/>' in chart for chart in charts)


def test_charts_follow_a_short_table_on_its_page(tmp_path: Path) -> None:
    strategy = make_strategy(departments=[(1, "経済部")])
    few = replace(strategy, goals=strategy.goals[:1], measures=strategy.measures[:2])
    path = write(tmp_path / "a.xlsx", example_contents(strategy=few, rows=()))
    sheet = load_workbook(path)["総括表"]
    (charts,) = (row[0].row for row in sheet.iter_rows() if row[0].value == "2　グラフ")
    assert charts - 1 not in [mark.id for mark in sheet.row_breaks.brk]


def test_bars_begin_at_zero_and_losses_leave_the_names_readable(tmp_path: Path) -> None:
    near = [{**example_rows()[0], "budget": budget} for budget in (100_000, 104_000)]
    below = [{**example_rows()[0], "budget": budget} for budget in (-5_000, 2_000)]
    for number, (rows, starts, place) in enumerate(((near, True, "nextTo"), (below, False, "low"))):
        charts, _ = drawings(write(tmp_path / f"{number}.xlsx", example_contents(rows=rows)))
        for chart in charts:
            categories, amounts = re.findall(r"<c:(?:cat|val)Ax>.*?</c:(?:cat|val)Ax>", chart)
            assert ('<c:min val="0"/>' in amounts) is starts
            assert f'<c:tickLblPos val="{place}"/>' in categories


@pytest.mark.parametrize(
    ("budgets", "unit", "form"),
    [
        ((390, 630), "千円", "#,##0"),  # a village's amounts, which are no million
        ((390, 999_999), "千円", "#,##0"),
        ((390, 1_000_000), "百万円", "#,##0.0,"),
        ((10_000, 1_000_000), "百万円", "#,##0,"),
        ((40, 1_000_000), "千円", "#,##0"),  # 0.0 million otherwise
    ],
)
def test_no_money_of_a_bar_reads_nought(
    budgets: tuple[int, int], unit: str, form: str, tmp_path: Path
) -> None:
    first, last = example_rows()[0], example_rows()[-1]
    rows = [{**first, "budget": budgets[0]}, {**last, "relisted": False, "budget": budgets[1]}]
    charts, _ = drawings(write(tmp_path / "a.xlsx", example_contents(rows=rows)))
    labels, axis = re.findall(r'<c:numFmt formatCode="([^;]+);', charts[0])[::2]
    assert (f">{unit}<" in charts[0], labels) == (True, form)
    assert "0.0" not in axis  # whole millions are enough for the axis


def test_no_chart_with_more_bars_than_anyone_can_read(tmp_path: Path) -> None:
    strategy = make_strategy(departments=[(i, f"第{i}部") for i in range(1, 60)])
    row = {**example_rows()[0], "department": "第1部", "budget": 500}
    path = write(tmp_path / "a.xlsx", example_contents(rows=[row], strategy=strategy))
    charts, _ = drawings(path)
    assert len(charts) == 1
    assert "千円" in charts[0]
    assert "百万円" not in charts[0]


def test_too_much_data_for_live_formulas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sousei_xl.sheets.overview.grid._MAX_COMPARISONS", 100)
    path = write(tmp_path / "a.xlsx", example_contents())
    sheet = load_workbook(path)["総括表"]
    heads = [row[0].row for row in sheet if (row[0].value, row[1].value) == ("No", "部局名")]
    assert sheet.cell(heads[0] + 5, 5).value == 14


# --- 部局別一覧, 再掲一覧, 注記 ------------------------------------------------------------


def test_departments_in_order_with_subtotals(example: Path) -> None:
    rows = values(example, "部局別一覧")
    sums = [row for row in rows if "小計" in str(row[0])]
    assert [str(row[0]).split("　")[0] for row in sums] == list(DEPARTMENTS)
    economy = row_of(rows, "経済部　小計")
    assert economy[3] == "32行（うち再掲11行、21事業）"
    assert economy[6:8] == [414417, 233762]
    assert row_of(rows, "合計")[3] == "104行（うち再掲21行、83事業）"
    assert row_of(rows, "合計")[6:8] == [3905077, 3550284]
    assert row_of(rows, "子育て支援部", "1ア-14")[3] == "（新）保育士確保事業"


def test_relisted_rows_stand_beside_their_originals(example: Path) -> None:
    rows = values(example, "再掲一覧")
    relisted = [row for row in rows if re.fullmatch(r"\d.-\d+", str(row[0]))]
    assert len(relisted) == 21
    by_target = {row[0]: row for row in relisted}
    telework = by_target["3ウ-7"]
    assert telework[3:5] == ["1エ-2", "1エ ワーク・ライフ・バランス"]
    assert telework[9:11] == [5598, 2]
    assert sum(row[2] != row[5] for row in relisted) == 9  # relevance may differ
    difference = next(row for row in rows if str(row[6]).startswith("差"))
    assert difference[9] == 3905077 - 3550284


def test_relisted_row_without_its_original(awkward: Path) -> None:
    rows = values(awkward, "再掲一覧")
    unknown = [row for row in rows if row[3] == "確認中"]
    assert unknown
    assert all(row[4] == row[5] == "" and row[10] == 1 for row in unknown)


def notes_of(contents: Contents, folder: Path) -> str:
    return texts(write(folder / "注記.xlsx", contents), "注記")


def test_examples_are_of_measures_that_the_strategy_has(tmp_path: Path) -> None:
    """A place without 2ア must not read of it: its first measure is the example."""
    contents = example_contents()
    assert contents.strategy.measures[0].key == "1ア"
    assert "（例：1ア-4 は施策1アの番号4）" in notes_of(contents, tmp_path)
    assert "（例：1ア-4 は施策1アの番号4）" in texts(tmp_path / "注記.xlsx", "部局別一覧")
    fewer = replace(contents.strategy, measures=contents.strategy.measures[3:])
    assert fewer.example_measure == contents.strategy.measures[3].key


def test_confirmed_gap_is_told_in_neutral_words(tmp_path: Path) -> None:
    place = Place("学校教育部.xlsx", "事業", 5, "C5")
    gap = finding("L109", place, "2", measure="1ウ", target="1ウ")
    contents = example_contents()
    told = replace(contents, result=replace(contents.result, findings=(acknowledge(gap),)))
    silent = replace(contents, result=replace(contents.result, findings=(gap,)))
    assert "番号（施策1ウ）\n欠番（2）があります。" in notes_of(told, tmp_path)
    assert "欠番" not in notes_of(silent, tmp_path)


def test_numbers_that_the_office_has_changed_are_told(tmp_path: Path) -> None:
    """Corrections by 順番 and of 番号 itself; not those that did not apply, nor of other fields."""
    made = [
        (1, "順番", "", "適用"),
        (1, "修正", "番号", "適用"),
        (2, "修正", "番号", "適用"),
        (3, "順番", "", "不適用"),
        (4, "修正", "事業名", "適用"),
        (9999, "順番", "", "適用"),  # is not on the list
    ]
    place = Place("事務局修正.xlsx", "修正", 4, "A4")
    corrections = tuple(
        AppliedCorrection(
            Correction(place, "1ア-1", operation, field, "", "3", "", "", ""),
            state,  # type: ignore[arg-type]
            "",
            "",
            row_id,
            "name" if field == "事業名" else "number",
        )
        for row_id, operation, field, state in made
    )
    contents = example_contents()
    assert "番号のまま載せており、振り直していません。" in notes_of(contents, tmp_path)
    told = replace(contents, result=replace(contents.result, corrections=corrections))
    words = notes_of(told, tmp_path)
    assert "番号のまま載せており、2行だけは事務局で番号を決めています。" in words
    assert "振り直していません" not in words


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        (example_contents(), ("（案）決裁前の資料です。", "「再掲を含む」で算出")),
        (example_contents("final"), ("平成30年4月2日　確定",)),
        (replace(example_contents(), reopened=True), ("（案）に戻っています",)),
        (
            awkward_contents(),
            ("そろわない部局 1（経済部）", "「再掲を除く」で算出", "付いた1行"),
        ),
    ],
    ids=["proposal", "final", "reopened", "draft"],
)
def test_notes_say_how_far_the_list_has_come(
    tmp_path: Path, contents: Contents, expected: tuple[str, ...]
) -> None:
    notes = notes_of(contents, tmp_path)
    for part in (*expected, "平成30年3月30日現在", "ab12cd34", "sousei_xl", "◎：施策の記載内容"):
        assert part in notes


def test_no_person_is_named(tmp_path: Path) -> None:
    place = Place("事務局修正.xlsx", "修正", 3, "A3")
    asked = Correction(place, "1ア-4", "修正", "予算事業費", 1, 2, "個別の理由", "依頼した人", "")
    confirmed = Acknowledgement(place, "L109", "1ウ", "2", "確認した人", "", "内部のメモ")
    contents = example_contents()
    result = replace(
        contents.result,
        corrections=(AppliedCorrection(asked, "適用", "1", "事業"),),
        acknowledgements=(AppliedAcknowledgement(confirmed, "確認済"),),
    )
    path = write(tmp_path / "a.xlsx", replace(contents, result=result))
    with zipfile.ZipFile(path) as package:
        everything = "".join(package.read(n).decode() for n in package.namelist())
    for private in ("依頼した人", "確認した人", "内部のメモ", "個別の理由", ".xlsx"):
        assert private not in everything


def test_amounts_that_are_missing_are_admitted(awkward: Path) -> None:
    line = "金額未確定の1件は、予算事業費に含めていません。"
    for sheet in ("目次", "総括表", "部局別一覧"):
        assert line in texts(awkward, sheet)


def test_a_draft_says_so_on_every_sheet_but_the_data(awkward: Path) -> None:
    for sheet in load_workbook(awkward):
        stamped = str(sheet["A1"].value).startswith("【作成中】公表しないでください。")
        assert stamped is (sheet.title != "データ_事業")


def test_a_banner_names_few_departments_and_the_contents_page_all(tmp_path: Path) -> None:
    names = tuple(f"第{n}健康福祉推進課" for n in range(1, 10))
    strategy = make_strategy(departments=[(n, name) for n, name in enumerate(names, 1)])
    contents = example_contents("draft", strategy=strategy, missing=names)
    path = write(tmp_path / "別紙.xlsx", contents)
    banner = f"様式のそろわない部局 9（{named(names[:3])} ほか6部局）"
    for sheet in load_workbook(path):
        if sheet.title not in ("別紙", "データ_事業"):  # 別紙 is one narrow column here
            assert banner in str(sheet["A1"].value)
            assert sheet.row_dimensions[1].height < 40  # two lines
    for sheet in ("目次", "注記"):
        assert named(names) in texts(path, sheet)


def test_long_lists_of_names_are_cut() -> None:
    assert named(["経済部", "農政部"]) == "経済部、農政部"
    assert named([str(i) for i in range(25)]).endswith("、19 ほか5件")
    assert named(["経済部", "農政部", "建築部"], 2, "部局") == "経済部、農政部 ほか1部局"


# --- on paper, and calculated anew ----------------------------------------------------------------


def test_every_sheet_is_one_page_wide_with_its_header_repeated(example: Path) -> None:
    for sheet in load_workbook(example):
        if sheet.title != "別紙":
            assert sheet.print_area
            assert sheet.oddFooter.center.text
    for title in ("部局別一覧", "再掲一覧", "データ_事業", "注記"):
        assert load_workbook(example)[title].print_title_rows


def formulas(sheet: Worksheet) -> Iterator[str]:
    for row in sheet:
        yield from (cell.coordinate for cell in row if cell.data_type == "f")


@needs_office
@pytest.mark.libreoffice
def test_live_formulas_equal_the_stored_values(tmp_path: Path) -> None:
    cases = {
        "example": example_contents(),
        "awkward": awkward_contents(),
        "empty": example_contents("draft", rows=[], missing=DEPARTMENTS),
        "long": long_contents(),
    }
    paths = [write(tmp_path / f"{name}.xlsx", contents) for name, contents in cases.items()]
    for path, again in zip(paths, recalculate(paths, tmp_path / "office"), strict=True):
        live, stored = load_workbook(path), load_workbook(path, data_only=True)
        computed = load_workbook(again, data_only=True)
        count = 0
        for sheet in live:
            for cell in formulas(sheet):
                expected = stored[sheet.title][cell].value
                found = computed[sheet.title][cell].value
                same = found == (
                    pytest.approx(expected) if isinstance(expected, float) else expected
                )
                assert same, f"{path.name} {sheet.title}!{cell}: {found} instead of {expected}"
                count += 1
        assert count > 200


def test_the_totals_of_a_table_are_never_alone_on_a_page(tmp_path: Path) -> None:
    """The tables of as many departments as share a page with the charts, or just do not."""
    contents = example_contents()
    for number in range(9, 16):
        rows = [(i, f"第{i}課") for i in range(1, number + 1)]
        strategy = make_strategy(departments=rows)
        path = write(tmp_path / f"{number}.xlsx", replace(contents, strategy=strategy))
        sheet = load_workbook(path)["総括表"]
        breaks = {mark.id for mark in sheet.row_breaks.brk}  # the last row of each page
        cells = list(enumerate((cell.value for cell in sheet["B"]), 1))
        for title, last in (("部局名", "合計"), ("部局名", "再掲を含む")):
            end = max(row for row, value in cells if value == last)
            top = max(row for row, value in cells if value == title and row < end)
            assert not breaks & set(range(top, end)), number
