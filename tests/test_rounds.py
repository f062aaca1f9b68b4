"""Rounds of one list: what the office has written stays with its project when departments move
rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from python_calamine import load_workbook as read_values
from workspaces import column, edit, example_workspace, run

CHECKBOOK = Path("outbox") / "点検結果_平成30年度.xlsx"
PROPOSAL = Path("outbox") / "別紙_平成30年度（案）.xlsx"
FORM = Path("inbox") / "経済部.xlsx"
OFFICE = Path("inbox") / "事務局修正.xlsx"
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
