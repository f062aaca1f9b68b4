"""What a column of a data sheet is: one definition for the sheet and for the open data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
ROW_HEIGHT = 12.0

CODE_COLUMN = DataColumn(
    "団体コード",
    12,
    "全国地方公共団体コードです。6桁の文字列で、先頭の0も値の一部です。",
    required=True,
    pattern="[0-9]{6}",
)
YEAR_COLUMN = DataColumn("年度", 12, "一覧の年度です。", required=True)
