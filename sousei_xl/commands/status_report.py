"""What ``status`` prints: where every department stands, and which files are not used."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from sousei_xl.commands.console import shown
from sousei_xl.commands.terminal import MOST, new_console, new_table
from sousei_xl.findings import Finding
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.records import DepartmentState, FileRecord, ListResult
from sousei_xl.rules.units import replacements
from sousei_xl.sheets import named
from sousei_xl.strategy import Strategy


def status(
    result: ListResult,
    indicators: IndicatorResult,
    strategy: Strategy,
    inbox: str,
    options: str,
    forgotten: str = "",
) -> None:
    """The report of ``status``: states, receipts, and reminders ready to be pasted into a mail.

    ``inbox`` and ``options`` name the workspace in the commands that go with a reminder.
    ``forgotten`` is last year's 別紙 that the list in the outbox was compared with, and this not.
    """
    console = new_console()
    settings = strategy.settings
    console.print(Text(f"{settings.municipality}　{settings.year_label}　提出状況", "bold"))
    table = new_table(
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
    if told := from_list_forms(indicators):
        console.print(f"{shown(told)}\n")
    files_aside(console, result.files, result.findings)
    _files_replaced(console, result, indicators)
    from sousei_xl.sheets.checkbook.reminders import indicator_reminders, marking, reminders

    if forgotten:
        console.print(
            f"前回は、前年度の別紙『{shown(forgotten)}』と比べて統合しました。今回は --previous が"
            "ないため、前年度と比べた指摘が依頼文に入っていません。入れるには、--previous を付けて"
            "もう一度実行します。\n"
        )
    kpi_letters = indicator_reminders(result, indicators, settings)
    for reminder in (*reminders(result, indicators, settings), *kpi_letters):
        console.print(
            f"--- {reminder.addressee}への依頼文（{reminder.reason}） ---\n{reminder.letter}\n"
        )
        if reminder.files:
            console.print(
                "（印を付けたファイルを添えるときは、次のコマンドで「差戻し」に作ります）"
            )
        for file in reminder.files:
            console.print(f"  {marking(file, inbox, options)}")
        if reminder.files:
            console.print()


def state_words(department: DepartmentState) -> str:
    """``受理（要確認 2件、うち回答済み 1件）``, ``差戻し 3件（農政課が未提出）`` …"""
    if department.state == "受理" and department.confirmations:
        answered = f"、うち回答済み {department.answered}件" if department.answered else ""
        return f"受理（要確認 {department.confirmations}件{answered}）"
    missing = [unit for unit in department.missing_units if unit]
    if not department.files and missing == [department.department]:
        missing = []  # the 課 is the 部局
    told = f"（{named(missing, 3)}が未提出）" if missing else ""
    if department.state == "差戻し":
        return f"差戻し {department.errors}件{told}"
    return f"{department.state}{told}"


def files_aside(console: Console, files: Sequence[FileRecord], found: Sequence[Finding]) -> None:
    """Refused and ignored files, each with its reason and the cure."""
    reasons: dict[str, Finding] = {}
    for item in found:
        if item.code.startswith("F"):
            reasons.setdefault(item.place.file, item)
    words = {"refused": "受け付けられないファイル", "ignored": "読み込んでいません"}
    aside = [f for f in files if f.outcome in words]
    if not aside:
        return
    for record in aside[:MOST]:
        reason = reasons.get(record.file)
        console.print(f"  {words[record.outcome]}: {shown(record.file)}")
        if reason is not None:
            console.print(f"    {reason.text}")
    if len(aside) > MOST:
        console.print(f"  ほか {len(aside) - MOST} ファイル（点検結果の「提出状況」にあります）")
    console.print()


def _files_replaced(console: Console, result: ListResult, indicators: IndicatorResult) -> None:
    """Files that another one of their unit stands for, each with the reason."""
    replaced = [f.file for f in result.files if f.outcome == "superseded"]
    reasons = replacements((*result.findings, *indicators.findings))
    for file in replaced[:MOST]:
        console.print(f"  差替え済み（使っていません）: {shown(file)}")
        if file in reasons:
            console.print(f"    {reasons[file].text}")
    if len(replaced) > MOST:
        console.print(f"  ほか {len(replaced) - MOST} ファイル")
    if replaced:
        console.print()
