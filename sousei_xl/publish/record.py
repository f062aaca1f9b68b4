"""What stands in the outbox by our own account: ``履歴/記録.json``.

One small file holds it all, also 決裁, so that one replacement changes all of it.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field

from sousei_xl.publish.disk import Outbox, in_plain_words, is_inside
from sousei_xl.workspace import HISTORY

RECORD = f"{HISTORY}/記録.json"


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
