"""データ_KPI: a row per series and year with an actual, as a plain table."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal

from sousei_xl.figures.indicators import YearFigures
from sousei_xl.figures.precision import number_format
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.indicators.entries import Entry, entries
from sousei_xl.sheets.styles import STYLES
from sousei_xl.strategy import Settings
from sousei_xl.strategy import indicators as defined

INDICATORS_SHEET = "データ_KPI"

_BASELINE, _TARGET, _ACTUAL, _SUM = "現状値", "目標値", "実績値", "累積値"
_RATIOS = ("進捗率", "目安", "達成率")
# Heading → width in characters, in the order of the sheet.
_WIDTHS = {
    "団体コード": 12,
    "年度": 12,
    "ID": 9,
    "基本目標番号": 14,
    "施策キー": 10,
    "指標区分": 10,
    "指標名": 64,
    "内訳": 10,
    "単位": 8,
    "集計区分": 10,
    "年・年度": 10,
    "現状値年": 10,
    _BASELINE: 14,
    "目標値年": 10,
    _TARGET: 14,
    "実績年": 8,
    _ACTUAL: 14,
    _SUM: 14,
    **dict.fromkeys(_RATIOS, 10),
    "判定": 14,
}
INDICATOR_HEADINGS = tuple(_WIDTHS)
_FIGURES = (_BASELINE, _TARGET, _ACTUAL, _SUM)
_ROW_HEIGHT = 15.0
# Far finer than anything printed, and coarse enough that 2/3 is the same number everywhere.
_RATIO_PLACES = Decimal(1).scaleb(-10)
_PRECISE = Context(prec=60, rounding=ROUND_HALF_UP)

Value = str | int | float | None


def indicators_data(contents: Contents) -> tuple[tuple[str, ...], list[tuple[Value, ...]]]:
    """The headings and rows of データ_KPI as plain values; a blank cell is None.

    One row per series (part) and year with an actual, in the order of the strategy. Ratios are
    plain numbers (0.63 = 63 %). Years are texts such as ``H29``.
    """
    settings = contents.strategy.settings
    rows = [
        _row(entry, figures, settings) for entry in entries(contents) for figures in entry.years
    ]
    return INDICATOR_HEADINGS, rows


def _row(entry: Entry, figures: YearFigures, settings: Settings) -> tuple[Value, ...]:
    indicator = entry.indicator
    begun = defined.baseline_year(indicator)
    end = defined.target_year(indicator, settings)
    return (
        settings.code,
        settings.year_label,
        indicator.id,
        indicator.goal,
        indicator.measure or None,
        indicator.level,
        indicator.name,
        indicator.part or None,
        indicator.unit or None,
        indicator.kind,
        indicator.year_kind or None,
        None if begun is None else defined.year_label(begun, settings),
        _number(defined.baseline(indicator)),
        defined.year_label(end, settings),
        _number(defined.target(indicator)),
        defined.year_label(figures.year, settings),
        _number(figures.actual),
        _number(figures.cumulated),
        *(_ratio(r) for r in (figures.progress, figures.expected, figures.attainment)),
        settings.judgement.names.get(figures.class_name) or figures.class_name,
    )


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    # Excel keeps 15 digits: with more the sheet would not read back as it was meant.
    return int(value) if value == value.to_integral_value() else float(f"{value:.15g}")


def _ratio(value: Decimal | None) -> int | float | None:
    return None if value is None else _number(value.quantize(_RATIO_PLACES, context=_PRECISE))


def write_indicators_data(book: Book, contents: Contents) -> None:
    """The sheet データ_KPI: header in row 1, nothing merged, no banner."""
    headings, rows = indicators_data(contents)
    sheet = book.sheet(INDICATORS_SHEET, list(_WIDTHS.values()), banner=False)
    sheet.as_of = defined.results_day(contents.strategy.settings)
    for column, heading in enumerate(headings):
        sheet.text(0, column, heading, "header")
    sheet.height(0, 2 * _ROW_HEIGHT)
    formats = list(_value_formats(contents))
    for number, values in enumerate(rows, 1):
        figure = book.format(**{**STYLES["number"], "num_format": formats[number - 1]})
        for column, (heading, value) in enumerate(zip(headings, values, strict=True)):
            if value is None or isinstance(value, str):
                sheet.text(number, column, value or "", "text")
            elif heading in _FIGURES:
                sheet.number(number, column, value, figure)
            else:
                sheet.number(number, column, value, "percent" if heading in _RATIOS else "integer")
        sheet.height(number, _ROW_HEIGHT)
    sheet.repeat = (0, 0)
    sheet.freeze(1, 0)
    sheet.worksheet.autofilter(0, 0, max(len(rows), 1), len(headings) - 1)
    sheet.page_setup()


def _value_formats(contents: Contents) -> Iterator[str]:
    """The number format of the figures in each row: at the source's precision."""
    settings = contents.strategy.settings
    for entry in entries(contents):
        for _ in entry.years:
            yield number_format(entry.indicator, settings, entry.places)
