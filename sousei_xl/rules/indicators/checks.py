"""Rules of the KPI round across cells and rows: plain functions, all in the tuple ``CHECKS``.

A cell that failed to parse makes the rules that depend on it unknown. All of them are 要確認: a
figure may be right however odd it looks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain, pairwise
from typing import Any

from sousei_xl import amounts, text
from sousei_xl.figures.last_year import LastIndicator
from sousei_xl.findings import OFFICE, Finding, Place, clip, finding
from sousei_xl.rules.indicators.joint import WORDS, by_weight, goes_with_value, saying
from sousei_xl.rules.indicators.records import IndicatorRow, PublishedActuals
from sousei_xl.rules.indicators.references import named_as, refers
from sousei_xl.rules.indicators.scale import is_far_off, is_split, is_tenfold, probably_meant
from sousei_xl.rules.indicators.schema import is_calculated, no_class
from sousei_xl.rules.indicators.units import why_it_counts
from sousei_xl.rules.records import Submission
from sousei_xl.strategy import Indicator, Strategy
from sousei_xl.strategy import indicators as defined


@dataclass(frozen=True, slots=True)
class Round:
    """What a check may look at. ``rows`` go from the earliest file to the latest.

    ``published`` are the actuals of last year's report, ``replaced`` maps a file to those of the
    files that it replaces, ``earlier`` to the rows of these. ``files`` are the submissions of the
    rows by file, ``last`` last year's series.
    """

    strategy: Strategy
    rows: Sequence[IndicatorRow]
    published: PublishedActuals = field(default_factory=dict)
    replaced: Mapping[str, PublishedActuals] = field(default_factory=dict)
    files: Mapping[str, Submission] = field(default_factory=dict)
    last: Sequence[LastIndicator] = ()
    earlier: Mapping[str, Sequence[IndicatorRow]] = field(default_factory=dict)

    @property
    def known(self) -> Iterator[tuple[IndicatorRow, Indicator]]:
        """Rows of known indicators, with their indicator."""
        for row in self.rows:
            if row.indicator is not None:
                yield row, row.indicator

    def was_preliminary(self, id_: str, year: int) -> bool:
        """Whether last year's 別紙 has the value as 速報."""
        published = year in self.published.get(id_, {})
        return published and any(s.id == id_ and year in s.preliminary for s in self.last)

    def of_indicator(self) -> Mapping[str, list[IndicatorRow]]:
        """ID → its rows, earliest first."""
        rows: dict[str, list[IndicatorRow]] = defaultdict(list)
        for row, indicator in self.known:
            rows[indicator.id].append(row)
        return rows

    def speaking(self) -> Counter[tuple[str, int]]:
        """(ID, year) → how many rows say anything about it: an inbox may have very many."""
        years = defined.plan_years(self.strategy.settings)
        return Counter(
            (indicator.id, year)
            for row, indicator in self.known
            for year in years
            if row.speaks_of(year)
        )


# Running totals grow by about the first year's value, and the last is not far beyond the way.
_LEAST_GROWTH, _MOST_GROWTH, _NEAR = Decimal("0.3"), Decimal(3), Decimal("1.5")

Check = Callable[[Round], Iterator[Finding]]


def _at(
    code: str, row: IndicatorRow, name: str, kpi: Round, value: object = "", **facts: Any
) -> Finding:
    return finding(
        code,
        row.place(name, kpi.strategy),
        value,
        subject=defined.title(row.indicator) if row.indicator else "",
        target=row.id,
        department=row.submitter,
        **facts,
    )


def _typed(row: IndicatorRow, name: str) -> str:
    return text.to_text(row.raw.values.get(name))


def _shown(value: Decimal) -> str:
    return f"{value:,f}"


# --- rows -------------------------------------------------------------------------------------


def unit_is_right(kpi: Round) -> Iterator[Finding]:
    """K103: a value that is about right in another unit, or far from what is known."""
    for row, indicator in kpi.known:
        for year in row.actuals:
            facts = _slip(year, row, indicator, kpi)
            if facts:
                name = defined.actual_field(year)
                facts |= {"actual": _shown(row.actuals[year]), "unit": indicator.unit}
                yield _at("K103", row, name, kpi, _typed(row, name), **facts)


def _slip(year: int, row: IndicatorRow, indicator: Indicator, kpi: Round) -> dict[str, str]:
    """What K103 says of a year's value; empty where there is nothing to ask."""
    value, unit = row.actuals[year], indicator.unit
    start, aim = defined.baseline(indicator), defined.target(indicator)
    label, figure = ("現状値", start) if start or aim is None else ("目標値", aim)
    reference = f"{label}（{_shown(figure or Decimal(0))}）"
    share = defined.target_of_a_year(indicator, kpi.strategy.settings)
    known = [figure for figure in (start, share) if figure is not None]
    if value < 0 and known and min(known) >= 0:
        return {"variant": "negative", "expected": "（0以上の値）", "reference": reference}
    if value > 0 and known and max(known) < 0:
        return {"variant": "sign", "expected": _shown(-value), "reference": reference}
    meant = probably_meant(value, unit, known)
    if meant is not None:
        variant = "percent" if defined.is_percent(unit) else ""
        expected = _shown(meant.normalize())
        return {"variant": variant, "expected": expected, "reference": reference}
    # The years of a sum differ as they like, and a running total that falls has its K104.
    below = indicator.kind not in (defined.PERIOD_SUM, defined.RUNNING_TOTAL)
    # A share of the target is no level; of a level, all years may have the same slip.
    levels = known if indicator.kind != defined.PERIOD_SUM else []
    least = Decimal(1).scaleb(-defined.decimals(indicator))
    if is_far_off(value, known, below, least) or is_tenfold(value, levels, below):
        if value:
            return {"variant": "far", "reference": reference}
        return {"variant": "zero", "expected": "（値がなければ空欄）", "reference": reference}
    others = {y: other for y, other in row.actuals.items() if y != year}
    if others and is_tenfold(value, [*known, *others.values()], below):
        nearest = min(others, key=lambda y: abs(y - year))
        label = defined.actual_label(nearest, kpi.strategy.settings)
        return {"variant": "far", "reference": f"{label}（{_shown(others[nearest])}）"}
    if is_split(value, unit, [figure for figure in (start, aim) if figure is not None]):
        return {"variant": "split", "reference": reference}
    return {}


def running_total_never_falls(kpi: Round) -> Iterator[Finding]:
    """K104: 累計 below an earlier year's value, be it carried, or below its baseline."""
    settings, speaking = kpi.strategy.settings, kpi.speaking()
    for row, indicator in kpi.known:
        if indicator.kind != defined.RUNNING_TOTAL:
            continue
        known = [(y, v, defined.actual_label(y, settings)) for y, v in row.actuals.items()]
        published = kpi.published.get(indicator.id, {})
        # What another unit has revised is carried no more.
        carried = {y: v for y, v in published.items() if not speaking[indicator.id, y]}
        known += [
            (year, value, f"前年度の別紙の{label}")
            for (year, value), label in zip(carried.items(), _labels(carried, kpi), strict=True)
        ]
        start, first = defined.baseline(indicator), defined.baseline_year(indicator)
        if start is not None and first is not None and first not in row.actuals:
            known.append((first, start, f"{defined.year_label(first, settings)}の現状値"))
        known.sort()
        for (_, before, earlier), (year, value, _) in pairwise(known):
            if value < before and year in row.actuals:
                facts = {"earlier": earlier, "previous": _shown(before), "actual": _shown(value)}
                yield _unless_explained("K104", row, year, kpi, **facts)


_LONGEST_CAUSE = 200


def _unless_explained(code: str, row: IndicatorRow, year: int, kpi: Round, **facts: str) -> Finding:
    """K104 or K106 at a year's value; the office's to judge where 要因・課題 may say why.

    What stood there before in a replaced file, beside another value, says nothing about this one.
    """
    name = defined.actual_field(year)
    said = text.key(row.cause)
    left_over = any(
        text.key(other.cause) == said and other.actuals.get(year) != row.actuals.get(year)
        for other in kpi.earlier.get(row.raw.file, ())
        if other.indicator is row.indicator
    )
    if not said or left_over:
        return _at(code, row, name, kpi, _typed(row, name), **facts)
    facts |= {"variant": "explained", "cause": clip(row.cause.replace("\n", "↵"), _LONGEST_CAUSE)}
    return replace(_at(code, row, name, kpi, _typed(row, name), **facts), addressee=OFFICE)


def year_has_ended(kpi: Round) -> Iterator[Finding]:
    """K105: a value for a year that is not over, or words in its place."""
    settings = kpi.strategy.settings
    day = defined.results_as_of(settings) or f"{settings.year_label}の初めの時点"
    for row, indicator in kpi.known:
        kind = indicator.year_kind or "年度"
        for year in defined.plan_years(settings):
            name = defined.actual_field(year)
            typed = _typed(row, name)
            says = year in row.actuals or (typed and name in row.unknown and not row.other_unit)
            if says and not defined.has_ended(year, indicator, settings):
                yield _at("K105", row, name, kpi, typed, day=day, kind=kind)


def past_is_unchanged(kpi: Round) -> Iterator[Finding]:
    """K106: a value that differs from what was reported before, or is gone.

    A blank says nothing where another unit still reports the value, or where nothing was filled in
    at all; several blanks of one row are told together. What was published is carried (``Report``).
    """
    speaking = kpi.speaking()
    for row, indicator in kpi.known:
        for year, before in sorted(_reported_before(row, indicator, kpi).items()):
            name = defined.actual_field(year)
            value = row.actuals.get(year)
            if value is not None and _as_printed(value) != _as_printed(before):
                facts = {"previous": _shown(before), "actual": _shown(value)}
                if kpi.was_preliminary(indicator.id, year):
                    facts["variant"] = "preliminary"
                    yield _at("K106", row, name, kpi, _typed(row, name), **facts)
                else:
                    yield _unless_explained("K106", row, year, kpi, **facts)
        for variant, blank in _gone(row, indicator, kpi, speaking).items():
            if blank:
                yield _at(
                    "K106",
                    row,
                    defined.actual_field(min(blank)),
                    kpi,
                    variant=variant,
                    years="、".join(_labels(blank, kpi)),
                    previous="、".join(_shown(before) for before in blank.values()),
                )


def _gone(
    row: IndicatorRow, indicator: Indicator, kpi: Round, speaking: Counter[tuple[str, int]]
) -> Mapping[str, Mapping[int, Decimal]]:
    """What was reported before and is blank now, by the variants of K106: year → value before."""
    gone: dict[str, dict[int, Decimal]] = {"carried": {}, "removed": {}}
    if not row.actuals and not row.answers(kpi.strategy):
        return gone
    published = kpi.published.get(indicator.id, {})
    for year, before in sorted(_reported_before(row, indicator, kpi).items()):
        name = defined.actual_field(year)
        # Last year's 別紙 may have years that this year's form has not.
        unread = name not in row.raw.columns or name in row.unknown or row.is_merged(name)
        nobody_else = speaking[indicator.id, year] == row.speaks_of(year)
        if year not in row.actuals and not unread and nobody_else:
            stays = year in published and name not in row.corrected
            gone["carried" if stays else "removed"][year] = before
    return gone


def _labels(years: Iterable[int], kpi: Round) -> Iterator[str]:
    return (defined.actual_label(year, kpi.strategy.settings) for year in years)


def _reported_before(row: IndicatorRow, indicator: Indicator, kpi: Round) -> Mapping[int, Decimal]:
    """What was published last year; of other past years, what a replaced file of the unit says.

    Within a round the judged year is still open: a new value of it is no revision. Nor is what the
    office itself has corrected, which is listed with before and after.
    """
    judged = defined.judged_year(indicator, kpi.strategy.settings) or 0
    replaced = kpi.replaced.get(row.raw.file, {}).get(indicator.id, {})
    past = {
        year: value
        for year, value in replaced.items()
        if year < judged and defined.actual_field(year) not in row.corrected
    }
    return {**past, **kpi.published.get(indicator.id, {})}


def _as_printed(value: Decimal) -> Decimal:
    """A value as a workbook keeps it."""
    return Decimal(amounts.as_kept(float(value)))


def latest_is_answered(kpi: Round) -> Iterator[Finding]:
    """K107: the latest ended year is blank without a reason; any unit's answer is enough.

    Where the office has taken the value back, it alone is asked, and once.
    """
    for id_, rows in kpi.of_indicator().items():
        indicator = rows[0].indicator
        if indicator is None or not defined.is_due(indicator, kpi.strategy.settings):
            continue
        if any(row.answers(kpi.strategy) for row in rows):
            continue
        year = defined.judged_year(indicator, kpi.strategy.settings) or 0
        actual = defined.actual_field(year)
        decided = [(row, name) for row in rows for name in row.decided(kpi.strategy)]
        taken_back = [(row, name) for row, name in decided if name != "reason"]
        known = None if taken_back else kpi.published.get(id_, {}).get(year)
        stays = "" if known is None else f"前年度の別紙の値（{known:f}）を引き継いでいます。"
        facts = {"reasons": "・".join(defined.REASONS), "stays": stays}
        variant = "words" if indicator.kind == defined.QUALITATIVE else ""
        variant = "taken_back" if taken_back else variant
        for row, name in taken_back[-1:] or [(row, actual) for row in rows]:
            yield _blank("K107", row, name, kpi, variant, **facts)


def past_is_answered(kpi: Round) -> Iterator[Finding]:
    """K107: a year that was passed over, once the latest one is answered; any unit's answer is
    enough. The last year's reason is forgotten by then, and its value may be known."""
    settings, speaking = kpi.strategy.settings, kpi.speaking()
    for id_, rows in kpi.of_indicator().items():
        indicator = rows[0].indicator
        answered = any(row.answers(kpi.strategy) for row in rows)
        if indicator is None or not answered or any(row.excuses_past_silence for row in rows):
            continue
        spoken = {year for year in defined.plan_years(settings) if speaking[id_, year]}
        known = spoken.union(kpi.published.get(id_, {}))
        for year in defined.years_passed_over(indicator, known, settings):
            name = defined.actual_field(year)
            for row in rows:
                # K118 and K114 say what is wrong with the cell.
                if name in row.raw.columns and not row.is_merged(name):
                    yield _at("K107", row, name, kpi, variant="past")


def _blank(
    code: str, row: IndicatorRow, name: str, kpi: Round, variant: str = "", **facts: str
) -> Finding:
    """K107 or K113 at the blank cell, or at what looks filled because it is merged."""
    merged = [n for n in _answering(row, name) if row.is_merged(n)]
    variant = "merged" if merged else variant
    return _at(code, row, merged[0] if merged else name, kpi, variant=variant, **facts)


def _answering(row: IndicatorRow, actual: str) -> Iterator[str]:
    """The cells in which a department answers for the year of ``actual``."""
    yield actual
    if row.indicator is not None and row.indicator.kind == defined.QUALITATIVE:
        yield "cause"
    yield "reason"


def sums_have_all_years(kpi: Round) -> Iterator[Finding]:
    """K113: a past year without which 期間累計 has no sum; any unit's answer is enough.

    What was published last year stands for a blank, and what is gone has its K106.
    """
    settings, speaking = kpi.strategy.settings, kpi.speaking()
    for id_, rows in kpi.of_indicator().items():
        indicator = rows[0].indicator
        if indicator is None or any(row.excuses_silence for row in rows):
            continue
        published = kpi.published.get(id_, {})
        blank = [
            year
            for year in defined.years_of_sum(indicator, settings)
            if year not in published and not speaking[id_, year]
        ]
        answered = any(row.answers(kpi.strategy) for row in rows)
        for row in rows if blank else ():
            gone = [*chain(*_gone(row, indicator, kpi, speaking).values())]
            asked = [year for year in blank if defined.actual_field(year) in row.raw.columns]
            years = [year for year in asked if year not in gone]
            if row.is_merged("reason"):  # one cell for all years, and K107 may have named it
                years = years[:1] if answered else []
            for year in years:
                reasons = "・".join(defined.REASONS)
                yield _blank("K113", row, defined.actual_field(year), kpi, reasons=reasons)


def sums_are_of_single_years(kpi: Round) -> Iterator[Finding]:
    """K117: 期間累計 whose years look like running totals: each grows by about the first one, and
    they reach the target only together."""
    settings = kpi.strategy.settings
    for row, indicator in kpi.known:
        aim, judged = defined.target(indicator), defined.judged_year(indicator, settings)
        if indicator.kind != defined.PERIOD_SUM or aim is None or judged is None:
            continue
        first = defined.first_year(indicator, settings)
        own = {y: v for y, v in sorted(row.actuals.items()) if first <= y <= judged}
        years = defined.target_year(indicator, settings) - first + 1
        path = aim * (judged - first + 1) / max(years, 1)
        values = [*own.values()]
        total = sum(values, start=Decimal(0))
        if not _grow_like_totals(values) or total <= aim or values[-1] > path * _NEAR:
            continue
        name = defined.actual_field(max(own))
        shown = zip(_labels(own, kpi), values, strict=True)
        facts = {
            "years": "、".join(f"{label} {_shown(value)}" for label, value in shown),
            "total": _shown(total),
            "unit": indicator.unit,
        }
        yield _at("K117", row, name, kpi, _typed(row, name), **facts)


def _grow_like_totals(values: Sequence[Decimal]) -> bool:
    if len(values) < 3 or values[0] <= 0:
        return False
    least, most = values[0] * _LEAST_GROWTH, values[0] * _MOST_GROWTH
    return all(least <= later - earlier <= most for earlier, later in pairwise(values))


def department_is_in_charge(kpi: Round) -> Iterator[Finding]:
    """K109: an indicator that the strategy gives to other departments."""
    for row, indicator in kpi.known:
        if indicator.departments and row.submitter not in indicator.departments:
            owners = "、".join(indicator.departments)
            yield _at("K109", row, "id", kpi, row.id, owners=owners, submitter=row.submitter)


def references_unchanged(kpi: Round) -> Iterator[Finding]:
    """K110: a reference column says something else than the strategy. A blank says nothing.

    A unit of another scale is K116, with all that is measured in it.
    """
    for row, indicator in kpi.known:
        passed = ("unit", "baseline", "target") if row.other_unit else ()
        for name in defined.COMPARED:
            value = row.raw.values.get(name)
            if (
                name not in passed
                and not text.is_blank(value)
                and not refers(value, indicator, name, kpi.strategy.settings)
            ):
                expected = defined.reference_text(indicator, name, kpi.strategy.settings)
                yield _at("K110", row, name, kpi, text.to_text(value), expected=expected or "空欄")


def merged_cells_say_nothing(kpi: Round) -> Iterator[Finding]:
    """K118: a cell that shows what stands in another row, unless K107 or K113 has said so.

    A reason is asked for only where a value is missing, which those two say; nobody asks for a year
    that is not over, and 事務局判定 is the office's.
    """
    settings = kpi.strategy.settings
    missing = chain(latest_is_answered(kpi), sums_have_all_years(kpi))
    told = {(item.place.row_id, item.place.field) for item in missing}
    for row, indicator in kpi.known:
        for column in defined.columns(settings):
            name = column.name
            if not row.is_merged(name) or name in ("reason", "office_class"):
                continue
            asked = not column.year or defined.has_ended(column.year, indicator, settings)
            if asked and (row.row_id, name) not in told:
                yield _at("K118", row, name, kpi)


def class_is_used(kpi: Round) -> Iterator[Finding]:
    """K112: a class typed where the judgement is calculated; only 判定対象外 counts there."""
    for row, indicator in kpi.known:
        if row.office_class not in ("", defined.EXCLUDED) and is_calculated(indicator):
            facts = no_class(indicator, kpi.strategy.settings)
            yield _at("K112", row, "office_class", kpi, _typed(row, "office_class"), **facts)


def reason_is_needed(kpi: Round) -> Iterator[Finding]:
    """K112: a reason for a missing value beside the value, unless a sum lacks one of another year.

    Not where the office has put the value there since.
    """
    settings = kpi.strategy.settings
    for row, indicator in kpi.known:
        year = defined.judged_year(indicator, settings) or 0
        name = defined.actual_field(year)
        lacks = any(y not in row.actuals for y in defined.years_of_sum(indicator, settings))
        if row.reason and year in row.actuals and not lacks and name not in row.corrected:
            facts = {"actual": defined.actual_label(year, settings), "known": _typed(row, name)}
            facts |= {"variant": "with_value", "expected": "（どちらかを空欄に）"}
            yield _at("K112", row, "reason", kpi, _typed(row, "reason"), **facts)


# --- the round --------------------------------------------------------------------------------


def somebody_reports(kpi: Round) -> Iterator[Finding]:
    """K108: an indicator in nobody's file. A blank row has its K107 instead, one under a wrong ID
    its K101 or K115."""
    rows = kpi.of_indicator()
    if not rows:  # the round has not begun
        return
    lost = [row for row in kpi.rows if row.indicator is None]
    named = {i.id for row in lost for i in named_as(row.raw, kpi.strategy)}
    known = {*rows, *named, *chain(*(row.belongs_to for row in lost))}
    for indicator in kpi.strategy.indicators:
        if indicator.id in known or not defined.is_due(indicator, kpi.strategy.settings):
            continue
        owners = indicator.departments
        published = sorted(kpi.published.get(indicator.id, {}))
        years = "、".join(_labels(published, kpi))
        stays = f"前年度の別紙の{years}は引き継いでいます。" if published else ""
        yield finding(
            "K108",
            Place(),
            variant="" if owners else "nobody",
            subject=defined.title(indicator),
            target=indicator.id,
            department=owners[0] if owners else "",
            owners="、".join(owners),
            stays=stays,
        )


def past_is_counted_alike(kpi: Round) -> Iterator[Finding]:
    """K119: last year's values that are not carried over, as far as nobody has given new ones."""
    known = {i.id: i for i in kpi.strategy.indicators}
    speaking, years = kpi.speaking(), defined.plan_years(kpi.strategy.settings)
    for last in kpi.last if kpi.of_indicator() else ():
        meant = [known[id_] for id_ in (last.perhaps or (last.id,)) if last.left_out]
        silent = {y for y in last.left_out for i in meant if not speaking[i.id, y]}
        missing = sorted(silent.intersection(years))
        if missing:
            indicator = meant[0]
            yield finding(
                "K119",
                Place(),
                variant="which" if last.perhaps else "",
                subject=defined.title(indicator),
                target=last.id or last.last_id,
                department=next(iter(indicator.departments), ""),
                changes=last.counted(indicator.unit, indicator.kind),
                meant="か".join(f"『{i.id}』" for i in meant),
                years="、".join(_labels(missing, kpi)),
            )


def units_agree(kpi: Round) -> Iterator[Finding]:
    """K111: differing values for one year; the later file counts, in one file the lower row. Also
    words that differ.

    Which file is the later one is for ``units.py`` to say, whose word counts for ``joint.py``.
    """
    for rows in kpi.of_indicator().values():
        latest: dict[int, IndicatorRow] = {}
        for row in rows:
            for year, value in row.actuals.items():
                earlier = latest.get(year)
                latest[year] = row
                name = defined.actual_field(year)
                decided = name in row.corrected  # by the office, which no form contradicts
                if earlier is None or decided or earlier.actuals[year] == value:
                    continue
                why = _why_it_counts(earlier, row, kpi)
                yield _at(
                    "K111",
                    row,
                    name,
                    kpi,
                    _typed(row, name),
                    variant=why,
                    kept=row.raw.file,
                    dropped=_place_of(earlier) if why == "same_file" else earlier.raw.file,
                    actual=_shown(value),
                    other=_shown(earlier.actuals[year]),
                )
        yield from _words_differ(rows, kpi)


def _words_differ(rows: Sequence[IndicatorRow], kpi: Round) -> Iterator[Finding]:
    """K111 of words, of which only one counts; why there is no value, only where there is none."""
    has_value = any(_judged(row, kpi) in row.actuals for row in rows)
    for name in WORDS:
        if has_value and name in ("reason", "publication"):
            continue
        heard = by_weight(saying(rows, name), name, kpi.strategy.settings)
        for other in heard[:-1]:
            kept = heard[-1]
            word, passed = getattr(kept, name), getattr(other, name)
            if text.key(word) != text.key(passed) and name not in kept.corrected:
                facts = {"variant": _why_it_is_heard(kept, other, name, kpi), "other": passed}
                places = {"kept": _form_of(kept, other), "dropped": _form_of(other, kept)}
                yield _at("K111", kept, name, kpi, word, **facts, **places)


def _why_it_is_heard(kept: IndicatorRow, other: IndicatorRow, name: str, kpi: Round) -> str:
    """The variant of K111 of words."""
    if goes_with_value(kept, name, kpi.strategy.settings):
        return "stage"
    return "words_of_a_file" if kept.raw.file == other.raw.file else "words"


def _judged(row: IndicatorRow, kpi: Round) -> int | None:
    indicator = row.indicator
    return defined.judged_year(indicator, kpi.strategy.settings) if indicator else None


def _form_of(row: IndicatorRow, beside: IndicatorRow) -> str:
    """What tells a row from another one of its indicator."""
    return _place_of(row) if row.raw.file == beside.raw.file else f"『{row.raw.file}』"


def _why_it_counts(earlier: IndicatorRow, later: IndicatorRow, kpi: Round) -> str:
    """The variant of K111; the default is that of a newer 版."""
    files = earlier.raw.file, later.raw.file
    if files[0] == files[1]:
        return "same_file"
    why = why_it_counts(*(kpi.files[file] for file in files))
    return "" if why == "newer_edition" else why


def _place_of(row: IndicatorRow) -> str:
    return f"『{row.raw.sheet}』の{row.raw.row}行目"


CHECKS: tuple[Check, ...] = (
    unit_is_right,
    running_total_never_falls,
    year_has_ended,
    past_is_unchanged,
    latest_is_answered,
    past_is_answered,
    sums_have_all_years,
    sums_are_of_single_years,
    department_is_in_charge,
    references_unchanged,
    merged_cells_say_nothing,
    class_is_used,
    reason_is_needed,
    somebody_reports,
    past_is_counted_alike,
    units_agree,
)


def run_checks(kpi: Round) -> list[Finding]:
    """All checks, in the order of the tuple."""
    return [item for check in CHECKS for item in check(kpi)]
