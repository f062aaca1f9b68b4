"""The sheet 指標."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sousei_xl import amounts, eras, text
from sousei_xl.strategy import Department, Goal, Indicator, Measure
from sousei_xl.strategy.departments import departments_in
from sousei_xl.strategy.indicators import (
    FALLING,
    MAINTAINED,
    PERIOD_SUM,
    QUALITATIVE,
    RISING,
)
from sousei_xl.strategy.load.table import (
    DEPARTMENTS,
    DIRECTIONS,
    INDICATOR_COLUMNS,
    INDICATOR_KINDS,
    INDICATORS,
    LEVELS,
    MEASURES,
    YEAR_KINDS,
    Mistakes,
    Row,
    Tables,
    choose_from,
    is_number,
    rows_of,
)

_ALWAYS_ASKED = ("集計区分", "目標の向き")  # of every indicator, but of words
# A comma before three digits groups them, any other begins the next year.
_YEARS = re.compile(r"[、､;；\n]+|[,，](?!\d{3}(?!\d))")


def read_indicators(
    tables: Tables,
    mistakes: Mistakes,
    goals: Sequence[Goal],
    measures: Sequence[Measure],
    departments: Sequence[Department],
) -> tuple[Indicator, ...]:
    """指標 in the order of the sheet.

    Where 施策体系 or 部局 has a mistake itself, nothing is said here of what is not found there.
    """
    goal_numbers = {g.number for g in goals}
    measure_keys = {m.key for m in measures}
    measures_are_known = not mistakes.are_on(MEASURES)
    departments_are_known = not mistakes.are_on(DEPARTMENTS)
    department_names = {text.key(s): d.name for d in departments for s in (d.name, *d.aliases)}
    official = {d.name for d in departments}
    indicators: dict[str, Indicator] = {}
    for row in rows_of(tables, mistakes, INDICATORS, INDICATOR_COLUMNS, 6, _ALWAYS_ASKED):
        indicator_id = row.text("ID")
        if not indicator_id:
            mistakes.missing(row, "ID", "2ア-1")
            continue
        if text.key(indicator_id) in indicators:
            mistakes.at(
                row, "ID", f"ID『{indicator_id}』が二度あります。", "別のIDにしてください。"
            )
            continue
        if not row.text("指標名"):
            mistakes.missing(row, "指標名", "移住に関わる相談件数")
        for heading, choices in (
            ("指標区分", LEVELS),
            ("集計区分", INDICATOR_KINDS),
            ("年・年度", YEAR_KINDS),
            ("目標の向き", DIRECTIONS),
        ):
            if heading not in row.values:  # told at the header, if it is a mistake
                continue
            if not row.text(heading) and _may_be_blank(heading, row):
                continue
            if row.text(heading) not in choices:
                problem = f"「{heading}」に『{row.text(heading)}』とあります。"
                mistakes.at(row, heading, problem, choose_from(choices))
        goal = amounts.parse_integer(row.values.get("基本目標")).value or 0
        measure = f"{goal}{row.text('施策')}" if row.text("施策") else ""
        unknown_measure = measure and measure not in measure_keys
        if not row.text("基本目標"):
            mistakes.missing(row, "基本目標", "2")
        elif unknown_measure and row.was_changed_by_excel("施策"):
            mistakes.changed_by_excel(row, "施策")
        elif measures_are_known and (unknown_measure or goal not in goal_numbers):
            heading = "施策" if measure else "基本目標"
            mistakes.at(
                row,
                heading,
                f"『{measure or goal}』が施策体系にありません。",
                "施策体系にある番号と記号を入力してください。",
            )
        for heading in ("現状値年", "目標値年"):
            shown = row.text(heading)
            if shown and eras.parse_fiscal_year(row.values.get(heading)) is None:
                problem = f"「{heading}」の『{shown}』が年として読み取れません。"
                mistakes.at(
                    row, heading, problem, "「H31」「平成31年度」のように入力してください。"
                )
        _compare_years(row, mistakes)
        baseline = _decimal(row, "現状値", mistakes)
        qualitative = _is_qualitative(row)  # its target may be words
        target = row.text("目標値") if qualitative else _decimal(row, "目標値", mistakes)
        if not qualitative:
            _compare(row, baseline, target, mistakes)
        owners: list[str] = []
        for owner in departments_in(row.text("担当部局"), department_names):
            if owner in official:
                owners.append(owner)
            elif owner and departments_are_known:
                problem = f"担当部局『{owner}』が部局の一覧にありません。"
                remedy = (
                    "部局シートにある部局名を入力してください。複数の部局は「、」で区切ります。"
                )
                mistakes.at(row, "担当部局", problem, remedy)
        indicators[text.key(indicator_id)] = Indicator(
            indicator_id,
            goal,
            measure,
            level=row.text("指標区分"),
            name=row.text("指標名"),
            part=row.text("内訳"),
            unit=row.text("単位"),
            kind=row.text("集計区分"),
            year_kind=row.text("年・年度"),
            baseline_year=row.text("現状値年"),
            baseline=baseline,
            target_year=row.text("目標値年"),
            target=target,
            direction=row.text("目標の向き"),
            note=row.text("備考"),
            departments=tuple(owners),
            yearly_targets=_yearly_targets(row, mistakes),
        )
    return tuple(indicators.values())


def _is_qualitative(row: Row) -> bool:
    """Also where 集計区分 has lost its heading: what may be words is no further mistake then."""
    return row.text("集計区分") == QUALITATIVE or "集計区分" not in row.values


def _may_be_blank(heading: str, row: Row) -> bool:
    """Words lead in no direction that could be judged."""
    return heading == "年・年度" or (heading == "目標の向き" and _is_qualitative(row))


def _decimal(row: Row, heading: str, mistakes: Mistakes) -> str:
    """``７１，０００`` → ``71000``, as Decimal takes it; blank stays blank."""
    digits = text.nfkc(row.text(heading)).replace(",", "")
    if digits and not is_number(digits):
        problem = f"「{heading}」の『{row.text(heading)}』が数字として読み取れません。"
        cure = "数字だけを入力し、単位は単位の列に入力してください。"
        if _is_qualitative(row):
            cure = "定性の指標で、数字のない現状は「備考」に書き、現状値は空欄にしてください。"
        mistakes.at(row, heading, problem, cure)
    return digits


def _compare(row: Row, baseline: str, target: str, mistakes: Mistakes) -> None:
    """目標の向き against the figures: one of the three was mistyped.

    維持 may mean to keep at least a level below today's. Of 期間累計 it says nothing: each year is
    to be as before, and the target is their sum.
    """
    direction = row.text("目標の向き")
    if direction == FALLING and row.text("集計区分") == PERIOD_SUM:
        mistakes.at(
            row,
            "目標の向き",
            f"集計区分が『{PERIOD_SUM}』の指標は、合計が目標値に届くかどうかで判定するため、"
            f"目標の向きを『{FALLING}』にできません。",
            "合計を抑える目標であれば、集計区分を『各年度』にして、1年の目標値を入力してください。",
        )
        return
    if not (is_number(baseline) and is_number(target)):
        return
    start, aim = Decimal(baseline), Decimal(target)
    fits = {
        RISING: aim >= start,
        FALLING: aim <= start,
        MAINTAINED: aim <= start or row.text("集計区分") == PERIOD_SUM,
    }
    if not fits.get(direction, True):
        than, other = ("小さく", FALLING) if aim < start else ("大きく", RISING)
        mistakes.at(
            row,
            "目標の向き",
            f"「目標の向き」は『{direction}』ですが、"
            f"目標値（{row.text('目標値')}）が現状値（{row.text('現状値')}）より"
            f"{than}なっています。",
            f"目標の向きを『{other}』に直すか、現状値と目標値を確かめて直してください。",
        )


def _compare_years(row: Row, mistakes: Mistakes) -> None:
    """The way to the target takes at least a year."""
    start, end = (eras.parse_fiscal_year(row.values.get(h)) for h in ("現状値年", "目標値年"))
    if start is not None and end is not None and end <= start:
        mistakes.at(
            row,
            "目標値年",
            f"「目標値年」の『{row.text('目標値年')}』が、"
            f"現状値年（{row.text('現状値年')}）より後の年ではありません。",
            "目標値年には、現状値年より後の年を入力してください。"
            "現状値年のほうが誤りなら、現状値年を直してください。",
        )


def _yearly_targets(row: Row, mistakes: Mistakes) -> Mapping[int, str]:
    """``H28=70,000、H29=74000`` → {2016: "70000", 2017: "74000"}."""
    targets: dict[int, str] = {}
    for part in _YEARS.split(row.text("年度別目標")):
        if not part.strip():
            continue
        year, _, shown = text.nfkc(part).partition("=")
        number, value = eras.parse_fiscal_year(year), shown.replace(",", "").strip()
        if number is None or not is_number(value):
            problem = "が読み取れません。"
            remedy = "「H28=70000、H29=74000」のように入力してください。"
        elif number in targets:
            problem = "は、同じ年が二度あります。"
            remedy = "一つの年には、目標を一つだけ入力してください。"
        else:
            targets[number] = value
            problem, remedy = _doubt_of_a_year(row, number)
        if problem:
            mistakes.at(row, "年度別目標", f"年度別目標の『{part.strip()}』{problem}", remedy)
    return targets


def _doubt_of_a_year(row: Row, year: int) -> tuple[str, str]:
    """What is wrong with a year's own target, and its cure; blank where nothing is."""
    start, end = (eras.parse_fiscal_year(row.values.get(h)) for h in ("現状値年", "目標値年"))
    if start is not None and year < start:
        return f"は、現状値年（{row.text('現状値年')}）より前の年です。", "年を直してください。"
    if end is not None and year > end:
        return f"は、目標値年（{row.text('目標値年')}）より後の年です。", "年を直してください。"
    return "", ""
