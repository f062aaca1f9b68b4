"""Reads the inbox through supervised child processes: a file that kills its reader costs itself.

``start_reading`` returns at once, so that the parent can import pandas meanwhile. One thread per
child hands out files and waits for answers; another one kills a child that takes too long over a
file. Where a child's answers end, the file it was at is the guilty one, and those that it had been
given beside it go to another child.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from types import TracebackType
from typing import Any

from sousei_xl import debug
from sousei_xl.errors import OperatorError
from sousei_xl.intake.child import Child
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.kept import Kept
from sousei_xl.intake.notice import Notice
from sousei_xl.intake.reading import Decoder, Reading

TIMEOUT = 10.0  # seconds for one file
_WATCH = 0.1
_MUCH = 30  # files: fewer are read before one more process has come up
# Files that a child has at a time: it goes on while its thread waits for the others to let it in.
_GIVEN = 3


def read_one(path: str, name: str) -> Reading:
    """Read one file in this very process, unguarded: for a pool whose processes are expendable.

    ``name`` is the inbox-relative path. Picklable, arguments and result too.
    """
    # Only here: a parent that reads through children needs neither gate nor calamine.
    from sousei_xl.intake.worker import answer

    return Decoder().reading(name, answer(path, name))


def read_files(files: Sequence[InboxFile], jobs: int, timeout: float = TIMEOUT) -> list[Reading]:
    """Read all files and wait; the readings are in the files' order. See ``start_reading``."""
    with start_reading(files, jobs, timeout) as pending:
        return pending.result()


def start_reading(
    files: Sequence[InboxFile],
    jobs: int,
    timeout: float = TIMEOUT,
    on_done: Callable[[int, int], None] | None = None,
    joining: int = 0,
    kept: Kept | None = None,
) -> PendingReadings:
    """Start reading with up to ``jobs`` child processes and return at once.

    ``timeout`` is the seconds that one file may take. ``on_done(done, total)`` is called after
    each file, from another thread but never from two at once. ``joining`` more processes help as
    soon as somebody waits for the result, if much is left to do. What is ``kept`` is not read.
    """
    return PendingReadings(files, jobs, timeout, on_done, joining, kept)


class PendingReadings:
    """Files being read. ``result`` waits for them; ``close`` (or ``with``) ends the children."""

    def __init__(
        self,
        files: Sequence[InboxFile],
        jobs: int,
        timeout: float,
        on_done: Callable[[int, int], None] | None,
        joining: int = 0,
        kept: Kept | None = None,
    ) -> None:
        self._files = files
        self._joining = joining
        self._kept = kept
        self._timeout = timeout
        self._on_done = on_done
        self._readings: dict[int, Reading] = kept.readings(files) if kept else {}
        self._decoder = Decoder()
        unread = [index for index in range(len(files)) if index not in self._readings]
        self._left: Iterator[int] = iter(unread)
        self._done = len(self._readings)
        self._lock = threading.Lock()
        self._came = threading.Condition(self._lock)  # a reading, or a problem
        self._children: set[Child] = set()
        self._problem: BaseException | None = None
        self._stopped = threading.Event()
        self._finished = threading.Event()
        self._threads: list[threading.Thread] = []
        if unread:
            self._begin(self._watch, *[self._feed] * min(max(jobs, 1), len(unread)))
        else:
            self._finished.set()

    def _begin(self, *tasks: Callable[[], None]) -> None:
        for task in tasks:
            thread = threading.Thread(target=task, daemon=True)
            self._threads.append(thread)
            thread.start()

    def result(self) -> list[Reading]:
        """Wait for all readings, in the files' order; as ``in_order``."""
        return list(self.in_order())

    def in_order(self) -> Iterator[Reading]:
        """Each reading as soon as it is there, in the files' order, and kept no longer; once.

        Raises OperatorError where no reading process can be started. Interrupted (Ctrl+C), it
        ends the children and lets the interruption through.
        """
        if len(self._files) - self._done > _MUCH:
            self._begin(*[self._feed] * self._joining)
        try:
            for index in range(len(self._files)):
                yield self._wait_for(index)
        except BaseException:
            self.close()
            raise

    def _wait_for(self, index: int) -> Reading:
        with self._came:
            while index not in self._readings and self._problem is None:
                self._came.wait(0.2)  # in steps: Windows delivers Ctrl+C between them
            if self._problem is not None:
                raise self._problem
            return self._readings.pop(index)

    def close(self) -> None:
        """End all children, at once where they are still at work."""
        self._stopped.set()
        with self._lock:
            children = list(self._children)
        for child in children:
            child.kill()
        self._finished.set()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> PendingReadings:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _feed(self) -> None:
        """One thread: a child, and the files that it is given until there are no more."""
        child: Child | None = None
        given: deque[int] = deque()  # the child is at the first of them
        try:
            while not self._stopped.is_set():
                more = self._take(_GIVEN - len(given))
                given.extend(more)
                if not given:
                    break
                child = child or self._start_child()
                for index in more:
                    child.hand(self._files[index])
                index = given.popleft()
                file = self._files[index]
                answer = child.answer(file, self._timeout)
                if not child.usable:
                    self._end_child(child)
                    child = None
                    self._give_back(given)
                if not self._stopped.is_set():
                    self._note(index, self._judge(file, answer))
        except BaseException as problem:
            self._stopped.set()
            self._finished.set()
            with self._came:
                self._problem = problem
                self._came.notify()
        finally:
            if child is not None:
                self._end_child(child)

    def _take(self, most: int) -> list[int]:
        """The next files, while there are some."""
        with self._lock:
            return list(islice(self._left, most))

    def _give_back(self, given: deque[int]) -> None:
        """What a dead child had not begun with is read by another one."""
        with self._lock:
            self._left = chain(list(given), self._left)
        given.clear()

    def _judge(self, file: InboxFile, answer: dict[str, Any] | str) -> Reading:
        if not isinstance(answer, str):
            return self._decoder.reading(file.file, answer)
        params = {"value": f"{self._timeout:g}"} if answer == "timeout" else {}
        return Reading(file.file, refusal=Notice("F106", answer, params))

    def _note(self, index: int, reading: Reading) -> None:
        with self._lock:
            self._readings[index] = reading
            if self._kept is not None:
                self._kept.keep(self._files[index], reading)
            self._done += 1
            done, total = self._done, len(self._files)
            self._came.notify()
            if self._on_done is not None:
                self._on_done(done, total)
        if done == total:
            self._finished.set()

    def _start_child(self) -> Child:
        said = ""
        for _ in range(2):  # the second time in case the machine was short of something
            try:
                child = (self._kept and self._kept.child()) or Child()
            except OSError as problem:
                said = str(problem)
                continue
            with self._lock:
                self._children.add(child)
            if self._stopped.is_set():  # closed before this child was known
                child.kill()
            if child.is_ready():
                return child
            said = self._end_child(child)
        raise OperatorError(f"読み取り用のプログラムを起動できませんでした。\n{said}")

    def _end_child(self, child: Child) -> str:
        with self._lock:
            self._children.discard(child)
        said = child.end()
        if said and debug.is_on():
            print(said, file=sys.stderr)
        return said

    def _watch(self) -> None:
        while not self._finished.wait(_WATCH):
            with self._lock:
                children = list(self._children)
            for child in children:
                child.kill_if_late()
