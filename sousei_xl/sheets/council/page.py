"""施策評価表: a block per goal and measure, with room for 委員意見 and 市の対応."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from sousei_xl import text
from sousei_xl.figures.precision import shown
from sousei_xl.figures.totals import Subtotal
from sousei_xl.rules.records import ListedRow
from sousei_xl.sheets import Contents, pages
from sousei_xl.sheets.annex import printed_name
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.council import remarks as written
from sousei_xl.sheets.council.remarks import OPINION, Placed, Remark, Slot
from sousei_xl.sheets.indicators.entries import (
    JUDGED_BY,
    NOTHING,
    PART,
    Entry,
    Group,
    is_behind,
    remarks,
    shown_class,
)
from sousei_xl.sheets.indicators.table import PRELIMINARY_MARK
from sousei_xl.sheets.styles import STYLES
from sousei_xl.strategy import Goal, Indicator, Measure, Settings
from sousei_xl.strategy import indicators as defined

WIDTHS = (9.0, 8.0, 41.0, 8.0, 16.0, 16.0, 16.0, 14.5, 14.5, 14.5)
_KEY, _ID, _NAME, _MARK, _FIRST, _SECOND, _THIRD, _GROSS, _NET, _LAST = range(10)
_INDICATOR_HEADINGS = (
    "ID", "指標", "単位", "現状値（年）", "実績値（年）", "目標値（年）", "進捗率", "目安", "判定",
)  # fmt: skip
_OPINION, _RESPONSE = (_MARK, _SECOND), (_THIRD, _LAST)
_LEAST_INPUT, _LEAST_WHOLE = 36.0, 50.0  # heights of the rows to be filled in
_INPUT_SIZE = 10.0
_LEAST_LINE, _HEADER, _TOTAL, _TITLE = 18.0, 20.0, 33.0, 36.0
_WRITTEN_LATER = 31.0  # at most, of the two rows of a goal's total
_ABOUT_INPUT = (
    "{name}を入力してください。入力した内容は、次に統合しても、翌年度の資料にも引き継がれます。"
    "枠に入りきらないときは、行の高さを広げてください（次に統合すると自動で広がります）。"
)
_ABOUT_KEY = "意見を引き継ぐための目印です。消したり変えたりしないでください。"
_MOST_PROJECTS = 1000  # of a measure: nobody turns more pages in a meeting


@dataclass(slots=True)
class Blocks:
    """Writes blocks from ``row`` on, each on a page of its own.

    ``starts`` and ``tied`` are rows for ``page_setup``. ``sums`` are the total rows of the
    measures written since the last goal, ``title`` is that of the block, to be repeated on every
    page that it runs over.
    """

    sheet: Sheet
    contents: Contents
    placed: Placed
    row: int
    starts: list[int] = field(default_factory=list)
    tied: set[int] = field(default_factory=set)
    sums: list[int] = field(default_factory=list)
    title: tuple[str, str] = ("", "")

    @property
    def _settings(self) -> Settings:
        return self.contents.strategy.settings

    @property
    def _book(self) -> Book:
        return self.sheet.book

    # --- blocks -------------------------------------------------------------------------------

    def goal(self, goal: Goal, groups: Sequence[Group]) -> int:
        """The block of a goal; the row of its total, to be written after its measures."""
        self._begin(goal.title, "total")
        self._indicators("数値目標", groups)
        total = self.row
        self.row += 2
        self._remarks(written.goal_slots(self.contents, goal))
        self.sums = []
        return total

    def goal_total(self, row: int, subtotal: Subtotal) -> None:
        """The total of the measures that were written since the goal."""
        names = ("事業（この基本目標の全ての施策）", *[""] * _THIRD, *self._amount_headings)
        self._headings(row, names, _THIRD)
        self._total(row + 1, "基本目標の計", subtotal, self.sums)

    def measure(
        self,
        measure: Measure,
        groups: Sequence[Group],
        projects: Sequence[ListedRow],
        subtotal: Subtotal,
    ) -> None:
        """The block of a measure: indicators, projects, remarks."""
        self._begin(f"施策{measure.key}　{measure.list_name}", "band")
        self._indicators("KPI", groups)
        self._projects(projects, subtotal)
        self._remarks(written.measure_slots(self.contents, measure))

    def _begin(self, title: str, style: str) -> None:
        self.title = title, style
        self._band(title, style)

    def _band(self, title: str, style: str) -> None:
        """Begin a page under that title."""
        self.starts.append(self.row)
        self.sheet.wide_text(self.row, title, f"text_wrap {style}")
        self.row += 1

    def _turn(self, needed: float) -> bool:
        """Turn the page where it has no room for ``needed`` points; whether that was done."""
        taken = range(self.starts[-1], self.row)
        if self.sheet.has_room(taken, needed, _WRITTEN_LATER):
            return False
        title, style = self.title
        self._band(f"{title}（続き）", style)
        return True

    # --- indicators ---------------------------------------------------------------------------

    def _indicators(self, level: str, groups: Sequence[Group]) -> None:
        if not groups:
            self.sheet.wide_text(self.row, f"{level}は設定されていません。", "text_wrap")
            self.row += 1
            return
        self._headings(self.row, (level, *_INDICATOR_HEADINGS))
        self.tied.add(self.row)
        self.row += 1
        for group in groups:
            if group.has_parts:
                name = f"{group.indicator.name}（{JUDGED_BY}）"
                self.sheet.blank(self.row, _KEY, "text")
                self.sheet.blank(self.row, _ID, "text")
                self.sheet.merge_text(self.row, _NAME, self.row, _NET, name, "text_wrap")
                self._class(self.row, group.class_name, "")
                self._fit(self.row, name, _NAME, _NET)
                self.row += 1
            for entry in group.parts:
                self._entry(entry, group.has_parts)

    def _entry(self, entry: Entry, part: bool) -> None:
        sheet, row, indicator = self.sheet, self.row, entry.indicator
        name = entry.shown_name(part)
        # Of 定性 the target says nothing without its words.
        told = remarks(entry, self._settings) if indicator.kind == defined.QUALITATIVE else ""
        if told:
            name += f"\n（{told}）"
        sheet.blank(row, _KEY, "text")
        sheet.text(row, _ID, indicator.id, "centre")
        sheet.text(row, _NAME, name, "text_wrap")
        sheet.text(row, _MARK, indicator.unit, "centre")
        start, begun = defined.baseline(indicator), defined.baseline_year(indicator)
        end = defined.target_year(indicator, self._settings)
        self._value(row, _FIRST, start, indicator, begun)
        self._actual(row, entry)
        words = "（定性）" if indicator.kind == defined.QUALITATIVE else ""
        aim = defined.target(indicator)
        self._value(row, _THIRD, aim, indicator, end, words=words)
        figures = entry.latest
        for column, ratio in (
            (_GROSS, figures.progress if figures else None),
            (_NET, figures.expected if figures else None),
        ):
            if ratio is None:
                sheet.text(row, column, NOTHING, "centre")
            else:
                sheet.number(row, column, float(ratio), "percent")
        suffix = (f"\n{PART}" if part else "") + self._silence(entry)
        label = self._class(row, entry.class_name, suffix)
        self._fit(row, name, _NAME, _NAME, 20)
        self._fit(row, indicator.unit, _MARK, _MARK, sheet.heights[row])
        self._fit(row, label, _LAST, _LAST, sheet.heights[row])
        self.row += 1

    def _silence(self, entry: Entry) -> str:
        """Why the class is not about the latest year: ``H29は未公表``."""
        if not entry.silence or entry.year is None or entry.latest is None:
            return ""  # without any value, the column of the actual says it
        return f"\n{defined.year_label(entry.year, self._settings)}は{entry.silence}"

    def _actual(self, row: int, entry: Entry) -> None:
        """The latest actual; of 期間累計 the sum so far, which is what is judged."""
        figures = entry.latest
        if figures is None:
            self.sheet.text(row, _SECOND, entry.silence or NOTHING, "centre")
            return
        value = figures.cumulated if entry.is_sum else figures.actual
        before = PRELIMINARY_MARK if entry.is_preliminary else ""
        before += "累積 " if entry.is_sum else ""
        self._value(row, _SECOND, value, entry.indicator, figures.year, before, places=entry.places)

    def _value(
        self,
        row: int,
        column: int,
        value: Decimal | None,
        indicator: Indicator,
        year: int | None,
        before: str = "",
        words: str = "",
        places: int | None = None,
    ) -> None:
        """A value and its year: ``74.4（H26）``, with its own decimals or ``places``.

        A text: as formats of numbers, decimals, years and marks would be more than Excel holds.
        """
        if value is None:
            self.sheet.text(row, column, words or NOTHING, "centre")
            return
        label = "" if year is None else f"（{defined.year_label(year, self._settings)}）"
        places = defined.own_decimals(value) if places is None else places
        figure = shown(value, indicator, self._settings.minus, places)
        self.sheet.text(row, column, f"{before}{figure}{label}", "number tight")

    def _class(self, row: int, class_name: str, suffix: str) -> str:
        """Mark and name of the class and what is added to it: the text as written."""
        style = "centre bold warning" if is_behind(class_name) else "centre bold"
        label = shown_class(class_name, self._settings) + suffix
        self.sheet.text(row, _LAST, label, style)
        return label

    # --- projects -----------------------------------------------------------------------------

    def _projects(self, projects: Sequence[ListedRow], subtotal: Subtotal) -> None:
        if not projects:
            self.sheet.wide_text(self.row, "事業はありません。", "text_wrap")
            self.row += 1
            return
        self._budget_heading(self.row)
        self.row += 1
        first = self.row
        if len(projects) > _MOST_PROJECTS:
            words = f"{len(projects):,}行あります。一覧は、別紙を御覧ください。"
            self.sheet.wide_text(first, words, "text_wrap")
            projects = ()
            self.row += 1
        for left, project in enumerate(projects, 1 - len(projects)):
            height = self._project_height(project)
            if self._turn(height if left else height + _TOTAL):
                self._budget_heading(self.row)
                self.row += 1
            self._project(self.row, project)
            self.sheet.height(self.row, height)
            self.row += 1
        self.tied.update((first - 1, self.row - 1))  # neither headings nor total stand alone
        # Headings that are repeated among the rows are words, which no sum takes for numbers.
        self._total(self.row, "計", subtotal, range(first, self.row) if projects else ())
        self.sums.append(self.row)
        self.row += 1

    def _project(self, row: int, project: ListedRow) -> None:
        net = None if project.relisted else project.budget
        values = (
            (_KEY, None, "text"),
            (_ID, project.number, "centre" if project.number is None else "integer"),
            (_NAME, _printed(project), "text_wrap"),
            (_MARK, text.RELISTED if project.relisted else None, "centre"),
            (_FIRST, project.department, "text_wrap"),
            (_SECOND, None, "text_wrap"),
            (_THIRD, project.relevance, "centre"),
            (_GROSS, project.budget, "number"),
            (_NET, net, "number"),
            (_LAST, project.budget_kind, "centre"),
        )
        self.sheet.merge_in_line(row, _FIRST, _SECOND)
        self.sheet.line(row, [(c, value, self._book.style(s)) for c, value, s in values])

    def _project_height(self, project: ListedRow) -> float:
        return max(
            self._needed(_printed(project), _NAME, _NAME),
            self._needed(project.department, _FIRST, _SECOND),
            _LEAST_LINE,
        )

    def _budget_heading(self, row: int) -> None:
        names = ("事業", "番号", "事業名", "再掲", "部局名", "", "関連性")
        self._headings(row, (*names, *self._amount_headings))
        self.sheet.merge_text(row, _FIRST, row, _SECOND, "部局名", "header small")

    @property
    def _amount_headings(self) -> tuple[str, str, str]:
        unit = self._settings.unit
        return (f"予算（{unit}）\n再掲を含む", f"予算（{unit}）\n再掲を除く", "予算区分")

    def _total(self, row: int, label: str, subtotal: Subtotal, rows: Sequence[int]) -> None:
        sheet = self.sheet
        counted = (
            f"{label}　{subtotal.rows}行（うち再掲{subtotal.relisted}行、{subtotal.projects}事業）"
        )
        sheet.merge_text(row, _KEY, row, _THIRD, counted, "text_wrap subtotal")
        for column, value in ((_GROSS, subtotal.gross), (_NET, subtotal.net)):
            if rows:
                sheet.formula(row, column, _sum(rows, column), value, "number subtotal")
            else:
                sheet.number(row, column, value, "number subtotal")
        undecided = f"金額未確定 {subtotal.undecided}件を除く" if subtotal.undecided else ""
        sheet.text(row, _LAST, undecided, "centre subtotal")
        self._fit(row, undecided, _LAST, _LAST)

    # --- remarks ------------------------------------------------------------------------------

    def _remarks(self, slots: Sequence[Slot]) -> None:
        """A row to be filled in per slot; what was said in earlier years stands below it.

        They stay together where a page can hold them.
        """
        this_year = self._settings.fiscal_year
        rows: list[tuple[Slot, Remark, float]] = []
        for position, slot in enumerate(slots):
            said = self.placed.at.get(slot.key, {})
            least = _LEAST_INPUT if position else _LEAST_WHOLE
            now = said.get(this_year) or Remark(slot.key, this_year, slot.subject, "", "")
            rows.append((slot, now, self._remark_height(slot, now, least)))
            for year in sorted(said, reverse=True):
                if year != this_year:
                    rows.append((slot, said[year], self._remark_height(slot, said[year], 0)))
        together = _HEADER + sum(height for *_, height in rows)
        whole = together + _TITLE <= self.sheet.page_room()
        self._turn(together if whole else _HEADER + rows[0][-1])
        self._remark_headings()
        for slot, remark, height in rows:
            if self._turn(height):
                self._remark_headings()
            self._remark(slot, remark)
            self.sheet.height(self.row, height)
            self.row += 1
        self.sheet.height(self.row, 12)  # a blank row ends the block
        self.row += 1

    def _remark_headings(self) -> None:
        row, sheet = self.row, self.sheet
        names = (written.KEY, written.YEAR, written.SUBJECT)
        response = written.response_of(self._settings.municipality)
        for column, name in enumerate(names):
            sheet.text(row, column, name, "header small")
        for (first, last), name in ((_OPINION, OPINION), (_RESPONSE, response)):
            sheet.merge_text(row, first, row, last, name, "header")
        sheet.height(row, _HEADER)
        self.tied.add(row)
        self.row += 1

    def _remark(self, slot: Slot, remark: Remark) -> None:
        sheet, row = self.sheet, self.row
        year = defined.list_year_label(remark.year or self._settings.fiscal_year, self._settings)
        sheet.text(row, _KEY, slot.key, "key")
        sheet.tell(row, _KEY, written.KEY, _ABOUT_KEY)
        sheet.text(row, _ID, year, "centre")
        sheet.text(row, _NAME, slot.subject, "text_wrap")
        for (first, last), said in ((_OPINION, remark.opinion), (_RESPONSE, remark.response)):
            look: dict[str, Any] = {
                **STYLES["input"],
                "font_size": self._said_size(said, first, last),
            }
            sheet.merge_text(row, first, row, last, said, self._book.format(**look))
        response = written.response_of(self._settings.municipality)
        for (first, _), name in ((_OPINION, OPINION), (_RESPONSE, response)):
            sheet.tell(row, first, name, _ABOUT_INPUT.format(name=name))

    def _remark_height(self, slot: Slot, remark: Remark, least: float) -> float:
        font = self._settings.font
        spoken = ((_OPINION, remark.opinion), (_RESPONSE, remark.response))
        needed = [
            pages.text_height(
                said, self.sheet.span_width(*span), self._said_size(said, *span), font
            )
            for span, said in spoken
        ]
        name = pages.text_height(slot.subject, WIDTHS[_NAME], 10, font)
        key = pages.text_height(slot.key, WIDTHS[_KEY], 7, font)
        return min(max(*needed, name, key, least), pages.MAX_ROW_HEIGHT)

    def _said_size(self, said: str, first: int, last: int) -> float:
        width = self.sheet.span_width(first, last)
        return pages.fitted(said, width, _INPUT_SIZE, self._settings.font)[0]

    # --- cells --------------------------------------------------------------------------------

    def _headings(self, row: int, names: Sequence[str], wide: int = 0) -> None:
        """A header row; the first heading goes over the columns up to ``wide``."""
        for column, name in enumerate(names):
            self.sheet.text(row, column, name, "header small")
        self.sheet.merge_text(row, 0, row, wide, names[0], "header small")
        font = self._settings.font
        widths = (self.sheet.span_width(0, wide), *WIDTHS[1:])
        needed = (pages.text_height(n, w, 9, font) for n, w in zip(names, widths, strict=True))
        self.sheet.height(row, max(needed))

    def _fit(self, row: int, shown: str, first: int, last: int, least: float = _LEAST_LINE) -> None:
        self.sheet.height(row, max(self._needed(shown, first, last), least))

    def _needed(self, shown: str, first: int, last: int) -> float:
        """Height of a text over these columns."""
        width = self.sheet.span_width(first, last)
        return pages.text_height(shown, width, 10, self._settings.font)


def _printed(project: ListedRow) -> str:
    return printed_name(project.name, project.category, project.marked)


def _sum(rows: Sequence[int], column: int) -> str:
    """The sum over a range of rows, or over the totals of several blocks."""
    if isinstance(rows, range):
        return f"=SUM({xl_range(rows[0], column, rows[-1], column)})"
    cells = ",".join(str(xl_rowcol_to_cell(row, column)) for row in rows)
    return f"=SUM({cells})"
