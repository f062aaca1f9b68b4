"""The sheets 施策体系 and 部局."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sousei_xl import amounts, text
from sousei_xl.strategy import Department, Goal, Measure
from sousei_xl.strategy.load.table import (
    CALLED,
    DEPARTMENT_COLUMNS,
    DEPARTMENTS,
    MEASURE_COLUMNS,
    MEASURES,
    NO,
    YES,
    Mistakes,
    Row,
    Tables,
    rows_of,
)


def read_measures(
    tables: Tables, mistakes: Mistakes
) -> tuple[tuple[Goal, ...], tuple[Measure, ...]]:
    """施策体系: goals by number, measures in the order of the sheet within their goal."""
    goals: dict[int, Goal] = {}
    measures: dict[str, Measure] = {}
    goal_is_lost = False  # by a mistake of its own, which need not be told of its measures again
    for row in rows_of(tables, mistakes, MEASURES, MEASURE_COLUMNS, 4):
        letter, key = row.text("施策"), row.text("キー")
        number = _goal_number(row, mistakes)
        if number is None:
            goal_is_lost |= not letter
            continue
        name = row.text("別紙名称")
        names = (name, row.text("本文名称") or name, row.text("略称") or name)
        if key in measures or (not letter and number in goals):
            mistakes.at(
                row, "キー", f"キー『{key}』が二度あります。", "どちらかの行を直してください。"
            )
        elif not letter:
            goals[number] = Goal(number, *names, row.text(CALLED))
        elif number not in goals and not goal_is_lost:
            mistakes.at(
                row,
                "基本目標",
                f"施策『{key}』の上に、基本目標{number}の行がありません。",
                "基本目標の行（施策の列は空欄）を、その施策より上に入力してください。",
            )
        elif row.text(CALLED):
            mistakes.at(
                row,
                CALLED,
                f"施策の行の「{CALLED}」は使いません。",
                f"空欄にしてください（「{CALLED}」は基本目標の行だけに入力します）。",
            )
        else:
            measures[key] = Measure(key, number, letter, *names)
    if not measures and not mistakes.are_on(MEASURES):
        mistakes.add(MEASURES, "A4", "施策がありません。", "基本目標と施策の行を入力してください。")
    # Goals in order, measures in the order of the sheet within their goal.
    ordered = sorted(measures.values(), key=lambda m: m.goal)
    return tuple(sorted(goals.values(), key=lambda g: g.number)), tuple(ordered)


def _goal_number(row: Row, mistakes: Mistakes) -> int | None:
    """The goal of a row that has all it needs; None where a mistake in it was told."""
    number = amounts.parse_integer(row.values.get("基本目標")).value
    key = row.text("キー")
    if number is None or number < 1:
        problem, remedy = "が番号ではありません。", "1からの番号を入力してください。"
        if not row.text("基本目標"):
            problem = "が空欄です。"
            remedy += "結合したセルは、結合を解除して、どの行にも入力します。"
        else:
            remedy += (
                f"「Ⅰ」「横断的目標」などと印字するときは、その基本目標の行の「{CALLED}」の列に"
                "「基本目標Ⅰ」「横断的目標」のように入力します（列がなければ、見出しの行に足します）。"
            )
        mistakes.at(row, "基本目標", f"「基本目標」{problem}", remedy)
        return None
    expected = f"{number}{row.text('施策')}"
    changed = next((h for h in ("施策", "キー") if row.was_changed_by_excel(h)), None)
    if key != expected and changed:
        mistakes.changed_by_excel(row, changed)
        return None
    if key != expected:
        remedy = f"「{expected}」と入力してください（基本目標の番号と施策の記号）。"
        mistakes.at(row, "キー", f"キー『{key}』が基本目標と施策の列に合いません。", remedy)
        return None
    if not row.text("別紙名称"):
        mistakes.missing(row, "別紙名称", "移住に関する総合的な環境整備")
        return None
    return number


def read_departments(tables: Tables, mistakes: Mistakes) -> tuple[Department, ...]:
    """部局 in the office's order; a name or alias belongs to one department only."""
    departments: list[Department] = []
    names: set[str] = set()
    seen: dict[str, str] = {}
    for row in rows_of(tables, mistakes, DEPARTMENTS, DEPARTMENT_COLUMNS, 2):
        name = row.text("部局名")
        if not name:
            mistakes.missing(row, "部局名", "経済部")
            continue
        aliases = row.list("別名")
        for heading, spelling in [("部局名", name), *(("別名", a) for a in aliases)]:
            owner = seen.setdefault(text.key(spelling), name)
            if owner != name or (heading == "部局名" and name in names):
                mistakes.at(
                    row,
                    heading,
                    f"『{spelling}』は、「{owner}」の部局名か別名にも入力されています。",
                    "一つの名前や別名は、一つの部局だけに入力してください。",
                )
        order = amounts.parse_integer(row.values.get("表示順"))
        if order.problem:
            mistakes.at(
                row, "表示順", "「表示順」が番号ではありません。", "1からの番号を入力してください。"
            )
        expected = row.text("提出対象") or YES
        if expected not in (YES, NO):
            mistakes.at(
                row,
                "提出対象",
                f"「提出対象」に『{expected}』とあります。",
                f"「{YES}」か「{NO}」を選んでください。",
            )
        units = row.list("提出課")
        for unit, earlier in _twice(units):
            mistakes.at(
                row,
                "提出課",
                f"提出課の『{unit}』が『{earlier}』と重なっています。",
                "一つの課は一度だけ入力してください（様式を課ごとに作ります）。",
            )
        names.add(name)
        position = len(departments) + 1 if order.value is None else int(order.value)
        departments.append(Department(position, name, aliases, expected == YES, units))
    if not departments and not mistakes.are_on(DEPARTMENTS):
        mistakes.add(
            DEPARTMENTS, "B4", "部局がありません。", "部局名を1行に一つずつ入力してください。"
        )
    return tuple(sorted(departments, key=lambda d: d.order))


def _twice(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(name, earlier name) for each name whose match key an earlier one has."""
    seen: dict[str, str] = {}
    for name in names:
        if text.key(name) in seen:
            yield name, seen[text.key(name)]
        seen.setdefault(text.key(name), name)
