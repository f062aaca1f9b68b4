"""Where things stand on a form's KPI sheet: names, never positions, as in ``layout.py``."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from sousei_xl import amounts, eras, text
from sousei_xl.forms.layout import CHECK, INDICATORS, Rows
from sousei_xl.strategy import Settings, Strategy
from sousei_xl.strategy.indicators import (
    QUALITATIVE,
    actual_field,
    actual_year,
    columns,
    has_ended,
    input_names,
    plan_years,
)
from sousei_xl.text import Value

SHEET = INDICATORS
ASKED_NOW = "今回入力"  # above the heading of the year that is judged

# A row is the header where ID, a year's 実績 and some more headings stand side by side.
_ENOUGH = 4
_ID = text.key("ID")
_LONGEST_ID = 12  # characters, blanks and all: most of a row's texts are longer
# What a department leaves out of a heading, or puts in its place: 速報/確報, 未入力理由.
_LINKS = re.compile(r"[・･/,、。の\-~()\[\]【】「」※*:]")
_SHORTEST = 3  # letters of a shortened heading that still say which one it is
# A year alone, or its actual, with a mark, brackets or the stage behind it; 「H29実績の出典」
# and the like say something about it.
_ABOUT_A_YEAR = re.compile(
    r"(?P<year>.+?)"
    r"(?:の?実績値?(?:(?:\W|速報|暫定|確報|確定).*)?|\((?:単位:?)?(?P<note>[^()]+)\))?"
)
# What leaves a year its own actual when it stands in brackets behind it, as a unit does.
_NOTES = frozenset(
    text.key(word)
    for word in (
        *("実績", "実績値", "年", "年度", "人", "件"),
        *("速報", "速報値", "暫定", "暫定値", "確報", "確報値", "確定", "確定値"),
    )
)
# With one of these a heading of a year names other figures than its actuals.
_NO_ACTUAL = re.compile(r"見込|見通|予定|予測|予想|目標|目安|計画|予算|比|率|差|増|減|累計")


@dataclass(frozen=True, slots=True)
class LostColumn:
    """A column of the form whose heading is not in the header row: name, label, and the column
    (from 0) that has the heading's place now, with what stands there; None where there is none.
    """

    name: str
    label: str
    column: int | None
    heading: str = ""


def indicator_fields(strategy: Strategy) -> tuple[tuple[str, str], ...]:
    """(internal name, heading) of the columns of KPI from left to right, ``check`` first."""
    return (("check", CHECK), *((c.name, c.label) for c in columns(strategy.settings)))


def find_indicator_header(rows: Rows, strategy: Strategy) -> tuple[int, Mapping[str, int]] | None:
    """(position in ``rows``, column name → column counted from 0) of the header of KPI.

    Headings are compared by match key; a year may be spelled in any way (``平成29年度実績値``).
    Years outside the plan are no columns of the form. None where there is no header. An edited
    heading of an input column counts where it can mean that one only (``H29実績（確定）``).
    """
    actuals = {actual_field(year) for year in plan_years(strategy.settings)}
    name_of = _remembered_names(strategy)
    for position, (_, values) in enumerate(rows):
        if len(values) - values.count(None) < _ENOUGH or not any(map(_says_id, values)):
            continue
        found: dict[str, int] = {}
        for column, value in enumerate(values):
            if isinstance(value, str):
                short = len(value) <= text.SHORT
                name = name_of(value) if short else _column_name(strategy, value)
                if name is not None:
                    found.setdefault(name, column)
        if "id" in found and len(found) >= _ENOUGH:
            found |= _edited(values, found, strategy)
            if not actuals.isdisjoint(found):
                return position, found
    return None


def _says_id(value: Value) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_ID and text.heading_key(value) == _ID


def _edited(
    headings: Sequence[Value], found: Mapping[str, int], strategy: Strategy
) -> dict[str, int]:
    """Input columns that were not ``found``, by the one heading that comes near theirs alone."""
    settings = strategy.settings
    missing = [c for c in columns(settings) if not c.reference and c.name not in found]
    taken = set(found.values())
    claims: dict[str, list[int]] = defaultdict(list)
    for column, value in enumerate(headings):
        shown = text.to_text(value)
        if column in taken or text.is_blank(value) or len(shown) > text.SHORT:
            continue
        year = _year_of_edited(shown, strategy)
        meant = [c.name for c in missing if (year == c.year if c.year else _alike(shown, c.label))]
        if len(meant) == 1:
            claims[meant[0]].append(column)
    return {name: claim[0] for name, claim in claims.items() if len(claim) == 1}


def _year_of_edited(heading: str, strategy: Strategy) -> int | None:
    """``H29実績（確定）``, ``H29``, ``平成29年度（速報）`` → 2017; None for what is no actual.

    Behind a bare year, brackets may hold a known word, a unit or the year itself: (前年度) and
    (主管課) may be about anything.
    """
    shown = "".join(text.nfkc(heading).split())
    match = _ABOUT_A_YEAR.fullmatch(shown)
    if not match or _NO_ACTUAL.search(shown):
        return None
    year, note = eras.parse_fiscal_year(match["year"]), match["note"]
    known = _NOTES | {text.key(i.unit) for i in strategy.indicators}
    says = not note or text.key(note) in known or eras.parse_fiscal_year(note) == year
    return year if says else None


def _alike(heading: str, label: str) -> bool:
    """Whether a heading contains a label, or is the first part of one."""
    shown, wanted = (_LINKS.sub("", text.key(words)) for words in (heading, label))
    return wanted in shown or (len(shown) >= _SHORTEST and wanted.startswith(shown))


def lost_columns(
    rows: Rows, header: int, found: Mapping[str, int], strategy: Strategy
) -> Iterator[LostColumn]:
    """The input columns of the form that the header at ``header`` lacks, from left to right.

    What is entered for a year that has not ended counts for nothing, so its column may lack. So may
    one that nobody has to fill in: without a column in its place it is as good as blank. A column
    that stands where the form has the lost one, and is none of the form's, has its place.
    """
    needed = ("reason", "cause") if _asks_for_words(rows, header, found, strategy) else ("reason",)
    settings = strategy.settings
    order = [c.name for c in columns(settings)]
    strange = _strange_columns(rows, header, found)
    headings = rows[header][1]
    for position, column in enumerate(columns(settings)):
        if column.reference or column.name in found:
            continue
        if column.year and not any(
            has_ended(column.year, i, settings) for i in strategy.indicators
        ):
            continue
        before = [(i, found[n]) for i, n in enumerate(order[:position]) if n in found]
        after = [found[n] for n in order[position:] if n in found]
        index, left = before[-1]  # ID is always found
        expected = left + position - index
        between = [c for c in strange if c > left and (not after or c < after[0])]
        place = min(between, key=lambda c: abs(c - expected), default=None)
        heading = ""
        if place is not None:
            strange.remove(place)
            heading = text.to_text(headings[place]) if place < len(headings) else ""
        elif not column.year and column.name not in needed:
            continue
        yield LostColumn(column.name, column.label, place, heading)


def _asks_for_words(rows: Rows, header: int, found: Mapping[str, int], strategy: Strategy) -> bool:
    """Whether a row is of a 定性 indicator, which is reported in 要因・課題."""
    told = {text.key(i.id) for i in strategy.indicators if i.kind == QUALITATIVE}
    column = found["id"]
    return any(
        column < len(values) and text.key(text.to_text(values[column])) in told
        for _, values in rows[header + 1 :]
    )


def rival_columns(
    headings: Sequence[Value], found: Mapping[str, int], strategy: Strategy
) -> Mapping[str, list[int]]:
    """Column name of a year → the columns (from 0) that are headed as if they had its actuals and
    are not the one that was ``found``; where none was, they may all be meant."""
    taken = set(found.values())
    rivals: dict[str, list[int]] = defaultdict(list)
    for column, value in enumerate(headings):
        shown = text.to_text(value)
        if column in taken or text.is_blank(value) or len(shown) > text.SHORT:
            continue
        year = actual_year(shown) or _year_of_edited(shown, strategy)
        if year in plan_years(strategy.settings):
            rivals[actual_field(year or 0)].append(column)
    return rivals


def _strange_columns(rows: Rows, header: int, found: Mapping[str, int]) -> list[int]:
    """Columns (from 0) that hold anything from the header on and are none of the form's."""
    filled = {
        column
        for _, values in rows[header:]
        for column, value in enumerate(values)
        if not text.is_blank(value)
    }
    return sorted(filled - set(found.values()))


@lru_cache(maxsize=4)
def _remembered_names(strategy: Strategy) -> Callable[[str], str | None]:
    # Every text of every sheet without this header is asked about.
    return lru_cache(maxsize=8192)(partial(_column_name, strategy))


def _column_name(strategy: Strategy, heading: str) -> str | None:
    year = actual_year(heading)
    if year and year in plan_years(strategy.settings):
        return actual_field(year)
    short = len(heading) <= text.SHORT
    return _spellings(strategy).get(text.fresh_key(heading)) if short else None


@lru_cache(maxsize=4)
def _spellings(strategy: Strategy) -> Mapping[str, str]:
    """Match key of a heading → column name."""
    return {text.key(label): name for name, label in indicator_fields(strategy)}


def content_mark(rows: Iterable[Mapping[str, Value]], settings: Settings) -> str:
    """A digest of all that stands in the input columns; empty where nothing does.

    Rows by column name, in whatever order; numbers as a workbook keeps them, with 15 digits.
    """
    names = input_names(settings)
    filled = sorted(
        f"{text.key(text.to_text(row.get('id')))}\t{name}\t{_as_kept(row.get(name))}"
        for row in rows
        for name in names
        if not text.is_blank(row.get(name))
    )
    return hashlib.sha256("\n".join(filled).encode()).hexdigest() if filled else ""


def _as_kept(value: Value) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return amounts.as_kept(value)
    return text.to_text(value)
