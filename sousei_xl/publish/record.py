"""What stands in the outbox by our own account: ``履歴/記録.json`` and the values beside it.

One small file holds it all, also 決裁, so that one replacement changes all of it. The cell values
of each workbook are kept under the hash of its bytes; they are what a hand edit is found by.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import io
import json
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from sousei_xl.publish.disk import Outbox, in_plain_words, is_inside
from sousei_xl.publish.verify import Cell, OpenSheets
from sousei_xl.workspace import HISTORY

RECORD = f"{HISTORY}/記録.json"
VALUES = f"{HISTORY}/記録"

Values = dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Approval:
    """決裁: the day, the hash of the list's content that was approved, and the list's fiscal year
    (by its April)."""

    date: dt.date
    content_hash: str
    fiscal_year: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One published file: hash of its bytes, the run it belongs to, and whether hand edits in it
    are looked for. ``source`` says what else it was made of, as its writer does.
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
    with in_plain_words(outbox, RECORD, reading=True):
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
            and Approval(
                dt.date.fromisoformat(approval["date"]),
                approval["content_hash"],
                approval["fiscal_year"],
            ),
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


@contextlib.contextmanager
def remembering(
    path: Path, sheets: OpenSheets, formulas: Callable[[], Mapping[str, list[str]]]
) -> Iterator[OpenSheets]:
    """Write a file of values (what :class:`Snapshot` holds) while the sheets are read for another
    reason; those that nobody reads are read at the end, and then ``formulas`` is asked. Equal
    values read in the same order give equal bytes. Raises OSError.

    A long sheet takes much memory while it is read, so once must do. Of two sheets that are read
    side by side the first one ends early.
    """
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=file, mtime=0) as packed,
        io.TextIOWrapper(packed, "utf-8", "surrogatepass", newline="") as written,
    ):
        remembered = _Remembered(sheets, written)
        yield remembered
        remembered.finish()
        written.write(f'}},"formulas":{_encode(formulas())}}}')


class _Remembered(OpenSheets):
    """Sheets whose rows are written down as they pass."""

    def __init__(self, sheets: OpenSheets, file: IO[str]) -> None:
        self._sheets, self._write = sheets, file.write
        self._passing: dict[str, Iterator[list[Cell]]] = {}
        self._write('{"sheets":{')

    def __getitem__(self, name: str) -> Iterable[list[Cell]]:
        rows = self._sheets[name]
        if name in self._passing:  # once more
            return rows
        self._end_all()
        comma = "," if self._passing else ""
        self._passing[name] = self._pass(f"{comma}{_encode(name)}:[", rows)
        return self._passing[name]

    def _pass(self, head: str, rows: Iterable[list[Cell]]) -> Iterator[list[Cell]]:
        self._write(head)
        waiting: list[list[str]] = []
        comma = ""
        for row, lines in _with_lines(rows):
            waiting += lines
            if len(waiting) >= _AT_ONCE:
                self._write(f"{comma}{_encode(waiting)[1:-1]}")
                waiting, comma = [], ","
            yield row
        if waiting:
            self._write(f"{comma}{_encode(waiting)[1:-1]}")
        self._write("]")

    def finish(self) -> None:
        """Read what is left."""
        for name in self._sheets:
            if name not in self._passing:
                self[name]
        self._end_all()

    def _end_all(self) -> None:
        for rows in self._passing.values():
            deque(rows, maxlen=0)

    def __iter__(self) -> Iterator[str]:
        return iter(self._sheets)

    def __len__(self) -> int:
        return len(self._sheets)


_AT_ONCE = 100  # lines: to encode each by itself takes longer
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def load_snapshot(path: Path) -> Snapshot | None:
    """The values in this file, in the workbook's order; None where it is missing or damaged."""
    try:
        text = gzip.decompress(path.read_bytes()).decode("utf-8", "surrogatepass")
        read = Snapshot(**json.loads(text))
        places = {name: place for place, name in enumerate(read.formulas)}
        names = sorted(read.sheets, key=lambda name: places.get(name, len(places)))
        return Snapshot({name: read.sheets[name] for name in names}, read.formulas)
    except (OSError, ValueError, TypeError, EOFError, RecursionError, zlib.error):
        return None


def as_text(sheets: OpenSheets) -> Values:
    """Cell values as comparable text, without trailing blank cells and rows.

    A number that Excel has computed again is equal up to its twelfth digit.
    """
    return {
        name: [line for _, lines in _with_lines(rows) for line in lines]
        for name, rows in sheets.items()
    }


def _with_lines(
    rows: Iterable[list[Cell]],
) -> Iterator[tuple[list[Cell], list[list[str]]]]:
    """Each row with the lines of text that are due: blank ones only once another follows."""
    blank: list[list[str]] = []
    for row in rows:
        line = [v if v.__class__ is str and "\r" not in v else _text(v) for v in row]
        while line and not line[-1]:
            line.pop()
        blank.append(line)
        yield row, blank if line else []
        if line:
            blank = []


def _text(value: Cell) -> str:
    if isinstance(value, float):  # most of those that are asked about
        return str(int(value)) if value.is_integer() else f"{value:.12g}"
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value)
