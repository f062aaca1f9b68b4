"""Every dirty and hostile kind of the table, merged beside the nine good forms."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from sousei_xl import pipeline
from sousei_xl.catalogue import RULES
from sousei_xl.findings import Finding
from sousei_xl.intake.arrivals import Arrivals
from sousei_xl.intake.inbox import list_inbox
from sousei_xl.intake.read import read_one
from sousei_xl.intake.reading import Reading
from sousei_xl.intake.submission import read_submission
from sousei_xl.rules.records import ListResult, Submission
from sousei_xl.strategy import Strategy
from tests.builders import rows_by_id
from tests.dirty.forms import with_cells
from tests.dirty.kinds import Kind, Reported
from tests.dirty.page import PAGE, page
from tests.dirty.table import KINDS
from tests.reliability.figures import Figures
from tests.workspaces import ROOT, example_workspace, run

GIVEN = "A105"  # blank numbers get one: true of nearly every kind, and said by none
HERE = tuple(
    kind
    for kind in KINDS
    if not (kind.linux and sys.platform != "linux")
    and not (kind.soffice and shutil.which("soffice") is None)
)
CASES = [
    pytest.param(kind, id=kind.slug, marks=[pytest.mark.libreoffice] if kind.soffice else [])
    for kind in HERE
]
COLUMNS = ["goal", "measure", "number", "relisted", "category", "name", "department", "counted"]
COLUMNS += ["relevance", "budget_kind", "budget", "description", "note"]


@dataclass(frozen=True)
class Good:
    """The shipped workspace, read once."""

    template: Reading
    files: tuple[Reading, ...]
    office: Reading
    strategy: Strategy


@cache
def good() -> Good:
    listing = list_inbox(ROOT / "inbox")
    assert listing.office is not None
    template = next((ROOT / "templates").glob("*.xlsx"))
    reading = read_one(str(template), template.name)
    files = tuple(read_one(str(f.path), f.file) for f in listing.files)
    office = read_one(str(listing.office.path), listing.office.file)
    return Good(reading, files, office, pipeline.strategy_of(reading))


def strategy_for(kind: Kind) -> Strategy:
    return kind.tweak(good().strategy) if kind.tweak else good().strategy


def good_files(kind: Kind) -> tuple[Reading, ...]:
    return tuple(f for f in good().files if f.file not in kind.without)


def list_of(arrivals: Arrivals, strategy: Strategy) -> ListResult:
    return pipeline.merge_all(pipeline.receive_all(arrivals, strategy), strategy)[0]


_BASELINES: dict[object, ListResult] = {}


def baseline(kind: Kind) -> ListResult:
    """The merge without the kind's files."""
    about = (kind.without, kind.tweak)
    if about not in _BASELINES:
        arrivals = Arrivals(good().template, good_files(kind), good().office, ())
        _BASELINES[about] = list_of(arrivals, strategy_for(kind))
    return _BASELINES[about]


def merged(kind: Kind, inbox: Path, patch: pytest.MonkeyPatch) -> ListResult:
    """The merge of the good files and the kind's, in this process."""
    kind.put(inbox, kind.slug)
    listing = list_inbox(inbox)
    if kind.read:
        readings = [kind.read(file, patch) for file in listing.files]
    else:
        readings = [read_one(str(file.path), file.file) for file in listing.files]
    office = good().office
    if listing.office is not None:
        office = read_one(str(listing.office.path), listing.office.file)
    files = tuple(sorted([*good_files(kind), *readings], key=lambda r: r.file))
    arrivals = Arrivals(good().template, files, office, listing.strays)
    return list_of(arrivals, strategy_for(kind))


def reported(findings: tuple[Finding, ...]) -> Reported:
    found = (f for f in findings if f.code != GIVEN)
    return Counter((f.code, f.place.file, f.place.sheet, f.place.cell) for f in found)


def spelled(found: Reported) -> list[str]:
    return sorted(f"{code} {sheet}!{cell} @{file}" for code, file, sheet, cell in found.elements())


def rows_of(result: ListResult, files: set[str]) -> dict[tuple[str, str, int], dict[str, Any]]:
    """The listed rows of these files by their origin."""
    return {
        origin[:3]: {name: row[name] for name in (*COLUMNS, "marked")}
        for row_id, row in rows_by_id(result).items()
        if (origin := result.origins[row_id]).file in files
    }


@pytest.mark.parametrize("kind", CASES)
def test_a_kind_has_its_outcome_and_the_good_files_theirs(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, before = merged(kind, tmp_path, monkeypatch), baseline(kind)
    mine = kind.outcomes()
    assert {f.file: f.outcome for f in result.files if f.file in mine} == mine

    found, known = reported(result.findings), reported(before.findings)
    assert known <= found
    assert spelled(found - known) == spelled(kind.reported()), kind.title

    for item in result.findings:
        if item.place.file in mine and item.severity != "自動変換":
            assert re.search("[ぁ-ん].*。$", item.cure), item
    assert result.ledger.balanced
    read = result.ledger.read - before.ledger.read
    assert read == kind.rows
    listed = [row for _, row in sorted(rows_of(result, set(mine)).items())]
    assert tuple(row["budget"] for row in listed) == kind.budgets
    assert [row["name"] for row in listed] == [
        name.replace("{}", kind.slug) for name in kind.names[: len(listed)]
    ]
    assert len(result.held) - len(before.held) == kind.held
    assert result.ledger.withdrawn == kind.withdrawn
    assert result.ledger.superseded == kind.superseded

    untouched = {f.file for f in good_files(kind)}
    assert rows_of(result, untouched) == rows_of(before, untouched)


def test_every_code_that_a_workbook_can_show_occurs(figures: Figures) -> None:
    shown = {code for kind in KINDS for code, *_ in kind.reported()}
    families = {code for code in RULES if code[0] in "FSRLOA"}
    assert shown | {GIVEN} >= families
    assert len({kind.slug for kind in KINDS}) == len({kind.title for kind in KINDS}) == len(KINDS)
    read = sum(kind.outcome in ("accepted", "superseded") for kind in KINDS)
    assert (read >= 40, len(KINDS) - read >= 70) == (True, True)
    figures.exact(kinds=len(KINDS), kinds_read=read, kinds_codes=len(shown | {GIVEN}))


def test_blank_numbers_are_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = next(kind for kind in KINDS if kind.slug == "distributed")
    given = [f for f in merged(kind, tmp_path, monkeypatch).findings if f.code == GIVEN]
    assert [(f.place.file, f.place.cell) for f in given] == [(kind.main, "C4"), (kind.main, "C5")]


@pytest.mark.parametrize(
    ("heading", "told"), [("予算事業費（円）", True), ("予算事業費（案）", False)]
)
def test_where_the_unit_of_a_heading_was_changed_the_amounts_are_told(
    heading: str, told: bool, tmp_path: Path
) -> None:
    with_cells(J3=heading)(tmp_path, "a")
    reading = read_one(str(tmp_path / "a.xlsx"), "a.xlsx")
    _, [item] = read_submission(reading, good().strategy, count(1))
    assert f"J3『{heading}』は『予算事業費（千円）』" in item.message
    assert ("金額も千円単位に直して" in item.cure) == told


def test_the_page_equals_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make docs"


def test_an_inbox_of_all_kinds_at_once(tmp_path: Path, figures: Figures) -> None:
    workspace = example_workspace(tmp_path / "作業 フォルダー")
    together = [kind for kind in HERE if not kind.alone]
    for kind in together:
        kind.put(workspace / "inbox", kind.slug)
    started = time.monotonic()
    done = run("merge", "--json", "--workspace", workspace)
    seconds = time.monotonic() - started
    assert done.status == 1, done.err[-2000:]
    assert "Traceback" not in done.err
    answer = done.json
    assert answer["status"] == "draft"

    outcomes = {f["file"]: f["outcome"] for f in answer["files"]}
    expected = {f.file: f.outcome for f in baseline(together[0]).files}
    for kind in together:
        expected |= kind.outcomes()
    assert outcomes == expected

    found: Reported = Counter(
        (f["code"], f["file"], f["sheet"], f["cell"])
        for f in answer["findings"]
        if f["code"] != GIVEN
    )
    known = reported(baseline(together[0]).findings)
    assert known <= found
    mine = sum((kind.reported() for kind in together), Counter())
    assert spelled(found - known) == spelled(mine)

    ledger = answer["ledger"]
    assert ledger["read"] == sum(ledger[p] for p in ("listed", "held", "superseded", "withdrawn"))
    assert ledger["read"] == baseline(together[0]).ledger.read + sum(k.rows for k in together)
    assert ledger["held"] == sum(kind.held for kind in together)
    assert seconds < 30, f"{len(together)} kinds took {seconds:.0f} s"
    figures.measured(together=len(together), together_files=len(outcomes), together_seconds=seconds)
    assert _returns_that_hold_other_rows(workspace) == []


def _returns_that_hold_other_rows(workspace: Path) -> list[str]:
    """A returned workbook, put back as it is, must say what its ancestor said."""
    wrong = []
    for path in sorted((workspace / "outbox" / "差戻し").rglob("*.xls?")):
        ancestor = workspace / "inbox" / path.relative_to(workspace / "outbox" / "差戻し")
        if ancestor.is_file():
            mine, theirs = (_rows_in(each) for each in (ancestor, path))
            if mine and theirs and mine != theirs:
                wrong.append(ascii(path.name))
    return wrong


def _rows_in(path: Path) -> list[object]:
    reading = read_one(str(path), path.name)
    received, _ = read_submission(reading, good().strategy, count(1))
    if not isinstance(received, Submission):
        return []
    return [(row.sheet, row.row, row.values, row.errors, row.uncached) for row in received.rows]
