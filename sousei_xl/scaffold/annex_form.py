"""The template's sheet 別紙: the printed form as prototype rows, in the published layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sousei_xl.forms.look import LIST_HEADER, NOTE, validate
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.prototype import (
    COUNTS,
    GENERAL,
    GOAL,
    HEADER,
    KINDS,
    MEASURE,
    NOT_PRINTED,
    OF_GOAL,
    OF_MEASURE,
    OF_TOTAL,
    PROJECT,
    RELISTED,
    SUBTOTAL,
    TITLE,
    TOTAL,
)
from sousei_xl.strategy.fields import CORE
from sousei_xl.strategy.load.table import FORM

# A: kind of row; B to H: the printed form.
_WIDTHS = (14.0, 5.0, 5.5, 30.0, 14.0, 6.5, 13.0, 75.0)
_LAST = len(_WIDTHS) - 1
_LINE = {"border": 1, "border_color": "#404040"}
_TEXT: Mapping[str, Any] = {**_LINE, "font_size": 10, "text_wrap": True}
_CENTRE: Mapping[str, Any] = {**_TEXT, "align": "center"}
# Narrow columns hold a few characters at most.
_NARROW: Mapping[str, Any] = {**_LINE, "font_size": 10, "align": "center", "shrink": True}
_MONEY: Mapping[str, Any] = {
    **_LINE,
    "font_size": 10,
    "align": "right",
    "indent": 1,
    "num_format": "#,##0",
}
_HEAD: Mapping[str, Any] = {**_CENTRE, "bold": True, "bg_color": "#D9E2EC"}
_GOAL: Mapping[str, Any] = {
    **_LINE,
    "font_size": 11,
    "bold": True,
    "bg_color": "#BFCEDD",
    "indent": 1,
}
_MEASURE: Mapping[str, Any] = {**_GOAL, "font_size": 10.5, "bg_color": "#E9EFF5"}
_SUBTOTAL: Mapping[str, Any] = {"bold": True, "bg_color": "#F0F0F0"}
_TOTAL: Mapping[str, Any] = {"bold": True, "bg_color": "#DEDEDE", "top": 6, "top_color": "#404040"}

_VIEWPOINT = (
    "※掲載の視点：総合計画の重点事業、地方創生関連交付金の対象事業、総合戦略に記載のある取組"
    "又は関連の深い取組"
)
_RELEVANCE = "◎：施策の記載内容に直接関係する事業　○：施策の目的の達成を補完する事業"
_HEADINGS = ("番号", "再掲", "事業名", "部局名", "関連性", "予算事業費", "事業内容")

# Text and format of a row's cells from B on; None lies under the merged range to its left.
_Cells = Sequence[tuple[str, Mapping[str, Any]] | None]


def write_annex_form(book: Book) -> None:
    """Write the sheet 別紙 with one prototype per kind of row and a legend below."""
    sheet = book.sheet(FORM, _WIDTHS)
    kind = book.format(**{**LIST_HEADER, "font_size": 9, "bold": False})
    sheet.text(0, 0, "行の種類", book.format(**LIST_HEADER))
    note = (
        "印刷の見本です。この行とA列は印刷されません。"
        "書体、色、罫線、幅、文言は自由に変えられます。"
    )
    sheet.text(0, 1, note, book.format(**NOTE))
    sheet.height(0, 20)
    row = 1
    for name, height, cells in _prototypes():
        sheet.text(row, 0, name, kind)
        _write_row(sheet, row, cells)
        sheet.height(row, height)
        row += 1
    form_end = row - 1
    hint = "この行が何の見本かを表します。表題と見出しは何行でも使えます。ほかは1行ずつです。"
    options = {"validate": "list", "source": list(KINDS)}
    validate(sheet, 1, 0, form_end + 10, options, hint, "行の種類")
    _write_legend(sheet, row + 1)
    _set_pages(sheet, form_end)


def _prototypes() -> Sequence[tuple[str, float, _Cells]]:
    """(kind, minimum height, cells) of every prototype row, from top to bottom."""
    plain: Mapping[str, Any] = {"font_size": 10}
    projects: _Cells = (
        ("{番号}", _NARROW),
        ("{再掲}", _NARROW),
        ("{事業名}", _TEXT),
        ("{部局名}", _TEXT),
        ("{関連性}", _NARROW),
        ("{予算事業費}", _MONEY),
        ("{事業内容}", _TEXT),
    )
    return (
        (TITLE, 30, _wide("{年度全角}{表題}", {"font_size": 16, "bold": True, "align": "center"})),
        (TITLE, 18, _wide("{状態}", {"font_size": 11, "bold": True, "align": "right"})),
        (TITLE, 16, _wide(_VIEWPOINT, plain)),
        (TITLE, 16, _wide(_RELEVANCE, plain)),
        (
            TITLE,
            16,
            (
                ("※予算事業費は、{年度}の{予算の基準}予算の額です。", plain),
                *[None] * 5,
                ("（単位：{単位}）", {**plain, "align": "right"}),
            ),
        ),
        (HEADER, 26, [(heading, _HEAD) for heading in _HEADINGS]),
        (GOAL, 24, _wide("{基本目標の呼び方}　{基本目標名}", _GOAL)),
        (MEASURE, 21, _wide("{施策記号}　{施策名}", _MEASURE)),
        (PROJECT, 20, projects),
        (RELISTED, 20, projects),
        (SUBTOTAL, 24, _sum_row("{小計名}{基本目標番号}", _SUBTOTAL)),
        (TOTAL, 26, _sum_row("{小計名}", _TOTAL)),
    )


def _wide(words: str, look: Mapping[str, Any]) -> _Cells:
    return ((words, look), *[None] * (_LAST - 1))


def _sum_row(label: str, look: Mapping[str, Any]) -> _Cells:
    left = {**_TEXT, **look}
    net = "再掲を除く　{純事業数}事業　{再掲を除く額}{単位}"
    return (
        (label, {**_NARROW, **look}),
        None,
        ("延べ{事業数}事業（うち再掲 {うち再掲}）", left),
        None,
        None,
        ("{小計額}", {**_MONEY, **look}),
        (net, left),
    )


def _write_row(sheet: Sheet, row: int, cells: _Cells) -> None:
    column = 1
    for position, cell in enumerate(cells):
        if cell is None:
            continue
        column = position + 1
        end = position
        while end + 1 < len(cells) and cells[end + 1] is None:
            end += 1
        words, look = cell
        sheet.merge_text(row, column, row, end + 1, words, sheet.book.format(**look))


def _write_legend(sheet: Sheet, top: int) -> None:
    """What may be inserted where; rows of kind 説明 are not printed."""
    book = sheet.book
    fields = tuple(f.short_label for f in CORE if f.name not in NOT_PRINTED)
    legend = (
        ("使える差込み", "{ } で囲んだ言葉が、一覧を作るときに実際の値に置き換わります。"),
        ("どの行でも", _braced(GENERAL)),
        (GOAL, _braced(OF_GOAL)),
        (MEASURE, _braced((*OF_GOAL, *OF_MEASURE))),
        (f"{PROJECT}、{RELISTED}", _braced((*fields, *OF_GOAL, *OF_MEASURE)) + " と独自の項目"),
        (f"{SUBTOTAL}、{TOTAL}", _braced(OF_TOTAL) + f"（{COUNTS[0]}は再掲を含みます）"),
        (
            "列を足すとき",
            "表の途中の列（{事業内容}の列など）を列ごと選び、Excelの「挿入」で足してください。題名や帯の"
            "結合したセルも広がります。見出し、事業、再掲事業の行に同じ列の言葉と差込みを入力し、幅を決めます。"
            "列の幅の合計は用紙の幅に合わせて縮小されます。",
        ),
    )
    label = book.format(**NOTE, bold=True, text_wrap=True)
    body = book.format(**NOTE, text_wrap=True)
    for row, (name, words) in enumerate(legend, top):
        sheet.text(row, 0, "説明", book.format(**NOTE, align="center"))
        sheet.merge_text(row, 1, row, 3, name, label)
        sheet.merge_text(row, 4, row, _LAST, words, body)
        height = pages.text_height(words, sheet.span_width(4, _LAST), 9.5, book.settings.font)
        sheet.height(row, height + 2)


def _braced(names: Sequence[str]) -> str:
    return " ".join(f"{{{name}}}" for name in names)


def _set_pages(sheet: Sheet, last: int) -> None:
    worksheet = sheet.worksheet
    worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.set_margins(0.4, 0.4, 0.6, 0.6)
    worksheet.fit_to_pages(1, 0)
    worksheet.print_area(1, 1, last, _LAST)
    worksheet.freeze_panes(1, 1)
