"""The records that travel from intake through the rules to the sheets.

A project row is a ``RawRow`` (as typed, with its origin), then a ``ProjectRow`` that corrections
may change, and at last a ``ListedRow``; ``row_id`` ties them together and is unique in a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from sousei_xl.amounts import parse_money
from sousei_xl.catalogue import RULES
from sousei_xl.findings import Answer, Finding, Place, clip, is_error
from sousei_xl.strategy import Strategy
from sousei_xl.text import (
    CATEGORY_SPELLINGS,
    EMPTY,
    INCLUDED,
    NOTHING,
    RELISTED,
    UNDECIDED,
    WITHDRAWN,
    Value,
    choice,
    fresh_key,
    key,
    printable,
    to_text,
)
from sousei_xl.workspace import OFFICE_SHEET


def _empty() -> Mapping[str, Any]:
    return EMPTY


# What a relisted row repeats; number and relevance are its own, a note is the department's.
REPEATED = ("name", "category", "department", "budget_kind", "budget", "description")


def repeated_fields(strategy: Strategy) -> frozenset[str]:
    """What a relisted row repeats, the office's own fields included."""
    return frozenset((*REPEATED, *(f.name for f in strategy.own_fields)))


_LONGEST_NAME = 100

# What the office may do to a row (操作).
CORRECT, WITHHOLD, REORDER = OPERATIONS = ("修正", "掲載しない", "順番")


def shown_name(name: str | None) -> str:
    """A measure or a 事業名 as it stands inside a 対象 and beside it."""
    return clip(printable(name or ""), _LONGEST_NAME)


Outcome = Literal["accepted", "refused", "superseded", "office", "ignored"]
DepartmentStatus = Literal["受理", "該当なし", "差戻し", "再提出待ち", "未提出"]
ListStatus = Literal["draft", "proposal", "final"]
CorrectionStatus = Literal["適用", "不適用", "対象なし", "記入誤り"]


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as typed. Keys of the mappings are field names; ``columns`` gives the letters.

    ``errors`` holds error values (``#REF!``) and ``uncached`` the fields whose formula has no
    stored value: both leave the field's value blank. ``merged`` has the fields whose cell a merged
    one of a row above covers, where nothing can be typed, and what that one shows.
    """

    row_id: int
    file: str
    sheet: str
    row: int
    values: Mapping[str, Value]
    columns: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=_empty)
    uncached: frozenset[str] = NOTHING
    merged: Mapping[str, Value] = field(default_factory=_empty)

    def place(self, name: str, label: str = "") -> Place:
        """Where the field's cell stands; the row alone where the form has no such column."""
        letter = self.columns.get(name)
        cell = f"{letter}{self.row}" if letter else ""
        return Place(self.file, self.sheet, self.row, cell, name, label, self.row_id)

    @property
    def is_withdrawn(self) -> bool:
        """Whether the row only says that a project has ended, as Y103 asks, or is taken back."""
        return choice(self.values.get("category"), CATEGORY_SPELLINGS).value in WITHDRAWN

    @property
    def origin(self) -> Origin:
        """What is left of the row where nobody asks for its cells any more."""
        return Origin(self.file, self.sheet, self.row, self.columns.get("name", ""))

    def with_value(self, name: str, value: Value) -> RawRow:
        """The row as if this had been typed into one of its cells."""
        return replace(
            self,
            values={**self.values, name: value},
            columns={name: "", **self.columns},
            errors={k: v for k, v in self.errors.items() if k != name},
            uncached=self.uncached - {name},
            merged={k: v for k, v in self.merged.items() if k != name},
        )


class Origin(NamedTuple):
    """Where a row of the list came from; ``column`` has the letters of 事業名, if it has one.

    A tuple, because a long list has very many of them and hands them to another process.
    """

    file: str
    sheet: str
    row: int
    column: str

    @property
    def place(self) -> Place:
        """The cell of 事業名, or the row alone."""
        cell = f"{self.column}{self.row}" if self.column else ""
        return Place(self.file, self.sheet, self.row, cell)


# Of a row that the office has added: no fields of the form, beside those in ``RawRow.values``.
REASON, REQUESTED_BY = "reason", "requested_by"
_AMOUNT = {"budget_kind", "budget"}


# How a row has found its original, or why it stands for one; "" for a row that is alone.
Link = Literal[
    "",
    "found",
    "unmarked",  # not marked 再掲, but the same project stands under an earlier measure
    "demoted",  # it called itself the original of a row under an earlier measure, which is
    "swapped",  # and has become the original
    "adopted",  # so has this one, of another department's project, whatever its own 部局名
    "other",  # only another department has that name
    "several",  # more than one other department has it: no chance decides whose it is
    "held",  # the original is
    "withdrawn",  # the original is; this row stands for it, so that the project is still counted
    "missing",
]


@dataclass(slots=True, eq=False)
class ProjectRow:
    """A row of the list on its way: typed values, None for blank or unreadable.

    ``unknown`` holds the fields whose cell failed to parse: rules that depend on them are unknown,
    not also broken. ``department`` is what is printed, ``counted`` the one department that it is
    counted under. ``corrected`` maps a field to the office's cell that now stands for it,
    ``former_measure``, ``former_name`` and ``former_number`` are what the form has where they were.
    ``submitted_number`` is the number before the list gave one. ``original`` is the row that this
    one repeats, ``link`` how that was found. ``overruled`` maps a field whose
    correction gave way to what the row repeats to the row that it repeats there.
    ``previous_budget`` is last year's amount as typed, ``listed_before`` that of last year's list,
    from which ``department_before`` is, too.
    """

    raw: RawRow
    submitter: str
    measure: str | None = None
    number: int | None = None
    relisted: str | None = None
    category: str | None = None
    name: str | None = None
    department: str | None = None
    counted: str | None = None
    relevance: str | None = None
    budget_kind: str | None = None
    budget: int | None = None
    description: str | None = None
    note: str | None = None
    own: Mapping[str, str | int | None] = field(default_factory=_empty)
    unknown: frozenset[str] = NOTHING
    previous_number: int | None = None
    previous_budget: int | None = None
    listed_before: int | None = None
    department_before: str | None = None
    corrected: Mapping[str, Place] = field(default_factory=_empty)
    former_measure: str | None = None
    former_name: str | None = None
    former_number: int | None = None
    withheld: bool = False
    submitted_number: int | None = None
    original: ProjectRow | None = None
    link: Link = ""
    overruled: Mapping[str, ProjectRow] = field(default_factory=_empty)
    _keyed: str | None = None  # a name, and its match key
    _key: str = ""

    @property
    def name_key(self) -> str:
        """Match key of the name, which is asked for again and again; "" without a name."""
        if self._keyed != self.name:
            self._keyed, self._key = self.name, fresh_key(self.name or "")
        return self._key

    @property
    def row_id(self) -> int:
        """Unique in a run."""
        return self.raw.row_id

    @property
    def is_added(self) -> bool:
        """Whether the office has added the row in its own sheet."""
        return key(self.raw.file) == key(OFFICE_SHEET)

    @property
    def is_relisted(self) -> bool:
        """True for 再掲."""
        return self.relisted == RELISTED

    @property
    def differs_from_original(self) -> bool:
        """Whether a relisted row has another amount than its original, which nobody has decided.

        Where the office has corrected the original, the department has nothing to say about it;
        beside 未定 and 内数 an amount says nothing.
        """
        original, stated = self.original, self.stated_budget
        if original is None or self.link == "withdrawn" or None in (stated, original.budget):
            return False
        if original.budget_kind in (UNDECIDED, INCLUDED):
            return False
        decided = original.corrected.keys() & _AMOUNT and not self.corrected.keys() & _AMOUNT
        return stated != original.budget and not decided

    @property
    def stated_budget(self) -> int | None:
        """The amount that its cell gives, be it only by what was probably meant (1億円). Of
        (1,000), as amounts counted elsewhere are written, Excel makes a number below 0."""
        if self.budget is not None or "budget" in self.corrected:
            return self.budget
        money = parse_money(self.raw.values.get("budget"))
        if money.expected:
            return int(money.expected)
        return None if money.kind or money.amount is None else abs(money.amount)

    def value(self, name: str) -> str | int | None:
        """The typed value of any field, own ones included."""
        return self.own.get(name) if name in self.own else getattr(self, name, None)

    def place(self, name: str, label: str = "") -> Place:
        """The cell that a person must change: the office's where a correction stands for it."""
        place = self.corrected.get(name)
        return self.raw.place(name, label) if place is None else place

    def is_decided_by_office(self, name: str) -> bool:
        """Whether it is in the office's own sheet that the field would have to be changed."""
        return self.is_added or name in self.corrected

    @property
    def number_in_form(self) -> int | None:
        """What the form says, whatever the office and the list have made of it."""
        return self.former_number if "number" in self.corrected else self.submitted_number

    @property
    def measure_in_form(self) -> str | None:
        """The measure that the form says, wherever the office has moved the row."""
        return self.former_measure if "measure" in self.corrected else self.measure

    @property
    def name_in_form(self) -> str | None:
        """The name that the form says, whatever the office calls it."""
        return self.former_name if "name" in self.corrected else self.name

    @property
    def is_printed_elsewhere(self) -> bool:
        """Whether the list has the row under another measure or number than its form."""
        return self.number_in_form != self.number or self.measure_in_form != self.measure

    @property
    def target(self) -> str:
        """How the office's sheet refers to this row: ``1ア-4``, or with the name if unnumbered."""
        number = self.submitted_number if self.submitted_number is not None else self.number
        measure, name = shown_name(self.measure), shown_name(self.name)
        if self.measure is None:
            return name
        return f"{measure}-{number}" if number is not None else f"{measure} {name}"

    @property
    def named_target(self) -> str:
        """The 対象 that 修正 takes as well as 確認済, tied to the project: ``1ア-4 事業名``, with
        measure and name as the form has them.

        Never a number that the list gave or the office: another row may have that in its form.
        """
        measure, name = shown_name(self.measure_in_form), shown_name(self.name_in_form)
        number = self.number_in_form
        if not measure:
            return name
        numbered = number is not None and (number == self.number or not name)
        return f"{measure}-{number} {name}".rstrip() if numbered else f"{measure} {name}"


@dataclass(frozen=True, slots=True)
class Submission:
    """One file that is a form of this year, by a known department.

    ``rows`` are those of 事業, ``indicator_rows`` those of KPI. ``has_indicators`` is True where
    the KPI sheet holds anything that was filled in: a blank one never replaces a report;
    ``indicator_findings`` is what is wrong with that sheet's headings, if the sheet counts.
    ``kpi_form`` is True for a form of the KPI round, which asks about no projects at all.

    ``unit`` is the 担当課 as typed, ``edition`` the 版 (0 where blank), ``saved`` the document's
    own saved time (ISO text, may be empty). ``none_applicable`` is 該当事業なし.
    """

    file: str
    sha256: str
    department: str
    unit: str
    edition: int
    saved: str
    none_applicable: bool
    has_projects: bool
    has_indicators: bool
    rows: tuple[RawRow, ...]
    indicator_rows: tuple[RawRow, ...] = ()
    indicator_findings: tuple[Finding, ...] = ()
    answers: tuple[Answer, ...] = ()
    kpi_form: bool = False


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What became of one file in the inbox; every file gets exactly one.

    ``read`` counts project rows; accepted and superseded files read their rows, refused ones 0.
    ``blank`` is True for a form in which nothing was filled in that could count: a KPI form that
    came back as it went out; ``kpi_form`` is as in a ``Submission``. ``unreached`` is True for a
    file that could not be opened from here (in use, no way to the folder): it is tried again, and
    its department is asked for nothing.
    ``misplaced`` is True for a filled 事務局修正 under another name or in a folder: what the office
    has decided there is missing in the list.
    """

    file: str
    outcome: Outcome
    department: str = ""
    unit: str = ""
    edition: int = 0
    saved: str = ""
    sha256: str = ""
    read: int = 0
    listed: int = 0
    held: int = 0
    superseded: int = 0
    withdrawn: int = 0
    answers: tuple[Answer, ...] = ()
    blank: bool = False
    kpi_form: bool = False
    unreached: bool = False
    misplaced: bool = False

    @property
    def is_refused_list(self) -> bool:
        """Whether a form of the list was refused; one of the KPI round asks about no projects."""
        return self.outcome == "refused" and not self.kpi_form


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of 事務局修正's 修正 (``before`` and ``after`` as typed).

    ``place`` is the cell of 対象, ``cells`` has those of all headings. ``unread`` maps the headings
    whose cell says nothing to its error value, "" for a formula without a result.
    """

    place: Place
    target: str
    operation: str
    field_label: str
    before: Value
    after: Value
    reason: str
    requested_by: str
    date: str
    cells: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)

    def at(self, heading: str) -> Place:
        """The cell of one heading."""
        return _cell_of(self, heading)


@dataclass(frozen=True, slots=True)
class AppliedCorrection:
    """What became of a correction; ``current`` is the value found, ``row_id`` its row and ``field``
    the name of what was changed there."""

    correction: Correction
    status: CorrectionStatus
    current: str
    subject: str
    row_id: int | None = None
    field: str = ""

    @property
    def told(self) -> str:
        """``予算事業費（千円）：5335 → 5400（査定）``, of any length and as it was typed."""
        asked = self.correction
        before, after = (to_text(value) or "空欄" for value in (self.current, asked.after))
        reason = asked.reason.strip()
        label = asked.field_label or asked.operation
        return f"{label}：{before} → {after}{f'（{reason}）' if reason else ''}"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A row of 事務局修正's 確認済. ``confirmed`` is the value it was given for (may be blank),
    ``cells`` and ``unread`` are as in a ``Correction``.
    """

    place: Place
    code: str
    target: str
    confirmed: str
    by: str
    date: str
    memo: str
    cells: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)

    def at(self, heading: str) -> Place:
        """The cell of one heading."""
        return _cell_of(self, heading)


def _cell_of(row: Correction | Acknowledgement, heading: str) -> Place:
    return replace(row.place, cell=row.cells.get(heading, row.place.cell), label=heading)


@dataclass(frozen=True, slots=True)
class AppliedAcknowledgement:
    """What a confirmation has met in this run; ``current`` is the value of what it was given for,
    where that is another one now."""

    acknowledgement: Acknowledgement
    status: Literal[
        "確認済",
        "値が変わった",
        "当てはまる指摘なし",
        "提出がそろってから照合",
        "今回は照合していない",
    ]
    current: str = ""


def unread_cell(error: str, place: Place) -> tuple[str, Place, str]:
    """What is to be found at a cell of the office's sheet that says nothing: an error value, or a
    formula without a result (``error`` is blank)."""
    return ("R110" if error else "R111"), place, error


@dataclass(frozen=True, slots=True)
class OfficeSheet:
    """``事務局修正.xlsx``. ``additions`` are rows of the sheet 追加 (with 部局名 typed in)."""

    corrections: tuple[Correction, ...] = ()
    additions: tuple[RawRow, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything that came in: forms of this year, the office's sheet, and files with no rows.

    ``records`` are the refused, ignored and office files; the accepted and superseded ones get
    theirs when reporting units are settled. ``findings`` are those of reading.
    """

    submissions: tuple[Submission, ...]
    office: OfficeSheet
    records: tuple[FileRecord, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row of the list, as it is printed. Texts are writable and never None.

    ``measure`` is a key (``2ア``), ``name`` without （新）, ``department`` as printed, ``counted``
    the one that it counts for. ``budget`` is in thousand yen, None where there is no countable
    amount. ``own`` has the office's own fields in their order. ``original`` is the row_id of a
    relisted row's original. ``marked``: a 要修正 is left. ``former_name`` is the one before the
    office gave it another, blank for a relisted row; it is not printed.
    """

    row_id: int
    goal: int
    measure: str
    number: int | None
    relisted: bool
    category: str
    name: str
    department: str
    counted: str
    relevance: str
    budget_kind: str
    budget: int | None
    description: str
    note: str
    original: int | None
    marked: bool
    own: tuple[str | int | None, ...] = ()
    former_name: str = ""

    @property
    def target(self) -> str:
        """``1ア-4``, as the office's sheet refers to it; ``1ア`` where there is no number."""
        return self.measure if self.number is None else f"{self.measure}-{self.number}"

    def __reduce__(self) -> tuple[type[ListedRow], tuple[Any, ...]]:
        # Long lists travel to another process: half the time that a dataclass takes by itself.
        return ListedRow, _LISTED(self)


_LISTED = attrgetter(*(f.name for f in fields(ListedRow)))


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row that was read but cannot be placed; ``findings`` say why."""

    raw: RawRow
    department: str
    name: str
    findings: tuple[Finding, ...]
    relisted: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawnRow:
    """A row that is not to be listed; ``reason`` is 終了, 取下げ or 掲載しない."""

    raw: RawRow
    department: str
    name: str
    measure: str
    number: int | None
    reason: str
    relisted: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """read = listed + held + superseded + withdrawn, or nothing is published."""

    read: int
    listed: int
    held: int
    superseded: int
    withdrawn: int

    @property
    def balanced(self) -> bool:
        """True where every row that was read is accounted for."""
        return self.read == self.listed + self.held + self.superseded + self.withdrawn


@dataclass(frozen=True, slots=True)
class DepartmentState:
    """Where one department stands: ``files`` are its accepted or refused files. ``confirmations``
    counts the 要確認 that are open, ``answered`` those of them that it has answered."""

    department: str
    state: DepartmentStatus
    expected: bool
    missing_units: tuple[str, ...]
    files: tuple[str, ...]
    rows: int
    errors: int
    confirmations: int
    answered: int = 0


@dataclass(frozen=True, slots=True)
class ListResult:
    """The merged list and everything that has to be said about it.

    ``listed`` stands in printed order. ``origins`` has every listed, held and withdrawn row by its
    row_id (the provenance), ``additions`` the raw rows of those that the office has added.
    ``written`` has the 対象 that 修正 takes, by row_id, where it is not the one that is printed;
    ``typed`` what the cells of a row say that is printed with （新） or not with its amount alone.
    ``unmatched`` are the answers that no finding, also of the KPI round, is any more about.
    """

    listed: tuple[ListedRow, ...]
    held: tuple[HeldRow, ...]
    withdrawn: tuple[WithdrawnRow, ...]
    origins: Mapping[int, Origin]
    additions: tuple[RawRow, ...]
    files: tuple[FileRecord, ...]
    departments: tuple[DepartmentState, ...]
    corrections: tuple[AppliedCorrection, ...]
    acknowledgements: tuple[AppliedAcknowledgement, ...]
    findings: tuple[Finding, ...]
    ledger: Ledger
    complete: bool
    written: Mapping[int, str] = field(default_factory=dict)
    typed: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    unmatched: tuple[Answer, ...] = ()

    @property
    def errors(self) -> int:
        """Number of 要修正 that keep the list a draft: those of files that count for it.

        A refused file is reported, but what keeps the list a draft then is the missing unit; of the
        office's own sheet under another name nobody is missing. The KPI round has a state of its
        own: its findings never count here.
        """
        counting = {
            f.file for f in self.files if f.outcome in ("accepted", "office") or f.misplaced
        }
        return sum(
            is_error(f) and f.place.file in counting and RULES[f.code].scope != "kpi"
            for f in self.findings
        )

    @property
    def is_draft(self) -> bool:
        """作成中: a unit is missing, or a 要修正 is left."""
        return not self.complete or self.errors > 0
