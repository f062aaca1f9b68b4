"""``事務局修正.xlsx`` gets its lists when the template has them, and nothing typed is touched."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook

from sousei_xl import cli
from sousei_xl.intake.read import read_one
from sousei_xl.pipeline import office_sheet
from sousei_xl.pipeline.office_sheet import OfficeFile, find_office_sheet, renew
from sousei_xl.scaffold import init_workspace
from sousei_xl.scaffold.office import build_office_sheet
from sousei_xl.scaffold.template import blank_strategy
from sousei_xl.strategy import Strategy
from sousei_xl.workspace import OFFICE_SHEET, Workspace
from tests.builders import example_strategy, make_strategy
from tests.workspaces import edit, example_workspace, run


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """As ``init`` leaves it: the lists are empty, for the template is."""
    init_workspace(tmp_path)
    return Workspace.at(tmp_path)


def renewed(workspace: Workspace, strategy: Strategy | None = None) -> OfficeFile:
    found = find_office_sheet(workspace)
    reading = read_one(str(found.path), found.file) if found else None
    office = renew(workspace, strategy or example_strategy(), reading)
    assert office is not None
    names = sorted(os.listdir(workspace.inbox))
    assert [name for name in names if name.startswith(".")] == []
    return office


def sheet_of(workspace: Workspace) -> Path:
    return workspace.inbox / OFFICE_SHEET


def lists(path: Path) -> dict[str, str]:
    """Heading of 追加 → the list that its cells are chosen from."""
    sheet = openpyxl.load_workbook(path)["追加"]
    return {
        str(sheet[f"{str(rule.sqref).split(':')[0].rstrip('0123456789')}3"].value): rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }


def choices(path: Path, name: str) -> list[str]:
    rows = openpyxl.load_workbook(path)["選択肢"].iter_cols(min_row=2, values_only=True)
    return next([str(v) for v in column[1:] if v] for column in rows if column[0] == name)


def test_lists_come_when_the_template_has_them(workspace: Workspace) -> None:
    path = sheet_of(workspace)
    assert {"施策", "部局名"} & lists(path).keys() == set()
    assert renewed(workspace) == OfficeFile(path, "renewed")
    assert (lists(path)["施策"], lists(path)["部局名"]) == ("施策の選択肢", "部局名の選択肢")
    strategy = example_strategy()
    assert choices(path, "施策の選択肢") == [m.option for m in strategy.measures]
    assert choices(path, "部局名の選択肢") == [d.name for d in strategy.departments]
    before = path.read_bytes()
    assert renewed(workspace).state == "current"
    assert path.read_bytes() == before
    # The next measure, department or field of the office's own comes, too.
    more = make_strategy(
        departments=[(1, "経済部")], fields=[("財源", "独自", "選択", "", "", "国")]
    )
    assert renewed(workspace, more).state == "renewed"
    assert choices(path, "部局名の選択肢") == ["経済部"]
    assert "財源" in lists(path)


def test_a_field_of_the_offices_own_is_offered_by_its_whole_name(tmp_path: Path) -> None:
    path = tmp_path / OFFICE_SHEET
    build_office_sheet(path, make_strategy(fields=[("事業内容（議会用）", "独自", "文字")]))
    offered = choices(path, "項目の選択肢")
    assert [name for name in offered if "事業内容" in name] == ["事業内容", "事業内容（議会用）"]
    assert "予算事業費" in offered


def test_every_list_has_its_name_however_many_there_are(tmp_path: Path) -> None:
    fields = [(f"財源{i}", "独自", "選択", "", "", f"国{i}、県{i}") for i in range(70)]
    path = tmp_path / OFFICE_SHEET
    build_office_sheet(path, make_strategy(fields=fields))
    book = openpyxl.load_workbook(path)
    wanted = dict(lists(path))
    assert len([name for name in wanted if name.startswith("財源")]) == 70
    for heading, name in wanted.items():
        ((sheet, area),) = book.defined_names[name].destinations
        words = [cell.value for row in book[sheet][area] for cell in row]
        assert words == choices(path, name)
        if heading.startswith("財源"):
            number = heading.removeprefix("財源")
            assert words == [f"国{number}", f"県{number}"]


def test_a_missing_one_is_made(workspace: Workspace) -> None:
    path = sheet_of(workspace)
    renewed(workspace)
    whole = path.read_bytes()
    path.unlink()
    assert renewed(workspace) == OfficeFile(path, "made")
    assert path.read_bytes() == whole
    path.unlink()
    workspace.inbox.rmdir()
    assert renew(workspace, example_strategy(), None) is None


def test_one_that_was_only_saved_again_is_untouched(workspace: Workspace) -> None:
    edit(sheet_of(workspace), "修正", {})
    assert renewed(workspace).state == "renewed"


def _comment(book: Workbook) -> None:
    book["修正"]["A4"].comment = Comment("確かめる", "事務局")


TYPED: dict[str, Callable[[Workbook], object]] = {
    "a correction": lambda b: b["修正"].__setitem__("A4", "1ア-4"),
    "an addition": lambda b: b["追加"].__setitem__("E4", "足した事業"),
    "a confirmation": lambda b: b["確認済"].__setitem__("E30", "2018-03-23"),
    "beside the table": lambda b: b["修正"].__setitem__("Z1", "メモ"),
    "below the table": lambda b: b["追加"].__setitem__("B500", "メモ"),
    "in the guide": lambda b: b["説明"].__setitem__("A20", "引継ぎ：財政課の内線は123"),
    "a formula": lambda b: b["確認済"].__setitem__("F4", "=1+1"),
    "a heading": lambda b: b["修正"].__setitem__("H3", "記入日"),
    "a sheet": lambda b: b.create_sheet("メモ"),
    "a comment": _comment,
}


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED.keys())
def test_what_was_typed_is_never_touched(
    workspace: Workspace, typed: Callable[[Workbook], object]
) -> None:
    path = sheet_of(workspace)
    book = openpyxl.load_workbook(path)
    typed(book)
    book.save(path)
    before = path.read_bytes()
    assert renewed(workspace).state == "kept"
    assert path.read_bytes() == before


@pytest.mark.parametrize("lock", [f"~${OFFICE_SHEET}", f".~lock.{OFFICE_SHEET}#"])
def test_one_that_is_open_waits(workspace: Workspace, lock: str) -> None:
    path, held = sheet_of(workspace), workspace.inbox / lock
    before = path.read_bytes()
    held.touch()
    office = renew(workspace, example_strategy(), read_one(str(path), path.name))
    assert office is not None
    assert (office.state, path.read_bytes()) == ("open", before)
    held.unlink()
    assert renewed(workspace).state == "renewed"


def test_windows_does_not_replace_what_is_open(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheet_of(workspace)
    before = path.read_bytes()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(os, "replace", refuse)
    assert renewed(workspace).state == "open"
    assert path.read_bytes() == before


def test_one_that_was_saved_meanwhile_is_kept(workspace: Workspace) -> None:
    path = sheet_of(workspace)
    reading = read_one(str(path), path.name)
    edit(path, "修正", {"A4": "1ア-4"})
    before = path.read_bytes()
    office = renew(workspace, example_strategy(), reading)
    assert office is not None
    assert (office.state, path.read_bytes()) == ("kept", before)


def test_one_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    folder = example_workspace(tmp_path / "w")
    path = folder / "inbox" / OFFICE_SHEET
    path.write_bytes(b"PK\x03\x04 cut off")
    done = run("distribute", "--workspace", folder, "--json")
    assert (done.status, done.json["office_sheet"]["state"]) == (0, "failed")
    assert path.read_bytes() == b"PK\x03\x04 cut off"
    # Where nothing else was asked for, it has failed.
    done = run("distribute", "--workspace", folder, "--only", "事務局修正")
    assert done.status == 2
    assert "パスワードが付いていないか" in done.err
    shutil.rmtree(folder / "inbox")
    done = run("distribute", "--workspace", folder)
    assert done.status == 0
    assert f"受付フォルダーがありません（{folder / 'inbox'}）" in done.out


def test_one_that_cannot_be_made_has_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = example_workspace(tmp_path / "w")
    path = folder / "inbox" / OFFICE_SHEET
    path.unlink()
    monkeypatch.setattr(office_sheet, "_put", lambda *_: "failed")
    arguments = ["distribute", "--only", "事務局修正", "--workspace", str(folder)]
    assert cli.run(arguments) == 2
    said = capsys.readouterr().err
    assert f"{path} を作れませんでした。フォルダーに書き込めるか" in said
    assert "パスワード" not in said


def test_distribute_provides_it_and_merge_says_how(tmp_path: Path) -> None:
    folder = example_workspace(tmp_path / "w")
    here, path = ("--workspace", folder), folder / "inbox" / OFFICE_SHEET
    before = path.read_bytes()
    done = run("distribute", *here)
    assert OFFICE_SHEET not in done.out
    assert path.read_bytes() == before
    path.unlink()
    told = "「sousei-xl distribute --only 事務局修正」で作れます"
    assert told in run("merge", *here).out
    done = run("distribute", *here, "--only", "事務局修正", "--json")
    assert (done.status, done.json["office_sheet"]["state"]) == (0, "made")
    assert told not in run("merge", *here).out
    path.unlink()
    done = run("distribute", *here)
    assert done.status == 0
    assert f"{path} を作りました" in done.out


def test_printed_commands_name_the_places_of_the_run(tmp_path: Path) -> None:
    folder = example_workspace(tmp_path / "w")
    inbox = (folder / "inbox").rename(folder / "受付 2")
    here = ("--workspace", folder, "--inbox", inbox)
    (inbox / OFFICE_SHEET).unlink()
    said = run("merge", *here).out
    places = ' --inbox "受付 2"'
    assert f"「sousei-xl distribute --only 事務局修正{places}」で作れます" in said
    assert f"sousei-xl merge --previous 前年度の別紙.xlsx{places}\n" in said
    build_office_sheet(inbox / OFFICE_SHEET, blank_strategy())
    edit(inbox / OFFICE_SHEET, "修正", {"A4": "1ア-4"})
    said = run("distribute", *here).out
    typed = f'--workspace {folder} --inbox "{inbox}"'
    assert f"「sousei-xl distribute --only 事務局修正 {typed}」を実行し" in said


def test_its_explanations_are_of_this_year(tmp_path: Path) -> None:
    """Dates as this year's list is corrected; the guide, by which an untouched one is known, says
    nothing of a year."""
    path = tmp_path / OFFICE_SHEET
    build_office_sheet(path, make_strategy(settings={"年度": "令和8年度", "基準日": "2026-03-30"}))
    book = openpyxl.load_workbook(path)
    for name in ("修正", "確認済"):
        prompts = [rule.prompt for rule in book[name].data_validations.dataValidation]
        assert "例：2026-03-23" in prompts
    said = "".join(str(cell.value) for row in book["説明"] for cell in row if cell.value)
    assert "日付" in said
    assert not re.search(r"20\d\d|[HR]\d", said)
