"""File names for departments that every Windows takes and that the inbox reads on return."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count

from sousei_xl.text import unit_beside
from sousei_xl.workspace import OFFICE_SHEET, file_key, safe_stem

_SUFFIX = ".xlsx"


def file_names(units: Sequence[tuple[str, str]]) -> list[str]:
    """``経済部.xlsx``, or ``経済部_産業振興課.xlsx`` for a 担当課 of another name: one name per
    (部局, 担当課).

    No two of them are one file on any system, however their letters are composed or cased.
    """
    names: list[str] = []
    taken = {file_key(OFFICE_SHEET)}
    for department, unit in units:
        stem = safe_stem(
            "_".join(part for part in (department, unit_beside(department, unit)) if part)
        )
        name = _numbered(stem, taken)
        taken.add(file_key(name))
        names.append(name)
    return names


def _numbered(stem: str, taken: Iterable[str]) -> str:
    tails = chain(("",), (f"（{number}）" for number in count(2)))
    names = (f"{stem}{tail}{_SUFFIX}" for tail in tails)
    return next(name for name in names if file_key(name) not in taken)
