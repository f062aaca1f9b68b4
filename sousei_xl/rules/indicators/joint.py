"""One indicator in the forms of several units: whose word counts, and which texts stand together.

Values are for ``units.py``: the later file counts, whoever sends it (K109, K111).
"""

from __future__ import annotations

from collections.abc import Iterable

from sousei_xl import text
from sousei_xl.rules.indicators.records import IndicatorRow
from sousei_xl.strategy import Settings
from sousei_xl.strategy.indicators import judged_year

# Of these one word counts; texts of several units are all printed.
WORDS = ("stage", "reason", "publication", "office_class")
TEXTS = ("cause", "direction")


def by_weight(rows: Iterable[IndicatorRow], name: str, settings: Settings) -> list[IndicatorRow]:
    """Rows (earliest first) of one indicator, the one whose word counts last: whoever is not in
    charge of the indicator does not overrule who is, but where the word goes with the value."""

    def weight(row: IndicatorRow) -> tuple[bool, bool]:
        valued = goes_with_value(row, name, settings)
        return valued, valued or row.is_in_charge

    return sorted(rows, key=weight)


def goes_with_value(row: IndicatorRow, name: str, settings: Settings) -> bool:
    """Whether the word is 速報 or 確報 beside the value that it is said of: the later value counts,
    whoever sends it."""
    if name != "stage" or row.indicator is None:
        return False
    return judged_year(row.indicator, settings) in row.actuals


def saying(rows: Iterable[IndicatorRow], name: str) -> list[IndicatorRow]:
    """The rows whose word or text is to be heard: not what a department wrote on its form of the
    list before it answered the KPI round."""
    said = [row for row in rows if getattr(row, name)]
    answered = {row.submitter for row in said if row.in_kpi_form}
    return [row for row in said if row.in_kpi_form or row.submitter not in answered]


def united(rows: Iterable[IndicatorRow], name: str) -> str:
    """What all rows write, each text once and with its department where several have one."""
    texts: dict[str, tuple[str, str]] = {}
    for row in saying(rows, name):
        words = getattr(row, name)
        texts.setdefault(text.key(words), (row.submitter, words))
    several = len({department for department, _ in texts.values()}) > 1
    return "\n".join(f"{who}：{words}" if several else words for who, words in texts.values())
