"""Which of last year's projects a 備考 says to be former ones: said by the department, no guess."""

from __future__ import annotations

import re
from collections.abc import Collection

from sousei_xl import text
from sousei_xl.strategy.fields import own_note

_PARTS, _CLAUSES = re.compile(r"[、，,。\n]"), re.compile(r"[。\n]")
# What is looked for is bounded, for a cell may have 32,767 letters.
_MOST_MORE = 29
_QUOTES = "「」『』()"
_MARKS = rf"[:、,・{_QUOTES}]{{0,4}}"
_AND = rf"{_MARKS}(?:と|や|及び)?{_MARKS}"
_RENAMED = "改称|(?:名称|名前|事業名)を?変更|統合"
# 旧：甲、乙, 前の名前は「甲」
_BEFORE = rf"(?:旧(?:称|名称?|事業名)?|前年度は|前の名前|{_RENAMED})は?{_MARKS}"
# 甲から変更, 甲から丙に名称変更, 甲と乙を統合; but not 甲に統合, which is what another becomes
_AFTER = (
    rf"{_MARKS}(?:"
    rf"(?:(?:の|が|との?|を|から|より)?|(?:を|から|より)[^、を]{{0,99}}[にへ])(?:{_RENAMED})"
    rf"|(?:から|より)(?:[^、を]{{0,99}}[にへ])?変更)"
)
_WORDS = re.compile("旧|前年度は|前の名前|改称|変更|統合")
_DENIED = re.compile("とは別|変更は?な[しい]")


def former_names(note: str, names: Collection[str]) -> list[str]:
    """Which of ``names`` (match keys) the ``note`` gives as former ones, in its order.

    They stand in it alone, or beside one of the words above. Any other mention says nothing:
    甲と連携 and 甲とは別の事業 are about another project.
    """
    note = own_note(note)
    for parts in ([note], _PARTS.split(note)):
        alone = [key for part in parts if (key := text.key(part).strip(_QUOTES))]
        if alone and all(key in names for key in alone):
            return alone
    return [name for clause in _CLAUSES.split(note) for name in _beside_words(clause, names)]


def _beside_words(clause: str, names: Collection[str]) -> list[str]:
    words = text.key(clause)
    if not _WORDS.search(words) or _DENIED.search(words):
        return []
    mentioned = sorted((n for n in names if n and n in words), key=len, reverse=True)
    if not mentioned:
        return []
    name = f"(?>{'|'.join(map(re.escape, mentioned))})"  # the longest one that stands there
    listed = f"{name}(?:{_AND}{name}){{0,{_MOST_MORE}}}+"
    said = re.finditer(f"{_BEFORE}({listed})|({listed}){_AFTER}", words)
    return [found for match in said for found in re.findall(name, match[1] or match[2])]
