"""The whole template: what the year is, and how the list is printed."""

from __future__ import annotations

from dataclasses import dataclass

from sousei_xl.intake.read import Reading
from sousei_xl.pipeline import TemplateError, read_strategy
from sousei_xl.sheets.prototype import Prototype, doubts, load_prototype
from sousei_xl.strategy import Strategy


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
    if strategy is None:
        raise TemplateError(mistakes)
    prototype, mistakes = load_prototype(template.form, template.file, strategy)
    if prototype is None:
        raise TemplateError(mistakes)
    return Definition(strategy, prototype)
