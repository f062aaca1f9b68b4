"""Signs that a list spells in several ways: for the office to even out, where it wants to.

What a department wrote is printed as it is, so nothing here is a mistake of anybody.
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sousei_xl.rules.records import ListedRow

# What is spelled → its spellings, each as a person would name it and by its characters.
_SIGNS: dict[str, dict[str, str]] = {
    "読点": {"、": "、", "，": "，", "半角の,": ","},
    "句点": {"。": "。", "．": "．"},
    "中点": {"・": "・", "半角の･": "･"},
    "括弧": {"（ ）": "（）", "半角の( )": "()"},
    "波線": {"〜": "〜", "～": "～", "半角の~": "~"},
    "数字": {"全角の数字": "０１２３４５６７８９", "半角の数字": string.digits},
    "英字": {
        "全角の英字": "".join(map(chr, (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)))),
        "半角の英字": string.ascii_letters,
    },
    "片仮名": {
        "全角の片仮名": "".join(map(chr, range(0x30A1, 0x30FB))),
        "半角の片仮名": "".join(map(chr, range(0xFF66, 0xFF9E))),
    },
}
_SPELLED = {
    character: (sign, spelling)
    for sign, spellings in _SIGNS.items()
    for spelling, characters in spellings.items()
    for character in characters
}
_CHARACTERS = frozenset(_SPELLED)
_IN_A_NUMBER = re.compile(r"(?<=\d),(?=\d)")


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way in which a sign is spelled, and the rows where it is."""

    sign: str
    spelling: str
    rows: tuple[ListedRow, ...]


def uneven(listed: Iterable[ListedRow]) -> Iterator[Spelling]:
    """The spellings of every sign that has more than one, the rarest of a sign first.

    Names and texts are looked at; a relisted row only repeats its original's.
    """
    found: dict[str, dict[str, list[ListedRow]]] = defaultdict(lambda: defaultdict(list))
    for row in listed:
        if row.relisted:
            continue
        words = row.name + row.description
        if "," in words:
            words = _IN_A_NUMBER.sub("", words)
        for sign, spelling in {_SPELLED[c] for c in _CHARACTERS.intersection(words)}:
            found[sign][spelling].append(row)
    for sign, known in _SIGNS.items():
        rows = found[sign]
        spellings = [spelling for spelling in known if spelling in rows]
        if len(spellings) > 1:
            for spelling in sorted(spellings, key=lambda s: len(rows[s])):
                yield Spelling(sign, spelling, tuple(rows[spelling]))
