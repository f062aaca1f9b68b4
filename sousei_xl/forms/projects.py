"""The sheet 事業: one row per project, checked while it is typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sousei_xl import amounts, text
from sousei_xl.addresses import column_letters
from sousei_xl.forms import layout
from sousei_xl.forms.checks import (
    DEPARTMENT_OPTIONS,
    GOOD,
    MEASURE_OPTIONS,
    PENDING,
    check_formula,
    check_text,
    choice_name,
    reasons_of,
)
from sousei_xl.forms.checks.conditions import quoted
from sousei_xl.forms.look import (
    CELL,
    CHECK,
    GREY,
    HEADER,
    NOTE,
    NUMBER,
    PALE_GREY,
    TYPED_TEXT,
    format_column,
    marks,
    print_table,
    validate,
    write_footer,
    write_value,
)
from sousei_xl.forms.reply import Count, count_cells
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.styles import NAVY
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import Field
from sousei_xl.text import Value

OWN_NAMES = "この様式の事業名"
ROOM = 200  # prepared rows
SPARE = 30  # empty rows that a prefilled form has at least
_COUNTED = 1000  # rows below the header that the summary looks at, pasted ones included
HEADER_ROW, FIRST_ROW = 2, 3  # from 0; title and what is required stand above
_EMPTY_HEIGHT = 24.0
_TITLE_SIZE = 13

_WIDTHS = {
    "check": 25.0,
    "measure": 21.0,
    "number": 6.0,
    "relisted": 9.0,
    "category": 8.5,
    "name": 30.0,
    "department": 15.0,
    "relevance": 7.5,
    "budget_kind": 9.0,
    "budget": 19.0,
    "description": 60.0,
    "previous_number": 11.0,
    "previous_budget": 12.0,
    "note": 18.0,
}
_OWN_WIDTH = 15.0
_CENTRED = ("number", "relisted", "category", "relevance", "budget_kind", "previous_number")
_PREVIOUS = ("previous_number", "previous_budget")


class ProjectSheet:
    """事業 of one form, with ``projects`` (field name → value) filled in."""

    def __init__(
        self,
        book: Book,
        strategy: Strategy,
        department: str,
        projects: Sequence[Mapping[str, Value]],
        prefilled: bool,
    ) -> None:
        self.book, self.strategy, self.department = book, strategy, department
        self.prefilled = prefilled
        self.columns = layout.project_fields(strategy, prefilled)
        self.index = {name: i for i, (name, _) in enumerate(self.columns)}
        self.letters = {name: column_letters(i + 1) for name, i in self.index.items()}
        self.rows = [self._as_typed(project) for project in projects]
        self.checks = [check_text(strategy, row) for row in self.rows]
        self.last = FIRST_ROW + max(ROOM, len(self.rows) + SPARE) - 1
        widths = [_WIDTHS.get(name, _OWN_WIDTH) for name, _ in self.columns]
        self.sheet: Sheet = book.sheet(layout.PROJECTS, widths)

    def _as_typed(self, project: Mapping[str, Value]) -> Mapping[str, Value]:
        """Measures as the dropdown offers them; blank texts as blank cells."""
        row = {name: None if value == "" else value for name, value in project.items()}
        measure = self.strategy.measure_by_key.get(str(row.get("measure")))
        return row if measure is None else {**row, "measure": measure.option}

    def counts(self) -> tuple[Count, ...]:
        """The lines of the summary in 回答票: rows first.

        Their ranges begin with the header, so that a row that is inserted right below it is one of
        them.
        """
        cells = {
            name: f"'{layout.PROJECTS}'!{letter}{HEADER_ROW + 1}:{letter}{FIRST_ROW + _COUNTED}"
            for name, letter in self.letters.items()
        }
        typed = "+".join(
            f"(1-ISBLANK({cells[f.name]}))" for f in self.strategy.fields if layout.makes_a_row(f)
        )
        check = cells["check"]
        is_row = f"(ROW({check})>ROW(INDEX({check},1)))"
        unchecked = f'SUMPRODUCT({is_row}*({check}="")*(({typed})>0))'
        wrong = f'{is_row}*({check}<>"")*({check}<>"{GOOD}")'
        is_pending = f'LEFT({check},{len(PENDING)})="{PENDING}"'
        filled = sum(result != "" for result in self.checks)
        pending = sum(result.startswith(PENDING) for result in self.checks)
        good = sum(result == GOOD for result in self.checks)
        if self.prefilled:
            wrong += f"*(1-({is_pending}))"
        counts = [
            Count(
                "入力済（行）",
                f'=SUMPRODUCT({is_row}*({check}<>""))+{unchecked}',
                filled,
                "「事業」に入力した行の数です。",
                withdrawn="+".join(f'COUNTIF({cells["category"]},"{w}")' for w in text.WITHDRAWN),
            ),
            Count(
                "要修正（行）",
                f"=SUMPRODUCT({wrong})",
                filled - good - pending,
                "「入力チェック」に理由が表示されている行の数です。理由に従って直してください。",
                "要修正の行を直してください。",
            ),
            Count(
                "未チェック（行）",
                f"={unchecked}",
                0,
                "行の挿入などで入力チェックの式がない行の数です。上の行の「入力チェック」をコピーして貼り付けてください。",
                "「事業」の入力チェックのない行に、上の行の入力チェックをコピーしてください。",
            ),
        ]
        if self.prefilled:
            counts.append(
                Count(
                    "未確認（行）",
                    f"=SUMPRODUCT(--({is_pending}))",
                    pending,
                    "前年度から引き継いだままの行などの数です。今年度の予算（または予算区分）など、入力チェックに"
                    "ある内容を入力してください。終わった事業は、掲載区分を「終了」にしてください。",
                    "「事業」の未確認の行を、入力チェックに従って確かめてください。",
                )
            )
        return tuple(counts)

    def write(self) -> None:
        """Title and header, rows with their checks, dropdowns, marks and print settings."""
        self._write_top()
        self._write_rows()
        self._define_names()
        for column, field in self._fields():
            self._validate(column, field)
        self._mark()
        self._set_view()

    def _fields(self) -> Iterator[tuple[int, Field]]:
        for field in self.strategy.fields:
            yield self.index[field.name], field

    # --- title and header -------------------------------------------------------------------------

    def _write_top(self) -> None:
        sheet, book = self.sheet, self.book
        settings = self.strategy.settings
        subject = layout.subject(settings, of_kpi=False)
        title = f"{settings.year_label}　{subject}　（{self.department}）"
        sheet.text(0, 0, layout.MOVED, book.format(**{**NOTE, "font_size": 8}, text_wrap=True))
        sheet.text(0, 1, title, book.format(bold=True, font_size=_TITLE_SIZE, font_color=NAVY))
        counts = self.counts()
        named = (layout.COUNTED, "行　要修正 ", "行　未チェック ", "行　未確認 ")
        words = (*named[: len(counts)], "行")
        parts = [f'"{words[0]}"']
        for cell, word in zip(count_cells(counts), words[1:], strict=True):
            parts += [cell, f'"{word}"']
        shown = words[0] + "".join(
            f"{count.value}{word}" for count, word in zip(counts, words[1:], strict=True)
        )
        style = book.format(bold=True, font_size=11, font_color=NAVY)
        # A long name of a department runs on; the counts would cut it off.
        aside = self.index["department"]
        if pages.count_lines(title, sheet.span_width(1, aside - 1), _TITLE_SIZE) > 1:
            aside = self.index["description"]
        sheet.formula(0, aside, f"={'&'.join(parts)}", shown, style)
        sheet.height(0, 28)
        hint = book.format(**NOTE, align="center")
        sheet.text(1, 0, layout.AUTOMATIC, hint)
        for column, field in self._fields():
            sheet.text(1, column, _need(field), hint)
        for name in _PREVIOUS:
            if name in self.index:
                sheet.text(1, self.index[name], layout.FOR_REFERENCE, hint)
        sheet.height(1, 18)
        for column, (name, label) in enumerate(self.columns):
            own = {"bg_color": GREY} if name == "check" or name in _PREVIOUS else {}
            sheet.text(HEADER_ROW, column, label, book.format(**{**HEADER, **own}))
        sheet.height(HEADER_ROW, max(self._height(dict(self.columns), layout.CHECK), 28))

    # --- rows -------------------------------------------------------------------------------------

    def _write_rows(self) -> None:
        sheet = self.sheet
        styles = [self.book.format(**self._style(name)) for name, _ in self.columns]
        for column, (name, _) in enumerate(self.columns):
            format_column(sheet, column, self._style(name))
        formula = check_formula(self.strategy, self.letters, FIRST_ROW + 1)
        sheet.worksheet.share_formula("A", FIRST_ROW + 1, self.last + 1)
        sheet.worksheet.grow(FIRST_ROW, self.last)
        for row in range(FIRST_ROW, self.last + 1):
            position = row - FIRST_ROW
            filled = position < len(self.rows)
            values = self.rows[position] if filled else {}
            check = self.checks[position] if filled else ""
            # Only the first is stored; the writer examines every one, which takes it milliseconds.
            sheet.formula(row, 0, formula if row == FIRST_ROW else "=0", check, styles[0])
            for column, (name, _) in enumerate(self.columns[1:], 1):
                write_value(sheet, row, column, values.get(name), styles[column])
            height = self._height(values, check) if filled else _EMPTY_HEIGHT
            sheet.height(row, max(height, _EMPTY_HEIGHT))

    def _style(self, name: str) -> dict[str, Any]:
        settings = self.strategy.settings
        style: dict[str, Any] = {**CELL, "locked": False}
        field = self.strategy.field_by_name.get(name)
        if name == "check":
            style |= {**CHECK, "locked": True}
        elif name in _PREVIOUS:
            style |= {"bg_color": PALE_GREY, "font_color": GREY}
        if name in _CENTRED or (field is not None and field.own and field.kind == "choice"):
            style["align"] = "center"
        if name in ("budget", "previous_budget"):
            style |= {**NUMBER, "num_format": settings.number_format}
        elif name == "previous_number" or (field and field.kind == "integer"):
            style["num_format"] = "0"  # also a year, or a code
            if name not in _CENTRED:
                style |= NUMBER
        elif field and field.may_look_like_a_number:
            style |= TYPED_TEXT
        return style

    def _height(self, values: Mapping[str, Value], check: str) -> float:
        font = self.strategy.settings.font
        shown = {**{n: text.to_text(v) for n, v in values.items()}, "check": check}
        needed = (
            pages.text_height(shown.get(name, ""), self.sheet.widths[column], 10, font)
            for column, (name, _) in enumerate(self.columns)
        )
        return max(needed) + 4

    def _define_names(self) -> None:
        """The names on this sheet as they stand at the moment, for the dropdown of 事業名.

        From below the header, which nobody deletes, to the last row with a name.
        """
        letter = self.letters["name"]
        area = f"'{layout.PROJECTS}'!${letter}${HEADER_ROW + 1}:${letter}${FIRST_ROW + _COUNTED}"
        last = f"SUMPRODUCT(MAX((1-ISBLANK({area}))*ROW({area})))-ROW(INDEX({area},1))+1"
        names = f"=INDEX({area},2):INDEX({area},MAX(2,{last}))"
        self.book.define_name(OWN_NAMES, names)

    # --- dropdowns, marks, view -------------------------------------------------------------------

    def _validate(self, column: int, field: Field) -> None:
        options: dict[str, Any]
        if field.kind == "measure":
            # The bare key may be typed as well: no question then.
            options = {"validate": "list", "source": f"={MEASURE_OPTIONS}", "show_error": False}
        elif field.kind == "choice":
            options = {"validate": "list", "source": f"={choice_name(field)}"}
        elif field.kind == "department":
            options = {"validate": "list", "source": f"={DEPARTMENT_OPTIONS}"}
        elif field.kind == "money" or field.name == "number":
            least = 0 if field.kind == "money" else 1
            options = {"validate": "integer", "criteria": ">=", "value": least}
            if field.name == "number":
                options["error_message"] = (
                    "番号は1以上の整数で入力してください。決まっていなければ空欄にしてください。"
                )
        elif field.kind == "name":
            # For relisted rows; any other name may be typed.
            options = {"validate": "list", "source": f"={OWN_NAMES}", "show_error": False}
        elif field.kind == "integer":
            bounds = {"minimum": 1 - amounts.LARGEST, "maximum": amounts.LARGEST - 1}
            options = {"validate": "integer", "criteria": "between", **bounds}
        else:
            wrong = f"{field.short_label}は{field.max_length}文字以内で入力してください。"
            limit = {"validate": "length", "criteria": "<=", "value": field.max_length}
            options = {**limit, "error_message": wrong}
        last = FIRST_ROW + _COUNTED - 1
        validate(self.sheet, FIRST_ROW, column, last, options, field.hint, field.short_label)

    def _mark(self) -> None:
        """Conditional formats: the check says it in words, the colour only shows where."""
        looks = marks(self.book)
        idle = self.book.workbook.add_format({"font_color": "#808080"})
        first, last = FIRST_ROW + 1, FIRST_ROW + _COUNTED
        check, mark = self.letters["check"], self.sheet.mark
        cells = f"{check}{first}:{check}{last}"
        mark(cells, f'=${check}{first}="{GOOD}"', looks.good)
        is_pending = f'LEFT(${check}{first},{len(PENDING)})="{PENDING}"'
        if self.prefilled:
            mark(cells, f"={is_pending}", looks.waiting)
            mark(cells, f"=AND(LEN(${check}{first})>1,NOT({is_pending}))", looks.wrong)
        else:
            mark(cells, f"=LEN(${check}{first})>1", looks.wrong)
        for _, field in self._fields():
            letter = self.letters[field.name]
            if field.kind in ("integer", "money"):  # a fraction is shown, never rounded away
                cell = f"{letter}{first}"
                fraction = f"=IF(ISNUMBER({cell}),{cell}<>ROUND({cell},0),FALSE)"
                mark(f"{cell}:{letter}{last}", fraction, looks.as_typed)
            for pending, style in (
                (False, looks.spot),
                *([(True, looks.open_spot)] * self.prefilled),
            ):
                reasons = [
                    f'${check}{first}="{quoted(reason)}"'
                    for reason in reasons_of(self.strategy, field.name, pending)
                ]
                if reasons:
                    area = f"{letter}{first}:{letter}{last}"
                    mark(area, f"=OR({','.join(reasons)})", style)
        end = self.letters[self.columns[-1][0]]
        category = f"${self.letters['category']}{first}"
        condition = f'=OR({category}="{text.ENDED}",{category}="{text.CANCELLED}")'
        mark(f"{self.letters['measure']}{first}:{end}{last}", condition, idle)

    def _set_view(self) -> None:
        sheet, worksheet = self.sheet, self.sheet.worksheet
        worksheet.autofilter(HEADER_ROW, 0, self.last, len(self.columns) - 1)
        sheet.freeze(FIRST_ROW, 1)
        worksheet.set_selection(FIRST_ROW, 1, FIRST_ROW, 1)
        print_table(sheet, HEADER_ROW)
        write_footer(sheet, self.department)


def _need(field: Field) -> str:
    """What stands above the header of a column."""
    if field.required and not field.own:
        return layout.REQUIRED
    if field.name == "budget":  # 未定, 内数 and ０予算 excuse it as well, as its hint says
        return layout.MOSTLY_REQUIRED
    if field.required or field.name == "description":
        return layout.REQUIRED_UNLESS_RELISTED
    return layout.IF_RELISTED if field.name == "relisted" else layout.OPTIONAL
