"""Two native charts for 総括表, to be read in black and white as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_range_abs

from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Sheet
from sousei_xl.sheets.drawing import ROW_HEIGHT, ROW_PIXELS, add_chart
from sousei_xl.sheets.styles import NAVY
from sousei_xl.strategy import Settings

_GAP = 12
# In thousand yen: from where million yen are told, below what with a decimal, and what even that
# would not show.
_LONG, _SMALL, _VISIBLE = 1_000_000, 10_000, 50

_LIGHT = "#FFFFFF"
SOLID: dict[str, Any] = {"fill": {"color": NAVY}, "border": {"color": NAVY}}
HATCHED: dict[str, Any] = {
    "pattern": {"pattern": "wide_upward_diagonal", "fg_color": NAVY, "bg_color": _LIGHT},
    "border": {"color": NAVY},
}

Area = tuple[int, int, int, int]  # first row, first column, last row, last column


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars: a name for the legend, the cells of its values (thousand yen), a look."""

    name: str
    values: Sequence[Area]
    look: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars, the first category on top, with the value written at each bar.

    ``amounts`` are the values of all bars (thousand yen), which decide about the unit, ``names``
    those of the categories of a single series. Bars begin at 0; where some go to the left of it,
    the categories are named beside them all.
    """

    title: str
    description: str
    categories: Sequence[Area]
    series: tuple[Series, ...]
    amounts: Sequence[int]
    names: Sequence[str] = ()

    @property
    def negative(self) -> bool:
        """Whether a bar goes to the left."""
        return min(self.amounts, default=0) < 0


def areas(rows: Sequence[int], column: int) -> list[Area]:
    """The cells of a column in these rows: one area, unless the rows are parted by a header."""
    firsts = [row for row in rows if row - 1 not in rows]
    lasts = [row for row in rows if row + 1 not in rows]
    return [(first, column, last, column) for first, last in zip(firsts, lasts, strict=True)]


def reserve_rows(sheet: Sheet, top: int, rows: int) -> None:
    """The rows that the charts will stand on."""
    for row in range(top, top + rows):
        sheet.height(row, ROW_HEIGHT)


def insert_charts(sheet: Sheet, top: int, rows: int, charts: Sequence[BarChart]) -> None:
    """Charts side by side over the whole width of the sheet, on rows reserved for them."""
    whole = pages.total_pixels(sheet.widths)
    width = (whole - _GAP * (len(charts) - 1)) // max(len(charts), 1)
    for position, described in enumerate(charts):
        chart = _chart(sheet, described)
        chart.set_size({"width": width, "height": rows * ROW_PIXELS - _GAP})
        sheet.chart(top, chart, described.description, position * (width + _GAP), _GAP // 2)


def _reference(sheet: Sheet, cells: Sequence[Area]) -> str:
    """Cells as a chart refers to them."""
    parts = ",".join(f"{quote_sheetname(sheet.name)}!{xl_range_abs(*area)}" for area in cells)
    return f"=({parts})" if len(cells) > 1 else f"={parts}"


def _chart(sheet: Sheet, described: BarChart) -> Any:
    settings = sheet.book.settings
    unit, label, tick = _unit(described.amounts, settings)
    font = {"name": settings.font, "size": 9, "bold": False}
    chart = add_chart(sheet.book, "bar")
    known = {}
    if len(described.categories) > 1:  # previewers draw what XlsxWriter reads of one area alone
        known = {"categories_data": described.names, "values_data": described.amounts}
    for series in described.series:
        chart.add_series(
            {
                "name": series.name,
                "categories": _reference(sheet, described.categories),
                "values": _reference(sheet, series.values),
                **known,
                "data_labels": {"value": True, "num_format": label, "font": font},
                "gap": 60,
                "overlap": -5,
                **series.look,
            }
        )
    chart.set_title({"name": described.title, "name_font": {**font, "size": 11, "bold": True}})
    # Of bar charts XlsxWriter calls the vertical axis, that of the categories, y.
    chart.set_y_axis(
        {
            "reverse": True,
            "crossing": "max",
            "num_font": font,
            "major_tick_mark": "none",
            "interval_unit": 1,  # every bar is named, be there little room
            "label_position": "low" if described.negative else None,
        }
    )
    chart.set_x_axis(
        {
            "name": unit,
            "name_font": font,
            "num_font": font,
            "num_format": tick,
            "min": None if described.negative else 0,
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
        }
    )
    if len(described.series) > 1:
        chart.set_legend({"position": "bottom", "font": font})
    else:
        chart.set_legend({"none": True})
    return chart


def _unit(amounts: Sequence[int], settings: Settings) -> tuple[str, str, str]:
    """(unit, number format of the labels, that of the axis), so that no bar's money reads 0.

    Million yen where amounts are too long otherwise, with a decimal where some are small.
    """
    largest = max((abs(a) for a in amounts), default=0)
    least = min((abs(a) for a in amounts if a), default=0)
    if largest < _LONG or least < _VISIBLE:
        return "千円", settings.number_format, settings.number_format
    whole, tenths = (f"{form},;{settings.minus}{form}," for form in ("#,##0", "#,##0.0"))
    return "百万円", tenths if least < _SMALL else whole, whole
