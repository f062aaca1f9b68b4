"""オープンデータ: the data sheets as CSV files, and the Data Package that describes them.

There are none for a draft: what their description promises holds only for rows without 要修正, and
rows that are still missing leave no trace in a CSV file. The state of a proposal stands in the
description.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sousei_xl.sheets import Contents
from sousei_xl.sheets.open_data.package import FILE, check_package, write_package
from sousei_xl.sheets.open_data.tables import Table, check_table, tables_of, write_table

FOLDER = "オープンデータ"
OPEN_DATA_NAMES = tuple(f"{FOLDER}/{name}" for name in (*(t.value for t in Table), FILE))


@dataclass(frozen=True, slots=True)
class OpenFile:
    """One file: its outbox-relative name, what writes it to a path, and what reads it back from
    there (OperatorError where it does not say what was meant)."""

    name: str
    write: Callable[[Path], None]
    check: Callable[[Path], None]


def open_data(contents: Contents) -> tuple[OpenFile, ...]:
    """The open data of this run, some of ``OPEN_DATA_NAMES``; none for a draft."""
    if contents.status == "draft":
        return ()
    tables = (
        OpenFile(
            f"{FOLDER}/{table.value}",
            partial(write_table, table=table, contents=contents),
            partial(check_table, table=table, contents=contents),
        )
        for table in tables_of(contents)
    )
    package = OpenFile(
        f"{FOLDER}/{FILE}",
        partial(write_package, contents=contents),
        partial(check_package, contents=contents),
    )
    return (*tables, package)
