"""Forms go out prefilled, are filled in, come back, and make the list that they should."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sousei_xl import eras, text
from sousei_xl.addresses import cell_address
from sousei_xl.errors import OperatorError
from sousei_xl.figures.last_year import LastYear
from sousei_xl.forms import layout
from sousei_xl.forms.checks import GOOD, PENDING, check_text
from sousei_xl.forms.checks.indicators import indicator_text
from sousei_xl.forms.distribute import write_form
from sousei_xl.forms.indicators import indicator_rows
from sousei_xl.forms.projects import FIRST_ROW
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.last_year import read_last_year
from sousei_xl.intake.read import read_files, read_one
from sousei_xl.intake.receive import receive
from sousei_xl.intake.submission import read_submission
from sousei_xl.pipeline.distribution import others, plan_forms, publish_forms
from sousei_xl.pipeline.file_names import file_names
from sousei_xl.rules import checks, schema
from sousei_xl.rules.parse import parse_rows
from sousei_xl.rules.records import Submission
from sousei_xl.sheets.final_check import printed_rows, write_final_check
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.indicators import columns, reference_text
from sousei_xl.strategy.load.table import FORM
from sousei_xl.workspace import OFFICE_SHEET, Run, Workspace
from tests import zip_surgery as zs
from tests.builders import DEPARTMENTS, example_strategy, facts, make_strategy, raw
from tests.facts import example_contents, example_rows
from tests.forms_filled import fill, project_letters
from tests.indicator_builders import example_kpi_strategy
from tests.recalculate import needs_office, recalculate
from tests.workspaces import ROOT, column, edit, example_workspace, run

GROSS, NET = 3_905_077, 3_550_284
# A row of 期間累計 with every year that has ended.
HANDED_OVER = ("2ア-2 旭川まちなかしごとプラザ事業", "修正", "部局名", "経済部", "農政部")
SUM_ROW = {"actual_2015": 96, "actual_2016": 90, "actual_2017": 104}
PASSED_OVER = {"actual_2015": 96, "actual_2017": 104}


def shown(path: Path, sheet: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_path(str(path))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def typed_facts() -> dict[str, list[dict[str, Any]]]:
    """Department → the rows of FY2018 as it types them: relisted ones without what is known."""
    texts = {r["事業名"]: r["事業内容"] for r in facts("descriptions")}
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in DEPARTMENTS}
    for fact in facts("projects"):
        name, new = text.split_new_mark(fact["事業名"])
        row = {
            "measure": fact["基本目標"] + fact["施策"],
            "number": int(fact["番号"]),
            "name": name,
            "relevance": fact["関連性"],
        }
        if fact["再掲"]:
            row |= {"relisted": "再掲"}
        else:
            row |= {"budget": int(fact["予算事業費_千円"]), "description": texts[fact["事業名"]]}
            row |= {"category": "新規"} if new else {}
        rows[fact["部局名"]].append(row)
    return rows


def read(path: Path, strategy: Strategy) -> Submission:
    received, findings = read_submission(read_one(str(path), path.name), strategy, count(1))
    assert findings == []
    assert isinstance(received, Submission)
    return received


# --- the round ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def first_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """FY2018 by forms alone: distributed, filled in, one returned and corrected, merged."""
    folder = tmp_path_factory.mktemp("平成30年度")
    example_workspace(folder)
    for path in (folder / "inbox").iterdir():
        if path.name != OFFICE_SHEET:
            path.unlink()
    assert run("distribute", "--workspace", folder).status == 0
    for department, rows in typed_facts().items():
        form = folder / "outbox" / "様式" / f"{department}.xlsx"
        assert form.stat().st_size < 150_000
        fill(form, folder / "inbox" / f"{department}.xlsx", example_strategy(), rows)
    return folder


def totals(folder: Path, status: str = "proposal") -> dict[str, Any]:
    done = run("merge", "--workspace", folder, "--json").json
    assert done["status"] == status, [f["message"] for f in done["findings"]][:5]
    found: dict[str, Any] = done["total"]
    return found


def test_forms_filled_with_the_facts_make_the_list(first_year: Path) -> None:
    spoiled = first_year / "inbox" / "農政部.xlsx"
    good = spoiled.read_bytes()
    edit(spoiled, layout.PROJECTS, {"J4": "約3百万円"})
    totals(first_year, "draft")
    returned = first_year / "outbox" / "差戻し" / "農政部.xlsx"
    first = next(r for r in typed_facts()["農政部"])
    edit(returned, layout.PROJECTS, {"J4": first["budget"]})
    spoiled.write_bytes(returned.read_bytes())
    done = totals(first_year)
    assert (done["rows"], done["relisted"], done["gross"], done["net"]) == (104, 21, GROSS, NET)
    spoiled.write_bytes(good)


@pytest.fixture(scope="module")
def second_year(first_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """FY2019: forms prefilled from the list of FY2018."""
    totals(first_year)
    folder = tmp_path_factory.mktemp("平成31年度")
    example_workspace(folder)
    for path in (folder / "inbox").iterdir():
        path.unlink()
    template = folder / "templates" / "別紙_template.xlsx"
    book = openpyxl.load_workbook(template)
    for row in book["設定"].iter_rows():
        if row[0].value == "基準日":
            row[1].value = "2019-03-29"
        if row[0].value == "年度":
            row[1].value = "平成31年度"
    book.save(template)
    previous = first_year / "outbox" / "別紙_平成30年度（案）.xlsx"
    done = run("distribute", "--workspace", folder, "--previous", previous, "--json")
    assert done.status == 0, done.err
    (folder / "distributed.json").write_text(done.out, encoding="utf-8")
    return folder


def test_a_deadline_of_last_year_is_asked_about(second_year: Path) -> None:
    """Nobody has changed 提出期限 yet, nor 実績基準日: they would go out on every form."""
    done = json.loads((second_year / "distributed.json").read_text(encoding="utf-8"))
    deadline, results = done["questions"]
    assert "提出期限（平成30年3月16日（例））は、令和元年度が始まる半年より前の日です" in deadline
    assert "実績基準日（平成30年8月31日）は、令和元年度が始まる半年より前の日です" in results
    assert results.endswith("（事業だけを照会する間は、そのままで構いません）。")
    elsewhere = ("--outbox", second_year / "試し")
    told = run("distribute", "--workspace", second_year, *elsewhere).out
    assert deadline in told
    assert results in told


def test_last_years_rows_are_prefilled(second_year: Path) -> None:
    done = json.loads((second_year / "distributed.json").read_text(encoding="utf-8"))
    assert done["previous"] == {
        "file": "別紙_平成30年度（案）.xlsx",
        "fiscal_year": 2018,
        "rows": 104,
        "printed_otherwise": [],
    }
    assert [f["department"] for f in done["forms"]] == list(DEPARTMENTS)
    assert sum(f["rows"] for f in done["forms"]) == 104
    assert sum(f["relisted"] for f in done["forms"]) == 21
    assert (done["unassigned"], done["others"]) == ([], [])
    assert sorted(done["written"]) == sorted(f["file"] for f in done["forms"])
    form = second_year / "outbox" / "様式" / "子育て支援部.xlsx"
    rows = shown(form, layout.PROJECTS)[FIRST_ROW - 1 :]
    header = [str(v) for v in rows[0]]
    first = dict(zip(header, rows[1], strict=True))
    assert first["入力チェック"].startswith(PENDING)
    assert (first["掲載区分"], first["予算事業費（千円）"]) == ("継続", "")
    fact = next(r for r in facts("projects") if r["部局名"] == "子育て支援部")
    assert first["前年度番号"] == int(fact["番号"])
    assert first["前年度予算"] == int(fact["予算事業費_千円"])
    assert not any("（新）" in str(row[header.index("事業名")]) for row in rows)
    mentions = [r for r in rows[1:] if "平成30年度" in str(r[header.index("事業内容")])]
    counted = next(f for f in done["forms"] if f["department"] == "子育て支援部")
    assert len(mentions) == counted["to_review"] > 0


def test_typing_the_budgets_is_all_that_a_department_has_to_do(second_year: Path) -> None:
    for department in DEPARTMENTS:
        form = second_year / "outbox" / "様式" / f"{department}.xlsx"
        book = openpyxl.load_workbook(form)
        sheet, letters = book[layout.PROJECTS], project_letters(book, example_strategy())
        number = FIRST_ROW + 1
        while sheet[f"{letters['name']}{number}"].value:
            last = sheet[f"{letters['previous_budget']}{number}"].value
            sheet[f"{letters['budget']}{number}"] = last
            number += 1
        book.save(second_year / "inbox" / f"{department}.xlsx")
    done = run("merge", "--workspace", second_year, "--json").json
    assert done["status"] == "proposal"
    total = done["total"]
    assert (total["rows"], total["relisted"], total["gross"], total["net"]) == (104, 21, GROSS, NET)
    codes = {f["code"] for f in done["findings"]}
    assert "R115" in codes  # 平成30年度は … : what the form had marked for review
    assert not [f for f in done["findings"] if f["severity"] == "要修正"]


def test_untouched_rows_are_said_to_be_unconfirmed(second_year: Path) -> None:
    form = second_year / "outbox" / "様式" / "経済部.xlsx"
    rows = shown(form, layout.PROJECTS)[FIRST_ROW:]
    states = [row[0] for row in rows if row[5]]
    relisted = [row[3] == "再掲" for row in rows if row[5]]
    for state, again in zip(states, relisted, strict=True):
        assert state == GOOD if again else state.startswith(PENDING)
    answers = {row[0]: row[1] for row in shown(form, layout.REPLY)}
    assert answers["未確認（行）"] == relisted.count(False)
    assert answers["要修正（行）"] == 0
    assert answers["提出の準備"] == "「事業」の未確認の行を、入力チェックに従って確かめてください。"


# --- the states of a prefilled row ----------------------------------------------------------------


def prefilled(**changes: Any) -> dict[str, Any]:
    row = {
        "measure": "2ア 移住環境",
        "category": "継続",
        "name": "移住促進事業",
        "relevance": "◎",
        "description": "相談会を開く。",
        "previous_number": 3,
        "previous_budget": 12_000,
        **changes,
    }
    return {name: value for name, value in row.items() if value is not None}


BUDGET = f"{PENDING}今年度の予算事業費を入力してください"
PAST = f"{PENDING}事業内容に前の年度の記述があります（直すか、備考に「確認済」と入力してください）"
LEAP = f"{PENDING}予算が前年度から大きく変わっています（正しければ備考に理由を入力してください）"
STATES: dict[str, tuple[dict[str, Any], str]] = {
    "untouched": (prefilled(), BUDGET),
    "no number last year": (prefilled(previous_number=None), BUDGET),
    "budget typed": (prefilled(budget=12_500), GOOD),
    "far from last year's": (prefilled(budget=0), LEAP),
    "with its reason": (prefilled(budget=0, note="工事の完了による減"), GOOD),
    "nothing but last year's measure": (prefilled(budget=25_000, note="前年度の施策：2ア"), LEAP),
    "no amount": (prefilled(budget=25_000, budget_kind="内数"), GOOD),
    "kind chosen": (prefilled(budget_kind="内数"), GOOD),
    "kind says nothing": (prefilled(budget_kind="当初"), BUDGET),
    "ended": (prefilled(category="終了"), GOOD),
    "another fault first": (prefilled(measure=None), "施策をリストから選んでください"),
    "relisted": (prefilled(relisted="再掲", description=None, previous_budget=None), GOOD),
    "last year's text": (prefilled(budget=12_000, description="平成29年度に始めた。"), PAST),
    "in full width": (prefilled(budget=12_000, description="平成２９年度から行う。"), PAST),
    "the year before": (prefilled(budget=12_000, description="平成28年度は調べた。"), PAST),
    "since the year before": (prefilled(budget=12_000, description="平成28年度から行う。"), GOOD),
    "this year's text": (prefilled(budget=12_000, description="平成30年度は行う。"), GOOD),
    "confirmed": (
        prefilled(budget=12_000, description="平成29年度に始めた。", note="確認済です"),
        GOOD,
    ),
    "a row of this year": (
        prefilled(previous_number=None, previous_budget=None),
        "予算事業費を入力してください（未定などは予算区分で選択）",
    ),
    "an old text of this year": (
        prefilled(previous_number=None, previous_budget=None, budget=1, description="平成29年度は"),
        GOOD,
    ),
}


@pytest.mark.parametrize("case", STATES)
def test_state_of_a_prefilled_row(case: str) -> None:
    cells, expected = STATES[case]
    assert check_text(example_strategy(), cells) == expected


def test_years_of_a_new_era_are_known() -> None:
    strategy = make_strategy(settings={"年度": "令和2年度"})
    for words in ("平成31年度に", "令和元年度の", "令和１年度に", "平成30年度は"):
        assert check_text(strategy, prefilled(budget=12_000, description=words)) == PAST


# --- last year's workbook -------------------------------------------------------------------------

HEADINGS = ["番号", "再掲", "事業名", "部局名", "関連性", "予算事業費\n（千円）", "事業内容"]


def plain_list(path: Path, rows: list[list[Any]], title: str = "平成29年度関連事業一覧") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [[title], HEADINGS, *rows]:
        sheet.append(row)
    book.create_sheet("メモ").append(["事業名のない表"])
    book.save(path)
    return path


def last_year(path: Path, strategy: Strategy | None = None) -> LastYear:
    return read_last_year(read_one(str(path), path.name), strategy or example_strategy())


def test_joint_names_of_last_year_are_cut_where_departments_end(tmp_path: Path) -> None:
    """What means no department of this year stays as it was printed, letter for letter."""
    strategy = make_strategy(
        departments=[
            (1, "経済部", "商工部"),
            (2, "観光・スポーツ部"),
            (3, "産業・労働部", "労働部"),
        ]
    )
    lines = {
        "観光・スポーツ部・経済部": ("観光・スポーツ部・経済部", "観光・スポーツ部"),
        "商工部・産業・労働部": ("経済部・産業・労働部", "経済部"),
        "経済部、観光・スポーツ部": ("経済部・観光・スポーツ部", "経済部"),
        "旧観光センター・商工部": ("旧観光センター・経済部", "経済部"),
        "旧観光センター・旧ｽﾎﾟｰﾂ課": ("旧観光センター・旧ｽﾎﾟｰﾂ課", ""),
    }
    rows = [[i, None, f"事業{i}", printed, "◎", 5, "行う。"] for i, printed in enumerate(lines, 1)]
    found = last_year(plain_list(tmp_path / "一覧.xlsx", rows), strategy)
    assert [(r.department, r.counted) for r in found.rows] == [*lines.values()]
    # What is prefilled comes back untouched, and is no mistake then.
    prefilled = [(r.department, r.counted) for r in found.rows[:3]]
    raws = [raw(i, department=printed) for i, (printed, _) in enumerate(prefilled, 1)]
    again, said = parse_rows([(one, "経済部") for one in raws], strategy)
    assert [(r.department, r.counted) for r in again] == prefilled
    assert "A102" not in {f.code for f in said}


def test_a_plain_list_with_bands(tmp_path: Path) -> None:
    measures = {m.key: m for m in example_strategy().measures}
    path = plain_list(
        tmp_path / "一覧.xlsx",
        [
            ["基本目標２　まちの魅力"],
            [f"ア　{measures['2ア'].list_name}"],
            [1, None, "（新）移住促進事業", "経済部", "◎", "12,000", "相談会を開く。"],
            [2, "再掲", "観光事業", "観光スポーツ交流部", "〇", 500, "案内する。"],
            ["イ　去年だけの名前の施策"],
            [1, None, "奨学金事業", "経済部・農政部", "○", "内数", "平成29年度に始めた。"],
            ["ケ　今年はない施策"],
            [1, None, "何かの事業", "昔の部", "◎", "調整中", None],
            ["小計2", None, "4事業（うち再掲1）", None, None, 12_500],
            [f"{measures['4ア'].text_name}"],
            [7, None, "空港事業", "地域振興部", "×", None, "整備する。"],
            ["合計", None, "5事業", None, None, 12_500],
        ],
    )
    found = last_year(path)
    assert found.fiscal_year == 2017
    assert [(r.measure, r.number, r.relisted, r.name, r.counted) for r in found.rows] == [
        ("2ア", 1, False, "移住促進事業", "経済部"),
        ("2ア", 2, True, "観光事業", "観光スポーツ交流部"),
        ("2イ", 1, False, "奨学金事業", "経済部"),
        ("", 1, False, "何かの事業", ""),
        ("4ア", 7, False, "空港事業", "地域振興部"),
    ]
    assert [r.budget for r in found.rows] == [12_000, 500, "内数", "未定", None]
    assert [r.relevance for r in found.rows] == ["◎", "○", "○", "◎", ""]
    assert found.rows[2].department == "経済部・農政部"
    plan = plan_forms(example_strategy(), "", found)
    assert [r.name for r in plan.unassigned] == ["何かの事業"]
    forms = {f.department: f for f in plan.forms}
    assert [p["name"] for p in forms["経済部"].projects or ()] == ["移住促進事業", "奨学金事業"]
    joint = (forms["経済部"].projects or ())[1]
    assert (joint["department"], joint["previous_budget"]) == ("経済部・農政部", "内数")
    (relisted,) = forms["観光スポーツ交流部"].projects or ()
    assert {k for k, v in relisted.items() if v is not None} == {
        "measure", "number", "relisted", "category", "name", "department", "relevance",
        "previous_number",
    }  # fmt: skip
    (airport,) = forms["地域振興部"].projects or ()
    assert (airport["relevance"], airport["previous_budget"]) == (None, "記載なし")


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        ("未定", 500, "未定"),
        ("検討中", None, "未定"),
        ("内数", 500, "内数"),
        ("当初", None, None),
        ("当初", 500, 500),
        (None, "内数", "内数"),
        (None, "０予算", 0),
        ("０予算", None, 0),
        (None, "約5", "約5"),
    ],
)
def test_a_word_stands_instead_of_an_amount_by_its_kind_as_this_year(
    kind: str | None, cell: Any, expected: int | str | None, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append([*HEADINGS, "予算区分"])
    book.active.append([1, None, "移住促進事業", "経済部", "◎", cell, "行う。", kind])
    book.save(tmp_path / "一覧.xlsx")
    [row] = last_year(tmp_path / "一覧.xlsx").rows
    assert row.budget == expected


def test_a_measure_that_is_no_more_is_left_to_be_chosen(tmp_path: Path) -> None:
    rows = [["基本目標1"], ["ケ　今年はない施策"], [1, None, "事業", "経済部", "◎", 5, "行う。"]]
    plan = plan_forms(example_strategy(), "", last_year(plain_list(tmp_path / "f.xlsx", rows)))
    (row,) = next(f for f in plan.forms if f.department == "経済部").projects or ()
    assert (row["measure"], row["note"]) == (None, "前年度の施策：ケ　今年はない施策")
    assert check_text(example_strategy(), row) == "施策をリストから選んでください"


def test_a_goal_of_last_year_s_list_is_known_by_what_it_is_called(tmp_path: Path) -> None:
    called = {1: "目標1", 2: "基本目標Ⅰ", 3: "基本目標Ⅱ", 4: "横断的目標"}
    base = example_strategy()
    goals = tuple(replace(goal, called=called[goal.number]) for goal in base.goals)
    bands = ["目標１　ひと", "目標10", "基本目標Ⅱ　まち", "横断的目標　人材", "基本目標Ⅰ"]
    project = [1, None, "事業", "経済部", "◎", 5, "行う。"]
    rows: list[list[Any]] = [row for band in bands for row in ([band], ["ア"], project)]
    last = last_year(plain_list(tmp_path / "去年.xlsx", rows), replace(base, goals=goals))
    assert [row.goal for row in last.rows] == [1, 1, 3, 4, 2]


@pytest.mark.parametrize("columns", [True, False])
def test_a_letter_that_another_measure_has_now_says_nothing(columns: bool, tmp_path: Path) -> None:
    """2ウ is gone; last year's 2エ has its letter. 2イ only has another name."""
    now = {m.key: m.list_name for m in example_strategy().measures}
    was = [
        "ウ　まちなかの活用",
        f"エ　{now['2ウ']}",
        f"オ　{now['2エ']}",
        "イ　大学",
    ]
    path = tmp_path / "一覧.xlsx"
    rows: list[list[Any]] = [["基本目標２"]]
    for number, band in enumerate(was, 1):
        project = [number, None, f"事業{number}", "経済部", "◎", 5, "行う。"]
        rows += [[*project, f"2{band[0]}", band[2:]]] if columns else [[band], project]
    plain_list(path, rows)
    if columns:
        edit(path, "Sheet", {"H2": "施策キー", "I2": "施策"})
    found = last_year(path).rows
    assert [r.measure for r in found] == ["", "2ウ", "2エ", "2イ"]
    assert [r.goal for r in found] == [2] * 4
    assert "まちなかの活用" in found[0].measure_name


def test_last_years_texts_that_no_form_can_hold_are_named(tmp_path: Path) -> None:
    """Excel stores a control character as _x0007_; other programs write texts of any length."""
    row = [1, None, "事業", "経済部", "◎", 5, "行う。"]
    rows = [["ア"], row, [*row[:6], "ベル_x0007_の音"], [*row[:2], "長い名前", *row[3:]]]
    path = plain_list(tmp_path / "f.xlsx", rows)
    path.write_bytes(zs.replace(path.read_bytes(), zs.SHEET, "長い名前", "長" * 40_000))
    with pytest.raises(OperatorError, match=r"『f\.xlsx』のシート『Sheet』のG5、C6に、"):
        last_year(path)


@pytest.mark.parametrize(
    ("heading", "above", "refused"),
    [
        ("予算事業費（円）", "", True),
        ("予算事業費\n（単位：百万円）", "（単位：千円）", True),
        ("予算事業費", "（単位：円）", True),
        ("予算事業費", "単位:億円", True),
        ("予算事業費", "（単　位：円）", True),
        ("予算事業費［円］", "", True),
        ("予算事業費【百万円】", "", True),
        ("予算事業費：円", "", True),
        ("予算事業費 円", "（単位：千円）", True),
        ("予算事業費（百万円、千円未満切捨て）", "", True),
        ("予算事業費（1,000千円）", "", True),
        ("予算事業費（1,000円）", "", False),
        ("予算事業費【千円】", "", False),
        ("予算事業費 千円", "", False),
        ("予算事業費（千円、円未満切捨て）", "", False),
        ("予算事業費（千円未満切捨て）", "（単位：千円）", False),
        ("予算事業費（千円）", "（単位：円）", False),
        ("予算事業費", "（単位：千円）", False),
        ("予算事業費", "1人100円の事業", False),
    ],
)
def test_amounts_of_another_unit_are_not_taken_for_thousand_yen(
    heading: str, above: str, refused: bool, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    headings = [heading if h.startswith("予算") else h for h in HEADINGS]
    row = [1, None, "移住促進事業", "経済部", "◎", 12_000, "行う。"]
    for line in (["平成29年度", above], headings, row):
        book.active.append(line)
    book.save(tmp_path / "一覧.xlsx")
    if refused:
        words = "".join((heading if "円" in heading else above).split())
        with pytest.raises(OperatorError, match=f"シート『Sheet』.*千円単位.*『{words}』"):
            last_year(tmp_path / "一覧.xlsx")
    else:
        assert last_year(tmp_path / "一覧.xlsx").rows[0].budget == 12_000


def test_former_names_lead_to_the_department_of_today(tmp_path: Path) -> None:
    departments = [(1, "経済部", "商工部、経済局"), (2, "農政部")]
    strategy = make_strategy(departments=[(*d, *[""] * (5 - len(d))) for d in departments])
    rows = [["基本目標1"], ["ア"], [1, None, "事業", "商工部", "◎", 5, "行う。"]]
    (row,) = last_year(plain_list(tmp_path / "f.xlsx", rows), strategy).rows
    assert (row.department, row.counted, row.measure) == ("経済部", "経済部", "1ア")


def test_numbers_are_left_to_an_office_that_gives_them(tmp_path: Path) -> None:
    strategy = make_strategy(settings={"番号の付け方": "自動"})
    rows = [["基本目標1"], ["ア"], [4, None, "事業", "経済部", "◎", 5, "行う。"]]
    plan = plan_forms(strategy, "", last_year(plain_list(tmp_path / "f.xlsx", rows), strategy))
    (row,) = next(f for f in plan.forms if f.department == "経済部").projects or ()
    assert (row["number"], row["previous_number"]) == (None, 4)


@pytest.mark.parametrize("content", ["", "何かの表"])
def test_a_workbook_without_a_list_is_refused(tmp_path: Path, content: str) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = content
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(OperatorError, match="関連事業の一覧が見つかりません"):
        last_year(tmp_path / "x.xlsx")


def test_what_cannot_be_read_and_this_years_own_list_are_refused(
    tmp_path: Path, first_year: Path
) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"no workbook")
    with pytest.raises(OperatorError, match=r"x\.xlsx"):
        last_year(tmp_path / "x.xlsx")
    totals(first_year)
    with pytest.raises(OperatorError, match="前年度（平成29年度）の別紙を指定"):
        last_year(first_year / "outbox" / "別紙_平成30年度（案）.xlsx")


def test_what_the_sheet_of_the_list_lacks_is_told_when_the_forms_are_made(tmp_path: Path) -> None:
    folder = example_workspace(tmp_path / "w")
    template = folder / "templates" / "別紙_template.xlsx"
    book = openpyxl.load_workbook(template)
    cells = [c for row in book[FORM].iter_rows() for c in row if c.value == "{部局名}"]
    edit(template, FORM, {cells[0].coordinate: "{部局}"})
    done = run("distribute", "--workspace", folder)
    assert done.status == 2
    assert "差込み『{部局}』は定義されていません。「{部局名}」ではありませんか。" in done.err
    assert not (folder / "outbox" / "様式").exists()
    # Its lists do not depend on how the list is printed.
    assert run("distribute", "--only", "事務局修正", "--workspace", folder).status == 0


@pytest.mark.parametrize(
    ("headings", "row", "told"),
    [
        (
            ["番号", "事業の名称", "担当部署", "予算事業費", "事業内容"],
            [1, "移住促進事業", "経済部", 5, "行う。"],
            "シート『Sheet』の2行目に、『事業名』『部局名』の見出しがありません。",
        ),
        (["事業名", "部局名", "概要"], ["移住促進事業", "経済部", "行う。"], "は、2つだけです。"),
        (["番号", "事業名", "部局名", "事業内容"], [], "見出しの下に、事業の行が見つかりません。"),
    ],
)
def test_a_list_that_is_not_found_says_what_its_headings_lack(
    headings: list[str], row: list[Any], told: str, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for cells in (["平成29年度"], headings, row):
        book.active.append(cells)
    book.save(tmp_path / "一覧.xlsx")
    with pytest.raises(OperatorError, match="関連事業の一覧が見つかりません") as caught:
        last_year(tmp_path / "一覧.xlsx")
    assert told in str(caught.value)
    assert "1行に『事業名』『部局名』を含む4つ以上の見出し" in str(caught.value)


# --- which department gets which form -------------------------------------------------------------


def units_strategy() -> Strategy:
    rows = [
        (1, "経済部", "", "はい", "産業振興課、観光課"),
        (2, "農政部", "", "はい", ""),
        (3, "議会事務局", "", "いいえ", ""),
    ]
    return make_strategy(departments=rows, fields=[("担当課名", "独自", "文字")])


def test_a_form_per_unit_where_the_template_names_them() -> None:
    plan = plan_forms(units_strategy())
    assert [(f.file, f.department, f.unit) for f in plan.forms] == [
        ("様式/経済部_産業振興課.xlsx", "経済部", "産業振興課"),
        ("様式/経済部_観光課.xlsx", "経済部", "観光課"),
        ("様式/農政部.xlsx", "農政部", ""),
    ]
    assert all(not f.prefilled and f.projects == () for f in plan.forms)


def test_rows_of_a_unit_and_rows_that_name_none(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ["施策", "番号", "事業名", "部局名", "担当課", "関連性", "予算事業費"],
        ["1ア", 1, "甲", "経済部", "観光課", "◎", 5],
        ["1ア", 2, "乙", "経済部", None, "◎", 5],
        ["1ア", 3, "丙", "議会事務局", None, "◎", 5],
    ):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    plan = plan_forms(units_strategy(), "", last_year(tmp_path / "x.xlsx", units_strategy()))
    names = {f.unit: [p["name"] for p in f.projects or ()] for f in plan.forms}
    assert names == {"産業振興課": ["乙"], "観光課": ["甲", "乙"], "": []}
    assert [r.name for r in plan.unassigned] == ["丙"]


@pytest.mark.parametrize(("unit", "prefilled"), [("観光課", True), ("観光課", False), ("", True)])
def test_a_unit_is_told_to_delete_the_rows_of_others(
    tmp_path: Path, unit: str, prefilled: bool
) -> None:
    path = tmp_path / "form.xlsx"
    write_form(path, units_strategy(), "経済部", unit=unit, projects=[], prefilled=prefilled)
    words = [c.value for row in openpyxl.load_workbook(path)[layout.GUIDE] for c in row if c.value]
    told = any("担当しない事業は、行ごと削除してください" in str(w) for w in words)
    assert told == (prefilled and bool(unit))


def test_kpi_round_goes_to_the_departments_in_charge() -> None:
    strategy = example_kpi_strategy()
    actuals = {"G3-1": {2015: Decimal("105"), 2016: Decimal("98.5"), 2014: Decimal(1)}}
    plan = plan_forms(strategy, layout.INDICATORS, LastYear("x", 2017, (), actuals))
    owners = {d for i in strategy.indicators for d in i.departments}
    assert {f.department for f in plan.forms} == owners
    assert all(f.projects is None and f.indicators for f in plan.forms)
    assert all(f.file == f"様式/KPI/{f.department}.xlsx" for f in plan.forms)
    economy = next(f for f in plan.forms if f.department == "経済部")
    row = next(r for r in economy.indicators if r["id"] == "G3-1")
    assert {k: v for k, v in row.items() if k.startswith("actual")} == {
        "actual_2015": 105,
        "actual_2016": 98.5,
    }
    both = plan_forms(strategy, "", LastYear("x", 2017, (), actuals))
    economy = next(f for f in both.forms if f.department == "経済部")
    again = next(r for r in economy.indicators if r["id"] == "G3-1")
    assert again == row
    alone = plan_forms(strategy, layout.PROJECTS)
    assert not any(f.indicators for f in alone.forms)


def _received(path: Path) -> Submission:
    """A form as it is received."""
    readings = read_files([InboxFile(path.name, path)], 1)
    [found] = receive(readings, None, (), example_kpi_strategy()).submissions
    return found


@pytest.mark.parametrize("only", ["", layout.INDICATORS])
def test_a_form_that_comes_back_with_what_it_went_out_with_reports_nothing(
    tmp_path: Path, only: str
) -> None:
    """Past actuals are filled in; in the round of the list most departments leave KPI alone."""
    strategy = example_kpi_strategy()
    actuals = {"G3-1": {2015: Decimal(105), 2016: Decimal("98.5")}, "2オ-1": {2015: Decimal(22)}}
    last = LastYear("x", 2017, (), actuals)
    workspace = Workspace.at(tmp_path)
    run_ = Run("", dt.date(2018, 3, 30), dt.datetime(2018, 3, 30))
    plan = plan_forms(strategy, only, last)
    publish_forms(workspace, strategy, run_, plan)
    form = workspace.outbox / next(f.file for f in plan.forms if f.department == "経済部")
    guide = openpyxl.load_workbook(form)[layout.GUIDE]
    words = [str(c.value) for row in guide.iter_rows() for c in row if c.value]
    assert any(w.endswith("前回までの実績値") for w in words)
    untouched = _received(form)
    assert (untouched.has_indicators, untouched.kpi_form) == (False, bool(only))
    assert untouched.indicator_rows[0].values["actual_2016"] == 98.5
    other = fill(form, tmp_path / "別.xlsx", strategy, reply={"担当課": "商業課"})  # saved again
    assert not _received(other).has_indicators
    for typed in ({"actual_2017": 112}, {"actual_2016": None}, {"reason": "未公表"}):
        touched = fill(form, tmp_path / "直.xlsx", strategy, indicators={"G3-1": typed})
        assert _received(touched).has_indicators, typed
    # A form that was filled in by whoever wrote it is a report.
    rows = next(f.indicators for f in plan.forms if f.department == "経済部")
    write_form(tmp_path / "記入済.xlsx", strategy, "経済部", indicators=rows)
    assert _received(tmp_path / "記入済.xlsx").has_indicators


def test_workbooks_beside_those_of_the_round_are_told(tmp_path: Path) -> None:
    made = ["様式/KPI/経済部.xlsx", "様式/農政部.xlsx"]
    stale = ["様式/KPI/旧部.xlsx", "様式/商工部.xlsx"]
    left = ["様式/KPI/~$経済部.xlsx", "様式/._経済部.xlsx"]  # by Excel, by a Mac
    for name in (*made, *stale, *left, "様式/最終確認/旧部.xlsx"):
        path = tmp_path / "outbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    assert sorted(others(Workspace.at(tmp_path), made)) == stale


def test_nobody_to_ask_is_said() -> None:
    with pytest.raises(OperatorError, match="担当部局"):
        plan_forms(example_strategy(), layout.INDICATORS)
    nobody = replace(example_strategy(), departments=())
    with pytest.raises(OperatorError, match="提出対象"):
        plan_forms(nobody)


def test_kpi_sheet_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    strategy = example_kpi_strategy()
    rows = indicator_rows(strategy, "経済部", {"G3-1": SUM_ROW})
    path = tmp_path / "経済部.xlsx"
    write_form(path, strategy, "経済部", projects=None, indicators=rows)
    header, *lines = shown(path, layout.INDICATORS)[2:]
    assert header[0] == layout.CHECK
    assert header[1:] == [c.label for c in columns(strategy.settings)]
    own = [i for i in strategy.indicators if "経済部" in i.departments]
    assert [line[1] for line in lines] == [i.id for i in own]
    kinds = {line[1]: line[5] for line in lines}
    assert kinds["G3-1"] == "期間累計\n（その年だけの値）"
    assert kinds["3ア-1"] == "累計\n（計画前からの合計）"
    figures = [reference_text(own[0], n, strategy.settings) for n in ("baseline", "target")]
    assert lines[0][6:8] == figures
    assert lines[0][0] == GOOD
    assert lines[1][0] == "未入力：H29実績か、未入力の理由を入力してください"
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [layout.GUIDE, layout.REPLY, layout.INDICATORS, "選択肢"]
    lists = [v for v in book[layout.INDICATORS].data_validations.dataValidation if v.type == "list"]
    assert {v.formula1 for v in lists} <= set(book.defined_names)
    assert not book[layout.INDICATORS].protection.sheet
    labels = [row[0] for row in shown(path, layout.REPLY)]
    assert layout.NONE_APPLICABLE not in labels


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("projects", [None, []])
def test_the_guide_ends_where_the_form_does(
    known: bool, projects: list[Any] | None, tmp_path: Path
) -> None:
    """Every state that 入力チェック may stay in when the form is ready is said to be good."""
    strategy = example_kpi_strategy()
    rows = indicator_rows(strategy, "経済部", {"G3-1": SUM_ROW})
    path = tmp_path / "f.xlsx"
    write_form(path, strategy, "経済部", projects=projects, indicators=rows, known=known)
    steps = {str(r[0]).partition("　")[2]: str(r[1]) for r in shown(path, layout.GUIDE)}
    step = steps[layout.CHECK]
    assert f"{GOOD} と「今回は入力不要」の行は、そのままで構いません" in step
    assert "「確認」の行も" in step
    assert ("「未入力」の行があっても提出できます" in step) == (projects is not None)
    assert "見出しの上に「今回入力」とある列" in steps[layout.INDICATORS]
    hints = openpyxl.load_workbook(path)[layout.INDICATORS][2]
    assert "今回入力" in [cell.value for cell in hints]
    assert ("前回までの実績値" in steps) == known


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("projects", [None, [], [prefilled()]])
def test_no_section_of_the_guide_is_torn(
    known: bool, projects: list[Any] | None, tmp_path: Path
) -> None:
    """Its tables have no headings on a second page, and a page of one row looks lost."""
    strategy = example_kpi_strategy()
    rows = indicator_rows(strategy, "経済部", {"G3-1": SUM_ROW})
    path = tmp_path / "f.xlsx"
    parts = {"projects": projects, "prefilled": bool(projects), "indicators": rows}
    write_form(path, strategy, "経済部", known=known, **parts)
    sheet = openpyxl.load_workbook(path)[layout.GUIDE]
    sections = {"「事業」の書き方", "「KPI」の書き方", "印の意味", "用語"}
    tops = [sheet.cell(mark.id + 1, 1).value for mark in sheet.row_breaks.brk]
    assert tops or projects is None
    assert set(tops) <= sections


@needs_office
@pytest.mark.libreoffice
def test_a_form_of_the_list_may_go_without_actuals_but_says_so(tmp_path: Path) -> None:
    strategy = example_kpi_strategy()
    rows = indicator_rows(strategy, "経済部", {})
    ready, begun, alone = (tmp_path / f"{name}.xlsx" for name in "abc")
    good = {**prefilled(), "budget": 12_000}
    write_form(ready, strategy, "経済部", projects=[good], indicators=rows)
    write_form(begun, strategy, "経済部", projects=[], indicators=rows)
    write_form(alone, strategy, "経済部", projects=None, indicators=rows)
    copies = recalculate([ready, begun, alone], tmp_path)
    for made in ([ready, begun, alone], copies):
        states = [dict(r[:2] for r in shown(p, layout.REPLY))["提出の準備"] for p in made]
        assert states == [
            "提出できます（KPIには未入力の行があります）。",
            "事業を入力するか、「該当なし」を選んでください。",
            "「KPI」に実績値か未入力の理由を入力してください。",
        ]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (SUM_ROW, GOOD),
        ({**SUM_ROW, "actual_2016": 0}, GOOD),
        (PASSED_OVER, "未入力：H28実績か、未入力の理由を入力してください"),
        ({"actual_2017": 104}, "未入力：H27実績か、未入力の理由を入力してください"),
        ({"actual_2017": 104, "reason": "集計中"}, GOOD),
        ({"actual_2017": 104, "office_class": "判定対象外"}, GOOD),
        ({}, "未入力：H29実績か、未入力の理由を入力してください"),
    ],
)
def test_a_sum_asks_for_the_years_before_as_well(cells: dict[str, Any], said: str) -> None:
    strategy = example_kpi_strategy()
    item = next(i for i in strategy.indicators if i.id == "G3-1")
    assert indicator_text(item, strategy.settings, {"id": "G3-1", **cells}) == said
    # Of a level each year stands for itself.
    level = replace(item, kind="各年度")
    if cells.get("actual_2017") and cells != PASSED_OVER:
        assert indicator_text(level, strategy.settings, {"id": "G3-1", **cells}) == GOOD


def test_nobody_is_to_choose_what_the_office_fills_in() -> None:
    strategy = example_kpi_strategy()
    item = next(i for i in strategy.indicators if i.id == "G3-1")
    said = {
        name: indicator_text(item, strategy.settings, {"id": "G3-1", **SUM_ROW, name: "A"})
        for name in ("stage", "office_class")
    }
    assert said["stage"] == "速報・確報をリストから選んでください"
    assert said["office_class"] == "事務局判定は空欄に戻してください（事務局が記入します）"


@pytest.mark.parametrize(
    ("cells", "kind", "asked"),
    [
        (PASSED_OVER, "各年度", True),
        ({"actual_2015": 96, "reason": "未公表"}, "各年度", True),
        ({"actual_2015": 96, "reason": "未調査"}, "各年度", False),
        ({**PASSED_OVER, "office_class": "判定対象外"}, "各年度", False),
        ({"actual_2016": 90, "actual_2017": 104}, "各年度", False),
        (PASSED_OVER, "調査", False),
    ],
)
def test_a_year_that_was_passed_over_is_asked_about(
    cells: dict[str, Any], kind: str, asked: bool
) -> None:
    strategy = example_kpi_strategy()
    item = next(i for i in strategy.indicators if i.id == "G3-1")
    said = indicator_text(replace(item, kind=kind), strategy.settings, {"id": "G3-1", **cells})
    words = "確認：H28実績が空欄です（まだなければ、そのままで構いません）"
    assert said == (words if asked else GOOD)


# --- names of files -------------------------------------------------------------------------------


def test_names_that_windows_takes() -> None:
    departments = [
        "経済部",
        "A/B:C*?",
        "CON",
        "nul.部",
        "末尾の点. ",
        "",
        "~$部",
        "x" * 300,
        "com¹",
    ]
    names = file_names([(d, "") for d in departments])
    assert names[:5] == [
        "経済部.xlsx", "A／B：C＊？.xlsx", "_CON.xlsx", "_nul.部.xlsx", "末尾の点.xlsx",
    ]  # fmt: skip
    assert names[5] == "_.xlsx"
    assert names[6] == "_~$部.xlsx"
    assert len(names[7]) == 85
    assert names[8] == "_com¹.xlsx"


def test_no_two_names_are_one_file() -> None:
    composed = "ガバナンス部"
    names = file_names(
        [
            (composed, ""),
            (unicodedata.normalize("NFD", composed), ""),
            ("abc", ""),
            ("ABC", ""),
            ("部", "課"),
            ("部_課", ""),
            ("事務局修正", ""),
        ]
    )
    keys = [unicodedata.normalize("NFC", n).casefold() for n in names]
    assert len(set(keys)) == len(names)
    assert names[1] == f"{composed}（2）.xlsx"
    assert OFFICE_SHEET not in names


@given(st.lists(st.tuples(st.text(max_size=90), st.text(max_size=90)), max_size=8))
def test_any_names_become_files_of_their_own(units: list[tuple[str, str]]) -> None:
    names = file_names(units)
    assert len({n.casefold() for n in names}) == len(units)
    for name in names:
        assert not set(name) & set('<>:"/\\|?*\x00\n')
        assert not name.startswith((" ", ".", "~$"))
        assert len(name) < 110


# --- filled in, read back -------------------------------------------------------------------------


@cache
def blank_form(folder: Path) -> Path:
    path = folder / "経済部.xlsx"
    write_form(path, example_strategy(), "経済部")
    return path


LETTERS = st.characters(categories=("L", "N", "P", "S"), exclude_characters="_")
WORDS = st.text(
    st.one_of(LETTERS, st.sampled_from("事業の推進・，。（）　")), min_size=1, max_size=40
)
CLEAN = WORDS.filter(
    lambda s: (
        text.tidy(s).value == s
        and s[0] not in "="
        and not text.unprintable(s)
        and not text.says_nothing(s)
    )
)
NAMES = CLEAN.filter(
    lambda s: (
        not text.split_new_mark(s)[1]
        and not text.has_relisted_mark(s)  # R107 asks about it
        and text.key(s)
        and text.tidy_name(s).value == s
    )
)
AMOUNT = st.one_of(
    st.fixed_dictionaries({"budget": st.integers(0, 9_999_999)}),
    st.fixed_dictionaries({"budget": st.integers(0, 99), "budget_kind": st.just("当初")}),
    st.just({"budget_kind": "内数"}),
    st.just({"budget_kind": "０予算"}),
)
ORIGINAL = st.builds(
    lambda row, amount: {**row, **amount},
    st.fixed_dictionaries(
        {
            "measure": st.sampled_from([m.option for m in example_strategy().measures]),
            "name": NAMES,
            "department": st.just("経済部"),
            "relevance": st.sampled_from(["◎", "○"]),
            "description": st.one_of(CLEAN, st.builds("{}\n{}".format, CLEAN, CLEAN)),
        },
        optional={
            "number": st.integers(1, 99),
            "category": st.sampled_from(["継続", "新規"]),
            "note": CLEAN,
        },
    ),
    AMOUNT,
).filter(lambda row: not eras.fiscal_years_in(row["description"]))
RELISTED = st.fixed_dictionaries(
    {
        "measure": st.sampled_from([m.option for m in example_strategy().measures]),
        "relisted": st.just("再掲"),
        "name": NAMES,
        "department": st.just("経済部"),
        "relevance": st.sampled_from(["◎", "○"]),
    }
)


@given(st.lists(st.one_of(ORIGINAL, RELISTED), min_size=1, max_size=12))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_filled_in_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    strategy, folder = example_strategy(), tmp_path_factory.getbasetemp()
    path = fill(blank_form(folder), folder / "filled.xlsx", strategy, rows)
    submission = read(path, strategy)
    read_rows = [{k: v for k, v in r.values.items() if v is not None} for r in submission.rows]
    assert read_rows == rows
    assert all(check_text(strategy, row) == GOOD for row in rows)
    typed, findings = parse_rows([(r, "経済部") for r in submission.rows], strategy)
    findings += schema.validate(typed, strategy)
    findings += checks.run_checks(checks.Listing(strategy, typed, []), "row")
    assert findings == []


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return example_workspace(tmp_path / "作業 フォルダー")


def test_one_summary_of_what_was_made(workspace: Path) -> None:
    done = run("distribute", "--workspace", workspace)
    assert done.status == 0
    assert "様式を9件作りました" in done.out
    assert "入力し、もう一度実行すると" not in done.out
    settings = openpyxl.load_workbook(workspace / "templates" / "別紙_template.xlsx")["設定"]
    cell = next(f"B{row[0].row}" for row in settings.iter_rows() if row[0].value == "提出期限")
    edit(workspace / "templates" / "別紙_template.xlsx", "設定", {cell: None})
    asked = run("distribute", "--workspace", workspace).out
    assert "「設定」に提出期限を入力し、もう一度実行すると" in asked
    assert all(f"様式/{d}.xlsx" in done.out for d in DEPARTMENTS)
    again = run("distribute", "--workspace", workspace, "--json").json
    assert (again["written"], len(again["unchanged"])) == ([], 9)
    (workspace / "outbox" / "様式" / "昔の部.xlsx").write_bytes(b"")
    told = run("distribute", "--workspace", workspace).out
    assert "昔の部.xlsx" in told
    assert "戻ってきたファイルは inbox に入れます" in told
    assert (workspace / "outbox" / "様式" / "昔の部.xlsx").exists()


def test_only_kpi_has_a_folder_of_its_own(workspace: Path) -> None:
    done = run("distribute", "--workspace", workspace, "--only", "ｋｐｉ", "--json").json
    assert all(f["file"].startswith("様式/KPI/") for f in done["forms"])
    assert sum(f["indicators"] for f in done["forms"]) == 30
    assert not list((workspace / "outbox" / "様式").glob("*.xlsx"))
    told = run("distribute", "--workspace", workspace, "--only", "KPI").out
    assert "inbox の中に KPI フォルダーを作ってそこに入れます" in told
    assert "inbox に入れます（名前は自由です）" not in told


def test_a_second_round_starts_from_what_the_first_one_reported(workspace: Path) -> None:
    """A plan's last year is evaluated in its own workspace, 実績基準日 a year later."""
    form = workspace / "outbox" / "様式" / "KPI" / "経済部.xlsx"

    def shown_of(id_: str) -> list[Any]:
        assert run("distribute", "--workspace", workspace, "--only", "KPI").status == 0
        header, *lines = shown(form, layout.INDICATORS)[2:]
        at = header.index("H27実績")
        return next(line[at : at + 4] for line in lines if line[1] == id_)

    run("merge", "--workspace", workspace)
    reported = next(
        line for line in shown(workspace / "inbox" / "経済部.xlsx", layout.INDICATORS)[3:]
        if line[1] == "3ア-1"
    )[8:11]  # fmt: skip
    assert all(reported)
    # Within the round the judged year is still to be reported.
    assert shown_of("3ア-1") == [*reported[:2], "", ""]
    template = workspace / "templates" / "別紙_template.xlsx"
    rows = shown(template, "設定")
    place = next(i for i, cells in enumerate(rows, 1) if cells[0] == "実績基準日")
    edit(template, "設定", {f"B{place}": "2019-08-31"})
    assert shown_of("3ア-1") == [*reported, ""]
    [official] = (workspace / "outbox").glob("別紙_*.xlsx")
    lines = shown(official, "データ_KPI")
    at = lines[0].index("実績値")
    place = next(i for i, cells in enumerate(lines, 1) if cells[2] == "3ア-1")
    assert lines[place - 1][at] == reported[0]
    published = official.read_bytes()
    edit(official, "データ_KPI", {cell_address(place, at + 1): 999})
    assert shown_of("3ア-1") == [*reported, ""]  # what was published
    label = shown(template, "設定")[7][1]
    edit(template, "設定", {"B8": "2018年度"})  # the same year in other words
    assert shown_of("3ア-1") == [*reported, ""]
    edit(template, "設定", {"B8": label})
    history = workspace / "outbox" / "履歴"
    history.rename(workspace / "履歴")
    official.write_bytes(published)
    assert shown_of("3ア-1") == [*reported, ""]
    official.write_bytes(published[:2000])
    broken = run("distribute", "--workspace", workspace, "--only", "KPI")
    assert (broken.status, official.name in broken.err) == (2, True)
    assert "先に sousei-xl merge を実行" in broken.err
    assert run("merge", "--workspace", workspace).status == 0
    assert [path.read_bytes() for path in history.glob("別紙*")] == [published[:2000]]
    assert shown_of("3ア-1") == [*reported, ""]


def test_forms_are_made_before_there_is_an_inbox(tmp_path: Path) -> None:
    template = ROOT / "templates" / "別紙_template.xlsx"
    done = run("distribute", "--template", template, "--outbox", tmp_path / "out")
    assert done.status == 0, done.err
    assert len(list((tmp_path / "out" / "様式").iterdir())) == 9


@pytest.mark.parametrize(
    "options",
    [
        ["--previous", "ない.xlsx"],
        ["--only", "予算"],
        ["--confirm", "--only", "KPI"],
        ["--confirm", "--previous", "x.xlsx"],
        ["--only", "事務局修正", "--previous", "x.xlsx"],
    ],
)
def test_mistakes_of_the_operator(workspace: Path, options: list[str]) -> None:
    done = run("distribute", "--workspace", workspace, *options)
    assert (done.status, done.out) == (2, "")
    assert done.err
    assert "Traceback" not in done.err
    assert not list((workspace / "outbox").glob("様式"))


def test_without_a_template(tmp_path: Path) -> None:
    done = run("distribute", "--workspace", tmp_path, "--json")
    assert done.status == 2
    assert "テンプレートが見つかりません" in done.json["message"]


def test_the_final_check_shows_what_will_be_printed(workspace: Path) -> None:
    done = run("distribute", "--workspace", workspace, "--confirm", "--json")
    assert done.status == 0
    assert done.json["status"] == "proposal"
    assert len(done.json["written"]) == 9
    printed = []
    for department in DEPARTMENTS:
        path = workspace / "outbox" / "様式" / "最終確認" / f"{department}.xlsx"
        header, *rows = shown(path, "最終確認")[5:]
        assert header[:8] == [
            "施策", "番号", "再掲", "事業名", "部局名", "関連性", "予算事業費\n（千円）",
            "事業内容",
        ]  # fmt: skip
        printed += [row for row in rows if row[0]]
        assert {row[4] for row in rows if row[0]} == {department}
    expected = {
        (f["基本目標"] + f["施策"], f["番号"], f["再掲"], f["事業名"], f["関連性"])
        for f in facts("projects")
    }
    assert {(r[0].split(" ")[0], r[1], r[2], r[3], r[5]) for r in printed} == expected
    assert sum(int(r[6].replace(",", "")) for r in printed) == GROSS


def test_the_final_check_says_what_the_office_changed_and_what_is_left_out(
    workspace: Path,
) -> None:
    form = workspace / "inbox" / "農政部.xlsx"
    edit(form, layout.PROJECTS, {"E4": "終了"})
    name = openpyxl.load_workbook(form)[layout.PROJECTS]["F4"].value
    target = openpyxl.load_workbook(form)[layout.PROJECTS]
    key, before = f"{target['B5'].value.split(' ')[0]}-{target['C5'].value}", target["J5"].value
    office = workspace / "inbox" / OFFICE_SHEET
    row = {"A4": key, "B4": "修正", "C4": "予算事業費", "D4": before, "E4": 77, "F4": "査定"}
    withheld = f"{target['B6'].value.split(' ')[0]}-{target['C6'].value}"
    row |= {"A5": withheld, "B5": "掲載しない", "F5": "町長査定"}
    edit(office, "修正", row)
    done = run("distribute", "--workspace", workspace, "--confirm", "--json")
    assert done.status == 0, done.err
    rows = shown(workspace / "outbox" / "様式" / "最終確認" / "農政部.xlsx", "最終確認")
    changed = next(r for r in rows if r[6] == "77")
    assert changed[8] == f"予算事業費：{before} → 77（査定）"
    assert [r[6] for r in rows if r[2] == name] == ["終了のため"]
    dropped = [r[6] for r in rows if r[2] == target["F6"].value]
    assert dropped == ["事務局が載せないことにしたため（町長査定）"]


def test_the_final_check_names_a_project_that_is_another_departments_now(workspace: Path) -> None:
    office = workspace / "inbox" / OFFICE_SHEET
    edit(office, "修正", dict(zip(("A4", "B4", "C4", "D4", "E4"), HANDED_OVER, strict=True)))
    assert run("distribute", "--workspace", workspace, "--confirm").status == 0
    checks = workspace / "outbox" / "様式" / "最終確認"
    name = HANDED_OVER[0].split(" ")[1]
    left = [r for r in shown(checks / "経済部.xlsx", "最終確認") if name in r]
    assert ["2ア", "2", name, "農政部の事業として掲載"] in [[c for c in r if c] for r in left]
    (taken,) = [r for r in shown(checks / "農政部.xlsx", "最終確認") if name in r]
    assert taken[4] == "農政部"


def test_the_final_check_says_what_the_office_has_added(workspace: Path) -> None:
    office = workspace / "inbox" / OFFICE_SHEET
    given = {
        "施策": "2ア", "番号": 90, "事業名": "足した事業", "部局名": "農政部", "関連性": "○",
        "予算事業費（千円）": 12, "事業内容": "内容", "理由": "部局に代わって", "依頼元": "農政課",
    }  # fmt: skip
    letters = {heading: column(office, heading, "追加") for heading in given}
    row = {f"{letters[heading]}4": value for heading, value in given.items()}
    bare = {"番号": 91, "事業名": "理由のない事業", "理由": None, "依頼元": None}
    row |= {f"{letters[heading]}5": value for heading, value in (given | bare).items()}
    edit(office, "追加", row)
    correction = {"A4": "2ア-90 足した事業", "B4": "修正", "C4": "予算事業費", "D4": 12, "E4": 13}
    edit(office, "修正", correction)
    done = run("distribute", "--workspace", workspace, "--confirm", "--json")
    assert done.status == 0, done.err
    rows = shown(workspace / "outbox" / "様式" / "最終確認" / "農政部.xlsx", "最終確認")
    said = {r[3]: r[8] for r in rows if len(r) > 8 and r[8]}
    assert said["足した事業"] == "事務局が追加（部局に代わって）\n予算事業費：12 → 13"
    assert said["理由のない事業"] == "事務局が追加"
    assert {n for n, words in said.items() if "追加" in words} == {"足した事業", "理由のない事業"}
    assert run("merge", "--workspace", workspace).status == 0
    listed = openpyxl.load_workbook(workspace / "outbox" / "点検結果_平成30年度.xlsx")
    cells = [[c.value for c in row] for row in listed["事務局修正一覧"].iter_rows()]
    added = next(row for row in cells if row[6] == "足した事業")
    assert added[8:10] == ["農政課", "部局に代わって"]


def test_the_final_check_shows_the_offices_own_fields(tmp_path: Path) -> None:
    """They may be printed in the list, and are published with it."""
    strategy = make_strategy(
        fields=[("財源", "独自", "選択", "", None, "国、道"), ("件数", "独自", "整数")],
        settings={"提出期限": "2018-02-16", "提出先": "政策調整課"},
    )
    rows = [{**row, "own_1": "国", "own_2": 1500} for row in example_rows()[:1]]
    rows += [{**example_rows()[0], "number": 2, "own_1": "道"}]
    contents = example_contents(rows=rows, strategy=strategy)
    path = tmp_path / "子育て支援部.xlsx"
    write_final_check(path, contents, rows[0]["department"])
    head = "".join(map(str, shown(path, "最終確認")[1]))
    assert "事務局に返してください（提出先は政策調整課です）。回答期限は平成30年2月16日" in head
    header, *lines = shown(path, "最終確認")[5:]
    assert header[7:] == ["事業内容", "その他の項目", "事務局が直したところ", "確認", "直す内容"]
    assert [line[8] for line in lines] == ["財源：国\n件数：1500", "財源：道\n件数：（空欄）"]
    [rule] = openpyxl.load_workbook(path)["最終確認"].data_validations.dataValidation
    assert str(rule.sqref) == "K7:K8"  # 確認
    assert "「確認済」か「直す内容あり」を選んでください。" in rule.error


def test_the_final_check_of_each_department_of_a_joint_project(tmp_path: Path) -> None:
    sports, labour = "観光・スポーツ部", "産業・労働部"
    names = (sports, labour, "総務部", "観光部")
    strategy = make_strategy(departments=[(i, name) for i, name in enumerate(names, 1)])
    cells = {**example_rows()[0], "counted": sports}
    rows = [
        {**cells, "department": printed, "number": i}
        for i, printed in enumerate((f"{sports}・総務部", f"{sports}・{labour}"), 1)
    ]
    contents = example_contents(rows=rows, strategy=strategy)
    numbers = {name: [row.number for row in printed_rows(contents, name)] for name in names}
    assert numbers == {sports: [1, 2], labour: [2], "総務部": [1], "観光部": []}


def test_the_final_check_of_a_draft(workspace: Path) -> None:
    (workspace / "inbox" / "農政部.xlsx").unlink()
    done = run("distribute", "--workspace", workspace, "--confirm")
    assert done.status == 1
    assert not (workspace / "outbox" / "様式" / "最終確認" / "農政部.xlsx").exists()
    assert "載る行のない部局（農政部）には作っていません。" in done.out
    for path in (workspace / "inbox").iterdir():
        path.unlink()
    assert run("distribute", "--workspace", workspace, "--confirm").status == 2


def test_names_for_relisting_are_offered_live(tmp_path: Path) -> None:
    path = blank_form(tmp_path)
    book = openpyxl.load_workbook(path)
    assert "この様式の事業名" in book.defined_names
    sheet = book[layout.PROJECTS]
    offered = next(
        v for v in sheet.data_validations.dataValidation if v.formula1 == "この様式の事業名"
    )
    assert "F4" in offered.sqref
    assert not offered.showErrorMessage
