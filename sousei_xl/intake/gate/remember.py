"""What was found out about a small part of a workbook is not found out again.

Forms have most of their parts in common (instructions, styles, prepared lists), and an inbox may
have very many of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

SMALL = 1 << 16  # bytes of a part
_KEPT = 128  # parts

_Find = TypeVar("_Find", bound=Callable[..., Any])


def remembered(find: _Find) -> _Find:
    """``find`` asked once about equal bytes, its first argument, where they are few.

    Refusals are not remembered, and nobody may change what is.
    """
    once = lru_cache(maxsize=_KEPT)(find)

    @wraps(find)
    def found(content: bytes, *more: Any) -> Any:
        return (once if len(content) <= SMALL else find)(content, *more)

    return cast(_Find, found)
