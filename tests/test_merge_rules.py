"""Relisting and numbers: what needs the whole inbox. Every case is a small intake."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sousei_xl.findings import is_error
from sousei_xl.forms.checks import check_text
from sousei_xl.rules import notes
from sousei_xl.rules.merge import merge
from sousei_xl.rules.parse import EarlyRows
from sousei_xl.rules.records import FileRecord, RawRow
from tests.builders import example_submissions, good, intake, rows_by_id, submission
from tests.facts import example_strategy
from tests.merging import (
    AUTO,
    BARE,
    OFFICE,
    RE,
    STRATEGY,
    Codes,
    E,
    N,
    codes,
    come_in,
    merged,
    office,
    one,
    originals,
    row,
    strategy_of,
    value,
)

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
        "swapped: an unreadable figure is mended where it was typed, and only there",
        [row(1, "甲", "1ア", **BARE), row(2, "甲", "2ア", budget="不明")],
        [],
        [("A104", 1), ("L104", 1), ("R105", 2)],
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
        "marked in a way that says nothing: R107 alone",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア", relisted="はい")],
        [],
        [("R107", 2)],
        {2: 1},
    ),
    (
        "（再） before the name of another row",
        [row(1, "甲", "1ア"), row(2, "（再）甲", "2ア")],
        [],
        [("R107", 2)],
        {},
    ),
    (
        "（再） that begins a word",
        [row(1, "甲", "1ア"), row(2, "（再）就学支援事業", "2ア"), row(3, "【再】エネ事業", "2ア")],
        [],
        [],
        {},
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
        [("L101", 1)],
        {1: 0, 2: 0},
    ),
    (
        "two relisted rows of two departments and no original",
        [row(1, "甲", "1ア", **RE), row(2, "甲", "2ア", N, **RE), row(3, "甲", "2イ", N, **RE)],
        [],
        [("L101", 1), ("L101", 2)],
        {1: 0, 2: 0, 3: 0},
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
        "the original is 内数 beside an amount: that of the relisted row is dropped",
        [
            row(1, "甲", "1ア", budget=12_000, budget_kind="内数"),
            row(2, "甲", "2ア", budget=900, **RE),
        ],
        [],
        [("A104", 2), ("A104", 2), ("A106", 1)],
        {2: 1},
    ),
    (
        "the department of the original is not known: nobody asks whose the relisted row is",
        [
            row(1, "甲", "1ア", department="経済部、商業部", file=f"{E}.xlsx"),
            row(2, "甲", "2ア", **RE),
        ],
        [],
        [("A104", 2), ("L112", 2), ("R117", 1)],
        {2: 1},
    ),
    (
        "a relisted row under another department is listed under its original's",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア", department=N, file=f"{E}.xlsx", **RE)],
        [],
        [("A104", 2), ("L107", 2)],
        {2: 1},
    ),
    (
        "original ended",
        [row(1, "甲", "1ア", category="終了"), row(2, "甲", "2ア", **RE)],
        [],
        [("L111", 2)],
        {},
    ),
    (
        "original cancelled, the relisted row blank",
        [row(1, "甲", "1ア", category="取下げ"), row(2, "甲", "2ア", **BARE)],
        [],
        [("A104", 2), ("A104", 2), ("L111", 2)],
        {},
    ),
    (
        "original of another figure ended: the row keeps its own",
        [row(1, "甲", "1ア", category="終了", budget=0), row(2, "甲", "2ア", budget=9, **RE)],
        [],
        [("L111", 2)],
        {},
    ),
    (
        "original ended, relisted twice: the first is counted, the other repeats it",
        [
            row(1, "甲", "1ア", category="終了"),
            row(2, "甲", "2ア", **RE),
            row(3, "甲", "2ウ", **BARE),
        ],
        [],
        [("A104", 3), ("A104", 3), ("L111", 2)],
        {3: 2},
    ),
    (
        "original ended, relisted by another department, too",
        [
            row(1, "甲", "1ア", category="終了"),
            row(2, "甲", "2ア", **RE),
            row(3, "甲", "2ウ", N, **RE),
        ],
        [],
        [("A104", 3), ("L107", 3), ("L111", 2)],
        {3: 2},
    ),
    (
        "original ended, relisted by another department before its own does",
        [
            row(1, "甲", "1ア", category="終了"),
            row(2, "甲", "2ア", N, **RE),
            row(3, "甲", "2ウ", **RE),
        ],
        [],
        [("A104", 2), ("L111", 2)],
        {3: 2},
    ),
    (
        "relisted before its original by another department that does not say whose it is",
        [
            row(1, "甲", "1ア", file=f"{N}.xlsx", **{**BARE, "department": None}),
            row(2, "甲", "2ア"),
            row(3, "甲", "2イ", **RE),
            row(4, "甲", "2ウ", N, **RE),
        ],
        [],
        [("A102", 1), *[("A104", 1)] * 3, ("A104", 4), ("L104", 1), ("L107", 4)],
        {2: 1, 3: 1, 4: 1},
    ),
    (
        "original ended: an amount and the 予算区分 beside it go together",
        [
            row(1, "甲", "1ア", category="終了", budget=None, budget_kind="内数"),
            row(2, "甲", "2ア", budget=9, **RE),
        ],
        [],
        [("L111", 2)],
        {},
    ),
    (
        "original ended, the relisted row blank: 予算区分 and amount are the original's",
        [
            row(1, "甲", "1ア", category="終了", budget=None, budget_kind="内数"),
            row(2, "甲", "2ア", **BARE),
        ],
        [],
        [("A104", 2), ("A104", 2), ("L111", 2)],
        {},
    ),
    (
        "original ended without amount and text: the office decides, not the department",
        [
            row(1, "甲", "1ア", category="終了", budget=None, description=None),
            row(2, "甲", "2ア", **BARE),
        ],
        [],
        [("L111", 2)],
        {},
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


def test_a_row_that_takes_its_originals_place_has_its_own_budget() -> None:
    """What stands in its cell was nobody's while it was a relisted row."""
    withheld = office(("2ア-1", "掲載しない", "", "", ""))
    for typed, code, budget, kind in (
        ("未定", "R116", None, "未定"),
        ("12,000円", "R105", None, ""),
        (None, "L111", 1000, ""),
    ):
        cells = {"relisted": "再掲", "budget": typed}
        result = merged(row(1, "甲"), row(2, "甲", "3ア", **cells), office=withheld)
        assert code in {f.code for f in result.findings}
        (listed,) = result.listed
        assert (listed.budget, listed.budget_kind) == (budget, kind)


def test_a_copy_of_a_sheet_is_the_one_that_was_read_later() -> None:
    """Whatever the numbers say; what only the copy has is not to be deleted with it."""
    first = [row(1, "甲", number=2), row(2, "乙", number=3)]
    again = [row(3, "甲", number=1, budget=7), row(4, "丙", number=4)]
    copied = [replace(r, sheet="事業 (2)") for r in again]
    item = one(merged(*first, *copied), "L106")
    assert "シート『事業 (2)』の1行は" in item.message
    assert "内容の違う行が1行あります。このシートだけにある行が1行あります。" in item.message


def test_a_misspelled_original_of_two_relisted_rows_is_named() -> None:
    rows = [
        row(1, "移住促進事業"),
        *(row(i, "移住推進事業", f"3{m}", **RE) for i, m in ((2, "ア"), (3, "イ"))),
    ]
    found = [f for f in merged(*rows).findings if f.code == "L101"]
    assert [f.place.row_id for f in found] == [2, 3]
    for item in found:
        assert "『移住促進事業』" in item.cure
        assert "空欄" not in item.message


def test_where_two_other_departments_have_it_no_chance_decides_whose_it_is() -> None:
    third = "総合政策部"
    strategy = strategy_of(departments=[(1, E), (2, N), (3, third)])
    rows = [row(1, "甲", "1ア"), row(2, "甲", "1イ", N)]
    result = merged(*rows, row(3, "甲", "2ア", third, **RE), strategy=strategy)
    item = one(result, "L101")
    assert f"いくつかの部局にあります（{E}の1ア-1、{N}の1イ-2）" in item.message
    assert item.place.label == "部局名"
    assert result.is_draft
    told = row(3, "甲", "2ア", N, file=f"{third}.xlsx", **RE)
    result = merged(*rows, told, strategy=strategy)
    assert [r.original for r in result.listed] == [None, None, 2]
    assert "L101" not in {f.code for f in result.findings}


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
        if original in rows_by_id(result):
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
    assert "『移住促進事業』ではありませんか。" in item.cure
    assert result.is_draft


def test_rows_that_are_all_marked_are_told_together() -> None:
    """Their names are equal already."""
    rows = [row(1, "甲", "3イ", number=12, **RE), row(2, "甲", "3ウ", number=10, **RE)]
    item = one(merged(*rows), "L101")
    assert (item.place.field, item.severity) == ("relisted", "要修正")
    assert "3イ-12と3ウ-10のどちらにも再掲の印があり" in item.message
    assert item.cure == "初出の行の再掲を空欄にしてください。"
    item = one(merged(*rows, row(3, "甲", "4ア", number=1, **RE)), "L101")
    assert "3イ-12と3ウ-10と4ア-1のどれにも再掲の印があり" in item.message


def test_rows_of_several_departments_that_are_all_marked_name_each_other() -> None:
    rows = [row(1, "移住推進事業", "3イ", E, **RE), row(2, "移住推進事業", "3ウ", N, **RE)]
    found = merged(*rows, row(3, "移住促進事業", "1ア")).findings
    first, second = (f for f in found if f.code == "L101")
    assert f"同じ名前の行（{N}の3ウ-2）はどれも再掲" in first.message
    assert f"同じ名前の行（{E}の3イ-1）はどれも再掲" in second.message
    assert "移住促進事業" not in first.cure + second.cure
    assert {first.place.field, second.place.field} == {"relisted"}


def _taken(original: dict[str, Any], **again: Any) -> list[str]:
    """What is said about the values of a relisted row: A104."""
    result = merged(
        row(1, "甲", "1ア", **original),
        row(2, "甲", number=1, **{**RE, "description": None, **again}),
    )
    found = [f for f in result.findings if f.code == "A104" and f.place.field == "budget"]
    return [f.message for f in found]


@pytest.mark.parametrize("typed", ["400.4", "2,967～3,000"])
def test_an_original_that_awaits_correction_is_not_called_blank(typed: str) -> None:
    [said] = _taken({"budget": typed}, budget=400)
    assert "『400』とありますが、初出（1ア-1）の予算事業費（千円）が修正待ちのため" in said
    [said] = _taken({"budget": None}, budget=400)
    assert "初出（1ア-1）では空欄のため" in said


def test_what_was_typed_instead_of_a_figure_is_quoted() -> None:
    [said] = _taken({"budget": 500}, budget="未定")
    assert "『未定』とありますが、初出（1ア-1）の『500』としました" in said
    [said] = _taken({"budget": 500}, budget="3イに計上")
    assert "『3イに計上』とありますが" in said
    [said] = _taken({"budget": 500}, budget=None)
    assert "空欄のため、初出（1ア-1）から補いました" in said
    [said] = _taken({"budget": "不明"}, budget="3イに計上")
    assert "『3イに計上』とありますが、初出（1ア-1）の予算事業費（千円）が修正待ち" in said
    assert _taken({"budget": None, "budget_kind": "未定"}, budget="未定") == []


def test_an_original_that_has_not_come_is_the_offices_business() -> None:
    item = one(merged(row(1, "甲", **BARE), missing=[N]), "L102")
    assert (item.severity, item.addressee) == ("要確認", "事務局")
    assert f"（様式のそろわない部局：{N}）" in item.message


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


@pytest.mark.parametrize("typed", [-5, "▲1,200", "1億円", 1200.5, "(25,518)"])
def test_an_amount_that_is_no_plain_number_is_compared_with_the_originals(typed: object) -> None:
    result = merged(row(1, "甲", "1ア"), row(2, "甲", "2ア", **{**RE, "budget": typed}))
    item = one(result, "L103")
    assert f"『{typed}』" in item.message
    assert "初出（1ア-1）の予算が1,000千円" in item.message
    assert value(result, 2, "budget") == 1000


@pytest.mark.parametrize("typed", ["100万円", "(1,000)", "再掲", "2ア-3に計上", "－", "未定"])
def test_the_same_amount_and_words_are_no_other_amount(typed: str) -> None:
    result = merged(row(1, "甲", "1ア"), row(2, "甲", "2ア", **{**RE, "budget": typed}))
    assert "L103" not in {f.code for f in result.findings}


def test_a_swap_names_both_rows() -> None:
    item = one(merged(row(1, "甲", "1ア", **RE), row(2, "甲")), "L104")
    assert item.place.cell == "D5"
    assert "前にある1ア-1を初出、2ア-2を再掲として扱いました" in item.cure
    assert item.addressee == "事務局"


@pytest.mark.parametrize("department", [None, N])
def test_a_swap_between_departments_asks_whose_project_it_is(department: str | None) -> None:
    rows = [
        row(1, "甲", "1ア", file=f"{N}.xlsx", **{**BARE, "department": department}),
        row(2, "甲", "2ア"),
    ]
    result = merged(*rows)
    assert "R113" not in {f.code for f in result.findings}  # 経済部 is nowhere in that form
    item = one(result, "L104")
    assert f"{E}の初出の行（2ア-2）" in item.message
    assert "共管の事業か、別の事業か" in item.cure
    assert [(r.target, r.department, r.relisted) for r in result.listed] == [
        ("1ア-1", E, False),
        ("2ア-2", E, True),
    ]


@pytest.mark.parametrize("department", [E, N])
def test_an_amount_that_gives_way_in_a_swap_is_told(department: str) -> None:
    result = merged(row(1, "甲", "1ア", department, **{**RE, "budget": 5}), row(2, "甲", "2ア"))
    assert [r.budget for r in result.listed] == [1000, 1000]
    [told] = [f for f in result.findings if f.code == "A104" and f.place.field == "budget"]
    assert (told.value, told.expected) == ("5", "1000")


@pytest.mark.parametrize(("kind", "budget"), [("内数", None), ("未定", None), ("０予算", 0)])
def test_an_amount_is_not_set_aside_by_what_an_ended_original_said(
    kind: str, budget: int | None
) -> None:
    ended = row(1, "甲", "1ア", category="終了", budget=budget, budget_kind=kind)
    result = merged(ended, row(2, "甲", "2ア", budget=43265, **RE))
    (listed,) = result.listed
    assert (listed.budget, listed.budget_kind) == (43265, "")
    assert {f.code for f in result.findings} == {"L109", "L111"}


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


@pytest.mark.parametrize("typed", [None, "平成29年度は、する。"])
def test_the_text_of_an_ended_original_is_not_looked_for_in_a_blank_cell(typed: str | None) -> None:
    ended = row(1, "甲", "1ア", category="終了", description="平成29年度は、した。")
    result = merged(ended, row(2, "甲", "2ア", **{**RE, "description": typed}))
    item = one(result, "R115")
    assert item.place.row_id == 2
    assert ("初出（1ア-1）の文章を載せています" in item.message) is (not typed)
    assert ("今年度の事業内容を入力してください" in item.cure) is (not typed)


OF_NOBODY = {"department": "経済局", "file": f"{E}.xlsx"}


@pytest.mark.parametrize(
    ("held", "name", "code"),
    [
        (row(1, "", "1ア"), "甲", "L112"),
        (row(1, "〃", "1ア"), "甲", "L112"),
        (row(1, "", "1ア", department=N), "甲", "L101"),
        (row(1, "", "1ア", **RE), "甲", "L101"),
        (row(1, "", "1ア"), "移住推進事業", "L101"),  # which only looks misspelt
        (row(1, "該当なし", "1ア"), "甲", "L101"),
    ],
    ids=[
        *("blank", "the row above", "another department's", "relisted", "near another name"),
        "a word for no project",
    ],
)
def test_an_original_that_lacks_its_name_is_waited_for(held: RawRow, name: str, code: str) -> None:
    """Whoever obeyed L101 would take the mark away from a row that is right."""
    result = merged(held, row(2, name, **BARE), row(3, "移住促進事業"))
    assert codes(result, "L109") == sorted([(code, 2), ("R102", 1)])


@pytest.mark.parametrize(("relists", "whose"), [(E, ""), (N, f"{E}の")])
def test_an_original_that_is_held_is_named_by_its_cell(relists: str, whose: str) -> None:
    """Its 施策 or its name is what is wrong with it."""
    original = row(1, "甲", "9ア")
    item = one(merged(original, row(2, "甲", "2ア", relists, **BARE)), "L112")
    cell = original.place("name").cell
    assert item.message == f"再掲『甲』の初出（{whose}『事業』{cell}、保留中）が修正待ちです。"


@pytest.mark.parametrize(
    ("names", "code"),
    [(("甲", "甲"), "L112"), (("甲", "乙"), "L101"), (("甲", "移住推進事業"), "L112")],
    ids=["one project", "two projects", "one of which is misspelt"],
)
def test_one_row_without_a_name_is_the_original_of_one(names: tuple[str, str], code: str) -> None:
    relisted = [row(2, names[0], **BARE), row(3, names[1], "2イ", **BARE)]
    result = merged(row(1, "", "1ア"), *relisted, row(4, "移住促進事業"))
    assert (code, 2) in codes(result)


@pytest.mark.parametrize(
    ("measure", "budget"), [("経済部　計", 9), ("1ア", None)], ids=["a total", "no content"]
)
def test_what_says_nothing_of_a_project_is_no_original(measure: str, budget: int | None) -> None:
    nothing = row(1, "", measure, **{**NAME_ALONE, "budget": budget})
    result = merged(nothing, row(2, "甲", **BARE))
    assert {f.code for f in result.findings} & {"L101", "L112"} == {"L101"}


@pytest.mark.parametrize("marked", [RE, {}], ids=["relisted", "unmarked"])
def test_a_row_of_an_unknown_department_is_nobody_elses(marked: dict[str, str]) -> None:
    rows = [row(1, "甲", "1ア"), row(2, "甲", **marked, **OF_NOBODY)]
    assert {f.code for f in merged(*rows).findings} & {"L107", "R117"} == {"R117"}
    rows = [row(1, "甲", "1ア", **OF_NOBODY), row(2, "甲", department=N, **marked)]
    assert {f.code for f in merged(*rows).findings} & {"L107", "R117"} == {"R117"}


def test_a_form_without_a_required_column_is_told_once() -> None:
    """It was distributed before the office added the field."""
    strategy = strategy_of(fields=[("財源", "独自", "文字", "はい")])
    old = [row(1, "甲"), row(2, "乙"), row(3, "丙", department=N, own_1=None)]
    found = [f for f in merged(*old, strategy=strategy).findings if f.code == "R119"]
    assert sorted((f.place.row_id, f.place.cell) for f in found) == [(1, ""), (3, "M7")]
    told = next(f for f in found if f.place.row_id == 1)
    assert "『事業』に、事務局が必須とした財源の列がありません" in told.message
    assert "『財源』と入力し" in told.cure


@pytest.mark.parametrize("cells", [{"budget": "約15,000"}, {"number": "一"}])
def test_what_cannot_be_read_is_told_with_the_name_of_its_project(cells: dict[str, str]) -> None:
    found = [f for f in merged(row(1, "甲", **cells)).findings if f.code in ("R105", "R108")]
    assert [f.subject for f in found] == ["甲"]


def test_yen_are_rounded_half_up_in_what_is_suggested() -> None:
    result = merged(row(1, "甲", budget=12_500, previous_budget=12))
    assert "正しくは13" in one(result, "R114").cure


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


@pytest.mark.parametrize(
    ("original", "code", "asked"),
    [
        ({"budget_kind": "補助"}, "R118", False),
        ({"budget": -5}, "R106", False),
        ({"relevance": "△"}, "R103", True),
        ({}, "", True),
    ],
)
def test_figures_are_compared_when_the_originals_is_right(
    original: dict[str, Any], code: str, asked: bool
) -> None:
    result = merged(row(1, "甲", "1ア", **original), row(2, "甲", "2ア", budget=999, **RE))
    found = {f.code for f in result.findings}
    assert ("L103" in found) == asked
    assert ("L112" in found) == (code in found) == bool(code)


# --- lines that are no projects -------------------------------------------------------------------

NAME_ALONE = {"number": None, "relevance": None, "budget": None, "description": None}


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("※予算は見込額です。", {}),
        ("（以下余白）", {}),
        ("12事業", {"number": "計", "note": "再掲を含む"}),
        ("合　計", {"budget": 12345}),
        ("純計", {"budget": 12345}),
        ("再　計", {"budget": 12345}),
        ("（うち再掲）", {"budget": 345}),
        ("うち再掲", {"budget": 345}),
        ("再掲を除く計", {"budget": 12000}),
        ("再掲を含む計", {"budget": 12345}),
        ("担い手育成事業", {"number": 3}),
        ("該当なし", {}),
        ("（該当事業なし）", {}),
        ("【事業なし】", {}),
    ],
)
def test_a_line_with_a_name_alone_is_asked_about_once(name: str, cells: dict[str, Any]) -> None:
    result = merged(row(1, "甲"), row(2, name, "", **{**NAME_ALONE, **cells}))
    [item] = [f for f in result.findings if is_error(f)]
    assert (item.code, item.place.row_id, item.place.field) == ("R101", 2, "name")
    assert "行ごと削除" in item.cure
    [held] = result.held
    assert (held.raw.row_id, held.findings) == (2, (item,))


@pytest.mark.parametrize(
    ("department", "is_note"),
    [(f"{E}・産業・労働部", False), ("産業・労働部・観光・文化部", False), ("以下余白", True)],
)
def test_a_row_of_departments_alone_is_no_note(department: str, is_note: bool) -> None:
    """Neither name nor 施策: a department or several are what the form was prefilled with."""
    strategy = strategy_of(departments=[(1, E), (2, "産業・労働部"), (3, "観光・文化部")])
    blank = {"relevance": None, "description": None, "budget": None}
    lone = row(2, "", "", department, file=f"{E}.xlsx", **blank)
    assert notes.is_no_project(lone, strategy) is is_note


@pytest.mark.parametrize(
    ("beside", "ticks"),
    [([], True), ([row(1, "甲", category="終了")], True), ([row(1, "甲")], False)],
    ids=["alone", "beside what has ended", "beside a project"],
)
def test_that_there_is_no_project_is_to_be_said_where_there_is_none(
    beside: list[RawRow], ticks: bool
) -> None:
    """Beside a project, F208 would ask to take 該当なし away again."""
    item = one(merged(*beside, row(2, "該当なし", "", **NAME_ALONE)), "R101")
    assert ("「該当なし」を選んで" in item.cure) is ticks


@pytest.mark.parametrize(
    ("name", "ticks"),
    [("事業なし", True), ("（該当する事業なし）", True), ("該当事業なし", True), ("同上", False)]
    + [(name, True) for name in ("【該当なし】", "［該当なし］", "該当なし。", "《該当なし》。")],
)
def test_no_project_is_no_name_of_one(name: str, ticks: bool) -> None:
    result = merged(row(1, "甲"), row(2, name, description="該当する事業はありません。"))
    item = one(result, "R102")
    assert (item.value, item.place.row_id) == (name, 2)
    assert ("「該当なし」を選んで" in item.cure) is ticks
    assert [r.raw.row_id for r in result.held] == [2]


@pytest.mark.parametrize("name", ["該当なし", "（合計）"])
@pytest.mark.parametrize(
    "cells", [{}, {"budget_kind": "未定"}, {"relevance": "△", "budget": "約5"}]
)
def test_a_row_that_is_to_be_deleted_is_asked_nothing_else(
    name: str, cells: dict[str, Any]
) -> None:
    typed = {**NAME_ALONE, **cells}
    result = merged(row(1, "甲"), row(2, name, number=9), row(3, name, "2イ", **typed))
    assert codes(result) == [("R102", 2), ("R102", 3)]
    fields = dict(STRATEGY.field_by_name)
    form = {**dict.fromkeys(fields), **typed, "measure": STRATEGY.measures[0].option, "name": name}
    assert check_text(STRATEGY, form).startswith(fields["name"].label)


def test_a_row_that_may_be_a_project_is_told_everything_at_once() -> None:
    result = merged(row(1, "甲"), row(2, "仮称", "2イ", **NAME_ALONE))
    assert {code for code, _ in codes(result)} == {"R102", "R103", "R104", "R109"}


@pytest.mark.parametrize(
    ("typed", "example"),
    [("5件", "5"), ("約1,000", "1000"), (1.5, "2"), ("-3人", "-3"), ("▲3人", "-3"), ("数件", "")],
)
def test_the_example_of_an_own_integer_is_what_was_typed(typed: object, example: str) -> None:
    strategy = strategy_of(fields=[("件数", "独自", "整数")])
    item = one(merged(row(1, "甲", own_1=typed), strategy=strategy), "R105")
    assert item.expected == example
    assert f"整数を、数字だけで入力してください（例：{example or 5}）" in item.cure


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"measure": "2ア"}, "R103"),
        ({"relevance": "◎"}, "R101"),
        ({"budget": 5}, "R101"),
        ({"description": "内容。"}, "R101"),
        ({"relisted": "再掲"}, "R101"),
    ],
)
def test_a_line_with_more_than_a_name_is_a_project(cells: dict[str, Any], code: str) -> None:
    result = merged(row(1, "甲"), row(2, "乙", **{"measure": "", **NAME_ALONE, **cells}))
    assert code in {f.code for f in result.findings}
    assert all("行ごと削除" not in f.cure for f in result.findings)


def test_a_name_of_another_row_is_a_name_in_any_line() -> None:
    rows = [row(1, "甲"), row(2, "乙", number=2), row(3, "甲\n乙\n（丙）", number=3)]
    item = one(merged(*rows), "S101")
    assert (item.place.row_id, item.place.field) == (3, "name")
    assert "2つの事業名らしいもの（『甲』『乙』）" in item.message


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"measure": "合計", "budget": 12345}, "measure"),
        ({"measure": "※予算額は一般財源のみ"}, "measure"),
        ({"department": "農政部計", "budget": 12345}, "department"),
        ({"name": "10事業　計", "budget": 12345}, "name"),
        ({"budget": 12345}, "budget"),
        ({"budget": "12,345", "number": 3}, "budget"),
        ({"description": "以上のほか、随時実施。"}, "description"),
        ({"note": "一般財源のみ"}, "note"),
    ],
)
def test_words_that_are_no_project_may_stand_in_another_column(
    cells: dict[str, Any], field: str
) -> None:
    blank = {"measure": None, "file": "経済部.xlsx", **NAME_ALONE}
    result = merged(row(1, "甲"), row(2, **{"name": "", **blank, **cells}))
    [item] = [f for f in result.findings if is_error(f)]
    assert (item.code, item.place.row_id, item.place.field) == ("R101", 2, field)
    assert item.message.startswith(f"{item.place.label}に『{cells[field]}』")


@pytest.mark.parametrize(
    "cells",
    [
        {"measure": "2ア"},
        {"measure": "9ア", "budget": 5},
        {"department": N, "budget": 5},
        {"department": "合計", "budget": 5, "relevance": "○"},
    ],
)
def test_a_row_without_a_name_may_be_a_project(cells: dict[str, Any]) -> None:
    blank = {"measure": None, "file": "経済部.xlsx", **NAME_ALONE}
    result = merged(row(1, "甲"), row(2, **{"name": "", **blank, **cells}))
    assert "R102" in {f.code for f in result.findings}


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
        [
            row(1, "甲", "4ア", number=1),
            row(2, "乙", "1イ", number=1),
            row(3, "丙", "1ア", number=1),
        ],
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
    assert [(row.row_id, row.number) for row in result.listed] == expected
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
    assert item.target == "2ア-1 乙"  # 2ア-1 alone is two rows
    assert item.addressee == "事務局"


def test_a_project_of_two_files_is_told_to_both_with_the_others_row() -> None:
    """Nobody knows which is right: the one that was forgotten, or its owner's."""
    stale = [row(i, name, budget=64000) for i, name in enumerate("甲乙丙", 1)]
    owner = [row(i, name, file="雇用課.xlsx", budget=70000) for i, name in enumerate("甲丁戊", 4)]
    forms = [submission(stale, E, unit="商業課"), submission(owner, E, unit="雇用課")]
    result = merge(intake(forms), STRATEGY)
    one_, other = (f for f in result.findings if f.code == "L106")
    assert (one_.place.row_id, other.place.row_id) == (1, 4)
    assert "2ア-4（ファイル『雇用課.xlsx』の『事業』F8、予算70,000千円）にも" in one_.message
    assert "この行は、予算64,000千円です" in one_.message
    assert "2ア-1（ファイル『経済部.xlsx』の『事業』F5、予算64,000千円）" in other.message
    for item in (one_, other):
        assert "担当でないほうだけが、行を削除します" in item.cure
        assert (item.severity, item.addressee) == ("要修正", "部局")
    assert {f.file: f.outcome for f in result.files} == dict.fromkeys(
        ("経済部.xlsx", "雇用課.xlsx"), "accepted"
    )
    assert result.departments[0].errors == 2
    item = one(merged(row(1, "甲"), row(2, "甲")), "L106")
    assert (item.place.row_id, "ファイル" in item.text) == (2, False)


def test_a_project_twice_in_each_of_two_files() -> None:
    """The second row of a file is its own affair."""
    undecided = {"budget": None, "budget_kind": "未定"}
    here = [row(1, "甲"), row(2, "甲")]
    there = [row(3, "甲", file="b.xlsx"), *(row(n, f"乙{n}", file="b.xlsx") for n in (5, 6))]
    last = [row(n, f"丙{n}", file="c.xlsx") for n in (7, 8)]
    last.append(row(4, "甲", file="c.xlsx", **undecided))
    forms = [submission(here, E), submission(there, E, unit="b"), submission(last, E, unit="c")]
    found = [f for f in merge(intake(forms), STRATEGY).findings if f.code == "L106"]
    assert [f.place.row_id for f in found] == [1, 2, 3, 4]
    assert "2ア-3（ファイル『b.xlsx』" in found[0].message
    assert "2ア-4（ファイル『c.xlsx』の『事業』F8、予算は未定）" in found[0].message
    assert "記入したところの間で確かめてください" in found[0].cure  # more than two: no 双方
    assert found[1].message == "『甲』は、同じ施策の2ア-1（『事業』F5）にもあります。"


def test_a_row_that_the_office_adds_beside_a_departments_is_the_offices() -> None:
    added = replace(row(9, "甲", file=OFFICE, number=7), sheet="追加")
    item = one(merged(row(1, "甲"), office=office(added=[added])), "L106")
    assert item.place.file == OFFICE
    assert "『追加』の行を削除してください" in item.cure


def test_amounts_beside_one_in_yen_are_asked_about_too() -> None:
    """In the first year nothing else betrays 3,500,000, which is below the limit."""
    rows = [
        row(1, "甲", budget=12_000_000),
        row(2, "乙", budget=3_500_000),
        row(3, "丙", budget=42),
    ]
    other = row(4, "丁", department=N, budget=3_500_000)
    asked = [f for f in merged(*rows, other).findings if f.code == "R114"]
    assert [f.place.row_id for f in asked] == [1, 2]
    assert "正しくは3,500" in asked[1].cure
    assert codes(merged(row(1, "乙", budget=3_500_000))) == []


# --- what follows from something else -------------------------------------------------------------


def gap(*more: RawRow) -> Codes:
    rows = [row(1, "甲", number=1), row(2, "乙", number=3), row(3, "丙", "3ア", number=1)]
    return [c for c in codes(merged(*rows, *more)) if c[0] == "L109"]


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({"name": "", "number": 2}, False),  # held in the measure itself
        ({"name": "", "number": 4}, True),
        ({"name": "", "number": None}, True),
        ({"name": "丁", "number": "二"}, False),  # refused
        ({"name": "", "number": "二"}, False),
        ({"name": "丁", "number": 0}, False),
        ({"name": "丁", "measure": "9ア", "number": 2}, False),
        ({"name": "丁", "measure": "9ア", "number": 9}, True),  # it fills no gap here
        ({"name": "丁", "measure": None, "number": None}, True),
        ({"name": "", "measure": "3ア", "number": 2}, True),  # held in another measure
        ({"name": "丁", "measure": "3ア", "number": "二"}, True),
        ({"name": "以上", "measure": None, "number": 2} | NAME_ALONE, True),  # no project
    ],
)
def test_a_gap_that_a_waiting_row_may_fill_is_not_asked_about(
    held: dict[str, Any], told: bool
) -> None:
    assert gap() == [("L109", 1)]
    assert gap(row(4, **held)) == ([("L109", 1)] if told else [])


def test_a_gap_that_nothing_fills_is_told_beside_one_that_a_held_row_fills() -> None:
    rows = [row(1, "甲", number=1), row(2, "乙", number=5)]
    item = one(merged(*rows, row(3, "", number=4)), "L109")
    assert item.value == "2〜3"
    item = one(merged(*rows, row(3, "丁", number="二")), "L109")
    assert item.value == "2〜4"


def test_a_gap_that_is_confirmed_stays_so_while_rows_are_held() -> None:
    """O103 would let the office delete a confirmation that is needed again."""
    rows = [row(1, "甲", number=1), row(2, "乙", number=3)]
    confirmed = office(confirmed=[("L109", "2ア", "2")])
    assert one(merged(*rows, office=confirmed), "L109").acknowledged
    result = merged(*rows, row(3, "", number=2), office=confirmed)
    assert {f.code for f in result.findings} == {"R102"}


def test_a_copied_sheet_is_told_once() -> None:
    rows = [row(n, f"事業{n}", number=n) for n in (1, 2, 3)]
    again = [replace(row(n + 9, f"事業{n}", number=n), sheet="事業 (2)") for n in (1, 2, 3)]
    result = merged(*rows, *again)
    item = one(result, "L106")
    assert codes(result) == [("L106", 10)]
    assert "シート『事業 (2)』の3行は、ほかのシートにもある事業です" in item.message
    assert "シートごと削除" in item.cure


def test_of_a_row_that_stands_twice_the_number_is_not_asked_about() -> None:
    assert codes(merged(row(1, "甲"), row(2, "甲", number=1))) == [("L106", 2)]
    assert codes(merged(row(1, "甲"), row(2, "乙", number=1))) == [("L108", 1)]


def test_rows_that_were_parsed_early_make_the_same_list() -> None:
    """Once: the list changes its rows, so a second list parses them anew."""
    forms, strategy = example_submissions(), example_strategy()
    early = EarlyRows(strategy)
    for form in forms:
        early.add(form)
    plain = merge(intake(forms), strategy)
    assert merge(intake(forms), strategy, early=early) == plain
    assert merge(intake(forms), strategy, early=early) == plain


def test_a_row_that_is_another_one_by_now_is_parsed_anew() -> None:
    early = EarlyRows(STRATEGY)
    before, now = good(1), good(1, name="別の事業")
    early.add(submission([before]))
    assert early.take(now, "経済部") is None
    early.add(submission([before]))
    assert early.take(before, "農政部") is None
    early.add(submission([before]))
    parsed = early.take(before, "経済部")
    assert parsed is not None
    assert parsed[0].raw is before
    assert early.take(before, "経済部") is None
