"""Lines of a form that are no projects: a note, a total or 該当なし typed below or into the table.

Asked about field by field they would come back as projects of that name.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.findings import Finding, finding
from sousei_xl.rules.records import ProjectRow, RawRow
from sousei_xl.strategy import Strategy

# 番号 may count the lines, 部局名 is a default, 備考 may say anything.
_BESIDE = ("number", "department", "note")
# 農政部計, 小計（3イ）, 10事業　計, 再掲を除く計, （うち再掲）: no name of a project ends so.
_WHICH = r"(?:.*[部課局室]|\d+\s*事業|再掲(?:を除く|を含む|分)?)?\s*[小合総純再]?"
_TOTAL = re.compile(rf"{_WHICH}\s*計\s*(?:[(\[].*)?|[(\[]?うち再掲分?[)\]]?")


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is no project; ``holder`` is the field that has its words, ``code`` says so."""

    row: ProjectRow
    holder: str
    code: str = "R101"


def find(rows: Iterable[ProjectRow], strategy: Strategy) -> list[Line]:
    """The rows that have nothing of a project but words, in 事業名 or where no 施策 and no 部局 are
    called so (a 合計 may have an amount), or nothing but one text or amount; and those that are
    called 該当なし or 合計, whatever else is chosen there (R102)."""
    others = _others(strategy)
    lines = []
    for row in rows:
        if holder := _words_alone(row.raw, others, strategy) or _only_cell(row, strategy):
            lines.append(Line(row, holder))
        elif row.name is None and _is_no_name(row.raw.values.get("name")):
            lines.append(Line(row, "name", "R102"))
    return lines


def _is_no_name(words: text.Value) -> bool:
    """Whether a row of this 事業名 is to be deleted."""
    return text.says_nothing(words) and (text.says_no_project(words) or text.says_total(words))


def is_no_project(raw: RawRow, strategy: Strategy) -> bool:
    """Whether nobody misses the row: such a line, or one whose name says nothing (R102)."""
    alone = bool(_words_alone(raw, _others(strategy), strategy))
    return alone or text.says_nothing(raw.values.get("name"))


def _others(strategy: Strategy) -> list[str]:
    return [f.name for f in strategy.fields if f.name not in _BESIDE]


def _is_total(words: text.Value) -> bool:
    return text.says_nothing(words) or bool(
        _TOTAL.fullmatch(text.nfkc(text.to_text(words)).strip())
    )


def _words_alone(raw: RawRow, others: Sequence[str], strategy: Strategy) -> str:
    """The field that has the words of such a row; blank for a project."""
    if not any(text.is_blank(raw.values.get(name)) for name in ("measure", "name")):
        return ""  # nearly every row
    filled = [name for name in others if not text.is_blank(raw.values.get(name))]
    holder = next((name for name in filled if name in ("name", "measure")), "department")
    words = raw.values.get(holder)
    if text.is_blank(words) or _is_known(holder, text.to_text(words), strategy):
        return ""
    allowed = {holder, "budget"} if _is_total(words) else {holder}
    unread = {*raw.errors, *raw.uncached, *raw.merged}
    return holder if allowed.issuperset(filled) and unread.isdisjoint({*others} - {holder}) else ""


def _only_cell(row: ProjectRow, strategy: Strategy) -> str:
    """The field of a text or an amount that is all that was written; its words may stand where no
    column of the form is. 部局名 is a default, unless it is another's."""
    raw = row.raw
    if not text.is_blank(raw.values.get("name")) or raw.errors or raw.uncached or raw.merged:
        return ""
    beside = ("number", "department")
    written = [
        field
        for field in strategy.fields
        if field.name not in beside and not text.is_blank(raw.values.get(field.name))
    ]
    alone = len(written) == 1 and written[0].kind in ("text", "money")
    return written[0].name if alone and row.department in (None, row.submitter) else ""


def _is_known(holder: str, words: str, strategy: Strategy) -> bool:
    """Whether these are words for a 施策, or for a 部局 or several."""
    if holder == "measure":
        return text.key(words) in strategy.measure_spellings
    known = strategy.department_by_name
    return holder == "department" and any(d in known for d in strategy.departments_in(words))


def ask(lines: Iterable[Line], files: Container[str], strategy: Strategy) -> list[Finding]:
    """R101 or R102, once for each of these lines; ``files`` have projects, and nothing else to
    say."""
    found = []
    for line in lines:
        row, holder = line.row, line.holder
        words = text.to_text(row.raw.values.get(holder))
        nothing, other = text.says_no_project(words), "note"
        if line.code == "R102":
            other = "nothing"
        elif row.raw.file in files:
            nothing = False
        found.append(
            finding(
                line.code,
                row.place(holder, strategy.field_by_name[holder].label),
                words,
                variant="no_project" if nothing else other,
                missing="施策" if holder == "name" else "事業名",
                subject=words,
                department=row.submitter,
            )
        )
    return found
