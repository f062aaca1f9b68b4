"""``check FILE…``: what these files would get, each in the place of its unit's file."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sousei_xl.commands.console import shown
from sousei_xl.commands.options import (
    DONE,
    DRAFT,
    add_previous,
    add_workspace_options,
    workspace_of,
)
from sousei_xl.commands.progress import Progress
from sousei_xl.intake import arrivals
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.workspace import require_file

if TYPE_CHECKING:
    from sousei_xl.intake.arrivals import Arrivals


def add_options(parser: argparse.ArgumentParser) -> None:
    """FILE… and the workspace."""
    parser.epilog = (
        "例:\n"
        "  sousei-xl check inbox/経済部.xlsx            指摘と、一覧での見え方を示す\n"
        "  sousei-xl check --return inbox/経済部.xlsx   印を付けたファイルを出力フォルダーの"
        "「差戻し」に作る\n"
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="点検するファイル")
    parser.add_argument(
        "--return",
        dest="give_back",
        action="store_true",
        help="指摘の印を付けたファイルを、出力フォルダーの「差戻し」に作ります",
    )
    add_previous(parser, "統合するときと同じに、前年度と比べた指摘も示します")
    add_workspace_options(parser)


def run(args: argparse.Namespace) -> int:
    """Exit status 1 where one of the files has a 要修正."""
    for path in args.files:
        require_file(path)
    workspace = workspace_of(args)
    asked = [InboxFile(str(path), path) for path in dict.fromkeys(args.files)]
    with Progress("読み込み") as progress:
        arriving = arrivals.start(
            workspace, extra=asked, on_done=progress.update, previous=args.previous
        )
        from sousei_xl import pipeline

        arrived = arriving.result()
    strategy = pipeline.strategy_of(arrived.template)
    names = [file.file for file in asked]
    result, indicators = pipeline.check_files(
        _without_copies(arrived, args.files, workspace.inbox),
        names,
        strategy,
        pipeline.last_year_of(arrived, strategy),
    )
    found = (*result.findings, *indicators.findings)
    findings = [f for f in found if f.place.file in names]
    records = [r for r in result.files if r.file in names]
    written: list[str] = []
    if args.give_back:
        from sousei_xl.pipeline import delivery

        written = delivery.publish_returns(workspace, records, findings, strategy)
    if args.json:
        from sousei_xl.commands import as_json

        described = [as_json.finding(item) for item in findings]
        listed = as_json.files(records)
        as_json.emit({"files": listed, "findings": described, "outputs": written})
    else:
        from sousei_xl.commands import report

        report.checked(names, result, findings)
        for name in written:
            print(f"書き出したもの: {shown(str(workspace.outbox / name))}")
    return DRAFT if any(f.severity == "要修正" for f in findings) else DONE


def _without_copies(arrived: Arrivals, asked: list[Path], inbox: Path) -> Arrivals:
    """A file that lies in the inbox is not also read as another file there."""
    paths = {path.resolve() for path in asked}
    count = len(asked)
    listed, extra = arrived.files[:-count], arrived.files[-count:]
    kept = tuple(r for r in listed if (inbox / r.file).resolve() not in paths)
    return replace(arrived, files=(*kept, *extra))
