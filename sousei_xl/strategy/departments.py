"""The departments that a printed or typed name means: one, several, or none that is known.

・ stands between the departments of a joint project, and is a part of many a name as well
(観光・スポーツ部): nobody but this module cuts a name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from sousei_xl import text

JOINT = "・"  # what is printed between departments
_BETWEEN = re.compile(r"[\r\n]*[・･、､，,][\r\n]*|[\r\n]+")  # and what is typed there


def departments_in(words: str, spellings: Mapping[str, str]) -> tuple[str, ...]:
    """The departments in their order, each once; a part that means none stays as it was typed.

    ``spellings`` maps match keys to official names. The whole is looked for first. Cut is so that
    the fewest parts remain unknown, and where that can be done in several ways, with the longest
    names first.
    """
    whole = spellings.get(text.key(words))
    if whole is not None:
        return (whole,)
    cuts = [(0, 0), *(cut.span() for cut in _BETWEEN.finditer(words)), (len(words), 0)]
    parts = [(before[1], behind[0]) for before, behind in pairwise(cuts)]
    longest = 1 + max((len(_BETWEEN.findall(spelling)) for spelling in spellings), default=0)
    # From the end on: how many parts are unknown from here, where the next one begins, its name.
    ways: list[tuple[int, int, str]] = [(0, len(parts), "")] * (len(parts) + 1)
    for first in reversed(range(len(parts))):
        start, end = parts[first]
        ways[first] = (ways[first + 1][0] + 1, first + 1, words[start:end].strip())
        for behind in range(first + 1, min(first + longest, len(parts)) + 1):
            name = spellings.get(text.key(words[start : parts[behind - 1][1]]))
            if name is not None and ways[behind][0] <= ways[first][0]:
                ways[first] = (ways[behind][0], behind, name)
    found, position = [], 0
    while position < len(parts):
        _, position, name = ways[position]
        found.append(name)
    return tuple(dict.fromkeys(found))
