"""What is measured against each other: one function each, run in a process of its own.

    python -m benchmarks.contenders NAME WORKSPACE TARGET

- ``floor``: read the sheet 事業 of every file with calamine and write one list with XlsxWriter; no
  check, no total, no second sheet. Nobody who reads and writes these workbooks gets under it.
- ``naive``: the script an office would write (glob, pandas.read_excel, concat, to_excel).
- ``frictionless``: validation of every file against a table schema, nothing written.
- ``pandera``: floor, with one pandera call per workbook instead of one for all.
- ``merge``: ours, every check and every workbook included, also reading back what was written.

``alone`` is ``merge`` writing in the way of the largest lists, for a fair measure of growth.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

SHEET, HEADER = "事業", 3  # Excel's row of the headings
HEADINGS = (
    *("入力チェック", "施策", "番号", "再掲", "掲載区分", "事業名", "部局名", "関連性"),
    *("予算区分", "予算事業費（千円）", "事業内容", "備考"),
)
_NAME = HEADINGS.index("事業名")


def _tables(inbox: Path) -> Iterator[list[list[object]]]:
    """The sheet 事業 of every workbook, from its header down to its last filled row."""
    from python_calamine import CalamineWorkbook

    for path in sorted(inbox.glob("*.xlsx")):
        with CalamineWorkbook.from_path(path) as book:
            rows = book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
        yield [row for row in rows[HEADER - 1 :] if row[_NAME] != ""]


def _write_list(rows: list[list[Any]], target: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            else:
                sheet.write_number(number, column, value)
    book.close()


def floor(workspace: Path, target: Path) -> None:
    """calamine → XlsxWriter."""
    rows: list[list[Any]] = []
    for table in _tables(workspace / "inbox"):
        rows += table[1:] if rows else table
    _write_list(rows, target)


def naive(workspace: Path, target: Path) -> None:
    """pandas from end to end."""
    import pandas as pd

    frames = [
        pd.read_excel(path, sheet_name=SHEET, header=HEADER - 1, engine="openpyxl").dropna(
            subset=["事業名"]
        )
        for path in sorted((workspace / "inbox").glob("*.xlsx"))
    ]
    pd.concat(frames).to_excel(target, index=False)


def frictionless(workspace: Path, target: Path) -> None:
    """A table schema, file by file."""
    from frictionless import Dialect, Resource, Schema
    from frictionless.formats import ExcelControl

    constraints: dict[str, dict[str, Any]] = {
        "番号": {"minimum": 1},
        "事業名": {"maxLength": 100},
        "関連性": {"enum": ["◎", "○"]},
        "事業内容": {"maxLength": 1000},
    }
    schema = Schema.from_descriptor(
        {
            "fields": [
                {
                    "name": heading,
                    "type": "number" if heading == "番号" else "string" if rules else "any",
                    "constraints": rules,
                }
                for heading in HEADINGS
                for rules in (constraints.get(heading, {}),)
            ]
        }
    )
    valid = 0
    for path in sorted((workspace / "inbox").glob("*.xlsx")):
        dialect = Dialect(header_rows=[HEADER], controls=[ExcelControl(sheet=SHEET)])
        where = {"path": path.name, "basepath": str(path.parent)}
        valid += Resource(**where, dialect=dialect, schema=schema).validate().valid
    target.write_text(f"{valid} valid", encoding="utf-8")


def pandera(workspace: Path, target: Path) -> None:
    """calamine → one pandera call per workbook → XlsxWriter."""
    import pandas as pd
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(
        {
            "番号": pa.Column(float, pa.Check.ge(1)),
            "事業名": pa.Column(str, pa.Check.str_length(1, 100)),
            "関連性": pa.Column(str, pa.Check.isin(["◎", "○"])),
            "事業内容": pa.Column(str, pa.Check.str_length(1, 1000)),
        }
    )
    rows: list[list[Any]] = []
    for heading, *body in _tables(workspace / "inbox"):
        schema.validate(pd.DataFrame(body, columns=heading), lazy=True)
        rows += body if rows else [heading, *body]
    _write_list(rows, target)


# Where each stage of ours begins and ends: module, name in it, stage. A stage within another one
# (official, verify) is taken off the outer one. ``read`` is what is left of it after the import,
# during which other processes read already; files are received as they come.
STAGES = (
    ("sousei_xl.intake.arrivals", "Arriving.result", "read"),
    ("sousei_xl.pipeline.definition", "define", "template"),
    ("sousei_xl.pipeline", "receive", "read"),
    ("sousei_xl.pipeline", "merge", "rules"),
    ("sousei_xl.pipeline.delivery", "contents_of", "figures"),
    ("sousei_xl.pipeline.delivery", "write_official", "official"),
    ("sousei_xl.pipeline.delivery", "verify_official", "verify"),
    ("sousei_xl.pipeline.delivery", "publish_list", "publish"),
    ("sousei_xl.commands.report", "merged", "report"),
)


def merge(workspace: Path, target: Path, copies: bool = True) -> None:
    """Ours, with its stages timed; what they took stands in ``target``.

    Without ``copies`` the list is too long for another process to get one of it.
    """
    from sousei_xl.cli import run
    from sousei_xl.intake import arrivals

    stages: dict[str, float] = {}
    start = arrivals.start

    def start_and_import(*given: Any, **named: Any) -> Any:
        arriving = start(*given, **named)
        began = time.perf_counter()
        for module in ("sousei_xl.pipeline.delivery", "sousei_xl.commands.report"):
            import_module(module)
        stages["import"] = time.perf_counter() - began
        if not copies:
            vars(import_module("sousei_xl.pipeline.delivery"))["_LONGEST_COPY"] = 0
        for module, name, stage in STAGES:
            _time(module, name, stage, stages)
        return arriving

    arrivals.start = start_and_import
    status = run(["merge", "--workspace", str(workspace)])
    stages["publish"] -= stages["official"] + stages["verify"]
    target.write_text(json.dumps({"stages": stages, "status": status}), encoding="utf-8")
    os._exit(0)  # as ``cli.main`` does: nobody waits for pandas to be torn down


def _time(module: str, name: str, stage: str, stages: dict[str, float]) -> None:
    """From now on, add up what a function takes."""
    owner: Any = import_module(module)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    function: Callable[..., Any] = getattr(owner, last)

    def wrapper(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*given, **named)
        finally:
            stages[stage] = stages.get(stage, 0) + time.perf_counter() - began

    setattr(owner, last, wrapper)


def alone(workspace: Path, target: Path) -> None:
    """``merge`` that writes everything by itself, as it writes the largest lists."""
    merge(workspace, target, copies=False)


CONTENDERS = {f.__name__: f for f in (floor, naive, frictionless, pandera, merge)}


if __name__ == "__main__":
    gc.disable()  # for all alike: they are short-lived
    chosen, folder, out = sys.argv[1:]
    {**CONTENDERS, "alone": alone}[chosen](Path(folder), Path(out))
