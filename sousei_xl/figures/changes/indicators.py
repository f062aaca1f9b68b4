"""What changed between two データ_KPI sheets, and how their headings are spelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sousei_xl import eras, text
from sousei_xl.figures.changes import Row
from sousei_xl.text import Value

INDICATORS_SHEET = "データ_KPI"
ID, INDICATOR, PART, UNIT, KIND = "ID", "指標名", "内訳", "単位", "集計区分"
BASELINE_YEAR, BASELINE, TARGET_YEAR, TARGET = "現状値年", "現状値", "目標値年", "目標値"
YEAR, ACTUAL, SUM, CLASS, STAGE = "実績年", "実績値", "累積値", "判定", "速報・確報"
FIGURES = (BASELINE, TARGET, ACTUAL, SUM)
_OF_SERIES = (INDICATOR, PART, UNIT, KIND, BASELINE_YEAR, BASELINE, TARGET_YEAR, TARGET)
_OF_YEAR = (ACTUAL, SUM, CLASS)


@dataclass(frozen=True, slots=True)
class IndicatorChange:
    """``fields`` are (heading, before, after); empty where the series is no more (``id`` blank)."""

    id: str
    title: str
    fields: tuple[tuple[str, str, str], ...] = ()


def is_figure(heading: str) -> bool:
    """Whether a field that changed has figures: 目標値, H29の実績値."""
    return heading.rpartition("の")[2] in FIGURES


def compare_indicator_rows(old: Sequence[Row], new: Sequence[Row]) -> tuple[IndicatorChange, ...]:
    """What changed between two データ_KPI sheets, per series (by ID), in the order of the new one.

    Fields of a year are named after it: ``H29の実績値``. A series that one sheet has not at all has
    one field, 実績値のある年. Two spellings of one year (H31, R1) are no change; what the new sheet
    has of a year is named as it spells it.
    """
    labels = _labels([*old, *new])
    before, after = _by_series(old, labels), _by_series(new, labels)
    found = []
    for id_ in [*after, *(i for i in before if i not in after)]:
        said = [before.get(id_, {}), after.get(id_, {})]
        if all(said):
            fields = [
                (heading, one, other)
                for heading in dict.fromkeys([*said[0], *said[1]])
                if (one := said[0].get(heading, "")) != (other := said[1].get(heading, ""))
                and not (heading in (BASELINE_YEAR, TARGET_YEAR) and _year(one) == _year(other))
            ]
        else:
            fields = [(f"{ACTUAL}のある年", _years(said[0]), _years(said[1]))]
        if fields:
            name, part = (said[1] or said[0])[INDICATOR], (said[1] or said[0])[PART]
            title = f"{name}（{part}）" if part else name
            found.append(IndicatorChange(id_, title, tuple(fields)))
    return tuple(found)


def actuals_gone(old: Sequence[Row], new: Sequence[Row]) -> tuple[IndicatorChange, ...]:
    """The actuals of the old sheet of whose year the new one has none, as changes."""
    found = []
    for change in compare_indicator_rows(old, new):
        fields = tuple(f for f in change.fields if ACTUAL in f[0] and f[1] and not f[2])
        if fields:
            found.append(IndicatorChange(change.id, change.title, fields))
    return tuple(found)


def _years(said: Mapping[str, str]) -> str:
    ending = f"の{ACTUAL}"
    return "、".join(h.removesuffix(ending) for h in said if h.endswith(ending))


def _year(said: Value) -> int | str:
    """The year that a label means; the label where it means none."""
    return eras.parse_fiscal_year(said) or text.to_text(said)


def _labels(rows: Sequence[Row]) -> dict[int | str, str]:
    """実績年 → its spelling; the last one, where there are several."""
    return {_year(row.get(YEAR)): text.to_text(row.get(YEAR)) for row in rows}


def _by_series(rows: Sequence[Row], labels: Mapping[int | str, str]) -> dict[str, dict[str, str]]:
    """ID → heading → value, the headings of the years after those of the series."""
    series: dict[str, dict[str, str]] = {}
    for row in rows:
        said = {h: text.to_text(row.get(h)) for h in (ID, *_OF_SERIES, *_OF_YEAR)}
        mine = series.setdefault(said[ID], {h: said[h] for h in _OF_SERIES})
        label = labels[_year(row.get(YEAR))]
        mine |= {f"{label}の{h}": said[h] for h in _OF_YEAR if said[h]}
    return series
