"""The template's sheet 別紙 as it looks: what ``sheets.prototype`` makes the printed form from.

Only here openpyxl reads: calamine knows no fonts, fills or borders. It runs in the child process,
beside the parent's imports, and the template is supervised there like every other file.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.worksheet.worksheet import Worksheet

from sousei_xl import text
from sousei_xl.intake.looks import Palette, look_of


def read_print_form(data: bytes, name: str) -> dict[str, Any] | None:
    """The sheet ``name`` of a workbook in JSON's own types; None where there is none.

    ``rows`` are those with something in any column, each with its number, its ``height`` in points
    (0: as needed) and its cells from A on: ``text``, whether it is a ``formula``, ``look`` (format
    properties of XlsxWriter; that of a merged range's first cell has the borders of the whole
    range). ``merged`` are first row, first column, last row, last column, counted from 1;
    ``widths`` are pixels, from column A on (0: hidden); ``margins`` left, right, top, bottom in
    inches.
    """
    workbook = load_workbook(BytesIO(data), rich_text=True)
    try:
        if name not in workbook.sheetnames:
            return None
        return _described(workbook[name], Palette(workbook))
    finally:
        workbook.close()


def _described(sheet: Worksheet, palette: Palette) -> dict[str, Any]:
    merged = [[a.min_row, a.min_col, a.max_row, a.max_col] for a in sheet.merged_cells.ranges]
    filled = (c.row for c in sheet._cells.values() if text.to_text(_shown(c.value)).strip())
    numbers = sorted(set(filled))
    ends = {(row, column): last for row, column, _, last in merged}
    used = (
        ends.get((number, column), column)
        for number in numbers
        for column in range(2, sheet.max_column + 1)
        if sheet.cell(number, column).value is not None or (number, column) in ends
    )
    last = max(used, default=1)
    page = sheet.page_margins
    return {
        "rows": [
            {
                "number": number,
                "height": float(sheet.row_dimensions[number].height or 0),
                "cells": [_cell(sheet.cell(number, c + 1), palette) for c in range(last)],
            }
            for number in numbers
        ],
        "merged": merged,
        "widths": _widths(sheet, last),
        "orientation": sheet.page_setup.orientation or "",
        "margins": [page.left, page.right, page.top, page.bottom],
    }


def _cell(cell: Any, palette: Palette) -> dict[str, Any]:
    """A rich text is as its first run is."""
    value, font = cell.value, None
    if isinstance(value, CellRichText):
        first = value[0] if value else ""
        font = first.font if isinstance(first, TextBlock) else None
    return {
        "text": text.to_text(_shown(value)),
        "formula": cell.data_type == "f",
        "look": look_of(cell, palette, font),
    }


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, CellRichText) else value


def _widths(sheet: Worksheet, last: int) -> list[float]:
    digit = _digit_pixels(sheet.parent)
    standard = sheet.sheet_format.defaultColWidth
    widths = [standard * digit if standard else 8 * digit + 5.0] * last
    for dimension in sheet.column_dimensions.values():
        for column in range(dimension.min or 1, min(dimension.max or 0, last) + 1):
            if dimension.hidden or dimension.width == 0:
                widths[column - 1] = 0.0
            elif dimension.customWidth:
                widths[column - 1] = dimension.width * digit
    return widths


def _digit_pixels(workbook: Any) -> int:
    """Width of a digit in the workbook's normal font: what column widths are counted in."""
    # Excel writes its name in the office's language: 標準.
    styles = workbook._named_styles
    normal = next((style for style in styles if style.builtinId == 0), styles[0]).font
    name, size = normal.name or "Calibri", float(normal.sz or 11)
    em = {"Calibri": 0.5, "Verdana": 0.64}.get(name, 0.54)
    return max(round(size * 96 / 72 * em), 1)
