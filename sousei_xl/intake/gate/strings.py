"""Texts that may have runs and phonetic readings: shared strings and inline ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sousei_xl.intake.gate.limits import MAX_STRINGS
from sousei_xl.intake.gate.markup import create_parser, local, run, whole
from sousei_xl.intake.notice import refuse

_TEXT = rb'<t( xml:space="preserve")?>([^<]*)</t>'
# A part of a text with a font of its own; what tells of the font is no text, and holds none.
_RUN = (
    rb"<r>(?:<rPr>(?:<(?!(?:t|si|is)\b)\w++[^<>:]*+(?<=/)>)*+</rPr>)?"
    rb'<t(?: xml:space="preserve")?>[^<]*</t></r>'
)
# A text, in runs or not, with phonetic readings or without.
_USUAL = re.compile(
    rb"<si>(?:%b|((?:%b)++))"
    rb"(?:<rPh [^<>]*><t[^<>]*>[^<]*</t></rPh>)*(?:<phoneticPr [^<>]*/>)?</si>" % (_TEXT, _RUN)
)
_TEXTS = re.compile(_TEXT)
_BLANK = re.compile(rb"(?:[ \t\r\n]|&#(?:x0*(?:9|a|d|20)|0*(?:9|10|13|32));)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SharedStrings:
    """The shared strings of a workbook: for each whether it is anything but blank (phonetic
    readings do not count), and, where all are spelled as usual, each as it is written."""

    filled: tuple[bool, ...] = ()
    written: tuple[bytes, ...] = ()


class Item:
    """One ``si`` or ``is`` while it is parsed; ``filled`` where calamine finds more than blanks."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._path: list[str] = []  # the elements that are open within it
        self._ended = False
        self.filled = False

    def start(self, name: str, attributes: Mapping[str, str], index: int) -> bool:
        """Take a start tag; False where calamine reads another text than the one that is meant.

        It loses what follows a tag within a text, and takes texts where none may stand.
        """
        inside = self._path[-1] if self._path else ""
        if self._ended or inside == "t" or name in ("si", "is"):
            return False
        if name == "t":
            if inside not in ("", "r", "rPh"):
                return False
            if inside != "rPh" and not self.filled:
                kept = attributes.get("xml:space") == "preserve"
                self.filled = has_text(self._content, index, kept)
        self._path.append(name)
        return True

    def end(self) -> None:
        """Take an end tag, its own included."""
        if self._path:
            self._path.pop()
        else:
            self._ended = True


def has_text(content: bytes, index: int, keep_space: bool) -> bool:
    """Whether the ``t`` element that starts at ``index`` is anything but blank to calamine."""
    begin = content.index(b">", index) + 1
    if content[begin - 2 : begin - 1] == b"/":
        return False
    end = content.find(b"</", begin)
    if keep_space:
        return end > begin
    return _BLANK.fullmatch(content, begin, end) is None


# How Excel and XlsxWriter begin the part: what stands in it means the same in every workbook.
_HEAD = re.compile(
    rb'<\?xml version="1\.0" encoding="UTF-8" standalone="yes"\?>\r?\n'
    rb'<sst xmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"'
    rb' count="\d+" uniqueCount="\d+">'
)
_TAIL = b"</sst>"
_LARGEST, _KEPT = 1 << 18, 1 << 20  # bytes of a part whose strings are remembered, and of all these


class _Known(dict[bytes, bool]):
    """Shared strings as written → whether they are anything but blank; forgotten when they take
    too much memory."""

    size = 0

    def learn(self, items: Sequence[bytes], filled: Iterable[bool]) -> None:
        self.size += sum(map(len, items))
        self.update(zip(items, filled, strict=True))

    def clear(self) -> None:
        super().clear()
        self.size = 0

    def make_room(self) -> None:
        if self.size > _KEPT:
            self.clear()


_known = _Known()


def read_strings(content: bytes) -> SharedStrings:
    """The shared strings of this part.

    Raises Refused where the part is not whole or announces more strings than calamine could
    reserve memory for.
    """
    head, *items = content.split(b"<si>") if len(content) <= _LARGEST else [content]
    if not (items and _HEAD.fullmatch(head) and items[-1].endswith(_TAIL)):
        return SharedStrings(_read(content))
    # Forms have most of their strings in common: only new ones are judged, as a part of their own.
    items[-1] = items[-1].removesuffix(_TAIL)
    new = [item for item in dict.fromkeys(items) if item not in _known]
    usual = [_USUAL.fullmatch(b"<si>" + item) for item in new]
    if not all(usual):
        return SharedStrings(_read(content))
    _check_strings(b"".join([head, *(match[0] for match in usual if match), _TAIL]))
    _known.learn(new, [_has_words(*match.groups(b"")) for match in usual if match])
    found = SharedStrings(tuple(map(_known.__getitem__, items)), tuple(items))
    _known.make_room()
    return found


def _read(content: bytes) -> tuple[bool, ...]:
    """For each shared string whether it is filled, whatever the part looks like."""
    _check_strings(content)
    count = content.count(b"<si")
    usual = count > 0 and b"<!" not in content and b":si" not in content
    texts = _USUAL.findall(content) if usual else []
    if usual and len(texts) == count:
        return tuple(_has_words(*groups) for groups in texts)
    items: list[Item] = []
    inside = False  # an si

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        name = local(name)
        if inside and not items[-1].start(name, attributes, parser.CurrentByteIndex):
            refuse("F103")
        if not inside and name == "si":
            items.append(Item(content))
            inside = True

    def end(name: str) -> None:
        nonlocal inside
        if inside:
            items[-1].end()
            inside = local(name) != "si"

    parser = create_parser(content)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    run(parser, content)
    return tuple(item.filled for item in items)


def _has_words(kept: bytes, text: bytes, runs: bytes) -> bool:
    """Whether there is anything but blanks in what ``_USUAL`` has found."""
    if not runs:
        return _is_filled(kept, text)
    return any(_is_filled(*run) for run in _TEXTS.findall(runs))


def _is_filled(kept: bytes, text: bytes) -> bool:
    """Whether calamine finds more than blanks; it drops those that are not to be ``kept``."""
    if kept or text[:1] > b"&":  # neither white space nor a reference to it
        return bool(text)
    return _BLANK.fullmatch(text) is None


def _check_strings(content: bytes) -> None:
    """The part is whole, and its root announces no absurd number of strings."""

    def root(name: str, attributes: Mapping[str, str]) -> None:
        parser.StartElementHandler = None
        declared = whole(attributes.get("uniqueCount"))
        if declared > MAX_STRINGS:
            refuse("F104", "strings", value=f"{declared:,}", maximum=f"{MAX_STRINGS:,}")

    parser = create_parser(content, namespaces=True)
    parser.StartElementHandler = root
    run(parser, content)
