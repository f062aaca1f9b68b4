"""What every generated workbook shares: a writer that refuses to lose a cell, styles, pages.

XlsxWriter reports a cell that it drops by a return code that nobody looks at, turns texts into
formulas and links, and cuts long texts. Everything generated goes through ``Sheet`` instead, whose
methods say what they write and raise ``LostCell`` where a cell would not arrive as it is.
Rows and columns count from 0.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from sousei_xl import eras
from sousei_xl import text as texts
from sousei_xl.addresses import LAST_COLUMN, LAST_ROW, cell_address
from sousei_xl.findings import UNPRINTABLE
from sousei_xl.rules.records import ListStatus
from sousei_xl.sheets import pages
from sousei_xl.sheets.packing import PackedWorkbook
from sousei_xl.sheets.styles import RED, STYLES
from sousei_xl.sheets.worksheet import ListWorksheet, PlainCell
from sousei_xl.strategy import Settings
from sousei_xl.workspace import Run

Number = int | float | Decimal
Orientation = Literal["landscape", "portrait"]

MAX_LINKS = 65_530  # links on a sheet
MAX_HEADER = 255  # characters of a page header or footer
MAX_NUMBER_FORMATS = 200  # of a workbook: Excel repairs one that has more (MS-OI29500 2.1.713)
_NO_CODES = dict.fromkeys(map(ord, '",&'))  # what has a meaning there
_SIGNED = ("#,##0", "0.0%")  # printed with the office's sign for less than nothing
_DEFAULT_ROW = 15.0
_MANY_ROWS = 5000
_MAX_FROZEN = 150.0  # points of rows: a screen of 1366 by 768 shows about 375

# Column widths count digits of the workbook's normal font. Verdana at this size has digits of
# exactly 7 pixels, and so has DejaVu Sans, which stands in for it (and for every unknown font) on
# machines without Office: pages are as wide there as in Excel. Cells name the office's own font.
_NORMAL = {"font_name": "Verdana", "font_size": 8.25}
# Excel's green triangles say nothing here: 012041 is a text, and a subtotal leaves its band out.
_NO_TRIANGLES = ("number_stored_as_text", "formula_range", "formula_differs")
_WHOLE_SHEET = f"A1:{cell_address(LAST_ROW, LAST_COLUMN)}"
# Excel's version of calculating. Values that an older one has stored are calculated anew at every
# opening, and then Excel asks whether to save what nobody has changed.
_CALCULATED = 191029

# Paper: XlsxWriter's code, short side, long side in points.
_PAPERS = {"A4": (9, 595.3, 841.9), "A3": (8, 841.9, 1190.6)}
_PAGE_SAFETY = 0.95
_WIDTH_SAFETY = 1.03  # printers lay columns out up to three per cent wider than the screen


class LostCell(Exception):
    """A cell that the workbook cannot hold as it is: a bug of ours, never to be published."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Page margins in inches."""

    left: float = 0.4
    right: float = 0.4
    top: float = 0.7
    bottom: float = 0.6


class Book:
    """A workbook to be written to ``path``; nothing stands there before ``close``.

    ``status`` is how far the list has come, if the book says so: a draft is red on every sheet and
    page and bears ``stamp``, the line that says why; a proposal bears （案） on every page.
    ``rows`` is about how many its longest list has: beyond some thousands the finished rows wait in
    files beside ``path``, not in memory.
    """

    def __init__(
        self,
        path: Path,
        run: Run,
        settings: Settings,
        title: str,
        status: ListStatus | None = None,
        stamp: str = "",
        rows: int = 0,
    ) -> None:
        self.is_large = rows > _MANY_ROWS
        self.settings, self.run = settings, run
        self.status, self.stamp = status, stamp
        options = {
            "in_memory": not self.is_large,
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": dict(_NORMAL),  # XlsxWriter changes what it gets
        }
        self.workbook = PackedWorkbook(str(path), options)
        self.workbook.worksheet_class = ListWorksheet
        # Every formula stands there with its value (``Sheet.formula``).
        self.workbook.set_calc_mode("auto", _CALCULATED)
        self.workbook.calc_on_load = False
        self.workbook.set_properties({"title": title, "created": run.created})
        self.sheets: dict[str, Sheet] = {}
        self._formats: dict[frozenset[tuple[str, Any]], Any] = {}
        self._styles: dict[str, tuple[dict[str, Any], Any]] = {}

    def format(self, **properties: Any) -> Any:
        """An XlsxWriter format in the office's font, one per set of properties."""
        full = {"font_name": self.settings.font, "font_size": 10, "valign": "vcenter", **properties}
        key = frozenset(full.items())
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(full)
        return self._formats[key]

    @property
    def page_font(self) -> str:
        """The office's font as the codes of page headers and footers can name it."""
        return self.settings.font.translate(_NO_CODES)

    def style(self, names: str, number_format: str | None = None) -> Any:
        """The format of one or more style names, separated by blanks. KeyError for others."""
        properties, look = self._style(names)
        if number_format is None:
            return look
        return self.format(**{**properties, "num_format": number_format})

    def font_size(self, names: str) -> float:
        """Font size of a style, for row heights."""
        return float(self._style(names)[0].get("font_size", 10))

    def _style(self, names: str) -> tuple[dict[str, Any], Any]:
        if names not in self._styles:
            properties: dict[str, Any] = {}
            for name in names.split():
                properties.update(STYLES[name])
            figures = properties.get("num_format")
            if figures in _SIGNED:
                properties["num_format"] = f"{figures};{self.settings.minus}{figures}"
            self._styles[names] = (properties, self.format(**properties))
        return self._styles[names]

    def sheet(
        self,
        name: str,
        widths: Sequence[float],
        *,
        banner: bool = True,
        in_order: bool = False,
        charted: bool = True,
    ) -> Sheet:
        """A new sheet with these column widths (characters; 0 hides a column).

        ``charted=False`` promises that its lines feed no chart, so that they need little time;
        ``in_order`` does so, too, and that its rows are written from top to bottom, each with its
        height last, so that a long list needs no memory. In a draft it gets a red tab and, unless
        ``banner`` is False (data sheets), the stamp in a red row on top. ``Sheet.top`` is the first
        free row.
        """
        sheet = Sheet(self, name, widths, in_order, charted and not in_order)
        self.sheets[name] = sheet
        if self.status == "draft":
            sheet.worksheet.set_tab_color(RED)
            if banner:
                sheet.wide_text(0, self.stamp, "banner")
                sheet.top = 1
        return sheet

    def define_name(self, name: str, area: str) -> None:
        """A name for a list (``='選択肢'!$A$3:$A$9``)."""
        if self.workbook.define_name(name, area):
            raise LostCell(f"{self.workbook.filename}: name {name} refused by the writer")

    def close(self) -> None:
        """Write the file. Raises OSError (PermissionError while Excel has it open), and LostCell
        where it has more number formats than Excel opens."""
        if len({look.num_format for look in self.workbook.formats}) > MAX_NUMBER_FORMATS:
            raise LostCell(f"{self.workbook.filename}: too many number formats")
        try:
            self.workbook.close()
            if self.is_large:
                # A workbook refers to itself, so it would stay in memory: nobody collects garbage
                # during a command (``cli``).
                for part in (*self.workbook.worksheets(), self.workbook.str_table):
                    vars(part).clear()
                self.sheets.clear()
        except xlsxwriter.exceptions.FileCreateError as error:
            # XlsxWriter wraps the OSError; callers wait for the real one.
            raise (error.args[0] if isinstance(error.args[0], OSError) else error) from None


class Sheet:
    """One sheet of a Book. Every method takes row and column from 0 and a style name or format."""

    def __init__(
        self, book: Book, name: str, widths: Sequence[float], in_order: bool, charted: bool
    ) -> None:
        self.book, self.name, self._charted = book, name, charted
        self._lets_go = in_order and book.is_large
        self.widths = tuple(widths)
        self.worksheet = book.workbook.add_worksheet(name)
        self.worksheet.hide_gridlines(2)
        self.worksheet.ignore_errors(dict.fromkeys(_NO_TRIANGLES, _WHOLE_SHEET))
        self.top = 0
        self.links = 0
        self.heights: dict[int, float] = {}
        self._spans: dict[tuple[int, int], float] = {}
        self._room = 0.0  # of a page, once somebody asks
        self.last_row = 0
        self.as_of: dt.date | None = book.run.list_date  # in the footer, if any
        self.repeat: tuple[int, int] | None = None
        self.starts = [0]  # rows that begin a page in any case
        for column, width in enumerate(widths):
            pixels, look = pages.column_pixels(width), {"hidden": not width}
            code = self.worksheet.set_column_pixels(column, column, pixels, None, look)
            self._done(code, 0, column)

    # --- cells --------------------------------------------------------------------------------

    def text(self, row: int, column: int, text: str, style: Any = "text") -> None:
        """A text exactly as it is; an empty one is a blank cell."""
        if not text:
            return self.blank(row, column, style)
        if text not in self.worksheet.str_table.string_table:  # else it has been checked before
            self._check_text(text, row, column)
        code = self.worksheet.write_string(row, column, text, self._format(style))
        return self._done(code, row, column)

    def number(self, row: int, column: int, value: Number, style: Any = "number") -> None:
        """A number; infinite ones and NaN are lost cells."""
        try:
            code = self.worksheet.write_number(row, column, value, self._format(style))
        except (TypeError, OverflowError) as error:
            raise self._lost(row, column, str(error)) from error
        self._done(code, row, column)

    def boolean(self, row: int, column: int, value: bool, style: Any) -> None:
        """TRUE or FALSE."""
        code = self.worksheet.write_boolean(row, column, value, self._format(style))
        self._done(code, row, column)

    def date(self, row: int, column: int, value: dt.date, style: Any) -> None:
        """A day, or a point in time, as the style's number format shows it."""
        code = self.worksheet.write_datetime(row, column, value, self._format(style))
        self._done(code, row, column)

    def formula(
        self, row: int, column: int, formula: str, value: Number | str, style: Any = "number"
    ) -> None:
        """A formula and the value it has: that is what Protected View shows."""
        self._check_text(formula, row, column, limit=8192)
        if isinstance(value, str):
            self._check_text(value, row, column)
        code = self.worksheet.write_formula(row, column, formula, self._format(style), value)
        self._done(code, row, column)

    @property
    def takes_links(self) -> bool:
        """Whether the sheet can hold one more link."""
        return self.links < MAX_LINKS

    def link(self, row: int, column: int, url: str, text: str, style: Any = "link") -> None:
        """A link (``internal:'別紙'!A1``, ``external:…#事業!H9``).

        Beyond the 65,530 links that a sheet can hold the text alone is written.
        """
        if not (text and self.takes_links):
            return self.text(row, column, text, style)
        self._check_text(url, row, column)
        self.links += 1
        look = self._format(style)
        try:
            self.worksheet.put_link(row, column, url, text, look, self._check_text)
        except (ValueError, TypeError) as error:
            raise self._lost(row, column, str(error)) from error
        return self._done(0, row, column)

    def blank(self, row: int, column: int, style: Any = "text") -> None:
        """An empty cell that has a look."""
        self._done(self.worksheet.write_blank(row, column, None, self._format(style)), row, column)

    def line(self, row: int, cells: Sequence[PlainCell]) -> None:
        """Plain cells of a row from left to right, as ``text``, ``number`` and ``blank`` write
        them; on a sheet that feeds no chart in a third of the time."""
        if self._charted:
            for column, value, look in cells:
                if value is None or isinstance(value, str):
                    self.text(row, column, value or "", look)
                else:
                    self.number(row, column, value, look)
            return
        first = cells[0][0]
        try:
            self.worksheet.put_line(row, cells, self._check_text)
        except (ValueError, TypeError, OverflowError) as error:
            raise self._lost(row, first, str(error)) from error
        self._done(0, row, first)

    def merge_in_line(self, row: int, column: int, last_column: int) -> None:
        """Merge neighbouring cells of which ``line`` writes each, only the first with a value."""
        self.worksheet.put_merged(row, column, last_column)

    def merge(self, row: int, column: int, last_row: int, last_column: int, style: Any) -> None:
        """Merge a range of blank cells; write the first cell afterwards."""
        if (row, column) == (last_row, last_column):
            return
        code = self.worksheet.merge_range(
            row, column, last_row, last_column, "", self._format(style)
        )
        self._done(code or 0, row, column)

    def merge_text(
        self, row: int, column: int, last_row: int, last_column: int, text: str, style: Any
    ) -> None:
        """A text over several cells."""
        self.merge(row, column, last_row, last_column, style)
        self.text(row, column, text, style)

    def merge_formula(
        self,
        row: int,
        column: int,
        last_row: int,
        last_column: int,
        formula: str,
        value: Number | str,
        style: Any,
    ) -> None:
        """A formula over several cells."""
        self.merge(row, column, last_row, last_column, style)
        self.formula(row, column, formula, value, style)

    def wide_text(self, row: int, text: str, style: str) -> None:
        """A text over all columns of the sheet, in a row high enough for it."""
        self.merge_text(row, 0, row, len(self.widths) - 1, text, style)
        self.height(row, self.wide_height(text, style))

    def wide_height(self, text: str, style: str) -> float:
        """Points that a text over all columns needs."""
        width = self.span_width(0, len(self.widths) - 1)
        size, font = self.book.font_size(style), self.book.settings.font
        return pages.text_height(text, width, size, font)

    # --- rows, view and pages -----------------------------------------------------------------

    def span_width(self, first: int, last: int) -> float:
        """Width of neighbouring columns as if they were one, in characters."""
        if (first, last) not in self._spans:
            pixels = pages.total_pixels(self.widths[first : last + 1])
            self._spans[first, last] = pages.column_width(pixels)
        return self._spans[first, last]

    def height(self, row: int, points: float) -> None:
        """Set the height of a row; Excel's limit is 409 points, its unit is the pixel."""
        points = min(points, pages.MAX_ROW_HEIGHT)
        self.heights[row] = points
        self._done(self.worksheet.put_height(row, points), row, 0)
        if self._lets_go:
            self.worksheet.release(row)

    def tell(self, row: int, column: int, title: str, message: str) -> None:
        """A message that is shown when the cell is selected, and never printed."""
        told = {"validate": "any", "input_title": title, "input_message": message}
        self.validate(row, column, row, told)

    def validate(self, row: int, column: int, last_row: int, options: Mapping[str, Any]) -> None:
        """A dropdown, limit or message for the cells of a column (XlsxWriter's options)."""
        code = self.worksheet.data_validation(row, column, last_row, column, dict(options))
        self._done(code, row, column)

    def mark(self, area: str, condition: str, look: Any) -> None:
        """Show the cells of an area (``C4:C303``) in an XlsxWriter format where a formula is true.

        The format says only what is shown otherwise: none of ``Book.format``, which names a font.
        """
        options = {"type": "formula", "criteria": condition, "format": look}
        if self.worksheet.conditional_format(area, options):
            raise LostCell(f"{self.name}!{area}: mark for {condition} refused by the writer")

    def sparkline(self, row: int, column: int, options: Mapping[str, Any]) -> None:
        """A chart in a cell (XlsxWriter's options)."""
        self._done(self.worksheet.add_sparkline(row, column, dict(options)), row, column)

    def chart(self, row: int, chart: Any, description: str, x: int, y: int) -> None:
        """A chart that moves with its row, but keeps its size; ``x`` and ``y`` are pixels from the
        row's beginning, ``description`` is what those hear who do not see it."""
        options = {"x_offset": x, "y_offset": y, "object_position": 2, "description": description}
        self._done(self.worksheet.insert_chart(row, 0, chart, options), row, 0)

    def freeze(self, row: int, column: int = 0) -> None:
        """Keep the rows above and the columns left of this cell in sight; to be called when the
        rows have their heights. Rows that leave no room to scroll on a small screen are not kept.
        """
        if sum(self.heights.get(above, _DEFAULT_ROW) for above in range(row)) > _MAX_FROZEN:
            row = 0
        if row or column:
            self.worksheet.freeze_panes(row, column)

    def _page(
        self, orientation: Orientation, margins: Margins, max_scale: int
    ) -> tuple[int, int, float]:
        """(XlsxWriter's code of the paper, scale in per cent, points of rows that a page holds)."""
        code, short, long = _PAPERS[self.book.settings.paper]
        width, height = (long, short) if orientation == "landscape" else (short, long)
        width -= (margins.left + margins.right) * 72
        height -= (margins.top + margins.bottom) * 72
        needed = pages.total_pixels(self.widths) * 0.75 * _WIDTH_SAFETY
        scale = max(10, min(max_scale, int(100 * width / needed)))
        return code, scale, height * 100 / scale

    def page_room(self) -> float:
        """Points of rows that surely stand on one page with the settings that ``page_setup`` has by
        default: a little less than ``pages.paginate`` takes, so that it agrees."""
        if not self._room:
            self._room = self._page("landscape", Margins(), 100)[2] * _PAGE_SAFETY
        return self._room

    def points(self, first: int, end: int) -> float:
        """Height of the rows from ``first`` to the one before ``end``."""
        return sum(self.heights.get(row, _DEFAULT_ROW) for row in range(first, end))

    def turn(self, row: int, needed: float = math.inf) -> None:
        """Begin a page with this row, unless the page that it stands on has room for ``needed``
        points more (``page_room``)."""
        begun = self.starts[-1]
        if row > begun and not self.has_room(range(begun, row), needed, _DEFAULT_ROW):
            self.starts.append(row)

    def has_room(self, rows: Iterable[int], needed: float, unwritten: float = 0.0) -> bool:
        """Whether a page with these rows has room for ``needed`` points more (``page_room``).

        A row that has no height yet takes ``unwritten`` points.
        """
        used = sum(self.heights.get(row, unwritten) for row in rows)
        return used + needed <= self.page_room()

    def page_setup(
        self,
        orientation: Orientation = "landscape",
        margins: Margins | None = None,
        max_scale: int = 100,
        starts: Collection[int] = (),
        with_next: Collection[int] = (),
        with_previous: Collection[int] = (),
        least_zoom: int = pages.LEAST_ZOOM,
    ) -> None:
        """Lay the sheet out on pages and on the screen; to be called last, when all heights are
        known.

        One page wide by an explicit scale, because Excel ignores manual breaks under "fit to
        page"; the breaks are our own (``pages.paginate`` explains the three kinds of rows).
        Above ``max_scale`` per cent nothing is enlarged. The screen shows all columns, unless that
        would take less than ``least_zoom`` per cent.
        """
        margins = margins or Margins()
        code, scale, height = self._page(orientation, margins, max_scale)
        sheet = self.worksheet
        sheet.set_zoom(pages.screen_zoom(self.widths, least_zoom))
        sheet.set_paper(code)
        if orientation == "landscape":
            sheet.set_landscape()
        sheet.set_margins(margins.left, margins.right, margins.top, margins.bottom)
        sheet.set_print_scale(scale)
        sheet.center_horizontally()
        sheet.print_area(0, 0, self.last_row, len(self.widths) - 1)
        if self.repeat:
            sheet.repeat_rows(*self.repeat)
        heights = [self.heights.get(row, _DEFAULT_ROW) for row in range(self.last_row + 1)]
        sheet.set_h_pagebreaks(
            pages.paginate(
                heights,
                height,
                repeat=self.repeat,
                starts={*starts, *self.starts},
                with_next=with_next,
                with_previous=with_previous,
            )
        )
        self._header_and_footer()
        if self._lets_go:
            self.heights = {}  # as large as the list, and needed no more

    def _header_and_footer(self) -> None:
        font = self.book.page_font
        run, state = self.book.run, ""
        if self.book.status == "draft":
            state = f'&L&"{font},Bold"&16&KFF0000【作成中】&R&"{font},Bold"&16&KFF0000【作成中】'
        elif self.book.status == "proposal":
            state = f'&R&"{font},Bold"&14（案）'
        day = f"{eras.japanese_date(self.as_of)}現在　" if self.as_of else ""
        right = f"{day}照合番号 {run.hash}"
        footer = f'&C&"{font},Regular"&9- &P/&N -&R&"{font},Regular"&8{right.replace("&", "&&")}'
        self.page_texts(state, footer)

    def page_texts(self, header: str, footer: str) -> None:
        """Header and footer of the printed pages, in Excel's codes; a blank one is none.

        They are as large on a page that is printed smaller: its state and number must be legible.
        """
        for part in (header, footer):
            if texts.utf16_length(part) > MAX_HEADER:
                raise LostCell(f"{self.name}: page header of more than {MAX_HEADER} characters")
        if header:
            self.worksheet.set_header(header, {"scale_with_doc": False})
        self.worksheet.set_footer(footer, {"scale_with_doc": False})

    # --- guards -------------------------------------------------------------------------------

    def _format(self, style: Any) -> Any:
        return self.book.style(style) if isinstance(style, str) else style

    def _check_text(self, text: str, row: int, column: int, limit: int = texts.MAX_TEXT) -> None:
        if len(text) > limit // 2 and texts.utf16_length(text) > limit:
            raise self._lost(row, column, f"longer than {limit} characters")
        if UNPRINTABLE.search(text):
            raise self._lost(row, column, "characters that no workbook can hold")

    def _done(self, code: int, row: int, column: int) -> None:
        if code:
            raise self._lost(row, column, f"refused by the writer ({code})")
        if row > self.last_row:
            self.last_row = row

    def _lost(self, row: int, column: int, why: str) -> LostCell:
        place = xl_rowcol_to_cell(row, column) if row >= 0 and column >= 0 else f"{row}, {column}"
        return LostCell(f"{self.name}!{place}: {why}")
