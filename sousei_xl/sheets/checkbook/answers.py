"""What departments wrote into 回答欄 of the files that came back, beside the findings it answers.

A line of the request sheet is found again by file, sheet, words and 事業名 where it names one row,
for rows move and the office renames, and else by its cells. What no finding matches any more is
listed, so that no answer is lost. An answer settles nothing: the office does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.findings import Finding, Place, clip
from sousei_xl.rules.merge.units import lateness, unit_key
from sousei_xl.rules.records import Answer, FileRecord, ListedRow
from sousei_xl.sheets import Contents
from sousei_xl.sheets.checkbook.cells import typed
from sousei_xl.workspace import OFFICE_SHEET

ROOM = 300  # characters beside a finding: more would not fit into the height of a row
_SPOT = re.compile(r"『(.*)』(.*)", re.DOTALL)
_MORE = "ほか"

_Said = tuple[str, Place]  # words and place of a finding


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers to findings, and those in ``apart`` (with their departments).

    Apart are the answers that no finding matches any more, and those too long to stand whole
    beside theirs. ``waiting`` counts the answers to findings that are open, ``unmatched`` those
    without a finding.
    """

    beside: Mapping[_Said, tuple[str, ...]]
    apart: tuple[tuple[str, Answer], ...]
    waiting: int
    unmatched: int

    def to(self, words: str, rows: Sequence[tuple[Place, str]]) -> str:
        """The answers to all findings of these words, as one cell shows them. ``rows`` are place
        and 事業名: what was not said of all of them is shown with the name."""
        if not self.beside:
            return ""
        told: defaultdict[str, list[str]] = defaultdict(list)
        for place, name in rows:
            for answer in self.beside.get((words, place), ()):
                told[answer].append(typed(name))
        shown = (
            answer if len(names) == len(rows) else f"{'、'.join(dict.fromkeys(names))}：{answer}"
            for answer, names in told.items()
        )
        return clip("\n".join(shown), ROOM)


def answered(contents: Contents) -> Answered:
    """Every answer that came in."""
    given = list(_current(contents.result.files))
    said: defaultdict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for item in contents.findings if given else ():
        said[item.place.file, item.place.sheet, item.text.strip()].append(item)
    former = _former_names(contents.result.listed) if given else {}
    beside: defaultdict[_Said, dict[str, None]] = defaultdict(dict)
    in_one_line: defaultdict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    apart = []
    waiting = unmatched = 0
    for record, answer, files in given:
        crowded, found = False, list(_found(answer, files, said, former))
        for item in found:
            beside[item.text, item.place][typed(answer.answer)] = None
            line = item.place.file, item.place.sheet, item.text
            in_one_line[line][typed(answer.answer)] = None
            crowded |= len("\n".join((*in_one_line[line], item.subject))) > ROOM
        waiting += any(not item.acknowledged for item in found)
        unmatched += not found
        if crowded or not found:
            apart.append((record.department, answer))
    return Answered({s: tuple(a) for s, a in beside.items()}, tuple(apart), waiting, unmatched)


def next_step(contents: Contents) -> Iterator[str]:
    """What the office does about the answers, where there are any."""
    given = answered(contents)
    if given.waiting:
        yield (
            f"部局の回答が{given.waiting}件あります。点検結果の「指摘一覧」で見て、"
            f"認めるものは『{OFFICE_SHEET}』の「確認済」に書きます。"
        )
    if given.unmatched:
        yield (
            f"当てはまる指摘が今はない部局の回答が{given.unmatched}件あります"
            "（点検結果の「提出状況」の「部局からの回答」）。"
        )


def _current(
    records: Iterable[FileRecord],
) -> Iterator[tuple[FileRecord, Answer, list[str]]]:
    """(record, answer, files whose findings it may be about), once for every line of a unit.

    A return carries its earlier answers along: a replaced file's answer counts where no later file
    of the unit has one to that line.
    """
    files = defaultdict(list)
    answering = []
    for record in records:
        if record.outcome == "accepted":
            files[unit_key(record)].append(record.file)
        if record.answers:
            answering.append(record)
    answering.sort(key=lateness, reverse=True)
    answering.sort(key=lambda r: r.outcome == "superseded")
    seen: set[tuple[object, ...]] = set()
    for record in answering:
        unit, replaced = unit_key(record), record.outcome == "superseded"
        for answer in record.answers:
            if not (replaced and (unit, *_line(answer)) in seen):
                yield record, answer, files[unit] if replaced else [record.file]
        seen |= {(unit, *_line(answer)) for answer in record.answers}


def _line(answer: Answer) -> tuple[str, str, str]:
    return answer.spot, answer.name, answer.words


def _former_names(rows: Iterable[ListedRow]) -> dict[int, str]:
    """Row → match key of the name that it, or what it repeats, had before the office's."""
    renamed = {row.row_id: text.key(row.former_name) for row in rows if row.former_name}
    repeated = {row.row_id: renamed[row.original] for row in rows if row.original in renamed}
    return renamed | repeated


def _found(
    answer: Answer,
    files: Iterable[str],
    said: Mapping[tuple[str, str, str], list[Finding]],
    former: Mapping[int, str],
) -> Iterator[Finding]:
    """The findings that the answered line was about (``forms.annotate.lines`` writes it)."""
    spot = _SPOT.fullmatch(answer.spot)
    sheet, shown = (spot[1], spot[2]) if spot else ("", "")
    words, _, cells = answer.words.rpartition("\n［")
    words, cells = (words, cells.removesuffix("］")) if words else (answer.words, shown)
    all_of_them = _MORE in cells  # beyond a number of cells they are not named
    spots = {cell.split(" ")[0] for cell in cells.split("、")}
    by_name = answer.name and len(spots) == 1 and not all_of_them
    for file in files:
        found = said.get((file, sheet, words.strip()), [])
        here = [item for item in found if all_of_them or _is_at(item.place, spots)]
        yield from _of_row(answer.name, found, here, former) if by_name else here


def _of_row(
    name: str, found: Sequence[Finding], here: Sequence[Finding], former: Mapping[int, str]
) -> Sequence[Finding]:
    """Those of the row of that name, ``here`` or where it has moved to, if that is only one."""
    wanted = text.key(name)

    def is_of_it(item: Finding) -> bool:
        return wanted in (text.key(item.subject), former.get(item.place.row_id or 0))

    stayed = [item for item in here if not item.subject or is_of_it(item)]
    moved = [item for item in found if is_of_it(item)]
    return stayed or (moved if len(moved) == 1 else [])


def _is_at(place: Place, spots: set[str]) -> bool:
    """Whether one of the spots (``H8``, ``8行目``) is the finding's; a row's is its first cell."""
    if place.cell or not place.row:
        return place.cell in spots
    return str(place.row) in {re.sub(r"\D", "", spot) for spot in spots}
