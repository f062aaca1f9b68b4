"""Publishing when things go wrong: every file operation fails once, fails from there on, or is the
last one before the process is killed. The old set or the new one stands, each file whole, and the
next run puts everything right.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import functools
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlsxwriter

from sousei_xl.errors import OperatorError
from sousei_xl.publish import (
    Approval,
    Output,
    Published,
    hand_edited,
    locked,
    publish,
    read_approval,
)
from sousei_xl.workspace import HISTORY, Run, Workspace
from tests.reliability.figures import Figures

ROOT = Path(__file__).parents[1]
DRAFT, PROPOSAL, CHECKS = "別紙_作成中.xlsx", "別紙（案）.xlsx", "点検結果.xlsx"
CSV, RETURN = "オープンデータ/事業一覧.csv", "差戻し/経済部.xlsx"
APPROVAL = Approval(dt.date(2018, 4, 2), "hash", 2018)


@functools.cache
def workbook(value: int) -> bytes:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2018, 3, 30)})
    book.add_worksheet("別紙").write(0, 0, value)
    book.close()
    return data.getvalue()


OLD = {DRAFT: workbook(1), CHECKS: workbook(11), CSV: b"1", RETURN: workbook(21)}
NEW = {PROPOSAL: workbook(2), CHECKS: workbook(12), CSV: b"2"}


def outputs(files: dict[str, bytes], *, replaces: tuple[str, ...] = ()) -> list[Output]:
    return [
        Output(
            name,
            functools.partial(Path.write_bytes, data=data),
            last=name.startswith("別紙"),
            replaces=replaces if name.startswith("別紙") else (),
        )
        for name, data in files.items()
    ]


def publish_old(workspace: Workspace) -> Published:
    run = Run("00000001", dt.date(2018, 3, 30), dt.datetime(2018, 3, 30))
    return publish(workspace, run, outputs(OLD), delays=())


def publish_new(workspace: Workspace) -> Published:
    run = Run("00000002", dt.date(2018, 3, 30), dt.datetime(2018, 3, 30))
    new = outputs(NEW, replaces=(DRAFT,))
    return publish(workspace, run, new, [RETURN], approval=APPROVAL, delays=())


def visible(workspace: Workspace) -> dict[str, bytes]:
    return {
        path.relative_to(workspace.outbox).as_posix(): path.read_bytes()
        for path in workspace.outbox.rglob("*")
        if path.is_file() and path.relative_to(workspace.outbox).parts[0] not in ("履歴", ".作業中")
    }


def history(workspace: Workspace) -> list[bytes]:
    """The former states that are kept."""
    return sorted(
        path.read_bytes()
        for path in (workspace.outbox / HISTORY).rglob("*.*")
        if path.suffix in (".xlsx", ".csv") and path.parent.name != "記録"
    )


def assert_old_stands(workspace: Workspace) -> None:
    assert visible(workspace) == OLD
    assert history(workspace) == []
    assert hand_edited(workspace) == []
    assert read_approval(workspace) is None


def assert_new_stands(workspace: Workspace) -> None:
    assert visible(workspace) == NEW
    assert history(workspace) == sorted(OLD.values())
    assert hand_edited(workspace) == []
    assert read_approval(workspace) == APPROVAL


def assert_each_file_whole(workspace: Workspace) -> None:
    for name, data in visible(workspace).items():
        assert data in (OLD.get(name), NEW.get(name)), name
    assert {DRAFT, PROPOSAL} & visible(workspace).keys()
    for name in (CHECKS, CSV):
        assert name in visible(workspace)


def assert_next_run_mends(workspace: Workspace) -> None:
    publish_new(workspace)
    assert_new_stands(workspace)
    assert not (workspace.outbox / ".作業中").exists()


# The file operations of this process, one by one. An audit hook sees what Python opens, renames,
# deletes and makes, cannot be taken off again, and sleeps while nothing is armed.

_armed: Callable[[str], None] | None = None
_EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.utime", "os.truncate")


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _armed is not None and event in _EVENTS and "outbox" in str(arguments[0]):
        _armed("read" if event == "open" and arguments[1] in ("r", "rb") else event)


@contextlib.contextmanager
def each_operation(
    act: Callable[[str, int], None], leave_alone: tuple[str, ...] = ()
) -> Iterator[None]:
    """``act(kind, descriptor)`` before each file operation, and in place of each sync, but for the
    kinds to leave alone."""
    global _armed
    if not getattr(sys, "_publish_faults", False):
        sys.addaudithook(_watch)
        sys._publish_faults = True
    sync, stat = os.fsync, os.stat

    def seen_stat(path: object, **options: object) -> os.stat_result:
        if _armed is not None and "outbox" in str(path):
            _armed("stat")
        return stat(path, **options)

    os.fsync = lambda descriptor: act("fsync", descriptor)
    os.stat = seen_stat

    def on_event(kind: str) -> None:
        if kind not in leave_alone:
            act(kind, -1)

    _armed = on_event
    try:
        yield
    finally:
        _armed = None
        os.fsync, os.stat = sync, stat


class Failing:
    """Fails the operations whose number ``fails``; a sync that fails leaves half a file."""

    def __init__(self, code: int, fails: Callable[[int], bool]) -> None:
        self.code, self.fails = code, fails
        self.count = 0

    def __call__(self, kind: str, descriptor: int) -> None:
        self.count += 1
        if self.fails(self.count):
            if descriptor >= 0:
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
            raise OSError(self.code, os.strerror(self.code))


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody cuts the power here: runs that are not disturbed need not wait for the disk.
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("before")
    publish_old(Workspace.at(root))
    return root


def fresh(before: Path, root: Path) -> Workspace:
    shutil.copytree(before, root)
    return Workspace.at(root)


def fail_everywhere(before: Path, tmp_path: Path, code: int, lasting: bool) -> Iterator[tuple]:
    number, failing, workspace = 0, None, None
    while failing is None or failing.count >= number:
        number += 1
        if workspace is None or lasting or visible(workspace) != OLD:
            workspace = fresh(before, tmp_path / str(number))
        failing = Failing(code, number.__le__ if lasting else number.__eq__)
        error = None
        with each_operation(failing, leave_alone=("stat",) if lasting else ()):
            try:
                publish_new(workspace)
            except OperatorError as caught:  # anything else is a bug and fails the test
                error = str(caught)
        yield number, workspace, error
    assert number > 100  # all operations were really seen


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
def test_the_nth_operation_fails(before: Path, tmp_path: Path, code: int, figures: Figures) -> None:
    operations = refused = 0
    for number, workspace, error in fail_everywhere(before, tmp_path, code, lasting=False):
        operations = number - 1  # the last time there was none left to fail
        if error is None:
            assert_new_stands(workspace)
        else:
            refused += 1
            assert error.endswith("。")
            assert_old_stands(workspace)
            assert not (workspace.outbox / ".作業中").exists()
    assert refused > 100
    assert_next_run_mends(workspace)
    figures.measured(operations=operations, operations_refused=refused)


def test_everything_fails_from_the_nth_operation_on(
    before: Path, tmp_path: Path, figures: Figures
) -> None:
    halves = 0
    for _, workspace, error in fail_everywhere(before, tmp_path, errno.EIO, lasting=True):
        assert_each_file_whole(workspace)
        if error and "一部のファイルだけ" in error:
            halves += 1
        elif error:
            assert_old_stands(workspace)
        assert_next_run_mends(workspace)
    assert halves > 5
    figures.measured(operations_halves=halves)


@pytest.fixture(scope="module")
def last_failure(before: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """The number of the last operation that may fail: when all but the record has its place."""
    workspace = fresh(before, tmp_path_factory.mktemp("last") / "w")
    count = last = 0

    def note(kind: str, descriptor: int) -> None:
        nonlocal count, last
        count += 1
        if kind == "os.rename":  # the record is the last thing that is moved
            last = count

    with each_operation(note):
        publish_new(workspace)
    return last


@pytest.mark.parametrize("lasting", [False, True])
def test_taking_back_fails_too(
    before: Path, tmp_path: Path, last_failure: int, lasting: bool
) -> None:
    first = last_failure
    halves = 0
    for second in range(first + 1, first + 50):
        workspace = fresh(before, tmp_path / f"二{second}")

        def fails(number: int, second: int = second) -> bool:
            return number in (first, second) or (lasting and number > second)

        with each_operation(Failing(errno.EIO, fails)), pytest.raises(OperatorError) as caught:
            publish_new(workspace)
        assert_each_file_whole(workspace)
        halves += "一部のファイルだけ" in str(caught.value)
        with locked(workspace, ()):
            if visible(workspace) == OLD:
                assert_old_stands(workspace)
            else:
                assert_new_stands(workspace)
    assert halves > 5


def test_all_is_on_the_disk_before_anything_takes_its_place(
    before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = fresh(before, tmp_path / "w")
    synced: set[int] = set()
    replace = os.replace

    def checked(source: Path, target: Path) -> None:
        assert Path(source).stat().st_ino in synced, target
        replace(source, target)

    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.add(os.fstat(descriptor).st_ino))
    monkeypatch.setattr(os, "replace", checked)
    publish_new(workspace)
    assert_new_stands(workspace)


def test_an_interrupt_at_any_operation(before: Path, tmp_path: Path) -> None:
    number, done = 0, False
    workspace = fresh(before, tmp_path / "0")
    while not done:
        number += 1
        if visible(workspace) != OLD:
            workspace = fresh(before, tmp_path / str(number))
        count = 0

        def interrupt(kind: str, descriptor: int) -> None:
            nonlocal count
            count += 1
            if count == number:  # noqa: B023
                raise KeyboardInterrupt

        with each_operation(interrupt):
            try:
                publish_new(workspace)
                done = count < number
            except KeyboardInterrupt:
                assert visible(workspace) in (OLD, NEW)
        with locked(workspace, ()):
            assert hand_edited(workspace) == []
    assert_next_run_mends(workspace)
    assert number > 100


# Killed


def publish_and_die(root: str, number: int, how: str = "exit") -> None:
    """In a process of its own: publish the new set and end before the N-th operation."""
    count = 0

    def die(kind: str, descriptor: int) -> None:
        nonlocal count
        count += 1
        if count == number:
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            os._exit(9)

    with each_operation(die, leave_alone=("read", "stat")):  # they change nothing on the disk
        publish_new(Workspace.at(Path(root)))


def die_everywhere(before: str, root: str) -> None:
    """In a process of its own, without threads: forks one that dies at every operation."""
    number = 0
    while True:
        number += 1
        workspace = fresh(Path(before), Path(root) / str(number))
        child = os.fork()
        if child == 0:
            publish_and_die(str(workspace.outbox.parent), number, "kill")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
            return


def in_another_process(call: str, *arguments: str) -> int:
    script = f"import sys; from tests import test_publish_faults as t; t.{call}"
    return subprocess.run([sys.executable, "-c", script, *arguments], cwd=ROOT).returncode


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_every_operation(before: Path, tmp_path: Path, figures: Figures) -> None:
    assert in_another_process("die_everywhere(*sys.argv[1:])", str(before), str(tmp_path)) == 0
    killed = sorted(tmp_path.iterdir(), key=lambda path: int(path.name))
    assert len(killed) > 60
    seen = set()
    for root in killed:
        workspace = Workspace.at(root)
        assert_each_file_whole(workspace)
        seen.add(frozenset(visible(workspace).items()))
        with locked(workspace, ()):  # repairs, before the run looks at anything
            if visible(workspace) == OLD:
                assert_old_stands(workspace)
            else:
                assert_new_stands(workspace)
            assert not (workspace.outbox / ".作業中").exists()
    assert_next_run_mends(workspace)
    assert len(seen) >= len(OLD) + 1  # also in the midst of moving
    figures.measured(killed_operations=len(killed) - 1, killed_states=len(seen))


@pytest.mark.parametrize("number", [20, 60, 70])
def test_ended_in_another_process(before: Path, tmp_path: Path, number: int) -> None:
    workspace = fresh(before, tmp_path / "w")
    call = f"publish_and_die(sys.argv[1], {number})"
    assert in_another_process(call, str(tmp_path / "w")) == 9
    assert_each_file_whole(workspace)
    assert_next_run_mends(workspace)


@pytest.fixture(scope="module")
def half_moved(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose run has lost its disk in the midst of moving: some files are new."""
    root = tmp_path_factory.mktemp("half")
    for number in range(50, 200):
        workspace = fresh(before, root / str(number))
        with (
            each_operation(Failing(errno.EIO, number.__le__)),
            contextlib.suppress(OperatorError),
        ):
            publish_new(workspace)
        now = visible(workspace)
        if now.get(CHECKS) == NEW[CHECKS] and now[CSV] == OLD[CSV]:
            return workspace.outbox.parent
    raise AssertionError


def test_what_a_person_edits_in_a_half_moved_set_is_kept(half_moved: Path, tmp_path: Path) -> None:
    workspace = fresh(half_moved, tmp_path / "w")
    assert hand_edited(workspace) == []  # nothing to compare with until it is repaired
    (workspace.outbox / DRAFT).write_bytes(workbook(99))
    (workspace.outbox / CHECKS).write_bytes(workbook(98))
    with locked(workspace, ()):
        found = {edit.file: (edit.before, edit.after) for edit in hand_edited(workspace)}
    assert found == {DRAFT: ("1", "99"), CHECKS: ("12", "98")}
    publish_new(workspace)
    assert visible(workspace) == NEW
    assert {workbook(99), workbook(98)} <= set(history(workspace))
    assert hand_edited(workspace) == []


@pytest.mark.parametrize("journal", ["{", "[1]", "[" * 100_000, '[{"target": "a"}]'])
def test_a_damaged_journal_says_what_to_do(half_moved: Path, tmp_path: Path, journal: str) -> None:
    workspace = fresh(half_moved, tmp_path / "w")
    for path in (workspace.outbox / ".作業中").glob("*.json"):
        if not path.stem.isdigit():
            path.write_text(journal)
    with pytest.raises(OperatorError, match="別の場所へ移して"):
        publish_new(workspace)
    assert_each_file_whole(workspace)


@pytest.mark.parametrize("name", ["反映中.json", "取消中.json"])
@pytest.mark.parametrize(
    "names",
    [
        {"target": "../的.xlsx", "new": "1", "kept": ""},
        {"target": "的.xlsx", "new": "../../的.xlsx", "kept": ""},
        {"target": "的.xlsx", "new": "1", "kept": "/的.xlsx"},
        {"target": "", "new": "1", "kept": ""},
    ],
)
def test_a_journal_that_somebody_else_has_laid_there_moves_nothing(
    before: Path, tmp_path: Path, name: str, names: dict[str, str]
) -> None:
    """The outbox is shared: what stands there must not reach files of the operator's."""
    workspace = fresh(before, tmp_path / "w")
    aim = workspace.outbox.parent / "的.xlsx"
    aim.write_bytes(b"x")
    work = workspace.outbox / ".作業中"
    work.mkdir()
    (work / "1").write_bytes(b"y")
    sha256 = hashlib.sha256(b"x").hexdigest()
    change = {"old": "", "old_sha256": sha256, "new_sha256": sha256, **names}
    (work / name).write_text(json.dumps([change]))
    with pytest.raises(OperatorError, match="別の場所へ移して"):
        publish_new(workspace)
    assert aim.read_bytes() == b"x"
    assert visible(workspace) == OLD


def test_a_record_that_names_files_elsewhere_is_none(before: Path, tmp_path: Path) -> None:
    workspace = fresh(before, tmp_path / "w")
    aim = workspace.outbox.parent / "的.xlsx"
    aim.write_bytes(b"x")
    record = workspace.outbox / HISTORY / "記録.json"
    content = json.loads(record.read_bytes())
    content["files"]["../的.xlsx"] = dict(content["files"][DRAFT], sha256="0" * 64)
    record.write_text(json.dumps(content))
    (edit,) = hand_edited(workspace)
    assert "壊れている" in edit.problem
    publish_new(workspace)
    assert aim.read_bytes() == b"x"
    assert visible(workspace) == NEW
