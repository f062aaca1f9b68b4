"""Parent and reading child talk in frames: parts of JSON in UTF-8, each behind its length.

Lengths, and how many parts there are, are big-endian 32-bit numbers.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO, Any

BUFFER = 1 << 16  # bytes, of a stream: a form is read and written at once

_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def dumped(content: Mapping[str, Any]) -> bytes:
    """One object as JSON, lone surrogates in file names and all, as ``json.loads`` takes it."""
    return _encode(content).encode("utf-8", "surrogatepass")


def write_frame(stream: IO[bytes], *parts: bytes) -> None:
    """Write the parts of one frame and flush."""
    stream.write(struct.pack(">I", len(parts)))
    for part in parts:
        stream.write(struct.pack(">I", len(part)) + part)
    stream.flush()


def read_frame(stream: IO[bytes]) -> list[bytes] | None:
    """Read one frame; None at the end of the stream, also where it ends within a frame."""
    try:
        return [_read(stream, _number(stream)) for _ in range(_number(stream))]
    except EOFError:
        return None


def _number(stream: IO[bytes]) -> int:
    number: int = struct.unpack(">I", _read(stream, 4))[0]
    return number


def _read(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data
