"""``事務局修正.xlsx``: what the office corrects, adds and confirms, apart from all forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from sousei_xl.catalogue import RULES
from sousei_xl.forms import layout
from sousei_xl.forms.checks import DEPARTMENT_OPTIONS, MEASURE_OPTIONS, choice_name
from sousei_xl.forms.distribute import write_choices
from sousei_xl.forms.look import CELL, LABEL, NOTE, SECTION, TITLE, TYPED_TEXT, print_on_one_page
from sousei_xl.forms.office_layout import (
    ACKNOWLEDGED,
    ACKNOWLEDGED_COLUMNS,
    ADDED,
    ADDED_COLUMNS,
    CORRECTED,
    CORRECTED_COLUMNS,
    GUIDE,
)
from sousei_xl.forms.worksheet import open_book
from sousei_xl.rules.records import OPERATIONS
from sousei_xl.scaffold.grid import Column, Grid, write_grid
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Book
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import Field
from sousei_xl.strategy.indicators import column_by_name, input_names
from sousei_xl.text import Value

_OPERATION_LIST, _FIELD_LIST, _CODE_LIST = "操作の選択肢", "項目の選択肢", "指摘コードの選択肢"

# What the example's office has confirmed: the published list has no number 2 of 1ウ either.
EXAMPLE_ACKNOWLEDGEMENTS: tuple[tuple[Value, ...], ...] = (
    ("L109", "1ウ", "2", "事務局", dt.date(2018, 3, 23), "（例）番号2は、公表された一覧でも欠番"),
)

_CENTRE = {"align": "center"}
_HINTS = {
    "対象": "事業は「{key}-4 事業名」のように、番号の後に事業名も入力します（番号だけでは、部局が"
    "行を足したり消したりすると、別の事業になります）。ほかに、施策（{key}）、部局名、指標のIDなど"
    "です。",
    "操作": "修正：値を直す　掲載しない：一覧から外す　順番：番号を変える（修正後に新しい番号）",
    "項目": "操作が「修正」のとき、直す項目を選びます。",
    "修正前": "今の値です。「掲載しない」では事業名です。部局が先に直していて値が違うときは、"
    "適用せずにお知らせします。",
    "修正後": "新しい値です。金額は千円単位の整数です。",
    "理由": "査定、決裁など、直す理由です。",
    "依頼元": "誰の依頼か、誰が決めたかです。",
    "指摘コード": "点検結果の「コード」の列にある記号です。要確認の指摘だけが確認できます。",
    "確認時の値": "点検結果の「確認時の値」です。値が変わると確認は無効になります。点検結果で空欄の"
    "ときだけ、空欄にします。",
    "確認者": "",
    "メモ": "確認した内容です。",
}
# What differs in 修正, which takes rows and indicators alone.
_CORRECTED_TARGET = (
    "事業は「{key}-4 事業名」のように、番号の後に事業名も入力します（番号だけでは、部局が"
    "行を足したり消したりすると、別の事業になります）。KPIは指標のIDです。"
)
# Of no year: by its words a sheet in which nothing was typed is known again in the next one.
_STEPS = (
    (
        CORRECTED,
        "査定や決裁で値を直すとき、行を外すとき、順番を変えるときに使います。部局のファイルは変えません。"
        "点検結果に、修正前と修正後を並べて載せます。KPIは、対象に指標のID、項目に様式の見出し（各年の"
        "実績、事務局判定など）を入力します。",
        "1ア-4 事業名｜修正｜予算事業費｜5335｜5300｜査定による｜財政課｜日付\n"
        "2ア-3 事業名｜掲載しない｜｜事業名｜｜査定による｜財政課｜日付",
    ),
    (
        ADDED,
        "様式が届かない事業や、部局に代わって載せる事業を足します。様式の「事業」と同じ書き方で、部局名も必ず"
        "入力します。再掲の行も足せます。",
        "2ア 移住環境｜｜｜新規｜移住体験事業｜地域振興部｜○｜｜1200｜"
        "移住を考える人に短期の滞在の機会を設ける。｜｜査定による｜財政課",
    ),
    (
        ACKNOWLEDGED,
        "要確認の指摘を確かめて、そのままでよいとしたことを記録します。同じ行で値が変わらない間は、次からは"
        "確認済として扱います。",
        "L109｜1ウ｜2｜事務局｜日付｜番号2は欠番",
    ),
)


def build_office_sheet(
    path: Path, strategy: Strategy, acknowledgements: Sequence[Sequence[Value]] = ()
) -> None:
    """Write ``事務局修正.xlsx``; ``acknowledgements`` are rows of 確認済.

    The same arguments give the same bytes. Raises OSError where the file cannot be written.
    """
    book = open_book(path, strategy.settings, "事務局修正")
    _write_guide(book)
    corrected = (28, 12, 18, 30, 30, 34, 20, 14)
    key = strategy.example_measure
    hints = {**_HINTS, "対象": _HINTS["対象"].format(key=key)}
    of_corrected = {"対象": _CORRECTED_TARGET.format(key=key)}
    hints |= {"日付": f"例：{strategy.settings.fiscal_year}-03-23"}
    choices = {"操作": _OPERATION_LIST, "項目": _FIELD_LIST, "指摘コード": _CODE_LIST}
    write_grid(
        book,
        Grid(
            CORRECTED,
            "修正（値の修正、掲載しない、順番）",
            "1行に一つの修正を入力します。使い方は「説明」シートにあります。",
            _columns(
                CORRECTED_COLUMNS,
                corrected,
                choices,
                {**hints, **of_corrected},
            ),
            room=100,
        ),
    )
    write_grid(
        book,
        Grid(
            ADDED,
            "追加（事務局が足す事業）",
            "様式の「事業」と同じ書き方で入力します。部局名は必ず入力してください。",
            _added_columns(strategy),
            room=50,
        ),
    )
    write_grid(
        book,
        Grid(
            ACKNOWLEDGED,
            "確認済（要確認の指摘を確かめた記録）",
            "点検結果の「コード」「対象」「確認時の値」を写し、確認した人と日付を入力します。",
            _columns(ACKNOWLEDGED_COLUMNS, (12, 26, 26, 18, 14, 60), choices, hints),
            acknowledgements,
            room=100,
        ),
    )
    confirmable = [rule for rule in RULES.values() if rule.severity == "要確認"]
    extra = {
        _OPERATION_LIST: OPERATIONS,
        _FIELD_LIST: _correctable(strategy),
        _CODE_LIST: [rule.code for rule in confirmable],
        "指摘の題名": [rule.title for rule in confirmable],
    }
    write_choices(book, strategy, extra)
    book.close()


def _correctable(strategy: Strategy) -> list[str]:
    """What 項目 may be: the fields of a project and, below them, those of an indicator."""
    fields = [f.title for f in strategy.fields]
    if not strategy.indicators:
        return fields
    columns = column_by_name(strategy.settings)
    return [*fields, *(columns[name].label for name in input_names(strategy.settings))]


def _columns(
    headings: Sequence[str],
    widths: Sequence[float],
    choices: Mapping[str, str],
    hints: Mapping[str, str],
) -> tuple[Column, ...]:
    centred = ("対象", "操作", "指摘コード", "日付")
    return tuple(
        Column(
            heading,
            width,
            hints[heading],
            choices.get(heading, ()),
            {**(_CENTRE if heading in centred else {}), **_FORMATS.get(heading, {})},
        )
        for heading, width in zip(headings, widths, strict=True)
    )


_FORMATS: Mapping[str, Mapping[str, str]] = {
    "日付": {"num_format": "yyyy-mm-dd"},
    **dict.fromkeys(("対象", "修正前", "修正後", "確認時の値"), TYPED_TEXT),
}

_WIDTHS = {"measure": 21, "name": 30, "department": 16, "description": 60, "budget": 17}


def _added_columns(strategy: Strategy) -> tuple[Column, ...]:
    columns = []
    for name, label in layout.project_fields(strategy)[1:]:
        field = strategy.field_by_name[name]
        look: Mapping[str, str] = {"num_format": "#,##0"} if field.kind == "money" else {}
        if field.may_look_like_a_number:
            look = TYPED_TEXT
        hint = "必ず入力してください。" if name == "department" else field.hint
        columns.append(Column(label, _WIDTHS.get(name, 12), hint, _choices(field, strategy), look))
    for heading in ADDED_COLUMNS:
        columns.append(Column(heading, 22, _HINTS[heading]))
    return tuple(columns)


def _choices(field: Field, strategy: Strategy) -> str:
    """The defined name of the field's list; none while the template has no measures."""
    if field.kind == "measure":
        return MEASURE_OPTIONS if strategy.measures else ""
    if field.kind == "department":
        return DEPARTMENT_OPTIONS if strategy.departments else ""
    return choice_name(field) if field.kind == "choice" else ""


def _write_guide(book: Book) -> None:
    sheet = book.sheet(GUIDE, (16, 62, 52))
    sheet.text(0, 0, "事務局修正　使い方", book.format(**TITLE))
    sheet.height(0, 32)
    about = (
        "査定、決裁、確認で決まったことを事務局が記録するファイルです。inbox フォルダーに置いたまま"
        "使います。入力して保存し、もう一度統合すると（統合.bat か sousei-xl merge）"
        "一覧に反映されます。"
    )
    sheet.merge_text(1, 0, 1, 2, about, book.format(text_wrap=True))
    height = pages.text_height(about, sheet.span_width(0, 2), 10, book.settings.font)
    sheet.height(1, height + 4)
    for column, heading in enumerate(("シート", "使うとき", "記入例（｜は列の区切り）")):
        sheet.text(3, column, heading, book.format(**SECTION))
    sheet.height(3, 22)
    for row, words in enumerate(_STEPS, 4):
        heights = []
        for column, part in enumerate(words):
            look = LABEL if column == 0 else {**CELL, "indent": 1}
            sheet.text(row, column, part, book.format(**look))
            width = sheet.widths[column] - 2
            heights.append(pages.text_height(part, width, 10, book.settings.font))
        sheet.height(row, max(heights) + 8)
    note = (
        "指摘コードの意味は「選択肢」シートの「指摘の題名」か、"
        "「sousei-xl explain コード」で確かめられます。"
    )
    sheet.text(8, 0, note, book.format(**NOTE))
    print_on_one_page(sheet)
