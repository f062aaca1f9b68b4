"""How a form looks and prints, and its dropdowns and input messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sousei_xl import text
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.styles import DARK_RED, DARK_YELLOW, NAVY, RED_PAPER, YELLOW_PAPER
from sousei_xl.text import Value

GREY, LINE = "#595959", "#A6A6A6"
PALE, PALE_GREY = "#DCE6F1", "#F2F2F2"
_BORDER = {"border": 1, "border_color": LINE}

TITLE: Mapping[str, Any] = {"bold": True, "font_size": 16, "font_color": NAVY}
SECTION: Mapping[str, Any] = {
    "bold": True,
    "font_size": 11,
    "font_color": NAVY,
    "bottom": 2,
    "bottom_color": NAVY,
}
NOTE: Mapping[str, Any] = {"font_size": 9.5, "font_color": "#404040"}
LABEL: Mapping[str, Any] = {
    **_BORDER,
    "bg_color": PALE,
    "bold": True,
    "text_wrap": True,
    "indent": 1,
}
INPUT: Mapping[str, Any] = {"border": 2, "border_color": NAVY, "locked": False, "indent": 1}
# What stands there already; it can be mended where somebody has changed it.
GIVEN: Mapping[str, Any] = {
    **_BORDER,
    "bg_color": PALE_GREY,
    "font_color": GREY,
    "locked": False,
    "indent": 1,
}
LIST_HEADER: Mapping[str, Any] = {**_BORDER, "bg_color": PALE, "bold": True, "align": "center"}
CELL: Mapping[str, Any] = {**_BORDER, "text_wrap": True}
# Otherwise Excel makes 12041 of 012041, -1 of (1) and a date of 1-2.
TYPED_TEXT: Mapping[str, Any] = {"num_format": "@"}
AS_TYPED = "#,##0.##########"  # a number with all its decimals
# A number does not wrap: one that is too wide would be #### in Excel.
NUMBER: Mapping[str, Any] = {"align": "right", "indent": 1, "text_wrap": False, "shrink": True}
# 入力チェック. A formula entered anew in a "General" cell becomes a text like those it reads.
CHECK: Mapping[str, Any] = {**CELL, "bg_color": PALE_GREY, "font_size": 9.5, "num_format": "0"}
HEADER: Mapping[str, Any] = {
    **_BORDER,
    "bg_color": NAVY,
    "font_color": "#FFFFFF",
    "bold": True,
    "align": "center",
    "text_wrap": True,
}

_TITLE_LIMIT, _PROMPT_LIMIT, _ERROR_LIMIT = 32, 255, 225  # Excel's, for input messages
_FOOTER_LIMIT = 120  # of year and department: a footer has room for 255 characters, codes included


def write_value(sheet: Sheet, row: int, column: int, value: Value, style: Any) -> None:
    """A value as the cell of its type; dates as 2018-03-30."""
    if value is None or value == "":
        sheet.blank(row, column, style)
    elif isinstance(value, bool):
        sheet.boolean(row, column, value, style)
    elif isinstance(value, int | float):
        sheet.number(row, column, value, style)
    elif isinstance(value, dt.datetime | dt.date):
        date = sheet.book.format(**CELL, locked=False, num_format="yyyy-mm-dd", align="left")
        sheet.date(row, column, value, date)
    else:
        sheet.text(row, column, text.to_text(value), style)


def format_column(sheet: Sheet, column: int, look: Mapping[str, Any]) -> None:
    """Rows below the prepared ones are not drawn, but behave alike when somebody types there."""
    bare = {name: value for name, value in look.items() if name not in (*_BORDER, "bg_color")}
    pixels = pages.column_pixels(sheet.widths[column])
    sheet.worksheet.set_column_pixels(column, column, pixels, sheet.book.format(**bare))


def write_footer(sheet: Sheet, department: str) -> None:
    """Year, department and page number below every page."""
    book = sheet.book
    owner = text.clip_utf16(f"{book.settings.year_label}　{department}", _FOOTER_LIMIT)
    font = f'&"{book.page_font},Regular"'
    # Right behind the size, the digits of 2018年度 would be a part of it.
    left = f"&L&8{font}{owner.replace('&', '&&')}"
    sheet.page_texts("", f"{left}&C&9{font}&P / &N")


def validate(
    sheet: Sheet,
    row: int,
    column: int,
    last_row: int,
    options: Mapping[str, Any],
    message: str,
    title: str,
) -> None:
    """A dropdown or limit for the cells of one column, with the message shown when one is selected.

    What is typed against it is questioned, not refused (``error_type`` warning): pasting has to
    work, and 入力チェック says what is wrong.
    """
    heading = text.clip_utf16(title, _TITLE_LIMIT)
    shown = {
        "input_title": heading,
        "input_message": text.clip_utf16(message, _PROMPT_LIMIT),
        "error_title": heading,
        "error_message": text.clip_utf16(message, _ERROR_LIMIT),
        "error_type": "warning",
    }
    given = {k: v for k, v in {**shown, **options}.items() if v != ""}
    sheet.validate(row, column, last_row, given)


_A4 = 9


def print_table(sheet: Sheet, header_row: int) -> None:
    """A long table on A4 across: as wide as a page, its header on each."""
    worksheet = sheet.worksheet
    worksheet.set_landscape()
    worksheet.set_paper(_A4)
    worksheet.set_margins(0.4, 0.4, 0.5, 0.6)
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(header_row)


def print_on_one_page(sheet: Sheet, *, upright: bool = False) -> None:
    """All of a sheet on one page of A4."""
    worksheet = sheet.worksheet
    if upright:
        worksheet.set_portrait()
    else:
        worksheet.set_landscape()
    worksheet.set_paper(_A4)
    worksheet.fit_to_pages(1, 1)


@dataclass(frozen=True, slots=True)
class Marks:
    """Looks of the conditional formats around 入力チェック: of its cells, of the cells that it
    speaks of, and of figures whose decimals are to be shown. They are XlsxWriter's formats."""

    good: Any
    wrong: Any
    waiting: Any
    spot: Any
    open_spot: Any
    as_typed: Any


def marks(book: Book) -> Marks:
    """The looks in this workbook."""
    add = book.workbook.add_format
    red = {"bg_color": RED_PAPER}
    yellow = {"bg_color": YELLOW_PAPER}
    return Marks(
        good=add({"font_color": "#1E6B34", "bold": True}),
        wrong=add({**red, "font_color": DARK_RED, "bold": True}),
        waiting=add({**yellow, "font_color": DARK_YELLOW, "bold": True}),
        spot=add({**red, "border": 1, "border_color": DARK_RED}),
        open_spot=add({**yellow, "border": 1, "border_color": DARK_YELLOW}),
        as_typed=add({"num_format": AS_TYPED}),
    )
