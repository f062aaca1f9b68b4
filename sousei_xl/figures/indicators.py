"""What the departments' actuals mean: progress, 目安, 達成率, distance and class of each indicator.

With baseline b (year y0), target t (year T) and actual a of year y: progress R = (a−b)/(t−b),
expected E = (y−y0)/(T−y0), or the office's own target of that year in place of the straight line.
R holds for falling targets as well. Classes are decided on exact fractions; Decimal is what is
shown. No I/O, no clock: the judged year follows from 実績基準日.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from sousei_xl import text
from sousei_xl.rules.indicators.records import Report
from sousei_xl.strategy import Indicator, Settings
from sousei_xl.strategy import indicators as defined
from sousei_xl.strategy.indicators import (
    BEHIND,
    EXCLUDED,
    MOSTLY,
    NO_PROGRESS,
    NOT_REPORTED,
    ON_HOLD,
    ON_TRACK,
    REACHED,
)

# The worst of several parts comes last. A part that is not judged says nothing about the whole,
# one that is missing leaves the whole open.
_FROM_BEST_TO_WORST = (
    EXCLUDED,
    REACHED,
    ON_TRACK,
    MOSTLY,
    BEHIND,
    NO_PROGRESS,
    ON_HOLD,
    NOT_REPORTED,
)


@dataclass(frozen=True, slots=True)
class YearFigures:
    """One year with an actual: a row of データ_KPI.

    ``cumulated`` is the sum since the plan's (or the baseline's) start, for 期間累計 only. Ratios
    are plain numbers (0.63 = 63 %), None where they have no meaning. ``distance`` is what is still
    missing, in units: positive until the target is reached, whichever way it lies. ``change`` is
    the actual less the one of the year before (or the baseline, if it is of that year).
    """

    year: int
    actual: Decimal
    class_name: str
    cumulated: Decimal | None = None
    progress: Decimal | None = None
    expected: Decimal | None = None
    attainment: Decimal | None = None
    distance: Decimal | None = None
    change: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One indicator (or one part of it), judged.

    ``year`` is the judged year, the latest that had ended on 実績基準日; ``class_name`` is about
    it. ``years`` are all years with an actual, ascending. Where the judged year has none, the
    figures of ``latest`` are an earlier year's, to be shown with their year.
    """

    indicator: Indicator
    year: int | None
    class_name: str
    years: tuple[YearFigures, ...] = ()

    @property
    def latest(self) -> YearFigures | None:
        """The latest year with an actual, up to the judged one."""
        past = [y for y in self.years if self.year is not None and y.year <= self.year]
        return past[-1] if past else None


@dataclass(frozen=True, slots=True)
class Whole:
    """An indicator with all its parts (小学校・中学校); most have one. The whole is the worst."""

    parts: tuple[Judged, ...]

    @property
    def indicator(self) -> Indicator:
        """The first part: name, goal and measure are the same for all."""
        return self.parts[0].indicator

    @property
    def class_name(self) -> str:
        """The worst class of the parts."""
        return max((p.class_name for p in self.parts), key=_FROM_BEST_TO_WORST.index)


@dataclass(frozen=True, slots=True)
class _Aim:
    """The figures of an indicator, parsed once."""

    indicator: Indicator
    baseline: Decimal | None
    target: Decimal | None
    start: int | None
    end: int
    first: int
    mostly: Fraction
    tolerance: Fraction

    @classmethod
    def of(cls, indicator: Indicator, settings: Settings) -> _Aim:
        start = defined.baseline_year(indicator)
        return cls(
            indicator,
            defined.baseline(indicator),
            defined.target(indicator),
            start,
            defined.target_year(indicator, settings),
            defined.first_year(indicator, settings),
            Fraction(settings.judgement.mostly),
            Fraction(settings.judgement.tolerance),
        )

    @property
    def is_sum(self) -> bool:
        return self.indicator.kind == defined.PERIOD_SUM

    @property
    def is_maintained(self) -> bool:
        """t = b, whatever 目標の向き says: there is nothing to divide by."""
        return defined.is_maintained(self.indicator)

    @property
    def is_to_fall(self) -> bool:
        return defined.is_to_fall(self.indicator)

    def is_before(self, year: int) -> bool:
        """y ≤ y0: a year that is the starting point, or lies before it."""
        return self.start is not None and year <= self.start


def judge(
    indicator: Indicator,
    actuals: Mapping[int, Decimal],
    settings: Settings,
    *,
    office_class: str = "",
    reported: bool = True,
) -> Judged:
    """Judge one indicator by the departments' own values (期間累計: each year's own).

    ``office_class`` is what the office wrote into 事務局判定 (one of the classes or blank): the
    class of a 定性 indicator, and 判定対象外 for any. ``reported`` is False where nobody answered.
    """
    aim = _Aim.of(indicator, settings)
    year = defined.judged_year(indicator, settings)
    years = [_figures(aim, actuals, y, year) for y in sorted(actuals)]
    class_name = _class_of_round(aim, years, year, office_class, reported)
    years = [replace(y, class_name=class_name) if y.year == year else y for y in years]
    return Judged(indicator, year, class_name, tuple(years))


def judge_all(reports: Iterable[Report], settings: Settings) -> tuple[Judged, ...]:
    """Every report judged, in order."""
    return tuple(
        judge(
            report.indicator,
            report.actuals,
            settings,
            office_class=report.office_class,
            reported=report.reported,
        )
        for report in reports
    )


def wholes(judged: Iterable[Judged]) -> tuple[Whole, ...]:
    """Parts of one indicator put together, in the order of their first part."""
    groups: dict[tuple[str, ...], list[Judged]] = {}
    for item in judged:
        indicator = item.indicator
        place = (str(indicator.goal), indicator.measure, indicator.level)
        own = text.key(indicator.name) if indicator.part else f"ID {indicator.id}"
        groups.setdefault((*place, own), []).append(item)
    return tuple(Whole(tuple(parts)) for parts in groups.values())


def count_classes(items: Iterable[Whole]) -> dict[int, Counter[str]]:
    """Goal → how many indicators are in each class; parts count once. Never an average of rates."""
    counts: dict[int, Counter[str]] = {}
    for item in items:
        counts.setdefault(item.indicator.goal, Counter())[item.class_name] += 1
    return counts


# --- one year -----------------------------------------------------------------------------------


def _figures(
    aim: _Aim, actuals: Mapping[int, Decimal], year: int, judged: int | None
) -> YearFigures:
    actual = actuals[year]
    before = actuals.get(year - 1)
    if before is None and aim.start == year - 1 and not aim.is_sum:
        before = aim.baseline
    cumulated = _cumulated(aim, actuals, year)
    achieved = cumulated if aim.is_sum else actual
    figures = YearFigures(
        year,
        actual,
        EXCLUDED if aim.is_before(year) else ON_HOLD,
        cumulated=cumulated,
        attainment=_attainment(aim, achieved),
        distance=_distance(aim, achieved),
        change=None if before is None else actual - before,
    )
    if aim.is_before(year) or aim.indicator.kind == defined.QUALITATIVE or aim.target is None:
        return figures
    progress, expected = _progress(aim, achieved), _expected(aim, year)
    figures = replace(figures, progress=_decimal(progress), expected=_decimal(expected))
    if achieved is None or judged is None or year > judged:
        return figures  # nothing to hold against the target, or the year is not over yet
    if aim.is_maintained or progress is None or expected is None:
        return replace(figures, class_name=_class_by_level(aim, achieved))
    return replace(figures, class_name=_class(progress, expected, aim.mostly))


def _cumulated(aim: _Aim, actuals: Mapping[int, Decimal], year: int) -> Decimal | None:
    """The sum of every year's own value since the start; None where one is missing."""
    period = range(aim.first, year + 1)
    if not aim.is_sum or not period or any(y not in actuals for y in period):
        return None
    return sum((actuals[y] for y in period), Decimal(0))


def _progress(aim: _Aim, achieved: Decimal | None) -> Fraction | None:
    """R; None where there is no baseline to start from, or no way between it and the target."""
    if achieved is None or aim.target is None or aim.is_maintained:
        return None
    if aim.is_sum:
        return Fraction(achieved) / Fraction(aim.target) if aim.target else None
    if aim.baseline is None:
        return None
    way = Fraction(aim.target) - Fraction(aim.baseline)
    return (Fraction(achieved) - Fraction(aim.baseline)) / way


def _expected(aim: _Aim, year: int) -> Fraction | None:
    """E: the share of the way that should lie behind at the end of a year, at most 1.

    The office's own target of the year, where it has one, is on the scale of the target itself: of
    期間累計 it is the sum that should have been reached.
    """
    if aim.is_maintained:
        return None
    own = aim.indicator.yearly_targets.get(year)
    if own is not None:
        return _progress(aim, Decimal(own))
    first = aim.first - 1 if aim.is_sum else aim.start
    if first is None or (aim.baseline is None and not aim.is_sum):
        return None
    if year >= aim.end:
        return Fraction(1)
    return Fraction(year - first, aim.end - first)


def _attainment(aim: _Aim, achieved: Decimal | None) -> Decimal | None:
    """a/t, where more of it is better and both are amounts.

    Of a falling target, or of one below zero, a quotient above 1 would say that what was missed is
    more than reached (3 children waiting where 2 were to be: 150 %).
    """
    if achieved is None or not aim.target or aim.is_to_fall:
        return None
    if achieved < 0 or aim.target < 0:
        return None
    return _decimal(Fraction(achieved) / Fraction(aim.target))


def _distance(aim: _Aim, achieved: Decimal | None) -> Decimal | None:
    if achieved is None or aim.target is None:
        return None
    if defined.is_kept_at_nothing(aim.indicator):
        return abs(achieved)
    return achieved - aim.target if aim.is_to_fall else aim.target - achieved


def _decimal(value: Fraction | None) -> Decimal | None:
    """Equal fractions give equal decimals, whatever they were reduced from."""
    return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)


# --- classes ------------------------------------------------------------------------------------


def _class(progress: Fraction, expected: Fraction, mostly: Fraction) -> str:
    if progress >= 1:
        return REACHED
    if progress >= expected:
        return ON_TRACK
    if progress >= mostly * expected:
        return MOSTLY
    return BEHIND if progress > 0 else NO_PROGRESS


def _class_by_level(aim: _Aim, achieved: Decimal) -> str:
    """The class where progress has no meaning: a level to be kept, or no baseline.

    Kept is a level of at least the target, where less is better of at most that, give or take the
    tolerance, or 0 alone.
    Without a baseline nobody knows how far it was, so all that can be said is whether the target is
    reached.
    """
    value, target = Fraction(achieved), Fraction(aim.target or 0)
    if aim.is_maintained:
        if defined.is_kept_at_nothing(aim.indicator):
            return REACHED if not value else BEHIND
        short = value - target if aim.is_to_fall else target - value
        return REACHED if short <= aim.tolerance * abs(target) else BEHIND
    reached = value <= target if aim.is_to_fall else value >= target
    return REACHED if reached and not aim.is_sum else ON_HOLD


def _class_of_round(
    aim: _Aim, years: Iterable[YearFigures], year: int | None, office_class: str, reported: bool
) -> str:
    """The class of the judged year: what the office says, then what was reported, then figures."""
    if office_class == EXCLUDED or year is None or aim.is_before(year):
        return EXCLUDED
    if aim.indicator.kind == defined.QUALITATIVE and office_class:
        return office_class
    found = next((y.class_name for y in years if y.year == year), None)
    if found is None:
        return ON_HOLD if reported else NOT_REPORTED
    return found
