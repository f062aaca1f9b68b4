"""Which findings the departments' answers are about.

A line of the request sheet is found again by file, sheet, words and 事業名 where it tells one, for
rows move and the office renames, and else by its cells. Whoever shows an answer or asks again goes
by ``Finding.answers``: 点検結果, letters and the next return.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sousei_xl import text
from sousei_xl.findings import Answer, Finding, Place, is_answered, is_for_department
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.records import FileRecord, ListedRow, ListResult
from sousei_xl.rules.units import asked_place, lateness, successors, unit_key

# (file, sheet, request) → findings that were asked so, each with its number and its place.
_Asked = Mapping[tuple[str, str, str], Sequence[tuple[int, Finding, Place]]]


def with_answers(result: ListResult, kpi: IndicatorResult) -> tuple[ListResult, IndicatorResult]:
    """Both rounds, the findings with the answers that were given to them."""
    if not any(record.answers for record in result.files):
        return result, kpi
    findings = [*result.findings, *kpi.findings]
    asked = _asked(findings, successors(result.findings))
    to, unmatched = _matched(result.files, asked, _former_names(result.listed))
    for number, answers in to.items():
        findings[number] = replace(findings[number], answers=tuple(answers))
    own, of_kpi = findings[: len(result.findings)], findings[len(result.findings) :]
    department_of = {record.file: record.department for record in result.files}
    answered = Counter(
        department_of.get(f.place.file) for f in own if is_for_department(f) and is_answered(f)
    )
    departments = (replace(d, answered=answered[d.department]) for d in result.departments)
    result = replace(
        result,
        findings=tuple(own),
        departments=tuple(departments),
        unmatched=tuple(unmatched),
    )
    return result, replace(kpi, findings=tuple(of_kpi))


def questions_told(count: int, answered: int) -> str:
    """How many 要確認 are asked, and how many of them were answered: in letters as in returns."""
    told = f"（うち{answered}件は御回答済み）" if answered else ""
    return f"確認していただきたいところが{count}件{told}"


def _matched(
    records: Sequence[FileRecord], asked: _Asked, former: Mapping[int, str]
) -> tuple[Mapping[int, Sequence[Answer]], Sequence[Answer]]:
    """Number of a finding → its answers; the answers without a finding.

    A return carries its earlier answers along: a replaced file's answer counts where no later file
    of the unit has one.
    """
    in_use = defaultdict(list)
    for record in records:
        if record.outcome == "accepted":
            in_use[unit_key(record)].append(record.file)
    answering = sorted((r for r in records if r.answers), key=lateness, reverse=True)
    answering.sort(key=lambda r: r.outcome == "superseded")
    to: defaultdict[int, list[Answer]] = defaultdict(list)
    unmatched: list[Answer] = []
    seen: set[tuple[object, ...]] = set()
    for record in answering:
        unit, replaced = unit_key(record), record.outcome == "superseded"
        files = in_use[unit] if replaced else [record.file]
        later = set(to) if replaced else set()
        for answer in record.answers:
            found = set(_found(answer, files, asked, former))
            if replaced and ((found and found <= later) or seen & _marks(unit, answer)):
                continue
            for number in sorted(found - later):
                to[number].append(answer)
            if not found:
                unmatched.append(answer)
        seen.update(*(_marks(unit, answer) for answer in record.answers))
    return to, unmatched


def _asked(findings: Iterable[Finding], kept: Mapping[str, str]) -> _Asked:
    asked: defaultdict[tuple[str, str, str], list[tuple[int, Finding, Place]]] = defaultdict(list)
    for number, item in enumerate(findings):
        place = asked_place(item, kept)
        asked[place.file, place.sheet, item.request.strip()].append((number, item, place))
    return asked


def _marks(unit: tuple[str, str], answer: Answer) -> set[tuple[object, ...]]:
    """What tells that a later file of the unit has this line or says the same, if elsewhere."""
    return {
        (unit, answer.spot, answer.name, answer.words),
        (unit, answer.sheet, answer.request, answer.answer),
    }


def _former_names(rows: Sequence[ListedRow]) -> dict[int, str]:
    """Row → match key of the name that it, or what it repeats, had before the office's."""
    renamed = {row.row_id: text.key(row.former_name) for row in rows if row.former_name}
    repeated = {row.row_id: renamed[row.original] for row in rows if row.original in renamed}
    return renamed | repeated


def _found(
    answer: Answer, files: Iterable[str], asked: _Asked, former: Mapping[int, str]
) -> Iterator[int]:
    """The numbers of the findings that the answered line was about."""
    for file in files:
        found = asked.get((file, answer.sheet, answer.request), [])
        if answer.cells is None:
            yield from (number for number, _, _ in found)
            continue
        for cell, name in answer.cells:
            here = {number for number, _, place in found if _is_at(place, cell)}
            if not name:
                yield from here
                continue
            wanted = text.key(name)
            named = [
                (number, place)
                for number, item, place in found
                if wanted in (text.key(item.subject), former.get(item.place.row_id or 0))
            ]
            nameless = {number for number, item, _ in found if not item.subject}
            stayed = here & ({number for number, _ in named} | nameless)
            yield from stayed or _moved(cell, named)


def _moved(cell: str, named: Sequence[tuple[int, Place]]) -> list[int]:
    """The finding of that name where the row has moved to, if it is only one, or only one there in
    the column."""
    column = re.sub(r"\d", "", cell)
    everywhere = [number for number, _ in named]
    in_column = [number for number, place in named if re.sub(r"\d", "", place.cell) == column]
    return next((found for found in (everywhere, in_column) if len(found) == 1), [])


def _is_at(place: Place, spot: str) -> bool:
    """Whether a spot (``H8``, ``8行目``) is the finding's; a row's is its first cell."""
    if place.cell or not place.row:
        return place.cell == spot
    return str(place.row) == re.sub(r"\D", "", spot)
