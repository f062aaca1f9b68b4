"""Marks on cells: conditional formats that carry our tag and lie over every other one.

They leave the cell's own look alone, so that taking them out brings it back. Never colour alone:
a marked cell has a border and a comment, and the left edge of its row says 要修正 or 要確認 in
words, by a number format that puts them in front of what the cell shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sousei_xl.addresses import cell_address
from sousei_xl.forms.annotate.markup import Document, Element
from sousei_xl.forms.annotate.styles import Styles
from sousei_xl.forms.annotate.worksheet import ORDER, Worksheet, position

ERROR, QUESTION = "要修正", "要確認"
SIGNS = {ERROR: "▶要修正", QUESTION: "▷要確認"}
# Always true; the text in it tells our marks from the department's own formats.
TAG = "sousei_xl"
_CONDITION = f'N("{TAG}")=0'

DARK_RED, RED_PAPER = "FF9C0006", "FFFFD9D6"
DARK_YELLOW, YELLOW_PAPER = "FF7F6000", "FFFFF2CC"
EDGES = {ERROR: ("FFFFFFFF", "FFC00000"), QUESTION: ("FF3F3000", "FFFFD966")}


def clean(sheet: Worksheet) -> None:
    """Take our formats of an earlier round out."""
    document = sheet.document
    for area in document.root.all("conditionalFormatting"):
        rules = area.all("cfRule")
        mine = [rule for rule in rules if _is_ours(rule)]
        if mine:
            document.remove(*([area] if len(mine) == len(rules) else mine))


def _is_ours(rule: Element) -> bool:
    return any(f'"{TAG}"' in formula.text for formula in rule.all("formula"))


def _rank(document: Document, first: int) -> None:
    """Number all rules of the sheet from ``first`` on, keeping their order."""
    ranked = [rule for rule in document.root.below("cfRule") if rule.attribute("priority")]
    ranks = {n: i for i, n in enumerate(sorted({r.number("priority") for r in ranked}), first)}
    for rule in ranked:
        document.set(rule, "priority", str(ranks[rule.number("priority")]))


def mark(
    sheet: Worksheet,
    cells: Mapping[str, str],
    edges: Mapping[str, str],
    styles: Styles,
) -> None:
    """Mark cells and edges (address → severity) of a clean sheet, above all other formats."""
    looks = [(edges, severity, _edge_look(styles, severity)) for severity in SIGNS] + [
        (cells, severity, _cell_look(styles, severity)) for severity in SIGNS
    ]
    groups = [
        (spots, look)
        for wanted, severity, look in looks
        if (spots := [cell for cell, found in wanted.items() if found == severity])
    ]
    document = sheet.document
    _rank(document, len(groups) + 1)
    outer, rule, formula = (
        document.tag(name) for name in ("conditionalFormatting", "cfRule", "formula")
    )
    condition = _CONDITION.replace('"', "&quot;")
    # First in rank for Excel, and first in order for LibreOffice, which goes by that.
    first = document.root.find("conditionalFormatting")
    for priority, (spots, look) in enumerate(groups, 1):
        xml = (
            f'<{outer} sqref="{" ".join(_areas(spots))}">'
            f'<{rule} type="expression" dxfId="{look}" priority="{priority}">'
            f"<{formula}>{condition}</{formula}></{rule}></{outer}>"
        )
        if first is None:
            document.place("conditionalFormatting", xml, ORDER)
        else:
            document.before(first, xml)


def _cell_look(styles: Styles, severity: str) -> int:
    if severity == ERROR:
        font, fill, line = DARK_RED, RED_PAPER, styles.box("thin", "FFC00000")
    else:
        font, fill, line = DARK_YELLOW, YELLOW_PAPER, styles.box("dashed", "FFBF8F00")
    return styles.difference(styles.font(color=font, bold=True), fill, line)


def _edge_look(styles: Styles, severity: str) -> int:
    font, fill = EDGES[severity]
    sign = f'"{SIGNS[severity]}　"'
    minus = f'"{SIGNS[severity]}　-"'
    words = f"{sign}General;{minus}General;{sign}General;{sign}@"
    return styles.difference(styles.font(color=font, bold=True), fill, number_format=words)


def _areas(cells: Iterable[str]) -> list[str]:
    """Cells as few ranges: runs of neighbours in one column become one."""
    runs: list[list[int]] = []
    for column, row in sorted((column, row) for row, column in map(position, cells)):
        if runs and runs[-1][0] == column and runs[-1][2] == row - 1:
            runs[-1][2] = row
        else:
            runs.append([column, row, row])
    return [
        cell_address(top, column) + (f":{cell_address(bottom, column)}" if bottom > top else "")
        for column, top, bottom in runs
    ]
