"""``status`` and ``watch`` as a user meets them."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import openpyxl
import pytest

from sousei_xl.commands import watch
from sousei_xl.commands.terminal import new_console, new_table
from sousei_xl.errors import OperatorError
from tests.forms_filled import fill
from tests.indicator_builders import example_kpi_strategy
from tests.workspaces import ROOT, column, edit, example_workspace, run


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


def test_kpi_that_are_owed_count_once_their_round_runs(workspace: Path) -> None:
    """A form of the list brings them too, and the list does not wait for them."""
    form = workspace / "inbox" / "経済部.xlsx"
    book = openpyxl.load_workbook(form)
    del book["KPI"]
    book.save(form)
    said = run("status", "--workspace", workspace, "--json")
    owing = [d["department"] for d in said.json["departments"] if d["kpi_state"] == "未提出"]
    assert (said.status, owing) == (0, ["経済部"])
    assert run("distribute", "--only", "KPI", "--workspace", workspace).status == 0
    assert run("status", "--workspace", workspace).status == 1
    answer = workspace / "outbox" / "様式" / "KPI" / "農政部.xlsx"
    shutil.move(answer, workspace / "inbox" / "農政部_夏.xlsx")
    shutil.rmtree(workspace / "outbox" / "様式")
    assert run("status", "--workspace", workspace).status == 1


def test_no_kpi_are_owed_where_only_projects_were_asked_for(workspace: Path) -> None:
    for form in (workspace / "inbox").glob("*部.xlsx"):
        book = openpyxl.load_workbook(form)
        if "KPI" in book.sheetnames:
            del book["KPI"]
        book.save(form)
    said = run("status", "--workspace", workspace)
    assert (said.status, "照会前" in said.out, "依頼文（KPI" in said.out) == (0, True, False)
    assert run("distribute", "--only", "KPI", "--workspace", workspace).status == 0
    said = run("status", "--workspace", workspace)
    assert (said.status, "照会前" in said.out, "依頼文（KPI" in said.out) == (1, False, True)
    merged = run("merge", "--workspace", workspace).out
    assert "KPIの実績の報告がまだない" in merged


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
    named = steps.index("受け付けられなかったファイルが1件あります（経済部_修正版.xlsx）")
    assert named < steps.index("--approve")
    assert "要修正 1件（受け付けなかったファイル 1件）" in done.out


def test_the_kpi_round_after_a_return_of_the_list(workspace: Path) -> None:
    """地域振興部 was sent a 差戻し in March (版 2); in summer its KPI form comes in twice."""
    assert run("distribute", "--workspace", workspace, "--only", "KPI").status == 0
    march = workspace / "inbox" / "地域振興部.xlsx"
    book = openpyxl.load_workbook(march)
    next(r for r in book["回答票"].iter_rows() if r[0].value == "版")[1].value = 2
    book.save(march)
    form = workspace / "outbox" / "様式" / "KPI" / "地域振興部.xlsx"
    rows = {"2ア-1": {"actual_2017": 99}}
    strategy = example_kpi_strategy()
    fill(form, workspace / "inbox" / "夏1.xlsx", strategy, indicators={"2ア-1": {"cause": "初め"}})
    summer = workspace / "inbox" / "夏2.xlsx"
    fill(form, summer, strategy, indicators=rows, reply={"版": 2})
    shutil.copy(form.with_name("農政部.xlsx"), workspace / "inbox" / "農政部_夏.xlsx")  # as sent

    status = run("status", "--workspace", workspace)
    states, letters = status.out.split("--- ", 1)
    lines = {line.split()[0]: line for line in states.splitlines() if line.strip()}
    assert "受理（一覧の様式の値）" in lines["農政部"]
    assert "（一覧の様式の値）" not in lines["地域振興部"]
    assert "まだない7部局（" in status.out
    assert "差替え済み（使っていません）: 夏1.xlsx" in status.out
    assert letters.count("への依頼文（KPIの未提出） ---") == 7
    assert "・4ア-1「農業産出額" not in letters
    found = run("status", "--workspace", workspace, "--json").json["departments"]
    waiting = {d["department"] for d in found if d["kpi_from_list"]}
    assert (len(waiting), "地域振興部" in waiting) == (7, False)
    assert {d["kpi_state"] for d in found} == {"受理", "該当なし"}

    done = run("merge", "--workspace", workspace)
    assert "KPIだけの様式での報告がまだない7部局" in done.out.partition("次にすること")[2]
    [checkbook] = (workspace / "outbox").glob("点検結果*.xlsx")
    cells = [
        [cell.value for cell in row]
        for row in openpyxl.load_workbook(checkbook)["提出状況"].iter_rows()
    ]
    # Counted, and called, as on the official sheets: 29 indicators have 30 series.
    counted = next(str(row[1]) for row in cells if row[0] == "KPI").partition("　")[0]
    assert counted.startswith("指標30件のうち")
    assert f"KPI: {counted}。" in done.out
    replaced = next(row for row in cells if "差替え済み" in row)
    assert replaced[3] == "夏1.xlsx"
    assert replaced[-1] == "『夏2.xlsx』を使い、このファイルは使っていません。"
    blank = next(row for row in cells if "記入なし" in row)
    assert (blank[3], blank[-1][:7]) == ("農政部_夏.xlsx", "記入がないため")
    kpi = next(str(row[1]) for row in cells if row[0] == "KPI")
    assert "受理（一覧の様式の値） 7（" in kpi
    assert "受理 1（地域振興部）" in kpi
    [annex] = (workspace / "outbox").glob("別紙*.xlsx")
    data = [
        [c.value for c in row] for row in openpyxl.load_workbook(annex)["データ_KPI"].iter_rows()
    ]
    at = {heading: i for i, heading in enumerate(data[0])}
    values = {r[at["実績年"]]: r[at["実績値"]] for r in data if r[at["ID"]] == "2ア-1"}
    assert values == {"H29": 99}
    # A form of the list that is checked takes nothing from a form of the KPI round either.
    checked = run("check", march, "--workspace", workspace, "--json").json
    assert not {f["code"] for f in checked["findings"] if f["code"].startswith("K")}


def test_a_kpi_round_in_which_nothing_is_due_counts_nothing(workspace: Path) -> None:
    """The first year of a plan: nobody has reported, and nobody was asked."""
    template = workspace / "templates" / "別紙_template.xlsx"
    book = openpyxl.load_workbook(template)
    day = next(r for r in book["設定"].iter_rows() if r[0].value == "実績基準日")[1]
    day.value = dt.datetime(2015, 6, 1)
    book.save(template)
    (workspace / "inbox" / "地域振興部.xlsx").unlink()

    found = run("status", "--workspace", workspace, "--json").json["departments"]
    states = {d["department"]: d["kpi_state"] for d in found}
    assert (states["地域振興部"], states["農政部"]) == ("該当なし", "受理")
    done = run("merge", "--workspace", workspace)
    said = "照会の時期の指標はまだありません"
    assert f"KPI: {said}。" in done.out
    [checkbook] = (workspace / "outbox").glob("点検結果*.xlsx")
    rows = openpyxl.load_workbook(checkbook)["提出状況"].iter_rows(values_only=True)
    told = next(str(cells[1]) for cells in rows if cells[0] == "KPI")
    assert told.startswith(f"{said}　受理 ")
    assert "該当なし" not in told
    assert "地域振興部" not in told


def _hear_of_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


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
            # A process of the background, and what it starts, would not hear of Ctrl+C.
            preexec_fn=None if sys.platform == "win32" else _hear_of_interrupts,
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
    (workspace / "inbox" / "初めから.xlsx").write_bytes(b"PK\x03\x04 half")
    watching = Watching(workspace)
    yield watching
    watching.process.kill()
    watching.process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_watch_reacts_survives_bad_files_and_stops_cleanly(
    workspace: Path, watching: Watching
) -> None:
    first = watching.wait_for("最初の統合")
    assert "作成中" in first
    assert "受け付けられないファイル 1件（初めから.xlsx）" in first
    shutil.move(workspace / "農政部.xlsx", workspace / "inbox" / "農政部.xlsx")
    assert "案" in watching.wait_for("農政部 受理")
    # Only this merge can tell: the next one compares with what it has written.
    [path] = (workspace / "outbox").glob("別紙*.xlsx")
    edit(path, "別紙", {"A1": "手で直した題"})
    shutil.move(workspace / "inbox" / "農政部.xlsx", workspace / "農政部.xlsx")
    watching.wait_for("今回はどのファイルにもない行: 12")
    watching.wait_for("手で直した箇所が1件ありました")
    shutil.move(workspace / "農政部.xlsx", workspace / "inbox" / "農政部.xlsx")
    watching.wait_for("農政部 受理")
    (workspace / "inbox" / "壊れた.xlsx").write_bytes(b"PK\x03\x04 half")
    watching.wait_for("壊れた.xlsx 受け付けられません")
    (workspace / "inbox" / "経済部.pdf").write_bytes(b"%PDF")
    watching.wait_for("経済部.pdf 読み込んでいません")
    (workspace / "inbox" / "中" / "奥").mkdir(parents=True)
    watching.wait_for("中/奥/ 読み込んでいません")
    shutil.copy(workspace / "inbox" / "農政部.xlsx", workspace / "inbox" / "農政部 旧.xlsx")
    watching.wait_for("差替え済み（使っていません）")
    path = workspace / "inbox" / "社会教育部.xlsx"
    relevance = column(path, "関連性")
    edit(path, "事業", {f"{relevance}{_first_row(path)}": "△"})
    watching.wait_for("社会教育部 差戻し 1件")
    watching.process.send_signal(signal.SIGINT)
    watching.wait_for("見張りを終わります")
    assert watching.process.wait(10) == 0


def test_what_held_a_merge_up_is_tried_again_without_a_change(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = iter(["使用中です。", "使用中です。", "", "開かれています。"])
    merged: list[str] = []

    def merge_once(*_: object) -> dict[str, str]:
        problem = next(outcomes, None)
        if problem is None:
            raise KeyboardInterrupt
        if problem:
            raise OperatorError(problem)
        merged.append("")
        (workspace / "inbox" / "農政部.xlsx").unlink()  # the next merge has a reason of its own
        return {}

    monkeypatch.setattr(watch, "_merge_once", merge_once)
    monkeypatch.setattr(watch, "_AGAIN", 0.1)
    parser = argparse.ArgumentParser()
    watch.add_options(parser)
    assert watch.run(parser.parse_args(["--workspace", str(workspace)])) == 0
    assert len(merged) == 1
    assert (
        capsys.readouterr().err
        == "できませんでした: 使用中です。\nできませんでした: 開かれています。\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_watch_gives_an_object_for_each_merge(workspace: Path) -> None:
    watching = Watching(workspace, "--json")
    try:
        found = json.loads(watching.wait_for('"status"'))
    finally:
        watching.process.kill()
        watching.process.wait()
    assert (found["status"], found["ledger"]["listed"]) == ("proposal", 104)
    assert found["remarks"] == {
        "this_year": 0,
        "earlier": 0,
        "late": 0,
        "orphans": 0,
        "beside": [],
    }


def _first_row(path: Path) -> int:
    import openpyxl

    sheet = openpyxl.load_workbook(path)["事業"]
    name = column(path, "事業名")
    header = next(c.row for c in sheet[name] if c.value == "事業名")
    return int(header) + 1


def test_no_column_vanishes_beside_a_long_department(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    console = new_console()
    table = new_table(console, ("部局", False), ("状態", False), ("行", True), ("要修正", True))
    table.add_row(
        "適疎のまちづくり移住定住・関係人口・ふるさと納税推進課" * 3, "受理", "12,345", "67"
    )
    console.print(table)
    shown = capsys.readouterr().out
    assert all(cell in shown for cell in ("要修正", "12,345", "67", "推進課"))
    assert "…" not in shown


def test_where_the_printed_commands_are_to_be_run(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = f"作業フォルダー「{workspace}」に移ってから"
    assert said in run("merge", "--workspace", workspace).out
    monkeypatch.chdir(workspace)
    assert "に移ってから" not in run("merge").out
