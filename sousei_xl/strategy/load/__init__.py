"""Read the template's tables into a Strategy; every mistake is a T101 with its cell.

The tables arrive as plain rows, because the template is read by the same gated reader as a
department's file. Mistakes are collected, never raised: an office that fills in a new template
sees all that is missing at once.
"""

from __future__ import annotations

from sousei_xl.findings import Finding
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import Field
from sousei_xl.strategy.load.indicators import read_indicators
from sousei_xl.strategy.load.own_fields import read_fields
from sousei_xl.strategy.load.settings import read_settings
from sousei_xl.strategy.load.structure import read_departments, read_measures
from sousei_xl.strategy.load.table import Mistakes, Tables


def load(tables: Tables, file: str) -> tuple[Strategy | None, list[Finding]]:
    """Build the Strategy from the template's tables; ``file`` names the template in findings.

    Returns (None, mistakes) where a mistake was found: a list built on half a definition would be
    wrong in ways nobody sees.
    """
    mistakes = Mistakes(file)
    settings = read_settings(tables, mistakes)
    goals, measures = read_measures(tables, mistakes)
    departments = read_departments(tables, mistakes)
    indicators = read_indicators(tables, mistakes, goals, measures, departments)
    fields = read_fields(tables, mistakes)
    if mistakes.found or settings is None:
        return None, mistakes.as_read()
    return Strategy(settings, goals, measures, departments, indicators, fields), []


def load_fields(tables: Tables, file: str) -> tuple[Field, ...] | None:
    """The fields of the project form alone; None where their sheet has mistakes, of which whatever
    else lacks one may be a consequence."""
    mistakes = Mistakes(file)
    fields = read_fields(tables, mistakes)
    return None if mistakes.found else fields
