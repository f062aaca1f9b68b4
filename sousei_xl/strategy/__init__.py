"""The office's one definition of the year, frozen. A Strategy knows no submission.

``load/`` reads it from the template, ``fields.py`` names the columns of the project form.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sousei_xl import text
from sousei_xl.strategy.departments import departments_in
from sousei_xl.strategy.fields import Field

PLAN = "総合戦略"  # what most of them are
GROSS, NET = "再掲を含む", "再掲を除く"
AS_SUBMITTED, AUTOMATIC = "提出どおり", "自動"
# Under which open data are published (オープンデータの利用条件).
LICENCES = ("CC BY 4.0", "CC0 1.0", "公共データ利用規約（第1.0版）")

# The eight classes of an indicator's state, best first; an office may rename and re-mark them.
CLASSES = (
    "目標値到達",
    "順調",
    "おおむね順調",
    "遅れ",
    "改善なし",
    "判定対象外",
    "判定保留",
    "未報告",
)


@dataclass(frozen=True, slots=True)
class Goal:
    """基本目標. ``list_name`` is printed in the 別紙, ``text_name`` stands in the strategy text;
    ``called`` (呼び方) is what it is called instead of 基本目標 and its number."""

    number: int
    list_name: str
    text_name: str
    label: str
    called: str = ""

    @property
    def key(self) -> str:
        """``1``."""
        return str(self.number)

    @property
    def heading(self) -> str:
        """What it is called before its name: ``基本目標1``, ``横断的目標``."""
        return self.called or f"基本目標{self.number}"

    @property
    def title(self) -> str:
        """``基本目標1　…``."""
        return f"{self.heading}　{self.list_name}"


@dataclass(frozen=True, slots=True)
class Measure:
    """施策. Its key is goal + letter (``2ア``); ``label`` is the short name in dropdowns."""

    key: str
    goal: int
    letter: str
    list_name: str
    text_name: str
    label: str

    @property
    def option(self) -> str:
        """What the form's dropdown shows: ``2ア 移住環境``."""
        return f"{self.key} {self.label}"


@dataclass(frozen=True, slots=True)
class Department:
    """部局. ``units`` are the 担当課 that submit a file each; empty: one file for the whole."""

    order: int
    name: str
    aliases: tuple[str, ...] = ()
    expected: bool = True
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """数値目標 or KPI, one part (内訳) per row. Values stay text until Decimal reads them."""

    id: str
    goal: int
    measure: str
    level: str
    name: str
    part: str
    unit: str
    kind: str
    year_kind: str
    baseline_year: str
    baseline: str
    target_year: str
    target: str
    direction: str
    note: str
    departments: tuple[str, ...] = ()
    yearly_targets: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Thresholds, names and marks of the classes (判定の基準と名称)."""

    mostly: str
    tolerance: str
    names: Mapping[str, str]
    marks: Mapping[str, str]

    def name(self, class_name: str) -> str:
        """A class as the office calls it."""
        return self.names.get(class_name) or class_name


@dataclass(frozen=True, slots=True, eq=False)  # the same object or another: a key of caches
class Settings:
    """The sheet 設定. Money in thousand yen, dates as dates, the fiscal year by its April.

    ``notice`` (注意書き) is printed on the sheets about indicators; most offices leave it blank.
    ``budget_factor`` (前年度比の目安) is a decimal above 1, or 0 where nobody is to be asked.
    ``licence`` (オープンデータの利用条件) is one of ``LICENCES`` or blank. ``plan_name``
    (計画の名称) is what forms and letters call the plan. ``own_keys`` are the office's own, which
    say nothing to us.
    """

    municipality: str
    code: str
    fiscal_year: int
    year_label: str
    plan_years: tuple[int, int]
    plan_label: str
    title: str
    unit: str
    basis: str
    numbering: str
    budget_basis: str
    list_date: dt.date
    results_date: dt.date | None
    deadline: str
    submit_to: str
    budget_limit: int
    paper: str
    font: str
    minus: str
    judgement: Judgement
    notice: str = ""
    budget_factor: str = "2"
    licence: str = ""
    plan_name: str = PLAN
    own_keys: tuple[str, ...] = ()

    @property
    def number_format(self) -> str:
        """Excel's number format for money and counts."""
        return f"#,##0;{self.minus}#,##0"


@dataclass(frozen=True, eq=False)
class Strategy:
    """Everything the template says, with the look-ups that reading needs."""

    settings: Settings
    goals: tuple[Goal, ...]
    measures: tuple[Measure, ...]
    departments: tuple[Department, ...]
    indicators: tuple[Indicator, ...]
    fields: tuple[Field, ...]

    @cached_property
    def measure_by_key(self) -> Mapping[str, Measure]:
        """``2ア`` → Measure, in the order of the strategy."""
        return {m.key: m for m in self.measures}

    @property
    def example_measure(self) -> str:
        """A key for examples: the strategy's own first one, 1ア before it has any."""
        return self.measures[0].key if self.measures else "1ア"

    @cached_property
    def measure_order(self) -> Mapping[str, int]:
        """Measure key → position in the list."""
        return {m.key: i for i, m in enumerate(self.measures)}

    @cached_property
    def measure_spellings(self) -> Mapping[str, str]:
        """Match key of every way to name a measure → measure key; ambiguous names are left out."""
        names: dict[str, set[str]] = {}
        for measure in self.measures:
            for spelling in (
                measure.key,
                measure.option,
                measure.label,
                measure.list_name,
                measure.text_name,
                f"{measure.goal}-{measure.letter}",
                f"{measure.key} {measure.list_name}",
            ):
                names.setdefault(text.key(spelling), set()).add(measure.key)
        return {name: keys.pop() for name, keys in names.items() if len(keys) == 1}

    @cached_property
    def department_by_name(self) -> Mapping[str, Department]:
        """Official name → Department."""
        return {d.name: d for d in self.departments}

    @cached_property
    def department_order(self) -> Mapping[str, int]:
        """Official name → position in the template."""
        return {d.name: i for i, d in enumerate(self.departments)}

    @cached_property
    def department_spellings(self) -> Mapping[str, str]:
        """Match key of official name, alias or former name → official name."""
        table: dict[str, str] = {}
        for department in self.departments:
            for spelling in (department.name, *department.aliases):
                table.setdefault(text.key(spelling), department.name)
        return table

    @cached_property
    def _departments_in(self) -> dict[str, tuple[str, ...]]:
        """What was looked up already: a few names come again in very many rows."""
        return {}

    def departments_in(self, words: str) -> tuple[str, ...]:
        """Official names of the departments that a printed or typed name means, the one that is
        counted first; a part that means none stays as typed (``departments.py``)."""
        found = self._departments_in.get(words)
        if found is None:
            found = departments_in(words, self.department_spellings)
            self._departments_in[words] = found
        return found

    @cached_property
    def field_by_name(self) -> Mapping[str, Field]:
        """Internal name → Field."""
        return {f.name: f for f in self.fields}

    @cached_property
    def field_spellings(self) -> Mapping[str, str]:
        """Match key of a field's heading, with or without its unit → internal name.

        A whole heading is never taken for another one without its unit: 事業内容 is not 事業内容
        （議会用）, which the office may have added.
        """
        table = {text.key(f.label): f.name for f in self.fields}
        for f in self.fields:
            table.setdefault(text.key(f.short_label), f.name)
        return table

    @cached_property
    def own_fields(self) -> tuple[Field, ...]:
        """The office's own fields, in the order of the sheet 項目."""
        return tuple(f for f in self.fields if f.own)

    @cached_property
    def expected_units(self) -> tuple[tuple[str, str], ...]:
        """(部局, 担当課) of every file that must come; 担当課 is blank for one file per 部局."""
        return tuple(
            (d.name, unit) for d in self.departments if d.expected for unit in (d.units or ("",))
        )

    def measures_of(self, goal: Goal) -> tuple[Measure, ...]:
        """The measures of a goal, in the order of the strategy."""
        return tuple(m for m in self.measures if m.goal == goal.number)

    def goal_of(self, measure: str) -> int:
        """Goal number of a measure key. KeyError for an unknown key."""
        return self.measure_by_key[measure].goal
