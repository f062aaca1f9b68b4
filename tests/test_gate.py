"""The gate: every hostile or damaged kind has its finding, every normal workbook passes."""

from __future__ import annotations

import datetime as dt
import io
import random
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.worksheet.datavalidation import DataValidation

from sousei_xl.catalogue import RULES
from sousei_xl.findings import Place, finding
from sousei_xl.forms.comment_layout import END, SEPARATOR, SEPARATOR_OF_QUESTIONS, our_part
from sousei_xl.intake import gate, worker
from sousei_xl.intake.gate import Inspection, inspect
from sousei_xl.intake.gate import strings as shared
from sousei_xl.intake.gate.cells import any_cells, take_apart, usual_cells
from sousei_xl.intake.gate.workbook import SheetPart
from sousei_xl.intake.gate.worksheet import inspect_sheet
from sousei_xl.intake.notice import Notice, Refused
from sousei_xl.intake.read import read_one
from tests import zip_surgery as zs
from tests.mutation_oracle import bug

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
PLAIN = zs.bare_book(zs.sheet_xml(ONE))


def rows(*cells: str, number: int = 1) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def book(*cells: str, strings: str = "", before: str = "", after: str = "") -> bytes:
    return zs.bare_book(zs.sheet_xml(rows(*cells), before, after), strings)


def many_sheets(count: int) -> bytes:
    sheets = "".join(f'<sheet name="s{i}" sheetId="{i}" r:id="rId1"/>' for i in range(1, count + 1))
    return zs.replace(PLAIN, zs.WORKBOOK, '<sheet name="事業" sheetId="1" r:id="rId1"/>', sheets)


def with_sheet_kind(kind: str) -> bytes:
    return zs.replace(PLAIN, zs.WORKBOOK_RELS, "/worksheet", f"/{kind}")


def changed_byte(data: bytes) -> bytes:
    """One bit of the packed sheet is another: only the checksum tells."""
    at = data.index(zs.SHEET.encode()) + len(zs.SHEET) + 40
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
OFFICE_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
DTD = '<!DOCTYPE x [<!ENTITY a "b">]>'
UTF16 = zs.sheet_xml(ONE).replace("UTF-8", "UTF-16").encode("utf-16")
LATIN = zs.sheet_xml(ONE).replace("UTF-8", "ISO-8859-1")
BINARY = bytes(range(256)) * 8

# kind → (bytes, code and variant, file name unless it is a.xlsx)
REFUSED: dict[str, tuple[Callable[[], bytes], str] | tuple[Callable[[], bytes], str, str]] = {
    "comments": (
        lambda: commented("".join(comment(f"A{i}", "x") for i in range(1, 20_002))),
        "F104 comments",
    ),
    "comments cut short": (
        lambda: zs.add(commented(comment("A1", "x")), "xl/comments7.xml", "<comments><comm"),
        "F103",
    ),
    "comments with entities": (
        lambda: zs.add(commented(""), "xl/comments7.xml", "<!DOCTYPE c><comments/>"),
        "F105",
    ),
    "password": (lambda: zs.compound("EncryptionInfo", "EncryptedPackage"), "F101"),
    "rights": (lambda: zs.compound("DRMEncryptedDataSpace"), "F101 rights"),
    "zip password": (lambda: zs.set_flag(PLAIN, 1), "F101"),
    "xls": (lambda: zs.compound("Workbook"), "F102 xls", "a.xls"),
    "xls named xlsx": (lambda: zs.compound("Workbook"), "F102 xls"),
    "word": (lambda: zs.compound("WordDocument"), "F102"),
    "docx": (lambda: zs.add(PLAIN, "word/document.xml", "<x/>"), "F102"),
    "any zip": (lambda: zs.pack({"a.txt": "a"}), "F102"),
    "xlsb": (lambda: zs.add(PLAIN, "xl/workbook.bin", b"\x01"), "F102 xlsb", "a.xlsb"),
    "ods": (lambda: zs.pack({"mimetype": "x", "content.xml": "<x/>"}), "F102 ods", "a.ods"),
    "csv": (lambda: "施策,事業名\n".encode("cp932"), "F102 text", "a.csv"),
    "csv named xlsx": (lambda: "施策,事業名\n".encode("utf-8-sig"), "F102 text"),
    "unicode text": (lambda: "施策\t事業名".encode("utf-16"), "F102 text"),
    "html": (lambda: b"\r\n<html><table></table>", "F102 html"),
    "html 2": (lambda: b"<!DOCTYPE html>\n<title>x", "F102 html", "a.xls"),
    "mhtml": (lambda: b"MIME-Version: 1.0\r\n", "F102 html", "a.xls"),
    "xml 2003": (
        lambda: b'<?xml version="1.0"?><Workbook xmlns="' + OFFICE_2003 + b'">',
        "F102 xml",
        "a.xls",
    ),
    "pdf": (lambda: b"%PDF-1.7\n\x00\x01", "F102 pdf"),
    "empty": (lambda: b"", "F102 empty"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0", "F102"),
    "renamed": (lambda: PLAIN, "F102 renamed", "a.xls"),
    "template": (lambda: PLAIN, "F102 renamed", "a.XLTX"),
    "strict": (
        lambda: zs.replace(PLAIN, "_rels/.rels", zs.RELATIONS, STRICT),
        "F102 strict",
    ),
    "half": (lambda: PLAIN[: len(PLAIN) // 2], "F103 half"),
    "preallocated": (
        lambda: PLAIN[: len(PLAIN) // 2].ljust(99_999, b"\0"),
        "F103 half",
    ),
    "nothing copied yet": (lambda: bytes(9_999), "F103 half"),
    "byte changed": (lambda: changed_byte(PLAIN), "F103"),
    "bytes before": (lambda: b"PK\x03\x04" + PLAIN, "F103 structure"),
    "directory cut": (lambda: PLAIN[:-40] + PLAIN[-22:], "F103"),
    "other name inside": (
        lambda: PLAIN.replace(b"xl/workbook.xml", b"xl/workbooc.xml", 1),
        "F103",
    ),
    "backslashes": (
        lambda: PLAIN.replace(b"xl/worksheets/sheet1", b"xl\\worksheets\\sheet1"),
        "F103 structure",
    ),
    "larger than declared": (lambda: zs.declare(PLAIN, zs.SHEET, 90), "F103"),
    "smaller than declared": (lambda: zs.declare(PLAIN, zs.SHEET, 999), "F103"),
    "mismatched tags": (
        lambda: zs.replace(PLAIN, zs.SHEET, "</c></row>", "</row></c>"),
        "F103 sheet",
    ),
    "sheet cut": (
        lambda: zs.replace(PLAIN, zs.SHEET, "</sheetData></worksheet>", ""),
        "F103 sheet",
    ),
    "workbook cut": (
        lambda: zs.replace(PLAIN, zs.WORKBOOK, "</workbook>", ""),
        "F103",
    ),
    "strings cut": (
        lambda: zs.replace(book(strings=zs.strings_xml("a")), zs.STRINGS, "</sst>", ""),
        "F103",
    ),
    "styles cut": (lambda: zs.add(PLAIN, "xl/styles.xml", "<styleSheet>"), "F103"),
    "no sheet part": (lambda: zs.drop(PLAIN, zs.SHEET), "F103 structure"),
    "no relations": (lambda: zs.drop(PLAIN, zs.WORKBOOK_RELS), "F103 structure"),
    "strings elsewhere": (
        lambda: zs.replace(
            book(strings=zs.strings_xml("a")), zs.WORKBOOK_RELS, "sharedStrings.xml", "s.xml"
        ),
        "F103 structure",
    ),
    "one part, two sheets": (lambda: many_sheets(2), "F103 structure"),
    "cells out of order": (
        lambda: book('<c r="B1"><v>1</v></c>', '<c r="A1"><v>1</v></c>'),
        "F103 sheet",
    ),
    "cell twice": (
        lambda: book('<c r="A1"><v>1</v></c>', '<c r="A1"><v>2</v></c>'),
        "F103 sheet",
    ),
    "rows out of order": (
        lambda: zs.bare_book(zs.sheet_xml(rows(number=2) + ONE)),
        "F103 sheet",
    ),
    "cell of another row": (lambda: book('<c r="A2"><v>1</v></c>'), "F103 sheet"),
    "row wraps around": (
        lambda: book('<c r="A4294967297"><v>1</v></c>'),
        "F103 sheet",
    ),
    "column outside": (lambda: book('<c r="XFE1"><v>1</v></c>'), "F103 sheet"),
    "row outside": (
        lambda: zs.bare_book(zs.sheet_xml(rows('<c r="A1048577"><v>1</v></c>', number=1048577))),
        "F103 sheet",
    ),
    "two sheetData": (
        lambda: book('<c r="A1"><v>1</v></c>', after=f"<sheetData>{ONE}</sheetData>"),
        "F103 sheet",
    ),
    "no sheetData": (
        lambda: zs.bare_book(f'<worksheet xmlns="{zs.MAIN}"/>'),
        "F103 sheet",
    ),
    "utf-16 sheet": (
        lambda: zs.bare_book("", more={zs.SHEET: UTF16}),
        "F103 encoding",
    ),
    "utf-16 without mark": (
        lambda: zs.bare_book("", more={zs.SHEET: zs.sheet_xml(ONE).encode("utf-16-le")}),
        "F103 encoding",
    ),
    "latin sheet": (lambda: zs.bare_book(LATIN), "F103 encoding"),
    "file too large": (lambda: b"PK\x03\x04" + bytes(21_000_000), "F104 size"),
    "1 GB in 1 MB": (lambda: zs.bomb(PLAIN, "xl/media/a.bin", 1000), "F104 unpacked"),
    "packed too well": (lambda: zs.bomb(PLAIN, zs.STRINGS, 30), "F104 ratio"),
    "too many parts": (
        lambda: zs.pack({f"x{i}.xml": "" for i in range(2_001)}),
        "F104 entries",
    ),
    "too many sheets": (lambda: many_sheets(101), "F104 sheets"),
    "last cell of the grid": (
        lambda: zs.bare_book(zs.sheet_xml(rows('<c r="XFD1048576"><v>1</v></c>', number=1048576))),
        "F104 row",
    ),
    "row 20,001": (
        lambda: zs.bare_book(zs.sheet_xml(ONE + rows('<c r="A20001"><v>1</v></c>', number=20001))),
        "F104 row",
    ),
    "stray XFD10001": (
        lambda: zs.bare_book(zs.sheet_xml(rows('<c r="XFD10001"><v>1</v></c>', number=10001))),
        "F104 area",
    ),
    "far blank text": (
        lambda: zs.bare_book(
            zs.sheet_xml(rows('<c r="XFD10001" t="str"><f>""</f><v></v></c>', number=10001))
        ),
        "F104 area",
    ),
    "too many cells": (
        lambda: zs.bare_book(zs.sheet_xml(f"<row>{'<c><v>1</v></c>' * 1_000_001}</row>")),
        "F104 cells",
    ),
    "too many merged": (
        lambda: book(
            after="<mergeCells>"
            + "".join(f'<mergeCell ref="A{r}:B{r}"/>' for r in range(1, 20_002))
            + "</mergeCells>"
        ),
        "F104 merged",
    ),
    "too many strings declared": (
        lambda: book(strings=zs.strings_xml("a", attributes=' uniqueCount="4294967295"')),
        "F104 strings",
    ),
    "DTD": (
        lambda: zs.replace(PLAIN, zs.SHEET, "<worksheet", f"{DTD}<worksheet"),
        "F105",
    ),
    "DTD in comments": (lambda: zs.add(PLAIN, "xl/comments1.xml", DTD), "F105"),
    "DTD in utf-16": (
        lambda: zs.add(PLAIN, "xl/drawings/drawing1.xml", DTD.encode("utf-16")),
        "F105",
    ),
    "part twice": (lambda: zs.twice(PLAIN, zs.SHEET), "F105 duplicate"),
    "part twice, other case": (
        lambda: zs.twice(PLAIN, zs.SHEET, "XL/Worksheets/Sheet1.xml"),
        "F105 duplicate",
    ),
    "path upwards": (lambda: zs.add(PLAIN, "xl/../../x.xml", ""), "F105 path"),
    "absolute path": (lambda: zs.add(PLAIN, "/etc/x.xml", ""), "F105 path"),
    "drive": (lambda: zs.add(PLAIN, "C:/x.xml", ""), "F105 path"),
    "macro sheet": (lambda: with_sheet_kind("xlMacrosheet"), "F105 macro_sheet", "a.xlsm"),
    "dialog sheet": (lambda: with_sheet_kind("dialogsheet"), "F105 macro_sheet"),
    "macro sheet in disguise": (
        lambda: zs.bare_book(zs.sheet_xml(ONE).replace("worksheet", "macrosheet")),
        "F105 macro_sheet",
        "a.xlsm",
    ),
    "comment in a value": (
        lambda: book('<c r="A1"><v>1<!---->2</v></c>'),
        "F107 cell",
    ),
    "reference in a number": (
        lambda: book('<c r="A1"><v>1&#50;</v></c>'),
        "F107 cell",
    ),
    "cdata in a value": (
        lambda: book('<c r="A1" t="str"><v><![CDATA[a]]></v></c>'),
        "F107 cell",
    ),
    "number as an inline text": (
        lambda: book('<!-- --><c r="A1" t="inlineStr"><v>1</v></c>'),
        "F107 cell",
    ),
    "tag within a text": (
        lambda: book('<c r="A1" t="inlineStr"><is><t>a<rPh><t>b</t></rPh>c</t></is></c>'),
        "F107 cell",
    ),
    "tag within a shared text": (
        lambda: book(strings=zs.strings_xml("<t>a<rPh><t>b</t></rPh>c</t>")),
        "F103",
    ),
    "two values": (lambda: book('<c r="A1"><v>1</v><v>2</v></c>'), "F107 cell"),
    "string index outside": (
        lambda: book('<c r="A1" t="s"><v>1</v></c>', strings=zs.strings_xml("a")),
        "F107 cell",
    ),
    "string index no number": (
        lambda: book('<c r="A1" t="s"><v>x</v></c>', strings=zs.strings_xml("a")),
        "F107 cell",
    ),
    "truth in words": (lambda: book('<c r="A1" t="b"><v>false</v></c>'), "F107 cell"),
    "unknown type": (lambda: book('<c r="A1" t="q"><v>1</v></c>'), "F107 cell"),
    "unknown error": (
        lambda: book('<c r="A1" t="e"><v>#SPILL!</v></c>'),
        "F107 error",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_hostile_and_damaged_files_are_refused_with_a_cure(kind: str) -> None:
    make, expected, *names = REFUSED[kind]
    notice = inspect(make(), *(names or ["a.xlsx"])).refusal
    assert notice is not None
    assert f"{notice.code} {notice.variant}".strip() == expected
    said = finding(notice.code, Place(), variant=notice.variant, **notice.params)
    assert said.message.endswith("。")
    assert said.cure.endswith("。")


def test_the_table_knows_every_refusal_of_the_gate() -> None:
    codes = ("F101", "F102", "F103", "F104", "F105")
    known = {f"{code} {variant}".strip() for code in codes for variant in RULES[code].texts}
    by_reader = {"F103 locked", "F103 gone", "F103 unreadable"}
    assert known - {row[1] for row in REFUSED.values()} == by_reader | {"F104"}


def test_a_limit_names_itself_and_the_cell() -> None:
    notice = inspect(REFUSED["stray XFD10001"][0](), "a.xlsx").refusal
    assert notice is not None
    said = str(finding(notice.code, Place(), variant=notice.variant, **notice.params))
    assert "『事業』" in said
    assert "XFD10001" in said
    assert "20,000,000" in said


def test_stored_cells_are_counted_over_all_sheets() -> None:
    sheet = SheetPart("事業", "visible", "", zs.sheet_xml(ONE).encode())
    assert inspect_sheet(sheet, shared.SharedStrings(), False, True, allowance=1).cells == 1
    with pytest.raises(Refused) as refused:
        inspect_sheet(sheet, shared.SharedStrings(), False, True, allowance=0)
    assert refused.value.notice.variant == "cells"


# --- what is struck through ----------------------------------------------------------------------

STYLES = (
    f'<styleSheet xmlns="{zs.MAIN}"><fonts><font/><font><strike/></font>'
    '<font><b/><strike val="0"/></font></fonts>'
    '<cellXfs><xf fontId="0"/><xf fontId="1"/><xf fontId="2"/></cellXfs>'
    "<dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>"
)
LINE, BOLD = "<rPr><strike/></rPr>", "<rPr><b/></rPr>"


def runs(*texts: tuple[str, str]) -> str:
    return "".join(f"<r>{look}<t>{words}</t></r>" for look, words in texts)


def struck(cells: str, *strings: str, styles: str = STYLES) -> dict[str, str]:
    sheet = zs.sheet_xml(f'<row r="1">{cells}</row>')
    more = {"xl/styles.xml": styles} if styles else {}
    found = inspect(
        zs.bare_book(sheet, zs.strings_xml(*strings) if strings else "", more), "a.xlsx"
    )
    assert found.refusal is None
    return dict(found.sheets[0].struck)


def test_what_is_struck_through_by_the_font_of_its_cell() -> None:
    cells = "".join(f'<c r="{"ABC"[i]}1" s="{i}"><v>{i}</v></c>' for i in range(3))
    assert struck(f'{cells}<c r="D1" s="1"/><c r="E1" s="1"><f>A1</f><v>0</v></c>') == {
        "B1": "",
        "E1": "",
    }
    prefixed = STYLES.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    assert struck('<c s="1"><v>1</v></c><c s="1"/><c s="1"><v>2</v></c>', styles=prefixed) == {
        "A1": "",
        "C1": "",
    }


def test_what_is_struck_through_in_a_part_of_a_text() -> None:
    texts = (
        runs(("", "残す"), (LINE, "消す")),
        runs((LINE, "消す"), (BOLD + "", "残す"), (LINE, "これも")),
        runs((LINE, "全部"), (LINE, " ")) + '<rPh sb="0" eb="1"><t>ゼンブ</t></rPh>',
        runs((BOLD, "残す")),
        "ただの文字",
    )
    cells = "".join(f'<c r="{"ABCDE"[i]}1" t="s"><v>{i}</v></c>' for i in range(5))
    told = {"A1": "消す", "B1": "消す…これも", "C1": ""}
    assert struck(cells, *texts) == struck(cells, *texts, styles="") == told
    # By its cell's font is struck what has none of its own.
    assert struck(cells.replace(" t=", ' s="1" t='), *texts) == told | {"A1": "", "E1": ""}
    inline = "".join(
        f'<c r="{"ABC"[i]}1" t="inlineStr"><is>{text}</is></c>' for i, text in enumerate(texts[:3])
    )
    assert struck(inline) == told


def test_words_struck_through_are_clipped() -> None:
    text = runs(("", "残す"), (LINE, "消" * 30_000))
    assert len(struck('<c r="A1" t="s"><v>0</v></c>', text)["A1"]) == 200


# --- comments -------------------------------------------------------------------------------------

RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"


def commented(comments: str, conversations: str = "", author: str = "山田") -> bytes:
    relations = f'<Relationship Id="c" Type="{zs.RELATIONS}/comments" Target="/xl/comments7.xml"/>'
    parts: dict[str, str | bytes] = {
        "xl/comments7.xml": f'<comments xmlns="{zs.MAIN}"><authors><author>{author}</author>'
        f"</authors><commentList>{comments}</commentList></comments>"
    }
    if conversations:
        relations += '<Relationship Id="t" Type="x/threadedComment" Target="../t/Threads.xml"/>'
        parts["xl/t/Threads.xml"] = f"<ThreadedComments>{conversations}</ThreadedComments>"
    parts[RELATIONS] = f'<Relationships xmlns="{zs.PACKAGE}">{relations}</Relationships>'
    return zs.bare_book(zs.sheet_xml(ONE), more=parts)


def comment(cell: str, *texts: str) -> str:
    words = "".join(f"<r><rPr><b/></rPr><t>{text}</t></r>" for text in texts)
    return f'<comment ref="{cell}" authorId="0"><text>{words}</text></comment>'


def comments_of(data: bytes) -> dict[str, str]:
    found = inspect(data, "a.xlsx")
    assert found.refusal is None
    return dict(found.sheets[0].comments)


def test_the_words_of_comments() -> None:
    reading = '<rPh sb="0" eb="1"><t>シツモン</t></rPh>'
    listed = (
        comment("A1", "山田:", "\n質問", "です")
        + comment("B1", "山田:\n ")
        + comment("C1", "山田が見ました")
        + comment("D1", "長" * 5_000)
        + f'<comment ref="E1" authorId="0"><text><t>質問</t>{reading}</text></comment>'
        + comment("どこか", "質問")
    )
    found = comments_of(commented(listed))
    assert len(found.pop("D1")) == 1_000
    assert found == {"A1": "質問です", "C1": "山田が見ました", "E1": "質問"}


def test_the_words_of_conversations_stand_for_those_behind_them() -> None:
    advice = "[Threaded comment]\n\nYour version ... https://x/?linkid=870924\n\nComment:\n    "
    listed = comment("A1", f"{advice}old") + comment("B1", f"{advice}alone\nReply:\n    yes")
    listed += comment("C1", "[Threaded comment]")
    thread = '<threadedComment ref="A1"><text>first</text></threadedComment>'
    thread += '<threadedComment ref="A1"><text>answer</text></threadedComment>'
    found = comments_of(commented(listed, thread, author="tc={1}"))
    assert found == {"A1": "first\nanswer", "B1": "alone\nReply:\n    yes"}


@pytest.mark.parametrize("separator", [SEPARATOR, SEPARATOR_OF_QUESTIONS])
def test_our_part_of_a_comment_is_none_of_the_words(separator: str) -> None:
    ours = our_part(separator, "【要修正】直してください。")
    listed = "".join(
        (
            comment("A1", ours),
            comment("B1", "先に", f"\n{ours}"),
            comment("C1", f"{ours}\n直しました"),
            comment("D1", f"先に\n{ours}\n直しました"),
            comment("E1", ours.removesuffix(f"\n{END}")),  # of an earlier version
            comment("F1", f"{ours}\n{ours}"),
        )
    )
    assert comments_of(commented(listed)) == {
        "B1": "先に",
        "C1": "直しました",
        "D1": "先に\n直しました",
    }


# --- what passes ---------------------------------------------------------------------------------


def accepted(data: bytes, name: str = "a.xlsx") -> Inspection:
    """Passed by the gate, and calamine finds as many values as the gate counted."""
    found = inspect(data, name)
    assert found.refusal is None
    assert not isinstance(worker._sheets(found), Notice)
    return found


def test_facts_that_calamine_does_not_tell() -> None:
    sheet = zs.sheet_xml(
        '<row r="2" hidden="1"><c r="A2" s="1"/><c r="B2"><v>1</v></c></row>'
        '<row r="3" hidden="true"/>'
        '<row r="4" ht="0" customHeight="1"><c r="A4" t="s"><v>1</v></c></row>'
        '<row r="5"><c r="A5" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B5"><f>A1</f></c>'
        '<c r="C5"><f>A1</f><v/></c><c r="D5" t="str"><f>""</f><v></v></c>'
        '<c r="E5"><f t="shared" si="0"/><v>7</v></c></row>',
        before='<sheetPr filterMode="1"/><cols><col min="3" max="4" hidden="1"/>'
        '<col min="6" max="6" width="0"/></cols>',
        after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
    )
    (facts,) = accepted(zs.bare_book(sheet, zs.strings_xml("", "a"))).sheets
    assert facts.hidden_rows == [2, 4]
    assert facts.hidden_columns == [(2, 3), (5, 5)]
    assert facts.filtered
    assert facts.merged == ["A1:XFD1048576"]
    assert facts.errors == {"A5": "#DIV/0!"}
    assert facts.uncached == ["B5", "C5"]
    assert facts.formulas == {"A": [5], "B": [5], "C": [5], "D": [5], "E": [5]}
    assert facts.filled == 3
    assert facts.cells == 5


@pytest.mark.parametrize(
    "criterion",
    [
        '<filters><filter val="a"/></filters>',
        '<customFilters><customFilter val="a"/></customFilters>',
        '<dynamicFilter type="today"/>',
        '<top10 val="3"/>',
        '<colorFilter dxfId="0"/>',
        '<iconFilter iconSet="3Arrows" iconId="0"/>',
    ],
)
def test_filters_count_where_they_hide_rows(criterion: str) -> None:
    criteria = f'<filterColumn colId="0">{criterion}</filterColumn>'
    active = f'<autoFilter ref="A1:B9">{criteria}</autoFilter>'
    idle = '<autoFilter ref="A1:B9"><filterColumn colId="0" hiddenButton="1"/></autoFilter>'
    view = f"<customSheetViews><customSheetView>{active}</customSheetView></customSheetViews>"
    for after, filtered in ((active, True), (idle, False), (view, False), ("", False)):
        assert accepted(book(after=after)).sheets[0].filtered is filtered
    table = f'<table xmlns="{zs.MAIN}">{active}</table>'
    relation = f'<Relationship Id="r" Type="{zs.RELATIONS}/table" Target="{{}}"/>'
    rels = f"<Relationships>{relation}</Relationships>"
    for target in ("../tables/table1.xml", "/xl/tables/table1.xml"):
        more = {
            "xl/tables/table1.xml": table,
            "xl/worksheets/_rels/sheet1.xml.rels": rels.format(target),
        }
        assert accepted(zs.bare_book(zs.sheet_xml(ONE), more=more)).sheets[0].filtered


def test_properties_and_saved_time() -> None:
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    workbook.add_worksheet()
    workbook.set_properties({"created": dt.datetime(2018, 2, 3, 4, 5, 6)})
    workbook.set_custom_property("sousei_xl_form", "1")
    workbook.set_custom_property("sousei_xl_department", "経済部 & 農政部")
    workbook.close()
    found = accepted(target.getvalue())
    assert found.saved == "2018-02-03T04:05:06Z"
    assert found.properties == {"sousei_xl_form": "1", "sousei_xl_department": "経済部 & 農政部"}


@pytest.mark.parametrize(
    ("written", "saved"),
    [
        ("2018-03-30T10:00:00Z", "2018-03-30T10:00:00Z"),
        ("2018-03-30T10:00:00.1234567Z", "2018-03-30T10:00:00Z"),
        ("2018-03-30T10:00:00+09:00", "2018-03-30T01:00:00Z"),
        ("2018-03-30T10:00:00", "2018-03-30T10:00:00Z"),
        ("2018-03-30", "2018-03-30T00:00:00Z"),
        ("0001-01-01T00:00:00+09:00", None),
        ("平成30年3月30日", None),
        ("", None),
    ],
)
def test_saved_times_can_be_compared(written: str, saved: str | None) -> None:
    """The later one of two files counts, whatever program and zone they were saved in."""
    core = f'<cp xmlns:dcterms="urn:d"><dcterms:modified>{written}</dcterms:modified></cp>'
    rels = zs.unpack(PLAIN)["_rels/.rels"].decode()
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    relation = f'<Relationship Id="rId9" Type="{kind}" Target="docProps/core.xml"/>'
    more = {
        "docProps/core.xml": core,
        "_rels/.rels": rels.replace("</Relationships>", f"{relation}</Relationships>"),
    }
    assert accepted(zs.bare_book(zs.sheet_xml(ONE), more=more)).saved == saved


def test_macros_links_and_embedded_files_are_noted() -> None:
    data = zs.add(PLAIN, "xl/vbaProject.bin", BINARY)
    data = zs.add(data, "xl/externalLinks/externalLink1.xml", "<x/>")
    data = zs.add(data, "xl/embeddings/oleObject1.bin", BINARY)
    found = accepted(data, "A.XLSM")
    assert [(n.code, n.variant) for n in found.notices] == [
        ("F204", "macros"),
        ("F204", "links"),
        ("F204", "embedded"),
    ]
    for notice in found.notices:
        finding(notice.code, Place(), variant=notice.variant)


def test_hidden_sheets_and_chart_sheets() -> None:
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    for name in ("表", "隠し", "奥"):
        workbook.add_worksheet(name).write(0, 0, 1)
    workbook.get_worksheet_by_name("隠し").hide()
    workbook.get_worksheet_by_name("奥").very_hidden()
    chart = workbook.add_chart({"type": "bar"})
    chart.add_series({"values": "=表!$A$1"})
    workbook.add_chartsheet("グラフ").set_chart(chart)
    workbook.close()
    states = [(sheet.name, sheet.state) for sheet in accepted(target.getvalue()).sheets]
    assert states == [("表", "visible"), ("隠し", "hidden"), ("奥", "veryHidden")]


def rich_workbook() -> bytes:
    """With XlsxWriter, all that a form or a department's own habits may bring."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True, "date_1904": True})
    sheet = workbook.add_worksheet("事業")
    date = workbook.add_format({"num_format": 'ggge"年"m"月"d"日"'})
    bold = workbook.add_format({"bold": True})
    sheet.write_row(0, 0, ["施策", "番号", " 前後の空白 ", "改行\nあり", "a&b<c>"])
    sheet.write_datetime(1, 0, dt.datetime(2018, 4, 1), date)
    sheet.write_datetime(1, 1, dt.datetime(2018, 4, 1, 9, 30), date)
    sheet.write_boolean(1, 2, False)
    sheet.write_rich_string(1, 3, "太", bold, "字", "入り")
    sheet.write_formula(1, 4, '=IF(A1="","","✓")', None, "✓")
    sheet.write_formula(1, 5, "=NA()", None, "#N/A")
    sheet.write_blank(1, 6, None, bold)
    sheet.merge_range("A5:C6", "結合")
    sheet.data_validation("A8:A20", {"validate": "list", "source": ["◎", "○"]})
    sheet.conditional_format(
        "A8:A20", {"type": "cell", "criteria": ">", "value": 1, "format": bold}
    )
    sheet.conditional_format("B8:B20", {"type": "data_bar", "data_bar_2010": True})
    sheet.write_comment("A1", "コメント")
    sheet.insert_textbox("H1", "図形")
    sheet.write_url("A7", "https://example.jp/", string="リンク")
    sheet.add_table("H10:I12", {"data": [["a", 1], ["b", 2]]})
    sheet.freeze_panes(1, 1)
    sheet.set_row(3, 20, None, {"hidden": True})
    sheet.write(3, 0, "隠れた行")
    sheet.insert_image("J1", "a.png", {"image_data": io.BytesIO(_PNG)})
    chart = workbook.add_chart({"type": "line"})
    chart.add_series({"values": "=事業!$I$11:$I$12"})
    sheet.insert_chart("K10", chart)
    workbook.define_name("施策一覧", "=事業!$A$8:$A$20")
    workbook.close()
    return target.getvalue()


_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def test_workbooks_of_xlsxwriter_pass() -> None:
    (facts,) = accepted(rich_workbook()).sheets
    assert facts.hidden_rows == [4]
    assert facts.errors == {"F2": "#N/A"}
    assert facts.merged == ["A5:C6"]
    assert not facts.uncached


@pytest.mark.parametrize("options", [{"constant_memory": True}, {"in_memory": True}])
def test_inline_and_shared_strings_pass(options: dict[str, bool], tmp_path: Path) -> None:
    workbook = xlsxwriter.Workbook(tmp_path / "a.xlsx", options)
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, ["a", " ", " b ", "\n", "&", "_x000D_", "　"])
    workbook.close()
    accepted((tmp_path / "a.xlsx").read_bytes())


@pytest.mark.filterwarnings("ignore:.*xtension is not supported")
def test_workbooks_of_openpyxl_pass() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(rich_workbook()))
    sheet = workbook["事業"]
    sheet["A30"] = dt.date(2018, 4, 1)
    sheet["B30"] = True
    sheet["C30"] = "=SUM(A1:A2)"
    sheet["D30"] = ""
    sheet["A1"].comment = Comment("直してください", "事務局")
    rule = CellIsRule(operator="equal", formula=["1"])
    sheet.conditional_formatting.add("A31:A40", rule)
    validation = DataValidation(type="list", formula1='"◎,○"')
    validation.add("A31:A40")
    sheet.add_data_validation(validation)
    sheet.auto_filter.ref = "A1:E20"
    target = io.BytesIO()
    workbook.save(target)
    (facts,) = accepted(target.getvalue()).sheets
    assert "C30" in facts.uncached
    stream = openpyxl.Workbook(write_only=True)
    stream.create_sheet("a").append(["a", None, 1])
    target = io.BytesIO()
    stream.save(target)
    accepted(target.getvalue())


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_workbooks_of_libreoffice_pass(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(rich_workbook())
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx"]
    command += ["--outdir", str(tmp_path / "out"), str(tmp_path / "a.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (facts,) = accepted((tmp_path / "out" / "a.xlsx").read_bytes()).sheets
    assert facts.hidden_rows == [4]
    assert "A5:C6" in facts.merged


@pytest.mark.parametrize(
    ("sheet", "filled"),
    [
        (zs.sheet_xml("<row><c><v>1</v></c><c/><c><v>2</v></c></row><row/>"), 2),
        (zs.sheet_xml("<row/><row><c/><c><v>3</v></c></row>"), 1),
        (zs.sheet_xml("<row r='1'><c r='A1'><v>1</v></c></row>"), 1),
        (zs.sheet_xml('<row r="1">\n <c t="str" r="A1">\n  <v>a</v>\n </c>\n</row>'), 1),
        (zs.sheet_xml(ONE).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?"), 1),
        (zs.sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t> </t></is></c></row>'), 0),
        (zs.sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>&#10;</t></is></c></row>'), 0),
        (zs.sheet_xml('<row r="1"><c r="A1" t="inlineStr"><v>a</v><is><t>a</t></is></c></row>'), 1),
        (
            zs.sheet_xml(
                '<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r>'
                "<rPh><t>c</t></rPh></is></c></row>"
            ),
            1,
        ),
        (zs.sheet_xml("<!-- c -->" + ONE), 1),
        (zs.sheet_xml("").replace("<sheetData></sheetData>", "<sheetData/>"), 0),
        ("\ufeff" + zs.sheet_xml(ONE), 1),
    ],
)
def test_other_spellings_are_read_as_well(sheet: str, filled: int) -> None:
    if "<x:" in sheet:
        sheet = sheet.replace("xmlns=", "xmlns:x=")
    assert accepted(zs.bare_book(sheet)).sheets[0].filled == filled


@pytest.mark.parametrize(
    ("item", "filled"),
    [
        ("a", True),
        ("<t/>", False),
        ("<t></t>", False),
        ("<t>  </t>", False),
        ('<t xml:space="preserve"> </t>', True),
        ("<t><![CDATA[a]]></t>", True),
        ("<r><t>a</t></r>", True),
        ("<rPh><t>カナ</t></rPh>", False),
        ("<t>漢字</t><rPh><t>カンジ</t></rPh>", True),
    ],
)
def test_blank_strings_are_told_from_text_as_calamine_does(item: str, filled: bool) -> None:
    strings = zs.strings_xml("x", item)
    data = book('<c r="A1" t="s"><v>1</v></c>', strings=strings)
    assert accepted(data).sheets[0].filled == filled


CELLS = st.lists(
    st.sampled_from(
        [
            '<c r="{}" s="1"/>',
            '<c r="{}" s="1" />',
            '<c r="{}"></c>',
            '<c r="{}"><v>1</v></c>',
            '<c r="{}" s="2" t="str"><f>A1&amp;"&lt;"</f><v>x &amp; y</v></c>',
            '<c r="{}" t="str"><f>A1</f><v/></c>',
            '<c r="{}"><f t="shared" si="0"/></c>',
            '<c r="{}" t="str"><f t="shared" si="0"></f><v></v></c>',
            '<c r="{}" t="str"><f t="shared" si="0"/><v>1</v></c>',
            '<c r="{}" t="str"><f t="shared" ref="A1:A9" si="0">B1</f><v></v></c>',
            '<c r="{}" t="e"><v>#N/A</v></c>',
            '<c r="{}" t="inlineStr" ph="1"><is><t xml:space="preserve"> </t></is></c>',
            '<c r="{}" t="inlineStr"><is></is></c>',
            '<c r="{}" t="inlineStr"><v>1</v></c>',
            '<c r="{}" t="inlineStr"><v/></c>',
            '<c r="{}"><is><t>1</t></is></c>',
            '<c r="{}" t="b"><v>0</v></c>',
        ]
    ),
    max_size=6,
)


@given(st.lists(st.tuples(CELLS, st.booleans()), max_size=4))
def test_the_fast_way_and_the_slow_way_see_the_same(lines: list[tuple[list[str], bool]]) -> None:
    text = "".join(
        f'<row spans="1:6" r="{r}"{" hidden=" + chr(34) + "1" + chr(34) if hidden else ""}>'
        + "".join(cell.format(f"{'ABCDEF'[c]}{r}") for c, cell in enumerate(cells))
        + "</row>"
        for r, (cells, hidden) in enumerate(lines, start=1)
    )
    fast = zs.bare_book(zs.sheet_xml(text))
    slow = zs.bare_book(zs.sheet_xml("<!-- slow -->" + text))
    assert inspect(fast, "a.xlsx") == inspect(slow, "a.xlsx")
    content = zs.sheet_xml(text).encode()
    parts = take_apart(content)
    if parts is None:  # a sheet without any row is spelled in another way
        assert not text
        return
    tokens = usual_cells(parts.cells)
    assert tokens is not None
    slowly = any_cells(content, "事業")
    assert len([t for t in slowly if t[0]]) == len([t for t in tokens if t[0]])


BLANK = '<c r="B1" s="3"/>'
SILENT = '<c r="B1" s="3" t="str"><f t="shared" si="0"/><v></v></c>'
BARE_ROWS = "".join(f'<row r="{number}" ht="24"></row>' for number in range(5, 9))
# Where a blank cell is taken out of the fast way's sight but stands where no cell may stand: each
# is whole without it, but for the last two, whose cells are texts and comments.
HIDING = {
    "attribute": (f'<row r="1" x="{BLANK}"/>', "F103"),
    "attribute, between angles": (f'<row r="1" x=">{BLANK}<"/>', "F103"),
    "tag": (f'<row r="1" {BLANK}/>', "F103"),
    "name": (f'<ro{BLANK}w r="1"/>', "F103"),
    "reference": (f'<row r="1"><c r="A1" t="str"><v>&am{BLANK}p;</v></c></row>', "F103"),
    "two tags": (f'<row r="1"><c r="A1"><v>1</v></c>{BLANK}</rows>', "F103"),
    "end of sheetData": (f'<row r="1"/>{BLANK}</sheetData ><x><sheetData>{BLANK}', "F103"),
    "nested": (f"<x><sheetData>{BLANK}</sheetData></x>", "F103"),
    "comment": (f'<row r="1"><!-- {BLANK}<c r="A1"><v>1</v></c> --></row>', ""),
    "instruction": (f'<row r="1"><?x {BLANK}<c r="A1"><v>1</v></c> ?></row>', ""),
}


@pytest.mark.parametrize("cell", [BLANK, SILENT, BARE_ROWS])
@pytest.mark.parametrize("place", HIDING)
def test_a_blank_cell_hides_nothing(place: str, cell: str) -> None:
    text, code = HIDING[place]
    text = text.replace(BLANK, cell)
    refusal = inspect(zs.bare_book(zs.sheet_xml(text)), "a.xlsx").refusal
    assert (refusal.code if refusal else "") == code


@pytest.mark.parametrize("blank", [BLANK, SILENT])
@pytest.mark.parametrize("within", ["<v>1</v>{}", "{}<v>1</v>", "<v>{}</v>", "<f>{}</f>", "{}"])
def test_a_blank_cell_within_a_cell_is_left_for_calamine_to_refuse(within: str, blank: str) -> None:
    cell = f'<c r="A1">{within.format(blank + blank)}</c>'
    parts = take_apart(zs.sheet_xml(rows(cell, blank)).encode())
    assert parts is not None
    assert parts.cells.count(blank.encode()) == 1


@pytest.mark.parametrize(
    ("numbers", "seen", "passes"),
    [
        ((2, 3, 4, 5), 2, True),
        ((2, 4, 3, 5), 4, False),
        ((2, 3, 3, 5), 4, False),
        ((1, 2, 3, 4), 2, False),  # the first of them repeats the row above
    ],
)
@pytest.mark.parametrize("blank", ["", BLANK, SILENT])
def test_bare_rows_are_passed_over_where_they_are_in_order(
    numbers: tuple[int, ...], seen: int, passes: bool, blank: str
) -> None:
    bare = "".join(f'<row r="{n}" ht="24">{blank.replace("B1", f"B{n}")}</row>' for n in numbers)
    content = zs.sheet_xml(f'<row r="1"><c r="A1" t="s"><v>0</v></c></row>{bare}')
    parts = take_apart(content.encode())
    assert parts is not None
    assert parts.cells.count(b"<row") == 1 + seen
    refusal = inspect(zs.bare_book(content, strings=zs.strings_xml("a")), "a.xlsx").refusal
    assert (refusal is None) == passes


FAR = SILENT.replace("B1", "XFD1048576")


def test_a_formula_that_shows_nothing_is_no_cell_where_calamine_does_not_see_it() -> None:
    inspection = inspect(zs.bare_book(zs.sheet_xml(f'<row r="1">{SILENT}</row>')), "a.xlsx")
    (sheet,) = inspection.sheets
    assert (sheet.cells, sheet.formulas) == (0, {})
    assert SILENT.encode() not in zs.unpack(inspection.checked)[zs.SHEET]


@pytest.mark.parametrize("before", ["<!-- slow -->", ""])
def test_a_formula_that_shows_nothing_counts_where_calamine_sees_it(
    before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spelled in an unusual way, or too large a file for a container: it is given as it is."""
    if not before:
        monkeypatch.setattr(gate, "MAX_CONTAINED", 99)
    near = zs.bare_book(zs.sheet_xml(f'{before}<row r="1">{SILENT}</row>'))
    (sheet,) = accepted(near).sheets
    assert (sheet.cells, sheet.formulas) == (1, {"B": [1]})
    far = zs.bare_book(zs.sheet_xml(f'{before}<row r="1048576">{FAR}</row>'))
    refusal = inspect(far, "a.xlsx").refusal
    assert refusal is not None
    assert (refusal.code, refusal.variant) == ("F104", "row")


def test_it_reads_the_same_in_any_spelling(tmp_path: Path) -> None:
    line = f'<row r="1">{SILENT}<c r="C1"><v>1</v></c></row><row r="2">{SILENT}</row>'
    line = line.replace('<row r="2"><c r="B1"', '<row r="2"><c r="B2"')
    readings = []
    for before in ("", "<!-- slow -->"):
        path = tmp_path / "a.xlsx"
        path.write_bytes(zs.bare_book(zs.sheet_xml(before + line)))
        readings.append([sheet.rows for sheet in read_one(str(path), "a.xlsx").sheets])
    assert readings[0] == readings[1] == [((1, (None, None, 1)),)]


@pytest.mark.parametrize("blank", [BLANK, SILENT])
def test_calamine_reads_what_was_checked(blank: str) -> None:
    """Its container is a whole zip of the checked parts; only blank cells have left them."""
    checked = inspect(book(blank, '<c r="C1"><v>1</v></c>'), "a.xlsx").checked
    parts = zs.unpack(checked)
    names = {name.lower() for name in zs.unpack(PLAIN)}
    assert set(parts) == names
    cell = '<c r="C1"><v>1</v></c>'
    assert parts[zs.SHEET].decode() == zs.sheet_xml(rows(cell))
    with zipfile.ZipFile(io.BytesIO(checked)) as archive:
        assert archive.testzip() is None


def test_a_large_file_calamine_unpacks_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MAX_CONTAINED", 99)
    assert accepted(PLAIN).checked == PLAIN


def test_no_damage_makes_gate_or_reader_raise(tmp_path: Path) -> None:
    whole, path = rich_workbook(), tmp_path / "a.xlsx"
    chance = random.Random(20180331)
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 3, 30])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cut_off = chance.randrange(len(damaged)) if chance.random() < 0.2 else len(damaged)
        inspect(bytes(damaged[:cut_off]), "a.xlsx")
        path.write_bytes(damaged[:cut_off])
        assert bug(read_one(str(path), "a.xlsx")) == ""


def test_a_fault_of_the_reader_is_known_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A user is told about the file; who looks for the fault finds where it is."""

    def broken(*_: object) -> object:
        raise TypeError("ours")

    monkeypatch.setattr(worker, "_plain_sheet", broken)
    path = tmp_path / "a.xlsx"
    path.write_bytes(PLAIN)
    reading = read_one(str(path), "a.xlsx")
    assert reading.refusal is not None
    assert (reading.refusal.code, bug(reading)) == ("F106", "読み取りの不具合: TypeError")
    assert "TypeError: ours" in capsys.readouterr().err


# --- shared strings that many workbooks have in common --------------------------------------------

_SST = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' count="9" uniqueCount="9">'
)


def _sst(*items: str, head: str = _SST, tail: str = "</sst>") -> bytes:
    return f"{head}{''.join(f'<si>{item}' for item in items)}{tail}".encode()


WORDS, BLANK, KEPT = "<t>事業</t></si>", "<t> &#10;</t></si>", '<t xml:space="preserve"> </t></si>'
RUNS = "<r><rPr><b/></rPr><t>太</t></r><r><t>字</t></r></si>"
READING = '<t>再掲</t><rPh sb="0" eb="2"><t>サイケイ</t></rPh><phoneticPr fontId="1"/></si>'


def test_strings_that_are_known_are_judged_as_they_were_the_first_time() -> None:
    shared._known.clear()
    first = shared.read_strings(_sst(WORDS, BLANK, KEPT))
    assert first.filled == (True, False, True)
    assert first.written == tuple(item.encode() for item in (WORDS, BLANK, KEPT))
    assert shared.read_strings(_sst(BLANK, RUNS, WORDS, BLANK, READING)).filled == (
        *(False, True, True),
        *(False, True),
    )
    assert len(shared._known) == 5


@pytest.mark.parametrize(
    "content",
    [
        _sst(WORDS, "<t>&nobody;</t></si>"),
        _sst(WORDS, "<t>a & b</t></si>"),
        _sst(WORDS, "<t>\x01</t></si>"),
        _sst(WORDS, "<t>閉じない</t>"),
        _sst(WORDS, '<t>読み</t><rPh sb="0" x:eb="2"><t>ヨミ</t></rPh></si>'),
        _sst(WORDS, tail=""),
        _sst(WORDS, tail="</sst><sst/>"),
        _sst(WORDS).replace("事業".encode(), b"\xff\xfe"),
        _sst(WORDS, head=_SST.replace('"9">', f'"{10**10}">')),
    ],
)
def test_known_strings_do_not_vouch_for_the_rest_of_the_part(content: bytes) -> None:
    shared.read_strings(_sst(WORDS))
    with pytest.raises(Refused):
        shared.read_strings(content)
    with pytest.raises(Refused):
        shared._read(content)


@pytest.mark.parametrize(
    "content",
    [
        _sst(WORDS, "<t>a<!-- b --></t></si>"),
        _sst(WORDS, "<t/></si><si><t>c</t></si>"),
        _sst(WORDS, BLANK, head=_SST.replace("<sst", "<!-- c --><sst")),
        _sst(WORDS, head=_SST.replace(' standalone="yes"', "")),
        _sst(WORDS, "<t>x</t></si><extLst/>"),
    ],
)
def test_an_unusual_part_is_read_as_a_whole(content: bytes) -> None:
    assert shared.read_strings(content) == shared.SharedStrings(shared._read(content))


def test_what_is_known_takes_little_memory() -> None:
    shared._known.clear()
    for number in range(40):
        long = f"<t>{number}{'長' * 20_000}</t></si>"
        assert shared.read_strings(_sst(long, WORDS)).filled == (True, True)
    assert shared._known.size == sum(map(len, shared._known)) <= 1 << 20
