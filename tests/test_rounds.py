"""Rounds of one list: what the office has written stays with its project when departments move
rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from python_calamine import load_workbook as read_values

from sousei_xl.forms.request_layout import SHEET as REQUEST
from tests.workspaces import column, edit, example_workspace, run

CHECKBOOK = Path("outbox") / "点検結果_平成30年度.xlsx"
PROPOSAL = Path("outbox") / "別紙_平成30年度（案）.xlsx"
FORM = Path("inbox") / "経済部.xlsx"
OFFICE = Path("inbox") / "事務局修正.xlsx"
LAST_YEAR = "平成29年度は、する。"
PLAZA, COMPANIES = "旭川まちなかしごとプラザ事業", "企業誘致地域活力創生事業"  # 2ア-2, 2ア-3


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return example_workspace(tmp_path / "作業")


def merge(workspace: Path) -> Any:
    return run("merge", "--workspace", workspace, "--json").json


def sheet(path: Path, name: str) -> list[list[Any]]:
    return read_values(str(path)).get_sheet_by_name(name).to_python(skip_empty_area=False)


def line_of(form: Path, name: str, measure: str) -> int:
    """The row of a project in a form."""
    rows = enumerate(sheet(form, "事業"), 1)
    return next(i for i, cells in rows if name in cells and str(cells[1]).startswith(measure))


def numbers(form: Path, measure: str, **changes: int) -> None:
    """Give projects of one measure other numbers, as a department does that moves rows."""
    letter = column(form, "番号")
    edit(form, "事業", {f"{letter}{line_of(form, n, measure)}": v for n, v in changes.items()})


def decide(workspace: Path, name: str, *cells: Any) -> None:
    """Type one row into a sheet of 事務局修正."""
    edit(workspace / OFFICE, name, dict(zip(("A4", "B4", "C4", "D4", "E4"), cells, strict=False)))


def test_a_project_that_a_number_takes_out_after_a_swap_is_told(workspace: Path) -> None:
    decide(workspace, "修正", "2ア-3", "掲載しない")
    assert merge(workspace)["withheld"] == []
    numbers(workspace / FORM, "2ア", **{PLAZA: 3, COMPANIES: 2})
    told = run("merge", "--workspace", workspace).out
    assert f"今回は『掲載しない』で外した行: 1\n    2ア-2　{PLAZA}（経済部）" in told
    assert "番号が変わって別の事業を外していないか" in told
    # With its name in 修正前 nothing else is taken out.
    decide(workspace, "修正", "2ア-3", "掲載しない", None, COMPANIES)
    done = merge(workspace)
    assert ("O102", "修正") in {(f["code"], f["sheet"]) for f in done["findings"]}
    assert done["ledger"]["withdrawn"] == 0
    decide(workspace, "修正", f"2ア-3 {COMPANIES}", "掲載しない", None, None)
    assert merge(workspace)["withheld"] == [["2ア-2", COMPANIES]]


def test_a_hand_edit_is_offered_for_its_project_wherever_it_stands_now(workspace: Path) -> None:
    merge(workspace)
    official = workspace / PROPOSAL
    rows = sheet(official, "データ_事業")
    line = next(i for i, cells in enumerate(rows, 1) if PLAZA in cells)
    letter = get_column_letter(rows[0].index("関連性") + 1)
    edit(official, "データ_事業", {f"{letter}{line}": "○"})
    numbers(workspace / FORM, "2ア", **{PLAZA: 3, COMPANIES: 2})
    merge(workspace)
    offered = sheet(workspace / CHECKBOOK, "事務局修正一覧")
    (ready,) = [cells for cells in offered if f"データ_事業 {letter}{line}" in cells]
    assert ready[1:6] == [f"2ア-3 {PLAZA}", "修正", "関連性", "◎", "○"]
    decide(workspace, "修正", *ready[1:6])
    assert not [f for f in merge(workspace)["findings"] if f["code"][0] == "O"]
    now = {c[rows[0].index("事業名")]: c for c in sheet(official, "データ_事業")}
    assert now[PLAZA][rows[0].index("関連性")] == "○"


def test_the_target_of_a_finding_can_be_copied_whole_and_read_in_print(workspace: Path) -> None:
    form = workspace / FORM
    line = line_of(form, PLAZA, "2ア")
    edit(form, "事業", {f"{column(form, '事業内容')}{line}": "平成29年度は、する。"})
    merge(workspace)
    shown = sheet(workspace / CHECKBOOK, "指摘一覧")
    (asked,) = [cells for cells in shown if "R115" in cells]
    assert asked[-2] == f"2ア-2 {PLAZA}"
    edit(workspace / OFFICE, "確認済", dict(zip(("A5", "B5", "C5"), asked[-3:], strict=True)))
    told = {f["code"]: f["acknowledged"] for f in merge(workspace)["findings"]}
    assert told["R115"] is True


def test_an_answer_is_shown_beside_its_project_when_rows_were_put_before_it(
    workspace: Path,
) -> None:
    form = workspace / FORM
    text, mark = column(form, "事業内容"), column(form, "関連性")
    lines = [line_of(form, name, "2ア") for name in (PLAZA, COMPANIES)]
    edit(form, "事業", {f"{text}{lines[0]}": LAST_YEAR, f"{mark}{lines[1]}": "△"})
    merge(workspace)
    book = openpyxl.load_workbook(workspace / "outbox" / "差戻し" / form.name)
    request, rows = book[REQUEST], book["事業"]
    line = next(c.row for c in request["D"] if c.value == PLAZA)
    request.cell(line, 8).value = "引用です"
    rows[f"{mark}{lines[1]}"] = "○"
    # The two change places, and what is asked of the one is asked of the other as well.
    rows[f"{text}{lines[1]}"] = LAST_YEAR
    for cells in zip(rows[lines[0]][1:], rows[lines[1]][1:], strict=True):
        cells[0].value, cells[1].value = cells[1].value, cells[0].value
    book.save(form)
    merge(workspace)
    rows_shown = sheet(workspace / CHECKBOOK, "指摘一覧")
    heading = next(cells for cells in rows_shown if "No" in cells)
    (told,) = [cells for cells in rows_shown if "R115" in cells]  # one line for both
    assert told[heading.index("部局の回答")] == f"{PLAZA}：引用です"


def test_a_return_that_was_corrected_where_it_lies_is_asked_for(workspace: Path) -> None:
    form = workspace / FORM
    mark = f"{column(form, '関連性')}{line_of(form, PLAZA, '2ア')}"
    edit(form, "事業", {mark: "△"})
    words = "差戻しのファイルが出力フォルダーの中で直されています"
    assert words not in run("merge", "--workspace", workspace).out
    edit(workspace / "outbox" / "差戻し" / form.name, "事業", {mark: "◎"})
    assert words in run("merge", "--workspace", workspace).out
    (kept,) = (workspace / "outbox" / "履歴" / "差戻し").iterdir()
    kept.replace(form)
    done = run("merge", "--workspace", workspace)
    assert (done.status, words in done.out) == (0, False)
