"""What one small chart shows: the values of an indicator by year, and the way to its target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sousei_xl.figures.precision import number_format, with_unit
from sousei_xl.sheets.indicators.entries import Entry
from sousei_xl.strategy import Indicator, Settings
from sousei_xl.strategy import indicators as defined

EXPECTED, ACTUAL, BASELINE, TARGET = "目安", "実績値", "現状値", "目標値"
# In the order in which they are drawn, the later over the earlier.
LINES = (EXPECTED, ACTUAL, BASELINE, TARGET)


@dataclass(frozen=True, slots=True)
class Trend:
    """The lines of one chart: name → year → value, on the scale of the target.

    期間累計 is shown as the running sum, from nothing in the year before the first. ``years`` go
    from the first value to the target, at least over the plan.
    """

    entry: Entry
    years: range
    values: Mapping[str, Mapping[int, Decimal]]

    @classmethod
    def of(cls, entry: Entry, settings: Settings) -> Trend:
        """The lines of an entry; what it has no figures for is empty."""
        indicator = entry.indicator
        start, aim = defined.baseline(indicator), defined.target(indicator)
        begun, end = defined.baseline_year(indicator), defined.target_year(indicator, settings)
        baseline: dict[int, Decimal] = {}
        if start is not None and begun is not None and not entry.is_sum:
            baseline[begun] = start
        actual = {
            f.year: achieved
            for f in entry.years
            if (achieved := f.cumulated if entry.is_sum else f.actual) is not None
        }
        values = {
            EXPECTED: _expected(entry, settings),
            ACTUAL: {**baseline, **actual},
            BASELINE: baseline,
            TARGET: {} if aim is None else {end: aim},
        }
        known = [year for line in values.values() for year in line]
        first, last = settings.plan_years
        years = range(min([first, *known]), max([last, *known]) + 1)
        return cls(entry, years, values)

    @property
    def title(self) -> str:
        """ID, name and unit: ``2オ-3 観光客宿泊延数（万泊）``."""
        indicator = self.entry.indicator
        unit = f"{indicator.unit}、累積" if self.entry.is_sum else indicator.unit
        return f"{indicator.id} {defined.title(indicator)}" + (f"（{unit}）" if unit else "")

    @property
    def latest_actual(self) -> int | None:
        """The latest year with a value that was reported, not with the baseline alone."""
        reported = {f.year for f in self.entry.years}
        return max((y for y in self.values[ACTUAL] if y in reported), default=None)

    def number_format(self, settings: Settings) -> str:
        """Excel's, at the source's precision."""
        return number_format(self.entry.indicator, settings)

    def said(self, line: str, settings: Settings) -> str:
        """``実績値 H27 79.8万泊、H28 85.1万泊``; empty where there is nothing to say."""
        indicator = self.entry.indicator
        own = self.values[line]
        if line == ACTUAL:
            reported = {f.year for f in self.entry.years}
            own = {y: v for y, v in own.items() if y in reported}
        shown = "、".join(
            f"{defined.year_label(y, settings)} {with_unit(v, indicator, settings.minus)}"
            for y, v in sorted(own.items())
        )
        return f"{line} {shown}" if shown else ""


def _expected(entry: Entry, settings: Settings) -> dict[int, Decimal]:
    """目安 in units: the straight line, through the office's own targets where it has some."""
    indicator = entry.indicator
    aim, end = defined.target(indicator), defined.target_year(indicator, settings)
    if aim is None or indicator.kind == defined.QUALITATIVE:
        return {}
    ends = _begin(entry, settings)
    if ends is None:
        return _own(indicator)
    begun, start = ends
    if begun >= end:
        return {end: aim}
    line = {
        year: start + (aim - start) * (year - begun) / (end - begun)
        for year in range(begun, end + 1)
    }
    return {**line, **_own(indicator)}


def _begin(entry: Entry, settings: Settings) -> tuple[int, Decimal] | None:
    """Where the way to the target begins: (year, value)."""
    begun = defined.baseline_year(entry.indicator)
    if entry.is_sum:
        return max(settings.plan_years[0] - 1, begun or 0), Decimal(0)
    start = defined.baseline(entry.indicator)
    return None if begun is None or start is None else (begun, start)


def _own(indicator: Indicator) -> dict[int, Decimal]:
    """年度別目標 by year."""
    return {
        year: Decimal(value.replace(",", "")) for year, value in indicator.yearly_targets.items()
    }
