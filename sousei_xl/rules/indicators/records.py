"""The records of the KPI round, from a typed row to what is known about each indicator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from sousei_xl.findings import Finding, Place
from sousei_xl.rules.records import (
    AppliedAcknowledgement,
    AppliedCorrection,
    DepartmentStatus,
    RawRow,
)
from sousei_xl.strategy import Indicator, Strategy
from sousei_xl.strategy.indicators import (
    EXCLUDED,
    NOT_SURVEYED,
    QUALITATIVE,
    Column,
    actual_field,
    column_by_name,
    is_told_in_words,
    judged_year,
    title,
)

RoundState = Literal["draft", "complete"]
# Whether actuals are asked for: not at all yet; in forms of the list, some of which have brought
# any (nothing waits for the rest); in forms of the KPI round, which have gone out or come in.
RoundBegun = Literal["not yet", "beside the list", "runs"]
IndicatorStatus = DepartmentStatus | Literal["照会前"]

# Indicator ID → fiscal year → the actual that was reported before.
PublishedActuals = Mapping[str, Mapping[int, Decimal]]


@dataclass(slots=True, eq=False)
class IndicatorRow:
    """One row of a form's KPI sheet: typed values, blank texts as ``""``.

    ``indicator`` is None for an unknown ID (``id`` is as typed then). ``actuals`` holds the years
    with a readable value. ``unknown`` names the fields whose cell failed: rules that depend on
    them are unknown, not also broken. ``corrected`` maps a field to the office's cell that now
    stands for it.

    ``belongs_to`` has the IDs of the indicators one of which the row's name and unit are, where its
    ID is another's (K115): ``indicator`` is None then. ``other_unit`` is True where the form's unit
    has another scale than the indicator's: no value of the row counts but the office's own (K116).
    ``in_kpi_form`` is True where the form is one of the KPI round.
    """

    raw: RawRow
    submitter: str
    id: str = ""
    indicator: Indicator | None = None
    actuals: dict[int, Decimal] = field(default_factory=dict)
    stage: str = ""
    reason: str = ""
    publication: str = ""
    office_class: str = ""
    cause: str = ""
    direction: str = ""
    unknown: frozenset[str] = frozenset()
    corrected: dict[str, Place] = field(default_factory=dict)
    belongs_to: tuple[str, ...] = ()
    other_unit: bool = False
    in_kpi_form: bool = False

    @property
    def row_id(self) -> int:
        """Unique in a run."""
        return self.raw.row_id

    def place(self, name: str, strategy: Strategy) -> Place:
        """The cell that a person must change: the office's where a correction stands for it."""
        label = column_by_name(strategy.settings)[name].label
        place = self.corrected.get(name)
        return self.raw.place(name, label) if place is None else place

    @property
    def is_in_charge(self) -> bool:
        """Whether the strategy gives the indicator to the department that sent the row."""
        return self.indicator is None or self.submitter in (
            self.indicator.departments or (self.submitter,)
        )

    def is_merged(self, name: str) -> bool:
        """Whether the cell shows what stands above it, and nothing can be typed there."""
        return name in self.raw.merged and name not in self.corrected

    def speaks_of(self, year: int) -> bool:
        """Whether the row says anything about a year: a value, a cell that cannot be read, or what
        the office has written in its place, be it a blank. A column that was lost says nothing."""
        return year in self.actuals or self._stands_in(actual_field(year))

    def says(self, column: Column) -> bool:
        """``speaks_of`` for any input column."""
        if column.year:
            return self.speaks_of(column.year)
        return bool(getattr(self, column.name)) or self._stands_in(column.name)

    def _stands_in(self, name: str) -> bool:
        unreadable = name in self.unknown and name in self.raw.columns
        return unreadable or name in self.corrected

    def answers(self, strategy: Strategy) -> bool:
        """Whether the row says something about the judged year: a value, or why there is none.

        A cell that cannot be read is an answer too; it has its own finding. So are the words of a
        定性 indicator.
        """
        if self.indicator is None:
            return False
        year = judged_year(self.indicator, strategy.settings)
        unread = self.indicator.kind == QUALITATIVE and "cause" in self.unknown
        return (
            year in self.actuals
            or actual_field(year or 0) in self.unknown
            or self.excuses_silence
            or unread
            or is_told_in_words(self.indicator, self.cause, self.office_class)
        )

    def decided(self, strategy: Strategy) -> list[str]:
        """Which of the cells that answer for the judged year hold what the office has put there,
        be it nothing."""
        if self.indicator is None:
            return []
        names = [actual_field(judged_year(self.indicator, strategy.settings) or 0), "reason"]
        if self.indicator.kind == QUALITATIVE:
            names += ["cause", "office_class"]
        return [name for name in names if name in self.corrected]

    @property
    def excuses_past_silence(self) -> bool:
        """Whether a year before the judged one needs no value either: what is 未公表 now is not
        what was so a year ago."""
        never = self.reason == NOT_SURVEYED or "reason" in self.unknown
        return never or self.office_class == EXCLUDED

    @property
    def excuses_silence(self) -> bool:
        """Whether the row says why there is no value, readably or not."""
        said = bool(self.reason) or "reason" in self.unknown
        return said or self.office_class == EXCLUDED


@dataclass(frozen=True, slots=True)
class Report:
    """What is known about one indicator after all files were united.

    ``actuals`` are the departments' own values by fiscal year (期間累計: each year's own).
    ``due`` is False where nothing is asked for yet; ``reported`` is True there, too, and where the
    judged year was answered.
    ``reason`` and ``publication`` are blank where the judged year has a value. ``office_class`` is
    one of ``strategy.CLASSES`` or blank, ``class_place`` the cell that it stands in.
    ``row_ids`` are the rows that it was taken from.
    ``from_list`` is True where forms of the KPI round have come in, and none of them answers: what
    is known is what a form of the list said. ``carried`` are the years whose value stands in last
    year's 別紙 and in no form: a blank takes back nothing that was published. ``sources`` has the
    row_id of the row that every other year's value was taken from.
    """

    indicator: Indicator
    actuals: Mapping[int, Decimal] = field(default_factory=dict)
    due: bool = True
    reported: bool = False
    stage: str = ""
    reason: str = ""
    publication: str = ""
    office_class: str = ""
    class_place: Place = field(default_factory=Place)
    cause: str = ""
    direction: str = ""
    row_ids: tuple[int, ...] = ()
    from_list: bool = False
    carried: tuple[int, ...] = ()
    sources: Mapping[int, int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Name with part."""
        return title(self.indicator)

    @property
    def is_told_in_words(self) -> bool:
        """Whether no figure is missing, for none is meant."""
        return is_told_in_words(self.indicator, self.cause, self.office_class)

    @property
    def is_judged_by_office(self) -> bool:
        """Whether ``office_class`` counts: for a 定性 indicator, and 判定対象外 for any."""
        return self.office_class == EXCLUDED or bool(
            self.office_class and self.indicator.kind == QUALITATIVE
        )


@dataclass(frozen=True, slots=True)
class IndicatorDepartment:
    """Where one department stands in the KPI round.

    ``expected`` counts the indicators it is in charge of; ``missing`` are the IDs among them that
    nobody has answered yet and whose silence the office has not confirmed, ``from_list`` those that
    no form of the KPI round answers though such forms have come in (``Report.from_list``), and for
    which no other department is asked. ``files`` are the files whose KPI sheet counts, ``kpi_form``
    is True where one of them is a form of the KPI round.
    """

    department: str
    state: IndicatorStatus
    expected: int
    missing: tuple[str, ...]
    files: tuple[str, ...]
    errors: int
    confirmations: int
    from_list: tuple[str, ...] = ()
    kpi_form: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """The united reports, one per indicator in the order of the strategy, and all findings.

    ``raw`` maps row_id → RawRow of every row that counts. ``expected`` and ``reported`` count
    indicators. The state says nothing about the list, nor the list's about this. ``notes`` are the
    lines of the forms that are no indicators, with their department.
    """

    reports: tuple[Report, ...]
    raw: Mapping[int, RawRow]
    departments: tuple[IndicatorDepartment, ...]
    corrections: tuple[AppliedCorrection, ...]
    acknowledgements: tuple[AppliedAcknowledgement, ...]
    findings: tuple[Finding, ...]
    state: RoundState
    notes: tuple[tuple[RawRow, str], ...] = ()
    round: RoundBegun = "not yet"

    @property
    def expected(self) -> int:
        """Number of indicators."""
        return len(self.reports)

    @property
    def due(self) -> bool:
        """Whether any indicator is asked for yet: before that, there is nothing to count."""
        return any(r.due for r in self.reports)

    @property
    def reported(self) -> int:
        """Number of indicators that were answered."""
        return sum(r.reported for r in self.reports)
