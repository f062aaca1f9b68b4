"""Numbers as they are typed: integers, and amounts in thousand yen."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from sousei_xl.text import (
    BLANK,
    BUDGET_KIND_SPELLINGS,
    CLOSING_CLASS,
    INCLUDED,
    INVISIBLE,
    OPENING_CLASS,
    ZERO,
    Parsed,
    Value,
    is_blank,
    key,
    nfkc,
    unbracketed,
    without_brackets,
)

MINUS = "-▲△"
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_FIGURE = re.compile(r"-?\d+(?:\.\d+)?")
_ANY_NUMBER = re.compile(rf"(?:^[{MINUS}])?[\d,.]*\d")
_NUMBER = re.compile(r"(?P<digits>[\d,]{1,30})(?P<decimals>\.\d+)?")
# ``1億2,000万円`` has one part for each; in thousand yen.
_YEN_PARTS = {"億": "100000", "千万": "10000", "百万": "1000", "万": "10", "": "0.001"}
_IN_YEN = re.compile(
    "".join(rf"(?:([\d,]{{1,30}}(?:\.\d+)?){part})?" for part in _YEN_PARTS) + "円"
)
# 「12,000千円の内数」「12,000（内数）」「保育所運営費の内数」; other figures are not understood.
_PART = re.compile(r"(?:[\d,.]+(?:千円)?|\D*)の?(?:内数|うち数)")
_BRACKETED = re.compile(f"[{OPENING_CLASS}]([^{OPENING_CLASS}{CLOSING_CLASS}]*)[{CLOSING_CLASS}]")
# Said inside the budget cell; a lone dash is how lists write "no budget of its own".
_BUDGET_WORDS = BUDGET_KIND_SPELLINGS | {"-": ZERO, "なし": ZERO}
_HIDDEN = re.compile(f"[{INVISIBLE}]+")
LARGEST = 10**15  # Excel shows no more digits; nobody counts further
SMALL = 1000  # thousand yen: nobody has to explain less
NEAR = 1e-6  # a formula's 12000.000000000002 is 12000


def as_kept(value: float | Decimal) -> str:
    """A number with the digits that a workbook keeps, which are 15."""
    return f"{value:.15g}"


def with_commas(figure: str) -> str:
    """``70900.5`` → ``70,900.5``; any other text as it is."""
    return f"{Decimal(figure):,f}" if _FIGURE.fullmatch(figure) else figure


def _round(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _from_float(value: float) -> Parsed[int]:
    if not abs(value) < LARGEST:  # infinite and NaN too
        return Parsed(problem="text")
    nearest = _round(Decimal(repr(value)))
    if value == nearest:
        return Parsed(nearest)
    if abs(value - nearest) < NEAR:
        return Parsed(nearest, converted=True)
    return Parsed(problem="fraction", expected=str(nearest))


def _from_digits(text: str, sign: int = 1) -> Parsed[int]:
    match = _NUMBER.fullmatch(text)
    if not match or not GROUPED.fullmatch(match["digits"]):
        return Parsed(problem="text")
    decimals = match["decimals"] or ""
    if len(decimals) == 4:  # "12.000": a point typed for a comma, or twelve? Nobody can tell.
        return Parsed(problem="text")
    number = int(match["digits"].replace(",", ""))
    if number >= LARGEST:
        return Parsed(problem="text")
    if decimals and set(decimals) != {".", "0"}:
        return Parsed(
            problem="fraction", expected=str(sign * _round(Decimal(f"{number}{decimals}")))
        )
    return Parsed(sign * number, converted=True)


def as_number(typed: str) -> str:
    """A typed number as it is parsed: NFKC, without what nobody sees; blanks inside stay."""
    return _HIDDEN.sub("", nfkc(typed)).strip()


def has_symbols_for_digits(typed: str) -> bool:
    """Whether a number has what is no digit before NFKC: ①, ². Behind the number it may be a unit
    (㎡)."""
    for character in "" if typed.isascii() else typed:
        shown = nfkc(character)
        if any(map(str.isalpha, shown)):
            return False
        if not character.isdecimal() and any(map(str.isdecimal, shown)):
            return True
    return False


def parse_integer(value: Value) -> Parsed[int]:
    """An integer such as 番号. ``problem``: ``text``, ``fraction``, ``date``, ``bool``."""
    if is_blank(value):
        return BLANK
    if isinstance(value, bool):
        return Parsed(problem="bool")
    if isinstance(value, int):
        return Parsed(value) if abs(value) < LARGEST else Parsed(problem="text")
    if isinstance(value, float):
        return _from_float(value)
    if not isinstance(value, str):
        return Parsed(problem="date")
    sign, digits = _split_sign(as_number(value))
    return _from_digits(digits, sign)


def _split_sign(text: str) -> tuple[int, str]:
    """``▲ 5`` → (−1, ``5``). A second sign is no number any more."""
    return (-1, text[1:].strip()) if text.startswith((*MINUS,)) else (1, text)


def only_number_in(text: str) -> str:
    """``約1,000件`` → ``1000``; blank where there is no integer, or several."""
    found = [parse_integer(number).value for number in _ANY_NUMBER.findall(nfkc(text).strip())]
    return "" if len(found) != 1 or found[0] is None else str(found[0])


class Money(NamedTuple):
    """A budget cell: thousand yen, and the 予算区分 that was typed into it (``kind``)."""

    amount: int | None = None
    kind: str = ""
    converted: bool = False
    problem: str = ""
    expected: str = ""


def parse_money(value: Value) -> Money:
    """Thousand yen in all its spellings.

    ``12,000千円`` → 12000; ``▲1,200`` → −1200; ``未定`` → kind 未定 without amount; ``12,000円``,
    ``3百万円`` and ``1億2,000万`` fail with problem ``unit`` and the amount that was probably
    meant, ``(12,000)`` with ``brackets``. Other problems: ``text``, ``fraction``, ``date``,
    ``bool``.
    """
    if is_blank(value):
        return Money()
    if not isinstance(value, str):
        parsed = parse_integer(value)
        return Money(parsed.value, "", parsed.converted, parsed.problem, parsed.expected)
    text = as_number(value)
    word = _BUDGET_WORDS.get(unbracketed(key(text)))
    if word:
        return Money(0 if word == ZERO else None, kind=word)
    if _PART.fullmatch(without_brackets(text)):
        return Money(kind=INCLUDED)
    if has_symbols_for_digits(value):
        return Money(problem="text")
    if bracketed := _BRACKETED.fullmatch(text):
        # Accountants write losses so; here it may as well be a part, a total or what stands twice.
        inner = parse_money(bracketed[1])
        meant = inner.expected if inner.amount is None else str(inner.amount)
        return Money(problem="brackets" if meant else "text", expected=meant)
    sign, body = _split_sign(text)
    if body.startswith(("¥", "\\")) or (body.endswith(("円", "億", "万")) and body[-2:] != "千円"):
        return _in_yen(body.lstrip("¥\\").removesuffix("円"), sign)
    parsed = _from_digits(body.removesuffix("千円").strip(), sign)
    return Money(parsed.value, "", parsed.converted, parsed.problem, parsed.expected)


def _in_yen(typed: str, sign: int) -> Money:
    """``1億2,000万``, ``3百万``, ``12,000``: an amount in yen, without the word."""
    match = _IN_YEN.fullmatch("".join(typed.split()) + "円")
    parts = match.groups() if match else ()
    if not any(parts) or not all(GROUPED.fullmatch(p.partition(".")[0]) for p in parts if p):
        return Money(problem="text")
    meant = sum(
        Decimal(part.replace(",", "")) * Decimal(factor)
        for part, factor in zip(parts, _YEN_PARTS.values(), strict=True)
        if part
    )
    if meant >= LARGEST:
        return Money(problem="text")
    return Money(problem="unit", expected=str(sign * _round(Decimal(meant))))


def leaps(before: Decimal | int, now: Decimal | int, factor: Decimal) -> bool:
    """Whether a budget is so far from last year's that its reason is asked for (前年度比の目安)."""
    small, large = sorted((before, now))
    return large - small >= SMALL and large > small * factor
