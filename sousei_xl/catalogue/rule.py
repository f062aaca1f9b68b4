"""What the catalogue consists of.

Tuples with names, not dataclasses: ``explain`` shows them, and importing ``dataclasses`` takes
longer than all that it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Severity = Literal["要修正", "要確認", "自動変換", "-"]
Addressee = Literal["部局", "事務局", "-"]
Scope = Literal["file", "row", "list", "office", "kpi", "year", "template"]


class Text(NamedTuple):
    """What was found (``message``) and what to do about it (``cure``), as format templates.

    ``theirs`` is the cure as the department is told it, where the office's own is no help to it.
    """

    message: str
    cure: str = ""
    theirs: str = ""


class Rule(NamedTuple):
    """One entry of the catalogue.

    ``where`` is the field (Japanese heading) that the finding's cell belongs to, ``cell`` where
    it may be any input cell, ``row``/``行`` for a whole row, ``-`` for a whole file. Of what was
    moved (A103, A106) it is the field that it went to, and ``typed_into`` the one whose cell it
    stands at: that holds the value that is shown, be it in the office's sheet. ``texts``
    holds the default text under ``""`` and variants under their names. ``example`` is a short
    "input → outcome" pair for the catalogue page: of one variant, so nothing to show beside a
    finding.
    """

    code: str
    scope: Scope
    severity: Severity
    addressee: Addressee
    where: str
    title: str
    texts: Mapping[str, Text]
    example: str = ""
    typed_into: str = ""
