"""What all reports on the terminal are made of; imports rich, which takes its time."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.box import ASCII_DOUBLE_HEAD, SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from sousei_xl.findings import Finding, address

MOST = 10  # findings, rows and files that are listed; all of them stand in the workbook
_WIDTH = 100


class _Console(Console):
    """Where the reader of a pipe has gone, rich would end with 1, which says that a list is a
    draft: it is left to ``cli``."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def new_console(stderr: bool = False) -> Console:
    """Colour on a terminal only; a width that no table needs where nobody set one."""
    width = None if (sys.stderr if stderr else sys.stdout).isatty() else _WIDTH
    return _Console(
        stderr=stderr, width=width, highlight=False, soft_wrap=True, emoji=False, markup=False
    )


def new_table(console: Console, *columns: tuple[str, bool]) -> Table:
    """A table with these columns (heading, whether it holds numbers)."""
    box = SIMPLE_HEAD if (console.encoding or "").lower().startswith("utf") else ASCII_DOUBLE_HEAD
    table = Table(box=box, pad_edge=False, show_edge=False, header_style="bold")
    for heading, is_number in columns:
        # What does not fit breaks into lines: with one long name, columns of numbers would vanish.
        table.add_column(
            heading,
            justify="right" if is_number else "left",
            no_wrap=is_number,
            overflow="fold",
        )
    return table


def finding_line(group: Sequence[Finding]) -> str:
    """Findings that say the same: place, what, what to do; the code stands last."""
    first, *others = group
    cells = [item.place.cell for item in others if item.place.cell]
    more = f"（ほか{'、'.join(cells[:5])}{'など' if len(cells) > 5 else ''}）" if cells else ""
    return f"{address(first.place)}{first.text}{more}［{first.code}］"
