"""What one kind of dirty or hostile file is, and what is expected of a merge that meets it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.reading import Reading
from sousei_xl.strategy import Strategy

Put = Callable[[Path, str], None]
Reader = Callable[[InboxFile, pytest.MonkeyPatch], Reading]

SHEET = "事業"
FIRST, SECOND = 1200, 3400  # the budgets of a form's two rows (``forms.py``)
Reported = Counter[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the table. ``{}`` stands for the slug in file names and names of projects.

    ``put(inbox, slug)`` lays the file (or files) into the inbox; the main one is ``{}.xlsx``
    unless ``file`` says otherwise; ``outcome`` is its outcome, ``others`` that of the rest.
    ``found`` lists every finding that the merge must add, no more and no less: ``R105 J5``,
    ``F203 回答票!B5``, ``F201 事業!``, ``F104``, ``L110 F4 @{}旧.xlsx``, with ``x2`` before the
    file for two alike. Numbers given to blank 番号 (A105) are taken for granted.
    ``budgets`` are those of the rows that are listed, in the order of the sheet (None: no
    countable amount), ``names`` their names; ``held``, ``withdrawn`` and ``superseded`` count
    the rest: together they are all rows that a person sees in the files.
    ``alone`` keeps the kind out of the inbox that holds all kinds at once: ``without`` names good
    files that must be absent, ``tweak`` changes the strategy, ``read`` reads in another way.
    ``linux``: other systems have no such names or files; ``soffice``: LibreOffice makes it.
    """

    slug: str
    title: str
    put: Put
    found: tuple[str, ...] = ()
    outcome: str = "accepted"
    file: str = "{}.xlsx"
    others: Mapping[str, str] = field(default_factory=dict)
    budgets: tuple[int | None, ...] = (FIRST, SECOND)
    names: tuple[str, ...] = ("{} 一", "{} 二")
    held: int = 0
    withdrawn: int = 0
    superseded: int = 0
    without: tuple[str, ...] = ()
    tweak: Callable[[Strategy], Strategy] | None = None
    read: Reader | None = None
    separate: bool = False
    linux: bool = False
    soffice: bool = False

    @property
    def alone(self) -> bool:
        """True where it cannot share an inbox with all other kinds."""
        return self.separate or bool(self.without or self.tweak or self.read)

    @property
    def rows(self) -> int:
        """How many rows of projects the kind's files hold."""
        return len(self.budgets) + self.held + self.withdrawn + self.superseded

    @property
    def main(self) -> str:
        """The inbox-relative name of the main file."""
        return self.file.replace("{}", self.slug)

    def outcomes(self) -> dict[str, str]:
        """File → outcome for all the kind's files."""
        rest = {name.replace("{}", self.slug): outcome for name, outcome in self.others.items()}
        return {self.main: self.outcome, **rest} if self.outcome else rest

    def reported(self) -> Reported:
        """(code, file, sheet, cell) of every finding expected, with its number."""
        counts: Reported = Counter()
        for line in self.found:
            what, _, file = line.partition(" @")
            code, _, what = what.partition(" ")
            what, _, times = what.partition(" x")
            sheet, _, cell = what.rpartition("!")
            sheet = sheet or (SHEET if cell else "")
            counts[code, file.replace("{}", self.slug) or self.main, sheet, cell] += int(times or 1)
        return counts
