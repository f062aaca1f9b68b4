"""検討懇談会資料: what the council is handed, with room for what it says.

Not public until the minutes are agreed, hence apart from the official workbook.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from sousei_xl.rules.records import ListedRow
from sousei_xl.sheets import Contents, pages
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.council import remarks as written
from sousei_xl.sheets.council.changes import write_changes
from sousei_xl.sheets.council.page import WIDTHS, Blocks
from sousei_xl.sheets.council.remarks import Placed, Remark, place
from sousei_xl.sheets.indicators.entries import Group, groups
from sousei_xl.sheets.indicators.status import SHEET as STATUS
from sousei_xl.sheets.overview.head import write_head
from sousei_xl.sheets.styles import STYLES
from sousei_xl.strategy import Settings
from sousei_xl.strategy.indicators import list_year_label, results_as_of

EVALUATION, ORPHANS = "施策評価表", "行き先のない意見"

# What may be done on the protected sheet (there is no password): everything but rewriting figures.
_ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "sort": True,
}
_PRIVATE = "委員意見と{response}は、議事録が確定するまで公表しません。"
_ORPHANS_NOTE = (
    "施策や指標がなくなったなどの理由で、『施策評価表』に載せる場所のない意見です。「照合キー」に"
    "移す先のキー（例：施策:{key}）を入力すると、次の統合でその行に移ります。不要な行は削除してください。"
)
_ORPHAN_COLUMNS = (
    (written.KEY, 16.0),
    (written.YEAR, 8.0),
    (written.SUBJECT, 30.0),
    (written.OPINION, 40.0),
    (written.RESPONSE, 40.0),
    (written.REASON, 30.0),
)


def write_council(path: Path, contents: Contents, remarks: Iterable[Remark]) -> None:
    """Write the council's workbook with what was written into the former one.

    Raises OSError and, for a bug of ours, LostCell.
    """
    settings = contents.strategy.settings
    book = Book(
        path,
        contents.run,
        settings,
        title=f"{settings.year_label} 検討懇談会資料",
        status=contents.status,
        stamp=contents.banner,
        rows=len(contents.result.listed),
    )
    placed = place(remarks, contents)
    _write_evaluation(book, contents, placed)
    if contents.year_changes is not None and contents.year_changes.last.projects:
        write_changes(book, contents, contents.year_changes)
    if placed.orphans:
        _write_orphans(book, contents, placed.orphans)
    book.close()


def _write_evaluation(book: Book, contents: Contents, placed: Placed) -> None:
    strategy = contents.strategy
    by_measure: dict[str, list[ListedRow]] = defaultdict(list)
    for row in contents.result.listed:
        by_measure[row.measure].append(row)
    by_place: dict[str, list[Group]] = defaultdict(list)
    for group in groups(contents):
        by_place[group.indicator.measure or str(group.indicator.goal)].append(group)
    sheet = book.sheet(EVALUATION, WIDTHS, charted=False)
    notice = (f"※{strategy.settings.notice}",) if strategy.settings.notice else ()
    waiting = (
        f"行き先のない意見が{len(placed.orphans)}件あります（シート『{ORPHANS}』に載せました）。"
    )
    measured = (_measured(strategy.settings),) if strategy.indicators else ()
    response = written.response_of(strategy.settings.municipality)
    private = _PRIVATE.format(response=response)
    notes = (*measured, private, *notice, *((waiting,) if placed.orphans else ()))
    top = write_head(sheet, contents, f"{EVALUATION}（検討懇談会資料）", *notes)
    blocks = Blocks(sheet, contents, placed, top + 1)
    measures = {s.label: s for s in contents.totals.measures}
    for goal, subtotal in zip(strategy.goals, contents.totals.goals, strict=True):
        total = blocks.goal(goal, by_place[goal.key])
        for measure in strategy.measures_of(goal):
            blocks.measure(
                measure, by_place[measure.key], by_measure[measure.key], measures[measure.key]
            )
        blocks.goal_total(total, subtotal)
    sheet.worksheet.protect("", _ALLOWED)
    sheet.page_setup(starts=blocks.starts[1:], with_next=blocks.tied)


def _measured(settings: Settings) -> str:
    """Of when the actuals are, which is another day than the list's, and where classes are told."""
    as_of = results_as_of(settings)
    how = (
        "「速」は速報値、「累積」は計画の初めからの合計です。"
        f"進捗率・目安・判定の計算の仕方、要因・課題と今後の方向性は、別紙の『{STATUS}』にあります。"
    )
    return f"KPIの実績は{as_of}です。{how}" if as_of else how


def _write_orphans(book: Book, contents: Contents, orphans: Iterable[Remark]) -> None:
    widths = [width for _, width in _ORPHAN_COLUMNS]
    sheet = book.sheet(ORPHANS, widths)
    response = written.response_of(contents.strategy.settings.municipality)
    private = _PRIVATE.format(response=response)
    note = _ORPHANS_NOTE.format(key=contents.strategy.example_measure)
    top = write_head(sheet, contents, ORPHANS, note, private)
    headings = [response if h == written.RESPONSE else h for h, _ in _ORPHAN_COLUMNS]
    for column, heading in enumerate(headings):
        sheet.text(top, column, heading, "header")
    sheet.height(top, 20)
    font = contents.strategy.settings.font
    for row, remark in enumerate(orphans, top + 1):
        year = (
            "" if remark.year is None else list_year_label(remark.year, contents.strategy.settings)
        )
        cells = (
            remark.key, year, remark.subject, remark.opinion, remark.response, remark.reason,
        )  # fmt: skip
        height = 30.0
        for column, (shown, width) in enumerate(zip(cells, widths, strict=True)):
            size, needed = pages.fitted(shown, width, 10, font)
            sheet.text(row, column, shown, book.format(**{**STYLES["input"], "font_size": size}))
            height = max(height, needed)
        sheet.height(row, height)
    sheet.repeat = (top, top)
    sheet.freeze(top + 1)
    sheet.page_setup()
