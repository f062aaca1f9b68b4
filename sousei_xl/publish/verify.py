"""Is a workbook whole, and what do its cells say? For what we wrote and for what stood there."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineWorkbook, SheetTypeEnum

from sousei_xl.addresses import LAST_COLUMN, LAST_ROW, column_number
from sousei_xl.workspace import WORKBOOKS

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta
Sheets = dict[str, list[list[Cell]]]
OpenSheets = Mapping[str, Iterable[list[Cell]]]  # read while they are asked for


# calamine holds a sheet as a dense rectangle and aborts the process when memory ends, so a file
# that somebody else has saved is measured first.
_MAX_UNPACKED = 2_000_000_000
_MAX_AREA = 10_000_000
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
_CHUNK = 1 << 20
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class NotWhole(Exception):
    """A workbook that is damaged or cannot be read safely."""


def is_workbook(name: str) -> bool:
    """True for the names of workbooks, by their suffix."""
    return name.lower().endswith(WORKBOOKS)


def read_back(path: Path, ours: bool = False) -> Sheets:
    """What a workbook of the outbox says now, whoever saved it last: sheet name → rows from A1 on,
    blank cells as ``''``. Raises NotWhole where it cannot be read safely, and OSError.

    ``ours``: its hash is the one that it was published with, so it was examined then.
    """
    if not ours:
        check_readable(path)
    with opened(path) as sheets:
        return {name: list(rows) for name, rows in sheets.items()}


@contextlib.contextmanager
def opened(path: Path) -> Iterator[OpenSheets]:
    """As :func:`read_back`, for a workbook that we wrote ourselves: its rows are read when they are
    asked for, because a long list does not fit into memory twice.
    """
    with _panics_as_not_whole():
        book = CalamineWorkbook.from_path(path)
    try:
        yield _Sheets(book)
    finally:
        book.close()


class _Sheets(OpenSheets):
    """The worksheets of an open workbook."""

    def __init__(self, book: CalamineWorkbook) -> None:
        self._book = book
        kinds = book.sheets_metadata
        self._names = [sheet.name for sheet in kinds if sheet.typ == SheetTypeEnum.WorkSheet]

    def __getitem__(self, name: str) -> Iterator[list[Cell]]:
        if name not in self._names:
            raise KeyError(name)
        return self._rows(name)

    def _rows(self, name: str) -> Iterator[list[Cell]]:
        with _panics_as_not_whole():
            sheet = self._book.get_sheet_by_name(name)
            left = [""] * sheet.start[1] if sheet.start else []
            for row in sheet.iter_rows():
                yield [*left, *row]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@contextlib.contextmanager
def _panics_as_not_whole() -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, OSError):
        raise
    except BaseException as error:  # calamine's panics are no Exceptions
        raise NotWhole(str(error)) from error


def check_whole(path: Path) -> None:
    """Raise NotWhole unless the zip's checksums hold and every XML part is well-formed."""
    with _archive(path) as archive:
        for part in archive.infolist():
            _check(archive, part, measure=False)


def check_readable(path: Path) -> None:
    """As :func:`check_whole`, and no sheet is larger than calamine can hold in memory."""
    with _archive(path) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > _MAX_UNPACKED:
            raise NotWhole("too large")
        for part in parts:
            _check(archive, part, measure=True)


def same_contents(one: Path, other: Path) -> bool:
    """True where two workbooks differ in nothing but the times that openpyxl puts into them."""
    try:
        with _archive(one) as mine, _archive(other) as theirs:
            names = set(mine.namelist())
            return names == set(theirs.namelist()) and all(
                _equal(name, mine, theirs) for name in sorted(names)
            )
    except NotWhole:
        return False


def _equal(name: str, mine: zipfile.ZipFile, theirs: zipfile.ZipFile) -> bool:
    if name == "docProps/core.xml":
        return _MODIFIED.sub(b"", mine.read(name)) == _MODIFIED.sub(b"", theirs.read(name))
    with mine.open(name) as one, theirs.open(name) as other:
        pairs = itertools.zip_longest(_chunks(one), _chunks(other), fillvalue=b"")
        return all(a == b for a, b in pairs)


def formula_cells(path: Path) -> dict[str, list[str]]:
    """The addresses that hold a formula, by sheet name."""
    with _archive(path) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            raise NotWhole("xl/workbook.xml")
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        }
        found = {}
        workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        for sheet in workbook.iter(f"{_MAIN}sheet"):
            part = posixpath.join("/xl", targets.get(sheet.get(_RELATION), ""))[1:]
            addresses = list(_formulas(archive, part)) if part in names else []
            found[sheet.get("name", "")] = addresses
        return found


def _formulas(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    rest = b""
    with archive.open(part) as content:
        for chunk in _chunks(content):
            rest += chunk
            cells = rest.rfind(b"<c r=")  # a cell may go on in the next chunk
            if cells > 0:
                yield from (found.decode() for found in _FORMULA.findall(rest[:cells]))
                rest = rest[cells:]
    yield from (found.decode() for found in _FORMULA.findall(rest))


@contextlib.contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _ZIP_ERRORS as error:
        raise NotWhole(str(error)) from error


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    while chunk := content.read(_CHUNK):
        yield chunk


def _check(archive: zipfile.ZipFile, part: zipfile.ZipInfo, measure: bool) -> None:
    """Read a part to its end, where its checksum is compared."""
    with archive.open(part) as content:
        if _XML.search(part.filename):
            _parse(part.filename, content, measure)
        for _ in _chunks(content):
            pass


def _parse(part: str, content: IO[bytes], measure: bool) -> None:
    parser = expat.ParserCreate()
    extent = _Extent(part)
    parser.StartDoctypeDeclHandler = extent.refuse
    if measure:
        parser.StartElementHandler = extent.element
    try:
        for chunk in _chunks(content):  # expat itself would ask for 2 kB at a time
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise NotWhole(f"{part}: {error}") from error


class _Extent:
    """Follows the largest row and column while a part is parsed."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._rows = self._columns = 0
        self._row = self._column = 0  # how far it has come, for what has no address

    def refuse(self, *declaration: object) -> None:
        raise NotWhole(f"{self._part}: DTD")

    def element(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1
            self._column = 0
        elif kind == "c":
            address = attributes.get("r", "")
            match = _ADDRESS.match(address)
            if address and match is None:
                raise NotWhole(f"{self._part}: {address}")
            row = int(match[2]) if match else self._row
            self._column = column_number(match[1]) if match else self._column + 1
            self._rows, self._columns = max(self._rows, row), max(self._columns, self._column)
            off_the_grid = row > LAST_ROW or self._column > LAST_COLUMN
            if off_the_grid or self._rows * self._columns > _MAX_AREA:
                raise NotWhole(f"{self._part}: {row}, {self._column}")
        elif kind == "sst":
            for count in (attributes.get("count", "0"), attributes.get("uniqueCount", "0")):
                if not count.isdecimal() or int(count) > _MAX_SHARED_STRINGS:
                    raise NotWhole(f"{self._part}: {count}")
