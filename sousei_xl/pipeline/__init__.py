"""The stages in order, on one screen: what came in → strategy → the merged list.

``delivery.py`` goes on from there: state, workbooks, outbox.
"""

from __future__ import annotations

from dataclasses import replace

from sousei_xl import text
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.intake.arrivals import Arrivals
from sousei_xl.intake.read import Reading
from sousei_xl.intake.receive import receive
from sousei_xl.intake.submission import finding_of
from sousei_xl.rules.indicators.merge import merge_indicators
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import ListResult
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


def merge_all(arrivals: Arrivals, strategy: Strategy) -> tuple[ListResult, IndicatorResult]:
    """The merged list and the KPI round, which has a state of its own.

    A ledger that does not balance is a bug and stops everything.
    """
    intake = receive(arrivals.files, arrivals.office, arrivals.strays, strategy)
    result = merge(intake, strategy)
    if not result.ledger.balanced or result.ledger.listed != len(result.listed):
        raise RuntimeError(f"the ledger does not balance: {result.ledger}")
    return result, merge_indicators(intake, strategy)


def check_files(arrivals: Arrivals, names: list[str], strategy: Strategy) -> ListResult:
    """The merge as it would be with these files in the place of their units' files."""
    intake = receive(arrivals.files, arrivals.office, arrivals.strays, strategy)
    asked = [s for s in intake.submissions if s.file in names]
    units = {(s.department, text.key(s.unit)) for s in asked}
    others = (
        s
        for s in intake.submissions
        if s.file not in names and (s.department, text.key(s.unit)) not in units
    )
    kept = tuple(sorted([*others, *asked], key=lambda s: s.file))
    return merge(replace(intake, submissions=kept), strategy)
