"""Is a workbook whole, and what do its cells say? For what we wrote and for what stood there."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import zipfile
import zlib
from functools import reduce
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineWorkbook, SheetTypeEnum

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta
Sheets = dict[str, list[list[Cell]]]


# calamine holds a sheet as a dense rectangle and aborts the process when memory ends, so a file
# that somebody else has saved is measured first.
_MAX_UNPACKED = 500_000_000
_MAX_AREA = 10_000_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_MAX_SHARED_STRINGS = 10_000_000

# NotImplementedError: an unknown compression; RuntimeError: a password.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_XML = re.compile(r"\.(xml|rels|vml)\Z", re.IGNORECASE)
_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*><f')
_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>[^<]*</dcterms:modified>")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class NotWhole(Exception):
    """A workbook that is damaged or cannot be read safely."""


def is_workbook(name: str) -> bool:
    """True for the names of workbooks, by their suffix."""
    return name.lower().endswith((".xlsx", ".xlsm"))


def read_back(path: Path) -> Sheets:
    """What a workbook of the outbox says now, whoever saved it last: sheet name → rows from A1 on,
    blank cells as ``''``. Raises NotWhole where it cannot be read safely, and OSError.
    """
    check_readable(path)
    return read_cells(path)


def read_cells(path: Path) -> Sheets:
    """As :func:`read_back`, for a workbook that we wrote ourselves."""
    try:
        with CalamineWorkbook.from_path(path) as book:
            return {
                sheet.name: book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                for sheet in book.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet
            }
    except (KeyboardInterrupt, SystemExit, OSError):
        raise
    except BaseException as error:  # calamine's panics are no Exceptions
        raise NotWhole(str(error)) from error


def check_whole(path: Path) -> None:
    """Raise NotWhole unless the zip's checksums hold and every XML part is well-formed."""
    for name, data in _parts(path).items():
        if _XML.search(name):
            _parse(name, data, measure=False)


def check_readable(path: Path) -> None:
    """As :func:`check_whole`, and no sheet is larger than calamine can hold in memory."""
    for name, data in _parts(path).items():
        if _XML.search(name):
            _parse(name, data, measure=True)


def same_contents(one: Path, other: Path) -> bool:
    """True where two workbooks differ in nothing but the times that openpyxl puts into them."""
    try:
        mine, theirs = _parts(one), _parts(other)
    except NotWhole:
        return False
    core = "docProps/core.xml"
    for parts in (mine, theirs):
        parts[core] = _MODIFIED.sub(b"", parts.get(core, b""))
    return mine == theirs


def formula_cells(path: Path) -> dict[str, list[str]]:
    """The addresses that hold a formula, by sheet name."""
    parts = _parts(path)
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts.keys():
        raise NotWhole("xl/workbook.xml")
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    }
    found = {}
    for sheet in ElementTree.fromstring(parts["xl/workbook.xml"]).iter(f"{_MAIN}sheet"):
        part = posixpath.join("/xl", targets.get(sheet.get(_RELATION), ""))[1:]
        addresses = _FORMULA.findall(parts.get(part, b""))
        found[sheet.get("name", "")] = [address.decode() for address in addresses]
    return found


def _parts(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MAX_UNPACKED:
                raise NotWhole("too large")
            return {name: archive.read(name) for name in archive.namelist()}
    except _ZIP_ERRORS as error:
        raise NotWhole(str(error)) from error


def _parse(part: str, data: bytes, measure: bool) -> None:
    parser = expat.ParserCreate()
    extent = _Extent(part)
    parser.StartDoctypeDeclHandler = extent.refuse
    if measure:
        parser.StartElementHandler = extent.element
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotWhole(f"{part}: {error}") from error


class _Extent:
    """Follows the largest row and column while a part is parsed."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._rows = 0
        self._columns = 0

    def refuse(self, *declaration: object) -> None:
        raise NotWhole(f"{self._part}: DTD")

    def element(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "c" and "r" in attributes:
            match = _ADDRESS.match(attributes["r"])
            if match is None:
                raise NotWhole(f"{self._part}: {attributes['r']}")
            row, column = int(match[2]), _column(match[1])
            self._rows, self._columns = max(self._rows, row), max(self._columns, column)
            off_the_grid = row > _LAST_ROW or column > _LAST_COLUMN
            if off_the_grid or self._rows * self._columns > _MAX_AREA:
                raise NotWhole(f"{self._part}: {attributes['r']}")
        elif kind == "sst":
            for count in (attributes.get("count", "0"), attributes.get("uniqueCount", "0")):
                if not count.isdecimal() or int(count) > _MAX_SHARED_STRINGS:
                    raise NotWhole(f"{self._part}: {count}")


def _column(letters: str) -> int:
    return reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters, 0)
