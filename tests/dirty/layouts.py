"""Kinds: the table itself was moved, copied, hidden, merged or added to."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests import zip_surgery as zs
from tests.dirty.forms import (
    DEPARTMENT,
    HEADER_ROW,
    HEADINGS,
    PART,
    Change,
    cut_open,
    edited,
    line,
    lines,
    projects,
    refused,
    with_more,
    with_rows,
)
from tests.dirty.kinds import FIRST, SECOND, SHEET, Kind, Put


def _column(heading: str) -> int:
    return HEADINGS.index(heading) + 1


def _reversed_columns(book: Workbook) -> None:
    sheet = projects(book)
    for number in range(HEADER_ROW, sheet.max_row + 1):
        cells = sheet[number][: len(HEADINGS)]
        for cell, value in zip(cells, [c.value for c in reversed(cells)], strict=True):
            cell.value = value


def _renamed(**headings: str) -> Change:
    """Headings by column letter."""

    def change(book: Workbook) -> None:
        for letter, heading in headings.items():
            projects(book)[f"{letter}{HEADER_ROW}"] = heading

    return change


def _without_column(heading: str) -> Change:
    return lambda book: projects(book).delete_cols(_column(heading))


def _note_columns(book: Workbook) -> None:
    sheet = projects(book)
    for row, words in enumerate((("課内確認", "確認日"), ("済", 43160), ("未", "3/9")), HEADER_ROW):
        for column, word in enumerate(words, len(HEADINGS) + 1):
            sheet.cell(row, column, word)


def _inserted_column(book: Workbook) -> None:
    projects(book).insert_cols(_column("事業名"))
    projects(book).cell(HEADER_ROW, _column("事業名"), "整理番号")
    projects(book).cell(HEADER_ROW + 1, _column("事業名"), "K-12")


def _two_header_rows(book: Workbook) -> None:
    sheet = projects(book)
    sheet.insert_rows(HEADER_ROW)
    sheet["B3"], sheet["I3"] = "施策体系", "予算"
    sheet.merge_cells("B3:C3")
    sheet.merge_cells("I3:J3")


def _same_heading_twice(book: Workbook) -> None:
    projects(book).cell(HEADER_ROW, len(HEADINGS) + 1, "事業名")
    projects(book).cell(HEADER_ROW + 1, len(HEADINGS) + 1, "旧名称")


def _side_table(book: Workbook) -> None:
    """A small table to the right: other headings, other rows."""
    sheet = projects(book)
    for row, words in enumerate((("財源", "金額"), ("国", 600), ("市", 600), ("計", 1200)), 4):
        for column, word in enumerate(words, 16):
            sheet.cell(row, column, word)


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


def _default_departments(book: Workbook) -> None:
    for row in range(6, 40):
        projects(book)[f"G{row}"] = DEPARTMENT


def _formulas_alone(book: Workbook) -> None:
    for row in range(6, 40):
        projects(book)[f"A{row}"] = f'=IF(F{row}="","","✓")'
        projects(book)[f"J{row}"] = f"=SUM(P{row}:Q{row})"


def _styled_far(book: Workbook) -> None:
    for row in range(6, 600):
        projects(book).cell(row, 30).number_format = "0.00"


def _gap(slug: str) -> list[list[object]]:
    first, second = lines(slug)
    return [first, *[[]] * 7, second]


def _blanks(slug: str) -> list[list[object]]:
    first, second = lines(slug)
    return [[], first, [], [None, "　", None, " "], second]


def _rows_above(count: int) -> Put:
    def change(book: Workbook) -> None:
        projects(book).insert_rows(1, count)
        projects(book)["B2"] = "※提出前に課長の確認を受けてください"

    return edited(change)


def _below_header(*values: object) -> Put:
    return with_rows(lambda slug: [values, *lines(slug)])


def _unnamed(*rows: int) -> tuple[str, ...]:
    """What is said of rows that hold nothing that a project needs."""
    codes = ("R101 B", "R102 F", "R103 H", "R104 J", "R109 K", "A102 G")
    return tuple(f"{code}{row}" for row in rows for code in codes)


def _second_table(slug: str) -> list[list[object]]:
    below = [None, "所管", "件数"], [None, "市民協働課", 3], [None, "地域活動課", 5]
    return [*lines(slug), [], [], *map(list, below)]


# openpyxl writes no height of 0.
_FLAT_ROW = cut_open(lambda d: zs.replace(d, PART, '<row r="5"', '<row r="5" ht="0"'))

KINDS = (
    Kind("columns-reversed", "列の順序を逆にした", edited(_reversed_columns)),
    Kind("column-inserted", "表の途中に列を挿入した", edited(_inserted_column)),
    Kind("note-columns", "表の右に課内用の列を足した", edited(_note_columns)),
    Kind(
        "check-column-deleted",
        "入力チェックの列を削除した",
        edited(_without_column("入力チェック")),
    ),
    Kind("note-column-deleted", "備考の列を削除した", edited(_without_column("備考"))),
    Kind(
        "optional-column-deleted",
        "任意の列（掲載区分）を削除した",
        edited(_without_column("掲載区分")),
        ("F201 事業!",),
        "refused",
        budgets=(),
    ),
    Kind(
        "required-column-deleted",
        "必須の列（関連性）を削除した",
        edited(_without_column("関連性")),
        ("F201 事業!",),
        "refused",
        budgets=(),
    ),
    Kind(
        "heading-respelled",
        "見出しに改行・空白・半角を入れ、単位を消した",
        edited(_renamed(J="予算\n事業費", E="掲載 区分", K="事業内容　")),
    ),
    Kind(
        "heading-renamed",
        "見出しを変えた（予算額）",
        edited(_renamed(J="予算額")),
        ("F201 事業!",),
        "refused",
        budgets=(),
    ),
    refused(
        "heading-name-renamed",
        "見出しを変えた（事業の名称）",
        edited(_renamed(F="事業の名称")),
        "F201",
    ),
    Kind("heading-twice", "同じ見出しの列が右にもある", edited(_same_heading_twice)),
    Kind("header-row-12", "見出しの上に9行足した（見出しが12行目）", _rows_above(9)),
    Kind(
        "header-row-1",
        "表題を削除した（見出しが1行目）",
        edited(lambda b: projects(b).delete_rows(1, 2)),
    ),
    Kind("two-header-rows", "見出しの上に結合した大見出しがある", edited(_two_header_rows)),
    Kind("blank-rows", "行の間に空白の行がある", with_rows(_blanks)),
    Kind("rows-below-gap", "7行空けた下に事業が残っている", with_rows(_gap), ("S101 A12",)),
    Kind(
        "header-repeated",
        "表の途中に見出しをもう一度入れた",
        with_rows(lambda slug: [lines(slug)[0], list(HEADINGS), lines(slug)[1]]),
    ),
    Kind("side-table", "表の右に別の表がある", edited(_side_table)),
    Kind(
        "second-table",
        "表の下に別の表がある",
        with_rows(_second_table),
        (*_unnamed(8, 9, 10), "R108 C8"),
        held=3,
    ),
    Kind(
        "total-row",
        "合計の行を手で入れた",
        with_more([None, None, None, None, None, "合計", None, None, None, 4600]),
        ("R101 B6", "R103 H6", "R109 K6", "A102 G6"),
        held=1,
    ),
    Kind("total-formula", "合計の数式だけがある", with_more([None] * 9 + ["=SUM(J4:J5)"])),
    Kind(
        "example-row",
        "記入例の行が残っている",
        _below_header(*line("（例）移住促進事業", 12000, "例　2ア")),
        ("R101 B4",),
        held=1,
    ),
    Kind("default-departments", "部局名だけの行が下に続く", edited(_default_departments)),
    Kind("formulas-alone", "数式だけの行が下に続く", edited(_formulas_alone)),
    Kind("styles-far", "表の下に書式だけが残っている", edited(_styled_far)),
    Kind("hidden-row", "非表示の行に事業がある", edited(_hidden_row), ("S101 A5",)),
    Kind("flat-row", "高さ0の行に事業がある", _FLAT_ROW, ("S101 A5",)),
    Kind("folded-row", "折りたたんだ行に事業がある", edited(_folded_row), ("S101 A5",)),
    Kind("hidden-column", "予算事業費の列が非表示", edited(_hidden_columns("J")), ("S101 A4",)),
    Kind("hidden-blank-column", "空欄の列が非表示", edited(_hidden_columns("C", "D", "L"))),
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
    Kind("merged-leftover", "結合セルの下に値が残っている", edited(_merged_leftover), ("S102 L5",)),
    Kind(
        "sheet-copied",
        "シートのコピー『事業 (2)』が残っている",
        edited(_copy),
        ("S101 事業 (2)!A4", "L106 事業 (2)!F4", "L106 事業 (2)!F5"),
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
    Kind("only-copy", "『事業 (2)』だけがある", edited(_only_copy), ("S101 事業 (2)!A4",)),
    Kind("sheet-renamed", "シート名を変えた（H30事業）", edited(_titled(SHEET, "H30事業"))),
    Kind("reply-renamed", "回答票のシート名を変えた", edited(_titled("回答票", "Sheet1"))),
    Kind("sheets-reordered", "シートの順を変え、メモのシートを足した", edited(_other_order)),
    Kind("returned", "差戻し票のシートと印が付いたまま", edited(_returned)),
    Kind("reply-moved", "回答票の欄を動かした", edited(_reply_moved)),
    Kind("properties-only", "回答票を削除した（様式の印だけが残る）", edited(_reply_gone(True))),
    refused("no-reply", "回答票も様式の印もない", edited(_reply_gone(False)), "F201"),
    refused("no-projects", "『事業』のシートを削除した", edited(_deleted(SHEET)), "F201"),
    refused("blank-workbook", "何も入力していない新しいブック", edited(_blank), "F201"),
)
