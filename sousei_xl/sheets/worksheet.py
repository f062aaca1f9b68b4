"""XlsxWriter's worksheet for lists of any length: the same contents, written sooner, in less time.

XlsxWriter keeps every cell until the workbook is closed, unless all cells of all sheets come in
the order of their rows. Here a sheet whose top is finished can let go of it (``release``): those
rows are turned into XML at once and wait in a temporary file. What is written does not depend on
when that happens, so a long list has the same contents either way.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import IO, Any

from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import (
    CellBlankTuple,
    CellFormulaTuple,
    CellNumberTuple,
    CellStringTuple,
    Worksheet,
    re_dynamic_function,
)

from sousei_xl.text import utf16_length

PlainCell = tuple[int, Any, Any]  # column, text or number or None, format
Check = Callable[[str, int, int], None]  # a text that is new to the workbook, its row and column

_AT_ONCE = 512  # rows that are let go of together
_AT_A_TIME = 1 << 18  # bytes that are copied
_EXACT = 10**15  # integers below it are written as they are
_letters = cache(xl_col_to_name)


@lru_cache(maxsize=1024)  # many links lead into the same file
def _target(address: str) -> str:
    """The file that a link leads to, as a workbook writes it; empty for one within the workbook.

    ValueError where it is no link.
    """
    url = Url(address)
    return url._target() if url._target_mode() else ""


class ListWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet that writes plain cells fast and can let go of rows that are finished."""

    # The public methods first try whether the row is an address such as "A1".
    write_string = Worksheet._write_string
    write_number = Worksheet._write_number
    write_blank = Worksheet._write_blank

    str_table: Any
    fh: Any
    released = 0  # rows above this one are written and can no longer be changed
    _finished: IO[bytes] | None = None

    def __init__(self) -> None:
        super().__init__()
        self._heads: dict[tuple[int, Any], tuple[str, str]] = {}
        self._links: dict[tuple[int, int], tuple[str, str, str]] = {}
        self._heights: dict[float, tuple[Any, Any]] = {}
        self._row_looks: dict[Any, str] = {}

    def put_line(self, row: int, cells: Iterable[PlainCell], check: Check) -> None:
        """Take plain cells (column, text or number or None, format) of a row, from left to right,
        as finished XML, which is kept in the place of XlsxWriter's own records of them.

        No chart may refer to them, because XlsxWriter looks for the values of its charts among
        its own cells. ``check`` gets each text that is new to the workbook. ValueError outside the
        sheet and for a number that is none, OverflowError for one that is too large.
        """
        strings, number = self.str_table, row + 1
        known, heads = strings.string_table, self._heads
        written: list[str] = []
        first = following = -1
        for column, value, look in cells:
            if column != following:
                if written:
                    self._take(row, first, following - 1, "".join(written))
                    written = []
                first = column
            following = column + 1
            head = heads.get((column, look))
            if head is None:
                head = heads[column, look] = self._head(column, look)
            begin, end = head
            kind = value.__class__
            if value is None or value == "":
                written.append(f"{begin}{number}{end}/>")
            elif kind is str:
                string = known.get(value)
                if string is None:
                    check(value, row, column)
                    string = strings._get_shared_string_index(value)
                else:
                    strings.count += 1
                written.append(f'{begin}{number}{end} t="s"><v>{string}</v></c>')
            elif kind is int and -_EXACT < value < _EXACT:
                written.append(f"{begin}{number}{end}><v>{value}</v></c>")
            elif math.isfinite(value):
                written.append(f"{begin}{number}{end}><v>{value:.16G}</v></c>")
            else:
                raise ValueError(str(value))
        if written:
            self._take(row, first, following - 1, "".join(written))

    def _head(self, column: int, look: Any) -> tuple[str, str]:
        """What stands before and after the row's number in the tag of a cell."""
        return f'<c r="{_letters(column)}', f'" s="{look._get_xf_index()}"'

    def _take(self, row: int, first: int, last: int, written: str) -> None:
        """Keep the XML of neighbouring cells, and their last column, in the place of the first."""
        if self._check_dimensions(row, first) or self._check_dimensions(row, last):
            raise ValueError("outside the sheet")
        line = self.table[row]
        if line:  # the blank cells of a merged range
            for column in range(first, last + 1):
                line.pop(column, None)
        line[first] = (last, written)

    def put_merged(self, row: int, first: int, last: int) -> None:
        """Merge neighbouring cells of a row that ``put_line`` writes. OverlappingRange where one is
        merged already."""
        cells = [(row, column) for column in range(first, last + 1)]
        if any(cell in self.merged_cells for cell in cells):
            raise OverlappingRange(f"{self.name}: {_letters(first)}{row + 1}")
        self.merged_cells.update(dict.fromkeys(cells, self.name))
        self.merge.append([row, first, row, last])

    def put_link(
        self,
        row: int,
        column: int,
        url: str,
        text: str,
        look: Any,
        check: Check,
    ) -> None:
        """Take a link (``internal:…``, ``external:…``) as ``put_line`` takes plain cells; charts
        cannot refer to it either.

        ValueError where it is too long for Excel.
        """
        address, _, place = url.partition("#")
        target = _target(address)
        if not target:
            place = address.removeprefix("internal:")
        most = self.max_url_length
        if len(url) > most // 2 and max(utf16_length(address), utf16_length(place)) > most:
            raise ValueError(f"longer than {most} characters: {url}")
        self.put_line(row, [(column, text, look)], check)
        self._links[row, column] = target, place, text

    def _write_hyperlinks(self) -> None:
        if not self._links:
            return
        self._xml_start_tag("hyperlinks")
        for (row, column), (target, place, text) in sorted(self._links.items()):
            attributes = [("ref", f"{_letters(column)}{row + 1}")]
            if target:
                self.rel_count += 1
                self.external_hyper_links.append(["/hyperlink", target, "External"])
                attributes.append(("r:id", f"rId{self.rel_count}"))
            if place:
                attributes.append(("location", place))
            if not target:
                attributes.append(("display", text))
            self._xml_empty_tag("hyperlink", attributes)
        self._xml_end_tag("hyperlinks")

    def put_height(self, row: int, points: float) -> int:
        """``set_row``; what XlsxWriter notes of a height is the same for all rows that have it."""
        known = self._heights.get(points)
        if known is None:
            code: int = self.set_row(row, points)
            if not code:
                self._heights[points] = self.row_info[row], self.row_sizes[row]
            return code
        if self._check_dimensions(row, self.dim_colmin or 0):
            return -1
        self.row_info[row], self.row_sizes[row] = known
        return 0

    def release(self, row: int) -> None:
        """Let go of the rows above ``row``, once there are enough of them. ValueError where one of
        them was let go of before."""
        if row - self.released < _AT_ONCE:
            return
        if self._finished is None:
            self._finished = tempfile.TemporaryFile(dir=self.tmpdir)  # noqa: SIM115 (until written)
        self._finished.write("".join(self._rows(self.released, row)).encode())
        for number in range(self.released, row):
            self.table.pop(number, None)
            self.row_info.pop(number, None)
            self.row_sizes.pop(number, None)
        self.released = row
        self._refuse_late_cells()

    def _refuse_late_cells(self) -> None:
        late = min((row for row, cells in self.table.items() if cells), default=self.released)
        if late < self.released:
            raise ValueError(f"{self.name}: row {late + 1} is written already")

    def write_formula(self, row: int, column: int, formula: str, look: Any, value: Any) -> int:
        """XlsxWriter's own, which looks for each of fifty new functions in turn, twice."""
        if formula.startswith("{") or re_dynamic_function.search(formula):
            code: int = super()._write_formula(row, column, formula, look, value)
            return code
        if self._check_dimensions(row, column):
            return -1
        self.table[row][column] = CellFormulaTuple(formula.removeprefix("="), look, value)
        return 0

    def _write_rows(self) -> None:
        if self.hyperlinks or self.comments:  # neither is written here
            raise ValueError(f"{self.name}: a link or comment of XlsxWriter's own")
        self._refuse_late_cells()
        if self._finished is not None:
            self._finished.seek(0)
            self.fh.flush()
            with self._finished as finished:
                shutil.copyfileobj(finished, self.fh.buffer, _AT_A_TIME)
        for row in self._rows(max(self.released, self.dim_rowmin), self.dim_rowmax + 1):
            self.fh.write(row)

    def _rows(self, first: int, last: int) -> Iterator[str]:
        """The XML of each row from ``first`` to before ``last``."""
        for number in range(first, last):
            cells, info = self.table.get(number), self.row_info.get(number)
            if cells:
                parts, end = [self._row_tag(number, info)], -1
                for column, cell in sorted(cells.items()) if len(cells) > 1 else cells.items():
                    if column <= end:
                        raise ValueError(f"{self.name}: {_letters(column)}{number + 1} twice")
                    if cell.__class__ is tuple:  # of ``_take``; XlsxWriter's own have names
                        end, written = cell
                    else:
                        written = self._cell(number, column, cell)
                    parts.append(written)
                yield f"{''.join(parts)}</row>"
            elif info:
                yield self._captured(self._write_empty_row, number, None, info)

    def _row_tag(self, row: int, info: Any) -> str:
        """The start tag of a row. Which columns it uses ("spans") need not be said."""
        look = info and (info.height, info.row_format, info.hidden, info.level, info.collapsed)
        begin = f'<row r="{row + 1}"'
        end = self._row_looks.get(look)
        if end is None:
            tag = self._captured(self._write_row, row, None, info)
            end = self._row_looks[look] = tag.removeprefix(begin)
        return begin + end

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
