"""Rules that compare the list with last year's: plain functions, all in the tuple ``CHECKS``.

Projects are compared, not rows: a relisted row only repeats what its original is asked already.
All are 要確認, for last year's list may be incomplete, and its names those of another office.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sousei_xl import amounts, text
from sousei_xl.figures import changes
from sousei_xl.figures.changes.former_names import former_names
from sousei_xl.figures.changes.year import FORMER_NAME, NOTE, match, unlisted
from sousei_xl.figures.last_year import LastRow, LastYear
from sousei_xl.findings import Finding, Place, clip, finding
from sousei_xl.rules.checks.listing import Listing, at
from sousei_xl.rules.checks.rows import thousandth
from sousei_xl.rules.records import REASON, AppliedCorrection, ProjectRow
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import own_note


@dataclass(frozen=True, slots=True)
class Year:
    """The list beside last year's, by ``row_id``.

    ``known`` gives the row of last year that is the same project (of one that is listed twice, both
    times), ``renamed`` the one that may have got a new name, for placed rows that are not relisted.
    ``reasons`` has the rows whose budget the office has corrected or added and said why.
    ``gone`` are the projects of last year that no form says anything of; nobody knows before all
    forms are in.
    """

    listing: Listing
    known: Mapping[int, LastRow]
    renamed: Mapping[int, LastRow]
    gone: Sequence[LastRow]
    reasons: frozenset[int]

    @property
    def projects(self) -> Iterator[ProjectRow]:
        """The rows that are judged."""
        return (row for row in self.listing.placed if not row.is_relisted)


Check = Callable[[Year], Iterator[Finding]]


def beside(
    listing: Listing,
    withdrawn: Sequence[ProjectRow],
    last: LastYear,
    waiting: frozenset[str],
    corrections: Iterable[AppliedCorrection] = (),
) -> Year:
    """Find each project in last year's list (``figures.changes.year.match``)."""
    old = last.projects
    rows = [row for row in listing.placed if not row.is_relisted]
    aside = [
        unlisted(row.name, row.submitter, measure)
        for row, measure in (
            *((row, row.measure or "") for row in withdrawn),
            *((row, "") for row in listing.held),
        )
        if row.name and not row.is_relisted
    ]
    known, renamed, beside, twins, united = match(
        old, [_data(row, listing.strategy) for row in rows], aside, waiting
    )
    found = {*known.values(), *renamed.values(), *beside.values(), *united}
    said = (*listing.placed, *listing.held, *withdrawn)
    told = {(r.name_key, d) for r in said if r.is_relisted for d in (r.counted, r.submitter)}
    names: dict[str | None, set[str]] = defaultdict(set)
    for project in old:
        names[project.counted].add(text.key(project.name))
    for row in said:  # what is relisted, held or withdrawn may name a former project, too
        told |= {(name, row.counted) for name in former_names(row.note or "", names[row.counted])}
    asked = {d.name for d in listing.strategy.departments if d.expected}
    return Year(
        listing,
        {rows[i].row_id: old[j] for i, j in {**known, **twins}.items()},
        {rows[i].row_id: old[j] for i, j in renamed.items()},
        [
            row
            for j, row in enumerate(old if listing.complete else ())
            if j not in found
            and row.counted in asked
            and (text.key(row.name), row.counted) not in told
        ],
        frozenset(_with_reason(rows, corrections)),
    )


def _with_reason(
    rows: Iterable[ProjectRow], corrections: Iterable[AppliedCorrection]
) -> Iterator[int]:
    """Rows of which 理由 in the office's own sheet says why the budget is what it is."""
    for applied in corrections:
        said = applied.status == "適用" and applied.field == "budget" and applied.row_id
        if said and applied.correction.reason:
            yield said
    for row in rows:
        if row.is_added and not text.is_blank(row.raw.values.get(REASON)):
            yield row.row_id


def _data(row: ProjectRow, strategy: Strategy) -> changes.Row:
    return {
        changes.MEASURE: row.measure,
        changes.NUMBER: row.number,
        changes.CATEGORY: row.category,
        changes.NAME: row.name,
        FORMER_NAME: row.former_name,
        NOTE: row.note,
        changes.DEPARTMENT: row.department,
        changes.DEPARTMENTS: changes.department_lines(
            row.counted or "", strategy.departments_in(row.department or "")
        ),
        changes.RELEVANCE: row.relevance,
        changes.BUDGET_KIND: row.budget_kind,
        changes.BUDGET: changes.amount_or_word(row.budget_kind, row.budget),
        changes.DESCRIPTION: row.description,
    }


def is_new_or_not(year: Year) -> Iterator[Finding]:
    """Y101: 新規 that was there, or one that is not 新規 and was not there."""
    for row in year.projects:
        before, former = year.known.get(row.row_id), year.renamed.get(row.row_id)
        if row.category == text.NEW:
            if before:
                owner = before.department
                yield at(
                    "Y101", row, "category", year.listing, text.NEW, place=before.place, owner=owner
                )
        elif "category" in row.unknown or before:
            continue
        else:
            facts = {"place": former.place, "before": former.name} if former else {}
            variant = "renamed" if former else "missing"
            yield at(
                "Y101", row, "category", year.listing, row.category or "", variant=variant, **facts
            )


def budget_is_explained(year: Year) -> Iterator[Finding]:
    """Y102: changed by more than 前年度比の目安, and 備考 says nothing."""
    settings = year.listing.strategy.settings
    factor = Decimal(settings.budget_factor)
    for row in year.projects:
        before = year.known.get(row.row_id)
        if not factor or before is None or row.budget is None:
            continue
        if _has_reason(row) or row.row_id in year.reasons:
            continue
        if row.budget < 0:  # R106
            continue
        # ０予算 and the like are a reason; what looks like yen is asked about already (R114).
        if row.budget_kind not in (None, text.INITIAL) or not isinstance(before.budget, int):
            continue
        asked = row.budget > settings.budget_limit or thousandth(row) is not None
        if asked or not amounts.leaps(before.budget, row.budget, factor):
            continue
        yield at(
            "Y102",
            row,
            "budget",
            year.listing,
            f"{row.budget:,}",
            variant="office" if row.is_decided_by_office("budget") else "",
            previous=f"{before.budget:,}",
            direction="増えて" if row.budget > before.budget else "減って",
        )


_MOST_NAMES = 20


def nothing_is_forgotten(year: Year) -> Iterator[Finding]:
    """Y103: projects of last year that are neither listed nor ended, one finding a department."""
    gone: dict[str, list[LastRow]] = defaultdict(list)
    for row in year.gone:
        gone[row.counted].append(row)
    files: dict[str, str] = {}
    for mine in (*year.listing.placed, *year.listing.held):
        if not mine.is_added:
            files.setdefault(mine.submitter, mine.raw.file)
    for department, rows in gone.items():
        names = [f"『{clip(row.name)}』（{row.place}）" for row in rows[:_MOST_NAMES]]
        rest = len(rows) - len(names)
        yield finding(
            "Y103",
            Place(files.get(department, "")),
            len(rows),
            names="、".join(names) + (f" ほか{rest}事業" if rest else ""),
            target=department,
            department=department,
        )


def _has_reason(row: ProjectRow) -> bool:
    """Whether 備考 has more than what the form was prefilled with."""
    return bool(own_note(row.note or ""))


CODES = ("Y101", "Y102", "Y103")
CHECKS: tuple[Check, ...] = (is_new_or_not, budget_is_explained, nothing_is_forgotten)


def run_checks(year: Year) -> list[Finding]:
    """All checks, in the order of the tuple."""
    return [item for check in CHECKS for item in check(year)]


def take_last_values(year: Year) -> None:
    """What last year's list has for every project: the budget beside what the form says (R114), and
    the department that nobody has to confirm again (R113)."""
    for row in year.projects:
        before = year.known.get(row.row_id)
        if before and isinstance(before.budget, int):
            row.listed_before = before.budget
        row.department_before = before.department if before else None
