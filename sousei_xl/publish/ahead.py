"""Workbooks that other processes write, while this one writes its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # most merges need no other process
    from concurrent.futures import Future, ProcessPoolExecutor

Write = Callable[[Path], object]


def as_many_as_pay() -> int:
    """How many processes write at a time on this machine."""
    return min(8, os.cpu_count() or 1)


@contextlib.contextmanager
def written_ahead(
    writes: Sequence[Write], processes: int, at_once: int
) -> Iterator[Sequence[Write]]:
    """Have the files written aside from now on; what is given back puts them in their places.

    Each of ``writes`` gets the path of its file and can be pickled. ``at_once`` of them go to a
    process together; 0 ``processes``: everything is written here, in its turn. What is written
    does not depend on it. To be called in order, and before the context ends.
    """
    if not processes or not writes:
        yield writes
        return
    # A virus scanner may still look at what was moved away, and Windows then keeps the folder.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as aside, _pool(processes) as pool:
        tasks = [(write, Path(aside, f"{n:05}.xlsx")) for n, write in enumerate(writes)]
        lots = [tasks[n : n + at_once] for n in range(0, len(tasks), at_once)]
        ahead = _Ahead(pool, lots, 2 * processes)
        yield [partial(ahead.fetch, n // at_once, *task) for n, task in enumerate(tasks)]


class _Ahead:
    """Lots of files that are being written; never more than ``most`` wait to be fetched."""

    def __init__(
        self, pool: ProcessPoolExecutor, lots: Sequence[Sequence[tuple[Write, Path]]], most: int
    ) -> None:
        self._pool, self._lots, self._most = pool, lots, most
        self._begun: list[Future[None]] = []
        with contextlib.suppress(*_NO_PROCESS):
            self._begin(0)

    def _begin(self, lot: int) -> None:
        for several in self._lots[len(self._begun) : lot + self._most]:
            self._begun.append(self._pool.submit(_write_several, several))

    def fetch(self, lot: int, write: Write, written: Path, path: Path) -> None:
        """Put one file in its place. What no other process can do is done here, and fails here."""
        try:
            self._begin(lot + 1)
            self._begun[lot].result()
            shutil.move(written, path)
        except _NO_PROCESS:
            write(path)


# Not to be started, killed, or short of memory or disk: nothing is lost but speed.
_NO_PROCESS = (BrokenExecutor, OSError, MemoryError)


def _write_several(tasks: Sequence[tuple[Write, Path]]) -> None:
    for write, path in tasks:
        write(path)


@contextlib.contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    # Not forked: a fork would hold the outbox's lock, too, after this process has been killed.
    spawn = get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=spawn, initializer=_begin)
    try:
        yield pool
    except BaseException:  # nobody waits for what will not be used
        for child in active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Ctrl+C is the parent's to handle, and nobody goes on without it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
