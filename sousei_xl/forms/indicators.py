"""The sheet KPI: one row per indicator of the department, checked while it is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sousei_xl import amounts, text
from sousei_xl.addresses import column_letters
from sousei_xl.figures.precision import number_format
from sousei_xl.forms.checks import GOOD
from sousei_xl.forms.checks.conditions import quoted
from sousei_xl.forms.checks.indicators import (
    ID_CHANGED,
    NOT_ENTERED,
    NOT_NEEDED,
    QUESTION,
    choices_name,
    indicator_checks,
    indicator_formula,
    indicator_text,
    is_open,
)
from sousei_xl.forms.indicator_layout import ASKED_NOW, SHEET, indicator_fields
from sousei_xl.forms.look import (
    CELL,
    CHECK,
    GREY,
    HEADER,
    NOTE,
    NUMBER,
    PALE_GREY,
    TYPED_TEXT,
    marks,
    print_table,
    validate,
    write_footer,
    write_value,
)
from sousei_xl.forms.reply import READY_BUT_OPEN, Count
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.styles import NAVY
from sousei_xl.strategy import Indicator, Strategy
from sousei_xl.strategy.indicators import (
    PERIOD_SUM,
    RUNNING_TOTAL,
    Column,
    columns,
    decimals,
    has_ended,
    is_due,
    judged_year,
    reference_text,
)
from sousei_xl.text import Value

HEADER_ROW, FIRST_ROW = 2, 3  # from 0; title and what is required stand above
_LOWEST = 34.0

_WIDTHS = {
    "check": 25.0,
    "id": 7.5,
    "name": 34.0,
    "part": 8.0,
    "unit": 8.0,
    "kind": 20.0,
    "baseline": 20.0,
    "target": 20.0,
    "stage": 11.0,
    "reason": 13.0,
    "publication": 14.0,
    "office_class": 13.0,
    "cause": 36.0,
    "direction": 36.0,
}
_YEAR_WIDTH = 11.0
_CENTRED = ("id", "part", "unit", "kind", "stage", "reason", "publication", "office_class")
# Said beside 集計区分, because one of the two is typed wrongly every year.
_KINDS = {PERIOD_SUM: "その年だけの値", RUNNING_TOTAL: "計画前からの合計"}
_BY_OFFICE = "office_class"
_CLOSED = "#E7E6E6"  # a year that is not over
_ASKED = {"border": 2, "border_color": NAVY}


def indicator_rows(
    strategy: Strategy, department: str, given: Mapping[str, Mapping[str, Value]]
) -> list[dict[str, Value]]:
    """The rows of the department's indicators by column name, in the order of the strategy.

    ``given`` maps an ID to what stands in its input columns already.
    """
    rows = []
    for indicator in strategy.indicators:
        if department in indicator.departments:
            shown: dict[str, Value] = {
                c.name: reference_text(indicator, c.name, strategy.settings) or None
                for c in columns(strategy.settings)
                if c.reference
            }
            if indicator.kind in _KINDS:
                shown["kind"] = f"{indicator.kind}\n（{_KINDS[indicator.kind]}）"
            rows.append({**shown, **given.get(indicator.id, {})})
    return rows


class IndicatorSheet:
    """KPI of one form, with ``rows`` as :func:`indicator_rows` gives them."""

    def __init__(
        self, book: Book, strategy: Strategy, department: str, rows: Sequence[Mapping[str, Value]]
    ) -> None:
        self.book, self.strategy, self.department, self.rows = book, strategy, department, rows
        settings = strategy.settings
        known = {i.id: i for i in strategy.indicators}
        self.indicators = [known[str(row["id"])] for row in rows]
        self.fields = {c.name: c for c in columns(settings)}
        names = [name for name, _ in indicator_fields(strategy)]
        self.letters = {name: column_letters(i) for i, name in enumerate(names, 1)}
        self.checks = [
            indicator_text(indicator, settings, row)
            for indicator, row in zip(self.indicators, rows, strict=True)
        ]
        self.last = FIRST_ROW + len(rows) - 1
        self.sheet: Sheet = book.sheet(SHEET, [_WIDTHS.get(n, _YEAR_WIDTH) for n in names])

    def counts(self, required: bool) -> tuple[Count, ...]:
        """The lines of the summary in 回答票. ``required``: a form for the actuals alone is not
        ready while one is missing."""
        letter = self.letters["check"]
        check = f"'{SHEET}'!{letter}{FIRST_ROW + 1}:{letter}{self.last + 1}"
        starts = [f'(LEFT({check},{len(word)})="{word}")' for word in (NOT_ENTERED, QUESTION)]
        settled = "".join(f'*({check}<>"{word}")' for word in (GOOD, NOT_NEEDED))
        good = sum(shown == GOOD for shown in self.checks)
        missing = sum(shown.startswith(NOT_ENTERED) for shown in self.checks)
        wrong = sum(shown not in (GOOD, NOT_NEEDED) and not is_open(shown) for shown in self.checks)
        return (
            Count(
                "KPI 入力済（行）",
                f'=SUMPRODUCT(--({check}="{GOOD}"))',
                good,
                f"「{SHEET}」で入力が済んだ指標の数です。",
            ),
            Count(
                "KPI 要修正（行）",
                f"=SUMPRODUCT((1-{starts[0]})*(1-{starts[1]}){settled})",
                wrong,
                f"「{SHEET}」の「入力チェック」に理由が表示されている行の数です。",
                f"「{SHEET}」の要修正の行を直してください。",
            ),
            Count(
                "KPI 未入力（行）",
                f"=SUMPRODUCT(--{starts[0]})",
                missing,
                "必要な実績値と未入力の理由の、どちらもない指標の数です。",
                f"「{SHEET}」に実績値か未入力の理由を入力してください。" if required else "",
                "" if required else READY_BUT_OPEN,
            ),
        )

    def lists(self) -> dict[str, Sequence[str]]:
        """The lists behind the dropdowns, by defined name."""
        return {choices_name(c): c.choices for c in self.fields.values() if c.choices}

    def write(self) -> None:
        """Title and header, rows with their checks, dropdowns, marks and print settings."""
        self._write_top()
        self.sheet.worksheet.grow(FIRST_ROW, self.last)
        for row, (indicator, values) in enumerate(
            zip(self.indicators, self.rows, strict=True), FIRST_ROW
        ):
            self._write_row(row, indicator, values)
        for name, column in self.fields.items():
            if not column.reference:
                self._validate(name, column)
        self._mark()
        self._set_view()

    # --- title and header -------------------------------------------------------------------------

    def _write_top(self) -> None:
        sheet, book = self.sheet, self.book
        year = self.strategy.settings.year_label
        title = f"{year}　数値目標・KPIの実績　（{self.department}）"
        sheet.text(0, 1, title, book.format(bold=True, font_size=13, font_color=NAVY))
        if notice := self.strategy.settings.notice:
            asked = next(i for i, c in enumerate(self.fields.values(), 1) if not c.reference)
            sheet.text(0, asked, f"※{notice}", book.format(**NOTE))
        sheet.height(0, 26)
        hint = book.format(**NOTE, align="center")
        sheet.text(1, 0, "自動で表示", hint)
        for position, (name, column) in enumerate(self.fields.items(), 1):
            sheet.text(1, position, self._need(name, column), hint)
        sheet.height(1, 18)
        for position, (name, label) in enumerate(indicator_fields(self.strategy)):
            passive = name not in self.fields or self._is_passive(self.fields[name])
            own = {"bg_color": GREY} if passive else {}
            sheet.text(HEADER_ROW, position, label, book.format(**{**HEADER, **own}))
        sheet.height(HEADER_ROW, 28)

    def _is_passive(self, column: Column) -> bool:
        return column.reference or column.name == _BY_OFFICE

    def _need(self, name: str, column: Column) -> str:
        """What stands above the header of a column."""
        if column.reference:
            return "参考"
        if name == _BY_OFFICE:
            return "事務局が記入"
        if name == "reason":
            return "実績がないとき"
        if not column.year:
            return "任意"
        settings = self.strategy.settings
        if any(judged_year(i, settings) == column.year for i in self.indicators):
            return ASKED_NOW
        ended = any(has_ended(column.year, i, settings) for i in self.indicators)
        return "前回まで" if ended else "入力しない"

    # --- rows -------------------------------------------------------------------------------------

    def _write_row(self, row: int, indicator: Indicator, values: Mapping[str, Value]) -> None:
        sheet, settings = self.sheet, self.strategy.settings
        formula = indicator_formula(indicator, settings, self.letters, row + 1)
        check = self.checks[row - FIRST_ROW]
        sheet.formula(row, 0, formula, check, self.book.format(**CHECK))
        for position, (name, column) in enumerate(self.fields.items(), 1):
            style = self.book.format(**self._style(indicator, column))
            write_value(sheet, row, position, values.get(name), style)
        font = settings.font
        shown = {**{n: text.to_text(v) for n, v in values.items()}, "check": check}
        needed = [
            pages.text_height(shown.get(name, ""), sheet.widths[position], 10, font)
            for position, (name, _) in enumerate(indicator_fields(self.strategy))
        ]
        sheet.height(row, max(*needed, _LOWEST) + 4)

    def _style(self, indicator: Indicator, column: Column) -> dict[str, Any]:
        settings = self.strategy.settings
        style: dict[str, Any] = {**CELL, "locked": False}
        if column.name in _CENTRED:
            style["align"] = "center"
        if column.name in ("baseline", "target"):
            style["align"] = "right"
        if column.name == "id":
            style |= TYPED_TEXT
        if self._is_passive(column):
            style |= {"bg_color": PALE_GREY, "font_color": GREY}
        if column.year:
            style |= {**NUMBER, "num_format": number_format(indicator, settings)}
            if not has_ended(column.year, indicator, settings):
                style |= {"bg_color": _CLOSED}
            elif judged_year(indicator, settings) == column.year and is_due(indicator, settings):
                style |= _ASKED
        return style

    # --- dropdowns, marks, view -------------------------------------------------------------------

    def _validate(self, name: str, column: Column) -> None:
        position = list(self.fields).index(name) + 1
        options: dict[str, Any] = {"validate": "any"}
        if column.choices:
            options = {"validate": "list", "source": f"={choices_name(column)}"}
        elif column.year:
            bounds = {"minimum": 1 - amounts.LARGEST, "maximum": amounts.LARGEST - 1}
            options = {"validate": "decimal", "criteria": "between", **bounds}
        validate(self.sheet, FIRST_ROW, position, self.last, options, column.hint, column.label)

    def _mark(self) -> None:
        """Conditional formats: the check says it in words, the colour only shows where."""
        looks = marks(self.book)
        first, last = FIRST_ROW + 1, self.last + 1
        check = f"${self.letters['check']}{first}"
        starts = ",".join(f'LEFT({check},{len(w)})="{w}"' for w in (NOT_ENTERED, QUESTION))
        neither = ",".join(f'{check}<>"{word}"' for word in (GOOD, NOT_NEEDED))
        cells = f"{self.letters['check']}{first}:{self.letters['check']}{last}"
        self.sheet.mark(cells, f'={check}="{GOOD}"', looks.good)
        self.sheet.mark(cells, f"=OR({starts})", looks.waiting)
        self.sheet.mark(cells, f"=AND({neither},NOT(OR({starts})))", looks.wrong)
        reasons: dict[tuple[str, bool], list[str]] = {}
        for indicator in self.indicators:
            for item in indicator_checks(indicator, self.strategy.settings):
                found = reasons.setdefault((item.field, is_open(item.reason)), [])
                if item.reason not in found:
                    found.append(item.reason)
        self._show_all_decimals(looks.as_typed)
        for (name, is_waiting), found in reasons.items():
            said = ",".join(f'{check}="{quoted(reason)}"' for reason in found)
            if name == "id":  # a reason per indicator
                said = f'LEFT({check},{len(ID_CHANGED)})="{ID_CHANGED}"'
            letter = self.letters[name]
            style = looks.open_spot if is_waiting else looks.spot
            self.sheet.mark(f"{letter}{first}:{letter}{last}", f"=OR({said})", style)

    def _show_all_decimals(self, as_typed: Any) -> None:
        """More decimals than the source has are shown, never rounded away."""
        years = [self.letters[name] for name, column in self.fields.items() if column.year]
        for row, indicator in enumerate(self.indicators, FIRST_ROW + 1):
            cell = f"{years[0]}{row}"
            rounded = f"{cell}<>ROUND({cell},{decimals(indicator)})"
            condition = f"=IF(ISNUMBER({cell}),{rounded},FALSE)"
            self.sheet.mark(f"{cell}:{years[-1]}{row}", condition, as_typed)

    def _set_view(self) -> None:
        sheet, worksheet = self.sheet, self.sheet.worksheet
        sheet.freeze(FIRST_ROW, 3)
        asked = next((i for i, c in enumerate(self.fields.values(), 1) if not c.reference), 1)
        worksheet.set_selection(FIRST_ROW, asked, FIRST_ROW, asked)
        print_table(sheet, HEADER_ROW)
        write_footer(sheet, self.department)
