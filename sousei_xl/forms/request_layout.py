"""The sheet 修正・確認依頼票 as it comes back: headings, and what was written into 回答欄.

Apart from ``annotate``, which writes the sheet: most merges only read it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sousei_xl import text
from sousei_xl.forms.layout import Rows

SHEET = "修正・確認依頼票"
SPOT, WORDS, ANSWER = "セル", "内容と直し方", "回答欄"
HEADINGS = ("No", "重要度", SPOT, "事業名", WORDS, "入力値", "正しい値・例", ANSWER)


def read_answers(rows: Rows) -> Iterator[tuple[str, str, str]]:
    """(セル, 内容と直し方, 回答欄) of every line that was answered, as they stand there."""
    columns: list[int] = []
    for _, values in rows:
        words = [text.to_text(value) for value in values]
        if not columns:
            if ANSWER in words and WORDS in words:
                columns = [
                    words.index(name) if name in words else HEADINGS.index(name)
                    for name in (SPOT, WORDS, ANSWER)
                ]
            continue
        spot, said, answer = (words[c] if c < len(words) else "" for c in columns)
        if answer.strip():
            yield spot, said, answer
