"""``docs/json.md`` describes every field that ``--json`` emits, and no other one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.workspaces import ROOT, edit, example_workspace, run

_PAGE = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
_OWN_KEYS = ("files[].counting",)  # whose keys are names of sheets
_SHARED = re.compile(r"「(.+?)」の表")


def _tables() -> dict[str, dict[str, str]]:
    """Heading → path → what the page says of it."""
    found: dict[str, dict[str, str]] = {}
    for section in re.split(r"^#{2,3} ", _PAGE, flags=re.MULTILINE)[1:]:
        heading = section.splitlines()[0].strip("`")
        found[heading] = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", section, re.MULTILINE))
    return found


def _documented(heading: str) -> set[str]:
    """Paths of scalars; a row that refers to another table stands for all of that."""
    tables = _tables()
    found = set()
    for path, said in tables[heading].items():
        shared = _SHARED.search(said)
        if shared and path.rstrip("[]") != "findings" and heading != "実行できなかったとき":
            found |= {f"{path}.{inner}" for inner in tables[shared[1]]}
        elif shared:
            found |= {f"findings[].{inner}" for inner in tables["指摘"]}
        else:
            found.add(path)
    return found


def _emitted(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and path not in _OWN_KEYS:
        for key, inner in value.items():
            yield from _emitted(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from _emitted(inner, f"{path}[]")
    else:
        yield path


def _same(heading: str, *found: Any) -> None:
    """Blank ones say nothing about what they would hold."""
    documented = _documented(heading)
    emitted = {path for item in found for path in _emitted(item)}
    blank = {p for p in emitted if any(d.startswith((f"{p}.", f"{p}[].")) for d in documented)}
    assert emitted - blank == documented


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = example_workspace(tmp_path_factory.mktemp("json"))
    assert run("merge", "--workspace", folder).status == 0
    return folder


@pytest.fixture(scope="module")
def official(workspace: Path) -> Path:
    return workspace / "outbox" / "別紙_平成30年度（案）.xlsx"


@pytest.fixture(scope="module")
def previous(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The list of the year before, with a department that is no more, and other rows."""
    path = tmp_path_factory.mktemp("前") / "別紙_平成29年度.xlsx"
    book = openpyxl.load_workbook(official)
    sheet = book["データ_事業"]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, at["年度"]).value = "平成29年度"
        sheet.cell(row, at["西暦年度"]).value = 2017
    sheet.cell(2, at["部局名"]).value = "旧部"
    sheet.cell(2, at["予算事業費（千円）"]).value = 5
    sheet.cell(3, at["事業名"]).value = "不妊治療対策事業"
    sheet.cell(4, at["事業名"]).value = "まったく別の取組"
    kpi = book["データ_KPI"]
    columns = {cell.value: cell.column for cell in kpi[1]}
    kpi.cell(2, columns["実績値"]).value = 1.5
    book.save(path)
    return path


def test_every_field_of_a_merge(
    workspace: Path, official: Path, previous: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "w"
    shutil.copytree(workspace, folder)
    edit(folder / "outbox" / official.name, "別紙", {"A1": "手で直した題"})
    found = [
        run("merge", *options, "--previous", previous, "--workspace", folder, "--json").json
        for options in (("--dry-run",), ())
    ]
    _same("merge", *found)
    assert {*found[0]} - {*found[1]} == {"changes"}
    assert {*found[1]} - {*found[0]} == {"written", "unchanged", "moved"}


def test_every_field_of_check_and_status(workspace: Path, previous: Path, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    shutil.copytree(workspace, folder)
    inbox = folder / "inbox"
    twin = tmp_path / "写し.xlsx"
    shutil.copy(inbox / "農政部.xlsx", twin)
    options = ("--workspace", folder, "--json")
    asked = ("check", twin, inbox / "農政部.xlsx", "--previous", previous)
    _same("check", run(*asked, *options).json)
    shutil.copy(twin, inbox / "農政部 2.xlsx")
    (inbox / "メモ.pdf").write_bytes(b"%PDF")
    found = run("status", *options).json
    _same("status", found)
    assert found["fiscal_year"] == 2018
    reasons = {f["code"]: (f["file"], f["value"]) for f in found["findings"]}
    assert reasons["F205"][0] == "メモ.pdf"
    used, dropped = reasons["F206"]
    assert {used, dropped} == {"農政部.xlsx", "農政部 2.xlsx"}
    assert [f["file"] for f in found["files"] if f["outcome"] == "superseded"] == [dropped]


def test_every_field_of_the_others(
    workspace: Path, official: Path, previous: Path, tmp_path: Path
) -> None:
    same_year = tmp_path / "後.xlsx"
    book = openpyxl.load_workbook(official)
    sheet = book["データ_事業"]
    at = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, at["予算事業費（千円）"]).value = 5
    sheet.cell(3, at["事業名"]).value = "不妊治療対策事業"
    new = [cell.value for cell in sheet[4]]
    sheet.delete_rows(4)
    new[at["事業名"] - 1], new[at["事業内容"] - 1] = "まったく新しい取組", "別のことを行う。"
    sheet.append(new)
    book.save(same_year)
    here = ("--workspace", workspace, "--json")
    _same(
        "compare",
        run("compare", official, same_year, "--json").json,
        run("compare", official, previous, "--json").json,
    )
    _same(
        "distribute",
        run("distribute", "--previous", previous, *here).json,
        run("distribute", "--confirm", *here).json,
    )
    _same("explain", run("explain", "R105", "--json").json)
    _same("init", run("init", tmp_path / "新", "--json").json)
    template = workspace / "templates" / "別紙_template.xlsx"
    template.write_bytes(template.read_bytes()[:2000])
    _same("実行できなかったとき", run("merge", *here).json)
