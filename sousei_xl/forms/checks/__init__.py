"""入力チェック: what a department sees before it submits, as Excel formula and in Python.

Every check is written twice, side by side: ``broken`` for Excel and ``fails`` for the value that
is stored with the formula. A row that shows ✓ gets no 要修正 of its own from the validator; in
spelling the form may be stricter (``12,000千円`` is understood later, but refused here).

The formulas look at their own row only, so that rows can be sorted, inserted and pasted, and give
the same result in Excel 2013 and LibreOffice: they use no volatile and no array functions
(``conditions.py``). But cells that are cut and pasted, or dragged, take the references of their
row's formula along, and leave #REF! in that of the row where they arrive: 記入要領 asks for copies
or whole rows, and says how to mend a formula.

There is a third state beside ✓ and a reason: 未確認, for what a form was prefilled with and nobody
has looked at yet (``review.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sousei_xl import text
from sousei_xl.errors import OperatorError
from sousei_xl.forms.checks.conditions import (
    BLANK_CHARACTERS,
    BLANKS,
    CONTROL,
    DEPARTMENT_OPTIONS,
    DEPARTMENT_SPELLINGS,
    EMPTY_WORDS,
    ERROR,
    GOOD,
    MEASURE_KEYS,
    MEASURE_OPTIONS,
    PENDING,
    Cells,
    Check,
    as_formula,
    choice_name,
    department_spellings,
    has_controls,
    has_error,
    holds_controls,
    is_empty,
    looks_empty,
    no_integer,
    ranges,
    relisted_mark,
    says_nothing,
    too_long,
    unknown_department,
    unlisted,
)
from sousei_xl.forms.checks.review import (
    PAST_YEARS,
    explained_budget,
    past_years,
    this_years_budget,
    this_years_text,
)
from sousei_xl.forms.layout import makes_a_row
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import Field

__all__ = [
    "BLANKS",
    "BLANK_CHARACTERS",
    "DEPARTMENT_OPTIONS",
    "DEPARTMENT_SPELLINGS",
    "EMPTY_WORDS",
    "GOOD",
    "MEASURE_KEYS",
    "MEASURE_OPTIONS",
    "PAST_YEARS",
    "PENDING",
    "Check",
    "check_formula",
    "check_text",
    "choice_name",
    "department_spellings",
    "past_years",
    "reasons_of",
    "row_checks",
]

_REMEDY = "（ないときは、ほかの行の入力チェックをコピー）"
_LONGEST_FORMULA = 8192
_MOST_PARTS = 58  # Excel nests 64 levels of functions; within the last part there are six


# --- the checks of a row --------------------------------------------------------------------------


def _field_checks(field: Field, strategy: Strategy) -> Iterator[Check]:
    """What the definition of one field demands of its cell alone."""
    name, label = field.name, field.short_label
    if field.kind == "measure":
        options = [s for m in strategy.measures for s in (m.option, m.key)]
        condition = unlisted(name, (MEASURE_OPTIONS, MEASURE_KEYS), options, field.required)
        yield Check(name, f"{label}をリストから選んでください", *condition)
    elif field.kind == "choice":
        condition = unlisted(name, (choice_name(field),), field.choices, field.required)
        yield Check(name, f"{label}をリストから選んでください", *condition)
    elif field.kind == "department":
        yield Check(name, f"{label}をリストから選んでください", *unknown_department(strategy))
    elif field.kind == "integer" and not field.own:
        yield Check(name, f"{label}は1以上の整数で入力してください", *no_integer(name, 1))
    elif field.kind == "integer":
        yield Check(name, f"{label}は整数で入力してください", *no_integer(name, None))
    elif field.kind == "money":
        reason = f"{label}は0以上の整数（千円単位）で入力してください"
        yield Check(name, reason, *no_integer(name, 0))
    else:
        if field.required:
            yield Check(name, f"{label}を入力してください", *says_nothing(name))
        reason = f"{label}は{field.max_length}文字以内にしてください"
        yield Check(name, reason, *too_long(field))


def _unless_relisted(check: Check) -> Check:
    """A relisted row takes what it lacks from its original."""
    return Check(
        check.field,
        check.reason,
        f'IF({{relisted}}="{text.RELISTED}",FALSE,{check.broken})',
        lambda cells: cells.get("relisted") != text.RELISTED and check.fails(cells),
    )


def _relisted_by_name(fields: Mapping[str, Field]) -> Check:
    """R107: （再掲） typed into the name."""
    label, name = fields["relisted"].label, fields["name"].short_label
    return _unless_relisted(
        Check(
            "relisted",
            f"{label}の欄で『{text.RELISTED}』を選び、{name}から（{text.RELISTED}）を消してください",
            *relisted_mark("name"),
        )
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
                is_empty(cells.get("budget"))
                and (is_empty(cells.get("budget_kind")) or cells.get("budget_kind") == text.INITIAL)
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
        yield _unless_relisted(Check(field.name, reason, *looks_empty(field.name)))
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
                *says_nothing("description"),
            )
        ),
        of["description"][0],
    )
    first = (*of["category"], named)
    listed = [
        *of["measure"],
        *of["number"],
        *of["relisted"],
        _relisted_by_name(fields),
        name_length,
        *of["department"],
        *of["relevance"],
        *of["budget_kind"],
        *of["budget"],
        this_years_budget(_missing_budget(fields), fields["budget"]),
        _missing_budget(fields),
        _contradicting_zero(fields),
        described,
        description_length,
    ]
    for field in strategy.own_fields:
        listed += _own_checks(field, strategy)
    listed += of["note"]
    if leap := explained_budget(fields["budget"], strategy.settings):
        listed.append(leap)
    listed.append(this_years_text(fields["description"], strategy.settings))
    return first, tuple(listed)


def check_formula(strategy: Strategy, letters: Mapping[str, str], row: int) -> str:
    """The formula of 入力チェック: blank, ✓ or the first reason.

    ``letters`` maps field names to column letters (those of last year's columns too where the form
    has them), ``row`` is Excel's row number. OperatorError where the office has more fields of its
    own than a formula can hold.
    """
    first, listed = row_checks(strategy)
    if "previous_budget" not in letters:
        listed = tuple(c for c in listed if not c.pending)
    cells = {name: f"{letter}{row}" for name, letter in letters.items()}
    inputs = [f.name for f in strategy.fields]
    typed = ranges([f.name for f in strategy.fields if makes_a_row(f)], letters, row)
    everything = ranges(inputs, letters, row)
    withdrawn = (f'{cells["category"]}="{word}"' for word in text.WITHDRAWN)
    parts = [
        (f"COUNTA({','.join(typed)})=0", ""),
        (has_error(everything), ERROR.format(remedy=_REMEDY)),
        *((c.broken.format_map(cells), c.reason) for c in first),
        (f"OR({','.join(withdrawn)})", GOOD),
        *((c.broken.format_map(cells), c.reason) for c in listed),
        (has_controls(everything), CONTROL),
    ]
    formula = as_formula(parts, GOOD)
    if len(parts) > _MOST_PARTS or text.utf16_length(formula) > _LONGEST_FORMULA:
        raise OperatorError(
            f"独自の項目が多すぎるため（{len(strategy.own_fields)}項目）、様式の入力チェックを"
            "作成できません。テンプレートの「項目」シートで独自の項目を減らしてください。"
        )
    return formula


def check_text(strategy: Strategy, cells: Cells) -> str:
    """What the formula gives for these values: the value to be stored with it."""
    typed = [f for f in strategy.fields if makes_a_row(f)]
    if all(is_empty(cells.get(f.name)) for f in typed):
        return ""
    first, listed = row_checks(strategy)
    for check in first:
        if check.fails(cells):
            return check.reason
    if cells.get("category") in text.WITHDRAWN:
        return GOOD
    for check in listed:
        if check.fails(cells):
            return check.reason
    return CONTROL if holds_controls(cells.get(f.name) for f in strategy.fields) else GOOD


def reasons_of(strategy: Strategy, field: str, pending: bool = False) -> tuple[str, ...]:
    """Everything that 入力チェック may say about one field, for marking its cell: what is wrong
    with it, or (``pending``) what is still to be looked at."""
    first, listed = row_checks(strategy)
    about = (c for c in (*first, *listed) if c.field == field)
    return tuple(c.reason for c in about if c.pending is pending)
