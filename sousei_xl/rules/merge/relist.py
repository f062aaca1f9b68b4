"""Relisting (再掲): which original a relisted row repeats, and the values it takes from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sousei_xl import text
from sousei_xl.findings import Finding, finding
from sousei_xl.rules.records import ProjectRow
from sousei_xl.strategy import Strategy

# What a relisted row repeats; number and relevance are its own, a note is the department's.
_REPEATED = ("name", "category", "department", "budget_kind", "budget", "description")


def link(
    placed: Sequence[ProjectRow],
    held: Iterable[ProjectRow],
    withdrawn: Iterable[ProjectRow],
    strategy: Strategy,
) -> None:
    """Set ``original`` and ``link`` of the rows; ``placed`` stands in the order of the list.

    ``link`` of a relisted row: ``found``; ``unmarked`` (an unmarked repetition under a later
    measure becomes relisted); ``demoted`` (it called itself the original, but an earlier row
    exists, whose link is ``swapped``); ``other`` (only another department has that name);
    ``held`` or ``withdrawn`` (the original is); ``missing``.
    """
    groups: dict[str, list[ProjectRow]] = defaultdict(list)
    for row in placed:
        groups[text.key(row.name or "")].append(row)
    aside: dict[str, list[tuple[str, ProjectRow]]] = defaultdict(list)
    for state, rows in (("held", held), ("withdrawn", withdrawn)):
        for row in rows:
            if row.name and not row.is_relisted:
                aside[text.key(row.name)].append((state, row))
    for key, group in groups.items():
        if len(group) > 1 or group[0].is_relisted:
            _link_group(group, aside[key], strategy)


def _link_group(
    group: list[ProjectRow], aside: list[tuple[str, ProjectRow]], strategy: Strategy
) -> None:
    """One name. Within a department the earliest row is the original of all others."""
    departments: dict[str, list[ProjectRow]] = defaultdict(list)
    for row in group:
        departments[text.key(row.counted or "")].append(row)
    orphans: list[ProjectRow] = []
    for rows in departments.values():
        originals = [row for row in rows if not row.is_relisted]
        if originals:
            _link_department(rows, originals, strategy)
        else:
            orphans += rows
    others = [row for row in group if not row.is_relisted]
    for row in orphans:
        own = [pair for pair in aside if pair[1].counted == row.counted]
        candidates = own or [("other", other) for other in others] or aside
        row.link, row.original = candidates[0] if candidates else ("missing", None)


def _link_department(
    rows: list[ProjectRow], originals: list[ProjectRow], strategy: Strategy
) -> None:
    order = strategy.measure_order
    head, first = originals[0], rows[0]
    if first.is_relisted and order[first.measure or ""] < order[head.measure or ""]:
        # The contents are the original's; only the roles change.
        for name in _REPEATED:
            setattr(first, name, getattr(head, name))
        first.counted, first.own = head.counted, dict(head.own)
        first.unknown |= head.unknown & {*_REPEATED}
        first.relisted, first.link = None, "swapped"
        head.relisted, head.link, head.original = text.RELISTED, "demoted", first
        head = first
    for row in rows:
        if row is head or row.link == "demoted":
            continue
        if row.is_relisted:
            row.link, row.original = "found", head
        elif row.measure != head.measure:
            row.relisted, row.link, row.original = text.RELISTED, "unmarked", head


def fill(placed: Iterable[ProjectRow], strategy: Strategy) -> list[Finding]:
    """Give every relisted row the values of its original; each visible change is an A104.

    A budget that differs is L103 (``checks.py``) and is not reported again here.
    """
    findings: list[Finding] = []
    for row in placed:
        if row.original is None:
            continue
        for name in (*_REPEATED, *row.own):
            findings += _take(row, row.original, name, strategy)
        row.counted = row.original.counted
    return findings


def _take(row: ProjectRow, original: ProjectRow, name: str, strategy: Strategy) -> list[Finding]:
    mine, theirs = row.value(name), original.value(name)
    if mine == theirs:
        return []
    if name in row.own:
        row.own[name] = theirs
    else:
        setattr(row, name, theirs)
    if name in row.unknown or (name == "budget" and mine is not None) or theirs is None:
        return []
    label = strategy.field_by_name[name].label
    return [
        finding(
            "A104",
            row.place(name, label),
            "" if mine is None else mine,
            variant="blank" if mine is None else "",
            subject=original.name or "",
            department=row.submitter,
            target=row.target,
            original=original.target,
            taken=theirs,
        )
    ]
