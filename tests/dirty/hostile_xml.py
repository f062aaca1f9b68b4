"""Kinds: workbooks whose zip is whole and whose XML is damaged or meant to do harm."""

from __future__ import annotations

from collections.abc import Callable

from tests import zip_surgery as zs
from tests.dirty.forms import PART, refused, write
from tests.dirty.kinds import Kind, Put
from tests.dirty.makers import like_excel

BUDGET = '<c r="J4"><v>1200</v></c>'
INDEX = '<c r="B4" t="s"><v>'
DTD = '<!DOCTYPE x [<!ENTITY a "b">]>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def excel(change: Callable[[bytes], bytes]) -> Put:
    """A form with shared strings, as Excel writes it, operated on."""
    return lambda inbox, slug: write(inbox, f"{slug}.xlsx", change(like_excel(slug)))


def swapped(old: str, new: str, part: str = PART) -> Put:
    """The form with one text of one part exchanged."""
    return excel(lambda d: zs.replace(d, part, old, new))


def recoded(encoding: str, part: str = PART) -> Put:
    """The form with one part in another encoding."""

    def change(content: bytes) -> bytes:
        text = zs.unpack(content)[part].decode().replace("UTF-8", encoding)
        return zs.add(content, part, text.encode(encoding))

    return excel(change)


def budget(cell: str) -> Put:
    """The form with another cell in the place of the first row's budget."""
    return swapped(BUDGET, cell)


def _xml(slug: str, title: str, put: Put, code: str = "F103") -> Kind:
    return refused(slug, title, put, code)


def _raw(old: bytes, new: bytes, part: str = PART) -> Put:
    def change(content: bytes) -> bytes:
        found = zs.unpack(content)[part]
        assert old in found
        return zs.add(content, part, found.replace(old, new, 1))

    return excel(change)


def _sheet_kind(kind: str) -> Put:
    return swapped('relationships/worksheet"', f'relationships/{kind}"', zs.WORKBOOK_RELS)


BROKEN = (
    _xml(
        "number-as-inline",
        "文字の種類のセルに数値",
        budget('<c r="J4" t="inlineStr"><v>1200</v></c>'),
        "F107",
    ),
    _xml(
        "number-as-inline-slow",
        "文字の種類のセルに数値（注釈のあるシート）",
        budget('<!-- --><c r="J4" t="inlineStr"><v>1200</v></c>'),
        "F107",
    ),
    _xml("cell-twice", "同じセルが二つある", budget(BUDGET + BUDGET)),
    _xml("row-fraction", "行番号が小数", swapped('<row r="5"', '<row r="4.5"')),
    _xml(
        "cells-in-extension",
        "拡張の中にもう一つ表がある",
        swapped("</worksheet>", "<extLst><sheetData/></extLst></worksheet>"),
    ),
    _xml(
        "foreign-cell",
        "行の中に別の語彙のセルがある",
        budget(f'{BUDGET}<z:c xmlns:z="urn:z" r="K4" t="str"><z:v>別の内容</z:v></z:c>'),
    ),
    _xml(
        "formula-behind",
        "値の後ろに数式がある",
        budget('<c r="J4"><v>1200</v><f>600*2</f></c>'),
        "F107",
    ),
    _xml(
        "address-reference",
        "セル番地が文字参照（J&#52;）",
        budget('<c r="J&#52;"><v>1200</v></c>'),
        "F106",
    ),
    _xml(
        "cell-extension",
        "セルの中に拡張の要素がある",
        budget('<c r="J4"><v>1200</v><extLst><ext uri="x"/></extLst></c>'),
        "F106",
    ),
    _xml(
        "waiting-error",
        "取得中のエラー値（#GETTING_DATA）",
        budget('<c r="J4" t="e"><v>#GETTING_DATA</v></c>'),
        "F107",
    ),
    _xml("utf-16-workbook", "workbook.xmlがUTF-16", recoded("UTF-16", zs.WORKBOOK)),
    _xml("latin-1", "文字コードをISO-8859-1と偽った", swapped("UTF-8", "ISO-8859-1")),
    _xml("tags-crossed", "タグの対応が崩れている", swapped("</c></row>", "</row></c>")),
    _xml("sheet-cut", "シートのXMLが途中まで", swapped("</sheetData>", "")),
    _xml("strings-cut", "共有文字列のXMLが途中まで", swapped("</sst>", "", zs.STRINGS)),
    _xml("workbook-cut", "workbook.xmlが途中まで", swapped("</workbook>", "", zs.WORKBOOK)),
    _xml("styles-cut", "styles.xmlが途中まで", swapped("</styleSheet>", "", "xl/styles.xml")),
    _xml("rels-cut", "relsが途中まで", swapped("</Relationships>", "", zs.WORKBOOK_RELS)),
    _xml("utf-16", "シートがUTF-16", recoded("UTF-16")),
    _xml("utf-16-strings", "共有文字列がUTF-16", recoded("UTF-16", zs.STRINGS)),
    _xml("shift-jis", "共有文字列がシフトJIS", recoded("Shift_JIS", zs.STRINGS)),
    _xml("not-utf-8", "UTF-8として誤りのある文字", _raw("施策".encode(), b"\xe6\x96", zs.STRINGS)),
    _xml("surrogate", "片方だけのサロゲート", _raw("施策".encode(), b"\xed\xa0\x80", zs.STRINGS)),
    _xml(
        "surrogate-reference",
        "片方だけのサロゲート（&#xD800;）",
        swapped("施策", "&#xD800;", zs.STRINGS),
    ),
    _xml("null-byte", "XMLの中に0の文字", _raw("施策".encode(), b"\0", zs.STRINGS)),
    _xml("control-reference", "使えない制御文字（&#7;）", swapped("施策", "&#7;", zs.STRINGS)),
    _xml("unknown-entity", "定義のない実体（&nbsp;）", swapped("施策", "&nbsp;", zs.STRINGS)),
    _xml("attribute-twice", "同じ属性が二つある", swapped('<row r="4"', '<row r="4" r="4"')),
    _xml("prefix-unbound", "宣言のない接頭辞", swapped("<sheetData>", "<x:a/><sheetData>")),
    _xml("two-roots", "XMLの根が二つある", swapped("</worksheet>", "</worksheet><worksheet/>")),
    _xml("no-cells", "シートに表の部分がない", swapped("sheetData>", "sheetDate>")),
    _xml("cells-twice", "表の部分が二つある", swapped("</sheetData>", "</sheetData><sheetData/>")),
    _xml("row-negative", "行番号が負", swapped('<row r="4"', '<row r="-4"')),
    _xml("row-zero", "行番号が0", swapped('<row r="4"', '<row r="0"')),
    _xml("rows-crossed", "行の順が逆", swapped('<row r="4"', '<row r="9"')),
    _xml("row-twice", "同じ行が二度ある", swapped('<row r="5"', '<row r="4"')),
    _xml("cell-elsewhere", "別の行のセル番地", budget('<c r="J9"><v>1200</v></c>')),
    _xml("cells-crossed", "セルの順が逆", budget('<c r="B4"><v>1200</v></c>')),
    _xml("cell-wraps", "桁あふれする行番号", budget('<c r="J4294967300"><v>1200</v></c>')),
    _xml("column-outside", "XFDより右の列", budget('<c r="XFE4"><v>1200</v></c>')),
    _xml("cell-lower-case", "小文字のセル番地", budget('<c r="j4"><v>1200</v></c>')),
    _xml("cell-nameless", "番地でないセル番地", budget('<c r="R4C10"><v>1200</v></c>')),
    _xml(
        "merge-nowhere",
        "結合セルの範囲が番地でない",
        swapped("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A"/></mergeCells>'),
    ),
    _xml(
        "dimension-absurd", "使用範囲の記録が番地でない", swapped('ref="A3:L5"', 'ref="-"'), "F106"
    ),
    _xml(
        "strings-missing", "共有文字列の部品がない", excel(lambda d: zs.drop(d, zs.STRINGS)), "F107"
    ),
    _xml(
        "string-nested",
        "共有文字列の中に共有文字列",
        swapped("</si>", "<si><t>a</t></si></si>", zs.STRINGS),
    ),
    _xml(
        "string-misplaced",
        "共有文字列の中の誤った場所に文字",
        swapped("</si>", "<x><t>a</t></x></si>", zs.STRINGS),
    ),
    _xml("string-outside", "共有文字列の番号が範囲外", swapped(INDEX, f"{INDEX}9999"), "F107"),
    _xml("string-negative", "共有文字列の番号が負", swapped(INDEX, f"{INDEX}-"), "F107"),
    _xml(
        "strings-elsewhere",
        "共有文字列が別の場所",
        swapped("sharedStrings.xml", "strings.xml", zs.WORKBOOK_RELS),
    ),
    _xml("unknown-type", "セルの種類が不明", budget('<c r="J4" t="q"><v>1200</v></c>'), "F107"),
    _xml(
        "unknown-error",
        "知らないエラー値（#SPILL!）",
        budget('<c r="J4" t="e"><v>#SPILL!</v></c>'),
        "F107",
    ),
    _xml("comment-in-value", "値の途中に注釈", budget('<c r="J4"><v>12<!-- -->00</v></c>'), "F107"),
    _xml(
        "cdata-value", "値がCDATA", budget('<c r="J4" t="str"><v><![CDATA[1200]]></v></c>'), "F107"
    ),
    _xml("two-values", "一つのセルに値が二つ", budget('<c r="J4"><v>1200</v><v>9</v></c>'), "F107"),
    _xml("bool-in-words", "真偽値が言葉", budget('<c r="J4" t="b"><v>true</v></c>'), "F107"),
    _xml(
        "sheet-loop",
        "シートがworkbook.xml自身を指す",
        swapped("worksheets/sheet2.xml", "workbook.xml", zs.WORKBOOK_RELS),
    ),
    _xml(
        "sheet-shared",
        "二つのシートが同じ部品を指す",
        swapped("sheet2.xml", "sheet1.xml", zs.WORKBOOK_RELS),
    ),
    _xml(
        "sheet-named-twice",
        "同じ名前のシートが二つ",
        swapped('name="事業"', 'name="回答票"', zs.WORKBOOK),
    ),
    _xml("sheet-nameless", "シートの名前が空", swapped('name="事業"', 'name=""', zs.WORKBOOK)),
    _xml(
        "sheet-nowhere",
        "シートの参照先がない",
        swapped('Id="rId2"', 'Id="rId99"', zs.WORKBOOK_RELS),
    ),
)

HARMFUL = (
    _xml("dtd", "文書型定義（DTD）", swapped("<worksheet", f"{DTD}<worksheet"), "F105"),
    _xml(
        "laughs",
        "入れ子の実体（billion laughs）",
        swapped("<sst", f"{LAUGHS}<sst", zs.STRINGS),
        "F105",
    ),
    _xml(
        "outer-entity",
        "外部のファイルを読む実体",
        swapped("<sst", f"{FILE}<sst", zs.STRINGS),
        "F105",
    ),
    _xml(
        "dtd-in-comments",
        "コメントの部品のDTD",
        excel(lambda d: zs.add(d, "xl/comments9.xml", DTD)),
        "F105",
    ),
    _xml(
        "dtd-utf-16",
        "UTF-16に隠したDTD",
        excel(lambda d: zs.add(d, "xl/drawings/drawing9.xml", DTD.encode("utf-16"))),
        "F105",
    ),
    _xml("macro-sheet", "Excel 4.0 マクロのシート", _sheet_kind("xlMacrosheet"), "F105"),
    _xml("dialog-sheet", "ダイアログのシート", _sheet_kind("dialogsheet"), "F105"),
    _xml(
        "macro-disguised",
        "ワークシートと偽ったマクロのシート",
        excel(lambda d: zs.add(d, PART, zs.unpack(d)[PART].replace(b"worksheet", b"macrosheet"))),
        "F105",
    ),
)

KINDS = (*BROKEN, *HARMFUL)
