"""Raw cells → typed rows: types and spellings only; every rule on a value is the schema's.

One cell is parsed at a time, so a bad one costs one finding and leaves its neighbours alone. Each
conversion that a reader could not see is reported (自動変換).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sousei_xl import amounts, text
from sousei_xl.amounts import Money
from sousei_xl.findings import Finding, clip, finding
from sousei_xl.rules.records import REPEATED, ProjectRow, RawRow, Submission
from sousei_xl.strategy import AUTOMATIC, Strategy
from sousei_xl.strategy.departments import JOINT
from sousei_xl.strategy.fields import Field
from sousei_xl.text import Parsed

_T = TypeVar("_T", bound=text.Value)

_BESIDE_KEYS = str.maketrans("", "", f"{text.BRACKETS}.、・")  # 3（イ）, 3.イ


def in_one_line(value: text.Value) -> str:
    """A value short enough to be quoted in a message."""
    return clip(text.to_text(value).replace("\n", "↵"))


_BLANK_MEANS = {"category": text.CONTINUED, "budget_kind": text.INITIAL}


class _Cells:
    """The cells of one row while it is parsed: values in, findings and unknown fields out."""

    def __init__(self, row: ProjectRow, strategy: Strategy) -> None:
        self.row = row
        self.raw = row.raw
        self.numbered = strategy.settings.numbering == AUTOMATIC
        self.fields = strategy.field_by_name
        self.findings: list[Finding] = []
        self.unknown: set[str] = set()

    def report(self, code: str, name: str, value: object, **facts: Any) -> None:
        field = self.fields[name]
        place = self.row.place(name, field.label)
        subject = text.to_text(self.raw.values.get("name"))
        department = self.row.submitter
        self.findings.append(
            finding(code, place, value, subject=subject, department=department, **facts)
        )

    def reject(self, code: str, name: str, value: object, **facts: Any) -> None:
        self.unknown.add(name)
        self.report(code, name, value, **facts)

    def typed(self, name: str) -> text.Value:
        """The raw value; error values, formulas without a result and cells where nothing can be
        typed are reported here."""
        if name in self.raw.errors:
            self.reject("R110", name, self.raw.errors[name])
            return None
        if name in self.raw.uncached:
            self.reject("R111", name, "")
            return None
        value = self.raw.values.get(name)
        if self.raw.merged and text.is_blank(value) and self._is_missed(name):
            self.reject("R120", name, "")
            return None
        return value

    def _is_missed(self, name: str) -> bool:
        """Whether a person sees something in the merged cell that covers this one, and that is
        neither what a blank means nor R101's."""
        shown = self.raw.merged.get(name)
        if text.is_blank(shown) or name in ("measure", "note"):
            return False
        if name == "number" and self.numbered:
            return False
        if name in _BLANK_MEANS:
            return text.key(text.to_text(shown)) != text.key(_BLANK_MEANS[name])
        if self.row.is_relisted and name != "name" and (name in REPEATED or self.fields[name].own):
            return False
        return name != "department" or text.key(text.to_text(shown)) != text.key(self.row.submitter)

    def take(self, name: str, parse: Callable[[text.Value], Parsed[_T]]) -> Parsed[_T]:
        """Parse one cell; a changed spelling is A101."""
        value = self.typed(name)
        parsed = parse(value)
        if parsed.converted and parsed.value is not None:
            variant = "newline" if parsed.problem == "newline" else ""
            typed, taken = text.to_text(value), in_one_line(parsed.value)
            variant = "number" if typed == taken else variant
            self.report("A101", name, typed, variant=variant, expected=taken)
        return parsed


def parse_row(
    raw: RawRow, submitter: str, strategy: Strategy, row: ProjectRow | None = None
) -> tuple[ProjectRow, list[Finding]]:
    """Type the cells of one row.

    ``submitter`` is the department of the file (the default 部局名). ``row`` is given when a
    correction of the office has changed the raw row: its ``corrected`` places stay.
    Returns the row and the findings of its cells (R105, R107, R108, R110, R111, R120, A101–A103,
    A106).
    """
    row = row or ProjectRow(raw, submitter)
    row.raw = raw
    cells = _Cells(row, strategy)
    row.measure = _measure(cells, strategy)
    row.number = row.submitted_number = _number(cells)
    row.relisted = cells.take("relisted", text.parse_relisted).value
    row.category = cells.take("category", lambda v: text.choice(v, text.CATEGORY_SPELLINGS)).value
    row.name = _name(cells)
    row.department, row.counted = _department(cells, strategy)
    relevance = cells.take("relevance", lambda v: text.choice(v, text.RELEVANCE_SPELLINGS))
    row.relevance = relevance.value
    _budget(cells)
    row.description = cells.take("description", text.tidy).value
    row.note = cells.take("note", text.tidy).value
    if strategy.own_fields:
        row.own = {f.name: _own(cells, f) for f in strategy.own_fields}
    # Last year's columns are for reference: what cannot be read there is simply not known.
    row.previous_number = amounts.parse_integer(raw.values.get("previous_number")).value
    row.previous_budget = amounts.parse_money(raw.values.get("previous_budget")).amount
    row.unknown = frozenset(cells.unknown) if cells.unknown else text.NOTHING
    return row, cells.findings


_AT_A_TIME = 512  # rows that are made at once


class EarlyRows:
    """Rows that are parsed as soon as their file is received, while others are still being read."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy
        self._parsed: dict[int, ProjectRow] = {}
        self._found: dict[int, list[Finding]] = {}  # of few
        self._blanks: list[ProjectRow] = []

    def add(self, submission: Submission) -> None:
        """Parse the rows of a submission."""
        for raw in submission.rows:
            blank = self._blank(raw, submission.department)
            row, found = parse_row(raw, submission.department, self._strategy, blank)
            _ = row.name_key  # it is remembered
            self._parsed[raw.row_id] = row
            if found:
                self._found[raw.row_id] = found

    def _blank(self, raw: RawRow, submitter: str) -> ProjectRow:
        """A new row. Rows made together lie side by side in memory, and give it back; among texts
        that outlive them they would leave it in pieces that are of little use."""
        if not self._blanks:
            self._blanks = [ProjectRow(raw, submitter) for _ in range(_AT_A_TIME)]
        row = self._blanks.pop()
        row.submitter = submitter
        return row

    def take(self, raw: RawRow, submitter: str) -> tuple[ProjectRow, list[Finding]] | None:
        """What ``parse_row`` gave, once: a row is changed while the list is made; None where it was
        not parsed."""
        row = self._parsed.pop(raw.row_id, None)
        if row is None or row.raw is not raw or row.submitter != submitter:
            return None
        return row, self._found.get(raw.row_id, [])


def parse_rows(
    rows: Sequence[tuple[RawRow, str]], strategy: Strategy, early: EarlyRows | None = None
) -> tuple[list[ProjectRow], list[Finding]]:
    """``parse_row`` for (raw row, submitting department) pairs, in order."""
    parsed: list[ProjectRow] = []
    findings: list[Finding] = []
    for raw, submitter in rows:
        known = early.take(raw, submitter) if early else None
        row, found = known or parse_row(raw, submitter, strategy)
        parsed.append(row)
        findings += found
    return parsed, findings


def _measure(cells: _Cells, strategy: Strategy) -> str | None:
    """The measure's key; an unknown name passes through as typed for the schema to refuse."""
    typed = text.tidy(cells.typed("measure")).value
    if typed is None:
        return None
    said = text.key(typed)
    spellings = strategy.measure_spellings
    found = spellings.get(said) or spellings.get(said.translate(_BESIDE_KEYS))
    if found is None:
        return typed
    if typed not in (found, strategy.measure_by_key[found].option):
        cells.report("A101", "measure", typed, expected=strategy.measure_by_key[found].option)
    return found


def _number(cells: _Cells) -> int | None:
    parsed = cells.take("number", amounts.parse_integer)
    if parsed.problem:
        typed = text.to_text(cells.raw.values.get("number"))
        variant = "date" if parsed.problem == "date" else ""
        cells.reject("R108", "number", typed, variant=variant)
    return parsed.value


def _name(cells: _Cells) -> str | None:
    name = cells.take("name", text.tidy_name).value
    typed = cells.raw.values.get("name")
    if name is None or text.says_nothing(typed) or text.is_date(typed):
        return None
    bare, marked = text.split_new_mark(name)
    bare, again = text.split_relisted_mark(bare)
    if again:
        bare, inner = text.split_new_mark(bare)
        marked = marked or inner
        _relisted_by_name(cells, name, bare)
    if marked:
        cells.report("A103", "name", name)
        # The mark in the name wins over 継続, which is only the prefilled default.
        if cells.row.category in (None, text.CONTINUED):
            cells.row.category = text.NEW
    return bare


def _relisted_by_name(cells: _Cells, name: str, bare: str) -> None:
    """（再掲） in the name says what belongs into another cell: what is not to be counted again.

    Until that is mended the row is a relisted one, so that nothing else is asked about it.
    """
    if cells.row.is_relisted and bare != name:
        cells.report("A101", "name", name, expected=bare)
    elif cells.row.relisted is None and "relisted" not in cells.unknown:
        cells.row.relisted = text.RELISTED
        cells.reject("R107", "relisted", name, variant="in_name")


def _department(cells: _Cells, strategy: Strategy) -> tuple[str | None, str | None]:
    """(as printed, counted under). An unknown name passes through for the schema to refuse."""
    value = cells.typed("department")
    parsed = text.tidy_name(value)
    if parsed.value is None:
        # A row that the office adds has no submitter; that it names none is reported at reading.
        submitter = cells.row.submitter or None
        if submitter and "department" not in cells.unknown and "department" in cells.raw.columns:
            cells.report("A102", "department", "", variant="blank", expected=submitter)
        return submitter, submitter
    typed = text.to_text(value)
    named = strategy.departments_in(typed)
    if not strategy.department_by_name.keys() >= set(named):
        return parsed.value, parsed.value
    official = JOINT.join(named)
    if official != typed:
        cells.report("A102", "department", typed, expected=official)
    return official, named[0]


def _budget(cells: _Cells) -> None:
    row = cells.row
    kind = cells.take("budget_kind", lambda v: text.choice(v, text.BUDGET_KIND_SPELLINGS))
    row.budget_kind = kind.value
    value = cells.typed("budget")
    money = amounts.parse_money(value)
    if row.is_relisted and (money.problem or money.kind or (money.amount or 0) < 0):
        row.budget = None  # it is its original's: what stands here is quoted then (A104)
        return
    _own_budget(cells, value, money)


def budget_of_an_original(row: ProjectRow, strategy: Strategy) -> list[Finding]:
    """Type the budget of a row that has taken its original's place, and so has one of its own."""
    cells = _Cells(row, strategy)
    value = row.raw.values.get("budget")
    _own_budget(cells, value, amounts.parse_money(value))
    row.unknown |= cells.unknown
    return cells.findings


def _own_budget(cells: _Cells, value: text.Value, money: Money) -> None:
    row, typed = cells.row, text.to_text(value)
    if money.problem == "brackets" and row.budget_kind == text.INCLUDED:
        money = Money(kind=text.INCLUDED)  # which is what the brackets say, too
    if money.problem == "text":
        about = amounts.parse_money(text.without_about(amounts.as_number(typed)))
        meant = about.expected if about.amount is None else str(about.amount)
        money = money._replace(expected=meant)
    if money.problem and money.expected.startswith("-"):
        cells.reject("R106", "budget", typed)
    elif money.problem:
        variant = "" if money.problem == "text" else money.problem
        facts = {"expected": money.expected, "example": money.expected or "12000"}
        cells.reject("R105", "budget", typed, variant=variant, **facts)
    elif money.kind:
        money = _typed_kind(cells, money, typed)
    elif money.converted and money.amount is not None:
        taken = str(money.amount)
        variant = "number" if typed == taken else ""
        cells.report("A101", "budget", typed, variant=variant, expected=taken)
    row.budget = money.amount
    if row.budget_kind == text.INCLUDED and row.budget:
        cells.report("A106", "budget_kind", typed, variant="included", expected=text.INCLUDED)
    if row.budget_kind == text.ZERO and row.budget is None and "budget" not in cells.unknown:
        row.budget = 0


def _typed_kind(cells: _Cells, money: Money, typed: str) -> Money:
    """A 予算区分 typed into the budget cell. Beside a different one it contradicts: R105.

    A lone dash (or なし) says no more than a blank does.
    """
    chosen = cells.row.budget_kind
    if chosen in (text.UNDECIDED, text.INCLUDED, text.ZERO) and chosen != money.kind:
        if text.key(typed) not in ("-", "なし"):
            cells.reject("R105", "budget", typed, variant="kind", kind=chosen)
            return Money()
        money = Money(kind=chosen)
    elif chosen in (None, text.INITIAL):
        cells.row.budget_kind = money.kind
    cells.report("A106", "budget", typed, expected=money.kind)
    return money


def _own(cells: _Cells, field: Field) -> str | int | None:
    """The office's own fields: texts as typed, integers typed, choices in the office's words."""
    if field.kind == "integer":
        parsed = cells.take(field.name, amounts.parse_integer)
        if parsed.problem:
            value = text.to_text(cells.raw.values.get(field.name))
            meant = parsed.expected or amounts.only_number_in(value)
            facts = {"expected": meant, "example": meant or "5"}
            cells.reject("R105", field.name, value, variant="number", **facts)
        return parsed.value
    if field.kind == "choice":
        spellings = text.spellings(dict.fromkeys(field.choices, ()))
        return cells.take(field.name, lambda v: text.choice(v, spellings)).value
    return cells.take(field.name, text.tidy).value
