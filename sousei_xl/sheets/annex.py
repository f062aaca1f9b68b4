"""The sheet 別紙: the list in the office's own form, with live totals.

The prototype rows of the template are repeated for the real goals, measures and projects. Every
total is a formula with its value stored beside it, so it reads right in Protected View and anyone
can audit it in Excel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from sousei_xl import eras
from sousei_xl import text as texts
from sousei_xl.figures.totals import Subtotal
from sousei_xl.rules.records import ListedRow
from sousei_xl.sheets import Contents
from sousei_xl.sheets import prototype as form
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.painter import Live, Money, Painter, Value
from sousei_xl.sheets.prototype import REQUIRED, FormCell, FormRow, Piece, Prototype
from sousei_xl.strategy import GROSS, Goal, Measure
from sousei_xl.strategy.load.table import FORM

NONE_LISTED = "該当する事業はありません。"
MARK = "※要修正　"
NO_AMOUNT = "－"
SUBTOTAL_NAME, TOTAL_NAME = "小計", "合計"
_AMOUNT_WORDS = {texts.UNDECIDED: "調整中", texts.INCLUDED: "内数"}
# A form that was laid out for A4 fills A3.
_MAX_SCALES = {"A4": 100, "A3": 141}
_WITH_SUBTOTAL = 3  # rows that stay with the subtotal below them
_LEAST_ZOOM = 50  # per cent: the office's own list is seen as a whole, however wide


def write_annex(book: Book, contents: Contents, prototype: Prototype) -> None:
    """Write the sheet 別紙. Raises LostCell where a cell cannot be written as it is."""
    _Annex(book, contents, prototype).write()


def printed_name(name: str, category: str, marked: bool = False) -> str:
    """The name with （新）, and in a draft with the mark of a row that awaits correction."""
    shown = (MARK if marked else "") + texts.with_new_mark(name, category)
    # As long as a cell can be: such a row is 要修正 and stands in a draft.
    return texts.clip_utf16(shown, texts.MAX_TEXT)


def printed_amount(budget: int | None, kind: str) -> int | str:
    """What the budget column prints: the number, 調整中, 内数, or － for an unreadable one."""
    return _AMOUNT_WORDS.get(kind, NO_AMOUNT) if budget is None else budget


def _general_values(contents: Contents) -> dict[str, Value]:
    """Placeholders that mean the same in every row."""
    settings = contents.strategy.settings
    states = {"draft": "【作成中】", "proposal": "（案）"}
    return {
        "自治体名": settings.municipality,
        "年度": settings.year_label,
        "年度全角": texts.full_width(settings.year_label),
        "表題": settings.title,
        "単位": settings.unit,
        "基準日": eras.japanese_date(settings.list_date),
        "状態": states.get(contents.status, contents.stamp),
        "予算の基準": settings.budget_basis,
    }


def _goal_values(goal: Goal) -> dict[str, Value]:
    return {
        "基本目標番号": str(goal.number),
        "基本目標の呼び方": goal.heading,
        "基本目標名": goal.list_name,
    }


def _measure_values(measure: Measure) -> dict[str, Value]:
    return {
        "施策記号": measure.letter,
        "施策名": measure.list_name,
        "施策キー": measure.key,
    }


def _project_values(
    row: ListedRow, fields: Mapping[str, str], own: Sequence[str]
) -> dict[str, Value]:
    """The placeholders of a listed row; ``fields`` are those of ``prototype.project_fields``,
    ``own`` the names of the office's own."""
    printed: dict[str, Value] = {
        "number": "" if row.number is None else row.number,
        "relisted": texts.RELISTED if row.relisted else "",
        "category": row.category,
        "name": printed_name(row.name, row.category, row.marked),
        "department": row.department,
        "relevance": row.relevance,
        "budget_kind": row.budget_kind,
        "budget": Money(printed_amount(row.budget, row.budget_kind)),
        "description": row.description,
        **{n: "" if v is None else v for n, v in zip(own, row.own, strict=True)},
    }
    return {placeholder: printed[name] for placeholder, name in fields.items()}


class _Annex:
    """Writes from top to bottom; ``self.row`` is the next free row, from 0."""

    def __init__(self, book: Book, contents: Contents, prototype: Prototype) -> None:
        self.contents, self.prototype = contents, prototype
        self.sheet = book.sheet(FORM, prototype.widths, in_order=True)
        self.painter = Painter(self.sheet, contents.strategy.settings)
        self.row = self.sheet.top
        self.general = _general_values(contents)
        self.fields = form.project_fields(contents.strategy.fields)
        self.own = [f.name for f in contents.strategy.own_fields]
        self.projects: dict[str, list[ListedRow]] = defaultdict(list)
        for row in contents.result.listed:
            self.projects[row.measure].append(row)
        self.letters = {n: xl_col_to_name(c) for n, c in prototype.columns.items()}
        self.none_row = _line(prototype, form.PROJECT, "事業名", {"align": "left", "indent": 1})
        self.notes = {k: _noted(prototype, k) for k in (form.SUBTOTAL, form.TOTAL)}
        self.goal_rows: dict[int, int] = {}
        self.subtotal_rows: dict[int, int] = {}
        # First and last row of each goal's measures and projects; empty goals have none.
        self.areas: dict[int, tuple[int, int]] = {}
        self.with_next: set[int] = set()
        self.with_previous: set[int] = set()

    def write(self) -> None:
        strategy, rows = self.contents.strategy, self.prototype.rows
        top = self.painter.block(self.row, rows[form.TITLE], self.general)
        self.row = self.painter.block(top, rows[form.HEADER], self.general)
        body = self.row
        for goal, figures in zip(strategy.goals, self.contents.totals.goals, strict=True):
            self._goal(goal, figures)
        self._totals(form.TOTAL, self._total_values())
        self._pages(top, body)

    # --- bands and rows -----------------------------------------------------------------------

    def _goal(self, goal: Goal, figures: Subtotal) -> None:
        values = {**self.general, **_goal_values(goal)}
        self.goal_rows[goal.number] = self.row
        self._band(form.GOAL, values)
        first = self.row
        for measure in self.contents.strategy.measures_of(goal):
            self._measure(measure, {**values, **_measure_values(measure)})
        if self.row > first:
            self.areas[goal.number] = (first, self.row - 1)
            # No page has a subtotal and one project.
            self.with_next.update(range(max(first, self.row - _WITH_SUBTOTAL), self.row - 1))
        self.subtotal_rows[goal.number] = self.row
        self._totals(form.SUBTOTAL, {**values, **self._subtotal_values(goal.number, figures)})

    def _measure(self, measure: Measure, values: Mapping[str, Value]) -> None:
        self._band(form.MEASURE, values)
        first = self.row
        for project in self.projects[measure.key]:
            rows = self.prototype.rows[form.RELISTED if project.relisted else form.PROJECT]
            printed = _project_values(project, self.fields, self.own)
            self.row = self.painter.block(
                self.row, rows, {**values, **printed}, wrap=True, marked=project.marked
            )
        if self.row == first:
            self.row = self.painter.block(self.row, [self.none_row], {_TEXT: NONE_LISTED})

    def _band(self, kind: str, values: Mapping[str, Value]) -> None:
        self.with_next.add(self.row)
        self.row = self.painter.block(self.row, self.prototype.rows[kind], values)

    # --- totals -------------------------------------------------------------------------------

    def _totals(self, kind: str, values: Mapping[str, Value]) -> None:
        row, below = self.notes[kind]
        self.with_previous.add(self.row)
        self.row = self.painter.block(self.row, [row], {**self.general, **values})
        if below is not None and values[_TEXT]:
            self.with_previous.add(self.row)
            self.row = self.painter.block(self.row, [below], values)

    def _subtotal_values(self, number: int, figures: Subtotal) -> dict[str, Value]:
        return _total_values(
            SUBTOTAL_NAME,
            figures,
            self.contents.strategy.settings.basis,
            lambda count: self._over_goal(number, count),
        )

    def _total_values(self) -> dict[str, Value]:
        """合計 adds the subtotals where the form prints them as numbers, else the goals' rows."""
        subtotal = self.prototype.rows[form.SUBTOTAL][0]
        printed = {c.placeholder: xl_col_to_name(c.column) for c in subtotal.cells if c.placeholder}

        def over_list(name: str) -> str:
            if name in printed:
                rows = self.subtotal_rows.values()
                return f"SUM({','.join(f'{printed[name]}{row + 1}' for row in rows)})"
            return "+".join(self._over_goal(number, name) for number in self.subtotal_rows)

        settings = self.contents.strategy.settings
        return _total_values(TOTAL_NAME, self.contents.totals.total, settings.basis, over_list)

    def _over_goal(self, number: int, name: str) -> str:
        """The expression of a total over one goal's rows."""
        if number not in self.areas:
            return "0"
        first, last = self.areas[number]
        numbers, relisted, budgets = (
            f"{self.letters[REQUIRED[f]]}{first + 1}:{self.letters[REQUIRED[f]]}{last + 1}"
            for f in ("number", "relisted", "budget")
        )
        gross = f"SUM({budgets})"
        net = f'SUMIFS({budgets},{relisted},"<>{texts.RELISTED}")'
        again = f'COUNTIF({relisted},"{texts.RELISTED}")'
        gross_printed = self.contents.strategy.settings.basis == GROSS
        return {
            "事業数": f"COUNT({numbers})",
            "うち再掲": again,
            "純事業数": f"COUNT({numbers})-{again}",
            "小計額": gross if gross_printed else net,
            "再掲を含む額": gross,
            "再掲を除く額": net,
        }[name]

    # --- pages --------------------------------------------------------------------------------

    def _pages(self, top: int, body: int) -> None:
        """Header on every page, a new page for each goal but the first, no row torn off."""
        sheet = self.sheet
        sheet.repeat = (top, body - 1)
        sheet.freeze(body)
        sheet.page_setup(
            self.prototype.orientation,
            margins=self.prototype.margins,
            max_scale=_MAX_SCALES[self.contents.strategy.settings.paper],
            starts=list(self.goal_rows.values())[1:],
            with_next=self.with_next,
            with_previous=self.with_previous,
            least_zoom=_LEAST_ZOOM,
        )


# A placeholder of our own lines, which no form can contain.
_TEXT = "\0"


def _line(prototype: Prototype, kind: str, like: str, look: Mapping[str, Any]) -> FormRow:
    """A line of one text over all columns, in the look of a cell of a prototype row.

    ``like`` is the cell's placeholder; where the row has no such cell, it is the first one.
    """
    row = prototype.rows[kind][0]
    model = next((c for c in row.cells if c.placeholder == like), row.cells[0])
    text = (Piece(_TEXT, is_placeholder=True),)
    cell = FormCell(0, text, {**model.look, **look}, 1, len(prototype.widths))
    return FormRow(0.0, (cell,))


def _noted(prototype: Prototype, kind: str) -> tuple[FormRow, FormRow | None]:
    """小計 or 合計 and where 金額未確定 stands: in its cell under 事業内容, or in a line below."""
    row = prototype.rows[kind][0]
    column = prototype.columns.get("事業内容")
    for i, cell in enumerate(row.cells):
        if cell.column == column and not cell.covered and not cell.pieces:
            noted = FormCell(
                cell.column,
                (Piece(_TEXT, is_placeholder=True),),
                {**cell.look, "text_wrap": True},
                cell.rows,
                cell.columns,
            )
            return FormRow(row.height, (*row.cells[:i], noted, *row.cells[i + 1 :])), None
    return row, _line(prototype, kind, "小計名", {"align": "right"})


def _total_values(
    name: str, figures: Subtotal, basis: str, expression: Callable[[str], str]
) -> dict[str, Value]:
    """The placeholders of 小計 and 合計; ``expression`` gives the live one of each number."""
    numbers = {
        "事業数": figures.rows,
        "うち再掲": figures.relisted,
        "純事業数": figures.projects,
    }
    amounts = {
        "小計額": figures.printed(basis),
        "再掲を含む額": figures.gross,
        "再掲を除く額": figures.net,
    }
    undecided = f"金額未確定 {figures.undecided}件を除く" if figures.undecided else ""
    return {
        "小計名": name,
        _TEXT: undecided,
        **{n: Live(expression(n), value) for n, value in (numbers | amounts).items()},
    }
