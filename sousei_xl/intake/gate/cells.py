"""A worksheet's XML cut into rows and cells, without judging them.

Nearly every workbook writes its cells in one spelling, and one regular expression then finds them
ten times as fast as handlers would. That is exact, not a guess: where the XML is whole, without
comments, CDATA sections and prefixes every ``<c `` is the start of a cell, and the counts show
whether the expression saw them all. Any other spelling goes through expat.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sousei_xl.addresses import column_letters, column_number
from sousei_xl.intake.gate.markup import create_parser, local, run, whole
from sousei_xl.intake.gate.remember import remembered
from sousei_xl.intake.gate.strings import Item
from sousei_xl.intake.notice import refuse

# row number, row attributes | column letters, row number, type, formula, "<v>", its text, inline
Token = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]

HIDDEN_ROW = b' hidden="1"'
INLINE_TEXT = b"<is><t>1</t></is>"
INLINE_BLANK = b"<is></is>"

_BEGIN, _END = b"<sheetData>", b"</sheetData>"
_ROW, _TEXT = b"<row", b' t="s"'  # a row's start, a cell's mark of a shared text
_CELL = rb'<c r="[A-Z]{1,2}+[1-9][0-9]{0,5}+"(?: s="[0-9]{1,5}+"|)'
_VALUELESS = rb"%b ?/>" % _CELL
# Repeats a formula that gives a blank text here, as prepared rows do.
_SILENT = rb'%b(?: ?/>| t="str"><f t="shared" si="[0-9]{1,5}+"/><v(?:></v>|/>)</c>)' % _CELL
_VALUELESS_CELLS, _SILENT_CELLS = (
    re.compile(rb"%b(?:%b){0,99}(?=<c |</row>)" % (cell, cell)) for cell in (_VALUELESS, _SILENT)
)
_BARE_ROW = rb'<row r="[1-9][0-9]{0,6}+"(?: [A-Za-z0-9:]++="[^"<>]*+")*+></row>'
# Rows of which nothing is left, behind any other and before one that is as bare.
_BARE_ROWS = re.compile(rb"(?<=</row>)(?:%b)+(?=%b)" % (_BARE_ROW, _BARE_ROW))
_ROW_NUMBER = re.compile(rb'<row r="([0-9]+)"')
_ANY_VALUELESS = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]+"|) ?/>')
_PREFIXED = re.compile(rb":(?:c|row)[\s/>]")
_USUAL = re.compile(
    rb'<row\b(?=[^<>]* r="([1-9][0-9]{0,6})")([^<>]*)>'
    rb'|<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="[0-9]+"|)(?: t="([A-Za-z]+)"|)'
    rb'(?: (?:cm|vm|ph)="[0-9]+")*>'
    rb"(<f[^<>]*(?:/>|>[^<]*</f>))?"
    rb'(?:(<v(?: xml:space="preserve")?(?:>| ?/>))(?:([^<]*)</v>)?'
    rb'|(<is>(?:<t(?: xml:space="preserve")?>[^<]*</t>)?</is>))?</c>'
)
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})").fullmatch


@dataclass(frozen=True, slots=True)
class Parts:
    """A worksheet up to its first cell, its cells without those that show nothing and most rows of
    such cells, and what follows them.

    Where the parts together are whole, and without comments and the like, the worksheet is: then
    each ``<`` in them starts a tag, so a cell (or row) was taken out between tags (one follows it),
    within ``sheetData``, where it may stand, and it is whole itself. Were it put back into a text,
    a comment or an attribute, the ``<`` behind it would stand there as well. And ``sheetData`` ends
    where ``cells`` does: its name occurs nowhere between.

    Calamine finds the same values in it. Only a cell or the row's end may follow what is taken
    out, so the last of those that stand where none may stand stays.
    """

    before: bytes
    cells: bytes
    after: bytes


def take_apart(content: bytes, contained: bool = True) -> Parts | None:
    """The worksheet in three parts; None where it is spelled in any unusual way.

    Prepared forms are mostly styled blank cells and formulas that show nothing yet. Where calamine
    is not given these parts (``contained``), it stores the blank texts of formulas, so they stay.
    What stands below the last text is the same in very many forms.
    """
    begin = content.find(_BEGIN) + len(_BEGIN)
    end = content.find(_END[2:-1], begin) - 2
    if begin < len(_BEGIN) or not content.startswith(_END, max(end, 0)):
        return None
    # No silent cell reaches across the start of a row, so the rows may be cleared apart.
    prepared = content.find(_ROW, max(content.rfind(_TEXT, begin, end), begin), end)
    prepared = end if prepared < 0 else prepared
    typed = _cleared(content[begin:prepared], contained)
    cells = typed + _without_rows(content[prepared:end], contained)
    return Parts(content[:begin], cells, content[end:])


def _cleared(cells: bytes, contained: bool) -> bytes:
    return (_SILENT_CELLS if contained else _VALUELESS_CELLS).sub(b"", cells)


@remembered(largest=1 << 18)
def _without_rows(cells: bytes, contained: bool) -> bytes:
    """The same without bare rows, where all are in order: what stays shows that all are."""
    cleared = _cleared(cells, contained)
    numbers = list(map(int, _ROW_NUMBER.findall(cleared)))
    if any(row >= following for row, following in pairwise(numbers)):
        return cleared
    return _BARE_ROWS.sub(b"", cleared)


def usual_cells(cells: bytes) -> Sequence[Token] | None:
    """Rows and non-empty cells in document order; None where any is spelled in another way.

    ``cells`` is a part as ``take_apart`` gives it, known to hold nothing but tags and texts.
    """
    if _PREFIXED.search(cells):
        return None
    count = cells.count(b"<row") + cells.count(b"</c")
    tokens: list[Token] = _USUAL.findall(cells)
    if len(tokens) != count:  # a blank cell within another one is for calamine to judge
        tokens = _USUAL.findall(_ANY_VALUELESS.sub(b"", cells))
    return tokens if len(tokens) == count else None


def any_cells(content: bytes, sheet: str) -> Sequence[Token]:
    """The same from a whole worksheet in any spelling.

    Raises Refused where calamine would take another value for a cell than the one written, or
    where a cell is spelled as no cell may be.
    """
    cutter = _Cutter(content, sheet)
    run(cutter.parser, content, sheet)
    return cutter.tokens


class _Cutter:
    """The same tokens from any spelling, through expat's handlers."""

    def __init__(self, content: bytes, sheet: str) -> None:
        self.content = content
        self.sheet = sheet
        self.tokens: list[Token] = []
        self.inside = False  # sheetData
        self.row = 0
        self.column = 0  # how far the row has come, for cells without an address
        self.address = (b"", b"")
        self.kind = b""
        self.formula = b""
        self.value: bytes | None = None
        self.inline: Item | None = None
        self.parser = create_parser(content)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "sheetData":
            self.inside = True
        elif not self.inside:
            return
        elif name == "row":
            self._start_row(attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name == "f":
            self.formula = b"<f/>"
        elif name == "v":
            if self.value is not None or self.inline:
                self._unsure()
            self.value = self._text(attributes)
        elif name == "is":
            if self.kind == b"inlineStr":
                self.value = None  # it only repeats what stands in the string
            if self.value is not None or self.inline:
                self._unsure()
            self.inline = Item(self.content)
        elif self.inline and not self.inline.start(name, attributes, self.parser.CurrentByteIndex):
            self._unsure()

    def _end(self, name: str) -> None:
        name = local(name)
        if name == "sheetData":
            self.inside = False
        elif not self.inside:
            return
        elif name == "c":
            mark = b"" if self.value is None else b"<v>"
            inline = b""
            if self.inline:
                inline = INLINE_TEXT if self.inline.filled else INLINE_BLANK
            cell = (*self.address, self.kind, self.formula, mark, self.value or b"", inline)
            self.tokens.append((b"", b"", *cell))
        elif self.inline:
            self.inline.end()

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        self.row = self.row + 1 if number is None else whole(number)
        self.column = 0
        hidden = attributes.get("hidden") in ("1", "true") or is_zero(attributes.get("ht"))
        extra = HIDDEN_ROW if hidden else b""
        if self.row < 1:
            refuse("F103", "sheet", sheet=self.sheet)
        self.tokens.append((b"%d" % self.row, extra, b"", b"", b"", b"", b"", b"", b""))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.kind = attributes.get("t", "").encode()
        self.formula = b""
        self.value = None
        self.inline = None
        if "r" in attributes:
            match = _REFERENCE(attributes["r"])
            if match is None:
                refuse("F103", "sheet", sheet=self.sheet)
            self.column = column_number(match.group(1))
            self.address = (match.group(1).encode(), match.group(2).encode())
        else:
            self.column += 1
            self.address = (column_letters(self.column).encode(), b"%d" % self.row)

    def _text(self, attributes: dict[str, str]) -> bytes:
        """The text of this ``v`` as calamine sees it: up to the next tag of any kind."""
        begin = self.content.index(b">", self.parser.CurrentByteIndex) + 1
        if self.content[begin - 2 : begin - 1] == b"/":
            return b""
        end = self.content.find(b"<", begin)
        if self.content[end : end + 2] != b"</" or ">" in "".join(attributes.values()):
            self._unsure()
        return self.content[begin:end]

    def _unsure(self) -> None:
        refuse("F107", "cell", sheet=self.sheet, cell=b"".join(self.address).decode())


def is_zero(length: str | None) -> bool:
    """True for a height or width of 0, which hides as well as ``hidden`` does."""
    return bool(length) and not str(length).strip("0.")
