"""The catalogue of findings: the contract between form, validator, documentation and tests.

A rule has a stable code, a severity, an addressee and one or more texts: ``message`` says what was
found, ``cure`` says what to do. Both are ``str.format`` templates.
"""

from __future__ import annotations

from sousei_xl.catalogue import files, indicators, lists, overlooked, rows, year
from sousei_xl.catalogue.rule import Addressee, Rule, Severity, Text

__all__ = ["RULES", "Addressee", "Rule", "Severity", "Text"]

_TABLES = (files, overlooked, rows, lists, indicators, year)
RULES: dict[str, Rule] = {rule.code: rule for table in _TABLES for rule in table.RULES}
