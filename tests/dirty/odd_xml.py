"""Kinds: XML that is unusual, but not wrong: it is read, and says what it says."""

from __future__ import annotations

from tests import zip_surgery as zs
from tests.dirty.hostile_xml import budget, swapped
from tests.dirty.kinds import FIRST, SECOND, Kind, Put

NESTED = "<a>" * 50_000 + "</a>" * 50_000


def _read(slug: str, title: str, put: Put, *found: str, first: int | None = FIRST) -> Kind:
    """Odd, but not wrong: it is read."""
    return Kind(slug, title, put, found, budgets=(first, SECOND))


def _styles(count: int) -> Put:
    return swapped("</cellXfs>", '<xf numFmtId="14"/>' * count + "</cellXfs>", "xl/styles.xml")


ODD = (
    _read(
        "rich-inline",
        "セルの中に直接書いた書式付きの文字",
        budget(
            '<c r="J4" t="inlineStr"><is><r><t>12</t></r><r><rPr><b/></rPr><t>00</t></r></is></c>'
        ),
        "A101 J4",
    ),
    _read("row-unnumbered", "行の番号がない", swapped('<row r="4"', "<row")),
    _read("text-between", "要素の間に文字がある", budget('<c r="J4">9<v>1200</v>9</c>')),
    _read("plus-sign", "符号の付いた数値（+1200）", budget('<c r="J4"><v>+1200</v></c>')),
    _read(
        "data-table",
        "データテーブルの数式",
        budget('<c r="J4"><f t="dataTable" ref="J4:J5" r1="A1"/><v>1200</v></c>'),
    ),
    _read(
        "array-uncached",
        "計算結果のない配列数式",
        budget('<c r="J4"><f t="array" ref="J4">600*2</f></c>'),
        "R111 J4",
        first=None,
    ),
    _read(
        "hexadecimal",
        "数値のセルに16進数",
        budget('<c r="J4"><v>0x4B0</v></c>'),
        "R105 J4",
        first=None,
    ),
    _read(
        "underscore",
        "数値のセルに1_200",
        budget('<c r="J4"><v>1_200</v></c>'),
        "R105 J4",
        first=None,
    ),
    _read(
        "error-as-text",
        "文字として入力された #REF!",
        budget('<c r="J4" t="str"><v>#REF!</v></c>'),
        "R105 J4",
        first=None,
    ),
    _read("many-styles", "書式が6万4千個", _styles(64_000)),
    _read("dimension-small", "使用範囲の記録が小さい", swapped('ref="A3:L5"', 'ref="A1"')),
    _read("dimension-huge", "使用範囲の記録が全面", swapped('ref="A3:L5"', 'ref="A1:XFD1048576"')),
    _read(
        "count-wrong", "共有文字列の数の記録が異なる", swapped('count="', 'count="9', zs.STRINGS)
    ),
    _read(
        "deep-nesting",
        "5万段の入れ子の要素",
        swapped("</worksheet>", f"<extLst>{NESTED}</extLst></worksheet>"),
    ),
    _read("style-outside", "書式の番号が範囲外", budget('<c r="J4" s="9999"><v>1200</v></c>')),
    _read("space-in-number", "数値に空白がある", budget('<c r="J4"><v> 1200 </v></c>'), "A101 J4"),
    _read("exponent", "指数で書いた数値", budget('<c r="J4"><v>1.2E3</v></c>')),
    _read(
        "dde",
        "cmdを呼ぶ数式（計算済みの値あり）",
        budget("<c r=\"J4\"><f>cmd|'/C calc'!A0</f><v>1200</v></c>"),
    ),
    _read(
        "web-formula",
        "Webを読む数式",
        budget('<c r="J4"><f>WEBSERVICE("http://x/")</f><v>1200</v></c>'),
    ),
    _read(
        "array-formula",
        "配列数式",
        budget('<c r="J4"><f t="array" ref="J4">{600*2}</f><v>1200</v></c>'),
    ),
    _read(
        "shared-formula",
        "共有された数式",
        budget('<c r="J4"><f t="shared" si="0"/><v>1200</v></c>'),
    ),
    _read(
        "not-a-number", "数値のセルにNaN", budget('<c r="J4"><v>NaN</v></c>'), "R105 J4", first=None
    ),
    _read(
        "word-as-number",
        "数値のセルに文字",
        budget('<c r="J4"><v>千二百</v></c>'),
        "R105 J4",
        first=None,
    ),
    _read(
        "beyond-double",
        "数値のセルに1E999",
        budget('<c r="J4"><v>1E999</v></c>'),
        "R105 J4",
        first=None,
    ),
    _read(
        "iso-date",
        "ISO形式の日付のセル",
        budget('<c r="J4" t="d"><v>2018-04-01</v></c>'),
        "R105 J4",
        first=None,
    ),
)

KINDS = ODD
