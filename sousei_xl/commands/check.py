"""``check FILE…``: what each of these files would get by itself, in its unit's place."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

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
from sousei_xl.workspace import OFFICE_SHEET, OperatorError, require_file


def add_options(parser: argparse.ArgumentParser) -> None:
    """FILE… and the workspace."""
    parser.epilog = (
        "例:\n"
        "  sousei-xl check inbox/経済部.xlsx            指摘と、一覧での見え方を示す\n"
        "  sousei-xl check --return inbox/経済部.xlsx   印を付けたファイルを出力フォルダーの"
        "「差戻し」に作る\n\n"
        "いくつ指定しても、どのファイルも、受付フォルダーの同じ提出単位のファイルに代わるものとして、"
        "一つずつ\n別に点検します（一緒に指定したほかのファイルは、結果に影響しません）。\n\n"
        "終了コード: 0 どのファイルにも要修正がない  1 要修正のあるファイルがある  "
        "2 実行できなかった\n"
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="点検するファイル")
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
    if not args.files:  # 点検.bat was double-clicked
        raise OperatorError(
            "点検するファイルがありません。\n"
            "ファイルを「点検.bat」のアイコンの上にドラッグして放すか、"
            "「sousei-xl check inbox/経済部.xlsx」のように指定してください。"
        )
    for path in args.files:
        require_file(path)
    workspace = workspace_of(args)
    arrivals.require(workspace)
    places = _places(args.files, workspace.inbox)
    outside = [InboxFile(file, path) for _, path, file, inside in places if not inside]
    with (
        Progress("読み込み") as progress,
        arrivals.start(
            workspace, extra=outside, on_done=progress.update, previous=args.previous
        ) as arriving,
    ):
        from sousei_xl import pipeline
        from sousei_xl.pipeline.checking import Asked, check_files

        arrived = arriving.result()
        strategy = pipeline.strategy_of(arrived.template)
        last = pipeline.last_year_of(arrived, strategy)
        intake = pipeline.receive_all(arrived, strategy)
        progress.stage("点検")
        asked = [Asked(*place) for place in places]
        checked = list(check_files(intake, asked, strategy, last))
    written: list[str] = []
    if args.give_back:
        from sousei_xl.pipeline.returns import publish_returns

        written = publish_returns(workspace, checked, strategy)
    if args.json:
        from sousei_xl.commands import as_json

        described = [as_json.finding(item) for found in checked for item in found.findings]
        listed = as_json.files(found.record for found in checked)
        as_json.emit({"files": listed, "findings": described, "outputs": written})
    else:
        from sousei_xl.commands import check_report

        check_report.checked(checked)
        for name in written:
            print(f"書き出したもの: {shown(str(workspace.outbox / name))}")
    return DRAFT if any(found.has_errors for found in checked) else DONE


def _places(named: list[Path], inbox: Path) -> list[tuple[str, Path, str, bool]]:
    """(name as typed, path, name for reading, whether it lies in the inbox), each file once.

    A file of the inbox is read as such, once; no other file may bear its name.
    """
    lying = {os.path.realpath(item.path): item.file for item in arrivals.listed(inbox).files}
    taken = {*lying.values(), OFFICE_SHEET}
    found: dict[str, tuple[str, Path, str, bool]] = {}
    for path in named:
        real, name = os.path.realpath(path), str(path)
        inside = real in lying
        file = lying[real] if inside else os.path.join(os.curdir, name) if name in taken else name
        found.setdefault(real, (name, path, file, inside))
    return list(found.values())
