"""Which indicator a row is about: its ID, and what its reference columns say beside it."""

from __future__ import annotations

from collections.abc import Container, Sequence

from sousei_xl import eras, text
from sousei_xl.rules.indicators.actuals import parse_actual
from sousei_xl.rules.indicators.records import IndicatorRow
from sousei_xl.rules.indicators.scale import is_other_scale
from sousei_xl.rules.records import RawRow
from sousei_xl.strategy import Indicator, Settings, Strategy
from sousei_xl.strategy.indicators import NONE, baseline, reference_text, target


def identify(row: IndicatorRow, strategy: Strategy, ids_in_form: Container[str]) -> None:
    """Find the indicator by its ID, or by name and part where the ID was lost.

    An ID that stands in the form (``ids_in_form``) was not lost: its values would be overwritten.
    An unknown ID passes through as typed: the schema refuses it.
    """
    typed = typed_id(row.raw)
    by_id = {text.key(i.id): i for i in strategy.indicators}
    row.indicator = by_id.get(text.key(typed))
    named = named_as(row.raw, strategy)
    if row.indicator is None and not typed:
        lost = [i for i in named if text.key(i.id) not in ids_in_form]
        row.indicator = named[0] if len(named) == len(lost) == 1 else None
    row.id = row.indicator.id if row.indicator else typed
    if row.indicator is not None:
        meant = _rather_meant(row.raw, row.indicator, named, strategy.settings)
        row.belongs_to = tuple(i.id for i in meant)
        row.indicator = None if meant else row.indicator
    unit = _reference(row.raw, "unit")
    wanted = _reference_key(row.indicator.unit) if row.indicator else ""
    row.other_unit = bool(unit and wanted) and is_other_scale(unit, wanted)


def _rather_meant(
    raw: RawRow, own: Indicator, named: Sequence[Indicator], settings: Settings
) -> list[Indicator]:
    """The indicators one of which the row is about, though it has the ID of ``own``: by name and
    unit; by 現状値 and 目標値 where ``own`` has the same name and unit."""
    unit = _reference(raw, "unit")
    alike = [i for i in named if unit in ("", _reference_key(i.unit))]
    if own not in named:
        return alike
    if own not in alike or _has_figures_of(own, raw, settings):
        return []
    return [i for i in alike if _has_figures_of(i, raw, settings)]


def _has_figures_of(indicator: Indicator, raw: RawRow, settings: Settings) -> bool:
    """Whether 現状値 and 目標値 are the indicator's; a blank is nobody's."""
    figures = {name: raw.values.get(name) for name in ("baseline", "target")}
    return all(
        not text.is_blank(value) and refers(value, indicator, name, settings)
        for name, value in figures.items()
    )


def named_as(raw: RawRow, strategy: Strategy) -> list[Indicator]:
    """The indicators that have the row's name and part."""
    said = _reference(raw, "name"), _reference(raw, "part")
    return [i for i in strategy.indicators if (text.key(i.name), _reference_key(i.part)) == said]


def _reference(raw: RawRow, name: str) -> str:
    return _reference_key(text.to_text(raw.values.get(name)))


def _reference_key(words: str) -> str:
    """Match key of what a reference column says, be it in the form or in the strategy; blank also
    for the dash that stands for nothing."""
    shown = text.key(words)
    return "" if shown == text.key(NONE) else shown


def typed_id(raw: RawRow) -> str:
    """The ID as it is printed."""
    return str(text.tidy(raw.values.get("id")).value or "")


def refers(value: text.Value, indicator: Indicator, name: str, settings: Settings) -> bool:
    """Whether a reference cell still means what it was filled with, however it was retyped."""
    typed = text.to_text(value)
    shown = reference_text(indicator, name, settings)
    if text.key(typed) == text.key(shown or NONE):
        return True
    bare, _, rest = text.nfkc(typed).partition("(")
    if name == "kind":
        return text.key(bare) == text.key(indicator.kind)
    if name not in ("baseline", "target"):
        return False
    year = eras.parse_fiscal_year(rest.strip(") ")) if rest else None
    expected_year = eras.parse_fiscal_year(getattr(indicator, f"{name}_year"))
    if rest and year != expected_year:
        return False
    figure = baseline(indicator) if name == "baseline" else target(indicator)
    if figure is None:
        return text.key(bare) == text.key(getattr(indicator, name) or NONE)
    number = value if isinstance(value, int | float) else bare
    return parse_actual(number, indicator.unit).value == figure
