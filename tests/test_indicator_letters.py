"""Letters of the KPI round: who has not answered, whose answer is wrong or doubtful."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from python_calamine import CalamineWorkbook

from sousei_xl.findings import Place
from sousei_xl.rules.indicators.merge import merge_indicators
from sousei_xl.rules.records import Acknowledgement, OfficeSheet, Submission
from sousei_xl.sheets.checkbook.letters import Reminder
from sousei_xl.sheets.checkbook.reminders import indicator_reminders
from sousei_xl.sheets.checkbook.steps import next_steps
from sousei_xl.strategy import Settings
from tests.builders import intake
from tests.facts import example_contents
from tests.indicator_builders import (
    example_kpi_strategy,
    example_kpi_submissions,
    kpi_row,
    kpi_submission,
    report,
)
from tests.kpi_contents import kpi_contents
from tests.workspaces import edit, example_workspace, run

NAME = "農政部"
SETTINGS = replace(example_kpi_strategy().settings, deadline="2018-09-14", submit_to="政策調整課")


def _letters(
    *sent: Submission,
    office: OfficeSheet | None = None,
    missing: tuple[str, ...] = (),
    settings: Settings = SETTINGS,
) -> dict[str, Reminder]:
    result = example_contents(strategy=example_kpi_strategy(), missing=missing).result
    letters = indicator_reminders(result, report(*sent, office=office), settings)
    return {letter.addressee: letter for letter in letters}


def _others() -> list[Submission]:
    return [s for s in example_kpi_submissions() if s.department != NAME]


def _answer(*typed: object) -> Submission:
    """農政部's form with these actuals of H29 for its three indicators."""
    ids = ("3イ-2", "3イ-3", "3ウ-2")
    rows = [
        kpi_row(900 + n, id_, {"H29実績": value}, file=f"{NAME}_夏.xlsx")
        for n, (id_, value) in enumerate(zip(ids, typed, strict=True))
    ]
    return kpi_submission(rows, NAME)


def test_nobody_is_written_to_when_all_have_answered() -> None:
    assert _letters(*example_kpi_submissions()) == {}


def test_a_letter_calls_the_plan_as_the_office_does() -> None:
    settings = replace(SETTINGS, plan_name="第2期まちづくり計画")
    [letter] = _letters(*_others(), settings=settings).values()
    assert "平成30年度の第2期まちづくり計画の数値目標・KPIの実績照会について" in letter.letter


def test_a_letter_names_the_indicators_that_nobody_has_reported() -> None:
    [letter] = _letters(*_others()).values()
    assert (letter.addressee, letter.state, letter.reason) == (NAME, "未提出", "KPIの未提出")
    assert "平成30年度の総合戦略の数値目標・KPIの実績照会について" in letter.letter
    assert "次の指標（3件）の実績の報告を、まだ確認できていません。" in letter.letter
    assert "・3イ-2　アグリビジネス起業数（H29実績）\n" in letter.letter
    assert (
        "政策調整課へ実績を入力した様式を提出してください。提出期限は平成30年9月14日です。"
        in letter.letter
    )
    assert "該当事業なし" not in letter.letter


def test_a_form_of_the_list_that_is_still_to_come_brings_the_actuals_too() -> None:
    assert _letters(*_others(), missing=(NAME,)) == {}


def test_values_of_a_form_of_the_list_are_no_answer_to_the_round() -> None:
    first, *rest = example_kpi_submissions()
    spring = [replace(s, kpi_form=False) for s in rest]
    letters = _letters(first, *spring)
    assert set(letters) == {s.department for s in spring}
    assert {letter.state for letter in letters.values()} == {"未提出"}
    assert not _letters(*(replace(s, kpi_form=False) for s in (first, *rest)))  # no round yet


def test_doubtful_values_are_asked_about_and_can_be_marked() -> None:
    [letter] = _letters(*_others(), _answer(93, 1_935_000, None)).values()
    assert (letter.state, letter.questions, letter.files) == (
        "確認依頼",
        2,
        (f"{NAME}_夏.xlsx",),
    )
    assert "「青果物販売額」：H29実績が1,935,000で" in letter.letter
    assert "まだ確認できていません" not in letter.letter  # the blank is asked about where it stands


def test_a_returned_form_carries_its_questions_itself(tmp_path: Path) -> None:
    made = example_workspace(tmp_path)
    assert run("distribute", "--workspace", made, "--only", "KPI").status == 0
    form = made / "inbox" / f"{NAME}_夏.xlsx"
    form.write_bytes((made / "outbox" / "様式" / "KPI" / f"{NAME}.xlsx").read_bytes())
    edit(form, "KPI", {"K4": "百", "K5": 1_935_000})
    out = run("status", "--workspace", made).out
    letter = out.partition(f"--- {NAME}への依頼文（KPIの差戻し） ---")[2].partition("---")[0]
    assert "直していただきたいところが1件、確認していただきたいところが" in letter
    assert "青果物販売額" not in letter
    assert "check --return" not in letter
    assert run("merge", "--workspace", made).status == 0
    outbox = made / "outbox"
    assert (outbox / "差戻し" / form.name).is_file()
    [checkbook] = outbox.glob("点検結果*.xlsx")
    rows = CalamineWorkbook.from_path(checkbook).get_sheet_by_name("提出状況").to_python()
    [row] = [row for row in rows if form.name in row]
    assert (row[1], row[8]) == ("差戻し", 1)
    assert str(row[-1]).startswith("「差戻し」フォルダーのファイルを返し")


def test_a_form_of_the_round_without_its_header_is_asked_for_as_such(tmp_path: Path) -> None:
    made = example_workspace(tmp_path)
    assert run("distribute", "--workspace", made, "--only", "KPI").status == 0
    for name in (NAME, "経済部"):
        form = made / "inbox" / f"{name}_夏.xlsx"
        form.write_bytes((made / "outbox" / "様式" / "KPI" / f"{name}.xlsx").read_bytes())
    edit(made / "inbox" / f"{NAME}_夏.xlsx", "KPI", {"B3": "番号"})
    edit(made / "inbox" / "経済部_夏.xlsx", "KPI", {"K4": 12})
    (made / "inbox" / f"{NAME}.xlsx").unlink()
    out = run("status", "--workspace", made).out
    letter = out.partition(f"--- {NAME}への依頼文（KPIの再提出待ち） ---")[2].partition("---")[0]
    assert "数値目標・KPIの実績照会について" in letter
    assert f"・{NAME}_夏.xlsx：配布した様式のブックと確認できませんでした" in letter
    assert "（見つからないもの：シート「KPI」の見出し（ID、実績など））" in letter
    # What the list waits for is another form.
    letter = out.partition(f"--- {NAME}への依頼文（未提出） ---")[2].partition("---")[0]
    assert "様式の提出を、まだ確認できていません。" in letter
    assert "受け付けられない" not in letter
    done = run("merge", "--workspace", made)
    assert f"KPIの様式を受け付けられなかった1部局（{NAME}）に" in done.out
    assert "受け付けられなかったファイルが1件あります" not in done.out
    book = CalamineWorkbook.from_path(made / "outbox" / "差戻し" / f"{NAME}_夏.xlsx")
    assert "平成30年度　総合戦略　数値目標・KPI" in book.get_sheet_by_index(0).to_python()[0]


def test_nobody_owes_actuals_before_the_round_has_begun() -> None:
    result = example_contents(strategy=example_kpi_strategy()).result
    for made in (False, True):  # forms of the round, none of which has come back
        kpi = merge_indicators(intake([]), example_kpi_strategy(), forms_made=made)
        letters = list(indicator_reminders(result, kpi, SETTINGS))
        assert {d.state for d in kpi.departments if d.expected} == {"未提出" if made else "照会前"}
        assert {letter.reason for letter in letters} == ({"KPIの未提出"} if made else set())


def test_a_silence_that_the_office_has_confirmed_is_not_asked_about() -> None:
    office = OfficeSheet(
        acknowledgements=tuple(
            Acknowledgement(Place("事務局修正.xlsx"), "K108", id_, "", "佐藤", "2018-09-20", "")
            for id_ in ("3イ-2", "3イ-3", "3ウ-2")
        )
    )
    assert _letters(*_others(), office=office) == {}


def test_a_list_does_not_wait_for_a_round_that_has_not_begun() -> None:
    steps = list(next_steps(kpi_contents(submissions=[])))
    begun = list(next_steps(kpi_contents(submissions=_others())))
    assert steps[-1].startswith("KPIの実績の報告は、まだどの部局からもありません。")
    assert "依頼文は" not in steps[-1]  # there are none yet
    assert not any("まだどの部局からも" in step for step in begun)


def test_the_next_steps_name_those_who_are_written_to() -> None:
    steps = "\n".join(next_steps(kpi_contents(submissions=_others())))
    assert f"KPIの実績の報告がまだない1部局（{NAME}）に、報告を依頼します（依頼文は" in steps
    steps = "\n".join(
        next_steps(kpi_contents(submissions=[*_others(), _answer(93, 1_935_000, 53)]))
    )
    assert f"KPIの要確認1件について、{NAME}に確認を依頼します" in steps
