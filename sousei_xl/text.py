"""Texts, keys and choices: one typed cell in, one value (or the reason why not) out.

Numbers are parsed in ``amounts``, years and dates in ``eras``. Nothing there or here knows a file,
a frame or a finding. Two kinds of text are kept apart: what is printed (only outer white space and
line breaks inside names are removed) and keys for matching (NFKC, no white space, case folded),
which never reach a cell.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Container, Iterable, Mapping
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from sousei_xl.findings import UNPRINTABLE

Value = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
_T = TypeVar("_T")

# What most rows have instead of error values, corrections and the like: one of each for all of a
# hundred thousand. No proxy, for rows and readings travel to other processes.
NOTHING: frozenset[str] = frozenset()
EMPTY: Mapping[Any, Any] = {}


class Parsed(NamedTuple, Generic[_T]):
    """What a cell means; a tuple, because every cell of a long list gets one.

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
_LOOK_ALIKE = re.compile(f"[{''.join(map(re.escape, map(chr, _LOOK_ALIKES)))}]").search
# White space, and what is invisible: zero-width marks, soft hyphens, emoji selectors.
INVISIBLE = r"\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff"
_SPACES = re.compile(rf"[\s{INVISIBLE}]+")
_BREAKS = re.compile(r"[\r\n\v\f\x85\u2028\u2029]+")
# Brackets in which people put a word or a number, typed and after NFKC.
_OPENING, _CLOSING = "（(【［[〔《〈＜<", "）)】］]〕》〉＞>"
BRACKETS = _OPENING + _CLOSING
# What may stand around a word that says nothing, beside 。, as it is there without the word.
EMPTY_MARKS = ("", "※", *map("".join, zip(_OPENING, _CLOSING, strict=True)), "（)", "(）")
_AROUND_WORDS = BRACKETS + "※。"
OPENING_CLASS, CLOSING_CLASS = re.escape(_OPENING), re.escape(_CLOSING)  # inside [] of a pattern
_NEW = rf"\s*(?:[{OPENING_CLASS}]\s*新規?\s*[{CLOSING_CLASS}]|🈟)"
_NEW_MARK = re.compile(rf"^(?:{_NEW})+\s*")
_NEW_AT_END = re.compile(rf"(?:{_NEW})+\s*$")
_LAST_OF_MARK = (*_CLOSING, "🈟")
# Words of ordinary names that begin with 再掲: 広報紙再掲載, 看板の再掲出.
OTHER_REPEATED_WORDS = ("再掲載", "再掲示", "再掲出", "再掲揚")
_OTHER_ENDS = "".join(word[-1] for word in OTHER_REPEATED_WORDS)
_REPEATED_WORD = rf"再\s{{0,9}}掲(?!\s{{0,9}}[{_OTHER_ENDS}])"
_INSIDE = rf"[^{OPENING_CLASS}{CLOSING_CLASS}]{{0,24}}"
_RELISTED_BRACKET = re.compile(
    rf"[※\s]{{0,9}}[{OPENING_CLASS}]{_INSIDE}{_REPEATED_WORD}{_INSIDE}[{CLOSING_CLASS}]\s{{0,9}}"
)
# What is typed around a mark. The long-vowel mark is none of these: it ends words.
_AROUND = r"[\s※・･:：、，,◆◇■□●○★☆*＊\-－—―–−/／|｜]"
# 再 alone is a mark in brackets behind a name; before it only apart from it, for words begin so:
# （再）就職, 【再】エネ.
AGAIN_MARKS = ("（再）", "(再)", "【再】", "［再］", "[再]", "〔再〕", "《再》", "〈再〉")
AFTER_AGAIN = (" ", "：", ":", "・")
_AGAIN = "|".join(map(re.escape, AGAIN_MARKS))
_RELISTED_FIRST = re.compile(
    rf"^(?:{_AROUND}*{_REPEATED_WORD}{_AROUND}*|(?:{_AGAIN})[\u3000{''.join(AFTER_AGAIN)}]+)"
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
    """True for one of ``EMPTY_WORDS``, also with spaces or 。 in it and ``EMPTY_MARKS`` around
    it: （合　計）, 【該当なし】。"""
    return _says(value, EMPTY_WORDS)


def says_total(value: Value) -> bool:
    """True for 合計 and its like, which are the sum of the rows above."""
    return _says(value, TOTAL_WORDS)


def points_above(value: Value) -> bool:
    """True for 同上 and its like, which mean the row above."""
    return _says(value, ABOVE_WORDS)


def is_date(value: Value) -> bool:
    """True for a cell that Excel has made a date or a time of."""
    return isinstance(value, dt.date | dt.time | dt.timedelta)


def says_no_project(value: Value) -> bool:
    """True for one of ``NO_PROJECT_WORDS``, also as a note: ※該当なし。"""
    return heading_key(value).strip(_AROUND_WORDS) in _NO_PROJECT


def _says(value: Value, words: Container[str]) -> bool:
    if not isinstance(value, str) or is_blank(value):
        return False
    shown = without_spaces(value).replace("。", "")
    bare = shown.strip(_AROUND_WORDS) or "※"  # which may be the word, too
    return bare in words and shown.replace(bare, "", 1) in EMPTY_MARKS


def nfkc(text: str) -> str:
    """NFKC with look-alike marks folded; white space is kept."""
    plain = unicodedata.normalize("NFKC", text)
    return plain.translate(_LOOK_ALIKES) if _LOOK_ALIKE(plain) else plain  # hardly any has one


def packed(text: str) -> str:
    """NFKC without white space and what nobody sees."""
    return _SPACES.sub("", nfkc(text))


def key(text: str) -> str:
    """Match key: equal for spellings that mean the same. Never printed.

    NFKC, look-alikes folded, no white space, case folded, （新） stripped.
    """
    return _remembered_key(text) if len(text) <= SHORT else fresh_key(text)


def fresh_key(text: str) -> str:
    """``key``, which is not remembered: for names, of which there are too many."""
    return packed(_without_new_mark(text)).casefold()


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
    shown = without_brackets(key(parsed.value or ""))
    return Parsed(RELISTED, converted=True) if _RELISTED_WITH_PLACE.fullmatch(shown) else parsed


def has_relisted_mark(name: Value) -> bool:
    """Whether a name says that its row is relisted: 再掲 (but not 再掲載) anywhere in it, or
    （再） behind it or, with a space or colon, before it."""
    if not isinstance(name, str) or RELISTED[0] not in name:  # hardly any has it
        return False
    shown = without_spaces(name)
    rest = shown
    for word in OTHER_REPEATED_WORDS:
        rest = rest.replace(word, "")
    first = name.replace("\u3000", " ").strip(" ")
    begins = first.startswith(AGAIN_MARKS) and first[3:4] in AFTER_AGAIN
    return RELISTED in rest or begins or shown.endswith(AGAIN_MARKS)


def behind_again_mark(name: str) -> str:
    """``（再）産後ケア事業`` → ``産後ケア事業``, which may be a name or the rest of a word; blank
    where nothing of the kind stands before it."""
    return name[3:] if name.startswith(AGAIN_MARKS) else ""


def without_brackets(text: str) -> str:
    """A text without brackets of any kind, but with what stands in them."""
    return text.translate(_BRACKETS)


def unbracketed(text: str) -> str:
    """A text without the brackets around it."""
    return text.strip(f"{BRACKETS} ")


def without_spaces(name: str) -> str:
    """A text as the form's checks compare it: without blanks and line breaks."""
    return name.replace(" ", "").replace("\u3000", "").replace("\n", "")


# What people put around a number that they do not know to the last digit.
_REMARK = rf"[{OPENING_CLASS}](?:見込み?|概数|推計|速報|確報|暫定|予定)値?[{CLOSING_CLASS}]"
_ABOUT = re.compile(
    r"^(?:約|およそ|おおよそ|おおむね|概ね|ほぼ)\s*"
    rf"|\s*(?:(?:程度|くらい|ぐらい|ほど|前後|見込み?|以上|余り?|強|弱|超)\s*(?:{_REMARK})?|{_REMARK})$"
)


def without_about(text: str) -> str:
    """``約12,000千円程度`` → ``12,000千円``."""
    return _ABOUT.sub("", text.strip())


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
    if len(text) <= length // 2 or utf16_length(text) <= length:
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
    word = spellings.get(key(raw)) or spellings.get(key(unbracketed(nfkc(raw))))
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
# No name and no description. 同上 points at the row above, which in the list is another one; a 合計
# is somebody's own sum below the rows; that there is nothing is said on 回答票.
ABOVE_WORDS = (
    *("同上", "〃", "〃〃", "″", '"', "”", "“", "''", "々", "↑", "上に同じ", "上と同じ"),
    *("上記に同じ", "上記と同じ", "上記のとおり", "同文"),
)
NO_PROJECT_WORDS = (
    *("該当なし", "該当無し", "該当事業なし", "該当事業無し"),
    *("該当する事業なし", "事業なし"),
)
TOTAL_WORDS = ("計", "小計", "合計")
_NO_PROJECT = frozenset(map(key, NO_PROJECT_WORDS))
EMPTY_WORDS = (
    *ABOVE_WORDS,
    *NO_PROJECT_WORDS,
    *("－", "―", "ー", "-", "※", "・", "なし", "無し", "新"),
    *(
        "前年度と同じ",
        "前年度に同じ",
        "前年と同じ",
        "昨年度と同じ",
        "前年度同様",
        "別紙参照",
        "別紙のとおり",
    ),
    *("未定", "仮称", "検討中", "調整中", "後日提出", "追って提出", "…", "……"),
    *TOTAL_WORDS,
)
BUDGET_KIND_SPELLINGS = spellings(
    {
        INITIAL: ("当初予算",),
        UNDECIDED: ("調整中", "未確定", "検討中"),
        INCLUDED: ("うち数",),
        ZERO: ("ゼロ予算", "予算なし", "人件費のみ", "予算なし(人件費のみ)"),
    }
)
_BRACKETS = str.maketrans("", "", BRACKETS)
