"""数値目標・KPIの推移: a small chart per indicator, six to a page, and the figures behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sousei_xl.sheets import Contents, pages
from sousei_xl.sheets.book import Book, LostCell, Sheet
from sousei_xl.sheets.drawing import ROW_HEIGHT, ROW_PIXELS, add_chart
from sousei_xl.sheets.indicators.entries import entries, shown_class
from sousei_xl.sheets.indicators.head import write_indicator_head
from sousei_xl.sheets.indicators.path import ACTUAL, BASELINE, EXPECTED, LINES, TARGET, Trend
from sousei_xl.sheets.styles import STYLES
from sousei_xl.strategy import Settings
from sousei_xl.strategy import indicators as defined

SHEET = "数値目標・KPIの推移"

_ACROSS, _DOWN = 3, 2  # charts on a page
_GAP = 8
_ID, _NAME, _LINE, _YEAR = 8.0, 44.0, 10.0, 12.0
_FIRST_YEAR = 3  # column
_LEAST_YEARS = 7  # columns of years, so that the sheet is never narrow
_LONGEST_TITLE = 90  # three lines above a small chart; the alt text has the whole
_PAGE_SHAPE = 0.645  # height of a printed page, less a little, as a share of its width
_DARK, _GREY, _LIGHT = "#1F3864", "#7F7F7F", "#BFBFBF"
_LEGEND = (
    "線と印：●―●は実績値、■（灰色）は現状値、▲は目標値、破線は目安（現状値から目標値まで毎年同じ幅で進んだ場合。"
    "年度別目標のある指標はその値）です。期間累計の指標は、各年の値を足した累積値です。"
)
_CUT_AXIS = "縦軸は、値の動きが見えるように0から始まらないものがあります。"


# How the lines look, told apart in black and white: by marker and dash.
_LOOKS: dict[str, dict[str, Any]] = {
    EXPECTED: {
        "line": {"color": _GREY, "width": 1.25, "dash_type": "dash"},
        "marker": {"type": "none"},
    },
    ACTUAL: {
        "line": {"color": _DARK, "width": 2},
        "marker": {
            "type": "circle",
            "size": 6,
            "fill": {"color": _DARK},
            "border": {"color": _DARK},
        },
    },
    BASELINE: {
        "line": {"none": True},
        "marker": {
            "type": "square",
            "size": 8,
            "fill": {"color": _LIGHT},
            "border": {"color": _DARK, "width": 1},
        },
    },
    TARGET: {
        "line": {"none": True},
        "marker": {
            "type": "triangle",
            "size": 9,
            "fill": {"color": "#000000"},
            "border": {"color": "#000000"},
        },
    },
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the figures of a chart stand: rows from 0, ``header`` is that of the years."""

    trend: Trend
    header: int
    row: int
    first_column: int

    @property
    def years(self) -> tuple[int, int, int, int]:
        """The cells of the years."""
        return (self.header, self.first_column, self.header, self._last)

    def line(self, name: str) -> tuple[int, int, int, int]:
        """The cells of one line of the chart."""
        row = self.row + LINES.index(name)
        return (row, self.first_column, row, self._last)

    @property
    def _last(self) -> int:
        return self.first_column + len(self.trend.years) - 1


def write_indicator_trends(book: Book, contents: Contents) -> None:
    """The sheet 数値目標・KPIの推移: charts by goal, below them (not printed) their figures."""
    settings = contents.strategy.settings
    trends = [Trend.of(entry, settings) for entry in entries(contents)]
    years = _all_years(trends)
    columns = max(len(years), _LEAST_YEARS)
    sheet = book.sheet(SHEET, (_ID, _NAME, _LINE, *[_YEAR] * columns))
    top = write_indicator_head(sheet, contents, SHEET)
    cut = _CUT_AXIS if any(trend.is_cut for trend in trends) else ""
    sheet.wide_text(top, _LEGEND + cut, "note")
    sheet.repeat = (top, top)
    rows = _chart_rows(sheet)
    printed = list(_pages(contents, trends))
    end = top + 1 + sum(1 + -(-len(charts) // _ACROSS) * rows for _, charts in printed)
    places = _places(trends, years, end + 2)
    _write_charts(sheet, top + 1, rows, printed, places)
    # What is written from here on lies outside the printed area.
    _write_figures(sheet, end + 1, years, places)


def _pages(contents: Contents, trends: Sequence[Trend]) -> Iterator[tuple[str, Sequence[Trend]]]:
    """A title and the charts of each printed page; every goal begins one."""
    for goal in contents.strategy.goals:
        mine = [t for t in trends if t.entry.indicator.goal == goal.number]
        for first in range(0, len(mine), _ACROSS * _DOWN):
            more = "（続き）" if first else ""
            title = f"基本目標{goal.number}　{goal.list_name}{more}"
            yield title, mine[first : first + _ACROSS * _DOWN]


def _write_charts(
    sheet: Sheet,
    top: int,
    rows: int,
    printed: Sequence[tuple[str, Sequence[Trend]]],
    places: Mapping[str, _Place],
) -> None:
    """Charts of ``rows`` rows each, three side by side."""
    starts: list[int] = []
    tied: set[int] = set()
    row = top
    for title, charts in printed:
        starts.append(row)
        sheet.wide_text(row, title, "text_wrap subtotal")
        tied.add(row)
        row += 1
        for first in range(0, len(charts), _ACROSS):
            for below in range(row, row + rows):
                sheet.height(below, ROW_HEIGHT)
            tied.update(range(row, row + rows - 1))
            for column, trend in enumerate(charts[first : first + _ACROSS]):
                _insert(sheet, row, column, rows, places[trend.entry.indicator.id])
            row += rows
    sheet.page_setup(starts=starts[1:], with_next=tied)


def _all_years(trends: Sequence[Trend]) -> range:
    known = [y for trend in trends for y in (trend.years[0], trend.years[-1])]
    return range(min(known), max(known) + 1) if known else range(0)


def _places(trends: Sequence[Trend], years: range, header: int) -> dict[str, _Place]:
    return {
        trend.entry.indicator.id: _Place(
            trend,
            header,
            header + 1 + number * len(LINES),
            _FIRST_YEAR + trend.years[0] - years[0],
        )
        for number, trend in enumerate(trends)
    }


def _chart_rows(sheet: Sheet) -> int:
    """Rows per chart, so that two of them, the heads and a goal's band fill a landscape page."""
    width = sum(pages.column_pixels(w) for w in sheet.widths)
    used = sum(sheet.heights.values()) / 0.75 + 30
    return int((width * _PAGE_SHAPE - used) / _DOWN / ROW_PIXELS)


# --- one chart ------------------------------------------------------------------------------------


def _insert(sheet: Sheet, row: int, column: int, rows: int, place: _Place) -> None:
    whole = sum(pages.column_pixels(w) for w in sheet.widths)
    width = (whole - _GAP * (_ACROSS - 1)) // _ACROSS
    chart = _chart(sheet, place)
    chart.set_size({"width": width, "height": rows * ROW_PIXELS - _GAP})
    options = {
        "x_offset": column * (width + _GAP),
        "y_offset": _GAP // 2,
        "object_position": 2,
        "description": _description(place.trend, sheet.book.settings),
    }
    if sheet.worksheet.insert_chart(row, 0, chart, options):
        raise LostCell(f"{sheet.name}: chart {place.trend.title!r} refused by the writer")


def _chart(sheet: Sheet, place: _Place) -> Any:
    trend, settings = place.trend, sheet.book.settings
    font = {"name": settings.font, "size": 8, "bold": False}
    digits = trend.number_format(settings)
    chart = add_chart(sheet.book, "line")
    for name in LINES:
        if not trend.values[name]:
            continue
        series = {
            "name": name,
            "categories": [sheet.name, *place.years],
            "values": [sheet.name, *place.line(name)],
            **_LOOKS[name],
        }
        if labels := _labels(trend, name):
            series["data_labels"] = {
                "value": True,
                "num_format": trend.number_format(settings, name),
                "font": {**font, "bold": name != BASELINE},
                **labels,
            }
        chart.add_series(series)
    title = trend.short_title(_LONGEST_TITLE)
    chart.set_title({"name": title, "name_font": {**font, "size": 9, "bold": True}})
    chart.set_x_axis({"num_font": font, "label_position": "low"})
    chart.set_y_axis(
        {
            "num_font": font,
            "num_format": digits,
            "min": 0 if trend.starts_at_zero else None,
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}},
        }
    )
    chart.set_legend({"none": True})
    chart.show_blanks_as("span")
    return chart


def _labels(trend: Trend, name: str) -> dict[str, Any]:
    """Values are written at the baseline, at the latest actual and at the target."""
    if name == BASELINE:
        return {"position": trend.baseline_place}
    if name == TARGET:
        return {"position": trend.target_place}
    latest = trend.latest_actual
    if name == EXPECTED or latest is None:
        return {}
    others = [None if year == latest else {"delete": True} for year in trend.years]
    return {"position": trend.latest_place, "custom": others}


def _description(trend: Trend, settings: Settings) -> str:
    """The chart in words, for those who cannot see it."""
    said = (trend.said(name, settings) for name in (BASELINE, ACTUAL, TARGET))
    values = "。".join(part for part in said if part) or "値はまだありません"
    judged = shown_class(trend.entry.class_name, settings)
    return f"{trend.title}の折れ線グラフ。{values}。判定：{judged}。"


# --- the figures behind the charts ----------------------------------------------------------------


def _write_figures(sheet: Sheet, top: int, years: range, places: Mapping[str, _Place]) -> None:
    """The cells that the charts are drawn from: four rows per chart, a column per year."""
    settings = sheet.book.settings
    sheet.text(top, 0, "グラフのもとになる値（印刷されません）", "subtitle")
    headings = ("ID", "指標", "線", *(defined.year_label(year, settings) for year in years))
    for column, heading in enumerate(headings):
        sheet.text(top + 1, column, heading, "header")
    for place in places.values():
        trend = place.trend
        look = {**STYLES["number"], "num_format": trend.number_format(settings)}
        style = sheet.book.format(**look)
        for row, name in enumerate(LINES, place.row):
            sheet.text(row, 0, trend.entry.indicator.id, "centre")
            sheet.text(row, 1, trend.title.partition(" ")[2], "text")
            sheet.text(row, 2, name, "centre")
            for column, year in enumerate(years, _FIRST_YEAR):
                value = trend.values[name].get(year)
                if value is None:
                    sheet.blank(row, column, style)
                else:
                    sheet.number(row, column, value, style)
