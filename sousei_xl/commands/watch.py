"""``watch``: merge again whenever the inbox has settled after a change."""

from __future__ import annotations

import argparse
import gc
import math
import sys
import time
from pathlib import Path

from sousei_xl.commands.console import shown
from sousei_xl.commands.options import (
    DONE,
    add_previous,
    add_workspace_options,
    workspace_of,
)
from sousei_xl.commands.progress import Progress
from sousei_xl.errors import OperatorError
from sousei_xl.intake import arrivals
from sousei_xl.intake.inbox import list_inbox
from sousei_xl.intake.kept import Kept
from sousei_xl.publish.ahead import Writers
from sousei_xl.workspace import Workspace

# Asking is slower than being told, but shared folders tell nobody. Seconds; at most a tenth of the
# time is spent on asking, also where an inbox is large or far away.
_POLL, _SHARE = 0.05, 0.1
_SETTLED = 0.2
_AGAIN = 5.0  # after which a merge that could not be done is tried again

Snapshot = dict[str, tuple[int, int]]  # path → (size, modified)
States = dict[tuple[str, str], str]  # (department or file, the file's hash) → where it stands
_MOST_REFUSED = 5  # named in a line
_UNUSED = {
    "refused": "受け付けられません",
    "superseded": "差替え済み（使っていません）",
    "ignored": "読み込んでいません",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The workspace."""
    parser.epilog = "例:\n  sousei-xl watch      止めるときは Ctrl+C\n"
    add_previous(parser, "統合するたびに、前年度から変わったところを調べます")
    add_workspace_options(parser)


def run(args: argparse.Namespace) -> int:
    """Watch until Ctrl+C; whatever happens to a file, the watching goes on."""
    workspace = workspace_of(args)
    arrivals.require(workspace)
    arrivals.require_previous(args.previous)
    told = sys.stderr if args.json else sys.stdout
    print(
        f"見張っています: {shown(str(workspace.inbox))}（止めるときは Ctrl+C）",
        file=told,
        flush=True,
    )
    seen: Snapshot | None = None
    last: States = {}
    patience, problem = math.inf, ""
    kept, writers = Kept(), Writers(1)
    try:
        while True:
            seen = wait_until_settled(workspace, seen, args.previous, patience)
            began = time.monotonic()
            try:
                last = _merge_once(workspace, last, args, kept, writers)
                patience, problem = math.inf, ""
            except OperatorError as stop:
                # Another run, a workbook open in Excel: what holds it up may end without a change.
                patience = max(_AGAIN, (time.monotonic() - began) / _SHARE)
                if str(stop) != problem:
                    problem = str(stop)
                    print(f"できませんでした: {problem}", file=sys.stderr, flush=True)
            kept.prepare()
            writers.forget()
            gc.collect()  # what a short-lived command leaves behind (``cli``)
    except KeyboardInterrupt:
        print("見張りを終わります。", file=told, flush=True)
    finally:
        kept.close()
        writers.close()
    return DONE


def wait_until_settled(
    workspace: Workspace,
    seen: Snapshot | None,
    previous: Path | None = None,
    patience: float = math.inf,
) -> Snapshot:
    """Wait for a change since ``seen`` that has then stood still: a copy under way has not.

    After ``patience`` seconds it comes back without a change, too.
    """
    before, since = snapshot(workspace, previous), time.monotonic()
    enough = since + patience
    asking = 0.0
    while True:
        now = time.monotonic()
        if (before != seen or now > enough) and now - since >= _SETTLED:
            return before
        time.sleep(max(_POLL, asking / _SHARE))
        asked = time.monotonic()
        found = snapshot(workspace, previous)
        asking = time.monotonic() - asked
        if found != before:
            before, since = found, time.monotonic()


def snapshot(workspace: Workspace, previous: Path | None = None) -> Snapshot:
    """Size and time of what the list is made of; what vanishes meanwhile is left out.

    What is no form is known by its name: that it lies there is told, whatever it says. Whoever
    opens a form leaves a lock file beside it, which is no news. The council's workbooks are not
    watched: a merge takes remarks over from them, and writes one.
    """
    paths: list[Path] = [workspace.template, *([previous] if previous else [])]
    found: Snapshot = {}
    try:
        listing = list_inbox(workspace.inbox)
        paths += [item.path for item in listing.files]
        paths += [listing.office.path] if listing.office else []
        found = {s.file: (s.count, 0) for s in listing.strays if s.variant != "lock"}
    except OSError:  # a shared folder out of reach for a moment
        pass
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        found[str(path)] = (stat.st_size, stat.st_mtime_ns)
    return found


def _merge_once(
    workspace: Workspace, last: States, args: argparse.Namespace, kept: Kept, writers: Writers
) -> States:
    """Merge and say in one line what changed, and what only this merge knows to be gone or edited.

    Returns what the next line is compared with. Raises OperatorError.
    """
    from sousei_xl.commands import report
    from sousei_xl.commands.merge import Request, deliver
    from sousei_xl.commands.status_report import state_words
    from sousei_xl.commands.terminal import new_console
    from sousei_xl.pipeline.delivery import come_up
    from sousei_xl.sheets import named

    with Progress("読み込み") as progress:
        contents, delivered = deliver(
            Request(workspace, progress, args.previous, kept=kept, writers=writers)
        )
    if args.json:
        from sousei_xl.commands import as_json

        as_json.emit(as_json.delivered(contents, delivered), indent=None)
    result, total = contents.result, contents.totals.total
    states = {(d.department, ""): state_words(d) for d in result.departments}
    states |= {
        (shown(f.file), f.sha256): _UNUSED[f.outcome] for f in result.files if f.outcome in _UNUSED
    }
    changed = [f"{k[0]} {state}" for k, state in states.items() if last.get(k) != state]
    news = "、".join(changed) or "提出状況の変化なし"
    unit = contents.strategy.settings.unit
    line = f"{contents.state_label}　{total.rows:,}行　{total.gross:,}{unit}"
    line += f"　要修正 {result.errors}件　{news if last else '最初の統合'}"
    # They hold up no list, and one that has lain there from the start is no news either.
    if refused := [shown(f.file) for f in result.files if f.outcome == "refused"]:
        line += f"　受け付けられないファイル {len(refused)}件（{named(refused, _MOST_REFUSED)}）"
    if delivered.published.written:
        line += f"　→ {'、'.join(shown(name) for name in delivered.published.written)}"
    print(line, file=sys.stderr if args.json else sys.stdout, flush=True)
    console = new_console(args.json)
    report.gone(console, delivered.missing)
    report.edited(console, delivered)
    come_up(writers)
    return states
