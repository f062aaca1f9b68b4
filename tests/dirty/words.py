"""Kinds: words that a department writes into a form other than as a value of a cell."""

from __future__ import annotations

from collections.abc import Iterable

import xlsxwriter
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from xlsxwriter.worksheet import Worksheet

from tests import zip_surgery as zs
from tests.dirty.forms import TEXT, Change, cut_open, edited, projects, write
from tests.dirty.kinds import FIRST, Kind
from tests.dirty.makers import like_excel

_ROW = tuple(f"{letter}5" for letter in "BFGHJK")  # what is filled of the second project


def _struck(cells: Iterable[str], **values: str) -> Change:
    def change(book: Workbook) -> None:
        sheet = projects(book)
        for cell, value in values.items():
            sheet[cell] = value
        for cell in cells:
            sheet[cell].font = Font(strike=True)

    return change


def _struck_to_the_end(book: Workbook) -> None:
    """The whole rows' format, also of the cells in which nothing stands."""
    for row in (5, 6, 7):
        for cell in projects(book)[row][:12]:
            cell.font = Font(strike=True)
            cell.number_format = "@" if cell.column != 10 else "0"


def _struck_in_part(book: Workbook) -> None:
    line = InlineFont(strike=True)
    projects(book)["K4"] = CellRichText(TEXT[:10], TextBlock(line, TEXT[10:]))


def _struck_run_by_run(book: Workbook) -> None:
    line = InlineFont(strike=True)
    runs = (TextBlock(line, TEXT[:10]), TextBlock(InlineFont(strike=True, b=True), TEXT[10:]))
    projects(book)["K4"] = CellRichText(*runs)


def _excel_in_part(slug: str) -> bytes:
    def draw(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        line = book.add_format({"font_strikeout": True})
        sheet.write_rich_string("K4", TEXT[:10], line, TEXT[10:])
        # Of a cell whose format strikes it through, a run without a font is struck as well.
        own = book.add_format({"bold": True})
        sheet.write_rich_string("K5", TEXT[:10], own, TEXT[10:], line)
        sheet.write("L4", "strike", book.add_format({"bold": True}))

    return like_excel(slug, draw)


def _commented(book: Workbook) -> None:
    projects(book)["J4"].comment = Comment("山田:\n査定前の額です。", "山田")
    projects(book)["F5"].comment = Comment("山田:\n", "山田")  # begun, and nothing said
    projects(book)["B3"].comment = Comment("施策は、この番号でよいですか。", "山田")
    book["回答票"]["B6"].comment = Comment("課が変わりました。", "山田")
    book["選択肢"]["A1"].comment = Comment("増やせますか。", "山田")


def _memo_sheet(book: Workbook) -> None:
    """A department's own sheet, of which nothing is read."""
    book.create_sheet("課内メモ")["A1"].comment = Comment("課内で確認", "山田")


def _conversation(content: bytes) -> bytes:
    """As Excel keeps one: for programs that know none, a comment stands behind it."""
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    thread = "".join(
        f'<threadedComment ref="J4" id="{{{i}}}"><text>{words}</text></threadedComment>'
        for i, words in enumerate(("この額でよいですか。", "財政課に確認中です。"))
    )
    behind = (
        "[スレッド化されたコメント]\n\n使用している Excel のバージョンでは、このスレッド化された"
        "コメントを表示できますが、新しいバージョンの Excel でファイルを開いた場合は、これに対する"
        "すべての編集が"
        "削除されます。詳細: https://go.microsoft.com/fwlink/?linkid=870924\n\nコメント:\n    "
    )
    texts = {"J4": "この額でよいですか。", "K4": "この内容でよいですか。"}  # K4: no longer one
    listed = "".join(
        f'<comment ref="{cell}" authorId="0"><text><t>{behind}{words}</t></text></comment>'
        for cell, words in texts.items()
    )
    authors = "<authors><author>tc={0}</author></authors>"
    comments = (
        f'<comments xmlns="{zs.MAIN}">{authors}<commentList>{listed}</commentList></comments>'
    )
    office, microsoft = zs.RELATIONS, "http://schemas.microsoft.com/office/2017/10/relationships"
    relations = (
        f'<Relationships xmlns="{zs.PACKAGE}">'
        f'<Relationship Id="r1" Type="{office}/comments" Target="../comments1.xml"/>'
        f'<Relationship Id="r2" Type="{microsoft}/threadedComment"'
        ' Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    )
    content = zs.add(content, "xl/comments1.xml", comments)
    content = zs.add(content, "xl/worksheets/_rels/sheet2.xml.rels", relations)
    threads = f'<ThreadedComments xmlns="{space}">{thread}</ThreadedComments>'
    return zs.add(content, "xl/threadedComments/threadedComment1.xml", threads)


def _beside(book: Workbook) -> None:
    sheet = projects(book)
    sheet["N4"], sheet["O4"] = "※この行は要相談", 3400
    sheet["B1"] = "令和元年度分を含む"  # for the title
    sheet["H1"] = "締切後の提出です"
    sheet["P5"], sheet["Q5"], sheet["N9"] = 600, '=IF(P5>0,"要","")', "以上"


KINDS = (
    Kind("struck-row", "行の全体に取消線を引いた", edited(_struck(_ROW)), ("S103 F5",)),
    Kind(
        "struck-row-but-note",
        "備考のほかの全部に取消線を引いた",
        edited(_struck(_ROW, L5="取りやめ")),
        ("S103 F5",),
    ),
    Kind("struck-rows-below", "空の行まで取消線を引いた", edited(_struck_to_the_end), ("S103 F5",)),
    Kind(
        "struck-and-withdrawn",
        "取消線を引き、掲載区分を取下げにした",
        edited(_struck(_ROW, E5="取下げ")),
        budgets=(FIRST,),
        names=("{} 一",),
        withdrawn=1,
    ),
    Kind(
        "struck-cells",
        "一部のセルに取消線を引いた",
        edited(_struck(("J5", "K4", "L4"))),
        ("S103 J5", "S103 K4"),
    ),
    Kind("struck-part", "文字の一部に取消線を引いた", edited(_struck_in_part), ("S103 K4",)),
    Kind(
        "struck-runs",
        "文字の全部に、書式の違う取消線を引いた",
        edited(_struck_run_by_run),
        ("S103 K4",),
    ),
    Kind(
        "struck-part-in-excel",
        "文字の一部に取消線を引いた（Excelと同じ共有文字列）",
        lambda inbox, slug: write(inbox, f"{slug}.xlsx", _excel_in_part(slug)),
        ("S103 K4", "S103 K5"),
    ),
    Kind(
        "questions-in-comments",
        "事業、回答票、選択肢にメモで質問を書いた",
        edited(_commented),
        ("S104 J4", "S104 B3", "S104 回答票!B6", "S104 選択肢!A1"),
    ),
    Kind(
        "words-outside",
        "表の右と上に言葉を書いた",
        edited(_beside),
        ("S105 B1", "S105 N4", "S105 N9"),
    ),
    Kind("comments-of-their-own", "課内用のシートにメモがある", edited(_memo_sheet)),
    Kind(
        "conversation",
        "スレッド形式のコメントがある",
        cut_open(_conversation),
        ("S104 J4", "S104 K4"),
    ),
)
