"""How figures of indicators are printed: at the source's precision, half rounded up."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from sousei_xl.strategy import Indicator, Settings
from sousei_xl.strategy.indicators import decimals, gap_unit, own_decimals

_MORE_PLACES = 2  # a result of a formula may have any number of them


def rounded(value: Decimal, places: int) -> Decimal:
    """The value with ``places`` decimals, half away from zero: 0.125 → 0.13, −2.5 → −3."""
    result = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(result) if result.is_zero() else result


def shown(value: Decimal, indicator: Indicator, minus: str, places: int | None = None) -> str:
    """A value as it is printed, without its unit: ``63.0``, ``18,370,112``, ``▲1.5``.

    ``places`` are its own decimals where they are not the indicator's.
    """
    result = rounded(value, decimals(indicator) if places is None else places)
    return f"{minus if result < 0 else ''}{abs(result):,f}"


def with_unit(value: Decimal, indicator: Indicator, minus: str, places: int | None = None) -> str:
    """A value with its unit: ``63.0％``, ``74.4万泊``."""
    return shown(value, indicator, minus, places) + indicator.unit


def reference(value: Decimal, indicator: Indicator, minus: str) -> str:
    """現状値 or 目標値 with its unit, to the letter of the source: ``100万泊`` beside 74.4万泊."""
    return with_unit(value, indicator, minus, own_decimals(value))


def gap(value: Decimal, indicator: Indicator, minus: str, places: int | None = None) -> str:
    """The difference of two values: ``8.4万泊``; between percentages ``3.3ポイント``."""
    return shown(value, indicator, minus, places) + gap_unit(indicator)


def actual_places(indicator: Indicator, actuals: Iterable[Decimal]) -> int:
    """Decimals of an indicator's actuals: those of the source, up to two more where they are given.

    41.6 on the way from 41 to 43 ％ is printed as it is: 42 would be half of the way, not 30 %.
    """
    least = decimals(indicator)
    given = max(map(own_decimals, actuals), default=least)
    return min(max(least, given), least + _MORE_PLACES)


def percent(ratio: Decimal, minus: str) -> str:
    """A ratio with one decimal: 0.6667 → ``66.7％``."""
    result = rounded(ratio * 100, 1)
    return f"{minus if result < 0 else ''}{abs(result):,f}％"


def number_format(indicator: Indicator, settings: Settings, places: int | None = None) -> str:
    """Excel's number format for values of an indicator: ``#,##0.0;▲#,##0.0``."""
    places = decimals(indicator) if places is None else places
    digits = "#,##0" + (f".{'0' * places}" if places else "")
    return f"{digits};{settings.minus}{digits}"
