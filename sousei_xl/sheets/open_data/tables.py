"""The CSV files: UTF-8 with BOM, CRLF, equal to the data sheets value for value.

A spreadsheet program takes a cell that begins with = + - or @ for a formula, also in a CSV file.
Such texts get an apostrophe in front, as OWASP advises. So that it can be taken off again without
doubt, texts that look guarded already get one more: ``unguarded(guarded(text)) == text`` for every
text. Numbers are never guarded, and printed without exponents as the shortest decimal that is the
same number.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import Enum
from pathlib import Path

from sousei_xl.errors import OperatorError
from sousei_xl.sheets import Contents
from sousei_xl.sheets.data import projects_data
from sousei_xl.sheets.indicators import indicators_data

GUARD = "'"
# White space is passed over: a program that trims it would meet the sign. A Japanese Excel takes
# full-width signs as well. The white space is spelled out, because programming languages differ in
# what they count as such, and whoever reads the file takes the guard off by this very expression.
_SPACE = (
    "\\t\\n\\v\\f\\r \\x1c-\\x1f\\x85\\xa0\\u1680"
    "\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
)
GUARDED = f"^'*([\\t\\r\\n]|[{_SPACE}]*[=+\\-@＝＋－＠﹦﹢﹣﹫−])"
_GUARDED = re.compile(GUARDED)

Value = str | int | float | None


class Table(Enum):
    """The tables, by their file names."""

    PROJECTS = "事業一覧.csv"
    INDICATORS = "KPI.csv"


def tables_of(contents: Contents) -> tuple[Table, ...]:
    """Those that this run has: without indicators there is no table of them."""
    return tuple(Table) if contents.has_indicators else (Table.PROJECTS,)


def guarded(text: str) -> str:
    """A text that no spreadsheet program takes for a formula."""
    return f"{GUARD}{text}" if _GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """The text that was guarded."""
    return text[len(GUARD) :] if text.startswith(GUARD) and _GUARDED.match(text) else text


def write_table(path: Path, table: Table, contents: Contents) -> None:
    """Write a table row by row. Raises OSError."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerows([printed(value) for value in row] for row in _rows(table, contents))


def check_table(path: Path, table: Table, contents: Contents) -> None:
    """Read a table back, row for row and value for value. OperatorError where it differs."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            pairs = zip(_rows(table, contents), csv.reader(file, strict=True), strict=True)
            same = all(_same(mine, theirs) for mine, theirs in pairs)
    except (ValueError, csv.Error):
        same = False
    if not same:
        raise badly_written(table.value)


def badly_written(file: str) -> OperatorError:
    """What is said where a file reads back as something else."""
    return OperatorError(
        f"書き出した『{file}』を読み直したところ、一覧と一致しませんでした。"
        "出力フォルダーは前のままです。もう一度実行してください。"
    )


def _rows(table: Table, contents: Contents) -> Iterator[Sequence[Value]]:
    """The headings, then the rows."""
    data = projects_data if table is Table.PROJECTS else indicators_data
    headings, rows = data(contents)
    yield headings
    yield from rows


def printed(value: Value) -> str:
    """A value as it stands in a cell; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, int):
        return str(value)
    return f"{Decimal(repr(value)):f}"


def _same(mine: Sequence[Value], theirs: Sequence[str]) -> bool:
    plain = ["" if v is None else v if isinstance(v, str) else str(v) for v in mine]
    if plain == theirs and not any(cell.startswith(GUARD) for cell in theirs):
        return True  # nearly every row
    return len(mine) == len(theirs) and all(
        _read(cell, value) == value for value, cell in zip(mine, theirs, strict=True)
    )


def _read(cell: str, like: Value) -> Value:
    """The value of a cell that should hold a value such as this one."""
    if like is None:
        return cell or None
    return unguarded(cell) if isinstance(like, str) else type(like)(cell)
