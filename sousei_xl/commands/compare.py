"""``compare OLD NEW``: what changed between two 別紙 workbooks."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sousei_xl import eras
from sousei_xl.amounts import with_commas
from sousei_xl.commands.console import differing, shown
from sousei_xl.commands.options import DONE, add_workspace_options, workspace_of
from sousei_xl.errors import OperatorError
from sousei_xl.intake.arrivals import require_opening
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.read import read_files, start_reading
from sousei_xl.workspace import Workspace, is_file, is_folder, require_file

if TYPE_CHECKING:
    from sousei_xl.figures.changes import Changed, Row
    from sousei_xl.figures.changes.indicators import IndicatorChange
    from sousei_xl.pipeline.comparison import Comparison, Side
    from sousei_xl.strategy import Strategy


def add_options(parser: argparse.ArgumentParser) -> None:
    """OLD, NEW and the workspace, whose template a plain list is read with."""
    parser.epilog = (
        "例:\n"
        "  sousei-xl compare 別紙_H29.xlsx 別紙_H30.xlsx      二つの年度を比べる\n"
        "  sousei-xl compare outbox/履歴/前の別紙.xlsx outbox/別紙_平成30年度（案）.xlsx\n\n"
        "このソフトで作った別紙どうしは、どこでも比べられます。手で作った一覧は、作業フォルダーの"
        "テンプレートの\n施策体系と部局名を使って読みます。\n"
        "終了コード: 0 比べた（違いの有無によらない）  2 実行できなかった\n"
    )
    parser.add_argument("old", type=Path, metavar="OLD", help="前の別紙")
    parser.add_argument("new", type=Path, metavar="NEW", help="後の別紙")
    add_workspace_options(parser)


def run(args: argparse.Namespace) -> int:
    """Nothing is written. Exit status 0, whether or not there are differences."""
    files = [args.old, args.new]
    for path in files:
        require_file(path)
    pending = start_reading([InboxFile(str(path), path) for path in files], len(files))
    from sousei_xl.pipeline.comparison import compare_workbooks

    old, new = pending.result()
    workspace = workspace_of(args)
    found = compare_workbooks(old, new, lambda: _strategy(workspace))
    if args.json:
        from sousei_xl.commands import as_json

        as_json.emit(_described(found))
    else:
        _tell(found)
    return DONE


def _strategy(workspace: Workspace) -> Strategy:
    """What a plain list is read with."""
    from sousei_xl import pipeline

    if is_folder(workspace.template):
        require_file(workspace.template, "テンプレート")
    if not is_file(workspace.template):
        raise OperatorError(
            "手で作った一覧を比べるには、テンプレートが要ります"
            f"（{workspace.template} が見つかりません）。\n"
            "作業フォルダーの中で実行するか、--workspace か --template で場所を指定してください。"
        )
    require_opening(workspace.template)
    [template] = read_files([InboxFile(workspace.template.name, workspace.template)], 1)
    return pipeline.strategy_of(template)


# --- JSON -----------------------------------------------------------------------------------------


def _described(found: Comparison) -> dict[str, Any]:
    changes = found.changes
    return {
        "old": _side(found.old),
        "new": _side(found.new),
        "same": len(changes.same),
        "added": [_row(row) for row in changes.added],
        "removed": [_row(row) for row in changes.removed],
        "renamed": [_change(change) for change in changes.renamed],
        "changed": [_change(change) for change in changes.changed],
        "indicators": None
        if found.indicators is None
        else [
            {"id": change.id, "title": change.title, "fields": _fields(change.fields)}
            for change in found.indicators
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "file": side.file,
        "fiscal_year": side.fiscal_year,
        "rows": len(side.rows),
        "relisted": side.relisted,
        "projects": side.projects,
        "gross": side.gross,
        "net": side.net,
        "departments": [
            {"department": name, "projects": projects, "net": net}
            for name, (projects, net) in side.departments.items()
        ],
        "printed_otherwise": list(side.printed_otherwise),
    }


def _row(row: Row) -> dict[str, Any]:
    from sousei_xl import text
    from sousei_xl.figures import changes

    return {
        "target": changes.target(row),
        "name": text.to_text(row.get(changes.NAME)),
        "department": text.to_text(row.get(changes.DEPARTMENT)),
        "relisted": not text.is_blank(row.get(changes.RELISTED)),
        "budget": row.get(changes.BUDGET),
    }


def _change(change: Changed) -> dict[str, Any]:
    fields = _fields(change.fields)
    return {"before": _row(change.before), "after": _row(change.row), "fields": fields}


def _fields(fields: Iterable[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{"field": h, "before": before, "after": after} for h, before, after in fields]


# --- console --------------------------------------------------------------------------------------


def _tell(found: Comparison) -> None:
    """Figures first, then every row that came, went or changed."""
    from sousei_xl.commands import last_year

    old, new, changes = found.old, found.new, found.changes
    print(f"前: {_title(old)}\n後: {_title(new)}\n")
    for label, before, after in (
        ("行", len(old.rows), len(new.rows)),
        ("うち再掲", old.relisted, new.relisted),
        ("事業", old.projects, new.projects),
        ("予算（再掲を含む、千円）", old.gross, new.gross),
        ("予算（再掲を除く、千円）", old.net, new.net),
    ):
        difference = f"（{after - before:+,}）" if after != before else "（同じ）"
        print(f"  {label}: {before:,} → {after:,}{difference}")
    _departments(old, new)
    for side in (old, new):
        if said := last_year.printed_otherwise(side.file, side.printed_otherwise, "比べた"):
            print(f"\n{said}")
    if not found:
        print("\n違いはありません。")
    else:
        _rows("増えた行", changes.added)
        _rows("なくなった行", changes.removed)
        _changed("名称を変えたと思われる行（推定）", changes.renamed)
        _changed("変わった行", changes.changed)
        print(f"\n変わらない行: {len(changes.same):,}")
    if found.indicators is None:
        print("\n数値目標・KPI: データ_KPIのない別紙があるため、比べていません。")
    elif found:
        _indicators(found.indicators)


def _departments(old: Side, new: Side) -> None:
    """Those of which the projects or their amounts have changed, in the order of the new list."""
    before, after = old.departments, new.departments
    told = [name for name in {**after, **before} if before.get(name) != after.get(name)]
    if told:
        print("\n部局別（再掲を除く、千円。事業数か予算の変わった部局だけ）:")
    for name in told:
        (projects, net), (others, other) = before.get(name, (0, 0)), after.get(name, (0, 0))
        print(
            f"  {shown(name or '（部局名なし）')}: {projects:,}事業 {net:,} → "
            f"{others:,}事業 {other:,}（{others - projects:+,}事業、{other - net:+,}）"
        )


def _title(side: Side) -> str:
    year = eras.fiscal_year_label(side.fiscal_year) if side.fiscal_year else "年度の記載なし"
    return f"{shown(side.file)}（{year}）"


def _name(row: Row) -> str:
    said = _row(row)
    again = "（再掲）" if said["relisted"] else ""
    return shown(f"{said['target']}　{said['name']}{again}（{said['department']}）")


def _rows(label: str, rows: Sequence[Row]) -> None:
    print(f"\n{label}: {len(rows):,}")
    for row in rows:
        print(f"  {_name(row)}")


def _changed(label: str, changed: Sequence[Changed]) -> None:
    from sousei_xl.figures.changes import BUDGET

    print(f"\n{label}: {len(changed):,}")
    for change in changed:
        print(f"  {_name(change.row)}")
        _print_fields(change.fields, lambda heading: heading == BUDGET)


def _indicators(indicators: Sequence[IndicatorChange]) -> None:
    from sousei_xl.figures.changes.indicators import is_figure

    print(f"\n変わった数値目標・KPI: {len(indicators):,}")
    for change in indicators:
        print(f"  {shown(f'{change.id}　{change.title}')}")
        _print_fields(change.fields, is_figure)


def _print_fields(fields: Iterable[tuple[str, str, str]], is_amount: Callable[[str], bool]) -> None:
    for heading, before, after in fields:
        amounts = is_amount(heading)
        one, other = differing(*(with_commas(v) if amounts else v for v in (before, after)))
        difference = _difference(before, after) if amounts else ""
        print(f"    {shown(heading)}: {one} → {other}{difference}")


def _difference(before: str, after: str) -> str:
    """``（+1,200、+15.0%）`` between two whole numbers; blank for anything else."""
    if not (before.isdecimal() and after.isdecimal()):
        return ""
    one, other = int(before), int(after)
    share = f"、{(other - one) / one:+.1%}" if one else ""
    return f"（{other - one:+,}{share}）"
