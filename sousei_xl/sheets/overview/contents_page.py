"""目次: what the workbook says in five figures, and which sheet answers what."""

from __future__ import annotations

from sousei_xl.figures.changes import CATEGORY, PROJECTS_SHEET
from sousei_xl.figures.changes.indicators import INDICATORS_SHEET
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.data import (
    ORIGINALS_ONLY,
    RELISTED_ONLY,
    budget_formula,
    count_formula,
    literal,
)
from sousei_xl.sheets.indicators.status import SHEET as STATUS
from sousei_xl.sheets.indicators.trends import SHEET as TRENDS
from sousei_xl.sheets.overview.departments import SHEET as DEPARTMENTS
from sousei_xl.sheets.overview.head import undecided_note, write_head
from sousei_xl.sheets.overview.notes import SHEET as NOTES
from sousei_xl.sheets.overview.relisted import SHEET as RELISTED
from sousei_xl.sheets.overview.summary import SHEET as SUMMARY
from sousei_xl.sheets.tables import Column, Formula, Row, Table, write_table
from sousei_xl.strategy import GROSS, NET
from sousei_xl.strategy.load.table import FORM
from sousei_xl.text import NEW

SHEET = "目次"

# Every sheet that the official workbook may have, in order, and what it answers.
ANSWERS = {
    FORM: "どの施策に、どの事業があるか（関連事業一覧の本体）",
    SUMMARY: "基本目標・施策・部局ごとに、事業がいくつあり、予算がいくらか",
    DEPARTMENTS: "どの部局が、どの事業を担当しているか",
    STATUS: "数値目標とKPIが、目標に対してどこまで進んだか",
    TRENDS: "数値目標とKPIが、年ごとにどう動いたか",
    RELISTED: "どの事業が再掲か、いくら二重に計上されているか",
    PROJECTS_SHEET: "集計や並べ替えに使える、飾りのない事業の表",
    INDICATORS_SHEET: "集計や並べ替えに使える、飾りのない実績値の表",
    NOTES: "列の意味、集計の方法、基準日、この資料の状態",
}
_ABOUT_INDICATORS = (STATUS, TRENDS, INDICATORS_SHEET)

_WIDTHS = (34, 18, 8, 62)


def write_contents_page(book: Book, contents: Contents) -> None:
    """The sheet 目次 with links to all others, in the workbook's order."""
    settings = contents.strategy.settings
    sheet = book.sheet(SHEET, _WIDTHS)
    top = write_head(sheet, contents, settings.title, *_notes(contents))
    top = write_table(sheet, top + 1, _figures(contents)) + 1

    sheet.text(top, 0, "シート", "header")
    sheet.merge_text(top, 1, top, len(_WIDTHS) - 1, "分かること", "header")
    sheet.height(top, 20)
    sheets = [s for s in ANSWERS if contents.has_indicators or s not in _ABOUT_INDICATORS]
    for row, name in enumerate(sheets, top + 1):
        sheet.link(row, 0, f"internal:'{name}'!A1", name)
        sheet.merge_text(row, 1, row, len(_WIDTHS) - 1, ANSWERS[name], "text_wrap")
        sheet.height(row, 22)
    sheet.page_setup()


def _notes(contents: Contents) -> tuple[str, ...]:
    settings = contents.strategy.settings
    reopened = "確定した後に内容が変わったため、（案）に戻っています。"
    return (
        f"予算の基準：{settings.budget_basis}　単位：{settings.unit}　"
        f"照合番号：{contents.run.hash}（同じ番号の資料は、同じ提出内容から作られています）",
        *((contents.stamp,) if contents.stamp != contents.banner else ()),
        *((reopened,) if contents.reopened else ()),
        *undecided_note(contents),
    )


def _figures(contents: Contents) -> Table:
    total, settings = contents.totals.total, contents.strategy.settings
    rows, unit = total.rows, settings.unit
    printed = "一覧の小計・合計は、この額です。"
    basis = {settings.basis: printed}
    net_hint = "一つの事業を一度だけ数えた額です。"

    def line(label: str, formula: str, value: int, unit: str, hint: str) -> Row:
        return Row((label, Formula(f"={formula}", value), unit, hint))

    new = (ORIGINALS_ONLY, (CATEGORY, literal(NEW)))
    return Table(
        (
            Column("この一覧の規模", _WIDTHS[0], "text_wrap bold"),
            Column("数値", _WIDTHS[1], "number bold", "number"),
            Column("単位", _WIDTHS[2], "centre"),
            Column("説明", _WIDTHS[3]),
        ),
        (
            line("掲載行数", count_formula(rows), total.rows, "行", "再掲の行を含みます。"),
            line(
                "事業数",
                f"{count_formula(rows)}-{count_formula(rows, RELISTED_ONLY)}",
                total.projects,
                "事業",
                f"再掲の{total.relisted}行を除いた数です。",
            ),
            line(
                "うち新規",
                count_formula(rows, *new),
                contents.totals.new,
                "事業",
                "一覧で事業名の前に（新）が付く事業です。",
            ),
            line(
                "予算事業費（再掲を含む）",
                budget_formula(rows),
                total.gross,
                unit,
                basis.get(GROSS, "再掲の行の額を足した額です。"),
            ),
            line(
                "予算事業費（再掲を除く）",
                budget_formula(rows, ORIGINALS_ONLY),
                total.net,
                unit,
                net_hint + basis.get(NET, ""),
            ),
        ),
        main=False,
    )
