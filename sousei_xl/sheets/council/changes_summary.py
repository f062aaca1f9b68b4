"""前年度からの変更箇所, on top: how last year's projects became this year's, per goal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from sousei_xl.figures.changes import BUDGET, MEASURE, Row
from sousei_xl.figures.changes.year import YearChanges
from sousei_xl.figures.last_year import LastRow
from sousei_xl.sheets.council.spans import Line, Sections, Span
from sousei_xl.sheets.tables import Cell, Formula
from sousei_xl.strategy import Strategy
from sousei_xl.text import to_text

_FIRST = 4  # column of the first goal
_HOMELESS = 0  # stands for the goal of a project whose measure is no more
_NOWHERE = "今年度にない\n施策・不明"
_OPEN = ("未提出", "確認中")


class Summary:
    """How many projects there were, went, came and are, and their budgets.

    One line per thing that is counted, one column per goal.
    """

    def __init__(self, strategy: Strategy, last: Sequence[LastRow], found: YearChanges) -> None:
        self._strategy, self._last, self._found = strategy, last, found
        # Where last year's list does not say, a project has not moved.
        silent = (k for k in found.kept if not k.before.data[MEASURE])
        self._not_said = {id(k.before): self._after(k.row) for k in silent}
        homeless = any(self._before(row) == _HOMELESS for row in last)
        self.goals = [*(g.number for g in strategy.goals), *([_HOMELESS] if homeless else [])]

    def _before(self, row: LastRow) -> int:
        measure = self._strategy.measure_by_key.get(row.measure)
        if measure:
            return measure.goal
        if row.goal in {g.number for g in self._strategy.goals}:
            return row.goal
        return self._not_said.get(id(row), _HOMELESS)

    def _after(self, row: Row) -> int:
        return self._strategy.goal_of(to_text(row[MEASURE]))

    def _count(self, goals: Iterable[int]) -> list[int]:
        counted = list(goals)
        return [counted.count(goal) for goal in self.goals]

    def _sum(self, amounts: Iterable[tuple[int, object]]) -> list[int]:
        pairs = [(goal, amount) for goal, amount in amounts if isinstance(amount, int)]
        return [sum(amount for g, amount in pairs if g == goal) for goal in self.goals]

    @property
    def columns(self) -> int:
        """How many columns of the sheet it needs."""
        return _FIRST + len(self.goals) + 1

    def write(self, sections: Sections) -> None:
        """All lines; the table is never torn, for it stands on top of the first page."""
        called = {goal.number: goal.heading for goal in self._strategy.goals}
        goals = [called.get(number, _NOWHERE) for number in self.goals]
        spans = [Span(0, _FIRST - 1, "区分")]
        for column, heading in enumerate([*goals, "合計"], _FIRST):
            spans.append(Span(column, column, heading))
        sections.heading("基本目標別の集計", spans)
        found = self._found
        moved = [
            (b, a) for k in found.kept if (b := self._before(k.before)) != (a := self._after(k.row))
        ]
        kept = [(k, self._after(k.row)) for k in found.kept]
        rows = [*(k.row for k in found.kept), *found.new]
        reworded = {id(change.row) for change in found.reworded}
        still_open = self._count(self._before(g.before) for g in found.gone if g.fate in _OPEN)
        first = sections.row

        def line(label: str, values: list[int], style: str = "number") -> None:
            self._line(sections, spans, label, values, style)

        line("前年度の事業数", self._count(map(self._before, self._last)), "number subtotal")
        gone = (self._before(g.before) for g in found.gone if g.fate not in _OPEN)
        line("　－　今年度の一覧にない事業（終了・取下げなど）", self._count(gone))
        if any(still_open):
            line("　－　提出待ち・確認中の事業", still_open)
        line("　－　ほかの基本目標へ移った事業", self._count(b for b, _ in moved))
        line("　＋　ほかの基本目標から移ってきた事業", self._count(a for _, a in moved))
        line("　＋　新規の事業", self._count(map(self._after, found.new)))
        # Live: last year's, less what stands below it, plus what came.
        less = range(first + 1, sections.row - 2)
        plus = range(sections.row - 2, sections.row)
        self._balance(sections, spans, first, less, plus, self._count(map(self._after, rows)))
        line(
            "　　うち名称を変えたと思われる事業（推定）",
            self._count(g for k, g in kept if k.renamed),
        )
        line("　　うち施策を移った事業", self._count(g for k, g in kept if k.moved))
        line("　　うち予算が増えた事業", self._count(g for k, g in kept if (k.difference or 0) > 0))
        line("　　うち予算が減った事業", self._count(g for k, g in kept if (k.difference or 0) < 0))
        line(
            "　　うち事業内容などが変わった事業",
            self._count(g for k, g in kept if id(k.row) in reworded),
        )
        before = self._sum((self._before(row), row.budget) for row in self._last)
        after = self._sum((self._after(row), row[BUDGET]) for row in rows)
        line("前年度の予算（再掲を除く）", before, "number subtotal")
        line("今年度の予算（再掲を除く）", after, "number subtotal")
        self._differences(sections, spans, before, after)

    def _line(
        self, sections: Sections, spans: Sequence[Span], label: str, values: list[int], style: str
    ) -> None:
        cells = xl_range(sections.row, _FIRST, sections.row, _FIRST + len(values) - 1)
        total = Formula(f"=SUM({cells})", sum(values))
        sections.figures((label, *values, total), spans, style)

    def _balance(
        self,
        sections: Sections,
        spans: Sequence[Span],
        first: int,
        less: range,
        plus: range,
        values: list[int],
    ) -> None:
        cells: list[Cell] = ["今年度の事業数"]
        for column, value in enumerate([*values, sum(values)], _FIRST):
            start = xl_rowcol_to_cell(first, column)
            out = xl_range(less.start, column, less.stop - 1, column)
            come = xl_range(plus.start, column, plus.stop - 1, column)
            cells.append(Formula(f"={start}-SUM({out})+SUM({come})", value))
        sections.figures(tuple(cells), spans, "number subtotal")

    def _differences(
        self, sections: Sections, spans: Sequence[Span], before: list[int], after: list[int]
    ) -> None:
        row = sections.row
        differences: list[Cell] = ["　差"]
        shares: list[Cell] = ["　増減率（差÷前年度の予算）"]
        pairs = [*zip(before, after, strict=True), (sum(before), sum(after))]
        for column, (old, new) in enumerate(pairs, _FIRST):
            was, now, less = (xl_rowcol_to_cell(row + n, column) for n in (-2, -1, 0))
            differences.append(Formula(f"={now}-{was}", new - old))
            share = (new - old) / old if old else "－"
            shares.append(Formula(f'=IF({was}=0,"－",{less}/{was})', share))
        line: Line = tuple(differences)
        sections.figures(line, spans, "number")
        sections.figures(tuple(shares), spans, "percent")
