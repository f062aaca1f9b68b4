"""``init``: a new workspace."""

from __future__ import annotations

import argparse
from pathlib import Path

from sousei_xl.commands.console import argument, shown
from sousei_xl.commands.options import DONE, add_json, add_unused_workspace
from sousei_xl.errors import OperatorError


def add_options(parser: argparse.ArgumentParser) -> None:
    """DIR, ``--example`` and ``--json``; a workspace, as every command takes, changes nothing."""
    parser.epilog = (
        "例:\n"
        "  sousei-xl init 作業                           空のテンプレートから始める\n"
        "  sousei-xl init 作業 --example asahikawa_h30   旭川市（平成30年度）の例で試す\n"
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="新しい作業フォルダー")
    parser.add_argument("--example", metavar="NAME", help="例を入れて作ります（asahikawa_h30）")
    add_json(parser)
    add_unused_workspace(parser)


def run(args: argparse.Namespace) -> int:
    """Lay out the workspace and say what comes next."""
    from sousei_xl.commands import as_json
    from sousei_xl.scaffold import init_workspace

    try:
        written = init_workspace(args.folder, args.example)
    except KeyboardInterrupt:
        raise OperatorError("中断しました。作業フォルダーのファイルは作られていません。") from None
    made = [p.relative_to(args.folder) for p in written]
    if args.json:
        as_json.emit({"workspace": str(args.folder), "outputs": [p.as_posix() for p in made]})
        return DONE
    print(f"作業フォルダーを作りました: {shown(str(args.folder))}")
    for path in made:
        print(f"  {shown(path.as_posix())}")
    print("\n次にすること")
    place = "" if args.folder == Path() else f" --workspace {argument(args.folder)}"
    if args.example:
        print(f"  sousei-xl merge{place}")
    else:
        print("  1. templates/別紙_template.xlsx をExcelで開き、「はじめに」の順に記入します。")
        print("     2年目からは、前年度のものを写し、年度、基準日、提出期限を直します。")
        print("  2. 部局の様式を作り、渡します。")
        print(f"       sousei-xl distribute --only 事業 --previous 前年度の別紙.xlsx{place}")
        print("     前年度の別紙がなければ、--previous からは付けません。KPIも一緒に尋ねるときは、")
        print("     --only 事業 を付けません（様式作成.bat に前年度の別紙を重ねても同じです）。")
        print("  3. 部局から届いた様式を inbox/ に入れます。")
        print("  4. 統合します（または 統合.bat）。")
        print(f"       sousei-xl merge{place}")
    return DONE
