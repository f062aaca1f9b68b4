"""Files to double-click: what cmd.exe and macOS need of their bytes, and that they start us."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sousei_xl.cli import COMMANDS
from sousei_xl.scaffold import init_workspace
from sousei_xl.scaffold.launchers import LAUNCHERS, write_launcher
from tests.workspaces import ROOT, example_workspace, run

BATCHES = [name for name in LAUNCHERS if name.endswith(".bat")]
MAC = "統合.command"


def test_they_stand_in_every_workspace_and_in_ours(tmp_path: Path) -> None:
    made = init_workspace(tmp_path)
    for name, content in LAUNCHERS.items():
        assert tmp_path / name in made
        assert (tmp_path / name).read_bytes() == content
        assert (ROOT / name).read_bytes() == content, f"{name}: run make examples"
    assert set(LAUNCHERS) == {"統合.bat", "様式作成.bat", "点検.bat", MAC}


@pytest.mark.parametrize("name", BATCHES)
def test_cmd_can_read_it_in_any_code_page(name: str) -> None:
    content = LAUNCHERS[name]
    assert content.isascii()
    assert not content.startswith(b"\xef\xbb\xbf")
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert lines[0] == b"@echo off"


@pytest.mark.parametrize("name", BATCHES)
def test_it_stays_open_and_every_jump_has_its_label(name: str) -> None:
    lines = LAUNCHERS[name].decode().splitlines()
    assert lines[-2:] == ["pause", "exit /b %STATUS%"]
    labels = {line[1:] for line in lines if line.startswith(":")}
    jumps = {m[1] for line in lines for m in [re.search(r"goto (\w+)", line)] if m}
    assert jumps <= labels
    # A label without a jump is one that is run into.
    assert labels - jumps <= {"end"}
    text = LAUNCHERS[name].decode()
    assert "(" not in "".join(line for line in lines if not line.startswith("echo "))
    assert 'pushd "%~dp0"' in text
    places = re.findall(r'set "PY=(.*)"', text)
    assert places == [
        ".venv\\Scripts\\python.exe",
        "..\\.venv\\Scripts\\python.exe",
        "py -3",
        "python",
    ]


@pytest.mark.parametrize("name", LAUNCHERS)
def test_it_calls_commands_that_exist(name: str) -> None:
    called = re.findall(r"-m sousei_xl (\w+)", LAUNCHERS[name].decode())
    assert called
    assert set(called) <= set(COMMANDS)


def test_a_dropped_file_reaches_the_command() -> None:
    """Whole, whatever its name: %1 ends at a comma, and leaves out a second file without a word."""
    for name, command in (
        ("点検.bat", "check"),
        ("様式作成.bat", "distribute --previous"),
        ("統合.bat", "merge --previous"),
    ):
        assert f"-m sousei_xl {command} %*\r\n" in LAUNCHERS[name].decode()


@pytest.mark.parametrize("name", BATCHES)
def test_it_fails_where_its_folder_cannot_be_entered(name: str) -> None:
    lines = LAUNCHERS[name].decode().splitlines()
    assert lines.index('set "STATUS=2"') < lines.index('pushd "%~dp0"')


def test_a_check_without_a_file_says_what_to_drop_where(tmp_path: Path) -> None:
    """What 点検.bat does when it is double-clicked."""
    assert "-m sousei_xl check\r\n" in LAUNCHERS["点検.bat"].decode()
    done = run("check", "--workspace", tmp_path)
    assert done.status == 2
    assert "「点検.bat」のアイコンの上にドラッグして放す" in done.err


@pytest.mark.skipif(os.name != "posix", reason="a script for macOS")
@pytest.mark.parametrize("beside", [".", ".."])
def test_the_mac_script_merges_and_waits(tmp_path: Path, beside: str) -> None:
    folder = example_workspace(tmp_path / "作業 フォルダー")
    script = folder / MAC
    write_launcher(script)
    assert script.stat().st_mode & stat.S_IXUSR
    assert (ROOT / MAC).stat().st_mode & stat.S_IXUSR
    python = folder / beside / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    done = subprocess.run(
        [script], input=b"\n", capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    assert "Enterキーを押すと閉じます" in done.stdout.decode()
    assert (folder / "outbox" / "別紙_平成30年度（案）.xlsx").exists()


@pytest.mark.skipif(os.name != "posix", reason="a script for macOS")
def test_the_mac_script_says_what_is_missing(tmp_path: Path) -> None:
    script = tmp_path / MAC
    write_launcher(script)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "dirname"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    done = subprocess.run(
        [str(tools / "sh"), str(script)], input=b"\n", capture_output=True, env={"PATH": str(tools)}
    )
    assert done.returncode == 2
    assert "Python 3.11以上" in done.stdout.decode()
