"""Checks that judge a file alone (R rules): across the columns of a row."""

from __future__ import annotations

from collections.abc import Iterator

from sousei_xl import eras, text
from sousei_xl.findings import Finding, clip
from sousei_xl.rules.checks.listing import Listing, at, money
from sousei_xl.rules.records import ProjectRow

_LARGE = 100_000  # thousand yen: a hundred thousand yen are worth a line of the list


def budget_given(listing: Listing) -> Iterator[Finding]:
    """R104: an original needs a figure unless 予算区分 says why there is none."""
    for row in listing.judged:
        unknown = not row.unknown.isdisjoint(("relisted", "budget", "budget_kind"))
        excused = unknown or row.budget_kind not in (None, text.INITIAL)
        # Of a row whose original is gone the office decides (L111).
        stands_alone = not row.is_relisted and row.link != "withdrawn"
        if stands_alone and row.budget is None and not excused:
            yield at("R104", row, "budget", listing)


def zero_budget_is_zero(listing: Listing) -> Iterator[Finding]:
    """R105: ０予算 beside an amount contradicts itself."""
    for row in listing.judged:
        if row.budget_kind == text.ZERO and row.budget:
            yield at("R105", row, "budget", listing, money(row.budget), variant="zero")


def description_given(listing: Listing) -> Iterator[Finding]:
    """R109: an original needs its text, and one that says something by itself."""
    for row in listing.judged:
        unknown = not row.unknown.isdisjoint(("relisted", "description"))
        if row.is_relisted or row.link == "withdrawn" or unknown:
            continue
        if row.description is None:
            yield at("R109", row, "description", listing)
        elif variant := _is_no_text(row.raw.values.get("description")):
            yield at("R109", row, "description", listing, row.description, variant=variant)


def _is_no_text(typed: text.Value) -> str:
    """The variant of R109 for what tells nobody anything; blank for a text."""
    if text.is_date(typed):
        return "date"
    if text.points_above(typed):
        return "above"
    return "nothing" if text.says_nothing(typed) else ""


def one_name_in_a_cell(listing: Listing) -> Iterator[Finding]:
    """S101: two projects typed into one cell would be one, of a name run together."""
    names: set[str] = set()
    for row in listing.judged:
        lines = text.lines_of(row.raw.values.get("name"))
        if len(lines) < 2:  # of nearly all rows
            continue
        names = names or {other.name_key for other in listing.judged}
        alone = [line for line in lines if _may_be_a_name(line) or text.fresh_key(line) in names]
        if len(alone) > 1:
            facts = {"names": "".join(f"『{clip(line)}』" for line in alone), "count": len(alone)}
            yield at("S101", row, "name", listing, row.name, variant="names", **facts)


# A shorter line is the end of a name: 推進事業.
_SHORTEST_NAME = 6
_ENDS_OF_NAMES = (
    "事業",
    "補助金",
    "助成金",
    "交付金",
    "奨励金",
    "支援金",
    "負担金",
    "給付金",
    "貸付金",
)


def _may_be_a_name(line: str) -> bool:
    return len(line) >= _SHORTEST_NAME and line.endswith(_ENDS_OF_NAMES)


def department_is_submitter(listing: Listing) -> Iterator[Finding]:
    """R113: a row of another department, or of several (counted under the first).

    Several that last year's list has of the same project, too, are no news to anybody.
    """
    known = listing.strategy.department_by_name
    for row in listing.judged:
        original = row.original
        if original and (row.is_relisted or original.counted == row.counted):
            continue  # listed under the original's department, whatever the row says
        if row.link == "adopted":
            continue  # the 部局名 is not what it says itself, but the original's (L104)
        if row.counted not in known:
            continue
        if row.department != row.counted:
            if text.key(row.department or "") == text.key(row.department_before or ""):
                continue
            yield at(
                "R113",
                row,
                "department",
                listing,
                row.department,
                variant="joint",
                first=row.counted,
            )
        elif row.submitter and row.counted != row.submitter:  # an added row may name none
            yield at("R113", row, "department", listing, row.department, submitter=row.submitter)


def budget_plausible(listing: Listing) -> Iterator[Finding]:
    """R114: yen instead of thousand yen? Who wrote one amount in yen wrote the others so, too."""
    limit = listing.strategy.settings.budget_limit
    rows = [row for row in listing.judged if not row.is_relisted and row.budget is not None]
    in_yen = {r.raw.file for r in rows if (r.budget or 0) > limit or thousandth(r) is not None}
    for row in rows:
        assert row.budget is not None
        meant = money((row.budget + 500) // 1000)
        shown, previous = money(row.budget), thousandth(row)
        if row.budget > limit:
            yield at("R114", row, "budget", listing, shown, limit=money(limit), expected=meant)
        elif previous is not None:
            yield at(
                "R114",
                row,
                "budget",
                listing,
                shown,
                variant="previous",
                previous=money(previous),
                expected=meant,
            )
        elif row.raw.file in in_yen and row.budget >= _LARGE and row.budget % 1000 == 0:
            yield at("R114", row, "budget", listing, shown, variant="beside", expected=meant)


def thousandth(row: ProjectRow) -> int | None:
    """Last year's amount where this year's is about a thousand times that: probably yen.

    A form may have both years in yen, so that what last year's list has counts beside it.
    """
    budget, before = row.budget or 0, (row.previous_budget, row.listed_before)
    amounts = (amount for amount in before if amount is not None and amount > 0)
    return next((amount for amount in amounts if 500 * amount <= budget <= 2000 * amount), None)


def speaks_of_this_year(listing: Listing) -> Iterator[Finding]:
    """R115: 「平成29年度は」 in the list of 平成30年度."""
    settings = listing.strategy.settings
    for row in listing.judged:
        if row.is_relisted or not row.description:
            continue
        others = [
            phrase
            for phrase, year in eras.fiscal_years_in(row.description).items()
            if year != settings.fiscal_year
        ]
        if others:
            facts = {"found": "、".join(others), "year": settings.year_label}
            if row.original and text.is_blank(row.raw.values.get("description")):
                # It has taken its former original's place, and the text from there.
                facts |= {"variant": "former", "original": row.original.target}
            yield at("R115", row, "description", listing, row.description, **facts)


def budget_undecided(listing: Listing) -> Iterator[Finding]:
    """R116: 未定; the one 要確認 that stops 確定. Relisted rows follow their original."""
    for row in listing.judged:
        if row.budget_kind != text.UNDECIDED or row.is_relisted:
            continue
        # Where the office has written it into 予算事業費, the department's 予算区分 says nothing.
        by_office = "budget" in row.corrected and "budget_kind" not in row.corrected
        field = "budget" if by_office else "budget_kind"
        office = row.is_decided_by_office(field)
        if "budget_kind" in row.corrected:
            yield at("R116", row, field, listing, text.UNDECIDED, variant="kind_line")
        elif by_office and row.budget is None:
            yield at("R116", row, field, listing, text.UNDECIDED, variant="line")
        elif row.budget is None:
            variant = "office" if office else ""
            yield at("R116", row, field, listing, text.UNDECIDED, variant=variant)
        else:
            variant = "office_amount" if office else "amount"
            yield at("R116", row, field, listing, money(row.budget), variant=variant)
