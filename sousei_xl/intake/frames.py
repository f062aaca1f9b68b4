"""Parent and reading child talk in frames: a big-endian 32-bit length, then ASCII JSON."""

from __future__ import annotations

import json
import struct
from typing import IO, Any


def write_frame(stream: IO[bytes], content: dict[str, Any]) -> None:
    """Write one object and flush; lone surrogates in file names survive as escapes."""
    body = json.dumps(content, separators=(",", ":")).encode("ascii")
    stream.write(struct.pack(">I", len(body)) + body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> dict[str, Any] | None:
    """Read one object; None at the end of the stream, also where it ends within a frame."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    body = stream.read(length)
    if len(body) < length:
        return None
    content: dict[str, Any] = json.loads(body)
    return content
