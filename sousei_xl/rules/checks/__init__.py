"""Rules across columns and rows: plain functions of one shape, all in the tuple ``CHECKS``.

Row checks judge a file alone; list checks need the whole inbox. A cell that failed to parse
makes the rules that depend on it unknown.
"""

from __future__ import annotations

from typing import Literal

from sousei_xl.findings import Finding
from sousei_xl.rules.checks import lists, rows
from sousei_xl.rules.checks.listing import Check, Listing

__all__ = ["CHECKS", "Check", "Listing", "run_checks"]

CHECKS: tuple[tuple[Literal["row", "list"], Check], ...] = (
    ("row", rows.budget_given),
    ("row", rows.zero_budget_is_zero),
    ("row", rows.description_given),
    ("row", rows.one_name_in_a_cell),
    ("row", rows.department_is_submitter),
    ("row", rows.budget_plausible),
    ("row", rows.speaks_of_this_year),
    ("row", rows.budget_undecided),
    ("list", lists.original_exists),
    ("list", lists.budget_equals_original),
    ("list", lists.original_stands_first),
    ("list", lists.unmarked_twice),
    ("list", lists.again_before_a_name),
    ("list", lists.once_per_measure),
    ("list", lists.one_department),
    ("list", lists.numbers_differ),
    ("list", lists.numbers_without_gap),
)


def run_checks(listing: Listing, scope: Literal["row", "list"]) -> list[Finding]:
    """All checks of one scope, in the order of the tuple."""
    return [item for kind, check in CHECKS if kind == scope for item in check(listing)]
