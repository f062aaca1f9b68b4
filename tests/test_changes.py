"""figures/changes: which rows come, go and change between two lists."""

from __future__ import annotations

from typing import Any

import pytest

from sousei_xl.figures.changes import COMPARED, Changes, Row, compare, target

BUDGET = "予算事業費（千円）"


def row(name: str = "甲", measure: str = "2ア", number: int = 1, **cells: Any) -> dict[str, Any]:
    made = {
        "施策キー": measure,
        "番号": number,
        "再掲": "",
        "掲載区分": "",
        "事業名": name,
        "部局名": "経済部",
        "関連性": "◎",
        "予算区分": "",
        BUDGET: 1000,
        "事業内容": "本文",
    }
    assert set(made) == set(COMPARED)
    return made | cells


def summary(changes: Changes) -> tuple[list[str], list[str], list[tuple[str, list[str]]]]:
    def named(rows: tuple[Row, ...]) -> list[str]:
        return [f"{target(r)} {r['事業名']}" for r in rows]

    changed = [(target(c.row), [heading for heading, _, _ in c.fields]) for c in changes.changed]
    return named(changes.added), named(changes.removed), changed


RE = {"再掲": "再掲"}

# (what it is, old list, new list, added, removed, changed fields by target)
CASES: list[tuple[str, list[Any], list[Any], list[str], list[str], list[tuple[str, list[str]]]]] = [
    ("nothing", [row()], [row()], [], [], []),
    ("both empty", [], [], [], [], []),
    ("a first list", [], [row()], ["2ア-1 甲"], [], []),
    ("nothing left", [row()], [], [], ["2ア-1 甲"], []),
    ("float for integer", [row()], [row(**{BUDGET: 1000.0, "番号": 1.0})], [], [], []),
    ("None for blank", [row()], [row(**{"再掲": None})], [], [], []),
    ("an amount", [row()], [row(**{BUDGET: 900})], [], [], [("2ア-1", [BUDGET])]),
    ("an amount that is given", [row(**{BUDGET: None})], [row()], [], [], [("2ア-1", [BUDGET])]),
    (
        "a spelling is a change, not another project",
        [row("ＩＣＴ 事業")],
        [row("ICT事業")],
        [],
        [],
        [("2ア-1", ["事業名"])],
    ),
    ("a number", [row()], [row(number=2)], [], [], [("2ア-2", ["番号"])]),
    ("another measure", [row()], [row(measure="3ア")], [], [], [("3ア-1", ["施策キー"])]),
    (
        "another department",
        [row()],
        [row(**{"部局名": "農政部"})],
        [],
        [],
        [("2ア-1", ["部局名"])],
    ),
    (
        "another name is another project",
        [row("甲")],
        [row("乙")],
        ["2ア-1 乙"],
        ["2ア-1 甲"],
        [],
    ),
    (
        "a relisted row comes",
        [row()],
        [row(), row(measure="3ア", **RE)],
        ["3ア-1 甲"],
        [],
        [],
    ),
    (
        "the original goes, the relisted row stays",
        [row(), row(measure="3ア", **RE)],
        [row(measure="3ア", **RE)],
        [],
        ["2ア-1 甲"],
        [],
    ),
    (
        "the same name in two departments",
        [row(), row(number=2, **{"部局名": "農政部"})],
        [row(number=2, **{"部局名": "農政部", BUDGET: 5}), row()],
        [],
        [],
        [("2ア-2", [BUDGET])],
    ),
    (
        "the order of arrival says nothing",
        [row("甲"), row("乙", number=2)],
        [row("乙", number=2), row("甲")],
        [],
        [],
        [],
    ),
    (
        "twice in both, once changed",
        [row(), row(number=2)],
        [row(), row(number=3)],
        [],
        [],
        [("2ア-3", ["番号"])],
    ),
    (
        "several fields in the order of the sheet",
        [row()],
        [row(**{"事業内容": "別", "関連性": "○", "掲載区分": "新規"})],
        [],
        [],
        [("2ア-1", ["掲載区分", "関連性", "事業内容"])],
    ),
    ("a blank kind of budget is 当初", [row()], [row(**{"予算区分": "当初"})], [], [], []),
    (
        "another kind of budget",
        [row()],
        [row(**{"予算区分": "内数"})],
        [],
        [],
        [("2ア-1", ["予算区分"])],
    ),
    ("what is not compared", [row()], [row(**{"財源": "国", "初出": "1ア-1"})], [], [], []),
]


@pytest.mark.parametrize(
    ("old", "new", "added", "removed", "changed"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_changes(
    old: list[Row],
    new: list[Row],
    added: list[str],
    removed: list[str],
    changed: list[tuple[str, list[str]]],
) -> None:
    changes = compare(old, new)
    assert summary(changes) == (added, removed, changed)
    assert bool(changes) is bool(added or removed or changed)


def test_values_before_and_after_are_text() -> None:
    [change] = compare([row(**{BUDGET: None})], [row(**{BUDGET: 900.0})]).changed
    assert change.fields == ((BUDGET, "", "900"),)
    assert change.row[BUDGET] == 900.0


def test_every_row_has_one_partner_at_most() -> None:
    old = [row(number=n) for n in range(1, 4)]
    new = [row(number=n, measure=m) for n, m in ((1, "2ア"), (2, "3ア"), (3, "4ア"), (4, "4イ"))]
    changes = compare(old, new)
    assert len(changes.added) + len(changes.changed) + 1 == len(new)
    assert len(changes.removed) == 0


def test_rows_come_in_the_order_of_their_list() -> None:
    changes = compare([row(n) for n in "戊丁丙"], [row(n) for n in "乙甲"])
    assert [r["事業名"] for r in changes.added] == ["乙", "甲"]
    assert [r["事業名"] for r in changes.removed] == ["戊", "丁", "丙"]


def test_headings_that_are_missing_are_blank() -> None:
    changes = compare([{"事業名": "甲"}], [{"事業名": "甲", "関連性": "◎"}])
    assert summary(changes) == ([], [], [("-", ["関連性"])])
