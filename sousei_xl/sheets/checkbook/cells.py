"""What the sheets of the checkbook share: links into the inbox, and values as they were typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sousei_xl import text
from sousei_xl.findings import UNPRINTABLE, Place, clip
from sousei_xl.sheets.tables import Cell, Link

_LONGEST = 1000  # of what was typed: enough to recognise it
# Excel escapes these in the name of a linked file; % and # would be misread otherwise.
_ESCAPED = {char: f"%{ord(char):02x}" for char in '%#"<>[]^`{} '}
_ESCAPES = str.maketrans(_ESCAPED)
_PLAIN_SHEET = re.compile(r"[^\W\d]\w*")


def typed(value: text.Value) -> str:
    """A value as it was typed, so that a cell can hold it."""
    return clip(text.printable(text.to_text(value)), _LONGEST)


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where the submitted files stand as seen from the checkbook (``../inbox``), and how their
    names are spelled there where that is another way."""

    link: str
    on_disk: Mapping[str, str] = field(default_factory=dict)

    def file(self, file: str) -> Cell:
        """The file's name, opening it."""
        return self._link(file, "", "", file)

    def cell(self, place: Place, shown: str = "") -> Cell:
        """``事業 H9``, opening the file there; only the text where no link can lead to it."""
        spot = place.cell or (f"A{place.row}" if place.row else "")
        return self._link(place.file, place.sheet, spot, shown or spot_of(place))

    def _link(self, file: str, sheet: str, cell: str, shown: str) -> Cell:
        shown = typed(shown)
        # A name that is no text (Linux allows any bytes) cannot stand in a workbook.
        if not file or not shown or UNPRINTABLE.search(file + sheet):
            return shown or None
        anchor = f"#{quoted_sheet(sheet)}!{cell or 'A1'}" if sheet else ""
        return Link(_link_to(f"{self.link}/{self.on_disk.get(file, file)}") + anchor, shown)


@lru_cache(maxsize=1024)  # many links lead into the same file
def _link_to(path: str) -> str:
    return "external:" + path.replace("/", "\\").translate(_ESCAPES)


def spot_of(place: Place) -> str:
    """Where in its file: ``事業 H9``, ``事業 9行``, the sheet alone, or the file as a whole."""
    spot = place.cell or (f"{place.row}行" if place.row else "")
    return f"{place.sheet} {spot}".strip() or "ファイル全体"


@lru_cache(maxsize=64)
def quoted_sheet(name: str) -> str:
    """A sheet's name as it stands in a reference."""
    plain = _PLAIN_SHEET.fullmatch(name) and not name.isascii()
    return name if plain else "'" + name.replace("'", "''") + "'"
