"""What the office decided in ``事務局修正.xlsx``: corrections, withheld rows, order.

A department's file is never touched. A correction whose 修正前 no longer fits is not applied and
said so, because the department may have corrected the value itself meanwhile.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property, partial
from typing import Any

from sousei_xl import amounts, text
from sousei_xl.findings import OFFICE, Finding, clip, excerpt, finding
from sousei_xl.rules.merge.targets import bare_number, parts_of
from sousei_xl.rules.parse import parse_row
from sousei_xl.rules.records import (
    CORRECT,
    OPERATIONS,
    REORDER,
    WITHHOLD,
    AppliedCorrection,
    Correction,
    CorrectionStatus,
    FileRecord,
    ProjectRow,
    shown_name,
    unread_cell,
)
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import Field


class _Rows:
    """Finds rows by the office's 対象, always by what was submitted: corrections change the rows
    themselves, one after the other.

    What rows are found by is collected when it is first asked for: of a long list it is much.
    """

    def __init__(self, rows: Iterable[ProjectRow], strategy: Strategy) -> None:
        self._spellings = strategy.measure_spellings
        self._now = {row.row_id: row for row in rows}
        submitted = list(map(copy, self._now.values()))
        self._placed = [r for r in submitted if r.measure in strategy.measure_by_key]
        self._unplaced = [r for r in submitted if r.measure not in strategy.measure_by_key]

    def find(self, target: str) -> list[ProjectRow]:
        """Rows that a 対象 such as ``1ア-4``, ``1ア-4 事業名`` or ``1ア 事業名`` may mean.

        Rows of one name are told apart by their department: ``1ア 事業名（経済部）``. A row without
        a known measure goes by what its findings show, or by its name.
        """
        typed, number, name = parts_of(target)
        measure = self._spellings.get(text.key(typed))
        rows: list[ProjectRow] = []
        if measure and name:
            rows = _numbered(number, self._named(name, measure))
        elif number is not None:
            rows = self._by_number.get((measure, number), [])
        rows = rows or self._by_any_name.get(text.key(target), [])
        if len({r.name_key for r in rows}) == 1:
            # The office mends what it has added itself in 追加.
            rows = [r for r in rows if not r.is_added] or rows
        return [self._now[r.row_id] for r in rows]

    def _named(self, name: str, measure: str = "") -> list[ProjectRow]:
        """The rows of a name in a measure, or in whatever measure."""
        said = text.key(name)
        for index in (self._by_name, self._by_owner):
            if rows := [r for r in index.get(said, ()) if measure in ("", r.measure)]:
                return rows
        return []

    @cached_property
    def _by_number(self) -> _Index:
        return _index(self._placed, lambda row: {(row.measure, row.number)})

    @cached_property
    def _by_name(self) -> _Index:
        return _index(self._placed, _names)

    @cached_property
    def _by_owner(self) -> _Index:
        return _index(self._placed, lambda row: {text.key(_with_department(row))})

    @cached_property
    def _by_any_name(self) -> _Index:
        return _index(
            self._unplaced,
            lambda row: {text.key(row.target), text.key(row.named_target), row.name_key},
        )

    @cached_property
    def _added_to(self) -> set[str | None]:
        """Measures with an unnumbered row that the office adds. Such a row is printed with a number
        that it is not found by."""
        return {row.measure for row in self._placed if row.number is None and row.is_added}

    def unfound(self, target: str, withhold: bool = False) -> tuple[str, dict[str, str]]:
        """What O101 says of a 対象 that no row has: (variant, facts).

        The only row of that name may have stood beside the one that is gone, as an original does.
        """
        typed, number, name = parts_of(target)
        moved = [row for row in self._named(name) if not row.is_added] if name else []
        if len(moved) == 1:
            row = self._now[moved[0].row_id]
            variant = "moved_withheld" if withhold else "moved"
            return variant, {"name": shown_name(row.name), "write": row.named_target}
        several = [rows for part in target.split("、") if (rows := self.find(part))]
        if len(several) > 1:
            return "several", {"write": several[0][0].named_target}
        if number is not None and name:
            place = f"{typed}-{number}"
            rows = self.find(place)
            if len(rows) == 1:
                now = {"name": shown_name(rows[0].name), "write": rows[0].named_target}
                return "another", {"place": place, **now}
        measure = self._spellings.get(text.key(re.split(r"[\s-]", typed)[0]))
        if alike := self._most_alike(name, measure):
            return "renamed", {"write": alike.named_target}
        return ("added" if measure in self._added_to else ""), {}

    def _most_alike(self, name: str, measure: str | None) -> ProjectRow | None:
        """The row of the measure whose name is most like one that is gone."""
        names = {r.name_key: r for r in self._placed if r.measure == measure and not r.is_added}
        few = name and len(names) <= 2000  # for comparing with more takes a while
        alike = get_close_matches(text.key(name), names, 1) if few else []
        return self._now[names[alike[0]].row_id] if alike else None

    def ambiguous(self, rows: Sequence[ProjectRow]) -> tuple[str, dict[str, str]]:
        """What O101 says where ``rows`` all have the 対象: (variant, facts)."""
        if len({(r.measure, r.name_key) for r in rows}) > 1 or rows[0].measure is None:
            return "ambiguous", {}
        if len({r.submitter for r in rows}) < len(rows):
            return "twins", {}
        others = "、".join(clip(r.submitter) for r in rows)
        return "departments", {
            "others": others,
            "write": f"{rows[0].measure} {_with_department(rows[0])}",
        }


_Index = Mapping[object, list[ProjectRow]]


def _index(rows: Iterable[ProjectRow], keys: Callable[[ProjectRow], Iterable[object]]) -> _Index:
    found: dict[object, list[ProjectRow]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            found[key].append(row)
    return found


def _numbered(number: int | None, rows: list[ProjectRow]) -> list[ProjectRow]:
    """Those of one name with the number that stands beside it, or else without one (the list has
    given it), or else all, for a name stays where numbers move."""
    if number is None:
        return rows
    same = [r for r in rows if r.number == number]
    return same or [r for r in rows if r.number is None] or rows


def _names(row: ProjectRow) -> set[str]:
    """Match keys of the name, in full and as it stands in a 対象."""
    shown = shown_name(row.name)
    return {row.name_key} if shown == row.name else {row.name_key, text.key(shown)}


def _with_department(row: ProjectRow) -> str:
    return f"{shown_name(row.name)}（{row.submitter}）"


def apply_corrections(
    rows: Sequence[ProjectRow],
    findings: list[Finding],
    corrections: Sequence[Correction],
    strategy: Strategy,
) -> tuple[list[Finding], list[AppliedCorrection]]:
    """Apply 修正 to the rows in place.

    ``findings`` are those of parsing; the ones of a corrected row are replaced. Returns all
    findings of the rows with those of the corrections added, and what became of each correction.
    """
    index = _Rows(rows if corrections else (), strategy)
    by_row: dict[int, list[Finding]] = {}
    for item in findings:
        by_row.setdefault(item.place.row_id or 0, []).append(item)
    problems: list[Finding] = []
    applied: list[AppliedCorrection] = []
    for correction in corrections:
        outcome, problem = _apply(correction, index, by_row, strategy)
        applied.append(outcome)
        problems += problem
    return [item for found in by_row.values() for item in found] + problems, applied


Outcome = tuple[AppliedCorrection, list[Finding]]


def not_applied(
    correction: Correction,
    row: ProjectRow | None,
    code: str,
    label: str,
    value: object,
    **facts: Any,
) -> Outcome:
    """A correction that is not applied (O101–O103), and the finding that says why.

    ``row`` is the row of the list that its 対象 means now, if it does: its name says whether that
    is still the project that the office had in mind.
    """
    heading = {"O102": "修正前", "O103": "対象"}.get(code, label)
    place = replace(correction.at(heading), label=label)
    name, row_id = (row.name or "", row.row_id) if row else ("", None)
    facts["typed"], facts["now"] = _quoted(value), _quoted(facts.get("current"))
    item = finding(code, place, value, subject=name or correction.target, **facts)
    status: CorrectionStatus = "不適用"
    if code == "O101":
        status = "対象なし" if label == "対象" else "記入誤り"
    current = str(facts.get("current", ""))
    return AppliedCorrection(correction, status, current, name, row_id), [item]


def _quoted(value: object) -> str:
    return f"『{value}』" if value else "空欄"


def unread(correction: Correction) -> Outcome | None:
    """R110, R111 for a correction of which a cell says nothing: what was meant is unknown, and a
    blank 修正後 would take away the value."""
    if not correction.unread:
        return None
    found = [
        finding(
            *unread_cell(error, correction.at(heading)),
            subject=correction.target,
        )
        for heading, error in correction.unread.items()
    ]
    return AppliedCorrection(correction, "不適用", "", ""), found


def _apply(
    correction: Correction, index: _Rows, by_row: dict[int, list[Finding]], strategy: Strategy
) -> Outcome:
    if outcome := unread(correction):
        return outcome
    failed = partial(not_applied, correction, None)
    if correction.operation not in OPERATIONS:
        return failed("O101", "操作", correction.operation, variant="operation")
    withhold = correction.operation == WITHHOLD
    field = None if withhold else _field(correction, strategy)
    if field is None and not withhold:
        # First, for the 対象 may be an indicator that has no such 項目 either.
        return failed("O101", "項目", correction.field_label, variant="field")
    rows = index.find(correction.target)
    if len(rows) != 1:
        said = correction.target
        variant, facts = index.ambiguous(rows) if rows else index.unfound(said, withhold)
        return failed("O101", "対象", correction.target, variant=variant, count=len(rows), **facts)
    row = rows[0]
    failed = partial(not_applied, correction, row, target=correction.target)
    by_number = bare_number(correction.target) is not None
    if field is None:
        name, before = strategy.field_by_name["name"], correction.before
        if not text.is_blank(before) and not _same(before, row, name, strategy):
            facts = {"variant": "withhold", "current": _current(row, name)}
            return failed("O102", name.label, text.to_text(before), **facts)
        row.withheld = True
        return AppliedCorrection(correction, "適用", "", row.name or "", row.row_id), []
    after = amounts.parse_integer(correction.after).value
    if field.name == "number" and (after is None or after < 1):
        return failed("O101", "修正後", text.to_text(correction.after), variant="number")
    current = _current(row, field)
    if _done(correction.after, row, field, strategy):
        variant = "done_by_number" if by_number else "done"
        return failed("O103", field.label, correction.target, variant=variant, current=current)
    asked = correction.operation == CORRECT or not text.is_blank(correction.before)
    if asked and not _same(correction.before, row, field, strategy):
        typed, variant = text.to_text(correction.before), "by_number" if by_number else ""
        return failed("O102", field.label, typed, variant=variant, current=current)
    place = replace(correction.at("修正後"), row_id=row.row_id, field=field.name, label=field.label)
    if field.name in ("measure", "number", "name") and field.name not in row.corrected:
        setattr(row, f"former_{field.name}", row.value(field.name))
    row.corrected = {**row.corrected, field.name: place}
    changed = row.raw.with_value(field.name, _as_in_a_form(correction.after, field))
    _, by_row[row.row_id] = parse_row(changed, row.submitter, strategy, row)
    applied = AppliedCorrection(correction, "適用", current, row.name or "", row.row_id, field.name)
    return applied, []


def _as_in_a_form(value: text.Value, field: Field) -> text.Value:
    """修正後 as a form has it: the cells of 修正 are texts, which is no conversion to be told."""
    if not (isinstance(value, str) and field.kind in ("money", "integer")):
        return value
    number = amounts.parse_integer(value).value
    return value if number is None else number


def _field(correction: Correction, strategy: Strategy) -> Field | None:
    if correction.operation == REORDER:
        return strategy.field_by_name["number"]
    name = strategy.field_spellings.get(text.key(correction.field_label))
    return None if name is None else strategy.field_by_name[name]


def _current(row: ProjectRow, field: Field) -> str:
    """The value as it was typed; an error value shows as such."""
    error = row.raw.errors.get(field.name)
    return error or text.to_text(row.raw.values.get(field.name))


def _done(value: text.Value, row: ProjectRow, field: Field, strategy: Strategy) -> bool:
    """Whether nothing is left to correct. Texts count to the letter: ３０ → 30 is a correction."""
    if field.kind in ("name", "text") and not text.is_blank(value):
        return text.tidy(value).value == text.tidy(row.raw.values.get(field.name)).value
    return _same(value, row, field, strategy)


def _same(value: text.Value, row: ProjectRow, field: Field, strategy: Strategy) -> bool:
    """Whether a typed value means what the row says now, as typed or as understood."""
    typed = row.raw.errors.get(field.name) or row.raw.values.get(field.name)
    # What is taken for granted until its cell is mended is not what the cell says.
    understood = None if field.name in row.unknown else row.value(field.name)
    if text.is_blank(value):
        return text.is_blank(typed)
    # A long text may be copied from 指摘一覧, which shows its beginning.
    spellings = {text.key(text.to_text(typed)), text.key(excerpt(text.to_text(typed)))}
    if understood is not None:
        spellings.add(text.key(text.to_text(understood)))
    mine = {text.key(text.to_text(value))}
    if field.kind in ("money", "integer"):
        amount = amounts.parse_money(value).amount
        mine |= set() if amount is None else {str(amount)}
    if field.kind == "measure":
        mine = {strategy.measure_spellings.get(spelling, spelling).casefold() for spelling in mine}
    return bool(mine & spellings)


def addressed(findings: Iterable[Finding], records: Iterable[FileRecord]) -> list[Finding]:
    """What is found in the office's own sheet is the office's to mend."""
    sheets = {record.file for record in records if record.outcome == "office"}
    return [
        replace(f, addressee=OFFICE) if f.place.file in sheets and f.addressee != "-" else f
        for f in findings
    ]
