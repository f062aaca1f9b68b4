"""Prints a prototype row with real values: formats, merged cells, live formulas, row heights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Sheet
from sousei_xl.sheets.prototype import FormCell, FormRow
from sousei_xl.strategy import Settings

_DEFAULT_SIZE = 11.0
_LONGEST_LITERAL = 255  # characters of one text inside a formula
_INDENT = 1.3  # width of one step of indentation, in characters
_PLAIN_NUMBERS = ("0", "#,##0", "#,##0_ ", "#,##0_);(#,##0)")
# Amber and bold, beside the words that the row itself says.
_MARKED = {"bg_color": "#FFE699", "bold": True}


@dataclass(frozen=True, slots=True)
class Live:
    """A number that Excel computes: the expression, without ``=``, and its value."""

    expression: str
    value: int


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, or the words that stand for it."""

    value: int | str


Value = str | int | Live | Money
_MONEY, _NUMBERS = (Live, Money), (int, Live)


@dataclass(frozen=True, slots=True)
class _Room:
    """What a cell of the form offers: ``width`` in characters of the column, of which so many
    ``characters`` of any kind fit on one line, and the height in points of that line."""

    breaks: bool
    rotation: int
    width: float
    size: float
    font: str
    characters: float
    line: float
    hidden: bool


class Painter:
    """Prints rows of one form on one sheet."""

    def __init__(self, sheet: Sheet, settings: Settings) -> None:
        self.sheet, self.settings = sheet, settings
        self._formats: dict[tuple[Any, ...], Any] = {}
        self._rooms: dict[FormCell, _Room] = {}

    def block(
        self,
        top: int,
        rows: Sequence[FormRow],
        values: Mapping[str, Value],
        *,
        wrap: bool = False,
        marked: bool = False,
    ) -> int:
        """Print prototype rows from row ``top`` on; the first free row is returned.

        ``values`` has every placeholder of the rows. ``wrap`` breaks texts that are too long for
        their cell also where the form does not say so; in merged cells that is always done.
        """
        heights = [max(row.height, pages.line_height(1)) for row in rows]
        for offset, row in enumerate(rows):
            plain: list[tuple[int, str | int, Any]] = []
            for cell in row.cells:
                if cell.covered:
                    continue
                needed = self._cell(top + offset, cell, values, wrap, marked, plain)
                last = offset + cell.rows
                missing = needed - sum(heights[offset:last])
                heights[last - 1] += max(missing, 0.0)
            if plain:
                self.sheet.line(top + offset, plain)
        for offset, height in enumerate(heights):
            self.sheet.height(top + offset, height)
        return top + len(rows)

    def _cell(
        self,
        row: int,
        cell: FormCell,
        values: Mapping[str, Value],
        wrap: bool,
        marked: bool,
        plain: list[tuple[int, str | int, Any]],
    ) -> float:
        """Write one cell, or the range merged into it, or leave it in ``plain`` to be written with
        the others; the height that it needs is returned."""
        parts: list[Value] = [values[p.text] if p.is_placeholder else p.text for p in cell.pieces]
        only = parts[0] if len(parts) == 1 else None
        money = isinstance(only, _MONEY)
        if isinstance(only, Money):
            only = only.value
        number = isinstance(only, _NUMBERS)
        if isinstance(only, str):  # most cells
            shown = only
        else:
            shown = "" if number else "".join(map(self._shown, parts))
        break_lines, size, height = self._fit(cell, shown, wrap)
        style = self._format(cell, money, number, break_lines, size, marked)
        if (cell.rows, cell.columns) != (1, 1):
            last_row, last_column = row + cell.rows - 1, cell.column + cell.columns - 1
            self.sheet.merge(row, cell.column, last_row, last_column, style)
        if isinstance(only, Live):
            self.sheet.formula(row, cell.column, f"={only.expression}", only.value, style)
        elif only is None and any(isinstance(part, Live) for part in parts):
            formula = "=" + "&".join(self._terms(parts))
            self.sheet.formula(row, cell.column, formula, shown, style)
        else:
            plain.append((cell.column, only if isinstance(only, int) else shown, style))
        return height

    def _shown(self, part: Value) -> str:
        """A value as it stands inside a text."""
        if isinstance(part, _MONEY):
            part = part.value
        if isinstance(part, int):
            return f"{part:,}".replace("-", self.settings.minus)
        return part

    def _terms(self, parts: Iterable[Value]) -> Iterator[str]:
        """The parts of a text as terms of a formula."""
        for live, group in groupby(parts, key=lambda part: isinstance(part, Live)):
            if live:
                for part in group:
                    assert isinstance(part, Live)
                    yield f'TEXT({part.expression},"{self.settings.number_format}")'
                continue
            literal = "".join(self._shown(part) for part in group)
            for start in range(0, len(literal), _LONGEST_LITERAL):
                chunk = literal[start : start + _LONGEST_LITERAL].replace('"', '""')
                yield f'"{chunk}"'

    def _fit(self, cell: FormCell, shown: str, wrap: bool) -> tuple[bool, float, float]:
        """(break lines, font size, height in points) with which the text can be read whole."""
        room = self._rooms.get(cell) or self._room(cell)
        size = room.size
        if room.hidden:
            return room.breaks, size, 0.0
        if room.rotation:
            lines = max(shown.split("\n"), key=len)
            step = pages.line_height(size, room.font) if room.rotation == 270 else size
            return room.breaks, size, len(lines) * step + 6
        if len(shown) <= room.characters and "\n" not in shown:  # most cells
            return room.breaks, size, room.line
        font, width = room.font, room.width
        breaks = room.breaks or "\n" in shown
        if not breaks and not cell.look.get("shrink") and (wrap or cell.columns > 1):
            breaks = pages.count_lines(shown, width, size) > 1
        if not breaks:
            return False, size, room.line
        return True, *pages.fitted(shown, width, size, font)

    def _room(self, cell: FormCell) -> _Room:
        look = cell.look
        size = float(look.get("font_size", _DEFAULT_SIZE))
        font = str(look.get("font_name", self.settings.font))
        whole = self.sheet.span_width(cell.column, cell.column + cell.columns - 1)
        width = whole - look.get("indent", 0) * _INDENT
        room = self._rooms[cell] = _Room(
            breaks=bool(look.get("text_wrap")),
            rotation=look.get("rotation", 0),
            width=width,
            size=size,
            font=font,
            characters=pages.characters(width, size),
            line=pages.text_height("", width, size, font),
            hidden=not whole,
        )
        return room

    def _format(
        self,
        cell: FormCell,
        money: bool,
        number: bool,
        break_lines: bool,
        size: float,
        marked: bool,
    ) -> Any:
        key = (cell, money, number, break_lines, size, marked)
        found = self._formats.get(key)
        if found is None:
            look = dict(cell.look)
            look["font_size"] = size
            if break_lines:
                look["text_wrap"] = True
            if money:
                look.setdefault("align", "right")
                if look.get("num_format", "#,##0") in _PLAIN_NUMBERS:
                    look["num_format"] = self.settings.number_format
            if number:
                # A number that is too wide is printed smaller: #### says nothing.
                look.pop("text_wrap", None)
                look["shrink"] = True
            if marked:
                look.update(_MARKED)
                look.pop("pattern", None)
            found = self._formats[key] = self.sheet.book.format(**look)
        return found
