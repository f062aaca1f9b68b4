"""The whole inbox: every file gets exactly one outcome."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sousei_xl.findings import OFFICE, Finding, Place, finding
from sousei_xl.intake.asides import without_the_forms_own
from sousei_xl.intake.inbox import Stray
from sousei_xl.intake.indicators import with_indicators
from sousei_xl.intake.office import holds_decisions, read_office_sheet
from sousei_xl.intake.ours import is_office_sheet
from sousei_xl.intake.reading import Reading
from sousei_xl.intake.submission import read_submission
from sousei_xl.rules.records import FileRecord, Intake, OfficeSheet, Submission
from sousei_xl.strategy import Strategy


def receive(
    readings: Iterable[Reading],
    office: Reading | None,
    strays: Sequence[Stray],
    strategy: Strategy,
    on_submission: Callable[[Submission], None] | None = None,
) -> Intake:
    """Turn what was read into submissions, the office's sheet and records of everything else.

    ``on_submission`` gets each submission as soon as it is there, others may still be read then.
    """
    ids = itertools.count(1)
    submissions: list[Submission] = []
    records: list[FileRecord] = []
    findings: list[Finding] = []
    for reading in readings:
        received, found = read_submission(reading, strategy, ids)
        if isinstance(received, FileRecord) and is_office_sheet(reading):
            received = replace(received, misplaced=holds_decisions(reading, strategy))
            found = [replace(item, addressee=OFFICE) for item in found]
        findings += found
        if isinstance(received, Submission):
            reported, found = with_indicators(received, reading, strategy, ids)
            submissions.append(reported)
            if on_submission is not None:
                on_submission(reported)
            findings += found
        else:
            records.append(received)
    sheet = OfficeSheet()
    if office is not None:
        sheet, found = read_office_sheet(office, strategy, ids)
        findings += found
        records.append(FileRecord(office.file, "office", sha256=office.sha256))
    for stray in strays:
        records.append(FileRecord(stray.file, "ignored"))
        findings.append(
            finding(
                "F205",
                Place(file=stray.file),
                variant=stray.variant,
                target=stray.file,
                count=stray.count,
            )
        )
    told = tuple(without_the_forms_own(findings))
    return Intake(tuple(submissions), sheet, tuple(records), told)
