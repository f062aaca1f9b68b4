"""Two 別紙 workbooks, ours or plain ones, and what changed from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sousei_xl import eras, text
from sousei_xl.errors import OperatorError
from sousei_xl.figures.changes import (
    BUDGET,
    CATEGORY,
    COMPARED,
    DEPARTMENT,
    PROJECTS_SHEET,
    RELISTED,
    Changes,
    Row,
    compare,
    same_project,
)
from sousei_xl.figures.changes.indicators import (
    INDICATORS_SHEET,
    IndicatorChange,
    compare_indicator_rows,
)
from sousei_xl.figures.changes.names import guess_renamings
from sousei_xl.findings import of_named_file
from sousei_xl.intake.last_year import no_list, read_rows
from sousei_xl.intake.ours import require_official
from sousei_xl.intake.printed_list import printed_otherwise
from sousei_xl.intake.reading import Reading, SheetCells
from sousei_xl.intake.submission import finding_of
from sousei_xl.sheets.data import PROJECT_HEADINGS
from sousei_xl.strategy import Strategy
from sousei_xl.text import Value


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two workbooks. ``fiscal_year`` is None where it does not say; amounts are thousand
    yen, with relisted rows (``gross``) and without (``net``). ``printed_otherwise`` says where its
    sheet 別紙 differs from the rows (``intake.printed_list``)."""

    file: str
    fiscal_year: int | None
    rows: tuple[Row, ...]
    printed_otherwise: tuple[str, ...] = ()

    @property
    def relisted(self) -> int:
        """Relisted rows."""
        return sum(not text.is_blank(row.get(RELISTED)) for row in self.rows)

    @property
    def projects(self) -> int:
        """Rows that are not relisted."""
        return len(self.rows) - self.relisted

    @property
    def gross(self) -> int:
        """All amounts."""
        return sum(_amount(row) for row in self.rows)

    @property
    def net(self) -> int:
        """Each project's amount once."""
        return sum(_amount(row) for row in self.rows if text.is_blank(row.get(RELISTED)))

    @property
    def departments(self) -> dict[str, tuple[int, int]]:
        """部局名 as the list prints it → its projects and their amounts, each once."""
        found: dict[str, tuple[int, int]] = {}
        for row in self.rows:
            if text.is_blank(row.get(RELISTED)):
                name = text.to_text(row.get(DEPARTMENT))
                projects, net = found.get(name, (0, 0))
                found[name] = projects + 1, net + _amount(row)
        return found


def _amount(row: Row) -> int:
    value = row.get(BUDGET)
    return int(value) if isinstance(value, int | float) else 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """``indicators`` is None where one of the workbooks has no data about indicators."""

    old: Side
    new: Side
    changes: Changes
    indicators: tuple[IndicatorChange, ...] | None

    def __bool__(self) -> bool:
        return bool(self.changes or self.indicators)


def _require_readable(reading: Reading) -> None:
    if reading.refusal:
        reason = of_named_file(finding_of(reading.refusal, reading.file)).text
        raise OperatorError(f"『{reading.file}』を読み取れませんでした。\n{reason}")
    require_official(reading.file, [sheet.name for sheet in reading.sheets])


def compare_workbooks(old: Reading, new: Reading, strategy: Callable[[], Strategy]) -> Comparison:
    """Compare two workbooks that were read.

    Where both are ours, every column of データ_事業 counts that a person looks for, the office's
    own fields included. Where one is a plain list, both are read as far as such a list goes, in the
    terms of ``strategy`` (asked for only then). Between two years 掲載区分 is not compared: what
    was 新規 is not any more; and what the later list calls 新規 is no project of the former one by
    another name, as on the council's page (``figures.changes.year``). OperatorError where one of
    them cannot be read or has no list.
    """
    for reading in (old, new):
        _require_readable(reading)
    both_ours = all(_sheet(reading, PROJECTS_SHEET) for reading in (old, new))
    if both_ours:
        sides = [_ours(reading) for reading in (old, new)]
    else:
        sides = [_read(reading, strategy()) for reading in (old, new)]
    years = {side.fiscal_year for side in sides}
    headings = tuple(h for h in COMPARED if len(years) == 1 or h != CATEGORY)
    if both_ours:
        headings += _own_headings(sides)
    later = _later(*sides)
    changes = compare(sides[0].rows, sides[1].rows, headings, _SAME[later])
    sheets = [_sheet(reading, INDICATORS_SHEET) for reading in (old, new)]
    both = [sheet.by_heading for sheet in sheets if sheet is not None]
    indicators = compare_indicator_rows(*both) if len(both) == len(sheets) else None
    return Comparison(sides[0], sides[1], guess_renamings(changes, headings, later), indicators)


_Later = Literal["", "old", "new"]
_SAME: dict[_Later, Callable[[Row, Row], bool]] = {
    "": lambda before, row: True,
    "old": lambda before, row: same_project(row, before),
    "new": same_project,
}


def _later(old: Side, new: Side) -> _Later:
    """Which of them is of a later year; the new one where one does not say."""
    if old.fiscal_year == new.fiscal_year:
        return ""
    known = old.fiscal_year is not None and new.fiscal_year is not None
    return "old" if known and (old.fiscal_year or 0) > (new.fiscal_year or 0) else "new"


def _sheet(reading: Reading, name: str) -> SheetCells | None:
    return next((sheet for sheet in reading.sheets if sheet.name == name), None)


def _ours(reading: Reading) -> Side:
    sheet = _sheet(reading, PROJECTS_SHEET)
    rows = sheet.by_heading if sheet else []
    years: list[Value] = [row.get(h) for row in rows[:1] for h in ("西暦年度", "年度")]
    known = (year for value in years if (year := eras.parse_fiscal_year(value)) is not None)
    return Side(reading.file, next(known, None), tuple(rows), printed_otherwise(reading.sheets))


def _read(reading: Reading, strategy: Strategy) -> Side:
    year, rows = read_rows(reading, strategy)
    if not rows and _sheet(reading, PROJECTS_SHEET) is None:
        raise no_list(reading, strategy)
    data = tuple(row.data for row in rows)
    return Side(reading.file, year, data, printed_otherwise(reading.sheets))


def _own_headings(sides: Sequence[Side]) -> tuple[str, ...]:
    """The office's own fields that both lists have, in the order of the new one."""
    old, new = (dict.fromkeys(h for row in side.rows for h in row) for side in sides)
    return tuple(h for h in new if h in old and h and h not in PROJECT_HEADINGS)
