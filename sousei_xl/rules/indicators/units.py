"""Reporting units of the KPI round: whose KPI sheet replaces whose.

As for projects, but sheet by sheet: a KPI form that comes in late summer replaces the actuals of
the unit's form of the list and leaves its projects alone, and the other way round. A form of the
KPI round goes before any form of the list, whatever their 版 (``standing``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sousei_xl.findings import Finding, Place, finding
from sousei_xl.rules.merge.units import lateness, replacement_reason, standing, unit_key
from sousei_xl.rules.records import Submission


@dataclass(frozen=True, slots=True)
class IndicatorUnits:
    """The files whose KPI sheet counts, from the earliest to the latest, and F206.

    Forms of the KPI round are the latest, whatever their 版. ``replaced`` maps each file to those
    of its unit that it replaces, earliest first.
    """

    active: tuple[Submission, ...]
    replaced: Mapping[str, tuple[Submission, ...]]
    findings: tuple[Finding, ...]


def settle(submissions: Sequence[Submission]) -> IndicatorUnits:
    """Decide for every unit which of its KPI sheets counts.

    F206 is left to the list where the same two files replace each other there as well.
    """
    groups: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for submission in sorted(submissions, key=lateness):
        groups[unit_key(submission)].append(submission)
    active: list[Submission] = []
    replaced: dict[str, tuple[Submission, ...]] = {}
    findings: list[Finding] = []
    for files in groups.values():
        reporting = sorted((f for f in files if f.has_indicators), key=standing)
        if not reporting:
            continue
        *earlier, last = reporting
        active.append(last)
        replaced[last.file] = tuple(earlier)
        with_projects = [f for f in files if f.has_projects]
        said = with_projects if with_projects and with_projects[-1] is last else []
        findings += [_replaced(old, last) for old in earlier if old not in said]
    return IndicatorUnits(tuple(sorted(active, key=standing)), replaced, tuple(findings))


def _replaced(old: Submission, new: Submission) -> Finding:
    if new.kpi_form and not old.kpi_form:
        variant = "kpi_form"
    else:
        mixed = old.has_projects or new.has_projects
        variant = "indicators" if mixed else replacement_reason(old, new)
    return finding(
        "F206",
        Place(file=new.file),
        old.file,
        variant=variant,
        department=new.department,
        subject=new.department,
        target=new.department,
        kept=new.file,
        dropped=old.file,
    )
