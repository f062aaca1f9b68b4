"""What a workbook says, read by another parser, and whether we took it at its word.

Nothing here is shared with the product: the standard library's ElementTree reads the parts as the
format defines them. A mutant that the product accepts must give exactly these cells, and every
cell below the header must arrive in a row.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from python_calamine import CalamineError

from sousei_xl.findings import Finding
from sousei_xl.intake.reading import Reading, SheetCells
from sousei_xl.intake.submission import read_submission
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import Intake, OfficeSheet, RawRow, Submission
from sousei_xl.strategy import Strategy
from tests import zip_surgery as zs

Cells = dict[str, dict[str, str]]
Verdict = Literal["拒否", "同じ", "指摘", "記載どおり"]
_TEMPORAL = (dt.date, dt.time, dt.timedelta)
ANY_NUMBER = "#"
# What calamine says of a file that it cannot read, and its panics.
THEIRS = {"CalamineError", "PanicException", *(c.__name__ for c in CalamineError.__subclasses__())}


@dataclass(frozen=True, slots=True)
class Judgement:
    """``verdict`` on one mutant; ``problem`` is empty unless something was lost or made up."""

    verdict: Verdict
    problem: str = ""


# --- the independent reading ----------------------------------------------------------------------


def spoken(content: bytes) -> Cells:
    """Sheet → cell → text of its value (errors included); ParseError where it is no XML."""
    parts = {name.lower(): part for name, part in zs.unpack(content).items()}
    kinds = _relations(parts, "", "")
    book = next(target for kind, target in kinds.values() if kind == "officeDocument")
    folder, name = posixpath.split(book)
    relations = _relations(parts, f"{folder}/", name)
    strings = parts.get(f"{folder}/sharedstrings.xml".lower())
    texts = [_text(item) for item in _children(ET.fromstring(strings), "si")] if strings else []
    found: Cells = {}
    for sheet in ET.fromstring(parts[book.lower()]).iter():
        if _name(sheet) == "sheet":
            (key,) = [v for k, v in sheet.attrib.items() if k.rpartition("}")[2] == "id"]
            kind, target = relations[key]
            if kind == "worksheet":
                root = ET.fromstring(parts[target.lower()])
                found[sheet.get("name", "")] = dict(_cells(root, texts))
    return found


def _relations(parts: dict[str, bytes], folder: str, owner: str) -> dict[str, tuple[str, str]]:
    """Id → (kind, part)."""
    found = {}
    for relation in ET.fromstring(parts[f"{folder}_rels/{owner}.rels".lower()]):
        kind, target = relation.get("Type", "").rpartition("/")[2], relation.get("Target", "")
        part = target[1:] if target.startswith("/") else f"{folder}{target}"
        found[relation.get("Id", "")] = (kind, posixpath.normpath(part))
    return found


def _cells(root: ET.Element, texts: list[str]) -> Iterator[tuple[str, str]]:
    (rows,) = _children(root, "sheetData")
    number = 0
    for row in _children(rows, "row"):
        number = int(row.get("r", number + 1))
        column = 0
        for cell in _children(row, "c"):
            address = cell.get("r", f"{_letters(column + 1)}{number}")
            column = _column(address)
            value = _value(cell, texts)
            if value:
                yield address, value


def _value(cell: ET.Element, texts: list[str]) -> str:
    inline = _children(cell, "is")
    if inline:  # whatever its type says: there is nothing else that the text could mean
        return "".join(map(_text, inline))
    value = "".join(v.text or "" for v in _children(cell, "v"))
    if cell.get("t") == "s" and value:
        return texts[int(value)]
    return value


def _text(item: ET.Element) -> str:
    """All its text but the phonetic readings."""
    text = ""
    for part in item:
        if _name(part) == "t":
            text += "".join(part.itertext())
        elif _name(part) == "r":
            text += _text(part)
    return text


def _children(element: ET.Element, name: str) -> list[ET.Element]:
    return [child for child in element if _name(child) == name]


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _letters(number: int) -> str:
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _column(address: str) -> int:
    number = 0
    for letter in address.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number


# --- ours -----------------------------------------------------------------------------------------


def heard(sheet: SheetCells) -> dict[str, str]:
    """Cell → what the product took it for, in the oracle's spelling; errors included."""
    found = dict(sheet.errors)
    for number, values in sheet.rows:
        for column, value in enumerate(values, 1):
            if value is not None:
                found[f"{_letters(column)}{number}"] = _plain(value)
    return found


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return ANY_NUMBER if isinstance(value, _TEMPORAL) else str(value)


def _alike(mine: str, theirs: str) -> bool:
    if mine == theirs or mine.strip() == theirs.strip():
        return True
    try:
        number = float(theirs)
        return mine in (ANY_NUMBER, str(number)) or float(mine) == number
    except ValueError:
        return False


def difference(reading: Reading, says: Cells) -> str:
    """The first cell that was taken for something else than the workbook says."""
    mine = {sheet.name: heard(sheet) for sheet in reading.sheets}
    if list(mine) != list(says):
        return f"シート {list(mine)} / {list(says)}"
    for name, cells in says.items():
        for address in {*cells, *mine[name]}:
            theirs, ours = cells.get(address, ""), mine[name].get(address, "")
            if not _alike(ours, theirs):
                return f"{name}!{address} {ours!r} / {theirs!r}"
    return ""


def unheard(reading: Reading, submission: Submission, strategy: Strategy) -> str:
    """The first input below a project header that no row holds."""
    rows = {(row.sheet, row.row): row for row in submission.rows}
    inputs = {f.label: f.name for f in strategy.fields if f.name != "department"}
    for sheet in reading.sheets:
        header = next((r for r in sheet.rows if {"施策", "事業名"} <= set(r[1])), None)
        if header is None or not any(s == sheet.name for s, _ in rows):
            continue
        for number, values in sheet.rows:
            row = rows.get((sheet.name, number))
            if number > header[0] and row is None:
                for heading, value in zip(header[1], values, strict=False):
                    if heading in inputs and value is not None and str(value).strip():
                        return f"{sheet.name} {number}行目 {heading} {value!r}"
    return ""


def bug(reading: Reading) -> str:
    """The exception that the reader itself died of; blank where it was calamine that gave up."""
    refusal = reading.refusal
    if refusal is None or (refusal.code, refusal.variant) != ("F106", "crash"):
        return ""
    died_of = str(refusal.params.get("value", ""))
    return "" if died_of in THEIRS else f"読み取りの不具合: {died_of}"


# --- the judgement --------------------------------------------------------------------------------


def typed(submission: Submission) -> dict[int, dict[str, object]]:
    """Row number → what was typed, without the blanks."""
    return {row.row: _filled(row) for row in submission.rows}


def _filled(row: RawRow) -> dict[str, object]:
    return {name: value for name, value in row.values.items() if value is not None}


def judge(reading: Reading, content: bytes, original: Submission, strategy: Strategy) -> Judgement:
    """Whether this reading of a mutant is right: refused, the same, reported, or as it says."""
    submission, findings = read_submission(reading, strategy, iter(range(1, 10**6)))
    if not isinstance(submission, Submission):
        complete = bool(findings) and all(f.cure for f in findings)
        return Judgement("拒否", bug(reading) or ("" if complete else "拒否の理由がない"))
    mine, theirs = typed(submission), typed(original)
    same = mine == theirs
    try:
        says = spoken(content)
    except (ET.ParseError, KeyError, ValueError, IndexError) as odd:
        return Judgement("同じ" if same else "指摘", f"読めないはず: {odd!r}")
    problem = difference(reading, says) or unheard(reading, submission, strategy)
    if same:
        return Judgement("同じ", problem)
    merged = merge(Intake((submission,), OfficeSheet(), (), tuple(findings)), strategy)
    told = {f.place.row for f in merged.findings if _about([f])}
    changed = {n for n in {*mine, *theirs} if mine.get(n) != theirs.get(n)}
    return Judgement("指摘" if changed <= told else "記載どおり", problem)


def _about(findings: Iterable[Finding]) -> bool:
    return any(f.severity in ("要修正", "要確認") for f in findings)
