"""What a merge prints: where the list stands, its figures, what was written, what to do next."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from rich.box import ASCII_DOUBLE_HEAD, SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sousei_xl.commands import last_year
from sousei_xl.commands.console import differing, shown
from sousei_xl.figures.changes import Changes, Row, target
from sousei_xl.figures.totals import Subtotal
from sousei_xl.findings import Finding, address, collapse
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.records import DepartmentState, FileRecord, ListResult
from sousei_xl.sheets import Contents, named
from sousei_xl.strategy import Strategy
from sousei_xl.text import NEW, RELISTED, japanese_date, to_text
from sousei_xl.workspace import Workspace

if TYPE_CHECKING:  # ``check`` writes no workbook and needs none of what does
    from sousei_xl.pipeline.checking import Checked
    from sousei_xl.pipeline.delivery import Delivered

_MOST = 10  # findings and rows that are listed on the console; all of them stand in the workbook
_MOST_DEPARTMENTS = 60
_WIDTH = 100
_STATES = {"draft": "作成中", "proposal": "（案）", "final": "確定"}


def _console() -> Console:
    """Colour on a terminal only; a width that no table needs where nobody set one."""
    width = None if sys.stdout.isatty() else _WIDTH
    return Console(width=width, highlight=False, soft_wrap=True, emoji=False, markup=False)


def _table(console: Console, *columns: tuple[str, bool]) -> Table:
    box = SIMPLE_HEAD if (console.encoding or "").lower().startswith("utf") else ASCII_DOUBLE_HEAD
    table = Table(box=box, pad_edge=False, show_edge=False, header_style="bold")
    for heading, is_number in columns:
        table.add_column(heading, justify="right" if is_number else "left", no_wrap=True)
    return table


def merged(contents: Contents, delivered: Delivered, workspace: Workspace) -> None:
    """The report of ``merge``."""
    published = delivered.published
    console = _console()
    _heading(console, contents)
    _departments(console, contents)
    _files_aside(console, contents.result.files, contents.findings)
    _figures(console, contents)
    _compared(console, contents)
    _findings(console, contents)
    console.print("\n書き出したもの")
    for name in published.written:
        console.print(f"  {shown(os.path.join(workspace.outbox, name))}")
    for name in published.unchanged:
        console.print(f"  {shown(os.path.join(workspace.outbox, name))}（前回と同じ）")
    for name in published.moved:
        console.print(f"  前のファイルを移しました: {shown(name)}")
    if delivered.hand_edits:
        kept = {row.edit.kept_as for row in delivered.hand_edits if row.edit.kept_as}
        console.print(
            f"  前の出力に手で直した箇所が{len(delivered.hand_edits)}件ありました"
            f"（{shown('、'.join(sorted(kept)))} に残し、"
            "点検結果の「事務局修正一覧」に載せました）。"
        )
    compared = contents.year_changes is not None
    for line in last_year.remarks(delivered.remarks, compared):
        console.print(f"  {line}")
    _next(console, contents)


def dry_run(contents: Contents, since: str, changes: Changes) -> None:
    """The report of ``merge --dry-run``."""
    from sousei_xl.sheets.checkbook.steps import unacknowledged

    console = _console()
    _heading(console, contents)
    _departments(console, contents)
    _files_aside(console, contents.result.files, contents.findings)
    _figures(console, contents)
    _compared(console, contents)
    console.print(
        f"\n{shown(since)} との違い" if since else "\n前回の別紙はありません（すべて新しい行です）"
    )
    _rows(console, "載る行", changes.added)
    _rows(console, "消える行", changes.removed)
    console.print(f"  変わる行: {len(changes.changed)}")
    for change in changes.changed[:_MOST]:
        console.print(f"    {target(change.row)}　{to_text(change.row['事業名'])}")
        for heading, before, after in change.fields:
            one, other = differing(before, after)
            console.print(f"      {heading}: {one} → {other}")
    if len(changes.changed) > _MOST:
        console.print(f"    ほか {len(changes.changed) - _MOST} 行")
    console.print(f"\n{_counts(contents)}")
    for question in contents.questions:
        console.print(f"確かめてください: {shown(question)}")
    for line in unacknowledged(contents):
        console.print(shown(line))
    console.print("--dry-run のため、何も書き出していません。")


def _rows(console: Console, label: str, rows: Sequence[Row]) -> None:
    console.print(f"  {label}: {len(rows)}")
    for row in rows[:_MOST]:
        console.print(f"    {target(row)}　{to_text(row['事業名'])}（{to_text(row['部局名'])}）")
    if len(rows) > _MOST:
        console.print(f"    ほか {len(rows) - _MOST} 行")


def _heading(console: Console, contents: Contents) -> None:
    settings = contents.strategy.settings
    ledger = contents.result.ledger
    console.print(
        Text(
            f"{settings.municipality}　{settings.year_label}　別紙　{_STATES[contents.status]}",
            "bold",
        )
    )
    console.print(
        f"読んだ行 {ledger.read:,} ＝ 一覧 {ledger.listed:,} ＋ 保留 {ledger.held:,}"
        f" ＋ 差し替え {ledger.superseded:,} ＋ 取下げ等 {ledger.withdrawn:,}"
    )
    if contents.status == "draft":
        console.print(contents.stamp)
    if contents.former_approval and contents.approved_on:
        before, after = map(japanese_date, (contents.former_approval, contents.approved_on))
        console.print(f"前の決裁日（{before}）を、{after}に替えました。")
    console.print()


def _departments(console: Console, contents: Contents) -> None:
    from sousei_xl.sheets.checkbook.steps import COUNTED

    table = _table(
        console,
        ("部局", False),
        ("状態", False),
        ("ファイル", True),
        ("行", True),
        ("要修正", True),
        ("要確認", True),
    )
    asked = [d for d in contents.result.departments if d.expected or d.files]
    # Of very many, those that need somebody; the others would scroll these away.
    busy = [d for d in asked if d.state != "受理" or d.confirmations]
    told = (asked if len(asked) <= _MOST_DEPARTMENTS else busy)[:_MOST_DEPARTMENTS]
    for d in told:
        counts = (len(d.files), d.rows, d.errors, d.confirmations)
        table.add_row(d.department, state_words(d), *(f"{n:,}" if n else "-" for n in counts))
    if told:
        console.print(table)
        console.print(f"（{COUNTED}）\n")
    if len(told) < len(asked):
        states = Counter(d.state for d in asked)
        counted = "、".join(f"{state} {count:,}" for state, count in states.items())
        console.print(f"{len(asked):,}部局: {counted}（全部は点検結果の「提出状況」にあります）\n")


def status(
    result: ListResult,
    indicators: IndicatorResult,
    strategy: Strategy,
    inbox: str,
    options: str,
) -> None:
    """The report of ``status``: states, receipts, and reminders ready to be pasted into a mail.

    ``inbox`` and ``options`` name the workspace in the commands that go with a reminder.
    """
    console = _console()
    settings = strategy.settings
    console.print(Text(f"{settings.municipality}　{settings.year_label}　提出状況", "bold"))
    table = _table(
        console,
        ("部局", False),
        ("状態", False),
        ("KPI", False),
        ("ファイル", False),
        ("版", True),
        ("行", True),
        ("受付番号", False),
    )
    from sousei_xl.sheets.checkbook.steps import from_list_forms, indicator_state

    kpi = {d.department: d for d in indicators.departments}
    records = {record.file: record for record in result.files}
    for d in result.departments:
        if not d.expected and not d.files and not kpi[d.department].expected:
            continue
        receipts: list[FileRecord | None] = [records[name] for name in d.files]
        for i, record in enumerate(receipts or [None]):
            cells = ("", "", "", "")
            if record is not None:
                edition = str(record.edition) if record.edition else ""
                cells = (shown(record.file), edition, str(record.read), record.sha256[:8])
            state = state_words(d) if d.expected or d.files else "対象外"
            head = (d.department, state, indicator_state(kpi[d.department]))
            table.add_row(*(head if i == 0 else ("", "", "")), *cells)
    console.print(table)
    console.print("（受付番号はファイルの内容から計算したもので、提出物を照合できます）")
    console.print()
    if waiting := from_list_forms(indicators):
        console.print(
            f"KPIだけの様式での回答がまだない{len(waiting)}部局（{shown(named(waiting))}）の実績は、"
            "一覧の様式にあった値のままです。\n"
        )
    _files_aside(console, result.files, result.findings)
    _files_replaced(console, result, indicators)
    from sousei_xl.sheets.checkbook.reminders import marking, reminders

    for reminder in reminders(result, settings):
        console.print(f"--- {reminder.addressee}への依頼文 ---\n{reminder.letter}\n")
        if reminder.files:
            console.print(
                "（印を付けたファイルを添えるときは、次のコマンドで「差戻し」に作ります）"
            )
        for file in reminder.files:
            console.print(f"  {marking(file, inbox, options)}")
        if reminder.files:
            console.print()


def state_words(department: DepartmentState) -> str:
    """``受理（確認依頼あり 2件）``, ``差戻し 3件（農政課が未提出）`` …"""
    if department.state == "受理" and department.confirmations:
        return f"受理（確認依頼あり {department.confirmations}件）"
    missing = [unit for unit in department.missing_units if unit]
    if not department.files and missing == [department.department]:
        missing = []  # the 課 is the 部局
    told = f"（{named(missing, 3)}が未提出）" if missing else ""
    if department.state == "差戻し":
        return f"差戻し {department.errors}件{told}"
    return f"{department.state}{told}"


def _files_aside(console: Console, files: Sequence[FileRecord], found: Sequence[Finding]) -> None:
    """Refused and ignored files, each with its reason and the cure."""
    reasons: dict[str, Finding] = {}
    for item in found:
        if item.code.startswith("F"):
            reasons.setdefault(item.place.file, item)
    words = {"refused": "受け付けられないファイル", "ignored": "読み込んでいません"}
    aside = [f for f in files if f.outcome in words]
    if not aside:
        return
    for record in aside[:_MOST]:
        reason = reasons.get(record.file)
        console.print(f"  {words[record.outcome]}: {shown(record.file)}")
        if reason is not None:
            console.print(f"    {reason.text}")
    if len(aside) > _MOST:
        console.print(f"  ほか {len(aside) - _MOST} ファイル（点検結果の「提出状況」にあります）")
    console.print()


def _files_replaced(console: Console, result: ListResult, indicators: IndicatorResult) -> None:
    """Files that another one of their unit stands for, each with the reason."""
    replaced = [f.file for f in result.files if f.outcome == "superseded"]
    # The list's come last, and stand: they say more than those of the KPI round.
    found = (*indicators.findings, *result.findings)
    reasons = {f.value: f.text for f in found if f.code == "F206"}
    for file in replaced[:_MOST]:
        console.print(f"  差し替え済み（使っていません）: {shown(file)}")
        if file in reasons:
            console.print(f"    {reasons[file]}")
    if len(replaced) > _MOST:
        console.print(f"  ほか {len(replaced) - _MOST} ファイル")
    if replaced:
        console.print()


def _figures(console: Console, contents: Contents) -> None:
    unit = contents.strategy.settings.unit
    table = _table(
        console,
        ("小計", False),
        ("行", True),
        ("うち再掲", True),
        ("事業", True),
        (f"再掲を含む（{unit}）", True),
        (f"再掲を除く（{unit}）", True),
    )

    def add(label: str, group: Subtotal, style: str = "") -> None:
        numbers = (group.rows, group.relisted, group.projects, group.gross, group.net)
        table.add_row(label, *(f"{n:,}" for n in numbers), style=style)

    for group in contents.totals.goals:
        add(f"基本目標{group.goal}", group)
    add("合計", contents.totals.total, "bold")
    console.print(table)
    if contents.totals.total.undecided:
        console.print(f"  金額未確定 {contents.totals.total.undecided}件を除きます。")
    if contents.indicators is not None and contents.indicators.expected:
        kpi = contents.indicators
        console.print(f"\nKPI: {kpi.expected}指標のうち {kpi.reported}指標の回答がありました。")


def _compared(console: Console, contents: Contents) -> None:
    """What became of last year's projects, where last year's 別紙 was given."""
    found = contents.year_changes
    if found is None:
        return
    console.print()
    for line in last_year.summary(found):
        console.print(line)
    if doubt := last_year.wrong_year(found.last, contents.strategy):
        console.print(doubt)


def finding_line(group: Sequence[Finding]) -> str:
    """Findings that say the same: place, what, what to do; the code stands last."""
    first, *others = group
    cells = [item.place.cell for item in others if item.place.cell]
    more = f"（ほか{'、'.join(cells[:5])}{'など' if len(cells) > 5 else ''}）" if cells else ""
    return f"{address(first.place)}{first.text}{more}［{first.code}］"


def _counts(contents: Contents) -> str:
    from sousei_xl.sheets.checkbook.steps import tally

    converted = sum(f.severity == "自動変換" for f in contents.findings)
    return f"指摘: {tally(contents)}　自動変換 {converted:,}件"


def _findings(console: Console, contents: Contents) -> None:
    shown_ones = [
        f
        for f in contents.findings
        if f.severity in ("要修正", "要確認") and not f.acknowledged and f.code != "F205"
    ]
    console.print(f"\n{_counts(contents)}")
    lines = collapse(sorted(shown_ones, key=lambda f: f.severity != "要修正"))
    for group in lines[:_MOST]:
        file = shown(group[0].place.file)
        console.print(f"  {group[0].severity}　{file}　{finding_line(group)}")
    if len(lines) > _MOST:
        console.print(f"  ほか {len(lines) - _MOST} 件（点検結果の「指摘一覧」にあります）")


def _next(console: Console, contents: Contents) -> None:
    from sousei_xl.sheets.checkbook.steps import bulleted, next_steps

    console.print("\n次にすること")
    for step in bulleted(next_steps(contents)):
        console.print(f"  {shown(step)}")
    if contents.status != "draft" and contents.year_changes is None:
        console.print("  ・前年度の別紙があれば、変更箇所も検討懇談会資料に載せられます:")
        console.print("      sousei-xl merge --previous 前年度の別紙.xlsx")
    if contents.status == "draft":
        console.print("  ・点検結果の「提出状況」と「指摘一覧」に、理由と直し方があります。")


def checked(found: Sequence[Checked]) -> None:
    """The report of ``check``: findings in the order of the sheet, then the rows of the list."""
    console = _console()
    for item in found:
        record, counts = item.record, Counter(f.severity for f in item.findings)
        console.print(Text(shown(record.file), "bold"))
        console.print(
            f"  {record.department or '部局不明'}　行 {record.read:,}　要修正 {counts['要修正']}"
            f"　要確認 {counts['要確認']}　自動変換 {counts['自動変換']}"
        )
        if item.rivals:
            console.print(
                f"  同じ提出単位のファイルがほかにも指定されています"
                f"（{shown(named(item.rivals, 3))}）。それぞれを別に点検しました。"
                f"一緒に受付フォルダーに入れると、使われるのは{_counting(item.counting)}です"
                "（版、保存日時、ファイル名の順に新しいもの。KPIは、KPIだけの様式が先です）。"
            )
        for group in collapse(sorted(item.findings, key=sheet_order)):
            console.print(f"  {group[0].severity}　{finding_line(group)}")
        _rows_of(console, item.listed)
        if not counts["要修正"]:
            console.print("  要修正の指摘はありません。")
        console.print()


def _counting(files: Mapping[str, str]) -> str:
    """``『a.xlsx』``, or ``事業は『a.xlsx』、KPIは『b.xlsx』``."""
    if len(set(files.values())) == 1:
        return f"『{shown(next(iter(files.values())))}』"
    return "、".join(f"{sheet}は『{shown(name)}』" for sheet, name in files.items())


def sheet_order(item: Finding) -> tuple[str, int, int, str]:
    """Findings as a person meets them: file first, then row by row from left to right."""
    letters = item.place.cell.rstrip("0123456789")
    return item.place.sheet, item.place.row or 0, len(letters), letters


def _rows_of(console: Console, rows: pd.DataFrame) -> None:
    if not len(rows):
        return
    table = _table(
        console,
        ("一覧での位置", False),
        ("再掲", False),
        ("事業名", False),
        ("関連性", False),
        ("予算（千円）", True),
    )
    for row in rows.to_dict("records"):
        amount = row["budget_kind"] if pd.isna(row["budget"]) else f"{row['budget']:,}"
        name = f"（新）{row['name']}" if row["category"] == NEW else row["name"]
        place = f"{row['measure']}-{row['number']}"
        table.add_row(place, RELISTED if row["relisted"] else "", name, row["relevance"], amount)
    console.print(table)
