"""Results as one JSON object on stdout (the contract of ``--json``)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sousei_xl.commands import last_year
from sousei_xl.figures.changes import Row, target
from sousei_xl.figures.totals import Subtotal
from sousei_xl.findings import Finding
from sousei_xl.rules.hand_edits import ReadyRow, by_hand
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.records import FileRecord, ListedRow, ListResult
from sousei_xl.sheets import Contents
from sousei_xl.text import Value

if TYPE_CHECKING:
    from sousei_xl.figures.last_year import LastYear
    from sousei_xl.pipeline.checking import Checked
    from sousei_xl.pipeline.council import Remarks
    from sousei_xl.pipeline.delivery import Delivered
    from sousei_xl.pipeline.foreseen import Foreseen
    from sousei_xl.pipeline.former import Missing
    from sousei_xl.strategy import Strategy


def emit(content: dict[str, Any], indent: int | None = 2) -> None:
    """Print the object, on one line without ``indent``.

    ASCII only, so that no console code page can spoil it.
    """
    print(json.dumps(content, ensure_ascii=True, indent=indent), flush=True)


def finding(item: Finding) -> dict[str, Any]:
    """One finding; one entry per cell, never collapsed."""
    return {
        "code": item.code,
        "severity": item.severity,
        "addressee": item.addressee,
        "acknowledged": item.acknowledged,
        "file": item.place.file,
        "sheet": item.place.sheet,
        "cell": item.place.cell,
        "row": item.place.row,
        "field": item.place.field,
        "label": item.place.label,
        "value": item.value,
        "message": item.message,
        "cure": item.cure,
    }


def error(problem: Exception) -> dict[str, Any]:
    """The object of a run that could not be carried out; a template's mistakes are listed."""
    found = [finding(item) for item in getattr(problem, "findings", [])]
    return {"status": "error", "message": str(problem), "findings": found}


def files(records: Iterable[FileRecord]) -> list[dict[str, Any]]:
    """What became of every file."""
    return [
        {
            "file": r.file,
            "outcome": r.outcome,
            "department": r.department,
            "sha256": r.sha256,
            "rows": r.read,
        }
        for r in records
    ]


def departments(result: ListResult, indicators: IndicatorResult) -> list[dict[str, Any]]:
    """Where every department stands, in the round of the list and in that of the KPI."""
    kpi = {d.department: d for d in indicators.departments}
    return [
        {
            "department": d.department,
            "state": d.state,
            "missing_units": [unit for unit in d.missing_units if unit],
            "kpi_state": kpi[d.department].state,
            "kpi_from_list": list(kpi[d.department].from_list),
            "rows": d.rows,
            "errors": d.errors,
            "confirmations": d.confirmations,
        }
        for d in result.departments
    ]


def indicator_round(indicators: IndicatorResult) -> dict[str, Any]:
    """Where the KPI round stands."""
    return {
        "state": indicators.state,
        "expected": indicators.expected,
        "reported": indicators.reported,
    }


def round_state(
    result: ListResult, indicators: IndicatorResult, strategy: Strategy
) -> dict[str, Any]:
    """The object of ``status --json``: of the findings those that say why a file is not used."""
    by_outcome: dict[str, set[str]] = {}
    for record in result.files:
        by_outcome.setdefault(record.outcome, set()).add(record.file)
    aside = by_outcome.get("refused", set()) | by_outcome.get("ignored", set())
    replaced = by_outcome.get("superseded", set())
    # F206 stands at the file that is used, and has the other one as its value.
    reasons = [
        item
        for item in (*result.findings, *indicators.findings)
        if item.place.file in aside or (item.code == "F206" and item.value in replaced)
    ]
    return {
        "fiscal_year": strategy.settings.fiscal_year,
        "complete": result.complete,
        "departments": departments(result, indicators),
        "indicators": indicator_round(indicators),
        "files": files(result.files),
        "findings": [finding(item) for item in reasons],
    }


def checked(
    found: Iterable[Checked], last: LastYear | None, outputs: Iterable[str]
) -> dict[str, Any]:
    """The object of ``check --json``: files as they were typed, each judged by itself."""
    found = list(found)
    return {
        "files": [
            {
                **described,
                "listed": [_listed(row) for row in item.listed],
                "rivals": list(item.rivals),
                "counting": dict(item.counting),
            }
            for item, described in zip(found, files(c.record for c in found), strict=True)
        ],
        "previous": None if last is None else last_year.described(last),
        "findings": [finding(f) for item in found for f in item.findings],
        "outputs": list(outputs),
    }


def _listed(row: ListedRow) -> dict[str, Any]:
    return {
        "target": row.target,
        "name": row.name,
        "category": row.category,
        "department": row.department,
        "relisted": row.relisted,
        "relevance": row.relevance,
        "budget_kind": row.budget_kind,
        "budget": row.budget,
    }


def _figures(group: Subtotal) -> dict[str, int]:
    return {
        "rows": group.rows,
        "relisted": group.relisted,
        "projects": group.projects,
        "gross": group.gross,
        "net": group.net,
    }


def _previous(contents: Contents) -> dict[str, Any] | None:
    """Last year's 別紙, and what became of its projects."""
    found = contents.year_changes
    if found is None:
        return None
    return {**last_year.described(found.last), **last_year.counts(found)}


def delivered(contents: Contents, result: Delivered) -> dict[str, Any]:
    """The object of a merge that has written its workbooks."""
    published = result.published
    return {
        **merged(contents, [*published.written, *published.unchanged]),
        "written": published.written,
        "unchanged": published.unchanged,
        "moved": published.moved,
        **_told_once(result.missing, result.remarks, result.hand_edits),
    }


def foreseen(contents: Contents, found: Foreseen) -> dict[str, Any]:
    """The object of ``merge --dry-run``."""
    rows = found.rows
    return {
        **merged(contents, []),
        "changes": {
            "since": found.since,
            "added": _places(rows.added),
            "removed": _places(rows.removed),
            "changed": [[target(c.row), c.row["事業名"], list(c.fields)] for c in rows.changed],
            "indicators": [[c.id, c.title, list(c.fields)] for c in found.indicators],
        },
        **_told_once(found.missing, found.remarks, found.hand_edits),
    }


def _told_once(
    missing: Missing, remarks: Remarks, hand_edits: Iterable[ReadyRow]
) -> dict[str, Any]:
    """What the next merge cannot tell any more: it finds other workbooks in the outbox."""
    return {
        "gone": _places(missing.rows),
        "withheld": _places(missing.withheld),
        "actuals_gone": [
            [change.id, heading, before]
            for change in missing.actuals
            for heading, before, _ in change.fields
        ],
        "remarks": {
            "this_year": remarks.this_year,
            "earlier": remarks.earlier,
            "late": remarks.late,
            "orphans": remarks.orphans,
            "beside": list(remarks.beside),
        },
        "hand_edits": [
            {
                "file": edit.file,
                "sheet": edit.sheet,
                "cell": edit.cell,
                "before": edit.before,
                "after": edit.after,
                "problem": edit.problem,
                "kept_as": edit.kept_as,
            }
            for edit in by_hand(hand_edits)
        ],
    }


def _places(rows: Iterable[Row]) -> list[list[Value]]:
    return [[target(row), row["事業名"]] for row in rows]


def merged(contents: Contents, outputs: Iterable[str]) -> dict[str, Any]:
    """The object of ``merge --json``."""
    result: ListResult = contents.result
    ledger = result.ledger
    return {
        "status": contents.status,
        "stamp": contents.stamp,
        "fiscal_year": contents.strategy.settings.fiscal_year,
        "run": contents.run.hash,
        "approved_on": contents.approved_on.isoformat() if contents.approved_on else None,
        "former_approval": contents.former_approval.isoformat()
        if contents.former_approval
        else None,
        "ledger": {
            "read": ledger.read,
            "listed": ledger.listed,
            "held": ledger.held,
            "superseded": ledger.superseded,
            "withdrawn": ledger.withdrawn,
        },
        "subtotals": [{"goal": g.goal, **_figures(g)} for g in contents.totals.goals],
        "total": {
            **_figures(contents.totals.total),
            "undecided": contents.totals.total.undecided,
        },
        "files": files(result.files),
        "departments": departments(result, contents.indicators),
        "indicators": indicator_round(contents.indicators),
        "previous": _previous(contents),
        "findings": [finding(item) for item in contents.findings],
        "questions": list(contents.questions),
        "outputs": list(outputs),
    }
