"""An XML part that is edited in place: whatever is not touched keeps its bytes.

A department's file comes back as it was, with our marks in it. Writing a part anew would lose what
the writer does not know (extensions, shapes, stored results), so the places of elements are noted
while parsing, and edits are cut into the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

from sousei_xl.findings import UNPRINTABLE

_START_TAG = re.compile(
    rb"""<[^\s/>]+(?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(/?)>""",
)
_ESCAPED = re.compile(r"(?=_x[0-9A-Fa-f]{4}_)")
_DEEPEST = 200  # elements within each other; no program nests more than a dozen
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


class Unmarkable(Exception):
    """A file that cannot be marked safely; it is sent back with the findings alone."""


@dataclass(slots=True, eq=False)
class Element:
    """One element: name without prefix, attributes as written, and where its bytes stand.

    ``start`` and ``end`` enclose the element, ``inner`` and ``inner_end`` what is between its
    tags; an element without an end tag has ``inner == inner_end == end``.
    """

    name: str
    prefix: str
    attributes: Mapping[str, str]
    start: int
    inner: int
    inner_end: int = 0
    end: int = 0
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The element's own text."""
        return "".join(self.pieces)

    def find(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list[Element]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def below(self, name: str) -> Iterator[Element]:
        """All descendants of that name, in document order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.below(name)

    def attribute(self, name: str) -> str:
        """An attribute by its name without prefix; blank where it is missing."""
        found = (v for k, v in self.attributes.items() if k.rpartition(":")[2] == name)
        return next(found, "")

    def number(self, name: str, default: int = 0) -> int:
        """An attribute that is a whole number. Raises Unmarkable where it is another text."""
        written = self.attribute(name)
        if not written:
            return default
        if not re.fullmatch(r"[+-]?\d{1,10}", written, re.ASCII):
            raise Unmarkable(f"{self.name}: {name}={written}")
        return int(written)


class Document:
    """A part, parsed, and the edits that ``result`` applies to its bytes.

    Raises Unmarkable where the part is not well-formed UTF-8 XML. Edits of one element must not
    overlap; everything that is inserted must be whole XML.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content.removeprefix(b"\xef\xbb\xbf")
        self._edits: list[tuple[int, int, bytes]] = []
        self._appended: dict[Element, list[str]] = {}
        try:
            self.root = self._parse()
        except ExpatError as error:
            raise Unmarkable(str(error)) from error

    def _parse(self) -> Element:
        content = self.content
        parser = ParserCreate("utf-8")
        outside = Element("", "", {}, 0, 0)
        stack = [outside]

        def start(name: str, attributes: dict[str, str]) -> None:
            begin = parser.CurrentByteIndex
            if len(stack) > _DEEPEST:  # whoever walks down would run out of stack
                raise Unmarkable(f"nested too deeply at byte {begin}")
            tag = _START_TAG.match(content, begin)
            if tag is None:
                raise Unmarkable(f"no start tag at byte {begin}")
            prefix, _, local = name.rpartition(":")
            element = Element(local, prefix and f"{prefix}:", attributes, begin, tag.end())
            if tag[1]:
                element.inner_end = element.end = tag.end()
            stack[-1].children.append(element)
            stack.append(element)

        def end(_: str) -> None:
            element = stack.pop()
            if not element.end:
                element.inner_end = parser.CurrentByteIndex
                element.end = content.index(b">", element.inner_end) + 1

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = lambda piece: stack[-1].pieces.append(piece)
        parser.Parse(content, True)
        return outside.children[0]

    @property
    def changed(self) -> bool:
        """True where there is an edit to apply."""
        return bool(self._edits or self._appended)

    def raw(self, element: Element) -> bytes:
        """The element's bytes as they were read."""
        return self.content[element.start : element.end]

    def tag(self, name: str) -> str:
        """An element's name with the prefix that this part uses for its own vocabulary."""
        return f"{self.root.prefix}{name}"

    def replace(self, element: Element, xml: str) -> None:
        """Put other XML, or nothing, in the place of an element."""
        self._edits.append((element.start, element.end, xml.encode()))

    def remove(self, *elements: Element) -> None:
        """Take elements out."""
        for element in elements:
            self.replace(element, "")

    def before(self, element: Element, xml: str) -> None:
        """Insert XML in front of an element."""
        self._edits.append((element.start, element.start, xml.encode()))

    def append(self, parent: Element, xml: str) -> None:
        """Add XML behind the last child."""
        self._appended.setdefault(parent, []).append(xml)

    def place(self, name: str, xml: str, order: Sequence[str]) -> None:
        """Add an element to the root where the schema wants it: ``order`` is the schema's."""
        rank = order.index(name)
        for child in self.root.children:
            if child.name in order and order.index(child.name) > rank:
                return self.before(child, xml)
        return self.append(self.root, xml)

    def set_text(self, element: Element, text: str) -> None:
        """Exchange what stands between the tags."""
        if element.inner == element.end:
            self.append(element, escape(text))
        else:
            self._edits.append((element.inner, element.inner_end, escape(text).encode()))

    def set(self, element: Element, name: str, value: str | None) -> None:
        """Set an attribute, or take it away (None)."""
        tag = self.content[element.start : element.inner]
        found = re.search(rb"""\s%b\s*=\s*(?:"[^"]*"|'[^']*')""" % re.escape(name.encode()), tag)
        written = b"" if value is None else f' {name}="{escape(value)}"'.encode()
        if found:
            begin, end = element.start + found.start(), element.start + found.end()
            self._edits.append((begin, end, written))
        elif written:
            at = element.start + 1 + len(f"{element.prefix}{element.name}".encode())
            self._edits.append((at, at, written))

    def result(self) -> bytes:
        """The part with all edits applied."""
        edits = list(self._edits)
        for parent, added in self._appended.items():
            xml = "".join(added)
            if parent.inner == parent.end:  # <name/> has to be opened first
                name = f"{parent.prefix}{parent.name}"
                begin = self.content.rindex(b"/", parent.start, parent.end)
                edits.append((begin, parent.end, f">{xml}</{name}>".encode()))
            else:
                edits.append((parent.inner_end, parent.inner_end, xml.encode()))
        pieces, position = [], 0
        for begin, end, xml_bytes in sorted(edits, key=lambda edit: edit[:2]):
            pieces += [self.content[position:begin], xml_bytes]
            position = end
        return b"".join((*pieces, self.content[position:]))


def escape(text: str) -> str:
    """Text for an element or an attribute; what XML cannot hold becomes a replacement mark."""
    return UNPRINTABLE.sub("\ufffd", text).translate(_ENTITIES)


def string(text: str) -> str:
    """Text of a cell or comment. Excel reads ``_x0041_`` as a character: that is escaped too."""
    return escape(_ESCAPED.sub("_x005F", text.replace("\r\n", "\n").replace("\r", "\n")))


def attributes(**values: object) -> str:
    """``name="value"`` pairs with a blank in front; None leaves one out."""
    return "".join(f' {k}="{escape(str(v))}"' for k, v in values.items() if v is not None)
