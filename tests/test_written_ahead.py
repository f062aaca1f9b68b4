"""Much to write: other processes do it, and nothing else changes."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from sousei_xl import cli
from sousei_xl.findings import Place, finding
from sousei_xl.forms.returns import Return, write_return
from sousei_xl.pipeline import delivery
from sousei_xl.pipeline import returns as returning
from sousei_xl.publish import ahead
from sousei_xl.publish.ahead import Write, Writers
from sousei_xl.publish.disk import digest
from tests.facts import example_strategy
from tests.test_determinism import assert_same, outputs
from tests.two_years import two_years
from tests.workspaces import column, edit, example_workspace


def returns(count: int) -> list[Write]:
    """Files that could not be opened: the findings go back alone."""
    said = [(f"{n}.xls", finding("F101", Place(f"{n}.xls"))) for n in range(count)]
    jobs = [Return(f, f"差戻し/{f}x", "経済部", 1, "", (item,)) for f, item in said]
    strategy = example_strategy()
    return [partial(write_return, source=Path(), item=job, strategy=strategy) for job in jobs]


def written(folder: Path, writes: Sequence[Write]) -> list[bytes]:
    folder.mkdir()
    paths = [folder / f"{number}.xlsx" for number in range(len(writes))]
    for write, path in zip(writes, paths, strict=True):
        write(path)
    return [path.read_bytes() for path in paths]


def written_ahead(folder: Path, count: int = 7) -> list[bytes]:
    with Writers(2) as writers:
        return written(folder, writers.ahead(returns(count), at_once=3))


def test_other_processes_write_what_this_one_would(tmp_path: Path) -> None:
    assert written_ahead(tmp_path / "2") == written(tmp_path / "0", returns(7))
    assert written_ahead(tmp_path / "none", 0) == []


def test_a_process_that_came_up_early_writes_the_same(tmp_path: Path) -> None:
    with Writers(1) as writers:
        writers.start("sousei_xl.forms.returns")
        early = written(tmp_path / "1", writers.ahead(returns(3), at_once=3))
    assert early == written(tmp_path / "0", returns(3))


def test_what_writes_aside_comes_up_without_pandas() -> None:
    """It takes longer to import than a department's return to write."""
    written_there = (delivery.write_checkbook, delivery.write_council, write_return)
    modules = ", ".join(write.__module__ for write in written_there)
    code = f"import sys, {modules}; print('pandas' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_a_process_that_came_up_for_nothing_ends() -> None:
    with Writers(1) as writers:
        writers.start("sousei_xl.forms.returns")
    assert not multiprocessing.active_children()


def die(*_: object) -> None:
    os._exit(9)


def test_processes_that_die_cost_nothing_but_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_write_several", die)
    assert written_ahead(tmp_path / "2") == written(tmp_path / "0", returns(7))


def test_processes_that_cannot_be_started_cost_nothing_but_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(ProcessPoolExecutor, "submit", refuse)
    assert written_ahead(tmp_path / "2") == written(tmp_path / "0", returns(7))
    assert not capsys.readouterr().err
    monkeypatch.setenv("SOUSEI_XL_DEBUG", "1")
    written_ahead(tmp_path / "3")
    assert "BlockingIOError" in capsys.readouterr().err


def test_what_is_examined_aside_is_found_in_any_case(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    with Writers(1) as writers:
        assert writers.examine(digest, path)() == digest(path)
        assert writers.examine(die_elsewhere, path)() == os.getpid()
        assert writers.examine(digest, path)() == digest(path)  # its pool is broken
        with pytest.raises(FileNotFoundError):
            writers.examine(digest, tmp_path / "b.txt")()


def die_elsewhere(path: Path) -> int:
    if multiprocessing.parent_process() is not None:
        os._exit(9)
    return os.getpid()


def test_no_more_files_wait_than_are_needed_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []
    usual = ProcessPoolExecutor.submit

    def submit(pool: ProcessPoolExecutor, *work: object) -> object:
        begun.append(work)
        return usual(pool, *work)  # type: ignore[arg-type]

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit)
    with Writers(1) as writers:
        writes = writers.ahead(returns(20), at_once=2)
        assert len(begun) == 2
        writes[0](tmp_path / "0.xlsx")
        assert len(begun) == 3
        for number, write in enumerate(writes[1:], 1):
            write(tmp_path / f"{number}.xlsx")
    assert len(begun) == 10


def fail(path: Path) -> None:
    raise OSError(28, "No space left on device")


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with Writers(1) as writers:
        (write,) = writers.ahead([fail], at_once=1)
        with pytest.raises(OSError, match="No space"):
            write(tmp_path / "1.xlsx")


def take_long(path: Path) -> None:
    time.sleep(600)


def interrupted() -> None:
    with Writers(1) as writers:
        writers.ahead([take_long], at_once=1)
        time.sleep(1)  # until it is at work
        raise KeyboardInterrupt


def test_an_interruption_waits_for_nobody() -> None:
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.monotonic() - started < 60


def merged(
    workspace: Path, status: int, original: Path, options: Sequence[str] = ()
) -> dict[str, bytes]:
    shutil.copytree(original, workspace)
    assert cli.run(["merge", "--workspace", str(workspace), *options]) == status
    return outputs(workspace)


@pytest.fixture
def always_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is long enough for a second process, and nothing is left for this one to do."""
    monkeypatch.setattr(delivery, "_LONG_LIST", 0)
    fetch = ahead._Ahead.fetch

    def fetch_only(
        self: ahead._Ahead, lot: int, number: int, write: Write, written: Path, path: Path
    ) -> object:
        self._begun[lot].result()
        return fetch(self, lot, number, write, written, path)

    monkeypatch.setattr(ahead._Ahead, "fetch", fetch_only)


def test_returns_written_by_several_processes_have_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = example_workspace(tmp_path / "w")
    path = original / "inbox" / "経済部.xlsx"
    edit(path, "事業", {f"{column(path, '関連性')}4": "△"})
    alone = merged(tmp_path / "alone", 1, original)
    monkeypatch.setattr(returning, "_MANY", 0)
    assert_same(alone, merged(tmp_path / "several", 1, original))


def test_a_long_list_written_by_two_processes_has_the_same_bytes(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    original = example_workspace(tmp_path / "w")
    alone = merged(tmp_path / "alone", 0, original)
    request.getfixturevalue("always_aside")
    assert_same(alone, merged(tmp_path / "two", 0, original))


def test_a_list_too_long_for_a_copy_is_examined_aside(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = example_workspace(tmp_path / "w")
    alone = merged(tmp_path / "alone", 0, original)
    request.getfixturevalue("always_aside")
    monkeypatch.setattr(delivery, "_LONGEST_COPY", 0)
    monkeypatch.setattr(ahead.Writers, "ahead", die)
    assert_same(alone, merged(tmp_path / "two", 0, original))


def test_last_year_beside_a_long_list(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    years = two_years(tmp_path)
    options = ("--previous", str(years.previous))
    alone = merged(tmp_path / "alone", 0, years.second, options)
    request.getfixturevalue("always_aside")
    assert_same(alone, merged(tmp_path / "two", 0, years.second, options))


def test_a_long_list_whose_second_process_dies_has_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = example_workspace(tmp_path / "w")
    alone = merged(tmp_path / "alone", 0, original)
    monkeypatch.setattr(delivery, "_LONG_LIST", 0)
    monkeypatch.setattr(ahead, "_write_several", die)
    assert_same(alone, merged(tmp_path / "one died", 0, original))
