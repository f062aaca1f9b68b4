"""Every rule on a value, readable in one pandera schema, called once for all submissions.

The codes travel as ``error=``; a null in a required column comes back as ``not_nullable``. Cells
that did not parse are null here and already have their finding, so their failures are dropped.
Rules across columns or rows are plain functions in ``checks/``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from sousei_xl import text
from sousei_xl.findings import Finding, finding
from sousei_xl.rules.records import ProjectRow
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.departments import JOINT
from sousei_xl.strategy.fields import Field

# Required columns: what a null means.
_NULL = {"measure": "R101", "name": "R102", "relevance": "R103"}
_OWN_NULL = "R119"


def _length(limit: int) -> pa.Check:
    return pa.Check(lambda s: s.map(text.utf16_length) <= limit, error="R112", name="length")


def _printable() -> pa.Check:
    return pa.Check(lambda s: ~s.map(text.unprintable), error="R112:characters", name="printable")


def _own_column(field: Field) -> pa.Column:
    if field.kind == "integer":
        return pa.Column("Int64", nullable=not field.required)
    checks = [_length(field.max_length), _printable()]
    if field.kind == "choice":
        checks.append(pa.Check.isin(field.choices, error="R118"))
    return pa.Column("string", checks, nullable=not field.required)


def build_schema(strategy: Strategy) -> pa.DataFrameSchema:
    """The schema of the project frame: one column per field of the form, and ``counted``.

    Index: int64 ``row_id``. ``strict`` and without coercion: a frame that is not typed as
    promised is a bug and raises.
    """
    fields = strategy.field_by_name

    def texts(name: str) -> list[pa.Check]:
        return [_length(fields[name].max_length), _printable()]

    columns = {
        "measure": pa.Column("string", pa.Check.isin(list(strategy.measure_by_key), error="R101")),
        "number": pa.Column("Int64", pa.Check.ge(1, error="R108"), nullable=True),
        "relisted": pa.Column(
            "string", pa.Check.isin([text.RELISTED], error="R107"), nullable=True
        ),
        "category": pa.Column(
            "string", pa.Check.isin(fields["category"].choices, error="R118"), nullable=True
        ),
        "name": pa.Column("string", texts("name")),
        "department": pa.Column("string", texts("department"), nullable=True),
        "counted": pa.Column(
            "string", pa.Check.isin(list(strategy.department_by_name), error="R117"), nullable=True
        ),
        "relevance": pa.Column(
            "string",
            pa.Check.isin(fields["relevance"].choices, error="R103"),
            nullable=not fields["relevance"].required,
        ),
        "budget_kind": pa.Column(
            "string", pa.Check.isin(fields["budget_kind"].choices, error="R118"), nullable=True
        ),
        "budget": pa.Column("Int64", pa.Check.ge(0, error="R106"), nullable=True),
        "description": pa.Column("string", texts("description"), nullable=True),
        "note": pa.Column("string", texts("note"), nullable=True),
        **{f.name: _own_column(f) for f in strategy.own_fields},
    }
    return pa.DataFrameSchema(
        columns, index=pa.Index("int64", name="row_id", unique=True), strict=True, coerce=False
    )


def project_frame(rows: Iterable[ProjectRow], strategy: Strategy) -> pd.DataFrame:
    """Typed rows as a frame: ``string`` and ``Int64`` columns, NA for blank or unreadable."""
    rows = list(rows)
    integers = {"number", "budget"} | {f.name for f in strategy.own_fields if f.kind == "integer"}
    names = [f.name for f in strategy.fields]
    names.insert(names.index("department") + 1, "counted")
    index = pd.Index([r.row_id for r in rows], dtype="int64", name="row_id")
    return pd.DataFrame(
        {
            name: pd.Series(
                [r.value(name) for r in rows],
                index=index,
                dtype="Int64" if name in integers else "string",
            )
            for name in names
        },
        index=index,
    )


def validate(rows: Sequence[ProjectRow], strategy: Strategy) -> list[Finding]:
    """One schema call for all rows; failures become findings at the cell, in plain Japanese."""
    try:
        build_schema(strategy).validate(project_frame(rows, strategy), lazy=True)
    except SchemaErrors as errors:
        return _findings(errors.failure_cases, rows, strategy)
    return []


def _findings(cases: pd.DataFrame, rows: Sequence[ProjectRow], strategy: Strategy) -> list[Finding]:
    by_id = {row.row_id: row for row in rows}
    findings = []
    without: dict[tuple[str, str, str], ProjectRow] = {}
    for case in cases.to_dict("records"):
        if case["schema_context"] != "Column" or pd.isna(case["index"]):
            raise TypeError(f"the project frame is not typed as promised: {case}")
        row, column = by_id[int(case["index"])], str(case["column"])
        name = "department" if column == "counted" else column
        # A relisted row takes the office's own fields from its original, too.
        taken = row.is_relisted and name in row.own and case["check"] == "not_nullable"
        if name in row.unknown or taken:
            continue
        if name in row.own and name not in row.raw.columns:
            sheet = (row.raw.file, row.raw.sheet, name)
            without[sheet] = min(row, without.get(sheet, row), key=lambda r: r.row_id)
        else:
            findings.append(_finding(row, name, str(case["check"]), strategy))
    return [*findings, *(_without_column(r, n, strategy) for (_, _, n), r in without.items())]


def _without_column(row: ProjectRow, name: str, strategy: Strategy) -> Finding:
    """R119 once for a sheet that is older than a required field, at its first row."""
    place = row.place(name, strategy.field_by_name[name].label)
    return finding(
        _OWN_NULL,
        place,
        variant="column",
        subject=row.name or "",
        department=row.submitter,
        sheet=place.sheet,
    )


def _finding(row: ProjectRow, name: str, check: str, strategy: Strategy) -> Finding:
    field = strategy.field_by_name[name]
    value = text.to_text(row.raw.values.get(name))
    place = row.place(name, field.label)
    subject, department = row.name or "", row.submitter
    example = strategy.measures[0].option
    if check == "not_nullable":
        code = _NULL.get(name, _OWN_NULL)
        variant = "" if code in ("R102", _OWN_NULL) else "blank"
        if name == "name" and text.says_nothing(value):
            variant = "nothing"
        if name == "name" and text.is_date(row.raw.values.get(name)):
            variant = "date"
        if name == "measure" and name in row.raw.merged:
            variant = "merged"
        return finding(
            code,
            place,
            value if variant in ("nothing", "date") else "",
            variant=variant,
            subject=subject,
            department=department,
            example=example,
        )
    code, _, variant = check.partition(":")
    facts: dict[str, Any] = {}
    if code == "R101" and (measure := strategy.measure_by_key.get(_key_before_words(value))):
        variant = "renamed"
        facts = {"key": measure.key, "option": measure.option}
    elif code == "R101":
        facts = {"example": example, "candidates": nearest(value, _options(strategy))}
    elif code == "R112" and not variant:
        facts = {"length": text.utf16_length(str(row.value(name))), "limit": field.max_length}
    elif code == "R117":
        known = strategy.department_by_name
        unknown = (part for part in strategy.departments_in(value) if part not in known)
        facts = {"candidates": nearest(JOINT.join(unknown), list(known))}
        # A row that the office adds has been submitted by nobody.
        variant = "" if row.submitter in strategy.department_by_name else "added"
    elif code == "R118":
        facts = {"choices": "・".join(f"『{c}』" for c in field.choices)}
    return finding(
        code,
        place,
        value,
        variant=variant,
        subject=subject,
        department=department,
        **facts,
    )


def _key_before_words(value: str) -> str:
    """``2オ 滞在促進`` → ``2オ``, as the form offers a measure."""
    words = value.split(maxsplit=1)
    return text.nfkc(words[0]) if len(words) > 1 else ""


def _options(strategy: Strategy) -> list[str]:
    return [m.option for m in strategy.measures]


def nearest(value: str, choices: Sequence[str]) -> str:
    """``『…』ではありませんか。`` of at most two choices that look like the value, or nothing."""
    return text.perhaps(difflib.get_close_matches(value, choices, n=2, cutoff=0.5))
