"""Publishing in good order: what stands, what is kept, what stops it."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from sousei_xl import publish as pub
from sousei_xl.errors import OperatorError
from sousei_xl.publish import (
    Approval,
    OpenSheets,
    Outbox,
    Output,
    Published,
    hand_edited,
    locked,
    read_approval,
)
from sousei_xl.publish.journal import Change
from sousei_xl.workspace import HISTORY, Workspace
from tests.outboxes import DRAFT, NOW, PROPOSAL, ROWS, RUN, publish, standing, text, workbook
from tests.workspaces import needs_links

ROOT = Path(__file__).parents[1]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "inbox").mkdir()
    return Workspace.at(tmp_path)


@pytest.fixture
def published(workspace: Workspace) -> Workspace:
    publish(workspace, Output(DRAFT, workbook()))
    return workspace


def test_first_publication_writes_and_verifies(workspace: Workspace) -> None:
    seen = []

    def look(path: Path, sheets: OpenSheets) -> None:
        seen.append({name: list(rows) for name, rows in sheets.items()})

    done = publish(
        workspace,
        Output(DRAFT, workbook(), verify=look, last=True),
        Output("オープンデータ/事業一覧.csv", text("番号\r\n"), verify=look),
    )
    assert done == Published([DRAFT, "オープンデータ/事業一覧.csv"], [], [])
    assert standing(workspace) == sorted(done.written)
    assert seen[1] == {}
    assert seen[0]["別紙"][1] == [1, "移住促進", 1200]
    assert seen[0]["注記"] == [["", ""], ["", ""], ["", "架空の値"]]
    assert not (workspace.outbox / ".作業中").exists()


def test_the_official_workbook_takes_its_place_last(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[str] = []
    usual = pub.commit

    def commit(outbox: Outbox, changes: Sequence[Change]) -> None:
        moved.extend(change.target for change in changes)
        usual(outbox, changes)

    monkeypatch.setattr(pub, "commit", commit)
    outputs = [Output(DRAFT, workbook(), last=True), Output("メモ.txt", text("あ"))]
    publish(workspace, *outputs)
    # The record tells of all of them, so it comes after them.
    assert [name for name in moved if "記録/" not in name] == ["メモ.txt", DRAFT, "履歴/記録.json"]


def test_equal_bytes_are_unchanged(published: Workspace) -> None:
    before = (published.outbox / DRAFT).stat().st_mtime_ns
    assert publish(published, Output(DRAFT, workbook())) == Published([], [DRAFT], [])
    assert (published.outbox / DRAFT).stat().st_mtime_ns == before


def test_equal_contents_with_other_zip_times_are_unchanged(published: Workspace) -> None:
    path = published.outbox / "差戻し.xlsx"

    core = b'<a xmlns:dcterms="d"><dcterms:modified>%d</dcterms:modified></a>'

    def with_core(day: int) -> Callable[[Path], None]:
        def write(target: Path) -> None:
            with (
                zipfile.ZipFile(published.outbox / DRAFT) as source,
                zipfile.ZipFile(target, "w") as archive,
            ):
                for name in source.namelist():
                    data = core % day if name == "docProps/core.xml" else source.read(name)
                    archive.writestr(zipfile.ZipInfo(name, (2018, 4, day, 0, 0, 0)), data)

        return write

    publish(published, Output(path.name, with_core(1)))
    before = path.read_bytes()
    assert publish(published, Output(path.name, with_core(2))).unchanged == [path.name]
    assert path.read_bytes() == before
    assert hand_edited(published) == []


def test_the_former_state_goes_to_the_history(published: Workspace) -> None:
    old = (published.outbox / DRAFT).read_bytes()
    digest = pub.disk.digest(published.outbox / DRAFT)[:8]
    done = publish(published, Output(DRAFT, workbook(ROWS[:3])))
    kept = f"履歴/別紙_平成30年度_作成中（{digest}）.xlsx"
    assert done == Published([DRAFT], [], [kept], frozenset([kept]))
    assert (published.outbox / kept).read_bytes() == old


def test_another_state_of_the_document_takes_the_place(published: Workspace) -> None:
    done = publish(published, Output(PROPOSAL, workbook(), replaces=(DRAFT, "別紙.xlsx")))
    assert done.written == [PROPOSAL]
    assert standing(published) == sorted([PROPOSAL, *done.moved])
    assert len(done.moved) == 1


def test_the_history_is_never_overwritten(published: Workspace) -> None:
    states = [ROWS, ROWS[:3], ROWS[:2]]
    kept: dict[str, bytes] = {}
    for rows in states * 3:
        publish(published, Output(DRAFT, workbook(rows)))
        now = {name: (published.outbox / name).read_bytes() for name in standing(published)}
        assert all(now[name] == data for name, data in kept.items())
        kept = {name: data for name, data in now.items() if name != DRAFT}
    assert len(kept) == 3


def test_a_name_taken_in_the_history_gets_a_longer_hash(published: Workspace) -> None:
    digest = pub.disk.digest(published.outbox / DRAFT)
    (published.outbox / HISTORY / f"別紙_平成30年度_作成中（{digest[:8]}）.xlsx").write_text(
        "別のもの"
    )
    done = publish(published, Output(DRAFT, workbook(ROWS[:2])))
    assert done.moved == [f"履歴/別紙_平成30年度_作成中（{digest[:16]}）.xlsx"]


def test_retired_files_go_to_the_history_and_absent_ones_are_no_problem(
    workspace: Workspace,
) -> None:
    publish(workspace, Output("差戻し/経済部.xlsx", workbook(), tracked=False))
    done = publish(workspace, retire=["差戻し/経済部.xlsx", "差戻し/農政部.xlsx"])
    assert standing(workspace) == done.moved
    assert done.moved[0].startswith("履歴/差戻し/経済部（")


def test_a_failed_verification_leaves_the_old_set(published: Workspace) -> None:
    def refuse(path: Path, sheets: pub.OpenSheets) -> None:
        raise OperatorError("一致しません。")

    before = standing(published)
    with pytest.raises(OperatorError, match="一致しません"):
        publish(published, Output("a.csv", text("a")), Output(PROPOSAL, workbook(), refuse))
    assert standing(published) == before


@pytest.mark.parametrize("content", ["", "PK", "番号"])
def test_a_workbook_that_is_not_whole_is_not_published(published: Workspace, content: str) -> None:
    before = standing(published)
    with pytest.raises(OperatorError, match="正しく書き込めませんでした"):
        publish(published, Output(PROPOSAL, text(content)))
    assert standing(published) == before


def test_malformed_xml_in_a_whole_zip_is_not_published(workspace: Workspace) -> None:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("xl/worksheets/sheet1.xml", "<worksheet><c></worksheet>")

    with pytest.raises(OperatorError, match="正しく書き込めませんでした"):
        publish(workspace, Output(PROPOSAL, write))


def test_a_workbook_that_is_examined_elsewhere_must_be_whole_as_well(published: Workspace) -> None:
    def later(examine: object, path: Path) -> Callable[[], None]:
        def damaged() -> None:
            raise pub.NotWhole("damaged")

        return damaged

    before = standing(published)
    for tracked in (True, False):
        with pytest.raises(OperatorError, match="正しく書き込めませんでした"):
            publish(published, Output(PROPOSAL, workbook(), tracked=tracked), examine=later)
    assert standing(published) == before


def test_what_its_writer_has_examined_is_examined_again_only_where_it_changed(
    workspace: Workspace,
) -> None:
    examined: list[str] = []

    def later(examine: Callable[[Path], None], path: Path) -> Callable[[], None]:
        examined.append(path.name)
        return lambda: examine(path)

    def copied_badly(output: Output) -> Output:
        def write(path: Path) -> object:
            given = output.write(path)
            path.write_bytes(path.read_bytes()[:-30])
            return given

        return replace(output, write=write)

    whole = pub.written_whole(Output("点検結果.xlsx", workbook()))
    publish(workspace, whole, examine=later)
    assert examined == []
    publish(workspace, Output("a.xlsx", workbook([*ROWS, [4, "五", 6]])), examine=later)
    assert examined == ["00001.xlsx"]
    with pytest.raises(OperatorError, match="正しく書き込めませんでした"):
        publish(workspace, copied_badly(replace(whole, name="b.xlsx")), examine=later)


@pytest.mark.parametrize("name", ["", "/a.xlsx", "../a.xlsx", "履歴/a.xlsx", ".作業中/a", "a\\b"])
def test_names_outside_the_outbox_are_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        publish(workspace, Output(name, text("")))


def test_names_that_are_one_file_on_windows_are_refused(workspace: Workspace) -> None:
    nfd = unicodedata.normalize("NFD", "が.csv")
    with pytest.raises(OperatorError, match="同じファイル名"):
        publish(workspace, Output("が.csv", text("")), Output(nfd, text("")))


def test_odd_and_long_names(workspace: Workspace) -> None:
    nfd = unicodedata.normalize("NFD", "差戻し/ガ①髙 部.xlsx")
    long = f"{'長' * 80}.xlsx"
    for rows in (ROWS, ROWS[:2]):
        done = publish(workspace, Output(nfd, workbook(rows)), Output(long, workbook(rows)))
        assert done.written == [nfd, long]
    assert all((workspace.outbox / name).exists() for name in done.moved)
    assert len(done.moved) == 2


def test_the_inbox_is_never_the_outbox(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    for outbox in ("inbox", "inbox/out"):
        workspace = Workspace.at(tmp_path, outbox=tmp_path / outbox)
        with pytest.raises(OperatorError, match="inbox"):
            publish(workspace, Output(DRAFT, workbook()))
    assert list((tmp_path / "inbox").iterdir()) == []


def test_records_say_nothing_of_time_and_repeat_byte_for_byte(tmp_path: Path) -> None:
    def records(name: str) -> dict[str, bytes]:
        workspace = Workspace.at(tmp_path / name)
        (tmp_path / name).mkdir()
        publish(workspace, Output(DRAFT, workbook()), Output("a.csv", text("a")))
        return {
            path.relative_to(workspace.outbox).as_posix(): path.read_bytes()
            for path in (workspace.outbox / HISTORY).rglob("*.*")
            if path.name != ".ロック"
        }

    first = records("一")
    assert first == records("二")
    files = json.loads(first["履歴/記録.json"])["files"]
    assert files[DRAFT]["run"] == RUN.hash
    assert len(first) == 2


# 決裁


def test_approval_is_kept_until_another_one_comes(published: Workspace) -> None:
    assert read_approval(published) is None
    approval = Approval(dt.date(2018, 4, 2), "内容のハッシュ", 2018)
    publish(published, Output(PROPOSAL, workbook()), approval=approval)
    assert read_approval(published) == approval
    publish(published, Output(PROPOSAL, workbook(ROWS[:2])))
    assert read_approval(published) == approval


# One at a time, open files


@pytest.fixture
def other_run(published: Workspace) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that holds the outbox, and its number: a venv of Windows starts a second one."""
    script = (
        "import os, sys; from pathlib import Path; from sousei_xl.publish import locked;"
        "from sousei_xl.workspace import Workspace\n"
        "with locked(Workspace.at(Path(sys.argv[1]))): print(os.getpid(), flush=True); input()"
    )
    command = [sys.executable, "-c", script, str(published.outbox.parent)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
        process.kill()


def test_a_second_run_is_refused_until_the_first_has_ended(
    published: Workspace, other_run: tuple[subprocess.Popen[str], int]
) -> None:
    process, number = other_run
    with pytest.raises(OperatorError, match=rf"使用中です.*{number}.*終わってから"):
        publish(published, Output(PROPOSAL, workbook()))
    assert standing(published) == [DRAFT]
    process.kill()  # however it ends, its lock ends with it
    process.communicate()
    publish(published, Output(PROPOSAL, workbook()))


def test_the_caller_may_hold_the_outbox(published: Workspace) -> None:
    with locked(published, NOW) as outbox:
        with pytest.raises(OperatorError, match="使用中"):
            publish(published, Output(PROPOSAL, workbook()))
        publish(published, Output(PROPOSAL, workbook()), held=outbox)
        publish(published, Output(PROPOSAL, workbook(ROWS[:2])), held=outbox)


def held_open(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> list[float]:
    """Windows' behaviour: ``name`` can be neither replaced nor deleted ``times`` times."""
    waits: list[float] = []
    left = iter(range(times))

    def guard(action: Callable[..., None], victim: int) -> Callable[..., None]:
        def guarded(*paths: object, **options: object) -> None:
            if Path(str(paths[victim])).name == name and next(left, None) is not None:
                raise PermissionError(errno.EACCES, "sharing violation", str(paths[victim]))
            action(*paths, **options)

        return guarded

    monkeypatch.setattr(os, "replace", guard(os.replace, 1))
    monkeypatch.setattr(os, "unlink", guard(os.unlink, 0))
    monkeypatch.setattr(Path, "unlink", guard(Path.unlink, 0))
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


@pytest.mark.parametrize("name", [DRAFT, PROPOSAL])
def test_a_workbook_open_in_excel_stops_everything(
    published: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    outputs = [Output("a.csv", text("新")), Output(name, workbook(ROWS[:2]), replaces=(DRAFT,))]
    publish(published, Output("a.csv", text("旧")))
    before = {name: (published.outbox / name).read_bytes() for name in standing(published)}
    waits = held_open(monkeypatch, DRAFT, times=100)
    with pytest.raises(OperatorError) as caught:
        pub.publish(published, RUN, outputs)
    assert str(caught.value) == (
        f"『{DRAFT}』が開かれています。Excelで閉じてから再実行してください。"
    )
    assert 2.5 < sum(waits) < 4
    monkeypatch.undo()
    assert {n: (published.outbox / n).read_bytes() for n in standing(published)} == before
    assert publish(published, *outputs).written == ["a.csv", name]


def test_a_workbook_closed_in_time_is_replaced(
    published: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = held_open(monkeypatch, DRAFT, times=2)
    assert pub.publish(published, RUN, [Output(DRAFT, workbook(ROWS[:2]))]).written == [DRAFT]
    assert len(waits) == 2


# The disk


def test_the_outbox_must_have_a_place(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="見つかりません"):
        publish(Workspace.at(tmp_path / "無い"), Output(DRAFT, workbook()))
    (tmp_path / "outbox").write_text("")
    with pytest.raises(OperatorError, match="フォルダーではありません"):
        publish(Workspace.at(tmp_path), Output(DRAFT, workbook()))


def test_a_name_that_is_too_long_is_named(tmp_path: Path) -> None:
    """It is the outbox's own, or that of what is to stand in it."""
    name = "長" * 300
    with pytest.raises(OperatorError, match=f"フォルダー名『{name}』が長すぎます"):
        publish(Workspace.at(tmp_path, outbox=tmp_path / name), Output(DRAFT, workbook()))
    with pytest.raises(OperatorError, match=f"ファイル名『{name}』が長すぎます"):
        publish(Workspace.at(tmp_path), Output(name, text("")))


def test_what_cannot_be_read_is_not_said_to_be_unwritable(
    published: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> object:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", refuse)
    monkeypatch.setattr(os, "access", lambda *_: False)
    for read in (pub.read_approval, pub.hand_edited):
        with pytest.raises(OperatorError, match="を読み取れません"):
            read(published)


def test_a_folder_in_the_place_of_a_file(published: Workspace) -> None:
    (published.outbox / PROPOSAL).mkdir()
    with pytest.raises(OperatorError, match="フォルダーがあるため"):
        publish(published, Output(PROPOSAL, workbook()))


def test_a_full_disk_that_xlsxwriter_has_wrapped(published: Workspace) -> None:
    def write(path: Path) -> None:
        path.write_bytes(b"half")
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as error:
            raise xlsxwriter.exceptions.FileCreateError(error)  # noqa: B904

    with pytest.raises(OperatorError, match="空き容量"):
        publish(published, Output(PROPOSAL, write))
    assert standing(published) == [DRAFT]


def test_a_missing_input_of_a_writer_is_named_itself(published: Workspace, tmp_path: Path) -> None:
    missing = tmp_path / "templates" / "無い.xlsx"
    with pytest.raises(OperatorError, match=r"無い\.xlsx』を読み書きできません"):
        publish(published, Output(PROPOSAL, lambda path: path.write_bytes(missing.read_bytes())))


def test_a_bug_in_a_writer_is_not_hidden(published: Workspace) -> None:
    with pytest.raises(ZeroDivisionError):
        publish(published, Output(PROPOSAL, lambda path: 1 / 0))
    assert standing(published) == [DRAFT]


@needs_links
@pytest.mark.parametrize("folder", ["差戻し", "履歴", ".作業中"])
def test_nothing_is_written_through_a_link(
    workspace: Workspace, tmp_path: Path, folder: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    workspace.outbox.mkdir()
    (workspace.outbox / folder).symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(OperatorError, match=f"『{folder}』が、別の場所へのリンク"):
        publish(workspace, Output("差戻し/a.txt", text("あ")))
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("folder", ["差戻し", "履歴", ".作業中"])
def test_a_file_in_the_place_of_a_folder_is_named(workspace: Workspace, folder: str) -> None:
    workspace.outbox.mkdir()
    (workspace.outbox / folder).write_text("私のメモ")
    with pytest.raises(OperatorError, match=f"『{folder}』という名前のファイル"):
        publish(workspace, Output("差戻し/a.txt", text("あ")))
    assert (workspace.outbox / folder).read_text() == "私のメモ"


@needs_links
def test_the_outbox_itself_may_be_a_link(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    workspace.outbox.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    publish(workspace, Output("差戻し/a.txt", text("あ")))
    assert (tmp_path / "elsewhere" / "差戻し" / "a.txt").exists()
