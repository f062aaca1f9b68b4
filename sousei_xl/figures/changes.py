"""What changed between two lists, both given as rows of a データ_事業 sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.text import Value

Row = Mapping[str, Value]  # heading of データ_事業 → value

MEASURE, NUMBER, NAME, DEPARTMENT = "施策キー", "番号", "事業名", "部局名"
# What a person looks for; the rest of the data sheet follows from these.
COMPARED = (
    MEASURE,
    NUMBER,
    "再掲",
    "掲載区分",
    NAME,
    DEPARTMENT,
    "関連性",
    "予算区分",
    "予算事業費（千円）",
    "事業内容",
)


@dataclass(frozen=True, slots=True)
class Changed:
    """One row that stands in both lists; ``fields`` are (heading, before, after)."""

    row: Row
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows that come, rows that go, rows that change."""

    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[Changed, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def target(row: Row) -> str:
    """``1ア-4``."""
    return f"{text.to_text(row.get(MEASURE))}-{text.to_text(row.get(NUMBER))}"


def _project(row: Row) -> tuple[str, str, str]:
    cells = (row.get(NAME), row.get(DEPARTMENT), row.get(MEASURE))
    name, department, measure = (text.key(text.to_text(v)) for v in cells)
    return name, department, measure


# From the surest way to recognise a row to the weakest; each takes what the former left over.
_IDENTITIES: tuple[Callable[[Row], object], ...] = (
    _project,
    lambda row: _project(row)[:2],
    lambda row: (_project(row)[0], _project(row)[2]),
)


def compare(old: Sequence[Row], new: Sequence[Row]) -> Changes:
    """Changes from ``old`` to ``new``, in the order of the new list (removed: of the old one)."""
    partner: dict[int, Row] = {}
    left, right = dict(enumerate(old)), dict(enumerate(new))
    for identity in _IDENTITIES:
        waiting: dict[object, list[int]] = defaultdict(list)
        for i, row in left.items():
            waiting[identity(row)].append(i)
        for i, row in list(right.items()):
            if candidates := waiting[identity(row)]:
                partner[i] = left.pop(candidates.pop(0))
                del right[i]
    changed = [_changed(partner[i], row) for i, row in enumerate(new) if i in partner]
    return Changes(
        tuple(right.values()), tuple(left.values()), tuple(c for c in changed if c.fields)
    )


def _changed(before: Row, after: Row) -> Changed:
    pairs = ((h, text.to_text(before.get(h)), text.to_text(after.get(h))) for h in COMPARED)
    return Changed(after, tuple(pair for pair in pairs if pair[1] != pair[2]))
