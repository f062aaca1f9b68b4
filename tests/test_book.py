"""Nothing that is written may get lost, change or come alive; pages break where they should."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import load_workbook as read_values
from xlsxwriter.exceptions import OverlappingRange

from sousei_xl.sheets import book as book_module
from sousei_xl.sheets import packing, pages
from sousei_xl.sheets.book import MAX_NUMBER_FORMATS, Book, LostCell, Sheet
from sousei_xl.sheets.packing import PackedWorkbook
from sousei_xl.sheets.styles import STYLES
from sousei_xl.sheets.tables import Column, Formula, Link, Row, Table, write_table
from sousei_xl.workspace import Run
from tests.facts import example_strategy

RUN = Run("1b12cd34", dt.date(2018, 3, 30), dt.datetime(2018, 3, 30))


def make_book(path: Path, **options: Any) -> Book:
    return Book(path, RUN, example_strategy().settings, "一覧", **options)


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    return make_book(tmp_path / "a.xlsx").sheet("表", [10, 20, 30])


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode("utf-8")


def saved(sheet: Sheet) -> Path:
    sheet.book.close()
    return Path(sheet.book.workbook.filename)


def test_figures_that_are_too_wide_are_printed_smaller() -> None:
    assert all(STYLES[name]["shrink"] for name in ("number", "percent", "tight"))


@pytest.mark.parametrize("minus", ["▲", "△", "-"])
def test_less_than_nothing_is_printed_with_the_offices_sign(tmp_path: Path, minus: str) -> None:
    settings = replace(example_strategy().settings, minus=minus)
    sheet = Book(tmp_path / "a.xlsx", RUN, settings, "一覧").sheet("表", [10, 20, 30])
    for column, style in enumerate(("number", "percent", "percent tight")):
        sheet.number(0, column, -0.039, style)
    row = load_workbook(saved(sheet))["表"][1]
    assert [cell.number_format for cell in row] == [
        f"#,##0;{minus}#,##0",
        f"0.0%;{minus}0.0%",
        f"0.0%;{minus}0.0%",
    ]


def test_a_workbook_that_excel_would_repair_is_refused(tmp_path: Path) -> None:
    sheet = Book(tmp_path / "a.xlsx", RUN, example_strategy().settings, "一覧").sheet("表", [10])
    for row in range(MAX_NUMBER_FORMATS + 1):
        sheet.number(row, 0, row, sheet.book.format(num_format=f'0"種{row}"'))
    with pytest.raises(LostCell, match="too many number formats"):
        sheet.book.close()


# --- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "http://example.jp",
        "@SUM(A1)",
        "+1",
        "-1",
        "internal:表!A1",
        "0012",
        "_x0041_",
        "𠮷",
    ],
)
def test_texts_are_written_as_texts(sheet: Sheet, text: str) -> None:
    sheet.text(0, 0, text)
    path = saved(sheet)
    cell = load_workbook(path).active["A1"]  # type: ignore[index]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert read_values(path).get_sheet_by_index(0).to_python()[0][0] == text


@pytest.mark.parametrize(
    "text",
    ["あ" * 32_768, "𠮷" * 16_384, "a\x00b", "\x1b", "\ud800", "\ufffe"],
    ids=["long", "astral", "nul", "escape", "surrogate", "noncharacter"],
)
def test_a_text_that_no_cell_can_hold_is_refused(sheet: Sheet, text: str) -> None:
    with pytest.raises(LostCell, match="表!C8"):
        sheet.text(7, 2, text)
    with pytest.raises(LostCell):
        sheet.merge_text(7, 0, 7, 2, text, "text")
    with pytest.raises(LostCell):
        sheet.formula(7, 2, "=A1", text)


def test_the_longest_text_of_a_cell_is_written_whole(sheet: Sheet) -> None:
    sheet.text(0, 0, "𠮷" * 16_383 + "a")
    assert len(read_values(saved(sheet)).get_sheet_by_index(0).to_python()[0][0]) == 16_384


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400])
def test_a_number_that_no_cell_can_hold_is_refused(sheet: Sheet, value: Any) -> None:
    with pytest.raises(LostCell):
        sheet.number(0, 0, value)


@pytest.mark.parametrize(("row", "column"), [(1_048_576, 0), (0, 16_384), (-1, 0)])
def test_a_cell_outside_the_sheet_is_refused(sheet: Sheet, row: int, column: int) -> None:
    for write in (
        lambda: sheet.text(row, column, "a"),
        lambda: sheet.number(row, column, 1),
        lambda: sheet.blank(row, column),
        lambda: sheet.boolean(row, column, True, "text"),
        lambda: sheet.date(row, column, RUN.list_date, "text"),
        lambda: sheet.formula(row, column, "=1", 1),
        lambda: sheet.link(row, column, "internal:'表'!A1", "a"),
        lambda: sheet.merge_text(row, column, row, column + 1, "a", "text"),
    ):
        with pytest.raises(LostCell):
            write()


@pytest.mark.filterwarnings("ignore:Length of")
def test_what_stands_beside_the_cells_is_refused_rather_than_lost(sheet: Sheet) -> None:
    look = sheet.book.workbook.add_format({"bold": True})
    chart = sheet.book.workbook.add_chart({"type": "bar"})
    for add in (
        lambda: sheet.validate(0, 0, 1, {"validate": "list", "source": ["長い選択肢"] * 99}),
        lambda: sheet.tell(0, 0, "題" * 33, "文"),
        lambda: sheet.mark("A1:XFE1", "=TRUE", look),
        lambda: sheet.sparkline(0, 0, {}),
        lambda: sheet.sparkline(1_048_576, 0, {"range": "'表'!A1:C1"}),
        lambda: sheet.chart(1_048_576, chart, "シートの外のグラフ", 0, 0),
        lambda: sheet.book.define_name("a b", "='表'!$A$1"),
    ):
        with pytest.raises(LostCell):
            add()


def test_a_link_that_excel_does_not_take_is_refused(sheet: Sheet) -> None:
    for url in ("external:" + "a" * 3000, "external:a.xlsx#" + "a" * 3000, "a.xlsx"):
        with pytest.raises(LostCell):
            sheet.link(0, 0, url, "a")


def test_links_lead_to_files_and_to_places_in_them(sheet: Sheet) -> None:
    sheet.link(2, 1, "internal:'表'!A1", "表")
    sheet.link(1, 0, "external:..\\inbox\\a%20b.xlsx#事業!F4", "四")
    sheet.link(0, 0, "external:..\\inbox\\a%20b.xlsx#事業!F5", "五")
    sheet.link(1, 1, "external:c.xlsx", "C")
    found = load_workbook(saved(sheet)).active
    links = {
        cell: (found[cell].value, link.target, link.location)  # type: ignore[index]
        for cell in ("A1", "A2", "B2", "B3")
        if (link := found[cell].hyperlink)  # type: ignore[index]
    }
    assert links == {
        "A1": ("五", "..\\inbox\\a%20b.xlsx", "事業!F5"),
        "A2": ("四", "..\\inbox\\a%20b.xlsx", "事業!F4"),
        "B2": ("C", "c.xlsx", None),
        "B3": ("表", None, "'表'!A1"),
    }


def test_links_beyond_the_limit_are_texts(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_module, "MAX_LINKS", 1)
    sheet.link(0, 0, "internal:'表'!A1", "一")
    sheet.link(1, 0, "internal:'表'!A1", "二")
    cells = load_workbook(saved(sheet)).active
    assert cells["A1"].hyperlink.location == "'表'!A1"  # type: ignore[index]
    assert (cells["A2"].value, cells["A2"].hyperlink) == ("二", None)  # type: ignore[index]


def test_a_formula_carries_its_value(sheet: Sheet) -> None:
    sheet.formula(0, 0, "=1+2", 3)
    sheet.formula(0, 1, '="a"&"b"', "ab")
    path = saved(sheet)
    assert read_values(path).get_sheet_by_index(0).to_python() == [[3, "ab"]]
    assert load_workbook(path).active["A1"].value == "=1+2"  # type: ignore[index]


# --- the book -------------------------------------------------------------------------------------


def test_excel_has_nothing_to_calculate_and_asks_for_no_saving(sheet: Sheet) -> None:
    sheet.formula(0, 0, "=1+1", 2)
    calculated = re.search("<calcPr [^>]*>", part(saved(sheet), "xl/workbook.xml"))
    assert calculated is not None
    assert calculated[0] == '<calcPr calcId="191029"/>'


def test_the_state_of_a_list_is_as_large_on_a_page_that_is_printed_smaller(tmp_path: Path) -> None:
    sheet = make_book(tmp_path / "a.xlsx", status="draft").sheet("表", [200])
    sheet.text(1, 0, "あ")
    sheet.page_setup()
    xml = part(saved(sheet), "xl/worksheets/sheet1.xml")
    scale = re.search('scale="([0-9]+)"', xml)
    assert scale is not None
    assert int(scale[1]) < 80
    assert '<headerFooter scaleWithDoc="0">' in xml


def test_same_contents_same_bytes_and_no_author(tmp_path: Path) -> None:
    made = []
    for name in ("a.xlsx", "b.xlsx"):
        sheet = make_book(tmp_path / name, status="final", stamp="確定").sheet("表", [10])
        sheet.text(0, 0, "あ")
        sheet.page_setup()
        made.append(saved(sheet).read_bytes())
    assert made[0] == made[1]
    properties = load_workbook(tmp_path / "a.xlsx").properties
    assert (properties.title, properties.creator, properties.lastModifiedBy) == ("一覧", None, None)
    assert properties.created == dt.datetime(2018, 3, 30)


def test_a_failure_while_saving_is_the_systems_own(tmp_path: Path) -> None:
    book = make_book(tmp_path / "missing" / "a.xlsx")
    book.sheet("表", [10])
    with pytest.raises(FileNotFoundError):
        book.close()


@pytest.mark.parametrize(
    ("options", "header", "tab", "first"),
    [
        (
            {"status": "draft", "stamp": "公表しないでください。"},
            "【作成中】",
            "FFC00000",
            "公表しないでください。",
        ),
        ({"status": "proposal", "stamp": "（案）"}, "（案）", None, "本文"),
        ({"status": "final", "stamp": "確定"}, None, None, "本文"),
    ],
)
def test_the_state_shows_on_screen_and_on_paper(
    tmp_path: Path, options: dict[str, Any], header: str | None, tab: str | None, first: str
) -> None:
    sheet = make_book(tmp_path / "a.xlsx", **options).sheet("表", [10, 20])
    sheet.text(sheet.top, 0, "本文")
    sheet.page_setup()
    found = load_workbook(saved(sheet)).active
    assert found is not None
    assert found.oddHeader.right.text == header
    assert (found.sheet_properties.tabColor and found.sheet_properties.tabColor.rgb) == tab
    assert found["A1"].value == first
    assert found.oddFooter.center.text == "- &P/&N -"
    assert found.oddFooter.right.text == "平成30年3月30日現在　照合番号 1b12cd34"


def test_a_data_sheet_has_no_banner(tmp_path: Path) -> None:
    sheet = make_book(tmp_path / "a.xlsx", status="draft", stamp="作成中").sheet(
        "表", [10], banner=False
    )
    assert sheet.top == 0


def test_styles_combine_and_unknown_ones_are_bugs(sheet: Sheet) -> None:
    style = sheet.book.style("number subtotal")
    assert (style.bold, style.num_format) == (True, "#,##0;▲#,##0")
    assert sheet.book.style("number subtotal") is style
    with pytest.raises(KeyError):
        sheet.text(0, 0, "a", "nonsense")


@pytest.mark.parametrize("pixels", [6, 9, 12, 40, 75, 500])
def test_column_widths_survive_to_the_pixel(tmp_path: Path, pixels: int) -> None:
    sheet = make_book(tmp_path / "a.xlsx").sheet("表", [pages.column_width(pixels)])
    sheet.text(0, 0, "a")
    width = load_workbook(saved(sheet)).active.column_dimensions["A"].width  # type: ignore
    assert round(width * 7) == pixels


# --- tables ---------------------------------------------------------------------------------------

TABLE = Table(
    columns=(
        Column("番号", 6, "integer", "number"),
        Column("事業名", 20),
        Column("金額", 12, "number", "number"),
    ),
    rows=(
        Row((1, "あ" * 60, -1000)),
        Row((None, Link("internal:'表'!A1", "表へ"), Formula("=SUM(C2:C2)", -1000)), "subtotal"),
    ),
)


def test_a_table_has_header_rows_and_heights(tmp_path: Path) -> None:
    sheet = make_book(tmp_path / "a.xlsx").sheet("表", [c.width for c in TABLE.columns])
    assert write_table(sheet, 0, TABLE) == 3
    sheet.page_setup()
    found = load_workbook(saved(sheet)).active
    assert found is not None
    assert [c.value for c in found[1]] == ["番号", "事業名", "金額"]
    assert found["C3"].value == "=SUM(C2:C2)"
    assert found["C3"].font.b
    assert found["B3"].hyperlink.location == "'表'!A1"
    assert found.row_dimensions[2].height > 4 * found.row_dimensions[3].height
    assert (found.print_title_rows, found.freeze_panes) == ("$1:$1", "A2")
    assert found.auto_filter.ref == "A1:C3"
    assert not found.sheet_properties.pageSetUpPr.fitToPage  # it would make Excel ignore breaks


@pytest.mark.parametrize(
    ("height", "columns", "frozen"), [(130, 1, "B3"), (140, 1, "B1"), (140, 0, None)]
)
def test_rows_are_frozen_only_where_they_leave_room_to_scroll(
    tmp_path: Path, height: float, columns: int, frozen: str | None
) -> None:
    sheet = make_book(tmp_path / "a.xlsx").sheet("表", [10, 10])
    sheet.text(0, 0, "題")
    sheet.height(1, height)
    sheet.freeze(2, columns)
    found = load_workbook(saved(sheet)).active
    assert found is not None
    assert found.freeze_panes == frozen


@pytest.mark.parametrize(
    ("width", "options", "zoom"),
    [(100, {}, None), (200, {}, 91), (300, {}, 80), (300, {"least_zoom": 50}, 60)],
)
def test_the_screen_shows_all_columns_where_they_stay_legible(
    tmp_path: Path, width: float, options: dict[str, int], zoom: int | None
) -> None:
    sheet = make_book(tmp_path / "a.xlsx").sheet("表", [width])
    sheet.text(0, 0, "題")
    sheet.page_setup(**options)  # type: ignore[arg-type]
    found = load_workbook(saved(sheet)).active
    assert found is not None
    assert found.sheet_view.zoomScale == zoom


@pytest.mark.parametrize("cells", [("1", "a", 1), (1, 2, 3), (1, "a", "b")])
def test_a_value_of_the_wrong_kind_is_a_bug(tmp_path: Path, cells: tuple[Any, ...]) -> None:
    sheet = make_book(tmp_path / "a.xlsx").sheet("表", [c.width for c in TABLE.columns])
    with pytest.raises(TypeError):
        write_table(sheet, 0, Table(TABLE.columns, (Row(cells),)))


def test_a_row_of_the_wrong_length_is_a_bug(tmp_path: Path) -> None:
    sheet = make_book(tmp_path / "a.xlsx").sheet("表", [c.width for c in TABLE.columns])
    with pytest.raises(ValueError, match="2 cells for 3 columns"):
        write_table(sheet, 0, Table(TABLE.columns, (Row((1, "a")),)))


# --- heights --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 1),
        ("あ" * 10, 1),
        ("あ" * 11, 2),
        ("あ" * 9 + "、。」", 2),  # 禁則: the last character goes along with the marks
        ("一\n二\n\n四", 4),
        ("a" * 15, 1),
        ("ASAHIKAWA2020", 1),  # thirteen capitals and digits of BIZ UDPゴシック …
        ("ASAHIKAWA 2020", 2),  # … and no more
        ("あああああああ English", 2),  # a word is not torn …
        ("目安の上限は（10,000,000円）以下", 3),  # nor is a number, with what encloses it
        ("a" * 100, 7),  # … unless it is longer than the line
    ],
)
def test_lines_of_a_cell(text: str, lines: int) -> None:
    ten_wide_characters = pages.column_width((10.2 * 10 / 0.75) / 0.98 + 7)
    assert pages.count_lines(text, ten_wide_characters, 10) == lines


@given(st.text("あ、（）a1 \n", max_size=200), st.floats(1, 80), st.floats(6, 20))
def test_a_text_never_needs_less_room_in_a_narrower_column(
    text: str, width: float, size: float
) -> None:
    assert pages.count_lines(text, width, size) >= len(text.split("\n"))
    # 禁則 and words may cost a line here and there, never half of them.
    assert pages.count_lines(text, width * 3, size) <= pages.count_lines(text, width, size)


def test_a_text_too_high_for_a_row_is_printed_smaller(sheet: Sheet) -> None:
    size, height = pages.fitted("あ" * 1000, 40, 11, "")
    assert 6 <= size < 11
    assert height == pages.text_height("あ" * 1000, 40, size, "") <= pages.MAX_ROW_HEIGHT
    assert pages.fitted("あ" * 100_000, 4, 11, "")[0] == 6
    sheet.height(0, 5000)
    assert sheet.heights[0] == pages.MAX_ROW_HEIGHT


# --- page breaks ----------------------------------------------------------------------------------


def test_a_subtotal_takes_its_last_row_along() -> None:
    # Header 0, goal band 1, rows 2 to 6, subtotal 7, next goal's band 8, row 9.
    breaks = pages.paginate(
        [10] * 10, 10 * 7 / 0.97, repeat=(0, 0), starts=[8], with_next=[1, 8], with_previous=[7]
    )
    assert breaks == [6, 8]


def test_a_band_goes_along_with_the_row_below() -> None:
    assert pages.paginate([10] * 6, 10 * 4 / 0.97, with_next=[3]) == [3]


def test_a_block_higher_than_a_page_is_torn() -> None:
    assert pages.paginate([10] * 5, 10 * 2 / 0.97, with_next=range(5)) == [2, 4]


def test_too_many_pages_for_excel() -> None:
    breaks = pages.paginate([10] * 3000, 10.5, starts=[1000, 2000])
    assert breaks == [1000, 2000]


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=60),
    st.sets(st.integers(1, 59)),
    st.sets(st.integers(1, 59)),
    st.sets(st.integers(1, 59)),
)
def test_pages_hold_what_they_get(
    heights: list[int], starts: set[int], with_next: set[int], with_previous: set[int]
) -> None:
    rows = range(len(heights))
    starts, with_next, with_previous = (s & set(rows) for s in (starts, with_next, with_previous))
    breaks = pages.paginate(
        heights,
        100 / 0.97,
        repeat=(0, 0),
        starts=starts,
        with_next=with_next,
        with_previous=with_previous,
    )
    assert breaks == sorted(set(breaks))
    assert starts <= set(breaks) | {0}
    header = heights[0]
    for first, end in zip([0, *breaks], [*breaks, len(heights)], strict=True):
        used = sum(heights[first:end]) + (header if first else 0)
        assert used <= 100 + 1e-6 or end == first + 1 or (first, end) == (0, 1)
    for row in breaks:
        tied = row - 1 in with_next or row in with_previous
        if tied and row not in starts:
            first = last = row
            while (
                first and (first - 1 in with_next or first in with_previous) and first not in starts
            ):
                first -= 1
            while (
                last + 1 < len(heights)
                and last + 1 not in starts
                and (last in with_next or last + 1 in with_previous)
            ):
                last += 1
            assert sum(heights[first : last + 1]) + header > 100


def test_a_packed_workbook_has_the_parts_that_xlsxwriter_writes(tmp_path: Path) -> None:
    """Only sooner: blanks that count, markup and what looks like an escape included."""
    texts = [
        *("事業", " 前", "後　", "\t", "一行目\n二行目", "a & b", "<r>太</r>", "「>」", '"'),
        *("_x000D_", "下_線", "\x01", "\r", "\x85", "\u3000", "\x1f", "a\u2028"),
    ]
    found = []
    for name, make in (("ours", PackedWorkbook), ("theirs", xlsxwriter.Workbook)):
        workbook = make(tmp_path / f"{name}.xlsx", {"in_memory": True})
        workbook.set_properties({"created": RUN.created})
        sheet = workbook.add_worksheet("表")
        for row, text in enumerate(texts):
            sheet.write_string(row, 0, text)
        workbook.close()
        with zipfile.ZipFile(tmp_path / f"{name}.xlsx") as package:
            found.append({part: package.read(part) for part in package.namelist()})
    assert found[0] == found[1]
    assert xlsxwriter.workbook.ZipFile is zipfile.ZipFile


@pytest.mark.parametrize("rows", [3, 10_000])
def test_a_large_workbook_is_packed_as_closely_as_a_small_one(tmp_path: Path, rows: int) -> None:
    book = make_book(tmp_path / "a.xlsx", rows=rows)
    sheet = book.sheet("表", [10], in_order=True)
    for row in range(3000):
        sheet.line(row, [(0, row, book.style("number"))])
        sheet.height(row, 15)
    book.close()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as package:
        part = package.getinfo("xl/worksheets/sheet1.xml")
        packer = zlib.compressobj(packing._LEVEL, zlib.DEFLATED, -15)
        content = package.read(part)
    assert part.compress_size == pytest.approx(
        len(packer.compress(content) + packer.flush()), rel=0.02
    )


def test_cells_of_a_line_can_be_merged_once(tmp_path: Path) -> None:
    book = make_book(tmp_path / "a.xlsx")
    sheet, look = book.sheet("表", [10, 20, 30], charted=False), book.style("text")
    sheet.merge_in_line(2, 0, 1)
    sheet.line(2, [(0, "部局", look), (1, None, look), (2, 7, book.style("number"))])
    with pytest.raises(OverlappingRange):
        sheet.merge_in_line(2, 1, 2)
    read = load_workbook(saved(sheet))["表"]
    assert [str(area) for area in read.merged_cells.ranges] == ["A3:B3"]
    assert [cell.value for cell in read[3]] == ["部局", None, 7]
