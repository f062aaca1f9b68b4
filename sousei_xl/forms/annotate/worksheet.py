"""One worksheet of the department's file: its frame as a document, its rows as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from sousei_xl.addresses import cell_address, column_number
from sousei_xl.forms.annotate.markup import Document, Unmarkable, attributes

ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr"),
    *("sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState"),
    *("dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting"),
    *("dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter"),
    *("rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags"),
    *("drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects"),
    *("AlternateContent", "controls", "webPublishItems", "tableParts", "extLst"),
)
_ROWS = re.compile(rb"<((?:[\w.-]+:)?)sheetData(?:\s[^>]*?)?(?:/>|>.*</\1sheetData\s*>)", re.DOTALL)
_ROW = re.compile(rb"<(?:[\w.-]+:)?row\s([^>]*)>")
_LENGTH = re.compile(r"\d{1,4}(?:\.\d+)?", re.ASCII)
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DEFAULT_WIDTH, _DEFAULT_HEIGHT = 9.14, 15.0  # characters with their padding; points


class Worksheet:
    """A worksheet's part. ``document`` has everything but the rows; ``result`` is the new part."""

    def __init__(self, name: str, part: str, content: bytes) -> None:
        self.name, self.part = name, part
        found = _ROWS.search(content)
        if found is None:
            raise Unmarkable(f"no rows in {part}")
        self._blank = b"<%bsheetData/>" % found[1]
        self.rows = found[0]
        self.document = Document(content[: found.start()] + self._blank + content[found.end() :])

    def commit(self) -> None:
        """Apply the edits so far, so that the next ones see them."""
        if self.document.changed:
            self.document = Document(self.document.result())

    def result(self) -> bytes:
        """The part with all edits; what ``rows`` holds now stands in its place."""
        return self.document.result().replace(self._blank, self.rows, 1)

    def set_number(self, cell: str, number: int) -> None:
        """Put a number into a cell, keeping its look. Raises Unmarkable where that is not safe."""
        self.rows = _with_number(self.rows, cell, number)

    @cached_property
    def _merged(self) -> list[tuple[int, int, int, int]]:
        areas = []
        for element in self.document.root.below("mergeCell"):
            first, _, last = element.attribute("ref").partition(":")
            areas.append((*position(first), *position(last or first)))
        return areas

    def shown_cell(self, cell: str) -> str:
        """The cell that a person sees: under a merged range, its top left one."""
        row, column = position(cell)
        for top, left, bottom, right in self._merged:
            if top <= row <= bottom and left <= column <= right:
                return cell_address(top, left)
        return cell

    @cached_property
    def _widths(self) -> Mapping[int, float]:
        widths = {}
        for element in self.document.root.below("col"):
            first, last = element.number("min"), element.number("max")
            hidden = element.attribute("hidden") in ("1", "true")
            written = element.attribute("width")
            width = float(written) if _LENGTH.fullmatch(written) else _DEFAULT_WIDTH
            width = 0.0 if hidden else width
            widths.update(dict.fromkeys(range(first, min(last, first + 100) + 1), width))
        return widths

    def column_pixels(self, column: int) -> int:
        """Width of a column, counted from 1."""
        return int(self._widths.get(column, _DEFAULT_WIDTH) * 7 + 0.5)

    @cached_property
    def _heights(self) -> Mapping[int, float]:
        heights = {}
        for found in _ROW.finditer(self.rows):
            number = re.search(rb'\br="(\d+)"', found[1])
            height = re.search(rb'\sht="(\d{1,4}(?:\.\d+)?)"', found[1])
            if number and re.search(rb'\shidden="(?:1|true)"', found[1]):
                heights[int(number[1])] = 0.0
            elif number and height:
                heights[int(number[1])] = float(height[1])
        return heights

    def row_pixels(self, row: int) -> int:
        """Height of a row."""
        return int(self._heights.get(row, _DEFAULT_HEIGHT) * 4 / 3 + 0.5)


def position(cell: str) -> tuple[int, int]:
    """``H12`` → (12, 8)."""
    match = _ADDRESS.fullmatch(cell.replace("$", ""))
    if match is None:
        raise Unmarkable(f"no cell: {cell}")
    return int(match[2]), column_number(match[1])


def _with_number(rows: bytes, cell: str, number: int) -> bytes:
    """The rows with a number in one cell: in the place of what stood there, or in between."""
    row, column = position(cell)
    line = re.search(
        rb'<((?:[\w.-]+:)?)row\s(?:[^>]*\s)?r="%d"[^>]*?(?:/>|>.*?</\1row\s*>)' % row,
        rows,
        re.DOTALL,
    )
    if line is None:
        raise Unmarkable(f"no row of {cell}")
    document = Document(line[0])  # expat asks for no declarations, so a row can stand alone
    style, before = "", None
    for element in document.root.all("c"):
        here = position(element.attribute("r"))[1]
        if here == column:
            style = element.attribute("s")
            document.remove(element)
        elif here > column and before is None:
            before = element
    tag, value = document.tag("c"), document.tag("v")
    xml = f"<{tag}{attributes(r=cell, s=style or None)}><{value}>{number}</{value}></{tag}>"
    if before is None:
        document.append(document.root, xml)
    else:
        document.before(before, xml)
    return rows[: line.start()] + document.result() + rows[line.end() :]
