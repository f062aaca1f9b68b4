"""What is said about a file before it has become a finding: facts, never sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Notice:
    """A finding about a file: catalogue code, variant, parameters of its text."""

    code: str
    variant: str
    params: Mapping[str, str | int]


class Refused(Exception):
    """Carries a refusal out of nested XML handlers; never leaves ``gate.inspect``."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.code, notice.variant)
        self.notice = notice


def refuse(code: str, variant: str = "", **params: str | int) -> NoReturn:
    """Stop looking at this file; raises Refused with the finding that says why."""
    raise Refused(Notice(code, variant, params))
