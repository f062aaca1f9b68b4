"""Reading on other machines: any executor, and a real Dask cluster on this one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

import sousei_xl
from sousei_xl.errors import OperatorError
from sousei_xl.intake import spread
from sousei_xl.intake.inbox import InboxFile, list_inbox
from sousei_xl.intake.read import read_files
from sousei_xl.intake.spread import SpreadReadings, read_there
from tests.test_determinism import assert_same, outputs
from tests.workspaces import ROOT, edit, example_workspace, run


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped one with files that are refused, one of them by its reader's death."""
    made = example_workspace(tmp_path_factory.mktemp("実例"))
    edit(made / "inbox" / "農政部.xlsx", "事業", {"J4": "未定額"})
    (made / "inbox" / "切れた.xlsx").write_bytes(b"PK\x03\x04 cut off")
    return made


@pytest.fixture(scope="module")
def files(workspace: Path) -> list[InboxFile]:
    return list(list_inbox(workspace / "inbox").files)


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "_AT_ONCE", 3)


# --- any executor ---------------------------------------------------------------------------------


@pytest.mark.parametrize("executor", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_gives_the_same_readings(
    executor: type[Executor], files: list[InboxFile]
) -> None:
    told: list[tuple[int, int]] = []
    with executor(2) as somebody:  # type: ignore[call-arg]
        readings = SpreadReadings(files, somebody, 1, lambda *n: told.append(n))
        assert list(readings.in_order()) == read_files(files, 1)
    assert readings.read_here == 0
    assert told[-1] == (len(files), len(files))


@pytest.mark.parametrize("debugging", [True, False])
def test_what_fails_there_is_read_here(
    debugging: bool,
    files: list[InboxFile],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("SOUSEI_XL_DEBUG", "1" if debugging else "")
    expected = read_files(files, 1)

    def far_away(task: list[InboxFile], version: str) -> object:
        """A machine that fails at the first file's task and has the others' folder elsewhere."""
        if files[0].file in {file.file for file in task}:
            raise MemoryError
        return read_there([InboxFile(f.file, tmp_path / f.file) for f in task], version)

    monkeypatch.setattr(spread, "read_there", far_away)
    with ThreadPoolExecutor(2) as somebody:
        readings = SpreadReadings(files, somebody, 2)
        assert list(readings.in_order()) == expected
    assert readings.read_here == len(files)
    assert readings.reason == "MemoryError"
    assert ("MemoryError" in capsys.readouterr().err) is debugging


def test_another_version_reads_nothing(files: list[InboxFile]) -> None:
    assert read_there(files[:1], sousei_xl.__version__) == read_files(files[:1], 1)
    with pytest.raises(OperatorError, match="版が違います"):
        read_there(files[:1], "0.0.1")


def test_why_nothing_was_read_there_is_told(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The first reason: of workers of another version, or that cannot open the folder."""
    made = copy(workspace, tmp_path / "1")
    names = list(list_inbox(made / "inbox").files)
    usual = read_there
    with ThreadPoolExecutor(1) as somebody:
        monkeypatch.setattr(spread, "read_there", lambda task, _: usual(task, "0.0.1"))
        readings = SpreadReadings(names, somebody, 1)
        assert len(list(readings.in_order())) == readings.read_here
        assert "版が違います" in readings.reason

        def out_of_reach(task: list[InboxFile], version: str) -> object:
            return usual([InboxFile(f.file, tmp_path / f.file) for f in task], version)

        monkeypatch.setattr(spread, "read_there", out_of_reach)
        readings = SpreadReadings(names, somebody, 1)
        list(readings.in_order())
        assert "クラスターから開けません" in readings.reason


# --- a real cluster -------------------------------------------------------------------------------


class Cluster:
    """A scheduler and two workers, as processes of their own on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()
        self.scheduler = self._start("scheduler", "--port", "0", "--no-dashboard")
        self.address = self._said(self.scheduler, "Scheduler at:").split()[-1]
        self.workers = [self._worker(str(n)) for n in range(2)]

    def _worker(self, name: str) -> subprocess.Popen[str]:
        # No nanny: a worker that is killed stays away.
        worker = self._start(
            *("worker", self.address, "--nthreads", "1", "--no-nanny", "--name", name),
            *("--no-dashboard", "--local-directory", str(self.folder)),
        )
        self._said(worker, "Registered to:")
        return worker

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        log = self._stack.enter_context(
            (self.folder / f"{arguments[0]}{time.monotonic_ns()}.log").open("w+", encoding="utf-8")
        )
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        )
        process.log = log  # type: ignore[attr-defined]
        return process

    def _said(self, process: subprocess.Popen[str], word: str) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            path = Path(process.log.name)  # type: ignore[attr-defined]
            for line in path.read_text(encoding="utf-8").splitlines():
                if word in line:
                    return line
            time.sleep(0.1)
        raise AssertionError(path.read_text(encoding="utf-8"))

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self._stack.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    pytest.importorskip("distributed", reason="needs the extra «cluster»")
    made = Cluster(tmp_path)
    try:
        yield made
    finally:
        made.close()


def copy(workspace: Path, target: Path) -> Path:
    shutil.copytree(workspace, target)
    return target


def test_a_cluster_gives_the_same_bytes(workspace: Path, cluster: Cluster, tmp_path: Path) -> None:
    alone, together = copy(workspace, tmp_path / "1"), copy(workspace, tmp_path / "2")
    assert run("merge", "--workspace", alone).status == 1
    done = run("merge", "--workspace", together, "--cluster", cluster.address)
    assert done.status == 1, done.err
    assert "この機械で読みました" not in done.err
    assert_same(outputs(together), outputs(alone))


@pytest.mark.skipif(sys.platform == "win32", reason="stops and kills another process")
def test_a_worker_that_is_killed_costs_nothing(
    workspace: Path, files: list[InboxFile], cluster: Cluster
) -> None:
    from distributed import Client

    many = files * 20
    expected = read_files(files, 1) * 20
    first, _ = cluster.workers
    with Client(cluster.address, set_as_default=False) as client:
        readings = SpreadReadings(many, client.get_executor(), 1)
        first.send_signal(signal.SIGSTOP)  # in the middle of a task
        time.sleep(0.5)
        first.kill()
        assert list(readings.in_order()) == expected


def test_no_cluster_is_said_in_words(workspace: Path) -> None:
    pytest.importorskip("distributed", reason="needs the extra «cluster»")
    for address in ("tcp://127.0.0.1:9", "どこか"):
        done = run("merge", "--workspace", workspace, "--cluster", address)
        assert done.status == 2
        assert f"クラスター『{address}』につながりません" in done.err
        assert "Traceback" not in done.err


def test_without_the_extra_it_says_what_to_install(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ImportError", encoding="utf-8")
    path = f"{tmp_path}{os.pathsep}{ROOT}"
    done = run("merge", "--workspace", workspace, "--cluster", "tcp://x:1", PYTHONPATH=path)
    assert done.status == 2
    assert "requirements-cluster.txt" in done.err
