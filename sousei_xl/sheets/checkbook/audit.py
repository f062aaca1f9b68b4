"""検算表: every row accounted for, and every total reached a second way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sousei_xl import text
from sousei_xl.figures.totals import Subtotal
from sousei_xl.rules.records import FileRecord, ListedRow
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.checkbook.cells import typed
from sousei_xl.sheets.checkbook.origins import (
    BUDGET_COLUMN,
    FIRST_LINE,
    GOAL_COLUMN,
    RELISTED_COLUMN,
)
from sousei_xl.sheets.checkbook.origins import SHEET as ORIGINS
from sousei_xl.sheets.lines import write_title
from sousei_xl.sheets.overview.head import write_head
from sousei_xl.sheets.tables import Cell, Column, Formula, Row, Table, write_live_table
from sousei_xl.strategy import GROSS, NET

SHEET = "検算表"

_RIGHT, _WRONG = "○", "×"
_FILE_COLUMNS = (
    Column("ファイル", 34),
    Column("部局名", 38),
    Column("結果", 14, "centre"),
    Column("読み取り", 14, "number", "number"),
    Column("一覧", 14, "number", "number"),
    Column("保留", 14, "number", "number"),
    Column("差替え", 14, "number", "number"),
    Column("取下げ等", 14, "number", "number"),
    Column("差", 14, "number", "number"),
    Column("判定", 9, "centre"),
)
_TOTAL_COLUMNS = (
    Column("区分", 34),
    Column("項目", 38),
    Column("一覧の数字", 14, "number", "number"),
    Column("再計算", 14, "number", "number"),
    Column("差", 14, "number", "number"),
    Column("判定", 14, "centre"),
)
_OUTCOMES = {
    "accepted": "使用",
    "refused": "受け付けず",
    "superseded": "差替え済み",
    "office": "事務局",
    "ignored": "対象外",
}


@dataclass(frozen=True, slots=True)
class _Check:
    """One number of the list and the same number reached another way."""

    group: str
    item: str
    value: int
    again: Formula | int

    @property
    def result(self) -> int:
        """The value of ``again``."""
        return int(self.again.value) if isinstance(self.again, Formula) else self.again


def write_audit(book: Book, contents: Contents) -> None:
    """The sheet 検算表: its differences and marks are live, over itself and 転記元."""
    sheet = book.sheet(SHEET, [c.width for c in _FILE_COLUMNS])
    top = write_head(sheet, contents, SHEET)
    verdict = top
    row = write_title(sheet, top + 2, "1　行の行方（読み取り ＝ 一覧＋保留＋差替え＋取下げ等）")
    order = contents.strategy.department_order
    files = sorted(
        (r for r in contents.result.files if r.outcome != "ignored"),
        key=lambda r: order.get(r.department, len(order)),
    )
    first_file = row + 2
    row = _write_lines(sheet, row, _FILE_COLUMNS, partial(_file_rows, files), len(files) + 1)
    last_file = row
    totals_at = row + 1
    sheet.turn(totals_at)
    again = f"『{ORIGINS}』からの再計算（部局別の合計、保留、取下げ等は、その行を数え直した数）"
    row = write_title(sheet, totals_at, f"2　合計の検算：一覧の数字と、{again}")
    first_total = row + 2
    checks = tuple(_checks(contents))
    row = _write_lines(sheet, row, _TOTAL_COLUMNS, partial(_check_rows, checks), len(checks))
    right = all(c.value == c.result for c in checks) and all(
        r.read == r.listed + r.held + r.superseded + r.withdrawn for r in files
    )
    _write_verdict(sheet, verdict, (first_file, last_file), (first_total, row), right)
    sheet.page_setup()


def _write_lines(
    sheet: Sheet,
    top: int,
    columns: tuple[Column, ...],
    rows: Callable[[Sequence[int]], tuple[Row, ...]],
    count: int,
) -> int:
    """A table below its title, of ``count`` rows that know Excel's numbers of them all."""

    def table(lines: Sequence[int]) -> Table:
        return Table(columns, rows(lines), main=False, title=top - 1)

    return write_live_table(sheet, top, count, table)[-1]


def _file_rows(files: Sequence[FileRecord], lines: Sequence[int]) -> tuple[Row, ...]:
    """A row per file and the total; ``lines`` are Excel's numbers of them."""
    rows = []
    for line, record in zip(lines, files, strict=False):
        parts = (record.listed, record.held, record.superseded, record.withdrawn)
        rows.append(
            Row(
                (
                    typed(record.file),
                    record.department,
                    _OUTCOMES[record.outcome],
                    record.read,
                    *parts,
                    *_difference(
                        f"D{line}-SUM(E{line}:H{line})", record.read - sum(parts), "I", line
                    ),
                )
            )
        )
    first, total = lines[0], lines[-1]
    figures = [(r.read, r.listed, r.held, r.superseded, r.withdrawn) for r in files]
    sums = [sum(column) for column in zip(*figures, strict=True)] or [0] * 5
    cells: list[Cell] = [
        Formula(f"=SUM({letter}{first}:{letter}{total - 1})", value) if files else 0
        for letter, value in zip("DEFGH", sums, strict=True)
    ]
    difference = _difference(
        f"D{total}-SUM(E{total}:H{total})", sums[0] - sum(sums[1:]), "I", total
    )
    rows.append(Row(("合計", None, None, *cells, *difference), "total", tied=True))
    return tuple(rows)


def _difference(formula: str, value: int, letter: str, line: int) -> tuple[Formula, Formula]:
    """The difference and its mark; the difference stands in column ``letter``."""
    mark = f'=IF({letter}{line}=0,"{_RIGHT}","{_WRONG}")'
    return Formula(f"={formula}", value), Formula(mark, _WRONG if value else _RIGHT)


def _checks(contents: Contents) -> Iterator[_Check]:
    result, totals, settings = contents.result, contents.totals, contents.strategy.settings
    last = FIRST_LINE + max(len(result.listed), 1) - 1

    def area(letter: str) -> str:
        return f"'{ORIGINS}'!${letter}${FIRST_LINE}:${letter}${last}"

    goal, relisted, budget = area(GOAL_COLUMN), area(RELISTED_COLUMN), area(BUDGET_COLUMN)
    printed = "（一覧の小計）"
    labels = {basis: printed if basis == settings.basis else "" for basis in (GROSS, NET)}

    def group(
        label: str, figures: Subtotal, where: str, listed: Sequence[ListedRow]
    ) -> Iterator[_Check]:
        # What the formulas find in 転記元, whose rows these are; not what ``figures`` says again.
        repeated = [row for row in listed if row.relisted]
        whole, part = (sum(row.budget or 0 for row in some) for some in (listed, repeated))
        once = f'{where}{relisted},""'
        again = f'{where}{relisted},"{text.RELISTED}"'
        rows = f"COUNTIFS({where[:-1]})" if where else f"COUNT({goal})"
        gross = f"SUMIFS({budget},{where[:-1]})" if where else f"SUM({budget})"
        for item, value, formula, found in (
            ("行数", figures.rows, rows, len(listed)),
            ("うち再掲", figures.relisted, f"COUNTIFS({again})", len(repeated)),
            (f"予算事業費 再掲を含む{labels[GROSS]}", figures.gross, gross, whole),
            (
                f"予算事業費 再掲を除く{labels[NET]}",
                figures.net,
                f"SUMIFS({budget},{once})",
                whole - part,
            ),
        ):
            yield _Check(label, item, value, Formula(f"={formula}", found))

    of_goal: dict[int, list[ListedRow]] = defaultdict(list)
    for row in result.listed:
        of_goal[row.goal].append(row)
    for named, figures in zip(contents.strategy.goals, totals.goals, strict=True):
        where = f"{goal},{figures.goal},"
        yield from group(named.heading, figures, where, of_goal[figures.goal])
    yield from group("合計", totals.total, "", result.listed)
    parts = totals.departments
    yield _Check("部局別の合計", "行数", totals.total.rows, sum(d.rows for d in parts))
    yield _Check(
        "部局別の合計", "予算事業費 再掲を含む", totals.total.gross, sum(d.gross for d in parts)
    )
    yield _Check(
        "部局別の合計", "予算事業費 再掲を除く", totals.total.net, sum(d.net for d in parts)
    )
    ledger = result.ledger
    yield _Check("行の行方", "一覧", ledger.listed, Formula(f"=COUNT({goal})", len(result.listed)))
    yield _Check("行の行方", "保留", ledger.held, len(result.held))
    yield _Check("行の行方", "取下げ等", ledger.withdrawn, len(result.withdrawn))


def _check_rows(checks: Sequence[_Check], lines: Sequence[int]) -> tuple[Row, ...]:
    return tuple(map(_check_row, checks, lines))


def _check_row(check: _Check, line: int) -> Row:
    difference = _difference(f"C{line}-D{line}", check.value - check.result, "E", line)
    emphasis = "subtotal" if check.group == "合計" else ""
    return Row((check.group, check.item, check.value, check.again, *difference), emphasis)


def _write_verdict(
    sheet: Sheet, row: int, files: tuple[int, int], totals: tuple[int, int], right: bool
) -> None:
    """One line that says whether every mark below is ○; lines are Excel's numbers."""
    good = f"{_RIGHT} 全て一致しています。"
    bad = f"{_WRONG} 一致しないところがあります。判定が「{_WRONG}」の行を確かめてください。"
    wrong = (
        f'COUNTIF(J{files[0]}:J{files[1]},"{_WRONG}")+COUNTIF(F{totals[0]}:F{totals[1]},"{_WRONG}")'
    )
    formula = f'=IF({wrong}=0,"{good}","{bad}")'
    last = len(_FILE_COLUMNS) - 1
    sheet.merge_formula(row, 0, row, last, formula, good if right else bad, "stamp")
    sheet.height(row, 24)
