"""What other processes write and examine, while this one writes the official workbook."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sousei_xl.debug import PassedOver
from sousei_xl.publish.plan import Output

if TYPE_CHECKING:  # most merges need no other process
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing.process import BaseProcess

Write = Callable[[Path], object]
_Found = TypeVar("_Found")


class Writers:
    """Processes that work aside, started when there is something for them; a context that ends
    them.

    What comes of it does not depend on them: what they cannot do (killed, not to be started, short
    of memory or disk) is done here; SOUSEI_XL_DEBUG shows why.
    """

    def __init__(self, processes: int = 0) -> None:
        """``processes`` write at a time; 0: as many as pay on this machine."""
        self._processes = processes or min(8, os.cpu_count() or 1)
        self._others = _children()  # of whoever else has some
        self._pool: ProcessPoolExecutor | None = None
        self._folders = contextlib.ExitStack()

    def __enter__(self) -> Writers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            for child in _children() - self._others:  # nobody waits for what will not be used
                child.terminate()
            self._pool.shutdown(cancel_futures=True)
        self._folders.close()

    @property
    def are_up(self) -> bool:
        """Whether a process waits for work, or is at work."""
        return self._pool is not None and bool(_children() - self._others)

    def forget(self) -> None:
        """Give up what was written and not put in its place."""
        self._folders.close()

    def start(self, *modules: str) -> None:
        """Have a process come up, with what its work needs, while this one does other things."""
        with PassedOver():
            self._pooled().submit(_import, modules)

    def ahead(self, writes: Sequence[Write], at_once: int) -> Sequence[Write]:
        """Have the files written from now on; what is given back puts them in their places.

        Each of ``writes`` gets the path of its file and can be pickled. ``at_once`` of them go to a
        process together. To be called in order, and before the context ends.
        """
        if not writes:
            return []
        # A virus scanner may still look at what was moved away, and Windows then keeps the folder.
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        aside = self._folders.enter_context(folder)
        pool = self._pooled()
        tasks = [(write, Path(aside, f"{n:05}.xlsx")) for n, write in enumerate(writes)]
        lots = [tasks[n : n + at_once] for n in range(0, len(tasks), at_once)]
        ahead = _Ahead(pool, lots, 2 * self._processes)
        return [partial(ahead.fetch, *divmod(n, at_once), *task) for n, task in enumerate(tasks)]

    def examine(self, examine: Callable[[Path], _Found], path: Path) -> Callable[[], _Found]:
        """Have a file examined from now on; what is given back waits for what is found."""
        with PassedOver():
            begun = self._pooled().submit(examine, path)
            return cache(partial(_found, begun, examine, path))
        return cache(partial(examine, path))

    def _pooled(self) -> ProcessPoolExecutor:
        if self._pool is None or not self.are_up:  # those that were may be dead
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            # Not forked: a fork would hold the outbox's lock, too, after this process was killed.
            spawn = get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, spawn, initializer=_come_up)
        return self._pool


def written_ahead(outputs: Sequence[Output], writers: Writers, at_once: int) -> list[Output]:
    """The same files, being written from now on."""
    writes = writers.ahead([output.write for output in outputs], at_once)
    return [
        replace(output, write=write, aside=True)
        for output, write in zip(outputs, writes, strict=True)
    ]


class _Ahead:
    """Lots of files that are being written; never more than ``most`` wait to be fetched."""

    def __init__(
        self, pool: ProcessPoolExecutor, lots: Sequence[Sequence[tuple[Write, Path]]], most: int
    ) -> None:
        self._pool, self._lots, self._most = pool, lots, most
        self._begun: list[Future[list[object]]] = []
        with PassedOver():
            self._hand_out(0)

    def _hand_out(self, lot: int) -> None:
        for several in self._lots[len(self._begun) : lot + self._most]:
            # Here and now: the pool would do it in a thread, at half the speed beside this one.
            self._begun.append(self._pool.submit(_write_several, pickle.dumps(several)))

    def fetch(self, lot: int, number: int, write: Write, written: Path, path: Path) -> object:
        """Put one file in its place, written here if it has to be: what fails, fails here.

        Gives what ``write`` gave.
        """
        with PassedOver():
            self._hand_out(lot + 1)
            given = _waited_for(self._begun[lot])[number]
            shutil.move(written, path)
            return given
        return write(path)


def _found(begun: Future[_Found], examine: Callable[[Path], _Found], path: Path) -> _Found:
    with PassedOver():
        return _waited_for(begun)
    return examine(path)


def _waited_for(begun: Future[_Found]) -> _Found:
    from concurrent.futures import wait

    while not wait([begun], 0.2).done:  # in steps: Windows delivers Ctrl+C between them
        pass
    return begun.result()


def _children() -> set[BaseProcess]:
    if "multiprocessing" not in sys.modules:  # most merges need no other process
        return set()
    from multiprocessing import active_children

    return set(active_children())


def _import(modules: Iterable[str]) -> None:
    for module in modules:
        import_module(module)


def _write_several(pickled: bytes) -> list[object]:
    # What it takes to write lives until all is written: looking through it again and again for
    # what is of no more use would cost a tenth.
    gc.disable()
    tasks: Sequence[tuple[Write, Path]] = pickle.loads(pickled)
    gc.freeze()
    gc.enable()
    try:
        return [write(path) for write, path in tasks]
    finally:
        gc.unfreeze()


def _come_up() -> None:
    """Ctrl+C is the parent's to handle, and nobody goes on without it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
