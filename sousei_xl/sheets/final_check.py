"""最終確認: one department's rows as they will be printed, for a last look before 決裁."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sousei_xl import text
from sousei_xl.rules.records import REASON, WITHHOLD, ListedRow, ListStatus
from sousei_xl.sheets import Contents
from sousei_xl.sheets.annex import printed_amount, printed_name
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.checkbook.letters import due, sent_to
from sousei_xl.sheets.lines import write_spans, write_title
from sousei_xl.sheets.tables import Column, Row, Table, write_table

SHEET = "最終確認"
_ANSWERS = ("確認済", "直す内容あり")
_APPLIED = "適用"
_ADDED = "事務局が追加"
_WITHHELD = "事務局が載せないことにしたため"

_LISTED = (
    Column("施策", 19),
    Column("番号", 6, "centre"),
    Column("再掲", 6, "centre"),
    Column("事業名", 28),
    Column("部局名", 14),
    Column("関連性", 7, "centre"),
    Column("予算事業費\n（千円）", 13, "number"),
    Column("事業内容", 58),
    Column("事務局が直したところ", 24),
    Column("確認", 12, "centre"),
    Column("直す内容", 30),
)
_TO_ANSWER = 2  # columns: 確認 and 直す内容, the last ones
_OWN = Column("その他の項目", 22)  # the office's own, one a line: there may be any number of them
_OWN_AT = next(i for i, c in enumerate(_LISTED) if c.heading == "事業内容") + 1
_Aside = tuple[str, str, str, str]  # 施策, 番号, 事業名, reason
# Rows that are not listed, below: first and last column, heading.
_ASIDE = ((0, 0, "施策"), (1, 1, "番号"), (2, 5, "事業名"), (6, len(_LISTED) - 1, "理由"))


def printed_rows(contents: Contents, department: str) -> list[ListedRow]:
    """The rows that bear the department's name, those with several departments included."""
    named = contents.strategy.departments_in
    return [
        row
        for row in contents.result.listed
        if department == row.counted or department in named(row.department)
    ]


def has_rows(contents: Contents, department: str) -> bool:
    """Whether there is anything for the department to look at."""
    return bool(printed_rows(contents, department)) or any(_aside(contents, department))


def write_final_check(path: Path, contents: Contents, department: str) -> None:
    """Write the workbook of one department. Raises OSError and, for a bug of ours, LostCell."""
    settings = contents.strategy.settings
    title = f"{settings.year_label} {settings.title}　{SHEET}（{department}）"
    status: ListStatus | None = "proposal" if contents.status == "proposal" else None
    book = Book(path, contents.run, settings, title, status)
    columns = _columns(contents)
    sheet = book.sheet(SHEET, [c.width for c in columns])
    rows = printed_rows(contents, department)
    top = _write_head(sheet, contents, title, rows)
    done = _done_by_office(contents)
    lines = [_line(row, contents, done.get(row.row_id, "")) for row in rows]
    end = write_table(sheet, top, Table(columns, tuple(lines), frozen_columns=4))
    answer = len(columns) - _TO_ANSWER
    for row in range(top + 1, end):
        for column in range(answer, len(columns)):
            sheet.blank(row, column, "input")
    if lines:
        _offer_answers(sheet, top + 1, end - 1, answer)
    with_next = _write_aside(sheet, end + 1, list(_aside(contents, department)))
    sheet.page_setup(with_next=with_next)
    book.close()


def _columns(contents: Contents) -> tuple[Column, ...]:
    """With the office's own fields behind what the list prints of every project."""
    own = (_OWN,) if contents.strategy.own_fields else ()
    return (*_LISTED[:_OWN_AT], *own, *_LISTED[_OWN_AT:])


def _write_aside(sheet: Sheet, row: int, aside: Sequence[_Aside]) -> set[int]:
    """What is not listed, below what is; the rows that must not end a page."""
    if not aside:
        return set()
    headings = write_title(sheet, row, "一覧に載らない事業、ほかの部局の事業として載る事業")
    write_spans(sheet, headings, [(*place, "header") for place in _ASIDE])
    for line, cells in enumerate(aside, headings + 1):
        placed = zip(_ASIDE, cells, strict=True)
        write_spans(sheet, line, [(*where[:2], cell, "text_wrap") for where, cell in placed])
    return {row, headings}


def _write_head(sheet: Sheet, contents: Contents, title: str, rows: list[ListedRow]) -> int:
    settings = contents.strategy.settings
    sheet.wide_text(0, title, "title")
    states = {
        "draft": "一覧はまだ作成中です。番号などが変わることがあります。",
        "proposal": "決裁前の（案）です。",
        "final": "確定した一覧です。",
    }
    sheet.wide_text(
        1,
        f"一覧には次のとおり載ります。{states[contents.status]}"
        "誤りがなければ「確認」で「確認済」を選び、直すところがあれば「直す内容」に書いて、事務局に返して"
        f"ください{sent_to(settings)}。{due('回答期限', settings)}"
        "ほかの列を直しても、一覧は変わりません。",
        "plain_wrap",
    )
    relisted = sum(row.relisted for row in rows)
    gross = sum(row.budget or 0 for row in rows)
    net = sum(row.budget or 0 for row in rows if not row.relisted)
    sheet.wide_text(
        2,
        f"{len(rows)}行（うち再掲 {relisted}、再掲を除く {len(rows) - relisted}事業）　"
        f"予算事業費　再掲を含む {gross:,}{settings.unit}　再掲を除く {net:,}{settings.unit}",
        "subtitle",
    )
    sheet.wide_text(
        3,
        f"照合番号：{contents.run.hash}（別紙の照合番号と同じなら、同じ提出内容から作られています。"
        "別紙では「目次」と各ページの下にあります）",
        "subtitle",
    )
    return 5


def _line(row: ListedRow, contents: Contents, done: str) -> Row:
    measure = contents.strategy.measure_by_key[row.measure]
    amount = printed_amount(row.budget, row.budget_kind)
    return Row(
        (
            measure.option,
            "" if row.number is None else str(row.number),
            text.RELISTED if row.relisted else "",
            printed_name(row.name, row.category, row.marked),
            row.department,
            row.relevance,
            f"{amount:,}" if isinstance(amount, int) else amount,
            row.description,
            *([own] if (own := _own(row, contents)) else []),
            done,
            None,
            None,
        )
    )


def _own(row: ListedRow, contents: Contents) -> str:
    """``財源：国``, a line for each of the office's own fields; blank where it has none."""
    said = zip(contents.strategy.own_fields, row.own, strict=True)
    return "\n".join(f"{f.label}：{text.to_text(value) or text.SHOWN_BLANK}" for f, value in said)


def _done_by_office(contents: Contents) -> Mapping[int, str]:
    """row_id → that the office has added the row, and what it has changed in it; with reasons."""
    found: dict[int, list[str]] = {}
    for raw in contents.result.additions:
        words = _ADDED + _because(text.to_text(raw.values.get(REASON)))
        found[raw.row_id] = [text.printable(words)]
    for applied in contents.result.corrections:
        if applied.status == _APPLIED and applied.row_id is not None:
            found.setdefault(applied.row_id, []).append(text.printable(applied.told))
    return {row_id: "\n".join(lines) for row_id, lines in found.items()}


def _because(reason: str) -> str:
    return f"（{reason.strip()}）" if reason.strip() else ""


def _aside(contents: Contents, department: str) -> Iterable[_Aside]:
    """The department's rows that are not listed, or not as its own."""
    files = {f.file for f in contents.result.files if f.department == department}
    own = {row.row_id for row in printed_rows(contents, department)}
    for row in contents.result.listed:
        if row.row_id not in own and contents.result.origins[row.row_id].file in files:
            number = "" if row.number is None else str(row.number)
            yield row.measure, number, row.name, f"{row.department}の事業として掲載"
    asked = {
        c.row_id: c.correction.reason
        for c in contents.result.corrections
        if c.correction.operation == WITHHOLD and c.status == _APPLIED
    }
    for gone in contents.result.withdrawn:
        if gone.department == department:
            number = "" if gone.number is None else str(gone.number)
            why = f"{gone.reason}のため"
            if gone.reason == WITHHOLD:
                why = text.printable(_WITHHELD + _because(asked.get(gone.raw.row_id, "")))
            yield text.printable(gone.measure), number, text.printable(gone.name), why
    for held in contents.result.held:
        if held.department == department:
            reasons = "".join(item.message for item in held.findings)
            yield "", "", text.printable(held.name) or "（事業名なし）", reasons


def _offer_answers(sheet: Sheet, first: int, last: int, column: int) -> None:
    options = {
        "validate": "list",
        "source": list(_ANSWERS),
        "error_type": "warning",
        "error_title": "確認",
        "error_message": f"「{'」か「'.join(_ANSWERS)}」を選んでください。"
        "直す内容や連絡は、右の「直す内容」に書いてください。",
    }
    sheet.validate(first, column, last, options)
