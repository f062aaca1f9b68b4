"""Reporting units of the KPI round: whose KPI sheet replaces whose.

As for projects, but sheet by sheet: a KPI form that comes in late summer replaces the actuals of
the unit's form of the list and leaves its projects alone, and the other way round. A form of the
KPI round goes before any form of the list, whatever their 版 (``kpi_lateness``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.rules.indicators.actuals import parse_actual
from sousei_xl.rules.records import Submission
from sousei_xl.rules.units import (
    kpi_lateness,
    lateness,
    replacement_reason,
    replacement_variant,
    unit_key,
)
from sousei_xl.strategy.indicators import ACTUAL


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

    F206 is left to the list where the same two files replace each other there as well; nobody is
    asked about a form of the KPI round that follows one of the list.
    """
    groups: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for submission in sorted(submissions, key=lateness):
        groups[unit_key(submission)].append(submission)
    active: list[Submission] = []
    replaced: dict[str, tuple[Submission, ...]] = {}
    findings: list[Finding] = []
    for files in groups.values():
        reporting = sorted((f for f in files if f.has_indicators), key=kpi_lateness)
        if not reporting:
            continue
        *earlier, last = reporting
        active.append(last)
        replaced[last.file] = tuple(earlier)
        with_projects = [f for f in files if f.has_projects]
        said = with_projects if with_projects and with_projects[-1] is last else []
        findings += [
            _replaced(old, last)
            for old in earlier
            if old not in said and not _is_next_round(old, last)
        ]
    return IndicatorUnits(tuple(sorted(active, key=kpi_lateness)), replaced, tuple(findings))


def _is_next_round(old: Submission, new: Submission) -> bool:
    """A form of the KPI round that was saved after the form of the list and has all its actuals:
    what every year brings, and nothing to ask about."""
    if not new.kpi_form or old.kpi_form or not "" < old.saved < new.saved:
        return False
    return _actuals(old).items() <= _actuals(new).items()


def _actuals(submission: Submission) -> dict[tuple[str, str], object]:
    """(ID, field) → the number, or what was typed in its place; blank cells left out."""
    found: dict[tuple[str, str], object] = {}
    for row in submission.indicator_rows:
        unit = text.to_text(row.values.get("unit"))
        for name, value in row.values.items():
            if name.startswith(ACTUAL) and not text.is_blank(value):
                number = parse_actual(value, unit).value
                place = text.key(text.to_text(row.values.get("id"))), name
                found[place] = text.key(text.to_text(value)) if number is None else number
    return found


def why_it_counts(old: Submission, new: Submission) -> str:
    """Why the actuals of ``new`` go before those of ``old``, as variants of findings name it."""
    if new.kpi_form and not old.kpi_form:
        return "kpi_form"
    return replacement_reason(old, new)


def _replaced(old: Submission, new: Submission) -> Finding:
    variant = why_it_counts(old, new)
    if variant != "kpi_form":
        listed = old.has_projects or new.has_projects
        variant = "indicators" if listed else replacement_variant(old, new)
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
