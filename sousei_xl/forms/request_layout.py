"""The sheet 修正・確認依頼票: how a line of it is written, and what comes back in its 回答欄.

Apart from ``annotate``, which writes the sheet: most merges only read it. What is written and what
is understood of it stand side by side here, for an answer must be found again in any later round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sousei_xl import text
from sousei_xl.findings import Answer
from sousei_xl.forms.layout import Rows

SHEET = "修正・確認依頼票"
SPOT, NAME, WORDS, ANSWER = "セル", "事業名", "内容と直し方", "回答欄"
HEADINGS = ("No", "重要度", SPOT, NAME, WORDS, "入力値", "正しい値・例", ANSWER)

_READ = (SPOT, NAME, WORDS, ANSWER)
_WHOLE_FILE = "ファイル全体"
_MORE = "ほか"
_MOST_CELLS, _MOST_NAMES = 40, 8
_FEWEST_HEADINGS = 3  # left in a row of headings
_SPOT = re.compile(r"『(.*)』(.*)", re.DOTALL)
_CELLS = re.compile(r"(.*)\n［(.*)］", re.DOTALL)


# --- as it is written -----------------------------------------------------------------------------


def spot_of(sheet: str, cells: Sequence[str]) -> str:
    """What stands in セル: ``『事業』H8``, ``『事業』H8 ほか1か所``, ``ファイル全体``."""
    more = f" {_MORE}{len(cells) - 1}か所" if len(cells) > 1 else ""
    return f"『{sheet}』{''.join(cells[:1])}{more}" if sheet else _WHOLE_FILE


def words_of(request: str, cells: Sequence[str]) -> str:
    """What stands in 内容と直し方: the request, below it all its cells where it has several.

    Not all in the cell with the link: LibreOffice breaks no lines there.
    """
    if len(cells) < 2:
        return request
    others = len(cells) - _MOST_CELLS
    more = f" {_MORE}{others}か所" if others > 0 else ""
    return f"{request}\n［{'、'.join(cells[:_MOST_CELLS])}{more}］"


def names_of(named: Iterable[tuple[str, str]]) -> str:
    """What stands in 事業名. ``named`` are cell and 事業名; where a line has several names, each
    has its cell with it."""
    named = list(named)
    several = len({name for _, name in named}) > 1
    shown = list(
        dict.fromkeys(
            f"{cell}：{name}" if several and cell else name for cell, name in named if name
        )
    )
    if len(shown) > _MOST_NAMES:
        shown[_MOST_NAMES:] = [f"{_MORE}{len(shown) - _MOST_NAMES}件"]
    return "\n".join(shown)


# --- as it comes back -----------------------------------------------------------------------------


def read_answers(rows: Rows, file: str) -> Iterator[Answer]:
    """Every line that was answered, and what somebody wrote into 回答欄 where no line is, or over
    that heading. A sheet may lack 事業名: then it is blank."""
    columns: Mapping[str, int] = {name: HEADINGS.index(name) for name in _READ}
    for _, values in rows:
        words = [text.to_text(value) for value in values]
        found = _columns(words)
        columns = found or columns
        cells = {name: words[c] for name, c in columns.items() if c < len(words)}
        spot, name, asked, answer = (cells.get(heading, "") for heading in _READ)
        if found:
            spot = name = asked = ""
        if not text.is_blank(answer) and text.key(answer) != text.key(ANSWER):
            said = text.tidy(text.printable(answer)).value or ""
            yield Answer(file, spot, name, asked, said, *_asked_about(spot, name, asked))


def _columns(words: Sequence[str]) -> dict[str, int]:
    """Where a line's cells stand if these are the headings; empty for any other row.

    One that was written over is found by its place behind those that are left of it.
    """
    keys = [text.key(word) for word in words]
    found = {n: keys.index(text.key(n)) for n in HEADINGS if text.key(n) in keys}
    if len(found) < _FEWEST_HEADINGS:
        return {}
    columns = {}
    for place, name in enumerate(HEADINGS):
        before = next((h for h in HEADINGS[place::-1] if h in found), "")
        column = found[before] + place - HEADINGS.index(before) if before else place
        if name in _READ and (name in found or column not in found.values()):
            columns[name] = column
    return columns


def _asked_about(
    spot: str, name: str, words: str
) -> tuple[str, str, tuple[tuple[str, str], ...] | None]:
    """Sheet, request and cells of a line with their 事業名; None where not all cells are told."""
    at = _SPOT.fullmatch(spot)
    sheet, shown = (at[1], at[2]) if at else ("", "")
    several = _CELLS.fullmatch(words)
    request, told = (several[1], several[2]) if several else (words, shown)
    if f" {_MORE}" in told:
        return sheet, request.strip(), None
    cells = told.split("、")
    by_cell = dict(line.partition("：")[::2] for line in name.split("\n") if "：" in line)
    if by_cell.keys() & set(cells):
        return sheet, request.strip(), tuple((cell, by_cell.get(cell, "")) for cell in cells)
    of_all = "" if "\n" in name else name
    return sheet, request.strip(), tuple((cell, of_all) for cell in cells)
