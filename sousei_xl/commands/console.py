"""What is printed survives a Japanese Windows console (cp932)."""

from __future__ import annotations

import codecs
import os
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
    """Make stdout and stderr write what they can; a message is never the reason for a crash.

    Python has None for a stream that was closed when it started (``>&-``, a scheduled task).
    """
    codecs.register_error("sousei", _replace)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
            setattr(sys, name, nowhere)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="sousei")


def shown(name: str) -> str:
    """A name fit to be printed: composed (NFC), control characters and surrogates escaped."""
    composed = unicodedata.normalize("NFC", name)
    return "".join(
        c
        if (c.isprintable() or c == "\u3000") and not "\ud800" <= c <= "\udfff"
        else c.encode("unicode_escape").decode()
        for c in composed
    )


def argument(path: object) -> str:
    """A path fit to be printed behind a command."""
    from sousei_xl.workspace import as_argument  # --help needs nothing of it

    return as_argument(shown(str(path)))


_EXCERPT, _BEFORE = 40, 8  # characters of a long text that are shown, and those before the change


def differing(before: str, after: str) -> tuple[str, str]:
    """Two values in one line each; of long texts the part where they begin to differ."""
    flat = [value.replace("\n", " ") for value in (before, after)]
    alike = next((i for i, (a, b) in enumerate(zip(*flat, strict=False)) if a != b), None)
    at = min(map(len, flat)) if alike is None else alike
    start = max(0, at - _BEFORE) if max(map(len, flat)) > _EXCERPT else 0
    one, other = (_excerpt(value, start) for value in flat)
    return one, other


def _excerpt(value: str, start: int) -> str:
    if not value:
        return "（空欄）"
    cut = value[start : start + _EXCERPT]
    return shown(f"{'…' if start else ''}{cut}{'…' if start + len(cut) < len(value) else ''}")
