"""An actual in all the ways in which a person types it: a number, a number with its unit, a reason
why there is none."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from sousei_xl import amounts, text
from sousei_xl.rules.indicators.scale import converted
from sousei_xl.strategy.indicators import BEING_COUNTED, NOT_PUBLISHED, NOT_SURVEYED

_NUMBER = re.compile(
    rf"(?:(?P<minus>[{amounts.MINUS}])|\+)?\s*"
    r"(?P<whole>[\d,]+)(?P<rest>\.\d+)?\s*(?P<unit>\D.*)?"
)
REASON_SPELLINGS = text.spellings(
    {
        NOT_PUBLISHED: ("公表前", "公表待ち"),
        NOT_SURVEYED: ("調査なし", "調査未実施"),
        BEING_COUNTED: ("集計前", "未集計"),
    }
)


@dataclass(frozen=True, slots=True)
class Actual:
    """What an actual's cell means, as ``text.Parsed`` for Decimal.

    Problems: ``text``, ``unit`` (``expected`` is the value in the proper unit), ``reason`` (a
    reason typed into the value's cell), ``date``, ``bool``.
    """

    value: Decimal | None = None
    converted: bool = False
    problem: str = ""
    expected: str = ""


def number_in(typed: str, unit: str) -> str:
    """The one number of a text such as 約120人程度, in the indicator's unit; blank where there is
    none, or more than one, or another unit."""
    parsed = parse_actual(text.without_about(amounts.as_number(typed)), unit)
    return parsed.expected if parsed.value is None else f"{parsed.value:f}"


def parse_actual(value: text.Value, unit: str) -> Actual:
    """An actual in all its spellings; ``unit`` is the indicator's, which may be typed behind it.

    ``1,109,000`` → 1109000; ``110.9万人`` (万人) → 110.9; ``▲12`` → −12; a lone dash is a blank.
    """
    if text.is_blank(value):
        return Actual()
    if isinstance(value, bool):
        return Actual(problem="bool")
    if isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) >= amounts.LARGEST:
            return Actual(problem="text")
        return Actual(Decimal(amounts.as_kept(value)))
    if not isinstance(value, str):
        return Actual(problem="date")
    typed = amounts.as_number(value)
    if not typed.strip("-"):
        return Actual(converted=True)
    if reason := REASON_SPELLINGS.get(text.key(typed)):
        return Actual(problem="reason", expected=reason)
    match = _NUMBER.fullmatch(typed)
    if not match or not amounts.GROUPED.fullmatch(match["whole"]):
        return Actual(problem="text")
    if amounts.has_symbols_for_digits(value):
        return Actual(problem="text")
    size = Decimal(match["whole"].replace(",", "") + (match["rest"] or ""))
    if size >= amounts.LARGEST:
        return Actual(problem="text")
    number = -size if match["minus"] else size
    if match["unit"] and text.key(match["unit"]) != text.key(unit):
        meant = converted(number, match["unit"], unit)
        if meant is None:
            return Actual(problem="text")
        return Actual(problem="unit", expected=f"{meant.normalize():,f}")
    return Actual(number, converted=True)
