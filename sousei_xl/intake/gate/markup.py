"""XML with the standard library's expat, in UTF-8 only and without document types."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from sousei_xl.intake.gate.package import is_utf16
from sousei_xl.intake.gate.remember import remembered
from sousei_xl.intake.notice import refuse

_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class Element:
    """One element: name without prefix, attributes as written, text that follows its start tag."""

    name: str
    attributes: Mapping[str, str]
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The element's own text, without the white space around it."""
        return "".join(self.pieces).strip()


def create_parser(content: bytes, namespaces: bool = False) -> XMLParserType:
    """A parser for this part; raises Refused where calamine would take it for UTF-8 wrongly.

    With ``namespaces`` it refuses prefixes that nobody declared, as Excel does; its handlers would
    see the names behind their addresses.
    """
    declared = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf")[:256])
    encoding = declared.group(1).lower() if declared else b"utf-8"
    if is_utf16(content) or encoding not in (b"utf-8", b"utf8", b"us-ascii"):
        refuse("F103", "encoding")
    return ParserCreate("utf-8", " " if namespaces else None)


@remembered()
def check_whole(content: bytes) -> None:
    """Raise Refused unless the part is well-formed XML."""
    run(create_parser(content, namespaces=True), content)


def run(parser: XMLParserType, content: bytes, sheet: str = "", final: bool = True) -> None:
    """Parse a part, or the next piece of one; raises Refused, naming the sheet, if not whole."""
    try:
        parser.Parse(content, final)
    except ExpatError:
        if sheet:
            refuse("F103", "sheet", sheet=sheet)
        refuse("F103")


@remembered(largest=1 << 14)
def elements(content: bytes) -> Sequence[Element]:
    """All elements of a part in document order; raises Refused where it is not whole."""
    found: list[Element] = []
    declared: dict[str, str] = {}  # namespaces, told ahead of the element that declares them

    def declare(prefix: str | None, address: str | None) -> None:
        declared[f"xmlns:{prefix or ''}"] = address or ""

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append(Element(local(name), attributes | declared))
        declared.clear()

    def text(piece: str) -> None:
        found[-1].pieces.append(piece)

    parser = create_parser(content, namespaces=True)
    parser.StartNamespaceDeclHandler = declare
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    run(parser, content)
    return tuple(found)


def local(name: str) -> str:
    """A name without its prefix or address, as calamine compares names."""
    return name.rpartition(" ")[2].rpartition(":")[2]


def whole(text: str | None) -> int:
    """A short run of ASCII digits as a number; -1 for anything else."""
    return int(text) if text and len(text) < 12 and text.isascii() and text.isdigit() else -1
