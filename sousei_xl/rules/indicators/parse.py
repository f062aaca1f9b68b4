"""Raw cells of a KPI sheet → typed rows: types and spellings only, one cell at a time.

Values are Decimal: what a person sees in the cell (15 digits) is what counts. A percent format is
not known here, so that 63 % arrives as 0.63: the checks ask about it, nothing is converted.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sousei_xl import eras, text
from sousei_xl.findings import Finding, finding
from sousei_xl.rules.indicators.actuals import REASON_SPELLINGS, number_in, parse_actual
from sousei_xl.rules.indicators.records import IndicatorRow
from sousei_xl.rules.indicators.references import identify, named_as, typed_id
from sousei_xl.rules.records import RawRow
from sousei_xl.strategy import CLASSES, Indicator, Settings, Strategy
from sousei_xl.strategy.indicators import (
    PERIOD_SUM,
    QUALITATIVE,
    STAGES,
    Column,
    columns,
    has_ended,
    input_names,
    judged_year,
    title,
)

_STAGE_SPELLINGS = text.spellings(
    {STAGES[0]: ("速報値", "暫定値"), STAGES[1]: ("確報値", "確定", "確定値")}
)
_DIGITS, _LETTER, _END = re.compile(r"\d+"), re.compile(r"[^\W\d_]"), "。、.,"
_NO_TIME = re.compile(r"\d{5,}(?:\.\d+)?")
_OF_THE_PAST = {"": "past", "reason": "past_reason"}  # variants of K102
_LEFT_BLANK = ("words", "reason", "past_reason")  # those that ask for no value in the cell


class _Cells:
    """The cells of one row while it is parsed: values in, findings and unknown fields out."""

    def __init__(self, row: IndicatorRow, strategy: Strategy) -> None:
        self.row = row
        self.raw = row.raw
        self.strategy = strategy
        self.findings: list[Finding] = []
        self.unknown: set[str] = set()

    def report(self, code: str, name: str, value: object, **facts: Any) -> None:
        indicator = self.row.indicator
        self.findings.append(
            finding(
                code,
                self.row.place(name, self.strategy),
                value,
                target=self.row.id,
                subject=title(indicator) if indicator else "",
                department=self.row.submitter,
                **facts,
            )
        )

    def reject(self, name: str, value: object, **facts: Any) -> None:
        self.unknown.add(name)
        self.report("K102", name, value, **facts)

    def typed(self, name: str) -> text.Value:
        """The raw value; error values and formulas without a result are reported here."""
        if name in self.raw.errors:
            self.reject(name, self.raw.errors[name], variant="error")
            return None
        if name in self.raw.uncached:
            self.reject(name, "", variant="uncached")
            return None
        return self.raw.values.get(name)

    def prose(self, name: str) -> str:
        """A text as it is printed; what no workbook can hold is replaced and reported."""
        value = self.typed(name)
        taken = text.printable(text.tidy(value).value or "")
        if taken != text.to_text(value).replace("\r\n", "\n") and not text.is_blank(value):
            self.report("A101", name, text.to_text(value), expected=taken)
        return taken

    def choice(self, name: str, spellings: Mapping[str, str], exact: Sequence[str] = ()) -> str:
        """One of a few words; an unknown one passes through for the schema to refuse."""
        value = self.typed(name)
        parsed = text.choice(value, spellings)
        if parsed.converted and value not in exact:
            self.report("A101", name, text.to_text(value), expected=str(parsed.value))
        return str(parsed.value or "")


def parse_row(
    raw: RawRow,
    submitter: str,
    strategy: Strategy,
    row: IndicatorRow | None = None,
    ids_in_form: Container[str] = (),
) -> tuple[IndicatorRow, list[Finding]]:
    """Type the cells of one row.

    ``submitter`` is the department of the file. ``row`` is given when a correction of the office
    has changed the raw row: its ``corrected`` places stay. ``ids_in_form`` are match keys of the
    form's IDs: a row without an ID takes none of them by its name. Returns the row and the
    findings of its cells (K102, K115, K116, A101). What the form has no column for any more is
    unknown: the heading that was lost has its own finding (K114).
    """
    row = row or IndicatorRow(raw, submitter)
    row.raw = raw
    identify(row, strategy, ids_in_form)
    cells = _Cells(row, strategy)
    if row.belongs_to:  # whatever else is wrong is another indicator's
        named = "か".join(f"『{id_}』" for id_ in row.belongs_to)
        has_its_name = row.id in [i.id for i in named_as(raw, strategy)]
        variant = "figures" if has_its_name else ""
        cells.report("K115", "id", row.id, variant=variant, expected=named)
        return row, cells.findings
    typed_id = text.to_text(raw.values.get("id"))
    if row.indicator is not None and typed_id != row.id:
        cells.report("A101", "id", typed_id, variant="" if typed_id else "blank", expected=row.id)
    row.actuals = {}
    held = [c for c in columns(strategy.settings) if c.year and _actual(cells, c)]
    if held and row.indicator is not None:
        cells.report(
            "K116",
            "unit",
            text.to_text(raw.values.get("unit")),
            unit=row.indicator.unit,
            held="、".join(f"{c.label}の{text.to_text(raw.values.get(c.name))}" for c in held),
        )
    row.stage = cells.choice("stage", _STAGE_SPELLINGS)
    row.reason = cells.choice("reason", REASON_SPELLINGS)
    row.publication = _publication(cells)
    classes = _class_spellings(strategy)
    row.office_class = cells.choice("office_class", classes, _class_words(strategy))
    row.cause, row.direction = _own_words(cells, "cause"), _own_words(cells, "direction")
    lost = set(input_names(strategy.settings)) - set(raw.columns)
    row.unknown = frozenset(cells.unknown | lost)
    return row, cells.findings


def parse_rows(
    rows: Sequence[tuple[RawRow, str]], strategy: Strategy
) -> tuple[list[IndicatorRow], list[Finding]]:
    """``parse_row`` for (raw row, submitting department) pairs, in order."""
    ids_in_form: dict[str, set[str]] = defaultdict(set)
    for raw, _ in rows:
        ids_in_form[raw.file].add(text.key(typed_id(raw)))
    parsed: list[IndicatorRow] = []
    findings: list[Finding] = []
    for raw, submitter in rows:
        row, found = parse_row(raw, submitter, strategy, ids_in_form=ids_in_form[raw.file])
        ids_in_form[raw.file].add(text.key(row.id))
        parsed.append(row)
        findings += found
    return parsed, findings


def is_note(raw: RawRow, strategy: Strategy) -> bool:
    """Whether a line of the KPI sheet is words below the table or in it, and no indicator: nothing
    but the cell of the ID is filled, with what is not built as the strategy's IDs are."""
    if any(not text.is_blank(value) for name, value in raw.values.items() if name != "id"):
        return False
    unread = raw.errors or raw.uncached or raw.merged
    return not unread and _build(typed_id(raw)) not in _builds(strategy)


@lru_cache(maxsize=4)
def _builds(strategy: Strategy) -> frozenset[str]:
    return frozenset(_build(indicator.id) for indicator in strategy.indicators)


def _build(id_: str) -> str:
    """``2ア-10。`` → ``0a-0``: how an ID is built, whatever its figures and letters are."""
    bare = text.key(id_).rstrip(_END)
    return _LETTER.sub("a", _DIGITS.sub("0", bare))


def _actual(cells: _Cells, column: Column) -> bool:
    """Type one year's value. True where it waits because the form's unit is another."""
    row, indicator = cells.row, cells.row.indicator
    if indicator is None:  # one finding says it all; without a unit nothing can be read
        return False
    value = cells.typed(column.name)
    parsed = parse_actual(value, indicator.unit)
    says = bool(parsed.problem) or parsed.value is not None
    if says and row.other_unit and column.name not in row.corrected:
        cells.unknown.add(column.name)
        return True
    typed, settings = text.to_text(value), cells.strategy.settings
    if parsed.problem and not has_ended(column.year, indicator, settings):
        if parsed.problem == "reason":
            cells.report("A101", column.name, typed, expected="空欄")
        else:  # K105
            cells.unknown.add(column.name)
    elif parsed.problem:
        variant = _why_no_number(parsed.problem, column.year, indicator, settings)
        meant = parsed.expected
        if parsed.problem == "text":
            meant = number_in(typed, indicator.unit)
        cells.reject(
            column.name,
            typed,
            variant=variant,
            expected=text.SHOWN_BLANK if variant in _LEFT_BLANK else meant,
            reason=parsed.expected,
            unit=indicator.unit,
            bare=f"例：{meant}" if meant else "「約」や単位は付けません",
        )
    elif parsed.converted:
        shown = "空欄" if parsed.value is None else f"{parsed.value:f}"
        variant = "number" if typed == shown else ""
        cells.report("A101", column.name, typed, variant=variant, expected=shown)
    if parsed.value is not None:
        row.actuals[column.year] = parsed.value
    return False


def _why_no_number(problem: str, year: int, indicator: Indicator, settings: Settings) -> str:
    """The variant of K102: 未入力の理由 is for the judged year, and for all years of 期間累計."""
    if problem == "text" and indicator.kind == QUALITATIVE:
        return "words"
    variant = "" if problem == "text" else problem
    past = indicator.kind != PERIOD_SUM and year != judged_year(indicator, settings)
    return _OF_THE_PAST.get(variant, variant) if past else variant


def _own_words(cells: _Cells, name: str) -> str:
    """A text about this indicator: 同上 would mean another one as soon as rows stand otherwise."""
    said = cells.prose(name)
    if text.points_above(said):
        cells.report("K112", name, said, variant="above")
    return said


def _publication(cells: _Cells) -> str:
    """公表予定. Excel turns 平成30年12月 into a date: the month is what the person sees.

    In a cell without that format it is the number of the day, 43435, and tells nobody anything.
    """
    value = cells.raw.values.get("publication")
    if isinstance(value, dt.date) and (date := eras.parse_date(value)):
        return eras.japanese_date(date).partition("月")[0] + "月"
    said = cells.prose("publication")
    if _NO_TIME.fullmatch(said):
        cells.report("K112", "publication", said, variant="no_time")
        return ""
    return said


def _class_words(strategy: Strategy) -> list[str]:
    """Words that the office itself uses for classes."""
    judgement = strategy.settings.judgement
    return [*judgement.names.values(), *(m for m in judgement.marks.values() if m)]


def _class_spellings(strategy: Strategy) -> dict[str, str]:
    """Match key of a class, its name or its mark in the settings → class.

    The office's names go first: with S/A/B/C, or with 順調 as a name for another class, they are
    what is meant. A word that stands for two classes is none.
    """
    judgement = strategy.settings.judgement
    table: dict[str, str] = {}
    for words in (judgement.names, judgement.marks, {c: c for c in CLASSES}):
        layer: dict[str, set[str]] = {}
        for meant, word in words.items():
            if word:
                layer.setdefault(text.key(word), set()).add(meant)
        for spelling, classes in layer.items():
            if len(classes) == 1:
                table.setdefault(spelling, *classes)
    return table
