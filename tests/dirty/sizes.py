"""Kinds: too large, too many, too far out; and large ones that are still read."""

from __future__ import annotations

from openpyxl import Workbook

from tests import zip_surgery as zs
from tests.dirty.forms import (
    PART,
    bytes_of,
    cut_open,
    edited,
    line,
    lines,
    projects,
    refused,
    with_rows,
)
from tests.dirty.hostile_xml import excel, swapped
from tests.dirty.kinds import FIRST, SECOND, Kind, Put

END = "</sheetData>"
ONE = "<v>1</v></c></row>"


def _below(rows: str) -> Put:
    """The form with these rows below its own."""
    return swapped(END, rows + END)


def _cell(address: str, row: int) -> Put:
    return _below(f'<row r="{row}"><c r="{address}">{ONE}')


def _many_sheets(content: bytes) -> bytes:
    sheets = "".join(f'<sheet name="s{i}" sheetId="{i}" r:id="rId1"/>' for i in range(5, 105))
    return zs.replace(content, zs.WORKBOOK, "</sheets>", f"{sheets}</sheets>")


def _many_parts(content: bytes) -> bytes:
    more = {f"xl/media/{i}.bin": b"" for i in range(2_001)}
    return zs.pack({**zs.unpack(content), **more})


def _many_cells() -> bytes:
    return zs.bare_book(zs.sheet_xml(f"<row>{'<c><v>1</v></c>' * 1_000_001}</row>"))


def _merged(*references: str) -> Put:
    cells = "".join(f'<mergeCell ref="{reference}"/>' for reference in references)
    return swapped(END, f"{END}<mergeCells>{cells}</mergeCells>")


def _wide(book: Workbook) -> None:
    """Formats and marks that somebody has filled to the right without end."""
    for column in range(13, 10_001):
        projects(book).cell(3, column, "・")


def _huge_text(count: int) -> Put:
    def change(content: bytes) -> bytes:
        sheet = zs.unpack(content)[PART].decode()
        return zs.add(content, PART, sheet.replace("<t>市民の", f"<t>{'あ' * count}市民の", 1))

    return cut_open(change)


def _rows(count: int) -> Put:
    def rows(slug: str) -> list[list[object]]:
        return [*lines(slug), *(line(f"{slug} {n}", n) for n in range(3, count + 1))]

    return with_rows(rows)


def _limit(slug: str, title: str, put: Put, code: str = "F104") -> Kind:
    return refused(slug, title, put, code)


# Every cell that holds a value, but for the corner of the merged range.
UNDER = ("B4", "F4", "G4", "H4", "J4", "K4", "B5", "F5", "G5", "H5", "J5", "K5")

LIMITS = (
    _limit("bomb", "1MBに1GBを詰めたZIP", cut_open(lambda d: zs.bomb(d, "xl/media/a.bin", 1000))),
    _limit(
        "bomb-strings", "30MBの空白の共有文字列", cut_open(lambda d: zs.bomb(d, zs.STRINGS, 30))
    ),
    _limit(
        "declared-huge",
        "大きさを4GBと偽った部品",
        cut_open(lambda d: zs.declare(d, PART, 2**32 - 2)),
    ),
    _limit("too-large", "20MBを超えるファイル", bytes_of(lambda: b"PK\3\4" + bytes(20_000_001))),
    _limit("many-parts", "部品が2,000を超える", cut_open(_many_parts)),
    _limit("many-sheets", "シートが100枚を超える", excel(_many_sheets)),
    _limit("last-cell", "XFD1048576に値がある", _cell("XFD1048576", 1_048_576)),
    _limit("row-20001", "20,001行目に値がある", _cell("A20001", 20_001)),
    _limit("stray-corner", "XFD10001に値がある", _cell("XFD10001", 10_001)),
    _limit("many-cells", "値が100万個を超える", bytes_of(_many_cells)),
    _limit(
        "many-merged",
        "結合セルが2万か所を超える",
        _merged(*(f"A{r}:B{r}" for r in range(9, 20_010))),
    ),
    _limit(
        "strings-declared",
        "共有文字列が42億個と偽った",
        swapped("uniqueCount=", 'uniqueCount="4294967295" x=', zs.STRINGS),
    ),
    Kind(
        "merged-everything",
        "シート全体を一つに結合した",
        _merged("A1:XFD1048576"),
        tuple(f"S102 {cell}" for cell in UNDER),
    ),
    Kind("ten-thousand-columns", "見出しの行が1万列ある", edited(_wide)),
    Kind(
        "huge-text",
        "4万文字の事業内容（Excelの上限は32,767文字）",
        _huge_text(40_000),
        ("R112 K4",),
    ),
    Kind(
        "many-rows",
        "300行の様式",
        _rows(300),
        budgets=(FIRST, SECOND, *range(3, 301)),
        names=("{} 一", "{} 二", *(f"{{}} {n}" for n in range(3, 301))),
    ),
)

KINDS = LIMITS
