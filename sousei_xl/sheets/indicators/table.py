"""The table of 数値目標等の状況: two lines per indicator, figures above and words below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_range_abs

from sousei_xl import text
from sousei_xl.sheets import Contents, pages
from sousei_xl.sheets.book import Sheet
from sousei_xl.sheets.indicators.entries import (
    JUDGED_BY,
    NOTHING,
    PART,
    Entry,
    Group,
    change_format,
    distance_format,
    is_behind,
    remarks,
    shown_class,
    value_format,
    year_format,
)
from sousei_xl.sheets.indicators.formulas import Columns, Formulas
from sousei_xl.sheets.styles import NAVY, STYLES
from sousei_xl.strategy import Goal, Indicator, Settings
from sousei_xl.strategy import indicators as defined

_ID, _NAME, _UNIT, _YEAR, _FIGURE = 8.0, 27.0, 13.5, 5.5, 11.5
_RATIO, _DISTANCE, _CLASS, _CHANGE, _TREND = 7.5, 14.0, 15.0, 11.5, 9.0
_FIGURE_HEIGHT = 27.0  # room for a sparkline
_GOAL, _BAND = "text_wrap subtotal", "text_wrap band"
_HEAD_ROWS = 2  # on top of every page: the goal, the headings
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


@dataclass(frozen=True, slots=True)
class _Piece:
    """What no page's end tears: the two lines of an indicator or a part of one.

    The first part has ``whole``, the line of the indicator that is judged by its parts, above it.
    ``heights`` are those of the lines, from top to bottom.
    """

    entry: Entry
    is_part: bool
    whole: Group | None
    heights: tuple[float, ...]


@dataclass(slots=True)
class StatusTable:
    """Writes the table row by row and remembers where its parts stand.

    Every goal begins a page, and every page begins with the goal and the headings: on the screen
    they are never far away. ``ranges`` maps a goal number to the first and last row of its
    indicators, ``starts`` are the first rows of the pages, ``with_next`` the rows that must not end
    one, ``title`` is that of the goal at hand.
    """

    sheet: Sheet
    contents: Contents
    columns: Columns
    row: int
    ranges: dict[int, tuple[int, int]] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)
    with_next: set[int] = field(default_factory=set)
    title: str = ""

    @property
    def _settings(self) -> Settings:
        return self.contents.strategy.settings

    def write(self, groups: Sequence[Group]) -> None:
        """Every goal with its 数値目標, its measures and their KPI."""
        for goal in self.contents.strategy.goals:
            self._goal(goal, [g for g in groups if g.indicator.goal == goal.number])

    def _goal(self, goal: Goal, groups: Sequence[Group]) -> None:
        self.title = goal.title
        self._page(self.title)
        first = self.row
        own = [g for g in groups if not g.indicator.measure]
        none = "" if own else "　この基本目標には設定されていません。"
        self._section(f"数値目標{none}", own)
        for measure in self.contents.strategy.measures_of(goal):
            mine = [g for g in groups if g.indicator.measure == measure.key]
            none = "" if mine else "　KPIは設定されていません。"
            self._section(f"施策{measure.key}　{measure.list_name}{none}", mine)
        self.ranges[goal.number] = (first, self.row - 1)

    # --- pages --------------------------------------------------------------------------------

    def _page(self, title: str) -> None:
        """Begin a page with that title and the headings."""
        self.starts.append(self.row)
        self._band(title, _GOAL)
        names = headings(self.columns, self._settings)
        for column, name in enumerate(names):
            self.sheet.text(self.row, column, name, "header small")
        needed = self._needed([(name, i, i, 9.0) for i, name in enumerate(names)])
        self.sheet.height(self.row, needed)
        self.with_next.add(self.row)
        self.row += 1

    def _turn(self, needed: float) -> None:
        """Turn the page where it has no room for ``needed`` points below what it has."""
        is_begun = self.row > self.starts[-1] + _HEAD_ROWS
        if is_begun and not self.sheet.has_room(range(self.starts[-1], self.row), needed):
            self._page(f"{self.title}（続き）")

    def _section(self, title: str, groups: Sequence[Group]) -> None:
        """A band, and the indicators below it: on one page where they are few."""
        pieces = [piece for group in groups for piece in self._pieces(group)]
        heights = [sum(piece.heights) for piece in pieces]
        band = self.sheet.wide_height(title, _BAND)
        whole = band + sum(heights)
        self._turn(whole if whole <= _KEPT_TOGETHER else band + sum(heights[:1]))
        self._band(title, _BAND, bool(pieces))
        for number, (piece, height) in enumerate(zip(pieces, heights, strict=True)):
            if number:
                self._turn(height)
            self._write(piece)

    def _band(self, title: str, style: str, followed: bool = True) -> None:
        self.sheet.wide_text(self.row, title, style)
        if followed:
            self.with_next.add(self.row)
        self.row += 1

    def _pieces(self, group: Group) -> Iterator[_Piece]:
        for number, entry in enumerate(group.parts):
            whole = group if group.has_parts and not number else None
            above = (self._whole_height(whole),) if whole else ()
            heights = (*above, *self._entry_heights(entry, group.has_parts))
            yield _Piece(entry, group.has_parts, whole, heights)

    def _write(self, piece: _Piece) -> None:
        for row, height in enumerate(piece.heights, self.row):
            self.sheet.height(row, height)
        self.with_next.update(range(self.row, self.row + len(piece.heights) - 1))
        if piece.whole is not None:
            self._whole(piece.whole)
            self.row += 1
        self._entry(piece.entry, piece.is_part)
        self.row += 2

    # --- an indicator that is judged by its parts -----------------------------------------------

    def _whole(self, group: Group) -> None:
        sheet, row, columns = self.sheet, self.row, self.columns
        sheet.blank(row, columns.id, "centre small")
        last = columns.class_name - 1
        sheet.merge_text(row, columns.name, row, last, _whole_name(group), "text_wrap bold")
        self._class(row, group.class_name, shown_class(group.class_name, self._settings))
        for column in (columns.change, columns.trend):
            sheet.blank(row, column, "centre small")

    def _whole_height(self, group: Group) -> float:
        columns = self.columns
        name = (_whole_name(group), columns.name, columns.class_name - 1, 10.0)
        return max(self._needed([name]), _FIGURE_HEIGHT)

    # --- one indicator ------------------------------------------------------------------------

    def _entry(self, entry: Entry, part: bool) -> None:
        sheet, row, columns = self.sheet, self.row, self.columns
        indicator = entry.indicator
        name = entry.shown_name(part)
        sheet.merge_text(row, columns.id, row + 1, columns.id, indicator.id, "centre")
        sheet.merge_text(row, columns.name, row + 1, columns.name, name, "text_wrap")
        sheet.text(row, columns.unit, _unit_and_kind(indicator), "centre small")
        self._references(entry, row)
        self._actuals(entry, row)
        self._figures(entry, row)
        self._class(row, entry.class_name, self._label(entry, part))
        self._trend(entry, row)
        for shown, first, last in self._said(entry):
            sheet.merge_text(row + 1, first, row + 1, last, shown, "text_wrap top")

    def _entry_heights(self, entry: Entry, part: bool) -> tuple[float, float]:
        """Of the figures and of the words; the name stands beside both."""
        unit, judged = self.columns.unit, self.columns.class_name
        kind = (_unit_and_kind(entry.indicator), unit, unit, 9.0)
        shown = (self._label(entry, part), judged, judged, 10.0)
        figures = max(self._needed((kind, shown)), _FIGURE_HEIGHT)
        words = self._needed([(*said, 10.0) for said in self._said(entry)])
        name = self._needed([(entry.shown_name(part), self.columns.name, self.columns.name, 10.0)])
        return figures, max(words, name - figures)

    def _label(self, entry: Entry, part: bool) -> str:
        suffix = f"\n{PART}" if part else ""
        return shown_class(entry.class_name, self._settings) + suffix

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
            "last_color": NAVY,
            # Columns begin at 0, above or below: from anywhere else they make much of little.
            "min": float(min(Decimal(0), *values)),
            "max": 0 if max(values) < 0 else None,
        }
        self.sheet.sparkline(row, columns.trend, options)

    def _said(self, entry: Entry) -> list[tuple[str, int, int]]:
        """要因・課題, 今後の方向性 and remarks, side by side: text, first and last column."""
        said = (
            ("要因・課題", entry.report.cause or "記入なし", 2.0),
            ("今後の方向性", entry.report.direction or "記入なし", 2.0),
            ("備考", remarks(entry, self._settings) or NOTHING, 1.5),
        )
        places = spans(self.sheet, [share for *_, share in said])
        return [
            (f"【{label}】{_shortened(text.printable(words))}", first, last)
            for (label, words, _), (first, last) in zip(said, places, strict=True)
        ]

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
        emphasis = " warning" if is_behind(class_name) else ""
        self.sheet.text(row, self.columns.class_name, label, f"centre bold{emphasis}")

    def _needed(self, texts: Iterable[tuple[str, int, int, float]]) -> float:
        """Height of a row with these texts (text, first and last column, font size)."""
        font = self._settings.font
        return max(
            pages.text_height(shown, self.sheet.span_width(first, last), size, font)
            for shown, first, last, size in texts
        )


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


def _whole_name(group: Group) -> str:
    return f"{group.indicator.name}（内訳{len(group.parts)}件。{JUDGED_BY}）"


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST else words[:_LONGEST] + _CUT


def _unit_and_kind(indicator: Indicator) -> str:
    """``％`` above ``各年度``; whether 年 or 年度 is counted stands behind the other kinds."""
    kind, counted = indicator.kind, indicator.year_kind
    if counted and not kind.startswith("各"):
        kind = f"{kind}・{counted}"
    return f"{indicator.unit}\n{kind}" if indicator.unit else kind
