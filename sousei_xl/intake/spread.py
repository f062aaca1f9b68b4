"""Reads the inbox with somebody else's executor: the machines of a cluster, a pool of processes.

Any ``concurrent.futures.Executor`` will do. What is handed to it is ``read_files`` for a few files
at a time, so that gate, supervision and limits are the same there as here, and so are the
results. What an executor cannot do (a worker was killed, has another version of this software or
cannot reach the folder) is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed

from sousei_xl import __version__, debug
from sousei_xl.errors import OperatorError
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.read import read_files
from sousei_xl.intake.reading import Reading

_AT_ONCE = 32  # files per task: a reading process is started for each task


def read_there(files: Sequence[InboxFile], version: str) -> list[Reading]:
    """On the other machine. OperatorError where this is another version than the one that asks."""
    if version != __version__:
        raise OperatorError(
            f"sousei_xlの版が違います（クラスターは{__version__}、この機械は{version}）"
        )
    return read_files(files, 1)


class SpreadReadings:
    """Files being read elsewhere; like ``read.PendingReadings``.

    ``jobs`` is how many processes read here what could not be read there; ``read_here`` says
    afterwards how many files those were, and ``reason`` why the first of them were.
    """

    def __init__(
        self,
        files: Sequence[InboxFile],
        executor: Executor,
        jobs: int,
        on_done: Callable[[int, int], None] | None = None,
    ) -> None:
        self._files, self._jobs, self._on_done = files, jobs, on_done
        self.read_here = 0
        self.reason = ""
        self._starts: dict[Future[list[Reading]], int] = {}
        for start in range(0, len(files), _AT_ONCE):
            # A path that means the same on every machine.
            task = [InboxFile(f.file, f.path.absolute()) for f in files[start : start + _AT_ONCE]]
            self._starts[executor.submit(read_there, task, __version__)] = start

    def in_order(self) -> Iterator[Reading]:
        """Wait for all readings; they come in the files' order, once."""
        found: dict[int, Reading] = {}
        try:
            for future in as_completed(list(self._starts)):
                start = self._starts.pop(future)
                found |= enumerate(self._answers(future), start)
                self._tell(len(found))
        except BaseException:  # interrupted: what nobody has begun is called off
            for future in self._starts:
                future.cancel()
            raise
        here = [i for i in range(len(self._files)) if i not in found or found[i].unreached]
        self.read_here = len(here)
        if here and not self.reason:
            self.reason = "受付フォルダーのファイルを、クラスターから開けません"
        readings = read_files([self._files[i] for i in here], self._jobs)
        found |= zip(here, readings, strict=True)
        self._tell(len(found))
        for index in range(len(self._files)):
            yield found.pop(index)

    def _tell(self, done: int) -> None:
        if self._on_done is not None:
            self._on_done(done, len(self._files))

    def _answers(self, future: Future[list[Reading]]) -> list[Reading]:
        """What a task found; nothing where it failed, for whatever reason its executor has."""
        try:
            return future.result()
        except Exception as problem:
            debug.show(problem)
            known = isinstance(problem, OperatorError)
            said = str(problem) if known else f"{type(problem).__name__} {problem}".rstrip()
            self.reason = self.reason or said
            return []
