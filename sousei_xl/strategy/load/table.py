"""The template's tables: names of sheets and columns, rows found by heading, mistakes collected."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from sousei_xl import text
from sousei_xl.addresses import cell_address, cell_position
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.strategy.indicators import (
    FALLING,
    MAINTAINED,
    PERIOD_SUM,
    QUALITATIVE,
    RISING,
    RUNNING_TOTAL,
    SURVEY,
)
from sousei_xl.text import Value

# Sheet name → (Excel row, values from column A on), non-empty rows only.
Tables = Mapping[str, Sequence[tuple[int, Sequence[Value]]]]

SETTINGS, MEASURES, DEPARTMENTS, INDICATORS, FIELDS = "設定", "施策体系", "部局", "指標", "項目"
FORM = "別紙"
# Others are the office's own business.
READ_SHEETS = (SETTINGS, MEASURES, DEPARTMENTS, INDICATORS, FIELDS, FORM)
CALLED = "呼び方"
MEASURE_COLUMNS = ("キー", "基本目標", "施策", "別紙名称", "本文名称", "略称", CALLED)
DEPARTMENT_COLUMNS = ("表示順", "部局名", "別名", "提出対象", "提出課")
INDICATOR_COLUMNS = (
    "ID",
    "基本目標",
    "施策",
    "指標区分",
    "指標名",
    "内訳",
    "単位",
    "集計区分",
    "年・年度",
    "現状値年",
    "現状値",
    "目標値年",
    "目標値",
    "目標の向き",
    "備考",
    "担当部局",
    "年度別目標",
)
FIELD_COLUMNS = ("項目名", "区分", "種類", "必須", "最大文字数", "選択肢", "説明")
LEVELS = ("数値目標", "KPI")
INDICATOR_KINDS = ("各年度", "各年", "時点", SURVEY, RUNNING_TOTAL, PERIOD_SUM, QUALITATIVE)
DIRECTIONS = (RISING, FALLING, MAINTAINED)
YEAR_KINDS = ("年", "年度")
YES, NO = "はい", "いいえ"
OWN_KINDS = {"文字": "text", "整数": "integer", "選択": "choice"}
STANDARD, OWN = "標準", "独自"
_ALIKE = 0.5  # how much of a heading its new words still have
# Not ・, which is a part of many names (観光・スポーツ部).
_SPLIT = re.compile(r"[、､，,\n]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a template table: heading → (value, address)."""

    sheet: str
    row: int
    values: Mapping[str, Value]
    addresses: Mapping[str, str]

    def text(self, heading: str) -> str:
        """As typed, but for white space around it: what a mistake quotes."""
        return text.tidy(self.values.get(heading)).value or ""

    def was_changed_by_excel(self, heading: str) -> bool:
        """Whether a code (1-1, (1)) has become a date or a number below 0."""
        value = self.values.get(heading)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return isinstance(value, dt.date | dt.time) or (is_number and float(str(value)) < 0)

    def list(self, heading: str) -> tuple[str, ...]:
        parts = (part.strip() for part in _SPLIT.split(self.text(heading)))
        return tuple(part for part in parts if part)


class Mistakes:
    """Collects T101 findings of one template file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Finding] = []

    def add(self, sheet: str, cell: str, problem: str, remedy: str, value: str = "") -> None:
        place = Place(file=self.file, sheet=sheet, cell=cell)
        self.found.append(finding("T101", place, value, problem=problem, remedy=remedy))

    def as_read(self) -> list[Finding]:
        """Sheet after sheet as they were checked, each from top to bottom and left to right."""
        sheets = list(dict.fromkeys(item.place.sheet for item in self.found))

        return sorted(
            self.found, key=lambda f: (sheets.index(f.place.sheet), *cell_position(f.place.cell))
        )

    def are_on(self, sheet: str) -> bool:
        """Whether anything was found on a sheet: what it lacks may be a consequence."""
        return any(item.place.sheet == sheet for item in self.found)

    def at(self, row: Row, heading: str, problem: str, remedy: str) -> None:
        cell = row.addresses.get(heading, f"A{row.row}")
        self.add(row.sheet, cell, problem, remedy, text.to_text(row.values.get(heading)))

    def changed_by_excel(self, row: Row, heading: str) -> None:
        self.at(
            row,
            heading,
            f"「{heading}」は、入力された記号（1-1、(1)など）をExcelが日付や数値に変えたものです。",
            "セルの表示形式を「文字列」にしてから、もう一度入力してください。",
        )

    def missing(self, row: Row, heading: str, example: str) -> None:
        self.at(row, heading, f"「{heading}」が空欄です。", f"入力してください（例：{example}）。")


def rows_of(
    tables: Tables,
    mistakes: Mistakes,
    sheet: str,
    columns: Sequence[str],
    needed: int,
    required: Sequence[str] = (),
) -> Iterator[Row]:
    """The rows below the header, which is found by its first ``needed`` headings.

    The other columns may be missing, but for ``required`` ones; a heading that was only reworded is
    a mistake, or all that its column says would be lost.
    """
    if sheet not in tables:
        mistakes.add(
            sheet, "A1", f"シート「{sheet}」がありません。", "シートを元の名前に戻してください。"
        )
        return
    header: dict[str, int] = {}
    for number, values in tables[sheet]:
        if not header:
            found = {text.key(text.to_text(v)): i for i, v in reversed(list(enumerate(values)))}
            places = {c: found[text.key(c)] for c in columns if text.key(c) in found}
            if all(c in places for c in columns[:needed]):
                header = places
                _tell_of_lost_headings(mistakes, sheet, number, values, places, columns, required)
            continue
        row = {c: values[i] if i < len(values) else None for c, i in header.items()}
        if not all(text.is_blank(v) for v in row.values()):
            addresses = {c: cell_address(number, i + 1) for c, i in header.items()}
            yield Row(sheet, number, row, addresses)
    if not header:
        names = "、".join(columns[:needed])
        mistakes.add(
            sheet, "A1", f"見出し（{names}）が見つかりません。", "見出しを戻してください。"
        )


def _tell_of_lost_headings(
    mistakes: Mistakes,
    sheet: str,
    row: int,
    values: Sequence[Value],
    places: Mapping[str, int],
    columns: Sequence[str],
    required: Sequence[str],
) -> None:
    """A column without its heading, beside a heading that nobody knows."""
    unknown = {
        i: shown
        for i, value in enumerate(values)
        if i not in places.values() and (shown := text.tidy(value).value)
    }
    for heading in columns:
        if heading in places:
            continue
        place = _reworded(heading, unknown, places, columns)
        if place is not None:
            mistakes.add(
                sheet,
                cell_address(row, place + 1),
                f"見出し『{heading}』がありません（ここには『{unknown[place]}』とあります）。",
                f"この列の見出しを『{heading}』に戻してください。別の列なら、『{heading}』の列を"
                f"足してください{'' if heading in required else '（空欄のままで構いません）'}。",
                unknown[place],
            )
        elif heading in required:
            mistakes.add(
                sheet,
                cell_address(row, 1),
                f"見出し『{heading}』がありません。",
                f"『{heading}』の列を戻してください。",
            )


def _reworded(
    heading: str,
    unknown: Mapping[int, str],
    places: Mapping[str, int],
    columns: Sequence[str],
) -> int | None:
    """Where a missing heading stands in other words: those most like it, or what took its place
    between two others. Behind the last of them the office may have columns of its own."""
    near = get_close_matches(heading, unknown.values(), 1, _ALIKE)
    near += [shown for shown in unknown.values() if heading in shown]
    if near:
        return next(i for i, shown in unknown.items() if shown == near[0])
    order = columns.index(heading)
    before = max((places[c] for c in columns[:order] if c in places), default=-1)
    after = min((places[c] for c in columns[order:] if c in places), default=-1)
    return next((i for i in unknown if before < i < after), None)


def choose_from(choices: Iterable[str]) -> str:
    """``「再掲を含む」「再掲を除く」から選んでください。``"""
    return f"「{'」「'.join(choices)}」から選んでください。"


def is_number(shown: str) -> bool:
    """True where Decimal takes the text as a finite number."""
    try:
        return Decimal(shown).is_finite()
    except InvalidOperation:
        return False
