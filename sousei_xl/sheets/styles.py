"""The named styles of all generated sheets, as XlsxWriter's format properties."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

RED, GREY, NAVY = "#C00000", "#808080", "#1F3864"
# Paper behind what is wrong, and what is to be looked at; letters and frames on it.
RED_PAPER, YELLOW_PAPER = "#FBE0DD", "#FFF2CC"
DARK_RED, DARK_YELLOW = "#9C0006", "#7F6000"

_BORDER = {"border": 1, "border_color": GREY}
# Named styles. Names can be combined, the later one winning: ``sheet.number(…, "number subtotal")``
STYLES: MappingProxyType[str, dict[str, Any]] = MappingProxyType(
    {
        "plain_wrap": {"text_wrap": True},
        "title": {"bold": True, "font_size": 14},
        "subtitle": {"bold": True, "font_size": 11},
        "note": {"font_size": 9, "font_color": "#404040", "text_wrap": True},
        "stamp": {"bold": True, "text_wrap": True},
        "banner": {
            "bold": True,
            "font_size": 12,
            "font_color": "#FFFFFF",
            "bg_color": RED,
            "text_wrap": True,
        },
        "header": {
            **_BORDER,
            "bold": True,
            "bg_color": "#DCE6F1",
            "align": "center",
            "text_wrap": True,
        },
        "text": _BORDER,
        "text_wrap": {**_BORDER, "text_wrap": True},
        "centre": {**_BORDER, "align": "center", "text_wrap": True},
        # A number that is too wide is printed smaller: #### says nothing.
        "number": {
            **_BORDER,
            "align": "right",
            "indent": 1,
            "num_format": "#,##0",
            "shrink": True,
        },
        "integer": {**_BORDER, "align": "center", "num_format": "0"},
        "percent": {
            **_BORDER,
            "align": "right",
            "indent": 1,
            "num_format": "0.0%",
            "shrink": True,
        },
        "link": {**_BORDER, "font_color": "#0563C1", "underline": 1, "text_wrap": True},
        # Emphasis, to be combined with one of the above.
        "band": {**_BORDER, "bold": True, "bg_color": "#EAF1DD"},
        "subtotal": {**_BORDER, "bold": True, "bg_color": "#F2F2F2"},
        "total": {**_BORDER, "bold": True, "bg_color": "#D9D9D9", "top": 2, "bottom": 2},
        "warning": {"bg_color": YELLOW_PAPER},
        "error": {"bg_color": RED_PAPER, "font_color": RED, "bold": True},
        "muted": {"font_color": GREY},
        "bold": {"bold": True},
        "indent": {"indent": 1},
        "small": {"font_size": 9},
        "tight": {"indent": 0, "shrink": True},
        "shrunk": {"shrink": True},
        "top": {"valign": "top"},
        # To be filled in, on a sheet whose other cells are locked.
        "input": {
            "border": 2,
            "border_color": NAVY,
            "bg_color": "#FFFDE7",
            "text_wrap": True,
            "valign": "top",
            "locked": False,
        },
        # What finds a row again: to be left alone, but readable.
        "key": {**_BORDER, "font_size": 7, "font_color": GREY, "text_wrap": True},
    }
)
