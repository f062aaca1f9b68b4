"""Lines of a form that are no projects: a note, a total or 該当なし typed below or into the table.

Asked about field by field they would come back as projects of that name.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from sousei_xl import text
from sousei_xl.findings import Finding, finding
from sousei_xl.rules.records import ProjectRow, RawRow
from sousei_xl.strategy import Strategy

# 番号 may count the lines, 部局名 is a default, 備考 may say anything.
_BESIDE = ("name", "number", "department", "note")
# 農政部計, 小計（3イ）: no name of a project ends so.
_TOTAL = re.compile(r"(?:.*[部課局室]|[小合総])?計\s*(?:[(\[].*)?")
_NO_PROJECT = {
    text.key(words)
    for words in ("該当なし", "該当無し", "該当事業なし", "該当する事業なし", "事業なし")
}


def find(rows: Iterable[ProjectRow], strategy: Strategy) -> list[ProjectRow]:
    """The rows that have a name and nothing else that a project has; a 合計 may have an amount."""
    others = _others(strategy)
    return [row for row in rows if _has_name_alone(row.raw, others)]


def is_no_project(raw: RawRow, strategy: Strategy) -> bool:
    """Whether nobody misses the row: such a line, or one whose name says nothing (R102)."""
    return text.says_nothing(raw.values.get("name")) or _has_name_alone(raw, _others(strategy))


def _others(strategy: Strategy) -> list[str]:
    return [f.name for f in strategy.fields if f.name not in _BESIDE]


def _is_total(name: text.Value) -> bool:
    return text.says_nothing(name) or bool(_TOTAL.fullmatch(text.nfkc(text.to_text(name)).strip()))


def _has_name_alone(raw: RawRow, others: Sequence[str]) -> bool:
    name = raw.values.get("name")
    for other in others:  # nearly every row has the first of them
        if not text.is_blank(raw.values.get(other)) and not (other == "budget" and _is_total(name)):
            return False
    unread = {*raw.errors, *raw.uncached, *raw.merged}
    return not text.is_blank(name) and unread.isdisjoint(others)


def ask(rows: Iterable[ProjectRow], files: Container[str], strategy: Strategy) -> list[Finding]:
    """R101, once for each of these rows; ``files`` have projects, and nothing else to say."""
    label = strategy.field_by_name["name"].label
    found = []
    for row in rows:
        name = text.to_text(row.raw.values.get("name"))
        nothing = text.key(name).strip("()[]【】※。") in _NO_PROJECT and row.raw.file not in files
        found.append(
            finding(
                "R101",
                row.place("name", label),
                name,
                variant="no_project" if nothing else "note",
                subject=name,
                department=row.submitter,
            )
        )
    return found
