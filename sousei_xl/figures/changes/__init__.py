"""What changed between two lists, both given as rows of a データ_事業 sheet.

``year.py`` goes on from here for a list and last year's, ``names.py`` guesses at renamings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sousei_xl import text
from sousei_xl.strategy.departments import JOINT
from sousei_xl.text import Value

PROJECTS_SHEET = "データ_事業"
Row = Mapping[str, Value]  # heading of データ_事業 → value

MEASURE, NUMBER, RELISTED, CATEGORY = "施策キー", "番号", "再掲", "掲載区分"
NAME, DEPARTMENT, RELEVANCE = "事業名", "部局名", "関連性"
BUDGET_KIND, BUDGET, DESCRIPTION = "予算区分", "予算事業費（千円）", "事業内容"
ORIGINAL = "初出"
# No heading of データ_事業: the departments that 部局名 names, one a line, the counted one first.
DEPARTMENTS = "部局名の内訳"
# What a person looks for; the rest of the data sheet follows from these.
COMPARED = (
    MEASURE,
    NUMBER,
    RELISTED,
    CATEGORY,
    NAME,
    DEPARTMENT,
    RELEVANCE,
    BUDGET_KIND,
    BUDGET,
    DESCRIPTION,
)


@dataclass(frozen=True, slots=True)
class Changed:
    """One row that stands in both lists; ``fields`` are (heading, before, after)."""

    before: Row
    row: Row
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Every row of both lists, once: it comes, goes, changes, stays as it is, or was renamed.

    ``renamed`` is a guess (``names.guess_renamings``), empty unless somebody asked for it.
    """

    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[Changed, ...]
    same: tuple[Row, ...] = ()
    renamed: tuple[Changed, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.renamed)


_Amount = TypeVar("_Amount")


def amount_or_word(kind: object, amount: _Amount) -> _Amount | str:
    """What a list says of a budget: 未定 and 内数 stand instead of an amount, 当初 beside it."""
    return str(kind) if kind in (text.UNDECIDED, text.INCLUDED) else amount


def _said(row: Row, heading: str) -> str:
    """A cell as it is compared: 当初 says what a blank 予算区分 says."""
    said = text.to_text(row.get(heading))
    return "" if heading == BUDGET_KIND and said == text.INITIAL else said


def target(row: Row) -> str:
    """``1ア-4``."""
    return f"{text.to_text(row.get(MEASURE))}-{text.to_text(row.get(NUMBER))}"


@dataclass(frozen=True, slots=True)
class _Key:
    """The keys by which a row is recognised; ``whole`` has everything that is compared."""

    name: str
    department: str
    measure: str
    relisted: bool
    number: str
    whole: tuple[str, ...]

    @classmethod
    def of(cls, row: Row, headings: Sequence[str]) -> _Key:
        name, department, measure, relisted = (
            text.key(text.to_text(row.get(h))) for h in (NAME, DEPARTMENT, MEASURE, RELISTED)
        )
        whole = tuple(_said(row, h) for h in headings)
        return cls(name, department, measure, bool(relisted), text.to_text(row.get(NUMBER)), whole)

    @property
    def order(self) -> tuple[object, ...]:
        """Rows of equal identity are paired in this order, whatever order they came in."""
        return self.measure, len(self.number), self.number, self.whole


# From the surest way to recognise a row to the weakest; each takes what the former left over.
_IDENTITIES: tuple[Callable[[_Key], object], ...] = (
    lambda k: (k.name, k.whole),
    lambda k: (k.name, k.department, k.measure, k.relisted, k.number),
    lambda k: (k.name, k.department, k.measure, k.relisted),
    lambda k: (k.name, k.department, k.measure),
    lambda k: (k.name, k.department, k.relisted),
    lambda k: (k.name, k.department),
    lambda k: (k.name, k.measure),
    lambda k: k.name,
)


def pair(
    old: Sequence[Row], new: Sequence[Row], headings: Sequence[str] = COMPARED
) -> dict[int, int]:
    """Position in ``new`` → position in ``old`` of the row that is the same project.

    Each row has one partner at most; the order of the rows has no influence on who that is.
    """
    before, after = ([_Key.of(row, headings) for row in rows] for rows in (old, new))
    left = sorted(range(len(old)), key=lambda i: before[i].order)
    right = sorted(range(len(new)), key=lambda i: after[i].order)
    partner: dict[int, int] = {}
    for identity in _IDENTITIES:
        waiting: dict[object, list[int]] = defaultdict(list)
        for i in reversed(left):
            waiting[identity(before[i])].append(i)
        for i in right:
            if candidates := waiting.get(identity(after[i])):
                partner[i] = candidates.pop()
        taken = set(partner.values())
        left = [i for i in left if i not in taken]
        right = [i for i in right if i not in partner]
    return partner


def is_new(row: Row) -> bool:
    """Whether the department says that the project is new this year (新規)."""
    return row.get(CATEGORY) == text.NEW


def same_project(before: Row, row: Row) -> bool:
    """Whether two rows of one name, of last year's list and this year's, are one project.

    What is said to be new and has neither measure nor department in common only has the name.
    """
    measures = {text.to_text(r.get(MEASURE)) for r in (row, before)}
    return not is_new(row) or len(measures) == 1 or _have_a_department_in_common(row, before)


def department_lines(counted: str, others: Iterable[str]) -> str:
    """The cell ``DEPARTMENTS``."""
    return "\n".join(dict.fromkeys((counted, *others)))


def departments(row: Row) -> list[str]:
    """Match keys of the departments of a row, the counted one first. Of a finished workbook nobody
    knows where its 部局名 would have to be cut: it is one."""
    printed = text.to_text(row.get(DEPARTMENT))
    named = text.to_text(row[DEPARTMENTS]).split("\n") if DEPARTMENTS in row else [printed]
    return [text.key(name) for name in named]


def _have_a_department_in_common(row: Row, before: Row) -> bool:
    if DEPARTMENTS in row and DEPARTMENTS in before:
        return not set(departments(row)).isdisjoint(departments(before))
    one, other = (
        f"{JOINT}{text.key(text.to_text(r.get(DEPARTMENT)))}{JOINT}" for r in (row, before)
    )
    return one in other or other in one


def compare(
    old: Sequence[Row],
    new: Sequence[Row],
    headings: Sequence[str] = COMPARED,
    same: Callable[[Row, Row], bool] = lambda before, row: True,
) -> Changes:
    """Changes from ``old`` to ``new``, in the order of the new list (removed: of the old one).

    ``same`` has the last word on two rows of one name (between years: :func:`same_project`).
    """
    partner = {i: j for i, j in pair(old, new, headings).items() if same(old[j], new[i])}
    gone = set(range(len(old))) - set(partner.values())
    both = [changed(old[partner[i]], row, headings) for i, row in enumerate(new) if i in partner]
    return Changes(
        added=tuple(row for i, row in enumerate(new) if i not in partner),
        removed=tuple(row for i, row in enumerate(old) if i in gone),
        changed=tuple(c for c in both if c.fields),
        same=tuple(c.row for c in both if not c.fields),
    )


def changed(before: Row, after: Row, headings: Sequence[str] = COMPARED) -> Changed:
    """Two rows of one project, and in which of the headings they differ."""
    pairs = ((h, _said(before, h), _said(after, h)) for h in headings)
    return Changed(before, after, tuple(pair for pair in pairs if pair[1] != pair[2]))
