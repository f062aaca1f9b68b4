"""New workspaces and the shipped example, built from facts.

``python -m sousei_xl.scaffold`` writes the example's files into the folder it is called in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

from sousei_xl.eras import parse_fiscal_year
from sousei_xl.errors import OperatorError
from sousei_xl.forms.distribute import write_form
from sousei_xl.forms.indicators import indicator_rows
from sousei_xl.publish.disk import of_a_full_disk
from sousei_xl.scaffold.facts import EXAMPLES, Facts, load_facts
from sousei_xl.scaffold.launchers import LAUNCHERS, write_launcher
from sousei_xl.scaffold.office import EXAMPLE_ACKNOWLEDGEMENTS, build_office_sheet
from sousei_xl.scaffold.template import blank_strategy, build_template, strategy_of
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.indicators import actual_field, column_by_name
from sousei_xl.text import NEW, Value, split_new_mark
from sousei_xl.workspace import OFFICE_SHEET, Workspace

__all__ = ["EXAMPLES", "build_template", "init_workspace", "load_facts", "write_example"]

_Builder = Callable[[Path], None]


def init_workspace(target: Path, example: str | None = None) -> list[Path]:
    """Lay out ``templates/``, ``inbox/`` and ``outbox/`` in ``target`` and return the new files.

    Files to double-click stand beside the folders. With ``example`` (one of ``EXAMPLES``) the
    template, the departments' forms and the office's sheet of that example; without it a template
    and an office's sheet to be filled in. Nothing is ever overwritten: OperatorError names what
    stands in the way, and nothing is written.
    """
    if example is not None and example not in EXAMPLES:
        known = "\n".join(f"  {name}　{what}" for name, what in EXAMPLES.items())
        raise OperatorError(
            f"「{example}」という例はありません。使える例は次のとおりです。\n{known}"
        )
    workspace = Workspace.at(target)
    plan = _plan(target, example)
    standing = [path for path in plan if os.path.exists(path)]
    if standing:
        names = "\n".join(f"  {path}" for path in standing)
        raise OperatorError(
            f"次のファイルがすでにあるため、作業フォルダーを作りませんでした。\n{names}\n"
            "別のフォルダーを指定するか、ファイルを移してからもう一度実行してください。"
        )
    made: list[Path] = []
    try:
        for folder in (workspace.template.parent, workspace.inbox, workspace.outbox):
            folder.mkdir(parents=True, exist_ok=True)
        for path, build in plan.items():
            made.append(path)
            build(path)
    except BaseException as error:
        for path in made:  # half a workspace would stand in the way of the next attempt
            path.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise OperatorError(
            of_a_full_disk(error, f"作業フォルダー『{target}』")
            or f"作業フォルダーに書き込めませんでした（{error.filename or target}）。\n"
            "書き込みのできるフォルダーを指定してください。"
        ) from error
    return made


def write_example(root: Path, example: str) -> list[Path]:
    """Write the example's files anew, over what stands there; returns them."""
    plan = _plan(root, example)
    for path, build in plan.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        build(path)
    return list(plan)


def _plan(root: Path, example: str | None) -> dict[Path, _Builder]:
    """Every file of a new workspace and how it is made."""
    launchers = {root / name: write_launcher for name in LAUNCHERS}
    return {**_workbooks(Workspace.at(root), example), **launchers}


def _workbooks(workspace: Workspace, example: str | None) -> dict[Path, _Builder]:
    office = workspace.inbox / OFFICE_SHEET
    if example is None:
        blank = blank_strategy()
        return {
            workspace.template: lambda path: build_template(path, None),
            office: lambda path: build_office_sheet(path, blank),
        }
    facts = load_facts(example)
    strategy = strategy_of(facts)
    plan: dict[Path, _Builder] = {workspace.template: lambda path: build_template(path, facts)}
    for department in strategy.departments:
        plan[workspace.inbox / f"{department.name}.xlsx"] = _form(facts, strategy, department.name)
    plan[office] = lambda path: build_office_sheet(path, strategy, EXAMPLE_ACKNOWLEDGEMENTS)
    return plan


def _form(facts: Facts, strategy: Strategy, department: str) -> _Builder:
    projects = [_project(r) for r in facts.projects if r["部局名"] == department]
    given = {r["ID"]: _report(r, strategy) for r in facts.actuals}
    indicators = indicator_rows(strategy, department, given)
    return lambda path: write_form(
        path, strategy, department, projects=projects, indicators=indicators
    )


def _project(record: Mapping[str, str]) -> dict[str, Value]:
    """A row of ``projects.csv`` as a department fills it in: （新） is said by 掲載区分."""
    name, is_new = split_new_mark(record["事業名"])
    return {
        "measure": record["基本目標"] + record["施策"],
        "number": int(record["番号"]),
        "relisted": record["再掲"],
        "category": NEW if is_new else None,
        "name": name,
        "department": record["部局名"],
        "relevance": record["関連性"],
        "budget": int(record["予算事業費_千円"]),
        "description": record["事業内容"],
    }


def _report(record: Mapping[str, str], strategy: Strategy) -> dict[str, Value]:
    """A row of ``indicator_actuals.csv`` as a department fills it in, by column name."""
    names = {c.label: c.name for c in column_by_name(strategy.settings).values()}
    filled: dict[str, Value] = {}
    for heading, shown in record.items():
        year = parse_fiscal_year(heading)
        if shown and year is not None:
            value = Decimal(shown)
            filled[actual_field(year)] = int(value) if value == int(value) else float(value)
        elif shown and heading != "ID":
            filled[names[heading]] = shown
    return filled
