"""What files would get if each were in its unit's place in the inbox: ``check``.

Each is judged by itself: whatever else is named, a file gets the findings that it would get alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sousei_xl.errors import OperatorError
from sousei_xl.figures.last_year import LastYear
from sousei_xl.findings import Finding, is_error
from sousei_xl.forms.layout import INDICATORS, PROJECTS
from sousei_xl.pipeline import merge_all
from sousei_xl.rules.records import FileRecord, Intake, ListedRow, Submission
from sousei_xl.rules.units import kpi_lateness, lateness, settle, unit_key
from sousei_xl.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Asked:
    """A file to be checked: ``name`` is how the user wrote it, ``file`` what ``Intake`` calls it.

    ``inside`` is True where it lies in the inbox: ``file`` is its inbox-relative name then.
    """

    name: str
    path: Path
    file: str
    inside: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What one file would get. Places and ``record`` name it as the user did.

    ``listed`` are its rows of the list. ``rivals`` are the other files of its unit that were
    asked about, each checked by itself as well; of those that have the same sheet (事業, KPI), a
    merge of all of them would take the one that ``counting`` has for it.
    """

    asked: Asked
    record: FileRecord
    findings: tuple[Finding, ...]
    listed: tuple[ListedRow, ...]
    rivals: tuple[str, ...] = ()
    counting: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        """Whether a 要修正 is among the findings."""
        return any(map(is_error, self.findings))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One merge, as far as the files that were asked about are concerned."""

    records: Mapping[str, FileRecord]
    findings: Sequence[Finding]
    listed: Sequence[ListedRow]
    files: Mapping[int, str]


def check_files(
    everything: Intake, asked: Sequence[Asked], strategy: Strategy, last: LastYear | None = None
) -> Iterator[Checked]:
    """Each file of ``asked`` against the inbox, in the place of its unit's file there.

    ``everything`` was read once. All files of the inbox that no other stands in the way of share
    one merge; every other file needs one of its own.
    """
    outside = {a.file for a in asked if not a.inside}
    inbox = _without(everything, outside)
    submissions = {s.file: s for s in everything.submissions}
    superseded = {s.file for s in settle(inbox.submissions, strategy).superseded}
    counts = Counter(map(unit_key, inbox.submissions))
    units: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for item in asked:
        if item.file in submissions:
            units[unit_key(submissions[item.file])].append(item)
    shared: _Outcome | None = None
    for item in asked:
        mine = submissions.get(item.file)
        alone = mine is None or (counts[unit_key(mine)] == 1 and item.file not in superseded)
        if item.inside and alone:
            shared = shared or _outcome(inbox, strategy, last)
            outcome = shared
        else:
            intake = _without(everything, outside - {item.file})
            outcome = _outcome(_in_its_place(mine, intake, strategy), strategy, last)
        unit = units[unit_key(mine)] if mine else []
        yield _checked(item, outcome, _rivals(mine, unit, submissions) if mine else {})


def _without(intake: Intake, files: set[str]) -> Intake:
    if not files:
        return intake
    return replace(
        intake,
        submissions=tuple(s for s in intake.submissions if s.file not in files),
        records=tuple(r for r in intake.records if r.file not in files),
        findings=tuple(f for f in intake.findings if f.place.file not in files),
    )


def _in_its_place(mine: Submission | None, intake: Intake, strategy: Strategy) -> Intake:
    """The intake in which nothing replaces ``mine``, a file that was received."""
    if mine is None:
        return intake
    rivals = {s.file for s in intake.submissions if unit_key(s) == unit_key(mine)} - {mine.file}
    while True:
        kept = [_yielding(s, mine) if s.file in rivals else s for s in intake.submissions]
        theirs = [s for s in kept if s.department == mine.department]
        successor = settle(theirs, strategy).successors.get(mine.file)
        if successor is None:
            return replace(intake, submissions=tuple(sorted(kept, key=lambda s: s.file)))
        # A later file of the department repeats most of its rows under another 担当課.
        rivals.add(successor)


def _yielding(other: Submission, mine: Submission) -> Submission:
    """A file of the inbox without the sheets that the checked file of its unit brings."""
    if mine.has_projects:
        other = replace(other, has_projects=False, none_applicable=False, rows=())
    # A form of the list takes nothing from a form of the KPI round (``units.kpi_lateness``).
    if mine.has_indicators and mine.kpi_form >= other.kpi_form:
        other = replace(other, has_indicators=False, indicator_rows=())
    return other


def _outcome(intake: Intake, strategy: Strategy, last: LastYear | None) -> _Outcome:
    result, indicators = merge_all(intake, strategy, last)
    return _Outcome(
        {record.file: record for record in result.files},
        (*result.findings, *indicators.findings),
        result.listed,
        {row_id: origin.file for row_id, origin in result.origins.items()},
    )


def _checked(item: Asked, outcome: _Outcome, rivals: Mapping[str, Sequence[Asked]]) -> Checked:
    if item.file not in outcome.records:
        raise OperatorError(
            f"『{item.name}』が、点検している間に見つからなくなりました。もう一度実行してください。"
        )
    return Checked(
        item,
        replace(outcome.records[item.file], file=item.name),
        tuple(
            replace(f, place=replace(f.place, file=item.name))
            for f in outcome.findings
            if f.place.file == item.file
        ),
        tuple(row for row in outcome.listed if outcome.files.get(row.row_id) == item.file),
        tuple(dict.fromkeys(r.name for found in rivals.values() for r in found if r is not item)),
        {sheet: found[-1].name for sheet, found in rivals.items() if len(found) > 1},
    )


def _rivals(
    mine: Submission, unit: Sequence[Asked], submissions: Mapping[str, Submission]
) -> dict[str, list[Asked]]:
    """For each sheet of ``mine`` the files of the unit that have it, ``mine`` among them; a merge
    takes the last."""
    found: dict[str, list[Asked]] = {}
    if mine.has_projects:
        having = [a for a in unit if submissions[a.file].has_projects]
        found[PROJECTS] = sorted(having, key=lambda a: lateness(submissions[a.file]))
    if mine.has_indicators:
        having = [a for a in unit if submissions[a.file].has_indicators]
        found[INDICATORS] = sorted(having, key=lambda a: kpi_lateness(submissions[a.file]))
    return found
