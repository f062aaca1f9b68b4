"""The generated workbooks and open data: described as frozen data, rendered last. Knows no rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sousei_xl import eras, text
from sousei_xl.figures.changes.year import YearChanges
from sousei_xl.figures.indicators import Judged
from sousei_xl.figures.totals import Totals
from sousei_xl.findings import Finding
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.records import DepartmentState, ListResult, ListStatus
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.dates import questions
from sousei_xl.strategy.gaps import gaps
from sousei_xl.workspace import Run, as_argument

_MOST_NAMED, _MOST_IN_BANNER = 20, 3  # names in a row


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the workbooks of one run are made from.

    ``approved_on`` is the day of 決裁 of a final list. ``reopened`` is True where an approved list
    has changed since and became a proposal again. ``former_approval`` is the day of the
    決裁 that this run's replaces, or that has lapsed. ``indicators`` is the KPI round, ``judged``
    what its reports mean (``judge_all``). ``year_changes`` is what became of last year's projects,
    if last year's 別紙 was given, and ``previous`` the way to that from the workspace; ``doubts``
    are questions about the printed form. ``forgotten`` names the one
    that the list in the outbox was compared with, where this run was given none. ``inbox`` is the
    way to the inbox, ``on_disk`` has the names of files that are spelled in another way there
    (``intake.inbox``), ``options`` is what names the places of the run behind a command.
    """

    strategy: Strategy
    result: ListResult
    totals: Totals
    run: Run
    status: ListStatus
    indicators: IndicatorResult
    approved_on: dt.date | None = None
    former_approval: dt.date | None = None
    reopened: bool = False
    judged: tuple[Judged, ...] = ()
    doubts: tuple[str, ...] = ()
    year_changes: YearChanges | None = None
    forgotten: str = ""
    previous: str = ""
    inbox: str = "inbox"
    on_disk: Mapping[str, str] = field(default_factory=dict)
    options: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of the list and those of the KPI round."""
        return (*self.result.findings, *self.indicators.findings)

    @property
    def has_indicators(self) -> bool:
        """Whether there is anything to say about 数値目標 and KPI."""
        return bool(self.judged)

    @property
    def state_label(self) -> str:
        """``作成中``, ``案`` or ``確定``."""
        return {"draft": "作成中", "proposal": "案", "final": "確定"}[self.status]

    @property
    def again(self) -> str:
        """`` --outbox … --previous 別紙.xlsx``, for a command that must see the same."""
        if not self.previous:
            return self.options
        return f"{self.options} --previous {as_argument(text.printable(self.previous))}"

    @property
    def questions(self) -> tuple[str, ...]:
        """What is seldom meant: last year left out, days of the list (基準日, 提出期限, 決裁日),
        doubts about the printed form, gaps in the template."""
        settings = self.strategy.settings
        asked = (
            *questions(settings, self.approved_on),
            *self.doubts,
            *gaps(self.strategy),
        )
        if not self.forgotten:
            return asked
        left_out = (
            f"前回は、前年度の別紙『{self.forgotten}』と比べて統合しました。今回は --previous が"
            "ないため、そこから引き継いだ過年度の実績値と、前年度との比較（指摘、前年度からの変更"
            "箇所）がありません。必要なら、--previous を付けてもう一度統合します。"
        )
        return (left_out, *asked)

    @property
    def stamp(self) -> str:
        """The line that tells a reader how far the list has come."""
        return self._stamp(_MOST_NAMED)

    @property
    def banner(self) -> str:
        """The same on every sheet of a draft: with so few names that it stays frozen there."""
        return self._stamp(_MOST_IN_BANNER)

    def _stamp(self, most: int) -> str:
        if self.status == "final" and self.approved_on is not None:
            return f"{eras.japanese_date(self.approved_on)}　確定"
        if self.status == "proposal":
            return "（案）決裁前の資料です。"
        missing = [
            d.department + (f"（{named(d.missing_units, most)}）" if _units_say_more(d) else "")
            for d in self.result.departments
            if d.missing_units
        ]
        errors = self.result.errors
        reasons = []
        if missing:
            names = named(missing, most, "部局")
            reasons.append(f"様式のそろわない部局 {len(missing)}（{names}）")
        if errors:
            reasons.append(f"要修正 {errors}件")
        return f"【作成中】公表しないでください。{'　'.join(reasons)}"


def _units_say_more(department: DepartmentState) -> bool:
    """Whether the missing 担当課 are others than the department itself."""
    return any(text.unit_beside(department.department, unit) for unit in department.missing_units)


def named(names: Sequence[str], most: int = _MOST_NAMED, counter: str = "件") -> str:
    """``経済部、農政部``; beyond ``most`` names only how many more there are (``ほか3部局``)."""
    rest = len(names) - most
    return "、".join(names[:most]) + (f" ほか{rest}{counter}" if rest > 0 else "")
