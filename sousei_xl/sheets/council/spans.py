"""Sections of a printed sheet whose headings stand on every page that they run over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Sheet
from sousei_xl.sheets.styles import STYLES
from sousei_xl.sheets.tables import Cell, Formula

_SIZE = 10.0
_GAP, _TITLE = 10.0, 22.0  # points


@dataclass(frozen=True, slots=True)
class Span:
    """A column of a section: the sheet's columns ``first`` to ``last`` under one heading."""

    first: int
    last: int
    heading: str
    style: str = "text_wrap"


Line = tuple[Cell, ...]


@dataclass(slots=True)
class Sections:
    """Writes sections from ``row`` on, and begins pages itself: ``starts`` is for ``page_setup``.

    ``used`` are the points of the page that are taken already.
    """

    sheet: Sheet
    row: int
    used: float = 0.0
    starts: list[int] = field(default_factory=list)

    def write(
        self, title: str, note: str, spans: Sequence[Span], groups: Iterable[Sequence[Line]]
    ) -> None:
        """A section: title, note, headings, and groups of lines that stay on one page.

        Where there are no groups it is the title alone.
        """
        # The sheet may have more columns than a section needs.
        spans = [*spans[:-1], replace(spans[-1], last=len(self.sheet.widths) - 1)]
        heads = tuple(span.heading for span in spans)
        begun = False
        for group in groups:
            heights = [self._needed(line, spans) for line in group]
            above = 0.0
            if not begun:
                above = _GAP + _TITLE + self._note_height(note) + self._needed(heads, spans)
            if self.used + above + sum(heights) > self._room and self.used:
                self._turn()
                if begun:
                    self._head(f"{title}（続き）", "", heads, spans)
            if not begun:
                self._head(title, note, heads, spans)
                begun = True
            for line, height in zip(group, heights, strict=True):
                self._line(line, spans, height)
        if not begun:
            if self.used + _GAP + _TITLE > self._room:
                self._turn()
            self._above(title)

    def heading(self, title: str, spans: Sequence[Span]) -> None:
        """Title and headings of a table whose lines follow one by one."""
        self._head(title, "", tuple(span.heading for span in spans), spans)

    def figures(self, cells: Line, spans: Sequence[Span], style: str) -> None:
        """A label and figures in one style."""
        emphasis = style.partition(" ")[2]
        self._cell(cells[0], spans[0], f"{spans[0].style} {emphasis}".strip())
        for cell, span in zip(cells[1:], spans[1:], strict=True):
            self._cell(cell, span, style)
        self._down(self._needed(cells[:1], spans[:1]))

    # --- pieces -------------------------------------------------------------------------------

    def _line(self, cells: Line, spans: Sequence[Span], height: float, style: str = "") -> None:
        for cell, span in zip(cells, spans, strict=True):
            self._cell(cell, span, style or span.style)
        self._down(height)

    @property
    def _room(self) -> float:
        return self.sheet.page_room()

    @property
    def _font(self) -> str:
        return self.sheet.book.settings.font

    @property
    def _width(self) -> float:
        return self.sheet.span_width(0, len(self.sheet.widths) - 1)

    def _turn(self) -> None:
        self.starts.append(self.row)
        self.used = 0.0

    def _down(self, height: float) -> None:
        self.sheet.height(self.row, height)
        self.used += self.sheet.heights[self.row]
        self.row += 1

    def _head(self, title: str, note: str, heads: tuple[str, ...], spans: Sequence[Span]) -> None:
        self._above(title)
        if note:
            self.sheet.wide_text(self.row, note, "note")
            self._down(self._note_height(note))
        self._line(heads, spans, self._needed(heads, spans), "header")

    def _above(self, title: str) -> None:
        if self.used:
            self._down(_GAP)
        self.sheet.text(self.row, 0, title, "subtitle")
        self._down(_TITLE)

    def _note_height(self, note: str) -> float:
        return pages.text_height(note, self._width, 9, self._font) if note else 0.0

    def _needed(self, cells: Line, spans: Sequence[Span]) -> float:
        """Height of a row with these cells."""
        heights = [
            pages.text_height(cell, self._span(span), self._size(cell, span), self._font)
            for cell, span in zip(cells, spans, strict=True)
            if isinstance(cell, str)
        ]
        return max(heights, default=20.0)

    def _size(self, shown: str, span: Span) -> float:
        return pages.fitted(shown, self._span(span), _SIZE, self._font)[0]

    def _span(self, span: Span) -> float:
        return self.sheet.span_width(span.first, span.last)

    def _cell(self, cell: Cell, span: Span, style: str) -> None:
        sheet, row = self.sheet, self.row
        look = f"{style} shrunk" if style.startswith("number") else style
        sheet.merge(row, span.first, row, span.last, style)
        if cell is None or cell == "":
            sheet.blank(row, span.first, look)
        elif isinstance(cell, Formula):
            sheet.formula(row, span.first, cell.formula, cell.value, look)
        elif isinstance(cell, str):
            size = self._size(cell, span)
            # Only plain texts are ever that long.
            small = {**STYLES["text_wrap"], "font_size": size}
            shown = sheet.book.format(**small) if size < _SIZE else look
            sheet.text(row, span.first, cell, shown)
        else:
            sheet.number(row, span.first, cell, look)  # type: ignore[arg-type]
