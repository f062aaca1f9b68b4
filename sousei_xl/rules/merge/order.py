"""Order and numbers of the list: by goal, measure and number, never by submission."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sousei_xl import amounts
from sousei_xl.findings import Finding, finding
from sousei_xl.rules.records import ProjectRow
from sousei_xl.strategy import AUTOMATIC, Strategy

_LAST = amounts.LARGEST


def in_list_order(rows: Iterable[ProjectRow], strategy: Strategy) -> list[ProjectRow]:
    """Rows by measure and number; unnumbered ones after the numbered ones of their measure.

    Equal numbers stand by order of department, then name; unnumbered rows by original before
    relisted, order of department. Where that decides nothing, and where the list numbers the rows
    itself, they stay in the order in which they come: that of ``Units.active`` and of each form.
    """
    departments = strategy.department_order
    automatic = strategy.settings.numbering == AUTOMATIC

    def position(row: ProjectRow) -> tuple[object, ...]:
        measure = strategy.measure_order[row.measure or ""]
        if automatic:
            return measure, *automatic_order(row)
        department = departments.get(row.counted or "", len(departments))
        if row.number is None or row.number < 1:
            return measure, _LAST, row.is_relisted, department, ""
        return measure, row.number, False, department, row.name or ""

    return sorted(rows, key=position)


def assign_numbers(
    placed: Sequence[ProjectRow], strategy: Strategy
) -> tuple[list[ProjectRow], list[Finding]]:
    """Give every row its printed number by the office's rule; each number given is an A105.

    提出どおり keeps what was submitted and numbers the blank ones after the largest; 自動 numbers
    by last year's number, then in the order in which the rows come, relisted rows last; a row whose
    number the office has corrected stands where the office wants it.
    """
    automatic = strategy.settings.numbering == AUTOMATIC
    groups: dict[str, list[ProjectRow]] = defaultdict(list)
    for row in placed:
        groups[row.measure or ""].append(row)
    findings: list[Finding] = []
    ordered: list[ProjectRow] = []
    for rows in groups.values():
        if automatic:
            rows.sort(key=automatic_order)
            _put_in_place(rows)
            first, unnumbered = 1, rows
        else:
            numbered = [r for r in rows if r.number and r.number > 0]
            unnumbered = [r for r in rows if not r.number or r.number < 1]
            # Linking may have turned an unnumbered row into a relisted one.
            unnumbered.sort(key=lambda r: r.is_relisted)
            rows = numbered + unnumbered
            first = max((r.number or 0 for r in numbered), default=0) + 1
        for given, row in enumerate(unnumbered, first):
            refused = row.number is not None and row.number < 1  # has its R108
            if given != row.number and "number" not in row.unknown and not refused:
                findings.append(_numbered(row, given, strategy))
            row.number = given
        ordered += rows
    return ordered, findings


def automatic_order(row: ProjectRow) -> tuple[bool, int]:
    """Sorts the rows of a measure where the list numbers them itself."""
    return row.is_relisted, row.previous_number or _LAST


def _put_in_place(rows: list[ProjectRow]) -> None:
    wanted = {r.row_id: r.number for r in rows if "number" in r.corrected and r.number}
    for row in sorted((r for r in rows if r.row_id in wanted), key=lambda r: wanted[r.row_id]):
        rows.remove(row)
        rows.insert(wanted[row.row_id] - 1, row)


def _numbered(row: ProjectRow, given: int, strategy: Strategy) -> Finding:
    label = strategy.field_by_name["number"].label
    blank = row.number is None
    return finding(
        "A105",
        row.place("number", label),
        "" if blank else row.number,
        variant="" if blank else "renumbered",
        subject=row.name or "",
        department=row.submitter,
        expected=str(given),
    )
