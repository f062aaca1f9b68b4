"""Struck-through text (取消線): of whole cells by their font, of parts of a text by its runs.

calamine tells neither. Hardly any workbook has a font with a strike, and only in one that has are
cells looked at for it, once more and apart from the judgement of the sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sousei_xl.addresses import cell_address, cell_position
from sousei_xl.intake.gate.markup import create_parser, local, run, whole
from sousei_xl.intake.gate.remember import remembered

_MARK = b"strike"
_OFF = ("0", "false", "off")
_FONT = ["styleSheet", "fonts", "font"]
_FORMAT = ["styleSheet", "cellXfs", "xf"]
_LONGEST = 200  # characters of struck words that are told: one text may stand in very many cells

# The runs of a text: whether one is struck through (None: as its cell is), and its words.
_Runs = Sequence[tuple[bool | None, str]]


@dataclass(frozen=True, slots=True)
class Strikes:
    """What is struck through in a workbook, whatever cells show it.

    ``styles`` are the numbers of the cell formats whose font is; ``texts`` has the shared strings
    that consist of runs.
    """

    styles: frozenset[int] = frozenset()
    texts: Mapping[int, _Runs] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.styles or self.texts)


_NONE = Strikes()


def find_strikes(styles: bytes | None, strings: bytes | None) -> Strikes:
    """The formats and shared strings of a workbook that may strike a cell through; raises Refused
    where a part is not whole."""
    struck = _struck_styles(styles) if styles and _MARK in styles else frozenset()
    if not strings or not (struck or _MARK in strings):
        return Strikes(struck) if struck else _NONE
    return Strikes(struck, _rich_texts(strings))


def struck_cells(content: bytes, strikes: Strikes, sheet: str) -> dict[str, str]:
    """Cell → the words in it that are struck through, blank where all that it shows is.

    ``content`` is a worksheet that was judged already.
    """
    if not strikes and _MARK not in content:
        return {}
    cells = _Cells(strikes)
    parser = create_parser(content)
    parser.StartElementHandler = cells.start
    parser.EndElementHandler = cells.end
    parser.CharacterDataHandler = cells.text
    run(parser, content, sheet)
    return cells.struck


@remembered()
def _struck_styles(content: bytes) -> frozenset[int]:
    path: list[str] = []
    fonts: list[bool] = []
    formats: list[int] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        name = local(name)
        if name == "strike" and path == _FONT:
            fonts[-1] = _is_on(attributes)
        path.append(name)
        if path == _FONT:
            fonts.append(False)
        elif path == _FORMAT:
            formats.append(whole(attributes.get("fontId")))

    parser = create_parser(content)
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: path.pop()
    run(parser, content)
    struck = {number for number, is_struck in enumerate(fonts) if is_struck}
    return frozenset(number for number, font in enumerate(formats) if font in struck)


def _is_on(attributes: Mapping[str, str]) -> bool:
    return attributes.get("val", "") not in _OFF


@remembered()
def _rich_texts(content: bytes) -> Mapping[int, _Runs]:
    found: dict[int, _Runs] = {}
    items = 0
    text: _RichText | None = None

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal text
        name = local(name)
        if name == "si":
            text = _RichText()
        elif text:
            text.start(name, attributes)

    def end(name: str) -> None:
        nonlocal text, items
        name = local(name)
        if text and name == "si":
            if text.runs:
                found[items] = text.runs
            items += 1
            text = None
        elif text:
            text.end(name)

    def data(piece: str) -> None:
        if text:
            text.data(piece)

    parser = create_parser(content)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    run(parser, content)
    return found


class _RichText:
    """One ``si`` or ``is`` while it is parsed: its runs."""

    def __init__(self) -> None:
        self.runs: list[tuple[bool | None, str]] = []
        self._struck: bool | None = None
        self._pieces: list[str] | None = None  # of a run's text
        self._in_run = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "r":
            self._in_run, self._struck = True, None
        elif name == "rPr":
            self._struck = False
        elif name == "strike":
            self._struck = _is_on(attributes)
        elif name == "t" and self._in_run:
            self._pieces = []

    def data(self, piece: str) -> None:
        if self._pieces is not None:
            self._pieces.append(piece)

    def end(self, name: str) -> None:
        if name == "r":
            self._in_run = False
        elif name == "t" and self._pieces is not None:
            self.runs.append((self._struck, "".join(self._pieces)))
            self._pieces = None


class _Cells:
    """A worksheet while it is parsed: its cells with something struck through."""

    def __init__(self, strikes: Strikes) -> None:
        self.struck: dict[str, str] = {}
        self._strikes = strikes
        self._row = self._column = 0
        self._kind = ""
        self._is_struck = self._filled = False
        self._value: list[str] | None = None  # of a ``v``
        self._number = ""
        self._inline: _RichText | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = local(name)
        if name == "row":
            number = attributes.get("r")
            self._row = self._row + 1 if number is None else whole(number)
            self._column = 0
        elif name == "c":
            address = attributes.get("r")
            self._column = cell_position(address)[1] if address else self._column + 1
            self._kind = attributes.get("t", "")
            self._is_struck = whole(attributes.get("s", "0")) in self._strikes.styles
            self._filled, self._number, self._inline = False, "", None
        elif name == "v":
            self._value = []
        elif name == "is":
            self._inline = _RichText()
            self._filled = True
        elif self._inline:
            self._inline.start(name, attributes)

    def text(self, piece: str) -> None:
        if self._value is not None:
            self._value.append(piece)
        elif self._inline:
            self._inline.data(piece)

    def end(self, name: str) -> None:
        name = local(name)
        if name == "v" and self._value is not None:
            self._number = "".join(self._value)
            self._filled |= self._number != ""
            self._value = None
        elif name == "c":
            if self._filled:
                self._add()
            self._inline = None
        elif self._inline:
            self._inline.end(name)

    def _add(self) -> None:
        runs: _Runs = self._inline.runs if self._inline else ()
        if self._kind == "s" and not self._inline:
            runs = self._strikes.texts.get(whole(self._number), ())
        base = self._is_struck
        told = [(base if own is None else own, words) for own, words in runs if words.strip()]
        struck = [words.strip() for is_struck, words in told if is_struck]
        if not (struck if told else base):
            return
        part = "…".join(struck) if len(struck) < len(told) else ""
        self.struck[cell_address(self._row, self._column)] = part[:_LONGEST]
