"""Subtotals and totals of the list, on both bases (再掲を含む, 再掲を除く)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sousei_xl import text
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


def subtotal(rows: pd.DataFrame, goal: int = 0, label: str = "") -> Subtotal:
    """The Subtotal of any selection of rows of the list frame."""
    relisted = rows["relisted"].astype(bool)
    unread = rows["budget"].isna() & (rows["budget_kind"] != text.INCLUDED)
    return Subtotal(
        goal=goal,
        label=label,
        rows=len(rows),
        relisted=int(relisted.sum()),
        gross=int(rows["budget"].sum()),
        net=int(rows.loc[~relisted, "budget"].sum()),
        undecided=int(unread.sum()),
    )


def totals(listed: pd.DataFrame, strategy: Strategy) -> Totals:
    """All groups in the order of the strategy, empty ones included.

    Departments are those of the rows' ``counted`` column; one that is not in the strategy (a row
    with R117) comes last, so that the parts always add up to the total.
    """
    by_goal = dict(list(listed.groupby("goal")))
    by_measure = dict(list(listed.groupby("measure")))
    by_department = {str(name): rows for name, rows in listed.groupby("counted")}
    empty = listed.iloc[:0]
    known = [d.name for d in strategy.departments]
    unknown = sorted(set(by_department) - set(known))
    first = listed[~listed["relisted"].astype(bool)]
    return Totals(
        goals=tuple(
            subtotal(by_goal.get(g.number, empty), g.number, g.list_name) for g in strategy.goals
        ),
        measures=tuple(
            subtotal(by_measure.get(m.key, empty), m.goal, m.key) for m in strategy.measures
        ),
        departments=tuple(
            subtotal(by_department.get(name, empty), 0, name) for name in [*known, *unknown]
        ),
        total=subtotal(listed, 0, "合計"),
        new=int((first["category"] == text.NEW).sum()),
    )
