"""What the office corrects in the KPI round: rows of 修正 about the KPI sheet (``share.py``).

As for projects, a correction whose 修正前 no longer fits is not applied and said so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sousei_xl import text
from sousei_xl.findings import Finding
from sousei_xl.rules.indicators.parse import parse_actual, parse_row
from sousei_xl.rules.indicators.records import IndicatorRow, PreviousActuals
from sousei_xl.rules.merge.office import Outcome, not_applied, unread
from sousei_xl.rules.records import CORRECT, AppliedCorrection, Correction
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.indicators import (
    Column,
    actual_field,
    column_by_name,
    columns,
    input_name,
    title,
)


def apply_corrections(
    rows: Sequence[IndicatorRow],
    findings: Sequence[Finding],
    corrections: Sequence[Correction],
    strategy: Strategy,
    previous: PreviousActuals,
) -> tuple[list[Finding], list[AppliedCorrection]]:
    """Apply the KPI corrections to the rows (earliest file first) in place.

    ``findings`` are those of parsing; the ones of a corrected row are replaced. Where several units
    report an indicator, the row that counts is corrected. Where its cell is blank, what was
    published last year (``previous``) stands there, and may be corrected. Returns all findings of
    the rows with O101–O103 added, and what became of each correction.
    """
    by_row: dict[int, list[Finding]] = {row.row_id: [] for row in rows}
    for item in findings:
        by_row.setdefault(item.place.row_id or 0, []).append(item)
    counting = {text.key(row.id): row for row in rows if row.indicator}
    problems: list[Finding] = []
    applied: list[AppliedCorrection] = []
    for correction in corrections:
        row = counting.get(text.key(correction.target))
        outcome, problem = _apply(correction, row, by_row, strategy, previous)
        applied.append(outcome)
        problems += problem
    return [item for found in by_row.values() for item in found] + problems, applied


def _apply(
    correction: Correction,
    row: IndicatorRow | None,
    by_row: dict[int, list[Finding]],
    strategy: Strategy,
    previous: PreviousActuals,
) -> Outcome:
    if outcome := unread(correction):
        return outcome
    failed = partial(not_applied, correction)
    if correction.operation != CORRECT:
        return failed("O101", "操作", correction.operation, variant="indicator_operation")
    name = input_name(correction.field_label, strategy.settings)
    if name is None:
        inputs = [c.label for c in columns(strategy.settings) if not c.reference]
        typed, fields = correction.field_label, "・".join(f"『{label}』" for label in inputs)
        return failed("O101", "項目", typed, variant="indicator_field", fields=fields)
    if row is None:
        return failed("O101", "対象", correction.target, variant="indicator")
    column = column_by_name(strategy.settings)[name]
    standing = _published(row, name, previous)
    current = row.raw.errors.get(name) or text.to_text(row.raw.values.get(name)) or standing
    facts = {"target": correction.target, "current": current}
    # A value that waits for its unit may turn out to be right as it stands.
    waits = row.other_unit and name in row.unknown
    if not waits and _same(correction.after, row, name, standing):
        return failed("O103", column.label, correction.target, variant="done", **facts)
    if not any(_same(correction.before, row, name, known) for known in ("", standing)):
        return failed("O102", column.label, text.to_text(correction.before), **facts)
    row.corrected[name] = replace(
        correction.at("修正後"), row_id=row.row_id, field=name, label=column.label
    )
    changed = row.raw.with_value(name, _as_in_a_form(correction.after, column))
    _, by_row[row.row_id] = parse_row(changed, row.submitter, strategy, row)
    subject = title(row.indicator) if row.indicator else ""
    return AppliedCorrection(correction, "適用", current, subject, row.row_id, name), []


def _as_in_a_form(value: text.Value, column: Column) -> text.Value:
    """修正後 as a form has it: the cells of 修正 are texts, which is no conversion to be told."""
    number = parse_actual(value, "").value if isinstance(value, str) and column.year else None
    return value if number is None else float(number)


def _published(row: IndicatorRow, name: str, previous: PreviousActuals) -> str:
    """What stands for a blank cell: last year's value of the same year."""
    if not text.is_blank(row.raw.values.get(name)) or row.indicator is None:
        return ""
    known = previous.get(row.indicator.id, {})
    return next((f"{v:f}" for year, v in known.items() if actual_field(year) == name), "")


def _same(value: text.Value, row: IndicatorRow, name: str, standing: str) -> bool:
    """Whether a typed value means what the row says now; figures are compared as figures.

    ``standing`` stands for a blank cell.
    """
    typed = row.raw.errors.get(name) or row.raw.values.get(name)
    if text.is_blank(typed):
        typed = standing
    if text.is_blank(value) or text.is_blank(typed):
        return text.is_blank(value) and text.is_blank(typed)
    unit = row.indicator.unit if row.indicator else ""
    mine, theirs = (parse_actual(v, unit).value for v in (value, typed))
    if mine is not None and theirs is not None:
        return mine == theirs
    return bool(text.tidy(value).value == text.tidy(typed).value)
