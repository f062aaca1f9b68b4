"""The office's own workbook: everything that was said, where it stands, and sums that prove it."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import load_workbook as read_values

from sousei_xl.commands.status_report import state_words
from sousei_xl.figures.indicators import judge_all
from sousei_xl.figures.totals import totals
from sousei_xl.findings import Finding, Place, acknowledge, finding
from sousei_xl.forms.annotate.request import Letter, write_request
from sousei_xl.forms.returns import plan_returns
from sousei_xl.pipeline.file_names import file_names
from sousei_xl.rules.hand_edits import HandEdit, ReadyRow
from sousei_xl.rules.indicators.records import IndicatorDepartment
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import (
    CORRECT,
    Acknowledgement,
    Correction,
    FileRecord,
    OfficeSheet,
    Submission,
)
from sousei_xl.rules.units import replacements
from sousei_xl.sheets import Contents, pages
from sousei_xl.sheets.checkbook import write_checkbook
from sousei_xl.sheets.checkbook.cells import Inbox, quoted_sheet, typed
from sousei_xl.sheets.checkbook.findings import lines_of
from sousei_xl.sheets.checkbook.reminders import indicator_reminders, reminders
from sousei_xl.sheets.checkbook.steps import next_steps, tally
from sousei_xl.sheets.tables import Link
from sousei_xl.workspace import Run
from tests.builders import NO_KPI, example_submissions, good, intake, make_strategy, submission
from tests.facts import example_contents
from tests.indicator_builders import example_kpi_strategy, kpi_row, kpi_submission, report
from tests.recalculate import needs_office, recalculate

SHEETS = [
    *("提出状況", "指摘一覧", "保留", "備考", "自動変換一覧", "表記のゆれ"),
    *("事務局修正一覧", "検算表", "転記元", "転記元（KPI）"),
]
OFFICE = "事務局修正.xlsx"
CONFIRMED_GAP = Acknowledgement(
    Place(OFFICE, "確認済", 3, "A3"), "L109", "1ウ", "2", "担当", "", "意図した欠番"
)


def merged(
    submissions: Iterable[Submission],
    office: OfficeSheet | None = None,
    records: Iterable[FileRecord] = (),
    findings: Iterable[Finding] = (),
    **settings: str,
) -> Contents:
    """Contents of a real merge."""
    strategy = make_strategy(
        settings={"提出期限": "2018-02-16", "提出先": "総合政策部 政策調整課", **settings}
    )
    came_in = replace(intake(submissions, office, records), findings=tuple(findings))
    result = merge(came_in, strategy)
    date = strategy.settings.list_date
    return Contents(
        strategy=strategy,
        result=result,
        totals=totals(result.listed, strategy),
        run=Run("ab12cd34", date, dt.datetime.combine(date, dt.time())),
        status="draft" if result.is_draft else "proposal",
        indicators=NO_KPI,
    )


def change(form: Submission, position: int, **values: Any) -> Submission:
    """A submission with other values in one row."""
    rows = list(form.rows)
    rows[position] = replace(rows[position], values={**rows[position].values, **values})
    return replace(form, rows=tuple(rows))


def messy_contents() -> Contents:
    """A draft with something of everything."""
    by_department = {s.department: s for s in example_submissions()}
    del by_department["学校教育部"], by_department["農政部"]
    economy = by_department["経済部"]
    old = replace(
        economy,
        file="経済部_旧.xlsx",
        saved="2018-02-01T01:02:03Z",
        rows=tuple(
            replace(row, row_id=row.row_id + 1000, file="経済部_旧.xlsx")
            for row in economy.rows[:5]
        ),
    )
    economy = change(economy, 0, budget="12,000千円程度")
    for position in (1, 2, 3):
        economy = change(economy, position, relevance="〇")
    for position in (4, 5):
        economy = change(economy, position, relevance="△")
    economy = change(economy, 6, measure="9ア")
    economy = change(economy, 7, category="終了")
    by_department["経済部"] = replace(economy, edition=2, saved="2018-02-10T16:22:11Z")
    office = OfficeSheet(
        corrections=(
            correction(3, "1ア-4", "5335", "5400", reason="査定による減額"),
            correction(4, "1ア-40", "5335", "5400"),
        ),
        additions=(
            replace(
                good(3000, "事務局の事業", file=OFFICE, measure="2ウ", department="経済部"),
                sheet="追加",
                row=5,
            ),
        ),
        acknowledgements=(CONFIRMED_GAP,),
    )
    return merged(
        [old, *by_department.values()],
        office,
        [
            FileRecord("農政部.xlsx", "refused", "農政部", sha256="f" * 64),
            FileRecord("メモ.docx", "ignored"),
        ],
        [
            finding("F101", Place("農政部.xlsx"), department="農政部"),
            finding("F205", Place("メモ.docx")),
        ],
    )


def correction(
    row: int, target: str, before: str, after: str, reason: str = "", label: str = "予算事業費"
) -> Correction:
    place = Place(OFFICE, "修正", row, f"A{row}")
    return Correction(place, target, "修正", label, before, after, reason, "財政課", "")


EDITS = (
    ReadyRow(
        HandEdit("別紙.xlsx", "別紙", "F12", "5335", "5400"),
        "1ア-4",
        CORRECT,
        "予算事業費（千円）",
        "5335",
        "5400",
    ),
    ReadyRow(HandEdit("別紙.xlsx", "別紙", "A1", "旧い題", "新しい題")),
    ReadyRow(HandEdit("別紙.xlsx", "別紙", "F45", "1", "2", computed=True)),
    ReadyRow(
        HandEdit("別紙.xlsx", "総括表", problem="シートがありません（削除または名前の変更）。")
    ),
)


def written(folder: Path, contents: Contents, **options: Any) -> Path:
    path = folder / "点検結果.xlsx"
    write_checkbook(path, contents, **options)
    return path


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("messy"), messy_contents(), hand_edits=EDITS)


def rows_of(path: Path, sheet: str) -> list[list[Any]]:
    return [list(r) for r in read_values(str(path)).get_sheet_by_name(sheet).to_python()]


def texts(path: Path, sheet: str) -> str:
    return "\n".join(str(cell) for row in rows_of(path, sheet) for cell in row if cell != "")


def table(path: Path, sheet: str, first: str) -> list[dict[str, Any]]:
    """The rows below the header that begins with ``first``, up to a blank line."""
    rows = rows_of(path, sheet)
    top = next(i for i, row in enumerate(rows) if row[0] == first)
    found = []
    for row in rows[top + 1 :]:
        if not any(cell != "" for cell in row):
            break
        found.append(dict(zip(rows[top], row, strict=False)))
    return found


def links(sheet: Worksheet) -> dict[str, str]:
    """Cell → where its link leads."""
    return {
        cell.coordinate: f"{cell.hyperlink.target}#{cell.hyperlink.location or ''}"
        for row in sheet
        for cell in row
        if cell.hyperlink
    }


# --- 提出状況 -------------------------------------------------------------------------------------


def test_sheets_in_order(messy: Path) -> None:
    assert load_workbook(messy).sheetnames == SHEETS


def test_summary_says_how_far_and_what_next(messy: Path) -> None:
    page = texts(messy, "提出状況")
    for part in (
        "庁内資料です。公表しないでください。",
        "6／9部局（差戻し 1　再提出待ち 1　未提出 1）",
        "様式のそろわない部局 2（農政部、学校教育部）",
        "要修正 6件（部局あて 4件、事務局あて 1件、受け付けなかったファイル 1件）",
        "保留 1行",
        "・要修正のある1部局（経済部）に、outbox の「差戻し」のファイルを返し",
        "『事務局修正.xlsx』に要修正が1件あります。",
    ):
        assert part in page


def test_the_counts_are_the_departments_and_those_that_keep_it_a_draft(messy: Path) -> None:
    contents = messy_contents()
    result = contents.result
    for severity, departments in (
        ("要修正", sum(d.errors for d in result.departments)),
        ("要確認", sum(d.confirmations for d in result.departments)),
    ):
        said = re.search(severity + r" (\d+)件（(?:部局あて (\d+)件)?", tally(contents))
        assert said
        assert int(said[1]) == sum(f.severity == severity for f in contents.findings)
        assert int(said[2] or 0) == departments
    assert tally(contents).endswith("初出の修正待ち 1件）")  # nobody is asked anything
    assert "要修正 6件（部局あて 4件、事務局あて 1件" in tally(contents)
    assert result.errors == 4 + 1
    for sheet in ("提出状況", "指摘一覧"):
        assert tally(contents) in texts(messy, sheet)


def test_every_department_and_file_has_its_state(messy: Path) -> None:
    rows = table(messy, "提出状況", "部局名")
    states = [(r["部局名"], r["状態"], r["ファイル"]) for r in rows]
    assert states[4:9] == [
        ("経済部", "差戻し", "経済部.xlsx"),
        ("経済部", "差替え済み", "経済部_旧.xlsx"),
        ("観光スポーツ交流部", "受理", "観光スポーツ交流部.xlsx"),
        ("農政部", "再提出待ち", "農政部.xlsx"),
        ("学校教育部", "未提出", ""),
    ]
    economy = rows[4]
    assert (economy["版"], economy["行数"], economy["要修正"]) == (2, 32, 4)
    assert economy["保存日時"] == "2018-02-11 01:22"  # Japan's time
    width = load_workbook(messy)["提出状況"].column_dimensions["F"].width - 5 / 7
    assert pages.count_lines(economy["保存日時"], width, 10) == 1
    assert rows[7]["受付番号"] == "ffffffff"


def test_dates_and_hashes_stand_on_one_line(messy: Path) -> None:
    """Else their rows are two lines high: digits are wider than most letters."""
    book = load_workbook(messy)
    cells = {("転記元", "J"): "0" * 12, ("転記元（KPI）", "J"): "0" * 12}
    cells |= {("提出状況", "G"): "0" * 8, ("事務局修正一覧", "H"): "2018-03-23"}
    for (sheet, column), shown in cells.items():
        width = book[sheet].column_dimensions[column].width - 5 / 7
        assert pages.count_lines(shown, width, 10) == 1, (sheet, column)


def test_refused_and_stray_files_are_named_with_the_reason(messy: Path) -> None:
    page = texts(messy, "提出状況")
    assert "受け付けなかったファイル" in page
    assert "農政部.xlsx\nパスワードで保護されているため、開けませんでした。" in page
    assert "メモ.docx\n様式のブックではない" in page


def test_a_refused_file_beside_a_good_one_is_promised_no_letter(tmp_path: Path) -> None:
    records = [FileRecord("経済部_v2.xlsx", "refused", "経済部")]
    found = [finding("F103", Place("経済部_v2.xlsx"), department="経済部")]
    contents = merged(example_submissions(), records=records, findings=found)
    assert contents.status == "proposal"
    row = next(
        r
        for r in table(written(tmp_path, contents), "提出状況", "部局名")
        if r["ファイル"] == "経済部_v2.xlsx"
    )
    assert row["状態"] == "受け付けず"
    assert "修正版であれば" in row["次にすること"]
    assert reminders(contents.result, NO_KPI, contents.strategy.settings) == []


def test_reminders_can_be_pasted_into_a_mail(messy: Path) -> None:
    letters = {
        str(row[0]): str(row[1])
        for row in rows_of(messy, "提出状況")
        if "御担当者様" in str(row[1])
    }
    assert [name.split("\n")[0] for name in letters] == ["経済部", "農政部", "学校教育部"]
    missing = letters["学校教育部\n（未提出）"]
    assert missing.startswith(
        "学校教育部　御担当者様\n\n日頃からお世話になっております。\n平成30年度の"
    )
    assert "総合政策部 政策調整課へ提出してください。提出期限は平成30年2月16日です。" in missing
    assert "該当事業なし" in missing
    assert "・農政部.xlsx：パスワード" in letters["農政部\n（再提出待ち）"]
    assert "直していただきたいところが4件" in letters["経済部\n（差戻し）"]


def test_each_unit_gets_a_letter_of_its_own(tmp_path: Path) -> None:
    strategy = make_strategy(departments=[(1, "産業部", None, None, "商工課、農政課")])
    rows = [good(n, f"事業{n}", relevance="△") for n in (1, 2)]
    form = submission(rows, "産業部", unit="商工課")
    result = merge(intake([form]), strategy)
    found = {r.addressee: r for r in reminders(result, NO_KPI, strategy.settings)}
    assert list(found) == ["産業部（商工課）", "産業部（農政課）"]
    returned, missing = found.values()
    assert (returned.state, missing.state) == ("差戻し", "未提出")
    assert "2件" in returned.letter
    assert "確認できていません" not in returned.letter
    assert "確認できていません" in missing.letter
    assert "件あります" not in missing.letter
    assert [state_words(d) for d in result.departments] == ["差戻し 2件（農政課が未提出）"]


def test_a_letter_counts_all_that_is_asked_in_the_file_that_goes_back() -> None:
    strategy = make_strategy(departments=[(1, "産業部")])
    form = submission([good(1, relevance="△")], "産業部")
    place = Place(form.file, "KPI", 4, "F4")
    asked = finding("K110", place, label="現状値", expected="1", department="産業部")
    kpi = replace(NO_KPI, findings=(asked, asked))
    result = merge(intake([form]), strategy)
    (letter,) = reminders(result, kpi, strategy.settings)
    assert "直していただきたいところが1件、確認していただきたいところが2件" in letter.letter
    # What the round has to say itself stands in a letter of its own, with its questions.
    wrong = finding("K102", place, label="H29実績", bare="例：1", department="産業部")
    kpi = replace(kpi, findings=(*kpi.findings, wrong))
    (letter,) = reminders(result, kpi, strategy.settings)
    assert "確認していただきたいところ" not in letter.letter
    both = "（同じファイルに、事業とKPIの両方の印があります）"
    assert both in letter.letter
    reporting = IndicatorDepartment("産業部", "差戻し", 1, (), (form.file,), 1, 2)
    kpi = replace(kpi, departments=(reporting,))
    (letter,) = indicator_reminders(result, kpi, strategy.settings)
    assert both in letter.letter


def test_a_department_that_is_its_own_unit_is_named_once() -> None:
    """In many towns the 課 submits: 農林課 is 部局 and 提出課."""
    rows = [(1, "農林課", None, None, "農林課"), (2, "企画課", None, None, "企画課、統計係")]
    strategy = make_strategy(departments=rows)
    form = submission([good(1, relevance="△")], "企画課", unit="企画課")
    result = merge(intake([form]), strategy)
    letters = {r.addressee: r.letter for r in reminders(result, NO_KPI, strategy.settings)}
    assert list(letters) == ["農林課", "企画課", "企画課（統計係）"]
    assert letters["農林課"].startswith("農林課　御担当者様")
    assert [state_words(d) for d in result.departments] == [
        "未提出",
        "差戻し 1件（統計係が未提出）",
    ]
    contents = replace(example_contents("draft"), strategy=strategy, result=result)
    assert "様式のそろわない部局 2（農林課、企画課（統計係））" in contents.stamp
    assert file_names(strategy.expected_units) == [
        "農林課.xlsx",
        "企画課.xlsx",
        "企画課_統計係.xlsx",
    ]
    request = write_request(Letter("企画課", "企画課", 2, ""), (), {}, strategy.settings)
    assert request.rows[1].cells[0].words == "企画課　御担当者様"


def test_a_letter_about_an_unreadable_file_speaks_to_the_department() -> None:
    refused = FileRecord("農政部.xlsx", "refused", "農政部")
    half = finding("F103", Place("農政部.xlsx"), variant="half", department="農政部")
    contents = merged([], records=[refused], findings=[half])
    letters = reminders(contents.result, NO_KPI, contents.strategy.settings)
    letter = next(r.letter for r in letters if r.addressee == "農政部")
    assert "途中までしかありません" in letter
    assert "再実行" not in letter
    assert "お手元のファイルがExcelで開けるか確かめ、もう一度提出してください。" in letter


def test_a_file_that_is_in_use_is_the_offices_to_close(tmp_path: Path) -> None:
    """Nobody is written to, nothing is returned: it may be the very form that is waited for."""
    sent = [s for s in example_submissions() if s.department != "農政部"]
    record = FileRecord("農政部.xlsx", "refused", "農政部", unreached=True)
    locked = finding("F103", Place("農政部.xlsx"), variant="locked", department="農政部")
    contents = merged(sent, records=[record], findings=[locked])
    assert contents.status == "draft"
    assert reminders(contents.result, NO_KPI, contents.strategy.settings) == []
    assert plan_returns(contents.result, contents.findings) == ()
    steps = "\n".join(next_steps(contents))
    assert "開けなかったファイルが1件あります（農政部.xlsx）。" in steps
    assert "提出を依頼" not in steps
    assert "受け付けられなかった" not in steps
    row = next(
        r
        for r in table(written(tmp_path, contents), "提出状況", "部局名")
        if r["ファイル"] == "農政部.xlsx"
    )
    assert "使用中なら閉じて" in row["次にすること"]
    broken = merged(sent, records=[replace(record, unreached=False)], findings=[locked])
    assert len(reminders(broken.result, NO_KPI, broken.strategy.settings)) == 1


def test_reminders_without_deadline_and_place(tmp_path: Path) -> None:
    contents = merged([], 提出期限="", 提出先="")
    page = texts(written(tmp_path, contents), "提出状況")
    assert "お手数ですが、提出してください。" in page
    assert page.count("御担当者様") == 9


def test_missing_units_are_asked_for_one_by_one(tmp_path: Path) -> None:
    strategy = make_strategy(departments=[(1, "経済部", None, None, "経済課、雇用課")])
    one = submission([good(1)], "経済部", unit="経済課")
    result = merge(intake([one]), strategy)
    contents = replace(
        example_contents("draft"),
        strategy=strategy,
        result=result,
        totals=totals(result.listed, strategy),
    )
    path = written(tmp_path, contents)
    states = [(r["担当課"], r["状態"]) for r in table(path, "提出状況", "部局名")]
    assert states == [("経済課", "受理"), ("雇用課", "未提出")]
    assert "経済部（雇用課）　御担当者様" in texts(path, "提出状況")


def test_what_is_left_to_the_office_alone_is_said(tmp_path: Path) -> None:
    office = OfficeSheet(corrections=(correction(4, "1ア-40", "5335", "5400"),))
    records = [FileRecord(OFFICE, "office")]
    steps = "\n".join(next_steps(merged(example_submissions(), office, records)))
    assert "『事務局修正.xlsx』に要修正が1件あります（一覧を作成中にしている要修正は" in steps
    assert "要確認1件を確かめます" in steps  # the gap in 1ウ
    assert "差戻し" not in steps


def test_what_is_spelled_in_several_ways_is_shown(tmp_path: Path) -> None:
    page = rows_of(written(tmp_path, merged(example_submissions())), "表記のゆれ")
    assert ["括弧", "半角の( )", "1行（1ウ-10）"] in [row[1:4] for row in page]
    alike = [good(1, "甲", description="移住を促す。")]
    contents = merged([submission(alike, "経済部")])
    assert "表記のゆれはありません。" in texts(written(tmp_path, contents), "表記のゆれ")


def test_what_departments_tell_the_office_is_shown(tmp_path: Path) -> None:
    rows = [
        good(1, "甲", note="6月補正"),
        good(2, "乙", note="前年度の施策：移住"),  # by the form
        good(3, "丙", note="名前を確認中", measure="9ケ"),
        good(4, "丁", note="丙に統合", category="終了"),
    ]
    book = written(tmp_path, merged([submission(rows, "経済部")]))
    told = [
        row[0:2] + row[3:5] for row in rows_of(book, "備考") if row[3] in ("甲", "乙", "丙", "丁")
    ]
    assert told == [
        ["2ア-1", "経済部", "甲", "6月補正"],
        ["保留", "経済部", "丙", "名前を確認中"],
        ["終了", "経済部", "丁", "丙に統合"],
    ]
    assert "事務局への連絡が3件あります（『備考』）。" in texts(book, "提出状況")
    noted = ((kpi_row(1, "※H29は速報値です。", {}), "経済部"),)
    contents = merged([submission(rows, "経済部")])
    book = written(tmp_path, replace(contents, indicators=replace(NO_KPI, notes=noted)))
    assert rows_of(book, "備考")[-1][:5] == ["KPI", "経済部", "KPI B5", "", "※H29は速報値です。"]


def test_states_of_a_finished_list(tmp_path: Path) -> None:
    final = replace(example_contents("final"), approved_on=dt.date(2018, 4, 2))
    page = texts(written(tmp_path, final), "提出状況")
    assert "別紙とオープンデータを公表できます。" in page
    assert "9／9部局" in page
    doubt = finding(
        "K103",
        Place("経済部.xlsx", "KPI", 5, "J5"),
        1_109_000,
        expected="110.9",
        actual="1,109,000",
        reference="現状値",
        unit="万人",
    )
    kpi = replace(final, indicators=replace(final.indicators, findings=(doubt,)))
    last = list(next_steps(kpi))[-1]
    assert "KPIの指摘が1件残っています" in last
    assert "公表できます" not in last
    assert "公表できます" in list(next_steps(final))[-1]
    compared = replace(final, forgotten="別紙_平成29年度.xlsx")
    assert "別紙_平成29年度.xlsx" in next(next_steps(compared))
    assert "前年度の別紙と比べずに確定しています" in list(next_steps(compared))[-1]
    reopened = replace(example_contents(), reopened=True)
    assert "もう一度決裁を受けます。" in texts(written(tmp_path, reopened), "提出状況")


# --- 指摘一覧, 保留, 自動変換一覧 -----------------------------------------------------------------


def test_findings_by_department_errors_first_office_last(messy: Path) -> None:
    rows = table(messy, "指摘一覧", "No")
    departments = [r["部局名"] for r in rows if r["あて先"] == "部局"]
    assert departments == sorted(departments, key=["経済部", "農政部"].index)
    economy = [r["重要度"] for r in rows if r["あて先"] == "部局" and r["部局名"] == "経済部"]
    assert economy == sorted(economy, key=["要修正", "要確認"].index)
    assert [r["あて先"] for r in rows] == sorted(
        (r["あて先"] for r in rows), key=["部局", "事務局"].index
    )
    assert [r["No"] for r in rows] == list(range(1, len(rows) + 1))


def test_equal_messages_of_a_file_share_a_line(messy: Path) -> None:
    rows = table(messy, "指摘一覧", "No")
    same = [r for r in rows if r["コード"] == "R103"]
    assert len(same) == 1
    assert re.fullmatch(r"事業 H\d+、H\d+", same[0]["セル"])
    assert same[0]["事業名"].endswith("ほか1件")
    assert same[0]["入力値"] == "△"


def test_many_cells_are_cut() -> None:
    items = [
        finding("R103", Place("a.xlsx", "事業", i, f"H{i}"), "△", subject=str(i))
        for i in range(5, 30)
    ]
    (line,) = lines_of(items, example_contents().result)
    assert line.spot.endswith("H16 ほか13件")
    assert line.subject == "5　ほか24件"
    other = finding("R103", Place("b.xlsx", "事業", 5, "H5"), "△")
    assert len(lines_of([*items, acknowledge(items[0]), other], example_contents().result)) == 3


def test_confirmed_findings_stay_and_say_so(tmp_path: Path) -> None:
    office = OfficeSheet(acknowledgements=(CONFIRMED_GAP,))
    contents = merged(example_submissions(), office)
    path = written(tmp_path, contents)
    (row,) = table(path, "指摘一覧", "No")
    assert (row["コード"], row["状態"], row["あて先"]) == ("L109", "確認済", "事務局")
    (confirmed,) = table(path, "事務局修正一覧", "No")
    assert (confirmed["対象"], confirmed["結果"]) == ("1ウ", "確認済")


def test_a_confirmation_of_a_former_value_shows_both_values(tmp_path: Path) -> None:
    office = OfficeSheet(acknowledgements=(replace(CONFIRMED_GAP, confirmed="99"),))
    contents = merged(example_submissions(), office)
    (value,) = [f.value for f in contents.findings if f.code == "L109"]
    (row,) = table(written(tmp_path, contents), "事務局修正一覧", "No")
    assert row["結果"] == f"値が変わった（確認時は『99』 → 今は『{value}』）"


def test_conversions_show_both_values(messy: Path) -> None:
    (row,) = [r for r in table(messy, "自動変換一覧", "No") if r["項目"] == "関連性"]
    assert (row["入力値"], row["読み取った値"], row["コード"]) == ("〇", "○", "A101")
    assert row["セル"].count("、") == 2


def test_held_and_withdrawn_rows(messy: Path) -> None:
    (held,) = table(messy, "保留", "No")
    assert (held["部局名"], held["施策（入力値）"]) == ("経済部", "9ア")
    assert "施策を、様式のリストにあるものに直してください" in held["理由と直し方"]
    page = texts(messy, "保留")
    assert "載せないことにした行（終了・取下げ・掲載しない、1行）" in page
    assert "\n終了\n" in page


@pytest.mark.parametrize(
    ("sheet", "line"),
    [
        ("提出状況", "ありません。"),
        ("指摘一覧", "指摘はありません。"),
        ("保留", "保留の行はありません。"),
        ("自動変換一覧", "自動変換はありません。"),
        ("事務局修正一覧", "修正の記入はありません。"),
        ("事務局修正一覧", "手で直したところはありません。"),
        ("検算表", "○ 全て一致しています。"),
        ("転記元", "一覧に載せた行はありません。"),
        ("転記元（KPI）", "実績値の報告はありません。"),
    ],
)
def test_empty_lists_say_so(tmp_path: Path, sheet: str, line: str) -> None:
    contents = example_contents("draft", rows=[])
    assert line in texts(written(tmp_path, contents), sheet)


# --- links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "sheet", "url"),
    [
        ("経済部.xlsx", "事業", r"external:..\inbox\経済部.xlsx#事業!H9"),
        ("サブ/経済部.xlsx", "KPI", r"external:..\inbox\サブ\経済部.xlsx#'KPI'!H9"),
        ("経済 #1 50%23.xlsx", "事業", r"external:..\inbox\経済%20%231%2050%2523.xlsx#事業!H9"),
        ("[1]{2}^`.xlsx", "A1", r"external:..\inbox\%5b1%5d%7b2%7d%5e%60.xlsx#'A1'!H9"),
        ("a.xlsx", "事業 (2)'s#", r"external:..\inbox\a.xlsx#'事業 (2)''s#'!H9"),
    ],
)
def test_links_open_the_file_at_the_cell(file: str, sheet: str, url: str) -> None:
    cell = Inbox("../inbox").cell(Place(file, sheet, 9, "H9"))
    assert cell == Link(url, f"{sheet} H9")


def test_links_in_the_file_itself(tmp_path: Path) -> None:
    """XlsxWriter escapes links too: what it makes of ours is what counts."""
    first = example_submissions()[0]
    file = "経済 #1 50%23.xlsx"
    rows = tuple(replace(r, file=file, sheet="事業 (2)") for r in first.rows)
    contents = merged([change(replace(first, file=file, rows=rows), 0, budget="未記入です")])
    book = load_workbook(written(tmp_path, contents, inbox_link="../受付 1"))
    expected = r"..\受付%201\経済%20%231%2050%2523.xlsx"
    found = links(book["指摘一覧"])
    assert f"{expected}#'事業 (2)'!J5" in found.values()
    assert f"{expected}#" in links(book["提出状況"]).values()
    origins = links(book["転記元"])
    assert len(origins) == len(rows)
    assert origins["I5"] == f"{expected}#'事業 (2)'!F5"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("事業", "事業"),
        ("事業2", "事業2"),
        ("2事業", "'2事業'"),
        ("R1C1", "'R1C1'"),
        ("（写）", "'（写）'"),
    ],
)
def test_sheet_names_are_quoted_where_needed(name: str, shown: str) -> None:
    assert quoted_sheet(name) == shown


def test_places_without_cell_and_names_that_are_no_text() -> None:
    inbox = Inbox("../inbox")
    whole = inbox.cell(Place("経済部.xlsx"))
    assert whole == Link(r"external:..\inbox\経済部.xlsx", "ファイル全体")
    row = inbox.cell(Place("経済部.xlsx", "事業", 12))
    assert row == Link(r"external:..\inbox\経済部.xlsx#事業!A12", "事業 12行")
    assert inbox.cell(Place("a\udce3.xlsx", "事業", 12, "H12")) == "事業 H12"
    assert inbox.file("a\udce3.xlsx") == "a\ufffd.xlsx"
    assert inbox.cell(Place()) == "ファイル全体"


def test_beyond_what_a_sheet_can_link_the_text_stands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sousei_xl.sheets.book.MAX_LINKS", 10)
    book = load_workbook(written(tmp_path, example_contents()))
    assert len(links(book["転記元"])) == 10
    linked, plain = book["転記元"]["I14"], book["転記元"]["I15"]
    assert (linked.font.underline, plain.font.underline) == ("single", None)
    assert plain.value == "事業 15行"


def test_whatever_was_typed_fits_into_a_cell(tmp_path: Path) -> None:
    odd = change(
        example_submissions()[0], 0, name="長" * 40_000, budget="\x00#" * 20_000, measure="x\x01"
    )
    odd = replace(odd, unit="課\x02", saved="昨日")
    contents = merged([odd], records=[FileRecord("a\udce3.xlsx", "ignored")])
    path = written(tmp_path, contents)
    (held,) = table(path, "保留", "No")
    assert held["事業名"].endswith("長…")
    assert "a\ufffd.xlsx" in texts(path, "提出状況")
    assert table(path, "提出状況", "部局名")[3]["保存日時"] == "昨日"
    assert typed(12000.0) == "12000"


# --- 事務局修正一覧 -------------------------------------------------------------------------------


def test_corrections_with_what_became_of_them(messy: Path) -> None:
    done, lost = table(messy, "事務局修正一覧", "No")
    assert (done["対象"], done["理由"], done["依頼元"]) == ("1ア-4", "査定による減額", "財政課")
    values = [done[k] for k in ("修正前", "提出された値", "修正後", "結果")]
    assert values == ["5335", "5335", "5400", "適用"]
    assert lost["結果"] == "対象なし"
    sheet = load_workbook(messy)["事務局修正一覧"]
    assert r"..\inbox\事務局修正.xlsx#修正!A3" in links(sheet).values()


def test_additions_and_waiting_confirmations(messy: Path) -> None:
    rows = rows_of(messy, "事務局修正一覧")
    added = next(row for row in rows if "事務局の事業" in row)
    assert added[1:4] == ["2ウ-3000", "掲載", "経済部"]
    assert next(row for row in rows if row[2] == "L109")[5] == "提出がそろってから照合"


def test_hand_edits_are_ready_to_be_copied(messy: Path) -> None:
    rows = rows_of(messy, "事務局修正一覧")
    title = next(i for i, row in enumerate(rows) if "手で直したところ（1件）" in str(row[0]))
    # The headings of 事務局修正's 修正, side by side.
    assert rows[title + 1][1:9] == [
        "対象",
        "操作",
        "項目",
        "修正前",
        "修正後",
        "理由",
        "依頼元",
        "日付",
    ]
    assert rows[title + 2][1:6] == ["1ア-4", "修正", "予算事業費（千円）", "5335", "5400"]
    page = texts(messy, "事務局修正一覧")
    assert "「修正」に書けないもの（2件）" in page
    assert "シートがありません" in page
    assert "F45" not in page  # follows from another edit


# --- 検算表, 転記元 -------------------------------------------------------------------------------


def test_ledger_by_file(messy: Path) -> None:
    rows = {r["ファイル"]: r for r in table(messy, "検算表", "ファイル")}
    parts = ("読み取り", "一覧", "保留", "差替え", "取下げ等", "差", "判定")
    assert [rows["経済部.xlsx"][p] for p in parts] == [32, 30, 1, 0, 1, 0, "○"]
    assert [rows["経済部_旧.xlsx"][p] for p in parts] == [5, 0, 0, 5, 0, 0, "○"]
    assert [rows["合計"][p] for p in parts] == [87, 80, 1, 5, 1, 0, "○"]
    assert rows["農政部.xlsx"]["結果"] == "受け付けず"


def test_totals_reached_twice(tmp_path: Path) -> None:
    path = written(tmp_path, example_contents())
    rows = table(path, "検算表", "区分")
    total = {r["項目"]: (r["一覧の数字"], r["再計算"]) for r in rows if r["区分"] == "合計"}
    assert total == {
        "行数": (104, 104),
        "うち再掲": (21, 21),
        "予算事業費 再掲を含む（一覧の小計）": (3905077, 3905077),
        "予算事業費 再掲を除く": (3550284, 3550284),
    }
    assert {(r["差"], r["判定"]) for r in rows} == {(0, "○")}


def test_a_difference_is_shown(tmp_path: Path) -> None:
    contents = example_contents()
    wrong = replace(contents.result.ledger, held=3)
    files = (replace(contents.result.files[0], read=5), *contents.result.files[1:])
    result = replace(contents.result, ledger=wrong, files=files)
    path = written(tmp_path, replace(contents, result=result))
    assert "× 一致しないところがあります。" in texts(path, "検算表")
    assert [r["判定"] for r in table(path, "検算表", "区分") if r["項目"] == "保留"] == ["×"]
    assert table(path, "検算表", "ファイル")[0]["判定"] == "×"


def test_a_wrong_total_of_the_list_is_shown(tmp_path: Path) -> None:
    """The stored results, which Excel shows as they are, come from the rows."""
    contents = example_contents()
    first, *others = contents.totals.goals
    wrong = replace(first, rows=first.rows + 1, gross=first.gross + 999)
    totals = replace(contents.totals, goals=(wrong, *others))
    path = written(tmp_path, replace(contents, totals=totals))
    assert "× 一致しないところがあります。" in texts(path, "検算表")
    found = {r["項目"]: (r["差"], r["判定"]) for r in table(path, "検算表", "区分")[:4]}
    assert list(found.values()) == [(1, "×"), (0, "○"), (999, "×"), (0, "○")]


def test_origin_of_every_row(messy: Path) -> None:
    rows = table(messy, "転記元", "対象")
    assert len(rows) == 80
    corrected = next(r for r in rows if r["対象"] == "1ア-4")
    assert (corrected["ファイル"], corrected["予算事業費"]) == ("子育て支援部.xlsx", 5400)
    assert corrected["シートと行"] == "事業 8行"
    assert corrected["事務局の修正"] == "予算事業費：5335 → 5400（査定による減額）"
    assert sum(bool(r["事務局の修正"]) for r in rows) == 1
    added = next(r for r in rows if r["事業名"] == "事務局の事業")
    assert (added["ファイル"], added["シートと行"]) == (OFFICE, "追加 5行")


def test_a_relisted_row_names_the_origin_of_what_it_repeats(tmp_path: Path) -> None:
    decided = (
        correction(3, "1エ-2", "5598", "6000", reason="査定"),
        correction(4, "1エ-2", "◎", "○", label="関連性"),
        correction(5, "3ウ-7", "5598", "7000"),
    )
    made = merged(example_submissions(), OfficeSheet(corrections=decided))
    rows = {r["対象"]: r for r in table(written(tmp_path, made), "転記元", "対象")}
    relisted, original = rows["3ウ-7"], rows["1エ-2"]
    assert (relisted["初出"], original["初出"]) == ("1エ-2", "")
    assert relisted["予算事業費"] == original["予算事業費"] == 6000
    assert relisted["事務局の修正"] == "初出（1エ-2）の予算事業費：5598 → 6000（査定）"


def test_the_origin_of_an_order_has_the_former_number(tmp_path: Path) -> None:
    asked = replace(correction(3, "1ア-2", "", "1", "市長査定"), operation="順番", field_label="")
    made = merged(example_submissions(), OfficeSheet(corrections=(asked,)))
    told = {r["事務局の修正"] for r in table(written(tmp_path, made), "転記元", "対象")}
    assert told == {"", "順番：2 → 1（市長査定）"}


def test_origin_of_every_actual(tmp_path: Path) -> None:
    """Of two units the later word counts; a correction and last year's values are told as that."""
    forms = [
        kpi_submission([kpi_row(1, "2ア-1", {"H28実績": 23, "H29実績": 24.5}, file="一課.xlsx")]),
        kpi_submission(
            [kpi_row(2, "2ア-1", {"H29実績": 26, "速報・確報": "速報"}, file="二課.xlsx")],
            unit="二課",
            edition=2,
        ),
    ]
    decided = correction(3, "2ア-1", "26", "27.5", reason="精査", label="H29実績")
    known = {"2ア-1": {2015: Decimal("22.0"), 2016: Decimal(20)}}
    made = report(*forms, office=OfficeSheet(corrections=(decided,)), previous=known)
    contents = replace(
        example_contents(strategy=example_kpi_strategy()),
        indicators=made,
        judged=judge_all(made.reports, example_kpi_strategy().settings),
    )
    told = make_strategy(settings={"注意書き": "実績値は架空の値です。"}).settings
    contents = replace(contents, strategy=replace(contents.strategy, settings=told))
    path = written(tmp_path, contents)
    assert "※実績値は架空の値です。" in texts(path, "転記元（KPI）")
    carried, kept, last = table(path, "転記元（KPI）", "ID")
    names = ("年・年度", "実績値", "速報", "ファイル", "シートとセル", "事務局の修正")
    assert [[row[n] for n in names] for row in (carried, kept, last)] == [
        ["H27", 22, "", "", "", "前年度の別紙から引き継いだ値です（様式では空欄）。"],
        ["H28", 23, "", "一課.xlsx", "KPI J5", ""],
        ["H29", 27.5, "速報", "二課.xlsx", "KPI K6", "H29実績：26 → 27.5（精査）"],
    ]
    assert (last["指標名"], last["担当部局"], last["単位"]) == (
        "移住に関わる相談件数",
        "地域振興部",
        "件",
    )
    book = load_workbook(path)["転記元（KPI）"]
    assert r"..\inbox\二課.xlsx#'KPI'!K6" in links(book).values()
    # As the official sheets print it: 22.0, for the years are shown with what one of them has.
    [column] = [c.column_letter for row in book.iter_rows() for c in row if c.value == "実績値"]
    formats = {c.number_format for c in book[column] if isinstance(c.value, int | float)}
    assert formats == {"#,##0.0;▲#,##0.0"}


def test_pages(messy: Path) -> None:
    for sheet in load_workbook(messy):
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.print_area
    with zipfile.ZipFile(messy) as package:
        assert "【作成中】" not in package.read("xl/worksheets/sheet2.xml").decode()


def test_headings_stand_on_every_page_of_long_tables(tmp_path: Path) -> None:
    names = [f"第{i}部" for i in range(1, 101)]
    strategy = make_strategy(departments=list(enumerate(names, 1)))
    contents = example_contents("draft", strategy=strategy, rows=(), missing=tuple(names[50:]))
    path = written(tmp_path, contents)
    for title, heading, pages_of_it in (("提出状況", "部局名", 3), ("検算表", "ファイル", 1)):
        sheet = load_workbook(path)[title]
        tops = [sheet.cell(mark.id + 1, 1).value for mark in sheet.row_breaks.brk]
        assert tops.count(heading) >= pages_of_it
        assert not [top for top in tops if top.startswith(("第", "合計"))]
    audit = load_workbook(path)["検算表"]
    total = next(cell.row for cell in audit["A"] if cell.value == "合計")
    (first,) = (cell.row for cell in audit["A"] if cell.value == "第1部.xlsx")
    assert audit[f"D{total}"].value == f"=SUM(D{first}:D{total - 1})"
    assert audit[f"A{total - 1}"].value == "第50部.xlsx"
    line = next(cell.row for cell in audit["A"] if cell.value == "第49部.xlsx")
    assert audit[f"I{line}"].value == f"=D{line}-SUM(E{line}:H{line})"


def test_headings_of_withdrawn_rows_and_corrections_on_every_page(tmp_path: Path) -> None:
    contents = messy_contents()
    (gone, *_) = contents.result.withdrawn
    result = replace(contents.result, held=(), withdrawn=(gone,) * 80)
    result = replace(result, corrections=(*result.corrections, *result.corrections) * 40)
    path = written(tmp_path, replace(contents, result=result), hand_edits=EDITS)
    held = load_workbook(path)["保留"]
    (heading,) = (cell.row for cell in held["A"] if cell.value == "No")
    assert held.print_title_rows == f"${heading}:${heading}"
    assert held.row_breaks.brk
    office = load_workbook(path)["事務局修正一覧"]
    tops = [office.cell(mark.id + 1, 1).value for mark in office.row_breaks.brk]
    assert tops.count("No") > 1
    assert not [top for top in tops if isinstance(top, int)]


@needs_office
@pytest.mark.libreoffice
def test_live_formulas_equal_the_stored_values(tmp_path: Path) -> None:
    cases = {
        "example": example_contents(),
        "messy": messy_contents(),
        "empty": example_contents("draft", rows=[]),
    }
    paths = []
    for name, contents in cases.items():
        paths.append(tmp_path / f"{name}.xlsx")
        write_checkbook(paths[-1], contents)
    for path, again in zip(paths, recalculate(paths, tmp_path / "office"), strict=True):
        live = load_workbook(path)["検算表"]
        stored = load_workbook(path, data_only=True)["検算表"]
        computed = load_workbook(again, data_only=True)["検算表"]
        cells = [c.coordinate for row in live for c in row if c.data_type == "f"]
        assert len(cells) > 50
        for cell in cells:
            assert computed[cell].value == stored[cell].value, f"{path.name} {cell}"


def test_a_file_whose_sheets_two_others_replace_is_said_to_be_replaced_by_the_lists() -> None:
    by_list, by_kpi = (
        finding("F206", Place(name), "前.xlsx", kept=name, dropped="前.xlsx", variant=variant)
        for name, variant in (("一覧.xlsx", "newer_edition"), ("KPI.xlsx", "kpi_form"))
    )
    assert replacements([by_list, by_kpi]) == {"前.xlsx": by_list}
