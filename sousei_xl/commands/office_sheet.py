"""What ``distribute`` says of 事務局修正.xlsx, which it provides in the inbox."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from sousei_xl.commands.console import shown
from sousei_xl.commands.options import DONE, typed_again
from sousei_xl.errors import OperatorError
from sousei_xl.workspace import Workspace, is_file

if TYPE_CHECKING:
    from sousei_xl.pipeline.office_sheet import OfficeFile

OFFICE = "事務局修正"


def alone(args: argparse.Namespace, workspace: Workspace, office: OfficeFile | None) -> int:
    """Report where nothing else was asked for: what could not be done is a failure then."""
    said = words(office, workspace, typed_again(args))
    if office is None or office.state in ("open", "failed"):
        raise OperatorError(said)
    if args.json:
        from sousei_xl.commands import as_json

        as_json.emit({"office_sheet": described(office)})
    else:
        print(said or f"{shown(str(office.path))} は、このまま使えます。")
    return DONE


def described(office: OfficeFile | None) -> dict[str, str] | None:
    """For ``--json``."""
    return None if office is None else {"file": str(office.path), "state": office.state}


def words(office: OfficeFile | None, workspace: Workspace, options: str) -> str:
    """What the office should know of its sheet; blank where there is nothing to say.

    ``options`` name the workspace in the command that makes the sheet.
    """
    if office is None:
        return (
            f"受付フォルダーがありません（{shown(str(workspace.inbox))}）。フォルダーを作ってから、"
            f"もう一度実行すると、{OFFICE}.xlsx もそこに用意します。"
        )
    if office.state == "current":
        return ""
    name = shown(str(office.path))
    if office.state == "failed" and not is_file(office.path):
        return f"{name} を作れませんでした。フォルダーに書き込めるかを確かめてください。"
    command = f"sousei-xl distribute --only {OFFICE}{options}"
    return {
        "made": f"{name} を作りました（査定後の修正、事業の追加、確認済の記録に使います）。",
        "renewed": f"{name} の選択肢をテンプレートに合わせました（まだ記入がなかったため、作り直し"
        "ました）。",
        "kept": f"{name} には記入があるため、触れていません。選択肢が今のテンプレートと違います"
        "（リストにない施策や部局も、そのまま入力できます）。新しい選択肢が要るときは、このファイルを"
        f"別のフォルダーに移して「{command}」を実行し、記入した行を写します。",
        "open": f"{name} が開かれているため、選択肢をテンプレートに合わせていません。閉じてから"
        f"「{command}」を実行してください。",
        "failed": f"{name} を読み書きできないため、触れていません。パスワードが付いていないか、"
        "フォルダーに書き込めるかを確かめてください。",
    }[office.state]
