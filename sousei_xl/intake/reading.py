"""What was read of one file, as records, and how they are made of a reading process's answer."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, TypeVar

from sousei_xl.intake.notice import Notice
from sousei_xl.text import EMPTY, Value, is_blank, to_text

_UNREACHED = {("F103", "locked"), ("F103", "gone"), ("F103", "unreadable")}


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One worksheet. Only rows with a value are listed, as (Excel's row number, values from A on).

    ``hidden_columns`` counts from 0. ``errors`` maps a cell to its error text and ``uncached``
    names formula cells without a stored value: both are blank among the values. ``formulas`` maps
    a column's letters to the rows that hold a formula, ``leftovers`` the cells under a merged
    range to the text that nobody sees, ``struck`` those with words that are struck through to these
    words, blank where all of the cell is, ``comments`` those with one to the department's words in
    it. ``filtered``: a filter that hides rows is on.
    """

    name: str
    state: str = "visible"
    rows: tuple[tuple[int, tuple[Value, ...]], ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    filtered: bool = False
    merged: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    uncached: frozenset[str] = frozenset()
    formulas: Mapping[str, frozenset[int]] = field(default_factory=dict)
    leftovers: Mapping[str, str] = field(default_factory=dict)
    struck: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_heading(self) -> list[dict[str, Value]]:
        """The rows of a data sheet, whose first row has the headings."""
        return by_heading(values for _, values in self.rows)


def by_heading(rows: Iterable[Sequence[Value]]) -> list[dict[str, Value]]:
    """The rows of a data sheet, blank ones left out; the first one has the headings.

    Rows may lack their trailing blanks, which are None then.
    """
    lines = (values for values in rows if not all(map(is_blank, values)))
    headings = [to_text(value).strip() for value in next(lines, ())]
    return [dict(zip_longest(headings, values[: len(headings)])) for values in lines]


@dataclass(frozen=True, slots=True)
class Reading:
    """One file of the inbox, read or refused.

    ``file`` is the inbox-relative path, ``saved`` the document's own saved time (ISO 8601),
    ``properties`` its custom properties. ``sha256`` is empty where the bytes were not read (gone,
    locked, larger than the limit, reader died); a refused file has no sheets. ``form`` is the look
    of the sheet that was asked for (``print_form.read_print_form``), empty where it was not to be
    read.
    """

    file: str
    sha256: str = ""
    refusal: Notice | None = None
    notices: tuple[Notice, ...] = ()
    saved: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[SheetCells, ...] = ()
    form: Mapping[str, Any] | None = None

    @property
    def unreached(self) -> bool:
        """True for a file that could not be opened from here: in use, gone, out of reach."""
        refusal = self.refusal
        return refusal is not None and (refusal.code, refusal.variant) in _UNREACHED


_T = TypeVar("_T")
_SHEETS = 32  # that are remembered as they were written: the instructions are the same in all forms
_WORD = 16  # characters of what is typed again and again: choices, marks, departments


class Decoder:
    """Turns answers into readings.

    Forms have most in common (instructions, lists, prepared formulas), and an inbox may have very
    many of them: what is equal is kept once for all files.
    """

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}
        self._sheets: dict[bytes, SheetCells] = {}

    def reading(self, file: str, answer: Mapping[str, Any]) -> Reading:
        refusal = answer["refusal"]
        return Reading(
            file=file,
            sha256=answer["sha256"],
            refusal=None if refusal is None else Notice(**refusal),
            notices=tuple(Notice(**notice) for notice in answer["notices"]),
            saved=answer["saved"],
            properties={self._keep(k): self._keep(v) for k, v in answer["properties"].items()},
            sheets=tuple(map(self._sheet, answer["sheets"])),
            form=answer["form"],
        )

    def _keep(self, value: _T) -> _T:
        kept: _T = self._kept.setdefault(value, value)
        return kept

    def _sheet(self, written: bytes) -> SheetCells:
        found = self._sheets.get(written)
        if found is None:
            if len(self._sheets) >= _SHEETS:
                self._sheets.clear()
            found = self._sheets[written] = self._cells(json.loads(written))
        return found

    def _cells(self, sheet: Mapping[str, Any]) -> SheetCells:
        formulas = {
            self._keep(letters): self._keep(frozenset(rows))
            for letters, rows in sheet["formulas"].items()
        }
        return SheetCells(
            name=self._keep(sheet["name"]),
            state=self._keep(sheet["state"]),
            rows=tuple(self._row(number, row) for number, row in sheet["rows"]),
            hidden_rows=self._keep(frozenset(sheet["hidden_rows"])),
            hidden_columns=self._keep(frozenset(sheet["hidden_columns"])),
            filtered=sheet["filtered"],
            merged=self._keep(tuple(sheet["merged"])),
            errors=sheet["errors"] or EMPTY,
            uncached=self._keep(frozenset(sheet["uncached"])),
            formulas=formulas or EMPTY,
            leftovers=sheet["leftovers"] or EMPTY,
            struck=sheet["struck"] or EMPTY,
            comments=sheet["comments"] or EMPTY,
        )

    def _row(self, number: int, written: Sequence[Any]) -> tuple[int, tuple[Value, ...]]:
        try:
            known = self._kept.get((number, tuple(written)))
        except TypeError:  # a date is an object here
            known = None
        if known is not None:
            return known  # type: ignore[no-any-return]
        keep, is_text = self._kept.setdefault, True
        values: list[Value] = []
        for value in written:
            if value.__class__ is str:
                values.append(keep(value, value) if len(value) <= _WORD else value)
            elif value is None:
                values.append(None)
            else:
                is_text = False
                values.append(_decode_value(value))
        row = (number, tuple(values))
        # Texts only: 1, 1.0 and True would be taken for each other.
        return self._keep(row) if is_text else row


def _decode_value(value: Any) -> Value:
    if not isinstance(value, dict):
        plain: Value = value
        return plain
    kind, text = value["t"], value["v"]
    if kind == "datetime":
        return dt.datetime.fromisoformat(text)
    if kind == "date":
        return dt.date.fromisoformat(text)
    if kind == "time":
        return dt.time.fromisoformat(text)
    return dt.timedelta(seconds=float(text.removeprefix("PT").removesuffix("S")))
