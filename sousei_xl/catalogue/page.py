"""The catalogue as a page: the same entries for ``explain`` and ``docs/指摘一覧.md``."""

from __future__ import annotations

import re
from typing import TypedDict

from sousei_xl.catalogue import RULES, Rule

_SCOPES = {
    "file": "ファイルについての指摘",
    "row": "行とセルについての指摘",
    "list": "一覧全体についての指摘",
    "office": "事務局の修正についての指摘",
    "kpi": "KPIについての指摘",
    "year": "前年度との比較についての指摘",
    "template": "テンプレートについての指摘",
}


_IN_FULL = "誤りのあるセルと直し方を、1件ずつ示します。"  # of a rule that is all facts


class Entry(TypedDict):
    """One rule as plain values; placeholders of the texts are shown as ``…``."""

    code: str
    scope: str
    severity: str
    addressee: str
    where: str
    title: str
    example: str
    texts: list[str]


def entry(rule: Rule) -> Entry:
    """A rule as plain values for printing or JSON."""
    field = rule.typed_into or rule.where
    where = {"-": "ファイル", "row": "行", "cell": "セル"}.get(field, field)
    texts = [re.sub(r"\{\w+\}", "…", t.message + t.cure) for t in rule.texts.values()]
    texts = [said if said.strip("…") else _IN_FULL for said in dict.fromkeys(texts)]
    return Entry(
        code=rule.code,
        scope=rule.scope,
        severity=rule.severity,
        addressee=rule.addressee,
        where=where,
        title=rule.title,
        example=rule.example,
        texts=texts,
    )


def page() -> str:
    """``docs/指摘一覧.md``: every code with meaning, example and cure."""
    lines = [
        "# 指摘一覧",
        "",
        "この文書はプログラムの定義から作られています（`make docs`）。",
        "",
        "- **要修正**: 部局または事務局が直すもの。残っている間、別紙は「作成中」です"
        "（KPIについての指摘と、受け付けなかったファイルについての指摘は別で、別紙の状態を変えません。様式のそろわない部局があれば、"
        "そのことで「作成中」です）。",
        "- **要確認**: 間違いかもしれないもの。別紙は「（案）」にできます。事務局は"
        "「確認済」に記入できます。",
        "- **自動変換**: 表記をそろえた記録です。対応は不要です。",
    ]
    for scope, title in _SCOPES.items():
        rules = [rule for rule in RULES.values() if rule.scope == scope]
        if not rules:
            continue
        lines += ["", f"## {title}"]
        for rule in rules:
            item = entry(rule)
            lines += [
                "",
                f"### {item['code']}　{item['title']}",
                "",
                f"{item['severity']}／あて先: {item['addressee']}／対象: {item['where']}",
                "",
                f"例: {item['example']}",
                "",
                *(f"- {text}" for text in item["texts"]),
            ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page (``make docs``)."""
    from pathlib import Path

    Path("docs/指摘一覧.md").write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
