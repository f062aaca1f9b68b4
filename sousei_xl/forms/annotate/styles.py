"""The looks of our sheet and marks, added to the file's own styles, each once.

Indices of what is there already never change: every cell of the department refers to them.
"""

from __future__ import annotations

import posixpath

from sousei_xl.forms.annotate.markup import Document, Element, Unmarkable, attributes, escape
from sousei_xl.forms.annotate.package import HEAD, MAIN, Package

_ORDER = (
    *("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"),
    *("tableStyles", "colors", "extLst"),
)
_USED = ("fonts", "fills", "borders", "cellXfs", "dxfs")
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
# What a workbook without styles has at least; Excel wants the first two fills to be these.
_BARE = (
    f'{HEAD}<styleSheet xmlns="{MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_FIRST_FREE_FORMAT = 164  # below it, numbers of formats belong to Excel


class Styles:
    """The part ``styles.xml``; ``save`` writes it back."""

    def __init__(self, package: Package, workbook: str) -> None:
        self._package = package
        self._part = package.target(workbook, "styles")
        if not self._part:
            usual = posixpath.join(posixpath.dirname(workbook), "styles.xml")
            if package.name(usual):  # a part that nothing refers to: which one would readers take?
                raise Unmarkable(usual)
            self._part = package.add(usual, _BARE.encode(), _TYPE)
            package.relate(workbook, "styles", self._part)
        self._document = Document(package.content(self._part))
        for name in _USED:
            if self._document.root.find(name) is None:
                self._document.place(name, f"<{self._tag(name)}/>", _ORDER)
        self._document = Document(self._document.result())
        self._collections = {name: self._collection(name) for name in _USED}
        self._known = {
            name: [self._document.raw(child) for child in element.children]
            for name, element in self._collections.items()
        }
        self._formats = {
            element.attribute("formatCode"): element.number("numFmtId")
            for element in self._document.root.below("numFmt")
        }

    def save(self) -> None:
        """Write the part, with counts that are right."""
        for name, element in self._collections.items():
            if len(self._known[name]) > len(element.children):
                self._document.set(element, "count", str(len(self._known[name])))
        self._package.write(self._part, self._document.result())

    def cell(self, font: str, fill: str = "", border: str = "", alignment: str = "") -> int:
        """The index of a cell's look. ``fill`` is a colour; the others are the XML inside."""
        pattern, front = self._tag("patternFill"), self._tag("fgColor")
        solid = f'<{pattern} patternType="solid"><{front} rgb="{fill}"/></{pattern}>'
        ids = {
            "fontId": self._add("fonts", "font", font),
            "fillId": self._add("fills", "fill", solid) if fill else 0,
            "borderId": self._add("borders", "border", border) if border else 0,
        }
        applied = {"applyFont": 1, "applyFill": 1 if fill else None}
        applied |= {"applyBorder": 1 if border else None, "applyAlignment": 1}
        values = attributes(numFmtId=0, **ids, xfId=0, **applied)
        return self._add("cellXfs", "xf", f"<{self._tag('alignment')}{alignment}/>", values)

    def difference(
        self, font: str, fill: str, border: str = "", number_format: str | None = None
    ) -> int:
        """The index of a look that a conditional format lays over a cell's own."""
        number = ""
        if number_format is not None:
            values = attributes(
                numFmtId=self._format_number(number_format), formatCode=number_format
            )
            number = f"<{self._tag('numFmt')}{values}/>"
        pattern, back = self._tag("patternFill"), self._tag("bgColor")
        parts = (
            self._wrap("font", font),
            number,
            self._wrap("fill", f'<{pattern}><{back} rgb="{fill}"/></{pattern}>'),
            self._wrap("border", border) if border else "",
        )
        return self._add("dxfs", "dxf", "".join(parts))

    def font(
        self, size: float | None = None, color: str = "", name: str = "", **marks: bool
    ) -> str:
        """The inside of a font; ``marks`` are ``bold`` and ``underline``."""
        parts = []
        if marks.get("bold"):
            parts.append(f"<{self._tag('b')}/>")
        if marks.get("underline"):
            parts.append(f"<{self._tag('u')}/>")
        if size is not None:
            parts.append(f'<{self._tag("sz")} val="{size:g}"/>')
        if color:
            parts.append(f'<{self._tag("color")} rgb="{color}"/>')
        if name:
            parts.append(f'<{self._tag("name")} val="{escape(name)}"/>')
        return "".join(parts)

    def box(self, style: str, color: str, sides: str = "left right top bottom") -> str:
        """The inside of a border with the same line on these sides."""
        line = f'<{self._tag("color")} rgb="{color}"/>'
        return "".join(
            f'<{self._tag(side)} style="{style}">{line}</{self._tag(side)}>'
            if side in sides.split()
            else f"<{self._tag(side)}/>"
            for side in ("left", "right", "top", "bottom")
        )

    def _tag(self, name: str) -> str:
        return self._document.tag(name)

    def _wrap(self, name: str, inside: str, values: str = "") -> str:
        return f"<{self._tag(name)}{values}>{inside}</{self._tag(name)}>"

    def _add(self, collection: str, name: str, inside: str, values: str = "") -> int:
        xml = self._wrap(name, inside, values)
        known = self._known[collection]
        if xml.encode() not in known:
            known.append(xml.encode())
            self._document.append(self._collections[collection], xml)
        return known.index(xml.encode())

    def _collection(self, name: str) -> Element:
        element = self._document.root.find(name)
        if element is None:
            raise Unmarkable(f"no {name}")
        return element

    def _format_number(self, code: str) -> int:
        """The number of a number format: that of the same code, or a free one."""
        highest = max([_FIRST_FREE_FORMAT - 1, *self._formats.values()])
        return self._formats.setdefault(code, highest + 1)
