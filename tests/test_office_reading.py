"""What stands in a real ``事務局修正.xlsx`` and says nothing, or says it in another place."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from sousei_xl.findings import Finding
from sousei_xl.intake.office import read_office_sheet
from sousei_xl.intake.read import read_one
from sousei_xl.intake.receive import receive
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import Intake, ListResult, OfficeSheet
from sousei_xl.scaffold.office import build_office_sheet
from tests.builders import make_strategy
from tests.merging import OFFICE, STRATEGY, E, N, come_in, row, rows_by_id
from tests.workspaces import example_workspace, run

AMOUNT = ("2ア-1", "修正", "予算事業費", 1000)


def office_book(path: Path, lines: dict[str, list[tuple[Any, ...]]]) -> Workbook:
    """The office's workbook with these rows typed below the headings of its sheets."""
    build_office_sheet(path, STRATEGY)
    book = openpyxl.load_workbook(path)
    for name, rows in lines.items():
        for number, cells in enumerate(rows, 4):
            for position, value in enumerate(cells, 1):
                book[name].cell(number, position, value)
    return book


def read(folder: Path, book: Workbook) -> tuple[OfficeSheet, list[Finding]]:
    path = folder / OFFICE
    book.save(path)
    return read_office_sheet(read_one(str(path), OFFICE), STRATEGY, count(50))


def decided(folder: Path, book: Workbook) -> ListResult:
    """A list of one row, 2ア-1 with a budget of 1,000, after what the office has decided."""
    sheet, found = read(folder, book)
    made = come_in([row(1, "甲", note="備考")], office=sheet)
    return merge(Intake(made.submissions, sheet, made.records, tuple(found)), STRATEGY)


def told(result: ListResult) -> list[tuple[str, str, str, str]]:
    return [(f.code, f.place.sheet, f.place.cell, f.addressee) for f in result.findings]


@pytest.mark.parametrize(
    ("sheet", "cells", "code", "cell"),
    [
        ("修正", (*AMOUNT, "#REF!"), "R110", "E4"),
        ("修正", (*AMOUNT, "=50+3"), "R111", "E4"),
        ("修正", ("2ア-1", "修正", "備考", "備考", "#N/A"), "R110", "E4"),
        ("修正", (*AMOUNT, 900, "#REF!"), "R110", "F4"),
        ("修正", ("2ア-1", "修正", "#NAME?", 1000, 900), "R110", "C4"),
        ("修正", ("=A1&A2", "修正", "予算事業費", 1000, 900), "R111", "A4"),
        ("修正", ("2ア-1", "修正", "予算事業費", "=900+100", 900), "R111", "D4"),
        ("修正", ("#REF!",), "R110", "A4"),
        ("確認済", ("L109", "2ア", "=1+1"), "R111", "C4"),
        ("確認済", ("#N/A", "2ア"), "R110", "A4"),
    ],
)
def test_a_cell_that_says_nothing_is_told_and_its_row_not_applied(
    sheet: str, cells: tuple[Any, ...], code: str, cell: str, tmp_path: Path
) -> None:
    result = decided(tmp_path, office_book(tmp_path / OFFICE, {sheet: [cells]}))
    assert told(result) == [(code, sheet, cell, "事務局")]
    assert result.is_draft
    assert [c.status for c in result.corrections] == ["不適用"] * (sheet == "修正")
    listed = rows_by_id(result)[1]
    assert (listed["budget"], listed["note"]) == (1000, "備考")


def test_an_error_value_may_be_what_is_corrected(tmp_path: Path) -> None:
    """修正前 repeats what stands in the form."""
    book = office_book(tmp_path / OFFICE, {"修正": [("2ア-1", "修正", "予算事業費", "#REF!", 900)]})
    sheet, found = read(tmp_path, book)
    [correction] = sheet.corrections
    assert (correction.before, correction.unread, found) == ("#REF!", {}, [])


def test_an_added_row_may_say_nothing_either(tmp_path: Path) -> None:
    cells = ["2ア", None, None, None, "乙", "#N/A", "◎", None, 100, "内容", None, "#REF!"]
    result = decided(tmp_path, office_book(tmp_path / OFFICE, {"追加": [tuple(cells)]}))
    assert sorted(told(result)) == [
        ("A105", "追加", "B4", "-"),
        ("R110", "追加", "F4", "事務局"),
        ("R110", "追加", "L4", "事務局"),
    ]


COPIES = {
    "修正": (*AMOUNT, 900),
    "確認済": ("L109", "2ア"),
    "追加": ("2ア", 2, None, None, "乙", "経済部"),
}


@pytest.mark.parametrize("name", ["{} (2)", "{}（２）", "査定後の控え"])
@pytest.mark.parametrize("sheet", COPIES)
def test_a_copied_sheet_is_read_and_said(sheet: str, name: str, tmp_path: Path) -> None:
    book = office_book(tmp_path / OFFICE, {})
    copy = book.copy_worksheet(book[sheet])
    copy.title = name.format(sheet)
    for position, value in enumerate(COPIES[sheet], 1):
        copy.cell(4, position, value)
    read_sheet, found = read(tmp_path, book)
    counts = map(len, (read_sheet.corrections, read_sheet.acknowledgements, read_sheet.additions))
    assert dict(zip(COPIES, counts, strict=True)) == {s: int(s == sheet) for s in COPIES}
    assert [(f.code, f.place.sheet, f.place.cell) for f in found] == [("S101", copy.title, "A4")]
    assert found[0].target == copy.title  # by which it can be confirmed


@pytest.mark.parametrize("sheet", COPIES)
def test_a_copy_without_its_headings_is_said(sheet: str, tmp_path: Path) -> None:
    book = office_book(tmp_path / OFFICE, {})
    book.create_sheet(f"{sheet} (2)")["A1"] = "1ア-4"
    _, found = read(tmp_path, book)
    assert [(f.code, f.place.sheet) for f in found] == [("F201", f"{sheet} (2)")]


@pytest.mark.parametrize(
    ("sheet", "cell", "told"),
    [
        ("修正", "A3", "（A3に『対象』）"),
        ("修正", "E3", "（E3に『修正後』）"),
        ("確認済", "A3", "（A3に『指摘コード』）"),
        ("追加", "E3", "（『施策』、『事業名』）"),
    ],
)
def test_a_heading_that_was_changed_is_named_with_its_cell(
    sheet: str, cell: str, told: str, tmp_path: Path
) -> None:
    book = office_book(tmp_path / OFFICE, {"修正": [(*AMOUNT, 900)]})
    book[sheet][cell] = "あれこれ"
    _, [item] = read(tmp_path, book)
    assert (item.code, item.place.sheet) == ("F201", sheet)
    assert item.place.cell in (cell, "")
    assert "このシートに記入した内容は、一覧に入っていません" in item.message
    assert f"見出しを元に戻し{told}" in item.cure


@pytest.mark.parametrize("sheet", COPIES)
def test_a_sheet_that_was_deleted_is_told_as_the_offices(sheet: str, tmp_path: Path) -> None:
    book = office_book(tmp_path / OFFICE, {})
    del book[sheet]
    _, [item] = read(tmp_path, book)
    assert item.message.startswith(f"シート『{sheet}』が見つからない")
    assert "様式" not in item.text


def test_a_copy_in_which_nothing_was_typed_is_nothing(tmp_path: Path) -> None:
    book = office_book(tmp_path / OFFICE, {"修正": [(*AMOUNT, 900)]})
    book.copy_worksheet(book["確認済"]).title = "確認済 (2)"
    _, found = read(tmp_path, book)
    assert found == []


# --- the office's sheet under another name --------------------------------------------------------

RENAMED = (
    "事務局修正(1).xlsx",
    "事務局修正_最新.xlsx",
    "農政部/事務局修正.xlsx",
    "事務局修正.xlsm",
)


def received(folder: Path, file: str) -> ListResult:
    reading = read_one(str(folder / Path(file).name), file)
    strategy = make_strategy(departments=[(1, E)])
    made = receive([reading], None, (), strategy)
    forms = come_in([row(1, "甲")], missing=[N]).submissions
    return merge(replace(made, submissions=forms), strategy)


@pytest.mark.parametrize("file", RENAMED)
def test_the_offices_sheet_under_another_name_is_told_and_keeps_a_draft(
    file: str, tmp_path: Path
) -> None:
    book = office_book(tmp_path / OFFICE, {"修正": [(*AMOUNT, 900)]})
    book.save(tmp_path / Path(file).name)
    result = received(tmp_path, file)
    [item] = [f for f in result.findings if f.code == "F201"]
    assert (item.addressee, item.place.file) == ("事務局", file)
    assert "ファイル名を『事務局修正.xlsx』に戻し、inbox の直下に置いてください" in item.text
    assert (result.errors, result.is_draft) == (1, True)


def test_where_nothing_was_typed_nothing_is_missing(tmp_path: Path) -> None:
    office_book(tmp_path / OFFICE, {}).save(tmp_path / RENAMED[0])
    result = received(tmp_path, RENAMED[0])
    assert [f.code for f in result.findings] == ["F201"]
    assert not result.is_draft


def test_of_one_that_cannot_be_read_nobody_knows_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "事務局修正.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    result = received(tmp_path, "事務局修正.xls")
    assert [(f.code[:2], f.addressee) for f in result.findings] == [("F1", "事務局")]
    assert result.is_draft


def test_no_approval_and_no_second_sheet_while_it_lies_there(tmp_path: Path) -> None:
    workspace = example_workspace(tmp_path)
    (workspace / "inbox" / OFFICE).rename(workspace / "inbox" / RENAMED[0])
    merged = run("merge", "--workspace", workspace)
    steps = merged.out.split("次にすること")[1]
    assert "作成中" in merged.out
    assert f"（{RENAMED[0]}）。ファイル名を『{OFFICE}』に戻し" in steps
    assert "distribute --only" not in steps
    assert "事務局あて 1件" in merged.out
    approved = run("merge", "--workspace", workspace, "--approve", "2018-03-30")
    assert approved.status == 2
    assert "要修正の指摘が1件残っています" in approved.err
