"""``別紙_template.xlsx``: the office's one definition of the year, filled from facts or empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sousei_xl.forms.look import (
    CELL,
    LABEL,
    LIST_HEADER,
    NOTE,
    SECTION,
    TITLE,
    TYPED_TEXT,
    print_on_one_page,
    validate,
)
from sousei_xl.forms.worksheet import open_book
from sousei_xl.scaffold.annex_form import write_annex_form
from sousei_xl.scaffold.facts import EXAMPLES, Facts, load_facts
from sousei_xl.scaffold.grid import FIRST_ROW, ROOM, Grid, write_grid
from sousei_xl.scaffold.settings import MISSING, TEXTS, Setting, settings_grid
from sousei_xl.scaffold.tables import (
    departments_grid,
    fields_grid,
    indicators_grid,
    measures_grid,
)
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.styles import DARK_RED, RED_PAPER
from sousei_xl.sheets.tables import Formula
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.load import load
from sousei_xl.strategy.load.table import DEPARTMENTS, FIELDS, FORM, INDICATORS, MEASURES, SETTINGS
from sousei_xl.text import Value
from sousei_xl.workspace import TEMPLATE_NAME

START = "はじめに"


def strategy_of(facts: Facts) -> Strategy:
    """The strategy that the template built from these facts defines."""
    strategy, mistakes = load({g.name: _as_read(g) for g in _grids(facts)}, TEMPLATE_NAME)
    if strategy is None:
        raise ValueError(f"the example's facts are no strategy: {[str(m) for m in mistakes]}")
    return strategy


def blank_strategy() -> Strategy:
    """Nothing but the core fields, the usual font and a fixed date: for empty workbooks."""
    like = strategy_of(load_facts(next(iter(EXAMPLES))))
    return replace(like, goals=(), measures=(), departments=(), indicators=())


def _as_read(grid: Grid) -> list[tuple[int, Sequence[Value]]]:
    """The table as the reader would give it."""
    rows: list[tuple[int, Sequence[Value]]] = [(1, [c.heading for c in grid.columns])]
    for number, row in enumerate(grid.rows, 2):
        rows.append((number, [None if isinstance(v, Formula) else v for v in row]))
    return rows


def _grids(facts: Facts | None) -> tuple[Grid, ...]:
    settings, _ = settings_grid(facts.settings if facts else {})
    return (
        settings,
        measures_grid(facts),
        departments_grid(facts),
        indicators_grid(facts),
        fields_grid(),
    )


def build_template(path: Path, facts: Facts | None) -> None:
    """Write the template to ``path``: filled from ``facts``, or to be filled in (None).

    The same facts give the same bytes. Raises OSError where the file cannot be written.
    """
    strategy = strategy_of(facts) if facts else blank_strategy()
    book = open_book(path, strategy.settings, "関連事業一覧　テンプレート")
    grids = _grids(facts)
    _write_start(book, grids, facts)
    sheets = {grid.name: write_grid(book, grid) for grid in grids}
    _finish_settings(sheets[SETTINGS], facts)
    _emphasise_goals(sheets[MEASURES])
    write_annex_form(book)
    book.close()


# --- はじめに -------------------------------------------------------------------------------------

_STEPS = (
    (SETTINGS, "自治体名、年度、表題などを入力します。状態が「未記入」の行をなくしてください。"),
    (MEASURES, "基本目標と施策を入力します。施策は、並べた順に一覧に載ります。"),
    (DEPARTMENTS, "様式の提出を求める部局を入力します。"),
    (INDICATORS, "数値目標とKPIを入力します。実績を照会しない場合は空欄のままで構いません。"),
    (
        FIELDS,
        "様式に列を足したいとき（財源、予算事業コードなど）に使います。普段はそのままで構いません。",
    ),
    (FORM, "印刷の見本を確かめます。文言、書体、色、列の幅を変えられます。"),
)
_AFTER = (
    "入力が終わったら、上書き保存して閉じ、作業フォルダーで「sousei-xl distribute --only 事業 "
    "--previous 前年度の別紙.xlsx」を実行します（前年度の別紙がなければ、--previous からは付けず、"
    "KPIも一緒に尋ねるときは、様式作成.bat でも構いません）。部局に渡す様式ができます。"
    "直すところがあれば、場所と直し方が表示されます。"
)
_ABOUT = (
    "このファイルは、部局から集めた様式を「別紙（関連事業一覧）」にまとめるための、事務局の定義です。"
    "年度ごとに一つ用意します。部局には配りません。"
)
_EXAMPLE = (
    "※これは旭川市の平成30年度の公表資料に基づく例です。事業名、部局名、関連性、予算、指標の値は"
    "公表資料のとおりですが、様式の事業内容は本ソフトの作成者が書いた文章です。"
    "指標の担当部局、提出期限、提出先は例を作るための想定です。"
)


def _write_start(book: Book, grids: Sequence[Grid], facts: Facts | None) -> None:
    """What this is, six steps, and live what is still missing."""
    sheet = book.sheet(START, (6, 16, 84, 22))
    sheet.text(0, 0, "関連事業一覧　テンプレート", book.format(**TITLE))
    sheet.height(0, 34)
    row = 1
    for words in (_ABOUT, *([_EXAMPLE] if facts else [])):
        style = (
            book.format(**NOTE, text_wrap=True)
            if words == _EXAMPLE
            else book.format(text_wrap=True)
        )
        sheet.merge_text(row, 0, row, 3, words, style)
        height = pages.text_height(words, sheet.span_width(0, 3), 10, book.settings.font)
        sheet.height(row, height + 4)
        row += 1
    row += 1
    for column in range(4):
        sheet.text(row, column, "記入の手順" if column == 0 else "", book.format(**SECTION))
    sheet.height(row, 22)
    for column, heading in enumerate(("手順", "シート", "すること", "今の状態")):
        sheet.text(row + 1, column, heading, book.format(**LIST_HEADER))
    sheet.height(row + 1, 20)
    states = _states({grid.name: grid for grid in grids})
    link = book.format(**{**LABEL, "font_color": "#0563C1", "underline": 1})
    for number, (name, words) in enumerate(_STEPS, 1):
        line = row + 1 + number
        sheet.number(line, 0, number, book.format(**CELL, align="center", num_format="0"))
        sheet.link(line, 1, f"internal:'{name}'!A1", name, link)
        sheet.text(line, 2, words, book.format(**CELL, indent=1))
        state = states[name]
        sheet.formula(line, 3, state.formula, state.value, book.format(**CELL, align="center"))
        height = pages.text_height(words, sheet.widths[2] - 2, 10, book.settings.font)
        sheet.height(line, max(height, 30))
    first = row + 3
    _mark(sheet, f"D{first}:D{first + len(_STEPS) - 1}", f'LEFT(D{first},3)="{MISSING}"')
    row += 3 + len(_STEPS)
    sheet.merge_text(row, 0, row, 3, _AFTER, book.format(text_wrap=True))
    height = pages.text_height(_AFTER, sheet.span_width(0, 3), 10, book.settings.font)
    sheet.height(row, height + 4)
    print_on_one_page(sheet)


def _states(grids: Mapping[str, Grid]) -> dict[str, Formula]:
    """Live state of each step, with its present value."""

    def area(sheet: str, letter: str) -> str:
        return f"'{sheet}'!${letter}${FIRST_ROW + 1}:${letter}${FIRST_ROW + ROOM}"

    lacking = sum(
        isinstance(cell, Formula) and cell.value == MISSING
        for row in grids[SETTINGS].rows
        for cell in row
    )
    count = f'SUMPRODUCT(--({area(SETTINGS, "D")}="{MISSING}"))'
    filled = {name: len(grid.rows) for name, grid in grids.items()}
    goals = sum(not row[2] for row in grids[MEASURES].rows)
    measures = filled[MEASURES] - goals
    goal_count = f'SUMPRODUCT(({area(MEASURES, "A")}<>"")*({area(MEASURES, "C")}=""))'
    measure_count = f'SUMPRODUCT(({area(MEASURES, "A")}<>"")*({area(MEASURES, "C")}<>""))'
    departments = f"COUNTA({area(DEPARTMENTS, 'B')})"
    indicators = f"COUNTA({area(INDICATORS, 'A')})"
    own = f"COUNTA({area(FIELDS, 'A')})-{filled[FIELDS]}"
    return {
        SETTINGS: Formula(
            f'=IF({count}>0,"{MISSING} "&{count}&"件","記入済")',
            f"{MISSING} {lacking}件" if lacking else "記入済",
        ),
        MEASURES: Formula(
            f'=IF({measure_count}=0,"{MISSING}",'
            f'"基本目標 "&{goal_count}&"、施策 "&{measure_count})',
            f"基本目標 {goals}、施策 {measures}" if measures else MISSING,
        ),
        DEPARTMENTS: Formula(
            f'=IF({departments}=0,"{MISSING}",{departments}&"部局")',
            f"{filled[DEPARTMENTS]}部局" if filled[DEPARTMENTS] else MISSING,
        ),
        INDICATORS: Formula(
            f'=IF({indicators}=0,"なし",{indicators}&"件")',
            f"{filled[INDICATORS]}件" if filled[INDICATORS] else "なし",
        ),
        FIELDS: Formula(f'="標準 {filled[FIELDS]}、独自 "&{own}', f"標準 {filled[FIELDS]}、独自 0"),
        FORM: Formula(
            f'=IF(COUNTA(\'{FORM}\'!$A$2:$A${FIRST_ROW + ROOM})=0,"{MISSING}","見本あり")',
            "見本あり",
        ),
    }


def _mark(sheet: Sheet, area: str, condition: str) -> None:
    """Emphasis beside the word that says it."""
    look = sheet.book.workbook.add_format(
        {"bg_color": RED_PAPER, "font_color": DARK_RED, "bold": True}
    )
    sheet.mark(area, f"={condition}", look)


# --- the tables -----------------------------------------------------------------------------------


def _finish_settings(sheet: Sheet, facts: Facts | None) -> None:
    """Groups as bands, dropdowns and messages of single values, codes as text."""
    book = sheet.book
    grid, places = settings_grid(facts.settings if facts else {})
    values = {row[0]: row[1] for row in grid.rows if len(row) > 1}
    for number, setting in places:
        row = number - 1
        if setting is None:
            for column in range(4):
                words = str(grid.rows[row - FIRST_ROW][0]) if column == 0 else ""
                sheet.text(row, column, words, book.format(**{**LIST_HEADER, "align": "left"}))
            continue
        _finish_value(sheet, row, setting, values.get(setting.key))
    first, last = places[0][0], places[-1][0]
    _mark(sheet, f"D{first}:D{last}", f'$D{first}="{MISSING}"')


def _finish_value(sheet: Sheet, row: int, setting: Setting, value: object) -> None:
    if setting.key in TEXTS:
        look = sheet.book.format(**CELL, **TYPED_TEXT, align="left")
        sheet.text(row, 1, str(value or ""), look)
    options: dict[str, object] = {"validate": "any"}
    if setting.choices:
        options = {"validate": "list", "source": list(setting.choices)}
    validate(sheet, row, 1, row, options, setting.explanation, setting.key)


def _emphasise_goals(sheet: Sheet) -> None:
    """A goal's row stands out from its measures, which have a letter."""
    look = sheet.book.workbook.add_format({"bold": True, "bg_color": "#DCE6F1"})
    first = FIRST_ROW + 1
    sheet.mark(f"A{first}:F{FIRST_ROW + ROOM}", f'=AND($A{first}<>"",$C{first}="")', look)
