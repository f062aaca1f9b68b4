"""Sections of the council's page: where its pages break, and what stands on them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from sousei_xl.sheets.book import Book
from sousei_xl.sheets.council.spans import Sections, Span
from sousei_xl.workspace import Run
from tests.facts import example_strategy

RUN = Run("1b12cd34", dt.date(2018, 3, 30), dt.datetime(2018, 3, 30))
SPANS = (Span(0, 0, "位置"), Span(1, 1, "事業名"))
LINE = [("1ア-1", "甲")]


@pytest.mark.parametrize("lines", range(14, 24))
def test_a_section_without_lines_looks_for_room_like_any_other(lines: int, tmp_path: Path) -> None:
    path = tmp_path / "資料.xlsx"
    book = Book(path, RUN, example_strategy().settings, "資料")
    sheet = book.sheet("表", [20.0, 100.0])
    sections = Sections(sheet, 0)
    sections.write("1　あり", "注です。", SPANS, [LINE] * lines)
    for number in (2, 3, 4):
        sections.write(f"{number}　なし", "注です。", SPANS, [])
    sections.write("5　あり", "注です。", SPANS, [LINE] * 9)
    sheet.page_setup(starts=sections.starts)
    book.close()
    written = openpyxl.load_workbook(path)["表"]
    # No page is begun but by a section itself, which then knows how much room is left.
    starts = [mark.id for mark in written.row_breaks.brk]
    assert starts == sections.starts
    assert len(starts) == 1
    shown = [(row, cell.value) for row, (cell, _) in enumerate(written.iter_rows()) if cell.value]
    nothing = [row for row, value in shown if str(value).endswith("なし")]
    below = [row for row, _ in shown if row > nothing[-1]]
    gaps = [b - a for a, b in zip(nothing, [*nothing[1:], below[0]], strict=True)]
    assert set(gaps) <= {1, 2}  # at most a gap between the titles, no row for a note
