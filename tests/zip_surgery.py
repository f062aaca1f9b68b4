"""Workbooks cut open: hostile and damaged files, made from whole ones or from bare XML."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
WORKBOOK = "xl/workbook.xml"
WORKBOOK_RELS = "xl/_rels/workbook.xml.rels"

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def sheet_xml(rows: str, before: str = "", after: str = "") -> str:
    """A worksheet around ``<row>`` elements."""
    data = f"<sheetData>{rows}</sheetData>"
    return f'{_HEAD}<worksheet xmlns="{MAIN}">{before}{data}{after}</worksheet>'


def strings_xml(*texts: str, attributes: str = "") -> str:
    """Shared strings; a text that starts with ``<`` is taken as the content of its ``si``."""
    items = "".join(f"<si>{t if t.startswith('<') else f'<t>{t}</t>'}</si>" for t in texts)
    return f'{_HEAD}<sst xmlns="{MAIN}"{attributes}>{items}</sst>'


def bare_book(
    sheet: str, strings: str = "", more: Mapping[str, str | bytes] | None = None, name: str = "事業"
) -> bytes:
    """The smallest workbook with one sheet; ``more`` replaces or adds parts."""
    shared = f'<Relationship Id="r2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f"{_HEAD}<Types/>",
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        WORKBOOK: f'{_HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        WORKBOOK_RELS: f'{_HEAD}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f"{shared if strings else ''}</Relationships>",
        SHEET: sheet,
    }
    if strings:
        parts[STRINGS] = strings
    return pack({**parts, **(more or {})})


def pack(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts, in this order; the same bytes at any time."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """All parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def replace(data: bytes, part: str, old: str, new: str) -> bytes:
    """The workbook with one text of one part exchanged; the text must be there."""
    parts = unpack(data)
    assert old.encode() in parts[part], (part, old)
    parts[part] = parts[part].replace(old.encode(), new.encode(), 1)
    return pack(parts)


def add(data: bytes, part: str, content: str | bytes) -> bytes:
    """The workbook with one part more, or another content of it."""
    return pack({**unpack(data), part: content})


def drop(data: bytes, part: str) -> bytes:
    """The workbook without one part."""
    return pack({name: content for name, content in unpack(data).items() if name != part})


def twice(data: bytes, part: str, other_name: str = "") -> bytes:
    """The workbook with one part twice, the second time under ``other_name`` if given."""
    target = io.BytesIO()
    longer = "#" * len(part)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in unpack(data).items():
            archive.writestr(name, content)
        archive.writestr(other_name or longer, b"<x/>")
    # zipfile warns of duplicates, so the second one gets its name afterwards.
    return target.getvalue().replace(longer.encode(), part.encode())


def set_flag(data: bytes, flag: int) -> bytes:
    """The zip with a flag set on every entry, in the local headers and in the directory."""
    changed = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        position = archive.start_dir
        for entry in archive.infolist():
            _or(changed, entry.header_offset + 6, flag)
            _or(changed, position + 8, flag)
            lengths = struct.unpack_from("<HHH", data, position + 28)
            position += 46 + sum(lengths)
    return bytes(changed)


def _or(data: bytearray, offset: int, flag: int) -> None:
    (old,) = struct.unpack_from("<H", data, offset)
    struct.pack_into("<H", data, offset, old | flag)


def declare(data: bytes, part: str, size: int) -> bytes:
    """The zip with another unpacked size of a part, in the local header and in the directory."""
    changed = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        position = archive.start_dir
        for entry in archive.infolist():
            if entry.filename == part:
                struct.pack_into("<I", changed, entry.header_offset + 22, size)
                struct.pack_into("<I", changed, position + 24, size)
            position += 46 + sum(struct.unpack_from("<HHH", data, position + 28))
    return bytes(changed)


def bomb(data: bytes, part: str, megabytes: int) -> bytes:
    """The zip with a part of blanks more, deflated once per megabyte and repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = block * megabytes + packer.flush()
    size = megabytes * 1_000_000
    name = part.encode()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        count, begin = len(archive.infolist()), archive.start_dir
    directory = data[begin : data.rindex(b"PK\x05\x06")]
    fields = struct.pack("<HHHHHIII", 20, 0, 8, 0, 0x21, 0, len(packed), size)
    local = b"PK\x03\x04" + fields + struct.pack("<HH", len(name), 0) + name + packed
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + fields
    entry += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, begin) + name
    end = struct.pack(
        *("<HHHHIIH", 0, 0, count + 1, count + 1),
        *(len(directory) + len(entry), begin + len(local), 0),
    )
    return data[:begin] + local + directory + entry + b"PK\x05\x06" + end


def compound(*streams: str) -> bytes:
    """What an OLE2 file looks like from outside: its magic and the names of its streams."""
    names = b"".join(stream.encode("utf-16-le").ljust(128, b"\0") for stream in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + names
