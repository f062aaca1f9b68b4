"""The sheet 修正・確認依頼票 as it comes back: headings, and what was written into 回答欄.

Apart from ``annotate``, which writes the sheet: most merges only read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sousei_xl import text
from sousei_xl.forms.layout import Rows

SHEET = "修正・確認依頼票"
SPOT, NAME, WORDS, ANSWER = "セル", "事業名", "内容と直し方", "回答欄"
HEADINGS = ("No", "重要度", SPOT, NAME, WORDS, "入力値", "正しい値・例", ANSWER)

_READ = (SPOT, NAME, WORDS, ANSWER)


class Answered(NamedTuple):
    """A line of the request sheet that was answered, as it stands there."""

    spot: str
    name: str
    words: str
    answer: str


def read_answers(rows: Rows) -> Iterator[Answered]:
    """Every line that was answered. A sheet may lack 事業名: then it is blank."""
    columns: dict[str, int] = {}
    for _, values in rows:
        words = [text.to_text(value) for value in values]
        if not columns:
            if ANSWER in words and WORDS in words:
                found = {name: words.index(name) for name in _READ if name in words}
                columns = {SPOT: HEADINGS.index(SPOT)} | found
            continue
        cells = {name: words[c] for name, c in columns.items() if c < len(words)}
        line = Answered(*(cells.get(name, "") for name in _READ))
        if line.answer.strip():
            yield line
