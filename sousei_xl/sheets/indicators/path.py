"""What one small chart shows: the values of an indicator by year, and the way to its target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sousei_xl.figures.precision import number_format, reference, shown, with_unit
from sousei_xl.findings import clip
from sousei_xl.sheets.indicators.entries import Entry
from sousei_xl.strategy import Indicator, Settings
from sousei_xl.strategy import indicators as defined

EXPECTED, ACTUAL, BASELINE, TARGET = "目安", "実績値", "現状値", "目標値"
_LONG = 8  # characters of a value beyond which it does not fit between two years
_CHARACTER, _PLOT = 0.0185, 0.7  # of a value and of all years, as shares of a chart's width
_SIGN = "▲"  # whichever the office has: all are as wide where only the width counts
_LOW = 8  # a value up to one in so many of the largest stands just over an axis from 0
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
        return cls(entry, range(min([first, *known]), max([last, *known]) + 1), values)

    @property
    def title(self) -> str:
        """ID, name and unit: ``2オ-3 観光客宿泊延数（万泊）``."""
        return "".join(self._title)

    def short_title(self, length: int) -> str:
        """The title in so many characters: only the name is cut, ID and unit stay."""
        before, name, after = self._title
        return f"{before}{clip(name, max(length - len(before) - len(after), 1))}{after}"

    @property
    def _title(self) -> tuple[str, str, str]:
        indicator = self.entry.indicator
        unit = f"{indicator.unit}、累積" if self.entry.is_sum else indicator.unit
        return f"{indicator.id} ", defined.title(indicator), f"（{unit}）" if unit else ""

    @property
    def is_drawn(self) -> bool:
        """Whether there is anything to draw: of a target in words there may be no figure at all."""
        return bool(self._known)

    @property
    def starts_at_zero(self) -> bool:
        """Whether the axis does: as Excel decides, unless all values lie close to each other."""
        known = self._known
        return bool(known) and 0 <= min(known) * 6 <= max(known) * 5

    @property
    def is_cut(self) -> bool:
        """Whether the axis leaves 0 out, so that changes look larger than they are."""
        return bool(self._known) and not self.starts_at_zero

    @property
    def _known(self) -> list[Decimal]:
        return [value for line in self.values.values() for value in line.values()]

    @property
    def latest_actual(self) -> int | None:
        """The latest year with a value that was reported, not with the baseline alone."""
        reported = {f.year for f in self.entry.years}
        return max((y for y in self.values[ACTUAL] if y in reported), default=None)

    def number_format(self, settings: Settings, line: str = ACTUAL) -> str:
        """Excel's, at the source's precision."""
        return number_format(self.entry.indicator, settings, self._places(line))

    def _places(self, line: str) -> int:
        """Decimals of a line's values: of 現状値 and 目標値 their own."""
        own = self.values[line].values() if line in (BASELINE, TARGET) else ()
        return next(map(defined.own_decimals, own), self.entry.places)

    def aside(self, line: str, year: int) -> float:
        """How far the value of the first year stands to the right of its place, and that of the
        last year to the left, as a share of the chart's width: as far as half of it is wider than
        half of a year, or it would stand over the figures of the axis or the frame."""
        if (year == self.years[0]) == (year == self.years[-1]):
            return 0.0
        written = shown(self.values[line][year], self.entry.indicator, _SIGN, self._places(line))
        beyond = max(len(written) * _CHARACTER - _PLOT / len(self.years), 0.0) / 2
        return round(beyond if year == self.years[0] else -beyond, 4)

    @property
    def falls(self) -> bool:
        """Whether the way to the target leads down, or lies below 現状値."""
        way = list(self.values[EXPECTED].values())
        return bool(way) and way[-1] < max([way[0], *self.values[BASELINE].values()])

    @property
    def baseline_place(self) -> str:
        """Where 現状値 stands clear of the way to the target and of the axis."""
        (value,) = self.values[BASELINE].values()
        return "above" if self.falls or self._is_low(value) else "below"

    @property
    def target_place(self) -> str:
        """Where the target's value stands clear: not where the latest actual's does."""
        if self.latest_actual in self.values[TARGET]:
            place = "above" if self.latest_place == "below" else "below"
        else:
            place = "below" if self.falls else "above"
        low = any(map(self._is_low, self.values[TARGET].values()))
        return "right" if low and place == "below" else place

    @property
    def latest_place(self) -> str:
        """Where the latest actual's value stands clear of both lines: above, below or right."""
        latest = self.latest_actual
        line = self.values[ACTUAL]
        if latest is None:
            return "above"
        before = [v for y, v in line.items() if y < latest]
        came_down = bool(before) and before[-1] > line[latest]
        low, has_room = self._is_low(line[latest]), latest < self.years[-1]
        aim = self.values[TARGET].get(latest)
        if aim is not None:
            return "below" if line[latest] < aim and not low else "above"
        expected = self.values[EXPECTED].get(latest)
        if expected is not None and line[latest] < expected and not low:
            # Below a long value the line itself would run through it.
            long = len(shown(line[latest], self.entry.indicator, _SIGN)) > _LONG
            return "right" if long and has_room else "below"
        return "right" if came_down and has_room else "above"

    def _is_low(self, value: Decimal) -> bool:
        """Whether below the value there are the figures of the axis already."""
        return self.starts_at_zero and value * _LOW <= max(self._known)

    def said(self, line: str, settings: Settings) -> str:
        """``実績値 H27 79.8万泊、H28 85.1万泊``; empty where there is nothing to say."""
        indicator = self.entry.indicator
        own = self.values[line]
        if line == ACTUAL:
            reported = {f.year for f in self.entry.years}
            own = {y: v for y, v in own.items() if y in reported}
        # 現状値 and 目標値 are written as in the source, actuals at the indicator's precision.
        minus = settings.minus
        said = "、".join(
            f"{defined.year_label(y, settings)} "
            + (
                with_unit(v, indicator, minus, self.entry.places)
                if line == ACTUAL
                else reference(v, indicator, minus)
            )
            for y, v in sorted(own.items())
        )
        return f"{line} {said}" if said else ""


def _expected(entry: Entry, settings: Settings) -> dict[int, Decimal]:
    """目安 in units: the straight line, through the office's own targets where it has some. Of a
    level to be kept it is that level, be it lower than 現状値."""
    indicator = entry.indicator
    aim, end = defined.target(indicator), defined.target_year(indicator, settings)
    if aim is None or indicator.kind == defined.QUALITATIVE:
        return {}
    ends = _begin(entry, settings)
    if ends is None:
        return _own(indicator)
    begun, start = ends
    if defined.is_maintained(indicator):
        start = aim
    if begun >= end:
        return {end: aim}
    line = {
        year: start + (aim - start) * (year - begun) / (end - begun)
        for year in range(begun, end + 1)
    }
    return {**line, **_own(indicator)}


def _begin(entry: Entry, settings: Settings) -> tuple[int, Decimal] | None:
    """Where the way to the target begins: (year, value)."""
    if entry.is_sum:
        return defined.first_year(entry.indicator, settings) - 1, Decimal(0)
    begun, start = defined.baseline_year(entry.indicator), defined.baseline(entry.indicator)
    return None if begun is None or start is None else (begun, start)


def _own(indicator: Indicator) -> dict[int, Decimal]:
    """年度別目標 by year."""
    return {year: Decimal(value) for year, value in indicator.yearly_targets.items()}
