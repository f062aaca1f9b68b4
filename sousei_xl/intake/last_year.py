"""Last year's 別紙, ours or a plain one, read in this year's terms.

Sheet and columns are found by their names. Our own workbook has データ_事業 (and データ_KPI); a
plain list has the columns of the 別紙, with goals and measures as bands between the rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import itemgetter

from sousei_xl import amounts, eras, text
from sousei_xl.addresses import cell_address
from sousei_xl.errors import OperatorError
from sousei_xl.figures.changes import PROJECTS_SHEET, amount_or_word
from sousei_xl.figures.changes.indicators import INDICATORS_SHEET
from sousei_xl.figures.last_year import LastRow, LastYear
from sousei_xl.findings import clip, of_named_file
from sousei_xl.intake.last_indicators import last_indicators
from sousei_xl.intake.ours import require_official
from sousei_xl.intake.printed_list import find_header, known_columns, printed_otherwise
from sousei_xl.intake.reading import Reading, SheetCells
from sousei_xl.intake.submission import finding_of
from sousei_xl.sheets import named
from sousei_xl.sheets.annex import MARK
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.departments import JOINT
from sousei_xl.strategy.load.table import FORM
from sousei_xl.text import Value

_NEEDED = ("name", "department")
_ENOUGH = 4  # known headings that make a row the header
_GOAL = re.compile(r"基本目標\s*-?\s*(\d+)")
_LETTER = re.compile(r"\(?([ア-ンA-Za-z])\)?[\s.、:・]")
_KEY = re.compile(r"(\d+)\s*-?\s*[ア-ンA-Za-z]")
_ROUNDED = re.compile(r"[\d十百千万億]{0,9}円未満")
_THOUSANDS = re.compile(r"(?<!\d)(?:1?千|1000)円")

Row = tuple[int, Sequence[Value]]


def read_last_year(reading: Reading, strategy: Strategy) -> LastYear:
    """Last year's projects and actuals.

    OperatorError where the file cannot be read, holds neither, or is our own list of this year.
    """
    if reading.refusal:
        reason = of_named_file(finding_of(reading.refusal, reading.file)).text
        raise OperatorError(f"前年度の別紙『{reading.file}』を読み取れませんでした。\n{reason}")
    sheets = {sheet.name: sheet for sheet in reading.sheets}
    require_official(reading.file, sheets)
    series, actuals = last_indicators(sheets.get(INDICATORS_SHEET), strategy)
    year, rows = read_rows(reading, strategy)
    if not rows and not actuals:
        raise no_list(reading, strategy)
    this_year = strategy.settings.fiscal_year
    if PROJECTS_SHEET in sheets and year is not None and year >= this_year:
        raise OperatorError(
            f"『{reading.file}』は{eras.fiscal_year_label(year)}の別紙です。"
            f"前年度（{eras.fiscal_year_label(this_year - 1)}）の別紙を指定してください"
            "（テンプレートの『設定』の年度が、写したときのままになっていないかも確かめてください）。"
        )
    printed = printed_otherwise(reading.sheets)
    return LastYear(reading.file, year, tuple(rows), actuals, series, printed)


# --- projects ---------------------------------------------------------------------------------


def read_rows(reading: Reading, strategy: Strategy) -> tuple[int | None, list[LastRow]]:
    """(fiscal year, rows) of the sheet that is the list: データ_事業, 別紙, or the longest one.

    None and no rows where there is no such sheet. OperatorError where one of its texts is such that
    no workbook of ours could hold it, or where its amounts are not in 千円.
    """
    found = []
    spellings = _headings(strategy)
    for sheet in reading.sheets:
        header = find_header(sheet, spellings, _NEEDED, _ENOUGH)
        if header is not None:
            rows = list(_rows(sheet, *header, strategy))
            rank = {PROJECTS_SHEET: 2, FORM: 1}.get(sheet.name, 0)
            found.append((rank, len(rows), rows, sheet, header))
    if not found:
        return None, []
    _, _, rows, sheet, header = max(found, key=lambda item: item[:2])
    _check_writable(reading.file, sheet)
    _check_unit(reading.file, sheet, *header)
    return _year(sheet, *header), rows


def _check_writable(file: str, sheet: SheetCells) -> None:
    wrong = [
        cell_address(number, column)
        for number, values in sheet.rows
        for column, value in enumerate(values, 1)
        if isinstance(value, str)
        and (text.unprintable(value) or text.utf16_length(value) > text.MAX_TEXT)
    ]
    if wrong:
        raise OperatorError(
            f"『{file}』のシート『{sheet.name}』の{named(wrong, 10)}に、"
            f"ブックに書き込めない文字（制御文字）、または{text.MAX_TEXT:,}文字を超える文章があります。"
            "Excelで開いて直してから、もう一度実行してください。"
        )


def _check_unit(file: str, sheet: SheetCells, position: int, columns: Mapping[str, int]) -> None:
    """The heading of the amounts says their unit, or else a line above the list.

    Nothing is converted: 円 has digits that 千円 has not, and how they were rounded is published.
    """
    if "budget" not in columns:
        return
    heading = text.to_text(sheet.rows[position][1][columns["budget"]])
    said = {heading: _unit_in(heading)}
    if "円" not in said[heading]:
        above = [text.to_text(v) for _, values in sheet.rows[:position] for v in values]
        said = {words: _unit_in(words).partition("単位")[2] for words in above}
    wrong = next(
        (words for words, unit in said.items() if "円" in unit and not _THOUSANDS.search(unit)),
        None,
    )
    if wrong is not None:
        raise OperatorError(
            f"『{file}』のシート『{sheet.name}』の予算事業費は、千円単位ではありません"
            f"（『{clip(''.join(wrong.split()))}』）。"
            "写しを作り、金額を千円単位の整数に、見出しを『予算事業費（千円）』に"
            "直してから、その写しを指定してください。"
        )


def _unit_in(words: str) -> str:
    """Where words may name a unit: without commas, and without what was rounded off."""
    return _ROUNDED.sub("", text.key(words).replace(",", ""))


def _headings(strategy: Strategy) -> dict[str, str]:
    names = {
        "施策キー": "measure_key",
        "担当課": "unit",
        "提出課": "unit",
        "年度": "year",
        "西暦年度": "western_year",
    }
    spellings = {text.key(heading): name for heading, name in names.items()}
    for f in strategy.fields:
        spellings[text.key(f.label)] = f.name
        spellings.setdefault(text.key(f.short_label), f.name)
    return spellings


def no_list(reading: Reading, strategy: Strategy) -> OperatorError:
    """What to tell where no list was found: the headings that are needed, and those that came
    nearest to a header."""
    spellings = _headings(strategy)
    rows = [
        (len(columns), sheet.name, number, columns)
        for sheet in reading.sheets
        for number, values in sheet.rows
        if (columns := known_columns(values, spellings))
    ]
    needed = [strategy.field_by_name[name].title for name in _NEEDED]
    told = ""
    if rows:
        _, sheet_name, number, columns = max(rows, key=itemgetter(0))
        place = f"シート『{sheet_name}』の{number}行目"
        lacking = [t for name, t in zip(_NEEDED, needed, strict=True) if name not in columns]
        if lacking:
            told = (
                f"{place}に、『{'』『'.join(lacking)}』の見出しがありません。別の言葉の見出しは、"
                "写しを作ってこの名前に直し、その写しを指定してください。"
            )
        elif len(columns) < _ENOUGH:
            told = f"{place}で読み取れる見出しは、{len(columns)}つだけです。"
        else:
            told = f"{place}の見出しの下に、事業の行が見つかりません。"
    return OperatorError(
        f"『{reading.file}』に、関連事業の一覧が見つかりません。{told}"
        f"読み取れる一覧は、1行に『{'』『'.join(needed)}』を含む{_ENOUGH}つ以上の見出し"
        "（ほかに番号、再掲、関連性、予算事業費、事業内容）が並ぶ表です。"
    )


def _year(sheet: SheetCells, position: int, columns: Mapping[str, int]) -> int | None:
    """The column 年度, or the first 年度 above the header."""
    for name in ("western_year", "year"):
        for _, values in sheet.rows[position + 1 :]:
            year = eras.parse_fiscal_year(_cell(values, columns, name))
            if year is not None:
                return year
    for _, values in sheet.rows[:position]:
        for value in values:
            said = eras.fiscal_years_said(value) if isinstance(value, str) else []
            if said:
                return min(said[0])
    return None


def _cell(values: Sequence[Value], columns: Mapping[str, int], name: str) -> Value:
    column = columns.get(name)
    return values[column] if column is not None and column < len(values) else None


def _rows(
    sheet: SheetCells, position: int, columns: Mapping[str, int], strategy: Strategy
) -> Iterator[LastRow]:
    lines = []
    for _, values in sheet.rows[position + 1 :]:
        shown = {name: text.to_text(_cell(values, columns, name)).strip() for name in columns}
        is_header = text.key(shown["name"]) == text.key("事業名")
        is_row = shown["name"] and not is_header and (shown["department"] or shown.get("relevance"))
        lines.append((values, shown if is_row else None))
    # Whose letter is another's this year is known at the end alone.
    known = _Places(strategy)
    for values, row in lines:
        known.pass_by(values, row)
    places = _Places(strategy, known.elsewhere)
    for values, row in lines:
        places.pass_by(values, row)
        if row is not None:
            yield _row(values, columns, row, places, strategy)


def _row(
    values: Sequence[Value],
    columns: Mapping[str, int],
    shown: Mapping[str, str],
    place: _Places,
    strategy: Strategy,
) -> LastRow:
    name, is_new = text.split_new_mark(
        (text.tidy_name(shown["name"]).value or "").removeprefix(MARK)
    )
    department, known = _department(shown["department"], strategy)
    relevance = text.choice(shown.get("relevance"), text.RELEVANCE_SPELLINGS).value
    return LastRow(
        measure=place.measure,
        measure_name=place.measure_name,
        number=amounts.parse_integer(_cell(values, columns, "number")).value,
        relisted=text.choice(shown.get("relisted"), text.RELISTED_SPELLINGS).value == text.RELISTED,
        name=name,
        department=department,
        counted=known[0] if known else "",
        relevance=relevance if relevance in (text.DIRECT, text.SUPPORTING) else "",
        budget=_budget(_cell(values, columns, "budget"), shown.get("budget_kind", "")),
        description=text.tidy(_cell(values, columns, "description")).value or "",
        unit=shown.get("unit", ""),
        own={f.name: _cell(values, columns, f.name) for f in strategy.own_fields},
        category=text.NEW if is_new or shown.get("category") == text.NEW else "",
        goal=place.goal,
        departments=known,
    )


def _department(shown: str, strategy: Strategy) -> tuple[str, tuple[str, ...]]:
    """(as it is printed this year, the known departments in it, whose form the row goes to first);
    unknown names stay as they are."""
    parts = strategy.departments_in(shown)
    known = tuple(part for part in parts if part in strategy.department_by_name)
    return (JOINT.join(parts) if known else shown), known


def _budget(value: Value, kind: str) -> int | str | None:
    """Thousand yen; 未定 and 内数 as a word; what cannot be read as it stood there."""
    money = amounts.parse_money(value)
    chosen = money.kind or text.choice(kind, text.BUDGET_KIND_SPELLINGS).value
    if money.amount is None and chosen == text.ZERO:
        return 0
    shown = text.to_text(value) or None
    return amount_or_word(chosen, shown if money.amount is None else money.amount)


class _Places:
    """Goal and measure from top to bottom: by the bands, or the columns of the rows themselves.

    A name says more than a letter. ``elsewhere`` are this year's measures that last year's list
    names under another key: their own key was another measure's then, and leads nowhere.
    """

    def __init__(self, strategy: Strategy, elsewhere: Collection[str] = ()) -> None:
        self._strategy = strategy
        self.elsewhere = set(elsewhere)
        self.goal: int | None = None
        self.measure = self.measure_name = ""

    def pass_by(self, values: Sequence[Value], row: Mapping[str, str] | None) -> None:
        """Look at the next row: a project, where ``row`` has its cells by name."""
        if row is None:
            self._pass_band(values)
        elif "measure" in row or "measure_key" in row:
            self._pass_project(row.get("measure", ""), row.get("measure_key", ""))

    def _pass_project(self, name: str, key: str) -> None:
        spellings = self._strategy.measure_spellings
        goal = _KEY.match(text.nfkc(key or name))
        self.goal = int(goal[1]) if goal else None
        self.measure = self._settled(spellings.get(text.key(name), ""), key)
        self.measure_name = " ".join(said for said in (key, name) if said)

    def _pass_band(self, values: Sequence[Value]) -> None:
        words = [text.to_text(v).strip() for v in values if not text.is_blank(v)]
        if not 1 <= len(words) <= 2:  # a band has one text, or its letter in a cell of its own
            return
        band = " ".join(words)
        goal = self._goal_of(band)
        if goal is not None:
            self.goal, self.measure, self.measure_name = goal, "", ""
            return
        named = [
            (m.goal == self.goal, len(name), m.key)
            for m in self._strategy.measures
            for name in (text.key(m.list_name), text.key(m.text_name))
            if name and name in text.key(band)
        ]
        letter = _LETTER.match(text.nfkc(band) + " ")
        if named or letter:
            key = f"{self.goal}{letter[1]}" if letter and self.goal is not None else ""
            self.measure = self._settled(max(named)[2] if named else "", key)
            self.measure_name = band

    def _goal_of(self, band: str) -> int | None:
        """The goal that a band begins with, as it is called this year, or else by its number.

        基本目標Ⅱ also begins as 基本目標Ⅰ does, but something of the numeral is left.
        """
        words = text.key(band)
        for goal in self._strategy.goals:
            called = text.key(goal.called)
            if called and re.match(rf"{re.escape(called)}(?![0-9a-z])", words):
                return goal.number
        numbered = _GOAL.search(text.nfkc(band))
        return int(numbered[1]) if numbered else None

    def _settled(self, named: str, key: str) -> str:
        """The measure of that name, or else the one that has its key still."""
        by_key = self._strategy.measure_spellings.get(text.key(key), "")
        if not named:
            return "" if by_key in self.elsewhere else by_key
        if key and by_key != named:
            self.elsewhere.add(named)
        return named
