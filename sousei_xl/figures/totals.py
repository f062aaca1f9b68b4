"""Subtotals and totals of the list, on both bases (再掲を含む, 再掲を除く)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.rules.records import ListedRow
from sousei_xl.strategy import GROSS, Strategy


@dataclass(frozen=True, slots=True)
class Subtotal:
    """Counts and thousand yen of one group of rows; ``goal`` is 0 for the total.

    ``gross`` sums all rows (再掲を含む), ``net`` leaves relisted rows out (再掲を除く).
    ``undecided`` counts the rows without an amount: 未定 or unreadable (内数 has none by nature).
    """

    goal: int
    label: str
    rows: int
    relisted: int
    gross: int
    net: int
    undecided: int

    @property
    def projects(self) -> int:
        """Rows without the relisted ones."""
        return self.rows - self.relisted

    def printed(self, basis: str) -> int:
        """The figure on the basis that the settings print."""
        return self.gross if basis == GROSS else self.net


@dataclass(frozen=True, slots=True)
class Totals:
    """One Subtotal per goal, per measure and per department, and the total."""

    goals: tuple[Subtotal, ...]
    measures: tuple[Subtotal, ...]
    departments: tuple[Subtotal, ...]
    total: Subtotal
    new: int


@dataclass(slots=True)
class _Sum:
    """A Subtotal while the rows go by."""

    rows: int = 0
    relisted: int = 0
    gross: int = 0
    net: int = 0
    undecided: int = 0

    def add(self, row: ListedRow) -> None:
        """Take in one row."""
        self.rows += 1
        self.relisted += row.relisted
        self.gross += row.budget or 0
        self.net += 0 if row.relisted else row.budget or 0
        self.undecided += row.budget is None and row.budget_kind != text.INCLUDED

    def subtotal(self, goal: int, label: str) -> Subtotal:
        """What has been taken in so far."""
        return Subtotal(goal, label, self.rows, self.relisted, self.gross, self.net, self.undecided)


def totals(listed: Iterable[ListedRow], strategy: Strategy) -> Totals:
    """All groups in the order of the strategy, empty ones included.

    Departments are those that rows are ``counted`` under; one that is not in the strategy (a row
    with R117) comes last, so that the parts always add up to the total.
    """
    goals: dict[int, _Sum] = defaultdict(_Sum)
    measures: dict[str, _Sum] = defaultdict(_Sum)
    departments: dict[str, _Sum] = defaultdict(_Sum)
    total, new = _Sum(), 0
    for row in listed:
        for group in (goals[row.goal], measures[row.measure], departments[row.counted], total):
            group.add(row)
        new += row.category == text.NEW and not row.relisted
    known = [d.name for d in strategy.departments]
    unknown = sorted(departments.keys() - set(known))
    return Totals(
        goals=tuple(goals[g.number].subtotal(g.number, g.list_name) for g in strategy.goals),
        measures=tuple(measures[m.key].subtotal(m.goal, m.key) for m in strategy.measures),
        departments=tuple(departments[name].subtotal(0, name) for name in [*known, *unknown]),
        total=total.subtotal(0, "合計"),
        new=new,
    )
