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


def remembered(largest: int = SMALL) -> Callable[[_Find], _Find]:
    """Ask a function once about equal bytes, its first argument, where they are at most so many.

    Refusals are not remembered, and nobody may change what is. A function whose findings take much
    more memory than the bytes needs a smaller limit: some files are made to take all there is.
    """

    def decorate(find: _Find) -> _Find:
        once = lru_cache(maxsize=_KEPT)(find)

        @wraps(find)
        def found(content: bytes, *more: Any) -> Any:
            return (once if len(content) <= largest else find)(content, *more)

        return cast(_Find, found)

    return decorate
