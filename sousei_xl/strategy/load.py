"""Read the template's tables into a Strategy; every mistake is a T101 with its cell.

The tables arrive as plain rows, because the template is read by the same gated reader as a
department's file. Mistakes are collected, never raised: an office that fills in a new template
sees all that is missing at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from sousei_xl import text
from sousei_xl.findings import Finding, Place, finding
from sousei_xl.strategy import (
    AS_SUBMITTED,
    AUTOMATIC,
    CLASSES,
    GROSS,
    NET,
    Department,
    Goal,
    Indicator,
    Judgement,
    Measure,
    Settings,
    Strategy,
)
from sousei_xl.strategy.fields import CORE, LAST_CORE, RESERVED, Field
from sousei_xl.text import Value

# Sheet name → (Excel row, values from column A on), non-empty rows only.
Tables = Mapping[str, Sequence[tuple[int, Sequence[Value]]]]

SETTINGS, MEASURES, DEPARTMENTS, INDICATORS, FIELDS = "設定", "施策体系", "部局", "指標", "項目"
FORM = "別紙"
MEASURE_COLUMNS = ("キー", "基本目標", "施策", "別紙名称", "本文名称", "略称")
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
QUALITATIVE = "定性"
INDICATOR_KINDS = ("各年度", "各年", "時点", "調査", "累計", "期間累計", QUALITATIVE)
DIRECTIONS = ("増加", "減少", "維持")
YES, NO = "はい", "いいえ"
OWN_KINDS = {"文字": "text", "整数": "integer", "選択": "choice"}
STANDARD, OWN = "標準", "独自"
# Not ・, which is a part of many names (観光・スポーツ部).
_SPLIT = re.compile(r"[、､，,\n]+")
_EXCEL_TEXT = 32767


def cell_address(row: int, column: int) -> str:
    """(12, 7) → ``H12``; the column counts from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a template table: heading → (value, address)."""

    sheet: str
    row: int
    values: Mapping[str, Value]
    addresses: Mapping[str, str]

    def text(self, heading: str) -> str:
        return str(text.tidy(self.values.get(heading)).value or "")

    def list(self, heading: str) -> tuple[str, ...]:
        parts = (part.strip() for part in _SPLIT.split(self.text(heading)))
        return tuple(part for part in parts if part)


class _Mistakes:
    """Collects T101 findings of one template file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Finding] = []

    def add(self, sheet: str, cell: str, problem: str, remedy: str, value: str = "") -> None:
        place = Place(file=self.file, sheet=sheet, cell=cell)
        self.found.append(finding("T101", place, value, problem=problem, remedy=remedy))

    def at(self, row: _Row, heading: str, problem: str, remedy: str) -> None:
        cell = row.addresses.get(heading, f"A{row.row}")
        self.add(row.sheet, cell, problem, remedy, row.text(heading))

    def missing(self, row: _Row, heading: str, example: str) -> None:
        self.at(row, heading, f"「{heading}」が空欄です。", f"入力してください（例：{example}）。")


def load(tables: Tables, file: str) -> tuple[Strategy | None, list[Finding]]:
    """Build the Strategy from the template's tables; ``file`` names the template in findings.

    Returns (None, mistakes) where a mistake was found: a list built on half a definition would be
    wrong in ways nobody sees.
    """
    mistakes = _Mistakes(file)
    settings = _settings(tables, mistakes)
    goals, measures = _measures(tables, mistakes)
    departments = _departments(tables, mistakes)
    indicators = _indicators(tables, mistakes, goals, measures, departments)
    fields = _fields(tables, mistakes)
    if mistakes.found or settings is None:
        return None, mistakes.found
    return Strategy(settings, goals, measures, departments, indicators, fields), []


def _rows(
    tables: Tables, mistakes: _Mistakes, sheet: str, columns: Sequence[str], needed: int
) -> Iterator[_Row]:
    """The rows below the header, which is found by its first ``needed`` headings."""
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
            continue
        row = {c: values[i] if i < len(values) else None for c, i in header.items()}
        if not all(text.is_blank(v) for v in row.values()):
            addresses = {c: cell_address(number, i) for c, i in header.items()}
            yield _Row(sheet, number, row, addresses)
    if not header:
        names = "、".join(columns[:needed])
        mistakes.add(
            sheet, "A1", f"見出し（{names}）が見つかりません。", "見出しを戻してください。"
        )


# --- 設定 ---------------------------------------------------------------------------------------


class _SettingsTable:
    """The rows of 設定 by key, each value asked for with its own rule and example."""

    def __init__(self, rows: Mapping[str, _Row], mistakes: _Mistakes) -> None:
        self._rows = rows
        self._mistakes = mistakes

    def wrong(self, name: str, problem: str, remedy: str) -> None:
        if name in self._rows:
            self._mistakes.at(self._rows[name], "値", f"「{name}」{problem}", remedy)
        else:
            self._mistakes.add(
                SETTINGS,
                "A1",
                f"「{name}」の行がありません。",
                f"キーの列に「{name}」の行を戻してください。",
            )

    def value(self, name: str) -> Value:
        row = self._rows.get(name)
        return None if row is None else row.values.get("値")

    def text(self, name: str, example: str = "", default: str | None = None) -> str:
        value = text.tidy(self.value(name)).value
        if value is None and default is None:
            self.wrong(name, "が空欄です。", f"入力してください（例：{example}）。")
        return str(value or default or "")

    def choice(self, name: str, choices: Sequence[str]) -> str:
        value = self.text(name, choices[0])
        if value and value not in choices:
            self.wrong(
                name, f"に『{value}』とあります。", f"{'、'.join(choices)}から選んでください。"
            )
        return value

    def code(self, name: str, example: str) -> str:
        """Digits that may begin with 0, which a cell typed as a number has lost."""
        shown = text.nfkc(self.text(name, example)).strip()
        if shown and not re.fullmatch(r"\d{6}", shown):
            remedy = f"6桁の文字列として入力してください（例：{example}）。"
            self.wrong(name, f"の『{shown}』が6桁の数字ではありません。", remedy)
        return shown

    def year(self, name: str, example: str) -> int:
        shown = self.text(name, example)
        year = text.parse_fiscal_year(self.value(name))
        if shown and year is None:
            remedy = f"「{example}」のように入力してください。"
            self.wrong(name, f"の『{shown}』が年度として読み取れません。", remedy)
        return year or 0

    def date(self, name: str, example: str, required: bool = True) -> dt.date | None:
        shown = self.text(name, example, default=None if required else "")
        date = text.parse_date(self.value(name))
        if shown and date is None:
            remedy = f"「{example}」のように入力してください。"
            self.wrong(name, f"の『{shown}』が日付として読み取れません。", remedy)
        return date

    def integer(self, name: str, default: int) -> int:
        parsed = text.parse_integer(self.value(name))
        if parsed.problem or (parsed.value is not None and parsed.value < 1):
            shown = text.to_text(self.value(name))
            self.wrong(
                name, f"の『{shown}』が数字として読み取れません。", "正の整数を入力してください。"
            )
        return default if parsed.value is None else int(parsed.value)

    def decimal(self, name: str, default: str) -> str:
        shown = text.nfkc(text.to_text(self.value(name))).strip() or default
        if not _is_number(shown):
            self.wrong(name, f"の『{shown}』が数字として読み取れません。", f"例：{default}")
        return shown


def _settings(tables: Tables, mistakes: _Mistakes) -> Settings | None:
    rows: dict[str, _Row] = {}
    for row in _rows(tables, mistakes, SETTINGS, ("キー", "値"), 2):
        name = row.text("キー")
        if name in rows:
            mistakes.at(row, "キー", f"「{name}」が2行あります。", "片方の行を削除してください。")
        elif name:
            rows[name] = row
    if SETTINGS not in tables:
        return None
    table = _SettingsTable(rows, mistakes)
    plan = table.text("計画期間", "平成27年度〜平成31年度")
    years = [text.parse_fiscal_year(p) for p in re.split(r"[~〜～\-－から]+", plan)]
    if plan and (len(years) != 2 or None in years or (years[0] or 0) > (years[1] or 0)):
        table.wrong(
            "計画期間",
            f"の『{plan}』が期間として読み取れません。",
            "「平成27年度〜平成31年度」のように入力してください。",
        )
    fiscal_year = table.year("年度", "平成30年度")
    list_date = table.date("基準日", "2018-03-30")
    return Settings(
        municipality=table.text("自治体名", "旭川市"),
        code=table.code("団体コード", "012041"),
        fiscal_year=fiscal_year,
        year_label=table.text(
            "年度の表記", default=text.fiscal_year_label(fiscal_year) if fiscal_year else ""
        ),
        plan_years=(years[0] or 0, years[-1] or 0),
        plan_label=plan,
        title=table.text("表題", "旭川市まち・ひと・しごと創生総合戦略関連事業一覧"),
        unit=table.text("単位", default="千円"),
        basis=table.choice("小計の算出", (GROSS, NET)),
        numbering=table.choice("番号の付け方", (AS_SUBMITTED, AUTOMATIC)),
        budget_basis=table.text("予算の基準", default="当初"),
        list_date=list_date or dt.date.min,
        results_date=table.date("実績基準日", "2018-08-31", required=False),
        deadline=table.text("提出期限", default=""),
        submit_to=table.text("提出先", default=""),
        budget_limit=table.integer("予算の上限目安", 10_000_000),
        paper=table.choice("用紙", ("A4", "A3")),
        font=table.text("書体", default="BIZ UDPゴシック"),
        minus=table.choice("負数の記号", ("▲", "△", "-")),
        judgement=Judgement(
            mostly=table.decimal("おおむね順調の基準", "0.6"),
            tolerance=table.decimal("維持の許容幅", "0"),
            names={c: table.text(f"判定の名称（{c}）", default=c) for c in CLASSES},
            marks={c: table.text(f"判定の記号（{c}）", default="") for c in CLASSES},
        ),
    )


# --- 施策体系, 部局 ------------------------------------------------------------------------------


def _measures(tables: Tables, mistakes: _Mistakes) -> tuple[tuple[Goal, ...], tuple[Measure, ...]]:
    goals: dict[int, Goal] = {}
    measures: dict[str, Measure] = {}
    for row in _rows(tables, mistakes, MEASURES, MEASURE_COLUMNS, 4):
        number = text.parse_integer(row.values.get("基本目標")).value
        letter, key = row.text("施策"), row.text("キー")
        if number is None or number < 1:
            mistakes.at(
                row,
                "基本目標",
                "「基本目標」が番号ではありません。",
                "1からの番号を入力してください。",
            )
            continue
        if key != f"{number}{letter}":
            remedy = f"「{number}{letter}」と入力してください（基本目標の番号と施策の記号）。"
            mistakes.at(row, "キー", f"キー『{key}』が基本目標と施策の列に合いません。", remedy)
            continue
        if not row.text("別紙名称"):
            mistakes.missing(row, "別紙名称", "移住に関する総合的な環境整備")
            continue
        name = row.text("別紙名称")
        names = (name, row.text("本文名称") or name, row.text("略称") or name)
        if key in measures or (not letter and number in goals):
            mistakes.at(
                row, "キー", f"キー『{key}』が2度あります。", "どちらかの行を直してください。"
            )
        elif not letter:
            goals[number] = Goal(number, *names)
        elif number not in goals:
            mistakes.at(
                row,
                "基本目標",
                f"施策『{key}』の上に、基本目標{number}の行がありません。",
                "基本目標の行（施策の列は空欄）を、その施策より上に入力してください。",
            )
        else:
            measures[key] = Measure(key, number, letter, *names)
    in_order = all(m.place.sheet != MEASURES for m in mistakes.found)
    if MEASURES in tables and not measures and in_order:
        mistakes.add(MEASURES, "A4", "施策がありません。", "基本目標と施策の行を入力してください。")
    # Goals in order, measures in the order of the sheet within their goal.
    ordered = sorted(measures.values(), key=lambda m: m.goal)
    return tuple(sorted(goals.values(), key=lambda g: g.number)), tuple(ordered)


def _departments(tables: Tables, mistakes: _Mistakes) -> tuple[Department, ...]:
    departments: list[Department] = []
    seen: dict[str, str] = {}
    for row in _rows(tables, mistakes, DEPARTMENTS, DEPARTMENT_COLUMNS, 2):
        name = row.text("部局名")
        if not name:
            mistakes.missing(row, "部局名", "経済部")
            continue
        aliases = row.list("別名")
        for heading, spelling in [("部局名", name), *(("別名", a) for a in aliases)]:
            owner = seen.setdefault(text.key(spelling), name)
            if owner != name or (heading == "部局名" and any(d.name == name for d in departments)):
                mistakes.at(
                    row,
                    heading,
                    f"『{spelling}』が「{owner}」と重なっています。",
                    "一つの名前や別名は、一つの部局だけに入力してください。",
                )
        order = text.parse_integer(row.values.get("表示順"))
        if order.problem:
            mistakes.at(
                row, "表示順", "「表示順」が番号ではありません。", "1からの番号を入力してください。"
            )
        expected = row.text("提出対象") or YES
        if expected not in (YES, NO):
            mistakes.at(
                row,
                "提出対象",
                f"「提出対象」に『{expected}』とあります。",
                f"「{YES}」か「{NO}」を選んでください。",
            )
        position = len(departments) + 1 if order.value is None else int(order.value)
        departments.append(Department(position, name, aliases, expected == YES, row.list("提出課")))
    if DEPARTMENTS in tables and not departments:
        mistakes.add(
            DEPARTMENTS, "B4", "部局がありません。", "部局名を1行に一つずつ入力してください。"
        )
    return tuple(sorted(departments, key=lambda d: d.order))


# --- 指標 ---------------------------------------------------------------------------------------


def _indicators(
    tables: Tables,
    mistakes: _Mistakes,
    goals: Sequence[Goal],
    measures: Sequence[Measure],
    departments: Sequence[Department],
) -> tuple[Indicator, ...]:
    goal_numbers = {g.number for g in goals}
    measure_keys = {m.key for m in measures}
    department_names = {text.key(s): d.name for d in departments for s in (d.name, *d.aliases)}
    indicators: dict[str, Indicator] = {}
    for row in _rows(tables, mistakes, INDICATORS, INDICATOR_COLUMNS, 6):
        indicator_id = row.text("ID")
        if not indicator_id:
            mistakes.missing(row, "ID", "2ア-1")
            continue
        if indicator_id in indicators:
            mistakes.at(row, "ID", f"ID『{indicator_id}』が2度あります。", "別のIDにしてください。")
            continue
        for heading, choices in (
            ("指標区分", LEVELS),
            ("集計区分", INDICATOR_KINDS),
            ("目標の向き", DIRECTIONS),
        ):
            if row.text(heading) not in choices:
                problem = f"「{heading}」に『{row.text(heading)}』とあります。"
                mistakes.at(row, heading, problem, f"{'、'.join(choices)}から選んでください。")
        goal = text.parse_integer(row.values.get("基本目標")).value or 0
        measure = f"{goal}{row.text('施策')}" if row.text("施策") else ""
        if (measure and measure not in measure_keys) or goal not in goal_numbers:
            heading = "施策" if measure else "基本目標"
            mistakes.at(
                row,
                heading,
                f"『{measure or goal}』が施策体系にありません。",
                "施策体系にある番号と記号を入力してください。",
            )
        for heading in ("現状値年", "目標値年"):
            shown = row.text(heading)
            if shown and text.parse_fiscal_year(row.values.get(heading)) is None:
                problem = f"「{heading}」の『{shown}』が年として読み取れません。"
                mistakes.at(
                    row, heading, problem, "「H31」「平成31年度」のように入力してください。"
                )
        baseline = _decimal(row, "現状値", mistakes)
        # The target of a 定性 indicator may be words.
        qualitative = row.text("集計区分") == QUALITATIVE
        target = row.text("目標値") if qualitative else _decimal(row, "目標値", mistakes)
        owners: list[str] = []
        for spelling in _joint(row.list("担当部局"), department_names):
            owner = department_names.get(text.key(spelling))
            if owner is None:
                problem = f"担当部局『{spelling}』が部局の一覧にありません。"
                mistakes.at(row, "担当部局", problem, "部局シートにある部局名を入力してください。")
            else:
                owners.append(owner)
        indicators[indicator_id] = Indicator(
            indicator_id,
            goal,
            measure,
            level=row.text("指標区分"),
            name=row.text("指標名"),
            part=row.text("内訳"),
            unit=row.text("単位"),
            kind=row.text("集計区分"),
            year_kind=row.text("年・年度"),
            baseline_year=row.text("現状値年"),
            baseline=baseline,
            target_year=row.text("目標値年"),
            target=target,
            direction=row.text("目標の向き"),
            note=row.text("備考"),
            departments=tuple(owners),
            yearly_targets=_yearly_targets(row, mistakes),
        )
    return tuple(indicators.values())


def _joint(spellings: Sequence[str], known: Mapping[str, str]) -> Iterator[str]:
    """「経済部・農政部」 are two departments unless one of that name exists."""
    for spelling in spellings:
        whole = text.key(spelling) in known
        yield from [spelling] if whole else (p for p in text.nfkc(spelling).split("・") if p)


def _is_number(shown: str) -> bool:
    try:
        return Decimal(shown).is_finite()
    except InvalidOperation:
        return False


def _decimal(row: _Row, heading: str, mistakes: _Mistakes) -> str:
    """``７１，０００`` → ``71000``, as Decimal takes it; blank stays blank."""
    shown = text.nfkc(row.text(heading)).replace(",", "")
    if shown and not _is_number(shown):
        problem = f"「{heading}」の『{shown}』が数字として読み取れません。"
        mistakes.at(row, heading, problem, "数字だけを入力し、単位は単位の列に入力してください。")
    return shown


def _yearly_targets(row: _Row, mistakes: _Mistakes) -> Mapping[int, str]:
    """``H28=70000、H29=74000`` → {2016: "70000", 2017: "74000"}."""
    targets: dict[int, str] = {}
    for part in re.split(r"[、，;\n]+", row.text("年度別目標")):
        if not part.strip():
            continue
        year, _, value = text.nfkc(part).partition("=")
        number = text.parse_fiscal_year(year)
        if number is None or not _is_number(value.strip()):
            mistakes.at(
                row,
                "年度別目標",
                f"年度別目標の『{part}』が読み取れません。",
                "「H28=70000、H29=74000」のように入力してください。",
            )
        else:
            targets[number] = value.strip()
    return targets


# --- 項目 ---------------------------------------------------------------------------------------


def _fields(tables: Tables, mistakes: _Mistakes) -> tuple[Field, ...]:
    """Core fields with the office's limits, then its own fields, then 備考."""
    core = {text.key(f.label): f for f in CORE}
    own: list[Field] = []
    taken = {text.key(name) for name in (*RESERVED, *(f.short_label for f in CORE))}
    seen: set[str] = set()
    for row in _rows(tables, mistakes, FIELDS, FIELD_COLUMNS, 3):
        label = row.text("項目名")
        if not label:
            mistakes.missing(row, "項目名", "財源")
            continue
        limit = text.parse_integer(row.values.get("最大文字数"))
        if limit.problem or (limit.value is not None and not 1 <= limit.value <= _EXCEL_TEXT):
            problem = "「最大文字数」が1から32,767までの整数ではありません。"
            mistakes.at(row, "最大文字数", problem, "例：1000")
            continue
        key = text.key(label)
        if key in seen:
            mistakes.at(
                row, "項目名", f"項目『{label}』が2度あります。", "どちらかの行を直してください。"
            )
            continue
        seen.add(key)
        if key in core:
            if limit.value is not None:
                core[key] = replace(core[key], max_length=int(limit.value))
            continue
        if key in taken:
            problem = f"『{label}』は様式やデータの見出しに使われています。"
            mistakes.at(row, "項目名", problem, "別の項目名にしてください。")
            continue
        if row.text("区分") == STANDARD:
            problem = f"『{label}』という標準の項目はありません。"
            labels = "、".join(f.label for f in CORE)
            mistakes.at(row, "項目名", problem, f"項目名を元に戻してください（{labels}）。")
            continue
        field = _own_field(row, label, f"own_{len(own) + 1}", int(limit.value or 1000), mistakes)
        if field is not None:
            own.append(field)
    *first, last = core.values()
    return (*first, *own, last)


def _own_field(
    row: _Row, label: str, name: str, max_length: int, mistakes: _Mistakes
) -> Field | None:
    kind = OWN_KINDS.get(row.text("種類"))
    if kind is None:
        problem = f"「種類」に『{row.text('種類')}』とあります。"
        mistakes.at(row, "種類", problem, f"{'、'.join(OWN_KINDS)}から選んでください。")
        return None
    required = row.text("必須") or NO
    if required not in (YES, NO):
        problem = f"「必須」に『{required}』とあります。"
        mistakes.at(row, "必須", problem, f"「{YES}」か「{NO}」を選んでください。")
    choices = row.list("選択肢")
    if kind == "choice" and not choices:
        mistakes.at(row, "選択肢", "選択肢が空欄です。", "「国、道、市」のように入力してください。")
    return Field(
        name,
        label,
        "choice" if kind == "choice" else "integer" if kind == "integer" else "text",
        hint=row.text("説明") or f"{label}を入力してください。",
        choices=choices,
        required=required == YES,
        max_length=max_length,
        own=True,
    )


assert CORE[-1].name == LAST_CORE
