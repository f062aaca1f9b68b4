"""What the office confirmed in ``事務局修正.xlsx`` (確認済): which finding each row is about.

The office copies 対象 and 確認時の値 from 指摘一覧, as they are shown there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sousei_xl import text
from sousei_xl.catalogue import RULES
from sousei_xl.findings import OFFICE, Finding, Place, acknowledge, collapse, excerpt, finding
from sousei_xl.rules.merge.targets import TARGET, Aliases, spelling
from sousei_xl.rules.records import Acknowledgement, AppliedAcknowledgement, unread_cell

OF_A_MEASURE = ("L109",)  # it stands at a row and is not about it
_GROUPED = re.compile(r"[-▲△]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_OTHERS = re.compile(r"\sほか(\d+)件\s*$")  # at the end of what ``joined_targets`` gives


def acknowledge_findings(
    findings: Sequence[Finding],
    acknowledgements: Sequence[Acknowledgement],
    complete: bool = True,
    not_asked: Container[str] = (),
    aliases: Aliases | None = None,
) -> tuple[list[Finding], tuple[AppliedAcknowledgement, ...]]:
    """Mark the 要確認 that the office has confirmed; O103 for confirmations that fit nothing.

    A confirmation fits a finding of its code with the same 対象 and the same value: a blank one
    would stand for whatever comes. Where none has that 対象, those that a line of 指摘一覧 shows
    together with it; where there are none of these either, one of the only row that has it by
    another name (``aliases``).
    Until the list is ``complete``, its own findings may still come: a confirmation of one of them
    is not stale yet. Nor is one of a code that was ``not_asked`` in this run, for last year's list
    was not given. Returns all findings, and what each confirmation has met.
    """
    known = _Findings(findings, {item.code for item in acknowledgements})
    result = known.all
    applied: list[AppliedAcknowledgement] = []
    for item in acknowledgements:
        if item.unread:
            applied.append(AppliedAcknowledgement(item, "今回は照合していない"))
            for heading, error in item.unread.items():
                told = finding(*unread_cell(error, item.at(heading)))
                known.add(replace(told, addressee=OFFICE))
            continue
        if item.code not in RULES:
            applied.append(AppliedAcknowledgement(item, "当てはまる指摘なし"))
            known.add(finding("O103", item.at("指摘コード"), item.code, variant="no_code"))
            continue
        place = replace(item.place, label="対象")
        target = item.target
        if aliases and item.code in OF_A_MEASURE:
            target = aliases.measure(target)
        matches = known.of(item.code, target) or known.of_a_line(item.code, target)
        elsewhere: list[int] = []
        variant = "renamed"
        if not matches and aliases and item.code not in OF_A_MEASURE:
            rows = aliases.row_ids(item.target)
            if not rows:
                rows, variant = aliases.named(item.target), "named"
            elsewhere = [i for i in known.of_code(item.code) if result[i].place.row_id in rows]
            matches = elsewhere if len(rows) == 1 else []
        same = [i for i in matches if _is_unchanged(item, result[i])]
        for i in same:
            if result[i].severity == "要確認":
                result[i] = acknowledge(result[i])
        if any(result[i].severity == "要確認" for i in same):
            applied.append(AppliedAcknowledgement(item, "確認済"))
        elif not matches and item.code in not_asked:
            applied.append(AppliedAcknowledgement(item, "今回は照合していない"))
        elif not (matches or complete or RULES[item.code].scope != "list"):
            applied.append(AppliedAcknowledgement(item, "提出がそろってから照合"))
        elif asked := [result[i] for i in matches if result[i].severity == "要確認"]:
            current = _current(asked)
            applied.append(AppliedAcknowledgement(item, "値が変わった", current))
            known.add(_changed(item, place, current))
        else:
            applied.append(AppliedAcknowledgement(item, "当てはまる指摘なし"))
            if elsewhere and not matches:
                meant = (result[i].target for i in elsewhere)
                known.add(_renamed(item, place, variant, "』か『".join(dict.fromkeys(meant))))
            else:
                known.add(_stale(item, place, bool(matches)))
    return result, tuple(applied)


def _is_unchanged(item: Acknowledgement, found: Finding) -> bool:
    """Whether the value is the confirmed one, be it written in full or as 指摘一覧 shows it.

    What is typed as 20,000,000 into Excel is a number, which comes without its commas.
    """
    confirmed = _ungrouped(item.confirmed)
    return confirmed in (_ungrouped(found.value), text.key(excerpt(found.value)))


def _ungrouped(value: str) -> str:
    key = text.key(value)
    return key.replace(",", "") if _GROUPED.fullmatch(key) else key


class _Findings:
    """Findings by position, those of some codes by what a confirmation may call them.

    Each is taken apart once, however many confirmations there are.
    """

    def __init__(self, findings: Iterable[Finding], codes: Container[str]) -> None:
        self.all: list[Finding] = []
        self._codes = codes
        self._of_code: dict[str, list[int]] = defaultdict(list)
        self._named: dict[tuple[str, str], list[int]] = defaultdict(list)
        for item in findings:
            self.add(item)

    def add(self, item: Finding) -> None:
        """One more, behind all others."""
        if item.code in self._codes:
            place = len(self.all)
            self._of_code[item.code].append(place)
            for name in _names(item):
                self._named[item.code, name].append(place)
        self.all.append(item)

    def of_code(self, code: str) -> Sequence[int]:
        """All of a code."""
        return self._of_code.get(code, ())

    def of(self, code: str, target: str) -> Sequence[int]:
        """Those that have the 対象, their number alone or the name that the list prints."""
        return self._named.get((code, spelling(target)), ())

    def of_a_line(self, code: str, target: str) -> Sequence[int]:
        """Those that 指摘一覧 has in one line of this 対象 (``joined_targets``).

        Whatever it names is confirmed, also when others of the line are gone or have come since.
        「ほかn件」 stands for the rest of the line while that is as many as it was: which those
        were, nobody knows.
        """
        listed, *others = _OTHERS.split(target)
        line = f"、{_bare(listed)}、"
        if not others and line.count("、") == 2:  # one alone, which ``of`` finds
            return ()
        found = {i: self.all[i] for i in self.of_code(code)}
        named = {
            i: f.target for i, f in found.items() if f.target and f"、{_bare(f.target)}、" in line
        }
        if not others:
            return list(named)
        places = {id(f): i for i, f in found.items()}
        for group in collapse(found.values()):
            rest = {f.target for f in group} - set(named.values())
            here = [places[id(f)] for f in group]
            if len(rest) == int(others[0]) and not named.keys().isdisjoint(here):
                return here
        return ()


def _names(item: Finding) -> set[str]:
    """Match keys of its 対象, also by its number alone, and with the name that the list prints."""
    match = TARGET.fullmatch(item.target)
    place = f"{match['measure']}-{match['number']}" if match and match["number"] else ""
    said = (item.target, place, f"{place or item.target} {item.subject}")
    return {spelling(name) for name in said if name}


def _bare(target: str) -> str:
    """Not ``text.key``: what that takes from the end of a name is in the midst of a line."""
    return "".join(text.nfkc(target).split()).casefold()


def _renamed(item: Acknowledgement, place: Place, variant: str, meant: str) -> Finding:
    """What it was given for may be the row ``meant``, but its 対象 is another's as well."""
    facts: dict[str, Any] = {"code": item.code, "target": item.target, "subject": item.target}
    return finding("O103", place, item.target, variant=variant, meant=meant, **facts)


def _current(found: Sequence[Finding]) -> str:
    """Their values as 指摘一覧 shows them; where a line breaks says nothing to the comparison."""
    shown = dict.fromkeys(" ".join(excerpt(item.value).split()) for item in found)
    return "か".join(f"『{value}』" if value else "空欄" for value in shown)


def _changed(item: Acknowledgement, place: Place, current: str) -> Finding:
    """What it was given for has another value now, ``current``."""
    return finding(
        "O103",
        place,
        item.target,
        variant="changed" if item.confirmed else "blank",
        confirmed=item.confirmed,
        write=current,
        code=item.code,
        target=item.target,
        subject=item.target,
    )


def _stale(item: Acknowledgement, place: Place, wrong_code: bool) -> Finding:
    facts: dict[str, Any] = {"code": item.code, "target": item.target, "subject": item.target}
    variant = "others" if _OTHERS.search(item.target) else ""
    return finding("O103", place, item.target, variant="code" if wrong_code else variant, **facts)
