"""入力チェック of the KPI sheet, as Excel formula and in Python.

Every row has a formula of its own, because what is asked for depends on the indicator: which year
has ended, and whether an actual is asked for at all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping

from sousei_xl import amounts, text
from sousei_xl.forms.checks.conditions import (
    CONTROL,
    ERROR,
    GOOD,
    Cells,
    Check,
    Condition,
    as_formula,
    has_controls,
    has_error,
    holds_controls,
    is_empty,
    quoted,
    ranges,
    unlisted,
)
from sousei_xl.strategy import Indicator, Settings
from sousei_xl.strategy.indicators import (
    EXCLUDED,
    NOT_SURVEYED,
    QUALITATIVE,
    Column,
    actual_field,
    actual_label,
    columns,
    has_ended,
    input_names,
    is_due,
    judged_year,
    plan_years,
    years_of_sum,
    years_passed_over,
)

NOT_ENTERED, QUESTION = "未入力：", "確認："
NOT_NEEDED = "今回は入力不要"
_REMEDY = "（ないときは、事務局に御連絡ください）"  # no other row has the same formula


def choices_name(column: Column) -> str:
    """The defined name of a column's list: ``速報確報の選択肢``."""
    return re.sub(r"\W", "", column.label) + "の選択肢"


def _no_figure(name: str) -> Condition:
    size = amounts.LARGEST

    def fails(cells: Cells) -> bool:
        value = cells.get(name)
        if is_empty(value) or isinstance(value, dt.date):  # a date is a number to Excel
            return False
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        return not abs(float(value)) < size

    inside = f"ISLOGICAL({{{name}}}),{{{name}}}<=-{size},{{{name}}}>={size}"
    return f'IF(ISNUMBER({{{name}}}),OR({inside}),{{{name}}}<>"")', fails


ID_CHANGED = "IDを"  # how the reason begins; it goes on with the ID, which each row has its own of


def indicator_checks(indicator: Indicator, settings: Settings) -> tuple[Check, ...]:
    """What may be wrong in the row of one indicator, in order; then what is to be looked at."""
    return (*_wrong(indicator, settings), *_open(indicator, settings))


def _wrong(indicator: Indicator, settings: Settings) -> Iterator[Check]:
    yield Check(
        "id",
        f"{ID_CHANGED}「{indicator.id}」に戻してください",
        f'EXACT({{id}},"{quoted(indicator.id)}")=FALSE',
        lambda cells: text.to_text(cells.get("id")) != indicator.id,
    )
    for column in columns(settings):
        if column.year:
            words = "（言葉は要因・課題に）" if indicator.kind == QUALITATIVE else ""
            reason = f"{column.label}は数字だけを入力してください{words}"
            yield Check(column.name, reason, *_no_figure(column.name))
        elif column.choices:
            condition = unlisted(column.name, (choices_name(column),), column.choices, False)
            remedy = "をリストから選んでください"
            if column.name == "office_class":
                remedy = "は空欄に戻してください（事務局が記入します）"
            yield Check(column.name, f"{column.label}{remedy}", *condition)


def _open(indicator: Indicator, settings: Settings) -> Iterator[Check]:
    for year in plan_years(settings):
        if not has_ended(year, indicator, settings):
            reason = f"{QUESTION}{actual_label(year, settings)}はまだ終わっていない年です"
            yield Check(actual_field(year), reason, *_filled(actual_field(year)))
    latest = judged_year(indicator, settings)
    if latest is None or not is_due(indicator, settings):
        return
    for year in (latest, *years_of_sum(indicator, settings)):
        yield _not_told(year) if indicator.kind == QUALITATIVE else _not_entered(year, settings)
    years = list(plan_years(settings))
    for year in years_passed_over(indicator, years[:1], settings):
        yield _passed_over(year, indicator, settings)


def _not_told(year: int) -> Check:
    """K107 of a 定性 indicator: it is told in a figure, or in words."""
    name = actual_field(year)
    answers = (name, "reason", "office_class", "cause")
    blank = ",".join(f'{{{answer}}}=""' for answer in answers)
    return Check(
        name,
        f"{NOT_ENTERED}要因・課題に状況を書くか、未入力の理由を入力してください",
        f"AND({blank})",
        lambda cells: all(is_empty(cells.get(answer)) for answer in answers),
    )


def _not_entered(year: int, settings: Settings) -> Check:
    """K107 of the latest year, K113 of the years before it that a sum needs."""
    name, label = actual_field(year), actual_label(year, settings)
    word = settings.judgement.name(EXCLUDED)
    return Check(
        name,
        f"{NOT_ENTERED}{label}か、未入力の理由を入力してください",
        f'AND({{{name}}}="",{{reason}}="",{{office_class}}<>"{quoted(word)}")',
        lambda cells: (
            is_empty(cells.get(name))
            and is_empty(cells.get("reason"))
            and cells.get("office_class") != word
        ),
    )


def _passed_over(year: int, indicator: Indicator, settings: Settings) -> Check:
    """K107 of a year whose value may have come since it was the latest."""
    years, latest = plan_years(settings), judged_year(indicator, settings) or 0
    word = settings.judgement.name(EXCLUDED)
    filled = ",".join(f'{{{actual_field(y)}}}<>""' for y in years if y < year)
    blank = ",".join(f'{{{actual_field(y)}}}=""' for y in years if year <= y < latest)

    def fails(cells: Cells) -> bool:
        known = [y for y in years if not is_empty(cells.get(actual_field(y)))]
        excused = cells.get("reason") == NOT_SURVEYED or cells.get("office_class") == word
        return not excused and year in years_passed_over(indicator, known, settings)

    excuses = f'{{reason}}<>"{NOT_SURVEYED}",{{office_class}}<>"{quoted(word)}"'
    return Check(
        actual_field(year),
        f"{QUESTION}{actual_label(year, settings)}が空欄です（まだなければ、そのままで構いません）",
        f"AND({blank},OR({filled}),{excuses})",
        fails,
    )


def _filled(name: str) -> tuple[str, Callable[[Cells], bool]]:
    return f'{{{name}}}<>""', lambda cells: not is_empty(cells.get(name))


def indicator_formula(
    indicator: Indicator, settings: Settings, letters: Mapping[str, str], row: int
) -> str:
    """The formula of 入力チェック for one row: ✓, a reason, or that nothing is asked for.

    ``letters`` maps column names to column letters, ``row`` is Excel's row number.
    """
    cells = {name: f"{letter}{row}" for name, letter in letters.items()}
    inputs = ranges(("id", *input_names(settings)), letters, row)
    filled = ranges(input_names(settings), letters, row)
    parts = [
        (has_error(inputs), ERROR.format(remedy=_REMEDY)),
        *((c.broken.format_map(cells), c.reason) for c in indicator_checks(indicator, settings)),
        (f"COUNTA({','.join(filled)})=0", NOT_NEEDED),
        (has_controls(inputs), CONTROL),
    ]
    return as_formula(parts, GOOD)


def indicator_text(indicator: Indicator, settings: Settings, cells: Cells) -> str:
    """What the formula gives for these values: the value to be stored with it."""
    for check in indicator_checks(indicator, settings):
        if check.fails(cells):
            return check.reason
    if all(is_empty(cells.get(name)) for name in input_names(settings)):
        return NOT_NEEDED
    return CONTROL if holds_controls(cells.get(n) for n in input_names(settings)) else GOOD


def is_open(shown: str) -> bool:
    """True for what 入力チェック says about something that is still to be entered or looked at."""
    return shown.startswith((NOT_ENTERED, QUESTION))
