"""The list as a whole: relisting, numbers, units, the office's decisions, states and figures.

Every case is a small intake. ``row(1, "甲", "1ア")`` is a faultless row of 経済部; 農政部 (``N``) is
the only other department. Findings are compared as ``(code, row id)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from sousei_xl.figures.totals import totals
from sousei_xl.findings import Finding, Place
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import (
    Acknowledgement,
    Correction,
    FileRecord,
    Intake,
    Ledger,
    ListResult,
    OfficeSheet,
    RawRow,
    Submission,
)
from sousei_xl.strategy import Strategy
from tests.builders import (
    example_strategy,
    example_submissions,
    good,
    intake,
    make_strategy,
    submission,
)

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
    return good(row_id, name, measure=measure, file=file, **cells)


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
    found = result.listed.loc[row_id, name]
    return None if pd.isna(found) else found


def originals(result: ListResult) -> dict[int, int]:
    """Row id of each relisted row → that of its original (0: none)."""
    relisted = result.listed[result.listed["relisted"].astype(bool)]
    return {int(i): 0 if pd.isna(o) else int(o) for i, o in relisted["original"].items()}


# --- relisting ------------------------------------------------------------------------------------

# (what it is, rows, missing departments, findings, relisted row → original)
RELISTING: list[tuple[str, list[RawRow], list[str], Codes, dict[int, int]]] = [
    (
        "original under another goal",
        [row(1, "甲", "1ア"), row(2, "甲", "3ア", number=1, **RE)],
        [],
        [],
        {2: 1},
    ),
    (
        "original under the same goal",
        [row(1, "甲", "3ア"), row(2, "甲", "3イ", number=1, **RE)],
        [],
        [],
        {2: 1},
    ),
    (
        "relisted twice",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア", **RE), row(3, "甲", "4ア", **RE)],
        [],
        [],
        {2: 1, 3: 1},
    ),
    (
        "spelt differently: the key decides, the original's name is printed",
        [row(1, "ＵＩＪターン事業", "1ア"), row(2, "（新）UIJ ターン事業", "2ア", **RE)],
        [],
        [("A103", 2), ("A104", 2), ("A104", 2)],
        {2: 1},
    ),
    (
        "an alias of the department",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア", department="商工部", file="経済部.xlsx", **RE)],
        [],
        [("A102", 2)],
        {2: 1},
    ),
    (
        "relisted before its original: the roles are swapped",
        [row(1, "甲", "1ア", **BARE), row(2, "甲", "2ア")],
        [],
        [("A104", 1), ("A104", 1), ("L104", 1)],
        {2: 1},
    ),
    (
        "swapped: what the earlier row said of its own is reported",
        [row(1, "甲", "1ア", budget=7, description="別", **RE), row(2, "甲", "2ア")],
        [],
        [("A104", 1), ("A104", 1), ("L104", 1)],
        {2: 1},
    ),
    (
        "two relisted rows before the original",
        [row(1, "甲", "1ア", **RE), row(2, "甲", "1イ", **RE), row(3, "甲", "2ア")],
        [],
        [("L104", 1)],
        {2: 1, 3: 1},
    ),
    (
        "relisted before its original within one measure",
        [row(1, "甲", **RE), row(2, "甲")],
        [],
        [("L106", 2)],
        {1: 2},
    ),
    (
        "unmarked: the later row is treated as relisted",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア")],
        [],
        [("L105", 2)],
        {2: 1},
    ),
    (
        "unmarked and blank: no R104, no R109",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア", budget=None, description=None)],
        [],
        [("A104", 2), ("A104", 2), ("L105", 2)],
        {2: 1},
    ),
    (
        "unmarked with another figure",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア", budget=7)],
        [],
        [("L103", 2), ("L105", 2)],
        {2: 1},
    ),
    ("twice within a measure", [row(1, "甲"), row(2, "甲")], [], [("L106", 2)], {}),
    (
        "twice within a later measure",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア"), row(3, "甲", "2ア")],
        [],
        [("L105", 2), ("L105", 3), ("L106", 3)],
        {2: 1, 3: 1},
    ),
    (
        "same name, two departments",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア", N)],
        [],
        [("L107", 2)],
        {},
    ),
    (
        "same name, two departments, one measure",
        [row(1, "甲"), row(2, "甲", "2ア", N)],
        [],
        [("L107", 2)],
        {},
    ),
    (
        "relisted, and only another department has it",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア", N, **RE)],
        [],
        [("A104", 2), ("L107", 2)],
        {2: 1},
    ),
    (
        "relisted: its own department's before another's",
        [row(1, "甲", "1ア"), row(2, "甲", "1イ", N), row(3, "甲", "2ア", N, **RE)],
        [],
        [("L107", 2)],
        {3: 2},
    ),
    (
        "no original anywhere",
        [row(1, "移住推進事業", **RE), row(2, "移住促進事業", "1ア")],
        [],
        [("L101", 1)],
        {1: 0},
    ),
    (
        "two relisted rows and no original",
        [row(1, "甲", "1ア", **RE), row(2, "甲", "2ア", **RE)],
        [],
        [("L101", 1), ("L101", 2)],
        {1: 0, 2: 0},
    ),
    (
        "no original yet: a unit is missing",
        [row(1, "甲", **BARE)],
        [N],
        [("L102", 1)],
        {1: 0},
    ),
    (
        "another figure",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア", budget=7, **RE)],
        [],
        [("L103", 2)],
        {2: 1},
    ),
    (
        "the original is 未定 and the relisted row has a figure",
        [row(1, "甲", "1ア", budget=None, budget_kind="未定"), row(2, "甲", "2ア", **RE)],
        [],
        [("A104", 2), ("A104", 2), ("R116", 1)],
        {2: 1},
    ),
    (
        "original ended",
        [row(1, "甲", "1ア", category="終了"), row(2, "甲", "2ア", **RE)],
        [],
        [("L111", 2)],
        {2: 1},
    ),
    (
        "original cancelled, the relisted row blank",
        [row(1, "甲", "1ア", category="取下げ"), row(2, "甲", "2ア", **BARE)],
        [],
        [("A104", 2), ("A104", 2), ("L111", 2)],
        {2: 1},
    ),
    (
        "original of another figure ended: the row keeps its own",
        [row(1, "甲", "1ア", category="終了", budget=0), row(2, "甲", "2ア", budget=9, **RE)],
        [],
        [("L111", 2)],
        {2: 1},
    ),
    (
        "original held",
        [row(1, "甲", None, number=None), row(2, "甲", "2ア", **BARE)],
        [],
        [("A104", 2), ("A104", 2), ("L112", 2), ("R101", 1)],
        {2: 1},
    ),
    (
        "original awaits correction",
        [row(1, "甲", "1ア", relevance="×"), row(2, "甲", "2ア", **RE)],
        [],
        [("L112", 2), ("R103", 1)],
        {2: 1},
    ),
    (
        "original without figure: the relisted row is not also wrong",
        [row(1, "甲", "1ア", budget=None), row(2, "甲", "2ア", **BARE)],
        [],
        [("A104", 2), ("L112", 2), ("R104", 1)],
        {2: 1},
    ),
    (
        "original held in one department, listed in another: its own awaits correction",
        [row(1, "甲", None, N), row(2, "甲", "1ア"), row(3, "甲", "2ア", N, **RE)],
        [],
        [("L112", 3), ("R101", 1)],
        {3: 1},
    ),
]


@pytest.mark.parametrize(
    ("rows", "missing", "expected", "links"),
    [case[1:] for case in RELISTING],
    ids=[case[0] for case in RELISTING],
)
def test_relisting(
    rows: list[RawRow], missing: list[str], expected: Codes, links: dict[int, int]
) -> None:
    result = merged(*rows, missing=missing)
    assert codes(result, "L109") == sorted(expected, key=str)
    assert originals(result) == links
    for relisted, original in links.items():
        if original in result.listed.index:
            for name in ("name", "department", "counted", "budget_kind", "budget", "description"):
                assert value(result, relisted, name) == value(result, original, name)


def test_relisting_reads_the_same_in_any_order_of_arrival() -> None:
    for _, rows, missing, expected, links in RELISTING:
        result = merge(come_in(reversed(rows), missing), STRATEGY)
        assert codes(result, "L109") == sorted(expected, key=str)
        assert originals(result) == links


def test_nearest_names_are_offered_for_a_lost_original() -> None:
    result = merged(row(1, "移住推進事業", **RE), row(2, "移住促進事業", "1ア"))
    item = one(result, "L101")
    assert (item.severity, item.addressee, item.place.cell) == ("要修正", "部局", "F5")
    assert "もしかして：『移住促進事業』。" in item.cure
    assert result.is_draft


def test_an_original_that_has_not_come_is_the_offices_business() -> None:
    item = one(merged(row(1, "甲", **BARE), missing=[N]), "L102")
    assert (item.severity, item.addressee) == ("要確認", "事務局")
    assert f"未提出：{N}" in item.message


def test_a_refused_unit_is_missing_too() -> None:
    refused = FileRecord("農政部.xlsx", "refused", N)
    result = merge(come_in([row(1, "甲", **BARE)], [N], records=[refused]), STRATEGY)
    assert codes(result) == [("L102", 1)]


def test_both_figures_are_shown() -> None:
    item = one(merged(row(1, "甲", "1ア"), row(2, "甲", "2ア", budget=12345, **RE)), "L103")
    assert item.value == "12,345"
    assert item.expected == "1,000"
    assert item.place.cell == "J6"
    assert "12,345千円" in item.message
    assert "初出（1ア-1）の予算が1,000千円" in item.message


def test_a_swap_names_both_rows() -> None:
    item = one(merged(row(1, "甲", "1ア", **RE), row(2, "甲")), "L104")
    assert item.place.cell == "D5"
    assert "前にある1ア-1を初出、2ア-2を再掲として扱いました" in item.cure
    assert item.addressee == "事務局"


def test_an_ended_original_does_not_end_the_row_that_stands() -> None:
    result = merged(
        row(1, "甲", "1ア", category="終了", budget=0),
        row(2, "甲", "2ア", category="新規", budget=9, **RE),
    )
    assert value(result, 2, "category") == "新規"
    assert value(result, 2, "budget") == 9
    item = one(result, "L111")
    assert "初出（1ア-1）" in item.message
    assert item.addressee == "事務局"
    assert [w.reason for w in result.withdrawn] == ["終了"]


def test_a_relisted_row_needs_none_of_the_offices_required_fields() -> None:
    strategy = strategy_of(fields=[("財源", "独自", "文字", "はい")])
    result = merged(
        row(1, "甲", "1ア", own_1="国"), row(2, "甲", "2ア", own_1=None, **BARE), strategy=strategy
    )
    assert "R119" not in {f.code for f in result.findings}
    assert value(result, 2, "own_1") == "国"


def test_waiting_for_the_original_asks_nothing_of_the_department() -> None:
    result = merged(row(1, "甲", "1ア", budget="不明"), row(2, "甲", "2ア", **RE))
    item = one(result, "L112")
    assert "この行では何もする必要はありません" in item.cure
    assert value(result, 2, "budget") is None
    assert not value(result, 2, "marked")


# --- numbers and order ----------------------------------------------------------------------------

# (what it is, settings, rows, (row id, number) as listed, findings)
NUMBERS: list[tuple[str, dict[str, str], list[RawRow], list[tuple[int, int]], Codes]] = [
    (
        "order comes from the number, never from the submission",
        {},
        [row(1, "甲", number=2), row(2, "乙", number=1, department=N)],
        [(2, 1), (1, 2)],
        [],
    ),
    (
        "goals and measures in the order of the strategy",
        {},
        [row(1, "甲", "4ア", number=1), row(2, "乙", "1イ", number=1), row(3, "丙", "1ア", number=1)],
        [(3, 1), (2, 1), (1, 1)],
        [],
    ),
    (
        "blank numbers stand after the largest, originals before relisted rows",
        {},
        [
            row(1, "初", "1ア", number=1),
            row(2, "初", number=None, **RE),
            row(3, "乙", number=None),
            row(4, "丙", number=5),
            row(5, "丁", number=None, department=N),
        ],
        [(1, 1), (4, 5), (3, 6), (5, 7), (2, 8)],
        [("A105", 2), ("A105", 3), ("A105", 5), ("L109", 4)],
    ),
    (
        "an unmarked repetition is a relisted row to the numbers as well",
        {},
        [row(1, "初", "1ア", number=1), row(2, "初", number=None), row(3, "乙", number=None)],
        [(1, 1), (3, 1), (2, 2)],
        [("A105", 2), ("A105", 3), ("L105", 2)],
    ),
    (
        "equal numbers stand by department, then name",
        {},
        [
            row(1, "甲", number=1, department=N),
            row(2, "乙", number=1),
            row(3, "丙", number=1),
            row(4, "丁", number=2),
        ],
        [(3, 1), (2, 1), (1, 1), (4, 2)],
        [("L108", 1), ("L108", 2)],
    ),
    (
        "gaps stay, one finding per measure",
        {},
        [row(1, "甲", number=1), row(2, "乙", number=3), row(3, "丙", number=7)],
        [(1, 1), (2, 3), (3, 7)],
        [("L109", 1)],
    ),
    (
        "a gap at the beginning",
        {},
        [row(1, "甲", number=3)],
        [(1, 3)],
        [("L109", 1)],
    ),
    (
        "an unreadable number is numbered like a blank one and marked",
        {},
        [row(1, "甲", number=1), row(2, "乙", number="二")],
        [(1, 1), (2, 2)],
        [("R108", 2)],
    ),
    (
        "zero is no number",
        {},
        [row(1, "甲", number=1), row(2, "乙", number=0)],
        [(1, 1), (2, 2)],
        [("R108", 2)],
    ),
    (
        "automatic: last year's number, then order of submission, relisted rows last",
        AUTO,
        [
            row(1, "初", "1ア", number=9),
            row(2, "初", number=1, **RE),
            row(3, "乙", number=4),
            row(4, "丙", number=3, previous_number=2),
            row(5, "丁", number=2, previous_number="1"),
            row(6, "戊", number=None, department=N),
        ],
        [(1, 1), (5, 1), (4, 2), (3, 3), (6, 4), (2, 5)],
        [("A105", i) for i in (1, 2, 3, 4, 5, 6)],
    ),
    (
        "automatic: neither equal numbers nor gaps are anybody's business",
        AUTO,
        [row(1, "甲", number=3), row(2, "乙", number=3)],
        [(1, 1), (2, 2)],
        [("A105", 1), ("A105", 2)],
    ),
]


@pytest.mark.parametrize(
    ("settings", "rows", "expected", "found"),
    [case[1:] for case in NUMBERS],
    ids=[case[0] for case in NUMBERS],
)
def test_numbers(
    settings: dict[str, str],
    rows: list[RawRow],
    expected: list[tuple[int, int]],
    found: Codes,
) -> None:
    result = merged(*rows, strategy=strategy_of(settings=settings))
    assert [(int(i), int(n)) for i, n in result.listed["number"].items()] == expected
    assert codes(result) == sorted(found, key=str)


def test_gaps_are_told_in_ranges_to_the_office() -> None:
    item = one(merged(*(row(n, f"事業{n}", number=n) for n in (1, 3, 7, 8, 10))), "L109")
    assert item.value == "2、4〜6、9"
    assert (item.target, item.subject, item.addressee) == ("2ア", "施策2ア", "事務局")
    assert item.severity == "要確認"


def test_gaps_wait_until_everybody_has_submitted() -> None:
    rows = [row(1, "甲", number=1), row(2, "乙", number=3)]
    assert codes(merged(*rows, missing=[N])) == []
    assert codes(merged(*rows)) == [("L109", 1)]


def test_a_date_typed_as_number_is_a_gap_and_not_a_loop() -> None:
    item = one(merged(row(1, "甲", number=1), row(2, "乙", number=10**14)), "L109")
    assert item.value == f"2〜{10**14 - 1}"


def test_equal_numbers_name_the_other_row() -> None:
    item = one(merged(row(1, "甲", number=1), row(2, "乙", number=1, department=N)), "L108")
    assert item.place.row_id == 2
    assert "2アで番号1が重なっています（経済部『甲』）" in item.message
    assert item.addressee == "事務局"


# --- corrections ----------------------------------------------------------------------------------


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


YES, NO, LOST = "適用", "不適用", "対象なし"

# (what it is, row 1 of 2ア, correction, outcome, findings, values afterwards)
CORRECTIONS: list[
    tuple[str, dict[str, Any], tuple[str, str, str, Any, Any], str, Codes, dict[str, Any]]
] = [
    ("amount", {}, ("2ア-1", "修正", "予算事業費", 1000, 900), YES, [], {"budget": 900}),
    ("full heading", {}, ("2ア-1", "修正", "予算事業費（千円）", 1000, 900), YES, [], {"budget": 900}),
    ("before as printed", {"budget": 5335}, ("2ア-1", "修正", "予算事業費", "5,335", 9), YES, [], {"budget": 9}),
    ("before with unit", {"budget": 5335}, ("2ア-1", "修正", "予算事業費", "５，３３５千円", 9), YES, [], {"budget": 9}),
    ("before as float", {"budget": 5335}, ("2ア-1", "修正", "予算事業費", 5335.0, 9), YES, [], {"budget": 9}),
    ("after with comma", {}, ("2ア-1", "修正", "予算事業費", 1000, "1,900"), YES, [("A101", 1)], {"budget": 1900}),
    ("target in full width", {}, ("２ア－１", "修正", "予算事業費", 1000, 9), YES, [], {"budget": 9}),
    ("target with a long dash", {}, ("2アー1", "修正", "予算事業費", 1000, 9), YES, [], {"budget": 9}),
    ("target with name", {}, ("2ア-1 甲", "修正", "予算事業費", 1000, 9), YES, [], {"budget": 9}),
    ("target with another name", {}, ("2ア-1 乙", "修正", "予算事業費", 1000, 9), LOST, [("O101", None)], {"budget": 1000}),
    ("blank number, with name", {"number": None}, ("2ア 甲", "修正", "予算事業費", 1000, 9), YES, [("A105", 1)], {"budget": 9}),
    ("given number, with name", {"number": None}, ("2ア-1 甲", "修正", "予算事業費", 1000, 9), YES, [("A105", 1)], {"budget": 9}),
    ("blank number, number alone", {"number": None}, ("2ア-1", "修正", "予算事業費", 1000, 9), LOST, [("A105", 1), ("O101", None)], {}),
    ("no such row", {}, ("2ア-9", "修正", "予算事業費", 1000, 9), LOST, [("O101", None)], {"budget": 1000}),
    ("no such measure", {}, ("9ア-1", "修正", "予算事業費", 1000, 9), LOST, [("O101", None)], {}),
    ("no target", {}, ("", "修正", "予算事業費", 1000, 9), LOST, [("O101", None)], {}),
    ("no such operation", {}, ("2ア-1", "削除", "", None, None), LOST, [("O101", None)], {}),
    ("no such field", {}, ("2ア-1", "修正", "事業費", 1000, 9), LOST, [("O101", None)], {}),
    ("stale", {}, ("2ア-1", "修正", "予算事業費", 999, 9), NO, [("O102", None)], {"budget": 1000}),
    ("before left blank", {}, ("2ア-1", "修正", "予算事業費", None, 9), NO, [("O102", None)], {"budget": 1000}),
    ("done already", {}, ("2ア-1", "修正", "予算事業費", 999, 1000), NO, [("O103", None)], {"budget": 1000}),
    ("done already, differently spelt", {}, ("2ア-1", "修正", "予算事業費", 999, "1,000"), NO, [("O103", None)], {}),
    ("heals an unreadable amount", {"budget": "不明"}, ("2ア-1", "修正", "予算事業費", "不明", 9), YES, [], {"budget": 9, "marked": False}),
    ("heals a blank amount", {"budget": None}, ("2ア-1", "修正", "予算事業費", None, 9), YES, [], {"budget": 9}),
    ("heals a mark", {"relevance": "△"}, ("2ア-1", "修正", "関連性", "△", "〇"), YES, [("A101", 1)], {"relevance": "○"}),
    ("heals a text", {"description": None}, ("2ア-1", "修正", "事業内容", None, "本文"), YES, [], {"description": "本文"}),
    ("makes it worse", {}, ("2ア-1", "修正", "予算事業費", 1000, "未確認"), YES, [("R105", 1)], {"marked": True}),
    ("to 未定", {}, ("2ア-1", "修正", "予算事業費", 1000, "未定"), YES, [("A106", 1), ("R116", 1)], {"budget": None}),
    ("name", {}, ("2ア-1", "修正", "事業名", "甲", "甲事業"), YES, [], {"name": "甲事業"}),
    ("spelling of a name", {"name": "ＩＣＴ推進"}, ("2ア-1", "修正", "事業名", "ＩＣＴ推進", "ICT推進"), YES, [], {"name": "ICT推進"}),
    ("spelling of a text", {"description": "平成３０年"}, ("2ア-1", "修正", "事業内容", "平成３０年", "平成30年"), YES, [], {"description": "平成30年"}),
    ("the mark is taken off", {"name": "（新）甲"}, ("2ア-1", "修正", "事業名", "（新）甲", "甲"), YES, [], {"name": "甲", "category": ""}),
    ("the same name again", {}, ("2ア-1", "修正", "事業名", "甲", "甲"), NO, [("O103", None)], {"name": "甲"}),
    ("name as it stands in another spelling", {"name": "甲 乙"}, ("2ア-1", "修正", "事業名", "甲乙", "丙"), YES, [], {"name": "丙"}),
    ("category", {}, ("2ア-1", "修正", "掲載区分", None, "新規"), YES, [], {"category": "新規"}),
    ("department", {}, ("2ア-1", "修正", "部局名", E, N), YES, [("R113", 1)], {"counted": N}),
    ("to another measure", {}, ("2ア-1", "修正", "施策", "2ア", "1ア"), YES, [], {"measure": "1ア", "goal": 1}),
    ("measure by its option", {"measure": "2ア"}, ("2ア-1", "修正", "施策", "2ア 移住環境", "1ア"), YES, [], {"measure": "1ア"}),
    ("heals a held row by its name", {"measure": None}, ("甲", "修正", "施策", None, "2ア"), YES, [], {"measure": "2ア"}),
    ("heals a held row by what the finding shows", {"measure": "9ア"}, ("9ア-1", "修正", "施策", "9ア", "2ア"), YES, [], {"measure": "2ア"}),
    ("heals a held row without name", {"name": None}, ("2ア-1", "修正", "事業名", None, "甲"), YES, [], {"name": "甲"}),
    ("order", {}, ("2ア-1", "順番", "", None, 3), YES, [("L109", 1)], {"number": 3}),
    ("order with its former value", {}, ("2ア-1", "順番", "番号", 1, "３"), YES, [("A101", 1), ("L109", 1)], {"number": 3}),
    ("order, stale", {}, ("2ア-1", "順番", "番号", 2, 3), NO, [("O102", None)], {"number": 1}),
    ("order, done already", {}, ("2ア-1", "順番", "", None, 1), NO, [("O103", None)], {"number": 1}),
    ("order without number", {}, ("2ア-1", "順番", "", None, "最後"), LOST, [("O101", None)], {"number": 1}),
    ("order to zero", {}, ("2ア-1", "順番", "", None, 0), LOST, [("O101", None)], {"number": 1}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "correction", "status", "found", "values"),
    [case[1:] for case in CORRECTIONS],
    ids=[case[0] for case in CORRECTIONS],
)
def test_correction(
    cells: dict[str, Any],
    correction: tuple[str, str, str, Any, Any],
    status: str,
    found: Codes,
    values: dict[str, Any],
) -> None:
    made = row(1, "甲")
    made = replace(made, values={**made.values, "measure": "2ア", **cells})
    result = merged(made, office=office(correction))
    [applied] = result.corrections
    assert applied.status == status
    assert codes(result) == sorted(found, key=str)
    assert {name: value(result, 1, name) for name in values} == values


def test_a_corrected_cell_is_mended_in_the_offices_sheet() -> None:
    result = merged(row(1, "甲"), office=office(("2ア-1", "修正", "予算事業費", 1000, "不明")))
    item = one(result, "R105")
    assert (item.place.file, item.place.sheet, item.place.cell) == (OFFICE, "修正", "A5")
    assert result.errors == 1


def test_a_correction_shows_before_and_after() -> None:
    result = merged(
        row(1, "甲", budget="1,000千円"), office=office(("2ア-1", "修正", "予算事業費", 1000, 900))
    )
    [applied] = result.corrections
    assert (applied.current, applied.correction.after, applied.subject) == ("1,000千円", 900, "甲")


def test_a_stale_correction_says_both_values() -> None:
    item = one(
        merged(row(1, "甲"), office=office(("2ア-1", "修正", "予算事業費", 999, 9))), "O102"
    )
    assert "2ア-1の予算事業費（千円）は、いま『1000』です。修正前の『999』と異なる" in item.message
    assert (item.severity, item.addressee, item.place.file) == ("要確認", "事務局", OFFICE)


def test_an_error_value_is_healed() -> None:
    broken = replace(row(1, "甲", budget=None), errors={"budget": "#REF!"})
    result = merged(broken, office=office(("2ア-1", "修正", "予算事業費", "#REF!", 9)))
    assert codes(result) == []
    assert value(result, 1, "budget") == 9


def test_a_formula_without_result_is_healed() -> None:
    broken = replace(row(1, "甲", budget=None), uncached=frozenset({"budget"}))
    result = merged(broken, office=office(("2ア-1", "修正", "予算事業費", None, 9)))
    assert codes(result) == []
    assert value(result, 1, "budget") == 9


def test_several_corrections_of_one_row() -> None:
    sheet = office(
        ("2ア-1", "修正", "予算事業費", 1000, 900),
        ("2ア-1", "修正", "予算事業費", 900, 800),
        ("2ア-1", "修正", "施策", "2ア", "1ア"),
        ("2ア-1", "修正", "関連性", "◎", "○"),
    )
    result = merged(row(1, "甲"), office=sheet)
    assert [c.status for c in result.corrections] == [YES] * 4
    assert value(result, 1, "budget") == 800
    assert value(result, 1, "measure") == "1ア"
    assert value(result, 1, "relevance") == "○"


def test_an_ambiguous_target_asks_for_the_name() -> None:
    rows = [row(1, "甲", number=1), row(2, "乙", number=1)]
    result = merged(*rows, office=office(("2ア-1", "修正", "予算事業費", 1000, 9)))
    item = one(result, "O101")
    assert "当てはまる行が2行あります" in item.message
    assert item.severity == "要修正"
    assert result.is_draft
    result = merged(*rows, office=office(("2ア-1 乙", "修正", "予算事業費", 1000, 9)))
    assert value(result, 2, "budget") == 9
    assert value(result, 1, "budget") == 1000


def test_a_correction_of_an_original_reaches_its_relisted_rows() -> None:
    rows = [row(1, "甲", "1ア"), row(2, "甲", "2ア", **BARE), row(3, "甲", "3ア", budget=1000, **RE)]
    result = merged(*rows, office=office(("1ア-1", "修正", "予算事業費", 1000, 900)))
    assert [value(result, i, "budget") for i in (1, 2, 3)] == [900, 900, 900]
    assert ("L103", 3) in codes(result)


def test_a_name_corrected_on_the_original_alone_loses_its_relisted_rows() -> None:
    rows = [row(1, "甲", "1ア"), row(2, "甲", "2ア", **RE)]
    result = merged(*rows, office=office(("1ア-1", "修正", "事業名", "甲", "乙")))
    assert ("L101", 2) in codes(result)


def test_a_row_that_the_office_withholds_needs_nothing_else() -> None:
    rows = [row(1, "甲", budget="不明", relevance=None), row(2, "乙")]
    result = merged(*rows, office=office(("2ア-1", "掲載しない", "", None, None)))
    assert [(w.name, w.reason) for w in result.withdrawn] == [("甲", "掲載しない")]
    assert codes(result, "L109") == []
    assert result.ledger == Ledger(2, 1, 0, 0, 1)
    assert not result.is_draft


def test_a_withheld_original_leaves_its_relisted_rows_in_doubt() -> None:
    rows = [row(1, "甲", "1ア"), row(2, "甲", "2ア", **RE)]
    result = merged(*rows, office=office(("1ア-1", "掲載しない", "", None, None)))
    assert codes(result, "L109") == [("L111", 2)]


def test_an_ended_row_comes_back_by_correction() -> None:
    result = merged(
        row(1, "甲", category="終了"), office=office(("2ア-1", "修正", "掲載区分", "終了", "継続"))
    )
    assert result.ledger == Ledger(1, 1, 0, 0, 0)


def added(row_id: int, name: str, **cells: Any) -> RawRow:
    return replace(row(row_id, name, file=OFFICE, **cells), sheet="追加")


def test_the_office_adds_rows_relisted_ones_included() -> None:
    sheet = office(added=[added(2, "乙", number=2), added(3, "甲", measure="3ア", number=1, **BARE)])
    result = merged(row(1, "甲"), office=sheet)
    assert codes(result) == [("A104", 3), ("A104", 3)]
    assert originals(result) == {3: 1}
    assert result.ledger == Ledger(3, 3, 0, 0, 0)
    [record] = [f for f in result.files if f.outcome == "office"]
    assert (record.read, record.listed) == (2, 2)


def test_an_added_row_is_corrected_like_any_other() -> None:
    sheet = office(("2ア-2", "修正", "予算事業費", 1000, 5), added=[added(2, "乙")])
    assert value(merged(row(1, "甲"), office=sheet), 2, "budget") == 5


def test_an_added_row_belongs_to_the_department_it_names() -> None:
    result = merged(row(1, "甲"), office=office(added=[added(2, "乙", department="商工部")]))
    assert codes(result) == [("A102", 2)]
    assert value(result, 2, "counted") == E


def test_a_mistake_in_an_added_row_is_the_offices_and_keeps_a_draft() -> None:
    result = merged(row(1, "甲"), office=office(added=[added(2, "乙", budget=None)]))
    assert codes(result) == [("R104", 2)]
    assert result.is_draft
    assert {d.department: d.state for d in result.departments} == {E: "受理", N: "該当なし"}


# --- acknowledgements -----------------------------------------------------------------------------

GAP = [row(1, "甲", number=1), row(2, "乙", number=3)]
OTHER = [row(1, "甲", "1ア", number=1), row(2, "甲", "2ア", N, number=1)]
ENDS = [row(1, "甲", number=1, description="平成29年度は、する。")]

# (what it is, rows, acknowledgement, codes acknowledged, codes of what is wrong with it)
CONFIRMATIONS: list[
    tuple[str, list[RawRow], tuple[str, str, str], list[str], list[str]]
] = [
    ("a measure", GAP, ("L109", "2ア", ""), ["L109"], []),
    ("a measure in full width", GAP, ("L109", "２ア", ""), ["L109"], []),
    ("with the value of then", GAP, ("L109", "2ア", "2"), ["L109"], []),
    ("the value has changed", GAP, ("L109", "2ア", "2、4"), [], ["O103"]),
    ("another measure", GAP, ("L109", "1ウ", ""), [], ["O103"]),
    ("a row of that measure instead", GAP, ("L109", "2ア-1", ""), [], ["O103"]),
    ("a row", OTHER, ("L107", "2ア-1", ""), ["L107"], []),
    ("a row with its name", OTHER, ("L107", "2ア-1 甲", ""), ["L107"], []),
    ("the wrong row", OTHER, ("L107", "1ア-1", ""), [], ["O103"]),
    ("another code", OTHER, ("L105", "2ア-1", ""), [], ["O103"]),
    ("no such code", OTHER, ("X999", "2ア-1", ""), [], ["O103"]),
    ("a long value", ENDS, ("R115", "2ア-1", "平成29年度は、する。"), ["R115"], []),
    ("a long value that has changed", ENDS, ("R115", "2ア-1", "平成29年度は。"), [], ["O103"]),
    ("what must be corrected", [row(1, "甲", relevance="×")], ("R103", "2ア-1", ""), [], ["O103"]),
    ("a conversion", [row(1, "甲", budget="1,000")], ("A101", "2ア-1", ""), [], ["O103"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "confirmed", "acknowledged", "problems"),
    [case[1:] for case in CONFIRMATIONS],
    ids=[case[0] for case in CONFIRMATIONS],
)
def test_acknowledgement(
    rows: list[RawRow],
    confirmed: tuple[str, str, str],
    acknowledged: list[str],
    problems: list[str],
) -> None:
    before = merged(*rows)
    result = merged(*rows, office=office(confirmed=[confirmed]))
    assert [f.code for f in result.findings if f.acknowledged] == acknowledged
    assert [f.code for f in result.findings if f.code.startswith("O")] == problems
    assert len(result.findings) == len(before.findings) + len(problems)
    assert result.errors == before.errors


def test_what_must_be_corrected_cannot_be_confirmed() -> None:
    result = merged(row(1, "甲", relevance="×"), office=office(confirmed=[("R103", "2ア-1", "")]))
    assert "指摘コード『R103』は確認済にできません" in one(result, "O103").message
    assert result.is_draft


def test_a_confirmation_whose_value_has_changed_says_both() -> None:
    result = merged(*GAP, office=office(confirmed=[("L109", "2ア", "5")]))
    item = one(result, "O103")
    assert "確認したときの値（5）から変わりました（いまの値：2）" in item.message
    assert (item.place.file, item.place.cell) == (OFFICE, "B5")


def test_equal_findings_of_one_row_are_confirmed_together() -> None:
    rows = [row(1, "甲", number=1), row(2, "乙", number=1), row(3, "丙", number=1)]
    result = merged(*rows, office=office(confirmed=[("L108", "2ア-1", "")]))
    assert [f.acknowledged for f in result.findings] == [True, True]


def test_undecided_stays_undecided_when_acknowledged() -> None:
    result = merged(
        row(1, "甲", budget=None, budget_kind="未定"),
        office=office(confirmed=[("R116", "2ア-1", "")]),
    )
    assert one(result, "R116").acknowledged
    assert totals(result.listed, STRATEGY).total.undecided == 1
    assert not result.is_draft


def test_open_confirmations_are_counted_per_department() -> None:
    rows = [row(1, "甲", description="平成29年度は甲"), row(2, "乙", description="平成29年度は乙")]
    state = merged(*rows).departments[0]
    assert (state.state, state.errors, state.confirmations) == ("受理", 0, 2)
    state = merged(*rows, office=office(confirmed=[("R115", "2ア-1", "")])).departments[0]
    assert state.confirmations == 1


# --- held and withdrawn rows, the ledger ----------------------------------------------------------


def test_held_rows_carry_their_reasons() -> None:
    result = merged(row(1, "甲", None), row(2, "", name=None), row(3, "丙"))
    reasons = {h.raw.row_id: [f.code for f in h.findings] for h in result.held}
    assert reasons == {1: ["R101"], 2: ["R102"]}
    assert [h.name for h in result.held] == ["甲", ""]
    assert result.ledger == Ledger(3, 1, 2, 0, 0)
    assert result.is_draft


def test_a_held_row_is_judged_like_any_other() -> None:
    result = merged(row(1, "甲", None, budget=None, description=None, relevance=None))
    assert {f.code for f in result.findings} == {"R101", "R103", "R104", "R109"}


@pytest.mark.parametrize("category", ["終了", "取下げ", "取り下げ"])
def test_rows_that_are_not_to_be_listed_need_nothing_else(category: str) -> None:
    bare = row(
        1, "甲", None, category=category, number="？", relevance=None, budget="？", description=None
    )
    result = merged(bare, row(2, "乙", number=1))
    assert [f.code for f in result.findings if f.severity != "自動変換"] == []
    assert result.ledger == Ledger(2, 1, 0, 0, 1)
    assert not result.is_draft


def test_a_withdrawn_row_without_a_name_is_withdrawn() -> None:
    result = merged(row(1, "", name=None, category="終了"))
    assert result.ledger == Ledger(1, 0, 0, 0, 1)
    assert codes(result) == []


# --- reporting units ------------------------------------------------------------------------------


def filed(file: str, *rows: tuple[int, str], **changes: Any) -> Submission:
    """A file of 経済部: (row id, name) under 2ア."""
    department = changes.pop("department", E)
    made = [row(i, name, department=department, file=file) for i, name in rows]
    return submission(made, department, file=file, **changes)


A, B, C = (1, "甲"), (2, "乙"), (3, "丙")

# (what it is, files, files that count, (code, row id) found, a part of the message of F206)
UNITS: list[tuple[str, list[Submission], list[str], Codes, str]] = [
    ("one file", [filed("a.xlsx", A)], ["a.xlsx"], [], ""),
    (
        "the later edition, whatever was saved when",
        [filed("z.xlsx", A, edition=1, saved="2018-03-09"), filed("a.xlsx", (2, "甲"), edition=2)],
        ["a.xlsx"],
        [("F206", None)],
        "『a.xlsx』の版が新しいため、『z.xlsx』と差し替えました",
    ),
    (
        "the later save of one edition",
        [
            filed("z.xlsx", A, saved="2018-03-01T09:00:00Z"),
            filed("a.xlsx", (2, "甲"), saved="2018-03-02T09:00:00Z"),
        ],
        ["a.xlsx"],
        [("F206", None)],
        "『a.xlsx』の保存日時が新しいため",
    ),
    (
        "the file name at last",
        [filed("b.xlsx", A), filed("a.xlsx", (2, "甲"))],
        ["b.xlsx"],
        [("F206", None)],
        "ファイル名の順で『b.xlsx』を使い、『a.xlsx』は使いませんでした",
    ),
    (
        "rows that vanish are named",
        [filed("a.xlsx", A, B), filed("b.xlsx", (3, "甲"), edition=2)],
        ["b.xlsx"],
        [("F206", None), ("L110", 2)],
        "",
    ),
    (
        "three editions",
        [
            filed("a.xlsx", A),
            filed("b.xlsx", (2, "甲"), (3, "乙"), edition=2),
            filed("c.xlsx", (4, "甲"), edition=3),
        ],
        ["c.xlsx"],
        [("F206", None), ("F206", None), ("L110", 3)],
        "",
    ),
    (
        "units of one department are united",
        [filed("a.xlsx", A, unit="商工課"), filed("b.xlsx", B, unit="産業課")],
        ["a.xlsx", "b.xlsx"],
        [],
        "",
    ),
    (
        "units are compared by match key",
        [filed("a.xlsx", A, unit="商工課"), filed("b.xlsx", (2, "甲"), unit="商工 課", edition=2)],
        ["b.xlsx"],
        [("F206", None)],
        "",
    ),
    (
        "a new unit that repeats most rows",
        [
            filed("a.xlsx", A, B, C, unit=""),
            filed("b.xlsx", (4, "甲"), (5, "乙"), unit="商工課", edition=2),
        ],
        ["b.xlsx"],
        [("F206", None), ("L110", 3)],
        "差し替えと見なして『b.xlsx』を使い、『a.xlsx』は使いませんでした",
    ),
    (
        "a new unit that repeats one row of many",
        [
            filed("a.xlsx", A, B, C, unit=""),
            filed("b.xlsx", (4, "丙"), (5, "丁"), unit="商工課", edition=2),
        ],
        ["a.xlsx", "b.xlsx"],
        [("L106", 4)],
        "",
    ),
    (
        "a file without 事業 never replaces projects",
        [filed("a.xlsx", A), filed("b.xlsx", edition=2, has_projects=False, has_indicators=True)],
        ["a.xlsx"],
        [],
        "",
    ),
    (
        "該当事業なし replaces rows",
        [filed("a.xlsx", A), filed("b.xlsx", edition=2, none_applicable=True)],
        ["b.xlsx"],
        [("F206", None), ("L110", 1)],
        "",
    ),
]


@pytest.mark.parametrize(
    ("files", "kept", "found", "message"),
    [case[1:] for case in UNITS],
    ids=[case[0] for case in UNITS],
)
@pytest.mark.parametrize("order", [1, -1], ids=["as given", "reversed"])
def test_units(
    files: list[Submission], kept: list[str], found: Codes, message: str, order: int
) -> None:
    result = merge(intake([*files[::order], submission([], N)]), STRATEGY)
    rows = {s.file: len(s.rows) for s in files}
    assert codes(result, "L108", "L109") == found
    counting = [f.file for f in result.files if f.outcome == "accepted" and f.listed]
    assert counting == [f for f in kept if rows[f]]
    assert {f.file for f in result.files if f.outcome == "superseded"} == {
        f for f in rows if f not in kept and f != "b.xlsx"
    } | {f for f in rows if f == "b.xlsx" and f not in kept and files[1].has_projects}
    assert result.ledger.balanced
    assert result.ledger.read == sum(rows.values())
    if message:
        assert message in one(result, "F206").message


def test_a_relisted_row_does_not_repeat_its_original() -> None:
    """The only row of one section is the relisted form of another section's project."""
    one_row = [row(1, "甲", "3ア", file="a.xlsx", number=1, **RE)]
    many = [row(i, name, file="b.xlsx") for i, name in ((2, "甲"), (3, "乙"))]
    files = [submission(one_row, unit="商工課"), submission(many, unit="産業課", edition=2)]
    result = merge(intake([*files, submission([], N)]), STRATEGY)
    assert result.ledger == Ledger(3, 3, 0, 0, 0)
    assert "F206" not in {f.code for f in result.findings}


def test_units_of_the_template_are_never_taken_for_one_another() -> None:
    strategy = strategy_of(departments=[(1, E, None, None, "商工課、産業課"), (2, N)])
    files = [filed("a.xlsx", A, B, unit="商工課"), filed("b.xlsx", (3, "甲"), (4, "乙"), unit="産業課")]
    result = merge(intake([*files, submission([], N)]), strategy)
    assert "F206" not in {f.code for f in result.findings}
    assert result.complete
    assert codes(result, "L108", "L109") == [("L106", 3), ("L106", 4)]


def test_the_vanished_row_is_the_one_that_is_named() -> None:
    """甲 stands under two measures, and the later file lacks the relisted one."""
    old = [row(1, "甲", "1ア", file="a.xlsx"), row(2, "甲", "2ア", file="a.xlsx", number=7, **RE)]
    new = [row(3, "甲", "1ア 妊娠・出産・育児", file="b.xlsx", number=1)]
    result = merge(intake([submission(old), submission(new, edition=2), submission([], N)]), STRATEGY)
    item = one(result, "L110")
    assert (item.place.row_id, item.place.file, item.target) == (2, "a.xlsx", "2ア-7")
    assert "『a.xlsx』にあった『甲』（2ア-7）が、差し替え後の『b.xlsx』にありません" in item.message
    assert item.addressee == "部局"


def test_a_row_that_moved_to_another_measure_has_not_vanished() -> None:
    old = [row(1, "甲", "1ア", file="a.xlsx")]
    new = [row(2, "甲", "2ア", file="b.xlsx")]
    result = merge(intake([submission(old), submission(new, edition=2), submission([], N)]), STRATEGY)
    assert "L110" not in {f.code for f in result.findings}


def test_a_vanished_row_can_be_confirmed() -> None:
    files = [filed("a.xlsx", A, B), filed("b.xlsx", (3, "甲"), edition=2), submission([], N)]
    sheet = office(confirmed=[("L110", "2ア-2", ""), ("F206", E, "")])
    result = merge(intake(files, sheet), STRATEGY)
    assert all(f.acknowledged for f in result.findings if f.code in ("L110", "F206"))


def test_findings_of_superseded_files_are_dropped() -> None:
    old, new = filed("a.xlsx", A, B), filed("b.xlsx", (3, "甲"), edition=2)
    overlooked = Finding("S101", Place("a.xlsx", "事業", 5, "A5", row_id=1), severity="要確認")
    came = replace(intake([old, new, submission([], N)]), findings=(overlooked,))
    assert {f.code for f in merge(came, STRATEGY).findings} == {"F206", "L110", "L109"}


def test_a_corrected_file_never_brings_a_withdrawn_project_back() -> None:
    files = [filed("a.xlsx", A, B), filed("b.xlsx", (3, "甲"), edition=2), submission([], N)]
    result = merge(intake(files), STRATEGY)
    assert list(result.listed["name"]) == ["甲"]
    assert result.ledger == Ledger(3, 1, 0, 2, 0)


# --- states ---------------------------------------------------------------------------------------

UNIT_STRATEGY = strategy_of(
    departments=[(1, E, None, None, "商工課、産業課"), (2, N), (3, "監査委員", None, "いいえ")]
)
REFUSED = FileRecord("農政部.xlsx", "refused", N)

# (what it is, files, refused files, state of 農政部, missing units of 農政部, is the list a draft)
STATES: list[tuple[str, list[Submission], list[FileRecord], str, bool]] = [
    ("nothing came", [], [], "未提出", True),
    ("accepted", [filed("n.xlsx", A, department=N)], [], "受理", False),
    ("nothing to report", [submission([], N, none_applicable=True)], [], "該当なし", False),
    ("empty, and not ticked", [submission([], N)], [], "受理", False),
    (
        "ticked, and rows came nevertheless",
        [filed("n.xlsx", A, department=N, none_applicable=True)],
        [],
        "受理",
        False,
    ),
    ("only refused files came", [], [REFUSED], "再提出待ち", True),
    (
        "refused, but another file counts",
        [filed("n.xlsx", A, department=N)],
        [REFUSED],
        "受理",
        False,
    ),
    (
        "indicators alone",
        [submission([], N, has_projects=False, has_indicators=True)],
        [],
        "未提出",
        True,
    ),
    (
        "to be corrected",
        [submission([row(1, "甲", department=N, relevance="×")], N)],
        [],
        "差戻し",
        True,
    ),
    (
        "to be confirmed",
        [submission([row(1, "甲", department=N, description="平成29年度は甲")], N)],
        [],
        "受理",
        False,
    ),
]


@pytest.mark.parametrize(
    ("files", "refused", "state", "draft"),
    [case[1:] for case in STATES],
    ids=[case[0] for case in STATES],
)
def test_state(
    files: list[Submission], refused: list[FileRecord], state: str, draft: bool
) -> None:
    result = merge(intake([*files, submission([], E)], records=refused), STRATEGY)
    assert {d.department: d.state for d in result.departments}[N] == state
    assert result.is_draft is draft


def test_a_refused_file_is_reported_but_keeps_no_draft_beside_one_that_counts() -> None:
    refused = Finding("F101", Place("農政部_控.xlsx"), severity="要修正", addressee="部局")
    came = intake(
        [filed("n.xlsx", A, department=N), submission([], E)],
        records=[FileRecord("農政部_控.xlsx", "refused", N)],
    )
    result = merge(replace(came, findings=(refused,)), STRATEGY)
    assert refused in result.findings
    assert (result.errors, result.is_draft) == (0, False)


def test_every_expected_unit_must_come() -> None:
    files = [filed("a.xlsx", A, unit="商工課"), submission([], N)]
    result = merge(intake(files), UNIT_STRATEGY)
    state = result.departments[0]
    assert (state.state, state.missing_units) == ("未提出", ("産業課",))
    assert result.is_draft
    files.append(filed("b.xlsx", B, unit="産業課"))
    result = merge(intake(files), UNIT_STRATEGY)
    assert (result.departments[0].state, result.departments[0].missing_units) == ("受理", ())
    assert not result.is_draft


def test_one_unit_refused_and_one_accepted() -> None:
    came = intake(
        [filed("a.xlsx", A, unit="商工課"), submission([], N)],
        records=[FileRecord("b.xlsx", "refused", E)],
    )
    state = merge(came, UNIT_STRATEGY).departments[0]
    assert state.missing_units == ("産業課",)
    assert state.state == "未提出"
    assert set(state.files) == {"a.xlsx", "b.xlsx"}


def test_a_department_that_is_not_asked_is_not_missed() -> None:
    files = [filed("a.xlsx", A, unit="商工課"), filed("b.xlsx", B, unit="産業課"), submission([], N)]
    result = merge(intake(files), UNIT_STRATEGY)
    assert result.complete
    assert not result.departments[2].expected


def test_the_mistakes_of_each_department_are_its_own() -> None:
    rows = [row(1, "甲", relevance="×", budget=None), row(2, "乙", department=N, number=1)]
    first, second = merged(*rows).departments
    assert (first.state, first.errors, first.rows) == ("差戻し", 2, 1)
    assert (second.state, second.errors, second.rows) == ("受理", 0, 1)


def test_every_file_has_one_record() -> None:
    came = intake(
        [filed("a.xlsx", A), filed("b.xlsx", B, edition=2)],
        office(),
        [REFUSED, FileRecord("メモ.txt", "ignored")],
    )
    files = merge(came, STRATEGY).files
    assert [(f.file, f.outcome) for f in files] == [
        ("a.xlsx", "superseded"),
        ("b.xlsx", "accepted"),
        ("メモ.txt", "ignored"),
        (OFFICE, "office"),
        ("農政部.xlsx", "refused"),
    ]


# --- figures --------------------------------------------------------------------------------------


def test_totals_on_both_bases() -> None:
    result = merged(
        row(1, "甲", "1ア", budget=100, category="新規"),
        row(2, "甲", "2ア", category="新規", **BARE),
        row(3, "乙", "2ア", budget=20, department=N, number=3),
        row(4, "丙", "2ア", budget=None, budget_kind="未定"),
        row(5, "丁", "2ア", budget=7, budget_kind="内数"),
        row(6, "戊", "2ア", budget="０予算"),
        row(7, "己", "2ア", budget="不明"),
    )
    figures = totals(result.listed, STRATEGY)
    goal1, goal2, goal3, _ = figures.goals
    assert (goal1.rows, goal1.relisted, goal1.gross, goal1.net) == (1, 0, 100, 100)
    assert (goal2.rows, goal2.relisted, goal2.gross, goal2.net) == (6, 1, 120, 20)
    assert (goal3.rows, goal3.gross, goal3.net) == (0, 0, 0)
    total = figures.total
    assert (total.rows, total.relisted, total.projects) == (7, 1, 6)
    assert (total.gross, total.net, total.undecided) == (220, 120, 2)
    assert figures.new == 1
    assert [(d.label, d.rows, d.gross) for d in figures.departments] == [(E, 6, 200), (N, 1, 20)]


def test_a_row_of_an_unknown_department_still_adds_up() -> None:
    result = merged(row(1, "甲", department="謎部", file="経済部.xlsx"), row(2, "乙"))
    figures = totals(result.listed, STRATEGY)
    assert [d.label for d in figures.departments] == [E, N, "謎部"]
    assert sum(d.gross for d in figures.departments) == figures.total.gross == 2000


def test_joint_rows_count_under_the_first() -> None:
    result = merged(row(1, "甲", department=f"{E}・{N}", file="経済部.xlsx"))
    assert value(result, 1, "department") == f"{E}・{N}"
    figures = totals(result.listed, STRATEGY)
    assert [(d.label, d.rows) for d in figures.departments] == [(E, 1), (N, 0)]


# The FY2018 list, as published: rows, relisted, gross, net.
FY2018 = {
    1: (31, 0, 2_477_869, 2_477_869),
    2: (23, 4, 488_220, 431_156),
    3: (33, 9, 250_895, 182_642),
    4: (17, 8, 688_093, 458_617),
    0: (104, 21, 3_905_077, 3_550_284),
}


def test_the_fy2018_list_end_to_end() -> None:
    strategy = example_strategy()
    result = merge(intake(example_submissions()), strategy)
    figures = totals(result.listed, strategy)
    found = {s.goal: (s.rows, s.relisted, s.gross, s.net) for s in (*figures.goals, figures.total)}
    assert found == FY2018
    assert figures.total.projects == 83
    assert figures.total.undecided == 0
    assert result.ledger == Ledger(104, 104, 0, 0, 0)
    assert not result.is_draft
    assert {d.state for d in result.departments} == {"受理"}
    assert len(originals(result)) == 21
    assert all(originals(result).values())


def test_the_one_finding_of_fy2018_is_the_gap_of_1u() -> None:
    result = merge(intake(example_submissions()), example_strategy())
    item = one(result, "L109")
    assert len(result.findings) == 1
    assert (item.value, item.target) == ("2", "1ウ")
    confirmed = office(confirmed=[("L109", "1ウ", "")])
    result = merge(intake(example_submissions(), confirmed), example_strategy())
    assert [f.acknowledged for f in result.findings] == [True]


def test_fy2018_with_a_department_missing_is_a_draft_without_noise() -> None:
    submissions = [s for s in example_submissions() if s.department != E]
    result = merge(intake(submissions), example_strategy())
    assert result.is_draft
    assert result.findings == ()
    states: Mapping[str, str] = {d.department: d.state for d in result.departments}
    assert states[E] == "未提出"
