"""A workspace of any size: its own template, and as many filled forms as there are departments.

    python benchmarks/generate.py FOLDER DEPARTMENTS [ROWS] [JOBS]

The forms are our own (``forms.distribute``), with prepared rows, checks, dropdowns and the texts of
the shipped example, no two rows alike; each names its own department alone, as a form does that a
city has handed out. Most rows are clean. One in five is relisted, one in forty is typed carelessly
(full width, with 千円), as in real returns. Numbers run through each measure without a gap, so the
merged list is a proposal. The same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

from sousei_xl.forms.distribute import write_form
from sousei_xl.scaffold.facts import Facts, load_facts
from sousei_xl.scaffold.template import build_template, strategy_of
from sousei_xl.strategy import Strategy
from sousei_xl.text import NEW, RELISTED, Value, full_width, split_new_mark
from sousei_xl.workspace import Workspace

EXAMPLE = "asahikawa_h30"
ROWS = 12
_RELISTED, _CARELESS = 5, 40  # every fifth and every fortieth row


@cache
def example() -> tuple[Facts, Strategy]:
    """The shipped example's facts, and their strategy."""
    facts = load_facts(EXAMPLE)
    return facts, strategy_of(facts)


def department_name(index: int) -> str:
    """Departments count from 0; names sort as their numbers do."""
    return f"第{index + 1:05}部"


def facts_of(departments: int) -> Facts:
    """The example's year for that many departments, without indicators."""
    named = tuple({"表示順": str(i + 1), "部局名": department_name(i)} for i in range(departments))
    return replace(example()[0], departments=named, indicators=())


def projects_of(index: int, rows: int) -> Iterator[Mapping[str, Value]]:
    """The rows of one department as they are typed.

    A relisted row repeats the row before it under the following measure.
    """
    facts, strategy = example()
    measures = [measure.key for measure in strategy.measures]
    for row in range(rows):
        serial = index * rows + row
        # Row by row the measure changes, so a number is how often all measures have had their turn.
        number, measure = divmod(serial, len(measures))
        # The first measure has none before it that could hold the original.
        is_relisted = row % _RELISTED == _RELISTED - 1 and measure > 0
        source = serial - 1 if is_relisted else serial
        fact = facts.projects[source % len(facts.projects)]
        name, is_new = split_new_mark(fact["事業名"])
        budget = 100 + source % 9_973
        careless = not is_relisted and source % _CARELESS == 0
        yield {
            "measure": measures[measure],
            "number": number + 1,
            "relisted": RELISTED if is_relisted else None,
            "category": NEW if is_new else None,
            "name": f"{name}{source:06}",
            "department": department_name(index),
            "relevance": fact["関連性"],
            "budget": f"{full_width(budget)}千円" if careless else budget,
            "description": f"{fact['事業内容']}（整理番号 {source:06}）",
        }


def _write(task: tuple[str, int, int]) -> None:
    folder, index, rows = task
    strategy, name = example()[1], department_name(index)
    own = replace(strategy.departments[0], name=name, aliases=())
    write_form(
        Path(folder) / f"{name}.xlsx",
        replace(strategy, departments=(own,), indicators=()),
        name,
        projects=list(projects_of(index, rows)),
    )


def generate(folder: Path, departments: int, rows: int = ROWS, jobs: int = 2) -> Workspace:
    """Lay out the workspace; forms that stand there already are kept."""
    workspace = Workspace.at(folder)
    for part in (workspace.template.parent, workspace.inbox, workspace.outbox):
        part.mkdir(parents=True, exist_ok=True)
    build_template(workspace.template, facts_of(departments))
    tasks = [
        (str(workspace.inbox), i, rows)
        for i in range(departments)
        if not (workspace.inbox / f"{department_name(i)}.xlsx").exists()
    ]
    with ProcessPoolExecutor(jobs) as pool:
        for _ in pool.map(_write, tasks, chunksize=16):
            pass
    return workspace


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("departments", type=int)
    parser.add_argument("rows", type=int, nargs="?", default=ROWS)
    parser.add_argument("jobs", type=int, nargs="?", default=2)
    given = parser.parse_args()
    generate(given.folder, given.departments, given.rows, given.jobs)


if __name__ == "__main__":
    main()
