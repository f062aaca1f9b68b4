"""Conditions on the cells of a row, each twice: as Excel text and in Python.

COUNTIF would take ``*`` for a wildcard and 〇 for ○: hence SUMPRODUCT over EXACT. All of them look
at their own row only and give the same result in Excel 2013 and LibreOffice.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sousei_xl import amounts, text
from sousei_xl.addresses import column_number
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.departments import JOINT
from sousei_xl.strategy.fields import Field
from sousei_xl.text import Value

GOOD = "✓"
PENDING = "未確認："  # how the reasons of the third state begin
ERROR = "エラー値（#REF!など）を直してください{remedy}"  # there may be none: cells were moved
CONTROL = "使えない文字（制御文字）があります。入力し直してください"
# Characters that make a cell look empty. \v and \f are refused as control characters.
BLANKS = (" ", "\t", "\n", "\u00a0", "\u3000", "\u200b", "\ufeff")

MEASURE_OPTIONS, MEASURE_KEYS = "施策の選択肢", "施策のキー"
DEPARTMENT_OPTIONS, DEPARTMENT_SPELLINGS = "部局名の選択肢", "部局名の表記"
BLANK_CHARACTERS = "空白の文字"
EMPTY_WORDS = "内容のない言葉"

Cells = Mapping[str, Value]
Condition = tuple[str, Callable[[Cells], bool]]  # Excel text, and the same in Python


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be wrong in a row.

    ``field`` is the field whose cell is to be mended, ``reason`` what 入力チェック then says.
    ``broken`` is the Excel condition, ``{budget}`` standing for the row's cell of that field;
    ``fails`` says the same about the values of the row.
    """

    field: str
    reason: str
    broken: str
    fails: Callable[[Cells], bool]

    @property
    def pending(self) -> bool:
        """True for what is not wrong, but still to be looked at."""
        return self.reason.startswith(PENDING)


def choice_name(field: Field) -> str:
    """The defined name of a choice field's list: ``関連性の選択肢``, ``独自項目1の選択肢``."""
    subject = f"独自項目{field.name.rpartition('_')[2]}" if field.own else field.label
    return f"{subject}の選択肢"


def is_empty(value: Value) -> bool:
    """What ``=""`` says in Excel."""
    return value is None or value == ""


def looks_empty(name: str) -> Condition:
    """Nothing in the cell, or nothing that anybody can see."""

    def fails(cells: Cells) -> bool:
        value = cells.get(name)
        return is_empty(value) or (isinstance(value, str) and not set(value) - {*BLANKS, "\r"})

    shown = f'LEN({{{name}}})-LEN(SUBSTITUTE({{{name}}},{BLANK_CHARACTERS},""))'
    return f'SUMPRODUCT({shown})=LEN(SUBSTITUTE({{{name}}},CHAR(13),""))', fails


def says_nothing(name: str) -> Condition:
    """Empty, or a word that tells nobody anything: 同上 means another row in the list."""
    empty, looks_like_nothing = looks_empty(name)

    def fails(cells: Cells) -> bool:
        return looks_like_nothing(cells) or text.says_nothing(cells.get(name))

    shown = _without(_unspaced(name), '"。"')
    around = f'SUBSTITUTE({shown},{EMPTY_WORDS},"",1)'
    marked = f"SUMPRODUCT(--EXACT({around},{_constants(text.EMPTY_MARKS)}))>0"
    return f"OR({empty},{marked})", fails


def _unspaced(name: str) -> str:
    """``text.without_spaces``."""
    return _without(f"{{{name}}}", '" "', '"\u3000"', "CHAR(10)")


def _without(shown: str, *characters: str) -> str:
    for character in characters:
        shown = f'SUBSTITUTE({shown},{character},"")'
    return shown


def relisted_mark(name: str) -> Condition:
    """再掲 in the name, or （再） before or behind it (``text.has_relisted_mark``)."""
    shown, marks = _unspaced(name), _constants(text.AGAIN_MARKS)
    rest = _without(shown, *(f'"{word}"' for word in text.OTHER_REPEATED_WORDS))
    first = f'TRIM(SUBSTITUTE({{{name}}},"\u3000"," "))'
    again = f'ISNUMBER(FIND("{text.RELISTED}",{rest}))'
    begins = (
        f"SUMPRODUCT(--EXACT(LEFT({first},3),{marks}))"
        f"*SUMPRODUCT(--EXACT(MID({first},4,1),{_constants(text.AFTER_AGAIN)}))"
    )
    ends = f"SUMPRODUCT(--EXACT(RIGHT({shown},3),{marks}))"
    return f"OR({again},{begins}+{ends}>0)", lambda cells: text.has_relisted_mark(cells.get(name))


def _constants(words: Iterable[str]) -> str:
    """An array of Excel, as a template of ``format``."""
    return "{{" + ",".join(f'"{word}"' for word in words) + "}}"


def unlisted(name: str, names: Sequence[str], allowed: Sequence[str], required: bool) -> Condition:
    """Not word for word in one of the defined names; blank is allowed unless ``required``."""
    hits = "+".join(f"EXACT({list_name},{{{name}}})" for list_name in names)
    missing = f"SUMPRODUCT({hits if len(names) > 1 else f'--{hits}'})=0"
    words = frozenset(allowed)

    def fails(cells: Cells) -> bool:
        value = cells.get(name)
        return required if is_empty(value) else text.to_text(value) not in words

    return missing if required else f'IF({{{name}}}="",FALSE,{missing})', fails


def no_integer(name: str, least: int | None) -> Condition:
    """Neither blank nor an integer from ``least`` on."""
    low = 1 - amounts.LARGEST if least is None else least
    wrong = f"ISLOGICAL({{{name}}}),{{{name}}}<{low},{{{name}}}>={amounts.LARGEST}"
    near = f"ABS({{{name}}}-ROUND({{{name}}},0))>={amounts.NEAR:.6f}"

    def fails(cells: Cells) -> bool:
        value = cells.get(name)
        if is_empty(value):
            return False
        if isinstance(value, dt.date):  # a date is a number to Excel; the validator knows better
            return False
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        return not low <= value < amounts.LARGEST or abs(value - round(value)) >= amounts.NEAR

    return f'IF(ISNUMBER({{{name}}}),OR({wrong},{near}),{{{name}}}<>"")', fails


def too_long(field: Field) -> Condition:
    """Longer than the field allows."""

    def fails(cells: Cells) -> bool:
        return text.utf16_length(text.to_text(cells.get(field.name))) > field.max_length

    return f"LEN({{{field.name}}})>{field.max_length}", fails


def unknown_department(strategy: Strategy) -> Condition:
    """No department, alias or several of them joined by ・ or 、.

    ``経済部・農政部`` becomes ``・経済部・・農政部・``: when all ``・name・`` are taken out of it,
    nothing is left. The letters that each name would take away are added up, which is right as long
    as no two names take the same ones: those that may (産業・労働部, where 労働部 is one as well)
    give way to a line break first, one after the other.
    """
    spellings = department_spellings(strategy)
    known, first = frozenset(spellings), _with_common_parts(spellings)
    shown = _between_joints('SUBSTITUTE({department},"、","・")')
    for name in first:
        shown = f'SUBSTITUTE({shown},"{_in_template(_framed(name))}",CHAR(10))'
    rest = f'SUBSTITUTE({shown},{_between_joints(DEPARTMENT_SPELLINGS)},"")'
    taken = f"SUMPRODUCT(LEN({shown})-LEN({rest}))"
    listed = f"SUMPRODUCT(--EXACT({DEPARTMENT_SPELLINGS},{{department}}))"

    def fails(cells: Cells) -> bool:
        name = cells.get("department")
        if is_empty(name) or name in known:
            return False
        shown = _framed(text.to_text(name).replace("、", JOINT))
        for other in first:
            shown = shown.replace(_framed(other), "\n")
        taken = sum(len(shown) - len(shown.replace(_framed(name), "")) for name in spellings)
        return taken != len(shown.replace("\n", ""))

    left = f'SUBSTITUTE({shown},CHAR(10),"")' if first else shown
    return f'IF(({{department}}="")+{listed}>0,FALSE,{taken}<>LEN({left}))', fails


def _between_joints(shown: str) -> str:
    return f'"・"&SUBSTITUTE({shown},"・","・・")&"・"'


def _framed(name: str) -> str:
    """The same in Python."""
    return f"{JOINT}{name.replace(JOINT, JOINT * 2)}{JOINT}"


def _in_template(words: str) -> str:
    return quoted(words).replace("{", "{{").replace("}", "}}")


def _with_common_parts(names: Sequence[str]) -> list[str]:
    """The names of several parts that have one in common with another name, the longest first."""
    owners = Counter(part for name in names for part in {*name.split(JOINT)})
    shared = (n for n in names if JOINT in n and any(owners[p] > 1 for p in n.split(JOINT)))
    return sorted(shared, key=len, reverse=True)


def department_spellings(strategy: Strategy) -> tuple[str, ...]:
    """Names and aliases, word for word, each once."""
    return tuple(dict.fromkeys(s for d in strategy.departments for s in (d.name, *d.aliases)))


def has_error(cells: Sequence[str]) -> str:
    """Excel's condition that one of these ranges holds an error value."""
    return "+".join(f"SUMPRODUCT(--ISERROR({part}))" for part in cells) + ">0"


def has_controls(cells: Sequence[str]) -> str:
    """Excel's condition that one of these ranges holds a control character; line breaks and tabs
    are none."""
    return "+".join(_controls(part) for part in cells) + ">0"


def _controls(cells: str) -> str:
    allowed = cells
    for code in (9, 10, 13):
        allowed = f'SUBSTITUTE({allowed},CHAR({code}),"")'
    return f"SUMPRODUCT(LEN({allowed})-LEN(CLEAN({cells})))"


def holds_controls(values: Iterable[Value]) -> bool:
    """The same of values."""
    controls = {chr(code) for code in range(32)} - {"\t", "\n", "\r"}
    return any(controls & set(text.to_text(value)) for value in values)


def as_formula(parts: Sequence[tuple[str, str]], otherwise: str) -> str:
    """``=IF(condition,"text",IF(…,"otherwise"))``; the first condition that holds counts."""
    branches = "".join(f'IF({condition},"{quoted(shown)}",' for condition, shown in parts)
    return f'={branches}"{quoted(otherwise)}"{")" * len(parts)}'


def quoted(words: str) -> str:
    """A text as it stands between the quotation marks of a formula."""
    return words.replace('"', '""')


def ranges(names: Sequence[str], letters: Mapping[str, str], row: int) -> list[str]:
    """The cells of these columns as ranges of neighbours: ``B5:F5``, ``H5:L5``."""
    numbers = sorted((column_number(letters[name]), letters[name]) for name in names)
    runs: list[list[tuple[int, str]]] = []
    for number, letter in numbers:
        if runs and runs[-1][-1][0] == number - 1:
            runs[-1].append((number, letter))
        else:
            runs.append([(number, letter)])
    return [f"{run[0][1]}{row}:{run[-1][1]}{row}" for run in runs]
