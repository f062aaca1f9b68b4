"""Departments × goals: number of projects and budget, each project once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from sousei_xl.figures.changes import DEPARTMENT
from sousei_xl.rules.records import ListedRow
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Sheet
from sousei_xl.sheets.data import (
    GOAL,
    ORIGINALS_ONLY,
    Condition,
    budget_formula,
    count_formula,
    literal,
)
from sousei_xl.sheets.tables import Cell, Column, Formula, Row, Table, write_live_table

# Excel's limit for a text inside a formula.
_LONGEST_CRITERION = 255
# Comparisons that COUNTIFS and SUMIFS would make; beyond it Excel keeps its user waiting.
_MAX_COMPARISONS = 50_000_000
_OTHERS = "その他（部局名を確認中）"
_FIRST = 2  # column of the first goal
_Cells = Sequence[Sequence[tuple[str, int]]]  # by department and goal: formula, value


@dataclass(frozen=True, slots=True)
class Grid:
    """Figures by (department, goal number) over rows that are not relisted.

    A joint project counts under its first department: ``spellings`` has the 部局名 as printed that
    count under each. Rows of a department that the strategy does not know (only a draft has them)
    are kept under ``""``. ``rows`` is the number of rows of データ_事業.
    """

    departments: tuple[str, ...]
    goals: tuple[int, ...]
    headings: tuple[str, ...]
    spellings: dict[str, list[str]]
    projects: Counter[tuple[str, int]]
    budget: Counter[tuple[str, int]]
    relisted: Counter[int]
    rows: int

    @classmethod
    def of(cls, contents: Contents, listed: Sequence[ListedRow]) -> Grid:
        """The grid of a list."""
        strategy = contents.strategy
        known = tuple(d.name for d in strategy.departments)
        owners = {name: name for name in known}
        spellings = defaultdict(list, {name: [name] for name in known})
        projects: Counter[tuple[str, int]] = Counter()
        budget: Counter[tuple[str, int]] = Counter()
        relisted: Counter[int] = Counter()
        for row in listed:
            if row.department not in owners:
                fits = row.counted in spellings and len(row.department) < _LONGEST_CRITERION
                owners[row.department] = row.counted if fits else ""
                spellings[owners[row.department]].append(row.department)
            if row.relisted:
                relisted[row.goal] += row.budget or 0
            else:
                place = (owners[row.department], row.goal)
                projects[place] += 1
                budget[place] += row.budget or 0
        goals = tuple(g.number for g in strategy.goals)
        headings = tuple(f"{g.heading}\n{g.label}" for g in strategy.goals)
        return cls(known, goals, headings, spellings, projects, budget, relisted, len(listed))

    @property
    def has_others(self) -> bool:
        """True where rows belong to no known department."""
        return bool(self.spellings.get(""))

    @property
    def lines(self) -> int:
        """Rows of the table below its header, its total included."""
        return len(self.departments) + self.has_others + 1

    @property
    def live(self) -> bool:
        """False where formulas over so much data would be too slow to be of use."""
        return self.rows * len(self.departments) * len(self.goals) <= _MAX_COMPARISONS


def write_counts(sheet: Sheet, top: int, grid: Grid) -> int:
    """Number of projects, header in row ``top`` below a title; the first free row is returned."""
    cells = _cells(grid, grid.projects, count_formula)

    def table(lines: Sequence[int]) -> Table:
        rows = _rows(lines, grid, grid.projects, cells, count_formula, "合計")
        return _table(sheet, top, grid, rows)

    return write_live_table(sheet, top, grid.lines, table)[-1]


def write_budgets(sheet: Sheet, top: int, grid: Grid) -> list[int]:
    """Budget of the projects, and how it adds up to the sums of the list; Excel's numbers of the
    rows are returned."""
    cells = _cells(grid, grid.budget, budget_formula)

    def table(lines: Sequence[int]) -> Table:
        return _table(sheet, top, grid, _budget_rows(lines, grid, cells))

    return write_live_table(sheet, top, grid.lines + 2, table)


def _budget_rows(lines: Sequence[int], grid: Grid, cells: _Cells) -> list[Row]:
    rows = _rows(lines, grid, grid.budget, cells, budget_formula, "合計（再掲を除く）")
    net_line = lines[len(rows) - 1]
    twice = [grid.relisted[goal] for goal in grid.goals]
    net = [sum(grid.budget[name, goal] for name in ("", *grid.departments)) for goal in grid.goals]
    between: list[Cell] = []
    gross: list[Cell] = []
    groups: list[tuple[Condition, ...]] = [((GOAL, str(goal)),) for goal in grid.goals]
    figures = zip([*groups, ()], [*net, sum(net)], [*twice, sum(twice)], strict=True)
    for column, (group, once, again) in enumerate(figures, _FIRST):
        letter = xl_col_to_name(column)
        between.append(Formula(f"={letter}{net_line + 2}-{letter}{net_line}", again))
        gross.append(Formula(f"={budget_formula(grid.rows, *group)}", once + again))
    rows.append(Row(("", "再掲分（二重に計上される額）", *between), tied=True))
    rows.append(Row(("", "再掲を含む", *gross), "subtotal", tied=True))
    return rows


def _table(sheet: Sheet, top: int, grid: Grid, rows: Sequence[Row]) -> Table:
    headings = ("No", "部局名", *grid.headings, "計")
    columns = tuple(
        Column(heading, width, "number", "number")
        if place >= _FIRST
        else Column(heading, width, "text_wrap" if place else "centre")
        for place, (heading, width) in enumerate(zip(headings, sheet.widths, strict=False))
    )
    return Table(columns, tuple(rows), main=False, title=top - 1, whole=True)


def _cells(grid: Grid, values: Counter[tuple[str, int]], formula: Callable[..., str]) -> _Cells:
    """The formula and the value of each goal of each department."""
    found: list[list[tuple[str, int]]] = []
    for name in grid.departments:
        cells = []
        for goal in grid.goals:
            where = [(GOAL, str(goal)), ORIGINALS_ONLY]
            parts = (
                formula(grid.rows, (DEPARTMENT, literal(spelling)), *where)
                for spelling in grid.spellings[name]
            )
            cells.append(("+".join(parts), values[name, goal]))
        found.append(cells)
    return found


def _rows(
    lines: Sequence[int],
    grid: Grid,
    values: Counter[tuple[str, int]],
    departments: _Cells,
    formula: Callable[..., str],
    total: str,
) -> list[Row]:
    """A row per department, one for the others if there are any, and the total; ``lines`` are
    Excel's numbers of them."""
    last_column = xl_col_to_name(_FIRST + len(grid.goals) - 1)
    rows: list[Row] = []

    def line(number: str, name: str, cells: Sequence[tuple[str, int]], emphasis: str = "") -> None:
        own = lines[len(rows)]
        whole = f"=SUM({xl_col_to_name(_FIRST)}{own}:{last_column}{own})"
        figures: list[Cell] = [
            Formula(f"={f}", value) if grid.live else value for f, value in cells
        ]
        figures.append(Formula(whole, sum(value for _, value in cells)))
        rows.append(Row((number, name, *figures), emphasis, tied=bool(emphasis)))

    def above(column: int) -> str:
        letter = xl_col_to_name(column)
        return f"SUM({letter}{lines[0]}:{letter}{lines[len(rows) - 1]})"

    for number, (name, figures) in enumerate(zip(grid.departments, departments, strict=True), 1):
        line(str(number), name, figures)
    if grid.has_others:
        cells = []
        for column, goal in enumerate(grid.goals, _FIRST):
            whole = formula(grid.rows, (GOAL, str(goal)), ORIGINALS_ONLY)
            cells.append((f"{whole}-{above(column)}", values["", goal]))
        line("", _OTHERS, cells)
    cells = [
        (above(column), sum(values[name, goal] for name in ("", *grid.departments)))
        for column, goal in enumerate(grid.goals, _FIRST)
    ]
    line("", total, cells, "total")
    return rows
