"""What the sheets say about one indicator: its report and its judgement, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sousei_xl.figures.indicators import YearFigures, wholes
from sousei_xl.figures.precision import actual_places, gap, number_format, reference
from sousei_xl.rules.indicators.records import Report
from sousei_xl.sheets import Contents
from sousei_xl.strategy import Indicator, Settings
from sousei_xl.strategy import indicators as defined

NOTHING = "－"  # a figure that has no meaning here
_YEARS_BEFORE, _YEARS_AFTER = 40, 20  # of the plan; these years have a format of their own
_PRELIMINARY, _BEING_ASKED = defined.STAGES[0], "確認中"
PART = "（内訳）"  # a part's class is shown, but counts only within the whole
JUDGED_BY = "全体の判定は、最も進んでいない内訳の判定です"


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator, or one part of it: what was reported, and what it means.

    ``year`` is the judged year, ``class_name`` is about it. ``latest`` are the figures of the
    latest year with an actual; of an earlier one where the judged year has none.
    """

    report: Report
    year: int | None
    class_name: str
    years: tuple[YearFigures, ...]
    latest: YearFigures | None

    @property
    def indicator(self) -> Indicator:
        """As the strategy defines it."""
        return self.report.indicator

    def shown_name(self, part: bool) -> str:
        """The indicator's name; that of the part alone where it stands below the whole."""
        return f"うち{self.indicator.part}" if part else defined.title(self.indicator)

    @property
    def is_sum(self) -> bool:
        """期間累計: each year has its own value, and what counts is their sum."""
        return self.indicator.kind == defined.PERIOD_SUM

    @property
    def is_preliminary(self) -> bool:
        """Whether the judged year's actual is 速報: an earlier one may have been published long
        since."""
        return self.report.stage == _PRELIMINARY and self.year in self.report.actuals

    @property
    def places(self) -> int:
        """Decimals of the actuals and of what is calculated from them."""
        return actual_places(self.indicator, self.report.actuals.values())

    @property
    def silence(self) -> str:
        """Why the judged year has no value, in a word; empty where it has one or needs none."""
        if self.year is None or self.year in self.report.actuals:
            return ""
        start = defined.baseline_year(self.indicator)
        if start is not None and self.year <= start:
            return ""
        if not self.report.reported:
            return defined.NOT_REPORTED
        excluded = self.report.office_class == defined.EXCLUDED
        nothing_missing = excluded or self.report.is_told_in_words
        return self.report.reason or ("" if nothing_missing else _BEING_ASKED)


@dataclass(frozen=True, slots=True)
class Group:
    """An indicator with all its parts; most have one. Its class is that of the worst part."""

    parts: tuple[Entry, ...]
    class_name: str

    @property
    def indicator(self) -> Indicator:
        """The first part: name, goal and measure are the same for all."""
        return self.parts[0].indicator

    @property
    def has_parts(self) -> bool:
        """Whether the parts are judged one by one."""
        return len(self.parts) > 1


def groups(contents: Contents) -> tuple[Group, ...]:
    """All indicators in the order of the strategy."""
    reports = {r.indicator.id: r for r in contents.indicators.reports}
    return tuple(
        Group(
            tuple(
                Entry(reports[j.indicator.id], j.year, j.class_name, j.years, j.latest)
                for j in whole.parts
            ),
            whole.class_name,
        )
        for whole in wholes(contents.judged)
    )


def entries(contents: Contents) -> Iterator[Entry]:
    """All parts of all indicators, in order."""
    for group in groups(contents):
        yield from group.parts


def shown_class(class_name: str, settings: Settings) -> str:
    """Mark and name as the office has set them: ``○ 順調``."""
    judgement = settings.judgement
    return f"{judgement.marks.get(class_name, '')} {judgement.name(class_name)}".strip()


def is_behind(class_name: str) -> bool:
    """Whether a class is one that has to be explained."""
    return class_name in (defined.BEHIND, defined.NO_PROGRESS)


def value_format(
    indicator: Indicator, settings: Settings, before: str = "", places: int | None = None
) -> str:
    """Excel's number format of a value after ``before``: ``"速 "#,##0.0``, at the source's
    precision or with ``places``.

    No format of a figure names its unit: Excel can hold about 200 formats, which every unit with
    its decimals and signs would use up, and repairs a workbook that has more.
    """
    parts = number_format(indicator, settings, places).split(";")
    return ";".join(f"{quoted(before)}{part}" for part in parts)


def distance_format(indicator: Indicator, settings: Settings, places: int | None = None) -> str:
    """What is missing to the target: ``あと8.4``; ``到達 +0.4`` beyond it."""
    digits = number_format(indicator, settings, places).split(";")[0]
    return f'"あと"{digits};"到達 +"{digits};"到達"'


def change_format(indicator: Indicator, settings: Settings, places: int | None = None) -> str:
    """A change with its sign: ``+2.0``, ``▲5``, ``±0``."""
    rise, fall = number_format(indicator, settings, places).split(";")
    return f'"+"{rise};{fall};"±0"'


def year_format(year: int, settings: Settings) -> str:
    """A number format under which the year 2017 reads ``H29`` and stays a number.

    A year far from the plan's reads ``1947``: formats are few.
    """
    first, last = settings.plan_years
    if not first - _YEARS_BEFORE <= year <= last + _YEARS_AFTER:
        return "0"
    return quoted(defined.year_label(year, settings))


def quoted(text: str) -> str:
    """A text inside a number format: in quotes; nothing can stand for a quote itself."""
    return '"' + text.replace('"', "”") + '"' if text else ""


def remarks(entry: Entry, settings: Settings) -> str:
    """What a reader has to know beside the figures, in sentences."""
    return "".join(f"{part.rstrip('。')}。" for part in _remarks(entry, settings) if part)


def _remarks(entry: Entry, settings: Settings) -> Iterator[str]:
    indicator, latest = entry.indicator, entry.latest
    yield indicator.note
    if indicator.kind == defined.QUALITATIVE:
        yield from _about_words(entry, settings)
    yield _about_silence(entry, settings)
    if passed := _passed_over(entry, settings):
        yield f"{_years(passed, settings)}の値はありません"
    if entry.report.carried:
        yield f"{_years(entry.report.carried, settings)}は前年度の別紙の値です"
    start = defined.baseline_year(indicator)
    if entry.report.office_class == defined.EXCLUDED:
        yield "事務局の判断で、判定の対象から外しています"
    elif entry.year is not None and start is not None and entry.year <= start:
        yield "まだ現状値の年を過ぎていないため、判定の対象外です"
    own = indicator.yearly_targets.get(latest.year) if latest else None
    if latest and own and latest.expected is not None:
        label = defined.year_label(latest.year, settings)
        aim = reference(Decimal(own), indicator, settings.minus)
        yield f"目安は年度別目標によります（{label}：{aim}）"
    if latest and entry.is_sum and latest.cumulated is None:
        needed = range(defined.first_year(indicator, settings), latest.year)
        missing = [year for year in needed if year not in entry.report.actuals]
        if missing:
            yield f"{_years(missing, settings)}の値がないため、期間の合計を計算できません"
    for figures in entry.years:
        if entry.year is None or figures.year > entry.year:
            label = defined.year_label(figures.year, settings)
            yield f"{label}は途中の値のため、判定に使っていません"


def _years(years: Sequence[int], settings: Settings) -> str:
    """``H27、H28``; ``H27～H29`` for more that follow one another."""
    labels = [defined.year_label(year, settings) for year in years]
    if len(years) > 2 and years[-1] - years[0] == len(years) - 1:
        return f"{labels[0]}～{labels[-1]}"
    return "、".join(labels)


def _about_words(entry: Entry, settings: Settings) -> Iterator[str]:
    """A target in words: no ratio, but how far it is from where it began."""
    indicator, latest = entry.indicator, entry.latest
    if indicator.target:
        yield f"目標：{indicator.target}"
    begun = defined.baseline(indicator)
    if latest and begun is not None:
        change = latest.actual - begun
        sign = "+" if change > 0 else ""
        yield f"現状値との差は{sign}{gap(change, indicator, settings.minus, entry.places)}です"


def _passed_over(entry: Entry, settings: Settings) -> Sequence[int]:
    """Years before the judged one without a value, also where its silence was explained once."""
    report = entry.report
    if report.office_class == defined.EXCLUDED or report.reason == defined.NOT_SURVEYED:
        return ()
    return defined.years_passed_over(entry.indicator, report.actuals, settings)


def _about_silence(entry: Entry, settings: Settings) -> str:
    if not entry.silence or entry.year is None:
        return ""
    label = defined.year_label(entry.year, settings)
    said = f"{label}の値は{entry.silence}です"
    if entry.report.publication:
        said += f"（予定：{entry.report.publication}）"
    if entry.latest:
        earlier = defined.year_label(entry.latest.year, settings)
        said += f"。進捗率などは{earlier}の値によります"
    return said
