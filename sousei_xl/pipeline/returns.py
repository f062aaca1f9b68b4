"""Returned workbooks as outputs; where there are many, several processes write them at a time."""

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

from sousei_xl.forms.returns import Return, write_return
from sousei_xl.publish import Output
from sousei_xl.strategy import Strategy

if TYPE_CHECKING:  # most merges need no other process
    from concurrent.futures import Future, ProcessPoolExecutor

# So many are written before another process has started.
_FEW = 40
_AT_ONCE = 16

Task = tuple[Path, Return]


@contextlib.contextmanager
def return_outputs(
    jobs: Sequence[Return], inbox: Path, strategy: Strategy, processes: int = 0
) -> Iterator[list[Output]]:
    """The outputs that write these returns; to be published before the context ends.

    ``inbox`` is where their files are. ``processes`` is how many write at a time (0: as many as
    pay on this machine); what is written does not depend on it.
    """
    processes = processes or min(8, os.cpu_count() or 1)
    if len(jobs) <= _FEW or processes == 1:
        yield [_output(job, partial(_write, inbox, strategy, job)) for job in jobs]
        return
    with tempfile.TemporaryDirectory() as aside, _pool(processes) as pool:
        tasks = [(Path(aside, f"{number:05}.xlsx"), job) for number, job in enumerate(jobs)]
        outputs: list[Output] = []
        for start in range(0, len(tasks), _AT_ONCE):
            several = tasks[start : start + _AT_ONCE]
            done = pool.submit(_write_several, several, inbox, strategy)
            for path, job in several:
                here = partial(_write, inbox, strategy, job)
                outputs.append(_output(job, partial(_fetch, done, path, here)))
        yield outputs


def _output(job: Return, write: Callable[[Path], None]) -> Output:
    return Output(job.name, write=write, tracked=False)


def _write(inbox: Path, strategy: Strategy, job: Return, path: Path) -> None:
    write_return(path, inbox / job.file, job, strategy)


def _write_several(tasks: Sequence[Task], inbox: Path, strategy: Strategy) -> None:
    for path, job in tasks:
        _write(inbox, strategy, job, path)


def _fetch(
    done: Future[None], written: Path, write_here: Callable[[Path], None], path: Path
) -> None:
    try:
        done.result()
    except BrokenExecutor:  # a process was killed: nothing is lost but its speed
        write_here(path)
    else:
        shutil.move(written, path)


@contextlib.contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Not forked: a fork would hold the outbox's lock, too, after this process has been killed.
    spawn = get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=spawn, initializer=_begin)
    try:
        yield pool
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
