"""How a cell of the template looks (openpyxl), said as XlsxWriter's format properties."""

from __future__ import annotations

import colorsys
import re
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.text import InlineFont

_SIDES = ("left", "right", "top", "bottom")
_BORDERS = {
    "thin": 1,
    "medium": 2,
    "dashed": 3,
    "dotted": 4,
    "thick": 5,
    "double": 6,
    "hair": 7,
    "mediumDashed": 8,
    "dashDot": 9,
    "mediumDashDot": 10,
    "dashDotDot": 11,
    "mediumDashDotDot": 12,
    "slantDashDot": 13,
}
_PATTERNS = {
    "solid": 1,
    "mediumGray": 2,
    "darkGray": 3,
    "lightGray": 4,
    "darkHorizontal": 5,
    "darkVertical": 6,
    "darkDown": 7,
    "darkUp": 8,
    "darkGrid": 9,
    "darkTrellis": 10,
    "lightHorizontal": 11,
    "lightVertical": 12,
    "lightDown": 13,
    "lightUp": 14,
    "lightGrid": 15,
    "lightTrellis": 16,
    "gray125": 17,
    "gray0625": 18,
}
_HORIZONTAL = {
    "left": "left",
    "center": "center",
    "right": "right",
    "fill": "fill",
    "justify": "justify",
    "centerContinuous": "center_across",
    "distributed": "distributed",
}
_VERTICAL = {
    "top": "top",
    "center": "vcenter",
    "bottom": "bottom",
    "justify": "vjustify",
    "distributed": "vdistributed",
}
_UNDERLINES = {"single": 1, "double": 2, "singleAccounting": 33, "doubleAccounting": 34}
_SCRIPTS = {"superscript": 1, "subscript": 2}
# Order of the colours in a workbook's theme; Excel counts light before dark.
_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{i}" for i in range(1, 7)), "hlink", "folHlink")
_STACKED = 255  # letters below each other: XlsxWriter calls this 270


class Palette:
    """The colours of one workbook: RGB, theme colours with tint, indexed ones."""

    def __init__(self, workbook: Workbook) -> None:
        xml = workbook.loaded_theme or b""
        theme = xml.decode("utf-8", "replace") if isinstance(xml, bytes) else str(xml)
        self._theme: list[str] = []
        for name in _THEME:
            match = re.search(
                rf"<a:{name}>\s*<a:(?:srgbClr val|sysClr [^>]*lastClr)=\"([0-9A-Fa-f]{{6}})", theme
            )
            self._theme.append(match[1] if match else "")
        self._indexed = list(workbook._colors)

    def rgb(self, color: Any) -> str:
        """``#DCE6F1``; empty for an automatic colour or one that cannot be resolved."""
        if color is None:
            return ""
        if color.type == "theme":
            base = self._theme[color.theme] if color.theme < len(self._theme) else ""
        elif color.type == "indexed":
            known = color.indexed < len(self._indexed)
            base = str(self._indexed[color.indexed])[-6:] if known else ""
        else:
            base = str(color.rgb)[-6:] if color.type == "rgb" else ""
        if not re.fullmatch(r"[0-9A-Fa-f]{6}", base):
            return ""
        return f"#{_tinted(base, color.tint or 0.0)}"


def _tinted(rgb: str, tint: float) -> str:
    """Excel's tint: below 0 towards black, above 0 towards white, in HLS."""
    if not tint:
        return rgb.upper()
    red, green, blue = (int(rgb[i : i + 2], 16) / 255 for i in (0, 2, 4))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    channels = colorsys.hls_to_rgb(hue, light, saturation)
    return "".join(f"{round(c * 255):02X}" for c in channels)


def look_of(cell: Any, palette: Palette, font: Any = None) -> dict[str, Any]:
    """Format properties of a cell: font, fill, borders, alignment, number format.

    ``font`` stands for the cell's own one, where its text begins with a run in another.
    """
    look = {
        **_font(font or cell.font, palette),
        **_fill(cell.fill, palette),
        **_borders(cell.border, palette),
    }
    alignment = cell.alignment
    look["valign"] = _VERTICAL.get(alignment.vertical, "bottom")
    if alignment.horizontal in _HORIZONTAL:
        look["align"] = _HORIZONTAL[alignment.horizontal]
    if alignment.wrap_text:
        look["text_wrap"] = True
    if alignment.shrink_to_fit:
        look["shrink"] = True
    if alignment.indent:
        look["indent"] = int(alignment.indent)
    if rotation := int(alignment.text_rotation or 0):
        upwards = rotation <= 90
        look["rotation"] = 270 if rotation == _STACKED else rotation if upwards else 90 - rotation
    if cell.number_format and cell.number_format != "General":
        look["num_format"] = cell.number_format
    return look


def _font(font: Any, palette: Palette) -> dict[str, Any]:
    look: dict[str, Any] = {
        "font_name": font.rFont if isinstance(font, InlineFont) else font.name,
        "font_size": float(font.sz) if font.sz else None,
        "bold": bool(font.b),
        "italic": bool(font.i),
        "font_strikeout": bool(font.strike),
        "underline": _UNDERLINES.get(font.u or "", 0),
        "font_script": _SCRIPTS.get(font.vertAlign or "", 0),
        "font_color": palette.rgb(font.color),
    }
    return {name: value for name, value in look.items() if value}


def _fill(fill: Any, palette: Palette) -> dict[str, Any]:
    stops = getattr(fill, "stop", None)
    if stops:  # a gradient becomes its first colour
        return _colours(bg_color=palette.rgb(stops[0].color))
    pattern = _PATTERNS.get(getattr(fill, "patternType", None) or "", 0)
    if not pattern:
        return {}
    fore, back = palette.rgb(fill.fgColor), palette.rgb(fill.bgColor)
    if pattern == 1:
        return _colours(bg_color=fore)
    return {"pattern": pattern, **_colours(fg_color=fore, bg_color=back)}


def _borders(border: Any, palette: Palette) -> dict[str, Any]:
    look: dict[str, Any] = {}
    for name in _SIDES:
        side = getattr(border, name)
        if side is not None and side.style in _BORDERS:
            look[name] = _BORDERS[side.style]
            look.update(_colours(**{f"{name}_color": palette.rgb(side.color)}))
    ways = (1 if border.diagonalUp else 0) + (2 if border.diagonalDown else 0)
    side = border.diagonal
    if ways and side is not None and side.style in _BORDERS:
        look |= {"diag_type": ways, "diag_border": _BORDERS[side.style]}
        look.update(_colours(diag_color=palette.rgb(side.color)))
    return look


def _colours(**colours: str) -> dict[str, str]:
    return {name: colour for name, colour in colours.items() if colour}
