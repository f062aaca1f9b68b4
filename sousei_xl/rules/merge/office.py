"""What the office decided in ``事務局修正.xlsx``: corrections, withheld rows, order.

A department's file is never touched. A correction whose 修正前 no longer fits is not applied and
said so, because the department may have corrected the value itself meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any

from sousei_xl import text
from sousei_xl.findings import OFFICE, Finding, clip, excerpt, finding
from sousei_xl.rules.merge.targets import TARGET, bare_number
from sousei_xl.rules.parse import parse_row
from sousei_xl.rules.records import (
    CORRECT,
    LONGEST_NAME,
    OPERATIONS,
    REORDER,
    WITHHOLD,
    AppliedCorrection,
    Correction,
    CorrectionStatus,
    FileRecord,
    ProjectRow,
    unread_cell,
)
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import Field


class _Rows:
    """Finds rows by the office's 対象, always by what was submitted: corrections change the rows
    themselves, one after the other."""

    def __init__(self, rows: Iterable[ProjectRow], strategy: Strategy) -> None:
        self._spellings = strategy.measure_spellings
        self._now: dict[int, ProjectRow] = {}
        self._by_number: dict[tuple[str, int | None], list[ProjectRow]] = {}
        self._by_measure: dict[str, list[ProjectRow]] = {}
        self._unplaced: list[ProjectRow] = []
        for row in rows:
            self._now[row.row_id] = row
            submitted = copy(row)
            if row.measure not in strategy.measure_by_key:
                self._unplaced.append(submitted)
            elif row.measure is not None:
                self._by_number.setdefault((row.measure, row.number), []).append(submitted)
                self._by_measure.setdefault(row.measure, []).append(submitted)

    def find(self, target: str) -> list[ProjectRow]:
        """Rows that a 対象 such as ``1ア-4``, ``1ア-4 事業名`` or ``1ア 事業名`` may mean.

        Rows of one name are told apart by their department: ``1ア 事業名（経済部）``. A row without
        a known measure goes by what its findings show, or by its name.
        """
        normal = text.nfkc(target).strip()
        match = TARGET.fullmatch(normal)
        if match:
            measure, name = match["measure"], match["name"]
            number = int(match["number"]) if match["number"] else None
        else:
            measure, _, name = normal.partition(" ")
            number = None
        key = self._spellings.get(text.key(measure), "")
        if name:
            rows = self._named(key, number, name)
        else:
            rows = self._by_number.get((key, number), []) if number is not None else []
        wanted = text.key(target)
        rows = rows or [
            r
            for r in self._unplaced
            if wanted in (text.key(r.target), text.key(r.named_target), r.name_key)
        ]
        if len({r.name_key for r in rows}) == 1:
            # The office mends what it has added itself in 追加.
            rows = [r for r in rows if not r.is_added] or rows
        return [self._now[r.row_id] for r in rows]

    def _named(self, measure: str, number: int | None, name: str) -> list[ProjectRow]:
        """The rows of a name: with the number that stands beside it, or else without one (the list
        has given it), or else any, for a name stays where numbers move."""
        said = text.key(name)
        rows = self._by_measure.get(measure, [])
        same = [r for r in rows if said in (r.name_key, text.key(_shown(r.name)))]
        same = same or [r for r in rows if text.key(_with_department(r)) == said]
        if number is None:
            return same
        numbered = [r for r in same if r.number == number]
        return numbered or [r for r in same if r.number is None] or same

    def unfound(self, target: str, file: str) -> tuple[str, dict[str, str]]:
        """What O101 says of a 対象 that no row has: (variant, facts). ``file`` is the office's."""
        normal = text.nfkc(target).strip()
        match = TARGET.fullmatch(normal)
        name = match["name"] if match else normal.partition(" ")[2]
        moved = [row for row in self._anywhere(name or "") if not row.is_added]
        if len(moved) == 1:
            row = self._now[moved[0].row_id]
            return "moved", {"name": _shown(row.name), "write": row.named_target}
        if match and match["number"] and match["name"]:
            place = f"{match['measure']}-{match['number']}"
            rows = self.find(place)
            if len(rows) == 1:
                now = {"name": _shown(rows[0].name), "write": rows[0].named_target}
                return "another", {"place": place, **now}
        return ("added" if self._is_of_added_measure(target, file) else ""), {}

    def _anywhere(self, name: str) -> list[ProjectRow]:
        """The rows of a name in whatever measure."""
        return [r for m in self._by_measure for r in self._named(m, None, name)] if name else []

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

    def _is_of_added_measure(self, target: str, file: str) -> bool:
        """Whether ``file``, the office's, adds an unnumbered row to the measure of ``target``.

        Such a row is printed with a number that it is not found by.
        """
        measure = re.split(r"[\s-]", text.nfkc(target).strip())[0]
        rows = self._by_measure.get(self._spellings.get(text.key(measure), ""), [])
        return any(r.raw.file == file and r.number is None for r in rows)


def _shown(name: str | None) -> str:
    return clip(text.printable(name or ""), LONGEST_NAME)


def _with_department(row: ProjectRow) -> str:
    return f"{_shown(row.name)}（{row.submitter}）"


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
            *unread_cell(error, replace(correction.at(heading), label=heading)),
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
        variant, facts = (
            index.ambiguous(rows)
            if rows
            else index.unfound(correction.target, correction.place.file)
        )
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
    after = text.parse_integer(correction.after).value
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
    number = text.parse_integer(value).value
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
        amount = text.parse_money(value).amount
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
