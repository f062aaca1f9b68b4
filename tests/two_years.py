"""Two workspaces a year apart: FY2018 as shipped, FY2019 from forms prefilled with it.

What changed in FY2019 is known: ``CHANGED`` says so in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import openpyxl

from sousei_xl.forms import layout
from sousei_xl.forms.projects import FIRST_ROW
from tests.builders import DEPARTMENTS
from tests.forms_filled import fill, project_letters
from tests.indicator_builders import example_kpi_strategy
from tests.workspaces import example_workspace, run

PROPOSAL, COUNCIL = "別紙_平成30年度（案）.xlsx", "検討懇談会資料_平成30年度.xlsx"
NEXT_COUNCIL, NEXT_PROPOSAL = "検討懇談会資料_令和元年度.xlsx", "別紙_令和元年度（案）.xlsx"
RENAMED = ("子どもの未来応援事業", "子どもの未来応援・貧困対策事業")
ENDED, CONTRADICTED, MOVED = "病児保育事業", "産後ケア事業", "広報活動事業"
GREW, NEW = "児童家庭相談事業", "家事支援員派遣事業"


@dataclass(frozen=True)
class TwoYears:
    """``first`` and ``second`` are workspaces, ``previous`` the published list of the first."""

    first: Path
    second: Path

    @property
    def previous(self) -> Path:
        """FY2018's 別紙."""
        return self.first / "outbox" / PROPOSAL


def two_years(folder: Path) -> TwoYears:
    """FY2018 merged; the forms of FY2019 filled in, in the inbox, not merged yet."""
    years = TwoYears(example_workspace(folder / "平成30"), example_workspace(folder / "令和元"))
    assert run("merge", "--workspace", years.first).status == 0
    for path in (years.second / "inbox").iterdir():
        path.unlink()
    template = years.second / "templates" / "別紙_template.xlsx"
    book = openpyxl.load_workbook(template)
    for row in book["設定"].iter_rows():
        if row[0].value in (given := {"年度": "令和元年度", "基準日": "2019-03-29"}):
            row[1].value = given[row[0].value]
    book.save(template)
    done = run("distribute", "--workspace", years.second, "--previous", years.previous)
    assert done.status == 0, done.err
    for department in DEPARTMENTS:
        form = years.second / "outbox" / "様式" / f"{department}.xlsx"
        target = years.second / "inbox" / f"{department}.xlsx"
        _fill(form, target)
    kpi = {"2ア-1": {"actual_2015": 22, "actual_2016": 99, "actual_2017": 27}}
    path = years.second / "inbox" / "地域振興部.xlsx"
    fill(path, path, example_kpi_strategy(), indicators=kpi)
    return years


def _fill(form: Path, target: Path) -> None:
    """Last year's amounts again, but for what ``CHANGED`` says."""
    book = openpyxl.load_workbook(form)
    sheet, letters = book[layout.PROJECTS], project_letters(book, example_kpi_strategy())
    number = FIRST_ROW + 1

    def cell(name: str) -> openpyxl.cell.Cell:
        return sheet[f"{letters[name]}{number}"]

    while cell("name").value:
        name, budget = cell("name").value, cell("previous_budget").value
        if cell("relisted").value is None:
            cell("budget").value = budget * 3 if name == GREW else budget
        if name == RENAMED[0]:
            cell("name").value = RENAMED[1]
        if name == ENDED:
            cell("category").value = "終了"
        if name == CONTRADICTED:
            cell("category").value = "新規"
        if name == MOVED and cell("relisted").value is None:
            cell("measure").value, cell("number").value = "2ア 移住環境", 77
        number += 1
    if target.stem == "子育て支援部":
        made = {"measure": "1ア", "number": 50, "category": "新規", "name": NEW, "relevance": "◎"}
        for name, value in (made | {"budget": 900, "description": "人を確保する。"}).items():
            cell(name).value = value
    book.save(target)
