"""The boxes in which comments are shown: shapes in a VML part, one for each comment.

Excel writes VML that is not always well-formed, so shapes are cut out with expressions instead of
a parser. Sizes and places are pixels on the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from sousei_xl.forms.annotate.worksheet import Worksheet, position

_SHAPE = re.compile(rb"<((?:[\w.-]+:)?)shape\s.*?</\1shape\s*>", re.DOTALL)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?xml(?:\s[^>]*)?>", re.DOTALL)
_CLOSED = re.compile(rb"</(?:[\w.-]+:)?xml\s*>\s*\Z")
_ANCHOR = re.compile(rb"(<((?:[\w.-]+:)?)Anchor>)[^<]*(</\2Anchor>)")
_SIZE = re.compile(rb"((?:width|height)):[^;'\"]*")
_ROW, _COLUMN = (re.compile(rb"<(?:[\w.-]+:)?%b>\s*(\d+)\s*<" % n) for n in (b"Row", b"Column"))
_NOTE = re.compile(rb"""ObjectType\s*=\s*["']Note["']""")
_NUMBER = re.compile(rb"""id\s*=\s*["']_x0000_s(\d+)["']""")
_NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_BLOCK = 1024  # numbers of shapes that belong to one sheet
_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_GAP, _RAISED = 15, 10  # pixels to the right of the cell and above its upper edge


def new_part(sheet_number: int) -> bytes:
    """A VML part without boxes, for the sheet with this number (from 1)."""
    names = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in _NAMESPACES.items())
    return (
        f'<xml{names}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{sheet_number}"/>'
        f"</o:shapelayout>{_TYPE}</xml>"
    ).encode()


def is_empty(vml: bytes) -> bool:
    """True where the part holds no shape at all."""
    return _SHAPE.search(vml) is None


def remove(vml: bytes, cells: Iterable[str]) -> bytes:
    """The part without the boxes of these cells."""
    gone = {position(cell) for cell in cells}
    for found in reversed(list(_notes(vml))):
        if _place(found[0]) in gone:
            vml = vml[: found.start()] + vml[found.end() :]
    return vml


def put(
    vml: bytes, sheet: Worksheet, sheet_number: int, sizes: Mapping[str, tuple[int, int]]
) -> bytes:
    """The part with a box of that size (cell → width, height) for every cell.

    A box that is there keeps everything but its size and place.
    """
    wanted = {position(cell): size for cell, size in sizes.items()}
    for found in reversed(list(_notes(vml))):
        place = _place(found[0])
        size = wanted.pop(place, None) if place else None
        if place and size:
            resized = _resize(found[0], _anchor(sheet, place, size), size)
            vml = vml[: found.start()] + resized + vml[found.end() :]
    taken = [int(number) for number in _NUMBER.findall(vml)]
    number = max(taken, default=_BLOCK * sheet_number)
    declared = _ROOT.search(vml)
    known = declared[0] if declared else b""
    names = "".join(
        f' xmlns:{prefix}="{name}"'
        for prefix, name in _NAMESPACES.items()
        if f'xmlns:{prefix}="{name}"'.encode() not in known
    )
    boxes = []
    if b'id="_x0000_t202"' not in vml:
        boxes.append(_TYPE.replace("<v:shapetype", f"<v:shapetype{names}", 1))
    for order, (place, size) in enumerate(wanted.items(), 1):
        boxes.append(_box(number + order, names, place, _anchor(sheet, place, size), size))
    end = _CLOSED.search(vml)
    at = end.start() if end else len(vml)
    return vml[:at] + "".join(boxes).encode() + vml[at:]


def _notes(vml: bytes) -> Iterator[re.Match[bytes]]:
    return (found for found in _SHAPE.finditer(vml) if _NOTE.search(found[0]))


def _place(shape: bytes) -> tuple[int, int] | None:
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    return (int(row[1]) + 1, int(column[1]) + 1) if row and column else None


def _resize(shape: bytes, anchor: str, size: tuple[int, int]) -> bytes:
    """An anchor rules where there is one; without it, the style does."""
    if _ANCHOR.search(shape):
        return _ANCHOR.sub(rb"\g<1>%b\g<3>" % anchor.encode(), shape, count=1)
    points = {b"width": size[0] * 0.75, b"height": size[1] * 0.75}
    return _SIZE.sub(lambda m: b"%b:%.2fpt" % (m[1], points[m[1]]), shape, count=2)


def _box(
    number: int, names: str, place: tuple[int, int], anchor: str, size: tuple[int, int]
) -> str:
    width, height = (f"{pixels * 0.75:g}pt" for pixels in size)
    return (
        f'<v:shape{names} id="_x0000_s{number}" type="#_x0000_t202" '
        f'style="position:absolute;margin-left:60pt;margin-top:1.5pt;width:{width};'
        f'height:{height};z-index:{number % _BLOCK};visibility:hidden" fillcolor="#ffffe1" '
        'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" '
        'obscured="t"/><v:path o:connecttype="none"/><v:textbox '
        'style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{place[0] - 1}</x:Row><x:Column>{place[1] - 1}</x:Column></x:ClientData></v:shape>"
    )


def _anchor(sheet: Worksheet, place: tuple[int, int], size: tuple[int, int]) -> str:
    """Where a box of that size stands: first column, pixels into it, first row, …, last row."""
    row, column = place
    top = _walk(sheet.row_pixels, max(row - 1, 1), _RAISED if row > 1 else 0)
    bottom = _walk(sheet.row_pixels, top[0], top[1] + size[1])
    left = _walk(sheet.column_pixels, column + 1, _GAP)
    right = _walk(sheet.column_pixels, left[0], left[1] + size[0])
    spots = (left, top, right, bottom)
    return ", ".join(f"{number - 1}, {offset}" for number, offset in spots)


def _walk(pixels: Callable[[int], int], number: int, distance: int) -> tuple[int, int]:
    """The row or column at that distance from the start of ``number``, and pixels into it."""
    while distance >= (length := pixels(number)):
        distance -= length
        number += 1
    return number, distance
