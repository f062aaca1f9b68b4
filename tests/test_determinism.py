"""The same inbox gives the same bytes: on another day, in another time zone and locale, with
another hash seed, another number of jobs, and files that arrived in another order. That no part
of the product asks for the time or for chance is checked in ``test_house.py``.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
import unicodedata
import zipfile
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from sousei_xl.forms.annotate.package import Package
from sousei_xl.sheets.book import Book
from sousei_xl.workspace import Run
from tests.facts import example_strategy
from tests.reliability.figures import Figures
from tests.workspaces import column, edit, example_workspace, run


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped workspace with something of everything: a return, a refusal, a stray."""
    workspace = example_workspace(tmp_path_factory.mktemp("実例"))
    path = workspace / "inbox" / "経済部.xlsx"
    edit(path, "事業", {f"{column(path, '関連性')}{4}": "△"})
    (workspace / "inbox" / "農政部.xlsx").write_bytes(b"PK\x03\x04 cut off")
    (workspace / "inbox" / "写真").mkdir()
    (workspace / "inbox" / "写真" / "1.jpg").write_bytes(b"")
    return workspace


def outputs(workspace: Path) -> dict[str, bytes]:
    """Everything that stands in the outbox, records and returns included."""
    outbox = workspace / "outbox"
    return {
        path.relative_to(outbox).as_posix(): path.read_bytes()
        for path in outbox.rglob("*")
        if path.is_file() and path.name != ".ロック"
    }


def produce(workspace: Path, *options: str, **environment: str) -> dict[str, bytes]:
    """All that the product writes: the merge's files, the forms, the lists to confirm."""
    here = ("--workspace", workspace)
    for status, command in (
        (1, ("merge", *options)),
        (0, ("distribute",)),
        (1, ("distribute", "--confirm")),
    ):
        done = run(*command, *here, **environment)
        assert done.status == status, (command, done.err)
    return outputs(workspace)


@pytest.fixture(scope="module")
def expected(
    inbox: Path, tmp_path_factory: pytest.TempPathFactory, figures: Figures
) -> dict[str, bytes]:
    workspace = tmp_path_factory.mktemp("初回") / "w"
    shutil.copytree(inbox, workspace)
    found = produce(workspace, TZ="Asia/Tokyo")
    assert {"別紙_平成30年度_作成中.xlsx", "点検結果_平成30年度.xlsx"} <= found.keys()
    for kind in ("検討懇談会資料", "差戻し/", "様式/", "様式/最終確認/"):
        assert any(name.startswith(kind) for name in found), kind
    figures.measured(same_runs=len(VARIATIONS) + 2, same_files=len(found))
    return found


# Between UTC+14 and UTC-12 lie 26 hours: whatever the day, the date differs.
VARIATIONS: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
    (("--jobs", "1"), {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"}),
    (("--jobs", "2"), {"TZ": "Etc/GMT+12", "LC_ALL": "C", "LANG": "C"}),
    (("--jobs", "8"), {"LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4294967295"}),
    ((), {"LANG": "ja_JP.eucJP", "PYTHONUTF8": "0", "TZ": "America/St_Johns"}),
)


@pytest.mark.parametrize(("options", "environment"), VARIATIONS)
def test_day_place_locale_seed_and_jobs_change_no_byte(
    inbox: Path,
    expected: dict[str, bytes],
    tmp_path: Path,
    options: tuple[str, ...],
    environment: dict[str, str],
) -> None:
    workspace = tmp_path / "別の場所"
    shutil.copytree(inbox, workspace)
    assert_same(produce(workspace, *options, **environment), expected)


def test_files_that_arrived_in_another_order_at_another_time_change_no_byte(
    inbox: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    shutil.copytree(inbox / "templates", workspace / "templates")
    for number, path in enumerate(sorted((inbox / "inbox").rglob("*"), reverse=True)):
        target = workspace / "inbox" / path.relative_to(inbox / "inbox")
        if path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            os.utime(target, (number * 1e8, 4e9 - number * 1e8))
    assert_same(produce(workspace), expected)


def test_names_decomposed_by_a_mac_change_nothing_but_the_way_to_the_file(tmp_path: Path) -> None:
    name, memo = "経済部（ガイド）.xlsx", "メモガ.txt"
    composed, decomposed = example_workspace(tmp_path / "合成"), tmp_path / "分解"
    (composed / "inbox" / memo).write_bytes(b"")
    path = (composed / "inbox" / "経済部.xlsx").rename(composed / "inbox" / name)
    edit(path, "事業", {f"{column(path, '関連性')}{4}": "△"})  # it goes back
    shutil.copytree(composed, decomposed)
    for given in (name, memo):
        there = decomposed / "inbox" / given
        there.rename(there.with_name(unicodedata.normalize("NFD", given)))
    expected, found = produce(composed), produce(decomposed)
    assert f"差戻し/{name}" in expected
    checkbook = "点検結果_平成30年度.xlsx"
    for path_there in (checkbook, "履歴/記録.json"):  # the links, and the digest of their workbook
        assert found.pop(path_there) != expected.pop(path_there)
    assert_same(found, expected)
    typed = decomposed / "inbox" / name
    done = run("check", "--return", typed, "--workspace", decomposed, "--json")
    assert done.json["outputs"] == [f"差戻し/{name}"], done.err
    links = {
        unquote(link.target)
        for row in openpyxl.load_workbook(decomposed / "outbox" / checkbook)["提出状況"].iter_rows()
        for cell in row
        if (link := cell.hyperlink) and link.target
    }
    assert f"..\\inbox\\{unicodedata.normalize('NFD', name)}" in links


def test_a_second_merge_changes_nothing(inbox: Path, tmp_path: Path) -> None:
    """Whatever the clock did meanwhile: files are told by their contents, never by their times."""
    workspace = tmp_path / "w"
    shutil.copytree(inbox, workspace)
    run("merge", "--workspace", workspace)
    for number, path in enumerate(sorted(workspace.rglob("*"))):
        os.utime(path, (4e9, 0) if number % 2 else (0, 4e9))  # in 1970, and in 2096
    before = {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in (workspace / "outbox").rglob("*")
        if path.is_file() and path.name != ".ロック"
    }
    done = run("merge", "--json", "--workspace", workspace)
    assert done.status == 1
    for path, state in before.items():
        assert (path.read_bytes(), path.stat().st_mtime_ns) == state, path
    assert before.keys() == {
        path
        for path in (workspace / "outbox").rglob("*")
        if path.is_file() and path.name != ".ロック"
    }


def assert_same(found: dict[str, bytes], expected: dict[str, bytes]) -> None:
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []


@pytest.mark.parametrize("system", ["win32", "linux"])
def test_no_byte_tells_windows_from_other_systems(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    """A zip notes the system that packed it, for those who unpack file permissions."""
    form = inbox / "inbox" / "経済部.xlsx"
    day = dt.datetime(2018, 3, 30)
    monkeypatch.setattr(sys, "platform", system)
    made = Run("", day.date(), day)
    book = Book(tmp_path / "表.xlsx", made, example_strategy().settings, "表")
    book.sheet("表", [10]).text(0, 0, "文字")
    book.close()
    (tmp_path / "様式.xlsx").write_bytes(Package.open(form.read_bytes()).save())
    for path in tmp_path.iterdir():
        with zipfile.ZipFile(path) as archive:
            assert {part.create_system for part in archive.infolist()} == {3}, path.name
            assert archive.testzip() is None
