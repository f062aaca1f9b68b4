"""Two native charts for 総括表, to be read in black and white as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sousei_xl.sheets import pages
from sousei_xl.sheets.book import LostCell, Sheet
from sousei_xl.sheets.drawing import ROW_HEIGHT, ROW_PIXELS, add_chart

_GAP = 12

_DARK, _LIGHT = "#1F3864", "#FFFFFF"
SOLID: dict[str, Any] = {"fill": {"color": _DARK}, "border": {"color": _DARK}}
HATCHED: dict[str, Any] = {
    "pattern": {"pattern": "wide_upward_diagonal", "fg_color": _DARK, "bg_color": _LIGHT},
    "border": {"color": _DARK},
}

Area = tuple[int, int, int, int]  # first row, first column, last row, last column


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars: a name for the legend, the cells of its values (thousand yen), a look."""

    name: str
    values: Area
    look: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars, the first category on top, with the value written at each bar.

    ``largest`` is the largest value: amounts are shown in million yen where that leaves figures
    to read, in thousand yen otherwise. ``smallest`` is the smallest: bars begin at 0, and where
    some go to the left of it, the categories are named beside them all.
    """

    title: str
    description: str
    categories: Area
    series: tuple[Series, ...]
    largest: int
    smallest: int


def insert_charts(sheet: Sheet, top: int, rows: int, charts: Sequence[BarChart]) -> None:
    """Charts side by side over the whole width of the sheet, on rows reserved for them."""
    whole = pages.total_pixels(sheet.widths)
    width = (whole - _GAP * (len(charts) - 1)) // max(len(charts), 1)
    for row in range(top, top + rows):
        sheet.height(row, ROW_HEIGHT)
    for position, described in enumerate(charts):
        chart = _chart(sheet, described)
        chart.set_size({"width": width, "height": rows * ROW_PIXELS - _GAP})
        options = {
            "x_offset": position * (width + _GAP),
            "y_offset": _GAP // 2,
            "object_position": 2,
            "description": described.description,
        }
        if sheet.worksheet.insert_chart(top, 0, chart, options):
            raise LostCell(f"{sheet.name}: chart {described.title!r} refused by the writer")


def _chart(sheet: Sheet, described: BarChart) -> Any:
    settings = sheet.book.settings
    millions = described.largest >= 10_000
    unit = "百万円" if millions else "千円"
    amount = f"#,##0,;{settings.minus}#,##0," if millions else settings.number_format
    font = {"name": settings.font, "size": 9, "bold": False}
    chart = add_chart(sheet.book, "bar")
    for series in described.series:
        chart.add_series(
            {
                "name": series.name,
                "categories": [sheet.name, *described.categories],
                "values": [sheet.name, *series.values],
                "data_labels": {"value": True, "num_format": amount, "font": font},
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
            "label_position": "low" if described.smallest < 0 else None,
        }
    )
    chart.set_x_axis(
        {
            "name": unit,
            "name_font": font,
            "num_font": font,
            "num_format": amount,
            "min": 0 if described.smallest >= 0 else None,
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
        }
    )
    if len(described.series) > 1:
        chart.set_legend({"position": "bottom", "font": font})
    else:
        chart.set_legend({"none": True})
    return chart
