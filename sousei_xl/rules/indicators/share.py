"""The office's one sheet serves two rounds: which of its rows are the list's, which the KPI's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sousei_xl import text
from sousei_xl.catalogue import RULES
from sousei_xl.findings import Finding
from sousei_xl.rules.indicators import units
from sousei_xl.rules.merge.targets import TARGET
from sousei_xl.rules.records import Acknowledgement, Correction, Intake
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.indicators import columns, input_name


def share(intake: Intake, strategy: Strategy) -> tuple[Intake, Intake]:
    """What came in for the list and for the KPI round: each with its own rows of the office's.

    A confirmation goes by its code, a correction by its 項目: an ID such as ``2ア-1`` is also how a
    project is named. One whose 項目 is neither's goes by its 対象 where that can be an indicator
    only.
    """
    office = intake.office
    replaced = units.settle(intake.submissions).findings if office.acknowledgements else ()
    corrections = [(c, _corrects_indicator(c, strategy)) for c in office.corrections]
    confirmed = [(a, _confirms_indicator(a, replaced)) for a in office.acknowledgements]
    for_list, for_kpi = (
        replace(
            office,
            corrections=tuple(c for c, of_kpi in corrections if of_kpi is kpi),
            acknowledgements=tuple(a for a, of_kpi in confirmed if of_kpi is kpi),
        )
        for kpi in (False, True)
    )
    return replace(intake, office=for_list), replace(intake, office=for_kpi)


def _corrects_indicator(correction: Correction, strategy: Strategy) -> bool:
    label = text.key(correction.field_label)
    if label in strategy.field_spellings:
        return False
    if input_name(correction.field_label, strategy.settings) is not None:
        return True
    shown_only = {text.key(c.label) for c in columns(strategy.settings) if c.reference}
    return label in shown_only or _names_indicator_only(correction.target, strategy)


def _names_indicator_only(target: str, strategy: Strategy) -> bool:
    """``G3-1`` is an ID and no place in the list; ``2ア-1`` may be either."""
    wanted = text.key(target)
    if all(text.key(indicator.id) != wanted for indicator in strategy.indicators):
        return False
    place = TARGET.fullmatch(text.nfkc(target).strip())
    return place is None or text.key(place["measure"]) not in strategy.measure_spellings


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
