"""Documentation that cannot rot: what a user may type or meet is described, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from sousei_xl import __version__
from sousei_xl.catalogue import RULES
from sousei_xl.catalogue.page import page
from sousei_xl.cli import COMMANDS, build_parser
from tests.reliability import page as reliability
from tests.reliability.figures import load
from tests.workspaces import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_catalogue_page_is_what_the_code_says() -> None:
    committed = (ROOT / "docs" / "指摘一覧.md").read_text(encoding="utf-8")
    assert committed == page(), "run `make docs`"
    for code in RULES:
        assert f"### {code}" in committed


def test_the_reliability_page_has_the_figures_that_the_tests_gave() -> None:
    shown = set().union(*(promise.names for promise in reliability.PROMISES))
    assert shown <= load().keys(), "make reliability"
    assert reliability.PAGE.read_text(encoding="utf-8") == reliability.page(), "make reliability"
    for promise in reliability.PROMISES:
        for name in promise.files.split():
            assert (ROOT / name).is_file()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme_and_explains_itself(command: str) -> None:
    assert f"sousei-xl {command}" in README or f"`{command}" in README
    done = subprocess.run(
        [sys.executable, "-m", "sousei_xl", command, "--help"],
        capture_output=True,
        cwd=ROOT,
        env={"PYTHONIOENCODING": "utf-8", "PATH": ""},
        check=False,
    )
    shown = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "使い方:" in shown
    assert not re.search(r"\b(show this|optional arguments|usage:)\b", shown)


def test_every_option_has_a_japanese_help_text() -> None:
    for command in COMMANDS:
        parser = build_parser(command)
        (commands,) = (a for a in parser._actions if a.dest == "command")
        assert commands.choices is not None
        for action in dict(commands.choices)[command]._actions:  # type: ignore[call-overload]
            if action.dest != "help":
                assert re.search(r"[ぁ-んァ-ン一-龥]", action.help or ""), (command, action.dest)


def test_the_folder_that_is_installed_is_told_from_a_package_of_the_index() -> None:
    r"""pip takes ``配布物`` for a name, and would fetch a folder named ``sousei_xl`` from there."""
    named = re.findall(r"pip (?:install|wheel) --no-deps (\S+)", README)
    assert [name for name in named if not re.match(r"\.[\\/]?", name)] == []
    assert len(named) >= 3


def test_links_in_the_documentation_lead_somewhere() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), (document.name, target)


def test_the_changelog_knows_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
