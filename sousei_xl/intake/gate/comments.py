"""Comments (メモ, コメント) on the cells of a worksheet: what a department wrote there itself.

calamine tells none. What our returns say in theirs does not count, nor what Excel writes into the
comment behind a conversation (a threaded comment) for programs that know no conversations.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from sousei_xl.forms.comment_layout import own_words
from sousei_xl.intake.gate.limits import MAX_COMMENTS
from sousei_xl.intake.gate.markup import create_parser, elements, local, run, whole
from sousei_xl.intake.gate.package import Package
from sousei_xl.intake.notice import refuse

_LONGEST = 1_000  # characters of a comment that are told
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}").fullmatch
# The author of the comment behind a conversation; where Excel's advice in it ends; the heading of
# the words themselves, in Excel's language.
_BEHIND_CONVERSATION, _ADVICE = "tc=", "linkid=870924"
_HEADING = re.compile(r"\s*[^\s:：]{1,20}[:：]\s*\n")

_Add = Callable[[str, str], None]


def related(package: Package, part: str) -> Iterator[tuple[str, str]]:
    """Kind (last segment of its type) and lower-case name of each part that a sheet refers to."""
    content = package.xml.get(_relations_of(part))
    for element in elements(content) if content else ():
        kind = element.attributes.get("Type", "").rpartition("/")[2]
        target = posixpath.join("/", posixpath.dirname(part), element.attributes.get("Target", ""))
        yield kind, posixpath.normpath(target).lstrip("/").lower()


def _relations_of(part: str) -> str:
    folder, file = posixpath.split(part)
    return f"{folder}/_rels/{file}.rels"


def read_comments(package: Package, part: str, sheet: str) -> dict[str, str]:
    """Cell → the department's own words in its comment; raises Refused."""
    if b"omment" not in package.xml.get(_relations_of(part), b""):
        return {}
    parts = list(related(package, part))
    conversations: dict[str, str] = {}
    said: dict[str, str] = {}

    def add(to: dict[str, str], cell: str, words: str) -> None:
        words = words.strip()
        if not words or not _CELL(cell):
            return
        to[cell] = f"{to[cell]}\n{words}"[:_LONGEST] if cell in to else words[:_LONGEST]
        if len(to) > MAX_COMMENTS:
            refuse("F104", "comments", sheet=sheet, maximum=f"{MAX_COMMENTS:,}")

    for kind, name in parts:
        content = package.xml.get(name)
        if content is not None and kind == "threadedComment":
            _read_conversations(content, partial(add, conversations))
        elif content is not None and kind == "comments":
            _read_comments(content, partial(add, said))
    return said | conversations


def _read_conversations(content: bytes, add: _Add) -> None:
    cell = ""
    pieces: list[str] | None = None

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal cell, pieces
        if local(name) == "threadedComment":
            cell = attributes.get("ref", "")
        elif local(name) == "text":
            pieces = []

    def end(name: str) -> None:
        nonlocal pieces
        if local(name) == "text" and pieces is not None:
            add(cell, "".join(pieces))
            pieces = None

    def text(piece: str) -> None:
        if pieces is not None:
            pieces.append(piece)

    _parse(content, start, end, text)


def _read_comments(content: bytes, add: _Add) -> None:
    """Of a text the runs count, its phonetic readings do not."""
    authors: list[str] = []
    cell = author = ""
    words: list[str] = []
    open_elements: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal cell, author
        open_elements.append(name := local(name))
        if name == "author":
            authors.append("")
        elif name == "comment":
            words.clear()
            number = whole(attributes.get("authorId"))
            author = authors[number] if 0 <= number < len(authors) else ""
            cell = attributes.get("ref", "")

    def end(name: str) -> None:
        open_elements.pop()
        if local(name) == "comment":
            add(cell, _typed("".join(words), author))

    def text(piece: str) -> None:
        if open_elements[-1] == "author":
            authors[-1] = (authors[-1] + piece)[:_LONGEST]
        elif open_elements[-1] == "t" and "rPh" not in open_elements:
            words.append(piece)

    _parse(content, start, end, text)


def _typed(words: str, author: str) -> str:
    """What somebody typed into a comment: Excel begins it with the author's name."""
    if author.startswith(_BEHIND_CONVERSATION):
        _, advised, rest = words.partition(_ADVICE)
        rest = rest if advised else words.partition("]")[2]
        return _HEADING.sub("", rest, count=1)
    words = own_words(words)
    named = words.removeprefix(author)
    return named[1:] if author and named != words and named[:1] in (":", "：") else words


def _parse(
    content: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    parser = create_parser(content)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    run(parser, content)
