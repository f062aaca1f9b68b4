"""データ_事業: the list as a plain table, its values, and how formulas refer to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from xlsxwriter.utility import xl_col_to_name

from sousei_xl import text
from sousei_xl.figures.changes import (
    BUDGET,
    BUDGET_KIND,
    CATEGORY,
    DEPARTMENT,
    DESCRIPTION,
    MEASURE,
    NAME,
    NUMBER,
    ORIGINAL,
    PROJECTS_SHEET,
    RELEVANCE,
    RELISTED,
)
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.data_columns import CODE_COLUMN, YEAR_COLUMN, DataColumn, write_data
from sousei_xl.sheets.styles import STYLES
from sousei_xl.strategy import Strategy

GOAL = "基本目標番号"

_COLUMNS = (
    CODE_COLUMN,
    YEAR_COLUMN,
    DataColumn("西暦年度", 11, "年度の始まる4月の西暦年です。", "integer", required=True),
    DataColumn(GOAL, 14, "基本目標の番号です。", "integer", required=True, minimum=1),
    DataColumn("基本目標", 30, "基本目標の名称です。", required=True),
    DataColumn(MEASURE, 10, "基本目標の番号と施策の記号です。", required=True, is_key=True),
    DataColumn("施策", 30, "施策の名称です。", required=True),
    DataColumn(
        NUMBER, 7, "施策の中での番号です。", "integer", required=True, minimum=1, is_key=True
    ),
    DataColumn(
        RELISTED,
        7,
        "「再掲」は、ほかの施策に載っている事業をもう一度載せた行です。金額を合計するときは除きます。",
        choices=(text.RELISTED,),
    ),
    DataColumn(
        CATEGORY, 10, "「新規」は、この年度からの事業です。", choices=(text.NEW, text.CONTINUED)
    ),
    DataColumn(NAME, 38, "事業の名称です。（新）は付けていません。", required=True),
    DataColumn(DEPARTMENT, 18, "複数の部局による事業は「・」でつないでいます。"),
    DataColumn(
        RELEVANCE,
        9,
        f"「{text.DIRECT}」は施策の記載内容に直接関係する事業、"
        f"「{text.SUPPORTING}」は施策の目的の達成を補完する事業です。",
        required=True,
        choices=(text.DIRECT, text.SUPPORTING),
    ),
    DataColumn(
        BUDGET_KIND,
        10,
        f"「{text.UNDECIDED}」は金額が決まっていない事業、「{text.INCLUDED}」はほかの事業の予算に"
        f"含まれる事業、「{text.ZERO}」は予算を伴わない事業です。",
        choices=(text.INITIAL, text.UNDECIDED, text.INCLUDED, text.ZERO),
    ),
    DataColumn(BUDGET, 20, "千円単位の金額です。空欄は0ではありません。", "integer", minimum=0),
    DataColumn(DESCRIPTION, 60, "事業の目的と内容です。"),
    DataColumn(ORIGINAL, 9, "再掲の行が、どの行を載せたものかです（施策キー-番号）。"),
)
PROJECT_HEADINGS = tuple(column.heading for column in _COLUMNS)
_OWN_WIDTH = 16
_STYLES = {"string": "text", "integer": "integer"}

Value = str | int | None


def projects_data(contents: Contents) -> tuple[tuple[str, ...], Iterator[tuple[Value, ...]]]:
    """The headings and rows of データ_事業 as plain values; a blank cell is None.

    Texts are ``str`` (団体コード keeps its leading zero); 西暦年度, 基本目標番号, 番号 and the
    budget in thousand yen are ``int``. The office's own fields follow 初出. Rows stand in the
    order of the list.
    """
    strategy, listed = contents.strategy, contents.result.listed
    settings = strategy.settings
    goals = {g.number: g.list_name for g in strategy.goals}
    measures = {m.key: m.list_name for m in strategy.measures}
    targets = {row.row_id: row.target for row in listed}
    rows = (
        (
            settings.code,
            settings.year_label,
            settings.fiscal_year,
            row.goal,
            goals.get(row.goal),
            row.measure,
            measures.get(row.measure),
            row.number,
            text.RELISTED if row.relisted else None,
            row.category or None,
            row.name or None,
            row.department or None,
            row.relevance or None,
            row.budget_kind or None,
            row.budget,
            row.description or None,
            targets.get(row.original) if row.original is not None else None,
            *(None if value == "" else value for value in row.own),
        )
        for row in listed
    )
    return tuple(column.heading for column in project_columns(strategy)), rows


def listed_rows(contents: Contents) -> list[dict[str, Value]]:
    """The rows of データ_事業 by heading."""
    headings, rows = projects_data(contents)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def project_columns(strategy: Strategy) -> tuple[DataColumn, ...]:
    """The columns of データ_事業 from left to right, the office's own fields last."""
    own = (
        DataColumn(
            field.label,
            _OWN_WIDTH,
            field.meaning,
            "integer" if field.kind == "integer" else "string",
            choices=field.choices,
        )
        for field in strategy.own_fields
    )
    asked = strategy.field_by_name["relevance"].required
    core = (replace(c, required=asked) if c.heading == RELEVANCE else c for c in _COLUMNS)
    return (*core, *own)


def write_projects_data(book: Book, contents: Contents) -> None:
    """The sheet データ_事業: a row per listed row."""
    headings, rows = projects_data(contents)
    columns = project_columns(contents.strategy)
    widths = [column.width for column in columns]
    sheet = book.sheet(PROJECTS_SHEET, widths, banner=False, in_order=True)
    looks = [book.style("number" if c.heading == BUDGET else _STYLES[c.kind]) for c in columns]
    # A long text shows its first line: rows of one height stay easy to scroll, sort and filter.
    looks[headings.index(DESCRIPTION)] = book.format(**{**STYLES["text_wrap"], "valign": "top"})
    places = range(len(headings))
    write_data(sheet, columns, (list(zip(places, values, looks, strict=True)) for values in rows))


# --- how formulas refer to the data ---------------------------------------------------------------


@cache  # a table of departments and goals asks for the same few thousands of times
def data_range(heading: str, rows: int) -> str:
    """The absolute range of a column of データ_事業 with ``rows`` rows of data (at least one)."""
    letter = xl_col_to_name(PROJECT_HEADINGS.index(heading))
    return f"'{PROJECTS_SHEET}'!${letter}$2:${letter}${max(rows, 1) + 1}"


Condition = tuple[str, str]  # heading, criterion as it stands in a formula

ORIGINALS_ONLY = (RELISTED, '""')  # rows whose 再掲 is blank
RELISTED_ONLY = (RELISTED, f'"{text.RELISTED}"')


def count_formula(rows: int, *where: Condition) -> str:
    """COUNTIFS over データ_事業, without the equals sign; all rows where nothing is asked."""
    if not where:
        return f"COUNT({data_range(GOAL, rows)})"
    return f"COUNTIFS({_criteria(rows, where)})"


def budget_formula(rows: int, *where: Condition) -> str:
    """SUMIFS of the budget over データ_事業, without the equals sign."""
    if not where:
        return f"SUM({data_range(BUDGET, rows)})"
    return f"SUMIFS({data_range(BUDGET, rows)},{_criteria(rows, where)})"


def _criteria(rows: int, where: Sequence[Condition]) -> str:
    # LibreOffice miscounts where a criterion that fits blank cells comes before another.
    ordered = sorted(where, key=lambda condition: condition == ORIGINALS_ONLY)
    return ",".join(f"{data_range(heading, rows)},{criterion}" for heading, criterion in ordered)


def literal(value: str) -> str:
    """A text as an exact criterion: quotes doubled, wildcards and operators escaped."""
    escaped = value.replace("~", "~~").replace("*", "~*").replace("?", "~?")
    if escaped[:1] in "<>=":
        escaped = "=" + escaped
    return '"' + escaped.replace('"', '""') + '"'
