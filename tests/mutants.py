"""Seeded mutants of valid forms: bytes of the zip, its parts, and the XML inside them.

A mutant is named by seed and number alone, so a failure can be made again on any machine.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tests import zip_surgery as zs
from tests.dirty.forms import data
from tests.dirty.makers import distributed, like_excel

SLUG = "変異"
SAVED = b"2018-04-02T00:00:00Z"
# Tokens of the kind that bad software, or an attacker, puts where they do not belong.
TOKENS = (
    *("<!-- x -->", "<![CDATA[1]]>", "<?x y?>", "&amp;", "&#49;", "&#10;", "&lt;", " ", "\t", "\n"),
    *('r="J5"', 'r="B4"', 't="s"', 't="str"', 't="b"', 't="e"', 't="inlineStr"', 's="3"', 'r="1"'),
    *('hidden="1"', 'ht="0"', 'state="hidden"', 'xml:space="preserve"', 'filterMode="1"'),
    *("<v>9</v>", "<v/>", "<f>1+1</f>", "<f/>", "<is><t>q</t></is>", "<t>q</t>", "<r><t>q</t></r>"),
    *(
        "</c><c>",
        "</row><row>",
        '<row r="4">',
        "<row>",
        "</sheetData><sheetData>",
        "<c/>",
        "<row/>",
    ),
    *('<c r="J6"><v>7</v></c>', '<c r="XFD9"><v>1</v></c>', '<rPh sb="0" eb="1"><t>z</t></rPh>'),
    *(
        '<mergeCells><mergeCell ref="A4:L9"/></mergeCells>',
        "x:",
        "\0",
        "\ufeff",
        "-",
        "9",
        "0",
        ",",
    ),
)
# Where the edits go, by what stands in a part: mostly to the projects and their texts.
_WEIGHTS = ((b'<c r="J5"', 20), (b"<sst", 8), (b"<sheetData", 4), (b"<sheets>", 3), (b"", 1))

Chance = random.Random


@dataclass(frozen=True, slots=True)
class Mutant:
    """``base`` names the form it comes from, ``how`` what was done to it."""

    number: int
    base: str
    how: str
    data: bytes


@cache
def bases() -> dict[str, bytes]:
    """Valid forms in three hands: as distributed, as Excel writes, as openpyxl writes."""
    made = {"様式": distributed(SLUG), "Excel": like_excel(SLUG), "openpyxl": data(SLUG)}
    return {name: _timeless(content) for name, content in made.items()}


def _timeless(content: bytes) -> bytes:
    """The workbook as if it had been saved on that day: a mutant has the same bytes on any."""
    parts = zs.unpack(content)
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]+", rb"\g<1>" + SAVED, core)
    return zs.pack(parts)


def make(seed: int, number: int) -> Mutant:
    """The mutant of this seed and number."""
    chance = random.Random(f"{seed}-{number}")
    base = chance.choices(tuple(bases()), (1, 2, 2))[0]
    whole = bases()[base]
    how, mutate = chance.choices(MUTATIONS, [weight for *_, weight in MUTATIONS])[0][:2]
    changed = mutate(whole, chance)
    if how != "バイト" and chance.random() < 0.3:
        changed = mutate(changed, chance)
    return Mutant(number, base, how, changed)


# --- bytes ----------------------------------------------------------------------------------------


def _bytes(whole: bytes, chance: Chance) -> bytes:
    """What disks, networks and half-done copies do."""
    at, length = chance.randrange(len(whole)), chance.choice((1, 1, 4, 64, 512, 4096))
    block = whole[at : at + length]
    flipped = bytes([whole[at] ^ (1 << chance.randrange(8))])
    return chance.choice(
        (
            whole[:at] + flipped + whole[at + 1 :],
            whole[:at] + chance.randbytes(length) + whole[at + length :],
            whole[:at] + bytes(len(block)) + whole[at + length :],
            whole[:at] + whole[at + length :],
            whole[:at] + block + whole[at:],
            whole[:at],
            whole[:at].ljust(len(whole), b"\0"),
            whole + block,
        )
    )


# --- parts ----------------------------------------------------------------------------------------


def _parts(whole: bytes, chance: Chance) -> bytes:
    """What packers do: parts lost, doubled, exchanged, renamed, in another order."""
    parts = list(zs.unpack(whole).items())
    first, second = chance.sample(range(len(parts)), 2)
    (name, content), (other, others) = parts[first], parts[second]
    match chance.randrange(6):
        case 0:
            del parts[first]
        case 1:
            parts[first], parts[second] = (name, others), (other, content)
        case 2:
            parts[first] = (
                chance.choice((name.upper(), f"{name}x", name[1:], f"x/{name}")),
                content,
            )
        case 3:
            chance.shuffle(parts)
        case 4:
            parts[first] = (name, content[: chance.randrange(len(content) + 1)])
        case _:
            parts[first] = (name, others)
    return zs.pack(dict(parts))


# --- XML ------------------------------------------------------------------------------------------


def _xml(edit: Callable[[str, Chance], str]) -> Callable[[bytes, Chance], bytes]:
    def mutate(whole: bytes, chance: Chance) -> bytes:
        parts = zs.unpack(whole)
        names = [name for name in parts if name.endswith((".xml", ".rels"))]
        weights = [next(w for word, w in _WEIGHTS if word in parts[name]) for name in names]
        name = chance.choices(names, weights)[0]
        text = parts[name].decode("utf-8", "surrogateescape")
        parts[name] = edit(text, chance).encode("utf-8", "surrogateescape")
        return zs.pack(parts)

    return mutate


def _characters(text: str, chance: Chance) -> str:
    at, length = chance.randrange(len(text) or 1), chance.randrange(1, 40)
    piece = text[at : at + length]
    return chance.choice(
        (
            text[:at] + text[at + length :],
            text[:at] + piece + text[at:],
            text[:at] + chance.choice(TOKENS) + text[at:],
            text[:at] + chance.choice('0123456789<>&"/= ABJrstv市') + text[at + 1 :],
        )
    )


def _tags(text: str, chance: Chance) -> str:
    """Whole tags and elements: dropped, doubled, moved, renamed."""
    tags = list(re.finditer(r"<[^<>]*>", text))
    if not tags:
        return text
    tag, other = chance.choice(tags), chance.choice(tags)
    begin, end = tag.span()
    element = _element(text, tag)
    at = other.start()
    match chance.randrange(6):
        case 0:
            return text[:begin] + text[end:]
        case 1:
            return text[:end] + tag[0] + text[end:]
        case 2:
            return text[:end] + chance.choice(TOKENS) + text[end:]
        case 3:
            return text[:begin] + text[begin + len(element) :]
        case 4:
            return text[:at] + element + text[at:]
        case _:
            renamed = re.sub(r"^</?(?:\w+:)?\w+", _renamed(tag[0], other[0]), tag[0])
            return text[:begin] + renamed + text[end:]


def _renamed(tag: str, other: str) -> str:
    name = re.match(r"</?([\w:]*)", other)
    return ("</" if tag.startswith("</") else "<") + (name[1] if name else "x")


def _element(text: str, tag: re.Match[str]) -> str:
    """From this start tag to its end; the tag alone where it is none."""
    name = re.match(r"<([\w:]+)", tag[0])
    if name is None or tag[0].endswith("/>"):
        return tag[0]
    end = text.find(f"</{name[1]}>", tag.end())
    return tag[0] if end < 0 else text[tag.start() : end + len(name[1]) + 3]


def _attributes(text: str, chance: Chance) -> str:
    """Attributes and numbers: other values, dropped, doubled, added."""
    found = list(re.finditer(r'\s([\w:]+)="([^"]*)"', text)) or list(re.finditer(r"()()", text))
    one, other = chance.choice(found), chance.choice(found)
    begin, end = one.span()
    odd = ("0", "1", "-1", "99999", "4294967296", "A1", "J5", "XFD1048576", "", "true", "s", "x")
    match chance.randrange(5):
        case 0:
            return text[:begin] + text[end:]
        case 1:
            return text[:begin] + f' {one[1]}="{chance.choice(odd)}"' + text[end:]
        case 2:
            return text[:begin] + f' {one[1]}="{other[2]}"' + text[end:]
        case 3:
            return text[:end] + other[0] + text[end:]
        case _:
            return text[:end] + " " + chance.choice(TOKENS[10:24]) + text[end:]


MUTATIONS: tuple[tuple[str, Callable[[bytes, Chance], bytes], int], ...] = (
    ("バイト", _bytes, 20),
    ("部品", _parts, 10),
    ("文字", _xml(_characters), 25),
    ("要素", _xml(_tags), 25),
    ("属性", _xml(_attributes), 20),
)
