"""Kinds: what other software writes, and what else a workbook may hold beside the table."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from xlsxwriter.worksheet import Worksheet

from sousei_xl import pipeline
from sousei_xl.forms.distribute import write_form
from sousei_xl.intake.read import read_one
from sousei_xl.strategy import Strategy
from tests import zip_surgery as zs
from tests.dirty.forms import (
    DEPARTMENT,
    FIRST_MEASURE,
    HEADINGS,
    PART,
    SECOND_MEASURE,
    TEXT,
    YEAR,
    cut_open,
    edited,
    lines,
    packed,
    projects,
    write,
)
from tests.dirty.kinds import FIRST, SECOND, SHEET, Kind, Put
from tests.workspaces import ROOT

BINARY = bytes(range(256)) * 8
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


# --- our own form, and what other software makes of it --------------------------------------------


@cache
def _strategy() -> Strategy:
    template = next((ROOT / "templates").glob("*.xlsx"))
    return pipeline.strategy_of(read_one(str(template), template.name))


@cache
def distributed(slug: str) -> bytes:
    """The form as it is distributed, filled with the two rows."""
    measures, keys = (FIRST_MEASURE, SECOND_MEASURE), ("◎", "○")
    names, budgets = (f"{slug} 一", f"{slug} 二"), (FIRST, SECOND)
    rows = [
        {"measure": m, "name": n, "department": DEPARTMENT, "relevance": r, "budget": b}
        for m, r, n, b in zip(measures, keys, names, budgets, strict=True)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        described = [{**row, "description": TEXT} for row in rows]
        write_form(path, _strategy(), DEPARTMENT, unit=slug, projects=described)
        return path.read_bytes()


def _distributed(change: Callable[[bytes], bytes]) -> Put:
    return lambda inbox, slug: write(inbox, f"{slug}.xlsx", change(distributed(slug)))


def _by_openpyxl(content: bytes) -> bytes:
    return packed(openpyxl.load_workbook(io.BytesIO(content)))


@cache
def _by_libreoffice(content: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "form.xlsx").write_bytes(content)
        command = [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
        ]
        command += [
            "--convert-to",
            "xlsx",
            "--outdir",
            str(folder / "out"),
            str(folder / "form.xlsx"),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return (folder / "out" / "form.xlsx").read_bytes()


# --- like Excel: shared strings, and what XlsxWriter can add --------------------------------------

Draw = Callable[[xlsxwriter.Workbook, Worksheet], object]


def like_excel(slug: str, draw: Draw = lambda book, sheet: None, **options: Any) -> bytes:
    """The same form with shared strings, as Excel writes them; ``draw`` adds to 事業."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, **options})
    reply = book.add_worksheet("回答票")
    for row, words in enumerate((("年度", YEAR), ("部局名", DEPARTMENT), ("担当課", slug)), 3):
        reply.write_row(row, 0, words)
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(2, 0, HEADINGS)
    for row, values in enumerate(lines(slug), 3):
        sheet.write_row(row, 0, ["" if v is None else v for v in values])
    draw(book, sheet)
    book.close()
    return target.getvalue()


def _excel(draw: Draw = lambda book, sheet: None, **options: Any) -> Put:
    return lambda inbox, slug: write(inbox, f"{slug}.xlsx", like_excel(slug, draw, **options))


def _chart(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=事業!$J$4:$J$5"})
    sheet.insert_chart("N3", chart)
    own = book.add_chart({"type": "bar"})
    own.add_series({"values": "=事業!$J$4:$J$5"})
    book.add_chartsheet("グラフ").set_chart(own)


def _pictures(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    sheet.insert_image("N3", "印.png", {"image_data": io.BytesIO(PNG)})
    sheet.insert_textbox("N8", "この行は確認中です")
    sheet.write_comment("J4", "査定前の額です")


def _links(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    sheet.write_url("L4", r"external:\\server\共有\資料.xlsx", string="資料")
    sheet.write_url("L5", "https://example.jp/", string="案内")


def _rich(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    red = book.add_format({"color": "red", "bold": True})
    sheet.write_rich_string("K4", TEXT[:5], red, TEXT[5:])


def _dates(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    sheet.write_number("L4", 41728, book.add_format({"num_format": "yyyy/m/d"}))


def _formats(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    sheet.conditional_format("J4:J99", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("J4:J99", {"type": "icon_set", "icon_style": "3_arrows"})
    sheet.data_validation("H4:H99", {"validate": "list", "source": ["◎", "○"]})
    book.define_name("壊れた名前", "=#REF!$A$1")
    sheet.add_sparkline("N4", {"range": "事業!J4:J5"})


# --- what openpyxl and the knife can add ----------------------------------------------------------


def _protected(book: Workbook) -> None:
    projects(book).protection.sheet = True
    projects(book).protection.password = "sousei"
    book.security = WorkbookProtection(workbookPassword="sousei", lockStructure=True)


def _table(book: Workbook) -> None:
    projects(book).add_table(Table(displayName="事業表", ref="A3:L5"))


def _notes(book: Workbook) -> None:
    projects(book)["J4"].comment = Comment("係長：確認済", "係長")
    validation = DataValidation(type="list", formula1='"◎,○"')
    validation.add("H4:H99")
    projects(book).add_data_validation(validation)


def _furigana(content: bytes) -> bytes:
    """Excel keeps the reading of what was typed beside the text."""
    reading = '</t><rPh sb="0" eb="2"><t>シミン</t></rPh><phoneticPr fontId="1"/></is>'
    old = f"<t>{TEXT}</t></is>"
    return zs.replace(content, PART, old, old.replace("</t></is>", reading))


def _prefixed(content: bytes) -> bytes:
    """The same XML with a prefix at every name, as some libraries write it."""
    sheet = zs.unpack(content)[PART].decode()
    sheet = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet).replace("xmlns=", "xmlns:x=")
    return zs.add(content, PART, sheet)


def _chatty(content: bytes) -> bytes:
    """Byte order mark, comments and processing instructions between the rows."""
    sheet = zs.unpack(content)[PART].decode().replace("<row ", "<!-- 行 --><?a b?>\n<row ")
    return zs.add(content, PART, "\ufeff" + sheet)


def _stored(content: bytes) -> bytes:
    """Not compressed, with entries for the folders."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, part in zs.unpack(content).items():
            archive.writestr(name, part)
        archive.writestr("xl/worksheets/", b"")
    return target.getvalue()


def _streamed(content: bytes) -> bytes:
    """Written to a pipe: sizes stand behind the data."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    target = Pipe()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in zs.unpack(content).items():
            archive.writestr(name, part)
    return target.getvalue()


def _with_part(name: str, content: str | bytes = "<x/>") -> Put:
    return cut_open(lambda data: zs.add(data, name, content))


def _without(part: str) -> Put:
    return cut_open(lambda data: zs.drop(data, part))


F204 = ("F204",)

SOFTWARE = (
    Kind("distributed", "配布した様式のまま（数式と書式あり）", _distributed(lambda d: d)),
    Kind("by-openpyxl", "様式をopenpyxlで保存し直した", _distributed(_by_openpyxl)),
    Kind(
        "by-libreoffice",
        "様式をLibreOfficeで保存し直した",
        _distributed(_by_libreoffice),
        soffice=True,
    ),
    Kind("shared-strings", "Excelと同じ共有文字列", _excel()),
    Kind("streamed-sheet", "行を順に書き出すソフトの保存", _excel(constant_memory=True)),
    Kind("furigana", "ふりがなが付いている", cut_open(_furigana)),
    Kind("rich-text", "文字の一部に色が付いている", _excel(_rich)),
    Kind("prefixed-xml", "内部の要素名に接頭辞がある", cut_open(_prefixed)),
    Kind("chatty-xml", "内部にBOMと注釈がある", cut_open(_chatty)),
    Kind("stored-zip", "圧縮されていないブック", cut_open(_stored)),
    Kind("streamed-zip", "大きさを後に書くZIP", cut_open(_streamed)),
    Kind("no-styles", "書式の部品がない", _without("xl/styles.xml")),
    Kind("no-properties", "文書のプロパティがない", _without("docProps/core.xml")),
    Kind("dates-1904", "1904年から数える日付", _excel(_dates, date_1904=True)),
)

CONTENTS = (
    Kind("macro-free-xlsm", "マクロのない.xlsm", edited(lambda _: None, "{}.xlsm"), file="{}.xlsm"),
    Kind(
        "macros",
        "マクロのある.xlsm",
        cut_open(lambda d: zs.add(d, "xl/vbaProject.bin", BINARY), "{}.xlsm"),
        F204,
        file="{}.xlsm",
    ),
    Kind("macros-hidden", "マクロが残った.xlsx", _with_part("xl/vbaProject.bin", BINARY), F204),
    Kind(
        "external-link",
        "他のブックへのリンク",
        _with_part("xl/externalLinks/externalLink1.xml"),
        F204,
    ),
    Kind("connection", "外部データへの接続", _with_part("xl/connections.xml"), F204),
    Kind("query-table", "Webクエリの表", _with_part("xl/queryTables/queryTable1.xml"), F204),
    Kind(
        "embedded", "埋め込んだファイル", _with_part("xl/embeddings/oleObject1.bin", BINARY), F204
    ),
    Kind("active-x", "ActiveXの部品", _with_part("xl/activeX/activeX1.xml"), F204),
    Kind("custom-xml", "他のシステムのXML", _with_part("customXml/item1.xml")),
    Kind("signature", "電子署名", _with_part("_xmlsignatures/sig1.xml")),
    Kind("label", "暗号化しない秘密度ラベル", _with_part("docMetadata/LabelInfo.xml")),
    Kind(
        "zip-in-media",
        "画像のふりをしたZIP",
        _with_part("xl/media/a.png", zs.pack({"a": "b" * 999})),
    ),
    Kind("comments", "メモと入力規則", edited(_notes), ("S104 J4",)),
    Kind("protected", "シートとブックの保護", edited(_protected)),
    Kind("table", "テーブルにした", edited(_table)),
    Kind("pictures", "画像・図形・メモ", _excel(_pictures), ("S104 J4",)),
    Kind("charts", "グラフとグラフシート", _excel(_chart)),
    Kind("hyperlinks", "ハイパーリンク", _excel(_links)),
    Kind("formats", "条件付き書式・壊れた名前・スパークライン", _excel(_formats)),
)

KINDS = (*SOFTWARE, *CONTENTS)
