"""The forms of a round: which department gets what, in which file, and the final check.

From the strategy (and last year's 別紙) to the outbox; ``様式/`` for the list, ``様式/KPI/`` for a
round of actuals alone, ``様式/最終確認/`` for the rows as they will be printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath

from sousei_xl import publish, text
from sousei_xl.errors import OperatorError
from sousei_xl.figures.changes.indicators import INDICATORS_SHEET
from sousei_xl.figures.last_year import LastRow, LastYear
from sousei_xl.forms.checks.review import speaks_of_the_past
from sousei_xl.forms.distribute import write_form
from sousei_xl.forms.indicators import indicator_rows
from sousei_xl.forms.layout import INDICATORS, PROJECTS
from sousei_xl.intake import previous
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.last_indicators import Actuals, last_indicators
from sousei_xl.intake.read import read_files
from sousei_xl.intake.reading import SheetCells
from sousei_xl.pipeline import require_anybody
from sousei_xl.pipeline.delivery import official_names, unreadable
from sousei_xl.pipeline.file_names import file_names
from sousei_xl.publish import Outbox, Output, Published
from sousei_xl.sheets import Contents
from sousei_xl.sheets.final_check import has_rows, write_final_check
from sousei_xl.strategy import AUTOMATIC, Strategy
from sousei_xl.strategy.fields import FORMER_MEASURE
from sousei_xl.strategy.indicators import actual_field, judged_year, plan_years
from sousei_xl.text import EMPTY, Value
from sousei_xl.workspace import FORMS, KPI_FORMS, Run, Workspace, file_key, is_file, is_lock

FINAL_CHECK = "最終確認"
_NOT_STATED = "記載なし"


@dataclass(frozen=True, slots=True)
class Form:
    """One form to be made. ``file`` is its name in the outbox; ``projects`` (None: a form without
    事業) and ``indicators`` are the rows that it is filled with."""

    file: str
    department: str
    unit: str
    projects: tuple[Mapping[str, Value], ...] | None
    indicators: tuple[Mapping[str, Value], ...]
    prefilled: bool

    @property
    def rows(self) -> int:
        """Prefilled projects."""
        return len(self.projects or ())

    @property
    def relisted(self) -> int:
        """Relisted rows among them."""
        return sum(p["relisted"] == text.RELISTED for p in self.projects or ())

    def to_review(self, strategy: Strategy) -> int:
        """Texts that speak of a year that is over."""
        texts = (text.to_text(p.get("description")) for p in self.projects or ())
        return sum(speaks_of_the_past(words, strategy.settings) for words in texts)


@dataclass(frozen=True, slots=True)
class Distribution:
    """All forms of a round, and last year's rows that nobody is asked about."""

    forms: tuple[Form, ...]
    unassigned: tuple[LastRow, ...] = ()


def reported_before(workspace: Workspace, strategy: Strategy) -> Actuals:
    """Actuals of this year's own 別紙, of the years before the judged one, as it was published:
    nobody has reported what was typed into it since.

    They are from an earlier round in the same workspace, as there is when a plan's last year is
    evaluated: the new form takes the place of the one that reported them. OperatorError where
    nothing is remembered of the workbook in the outbox, and it cannot be read.
    """
    names = official_names(publish.published_sources(Outbox.of(workspace)), strategy)
    remembered = (previous.published_indicators(workspace, name) for name in names)
    standing = (_indicators_in(workspace, n) for n in names if is_file(workspace.outbox / n))
    sheet = next(filter(None, chain(remembered, standing)), None)
    _, actuals = last_indicators(sheet, strategy)
    judged = {i.id: judged_year(i, strategy.settings) or 0 for i in strategy.indicators}
    return {
        id_: {year: value for year, value in values.items() if year < judged[id_]}
        for id_, values in actuals.items()
    }


def _indicators_in(workspace: Workspace, name: str) -> SheetCells | None:
    [reading] = read_files([InboxFile(name, workspace.outbox / name)], jobs=1)
    if reading.refusal:
        raise unreadable(name)
    return next((sheet for sheet in reading.sheets if sheet.name == INDICATORS_SHEET), None)


def plan_forms(
    strategy: Strategy,
    only: str = "",
    last: LastYear | None = None,
    earlier: Mapping[str, Mapping[int, Decimal]] = EMPTY,
) -> Distribution:
    """One form per department, or per 提出課 where the template names them.

    ``only`` is 事業, KPI or blank for both. KPI alone goes to the departments in charge; a form of
    the list has KPI too where its department is in charge of an indicator. Past actuals are filled
    in; a sheet that comes back with nothing else is no report (``content_mark``). ``earlier`` are
    those that this workspace's own 別紙 has, for KPI alone.
    OperatorError where there is nobody to ask.
    """
    if only == INDICATORS:
        return _plan_indicators(strategy, _known_actuals(strategy, last, earlier))
    require_anybody(strategy)
    units = strategy.expected_units
    names = file_names(units)
    given = _known_actuals(strategy, last)
    forms = []
    for (department, unit), name in zip(units, names, strict=True):
        rows = _rows_of(department, unit, strategy, last)
        reported = indicator_rows(strategy, department, given) if only != PROJECTS else []
        forms.append(
            Form(
                f"{FORMS}/{name}",
                department,
                unit,
                tuple(_prefill(row, strategy) for row in rows),
                tuple(reported),
                last is not None,
            )
        )
    asked = {department for department, _ in units}
    homeless = tuple(r for r in (last.rows if last else ()) if r.counted not in asked)
    return Distribution(tuple(forms), homeless)


def _plan_indicators(strategy: Strategy, given: Mapping[str, Mapping[str, Value]]) -> Distribution:
    reported = {d.name: indicator_rows(strategy, d.name, given) for d in strategy.departments}
    owners = [(name, "") for name, rows in reported.items() if rows]
    if not owners:
        raise OperatorError(
            "実績を報告する部局がありません。テンプレートの「指標」シートの「担当部局」に部局名を"
            "入力してください。"
        )
    forms = (
        Form(f"{KPI_FORMS}/{name}", owner, "", None, tuple(reported[owner]), False)
        for (owner, _), name in zip(owners, file_names(owners), strict=True)
    )
    return Distribution(tuple(forms))


def _known_actuals(
    strategy: Strategy,
    last: LastYear | None,
    earlier: Mapping[str, Mapping[int, Decimal]] = EMPTY,
) -> dict[str, dict[str, Value]]:
    """ID → column → what was reported before, for the years of the plan."""
    years = plan_years(strategy.settings)
    known = last.actuals if last else {}
    both = {i: {**known.get(i, {}), **earlier.get(i, {})} for i in {**known, **earlier}}
    return {
        id_: {
            actual_field(year): int(value) if value == int(value) else float(value)
            for year, value in values.items()
            if year in years
        }
        for id_, values in both.items()
    }


def _rows_of(
    department: str, unit: str, strategy: Strategy, last: LastYear | None
) -> list[LastRow]:
    """Last year's rows for one form. Where the list does not say whose they are, every 課 of the
    department gets them: deleting a row is easier than typing it."""
    mine = [r for r in (last.rows if last else ()) if r.counted == department]
    units = {text.key(u) for u in strategy.department_by_name[department].units}
    return [r for r in mine if text.key(r.unit) not in units or text.key(r.unit) == text.key(unit)]


def _prefill(row: LastRow, strategy: Strategy) -> dict[str, Value]:
    """A row as 継続. This year's amount is left blank: typing it is what confirms the row.

    A relisted row has nothing but what it needs. A measure that is no more is left blank and named
    in 備考; numbers are left to the office where it gives them.
    """
    automatic = strategy.settings.numbering == AUTOMATIC
    filled: dict[str, Value] = {
        "measure": row.measure or None,
        "number": None if automatic else row.number,
        "relisted": text.RELISTED if row.relisted else None,
        "category": text.CONTINUED,
        "name": row.name,
        "department": row.department,
        "relevance": row.relevance or None,
        "previous_number": row.number,
        "note": None if row.measure else f"{FORMER_MEASURE}{row.measure_name or _NOT_STATED}",
    }
    if not row.relisted:
        filled |= {
            "description": row.description or None,
            "previous_budget": _NOT_STATED if row.budget is None else row.budget,
            **row.own,
        }
    return filled


# --- the outbox -------------------------------------------------------------------------------


def publish_forms(
    workspace: Workspace, strategy: Strategy, run: Run, distribution: Distribution
) -> Published:
    """Write all forms, whole or not at all; what they replace goes to 履歴."""
    return publish.publish(workspace, run, [_output(f, strategy) for f in distribution.forms])


def _output(form: Form, strategy: Strategy) -> Output:
    write = partial(
        write_form,
        strategy=strategy,
        department=form.department,
        unit=form.unit,
        projects=form.projects,
        indicators=form.indicators,
        prefilled=form.prefilled,
        known=True,
    )
    return Output(form.file, write=write, tracked=False)


def publish_final_check(workspace: Workspace, contents: Contents, held: Outbox) -> Published:
    """Write per department the rows as they will be printed, for a last look."""
    asked = [(d.name, "") for d in contents.strategy.departments if has_rows(contents, d.name)]
    outputs = [
        Output(
            f"{FORMS}/{FINAL_CHECK}/{name}",
            write=partial(write_final_check, contents=contents, department=department),
            tracked=False,
        )
        for (department, _), name in zip(asked, file_names(asked), strict=True)
    ]
    if not outputs:
        raise OperatorError(
            "確認してもらう行がありません。"
            "部局から届いた様式を inbox に入れてから実行してください。"
        )
    return publish.publish(workspace, contents.run, outputs, held=held)


def others(workspace: Workspace, made: Sequence[str]) -> list[str]:
    """Workbooks beside those of this round: of a department that is no more, or somebody's own."""
    names = {file_key(name) for name in made}
    folders = {PurePosixPath(name).parent for name in made}
    found = []
    for folder in sorted(folders):
        for path in sorted(Path(workspace.outbox, *folder.parts).glob("*.xlsx")):
            name = f"{folder}/{path.name}"
            if file_key(name) not in names and not is_lock(path.name) and path.name[:2] != "._":
                found.append(name)
    return found
