"""The printed sheet of a workbook of ours, 別紙, read as a plain list beside its data sheet.

Everybody sees 別紙, and whoever mends something by hand does it there; what is compared and carried
over is データ_事業. Where the two say different names or amounts, somebody has to be told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sousei_xl import amounts, text
from sousei_xl.addresses import cell_address
from sousei_xl.figures.changes import (
    BUDGET,
    BUDGET_KIND,
    CATEGORY,
    NAME,
    NUMBER,
    PROJECTS_SHEET,
    Row,
)
from sousei_xl.findings import clip
from sousei_xl.intake.reading import SheetCells
from sousei_xl.sheets.annex import MARK, SUBTOTAL_NAME, TOTAL_NAME, printed_amount, printed_name
from sousei_xl.strategy.fields import CORE
from sousei_xl.strategy.load.table import FORM
from sousei_xl.text import Value

# A unit behind a heading, in a match key: in any brackets, or behind nothing but a space.
_UNIT = re.compile(r"(?:[(\[【〔:]|[\d,十百千万億]{0,9}円).*")
_NEEDED = ("number", "name", "budget")  # cells of their own in every form (``prototype.REQUIRED``)
_SPELLINGS = {text.key(f.short_label): f.name for f in CORE if f.name in _NEEDED}
_TOTAL = re.compile(rf"(?:{SUBTOTAL_NAME}|{TOTAL_NAME})(?:\W.*)?\Z", re.DOTALL)
_COMPARED = 1_000  # characters of a name: one that fills a cell is printed cut


def find_header(
    sheet: SheetCells, spellings: Mapping[str, str], needed: Collection[str], enough: int = 0
) -> tuple[int, dict[str, int]] | None:
    """(position in the sheet's rows, field → column) of the first row that looks like a header.

    ``spellings`` maps match keys of headings to fields, of which it has all ``needed`` and
    ``enough`` in all.
    """
    for position, (_, values) in enumerate(sheet.rows):
        columns = known_columns(values, spellings)
        if set(needed) <= set(columns) and len(columns) >= enough:
            return position, columns
    return None


def known_columns(values: Sequence[Value], spellings: Mapping[str, str]) -> dict[str, int]:
    """Field → column, for the headings in a row that are known; ``spellings`` as there."""
    columns: dict[str, int] = {}
    for column, value in enumerate(values):
        if isinstance(value, str):
            key = text.key(value)
            name = spellings.get(key) or spellings.get(_UNIT.sub("", key))
            if name is not None:
                columns.setdefault(name, column)
    return columns


@dataclass(frozen=True, slots=True)
class _Line:
    """A project as it is printed, as far as it is compared, and where."""

    number: int | None
    name: str
    amount: int | str | None
    name_cell: str = ""
    budget_cell: str = ""


def printed_otherwise(sheets: Iterable[SheetCells]) -> tuple[str, ...]:
    """Where 別紙 says another name or amount than データ_事業: cells of 別紙, or the names of
    projects that have no row there. Nothing where one of the sheets is missing, or where 別紙 has
    headings of the office's own words."""
    named = {sheet.name: sheet for sheet in sheets}
    data, printed = named.get(PROJECTS_SHEET), named.get(FORM)
    header = find_header(printed, _SPELLINGS, _NEEDED) if printed else None
    if data is None or printed is None or header is None:
        return ()
    expected = [_expected(row) for row in data.by_heading if _is_project(row, NUMBER, NAME)]
    return tuple(_differing(expected, list(_lines(printed, *header))))


def _is_project(row: Mapping[str, Value], number: str, name: str) -> bool:
    """Every project has a number; so may a total where the form counts projects in that column."""
    shown = text.to_text(row.get(name)).strip()
    numbered = _number(row.get(number)) is not None
    return numbered and bool(shown) and not _TOTAL.search(shown)


def _expected(row: Row) -> _Line:
    name, category = text.to_text(row[NAME]), text.to_text(row.get(CATEGORY))
    budget, kind = row.get(BUDGET), text.to_text(row.get(BUDGET_KIND))
    amount = int(budget) if isinstance(budget, int | float) else None
    printed = printed_amount(amount, kind)
    return _Line(_number(row[NUMBER]), _bare(printed_name(name, category)), _amount(printed))


def _lines(sheet: SheetCells, position: int, columns: Mapping[str, int]) -> Iterator[_Line]:
    for number, values in sheet.rows[position + 1 :]:
        cells = {name: values[c] if c < len(values) else None for name, c in columns.items()}
        if _is_project(cells, "number", "name"):
            name, budget = (cell_address(number, columns[n] + 1) for n in ("name", "budget"))
            shown = _bare(text.to_text(cells["name"]))
            yield _Line(_number(cells["number"]), shown, _amount(cells["budget"]), name, budget)


def _number(value: Value) -> int | None:
    return amounts.parse_integer(value).value


def _bare(name: str) -> str:
    return text.split_new_mark(name.removeprefix(MARK).strip())[0][:_COMPARED]


def _amount(value: Value) -> int | str | None:
    """The number, or the kind of what has none; blank for what is no amount at all."""
    money = amounts.parse_money(value)
    return money.kind if money.amount is None else money.amount


def _differing(expected: Sequence[_Line], lines: Sequence[_Line]) -> Iterator[str]:
    # With its number, a name that many rows have is seldom another's: such lists stay fast.
    ours, theirs = ([(line.number, line.name) for line in side] for side in (expected, lines))
    steps = [("equal", 0, len(ours), 0, len(theirs))]
    if ours != theirs:
        steps = list(SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes())
    for _, i, i_end, j, j_end in steps:
        if i_end - i == j_end - j:
            for mine, line in zip(expected[i:i_end], lines[j:j_end], strict=True):
                if line.name != mine.name:
                    yield line.name_cell
                if line.amount != mine.amount:
                    yield line.budget_cell
            continue
        yield from (line.name_cell for line in lines[j:j_end])
        yield from (f"『{clip(name)}』（行がない）" for _, name in ours[i:i_end])
