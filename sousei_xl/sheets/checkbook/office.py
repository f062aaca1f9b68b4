"""事務局修正一覧: what the office decided, what became of it, and hand edits to take over."""

from __future__ import annotations

from collections.abc import Sequence

from sousei_xl.rules.hand_edits import ReadyRow
from sousei_xl.rules.records import (
    REASON,
    REQUESTED_BY,
    AppliedAcknowledgement,
    AppliedCorrection,
)
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.checkbook.cells import (
    Inbox,
    typed,
)
from sousei_xl.sheets.lines import TITLE_HEIGHT, write_title
from sousei_xl.sheets.overview.head import write_head
from sousei_xl.sheets.tables import Column, Row, Table, write_table
from sousei_xl.workspace import OFFICE_SHEET

SHEET = "事務局修正一覧"

# 対象 to 日付 stand as in 事務局修正, so that rows can be copied from here to there.
_CORRECTED = (
    Column("No", 6, "integer", "number"),
    Column("対象", 16),
    Column("操作", 11, "centre"),
    Column("項目", 18),
    Column("修正前", 20),
    Column("修正後", 20),
    Column("理由", 28),
    Column("依頼元", 15),
    Column("日付", 15, "centre"),
    Column("提出された値", 20),
    Column("結果", 10, "centre"),
    Column("事業名・指標名", 30),
    Column("場所", 18),
)


def _columns(*headings: tuple[str, str]) -> tuple[Column, ...]:
    """Columns of another section of the sheet: its widths are those of the corrections."""
    return tuple(
        Column(heading, wide.width, style, "number" if style == "integer" else "text")
        for (heading, style), wide in zip(headings, _CORRECTED, strict=False)
    )


_ADDED = _columns(
    ("No", "integer"),
    ("対象", "text_wrap"),
    ("扱い", "centre"),
    ("部局名", "text_wrap"),
    ("施策（入力値）", "text_wrap"),
    ("予算事業費（入力値）", "text_wrap"),
    ("事業名", "text_wrap"),
    ("場所", "text_wrap"),
    ("依頼元", "text_wrap"),
    ("理由", "text_wrap"),
)
_ACKNOWLEDGED = _columns(
    ("No", "integer"),
    ("対象", "text_wrap"),
    ("指摘コード", "centre"),
    ("確認者", "text_wrap"),
    ("確認時の値", "text_wrap"),
    ("結果", "centre"),
    ("メモ", "text_wrap"),
    ("日付", "centre"),
    ("場所", "text_wrap"),
)
_READY = _columns(
    ("No", "integer"),
    ("対象", "text_wrap"),
    ("操作", "centre"),
    ("項目", "text_wrap"),
    ("修正前", "text_wrap"),
    ("修正後", "text_wrap"),
    ("理由", "text_wrap"),
    ("依頼元", "text_wrap"),
    ("日付", "centre"),
    ("手修正の場所", "text_wrap"),
)
_OTHER_EDITS = _columns(
    ("No", "integer"),
    ("シート", "text_wrap"),
    ("セル", "centre"),
    ("内容", "text_wrap"),
    ("変更前", "text_wrap"),
    ("変更後", "text_wrap"),
    ("ファイル", "text_wrap"),
)

_UNMET = ("値が変わった", "当てはまる指摘なし")


def write_office(
    book: Book, contents: Contents, inbox: Inbox, hand_edits: Sequence[ReadyRow]
) -> None:
    """The sheet 事務局修正一覧."""
    sheet = book.sheet(SHEET, [c.width for c in _CORRECTED])
    row = write_head(
        sheet,
        contents,
        SHEET,
        f"『{OFFICE_SHEET}』で決めたことと、その結果です。部局が提出したファイルは変わっていません。",
    )
    row = _corrections(sheet, row + 1, contents, inbox)
    row = _additions(sheet, row + 1, contents, inbox)
    row = _acknowledgements(sheet, row + 1, contents, inbox)
    _hand_edits(sheet, row + 1, hand_edits)
    sheet.page_setup()


def _section(
    sheet: Sheet, row: int, title: str, columns: tuple[Column, ...], rows: list[Row], none: str
) -> int:
    if not rows:
        sheet.turn(row, TITLE_HEIGHT + sheet.wide_height(none, "plain_wrap"))
        sheet.wide_text(write_title(sheet, row, title), none, "plain_wrap")
        return row + 2
    copied = columns is _READY
    if copied:  # no headings between what is to be copied: a page of its own has those it needs
        sheet.turn(row)
    top = write_title(sheet, row, title)
    again = None if copied else row
    return write_table(sheet, top, Table(columns, tuple(rows), main=False, title=again))


def _corrections(sheet: Sheet, row: int, contents: Contents, inbox: Inbox) -> int:
    """Those of the list and of the KPI round, in the order in which the office wrote them."""
    corrections = [*contents.result.corrections, *contents.indicators.corrections]
    rows = []
    for number, item in enumerate(sorted(corrections, key=_as_written), 1):
        asked = item.correction
        rows.append(
            Row(
                (
                    number,
                    typed(asked.target),
                    typed(asked.operation),
                    typed(asked.field_label),
                    typed(asked.before),
                    typed(asked.after),
                    typed(asked.reason),
                    typed(asked.requested_by),
                    typed(asked.date),
                    typed(item.current),
                    item.status,
                    typed(item.subject),
                    inbox.cell(asked.place),
                ),
                styles=() if item.status == "適用" else ((10, "error"),),
            )
        )
    return _section(
        sheet, row, f"修正（{len(rows)}件）", _CORRECTED, rows, "修正の記入はありません。"
    )


def _as_written(item: AppliedCorrection) -> int:
    return item.correction.place.row or 0


def _additions(sheet: Sheet, row: int, contents: Contents, inbox: Inbox) -> int:
    result = contents.result
    listed = {line.row_id: line for line in contents.result.listed}
    held = {item.raw.row_id for item in result.held}
    rows = []
    for number, raw in enumerate(result.additions, 1):
        line = listed.get(raw.row_id)
        fate = "掲載" if line else "保留" if raw.row_id in held else "載せない"
        values = raw.values
        rows.append(
            Row(
                (
                    number,
                    line.target if line else None,
                    fate,
                    typed(values.get("department")),
                    typed(values.get("measure")),
                    typed(values.get("budget")),
                    typed(values.get("name")),
                    inbox.cell(raw.place("name")),
                    typed(values.get(REQUESTED_BY)),
                    typed(values.get(REASON)),
                )
            )
        )
    return _section(sheet, row, f"追加（{len(rows)}行）", _ADDED, rows, "追加した行はありません。")


def _acknowledgements(sheet: Sheet, row: int, contents: Contents, inbox: Inbox) -> int:
    confirmed = [*contents.result.acknowledgements, *contents.indicators.acknowledgements]
    rows = []
    by_row = sorted(confirmed, key=lambda a: a.acknowledgement.place.row or 0)
    for number, applied in enumerate(by_row, 1):
        item = applied.acknowledgement
        rows.append(
            Row(
                (
                    number,
                    typed(item.target),
                    typed(item.code),
                    typed(item.by),
                    typed(item.confirmed),
                    _met(applied),
                    typed(item.memo),
                    typed(item.date),
                    inbox.cell(item.place),
                ),
                styles=((5, "warning"),) if applied.status in _UNMET else (),
            )
        )
    return _section(
        sheet, row, f"確認済（{len(rows)}件）", _ACKNOWLEDGED, rows, "確認済の記入はありません。"
    )


def _met(applied: AppliedAcknowledgement) -> str:
    """``確認済``, ``値が変わった（確認時は『2』 → 今は『3』）`` …"""
    if not applied.current:
        return applied.status
    before = typed(applied.acknowledgement.confirmed)
    shown = f"『{before}』" if before else "空欄"
    return f"{applied.status}（確認時は{shown} → 今は{applied.current}）"


def _hand_edits(sheet: Sheet, row: int, edits: Sequence[ReadyRow]) -> int:
    ready = [e for e in edits if e.target]
    others = [e.edit for e in edits if not e.target and not e.edit.computed]
    ready_rows = [
        Row(
            (
                number,
                typed(item.target),
                item.operation,
                typed(item.field_label),
                typed(item.before),
                typed(item.after),
                None,
                None,
                None,
                typed(f"{item.edit.sheet} {item.edit.cell}"),
            )
        )
        for number, item in enumerate(ready, 1)
    ]
    title = f"前の別紙に手で直したところ（{len(ready)}件）"
    if ready:
        title += f"　残すものは『{OFFICE_SHEET}』の「修正」に貼り付け、理由と依頼元を書きます"
    row = _section(sheet, row, title, _READY, ready_rows, "手で直したところはありません。")
    if not others:
        return row
    other_rows = [
        Row(
            (
                number,
                typed(edit.sheet),
                edit.cell,
                edit.problem or "事業の項目ではないところ",
                typed(edit.before),
                typed(edit.after),
                typed(edit.file),
            )
        )
        for number, edit in enumerate(others, 1)
    ]
    title = f"手で直したところのうち、「修正」に書けないもの（{len(others)}件）"
    return _section(sheet, row + 1, title, _OTHER_EDITS, other_rows, "")
