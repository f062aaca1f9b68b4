"""Last year's 別紙 as far as this year's needs it: for forms, rules and the council's workbook."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sousei_xl import text
from sousei_xl.figures import changes
from sousei_xl.text import Value

_ALIKE = 0.6  # share of common letters that makes a reworded name the same one's


def key_now(key: str, name: str, now: Iterable[tuple[str, str]]) -> str:
    """This year's key of what had ``key`` and ``name``, or blank; ``now`` has keys and names.

    It is known by its name, for keys may have been given anew; by its key where the name was only
    reworded or is not said.
    """
    wanted = text.key(name)
    names = [(this_key, text.key(this_name)) for this_key, this_name in now]
    same = {this_key for this_key, this_name in names if this_name == wanted}
    # One name may stand in several places; there the key tells them apart.
    if key in same or len(same) == 1:
        return key if key in same else same.pop()
    own = [this_name for this_key, this_name in names if this_key == key]
    return key if any(not wanted or _is_alike(wanted, this_name) for this_name in own) else ""


def _is_alike(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


@dataclass(frozen=True, slots=True)
class LastRow:
    """One project of last year's list in this year's terms.

    ``measure`` is blank where this year's strategy has none like ``measure_name``. ``department``
    is what is printed, ``departments`` are those of today in it and ``counted``, the first of them,
    is the one that is asked, blank where there is none of that name. ``budget`` is thousand yen or
    what stood there instead. ``unit`` is the 担当課 where the list names one, ``category`` 新規
    where the list marks the project as new. ``goal`` is the number that its 基本目標 had, where the
    list says so.
    """

    measure: str
    measure_name: str
    number: int | None
    relisted: bool
    name: str
    department: str
    counted: str
    relevance: str
    budget: int | str | None
    description: str
    unit: str = ""
    own: Mapping[str, Value] = field(default_factory=dict)
    category: str = ""
    goal: int | None = None
    departments: tuple[str, ...] = ()

    @property
    def data(self) -> changes.Row:
        """As a row of データ_事業, with what stood instead of an amount in its place."""
        return {
            changes.MEASURE: self.measure or self.measure_name,
            changes.NUMBER: self.number,
            changes.RELISTED: text.RELISTED if self.relisted else None,
            changes.CATEGORY: self.category or None,
            changes.NAME: self.name,
            changes.DEPARTMENT: self.department,
            changes.DEPARTMENTS: changes.department_lines(
                self.counted or self.department, self.departments
            ),
            changes.RELEVANCE: self.relevance or None,
            changes.BUDGET: self.budget,
            changes.DESCRIPTION: self.description or None,
        }

    @property
    def place(self) -> str:
        """``2ア-4`` as last year's list has it, as far as it says."""
        measure = self.measure or self.measure_name or "施策の記載なし"
        return measure if self.number is None else f"{measure}-{self.number}"


@dataclass(frozen=True, slots=True)
class LastIndicator:
    """A series of last year's データ_KPI, as it was defined then; blank where it does not say.

    ``id`` is the ID of the same series this year (blank: there is none like it), ``last_id`` the
    one it had. Figures are texts (``74.4``), years as printed (``H31``). ``left_out`` are the years
    whose values cannot be carried over: the series is counted in another unit or way now, or nobody
    can tell which of those in ``perhaps`` (IDs of this year, of the same name) it is.
    ``preliminary`` are the years whose value was 速報.
    """

    id: str
    last_id: str
    name: str
    part: str
    unit: str
    kind: str
    baseline: str
    baseline_year: str
    target: str
    target_year: str
    left_out: tuple[int, ...] = ()
    perhaps: tuple[str, ...] = ()
    preliminary: tuple[int, ...] = ()

    def counted(self, unit: str, kind: str) -> str:
        """What is another than ``unit`` and ``kind`` of now: ``単位『人』→『千人』``."""
        pairs = (("単位", self.unit, unit), ("集計区分", self.kind, kind))
        return "、".join(
            f"{label}『{before}』→『{after}』"
            for label, before, after in pairs
            if before and text.key(before) != text.key(after)
        )


@dataclass(frozen=True, slots=True)
class LastYear:
    """What the workbook says. ``fiscal_year`` is None where it does not say; ``actuals`` maps an
    indicator's ID of this year to its values by fiscal year, where they can be compared.
    ``printed_otherwise`` says where its sheet 別紙 differs from the rows (``intake.printed_list``).
    """

    file: str
    fiscal_year: int | None
    rows: tuple[LastRow, ...]
    actuals: Mapping[str, Mapping[int, Decimal]]
    indicators: tuple[LastIndicator, ...] = ()
    printed_otherwise: tuple[str, ...] = ()

    @property
    def left_out(self) -> tuple[LastIndicator, ...]:
        """The series whose values cannot be carried over."""
        return tuple(series for series in self.indicators if series.left_out)

    @property
    def projects(self) -> tuple[LastRow, ...]:
        """Each project once: its original, or a relisted row where the list has no original."""
        originals = {text.key(row.name) for row in self.rows if not row.relisted}
        found = []
        for row in self.rows:
            name = text.key(row.name)
            if not row.relisted or name not in originals:
                originals.add(name)
                found.append(row)
        return tuple(found)
