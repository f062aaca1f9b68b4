"""Small inputs for tests of the rules: a strategy and submissions without any workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import sousei_xl
from sousei_xl.eras import parse_fiscal_year
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.records import (
    FileRecord,
    Intake,
    ListResult,
    OfficeSheet,
    RawRow,
    Submission,
)
from sousei_xl.strategy import CLASSES, Strategy
from sousei_xl.strategy.fields import CORE
from sousei_xl.strategy.load import load
from sousei_xl.strategy.load.table import (
    DEPARTMENT_COLUMNS,
    FIELD_COLUMNS,
    INDICATOR_COLUMNS,
    MEASURE_COLUMNS,
)
from sousei_xl.text import split_new_mark

FACTS = Path(sousei_xl.__file__).parent / "examples" / "asahikawa_h30"
DEPARTMENTS = (
    "総合政策部",
    "地域振興部",
    "市民生活部",
    "子育て支援部",
    "経済部",
    "観光スポーツ交流部",
    "農政部",
    "学校教育部",
    "社会教育部",
)
LETTERS = {f.name: chr(66 + i) for i, f in enumerate(CORE)}
FIRST_ROW = 5

SETTINGS: dict[str, Any] = {
    "自治体名": "旭川市",
    "団体コード": "012041",
    "年度": "平成30年度",
    "計画期間": "平成27年度〜平成31年度",
    "表題": "旭川市まち・ひと・しごと創生総合戦略関連事業一覧",
    "単位": "千円",
    "小計の算出": "再掲を含む",
    "番号の付け方": "提出どおり",
    "基準日": "2018-03-30",
    "用紙": "A4",
    "負数の記号": "▲",
}


def facts(name: str) -> list[dict[str, str]]:
    """The rows of one of the example's CSV files."""
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def tables(
    settings: Mapping[str, Any] | None = None,
    departments: Iterable[tuple[Any, ...]] = (),
    fields: Iterable[tuple[Any, ...]] = (),
) -> dict[str, list[tuple[int, list[Any]]]]:
    """The template's tables as plain rows, header in row 1."""
    chosen = {**SETTINGS, **{f"判定の名称（{c}）": c for c in CLASSES}, **(settings or {})}
    year = parse_fiscal_year(chosen["年度"])
    if year and "基準日" not in (settings or {}):
        chosen["基準日"] = f"{year}-03-30"  # the year's own: another one is a mistake
    department_rows = list(departments) or [(i, d) for i, d in enumerate(DEPARTMENTS, 1)]
    return {
        "設定": _numbered([("キー", "値"), *chosen.items()]),
        "施策体系": _numbered([MEASURE_COLUMNS, *(r.values() for r in facts("measures"))]),
        "部局": _numbered([DEPARTMENT_COLUMNS, *department_rows]),
        "指標": _numbered([INDICATOR_COLUMNS, *(r.values() for r in facts("kpis"))]),
        "項目": _numbered([FIELD_COLUMNS, *fields]),
    }


def _numbered(rows: Iterable[Iterable[Any]]) -> list[tuple[int, list[Any]]]:
    return [(i, [v if v != "" else None for v in row]) for i, row in enumerate(rows, 1)]


# Names with ・, some of which are a part of another one, and aliases.
JOINABLE = [
    (1, "経済部", "商工部、経済局"),
    (2, "農政部"),
    (3, "文化・スポーツ部"),
    (4, "産業・労働部", "労働部"),
    (5, "スポーツ・労働部"),
]


def make_strategy(**changes: Any) -> Strategy:
    """A strategy of the FY2018 facts; ``settings``, ``departments``, ``fields`` as in tables."""
    strategy, mistakes = load(tables(**changes), "別紙_template.xlsx")
    assert strategy is not None, [str(m) for m in mistakes]
    return strategy


@cache
def example_strategy() -> Strategy:
    """The FY2018 strategy."""
    return make_strategy()


# A KPI round without indicators, for tests of the list alone.
NO_KPI = IndicatorResult((), {}, (), (), (), (), "complete")


def raw(row_id: int, file: str = "経済部.xlsx", **values: Any) -> RawRow:
    """A row as typed, row 5 of the sheet on; missing fields are blank."""
    own = {name: chr(77 + i) for i, name in enumerate(n for n in values if n.startswith("own_"))}
    letters = {**LETTERS, **own}
    return RawRow(row_id, file, "事業", row_id + FIRST_ROW - 1, values, letters)


def good(row_id: int, name: str = "", **changes: Any) -> RawRow:
    """A row without fault, with changes."""
    values = {
        "measure": "2ア 移住環境",
        "number": row_id,
        "name": name or f"事業{row_id}",
        "relevance": "◎",
        "budget": 1000,
        "description": "目的のために取組を行う。",
        **changes,
    }
    return raw(row_id, values.pop("file", "経済部.xlsx"), **values)


def submission(rows: Iterable[RawRow], department: str = "経済部", **changes: Any) -> Submission:
    """A submission of a department; the file is the one of its rows."""
    rows = tuple(rows)
    made = Submission(
        file=rows[0].file if rows else f"{department}.xlsx",
        sha256="0" * 64,
        department=department,
        unit="",
        edition=1,
        saved="",
        none_applicable=False,
        has_projects=True,
        has_indicators=False,
        rows=rows,
    )
    return replace(made, **changes)


def intake(
    submissions: Iterable[Submission],
    office: OfficeSheet | None = None,
    records: Iterable[FileRecord] = (),
) -> Intake:
    """Everything that came in, without findings of reading."""
    extra = list(records)
    if office is not None:
        extra.append(FileRecord("事務局修正.xlsx", "office"))
    return Intake(tuple(submissions), office or OfficeSheet(), tuple(extra), ())


def example_submissions() -> list[Submission]:
    """The FY2018 list as nine submissions, without workbooks."""
    texts = {r["事業名"]: r["事業内容"] for r in facts("descriptions")}
    rows: dict[str, list[RawRow]] = {}
    for i, fact in enumerate(facts("projects"), 1):
        name, new = split_new_mark(fact["事業名"])
        department = fact["部局名"]
        row = raw(
            i,
            f"{department}.xlsx",
            measure=fact["基本目標"] + fact["施策"],
            number=int(fact["番号"]),
            relisted=fact["再掲"] or None,
            category="新規" if new else None,
            name=name,
            department=department,
            relevance=fact["関連性"],
            budget=int(fact["予算事業費_千円"]),
            description=texts[fact["事業名"]],
        )
        rows.setdefault(department, []).append(row)
    return [submission(mine, department) for department, mine in rows.items()]


def rows_by_id(result: ListResult) -> dict[int, dict[str, Any]]:
    """The rows of the list in printed order by row_id, each by field name (``own_1`` …)."""
    return {
        row.row_id: {
            **{f.name: getattr(row, f.name) for f in fields(row)},
            **{f"own_{position}": value for position, value in enumerate(row.own, 1)},
        }
        for row in result.listed
    }
