"""要確認 that a department must answer: its way there, and what 決裁 passes over."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from sousei_xl.commands import report
from sousei_xl.commands.terminal import new_console
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import RawRow
from sousei_xl.sheets import Contents
from sousei_xl.sheets.checkbook.letters import Reminder
from sousei_xl.sheets.checkbook.reminders import reminders
from sousei_xl.sheets.checkbook.steps import next_steps, unacknowledged
from tests.builders import NO_KPI, intake, submission
from tests.facts import example_contents
from tests.merging import BARE, E, N, office, row, strategy_of
from tests.workspaces import column, edit, example_workspace, run

YEN = 12_570_000
FILE = "農政部.xlsx"
STRATEGY = strategy_of(settings={"提出期限": "2018-02-16", "提出先": "政策調整課"})


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The example, in which 農政部 has typed one budget in yen."""
    made = example_workspace(tmp_path)
    path = made / "inbox" / FILE
    edit(path, "事業", {f"{column(path, '予算事業費（千円）')}4": YEN})
    return made


def _letters(*rows: RawRow, **more: object) -> list[Reminder]:
    forms = [submission(rows, E), submission([], N, none_applicable=True)]
    return reminders(merge(intake(forms, **more), STRATEGY), NO_KPI, STRATEGY.settings)


def _page(workspace: Path) -> str:
    book = CalamineWorkbook.from_path(str(workspace / "outbox" / "点検結果_平成30年度.xlsx"))
    rows = book.get_sheet_by_name("提出状況").to_python()
    return "\n".join(str(cell) for cells in rows for cell in cells if cell != "")


# --- the letter -----------------------------------------------------------------------------------


def test_a_letter_says_what_is_asked_by_when_and_how_to_answer() -> None:
    [item] = _letters(row(1, "甲", budget=YEN), row(2, "乙", description="平成29年度は乙"))
    assert (item.addressee, item.state, item.questions) == (E, "確認依頼", 2)
    assert item.files == ("経済部.xlsx",)
    assert item.letter.startswith(
        f"{E}　御担当者様\n\n日頃からお世話になっております。\n"
        f"平成30年度の「{STRATEGY.settings.title}」の作成について、お願いがあります。\n"
    )
    assert "確認していただきたいところが2件" in item.letter
    assert "・『事業』J5「甲」：予算事業費が12,570,000千円" in item.letter
    assert "回答期限は平成30年2月16日です。過ぎている場合は、" in item.letter
    assert item.letter.count("平成30年2月16日") == 1
    assert "この依頼文への返信" in item.letter
    assert "政策調整課" in item.letter
    assert "もう一度提出してください（" in item.letter
    assert "提出を、まだ確認できていません" not in item.letter


def test_what_is_confirmed_or_needs_nothing_is_not_asked() -> None:
    confirmed = office(confirmed=[("R114", "2ア-1", f"{YEN:,}")])
    assert _letters(row(1, "甲", budget=YEN), office=confirmed) == []
    held = row(1, "甲", measure="9ア")
    [item] = _letters(held, row(2, "甲", "3ア", **BARE))  # L112: its original awaits correction
    assert (item.state, item.questions) == ("差戻し", 0)


def test_a_returned_file_carries_its_questions_itself() -> None:
    [item] = _letters(row(1, "甲", budget=YEN), row(2, "乙", relevance="△"))
    assert (item.state, item.questions, item.files) == ("差戻し", 0, ())
    assert "直していただきたいところが1件、確認していただきたいところが1件あります" in item.letter


def test_a_row_that_vanished_is_asked_about() -> None:
    old = submission([row(1, "甲", file="旧.xlsx"), row(2, "乙", file="旧.xlsx")], E)
    new = submission([row(3, "乙", number=2)], E, edition=2)
    rest = submission([], N, none_applicable=True)
    result = merge(intake([old, new, rest]), STRATEGY)
    assert [f.code for f in result.findings if f.addressee == "部局"] == ["L110"]
    assert result.departments[0].confirmations == 1
    [item] = reminders(result, NO_KPI, STRATEGY.settings)
    assert (item.state, item.questions, item.files) == ("確認依頼", 1, ())
    assert "『甲』（2ア-1）が" in item.letter


def test_many_questions_leave_room_for_the_rest() -> None:
    [item] = _letters(*(row(n, f"事業{n}", budget=YEN + n) for n in range(1, 31)))
    assert item.letter.count("\n・『事業』") == 10
    assert "・ほか20件（印を付けたファイルの" in item.letter


def test_the_letter_and_the_file_that_it_is_about_count_alike(tmp_path: Path) -> None:
    """Places, not lines that share one message; a row that has to wait (L112) is none."""
    workspace = example_workspace(tmp_path)
    path = workspace / "inbox" / "経済部.xlsx"
    budget, relevance = column(path, "予算事業費（千円）"), column(path, "関連性")
    edit(path, "事業", {f"{relevance}5": None, f"{relevance}6": None, f"{budget}7": YEN})
    done = run("merge", "--workspace", workspace)
    assert done.status == 1
    said = "直していただきたいところが2件、確認していただきたいところが"
    returned = CalamineWorkbook.from_path(str(workspace / "outbox" / "差戻し" / path.name))
    rows = returned.get_sheet_by_index(0).to_python()
    greeting = next(str(row[0]) for row in rows if said in str(row[0]))
    letter = next(line for line in _page(workspace).splitlines() if said in line)
    assert greeting.partition(said)[2][:2] == letter.partition(said)[2][:2]
    assert not any("何もする必要はありません" in str(cell) for row in rows for cell in row)
    waiting = re.search(r"要確認 (\d+)件（部局あて (\d+)件、初出の修正待ち (\d+)件", done.out)
    assert waiting
    assert f"要確認{waiting[2]}件を確かめます" in done.out


# --- where it stands ------------------------------------------------------------------------------


def test_status_and_checkbook_have_the_letter_and_the_command(workspace: Path) -> None:
    done = run("status", "--workspace", workspace)
    assert done.status == 0  # nothing is owed: 要確認 never blocks
    assert "--- 農政部への依頼文（確認依頼） ---" in done.out
    command = f"sousei-xl check --return {workspace / 'inbox' / FILE} --workspace {workspace}"
    assert f"  {command}\n" in done.out
    done = run("merge", "--workspace", workspace)
    asked = "部局あての要確認1件について、農政部に確認を依頼します"
    assert f"{asked}（依頼文は点検結果の「提出状況」にあります）" in done.out
    page = _page(workspace)
    assert f"{asked}（下の依頼文）" in page
    assert "「sousei-xl check --return inbox/〈ファイル〉」で「差戻し」フォルダーに作ります" in page
    assert "要確認について、部局に確認を依頼します（下の依頼文）。" in page
    assert "農政部\n（確認依頼）" in page
    assert not (workspace / "outbox" / "差戻し").exists()
    # The command does what the letter says.
    assert run(*command.split()[1:]).status == 0
    assert (workspace / "outbox" / "差戻し" / FILE).is_file()


# --- the return that check makes ------------------------------------------------------------------


def test_a_return_of_open_confirmations_stays_until_they_are_settled(workspace: Path) -> None:
    path, returned = workspace / "inbox" / FILE, workspace / "outbox" / "差戻し" / FILE
    merged = ("merge", "--workspace", workspace, "--json")
    run("check", "--return", path, "--workspace", workspace)
    before = returned.read_bytes()
    for _ in range(2):
        assert run(*merged).status == 0
        assert returned.read_bytes() == before
    # The office confirms it: nothing is asked any more.
    sheet = workspace / "inbox" / "事務局修正.xlsx"
    free = next(
        i
        for i, cells in enumerate(
            CalamineWorkbook.from_path(str(sheet)).get_sheet_by_name("確認済").to_python(), 1
        )
        if "L109" in cells
    )
    edit(sheet, "確認済", {f"A{free + 1}": "R114", f"B{free + 1}": "3イ-1", f"C{free + 1}": YEN})
    run(*merged)
    assert not returned.exists()


def test_a_return_of_another_file_goes(workspace: Path) -> None:
    path, returned = workspace / "inbox" / FILE, workspace / "outbox" / "差戻し" / FILE
    run("check", "--return", path, "--workspace", workspace)
    edit(path, "事業", {f"{column(path, '予算事業費（千円）')}4": YEN + 1})
    run("merge", "--workspace", workspace)
    assert not returned.exists()


# --- 決裁 -----------------------------------------------------------------------------------------


def test_an_approval_names_what_it_passes_over(workspace: Path) -> None:
    path = workspace / "inbox" / FILE
    edit(
        path, "事業", {f"{column(path, '事業内容')}{n}": "平成29年度は行う。" for n in range(4, 10)}
    )
    done = run("merge", "--workspace", workspace)
    assert (
        "確認済になっていない要確認が7件あります。決裁の前に、とくに金額を確かめます。" in done.out
    )
    asked = ("merge", "--approve", "2018-03-30", "--workspace", workspace)
    for command in ((*asked, "--dry-run"), asked):
        done = run(*command)
        assert done.status == 0
        lines = done.out.splitlines()
        at = next(i for i, line in enumerate(lines) if "7件あるまま、確定しています" in line)
        first = lines[at + 1].strip("　 ")
        assert first.startswith("－ 3イ-1 旭川農産物販売力向上対策事業：予算事業費が12,570,000千円")
        assert first.endswith("［R114］")
        assert "ほか2件（点検結果の「指摘一覧」にあります）" in lines[at + 6]
    assert "7件あるまま、確定しています" in _page(workspace)


def test_a_question_says_what_it_is_about_even_without_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    gone = finding("Y103", Place(), 2, names="『甲』、『乙』", target="農政部", department="農政部")
    gap = finding(
        "L109", Place(FILE, "事業", 5, "C5"), "3", measure="2ア", target="2ア", subject="施策2ア"
    )
    contents = _with(gone, gap)
    said = list(unacknowledged(contents))
    assert any(line.startswith("　－ 農政部：前年度の") for line in said)
    assert any(line.startswith("　－ 2ア：2アの番号に") for line in said)
    report._findings(new_console(), contents)
    assert "  要確認　農政部　前年度の" in capsys.readouterr().out


def test_that_questions_may_stay_open_is_said_before_the_approval_alone() -> None:
    gap = finding("L109", Place(FILE, "事業", 5, "C5"), "3", measure="2ア", target="2ア")
    contents = _with(gap)
    for status, told in (("draft", False), ("proposal", True), ("final", False)):
        steps = "".join(next_steps(replace(contents, status=status)))
        assert ("要確認1件を確かめます" in steps, "決裁は受けられます" in steps) == (True, told)


def _with(*findings: Finding) -> Contents:
    contents = example_contents("proposal")
    return replace(contents, result=replace(contents.result, findings=findings))


def test_an_approval_with_nothing_open_says_nothing(tmp_path: Path) -> None:
    made = example_workspace(tmp_path)
    assert "確認済になっていない" not in run("merge", "--workspace", made).out
