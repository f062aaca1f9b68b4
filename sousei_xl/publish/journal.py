"""Changing a set of files so that the old set or the new one stands, also after a kill.

Everything new is first written into the work folder together with a copy of every old file, so a
full disk shows before anything is touched. Then the journal is written: from there on a killed
run is *rolled forward* by the next one (all it needs lies verified in the work folder). A run that
is still alive and meets an obstacle, such as a workbook open in Excel, takes everything *back*: the
journal is renamed first, so that a kill in the midst of that is taken back by the next run too.
Every step can be repeated without harm.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sousei_xl.errors import OperatorError
from sousei_xl.publish.disk import WORK, Outbox, in_plain_words, is_inside, sync_folder, write
from sousei_xl.publish.record import RECORD, Record, dump_record, load_record, parse_record

_FORWARD = "反映中.json"
_BACK = "取消中.json"


@dataclass(frozen=True, slots=True)
class Change:
    """One file of the set.

    ``target`` and ``kept`` are outbox-relative, ``new`` and ``old`` are names in the work folder;
    each but ``target`` is empty where it does not apply: no ``new`` takes the target away, no
    ``old`` means that nothing stood there, no ``kept`` that the old one is not worth keeping.
    """

    target: str
    new: str
    new_sha256: str
    old: str
    old_sha256: str
    kept: str


def commit(outbox: Outbox, changes: Sequence[Change]) -> None:
    """Make all changes in this order, or none. The record comes last.

    Raises OperatorError, or whatever interrupts it, after everything was taken back.
    """
    try:
        with in_plain_words(outbox):
            sync_folder(outbox.work)
            draft = outbox.work / "journal"
            write(draft, json.dumps([asdict(change) for change in changes]).encode())
            outbox.replace(draft, f"{WORK}/{_FORWARD}")
            sync_folder(outbox.work)
            _carry_out(outbox, changes, resuming=False)
    except BaseException as error:
        if not _was_taken_back(outbox, changes) and isinstance(error, OperatorError):
            raise OperatorError(
                f"{error}一部のファイルだけが入れ替わっています。次の実行のときに直ります。"
            ) from error
        raise
    # From here on the new set stands; what cannot be deleted now is harmless and goes next time.
    with contextlib.suppress(OSError):
        (outbox.work / _FORWARD).unlink()


def is_half_moved(outbox: Outbox) -> bool:
    """True where a killed run has left a set that is partly old and partly new."""
    with in_plain_words(outbox, reading=True):
        return any((outbox.work / name).exists() for name in (_FORWARD, _BACK))


def recover(outbox: Outbox) -> None:
    """Complete or take back what a killed run has begun, and delete what it has left behind.

    A file that a person has edited since stays as it is. Raises OperatorError.
    """
    forward, back = outbox.work / _FORWARD, outbox.work / _BACK
    with in_plain_words(outbox):
        if forward.exists():
            _carry_out(outbox, _load(outbox, forward), resuming=True)
            forward.unlink()
        elif back.exists():
            _take_back(outbox, _load(outbox, back))
            back.unlink()
    outbox.clear_work()


def _load(outbox: Outbox, path: Path) -> list[Change]:
    try:
        changes = [Change(**change) for change in json.loads(path.read_bytes())]
        for change in changes:
            _check_names(change)
        return changes
    except (ValueError, TypeError, RecursionError) as error:
        raise OperatorError(
            f"前回の実行の記録『{outbox.work.name}/{path.name}』が壊れています。"
            f"フォルダー『{outbox.work.name}』を別の場所へ移してから再実行してください。"
        ) from error


def _check_names(change: Change) -> None:
    """Raise ValueError for a journal that is none of ours: it would move other people's files."""
    plain = [name for name in (change.new, change.old) if name]
    within = [change.target, *plain, *([change.kept] if change.kept else [])]
    if not all(map(is_inside, within)) or any("/" in name for name in plain):
        raise ValueError(f"names outside the outbox: {change}")


def _carry_out(outbox: Outbox, changes: Sequence[Change], resuming: bool) -> None:
    edited = {
        change.target
        for change in changes
        if change.target != RECORD and not _advance(outbox, change, resuming)
    }
    for change in changes:
        if change.kept and (outbox.work / change.old).exists():
            _keep(outbox, change)
    for change in changes:
        if change.target == RECORD:
            if edited:
                _leave_out(outbox, change, edited)
            _advance(outbox, change, resuming)
    _sync_folders(outbox, changes)


def _advance(outbox: Outbox, change: Change, resuming: bool) -> bool:
    """Make one change unless it is made. False where a person has changed the target since."""
    standing = outbox.digest(change.target)
    source = outbox.work / change.new if change.new else None
    done = not source.exists() if source else not standing
    if done:
        return True
    if standing not in ("", change.old_sha256):
        if resuming:
            return False
        raise OperatorError(
            f"『{change.target}』が実行中に変更されました。もう一度実行してください。"
        )
    if source:
        outbox.replace(source, change.target)
    else:
        outbox.remove(change.target)
    return True


def _keep(outbox: Outbox, change: Change) -> None:
    # The name contains the hash: what stands there already has the same contents.
    if not outbox.digest(change.kept):
        outbox.replace(outbox.work / change.old, change.kept)


def _leave_out(outbox: Outbox, change: Change, edited: set[str]) -> None:
    """Let the record go on saying of the edited files what it has said so far."""
    source = outbox.work / change.new
    if not source.exists():
        return
    former = load_record(outbox) or Record()
    coming = parse_record(source.read_bytes()) or Record()
    files = {name: entry for name, entry in coming.files.items() if name not in edited}
    files |= {name: former.files[name] for name in edited if name in former.files}
    draft = outbox.work / "record"
    write(draft, dump_record(Record(files, coming.approval)))
    outbox.replace(draft, f"{WORK}/{change.new}")


def _was_taken_back(outbox: Outbox, changes: Sequence[Change]) -> bool:
    try:
        with in_plain_words(outbox):
            if (outbox.work / _FORWARD).exists():  # before, nothing was touched
                outbox.replace(outbox.work / _FORWARD, f"{WORK}/{_BACK}")
                _take_back(outbox, changes)
                (outbox.work / _BACK).unlink()
    except OperatorError:
        return False
    return True


def _take_back(outbox: Outbox, changes: Sequence[Change]) -> None:
    for change in reversed(changes):
        standing = outbox.digest(change.target)
        if standing != change.new_sha256 or (change.new and (outbox.work / change.new).exists()):
            continue
        old = outbox.work / change.old if change.old else None
        if old and not old.exists() and change.kept:
            old = outbox.at(change.kept)
        if old is None:
            outbox.remove(change.target)
        elif old.exists():
            outbox.replace(old, change.target)
    _sync_folders(outbox, changes)


def _sync_folders(outbox: Outbox, changes: Sequence[Change]) -> None:
    names = {name for change in changes for name in (change.target, change.kept) if name}
    for folder in {outbox.at(name).parent for name in names}:
        sync_folder(folder)
