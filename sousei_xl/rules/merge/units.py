"""Reporting units: whose file replaces whose.

A unit is 部局 + 担当課, compared by match key. Files of different units are united; a later file of
the same unit replaces the earlier one whole, so that a corrected file never brings a withdrawn
project back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.rules.records import RawRow, Submission
from sousei_xl.strategy import Strategy

_REPEATS = 0.5  # more than this share of rows in common: the same unit under another name


@dataclass(frozen=True, slots=True)
class Units:
    """The submissions that count, those that were replaced, and the units that lack one."""

    active: tuple[Submission, ...]
    superseded: tuple[Submission, ...]
    missing: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]


def settle(submissions: Sequence[Submission], strategy: Strategy) -> Units:
    """Decide for every unit which of its files counts for the list.

    Findings: F206 at the file that counts, L110 at each row of a replaced file that its successor
    lacks. A file without a 事業 sheet never replaces projects.
    """
    groups: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for submission in sorted(submissions, key=_lateness):
        groups[_unit_key(submission)].append(submission)
    findings: list[Finding] = []
    kept: dict[tuple[str, str], Submission] = {}
    replaced: list[Submission] = []
    for unit, files in groups.items():
        with_projects = [f for f in files if f.has_projects]
        if not with_projects:
            continue
        *earlier, last = with_projects
        kept[unit] = last
        for old in earlier:
            replaced.append(old)
            findings += _replacement(old, last, _reason(old, last))
    for old, new in _renamed_units(kept, strategy):
        del kept[_unit_key(old)]
        replaced.append(old)
        findings += _replacement(old, new, "repeats")
    order = {d.name: i for i, d in enumerate(strategy.departments)}
    active = sorted(kept.values(), key=lambda s: (order[s.department], s.file))
    return Units(tuple(active), tuple(replaced), _missing(active, strategy), tuple(findings))


def _unit_key(submission: Submission) -> tuple[str, str]:
    return submission.department, text.key(submission.unit)


def _lateness(submission: Submission) -> tuple[int, str, str]:
    return submission.edition, submission.saved, submission.file


def _reason(old: Submission, new: Submission) -> str:
    if old.edition != new.edition:
        return "newer_edition"
    return "newer_save" if old.saved != new.saved else "file_name"


def _names(rows: Sequence[RawRow]) -> Counter[str]:
    names = (text.key(text.to_text(row.values.get("name"))) for row in rows)
    return Counter(name for name in names if name)


def _renamed_units(
    kept: dict[tuple[str, str], Submission], strategy: Strategy
) -> list[tuple[Submission, Submission]]:
    """(earlier, later) of one department where the later repeats most rows of the earlier.

    Units that the template names are never taken for one another.
    """
    pairs: list[tuple[Submission, Submission]] = []
    by_department: dict[str, list[Submission]] = defaultdict(list)
    for submission in sorted(kept.values(), key=_lateness):
        by_department[submission.department].append(submission)
    for department, files in by_department.items():
        expected = {text.key(u) for u in strategy.department_by_name[department].units}
        for i, old in enumerate(files):
            if expected and text.key(old.unit) in expected:
                continue
            mine = _names(old.rows)
            for new in files[i + 1 :]:
                common = (mine & _names(new.rows)).total()
                if mine and common > _REPEATS * mine.total():
                    pairs.append((old, new))
                    break
    return pairs


def _replacement(old: Submission, new: Submission, reason: str) -> list[Finding]:
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
    surplus = _names(old.rows) - _names(new.rows)
    for row in old.rows:
        key = text.key(text.to_text(row.values.get("name")))
        if surplus[key] > 0:
            surplus[key] -= 1
            name = text.to_text(row.values.get("name"))
            measure = text.to_text(row.values.get("measure"))
            found.append(
                finding(
                    "L110",
                    row.place("name", "事業名"),
                    name,
                    subject=name,
                    department=department,
                    target=measure,
                    kept=new.file,
                    dropped=old.file,
                )
            )
    return found


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
