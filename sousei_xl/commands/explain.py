"""``explain``: the finding catalogue on the console."""

from __future__ import annotations

import argparse
import unicodedata

from sousei_xl.catalogue import RULES
from sousei_xl.catalogue.page import entry
from sousei_xl.commands.options import add_json, add_unused_workspace
from sousei_xl.errors import OperatorError


def add_options(parser: argparse.ArgumentParser) -> None:
    """CODE and ``--json``; like every command it takes a workspace, which changes nothing."""
    parser.add_argument(
        "code", nargs="?", metavar="CODE", help="指摘コード（例: R105）。省くと一覧"
    )
    add_json(parser)
    add_unused_workspace(parser)


def run(args: argparse.Namespace) -> int:
    """Print one entry, or a line per code."""
    if args.code is None:
        rules = list(RULES.values())
    else:
        code = unicodedata.normalize("NFKC", args.code).strip().upper()
        if code not in RULES:
            raise OperatorError(
                f"指摘コード『{args.code}』はありません。"
                "「sousei-xl explain」でコードの一覧を表示します。"
            )
        rules = [RULES[code]]
    entries = [entry(rule) for rule in rules]
    if args.json:
        import json

        print(json.dumps({"rules": entries}, indent=2))  # as_json imports much more
    elif args.code is None:
        for item in entries:
            print(f"{item['code']}  {item['severity']:<4}  {item['title']}")
        print("\n「sousei-xl explain R105」のようにコードを付けると、例と直し方を表示します。")
    else:
        item = entries[0]
        print(f"{item['code']}　{item['title']}")
        print(f"  重要度: {item['severity']}　あて先: {item['addressee']}　対象: {item['where']}")
        print(f"  例: {item['example']}")
        for line in item["texts"]:
            print(f"  ・{line}")
    return 0
