"""What checks look at, and how they say what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sousei_xl import text
from sousei_xl.findings import Finding, finding
from sousei_xl.rules.records import ProjectRow
from sousei_xl.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Listing:
    """What a check may look at. ``judged`` are the rows in the order in which they came, of which
    the ``placed`` ones stand in the order of the list, linked already; the others, and what is no
    project at all (``rules/notes.py``), are ``held``.
    ``namesakes`` are groups of placed rows with one name, two or more.

    ``broken`` has the fields with a 要修正 so far by row id, ``missing`` the units that have no
    accepted file (``complete`` where there is none).
    """

    strategy: Strategy
    judged: Sequence[ProjectRow]
    placed: Sequence[ProjectRow]
    held: Sequence[ProjectRow] = ()
    namesakes: Sequence[Sequence[ProjectRow]] = ()
    missing: tuple[str, ...] = ()
    broken: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """True where every expected unit has an accepted file."""
        return not self.missing


Check = Callable[[Listing], Iterator[Finding]]


def at(
    code: str, row: ProjectRow, name: str, listing: Listing, value: object = "", **facts: Any
) -> Finding:
    """A finding at a field of a row."""
    label = listing.strategy.field_by_name[name].label
    return finding(
        code,
        row.place(name, label),
        value,
        subject=text.with_new_mark(row.name or "", row.category),
        department=row.submitter,
        target=facts.pop("target", row.target),
        **facts,
    )


def money(amount: int | None) -> str:
    """``12,000``; blank for no amount."""
    return "" if amount is None else f"{amount:,}"
