"""What was changed by hand in the outbox is found, kept and told apart from mere saving."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from sousei_xl import publish as pub
from sousei_xl.publish import Output, hand_edited, read_approval
from sousei_xl.workspace import HISTORY, Workspace
from tests import zip_surgery as zs
from tests.outboxes import DRAFT, PROPOSAL, ROWS, publish, text, workbook


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "inbox").mkdir()
    return Workspace.at(tmp_path)


@pytest.fixture
def published(workspace: Workspace) -> Workspace:
    publish(workspace, Output(DRAFT, workbook()))
    return workspace


def edit(workspace: Workspace, change: Callable[[openpyxl.Workbook], object]) -> None:
    path = workspace.outbox / DRAFT
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def test_a_changed_cell_is_found_and_its_file_kept(published: Workspace) -> None:
    edit(published, lambda book: book["別紙"].__setitem__("C3", 900))
    edited = (published.outbox / DRAFT).read_bytes()
    (found,) = hand_edited(published)
    assert (found.file, found.sheet, found.cell) == (DRAFT, "別紙", "C3")
    assert (found.before, found.after, found.row_before) == ("800", "900", 3)
    assert "_手修正（" in found.kept_as
    assert not (published.outbox / found.kept_as).exists()  # looking writes nothing
    done = publish(published, Output(DRAFT, workbook()))
    assert done.moved == [found.kept_as]
    assert (published.outbox / found.kept_as).read_bytes() == edited
    assert hand_edited(published) == []


def test_a_file_that_was_only_saved_again_is_no_edit(published: Workspace) -> None:
    before = (published.outbox / DRAFT).read_bytes()
    edit(published, lambda book: None)
    assert (published.outbox / DRAFT).read_bytes() != before
    assert hand_edited(published) == []
    done = publish(published, Output(DRAFT, workbook()))
    assert "手修正" not in done.moved[0]
    assert (published.outbox / DRAFT).read_bytes() == before


def test_formulas_that_follow_are_marked(published: Workspace) -> None:
    rows = [*ROWS[:2], [2, "起業支援", 900], ROWS[3]]
    workbook(rows)(published.outbox / DRAFT)
    found = [(e.cell, e.before, e.after, e.computed) for e in hand_edited(published)]
    assert found == [("C3", "800", "900", False), ("C5", "2050.5", "2150.5", True)]


def test_a_number_typed_over_a_formula_is_an_edit(published: Workspace) -> None:
    edit(published, lambda book: book["別紙"].__setitem__("C5", 9999))
    assert [(e.cell, e.after, e.computed) for e in hand_edited(published)] == [
        ("C5", "9999", False)
    ]


def test_inserted_and_deleted_rows_do_not_shift_the_rest(published: Workspace) -> None:
    rows = [ROWS[0], ROWS[1], [9, "追加", 0], ROWS[2], ROWS[3]]
    workbook(rows)(published.outbox / DRAFT)
    found = [(e.cell, e.before, e.after, e.row_before) for e in hand_edited(published)]
    assert found == [("A3", "", "9", None), ("B3", "", "追加", None), ("C3", "", "0", None)]
    publish(published, Output(DRAFT, workbook(rows)))
    workbook(ROWS)(published.outbox / DRAFT)
    found = [(e.cell, e.before, e.after, e.row_before) for e in hand_edited(published)]
    assert found == [("A3", "9", "", 3), ("B3", "追加", "", 3), ("C3", "0", "", 3)]


def test_a_row_inserted_above_the_total_is_not_mistaken_for_it(published: Workspace) -> None:
    workbook([*ROWS, [4, "追加", 100]])(published.outbox / DRAFT)
    found = [(e.cell, e.before, e.after, e.row_before, e.computed) for e in hand_edited(published)]
    assert found == [
        ("A5", "", "4", None, False),
        ("B5", "", "追加", None, False),
        ("C5", "", "100", None, False),
        ("C6", "2050.5", "2150.5", 5, True),
    ]


def test_sheets_that_came_or_went(published: Workspace) -> None:
    edit(published, lambda book: (book.remove(book["注記"]), book.create_sheet("メモ")))
    assert [(e.sheet, e.cell, e.problem[:6]) for e in hand_edited(published)] == [
        ("注記", "", "シートがあり"),
        ("メモ", "", "シートが追加"),
    ]


def one_cell(reference: str) -> Callable[[Path], object]:
    def damage(path: Path) -> None:
        shutil.copy(path, path.with_suffix(".tmp"))
        with zipfile.ZipFile(path.with_suffix(".tmp")) as source, zipfile.ZipFile(path, "w") as new:
            for name in source.namelist():
                data = source.read(name).replace(b'"A1"', b'"%s"' % reference.encode())
                new.writestr(name, data)
        path.with_suffix(".tmp").unlink()

    return damage


def without_addresses(path: Path) -> None:
    """As far out as XFD1048576, told by nothing but the number of rows and cells."""
    rows = "<row/>" * 20_000 + f"<row>{'<c><v>1</v></c>' * 16_000}</row>"
    path.write_bytes(zs.bare_book(zs.sheet_xml(rows), name="別紙"))


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (Path.unlink, "ありません"),
        (without_addresses, "読み取れません"),
        (lambda path: path.write_text("壊れた"), "読み取れません"),
        (lambda path: path.write_bytes(path.read_bytes()[:-30]), "読み取れません"),
        (one_cell("XFD1048576"), "読み取れません"),  # calamine would abort the process
        (one_cell("ZZZ1"), "読み取れません"),
        (one_cell("A9999999"), "読み取れません"),
    ],
)
def test_what_cannot_be_compared_is_reported(
    published: Workspace, damage: Callable[[Path], object], problem: str
) -> None:
    damage(published.outbox / DRAFT)
    (found,) = hand_edited(published)
    assert problem in found.problem
    done = publish(published, Output(DRAFT, workbook()))
    assert done.moved == ([found.kept_as] if found.kept_as else [])
    assert hand_edited(published) == []


def test_a_file_that_its_reader_took_away_is_reported_once(published: Workspace) -> None:
    publish(published, Output("a.csv", text("a")))
    (published.outbox / "a.csv").unlink()
    assert [e.file for e in hand_edited(published)] == ["a.csv"]
    publish(published, Output(DRAFT, workbook()))
    assert hand_edited(published) == []


def test_untracked_files_may_be_changed(workspace: Workspace) -> None:
    publish(workspace, Output("様式/経済部.xlsx", workbook(), tracked=False))
    (workspace.outbox / "様式/経済部.xlsx").unlink()
    assert hand_edited(workspace) == []


def test_damaged_records_are_reported_and_kept(published: Workspace) -> None:
    (published.outbox / HISTORY / "記録.json").write_text("{")
    assert [e.problem[:5] for e in hand_edited(published)] == ["出力の記録"]
    assert read_approval(published) is None
    publish(published, Output(DRAFT, workbook()))
    assert hand_edited(published) == []
    assert [path.read_text() for path in (published.outbox / HISTORY).glob("記録（*.json")] == ["{"]


def test_only_copies_of_what_stands_are_kept(published: Workspace) -> None:
    for rows in (ROWS[:2], ROWS[:3]):
        publish(published, Output(DRAFT, workbook(rows)))
    publish(published, Output(PROPOSAL, workbook(), replaces=(DRAFT,)))
    assert len(list((published.outbox / HISTORY / "記録").iterdir())) == 1


def test_a_copy_is_kept_of_what_is_tracked_or_asked_for_later(workspace: Workspace) -> None:
    made = {
        "別紙.xlsx": {},
        "点検結果.xlsx": {"tracked": False},
        "資料.xlsx": {"tracked": False, "remembered": True},
    }
    lists = [ROWS[:count] for count in (2, 3, 4)]
    outputs = [
        Output(name, workbook(rows), **options)
        for (name, options), rows in zip(made.items(), lists, strict=True)
    ]
    publish(workspace, *outputs)
    copies = {path.read_bytes() for path in (workspace.outbox / HISTORY / "記録").iterdir()}
    kept = ("別紙.xlsx", "資料.xlsx")
    assert copies == {(workspace.outbox / name).read_bytes() for name in kept}


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: workbook(ROWS[:2])(path)])
def test_a_copy_that_is_gone_or_another_is_told_and_made_anew(
    published: Workspace, damage: Callable[[Path], object]
) -> None:
    (copy,) = (published.outbox / HISTORY / "記録").iterdir()
    damage(copy)
    edit(published, lambda book: book["別紙"].__setitem__("C3", 900))
    (found,) = hand_edited(published)
    assert found.problem == "出力時の控えがないため、比較できません。"
    publish(published, Output(DRAFT, workbook()))
    assert copy.read_bytes() == (published.outbox / DRAFT).read_bytes()


def test_a_copy_of_what_stands_no_longer_is_deleted_and_nothing_else(published: Workspace) -> None:
    former = published.outbox / HISTORY / "記録" / f"{'0' * 32}.xlsx"
    other = former.with_name("メモ.txt")
    for path in (former, other):
        path.write_bytes(b"")
    publish(published, Output(DRAFT, workbook(ROWS[:2])))
    assert (former.exists(), other.exists()) == (False, True)


def test_published_values_are_what_we_wrote(published: Workspace) -> None:
    edit(published, lambda book: book["別紙"].__setitem__("C3", 900))
    values = pub.published_values(published, DRAFT)
    assert values is not None
    assert values["別紙"][2] == ["2", "起業支援", "800"]
    assert values["注記"] == [[], [], ["", "架空の値"]]
    assert pub.published_values(published, "無い.xlsx") is None
