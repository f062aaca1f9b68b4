"""What an indicator is before anybody reports: the columns of its form, its figures, its years.

One definition for form, reader, validator, data sheet and manual, as ``fields.py`` is for projects.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from sousei_xl import eras, text
from sousei_xl.strategy import CLASSES, Indicator, Settings
from sousei_xl.strategy.dates import END_OF_SPAN

# 集計区分 and 目標の向き that are judged in a way of their own.
PERIOD_SUM, RUNNING_TOTAL, QUALITATIVE = "期間累計", "累計", "定性"
SURVEY = "調査"  # not of every year
RISING, FALLING, MAINTAINED = "増加", "減少", "維持"
CALENDAR_YEAR = "年"

REACHED, ON_TRACK, MOSTLY, BEHIND, NO_PROGRESS, EXCLUDED, ON_HOLD, NOT_REPORTED = CLASSES
# What the office may write into 事務局判定: 未報告 is nobody's to write.
OFFICE_CLASSES = tuple(c for c in CLASSES if c != NOT_REPORTED)

STAGES = ("速報", "確報")
NOT_PUBLISHED, NOT_SURVEYED, BEING_COUNTED = "未公表", "未調査", "集計中"
REASONS = (NOT_PUBLISHED, NOT_SURVEYED, BEING_COUNTED)

_UNKNOWN_DECIMALS = 2
NONE = "－"  # what a reference column shows where the strategy has no figure
ACTUAL = "actual_"
_ACTUAL_LABEL = re.compile(r"(?P<year>.+?)の?実績値?")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the form's KPI sheet.

    ``name`` is internal and ASCII, ``label`` the heading, ``hint`` the input message, ``choices``
    the words that a dropdown offers. ``reference`` columns are filled in by the office and only
    shown; ``year`` is the fiscal year of an actual (0 for other columns).
    """

    name: str
    label: str
    hint: str = ""
    choices: tuple[str, ...] = ()
    reference: bool = False
    year: int = 0


_REFERENCE = (
    Column("id", "ID", reference=True),
    Column("name", "指標名", reference=True),
    Column("part", "内訳", reference=True),
    Column("unit", "単位", reference=True),
    Column("kind", "集計区分", reference=True),
    Column("baseline", "現状値", reference=True),
    Column("target", "目標値", reference=True),
)
# A changed ID is another indicator (K101, K115); the rest are K110 when changed, a unit K116.
COMPARED = tuple(c.name for c in _REFERENCE if c.name != "id")


@lru_cache(maxsize=4)
def columns(settings: Settings) -> tuple[Column, ...]:
    """The columns of the KPI sheet from left to right, without 入力チェック.

    One column per plan year (``actual_2015`` / ``H27実績``) stands between 目標値 and 速報・確報.
    """
    return (
        *_REFERENCE,
        *(
            Column(
                actual_field(year),
                actual_label(year, settings),
                "単位の列の単位で、数字だけを入力します。期間累計は、その年だけの値を入力します。"
                "値がまだない年は空欄にします（空欄は0とは扱いません）。",
                year=year,
            )
            for year in plan_years(settings)
        ),
        Column("stage", "速報・確報", "最新の実績値が速報か確報かを選びます。", STAGES),
        Column(
            "reason",
            "未入力の理由",
            "終わった年のうち最新の実績値（期間累計では前の年の値も）を入力できないときに、理由を選びます。",
            REASONS,
        ),
        Column("publication", "公表予定", "値が分かる時期です（例：12月）。"),
        Column(
            "office_class",
            "事務局判定",
            "事務局が記入する欄です（部局では空欄のままにしてください）。定性の指標の判定か、判定から外すときの"
            "「判定対象外」です。",
            tuple(settings.judgement.name(c) for c in OFFICE_CLASSES),
        ),
        Column(
            "cause",
            "要因・課題",
            "実績値の増減の要因や、目標に向けた課題を1〜2文で書きます。定性の指標では、今の状況を書きます。",
        ),
        Column("direction", "今後の方向性", "来年度に向けて行うことを1〜2文で書きます。"),
    )


def column_by_name(settings: Settings) -> dict[str, Column]:
    """Internal name → Column."""
    return {c.name: c for c in columns(settings)}


def input_names(settings: Settings) -> tuple[str, ...]:
    """Internal names of the columns that a department or the office fills in."""
    return tuple(c.name for c in columns(settings) if not c.reference)


def input_name(label: str, settings: Settings) -> str | None:
    """The input column that a heading means, however its year is spelled; None for others."""
    year = actual_year(label)
    if year in plan_years(settings):
        return actual_field(year or 0)
    wanted = text.key(label)
    inputs = (c for c in columns(settings) if not c.reference and not c.year)
    return next((c.name for c in inputs if text.key(c.label) == wanted), None)


# --- years --------------------------------------------------------------------------------------


def plan_years(settings: Settings) -> range:
    """The fiscal years of the plan, by their April."""
    first, last = settings.plan_years
    return range(first, last + 1)


def year_label(year: int, settings: Settings) -> str:
    """2017 → ``H29``; 2019 is ``H31`` where the strategy itself counts 平成 to the plan's end."""
    return _spelled_as(settings.plan_label, settings.plan_years[1], year)


def list_year_label(year: int, settings: Settings) -> str:
    """The same of a list's year: 2019 is ``H31`` where 年度の表記 has this list's as 平成31年度."""
    return _spelled_as(settings.year_label, settings.fiscal_year, year)


@lru_cache(maxsize=64)
def _spelled_as(label: str, last: int, year: int) -> str:
    """``year``, up to ``last`` in the era with whose year ``label`` ends: 平成31年度."""
    letter = eras.letter_at_end(END_OF_SPAN.sub("", label))
    number = eras.year_in_era(letter, year) if letter else 0
    if number > 0 and year <= last:
        return f"{letter}{number}"
    return eras.fiscal_year_label(year, short=True)


def actual_field(year: int) -> str:
    """2017 → ``actual_2017``."""
    return f"{ACTUAL}{year}"


def actual_label(year: int, settings: Settings) -> str:
    """2017 → ``H29実績``."""
    return f"{year_label(year, settings)}実績"


def actual_year(heading: str) -> int | None:
    """``H29実績``, ``平成29年度実績値``, ``2017の実績`` → 2017; None for another heading."""
    if "績" not in heading:  # every cell above a header is asked, so first what costs nothing
        return None
    match = _ACTUAL_LABEL.fullmatch("".join(text.nfkc(heading).split()))
    return eras.parse_fiscal_year(match["year"]) if match else None


def results_day(settings: Settings) -> dt.date:
    """The day that decides which years have ended: 実績基準日, or the first of the fiscal year.

    The latter is a rule and no date that anybody gave: it is never printed (``results_as_of``).
    """
    return settings.results_date or dt.date(settings.fiscal_year, 4, 1)


def results_as_of(settings: Settings) -> str:
    """``平成30年8月31日現在``; empty where the office has given no 実績基準日."""
    day = settings.results_date
    return f"{eras.japanese_date(day)}現在" if day else ""


def has_ended(year: int, indicator: Indicator, settings: Settings) -> bool:
    """Whether a year was over on 実績基準日: 年 ends in December, 年度 in March."""
    calendar = indicator.year_kind == CALENDAR_YEAR
    end = dt.date(year, 12, 31) if calendar else dt.date(year + 1, 3, 31)
    return end <= results_day(settings)


def judged_year(indicator: Indicator, settings: Settings) -> int | None:
    """The latest plan year that had ended on 実績基準日; None before the first one has."""
    ended = (y for y in plan_years(settings) if has_ended(y, indicator, settings))
    return max(ended, default=None)


def is_due(indicator: Indicator, settings: Settings) -> bool:
    """Whether an actual is asked for: the judged year lies after the baseline year."""
    year, start = judged_year(indicator, settings), baseline_year(indicator)
    return year is not None and (start is None or year > start)


def years_of_sum(indicator: Indicator, settings: Settings) -> range:
    """The years before the judged one without which 期間累計 has no sum; none of other kinds."""
    judged = judged_year(indicator, settings)
    if indicator.kind != PERIOD_SUM or judged is None:
        return range(0)
    return range(first_year(indicator, settings), judged)


def years_passed_over(
    indicator: Indicator, known: Collection[int], settings: Settings
) -> list[int]:
    """The years without a value between the last ``known`` one and the judged year: when they were
    the latest, their value may have been 未公表. A sum asks for all its years (``years_of_sum``).
    """
    judged = judged_year(indicator, settings) or 0
    earlier = [year for year in known if year < judged]
    if not earlier or indicator.kind in (PERIOD_SUM, QUALITATIVE, SURVEY):
        return []
    first = max(*earlier, baseline_year(indicator) or 0) + 1
    return [year for year in plan_years(settings) if first <= year < judged]


# --- figures ------------------------------------------------------------------------------------


def _decimal(shown: str) -> Decimal | None:
    digits = text.nfkc(shown).replace(",", "").strip()
    return Decimal(digits) if digits else None


def baseline(indicator: Indicator) -> Decimal | None:
    """現状値, or None where there is none."""
    return _decimal(indicator.baseline)


def target(indicator: Indicator) -> Decimal | None:
    """目標値, or None where there is none; a 定性 indicator's is words, even if they are digits."""
    return None if indicator.kind == QUALITATIVE else _decimal(indicator.target)


def baseline_year(indicator: Indicator) -> int | None:
    """現状値年 by its April."""
    return eras.parse_fiscal_year(indicator.baseline_year)


def target_year(indicator: Indicator, settings: Settings) -> int:
    """目標値年 by its April; the plan's last year where it is blank."""
    return eras.parse_fiscal_year(indicator.target_year) or settings.plan_years[1]


def is_to_fall(indicator: Indicator) -> bool:
    """Whether less is better: what the figures say, and 目標の向き where they say nothing.

    They say nothing of a level that is to be kept, nor of 期間累計, whose target is no level, and
    never of 維持: 90 of today's 100 are to be kept at least.
    """
    start, aim = baseline(indicator), target(indicator)
    if indicator.direction == MAINTAINED:
        return False
    if indicator.kind == PERIOD_SUM or start is None or aim is None or start == aim:
        return indicator.direction == FALLING
    return aim < start


def is_maintained(indicator: Indicator) -> bool:
    """Whether a level is to be kept: no way leads from 現状値 to the target, and no 目安."""
    aim = target(indicator)
    level = aim is not None and aim == baseline(indicator)
    return indicator.kind != PERIOD_SUM and (level or indicator.direction == MAINTAINED)


def is_kept_at_nothing(indicator: Indicator) -> bool:
    """Whether 0 alone is meant: 維持 at a target of 0 does not say which way is better."""
    kept = is_maintained(indicator) and indicator.direction == MAINTAINED
    return kept and target(indicator) == 0


def is_told_in_words(indicator: Indicator, cause: str, office_class: str) -> bool:
    """Whether a 定性 indicator is reported without a figure: how things stand, or its 判定."""
    return indicator.kind == QUALITATIVE and bool(cause or office_class)


def first_year(indicator: Indicator, settings: Settings) -> int:
    """The first year whose value counts into the sum of 期間累計."""
    return max(settings.plan_years[0], (baseline_year(indicator) or 0) + 1)


def target_of_a_year(indicator: Indicator, settings: Settings) -> Decimal | None:
    """What departments' own values are held against: of 期間累計 a year's share of the target."""
    aim = target(indicator)
    if aim is None or indicator.kind != PERIOD_SUM:
        return aim
    years = target_year(indicator, settings) - first_year(indicator, settings) + 1
    return aim / max(years, 1)


def decimals(indicator: Indicator) -> int:
    """Decimal places of the source: the most that 現状値 or 目標値 has; 2 without any figure."""
    figures = (baseline(indicator), target(indicator))
    return max((own_decimals(f) for f in figures if f is not None), default=_UNKNOWN_DECIMALS)


def own_decimals(figure: Decimal) -> int:
    """Decimal places with which a figure is written: ``63.0`` has one."""
    return max(0, -int(figure.as_tuple().exponent))


def is_percent(unit: str) -> bool:
    """True for ％ in either width, and for the word."""
    return text.key(unit) in ("%", text.key("パーセント"))


def gap_unit(indicator: Indicator) -> str:
    """The unit of a difference: percentages differ by ポイント."""
    return "ポイント" if is_percent(indicator.unit) else indicator.unit


def title(indicator: Indicator) -> str:
    """The name as a person says it, with its part: ``…の割合（小学校）``."""
    return f"{indicator.name}（{indicator.part}）" if indicator.part else indicator.name


def reference_text(indicator: Indicator, name: str, settings: Settings) -> str:
    """What a reference column of the form shows: ``63.0（H25）``, ``－`` instead of no figure.

    Its year is spelled as those of the other columns are, however the template has it.
    """
    if name not in ("baseline", "target"):
        return str(getattr(indicator, name))
    figure = baseline(indicator) if name == "baseline" else target(indicator)
    shown = f"{figure:,f}" if figure is not None else getattr(indicator, name) or NONE
    typed = getattr(indicator, f"{name}_year")
    year = eras.parse_fiscal_year(typed)
    label = typed if year is None else year_label(year, settings)
    return f"{shown}（{label}）" if label else shown
