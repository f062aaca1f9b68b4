"""Which departments still owe something and get a letter: about the list, about the KPI round."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sousei_xl import text
from sousei_xl.findings import Finding, clip, is_answered, is_error, is_for_department
from sousei_xl.rules.indicators.records import IndicatorDepartment, IndicatorResult
from sousei_xl.rules.records import DepartmentState, FileRecord, ListResult
from sousei_xl.rules.units import asked_place, successors
from sousei_xl.sheets.checkbook.letters import Debt, Reminder, reminder
from sousei_xl.strategy import Settings
from sousei_xl.strategy.indicators import actual_label, judged_year, title
from sousei_xl.workspace import as_argument


def reminders(result: ListResult, kpi: IndicatorResult, settings: Settings) -> list[Reminder]:
    """A letter to every 担当課 that has to act or to answer, department by department.

    It says what is missing, wrong or asked and why, until when it is needed and where to send it.
    A form that goes back for its rows is marked with what ``kpi`` asks in it, too.
    """
    records: dict[str, list[FileRecord]] = defaultdict(list)
    for record in result.files:
        if record.outcome in ("accepted", "superseded"):
            records[record.department].append(record)
    refused = {f.file for f in result.files if f.is_refused_list and not f.unreached}
    unreached = {f.department for f in result.files if f.unreached}
    errors: Counter[str] = Counter()
    reasons: dict[str, list[Finding]] = defaultdict(list)
    questions: dict[str, list[Finding]] = defaultdict(list)
    kept = successors(result.findings)
    for item in result.findings:
        if is_error(item) and item.place.file in refused:
            reasons[item.place.file].append(item)
        elif is_error(item) and is_for_department(item):
            errors[item.place.file] += 1
        elif is_for_department(item):
            questions[asked_place(item, kept).file].append(item)
    said = _said(kpi)
    letters = []
    for department in result.departments:
        if department.department in unreached:  # its form may be the one that is in use
            department = replace(department, missing_units=())
        why: list[Finding] = []
        if department.missing_units or department.state in ("差戻し", "再提出待ち"):
            why = [item for file in department.files for item in reasons[file]]
        theirs = records[department.department]
        for unit, debt in _debts(department, theirs, errors, questions, said, why).items():
            # As somebody typed it.
            written = clip(text.printable(text.unit_beside(department.department, unit)))
            name = f"{department.department}{f'（{written}）' if written else ''}"
            letters.append(reminder(name, debt, settings))
    return letters


def _debts(
    department: DepartmentState,
    theirs: Sequence[FileRecord],
    errors: Mapping[str, int],
    questions: Mapping[str, Sequence[Finding]],
    of_kpi: Mapping[str, Sequence[Finding]],
    refused: Sequence[Finding],
) -> dict[str, Debt]:
    """担当課 → what it owes; blank stands for the department as a whole.

    Nobody knows whose a refused file is: it is the one 担当課's that is asked at all, or else the
    department's. A row that vanished (L110) is asked about at the file that is used.
    """
    debts: dict[str, Debt] = defaultdict(Debt)
    units = {text.key(r.unit): r.unit for r in theirs if r.outcome == "accepted"}
    for record in theirs:
        file, unit = record.file, units.get(text.key(record.unit), "")
        wrong, asked = errors.get(file, 0), questions.get(file, ())
        if wrong and record.outcome == "accepted":
            debts[unit].errors += wrong
            debts[unit].beside += asked  # marked in the file that goes back
            if any(map(is_error, of_kpi.get(file, ()))):
                debts[unit].both = True  # the letter of the KPI round tells the rest
            else:
                debts[unit].beside += of_kpi.get(file, ())
        elif not all(map(is_answered, asked)):
            debts[unit].questions += asked
            if record.outcome == "accepted" and any(f.place.file == file for f in asked):
                debts[unit].files.append(file)
    for unit in department.missing_units:
        debts[unit].missing = True
    if refused:
        waiting = department.missing_units or tuple(debts)
        debts[waiting[0] if len(waiting) == 1 else ""].refused = refused
    return debts


def indicator_reminders(
    result: ListResult, kpi: IndicatorResult, settings: Settings
) -> Iterator[Reminder]:
    """A letter to every department that has to act or to answer in the KPI round.

    Nobody owes actuals before the round has begun.
    Where a form of the list is still to come, that form asks for the actuals, too. A form that was
    refused is sent again, unless another one has come.
    """
    refused: dict[str, list[Finding]] = defaultdict(list)
    of_round = {f.file: f.department for f in result.files if f.outcome == "refused" and f.kpi_form}
    for item in filter(is_error, result.findings):
        if item.place.file in of_round:
            refused[of_round[item.place.file]].append(item)
    said = _said(kpi)
    asked = filter(is_for_department, (*result.findings, *kpi.findings))
    back = {item.place.file for item in asked if is_error(item)}
    of_list = {f.place.file for f in result.findings if is_for_department(f) and is_error(f)}
    awaited = {d.department for d in result.departments if d.missing_units}
    for department in kpi.departments:
        debt = Debt()
        for file in department.files:
            found = said.get(file, ())
            errors = sum(map(is_error, found))
            debt.errors += errors
            if errors:
                debt.beside += (item for item in found if not is_error(item))
                debt.both |= file in of_list
            elif not all(map(is_answered, found)) and file not in back:
                debt.questions += found
                debt.files.append(file)
        if kpi.round != "not yet" and department.department not in awaited:
            debt.indicators = tuple(_unanswered(department, kpi, settings))
        if department.missing or department.from_list:
            debt.refused = refused[department.department]
        if debt.is_open:
            yield reminder(department.department, debt, settings, "KPI")


def _said(kpi: IndicatorResult) -> Mapping[str, Sequence[Finding]]:
    """What the KPI round has to say to departments, by file."""
    said: dict[str, list[Finding]] = defaultdict(list)
    for item in filter(is_for_department, kpi.findings):
        said[item.place.file].append(item)
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
