"""Kinds: the table itself was moved, copied, hidden, merged or added to."""

from __future__ import annotations

from openpyxl import Workbook

from tests.dirty.forms import (
    DEPARTMENT,
    HEADER_ROW,
    HEADINGS,
    Change,
    edited,
    line,
    lines,
    projects,
    refused,
    with_more,
    with_rows,
)
from tests.dirty.kinds import Kind, Put


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


def _same_column_twice(book: Workbook) -> None:
    sheet = projects(book)
    for row in (HEADER_ROW, 4, 5):
        sheet.cell(row, len(HEADINGS) + 1, sheet.cell(row, _column("事業名")).value)


def _side_table(book: Workbook) -> None:
    """A small table to the right: other headings, other rows."""
    sheet = projects(book)
    for row, words in enumerate((("財源", "金額"), ("国", 600), ("市", 600), ("計", 1200)), 4):
        for column, word in enumerate(words, 16):
            sheet.cell(row, column, word)


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


def _second_table(slug: str) -> list[list[object]]:
    below = [None, "所管", "件数"], [None, "市民協働課", 3], [None, "地域活動課", 5]
    return [*lines(slug), [], [], *map(list, below)]


KINDS = (
    Kind("columns-reversed", "列の順序を逆にした", edited(_reversed_columns)),
    Kind("column-inserted", "表の途中に列を挿入した", edited(_inserted_column), ("S105 F3",)),
    Kind(
        "note-columns",
        "表の右に課内用の列を足した",
        edited(_note_columns),
        ("S105 M3", "S105 N3"),
    ),
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
        "F201 F3",
    ),
    Kind(
        "heading-twice",
        "同じ見出しの列が右にもあり、内容が異なる",
        edited(_same_heading_twice),
        ("S101 M3",),
    ),
    Kind("heading-pasted", "同じ見出し、同じ内容の列が右にもある", edited(_same_column_twice)),
    Kind(
        "relisted-alone",
        "再掲の印だけの行がある",
        with_more([None, None, None, "再掲"]),
        ("R101 B6", "R102 F6", "R103 H6", "A102 G6"),
        held=1,
    ),
    Kind("header-row-12", "見出しの上に9行足した（見出しが12行目）", _rows_above(9), ("S105 B2",)),
    Kind(
        "header-row-1",
        "表題を削除した（見出しが1行目）",
        edited(lambda b: projects(b).delete_rows(1, 2)),
    ),
    Kind(
        "two-header-rows",
        "見出しの上に結合した大見出しがある",
        edited(_two_header_rows),
        ("S105 B3",),
    ),
    Kind("blank-rows", "行の間に空白の行がある", with_rows(_blanks)),
    Kind("rows-below-gap", "7行空けた下に事業が残っている", with_rows(_gap), ("S101 A12",)),
    Kind(
        "header-repeated",
        "表の途中に見出しをもう一度入れた",
        with_rows(lambda slug: [lines(slug)[0], list(HEADINGS), lines(slug)[1]]),
    ),
    Kind(
        "side-table",
        "表の右に別の表がある",
        edited(_side_table),
        tuple(f"S105 P{row}" for row in (4, 5, 6, 7)),
    ),
    Kind(
        "second-table",
        "表の下に別の表がある",
        with_rows(_second_table),
        tuple(f"{code}{row}" for row in (8, 9, 10) for code in ("R101 B", "A102 G")),
        held=3,
    ),
    Kind(
        "total-row",
        "合計の行を手で入れた",
        with_more([None, None, None, None, None, "合計", None, None, None, 4600]),
        ("R101 F6", "A102 G6"),
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
)
