"""``--previous``: last year's list beside this year's, to the council's page and the remarks."""

from __future__ import annotations

import re
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from python_calamine import load_workbook as read_values

from sousei_xl.sheets.council import EVALUATION, ORPHANS
from sousei_xl.sheets.council.changes import CHANGES
from sousei_xl.workspace import as_argument
from tests.recalculate import needs_office, recalculate
from tests.test_watch_and_status import Watching
from tests.two_years import (
    CONTRADICTED,
    COUNCIL,
    ENDED,
    GREW,
    MOVED,
    NEW,
    NEXT_COUNCIL,
    NEXT_PROPOSAL,
    RENAMED,
    TwoYears,
    two_years,
)
from tests.workspaces import column, edit, example_workspace, run

YEAR_CODES = ("Y101", "Y102", "K106")


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> TwoYears:
    made = two_years(tmp_path_factory.mktemp("年度"))
    book = openpyxl.load_workbook(made.first / "outbox" / COUNCIL)
    sheet = book[EVALUATION]
    row = next(c.row for c in sheet["A"] if c.value == "施策:1ア")
    sheet[f"D{row}"], sheet[f"G{row}"] = "保育士が足りない。", "確保に努めます。"
    book.save(made.first / "outbox" / COUNCIL)
    return made


@pytest.fixture(scope="module")
def merged(years: TwoYears) -> Any:
    done = run("merge", "--workspace", years.second, "--previous", years.previous, "--json")
    assert done.status == 0, done.out
    return done.json


def found(done: Any, *codes: str) -> list[tuple[str, str, str]]:
    return sorted((f["code"], f["file"], f["cell"]) for f in done["findings"] if f["code"] in codes)


def rows(path: Path, name: str = CHANGES) -> list[list[Any]]:
    return read_values(path).get_sheet_by_name(name).to_python(skip_empty_area=False)


def section(shown: list[list[Any]], title: str) -> list[list[Any]]:
    """The lines of a section, on all its pages, without title, note and headings."""
    lines, inside = [], False
    for row in shown:
        cells = [cell for cell in row if cell != ""]
        if str(row[0])[:2] in {f"{n}　" for n in range(1, 9)}:
            inside = str(row[0]).startswith(title)
        elif inside and len(cells) > 1 and "位置" not in str(row[0]):
            lines.append(cells)
    return lines


def standing(outbox: Path) -> dict[Path, int]:
    """When each file was written, but for the lock's."""
    files = (p for p in outbox.rglob("*") if p.is_file() and p.name != ".ロック")
    return {p: p.stat().st_mtime_ns for p in files}


def test_what_is_asked(merged: Any) -> None:
    messages = {f["code"]: f["message"] for f in merged["findings"] if f["code"] in YEAR_CODES}
    asked = [f["code"] for f in merged["findings"] if f["code"] in YEAR_CODES]
    assert sorted(asked) == ["K106", "Y101", "Y101", "Y102"]
    told = " ".join(f["message"] for f in merged["findings"] if f["code"] == "Y101")
    assert RENAMED[1] in told
    assert f"『{RENAMED[0]}』" in told
    assert CONTRADICTED in told
    assert "H28実績が99で" in messages["K106"]
    assert merged["previous"] == {
        "file": "別紙_平成30年度（案）.xlsx",
        "fiscal_year": 2018,
        "rows": 104,
        "printed_otherwise": [],
        "new": 1,
        "gone": 1,
        "renamed": 1,
        "moved": 1,
        "budget_changed": 1,
    }


def test_without_it_nothing_is_remembered(years: TwoYears, merged: Any) -> None:
    done = run("merge", "--workspace", years.second, "--dry-run", "--json").json
    assert found(done, *YEAR_CODES) == []
    assert done["previous"] is None


def test_the_number_and_the_list_do_not_depend_on_last_years(
    years: TwoYears, merged: Any, tmp_path: Path
) -> None:
    """最終確認, which knows no last year, bears the number of the list that was approved with it.

    A plain merge afterwards leaves list and open data as they are, and says what it leaves out:
    actuals that were carried over.
    """
    folder = tmp_path / "w"
    shutil.copytree(years.second, folder)
    here = ("--workspace", folder)
    previous = ("--previous", years.previous)
    said = run("merge", *here, *previous).out
    typed = re.search(r"「sousei-xl merge --approve 決裁日 --previous (\S+)」", said)
    assert typed is not None
    assert (folder / typed[1]).resolve() == years.previous.resolve()  # typed in the workspace
    approved = run("merge", *here, *previous, "--approve", "2019-03-29", "--json").json
    assert (approved["status"], approved["run"]) == ("final", merged["run"])
    official = folder / "outbox" / "別紙_令和元年度.xlsx"
    table = folder / "outbox" / "オープンデータ" / "事業一覧.csv"
    before = (table.read_bytes(), rows(official, "別紙"), rows(official, "データ_事業"))
    assert run("distribute", *here, "--confirm").status == 0
    check = folder / "outbox" / "様式" / "最終確認" / "農政部.xlsx"
    number = f"照合番号：{merged['run']}（別紙の照合番号と同じなら"
    assert rows(check, "最終確認")[3][0].startswith(number)
    footer = openpyxl.load_workbook(check)["最終確認"].oddFooter.right.text
    assert f"照合番号 {merged['run']}" in footer
    assert f"照合番号：{merged['run']}" in str(rows(official, "目次"))
    plain = run("merge", *here, "--json").json
    assert (plain["status"], plain["run"]) == ("final", merged["run"])
    assert (table.read_bytes(), rows(official, "別紙"), rows(official, "データ_事業")) == before
    (question,) = (q for q in plain["questions"] if "--previous" in q)
    assert f"前年度の別紙『{years.previous.name}』と比べて" in question
    again = run("merge", *here, "--json").json  # known by now
    assert not [q for q in again["questions"] if "--previous" in q]
    # What was submitted is what it depends on.
    form = folder / "inbox" / "農政部.xlsx"
    edit(form, "回答票", {"B20": "余白のメモ"})
    assert run("merge", *here, "--json").json["run"] != merged["run"]


def test_check_finds_what_merge_finds(years: TwoYears, merged: Any) -> None:
    path = years.second / "inbox" / "子育て支援部.xlsx"
    command = ("check", "--workspace", years.second, path, "--json")
    done = run(*command, "--previous", years.previous).json
    mine = [f for f in found(merged, *YEAR_CODES) if f[1] == path.name]
    assert [(code, cell) for code, _, cell in found(done, *YEAR_CODES)] == [
        (code, cell) for code, _, cell in mine
    ]
    assert len(mine) == 3
    assert found(run(*command).json, *YEAR_CODES) == []


@pytest.mark.parametrize("command", ["merge", "check", "watch"])
def test_a_file_that_cannot_be_used(years: TwoYears, tmp_path: Path, command: str) -> None:
    asked = [str(years.second / "inbox" / "農政部.xlsx")] if command == "check" else []
    options = [command, *asked, "--workspace", str(years.second), "--previous"]
    done = run(*options, tmp_path / "ない.xlsx")
    assert done.status == 2
    assert "前年度の別紙が見つかりません" in done.err
    if command == "watch":
        return
    before = standing(years.second / "outbox")
    broken = tmp_path / "壊れた.xlsx"
    broken.write_bytes(years.previous.read_bytes()[:3000])
    empty = tmp_path / "空.xlsx"
    openpyxl.Workbook().save(empty)
    this_year = years.second / "outbox" / "別紙_令和元年度（案）.xlsx"
    for path, words in (
        (broken, "読み取れませんでした"),
        (empty, "関連事業の一覧が見つかりません"),
        (this_year, "令和元年度の別紙です"),
    ):
        if path == this_year and not path.exists():
            continue
        done = run(*options, path, "--json")
        assert done.status == 2, path
        assert words in done.json["message"]
    assert standing(years.second / "outbox") == before


def test_status_asks_what_merge_asks(years: TwoYears, merged: Any) -> None:
    [checkbook] = (years.second / "outbox").glob("点検結果_*.xlsx")
    letters = [r[1] for r in rows(checkbook, "提出状況") if "御担当者様" in str(r[1])]
    assert letters
    alone = run("status", "--workspace", years.second).out
    compared = run("status", "--workspace", years.second, "--previous", years.previous).out
    assert all(letter in compared for letter in letters)
    assert not all(letter in alone for letter in letters)
    commands = [line for line in compared.splitlines() if "sousei-xl check --return" in line]
    assert commands
    assert all(f"--previous {as_argument(str(years.previous))}" in line for line in commands)
    forgotten = f"前年度の別紙『{years.previous.name}』と比べて統合しました。今回は --previous が"
    assert forgotten in alone
    assert "--previous が" not in compared


def test_the_councils_page(years: TwoYears, merged: Any) -> None:
    shown = rows(years.second / "outbox" / NEXT_COUNCIL)
    assert [[r[1], r[-2]] for r in section(shown, "1　新規")] == [[NEW, 900]]
    assert [r[1:] for r in section(shown, "2　今年度")] == [[ENDED, "子育て支援部", 22355, "終了"]]
    assert [[r[1], r[-1]] for r in section(shown, "3　名称")] == [[RENAMED[1], RENAMED[0]]]
    assert [[r[0], r[1], r[-2], r[-1]] for r in section(shown, "4　施策")] == [
        ["2ア-77", MOVED, "4エ 情報発信", "2ア 移住環境"]
    ]
    assert [r[1:] for r in section(shown, "5　予算")] == [
        [GREW, "子育て支援部", 21762, 65286, 43524, 2, "大きく増加"]
    ]
    assert any(str(r[0]).startswith("6　") and "なし" in str(r[0]) for r in shown)
    # What was reported otherwise than published, in the words of ``compare``.
    [revised] = section(shown, "8　数値目標・KPIの変更")[1:]
    assert revised[1:] == ["移住に関わる相談件数（件）", "H28の実績値", "24", "99"]


def test_the_councils_page_says_what_was_united(years: TwoYears, tmp_path: Path) -> None:
    second = tmp_path / "令和元"
    shutil.copytree(years.second, second, ignore=shutil.ignore_patterns("outbox"))
    (second / "outbox").mkdir()
    form = second / "inbox" / "子育て支援部.xlsx"
    name, note = column(form, "事業名"), column(form, "備考")
    cells = openpyxl.load_workbook(form)["事業"][name]
    row = next(c.row for c in cells if c.value == GREW)
    edit(form, "事業", {f"{note}{row}": f"{RENAMED[0]}を統合"})
    assert run("merge", "--workspace", second, "--previous", years.previous).status == 0
    shown = rows(second / "outbox" / NEXT_COUNCIL)
    fates = {r[1]: r[-1] for r in section(shown, "2　今年度")}
    assert fates == {ENDED: "終了", RENAMED[0]: "ほかの事業に統合・改称"}
    assert section(shown, "3　名称") == []
    assert [r[-1] for r in section(shown, "5　予算")] == ["統合"]  # no 大きく増加
    assert any("一つの前年度の予算との比較です" in str(r[0]) for r in shown)


def test_what_no_form_says_of_the_past_stays(years: TwoYears, merged: Any) -> None:
    """Only 地域振興部 has touched its KPI: the others' forms say what they went out with."""
    assert merged["indicators"]["reported"] == 3  # of its four; one has no H29 yet
    done = run("compare", years.previous, years.second / "outbox" / NEXT_PROPOSAL, "--json").json
    values = [
        (change["id"], field["field"], field["before"], field["after"])
        for change in done["indicators"]
        for field in change["fields"]
        if field["field"].endswith("の実績値")
    ]
    assert values == [("2ア-1", "H28の実績値", "24", "99")]
    told = rows(years.second / "outbox" / NEXT_PROPOSAL, "数値目標等の状況")
    words = " ".join(str(cell) for row in told for cell in row)
    assert "前年度の別紙から引き継いだ値があります" in words
    assert "H27～H29は前年度の別紙の値です。" in words
    assert "H27、H28は前年度の別紙の値です。" in words


def test_past_values_in_another_unit_are_told(years: TwoYears, tmp_path: Path) -> None:
    shutil.copytree(years.second, tmp_path, dirs_exist_ok=True)
    template = tmp_path / "templates" / "別紙_template.xlsx"
    book = openpyxl.load_workbook(template)
    (unit,) = (row[6] for row in book["指標"].iter_rows() if row[0].value == "2オ-3")
    unit.value = "千泊"
    book.save(template)
    options = ("--workspace", tmp_path, "--previous", years.previous)
    told = run("distribute", *options).out
    assert "指標1件は、前年度と単位か集計区分が違うため" in told
    assert "2オ-3　単位『万泊』→『千泊』" in told
    done = run("merge", *options, "--json").json
    (item,) = [f for f in done["findings"] if f["code"] == "K119"]
    assert "2オ-3" in item["message"]

    # Of two of one name, nobody can tell which has got a new ID.
    cells = {row[0].value: row for row in book["指標"].iter_rows()}
    unit.value = "万泊"
    cells["2ア-2"][4].value = cells["2ア-1"][4].value
    cells["2ア-1"][0].value = "2ア-7"
    book.save(template)
    told = run("distribute", *options).out
    assert "指標1件は、同じ名前の今年度のどの指標に当たるか分からないため" in told
    assert "  2ア-1　移住に関わる相談件数" in told


def test_the_counts_add_up(years: TwoYears, merged: Any) -> None:
    shown = rows(years.second / "outbox" / NEXT_COUNCIL)
    lines = {str(r[0]).strip("　－＋ "): r[4:9] for r in shown if isinstance(r[4], float)}
    assert lines["前年度の事業数"] == [31, 19, 24, 9, 83]
    assert lines["今年度の事業数"] == [31, 20, 24, 8, 83]
    assert lines["新規の事業"][-1] == lines["今年度の一覧にない事業（終了・取下げなど）"][-1] == 1
    assert lines["ほかの基本目標へ移った事業"] == [0, 0, 0, 1, 1]
    assert lines["ほかの基本目標から移ってきた事業"] == [0, 1, 0, 0, 1]
    assert lines["前年度の予算（再掲を除く）"][-1] == 3_550_284
    assert lines["今年度の予算（再掲を除く）"][-1] == 3_550_284 - 22_355 + 43_524 + 900
    total = merged["total"]
    assert total["net"] == lines["今年度の予算（再掲を除く）"][-1]
    assert total["projects"] == lines["今年度の事業数"][-1]


@needs_office
def test_live_figures_equal_the_stored_ones(years: TwoYears, merged: Any, tmp_path: Path) -> None:
    path = years.second / "outbox" / NEXT_COUNCIL
    [again] = recalculate([path], tmp_path)
    stored, anew = rows(path), rows(again)
    for before, after in zip(stored, anew, strict=False):
        for one, other in zip(before, after, strict=False):
            assert other == (pytest.approx(one) if isinstance(one, float) else one)


def test_it_prints_on_a4_landscape_with_a_heading_on_every_page(
    years: TwoYears, merged: Any
) -> None:
    sheet = openpyxl.load_workbook(years.second / "outbox" / NEXT_COUNCIL)[CHANGES]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_area == f"'{CHANGES}'!$A$1:${get_column_letter(9)}${sheet.max_row}"
    for mark in sheet.row_breaks.brk:
        first = str(sheet.cell(mark.id + 1, 1).value)
        assert first[0].isdigit(), first


def test_remarks_come_once_and_are_then_this_years_to_change(years: TwoYears, merged: Any) -> None:
    path = years.second / "outbox" / NEXT_COUNCIL

    def said() -> list[Any]:
        return [
            (r[1], r[3], r[6]) for r in rows(path, EVALUATION) if r[0] == "施策:1ア" and r[3] != ""
        ]

    def again() -> None:
        done = run("merge", "--workspace", years.second, "--previous", years.previous)
        assert done.status == 0, done.err
        assert "委員意見と対応を1件引き継いでいます" in done.out

    assert said() == [("H30", "保育士が足りない。", "確保に努めます。")]
    again()
    assert said() == [("H30", "保育士が足りない。", "確保に努めます。")]
    row = next(i for i, r in enumerate(rows(path, EVALUATION), 1) if r[3] == "保育士が足りない。")
    edit(path, EVALUATION, {f"D{row}": "保育士が足りない（訂正）。", f"D{row - 1}": "今年の意見"})
    again()
    assert said() == [
        ("R1", "今年の意見", ""),
        ("H30", "保育士が足りない（訂正）。", "確保に努めます。"),
    ]


def test_a_remark_of_last_year_is_taken_over_once(years: TwoYears, tmp_path: Path) -> None:
    """What is deleted here stays away; what is written there afterwards still comes."""
    second, former = tmp_path / "令和元", tmp_path / "前年度"
    shutil.copytree(years.second, second, ignore=shutil.ignore_patterns("outbox"))
    (second / "outbox").mkdir()
    former.mkdir()
    for file in (years.previous, years.first / "outbox" / COUNCIL):
        shutil.copy(file, former)
    here, there = second / "outbox" / NEXT_COUNCIL, former / COUNCIL

    def merge() -> str:
        done = run("merge", "--workspace", second, "--previous", former / years.previous.name)
        assert done.status == 0, done.err
        return done.out

    def row(path: Path, key: str, year: str) -> int:
        found = enumerate(rows(path, EVALUATION), 1)
        return next(i for i, r in found if r[:2] == [key, year])

    edit(there, EVALUATION, {f"D{row(there, '施策:1イ', 'H30')}": "二つ目"})
    assert "2件引き継いでいます" in merge()
    gone, other = (row(here, key, "H30") for key in ("施策:1ア", "施策:1イ"))
    edit(here, EVALUATION, {f"D{gone}": None, f"G{gone}": None, f"D{other}": "二つ目（訂正）"})
    edit(there, EVALUATION, {})  # saved again
    assert "1件引き継いでいます" in merge()
    first, second_one = (row(there, key, "H30") for key in ("施策:1ア", "施策:1イ"))
    edit(there, EVALUATION, {f"D{first}": "後から直した", f"G{second_one}": "後からの対応"})
    told = merge()
    assert "3件引き継いでいます" in told
    assert "うち2件は、前に引き継いだ後で" in told
    assert f"このうち1件は、『{EVALUATION}』に載せる場所がないため、シート『{ORPHANS}』に" in told
    said = {r[0]: r[3] for r in rows(here, EVALUATION) if r[1] == "H30"}
    assert said == {"施策:1ア": "後から直した", "施策:1イ": "二つ目（訂正）"}
    assert [r[3:5] for r in rows(here, ORPHANS) if r[1] == "H30"] == [["二つ目", "後からの対応"]]
    counted = run("merge", "--workspace", second, "--json").json["remarks"]
    assert (counted["earlier"], counted["orphans"]) == (3, 1)
    third = row(there, "施策:1ウ", "H30")
    edit(there, EVALUATION, {f"D{third}": "三つ目"})
    assert "4件引き継いでいます" in merge()
    edit(there, EVALUATION, {f"G{third}": "後からの答え"})
    assert "4件引き継いでいます" in merge()  # it stands beside its remark, which was counted
    assert "前に引き継いだ後で" not in merge()


def test_remarks_come_even_after_a_merge_without_last_year(years: TwoYears, tmp_path: Path) -> None:
    """Whoever forgets --previous the first time has lost nothing."""
    second = tmp_path / "令和元"
    shutil.copytree(years.second, second, ignore=shutil.ignore_patterns("outbox"))
    (second / "outbox").mkdir()
    assert run("merge", "--workspace", second).status == 0
    path = second / "outbox" / NEXT_COUNCIL
    assert CHANGES not in read_values(path).sheet_names
    assert "保育士が足りない。" not in str(rows(path, EVALUATION))
    assert run("merge", "--workspace", second, "--previous", years.previous).status == 0
    assert "保育士が足りない。" in str(rows(path, EVALUATION))
    assert CHANGES in read_values(path).sheet_names


def test_one_set_stands_whatever_the_year_is_called(years: TwoYears, tmp_path: Path) -> None:
    """令和元年度 is 平成31年度: what bears the other name is what was published before."""
    second = tmp_path / "令和元"
    shutil.copytree(years.second, second, ignore=shutil.ignore_patterns("outbox"))
    outbox = second / "outbox"
    outbox.mkdir()
    assert run("merge", "--workspace", second, "--previous", years.previous).status == 0
    row = next(i for i, r in enumerate(rows(outbox / NEXT_COUNCIL, EVALUATION), 1) if r[1] == "R1")
    edit(outbox / NEXT_COUNCIL, EVALUATION, {f"D{row}": "表記を変える前の意見"})
    edit(second / "templates" / "別紙_template.xlsx", "設定", {"B8": "平成31年度"})
    edit(second / "inbox" / "学校教育部.xlsx", "事業", {f"{c}5": None for c in "BCDEFGHIJKLMN"})
    command = ("merge", "--workspace", second, "--json")
    assert run(*command, "--dry-run").json["changes"]["since"] == NEXT_PROPOSAL
    done = run(*command).json
    names = (NEXT_PROPOSAL, NEXT_COUNCIL, "点検結果_令和元年度.xlsx")
    expected = {name.replace("令和元", "平成31") for name in names}
    assert {p.name for p in outbox.glob("*.xlsx")} == expected
    assert len(done["gone"]) == 1
    assert any(years.previous.name in question for question in done["questions"])
    assert "表記を変える前の意見" in str(
        rows(outbox / "検討懇談会資料_平成31年度.xlsx", EVALUATION)
    )


def test_a_list_without_its_council_workbook_beside_it(years: TwoYears, tmp_path: Path) -> None:
    """Nobody misses last year's remarks without being told where they are looked for."""
    alone = tmp_path / "別の場所" / "別紙.xlsx"
    for folder in (alone.parent, tmp_path / "outbox"):
        folder.mkdir()
    shutil.copy(years.previous, alone)
    done = run(
        "merge", "--workspace", years.second, "--outbox", tmp_path / "outbox", "--previous", alone
    )
    assert done.status == 0
    assert "同じフォルダーに、前年度の検討懇談会資料はありません" in done.out
    command = re.search(r"「sousei-xl merge --approve 決裁日(.+?)」", done.out)
    assert command is not None
    _, outbox, _, previous = command[1].split()  # typed in the workspace
    assert (years.second / outbox).resolve() == (tmp_path / "outbox").resolve()
    assert (years.second / previous).resolve() == alone.resolve()
    # What was typed this year is kept, and said; nobody is alarmed about it.
    council = tmp_path / "outbox" / NEXT_COUNCIL
    row = next(i for i, r in enumerate(rows(council, EVALUATION), 1) if r[0] == "施策:1ア")
    edit(council, EVALUATION, {f"D{row}": "今年の意見"})
    here = ("--workspace", years.second, "--outbox", tmp_path / "outbox")
    done = run("merge", *here, "--previous", alone)
    assert "今年度の委員意見と対応を1件残しました" in done.out
    assert "引き継いで" not in done.out
    assert run("merge", *here, "--json").json["remarks"] == {
        "this_year": 1,
        "earlier": 0,
        "late": 0,
        "orphans": 0,
        "beside": [],
    }
    # Last year's workbook without a remark: nothing to carry over, nothing to say about it.
    shutil.copy(years.first / "outbox" / COUNCIL, alone.parent / COUNCIL)
    book = openpyxl.load_workbook(alone.parent / COUNCIL)
    for line in book[EVALUATION].iter_rows(min_col=4, max_col=7):
        for cell in line:
            if cell.value in ("保育士が足りない。", "確保に努めます。"):
                cell.value = None
    book.save(alone.parent / COUNCIL)
    done = run("merge", *here, "--previous", alone)
    assert "1件残しました" in done.out
    assert "前年度の検討懇談会資料" not in done.out
    # With a remark of last year's, both are said.
    shutil.copy(years.first / "outbox" / COUNCIL, alone.parent / COUNCIL)
    done = run("merge", *here, "--previous", alone)
    assert "今年度の委員意見と対応を1件残しました" in done.out
    assert "前年度までの委員意見と対応を1件引き継いでいます" in done.out


def test_the_same_files_make_the_same_bytes(years: TwoYears, tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        outbox = tmp_path / name
        outbox.mkdir()
        done = run(
            "merge", "--workspace", years.second, "--outbox", outbox, "--previous", years.previous
        )
        assert done.status == 0
        made.append((outbox / NEXT_COUNCIL).read_bytes())
    assert made[0] == made[1]


def test_a_draft_says_what_is_not_compared_yet(years: TwoYears, tmp_path: Path) -> None:
    second = tmp_path / "令和元"
    shutil.copytree(years.second, second, ignore=shutil.ignore_patterns("outbox"))
    (second / "outbox").mkdir()
    (second / "inbox" / "経済部.xlsx").unlink()
    done = run("merge", "--workspace", second, "--previous", years.previous, "--json")
    assert done.status == 1
    shown = rows(second / "outbox" / NEXT_COUNCIL)
    lines = {str(r[0]).strip("　－＋ "): r[4:9] for r in shown if isinstance(r[4], float)}
    assert lines["提出待ち・確認中の事業"][-1] == 21
    assert lines["今年度の一覧にない事業（終了・取下げなど）"][-1] == 1
    assert any("様式のそろわない部局（経済部）の事業は、「2」に載せ" in str(r[0]) for r in shown)
    fates = [r[-1] for r in section(shown, "2　今年度")]
    assert fates.count("様式を待っています") == 21


def test_the_console_sums_it_up_and_doubts_a_wrong_file(
    years: TwoYears, merged: Any, tmp_path: Path
) -> None:
    command = ("merge", "--workspace", years.second, "--dry-run")
    out = run(*command, "--previous", years.previous).out
    assert "新規 1　一覧にない 1　名称変更（推定） 1　施策の移動 1　予算の変更 1" in out
    old = tmp_path / "平成28.xlsx"
    shutil.copy(years.previous, old)
    book = openpyxl.load_workbook(old)
    for row in book["データ_事業"].iter_rows(min_row=2):
        row[1].value, row[2].value = "平成28年度", 2016
        row[10].value = f"別の町の{row[0].row}"
        row[15].value = None
    book.save(old)
    out = run(*command, "--previous", old).out
    assert "平成28年度とあります" in out
    assert "同じ名前の事業が一つもありません" in out


def test_a_printed_list_that_was_mended_by_hand_is_told(years: TwoYears, tmp_path: Path) -> None:
    path = tmp_path / "手で直した.xlsx"
    book = openpyxl.load_workbook(years.previous)
    book["別紙"]["F42"] = 99_999
    book.save(path)
    workspace = tmp_path / "作業"
    shutil.copytree(years.second, workspace)
    form = workspace / "inbox" / "農政部.xlsx"
    words = "『手で直した.xlsx』の『別紙』シートの F42 は、『データ_事業』シートと違います"
    for command in (("merge", "--dry-run"), ("merge",), ("check", form), ("distribute",)):
        options = (*command, "--workspace", workspace, "--previous")
        assert words in run(*options, path).out, command
        assert "手で直されています" not in run(*options, years.previous).out, command
        described = run(*options, path, "--json").json["previous"]
        assert described["printed_otherwise"] == ["F42"], command


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_watch_compares_too_and_sees_last_years_file_change(
    years: TwoYears, tmp_path: Path
) -> None:
    second, previous = tmp_path / "令和元", tmp_path / "前年度.xlsx"
    shutil.copytree(years.second, second, ignore=shutil.ignore_patterns("outbox"))
    (second / "outbox").mkdir()
    shutil.copy(years.previous, previous)
    watching = Watching(second, "--previous", str(previous))
    try:
        watching.wait_for("最初の統合")
        assert CHANGES in read_values(second / "outbox" / NEXT_COUNCIL).sheet_names
        edit(previous, "データ_事業", {"K2": "別の名前"})
        watching.wait_for("子育て支援部 受理")  # one more confirmation: 別の名前 is not there
        watching.process.send_signal(signal.SIGINT)
        assert watching.process.wait(10) == 0
    finally:
        watching.process.kill()
        watching.process.wait()


def test_the_shipped_example_needs_no_last_year(tmp_path: Path) -> None:
    folder = example_workspace(tmp_path / "例")
    done = run("merge", "--workspace", folder)
    assert done.status == 0
    assert "sousei-xl merge --previous" in done.out
    assert CHANGES not in read_values(folder / "outbox" / COUNCIL).sheet_names
