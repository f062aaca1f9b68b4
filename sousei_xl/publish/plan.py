"""What a run wants to change in the outbox: written, verified and synced in the work folder."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from sousei_xl.errors import OperatorError
from sousei_xl.publish.copies import copy_name
from sousei_xl.publish.disk import Outbox, digest, history_name, in_plain_words, sync
from sousei_xl.publish.edits import EDITED, edits_of
from sousei_xl.publish.journal import Change
from sousei_xl.publish.record import RECORD, Approval, Entry, Record, dump_record, load_record
from sousei_xl.publish.verify import (
    NotWhole,
    OpenSheets,
    check_whole,
    is_workbook,
    opened,
    same_contents,
)
from sousei_xl.text import EMPTY
from sousei_xl.workspace import Run


@dataclass(frozen=True, slots=True)
class Output:
    """One file to be published.

    ``name`` is outbox-relative with ``/``. ``write`` writes the file at the path it is given, and
    gives the hash of a workbook that it has examined already (``written_whole``). ``verify`` gets
    that path and what calamine reads in it (nothing for other than workbooks) and raises
    OperatorError if it is not what was meant. ``replaces`` names other files that go to ``履歴/``
    when this one takes its place: former states of the same document. ``last`` puts the official
    workbook behind all others. ``tracked`` says whether hand edits in it are looked for,
    ``remembered`` whether a copy of it is kept even so, for who wants to know what was typed into
    it. ``source`` is remembered: what this file was made of or compared with, beside the inbox.
    ``aside``: another process is writing it, so it is asked for when all others are done.
    """

    name: str
    write: Callable[[Path], object]
    verify: Callable[[Path, OpenSheets], None] | None = None
    replaces: tuple[str, ...] = ()
    last: bool = False
    tracked: bool = True
    remembered: bool = False
    source: str = ""
    aside: bool = False


Examine = Callable[[Callable[[Path], None], Path], Callable[[], None]]


def examine_here(examine: Callable[[Path], None], path: Path) -> Callable[[], None]:
    """Examine a workbook here and now."""
    examine(path)
    return _nothing


def _nothing() -> None:
    """There is nothing to wait for."""


def written_whole(output: Output) -> Output:
    """The output that examines a workbook as soon as it has written it."""
    if not is_workbook(output.name):
        return output
    return replace(output, write=partial(_write_whole, output.write))


def _write_whole(write: Callable[[Path], object], path: Path) -> str:
    write(path)
    check_whole(path)
    return digest(path)


class Plan:
    """Collects the changes; nothing outside the work folder is touched.

    ``written``, ``unchanged``, ``moved`` (name → where it is kept) and ``intact`` are what
    :class:`sousei_xl.publish.Published` tells.
    ``examine`` has a workbook examined, and gives what waits for that.
    """

    def __init__(self, outbox: Outbox, run: Run, examine: Examine) -> None:
        self.outbox = outbox
        self._examine = examine
        self.changes: list[Change] = []
        self.written: list[str] = []
        self.unchanged: list[str] = []
        self.moved: dict[str, str] = {}
        self.intact: set[str] = set()
        former = load_record(outbox)
        self._damaged = former is None
        self.former = former or Record()
        self._entries = dict(self.former.files)
        self._run = run
        self._staged = 0
        self._examined: dict[str, Callable[[], None]] = {}
        self._copied: set[str] = set()  # copies that two workbooks may share

    def add(self, output: Output) -> None:
        """Write and verify one output and compare it with what stands.

        It may be read back here while another process still examines it: ``conclude`` waits for
        that, and nothing is published before.
        """
        staged = self._stage(PurePosixPath(output.name).suffix.lower())
        with in_plain_words(self.outbox), _badly_written(output.name):
            examined = self._write(output, staged)
            sync(staged)
            sha256 = self._put(output.name, staged)
            if is_workbook(output.name):
                if output.tracked or output.remembered:
                    self._keep_copy(output.name, staged, sha256)
                if output.verify:
                    with opened(staged) as sheets:
                        output.verify(staged, sheets)
            elif output.verify:
                output.verify(staged, EMPTY)
        self._entries[output.name] = Entry(sha256, self._run.hash, output.tracked, output.source)
        self._examined[output.name] = examined

    def retire(self, name: str) -> None:
        """Take away a file, if it stands, and keep it in the history."""
        standing = self.outbox.digest(name)
        if standing:
            old, old_sha256 = self._copy(name)
            self.changes.append(
                Change(name, "", "", old, old_sha256, self._history(name, old_sha256))
            )
        self._entries.pop(name, None)

    def conclude(self, approval: Approval | None) -> Record:
        """Add the record of all this as the last change, and return it; by now all is whole."""
        for name, examined in self._examined.items():
            with in_plain_words(self.outbox), _badly_written(name):
                examined()
        planned = {change.target for change in self.changes}
        with in_plain_words(self.outbox):
            # A file that its reader has taken away is reported once, not for ever.
            files = {
                name: entry
                for name, entry in sorted(self._entries.items())
                if name in planned or self.outbox.at(name).exists()
            }
        record = Record(files, approval or self.former.approval)
        staged = self._stage(".json")
        with in_plain_words(self.outbox):
            staged.write_bytes(dump_record(record))
        self._put_record(RECORD, staged)
        return record

    def _write(self, output: Output, staged: Path) -> Callable[[], None]:
        """Write a file, and have it examined; what is given back waits until it is."""
        try:
            examined = output.write(staged)
        except (OSError, NotWhole):
            raise
        except Exception as error:
            cause = _disk_error(error)
            if cause is None:
                raise
            raise cause from error
        if not is_workbook(output.name) or (examined is not None and examined == digest(staged)):
            return _nothing
        return self._examine(check_whole, staged)

    def _put(self, name: str, staged: Path) -> str:
        """Plan that ``staged`` takes the place of ``name``; the hash of what will stand there."""
        standing = self.outbox.digest(name)
        with in_plain_words(self.outbox, name):
            new_sha256 = digest(staged)
            if standing and (
                standing == new_sha256
                or (is_workbook(name) and same_contents(staged, self.outbox.at(name)))
            ):
                self.unchanged.append(name)
                return standing
        old, old_sha256 = self._copy(name) if standing else ("", "")
        kept = self._history(name, old_sha256) if standing else ""
        self.changes.append(Change(name, staged.name, new_sha256, old, old_sha256, kept))
        self.written.append(name)
        return new_sha256

    def _keep_copy(self, name: str, staged: Path, sha256: str) -> None:
        """Plan a copy of the workbook that will stand as ``name``, for ``edits``."""
        copy = copy_name(sha256)
        if copy in self._copied or self.outbox.digest(copy) == sha256:
            return
        self._copied.add(copy)
        twin = self._stage(".xlsx")
        # What stands already may differ in the times that openpyxl puts into it.
        shutil.copyfile(self.outbox.at(name) if name in self.unchanged else staged, twin)
        self._put_record(copy, twin)

    def _put_record(self, name: str, staged: Path) -> None:
        """Plan a file of our own records; what it replaces is kept only if it is damaged."""
        with in_plain_words(self.outbox):
            sync(staged)
            new_sha256 = digest(staged)
        standing = self.outbox.digest(name)
        if standing != new_sha256:
            old, old_sha256 = self._copy(name) if standing else ("", "")
            kept = ""
            if self._damaged and name == RECORD and old:
                kept = history_name(self.outbox, PurePosixPath(RECORD).name, old_sha256)
            self.changes.append(Change(name, staged.name, new_sha256, old, old_sha256, kept))

    def _copy(self, name: str) -> tuple[str, str]:
        copy = self._stage(".old")
        self.outbox.copy(name, copy)
        with in_plain_words(self.outbox):
            return copy.name, digest(copy)

    def _history(self, name: str, sha256: str) -> str:
        entry = self.former.files.get(name)
        intact = entry is not None and entry.sha256 == sha256
        edited = entry and not intact and edits_of(self.outbox, name, entry)
        kept = history_name(self.outbox, name, sha256, EDITED if edited else "")
        self.moved[name] = kept
        if intact:
            self.intact.add(kept)
        return kept

    def _stage(self, suffix: str) -> Path:
        # Short names keep the paths short, and calamine wants to see the suffix.
        self._staged += 1
        return self.outbox.work / f"{self._staged:05}{suffix}"


def make_plan(
    outbox: Outbox,
    run: Run,
    outputs: Iterable[Output],
    retire: Iterable[str],
    approval: Approval | None,
    examine: Examine,
) -> tuple[Plan, Record]:
    """Everything that changes, in this order: outputs, the official one last, what goes, the
    record. Raises OperatorError.

    They are told of in the order in which they are given; ``examine`` as for :class:`Plan`.
    """
    plan = Plan(outbox, run, examine)
    outputs = list(outputs)
    last: set[str] = set()
    for output in sorted(outputs, key=lambda output: output.aside):
        plan.add(output)
        if output.last:
            last.add(output.name)
    plan.changes.sort(key=lambda change: change.target in last)
    given = {output.name: place for place, output in enumerate(outputs)}
    for names in (plan.written, plan.unchanged):
        names.sort(key=given.__getitem__)
    plan.moved = {name: plan.moved[name] for name in given if name in plan.moved}
    for name in retire:
        plan.retire(name)
    return plan, plan.conclude(approval)


@contextlib.contextmanager
def _badly_written(name: str) -> Iterator[None]:
    """OperatorError where a workbook is not whole."""
    try:
        yield
    except NotWhole as error:
        raise OperatorError(
            f"『{name}』を正しく書き込めませんでした。もう一度実行してください。"
            "繰り返す場合は、別のドライブのフォルダーを保存先に指定してください。"
        ) from error


def _disk_error(error: BaseException) -> OSError | None:
    # XlsxWriter wraps the errors of the disk in exceptions of its own.
    cause = error.__cause__ or error.__context__
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    return cause
