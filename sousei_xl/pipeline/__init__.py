"""The stages in order, on one screen: what came in → strategy → the merged list.

``delivery.py`` goes on from there: state, workbooks, outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sousei_xl.figures.last_year import LastYear
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.intake.arrivals import Arrivals
from sousei_xl.intake.read import Reading
from sousei_xl.intake.receive import receive
from sousei_xl.intake.submission import finding_of
from sousei_xl.rules.indicators.merge import merge_indicators
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.merge import merge
from sousei_xl.rules.merge.units import unit_key
from sousei_xl.rules.records import Intake, ListResult, Submission
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.load import load
from sousei_xl.workspace import OperatorError


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
        return None, [finding_of(template.refusal, name)]
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
        for cell, error in sheet.errors.items()
    ]
    return (None if mistakes else strategy), mistakes


def strategy_of(template: Reading) -> Strategy:
    """The strategy, or TemplateError."""
    strategy, mistakes = read_strategy(template)
    if strategy is None:
        raise TemplateError(mistakes)
    return strategy


def last_year_of(arrivals: Arrivals, strategy: Strategy) -> LastYear | None:
    """Last year's 別紙, where it was asked for. OperatorError where it cannot be used."""
    if arrivals.previous is None:
        return None
    from sousei_xl.intake.last_year import read_last_year  # most runs have none

    return read_last_year(arrivals.previous, strategy)


def receive_all(arrivals: Arrivals, strategy: Strategy) -> Intake:
    """Everything that came in as submissions; what was read is needed no more."""
    return receive(arrivals.files, arrivals.office, arrivals.strays, strategy)


def merge_all(
    intake: Intake, strategy: Strategy, last: LastYear | None = None
) -> tuple[ListResult, IndicatorResult]:
    """The merged list and the KPI round, which has a state of its own, compared with last year's.

    A ledger that does not balance is a bug and stops everything.
    """
    result = merge(intake, strategy, last)
    if not result.ledger.balanced or result.ledger.listed != len(result.listed):
        raise RuntimeError(f"the ledger does not balance: {result.ledger}")
    return result, merge_indicators(intake, strategy, last.actuals if last else None)


def check_files(
    arrivals: Arrivals, names: list[str], strategy: Strategy, last: LastYear | None = None
) -> tuple[ListResult, IndicatorResult]:
    """The merge as it would be with these files in the place of their units' files."""
    intake = receive_all(arrivals, strategy)
    asked = [s for s in intake.submissions if s.file in names]
    others = [_yielding(s, asked) for s in intake.submissions if s.file not in names]
    kept = sorted([*others, *asked], key=lambda s: s.file)
    intake = replace(intake, submissions=tuple(kept))
    return (
        merge(intake, strategy, last),
        merge_indicators(intake, strategy, last.actuals if last else None),
    )


def _yielding(other: Submission, asked: Sequence[Submission]) -> Submission:
    """A file of the inbox without the sheets that a checked file of its unit brings."""
    rivals = [s for s in asked if unit_key(s) == unit_key(other)]
    if any(s.has_projects for s in rivals):
        other = replace(other, has_projects=False, none_applicable=False, rows=())
    # A form of the list takes nothing from a form of the KPI round (``units.standing``).
    if any(s.has_indicators and s.kpi_form >= other.kpi_form for s in rivals):
        other = replace(other, has_indicators=False, indicator_rows=())
    return other
