"""The figures of one row of 数値目標等の状況 as live formulas over the cells beside them.

A formula stands where ``figures/indicators.py`` has a value; both say the same thing, and a test
compares them for every kind of indicator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell

from sousei_xl.figures.indicators import YearFigures
from sousei_xl.sheets.indicators.entries import Entry
from sousei_xl.strategy import Settings
from sousei_xl.strategy import indicators as defined


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand in the table, from left to right; ``years`` have a column each."""

    years: Sequence[int]

    id, name, unit, base_year, baseline, first_year = 0, 1, 2, 3, 4, 5

    @property
    def target(self) -> int:
        """目標値; what follows stands in fixed order behind it."""
        return self.first_year + len(self.years)

    @property
    def target_year(self) -> int:
        """目標値の年."""
        return self.target + 1

    @property
    def year(self) -> int:
        """実績年: the year that the figures to its right are about."""
        return self.target + 2

    @property
    def progress(self) -> int:
        """進捗率, followed by 目安 and 達成率."""
        return self.target + 3

    @property
    def distance(self) -> int:
        """目標まで."""
        return self.target + 6

    @property
    def class_name(self) -> int:
        """判定."""
        return self.target + 7

    @property
    def change(self) -> int:
        """前年差."""
        return self.target + 8

    @property
    def trend(self) -> int:
        """推移 (a sparkline), the last column."""
        return self.target + 9

    def of_year(self, year: int) -> int:
        """The column of a year's actual."""
        return self.first_year + self.years.index(year)


@dataclass(frozen=True, slots=True)
class Formulas:
    """The formulas of one entry in row ``row`` (from 0) about the year of ``figures``."""

    entry: Entry
    figures: YearFigures
    row: int
    columns: Columns
    settings: Settings

    @property
    def progress(self) -> str:
        """進捗率 R."""
        return f"={self._progress(self._achieved)}"

    @property
    def expected(self) -> str:
        """目安 E: the straight line, or what the office's own target of the year comes to."""
        indicator = self.entry.indicator
        own = indicator.yearly_targets.get(self.figures.year)
        if own is not None:
            return f"={self._progress(own)}"
        if self.figures.year >= defined.target_year(indicator, self.settings):
            return "=1"
        year, end = self._cell(self.columns.year), self._cell(self.columns.target_year)
        if self.entry.is_sum:
            before = self._first - 1
            return f"=({year}-{before})/({end}-{before})"
        start = self._cell(self.columns.base_year)
        return f"=({year}-{start})/({end}-{start})"

    @property
    def attainment(self) -> str:
        """達成率 a/t."""
        return f"={self._achieved}/{self._target}"

    @property
    def distance(self) -> str:
        """What is missing to the target, whichever way it lies."""
        indicator = self.entry.indicator
        if defined.is_kept_at_nothing(indicator):
            return f"=ABS({self._achieved})"
        pair = (self._target, self._achieved)
        return "=" + "-".join(reversed(pair) if defined.is_to_fall(indicator) else pair)

    @property
    def change(self) -> str:
        """This year's value less the one before, or less the baseline if it is of that year."""
        before = self.figures.year - 1
        known = before in self.entry.report.actuals and before in self.columns.years
        earlier = self.columns.of_year(before) if known else self.columns.baseline
        return f"={self._cell(self._actual_column)}-{self._cell(earlier)}"

    @property
    def _first(self) -> int:
        """The first year that counts into the sum of 期間累計."""
        return defined.first_year(self.entry.indicator, self.settings)

    @property
    def _actual_column(self) -> int:
        return self.columns.of_year(self.figures.year)

    @property
    def _achieved(self) -> str:
        """The value held against the target; of 期間累計 the sum of the years so far."""
        last = self._cell(self._actual_column)
        if not self.entry.is_sum:
            return last
        return f"SUM({self._cell(self.columns.of_year(self._first))}:{last})"

    @property
    def _target(self) -> str:
        return self._cell(self.columns.target)

    def _progress(self, achieved: str) -> str:
        if self.entry.is_sum:
            return f"{achieved}/{self._target}"
        start = self._cell(self.columns.baseline)
        return f"({achieved}-{start})/({self._target}-{start})"

    def _cell(self, column: int) -> str:
        return str(xl_rowcol_to_cell(self.row, column))
