"""The form of one department: 記入要領, 回答票, 事業 and the lists behind its dropdowns.

Everything in it comes from the same definitions as the validator (fields, measures, departments),
so that a form never asks for what a rule refuses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from sousei_xl.forms import layout
from sousei_xl.forms.checks import (
    BLANK_CHARACTERS,
    BLANKS,
    DEPARTMENT_OPTIONS,
    DEPARTMENT_SPELLINGS,
    MEASURE_KEYS,
    MEASURE_OPTIONS,
    choice_name,
)
from sousei_xl.forms.guide import write_guide
from sousei_xl.forms.look import INPUT, LABEL, LIST_HEADER, NOTE, SECTION, TITLE, validate
from sousei_xl.forms.projects import ProjectSheet
from sousei_xl.forms.worksheet import FormWorksheet
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.strategy import Strategy
from sousei_xl.text import Value
from sousei_xl.workspace import Run

CHOICES = "選択肢"
TICK_OPTIONS = "該当事業なしの選択肢"
_NOTHING: Mapping[str, str] = MappingProxyType({})


def write_form(
    path: Path,
    strategy: Strategy,
    department: str,
    *,
    unit: str = "",
    edition: int = 1,
    projects: Sequence[Mapping[str, Value]] = (),
    reply: Mapping[str, str] = _NOTHING,
    prefilled: bool = False,
) -> None:
    """Write the form of a department (or of one 担当課, ``unit``) to ``path``.

    ``projects`` are rows by field name (a measure by its key or its option, amounts in thousand
    yen); ``previous_number`` and ``previous_budget`` too when ``prefilled``. ``reply`` has further
    answers of 回答票 by label. The same arguments give the same bytes. Raises LostCell for a text
    that no workbook can hold, OSError where the file cannot be written.
    """
    settings = strategy.settings
    created = dt.datetime.combine(settings.list_date, dt.time())
    title = f"{settings.year_label}　総合戦略関連事業　様式（{department}）"
    book = Book(path, Run("", settings.list_date, created), settings, title)
    book.workbook.worksheet_class = FormWorksheet
    _mark(book, strategy, department, unit, edition)
    write_guide(book, strategy)
    reply_sheet = book.sheet(layout.REPLY, (20, 38, 74))
    sheet = ProjectSheet(book, strategy, department, projects, prefilled)
    sheet.write()
    answers = {
        **reply,
        layout.YEAR: settings.year_label,
        layout.DEPARTMENT: department,
        layout.UNIT: unit or reply.get(layout.UNIT, ""),
        layout.EDITION: str(edition),
    }
    _write_reply(reply_sheet, answers, sheet)
    write_choices(book, strategy, {TICK_OPTIONS: (layout.TICKED,)})
    book.close()


def _mark(book: Book, strategy: Strategy, department: str, unit: str, edition: int) -> None:
    """The invisible twins of 回答票, for forms whose visible answers were lost."""
    for name, value in (
        (layout.MARK, layout.VERSION),
        (layout.PROPERTY_YEAR, strategy.settings.year_label),
        (layout.PROPERTY_DEPARTMENT, department),
        (layout.PROPERTY_UNIT, unit),
        (layout.PROPERTY_EDITION, str(edition)),
    ):
        book.workbook.set_custom_property(name, value, "text")


# --- 回答票 ---------------------------------------------------------------------------------------

_EXPLANATIONS = {
    layout.YEAR: "変更しないでください。",
    layout.DEPARTMENT: "変更しないでください（リストから選び直せます）。",
    layout.UNIT: "取りまとめた課の名前です。課ごとに提出するときは、必ず入力してください。",
    layout.PERSON: "内容について事務局からお尋ねすることがあります。",
    layout.EXTENSION: "",
    layout.MADE_ON: "例：2018/3/9",
    layout.EDITION: "直して出し直すときは、数字を一つ増やしてください（1 → 2）。",
    layout.NONE_APPLICABLE: "載せる事業が一つもないときだけ「該当なし」を選び、提出してください。",
}


def _write_reply(sheet: Sheet, answers: Mapping[str, str], projects: ProjectSheet) -> None:
    """Labels, the value directly to the right of each, and the live state of the entries."""
    book = sheet.book
    sheet.text(0, 0, layout.REPLY, book.format(**TITLE))
    sheet.height(0, 30)
    sheet.text(1, 0, "太い枠の欄に入力してください。", book.format(**NOTE))
    top = 3
    rows: dict[str, int] = {}
    for row, label in enumerate(layout.REPLY_LABELS, top):
        rows[label] = row
        sheet.text(row, 0, label, book.format(**LABEL))
        _write_answer(sheet, row, label, answers.get(label, ""))
        sheet.text(row, 2, _EXPLANATIONS[label], book.format(**NOTE, indent=1, text_wrap=True))
        sheet.height(row, 27)
    lists = {layout.DEPARTMENT: DEPARTMENT_OPTIONS, layout.NONE_APPLICABLE: TICK_OPTIONS}
    for label, name in lists.items():
        options = {"validate": "list", "source": f"={name}"}
        validate(sheet, rows[label], 1, rows[label], options, _EXPLANATIONS[label], label)
    top = rows[layout.NONE_APPLICABLE] + 2
    ticked = f"B{rows[layout.NONE_APPLICABLE] + 1}"
    _write_state(sheet, top, projects, ticked, bool(answers.get(layout.NONE_APPLICABLE)))
    worksheet = sheet.worksheet
    worksheet.set_portrait()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(1, 1)
    worksheet.set_selection(rows[layout.UNIT], 1, rows[layout.UNIT], 1)


def _write_answer(sheet: Sheet, row: int, label: str, value: str) -> None:
    numbers = {layout.MADE_ON: "yyyy/m/d", layout.EDITION: "0"}
    style = sheet.book.format(**INPUT, bold=True, num_format=numbers.get(label, "@"), align="left")
    if label == layout.EDITION and value.isdigit():
        sheet.number(row, 1, int(value), style)
    else:
        sheet.text(row, 1, value, style)


def _write_state(
    sheet: Sheet, top: int, projects: ProjectSheet, ticked: str, is_ticked: bool
) -> None:
    """How far the entries are; 事業 shows the same line above its header."""
    book = sheet.book
    sheet.text(top, 0, "入力の状況（自動で表示します）", book.format(**SECTION))
    sheet.height(top, 24)
    for column in (1, 2):
        sheet.blank(top, column, book.format(**SECTION))
    number = book.format(**{**LABEL, "bg_color": "#FFFFFF", "align": "center", "num_format": "0"})
    explained = book.format(**NOTE, indent=1, text_wrap=True)
    for row, (label, formula, count, explanation) in enumerate(projects.counts(), top + 1):
        sheet.text(row, 0, label, book.format(**LABEL))
        sheet.formula(row, 1, formula, count, number)
        sheet.text(row, 2, explanation, explained)
        sheet.height(row, 36)
    row = top + 4
    rows, wrong, unchecked = (f"B{top + i}" for i in (2, 3, 4))
    words = (
        "入力チェックのない行があります。",
        "要修正の行を直してください。",
        "事業を入力するか、「該当なし」を選んでください。",
        "「該当なし」と事業の両方が入力されています。",
        "提出できます。",
    )
    formula = (
        f'=IF({unchecked}>0,"{words[0]}",IF({wrong}>0,"{words[1]}",'
        f'IF(AND({rows}=0,{ticked}=""),"{words[2]}",'
        f'IF(AND({rows}>0,{ticked}<>""),"{words[3]}","{words[4]}"))))'
    )
    count, errors, _ = (value for _, _, value, _ in projects.counts())
    ready = is_ticked != bool(count)
    value = words[1] if errors else words[4] if ready else words[3] if count else words[2]
    sheet.text(row, 0, "提出の準備", book.format(**LABEL))
    sheet.formula(row, 1, formula, value, book.format(**{**LABEL, "bg_color": "#FFFFFF"}))
    hint = "「提出できます。」と表示されたら、上書き保存して提出してください。"
    sheet.text(row, 2, hint, explained)
    sheet.height(row, 36)


# --- 選択肢 ---------------------------------------------------------------------------------------


def write_choices(
    book: Book, strategy: Strategy, extra: Mapping[str, Sequence[str]] = _NOTHING
) -> None:
    """The sheet behind the dropdowns and checks: one column and one defined name per list.

    A defined name survives every tool; a list from another sheet that is referred to directly
    would be saved by Excel in an extension that other tools drop.
    """
    lists: dict[str, Sequence[str]] = {
        MEASURE_OPTIONS: [m.option for m in strategy.measures],
        MEASURE_KEYS: [m.key for m in strategy.measures],
        "": [m.list_name for m in strategy.measures],
        **{choice_name(f): f.choices for f in strategy.fields if f.kind == "choice"},
        DEPARTMENT_OPTIONS: [d.name for d in strategy.departments],
        DEPARTMENT_SPELLINGS: [s for d in strategy.departments for s in (d.name, *d.aliases)],
        **extra,
        BLANK_CHARACTERS: BLANKS,
    }
    longest = [max(map(len, (name, *words)), default=0) for name, words in lists.items()]
    sheet = book.sheet(CHOICES, [min(2 * length + 3, 80) for length in longest])
    sheet.text(0, 0, "リストの元になる表です。変更しないでください。", book.format(**NOTE))
    for column, (name, words) in enumerate(lists.items()):
        sheet.text(1, column, name or "施策の名称（別紙に載る名称）", book.format(**LIST_HEADER))
        for row, word in enumerate(words, 2):
            sheet.text(row, column, word, book.format(border=1, border_color="#A6A6A6"))
        if name and words:
            letter = chr(65 + column) if column < 26 else f"A{chr(65 + column - 26)}"
            area = f"='{CHOICES}'!${letter}$3:${letter}${len(words) + 2}"
            if book.workbook.define_name(name, area):
                raise ValueError(f"no name for a list: {name}")
    sheet.freeze(2)
    sheet.worksheet.set_landscape()
    sheet.worksheet.set_paper(9)
    sheet.worksheet.fit_to_pages(1, 0)
