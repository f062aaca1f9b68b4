"""Units with a multiplier: what 1,109,000 人 is in 万人, and which slips a unit invites."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sousei_xl import text
from sousei_xl.strategy.indicators import is_percent

_MULTIPLIERS = {
    "十億": Decimal(10**9),
    "億": Decimal(10**8),
    "千万": Decimal(10**7),
    "百万": Decimal(10**6),
    "十万": Decimal(10**5),
    "万": Decimal(10**4),
    "千": Decimal(10**3),
    "百": Decimal(10**2),
}
_ZERO = Decimal(0)
_YEN = "円"
# Spellings of one unit; 件数 is 件, too. 延べ人 or 人泊 is something else than 人.
_SYNONYMS = (
    ("人", "名"),
    ("箇所", "か所", "カ所", "ヵ所", "ヶ所", "ケ所", "個所"),
    ("ha", "ヘクタール"),
    ("t", "トン"),
    ("km", "キロメートル"),
    ("pv", "ページビュー"),
)
_SPELLINGS = {text.key(word): words[0] for words in _SYNONYMS for word in words}
_YEN_SCALES = (Decimal(1), *(_MULTIPLIERS[m] for m in ("千", "万", "百万", "億")))
# A slip is worth a question only if it is far off, and only if the other reading is likely.
_FAR = 50
_LIKELY = 3
# A point or a nought too many is only told from a real change where what is known hardly changes.
_TENFOLD, _ABOUT, _STABLE = 10, Decimal("1.15"), Decimal("1.5")
# Nobody counts half of one of these.
_COUNTED = {
    *("人", "世帯", "戸", "件", "箇所", "社", "店", "店舗", "校", "園", "棟", "台", "団体", "組"),
    *("地区", "施設", "事業", "事業所", "企業", "経営体", "法人", "取組", "pv"),
}


def split_unit(unit: str) -> tuple[Decimal, str]:
    """``万人`` → (10000, ``人``); (1, unit) where there is no multiplier."""
    bare = text.key(unit)
    for multiplier, scale in _MULTIPLIERS.items():
        if bare.startswith(multiplier):
            return scale, bare.removeprefix(multiplier)
    return Decimal(1), bare


def converted(value: Decimal, typed_unit: str, unit: str) -> Decimal | None:
    """A value of one unit in another of the same kind; None where they have nothing in common."""
    typed_scale, typed_base = split_unit(typed_unit)
    scale, base = split_unit(unit)
    return value * typed_scale / scale if typed_base == base else None


def is_other_scale(unit: str, other: str) -> bool:
    """Whether one figure says different things in two units: 千人 and 万人, ％ and 人.

    件 and 件数 or 名 and 人 are no such units, however they are spelled.
    """
    scales = split_unit(unit)[0], split_unit(other)[0]
    return scales[0] != scales[1] or is_percent(unit) != is_percent(other)


def is_same_unit(unit: str, other: str) -> bool:
    """Whether one figure says the same in two units, however they are spelled: 人 and 名."""
    if is_other_scale(unit, other):
        return False
    bare, bare_other = (split_unit(u)[1].removesuffix("数") for u in (unit, other))
    same = _usual(bare) == _usual(bare_other)
    return same or is_percent(unit)  # and so is the other


def _usual(bare: str) -> str:
    return _SPELLINGS.get(bare, bare)


def probably_meant(value: Decimal, unit: str, references: Iterable[Decimal]) -> Decimal | None:
    """The value in its proper unit where ``value`` looks like a slip; None where it does not.

    ``references`` are values that the indicator is known to have. 1109000 beside 110.9 万人 gives
    110.9, and 0.63 beside 63 ％ gives 63.
    """
    known = [abs(r) for r in references if r]
    size = abs(value)
    if not size or any(_alike(size, r) for r in known):
        return None
    for factor in _slips(unit):
        if any(_alike(size / factor, r) for r in known):
            return value / factor
    return None


def is_far_off(
    value: Decimal, references: Iterable[Decimal], below: bool = True, least: Decimal = _ZERO
) -> bool:
    """Whether a value is far from everything that the indicator is known to have.

    Without ``below`` it may be as small as it likes. Nothing is far below 0. Of 0 itself only its
    difference from the ``least`` value that can be told from it is known.
    """
    known, size = [abs(r) for r in references], abs(value) or least
    if not known or not size or not max(known):
        return False
    return size >= _FAR * max(known) or (below and size * _FAR <= min(known))


def is_tenfold(value: Decimal, references: Iterable[Decimal], below: bool = True) -> bool:
    """Whether a value is about ten times, or a tenth of, what an indicator hardly ever leaves."""
    known, size = sorted(abs(r) for r in references), abs(value)
    if len(known) < 2 or not known[0] or known[-1] > known[0] * _STABLE:
        return False
    lowest, highest = known[0] / _ABOUT, known[-1] * _ABOUT
    return lowest <= size / _TENFOLD <= highest or (below and lowest <= size * _TENFOLD <= highest)


def is_split(value: Decimal, unit: str, references: Iterable[Decimal]) -> bool:
    """Whether a value has a fraction although its unit counts, and only whole values are known."""
    known = list(references)
    counted = _usual(text.key(unit)) in _COUNTED
    return counted and bool(known) and value % 1 != 0 and all(r % 1 == 0 for r in known)


def _alike(value: Decimal, reference: Decimal) -> bool:
    return reference <= value * _LIKELY and value <= reference * _LIKELY


def _slips(unit: str) -> list[Decimal]:
    """How many times the proper figure is typed when somebody takes another unit."""
    scale, base = split_unit(unit)
    if is_percent(unit):
        factors = [Decimal("0.01")]
    elif base == _YEN:
        factors = [scale / other for other in _YEN_SCALES]
    elif scale > 1:
        factors = [scale]
    else:
        factors = [1 / _MULTIPLIERS["千"], 1 / _MULTIPLIERS["万"]]
    return [f for f in factors if f > _FAR or f * _FAR < 1]
