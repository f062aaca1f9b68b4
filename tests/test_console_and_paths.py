"""Every command and message on a Japanese Windows console (cp932), and workspaces and files whose
names have everything that a name may have: Japanese, NFD, blanks, emoji, ``#``, ``%``, length.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from sousei_xl.catalogue import RULES
from sousei_xl.cli import COMMANDS, typed
from sousei_xl.commands.console import _replace, shown
from sousei_xl.intake.inbox import list_inbox
from sousei_xl.workspace import as_argument, is_file, is_folder
from tests.reliability.figures import Figures
from tests.workspaces import ROOT, Ran, column, edit, example_workspace, needs_links, run

NFD = unicodedata.normalize("NFD", "ガ行")
HARD = f"様式 {NFD} 🌸 #1 100% & 'x' [y]"
JAPANESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")


# --- cp932 -----------------------------------------------------------------------------------


def on_the_console(text: str) -> str:
    """What a Japanese console shows of a text."""
    try:
        return text.encode("cp932").decode("cp932")
    except UnicodeEncodeError:
        parts = []
        for character in text:
            try:
                parts.append(character.encode("cp932").decode("cp932"))
            except UnicodeEncodeError as error:
                parts.append(str(_replace(error)[0]))
        return "".join(parts)


@pytest.mark.parametrize("code", list(RULES))
def test_every_message_can_be_read_on_the_console(code: str) -> None:
    rule = RULES[code]
    texts = [rule.title, rule.example, *(t.message + t.cure for t in rule.texts.values())]
    for text in texts:
        assert on_the_console(text).count("?") == text.count("?"), text


# What ends up on a console: not what is written into workbooks, nor tables of characters.
SPEAKING = (
    *("cli.py", "commands", "pipeline", "publish", "workspace.py", "catalogue"),
    *("scaffold/__init__.py", "strategy/load", "intake/arrivals.py", "intake/read.py"),
)


def spoken() -> Iterator[tuple[str, str]]:
    """(file, text) of every Japanese text in the code that may be printed."""
    for name in SPEAKING:
        path = ROOT / "sousei_xl" / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if file.name == "console.py":
                continue  # it lists what a console lacks
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                value = node.value if isinstance(node, ast.Constant) else None
                if isinstance(value, str) and JAPANESE.search(value):
                    yield file.name, value


def test_every_text_of_the_commands_can_be_read_on_the_console(figures: Figures) -> None:
    texts = list(spoken())
    assert len(texts) > 300
    lost = [(f, t) for f, t in texts if on_the_console(t).count("?") != t.count("?")]
    assert lost == []
    figures.measured(console_texts=len(texts))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return example_workspace(tmp_path_factory.mktemp("作業") / "例")


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_help_is_japanese_and_survives_cp932(command: str) -> None:
    done = run(command, "--help", encoding="cp932")
    assert (done.status, done.err) == (0, "")
    assert "使い方:" in done.out
    assert "?" not in done.out
    assert not re.search(r"\b(usage|options|arguments|show this)\b", done.out)


def commands(example: Path, tmp_path: Path) -> dict[str, list[tuple[str | Path, ...]]]:
    """Every command as it is used; ``watch`` has a test of its own."""
    here = ("--workspace", example)
    official = example / "outbox" / "別紙_平成30年度（案）.xlsx"
    return {
        "merge": [("merge", *here), ("merge", "--dry-run", *here)],
        "check": [("check", example / "inbox" / "経済部.xlsx", *here)],
        "status": [("status", *here)],
        "distribute": [("distribute", *here)],
        "compare": [("compare", official, official)],
        "explain": [("explain",), ("explain", "r105")],
        "init": [("init", tmp_path / "新しい作業")],
        "watch": [],
    }


@pytest.mark.parametrize("code", [(), ("R105",)])
def test_explanations_as_json_are_one_object_in_any_code_page(code: tuple[str, ...]) -> None:
    done = run("explain", *code, "--json", encoding="cp932")
    assert done.out.isascii()
    assert len(done.json["rules"]) == (1 if code else len(RULES))


def test_explanations_are_there_before_dataclasses_would_be() -> None:
    """The import of these takes longer than the whole command."""
    code = "import sys; from sousei_xl.cli import run; run(['explain', 'R105'])"
    shown = f"{code}; print('dataclasses' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, check=True)
    assert done.stdout.splitlines()[-1] == b"False"


def test_what_a_script_adds_to_any_command_is_taken(tmp_path: Path) -> None:
    """Also by ``explain``, which needs no workspace, and by ``init``, which names its own."""
    done = run("explain", "R105", "--json", "--workspace", tmp_path, "--inbox", tmp_path)
    assert [rule["code"] for rule in done.json["rules"]] == ["R105"]
    made = run("init", tmp_path / "新しい作業", "--json")
    assert (made.status, made.json["workspace"]) == (0, str(tmp_path / "新しい作業"))
    files = {p for p in (tmp_path / "新しい作業").rglob("*") if p.is_file()}
    assert {tmp_path / "新しい作業" / name for name in made.json["outputs"]} <= files
    assert "templates/別紙_template.xlsx" in made.json["outputs"]
    for name in ("workspace", "template", "inbox", "outbox"):
        assert run("init", tmp_path / name, f"--{name}", tmp_path).status == 0
    again = run("init", tmp_path / "新しい作業", "--json")
    assert (again.status, again.json["status"]) == (2, "error")


def test_every_command_speaks_cp932(example: Path, tmp_path: Path) -> None:
    table = commands(example, tmp_path)
    assert set(COMMANDS) <= table.keys(), "a new command needs its line here"
    for name in COMMANDS:
        for line in table[name]:
            done = run(*line, encoding="cp932")
            assert done.status == 0, (line, done.err)
            assert JAPANESE.search(done.out), line
            assert "?" not in done.out, line
            assert "Traceback" not in done.err, line


UNTOLD = "結果を表示（出力）できませんでした。"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize(
    ("streams", "options", "status", "told"),
    [
        (">&-", (), 0, ""),
        ("2>&-", (), 0, ""),
        (">/dev/full", (), 2, UNTOLD),
        (">/dev/full", ("--json",), 2, UNTOLD),
        (">/dev/full", ("--json", "--inbox", "ない"), 2, "受付フォルダーが見つかりません"),
        (">/dev/full 2>&1", ("--json",), 2, ""),
        ("2>/dev/full", ("--inbox", "ない"), 2, ""),
    ],
)
def test_streams_that_take_nothing(
    example: Path, streams: str, options: tuple[str, ...], status: int, told: str
) -> None:
    """Never 1, with which Python ends at a bug: it would say that a list is a draft."""
    command = [sys.executable, "-m", "sousei_xl", "status", "--workspace", str(example), *options]
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" "$@" {streams}', *command],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    err = done.stderr.decode()
    assert done.returncode == status
    assert err.startswith(told)
    assert err.count(UNTOLD) == (told == UNTOLD)
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal to another process")
def test_watch_speaks_cp932_and_ends_with_ctrl_c(example: Path) -> None:
    command = [sys.executable, "-m", "sousei_xl", "watch", "--workspace", str(example)]
    environment = {**os.environ, "PYTHONIOENCODING": "cp932", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # not in the background
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    said = (first + rest).decode("cp932")
    assert JAPANESE.search(said)
    assert "Traceback" not in said


# --- names -----------------------------------------------------------------------------------


def test_names_are_printed_composed_and_without_control_characters() -> None:
    assert shown(NFD) == "ガ行"
    assert shown("a\x1b[31m\n\udcff") == "a\\x1b[31m\\n\\udcff"


def merged(workspace: Path, *options: str) -> Ran:
    done = run("merge", "--workspace", workspace, *options, encoding="cp932")
    assert "Traceback" not in done.err
    return done


def links(workbook: Path) -> set[str]:
    """Where the links of a workbook lead, as paths relative to its folder."""
    found = set()
    for sheet in openpyxl.load_workbook(workbook):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink is not None and cell.hyperlink.target:
                    found.add(unquote(cell.hyperlink.target).replace("\\", "/"))
    return found


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace far down in folders with every kind of name, merged; so are its files."""
    deep = tmp_path_factory.mktemp("深い") / HARD / ("長" * 80) / ("い" * 80)
    deep.mkdir(parents=True)
    assert len(str(deep)) > 200
    workspace = example_workspace(deep)
    inbox = workspace / "inbox"
    names = {
        "経済部": f"経済部 #1 100% 🌸 {NFD}.xlsx",
        "農政部": "農政部" + "x" * 190 + ".xlsx",
        "学校教育部": "第1 グループ/学校教育部 'x' & [y] {z}.xlsx",
        "社会教育部": "社会教育部%20%23.XLSX",
    }
    for department, name in names.items():
        (inbox / name).parent.mkdir(exist_ok=True)
        (inbox / f"{department}.xlsx").rename(inbox / name)
    for department in ("経済部", "農政部", "学校教育部"):
        path = inbox / names[department]
        edit(path, "事業", {f"{column(path, '関連性')}4": "△"})
    return workspace


def test_any_workspace_and_any_file_name(hard: Path) -> None:
    done = merged(hard)
    assert done.status == 1, done.err
    outbox = hard / "outbox"
    assert (outbox / "別紙_平成30年度_作成中.xlsx").is_file()
    returned = sorted(p.name for p in (outbox / "差戻し").iterdir())
    assert len(returned) == 3
    found = run("merge", "--json", "--dry-run", "--workspace", hard).json
    on_disk = {
        p.relative_to(hard / "inbox").as_posix() for p in (hard / "inbox").rglob("*") if p.is_file()
    }
    # A name is told composed, whatever its spelling on disk (``intake.inbox``).
    assert {f["file"] for f in found["files"]} == {
        unicodedata.normalize("NFC", name) for name in on_disk
    }
    assert {d["state"] for d in found["departments"]} == {"受理", "差戻し"}


def test_links_lead_to_files_whatever_their_names(hard: Path) -> None:
    merged(hard)
    for workbook in (hard / "outbox").glob("点検結果*.xlsx"):
        targets = links(workbook)
        assert len(targets) >= 10
        for target in targets:
            assert (hard / "outbox" / target).is_file(), target


def test_parts_in_other_places(example: Path, tmp_path: Path) -> None:
    """Template, inbox and outbox apart, relative paths, run from another folder."""
    place = tmp_path / HARD
    shutil.copytree(example / "inbox", place / "受付 100%")
    shutil.copytree(example / "templates", place / "ひな形")
    options = (
        "--template",
        "ひな形/別紙_template.xlsx",
        "--inbox",
        "受付 100%",
        "--outbox",
        "出 力",
    )
    command = [sys.executable, "-m", "sousei_xl", "merge", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "cp932"}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("cp932")
    checkbook = place / "出 力" / "点検結果_平成30年度.xlsx"
    for target in links(checkbook):
        assert (checkbook.parent / target).is_file(), target


# --- what else lies in an inbox --------------------------------------------------------------


@needs_links
def test_five_thousand_irrelevant_files_and_links_out_of_the_inbox(
    tmp_path: Path, figures: Figures
) -> None:
    workspace = example_workspace(tmp_path / "w")
    inbox, outside = workspace / "inbox", tmp_path / "外"
    outside.mkdir()
    (inbox / "農政部.xlsx").rename(outside / "農政部.xlsx")
    shutil.copy(outside / "農政部.xlsx", outside / "別.xlsx")
    (inbox / "農政部.xlsx").symlink_to(outside / "農政部.xlsx")
    (inbox / "外の フォルダー").symlink_to(outside, target_is_directory=True)
    (inbox / "行き止まり.xlsx").symlink_to(outside / "ない.xlsx")
    (inbox / "写真").mkdir()
    for number in range(5000):
        folder = inbox / "写真" if number % 2 else inbox
        (folder / f"IMG_{number:04}.jpg").touch()
    started = time.monotonic()
    listing = list_inbox(inbox)
    assert time.monotonic() - started < 5
    assert {f.file for f in listing.files} == {
        p.name for p in inbox.glob("*.xlsx") if not p.is_symlink() and p.name != "事務局修正.xlsx"
    }
    started = time.monotonic()
    done = run("merge", "--json", "--workspace", workspace)
    figures.measured(irrelevant_seconds=time.monotonic() - started)
    found = done.json
    assert done.status == 1
    departments = {d["department"]: d["state"] for d in found["departments"]}
    assert departments.pop("農政部") == "未提出"
    assert set(departments.values()) == {"受理"}
    strays = {f["file"]: f["message"] for f in found["findings"] if f["code"] == "F205"}
    assert {"農政部.xlsx", "行き止まり.xlsx"} <= strays.keys()
    assert any(name.startswith("外の フォルダー") for name in strays)
    assert len(strays) == 5, "one line for the photographs of each folder"
    assert sum("2500件" in message for message in strays.values()) == 2


@pytest.mark.parametrize(
    ("example", "wanted"),
    [
        ((), ("distribute --only 事業 --previous 前年度の別紙.xlsx", "merge")),
        (("--example", "asahikawa_h30"), ("merge",)),
    ],
)
def test_the_commands_after_init_name_the_new_folder(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    example: tuple[str, ...],
    wanted: tuple[str, ...],
) -> None:
    """They are typed where ``init`` was; a path with a space is quoted."""
    monkeypatch.chdir(tmp_path)
    for folder, place in (
        ("旭川 例", ' --workspace "旭川 例"'),
        ("旭川", " --workspace 旭川"),
        (".", ""),
    ):
        done = run("init", folder, *example)
        printed = re.findall(r"^ +sousei-xl (.*)$", done.out, re.MULTILINE)
        assert printed == [f"{command}{place}" for command in wanted]


def test_what_a_shell_reads_otherwise_is_quoted_too() -> None:
    assert as_argument("C:\\令和8年度(案)") == '"C:\\令和8年度(案)"'
    assert as_argument("R&D") == '"R&D"'
    assert as_argument("C:\\旭川（案）\\~1.xlsx") == "C:\\旭川（案）\\~1.xlsx"


@pytest.mark.parametrize(
    ("system", "left"), [("win32", "C:\\作業 8\\"), ("linux", 'C:\\作業 8\\"')]
)
def test_a_quotation_mark_that_windows_leaves(
    monkeypatch: pytest.MonkeyPatch, system: str, left: str
) -> None:
    """``--workspace "C:\\作業 8\\"``: there a backslash before a quotation mark means the mark."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(sys, "argv", ["sousei-xl", "merge", "--workspace", 'C:\\作業 8\\"'])
    assert typed() == ["merge", "--workspace", left]


@pytest.mark.parametrize("system", ["win32", "linux"])
def test_a_pattern_that_windows_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    for name in ("乙.xlsx", "甲.xlsx", "丙.csv"):
        (tmp_path / name).touch()
    monkeypatch.setattr(sys, "platform", system)
    patterns = [str(tmp_path / "*.xlsx"), str(tmp_path / "*.txt")]
    monkeypatch.setattr(sys, "argv", ["sousei-xl", "check", *patterns])
    found = sorted(str(path) for path in tmp_path.glob("*.xlsx"))
    left = found if system == "win32" else patterns[:1]
    assert typed() == ["check", *left, patterns[1]]


def test_what_cannot_be_asked_for_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: object, **_: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    assert (is_file(Path(__file__)), is_folder(tmp_path)) == (True, True)
    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", closed)
        assert (is_file(Path(__file__)), is_folder(tmp_path)) == (False, False)
    assert (is_file(Path("長" * 300)), is_folder(Path("長" * 300))) == (False, False)


@pytest.mark.parametrize(
    ("typed", "words", "whose"),
    [
        (("--workspace", ".", "merge"), "コマンドの後ろに付けます", ""),
        (("merge", "--jobs", "x"), "--jobs: 整数で指定してください: 'x'", " merge"),
        (("merge", "--foo"), "次の指定は使えません: --foo", " merge"),
        (("check", "a.xlsx", "--foo"), "次の指定は使えません: --foo", " check"),
    ],
)
def test_a_mistake_in_the_options_is_told_in_japanese_with_the_help_of_its_command(
    typed: tuple[str, ...], words: str, whose: str
) -> None:
    done = run(*typed)
    assert done.status == 2
    assert words in done.err
    assert f"「sousei-xl{whose} --help」で使い方を表示します。" in done.err


def test_a_mistyped_command_is_asked_about() -> None:
    done = run("marge")
    assert done.status == 2
    assert "merge ではありませんか。" in done.err
    assert "ではありませんか" not in run("ぬぬぬ").err
