"""Which indicators are defined otherwise than last year: name, unit, baseline, target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sousei_xl import text
from sousei_xl.figures.changes import Row
from sousei_xl.figures.last_year import LastIndicator
from sousei_xl.strategy import Indicator, Strategy
from sousei_xl.strategy import indicators as defined


@dataclass(frozen=True, slots=True)
class IndicatorChange:
    """``fields`` are (heading, before, after); empty where the series is no more (``id`` blank)."""

    id: str
    title: str
    fields: tuple[tuple[str, str, str], ...] = ()


def indicator_changes(
    last: Sequence[LastIndicator], strategy: Strategy
) -> tuple[IndicatorChange, ...]:
    """In the order of this year's strategy, then what is no more.

    Last year's data has the series that had an actual then; a series that it has not is therefore
    not called new.
    """
    before = {item.id: item for item in last if item.id}
    found = []
    for indicator in strategy.indicators:
        item = before.get(indicator.id)
        if item is not None and (fields := tuple(_fields(item, indicator, strategy))):
            found.append(IndicatorChange(indicator.id, defined.title(indicator), fields))
    for item in last:
        if not item.id:
            part = f"（{item.part}）" if item.part else ""
            found.append(IndicatorChange("", f"{item.last_id}　{item.name}{part}"))
    return tuple(found)


def _fields(last: LastIndicator, now: Indicator, strategy: Strategy) -> list[tuple[str, str, str]]:
    """Headings in which they differ; blank ones of last year were not told."""
    words = (
        ("ID", last.last_id, now.id),
        ("指標名", last.name, now.name),
        ("内訳", last.part, now.part),
        ("単位", last.unit, now.unit),
        ("集計区分", last.kind, now.kind),
    )
    fields = [(h, a, b) for h, a, b in words if a and text.key(a) != text.key(b)]
    begun, end = defined.baseline_year(now), defined.target_year(now, strategy.settings)
    for heading, before, year_before, after, year in (
        ("現状値", last.baseline, last.baseline_year, defined.baseline(now), begun),
        ("目標値", last.target, last.target_year, defined.target(now), end),
    ):
        known = before or (year_before and last.name)
        same_year = not year_before or text.parse_fiscal_year(year_before) == year
        if known and not (_decimal(before) == after and (after is None or same_year)):
            label = "" if year is None else defined.year_label(year, strategy.settings)
            shown = "" if after is None else f"{after:,f}"
            fields.append((heading, _with_year(before, year_before), _with_year(shown, label)))
    return fields


def _decimal(shown: str) -> Decimal | None:
    try:
        return Decimal(shown.replace(",", "")) if shown else None
    except InvalidOperation:
        return None


def _with_year(figure: str, year: str) -> str:
    return f"{figure}（{year}）" if figure and year else figure or defined.NONE


# --- two workbooks --------------------------------------------------------------------------------

_ID, _NAME, _PART, _YEAR = "ID", "指標名", "内訳", "実績年"
_OF_SERIES = (_NAME, _PART, "単位", "集計区分", "現状値年", "現状値", "目標値年", "目標値")
_OF_YEAR = ("実績値", "累積値", "判定")
_FIGURES = ("現状値", "目標値", "実績値", "累積値")


def is_figure(heading: str) -> bool:
    """Whether a field that changed has figures: 目標値, H29の実績値."""
    return heading.rpartition("の")[2] in _FIGURES


def compare_indicator_rows(old: Sequence[Row], new: Sequence[Row]) -> tuple[IndicatorChange, ...]:
    """What changed between two データ_KPI sheets, per series (by ID), in the order of the new one.

    Fields of a year are named after it: ``H29の実績値``. A series that one sheet has not at all has
    one field, 実績値のある年.
    """
    before, after = _by_series(old), _by_series(new)
    found = []
    for id_ in [*after, *(i for i in before if i not in after)]:
        said = [before.get(id_, {}), after.get(id_, {})]
        if all(said):
            fields = [
                (heading, one, other)
                for heading in dict.fromkeys([*said[0], *said[1]])
                if (one := said[0].get(heading, "")) != (other := said[1].get(heading, ""))
            ]
        else:
            fields = [("実績値のある年", _years(said[0]), _years(said[1]))]
        if fields:
            name, part = (said[1] or said[0])[_NAME], (said[1] or said[0])[_PART]
            title = f"{name}（{part}）" if part else name
            found.append(IndicatorChange(id_, title, tuple(fields)))
    return tuple(found)


def _years(said: Mapping[str, str]) -> str:
    ending = "の実績値"
    return "、".join(h.removesuffix(ending) for h in said if h.endswith(ending))


def _by_series(rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    """ID → heading → value, the headings of the years after those of the series."""
    series: dict[str, dict[str, str]] = {}
    for row in rows:
        said = {h: text.to_text(row.get(h)) for h in (_ID, _YEAR, *_OF_SERIES, *_OF_YEAR)}
        mine = series.setdefault(said[_ID], {h: said[h] for h in _OF_SERIES})
        mine |= {f"{said[_YEAR]}の{h}": said[h] for h in _OF_YEAR if said[h]}
    return series
