"""前年度からの変更箇所: what became of last year's projects, for a council that reads on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sousei_xl import eras, text
from sousei_xl.figures import changes as fields
from sousei_xl.figures.changes import Row
from sousei_xl.figures.changes.definitions import indicator_changes
from sousei_xl.figures.changes.year import Fate, Kept, YearChanges
from sousei_xl.figures.last_year import LastRow, LastYear
from sousei_xl.sheets import Contents, named
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.council.changes_summary import Summary
from sousei_xl.sheets.council.spans import Line, Sections, Span
from sousei_xl.sheets.overview.head import write_head
from sousei_xl.sheets.tables import Cell

CHANGES = "前年度からの変更箇所"

_WIDTHS = (10.0, 12.0, 33.0, 20.0, 15.0, 15.0, 14.0, 14.0, 14.0)
_PLACE, _NAME, _DEPARTMENT = (
    Span(0, 0, "位置", "centre"),
    Span(1, 2, "事業名"),
    Span(3, 3, "部局名"),
)
_FATES: dict[Fate, str] = {
    "終了": "終了",
    "取下げ": "取下げ",
    "統合": "ほかの事業に統合・改称",
    "掲載なし": "今年度の一覧にありません",
    "確認中": "提出された内容を確認中です",
    "未提出": "様式を待っています",
}
_MOST = 2000  # lines of a section: nobody turns more pages in a meeting


# --- the sheet ------------------------------------------------------------------------------------


def write_changes(book: Book, contents: Contents, found: YearChanges) -> None:
    """The sheet 前年度からの変更箇所."""
    last = found.last
    summary = Summary(contents.strategy, last.projects, found)
    more = summary.columns - len(_WIDTHS)
    sheet = book.sheet(CHANGES, (*_WIDTHS, *[_WIDTHS[-1]] * more))
    before = eras.fiscal_year_label(last.fiscal_year) if last.fiscal_year else "前年度"
    top = write_head(
        sheet,
        contents,
        f"{CHANGES}（検討懇談会資料）",
        f"{before}の一覧（{text.printable(last.file)}）との比較です。事業は、再掲の行を除き、"
        f"一つを一度だけ数えます。金額の単位は{contents.strategy.settings.unit}です。",
        "同じ事業かどうかは、事業名・部局名・施策から判断しています。名称の変更は、名前や事業内容が"
        "似ていることによる推定です。",
    )
    waiting = [d.department for d in contents.result.departments if d.missing_units]
    if waiting:
        words = (
            f"様式のそろわない部局（{named(waiting, counter='部局')}）の事業は、「2」に載せ、"
            "ほかの項目ではまだ比べていません。"
        )
        sheet.wide_text(top, words, "note")
        top += 1
    if found.twins:
        names = named([f"{fields.target(row)}『{_name(row)}』" for row in found.twins], 5)
        words = f"同じ施策に二度ある事業（{names}）は、重複が直るまで、片方の行だけを比べています。"
        sheet.wide_text(top, words, "note")
        top += 1
    used = sum(sheet.heights.get(row, 15.0) for row in range(top))
    sections = Sections(sheet, top, used)
    summary.write(sections)
    _write_new(sections, found)
    _write_gone(sections, found)
    _write_renamed(sections, found)
    _write_moved(sections, contents, found)
    _write_budgets(sections, contents, found)
    _write_texts(sections, found)
    _write_relisted(sections, found)
    _write_indicators(sections, contents, last)
    sheet.page_setup(starts=sections.starts)


def _few(lines: Sequence[Sequence[Line]], spans: Sequence[Span]) -> Iterable[Sequence[Line]]:
    if len(lines) <= _MOST:
        return lines
    more = f"ほか {len(lines) - _MOST:,}件（「sousei-xl compare」で全て表示します）"
    return [*lines[:_MOST], [("", more, *("" for _ in spans[2:]))]]


def _write(
    sections: Sections,
    title: str,
    note: str,
    spans: Sequence[Span],
    lines: Sequence[Sequence[Line]],
) -> None:
    counted = f"{title}　{len(lines):,}件" if lines else f"{title}　なし"
    sections.write(counted, note, spans, _few(lines, spans))


def _name(row: Row) -> str:
    return text.to_text(row[fields.NAME])


def _department(row: Row) -> str:
    return text.to_text(row[fields.DEPARTMENT])


def _old(row: LastRow) -> str:
    return text.printable(row.place)


def _amount(value: text.Value) -> Cell:
    """An amount, or the word that stands in its place."""
    if isinstance(value, int | float):
        return value
    return text.printable(text.to_text(value)) or "記載なし"


def _write_new(sections: Sections, found: YearChanges) -> None:
    spans = (
        _PLACE,
        _NAME,
        _DEPARTMENT,
        Span(4, 4, "予算", "number"),
        Span(5, 8, "事業内容"),
    )
    lines = [
        [
            (
                fields.target(row),
                _name(row),
                _department(row),
                _amount(row[fields.BUDGET]),
                text.to_text(row[fields.DESCRIPTION]),
            )
        ]
        for row in found.new
    ]
    _write(sections, "1　新規の事業", "", spans, lines)


def _write_gone(sections: Sections, found: YearChanges) -> None:
    spans = (
        Span(0, 0, "前年度の\n位置", "centre"),
        _NAME,
        _DEPARTMENT,
        Span(4, 4, "前年度の予算", "number"),
        Span(5, 8, "今年度"),
    )
    lines = [
        [
            (
                _old(g.before),
                text.printable(g.before.name),
                text.printable(g.before.department),
                _amount(g.before.budget),
                _FATES[g.fate],
            )
        ]
        for g in found.gone
    ]
    _write(sections, "2　今年度の一覧にない事業（終了・取下げ・提出待ちなど）", "", spans, lines)


def _write_renamed(sections: Sections, found: YearChanges) -> None:
    spans = (
        _PLACE,
        Span(1, 2, "今年度の事業名"),
        _DEPARTMENT,
        Span(4, 5, "前年度の位置・部局名"),
        Span(6, 8, "前年度の事業名"),
    )
    lines = [
        [
            (
                fields.target(k.row),
                _name(k.row),
                _department(k.row),
                text.printable(f"{k.before.place}　{k.before.department}"),
                text.printable(k.before.name),
            )
        ]
        for k in found.renamed
    ]
    note = (
        "推定です。別の事業であれば、新規と終了が1件ずつあることになります。"
        "備考に前の事業名（「旧：…」）がある変更は、6の「事業名」に載せています。"
    )
    _write(sections, "3　名称を変えたと思われる事業（推定）", note, spans, lines)


def _write_moved(sections: Sections, contents: Contents, found: YearChanges) -> None:
    options = {m.key: m.option for m in contents.strategy.measures}
    spans = (
        _PLACE,
        _NAME,
        _DEPARTMENT,
        Span(4, 5, "前年度の施策"),
        Span(6, 8, "今年度の施策"),
    )
    lines = [
        [
            (
                fields.target(k.row),
                _name(k.row),
                _department(k.row),
                options.get(k.before.measure, text.printable(k.before.measure_name) or "記載なし"),
                options.get(text.to_text(k.row[fields.MEASURE]), ""),
            )
        ]
        for k in found.moved
    ]
    _write(sections, "4　施策を移った事業", "", spans, lines)


def _write_budgets(sections: Sections, contents: Contents, found: YearChanges) -> None:
    factor = Decimal(contents.strategy.settings.budget_factor)
    spans = (
        _PLACE,
        _NAME,
        _DEPARTMENT,
        Span(4, 4, "前年度の予算", "number"),
        Span(5, 5, "今年度の予算", "number"),
        Span(6, 6, "差", "number"),
        Span(7, 7, "増減率", "percent"),
        Span(8, 8, "摘要", "centre"),
    )
    note = "増減率は、差÷前年度の予算です。"
    if factor:
        times = f"{factor.normalize():f}"
        note += f"摘要は、{times}倍を超える増と、{times}分の1未満への減です。"
    kept = found.with_other_budget
    if any(k.united for k in kept):
        note += "「統合」は、まとめた事業のうち、一つの前年度の予算との比較です。"
    lines = [[_budget_line(k, factor)] for k in kept]
    _write(sections, "5　予算が変わった事業", note, spans, lines)


def _budget_line(kept: Kept, factor: Decimal) -> Line:
    before, after = kept.before.budget, kept.row[fields.BUDGET]
    share: Cell = "－"
    remark = ""
    if kept.difference is not None and isinstance(before, int) and isinstance(after, int):
        if before:
            share = float(Decimal(kept.difference) / before)
        if factor and after > before * factor:
            remark = "大きく増加" if before else "皆増"
        elif factor and after * factor < before:
            remark = "大きく減少" if after else "皆減"
    if kept.united:  # beside the amount of but one of them
        remark = "統合"
    return (
        fields.target(kept.row),
        _name(kept.row),
        _department(kept.row),
        _amount(before),
        _amount(after),
        "－" if kept.difference is None else kept.difference,
        share,
        remark,
    )


def _write_texts(sections: Sections, found: YearChanges) -> None:
    spans = (_PLACE, _NAME, Span(3, 3, "項目"), Span(4, 4, "年度", "centre"), Span(5, 8, "内容"))
    groups: list[Sequence[Line]] = []
    for change in found.reworded:
        place, name = fields.target(change.row), _name(change.row)
        for heading, before, after in change.fields:
            first = (place, name, heading, "前年度", text.printable(before) or text.SHOWN_BLANK)
            groups.append([first, ("", "", "", "今年度", after or text.SHOWN_BLANK)])
    note = "年度の表記だけが変わったものは除いています。"
    _write(sections, "6　事業内容などが変わった箇所", note, spans, groups)


def _write_relisted(sections: Sections, found: YearChanges) -> None:
    spans = (_PLACE, _NAME, _DEPARTMENT, Span(4, 8, "変更"))
    relisted = found.relisted
    lines: list[Sequence[Line]] = []

    def line(row: Row, place: str, words: str) -> None:
        lines.append([(text.printable(place), _name(row), _department(row), text.printable(words))])

    for row in relisted.added:
        line(row, fields.target(row), "再掲を追加")
    for change in relisted.changed:
        before = text.to_text(change.before[fields.MEASURE])
        line(change.row, fields.target(change.row), f"再掲の施策を{before}から変更")
    for row in relisted.removed:
        line(row, "", f"{text.to_text(row[fields.MEASURE])}の再掲を取りやめ")
    note = "新規の事業と、今年度の一覧にない事業の再掲は除いています。"
    _write(sections, "7　再掲の変更", note, spans, lines)


def _write_indicators(sections: Sections, contents: Contents, last: LastYear) -> None:
    """Nothing at all where last year's workbook says nothing about indicators."""
    if not last.indicators:
        return
    spans = (
        Span(0, 0, "ID", "centre"),
        Span(1, 2, "指標"),
        Span(3, 3, "項目"),
        Span(4, 5, "前年度"),
        Span(6, 8, "今年度"),
    )
    lines: list[Sequence[Line]] = []
    now = {report.indicator.id: report.actuals for report in contents.indicators.reports}
    units = {i.id: f"（{i.unit}）" for i in contents.strategy.indicators if i.unit}
    for change in indicator_changes(last.indicators, contents.strategy, last.actuals, now):
        title = text.printable(change.title) + units.get(change.id, "")
        for heading, before, after in change.fields or (("指標", "あり", "なし"),):
            shown = after or text.SHOWN_BLANK
            lines.append([(change.id, title, heading, text.printable(before), shown)])
    note = (
        "前年度に実績値があった指標について、定義・現状値・目標値と、前年度の別紙に載った実績値の改定を"
        "比べています。今年度に加わった年の実績値と、判定の変化は含みません。"
    )
    _write(sections, "8　数値目標・KPIの変更", note, spans, lines)
