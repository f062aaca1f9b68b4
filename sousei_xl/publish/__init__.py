"""Publishing: everything is written and verified aside, then takes its place, whole or not at all.

The outbox shows the old set of files or the new one, whatever happens in between: a workbook open
in Excel, a full disk, a killed process. What is replaced goes to ``履歴/`` if its contents differ.

    with locked(workspace) as outbox:              # one run at a time, killed runs repaired
        edits = hand_edited(workspace)             # before they are replaced
        approval = read_approval(workspace)
        publish(workspace, run, outputs, held=outbox)
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sousei_xl.errors import OperatorError
from sousei_xl.publish.copies import Values, forget_copies
from sousei_xl.publish.disk import RETRY_DELAYS, WORK, Outbox, in_plain_words, is_inside
from sousei_xl.publish.edits import EDITED, hand_edited, is_as_published, published_values
from sousei_xl.publish.journal import commit, is_half_moved, recover
from sousei_xl.publish.lock import locked, require_apart
from sousei_xl.publish.plan import Examine, Output, examine_here, make_plan, written_whole
from sousei_xl.publish.record import Approval, load_record
from sousei_xl.publish.verify import Cell, NotWhole, OpenSheets, Sheets, read_back
from sousei_xl.workspace import HISTORY, Run, Workspace, file_key

__all__ = [
    "EDITED",
    "RETRY_DELAYS",
    "Approval",
    "Cell",
    "NotWhole",
    "OpenSheets",
    "Outbox",
    "Output",
    "Published",
    "Sheets",
    "Values",
    "examine_here",
    "hand_edited",
    "is_as_published",
    "locked",
    "publish",
    "published_sources",
    "published_values",
    "read_approval",
    "read_back",
    "require_apart",
    "written_whole",
]


@dataclass(frozen=True, slots=True)
class Published:
    """What happened, as outbox-relative names: files that are new or replaced, files that already
    stood there with the same contents, and where former states are kept in ``履歴/``.

    ``intact`` are those of the last that nobody has saved again since they were published.
    """

    written: list[str]
    unchanged: list[str]
    moved: list[str]
    intact: frozenset[str] = frozenset()


def publish(
    workspace: Workspace,
    run: Run,
    outputs: Sequence[Output],
    retire: Sequence[str] = (),
    *,
    approval: Approval | None = None,
    held: Outbox | None = None,
    examine: Examine = examine_here,
    delays: tuple[float, ...] = RETRY_DELAYS,
) -> Published:
    """Put all outputs in their places, or leave everything as it was.

    ``retire`` names files that go to ``履歴/`` with nothing in their place. ``approval`` is
    recorded together with the outputs; None keeps the one that is recorded. ``held`` is what
    :func:`locked` gave, if the caller holds the outbox already. ``examine`` has a workbook
    examined while other things are done, and gives what waits for it. ``delays`` are the seconds
    between attempts at a file that is held open.

    Raises OperatorError, in words for the operator (also where two names are one file on Windows),
    and ValueError for a name that does not lie inside the outbox.
    """
    going = _retired(outputs, retire)
    _check_names([output.name for output in outputs], going)
    if held is not None:
        return _publish(held, run, outputs, going, approval, examine)
    with locked(workspace, delays) as outbox:
        return _publish(outbox, run, outputs, going, approval, examine)


def published_sources(outbox: Outbox) -> dict[str, str]:
    """Outbox-relative name → ``source`` of everything that was published and is recorded."""
    record = load_record(outbox)
    return {name: entry.source for name, entry in record.files.items()} if record else {}


def read_approval(workspace: Workspace) -> Approval | None:
    """The last 決裁 that was published, whether or not the list has changed since.

    Raises OperatorError where the record cannot be opened.
    """
    record = load_record(Outbox.of(workspace))
    return record.approval if record else None


def _publish(
    outbox: Outbox,
    run: Run,
    outputs: Sequence[Output],
    retire: Sequence[str],
    approval: Approval | None,
    examine: Examine,
) -> Published:
    recover(outbox)
    outbox.check_folders((*(output.name for output in outputs), *retire))
    try:
        with in_plain_words(outbox):
            outbox.work.mkdir()
        plan, record = make_plan(outbox, run, outputs, retire, approval, examine)
        if plan.changes:
            for change in plan.changes:
                outbox.ensure_free(change.target)
            commit(outbox, plan.changes)
            forget_copies(outbox, record)
    finally:
        # What cannot be deleted, or is still needed to repair the set, is left to the next run.
        with contextlib.suppress(OperatorError):
            if not is_half_moved(outbox):
                outbox.clear_work()
    moved = list(plan.moved.values())
    return Published(plan.written, plan.unchanged, moved, frozenset(plan.intact))


def _retired(outputs: Iterable[Output], retire: Iterable[str]) -> list[str]:
    """What goes without anything in its place, each name once."""
    coming = {output.name for output in outputs}
    former = (name for output in outputs for name in output.replaces)
    return [name for name in dict.fromkeys((*former, *retire)) if name not in coming]


def _check_names(coming: Sequence[str], going: Sequence[str]) -> None:
    for name in (*coming, *going):
        if not is_inside(name) or PurePosixPath(name).parts[0] in (HISTORY, WORK):
            raise ValueError(f"not a name inside the outbox: {name!r}")
    seen: dict[str, str] = {}
    for name in coming:
        key = file_key(name)
        if key in seen:
            raise OperatorError(
                f"『{seen[key]}』と『{name}』は同じファイル名とみなされるため、両方は出力できません。"
                "もとになる提出ファイルの名前を変えてから再実行してください。"
            )
        seen[key] = name
