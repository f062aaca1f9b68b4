"""The examples' facts: CSV files in the package, read as they are."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

Record = Mapping[str, str]

# Name → what it is. The folder of the same name stands in sousei_xl/examples.
EXAMPLES: Mapping[str, str] = {"asahikawa_h30": "旭川市（平成30年度、9部局、104行）"}


@dataclass(frozen=True, slots=True)
class Facts:
    """One municipality's year. Records are the rows of the CSV files, by heading, all as text.

    ``indicators`` have 担当部局 (our assumption), ``projects`` have 事業内容 (our own wording).
    ``actuals`` are invented.
    """

    settings: Mapping[str, str]
    measures: tuple[Record, ...]
    departments: tuple[Record, ...]
    indicators: tuple[Record, ...]
    projects: tuple[Record, ...]
    actuals: tuple[Record, ...]


def load_facts(example: str) -> Facts:
    """The facts of one of ``EXAMPLES``. KeyError for another name."""
    owners = {r["ID"]: r["担当部局"] for r in _records(example, "indicator_departments")}
    described = {
        (r["事業名"], r["部局名"]): r["事業内容"] for r in _records(example, "descriptions")
    }
    return Facts(
        settings={r["キー"]: r["値"] for r in _records(example, "settings")},
        measures=_records(example, "measures"),
        departments=_records(example, "departments"),
        indicators=tuple({**r, "担当部局": owners[r["ID"]]} for r in _records(example, "kpis")),
        projects=tuple(
            {**r, "事業内容": described[r["事業名"], r["部局名"]]}
            for r in _records(example, "projects")
        ),
        actuals=_records(example, "indicator_actuals"),
    )


def _records(example: str, name: str) -> tuple[Record, ...]:
    if example not in EXAMPLES:
        raise KeyError(example)
    path = files("sousei_xl").joinpath("examples", example, f"{name}.csv")
    return tuple(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
