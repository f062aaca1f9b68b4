"""What somebody changed by hand in a published workbook, on its way to 修正."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandEdit:
    """One cell that was changed by hand, or a file or sheet that cannot be compared.

    ``file`` is outbox-relative, ``cell`` the address in the edited file (in ours where its row
    was deleted), ``before`` and ``after`` are texts, empty for a blank cell. ``row_before`` is
    the Excel row in the workbook as we wrote it, None for an inserted row. ``computed`` is True
    where both workbooks have a formula there: the value most likely follows from another edit.
    ``kept_as`` is the outbox-relative name under which publishing keeps the edited file.
    ``problem`` says in Japanese what is wrong with a whole file or sheet; then there is no cell.
    """

    file: str
    sheet: str = ""
    cell: str = ""
    before: str = ""
    after: str = ""
    kept_as: str = ""
    row_before: int | None = None
    computed: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """A hand edit as a row for 修正; ``target`` is empty where it is about no field of a row.

    One edit may need several rows, and the edits of a row that was deleted are one.
    """

    edit: HandEdit
    target: str = ""
    operation: str = ""
    field_label: str = ""
    before: str = ""
    after: str = ""


def by_hand(rows: Iterable[ReadyRow]) -> list[HandEdit]:
    """The edits behind these rows, each once. A total that followed is no edit of its own, and
    事務局修正一覧 does not list it."""
    return list(dict.fromkeys(row.edit for row in rows if not row.edit.computed))
