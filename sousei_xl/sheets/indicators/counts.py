"""How many indicators are in each class: a table of live counts, and a chart over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from sousei_xl.figures.indicators import count_classes, wholes
from sousei_xl.sheets import Contents, pages
from sousei_xl.sheets.book import Sheet
from sousei_xl.sheets.data import literal
from sousei_xl.sheets.drawing import ROW_HEIGHT, ROW_PIXELS, add_chart, chart_rows
from sousei_xl.sheets.indicators.entries import quoted, shown_class
from sousei_xl.sheets.styles import NAVY
from sousei_xl.strategy import CLASSES, Goal, Settings

TITLE = "基本目標別・判定別の指標の数（数値目標とKPI）"
_GAP = 8


def _pattern(name: str) -> dict[str, Any]:
    return {
        "pattern": {"pattern": name, "fg_color": NAVY, "bg_color": "#FFFFFF"},
        "border": {"color": NAVY},
    }


# One look per class, told apart in black and white as well: from full to empty.
_LOOKS: tuple[dict[str, Any], ...] = (
    {"fill": {"color": NAVY}, "border": {"color": NAVY}},
    {"fill": {"color": "#8EA9DB"}, "border": {"color": NAVY}},
    _pattern("wide_upward_diagonal"),
    _pattern("dotted_diamond"),
    _pattern("large_check"),
    {"fill": {"color": "#D9D9D9"}, "border": {"color": NAVY}},
    {"fill": {"color": "#FFFFFF"}, "border": {"color": "#7F7F7F", "dash_type": "dash"}},
    {"fill": {"color": "#FFFFFF"}, "border": {"color": NAVY}},
)
_ON_DARK = (CLASSES[0],)  # their labels are white


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """Counts by goal and by class as shown: an office may give two classes one name.

    ``labels`` maps each class as shown to the class, the best one that is shown so.
    """

    goals: tuple[Goal, ...]
    labels: Mapping[str, str]
    counts: Mapping[int, Counter[str]]

    @classmethod
    def of(cls, contents: Contents) -> ClassCounts:
        """Each indicator once; of several parts the whole."""
        settings = contents.strategy.settings
        found = count_classes(wholes(contents.judged))
        counts: dict[int, Counter[str]] = {}
        for goal in contents.strategy.goals:
            counts[goal.number] = Counter()
            for name, count in found.get(goal.number, Counter()).items():
                counts[goal.number][shown_class(name, settings)] += count
        return cls(
            contents.strategy.goals,
            class_labels(settings),
            counts,
        )


def class_labels(settings: Settings) -> dict[str, str]:
    """The classes as shown, best first, each once → the class."""
    labels: dict[str, str] = {}
    for name in CLASSES:
        labels.setdefault(shown_class(name, settings), name)
    return labels


@dataclass(frozen=True, slots=True)
class CountTable:
    """The table of counts: a header in row ``top``, a row per goal, the total.

    ``label`` and ``columns`` are spans of the sheet's columns: one per class, then the sum.
    """

    sheet: Sheet
    top: int
    counts: ClassCounts
    label: tuple[int, int]
    columns: Sequence[tuple[int, int]]

    @property
    def end(self) -> int:
        """The first row below the table."""
        return self.top + len(self.counts.goals) + 2

    def write(self, ranges: Mapping[int, tuple[int, int]], class_column: int) -> None:
        """``ranges`` are the rows of each goal's indicators, whose class stands in
        ``class_column``."""
        sheet, labels = self.sheet, self.counts.labels
        sheet.merge_text(self.top, self.label[0], self.top, self.label[1], "基本目標", "header")
        names = (*labels, "計")
        for (first, last), name in zip(self.columns, names, strict=True):
            sheet.merge_text(self.top, first, self.top, last, name, "header small")
        self._height(self.top, (*labels,))
        row = self.top + 1
        for goal in self.counts.goals:
            sheet.text(row, self.label[0], goal.heading, "text_wrap small")
            sheet.merge_text(
                row, self.label[0] + 1, row, self.label[1], goal.list_name, "text_wrap small"
            )
            first_row, last_row = ranges[goal.number]
            area = xl_range_abs(first_row, class_column, last_row, class_column)
            values = [self.counts.counts[goal.number][label] for label in labels]
            formulas = [f"=COUNTIF({area},{literal(label)})" for label in labels]
            self._line(row, formulas, values, "integer")
            width = sheet.span_width(self.label[0] + 1, self.label[1])
            needed = pages.text_height(goal.list_name, width, 9, sheet.book.settings.font)
            sheet.height(row, max(needed, 20))
            row += 1
        sheet.merge_text(row, self.label[0], row, self.label[1], "合計", "text_wrap total")
        sums = [
            f"=SUM({xl_range_abs(self.top + 1, first, row - 1, first)})"
            for first, _ in self.columns[:-1]
        ]
        totals = [sum(c[label] for c in self.counts.counts.values()) for label in labels]
        self._line(row, sums, totals, "integer total")
        sheet.height(row, 20)

    def _line(self, row: int, formulas: Sequence[str], values: Sequence[int], style: str) -> None:
        for (first, last), formula, value in zip(self.columns, formulas, values, strict=False):
            self.sheet.merge_formula(row, first, row, last, formula, value, style)
        # The cells between the first columns of the spans are merged and blank.
        begin, end = self.columns[0][0], self.columns[-2][1]
        cells = f"{xl_rowcol_to_cell(row, begin)}:{xl_rowcol_to_cell(row, end)}"
        first, last = self.columns[-1]
        self.sheet.merge_formula(
            row, first, row, last, f"=SUM({cells})", sum(values), f"{style} bold"
        )

    def _height(self, row: int, names: Sequence[str]) -> None:
        font = self.sheet.book.settings.font
        needed = (
            pages.text_height(name, self.sheet.span_width(first, last), 9, font)
            for (first, last), name in zip(self.columns, names, strict=False)
        )
        self.sheet.height(row, max(needed))

    @property
    def chart_rows(self) -> int:
        """How many rows the chart takes: all goals can be read, and no page's end tears it."""
        return chart_rows(len(self.counts.goals), self.sheet.page_room())

    def insert_chart(self, row: int) -> None:
        """The chart over ``chart_rows`` rows from ``row`` on, as wide as the sheet."""
        sheet, counts = self.sheet, self.counts
        for number in range(row, row + self.chart_rows):
            sheet.height(number, ROW_HEIGHT)
        chart = self._chart()
        width = pages.total_pixels(sheet.widths)
        chart.set_size({"width": width, "height": self.chart_rows * ROW_PIXELS - _GAP})
        said = "。".join(
            f"{goal.heading}は{'、'.join(f'{label}{count}件' for label, count in found)}"
            for goal in counts.goals
            if (found := [(lb, n) for lb in counts.labels if (n := counts.counts[goal.number][lb])])
        )
        described = f"{TITLE}の積み上げ横棒グラフ。{said or '指標はありません'}。"
        sheet.chart(row, chart, described, 0, _GAP // 2)

    def _chart(self) -> Any:
        sheet, goals = self.sheet, len(self.counts.goals)
        font = {"name": sheet.book.settings.font, "size": 9, "bold": False}
        chart = add_chart(sheet.book, "bar", "stacked")
        rows = (self.top + 1, self.top + goals)
        marks = sheet.book.settings.judgement.marks
        for (column, _), (label, name) in zip(
            self.columns, self.counts.labels.items(), strict=False
        ):
            if not any(c[label] for c in self.counts.counts.values()):
                continue  # nothing to see, and the legend stays short
            look = _LOOKS[CLASSES.index(name)]
            colour = "#FFFFFF" if name in _ON_DARK else "#000000"
            # A label on a pattern can be read only on a ground of its own.
            ground = {} if "pattern" not in look else {"fill": {"color": "#FFFFFF"}}
            chart.add_series(
                {
                    "name": [sheet.name, self.top, column],
                    "categories": [sheet.name, rows[0], self.label[0], rows[1], self.label[0]],
                    "values": [sheet.name, rows[0], column, rows[1], column],
                    "data_labels": {
                        "value": True,
                        # The mark says which class it is without a look at the legend. Not close
                        # to the number: ▲2 would be a negative one.
                        "num_format": f"{quoted(f'{marks[name]} ' if name in marks else '')}0;;",
                        "font": {**font, "bold": True, "color": colour},
                        **ground,
                    },
                    "gap": 40,
                    **look,
                }
            )
        chart.set_title({"name": TITLE, "name_font": {**font, "size": 11, "bold": True}})
        # Of bar charts XlsxWriter calls the vertical axis, that of the categories, y.
        chart.set_y_axis(
            {
                "reverse": True,
                "crossing": "max",
                "num_font": font,
                "major_tick_mark": "none",
                "interval_unit": 1,  # every goal is named, be there little room
            }
        )
        chart.set_x_axis(
            {
                "num_font": font,
                "num_format": "0",
                "min": 0,
                "major_unit": 1 if self._most <= 12 else None,
                "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
            }
        )
        chart.set_legend({"position": "bottom", "font": font})
        return chart

    @property
    def _most(self) -> int:
        return max((c.total() for c in self.counts.counts.values()), default=0)
