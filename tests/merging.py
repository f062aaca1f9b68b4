"""Small intakes for tests of the merge: two departments, rows without fault.

``row(1, "甲", "1ア")`` is a faultless row of 経済部 (``E``); 農政部 (``N``) is the only other
department. Findings are compared as ``(code, row id)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sousei_xl.findings import Finding, Place
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import (
    Acknowledgement,
    Correction,
    FileRecord,
    Intake,
    ListResult,
    OfficeSheet,
    RawRow,
)
from sousei_xl.strategy import Strategy
from tests.builders import good, intake, make_strategy, rows_by_id, submission

E, N = "経済部", "農政部"
OFFICE = "事務局修正.xlsx"
RE = {"relisted": "再掲"}
BARE = {"relisted": "再掲", "budget": None, "description": None}
AUTO = {"番号の付け方": "自動"}
Codes = list[tuple[str, int | None]]


def strategy_of(**changes: Any) -> Strategy:
    return make_strategy(**{"departments": [(1, E, "商工部"), (2, N)], **changes})


STRATEGY = strategy_of()


def row(row_id: int, name: str, measure: str = "2ア", department: str = E, **cells: Any) -> RawRow:
    file = cells.pop("file", f"{department}.xlsx")
    cells = {"number": row_id, "department": department, **cells}
    made = good(row_id, name, measure=measure, file=file, **cells)
    return replace(made, values={**made.values, "name": name or None})


def come_in(
    rows: Iterable[RawRow],
    missing: Iterable[str] = (),
    office: OfficeSheet | None = None,
    records: Iterable[FileRecord] = (),
) -> Intake:
    """One file per department; one that has no rows says so, unless it is missing."""
    files: dict[str, list[RawRow]] = {d: [] for d in (E, N) if d not in missing}
    for r in rows:
        files.setdefault(r.file.removesuffix(".xlsx"), []).append(r)
    files.pop(OFFICE.removesuffix(".xlsx"), None)
    made = [submission(mine, d, none_applicable=not mine) for d, mine in files.items()]
    return intake(made, office, records)


def merged(
    *rows: RawRow,
    missing: Iterable[str] = (),
    office: OfficeSheet | None = None,
    strategy: Strategy = STRATEGY,
) -> ListResult:
    result = merge(come_in(rows, missing, office), strategy)
    assert result.ledger.balanced
    assert result.ledger.listed == len(result.listed)
    return result


def codes(result: ListResult, *without: str) -> Codes:
    items = [f for f in result.findings if f.code not in without]
    return sorted(((f.code, f.place.row_id) for f in items), key=str)


def one(result: ListResult, code: str) -> Finding:
    [item] = [f for f in result.findings if f.code == code]
    return item


def value(result: ListResult, row_id: int, name: str) -> Any:
    return rows_by_id(result)[row_id][name]


def originals(result: ListResult) -> dict[int, int]:
    """Row id of each relisted row → that of its original (0: none)."""
    return {row.row_id: row.original or 0 for row in result.listed if row.relisted}


def office(
    *corrections: tuple[str, str, str, Any, Any],
    added: Iterable[RawRow] = (),
    confirmed: Iterable[tuple[str, str, str]] = (),
) -> OfficeSheet:
    """Rows (対象, 操作, 項目, 修正前, 修正後) from row 5 on, and (指摘コード, 対象, 確認時の値)."""
    return OfficeSheet(
        tuple(
            Correction(Place(OFFICE, "修正", i, f"A{i}"), *c, "査定", "財政課", "2018-03-01")
            for i, c in enumerate(corrections, 5)
        ),
        tuple(added),
        tuple(
            Acknowledgement(
                Place(OFFICE, "確認済", i, f"B{i}"), code, target, typed, "佐藤", "2018-03-01", ""
            )
            for i, (code, target, typed) in enumerate(confirmed, 5)
        ),
    )
