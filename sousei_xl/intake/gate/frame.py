"""What stands around a worksheet's cells: filters, hidden columns, merged ranges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers.expat import XMLParserType

from sousei_xl.addresses import LAST_COLUMN
from sousei_xl.intake.gate.cells import Parts, is_zero
from sousei_xl.intake.gate.limits import MAX_MERGED
from sousei_xl.intake.gate.markup import run, whole
from sousei_xl.intake.notice import Refused, refuse

_RANGE = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}(?::[A-Z]{1,3}[1-9][0-9]{0,6})?").fullmatch
# What says in a filter of a sheet or a table which rows it lets through.
CRITERIA = ("filters", "customFilters", "dynamicFilter", "top10", "colorFilter", "iconFilter")
_TRUE = ("1", "true")
_NAMES = frozenset(("mergeCell", "col", "sheetPr", "sheetData", "customSheetViews", *CRITERIA))
_TELLING = re.compile(rb"[<:](?:%b)\b" % "|".join(sorted(_NAMES)).encode())


@dataclass(slots=True)
class SheetFacts:
    """What the gate learned of a worksheet.

    Rows are Excel's numbers, ``hidden_columns`` 0-based pairs (first, last); hidden rows are
    listed where something stands in them. ``errors`` maps a cell to its error text, ``uncached``
    names formula cells without a stored value, ``formulas`` maps a column's letters to the rows
    that hold a formula; one that shows nothing may be left out. ``struck`` maps a cell to the words
    in it that are struck through, blank where all of it is, ``comments`` to the department's words
    in its comment. ``filled`` counts the cells in which calamine must find a value, ``cells`` those
    that it stores. ``content`` is the XML that calamine is to read, ``shown`` the shared strings in
    its cells as they are written; None where that is not known. Nothing changes once it is
    inspected: files may share it.
    """

    name: str
    state: str = "visible"
    filtered: bool = False
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    uncached: list[str] = field(default_factory=list)
    formulas: dict[str, list[int]] = field(default_factory=dict)
    struck: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    filled: int = 0
    cells: int = 0
    content: bytes = field(default=b"", repr=False, compare=False)
    shown: tuple[bytes, ...] | None = field(default=None, repr=False, compare=False)


class Frame:
    """The worksheet's XML, parsed once: is it whole, and what do the elements around its cells say?

    ``facts`` are added to; ``plain`` tells whether the XML is nothing but tags and texts. What is
    wrong with an element is kept for ``check``: a sheet that is not whole is refused as such.
    """

    def __init__(self, facts: SheetFacts) -> None:
        self.facts = facts
        self.plain = True
        self._problem: Refused | None = None
        self._names: list[str] = []  # the root, and those that count

    def parse(self, parser: XMLParserType, parts: Parts) -> None:
        """Parse the worksheet; raises Refused where it is not whole, or has not one sheetData."""
        sheet = self.facts.name
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._aside
        parser.StartCdataSectionHandler = self._aside
        # Calling a handler costs more than parsing: it is left out where it has nothing to see.
        parser.StartElementHandler = self._start
        run(parser, parts.before, sheet, final=False)
        parser.StartElementHandler = None
        run(parser, parts.cells, sheet, final=False)
        if _TELLING.search(parts.after):
            parser.StartElementHandler = self._start
        run(parser, parts.after, sheet)
        if self._problem is None and self._names.count("sheetData") != 1:
            refuse("F103", "sheet", sheet=sheet)

    def check(self) -> None:
        """Raise Refused for what the parsed elements may not say."""
        if self._problem is not None:
            raise self._problem

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = name.rpartition(" ")[2]  # without the address of its namespace
        if name in _NAMES or not self._names:
            try:
                self._take(name, attributes)
            except Refused as problem:
                self._problem = self._problem or problem

    def _take(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._names:
            _check_root(name, self.facts.name)
            self._names.append(name)
        elif name == "mergeCell":
            _add_merged(attributes.get("ref", ""), self.facts)
        elif name == "col":
            _add_column(attributes, self.facts)
        elif name == "sheetPr":
            self.facts.filtered |= attributes.get("filterMode") in _TRUE
        elif name in CRITERIA:
            # A saved view of another person's filter hides nothing here.
            self.facts.filtered |= "customSheetViews" not in self._names
        else:
            self._names.append(name)

    def _aside(self, *_: str) -> None:
        self.plain = False


def _check_root(name: str, sheet: str) -> None:
    if name in ("macrosheet", "dialogsheet"):
        refuse("F105", "macro_sheet")
    if name != "worksheet":
        refuse("F103", "sheet", sheet=sheet)


def _add_merged(reference: str, facts: SheetFacts) -> None:
    if not _RANGE(reference):
        refuse("F103", "sheet", sheet=facts.name)
    if len(facts.merged) == MAX_MERGED:
        refuse("F104", "merged", sheet=facts.name, maximum=f"{MAX_MERGED:,}")
    facts.merged.append(reference)


def _add_column(attributes: Mapping[str, str], facts: SheetFacts) -> None:
    if attributes.get("hidden") in _TRUE or is_zero(attributes.get("width")):
        first, last = whole(attributes.get("min")), whole(attributes.get("max"))
        if not 0 < first <= last <= LAST_COLUMN:
            refuse("F103", "sheet", sheet=facts.name)
        facts.hidden_columns.append((first - 1, last - 1))
