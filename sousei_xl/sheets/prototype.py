"""The template's sheet 別紙: prototype rows that the writer repeats for the real ones.

Column A says what a row is an example of; the form itself starts in column B. Text, fonts, fills,
borders, number formats, alignment, widths, minimum heights, merged cells, orientation and margins
are the office's, so it changes the look, adds a column or rewords a note without touching code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import product
from typing import Any

from sousei_xl import eras
from sousei_xl import text as texts
from sousei_xl.addresses import cell_address
from sousei_xl.findings import Finding, Place, clip, finding
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Margins, Orientation
from sousei_xl.strategy import Settings
from sousei_xl.strategy.dates import names_another_year
from sousei_xl.strategy.fields import Field
from sousei_xl.strategy.load.table import FORM

TITLE, HEADER, GOAL, MEASURE = "表題", "見出し", "基本目標", "施策"
PROJECT, RELISTED, SUBTOTAL, TOTAL = "事業", "再掲事業", "小計", "合計"
KINDS = (TITLE, HEADER, GOAL, MEASURE, PROJECT, RELISTED, SUBTOTAL, TOTAL)
BLOCKS = (TITLE, HEADER)  # may have several rows, all others have one

# Placeholders, by what they are about.
GENERAL = ("自治体名", "年度", "年度全角", "表題", "単位", "基準日", "状態", "予算の基準")
OF_GOAL = ("基本目標番号", "基本目標名", "基本目標の呼び方")
OF_MEASURE = ("施策記号", "施策名", "施策キー")
COUNTS = ("事業数", "うち再掲", "純事業数", "小計額", "再掲を含む額", "再掲を除く額")
OF_TOTAL = ("小計名", *COUNTS)
# Without these as cells of their own no list could be read or summed.
REQUIRED = {"number": "番号", "relisted": "再掲", "name": "事業名", "budget": "予算事業費"}

# The measure has placeholders of its own. A note is promised to be for the office alone, and an
# approval does not cover it.
NOT_PRINTED = ("measure", "note")

_NARROWEST = 6  # pixels of a column that is seen
_PLACEHOLDER = re.compile(r"[{｛]([^{}｛｝]*)[}｝]")
_BRACE = re.compile(r"[{}｛｝]")
_ABOVE = "断り書きを印刷できるのは一覧の上だけです（A列を「表題」にし、表題の行に続けます）。"
# A row with one of these in column A is a note to the office.
_COMMENTS = ("行の種類", "種類", "説明", "注")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a cell's text: a literal, or the name of a placeholder."""

    text: str
    is_placeholder: bool


@dataclass(frozen=True, slots=True, eq=False)  # what a cell looks like is remembered by the cell
class FormCell:
    """A cell of a prototype row. ``column`` counts from 0 at the form's first column (B).

    ``rows`` and ``columns`` are the size of the merged range that starts here (1, 1 if none), and
    its look has the borders of the whole range; ``covered`` cells lie under one.
    """

    column: int
    pieces: tuple[Piece, ...]
    look: Mapping[str, Any]
    rows: int = 1
    columns: int = 1
    covered: bool = False

    @property
    def placeholder(self) -> str:
        """The placeholder that is all of the cell's text, or ""."""
        own = len(self.pieces) == 1 and self.pieces[0].is_placeholder
        return self.pieces[0].text if own else ""


@dataclass(frozen=True, slots=True)
class FormRow:
    """One prototype row, a cell for every column; ``height`` is the minimum (0: as needed)."""

    height: float
    cells: tuple[FormCell, ...]


@dataclass(frozen=True)
class Prototype:
    """The printed form. ``widths`` are Excel's characters of a 7 pixel digit; ``unprinted`` are the
    cells of rows beside the form that are not said to be notes, with their texts."""

    rows: Mapping[str, tuple[FormRow, ...]]
    widths: tuple[float, ...]
    orientation: Orientation
    margins: Margins
    unprinted: tuple[tuple[str, str], ...] = ()

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """Placeholder → column of the project row's cell that is nothing else."""
        return {c.placeholder: c.column for c in self.rows[PROJECT][0].cells if c.placeholder}


_THIS_YEAR = (Piece("年度", True), Piece("年度全角", True))


def project_fields(fields: Iterable[Field]) -> dict[str, str]:
    """Placeholder of a project row → field name: 番号, 予算事業費, own fields by their label."""
    return {f.title: f.name for f in fields if f.name not in NOT_PRINTED}


def load_prototype(
    form: Mapping[str, Any] | None, file: str, fields: Sequence[Field]
) -> tuple[Prototype | None, list[Finding]]:
    """Make sense of the sheet 別紙; (None, T101 findings) where it has mistakes.

    ``form`` is the sheet as ``intake.print_form`` describes it, None where the template ``file``
    has none, and empty where it could not be read. Error values in cells are found by the gate.
    """
    if form is None:
        mistake = (f"シート「{FORM}」がありません。", "シートを元の名前に戻してください。")
        return None, [_mistake(file, 1, "A1", "", *mistake)]
    if not form:
        mistake = (
            f"シート「{FORM}」の見た目（書体、色、罫線など）を読み取れませんでした。",
            "このファイルをExcelで開き、上書き保存してから、もう一度実行してください。直らないときは、"
            "「sousei-xl init」で別のフォルダーに新しいテンプレートを作り、ほかのシートの内容を"
            "値として貼り付けて使ってください。",
        )
        return None, [_mistake(file, 1, "A1", "", *mistake)]
    return _Reader(form, file, fields).read()


def doubts(prototype: Prototype, settings: Settings) -> Iterator[str]:
    """What the office has to look at once more: another year's words, a total in another column,
    what is not printed."""
    for address, shown in prototype.unprinted:
        yield (
            f"テンプレートの「{FORM}」の{address}の『{clip(shown)}』は、A列が空欄のため印刷されません。"
            f"覚え書きなら、A列に「注」と入力します。{_ABOVE}"
        )
    label = eras.fiscal_year_label(settings.fiscal_year)
    for kind, rows in prototype.rows.items():
        for cell in (cell for row in rows for cell in row.cells):
            said = "".join(settings.year_label if p in _THIS_YEAR else p.text for p in cell.pieces)
            if names_another_year(said, settings.fiscal_year):
                yield (
                    f"テンプレートの「{FORM}」の「{kind}」の行に、{label}ではない年度があります"
                    f"（『{clip(said)}』）。前年度のままになっていないか"
                    "確かめます。"
                )
    budget = prototype.columns[REQUIRED["budget"]]
    for kind in (SUBTOTAL, TOTAL):
        for cell in prototype.rows[kind][0].cells:
            under = cell.column <= budget < cell.column + cell.columns
            if cell.placeholder == "小計額" and not under:
                yield (
                    f"テンプレートの「{FORM}」の「{kind}」の行の{{小計額}}が、{{{REQUIRED['budget']}}}"
                    "の列にありません。別の見出しの下に金額を印字してよいか確かめます。"
                )


def _mistake(file: str, row: int, cell: str, value: str, problem: str, remedy: str) -> Finding:
    place = Place(file=file, sheet=FORM, row=row, cell=cell)
    return finding("T101", place, value, problem=problem, remedy=remedy)


def _width(pixels: float) -> float:
    """A column that is hardly wide enough to be seen, as between two blocks, is no hidden one."""
    return pages.column_width(max(int(pixels + 0.5), _NARROWEST)) if pixels else 0.0


class _Reader:
    """Reads one sheet and collects its mistakes."""

    def __init__(self, form: Mapping[str, Any], file: str, fields: Sequence[Field]) -> None:
        self.form, self.file = form, file
        self.rows = {row["number"]: row for row in form["rows"]}
        printed = tuple(project_fields(fields))
        # 予算事業費 may be written as people see it in the department's form.
        self.labels = {texts.key(f.label): f.short_label for f in fields if not f.own}
        self.note = next(texts.key(f.label) for f in fields if f.name == "note")
        self.allowed = {
            TITLE: GENERAL,
            HEADER: GENERAL,
            GOAL: (*GENERAL, *OF_GOAL),
            MEASURE: (*GENERAL, *OF_GOAL, *OF_MEASURE),
            PROJECT: (*printed, *GENERAL, *OF_GOAL, *OF_MEASURE),
            RELISTED: (*printed, *GENERAL, *OF_GOAL, *OF_MEASURE),
            SUBTOTAL: (*OF_TOTAL, *GENERAL, *OF_GOAL),
            TOTAL: (*OF_TOTAL, *GENERAL),
        }
        self.found: list[Finding] = []
        self.unprinted: list[tuple[int, int, str]] = []
        self.merges: dict[tuple[int, int], tuple[int, int]] = {}
        self.covered: set[tuple[int, int]] = set()
        for top, left, bottom, right in form["merged"]:
            self.merges[top, left] = (bottom - top + 1, right - left + 1)
            area = product(range(top, bottom + 1), range(left, right + 1))
            self.covered.update(set(area) - {(top, left)})

    def read(self) -> tuple[Prototype | None, list[Finding]]:
        numbers = self._row_numbers()
        last = max((self._last_column(n) for group in numbers.values() for n in group), default=0)
        rows = {
            kind: tuple(self._row(kind, number, last, group[-1]) for number in group)
            for kind, group in numbers.items()
        }
        if not self.found:
            self._check_required(rows, numbers)
        if self.found:
            return None, self.found
        left, right, top, bottom = self.form["margins"]
        # The page header and footer need their room.
        margins = Margins(left, right, max(top, 0.6), max(bottom, 0.5))
        prototype = Prototype(
            rows=rows,
            # Of columns B to the last, as widths of a workbook with 7 pixel digits.
            widths=tuple(map(_width, self.form["widths"][1:last])),
            orientation="landscape" if self.form["orientation"] == "landscape" else "portrait",
            margins=margins,
            unprinted=tuple((cell_address(r, c), shown) for r, c, shown in self.unprinted),
        )
        return prototype, []

    # --- rows ---------------------------------------------------------------------------------

    def _row_numbers(self) -> dict[str, list[int]]:
        known = {texts.key(kind): kind for kind in KINDS}
        comments = {texts.key(word) for word in _COMMENTS}
        rows: dict[str, list[int]] = {}
        nameless: list[int] = []
        for number, row in self.rows.items():
            shown = row["cells"][0]["text"].strip()
            if not shown:
                nameless.append(number)
                continue
            if texts.key(shown) in comments or shown.startswith(("※", "（", "(")):
                continue
            kind = known.get(texts.key(shown))
            if kind is None:
                relisted = [RELISTED] if texts.RELISTED in shown else []
                near = relisted or get_close_matches(shown, KINDS, 1, 0.4)
                hint = f"「{near[0]}」ではありませんか。" if near else ""
                remedy = f"{hint}{'、'.join(KINDS)}のどれかを入力してください。"
                remedy += "" if near else _ABOVE
                self._add(number, 1, shown, f"行の種類『{shown}』は使えません。", remedy)
                continue
            group = rows.setdefault(kind, [])
            group.append(number)
            if len(group) > 1 and kind not in BLOCKS:
                problem = f"「{kind}」の行が2行あります（{group[0]}行目と{number}行目）。"
                self._add(number, 1, shown, problem, "1行だけ残してください。")
            elif len(group) > 1 and number != group[-2] + 1:
                problem = f"「{kind}」の行が離れています（{group[-2]}行目と{number}行目）。"
                remedy = f"続けて並べてください。{_ABOVE if kind == TITLE else ''}"
                self._add(number, 1, shown, problem, remedy)
        missing = [kind for kind in KINDS if kind not in rows]
        printed = [number for group in rows.values() for number in group]
        lost = [number for number in nameless if self._is_lost(number, printed)]
        self.unprinted = [self._first_text(n) for n in nameless if n not in lost]
        for number in lost:
            self._nameless(number, missing or KINDS)
        if not lost:
            for kind in missing:
                remedy = f"A列に「{kind}」と入力した見本の行を作ってください。"
                self._add(1, 1, "", f"「{kind}」の行がありません。", remedy)
        return rows

    def _is_lost(self, number: int, printed: Sequence[int]) -> bool:
        """Whether a row without a kind was meant to be printed; any other is a memo beside the
        form."""
        cells = self.rows[number]["cells"]
        inside = bool(printed) and min(printed) < number < max(printed)
        filled = any(_PLACEHOLDER.search(cell["text"]) for cell in cells)
        return inside or filled or (number, 1) in self.covered

    def _first_text(self, number: int) -> tuple[int, int, str]:
        """(row, column, text) of its first cell that is filled."""
        cells = enumerate(self.rows[number]["cells"], 1)
        return next((number, i, c["text"]) for i, c in cells if c["text"].strip())

    def _nameless(self, number: int, kinds: Sequence[str]) -> None:
        """A row that does not say which of these kinds it is: it would vanish."""
        _, column, shown = self._first_text(number)
        if (number, 1) in self.covered:
            problem = "A列のセルが上の行と結合されているため、この行は印刷されません。"
            remedy = "結合を解除し、この行のA列にも行の種類を入力してください。"
        else:
            problem = "A列が空欄のため、この行は印刷されません。"
            remedy = (
                f"印刷する行なら、A列に行の種類（{'、'.join(kinds)}）を入力してください。{_ABOVE}"
                "事務局の覚え書きなら、A列に「注」と入力してください。"
            )
        self._add(number, column, shown, problem, remedy)

    def _last_column(self, number: int) -> int:
        """The last column that the row uses: text or a merged range."""
        used = [
            column + self.merges.get((number, column), (1, 1))[1] - 1
            for column, cell in enumerate(self.rows[number]["cells"], 1)
            if column > 1 and (cell["text"] or (number, column) in self.merges)
        ]
        return max(used, default=0)

    def _row(self, kind: str, number: int, last_column: int, last_row: int) -> FormRow:
        columns = range(2, last_column + 1)
        cells = tuple(self._cell(kind, number, column, last_row) for column in columns)
        return FormRow(self.rows[number]["height"], cells)

    def _cell(self, kind: str, number: int, column: int, last_row: int) -> FormCell:
        if (number, column) in self.covered:
            return FormCell(column - 2, (), {}, covered=True)
        cell = self.rows[number]["cells"][column - 1]
        rows, columns = self.merges.get((number, column), (1, 1))
        if number + rows - 1 > last_row:
            self._add(
                number,
                column,
                "",
                f"「{kind}」の行が、ほかの行のセルと結合されています。",
                "セルの結合を解除してください（同じ行の中の結合は使えます）。",
            )
        value = cell["text"]
        if cell["formula"]:
            self._add(
                number,
                column,
                value,
                "数式は使えません。",
                "文字か差込み（例：{小計額}）を入力してください。合計の数式は自動で入ります。",
            )
            value = ""
        pieces = tuple(self._pieces(kind, number, column, value))
        return FormCell(column - 2, pieces, cell["look"], rows, columns)

    def _pieces(self, kind: str, number: int, column: int, value: str) -> Iterator[Piece]:
        allowed = {texts.key(name): name for name in self.allowed[kind]}
        end = 0
        for match in _PLACEHOLDER.finditer(value):
            if literal := value[end : match.start()]:
                yield Piece(literal, False)
            end = match.end()
            key = texts.key(match[1])
            name = allowed.get(key) or allowed.get(texts.key(self.labels.get(key, "")))
            if name is None:
                self._unknown(kind, number, column, match[0], match[1].strip())
            else:
                yield Piece(name, True)
        if rest := value[end:]:
            yield Piece(rest, False)
        if _BRACE.search(_PLACEHOLDER.sub("", value)):
            remedy = "「{事業名}」のように、両側を波かっこで囲んでください。"
            self._add(number, column, value, "波かっこの片方がありません。", remedy)

    def _unknown(self, kind: str, number: int, column: int, shown: str, name: str) -> None:
        allowed = self.allowed[kind]
        elsewhere = [k for k in KINDS if name in self.allowed[k]]
        if texts.key(name) == self.note:
            problem = (
                f"差込み『{shown}』は使えません。"
                "備考は部局から事務局への連絡で、一覧には載りません。"
            )
            remedy = "消してください。一覧に載せる欄は、「項目」シートで独自の項目として足します。"
        elif elsewhere:
            problem = f"差込み『{shown}』は「{kind}」の行では使えません。"
            remedy = f"使えるのは{'、'.join(f'「{k}」' for k in elsewhere)}の行です。"
        else:
            problem = f"差込み『{shown}』は定義されていません。"
            near = get_close_matches(name, allowed, 1, 0.3)
            choices = "".join(f"{{{n}}}" for n in allowed)
            remedy = f"「{{{near[0]}}}」ではありませんか。" if near else f"使えるもの：{choices}"
        self._add(number, column, shown, problem, remedy)

    # --- the form as a whole ------------------------------------------------------------------

    def _check_required(
        self, rows: Mapping[str, tuple[FormRow, ...]], numbers: Mapping[str, list[int]]
    ) -> None:
        columns: dict[str, int] = {}
        for kind in (PROJECT, RELISTED):
            number = numbers[kind][0]
            cells = rows[kind][0].cells
            own = {c.placeholder: c.column for c in cells if c.placeholder}
            for name in REQUIRED.values():
                if name not in own:
                    beside = (c.column + 2 for c in cells if Piece(name, True) in c.pieces)
                    column = next(beside, 1)
                    problem = f"「{kind}」の行に、{{{name}}}だけのセルがありません。"
                    remedy = (
                        f"一つのセルに{{{name}}}だけを入力してください"
                        "（一覧に見せない列は、その列を非表示にします）。"
                    )
                    if column > 1:
                        remedy += (
                            "括弧や単位は、セルの書式設定の「表示形式」（ユーザー定義）で付けられます"
                            '（例：数字は (#,##0)、文字は "（"@"）"）。'
                        )
                    self._add(number, column, "", problem, remedy)
                elif columns.setdefault(name, own[name]) != own[name]:
                    expected = cell_address(number, columns[name] + 2)
                    problem = f"{{{name}}}の列が「{PROJECT}」の行と違います。"
                    remedy = f"{expected}に移してください。"
                    self._add(number, own[name] + 2, f"{{{name}}}", problem, remedy)

    def _add(self, row: int, column: int, value: str, problem: str, remedy: str) -> None:
        cell = cell_address(row, column)
        self.found.append(_mistake(self.file, row, cell, value, problem, remedy))
