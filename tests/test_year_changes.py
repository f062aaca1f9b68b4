"""Pairing of two lists as properties, guesses at renamings, and a list beside last year's."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sousei_xl.figures.changes import (
    COMPARED,
    DEPARTMENTS,
    Changes,
    Row,
    changed,
    compare,
    department_lines,
    pair,
    same_project,
)
from sousei_xl.figures.changes.former_names import former_names
from sousei_xl.figures.changes.names import guess_renamings, likely_renamings
from sousei_xl.figures.changes.year import Fate, YearChanges, compare_years
from sousei_xl.figures.last_year import LastRow, LastYear
from sousei_xl.sheets.council.changes_summary import Summary
from sousei_xl.strategy.fields import FORMER_MEASURE
from tests.builders import example_strategy

if TYPE_CHECKING:
    from sousei_xl.sheets.council.spans import Sections

BUDGET = "予算事業費（千円）"
NAMES = ("移住促進事業", "移住推進事業", "観光振興事業", "甲", "乙")


def row(name: str = "甲", measure: str = "2ア", number: int | None = 1, **cells: Any) -> Row:
    made = dict.fromkeys(COMPARED)
    made |= {"施策キー": measure, "番号": number, "事業名": name, "部局名": "経済部", BUDGET: 1000}
    return made | cells


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(NAMES),
        st.sampled_from(("1ア", "2ア")),
        st.sampled_from((1, 2, None)),
        部局名=st.sampled_from(("経済部", "農政部")),
        再掲=st.sampled_from((None, "再掲")),
        事業内容=st.sampled_from((None, "本文", "別文")),
    ),
    max_size=9,
)


def bag(rows: Any) -> Counter[str]:
    return Counter(repr(sorted(r.items(), key=str)) for r in rows)


def both_sides(changes: Changes) -> tuple[Counter[str], Counter[str]]:
    kept = (*changes.changed, *changes.renamed)
    old = bag([*changes.removed, *(c.before for c in kept), *changes.same])
    new = bag([*changes.added, *(c.row for c in kept), *changes.same])
    return old, new


@given(ROWS)
def test_a_list_does_not_differ_from_itself(rows: list[Row]) -> None:
    found = compare(rows, rows)
    assert not found
    assert list(found.same) == rows
    assert not guess_renamings(found)


@given(ROWS, ROWS)
def test_every_row_is_accounted_for_once(old: list[Row], new: list[Row]) -> None:
    found = compare(old, new)
    assert both_sides(found) == (bag(old), bag(new))
    assert both_sides(guess_renamings(found)) == (bag(old), bag(new))


def contents(changes: Changes) -> tuple[Any, ...]:
    pairs = [
        bag({"before": c.before, "after": c.row} for c in kept)
        for kept in (changes.changed, changes.renamed)
    ]
    return bag(changes.added), bag(changes.removed), bag(changes.same), *pairs


@given(ROWS, ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(old: list[Row], new: list[Row], chance: Any) -> None:
    shuffled = [chance.sample(rows, len(rows)) for rows in (old, new)]
    straight, mixed = compare(old, new), compare(*shuffled)
    assert contents(straight) == contents(mixed)
    assert contents(guess_renamings(straight)) == contents(guess_renamings(mixed))


@given(ROWS, ROWS)
def test_there_and_back_is_the_same(old: list[Row], new: list[Row]) -> None:
    there, back = compare(old, new), compare(new, old)
    assert (bag(there.added), bag(there.removed)) == (bag(back.removed), bag(back.added))
    assert len(there.changed) == len(back.changed)


@given(ROWS, ROWS)
def test_what_is_left_over_has_no_name_in_common(old: list[Row], new: list[Row]) -> None:
    found = compare(old, new)
    assert not {r["事業名"] for r in found.added} & {r["事業名"] for r in found.removed}


@given(ROWS, ROWS)
def test_a_former_name_is_one_projects_only(old: list[Row], new: list[Row]) -> None:
    partner = likely_renamings(old, new)
    assert len(set(partner.values())) == len(partner)
    for j, i in partner.items():
        near = old[i]["部局名"] == new[j]["部局名"] or old[i]["施策キー"] == new[j]["施策キー"]
        assert near
        assert bool(old[i]["再掲"]) is bool(new[j]["再掲"])


def test_an_original_stays_with_its_original() -> None:
    old = [row(measure="2ア"), row(measure="3ア", 再掲="再掲")]
    new = [row(measure="2イ"), row(measure="3イ", 再掲="再掲")]
    assert pair(old, new) == {0: 0, 1: 1}


def test_the_most_alike_names_go_together() -> None:
    old = [row("移住促進事業"), row("移住促進支援事業", number=2)]
    new = [row("移住・定住促進支援事業"), row("移住推進事業", number=2)]
    assert likely_renamings(old, new) == {0: 1, 1: 0}


def test_nothing_is_guessed_among_too_many() -> None:
    old = [row(f"移住促進事業その{n}") for n in range(400)]
    new = [row(f"移住推進事業その{n}") for n in range(400)]
    assert likely_renamings(old, new) == {}
    assert len(likely_renamings(old[:20], new[:20])) == 20


def test_the_fields_of_a_renamed_row_are_told() -> None:
    found = guess_renamings(compare([row("移住促進事業")], [row("移住推進事業", **{BUDGET: 5})]))
    [renamed] = found.renamed
    assert renamed == changed(row("移住促進事業"), row("移住推進事業", **{BUDGET: 5}))
    assert [field[0] for field in renamed.fields] == ["事業名", BUDGET]
    assert bool(found)


# --- years ----------------------------------------------------------------------------------------


def last(
    name: str,
    measure: str = "2ア",
    budget: int | str | None = 1000,
    department: str = "経済部",
    description: str = "",
    relisted: bool = False,
    relevance: str = "◎",
) -> LastRow:
    return LastRow(
        measure,
        measure,
        1,
        relisted,
        name,
        department,
        department,
        relevance,
        budget,
        description,
    )


def years(
    before: list[LastRow],
    now: list[Row],
    aside: list[tuple[Row, Fate]] | None = None,
    waiting: tuple[str, ...] = (),
) -> YearChanges:
    return compare_years(LastYear("x", 2017, tuple(before), {}), now, aside or [], waiting)


def names(rows: Any) -> list[str]:
    return [str(r["事業名"]) for r in rows]


def test_a_project_is_new_gone_kept_renamed_or_moved() -> None:
    found = years(
        [last("残る"), last("終わる"), last("移住促進事業"), last("移る", "1ア")],
        [row("残る"), row("新しい"), row("移住推進事業"), row("移る", "2ア")],
    )
    assert names(found.new) == ["新しい"]
    assert [(g.before.name, g.fate) for g in found.gone] == [("終わる", "掲載なし")]
    assert [(k.before.name, k.row["事業名"]) for k in found.renamed] == [
        ("移住促進事業", "移住推進事業")
    ]
    assert [k.before.name for k in found.moved] == ["移る"]
    assert len(found.kept) == 3


class Figures:
    """Takes the lines of a summary instead of a sheet."""

    def __init__(self) -> None:
        self.row, self.lines, self.headings = 0, {}, list[str]()

    def heading(self, _: str, spans: Any) -> None:
        self.headings = [span.heading for span in spans[1:]]

    def figures(self, cells: Any, *_: Any) -> None:
        self.row += 1
        self.lines[str(cells[0]).strip("　－＋ ")] = [getattr(c, "value", c) for c in cells[1:]]


@pytest.mark.parametrize("goal", [2, 9])
def test_a_project_whose_measure_is_no_more_stays_in_its_goal(goal: int) -> None:
    """Unless the goal is no more either."""
    before = [replace(last(name), measure="", goal=goal) for name in ("残る", "移る", "終わる")]
    found = years(before, [row("残る", "2ア"), row("移る", "3ア")])
    shown = Figures()
    Summary(example_strategy(), before, found).write(cast("Sections", shown))
    kept = goal == 2
    assert ("今年度にない\n施策・不明" in shown.headings) is not kept
    place = shown.headings.index("基本目標2" if kept else "今年度にない\n施策・不明")
    assert shown.lines["前年度の事業数"][place] == 3
    assert shown.lines["前年度の予算（再掲を除く）"][place] == 3000
    assert shown.lines["ほかの基本目標へ移った事業"][place] == (1 if kept else 2)


def test_a_list_without_measures_says_nothing_about_moves() -> None:
    found = years([last("甲", measure="")], [row("甲")])
    assert (len(found.kept), found.moved) == (1, ())


def test_what_a_department_says_is_no_guess() -> None:
    ended: list[tuple[Row, Fate]] = [(row("移住促進事業"), "終了")]
    found = years([last("移住促進事業")], [row("移住推進事業")], ended)
    assert names(found.new) == ["移住推進事業"]
    assert [g.fate for g in found.gone] == ["終了"]
    found = years([last("移住促進事業")], [row("移住推進事業", 掲載区分="新規")])
    assert (len(found.new), len(found.gone), len(found.renamed)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("note", "former"),
    [
        ("甲事業", ["甲事業"]),
        ("「甲 事業」。", ["甲事業"]),
        ("甲事業、乙事業", ["甲事業", "乙事業"]),
        ("甲事業\n乙事業", ["甲事業", "乙事業"]),
        ("旧：乙事業、甲事業", ["乙事業", "甲事業"]),
        ("旧事業名　甲事業（拡充のため増）", ["甲事業"]),
        ("前年度は「甲事業」として実施", ["甲事業"]),
        ("前の名前は、甲事業です。乙事業とは別", ["甲事業"]),
        ("名称変更（甲事業→丙事業）", ["甲事業"]),
        ("甲事業から変更", ["甲事業"]),
        ("甲事業から丙事業に変更", ["甲事業"]),
        ("「甲事業」から「丙事業」へ名称を変更した。", ["甲事業"]),
        ("甲事業を改称", ["甲事業"]),
        ("甲事業及び乙事業の統合", ["甲事業", "乙事業"]),
        ("旧新甲事業", ["新甲事業"]),  # not 甲事業, which stands in it
        (f"{FORMER_MEASURE}旧甲事業\n旧乙事業", ["乙事業"]),
        (f"{FORMER_MEASURE}旧甲事業", []),
        ("甲事業と連携して実施", []),
        ("甲事業とは別に計上", []),
        ("旧甲事業とは別", []),
        ("甲事業から変更なし", []),
        ("甲事業を拡充。旧館の改修", []),
        ("甲事業の旧館の改修", []),
        ("甲事業に統合", []),
        ("甲事業から財源を変更", []),
        ("甲事業と連携\n統合により増額", []),
        ("", []),
    ],
)
def test_what_a_note_says_to_be_a_former_name(note: str, former: list[str]) -> None:
    assert former_names(note, {"甲事業", "乙事業", "新甲事業"}) == former


@pytest.mark.parametrize("note", ["甲" * 32_000 + "変更", "甲から" * 10_000 + "に", "旧" * 32_000])
def test_a_note_that_fills_its_cell_is_read_in_no_time(note: str) -> None:
    began = time.process_time()
    assert former_names(note, {"甲", "甲甲"}) == []
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        ({"事業名": "丙"}, [("甲", "丙", True)]),
        ({"事業名": "丙", "掲載区分": "新規"}, []),
        ({"事業名": "丁"}, [("丁", "丁", True)]),
    ],
    ids=["under a new name", "as a new one", "into one that was there"],
)
def test_what_is_united_has_become_another(now: dict[str, str], kept: list[Any]) -> None:
    united = {**row(), "備考": "旧：甲、乙", **now}
    found = years([last("甲"), last("乙"), last("丁")], [united])
    assert [(k.before.name, k.row["事業名"], k.united) for k in found.kept] == kept
    told = {g.before.name: g.fate for g in found.gone}
    expected: dict[str, Fate] = {"甲": "統合", "乙": "統合", "丁": "掲載なし"}
    assert told == {n: f for n, f in expected.items() if n not in {name for name, _, _ in kept}}


@pytest.mark.parametrize(("measure", "fate"), [("1ア", "終了"), ("", "確認中")])
def test_what_is_listed_is_found_before_what_is_not(measure: str, fate: Fate) -> None:
    """甲 moved to another measure; its former row, or a second one, is not listed."""
    found = years([last("甲", "1ア")], [row("甲", "2ア")], [(row("甲", measure), fate)])
    assert [k.before.name for k in found.moved] == ["甲"]
    assert (found.new, found.gone) == ((), ())


def test_a_new_project_of_another_department_and_measure_has_only_the_name() -> None:
    new = row("甲", "2ア", 部局名="農政部", 掲載区分="新規")
    ended: list[tuple[Row, Fate]] = [(row("甲", "1ア"), "終了")]
    found = years([last("甲", "1ア")], [new], ended)
    assert (names(found.new), [g.fate for g in found.gone]) == (["甲"], ["終了"])


def test_what_has_not_come_yet_is_not_gone() -> None:
    found = years(
        [last("甲"), last("乙", department="農政部"), last("丙")],
        [],
        [(row("丙", ""), "確認中")],
        ("農政部",),
    )
    fates = {g.before.name: g.fate for g in found.gone}
    assert fates == {"甲": "掲載なし", "乙": "未提出", "丙": "確認中"}


@pytest.mark.parametrize(
    ("before", "after", "changed", "difference"),
    [
        (1000, 1000, False, 0),
        (1000, 1200, True, 200),
        ("内数", 1200, True, None),
        ("内数", "内数", False, None),
        (0, None, True, None),
    ],
)
def test_budgets(before: Any, after: Any, changed: bool, difference: int | None) -> None:
    known = [last("ほか", budget=5)], [row("ほか", **{BUDGET: 5})]
    found = years([last("甲", budget=before), *known[0]], [row(**{BUDGET: after}), *known[1]])
    assert [k.before.name for k in found.with_other_budget] == (["甲"] if changed else [])
    assert found.kept[0].difference == difference


def test_a_list_without_amounts_and_texts_is_not_compared_in_these() -> None:
    found = years([last("甲", budget=None, relevance="")], [row(関連性="◎", 事業内容="本文")])
    assert (found.with_other_budget, found.reworded) == ((), ())


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("平成29年度は実施する。", "平成30年度は実施する。", False),
        ("Ｈ３０年度の実施", "R1年度の実施", False),
        ("令和元年度の実施", "令和2年度の実施", False),
        ("相談を行う。", "相談と紹介を行う。", True),
        ("3回行う。", "4回行う。", True),
    ],
)
def test_a_text_that_moved_on_by_a_year_is_the_same(before: str, after: str, told: bool) -> None:
    found = years([last("甲", description=before)], [row(事業内容=after, 関連性="◎")])
    expected = [("事業内容", before, after)] if told else []
    assert [field for change in found.reworded for field in change.fields] == expected


def test_relisted_rows_of_what_is_kept_are_compared_and_no_others() -> None:
    found = years(
        [
            last("移住促進事業"),
            last("移住促進事業", "3ア", relisted=True),
            last("終わる"),
            last("終わる", "3ア", relisted=True),
            last("甲"),
            last("甲", "4ア", relisted=True),
        ],
        [
            row("移住推進事業"),
            row("移住推進事業", "3ア", 再掲="再掲"),
            row("新しい", 掲載区分="新規"),
            row("新しい", "3ア", 再掲="再掲"),
            row("甲"),
            row("甲", "4イ", 再掲="再掲"),
            row("甲", "4ウ", 再掲="再掲"),
        ],
    )
    assert names(found.new) == ["新しい"]
    assert names(found.relisted.same) == ["移住推進事業"]
    assert found.relisted.removed == ()
    [moved] = found.relisted.changed
    assert (moved.before["施策キー"], moved.row["施策キー"]) == ("4ア", "4イ")
    assert [r["施策キー"] for r in found.relisted.added] == ["4ウ"]


def test_relisted_rows_go_with_the_project_of_their_department() -> None:
    """Two departments have a project of one name; the other one's got another, or is gone."""
    before = [
        last("相談事業", "1ア", description="企業の相談"),
        last("相談事業", "1イ", department="農政部", description="農家の相談に応じます"),
        last("相談事業", "1ウ", department="福祉部"),
        last("相談事業", "2ア", relisted=True),
        last("相談事業", "3ア", department="福祉部", relisted=True),
        last("相談事業", "4ア", department="総務部", relisted=True),  # whose it is, nobody knows
    ]
    now = [
        row("相談事業", "1ア", 事業内容="企業の相談"),
        row("営農相談事業", "1イ", 部局名="農政部", 事業内容="農家の相談に応じます"),
        row("相談事業", "2ア", 再掲="再掲"),
    ]
    found = years(before, now)
    assert [k.before.department for k in found.kept] == ["経済部", "農政部"]
    assert names(found.relisted.same) == ["相談事業"]
    assert not found.relisted


def test_a_relisted_row_of_another_department_goes_with_the_only_one_of_its_name() -> None:
    before = [last("甲"), last("甲", "3ア", department="農政部", relisted=True)]
    found = years(before, [row("甲"), row("甲", "3ア", 再掲="再掲")])
    assert names(found.relisted.same) == ["甲"]
    assert not found.relisted


def test_a_relisted_row_goes_with_the_first_of_its_department() -> None:
    before = [last("甲", "1ア"), last("甲", "1イ"), last("甲", "3ア", relisted=True)]
    found = years(before, [row("甲", "1ア"), row("甲", "3ア", 再掲="再掲")])
    assert names(found.relisted.same) == ["甲"]
    assert not found.relisted


LAST_ROWS = st.lists(
    st.builds(
        last,
        st.sampled_from(NAMES),
        st.sampled_from(("1ア", "2ア", "")),
        st.sampled_from((1000, 5, "内数", None)),
        st.sampled_from(("経済部", "農政部")),
        relisted=st.booleans(),
    ),
    max_size=8,
)


@given(LAST_ROWS, ROWS)
def test_every_project_of_both_years_stands_in_one_place(
    before: list[LastRow], now: list[Row]
) -> None:
    found = years(before, now)
    there = LastYear("x", None, tuple(before), {}).projects
    assert len(found.gone) + len(found.kept) == len(there)
    here = [r for r in now if not r["再掲"]]
    assert bag([*found.new, *(k.row for k in found.kept), *found.twins]) == bag(here)
    kept = {(k.row["施策キー"], k.row["事業名"], k.row["部局名"]) for k in found.kept}
    assert all((r["施策キー"], r["事業名"], r["部局名"]) in kept for r in found.twins)


@pytest.mark.parametrize("mark", [None, "新規"])
def test_a_project_that_stands_twice_is_compared_once(mark: str | None) -> None:
    """Two 課 sent it; the other is no new project."""
    rows = [row("甲", **{BUDGET: 70}, 番号=1, 掲載区分=mark), row("甲", **{BUDGET: 64}, 番号=2)]
    found = years([last("甲", budget=64), last("乙")], rows)
    assert (found.new, names(found.twins)) == ((), ["甲"])
    assert names(k.row for k in found.kept) == ["甲"]
    assert [g.before.name for g in found.gone] == ["乙"]
    # Under another measure, of another department, or unknown last year, it is a row like any.
    others = [row("甲", "3ア"), row("甲", 部局名="農政部"), row("丙"), row("丙")]
    assert years([last("甲")], [row("甲"), *others]).twins == ()


PROJECTS = st.lists(
    st.builds(
        row,
        st.sampled_from(NAMES),
        st.sampled_from(("1ア", "2ア")),
        st.sampled_from((1, 2)),
        部局名=st.sampled_from(("経済部", "農政部")),
        掲載区分=st.sampled_from((None, "新規", "継続")),
    ),
    max_size=7,
    unique_by=lambda r: (r["施策キー"], r["事業名"], r["部局名"]),
)


@given(PROJECTS, PROJECTS)
def test_compare_and_the_councils_page_judge_alike(old: list[Row], new: list[Row]) -> None:
    before = [
        LastRow(
            *(r["施策キー"],) * 2,
            r["番号"],
            False,
            r["事業名"],
            *(r["部局名"],) * 2,
            "",
            r[BUDGET],
            "",
            category=r["掲載区分"] or "",
        )
        for r in old
    ]
    found = compare([r.data for r in before], new, same=same_project)
    found = guess_renamings(found, later="new")
    page = years(before, new)
    assert bag(page.new) == bag(found.added)
    assert bag(g.before.data for g in page.gone) == bag(found.removed)
    assert bag(k.row for k in page.renamed) == bag(c.row for c in found.renamed)


def test_a_department_with_a_dot_owns_what_it_had() -> None:
    """観光・スポーツ部 is one department, and its 備考 is about its own projects."""
    sports = "観光・スポーツ部"
    found = years(
        [last("甲事業", department=sports)], [row("乙", 部局名=sports, 備考="旧：甲事業")]
    )
    assert [k.before.name for k in found.kept] == ["甲事業"]
    assert not found.new + found.gone


def test_departments_are_the_same_by_their_whole_names() -> None:
    """Of two finished workbooks, too, where nobody knows the departments."""

    def same(one: str, other: str, *told: list[str]) -> bool:
        rows = [row("甲", "1ア", 部局名=one), row("甲", "2ア", 部局名=other, 掲載区分="新規")]
        for made, names in zip(rows, told, strict=False):
            made[DEPARTMENTS] = department_lines(names[0], names)
        return same_project(*rows)

    assert not same("観光・スポーツ部", "観光・文化部")
    assert same("観光・スポーツ部・経済部", "経済部")
    assert same("観光・スポーツ部", "経済部・観光・スポーツ部")
    assert not same("産業・労働部", "労働部", ["産業・労働部"], ["労働部"])
    assert same(
        "経済部・産業・労働部", "農政部・経済部", ["経済部", "産業・労働部"], ["農政部", "経済部"]
    )
