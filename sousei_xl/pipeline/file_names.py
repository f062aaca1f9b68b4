"""File names for departments that every Windows takes and that the inbox reads on return."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain, count

from sousei_xl.text import unit_beside
from sousei_xl.workspace import OFFICE_SHEET, file_key

_SUFFIX = ".xlsx"
# What Windows refuses in a name → the same sign in full width.
_SIGNS = {ord(c): ord(c) + 0xFEE0 for c in '<>:"/\\|?*'}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_DEVICES = re.compile(
    r"(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])", re.IGNORECASE
)
# Excel opens no path of more than 218 characters, and a folder needs room.
_LONGEST = 80


def file_names(units: Sequence[tuple[str, str]]) -> list[str]:
    """``経済部.xlsx``, or ``経済部_産業振興課.xlsx`` for a 担当課 of another name: one name per
    (部局, 担当課).

    No two of them are one file on any system, however their letters are composed or cased.
    """
    names: list[str] = []
    taken = {file_key(OFFICE_SHEET)}
    for department, unit in units:
        stem = _safe("_".join(part for part in (department, unit_beside(department, unit)) if part))
        name = _numbered(stem, taken)
        taken.add(file_key(name))
        names.append(name)
    return names


def _safe(stem: str) -> str:
    """A stem without signs that a file system refuses or hides; never blank, never a device."""
    stem = _CONTROLS.sub("", unicodedata.normalize("NFC", stem)).translate(_SIGNS)
    stem = " ".join(stem.split())[:_LONGEST].rstrip(" .")
    # Lock files begin with ~$, hidden ones with a point: the inbox passes them by.
    if stem.startswith(("~", ".")) or not stem:
        stem = f"_{stem}"
    if _DEVICES.fullmatch(stem.partition(".")[0].rstrip()):
        stem = f"_{stem}"
    return stem


def _numbered(stem: str, taken: Iterable[str]) -> str:
    tails = chain(("",), (f"（{number}）" for number in count(2)))
    names = (f"{stem}{tail}{_SUFFIX}" for tail in tails)
    return next(name for name in names if file_key(name) not in taken)
