"""Small workbooks and outboxes for the tests of publishing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from sousei_xl import publish as pub
from sousei_xl.publish import Output, Published
from sousei_xl.workspace import Run, Workspace

RUN = Run("a1b2c3d4", dt.date(2018, 3, 30), dt.datetime(2018, 3, 30))
DRAFT, PROPOSAL = "別紙_平成30年度_作成中.xlsx", "別紙_平成30年度（案）.xlsx"
ROWS = [["番号", "事業名", "予算"], [1, "移住促進", 1200], [2, "起業支援", 800], [3, "観光", 50.5]]
NOW: tuple[float, ...] = ()  # no waiting for files that are held open


def workbook(rows: list[list[object]] = ROWS) -> Callable[[Path], None]:
    """Writes a list and its total, as a live formula with its value."""

    def write(path: Path) -> None:
        book = xlsxwriter.Workbook(path)
        book.set_properties({"created": RUN.created})
        sheet = book.add_worksheet("別紙")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        sheet.write(len(rows), 1, "小計")
        total = sum(row[2] for row in rows[1:])
        sheet.write_formula(len(rows), 2, f"=SUM(C2:C{len(rows)})", None, total)
        book.add_worksheet("注記").write(2, 1, "架空の値")
        book.close()

    return write


def text(content: str) -> Callable[[Path], None]:
    return lambda path: Path(path).write_text(content, encoding="utf-8") and None


def publish(workspace: Workspace, *outputs: Output, **options: object) -> Published:
    return pub.publish(workspace, RUN, outputs, delays=NOW, **options)


def standing(workspace: Workspace) -> list[str]:
    """Everything in the outbox but our own records."""
    paths = (p.relative_to(workspace.outbox) for p in workspace.outbox.rglob("*") if p.is_file())
    ours = ("記録", "記録.json", ".ロック")
    return sorted(p.as_posix() for p in paths if not (p.parts[0] == "履歴" and p.parts[1] in ours))
