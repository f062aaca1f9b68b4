"""The template's print form: what is taken from it, and what is said about its mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from sousei_xl.findings import Finding
from sousei_xl.intake import print_form
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.print_form import read_print_form
from sousei_xl.intake.read import read_files
from sousei_xl.intake.worker import answer
from sousei_xl.sheets import pages
from sousei_xl.sheets.prototype import KINDS, FormCell, Prototype, doubts, load_prototype
from tests import zip_surgery as zs
from tests.facts import FORM_WIDTHS, example_strategy, make_strategy, prototype_of, write_form

OWN = [("財源", "独自", "文字"), ("事業コード", "独自", "整数")]


def loaded(
    path: Path, change: Callable[[Worksheet], Any] = lambda sheet: None, **form: Any
) -> tuple[Prototype | None, list[Finding]]:
    """The stand-in form with a change made to it, read again."""
    write_form(path / "form.xlsx", **form)
    book = load_workbook(path / "form.xlsx", rich_text=True)
    change(book["別紙"])
    book.save(path / "form.xlsx")
    strategy = make_strategy(fields=OWN) if form.get("own") else example_strategy()
    return prototype_of(path / "form.xlsx", strategy)


def cell(prototype: Prototype | None, kind: str, column: int, row: int = 0) -> FormCell:
    assert prototype is not None
    return prototype.rows[kind][row].cells[column]


def test_the_form_as_it_is(tmp_path: Path) -> None:
    prototype, mistakes = loaded(tmp_path)
    assert mistakes == []
    assert prototype is not None
    assert list(prototype.rows) == list(KINDS)
    assert len(prototype.rows["表題"]) == 3
    assert list(prototype.columns) == [
        "番号", "再掲", "事業名", "部局名", "関連性", "予算事業費", "事業内容",
    ]  # fmt: skip
    assert prototype.orientation == "landscape"
    # 10 in a workbook of Calibri 11 are 70 pixels, XlsxWriter's 9.29.
    assert [round(w * 7 + 5) for w in prototype.widths] == [w * 7 for w in FORM_WIDTHS]
    assert prototype.rows["事業"][0].height == 24


def test_look_of_a_cell(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        cell = sheet["D7"]
        cell.font = Font(
            "ＭＳ 明朝", 10.5, True, True, color=Color(theme=4, tint=-0.25), u="single"
        )
        cell.fill = PatternFill("solid", fgColor=Color(theme=0, tint=-0.15))
        cell.border = Border(left=Side("hair", Color(indexed=10)), bottom=Side("double"))
        cell.border += Border(diagonal=Side("thin", Color("FF00FF00")), diagonalDown=True)
        cell.alignment = Alignment("distributed", "top", 255, True, False, 2)
        cell.number_format = "#,##0.0"
        sheet["E7"].fill = PatternFill("gray125", fgColor="FF112233")
        sheet["E7"].alignment = Alignment(text_rotation=135, shrink_to_fit=True)

    prototype, mistakes = loaded(tmp_path, change)
    assert mistakes == []
    assert cell(prototype, "事業", 2).look == {
        "font_name": "ＭＳ 明朝",
        "font_size": 10.5,
        "bold": True,
        "italic": True,
        "underline": 1,
        "font_color": "#376092",  # Excel shows 366092: it rounds on the way
        "bg_color": "#D9D9D9",
        "left": 7,
        "left_color": "#FF0000",
        "bottom": 6,
        "diag_type": 2,
        "diag_border": 1,
        "diag_color": "#00FF00",
        "align": "distributed",
        "valign": "top",
        "text_wrap": True,
        "indent": 2,
        "rotation": 270,
        "num_format": "#,##0.0",
    }
    look = cell(prototype, "事業", 3).look
    assert (look["pattern"], look["fg_color"], look["rotation"]) == (17, "#112233", -45)
    assert look["shrink"]


def test_merged_cells_keep_their_outer_borders(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.merge_cells("G4:H4")

    prototype, mistakes = loaded(tmp_path, change)
    assert mistakes == []
    anchor = cell(prototype, "見出し", 5)
    assert (anchor.rows, anchor.columns) == (1, 2)
    assert {anchor.look[side] for side in ("left", "right", "top", "bottom")} == {1}
    assert cell(prototype, "見出し", 6).covered


def test_rich_text_takes_the_font_of_its_first_run(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        runs = TextBlock(InlineFont("ＭＳ 明朝", sz=20, b=True), "{表題}"), "（{年度}）"
        sheet["B1"] = CellRichText(*runs)

    prototype, mistakes = loaded(tmp_path, change)
    assert mistakes == []
    title = cell(prototype, "表題", 0)
    assert [(p.text, p.is_placeholder) for p in title.pieces] == [
        ("表題", True), ("（", False), ("年度", True), ("）", False),
    ]  # fmt: skip
    assert (title.look["font_name"], title.look["font_size"]) == ("ＭＳ 明朝", 20)


def test_widths_in_a_workbook_of_a_japanese_excel(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        normal = sheet.parent._named_styles["Normal"]
        normal.name, normal.font = "標準", Font("游ゴシック", 11)

    prototype, _ = loaded(tmp_path, change)
    assert prototype is not None
    assert round(prototype.widths[0] * 7 + 5) == FORM_WIDTHS[0] * 8


def test_a_column_without_width_is_hidden(tmp_path: Path) -> None:
    """The usual one is that of a column that nobody has given a width."""
    data = write_form(tmp_path / "form.xlsx").read_bytes()
    part = "xl/worksheets/sheet1.xml"
    width = FORM_WIDTHS[0]
    form = read_print_form(zs.replace(data, part, f'width="{width}"', 'width="0"'), "別紙")
    assert form is not None
    assert form["widths"][1:3] == [0, FORM_WIDTHS[1] * 7]


def test_a_narrow_column_between_others_is_seen(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.column_dimensions["B"].hidden = True
        sheet.column_dimensions["C"].width = 0.3

    prototype, _ = loaded(tmp_path, change)
    assert prototype is not None
    assert [pages.column_pixels(w) for w in prototype.widths[:2]] == [0, 6]


def test_notes_to_the_office_are_not_rows(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["A15"], sheet["B15"] = "※見本の行です。", "{なんでも}"
        sheet["A16"], sheet["B16"] = "注", "=SUM(A1)"
        sheet["B17"] = "　"

    prototype, mistakes = loaded(tmp_path, change)
    assert (prototype is not None, mistakes) == (True, [])


def test_own_fields_and_other_spellings(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["G7"] = "｛予算事業費（千円）｝"

    prototype, mistakes = loaded(tmp_path, change, own=("財源", "事業コード"))
    assert mistakes == []
    assert prototype is not None
    assert [prototype.columns[name] for name in ("予算事業費", "財源", "事業コード")] == [5, 7, 8]


MISTAKES: list[tuple[str, Callable[[Worksheet], Any], str, str, str]] = [
    ("unknown", lambda s: s.__setitem__("D7", "{事業明}"), "D7", "{事業明}", "「{事業名}」では"),
    (
        "elsewhere",
        lambda s: s.__setitem__("B4", "{小計額}"),
        "B4",
        "「見出し」の行では",
        "「小計」",
    ),
    (
        "not for print",
        lambda s: s.__setitem__("H8", "{備考}"),
        "H8",
        "備考は部局から事務局への連絡で、一覧には載りません",
        "「項目」シート",
    ),
    ("half", lambda s: s.__setitem__("D7", "{事業名"), "D7", "波かっこ", "波かっこ"),
    ("kind", lambda s: s.__setitem__("A7", "事業行"), "A7", "『事業行』", "「事業」では"),
    (
        "relisted",
        lambda s: s.__setitem__("A8", "事業（再掲）"),
        "A8",
        "『事業（再掲）』",
        "「再掲事業」では",
    ),
    ("no row", lambda s: s.delete_rows(9), "A1", "「小計」の行がありません", "A列"),
    ("no kind", lambda s: s.__setitem__("A9", None), "B9", "A列が空欄のため", "行の種類（小計）"),
    (
        "a row of the form below",
        lambda s: s.__setitem__("C12", "{表題}の続き"),
        "C12",
        "この行は印刷されません",
        "印刷できるのは一覧の上だけです",
    ),
    ("one kind for rows", lambda s: s.merge_cells("A1:A3"), "B2", "上の行と結合されて", "解除し"),
    ("title below", lambda s: s.__setitem__("A13", "表題"), "A13", "離れています", "上だけです"),
    ("note as kind", lambda s: s.__setitem__("A13", "注記"), "A13", "『注記』", "上だけです"),
    ("twice", lambda s: s.__setitem__("A8", "事業"), "A8", "「事業」の行が2行", "1行だけ"),
    ("apart", lambda s: s.__setitem__("A13", "見出し"), "A13", "離れています", "続けて"),
    (
        "formula",
        lambda s: s.__setitem__("G9", "=SUM(G7:G8)"),
        "G9",
        "数式は使えません",
        "{小計額}",
    ),
    (
        "shared cell",
        lambda s: s.__setitem__("D7", "「{事業名}」"),
        "D7",
        "{事業名}だけの",
        "「表示形式」",
    ),
    ("no cell", lambda s: s.__setitem__("D7", "事業名"), "A7", "{事業名}だけの", "{事業名}"),
    (
        "other column",
        lambda s: (s.__setitem__("B8", "{再掲}"), s.__setitem__("C8", "{番号}")),
        "C8",
        "{番号}の列が",
        "B8",
    ),
    ("merged rows", lambda s: s.merge_cells("H9:H10"), "H9", "結合されて", "解除"),
]


@pytest.mark.parametrize(
    ("change", "address", "problem", "remedy"),
    [m[1:] for m in MISTAKES],
    ids=[m[0] for m in MISTAKES],
)
def test_a_mistake_is_named_with_its_cell(
    tmp_path: Path, change: Callable[[Worksheet], Any], address: str, problem: str, remedy: str
) -> None:
    prototype, mistakes = loaded(tmp_path, change)
    assert prototype is None
    found = [m for m in mistakes if m.place.cell == address]
    assert found, [str(m) for m in mistakes]
    assert {(m.code, m.place.file, m.place.sheet) for m in mistakes} == {
        ("T101", "form.xlsx", "別紙")
    }
    assert any(problem in m.message for m in found)
    assert any(remedy in m.cure for m in found)


def doubted(path: Path, change: Callable[[Worksheet], Any]) -> list[str]:
    prototype, mistakes = loaded(path, change)
    assert prototype is not None, mistakes
    return list(doubts(prototype, example_strategy().settings))


def test_words_of_another_year_are_asked_about(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["B2"] = "※予算事業費は、平成29年度の当初予算の額です。"
        sheet["B3"] = "※{年度}の額です（平成29年度からの増減は別表）。"
        sheet["H4"] = "事業内容（平成27年度〜平成31年度）"

    (asked,) = doubted(tmp_path, change)
    assert "「表題」の行に、平成30年度ではない年度があります（『※予算事業費は、平成29" in asked


def test_a_memo_beside_the_form_is_asked_about(tmp_path: Path) -> None:
    (question,) = doubted(tmp_path, lambda s: s.__setitem__("I24", "※一般会計のみ。"))
    assert "I24の『※一般会計のみ。』は、A列が空欄のため印刷されません" in question
    assert "印刷できるのは一覧の上だけです" in question


def test_a_total_under_another_heading_is_asked_about(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        for row in (4, 7, 8):  # in these rows alone, as somebody moves cells
            sheet[f"F{row}"], sheet[f"G{row}"] = sheet[f"G{row}"].value, sheet[f"F{row}"].value

    def merged(sheet: Worksheet) -> None:
        sheet["G9"] = None
        sheet.unmerge_cells("B9:F9")
        sheet.merge_cells("F9:G9")
        sheet["F9"] = "{小計額}"

    asked = doubted(tmp_path, change)
    assert [text.split("」の行の{小計額}")[0][-2:] for text in asked] == ["小計", "合計"]
    assert doubted(tmp_path, merged) == []


def test_a_template_without_the_form(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.title = "べっし"

    prototype, mistakes = loaded(tmp_path, change)
    assert prototype is None
    assert "シート「別紙」がありません" in mistakes[0].message


def test_the_child_reads_the_form(tmp_path: Path) -> None:
    """As JSON, in a process without numpy; only where it is asked for."""
    path = write_form(tmp_path / "form.xlsx")
    asked, plain = read_files(
        [InboxFile("a.xlsx", path, "別紙"), InboxFile("b.xlsx", path)], jobs=1
    )
    assert asked.form == read_print_form(path.read_bytes(), "別紙")
    assert plain.form is None
    (without,) = read_files([InboxFile("a.xlsx", path, "様式")], jobs=1)
    assert without.form is None
    _, (mistake,) = load_prototype(without.form, "form.xlsx", example_strategy().fields)
    assert "シート「別紙」がありません" in str(mistake)


def test_a_form_that_cannot_be_read_is_a_mistake_of_its_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are read all the same: their mistakes are told, and nothing is left out."""

    def fails(data: bytes, name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(print_form, "read_print_form", fails)
    path = write_form(tmp_path / "form.xlsx")
    read = answer(str(path), "form.xlsx", "別紙")
    assert (read["refusal"], len(read["sheets"])) == (None, 1)
    prototype, (mistake,) = load_prototype(read["form"], "form.xlsx", example_strategy().fields)
    assert prototype is None
    assert (mistake.code, mistake.place.sheet, mistake.place.cell) == ("T101", "別紙", "A1")
    assert "見た目" in mistake.message
    assert "上書き保存" in mistake.cure
