"""What the office decides: corrections, rows it adds or withholds, confirmations."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from sousei_xl import text
from sousei_xl.figures.totals import totals
from sousei_xl.findings import excerpt, joined_targets
from sousei_xl.rules.merge.confirmations import acknowledge_findings
from sousei_xl.rules.records import Ledger, ProjectRow, RawRow
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
    merged,
    office,
    one,
    originals,
    row,
    strategy_of,
    value,
)

YES, NO, LOST, WRONG = "適用", "不適用", "対象なし", "記入誤り"
B = "予算事業費"
LAST_YEAR = "平成29年度は、する。"


def replace_number(raw: RawRow, by: int) -> RawRow:
    """The row, moved down in its measure."""
    return replace(raw, values={**raw.values, "number": raw.values["number"] + by})


def fix(field: str, before: Any, after: Any, target: str = "2ア-1") -> tuple[Any, ...]:
    """A row of 修正."""
    return target, "修正", field, before, after


# (what it is, row 1 of 2ア, correction, outcome, findings, values afterwards)
CORRECTIONS: list[tuple[str, dict[str, Any], tuple[Any, ...], str, Codes, dict[str, Any]]] = [
    ("amount", {}, fix(B, 1000, 900), YES, [], {"budget": 900}),
    ("full heading", {}, fix("予算事業費（千円）", 1000, 900), YES, [], {"budget": 900}),
    ("before as printed", {"budget": 5335}, fix(B, "5,335", 9), YES, [], {"budget": 9}),
    ("before with unit", {"budget": 5335}, fix(B, "５，３３５千円", 9), YES, [], {"budget": 9}),
    ("before as float", {"budget": 5335}, fix(B, 5335.0, 9), YES, [], {"budget": 9}),
    ("after as text", {}, fix(B, "1000", "900"), YES, [], {"budget": 900}),
    ("after with comma", {}, fix(B, 1000, "1,900"), YES, [], {"budget": 1900}),
    ("after with unit", {}, fix(B, 1000, "1,900千円"), YES, [("A101", 1)], {"budget": 1900}),
    ("target in full width", {}, fix(B, 1000, 9, target="２ア－１"), YES, [], {"budget": 9}),
    ("target with a long dash", {}, fix(B, 1000, 9, target="2アー1"), YES, [], {"budget": 9}),
    ("target with name", {}, fix(B, 1000, 9, target="2ア-1 甲"), YES, [], {"budget": 9}),
    (
        "target with another name",
        {},
        fix(B, 1000, 9, target="2ア-1 乙"),
        LOST,
        [("O101", None)],
        {"budget": 1000},
    ),
    (
        "blank number, with name",
        {"number": None},
        fix(B, 1000, 9, target="2ア 甲"),
        YES,
        [("A105", 1)],
        {"budget": 9},
    ),
    (
        "given number, with name",
        {"number": None},
        fix(B, 1000, 9, target="2ア-1 甲"),
        YES,
        [("A105", 1)],
        {"budget": 9},
    ),
    (
        "blank number, number alone",
        {"number": None},
        fix(B, 1000, 9),
        LOST,
        [("A105", 1), ("O101", None)],
        {},
    ),
    ("no such row", {}, fix(B, 1000, 9, target="2ア-9"), LOST, [("O101", None)], {"budget": 1000}),
    ("no such measure", {}, fix(B, 1000, 9, target="9ア-1"), LOST, [("O101", None)], {}),
    ("no target", {}, fix(B, 1000, 9, target=""), LOST, [("O101", None)], {}),
    ("no such operation", {}, ("2ア-1", "削除", "", None, None), WRONG, [("O101", None)], {}),
    ("no such field", {}, fix("事業費", 1000, 9), WRONG, [("O101", None)], {}),
    ("stale", {}, fix(B, 999, 9), NO, [("O102", None)], {"budget": 1000}),
    ("before left blank", {}, fix(B, None, 9), NO, [("O102", None)], {"budget": 1000}),
    ("done already", {}, fix(B, 999, 1000), NO, [("O103", None)], {"budget": 1000}),
    ("done already, differently spelt", {}, fix(B, 999, "1,000"), NO, [("O103", None)], {}),
    (
        "heals an unreadable amount",
        {"budget": "不明"},
        fix(B, "不明", 9),
        YES,
        [],
        {"budget": 9, "marked": False},
    ),
    ("heals a blank amount", {"budget": None}, fix(B, None, 9), YES, [], {"budget": 9}),
    (
        "heals a mark",
        {"relevance": "△"},
        fix("関連性", "△", "〇"),
        YES,
        [("A101", 1)],
        {"relevance": "○"},
    ),
    (
        "heals a text",
        {"description": None},
        fix("事業内容", None, "本文"),
        YES,
        [],
        {"description": "本文"},
    ),
    ("makes it worse", {}, fix(B, 1000, "未確認"), YES, [("R105", 1)], {"marked": True}),
    (
        "relisted by its name alone, marked",
        {"name": "甲（再掲）"},
        fix("再掲", None, "再掲"),
        YES,
        [("A101", 1), ("L101", 1)],
        {"relisted": True, "name": "甲"},
    ),
    ("to 未定", {}, fix(B, 1000, "未定"), YES, [("A106", 1), ("R116", 1)], {"budget": None}),
    ("name", {}, fix("事業名", "甲", "甲事業"), YES, [], {"name": "甲事業"}),
    (
        "spelling of a name",
        {"name": "ＩＣＴ推進"},
        fix("事業名", "ＩＣＴ推進", "ICT推進"),
        YES,
        [],
        {"name": "ICT推進"},
    ),
    (
        "spelling of a text",
        {"description": "平成３０年"},
        fix("事業内容", "平成３０年", "平成30年"),
        YES,
        [],
        {"description": "平成30年"},
    ),
    (
        "the mark is taken off",
        {"name": "（新）甲"},
        fix("事業名", "（新）甲", "甲"),
        YES,
        [],
        {"name": "甲", "category": ""},
    ),
    ("the same name again", {}, fix("事業名", "甲", "甲"), NO, [("O103", None)], {"name": "甲"}),
    (
        "name as it stands in another spelling",
        {"name": "甲 乙"},
        fix("事業名", "甲乙", "丙"),
        YES,
        [],
        {"name": "丙"},
    ),
    ("category", {}, fix("掲載区分", None, "新規"), YES, [], {"category": "新規"}),
    ("department", {}, ("2ア-1", "修正", "部局名", E, N), YES, [("R113", 1)], {"counted": N}),
    ("to another measure", {}, fix("施策", "2ア", "1ア"), YES, [], {"measure": "1ア", "goal": 1}),
    (
        "measure by its option",
        {"measure": "2ア"},
        fix("施策", "2ア 移住環境", "1ア"),
        YES,
        [],
        {"measure": "1ア"},
    ),
    (
        "heals a held row by its name",
        {"measure": None},
        fix("施策", None, "2ア", target="甲"),
        YES,
        [],
        {"measure": "2ア"},
    ),
    (
        "heals a held row by what the finding shows",
        {"measure": "9ア"},
        fix("施策", "9ア", "2ア", target="9ア-1"),
        YES,
        [],
        {"measure": "2ア"},
    ),
    (
        "heals a held row without name",
        {"name": None},
        fix("事業名", None, "甲"),
        YES,
        [],
        {"name": "甲"},
    ),
    ("order", {}, ("2ア-1", "順番", "", None, 3), YES, [("L109", 1)], {"number": 3}),
    (
        "order with its former value",
        {},
        ("2ア-1", "順番", "番号", 1, "３"),
        YES,
        [("L109", 1)],
        {"number": 3},
    ),
    ("order, stale", {}, ("2ア-1", "順番", "番号", 2, 3), NO, [("O102", None)], {"number": 1}),
    (
        "order, done already",
        {},
        ("2ア-1", "順番", "", None, 1),
        NO,
        [("O103", None)],
        {"number": 1},
    ),
    (
        "order without number",
        {},
        ("2ア-1", "順番", "", None, "最後"),
        WRONG,
        [("O101", None)],
        {"number": 1},
    ),
    ("order to zero", {}, ("2ア-1", "順番", "", None, 0), WRONG, [("O101", None)], {"number": 1}),
]


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


@pytest.mark.parametrize(("wanted", "order"), [(1, [3, 1, 2]), (2, [1, 3, 2]), (9, [1, 2, 3])])
def test_the_offices_order_holds_where_numbers_are_given_automatically(
    wanted: int, order: list[int]
) -> None:
    rows = [row(i, name, number=None) for i, name in ((1, "甲"), (2, "乙"), (3, "丙"))]
    sheet = office(("2ア 丙", "順番", "", None, wanted))
    result = merged(*rows, office=sheet, strategy=strategy_of(settings=AUTO))
    assert [row.row_id for row in result.listed] == order
    assert [row.number for row in result.listed] == [1, 2, 3]


def test_a_stale_correction_says_both_values() -> None:
    item = one(merged(row(1, "甲"), office=office(("2ア-1", "修正", "予算事業費", 999, 9))), "O102")
    told = "2ア-1『甲』の予算事業費（千円）は、今『1000』です。修正前の『999』と異なる"
    assert told in item.message
    assert (item.severity, item.addressee, item.place.file) == ("要確認", "事務局", OFFICE)


# --- a number that is another project's in the next round -----------------------------------------

FIRST = [row(1, "甲", number=1), row(2, "乙", number=2, budget=900)]
# The department has put a row before them.
NEXT = [row(3, "丙", number=1, budget=800), *(replace_number(r, 1) for r in FIRST)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("2ア-1", "修正", B, 1000, 700), "O102"),
        (("2ア-1", "修正", B, 1000, 800), "O103"),
        (("2ア-1", "掲載しない", "", "甲", None), "O102"),
    ],
)
def test_a_number_that_is_another_projects_now_is_told_with_its_name(
    asked: tuple[Any, ...], found: str
) -> None:
    assert [c.status for c in merged(*FIRST, office=office(asked)).corrections] == [YES]
    result = merged(*NEXT, office=office(asked))
    [outcome] = result.corrections
    assert (outcome.status, outcome.subject, outcome.row_id) == (NO, "丙", 3)
    item = one(result, found)
    assert "『丙』" in item.message
    assert item.subject == "丙"
    assert "別の事業になっていれば、対象を『3ア-5 事業名』のように直してください。" in item.cure
    assert {r.name: r.budget for r in result.listed} == {"甲": 1000, "乙": 900, "丙": 800}


@pytest.mark.parametrize("target", ["2ア-1 甲", "2ア 甲", "2ア-9 甲"])
def test_a_project_that_has_moved_to_another_measure_is_told_where_it_is(target: str) -> None:
    """Also where another project has its number now, which is not to be touched. But the row may
    be gone, and its original have stood there all the time: that is not to be withheld."""
    rows = [row(1, "乙", "2ア", number=1), row(2, "甲", "1ア", number=4)]
    deleted = "部局が行を消したのであれば、この『修正』の行を削除してください。"
    moved = "施策が変わったのであれば、対象を『1ア-4 甲』と書いてください"
    for asked, cure in (
        ((target, "掲載しない", "", None, None), f"{deleted}{moved}（その行が一覧から外れます）。"),
        ((target, "修正", B, 1000, 9), f"{moved}。{deleted}"),
    ):
        item = one(merged(*rows, office=office(asked)), "O101")
        assert "『甲』の行は、『1ア-4 甲』だけです。" in item.message
        assert item.cure == cure
    done = merged(*rows, office=office(("1ア-4 甲", "掲載しない", "", None, None)))
    assert [r.name for r in done.withdrawn] == ["甲"]


def test_what_has_moved_is_told_of_the_only_row_of_a_department_that_has_the_name() -> None:
    asked = ("2ア 甲", "掲載しない", "", None, None)
    several = merged(row(1, "甲", "1ア"), row(2, "甲", "3ア", **RE), office=office(asked))
    own = office(asked, added=[added(9, "甲", measure="1ア")])
    for result in (several, merged(row(1, "乙"), office=own)):
        assert "だけです" not in one(result, "O101").message


@pytest.mark.parametrize(
    ("target", "write"),
    [
        ("2ア-1 甲、2ア-2 乙", "2ア-1 甲"),
        ("2ア-1、2ア-2", "2ア-1 甲"),
        ("2ア-9 丙、2ア-2 乙、2ア-1 甲、2ア-8 丁 ほか3件", "2ア-2 乙"),
        ("2ア-1 甲、2ア-9 丙", ""),
    ],
)
def test_a_line_of_several_rows_is_told_to_be_split(target: str, write: str) -> None:
    item = one(merged(*FIRST, office=office((target, "修正", "関連性", "◎", "○"))), "O101")
    split = f"修正は1行に1事業です。『{write}』のように、1事業ごとに行を分けて書いてください。"
    assert (item.cure == split) is bool(write)


def test_rows_are_named_once_however_many_corrections_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[str] = []

    def spied(row: ProjectRow) -> str:
        named.append(row.name or "")
        return f"{row.name}（{row.submitter}）"

    monkeypatch.setattr("sousei_xl.rules.merge.office._with_department", spied)
    gone = [(f"2ア なくなった事業{i}", "掲載しない", "", None, None) for i in range(5)]
    result = merged(*FIRST, office=office(*gone))
    assert [c.status for c in result.corrections] == [LOST] * 5
    assert sorted(named) == ["乙", "甲"]


def test_what_names_its_project_is_not_asked_whether_it_means_another() -> None:
    for after in (800, 1000):
        asked = ("2ア-1 甲", "修正", B, 999, after)
        [item] = [f for f in merged(*FIRST, office=office(asked)).findings if f.code[0] == "O"]
        assert "別の事業" not in item.text


def test_a_name_beside_a_number_stays_with_its_project() -> None:
    asked = ("2ア-1 甲", "修正", B, 1000, 700)
    for rows in (FIRST, NEXT):
        result = merged(*rows, office=office(asked))
        assert {r.name: r.budget for r in result.listed if r.budget != 800} == {
            "甲": 700,
            "乙": 900,
        }
    renamed = row(1, "甲事業", number=1)
    result = merged(renamed, FIRST[1], office=office(asked))
    item = one(result, "O101")
    assert "2ア-1は、今『甲事業』です。" in item.message
    assert "『2ア-1 甲事業』と書いてください" in item.cure
    assert value(result, 1, "budget") == 1000


MOVES = [
    ("2ア-1", "修正", "施策", "2ア", "3ア"),
    ("2ア-1", "順番", "", 1, 4),
    ("2ア-1", "修正", "事業名", "甲", "丁"),
]


@pytest.mark.parametrize("moved", [[m] for m in MOVES] + [MOVES, MOVES[:2], MOVES[::2]])
def test_what_is_shown_as_the_target_of_a_row_is_taken_wherever_the_office_has_put_it(
    moved: list[tuple[Any, ...]],
) -> None:
    """By 修正 and by 確認済, also where another project has its former place or name in print."""
    rows = [
        row(1, "甲", number=1, description=LAST_YEAR),
        row(2, "乙", number=4),
        row(3, "丙", "3ア", number=1),
    ]
    before = merged(*rows, office=office(*moved))
    target = one(before, "R115").target
    assert before.written[1] == target
    confirmed = [("R115", target, LAST_YEAR)]
    again = merged(*rows, office=office(*moved, (target, "修正", B, 1000, 7), confirmed=confirmed))
    assert {r.row_id: r.budget for r in again.listed} == {1: 7, 2: 1000, 3: 1000}
    assert one(again, "R115").acknowledged
    assert [f.code for f in again.findings if f.code[0] == "O"] == []


@pytest.mark.parametrize(
    ("moved", "printed"),
    [(MOVES[0], "3ア-1"), (MOVES[0], "3ア-1 甲"), (MOVES[1], "2ア-4"), (MOVES[2], "2ア-1 丁")],
)
def test_a_row_that_is_named_as_the_office_has_put_it_is_told_what_to_write(
    moved: tuple[Any, ...], printed: str
) -> None:
    asked = ("修正", B, 1000, 7)
    result = merged(row(1, "甲", number=1), office=office(moved, (printed, *asked)))
    item = one(result, "O101")
    assert "『事務局修正』で直した後の書き方です" in item.message
    [write] = re.findall("『(2ア.*)』", item.cure)
    result = merged(row(1, "甲", number=1), office=office(moved, (write, *asked)))
    assert value(result, 1, "budget") == 7


@pytest.mark.parametrize("numbers", [(1, 1), (1, None), (None, None)])
def test_the_departments_row_gives_way_to_an_added_one_as_l106_says(
    numbers: tuple[int | None, int | None],
) -> None:
    rows = [row(1, "甲", number=numbers[0])]
    sheet = {"added": [added(9, "甲", number=numbers[1], budget=5)]}
    told = one(merged(*rows, office=office(**sheet)), "L106")
    [target] = re.findall("対象は『(.*?)』", told.cure)
    for said in {target, "2ア 甲", f"2ア 甲（{E}）", target.removesuffix(" 甲")} - {"2ア"}:
        result = merged(*rows, office=office((said, "掲載しない", "", None, None), **sheet))
        assert [r.row_id for r in result.listed] == [9], said
        assert not result.is_draft, said


def test_a_confirmation_by_name_does_not_pass_to_the_project_that_has_its_number_now() -> None:
    rows = [row(1, "甲", number=1, budget=None, budget_kind="未定"), row(2, "乙", number=2)]
    target = one(merged(*rows), "R116").target
    assert target == "2ア-1 甲"
    for said in (target, "2ア-1"):
        assert one(
            merged(*rows, office=office(confirmed=[("R116", said, "未定")])), "R116"
        ).acknowledged
    swapped = [row(1, "甲", number=2), row(2, "乙", number=1, budget=None, budget_kind="未定")]
    result = merged(*swapped, office=office(confirmed=[("R116", target, "未定")]))
    assert not one(result, "R116").acknowledged
    assert "今はありません" in one(result, "O103").message


def test_a_withheld_row_is_known_by_its_name_in_any_spelling() -> None:
    for typed in ("甲", "（新）甲", " 甲"):
        result = merged(*FIRST, office=office(("2ア-1", "掲載しない", "事業名", typed, None)))
        assert [w.name for w in result.withdrawn] == ["甲"], typed


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
        ("2ア-1", "修正", "事業名", "甲", "乙"),
        ("2ア-1", "修正", "事業名", "乙", "丙"),
    )
    result = merged(row(1, "甲"), office=sheet)
    assert [c.status for c in result.corrections] == [YES] * 6
    assert [(r.name, r.former_name) for r in result.listed] == [("丙", "甲")]
    assert value(result, 1, "budget") == 800
    assert value(result, 1, "measure") == "1ア"
    assert value(result, 1, "relevance") == "○"


def test_a_row_is_found_by_what_was_submitted_however_it_was_corrected() -> None:
    """Also where the name is what tells it from another row."""
    rows = [row(1, "甲", number=4), row(2, "乙", number=4), row(3, "丙", number=None)]
    sheet = office(
        ("2ア-4 甲", "修正", "事業名", "甲", "丁"),
        ("2ア-4 甲", "修正", "予算事業費", 1000, 900),
        ("2ア 丙", "順番", "", None, 7),
        ("2ア 丙", "修正", "予算事業費", 1000, 800),
    )
    result = merged(*rows, office=sheet)
    assert [c.status for c in result.corrections] == [YES] * 4
    assert [value(result, 1, n) for n in ("name", "budget")] == ["丁", 900]
    assert [value(result, 3, n) for n in ("number", "budget")] == [7, 800]


def test_a_number_that_the_list_gave_means_the_row_of_that_name_without_one() -> None:
    rows = [row(1, "甲", number=5), row(2, "甲", number=None)]
    result = merged(*rows, office=office(fix(B, 1000, 9, "2ア-3 甲")))
    assert {r.row_id: r.budget for r in result.listed} == {1: 1000, 2: 9}


@pytest.mark.parametrize("moved", [[], [("2ア-3", "順番", "", 3, 1)]])
def test_an_ambiguous_target_asks_for_the_name(moved: list[tuple[Any, ...]]) -> None:
    """Also where the office has given the number to one more row."""
    rows = [row(1, "甲", number=1), row(2, "乙", number=1), row(3, "丙", number=3)]
    result = merged(*rows, office=office(*moved, ("2ア-1", "修正", "予算事業費", 1000, 9)))
    item = one(result, "O101")
    assert "当てはまる行が2行あります" in item.message
    assert item.severity == "要修正"
    assert result.is_draft
    result = merged(*rows, office=office(("2ア-1 乙", "修正", "予算事業費", 1000, 9)))
    assert value(result, 2, "budget") == 9
    assert value(result, 1, "budget") == 1000


def test_a_correction_of_an_original_reaches_its_relisted_rows() -> None:
    rows = [
        row(1, "甲", "1ア"),
        row(2, "甲", "2ア", **BARE),
        row(3, "甲", "3ア", budget=1000, **RE),
    ]
    result = merged(*rows, office=office(("1ア-1", "修正", "予算事業費", 1000, 900)))
    assert [value(result, i, "budget") for i in (1, 2, 3)] == [900, 900, 900]
    assert ("A104", 3) in codes(result)  # nobody is asked about what the office has decided


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("事業名", "甲 乙", "甲乙"),
        ("事業内容", None, "別の文章。"),
        ("予算区分", None, "未定"),
        (B, 1000, 900),
        ("部局名", E, f"{E}・{N}"),
        ("部局名", E, N),
        ("掲載区分", None, "新規"),
        ("財源", None, "国"),
    ],
)
def test_what_a_relisted_row_repeats_is_corrected_in_its_original(
    field: str, before: Any, after: Any
) -> None:
    """Not applied, whoever reads it as done; the original is named as what to write."""
    strategy = strategy_of(fields=[("財源", "独自", "文字")])
    rows = [row(1, "甲 乙", "1ア"), row(2, "甲 乙", "2ア", **{**BARE, "budget": 1000})]
    plain = merged(*rows, strategy=strategy)
    result = merged(*rows, office=office(fix(field, before, after, "2ア-2")), strategy=strategy)
    [applied] = result.corrections
    assert (applied.status, result.listed) == (NO, plain.listed)
    assert "L107" not in {f.code for f in result.findings}  # another department is not printed
    item = one(result, "O103")
    assert f"その{field}には初出（1ア-1 甲 乙）のものが載ります。この修正は適用して" in item.message
    assert (item.cure, item.addressee) == (
        "直すのであれば、対象を『1ア-1 甲 乙』と書いてください。",
        "事務局",
    )
    assert item.place.cell == "A5"


@pytest.mark.parametrize("name", ["A事業", "Ａ事業"])
def test_a_correction_that_a_relisted_row_keeps_is_applied(name: str) -> None:
    """What is its own, what makes it find its original, and what the original says as well."""
    rows = [row(1, "A事業", "1ア"), row(2, "丙", "2ア", budget=5, relisted="再掲")]
    sheet = office(
        fix("事業名", "丙", name, "2ア-2"),
        fix(B, 5, 1000, "2ア-2"),
        fix("関連性", "◎", "○", "2ア-2"),
    )
    result = merged(*rows, office=sheet)
    assert [c.status for c in result.corrections] == [YES] * 3
    assert originals(result) == {2: 1}
    assert "O103" not in {f.code for f in result.findings}


def test_a_mark_that_is_taken_away_from_an_equal_row_is_not_applied() -> None:
    rows = [row(1, "甲", "1ア"), row(2, "甲", "2ア", **RE)]
    result = merged(*rows, office=office(fix("再掲", "再掲", None, "2ア-2")))
    assert [c.status for c in result.corrections] == [NO]
    assert "同じ部局の同じ事業名が『1ア-1 甲』にあるため、再掲として" in one(result, "O103").message
    assert "L105" not in {f.code for f in result.findings}  # as if nobody had marked it


def test_rows_that_relist_an_original_follow_its_corrected_name() -> None:
    rows = [row(1, "甲", "1ア"), row(2, "甲", "2ア", **RE)]
    result = merged(*rows, office=office(("1ア-1", "修正", "事業名", "甲", "乙")))
    assert codes(result, "L109") == [("A104", 2)]
    assert [r.name for r in result.listed] == ["乙", "乙"]
    assert [r.original for r in result.listed] == [None, 1]


@pytest.mark.parametrize(
    ("rows", "decided", "links", "told"),
    [
        (  # two projects of one name, told apart by the office
            [row(1, "甲", "1ア"), row(2, "甲", "1ア", N), row(3, "甲", "2ア", **RE)],
            [("1ア-1", "甲", "丙"), ("1ア-2", "甲", "丁")],
            {3: 1},
            [("A104", 3)],
        ),
        (
            [row(1, "甲", "1ア"), row(2, "甲", "1ア", N), row(3, "甲", "2ア", **RE)],
            [("1ア-1", "甲", "丙")],
            {3: 1},
            [("A104", 3)],
        ),
        (  # the other department's own is gone
            [
                row(1, "甲", "1ア"),
                row(2, "甲", "1ア", N, category="終了"),
                row(3, "甲", "2ア", N, **RE),
            ],
            [("1ア-1", "甲", "丙")],
            {},
            [("L111", 3)],
        ),
    ],
)
def test_a_corrected_name_is_that_of_its_department(
    rows: list[RawRow],
    decided: list[tuple[str, str, str]],
    links: dict[int, int],
    told: Codes,
) -> None:
    sheet = office(*((t, "修正", "事業名", before, after) for t, before, after in decided))
    result = merged(*rows, office=sheet)
    assert originals(result) == links
    assert codes(result, "L109") == told


def test_an_original_that_is_renamed_and_withheld_leaves_its_relisted_row() -> None:
    rows = [row(1, "甲", "1ア"), row(2, "甲", "2ア", **RE)]
    decided = (("1ア-1", "修正", "事業名", "甲", "丙"), ("1ア-1", "掲載しない", "", None, None))
    result = merged(*rows, office=office(*decided))
    assert codes(result, "L109") == [("L111", 2)]
    assert [(r.row_id, r.relisted) for r in result.listed] == [(2, False)]


def test_an_added_relisted_row_takes_the_department_of_what_is_gone() -> None:
    added = row(9, "甲", "2ア", file=OFFICE, department=None, number=None, **BARE)
    sheet = office(("1ア-1", "掲載しない", "", None, None), added=[added])
    result = merged(row(1, "甲", "1ア"), office=sheet)
    (left,) = result.listed
    assert (left.department, left.counted, left.relisted, left.budget) == (E, E, False, 1000)
    assert {f.code for f in result.findings} & {"L107", "O101"} == set()


def test_an_added_row_without_a_department_has_no_submitter_to_differ_from() -> None:
    early = added(9, "甲", measure="1ア", department=None, number=None, **BARE)
    result = merged(row(1, "甲"), office=office(added=[early]))
    assert value(result, 9, "counted") == E
    assert "R113" not in {f.code for f in result.findings}


def test_conversions_in_the_offices_sheet_are_for_nobody() -> None:
    added = row(9, "乙", "2ア", file=OFFICE, budget="１，２００", number=None)
    result = merged(row(1, "甲", "1ア"), office=office(added=[added]))
    found = [f for f in result.findings if f.place.file == OFFICE and f.severity == "自動変換"]
    assert {f.code for f in found} >= {"A101", "A105"}
    assert {f.addressee for f in found} == {"-"}


def test_the_former_name_may_be_somebody_elses_now() -> None:
    rows = [row(1, "甲", "1ア"), row(2, "甲", "2ア", **RE), row(3, "丙", "1ア", number=2)]
    decided = (("1ア-1", "修正", "事業名", "甲", "乙"), ("1ア-2", "修正", "事業名", "丙", "甲"))
    result = merged(*rows, office=office(*decided))
    assert value(result, 2, "original") == 3


def test_an_amount_that_the_office_has_corrected_is_asked_of_nobody() -> None:
    rows = [row(1, "甲", "1ア"), row(2, "甲", "2ア", **RE)]
    result = merged(*rows, office=office(("1ア-1", "修正", "予算事業費", 1000, 900)))
    assert codes(result, "L109") == [("A104", 2)]
    assert [r.budget for r in result.listed] == [900, 900]
    result = merged(*rows, office=office(("2ア-2", "修正", "予算事業費", 1000, 900)))
    assert codes(result, "L109") == [("O103", None)]


def test_undecided_by_the_office_is_said_where_the_office_wrote_it() -> None:
    result = merged(row(1, "甲"), office=office(("2ア-1", "修正", "予算事業費", 1000, "未定")))
    item = one(result, "R116")
    assert (item.place.file, item.addressee) == ("事務局修正.xlsx", "事務局")
    assert {d.state for d in result.departments if d.department == E} == {"受理"}


def test_a_row_that_the_office_withholds_needs_nothing_else() -> None:
    rows = [row(1, "甲", budget="不明", relevance=None), row(2, "乙")]
    result = merged(*rows, office=office(("2ア-1", "掲載しない", "", None, None)))
    assert [(w.name, w.reason) for w in result.withdrawn] == [("甲", "掲載しない")]
    # What else stands in its row says nothing.
    said = merged(*rows, office=office(("2ア-1", "掲載しない", "事業名", "甲", None)))
    assert said.withdrawn == result.withdrawn
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
    sheet = office(
        added=[added(2, "乙", number=2), added(3, "甲", measure="3ア", number=1, **BARE)]
    )
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
TWICE = [row(1, "甲", "1ア", number=1), row(2, "甲", number=2), row(3, "乙", number=1)]
ENDS = [row(1, "甲", number=1, description="平成29年度は、する。")]

# (what it is, rows, acknowledgement, codes acknowledged, codes of what is wrong with it)
CONFIRMATIONS: list[tuple[str, list[RawRow], tuple[str, str, str], list[str], list[str]]] = [
    ("a measure", GAP, ("L109", "2ア", "2"), ["L109"], []),
    ("in full width", GAP, ("L109", "２ア", "２"), ["L109"], []),
    ("without the value", GAP, ("L109", "2ア", ""), [], ["O103"]),
    ("without a value that there is none of", TWICE, ("L105", "2ア-2", ""), ["L105"], []),
    ("the value has changed", GAP, ("L109", "2ア", "2、4"), [], ["O103"]),
    ("another measure", GAP, ("L109", "1ウ", "2"), [], ["O103"]),
    ("a row of that measure instead", GAP, ("L109", "2ア-1", ""), [], ["O103"]),
    ("a row", OTHER, ("L107", "2ア-1", "甲"), ["L107"], []),
    ("a row with its name", OTHER, ("L107", "2ア-1 甲", "甲"), ["L107"], []),
    ("the wrong row", OTHER, ("L107", "1ア-1", "甲"), [], ["O103"]),
    ("another code", OTHER, ("L105", "2ア-1", "甲"), [], ["O103"]),
    ("no such code", OTHER, ("X999", "2ア-1", ""), [], ["O103"]),
    ("a long value", ENDS, ("R115", "2ア-1", "平成29年度は、する。"), ["R115"], []),
    ("a line of which nothing is left", ENDS, ("R115", "2ア-9 丙 ほか1件", ""), [], ["O103"]),
    ("a long value that has changed", ENDS, ("R115", "2ア-1", "平成29年度は。"), [], ["O103"]),
    ("what must be corrected", [row(1, "甲", relevance="×")], ("R103", "2ア-1", ""), [], ["O103"]),
    ("a conversion", [row(1, "甲", budget="1,000")], ("A101", "2ア-1", ""), [], ["O103"]),
]
# Of those that fit a finding of another value: what that is now.
NOW = {
    ("L109", "2ア", ""): "『2』",
    ("L109", "2ア", "2、4"): "『2』",
    ("R115", "2ア-1", "平成29年度は。"): "『平成29年度は、する。』",
}


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
    status = "当てはまる指摘なし" if problems else "確認済"
    now = NOW.get(confirmed, "")
    expected = [("値が変わった" if now else status, now)]
    assert [(a.status, a.current) for a in result.acknowledgements] == expected
    assert len(result.findings) == len(before.findings) + len(problems)
    assert result.errors == before.errors


def test_a_confirmation_that_was_not_looked_at_does_not_say_that_it_has_met_anything() -> None:
    """One of a gap waits though another gap was confirmed, one of a row does not; one of last
    year's list or with a cell that cannot be read says nothing in this run."""
    sheet = office(
        confirmed=[
            ("L109", "2ア", "2"),
            ("L109", "1ウ", ""),
            ("R114", "2ア-1", ""),
            ("Y101", "2ア-1", ""),
            ("R115", "", ""),
        ]
    )
    *rest, unreadable = sheet.acknowledgements
    sheet = replace(sheet, acknowledgements=(*rest, replace(unreadable, unread={"対象": "#N/A"})))
    result = merged(*GAP, office=sheet)
    assert [a.status for a in result.acknowledgements] == [
        "確認済",
        "当てはまる指摘なし",
        "当てはまる指摘なし",
        "今回は照合していない",
        "今回は照合していない",
    ]
    result = merged(*GAP, missing=[N], office=sheet)
    assert [a.status for a in result.acknowledgements][:3] == [
        "提出がそろってから照合",
        "提出がそろってから照合",
        "当てはまる指摘なし",
    ]
    assert one(result, "O103").value == "2ア-1"


def test_what_the_finding_of_equal_numbers_shows_can_be_corrected() -> None:
    rows = [row(1, "甲", number=1), row(2, "乙", number=1)]
    target = one(merged(*rows), "L108").target
    result = merged(*rows, office=office((target, "順番", "", 1, 2)))
    assert codes(result) == []
    result = merged(*rows, office=office(confirmed=[("L108", target, "1")]))
    assert one(result, "L108").acknowledged


def test_a_correction_of_an_added_row_is_sent_to_the_sheet_of_additions() -> None:
    added = replace(row(9, "追加の事業", file=OFFICE, number=None), sheet="追加")
    asked = ("2ア-2", "修正", B, 1000, 900)
    result = merged(row(1, "甲"), office=office(asked, added=[added]))
    assert "『追加』シートの行を直してください" in one(result, "O101").cure
    result = merged(row(1, "甲"), office=office(asked))
    assert "『追加』" not in one(result, "O101").cure


def test_a_field_of_the_offices_own_is_not_taken_for_the_one_that_it_adds_to() -> None:
    strategy = strategy_of(fields=[("事業内容（議会用）", "独自", "文字")])
    mine = row(1, "甲")
    asked = fix("事業内容", mine.values["description"], "窓口で行う。")
    result = merged(mine, office=office(asked), strategy=strategy)
    assert value(result, 1, "description") == "窓口で行う。"


def test_what_must_be_corrected_cannot_be_confirmed() -> None:
    result = merged(row(1, "甲", relevance="×"), office=office(confirmed=[("R103", "2ア-1", "")]))
    assert "指摘コード『R103』は確認済にできません" in one(result, "O103").message
    assert result.is_draft


def test_a_gap_is_confirmed_by_the_measure_as_the_form_offers_it() -> None:
    option = STRATEGY.measure_by_key["2ア"].option
    for target in ("2ア", "２ア", option):
        result = merged(*GAP, office=office(confirmed=[("L109", target, "2")]))
        assert one(result, "L109").acknowledged, target


def test_a_confirmation_whose_value_has_changed_says_both() -> None:
    result = merged(*GAP, office=office(confirmed=[("L109", "2ア", "5")]))
    item = one(result, "O103")
    assert "確認したときの『5』から変わり、今は『2』です" in item.message
    assert "「確認時の値」を『2』に直してください" in item.cure
    assert (item.place.file, item.place.cell) == (OFFICE, "B5")


@pytest.mark.parametrize("confirmed", ["20,000,000", "20000000", "２０，０００，０００"])
def test_a_number_is_confirmed_with_its_commas_or_without(confirmed: str) -> None:
    """Excel makes a number of what is typed."""
    rows = [row(1, "甲", budget=20_000_000)]
    result = merged(*rows, office=office(confirmed=[("R114", "2ア-1 甲", confirmed)]))
    assert codes(result) == [("R114", 1)]
    assert one(result, "R114").acknowledged


def test_a_blank_value_is_not_quoted() -> None:
    rows = [row(1, "甲", note=None)]
    stale = merged(*rows, office=office(("2ア-1 甲", "修正", "備考", "乙", "丙")))
    assert "備考は、今空欄です。修正前の『乙』と異なる" in one(stale, "O102").message
    assert "修正前を空欄に直してください" in one(stale, "O102").cure
    done = merged(*rows, office=office(("2ア-1 甲", "修正", "備考", "乙", None)))
    assert "備考は、すでに修正後のとおり空欄になっています" in one(done, "O103").message
    twice = [row(1, "甲", "1ア"), row(2, "甲")]
    changed = merged(*twice, office=office(confirmed=[("L105", "2ア-2 甲", "再掲")]))
    assert "『再掲』から変わり、今は空欄です" in one(changed, "O103").message
    assert "「確認時の値」を空欄に直してください" in one(changed, "O103").cure


def test_a_confirmation_without_the_value_says_which_one_to_write() -> None:
    """It would stand for whatever comes: an amount typed in yen could become any other."""
    rows = [row(1, "甲", budget=10_000_001)]
    blank = merged(*rows, office=office(confirmed=[("R114", "2ア-1 甲", "")]))
    assert not one(blank, "R114").acknowledged
    item = one(blank, "O103")
    assert (item.severity, item.place.cell) == ("要確認", "B5")
    assert "「確認時の値」に『10,000,001』と書いてください" in item.cure
    done = merged(*rows, office=office(confirmed=[("R114", "2ア-1 甲", "10,000,001")]))
    assert one(done, "R114").acknowledged


def test_a_long_value_in_lines_is_written_as_the_advice_says() -> None:
    words = LAST_YEAR + "\n" + "続" * 60
    rows = [row(1, "甲", description=words)]
    item = one(merged(*rows, office=office(confirmed=[("R115", "2ア-1 甲", "")])), "O103")
    typed = item.cure.partition("「確認時の値」に『")[2].partition("』と書いて")[0]
    done = merged(*rows, office=office(confirmed=[("R115", "2ア-1 甲", typed)]))
    assert one(done, "R115").acknowledged


def test_every_value_that_one_confirmation_could_mean_is_named() -> None:
    rows = [row(n, f"事業{n}", number=1, budget=n * 10_000_000) for n in (2, 3)]
    result = merged(*rows, office=office(confirmed=[("R114", "2ア-1", "")]))
    assert "『20,000,000』か『30,000,000』と書いて" in one(result, "O103").cure


UNDECIDED = {"budget": None, "budget_kind": "未定"}


@pytest.mark.parametrize(
    ("rows", "sheet", "cure"),
    [
        ([row(1, "甲", **UNDECIDED)], {}, "再提出してください"),
        ([row(1, "甲", budget=5, budget_kind="未定")], {}, "再提出してください"),
        ([row(1, "甲", **UNDECIDED)], {"asked": fix(B, None, 4000)}, "『事務局修正.xlsx』で"),
        (
            [row(1, "甲")],
            {"asked": fix("予算区分", None, "未定")},
            "次第、この『修正』の行を削除してください（未定",
        ),
        (
            [row(1, "甲")],
            {"asked": fix(B, 1000, "未定")},
            "この『修正』の行を削除するか、修正後に金額を書いてください（未定",
        ),
        ([], {"added": [row(9, "甲", file=OFFICE, **UNDECIDED)]}, "『事務局修正.xlsx』で"),
    ],
    ids=[
        *("of a department", "beside an amount", "the amount corrected"),
        *("corrected", "the amount corrected to it", "added"),
    ],
)
def test_what_is_undecided_is_decided_where_it_was_typed(
    rows: list[RawRow], sheet: dict[str, Any], cure: str
) -> None:
    asked = [sheet["asked"]] if "asked" in sheet else []
    item = one(merged(*rows, office=office(*asked, added=sheet.get("added", ()))), "R116")
    assert cure in item.cure
    assert ("再提出" in item.cure) is ("再提出" in cure)
    assert "）（" not in item.cure


def test_what_r116_asks_of_the_office_decides_the_amount() -> None:
    asked = [fix(B, None, 4000), fix("予算区分", "未定", None)]
    result = merged(row(1, "甲", **UNDECIDED), office=office(*asked))
    assert (codes(result), value(result, 1, "budget")) == ([], 4000)


def test_a_measure_that_the_office_mistypes_is_in_no_list_of_its_sheet() -> None:
    result = merged(row(1, "甲"), office=office(fix("施策", "2ア", "9ア")))
    assert "様式のリストにあるものに直してください" in one(result, "R101").cure


def test_a_row_may_be_confirmed_by_its_name_where_no_other_has_it() -> None:
    rows = [row(1, "甲", budget=20_000_000), row(2, "乙")]
    result = merged(*rows, office=office(confirmed=[("R114", "甲", "20,000,000")]))
    assert one(result, "R114").acknowledged
    again = row(3, "甲", "3ア", number=1, **BARE)
    result = merged(*rows, again, office=office(confirmed=[("R114", "甲", "20,000,000")]))
    assert not one(result, "R114").acknowledged
    assert "対象を『2ア-1 甲』に直してください" in one(result, "O103").cure
    result = merged(*rows, office=office(confirmed=[("R114", "乙", "")]))
    assert "今はありません" in one(result, "O103").message


@pytest.mark.parametrize("code", ["L109 2ア", "番号の欠番", "L9", ""])
def test_a_code_that_is_none_is_told_and_its_row_not_to_be_deleted(code: str) -> None:
    result = merged(*GAP, office=office(confirmed=[(code, "2ア", "")]))
    item = one(result, "O103")
    assert f"指摘コード『{code}』を読み取れません" in item.message
    assert "削除" not in item.text
    assert (item.place.label, item.addressee) == ("指摘コード", "事務局")


def test_equal_findings_of_one_row_are_confirmed_together() -> None:
    rows = [row(1, "甲", number=1), row(2, "乙", number=1), row(3, "丙", number=1)]
    result = merged(*rows, office=office(confirmed=[("L108", "2ア-1", "1")]))
    assert [f.acknowledged for f in result.findings] == [True, True]


@pytest.mark.parametrize(
    ("shown", "now", "typed", "confirmed", "said"),
    [
        ("甲乙丙", "甲乙丙", LAST_YEAR, "甲乙丙", ""),
        ("甲乙丙", "甲丙丁", LAST_YEAR, "甲丙", ""),
        ("甲乙丙", "丁戊", LAST_YEAR, "", "今はありません"),
        ("甲乙丙", "甲乙丙", "する。", "", f"今は『{LAST_YEAR}』"),
        ("甲乙丙丁戊", "甲乙丙丁戊", LAST_YEAR, "甲乙丙丁戊", ""),
        ("甲乙丙丁戊", "甲乙丙丁", LAST_YEAR, "", "件数が違います"),
        ("甲乙丙丁戊", "甲乙丙丁戊己", LAST_YEAR, "", "件数が違います"),
        ("甲乙丙丁戊", "甲乙丙丁戊", "する。", "", f"今は『{LAST_YEAR}』"),
    ],
)
def test_the_rows_of_a_line_are_confirmed_together(
    shown: str, now: str, typed: str, confirmed: str, said: str
) -> None:
    """``shown`` are the rows that the line had when it was copied, ``now`` those it has."""

    def rows(names: str) -> list[RawRow]:
        numbers = {name: n for n, name in enumerate("甲乙丙丁戊己", 1)}
        return [
            row(n, name, number=n, description=LAST_YEAR if name in names else "する。")
            for name, n in numbers.items()
        ]

    target = joined_targets(f for f in merged(*rows(shown)).findings if f.code == "R115")
    result = merged(*rows(now), office=office(confirmed=[("R115", target, typed)]))
    found = [f for f in result.findings if f.code == "R115"]
    assert "".join(f.subject for f in found) == now
    assert "".join(f.subject for f in found if f.acknowledged) == confirmed
    told = [f.message for f in result.findings if f.code == "O103"]
    assert [said in message for message in told] == ([True] if said else [])


def test_findings_are_named_once_however_many_are_confirmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [row(n, f"事業{n}", number=n, description=LAST_YEAR) for n in range(1, 31)]
    found = [f for f in merged(*rows).findings if f.code == "R115"]
    sheet = office(confirmed=[("R115", f"3ア-{n} 別の事業", "") for n in range(1, 31)])
    asked: list[str] = []
    key = text.key

    def spied(said: str) -> str:
        asked.append(said)
        return key(said)

    monkeypatch.setattr("sousei_xl.text.key", spied)
    result, _ = acknowledge_findings(found, sheet.acknowledgements)
    assert [f.code for f in result] == ["R115"] * 30 + ["O103"] * 30
    assert len(asked) < 10 * 30


def test_undecided_stays_undecided_when_acknowledged() -> None:
    result = merged(
        row(1, "甲", budget=None, budget_kind="未定"),
        office=office(confirmed=[("R116", "2ア-1", "未定")]),
    )
    assert one(result, "R116").acknowledged
    assert totals(result.listed, STRATEGY).total.undecided == 1
    assert not result.is_draft


def test_open_confirmations_are_counted_per_department() -> None:
    rows = [row(1, "甲", description="平成29年度は甲"), row(2, "乙", description="平成29年度は乙")]
    state = merged(*rows).departments[0]
    assert (state.state, state.errors, state.confirmations) == ("受理", 0, 2)
    state = merged(
        *rows, office=office(confirmed=[("R115", "2ア-1", "平成29年度は甲")])
    ).departments[0]
    assert state.confirmations == 1


# --- 対象 before and after corrections and numbering ----------------------------------------------

RENUMBERED = [row(1, "甲", number=None, description=LAST_YEAR), row(2, "乙", number=1)]


@pytest.mark.parametrize(
    "target",
    ["2ア 甲", "2ア-2", "2ア-2 甲", "2ア-7", "2ア-7 甲", "２ア－７　甲", "2ア7", "2ア （新）甲"],
)
def test_a_confirmation_fits_by_every_name_of_its_row(target: str) -> None:
    """甲 has no number, is printed as 2 without the correction, and as 7 with it."""
    moved = ("2ア 甲", "順番", "", None, 7)
    confirmed = [("R115", target, LAST_YEAR)]
    result = merged(*RENUMBERED, office=office(moved, confirmed=confirmed))
    printed = value(result, 1, "number")
    assert printed == 7
    if target == "2ア-2":  # the number of an earlier merge, whose nobody knows any more
        assert codes(result, "L109") == [("O103", None), ("R115", 1)]
        result = merged(*RENUMBERED, office=office(confirmed=confirmed))
        assert value(result, 1, "number") == 2
    assert one(result, "R115").acknowledged
    assert codes(result, "L109", "A105") == [("R115", 1)]


def test_a_long_value_is_confirmed_as_it_is_shown() -> None:
    """指摘一覧 shows its beginning, which is copied into 確認時の値."""
    words = LAST_YEAR + "続" * 60 + "。"
    rows = [row(1, "甲", description=words)]
    typed = one(merged(*rows), "R115").value
    for confirmed in (typed, excerpt(typed)):
        result = merged(*rows, office=office(confirmed=[("R115", "2ア-1 甲", confirmed)]))
        assert one(result, "R115").acknowledged
    longer = [row(1, "甲", description=f"{words}続く。")]
    result = merged(*longer, office=office(confirmed=[("R115", "2ア-1 甲", excerpt(typed))]))
    assert not one(result, "R115").acknowledged


def test_a_value_too_long_for_a_cell_is_shown_and_corrected_by_its_beginning() -> None:
    words = "い" * 1100
    item = one(merged(row(1, "甲", description=words)), "R112")
    assert "1100文字あり" in item.message
    shown = "い" * 60 + "…（1,100字）"
    assert excerpt(item.value) == excerpt(shown) == shown
    asked = fix("事業内容", shown, "短い文章。")
    result = merged(row(1, "甲", description=words), office=office(asked))
    assert (codes(result), value(result, 1, "description")) == ([], "短い文章。")


def test_a_confirmation_fits_by_the_name_before_a_correction() -> None:
    rows = [row(1, "甲", number=3, description=LAST_YEAR), row(2, "乙", number=1)]
    asked = [("2ア-3", "修正", "事業名", "甲", "丙"), ("2ア-3", "修正", "施策", "2ア", "3ア")]
    for target in ("2ア-3", "2ア 甲", "2ア-3 甲", "3ア-3", "3ア-3 丙"):
        result = merged(*rows, office=office(*asked, confirmed=[("R115", target, LAST_YEAR)]))
        assert one(result, "R115").acknowledged, target
        assert "O103" not in {f.code for f in result.findings}


def test_a_name_that_is_another_rows_now_confirms_nothing_and_says_so() -> None:
    rows = [row(1, "甲", number=1, description=LAST_YEAR), row(2, "乙", number=2)]
    swapped = [("2ア-1", "順番", "", 1, 2), ("2ア-2", "順番", "", 2, 1)]
    result = merged(*rows, office=office(*swapped, confirmed=[("R115", "2ア-1", LAST_YEAR)]))
    assert not one(result, "R115").acknowledged
    item = one(result, "O103")
    assert "今は『2ア 甲』です" in item.message
    assert "対象を『2ア 甲』に直してください" in item.cure
    result = merged(*rows, office=office(*swapped, confirmed=[("R115", "2ア 甲", LAST_YEAR)]))
    assert one(result, "R115").acknowledged


SWAPPED = [("2ア-1", "順番", "", 1, 2), ("2ア-2", "順番", "", 2, 1)]


@pytest.mark.parametrize(
    ("numbers", "settings", "order"), [((1, 2), {}, SWAPPED), ((5, 1), AUTO, [])]
)
def test_a_number_that_is_printed_beside_another_row_is_asked_about(
    numbers: tuple[int, int], settings: dict[str, str], order: list[tuple[Any, ...]]
) -> None:
    rows = [row(1, "甲", number=numbers[0]), row(2, "乙", number=numbers[1])]
    strategy = strategy_of(settings=settings)
    asked = (f"2ア-{numbers[0] if order else 1}", "修正", "予算事業費", 1000, 900)
    result = merged(*rows, office=office(*order, asked), strategy=strategy)
    item = one(result, "O104")
    assert result.is_draft
    assert (item.place.file, item.place.sheet) == (OFFICE, "修正")
    names = ("甲", "乙") if order else ("乙", "甲")
    assert f"様式では『{names[0]}』の番号、一覧では『{names[1]}』の番号" in item.message
    for name in names:
        write = f"2ア {name}"
        assert f"『{name}』なら『{write}』" in item.cure
        told = merged(*rows, office=office(*order, (write, *asked[1:])), strategy=strategy)
        assert "O104" not in {f.code for f in told.findings}
        changed = next(r for r in told.listed if r.name == name)
        assert (changed.budget, told.written[changed.row_id]) == (900, write)


def test_rows_that_move_up_behind_a_withheld_one_make_no_question() -> None:
    rows = [row(i, name, number=i) for i, name in ((1, "甲"), (2, "乙"), (3, "丙"))]
    asked = ("2ア-1", "掲載しない", "", "", "")
    result = merged(*rows, office=office(asked), strategy=strategy_of(settings=AUTO))
    assert [r.number for r in result.listed] == [1, 2]
    assert "O104" not in {f.code for f in result.findings}
    swapped = [row(1, "甲", number=5), row(2, "乙", number=1)]
    result = merged(*swapped, office=office(asked), strategy=strategy_of(settings=AUTO))
    assert one(result, "O104").value == "2ア-1"


def test_the_number_that_the_office_gave_is_told_apart_from_that_of_the_form() -> None:
    asked = (("2ア-1", "順番", "", 1, 7), ("2ア-7", "修正", "予算事業費", 1000, 900))
    result = merged(row(1, "甲", number=1), office=office(*asked))
    item = one(result, "O101")
    assert "『2ア 甲』" in item.cure


NUMBERED = [row(1, "甲", number=2), row(2, "乙", number=None)]


def test_a_correction_by_a_number_that_the_list_gave_is_told_what_to_write() -> None:
    added = replace(row(9, "追加の事業", file=OFFICE, number=5), sheet="追加")
    asked = ("2ア-6", "修正", B, 1000, 900)
    result = merged(*NUMBERED, office=office(asked, added=[added]))
    assert value(result, 2, "number") == 6
    item = one(result, "O101")
    assert "ファイル『経済部.xlsx』の『乙』に、統合のときに自動で付いた" in item.message
    assert item.cure.endswith("対象を『2ア 乙』と書いてください。")
    assert (item.place.cell, item.place.label, item.value) == ("A5", "対象", "2ア-6")
    assert [c.status for c in result.corrections] == ["対象なし"]
    assert value(result, 2, "budget") == 1000
    # What it says works.
    result = merged(*NUMBERED, office=office(("2ア 乙", *asked[1:]), added=[added]))
    assert value(result, 2, "budget") == 900
    assert "O101" not in {f.code for f in result.findings}


@pytest.mark.parametrize("target", ["2ア-9", "2ア-3 丙", "1ア-3"])
def test_a_target_that_names_no_printed_row_is_told_how_to_write_one(target: str) -> None:
    result = merged(*NUMBERED, office=office((target, "修正", B, 1000, 900)))
    item = one(result, "O101")
    assert "施策と番号と事業名で書いてください" in item.cure
    assert "部局が行を消したのであれば、この『修正』の行を削除してください。" in item.cure


@pytest.mark.parametrize(
    ("target", "named"),
    [
        ("2ア 移住促進事業", True),
        ("2ア-9 移住の促進事業", True),
        ("2イ 移住促進事業", False),  # where no such row is
        ("2ア 除雪", False),
        ("2ア-9", False),
    ],
)
def test_a_row_that_may_have_got_another_name_is_named(target: str, named: bool) -> None:
    rows = [row(1, "移住の促進支援事業", "2ア", number=1), row(2, "丙", "2ア", number=2)]
    item = one(merged(*rows, office=office((target, "修正", B, 1000, 9))), "O101")
    renamed = "名前が変わったのであれば、対象を『2ア-1 移住の促進支援事業』と書いてください。"
    assert (renamed in item.cure) is named


def test_rows_of_one_name_are_told_apart_by_their_department() -> None:
    """The list gave the numbers, which 修正 does not take; the name alone means both rows."""
    rows = [
        row(1, "甲", number=None),
        row(2, "甲", number=None, department=N, relisted="再掲"),
    ]
    before = merged(*rows)
    assert {f.target for f in before.findings if f.place.row_id == 2} == {"2ア 甲"}
    item = one(before, "L107")
    assert "同じ施策にあります" in item.message
    result = merged(*rows, office=office(("2ア-2", "修正", "関連性", "◎", "○")))
    assert "対象を『2ア 甲』と書いてください" in one(result, "O101").cure
    result = merged(*rows, office=office(("2ア 甲", "修正", "関連性", "◎", "○")))
    item = one(result, "O101")
    assert "（経済部、農政部）" in item.message
    assert "『2ア 甲（経済部）』" in item.cure
    result = merged(*rows, office=office(("2ア 甲（農政部）", "掲載しない", "", None, None)))
    assert [f.code for f in result.findings if f.code[0] == "O"] == []
    assert (result.ledger.withdrawn, [r.department for r in result.listed]) == (1, [E])


def test_rows_that_no_name_tells_apart_need_numbers() -> None:
    rows = [row(1, "甲", number=None), row(2, "甲", number=None)]
    result = merged(*rows, office=office(("2ア 甲", "掲載しない", "", None, None)))
    assert "番号を入力して" in one(result, "O101").cure


def test_findings_name_a_row_without_a_number_as_corrections_take_it() -> None:
    result = merged(row(1, "甲", number=None, budget="約1,200"))
    item = one(result, "R105")
    assert item.target == "2ア 甲"
    again = merged(
        row(1, "甲", number=None, budget="約1,200"),
        office=office((item.target, "修正", "予算事業費", "約1,200", 1200)),
    )
    assert value(again, 1, "budget") == 1200
