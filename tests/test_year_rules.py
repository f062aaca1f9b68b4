"""Y101, Y102, and R114 by last year's list: every case is a small intake beside a small list."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sousei_xl.figures.changes import year
from sousei_xl.figures.last_year import LastRow, LastYear
from sousei_xl.figures.totals import totals
from sousei_xl.pipeline.delivery import content_hash
from sousei_xl.pipeline.last_year import year_changes
from sousei_xl.rules.indicators.share import share
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import REASON, ListResult, OfficeSheet, RawRow
from sousei_xl.sheets import Contents
from sousei_xl.strategy.fields import FORMER_MEASURE
from sousei_xl.strategy.load import load
from sousei_xl.workspace import Run
from tests.builders import NO_KPI, make_strategy, tables
from tests.indicator_builders import report
from tests.merging import OFFICE, RE, STRATEGY, Codes, E, N, come_in, office, row, strategy_of

NEW, CONTINUED = {"category": "新規"}, {"category": "継続"}
OLD_TEXT = "目的のために取組を行う。"


def last(
    name: str,
    measure: str = "2ア",
    budget: int | str | None = 1000,
    department: str = E,
    *,
    number: int = 1,
    relisted: bool = False,
    description: str = "前年度の文章。",
) -> LastRow:
    return LastRow(
        measure, measure, number, relisted, name, department, department, "◎", budget, description
    )


def compared(
    rows: list[RawRow], before: list[LastRow], strategy: Any = STRATEGY, **options: Any
) -> ListResult:
    intake = come_in(rows, options.pop("missing", ()), options.pop("office", None))
    return merge(intake, strategy, LastYear("別紙.xlsx", 2017, tuple(before), {}))


def year_codes(result: ListResult) -> Codes:
    return [(f.code, f.place.row_id) for f in result.findings if f.code in ("Y101", "Y102")]


# (what it is, this year's rows, last year's, departments without a file, department → names)
FORGOTTEN: list[tuple[str, list[RawRow], list[LastRow], list[str], dict[str, str]]] = [
    ("as last year", [row(1, "甲")], [last("甲")], [], {}),
    ("gone", [row(1, "甲")], [last("甲"), last("乙", number=5)], [], {E: "『乙』（2ア-5）"}),
    (
        "several, of two departments",
        [row(1, "甲")],
        [last("乙"), last("丙", number=2), last("丁", department=N), last("甲")],
        [],
        {E: "『乙』（2ア-1）、『丙』（2ア-2）", N: "『丁』（2ア-1）"},
    ),
    ("ended", [row(1, "甲", category="終了")], [last("甲")], [], {}),
    ("held", [row(1, "甲", None)], [last("甲")], [], {}),
    ("perhaps renamed", [row(1, "移住促進事業")], [last("移住促進支援事業")], [], {}),
    ("relisted last year", [row(1, "甲")], [last("甲"), last("甲", "2ウ", relisted=True)], [], {}),
    ("the file may still come", [row(1, "甲")], [last("乙", department=N)], [N], {}),
    ("of a department that is no more", [row(1, "甲")], [last("乙", department="旧部")], [], {}),
    ("relisted alone", [row(2, "甲", "2ウ", **RE)], [last("甲")], [], {}),
    (
        "its name is another department's, too",
        [row(1, "甲"), row(2, "甲", "2ウ", **RE)],
        [last("甲"), last("甲", "2イ", number=3, department=N)],
        [],
        {N: "『甲』（2イ-3）"},
    ),
    (
        "its name is another measure's, too",
        [row(1, "甲")],
        [last("甲"), last("甲", "2イ", number=3)],
        [],
        {E: "『甲』（2イ-3）"},
    ),
    ("moved to a file that may still come", [row(1, "甲")], [last("乙")], [N], {}),
    ("nothing to report", [], [last("甲")], [], {E: "『甲』（2ア-1）"}),
    (
        "two that were united, by 備考",
        [row(1, "丙", note="甲事業と乙事業を統合", **NEW)],
        [last("甲事業"), last("乙事業", number=2)],
        [],
        {},
    ),
    (
        "two that were united, by 備考 of one that is not new",
        [row(1, "丙", note="旧：甲事業、乙事業")],
        [last("甲事業"), last("乙事業", number=2)],
        [],
        {},
    ),
    (
        "united into one that was there, held or relisted",
        [
            row(1, "丙", note="甲事業を統合"),
            row(2, "丁", "", note="旧乙事業"),
            row(3, "丙", "1ア", note="旧戊事業", **RE),
        ],
        [last("甲事業"), last("乙事業", number=2), last("丙", number=3), last("戊事業")],
        [],
        {},
    ),
    (
        "only mentioned in 備考",
        [row(1, "丙", note="甲事業と連携"), row(2, "丁", note="乙事業とは別に計上")],
        [last("甲事業"), last("乙事業", number=2)],
        [],
        {E: "『甲事業』（2ア-1）、『乙事業』（2ア-2）"},
    ),
    (
        "named in the 備考 of another department",
        [row(1, "丙", note="旧甲事業", department=N)],
        [last("甲事業")],
        [],
        {E: "『甲事業』（2ア-1）"},
    ),
]


@pytest.mark.parametrize(
    ("rows", "before", "missing", "told"),
    [case[1:] for case in FORGOTTEN],
    ids=[case[0] for case in FORGOTTEN],
)
def test_what_was_listed_last_year_is_not_forgotten(
    rows: list[RawRow], before: list[LastRow], missing: list[str], told: dict[str, str]
) -> None:
    if "旧部" in {r.department for r in before}:
        before = [replace(r, counted="") if r.department == "旧部" else r for r in before]
    found = [f for f in compared(rows, before, missing=missing).findings if f.code == "Y103"]
    assert {f.department for f in found} == {f.target for f in found} == told.keys()
    for item in found:
        assert f"件あります：{told[item.department]}。" in item.message
        sent = {r.file for r in rows if r.file == f"{item.department}.xlsx"}
        assert item.place.file == next(iter(sent), "")


def test_what_is_forgotten_may_have_another_name_now() -> None:
    before = [last("甲事業")]
    asked = compared([row(1, "乙")], before)
    for code in ("Y101", "Y103"):
        assert "備考に「旧：前の事業名」と書いてください" in one(asked, code).cure
    answered = compared([row(1, "乙", note="旧：甲事業")], before)
    assert {f.code for f in answered.findings} & {"Y101", "Y103"} == set()


def test_the_former_name_of_a_department_with_a_dot_is_read() -> None:
    """Alone and before another one: its projects are those of 観光・スポーツ部."""
    sports = "観光・スポーツ部"
    strategy = strategy_of(departments=[(1, E), (2, N), (3, sports)])
    for printed in (sports, f"{sports}・{N}"):
        before = [replace(last("甲事業", department=printed), counted=sports)]
        mine = row(1, "乙", department=printed, note="旧：甲事業", file=f"{sports}.xlsx")
        result = compared([mine], before, strategy)
        assert {f.code for f in result.findings} & {"R117", "Y101", "Y103"} == set()


def test_what_the_office_has_renamed_is_not_forgotten() -> None:
    renamed = office(("2ア-1", "修正", "事業名", "甲", "丙"))
    result = compared([row(1, "甲")], [last("甲")], office=renamed)
    assert {f.code for f in result.findings} & {"Y101", "Y103"} == set()


@pytest.mark.parametrize("reason", ["査定による", ""])
def test_the_offices_reason_explains_the_amount(reason: str) -> None:
    changed = office(("2ア-1", "修正", "予算事業費", 1000, 9000))
    asked = replace(changed.corrections[0], reason=reason)
    added = row(9, "乙", budget=9000, file=OFFICE)
    added = replace(added, values={**added.values, REASON: reason})
    sheet = replace(changed, corrections=(asked,), additions=(added,))
    result = compared([row(1, "甲")], [last("甲"), last("乙", number=9)], office=sheet)
    found = [f for f in result.findings if f.code == "Y102"]
    assert [f.place.row_id for f in found] == ([] if reason else [1, 9])
    assert all("その行の「理由」に理由を書いて" in f.cure for f in found)


def test_what_is_forgotten_is_asked_of_a_department_that_submits() -> None:
    strategy = strategy_of(departments=[(1, E, None, "いいえ"), (2, N)])
    result = compared([row(1, "甲", department=N)], [last("乙")], strategy)
    assert "Y103" not in {f.code for f in result.findings}


def test_what_is_forgotten_stands_in_the_departments_file() -> None:
    added = row(9, "丙", "1ア", file=OFFICE)
    result = compared(
        [row(1, "甲")], [last("甲"), last("乙", number=2)], office=office(added=[added])
    )
    (item,) = [f for f in result.findings if f.code == "Y103"]
    assert (item.place.file, item.addressee) == (f"{E}.xlsx", "部局")


# (what it is, this year's rows, last year's, findings)
CASES: list[tuple[str, list[RawRow], list[LastRow], Codes]] = [
    ("nothing was listed last year", [row(1, "甲")], [], []),
    ("as last year", [row(1, "甲")], [last("甲")], []),
    (
        "twice",
        [row(1, "甲", budget=1000), row(2, "甲", budget=1100, **CONTINUED)],
        [last("甲")],
        [],
    ),
    (
        "twice, one of them ten times as much and called new",
        [row(1, "甲", budget=1000), row(2, "甲", budget=10_000, **NEW)],
        [last("甲")],
        [("Y101", 2), ("Y102", 2)],
    ),
    ("継続, as last year", [row(1, "甲", **CONTINUED)], [last("甲")], []),
    ("spelled otherwise", [row(1, "ＩＣＴ 事業")], [last("ICT事業")], []),
    ("新規 and new", [row(1, "乙", **NEW)], [last("甲")], []),
    ("新規 but it was there", [row(1, "甲", **NEW)], [last("甲")], [("Y101", 1)]),
    ("marked in the name", [row(1, "（新）甲")], [last("甲")], [("Y101", 1)]),
    ("新規, there in another measure", [row(1, "甲", **NEW)], [last("甲", "1ア")], [("Y101", 1)]),
    (
        "新規, there in another department of the measure",
        [row(1, "甲", **NEW)],
        [last("甲", department=N)],
        [("Y101", 1)],
    ),
    (
        "新規, the same name of another department and measure: may be another project",
        [row(1, "甲", **NEW)],
        [last("甲", "1ア", department=N)],
        [],
    ),
    ("blank and not there", [row(1, "乙")], [last("甲")], [("Y101", 1)]),
    ("継続 and not there", [row(1, "乙", **CONTINUED)], [last("甲")], [("Y101", 1)]),
    (
        "the department was renamed or merged",
        [row(1, "甲")],
        [last("甲", "1ア", department="旧経済部")],
        [],
    ),
    (
        "relisted rows are not asked again",
        [row(1, "乙", "1ア"), row(2, "乙", "2ア", **RE)],
        [last("甲")],
        [("Y101", 1)],
    ),
    (
        "the relisted row is no other project",
        [row(1, "甲", "1ア"), row(2, "甲", "2ア", **RE)],
        [last("甲")],
        [],
    ),
    ("relisted last year, original now", [row(1, "甲")], [last("甲", relisted=True)], []),
    ("renamed by the office", [row(1, "甲")], [last("甲")], []),
    ("renamed by the office to what it was", [row(1, "丙")], [last("甲")], []),
    (
        "renamed by the office as last year",
        [row(1, "催し"), row(2, "催し", department=N)],
        [last("催し", department=N, number=2), last("催し（経済部）")],
        [],
    ),
    (
        "renamed by the office to what another department's is called",
        [row(1, "甲"), row(2, "丙", department=N)],
        [last("甲"), last("丙", department=N, number=2)],
        [],
    ),
    ("withdrawn", [row(1, "乙", category="終了"), row(2, "甲")], [last("甲")], []),
    ("held for its measure", [row(1, "乙", measure="9ア"), row(2, "甲")], [last("甲")], []),
    (
        "ended in one measure, goes on in another",
        [row(1, "甲", "1ア", category="終了"), row(2, "甲", "2ア")],
        [last("甲", "1ア")],
        [],
    ),
    (
        "moved, and a second row is held for its measure",
        [row(1, "甲", "2ア"), row(2, "甲", measure="")],
        [last("甲", "1ア")],
        [],
    ),
    (
        "a held row that is relisted takes nothing away",
        [row(1, "甲", "2ア"), row(2, "甲", measure="", **RE)],
        [last("甲", "1ア")],
        [],
    ),
    (
        "held and relisted: nothing is known of its original",
        [row(1, "甲", "", **RE)],
        [last("甲")],
        [],
    ),
    (
        "held, of another department",
        [row(1, "甲", "", department="農政部", file=f"{E}.xlsx")],
        [last("甲")],
        [],
    ),
    (
        "備考 has the former name",
        [row(1, "乙", number=9, note="前の名前は、甲 事業です。")],
        [last("甲事業", "3ア")],
        [],
    ),
    (
        "備考 mentions another project",
        [row(1, "乙", note="甲事業とは別の事業（新たに実施）")],
        [last("甲事業", budget=900_000)],
        [("Y101", 1)],
    ),
    (
        "備考 has the name of what is listed still",
        [row(1, "乙", note="甲事業から分離"), row(2, "甲事業", number=2)],
        [last("甲事業")],
        [("Y101", 1)],
    ),
    (
        "備考 of two has the former name",
        [row(1, "乙", note="旧甲事業"), row(2, "丙", note="旧甲事業")],
        [last("甲事業")],
        [("Y101", 2)],
    ),
    (
        "備考 has the name of another department's",
        [row(1, "乙", note="旧甲事業")],
        [last("甲事業", department=N)],
        [("Y101", 1)],
    ),
    ("an unreadable 掲載区分 has its own", [row(1, "甲", category="？")], [last("甲")], []),
    (
        "twice as much or half is not much",
        [row(1, "甲", budget=20_000), row(2, "乙", budget=5000)],
        [last("甲", budget=10_000), last("乙", budget=10_000, number=2)],
        [],
    ),
    (
        "more than twice, less than half",
        [row(1, "甲", budget=20_001), row(2, "乙", budget=4999)],
        [last("甲", budget=10_000), last("乙", budget=10_000, number=2)],
        [("Y102", 1), ("Y102", 2)],
    ),
    ("explained", [row(1, "甲", budget=90_000, note="工事のため")], [last("甲")], []),
    (
        "what the form was prefilled with explains nothing",
        [row(1, "甲", budget=90_000, note=f"{FORMER_MEASURE}ウ 旧施策")],
        [last("甲")],
        [("Y102", 1)],
    ),
    ("of a negative sum R106 asks", [row(1, "甲", budget=-9000)], [last("甲", budget=9000)], []),
    ("small sums", [row(1, "甲", budget=999)], [last("甲", budget=1)], []),
    ("from nothing", [row(1, "甲", budget=5000)], [last("甲", budget=0)], [("Y102", 1)]),
    ("to nothing", [row(1, "甲", budget=0)], [last("甲", budget=5000)], [("Y102", 1)]),
    (
        "０予算 says why",
        [row(1, "甲", budget=None, budget_kind="０予算")],
        [last("甲", budget=5000)],
        [],
    ),
    ("no amount last year", [row(1, "甲", budget=5000)], [last("甲", budget="内数")], []),
    ("not told last year", [row(1, "甲", budget=5000)], [last("甲", budget=None)], []),
    ("a thousand times is R114's", [row(1, "甲", budget=1_000_000)], [last("甲")], []),
    ("above the limit is R114's", [row(1, "甲", budget=20_000_000)], [last("甲")], []),
    ("an amount that cannot be read", [row(1, "甲", budget="不明")], [last("甲")], []),
    (
        "new and much: asked once",
        [row(1, "甲", budget=90_000, **NEW)],
        [last("甲")],
        [("Y101", 1), ("Y102", 1)],
    ),
]


# What the office has decided in one of the cases.
DECIDED = {
    "renamed by the office": office(("2ア-1", "修正", "事業名", "甲", "丙")),
    "renamed by the office to what it was": office(("2ア-1", "修正", "事業名", "丙", "甲")),
    "renamed by the office as last year": office(
        ("2ア 催し（経済部）", "修正", "事業名", "催し", "催し（経済部）")
    ),
    "renamed by the office to what another department's is called": office(
        ("2ア 甲", "修正", "事業名", "甲", "丙")
    ),
}
each_case = pytest.mark.parametrize(
    ("rows", "before", "expected", "sheet"),
    [(*c[1:], DECIDED.get(c[0])) for c in CASES],
    ids=[c[0] for c in CASES],
)


@each_case
def test_beside_last_years_list(
    rows: list[RawRow], before: list[LastRow], expected: Codes, sheet: OfficeSheet | None
) -> None:
    # Last year's list always has some other project: an empty one is compared with nothing.
    others = [last("ほかの事業", "4エ", department=N)] if before else []
    assert year_codes(compared(rows, [*before, *others], office=sheet)) == expected


@each_case
def test_the_councils_page_finds_the_same_projects(
    rows: list[RawRow],
    before: list[LastRow],
    expected: Codes,
    sheet: OfficeSheet | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = []

    def spied(*arguments: Any) -> Any:
        found.append(year.match(*arguments))
        return found[-1]

    monkeypatch.setattr("sousei_xl.rules.year.match", spied)
    last_year = LastYear("別紙.xlsx", 2017, (*before, last("ほかの事業", "4エ", department=N)), {})
    result = merge(come_in(rows, office=sheet), STRATEGY, last_year)
    day = STRATEGY.settings.list_date
    run = Run("ab12cd34", day, dt.datetime.combine(day, dt.time()))
    contents = Contents(STRATEGY, result, totals(result.listed, STRATEGY), run, "draft", NO_KPI)
    changes = year_changes(contents, last_year)
    [match] = found
    kept = [(k.before, k.row["事業名"], k.renamed) for k in changes.kept]
    projects = [row.name for row in result.listed if not row.relisted]
    pairs = sorted({**match.known, **match.renamed}.items())
    assert kept == [(last_year.projects[j], projects[i], i in match.renamed) for i, j in pairs]
    fates = {g.before.name for g in changes.gone if g.fate != "掲載なし"}
    assert fates == {last_year.projects[j].name for j in (*match.aside.values(), *match.united)}


def test_an_approval_covers_the_name_that_is_printed_alone() -> None:
    renamed = merge(come_in([row(1, "甲")], office=DECIDED["renamed by the office"]), STRATEGY)
    assert [(r.name, r.former_name) for r in renamed.listed] == [("丙", "甲")]
    plain = merge(come_in([row(1, "丙")]), STRATEGY)
    assert content_hash(renamed, STRATEGY) == content_hash(plain, STRATEGY)


def test_without_last_year_nothing_is_asked() -> None:
    result = merge(come_in([row(1, "甲", **NEW), row(2, "乙")]), STRATEGY)
    assert year_codes(result) == []


def one(result: ListResult, code: str) -> Any:
    [found] = [f for f in result.findings if f.code == code]
    return found


def test_what_was_there_is_named_with_its_place() -> None:
    item = one(compared([row(1, "甲", **NEW)], [last("甲", number=7)]), "Y101")
    assert "2ア-7、経済部" in item.message
    assert "『継続』に直してください" in item.cure
    assert (item.place.cell, item.target, item.severity) == ("E5", "2ア-1 甲", "要確認")


@pytest.mark.parametrize(
    ("name", "before", "suggested"),
    [
        ("移住推進事業", last("移住促進事業"), True),
        ("移住推進事業", last("移住促進事業", "4ア"), True),
        ("移住推進事業", last("移住促進事業", department=N), True),
        ("移住推進事業", last("移住促進事業", "4ア", department=N), False),
        ("商店街振興事業", last("観光振興事業"), False),
        ("まったく別の名前", last("移住促進事業", description=OLD_TEXT), True),
    ],
    ids=["alike", "moved", "other department", "elsewhere", "only the ending", "the same text"],
)
def test_a_renaming_is_suggested(name: str, before: LastRow, suggested: bool) -> None:
    item = one(compared([row(1, name)], [before]), "Y101")
    assert (f"『{before.name}』の名前を変えたもの" in item.message) is suggested


def test_no_project_is_the_former_name_of_two() -> None:
    rows = [row(1, "移住推進事業"), row(2, "移住促進推進事業")]
    result = compared(rows, [last("移住促進事業")])
    asked = [f for f in result.findings if f.code == "Y101"]
    assert len(asked) == 2
    assert sum("名前を変えたもの" in f.message for f in asked) == 1


@pytest.mark.parametrize(
    "row_of_the_old_name",
    [
        row(2, "移住促進事業"),
        row(2, "移住促進事業", category="終了"),
        row(2, "移住促進事業", measure="9ア"),
    ],
    ids=["listed", "ended", "held"],
)
def test_what_is_accounted_for_is_no_former_name(row_of_the_old_name: RawRow) -> None:
    item = one(
        compared([row(1, "移住推進事業"), row_of_the_old_name], [last("移住促進事業")]), "Y101"
    )
    assert "名前を変えたもの" not in item.message


def test_what_a_missing_department_had_is_no_former_name() -> None:
    before = [last("移住促進事業", department=N)]
    assert "名前を変えたもの" in one(compared([row(1, "移住推進事業")], before), "Y101").message
    item = one(compared([row(1, "移住推進事業")], before, missing=[N]), "Y101")
    assert "名前を変えたもの" not in item.message


@pytest.mark.parametrize(
    ("before", "asked"),
    [(f"{E}・{N}", False), (f"{E}･{N}", False), (f"{N}・{E}", True), (E, True), (None, True)],
)
def test_departments_that_shared_it_last_year_are_not_asked_again(
    before: str | None, asked: bool
) -> None:
    listed = [replace(last("甲"), department=before)] if before else [last("別の事業")]
    result = compared([row(1, "甲", department=f"{E}・{N}", file=f"{E}.xlsx")], listed)
    assert ("R113" in {f.code for f in result.findings}) == asked


def test_last_years_amount_tells_yen_from_thousand_yen() -> None:
    item = one(compared([row(1, "甲", budget=1_200_000)], [last("甲", budget=1200)]), "R114")
    assert "前年度（1,200千円）" in item.message


@pytest.mark.parametrize(
    ("budget", "typed", "listed", "expected"),
    [
        (1_000_000, 1_000_000, 1000, ["R114"]),  # both years in yen: only last year's list tells
        (1_200_000, 600_000, 1200, ["R114"]),
        (1_000_000, 1000, 10, ["R114"]),
        (1_000_000, 900_000, 10, ["Y102"]),
        (1_000_000, 0, 0, ["Y102"]),
    ],
)
def test_a_leap_is_asked_about_once_whatever_the_form_says_of_last_year(
    budget: int, typed: int, listed: int, expected: list[str]
) -> None:
    typed_row = row(1, "甲", budget=budget, previous_budget=typed)
    result = compared([typed_row], [last("甲", budget=listed)])
    assert [f.code for f in result.findings] == expected


@pytest.mark.parametrize(("factor", "asked"), [("1.5", True), ("3", False), ("0", False)])
def test_the_factor_is_the_offices(factor: str, asked: bool) -> None:
    strategy = strategy_of(settings={"前年度比の目安": factor})
    result = compared([row(1, "甲", budget=25_000)], [last("甲", budget=10_000)], strategy)
    assert bool(year_codes(result)) is asked


def test_the_office_can_confirm() -> None:
    sheet = office(confirmed=[("Y101", "2ア-1", "新規"), ("Y102", "2ア-1", "90,000")])
    result = compared([row(1, "甲", budget=90_000, **NEW)], [last("甲")], office=sheet)
    found = [f for f in result.findings if f.code in ("Y101", "Y102")]
    assert [f.acknowledged for f in found] == [True, True]
    assert not result.is_draft


def test_a_confirmation_waits_for_the_next_merge_with_last_years_list() -> None:
    """Whoever merges once without --previous must not be told to delete it."""
    sheet = office(confirmed=[("Y101", "2ア-1", ""), ("K106", "2ア-1", "")])
    rows = [row(1, "甲", **NEW)]
    for_list, for_kpi = share(come_in(rows, office=sheet), STRATEGY)
    without = merge(for_list, STRATEGY)
    assert [f.code for f in without.findings if f.code == "O103"] == []
    kpi = report(office=for_kpi.office)
    assert [f.code for f in kpi.findings if f.code == "O103"] == []
    stale = compared(rows, [last("乙")], office=for_list.office)
    assert [f.code for f in stale.findings if f.code == "O103"] == ["O103"]
    kpi = report(office=for_kpi.office, previous={"2ア-1": {2016: Decimal(1)}})
    assert [f.code for f in kpi.findings if f.code == "O103"] == ["O103"]


def test_a_template_without_the_factor_asks_from_twice_on() -> None:
    assert make_strategy().settings.budget_factor == "2"


@pytest.mark.parametrize("typed", ["1", "0.5", "-2", "倍"])
def test_a_factor_that_is_none_is_a_mistake_of_the_template(typed: str) -> None:
    strategy, mistakes = load(tables({"前年度比の目安": typed}), "別紙_template.xlsx")
    assert strategy is None
    assert [m.code for m in mistakes] == ["T101"]
    assert "前年度比の目安" in mistakes[0].message
