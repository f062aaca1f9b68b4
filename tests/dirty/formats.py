"""Kinds: files that are no .xlsx, or only a part of one."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

from tests import zip_surgery as zs
from tests.dirty.forms import PART, bytes_of, cut_open, refused, stray
from tests.dirty.kinds import Kind

CSV = "施策,事業名,予算事業費（千円）\r\n1イ,婚活支援事業,1200\r\n"
HTML = "<html><head><meta charset='utf-8'></head><body><table><tr><td>施策</td></tr></table></body>"
BIFF = zs.compound("Workbook")
ODS = zs.pack({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"})
XLSB = {"[Content_Types].xml": "<Types/>", "_rels/.rels": "<x/>", "xl/workbook.bin": b"\x83\x01"}
DOCX = {"[Content_Types].xml": "<Types/>", "_rels/.rels": "<x/>", "word/document.xml": "<x/>"}
PPTX = {"[Content_Types].xml": "<Types/>", "_rels/.rels": "<x/>", "ppt/presentation.xml": "<x/>"}
XML_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'
)
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def _format(
    slug: str, title: str, content: bytes, code: str = "F102", suffix: str = "xlsx"
) -> Kind:
    return refused(slug, title, bytes_of(lambda: content), code, "{}." + suffix)


def _named(slug: str, title: str, content: bytes, suffix: str) -> Kind:
    name = "{}." + suffix
    return refused(slug, title, bytes_of(lambda: content, name), "F102", name)


def _other(slug: str, title: str, content: bytes, suffix: str) -> Kind:
    name = "{}/{}." + suffix
    return stray(slug, title, bytes_of(lambda: content, name), name)


def _in_other_zip(content: bytes) -> bytes:
    return zs.pack({"市民生活部.xlsx": content})


FORMATS = (
    _format(
        "password", "読み取りパスワード", zs.compound("EncryptionInfo", "EncryptedPackage"), "F101"
    ),
    _format(
        "rights", "秘密度ラベルによるアクセス制限", zs.compound("DRMEncryptedDataSpace"), "F101"
    ),
    refused("zip-password", "ZIPとしての暗号化", cut_open(lambda d: zs.set_flag(d, 1)), "F101"),
    refused(
        "zip-strong", "ZIPとしての強い暗号化の印", cut_open(lambda d: zs.set_flag(d, 64)), "F101"
    ),
    _named("xls", "古い形式（.xls）", BIFF, "xls"),
    _format("xls-renamed", ".xlsの名前だけを.xlsxに変えた", BIFF),
    _named("xlsb", "バイナリ形式（.xlsb）", zs.pack(XLSB), "xlsb"),
    _format("xlsb-renamed", ".xlsbの名前だけを.xlsxに変えた", zs.pack(XLSB)),
    _named("ods", "OpenDocument（.ods）", ODS, "ods"),
    _format("ods-renamed", ".odsの名前だけを.xlsxに変えた", ODS),
    _named("csv", "CSV（.csv）", CSV.encode("cp932"), "csv"),
    _format("csv-renamed", "CSVの名前だけを.xlsxに変えた", CSV.encode("utf-8-sig")),
    _format("csv-utf16", "Unicodeテキスト（UTF-16）", CSV.encode("utf-16")),
    _named("html", "Webページ（.htm）", HTML.encode(), "htm"),
    _format("html-renamed", "システムが出力したHTMLの.xlsx", HTML.encode()),
    _named("html-xls", "システムが出力したHTMLの.xls", HTML.encode("cp932"), "xls"),
    _named("mhtml", "単一ファイルWebページ（.mht）", b"MIME-Version: 1.0\r\n\r\n", "mht"),
    _format("xml-2003", "XMLスプレッドシート2003", XML_2003.encode()),
    _other("pdf", "PDF（.pdf）", b"%PDF-1.7\n\0\1", "pdf"),
    _format("pdf-renamed", "PDFの名前だけを.xlsxに変えた", b"%PDF-1.7\n\0\1"),
    _other("txt", "テキスト（.txt）", CSV.encode(), "txt"),
    _format("txt-renamed", "テキストの名前だけを.xlsxに変えた", "事業はありません。".encode()),
    _other("docx", "Word文書（.docx）", zs.pack(DOCX), "docx"),
    _format("docx-renamed", "Word文書の名前だけを.xlsxに変えた", zs.pack(DOCX)),
    _format("pptx-renamed", "PowerPointの名前だけを.xlsxに変えた", zs.pack(PPTX)),
    _format("doc-renamed", "古いWord文書の名前だけを.xlsxに変えた", zs.compound("WordDocument")),
    _format("picture", "画像の名前だけを.xlsxに変えた", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    _format("gzip", "gzipの名前だけを.xlsxに変えた", gzip.compress(CSV.encode(), mtime=0)),
    _format("rtf", "RTFの名前だけを.xlsxに変えた", rb"{\rtf1\ansi }"),
    refused("zipped", "ブックをZIPに入れ、名前を.xlsxにした", cut_open(_in_other_zip), "F102"),
    _other("zip", "ZIP（.zip）", zs.pack({"a.txt": "a"}), "zip"),
    refused("xltx", "テンプレート（.xltx）", cut_open(lambda d: d, "{}.xltx"), "F102", "{}.xltx"),
    refused(
        "xls-name", "中身は.xlsxで名前が.xls", cut_open(lambda d: d, "{}.xls"), "F102", "{}.xls"
    ),
    refused(
        "strict",
        "Strict Open XML スプレッドシート",
        cut_open(lambda d: zs.replace(d, "_rels/.rels", zs.RELATIONS, STRICT)),
        "F102",
    ),
    _format("empty", "0バイトのファイル", b""),
    _format("one-byte", "1バイトのファイル", b"P"),
    _format("blanks", "空白だけのファイル", b" \r\n" * 99),
)


# --- not all of a zip ----------------------------------------------------------------------------


def _cut(share: float) -> Kind:
    percent = int(share * 100)
    put = cut_open(lambda d: d[: int(len(d) * share)])
    return refused(f"cut-{percent}", f"コピーが途中（{percent}％）", put, "F103")


def _flipped(content: bytes) -> bytes:
    """One bit of the packed sheet is another: only the checksum tells."""
    at = content.index(PART.encode()) + len(PART) + 60
    return content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :]


def _wrong_sum(content: bytes) -> bytes:
    """The sheet is whole, its checksum in the directory is another."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        right = struct.pack("<I", archive.getinfo(PART).CRC)
    return content.replace(right, bytes(4))


def _preallocated(content: bytes) -> bytes:
    """A copy that has reserved its space and is half done."""
    return content[: len(content) // 2].ljust(len(content), b"\0")


def _holed(content: bytes) -> bytes:
    """A block in the middle did not get here."""
    return content[:4096] + bytes(2048) + content[6144:]


def _renamed_inside(content: bytes) -> bytes:
    return content.replace(b"xl/workbook.xml", b"xl/workbooc.xml", 1)


def _backslashes(content: bytes) -> bytes:
    return content.replace(b"xl/worksheets/sheet", b"xl\\worksheets\\sheet")


def _damaged(slug: str, title: str, change: object, code: str = "F103") -> Kind:
    return refused(slug, title, cut_open(change), code)  # type: ignore[arg-type]


DAMAGED = (
    *(_cut(share) for share in (0.01, 0.25, 0.5, 0.9, 0.99)),
    _damaged("cut-last-byte", "最後の1バイトがない", lambda d: d[:-1]),
    _damaged("preallocated", "コピーの途中（大きさだけは同じ）", _preallocated),
    _format("zeros", "中身がすべて0", bytes(9_999), "F103"),
    _damaged("holed", "中ほどが0で埋まっている", _holed),
    _damaged("flipped-bit", "1ビットが変わった", _flipped),
    _damaged("wrong-sum", "検査値（CRC）が合わない", _wrong_sum),
    _damaged("bytes-before", "先頭に余分なデータがある", lambda d: b"PK\x03\x04" + d),
    _damaged(
        "http-header", "先頭にHTTPの見出しが付いた", lambda d: b"HTTP/1.1 200\r\n\r\n" + d, "F102"
    ),
    _damaged("bytes-behind", "末尾に余分なデータがある", lambda d: d + bytes(99_999)),
    _damaged("directory-cut", "ZIPの目次が欠けている", lambda d: d[:-60] + d[-22:]),
    _damaged("renamed-inside", "ZIPの目次と中の名前が異なる", _renamed_inside),
    _damaged("declared-less", "大きさを小さく偽った部品", lambda d: zs.declare(d, PART, 90)),
    _damaged("declared-more", "大きさを大きく偽った部品", lambda d: zs.declare(d, PART, 99_999)),
    _damaged("backslashes", "部品の名前の区切りが￥", _backslashes),
    _damaged(
        "no-content-types",
        "[Content_Types].xmlがない",
        lambda d: zs.drop(d, "[Content_Types].xml"),
        "F102",
    ),
    _damaged("no-root-rels", "_rels/.relsがない", lambda d: zs.drop(d, "_rels/.rels"), "F102"),
    _damaged("no-workbook", "workbook.xmlがない", lambda d: zs.drop(d, zs.WORKBOOK)),
    _damaged("no-workbook-rels", "workbook.xml.relsがない", lambda d: zs.drop(d, zs.WORKBOOK_RELS)),
    _damaged("no-sheet-part", "シートの部品がない", lambda d: zs.drop(d, PART)),
    _damaged("part-twice", "同じ部品が二つある", lambda d: zs.twice(d, PART), "F105"),
    _damaged(
        "part-twice-case",
        "大文字小文字だけ異なる部品",
        lambda d: zs.twice(d, PART, PART.upper()),
        "F105",
    ),
    _damaged("path-up", "外を指す部品（../）", lambda d: zs.add(d, "xl/../../x.xml", ""), "F105"),
    _damaged("path-root", "外を指す部品（/etc）", lambda d: zs.add(d, "/etc/x.xml", ""), "F105"),
    _damaged("path-drive", "外を指す部品（C:）", lambda d: zs.add(d, "C:/x.xml", ""), "F105"),
)

KINDS = (*FORMATS, *DAMAGED)
