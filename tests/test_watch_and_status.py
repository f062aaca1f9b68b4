"""``status`` and ``watch`` as a user meets them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest
from workspaces import ROOT, column, edit, example_workspace, run


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return example_workspace(tmp_path / "作業")


def test_status_says_who_is_missing_and_writes_nothing(workspace: Path) -> None:
    assert run("status", "--workspace", workspace).status == 0
    (workspace / "inbox" / "農政部.xlsx").unlink()
    (workspace / "inbox" / "経済部.xlsx").write_bytes(b"PK\x03\x04 half")
    done = run("status", "--workspace", workspace)
    assert done.status == 1
    assert "農政部への依頼文" in done.out
    found = run("status", "--workspace", workspace, "--json").json
    states = {d["department"]: d["state"] for d in found["departments"]}
    assert (states["農政部"], states["経済部"]) == ("未提出", "再提出待ち")
    assert states["学校教育部"] == "受理"
    assert list((workspace / "outbox").iterdir()) == []


def test_a_refused_file_beside_a_good_one_is_told_with_its_cure(workspace: Path) -> None:
    good = (workspace / "inbox" / "経済部.xlsx").read_bytes()
    (workspace / "inbox" / "経済部_修正版.xlsx").write_bytes(good[:4000])
    done = run("status", "--workspace", workspace)
    assert done.status == 0  # 経済部 has an accepted file
    assert "受け付けられないファイル: 経済部_修正版.xlsx" in done.out
    assert "途中までしかありません" in done.out
    found = run("status", "--workspace", workspace, "--json").json
    assert [(f["file"], f["code"]) for f in found["findings"]] == [("経済部_修正版.xlsx", "F103")]
    done = run("merge", "--workspace", workspace)
    assert done.status == 0
    steps = done.out.partition("次にすること")[2]
    named = steps.index("受け付けられなかったファイルが1つあります（経済部_修正版.xlsx）")
    assert named < steps.index("--approve")
    assert "要修正 1件（受け付けなかったファイル 1件）" in done.out


class Watching:
    """A running ``watch`` whose lines can be waited for."""

    def __init__(self, workspace: Path, *options: str) -> None:
        flags = subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sousei_xl", "watch", "--workspace", str(workspace), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            encoding="utf-8",
            creationflags=flags,
        )
        self.lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip())

    def wait_for(self, words: str) -> str:
        seen = []
        try:
            while True:
                seen.append(self.lines.get(timeout=30))
                if words in seen[-1]:
                    return seen[-1]
        except Empty:
            raise AssertionError(f"waited for {words!r}, saw {seen}") from None


@pytest.fixture
def watching(workspace: Path) -> Iterator[Watching]:
    (workspace / "inbox" / "農政部.xlsx").rename(workspace / "農政部.xlsx")
    watching = Watching(workspace)
    yield watching
    watching.process.kill()
    watching.process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_watch_reacts_survives_bad_files_and_stops_cleanly(
    workspace: Path, watching: Watching
) -> None:
    assert "作成中" in watching.wait_for("最初の統合")
    shutil.move(workspace / "農政部.xlsx", workspace / "inbox" / "農政部.xlsx")
    assert "案" in watching.wait_for("農政部 受理")
    (workspace / "inbox" / "壊れた.xlsx").write_bytes(b"PK\x03\x04 half")
    watching.wait_for("壊れた.xlsx 受け付けられません")
    path = workspace / "inbox" / "社会教育部.xlsx"
    relevance = column(path, "関連性")
    edit(path, "事業", {f"{relevance}{_first_row(path)}": "△"})
    watching.wait_for("社会教育部 差戻し 1件")
    watching.process.send_signal(signal.SIGINT)
    watching.wait_for("見張りを終わります")
    assert watching.process.wait(10) == 0


def _first_row(path: Path) -> int:
    import openpyxl

    sheet = openpyxl.load_workbook(path)["事業"]
    name = column(path, "事業名")
    header = next(c.row for c in sheet[name] if c.value == "事業名")
    return int(header) + 1
