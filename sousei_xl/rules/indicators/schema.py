"""Every rule on a KPI row's own words, as one pandera schema (as ``rules/schema.py`` for projects).

Figures are Decimal, which pandas does not type: they are parsed one by one, and what can be asked
of them depends on the indicator (``checks.py``).
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Container, Sequence
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from sousei_xl import text
from sousei_xl.findings import Finding, finding
from sousei_xl.rules.indicators.records import IndicatorRow
from sousei_xl.rules.indicators.references import named_as
from sousei_xl.rules.schema import nearest
from sousei_xl.strategy import Indicator, Settings, Strategy
from sousei_xl.strategy.indicators import (
    EXCLUDED,
    OFFICE_CLASSES,
    QUALITATIVE,
    REASONS,
    STAGES,
    Column,
    column_by_name,
    title,
)

_ALIKE = 0.6  # a name of which a word or two was rewritten
_NAMES = ("id", "stage", "reason", "office_class")


def build_schema(strategy: Strategy) -> pa.DataFrameSchema:
    """The schema of the frame of words: known IDs, and choices where something was chosen.

    Index: int64 ``row_id``. ``strict`` and without coercion, as for projects.
    """

    def chosen(words: Sequence[str]) -> pa.Column:
        return pa.Column("string", pa.Check.isin(words, error="K112"), nullable=True)

    ids = [i.id for i in strategy.indicators]
    columns = {
        "id": pa.Column("string", pa.Check.isin(ids, error="K101")),
        "stage": chosen(STAGES),
        "reason": chosen(REASONS),
        "office_class": chosen(OFFICE_CLASSES),
    }
    return pa.DataFrameSchema(
        columns, index=pa.Index("int64", name="row_id", unique=True), strict=True, coerce=False
    )


def validate(rows: Sequence[IndicatorRow], strategy: Strategy) -> list[Finding]:
    """K101 and K112 of all rows. A word that is no choice counts as blank from here on."""
    index = pd.Index([r.row_id for r in rows], dtype="int64", name="row_id")
    frame = pd.DataFrame(
        {
            name: pd.Series([_word(r, name) for r in rows], index=index, dtype="string")
            for name in _NAMES
        }
    )
    try:
        build_schema(strategy).validate(frame, lazy=True)
    except SchemaErrors as errors:
        return _findings(errors.failure_cases, rows, strategy)
    return []


def _word(row: IndicatorRow, name: str) -> str | None:
    return text.printable(getattr(row, name)) or None


def _findings(
    cases: pd.DataFrame, rows: Sequence[IndicatorRow], strategy: Strategy
) -> list[Finding]:
    by_id = {row.row_id: row for row in rows}
    columns = column_by_name(strategy.settings)
    ids_in_form: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        ids_in_form[row.raw.file].add(row.id)
    findings = []
    for case in cases.to_dict("records"):
        if case["schema_context"] != "Column" or pd.isna(case["index"]):
            raise TypeError(f"the frame of KPI rows is not typed as promised: {case}")
        row, name = by_id[int(case["index"])], str(case["column"])
        if name == "id":
            findings.append(_unknown_id(row, ids_in_form[row.raw.file], strategy))
            continue
        findings.append(_no_choice(row, columns[name], strategy))
        setattr(row, name, "")
        row.unknown |= {name}
    return findings


def _unknown_id(row: IndicatorRow, ids_in_form: Container[str], strategy: Strategy) -> Finding:
    """K101. An ID that stands in the form already is no guess: following it would
    overwrite what is reported there."""
    name = text.to_text(row.raw.values.get("name"))
    named = [i.id for i in named_as(row.raw, strategy)]
    ids = [i.id for i in strategy.indicators]
    free = [i for i in named or ids if i not in ids_in_form]
    candidates = text.perhaps(free) if named and free else nearest(row.id, free)
    variant = ""
    if not row.id:
        variant = "twice" if named and not free else "blank"
    elif text.says_nothing(row.id):
        variant = "total"
    elif name and not named:
        # With an ID and a name of its own it is a new indicator; both may also be slips.
        alike = [i.id for i in strategy.indicators if i.id in free and _alike(name, i.name)]
        candidates = nearest(row.id, alike)
        variant = "" if candidates else "new"
    mine = [i.id for i in strategy.indicators if row.submitter in i.departments]
    examples = [i for i in mine if i in free] or mine or [i for i in ids if i in ids_in_form] or ids
    facts: dict[str, Any] = {
        "example": examples[0] if examples else "",
        "candidates": candidates,
        "named": "、".join(f"『{i}』" for i in named),
    }
    return finding(
        "K101",
        row.place("id", strategy),
        row.id,
        variant=variant,
        subject=name,
        target=row.id,
        department=row.submitter,
        **facts,
    )


def _alike(name: str, other: str) -> bool:
    """Whether one name looks like the other with a few letters changed."""
    return bool(difflib.get_close_matches(text.key(name), [text.key(other)], cutoff=_ALIKE))


def is_calculated(indicator: Indicator | None) -> bool:
    """Whether the judgement is calculated: of 事務局判定 only 判定対象外 counts then."""
    return indicator is not None and indicator.kind != QUALITATIVE


def no_class(indicator: Indicator | None, settings: Settings) -> dict[str, str]:
    """What K112 says of a 事務局判定 that does not count: the column is the office's."""
    if not is_calculated(indicator):
        return {"variant": "office_class"}
    excluded = settings.judgement.name(EXCLUDED)
    return {"variant": "calculated", "expected": text.SHOWN_BLANK, "excluded": excluded}


def _no_choice(row: IndicatorRow, column: Column, strategy: Strategy) -> Finding:
    facts: dict[str, Any] = {}
    if column.name == "office_class":
        facts = no_class(row.indicator, strategy.settings)
    return finding(
        "K112",
        row.place(column.name, strategy),
        text.to_text(row.raw.values.get(column.name)),
        choices="・".join(f"『{c}』" for c in column.choices),
        subject=title(row.indicator) if row.indicator else "",
        target=row.id,
        department=row.submitter,
        **facts,
    )
