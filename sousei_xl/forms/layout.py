"""Where things stand in a department's form: names, never positions.

Making a form, reading it and annotating it share this page. A form may come back with columns
moved, rows inserted above the header or sheets renamed; what is fixed are the headings below.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from sousei_xl import text
from sousei_xl.addresses import cell_address
from sousei_xl.strategy import Settings, Strategy
from sousei_xl.strategy.fields import Field
from sousei_xl.text import Value

# Of a sheet: (Excel's row number, values from column A on).
Rows = Sequence[tuple[int, Sequence[Value]]]

GUIDE, REPLY, PROJECTS, INDICATORS = "記入要領", "回答票", "事業", "KPI"
CHOICES = "選択肢"
SHEETS = (GUIDE, REPLY, PROJECTS, INDICATORS, CHOICES)


# 回答票: label, value directly to its right.
YEAR, DEPARTMENT, UNIT, PERSON = "年度", "部局名", "担当課", "担当者"
EXTENSION, MADE_ON, EDITION, NONE_APPLICABLE = "内線", "作成日", "版", "該当事業なし"
REPLY_LABELS = (YEAR, DEPARTMENT, UNIT, PERSON, EXTENSION, MADE_ON, EDITION, NONE_APPLICABLE)
_REPLY_KEYS = {text.key(label): label for label in REPLY_LABELS}
TICKED = "該当なし"  # the word that the dropdown of 該当事業なし offers
# Beside the words that say so anywhere (``text.says_no_project``).
_TICK_WORDS = ("なし", "無し", "無", "○", "✓", "✔", "レ", "はい", "1", "TRUE", "☑")
_TICKS = {text.key(word) for word in _TICK_WORDS}

CHECK = "入力チェック"
PREVIOUS_NUMBER, PREVIOUS_BUDGET = "前年度番号", "前年度予算"

# Above the header of 事業, beside the title: of the check, how the counts begin, and over a column.
MOVED = "切り取りやドラッグで動かすと、入力チェックがずれます。"
AUTOMATIC, COUNTED, FOR_REFERENCE = "自動で表示", "入力済 ", "参考"
REQUIRED, MOSTLY_REQUIRED, REQUIRED_UNLESS_RELISTED = "必須", "原則として必須", "再掲以外は必須"
IF_RELISTED, OPTIONAL = "再掲のとき", "任意"
_NEEDS = (REQUIRED, MOSTLY_REQUIRED, REQUIRED_UNLESS_RELISTED, IF_RELISTED, OPTIONAL)
_ABOVE = {text.key(words) for words in (MOVED, AUTOMATIC, FOR_REFERENCE, *_NEEDS)}

# Invisible twins of 回答票 (custom document properties); the visible values win.
MARK, VERSION = "sousei_xl_form", "1"
PROPERTY_YEAR, PROPERTY_DEPARTMENT, PROPERTY_UNIT, PROPERTY_EDITION = (
    "sousei_xl_year",
    "sousei_xl_department",
    "sousei_xl_unit",
    "sousei_xl_edition",
)
# What KPI was prefilled with, as a digest: a sheet that still says just that is no report.
PROPERTY_KNOWN = "sousei_xl_known_actuals"

_BEFORE_EDITION, _DIGITS = re.compile(r"(\d+)\s*版"), re.compile(r"(\d+)")
_EDITION_DIGITS = 3

# A row is the project header where these stand side by side with most of the others.
_NEEDED = ("measure", "name")
_ENOUGH = 5


def subject(settings: Settings, of_kpi: bool) -> str:
    """What a form and the request that comes with it are about, after the year."""
    return f"{settings.plan_name}　数値目標・KPI" if of_kpi else f"{settings.plan_name}関連事業"


def is_printed_above(value: Value, settings: Settings) -> bool:
    """Whether a form has this text above the header of 事業 itself; a title may be edited."""
    said = text.key(text.to_text(value))
    begun = said.startswith(text.key(COUNTED))
    return said in _ABOVE or begun or text.key(subject(settings, of_kpi=False)) in said


def edition(typed: str) -> int:
    """``2``, ``第２版``, ``令和8年度 第2版`` → 2; 0 where none can be read, as in a date."""
    shown = text.nfkc(typed)
    match = _BEFORE_EDITION.search(shown) or _DIGITS.search(shown)
    return int(match[1]) if match and len(match[1]) <= _EDITION_DIGITS else 0


def project_fields(strategy: Strategy, prefilled: bool = False) -> tuple[tuple[str, str], ...]:
    """(internal name, heading) of the columns of 事業 from left to right.

    ``check`` is the live check; the two columns of last year stand before 備考 when prefilled.
    """
    columns = [("check", CHECK), *((f.name, f.label) for f in strategy.fields)]
    if prefilled:
        columns[-1:-1] = [
            ("previous_number", PREVIOUS_NUMBER),
            ("previous_budget", PREVIOUS_BUDGET),
        ]
    return tuple(columns)


def find_project_header(
    rows: Rows, strategy: Strategy, needed: Iterable[str] = _NEEDED
) -> tuple[int, Mapping[str, int]] | None:
    """(position in ``rows``, field name → column counted from 0) of the header of 事業.

    The header is the first row that holds 施策 and 事業名 (``needed``) and at least five known
    headings; headings are compared by match key and also without their unit. None where there is
    none.
    """
    spellings = _spellings(strategy)
    for position, (_, values) in enumerate(rows):
        if len(values) - values.count(None) < _ENOUGH:
            continue
        columns: dict[str, int] = {}
        for column, value in enumerate(values):
            found = spellings.get(text.heading_key(value))
            if found is not None:
                columns.setdefault(found, column)
        if all(n in columns for n in needed) and len(columns) >= _ENOUGH:
            return position, columns
    return None


def resembles_projects(rows: Rows, strategy: Strategy) -> bool:
    """Whether a row looks like what is left of the header of 事業: three of its headings."""
    spellings = _spellings(strategy)
    headings = ({text.heading_key(v) for v in values} for _, values in rows)
    return any(len({spellings[h] for h in found if h in spellings}) > 2 for found in headings)


@lru_cache(maxsize=4)
def _spellings(strategy: Strategy) -> Mapping[str, str]:
    """Match key of a heading, with and without its unit → field name."""
    beside = {
        text.key(label): name
        for name, label in project_fields(strategy, prefilled=True)
        if name not in strategy.field_by_name
    }
    return {**strategy.field_spellings, **beside}


def repeated_headings(
    values: Sequence[Value], columns: Mapping[str, int], strategy: Strategy
) -> dict[int, str]:
    """Column → field name of headings in the header row ``values`` that stand a second time."""
    spellings = _spellings(strategy)
    names = ((i, spellings.get(text.heading_key(v), "")) for i, v in enumerate(values))
    return {i: name for i, name in names if name in strategy.field_by_name and columns[name] != i}


def missing_headings(columns: Mapping[str, int], strategy: Strategy) -> tuple[str, ...]:
    """Headings of fields that a form must have and that were not found (備考 and own may lack)."""
    return tuple(
        f.label for f in strategy.fields if f.name not in columns and not f.own and f.name != "note"
    )


def renamed_headings(
    header: tuple[int, Sequence[Value]], columns: Mapping[str, int], missing: Iterable[str]
) -> dict[str, tuple[str, str]]:
    """Missing heading → (cell, heading there) of what somebody seems to have made of it."""
    number, values = header
    unknown = {
        text.heading_key(value): (cell_address(number, column + 1), text.to_text(value))
        for column, value in enumerate(values)
        if column not in columns.values() and not text.is_blank(value)
    }
    found = {}
    for label in missing:
        wanted = text.heading_key(label)
        within = [k for k in unknown if wanted in k or (k in wanted and len(k) > 1)]
        near = within or difflib.get_close_matches(wanted, unknown, n=1)
        if near:
            found[label] = unknown.pop(near[0])
    return found


def has_other_unit(typed: str, label: str) -> bool:
    """Whether a heading differs from the form's in the unit of money alone: 予算事業費（円）."""
    (name, _, unit), (wanted, _, _) = (text.key(h).partition("(") for h in (typed, label))
    return name == wanted and unit.endswith("円)")


def reply_values(rows: Rows) -> dict[str, tuple[Value, str]]:
    """Label → (value directly to its right, its cell) of a sheet laid out like 回答票."""
    found: dict[str, tuple[Value, str]] = {}
    for number, values in rows:
        for column, value in enumerate(values):
            label = _REPLY_KEYS.get(text.heading_key(value))
            if label is not None and label not in found:
                right = values[column + 1] if column + 1 < len(values) else None
                found[label] = (right, cell_address(number, column + 2))
    return found


def find_reply(sheets: Sequence[tuple[str, Rows]]) -> tuple[str, dict[str, tuple[Value, str]]]:
    """(name, ``reply_values``) of the sheet 回答票, or else of the one that is most like it; blank
    and empty where none has 部局名 and two more of its labels.
    """
    wanted = text.key(REPLY)
    for named in (True, False):  # the others are only searched where there is no such sheet
        rows = [(name, rows) for name, rows in sheets if (text.key(name) == wanted) == named]
        found = [(name, reply_values(lines)) for name, lines in rows]
        found = [(name, values) for name, values in found if _is_reply(values)]
        if found:
            return max(found, key=lambda pair: len(pair[1]))
    return "", {}


def _is_reply(values: Mapping[str, tuple[Value, str]]) -> bool:
    return DEPARTMENT in values and len(values) >= 3


def is_ticked(value: Value) -> bool:
    """True where 該当事業なし is ticked, however the tick was typed."""
    if value is True or text.says_no_project(value):
        return True
    return not text.is_blank(value) and text.key(text.to_text(value)) in _TICKS


def makes_a_row(field: Field) -> bool:
    """Whether a value typed into this column makes the line a row of data: all but 部局名, which
    may be a default."""
    return field.name != "department"
