"""The FY2018 list as Contents, straight from the facts: for tests of what is written."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sousei_xl.figures.totals import totals
from sousei_xl.findings import Finding
from sousei_xl.intake.print_form import read_print_form
from sousei_xl.rules.records import (
    DepartmentState,
    FileRecord,
    Ledger,
    ListedRow,
    ListResult,
    ListStatus,
    Origin,
)
from sousei_xl.sheets import Contents
from sousei_xl.sheets.prototype import Prototype, load_prototype
from sousei_xl.strategy import Strategy
from sousei_xl.text import split_new_mark
from sousei_xl.workspace import Run
from tests.builders import NO_KPI, example_strategy, facts, make_strategy

__all__ = [
    "example_contents",
    "example_rows",
    "example_strategy",
    "listed_rows",
    "make_strategy",
    "prototype_of",
    "write_form",
]


def example_rows() -> list[dict[str, Any]]:
    """The 104 rows, keys as in ``ListedRow``; row_id is the position from 1."""
    descriptions = {r["事業名"]: r["事業内容"] for r in facts("descriptions")}
    first: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for row_id, fact in enumerate(facts("projects"), 1):
        name, new = split_new_mark(fact["事業名"])
        relisted = bool(fact["再掲"])
        first.setdefault(name, row_id)
        rows.append(
            {
                "goal": int(fact["基本目標"]),
                "measure": fact["基本目標"] + fact["施策"],
                "number": int(fact["番号"]),
                "relisted": relisted,
                "category": "新規" if new else "",
                "name": name,
                "department": fact["部局名"],
                "relevance": fact["関連性"],
                "budget": int(fact["予算事業費_千円"]),
                "description": descriptions[fact["事業名"]],
                "original": first[name] if relisted else None,
            }
        )
    return rows


def listed_rows(rows: Iterable[Mapping[str, Any]], strategy: Strategy) -> tuple[ListedRow, ...]:
    """Rows of the list in printed order; what a row leaves out is blank."""
    texts = ("category", "relevance", "budget_kind", "description", "note")
    own = strategy.own_fields
    return tuple(
        ListedRow(
            row_id,
            **{
                **dict.fromkeys(texts, ""),
                **dict.fromkeys(("number", "budget", "original")),
                **dict.fromkeys(("relisted", "marked"), False),
                "counted": row["department"],
                **{n: v for n, v in row.items() if n not in {f.name for f in own}},
            },
            own=tuple(row.get(f.name, None if f.kind == "integer" else "") for f in own),
        )
        for row_id, row in enumerate(rows, 1)
    )


def example_contents(
    status: ListStatus = "proposal",
    *,
    rows: Iterable[Mapping[str, Any]] | None = None,
    strategy: Strategy | None = None,
    missing: tuple[str, ...] = (),
    errors: Mapping[str, int] | None = None,
) -> Contents:
    """Contents of the FY2018 list, or of other rows.

    ``missing`` departments have not submitted, ``errors`` counts 要修正 by department.
    """
    strategy = strategy or example_strategy()
    listed = listed_rows(example_rows() if rows is None else rows, strategy)
    files = {d.name: f"{d.name}.xlsx" for d in strategy.departments if d.name not in missing}
    counted = Counter(row.counted for row in listed)
    origins = {
        row.row_id: Origin(files.get(row.counted, ""), "事業", row.row_id + 4, "") for row in listed
    }
    result = ListResult(
        listed=listed,
        held=(),
        withdrawn=(),
        origins=origins,
        additions=(),
        files=tuple(
            FileRecord(
                file,
                "accepted",
                department=name,
                edition=1,
                sha256=f"{position:064x}",
                read=counted[name],
                listed=counted[name],
            )
            for position, (name, file) in enumerate(files.items(), 1)
        ),
        departments=tuple(
            DepartmentState(
                department=d.name,
                state="未提出" if d.name in missing else "受理",
                expected=d.expected,
                missing_units=("",) if d.name in missing else (),
                files=(files[d.name],) if d.name in files else (),
                rows=counted[d.name],
                errors=(errors or {}).get(d.name, 0),
                confirmations=0,
            )
            for d in strategy.departments
        ),
        corrections=(),
        acknowledgements=(),
        findings=(),
        ledger=Ledger(len(listed), len(listed), 0, 0, 0),
        complete=not missing,
    )
    date = strategy.settings.list_date
    return Contents(
        strategy=strategy,
        result=result,
        totals=totals(listed, strategy),
        run=Run("ab12cd34", date, dt.datetime.combine(date, dt.time())),
        status=status,
        indicators=NO_KPI,
        approved_on=dt.date(2018, 4, 2) if status == "final" else None,
    )


# --- a template's form --------------------------------------------------------------------------

FORM_COLUMNS = ("番号", "再掲", "事業名", "部局名", "関連性", "予算事業費", "事業内容")
FORM_WIDTHS = (6, 6, 28, 16, 8, 14, 70)


def write_form(path: Path, own: tuple[str, ...] = (), orientation: str = "landscape") -> Path:
    """A template with nothing but the sheet 別紙, plain but complete; ``own`` adds columns."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "別紙"
    columns = (*FORM_COLUMNS, *own)
    last = get_column_letter(len(columns) + 1)
    side = Side(style="thin", color="FF808080")
    box = Border(left=side, right=side, top=side, bottom=side)
    wrapped = Alignment(vertical="center", wrap_text=True)
    centred = Alignment(horizontal="center", vertical="center", wrap_text=True)

    def line(kind: str, texts: dict[str, str], bold: bool = False, fill: str = "") -> int:
        number = sheet.max_row + 1 if sheet["A1"].value else 1
        sheet.cell(number, 1, kind)
        for position in range(len(columns)):
            cell = sheet.cell(number, position + 2, texts.get(columns[position]))
            cell.font = Font(name="BIZ UDPゴシック", size=9, bold=bold)
            cell.border = box
            cell.alignment = centred if columns[position] in FORM_COLUMNS[:2] else wrapped
            if fill:
                cell.fill = PatternFill("solid", fgColor=fill)
        return number

    for text, size in (
        ("{表題}（{年度全角}）{状態}", 14),
        ("※掲載の視点：総合計画の重点事業、地方創生関連交付金の対象事業など", 9),
        ("（単位：{単位}）", 9),
    ):
        number = sheet.max_row + 1 if sheet["A1"].value else 1
        sheet.cell(number, 1, "表題")
        cell = sheet.cell(number, 2, text)
        cell.font = Font(name="BIZ UDPゴシック", size=size, bold=size > 9)
        cell.alignment = Alignment(horizontal="right" if text.startswith("（") else "left")
        sheet.merge_cells(f"B{number}:{last}{number}")
    line("見出し", {name: name for name in columns}, bold=True, fill="FFDCE6F1")
    goal = line("基本目標", {"番号": "基本目標{基本目標番号}　{基本目標名}"}, True, "FFC5D9F1")
    measure = line("施策", {"番号": "{施策記号}　{施策名}"}, True, "FFEAF1DD")
    for number in (goal, measure):
        sheet.cell(number, 2).alignment = wrapped
        sheet.merge_cells(f"B{number}:{last}{number}")
    for kind in ("事業", "再掲事業"):
        number = line(kind, {name: f"{{{name}}}" for name in columns})
        sheet.row_dimensions[number].height = 24
        sheet.cell(number, 7).number_format = "#,##0"
    counts = "{事業数}事業（うち再掲{うち再掲}事業、再掲を除く{純事業数}事業）"
    for kind in ("小計", "合計"):
        number = line(
            kind,
            {"番号": f"{{小計名}}　{counts}", "予算事業費": "{小計額}", "事業内容": ""},
            bold=True,
            fill="FFF2F2F2",
        )
        sheet.cell(number, 2).alignment = wrapped
        sheet.merge_cells(f"B{number}:F{number}")
    for position, width in enumerate((*FORM_WIDTHS, *(14 for _ in own)), 2):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.page_setup.orientation = orientation
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    book.save(path)
    return path


def prototype_of(path: Path, strategy: Strategy) -> tuple[Prototype | None, list[Finding]]:
    """The printed form of a template, or its mistakes."""
    return load_prototype(read_print_form(path.read_bytes(), "別紙"), path.name, strategy.fields)
