"""What ``watch`` keeps between its merges."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from sousei_xl.commands.merge import Request, deliver
from sousei_xl.commands.progress import Progress
from sousei_xl.intake import kept as keeping
from sousei_xl.intake import read
from sousei_xl.intake.child import Child
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.kept import Kept
from sousei_xl.intake.read import read_files, start_reading
from sousei_xl.intake.reading import Reading
from sousei_xl.pipeline.delivery import come_up
from sousei_xl.publish import ahead
from sousei_xl.publish.ahead import Writers
from sousei_xl.workspace import Workspace
from tests import zip_surgery as zs
from tests.test_determinism import assert_same, outputs
from tests.test_read import ONE, PLAIN, put
from tests.workspaces import column, edit, example_workspace

OTHER = zs.bare_book(zs.sheet_xml(ONE.replace("<v>1</v>", "<v>22</v>")))

Files = dict[str, bytes]


@pytest.fixture
def kept() -> Iterator[Kept]:
    kept = Kept()
    yield kept
    kept.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that a process was given to read."""
    asked: list[str] = []
    hand = Child.hand

    def noted(child: Child, file: InboxFile) -> None:
        asked.append(file.file)
        hand(child, file)

    monkeypatch.setattr(Child, "hand", noted)
    return asked


def read_with(kept: Kept, files: list[InboxFile]) -> list[Reading]:
    with start_reading(files, 2, kept=kept) as pending:
        return pending.result()


def test_what_has_not_changed_is_not_read_again(
    tmp_path: Path, kept: Kept, asked: list[str]
) -> None:
    files = put(tmp_path, a=PLAIN, b=PLAIN, c=PLAIN)
    first = read_with(kept, files)
    assert sorted(asked) == ["a.xlsx", "b.xlsx", "c.xlsx"]
    asked.clear()
    assert read_with(kept, files) == first
    assert asked == []
    put(tmp_path, b=OTHER)
    assert read_with(kept, files) == read_files(files, 1) != first
    assert asked == ["b.xlsx", "a.xlsx", "b.xlsx", "c.xlsx"]  # the last three by read_files


def test_another_file_of_the_same_size_and_time_is_read(tmp_path: Path, kept: Kept) -> None:
    files = put(tmp_path, a=PLAIN)
    os.utime(files[0].path, ns=(1, 1))
    read_with(kept, files)
    other = zs.bare_book(zs.sheet_xml(ONE.replace("<v>1</v>", "<v>2</v>")))
    assert len(other) == len(PLAIN)
    put(tmp_path, b=other)
    os.utime(tmp_path / "b.xlsx", ns=(1, 1))
    os.replace(tmp_path / "b.xlsx", files[0].path)
    assert read_with(kept, files) == read_files(files, 1)


def test_what_was_refused_is_read_again(tmp_path: Path, kept: Kept, asked: list[str]) -> None:
    files = put(tmp_path, a=PLAIN, b=PLAIN[:200])
    read_with(kept, files)
    asked.clear()
    assert [r.refusal is None for r in read_with(kept, files)] == [True, False]
    assert asked == ["b.xlsx"]


def test_who_has_gone_is_forgotten(tmp_path: Path, kept: Kept, asked: list[str]) -> None:
    a, b = put(tmp_path, a=PLAIN, b=PLAIN)
    read_with(kept, [a, b])
    read_with(kept, [a])
    asked.clear()
    read_with(kept, [a, b])
    assert asked == ["b.xlsx"]


def test_of_very_many_files_none_is_kept(
    tmp_path: Path, kept: Kept, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_MOST", 1)
    files = put(tmp_path, a=PLAIN, b=PLAIN)
    for _ in range(2):
        assert read_with(kept, files) == read_files(files, 1)
    assert len(asked) == 8


def test_the_process_that_came_up_reads(
    tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.prepare()
    monkeypatch.setattr(read, "Child", lambda: pytest.fail("one more process"))
    files = put(tmp_path, a=PLAIN)
    with start_reading(files, 1, kept=kept) as pending:
        assert pending.result()[0].refusal is None
    assert kept.child() is None


def test_a_process_that_came_up_and_died_costs_nothing(tmp_path: Path, kept: Kept) -> None:
    kept.prepare()
    child = kept.child()
    assert child is not None
    child.kill()
    kept._child = child
    files = put(tmp_path, a=PLAIN)
    assert read_with(kept, files) == read_files(files, 1)


def test_a_process_that_cannot_come_up_is_left_to_who_needs_it(
    tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(keeping, "Child", refuse)
    kept.prepare()
    assert kept.child() is None
    assert read_with(kept, put(tmp_path, a=PLAIN))[0].refusal is None


def test_the_process_ends_with_the_watching(kept: Kept) -> None:
    kept.prepare()
    child = kept.child()
    assert child is not None
    kept._child = child
    kept.close()
    assert child._process.poll() is not None


def merged(folder: Path, kept: Kept | None = None, writers: Writers | None = None) -> Files:
    with Progress("読み込み") as progress:
        deliver(Request(Workspace.at(folder), progress, kept=kept, writers=writers))
    return {name: data for name, data in outputs(folder).items() if "履歴" not in name}


def change(fresh: Path, watched: Path, amount: int) -> None:
    """The same change in both inboxes."""
    path = fresh / "inbox" / "経済部.xlsx"
    edit(path, "事業", {f"{column(path, '予算事業費（千円）')}4": amount})
    shutil.copyfile(path, watched / "inbox" / path.name)


def test_what_is_merged_from_kept_readings_is_the_same(tmp_path: Path, kept: Kept) -> None:
    watched, fresh = (example_workspace(tmp_path / name) for name in ("見張り", "はじめから"))
    before = merged(watched, kept)
    change(fresh, watched, 123_456)
    after = merged(watched, kept)
    assert after != before
    assert_same(after, merged(fresh))


def test_what_a_process_writes_that_outlives_the_merge_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched, fresh = (example_workspace(tmp_path / name) for name in ("見張り", "はじめから"))
    submitted: list[object] = []
    submit = ProcessPoolExecutor.submit

    def counted(pool: ProcessPoolExecutor, task: Any, *arguments: Any) -> Any:
        submitted.append(task)
        return submit(pool, task, *arguments)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", counted)
    with Writers(1) as writers:
        merged(watched, writers=writers)
        assert not submitted  # a short list is written here rather than wait for a process
        for amount in (123_456, 654_321):
            come_up(writers)
            [process] = active_children()
            change(fresh, watched, amount)
            assert_same(merged(watched, writers=writers), merged(fresh))
            assert active_children() == [process]
            writers.forget()
        assert submitted[1:] == [ahead._write_several] * 2
        process.kill()
        process.join()
        change(fresh, watched, 111_111)
        assert_same(merged(watched, writers=writers), merged(fresh))
        come_up(writers)
        assert active_children() not in ([], [process])
    assert not active_children()
