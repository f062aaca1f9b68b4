"""Where things stand on a form's KPI sheet: names, never positions, as in ``layout.py``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial

from sousei_xl import text
from sousei_xl.forms.layout import CHECK, INDICATORS, Rows
from sousei_xl.strategy import Settings, Strategy
from sousei_xl.strategy.indicators import (
    actual_field,
    actual_year,
    columns,
    input_names,
    plan_years,
)
from sousei_xl.text import Value

SHEET = INDICATORS

# A row is the header where ID, a year's 実績 and some more headings stand side by side.
_ENOUGH = 4


def indicator_fields(strategy: Strategy) -> tuple[tuple[str, str], ...]:
    """(internal name, heading) of the columns of KPI from left to right, ``check`` first."""
    return (("check", CHECK), *((c.name, c.label) for c in columns(strategy.settings)))


def find_indicator_header(rows: Rows, strategy: Strategy) -> tuple[int, Mapping[str, int]] | None:
    """(position in ``rows``, column name → column counted from 0) of the header of KPI.

    Headings are compared by match key; a year may be spelled in any way (``平成29年度実績値``).
    Years outside the plan are no columns of the form. None where there is no header.
    """
    actuals = {actual_field(year) for year in plan_years(strategy.settings)}
    name_of = _remembered_names(strategy)
    for position, (_, values) in enumerate(rows):
        if len(values) - values.count(None) < _ENOUGH:
            continue
        found: dict[str, int] = {}
        for column, value in enumerate(values):
            if isinstance(value, str):
                short = len(value) <= text.SHORT
                name = name_of(value) if short else _column_name(strategy, value)
                if name is not None:
                    found.setdefault(name, column)
        if "id" in found and len(found) >= _ENOUGH and not actuals.isdisjoint(found):
            return position, found
    return None


@lru_cache(maxsize=4)
def _remembered_names(strategy: Strategy) -> Callable[[str], str | None]:
    # Every text of every sheet without this header is asked about.
    return lru_cache(maxsize=8192)(partial(_column_name, strategy))


def _column_name(strategy: Strategy, heading: str) -> str | None:
    year = actual_year(heading)
    if year and year in plan_years(strategy.settings):
        return actual_field(year)
    short = len(heading) <= text.SHORT
    return _spellings(strategy).get(text.fresh_key(heading)) if short else None


@lru_cache(maxsize=4)
def _spellings(strategy: Strategy) -> Mapping[str, str]:
    """Match key of a heading → column name."""
    return {text.key(label): name for name, label in indicator_fields(strategy)}


def content_mark(rows: Iterable[Mapping[str, Value]], settings: Settings) -> str:
    """A digest of all that stands in the input columns; empty where nothing does.

    Rows by column name, in whatever order; numbers as a workbook keeps them, with 15 digits.
    """
    names = input_names(settings)
    filled = sorted(
        f"{text.key(text.to_text(row.get('id')))}\t{name}\t{_as_kept(row.get(name))}"
        for row in rows
        for name in names
        if not text.is_blank(row.get(name))
    )
    return hashlib.sha256("\n".join(filled).encode()).hexdigest() if filled else ""


def _as_kept(value: Value) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return text.as_kept(value)
    return text.to_text(value)
