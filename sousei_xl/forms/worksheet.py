"""The workbook of a form: two things that Excel writes into a worksheet and XlsxWriter does not,
beside what the generated workbooks' worksheet does.

Both matter to a form because people go on working in it: rows of data grow with the text that is
typed into them, and one formula for a whole column is stored once instead of two hundred times (a
tenth of the size, and of the time that reading the form takes).
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
    """A workbook for people to fill in, dated 基準日."""
    created = dt.datetime.combine(settings.list_date, dt.time())
    book = Book(path, Run("", settings.list_date, created), settings, title)
    book.workbook.worksheet_class = FormWorksheet
    return book


class FormWorksheet(ListWorksheet):
    """A worksheet with growing rows and, in one column, a shared formula."""

    shared: tuple[str, int, int] | None = None
    growing = range(0)

    def grow(self, first: int, last: int) -> None:
        """These rows (from 0) adapt their height to what is typed into them.

        All others keep theirs, because Excel fits a row to its single cells alone: merged texts
        would be cut, and the heights of the printed form's prototype rows be lost.
        """
        self.growing = range(first, last + 1)

    def share_formula(self, column: str, first: int, last: int) -> None:
        """The formulas in these cells (Excel's rows) are the first one, each in its own row."""
        self.shared = (column, first, last)

    def _row_tag(self, row: int, info: Any) -> str:
        tag = super()._row_tag(row, info)
        # A height that is not "custom" is adapted when the text changes.
        return tag.replace(' customHeight="1"', "") if row in self.growing else tag

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
