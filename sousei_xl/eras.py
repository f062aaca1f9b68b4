"""Fiscal years and dates, in Japanese eras and in western years."""

from __future__ import annotations

import datetime as dt
import re

from sousei_xl.text import Value, nfkc, packed

# The eras with their first days, the latest first.
_ERA_STARTS = (
    ("令和", "R", dt.date(2019, 5, 1)),
    ("平成", "H", dt.date(1989, 1, 8)),
    ("昭和", "S", dt.date(1926, 12, 25)),
)
ERA_NAMES = {letter: name for name, letter, _ in _ERA_STARTS}
# First calendar year of an era minus one: 平成30年 = 1988 + 30.
_ERAS = {
    spelling: start.year - 1
    for name, letter, start in _ERA_STARTS
    for spelling in (name, letter.lower())
}
# How years are written, for every pattern of one. A letter behind another is a part of a code.
_NAMES = "|".join(name for name, _, _ in _ERA_STARTS)
_LETTERS = "".join(letter + letter.lower() for _, letter, _ in _ERA_STARTS)
ERA = rf"(?:{_NAMES}|(?<![0-9A-Za-z])[{_LETTERS}])"
_NUMBER = r"(?:\d{1,2}(?!\d)|元)"
_OF_ERA = rf"{ERA}\.?\s*{_NUMBER}"
_WESTERN = r"(?<!\d)\d{4}(?!\d)"
YEAR = rf"(?:{_OF_ERA}|{_WESTERN})"
_YEAR = re.compile(YEAR)
_ERA_YEAR = re.compile(rf"({ERA})\.?\s*({_NUMBER})")
# One year in both ways: 令和6(2024)年度, 2023年度(令和5年度), 2024/令和6年度.
_TWICE = "|".join(
    rf"{one}\s*(?:(?:年度?)?\s*\(\s*{other}\s*(?:年度?)?\s*\)|/\s*{other})"
    for one, other in ((_OF_ERA, _WESTERN), (_WESTERN, _OF_ERA))
)
_FISCAL_YEAR = re.compile(rf"(?:{_TWICE}|{YEAR})(?:\s*年度?)?")
_SUBJECT_YEAR = re.compile(rf"({_NAMES})\s*({_NUMBER})\s*年度は")
# Without something between the numbers the month of H30.12 would be a day: H30.1.2.
_ERA_DATE = re.compile(_ERA_YEAR.pattern + r"[年./-](\d{1,2})[月./-](\d{1,2})日?")
_WESTERN_DATE = re.compile(
    r"(\d{4})年?[./-]?(\d{1,2})月?[./-](\d{1,2})日?|(\d{4})年(\d{1,2})月(\d{1,2})日"
)


def year_in_era(era: str, year: int) -> int:
    """The number of a year in an era, even one that has ended: H, 2020 → 32."""
    return year - _ERAS[era.lower()]


def _era_year(era: str, number: str) -> int:
    return _ERAS[era.lower()] + (1 if number == "元" else int(number))


def _year(words: str) -> int:
    """The year of one ``YEAR``."""
    match = _ERA_YEAR.fullmatch(words)
    return _era_year(match[1], match[2]) if match else int(words)


def _is_possible(year: int) -> bool:
    return 1926 <= year <= 2200


def parse_fiscal_year(value: Value) -> int | None:
    """``H31``, ``平成31年度``, ``R1``, ``令和元年度``, ``2019``, ``令和元（2019）年度`` → 2019.

    None if it is no year, or is said twice and means two. A fiscal year runs from April to March
    and is named after the year of its April.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(value) if float(value).is_integer() and _is_possible(int(value)) else None
    if not isinstance(value, str):
        return None
    words = packed(value)
    if not _FISCAL_YEAR.fullmatch(words):
        return None
    years = set(map(_year, _YEAR.findall(words)))
    return years.pop() if len(years) == 1 and all(map(_is_possible, years)) else None


def year_in(label: str) -> int | None:
    """The first year that a label names, whatever stands around it."""
    match = _YEAR.search(nfkc(label))
    return parse_fiscal_year(match[0]) if match else None


def fiscal_years_said(label: str) -> list[set[int]]:
    """What a label says as fiscal years, in order: 年度 stands behind them, or the year is all.

    A year beside other words (``改訂2019``) need not be a fiscal year. Each is a set, which has two
    years where one is said twice and its spellings contradict each other: ``令和7（2024）年度``.
    """
    plain = nfkc(label).strip()
    said = (
        set(filter(_is_possible, map(_year, _YEAR.findall(match[0]))))
        for match in _FISCAL_YEAR.finditer(plain)
        if match[0] == plain or "年度" in match[0]
    )
    return [years for years in said if years]


def letter_at_end(label: str) -> str:
    """The letter of the era in which a label says its last year: ``H``; blank where it is western
    or something else stands behind it."""
    plain = nfkc(label).rstrip()
    for match in _FISCAL_YEAR.finditer(plain):
        era = _ERA_YEAR.search(match[0])
        if era and match.end() == len(plain):
            return next(k for n, k, _ in _ERA_STARTS if era[1].upper() in (n, k))
    return ""


def fiscal_years_in(text: str) -> dict[str, int]:
    """Spellings of fiscal years inside a text that are its subject: ``平成29年度は`` → 2017.

    ``平成28年度から`` is none: it says since when, and stays true every year.
    """
    if "年" not in text and "\uf98e" not in text:  # most texts; the other one is its look-alike
        return {}
    return {m[0]: _era_year(m[1], m[2]) for m in _SUBJECT_YEAR.finditer(nfkc(text))}


def eras_of(year: int) -> list[tuple[str, int]]:
    """2019 → [(平成, 31), (令和, 1)]: the eras that a year is counted in, the earlier one first."""
    found = []
    next_start = year
    for name, _, start in _ERA_STARTS:
        if start.year <= year <= next_start:
            found.append((name, year - start.year + 1))
        next_start = start.year
    return found[::-1]


def fiscal_year_label(year: int, short: bool = False) -> str:
    """2018 → ``平成30年度`` or, short, ``H30``; 2019 is 平成31年度's and 令和元年度's own year."""
    for name, letter, start in _ERA_STARTS:
        if year >= start.year:
            number = year - start.year + 1
            return f"{letter}{number}" if short else f"{name}{_counted(number)}年度"
    return f"{year}" if short else f"{year}年度"


def _counted(number: int) -> str:
    """The first year of an era is its 元年."""
    return "元" if number == 1 else str(number)


def parse_date(value: Value) -> dt.date | None:
    """``2018-03-30``, ``2018/3/30``, ``平成30年3月30日``, ``H30.3.30`` or a date cell."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str):
        return None
    text = packed(value)
    try:
        if match := _ERA_DATE.fullmatch(text):
            return dt.date(_era_year(match[1], match[2]), int(match[3]), int(match[4]))
        if match := _WESTERN_DATE.fullmatch(text):
            year, month, day = (g for g in match.groups() if g is not None)
            return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return None


def japanese_date(date: dt.date) -> str:
    """2018-03-30 → ``平成30年3月30日``."""
    for name, _, start in _ERA_STARTS:
        if date >= start:
            year = f"{name}{_counted(date.year - start.year + 1)}"
            break
    else:
        year = str(date.year)
    return f"{year}年{date.month}月{date.day}日"
