"""XlsxWriter's worksheet for lists of any length: the same XML, written sooner and in less time.

XlsxWriter keeps every cell until the workbook is closed, unless all cells of all sheets come in
the order of their rows. Here a sheet whose top is finished can let go of it (``release``): those
rows are turned into XML at once and wait in a temporary file. What is written does not depend on
when that happens, so a long list has the same contents either way.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from typing import IO, Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellBlankTuple, CellNumberTuple, CellStringTuple, Worksheet

_SPAN = 16  # rows that share one "spans" attribute
_AT_ONCE = 512  # rows that are let go of together
_letters = cache(xl_col_to_name)


class ListWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet that writes plain cells fast and can let go of rows that are finished."""

    # The public methods first try whether the row is an address such as "A1".
    write_string = Worksheet._write_string
    write_number = Worksheet._write_number
    write_blank = Worksheet._write_blank

    released = 0  # rows above this one are written and can no longer be changed
    _finished: IO[str] | None = None

    def release(self, row: int) -> None:
        """Let go of the rows above ``row``, once there are enough of them; a cell that is written
        there later is refused."""
        last = row - row % _SPAN
        if last - self.released < _AT_ONCE or self.comments:
            return
        if self._finished is None:
            self._finished = tempfile.TemporaryFile(  # noqa: SIM115 (until the sheet is written)
                "w+", encoding="utf-8", newline="", dir=self.tmpdir
            )
        self._finished.writelines(self._rows(self.released, last))
        for number in range(self.released, last):
            self.table.pop(number, None)
            self.row_info.pop(number, None)
            self.row_sizes.pop(number, None)
        self.released = last

    def _check_dimensions(
        self, row: int, col: int, ignore_row: bool = False, ignore_col: bool = False
    ) -> int:
        if row < self.released and not ignore_row:
            return -2
        code: int = super()._check_dimensions(row, col, ignore_row, ignore_col)
        return code

    def _write_rows(self) -> None:
        if self.comments:
            super()._write_rows()
            return
        if self._finished is not None:
            self._finished.seek(0)
            shutil.copyfileobj(self._finished, self.fh)
            self._finished.close()
        self.fh.writelines(self._rows(max(self.released, self.dim_rowmin), self.dim_rowmax + 1))

    def _rows(self, first: int, last: int) -> Iterator[str]:
        """The XML of the rows from ``first`` to before ``last``."""
        for top in range(first - first % _SPAN, last, _SPAN):
            numbers = range(max(top, first), min(top + _SPAN, last))
            columns = [column for number in numbers for column in self.table.get(number, ())]
            span = f"{min(columns) + 1}:{max(columns) + 1}" if columns else None
            for number in numbers:
                cells, info = self.table.get(number), self.row_info.get(number)
                if cells:
                    yield self._captured(self._write_row, number, span, info)
                    for column in sorted(cells):
                        yield self._cell(number, column, cells[column])
                    yield "</row>"
                elif info:
                    yield self._captured(self._write_empty_row, number, span, info)

    def _cell(self, row: int, column: int, cell: Any) -> str:
        kind, look = type(cell), cell.format
        if look is not None:
            head = f'<c r="{_letters(column)}{row + 1}" s="{look._get_xf_index()}"'
            if kind is CellStringTuple:
                return f'{head} t="s"><v>{cell.string}</v></c>'
            if kind is CellBlankTuple:
                return f"{head}/>"
            if kind is CellNumberTuple:
                return f"{head}><v>{cell.number:.16G}</v></c>"
        return self._captured(self._write_cell, row, column, cell)

    def _captured(self, write: Any, *arguments: Any) -> str:
        """What one of XlsxWriter's own methods writes."""
        handle, self.fh = self.fh, _Captured()
        try:
            write(*arguments)
            return "".join(self.fh)
        finally:
            self.fh = handle


class _Captured(list[str]):
    """Stands in for a file."""

    write = list.append
