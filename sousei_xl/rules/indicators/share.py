"""The office's one sheet serves two rounds: which of its rows are the list's, which the KPI's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sousei_xl import text
from sousei_xl.findings import RULES, Finding
from sousei_xl.rules.indicators import units
from sousei_xl.rules.records import Acknowledgement, Correction, Intake, OfficeSheet
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.indicators import input_name


def share(intake: Intake, strategy: Strategy) -> tuple[OfficeSheet, OfficeSheet]:
    """(what concerns the list, what concerns the KPI round).

    A confirmation goes by its code, a correction by its 項目: an ID such as ``2ア-1`` is also how a
    project is named.
    """
    office = intake.office
    replaced = units.settle(intake.submissions).findings if office.acknowledgements else ()
    corrections = [(c, _corrects_indicator(c, strategy)) for c in office.corrections]
    confirmed = [(a, _confirms_indicator(a, replaced)) for a in office.acknowledgements]
    return (
        replace(
            office,
            corrections=tuple(c for c, kpi in corrections if not kpi),
            acknowledgements=tuple(a for a, kpi in confirmed if not kpi),
        ),
        OfficeSheet(
            corrections=tuple(c for c, kpi in corrections if kpi),
            acknowledgements=tuple(a for a, kpi in confirmed if kpi),
        ),
    )


def _corrects_indicator(correction: Correction, strategy: Strategy) -> bool:
    label = text.key(correction.field_label)
    if any(label in (text.key(f.label), text.key(f.short_label)) for f in strategy.fields):
        return False
    return input_name(correction.field_label, strategy.settings) is not None


def _confirms_indicator(item: Acknowledgement, replaced: Sequence[Finding]) -> bool:
    """By the rule's scope; F206 also where it is a KPI sheet that was replaced."""
    rule = RULES.get(item.code)
    if rule is None or rule.scope == "kpi":
        return rule is not None
    target, value = text.key(item.target), text.key(item.confirmed)
    return any(
        f.code == item.code and text.key(f.target) == target and value in ("", text.key(f.value))
        for f in replaced
    )
