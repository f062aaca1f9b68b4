"""The container: is it a zip, is it whole, does it hold what a workbook holds, and nothing else?

The parts are unpacked here rather than by ``zipfile``: that stops at the declared size, while
calamine reads on, and what calamine reads must be exactly what was checked.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO

from sousei_xl.intake.gate.limits import (
    MAX_ENTRIES,
    MAX_FILE,
    MAX_RATIO,
    MAX_UNPACKED,
    MEGABYTE,
    RATIO_FROM,
)
from sousei_xl.intake.gate.remember import SMALL, remembered
from sousei_xl.intake.notice import refuse

_ZIP, _END = b"PK\x03\x04", b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_MARKUP = (".xml", ".rels", ".vml")
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # with a password, strongly, the directory too
_UTF8_NAME = 0x800
_OTHER_NAME = 0x7075  # an extra field with another name, which calamine takes instead


@dataclass(frozen=True, slots=True)
class Package:
    """Unpacked XML parts by lower-case name (as calamine looks them up), and all names."""

    xml: Mapping[str, bytes]
    names: frozenset[str]

    def has_folder(self, *folders: str) -> bool:
        """True where any part lies below one of these folders."""
        return any(name.startswith(folders) for name in self.names)


def open_package(data: bytes) -> Package:
    """Check the bytes from the outside in and unpack them; raises Refused."""
    _check_magic(data)
    if len(data) > MAX_FILE:
        refuse("F104", "size", value=len(data) // MEGABYTE, maximum=MAX_FILE // MEGABYTE)
    entries = _entries(data)
    names = frozenset(_checked_names(entries))
    _check_kind(names)
    _check_sizes(len(data), entries)
    xml: dict[str, bytes] = {}
    for entry in entries:
        content = _unpack(data, entry)
        name = entry.filename.lower()
        if name.endswith(_MARKUP):
            _check_markup(content)
            xml[name] = content
    return Package(xml, names)


def is_utf16(content: bytes) -> bool:
    """True for XML in UTF-16, marked or not: calamine would read no rows and report no error."""
    return content.startswith(_UTF16)


def _check_magic(data: bytes) -> None:
    if data.startswith(_ZIP):
        return
    if not data:
        refuse("F102", "empty")
    if data.startswith(_OLE):
        _refuse_ole(data)
    head = data[:4096]
    if not head.strip(b"\0"):  # space reserved by a copy that has not got here yet
        refuse("F103", "half")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"%pdf"):
        refuse("F102", "pdf")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in text and text.startswith(b"<?xml"):
        refuse("F102", "xml")
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"mime-version:")):
        refuse("F102", "html")
    if b"<html" in text:
        refuse("F102", "html")
    if head.startswith(_UTF16[:2]) or not _CONTROL.search(head):
        refuse("F102", "text")
    refuse("F102")


def _refuse_ole(data: bytes) -> None:
    def has(*streams: str) -> bool:
        return any(stream.encode("utf-16-le") in data for stream in streams)

    if has("DRMEncryptedDataSpace", "DRMEncryptedTransform"):
        refuse("F101", "rights")
    if has("EncryptedPackage", "EncryptionInfo"):
        refuse("F101")
    if has("WordDocument", "PowerPoint Document"):
        refuse("F102")
    refuse("F102", "xls")


def _entries(data: bytes) -> list[zipfile.ZipInfo]:
    """The central directory, in the order in which the entries lie in the file."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
            end = archive.start_dir
    except zipfile.BadZipFile:
        # The directory stands at the end of the file, so a file cut short has none.
        refuse("F103", "half" if _END not in data[-65_557:] else "")
    except (NotImplementedError, OSError, ValueError, struct.error):
        refuse("F103")
    if len(entries) > MAX_ENTRIES:
        refuse("F104", "entries", value=f"{len(entries):,}", maximum=f"{MAX_ENTRIES:,}")
    # How many entries there are is said once more behind them; beyond 65,535 it says no more.
    (count,) = struct.unpack_from("<H", data, data.rfind(_END, 0, len(data) - 18) + 10)
    if not entries or entries[0].header_offset != 0 or count not in (len(entries), 0xFFFF):
        refuse("F103", "structure")
    bounds = [*(entry.header_offset for entry in entries[1:]), end]
    for entry, bound in zip(entries, bounds, strict=True):
        if _OTHER_NAME in _extra_fields(entry.extra):
            refuse("F103", "structure")
        if entry.header_offset + 30 + len(entry.orig_filename) + entry.compress_size > bound:
            refuse("F103")
    return entries


def _extra_fields(extra: bytes) -> Iterable[int]:
    """The kinds of the extra fields of an entry."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        yield kind
        extra = extra[4 + length :]


def _checked_names(entries: Iterable[zipfile.ZipInfo]) -> Iterable[str]:
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        segments = name.replace("\\", "/").split("/")
        if ".." in segments or segments[0] == "" or ":" in name or "\0" in name:
            refuse("F105", "path")
        if "\\" in name:
            refuse("F103", "structure")
        folded = name.lower()
        if folded in seen:  # two readers may each take another one
            refuse("F105", "duplicate")
        seen.add(folded)
        yield folded


def _check_kind(names: frozenset[str]) -> None:
    if "xl/workbook.bin" in names:
        refuse("F102", "xlsb")
    if "mimetype" in names and "content.xml" in names:
        refuse("F102", "ods")
    if "[content_types].xml" not in names or "_rels/.rels" not in names:
        refuse("F102")
    if any(name.startswith(("word/", "ppt/", "visio/")) for name in names):
        refuse("F102")


def _check_sizes(size: int, entries: Iterable[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        value = -(-unpacked // MEGABYTE)
        refuse("F104", "unpacked", value=value, maximum=MAX_UNPACKED // MEGABYTE)
    if unpacked > RATIO_FROM and unpacked > size * MAX_RATIO:
        refuse("F104", "ratio", value=unpacked // size, maximum=MAX_RATIO)


def _unpack(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """The content of one part; raises Refused unless name, size and checksum are as declared."""
    offset = entry.header_offset
    header = data[offset : offset + 30]
    if not header.startswith(_ZIP) or len(header) < 30:
        refuse("F103")
    name_length, extra_length = struct.unpack("<HH", header[26:])
    name = data[offset + 30 : offset + 30 + name_length]
    if entry.flag_bits & _ENCRYPTED:
        refuse("F101")
    encoding = "utf-8" if entry.flag_bits & _UTF8_NAME else "cp437"
    if name != entry.orig_filename.encode(encoding, "replace"):
        refuse("F103")
    start = offset + 30 + name_length + extra_length
    packed = data[start : start + entry.compress_size]
    content: bytes
    if not packed and not entry.file_size:  # some writers do not pack nothing at all
        content = b""
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        inflate = _inflate_small if entry.file_size <= SMALL else _inflate
        content = inflate(packed, entry.file_size)
    elif entry.compress_type == zipfile.ZIP_STORED:
        content = packed
    else:
        refuse("F103", "structure")
    if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        refuse("F103")
    return content


def _inflate(packed: bytes, size: int) -> bytes:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = stream.decompress(packed, size + 1)
    except zlib.error:
        refuse("F103")
    if not stream.eof or stream.unused_data:
        refuse("F103")
    return content


_inflate_small = remembered()(_inflate)


@remembered()
def _check_markup(content: bytes) -> None:
    if is_utf16(content):
        content = content.replace(b"\0", b"")
    if _DOCUMENT_TYPE.search(content):
        refuse("F105")
