"""The whole template: what the year is, and how the list is printed."""

from __future__ import annotations

from dataclasses import dataclass

from sousei_xl.intake.reading import Reading
from sousei_xl.pipeline import TemplateError, read_strategy
from sousei_xl.sheets.prototype import Prototype, doubts, load_prototype
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.load import load_fields


@dataclass(frozen=True, slots=True)
class Definition:
    """The template, read: what the year is and how the list is printed."""

    strategy: Strategy
    prototype: Prototype

    @property
    def doubts(self) -> tuple[str, ...]:
        """Questions about the printed form."""
        return tuple(doubts(self.prototype, self.strategy.settings))


def define(template: Reading) -> Definition:
    """The whole template. TemplateError with every mistake of its tables and its form."""
    strategy, mistakes = read_strategy(template)
    if template.refusal:
        raise TemplateError(mistakes)
    fields = load_fields({s.name: s.rows for s in template.sheets}, template.file)
    prototype: Prototype | None = None
    if fields is not None:  # the form needs no more of the tables
        prototype, in_form = load_prototype(template.form, template.file, fields)
        told = {(m.place.sheet, m.place.cell) for m in mistakes}
        mistakes += [m for m in in_form if (m.place.sheet, m.place.cell) not in told]
    if strategy is None or prototype is None:
        raise TemplateError(mistakes)
    return Definition(strategy, prototype)
