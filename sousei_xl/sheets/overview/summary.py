"""総括表: how many projects and how much money, by goal, measure and department."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.figures.changes import CATEGORY, MEASURE
from sousei_xl.figures.totals import Subtotal
from sousei_xl.rules.records import ListedRow
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.data import (
    GOAL,
    ORIGINALS_ONLY,
    RELISTED_ONLY,
    Condition,
    budget_formula,
    count_formula,
    literal,
)
from sousei_xl.sheets.drawing import MAX_BARS, ROW_HEIGHT, chart_rows
from sousei_xl.sheets.overview.charts import (
    HATCHED,
    SOLID,
    BarChart,
    Series,
    areas,
    insert_charts,
    reserve_rows,
)
from sousei_xl.sheets.overview.grid import Grid, write_budgets, write_counts
from sousei_xl.sheets.overview.head import undecided_note, write_head
from sousei_xl.sheets.tables import Column, Formula, Row, Table, write_live_table, write_table

SHEET = "総括表"

_KEY_WIDTH, _NAME_WIDTH, _FIGURE_WIDTH = 8, 62, 15
_TITLE = 20.0  # height of a title's row
_GOAL_BARS = 3  # a goal has two, and a name over two lines beside them
_FIGURES = (
    ("行数", "number"),
    ("うち再掲", "number"),
    ("事業数", "number"),
    ("うち新規", "number"),
    ("予算事業費\n再掲を含む", "number"),
    ("予算事業費\n再掲を除く", "number"),
    ("構成比\n再掲を除く", "percent"),
)


def write_overview(book: Book, contents: Contents) -> None:
    """The sheet 総括表. Its figures are live formulas over データ_事業."""
    strategy, listed = contents.strategy, contents.result.listed
    figures = max(len(_FIGURES), len(strategy.goals) + 1)
    sheet = book.sheet(SHEET, (_KEY_WIDTH, _NAME_WIDTH, *[_FIGURE_WIDTH] * figures))
    unit = strategy.settings.unit
    top = write_head(
        sheet,
        contents,
        SHEET,
        "「事業数」と「再掲を除く」予算事業費は、再掲の行を除き、一つの事業を一度だけ数えたものです。"
        f"予算事業費の単位は{unit}です。",
        *undecided_note(contents),
    )
    first = _title(sheet, top + 1, "1　基本目標・施策別")
    top = _write_by_goal(sheet, first, contents, listed)

    charts = _title(sheet, top + 1, "2　グラフ")
    grid = Grid.of(contents, listed)
    bars = max(_GOAL_BARS * len(strategy.goals), len(grid.departments))
    space = chart_rows(bars, sheet.page_room() - _TITLE)
    sheet.turn(charts - 1, _TITLE + space * ROW_HEIGHT)
    reserve_rows(sheet, charts, space)
    counts = _title(sheet, charts + space + 1, "3　部局別・基本目標別の事業数（再掲を除く）")
    top = write_counts(sheet, counts, grid)
    budgets = _title(sheet, top + 1, f"4　部局別・基本目標別の予算事業費（単位：{unit}）")
    lines = write_budgets(sheet, budgets, grid)
    insert_charts(sheet, charts, space, _charts(contents, grid, budgets, lines))

    gone = _title(sheet, lines[-1] + 1, "5　今年度の一覧に載せない事業（終了・取下げ）")
    _write_withdrawn(sheet, gone, contents)
    sheet.page_setup()


def _title(sheet: Sheet, row: int, title: str) -> int:
    sheet.text(row, 0, title, "subtitle")
    sheet.height(row, _TITLE)
    return row + 1


# --- goals and measures ---------------------------------------------------------------------------


def _write_by_goal(sheet: Sheet, top: int, contents: Contents, listed: Sequence[ListedRow]) -> int:
    """Goals with their measures below and the total; header in row ``top``. The next free row."""
    strategy, totals = contents.strategy, contents.totals
    new = Counter(
        group
        for row in listed
        if row.category == text.NEW and not row.relisted
        for group in (str(row.goal), row.measure)
    )
    by_measure = {s.label: s for s in totals.measures}

    def table(lines: Sequence[int]) -> Table:
        figures = _Figures(count=len(listed), total=totals.total, total_line=lines[-1])
        rows: list[Row] = []
        for goal, subtotal in zip(strategy.goals, totals.goals, strict=True):
            cells = figures.cells(lines[len(rows)], subtotal, new[goal.key], (GOAL, goal.key))
            rows.append(Row((goal.key, goal.list_name, *cells), "subtotal"))
            for measure in strategy.measures_of(goal):
                key, where = measure.key, (MEASURE, literal(measure.key))
                cells = figures.cells(lines[len(rows)], by_measure[key], new[key], where)
                named = (key, measure.list_name)
                rows.append(Row((*named, *cells), styles=((1, "indent"),), tied=True))
        cells = figures.cells(lines[-1], totals.total, totals.new)
        rows.append(Row((None, "合計", *cells), "total", tied=True))
        return Table(columns, tuple(rows), main=False, title=top - 1)

    columns = (
        Column("記号", _KEY_WIDTH, "centre"),
        Column("基本目標・施策", _NAME_WIDTH),
        *(Column(heading, _FIGURE_WIDTH, style, "number") for heading, style in _FIGURES),
    )
    count = len(strategy.goals) + len(strategy.measures) + 1
    return write_live_table(sheet, top, count, table)[-1]


@dataclass(frozen=True, slots=True)
class _Figures:
    """The seven figures of a group of rows; ``total_line`` is Excel's number of the total's row."""

    count: int
    total: Subtotal
    total_line: int

    def cells(self, line: int, group: Subtotal, new: int, *where: Condition) -> tuple[Formula, ...]:
        """Columns C to I of Excel's row ``line``, over the rows that ``where`` picks."""
        fresh = (*where, ORIGINALS_ONLY, (CATEGORY, literal(text.NEW)))
        share = group.net / self.total.net if self.total.net else 0
        net = f"H${self.total_line}"
        return (
            Formula(f"={count_formula(self.count, *where)}", group.rows),
            Formula(f"={count_formula(self.count, *where, RELISTED_ONLY)}", group.relisted),
            Formula(f"=C{line}-D{line}", group.projects),
            Formula(f"={count_formula(self.count, *fresh)}", new),
            Formula(f"={budget_formula(self.count, *where)}", group.gross),
            Formula(f"={budget_formula(self.count, *where, ORIGINALS_ONLY)}", group.net),
            Formula(f"=IF({net}=0,0,H{line}/{net})", share),
        )


# --- charts ---------------------------------------------------------------------------------------


def _charts(contents: Contents, grid: Grid, budgets: int, lines: Sequence[int]) -> list[BarChart]:
    """Charts over the table of budgets whose header stands in row ``budgets``, the others in
    ``lines`` (Excel's numbers)."""
    goals, departments = contents.totals.goals, grid.departments
    count, people = len(goals), len(departments)
    year = contents.strategy.settings.year_label
    net_row, gross_row = lines[grid.lines - 1] - 1, lines[-1] - 1
    amounts = "、".join(
        f"{goal.heading}は再掲を含む{g.gross:,}、除く{g.net:,}"
        for goal, g in zip(contents.strategy.goals, goals, strict=True)
    )
    charts = [
        BarChart(
            f"基本目標別の予算事業費（{year}）",
            f"基本目標別の予算事業費の横棒グラフ（千円）。{amounts}。",
            ((budgets, 2, budgets, count + 1),),
            (
                Series("再掲を含む", ((gross_row, 2, gross_row, count + 1),), HATCHED),
                Series("再掲を除く", ((net_row, 2, net_row, count + 1),), SOLID),
            ),
            [amount for g in goals for amount in (g.gross, g.net)],
        )
    ]
    if 0 < people <= MAX_BARS:
        sums = [sum(grid.budget[name, goal] for goal in grid.goals) for name in departments]
        named = "、".join(f"{n}{s:,}" for n, s in zip(departments, sums, strict=True))
        rows = [line - 1 for line in lines[:people]]
        charts.append(
            BarChart(
                f"部局別の予算事業費（再掲を除く、{year}）",
                f"部局別の予算事業費の横棒グラフ（再掲を除く、千円）。{named}。",
                areas(rows, 1),
                (Series("再掲を除く", areas(rows, count + 2), SOLID),),
                sums,
                grid.departments,
            )
        )
    return charts


# --- projects that are gone -----------------------------------------------------------------------


def _write_withdrawn(sheet: Sheet, top: int, contents: Contents) -> None:
    """終了 and 取下げ as the departments said; what the office withholds is not public, and of a
    project that is only relisted no more nothing has ended."""
    goals = contents.strategy.measure_order
    gone = [w for w in contents.result.withdrawn if w.reason in text.WITHDRAWN and not w.relisted]
    if not gone:
        sheet.turn(top - 1, _TITLE * 2)
        sheet.wide_text(top, "終了・取下げの事業はありません。", "plain_wrap")
        return
    gone.sort(key=lambda w: (goals.get(w.measure, len(goals)), w.number or 0, w.raw.row_id))
    ended = sum(w.reason == text.ENDED for w in gone)
    sheet.wide_text(top, f"終了 {ended}件、取下げ {len(gone) - ended}件です。", "plain_wrap")
    rows = tuple(
        Row(
            (
                text.printable(w.measure if w.number is None else f"{w.measure}-{w.number}"),
                text.printable(w.name),
                text.printable(w.department),
                w.reason,
            )
        )
        for w in gone
    )
    columns = (
        Column("施策", _KEY_WIDTH, "centre"),
        Column("事業名", _NAME_WIDTH),
        Column("部局名", _FIGURE_WIDTH),
        Column("区分", _FIGURE_WIDTH, "centre"),
    )
    write_table(sheet, top + 1, Table(columns, rows, main=False, title=top - 1))
