"""What ``watch`` keeps from one merge to the next: most of an inbox is as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from sousei_xl.intake.child import Child
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.reading import Reading

_MOST = 100  # files: the readings of many take more memory than the time is worth

_State = tuple[int, ...]


class Kept:
    """Readings of files that are still the same by size, times and place on the disk, and a process
    that is ready to read the others."""

    def __init__(self) -> None:
        self._states: dict[InboxFile, _State | None] = {}  # before they are read
        self._known: dict[InboxFile, tuple[_State, Reading]] = {}
        self._child: Child | None = None

    def readings(self, files: Sequence[InboxFile]) -> dict[int, Reading]:
        """Place in ``files`` → its reading, of those that are known; the others are forgotten."""
        self._states = {file: _state(file) for file in files} if len(files) <= _MOST else {}
        self._known = {
            file: known for file, known in self._known.items() if known[0] == self._states.get(file)
        }
        return {
            place: self._known[file][1] for place, file in enumerate(files) if file in self._known
        }

    def keep(self, file: InboxFile, reading: Reading) -> None:
        """Remember what was read of a file; one that was refused may be read the next time."""
        state = self._states.get(file)
        if state is not None and reading.refusal is None:
            self._known[file] = state, reading

    def prepare(self) -> None:
        """Have a process come up for what will have to be read."""
        if self._child is None:
            with contextlib.suppress(OSError):  # who needs it starts one, and says why not
                self._child = Child()

    def child(self) -> Child | None:
        """The process that came up, once."""
        child, self._child = self._child, None
        return child

    def close(self) -> None:
        """End the process."""
        if (child := self.child()) is not None:
            child.end()


def _state(file: InboxFile) -> _State | None:
    try:
        stat = file.path.stat()
    except OSError:
        return None
    # A copy keeps the time at which its file was modified, but not the other two.
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino
