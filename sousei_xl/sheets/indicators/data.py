"""データ_KPI: a row per series and year with an actual, as a plain table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal

from sousei_xl import amounts
from sousei_xl.figures.changes.indicators import (
    ACTUAL,
    BASELINE,
    BASELINE_YEAR,
    CLASS,
    FIGURES,
    ID,
    INDICATOR,
    INDICATORS_SHEET,
    KIND,
    PART,
    STAGE,
    SUM,
    TARGET,
    TARGET_YEAR,
    UNIT,
    YEAR,
)
from sousei_xl.figures.indicators import YearFigures
from sousei_xl.figures.precision import number_format
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.data_columns import CODE_COLUMN, YEAR_COLUMN, DataColumn, write_data
from sousei_xl.sheets.indicators.entries import Entry, entries
from sousei_xl.sheets.styles import STYLES
from sousei_xl.sheets.worksheet import PlainCell
from sousei_xl.strategy import CLASSES, Settings
from sousei_xl.strategy import indicators as defined
from sousei_xl.strategy.load.table import INDICATOR_KINDS, LEVELS

_RATIOS = _PROGRESS, _EXPECTED, _ATTAINMENT = "進捗率", "目安", "達成率"
_COLUMNS = (
    CODE_COLUMN,
    YEAR_COLUMN,
    DataColumn(ID, 9, "指標（内訳のあるものは内訳ごと）の番号です。", required=True, is_key=True),
    DataColumn("基本目標番号", 14, "基本目標の番号です。", "integer", required=True, minimum=1),
    DataColumn("施策キー", 10, "基本目標の番号と施策の記号です。数値目標では空欄です。"),
    DataColumn(
        "指標区分", 10, "基本目標の数値目標か、施策のKPIかです。", required=True, choices=LEVELS
    ),
    DataColumn(INDICATOR, 64, "指標の名称です。"),
    DataColumn(PART, 10, "一つの指標に複数の値があるときの区別です。"),
    DataColumn(UNIT, 8, "現状値・目標値・実績値・累積値の単位です。"),
    DataColumn(
        KIND,
        10,
        f"「{defined.PERIOD_SUM}」の実績値は、その年だけの値です。",
        required=True,
        choices=INDICATOR_KINDS,
    ),
    DataColumn("年・年度", 10, "年は1月から12月まで、年度は4月から翌年3月までの値です。"),
    DataColumn(BASELINE_YEAR, 10, "現状値の年又は年度です（例：H25）。"),
    DataColumn(BASELINE, 14, "計画を定めたときの値です。", "number"),
    DataColumn(TARGET_YEAR, 10, "目標値の年又は年度です（例：H31）。"),
    DataColumn(TARGET, 14, "計画の目標の値です。言葉で定めた目標は空欄です。", "number"),
    DataColumn(YEAR, 8, "実績値の年又は年度です（例：H29）。", required=True, is_key=True),
    DataColumn(ACTUAL, 14, "その年又は年度の値です。", "number", required=True),
    DataColumn(SUM, 14, f"「{defined.PERIOD_SUM}」の、計画の初めからの合計です。", "number"),
    DataColumn(
        _PROGRESS, 10, "目標値までの道のりを、どれだけ進んだかの比率です（0.63は63％）。", "number"
    ),
    DataColumn(_EXPECTED, 10, "毎年同じ幅で進むとした場合の進捗率です。", "number"),
    DataColumn(
        _ATTAINMENT,
        10,
        "目標値に対する実績値（又は累積値）の比率です。減らすことが目標の指標と、目標値か実績値（累積値）が"
        "0未満、又は目標値が0の行では空欄です。",
        "number",
    ),
    DataColumn(CLASS, 14, "進捗率と目安による判定です。", required=True),
    DataColumn(
        STAGE,
        10,
        "判定に使う最新の実績値が、速報か確報かです。前の年の行と、報告のない行では空欄です。",
        choices=defined.STAGES,
    ),
)
INDICATOR_HEADINGS = tuple(column.heading for column in _COLUMNS)
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


def indicator_columns(settings: Settings) -> tuple[DataColumn, ...]:
    """The columns of データ_KPI from left to right, 判定 by the names that the office gives it."""
    names = tuple(dict.fromkeys(settings.judgement.name(c) for c in CLASSES))
    return tuple(replace(c, choices=names) if c.heading == CLASS else c for c in _COLUMNS)


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
        as_number(defined.baseline(indicator)),
        defined.year_label(end, settings),
        as_number(defined.target(indicator)),
        defined.year_label(figures.year, settings),
        as_number(figures.actual),
        as_number(figures.cumulated),
        *(_ratio(r) for r in (figures.progress, figures.expected, figures.attainment)),
        settings.judgement.name(figures.class_name),
        entry.report.stage or None if figures.year == entry.year else None,
    )


def as_number(value: Decimal | None) -> int | float | None:
    """A figure as a cell holds it."""
    if value is None:
        return None
    # With more digits than are kept the sheet would not read back as it was meant.
    return int(value) if value == value.to_integral_value() else float(amounts.as_kept(value))


def _ratio(value: Decimal | None) -> int | float | None:
    return None if value is None else as_number(value.quantize(_RATIO_PLACES, context=_PRECISE))


def write_indicators_data(book: Book, contents: Contents) -> None:
    """The sheet データ_KPI: figures at the source's precision."""
    settings = contents.strategy.settings
    columns = indicator_columns(settings)
    widths = [column.width for column in columns]
    sheet = book.sheet(INDICATORS_SHEET, widths, banner=False)
    sheet.as_of = settings.results_date
    write_data(sheet, columns, _cells(book, contents))


def _cells(book: Book, contents: Contents) -> Iterator[list[PlainCell]]:
    settings = contents.strategy.settings
    words, whole = book.style("text"), book.style("integer")
    looks = dict.fromkeys(_RATIOS, book.style("percent"))
    for entry in entries(contents):
        digits = number_format(entry.indicator, settings, entry.places)
        figure = book.format(**{**STYLES["number"], "num_format": digits})
        looks |= dict.fromkeys(FIGURES, figure)
        for figures in entry.years:
            row = zip(INDICATOR_HEADINGS, _row(entry, figures, settings), strict=True)
            yield [
                (column, value, looks.get(heading, whole) if _is_number(value) else words)
                for column, (heading, value) in enumerate(row)
            ]


def _is_number(value: Value) -> bool:
    return value is not None and not isinstance(value, str)
