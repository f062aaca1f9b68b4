"""``check``: every file is judged by itself, whatever else is named."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sousei_xl.commands import check_report
from sousei_xl.findings import Place, acknowledge, finding
from sousei_xl.pipeline import checking
from sousei_xl.pipeline.checking import Asked, Checked, check_files
from sousei_xl.rules.records import FileRecord
from tests.test_returns import _reply_cell
from tests.workspaces import Ran, column, edit, example_workspace, run

DEPARTMENT = "農政部"
CONFIRMATION = finding("R114", Place(), "8000000", expected="8,000", limit="1,000,000")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return example_workspace(tmp_path_factory.mktemp("check"))


@pytest.fixture(scope="module")
def wrong(workspace: Path) -> Path:
    """A file with two 要修正, outside the inbox."""
    path = workspace / "記入ミス.xlsx"
    shutil.copy(workspace / "inbox" / f"{DEPARTMENT}.xlsx", path)
    letter = column(path, "関連性")
    edit(path, "事業", {f"{letter}6": "△", f"{letter}7": "×"})
    return path


@pytest.fixture(scope="module")
def later(workspace: Path) -> Path:
    """A faultless later edition of the same unit, outside the inbox."""
    path = workspace / "第2版.xlsx"
    shutil.copy(workspace / "inbox" / f"{DEPARTMENT}.xlsx", path)
    edit(path, "回答票", {_reply_cell(path, "版"): 2})
    return path


def _check(workspace: Path, *files: Path | str) -> Ran:
    return run("check", *files, "--workspace", workspace, "--json")


def _of(ran: Ran, path: Path) -> list[Any]:
    return [f for f in ran.json["findings"] if f["file"] == str(path)]


def test_a_file_gets_what_it_gets_alone(workspace: Path, wrong: Path, later: Path) -> None:
    inside = workspace / "inbox" / f"{DEPARTMENT}.xlsx"
    files = (wrong, later, inside)
    alone = {path: _check(workspace, path) for path in files}
    together = _check(workspace, *files)
    assert [alone[path].status for path in files] == [1, 0, 0]
    assert together.status == 1
    # That another file of the unit was named is told, and changes nothing else.
    judged = [{**f, "rivals": [], "counting": {}} for f in together.json["files"]]
    assert judged == [f for path in files for f in alone[path].json["files"]]
    for path in files:
        assert _of(together, path) == _of(alone[path], path)
    assert [f["code"] for f in _of(together, wrong) if f["severity"] == "要修正"] == ["R103"] * 2
    assert {f["outcome"] for f in together.json["files"]} == {"accepted"}


def test_a_file_of_the_same_unit_is_named_with_the_one_that_counts(
    workspace: Path, wrong: Path, later: Path
) -> None:
    done = run("check", wrong, later, "--workspace", workspace)
    assert done.status == 1
    first, second = done.out.split(f"\n{later}\n")
    assert "要修正 2" in first
    assert "要修正の指摘はありません" not in first
    assert f"ほかにも指定されています（{later}）" in first
    assert f"ほかにも指定されています（{wrong}）" in second
    assert done.out.count(f"使われるのは『{later}』です") == 2
    assert "ほかにも指定" not in run("check", wrong, "--workspace", workspace).out


def test_each_marked_file_goes_back(workspace: Path, wrong: Path, later: Path) -> None:
    twin = workspace / "写し" / wrong.name
    twin.parent.mkdir()
    shutil.copy(wrong, twin)
    done = run("check", "--return", wrong, later, twin, "--workspace", workspace, "--json")
    assert done.json["outputs"] == ["差戻し/記入ミス.xlsx", "差戻し/写し/記入ミス.xlsx"]


def test_none_of_many_files_of_one_name_is_lost(
    workspace: Path, wrong: Path, tmp_path: Path
) -> None:
    """The one in the inbox keeps its name, wherever it is named."""
    own = workspace / "inbox" / "届いた.xlsx"
    files = [tmp_path / part / "課" / own.name for part in "abc"]
    for path in files:
        path.parent.mkdir(parents=True)
        shutil.copy(wrong, path)
    shutil.copy(wrong, own)
    try:
        done = run("check", "--return", *files, own, "--workspace", workspace, "--json")
    finally:
        own.unlink()
    assert sorted(done.json["outputs"]) == [
        "差戻し/届いた.xlsx",
        "差戻し/課/届いた.xlsx",
        "差戻し/課（2）/届いた.xlsx",
        "差戻し/課（3）/届いた.xlsx",
    ]


def test_an_older_edition_under_another_unit_is_judged_all_the_same(
    workspace: Path, wrong: Path, tmp_path: Path
) -> None:
    """The file in the inbox repeats its rows and is later: in a merge it would replace it."""
    renamed = tmp_path / "旧.xlsx"
    shutil.copy(wrong, renamed)
    edit(
        renamed,
        "回答票",
        {_reply_cell(renamed, "担当課"): "農業振興課", _reply_cell(renamed, "版"): 0},
    )
    done = _check(workspace, renamed)
    assert done.status == 1
    assert [f["outcome"] for f in done.json["files"]] == ["accepted"]
    assert "R103" in {f["code"] for f in _of(done, renamed)}


def test_a_file_that_bears_the_name_of_one_in_the_inbox_is_another(
    workspace: Path, wrong: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copy(wrong, tmp_path / f"{DEPARTMENT}.xlsx")
    monkeypatch.chdir(tmp_path)
    done = _check(workspace, f"{DEPARTMENT}.xlsx")
    assert (done.status, [f["file"] for f in done.json["files"]]) == (1, [f"{DEPARTMENT}.xlsx"])
    monkeypatch.chdir(workspace / "inbox")
    assert _check(workspace, f"{DEPARTMENT}.xlsx", f"./{DEPARTMENT}.xlsx").status == 0


def test_files_of_the_inbox_share_one_merge(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sousei_xl import pipeline
    from sousei_xl.intake import arrivals
    from sousei_xl.workspace import Workspace

    place = Workspace.at(workspace)
    arrived = arrivals.start(place).result()
    merges = []
    merge = checking.merge_all
    monkeypatch.setattr(checking, "merge_all", lambda *a: merges.append(1) or merge(*a))
    strategy = pipeline.strategy_of(arrived.template)
    intake = pipeline.receive_all(arrived, strategy)
    asked = [Asked(s.file, place.inbox / s.file, s.file, True) for s in intake.submissions]
    found = list(check_files(intake, asked, strategy))
    assert len(found) == len(asked) == 9
    assert sum(len(item.listed) for item in found) == 104
    assert len(merges) == 1


def test_the_offices_own_sheet_is_checked_by_a_merge(workspace: Path) -> None:
    """Dropped on 点検.bat it was told to be in another place than its own."""
    form, office = (workspace / "inbox" / f"{n}.xlsx" for n in (DEPARTMENT, "事務局修正"))
    done = run("check", office, "--workspace", workspace)
    assert done.status == 2
    assert "統合（merge）するときに読み" in done.err
    done = run("check", office, form, "--workspace", workspace, "--json")
    assert [f["file"] for f in done.json["files"]] == [str(form)]
    assert "統合（merge）するときに読み" in done.err


def test_what_the_office_has_confirmed_is_counted_and_asked_no_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = f"{DEPARTMENT}.xlsx"
    asked = [replace(CONFIRMATION, place=Place(name, "事業", row, f"K{row}")) for row in (6, 7)]
    for findings, counted in (
        (asked, "要確認 2　"),
        ([acknowledge(asked[0]), asked[1]], "要確認 2（うち確認済 1）"),
        (list(map(acknowledge, asked)), "要確認 2（うち確認済 2）"),
    ):
        file = Asked(name, Path(name), name, inside=True)
        record = FileRecord(name, "accepted", DEPARTMENT)
        check_report.checked([Checked(file, record, tuple(findings), ())])
        out = capsys.readouterr().out
        assert counted in out
        assert out.count("  要確認　") == (not all(f.acknowledged for f in findings))
        assert ("K6" in out) is not findings[0].acknowledged


def test_what_needs_no_return_is_named(workspace: Path, wrong: Path) -> None:
    form = workspace / "inbox" / f"{DEPARTMENT}.xlsx"
    done = run("check", "--return", form, wrong, "--workspace", workspace)
    assert f"「差戻し」に作らなかったもの: {form}\n" in done.out
    assert "作らなかった" not in run("check", "--return", wrong, "--workspace", workspace).out


def test_the_json_has_what_the_console_tells(workspace: Path, wrong: Path, later: Path) -> None:
    """The rows as the list shows them, and which files are of one unit."""
    first, second = _check(workspace, wrong, later).json["files"]
    assert (first["rivals"], second["rivals"]) == ([str(later)], [str(wrong)])
    assert set(first["counting"].values()) == {str(later)}
    assert len(second["listed"]) == second["rows"]
    assert {"target", "name", "budget"} <= set(second["listed"][0])
