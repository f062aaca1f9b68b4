"""What departments have answered, as the office sees it: beside the findings, or in a list apart.

Which finding an answer is about is known already (``rules/answers.py``). What no finding matches
any more is listed, so that no answer is lost. An answer settles nothing: the office does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sousei_xl.findings import Answer, Finding, clip, collapse, is_error
from sousei_xl.sheets import Contents
from sousei_xl.sheets.checkbook.cells import typed
from sousei_xl.workspace import OFFICE_SHEET

ROOM = 300  # characters beside a finding: more would not fit into the height of a row


def beside(items: Sequence[Finding]) -> str:
    """The answers to findings of the same words, as one cell shows them: what was not said of all
    of them is shown with the 事業名."""
    return clip(_shown(items), ROOM)


def _shown(items: Sequence[Finding]) -> str:
    told: defaultdict[str, list[str]] = defaultdict(list)
    for item in items:
        for said in dict.fromkeys(typed(answer.answer) for answer in item.answers):
            told[said].append(typed(item.subject))
    return "\n".join(
        said if len(names) == len(items) else f"{'、'.join(dict.fromkeys(names))}：{said}"
        for said, names in told.items()
    )


def apart(contents: Contents) -> list[tuple[str, Answer]]:
    """Answers that do not stand beside a finding, or not whole, with their departments."""
    departments = {record.file: record.department for record in contents.result.files}
    crowded = dict.fromkeys(
        answer
        for items in collapse(contents.findings)
        if len(_shown(items)) > ROOM
        for item in items
        for answer in item.answers
    )
    return [(departments[a.file], a) for a in (*contents.result.unmatched, *crowded)]


def next_step(contents: Contents) -> Iterator[str]:
    """What the office does about the answers, where there are any."""
    opened = [item for item in contents.findings if item.answers and not item.acknowledged]
    to_errors = {answer for item in opened if is_error(item) for answer in item.answers}
    waiting = {answer for item in opened for answer in item.answers} - to_errors
    if waiting:
        yield (
            f"部局の回答が{len(waiting)}件、事務局の確認を待っています。点検結果の「指摘一覧」で見て、"
            f"認めるものは『{OFFICE_SHEET}』の「確認済」に書きます。認められないものは、部局に尋ね直します"
            "（回答のあった要確認は、依頼文では尋ねません）。"
        )
    if to_errors:
        yield (
            f"要修正への部局の回答が{len(to_errors)}件あります。点検結果の「指摘一覧」で見て、"
            f"様式を直してもらうか、『{OFFICE_SHEET}』の「修正」で直します（回答だけでは、要修正は"
            "なくなりません）。"
        )
    if unmatched := len(contents.result.unmatched):
        yield (
            f"当てはまる指摘が今はない部局の回答が{unmatched}件あります"
            "（点検結果の「提出状況」の「部局からの回答」）。"
        )
