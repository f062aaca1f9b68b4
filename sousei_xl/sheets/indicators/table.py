"""The table of 数値目標等の状況: two lines per indicator, figures above and words below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_range_abs

from sousei_xl import text
from sousei_xl.sheets import Contents, pages
from sousei_xl.sheets.book import LostCell, Sheet
from sousei_xl.sheets.indicators.entries import (
    NOTHING,
    Entry,
    Group,
    change_format,
    distance_format,
    remarks,
    shown_class,
    value_format,
    year_format,
)
from sousei_xl.sheets.indicators.formulas import Columns, Formulas
from sousei_xl.sheets.styles import STYLES
from sousei_xl.strategy import Goal, Indicator, Measure, Settings
from sousei_xl.strategy import indicators as defined

_ID, _NAME, _UNIT, _YEAR, _FIGURE = 8.0, 27.0, 13.5, 5.5, 11.5
_RATIO, _DISTANCE, _CLASS, _CHANGE, _TREND = 7.5, 14.0, 15.0, 11.5, 9.0
_FIGURE_HEIGHT = 27.0  # room for a sparkline
_BEHIND = (defined.BEHIND, defined.NO_PROGRESS)
_PART = "（内訳）"  # a part's class is shown, but counts only within the whole
PRELIMINARY_MARK = "速 "
_KEPT_TOGETHER = 250.0  # points: a measure up to this height is not torn by a page's end
_LONGEST = 600  # characters of a text that fit a page beside the others
_CUT = "…（続きは、提出された様式にあります）"


def widths(columns: Columns) -> tuple[float, ...]:
    """Column widths in characters."""
    years = [_FIGURE] * len(columns.years)
    ends = (_FIGURE, _YEAR, _YEAR, _RATIO, _RATIO, _RATIO, _DISTANCE, _CLASS, _CHANGE, _TREND)
    return (_ID, _NAME, _UNIT, _YEAR, _FIGURE, *years, *ends)


def headings(columns: Columns, settings: Settings) -> tuple[str, ...]:
    """The header, as long as ``widths``."""
    years = (defined.actual_label(year, settings) for year in columns.years)
    ends = ("目標値", "目標年", "実績年", "進捗率", "目安", "達成率", "目標まで", "判定", "前年差")
    return ("ID", "指標", "単位・\n集計区分", "基準年", "現状値", *years, *ends, "推移")


@dataclass(slots=True)
class StatusTable:
    """Writes the table row by row and remembers where its parts stand.

    ``ranges`` maps a goal number to the first and last row of its indicators, ``goal_rows`` are
    the rows of the goals' bands, ``with_next`` the rows that must not end a page.
    """

    sheet: Sheet
    contents: Contents
    columns: Columns
    row: int
    ranges: dict[int, tuple[int, int]] = field(default_factory=dict)
    goal_rows: list[int] = field(default_factory=list)
    with_next: set[int] = field(default_factory=set)

    @property
    def _settings(self) -> Settings:
        return self.contents.strategy.settings

    def write(self, groups: Sequence[Group]) -> None:
        """The header and every goal with its 数値目標, its measures and their KPI."""
        names = headings(self.columns, self._settings)
        for column, name in enumerate(names):
            self.sheet.text(self.row, column, name, "header small")
        self._fit(self.row, [(name, i, i, 9.0) for i, name in enumerate(names)], 0)
        self.sheet.repeat = (self.row, self.row)
        self.with_next.add(self.row)
        self.row += 1
        for goal in self.contents.strategy.goals:
            self._goal(goal, [g for g in groups if g.indicator.goal == goal.number])

    def _goal(self, goal: Goal, groups: Sequence[Group]) -> None:
        self.goal_rows.append(self.row)
        self._band(f"基本目標{goal.number}　{goal.list_name}", "subtotal")
        first = self.row
        own = [g for g in groups if not g.indicator.measure]
        none = "" if own else "　この基本目標には設定されていません。"
        self._band(f"数値目標{none}", "band", bool(own))
        for group in own:
            self._group(group)
        for measure in self.contents.strategy.measures:
            if measure.goal == goal.number:
                self._measure(measure, [g for g in groups if g.indicator.measure == measure.key])
        self.ranges[goal.number] = (first, self.row - 1)

    def _measure(self, measure: Measure, groups: Sequence[Group]) -> None:
        none = "" if groups else "　KPIは設定されていません。"
        first = self.row
        self._band(f"施策{measure.key}　{measure.list_name}{none}", "band", bool(groups))
        for group in groups:
            self._group(group)
        rows = range(first, self.row)
        if sum(self.sheet.heights.get(row, 0) for row in rows) <= _KEPT_TOGETHER:
            self.with_next.update(rows[:-1])

    def _band(self, title: str, style: str, followed: bool = True) -> None:
        self.sheet.wide_text(self.row, title, f"text_wrap {style}")
        if followed:
            self.with_next.add(self.row)
        self.row += 1

    def _group(self, group: Group) -> None:
        if group.has_parts:
            self._whole(group)
        for entry in group.parts:
            self._entry(entry, part=group.has_parts)

    def _whole(self, group: Group) -> None:
        """The line of an indicator that is judged by its parts."""
        sheet, row, columns = self.sheet, self.row, self.columns
        name = (
            f"{group.indicator.name}（内訳{len(group.parts)}件。"
            "全体の判定は、最も進んでいない内訳の判定です）"
        )
        sheet.blank(row, columns.id, "centre small")
        last = columns.class_name - 1
        sheet.merge_text(row, columns.name, row, last, name, "text_wrap bold")
        self._class(row, group.class_name, shown_class(group.class_name, self._settings))
        for column in (columns.change, columns.trend):
            sheet.blank(row, column, "centre small")
        self._fit(row, ((name, columns.name, last, 10.0),), _FIGURE_HEIGHT)
        self.with_next.add(row)
        self.row += 1

    # --- one indicator ------------------------------------------------------------------------

    def _entry(self, entry: Entry, part: bool) -> None:
        sheet, row, columns = self.sheet, self.row, self.columns
        indicator = entry.indicator
        name = f"うち{indicator.part}" if part else defined.title(indicator)
        sheet.merge_text(row, columns.id, row + 1, columns.id, indicator.id, "centre")
        sheet.merge_text(row, columns.name, row + 1, columns.name, name, "text_wrap")
        sheet.text(row, columns.unit, _unit_and_kind(indicator), "centre small")
        self._references(entry, row)
        self._actuals(entry, row)
        self._figures(entry, row)
        suffix = f"\n{_PART}" if part else ""
        label = shown_class(entry.class_name, self._settings) + suffix
        self._class(row, entry.class_name, label)
        self._trend(entry, row)
        kind = (_unit_and_kind(indicator), columns.unit, columns.unit, 9.0)
        shown = (label, columns.class_name, columns.class_name, 10.0)
        self._fit(row, (kind, shown), _FIGURE_HEIGHT)
        self._words(entry, row + 1)
        needed = pages.text_height(name, _NAME, 10, self._settings.font)
        rest = needed - sheet.heights[row]
        if rest > sheet.heights[row + 1]:
            sheet.height(row + 1, rest)
        self.with_next.add(row)
        self.row += 2

    def _references(self, entry: Entry, row: int) -> None:
        indicator, columns = entry.indicator, self.columns
        start = defined.baseline_year(indicator)
        self._year(row, columns.base_year, start)
        self._reference(row, columns.baseline, defined.baseline(indicator), indicator)
        self._reference(row, columns.target, defined.target(indicator), indicator)
        if indicator.kind == defined.QUALITATIVE and defined.target(indicator) is None:
            self.sheet.text(row, columns.target, "（定性）", "centre")
        self._year(row, columns.target_year, defined.target_year(indicator, self._settings))

    def _actuals(self, entry: Entry, row: int) -> None:
        for year in self.columns.years:
            column, value = self.columns.of_year(year), entry.report.actuals.get(year)
            if value is None:
                silence = entry.silence if year == entry.year else ""
                self.sheet.text(row, column, silence, "centre")
                continue
            latest = entry.latest is not None and year == entry.latest.year
            before = PRELIMINARY_MARK if latest and entry.is_preliminary else ""
            shown = value_format(entry.indicator, self._settings, before, entry.places)
            self.sheet.number(row, column, value, self._number_style(shown))

    def _figures(self, entry: Entry, row: int) -> None:
        """実績年 to 目標まで, and 前年差; what has no meaning is a dash."""
        columns, figures, settings = self.columns, entry.latest, self._settings
        self._year(row, columns.year, figures.year if figures else None)
        distance = self._number_style(distance_format(entry.indicator, settings, entry.places))
        change = self._number_style(change_format(entry.indicator, settings, entry.places))
        cells = (
            ("progress", columns.progress, "percent tight"),
            ("expected", columns.progress + 1, "percent tight"),
            ("attainment", columns.progress + 2, "percent tight"),
            ("distance", columns.distance, distance),
            ("change", columns.change, change),
        )
        for name, column, style in cells:
            value = getattr(figures, name) if figures else None
            if value is None or figures is None:
                self.sheet.text(row, column, NOTHING, "centre")
                continue
            formulas = Formulas(entry, figures, row, columns, settings)
            self.sheet.formula(row, column, getattr(formulas, name), float(value), style)

    def _trend(self, entry: Entry, row: int) -> None:
        """A sparkline from the baseline to the latest actual, over cells without any words."""
        columns = self.columns
        self.sheet.blank(row, columns.trend, "centre")
        if entry.latest is None:
            return
        known = defined.baseline(entry.indicator) is not None
        first = columns.baseline if known else columns.first_year
        last = columns.of_year(entry.latest.year)
        values = [v for y, v in entry.report.actuals.items() if y <= entry.latest.year]
        values += [v for v in (defined.baseline(entry.indicator),) if v is not None]
        options = {
            "range": f"'{self.sheet.name}'!{xl_range_abs(row, first, row, last)}",
            "type": "column",  # LibreOffice prints no lines
            "series_color": "#8EA9DB",
            "last_point": True,
            "last_color": "#1F3864",
            # Columns begin at 0, above or below: from anywhere else they make much of little.
            "min": float(min(Decimal(0), *values)),
            "max": 0 if max(values) < 0 else None,
        }
        if self.sheet.worksheet.add_sparkline(row, columns.trend, options):
            raise LostCell(f"{self.sheet.name}: sparkline in row {row + 1} refused by the writer")

    def _words(self, entry: Entry, row: int) -> None:
        """要因・課題, 今後の方向性 and remarks, side by side below the figures."""
        said = (
            ("要因・課題", entry.report.cause or "記入なし", 2.0),
            ("今後の方向性", entry.report.direction or "記入なし", 2.0),
            ("備考", remarks(entry, self._settings) or NOTHING, 1.5),
        )
        places = spans(self.sheet, [share for *_, share in said])
        texts = []
        for (label, words, _), (first, last) in zip(said, places, strict=True):
            shown = f"【{label}】{_shortened(text.printable(words))}"
            self.sheet.merge_text(row, first, row, last, shown, "text_wrap top")
            texts.append((shown, first, last, 10.0))
        self._fit(row, texts, 0)

    # --- cells --------------------------------------------------------------------------------

    def _number_style(self, number_format: str) -> Any:
        look = {**STYLES["number"], **STYLES["tight"]}
        return self.sheet.book.format(**{**look, "num_format": number_format})

    def _reference(
        self, row: int, column: int, value: Decimal | None, indicator: Indicator
    ) -> None:
        """現状値 or 目標値, with the decimals that the source writes it with."""
        if value is None:  # blank, not a dash: sparklines take words for zero
            return self.sheet.blank(row, column, "centre small")
        places = defined.own_decimals(value)
        style = self._number_style(value_format(indicator, self._settings, places=places))
        return self.sheet.number(row, column, value, style)

    def _year(self, row: int, column: int, year: int | None) -> None:
        if year is None:
            return self.sheet.text(row, column, NOTHING, "centre")
        look = STYLES["centre"]
        style = self.sheet.book.format(**look, num_format=year_format(year, self._settings))
        return self.sheet.number(row, column, year, style)

    def _class(self, row: int, class_name: str, label: str) -> None:
        emphasis = " warning" if class_name in _BEHIND else ""
        self.sheet.text(row, self.columns.class_name, label, f"centre bold{emphasis}")

    def _fit(self, row: int, texts: Sequence[tuple[str, int, int, float]], least: float) -> None:
        """Make a row as high as its texts (text, first and last column, font size) need."""
        font = self._settings.font
        needed = (
            pages.text_height(shown, self.sheet.span_width(first, last), size, font)
            for shown, first, last, size in texts
        )
        self.sheet.height(row, max(least, *needed))


def spans(sheet: Sheet, shares: Sequence[float]) -> list[tuple[int, int]]:
    """The columns from the unit on, cut into neighbouring spans about as wide as asked."""
    pixels = [pages.column_pixels(w) for w in sheet.widths]
    first = Columns.unit
    whole, asked = sum(pixels[first:]), sum(shares)
    found, begin, end = [], first, 0.0
    for number, share in enumerate(shares, 1):
        end += share / asked * whole
        column = begin
        most = len(pixels) - 1 - (len(shares) - number)
        # The next column belongs to this span if more than half of it lies before the cut.
        while column < most and sum(pixels[first : column + 1]) + pixels[column + 1] / 2 < end:
            column += 1
        if number == len(shares):
            column = len(pixels) - 1
        found.append((begin, column))
        begin = column + 1
    return found


def shown_years(contents: Contents, groups: Sequence[Group]) -> range:
    """The plan's years up to the latest that is judged or has a value; at least the first."""
    first, last = contents.strategy.settings.plan_years
    entries = [entry for group in groups for entry in group.parts]
    reached = [y for e in entries for y in (e.year or first, *e.report.actuals)]
    return range(first, min(max(reached, default=first), last) + 1)


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST else words[:_LONGEST] + _CUT


def _unit_and_kind(indicator: Indicator) -> str:
    """``％`` above ``各年度``; whether 年 or 年度 is counted stands behind the other kinds."""
    kind, counted = indicator.kind, indicator.year_kind
    if counted and not kind.startswith("各"):
        kind = f"{kind}・{counted}"
    return f"{indicator.unit}\n{kind}" if indicator.unit else kind
