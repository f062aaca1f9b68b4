"""What is passed over in silence, because something else does the work: shown on request."""

from __future__ import annotations

import os
import sys
from types import TracebackType


def is_on() -> bool:
    """Whether SOUSEI_XL_DEBUG is set."""
    return bool(os.environ.get("SOUSEI_XL_DEBUG"))


def show(problem: BaseException) -> None:
    """Its traceback, where one is wanted."""
    if is_on():
        import traceback

        traceback.print_exception(problem, file=sys.stderr)


class PassedOver:
    """``contextlib.suppress(Exception)`` that shows what it has suppressed."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(problem, Exception):
            return False
        show(problem)
        return True
