"""How high a text stands in its cell, and where the pages break. Knows no writer and no rule.

Heights and page heights are points, column widths Excel's characters (one is 7 pixels at 96 dpi).
Excel and LibreOffice measure text with the fonts of the machine, so everything here errs on the
side of a little white space: a line cut in half on a printed list is worse.
"""

from __future__ import annotations

import math
import re
import string
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

MAX_ROW_HEIGHT = 409.0  # Excel's limit
MIN_FONT_SIZE = 6.0
MAX_BREAKS = 1023  # Excel's limit per sheet
_SCREEN_WIDTH = 1280  # pixels of columns, beside the row numbers, of a screen of 1366 by 768
LEAST_ZOOM = 80  # per cent
# Printers lay rows out a few per cent higher or lower than the screen.
_SAFETY = 0.97
_PADDING = 4.0  # above and below the text together
_NARROWER = 0.98  # printers set a line up to two per cent wider than the screen
# Widths of BIZ UDPゴシック (the default, and the widest of the usual Japanese fonts), averaged over
# its bold face's metrics (hmtx, in ems): 0.775 capitals, 0.747 digits; 0.637 small letters.
_HIGH_EM, _LOW_EM = 0.78, 0.65
_HIGH = string.ascii_uppercase.encode() + string.digits.encode()
# 禁則: what must not start a line stays with the character before it, what must not end one with
# the one after it; words in Roman letters and numbers (10,000,000) are not torn.
_NO_START = (
    "、。，．・：；？！）」』】〕〉》］｝ー～〜々ゝゞヽヾ,.:;?!)]}%"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
_NO_END = "（「『【〔〈《［｛([{"
_ASCII = re.compile(r"[\x00-\x7f]")
_WORD = r"[A-Za-z0-9@#$&'_/+-]+(?:[,.:][A-Za-z0-9]+)*"
_START, _END = re.escape(_NO_START), re.escape(_NO_END)
# A run of wide characters of which any may end a line, or something that is not torn.
_RUNS = re.compile(
    rf"([^\x00-\x7f{_START}{_END}]+)(?![{_START}])|([{_END}]*(?:{_WORD}|.)[{_START}]*)"
)
# Lines of these fonts stand far apart, or close together (Excel gives BIZ UD and MS Gothic, which
# have the same metrics, 1.19 to 1.25 of their size); all others stay below the default.
_LINE_HEIGHTS = (
    *((name, 1.75) for name in ("游", "Yu ")),
    *((name, 1.7) for name in ("メイリオ", "Meiryo")),
    *((name, 1.3) for name in ("BIZ UD", "ＭＳ", "MS ")),
)
_LINE_HEIGHT = 1.45


def column_pixels(width: float) -> int:
    """Excel's width in characters → pixels, as Excel and XlsxWriter round it; 0 is hidden."""
    return int(width * 7 + 0.5) + 5 if width else 0


def column_width(pixels: float) -> float:
    """Pixels → Excel's width in characters."""
    return max(pixels - 5, 0) / 7


def total_pixels(widths: Iterable[float]) -> int:
    """Width of all these columns side by side."""
    return sum(map(column_pixels, widths))


def screen_zoom(widths: Iterable[float], least: int = LEAST_ZOOM) -> int:
    """Per cent at which columns of these widths are all seen on an office's screen.

    Not below ``least``: who scrolls in any case wants to read.
    """
    return min(100, max(least, 100 * _SCREEN_WIDTH // total_pixels(widths)))


@lru_cache(maxsize=64)
def line_height(size: float, font: str = "") -> float:
    """Height of one line of text in points."""
    factor = next((f for name, f in _LINE_HEIGHTS if font.startswith(name)), _LINE_HEIGHT)
    return size * factor


@lru_cache(maxsize=4096)
def _ems(text: str) -> float:
    """Width in units of the font size; whatever is not ASCII counts as full width."""
    roman = text.encode("ascii", "ignore")
    low = len(roman.translate(None, _HIGH))
    return len(text) - (1 - _LOW_EM) * low - (1 - _HIGH_EM) * (len(roman) - low)


@lru_cache(maxsize=256)
def characters(width: float, size: float) -> float:
    """How many full-width characters fit on a line: so many of any kind, none is wider."""
    return max((column_pixels(width) - 7) * 0.75 * _NARROWER / size, 1.0)


def count_lines(text: str, width: float, size: float) -> int:
    """How many lines the text takes when wrapped in a column of that width (at least 1)."""
    room = characters(width, size)
    if len(text) <= room and "\n" not in text:  # most cells; no character is wider than an em
        return 1
    return _wrapped_lines(text, room)


@lru_cache(maxsize=256)  # the same text is asked about several times in a row
def _wrapped_lines(text: str, room: float) -> int:
    lines, whole = 0, int(room)
    for paragraph in text.split("\n"):
        wide, paragraph = _wide_lines(paragraph, whole)
        lines += wide + 1
        if _ems(paragraph) <= room:
            continue
        used = 0.0
        for run, token in _RUNS.findall(paragraph):
            if run:
                over = len(run) - int(room - used)  # what is left for the lines that follow
                begun = max(math.ceil(over / whole), 0)
                lines += begun
                used = over - (begun - 1) * whole if begun else used + len(run)
                continue
            ems = _ems(token)
            if used and used + ems > room:
                lines += 1
                used = 0.0
            used += ems
            if used > room:  # a word longer than the line is torn
                full = math.ceil(used / room) - 1
                lines += full
                used -= full * room
    return lines


def _wide_lines(text: str, whole: int) -> tuple[int, str]:
    """How many lines of wide characters alone, up to ``whole`` of them, the text begins with, and
    the rest."""
    lines = start = 0
    while len(text) - start > whole and not _ASCII.search(text, start, start + whole + 1):
        end = start + whole
        while end > start and (text[end] in _NO_START or text[end - 1] in _NO_END):
            end -= 1
        if end == start:  # nothing here may end a line
            break
        lines, start = lines + 1, end
    return lines, text[start:]


def text_height(text: str, width: float, size: float, font: str) -> float:
    """Points that a wrapped text needs; not limited to what a row of Excel can have."""
    return count_lines(text, width, size) * line_height(size, font) + _PADDING


def fitted(text: str, width: float, size: float, font: str) -> tuple[float, float]:
    """The largest font size up to ``size`` with which the text fits the highest row of Excel, and
    the points that it needs then.

    Half points down to 6: a text that is too long even then is the schema's business, which limits
    texts far below.
    """
    while (height := text_height(text, width, size, font)) > MAX_ROW_HEIGHT:
        if size <= MIN_FONT_SIZE:
            break
        size = max(size - 0.5, MIN_FONT_SIZE)
    return size, height


def paginate(
    heights: Sequence[float],
    page_height: float,
    *,
    repeat: tuple[int, int] | None = None,
    starts: Collection[int] = (),
    with_next: Collection[int] = (),
    with_previous: Collection[int] = (),
) -> list[int]:
    """Rows (indices into ``heights``) above which a page break stands.

    ``repeat`` (first, last) are the rows that Excel repeats on top of every page. Each row of
    ``starts`` begins a page; a row of ``with_next`` is never the last of a page, one of
    ``with_previous`` never the first. More than 1,023 breaks are more than Excel can hold: then
    only ``starts`` break and Excel finds the other pages itself.
    """
    room = page_height * _SAFETY
    repeated = sum(heights[repeat[0] : repeat[1] + 1]) if repeat else 0.0
    first_body = repeat[1] + 1 if repeat else 0
    breaks: list[int] = []
    used = 0.0

    def turn(row: int) -> None:
        nonlocal used
        breaks.append(row)
        used = repeated if row >= first_body else 0.0

    for block in _blocks(len(heights), set(starts), set(with_next), set(with_previous)):
        height = sum(heights[row] for row in block)
        page_is_fresh = block[0] == (breaks[-1] if breaks else 0)
        if not page_is_fresh and (block[0] in starts or used + height > room):
            turn(block[0])
        for row in block:
            # Only a block that is higher than a page gets here with too little room.
            if used + heights[row] > room and row != (breaks[-1] if breaks else 0):
                turn(row)
            used += heights[row]
    if len(breaks) > MAX_BREAKS:
        return sorted(row for row in starts if row)[:MAX_BREAKS]
    return breaks


def _blocks(
    count: int, starts: set[int], with_next: set[int], with_previous: set[int]
) -> list[range]:
    """Runs of rows that must not be torn apart."""
    blocks: list[range] = []
    first = 0
    for row in range(1, count + 1):
        tied = row < count and row not in starts and (row - 1 in with_next or row in with_previous)
        if not tied:
            blocks.append(range(first, row))
            first = row
    return blocks
