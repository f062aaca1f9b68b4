"""Pure parsers: one typed cell in, one value (or the reason why not) out.

Nothing here knows a file, a frame or a finding. Two kinds of text are kept apart: what is printed
(only outer white space and line breaks inside names are removed) and keys for matching (NFKC,
no white space, case folded), which never reach a cell.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sousei_xl.findings import UNPRINTABLE

Value = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
_T = TypeVar("_T")

# What most rows have instead of error values, corrections and the like: one of each for all of a
# hundred thousand. No proxy, for rows and readings travel to other processes.
NOTHING: frozenset[str] = frozenset()
EMPTY: Mapping[Any, Any] = {}


@dataclass(frozen=True, slots=True)
class Parsed(Generic[_T]):
    """What a cell means.

    ``value`` is None for a blank and for a failure; ``problem`` names the failure (``text``,
    ``fraction``, ``unit`` …) and is empty otherwise. ``converted`` is True where the spelling was
    changed on the way, so that the conversion can be listed. ``expected`` is the value that was
    probably meant.
    """

    value: _T | None = None
    converted: bool = False
    problem: str = ""
    expected: str = ""


BLANK: Parsed[Any] = Parsed()

# --- texts and keys ---------------------------------------------------------------------------

# NFKC leaves these apart although people type one for the other.
_LOOK_ALIKES = str.maketrans(
    {
        "〇": "○",
        "◯": "○",
        "⚪": "○",
        "⭕": "○",
        "●": "○",
        "◉": "◎",
        "⦾": "◎",
        "⊚": "◎",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "―": "-",
        "−": "-",
        "ー": "-",
        "─": "-",
        "━": "-",
        "〜": "~",
        "～": "~",
    }
)
# White space, and what is invisible: zero-width marks, soft hyphens, emoji selectors.
_INVISIBLE = r"\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff"
_SPACES = re.compile(rf"[\s{_INVISIBLE}]+")
_HIDDEN = re.compile(f"[{_INVISIBLE}]+")
_BREAKS = re.compile(r"[\r\n\v\f\x85\u2028\u2029]+")
_OPENING, _CLOSING = "（(【\\[［〔《〈＜<", "）)】\\]］〕》〉＞>"
_NEW = rf"\s*(?:[{_OPENING}]\s*新規?\s*[{_CLOSING}]|🈟)"
_NEW_MARK = re.compile(rf"^(?:{_NEW})+\s*")
_NEW_AT_END = re.compile(rf"(?:{_NEW})+\s*$")
_LAST_OF_MARK = (*"）)】]］〕》〉＞>🈟",)
_REPEATED_WORD = r"再\s{0,9}掲(?!\s{0,9}載)"
_INSIDE = rf"[^{_OPENING}{_CLOSING}]{{0,24}}"
_RELISTED_BRACKET = re.compile(
    rf"[※\s]{{0,9}}[{_OPENING}]{_INSIDE}{_REPEATED_WORD}{_INSIDE}[{_CLOSING}]\s{{0,9}}"
)
# What is typed around a mark. The long-vowel mark is none of these: it ends words.
_AROUND = r"[\s※・･:：、，,◆◇■□●○★☆*＊\-－—―–−/／|｜]"
# 再 alone is a mark in brackets, unless it begins a word: （再）就職.
AGAIN_WORDS = ("就職", "就業", "起業", "挑戦", "チャ")
AGAIN_MARKS = ("（再）", "(再)", "【再】", "［再］", "[再]", "〔再〕", "《再》", "〈再〉")
_AGAIN = "|".join(map(re.escape, AGAIN_MARKS))
_NO_WORD = rf"(?!{'|'.join(AGAIN_WORDS)})"
_RELISTED_FIRST = re.compile(
    rf"^(?:{_AROUND}*{_REPEATED_WORD}{_AROUND}*|(?:{_AGAIN}){_NO_WORD}\s*)"
)
_RELISTED_LAST = re.compile(rf"(?:{_AROUND}*{_REPEATED_WORD}{_AROUND}*|\s*(?:{_AGAIN}))$")
_PLACE = r"\d{1,2}\w(?:-?\d{1,4})?"
_RELISTED_WITH_PLACE = re.compile(rf"(?:{_PLACE}(?:の|に)?)?再掲(?:{_PLACE})?")
_LONGEST_MARK = 24  # at the end of a name: further back nobody looks, for that takes its time
_OUTER = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"


def to_text(value: Value) -> str:
    """A raw cell as a person reads it: ``12000.0`` → ``12000``, a date → ``2018-03-30``."""
    if isinstance(value, str):  # most of them
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    return str(value)


SHOWN_BLANK = "（空欄）"  # what is shown of an empty cell


def is_blank(value: Value) -> bool:
    """True for an empty cell and for one that holds nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip(_OUTER))


def says_nothing(value: Value) -> bool:
    """True for one of ``EMPTY_WORDS``, also with spaces in it and in brackets: （合　計）."""
    return isinstance(value, str) and _bare(value) in EMPTY_WORDS


def points_above(value: Value) -> bool:
    """True for 同上 and its like, which mean the row above."""
    return isinstance(value, str) and _bare(value) in ABOVE_WORDS


def _bare(value: str) -> str:
    shown = without_spaces(value)
    return shown.translate(_NO_BRACKETS) if len(shown) <= SHORT else shown


def nfkc(text: str) -> str:
    """NFKC with look-alike marks folded; white space is kept."""
    return unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKES)


def key(text: str) -> str:
    """Match key: equal for spellings that mean the same. Never printed.

    NFKC, look-alikes folded, no white space, case folded, （新） stripped.
    """
    return _remembered_key(text) if len(text) <= SHORT else fresh_key(text)


def fresh_key(text: str) -> str:
    """``key``, which is not remembered: for names, of which there are too many."""
    return _SPACES.sub("", nfkc(_without_new_mark(text))).casefold()


def _without_new_mark(name: str) -> str:
    bare = _NEW_MARK.sub("", name, count=1)
    return _without_last(_NEW_AT_END, bare) if bare.rstrip().endswith(_LAST_OF_MARK) else bare


def _without_last(mark: re.Pattern[str], name: str) -> str:
    body, end = name[:-_LONGEST_MARK], name[-_LONGEST_MARK:]
    shorter = mark.sub("", end, count=1)
    return (body + shorter).rstrip() if shorter != end else name


def heading_key(value: Value) -> str:
    """Match key of a cell that may be a heading; blank for a number and for what is too long."""
    return _remembered_key(value) if isinstance(value, str) and len(value) <= SHORT else ""


def unit_beside(department: str, unit: str) -> str:
    """The 担当課 that is named beside its 部局; blank where it bears the same name.

    In many towns the 課 itself submits: 農林課 is 部局 and 担当課.
    """
    return "" if key(unit) == key(department) else unit


# Characters: headings, choices and departments come again in every file and row; long texts do not.
SHORT = 60


_remembered_key = lru_cache(maxsize=8192)(fresh_key)


def tidy(value: Value) -> Parsed[str]:
    """A text as it is printed: outer white space removed, nothing else touched."""
    if is_blank(value):
        return BLANK
    raw = to_text(value)
    text = raw.strip(_OUTER).replace("\r\n", "\n").replace("\r", "\n")
    return Parsed(text, converted=text != raw.replace("\r\n", "\n"))


def tidy_name(value: Value) -> Parsed[str]:
    """A name on one line; ``problem`` is ``newline`` (value given) where a break was removed."""
    if is_blank(value):
        return BLANK
    raw = to_text(value).strip(_OUTER)
    name = _BREAKS.sub("", raw)
    return Parsed(name, converted=name != to_text(value), problem="newline" if name != raw else "")


def lines_of(value: Value) -> list[str]:
    """The lines of a cell that is meant to have one, without blank ones."""
    if not isinstance(value, str) or _BREAKS.search(value) is None:
        return []
    return [line.strip(_OUTER) for line in _BREAKS.split(value) if not is_blank(line)]


def split_new_mark(name: str) -> tuple[str, bool]:
    """``（新）産後ケア事業`` → (``産後ケア事業``, True); at either end, in all common brackets."""
    bare = _without_new_mark(name)
    return (bare, True) if bare and bare != name else (name, False)


def split_relisted_mark(name: str) -> tuple[str, bool]:
    """``産後ケア事業（3イ再掲）``, ``再掲：産後ケア事業`` → (``産後ケア事業``, True).

    Where it stands in another way (甲再掲乙), the name stays.
    """
    if not has_relisted_mark(name):
        return name, False
    bare = _RELISTED_FIRST.sub("", _RELISTED_BRACKET.sub("", name), count=1)
    return _without_last(_RELISTED_LAST, bare) or name, True


def parse_relisted(value: Value) -> Parsed[str]:
    """再掲 in its own column, also with the place of the original: 再掲（3イ-12）."""
    parsed = choice(value, RELISTED_SPELLINGS)
    if parsed.value in (None, RELISTED):
        return parsed
    shown = _BRACKETS.sub("", key(parsed.value or ""))
    return Parsed(RELISTED, converted=True) if _RELISTED_WITH_PLACE.fullmatch(shown) else parsed


def has_relisted_mark(name: Value) -> bool:
    """Whether a name says that its row is relisted: 再掲 (but not 再掲載) anywhere in it, or
    （再） before or behind it."""
    if not isinstance(name, str) or RELISTED[0] not in name:  # hardly any has it
        return False
    shown = without_spaces(name)
    if RELISTED in shown.replace(f"{RELISTED}載", ""):
        return True
    begins = shown.startswith(AGAIN_MARKS) and not shown.startswith(AGAIN_WORDS, 3)
    return begins or shown.endswith(AGAIN_MARKS)


def without_spaces(name: str) -> str:
    """A text as the form's checks compare it: without blanks and line breaks."""
    return name.replace(" ", "").replace("\u3000", "").replace("\n", "")


def with_new_mark(name: str, category: str | None) -> str:
    """The name as the list prints it: ``（新）産後ケア事業`` for a new project."""
    return f"（新）{name}" if name and category == NEW else name


def perhaps(names: Iterable[str]) -> str:
    """``『A』か『B』ではありませんか。``, or nothing where there are none."""
    meant = "か".join(f"『{name}』" for name in names)
    return f"{meant}ではありませんか。" if meant else ""


def unprintable(text: str) -> bool:
    """True where no workbook can hold the text (control characters, lone surrogates)."""
    return UNPRINTABLE.search(text) is not None


def printable(text: str) -> str:
    """The text with ``\ufffd`` for what no workbook can hold, so that a draft can show the row."""
    return UNPRINTABLE.sub("\ufffd", text)


MAX_TEXT = 32_767  # UTF-16 units in a cell of a workbook


def utf16_length(text: str) -> int:
    """Length as Excel counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip_utf16(text: str, length: int) -> str:
    """As much of the text as Excel takes where it allows ``length`` characters; ``…`` ends what was
    cut."""
    if utf16_length(text) <= length:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * (length - 1)]
    return units.decode("utf-16-le", "ignore") + "…"  # no half of a character


def full_width(shown: str | int) -> str:
    """With the digits of titles: ``30`` → ``３０``, ``平成30年度`` → ``平成３０年度``."""
    return str(shown).translate(str.maketrans("0123456789", "０１２３４５６７８９"))


# --- choices ----------------------------------------------------------------------------------


def choice(value: Value, spellings: Mapping[str, str]) -> Parsed[str]:
    """One of a few words. ``spellings`` maps a match key to the word that is meant.

    An unknown word passes through as typed: whether it is allowed is the schema's business.
    """
    if is_blank(value):
        return BLANK
    raw = to_text(value)
    # （新） alone is a word here, while a key drops it as a mark.
    word = spellings.get(key(raw)) or spellings.get(key(nfkc(raw).strip("()[]【】〔〕 ")))
    if word is None:
        return Parsed(raw.strip(_OUTER))
    return Parsed(word, converted=word != raw)


def spellings(words: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """``{"新規": ["新"]}`` → ``{key("新規"): "新規", key("新"): "新規"}``."""
    table: dict[str, str] = {}
    for word, others in words.items():
        for spelling in (word, *others):
            table.setdefault(key(spelling), word)
    return table


RELISTED = "再掲"
RELISTED_SPELLINGS = spellings({RELISTED: ("再", "さいけい")})
DIRECT, SUPPORTING = "◎", "○"
RELEVANCE_SPELLINGS = spellings({DIRECT: ("二重丸",), SUPPORTING: ("o", "丸")})
NEW, CONTINUED, ENDED, CANCELLED = "新規", "継続", "終了", "取下げ"
WITHDRAWN = (ENDED, CANCELLED)  # what is not to be listed
CATEGORY_SPELLINGS = spellings(
    {NEW: ("新",), CONTINUED: ("継",), ENDED: (), CANCELLED: ("取り下げ", "取下")}
)
INITIAL, UNDECIDED, INCLUDED, ZERO = "当初", "未定", "内数", "０予算"
# No name and no description, with or without these brackets. 同上 points at the row above, which
# in the list is another one; a 合計 is somebody's own sum below the rows; that there is nothing is
# said on 回答票.
EMPTY_BRACKETS = "（）()"
_NO_BRACKETS = str.maketrans("", "", EMPTY_BRACKETS)
ABOVE_WORDS = (
    *("同上", "〃", "〃〃", "″", '"', "”", "“", "''", "々", "↑", "上に同じ", "上と同じ"),
    *("上記に同じ", "上記と同じ", "上記のとおり", "同文"),
)
EMPTY_WORDS = (
    *ABOVE_WORDS,
    *("－", "―", "ー", "-", "※", "・", "なし", "新"),
    *(
        "前年度と同じ",
        "前年度に同じ",
        "前年と同じ",
        "昨年度と同じ",
        "前年度同様",
        "別紙参照",
        "別紙のとおり",
    ),
    *("計", "小計", "合計"),
    *("該当なし", "該当無し", "該当事業なし", "無し"),
)
BUDGET_KIND_SPELLINGS = spellings(
    {
        INITIAL: ("当初予算",),
        UNDECIDED: ("調整中", "未確定", "検討中"),
        INCLUDED: ("うち数",),
        ZERO: ("ゼロ予算", "予算なし", "人件費のみ", "予算なし(人件費のみ)"),
    }
)
# 「12,000千円の内数」「12,000（内数）」「保育所運営費の内数」; other figures are not understood.
_PART = re.compile(r"(?:[\d,.]+(?:千円)?|\D*)の?(?:内数|うち数)")
_BRACKETS = re.compile(r"[()\[\]【】〔〕]")
_BRACKETED = re.compile(r"[(\[〔]([^()\[\]〔〕]*)[)\]〕]")
# Said inside the budget cell; a lone dash is how lists write "no budget of its own".
_BUDGET_WORDS = BUDGET_KIND_SPELLINGS | {"-": ZERO, "なし": ZERO}


# --- numbers ----------------------------------------------------------------------------------

GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_ANY_NUMBER = re.compile(r"(?:^-)?[\d,.]*\d")
_NUMBER = re.compile(r"(?P<digits>[\d,]{1,30})(?P<decimals>\.\d+)?")
# ``1億2,000万円`` has one part for each; in thousand yen.
_YEN_PARTS = {"億": "100000", "千万": "10000", "百万": "1000", "万": "10", "": "0.001"}
_IN_YEN = re.compile(
    "".join(rf"(?:([\d,]{{1,30}}(?:\.\d+)?){part})?" for part in _YEN_PARTS) + "円"
)
LARGEST = 10**15  # Excel shows no more digits; nobody counts further
_NEAR = 1e-6  # a formula's 12000.000000000002 is 12000


def as_kept(value: float | Decimal) -> str:
    """A number with the digits that a workbook keeps, which are 15."""
    return f"{value:.15g}"


def _round(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _from_float(value: float) -> Parsed[int]:
    if not abs(value) < LARGEST:  # infinite and NaN too
        return Parsed(problem="text")
    nearest = _round(Decimal(repr(value)))
    if value == nearest:
        return Parsed(nearest)
    if abs(value - nearest) < _NEAR:
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
    text = as_number(value)
    sign = -1 if text[:1] in "-▲△" else 1
    return _from_digits(text.lstrip("-▲△") if sign < 0 else text, sign)


def only_number_in(text: str) -> str:
    """``約1,000件`` → ``1000``; blank where there is no integer, or several."""
    found = [parse_integer(number).value for number in _ANY_NUMBER.findall(nfkc(text).strip())]
    return "" if len(found) != 1 or found[0] is None else str(found[0])


@dataclass(frozen=True, slots=True)
class Money:
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
    word = _BUDGET_WORDS.get(key(text).strip("()[]"))
    if word:
        return Money(0 if word == ZERO else None, kind=word)
    if _PART.fullmatch(_BRACKETS.sub("", text)):
        return Money(kind=INCLUDED)
    if has_symbols_for_digits(value):
        return Money(problem="text")
    if bracketed := _BRACKETED.fullmatch(text):
        # Accountants write losses so; here it may as well be a part, a total or what stands twice.
        inner = parse_money(bracketed[1])
        meant = inner.expected if inner.amount is None else str(inner.amount)
        return Money(problem="brackets" if meant else "text", expected=meant)
    sign, body = 1, text
    if text.startswith(("-", "▲", "△")):
        sign, body = -1, text[1:].strip()
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


# --- years and dates --------------------------------------------------------------------------

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
_ERA_YEAR = re.compile(r"(昭和|平成|令和|[shr])\.?(\d{1,2}|元)")
_FISCAL_YEAR = re.compile(_ERA_YEAR.pattern + r"(?:年度|年)?|(\d{4})(?:年度|年)?", re.IGNORECASE)
_SUBJECT_YEAR = re.compile(r"(昭和|平成|令和)\s*(\d{1,2}|元)\s*年度は")
# Without something between the numbers the month of H30.12 would be a day: H30.1.2.
_ERA_DATE = re.compile(_ERA_YEAR.pattern + r"[年./-](\d{1,2})[月./-](\d{1,2})日?", re.I)
_WESTERN_DATE = re.compile(
    r"(\d{4})年?[./-]?(\d{1,2})月?[./-](\d{1,2})日?|(\d{4})年(\d{1,2})月(\d{1,2})日"
)


def year_in_era(era: str, year: int) -> int:
    """The number of a year in an era, even one that has ended: H, 2020 → 32."""
    return year - _ERAS[era.lower()]


def _era_year(era: str, number: str) -> int:
    return _ERAS[era.lower()] + (1 if number == "元" else int(number))


def parse_fiscal_year(value: Value) -> int | None:
    """``H31``, ``平成31年度``, ``R1``, ``令和元年度``, ``2019`` → 2019; None if it is no year.

    A fiscal year runs from April to March and is named after the year of its April.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(value) if float(value).is_integer() and 1926 <= value <= 2200 else None
    if not isinstance(value, str):
        return None
    match = _FISCAL_YEAR.fullmatch(_SPACES.sub("", nfkc(value)))
    if not match:
        return None
    year = int(match[3]) if match[3] else _era_year(match[1], match[2])
    return year if 1926 <= year <= 2200 else None


def fiscal_years_in(text: str) -> dict[str, int]:
    """Spellings of fiscal years inside a text that are its subject: ``平成29年度は`` → 2017.

    ``平成28年度から`` is none: it says since when, and stays true every year.
    """
    if "年" not in text and "\uf98e" not in text:  # most texts; the other one is its look-alike
        return {}
    return {
        m[0]: _era_year(m[1], unicodedata.normalize("NFKC", m[2]))
        for m in _SUBJECT_YEAR.finditer(unicodedata.normalize("NFKC", text))
    }


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
    text = _SPACES.sub("", nfkc(value))
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
