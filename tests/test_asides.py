"""What a department writes beside the values of its form is told (S103 to S105), and what the form
says itself is not. Workbooks with it go through a merge in ``tests/dirty/words.py``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sousei_xl.findings import Finding
from sousei_xl.forms.distribute import write_form
from sousei_xl.intake.read import read_one
from sousei_xl.intake.reading import Reading, SheetCells
from sousei_xl.intake.receive import receive
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.indicators import columns
from tests.builders import make_strategy

STRATEGY = make_strategy()
HEADINGS = [None, *(field.label for field in STRATEGY.fields)]
KPI = [None, *(column.label for column in columns(STRATEGY.settings) if column.name != "check")]


def sheet(rows: dict[int, list[Any]], name: str = "事業", **facts: Any) -> SheetCells:
    return replace(SheetCells(name, rows=tuple((n, tuple(r)) for n, r in rows.items())), **facts)


def project(name: str, *beside: Any, **typed: Any) -> list[Any]:
    values = {"施策": "2ア", "事業名": name, "関連性": "◎", "事業内容": "相談会を開く。", **typed}
    return [values.get(str(heading)) for heading in HEADINGS] + list(beside)


def form(department: str, *sheets: SheetCells) -> Reading:
    reply = sheet({1: ["年度", "平成30年度"], 2: ["部局名", department], 3: ["版", 1]}, "回答票")
    return Reading(f"{department}.xlsx", sheets=(reply, *sheets))


def told(*readings: Reading, strategy: Strategy = STRATEGY) -> list[Finding]:
    found = receive(readings, None, [], strategy).findings
    return [item for item in found if item.code in ("S103", "S104", "S105")]


def spots(*readings: Reading) -> list[tuple[str, str, str]]:
    return [(item.code, item.place.cell, item.value) for item in told(*readings)]


# --- S104 -----------------------------------------------------------------------------------------


def test_a_comment_is_about_its_row_or_about_the_department() -> None:
    rows = {3: HEADINGS, 4: project("移住相談")}
    kpi = {3: KPI, 4: [None, "2ア-1", *[None] * (len(KPI) - 2)]}
    found = told(
        form(
            "経済部",
            sheet(rows, comments={"F4": "改称予定です", "F3": "長い名前は？"}),
            sheet(kpi, "KPI", comments={"K4": "確報はいつですか", "A1": "未定です"}),
        )
    )
    assert [(f.place.sheet, f.place.cell, f.place.label, f.subject) for f in found] == [
        ("事業", "F4", "事業名", "移住相談"),
        ("事業", "F3", "", ""),
        ("KPI", "K4", KPI[10], ""),
        ("KPI", "A1", "", ""),
    ]
    assert found[0].place.row_id is not None
    assert [f.target for f in found[1:]] == ["経済部", "2ア-1", "経済部"]
    assert {(f.department, f.addressee, f.severity) for f in found} == {
        ("経済部", "事務局", "要確認")
    }
    assert "『改称予定です』" in found[0].message


# --- S105 -----------------------------------------------------------------------------------------


def test_words_beside_a_row_are_told_with_it() -> None:
    rows = {3: HEADINGS, 4: project("移住相談", None, "※要相談", 3), 5: project("定住支援", 5, 6)}
    [item] = told(form("経済部", sheet(rows)))
    last = chr(ord("A") + len(HEADINGS) + 1)
    assert (item.place.cell, item.value, item.subject) == (f"{last}4", "※要相談　3", "移住相談")
    assert item.place.row_id is not None


def test_what_formulas_give_is_nobodys_words() -> None:
    letter = chr(ord("A") + len(HEADINGS))
    rows = {1: [None, "入力済 1行"], 3: HEADINGS, 4: project("移住相談", "要")}
    assert spots(form("経済部", sheet(rows, formulas={letter: frozenset({4})}))) == []
    assert spots(form("経済部", sheet(rows))) == [("S105", f"{letter}4", "要")]


def test_a_column_of_the_departments_own_is_told_once() -> None:
    letter = chr(ord("A") + len(HEADINGS))
    rows = {3: [*HEADINGS, "備考欄", "整理番号"], 4: project("移住相談", "国の補助あり", 1)}
    rows |= {5: project("定住支援", "単独", 2), 7: [*HEADINGS, "備考欄", "整理番号"]}
    [item] = told(form("経済部", sheet(rows)))
    assert (item.place.cell, item.value) == (f"{letter}3", "備考欄")
    assert "2行" in item.message


def test_a_second_column_of_a_heading_is_told_elsewhere() -> None:
    rows = {3: [*HEADINGS, "事業名"], 4: project("移住相談", "旧名称")}
    reading = form("経済部", sheet(rows))
    assert spots(reading) == []
    assert "S101" in {f.code for f in receive([reading], None, [], STRATEGY).findings}


def test_what_stands_in_several_departments_forms_was_the_offices() -> None:
    rows = {1: ["※2月末までに提出"], 3: HEADINGS, 4: project("移住相談")}
    mine = {**rows, 2: ["遅れてすみません"]}
    mine = {number: mine[number] for number in sorted(mine)}
    alone = form("経済部", sheet(mine))
    assert spots(alone) == [
        ("S105", "A1", "※2月末までに提出"),
        ("S105", "A2", "遅れてすみません"),
    ]
    assert spots(alone, form("農政部", sheet(rows))) == [("S105", "A2", "遅れてすみません")]
    copy = replace(alone, file="写し.xlsx")
    assert len(spots(alone, copy)) == 4  # one department's own words


@pytest.mark.parametrize("prefilled", [False, True])
def test_what_the_form_says_itself_is_not_told(prefilled: bool, tmp_path: Path) -> None:
    strategy = make_strategy(fields=[("財源", "独自", "文字")])
    own = {field.name: "国" for field in strategy.own_fields}
    row = {"measure": "2ア", "name": "移住相談", "relevance": "◎", "budget": 100, **own}
    last = {"previous_number": 3, "previous_budget": 90} if prefilled else {}
    path = tmp_path / "経済部.xlsx"
    write_form(path, strategy, "経済部", projects=[row | last], prefilled=prefilled)
    reading = read_one(str(path), path.name)
    assert told(reading, strategy=strategy) == []
    # Neither where another program keeps no formulas.
    plain = [replace(cells, formulas={}) for cells in reading.sheets]
    assert told(replace(reading, sheets=tuple(plain)), strategy=strategy) == []
