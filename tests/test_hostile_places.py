"""Hostile workbooks in every other place where one is read: as the template, as last year's list,
as the office's sheet, and in the outbox, where people save what they have edited by hand.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests import zip_surgery as zs
from tests.dirty.table import KINDS
from tests.workspaces import Ran, example_workspace, run

# calamine would abort, memory would end, or another file would be read.
SLUGS = ("last-cell", "strings-declared", "bomb", "outer-entity")
OF_A_BUG = "開発者に"


@pytest.fixture(scope="module", params=SLUGS)
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    kind = next(kind for kind in KINDS if kind.slug == request.param)
    folder = tmp_path_factory.mktemp(kind.slug)
    kind.put(folder, kind.slug)
    return (folder / kind.main).read_bytes()


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = example_workspace(tmp_path_factory.mktemp("作業") / "w")
    assert run("merge", "--workspace", workspace).status == 0
    return workspace


@pytest.fixture
def workspace(merged: Path, tmp_path: Path) -> Path:
    return shutil.copytree(merged, tmp_path / "w")


def visible(workspace: Path) -> dict[str, bytes]:
    outbox = workspace / "outbox"
    return {
        path.relative_to(outbox).as_posix(): path.read_bytes()
        for path in outbox.rglob("*")
        if path.is_file() and "履歴" not in path.parts
    }


def refused(done: Ran) -> None:
    """Stopped with a reason and a cure, not by a bug."""
    assert done.status == 2, done.out
    assert re.search("(ください|指定)。", done.err)
    assert OF_A_BUG not in done.err
    assert "Traceback" not in done.err


def template(workspace: Path) -> Path:
    (path,) = (workspace / "templates").glob("*.xlsx")
    return path


def test_as_the_template(workspace: Path, hostile: bytes) -> None:
    before = visible(workspace)
    template(workspace).write_bytes(hostile)
    done = run("merge", "--workspace", workspace)
    refused(done)
    assert "テンプレートに直すところ" in done.err
    assert visible(workspace) == before


@pytest.mark.parametrize(
    "edit",
    [
        lambda xml: re.sub(rb' s="\d+"', b' s="99999"', xml),
        lambda xml: re.sub(rb"<mergeCells.*?</mergeCells>", b"", xml).replace(
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        ),
    ],
    ids=["styles that are not there", "one merged range over everything"],
)
def test_a_template_that_only_its_look_makes_hostile(workspace: Path, edit: object) -> None:
    """openpyxl, which reads the look, would need more memory than any machine has."""
    assert callable(edit)
    path = template(workspace)
    xml = zs.unpack(path.read_bytes())[zs.SHEET]
    path.write_bytes(zs.add(path.read_bytes(), zs.SHEET, edit(xml)))
    before = visible(workspace)
    done = run("merge", "--workspace", workspace)
    refused(done)
    assert visible(workspace) == before


def test_as_last_years_list(workspace: Path, hostile: bytes, tmp_path: Path) -> None:
    (tmp_path / "前年度.xlsx").write_bytes(hostile)
    done = run("distribute", "--workspace", workspace, "--previous", tmp_path / "前年度.xlsx")
    refused(done)
    assert "前年度の別紙『前年度.xlsx』を読み取れませんでした。" in done.err
    assert not (workspace / "outbox" / "様式").exists()


def test_as_the_offices_sheet_and_in_the_outbox(workspace: Path, hostile: bytes) -> None:
    outbox = workspace / "outbox"
    for path in (workspace / "inbox" / "事務局修正.xlsx", *outbox.glob("[別点]*.xlsx")):
        path.write_bytes(hostile)
    done = run("merge", "--json", "--workspace", workspace)
    assert done.status == 1, done.err  # the office's sheet is to be mended
    answer = done.json
    found = [f["code"] for f in answer["findings"] if f["file"] == "事務局修正.xlsx"]
    assert [code[:2] for code in found] == ["F1"]
    assert answer["ledger"]["listed"] == 104
    kept = [path for path in (outbox / "履歴").rglob("*_手修正*") if path.is_file()]
    assert len(kept) == 2
    assert {path.read_bytes() for path in kept} == {hostile}
    assert hostile not in visible(workspace).values()


def test_as_the_councils_workbook(workspace: Path, hostile: bytes) -> None:
    """What the council said in it cannot be read: publishing would lose it."""
    (path,) = (workspace / "outbox").glob("検討懇談会資料_*.xlsx")
    path.write_bytes(hostile)
    before = visible(workspace)
    done = run("merge", "--workspace", workspace)
    refused(done)
    assert path.name in done.err
    assert visible(workspace) == before
