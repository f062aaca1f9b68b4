"""All KPI sheets → one report per indicator, and where the KPI round stands.

Nothing here touches the list: a missing actual, or one that cannot be read, never holds it back.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from decimal import Decimal

from sousei_xl.figures.last_year import LastYear
from sousei_xl.findings import Finding, Place, is_error, is_open_confirmation
from sousei_xl.rules.indicators import checks, corrections, schema, units
from sousei_xl.rules.indicators.joint import TEXTS, WORDS, by_weight, saying, united
from sousei_xl.rules.indicators.parse import is_note, parse_rows
from sousei_xl.rules.indicators.records import (
    IndicatorDepartment,
    IndicatorResult,
    IndicatorRow,
    IndicatorStatus,
    PublishedActuals,
    Report,
    RoundBegun,
)
from sousei_xl.rules.merge.confirmations import acknowledge_findings
from sousei_xl.rules.merge.office import addressed
from sousei_xl.rules.records import Intake, RawRow, Submission
from sousei_xl.strategy import Indicator, Strategy
from sousei_xl.strategy.indicators import STAGES, is_due, judged_year, plan_years

_UNANSWERED = ("K107", "K108")
_BY_LAST_YEAR = ("K106", "K119")


def merge_indicators(
    intake: Intake,
    strategy: Strategy,
    last: LastYear | None = None,
    forms_made: bool = False,
) -> IndicatorResult:
    """Unite the KPI sheets of everything that came in. Pure: no files, no clock.

    The office's rows are those of the round (``share``). What was published ``last`` year and no
    form speaks of stays (K106, K119). ``forms_made`` says that forms of the round have been made,
    whether or not any has come back. The round is complete when every indicator is answered, or
    its silence confirmed by the office, and no 要修正 is left.
    """
    published: PublishedActuals = last.actuals if last else {}
    settled = units.settle(intake.submissions)
    kpi_forms = frozenset(s.file for s in settled.active if s.kpi_form)
    raw_rows = [(row, s.department) for s in settled.active for row in s.indicator_rows]
    notes: list[tuple[RawRow, str]] = []
    to_parse: list[tuple[RawRow, str]] = []
    for item in raw_rows:
        (notes if is_note(item[0], strategy) else to_parse).append(item)
    rows, found = parse_rows(to_parse, strategy)
    for row in rows:
        row.in_kpi_form = row.raw.file in kpi_forms
    found, applied = corrections.apply_corrections(
        rows, found, intake.office.corrections, strategy, published
    )
    found += schema.validate(rows, strategy)
    earlier = {file: _rows_of(before, strategy) for file, before in settled.replaced.items()}
    replaced = {file: _actuals(before) for file, before in earlier.items()}
    files = {s.file: s for s in settled.active}
    series = last.indicators if last else ()
    kpi = checks.Round(strategy, rows, published, replaced, files, series, earlier)
    found += checks.run_checks(kpi)
    headings = [item for s in settled.active for item in s.indicator_findings]
    findings, confirmed = acknowledge_findings(
        addressed((*settled.findings, *headings, *found), intake.records),
        intake.office.acknowledgements,
        not_asked=() if published else _BY_LAST_YEAR,
    )
    findings = [f for f in findings if not _is_awaited(f, settled.active, strategy)]
    reports = tuple(_report(i, kpi, bool(kpi_forms)) for i in strategy.indicators)
    silence = {f.target for f in findings if f.code in _UNANSWERED and f.acknowledged}
    silent = [r for r in reports if not r.reported and r.indicator.id not in silence]
    broken = any(is_error(f) for f in findings)
    begun = _begun(intake, settled.active, forms_made)
    states = _departments(settled.active, intake, reports, findings, silence, strategy, begun)
    return IndicatorResult(
        reports=reports,
        raw={row.row_id: row.raw for row in rows},
        departments=states,
        corrections=tuple(applied),
        acknowledgements=confirmed,
        findings=tuple(findings),
        state="draft" if silent or broken else "complete",
        notes=tuple(notes),
        round=begun,
    )


def _begun(intake: Intake, active: Sequence[Submission], forms_made: bool) -> RoundBegun:
    """Whether the round has begun: before, nobody has been asked, and nobody owes anything."""
    come_in = any(s.kpi_form for s in intake.submissions) or any(r.kpi_form for r in intake.records)
    if forms_made or come_in:
        return "runs"
    return "beside the list" if active else "not yet"


def _is_awaited(item: Finding, active: Sequence[Submission], strategy: Strategy) -> bool:
    """K108 of an indicator whose departments' forms are all still to come: that they are awaited
    says it. The office may confirm its silence all the same."""
    if item.code != "K108" or item.acknowledged:
        return False
    owners = next(i.departments for i in strategy.indicators if i.id == item.target)
    return bool(owners) and not any(s.department in owners for s in active)


def _rows_of(files: Sequence[Submission], strategy: Strategy) -> list[IndicatorRow]:
    rows, _ = parse_rows([(row, f.department) for f in files for row in f.indicator_rows], strategy)
    return rows


def _actuals(rows: Iterable[IndicatorRow]) -> PublishedActuals:
    """What replaced files said; the later file counts."""
    actuals: dict[str, dict[int, Decimal]] = {}
    for row in rows:
        if row.indicator is not None:
            actuals.setdefault(row.indicator.id, {}).update(row.actuals)
    return actuals


def _report(indicator: Indicator, kpi: checks.Round, round_begun: bool) -> Report:
    """United from the earliest file to the latest: the later word counts, a blank says nothing.

    Words of a department that is not in charge do not count over those of one that is; 速報・確報
    goes with the value, also with one that is carried."""
    strategy = kpi.strategy
    mine = [row for row, known in kpi.known if known.id == indicator.id]
    carried = {
        year: value
        for year, value in kpi.published.get(indicator.id, {}).items()
        if year in plan_years(strategy.settings) and not any(row.speaks_of(year) for row in mine)
    }
    actuals = dict(carried)
    sources: dict[int, int] = {}
    for row in mine:
        actuals.update(row.actuals)
        sources.update(dict.fromkeys(row.actuals, row.row_id))
    words = {name: united(mine, name) for name in TEXTS}
    words |= dict.fromkeys(WORDS, "")
    heard = {
        name: row
        for name in WORDS
        for row in by_weight(saying(mine, name), name, strategy.settings)
    }
    words |= {name: getattr(row, name) for name, row in heard.items()}
    judge = heard.get("office_class")
    judged = judged_year(indicator, strategy.settings)
    if judged in actuals:
        words["reason"] = words["publication"] = ""
    if judged in carried and kpi.was_preliminary(indicator.id, judged):
        words["stage"] = words["stage"] or STAGES[0]
    due = is_due(indicator, strategy.settings)
    return Report(
        indicator,
        actuals=dict(sorted(actuals.items())),
        due=due,
        reported=not due or any(row.answers(strategy) for row in mine),
        class_place=judge.place("office_class", strategy) if judge else Place(),
        row_ids=tuple(row.row_id for row in mine),
        from_list=due
        and round_begun
        and any(not row.in_kpi_form for row in mine)
        and not any(_answers_round(row, strategy) for row in mine),
        carried=tuple(sorted(carried)),
        sources=sources,
        **words,
    )


def _answers_round(row: IndicatorRow, strategy: Strategy) -> bool:
    """Whether a form of the KPI round answers, or the office itself has written the answer."""
    return bool(row.decided(strategy)) or (row.in_kpi_form and row.answers(strategy))


def _departments(
    active: Sequence[Submission],
    intake: Intake,
    reports: Sequence[Report],
    findings: Sequence[Finding],
    confirmed: Container[str],
    strategy: Strategy,
    begun: RoundBegun,
) -> tuple[IndicatorDepartment, ...]:
    refused = {r.department for r in intake.records if r.outcome == "refused"}
    in_a_file = {r.indicator.id for r in reports if r.row_ids}
    in_round = {s.department for s in active if s.kpi_form}
    states = []
    for department in strategy.departments:
        name = department.name
        own = {r.indicator.id: r for r in reports if name in r.indicator.departments}
        files = tuple(s.file for s in active if s.department == name)
        mine = [f for f in findings if f.place.file in files and f.addressee == "部局"]
        errors = sum(is_error(f) for f in mine)
        missing = tuple(i for i, r in own.items() if not r.reported and i not in confirmed)
        waiting = [i for i in missing if i not in in_a_file]
        states.append(
            IndicatorDepartment(
                name,
                _state(own, files, errors, waiting, name in refused, begun),
                expected=len(own),
                missing=missing,
                files=files,
                errors=errors,
                confirmations=sum(is_open_confirmation(f) for f in mine),
                # Of a joint indicator those are asked who have sent no form of the round.
                from_list=tuple(
                    i
                    for i, r in own.items()
                    if r.from_list
                    and not (name in in_round and {*r.indicator.departments} - in_round)
                ),
                kpi_form=name in in_round,
            )
        )
    return tuple(states)


def _state(
    own: Mapping[str, Report],
    files: Sequence[str],
    errors: int,
    waiting: Sequence[str],
    refused: bool,
    begun: RoundBegun,
) -> IndicatorStatus:
    if errors:
        return "差戻し"
    if not files and not any(r.due for r in own.values()):
        return "該当なし"
    if not files and all(r.reported for r in own.values()):
        return "受理"  # another department has reported for it
    if begun == "not yet":
        return "照会前"
    if not files:
        return "再提出待ち" if refused else "未提出"
    return "未提出" if waiting else "受理"
