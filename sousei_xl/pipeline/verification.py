"""What must hold before a list is written, and after: it fits, and it arrived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

from sousei_xl import text
from sousei_xl.addresses import LAST_ROW
from sousei_xl.errors import OperatorError
from sousei_xl.figures.changes import PROJECTS_SHEET
from sousei_xl.figures.changes.indicators import INDICATORS_SHEET
from sousei_xl.publish import OpenSheets
from sousei_xl.sheets import Contents
from sousei_xl.sheets.data import projects_data
from sousei_xl.sheets.indicators import indicators_data

_MOST_ROWS = LAST_ROW - 576  # titles, headings and sums need some


def require_room(contents: Contents) -> None:
    """OperatorError where a sheet would need more rows than Excel has."""
    departments = len(contents.totals.departments)  # each has a subtotal
    for what, count in (
        ("一覧", len(contents.result.listed) + departments),
        ("指摘", len(contents.findings)),
        ("提出されたファイル", 2 * (len(contents.result.files) + departments)),
    ):
        if count > _MOST_ROWS:
            raise OperatorError(
                f"{what}が{count:,}行になり、Excelの1枚のシートに入りません"
                f"（{_MOST_ROWS:,}行まで）。inbox のファイルを分けて、別々に統合してください。"
                "出力フォルダーは前のままです。"
            )


def verify_official(sheets: OpenSheets, contents: Contents) -> None:
    """OperatorError unless the workbook, read back, holds the list row for row, value for value."""
    tables: dict[str, Iterable[Sequence[text.Value]]] = {}
    headings, rows = projects_data(contents)
    tables[PROJECTS_SHEET] = chain([headings], rows)
    if contents.has_indicators:
        headings, figures = indicators_data(contents)
        tables[INDICATORS_SHEET] = chain([headings], figures)
    pairs = (
        pair
        for name, expected in tables.items()
        for pair in zip_longest(expected, sheets.get(name, ()), fillvalue=())
    )
    if not all(_same_values(mine, theirs) for mine, theirs in pairs):
        raise OperatorError(
            "書き出した別紙を読み直したところ、一覧と一致しませんでした。"
            "出力フォルダーは前のままです。もう一度実行してください。"
        )


def _same_values(mine: Sequence[text.Value], theirs: Sequence[text.Value]) -> bool:
    if ["" if value is None else value for value in mine] == theirs:  # nearly every row
        return True
    return len(mine) == len(theirs) and all(
        one == other or text.to_text(one) == text.to_text(other)
        for one, other in zip(mine, theirs, strict=True)
    )
