"""All submissions → one list, in the order in which a person would do it.

Units are settled, rows typed, the office's corrections applied, values validated, rows placed or
held, relisted rows linked to their originals, numbers given, and every row accounted for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from sousei_xl import text
from sousei_xl.figures.last_year import LastYear
from sousei_xl.findings import Finding, asked_by_file, is_error
from sousei_xl.rules import checks, notes, schema, units, year
from sousei_xl.rules.checks import lists
from sousei_xl.rules.merge import confirmations, office, order, relist, targets
from sousei_xl.rules.parse import EarlyRows, parse_rows
from sousei_xl.rules.records import (
    WITHHOLD,
    DepartmentState,
    DepartmentStatus,
    FileRecord,
    HeldRow,
    Intake,
    Ledger,
    ListedRow,
    ListResult,
    ProjectRow,
    RawRow,
    Submission,
    WithdrawnRow,
)
from sousei_xl.strategy import Department, Strategy


def merge(
    intake: Intake,
    strategy: Strategy,
    last: LastYear | None = None,
    early: EarlyRows | None = None,
) -> ListResult:
    """Merge everything that came in, compared with ``last`` year's list. Pure: no files, no clock.

    The office's rows are those of the list (``share``); ``early`` has rows that are parsed already.
    The ledger of the result always balances; what is in doubt is a finding, never an exception.
    """
    settled = units.settle(intake.submissions, strategy)
    raw_rows = _raw_rows(settled.active, intake, strategy)
    rows, found = parse_rows(raw_rows, strategy, early)
    found, corrections = office.apply_corrections(rows, found, intake.office.corrections, strategy)
    withdrawn = [r for r in rows if r.withheld or r.category in text.WITHDRAWN]
    gone = {r.row_id for r in withdrawn}
    # Nobody has to correct a row that is not to be listed.
    found = [f for f in found if f.place.row_id not in gone or not is_error(f)]
    candidates = [r for r in rows if r.row_id not in gone]
    lines = notes.find(candidates, strategy)
    aside = {line.row.row_id for line in lines}
    found = [f for f in found if f.place.row_id not in aside or not is_error(f)]
    judged = [r for r in candidates if r.row_id not in aside] if aside else candidates
    found += notes.ask(lines, {r.raw.file for r in judged}, strategy)
    found += schema.validate(judged, strategy)

    listable = [r for r in candidates if r.measure in strategy.measure_by_key and r.name]
    held = [r for r in candidates if not (r.measure in strategy.measure_by_key and r.name)]
    placed = order.in_list_order(listable, strategy)
    groups = relist.by_name(placed, (*held, *withdrawn))
    found += relist.link(groups, held, withdrawn, strategy)
    listing = checks.Listing(
        strategy,
        judged=judged,
        placed=placed,
        held=held,
        namesakes=[group for group in groups.values() if len(group) > 1],
        missing=_names(settled.missing),
    )
    settling = bool(settled.missing or lists.unsettled(listing))
    compared = None
    if last is not None and last.projects:
        waiting = frozenset(department for department, _ in settled.missing)
        compared = year.beside(listing, withdrawn, last, waiting, corrections)
        year.take_last_values(compared)
    found += _check(listing, found)
    found += year.run_checks(compared) if compared else []
    found += relist.fill(placed, strategy)
    placed, numbered = order.assign_numbers(placed, strategy)
    aliases = targets.Aliases(rows, (raw for raw, _ in raw_rows), strategy)
    found = targets.name_numbered_rows(found, placed, aliases, strategy)
    corrections, given_way = targets.send_to_originals(corrections, rows)
    found += given_way
    found += targets.ask_which_row(corrections, rows, placed, strategy)

    of_files = _findings_of_files(intake, settled)
    everything = office.addressed((*of_files, *found, *numbered), intake.records)
    everything, confirmed = confirmations.acknowledge_findings(
        _with_targets(everything, rows),
        intake.office.acknowledgements,
        # What is missing, held or has no number yet may still bring findings of the whole list.
        complete=not settling,
        not_asked=() if compared else year.CODES,
        aliases=aliases,
    )

    broken = defaultdict(list)
    for item in everything:
        if is_error(item):
            broken[item.place.row_id].append(item)
    files = _file_records(intake, settled, listable, held, withdrawn)
    added = {row.row_id for row in intake.office.additions}
    return ListResult(
        listed=tuple(_listed(r, broken, strategy) for r in placed),
        held=tuple(_held(r, broken.get(r.row_id, ())) for r in held),
        withdrawn=tuple(_withdrawn(r) for r in withdrawn),
        origins={r.row_id: r.raw.origin for r in rows},
        additions=tuple(r.raw for r in rows if r.row_id in added),
        files=files,
        departments=_departments(settled, files, everything, strategy),
        corrections=tuple(corrections),
        acknowledgements=confirmed,
        findings=tuple(everything),
        ledger=_ledger(files),
        complete=not settled.missing,
        written=_targets_to_write(placed),
        typed=_printed_together(placed),
    )


def _findings_of_files(intake: Intake, settled: units.Units) -> list[Finding]:
    """What was found on reading the files, and what replaces what. Nobody mends a replaced file;
    but why it counts as an earlier one may be its 版 (F210)."""
    replaced = {s.file for s in settled.superseded}
    read = (f for f in intake.findings if f.place.file not in replaced or f.code == "F210")
    return [*read, *settled.findings]


def _raw_rows(
    active: Iterable[Submission], intake: Intake, strategy: Strategy
) -> list[tuple[RawRow, str]]:
    """(raw row, submitter). A row that the office adds belongs to the department it names."""
    rows = [(row, s.department) for s in active for row in s.rows]
    for row in intake.office.additions:
        typed = text.to_text(row.values.get("department"))
        rows.append((row, strategy.department_spellings.get(text.key(typed), typed)))
    return rows


def _names(missing: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(
        f"{department}{text.unit_beside(department, unit)}" for department, unit in missing
    )


def _check(listing: checks.Listing, found: Sequence[Finding]) -> list[Finding]:
    result = checks.run_checks(listing, "row")
    fields: dict[int, set[str]] = defaultdict(set)
    for item in (*found, *result):
        if is_error(item):
            fields[item.place.row_id or 0].add(item.place.field)
    broken = {row: frozenset(names) for row, names in fields.items()}
    return result + checks.run_checks(replace(listing, broken=broken), "list")


def _with_targets(findings: Sequence[Finding], rows: Iterable[ProjectRow]) -> list[Finding]:
    """The 対象 of findings of a row says which project it is, also when rows have moved."""
    told = {f.place.row_id for f in findings}
    targets = {r.row_id: r.named_target for r in rows if r.row_id in told}
    return [
        f
        if f.code in confirmations.OF_A_MEASURE
        else replace(f, target=targets.get(f.place.row_id or 0, f.target))
        for f in findings
    ]


def _targets_to_write(placed: Iterable[ProjectRow]) -> dict[int, str]:
    """The 対象 of rows that the list has elsewhere, or under another name, than their forms."""
    return {
        r.row_id: r.named_target for r in placed if r.is_printed_elsewhere or "name" in r.corrected
    }


_PRINTED_TOGETHER = ("category", "name", "budget_kind", "budget")


def _printed_together(placed: Iterable[ProjectRow]) -> dict[int, dict[str, str]]:
    """What the forms say in fields of which the list prints two in one cell."""
    return {
        r.row_id: {n: text.to_text(r.raw.values.get(n)) for n in _PRINTED_TOGETHER}
        for r in placed
        if r.category == text.NEW or r.budget_kind not in (None, text.INITIAL)
    }


def _listed(row: ProjectRow, broken: Container[int | None], strategy: Strategy) -> ListedRow:
    measure, original = row.measure or "", row.original if row.is_relisted else None
    return ListedRow(
        row_id=row.row_id,
        goal=strategy.measure_by_key[measure].goal,
        measure=measure,
        number=row.number,
        relisted=row.is_relisted,
        category=_writable(row.category),
        name=_writable(row.name),
        department=_writable(row.department),
        counted=_writable(row.counted),
        relevance=_writable(row.relevance),
        budget_kind=_writable(row.budget_kind),
        budget=_countable(row),
        description=_writable(row.description),
        note=_writable(row.note),
        original=original.row_id if original else None,
        marked=row.row_id in broken,
        own=tuple(
            row.own[f.name] if f.kind == "integer" else _writable(row.own[f.name])
            for f in strategy.own_fields
        ),
        former_name="" if row.is_relisted else _writable(row.former_name),
    )


_EXCEL_TEXT = 32_000


def _writable(value: object) -> str:
    """Text that a workbook can hold; what is cut or replaced here has its R112 already."""
    if value is None:
        return ""
    shown = str(value)
    if len(shown) < _EXCEL_TEXT // 2 and shown.isprintable():  # nearly all
        return shown
    return text.clip_utf16(text.printable(shown), _EXCEL_TEXT)


def _countable(row: ProjectRow) -> int | None:
    """Thousand yen that the totals may sum: 未定 has none yet, 内数 is in another project's."""
    return None if row.budget_kind in (text.UNDECIDED, text.INCLUDED) else row.budget


def _held(row: ProjectRow, errors: Iterable[Finding]) -> HeldRow:
    return HeldRow(row.raw, row.submitter, row.name or "", tuple(errors), row.is_relisted)


def _withdrawn(row: ProjectRow) -> WithdrawnRow:
    reason = WITHHOLD if row.withheld else row.category or ""
    return WithdrawnRow(
        row.raw,
        row.submitter,
        row.name or "",
        row.measure or "",
        row.number,
        reason,
        row.is_relisted,
    )


def _file_records(
    intake: Intake,
    settled: units.Units,
    listable: Iterable[ProjectRow],
    held: Iterable[ProjectRow],
    withdrawn: Iterable[ProjectRow],
) -> tuple[FileRecord, ...]:
    counts = [Counter(r.raw.file for r in rows) for rows in (listable, held, withdrawn)]
    listed, kept_back, gone = counts
    superseded = {s.file for s in settled.superseded}
    records = []
    for s in intake.submissions:
        replaced = s.file in superseded
        records.append(
            FileRecord(
                s.file,
                "superseded" if replaced else "accepted",
                s.department,
                s.unit,
                s.edition,
                s.saved,
                s.sha256,
                read=len(s.rows),
                listed=listed[s.file],
                held=kept_back[s.file],
                superseded=len(s.rows) if replaced else 0,
                withdrawn=gone[s.file],
                answers=s.answers,
                blank=not s.has_projects and not s.has_indicators,
                kpi_form=s.kpi_form,
            )
        )
    for record in intake.records:
        if record.outcome == "office":
            record = replace(
                record,
                read=len(intake.office.additions),
                listed=listed[record.file],
                held=kept_back[record.file],
                withdrawn=gone[record.file],
            )
        records.append(record)
    return tuple(sorted(records, key=lambda r: r.file))


def _ledger(files: Iterable[FileRecord]) -> Ledger:
    """Summed over the files: a row that fell out anywhere makes it unbalanced."""
    files = list(files)
    return Ledger(*(sum(getattr(f, part) for f in files) for part in Ledger.__dataclass_fields__))


def _departments(
    settled: units.Units,
    files: Sequence[FileRecord],
    findings: Sequence[Finding],
    strategy: Strategy,
) -> tuple[DepartmentState, ...]:
    by_department: dict[str, list[FileRecord]] = defaultdict(list)
    replaced: dict[str, list[str]] = defaultdict(list)
    for record in files:
        if record.outcome in ("accepted", "refused"):
            by_department[record.department].append(record)
        elif record.outcome == "superseded":
            replaced[record.department].append(record.file)
    missing: dict[str, list[str]] = defaultdict(list)
    for name, unit in settled.missing:
        missing[name].append(unit)
    active = defaultdict(list)
    for submission in settled.active:
        active[submission.department].append(submission)
    asked = asked_by_file(findings)
    states = []
    for department in strategy.departments:
        records = by_department[department.name]
        accepted = [r.file for r in records if r.outcome == "accepted"]
        errors = sum(asked[f]["要修正"] for f in accepted)
        states.append(
            DepartmentState(
                department.name,
                _state(department, active[department.name], records, missing, errors),
                department.expected,
                tuple(missing[department.name]),
                tuple(r.file for r in records),
                sum(r.read for r in records),
                errors,
                # Rows that vanished are asked about at the file that had them (L110).
                sum(asked[f]["要確認"] for f in (*accepted, *replaced[department.name])),
            )
        )
    return tuple(states)


def _state(
    department: Department,
    active: Sequence[Submission],
    records: Sequence[FileRecord],
    missing: Mapping[str, Sequence[str]],
    errors: int,
) -> DepartmentStatus:
    if errors:
        return "差戻し"
    if not active:
        return "再提出待ち" if any(r.is_refused_list for r in records) else "未提出"
    if department.expected and missing.get(department.name):
        return "未提出"
    if all(s.none_applicable and not s.rows for s in active):
        return "該当なし"
    return "受理"
