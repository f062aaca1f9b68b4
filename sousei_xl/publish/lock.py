"""One run at a time per outbox."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import sys
from collections.abc import Iterator

from sousei_xl.errors import OperatorError
from sousei_xl.publish.disk import RETRY_DELAYS, WORK, Outbox, in_plain_words
from sousei_xl.publish.journal import recover
from sousei_xl.workspace import HISTORY, Workspace

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCK = f"{HISTORY}/.ロック"

# Windows lets nobody read a locked byte, so the lock lies beyond the note that says who holds it.
_LOCKED_BYTE = 1 << 20

_HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


@contextlib.contextmanager
def locked(workspace: Workspace, delays: tuple[float, ...] = RETRY_DELAYS) -> Iterator[Outbox]:
    """Hold the outbox, repaired after a killed run, until the end of the block.

    The operating system holds the lock and gives it up when its process ends, however it ends:
    there is no stale lock to be judged by age or process number, and the file itself (with a note
    on who holds it) may stay. Raises OperatorError where another run holds it, where the outbox
    cannot be written, and where it is the inbox.
    """
    outbox = Outbox.of(workspace, delays)
    with in_plain_words(outbox):
        require_apart(workspace)
        outbox.root.mkdir(exist_ok=True)
        outbox.check_folders((_LOCK, f"{WORK}/_"))
        outbox.at(HISTORY).mkdir(exist_ok=True)
        descriptor = os.open(outbox.at(_LOCK), os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _take(descriptor, outbox)
        try:
            with in_plain_words(outbox):
                _note(descriptor, {"host": platform.node(), "pid": os.getpid()})
            recover(outbox)
            yield outbox
        finally:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, 0)
            _give_up(descriptor)
    finally:
        os.close(descriptor)


def require_apart(workspace: Workspace) -> None:
    """OperatorError where the outbox lies in the inbox: what is written would be read again."""
    outbox = Outbox.of(workspace)
    root, inbox = os.path.realpath(outbox.root), os.path.realpath(workspace.inbox)
    if os.path.normcase(root) == os.path.normcase(inbox) or os.path.normcase(root).startswith(
        os.path.join(os.path.normcase(inbox), "")
    ):
        raise OperatorError(
            f"保存先『{outbox.label}』が提出ファイルのフォルダー（inbox）と同じか、その中にあります。"
            "別のフォルダーを指定してください。"
        )


def _take(descriptor: int, outbox: Outbox) -> None:
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _HELD:
            raise OperatorError(
                f"保存先『{outbox.label}』では同時実行を防げません。"
                "別のドライブのフォルダーを保存先に指定してください。"
            ) from error
        raise OperatorError(
            f"保存先『{outbox.label}』は別の実行が使用中です{_holder(descriptor)}。"
            "終わってから再実行してください。"
        ) from error


def _give_up(descriptor: int) -> None:
    # Closing gives the lock up too, but on Windows only some time later.
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)


def _note(descriptor: int, holder: dict[str, object]) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, json.dumps(holder, ensure_ascii=False).encode("utf-8", "replace"))


def _holder(descriptor: int) -> str:
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        note = json.loads(os.read(descriptor, 1000))
        return f"（コンピューター名 {note['host']}、プロセス番号 {note['pid']}）"
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # it has just begun, or just ended
