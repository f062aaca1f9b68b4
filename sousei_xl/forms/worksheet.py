"""The workbook of a form: two things that Excel writes into a worksheet and XlsxWriter does not,
beside what the generated workbooks' worksheet does.

Both matter to a form because people go on working in it: rows grow with the text that is typed
into them, and one formula for a whole column is stored once instead of two hundred times (a tenth
of the size, and of the time that reading the form takes).
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from sousei_xl.sheets.book import Book
from sousei_xl.sheets.worksheet import ListWorksheet
from sousei_xl.strategy import Settings
from sousei_xl.workspace import Run

_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


def open_book(path: Path, settings: Settings, title: str) -> Book:
    """A workbook whose rows grow with what is typed, dated 基準日."""
    created = dt.datetime.combine(settings.list_date, dt.time())
    book = Book(path, Run("", settings.list_date, created), settings, title)
    book.workbook.worksheet_class = FormWorksheet
    return book


class FormWorksheet(ListWorksheet):
    """A worksheet with growing rows and, in one column, a shared formula."""

    shared: tuple[str, int, int] | None = None

    def share_formula(self, column: str, first: int, last: int) -> None:
        """The formulas in these cells (Excel's rows) are the first one, each in its own row."""
        self.shared = (column, first, last)

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
        if tag == "row":  # a height that is not "custom" is adapted when the text changes
            attributes = [a for a in attributes if a[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)

    def _xml_formula_element(self, formula: str, result: Any, attributes: Any = ()) -> None:
        cell = dict(attributes)
        if result == "":  # a formula that gives a blank text, not one that was never calculated
            cell["t"] = "str"
        part = f"<f>{self._escape_data(formula)}</f>"
        match = _ADDRESS.fullmatch(cell["r"])
        if self.shared and match and match[1] == self.shared[0]:
            column, first, last = self.shared
            if int(match[2]) == first:
                area = f"{column}{first}:{column}{last}"
                part = f'<f t="shared" ref="{area}" si="0">{self._escape_data(formula)}</f>'
            elif first < int(match[2]) <= last:
                part = '<f t="shared" si="0"/>'
        marks = "".join(f' {name}="{value}"' for name, value in cell.items())
        self.fh.write(f"<c{marks}>{part}<v>{self._escape_data(result)}</v></c>")
