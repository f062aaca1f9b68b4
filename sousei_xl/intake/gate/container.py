"""A container for calamine that holds the very bytes that were checked.

calamine spends most of its time on unpacking the file again and on blank cells, of which prepared
forms are full and in which it finds nothing.

The zip is put together by hand: for a form (15 parts, 120 kB) that takes 0.06 ms, with ``zipfile``
0.21 ms, which an inbox of a thousand forms pays a thousand times.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

_VERSION = 20
_UTF8_NAME = 0x800
_FIRST_DAY = 0x21  # 1980-01-01


def contain(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts as they are, not packed."""
    pieces: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for name, content in parts.items():
        written = name.encode()
        size = len(content)
        fields = struct.pack(
            "<HHHHHIIIHH",
            *(_VERSION, _UTF8_NAME, 0, 0, _FIRST_DAY),
            *(zlib.crc32(content), size, size, len(written), 0),
        )
        pieces += (b"PK\3\4", fields, written, content)
        own = struct.pack("<HHHII", 0, 0, 0, 0, offset)
        directory.append(b"PK\1\2" + struct.pack("<H", _VERSION) + fields + own + written)
        offset += 30 + len(written) + size
    entries = b"".join(directory)
    count = len(directory)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(entries), offset, 0)
    return b"".join((*pieces, entries, end))
