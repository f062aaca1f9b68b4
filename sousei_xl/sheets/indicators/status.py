"""数値目標等の状況: how far every 数値目標 and KPI has come, and how that was calculated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from sousei_xl.figures.precision import percent, reference, shown, with_unit
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.indicators.counts import ClassCounts, CountTable, class_labels
from sousei_xl.sheets.indicators.entries import Entry, Group, groups, shown_class
from sousei_xl.sheets.indicators.formulas import Columns
from sousei_xl.sheets.indicators.head import write_indicator_head
from sousei_xl.sheets.indicators.table import (
    PRELIMINARY_MARK,
    StatusTable,
    shown_years,
    spans,
    widths,
)
from sousei_xl.strategy import CLASSES, Settings
from sousei_xl.strategy import indicators as defined

SHEET = "数値目標等の状況"
_COUNTED = "この表とグラフでは、内訳のある指標は、全体の判定で1件と数えます。"


def write_indicator_status(book: Book, contents: Contents) -> None:
    """The sheet 数値目標等の状況: counts of classes, how to read the figures, and the table, whose
    figures are live formulas."""
    found = groups(contents)
    settings = contents.strategy.settings
    columns = Columns(shown_years(contents, found))
    sheet = book.sheet(SHEET, widths(columns))
    counts_at = write_indicator_head(sheet, contents, SHEET) + 1
    label = (columns.id, columns.name)
    classes = spans(sheet, [4.0 + len(name) for name in (*class_labels(settings), "計")])
    counts = CountTable(sheet, counts_at, ClassCounts.of(contents), label, classes)
    last = counts.end - 1
    if any(group.has_parts for group in found):  # of which the head counts every part
        last = counts.end
        sheet.wide_text(last, _COUNTED, "note")
    chart_at = counts.end + 1
    explained_at = chart_at + counts.chart_rows + 1
    lines = list(_explained(found, settings))
    for row, line in enumerate(lines, explained_at):
        sheet.wide_text(row, line, "subtitle" if row == explained_at else "note")

    table = StatusTable(sheet, contents, columns, explained_at + len(lines) + 1)
    table.write(found)
    counts.write(table.ranges, columns.class_name)
    counts.insert_chart(chart_at)
    # Title and counts, chart, explanation: each stays whole, the page may turn between them.
    tied = {
        *range(last),
        *range(chart_at, chart_at + counts.chart_rows - 1),
        *range(explained_at, explained_at + len(lines) - 1),
    }
    sheet.page_setup(starts=table.starts, with_next=tied | table.with_next)


def _explained(found: Sequence[Group], settings: Settings) -> Iterator[str]:
    """How to recompute every figure by hand; the first line is the heading."""
    judgement, minus = settings.judgement, settings.minus
    yield "数字の見方（電卓で確かめられます）"
    yield (
        "進捗率＝（実績値－現状値）÷（目標値－現状値）。現状値から目標値までの道のりを、どこまで進んだ"
        "かを表します。期間累計の指標は、各年の値の合計÷目標値です。"
    )
    yield (
        "目安＝（実績年－基準年）÷（目標年－基準年）。毎年同じ幅で進んだ場合の進捗率です（100％まで）。"
        "期間累計の指標は、過ぎた年数÷計画の年数です。年度別目標のある指標は、その値の進捗率です。"
    )
    yield (
        "達成率＝実績値÷目標値（減らすことが目標の指標と、目標値か実績値が0未満、又は目標値が0の指標は、"
        "割り算の答えが達成の度合いを表さないため「－」です）。目標まで＝目標値と実績値の差。前年差＝実績値と前の年の値"
        "（前の年に実績値がなければ、その年の現状値）の差。値と差の単位は「単位・集計区分」の列にあります（％どうしの差はポイントです）。実績年＝これらの数字を計算した年。"
    )
    yield from _examples(found, settings)
    mostly, tolerance = Decimal(judgement.mostly), Decimal(judgement.tolerance)
    reached, on_track, almost, behind, none, excluded, on_hold, not_reported = (
        shown_class(name, settings) for name in CLASSES
    )
    yield (
        f"判定：{reached}＝進捗率100％以上　{on_track}＝目安以上　"
        f"{almost}＝目安の{percent(mostly, minus)}以上　{behind}＝それ未満で0％より大きい　"
        f"{none}＝0％以下　{excluded}＝現状値の年を過ぎていない、又は事務局が対象外としたもの　"
        f"{on_hold}＝判定に必要な値がまだないもの　{not_reported}＝報告のないもの"
    )
    kept = f"。目標値の{percent(tolerance, minus)}までの差は含めます" if tolerance else ""
    yield (
        f"現状値と目標値が同じ指標と{defined.MAINTAINED}の指標は、目標値以上（目標の向きが{defined.FALLING}の指標は目標値以下、"
        f"{defined.MAINTAINED}で目標値が0の指標は0{kept}）を「{reached}」、それ以外を「{behind}」とし、"
        "進捗率と目安は計算しません。目標が文章の指標（定性）は、事務局の判定です。"
        "内訳のある指標は、最も進んでいない内訳の判定を全体の判定とし、1件と数えます。"
    )
    yield (
        f"「{PRELIMINARY_MARK.strip()}」の付いた値は速報値です。判定する年の値がないときは、そのセルに理由"
        f"（{'・'.join(defined.REASONS)}など）を示します。空欄は値がないことを表し、0ではありません。"
    )


def _examples(found: Sequence[Group], settings: Settings) -> Iterator[str]:
    """The calculation with the figures of the first indicator of a kind that has them all."""
    entries = [entry for group in found for entry in group.parts]
    for work in (_worked, _worked_sum):
        example = next(filter(None, (work(entry, settings) for entry in entries)), "")
        if example:
            yield f"例：{example}"


def _worked_sum(entry: Entry, settings: Settings) -> str:
    """期間累計: the years' own values, summed up."""
    indicator, figures, minus = entry.indicator, entry.latest, settings.minus
    aim = defined.target(indicator)
    if (
        not entry.is_sum
        or figures is None
        or figures.progress is None
        or figures.expected is None
        or aim is None
        or indicator.yearly_targets
        or min(aim, *entry.report.actuals.values()) < 0
    ):
        return ""
    begin, end = defined.first_year(indicator, settings), defined.target_year(indicator, settings)
    if figures.year > end:
        return ""
    own = [entry.report.actuals[year] for year in range(begin, figures.year + 1)]
    values = "＋".join(shown(value, indicator, minus, entry.places) for value in own)
    return (
        f"『{defined.title(indicator)}』（期間累計）の進捗率は（{values}）÷"
        f"{shown(aim, indicator, minus, defined.own_decimals(aim))}＝"
        f"{percent(figures.progress, minus)}、目安は{len(own)}年÷{end - begin + 1}年＝"
        f"{percent(figures.expected, minus)}です。"
    )


def _worked(entry: Entry, settings: Settings) -> str:
    indicator, figures, minus = entry.indicator, entry.latest, settings.minus
    start, aim = defined.baseline(indicator), defined.target(indicator)
    begun = defined.baseline_year(indicator)
    if (
        figures is None
        or figures.progress is None
        or figures.expected is None
        or figures.attainment is None
        or start is None
        or aim is None
        or begun is None
        or entry.is_sum
        or indicator.yearly_targets
        or min(start, aim, figures.actual) < 0
    ):
        return ""

    begin, goal = (reference(v, indicator, minus) for v in (start, aim))
    value = with_unit(figures.actual, indicator, minus, entry.places)
    end = defined.target_year(indicator, settings)
    years = [defined.year_label(year, settings) for year in (figures.year, begun, end)]
    return (
        f"『{defined.title(indicator)}』の進捗率は（{value}－{begin}）÷"
        f"（{goal}－{begin}）＝{percent(figures.progress, minus)}、"
        f"目安は（{years[0]}－{years[1]}）÷（{years[2]}－{years[1]}）＝"
        f"{percent(figures.expected, minus)}、達成率は{value}÷{goal}＝"
        f"{percent(figures.attainment, minus)}です。"
    )
