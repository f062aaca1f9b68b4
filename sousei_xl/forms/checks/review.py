"""未確認: what a prefilled form knows from last year and nobody has looked at yet.

A row is confirmed by what has to be typed anyway, this year's budget (or its 予算区分), and, where
that is far from last year's, by the reason in 備考 (Y102 would ask for it); a text that speaks of a
year that is over by mending it or, where it may stay, by saying so in 備考. Relisted rows follow
their original and need nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeGuard

from sousei_xl import amounts, eras, text
from sousei_xl.forms.checks.conditions import PENDING, Cells, Check, is_empty
from sousei_xl.strategy import Settings
from sousei_xl.strategy.fields import FORMER_MEASURE, Field
from sousei_xl.text import Value

PAST_YEARS = "過年度の表記"
CONFIRMED = "確認済"
_YEARS_BACK = 5  # the same years as a plan has; older ones are history
_FROM_LAST_YEAR = '{previous_number}&{previous_budget}<>""'


def _is_prefilled(cells: Cells) -> bool:
    return not (is_empty(cells.get("previous_number")) and is_empty(cells.get("previous_budget")))


def this_years_budget(missing: Check, budget: Field) -> Check:
    """``missing`` says that there is no amount: in last year's rows nobody has typed one yet."""
    return Check(
        missing.field,
        f"{PENDING}今年度の{budget.short_label}を入力してください",
        f"IF({_FROM_LAST_YEAR},{missing.broken},FALSE)",
        lambda cells: _is_prefilled(cells) and missing.fails(cells),
    )


def explained_budget(budget: Field, settings: Settings) -> Check | None:
    """Y102: a budget far from last year's, without a reason in 備考; None where nobody is asked."""
    factor = Decimal(settings.budget_factor)
    if not factor:
        return None

    def fails(cells: Cells) -> bool:
        before, now = cells.get("previous_budget"), cells.get("budget")
        if not (_is_number(before) and _is_number(now)):
            return False
        kind = cells.get("budget_kind")
        decided = is_empty(cells.get("relisted")) and (is_empty(kind) or kind == text.INITIAL)
        return (
            decided
            and _is_silent(text.to_text(cells.get("note")))
            and amounts.leaps(Decimal(before), Decimal(now), factor)
        )

    # Short: the office's own fields need the room, too.
    difference = "ABS({budget}-{previous_budget})"
    leaps = (
        f"{difference}>={amounts.SMALL},"
        f"{difference}>MIN({{budget}},{{previous_budget}})*{(factor - 1).normalize():f}"
    )
    prefilled = f'LEFT({{note}},{len(FORMER_MEASURE)})="{FORMER_MEASURE}"'
    silent = f'IF({prefilled},ISERROR(FIND(CHAR(10),{{note}})),TRIM({{note}})="")'
    decided = f'{{relisted}}="",OR({{budget_kind}}="",{{budget_kind}}="{text.INITIAL}")'
    return Check(
        budget.name,
        f"{PENDING}予算が前年度から大きく変わっています（正しければ備考に理由を入力してください）",
        f"IF(COUNT({{budget}},{{previous_budget}})=2,AND({decided},{silent},{leaps}),FALSE)",
        fails,
    )


def _is_silent(note: str) -> bool:
    """Whether 備考 has nothing but what the form was prefilled with (``strategy.fields.own_note``),
    as the formula sees it."""
    return "\n" not in note if note.startswith(FORMER_MEASURE) else not note.strip(" ")


def _is_number(value: Value) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def this_years_text(description: Field, settings: Settings) -> Check:
    """A text from last year that speaks of a year that is over."""
    spellings = past_years(settings)

    def fails(cells: Cells) -> bool:
        words, note = (text.to_text(cells.get(name)) for name in ("description", "note"))
        return _is_prefilled(cells) and CONFIRMED not in note and any(s in words for s in spellings)

    spoken = f"SUMPRODUCT(--ISNUMBER(FIND({PAST_YEARS},{{description}})))>0"
    unconfirmed = f'ISERROR(FIND("{CONFIRMED}",{{note}}))'
    return Check(
        "description",
        f"{PENDING}{description.short_label}に前の年度の記述があります"
        f"（直すか、備考に「{CONFIRMED}」と入力してください）",
        f"IF({_FROM_LAST_YEAR},IF({unconfirmed},{spoken},FALSE),FALSE)",
        fails,
    )


def speaks_of_the_past(words: str, settings: Settings) -> bool:
    """Whether a text mentions a year that is over, as :func:`past_years` spells it."""
    return any(spelling in words for spelling in past_years(settings))


def past_years(settings: Settings) -> tuple[str, ...]:
    """Spellings in a text that make it one of a former year.

    Last year however it is mentioned (``平成29年度``); years before it only as a subject
    (``平成28年度は``), for 「平成28年度から」 stays true.
    """
    last = settings.fiscal_year - 1
    found = list(_spellings(last))
    for year in range(last - 1, last - _YEARS_BACK, -1):
        found += [f"{spelling}は" for spelling in _spellings(year)]
    return tuple(dict.fromkeys(found))


def _spellings(year: int) -> tuple[str, ...]:
    """平成31年度 is 令和元年度 and 令和1年度 as well; digits in either width."""
    names: list[str] = []
    for era, number in eras.eras_of(year):
        numbers = [str(number), text.full_width(number), *(["元"] if number == 1 else [])]
        names += [f"{era}{shown}年度" for shown in numbers]
    return tuple(names)
