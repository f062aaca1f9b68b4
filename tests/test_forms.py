"""The department's form: what it holds, and that its live checks agree with the validator."""

from __future__ import annotations

import datetime as dt
import html
import re
import zipfile
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sousei_xl import eras, text
from sousei_xl.addresses import column_letters
from sousei_xl.errors import OperatorError
from sousei_xl.findings import is_error
from sousei_xl.forms import layout
from sousei_xl.forms.checks import BLANKS, GOOD, PENDING, check_formula, check_text, reasons_of
from sousei_xl.forms.distribute import write_form
from sousei_xl.forms.indicators import indicator_rows
from sousei_xl.forms.look import AS_TYPED
from sousei_xl.forms.office_layout import ACKNOWLEDGED, ADDED, CORRECTED, GUIDE
from sousei_xl.forms.projects import FIRST_ROW, HEADER_ROW, ROOM
from sousei_xl.intake.read import read_one
from sousei_xl.intake.remarks import council_name
from sousei_xl.intake.submission import read_submission
from sousei_xl.pipeline.delivery import output_names
from sousei_xl.rules import checks, schema
from sousei_xl.rules.parse import parse_rows
from sousei_xl.rules.records import Submission
from sousei_xl.scaffold.facts import load_facts
from sousei_xl.scaffold.office import build_office_sheet
from sousei_xl.scaffold.template import START, build_template, strategy_of
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import LostCell
from sousei_xl.sheets.data import project_columns
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import FORMER_MEASURE
from sousei_xl.strategy.load.table import DEPARTMENTS as DEPARTMENTS_SHEET
from sousei_xl.strategy.load.table import FIELDS, FORM, INDICATORS, MEASURES, SETTINGS
from tests.builders import JOINABLE, example_strategy, make_strategy, raw
from tests.forms_filled import fill
from tests.recalculate import needs_office, recalculate
from tests.workspaces import ROOT

OWN_FIELDS = [
    ("財源", "独自", "選択", "はい", "", "国、道、市", "主な財源を選んでください。"),
    ("財源の内訳", "独自", "文字", "いいえ", 20, "", ""),
    ("人数", "独自", "整数", "いいえ", "", "", ""),
]


def office() -> Strategy:
    """A strategy with aliases, a department with ・ in its name and fields of the office's own."""
    rows = [(*d, *[""] * (5 - len(d))) for d in JOINABLE]
    return make_strategy(departments=rows, fields=OWN_FIELDS)


def typed(**changes: Any) -> dict[str, Any]:
    """A row as a department types it, without fault; None is an empty cell."""
    values: dict[str, Any] = {
        "measure": "2ア 移住環境",
        "number": 3,
        "name": "移住促進事業",
        "department": "経済部",
        "relevance": "◎",
        "budget": 12000,
        "description": "移住を促すため、相談会を開く。",
        "own_1": "市",
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def relisted(**changes: Any) -> dict[str, Any]:
    return {
        "measure": "2ウ",
        "relisted": "再掲",
        "name": "移住促進事業",
        "relevance": "○",
        **changes,
    }


MEASURE = "施策をリストから選んでください"
NUMBER = "番号は1以上の整数で入力してください"
BUDGET = "予算事業費は0以上の整数（千円単位）で入力してください"
NO_BUDGET = "予算事業費を入力してください（未定などは予算区分で選択）"
NO_NAME = "事業名を入力してください"
DEPARTMENT = "部局名をリストから選んでください"
DESCRIPTION = "事業内容を入力してください"
ZERO = "予算区分が０予算のときは、予算事業費を空欄か0にしてください"
CONTROL = "使えない文字（制御文字）があります。入力し直してください"

# What is typed → what 入力チェック says.
ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, ""),
    "default department alone": ({"department": "経済部"}, ""),
    "complete": (typed(), GOOD),
    "bare measure key": (typed(measure="2ア"), GOOD),
    "no number, no department": (typed(number=None, department=None), GOOD),
    "no measure": (typed(measure=None), MEASURE),
    "measure that does not exist": (typed(measure="9ア"), MEASURE),
    "wildcard for a measure": (typed(measure="2ア*"), MEASURE),
    "measure in half width": (typed(measure="2ｱ"), MEASURE),
    "nothing but a number": ({"number": 1}, NO_NAME),
    "nothing but a note": ({"note": "事務局へ"}, NO_NAME),
    "blank name": (typed(name=" 　\u00a0"), NO_NAME),
    "name of a line break": (typed(name="\n"), NO_NAME),
    "name of invisible characters": (typed(name="\u200b\ufeff"), NO_NAME),
    "name of the row above": (typed(name="同上"), NO_NAME),
    "name with a line break": (typed(name="移住\n促進事業"), GOOD),
    "name that is a number": (typed(name=2018), GOOD),
    "long name": (typed(name="あ" * 101), "事業名は100文字以内にしてください"),
    "name of full length": (typed(name="あ" * 100), GOOD),
    "as the row above": (typed(description="同上"), DESCRIPTION),
    "a mark for the row above": (typed(description="〃"), DESCRIPTION),
    "relisted, as the row above": (relisted(description="同上"), GOOD),
    "number 0": (typed(number=0), NUMBER),
    "number with a fraction": (typed(number=1.5), NUMBER),
    "number as text": (typed(number="1-2"), NUMBER),
    "number that is true": (typed(number=True), NUMBER),
    "relisted: はい": (typed(relisted="はい"), "再掲をリストから選んでください"),
    "category unknown": (typed(category="新設"), "掲載区分をリストから選んでください"),
    "new": (typed(category="新規"), GOOD),
    "ended, name alone": ({"category": "終了", "name": "終わった事業"}, GOOD),
    "withdrawn with mistakes": (typed(category="取下げ", budget="未定", measure="9"), GOOD),
    "ended without a name": ({"category": "終了"}, NO_NAME),
    "no relevance": (typed(relevance=None), "関連性をリストから選んでください"),
    "△": (typed(relevance="△"), "関連性をリストから選んでください"),
    "look-alike of ○": (typed(relevance="〇"), "関連性をリストから選んでください"),
    "alias": (typed(department="商工部"), GOOD),
    "two departments": (typed(department="経済部・農政部"), GOOD),
    "department and alias": (typed(department="農政部・経済局"), GOOD),
    "name with ・": (typed(department="文化・スポーツ部"), GOOD),
    "half of a name": (typed(department="文化"), DEPARTMENT),
    "unknown department": (typed(department="経済"), DEPARTMENT),
    "name with ・ and another": (typed(department="文化・スポーツ部・経済部"), GOOD),
    "another and name with ・": (typed(department="経済部・文化・スポーツ部"), GOOD),
    "alias and name with ・": (typed(department="商工部・文化・スポーツ部"), GOOD),
    "two names with ・": (typed(department="産業・労働部・文化・スポーツ部"), GOOD),
    "name that is the end of another": (typed(department="労働部・産業・労働部"), GOOD),
    "names of common parts": (typed(department="産業・労働部・経済部・スポーツ・労働部"), GOOD),
    "joined by 、": (typed(department="文化・スポーツ部、経済部"), GOOD),
    "twice the same": (typed(department="経済部・経済部"), GOOD),
    "name around another": (typed(department="産業・文化・スポーツ部・労働"), DEPARTMENT),
    "name around one with common parts": (
        typed(department="産業・スポーツ・労働部・労働部"),
        DEPARTMENT,
    ),
    "as many letters as a name that is found twice": (
        typed(department="産業・労働部・某某部"),
        DEPARTMENT,
    ),
    "end of a name with ・": (typed(department="経済部・スポーツ部"), DEPARTMENT),
    "joint at the start": (typed(department="・経済部"), DEPARTMENT),
    "one of two unknown": (typed(department="経済部・経済"), DEPARTMENT),
    "joint at the end": (typed(department="経済部・"), DEPARTMENT),
    "budget 0": (typed(budget=0), GOOD),
    "formula's remainder": (typed(budget=12000.0000000001), GOOD),
    "no budget": (typed(budget=None), NO_BUDGET),
    "no budget, 当初": (typed(budget=None, budget_kind="当初"), NO_BUDGET),
    "未定": (typed(budget=None, budget_kind="未定"), GOOD),
    "内数": (typed(budget=None, budget_kind="内数"), GOOD),
    "０予算": (typed(budget=None, budget_kind="０予算"), GOOD),
    "０予算 and 0": (typed(budget=0, budget_kind="０予算"), GOOD),
    "０予算 and an amount": (typed(budget=5, budget_kind="０予算"), ZERO),
    "kind unknown": (typed(budget_kind="調整"), "予算区分をリストから選んでください"),
    "budget in words": (typed(budget="12,000千円"), BUDGET),
    "budget as text": (typed(budget="12000"), BUDGET),
    "negative budget": (typed(budget=-1), BUDGET),
    "budget with a fraction": (typed(budget=0.5), BUDGET),
    "budget out of all bounds": (typed(budget=1e20), BUDGET),
    "budget that is true": (typed(budget=True), BUDGET),
    "no description": (typed(description=None), DESCRIPTION),
    "blank description": (typed(description="　"), DESCRIPTION),
    "long description": (typed(description="あ" * 1001), "事業内容は1000文字以内にしてください"),
    "description of two lines": (typed(description="一行目\n二行目"), GOOD),
    "description with a tab": (typed(description="一行目\tタブ"), GOOD),
    "long note": (typed(note="あ" * 1001), "備考は1000文字以内にしてください"),
    "own choice missing": (typed(own_1=None), "財源をリストから選んでください"),
    "own choice unknown": (typed(own_1="県"), "財源をリストから選んでください"),
    "own text too long": (typed(own_2="あ" * 21), "財源の内訳は20文字以内にしてください"),
    "own integer": (typed(own_3=-5), GOOD),
    "own integer in words": (typed(own_3="五人"), "人数は整数で入力してください"),
    "relisted, the four cells": (relisted(), GOOD),
    "relisted in full": (typed(relisted="再掲"), GOOD),
    "relisted with a bad own choice": (relisted(own_1="県"), "財源をリストから選んでください"),
    "relisted without relevance": (relisted(relevance=None), "関連性をリストから選んでください"),
    "relisted with a bad budget": (relisted(budget="x"), BUDGET),
    "relisted, long description": (
        relisted(description="あ" * 1001),
        "事業内容は1000文字以内にしてください",
    ),
}


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        *((True, True), ("レ", True), ("該当なし", True), ("※該当する事業なし。", True)),
        *((None, False), (False, False), ("×", False), ("該当あり", False)),
    ],
)
def test_a_tick_that_there_is_no_project(typed: text.Value, is_one: bool) -> None:
    assert layout.is_ticked(typed) == is_one


@pytest.mark.parametrize("case", ROWS)
def test_check_of_a_typed_row(case: str) -> None:
    cells, expected = ROWS[case]
    assert check_text(office(), cells) == expected


def test_control_characters_are_refused() -> None:
    assert check_text(office(), typed(description="縦タブ\x0b入り")) == CONTROL


@pytest.mark.parametrize("blank", [*BLANKS, "\r", "".join(BLANKS)])
def test_what_looks_blank_to_the_form_is_blank_to_the_validator(blank: str) -> None:
    assert text.is_blank(blank)
    assert check_text(office(), typed(name=blank)) == NO_NAME


# --- ✓ means: nothing to correct ------------------------------------------------------------------


def errors_of(cells: Mapping[str, Any], strategy: Strategy) -> list[str]:
    """The 要修正 of a row itself, by the very rules of a merge; a withdrawn row has none."""
    (row,), found = parse_rows([(raw(1, **cells), "経済部")], strategy)
    if row.category in text.WITHDRAWN:
        return []
    found += schema.validate([row], strategy)
    found += checks.run_checks(checks.Listing(strategy, [row], []), "row")
    return [str(item) for item in found if is_error(item)]


@pytest.mark.parametrize("case", ROWS)
def test_good_rows_pass_the_validator_and_bad_ones_are_bad_or_badly_spelled(case: str) -> None:
    cells, expected = ROWS[case]
    # The validator understands these and reports the conversion.
    lenient = {
        "ended without a name", "measure in half width", "look-alike of ○", "budget in words",
        "budget as text", "nothing", "default department alone", "relisted with a bad budget",
    }  # fmt: skip
    if expected == GOOD or case in lenient:
        assert errors_of(cells, office()) == [] or not expected
    else:
        assert errors_of(cells, office())


CELLS: dict[str, st.SearchStrategy[Any]] = {
    "measure": st.sampled_from([None, "2ア 移住環境", "2ア", "移住環境", " ", "9ア"]),
    "number": st.sampled_from([None, 1, 0, 2.0, "3", "三", -1, True]),
    "relisted": st.sampled_from([None, "再掲", "再", " "]),
    "category": st.sampled_from([None, "継続", "新規", "終了", "取下げ", "新"]),
    "name": st.sampled_from([None, "事業", "（新）事業", "　", "あ" * 101, "a\x0b", "\r", 5]),
    "department": st.sampled_from([None, "経済部", "商工部", "経済部・農政部", "財政部", "・"]),
    "relevance": st.sampled_from([None, "◎", "○", "〇", "x"]),
    "budget_kind": st.sampled_from([None, "当初", "未定", "内数", "０予算", "ゼロ予算"]),
    "budget": st.sampled_from([None, 0, 5, -5, 1.5, "未定", "5千円", 2**60, 1e15, "▲5"]),
    "description": st.sampled_from([None, "説明", "\u200b", "あ" * 1001]),
    "own_1": st.sampled_from([None, "国", "県"]),
    "own_2": st.sampled_from([None, "い", "あ" * 21]),
    "own_3": st.sampled_from([None, 5, "五"]),
    "note": st.sampled_from([None, "連絡", "あ" * 1001]),
}


CHANGE = st.sampled_from(sorted(CELLS)).flatmap(lambda n: st.tuples(st.just(n), CELLS[n]))


@given(st.sampled_from([typed(), relisted(own_1="国")]), st.lists(CHANGE, max_size=4))
@settings(max_examples=400, deadline=None)
def test_a_tick_is_never_followed_by_a_correction(
    row: dict[str, Any], changes: list[tuple[str, Any]]
) -> None:
    strategy, cells = office(), {**row, **dict(changes)}
    if check_text(strategy, cells) == GOOD:
        assert errors_of(cells, strategy) == []


# --- the formula ----------------------------------------------------------------------------------


def columns_of(path: Path, sheet: str = layout.PROJECTS) -> list[list[Any]]:
    return (
        CalamineWorkbook.from_path(str(path))
        .get_sheet_by_name(sheet)
        .to_python(skip_empty_area=False)
    )


LEAPS = [
    typed(previous_number=1, **changes)
    for changes in (
        {"previous_budget": 5_999},
        {"previous_budget": 6_000},
        {"previous_budget": 25_000},
        {"previous_budget": 25_000, "note": "工事の完了による減"},
        {"previous_budget": 25_000, "note": " "},
        {"previous_budget": 25_000, "note": f"{FORMER_MEASURE}2ア"},
        {"previous_budget": 25_000, "note": f"{FORMER_MEASURE}2ア\n工事の完了による減"},
        {"previous_budget": 25_000, "budget_kind": "当初"},
        {"previous_budget": 25_000, "budget_kind": "内数"},
        {"previous_budget": 25_000, "relisted": "再掲"},
        {"previous_budget": "調整中"},
        {"previous_budget": 1, "budget": 1_000},
        {"previous_budget": 0, "budget": 1_000},
        {"previous_budget": 1_000, "budget": 0},
    )
]


@needs_office
@pytest.mark.libreoffice
def test_formulas_give_what_is_stored_with_them(tmp_path: Path) -> None:
    # LibreOffice takes a truth value in a cell with a number format for a number.
    typed_rows = {case: row for case, row in ROWS.items() if not case.endswith("that is true")}
    rows = [cells for cells, _ in typed_rows.values()]
    plain, many = tmp_path / "経済部.xlsx", tmp_path / "農政部.xlsx"
    write_form(plain, office(), "経済部", projects=rows)
    write_form(many, office(), "農政部", projects=rows * 4 + LEAPS, prefilled=True)
    for path, copy in zip((plain, many), recalculate([plain, many], tmp_path), strict=True):
        for sheet, column in ((layout.PROJECTS, 0), (layout.REPLY, 1)):
            ours, theirs = columns_of(path, sheet), columns_of(copy, sheet)
            assert [r[column] for r in ours] == [r[column] for r in theirs]
            assert ours[0] == theirs[0]
    expected = [reason for _, reason in typed_rows.values()]
    assert [r[0] for r in columns_of(plain)[FIRST_ROW : FIRST_ROW + len(rows)]] == expected
    first = FIRST_ROW + 4 * len(rows)
    leaps = [r[0].startswith(PENDING) for r in columns_of(many)[first : first + len(LEAPS)]]
    assert leaps == [c == "Y" for c in "YNYNYYNYNNNNYY"]


@needs_office
@pytest.mark.libreoffice
def test_errors_controls_and_pasted_rows_are_noticed(tmp_path: Path) -> None:
    control, edited = tmp_path / "経済部.xlsx", tmp_path / "農政部.xlsx"
    write_form(control, office(), "経済部", projects=[typed(description="縦タブ@入り")])
    replace_part(control, "xl/sharedStrings.xml", "縦タブ@入り", "縦タブ_x000B_入り")
    write_form(edited, office(), "農政部", projects=[typed(), typed()])
    book = openpyxl.load_workbook(edited)
    sheet = book[layout.PROJECTS]
    sheet["J5"] = "=1/0"
    sheet["A6"], sheet["F6"] = None, "挿入した行"
    sheet.cell(ROOM + 50, 6, "表の下に貼り付けた事業")
    book.save(edited)
    one, other = recalculate([control, edited], tmp_path)
    assert columns_of(one)[FIRST_ROW][0] == CONTROL
    shown = [row[0] for row in columns_of(other)[FIRST_ROW : FIRST_ROW + 3]]
    assert shown[0] == GOOD
    assert shown[1].startswith("エラー値（#REF!など）を直してください")
    assert "ほかの行の入力チェックをコピー" in shown[1]  # cells were moved: there is none in sight
    assert not shown[2]
    counts = {row[0]: row[1] for row in columns_of(other, layout.REPLY) if row[0]}
    assert (counts["入力済（行）"], counts["要修正（行）"], counts["未チェック（行）"]) == (4, 1, 2)
    assert counts["提出の準備"] == "要修正の行を直してください。"


def test_a_row_inserted_right_below_the_header_is_counted(form: Path) -> None:
    """Excel widens a range where a row is inserted within it, which the first row is not."""
    formulas = [str(c.value) for c in openpyxl.load_workbook(form)[layout.REPLY]["B"]]
    ranges = re.findall(rf"'{layout.PROJECTS}'!([A-Z]+)(\d+):([A-Z]+)(\d+)", "".join(formulas))
    assert {int(first) for _, first, _, _ in ranges} == {HEADER_ROW + 1}
    assert {int(last) for _, _, _, last in ranges} == {FIRST_ROW + 1000}


def replace_part(path: Path, name: str, old: str, new: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    assert old.encode() in parts[name]
    parts[name] = parts[name].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)


def test_the_formula_is_plain_and_looks_at_its_own_row_only() -> None:
    strategy = office()
    columns = layout.project_fields(strategy)
    letters = {name: chr(65 + i) for i, (name, _) in enumerate(columns)}
    formula = check_formula(strategy, letters, 4)
    assert {row for _, row in re.findall(r"(?<![A-Za-z_])([A-Z])(\d+)(?!\w)", formula)} == {"4"}
    functions = set(re.findall(r"([A-Z]+)\(", formula))
    assert functions == {
        "IF", "OR", "AND", "COUNTA", "SUMPRODUCT", "ISERROR", "EXACT", "LEN", "SUBSTITUTE",
        "CHAR", "CLEAN", "ISNUMBER", "ISLOGICAL", "ABS", "ROUND", "N", "FIND", "LEFT", "MID",
        "RIGHT", "TRIM",
    }  # fmt: skip


def test_every_reason_marks_the_cell_that_is_meant() -> None:
    strategy = office()
    marked = {r for f in strategy.fields for r in reasons_of(strategy, f.name)}
    assert {expected for _, expected in ROWS.values()} - {"", GOOD} <= marked


def test_too_many_own_fields_are_said_before_a_form_is_written(tmp_path: Path) -> None:
    fields = [(f"項目{i}", "独自", "文字", "はい", 50, "", "") for i in range(40)]
    with pytest.raises(OperatorError, match="独自の項目が多すぎる"):
        write_form(tmp_path / "f.xlsx", make_strategy(fields=fields), "経済部")
    assert list(tmp_path.iterdir()) == []


def nesting(formula: str) -> int:
    """How deep functions stand in functions; parentheses alone and texts do not count."""
    deepest, levels = 0, []
    for token in re.findall(r"[A-Z]+\(|\(|\)", re.sub(r'"(?:[^"]|"")*"', "", formula)):
        if token == ")":
            levels.pop()
        else:
            levels.append(token != "(")
        deepest = max(deepest, sum(levels))
    return deepest


@pytest.mark.parametrize(
    ("kind", "required", "choices"), [("文字", "いいえ", ""), ("選択", "はい", "国、道")]
)
@pytest.mark.parametrize("prefilled", [False, True])
def test_the_longest_check_is_within_the_limits_of_excel(
    kind: str, required: str, choices: str, prefilled: bool
) -> None:
    longest = ""
    for number in count():
        name = "長" * (text.SHORT - 2)
        fields = [(f"{name}{i:02}", "独自", kind, required, 9, choices, "") for i in range(number)]
        strategy = make_strategy(fields=fields)
        names = layout.project_fields(strategy, prefilled)
        letters = {name: column_letters(i) for i, (name, _) in enumerate(names, 1)}
        try:
            longest = check_formula(strategy, letters, 1000)
        except OperatorError:
            break
    assert number > 14
    assert nesting(longest) <= 64
    assert text.utf16_length(longest) <= 8192
    literals = re.findall(r'"((?:[^"]|"")*)"', longest)
    assert max(map(text.utf16_length, literals)) <= 255


# --- the workbook ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("forms") / "経済部.xlsx"
    rows = [typed(), typed(number=None, name="=1+1"), relisted(), typed(budget=None)]
    write_form(path, office(), "経済部", unit="産業振興課", projects=rows)
    return path


def submissions(path: Path, strategy: Strategy) -> Iterator[Submission]:
    received, findings = read_submission(read_one(str(path), path.name), strategy, count(1))
    assert findings == []
    assert isinstance(received, Submission)
    yield received


@pytest.mark.parametrize(
    "label", ["平成30（2018）年度", "2018/平成30年度版", "平成30年度（当初）", "第2期4年次"]
)
def test_a_form_is_of_the_year_that_is_printed_on_it(label: str, tmp_path: Path) -> None:
    strategy = make_strategy(settings={"年度の表記": label})
    write_form(tmp_path / "経済部.xlsx", strategy, "経済部", projects=[typed()])
    (submission,) = submissions(tmp_path / "経済部.xlsx", strategy)
    assert submission.department == "経済部"
    # No folder and no second extension is made of a label that is a file's name.
    names = [*output_names(strategy).values(), council_name(strategy.settings)]
    assert not [name for name in names if set(name) & set('\\/:*?"<>|')]
    assert {eras.year_in(name) for name in names} == {eras.year_in(label)}


@pytest.mark.parametrize(("required", "missed"), [("はい", True), ("いいえ", False)])
def test_an_office_whose_list_has_no_relevance_does_not_demand_it(
    required: str, missed: bool
) -> None:
    strategy = make_strategy(fields=[("関連性", "標準", "選択", required)])
    row = {**typed(), "relevance": None}
    assert (check_text(strategy, row) != GOOD) == missed
    [parsed], found = parse_rows([(raw(1, **row), "経済部")], strategy)
    found += schema.validate([parsed], strategy)
    assert ([f.code for f in found] == ["R103"]) == missed
    columns = {c.heading: c.required for c in project_columns(strategy)}
    assert columns["関連性"] == missed


@pytest.mark.parametrize("projects", [[typed()], None])
def test_a_form_calls_the_plan_as_the_office_does(projects: Any, tmp_path: Path) -> None:
    named = {"計画の名称": "第2期まちづくり計画", "表題": "関連事業一覧"}
    strategy = make_strategy(settings=named)
    rows = indicator_rows(strategy, "経済部", {})
    path = tmp_path / "経済部.xlsx"
    write_form(path, strategy, "経済部", projects=projects, indicators=rows)
    book = openpyxl.load_workbook(path)
    said = [str(c.value) for s in book for cells in s.iter_rows() for c in cells if c.value]
    assert sum("第2期まちづくり計画" in words for words in said) > 1
    assert [words for words in said if "総合戦略" in words] == []


def test_what_is_written_is_read_again(form: Path) -> None:
    (submission,) = submissions(form, office())
    assert (submission.department, submission.unit, submission.edition) == (
        "経済部",
        "産業振興課",
        1,
    )
    assert not submission.none_applicable
    assert [row.row for row in submission.rows] == [4, 5, 6, 7]
    first, second, third, _ = submission.rows
    assert {k: v for k, v in first.values.items() if v is not None} == typed()
    assert second.values["name"] == "=1+1"
    assert third.values["measure"] == "2ウ まちなかプラチナベース"
    assert third.columns["name"] == "F"


def test_an_empty_form_is_a_submission_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "農政部.xlsx"
    write_form(path, office(), "農政部", prefilled=True)
    shown = {row[0]: row[1] for row in columns_of(path, layout.REPLY) if row[0]}
    assert shown["提出の準備"] == "事業を入力するか、「該当なし」を選んでください。"
    ticked = fill(
        path, tmp_path / "n.xlsx", office(), reply={layout.NONE_APPLICABLE: layout.TICKED}
    )
    (submission,) = submissions(ticked, office())
    assert (submission.rows, submission.none_applicable) == ((), True)
    header = [v for v in columns_of(path)[HEADER_ROW] if v]
    assert header == [label for _, label in layout.project_fields(office(), prefilled=True)]


def test_the_header_is_found_on_one_sheet_only(form: Path) -> None:
    book = CalamineWorkbook.from_path(str(form))
    found = {}
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        found[name] = layout.find_project_header(list(enumerate(rows, 1)), office())
    assert {name for name, hit in found.items() if hit} == {layout.PROJECTS}
    position, columns = found[layout.PROJECTS] or (0, {})
    assert position == HEADER_ROW
    assert columns["check"] == 0
    assert columns["note"] == len(columns) - 1


def test_answers_and_their_invisible_twins(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    reply = book[layout.REPLY]
    values = layout.reply_values(
        [(i, r) for i, r in enumerate(reply.iter_rows(values_only=True), 1)]
    )
    assert set(values) == set(layout.REPLY_LABELS)
    assert values[layout.YEAR] == ("平成30年度", "B4")
    assert not reply.merged_cells.ranges
    assert {p.name: p.value for p in book.custom_doc_props} == {
        layout.MARK: layout.VERSION,
        layout.PROPERTY_YEAR: "平成30年度",
        layout.PROPERTY_DEPARTMENT: "経済部",
        layout.PROPERTY_UNIT: "産業振興課",
        layout.PROPERTY_EDITION: "1",
    }
    assert book.properties.created == dt.datetime(2018, 3, 30)
    assert (book.properties.creator, book.properties.lastModifiedBy) == (None, None)


def test_of_a_label_that_stands_twice_the_first_counts() -> None:
    rows = [(1, ["部局名", "経済部"]), (4, ["部局名", "農政部", "部局名", None])]
    assert layout.reply_values(rows) == {layout.DEPARTMENT: ("経済部", "B1")}


def test_dropdowns_come_from_defined_names_and_question_but_do_not_refuse(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    sheet = book[layout.PROJECTS]
    validations = sheet.data_validations.dataValidation
    lists = [v for v in validations if v.type == "list"]
    assert {v.formula1 for v in lists} <= set(book.defined_names)
    assert len(lists) == 8
    assert all(v.errorStyle == "warning" for v in validations)
    limits = {v.promptTitle: v.error for v in validations if v.type in ("textLength", "whole")}
    assert "文字以内で入力してください" in limits["事業内容"]
    assert "1以上の整数" in limits["番号"]
    (measures,) = book.defined_names["施策の選択肢"].destinations
    options = [cell.value for (cell,) in book[measures[0]][measures[1]]]
    assert options == [m.option for m in office().measures]
    assert not sheet.protection.sheet


@pytest.mark.parametrize("character", ["あ", "𠮷"])  # one unit of UTF-16, and two
def test_long_hints_are_cut_to_what_excel_allows(tmp_path: Path, character: str) -> None:
    long = character * 300
    fields = [(character * 40, "独自", "整数", "いいえ", "", "", long)]
    path = tmp_path / "f.xlsx"
    write_form(path, make_strategy(fields=fields), "経済部")
    sheet = openpyxl.load_workbook(path)[layout.PROJECTS]
    (own,) = (v for v in sheet.data_validations.dataValidation if character in (v.prompt or ""))
    for words, limit in (
        (own.promptTitle, 32),
        (own.errorTitle, 32),
        (own.prompt, 255),
        (own.error, 225),
    ):
        assert words == character * ((limit - 1) // text.utf16_length(character)) + "…"


def test_what_moving_cells_does_is_said_where_it_is_done(form: Path) -> None:
    said = [str(cell) for row in columns_of(form, layout.GUIDE) for cell in row if cell]
    (step,) = (words for words in said if "行の挿入、削除、並べ替え" in words)
    assert "切り取りやドラッグ" in step
    assert "正しく出ている行のものをコピー" in step
    top = openpyxl.load_workbook(form)[layout.PROJECTS]["A1:Z2"]
    said = [cell for row in top for cell in row if "ドラッグ" in str(cell.value)]
    assert [(cell.coordinate, cell.alignment.wrap_text) for cell in said] == [("A1", True)]


def test_what_is_filled_in_already_has_no_thick_frame(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    sheet = book[layout.REPLY]
    frames = {
        sheet.cell(row, 1).value: sheet.cell(row, 2).border.left.style
        for row in range(1, sheet.max_row)
    }
    assert frames[layout.YEAR] == frames[layout.DEPARTMENT] == "thin"
    asked = (layout.UNIT, layout.PERSON, layout.EDITION, layout.NONE_APPLICABLE)
    assert {frames[label] for label in asked} == {"medium"}
    budget = next(c for c in book[layout.PROJECTS][3] if str(c.value).startswith("予算事業費"))
    assert book[layout.PROJECTS].cell(2, budget.column).value == "原則として必須"  # not for 未定


def test_view_and_print(form: Path) -> None:
    sheet = openpyxl.load_workbook(form)[layout.PROJECTS]
    assert sheet.freeze_panes == "B4"
    assert sheet.sheet_view.selection[-1].activeCell == "B4"
    assert sheet.auto_filter.ref == f"A3:O{FIRST_ROW + ROOM}"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$3:$3"
    assert not sheet.merged_cells.ranges


def test_codes_and_symbols_are_texts(form: Path) -> None:
    """Typed into a cell of no format, 012 would be 12, (1) -1 and 1-2 a date."""
    sheet = openpyxl.load_workbook(form)[layout.PROJECTS]
    headings = {c.column_letter: c.value for c in sheet[FIRST_ROW]}
    texts = {"施策", "財源", "財源の内訳"}  # not 人数, which is a number
    for row in (FIRST_ROW + 1, FIRST_ROW + ROOM):
        assert {headings[c.column_letter] for c in sheet[row] if c.number_format == "@"} == texts
    dimensions = sheet.column_dimensions
    assert {h for c, h in headings.items() if dimensions[c].number_format == "@"} == texts


def test_whole_numbers_that_may_be_years_have_no_commas(form: Path) -> None:
    sheet = openpyxl.load_workbook(form)[layout.PROJECTS]
    headings = {c.value: c for c in sheet[FIRST_ROW]}
    looks = {
        h: sheet[f"{c.column_letter}{FIRST_ROW + 1}"].number_format for h, c in headings.items()
    }
    assert (looks["番号"], looks["人数"]) == ("0", "0")
    # A fraction, which the check complains about, is shown.
    shown = {
        str(area.sqref).rstrip("0123456789")[:1]
        for area in sheet.conditional_formatting
        for rule in area.rules
        if rule.dxf.numFmt and rule.dxf.numFmt.formatCode == AS_TYPED
    }
    assert shown == {headings[h].column_letter for h in ("番号", "予算事業費（千円）", "人数")}


def test_no_number_is_too_wide_for_its_cell() -> None:
    """What wraps cannot shrink, and a number that does neither is #### in Excel."""
    book = openpyxl.load_workbook(ROOT / "inbox" / "経済部.xlsx")  # 18,452,300万円 among them
    for sheet in (book[layout.PROJECTS], book[layout.INDICATORS]):
        numbers = [
            cell for row in sheet.iter_rows(min_row=4) for cell in row if "," in cell.number_format
        ]
        assert {(c.alignment.shrink_to_fit, c.alignment.wrap_text) for c in numbers} == {
            (True, None)
        }


def heights(path: Path, sheet: str) -> dict[int, tuple[float, bool]]:
    """Row → (height, whether Excel keeps it) of every row that has one."""
    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(f"xl/worksheets/sheet{names.index(sheet) + 1}.xml").decode()
    found = re.findall(r'<row r="(\d+)"([^>]*) ht="([\d.]+)"([^>]*)>', xml)
    return {int(n): (float(ht), "customHeight" in before + after) for n, before, ht, after in found}


def test_rows_of_data_grow_and_all_others_keep_their_height(form: Path, tmp_path: Path) -> None:
    example = load_facts("asahikawa_h30")
    strategy = strategy_of(example)
    rows = indicator_rows(strategy, "経済部", {})
    full, office_sheet, template = (tmp_path / f"{name}.xlsx" for name in ("f", "o", "t"))
    write_form(full, strategy, "経済部", indicators=rows)
    build_office_sheet(office_sheet, strategy)
    build_template(template, example)
    tables = (
        *((path, layout.PROJECTS) for path in (form, full)),
        (full, layout.INDICATORS),
        *((office_sheet, name) for name in (CORRECTED, ADDED, ACKNOWLEDGED)),
        *((template, name) for name in (SETTINGS, MEASURES, DEPARTMENTS_SHEET, INDICATORS, FIELDS)),
    )
    for path, sheet in tables:
        kept = {row: keeps for row, (_, keeps) in heights(path, sheet).items()}
        assert kept == {row: row <= FIRST_ROW for row in kept}, sheet
        assert len(kept) > FIRST_ROW
    prose = (
        *((full, name) for name in (layout.GUIDE, layout.REPLY)),
        (office_sheet, GUIDE),
        (template, START),
        (template, FORM),
    )
    for path, sheet in prose:
        found = heights(path, sheet)
        assert found, sheet
        assert all(keeps for _, keeps in found.values()), sheet


def test_the_formula_is_stored_once(form: Path) -> None:
    with zipfile.ZipFile(form) as archive:
        xml = archive.read("xl/worksheets/sheet3.xml").decode()
    assert xml.count('<f t="shared" ref=') == 1
    assert xml.count('<f t="shared" si="0"/>') == ROOM - 1
    assert len(xml) < 120_000
    sheet = openpyxl.load_workbook(form)[layout.PROJECTS]
    letters = {n: chr(65 + i) for i, (n, _) in enumerate(layout.project_fields(office()))}
    assert sheet["A100"].value == check_formula(office(), letters, 100)


def test_more_rows_than_prepared_still_have_checks(tmp_path: Path) -> None:
    write_form(tmp_path / "f.xlsx", office(), "経済部", projects=[typed()] * 250)
    rows = columns_of(tmp_path / "f.xlsx")
    assert [row[0] for row in rows[FIRST_ROW : FIRST_ROW + 250]] == [GOOD] * 250


def test_the_same_form_has_the_same_bytes_and_is_small(form: Path, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_form(tmp_path / name, office(), "経済部", projects=[typed()])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert form.stat().st_size < 150_000


def test_a_text_that_no_workbook_can_hold_is_not_lost(tmp_path: Path) -> None:
    with pytest.raises(LostCell):
        write_form(tmp_path / "f.xlsx", office(), "経済部", projects=[typed(name="a\x00b")])


def test_the_guide_says_when_and_where(tmp_path: Path) -> None:
    asked = make_strategy(settings={"提出期限": "3月16日", "提出先": "政策課"})
    for strategy, expected in (
        (asked, ["3月16日", "政策課"]),
        (office(), ["（事務局が記入します）"] * 2),
    ):
        write_form(tmp_path / "f.xlsx", strategy, "経済部")
        rows = {r[0]: r[1] for r in columns_of(tmp_path / "f.xlsx", layout.GUIDE)}
        assert [rows["提出期限"], rows["提出先"]] == expected
        assert {f.label for f in strategy.fields} <= set(rows)


def test_a_long_department_cuts_nothing_off(tmp_path: Path) -> None:
    long = "適疎のまちづくり移住定住・関係人口・ふるさと納税推進課"
    for name, column in ((long, "K"), ("経済部", "G")):
        strategy = make_strategy(departments=[(1, name)])
        path = tmp_path / f"{column}.xlsx"
        write_form(path, strategy, name)
        book = openpyxl.load_workbook(path)
        counts = [c.coordinate for c in book[layout.PROJECTS][1] if "入力済" in str(c.value)]
        assert counts == [f"{column}1"]
        answer = next(c for c in book[layout.REPLY]["B"] if c.value == name)
        assert answer.alignment.wrap_text
        sheet = book[layout.REPLY]
        room = sheet.row_dimensions[answer.row].height
        width = sheet.column_dimensions["B"].width - 3  # bold, and indented
        assert pages.text_height(name, width, 10, "") < room


def test_a_long_heading_of_the_offices_own_is_not_cut_off(tmp_path: Path) -> None:
    label = "予算事業コード（会計・款・項・目・節の番号を続けて入力してください）"
    strategy = make_strategy(fields=[(label, "独自", "文字", "いいえ", 20, "", "")])
    write_form(tmp_path / "f.xlsx", strategy, "経済部")
    build_office_sheet(tmp_path / "o.xlsx", strategy)
    for path, name in ((tmp_path / "f.xlsx", layout.PROJECTS), (tmp_path / "o.xlsx", ADDED)):
        sheet = openpyxl.load_workbook(path)[name]
        (cell,) = (c for c in sheet[FIRST_ROW] if c.value == label)
        width = int(sheet.column_dimensions[cell.column_letter].width)
        needed = pages.text_height(label, width, 10, strategy.settings.font)
        assert needed <= sheet.row_dimensions[FIRST_ROW].height + 0.75  # in whole pixels


def test_the_lists_are_legible_in_print(form: Path) -> None:
    """「ブック全体を印刷」 prints them, too."""
    sheet = openpyxl.load_workbook(form)[layout.CHOICES]
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.scale, sheet.print_title_rows) == (60, "$2:$2")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("経済部", "平成30年度　経済部"),
        ("R&D課", "平成30年度　R&&D課"),
        ("長" * 250, f"平成30年度　{'長' * 112}…"),  # what Excel's footer has room for
        ("𠮷" * 80, f"平成30年度　{'𠮷' * 56}…"),
    ],
)
def test_the_footer_names_year_and_department(tmp_path: Path, name: str, shown: str) -> None:
    path = tmp_path / "f.xlsx"
    write_form(path, make_strategy(departments=[(1, name)]), name)
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet3.xml").decode()
    found = re.search(r"<oddFooter>(.*)</oddFooter>", xml)
    assert found is not None
    font = '&"BIZ UDPゴシック,Regular"'
    # The size first: behind it, 2018年度 would be read as size 82018.
    assert html.unescape(found[1]) == f"&L&8{font}{shown}&C&9{font}&P / &N"


def test_a_measure_merged_over_two_rows_is_told_as_such(tmp_path: Path) -> None:
    """Excel shows 施策 beside both rows and lets nobody type into the second."""
    strategy = example_strategy()
    path = tmp_path / "経済部.xlsx"
    write_form(path, strategy, "経済部", projects=[typed(), typed(name="別の事業", number=4)])
    book = openpyxl.load_workbook(path)
    book[layout.PROJECTS].merge_cells("B4:B5")
    book.save(path)
    (submission,) = submissions(path, strategy)
    assert [row.merged for row in submission.rows] == [{}, {"measure": "2ア 移住環境"}]
    rows, _ = parse_rows([(row, "経済部") for row in submission.rows], strategy)
    (item,) = schema.validate(rows, strategy)
    assert (item.code, item.place.cell) == ("R101", "B5")
    assert "結合を解除し" in item.cure


MERGED = ("D4:D5", "E4:E5", "F4:F5", "H4:H5", "I4:I5", "J4:J5", "K4:K5")


@pytest.mark.parametrize("cells", [*MERGED, "J4:K5"])
def test_any_other_merged_field_is_told_as_such(cells: str, tmp_path: Path) -> None:
    """Excel shows the value beside both rows: blank would be untrue, and nothing can be typed."""
    strategy = example_strategy()
    path = tmp_path / "経済部.xlsx"
    first = typed(relisted="再掲", category="新規", budget_kind="未定")
    write_form(path, strategy, "経済部", projects=[first, typed(name="別の事業", number=4)])
    book = openpyxl.load_workbook(path)
    book[layout.PROJECTS].merge_cells(cells)
    book.save(path)
    (submission,) = submissions(path, strategy)
    rows, found = parse_rows([(row, "経済部") for row in submission.rows], strategy)
    found += schema.validate(rows, strategy)
    found += checks.run_checks(checks.Listing(strategy, rows, []), "row")
    told = [(f.code, f.place.cell) for f in found if is_error(f)]
    first_column, last_column = cells[0], cells[3]
    assert told == [("R120", f"{c}5") for c in dict.fromkeys((first_column, last_column))]
    assert all("上の行と結合されているため" in f.message for f in found if is_error(f))


@pytest.mark.parametrize(
    ("merged", "first", "second"),
    [
        ("G4:G5", {}, {}),  # the department is the submitter's
        ("J4:J5", {}, {"relisted": "再掲"}),  # a relisted row takes it from its original
        ("L4:L5", {"note": "連絡"}, {}),  # a note to the office
        ("E4:E5", {}, {}),  # nothing to be seen
        ("E4:E5", {"category": "継続"}, {}),  # what a blank means, too
        ("I4:I5", {"budget_kind": "当初"}, {}),
    ],
)
def test_a_merged_cell_that_costs_nothing_is_not_asked_about(
    merged: str, first: dict[str, Any], second: dict[str, Any], tmp_path: Path
) -> None:
    strategy = example_strategy()
    path = tmp_path / "経済部.xlsx"
    rows = [typed(**first), typed(**{"name": "別の事業", "number": 4, **second})]
    write_form(path, strategy, "経済部", projects=rows)
    book = openpyxl.load_workbook(path)
    book[layout.PROJECTS].merge_cells(merged)
    book.save(path)
    (submission,) = submissions(path, strategy)
    _, found = parse_rows([(row, "経済部") for row in submission.rows], strategy)
    assert [f.code for f in found if is_error(f)] == []


def test_a_number_typed_as_text_is_not_said_to_be_another() -> None:
    rows, found = parse_rows([(raw(1, **typed(number="4", budget="12000")), "経済部")], office())
    assert (rows[0].number, rows[0].budget) == (4, 12000)
    assert {f.message for f in found if f.code == "A101"} == {
        "番号の、文字として入力された『4』を、数字と読み取りました。",
        "予算事業費（千円）の、文字として入力された『12000』を、数字と読み取りました。",
    }
