"""What holds for any inbox: order of arrival, figures, ledger, garbage in any cell.

Deterministic, so that a red run is a property of the code; SOUSEI_FUZZ=<examples> looks further.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sousei_xl import amounts, eras, text
from sousei_xl.figures.totals import totals
from sousei_xl.findings import Place
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import Correction, Intake, ListResult, OfficeSheet, RawRow, Submission
from tests.builders import LETTERS, intake, make_strategy, raw, rows_by_id, submission

FUZZ = int(os.environ.get("SOUSEI_FUZZ", "0"))
STRATEGY = make_strategy(
    departments=[(1, "経済部", "商工部"), (2, "農政部"), (3, "観光・文化部")],
    fields=[("財源", "独自", "選択", "いいえ", None, "国、道、市"), ("コード", "独自", "整数")],
)
DEPARTMENTS = tuple(d.name for d in STRATEGY.departments)
MEASURES = tuple(STRATEGY.measure_by_key)
UNITS = ("", "商工課", "産業 課")


def rules(examples: int) -> settings:
    return settings(
        max_examples=FUZZ or examples,
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        derandomize=not FUZZ,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


# --- valid lists ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Project:
    """A project and the measures that list it; the first one has the original."""

    name: str
    department: str
    measures: tuple[str, ...]
    kind: str | None
    budget: int
    new: bool


@st.composite
def projects(draw: st.DrawFn) -> list[Project]:
    count = draw(st.integers(1, 8))
    return [
        Project(
            name=f"事業{i}",
            department=draw(st.sampled_from(DEPARTMENTS)),
            measures=tuple(
                sorted(draw(st.sets(st.sampled_from(MEASURES[:6]), min_size=1, max_size=3)))
            ),
            kind=draw(st.sampled_from([None, None, None, "未定", "内数", "０予算"])),
            budget=draw(st.integers(0, 10_000_000)),
            new=draw(st.booleans()),
        )
        for i in range(count)
    ]


def cells_of(listed: list[Project]) -> list[dict[str, Any]]:
    """The rows of the form, numbered through within each measure."""
    numbers: Counter[str] = Counter()
    rows = []
    for project in listed:
        for position, measure in enumerate(project.measures):
            numbers[measure] += 1
            amount = project.budget if project.kind is None else None
            rows.append(
                {
                    "measure": measure,
                    "number": numbers[measure],
                    "relisted": "再掲" if position else None,
                    "category": "新規" if project.new and not position else None,
                    "name": project.name,
                    "department": project.department,
                    "relevance": "○" if position else "◎",
                    "budget_kind": None if position else project.kind,
                    "budget": None if position else amount,
                    "description": None if position else "本文",
                }
            )
    return rows


def deal(rows: list[dict[str, Any]], data: st.DataObject) -> Intake:
    """The rows in any order, each in one of its department's files, the files in any order."""
    dealt: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for cells in data.draw(st.permutations(rows)):
        owner = text.nfkc(cells["department"])
        unit = data.draw(st.sampled_from(UNITS))
        dealt.setdefault((owner, unit), []).append(cells)
    files = data.draw(st.permutations(sorted(dealt)))
    made: list[Submission] = []
    row_id = 0
    for owner, unit in files:
        file = f"{owner}_{unit}.xlsx"
        mine = []
        for cells in dealt[owner, unit]:
            row_id += 1
            mine.append(raw(row_id, file, **cells))
        made.append(submission(mine, owner, unit=unit))
    return intake(made)


def shown(result: ListResult) -> list[dict[str, Any]]:
    """The list without row ids: an original is told by its place."""
    place = {row.row_id: f"{row.measure}-{row.name}" for row in result.listed}
    return [
        {**row, "row_id": None, "original": place.get(row["original"], "")}
        for row in rows_by_id(result).values()
    ]


def said(result: ListResult) -> Counter[tuple[str, str, str, str]]:
    return Counter((f.code, f.target, f.place.label, f.value) for f in result.findings)


@given(projects(), st.data())
@rules(30)
def test_a_valid_list_is_the_same_however_it_arrives(
    listed: list[Project], data: st.DataObject
) -> None:
    rows = cells_of(listed)
    first, second = (merge(deal(rows, data), STRATEGY) for _ in range(2))
    assert shown(first) == shown(second)
    assert said(first) == said(second)
    assert not [f for f in first.findings if f.severity == "要修正"]
    assert len(first.listed) == len(rows)
    positions = [(STRATEGY.measure_order[r["measure"]], r["number"]) for r in shown(first)]
    assert positions == sorted(positions)


@given(projects(), st.data())
@rules(30)
def test_subtotals_equal_a_count_by_hand(listed: list[Project], data: st.DataObject) -> None:
    figures = totals(merge(deal(cells_of(listed), data), STRATEGY).listed, STRATEGY)
    expected = {g.number: [0, 0, 0, 0, 0] for g in STRATEGY.goals}
    by_department = dict.fromkeys(DEPARTMENTS, 0)
    for project in listed:
        amount = project.budget if project.kind is None else 0
        for position, measure in enumerate(project.measures):
            figure = expected[int(measure[0])]
            figure[0] += 1
            figure[1] += 1 if position else 0
            figure[2] += amount
            figure[3] += 0 if position else amount
            figure[4] += 1 if project.kind == "未定" else 0
            by_department[project.department] += amount
    found = {g.goal: [g.rows, g.relisted, g.gross, g.net, g.undecided] for g in figures.goals}
    assert found == expected
    total = figures.total
    assert [total.rows, total.relisted, total.gross, total.net, total.undecided] == [
        sum(column) for column in zip(*expected.values(), strict=True)
    ]
    assert {d.label: d.gross for d in figures.departments} == by_department
    assert sum(m.gross for m in figures.measures) == total.gross
    assert figures.new == sum(p.new for p in listed)


# Rows as careless people mark them: repetitions unmarked, before the original, ended, held.
CARELESS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["甲", "（新）甲", "甲 ", "乙", "データ"]),
            "department": st.sampled_from([*DEPARTMENTS, "経済部・農政部"]),
            "measure": st.sampled_from([*MEASURES[:4], None, "9ア"]),
            "number": st.integers(1, 3),
            "relisted": st.sampled_from([None, "再掲"]),
            "category": st.sampled_from([None, None, None, "新規", "終了"]),
            "relevance": st.sampled_from(["◎", "○", "×"]),
            "budget": st.sampled_from([None, 0, 1000, "未定"]),
            "description": st.sampled_from([None, "本文", "別の文"]),
        }
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda r: (text.key(r["name"]), r["department"].split("・")[0], r["measure"]),
)


@given(CARELESS, st.data())
@rules(60)
def test_a_careless_list_is_the_same_however_it_arrives(
    rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    first, second = (merge(_one_file_each(rows, data), STRATEGY) for _ in range(2))
    assert shown(first) == shown(second)
    assert said(first) == said(second)


def _one_file_each(rows: list[dict[str, Any]], data: st.DataObject) -> Intake:
    """One file per department, whose rows come in any order."""
    files: dict[str, list[RawRow]] = {d: [] for d in DEPARTMENTS}
    for row_id, cells in enumerate(data.draw(st.permutations(rows)), 1):
        joint = cells["department"] not in DEPARTMENTS
        owner = DEPARTMENTS[0] if joint else cells["department"]
        files[owner].append(raw(row_id, f"{owner}.xlsx", **cells))
    return intake(submission(mine, owner) for owner, mine in files.items())


# --- garbage --------------------------------------------------------------------------------------

NASTY = [
    "", " ", "\u2003", "\u3000", "\ufeff", "\x00", "\x1c", "\x85", "\ud800", "\udfff甲", "\uffff",
    "=1+1", "http://x", "9" * 5000, "1" * 30 + ".5", "字" * 33_000, "-", "▲", "（）", "・",
    "経済部・", "2ア-1", "nan円", "1e400円", "１２，０００千円", "未定", "内数", "再掲", "終了",
    "（新）", "（新）甲", "◎", "〇", "#REF!", "{value}", "%s", "平成元年度は", "平成99年度は",
    "1,2,3", "٣", "②", "½", "Ⅳ",
]  # fmt: skip
GARBAGE = st.one_of(
    st.none(),
    st.sampled_from(NASTY),
    st.text(max_size=12),
    st.text(alphabet="0123456789,.-▲△()（）千百万億円未定内数予算 　", max_size=9),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)
NAMES = [*LETTERS, "own_1", "own_2", "previous_number", "previous_budget"]
VALID = {
    "measure": "2ア",
    "number": 1,
    "name": "甲",
    "department": "経済部",
    "relevance": "◎",
    "budget": 1000,
    "description": "本文",
    "own_1": None,
    "own_2": None,
}


@st.composite
def garbage_rows(draw: st.DrawFn) -> list[RawRow]:
    """Rows with a few cells of garbage, error values or formulas without a result."""
    rows = []
    for row_id in range(1, draw(st.integers(1, 4)) + 1):
        spoilt = draw(st.dictionaries(st.sampled_from(NAMES), GARBAGE, max_size=5))
        broken = draw(st.sets(st.sampled_from([*LETTERS, "own_1"]), max_size=2))
        made = raw(row_id, "経済部.xlsx", **{**VALID, **spoilt, **dict.fromkeys(broken)})
        split = draw(st.integers(0, len(broken)))
        errors = sorted(broken)[:split]
        rows.append(
            replace(
                made,
                errors=dict.fromkeys(errors, "#REF!"),
                uncached=frozenset(broken) - frozenset(errors),
            )
        )
    return rows


def accounted(result: ListResult) -> list[int]:
    held = [h.raw.row_id for h in result.held]
    withdrawn = [w.raw.row_id for w in result.withdrawn]
    return sorted([*(row.row_id for row in result.listed), *held, *withdrawn])


def check_account(result: ListResult, rows: list[RawRow]) -> None:
    assert result.ledger.balanced
    assert result.ledger.read == len(rows)
    assert result.ledger.listed == len(result.listed)
    assert accounted(result) == sorted(r.row_id for r in rows)
    assert all(h.findings for h in result.held)
    figures = totals(result.listed, STRATEGY)
    assert sum(g.rows for g in figures.goals) == figures.total.rows == len(result.listed)
    assert sum(d.rows for d in figures.departments) == figures.total.rows


@given(garbage_rows())
@rules(120)
def test_garbage_never_raises_and_never_vanishes(rows: list[RawRow]) -> None:
    result = merge(intake([submission(rows)]), STRATEGY)
    check_account(result, rows)
    check_nothing_passes_in_silence(result, rows)
    for item in result.findings:
        assert item.place.row_id is None or item.place.cell
        parts = (item.message, item.cure, item.value, item.subject, item.target, item.expected)
        assert not any(map(text.unprintable, parts))
        assert max(map(len, parts)) < 10_000


def check_nothing_passes_in_silence(result: ListResult, rows: list[RawRow]) -> None:
    """What is not taken as typed has a finding at its cell, or a relisted row's original wins."""
    told = {(f.place.row_id, f.place.field) for f in result.findings}
    typed = {r.row_id: r.values for r in rows}
    for row_id, listed in rows_by_id(result).items():
        for name in ("number", "relevance", "category", "budget_kind", "budget", "own_1", "own_2"):
            cell = typed[row_id].get(name)
            uncounted = name == "budget" and listed["budget_kind"] in ("未定", "内数")
            if text.is_blank(cell) or uncounted or listed["relisted"] or (row_id, name) in told:
                continue
            assert text.to_text(listed[name]) == text.to_text(cell), (row_id, name)


@st.composite
def corrections(draw: st.DrawFn) -> tuple[Correction, ...]:
    targets = [
        "2ア-1",
        "2ア-1 甲",
        "2ア 甲",
        "甲",
        "",
        "-",
        "2ア-",
        "２ア－１",
        "経済部",
        "字" * 40_000,
    ]
    fields = [
        "番号",
        "施策",
        "事業名",
        "予算事業費",
        "掲載区分",
        "再掲",
        "部局名",
        "コード",
        "",
        "？",
    ]
    return tuple(
        Correction(
            Place("事務局修正.xlsx", "修正", i, f"A{i}"),
            draw(st.one_of(st.sampled_from(targets), st.text(max_size=8))),
            draw(st.sampled_from(["修正", "掲載しない", "順番", "", "？"])),
            draw(st.sampled_from(fields)),
            draw(GARBAGE),
            draw(GARBAGE),
            "",
            "",
            "",
        )
        for i in range(5, 5 + draw(st.integers(0, 3)))
    )


@given(garbage_rows(), corrections())
@rules(60)
def test_garbage_from_the_office_never_raises(
    rows: list[RawRow], sheet: tuple[Correction, ...]
) -> None:
    result = merge(intake([submission(rows)], OfficeSheet(corrections=sheet)), STRATEGY)
    check_account(result, rows)
    assert len(result.corrections) == len(sheet)


@given(st.lists(st.tuples(garbage_rows(), st.integers(0, 3), st.sampled_from(UNITS)), max_size=4))
@rules(30)
def test_the_ledger_balances_whatever_replaces_what(
    files: list[tuple[list[RawRow], int, str]],
) -> None:
    made, row_id = [], 0
    for position, (rows, edition, unit) in enumerate(files):
        mine = []
        for row in rows:
            row_id += 1
            mine.append(replace(row, row_id=row_id, file=f"{position}.xlsx"))
        made.append(submission(mine, DEPARTMENTS[position % 2], unit=unit, edition=edition))
    result = merge(intake(made), STRATEGY)
    superseded = {f.file for f in result.files if f.outcome == "superseded"}
    counting = [r for s in made if s.file not in superseded for r in s.rows]
    assert result.ledger.balanced
    assert result.ledger.read == row_id
    assert result.ledger.superseded == row_id - len(counting)
    assert accounted(result) == sorted(r.row_id for r in counting)


@given(GARBAGE)
@rules(300)
def test_every_parser_takes_anything(value: Any) -> None:
    spellings = text.spellings({"国": ("くに",)})
    for parsed in (amounts.parse_integer(value), text.tidy(value), text.tidy_name(value)):
        assert parsed.value is None or not parsed.problem or parsed.problem == "newline"
    money = amounts.parse_money(value)
    assert not (money.problem and (money.kind or money.amount is not None))
    assert money.amount is None or abs(money.amount) < amounts.LARGEST
    assert isinstance(text.choice(value, spellings), text.Parsed)
    year, day = eras.parse_fiscal_year(value), eras.parse_date(value)
    assert year is None or 1926 <= year <= 2200
    assert day is None or isinstance(day, dt.date)
    assert text.is_blank(value) <= (text.key(text.to_text(value)) == "")
