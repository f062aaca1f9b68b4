"""A progress bar for what takes longer than a second; silent otherwise and on pipes."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_PATIENCE = 1.0


class Progress:
    """``with Progress("読み込み") as p: p.update(done, total)`` from any thread."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None
        self._since = 0.0

    def __enter__(self) -> Progress:
        self._since = time.monotonic()
        return self

    def update(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` files are read, once it has taken a second."""
        if not sys.stderr.isatty() or time.monotonic() - self._since < _PATIENCE:
            return
        if self._bar is None:
            self._start(total)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done)

    def _start(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            ProgressColumn,
            Task,
            TimeRemainingColumn,
        )
        from rich.text import Text

        class Rate(ProgressColumn):
            """Files per second."""

            def render(self, task: Task) -> Text:
                return Text(f"{task.speed:,.0f}件/秒" if task.speed else "")

        self._bar = Progress(
            "{task.description}",
            BarColumn(),
            MofNCompleteColumn(),
            Rate(),
            "残り",
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            transient=True,
        )
        self._task = self._bar.add_task(self._label, total=total)
        self._bar.start()

    def stage(self, label: str) -> None:
        """Say what goes on after reading, of which nobody knows how long it takes."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=label, total=None)

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.stop()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
