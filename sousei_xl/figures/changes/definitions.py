"""Which indicators are not what they were last year: name, unit, baseline, target, past actuals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from sousei_xl import eras, text
from sousei_xl.figures.changes.indicators import (
    ACTUAL,
    BASELINE,
    ID,
    INDICATOR,
    KIND,
    PART,
    TARGET,
    UNIT,
    IndicatorChange,
)
from sousei_xl.figures.last_year import LastIndicator
from sousei_xl.strategy import Indicator, Strategy
from sousei_xl.strategy import indicators as defined

Actuals = Mapping[str, Mapping[int, Decimal]]


def indicator_changes(
    last: Sequence[LastIndicator],
    strategy: Strategy,
    before: Actuals,
    now: Actuals,
) -> tuple[IndicatorChange, ...]:
    """In the order of this year's strategy, then what is no more.

    ``before`` are last year's actuals by this year's ID, ``now`` this year's: of a year that had
    one, another one or none is a change. A year that had none has got one, as every year does.
    Last year's data has the series that had an actual then; a series that it has not is therefore
    not called new.
    """
    series = {item.id: item for item in last if item.id}
    found = []
    for indicator in strategy.indicators:
        item = series.get(indicator.id)
        if item is None:
            continue
        told = (before.get(indicator.id, {}), now.get(indicator.id, {}))
        if fields := (*_fields(item, indicator, strategy), *_revised(*told, strategy)):
            found.append(IndicatorChange(indicator.id, defined.title(indicator), fields))
    for item in last:
        if not item.id:
            part = f"（{item.part}）" if item.part else ""
            found.append(IndicatorChange("", f"{item.last_id}　{item.name}{part}"))
    return tuple(found)


def _fields(last: LastIndicator, now: Indicator, strategy: Strategy) -> list[tuple[str, str, str]]:
    """Headings in which they differ; blank ones of last year were not told."""
    words = (
        (ID, last.last_id, now.id),
        (INDICATOR, last.name, now.name),
        (PART, last.part, now.part),
        (UNIT, last.unit, now.unit),
        (KIND, last.kind, now.kind),
    )
    fields = [(h, a, b) for h, a, b in words if a and text.key(a) != text.key(b)]
    begun, end = defined.baseline_year(now), defined.target_year(now, strategy.settings)
    for heading, before, year_before, after, year in (
        (BASELINE, last.baseline, last.baseline_year, defined.baseline(now), begun),
        (TARGET, last.target, last.target_year, defined.target(now), end),
    ):
        known = before or (year_before and last.name)
        same_year = not year_before or eras.parse_fiscal_year(year_before) == year
        if known and not (_decimal(before) == after and (after is None or same_year)):
            label = "" if year is None else defined.year_label(year, strategy.settings)
            old, new = _shown(_decimal(before)) or before, _shown(after)
            fields.append((heading, _with_year(old, year_before), _with_year(new, label)))
    return fields


def _revised(
    before: Mapping[int, Decimal], now: Mapping[int, Decimal], strategy: Strategy
) -> list[tuple[str, str, str]]:
    """Past years with another value than last year's 別紙 has, as ``compare`` tells them.

    No form asks for the years before a new plan: nobody has taken their values back.
    """
    asked = defined.plan_years(strategy.settings)
    told = {year: value for year, value in sorted(before.items()) if year in asked}
    pairs = [(year, value, now.get(year)) for year, value in told.items()]
    return [
        (
            f"{defined.year_label(year, strategy.settings)}の{ACTUAL}",
            _shown(value),
            _shown(current),
        )
        for year, value, current in pairs
        if current is None or float(current) != float(value)  # as a workbook keeps them
    ]


def _shown(figure: Decimal | None) -> str:
    return "" if figure is None else f"{figure:,f}"


def _decimal(shown: str) -> Decimal | None:
    try:
        return Decimal(shown.replace(",", "")) if shown else None
    except InvalidOperation:
        return None


def _with_year(figure: str, year: str) -> str:
    return f"{figure}（{year}）" if figure and year else figure or defined.NONE
