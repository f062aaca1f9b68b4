"""Forms as they come out of the reader, without any workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from sousei_xl.catalogue import RULES
from sousei_xl.forms import layout
from sousei_xl.intake.notice import Notice
from sousei_xl.intake.reading import Reading, SheetCells

OWN = "所管課"
FIRST = 4  # Excel's row of the first project
LETTERS = dict(
    zip(
        (
            *("check", "measure", "number", "relisted", "category", "name", "department"),
            *("relevance", "budget_kind", "budget", "description", "own_1", "note"),
        ),
        "ABCDEFGHIJKLM",
        strict=True,
    )
)


@dataclass
class Row:
    """One row as typed, and what calamine cannot read in it."""

    cells: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    uncached: set[str] = field(default_factory=set)
    leftovers: dict[str, str] = field(default_factory=dict)
    hidden: bool = False


def cells(name: str, rows: list[tuple[int, tuple[Any, ...]]], **changes: Any) -> SheetCells:
    return SheetCells(name, rows=tuple(rows), **changes)


def reading(
    file: str,
    department: str,
    lines: list[tuple[int, Row]],
    *,
    year: str = "平成30年度",
    edition: int = 2,
    ticked: str | None = None,
    notices: tuple[Notice, ...] = (),
) -> Reading:
    """A form as it comes out of the reader."""
    answers = (year, department, None, None, None, None, edition, ticked)
    reply = cells(
        layout.REPLY,
        [(i, pair) for i, pair in enumerate(zip(layout.REPLY_LABELS, answers, strict=True), 4)],
    )
    labels = ("入力チェック", *HEADINGS)
    projects = cells(
        layout.PROJECTS,
        [
            (FIRST - 1, labels),
            *((n, tuple(row.cells.get(name) for name in LETTERS)) for n, row in lines),
        ],
        hidden_rows=frozenset(n for n, row in lines if row.hidden),
        errors={f"{LETTERS[k]}{n}": v for n, row in lines for k, v in row.errors.items()},
        uncached=frozenset(f"{LETTERS[k]}{n}" for n, row in lines for k in row.uncached),
        leftovers={f"{LETTERS[k]}{n}": v for n, row in lines for k, v in row.leftovers.items()},
    )
    return Reading(file, sha256="0" * 64, notices=notices, sheets=(reply, projects))


HEADINGS = (
    *("施策", "番号", "再掲", "掲載区分", "事業名", "部局名", "関連性", "予算区分"),
    *("予算事業費（千円）", "事業内容", OWN, "備考"),
)


def notice(code: str) -> Notice:
    """Any remark of this code, its placeholders filled with anything."""
    variant, text = next(iter(RULES[code].texts.items()))
    names = [n for _, n, _, _ in Formatter().parse(text.message + text.cure) if n]
    return Notice(code, variant, dict.fromkeys(names, "1"))
