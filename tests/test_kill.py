"""Whole merges that are killed, started twice, or find a disk that does not let them write.

A merge is killed with SIGKILL before each of many file operations in the outbox, and after many
stretches of time. Whenever that is, every file that a person sees there is whole and either the
old or the new one, an official workbook stands, and the next run completes the set or takes it
back and cleans up.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sousei_xl import cli, publish
from sousei_xl.forms.distribute import write_form
from sousei_xl.publish import disk
from sousei_xl.scaffold.facts import load_facts
from sousei_xl.scaffold.template import build_template, strategy_of
from sousei_xl.workspace import Workspace
from tests.reliability.figures import Figures
from tests.workspaces import ROOT, run

POINTS, MOMENTS = 84, 32  # at which a merge is killed: file operations, and stretches of time
OFFICIAL = ("別紙_平成30年度（案）.xlsx", "別紙_平成30年度_作成中.xlsx")
WORK = ".作業中"
Files = dict[str, bytes]


def visible(workspace: Path) -> Files:
    """What a person sees in the outbox."""
    outbox = workspace / "outbox"
    return {
        path.relative_to(outbox).as_posix(): path.read_bytes()
        for path in outbox.rglob("*")
        if path.is_file() and path.relative_to(outbox).parts[0] not in ("履歴", WORK)
    }


def arguments(workspace: Path) -> list[str]:
    return ["merge", "--jobs", "1", "--workspace", str(workspace)]


def small_workspace(root: Path) -> Workspace:
    """Two departments with a project each: a merge that is soon over."""
    facts = load_facts("asahikawa_h30")
    facts = replace(facts, departments=facts.departments[:2], indicators=())
    strategy = strategy_of(facts)
    workspace = Workspace.at(root)
    for folder in (workspace.template.parent, workspace.inbox, workspace.outbox):
        folder.mkdir()
    build_template(workspace.template, facts)
    for department in strategy.departments:
        project = {
            "measure": "2ア",
            "number": department.order,
            "name": f"{department.name}の事業",
            "department": department.name,
            "relevance": "◎",
            "budget": 100,
            "description": "移住を促す。",
        }
        path = workspace.inbox / f"{department.name}.xlsx"
        write_form(path, strategy, department.name, projects=[project])
    return workspace


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose outbox is that of a draft, while the inbox is complete by now."""
    root = tmp_path_factory.mktemp("前")
    late, *_ = small_workspace(root).inbox.iterdir()
    aside = late.rename(root / late.name)
    assert run(*arguments(root)).status == 1
    aside.rename(late)
    return root


@pytest.fixture(scope="module")
def old(before: Path) -> Files:
    return visible(before)


@pytest.fixture(scope="module")
def new(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    workspace = copy_of(before, tmp_path_factory.mktemp("後") / "w")
    assert run(*arguments(workspace)).status == 0
    found = visible(workspace)
    assert OFFICIAL[0] in found
    return found


def copy_of(before: Path, target: Path) -> Path:
    shutil.copytree(before, target)
    return target


# --- killed ----------------------------------------------------------------------------------

_EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.utime", "os.truncate")
_armed: Callable[[], None] | None = None


def _watch(event: str, given: tuple[object, ...]) -> None:
    """An audit hook that sees what is done in the outbox; it cannot be taken off again."""
    if _armed is not None and event in _EVENTS and "outbox" in str(given[0]):
        _armed()


def merge_and_die(workspace: Path, number: int) -> None:
    """Merge in this process and be killed before the ``number``-th operation; 0: never."""
    global _armed
    count = 0

    def die() -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(_watch)
    _armed = die
    status = cli.run(arguments(workspace))
    (workspace / "count").write_text(str(count), encoding="utf-8")
    os._exit(status)


def in_a_fork(act: Callable[[], object], kill_after: float = 0.0) -> int:
    """``act`` in a child that has everything imported already; its exit status, −9 if killed."""
    child = os.fork()
    if child == 0:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        act()
        os._exit(0)
    if kill_after:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def kill_everywhere(before: str, root: str) -> None:
    """In a process of its own, without threads: merge, and die at every point and moment."""
    import sousei_xl.commands.report
    import sousei_xl.pipeline.delivery  # noqa: F401 (once for all the merges)

    gc.disable()
    whole = copy_of(Path(before), Path(root) / "whole")
    started = time.monotonic()
    in_a_fork(lambda: merge_and_die(whole, 0))
    lasts = time.monotonic() - started
    count = int((whole / "count").read_text(encoding="utf-8"))
    points = sorted({1 + count * i // POINTS for i in range(POINTS)})
    for number in points:
        workspace = copy_of(Path(before), Path(root) / f"操作{number}")
        in_a_fork(lambda w=workspace, n=number: merge_and_die(w, n))  # type: ignore[misc]
    for moment in range(1, MOMENTS + 1):
        workspace = copy_of(Path(before), Path(root) / f"時間{moment}")
        merge = lambda w=workspace: cli.run(arguments(w))  # noqa: E731
        in_a_fork(merge, lasts * moment / MOMENTS)


def assert_mended(workspace: Path, old: Files, new: Files) -> str:
    """Old or new, each file whole; the lock repairs the set, and nothing is left lying about."""
    found = visible(workspace)
    for name, data in found.items():
        assert data in (old.get(name), new.get(name)), name
    assert set(OFFICIAL) & found.keys()
    with publish.locked(Workspace.at(workspace), ()):
        mended = visible(workspace)
        assert mended in (old, new)
        assert not (workspace / "outbox" / WORK).exists()
    kept = list((workspace / "outbox" / "履歴").glob("別紙*"))
    assert len(kept) == (mended == new), "the draft goes to 履歴 with the proposal in its place"
    return "half" if found != mended else "old" if mended == old else "new"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_a_hundred_points(
    before: Path, old: Files, new: Files, tmp_path: Path, figures: Figures
) -> None:
    script = "import sys; from tests import test_kill; test_kill.kill_everywhere(*sys.argv[1:])"
    command = [sys.executable, "-c", script, str(before), str(tmp_path)]
    assert subprocess.run(command, cwd=ROOT).returncode == 0
    killed = sorted(path for path in tmp_path.iterdir() if path.name != "whole")
    assert visible(tmp_path / "whole") == new
    assert len(killed) >= 100
    seen = [assert_mended(workspace, old, new) for workspace in killed]
    assert {"old", "new", "half"} <= set(seen)
    figures.measured(
        kills=len(killed),
        kills_of=int((tmp_path / "whole" / "count").read_text(encoding="utf-8")),
        **{f"kills_{state}": seen.count(state) for state in ("old", "half", "new")},
    )
    # And the next merge ends where an undisturbed one would have.
    for workspace in (killed[0], killed[len(killed) // 2], killed[-1]):
        assert run(*arguments(workspace)).status == 0
        assert visible(workspace) == new


# --- two at once, and disks that refuse ------------------------------------------------------


def test_two_merges_at_once(before: Path, new: Files, tmp_path: Path) -> None:
    workspace = copy_of(before, tmp_path / "w")
    command = [sys.executable, "-m", "sousei_xl", *arguments(workspace)]
    quietly: dict[str, int] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    utf8 = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    both = [subprocess.Popen(command, cwd=ROOT, env=utf8, **quietly) for _ in range(2)]
    ended = [(p.communicate()[1].decode(), p.returncode) for p in both]
    assert {status for _, status in ended} <= {0, 2}
    assert 0 in {status for _, status in ended}
    assert all("別の実行が使用中です" in said for said, status in ended if status == 2)
    assert visible(workspace) == new
    assert not (workspace / "outbox" / WORK).exists()


def test_a_merge_waits_for_nobody_who_holds_the_outbox(
    before: Path, old: Files, tmp_path: Path
) -> None:
    workspace = copy_of(before, tmp_path / "w")
    with publish.locked(Workspace.at(workspace), ()):
        done = run(*arguments(workspace))
    assert done.status == 2
    assert f"プロセス番号 {os.getpid()}" in done.err
    assert visible(workspace) == old


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """No permission to write, for others than root."""
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_the_inbox_is_only_read(before: Path, new: Files, tmp_path: Path) -> None:
    workspace = copy_of(before, tmp_path / "w")
    inbox = workspace / "inbox"

    def state() -> dict[str, tuple[int, bytes]]:
        files = [inbox, *(p for p in inbox.rglob("*"))]
        return {
            str(p): (p.stat().st_mtime_ns, p.read_bytes() if p.is_file() else b"") for p in files
        }

    with read_only(inbox):
        at_first = state()
        assert run(*arguments(workspace)).status == 0
        assert state() == at_first
    assert visible(workspace) == new


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (errno.EACCES, "が開かれています。Excelで閉じてから再実行してください。"),
        (errno.ENOSPC, "ディスクの空き容量が足りません"),
        (errno.EROFS, "に書き込めません"),
    ],
)
def test_an_outbox_that_refuses_stays_as_it_is(
    before: Path,
    old: Files,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: int,
    says: str,
) -> None:
    """As on Windows, where a workbook that Excel shows cannot be replaced."""
    workspace = copy_of(before, tmp_path / "w")
    move = os.replace

    def refuse(source: Path, target: Path) -> None:
        if Path(target).name.startswith("点検結果"):
            raise OSError(code, os.strerror(code), str(target))
        move(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuse)
        patched.setattr(disk.time, "sleep", lambda seconds: None)
        assert cli.run(arguments(workspace)) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said
    assert visible(workspace) == old
    assert not (workspace / "outbox" / WORK).exists()
    assert cli.run(arguments(workspace)) == 0


def hear_interrupts() -> None:
    """Also where the tests themselves run in the background, where Ctrl+C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal to another process")
def test_interrupted_it_says_that_the_old_outputs_stand(
    before: Path, old: Files, tmp_path: Path
) -> None:
    """Ctrl+C while the reader has a file that takes for ever."""
    workspace = copy_of(before, tmp_path / "w")
    form, *_ = (workspace / "inbox").iterdir()
    for number in range(400):
        shutil.copy(form, workspace / "inbox" / f"{number}.xlsx")
    process = subprocess.Popen(
        [sys.executable, "-m", "sousei_xl", *arguments(workspace)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=hear_interrupts,
    )
    lock = workspace / "outbox" / "履歴" / ".ロック"
    while not lock.read_bytes():  # it has begun
        time.sleep(0.02)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1].decode()
    assert time.monotonic() - started < 5
    assert process.returncode == 2
    assert (
        "中断しました。出力フォルダーには、前のものか新しいもののどちらかがそろっています。" in said
    )
    assert visible(workspace) == old
