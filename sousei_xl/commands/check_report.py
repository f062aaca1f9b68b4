"""What ``check`` prints, file by file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from sousei_xl.addresses import cell_position
from sousei_xl.commands.console import shown
from sousei_xl.commands.terminal import finding_line, new_console, new_table
from sousei_xl.findings import Finding, collapse
from sousei_xl.rules.records import ListedRow
from sousei_xl.sheets import named
from sousei_xl.text import RELISTED, with_new_mark

if TYPE_CHECKING:
    from sousei_xl.pipeline.checking import Checked


def checked(found: Sequence[Checked]) -> None:
    """The report of ``check``: findings in the order of the sheet, then the rows of the list.

    What the office has confirmed is counted, and asked no more.
    """
    console = new_console()
    for item in found:
        record, counts = item.record, Counter(f.severity for f in item.findings)
        opened = [f for f in item.findings if not f.acknowledged]
        confirmed = len(item.findings) - len(opened)
        settled = f"（うち確認済 {confirmed}）" if confirmed else ""
        console.print(Text(shown(record.file), "bold"))
        console.print(
            f"  {record.department or '部局不明'}　行 {record.read:,}　要修正 {counts['要修正']}"
            f"　要確認 {counts['要確認']}{settled}　自動変換 {counts['自動変換']}"
        )
        if item.rivals:
            console.print(
                f"  同じ提出単位のファイルがほかにも指定されています"
                f"（{shown(named(item.rivals, 3))}）。それぞれを別に点検しました。"
                f"一緒に受付フォルダーに入れると、使われるのは{_counting(item.counting)}です"
                "（版、保存日時、ファイル名の順に新しいもの。KPIは、KPIだけの様式が先です）。"
            )
        for group in collapse(sorted(opened, key=sheet_order)):
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


def sheet_order(item: Finding) -> tuple[str, int, int]:
    """Findings as a person meets them: file first, then row by row from left to right."""
    _, column = cell_position(item.place.cell)
    return item.place.sheet, item.place.row or 0, column


def _rows_of(console: Console, rows: Sequence[ListedRow]) -> None:
    if not rows:
        return
    table = new_table(
        console,
        ("一覧での位置", False),
        ("再掲", False),
        ("事業名", False),
        ("関連性", False),
        ("予算（千円）", True),
    )
    for row in rows:
        amount = row.budget_kind if row.budget is None else f"{row.budget:,}"
        name = with_new_mark(row.name, row.category)
        table.add_row(row.target, RELISTED if row.relisted else "", name, row.relevance, amount)
    console.print(table)
