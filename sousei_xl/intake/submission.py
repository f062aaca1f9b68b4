"""One file that was read → a submission of a known department, or a refusal that says why.

Sheets and columns are found by their names, wherever they stand. What a person may have
overlooked (hidden rows, copies of sheets, leftovers under merged cells) is read and reported.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from sousei_xl import eras, text
from sousei_xl.findings import OFFICE, Answer, Finding, Place, finding
from sousei_xl.forms import layout
from sousei_xl.forms.indicator_layout import find_indicator_header
from sousei_xl.forms.request_layout import SHEET, read_answers
from sousei_xl.intake.asides import comments
from sousei_xl.intake.notice import Notice
from sousei_xl.intake.ours import OFFICE_KIND, kind_of
from sousei_xl.intake.reading import Reading, SheetCells
from sousei_xl.intake.rows import find_tables, read_tables
from sousei_xl.intake.table import Table, uncopied
from sousei_xl.rules.records import FileRecord, Submission
from sousei_xl.strategy import Strategy
from sousei_xl.text import Value


@dataclass(frozen=True, slots=True)
class _Reply:
    """What 回答票 says, with the cell of each answer; document properties fill the gaps."""

    sheet: str
    values: Mapping[str, tuple[Value, str]]
    properties: Mapping[str, str]

    def answer(self, label: str, twin: str = "") -> str:
        typed = text.tidy(self.values.get(label, (None, ""))[0]).value
        return str(typed or self.properties.get(twin, ""))

    def place(self, file: str, label: str) -> Place:
        cell = self.values.get(label, (None, ""))[1]
        return Place(file, self.sheet if cell else "", cell=cell, label=label)


def read_submission(
    reading: Reading, strategy: Strategy, ids: Iterator[int]
) -> tuple[Submission | FileRecord, list[Finding]]:
    """A submission, or the record of a refused file, with everything to be said about it.

    ``ids`` yields run-wide unique row ids.
    """
    file = reading.file
    notices = remarks(reading)
    if reading.refusal:
        return refused(reading, strategy), notices
    found_reply = layout.find_reply([(sheet.name, sheet.rows) for sheet in reading.sheets])
    reply = _Reply(*found_reply, reading.properties)
    tables = find_tables(reading.sheets, strategy)
    department, problems = _judge(reading, reply, tables, strategy)
    if problems:
        kpi_form = not tables and _is_kpi_form(reading, reply, strategy)
        return refused(reading, strategy, department, kpi_form), [*notices, *problems]
    rows, found = read_tables(reading, tables, strategy, ids)
    typed = reply.answer(layout.DEPARTMENT, layout.PROPERTY_DEPARTMENT)
    if text.key(typed) != text.key(department):
        place = reply.place(file, layout.DEPARTMENT)
        found.append(finding("A102", place, typed, expected=department))
    if tables:  # a form of the KPI round names no 担当課
        found += _unit_expected(file, reply, department, strategy)
    ticked = layout.is_ticked(reply.values.get(layout.NONE_APPLICABLE, (None, ""))[0])
    if tables and not rows and not ticked:
        found.append(finding("F207", reply.place(file, layout.NONE_APPLICABLE)))
    if ticked and (count := sum(not row.is_withdrawn for row in rows)):
        found.append(finding("F208", reply.place(file, layout.NONE_APPLICABLE), count=count))
    edition = reply.answer(layout.EDITION, layout.PROPERTY_EDITION)
    if edition and not layout.edition(edition):
        found.append(finding("F210", reply.place(file, layout.EDITION), edition))
    if foreign := _foreign_sheets(reading.sheets, tables, reply, strategy):
        found.append(finding("F211", Place(file, foreign[0]), sheets="、".join(foreign)))
    labels = {name: field.label for name, field in strategy.field_by_name.items()}
    for sheet in reading.sheets:  # those on KPI are told with its rows
        of_kpi = sheet.comments and find_indicator_header(sheet.rows, strategy) is not None
        if sheet.comments and not of_kpi and _is_of_the_form(sheet, tables, reply):
            mine = [row for row in rows if row.sheet == sheet.name]
            found += comments(sheet, mine, labels, file)
    submission = Submission(
        file=file,
        sha256=reading.sha256,
        department=department,
        unit=reply.answer(layout.UNIT, layout.PROPERTY_UNIT),
        edition=layout.edition(edition),
        saved=reading.saved or "",
        none_applicable=ticked,
        has_projects=bool(tables) or ticked,
        has_indicators=False,
        rows=tuple(rows),
        answers=_answers(reading),
        # A form of the list asks for 該当事業なし, even where its 事業 was deleted.
        kpi_form=not tables and layout.NONE_APPLICABLE not in reply.values,
    )
    return submission, [_of(department, f) for f in (*notices, *found)]


def remarks(reading: Reading) -> list[Finding]:
    """What the reader said about the whole file: the refusal first, then the notices."""
    said = (*([reading.refusal] if reading.refusal else []), *reading.notices)
    return [finding_of(remark, reading.file) for remark in said]


def finding_of(remark: Notice, file: str) -> Finding:
    """A reader's remark about a file as a finding."""
    params: dict[str, Any] = dict(remark.params)
    return finding(remark.code, Place(file=file), variant=remark.variant, **params)


def _of(department: str, item: Finding) -> Finding:
    if item.place.row_id is not None:
        return replace(item, department=department)
    return replace(item, department=department, target=item.target or department)


def refused(
    reading: Reading, strategy: Strategy, department: str = "", kpi_form: bool = False
) -> FileRecord:
    """The record of a file that counts for nothing; its department is guessed from the name."""
    return FileRecord(
        reading.file,
        "refused",
        department or _department_in_name(reading.file, strategy),
        saved=reading.saved or "",
        sha256=reading.sha256,
        answers=_answers(reading),
        kpi_form=kpi_form,
        unreached=reading.unreached,
    )


def _answers(reading: Reading) -> tuple[Answer, ...]:
    """What was written into 回答欄 of the request sheet, where the file carries one."""
    return tuple(
        answer
        for sheet in reading.sheets
        if text.key(sheet.name) == text.key(SHEET)
        for answer in read_answers(sheet.rows, reading.file)
    )


def _department_in_name(file: str, strategy: Strategy) -> str:
    stem = text.key(unicodedata.normalize("NFC", PurePosixPath(file).stem))
    names = [s for s in strategy.department_spellings if s in stem]
    return strategy.department_spellings[max(names, key=len)] if names else ""


# --- is it our form, of this year, of whom? ------------------------------------------------------


def _foreign_sheets(
    sheets: tuple[SheetCells, ...], tables: list[Table], reply: _Reply, strategy: Strategy
) -> list[str]:
    """Names of sheets that are none of the form's and hold a project or more lines than one: nobody
    reads them."""
    return [
        sheet.name
        for sheet in sheets
        if (len(sheet.rows) > 1 or any(map(_may_be_a_project, sheet.rows)))
        and not _is_of_the_form(sheet, tables, reply)
        and find_indicator_header(sheet.rows, strategy) is None
    ]


def _is_of_the_form(sheet: SheetCells, tables: list[Table], reply: _Reply) -> bool:
    known = {*map(text.key, layout.SHEETS), text.key(SHEET), text.key(reply.sheet)}
    return uncopied(sheet.name) in known or any(table.sheet is sheet for table in tables)


_FEWEST_CELLS = 3  # of a line that may be a project; fewer are a memo


def _may_be_a_project(line: tuple[int, Sequence[Value]]) -> bool:
    return sum(not text.is_blank(value) for value in line[1]) >= _FEWEST_CELLS


def _judge(
    reading: Reading, reply: _Reply, tables: list[Table], strategy: Strategy
) -> tuple[str, list[Finding]]:
    """(department, reasons to refuse the file)."""
    file = reading.file
    expected = strategy.settings.year_label
    ticked = layout.is_ticked(reply.values.get(layout.NONE_APPLICABLE, (None, ""))[0])
    missing: tuple[str, ...] = ()
    sheet = ""
    if headless := _headless(reading, tables):
        missing = (f"シート「{headless}」の見出し（施策、事業名など）",)
    elif tables:
        missing = layout.missing_headings(tables[0].columns, strategy)
        sheet = tables[0].sheet.name if missing else ""
    elif not ticked and not _has_indicators_alone(reading, strategy):
        heading = f"シート「{layout.PROJECTS}」の見出し（施策、事業名など）"
        if _is_kpi_form(reading, reply, strategy):
            heading = f"シート「{layout.INDICATORS}」の見出し（ID、実績など）"
        missing = (heading,)
    table = tables[0] if sheet else None
    if missing and table is None and (table := _without_a_heading(reading, headless, strategy)):
        sheet, missing = table.sheet.name, layout.missing_headings(table.columns, strategy)
    if not reply.values and layout.PROPERTY_DEPARTMENT not in reading.properties:
        missing = (*missing, f"シート「{layout.REPLY}」")
    if missing:
        names = [s.name for s in reading.sheets]
        if layout.REPLY not in names and (kind := kind_of(names)):
            # No department has a form to mend there: nothing goes back.
            variant = "office_sheet" if kind == OFFICE_KIND else "ours"
            ours = finding("F201", Place(file), variant=variant, kind=kind)
            return "", [replace(ours, addressee=OFFICE)]
        header = table.sheet.rows[table.header] if table else (0, ())
        renamed = layout.renamed_headings(header, table.columns if table else {}, missing)
        if len(renamed) == len(missing):
            spots = [(cell, typed, label) for label, (cell, typed) in renamed.items()]
            told = "、".join(f"{cell}『{typed}』は『{label}』" for cell, typed, label in spots)
            place = Place(file, sheet, cell=spots[0][0])
            unit = any(layout.has_other_unit(typed, label) for _, typed, label in spots)
            variant = "unit" if unit else "renamed"
            return "", [finding("F201", place, variant=variant, missing=told)]
        return "", [finding("F201", Place(file, sheet), missing="、".join(missing))]
    version = reading.properties.get(layout.MARK, layout.VERSION)
    if version != layout.VERSION:
        shown: dict[str, Any] = {"found": f"第{version}版", "expected": f"第{layout.VERSION}版"}
        return "", [finding("F202", Place(file), version, variant="version", **shown)]
    department, problems = _department(file, reply, strategy)
    typed_year = reply.answer(layout.YEAR, layout.PROPERTY_YEAR)
    # 年度の表記 may be more than a year: 令和6年度（当初）.
    as_printed = text.key(typed_year) == text.key(expected)
    said = eras.fiscal_years_said(text.packed(typed_year))
    if typed_year and not as_printed and said != [{strategy.settings.fiscal_year}]:
        place = reply.place(file, layout.YEAR)
        item = finding(
            "F202",
            place,
            typed_year,
            variant="year" if said else "unread",
            found=typed_year,
            expected=expected,
            department=department,
        )
        problems = [*problems, item]
    return department, problems


def _headless(reading: Reading, tables: list[Table]) -> str:
    """The name of a filled 事業 sheet, or copy of it, whose header was not found beside others.

    Its rows would be passed over in silence.
    """
    found = {table.sheet.name for table in tables}
    wanted = text.key(layout.PROJECTS)
    for sheet in reading.sheets:
        name = uncopied(sheet.name)
        if tables and name == wanted and sheet.rows and sheet.name not in found:
            return sheet.name
    return ""


def _without_a_heading(reading: Reading, headless: str, strategy: Strategy) -> Table | None:
    """The table of a 事業 sheet whose header has all but 施策 or 事業名, by which it is found."""
    wanted = text.key(headless or layout.PROJECTS)
    for sheet in reading.sheets:
        if text.key(sheet.name) == wanted:
            found = layout.find_project_header(sheet.rows, strategy, needed=())
            return Table(sheet, *found) if found else None
    return None


def _has_indicators_alone(reading: Reading, strategy: Strategy) -> bool:
    """Whether the file is a form of the KPI round, which has no 事業 sheet, whatever its name."""
    return not _resembles_projects(reading, strategy) and any(
        find_indicator_header(s.rows, strategy) is not None for s in reading.sheets
    )


def _is_kpi_form(reading: Reading, reply: _Reply, strategy: Strategy) -> bool:
    """The same where the header of KPI was lost: by the sheet's name, and by what 回答票 asks."""
    named = any(uncopied(sheet.name) == text.key(layout.INDICATORS) for sheet in reading.sheets)
    asked = layout.NONE_APPLICABLE in reply.values
    return named and not asked and not _resembles_projects(reading, strategy)


def _resembles_projects(reading: Reading, strategy: Strategy) -> bool:
    wanted = text.key(layout.PROJECTS)
    return any(
        text.key(sheet.name) == wanted or layout.resembles_projects(sheet.rows, strategy)
        for sheet in reading.sheets
    )


def _department(file: str, reply: _Reply, strategy: Strategy) -> tuple[str, list[Finding]]:
    typed = reply.answer(layout.DEPARTMENT, layout.PROPERTY_DEPARTMENT)
    official = strategy.department_spellings.get(text.key(typed)) if typed else None
    if official is not None:
        return official, []
    guess = _department_in_name(file, strategy)
    names = list(strategy.department_by_name)
    near = difflib.get_close_matches(typed, names, n=2, cutoff=0.4) or ([guess] if guess else [])
    place = reply.place(file, layout.DEPARTMENT)
    variant = "" if typed else "blank"
    facts = {"variant": variant, "candidates": text.perhaps(near)}
    return "", [finding("F203", place, typed, **facts)]


def _unit_expected(
    file: str, reply: _Reply, department: str, strategy: Strategy
) -> Iterator[Finding]:
    """F209: the department has 提出課, and this file is from none of them."""
    units = strategy.department_by_name[department].units
    typed = reply.answer(layout.UNIT, layout.PROPERTY_UNIT)
    if units and text.key(typed) not in map(text.key, units):
        place = reply.place(file, layout.UNIT)
        variant = "" if typed else "blank"
        facts = {"units": "、".join(units), "owner": department}
        yield finding("F209", place, typed, variant=variant, **facts)
