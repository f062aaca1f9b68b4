"""Which days can be those of a fiscal year's list. A list is never held up by a rare but real day.

A list is made in the winter before its year, or during it: its 基準日 lies between the October
before and the March that ends it. What lies up to half a year before that, or a year after it, is
asked about; beyond that it is a slip, most often a template copied from last year (T101).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sousei_xl import eras, text

if TYPE_CHECKING:
    from sousei_xl.strategy import Settings

# In days. 決裁 may come before 基準日 (「3月31日現在」, decided weeks before it) and long after it.
EARLIEST_APPROVAL, LATEST_APPROVAL = 183, 366
_HALF_A_YEAR = 183

# 平成31年度まで（5年間）: what may stand behind the last year of a plan.
END_OF_SPAN = re.compile(r"\s*(?:まで)?\s*(?:[(（][^()（）]*[)）])?\s*$")
_A_SPAN = re.compile(r"[~〜-]|から")
_WEEKDAY = re.compile(r"[(（].*")
_WEEKDAYS = "月火水木金土日"
_ON_WEEKDAY = re.compile(rf"[(（]([{_WEEKDAYS}])")
_A_DAY = re.compile(rf"{eras.YEAR}\s*[年./-]\s*\d{{1,2}}\s*[月./-]\s*\d{{1,2}}\s*日?")


def usual_days(fiscal_year: int) -> tuple[dt.date, dt.date]:
    """First and last 基準日 that nobody is asked about; no form is due before the first."""
    return dt.date(fiscal_year - 1, 10, 1), dt.date(fiscal_year + 1, 3, 31)


def is_possible(list_date: dt.date, fiscal_year: int) -> bool:
    """Whether ``list_date`` can be the 基準日 of this year's list at all.

    On the 1st of April a year before the fiscal year begins, or earlier, it is still last year's.
    """
    return dt.date(fiscal_year - 1, 4, 1) < list_date <= dt.date(fiscal_year + 2, 3, 31)


def names_another_year(label: str, fiscal_year: int) -> bool:
    """Whether 年度の表記 says a fiscal year, and not this one; a span of years has it within."""
    said = eras.fiscal_years_said(label)
    if not said or _A_SPAN.search(text.nfkc(label)):
        return False
    return {fiscal_year} not in said or any(len(years) > 1 for years in said)


def _about_years(settings: Settings) -> Iterator[str]:
    """A title of last year's, and a plan that is over: the year after it is still evaluated."""
    year, (first, last) = settings.fiscal_year, settings.plan_years
    label = eras.fiscal_year_label(year)
    if names_another_year(settings.title, year):
        yield (
            f"テンプレートの「設定」の表題（{settings.title}）に、{label}ではない年度があります。"
            "前年度のままになっていないか確かめます（年度は、『別紙』の見本で表題に続けて印字できます）。"
        )
    if not first <= year <= last:
        yield (
            f"テンプレートの「設定」の計画期間（{settings.plan_label}）に、年度（{label}）が入って"
            "いません。部局に実績を尋ねる年は計画期間の年なので、前の計画の実績を照会するときのほかは、"
            "計画期間を直します。"
        )


def _about_deadline(deadline: str, year: int) -> Iterator[str]:
    """A day that does not exist, or not on that weekday, goes into every form and letter."""
    told = f"テンプレートの「設定」の提出期限（{deadline}）"
    plain = text.nfkc(_WEEKDAY.sub("", deadline)).strip()
    day = eras.parse_date(plain)
    if day is None:
        if _A_DAY.fullmatch(plain):
            yield f"{told}は、暦にない日です。正しい日付に直します。"
        return
    label = eras.fiscal_year_label(year)
    first, _ = usual_days(year)
    if day < first:  # last autumn's, for the actuals, at the latest
        yield (
            f"{told}は、{label}が始まる半年より前の日です。前年度のままになっていないか確かめます。"
        )
    elif day > dt.date(year + 2, 3, 31):
        yield f"{told}は、{label}が終わって1年以上後の日です。年に誤りがないか確かめます。"
    else:
        weekday = _WEEKDAYS[day.weekday()]
        said = _ON_WEEKDAY.search(deadline)
        if said and said[1] != weekday:
            yield f"{told}は、{weekday}曜日です。日付か曜日を直します。"


def questions(settings: Settings, approved_on: dt.date | None = None) -> Iterator[str]:
    """What the office has to look at once more: days that are possible and seldom meant."""
    year, basis = settings.fiscal_year, settings.list_date
    first, last = usual_days(year)
    label, day = eras.fiscal_year_label(year), eras.japanese_date(basis)
    if basis < first:
        yield (
            f"テンプレートの「設定」の基準日（{day}）は、{label}が始まる半年より前の日です。"
            "前年度のままになっていないか確かめます。"
        )
    elif basis > last:
        yield (
            f"テンプレートの「設定」の基準日（{day}）は、{label}が終わった後の日です。"
            "年度と基準日に誤りがないか確かめます。"
        )
    yield from _about_years(settings)
    yield from _about_deadline(settings.deadline, year)
    results = settings.results_date
    if results is not None and not first <= results <= last:
        early = results < first
        place = "始まる半年より前" if early else "終わった後"
        # Last year's day is still there all spring, for it matters to the actuals alone.
        spring = "（事業だけを照会する間は、そのままで構いません）" if early else ""
        yield (
            f"テンプレートの「設定」の実績基準日（{eras.japanese_date(results)}）は、{label}が{place}の"
            "日です。この日で、どの年の実績を照会し、判定するかが決まります。前年度のままになっていないか、"
            f"年に誤りがないか確かめます{spring}。"
        )
    if approved_on is None:
        return
    approved = eras.japanese_date(approved_on)
    again = "誤りなら、正しい日付でもう一度 --approve を実行するか、テンプレートの基準日を直します"
    if approved_on < basis:
        yield (
            f"決裁日（{approved}）が、基準日（{day}現在）より前です。"
            f"どちらの日付にも誤りがないか確かめます（{again}）。"
        )
    elif (approved_on - basis).days > _HALF_A_YEAR:
        yield (
            f"決裁日（{approved}）が、基準日（{day}現在）から半年を超えて後です。"
            f"どちらの日付にも誤りがないか確かめます（{again}）。"
        )
