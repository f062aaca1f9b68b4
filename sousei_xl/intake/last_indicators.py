"""Last year's データ_KPI: how a series was defined, what was reported, which one it is now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from sousei_xl import amounts, eras, text
from sousei_xl.figures.changes.indicators import (
    ACTUAL,
    BASELINE,
    BASELINE_YEAR,
    ID,
    INDICATOR,
    KIND,
    PART,
    STAGE,
    TARGET,
    TARGET_YEAR,
    UNIT,
    YEAR,
)
from sousei_xl.figures.last_year import LastIndicator, key_now
from sousei_xl.intake.reading import SheetCells
from sousei_xl.rules.indicators.scale import is_same_unit
from sousei_xl.strategy import Indicator, Strategy
from sousei_xl.strategy.indicators import PERIOD_SUM, QUALITATIVE, RUNNING_TOTAL, STAGES

# Of these a value is no level of its year.
_OF_THEIR_OWN = (RUNNING_TOTAL, PERIOD_SUM, QUALITATIVE)
Actuals = dict[str, dict[int, Decimal]]


def last_indicators(
    sheet: SheetCells | None, strategy: Strategy
) -> tuple[tuple[LastIndicator, ...], Actuals]:
    """(series in the order of the sheet, this year's ID → fiscal year → 実績値).

    実績値 is what a department entered, of 期間累計 each year's own value. A series is known by its
    name and part, for IDs may have been given anew; by its ID where the name was only reworded.
    Values of a series that is counted in another unit or way now are left out: they say nothing
    about this year's. So are those of a series that may be one of several. The series says so.
    """
    if sheet is None:
        return (), {}
    first: dict[str, Mapping[str, str]] = {}
    reported: Actuals = {}
    preliminary: dict[str, list[int]] = defaultdict(list)
    for row in sheet.by_heading:
        said = {heading: text.to_text(value).strip() for heading, value in row.items()}
        last_id = said.get(ID, "")
        if not last_id:
            continue
        first.setdefault(last_id, said)
        year = eras.parse_fiscal_year(row.get(YEAR))
        value = row.get(ACTUAL)
        if year is not None and isinstance(value, int | float) and not isinstance(value, bool):
            reported.setdefault(last_id, {})[year] = Decimal(amounts.as_kept(value))
            if said.get(STAGE) == STAGES[0]:
                preliminary[last_id].append(year)
    series = {
        last_id: replace(_series(last_id, first, strategy), preliminary=tuple(preliminary[last_id]))
        for last_id in first
    }
    known = {i.id: i for i in strategy.indicators}
    actuals: Actuals = {}
    for last_id, found in reported.items():
        mine = series[last_id]
        if mine.id and _comparable(mine, known[mine.id]):
            actuals.setdefault(mine.id, found)
        elif mine.id or mine.perhaps:
            series[last_id] = replace(mine, left_out=tuple(sorted(found)))
    return tuple(series.values()), actuals


def _series(
    last_id: str, first: Mapping[str, Mapping[str, str]], strategy: Strategy
) -> LastIndicator:
    said = first[last_id]
    id_, perhaps = _this_years(last_id, first, strategy)
    return LastIndicator(
        id=id_,
        perhaps=perhaps,
        last_id=last_id,
        name=said.get(INDICATOR, ""),
        part=said.get(PART, ""),
        unit=said.get(UNIT, ""),
        kind=said.get(KIND, ""),
        baseline=said.get(BASELINE, ""),
        baseline_year=said.get(BASELINE_YEAR, ""),
        target=said.get(TARGET, ""),
        target_year=said.get(TARGET_YEAR, ""),
    )


def _this_years(
    last_id: str, first: Mapping[str, Mapping[str, str]], strategy: Strategy
) -> tuple[str, tuple[str, ...]]:
    """(ID of the same series this year or blank, IDs one of which it may be then).

    One name may stand under several measures: there the ID tells them apart, and a new ID is that
    of the only one whose old ID is no more.
    """
    wanted = name, part = _name(first[last_id])
    same = [i.id for i in strategy.indicators if (text.key(i.name), text.key(i.part)) == wanted]
    if last_id in same:
        return last_id, ()
    before = [other for other, said in first.items() if _name(said) == wanted]
    gone = [other for other in before if other not in same]
    new = [id_ for id_ in same if id_ not in before]
    if len(new) == len(gone) == 1:
        return new[0], ()
    own = [i for i in strategy.indicators if i.id == last_id]
    alike = [(i.id, i.name) for i in own if not name or text.key(i.part) == part]
    kept = key_now(last_id, name, alike)
    return kept, () if kept else tuple(new)


def _name(said: Mapping[str, str]) -> tuple[str, str]:
    """Match keys of name and part."""
    return text.key(said.get(INDICATOR, "")), text.key(said.get(PART, ""))


def _comparable(last: LastIndicator, now: Indicator) -> bool:
    """Whether a value means the same now: 人 and 名 are spellings, 各年度 and 時点 both levels."""
    kinds = {last.kind or now.kind, now.kind}
    other_kind = len(kinds) > 1 and not kinds.isdisjoint(_OF_THEIR_OWN)
    same_unit = not (last.unit and now.unit) or is_same_unit(last.unit, now.unit)
    return not other_kind and same_unit
