"""再掲一覧: every relisted row beside its original, and what is counted twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sousei_xl.rules.records import ListedRow
from sousei_xl.sheets import Contents
from sousei_xl.sheets.annex import printed_name
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.data import (
    ORIGINALS_ONLY,
    budget_formula,
)
from sousei_xl.sheets.overview.head import write_head
from sousei_xl.sheets.tables import Column, Formula, Row, Table, write_table

SHEET = "再掲一覧"

_COLUMNS = (
    Column("再掲の行", 10, "centre"),
    Column("再掲先の施策", 31),
    Column("関連性\n（再掲）", 8, "centre"),
    Column("初出の行", 10, "centre"),
    Column("初出の施策", 31),
    Column("関連性\n（初出）", 8, "centre"),
    Column("事業名", 46),
    Column("部局名", 20),
    Column("予算区分", 9, "centre"),
    Column("予算事業費", 13, "number", "number"),
    Column("再掲の\n回数", 8, "number", "number"),
)
_UNKNOWN = "確認中"  # only in a draft: the original has not come yet


def write_relisted(book: Book, contents: Contents) -> None:
    """The sheet 再掲一覧. Its sum is live, and so is the comparison with the totals."""
    listed = contents.result.listed
    by_id = {row.row_id: row for row in listed}
    labels = {m.key: m.option for m in contents.strategy.measures}
    relisted = [row for row in listed if row.relisted]
    times = Counter(row.original for row in relisted)
    total, unit = contents.totals.total, contents.strategy.settings.unit
    sheet = book.sheet(SHEET, [c.width for c in _COLUMNS], in_order=True)
    top = write_head(
        sheet,
        contents,
        SHEET,
        "再掲は、ほかの施策に載っている事業をもう一度載せた行です。事業名・部局名・予算事業費・"
        "事業内容は初出の行と同じで、番号と関連性だけが異なることがあります。",
    )
    if not relisted:
        sheet.wide_text(top, "再掲の行はありません。", "plain_wrap")
        sheet.page_setup()
        return
    note = (
        f"再掲は{total.relisted}行です。その予算事業費は、「再掲を含む」合計に二重に計上されています"
        f"（単位：{unit}）。"
    )
    sheet.wide_text(top, note, "note")
    top += 1
    rows = [_row(row, by_id, labels, times[row.original]) for row in relisted]
    first, last = top + 2, top + 1 + len(rows)  # Excel's numbers of the rows
    twice = total.gross - total.net
    count = len(listed)
    gross, net = budget_formula(count), budget_formula(count, ORIGINALS_ONLY)
    rows += [
        _sum("再掲の行の計", f"SUM(J{first}:J{last})", twice, "total"),
        _sum("再掲を含む合計", gross, total.gross),
        _sum("再掲を除く合計", net, total.net),
        _sum("差（二重に計上された額）", f"J{last + 2}-J{last + 3}", twice, "subtotal"),
    ]
    write_table(sheet, top, Table(_COLUMNS, tuple(rows), main=False))
    sheet.repeat = (top, top)
    sheet.freeze(top + 1, 0)
    sheet.page_setup(with_previous=range(last, last + 4))


def _sum(label: str, formula: str, value: int, emphasis: str = "") -> Row:
    blanks = (None,) * 6
    return Row((*blanks, label, None, None, Formula(f"={formula}", value), None), emphasis)


def _row(
    row: ListedRow, by_id: Mapping[int, ListedRow], labels: Mapping[str, str], times: int
) -> Row:
    original = by_id.get(row.original) if row.original is not None else None
    return Row(
        (
            row.target,
            labels[row.measure],
            row.relevance,
            original.target if original else _UNKNOWN,
            labels[original.measure] if original else None,
            original.relevance if original else None,
            printed_name(row.name, row.category),
            row.department,
            row.budget_kind,
            row.budget,
            times if original else 1,
        )
    )
