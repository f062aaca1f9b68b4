"""Returns in the round of the office: written, corrected in place, put back, retired."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.workspaces import column, edit, example_workspace, run

RETURN = Path("outbox") / "差戻し" / "経済部.xlsx"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return example_workspace(tmp_path / "作業")


def _row(path: Path, name: str) -> int:
    rows = (
        CalamineWorkbook.from_path(str(path))
        .get_sheet_by_name("事業")
        .to_python(skip_empty_area=False)
    )
    return next(i for i, cells in enumerate(rows, 1) if name in cells)


def test_a_return_is_corrected_in_place_and_replaces_its_ancestor(workspace: Path) -> None:
    path = workspace / "inbox" / "経済部.xlsx"
    cell = f"{column(path, '関連性')}{_row(path, 'テレワーク普及促進事業')}"
    edit(path, "事業", {cell: "△"})
    found = run("merge", "--workspace", workspace, "--json").json
    assert found["status"] == "draft"
    assert "差戻し/経済部.xlsx" in found["outputs"]
    states = {d["department"]: (d["state"], d["errors"]) for d in found["departments"]}
    assert states["経済部"] == ("差戻し", 1)

    returned = workspace / RETURN
    assert CalamineWorkbook.from_path(str(returned)).sheet_names[0] == "修正・確認依頼票"
    corrected = workspace / "inbox" / "経済部（修正）.xlsx"
    shutil.copy(returned, corrected)
    edit(corrected, "事業", {cell: "◎"})
    found = run("merge", "--workspace", workspace, "--json").json
    assert found["status"] == "proposal"
    outcomes = {f["file"]: f["outcome"] for f in found["files"]}
    assert outcomes["経済部.xlsx"] == "superseded"
    assert outcomes["経済部（修正）.xlsx"] == "accepted"
    assert found["ledger"]["superseded"] == 32
    assert found["ledger"]["listed"] == 104
    assert not returned.exists()
    assert [f["code"] for f in found["findings"] if f["severity"] == "要修正"] == []


def test_a_withdrawn_project_never_comes_back_through_an_older_file(workspace: Path) -> None:
    path = workspace / "inbox" / "農政部.xlsx"
    newer = workspace / "inbox" / "農政部 第2版.xlsx"
    shutil.copy(path, newer)
    row = _row(newer, "生産基盤改善促進事業")
    edit(newer, "事業", {f"{column(newer, '掲載区分')}{row}": "取下げ"})
    edit(newer, "回答票", {_reply_cell(newer, "版"): 2})
    found = run("merge", "--workspace", workspace, "--json").json
    assert found["ledger"] == {
        "read": 116,
        "listed": 103,
        "held": 0,
        "superseded": 12,
        "withdrawn": 1,
    }


def _reply_cell(path: Path, label: str) -> str:
    import openpyxl

    for row in openpyxl.load_workbook(path)["回答票"].iter_rows():
        for cell in row:
            if cell.value == label:
                return str(cell.offset(column=1).coordinate)
    raise KeyError(label)


def test_check_gives_a_marked_file_back_and_a_hopeless_one_its_findings(
    workspace: Path, tmp_path: Path
) -> None:
    path = workspace / "inbox" / "経済部.xlsx"
    edit(path, "事業", {f"{column(path, '関連性')}{_row(path, '食品産業支援事業')}": "△"})
    done = run("check", "--return", path, "--workspace", workspace, "--json")
    assert done.status == 1
    assert done.json["outputs"] == ["差戻し/経済部.xlsx"]
    assert (workspace / RETURN).is_file()
    broken = tmp_path / "農政部.xlsx"
    broken.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024))
    done = run("check", "--return", broken, "--workspace", workspace, "--json")
    assert done.status == 1
    book = CalamineWorkbook.from_path(str(workspace / "outbox" / "差戻し" / "農政部.xlsx"))
    assert book.sheet_names == ["修正・確認依頼票"]
