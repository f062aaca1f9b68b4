"""The stages in order, on one screen: what came in → strategy → the merged list.

``delivery.py`` goes on from there: state, workbooks, outbox.
"""

from __future__ import annotations

from sousei_xl.errors import OperatorError
from sousei_xl.figures.last_year import LastYear
from sousei_xl.findings import Finding, Place, finding, of_named_file
from sousei_xl.intake.arrivals import Arrivals
from sousei_xl.intake.reading import Reading
from sousei_xl.intake.receive import receive
from sousei_xl.intake.submission import finding_of
from sousei_xl.rules.answers import with_answers
from sousei_xl.rules.indicators.merge import merge_indicators
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.indicators.share import share
from sousei_xl.rules.merge import merge
from sousei_xl.rules.parse import EarlyRows
from sousei_xl.rules.records import Intake, ListResult
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.load import load
from sousei_xl.strategy.load.table import READ_SHEETS


class TemplateError(OperatorError):
    """Mistakes in the template; ``findings`` has all of them, each with its cell."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        lines = "\n".join(f"  {item}" for item in findings)
        super().__init__(
            f"テンプレートに直すところが{len(findings)}件あります。"
            f"Excelで開いて直してください。\n{lines}"
        )


def read_strategy(template: Reading) -> tuple[Strategy | None, list[Finding]]:
    """The office's definition of the year, or every mistake in it at once (T101)."""
    name = template.file
    if template.refusal:
        return None, [of_named_file(finding_of(template.refusal, name))]
    strategy, mistakes = load({s.name: s.rows for s in template.sheets}, name)
    mistakes += [
        finding(
            "T101",
            Place(name, sheet.name, cell=cell),
            error,
            problem=f"エラー値（{error}）があります。",
            remedy="値を直接入力してください。",
        )
        for sheet in template.sheets
        if sheet.name in READ_SHEETS
        for cell, error in sheet.errors.items()
    ]
    return (None if mistakes else strategy), mistakes


def strategy_of(template: Reading) -> Strategy:
    """The strategy, or TemplateError."""
    strategy, mistakes = read_strategy(template)
    if strategy is None:
        raise TemplateError(mistakes)
    return strategy


def require_anybody(strategy: Strategy) -> None:
    """OperatorError where the template asks nobody for a form."""
    if not strategy.expected_units:
        raise OperatorError(
            "提出対象の部局がありません。テンプレートの「部局」シートで、提出対象を「はい」にしてください。"
        )


def last_year_of(arrivals: Arrivals, strategy: Strategy) -> LastYear | None:
    """Last year's 別紙, where it was asked for. OperatorError where it cannot be used."""
    if arrivals.last_reading is None:
        return None
    from sousei_xl.intake.last_year import read_last_year  # most runs have none

    return read_last_year(arrivals.last_reading, strategy)


def receive_all(arrivals: Arrivals, strategy: Strategy, early: EarlyRows | None = None) -> Intake:
    """Everything that came in as submissions; what was read is needed no more. ``early`` parses
    their rows meanwhile."""
    on_submission = early.add if early else None
    return receive(arrivals.files, arrivals.office, arrivals.strays, strategy, on_submission)


def merge_all(
    intake: Intake,
    strategy: Strategy,
    last: LastYear | None = None,
    kpi_forms_made: bool = False,
    early: EarlyRows | None = None,
) -> tuple[ListResult, IndicatorResult]:
    """The merged list and the KPI round, which has a state of its own, compared with last year's;
    the findings with what departments have answered.

    A ledger that does not balance is a bug and stops everything.
    """
    for_list, for_kpi = share(intake, strategy)
    result = merge(for_list, strategy, last, early)
    if not result.ledger.balanced or result.ledger.listed != len(result.listed):
        raise RuntimeError(f"the ledger does not balance: {result.ledger}")
    return with_answers(result, merge_indicators(for_kpi, strategy, last, kpi_forms_made))
