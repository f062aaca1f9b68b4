"""The workbook around its sheets: relations, sheet list, shared strings, properties, extras.

Parts are found the way calamine finds them. Where a workbook is laid out so that calamine would
look elsewhere than Excel does, it is refused rather than misread.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sousei_xl.intake.gate.comments import related
from sousei_xl.intake.gate.frame import CRITERIA
from sousei_xl.intake.gate.limits import MAX_SHEETS
from sousei_xl.intake.gate.markup import Element, check_whole, elements, local
from sousei_xl.intake.gate.package import Package
from sousei_xl.intake.gate.strikes import Strikes, find_strikes
from sousei_xl.intake.gate.strings import SharedStrings, read_strings
from sousei_xl.intake.notice import Notice, refuse

_STRICT = "http://purl.oclc.org/ooxml/"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STATES = ("visible", "hidden", "veryHidden")
_NO_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")  # what Excel lets no sheet be called
_FOR_MACROS = ("xlMacrosheet", "xlIntlMacrosheet", "dialogsheet")
_CRITERIA = re.compile(rf"<(?:\w+:)?(?:{'|'.join(CRITERIA)})\b".encode())


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet as the workbook names it, and the part that holds it."""

    name: str
    state: str
    part: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outline:
    """The workbook without its cells.

    ``filtered`` holds the parts of sheets with a table whose filter hides rows. ``strikes`` says
    what may strike a cell through. ``formats`` are the parts that say which numbers are days.
    """

    sheets: tuple[SheetPart, ...]
    strings: SharedStrings
    strikes: Strikes
    filtered: frozenset[str]
    saved: str | None
    properties: Mapping[str, str]
    notices: tuple[Notice, ...]
    formats: tuple[bytes, bytes]


def read_outline(package: Package) -> Outline:
    """Read everything but the sheets' cells; raises Refused."""
    roots = _relations(package, "", "")
    main = _main_part(roots)
    base = posixpath.dirname(main) + "/" if "/" in main else ""
    relations = _relations(package, base, posixpath.basename(main))
    _check_fixed_parts(relations, base)
    styles = package.xml.get(f"{base}styles.xml".lower())
    if styles is not None:
        check_whole(styles)
    strings = package.xml.get(f"{base}sharedStrings.xml".lower())
    content = package.xml.get(main.lower())
    if content is None:
        refuse("F103", "structure")
    sheets = tuple(_sheets(package, elements(content), relations))
    return Outline(
        sheets=sheets,
        strings=SharedStrings() if strings is None else read_strings(strings),
        strikes=find_strikes(styles, strings),
        filtered=_filtered_tables(package, sheets),
        saved=_saved(package, roots),
        properties=_properties(package, roots),
        notices=tuple(_notices(package)),
        formats=(content, styles or b""),
    )


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    target: str


def _relations(package: Package, base: str, owner: str) -> dict[str, _Relation]:
    """Relation id → kind (last segment of its type) and target, resolved as calamine does."""
    content = package.xml.get(f"{base}_rels/{owner}.rels".lower())
    if content is None:
        refuse("F103", "structure")
    found: dict[str, _Relation] = {}
    for element in elements(content):
        if element.name != "Relationship":
            continue
        kind = element.attributes.get("Type", "")
        if kind.startswith(_STRICT):
            refuse("F102", "strict")
        target = element.attributes.get("Target", "")
        if element.attributes.get("TargetMode") != "External":
            target = target[1:] if target.startswith("/") else base + target
        found[element.attributes.get("Id", "")] = _Relation(kind.rpartition("/")[2], target)
    return found


def _main_part(roots: Mapping[str, _Relation]) -> str:
    targets = [relation.target for relation in roots.values() if relation.kind == "officeDocument"]
    if len(targets) != 1 or posixpath.basename(targets[0]).lower() != "workbook.xml":
        refuse("F103", "structure")
    return targets[0]


def _check_fixed_parts(relations: Mapping[str, _Relation], base: str) -> None:
    """calamine takes these two by their usual names, whatever the relations say."""
    for relation in relations.values():
        if relation.kind in ("sharedStrings", "styles"):
            usual = f"{base}{relation.kind}.xml"
            if relation.target.lower() != usual.lower():
                refuse("F103", "structure")


def _sheets(
    package: Package, found: Sequence[Element], relations: Mapping[str, _Relation]
) -> Iterator[SheetPart]:
    """The worksheets in workbook order; chart sheets hold no cells and are left out."""
    root = found[0]
    if root.name != "workbook" or _MAIN not in root.attributes.values():
        refuse("F103", "structure")
    listed = [element for element in found if element.name == "sheet"]
    if len(listed) > MAX_SHEETS:
        refuse("F104", "sheets", value=len(listed), maximum=MAX_SHEETS)
    names: set[str] = set()
    parts: set[str] = set()
    for element in listed:
        name = element.attributes.get("name", "")
        state = element.attributes.get("state", "visible")
        ids = [value for key, value in element.attributes.items() if local(key) == "id"]
        relation = relations.get(ids[0]) if len(ids) == 1 else None
        if relation is None or not name or _NO_NAME.search(name) or state not in _STATES:
            refuse("F103", "structure")
        if relation.kind in _FOR_MACROS:
            refuse("F105", "macro_sheet")
        part = relation.target.lower()
        if name.casefold() in names or part in parts:
            refuse("F103", "structure")
        names.add(name.casefold())
        parts.add(part)
        if relation.kind == "chartsheet":
            continue
        if relation.kind != "worksheet" or part not in package.xml:
            refuse("F103", "structure")
        yield SheetPart(name, state, part, package.xml[part])


def _filtered_tables(package: Package, sheets: tuple[SheetPart, ...]) -> frozenset[str]:
    tables = {
        name
        for name, content in package.xml.items()
        if "/tables/" in name and b"filterColumn" in content and _CRITERIA.search(content)
    }
    filtered: set[str] = set()
    for sheet in sheets if tables else ():
        if any(name in tables for _, name in related(package, sheet.part)):
            filtered.add(sheet.part)
    return frozenset(filtered)


def _saved(package: Package, roots: Mapping[str, _Relation]) -> str | None:
    """The document's own saved time, not the file system's; None where it says none."""
    for element in _root_part(package, roots, "core-properties"):
        if element.name == "modified":
            return _in_utc(element.text)
    return None


def _in_utc(written: str) -> str | None:
    """``2018-03-30T10:00+09:00`` → ``2018-03-30T01:00:00Z``: the later of two is the greater."""
    try:
        time = dt.datetime.fromisoformat(written)
        if time.tzinfo is not None:
            time = time.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return time.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _properties(package: Package, roots: Mapping[str, _Relation]) -> dict[str, str]:
    """Custom document properties as text: our own forms carry their mark in them."""
    found: dict[str, str] = {}
    name = ""
    for element in _root_part(package, roots, "custom-properties"):
        if element.name == "property":
            name = element.attributes.get("name", "")
        elif name:
            found.setdefault(name, element.text)
    return found


def _root_part(package: Package, roots: Mapping[str, _Relation], kind: str) -> Sequence[Element]:
    for relation in roots.values():
        content = package.xml.get(relation.target.lower())
        if relation.kind == kind and content is not None:
            return elements(content)
    return []


def _notices(package: Package) -> Iterator[Notice]:
    """F204: what else lies in the workbook; it is neither run nor followed."""
    if any(name.endswith("vbaproject.bin") for name in package.names):
        yield Notice("F204", "macros", {})
    if package.has_folder("xl/externallinks/", "xl/querytables/") or (
        "xl/connections.xml" in package.names
    ):
        yield Notice("F204", "links", {})
    if package.has_folder("xl/embeddings/", "xl/activex/"):
        yield Notice("F204", "embedded", {})
