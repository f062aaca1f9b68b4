"""Kinds: rows, columns and sheets that are hidden, merged, copied, renamed or missing."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests import zip_surgery as zs
from tests.dirty.forms import (
    PART,
    Change,
    cut_open,
    edited,
    projects,
    refused,
)
from tests.dirty.kinds import FIRST, SECOND, SHEET, Kind


def _hidden_row(book: Workbook) -> None:
    projects(book).row_dimensions[5].hidden = True


def _folded_row(book: Workbook) -> None:
    projects(book).row_dimensions.group(5, 5, hidden=True)


def _hidden_columns(*letters: str) -> Change:
    def change(book: Workbook) -> None:
        for letter in letters:
            projects(book).column_dimensions[letter].hidden = True

    return change


def _filtered(book: Workbook) -> None:
    sheet = projects(book)
    sheet.auto_filter.ref = "A3:L5"
    sheet.auto_filter.add_filter_column(7, ["◎"])
    sheet.row_dimensions[5].hidden = True


def _idle_filter(book: Workbook) -> None:
    projects(book).auto_filter.ref = "A3:L5"


def _state(state: str) -> Change:
    def change(book: Workbook) -> None:
        projects(book).sheet_state = state

    return change


def _foreign(book: Workbook) -> None:
    """Rows on a sheet without headings, which nobody reads."""
    extra = book.create_sheet("追加分")
    extra.append(["1ア", "事業の三", 500])
    extra.append(["1ア", "事業の四", 600])


def _foreign_line(book: Workbook) -> None:
    """A project that is the only line of its sheet, and a memo, which is none."""
    book.create_sheet("追加分").append(["1ア", "事業の三", 500])
    book.create_sheet("メモ").append(["3月1日に", "確認済"])


def _hidden_reference(book: Workbook) -> None:
    """Who hides last year's columns hides nothing that was typed."""
    projects(book)["M3"], projects(book)["M4"] = "前年度予算", 1180
    _hidden_columns("M")(book)


def _heading(new: str) -> Change:
    def change(book: Workbook) -> None:
        projects(book)["H3"] = new

    return change


def _copy(book: Workbook) -> Worksheet:
    copy = book.copy_worksheet(projects(book))
    copy.title = "事業 (2)"
    return copy


def _changed_copy(book: Workbook) -> None:
    copy = _copy(book)
    for row in (4, 5):
        copy[f"F{row}"] = f"{copy[f'F{row}'].value}（第2案）"


def _only_copy(book: Workbook) -> None:
    _copy(book)
    del book[SHEET]


def _merged_down(book: Workbook) -> None:
    projects(book).merge_cells("B4:B5")


def _merged_budget(book: Workbook) -> None:
    projects(book).merge_cells("J4:J5")


def _merged_leftover(book: Workbook) -> None:
    # Excel empties what it merges; LibreOffice and others may keep it, out of sight.
    sheet = projects(book)
    sheet["L4"], sheet["L5"] = "見えるメモ", "見えないメモ"
    sheet.merged_cells.add("L4:L5")


def _merged_title(book: Workbook) -> None:
    projects(book).merge_cells("B1:L1")


def _merged_header(book: Workbook) -> None:
    sheet = projects(book)
    sheet.insert_cols(7)
    sheet.merge_cells("F3:G3")


def _returned(book: Workbook) -> None:
    """What a corrected return looks like: our sheet in front, our marks beside the rows."""
    sheet = book.create_sheet("修正・確認依頼票", 0)
    sheet.append(
        ["No", "重要度", "セル", "事業名", "内容と直し方", "入力値", "正しい値・例", "回答欄"]
    )
    sheet.append(
        [1, "要修正", "J4", "ある事業", "予算事業費が空欄です。", None, "12000", "直しました"]
    )
    projects(book)["A4"] = "●"


def _kpi_without_header(book: Workbook) -> None:
    sheet = book.create_sheet("KPI")
    sheet.append(["番号", "指標", "29年度"])
    sheet.append(["1イ-1", "相談件数", 120])


def _kpi_beside_lost_projects(book: Workbook) -> None:
    """A form with a KPI sheet; 事業 has another name, and its heading too."""
    sheet = book.create_sheet("KPI")
    sheet.append(["ID", "指標名", "単位", "H29実績", "H30実績"])
    projects(book)["F3"] = "事業の名称"
    projects(book).title = "H30"


def _titled(old: str, new: str) -> Change:
    def change(book: Workbook) -> None:
        book[old].title = new

    return change


def _deleted(name: str) -> Change:
    return lambda book: book.remove(book[name])


def _blank(book: Workbook) -> None:
    for name in book.sheetnames:
        book.remove(book[name])
    book.create_sheet("Sheet1")
    for name in list(book.custom_doc_props.names):
        del book.custom_doc_props[name]


def _other_order(book: Workbook) -> None:
    book.move_sheet(SHEET, -1)
    book.create_sheet("メモ", 0)["A1"] = "課内用"


def _reply_gone(keep_properties: bool) -> Change:
    def change(book: Workbook) -> None:
        del book["回答票"]
        if not keep_properties:
            for name in list(book.custom_doc_props.names):
                del book.custom_doc_props[name]

    return change


def _reply_moved(book: Workbook) -> None:
    sheet = book["回答票"]
    sheet.insert_rows(1, 6)
    sheet.insert_cols(1, 3)
    sheet["D11"] = "部 局 名："  # not the label any more: the document property says it
    sheet["D10"] = "年　度"


def _old_copy_kept(book: Workbook) -> None:
    """A copy still has the header that 事業 has lost."""
    _copy(book)
    projects(book)["F3"] = "事業の名称"


# openpyxl writes no height of 0.
_FLAT_ROW = cut_open(lambda d: zs.replace(d, PART, '<row r="5"', '<row r="5" ht="0"'))

KINDS = (
    Kind("hidden-row", "非表示の行に事業がある", edited(_hidden_row), ("S101 A5",)),
    Kind("flat-row", "高さ0の行に事業がある", _FLAT_ROW, ("S101 A5",)),
    Kind("folded-row", "折りたたんだ行に事業がある", edited(_folded_row), ("S101 A5",)),
    Kind("hidden-column", "予算事業費の列が非表示", edited(_hidden_columns("J")), ("S101 A4",)),
    Kind("hidden-blank-column", "空欄の列が非表示", edited(_hidden_columns("C", "D", "L"))),
    Kind("hidden-reference", "前年度予算の列が非表示", edited(_hidden_reference)),
    Kind("hidden-sheet", "『事業』のシートが非表示", edited(_state("hidden")), ("S101 A4",)),
    Kind("very-hidden", "『事業』がVBAで非表示", edited(_state("veryHidden")), ("S101 A4",)),
    Kind("filtered", "フィルターで隠れた行がある", edited(_filtered), ("S101 A5",)),
    Kind("idle-filter", "フィルターのボタンだけがある", edited(_idle_filter)),
    Kind("merged-title", "表題のセルを結合した", edited(_merged_title)),
    Kind("merged-header", "見出しを2列に結合した", edited(_merged_header)),
    Kind(
        "merged-down",
        "施策を2行に結合し、2行目が空欄",
        edited(_merged_down),
        ("R101 B5",),
        budgets=(FIRST,),
        held=1,
    ),
    Kind(
        "merged-budget",
        "予算事業費が下の行まで結合されている",
        edited(_merged_budget),
        ("R120 J5",),
        budgets=(FIRST, None),
    ),
    Kind("merged-leftover", "結合セルの下に値が残っている", edited(_merged_leftover), ("S102 L5",)),
    Kind(
        "sheet-copied",
        "シートのコピー『事業 (2)』が残っている",
        edited(_copy),
        ("S101 事業 (2)!A4", "L106 事業 (2)!F4"),
        budgets=(FIRST, SECOND, FIRST, SECOND),
        names=("{} 一", "{} 二") * 2,
    ),
    Kind(
        "sheet-copied-changed",
        "内容の異なる『事業 (2)』がある",
        edited(_changed_copy),
        ("S101 事業 (2)!A4",),
        budgets=(FIRST, SECOND, FIRST, SECOND),
        names=("{} 一", "{} 二", "{} 一（第2案）", "{} 二（第2案）"),
    ),
    Kind("only-copy", "『事業 (2)』だけがある", edited(_only_copy)),
    Kind("sheet-renamed", "シート名を変えた（H30事業）", edited(_titled(SHEET, "H30事業"))),
    Kind("sheet-odd-name", "シート名に ' や # がある", edited(_titled(SHEET, "H30's #1 &=事業"))),
    Kind("reply-renamed", "回答票のシート名を変えた", edited(_titled("回答票", "Sheet1"))),
    Kind(
        "sheet-added",
        "見出しのないシート『追加分』に行がある",
        edited(_foreign),
        ("F211 追加分!",),
    ),
    Kind(
        "sheet-added-line",
        "見出しのないシート『追加分』に行が一つある",
        edited(_foreign_line),
        ("F211 追加分!",),
    ),
    refused(
        "heading-changed", "見出しに※を付けた（関連性※）", edited(_heading("関連性※")), "F201 H3"
    ),
    Kind("sheets-reordered", "シートの順を変え、メモのシートを足した", edited(_other_order)),
    Kind("returned", "差戻し票のシートと印が付いたまま", edited(_returned)),
    Kind("reply-moved", "回答票の欄を動かした", edited(_reply_moved)),
    Kind("properties-only", "回答票を削除した（様式の印だけが残る）", edited(_reply_gone(True))),
    refused("no-reply", "回答票も様式の印もない", edited(_reply_gone(False)), "F201"),
    refused(
        "header-lost",
        "『事業』の見出しが変わり、元の見出しは『事業 (2)』にだけ残る",
        edited(_old_copy_kept),
        "F201 F3",
    ),
    Kind(
        "kpi-header-lost", "『KPI』の見出しが変わった", edited(_kpi_without_header), ("K101 KPI!",)
    ),
    refused(
        "projects-lost",
        "『事業』の名前と見出しが変わり、『KPI』だけが元のまま",
        edited(_kpi_beside_lost_projects),
        "F201",
    ),
    refused("no-projects", "『事業』のシートを削除した", edited(_deleted(SHEET)), "F201"),
    refused("blank-workbook", "何も入力していない新しいブック", edited(_blank), "F201"),
)
