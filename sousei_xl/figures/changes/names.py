"""Which project that goes and which that comes may be one under another name: a guess."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from sousei_xl import text
from sousei_xl.figures.changes import (
    COMPARED,
    DEPARTMENT,
    DESCRIPTION,
    MEASURE,
    NAME,
    RELISTED,
    Changes,
    Row,
    changed,
    is_new,
)

# Below this share of common letters two names are two projects.
_ALIKE = 0.6
# Endings that nearly every project has say nothing.
_ENDINGS = ("事業費", "事業")
# Comparing a hundred thousand pairs of names takes seconds: beyond, nothing is guessed.
_MOST_PAIRS = 100_000


def likely_renamings(removed: Sequence[Row], added: Sequence[Row]) -> dict[int, int]:
    """Position in ``added`` → position in ``removed`` of what it was probably called before.

    Only within one department or one measure, and only one for one, the most alike first. The same
    text is as good as the same name.
    """
    if len(removed) * len(added) > _MOST_PAIRS:
        return {}
    before, after = [_Words(row) for row in removed], [_Words(row) for row in added]
    found = [
        (-likeness, before[i].order, after[j].order, i, j)
        for i in range(len(before))
        for j in range(len(after))
        if (likeness := before[i].likeness(after[j])) >= _ALIKE
    ]
    partner: dict[int, int] = {}
    for _, _, _, i, j in sorted(found):
        if j not in partner and i not in partner.values():
            partner[j] = i
    return partner


class _Words:
    """What two rows are compared by."""

    def __init__(self, row: Row) -> None:
        name, self.department, self.measure, self.description, relisted = (
            text.key(text.to_text(row.get(h)))
            for h in (NAME, DEPARTMENT, MEASURE, DESCRIPTION, RELISTED)
        )
        ending = next((e for e in _ENDINGS if name.endswith(e) and name != e), "")
        self.name, self.relisted = name.removesuffix(ending), bool(relisted)
        # Of equal likeness, whatever order they came in.
        self.order = (self.measure, *(text.to_text(row.get(h)) for h in COMPARED))

    def likeness(self, other: _Words) -> float:
        """From 0 to 1."""
        near = self.department == other.department or self.measure == other.measure
        if not near or self.relisted != other.relisted:
            return 0.0
        if self.description and self.description == other.description:
            return 1.0
        matcher = difflib.SequenceMatcher(None, self.name, other.name, autojunk=False)
        if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
            return 0.0
        return matcher.ratio()


def guess_renamings(
    changes: Changes,
    headings: Sequence[str] = COMPARED,
    later: Literal["", "old", "new"] = "",
) -> Changes:
    """The same changes, with likely renamings taken out of what comes and goes.

    ``later`` is the list of the later year, if they are of two years: what it says to be new, no
    other name is guessed of.
    """
    old, new = changes.removed, changes.added
    olds = [i for i, row in enumerate(old) if later != "old" or not is_new(row)]
    news = [i for i, row in enumerate(new) if later != "new" or not is_new(row)]
    found = likely_renamings([old[i] for i in olds], [new[i] for i in news])
    partner = {news[j]: olds[i] for j, i in found.items()}
    gone = set(partner.values())
    return replace(
        changes,
        added=tuple(row for i, row in enumerate(new) if i not in partner),
        removed=tuple(row for i, row in enumerate(old) if i not in gone),
        renamed=tuple(changed(old[partner[i]], new[i], headings) for i in sorted(partner)),
    )
