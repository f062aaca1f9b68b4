"""Which departments still owe something and get a letter: about the list, about the KPI round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from sousei_xl import text
from sousei_xl.findings import Finding, clip, is_answered, is_error, is_for_department
from sousei_xl.rules.indicators.records import IndicatorDepartment, IndicatorResult
from sousei_xl.rules.records import DepartmentState, FileRecord, ListResult
from sousei_xl.rules.units import asked_place, successors
from sousei_xl.sheets.checkbook.letters import Debt, Reminder, reminder
from sousei_xl.strategy import Settings
from sousei_xl.strategy.indicators import actual_label, judged_year, title
from sousei_xl.workspace import as_argument


@dataclass(slots=True)
class _Said:
    """What one file is told: ``reasons`` why it was refused; ``errors`` and ``questions`` of the
    list; all of the KPI round."""

    reasons: list[Finding] = field(default_factory=list)
    errors: int = 0
    questions: list[Finding] = field(default_factory=list)
    of_kpi: list[Finding] = field(default_factory=list)


def reminders(result: ListResult, kpi: IndicatorResult, settings: Settings) -> list[Reminder]:
    """A letter to every 担当課 that has to act or to answer, department by department.

    It says what is missing, wrong or asked and why, until when it is needed and where to send it.
    A form that goes back for its rows is marked with what ``kpi`` asks in it, too.
    """
    records: dict[str, list[FileRecord]] = defaultdict(list)
    for record in result.files:
        records[record.department].append(record)
    unreached = {f.department for f in result.files if f.unreached}
    said = _said(result, kpi)
    letters = []
    for department in result.departments:
        if department.department in unreached:  # its form may be the one that is in use
            department = replace(department, missing_units=())
        theirs = records[department.department]
        for unit, debt in _debts(department, theirs, said).items():
            # As somebody typed it.
            written = clip(text.printable(text.unit_beside(department.department, unit)))
            name = f"{department.department}{f'（{written}）' if written else ''}"
            letters.append(reminder(name, debt, settings))
    return letters


def _debts(
    department: DepartmentState, theirs: Sequence[FileRecord], said: Mapping[str, _Said]
) -> dict[str, Debt]:
    """担当課 → what it owes; blank stands for the department as a whole.

    Nobody knows whose a refused file is: it is the one 担当課's that is asked at all, or else the
    department's. A row that vanished (L110) is asked about at the file that is used.
    """
    debts: dict[str, Debt] = defaultdict(Debt)
    units = {text.key(r.unit): r.unit for r in theirs if r.outcome == "accepted"}
    for record in theirs:
        if record.outcome not in ("accepted", "superseded"):
            continue
        file, unit, about = record.file, units.get(text.key(record.unit), ""), said[record.file]
        if about.errors and record.outcome == "accepted":
            debts[unit].errors += about.errors
            debts[unit].beside += about.questions  # marked in the file that goes back
            if any(map(is_error, about.of_kpi)):
                debts[unit].both = True  # the letter of the KPI round tells the rest
            else:
                debts[unit].beside += about.of_kpi
        elif not all(map(is_answered, about.questions)):
            debts[unit].questions += about.questions
            if record.outcome == "accepted" and any(f.place.file == file for f in about.questions):
                debts[unit].files.append(file)
    for unit in department.missing_units:
        debts[unit].missing = True
    if department.missing_units or department.state in ("差戻し", "再提出待ち"):
        refused = (said[r.file].reasons for r in theirs if r.is_refused_list)
        if why := list(chain.from_iterable(refused)):
            waiting = department.missing_units or tuple(debts)
            debts[waiting[0] if len(waiting) == 1 else ""].refused = why
    return debts


def indicator_reminders(
    result: ListResult, kpi: IndicatorResult, settings: Settings
) -> Iterator[Reminder]:
    """A letter to every department that has to act or to answer in the KPI round.

    Nobody owes actuals before the round has begun. Where a form of the list is still to come, that
    form asks for them, too. A form that was refused is sent again, unless another one has come.
    """
    said = _said(result, kpi)
    refused: dict[str, list[Finding]] = defaultdict(list)
    for record in result.files:
        if record.kpi_form:
            refused[record.department] += said[record.file].reasons
    awaited = {d.department for d in result.departments if d.missing_units}
    for department in kpi.departments:
        debt = Debt()
        for file in department.files:
            about = said[file]
            errors = sum(map(is_error, about.of_kpi))
            if errors:
                debt.errors += errors
                debt.beside += (item for item in about.of_kpi if not is_error(item))
                debt.both |= about.errors > 0
            elif not about.errors and not all(map(is_answered, about.of_kpi)):
                debt.questions += about.of_kpi
                debt.files.append(file)
        if kpi.round != "not yet" and department.department not in awaited:
            debt.indicators = tuple(_unanswered(department, kpi, settings))
        if department.missing or department.from_list:
            debt.refused = refused[department.department]
        if debt.is_open:
            yield reminder(department.department, debt, settings, "KPI")


def _said(result: ListResult, kpi: IndicatorResult) -> Mapping[str, _Said]:
    """File → what its department is told about it, and why it was refused; of a file that could
    not be opened nothing, for its department has sent what it was asked for."""
    said: dict[str, _Said] = defaultdict(_Said)
    refused = {f.file for f in result.files if f.outcome == "refused" and not f.unreached}
    kept = successors(result.findings)
    for item in result.findings:
        if is_error(item) and item.place.file in refused:
            said[item.place.file].reasons.append(item)
        elif is_error(item) and is_for_department(item):
            said[item.place.file].errors += 1
        elif is_for_department(item):
            said[asked_place(item, kept).file].questions.append(item)
    for item in filter(is_for_department, kpi.findings):
        said[item.place.file].of_kpi.append(item)
    return said


def _unanswered(
    department: IndicatorDepartment, kpi: IndicatorResult, settings: Settings
) -> Iterator[str]:
    """``1ア-1　移住に関わる相談件数（H29実績）`` for each indicator that stands in no row of the
    round's forms: where it does, a blank is a question of its own (K107)."""
    for report in kpi.reports:
        indicator = report.indicator
        silent = indicator.id in department.missing and not report.row_ids
        if silent or indicator.id in department.from_list:
            year = judged_year(indicator, settings)
            label = f"（{actual_label(year, settings)}）" if year else ""
            yield f"{indicator.id}　{title(indicator)}{label}"


def marking(file: str, inbox: str, options: str = "") -> str:
    """The command that makes the marked file to go with a letter; ``inbox`` leads to it from where
    it is typed."""
    return f"sousei-xl check --return {as_argument(text.printable(f'{inbox}/{file}'))}{options}"
