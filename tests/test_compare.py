"""``compare OLD NEW`` as a user meets it: ours, plain lists, both; on the console and as JSON."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sousei_xl.cli import reader_has_left
from tests.workspaces import ROOT, example_workspace, run

DATA, BUDGET = "データ_事業", "予算事業費（千円）"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = example_workspace(tmp_path_factory.mktemp("比較"))
    assert run("merge", "--workspace", folder).status == 0
    return folder


@pytest.fixture(scope="module")
def proposal(workspace: Path) -> Path:
    return workspace / "outbox" / "別紙_平成30年度（案）.xlsx"


@pytest.fixture(scope="module")
def changed(proposal: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same list with one row fewer, one more, one renamed and one changed."""
    path = tmp_path_factory.mktemp("別") / "別紙　後.xlsx"
    book = openpyxl.load_workbook(proposal)
    sheet = book[DATA]
    at = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, at[BUDGET]).value = 708_000
    sheet.cell(2, at["事業内容"]).value = "\U0001f600 “新しい”\n文章〜"
    sheet.cell(3, at["事業名"]).value = "不妊治療対策事業"
    new = [cell.value for cell in sheet[4]]
    sheet.delete_rows(4)
    new[at["事業名"] - 1], new[at["事業内容"] - 1] = "まったく新しい取組", "別のことを行う。"
    sheet.append(new)
    kpi = book["データ_KPI"]
    columns = {cell.value: cell.column for cell in kpi[1]}
    kpi.cell(2, columns["実績値"]).value = 1.5
    book.save(path)
    return path


def compared(*arguments: Any) -> Any:
    done = run("compare", *arguments, "--json")
    assert done.status == 0, done.err
    return done.json


def test_a_list_and_itself(proposal: Path, tmp_path: Path) -> None:
    done = run("compare", proposal, proposal, "--workspace", tmp_path)  # no template needed
    assert done.status == 0
    assert "違いはありません" in done.out
    found = compared(proposal, proposal)
    assert found["same"] == 104
    for kind in ("added", "removed", "renamed", "changed", "indicators"):
        assert found[kind] == []
    assert found["old"] == {**found["new"], "file": str(proposal)}
    assert (found["new"]["rows"], found["new"]["projects"]) == (104, 83)
    assert (found["new"]["gross"], found["new"]["net"]) == (3_905_077, 3_550_284)
    departments = found["new"]["departments"]
    assert sum(d["projects"] for d in departments) == 83
    assert sum(d["net"] for d in departments) == 3_550_284
    assert len({d["department"] for d in departments}) == len(departments) > 5
    assert "部局別" not in done.out


def test_what_changed(proposal: Path, changed: Path) -> None:
    found = compared(proposal, changed)
    assert [r["name"] for r in found["added"]] == ["まったく新しい取組"]
    assert [r["name"] for r in found["removed"]] == ["私立認可保育所等建設補助金"]
    [renamed] = found["renamed"]
    assert (renamed["before"]["name"], renamed["after"]["name"]) == (
        "不妊対策推進事業",
        "不妊治療対策事業",
    )
    before, after = (
        {d["department"]: (d["projects"], d["net"]) for d in found[side]["departments"]}
        for side in ("old", "new")
    )
    assert [d for d in before if before[d] != after[d]] == ["子育て支援部"]
    assert after["子育て支援部"] == (
        before["子育て支援部"][0],
        before["子育て支援部"][1] - 380,
    )
    [other] = found["changed"]
    assert [f["field"] for f in other["fields"]] == [BUDGET, "事業内容"]
    assert (other["fields"][0]["before"], other["fields"][0]["after"]) == ("708380", "708000")
    assert other["after"] == {
        "target": "1ア-1",
        "name": "子ども医療費助成事業",
        "department": "子育て支援部",
        "relisted": False,
        "budget": 708_000,
    }
    assert found["same"] == 101
    [kpi] = found["indicators"]
    assert (kpi["id"], [f["field"] for f in kpi["fields"]]) == ("G1-1", ["H27の実績値"])


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_the_console(proposal: Path, changed: Path, encoding: str) -> None:
    done = run("compare", proposal, changed, encoding=encoding)
    assert (done.status, done.err) == (0, "")
    for words in (
        "行: 104 → 104（同じ）",
        "増えた行: 1",
        "なくなった行: 1",
        "名称を変えたと思われる行（推定）: 1",
        "708,380 → 708,000（-380、-0.1%）",
        "（+0事業、-380）",
        "変わらない行: 101",
        "別紙　後.xlsx（平成30年度）",
        "H27の実績値",
    ):
        assert words in done.out, words
    assert "事業内容: " in done.out


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        ((390, 420), "390 → 420（+30、+7.7%）\n"),  # a village's
        ((8000, None), "8,000 → （空欄）\n"),
        ((-41800, 1000), "-41,800 → 1,000\n"),
    ],
)
def test_amounts_have_commas_and_two_of_them_their_difference(
    proposal: Path, tmp_path: Path, amounts: tuple[int | None, ...], told: str
) -> None:
    sides = []
    for name, amount in zip(("前", "後"), amounts, strict=True):
        path = tmp_path / f"{name}.xlsx"
        book = openpyxl.load_workbook(proposal)
        sheet = book[DATA]
        sheet.cell(2, _column(sheet, BUDGET)).value = amount
        book.save(path)
        sides.append(path)
    assert f"{BUDGET}: {told}" in run("compare", *sides).out


def test_years_of_ours_are_not_compared_in_what_was_new(proposal: Path, tmp_path: Path) -> None:
    later = tmp_path / "次.xlsx"
    book = openpyxl.load_workbook(proposal)
    sheet = book[DATA]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, at["掲載区分"]).value = "継続"
    book.save(later)
    others = sum(r["掲載区分"] != "継続" for r in _rows(proposal))
    assert len(compared(proposal, later)["changed"]) == others > 0
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, at["西暦年度"]).value = 2019
    book.save(later)
    assert compared(proposal, later)["changed"] == []


def test_what_a_department_calls_new_is_no_renaming_between_years(
    proposal: Path, tmp_path: Path
) -> None:
    """As on the council's page; within one year, 新規 says nothing about the former edition."""
    later = tmp_path / "次.xlsx"
    book = openpyxl.load_workbook(proposal)
    sheet = book[DATA]
    at = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(3, at["事業名"]).value = "不妊治療対策事業"
    sheet.cell(3, at["掲載区分"]).value = "新規"
    book.save(later)

    def counts(*files: Path) -> tuple[int, ...]:
        found = compared(*files)
        return tuple(len(found[kind]) for kind in ("added", "removed", "renamed"))

    assert counts(proposal, later) == counts(later, proposal) == (0, 0, 1)
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, at["西暦年度"]).value = 2019
    book.save(later)
    assert counts(proposal, later) == counts(later, proposal) == (1, 1, 0)
    sheet.cell(3, at["掲載区分"]).value = "継続"
    book.save(later)
    assert counts(proposal, later) == counts(later, proposal) == (0, 0, 1)


def _rows(path: Path) -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(path)[DATA].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_offices_own_fields_count(proposal: Path, tmp_path: Path) -> None:
    sides = []
    for name, value in (("前", "0701234"), ("後", "0701235")):
        path = tmp_path / f"{name}.xlsx"
        book = openpyxl.load_workbook(proposal)
        sheet = book[DATA]
        column = sheet.max_column + 1
        sheet.cell(1, column).value, sheet.cell(2, column).value = "補助番号", value
        book["データ_KPI"].cell(2, _column(book["データ_KPI"], "実績値")).value = int(value)
        book.save(path)
        sides.append(path)
    found = compared(*sides)
    [change] = found["changed"]
    assert change["fields"] == [{"field": "補助番号", "before": "0701234", "after": "0701235"}]
    shown = run("compare", *sides).out
    assert "補助番号: 0701234 → 0701235\n" in shown  # digits, and no amount
    assert "H27の実績値: 701,234 → 701,235（+1、+0.0%）" in shown


def _column(sheet: Any, heading: str) -> int:
    return next(int(cell.column) for cell in sheet[1] if cell.value == heading)


def test_the_printed_form_alone_is_a_plain_list(
    workspace: Path, proposal: Path, tmp_path: Path
) -> None:
    """Whoever keeps only the sheet 別紙 still sees no difference, and the template tells how."""
    plain = tmp_path / "配布用.xlsx"
    book = openpyxl.load_workbook(proposal)
    for name in book.sheetnames:
        if name != "別紙":
            del book[name]
    book.save(plain)
    found = compared(proposal, plain, "--workspace", workspace)
    assert found["same"] == 104
    assert [found[kind] for kind in ("added", "removed", "renamed", "changed")] == [[], [], [], []]
    assert found["indicators"] is None
    out = run("compare", proposal, plain, "--workspace", workspace).out
    assert "違いはありません" in out
    assert "データ_KPIのない別紙" in out


def test_a_printed_sheet_that_was_mended_by_hand_is_told(
    workspace: Path, proposal: Path, tmp_path: Path
) -> None:
    """What is compared is the data sheet: without a word, 違いはありません would mislead."""
    path = tmp_path / "手で直した.xlsx"
    book = openpyxl.load_workbook(proposal)
    book["別紙"]["F42"] = 99_999
    book.save(path)
    found = compared(proposal, path)
    assert found["changed"] == []
    assert [found[side]["printed_otherwise"] for side in ("old", "new")] == [[], ["F42"]]
    done = run("compare", proposal, path)
    assert "『手で直した.xlsx』" not in done.out  # files are named as they were typed
    assert f"『{path}』の『別紙』シートの F42 は、『データ_事業』シートと違います" in done.out
    assert "手で直されています" not in run("compare", proposal, proposal).out
    # Beside a plain list, too.
    plain = tmp_path / "配布用.xlsx"
    for name in [n for n in book.sheetnames if n != "別紙"]:
        del book[name]
    book.save(plain)
    found = compared(path, plain, "--workspace", workspace)
    assert found["old"]["printed_otherwise"] == ["F42"]
    assert len(found["changed"]) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", "番号,事業名\n1,甲\n".encode("cp932")), ("a.xls", b"<html><table></table></html>")],
)
@pytest.mark.parametrize("command", ["compare", "merge", "template"])
def test_a_file_that_was_named_is_put_into_no_inbox(
    workspace: Path, proposal: Path, tmp_path: Path, command: str, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    arguments: dict[str, tuple[str | Path, ...]] = {
        "compare": ("compare", path, proposal),
        "merge": ("merge", "--previous", path),
        "template": ("merge", "--template", path),
    }
    done = run(*arguments[command], "--workspace", workspace)
    assert done.status == 2
    assert "「Excel ブック (*.xlsx)」を選んで保存し、そのファイルを指定してください" in done.err
    assert "様式" not in done.err
    assert "入れてください" not in done.err


def test_plain_lists_need_the_template(proposal: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["番号", "再掲", "事業名", "部局名", "関連性", "予算事業費", "事業内容"])
    book.active.append([1, None, "甲", "経済部", "◎", 5, "本文"])
    book.save(tmp_path / "一覧.xlsx")
    done = run("compare", tmp_path / "一覧.xlsx", proposal, "--workspace", tmp_path)
    assert done.status == 2
    assert "テンプレートが要ります" in done.err


@pytest.mark.parametrize("which", ["missing", "broken", "no list"])
def test_files_that_cannot_be_compared(
    workspace: Path, proposal: Path, tmp_path: Path, which: str
) -> None:
    path = tmp_path / "x.xlsx"
    if which == "broken":
        path.write_bytes(proposal.read_bytes()[:2000])
    if which == "no list":
        openpyxl.Workbook().save(path)
    for order in ((path, proposal), (proposal, path)):
        done = run("compare", *order, "--workspace", workspace, "--json")
        assert done.status == 2
        assert done.json["status"] == "error"
        assert "x.xlsx" in done.json["message"]


def test_nothing_is_written(workspace: Path, proposal: Path, changed: Path) -> None:
    before = sorted(str(p) for p in workspace.rglob("*"))
    run("compare", proposal, changed, "--workspace", workspace)
    assert sorted(str(p) for p in workspace.rglob("*")) == before


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_the_reader_of_a_pipe_may_leave(
    proposal: Path, changed: Path, options: tuple[str, ...]
) -> None:
    command = [sys.executable, "-m", "sousei_xl", "compare", str(proposal), str(changed), *options]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    assert started.stdout is not None
    assert started.stderr is not None
    started.stdout.close()
    assert started.stderr.read() == b""
    assert started.wait(30) == 2


@pytest.mark.parametrize(
    ("system", "error", "left"),
    [
        ("linux", BrokenPipeError(errno.EPIPE, "Broken pipe"), True),
        ("win32", OSError(errno.EINVAL, "Invalid argument"), True),
        ("linux", OSError(errno.EINVAL, "Invalid argument"), False),
        ("win32", OSError(errno.EINVAL, "Invalid argument", "a?.xlsx"), False),
        ("win32", PermissionError(errno.EACCES, "Permission denied"), False),
    ],
)
def test_how_a_reader_s_leaving_is_told(
    monkeypatch: pytest.MonkeyPatch, system: str, error: OSError, left: bool
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert reader_has_left(error) == left
