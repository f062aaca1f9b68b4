"""The sheet 回答票: who answers, and live how far the entries are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sousei_xl.forms import layout
from sousei_xl.forms.checks import DEPARTMENT_OPTIONS, DEPARTMENT_SPELLINGS
from sousei_xl.forms.checks.conditions import as_formula, quoted
from sousei_xl.forms.look import (
    GIVEN,
    INPUT,
    LABEL,
    NOTE,
    SECTION,
    TITLE,
    print_on_one_page,
    validate,
)
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Sheet

TICK_OPTIONS = "該当事業なしの選択肢"
WIDTHS = (20, 38, 74)
READY = "提出できます。"
READY_BUT_OPEN = "提出できます（KPIには未入力の行があります）。"
_REQUEST = "太い枠の空いている欄に入力してください（年度、部局名、版は入力済みです）。"
_TOP = 3  # row of the first label, from 0

_EXPLANATIONS = {
    layout.YEAR: "変更しないでください。",
    layout.DEPARTMENT: "変更しないでください。誤って変えたときは、リストから選び直せます。",
    layout.UNIT: "取りまとめた課の名前です。課ごとに提出するときは、必ず入力してください。",
    layout.PERSON: "内容について事務局からお尋ねすることがあります。",
    layout.EXTENSION: "",
    layout.MADE_ON: "記入を終えた日です。",
    layout.EDITION: "直して出し直すときは、数字を一つ増やしてください（1 → 2）。",
    layout.NONE_APPLICABLE: "載せる事業が一つもないときだけ「該当なし」を選び、提出してください。",
}


@dataclass(frozen=True, slots=True)
class Count:
    """One line of the summary. ``obstacle`` is what 提出の準備 says while the count is not 0 and
    no obstacle is in the way, ``proviso`` what it says then though the form may go;
    ``withdrawn`` is Excel's count of those among them that are not to be listed."""

    label: str
    formula: str
    value: int
    explanation: str
    obstacle: str = ""
    proviso: str = ""
    withdrawn: str = "0"


def count_cells(counts: Sequence[Count]) -> list[str]:
    """Where the first counts of a form with projects stand, for a summary on another sheet."""
    first = _TOP + len(layout.REPLY_LABELS) + 3
    return [f"'{layout.REPLY}'!B{first + i}" for i in range(len(counts))]


def write_reply(
    sheet: Sheet,
    answers: Mapping[str, str],
    projects: Sequence[Count],
    indicators: Sequence[Count],
) -> None:
    """Labels, the value directly to the right of each, and the live state of the entries.

    ``projects`` and ``indicators`` are the counts of the sheets that the form has; the first of
    ``projects`` counts its rows. A form without 事業 does not ask for 該当事業なし.
    """
    book = sheet.book
    sheet.text(0, 0, layout.REPLY, book.format(**TITLE))
    sheet.height(0, 30)
    sheet.text(1, 0, _REQUEST, book.format(**NOTE))
    labels = [x for x in layout.REPLY_LABELS if projects or x != layout.NONE_APPLICABLE]
    rows = {label: row for row, label in enumerate(labels, _TOP)}
    for label, row in rows.items():
        sheet.text(row, 0, label, book.format(**LABEL))
        _write_answer(sheet, row, label, answers.get(label, ""))
        sheet.text(row, 2, _EXPLANATIONS[label], book.format(**NOTE, indent=1, text_wrap=True))
        needed = pages.text_height(answers.get(label, ""), WIDTHS[1] - 2, 10, book.settings.font)
        sheet.height(row, max(needed + 4, 30))
    lists = {layout.DEPARTMENT: DEPARTMENT_OPTIONS, layout.NONE_APPLICABLE: TICK_OPTIONS}
    for label, name in lists.items():
        if label in rows:
            options = {"validate": "list", "source": f"={name}"}
            validate(sheet, rows[label], 1, rows[label], options, _EXPLANATIONS[label], label)
    cells = {label: f"B{row + 1}" for label, row in rows.items()}
    _write_state(sheet, _TOP + len(labels) + 1, cells, answers, projects, indicators)
    print_on_one_page(sheet, upright=True)
    sheet.worksheet.set_selection(rows[layout.UNIT], 1, rows[layout.UNIT], 1)


def _write_answer(sheet: Sheet, row: int, label: str, value: str) -> None:
    numbers = {layout.MADE_ON: "yyyy/m/d", layout.EDITION: "0"}
    shape = {"num_format": numbers.get(label, "@"), "align": "left", "text_wrap": True}
    look = GIVEN if label in (layout.YEAR, layout.DEPARTMENT) else INPUT
    style = sheet.book.format(**look, bold=True, **shape)
    if label == layout.EDITION and value.isdigit():
        sheet.number(row, 1, int(value), style)
    else:
        sheet.text(row, 1, value, style)


def _write_state(
    sheet: Sheet,
    top: int,
    cells: Mapping[str, str],
    answers: Mapping[str, str],
    projects: Sequence[Count],
    indicators: Sequence[Count],
) -> None:
    """How far the entries are; 事業 shows its counts above its header as well."""
    book = sheet.book
    sheet.text(top, 0, "入力の状況（自動で表示します）", book.format(**SECTION))
    sheet.height(top, 24)
    for column in (1, 2):
        sheet.blank(top, column, book.format(**SECTION))
    number = book.format(**{**LABEL, "bg_color": "#FFFFFF", "align": "center", "num_format": "0"})
    explained = book.format(**NOTE, indent=1, text_wrap=True)
    row = top
    counted: list[tuple[Count, str]] = []
    for count in (*projects, *indicators):
        row += 1
        sheet.text(row, 0, count.label, book.format(**LABEL))
        sheet.formula(row, 1, count.formula, count.value, number)
        sheet.text(row, 2, count.explanation, explained)
        sheet.height(row, 36)
        counted.append((count, f"B{row + 1}"))
    obstacles = _obstacles(cells, answers[layout.YEAR], counted, bool(projects))
    formula = as_formula([(condition, words) for condition, _, words in obstacles], READY)
    value = next((words for _, holds, words in obstacles if holds), READY)
    row += 1
    sheet.text(row, 0, "提出の準備", book.format(**LABEL))
    style = book.format(**{**LABEL, "bg_color": "#FFFFFF"})
    sheet.formula(row, 1, formula, value, style)
    hint = f"「{READY.rstrip('。')}」と表示されたら、上書き保存して提出してください。"
    sheet.text(row, 2, hint, explained)
    sheet.height(row, 36)


def _obstacles(
    cells: Mapping[str, str],
    shown: str,
    counted: Sequence[tuple[Count, str]],
    has_projects: bool,
) -> list[tuple[str, bool, str]]:
    """(Excel's condition, whether it holds now, what to do) of all that would be refused; then of
    what may go with a proviso.

    ``shown`` is the year as it is written. Nobody has chosen 該当事業なし yet.
    """
    year, department = cells[layout.YEAR], cells[layout.DEPARTMENT]
    unknown = f"SUMPRODUCT(--EXACT({DEPARTMENT_SPELLINGS},{department}))=0"
    found = [
        (f'EXACT({year},"{quoted(shown)}")=FALSE', False, f"年度を「{shown}」に戻してください。"),
        (unknown, False, "部局名をリストから選んでください。"),
    ]
    found += [
        (f"{cell}>0", count.value > 0, count.obstacle) for count, cell in counted if count.obstacle
    ]
    if has_projects:
        (rows, cell), ticked = counted[0], cells[layout.NONE_APPLICABLE]
        found += [
            (
                f'AND({cell}=0,{ticked}="")',
                rows.value == 0,
                "事業を入力するか、「該当なし」を選んでください。",
            ),
            (
                f'AND({cell}>{rows.withdrawn},{ticked}<>"")',
                False,
                "「該当なし」と事業の両方が入力されています。",
            ),
        ]
    found += [
        (f"{cell}>0", count.value > 0, count.proviso) for count, cell in counted if count.proviso
    ]
    return found
