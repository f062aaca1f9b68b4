"""指摘一覧, 保留, 自動変換一覧 and 表記のゆれ: everything that was said about what came in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sousei_xl.addresses import cell_position
from sousei_xl.catalogue import Severity
from sousei_xl.figures.spellings import uneven
from sousei_xl.findings import OFFICE, Finding, collapse, excerpt, joined_targets
from sousei_xl.rules.records import ListResult, RawRow
from sousei_xl.sheets import Contents, named
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.checkbook import answers
from sousei_xl.sheets.checkbook.cells import Inbox, typed
from sousei_xl.sheets.checkbook.steps import tally
from sousei_xl.sheets.lines import write_title
from sousei_xl.sheets.overview.head import write_head
from sousei_xl.sheets.tables import Column, Row, Table, write_table
from sousei_xl.workspace import OFFICE_SHEET

FINDINGS_SHEET, HELD_SHEET, CONVERSIONS_SHEET = "指摘一覧", "保留", "自動変換一覧"
SPELLINGS_SHEET = "表記のゆれ"

_MOST_CELLS = 12  # cells that are named when equal messages share a line
_ORDER: dict[Severity, int] = {"要修正": 0, "要確認": 1, "自動変換": 2, "-": 3}
_FINDING_COLUMNS = (
    Column("No", 6, "integer", "number"),
    Column("重要度", 9, "centre"),
    Column("あて先", 8, "centre"),
    Column("部局名", 14),
    Column("セル", 14),
    Column("事業名", 22),
    Column("内容と直し方", 52),
    Column("入力値", 15),
    Column("正しい値・例", 14),
    Column("部局の回答", 24),
    Column("状態", 8, "centre"),
    Column("ファイル", 17),
    # As 確認済 of the office's sheet has them, side by side, to be copied in one piece.
    Column("コード", 7, "centre"),
    Column("対象", 24),
    Column("確認時の値", 15),
)
_CONVERSION_COLUMNS = (
    Column("No", 6, "integer", "number"),
    Column("部局名", 18),
    Column("セル", 18),
    Column("事業名", 32),
    Column("項目", 18),
    Column("入力値", 24),
    Column("読み取った値", 24),
    Column("内容", 48),
    Column("ファイル", 22),
    Column("コード", 8, "centre"),
)
_SPELLING_COLUMNS = (
    Column("No", 6, "integer", "number"),
    Column("書き表すもの", 20),
    Column("書き方", 20),
    Column("そう書いている行", 80),
)
_MOST_ROWS = 10
_HELD_COLUMNS = (
    Column("No", 6, "integer", "number"),
    Column("部局名", 18),
    Column("セル", 14),
    Column("施策（入力値）", 16),
    Column("番号", 8, "centre"),
    Column("事業名", 34),
    Column("予算事業費", 14),
    Column("理由と直し方", 64),
    Column("ファイル", 24),
)


@dataclass(frozen=True, slots=True)
class Line:
    """Equal messages of one file."""

    items: Sequence[Finding]
    department: str

    @property
    def first(self) -> Finding:
        return self.items[0]

    @property
    def target(self) -> str:
        """The 対象 of all."""
        return joined_targets(self.items)

    @property
    def spot(self) -> str:
        """``事業 H9、H12``; empty where the finding is about a file as a whole."""
        places = [item.place for item in self.items]
        if len(places) < 2:
            return ""
        cells = [p.cell or (f"{p.row}行" if p.row else "") for p in places]
        named = "、".join(cells[:_MOST_CELLS])
        rest = len(cells) - _MOST_CELLS
        return f"{self.first.place.sheet} {named}{f' ほか{rest}件' if rest > 0 else ''}"

    @property
    def subject(self) -> str:
        """The first 事業名 and how many others there are."""
        others = len({item.subject for item in self.items}) - 1
        return f"{self.first.subject}{f'　ほか{others}件' if others > 0 else ''}"


def lines_of(findings: Iterable[Finding], result: ListResult) -> list[Line]:
    """Equal messages of one file in one line with its cells, in the order of the findings."""
    departments = {record.file: record.department for record in result.files}
    return [
        Line(group, group[0].department or departments.get(group[0].place.file, ""))
        for group in collapse(findings)
    ]


def _sorted(findings: Iterable[Finding], contents: Contents) -> list[Line]:
    """Department by department as in the strategy, the office last, 要修正 first."""
    order = contents.strategy.department_order

    def position(line: Line) -> tuple[object, ...]:
        place = line.first.place
        return (
            line.first.addressee == OFFICE,
            order.get(line.department, len(order)),
            _ORDER[line.first.severity],
            place.file,
            place.sheet,
            place.row or 0,
            cell_position(place.cell),
        )

    return sorted(lines_of(findings, contents.result), key=position)


def write_findings(book: Book, contents: Contents, inbox: Inbox) -> None:
    """The sheet 指摘一覧."""
    found = [f for f in contents.findings if f.severity in ("要修正", "要確認")]
    sheet = book.sheet(FINDINGS_SHEET, [c.width for c in _FINDING_COLUMNS], in_order=True)
    top = write_head(
        sheet,
        contents,
        FINDINGS_SHEET,
        f"{tally(contents)}。"
        "「セル」を選ぶと、提出されたファイルのその場所が開きます。"
        "一つのファイルの同じ内容の指摘は、1行にまとめてセルを並べています。"
        f"このままでよい要確認は、『{OFFICE_SHEET}』の「確認済」に、右端の「コード」「対象」「確認時の値」を"
        "そのまま写します。",
    )
    rows = [
        _finding_row(number, line, inbox) for number, line in enumerate(_sorted(found, contents), 1)
    ]
    table = Table(_FINDING_COLUMNS, rows, frozen_columns=5)
    write_table(sheet, top, table, none="指摘はありません。")
    sheet.page_setup()


def _finding_row(number: int, line: Line, inbox: Inbox) -> Row:
    item = line.first
    waiting = "未対応" if item.severity == "要修正" else "未確認"
    mark = "error" if item.severity == "要修正" else "" if item.acknowledged else "warning"
    return Row(
        (
            number,
            item.severity,
            item.addressee,
            typed(line.department),
            inbox.cell(item.place, line.spot),
            typed(line.subject),
            item.text,
            typed(excerpt(item.value)),
            typed(item.expected),
            answers.beside(line.items),
            "確認済" if item.acknowledged else waiting,
            typed(item.place.file),
            item.code,
            typed(line.target),
            typed(excerpt(item.value)) if item.severity == "要確認" else "",
        ),
        "muted" if item.acknowledged else "",
        ((1, mark),) if mark else (),
    )


def write_conversions(book: Book, contents: Contents, inbox: Inbox) -> None:
    """The sheet 自動変換一覧: the value as typed and what it was taken for."""
    found = [f for f in contents.findings if f.severity == "自動変換"]
    sheet = book.sheet(CONVERSIONS_SHEET, [c.width for c in _CONVERSION_COLUMNS], in_order=True)
    top = write_head(
        sheet,
        contents,
        CONVERSIONS_SHEET,
        f"表記をそろえて読み取ったところです（{len(found)}件）。直す必要はありません。"
        "提出されたファイルは変わっていません。",
    )
    rows = [
        Row(
            (
                number,
                typed(line.department),
                inbox.cell(line.first.place, line.spot),
                typed(line.subject),
                line.first.place.label,
                typed(line.first.value),
                typed(line.first.expected),
                line.first.text,
                typed(line.first.place.file),
                line.first.code,
            )
        )
        for number, line in enumerate(_sorted(found, contents), 1)
    ]
    table = Table(_CONVERSION_COLUMNS, rows, frozen_columns=3)
    write_table(sheet, top, table, none="自動変換はありません。")
    sheet.page_setup()


def write_spellings(book: Book, contents: Contents) -> None:
    """The sheet 表記のゆれ: signs that the list spells in several ways."""
    sheet = book.sheet(SPELLINGS_SHEET, [c.width for c in _SPELLING_COLUMNS])
    top = write_head(
        sheet,
        contents,
        SPELLINGS_SHEET,
        "一覧の事業名と事業内容で、同じものが何通りかに書かれているところです（一覧は、部局が書いた"
        f"とおりです）。そろえるときは、『{OFFICE_SHEET}』の「修正」に書きます。部局に直してもらう必要は"
        "ありません。",
    )
    rows = [
        Row(
            (
                number,
                found.sign,
                found.spelling,
                f"{len(found.rows):,}行（{named([r.target for r in found.rows], _MOST_ROWS)}）",
            )
        )
        for number, found in enumerate(uneven(contents.result.listed), 1)
    ]
    write_table(sheet, top, Table(_SPELLING_COLUMNS, rows), none="表記のゆれはありません。")
    sheet.page_setup()


# --- rows that are not in the list ----------------------------------------------------------------


def write_held(book: Book, contents: Contents, inbox: Inbox) -> None:
    """The sheet 保留: rows that could not be placed, and rows that are not to be listed."""
    result = contents.result
    sheet = book.sheet(HELD_SHEET, [c.width for c in _HELD_COLUMNS], in_order=True)
    top = write_head(
        sheet,
        contents,
        HELD_SHEET,
        "読み取りましたが、一覧に載せていない行です。",
    )
    row = write_title(
        sheet, top + 1, f"施策か事業名が分からず、載せられない行（{len(result.held)}行）"
    )
    held = [
        _aside_row(
            number,
            row_.raw,
            row_.department,
            row_.name,
            "\n".join(f.text for f in row_.findings),
            inbox,
        )
        for number, row_ in enumerate(result.held, 1)
    ]
    row = write_table(sheet, row, Table(_HELD_COLUMNS, held), none="保留の行はありません。")
    gone = result.withdrawn
    row = write_title(
        sheet, row + 1, f"載せないことにした行（終了・取下げ・掲載しない、{len(gone)}行）"
    )
    rows = [
        _aside_row(n, w.raw, w.department, w.name, w.reason, inbox) for n, w in enumerate(gone, 1)
    ]
    # Both tables have the same columns: the first header serves the pages of both.
    table = Table(_HELD_COLUMNS, rows, main=not held)
    write_table(sheet, row, table, none="載せないことにした行はありません。")
    sheet.page_setup()


def _aside_row(
    number: int, raw: RawRow, department: str, name: str, reason: str, inbox: Inbox
) -> Row:
    values = raw.values
    return Row(
        (
            number,
            typed(department),
            inbox.cell(raw.place("measure")),
            typed(values.get("measure")),
            typed(values.get("number")),
            typed(name),
            typed(values.get("budget")),
            reason,
            typed(raw.file),
        )
    )
