"""Exit statuses, and the options that every command on a workspace has."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sousei_xl.workspace import Workspace

DONE, DRAFT, FAILED = 0, 1, 2


def add_workspace_options(parser: argparse.ArgumentParser) -> None:
    """``--workspace`` or its parts, and ``--json``: the same for every command on a workspace."""
    from pathlib import Path  # explain and --help need the statuses above alone

    group = parser.add_argument_group("場所と出力")
    group.add_argument(
        "--workspace",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="作業フォルダー（既定: 現在のフォルダー）",
    )
    for name, what in (
        ("template", "テンプレートのファイル"),
        ("inbox", "受付フォルダー"),
        ("outbox", "出力フォルダー"),
    ):
        group.add_argument(f"--{name}", type=Path, metavar="PATH", help=f"{what}を個別に指定します")
    add_json(group)


def add_json(parser: argparse._ActionsContainer) -> None:
    """``--json``."""
    parser.add_argument(
        "--json", action="store_true", help="結果をJSONで標準出力に出します（案内は標準エラーへ）"
    )


def add_unused_workspace(parser: argparse.ArgumentParser) -> None:
    """``--workspace`` or its parts for a command that needs none: every command takes them."""
    parser.add_argument(
        *("--workspace", "--template", "--inbox", "--outbox"),
        metavar="PATH",
        help="ほかのコマンドと同じように付けられます（使いません）",
    )


def add_previous(parser: argparse.ArgumentParser, what: str) -> None:
    """``--previous FILE``; ``what`` says what last year's 別紙 is good for in the command."""
    from pathlib import Path

    parser.add_argument("--previous", type=Path, metavar="FILE", help=f"前年度の別紙。{what}")


def workspace_of(args: argparse.Namespace) -> Workspace:
    """The workspace that the options name."""
    from sousei_xl.workspace import Workspace

    return Workspace.at(args.workspace, args.template, args.inbox, args.outbox)


def typed_again(args: argparse.Namespace) -> str:
    """The options that named the workspace, as they are typed behind another command."""
    from pathlib import Path

    from sousei_xl.commands.console import argument

    named = {name: getattr(args, name) for name in ("workspace", "template", "inbox", "outbox")}
    return "".join(
        f" --{name} {argument(path)}" for name, path in named.items() if path not in (None, Path())
    )
