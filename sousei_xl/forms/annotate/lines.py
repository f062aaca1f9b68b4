"""Findings → the lines of the request sheet, and the cells that are marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sousei_xl import text
from sousei_xl.addresses import cell_address
from sousei_xl.catalogue import RULES
from sousei_xl.findings import Finding, excerpt, is_for_department
from sousei_xl.forms import layout, request_layout
from sousei_xl.forms.annotate.marks import ERROR
from sousei_xl.forms.annotate.worksheet import Worksheet, position
from sousei_xl.forms.layout import Rows
from sousei_xl.strategy import Settings, Strategy
from sousei_xl.text import Value

_MOST_VALUES = 3
_CHECK = text.key(layout.CHECK)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the request: what is wrong where, and what to do.

    ``link`` is a place in the workbook (``'事業'!H8``), blank where the finding has none.
    ``asked`` is in how many places, none where nothing is to be done; ``answer`` is what the
    department has said to it.
    """

    severity: str
    spot: str
    link: str
    subject: str
    words: str
    value: str
    expected: str
    asked: int
    answer: str


@dataclass(slots=True)
class SheetMarks:
    """What is to be marked on one sheet: address → severity, or → words of the comment."""

    cells: dict[str, str] = field(default_factory=dict)
    edges: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Located:
    """A finding and where it is in this workbook; ``cell`` is the one that a person sees.

    ``sheet``, ``cell`` and ``edge`` (of its row) are blank where there is none. ``subject`` is
    the 事業名, from the row itself where the finding does not say it.
    """

    item: Finding
    sheet: str
    cell: str
    edge: str
    value: str
    subject: str


@dataclass(frozen=True, slots=True)
class _Table:
    """The table of a sheet: row of its header, leftmost column, column of 事業名 (0: none)."""

    header: int
    edge: int
    name: int
    rows: Mapping[int, Sequence[Value]]

    def edge_of(self, row: int) -> str:
        """The leftmost cell of a row; blank where the row is none of the table."""
        return cell_address(row, self.edge) if self.edge and row > self.header else ""

    def value(self, row: int, column: int) -> Value:
        """What stands in a cell."""
        line = self.rows.get(row, ())
        return line[column - 1] if 0 < column <= len(line) else None


def _find_table(rows: Rows, strategy: Strategy) -> _Table:
    """The leftmost column is that of 入力チェック, or of the first heading of 事業."""
    found = layout.find_project_header(rows, strategy)
    if found is not None:
        position_of, columns = found
        left = min(columns.values()) + 1
        return _Table(rows[position_of][0], left, columns["name"] + 1, dict(rows))
    for number, values in rows:
        for column, value in enumerate(values, 1):
            if isinstance(value, str) and text.key(value) == _CHECK:
                return _Table(number, column, 0, dict(rows))
    return _Table(0, 0, 0, dict(rows))


def locate(
    findings: Iterable[Finding],
    sheets: Mapping[str, Rows],
    worksheets: Mapping[str, Worksheet],
    strategy: Strategy,
) -> list[Located]:
    """The department's findings in the order of the sheets, 要修正 before 要確認."""
    theirs = [item for item in findings if is_for_department(item)]
    named = {item.place.sheet for item in theirs} & worksheets.keys()
    tables = {name: _find_table(sheets[name], strategy) for name in named}
    located = []
    for item in theirs:
        place = item.place
        if place.sheet not in named:
            located.append(Located(item, "", "", "", excerpt(item.value), item.subject))
            continue
        table = tables[place.sheet]
        row = place.row or (position(place.cell)[0] if place.cell else 0)
        edge = table.edge_of(row)
        cell = place.cell or edge
        cell = worksheets[place.sheet].shown_cell(cell) if cell else ""
        subject = item.subject
        if edge and not subject:
            subject = text.to_text(table.value(row, table.name))
        value = _shown_value(item, cell, table)
        located.append(Located(item, place.sheet, cell, edge, value, subject))
    order = {name: index for index, name in enumerate(sheets)}

    def key(one: Located) -> tuple[bool, int, tuple[int, int]]:
        spot = position(one.cell) if one.cell else (one.item.place.row or 0, 0)
        return one.item.severity != ERROR, order.get(one.item.place.sheet, -1), spot

    return sorted(located, key=key)


def _shown_value(item: Finding, cell: str, table: _Table) -> str:
    """What was typed; a cell that is blank says so."""
    if item.value or not item.place.field or cell != item.place.cell:
        return excerpt(item.value)
    return text.SHOWN_BLANK if text.is_blank(table.value(*position(cell))) else ""


def about(located: Iterable[Located], settings: Settings, sheets: Container[str] = ()) -> str:
    """What the request is about: the KPI round where nothing else is asked, or where the form has
    no other ``sheets`` to fill in."""
    of_kpi = layout.INDICATORS in sheets and layout.PROJECTS not in sheets
    of_kpi = of_kpi or all(RULES[one.item.code].scope == "kpi" for one in located)
    return layout.subject(settings, of_kpi)


def lines(located: Iterable[Located]) -> list[Line]:
    """One line per message; equal ones of a sheet share theirs, with all their cells, but for those
    that were answered otherwise or not yet: an answer speaks for every cell of its line."""
    groups: defaultdict[tuple[str, ...], list[Located]] = defaultdict(list)
    for one in located:
        item, answer = one.item, _answer(one.item)
        groups[(item.severity, item.place.sheet, item.code, item.request, answer)].append(one)
    return [_line(group) for group in groups.values()]


def _answer(item: Finding) -> str:
    return "\n".join(dict.fromkeys(answer.answer for answer in item.answers))


def _line(group: Sequence[Located]) -> Line:
    first = group[0]
    place = first.item.place
    spots = [spot for spot in dict.fromkeys(map(_spot, group)) if spot]
    values = list(dict.fromkeys(one.value for one in group if one.value))
    quoted = first.sheet.replace("'", "''")
    return Line(
        first.item.severity,
        request_layout.spot_of(place.sheet, spots),
        f"'{quoted}'!{first.cell or 'A1'}" if first.sheet else "",
        request_layout.names_of((_spot(one), one.subject) for one in group),
        request_layout.words_of(first.item.request, spots),
        "、".join(values[:_MOST_VALUES]),
        first.item.expected,
        len(group),
        _answer(first.item),
    )


def _spot(one: Located) -> str:
    place = one.item.place
    return one.cell or place.cell or (f"{place.row}行目" if place.row else "")


def marks(located: Iterable[Located]) -> dict[str, SheetMarks]:
    """Sheet → its marks. The edge of a row gets the worst that is said about the row."""
    found: defaultdict[str, SheetMarks] = defaultdict(SheetMarks)
    for one in located:  # 要修正 comes first and stays
        if not one.cell:
            continue
        sheet = found[one.sheet]
        if one.edge:
            sheet.edges.setdefault(one.edge, one.item.severity)
        if one.cell != one.edge:
            sheet.cells.setdefault(one.cell, one.item.severity)
        said = f"【{one.item.severity}】{one.item.request}"
        before = sheet.words.get(one.cell, "")
        if said not in before.split("\n"):
            sheet.words[one.cell] = f"{before}\n{said}" if before else said
    return dict(found)
