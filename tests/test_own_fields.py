"""The office's own field travels: template → form → inbox → data sheet and printed list."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import openpyxl
from python_calamine import CalamineWorkbook

from sousei_xl.intake.reading import SheetCells
from sousei_xl.intake.rows import find_tables, read_rows
from tests.builders import make_strategy
from tests.workspaces import column, edit, example_workspace, run


def _cells(path: Path, sheet: str) -> list[list[object]]:
    book = CalamineWorkbook.from_path(str(path))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def test_an_own_field_reaches_the_data_sheet_and_the_printed_list(tmp_path: Path) -> None:
    workspace = example_workspace(tmp_path)
    template = workspace / "templates" / "別紙_template.xlsx"
    book = openpyxl.load_workbook(template)
    fields = book["項目"]
    header = next(c.row for c in fields["A"] if c.value == "項目名")
    free = next(r for r in range(header + 1, 100) if fields.cell(r, 1).value is None)
    row = ("財源", "独自", "選択", "いいえ", None, "国、道、市", "主な財源")
    for i, value in enumerate(row, 1):
        fields.cell(free, i, value)
    # The office places it in the list: the column of 関連性 shows both.
    for cells in book["別紙"].iter_rows():
        for cell in cells:
            if cell.value == "{関連性}":
                cell.value = "{関連性} {財源}"
    book.save(template)

    form = workspace / "inbox" / "市民生活部.xlsx"
    note = column(form, "備考")
    rows = _cells(form, "事業")
    header_row = next(i for i, cells in enumerate(rows, 1) if "備考" in cells)
    edit(form, "事業", {f"{note}{header_row}": "財源", f"{note}{header_row + 1}": "国"})

    found = run("merge", "--workspace", workspace, "--json").json
    assert found["status"] == "proposal", found
    (official,) = (workspace / "outbox").glob("別紙_*.xlsx")
    headings, *data = _cells(official, "データ_事業")
    assert headings[-1] == "財源"
    assert [row[-1] for row in data if row[-1]] == ["国"]
    assert any(
        "国" in str(cell) and "◎" in str(cell) for row in _cells(official, "別紙") for cell in row
    )

    edit(form, "事業", {f"{note}{header_row + 1}": "県"})
    findings = run("merge", "--workspace", workspace, "--json").json["findings"]
    (wrong,) = (f for f in findings if f["code"] == "R118")
    assert wrong["cell"] == f"{note}{header_row + 1}"
    assert "『国』" in wrong["cure"]


def test_a_formulas_zero_is_blank_but_in_own_fields_and_false_is_a_word() -> None:
    """=A1 of an empty cell gives 0; what the office's own text holds nobody knows."""
    strategy = make_strategy(fields=[("補助率区分", "独自", "文字")])
    headings = ("施策", "事業名", "関連性", "事業内容", "補助率区分")
    typed = ("2ア", "甲", "◎", "内容", "国")
    for place, letter in enumerate("ABCDE"):
        for value in (0, False):
            cells = (*typed[:place], value, *typed[place + 1 :])
            sheet = SheetCells(
                "事業",
                rows=((3, headings), (4, cells)),
                formulas={letter: frozenset({4})},
            )
            (table,) = find_tables((sheet,), strategy)
            (row,) = read_rows("農政部.xlsx", table, strategy, count(1))
            is_kept = value is False or headings[place] == "補助率区分"
            blanked = cells if is_kept else (*typed[:place], *typed[place + 1 :])
            assert tuple(row.values.values()) == blanked, (letter, value)
