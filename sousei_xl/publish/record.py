"""What stands in the outbox by our own account: ``履歴/記録.json`` and the values beside it.

One small file holds it all, also 決裁, so that one replacement changes all of it. The cell values
of each workbook are kept under the hash of its bytes; they are what a hand edit is found by.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sousei_xl.publish.disk import Outbox, in_plain_words, is_inside
from sousei_xl.publish.verify import Cell, OpenSheets
from sousei_xl.workspace import HISTORY

RECORD = f"{HISTORY}/記録.json"
VALUES = f"{HISTORY}/記録"

Values = dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Approval:
    """決裁: the day, and the hash of the list's content that was approved."""

    date: dt.date
    content_hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One published file: hash of its bytes, the run it belongs to, and whether hand edits in it
    are looked for. ``source`` is the hash of the one file that it was made of, where that matters.
    """

    sha256: str
    run: str
    tracked: bool
    source: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Published files by outbox-relative name, and the last 決裁."""

    files: dict[str, Entry] = field(default_factory=dict)
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The cell values of a workbook as text, by sheet, and the addresses of its formulas."""

    sheets: Values
    formulas: dict[str, list[str]]


def load_record(outbox: Outbox) -> Record | None:
    """The record, empty where nothing was published yet; None where somebody has damaged it.

    Raises OperatorError where it cannot be opened.
    """
    path = outbox.at(RECORD)
    with in_plain_words(outbox, RECORD):
        return parse_record(path.read_bytes()) if path.exists() else Record()


def parse_record(data: bytes) -> Record | None:
    """The record in these bytes; None where they are none."""
    try:
        content = json.loads(data.decode("utf-8", "surrogatepass"))
        approval = content["approval"]
        if not all(map(is_inside, content["files"])):
            return None
        return Record(
            {name: Entry(**entry) for name, entry in content["files"].items()},
            approval
            and Approval(dt.date.fromisoformat(approval["date"]), approval["content_hash"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def dump_record(record: Record) -> bytes:
    """The bytes of ``記録.json``: sorted, one line per fact, no time."""
    text = json.dumps(
        asdict(record), ensure_ascii=False, indent=1, sort_keys=True, default=dt.date.isoformat
    )
    return text.encode("utf-8", "surrogatepass")


def values_name(sha256: str) -> str:
    """Where the values of the workbook with this hash are kept, outbox-relative."""
    return f"{VALUES}/{sha256[:32]}.json.gz"


def write_snapshot(path: Path, sheets: OpenSheets, formulas: Mapping[str, list[str]]) -> None:
    """Write a file of values (what :class:`Snapshot` holds) sheet by sheet and row by row; equal
    values give equal bytes. Raises OSError."""
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=file, mtime=0) as packed,
    ):
        for part in _snapshot_parts(sheets, formulas):
            packed.write(part.encode("utf-8", "surrogatepass"))


def _snapshot_parts(sheets: OpenSheets, formulas: Mapping[str, list[str]]) -> Iterator[str]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    yield '{"sheets":{'
    for place, (name, rows) in enumerate(sheets.items()):
        yield f"{',' if place else ''}{encode(name)}:["
        for number, row in enumerate(_text_rows(rows)):
            yield f"{',' if number else ''}{encode(row)}"
        yield "]"
    yield f'}},"formulas":{encode(formulas)}}}'


def load_snapshot(path: Path) -> Snapshot | None:
    """The values in this file; None where it is missing or damaged."""
    try:
        text = gzip.decompress(path.read_bytes()).decode("utf-8", "surrogatepass")
        return Snapshot(**json.loads(text))
    except (OSError, ValueError, TypeError, EOFError, RecursionError, zlib.error):
        return None


def as_text(sheets: OpenSheets) -> Values:
    """Cell values as comparable text, without trailing blank cells and rows.

    A number that Excel has computed again is equal up to its twelfth digit.
    """
    return {name: list(_text_rows(rows)) for name, rows in sheets.items()}


def _text_rows(rows: Iterable[list[Cell]]) -> Iterator[list[str]]:
    blank = 0
    for row in rows:
        line = [_text(value) for value in row]
        while line and not line[-1]:
            line.pop()
        if not line:
            blank += 1
            continue
        yield from ([] for _ in range(blank))
        blank = 0
        yield line


def _text(value: Cell) -> str:
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.12g}"
    return str(value)
