"""数値目標・KPIの推移: a small chart per indicator, six to a page, and the figures behind."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sousei_xl.sheets import Contents, pages
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.drawing import ROW_HEIGHT, ROW_PIXELS, add_chart
from sousei_xl.sheets.indicators.entries import entries, shown_class
from sousei_xl.sheets.indicators.head import write_indicator_head
from sousei_xl.sheets.indicators.path import ACTUAL, BASELINE, EXPECTED, LINES, TARGET, Trend
from sousei_xl.sheets.styles import NAVY, STYLES
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
_GREY, _LIGHT = "#7F7F7F", "#BFBFBF"
_LEGEND = (
    "線と印：●―●は実績値、■（灰色）は現状値、▲は目標値、破線は目安（現状値から目標値まで毎年同じ幅で進んだ場合。"
    "年度別目標のある指標はその値）です。期間累計の指標は、各年の値を足した累積値です。"
)
_CUT_AXIS = "縦軸は、値の動きが見えるように0から始まらないものがあります。"
_NOT_DRAWN = "グラフにする値がまだないため、グラフのない指標があります（{ids}）。"


# How the lines look, told apart in black and white: by marker and dash.
_LOOKS: dict[str, dict[str, Any]] = {
    EXPECTED: {
        "line": {"color": _GREY, "width": 1.25, "dash_type": "dash"},
        "marker": {"type": "none"},
    },
    ACTUAL: {
        "line": {"color": NAVY, "width": 2},
        "marker": {
            "type": "circle",
            "size": 6,
            "fill": {"color": NAVY},
            "border": {"color": NAVY},
        },
    },
    BASELINE: {
        "line": {"none": True},
        "marker": {
            "type": "square",
            "size": 8,
            "fill": {"color": _LIGHT},
            "border": {"color": NAVY, "width": 1},
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


@dataclass(frozen=True, slots=True)
class _Table:
    """The figures of one goal; its title stands in ``row``."""

    title: str
    row: int
    places: tuple[_Place, ...]


def write_indicator_trends(book: Book, contents: Contents) -> None:
    """The sheet 数値目標・KPIの推移: charts by goal, below them (not printed) their figures."""
    settings = contents.strategy.settings
    every = [Trend.of(entry, settings) for entry in entries(contents)]
    trends = [trend for trend in every if trend.is_drawn]  # Excel has no charts without a series
    years = _all_years(trends)
    columns = max(len(years), _LEAST_YEARS)
    sheet = book.sheet(SHEET, (_ID, _NAME, _LINE, *[_YEAR] * columns))
    top = write_indicator_head(sheet, contents, SHEET)
    cut = _CUT_AXIS if any(trend.is_cut for trend in trends) else ""
    missing = "、".join(trend.entry.indicator.id for trend in every if not trend.is_drawn)
    not_drawn = _NOT_DRAWN.format(ids=missing) if missing else ""
    sheet.wide_text(top, _LEGEND + cut + not_drawn, "note")
    sheet.repeat = (top, top)
    rows = _chart_rows(sheet)
    printed = list(_pages(contents, trends))
    end = top + 1 + sum(1 + -(-len(charts) // _ACROSS) * rows for _, charts in printed)
    tables = list(_tables(contents, trends, years, end + 2))
    places = {place.trend.entry.indicator.id: place for table in tables for place in table.places}
    _write_charts(sheet, top + 1, rows, printed, places)
    # What is written from here on lies outside the printed area.
    sheet.text(end + 1, 0, "グラフのもとになる値（印刷されません）", "subtitle")
    for table in tables:
        _write_figures(sheet, years, table)


def _pages(contents: Contents, trends: Sequence[Trend]) -> Iterator[tuple[str, Sequence[Trend]]]:
    """A title and the charts of each printed page; every goal begins one."""
    for title, mine in _by_goal(contents, trends):
        for first in range(0, len(mine), _ACROSS * _DOWN):
            more = "（続き）" if first else ""
            yield f"{title}{more}", mine[first : first + _ACROSS * _DOWN]


def _by_goal(contents: Contents, trends: Sequence[Trend]) -> Iterator[tuple[str, Sequence[Trend]]]:
    """The title and the trends of each goal that has any."""
    for goal in contents.strategy.goals:
        mine = [t for t in trends if t.entry.indicator.goal == goal.number]
        if mine:
            yield goal.title, mine


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


def _tables(
    contents: Contents, trends: Sequence[Trend], years: range, row: int
) -> Iterator[_Table]:
    """The figures of each goal, one table below the other from ``row`` on."""
    for title, mine in _by_goal(contents, trends):
        first = row + 2  # below the goal and the years
        places = tuple(
            _Place(
                trend,
                row + 1,
                first + number * len(LINES),
                _FIRST_YEAR + trend.years[0] - years[0],
            )
            for number, trend in enumerate(mine)
        )
        yield _Table(title, row, places)
        row = first + len(places) * len(LINES)


def _chart_rows(sheet: Sheet) -> int:
    """Rows per chart, so that two of them, the heads and a goal's band fill a landscape page."""
    width = pages.total_pixels(sheet.widths)
    used = sum(sheet.heights.values()) / 0.75 + 30
    return int((width * _PAGE_SHAPE - used) / _DOWN / ROW_PIXELS)


# --- one chart ------------------------------------------------------------------------------------


def _insert(sheet: Sheet, row: int, column: int, rows: int, place: _Place) -> None:
    whole = pages.total_pixels(sheet.widths)
    width = (whole - _GAP * (_ACROSS - 1)) // _ACROSS
    chart = _chart(sheet, place)
    chart.set_size({"width": width, "height": rows * ROW_PIXELS - _GAP})
    described = _description(place.trend, sheet.book.settings)
    sheet.chart(row, chart, described, column * (width + _GAP), _GAP // 2)


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
    if name in (BASELINE, TARGET):
        place = trend.baseline_place if name == BASELINE else trend.target_place
        return {"position": place, "custom": _aside(trend, name, place, trend.values[name])}
    latest = trend.latest_actual
    if name == EXPECTED or latest is None:
        return {}
    own = _aside(trend, name, trend.latest_place, (latest,))
    others = [
        spot if year == latest else {"delete": True}
        for year, spot in zip(trend.years, own, strict=True)
    ]
    return {"position": trend.latest_place, "custom": others}


def _aside(
    trend: Trend, name: str, place: str, labelled: Collection[int]
) -> list[dict[str, Any] | None]:
    """For each year what is special about its label: wide ones above and below their points are
    moved from the chart's sides."""
    over = labelled if place != "right" else ()
    return [
        {"aside": aside} if year in over and (aside := trend.aside(name, year)) else None
        for year in trend.years
    ]


def _description(trend: Trend, settings: Settings) -> str:
    """The chart in words, for those who cannot see it."""
    said = (trend.said(name, settings) for name in (BASELINE, ACTUAL, TARGET))
    values = "。".join(part for part in said if part) or "値はまだありません"
    judged = shown_class(trend.entry.class_name, settings)
    return f"{trend.title}の折れ線グラフ。{values}。判定：{judged}。"


# --- the figures behind the charts ----------------------------------------------------------------


def _write_figures(sheet: Sheet, years: range, table: _Table) -> None:
    """The cells that a goal's charts are drawn from: four rows per chart, a column per year."""
    settings = sheet.book.settings
    sheet.wide_text(table.row, table.title, "text_wrap subtotal")
    headings = ("ID", "指標", "線", *(defined.year_label(year, settings) for year in years))
    for column, heading in enumerate(headings):
        sheet.text(table.row + 1, column, heading, "header")
    for place in table.places:
        trend = place.trend
        name = trend.title.partition(" ")[2]
        height = pages.text_height(name, _NAME, 10, settings.font)
        look = {**STYLES["number"], "num_format": trend.number_format(settings)}
        style = sheet.book.format(**look)
        for row, line in enumerate(LINES, place.row):
            sheet.text(row, 0, trend.entry.indicator.id, "centre")
            sheet.text(row, 1, name, "text_wrap")
            sheet.text(row, 2, line, "centre")
            sheet.height(row, height)
            for column, year in enumerate(years, _FIRST_YEAR):
                value = trend.values[line].get(year)
                if value is None:
                    sheet.blank(row, column, style)
                else:
                    sheet.number(row, column, value, style)
