"""The printed list: the office's form, the facts in it, live totals, pages that hold together."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from sousei_xl.figures.changes import PROJECTS_SHEET
from sousei_xl.intake.printed_list import printed_otherwise
from sousei_xl.intake.read import read_one
from sousei_xl.intake.reading import SheetCells
from sousei_xl.sheets import Contents
from sousei_xl.sheets.annex import printed_amount, printed_name, write_annex
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.data import projects_data
from sousei_xl.sheets.official import write_official
from sousei_xl.text import MAX_TEXT, utf16_length
from tests.facts import example_contents, example_rows, make_strategy, prototype_of, write_form

OWN = [("財源", "独自", "文字"), ("事業コード", "独自", "整数")]
SUBTOTALS = {
    1: (31, 0, 31, 2_477_869, 2_477_869),
    2: (23, 4, 19, 488_220, 431_156),
    3: (33, 9, 24, 250_895, 182_642),
    4: (17, 8, 9, 688_093, 458_617),
}
TOTAL = (104, 21, 83, 3_905_077, 3_550_284)
Change = Callable[[Worksheet], Any]


class Printed:
    """A 別紙 that was written: formulas, values and, by what is printed, where things stand.

    ``rows`` are those of projects in order, ``goals`` and ``subtotals`` by a goal's number.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        formulas, values = load_workbook(path)["別紙"], load_workbook(path, data_only=True)["別紙"]
        assert isinstance(formulas, Worksheet)
        assert isinstance(values, Worksheet)
        self.formulas, self.values = formulas, values
        header = next(c.row for c in values["A"] if c.value == "番号")
        self.columns = {c.value: c.column_letter for c in values[header]}
        body = range(header + 1, values.max_row + 1)
        first = {n: str(values[f"A{n}"].value) for n in body}
        self.rows = [n for n in body if self.field(n, "関連性") in ("◎", "○")]
        self.goals = dict(enumerate((n for n in body if first[n].startswith("基本目標")), 1))
        self.subtotals = dict(enumerate((n for n in body if first[n].startswith("小計")), 1))
        self.total = next((n for n in body if first[n].startswith("合計")), values.max_row)

    def row(self, number: int) -> list[Any]:
        return [cell.value for cell in self.values[number]]

    def field(self, row: int, heading: str) -> Any:
        return self.values[f"{self.columns[heading]}{row}"].value


def printed(
    folder: Path,
    contents: Contents | None = None,
    change: Change = lambda sheet: None,
    **form: Any,
) -> Printed:
    """The 別紙 alone, in the stand-in form with a change made to it."""
    contents = contents or example_contents()
    book = load_workbook(write_form(folder / "form.xlsx", **form))
    change(book["別紙"])
    book.save(folder / "form.xlsx")
    prototype, mistakes = prototype_of(folder / "form.xlsx", contents.strategy)
    assert prototype is not None, [str(m) for m in mistakes]
    out = Book(
        folder / "out.xlsx",
        contents.run,
        contents.strategy.settings,
        "一覧",
        contents.status,
        contents.banner,
    )
    write_annex(out, contents, prototype)
    out.close()
    assert said_otherwise(folder / "out.xlsx", contents) == ()  # nobody has touched it
    return Printed(folder / "out.xlsx")


def said_otherwise(path: Path, contents: Contents) -> tuple[str, ...]:
    """What is taken for mended by hand in the printed sheet, beside the data of ``contents``."""
    headings, rows = projects_data(contents)
    data = SheetCells(PROJECTS_SHEET, rows=tuple(enumerate([headings, *rows], 1)))
    return printed_otherwise([*read_one(str(path), path.name).sheets, data])


def counts_apart(sheet: Worksheet) -> None:
    """小計 and 合計 with every figure in a cell of its own."""
    for row in (9, 10):
        sheet.unmerge_cells(f"B{row}:F{row}")
        for column, name in zip(
            "BCDEFGH",
            ("小計名", "", "事業数", "うち再掲", "純事業数", "小計額", "再掲を除く額"),
            strict=True,
        ):
            sheet[f"{column}{row}"] = f"{{{name}}}" if name else None


# --- the facts ------------------------------------------------------------------------------------


def test_every_row_of_the_list_is_printed_in_order(tmp_path: Path) -> None:
    list_ = printed(tmp_path)
    facts = example_rows()
    assert len(list_.rows) == len(facts) == 104
    for row, fact in zip(list_.rows, facts, strict=True):
        assert list_.row(row)[:7] == [
            fact["number"],
            "再掲" if fact["relisted"] else None,
            ("（新）" if fact["category"] else "") + fact["name"],
            fact["department"],
            fact["relevance"],
            fact["budget"],
            fact["description"],
        ]


def test_what_was_mended_by_hand_is_found_whatever_the_form(tmp_path: Path) -> None:
    """Names and amounts, rows that came and rows that went; not what the totals make of it."""
    contents = example_contents()
    list_ = printed(tmp_path, contents, counts_apart)
    book = load_workbook(list_.path)
    sheet, (first, second, _, fourth, *_) = book["別紙"], list_.rows
    name, budget, number = (list_.columns[h] for h in ("事業名", "予算事業費", "番号"))
    sheet[f"{budget}{first}"] = 99_999
    sheet[f"{name}{second}"] = "直した名称"
    gone = list_.field(fourth, "事業名")
    sheet[f"{name}{fourth}"], sheet[f"{number}{fourth}"] = None, None
    last = list_.rows[-1]
    sheet.insert_rows(last + 1)
    for column in (name, budget, number):
        sheet[f"{column}{last + 1}"] = "加えた事業" if column == name else 7
    book.save(list_.path)
    assert set(said_otherwise(list_.path, contents)) == {
        f"{budget}{first}",
        f"{name}{second}",
        f"『{gone}』（行がない）",
        f"{name}{last + 1}",
    }


def test_title_header_and_bands(tmp_path: Path) -> None:
    list_ = printed(tmp_path)
    assert list_.row(1)[0] == (
        "旭川市まち・ひと・しごと創生総合戦略関連事業一覧（平成３０年度）（案）"
    )
    assert list_.row(3)[0] == "（単位：千円）"
    assert list_.row(4) == ["番号", "再掲", "事業名", "部局名", "関連性", "予算事業費", "事業内容"]
    assert list_.row(list_.goals[2])[0] == (
        "基本目標2　新しい人の流れをつくり，留まれる中核拠点を創出する"
    )
    assert list_.row(list_.goals[2] + 1)[0] == (
        "ア　移住（ＵＩＪターンを含む）に関する総合的な環境整備"
    )
    assert (list_.formulas.print_title_rows, list_.formulas.freeze_panes) == ("$4:$4", "A5")


@pytest.mark.parametrize("basis", ["再掲を含む", "再掲を除く"])
def test_totals_in_cells_of_their_own(tmp_path: Path, basis: str) -> None:
    strategy = make_strategy(settings={"小計の算出": basis})
    list_ = printed(tmp_path, example_contents(strategy=strategy), counts_apart)
    net = basis == "再掲を除く"
    for goal, row in list_.subtotals.items():
        rows, relisted, projects, gross, without = SUBTOTALS[goal]
        shown = without if net else gross
        assert list_.row(row) == ["小計", None, rows, relisted, projects, shown, without]
    assert list_.row(list_.total) == [
        "合計", None, *TOTAL[:3], TOTAL[4] if net else TOTAL[3], TOTAL[4],
    ]  # fmt: skip
    first, last = list_.goals[2] + 1, list_.subtotals[2] - 1
    assert [c.value for c in list_.formulas[list_.subtotals[2]]][2:] == [
        f"=COUNT(A{first}:A{last})",
        f'=COUNTIF(B{first}:B{last},"再掲")',
        f'=COUNT(A{first}:A{last})-COUNTIF(B{first}:B{last},"再掲")',
        f'=SUMIFS(F{first}:F{last},B{first}:B{last},"<>再掲")'
        if net
        else f"=SUM(F{first}:F{last})",
        f'=SUMIFS(F{first}:F{last},B{first}:B{last},"<>再掲")',
    ]
    cells = ",".join(f"F{row}" for row in list_.subtotals.values())
    assert list_.formulas[f"F{list_.total}"].value == f"=SUM({cells})"


def test_totals_inside_a_sentence(tmp_path: Path) -> None:
    list_ = printed(tmp_path)
    total = list_.formulas[f"A{list_.total}"].value
    assert total.startswith('="合計　"&TEXT(COUNT(A6:A')
    assert list_.row(list_.total)[0] == ("合計　104事業（うち再掲21事業、再掲を除く83事業）")
    assert list_.row(list_.subtotals[4])[0] == ("小計　17事業（うち再掲8事業、再掲を除く9事業）")


def test_a_long_sentence_with_quotes(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["B10"] = 'あ"い' * 100 + "{小計額}"

    list_ = printed(tmp_path, change=change)
    assert list_.row(list_.total)[0] == 'あ"い' * 100 + "3,905,077"
    literals = re.findall(r'"((?:[^"]|"")*)"&', list_.formulas[f"A{list_.total}"].value)
    assert max(len(part.replace('""', '"')) for part in literals) <= 255


# --- what is not quite regular --------------------------------------------------------------------


def test_amounts_in_words_and_the_note_on_totals(tmp_path: Path) -> None:
    rows = example_rows()
    rows[0].update(budget=None, budget_kind="未定")
    rows[1].update(budget=None, budget_kind="内数")
    rows[2].update(budget=None, marked=True)
    list_ = printed(tmp_path, example_contents("draft", rows=rows))
    first = list_.rows[0]
    assert [list_.field(first + i, "予算事業費") for i in range(3)] == ["調整中", "内数", "－"]
    for row in (list_.subtotals[1], list_.total):
        assert list_.row(row)[6] == "金額未確定 2件を除く"
        assert list_.row(row)[0].startswith(("小計　31事業", "合計　104事業"))
    assert list_.row(list_.subtotals[2])[6] is None
    lost = sum(r["budget"] for r in example_rows()[:3])
    assert list_.row(list_.total)[5] == TOTAL[3] - lost


def test_the_note_gets_a_line_where_the_form_leaves_no_cell(tmp_path: Path) -> None:
    rows = example_rows()
    rows[0].update(budget=None, budget_kind="未定")
    list_ = printed(tmp_path, example_contents(rows=rows), counts_apart)
    assert list_.row(list_.subtotals[1] + 1)[0] == "金額未確定 1件を除く"
    note = list_.formulas[f"A{list_.total + 1}"]
    assert (note.value, note.font.sz, note.font.b) == ("金額未確定 1件を除く", 9, True)
    assert list_.row(list_.subtotals[2] + 1)[0].startswith("基本目標3")


def test_a_marked_row_says_so_in_words_and_colour(tmp_path: Path) -> None:
    rows = example_rows()
    rows[13].update(marked=True)
    list_ = printed(tmp_path, example_contents("draft", rows=rows))
    row = list_.rows[13]
    assert list_.field(row, "事業名") == "※要修正　（新）保育士確保事業"
    assert {c.fill.fgColor.rgb for c in list_.formulas[row]} == {"FFFFE699"}
    assert list_.row(1)[0].startswith("【作成中】公表しないでください。")
    assert list_.row(2)[0].endswith("【作成中】")


def test_measures_and_goals_without_rows(tmp_path: Path) -> None:
    rows = [r for r in example_rows() if r["goal"] != 3 and r["measure"] != "1イ"]
    list_ = printed(tmp_path, example_contents(rows=rows), counts_apart)
    lines = [list_.row(n)[0] for n in range(1, list_.values.max_row + 1)]
    assert lines.count("該当する事業はありません。") == 4
    assert list_.row(list_.subtotals[3])[2:] == [0, 0, 0, 0, 0]
    assert list_.row(list_.total)[2] == len(rows)


def test_a_relisted_row_looks_like_its_own_prototype(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        for cell in sheet[8][1:]:
            cell.font = Font("BIZ UDPゴシック", 9, italic=True)

    list_ = printed(tmp_path, change=change)
    for row in list_.rows:
        again = list_.field(row, "再掲") == "再掲"
        assert list_.formulas[f"C{row}"].font.i is again


def test_own_fields_in_columns_of_their_own(tmp_path: Path) -> None:
    rows = example_rows()
    for position, row in enumerate(rows):
        row.update(own_1="0012", own_2=position)
    rows[5].update(own_1=None, own_2=None)
    contents = example_contents(rows=rows, strategy=make_strategy(fields=OWN))
    list_ = printed(tmp_path, contents, own=("財源", "事業コード"))
    assert (list_.columns["財源"], list_.columns["事業コード"]) == ("H", "I")
    assert list_.row(list_.rows[3])[7:] == ["0012", 3]
    assert list_.row(list_.rows[5])[7:] == [None, None]


@pytest.mark.parametrize(
    ("name", "category", "marked", "shown"),
    [
        ("事業", "", False, "事業"),
        ("事業", "継続", False, "事業"),
        ("事業", "新規", False, "（新）事業"),
        ("事業", "新規", True, "※要修正　（新）事業"),
    ],
)
def test_printed_name(name: str, category: str, marked: bool, shown: str) -> None:
    assert printed_name(name, category, marked) == shown


@pytest.mark.parametrize("name", ["長" * MAX_TEXT, "𠮷" * 16_383])
def test_a_name_that_fills_a_cell_is_cut_rather_than_lost(tmp_path: Path, name: str) -> None:
    rows = example_rows()
    rows[0].update(name=name, marked=True)
    list_ = printed(tmp_path, example_contents("draft", rows=rows))
    shown = list_.field(list_.rows[0], "事業名")
    assert shown.endswith("…")
    assert MAX_TEXT - 1 <= utf16_length(shown) <= MAX_TEXT


@pytest.mark.parametrize(
    ("budget", "kind", "shown"),
    [
        (0, "０予算", 0),
        (None, "", "－"),
        (None, "当初", "－"),
        (None, "未定", "調整中"),
        (5, "未定", 5),
    ],
)
def test_printed_amount(budget: int | None, kind: str, shown: int | str) -> None:
    assert printed_amount(budget, kind) == shown


# --- room on paper --------------------------------------------------------------------------------


def test_rows_are_high_enough_and_long_texts_get_smaller(tmp_path: Path) -> None:
    rows = example_rows()
    rows[0].update(name="長" * 300)
    rows[1].update(description="あ" * 1000)
    rows[2].update(description="い" * 3000)
    list_ = printed(tmp_path, example_contents(rows=rows))
    heights = [list_.formulas.row_dimensions[row].height for row in list_.rows[:4]]
    assert heights[0] > 20 * 11.7  # 300 characters in lines of at most 15
    assert heights[1] > 25 * 11
    assert 380 < heights[2] <= 409.5
    assert heights[3] >= 24  # the form's minimum
    assert list_.formulas[f"G{list_.rows[1]}"].font.sz == 9
    assert 6 <= list_.formulas[f"G{list_.rows[2]}"].font.sz < 9


def test_columns_that_the_form_hides_are_hidden(tmp_path: Path) -> None:
    """Their values count, their texts need no room, and the page is as wide as what is left."""

    def change(sheet: Worksheet) -> None:
        sheet.column_dimensions["C"].hidden = True
        sheet.column_dimensions["H"].hidden = True

    for folder in ("all", "some"):
        (tmp_path / folder).mkdir()
    whole, list_ = printed(tmp_path / "all"), printed(tmp_path / "some", change=change)
    sheet = list_.formulas
    hidden = [name for name, column in sheet.column_dimensions.items() if column.hidden]
    assert hidden == ["B", "G"]
    assert list_.row(list_.rows[0]) == whole.row(whole.rows[0])
    assert list_.row(list_.total) == whole.row(whole.total)

    def height(of: Printed) -> float:
        return sum(of.formulas.row_dimensions[row].height or 0 for row in of.rows)

    assert height(list_) < height(whole)
    assert (sheet.page_setup.scale or 100) > whole.formulas.page_setup.scale


def test_goals_start_pages_and_totals_stay_with_their_rows(tmp_path: Path) -> None:
    list_ = printed(tmp_path)
    breaks = [b.id + 1 for b in list_.formulas.row_breaks.brk]  # first row of each page
    assert {list_.goals[g] for g in (2, 3, 4)} <= set(breaks)
    assert list_.goals[1] not in breaks
    totals = {*list_.subtotals.values(), list_.total}
    assert not totals & set(breaks)
    for goal, subtotal in list_.subtotals.items():  # no page has one project and its subtotal
        own = [row for row in list_.rows if list_.goals[goal] < row < subtotal]
        assert not set(own[-2:]) & set(breaks)
    last_rows = {b - 1 for b in breaks}
    assert last_rows <= set(list_.rows) | set(list_.subtotals.values())
    assert not list_.formulas.sheet_properties.pageSetUpPr.fitToPage
    assert list_.formulas.print_area == f"'別紙'!$A$1:$G${list_.total}"


@pytest.mark.parametrize(
    ("paper", "orientation", "code"), [("A4", "landscape", 9), ("A3", "portrait", 8)]
)
def test_one_page_wide(tmp_path: Path, paper: str, orientation: str, code: int) -> None:
    strategy = make_strategy(settings={"用紙": paper})
    contents = example_contents(strategy=strategy)
    setup = printed(tmp_path, contents, orientation=orientation).formulas.page_setup
    assert (setup.paperSize, setup.orientation) == (code, orientation)
    short, long = (210, 297) if paper == "A4" else (297, 420)
    inches = (long if orientation == "landscape" else short) / 25.4 - 0.8
    widths = sum(w * 7 for w in (6, 6, 28, 16, 8, 14, 70)) / 96
    # Wide enough to fill the page, with three per cent to spare; A3 enlarges an A4 form.
    assert 0.94 < widths * (setup.scale or 100) / 100 / inches < 0.98


def test_same_contents_same_bytes(tmp_path: Path) -> None:
    first = printed(tmp_path).path.read_bytes()
    assert printed(tmp_path).path.read_bytes() == first


def test_sheets_of_the_official_workbook(tmp_path: Path) -> None:
    contents = example_contents("final")
    prototype, _ = prototype_of(write_form(tmp_path / "form.xlsx"), contents.strategy)
    assert prototype is not None
    write_official(tmp_path / "out.xlsx", contents, prototype)
    book = load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == [
        "目次", "別紙", "総括表", "部局別一覧", "再掲一覧", "データ_事業", "注記",
    ]  # fmt: skip
    assert all(sheet.sheet_state == "visible" for sheet in book)
    assert "平成30年4月2日　確定" in str(book["別紙"]["A1"].value)


# --- with LibreOffice -----------------------------------------------------------------------------

OFFICE, PAGES = shutil.which("soffice"), shutil.which("pdftotext")
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
needs_office = pytest.mark.skipif(not OFFICE, reason="LibreOffice is not installed")


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Converts a workbook with a LibreOffice profile of our own."""
    profile = tmp_path_factory.mktemp("profile")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, "utf-8")

    def run(path: Path, kind: str) -> Path:
        folder = path.parent / "converted"
        command = [str(OFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless"]
        command += ["--convert-to", kind, "--outdir", os.fspath(folder), os.fspath(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return folder / f"{path.stem}.{kind.split(':')[0]}"

    return run


def without_cached_values(path: Path) -> Path:
    """The workbook as if nobody had ever computed its formulas."""
    bare = path.with_name("bare.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1", content)
            target.writestr(name, content)
    return bare


@needs_office
@pytest.mark.libreoffice
@pytest.mark.parametrize("basis", ["再掲を含む", "再掲を除く"])
@pytest.mark.parametrize("change", [lambda sheet: None, counts_apart], ids=["text", "cells"])
def test_computed_totals_equal_the_stored_ones(
    tmp_path: Path, convert: Callable[[Path, str], Path], basis: str, change: Change
) -> None:
    rows = [r for r in example_rows() if r["goal"] != 3 and r["measure"] != "1イ"]
    rows[0].update(budget=None, budget_kind="未定")
    rows[1].update(budget=-1_234_567)
    strategy = make_strategy(settings={"小計の算出": basis})
    list_ = printed(tmp_path, example_contents("draft", rows=rows, strategy=strategy), change)
    computed = load_workbook(convert(without_cached_values(list_.path), "xlsx"), data_only=True)[
        "別紙"
    ]
    formulas = [c for row in list_.formulas for c in row if c.data_type == "f"]
    assert len(formulas) >= 10
    for cell in formulas:
        assert computed[cell.coordinate].value == list_.values[cell.coordinate].value


@needs_office
@pytest.mark.skipif(not PAGES, reason="pdftotext is not installed")
@pytest.mark.libreoffice
def test_pages_as_printed(tmp_path: Path, convert: Callable[[Path, str], Path]) -> None:
    list_ = printed(tmp_path)
    pdf = convert(list_.path, "pdf")
    text = subprocess.run(
        [str(PAGES), "-layout", os.fspath(pdf), "-"], check=True, capture_output=True
    ).stdout.decode("utf-8")
    sheets = text.split("\f")[:-1]
    assert len(sheets) == len(list_.formulas.row_breaks.brk) + 1
    for number, sheet in enumerate(sheets, 1):
        assert f"- {number}/{len(sheets)} -" in sheet
        assert re.search("番号 +再掲 +事業名", sheet)
    assert [s.count("小計") for s in sheets if "小計" in s] == [1, 1, 1, 1]
