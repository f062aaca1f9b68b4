"""The rows of the request sheet as a worksheet's XML, one page wide on A4 landscape."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sousei_xl.addresses import cell_address
from sousei_xl.forms.annotate.marks import EDGES, ERROR, QUESTION
from sousei_xl.forms.annotate.markup import attributes, escape, string
from sousei_xl.forms.annotate.package import HEAD, MAIN
from sousei_xl.forms.annotate.request import WIDTHS, Cell, Request, Row
from sousei_xl.forms.annotate.styles import Styles
from sousei_xl.sheets import pages

_NAVY, _GREY, _LINE, _PALE = "FF1F3864", "FF595959", "FFA6A6A6", "FFDCE6F1"
_WHITE, _LINK, _RED, _PAPER = "FFFFFFFF", "FF0563C1", "FFC00000", "FFFFFFF0"
_WRAP = {"vertical": "center", "wrapText": 1}
_TOP = {"vertical": "top", "wrapText": 1}
_CENTRE = {"horizontal": "center", **_WRAP}
_INDENT = {**_WRAP, "horizontal": "left", "indent": 1}
_CELL = {**_TOP, "horizontal": "left", "indent": 1}

# Style → font (size, colour, bold, underlined), fill, border (line, colour, sides), alignment.
_Look = tuple[tuple[float, str, bool, bool], str, tuple[str, str, str], Mapping[str, object]]
_SIDES = "left right top bottom"
_BOX, _NO_BOX = ("thin", _LINE, _SIDES), ("", "", "")


def _look(
    size: float = 10.5,
    color: str = "FF000000",
    *,
    bold: bool = False,
    underline: bool = False,
    fill: str = "",
    box: tuple[str, str, str] = _NO_BOX,
    alignment: Mapping[str, object] = MappingProxyType(_WRAP),
) -> _Look:
    return (size, color, bold, underline), fill, box, alignment


_LOOKS: Mapping[str, _Look] = {
    "title": _look(18, _NAVY, bold=True, alignment={"vertical": "center"}),
    "right": _look(10.5, _GREY, alignment={"horizontal": "right", "vertical": "center"}),
    "name": _look(13, bold=True, alignment={"vertical": "center"}),
    "text": _look(),
    "meaning": _look(alignment=_INDENT),
    "section": _look(
        11.5, _NAVY, bold=True, box=("medium", _NAVY, "bottom"), alignment={"vertical": "center"}
    ),
    "step": _look(11.5, _NAVY, bold=True, alignment=_CENTRE),
    "label": _look(bold=True, fill=_PALE, box=_BOX, alignment=_CENTRE),
    "value": _look(bold=True, box=_BOX, alignment=_INDENT),
    "header": _look(color=_WHITE, bold=True, fill=_NAVY, box=_BOX, alignment=_CENTRE),
    "cell": _look(box=_BOX, alignment=_CELL),
    "number": _look(box=_BOX, alignment={**_TOP, "horizontal": "center"}),
    "link": _look(color=_LINK, underline=True, box=_BOX, alignment=_CELL),
    "answer": _look(fill=_PAPER, box=("thin", _NAVY, _SIDES), alignment=_CELL),
    "error": _look(color=_RED, bold=True, box=_BOX, alignment={**_TOP, "horizontal": "center"}),
    "question": _look(
        color="FF7F6000", bold=True, box=_BOX, alignment={**_TOP, "horizontal": "center"}
    ),
    "sign_error": _look(
        color=EDGES[ERROR][0], bold=True, fill=EDGES[ERROR][1], box=_BOX, alignment=_CENTRE
    ),
    "sign_question": _look(
        color=EDGES[QUESTION][0], bold=True, fill=EDGES[QUESTION][1], box=_BOX, alignment=_CENTRE
    ),
    "sign_comment": _look(color=_RED, bold=True, box=_BOX, alignment=_CENTRE),
    "sign_plain": _look(bold=True, box=_BOX, alignment=_CENTRE),
}


def write_page(request: Request, styles: Styles, font: str) -> bytes:
    """The worksheet part."""
    looks = {name: _style(look, styles, font) for name, look in _LOOKS.items()}
    rows = "".join(_row(row, number, looks) for number, row in enumerate(request.rows, 1))
    cells = [
        (cell_address(number, cell.column + 1), cell, number)
        for number, row in enumerate(request.rows, 1)
        for cell in row.cells
    ]
    merged = [
        f'<mergeCell ref="{spot}:{cell_address(number, cell.column + cell.span)}"/>'
        for spot, cell, number in cells
        if cell.span > 1
    ]
    links = [
        f"<hyperlink{attributes(ref=spot, location=cell.link, display=cell.words)}/>"
        for spot, cell, _ in cells
        if cell.link
    ]
    columns = "".join(
        f'<col min="{i}" max="{i}" width="{pages.column_pixels(width) / 7:.4f}" customWidth="1"/>'
        for i, width in enumerate(WIDTHS, 1)
    )
    first = cell_address(request.header + 2, len(WIDTHS))
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}">'
        f'<sheetPr><tabColor rgb="{_RED}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{cell_address(len(request.rows), len(WIDTHS))}"/>'
        '<sheetViews><sheetView showGridLines="0" tabSelected="1"'
        f'{attributes(zoomScale=pages.screen_zoom(WIDTHS))} workbookViewId="0">'
        f'<selection activeCell="{first}" sqref="{first}"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols>'
        f"<sheetData>{rows}</sheetData>"
        f"{_list('mergeCells', merged)}{_list('hyperlinks', links)}"
        '<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>'
        f"<headerFooter><oddFooter>{escape('&C&9&P / &N')}</oddFooter></headerFooter>"
        "</worksheet>"
    ).encode()


def _style(look: _Look, styles: Styles, font: str) -> int:
    (size, color, bold, underline), fill, (line, ink, sides), alignment = look
    return styles.cell(
        styles.font(size, color, font, bold=bold, underline=underline),
        fill,
        styles.box(line, ink, sides) if line else "",
        attributes(**alignment),
    )


def _row(row: Row, number: int, looks: Mapping[str, int]) -> str:
    cells = "".join(_cell(cell, number, looks[cell.style]) for cell in row.cells)
    # A line of the table grows with its answer; Excel never fits rows with merged cells.
    grows = any(cell.style == "answer" for cell in row.cells)
    height = attributes(ht=f"{row.height:g}", customHeight=None if grows else 1)
    return f'<row r="{number}"{height}>{cells}</row>'


def _cell(cell: Cell, number: int, look: int) -> str:
    spot = cell_address(number, cell.column + 1)
    blanks = "".join(
        f'<c r="{cell_address(number, column + 1)}" s="{look}"/>'
        for column in range(cell.column + 1, cell.column + cell.span)
    )
    if not cell.words:
        return f'<c r="{spot}" s="{look}"/>{blanks}'
    if cell.style == "number":
        return f'<c r="{spot}" s="{look}"><v>{cell.words}</v></c>{blanks}'
    words = f'<is><t xml:space="preserve">{string(cell.words)}</t></is>'
    return f'<c r="{spot}" s="{look}" t="inlineStr">{words}</c>{blanks}'


def _list(name: str, items: list[str]) -> str:
    return f"<{name}>{''.join(items)}</{name}>" if items else ""
