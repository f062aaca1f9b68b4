"""Many workbooks on their way back: other processes write them, and nothing else changes."""

from __future__ import annotations

import errno
import os
import shutil
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from sousei_xl import cli
from sousei_xl.findings import Place, finding
from sousei_xl.forms.returns import Return, write_return
from sousei_xl.pipeline import delivery
from sousei_xl.publish import ahead
from sousei_xl.publish.ahead import Write, written_ahead
from tests.facts import example_strategy
from tests.test_determinism import assert_same, outputs
from tests.workspaces import column, edit, example_workspace


def returns(count: int) -> list[Write]:
    """Files that could not be opened: the findings go back alone."""
    said = [(f"{n}.xls", finding("F101", Place(f"{n}.xls"))) for n in range(count)]
    jobs = [Return(f, f"差戻し/{f}x", "経済部", 1, "", (item,)) for f, item in said]
    strategy = example_strategy()
    return [partial(write_return, source=Path(), item=job, strategy=strategy) for job in jobs]


def written(folder: Path, processes: int, count: int = 7) -> list[bytes]:
    folder.mkdir()
    with written_ahead(returns(count), processes, at_once=3) as writes:
        for number, write in enumerate(writes):
            write(folder / f"{number}.xlsx")
    return [(folder / f"{number}.xlsx").read_bytes() for number in range(count)]


def test_other_processes_write_what_this_one_would(tmp_path: Path) -> None:
    assert written(tmp_path / "2", 2) == written(tmp_path / "0", 0)
    assert written(tmp_path / "none", 2, 0) == []


def die(*_: object) -> None:
    os._exit(9)


def test_processes_that_die_cost_nothing_but_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = written(tmp_path / "0", 0)
    monkeypatch.setattr(ahead, "_write_several", die)
    assert written(tmp_path / "2", 2) == alone


def test_processes_that_cannot_be_started_cost_nothing_but_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = written(tmp_path / "0", 0)

    def refuse(*_: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(ProcessPoolExecutor, "submit", refuse)
    assert written(tmp_path / "2", 2) == alone


def test_no_more_files_wait_than_are_needed_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []
    usual = ProcessPoolExecutor.submit

    def submit(pool: ProcessPoolExecutor, *work: object) -> object:
        begun.append(work)
        return usual(pool, *work)  # type: ignore[arg-type]

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit)
    with written_ahead(returns(20), 1, at_once=2) as writes:
        assert len(begun) == 2
        writes[0](tmp_path / "0.xlsx")
        assert len(begun) == 3
        for number, write in enumerate(writes[1:], 1):
            write(tmp_path / f"{number}.xlsx")
    assert len(begun) == 10


def fail(path: Path) -> None:
    raise OSError(28, "No space left on device")


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with written_ahead([fail], 1, at_once=1) as (write,), pytest.raises(OSError, match="No space"):
        write(tmp_path / "1.xlsx")


def take_long(path: Path) -> None:
    time.sleep(600)


def interrupted() -> None:
    with written_ahead([take_long], 1, at_once=1):
        time.sleep(1)  # until it is at work
        raise KeyboardInterrupt


def test_an_interruption_waits_for_nobody() -> None:
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.monotonic() - started < 60


def test_a_merge_in_several_processes_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = example_workspace(tmp_path / "w")
    path = original / "inbox" / "経済部.xlsx"
    edit(path, "事業", {f"{column(path, '関連性')}4": "△"})
    found = []
    for most in (delivery._MANY_RETURNS, 0):
        monkeypatch.setattr(delivery, "_MANY_RETURNS", most)
        workspace = tmp_path / str(most)
        shutil.copytree(original, workspace)
        assert cli.run(["merge", "--workspace", str(workspace)]) == 1
        found.append(outputs(workspace))
    assert_same(*found)
