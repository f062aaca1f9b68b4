"""What is printed survives a Japanese Windows console (cp932)."""

from __future__ import annotations

import codecs
import sys
import unicodedata

# cp932 has a twin for these; anything else that it lacks becomes a question mark.
_TWINS = {"〜": "～", "−": "－", "–": "-", "—": "―", "‖": "∥", "✓": "○", "¥": "\\", "•": "・"}


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    encodable = []
    for character in lost:
        twin = _TWINS.get(character, "?")
        try:
            twin.encode(error.encoding)
        except UnicodeEncodeError:
            twin = "?"
        encodable.append(twin)
    return "".join(encodable), error.end


def prepare_streams() -> None:
    """Make stdout and stderr write what they can; a message is never the reason for a crash."""
    codecs.register_error("sousei", _replace)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="sousei")


def shown(name: str) -> str:
    """A file name fit to be printed: composed (NFC), control characters and surrogates escaped."""
    composed = unicodedata.normalize("NFC", name)
    return "".join(
        c
        if c.isprintable() and not "\ud800" <= c <= "\udfff"
        else c.encode("unicode_escape").decode()
        for c in composed
    )
