"""What is published says nothing of the people who filled the forms in."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment

from tests.workspaces import example_workspace, run

PERSON, LINE = "架空花子", "9876543"


def _sign(path: Path) -> None:
    """Fill a form in as somebody who leaves a name wherever there is room for one."""
    book = openpyxl.load_workbook(path)
    reply = book["回答票"]
    (person,) = (cell for row in reply.iter_rows() for cell in row if cell.value == "担当者")
    reply.cell(person.row, person.column + 1).value = PERSON
    reply.cell(person.row + 1, person.column + 1).value = LINE
    book["事業"]["F4"].comment = Comment(f"{PERSON}が確認中", PERSON)
    book.create_sheet("メモ").append([PERSON])
    book["メモ"].sheet_state = "hidden"
    book.properties.creator = book.properties.lastModifiedBy = PERSON
    book.save(path)


def test_nothing_personal_is_published(tmp_path: Path) -> None:
    workspace = example_workspace(tmp_path / "w")
    for path in (workspace / "inbox").glob("*部.xlsx"):
        _sign(path)
    assert run("merge", "--workspace", workspace).status == 0
    outbox = workspace / "outbox"
    (official,) = outbox.glob("別紙_*.xlsx")
    with zipfile.ZipFile(official) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not [name for name in parts if re.search("comment|person|customXml", name)]
    opened = ("事業一覧.csv", "KPI.csv", "datapackage.json")
    open_data = {n: (outbox / "オープンデータ" / n).read_text("utf-8-sig") for n in opened}
    published = {**parts, **open_data}
    for name, content in published.items():
        assert PERSON not in content, name
        assert LINE not in content, name
    book = openpyxl.load_workbook(official)
    assert {sheet.sheet_state for sheet in book} == {"visible"}
    assert (book.properties.creator, book.properties.lastModifiedBy) == (None, None)
