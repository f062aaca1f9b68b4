"""The form of one department: 記入要領, 回答票, 事業, KPI and the lists behind the dropdowns.

Everything in it comes from the same definitions as the validator (fields, measures, departments,
indicators), so that a form never asks for what a rule refuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sousei_xl import text
from sousei_xl.addresses import column_letters
from sousei_xl.forms import layout
from sousei_xl.forms.checks import (
    BLANK_CHARACTERS,
    BLANKS,
    DEPARTMENT_OPTIONS,
    DEPARTMENT_SPELLINGS,
    EMPTY_WORDS,
    MEASURE_KEYS,
    MEASURE_OPTIONS,
    PAST_YEARS,
    choice_name,
    department_spellings,
    past_years,
)
from sousei_xl.forms.guide import Parts, write_guide
from sousei_xl.forms.indicator_layout import content_mark
from sousei_xl.forms.indicators import IndicatorSheet
from sousei_xl.forms.look import LIST_HEADER, NOTE
from sousei_xl.forms.projects import ProjectSheet
from sousei_xl.forms.reply import TICK_OPTIONS, WIDTHS, write_reply
from sousei_xl.forms.worksheet import open_book
from sousei_xl.sheets.book import Book
from sousei_xl.strategy import Strategy
from sousei_xl.text import Value

_PRINTED = 60  # per cent
_EDITION = "1"


def write_form(
    path: Path,
    strategy: Strategy,
    department: str,
    *,
    unit: str = "",
    projects: Sequence[Mapping[str, Value]] | None = (),
    indicators: Sequence[Mapping[str, Value]] = (),
    prefilled: bool = False,
    known: bool = False,
) -> None:
    """Write the form of a department (or of one 担当課, ``unit``) to ``path``.

    ``projects`` are rows by field name (a measure by its key or its option, amounts in thousand
    yen); ``previous_number`` and ``previous_budget`` too when ``prefilled``; None for a form of the
    KPI round, which has no 事業. ``indicators`` are the rows of KPI (``indicators.py``), a sheet
    that a form has only if there are any; ``known``: what they are filled with was reported before,
    so that a form which comes back with just that reports nothing.

    The same arguments give the same bytes. Raises LostCell for a text that no workbook can hold,
    OSError where the file cannot be written.
    """
    settings = strategy.settings
    subject = layout.subject(settings, of_kpi=projects is None)
    book = open_book(path, settings, f"{settings.year_label}　{subject}　様式（{department}）")
    mark = content_mark(indicators, settings) if known else ""
    _mark(book, strategy, department, unit, mark)
    write_guide(
        book,
        strategy,
        Parts(
            projects=projects is not None,
            indicators=bool(indicators),
            prefilled=prefilled,
            of_unit=bool(unit),
            known=bool(mark),
        ),
    )
    reply_sheet = book.sheet(layout.REPLY, WIDTHS)
    lists: dict[str, Sequence[str]] = {TICK_OPTIONS: (layout.TICKED,)}
    listed, reported = None, None
    if projects is not None:
        listed = ProjectSheet(book, strategy, department, projects, prefilled)
        listed.write()
        if prefilled:
            lists[PAST_YEARS] = past_years(settings)
    if indicators:
        reported = IndicatorSheet(book, strategy, department, indicators)
        reported.write()
        lists |= reported.lists()
    answers = {
        layout.YEAR: settings.year_label,
        layout.DEPARTMENT: department,
        layout.UNIT: unit,
        layout.EDITION: _EDITION,
    }
    write_reply(
        reply_sheet,
        answers,
        listed.counts() if listed else (),
        reported.counts(required=listed is None) if reported else (),
    )
    write_choices(book, strategy, lists)
    book.close()


def _mark(book: Book, strategy: Strategy, department: str, unit: str, known: str) -> None:
    """The invisible twins of 回答票, for forms whose visible answers were lost."""
    for name, value in (
        (layout.MARK, layout.VERSION),
        (layout.PROPERTY_YEAR, strategy.settings.year_label),
        (layout.PROPERTY_DEPARTMENT, department),
        (layout.PROPERTY_UNIT, unit),
        (layout.PROPERTY_EDITION, _EDITION),
        *(((layout.PROPERTY_KNOWN, known),) if known else ()),
    ):
        book.workbook.set_custom_property(name, value, "text")


# --- 選択肢 ---------------------------------------------------------------------------------------


def write_choices(book: Book, strategy: Strategy, extra: Mapping[str, Sequence[str]]) -> None:
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
        DEPARTMENT_SPELLINGS: department_spellings(strategy),
        **extra,
        BLANK_CHARACTERS: BLANKS,
        EMPTY_WORDS: text.EMPTY_WORDS,
    }
    longest = [max(map(len, (name, *words)), default=0) for name, words in lists.items()]
    sheet = book.sheet(layout.CHOICES, [min(2 * length + 3, 80) for length in longest])
    sheet.text(0, 0, "リストの元になる表です。変更しないでください。", book.format(**NOTE))
    for column, (name, words) in enumerate(lists.items()):
        sheet.text(1, column, name or "施策の名称（別紙に載る名称）", book.format(**LIST_HEADER))
        for row, word in enumerate(words, 2):
            sheet.text(row, column, word, book.format(border=1, border_color="#A6A6A6"))
        if name and words:
            letter = column_letters(column + 1)
            area = f"='{layout.CHOICES}'!${letter}$3:${letter}${len(words) + 2}"
            book.define_name(name, area)
    sheet.freeze(2)
    sheet.worksheet.set_landscape()
    sheet.worksheet.set_paper(9)
    # Legible on several pages: 「ブック全体を印刷」 prints this sheet, too.
    sheet.worksheet.set_print_scale(_PRINTED)
    sheet.worksheet.repeat_rows(1)
    sheet.page_texts("", "&C&9&A　&P / &N")
