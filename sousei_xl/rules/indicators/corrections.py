"""What the office corrects in the KPI round: rows of 修正 about the KPI sheet (``share.py``).

As for projects, a correction whose 修正前 no longer fits is not applied and said so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sousei_xl import text
from sousei_xl.findings import Finding
from sousei_xl.rules.indicators.actuals import parse_actual
from sousei_xl.rules.indicators.joint import TEXTS, by_weight, saying, united
from sousei_xl.rules.indicators.parse import parse_row
from sousei_xl.rules.indicators.records import IndicatorRow, PublishedActuals
from sousei_xl.rules.merge.office import Outcome, not_applied, unread
from sousei_xl.rules.records import CORRECT, AppliedCorrection, Correction
from sousei_xl.strategy import Settings, Strategy
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
    published: PublishedActuals,
) -> tuple[list[Finding], list[AppliedCorrection]]:
    """Apply the KPI corrections to the rows (earliest file first) in place.

    ``findings`` are those of parsing; the ones of a corrected row are replaced. Where several units
    report an indicator, the row that counts is corrected: the latest that says anything in that
    field. Where nobody does, what was published last year (``published``) stands there, and may be
    corrected. Returns all findings of the rows with O101–O103 added, and what became of each
    correction.
    """
    by_row: dict[int, list[Finding]] = {row.row_id: [] for row in rows}
    for item in findings:
        by_row.setdefault(item.place.row_id or 0, []).append(item)
    reporting: dict[str, list[IndicatorRow]] = defaultdict(list)
    for row in rows:
        if row.indicator:
            reporting[text.key(row.id)].append(row)
    problems: list[Finding] = []
    applied: list[AppliedCorrection] = []
    for correction in corrections:
        mine = reporting.get(text.key(correction.target), [])
        outcome, problem = _apply(correction, mine, by_row, strategy, published)
        applied.append(outcome)
        problems += problem
    return [item for found in by_row.values() for item in found] + problems, applied


def _apply(
    correction: Correction,
    rows: Sequence[IndicatorRow],
    by_row: dict[int, list[Finding]],
    strategy: Strategy,
    published: PublishedActuals,
) -> Outcome:
    if outcome := unread(correction):
        return outcome
    failed = partial(not_applied, correction, None)
    if correction.operation != CORRECT:
        return failed("O101", "操作", correction.operation, variant="indicator_operation")
    name = input_name(correction.field_label, strategy.settings)
    if name is None:
        inputs = [c.label for c in columns(strategy.settings) if not c.reference]
        typed, fields = correction.field_label, "・".join(f"『{label}』" for label in inputs)
        return failed("O101", "項目", typed, variant="indicator_field", fields=fields)
    if not rows:
        wanted = text.key(correction.target)
        meant = next((i for i in strategy.indicators if text.key(i.id) == wanted), None)
        variant = "indicator_row" if meant else "indicator"
        owners = "、".join(meant.departments if meant else ()) or "未定"
        return failed("O101", "対象", correction.target, variant=variant, owners=owners)
    column = column_by_name(strategy.settings)[name]
    cells = _meant(correction, rows, column, strategy.settings)
    row = cells[-1]
    carried = _published(row, name, published)
    whole = united(cells, name) if name in TEXTS and len(saying(cells, name)) > 1 else ""
    current = whole or row.raw.errors.get(name) or text.to_text(row.raw.values.get(name)) or carried
    facts = {"target": correction.target, "current": current}
    # A value that waits for its unit may turn out to be right as it stands.
    waits = row.other_unit and name in row.unknown
    if whole:
        said = (text.tidy(value).value for value in (correction.after, correction.before))
        done, fits = (value == text.tidy(whole).value for value in said)
    else:
        done = not waits and _same(correction.after, row, name, carried)
        fits = any(_same(correction.before, row, name, known) for known in ("", carried))
    # What is not there yet would be carried over again, once last year's 別紙 is given.
    stays_out = column.year and text.is_blank(correction.after) and not published
    if done and not stays_out:
        return failed("O103", column.label, correction.target, variant="done", **facts)
    if not (fits or done):
        return failed("O102", column.label, text.to_text(correction.before), **facts)
    _put(row, correction, column, _as_in_a_form(correction.after, column), by_row, strategy)
    if whole or text.is_blank(correction.after):
        # What the office takes back is nobody's any more, nor is what it puts one text in place of.
        for other in cells[:-1]:
            _put(other, correction, column, None, by_row, strategy)
    subject = title(row.indicator) if row.indicator else ""
    return AppliedCorrection(correction, "適用", current, subject, row.row_id, name), []


def _put(
    row: IndicatorRow,
    correction: Correction,
    column: Column,
    value: text.Value,
    by_row: dict[int, list[Finding]],
    strategy: Strategy,
) -> None:
    """A value in place of what the row says; its findings are found anew."""
    place = replace(correction.at("修正後"), row_id=row.row_id, field=column.name)
    row.corrected[column.name] = replace(place, label=column.label)
    changed = row.raw.with_value(column.name, value)
    _, by_row[row.row_id] = parse_row(changed, row.submitter, strategy, row)


def _meant(
    correction: Correction, rows: Sequence[IndicatorRow], column: Column, settings: Settings
) -> Sequence[IndicatorRow]:
    """The rows that say what is to be corrected, the one that counts last; at least one.

    Texts of several units stand side by side: 修正前 may be one of them, or all together.
    """
    name = column.name
    speaking = [row for row in rows if row.says(column)] or rows[-1:]
    if name not in TEXTS:
        return speaking if column.year else by_weight(speaking, name, settings)
    heard = saying(speaking, name)
    alike = [row for row in heard if _same(correction.before, row, name, "")]
    if not alike:
        return speaking
    senders = {row.submitter for row in alike}  # a text that several have written is printed once
    unheard = [r for r in speaking if r not in heard and r.submitter in senders]
    return [*unheard, *alike]


def _as_in_a_form(value: text.Value, column: Column) -> text.Value:
    """修正後 as a form has it: the cells of 修正 are texts, which is no conversion to be told."""
    number = parse_actual(value, "").value if isinstance(value, str) and column.year else None
    return value if number is None else float(number)


def _published(row: IndicatorRow, name: str, published: PublishedActuals) -> str:
    """What stands for a blank cell: last year's value of the same year."""
    if not text.is_blank(row.raw.values.get(name)) or row.indicator is None:
        return ""
    known = published.get(row.indicator.id, {})
    return next((f"{v:f}" for year, v in known.items() if actual_field(year) == name), "")


def _same(value: text.Value, row: IndicatorRow, name: str, carried: str) -> bool:
    """Whether a typed value means what the row says now; figures are compared as figures.

    ``carried`` stands for a blank cell.
    """
    typed = row.raw.errors.get(name) or row.raw.values.get(name)
    if text.is_blank(typed):
        typed = carried
    if text.is_blank(value) or text.is_blank(typed):
        return text.is_blank(value) and text.is_blank(typed)
    unit = row.indicator.unit if row.indicator else ""
    mine, theirs = (parse_actual(v, unit).value for v in (value, typed))
    if mine is not None and theirs is not None:
        return mine == theirs
    return bool(text.tidy(value).value == text.tidy(typed).value)
