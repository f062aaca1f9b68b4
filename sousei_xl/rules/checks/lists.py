"""Checks that need the whole inbox (L rules): originals, repetitions, numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise

from sousei_xl import text
from sousei_xl.findings import Finding, address, clip, finding
from sousei_xl.rules.checks.listing import Listing, at, money
from sousei_xl.rules.records import ProjectRow
from sousei_xl.rules.schema import nearest
from sousei_xl.strategy import AS_SUBMITTED

_HELD = "保留中の行"  # an original that no 対象 leads to


def original_exists(listing: Listing) -> Iterator[Finding]:
    """L101, L102, L111, L112: what is wrong with the original of a relisted row."""
    candidates = _Candidates(listing.placed)
    unsettled = {row.name_key for row in listing.placed if row.link == "several"}
    owners: dict[str, list[str]] = defaultdict(list)
    for row in listing.placed if unsettled else ():
        if row.name_key in unsettled and not row.is_relisted:
            owners[row.name_key].append(f"{row.counted}の{row.target}")
    unfound: dict[str, list[ProjectRow]] = defaultdict(list)
    near: dict[int, str] = {}
    for row in listing.placed:
        if row.link == "missing":
            unfound[row.name_key].append(row)
            if listing.complete and "relisted" not in row.unknown:  # R107
                near[row.row_id] = nearest(row.name or "", candidates.of(row))
    alone = [row for rows in unfound.values() for row in rows if near.get(row.row_id) == ""]
    nameless = _with_enough_nameless(alone, listing) if alone else set()
    missing = "、".join(listing.missing)
    for row in listing.placed:
        original = row.original.target if row.original else ""
        if row.link == "withdrawn":
            yield at("L111", row, "relisted", listing, row.name, original=original)
        elif not row.is_relisted:
            continue
        elif row.link == "several":
            places = "、".join(owners[row.name_key])
            yield at("L101", row, "department", listing, row.name, variant="several", places=places)
        elif row.link == "missing" and listing.complete:
            if "relisted" in row.unknown:  # R107: the name is to be mended first
                continue
            rows = [r for r in unfound[row.name_key] if r.counted == row.counted]
            like = near[row.row_id]
            if row.counted in nameless and not like:  # R102: it may be the original
                yield at("L112", row, "name", listing, row.name, original=_HELD)
            elif len(rows) < len(unfound[row.name_key]):
                if row is rows[0]:  # told once in each department
                    yield at("L101", row, "relisted", listing, row.name, **_elsewhere(row, unfound))
            elif like or len(rows) < 2:
                yield at("L101", row, "name", listing, row.name, candidates=like)
            elif row is rows[0]:  # told once
                places = "と".join(r.target for r in rows) + "の"
                places += "どちらにも" if len(rows) == 2 else "どれにも"
                yield at("L101", row, "relisted", listing, row.name, variant="all", places=places)
        elif row.link == "missing":
            yield at("L102", row, "name", listing, row.name, missing=missing)
        elif row.link == "held" and row.original:
            where = _held_cell(row.original, row)
            yield at("L112", row, "name", listing, row.name, original=where)
        elif row.original and row.original.row_id in listing.broken:
            yield at("L112", row, "name", listing, row.name, original=original)


def _held_cell(original: ProjectRow, row: ProjectRow) -> str:
    """``経済部の『事業』F5、保留中``: its 施策 or 事業名 is what is wrong with it."""
    whose = "" if original.raw.file == row.raw.file else f"{original.submitter}の"
    return f"{whose}{_cell(original)}、保留中"


def _elsewhere(row: ProjectRow, unfound: Mapping[str, Sequence[ProjectRow]]) -> dict[str, str]:
    """L101 for a name that several departments have, all of them marked: no other name is meant."""
    others = (r for r in unfound[row.name_key] if r is not row)
    places = "、".join(f"{r.counted}の{r.target}" for r in others)
    return {"variant": "elsewhere", "places": places}


def _with_enough_nameless(alone: Iterable[ProjectRow], listing: Listing) -> set[str | None]:
    """Departments with a held row for each project that has but relisted rows (``alone``) which may
    be its original: one that lacks nothing but its name. With fewer, some project has none."""
    projects: dict[str | None, set[str]] = defaultdict(set)
    for row in alone:
        projects[row.counted].add(row.name_key)
    nameless = Counter(row.counted for row in _held_projects(listing) if _lacks_its_name(row))
    return {
        department for department, names in projects.items() if len(names) <= nameless[department]
    }


def _lacks_its_name(row: ProjectRow) -> bool:
    """Not of 該当なし and 合計, which are names of no project."""
    name, *content = (row.raw.values.get(field) for field in ("name", "budget", "description"))
    unnamed = text.is_blank(name) or text.points_above(name)
    return unnamed and not row.is_relisted and not all(map(text.is_blank, content))


# Comparing one name with as many others takes a tenth of a second.
_MOST_CANDIDATES = 5000


class _Candidates:
    """Names that a relisted row may have meant: of all originals, of those of its department where
    these are too many, of none where those are."""

    def __init__(self, placed: Sequence[ProjectRow]) -> None:
        self._placed = placed
        self._all: set[str] = set()
        self._own: dict[str | None, set[str]] = defaultdict(set)
        self._sorted: dict[str | None, list[str]] = {}

    def of(self, row: ProjectRow) -> list[str]:
        if not self._sorted:  # asked for the first time: hardly any list has such a row
            for other in self._placed:
                if not other.is_relisted:
                    self._all.add(other.name or "")
                    self._own[other.counted].add(other.name or "")
        few = len(self._all) <= _MOST_CANDIDATES
        department = None if few else row.counted
        if department not in self._sorted:
            names = self._all if few else self._own[department]
            self._sorted[department] = sorted(names) if len(names) <= _MOST_CANDIDATES else []
        return self._sorted[department]


_AMOUNT = frozenset({"budget", "budget_kind"})


def budget_equals_original(listing: Listing) -> Iterator[Finding]:
    """L103: a relisted row repeats its original's figure, unless that is to be corrected (L112).

    Of an amount that the office has written there itself, O103 says that it is not printed.
    """
    for row in listing.placed:
        original = row.original
        if original and _AMOUNT & listing.broken.get(original.row_id, frozenset()):
            continue
        if original and row.differs_from_original and "budget" not in row.corrected:
            plain = row.budget is not None
            yield at(
                "L103",
                row,
                "budget",
                listing,
                money(row.budget) if plain else text.to_text(row.raw.values.get("budget")),
                variant="" if plain else "meant",
                expected=money(original.budget),
                original=original.target,
            )


def original_stands_first(listing: Listing) -> Iterator[Finding]:
    """L104: the roles were swapped in linking; say so at the row that became the original."""
    demoted = {r.original: r for r in reversed(listing.placed) if r.link == "demoted"}
    for row in listing.placed:
        if row.link in ("swapped", "adopted"):
            after = demoted[row]
            yield at(
                "L104",
                row,
                "relisted",
                listing,
                text.RELISTED,
                variant="other" if row.link == "adopted" else "",
                before=row.target,
                after=after.target,
                other=after.counted,
            )


def unmarked_twice(listing: Listing) -> Iterator[Finding]:
    """L105: the later of two unmarked rows was treated as relisted; where it is the office that has
    taken the mark away, O103 says so, and R107 of a mark that says nothing."""
    for row in listing.placed:
        told = "relisted" in {*row.corrected, *row.unknown}
        told = told or not text.is_blank(row.raw.values.get("relisted"))
        if row.link == "unmarked" and row.original and not told:
            yield at("L105", row, "relisted", listing, original=row.original.target)


def again_before_a_name(listing: Listing) -> Iterator[Finding]:
    """R107: （再） before a name that another row has. Before any other it begins a word:
    （再）就職."""
    names = {row.name_key for row in listing.placed}
    for row in listing.placed:
        behind = text.behind_again_mark(row.name or "")
        told = row.is_relisted or "relisted" in row.unknown
        if behind and not told and text.fresh_key(behind) in names:
            yield at("R107", row, "relisted", listing, row.name, variant="in_name")


def once_per_measure(listing: Listing) -> Iterator[Finding]:
    """L106: a department lists a project once within a measure.

    Within one file, the later row is told. Of two files nobody knows which is right: both are told,
    each with the other's row. A row that the office has added beside a department's is its own.
    What a copied sheet repeats is told once.
    """
    copies: dict[tuple[str, str], list[tuple[ProjectRow, ProjectRow]]] = defaultdict(list)
    for group in listing.namesakes:
        listed: dict[tuple[str, str], list[ProjectRow]] = defaultdict(list)
        for row in group:
            listed[row.measure or "", text.key(row.counted or "")].append(row)
        for rows in listed.values():
            if len(rows) > 1:
                yield from _listed_again(rows, listing, copies)
    rows_of = Counter((r.raw.file, r.raw.sheet) for r in listing.placed) if copies else Counter()
    for (file, sheet), pairs in copies.items():
        first = min((row for row, _ in pairs), key=lambda row: row.raw.row)
        different = sum((r.budget, r.description) != (h.budget, h.description) for r, h in pairs)
        own = rows_of[file, sheet] - len(pairs)
        kept = f"内容の違う行が{different}行あります。" if different else ""
        kept += f"このシートだけにある行が{own}行あります。" if own > 0 else ""
        facts = {"variant": "sheet", "sheet": sheet, "count": len(pairs), "kept": kept}
        yield at("L106", first, "name", listing, first.name, **facts)


def _listed_again(
    rows: Sequence[ProjectRow],
    listing: Listing,
    copies: dict[tuple[str, str], list[tuple[ProjectRow, ProjectRow]]],
) -> Iterator[Finding]:
    """L106 for the rows of one project and measure; those on another sheet of one file go to
    ``copies``, each with the row of the file's first sheet."""
    sheets: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row.row_id):  # as they were read: 事業 comes first
        sheets.setdefault(row.raw.file, row.raw.sheet)
    heads: dict[str, ProjectRow] = {}
    for row in rows:
        if row.raw.sheet == sheets[row.raw.file]:
            heads.setdefault(row.raw.file, row)
    submitted = [row for row in heads.values() if not row.is_added]
    for row in rows:
        head = heads[row.raw.file]
        if head is not row and head.raw.sheet != row.raw.sheet:
            copies[row.raw.file, row.raw.sheet].append((row, head))
            continue
        if head is not row:
            yield at("L106", row, "name", listing, row.name, original=_in_its_cell(head))
            continue
        others = list(islice((other for other in submitted if other is not row), _MOST_OTHERS + 1))
        if others:
            more = "など" if len(others) > _MOST_OTHERS else ""
            elsewhere = "other_file" if len(others) == 1 else "other_files"
            facts = {
                "variant": "added" if row.is_added else elsewhere,
                "others": "、".join(map(_whereabouts, others[:_MOST_OTHERS])) + more,
                "amount": _amount(row),
                "write": "』と『".join(other.named_target for other in others[:_MOST_OTHERS]),
            }
            yield at("L106", row, "name", listing, row.name, **facts)


_MOST_OTHERS = 3


def _cell(row: ProjectRow) -> str:
    return address(row.raw.place("name")).rstrip("：")


def _in_its_cell(row: ProjectRow) -> str:
    """``1ア-4（『事業』F5）``: two rows without a number have but one 対象."""
    return f"{row.target}（{_cell(row)}）"


def _whereabouts(row: ProjectRow) -> str:
    """``1ア-4（ファイル『健康推進課.xlsx』の『事業』F5、予算64,000千円）``."""
    return f"{row.target}（ファイル『{clip(row.raw.file)}』の{_cell(row)}、{_amount(row)}）"


def _amount(row: ProjectRow) -> str:
    if row.budget is not None:
        return f"予算{money(row.budget)}千円"
    return f"予算は{row.budget_kind}" if row.budget_kind else "予算の記載なし"


def one_department(listing: Listing) -> Iterator[Finding]:
    """L107: one name, several departments: another project, a shared one, or a relisted one?"""
    known = listing.strategy.department_by_name
    for named in listing.namesakes:
        # Whose a row is whose department is unknown will be known when that is mended (R117).
        group = [row for row in named if row.counted is None or row.counted in known]
        first = next((row for row in group if not row.is_relisted), None)
        for row in group:
            if row.is_relisted and row.original and row.original.counted not in known:
                continue  # whose it is will be known when its original is mended (L112)
            if row.is_relisted and "department" in row.corrected:
                continue  # which is not what is printed (O103)
            if row.link == "other" and row.original:
                other = row.original
                variant = "relisted_here" if row.measure == other.measure else "relisted"
            elif first is None or row.is_relisted or row.counted == first.counted:
                continue
            else:
                other, variant = first, ""
            facts = {"variant": variant, "other": other.department, "original": other.target}
            yield at("L107", row, "name", listing, row.name, **facts)


def _by_measure(listing: Listing) -> dict[str, list[ProjectRow]]:
    groups: dict[str, list[ProjectRow]] = defaultdict(list)
    for row in listing.placed:
        groups[row.measure or ""].append(row)
    return groups


def numbers_differ(listing: Listing) -> Iterator[Finding]:
    """L108: one finding at each later row that has a number of an earlier one."""
    if listing.strategy.settings.numbering != AS_SUBMITTED:
        return
    for measure, rows in _by_measure(listing).items():
        owners: dict[int, ProjectRow] = {}
        for row in rows:
            if row.number is None or row.number < 1:
                continue
            earlier = owners.setdefault(row.number, row)
            again = earlier.name_key == row.name_key and earlier.counted == row.counted
            if earlier is not row and not again:  # of the same project L106 tells
                others = f"{earlier.submitter}『{earlier.name}』"
                facts = {"measure": measure, "others": others, "target": row.named_target}
                yield at("L108", row, "number", listing, row.number, **facts)


def numbers_without_gap(listing: Listing) -> Iterator[Finding]:
    """L109: one finding per measure, with ranges; only when everybody has submitted.

    A number is not missing that a row has which is held back, nor one that a row may have whose
    number is refused: the gap closes by itself when that is mended.
    """
    if not listing.complete or listing.strategy.settings.numbering != AS_SUBMITTED:
        return
    waiting = unsettled(listing)
    for measure, rows in _by_measure(listing).items():
        numbers = [row.number for row in rows if row.number is not None]
        known = [*numbers, *_numbers_held(waiting, measure, max(numbers, default=0), listing)]
        gaps = missing_numbers(known)
        refused = sum(row.measure == measure and _is_refused(row) for row in waiting)
        if gaps and _missing(known) > refused:
            after = min((r for r in rows if r.number), key=lambda r: r.number or 0)
            place = after.place("number", listing.strategy.field_by_name["number"].label)
            yield finding(
                "L109", place, gaps, measure=measure, target=measure, subject=f"施策{measure}"
            )


def unsettled(listing: Listing) -> list[ProjectRow]:
    """Rows of which the list does not know yet where they stand: those held back, and those whose
    number is refused."""
    return [*_held_projects(listing), *(row for row in listing.placed if _is_refused(row))]


def _held_projects(listing: Listing) -> list[ProjectRow]:
    """What is held, without what is no project at all."""
    judged = {row.row_id for row in listing.judged} if listing.held else set()
    return [row for row in listing.held if row.row_id in judged]


def _is_refused(row: ProjectRow) -> bool:
    return "number" in row.unknown or (row.number is not None and row.number < 1)


def _numbers_held(
    waiting: Iterable[ProjectRow], measure: str, last: int, listing: Listing
) -> Iterator[int]:
    """Numbers up to the ``last`` one that stands in the measure, of rows that may belong to it."""
    for row in waiting:
        elsewhere = row.measure in listing.strategy.measure_by_key and row.measure != measure
        if row.number is not None and row.number < last and not elsewhere:
            yield row.number


def _missing(numbers: Iterable[int]) -> int:
    """How many numbers there are not between 1 and the last one."""
    present = {n for n in numbers if n >= 1}
    return max(present, default=0) - len(present)


def missing_numbers(numbers: Iterable[int]) -> str:
    """1, 3, 7 → ``2、4〜6``; never counts through a gap, for a date may have been typed as 番号."""
    present = sorted({0, *(n for n in numbers if n >= 1)})
    gaps = [(a + 1, b - 1) for a, b in pairwise(present) if b > a + 1]
    return "、".join(str(a) if a == b else f"{a}〜{b}" for a, b in gaps)
