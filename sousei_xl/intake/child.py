"""One reading process: started, given files, killed where a file takes it too long."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from sousei_xl.intake.frames import BUFFER, dumped, read_frame, write_frame
from sousei_xl.intake.inbox import InboxFile

_STARTUP = 60.0  # seconds; a virus scanner may hold up the start of a process for long

_ENTRY = """\
import sys
sys.path.insert(0, sys.argv[1])
sys.path.append(sys.argv[2])
from sousei_xl.intake.worker import main
main()
"""


def command() -> list[str]:
    """How a child is started: isolated from the user's environment, paths passed as arguments.

    The folder of calamine is passed on because an isolated Python does not see packages that were
    installed for one user only.
    """
    package = Path(__file__).resolve().parents[2]
    found = importlib.util.find_spec("python_calamine")
    library = Path(found.origin).parents[1] if found and found.origin else package
    spelling = f"utf8={sys.flags.utf8_mode}"  # of file names: as here
    return [sys.executable, "-I", "-X", spelling, "-c", _ENTRY, str(package), str(library)]


class Child:
    """A reading process. One thread asks it; another one may kill it at any time."""

    def __init__(self) -> None:
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW
        # Not a pipe: nobody reads it while the child lives, and a full pipe would block the child.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the child)
        self._process = subprocess.Popen(
            command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=BUFFER,
            # What calamine dies of must stand at the end of its last words, not above a backtrace.
            env={**os.environ, "RUST_BACKTRACE": "0"},
            creationflags=flags,
        )
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self._late = False

    @property
    def usable(self) -> bool:
        """False once it has been killed for being late, even if its answer came just in time."""
        return not self._late and self._process.poll() is None

    def is_ready(self) -> bool:
        """Wait for the child's first frame; False where it died or never came up."""
        self._set_deadline(_STARTUP)
        return self._receive() is not None

    def hand(self, file: InboxFile) -> None:
        """Give it a file, for which it answers when it has answered for those before."""
        assert self._process.stdin is not None
        request = {"path": str(file.path), "name": file.file, "form": file.form}
        with contextlib.suppress(OSError):  # it died between two files: the answer tells
            write_frame(self._process.stdin, dumped(request))

    def answer(self, file: InboxFile, timeout: float) -> dict[str, Any] | str:
        """Its answer for the first of the files that it has, or what became of it: ``timeout``,
        ``memory`` or ``crash``."""
        # For a form the child starts openpyxl first.
        self._set_deadline(timeout + _STARTUP if file.form else timeout)
        reading, *sheets = self._receive() or [b""]
        try:
            return {**json.loads(reading), "sheets": sheets}
        except ValueError:
            return self._post_mortem()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()

    def kill_if_late(self) -> None:
        """Kill the process where its file has had its time."""
        with self._lock:
            if self._deadline is not None and time.monotonic() > self._deadline:
                self._late = True
                self._deadline = None
                self._process.kill()

    def end(self) -> str:
        """Close the pipes, at which a living child ends by itself; returns what it wrote last."""
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with contextlib.suppress(OSError):  # the rest of a request to a dead child
                stream.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        said = self._said().decode("utf-8", "replace").strip()
        self._errors.close()
        return said

    def _post_mortem(self) -> str:
        try:
            code = self._process.wait(2)
        except subprocess.TimeoutExpired:  # it lives, but no longer speaks in frames
            self._process.kill()
            self._process.wait()
            return "crash"
        if self._late:
            return "timeout"
        # Rust aborts with a word where memory cannot be had; Linux short of memory kills with 9.
        if b"memory allocation" in self._said() or code == -9:
            return "memory"
        return "crash"

    def _said(self) -> bytes:
        self._errors.seek(0)
        return self._errors.read()[-4096:]

    def _receive(self) -> list[bytes] | None:
        assert self._process.stdout is not None
        try:
            parts = read_frame(self._process.stdout)
        except (OSError, ValueError):
            parts = None
        with self._lock:
            self._deadline = None
        return parts

    def _set_deadline(self, seconds: float) -> None:
        with self._lock:
            self._deadline = time.monotonic() + seconds
