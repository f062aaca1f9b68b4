"""Rows aside, reporting units, states of departments, figures; the FY2018 list end to end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sousei_xl.figures.totals import totals
from sousei_xl.findings import Finding, Place
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import FileRecord, Ledger, ListResult, RawRow, Submission
from tests.builders import example_strategy, example_submissions, intake, submission
from tests.merging import (
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

# --- held and withdrawn rows, the ledger ----------------------------------------------------------


def test_held_rows_carry_their_reasons() -> None:
    result = merged(row(1, "甲", None), row(2, ""), row(3, "丙"))
    reasons = {h.raw.row_id: [f.code for f in h.findings] for h in result.held}
    assert reasons == {1: ["R101"], 2: ["R102"]}
    assert [h.name for h in result.held] == ["甲", ""]
    assert result.ledger == Ledger(3, 1, 2, 0, 0)
    assert result.is_draft


def test_a_held_row_is_judged_like_any_other() -> None:
    result = merged(row(1, "甲", None, budget=None, description=None, relevance="△"))
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
    result = merged(row(1, "", category="終了"))
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
        "版の新しい『a.xlsx』を使い、『z.xlsx』は使いませんでした",
    ),
    (
        "the later save of one edition",
        [
            filed("z.xlsx", A, saved="2018-03-01T09:00:00Z"),
            filed("a.xlsx", (2, "甲"), saved="2018-03-02T09:00:00Z"),
        ],
        ["a.xlsx"],
        [("F206", None)],
        "保存日時の新しい『a.xlsx』を使い",
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
        "what was withdrawn before it was deleted is not asked about",
        [
            filed("a.xlsx", A, B),
            submission(
                [row(3, "甲", file="b.xlsx"), row(4, "乙", category="取下げ", file="b.xlsx")],
                file="b.xlsx",
                edition=2,
            ),
            filed("c.xlsx", (5, "甲"), edition=3),
        ],
        ["c.xlsx"],
        [("F206", None), ("F206", None)],
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
        "差替えと見なして『b.xlsx』を使い、『a.xlsx』は使いませんでした",
    ),
    (
        "a new unit that repeats one row of many",
        [
            filed("a.xlsx", A, B, C, unit=""),
            filed("b.xlsx", (4, "丙"), (5, "丁"), unit="商工課", edition=2),
        ],
        ["a.xlsx", "b.xlsx"],
        [("L106", 3), ("L106", 4)],
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
    replaced = [f.file for f in files if f.has_projects and f.file not in kept]
    assert sorted(f.file for f in result.files if f.outcome == "superseded") == replaced
    assert result.ledger.balanced
    assert result.ledger.read == sum(rows.values())
    if message:
        assert message in one(result, "F206").message


@pytest.mark.parametrize("unit", ["", "農林課"])
def test_a_repetition_without_a_unit_is_to_name_one(unit: str) -> None:
    """提出課 in the template tell two files apart only where both name theirs."""
    files = [filed("a.xlsx", A, unit=unit), filed("b.xlsx", A, unit="商工課", edition=2)]
    item = one(merge(intake([*files, submission([], N)]), STRATEGY), "F206")
    assert ("担当課を記入して出し直してもらって" in item.cure) is (not unit)


@pytest.mark.parametrize(
    "later", [{}, {"edition": 2}, {"saved": "2018-03-02T09:00:00Z"}], ids=["", "edition", "save"]
)
def test_two_files_without_a_unit_may_both_be_meant(later: dict[str, Any]) -> None:
    """Only a blank 担当課 makes one unit of them: who follows the advice gets both."""

    def merged_as(*units: str) -> ListResult:
        files = [filed("a.xlsx", A, unit=units[0]), filed("b.xlsx", B, unit=units[1], **later)]
        return merge(intake([*files, submission([], N)]), STRATEGY)

    item = one(merged_as("", ""), "F206")
    assert "担当課が空欄のファイルが複数あるため" in item.message
    assert "『b.xlsx』を使い、『a.xlsx』は使いませんでした" in item.message
    assert "別々の担当課を入力して" in item.cure
    assert "別々の担当課" not in one(merged_as("商工課", "商工課"), "F206").cure
    followed = merged_as("商工課", "産業課")
    assert {row.name for row in followed.listed} == {"甲", "乙"}
    assert "F206" not in {f.code for f in followed.findings}


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
    files = [
        filed("a.xlsx", A, B, unit="商工課"),
        filed("b.xlsx", (3, "甲"), (4, "乙"), unit="産業課"),
    ]
    result = merge(intake([*files, submission([], N)]), strategy)
    assert "F206" not in {f.code for f in result.findings}
    assert result.complete
    assert codes(result, "L108", "L109") == [("L106", n) for n in (1, 2, 3, 4)]


def test_the_vanished_row_is_the_one_that_is_named() -> None:
    """甲 stands under two measures, and the later file lacks the relisted one."""
    old = [row(1, "甲", "1ア", file="a.xlsx"), row(2, "甲", "2ア", file="a.xlsx", number=7, **RE)]
    new = [row(3, "甲", "1ア 妊娠・出産・育児", file="b.xlsx", number=1)]
    result = merge(
        intake([submission(old), submission(new, edition=2), submission([], N)]), STRATEGY
    )
    item = one(result, "L110")
    assert (item.place.row_id, item.place.file, item.target) == (2, "a.xlsx", "2ア-7")
    assert "『a.xlsx』にあった『甲』（2ア-7）が、差替え後のファイルにありません" in item.message
    assert item.addressee == "部局"


OLD, LONG = {"file": "a.xlsx"}, "あ" * 101
LINE = {"relevance": None, "budget": None, "description": None, **OLD}

# (what it is, rows of the old file, rows of the new one, ids of the rows that are missed)
VANISHED: list[tuple[str, list[RawRow], list[RawRow], list[int]]] = [
    ("moved to another measure", [row(1, "甲", "1ア", **OLD)], [row(2, "甲", "2ア")], []),
    (
        "no name",
        [row(1, "", **OLD), row(2, "甲", number=2, **OLD)],
        [row(3, "甲", number=2)],
        [],
    ),
    ("a repetition (L106)", [row(1, "甲", **OLD), row(2, "甲", **OLD)], [row(3, "甲")], []),
    (
        "a repetition, and the other one has moved",
        [row(1, "甲", **OLD), row(2, "甲", **OLD)],
        [row(3, "甲", "1ア")],
        [],
    ),
    (
        "a repetition, and a relisted row",
        [row(1, "甲", **OLD), row(2, "甲", **OLD), row(3, "甲", "1ア", **OLD, **RE)],
        [row(4, "甲")],
        [3],
    ),
    ("marked as relisted (R107)", [row(1, "甲（再掲）", **OLD)], [row(2, "甲", **RE)], []),
    ("marked as new", [row(1, "（新）甲", **OLD)], [row(2, "甲", category="新規")], []),
    (
        "a total and a note (R101), and what says nothing (R102)",
        [
            row(1, "農政部計", "", **{**LINE, "budget": 99_999}),
            row(2, "※見込み", "", **LINE),
            row(3, "同上", **OLD),
        ],
        [],
        [],
    ),
    ("too long a name (R112)", [row(1, LONG, number=3, **OLD)], [row(2, "甲", number=3)], []),
    ("the same text under the number", [row(1, "乙甲", **OLD)], [row(2, "丁丙", number=1)], []),
    (
        "the same text in the Excel row",
        [row(1, "乙甲", number=None, **OLD)],
        [row(1, "丁丙", number=None)],
        [],
    ),
    (
        "the same name with other marks",
        [row(1, "移住・定住（促進）", **OLD)],
        [row(2, "移住定住「促進」", number=1, description="別の文章。")],
        [],
    ),
    (
        "a like name with another text, which may be another project",
        [row(1, "移住促進事業（小学校）", **OLD)],
        [row(2, "移住促進事業（分館）", number=1, description="別の文章。")],
        [1],
    ),
    (
        "a like name, neither with a text",
        [row(1, "移住促進", description=None, **OLD)],
        [row(2, "移住推進", number=1, description=None)],
        [1],
    ),
    (
        "another project under the number",
        [row(1, "甲", **OLD)],
        [row(2, "丙丁", number=1, description="別の文章。")],
        [1],
    ),
    (
        "a like project elsewhere",
        [row(1, "移住促進", **OLD)],
        [row(2, "移住推進", number=9)],
        [1],
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "missed"),
    [case[1:] for case in VANISHED],
    ids=[case[0] for case in VANISHED],
)
def test_what_a_later_file_lacks(old: list[RawRow], new: list[RawRow], missed: list[int]) -> None:
    later = submission(new, file="b.xlsx", edition=2)
    result = merge(intake([submission(old, file="a.xlsx"), later, submission([], N)]), STRATEGY)
    assert "F206" in {f.code for f in result.findings}
    assert [f.place.row_id for f in result.findings if f.code == "L110"] == missed


def test_a_vanished_row_without_a_measure_is_named_alone() -> None:
    files = [filed("b.xlsx", edition=2), submission([], N)]
    old = submission([row(1, "甲", "", number=None, file="a.xlsx")])
    item = one(merge(intake([old, *files]), STRATEGY), "L110")
    assert (item.target, "『甲』（甲）" in item.message) == ("甲", True)
    assert "事業名を直しただけであれば、そのままで構いません" in item.cure


def test_a_vanished_row_can_be_confirmed() -> None:
    files = [filed("a.xlsx", A, B), filed("b.xlsx", (3, "甲"), edition=2), submission([], N)]
    sheet = office(confirmed=[("L110", "2ア-2", "乙"), ("F206", E, "a.xlsx")])
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
    assert [row.name for row in result.listed] == ["甲"]
    assert result.ledger == Ledger(3, 1, 0, 2, 0)


# --- states ---------------------------------------------------------------------------------------

UNIT_STRATEGY = strategy_of(
    departments=[(1, E, None, None, "商工課、産業課"), (2, N), (3, "監査委員", None, "いいえ")]
)
REFUSED = FileRecord("農政部.xlsx", "refused", N)

# (what it is, files, refused files, state of 農政部, is the list a draft)
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
def test_state(files: list[Submission], refused: list[FileRecord], state: str, draft: bool) -> None:
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
    files = [
        filed("a.xlsx", A, unit="商工課"),
        filed("b.xlsx", B, unit="産業課"),
        submission([], N),
    ]
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
    confirmed = office(confirmed=[("L109", "1ウ", "2")])
    result = merge(intake(example_submissions(), confirmed), example_strategy())
    assert [f.acknowledged for f in result.findings] == [True]


def test_fy2018_with_a_department_missing_is_a_draft_without_noise() -> None:
    submissions = [s for s in example_submissions() if s.department != E]
    result = merge(intake(submissions), example_strategy())
    assert result.is_draft
    assert result.findings == ()
    states: Mapping[str, str] = {d.department: d.state for d in result.departments}
    assert states[E] == "未提出"


@pytest.mark.parametrize("numbering", ["提出どおり", "自動"])
@pytest.mark.parametrize("names", [("a.xlsx", "b.xlsx"), ("b.xlsx", "a.xlsx")])
def test_numbers_do_not_depend_on_what_the_files_are_called(
    names: tuple[str, str], numbering: str
) -> None:
    """提出課 in their order, then other units by name; in each the rows as they stand."""
    declared = [(1, E, "", "はい", "産業課、商工課"), (2, N)]
    strategy = strategy_of(departments=declared, settings={"番号の付け方": numbering})
    first, second = names
    files = {"産業課": first, "商工課": second, "観光課": f"c{first}"}
    rows = {
        unit: [row(i, name, number=None, file=files[unit]) for i, name in given]
        for unit, given in {
            "産業課": [(11, "乙"), (12, "甲")],
            "商工課": [(1, "丙")],
            "観光課": [(5, "丁")],
        }.items()
    }
    came = [submission(rows[unit], unit=unit) for unit in ("商工課", "観光課", "産業課")]
    result = merge(intake([*came, submission([], N, none_applicable=True)]), strategy)
    assert [(r.number, r.name) for r in result.listed] == [
        (1, "乙"),
        (2, "甲"),
        (3, "丙"),
        (4, "丁"),
    ]
