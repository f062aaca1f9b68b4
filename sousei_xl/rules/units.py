"""Reporting units: whose file replaces whose.

A unit is 部局 + 担当課, compared by match key. Files of different units are united; a later file of
the same unit replaces the earlier one whole, so that a corrected file never brings a withdrawn
project back.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sousei_xl import amounts, text
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.rules import notes
from sousei_xl.rules.records import FileRecord, RawRow, Submission
from sousei_xl.strategy import Strategy

_MARK = re.compile(r"[\W_]")  # no letter and no digit
_REPEATS = 0.5  # more than this share of rows in common: the same unit under another name
_WITHOUT_UNIT = {
    "newer_edition": "newer_edition_blank",
    "newer_save": "newer_save_blank",
    "file_name": "file_name_blank",
}


@dataclass(frozen=True, slots=True)
class Units:
    """The submissions that count, those that were replaced, and the units that lack one.

    ``successors`` maps a file whose projects were replaced to the file that did it.
    """

    active: tuple[Submission, ...]
    superseded: tuple[Submission, ...]
    missing: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    successors: Mapping[str, str]


def settle(submissions: Sequence[Submission], strategy: Strategy) -> Units:
    """Decide for every unit which of its files counts for the list.

    Findings: F206 at the file that counts, L110 at each row of a replaced file that its successor
    lacks. A file without a 事業 sheet never replaces projects.
    """
    groups: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for submission in sorted(submissions, key=lateness):
        groups[unit_key(submission)].append(submission)
    findings: list[Finding] = []
    kept: dict[tuple[str, str], Submission] = {}
    replaced: list[Submission] = []
    successors: dict[str, str] = {}
    for unit, files in groups.items():
        replaced += _outdated_reports(files)
        with_projects = [f for f in files if f.has_projects]
        if not with_projects:
            continue
        *earlier, last = with_projects
        kept[unit] = last
        for place, old in enumerate(earlier):
            replaced.append(old)
            successors[old.file] = last.file
            said = [row for later in earlier[place:] for row in later.rows if row.is_withdrawn]
            findings += _replacement(old, last, replacement_variant(old, last), strategy, said)
    for old, new in _renamed_units(kept, strategy):
        del kept[unit_key(old)]
        replaced.append(old)
        successors[old.file] = new.file
        reason = "repeats" if old.unit and new.unit else "repeats_blank"
        findings += _replacement(old, new, reason, strategy)
    order = strategy.department_order
    active = sorted(kept.values(), key=lambda s: (order[s.department], _unit_place(s, strategy)))
    missing = _missing(active, strategy)
    return Units(tuple(active), tuple(replaced), missing, tuple(findings), successors)


def unit_key(sent: Submission | FileRecord) -> tuple[str, str]:
    """部局 and the match key of 担当課."""
    return sent.department, text.key(sent.unit)


def _unit_place(submission: Submission, strategy: Strategy) -> tuple[int, str]:
    """Sorts the units of a department by 提出課, then by name: never by what a file is called."""
    unit = text.key(submission.unit)
    declared = map(text.key, strategy.department_by_name[submission.department].units)
    return [*declared, unit].index(unit), unit


def lateness(sent: Submission | FileRecord) -> tuple[int, str, str]:
    """Sorts the files of a unit: 版, then the document's own saved time, then the file name."""
    return edition_of(sent), sent.saved, sent.file


def edition_of(sent: Submission | FileRecord) -> int:
    """One whose 版 is blank or cannot be read (F210) is the first, as forms are handed out."""
    return max(sent.edition, 1)


def kpi_lateness(submission: Submission) -> tuple[bool, int, str, str]:
    """Sorts the KPI sheets of a unit: a form of the KPI round stands above any form of the list,
    whatever their 版; among forms of one kind the later one counts.

    版 counts the returns of one form: that of a list form of March says nothing about the summer.
    """
    return submission.kpi_form, *lateness(submission)


def replacement_reason(old: Submission, new: Submission) -> str:
    """Why ``new`` replaces ``old``, a file of its unit."""
    if edition_of(old) != edition_of(new):
        return "newer_edition"
    return "newer_save" if old.saved != new.saved else "file_name"


def replacement_variant(old: Submission, new: Submission) -> str:
    """The variant of F206: the reason, and whether only a blank 担当課 makes one unit of them."""
    reason = replacement_reason(old, new)
    return reason if text.key(new.unit) else _WITHOUT_UNIT[reason]


def _outdated_reports(files: Sequence[Submission]) -> Iterator[Submission]:
    """Files with nothing but a KPI sheet that a later one of the unit replaces."""
    reporting = sorted((f for f in files if f.has_indicators), key=kpi_lateness)
    return (f for f in reporting[:-1] if not f.has_projects)


def replacements(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Replaced file → the F206 at the file that is used in its place.

    ``findings`` are those of the list, which say more, and then those of the KPI round: each round
    knows replacements that the other does not.
    """
    found: dict[str, Finding] = {}
    for item in findings:
        if item.code == "F206":
            found.setdefault(item.value, item)
    return found


def successors(findings: Iterable[Finding]) -> dict[str, str]:
    """Replaced file → the file that is used in its place; ``findings`` as for ``replacements``."""
    return {file: item.place.file for file, item in replacements(findings).items()}


def asked_place(item: Finding, kept: Mapping[str, str]) -> Place:
    """Where a department is asked. ``kept`` are the ``successors`` in the list.

    A row that vanished (L110) stood in a file that nobody uses any more: it is asked about in the
    file that is used, which has no cell for it.
    """
    file = item.place.file
    if item.code != "L110" or file not in kept:
        return item.place
    while file in kept:
        file = kept[file]
    return Place(file, row_id=item.place.row_id)


def _name(row: RawRow) -> str:
    """The match key of a name, whatever mark it bears: R107 asks to take （再掲） off."""
    bare, _ = text.split_new_mark(text.to_text(row.values.get("name")).strip())
    return text.key(text.split_relisted_mark(bare)[0])


def _measure(row: RawRow, strategy: Strategy) -> str:
    typed = text.key(text.to_text(row.values.get("measure")))
    return strategy.measure_spellings.get(typed, typed)


def _projects(rows: Sequence[RawRow], strategy: Strategy) -> Counter[tuple[str, str]]:
    """How often each (measure, name) occurs: a relisted row does not repeat its original."""
    return Counter((_measure(row, strategy), _name(row)) for row in rows if _name(row))


def _renamed_units(
    kept: dict[tuple[str, str], Submission], strategy: Strategy
) -> list[tuple[Submission, Submission]]:
    """(earlier, later) of one department where the later repeats most rows of the earlier.

    Units that the template names are never taken for one another.
    """
    pairs: list[tuple[Submission, Submission]] = []
    by_department: dict[str, list[Submission]] = defaultdict(list)
    for submission in sorted(kept.values(), key=lateness):
        by_department[submission.department].append(submission)
    for department, files in by_department.items():
        expected = {text.key(u) for u in strategy.department_by_name[department].units}
        for i, old in enumerate(files[:-1]):
            if expected and text.key(old.unit) in expected:
                continue
            mine = _projects(old.rows, strategy)
            for new in files[i + 1 :]:
                common = (mine & _projects(new.rows, strategy)).total()
                if mine and common > _REPEATS * mine.total():
                    pairs.append((old, new))
                    break
    return pairs


def _replacement(
    old: Submission,
    new: Submission,
    reason: str,
    strategy: Strategy,
    withdrawn: Sequence[RawRow] = (),
) -> list[Finding]:
    """F206, and L110 for what is gone; of what was ``withdrawn`` before the last file came, the
    department has said so."""
    place = Place(file=new.file)
    department = new.department
    found = [
        finding(
            "F206",
            place,
            old.file,
            variant=reason,
            department=department,
            subject=department,
            target=department,
            kept=new.file,
            dropped=old.file,
        )
    ]
    for row in _vanished(old.rows, (*new.rows, *withdrawn), strategy):
        name = text.to_text(row.values.get("name"))
        measure, number = _measure(row, strategy), text.to_text(row.values.get("number"))
        found.append(
            finding(
                "L110",
                row.place("name", "事業名"),
                name,
                subject=name,
                department=department,
                target=f"{measure}-{number}" if number else f"{measure} {name}".lstrip(),
                dropped=old.file,
            )
        )
    return found


def _vanished(old: Sequence[RawRow], new: Sequence[RawRow], strategy: Strategy) -> Iterator[RawRow]:
    """Rows of the old file that the new one lacks: the first of each measure and name.

    A row under another measure has only moved; one beside another of its measure and name was the
    repetition that L106 asks to delete; one whose text stands in its old place, or whose name does
    but for its marks, was renamed. A total or a note was no project. A name that is only alike may
    be another project's: that is asked.
    """
    before, after = _first_rows(old, strategy), _first_rows(new, strategy)
    surplus = Counter(name for _, name in before) - Counter(name for _, name in after)
    fresh = [row for key, row in after.items() if key not in before]
    for key, row in before.items():
        _, name = key
        if key in after or not surplus[name] or notes.is_no_project(row, strategy):
            continue
        surplus[name] -= 1
        if not any(_is_renamed(row, other, strategy) for other in fresh):
            yield row


def _first_rows(rows: Sequence[RawRow], strategy: Strategy) -> dict[tuple[str, str], RawRow]:
    """(measure, name) → its first row."""
    found: dict[tuple[str, str], RawRow] = {}
    for row in rows:
        if _name(row):
            found.setdefault((_measure(row, strategy), _name(row)), row)
    return found


def _is_renamed(old: RawRow, new: RawRow, strategy: Strategy) -> bool:
    """Whether ``new`` says the same where ``old`` stood, in the list or on the sheet."""
    number = amounts.parse_integer(old.values.get("number")).value
    same_number = (
        number is not None
        and number == amounts.parse_integer(new.values.get("number")).value
        and _measure(old, strategy) == _measure(new, strategy)
    )
    if not (same_number or (old.sheet, old.row) == (new.sheet, new.row)):
        return False
    description = _description(old)
    same_text = bool(description) and description == _description(new)
    return same_text or _MARK.sub("", _name(old)) == _MARK.sub("", _name(new))


def _description(row: RawRow) -> str:
    return text.key(text.to_text(row.values.get("description")))


def _missing(active: Sequence[Submission], strategy: Strategy) -> tuple[tuple[str, str], ...]:
    """Expected units without an accepted file; a department without 提出課 needs any file."""
    have = {(s.department, text.key(s.unit)) for s in active}
    departments = {s.department for s in active}
    return tuple(
        (department, unit)
        for department, unit in strategy.expected_units
        if (unit and (department, text.key(unit)) not in have)
        or (not unit and department not in departments)
    )
