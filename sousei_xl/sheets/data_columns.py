"""What a data sheet is: its columns, defined once for the sheet and for the open data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sousei_xl.sheets.book import Sheet
from sousei_xl.sheets.worksheet import PlainCell


@dataclass(frozen=True, slots=True)
class DataColumn:
    """One column: its heading, its width on the sheet in characters, and what its values mean.

    What is said of the values (``kind`` as Table Schema names it, ``required``, ``choices``,
    ``minimum``, ``pattern``) holds for every list that is no draft. The columns that are ``is_key``
    tell a row from all others.
    """

    heading: str
    width: float
    meaning: str
    kind: Literal["string", "integer", "number"] = "string"
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    pattern: str = ""
    is_key: bool = False


# One line, and none of the second. XlsxWriter would not write 15 points, and LibreOffice then draws
# all lines.
_ROW_HEIGHT = 12.0

CODE_COLUMN = DataColumn(
    "団体コード",
    12,
    "全国地方公共団体コードです。6桁の文字列で、先頭の0も値の一部です。",
    required=True,
    pattern="[0-9]{6}",
)
YEAR_COLUMN = DataColumn("年度", 12, "一覧の年度です。", required=True)


def write_data(
    sheet: Sheet, columns: Sequence[DataColumn], rows: Iterable[Sequence[PlainCell]]
) -> None:
    """A plain table for machines and filters: header in row 1, a line per row, nothing merged."""
    for column, defined in enumerate(columns):
        sheet.text(0, column, defined.heading, "header")
    sheet.height(0, 2 * _ROW_HEIGHT)
    last = 0
    for last, cells in enumerate(rows, 1):
        sheet.line(last, cells)
        sheet.height(last, _ROW_HEIGHT)
    sheet.repeat = (0, 0)
    sheet.freeze(1, 0)
    sheet.worksheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    sheet.page_setup()
