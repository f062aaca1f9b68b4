"""How the office names a row: 対象 before and after corrections and numbering.

Corrections find a row by what was submitted (``office.py``): a number that the list gave is another
row's as soon as one more comes in. A number that two rows may be meant by is asked about. What the
office copies from 点検結果 or from the list is understood where it can only be one row, or told
with what to write.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from sousei_xl import amounts, text
from sousei_xl.findings import Finding, clip, finding
from sousei_xl.rules.merge.order import automatic_order
from sousei_xl.rules.records import (
    REORDER,
    AppliedCorrection,
    ProjectRow,
    RawRow,
    shown_name,
)
from sousei_xl.strategy import AUTOMATIC, Strategy

TARGET = re.compile(r"(?P<measure>\S+?)\s*-\s*(?P<number>\d+)?(?:\s+(?P<name>.+))?")


class Parts(NamedTuple):
    """What a 対象 says, as typed: ``1ア-4 事業名``, ``1ア-4`` or ``1ア 事業名``."""

    measure: str
    number: int | None
    name: str


def parts_of(target: str) -> Parts:
    """A 対象 taken apart."""
    normal = text.nfkc(target).strip()
    if match := TARGET.fullmatch(normal):
        number = int(match["number"]) if match["number"] else None
        return Parts(match["measure"], number, match["name"] or "")
    measure, _, name = normal.partition(" ")
    return Parts(measure, None, name)


def bare_number(target: str) -> tuple[str, int] | None:
    """(施策 as typed, number) of a 対象 that says by nothing else which row is meant.

    The number is another project's as soon as a department inserts, deletes or swaps rows.
    """
    measure, number, name = parts_of(target)
    return None if number is None or name else (measure, number)


class Aliases:
    """Every way to write the 対象 of a row, as it was submitted and as it is printed.

    ``typed`` are the rows before corrections. The names are collected when they are first asked
    for: of a hundred thousand rows they are many.
    """

    def __init__(
        self, rows: Sequence[ProjectRow], typed: Iterable[RawRow], strategy: Strategy
    ) -> None:
        self._rows, self._strategy = rows, strategy
        self._typed = {raw.row_id: raw for raw in typed}

    def measure(self, target: str) -> str:
        """The key of the measure that ``target`` names (``1ウ 教育環境``), or else what it says."""
        return self._strategy.measure_spellings.get(text.key(target), target)

    def row_ids(self, target: str) -> set[int]:
        """The rows that ``target`` names or has named. A name tells more than a number beside it,
        which the list may have given in an earlier merge."""
        found = self._by_target.get(spelling(target), set())
        measure, _, name = parts_of(target)
        if not found and name:
            found = self._by_target.get(spelling(f"{measure} {name}"), set())
        return found

    def named(self, name: str) -> set[int]:
        """The rows of a 事業名 that stands there without any place."""
        return self._by_name.get(spelling(name), set())

    @cached_property
    def _by_target(self) -> Mapping[str, set[int]]:
        return self._index(self._names)

    @cached_property
    def _by_name(self) -> Mapping[str, set[int]]:
        return self._index(_both_names)

    def _index(
        self, names: Callable[[ProjectRow, RawRow], Iterable[str]]
    ) -> Mapping[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for row in self._rows:
            for name in names(row, self._typed.get(row.row_id, row.raw)):
                found[spelling(name)].add(row.row_id)
        return found

    def _names(self, row: ProjectRow, raw: RawRow) -> Iterator[str]:
        typed = text.key(text.to_text(raw.values.get("measure")))
        measures = {row.measure or "", self._strategy.measure_spellings.get(typed, "")} - {""}
        number = amounts.parse_integer(raw.values.get("number")).value
        numbers = {row.number, row.submitted_number, number} - {None}
        names = _both_names(row, raw)
        for measure in measures:
            places = [measure, *(f"{measure}-{number}" for number in numbers)]
            yield from places[1:]
            for name in names:
                shown = shown_name(name)
                for place in places:
                    yield from (f"{place} {shown}", f"{place} （新）{shown}")


def _both_names(row: ProjectRow, raw: RawRow) -> set[str]:
    """The name of a row now and before corrections."""
    before, _ = text.split_new_mark(text.to_text(text.tidy_name(raw.values.get("name")).value))
    return {row.name or "", before} - {""}


def spelling(target: str) -> str:
    """Match key of a 対象, the office's hyphens aside."""
    return text.key(target).replace("-", "")


def send_to_originals(
    corrections: Iterable[AppliedCorrection], rows: Iterable[ProjectRow]
) -> tuple[list[AppliedCorrection], list[Finding]]:
    """O103: what a relisted row takes from its original cannot be corrected in the relisted row.

    A correction was applied before anybody knew what its row repeats; one that has given way is
    not applied after all. Returns what became of each, and the findings.
    """
    overruled = {row.row_id: row.overruled for row in rows if row.overruled}
    outcomes: list[AppliedCorrection] = []
    found: list[Finding] = []
    for applied in corrections:
        original = overruled.get(applied.row_id or 0, {}).get(applied.field)
        if original is not None:
            asked = applied.correction
            found.append(
                finding(
                    "O103",
                    replace(asked.at("対象"), label=asked.field_label),
                    asked.target,
                    variant="unmarked" if applied.field == "relisted" else "relisted",
                    subject=asked.target,
                    original=original.named_target,
                )
            )
            applied = replace(applied, status="不適用")
        outcomes.append(applied)
    return outcomes, found


_IDENTITY = {"measure", "number", "name"}


def ask_which_row(
    corrections: Iterable[AppliedCorrection],
    rows: Sequence[ProjectRow],
    placed: Sequence[ProjectRow],
    strategy: Strategy,
) -> Iterator[Finding]:
    """O104: a correction that was applied to the row with that number in its form, while another
    one is printed with it: the office reads its numbers in the printed list, too.

    A 順番 is what makes the two differ, and always means the form's.
    """
    asked = [
        (applied, said)
        for applied in corrections
        if applied.status == "適用" and applied.correction.operation != REORDER
        for said in [bare_number(applied.correction.target)]
        if said
    ]
    if not asked:
        return
    by_id = {row.row_id: row for row in rows}
    printed: dict[tuple[str | None, int | None], list[ProjectRow]] = defaultdict(list)
    for row in placed:
        if row.is_printed_elsewhere:
            printed[row.measure, row.number].append(row)
    for applied, (typed, number) in asked:
        meant = by_id[applied.row_id or 0]
        measure = strategy.measure_spellings.get(text.key(typed), "")
        others = [r for r in printed[measure, number] if r is not meant]
        if others and not (meant.withheld and _took_over(others, meant, number, rows, strategy)):
            target = applied.correction.target
            yield finding(
                "O104",
                applied.correction.at("対象"),
                target,
                subject=target,
                name=shown_name(meant.name),
                other=shown_name(others[0].name),
                write=f"{measure} {shown_name(meant.name_in_form)}",
                write_other=others[0].named_target,
            )


def _took_over(
    others: Iterable[ProjectRow],
    row: ProjectRow,
    number: int,
    rows: Sequence[ProjectRow],
    strategy: Strategy,
) -> bool:
    """Whether a withheld row had that number while it was listed, and the list has given it to
    others only since."""
    if strategy.settings.numbering != AUTOMATIC:
        return all(r.number_in_form is None and "number" not in r.corrected for r in others)
    same = sorted((r for r in rows if r.measure == row.measure), key=automatic_order)
    return same.index(row) == number - 1


def name_numbered_rows(
    findings: Sequence[Finding], rows: Sequence[ProjectRow], aliases: Aliases, strategy: Strategy
) -> list[Finding]:
    """O101 about a row as the list prints it, with a number that the list gave or what the office
    has corrected: say what to write instead.

    It is not simply taken for that row: the number may have been another's when it was copied.
    """
    missed = [f for f in findings if f.code == "O101" and f.place.label == "対象"]
    if not missed:
        return list(findings)
    printed: dict[tuple[str, int], list[ProjectRow]] = defaultdict(list)
    submitted = {(row.measure_in_form, row.number_in_form) for row in rows}
    for row in rows:
        if row.number is not None and row.is_printed_elsewhere:
            printed[row.measure or "", row.number].append(row)
    by_id = {row.row_id: row for row in rows}
    told: dict[int, Finding] = {}
    for item in missed:
        said = bare_number(item.value)
        if said:
            place = strategy.measure_spellings.get(text.key(said[0]), ""), said[1]
            meant = [] if place in submitted else printed.get(place, [])
        else:
            named = aliases.row_ids(item.value)
            meant = [by_id[i] for i in named if i in by_id and by_id[i].corrected]
            meant = meant if len(named) == 1 else []
        if len(meant) == 1 and meant[0].raw.file != item.place.file:
            decided = _IDENTITY & meant[0].corrected.keys()
            told[id(item)] = finding(
                "O101",
                item.place,
                item.value,
                variant="corrected" if decided else "printed",
                subject=item.subject,
                name=shown_name(meant[0].name),
                file=clip(meant[0].raw.file),
                write=meant[0].named_target,
            )
    return [told.get(id(f), f) for f in findings]
