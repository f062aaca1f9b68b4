"""部局別一覧: the list regrouped by department, with what each one answers for."""

from __future__ import annotations

from collections import defaultdict

from sousei_xl import text
from sousei_xl.figures.totals import Subtotal
from sousei_xl.rules.records import ListedRow
from sousei_xl.sheets import Contents
from sousei_xl.sheets.annex import printed_name
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.overview.head import undecided_note, write_head
from sousei_xl.sheets.tables import Column, Formula, Row, Table, write_table

SHEET = "部局別一覧"

_COLUMNS = (
    Column("部局名", 26),
    Column("施策-番号", 11, "centre"),
    Column("再掲", 7, "centre"),
    Column("事業名", 56),
    Column("関連性", 8, "centre"),
    Column("予算区分", 10, "centre"),
    Column("予算事業費\n再掲を含む", 14, "number", "number"),
    Column("予算事業費\n再掲を除く", 14, "number", "number"),
)


def write_departments(book: Book, contents: Contents) -> None:
    """The sheet 部局別一覧: departments in their order, each with a live subtotal."""
    settings, key = contents.strategy.settings, contents.strategy.example_measure
    groups: dict[str, list[ListedRow]] = defaultdict(list)
    for row in contents.result.listed:
        groups[row.counted].append(row)
    sheet = book.sheet(SHEET, [c.width for c in _COLUMNS], in_order=True)
    top = write_head(
        sheet,
        contents,
        SHEET,
        f"「施策-番号」は一覧の施策と番号です（例：{key}-4 は施策{key}の番号4）。"
        "複数の部局による事業は、先頭の部局に数えています。"
        f"予算事業費の単位は{settings.unit}です。",
        *undecided_note(contents),
    )
    waiting = {d.department for d in contents.result.departments if d.missing_units}
    first = top + 2  # Excel's number of the first row below the header
    rows: list[Row] = []
    subtotals: list[int] = []  # rows of the sheet, from 0
    for figures in contents.totals.departments:
        mine = groups[figures.label]
        begin, end = first + len(rows), first + len(rows) + len(mine) - 1
        rows += [_row(row) for row in mine]
        subtotals.append(top + 1 + len(rows))
        rows.append(_subtotal(figures, begin, end, figures.label in waiting))
    total = contents.totals.total
    last = first + len(rows) - 1
    rows.append(
        Row(
            (
                "合計",
                None,
                None,
                f"{total.rows}行（うち再掲{total.relisted}行、{total.projects}事業）",
                None,
                None,
                # SUBTOTAL leaves the subtotals out.
                Formula(f"=SUBTOTAL(9,G{first}:G{last})", total.gross),
                Formula(f"=SUBTOTAL(9,H{first}:H{last})", total.net),
            ),
            "total",
        )
    )
    write_table(sheet, top, Table(_COLUMNS, tuple(rows), main=False))
    sheet.repeat = (top, top)
    sheet.freeze(top + 1, 0)
    sheet.page_setup(with_previous={*subtotals, top + 1 + len(rows) - 1})


def _row(row: ListedRow) -> Row:
    return Row(
        (
            row.department,
            row.target,
            text.RELISTED if row.relisted else None,
            printed_name(row.name, row.category, row.marked),
            row.relevance,
            row.budget_kind,
            row.budget,
            None if row.relisted else row.budget,
        )
    )


def _subtotal(figures: Subtotal, begin: int, end: int, waited_for: bool) -> Row:
    label, relisted = f"{figures.label}　小計", figures.relisted
    if end < begin:
        nothing = "様式がまだそろっていません。" if waited_for else "該当する事業はありません。"
        return Row((label, None, None, nothing, None, None, 0, 0), "subtotal")
    count = end - begin + 1
    counted = (
        f'=ROWS(D{begin}:D{end})&"行（うち再掲"&COUNTIF(C{begin}:C{end},"{text.RELISTED}")&"行、"'
        f'&COUNTIF(C{begin}:C{end},"")&"事業）"'
    )
    return Row(
        (
            label,
            None,
            None,
            Formula(counted, f"{count}行（うち再掲{relisted}行、{count - relisted}事業）"),
            None,
            None,
            Formula(f"=SUBTOTAL(9,G{begin}:G{end})", figures.gross),
            Formula(f"=SUBTOTAL(9,H{begin}:H{end})", figures.net),
        ),
        "subtotal",
    )
