"""Results as one JSON object on stdout (the contract of ``--json``)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sousei_xl.commands import last_year
from sousei_xl.figures.changes import target
from sousei_xl.figures.totals import Subtotal
from sousei_xl.findings import Finding
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.records import FileRecord, ListResult
from sousei_xl.sheets import Contents

if TYPE_CHECKING:
    from sousei_xl.pipeline.delivery import Delivered


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


def round_state(result: ListResult, indicators: IndicatorResult) -> dict[str, Any]:
    """The object of ``status --json``: of the findings those that say why a file was refused."""
    refused = {record.file for record in result.files if record.outcome == "refused"}
    return {
        "complete": result.complete,
        "departments": departments(result, indicators),
        "indicators": indicator_round(indicators),
        "files": files(result.files),
        "findings": [finding(item) for item in result.findings if item.place.file in refused],
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
    published, remarks = result.published, result.remarks
    return {
        **merged(contents, [*published.written, *published.unchanged]),
        "gone": [[target(row), row["事業名"]] for row in result.missing.rows],
        "withheld": [[target(row), row["事業名"]] for row in result.missing.withheld],
        "actuals_gone": [
            [change.id, heading, before]
            for change in result.missing.actuals
            for heading, before, _ in change.fields
        ],
        "remarks": {
            "this_year": remarks.this_year,
            "earlier": remarks.earlier,
            "late": remarks.late,
            "beside": list(remarks.beside),
        },
    }


def merged(contents: Contents, outputs: Iterable[str]) -> dict[str, Any]:
    """The object of ``merge --json``."""
    result: ListResult = contents.result
    ledger = result.ledger
    return {
        "status": contents.status,
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
