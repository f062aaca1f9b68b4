"""``check FILE…``: what each of these files would get by itself, in its unit's place."""

from __future__ import annotations

import argparse
import os
import sys
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
from sousei_xl.errors import OperatorError
from sousei_xl.intake import arrivals
from sousei_xl.intake.inbox import InboxFile, Listing
from sousei_xl.workspace import OFFICE_SHEET, is_file, is_folder, require_file


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
    workspace = workspace_of(args)
    files = _on_disk(args.files, workspace.inbox)
    for path in files:
        require_file(path)
    arrivals.require(workspace)
    listing = arrivals.listed(workspace.inbox)
    places = _places(_without_office_sheet(files, listing), listing)
    outside = [InboxFile(file, path) for _, path, file, inside in places if not inside]
    with (
        Progress("読み込み") as progress,
        arrivals.start(
            workspace, extra=outside, on_done=progress.update, previous=args.previous
        ) as arriving,
    ):
        from sousei_xl import pipeline
        from sousei_xl.pipeline.checking import Asked, check_files
        from sousei_xl.pipeline.returns import is_returned, publish_returns

        arrived = arriving.result()
        strategy = pipeline.strategy_of(arrived.template)
        last = pipeline.last_year_of(arrived, strategy)
        intake = pipeline.receive_all(arrived, strategy)
        progress.stage("点検")
        asked = [Asked(*place) for place in places]
        checked = list(check_files(intake, asked, strategy, last))
    written: list[str] = []
    if args.give_back:
        written = publish_returns(workspace, checked, strategy)
    if args.json:
        from sousei_xl.commands import as_json

        as_json.emit(as_json.checked(checked, last, written))
    else:
        from sousei_xl.commands import check_report, last_year
        from sousei_xl.sheets import named

        check_report.checked(checked)
        for doubt in last_year.doubts(last, strategy) if last else ():
            print(doubt)
        for name in written:
            print(f"書き出したもの: {shown(str(workspace.outbox / name))}")
        if args.give_back and (left := [c.asked.name for c in checked if not is_returned(c)]):
            names = shown(named(left, 5))
            print(f"部局に返す指摘がないため、「差戻し」に作らなかったもの: {names}")
    return DRAFT if any(found.has_errors for found in checked) else DONE


def _on_disk(named: list[Path], inbox: Path) -> list[Path]:
    """The files as they are spelled on disk: whoever types a name, or takes over the command that
    we show, composes it (``intake.inbox``)."""
    if all(map(is_file, named)) or not is_folder(inbox):
        return named
    spelled = arrivals.listed(inbox).on_disk.items()
    there = {os.path.realpath(inbox / name): inbox / on_disk for name, on_disk in spelled}
    return [path if is_file(path) else there.get(os.path.realpath(path), path) for path in named]


def _without_office_sheet(named: list[Path], listing: Listing) -> list[Path]:
    """The files that are checked: the office's own sheet, in its very place, is none of them.

    OperatorError where no other one was named.
    """
    office = os.path.realpath(listing.office.path) if listing.office else None
    kept = [path for path in named if os.path.realpath(path) != office]
    if len(kept) == len(named):
        return named
    said = (
        f"『{OFFICE_SHEET}』は、統合（merge）するときに読み、指摘も示します。ここでは点検しません。"
    )
    if not kept:
        raise OperatorError(said)
    print(said, file=sys.stderr)
    return kept


def _places(named: list[Path], listing: Listing) -> list[tuple[str, Path, str, bool]]:
    """(name as typed, path, name for reading, whether it lies in the inbox), each file once.

    A file of the inbox is read as such, once; no other file may bear its name.
    """
    lying = {os.path.realpath(item.path): item.file for item in listing.files}
    taken = {*lying.values(), OFFICE_SHEET}
    found: dict[str, tuple[str, Path, str, bool]] = {}
    for path in named:
        real, name = os.path.realpath(path), str(path)
        inside = real in lying
        file = lying[real] if inside else os.path.join(os.curdir, name) if name in taken else name
        found.setdefault(real, (name, path, file, inside))
    return list(found.values())
