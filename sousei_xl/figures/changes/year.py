"""What became of last year's projects, and which are new: each project once.

Projects are compared, not rows: of a relisted row it is only said whether it is relisted still.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sousei_xl import eras, text
from sousei_xl.figures.changes import (
    BUDGET,
    DEPARTMENT,
    DESCRIPTION,
    MEASURE,
    NAME,
    RELEVANCE,
    RELISTED,
    Changed,
    Changes,
    Row,
    compare,
    departments,
    is_new,
    pair,
    same_project,
)
from sousei_xl.figures.changes.former_names import former_names
from sousei_xl.figures.changes.names import likely_renamings
from sousei_xl.figures.last_year import LastRow, LastYear

Fate = Literal["終了", "取下げ", "統合", "掲載なし", "確認中", "未提出"]
# No headings of データ_事業: the name of what the office has renamed, and the department's note.
FORMER_NAME, NOTE = "修正前の事業名", "備考"
_TEXTS = (NAME, DEPARTMENT, RELEVANCE, DESCRIPTION)
_YEAR = re.compile(rf"(?:{eras.ERA}\s*)?(?:\d+|元)\s*年度?")


@dataclass(frozen=True, slots=True)
class Kept:
    """A project of both years; ``renamed`` where that is a guess by its name or text, ``united``
    where others of last year went into it."""

    before: LastRow
    row: Row
    renamed: bool = False
    united: bool = False

    @property
    def moved(self) -> bool:
        """Whether it stands under another measure than last year, where last year's list says."""
        return self.before.data[MEASURE] not in ("", self.row[MEASURE])

    @property
    def difference(self) -> int | None:
        """This year's budget less last year's; None where one of them is no amount."""
        before, after = self.before.budget, self.row[BUDGET]
        return after - before if isinstance(before, int) and isinstance(after, int) else None


@dataclass(frozen=True, slots=True)
class Gone:
    """A project of last year that is not on the list, and what is known about why."""

    before: LastRow
    fate: Fate


@dataclass(frozen=True, slots=True)
class YearChanges:
    """Every project of both lists, once. New and kept ones in the order of this year's list, gone
    ones in that of last year's. ``relisted`` are the relisted rows of kept projects, ``twins`` rows
    of a draft that repeat a kept project (L106) and are not compared."""

    last: LastYear
    new: tuple[Row, ...]
    kept: tuple[Kept, ...]
    gone: tuple[Gone, ...]
    relisted: Changes
    twins: tuple[Row, ...] = ()

    @property
    def renamed(self) -> tuple[Kept, ...]:
        """Probably the same project under another name."""
        return tuple(k for k in self.kept if k.renamed)

    @property
    def moved(self) -> tuple[Kept, ...]:
        """Under another measure."""
        return tuple(k for k in self.kept if k.moved)

    @property
    def with_other_budget(self) -> tuple[Kept, ...]:
        """Whose amount, or what stands in its place, is another; none where last year's list has no
        amounts at all."""
        known = any(k.before.budget is not None for k in self.kept)
        return tuple(k for k in self.kept if known and k.before.budget != k.row[BUDGET])

    @property
    def reworded(self) -> tuple[Changed, ...]:
        """Kept projects with another department, relevance or text, or a name spelled otherwise.

        A text that only moved on by a year is the same; what last year's list does not say of any
        project is not compared.
        """
        told = [h for h in _TEXTS if any(k.before.data[h] for k in self.kept)]
        found = []
        for kept in self.kept:
            fields = []
            for heading in told:
                before, after = (text.to_text(r[heading]) for r in (kept.before.data, kept.row))
                known = heading == NAME and kept.renamed
                if not known and _without_years(before) != _without_years(after):
                    fields.append((heading, before, after))
            if fields:
                found.append(Changed(kept.before.data, kept.row, tuple(fields)))
        return tuple(found)


def _without_years(words: str) -> str:
    return _YEAR.sub("年", text.nfkc(words))


def unlisted(name: str, department: str, measure: str) -> Row:
    """A project that was read and is not listed: ``department`` submitted it, ``measure`` is blank
    where the row is held."""
    return {NAME: name, DEPARTMENT: department, MEASURE: measure}


class Match(NamedTuple):
    """Position of a row of this year → position of the project of last year that it is.

    ``known`` and ``renamed`` (a guess) are of the listed rows, ``aside`` of the others. ``twins``
    are listed rows that repeat a known one (L106): the same project, which counts once. ``united``
    gives the row whose 備考 names a project of last year that no row is, by its position there.
    """

    known: Mapping[int, int]
    renamed: Mapping[int, int]
    aside: Mapping[int, int]
    twins: Mapping[int, int]
    united: Mapping[int, int]


def match(
    last: Sequence[LastRow], listed: Sequence[Row], aside: Sequence[Row], waiting: Collection[str]
) -> Match:
    """Find this year's projects, none of them relisted, among ``last`` year's.

    What the office has renamed (``FORMER_NAME``) is found under the name that last year's list has:
    this year's, where its department had that already, or else the former one.
    What is listed comes first: what is held or withdrawn (``aside``) takes what is left. It was
    there too and has no former name; neither is what a department of ``waiting``, which has not
    submitted everything yet, had last year anybody's former name, unless its own 備考 says so.
    """
    data = [row.data for row in last]
    owners: dict[str, set[str]] = defaultdict(set)
    for project in last:
        owners[text.key(project.name)].add(text.key(project.counted))
    listed = [_as_named(row, owners) for row in listed]
    known = {i: j for i, j in pair(data, listed).items() if same_project(data[j], listed[i])}
    left = sorted(set(range(len(last))) - set(known.values()))
    beside = {i: left[j] for i, j in pair([data[j] for j in left], aside).items()}
    taken = set(beside.values())
    noted, united = _noted({j for j in left if j not in taken}, last, listed, known)
    known |= noted
    taken |= {*known.values(), *united}
    gone = [j for j in left if j not in taken and last[j].counted not in waiting]
    first = {_project(listed[i]): j for i, j in known.items()}
    twins = {
        i: first[key]
        for i, row in enumerate(listed)
        if i not in known and (key := _project(row)) in first
    }
    fresh = [
        i for i, row in enumerate(listed) if i not in known and i not in twins and not is_new(row)
    ]
    guesses = likely_renamings([data[j] for j in gone], [listed[i] for i in fresh])
    return Match(known, {fresh[i]: gone[j] for i, j in guesses.items()}, beside, twins, united)


def _as_named(row: Row, owners: Mapping[str, Container[str]]) -> Row:
    """The row by the name that last year's list has; ``owners`` has the departments of each."""
    former = text.to_text(row.get(FORMER_NAME))
    again = _department(row) in owners.get(_name(row), ())  # renamed as it was last year
    known = former and text.key(former) in owners
    return {**row, NAME: former} if known and not again else row


def _noted(
    gone: Container[int], last: Sequence[LastRow], listed: Sequence[Row], known: Container[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """What 備考 says of ``gone`` projects of its department: position of a row → position in
    ``last`` of what it was called, the first that it names; and ``united`` of the others."""
    owned: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for j, project in enumerate(last):
        owned[text.key(project.counted)][text.key(project.name)].append(j)
    found: dict[int, int] = {}
    united: dict[int, int] = {}
    taken: set[int] = set()
    for i, row in enumerate(listed):
        mine = owned[_department(row)]
        former = former_names(text.to_text(row.get(NOTE)), mine)
        left = [j for name in former for j in mine[name] if j in gone and j not in taken]
        united |= dict.fromkeys(left, i)
        if left and i not in known and not is_new(row):
            found[i] = left[0]
            taken.add(left[0])
    return found, {j: i for j, i in united.items() if j not in taken}


def _project(row: Row) -> tuple[str, str, str]:
    """What a department lists once: measure, name and the first of the departments (L106)."""
    return text.to_text(row.get(MEASURE)), _name(row), _department(row)


def _name(row: Row) -> str:
    return text.key(text.to_text(row.get(NAME)))


def _department(row: Row) -> str:
    return departments(row)[0]


def compare_years(
    last: LastYear,
    rows: Sequence[Row],
    aside: Sequence[tuple[Row, Fate]],
    waiting: Collection[str],
) -> YearChanges:
    """This year's ``rows`` beside ``last`` year's.

    Rows are those of データ_事業, with the word that stands instead of an amount in its place.
    ``aside`` are this year's projects that were read but are not listed, with their fate;
    ``waiting`` are the departments that have not submitted everything.
    """
    old = last.projects
    projects = [row for row in rows if not row.get(RELISTED)]
    known, renamed, beside, twins, united = match(old, projects, [row for row, _ in aside], waiting)
    fates: dict[int, Fate] = dict.fromkeys(united, "統合")
    fates |= {j: aside[i][1] for i, j in beside.items()}
    grown = set(united.values())
    found = {**known, **renamed}
    kept = set(found.values())
    return YearChanges(
        last=last,
        new=tuple(row for i, row in enumerate(projects) if i not in found and i not in twins),
        kept=tuple(
            Kept(old[found[i]], projects[i], i in renamed, i in grown) for i in sorted(found)
        ),
        gone=tuple(
            Gone(row, fates.get(j) or _fate(row, waiting))
            for j, row in enumerate(old)
            if j not in kept
        ),
        relisted=_relisted(last, rows, projects, found),
        twins=tuple(projects[i] for i in twins),
    )


def _fate(row: LastRow, waiting: Collection[str]) -> Fate:
    return "未提出" if row.counted in waiting else "掲載なし"


def _relisted(
    last: LastYear, rows: Sequence[Row], projects: Sequence[Row], found: Mapping[int, int]
) -> Changes:
    """Relisted rows of projects of both years (``found``), under this year's name and department;
    what is new or gone altogether is said once, of the project."""
    before = _originals([row.data for row in last.projects])
    after = _originals(projects)
    now = {j: projects[i] for i, j in found.items()}
    old = [
        {**row.data, NAME: now[j][NAME], DEPARTMENT: now[j][DEPARTMENT]}
        for row in last.rows
        if row.relisted and (j := _original(row.data, before)) in now
    ]
    new = [row for row in rows if row.get(RELISTED) and _original(row, after) in found]
    return compare(old, new, (MEASURE, NAME))


_Originals = Mapping[str, Mapping[str, int]]  # name → department → position


def _originals(projects: Sequence[Row]) -> _Originals:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for i, row in enumerate(projects):
        found[_name(row)].setdefault(_department(row), i)
    return found


def _original(relisted: Row, originals: _Originals) -> int | None:
    """Which project a relisted row repeats: that of its department, or the only one of its name."""
    named = originals.get(_name(relisted), {})
    alone = next(iter(named.values())) if len(named) == 1 else None
    return named.get(_department(relisted), alone)
