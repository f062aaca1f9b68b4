"""The command line: finds the command, imports nothing heavy before it is known."""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from sousei_xl import __version__, debug
from sousei_xl.commands.console import prepare_streams
from sousei_xl.commands.options import FAILED
from sousei_xl.errors import OperatorError

# Command → what it does; the module of the same name in commands/ adds its options and runs it.
COMMANDS = {
    "merge": "受付フォルダー（inbox）の様式を読み、点検し、別紙にまとめます",
    "check": "ファイルを一つずつ点検し、統合したらどうなるかを示します",
    "distribute": "部局に渡す様式と、最終確認の表を作ります",
    "status": "提出状況と、未提出・差戻しの部局への依頼文を示します",
    "compare": "二つの別紙を比べ、増えた行・なくなった行・変わった行を示します",
    "watch": "受付フォルダーを見張り、変わるたびに統合し直します",
    "explain": "指摘コードの意味・例・直し方を示します",
    "init": "新しい作業フォルダーを作ります",
}
_EPILOG = """\
例:
  sousei-xl init 作業 --example asahikawa_h30   旭川市（平成30年度）の例で試す
  sousei-xl distribute                         部局に渡す様式を outbox/様式/ に作る
  sousei-xl merge                              inbox/ の様式を統合する
  sousei-xl merge --approve 2018-03-30         決裁日を付けて確定する
  sousei-xl check inbox/経済部.xlsx            一つのファイルだけ点検する
  sousei-xl compare 前.xlsx 後.xlsx             二つの別紙を比べる
  sousei-xl explain R105                       指摘コードの説明を見る

終了コード: 0 完了（案・確定）  1 完了したが作成中（merge --help）  2 実行できなかった
--json の項目の説明は、配布物の docs/json.md にあります。
"""


_ALONE = ("--help", "--version")  # the options without a command

# Whatever happened: files are put in place all together or not at all.
_WHOLE = "出力フォルダーには、前のものか新しいもののどちらかがそろっています。"
_UNTOLD = f"結果を表示（出力）できませんでした。出力先の空き容量を確かめてください。{_WHOLE}"


class _Help(argparse.RawDescriptionHelpFormatter):
    """As wide as the terminal; argparse would ask shutil, whose import takes longer than a help."""

    def __init__(self, prog: str, **options: Any) -> None:
        try:
            columns = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size().columns
        except (ValueError, OSError):
            columns = 0
        super().__init__(prog, **{"width": (columns or 80) - 2, **options})


class _Misuse(SystemExit):
    """A mistake in the options, which is told already; ``message`` says which."""

    def __init__(self, message: str) -> None:
        super().__init__(FAILED)
        self.message = message


class _Parser(argparse.ArgumentParser):
    """argparse with its own words in Japanese."""

    def error(self, message: str) -> NoReturn:
        words = {
            "the following arguments are required:": "次の指定が必要です:",
            "unrecognized arguments:": "次の指定は使えません:",
            "invalid choice:": "使えない値です:",
            "choose from": "選べるもの:",
            "invalid int value:": "整数で指定してください:",
            "ambiguous option:": "どの指定か決まりません:",
            "could match": "候補:",
            "ignored explicit argument": "値は付けられません:",
            "expected one argument": "値が必要です",
            "expected at least one argument": "値が一つ以上必要です",
            "argument ": "",
        }
        for english, japanese in words.items():
            message = message.replace(english, japanese)
        self.print_usage(sys.stderr)
        message += _meant(message)
        sys.stderr.write(f"{message}\n「{self.prog} --help」で使い方を表示します。\n")
        raise _Misuse(message)

    def format_help(self) -> str:
        return self._translate(super().format_help())

    def format_usage(self) -> str:
        return self._translate(super().format_usage())

    @staticmethod
    def _translate(shown: str) -> str:
        return (
            shown.replace("usage:", "使い方:")
            .replace("positional arguments:", "引数:")
            .replace("options:", "オプション:")
            .replace("show this help message and exit", "この説明を表示して終わります")
        )


def _meant(message: str) -> str:
    """A question that names the command which was probably meant; blank where none is near."""
    from difflib import get_close_matches

    typed = re.match(r"コマンド: 使えない値です: '(.+?)'", message)
    near = get_close_matches(typed[1], COMMANDS, 1) if typed else []
    return f"\n{near[0]} ではありませんか。" if near else ""


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser; where ``command`` is known it knows no other one, so that it starts fast."""
    parser = _Parser(
        prog="sousei-xl",
        description="部局のExcel様式を、総合戦略の別紙（関連事業一覧）に統合します。",
        epilog=_EPILOG,
        formatter_class=_Help,
    )
    version = f"sousei-xl {__version__}"
    parser.add_argument("--version", action="version", version=version, help="版を表示します")
    commands = parser.add_subparsers(dest="command", metavar="コマンド", required=True)
    for name in [command] if command in COMMANDS else COMMANDS:
        summary = COMMANDS[name]
        sub = commands.add_parser(
            name,
            help=summary,
            description=summary + "。",
            formatter_class=_Help,
        )
        if name == command:
            _module(name).add_options(sub)
            sub.set_defaults(parser=sub)  # who takes it is who tells of a mistake
    return parser


def _module(command: str) -> Any:
    return import_module(f"sousei_xl.commands.{command}")


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    command = next((a for a in arguments if not a.startswith("-")), None)
    parser = build_parser(command)
    first = arguments[0] if arguments else ""
    if first.startswith("--") and not any(o.startswith(first) for o in _ALONE):
        parser.error(
            f"オプション（{first}）は、コマンドの後ろに付けます"
            "（例: sousei-xl merge --workspace 作業）。"
        )
    args, unknown = parser.parse_known_args(arguments)
    if unknown:
        mistaken: argparse.ArgumentParser = args.parser
        mistaken.error(f"unrecognized arguments: {' '.join(unknown)}")
    return args


def run(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status. Operator problems are told, never raised."""
    args = _parsed(arguments)
    try:
        status: int = _module(args.command).run(args)
    except OperatorError as problem:
        if getattr(args, "json", False):
            _emit(problem)
        else:
            _say(f"実行できませんでした。\n{problem}")
        return FAILED
    return status


def typed() -> list[str]:
    """What stands behind the command, as a shell of other systems would have passed it.

    Windows leaves the last quotation mark of "C:\\作業\\", and inbox\\*.xlsx as it is. No name has
    such characters there.
    """
    if sys.platform != "win32":
        return sys.argv[1:]
    from glob import glob

    arguments = [argument.removesuffix('"') for argument in sys.argv[1:]]
    return [name for a in arguments for name in ("*" in a and sorted(glob(a))) or [a]]


def main() -> None:
    """Entry point of ``sousei-xl`` and ``python -m sousei_xl``."""
    gc.disable()  # a short-lived process: collecting while pandas is imported costs a tenth
    prepare_streams()
    as_json = "--json" in sys.argv
    try:
        status = run(typed())
    except SystemExit as stop:  # argparse: --help, --version or a mistake in the options
        status = stop.code if isinstance(stop.code, int) else FAILED
        if as_json and isinstance(stop, _Misuse):
            _emit(Exception(stop.message))
    except KeyboardInterrupt:
        _say(f"中断しました。{_WHOLE}")
        status = FAILED
    except Exception as bug:  # a traceback helps nobody in an office
        if not reader_has_left(bug):
            _tell(bug, as_json)
        status = FAILED
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            if not reader_has_left(error) and status != FAILED:
                _say(_UNTOLD)
                status = FAILED
            status = status or FAILED
    os._exit(status)  # tearing down pandas takes longer than a small merge


def reader_has_left(error: Exception) -> bool:
    """``… | head``: who reads what is printed has what it wanted.

    Where a pipe is closed, Windows may say no more than that the argument is invalid.
    """
    if sys.platform == "win32" and isinstance(error, OSError) and error.filename is None:
        return error.errno in (errno.EPIPE, errno.EINVAL)
    return isinstance(error, BrokenPipeError)


def _tell(bug: Exception, as_json: bool) -> None:
    if isinstance(bug, OSError) and bug.errno == errno.ENOSPC and bug.filename is None:
        _say(_UNTOLD)  # a disk that is full under the outbox is no bug, and told there
        return
    message = (
        f"想定していない問題が起きたため、止まりました。{_WHOLE}\n"
        f"開発者に次の1行をお知らせください: {_trace(bug)}"
    )
    _say(message)
    if as_json:
        _emit(Exception(message))


def _say(message: str) -> None:
    with contextlib.suppress(OSError):  # there is nobody else to be told
        print(message, file=sys.stderr)


def _emit(problem: Exception) -> None:
    from sousei_xl.commands import as_json

    try:
        as_json.emit(as_json.error(problem))
    except OSError:  # no program reads it; somebody may
        _say(str(problem))


def _trace(bug: Exception) -> str:
    debug.show(bug)
    trace = bug.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "?"
    if trace is not None:
        where = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
    return f"{type(bug).__name__} {where} {bug}"
