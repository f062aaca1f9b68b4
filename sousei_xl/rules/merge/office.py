"""What the office decided in ``事務局修正.xlsx``: corrections, withheld rows, order, confirmations.

A department's file is never touched. A correction whose 修正前 no longer fits is not applied and
said so, because the department may have corrected the value itself meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any

from sousei_xl import text
from sousei_xl.findings import (
    OFFICE,
    RULES,
    Finding,
    Place,
    acknowledge,
    clip,
    collapse,
    excerpt,
    finding,
)
from sousei_xl.rules.merge.targets import TARGET, Aliases, bare_number
from sousei_xl.rules.parse import parse_row
from sousei_xl.rules.records import (
    CORRECT,
    LONGEST_NAME,
    OPERATIONS,
    REORDER,
    WITHHOLD,
    Acknowledgement,
    AppliedAcknowledgement,
    AppliedCorrection,
    Correction,
    CorrectionStatus,
    FileRecord,
    ProjectRow,
    unread_cell,
)
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import Field

OF_A_MEASURE = ("L109",)  # it stands at a row and is not about it
_OTHERS = re.compile(r"\sほか(\d+)件\s*$")  # at the end of what ``joined_targets`` gives


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
    if code == "O102":
        facts["typed"] = f"『{value}』" if value else "空欄"
    item = finding(code, place, value, subject=name or correction.target, **facts)
    status: CorrectionStatus = "不適用"
    if code == "O101":
        status = "対象なし" if label == "対象" else "記入誤り"
    current = str(facts.get("current", ""))
    return AppliedCorrection(correction, status, current, name, row_id), [item]


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
    spellings = {text.key(text.to_text(typed))}
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


def acknowledge_findings(
    findings: Sequence[Finding],
    acknowledgements: Sequence[Acknowledgement],
    complete: bool = True,
    not_asked: Container[str] = (),
    aliases: Aliases | None = None,
) -> tuple[list[Finding], tuple[AppliedAcknowledgement, ...]]:
    """Mark the 要確認 that the office has confirmed; O103 for confirmations that fit nothing.

    A confirmation fits a finding of its code with the same 対象 and, where it names one, the same
    value; where none has that 対象, those that a line of 指摘一覧 shows together with it; where
    there are none of these either, one of the only row that has it by another name
    (``aliases``). Until the list is ``complete``, its own findings may
    still come: a confirmation of one of them is not stale yet. Nor is one of a code that was
    ``not_asked`` in this run, for last year's list was not given. Returns all findings, and what
    each confirmation has met.
    """
    result = list(findings)
    applied: list[AppliedAcknowledgement] = []
    for item in acknowledgements:
        if item.unread:
            applied.append(AppliedAcknowledgement(item, "今回は照合していない"))
            result += [
                replace(finding(*unread_cell(error, item.at(heading))), addressee=OFFICE)
                for heading, error in item.unread.items()
            ]
            continue
        if item.code not in RULES:
            applied.append(AppliedAcknowledgement(item, "当てはまる指摘なし"))
            result.append(finding("O103", item.at("指摘コード"), item.code, variant="no_code"))
            continue
        place = replace(item.place, label="対象")
        target = item.target
        if aliases and item.code in OF_A_MEASURE:
            target = aliases.measure(target)
        matches = [
            i for i, found in enumerate(result) if found.code == item.code and _fits(target, found)
        ]
        if not matches:
            together = _of_a_line(target, [f for f in result if f.code == item.code])
            matches = [i for i, found in enumerate(result) if found in together]
        elsewhere: list[int] = []
        variant = "renamed"
        if not matches and aliases and item.code not in OF_A_MEASURE:
            rows = aliases.row_ids(item.target)
            if not rows:
                rows, variant = aliases.named(item.target), "named"
            elsewhere = [
                i
                for i, found in enumerate(result)
                if found.code == item.code and found.place.row_id in rows
            ]
            matches = elsewhere if len(rows) == 1 else []
        same = [i for i in matches if _is_unchanged(item, result[i])]
        for i in same:
            if result[i].severity == "要確認":
                result[i] = acknowledge(result[i])
        if any(result[i].severity == "要確認" for i in same):
            applied.append(AppliedAcknowledgement(item, "確認済"))
        elif not matches and item.code in not_asked:
            applied.append(AppliedAcknowledgement(item, "今回は照合していない"))
        elif not (matches or complete or RULES[item.code].scope != "list"):
            applied.append(AppliedAcknowledgement(item, "提出がそろってから照合"))
        else:
            applied.append(AppliedAcknowledgement(item, "当てはまる指摘なし"))
            if elsewhere and not matches:
                meant = (result[i].target for i in elsewhere)
                result.append(_renamed(item, place, variant, "』か『".join(dict.fromkeys(meant))))
            else:
                result.append(_stale(item, place, [result[i] for i in matches]))
    return result, tuple(applied)


def _is_unchanged(item: Acknowledgement, found: Finding) -> bool:
    """Whether the value is the confirmed one, be it written in full or as 指摘一覧 shows it."""
    confirmed = text.key(item.confirmed)
    return confirmed in ("", text.key(found.value), text.key(excerpt(found.value)))


def _fits(target: str, found: Finding) -> bool:
    """Also by its number alone, and with the name that the list prints."""
    wanted = text.key(target)
    match = TARGET.fullmatch(found.target)
    place = f"{match['measure']}-{match['number']}" if match and match["number"] else ""
    said = {found.target, place, f"{place or found.target} {found.subject}"}
    names = {text.key(name) for name in said if name}
    return wanted in names or wanted.replace("-", "") in {n.replace("-", "") for n in names}


def _of_a_line(target: str, found: Sequence[Finding]) -> set[Finding]:
    """Those of ``found`` that 指摘一覧 has in one line of this 対象 (``joined_targets``).

    Whatever it names is confirmed, also when others of the line are gone or have come meanwhile.
    「ほかn件」 stands for the rest of the line while that is as many as it was: which they were,
    nobody knows.
    """
    listed, *others = _OTHERS.split(target)
    line = f"、{_bare(listed)}、"
    named = {f for f in found if f.target and f"、{_bare(f.target)}、" in line}
    if not others:
        return named
    for group in collapse(found):
        rest = {f.target for f in group} - {f.target for f in named}
        if len(rest) == int(others[0]) and not named.isdisjoint(group):
            return set(group)
    return set()


def _bare(target: str) -> str:
    """Not ``text.key``: what that takes from the end of a name is in the midst of a line."""
    return "".join(text.nfkc(target).split()).casefold()


def _renamed(item: Acknowledgement, place: Place, variant: str, meant: str) -> Finding:
    """What it was given for may be the row ``meant``, but its 対象 is another's as well."""
    facts: dict[str, Any] = {"code": item.code, "target": item.target, "subject": item.target}
    return finding("O103", place, item.target, variant=variant, meant=meant, **facts)


def _stale(item: Acknowledgement, place: Place, matches: Sequence[Finding]) -> Finding:
    facts: dict[str, Any] = {"code": item.code, "target": item.target, "subject": item.target}
    if matches and matches[0].severity != "要確認":
        return finding("O103", place, item.target, variant="code", **facts)
    if matches:
        return finding(
            "O103",
            place,
            item.target,
            variant="changed",
            confirmed=item.confirmed,
            current=matches[0].value,
            **facts,
        )
    variant = "others" if _OTHERS.search(item.target) else ""
    return finding("O103", place, item.target, variant=variant, **facts)
