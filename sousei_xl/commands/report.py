"""What a merge prints: where the list stands, its figures, what was written, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from sousei_xl.amounts import with_commas
from sousei_xl.commands import last_year
from sousei_xl.commands.console import differing, shown
from sousei_xl.commands.status_report import files_aside, state_words
from sousei_xl.commands.terminal import MOST, finding_line, new_console, new_table
from sousei_xl.eras import japanese_date
from sousei_xl.figures.changes import Row, target
from sousei_xl.figures.changes.indicators import is_figure
from sousei_xl.figures.totals import Subtotal
from sousei_xl.findings import collapse
from sousei_xl.forms.returns import FOLDER
from sousei_xl.publish import EDITED
from sousei_xl.rules.hand_edits import HandEdit, ReadyRow, by_hand
from sousei_xl.sheets import Contents, named
from sousei_xl.text import to_text
from sousei_xl.workspace import HISTORY, OFFICE_SHEET, Workspace

if TYPE_CHECKING:
    from sousei_xl.figures.changes.indicators import IndicatorChange
    from sousei_xl.pipeline.delivery import Delivered
    from sousei_xl.pipeline.foreseen import Foreseen
    from sousei_xl.pipeline.former import Missing

_MOST_DEPARTMENTS = 60
_KEPT_RETURNS = f"{HISTORY}/{FOLDER}/"
_STATES = {"draft": "作成中", "proposal": "（案）", "final": "確定"}


def merged(contents: Contents, delivered: Delivered, workspace: Workspace) -> None:
    """The report of ``merge``."""
    published = delivered.published
    console = new_console()
    _heading(console, contents)
    _departments(console, contents)
    files_aside(console, contents.result.files, contents.findings)
    _figures(console, contents)
    _compared(console, contents)
    _findings(console, contents)
    gone(console, delivered.missing)
    console.print("\n書き出したもの")
    for name in published.written:
        console.print(f"  {shown(str(workspace.outbox / name))}")
    for name in published.unchanged:
        console.print(f"  {shown(str(workspace.outbox / name))}（前回と同じ）")
    for name in published.moved:
        console.print(f"  前のファイルを移しました: {shown(name)}")
    edited(console, delivered)
    compared = contents.year_changes is not None
    for line in last_year.remarks(delivered.remarks, compared):
        console.print(f"  {line}")
    _next(console, contents)


def gone(console: Console, missing: Missing, kept: str = "「履歴」") -> None:
    """What the former list had; ``kept`` says where that is. Only this run can tell: the next one
    compares with its list."""
    if missing.rows:
        console.print()
        _rows(console, "前回の別紙にあって、今回はどのファイルにもない行", missing.rows)
        console.print(
            "    部局が消したのでなければ、ファイルを取り違えたり、別の様式で上書きしたりして"
            f"いないか確かめます（前回の別紙は{kept}にあります）。"
        )
    if missing.withheld:
        console.print()
        _rows(
            console,
            "前回の別紙にあって、今回は『掲載しない』で外した行",
            missing.withheld,
        )
        console.print(
            f"    番号が変わって別の事業を外していないか確かめます（『{OFFICE_SHEET}』の対象には、"
            "番号の後に事業名も書きます）。"
        )
    if missing.actuals:
        _actuals_gone(console, missing.actuals, kept)


def edited(console: Console, delivered: Delivered) -> None:
    """What somebody has edited in the outbox, and where it is kept."""
    if any(name.startswith(_KEPT_RETURNS) and EDITED in name for name in delivered.published.moved):
        console.print(
            "  差戻しのファイルが出力フォルダーの中で直されています。部局の修正で、まだ inbox に"
            "入れていなければ、この控え（履歴の「差戻し」）を inbox に入れてください。"
        )
    if edits := _edits(console, delivered.hand_edits):
        names = shown("、".join(sorted({edit.kept_as for edit in edits})))
        console.print(
            f"  前の出力に手で直した箇所が{len(edits)}件ありました"
            f"（{names} に残し、点検結果の「事務局修正一覧」に載せました）。"
        )


def _edits(console: Console, rows: Iterable[ReadyRow]) -> list[HandEdit]:
    """What somebody has edited; what cannot be compared, as nothing of it stands any more, is told
    at once."""
    edits = by_hand(rows)
    for edit in edits:
        if not edit.kept_as:
            console.print(f"  {shown(f'{edit.file}：{edit.problem}')}")
    return [edit for edit in edits if edit.kept_as]


def _actuals_gone(console: Console, gone: Sequence[IndicatorChange], kept: str) -> None:
    console.print(f"\n  前回の別紙にあって、今回はない実績値のある指標: {len(gone)}件")
    for change in gone[:MOST]:
        told = "、".join(f"{heading} {with_commas(before)}" for heading, before, _ in change.fields)
        console.print(f"    {shown(f'{change.id}　{change.title}（{told}）')}")
    if len(gone) > MOST:
        console.print(f"    ほか {len(gone) - MOST} 件")
    console.print(
        "    要修正のある値は、直ればまた載ります。ほかは、前の照会の様式を、後の様式で置き換えて"
        "いないか確かめます。\n"
        f"    残す値は、新しい様式か『事務局修正』に書きます（前回の別紙は{kept}にあります）。"
    )


def elsewhere(root: Path) -> None:
    """The commands that were printed are those of somebody who stands in the workspace."""
    if root.resolve() != Path().resolve():
        new_console().print(
            f"  （コマンドは、作業フォルダー「{shown(str(root))}」に移ってから実行します。"
            "ファイルの場所も、そこから見たものです）"
        )


def dry_run(contents: Contents, found: Foreseen) -> None:
    """The report of ``merge --dry-run``."""
    from sousei_xl.sheets.checkbook.steps import unacknowledged

    console, since, changes = new_console(), found.since, found.rows
    _heading(console, contents)
    _departments(console, contents)
    files_aside(console, contents.result.files, contents.findings)
    _figures(console, contents)
    _compared(console, contents)
    console.print(
        f"\n{shown(since)} との違い" if since else "\n前回の別紙はありません（すべて新しい行です）"
    )
    _rows(console, "載る行", changes.added)
    _rows(console, "消える行", changes.removed)
    console.print(f"  変わる行: {len(changes.changed)}")
    for change in changes.changed[:MOST]:
        console.print(f"    {target(change.row)}　{to_text(change.row['事業名'])}")
        for heading, before, after in change.fields:
            one, other = differing(before, after)
            console.print(f"      {heading}: {one} → {other}")
    if len(changes.changed) > MOST:
        console.print(f"    ほか {len(changes.changed) - MOST} 行")
    _indicators(console, found.indicators)
    gone(console, found.missing, "出力フォルダー")
    if edits := _edits(console, found.hand_edits):
        console.print(
            f"  前の出力に手で直した箇所が{len(edits)}件あります（この比較には含みません。"
            "merge すると、点検結果の「事務局修正一覧」に載ります）。"
        )
    console.print(f"\n{_counts(contents)}")
    for question in contents.questions:
        console.print(f"確かめてください: {shown(question)}")
    for line in unacknowledged(contents):
        console.print(shown(line))
    console.print("--dry-run のため、何も書き出していません。")


def _indicators(console: Console, changed: Sequence[IndicatorChange]) -> None:
    if not changed:
        return
    console.print(f"  変わる数値目標・KPI: {len(changed)}")
    for change in changed[:MOST]:
        console.print(f"    {shown(f'{change.id}　{change.title}')}")
        for heading, before, after in change.fields:
            figure = is_figure(heading)
            one, other = differing(*(with_commas(v) if figure else v for v in (before, after)))
            console.print(f"      {shown(heading)}: {one} → {other}")
    if len(changed) > MOST:
        console.print(f"    ほか {len(changed) - MOST} 件")


def _rows(console: Console, label: str, rows: Sequence[Row]) -> None:
    console.print(f"  {label}: {len(rows)}")
    for row in rows[:MOST]:
        console.print(f"    {target(row)}　{to_text(row['事業名'])}（{to_text(row['部局名'])}）")
    if len(rows) > MOST:
        console.print(f"    ほか {len(rows) - MOST} 行")


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
        f" ＋ 差替え {ledger.superseded:,} ＋ 取下げ等 {ledger.withdrawn:,}"
    )
    if contents.status == "draft":
        console.print(contents.stamp)
    if contents.former_approval and contents.approved_on:
        before, after = map(japanese_date, (contents.former_approval, contents.approved_on))
        console.print(f"前の決裁日（{before}）を、{after}に替えました。")
    console.print()


def _departments(console: Console, contents: Contents) -> None:
    from sousei_xl.sheets.checkbook.steps import COUNTED

    table = new_table(
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


def _figures(console: Console, contents: Contents) -> None:
    from sousei_xl.sheets.checkbook.steps import indicators_reported

    unit = contents.strategy.settings.unit
    table = new_table(
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

    for goal, group in zip(contents.strategy.goals, contents.totals.goals, strict=True):
        add(goal.heading, group)
    add("合計", contents.totals.total, "bold")
    console.print(table)
    if contents.totals.total.undecided:
        console.print(f"  金額未確定 {contents.totals.total.undecided}件を除きます。")
    kpi = contents.indicators
    if kpi.expected:
        console.print(f"\nKPI: {indicators_reported(kpi)}。")
        if judged := [r.indicator.id for r in kpi.reports if r.is_judged_by_office]:
            console.print(f"  {named(judged)}の判定は、計算ではなく「事務局判定」によります。")


def _compared(console: Console, contents: Contents) -> None:
    """What became of last year's projects, where last year's 別紙 was given."""
    found = contents.year_changes
    if found is None:
        return
    console.print()
    for line in last_year.summary(found):
        console.print(line)
    for doubt in last_year.doubts(found.last, contents.strategy):
        console.print(doubt)


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
    for group in lines[:MOST]:
        first = group[0]
        whose = shown(first.place.file) or first.department or first.target
        console.print(f"  {first.severity}　{whose}　{finding_line(group)}")
    if len(lines) > MOST:
        console.print(f"  ほか {len(lines) - MOST} 件（点検結果の「指摘一覧」にあります）")


def _next(console: Console, contents: Contents) -> None:
    from sousei_xl.sheets.checkbook.steps import bulleted, next_steps

    console.print("\n次にすること")
    for step in bulleted(next_steps(contents)):
        console.print(f"  {shown(step)}")
    if contents.status != "draft" and contents.year_changes is None and not contents.forgotten:
        console.print("  ・前年度の別紙があれば、変更箇所も検討懇談会資料に載せられます:")
        places = shown(contents.options)
        console.print(f"      sousei-xl merge --previous 前年度の別紙.xlsx{places}")
    if contents.status == "draft":
        console.print("  ・点検結果の「提出状況」と「指摘一覧」に、理由と直し方があります。")
