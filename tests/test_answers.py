"""What departments write into 回答欄 of a return reaches the office, whatever becomes of it."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import string
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import load_workbook as read_values

from sousei_xl.catalogue import RULES
from sousei_xl.commands.status_report import state_words
from sousei_xl.figures.totals import totals
from sousei_xl.findings import Answer, Place, acknowledge, finding
from sousei_xl.forms.annotate import lines
from sousei_xl.forms.request_layout import ANSWER, HEADINGS, NAME, SHEET, SPOT, WORDS, read_answers
from sousei_xl.forms.returns import plan_returns
from sousei_xl.rules.answers import with_answers
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import OfficeSheet, Submission
from sousei_xl.sheets import Contents
from sousei_xl.sheets.checkbook import write_checkbook
from sousei_xl.sheets.checkbook.answers import ROOM, apart, next_step
from sousei_xl.sheets.checkbook.letters import Reminder
from sousei_xl.sheets.checkbook.reminders import reminders
from sousei_xl.sheets.checkbook.steps import next_steps
from sousei_xl.workspace import Run
from tests.builders import NO_KPI, good, intake, make_strategy, submission
from tests.merging import office
from tests.workspaces import column, edit, example_workspace, run

SAYS = "国の計画の年度の引用なので、このままで正しい"
LAST_YEAR = "平成29年度は調査を行う。"
CHECKBOOK = Path("outbox") / "点検結果_平成30年度.xlsx"


def sheet(path: Path, name: str) -> list[list[Any]]:
    return [list(r) for r in read_values(str(path)).get_sheet_by_name(name).to_python()]


def findings(path: Path) -> list[dict[str, Any]]:
    rows = sheet(path, "指摘一覧")
    top = next((i for i, row in enumerate(rows) if row[0] == "No"), len(rows) - 1)
    return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :]]


def listed(path: Path) -> list[tuple[Any, Any]]:
    """(file, answer) of the list 部局からの回答."""
    rows = sheet(path, "提出状況")
    top = next((i for i, r in enumerate(rows) if str(r[0]).startswith("部局からの回答")), None)
    if top is None:
        return []
    end = next(i for i, row in enumerate(rows) if i > top and not any(row))
    return [(row[1], row[10]) for row in rows[top + 2 : end]]


def cell_of(path: Path, heading: str, name: str) -> str:
    rows = sheet(path, "事業")
    return f"{column(path, heading)}{next(i for i, r in enumerate(rows, 1) if name in r)}"


def answer(path: Path, spot: str, typed: str) -> None:
    """Type into 回答欄 of the line at a place, as a department does."""
    book = openpyxl.load_workbook(path)
    row = next(c.row for c in book[SHEET]["C"] if c.value == spot)
    book[SHEET].cell(row, 8).value = typed
    book.save(path)


def test_an_answer_goes_round(tmp_path: Path) -> None:
    workspace = example_workspace(tmp_path / "作業")
    path = workspace / "inbox" / "経済部.xlsx"
    wrong = cell_of(path, "関連性", "テレワーク普及促進事業")
    asked = cell_of(path, "事業内容", "食品産業支援事業")
    edit(path, "事業", {wrong: "△", asked: LAST_YEAR})
    done = run("merge", "--workspace", workspace)
    assert "部局の回答が" not in done.out
    assert {row["部局の回答"] for row in findings(workspace / CHECKBOOK)} == {""}
    assert listed(workspace / CHECKBOOK) == []

    back = workspace / "inbox" / "経済部（修正）.xlsx"
    shutil.copy(workspace / "outbox" / "差戻し" / "経済部.xlsx", back)
    answer(back, f"『事業』{asked}", SAYS)
    edit(back, "事業", {wrong: "◎"})
    done = run("merge", "--workspace", workspace)
    assert "部局の回答が1件、事務局の確認を待っています。" in done.out
    told = {row["コード"]: row["部局の回答"] for row in findings(workspace / CHECKBOOK)}
    assert told.pop("R115") == SAYS
    assert set(told.values()) <= {""}
    (asked_for,) = [r for r in findings(workspace / CHECKBOOK) if r["コード"] == "R115"]
    assert asked_for["状態"] == "未確認"  # an answer settles nothing by itself
    assert "部局の回答が1件、事務局の確認を待っています" in str(
        sheet(workspace / CHECKBOOK, "提出状況")
    )
    assert listed(workspace / CHECKBOOK) == []

    edit(back, "事業", {asked: "調査を行う。"})
    done = run("merge", "--workspace", workspace)
    assert "当てはまる指摘が今はない部局の回答が1件あります" in done.out
    assert "確認を待っています" not in done.out
    assert listed(workspace / CHECKBOOK) == [("経済部（修正）.xlsx", SAYS)]
    assert all(row["部局の回答"] == "" for row in findings(workspace / CHECKBOOK))


# --- without files -------------------------------------------------------------------------------


ASKS = (
    "事業内容に『平成29年度は』とありますが、この一覧は平成30年度のものです。"
    "前年度の文章が残っていないか確認してください。"
)


def given(file: str, spot: str, words: str, said: str, name: str = "") -> Answer:
    """A line of the request sheet as it comes back."""
    rows = [(1, [SPOT, NAME, WORDS, ANSWER]), (2, [spot, name, words, said])]
    [answer] = read_answers(rows, file)
    return answer


def read(*rows: Sequence[str]) -> list[tuple[str, str, str]]:
    """(セル, 内容と直し方, 回答) of everything that is found in these rows."""
    return [(a.spot, a.words, a.answer) for a in read_answers(list(enumerate(rows, 1)), "a.xlsx")]


LETTER = ("総合政策部　御担当者様",)
LINE = ("1", "要確認", "『事業』H8", "甲", ASKS, "", "")
ANSWERED = ("『事業』H8", ASKS, SAYS)


@pytest.mark.parametrize(
    "heading", ["回答", "回 答 欄", "", "回答欄（農政課）", HEADINGS[0], HEADINGS[-2]]
)
def test_an_answer_under_a_heading_that_was_written_over_is_found(heading: str) -> None:
    found = read(LETTER, (*HEADINGS[:-1], heading), (*LINE, SAYS))
    assert found[-1] == ANSWERED
    moved = read(LETTER, ("", *HEADINGS[:-1], heading), ("", *LINE, SAYS))
    assert moved[-1] == ANSWERED


@pytest.mark.parametrize("lost", range(len(HEADINGS)))
def test_an_answer_is_found_whichever_heading_was_written_over(lost: int) -> None:
    headings = (*HEADINGS[:lost], "済", *HEADINGS[lost + 1 :])
    assert read(LETTER, headings, (*LINE, SAYS))[-1] == ANSWERED


def test_an_answer_without_headings_is_found_by_its_place() -> None:
    assert read(LETTER, (*LINE, SAYS)) == [ANSWERED]


def test_what_was_written_over_the_heading_or_beside_the_letter_is_no_answer_lost() -> None:
    beside = (*LETTER, *[""] * 6, "確認しました")
    over = (*HEADINGS[:-1], "全て正しい")
    told = [("", "", "確認しました"), ("", "", "全て正しい")]
    assert read(beside, over, (*LINE, "")) == told


def test_a_sheet_without_names_is_read() -> None:
    headings = [h for h in HEADINGS if h != NAME]
    line = [v for h, v in zip(HEADINGS, LINE, strict=False) if h != NAME]
    for heading in (ANSWER, "回答"):
        assert read((*headings[:-1], heading), (*line, SAYS))[-1] == ANSWERED


def asked(file: str, *answers: tuple[str, str, str], **changes: Any) -> Submission:
    """A form of 経済部 with R115 at two cells of the first rows."""
    start = 1 + sum(map(ord, file))
    rows = [
        good(start + i, f"事業{i}", file=file, description=LAST_YEAR if i < 2 else "行う。")
        for i in range(3)
    ]
    rows = [replace(row, row=8 + i) for i, row in enumerate(rows)]
    came = tuple(given(file, *parts) for parts in answers)
    return replace(submission(rows, **changes), answers=came)


def contents(*submissions: Submission, office: OfficeSheet | None = None) -> Contents:
    strategy = make_strategy()
    result, _ = with_answers(merge(intake(submissions, office), strategy), NO_KPI)
    date = strategy.settings.list_date
    run = Run("ab12cd34", date, dt.datetime.combine(date, dt.time()))
    return Contents(strategy, result, totals(result.listed, strategy), run, "draft", NO_KPI)


def cells(file: str) -> list[str]:
    found = [f for f in contents(asked(file)).findings if f.code == "R115"]
    assert {f.text for f in found} == {ASKS}
    return [f.place.cell for f in found]


def placed(*submissions: Submission) -> tuple[list[str], list[str]]:
    """(answers beside findings, answers apart)."""
    found = contents(*submissions)
    beside = [answer.answer for item in found.findings for answer in item.answers]
    return beside, [answer.answer for _, answer in apart(found)]


def test_a_line_of_several_cells() -> None:
    first, second = cells("a.xlsx")
    both = (f"『事業』{first} ほか1か所", f"{ASKS}\n［{first}、{second}］")
    assert placed(asked("a.xlsx", (*both, "正しい"))) == (["正しい"] * 2, [])
    many = (f"『事業』{first} ほか50か所", f"{ASKS}\n［{first} ほか50か所］")
    assert placed(asked("a.xlsx", (*many, "正しい"))) == (["正しい"] * 2, [])
    assert placed(asked("a.xlsx", (f"『事業』{second}", ASKS, "正しい"))) == (["正しい"], [])


@pytest.mark.parametrize(
    ("spot", "words"),
    [
        ("『事業』{}", ASKS.replace("29", "28")),
        ("『事業』A1", ASKS),
        ("『別のシート』{}", ASKS),
        ("ファイル全体", ASKS),
        ("", ""),
        ("『』", "\n［"),
    ],
)
def test_what_no_finding_matches_is_listed(spot: str, words: str) -> None:
    given = (spot.format(cells("a.xlsx")[0]), words, "正しい")
    assert placed(asked("a.xlsx", given)) == ([], ["正しい"])


def test_an_answer_goes_with_its_project_when_rows_move() -> None:
    first, second = cells("a.xlsx")

    def beside(
        spot: str, name: str, office: OfficeSheet | None = None
    ) -> dict[str, tuple[str, ...]]:
        [form] = [asked("a.xlsx")]
        came = given("a.xlsx", f"『事業』{spot}", ASKS, "正しい", name)
        found = contents(replace(form, answers=(came,)), office=office)
        beside = {f.subject: tuple(a.answer for a in f.answers) for f in found.findings}
        told = {name: said for name, said in beside.items() if said}
        assert len(apart(found)) == (not told)
        return told

    assert beside(first, "事業0") == {"事業0": ("正しい",)}
    assert beside(first, "事業1") == {"事業1": ("正しい",)}  # 事業0 stands there now
    assert beside(first, "なくなった事業") == {}
    assert beside(second, "（新）事業1") == {"事業1": ("正しい",)}
    renamed = office(("2ア-1 事業0", "修正", "事業名", "事業0", "事業零"))
    assert beside(first, "事業0", renamed) == {"事業零": ("正しい",)}
    assert beside(second, "事業0", renamed) == {"事業零": ("正しい",)}
    assert beside(first, "事業零", renamed) == {"事業零": ("正しい",)}


def test_an_answer_about_a_relisted_row_knows_its_originals_former_name() -> None:
    again = good(2, "事業0", measure="3ア", relisted="再掲", relevance="△")
    form = submission([good(1, "事業0"), again])
    [item] = [f for f in contents(form).findings if f.place.row_id == 2 and f.severity == "要修正"]
    spot = f"『{item.place.sheet}』{item.place.cell}"
    form = replace(form, answers=(given(form.file, spot, item.text, "正しい", "事業0"),))
    for corrections in ((), (("2ア-1 事業0", "修正", "事業名", "事業0", "事業零"),)):
        found = contents(form, office=office(*corrections))
        assert [a.answer for f in found.findings for a in f.answers] == ["正しい"]


@pytest.mark.parametrize("places", [["H8"], ["H8", "H9", "H12"], [f"H{n}" for n in range(8, 99)]])
def test_a_line_of_any_text_is_understood_as_it_was_written(places: list[str]) -> None:
    """Also where the department is told something else than the office, and the row has moved."""
    form = submission([good(1)])
    before = contents(form).result
    for rule in RULES.values():
        for variant, said in rule.texts.items():
            parts = string.Formatter().parse(said.message + said.cure + said.theirs)
            facts = {n: f"〈{n}〉" for _, n, _, _ in parts if n} | {"expected": "", "target": ""}
            made = [
                finding(
                    rule.code,
                    Place(form.file, "事業", int(spot[1:]), spot, "name", "事業名"),
                    variant=variant,
                    **{**facts, "subject": f"事業：{spot}"},  # type: ignore[arg-type]
                )
                for spot in places
            ]
            written = lines.lines(
                lines.Located(item, "事業", item.place.cell, "", "", item.subject) for item in made
            )
            assert len(written) in (1, len(made))  # each has a line where its text has its name
            came = tuple(given(form.file, w.spot, w.words, "正しい", w.subject) for w in written)
            moved = [
                replace(item, place=replace(item.place, row=item.place.row + 1, cell=f"H{n + 1}"))
                for item in made
                if (n := item.place.row)
            ]
            for now in (made, moved if len(places) < 8 else made):
                records = tuple(replace(r, answers=came) for r in before.files)
                result = replace(before, findings=tuple(now), files=records)
                found, _ = with_answers(result, NO_KPI)
                assert [f.answers for f in found.findings] == [
                    (came[n if len(came) > 1 else 0],) for n in range(len(made))
                ]
                assert found.unmatched == ()


def test_a_line_about_a_sheet_or_the_file_is_understood() -> None:
    form = submission([good(1)])
    before = contents(form).result
    for place in (Place(form.file), Place(form.file, "回答票"), Place(form.file, "事業", 8)):
        item = finding("F201", place, missing="部局名")
        [line] = lines.lines([lines.Located(item, "", "", "", "", "")])
        came = given(form.file, line.spot, line.words, "正しい", line.subject)
        records = tuple(replace(r, answers=(came,)) for r in before.files)
        found, _ = with_answers(replace(before, findings=(item,), files=records), NO_KPI)
        assert found.findings[0].answers == (came,)


def test_of_two_replaced_files_the_later_one_counts() -> None:
    """One without a 版 is of the first, as in the merge."""
    first, _ = cells("a.xlsx")
    said = [
        asked(
            f"{name}.xlsx",
            (f"『事業』{first}", ASKS, f"{name}の回答"),
            edition=edition,
            saved=f"2018-02-0{day}",
        )
        for day, (name, edition) in enumerate((("a", 1), ("b", 0)), 1)
    ]
    assert placed(*said, asked("c.xlsx", edition=2)) == (["bの回答"], [])


def test_answers_of_a_replaced_file_count_until_there_are_newer_ones() -> None:
    first, second = cells("a.xlsx")
    old = asked(
        "a.xlsx", (f"『事業』{first}", ASKS, "前の回答"), (f"『事業』{second}", ASKS, "前だけ")
    )
    new = asked("b.xlsx", (f"『事業』{first}", ASKS, "新しい回答"), edition=2)
    beside, apart = placed(old, new)
    assert sorted(beside) == sorted(["新しい回答", "前だけ"])
    assert apart == []


def letters(found: Contents) -> list[Reminder]:
    written = reminders(found.result, NO_KPI, found.strategy.settings)
    return [letter for letter in written if letter.addressee == "経済部"]


def test_letters_ask_what_has_no_answer_yet(tmp_path: Path) -> None:
    first, second = cells("a.xlsx")
    [letter] = letters(contents(asked("a.xlsx")))
    assert (letter.questions, letter.files) == (2, ("a.xlsx",))
    assert "確認していただきたいところが2件あります" in letter.letter
    said = [(f"『事業』{cell}", ASKS, "正しい") for cell in (first, second)]
    [letter] = letters(contents(asked("a.xlsx", said[0])))
    assert letter.questions == 1
    assert "確認していただきたいところが2件（うち1件は御回答済み）あります" in letter.letter
    assert f"・『事業』{second}" in letter.letter
    assert first not in letter.letter
    # All is answered: now the office decides.
    found = contents(asked("a.xlsx", *said))
    assert letters(found) == []
    steps = "\n".join(next_steps(found))
    assert "部局の回答が2件、事務局の確認を待っています" in steps
    assert "要修正への" not in steps
    assert "部局あての要確認" not in steps
    [state] = [d for d in found.result.departments if d.department == "経済部"]
    assert state_words(state) == "受理（要確認 2件、うち回答済み 2件）"
    path = tmp_path / "点検結果.xlsx"
    write_checkbook(path, found)
    [row] = [r for r in sheet(path, "提出状況") if r[0] == "経済部"]
    assert row[-1] == "部局の回答を「指摘一覧」で確かめます。"


def test_no_answer_mends_an_error() -> None:
    form = submission([good(1, "甲", relevance="△")])
    [item] = [f for f in contents(form).findings if f.severity == "要修正"]
    spot = f"『事業』{item.place.cell}"
    form = replace(form, answers=(given(form.file, spot, item.text, "正しい", "甲"),))
    found = contents(form)
    [letter] = letters(found)
    assert "直していただきたいところが1件あります" in letter.letter
    [step] = next_step(found)  # 確認済 is of no use there
    assert step.startswith("要修正への部局の回答が1件あります。")


def test_a_row_that_vanished_is_asked_about_in_the_file_that_is_used() -> None:
    def forms(*answers: Answer, **cells: str) -> list[Submission]:
        first = [good(1, "甲", file="旧.xlsx"), replace(good(2, "乙", file="旧.xlsx"), row=9)]
        new = submission([good(3, "甲", file="新.xlsx", **cells)], edition=2)
        return [submission(first), replace(new, answers=answers)]

    # Nothing else is wrong: a letter asks, and says in which file the cell is.
    found = contents(*forms())
    [letter] = letters(found)
    assert re.search(r"・旧\.xlsxの『事業』[A-Z]+9「乙」：差替え前の『旧.xlsx』に", letter.letter)
    assert letter.files == ()  # the file that is used has nothing to be marked
    # It goes back for something else: letter and return count the same.
    found = contents(*forms(relevance="△"))
    [letter] = letters(found)
    assert "直していただきたいところが1件、確認していただきたいところが1件あります" in letter.letter
    assert "ほかにも" not in letter.letter
    [back] = plan_returns(found.result, found.findings)
    [lost] = [item for item in back.findings if item.code == "L110"]
    assert (back.file, lost.place.file, lost.place.sheet) == ("新.xlsx", "新.xlsx", "")
    [line] = lines.lines([lines.Located(lost, "", "", "", "", lost.subject)])
    assert (line.spot, line.subject) == ("ファイル全体", "乙")
    came = given("新.xlsx", line.spot, line.words, "取り下げた", line.subject)
    found = contents(*forms(came))
    assert letters(found) == []
    [lost] = [item for item in found.findings if item.code == "L110"]
    assert (lost.place.file, lost.answers) == ("旧.xlsx", (came,))


def test_a_confirmed_finding_keeps_its_answer_and_asks_for_nothing() -> None:
    given = contents(asked("a.xlsx", (f"『事業』{cells('a.xlsx')[0]}", ASKS, "正しい")))
    assert len(list(next_step(given))) == 1
    confirmed = tuple(map(acknowledge, given.result.findings))
    given = replace(given, result=replace(given.result, findings=confirmed))
    assert list(next_step(given)) == []
    assert [a.answer for f in given.findings for a in f.answers] == ["正しい"]


def test_long_answers_stand_whole_in_the_list(tmp_path: Path) -> None:
    long = "正しい" * 200
    given = contents(asked("a.xlsx", (f"『事業』{cells('a.xlsx')[0]}", ASKS, long)))
    path = tmp_path / "点検結果.xlsx"
    write_checkbook(path, given)
    (shown,) = [r["部局の回答"] for r in findings(path) if r["コード"] == "R115"]
    assert (len(shown), shown[:7], shown[-1]) == (ROOM, "事業0：正しい", "…")
    assert listed(path) == [("a.xlsx", long)]
    assert [step for step in next_step(given) if "今はない" in step] == []


@pytest.mark.parametrize(
    "hostile",
    ['=HYPERLINK("http://a")', "\x1b[2J\0消去", "{事業名}", "@SUM(1)", "[bold]", "\u202e"],
)
def test_hostile_answers_are_text(tmp_path: Path, hostile: str) -> None:
    first, _ = cells("a.xlsx")
    spot = f"『事業』{first}"
    given = contents(asked("a.xlsx", (spot, ASKS, hostile), (hostile, hostile, hostile)))
    path = tmp_path / "点検結果.xlsx"
    write_checkbook(path, given)
    book = openpyxl.load_workbook(path)
    printable = hostile.replace("\x1b", "").replace("\0", "")
    shown = [
        cell
        for name in ("指摘一覧", "提出状況")
        for row in book[name].iter_rows()
        for cell in row
        if isinstance(cell.value, str)
        and cell.value
        and cell.value[-1] == hostile[-1]
        and cell.value.replace("\ufffd", "").removeprefix("事業0：") == printable
    ]
    assert len(shown) == 4  # beside the finding; the place, words and answer of the other one
    assert {cell.data_type for cell in shown} == {"s"}


def test_only_what_was_answered_is_read(tmp_path: Path) -> None:
    workspace = example_workspace(tmp_path / "作業")
    path = workspace / "inbox" / "農政部.xlsx"
    book = openpyxl.load_workbook(path)
    page = book.create_sheet(SHEET, 0)
    page.append(["修正・確認依頼票"])
    page.append(["No", "セル", "内容と直し方", "回答欄"])
    page.append([1, "『事業』J4", "空欄です。", " 　"])
    page.append([None, None, None, "追伸：\n担当が替わりました "])
    page.append([2, "『事業』J5", "空欄です。", 12000])
    book.save(path)
    run("merge", "--workspace", workspace)
    name = "農政部.xlsx"
    assert listed(workspace / CHECKBOOK) == [
        (name, "追伸：\n担当が替わりました"),
        (name, "12000"),
    ]


def test_a_refused_file_still_says_its_answers(tmp_path: Path) -> None:
    workspace = example_workspace(tmp_path / "作業")
    path = workspace / "inbox" / "農政部.xlsx"
    book = openpyxl.load_workbook(path)
    page = book.create_sheet(SHEET, 0)
    page.append(["No", "セル", "内容と直し方", "回答欄"])
    page.append([1, "『事業』J4", "空欄です。", "正しい"])
    book.remove(book["事業"])
    book.save(path)
    run("merge", "--workspace", workspace)
    assert listed(workspace / CHECKBOOK) == [("農政部.xlsx", "正しい")]
