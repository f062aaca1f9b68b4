"""Comments of a returned workbook: how our part of one is written, and what is the department's.

Apart from ``annotate``, which writes them: the reader's child asks this of every comment, and most
merges only read. Our part begins with a line of its own and ends with one; a department may have
written before it and behind it. The parts of earlier versions have no last line.
"""

from __future__ import annotations

from collections.abc import Iterable

SEPARATOR = "―― 事務局の点検より（差戻し） ――"
SEPARATOR_OF_QUESTIONS = "―― 事務局の点検より（確認のお願い） ――"  # where nothing is wrong
END = "―― 点検はここまで ――"


def our_part(separator: str, words: str) -> str:
    """Words as they are written into a comment, or below what stands there already."""
    return f"{separator}\n{words}\n{END}"


def spans(words: str) -> list[tuple[int, int]]:
    """Where in a comment our parts stand, with the line break that joins them to the others."""
    found: list[tuple[int, int]] = []
    position = 0
    while begins := [
        at for s in (SEPARATOR, SEPARATOR_OF_QUESTIONS) if (at := words.find(s, position)) >= 0
    ]:
        begin = min(begins)
        end = words.find(END, begin)
        position = end = len(words) if end < 0 else end + len(END)
        if words[max(begin - 1, 0) : begin] == "\n":
            begin -= 1
        elif words[end : end + 1] == "\n":
            end += 1
        found.append((begin, end))
    return found


def outside(spans: Iterable[tuple[int, int]], words: str, begin: int = 0, end: int = -1) -> str:
    """What stands outside of these spans, of a stretch of a comment or of all of it."""
    end = len(words) if end < 0 else end
    kept = []
    for first, last in spans:
        kept.append(words[begin : min(first, end)])
        begin = max(begin, last)
    return "".join((*kept, words[begin:end]))


def own_words(words: str) -> str:
    """What the department wrote into a comment itself."""
    return outside(spans(words), words)
