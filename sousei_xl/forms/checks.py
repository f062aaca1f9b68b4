"""入力チェック: what a department sees before it submits, as Excel formula and in Python.

Every check is written twice, side by side: ``broken`` for Excel and ``fails`` for the value that
is stored with the formula. A row that shows ✓ gets no 要修正 of its own from the validator; in
spelling the form may be stricter (``12,000千円`` is understood later, but refused here).

The formulas look at their own row only, so that rows can be sorted, inserted and pasted. They use
no volatile and no array functions and give the same result in Excel 2013 and LibreOffice. COUNTIF
would take ``*`` for a wildcard and 〇 for ○: hence SUMPRODUCT over EXACT.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sousei_xl import text
from sousei_xl.forms.layout import makes_a_row
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import Field
from sousei_xl.text import Value
from sousei_xl.workspace import OperatorError

GOOD = "✓"
# Characters that make a cell look empty. \v and \f are refused as control characters.
BLANKS = (" ", "\t", "\n", "\u00a0", "\u3000", "\u200b", "\ufeff")

MEASURE_OPTIONS, MEASURE_KEYS = "施策の選択肢", "施策のキー"
DEPARTMENT_OPTIONS, DEPARTMENT_SPELLINGS = "部局名の選択肢", "部局名の表記"
BLANK_CHARACTERS = "空白の文字"

_LONGEST_FORMULA = 8192
_DEEPEST_FORMULA = 62  # Excel nests 64 levels; the conditions need one of their own
_NEAR = 1e-6  # as in text.py: a formula's 12000.000000000002 is 12000

Cells = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be wrong in a row.

    ``field`` is the field whose cell is to be mended (blank: any), ``reason`` what 入力チェック
    then says. ``broken`` is the Excel condition, ``{budget}`` standing for the row's cell of that
    field; ``fails`` says the same about the values of the row.
    """

    field: str
    reason: str
    broken: str
    fails: Callable[[Cells], bool]


def choice_name(field: Field) -> str:
    """The defined name of a choice field's list: ``関連性の選択肢``, ``独自項目1の選択肢``."""
    subject = f"独自項目{field.name.rpartition('_')[2]}" if field.own else field.label
    return f"{subject}の選択肢"


# --- conditions: Excel text and the same in Python ------------------------------------------------


def _empty(value: Value) -> bool:
    return value is None or value == ""


def _looks_empty(name: str) -> tuple[str, Callable[[Cells], bool]]:
    def fails(cells: Cells) -> bool:
        value = cells.get(name)
        return _empty(value) or (isinstance(value, str) and not set(value) - {*BLANKS, "\r"})

    shown = f'LEN({{{name}}})-LEN(SUBSTITUTE({{{name}}},{BLANK_CHARACTERS},""))'
    return f'SUMPRODUCT({shown})=LEN(SUBSTITUTE({{{name}}},CHAR(13),""))', fails


def _unlisted(
    name: str, names: Sequence[str], allowed: Sequence[str], required: bool
) -> tuple[str, Callable[[Cells], bool]]:
    """Not word for word in one of the defined names; blank is allowed unless ``required``."""
    hits = "+".join(f"EXACT({list_name},{{{name}}})" for list_name in names)
    missing = f"SUMPRODUCT({hits if len(names) > 1 else f'--{hits}'})=0"
    words = frozenset(allowed)

    def fails(cells: Cells) -> bool:
        value = cells.get(name)
        return required if _empty(value) else text.to_text(value) not in words

    return missing if required else f'IF({{{name}}}="",FALSE,{missing})', fails


def _no_integer(name: str, least: int | None) -> tuple[str, Callable[[Cells], bool]]:
    low = 1 - text.LARGEST if least is None else least
    wrong = f"ISLOGICAL({{{name}}}),{{{name}}}<{low},{{{name}}}>={text.LARGEST}"
    near = f"ABS({{{name}}}-ROUND({{{name}}},0))>={_NEAR:.6f}"

    def fails(cells: Cells) -> bool:
        value = cells.get(name)
        if _empty(value):
            return False
        if isinstance(value, dt.date):  # a date is a number to Excel; the validator knows better
            return False
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        return not low <= value < text.LARGEST or abs(value - round(value)) >= _NEAR

    return f'IF(ISNUMBER({{{name}}}),OR({wrong},{near}),{{{name}}}<>"")', fails


def _too_long(field: Field) -> tuple[str, Callable[[Cells], bool]]:
    def fails(cells: Cells) -> bool:
        return text.utf16_length(text.to_text(cells.get(field.name))) > field.max_length

    return f"LEN({{{field.name}}})>{field.max_length}", fails


def _unknown_department(strategy: Strategy) -> tuple[str, Callable[[Cells], bool]]:
    """No department, alias or several of them joined by ・.

    ``経済部・農政部`` becomes ``・経済部・・農政部・``: when all ``・name・`` are taken out of it,
    nothing is left.
    """
    spellings = frozenset(_department_spellings(strategy))
    joined = '"・"&SUBSTITUTE({department},"・","・・")&"・"'
    rest = f'SUBSTITUTE({joined},"・"&{DEPARTMENT_SPELLINGS}&"・","")'
    taken = f"SUMPRODUCT(LEN({joined})-LEN({rest}))"
    listed = f"SUMPRODUCT(--EXACT({DEPARTMENT_SPELLINGS},{{department}}))"

    def fails(cells: Cells) -> bool:
        name = cells.get("department")
        if _empty(name) or name in spellings:
            return False
        return not all(part in spellings for part in text.to_text(name).split("・"))

    return f'IF({{department}}="",FALSE,IF({listed}>0,FALSE,{taken}<>LEN({joined})))', fails


def _department_spellings(strategy: Strategy) -> tuple[str, ...]:
    return tuple(s for d in strategy.departments for s in (d.name, *d.aliases))


# --- the checks of a row --------------------------------------------------------------------------


def _field_checks(field: Field, strategy: Strategy) -> Iterator[Check]:
    """What the definition of one field demands of its cell alone."""
    name, label = field.name, field.short_label
    if field.kind == "measure":
        options = [s for m in strategy.measures for s in (m.option, m.key)]
        condition = _unlisted(name, (MEASURE_OPTIONS, MEASURE_KEYS), options, field.required)
        yield Check(name, f"{label}をリストから選んでください", *condition)
    elif field.kind == "choice":
        condition = _unlisted(name, (choice_name(field),), field.choices, field.required)
        yield Check(name, f"{label}をリストから選んでください", *condition)
    elif field.kind == "department":
        yield Check(name, f"{label}をリストから選んでください", *_unknown_department(strategy))
    elif field.kind == "integer" and not field.own:
        yield Check(name, f"{label}は1以上の整数で入力してください", *_no_integer(name, 1))
    elif field.kind == "integer":
        yield Check(name, f"{label}は整数で入力してください", *_no_integer(name, None))
    elif field.kind == "money":
        reason = f"{label}は0以上の整数（千円単位）で入力してください"
        yield Check(name, reason, *_no_integer(name, 0))
    else:
        if field.required:
            yield Check(name, f"{label}を入力してください", *_looks_empty(name))
        reason = f"{label}は{field.max_length}文字以内にしてください"
        yield Check(name, reason, *_too_long(field))


def _unless_relisted(check: Check) -> Check:
    """A relisted row takes what it lacks from its original."""
    return Check(
        check.field,
        check.reason,
        f'IF({{relisted}}="{text.RELISTED}",FALSE,{check.broken})',
        lambda cells: cells.get("relisted") != text.RELISTED and check.fails(cells),
    )


def _missing_budget(fields: Mapping[str, Field]) -> Check:
    """R104: only 未定, 内数 and ０予算 explain a blank amount."""
    label = fields["budget"].short_label
    return _unless_relisted(
        Check(
            "budget",
            f"{label}を入力してください（未定などは{fields['budget_kind'].label}で選択）",
            f'AND({{budget}}="",OR({{budget_kind}}="",{{budget_kind}}="{text.INITIAL}"))',
            lambda cells: (
                _empty(cells.get("budget"))
                and (_empty(cells.get("budget_kind")) or cells.get("budget_kind") == text.INITIAL)
            ),
        )
    )


def _contradicting_zero(fields: Mapping[str, Field]) -> Check:
    """R105: ０予算 beside an amount."""
    kind, label = fields["budget_kind"].label, fields["budget"].short_label
    return Check(
        "budget",
        f"{kind}が{text.ZERO}のときは、{label}を空欄か0にしてください",
        f'AND({{budget_kind}}="{text.ZERO}",ROUND(N({{budget}}),0)<>0)',
        lambda cells: (
            cells.get("budget_kind") == text.ZERO
            and isinstance(value := cells.get("budget"), int | float)
            and round(value) != 0
        ),
    )


def _own_checks(field: Field, strategy: Strategy) -> Iterator[Check]:
    """The office's own field: only its absence is excused in a relisted row."""
    if field.required:
        demand = "リストから選んでください" if field.kind == "choice" else "入力してください"
        reason = f"{field.short_label}を{demand}"
        yield _unless_relisted(Check(field.name, reason, *_looks_empty(field.name)))
    yield from _field_checks(replace(field, required=False), strategy)


def row_checks(strategy: Strategy) -> tuple[tuple[Check, ...], tuple[Check, ...]]:
    """(checks of every row, further checks of a row that is to be listed), in order.

    A row with 終了 or 取下げ needs nothing but its name.
    """
    fields = strategy.field_by_name
    of = {f.name: list(_field_checks(f, strategy)) for f in strategy.fields}
    named, name_length = of["name"]
    described, description_length = (
        _unless_relisted(
            Check(
                "description",
                f"{fields['description'].short_label}を入力してください",
                *_looks_empty("description"),
            )
        ),
        of["description"][0],
    )
    first = (*of["category"], named)
    listed = [
        *of["measure"],
        *of["number"],
        *of["relisted"],
        name_length,
        *of["department"],
        *of["relevance"],
        *of["budget_kind"],
        *of["budget"],
        _missing_budget(fields),
        _contradicting_zero(fields),
        described,
        description_length,
    ]
    for field in strategy.own_fields:
        listed += _own_checks(field, strategy)
    return first, (*listed, *of["note"])


_ERROR = "エラー値（#REF!など）を直してください"
_CONTROL = "使えない文字（制御文字）があります。入力し直してください"


def check_formula(strategy: Strategy, letters: Mapping[str, str], row: int) -> str:
    """The formula of 入力チェック: blank, ✓ or the first reason.

    ``letters`` maps field names to column letters, ``row`` is Excel's row number. OperatorError
    where the office has more fields of its own than a formula can hold.
    """
    first, listed = row_checks(strategy)
    cells = {name: f"{letter}{row}" for name, letter in letters.items()}
    inputs = [f.name for f in strategy.fields]
    typed = _ranges([n for n in inputs if makes_a_row(strategy.field_by_name[n], n)], letters, row)
    everything = _ranges(inputs, letters, row)
    broken = "+".join(f"SUMPRODUCT(--ISERROR({part}))" for part in everything)
    parts = [f'COUNTA({",".join(typed)})=0,""', f'{broken}>0,"{_ERROR}"']
    parts += [f'{c.broken.format_map(cells)},"{_quoted(c.reason)}"' for c in first]
    withdrawn = (f'{cells["category"]}="{word}"' for word in (text.ENDED, text.CANCELLED))
    parts.append(f'OR({",".join(withdrawn)}),"{GOOD}"')
    parts += [f'{c.broken.format_map(cells)},"{_quoted(c.reason)}"' for c in listed]
    parts.append(f'{"+".join(_control(part) for part in everything)}>0,"{_CONTROL}"')
    formula = f'={"".join(f"IF({part}," for part in parts)}"{GOOD}"{")" * len(parts)}'
    if len(parts) > _DEEPEST_FORMULA or text.utf16_length(formula) > _LONGEST_FORMULA:
        raise OperatorError(
            f"独自の項目が多すぎるため（{len(strategy.own_fields)}項目）、様式の入力チェックを"
            "作成できません。テンプレートの「項目」シートで独自の項目を減らしてください。"
        )
    return formula


def _quoted(reason: str) -> str:
    return reason.replace('"', '""')


def _control(cells: str) -> str:
    """How many characters of the cells are control characters (line breaks and tabs are none)."""
    allowed = cells
    for code in (9, 10, 13):
        allowed = f'SUBSTITUTE({allowed},CHAR({code}),"")'
    return f"SUMPRODUCT(LEN({allowed})-LEN(CLEAN({cells})))"


def _ranges(names: Sequence[str], letters: Mapping[str, str], row: int) -> list[str]:
    """The cells of these fields as ranges of neighbours: ``B5:F5``, ``H5:L5``."""
    numbers = sorted((_column(letters[name]), letters[name]) for name in names)
    runs: list[list[tuple[int, str]]] = []
    for number, letter in numbers:
        if runs and runs[-1][-1][0] == number - 1:
            runs[-1].append((number, letter))
        else:
            runs.append([(number, letter)])
    return [f"{run[0][1]}{row}:{run[-1][1]}{row}" for run in runs]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def check_text(strategy: Strategy, cells: Cells) -> str:
    """What the formula gives for these values: the value to be stored with it."""
    typed = [f for f in strategy.fields if makes_a_row(f, f.name)]
    if all(_empty(cells.get(f.name)) for f in typed):
        return ""
    first, listed = row_checks(strategy)
    for check in first:
        if check.fails(cells):
            return check.reason
    if cells.get("category") in (text.ENDED, text.CANCELLED):
        return GOOD
    for check in listed:
        if check.fails(cells):
            return check.reason
    controls = {chr(code) for code in range(32)} - {"\t", "\n", "\r"}
    if any(controls & set(text.to_text(cells.get(f.name))) for f in strategy.fields):
        return _CONTROL
    return GOOD


def reasons_of(strategy: Strategy, field: str) -> tuple[str, ...]:
    """Everything that 入力チェック may say about one field, for marking its cell."""
    first, listed = row_checks(strategy)
    return tuple(c.reason for c in (*first, *listed) if c.field == field)
