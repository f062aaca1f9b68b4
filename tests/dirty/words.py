"""Kinds: words that a department writes into a form other than as a value of a cell."""

from __future__ import annotations

from collections.abc import Iterable

import xlsxwriter
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from xlsxwriter.worksheet import Worksheet

from tests.dirty.forms import TEXT, Change, edited, projects, write
from tests.dirty.kinds import FIRST, Kind
from tests.dirty.makers import like_excel

_ROW = tuple(f"{letter}5" for letter in "BFGHJK")  # what is filled of the second project


def _struck(cells: Iterable[str], **values: str) -> Change:
    def change(book: Workbook) -> None:
        sheet = projects(book)
        for cell, value in values.items():
            sheet[cell] = value
        for cell in cells:
            sheet[cell].font = Font(strike=True)

    return change


def _struck_to_the_end(book: Workbook) -> None:
    """The whole rows' format, also of the cells in which nothing stands."""
    for row in (5, 6, 7):
        for cell in projects(book)[row][:12]:
            cell.font = Font(strike=True)
            cell.number_format = "@" if cell.column != 10 else "0"


def _struck_in_part(book: Workbook) -> None:
    line = InlineFont(strike=True)
    projects(book)["K4"] = CellRichText(TEXT[:10], TextBlock(line, TEXT[10:]))


def _struck_run_by_run(book: Workbook) -> None:
    line = InlineFont(strike=True)
    runs = (TextBlock(line, TEXT[:10]), TextBlock(InlineFont(strike=True, b=True), TEXT[10:]))
    projects(book)["K4"] = CellRichText(*runs)


def _excel_in_part(slug: str) -> bytes:
    def draw(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        line = book.add_format({"font_strikeout": True})
        sheet.write_rich_string("K4", TEXT[:10], line, TEXT[10:])
        # Of a cell whose format strikes it through, a run without a font is struck as well.
        own = book.add_format({"bold": True})
        sheet.write_rich_string("K5", TEXT[:10], own, TEXT[10:], line)
        sheet.write("L4", "strike", book.add_format({"bold": True}))

    return like_excel(slug, draw)


KINDS = (
    Kind("struck-row", "行の全体に取消線を引いた", edited(_struck(_ROW)), ("S103 F5",)),
    Kind(
        "struck-row-but-note",
        "備考のほかの全部に取消線を引いた",
        edited(_struck(_ROW, L5="取りやめ")),
        ("S103 F5",),
    ),
    Kind("struck-rows-below", "空の行まで取消線を引いた", edited(_struck_to_the_end), ("S103 F5",)),
    Kind(
        "struck-and-withdrawn",
        "取消線を引き、掲載区分を取下げにした",
        edited(_struck(_ROW, E5="取下げ")),
        budgets=(FIRST,),
        names=("{} 一",),
        withdrawn=1,
    ),
    Kind(
        "struck-cells",
        "一部のセルに取消線を引いた",
        edited(_struck(("J5", "K4", "L4"))),
        ("S103 J5", "S103 K4"),
    ),
    Kind("struck-part", "文字の一部に取消線を引いた", edited(_struck_in_part), ("S103 K4",)),
    Kind(
        "struck-runs",
        "文字の全部に、書式の違う取消線を引いた",
        edited(_struck_run_by_run),
        ("S103 K4",),
    ),
    Kind(
        "struck-part-in-excel",
        "文字の一部に取消線を引いた（Excelと同じ共有文字列）",
        lambda inbox, slug: write(inbox, f"{slug}.xlsx", _excel_in_part(slug)),
        ("S103 K4", "S103 K5"),
    ),
)
