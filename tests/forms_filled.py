"""Forms filled in as a department does it: cells of a distributed workbook, by heading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from sousei_xl.forms import layout
from sousei_xl.forms.indicator_layout import indicator_fields
from sousei_xl.forms.projects import FIRST_ROW
from sousei_xl.strategy import Strategy


def fill(
    form: Path,
    target: Path,
    strategy: Strategy,
    projects: Iterable[Mapping[str, Any]] = (),
    *,
    first: int = FIRST_ROW + 1,
    indicators: Mapping[str, Mapping[str, Any]] | None = None,
    reply: Mapping[str, Any] | None = None,
) -> Path:
    """Type ``projects`` (field name → value) into 事業 from Excel's row ``first`` on,
    ``indicators`` (ID → column name → value) into KPI, and answers into 回答票."""
    book = openpyxl.load_workbook(form)
    if layout.PROJECTS in book.sheetnames:
        _type(book[layout.PROJECTS], first, list(projects), project_letters(book, strategy))
    for id_, values in (indicators or {}).items():
        letters = dict(zip(_names(indicator_fields(strategy)), _letters(), strict=False))
        sheet = book[layout.INDICATORS]
        row = next(
            r for r in range(4, sheet.max_row + 1) if sheet[f"{letters['id']}{r}"].value == id_
        )
        _type(sheet, row, [values], letters)
    for row in book[layout.REPLY].iter_rows(max_col=2):
        if row[0].value in (reply or {}):
            row[1].value = (reply or {})[row[0].value]
    book.save(target)
    return target


def project_letters(book: Any, strategy: Strategy) -> dict[str, str]:
    """Field name → column letter of the form's 事業."""
    names = {label: name for name, label in layout.project_fields(strategy, prefilled=True)}
    header = book[layout.PROJECTS][FIRST_ROW]
    return {names[cell.value]: cell.column_letter for cell in header if cell.value in names}


def _type(sheet: Any, first: int, rows: Sequence[Mapping[str, Any]], letters: Any) -> None:
    for number, row in enumerate(rows, first):
        for name, value in row.items():
            sheet[f"{letters[name]}{number}"] = value


def _names(fields: Sequence[tuple[str, str]]) -> list[str]:
    return [name for name, _ in fields]


def _letters() -> Iterable[str]:
    return (chr(65 + i) for i in range(26))
