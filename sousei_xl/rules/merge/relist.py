"""Relisting (再掲): which original a relisted row repeats, and the values it takes from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sousei_xl import text
from sousei_xl.findings import Finding, finding
from sousei_xl.rules.parse import budget_of_an_original, in_one_line
from sousei_xl.rules.records import REPEATED, Link, ProjectRow
from sousei_xl.strategy import Strategy
from sousei_xl.text import fresh_key

_BUDGET = ("budget_kind", "budget")
_Found = tuple[Link, ProjectRow]  # how an original was found, and which
_NOBODY: tuple[Link, None] = ("missing", None)


def by_name(
    placed: Sequence[ProjectRow], aside: Iterable[ProjectRow] = ()
) -> dict[str, list[ProjectRow]]:
    """Match key of a name → its rows, in the order of the list; ``aside`` are held and withdrawn.

    Where the office has given an original another name, the rows of its department that relist it
    still have the former one.
    """
    known = (*placed, *aside)
    renamed = {
        (row.counted, fresh_key(row.former_name)): row.name_key
        for row in known
        if row.former_name and not row.is_relisted
    }
    for row in known if renamed else ():
        if not row.is_relisted:  # another one of the department has that name now
            renamed.pop((row.counted, row.name_key), None)
    groups: dict[str, list[ProjectRow]] = defaultdict(list)
    for row in placed:
        key = row.name_key
        groups[renamed.get((row.counted, key), key) if row.is_relisted else key].append(row)
    return groups


def link(
    groups: Mapping[str, list[ProjectRow]],
    held: Iterable[ProjectRow],
    withdrawn: Iterable[ProjectRow],
    strategy: Strategy,
) -> list[Finding]:
    """Set ``original`` and ``link`` (``records.Link``) of the rows in ``groups`` (``by_name``).

    Returns what has changed.
    """
    aside: dict[str, list[_Found]] = defaultdict(list)

    def position(row: ProjectRow) -> tuple[object, ...]:
        measure = strategy.measure_order.get(row.measure or "", len(strategy.measures))
        return measure, row.measure or "", row.number or 0, row.counted or ""

    states: tuple[tuple[Link, Iterable[ProjectRow]], ...] = (
        ("held", held),
        ("withdrawn", withdrawn),
    )
    for state, rows in states:
        for row in sorted(rows, key=position):
            if row.name and not row.is_relisted:
                aside[row.name_key].append((state, row))
    findings: list[Finding] = []
    for key, group in groups.items():
        if len(group) > 1 or group[0].is_relisted:
            findings += _link_group(group, aside[key], strategy)
    return findings


def _link_group(group: list[ProjectRow], aside: list[_Found], strategy: Strategy) -> list[Finding]:
    """One name. Within a department the earliest row is the original of all others."""
    departments: dict[str, list[ProjectRow]] = defaultdict(list)
    listed = {row.counted for row in group if not row.is_relisted}
    owners = listed or {original.counted for _, original in aside}
    # A row that the office adds may leave the department to its original.
    (sole,) = owners if len(owners) == 1 else (None,)
    for row in group:
        departments[text.key(row.counted or sole or "")].append(row)
    findings: list[Finding] = []
    orphans: list[list[ProjectRow]] = []
    for rows in departments.values():
        originals = [row for row in rows if not row.is_relisted]
        if originals:
            findings += _link_department(rows, originals, strategy)
        else:
            orphans.append(rows)

    def own_of(rows: list[ProjectRow]) -> list[_Found]:
        department = rows[0].counted or sole
        return [pair for pair in aside if pair[1].counted == department]

    # Whose original it was comes first: the others may relist what takes its place.
    for rows in sorted(orphans, key=lambda rows: not own_of(rows)):
        own = own_of(rows)
        others: list[_Found] = [("other", r) for r in group if not r.is_relisted]
        state, original = next(iter(own or others or aside), _NOBODY)
        if not own and len({row.counted for _, row in others}) > 1:
            state, original = "several", None
        for row in rows:
            row.link, row.original = state, original
        if state == "withdrawn":
            findings += _promote(rows, strategy)
        elif state == "other" and original and _stands_before(rows[0], original, strategy):
            findings += _swap(rows[0], original, "adopted", strategy)
            for row in group:
                if row.original is original:
                    row.original = rows[0]
    return findings


def _promote(rows: Sequence[ProjectRow], strategy: Strategy) -> list[Finding]:
    """The earliest of the rows whose original is gone takes its place."""
    head, *rest = rows
    findings: list[Finding] = []
    head.relisted = None
    if head.original is not None:
        if head.budget is None and "budget" not in head.unknown:
            findings += budget_of_an_original(head, strategy)
        findings += _repeat(head, head.original, strategy)
        head.counted = head.counted or head.original.counted
    for row in rest:
        row.link, row.original = "found", head
    return findings


def _link_department(
    rows: list[ProjectRow], originals: list[ProjectRow], strategy: Strategy
) -> list[Finding]:
    findings: list[Finding] = []
    head, first = originals[0], rows[0]
    if first.is_relisted and _stands_before(first, head, strategy):
        findings += _swap(first, head, "swapped", strategy)
        head = first
    for row in rows:
        if row is head or row.link == "demoted":
            continue
        if row.is_relisted:
            row.link, row.original = "found", head
        elif row.measure != head.measure:
            row.relisted, row.link, row.original = text.RELISTED, "unmarked", head
            _overrule(row, "relisted", head)
    return findings


def _stands_before(row: ProjectRow, other: ProjectRow, strategy: Strategy) -> bool:
    order = strategy.measure_order
    return order[row.measure or ""] < order[other.measure or ""]


def _swap(first: ProjectRow, head: ProjectRow, link: Link, strategy: Strategy) -> list[Finding]:
    """Make the relisted row, which stands under an earlier measure, the original of ``head``. The
    contents are those of the row that was the original; only the roles change."""
    first.original = None  # an amount of its own that differs is told here: no L103 will
    findings = _repeat(first, head, strategy)
    first.unknown |= head.unknown & {*REPEATED}
    first.relisted, head.relisted = None, text.RELISTED
    if head.link == "withdrawn":  # it stood for another one only
        first.link, first.original, head.link = "withdrawn", head.original, "found"
    else:
        first.link, head.link = link, "demoted"
    head.original = first
    return findings


def fill(placed: Iterable[ProjectRow], strategy: Strategy) -> list[Finding]:
    """Give every relisted row the values of its original; each visible change is an A104.

    Where the original was withdrawn, only blanks are filled: 終了 and its last figures say nothing
    about a row that still stands.
    """
    findings: list[Finding] = []
    for row in placed:
        if row.original is not None:
            findings += _repeat(row, row.original, strategy)
    return findings


def _repeat(row: ProjectRow, original: ProjectRow, strategy: Strategy) -> list[Finding]:
    names = [*REPEATED, *row.own]
    if row.link == "withdrawn":
        names = [name for name in names if _is_left_to_original(row, name)]
    else:
        row.counted = original.counted
    return [told for name in names for told in _take(row, original, name, strategy)]


def _is_left_to_original(row: ProjectRow, name: str) -> bool:
    """Whether a row that stands for its withdrawn original says nothing itself. A blank 掲載区分
    means 継続, and a blank 予算区分 beside an amount 当初."""
    together = _BUDGET if name in _BUDGET else (name,)
    return name != "category" and all(
        text.is_blank(row.raw.values.get(part)) and row.value(part) is None for part in together
    )


def _overrule(row: ProjectRow, name: str, original: ProjectRow) -> None:
    """A correction there is not what is printed (``targets.send_to_originals``)."""
    if name in row.corrected:
        row.overruled = {**row.overruled, name: original}


def _links(row: ProjectRow) -> bool:
    """Whether it is by its corrected name that the row has found its original."""
    return row.former_name is not None and fresh_key(row.former_name) != row.name_key


def _take(row: ProjectRow, original: ProjectRow, name: str, strategy: Strategy) -> list[Finding]:
    mine, theirs = row.value(name), original.value(name)
    if mine is not None and mine == theirs:
        return []
    # Of a budget that is no plain number, nothing is left but what was typed.
    typed = row.raw.values.get(name) if mine is None else mine
    no_amount = original.budget_kind in (text.UNDECIDED, text.INCLUDED)
    taken = original.budget_kind if name == "budget" and no_amount else theirs
    shown = "" if text.is_blank(typed) else text.to_text(typed)
    if mine == theirs and (not shown or text.key(shown) == text.key(text.to_text(taken))):
        return []  # both are without a value, for the same reason
    same_in_print = name == "category" and {mine, theirs} <= {None, text.CONTINUED}
    if not same_in_print and not (name == "name" and _links(row)):
        _overrule(row, name, original)
    # A figure that differs from the original's is L103 (``checks/lists.py``).
    told = name == "budget" and row.differs_from_original
    if name in row.own:
        row.own = {**row.own, name: theirs}
    else:
        setattr(row, name, theirs)
    if name in row.unknown or same_in_print or told:
        return []
    if taken is None:
        variant = "waiting" if name in original.unknown else "emptied"
    else:
        variant = "blank" if not shown else "unread" if mine is None else ""
    return [
        finding(
            "A104",
            row.place(name, strategy.field_by_name[name].label),
            shown,
            variant=variant,
            subject=original.name or "",
            department=row.submitter,
            target=row.target,
            original=original.target,
            expected="" if taken is None else in_one_line(taken),
        )
    ]
