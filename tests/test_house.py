"""Rules of the house, checked over the whole package: imports, findings, clocks, network, paths."""

from __future__ import annotations

import ast
import csv
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import sousei_xl
from sousei_xl.catalogue import RULES, Rule, Text
from sousei_xl.catalogue.page import entry, page
from sousei_xl.findings import Place, finding
from sousei_xl.rules.merge import merge
from tests.builders import good, intake, make_strategy, submission

PACKAGE = Path(sousei_xl.__file__).parent
ROOT = PACKAGE.parent
HERE = Path(__file__).parent

# A file imports only from its own layer or from layers below it in this table.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli", "commands"),
    ("pipeline",),
    ("scaffold",),
    ("intake",),
    ("forms",),
    ("publish",),
    ("sheets",),
    ("rules", "figures"),
    ("workspace",),
    ("strategy",),
    ("amounts", "eras"),
    ("text",),
    ("findings",),
    ("catalogue",),
    ("addresses", "debug", "errors"),
)
LAYER = {name: depth for depth, names in enumerate(LAYERS) for name in names}
CATALOGUE = PACKAGE / "catalogue"

# Codes that this project added to the contract.
BEYOND_CONTRACT = {
    *(
        "F208",
        "F209",
        "F210",
        "F211",
        "S103",
        "S104",
        "S105",
        "R118",
        "R119",
        "R120",
        "O104",
        "Y103",
    ),
    *("K112", "K113", "K114", "K115", "K116", "K117", "K118", "K119"),
}


def sources(root: Path = PACKAGE) -> list[Path]:
    return sorted(p for p in root.rglob("*.py") if "__pycache__" not in p.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


SOURCES = sources()
EACH = pytest.mark.parametrize("path", SOURCES, ids=[name_of(p) for p in SOURCES])


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything that is imported anywhere in the file.

    Inside functions and under TYPE_CHECKING counts as well: a name that is only needed for a
    type still ties the two files together.
    """
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def layer_of(dotted: str) -> str:
    """``sousei_xl.rules.merge.merge`` → ``rules``; blank for the package itself."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "sousei_xl" and len(parts) > 1 and parts[1] in LAYER else ""


# --- imports --------------------------------------------------------------------------------------


def test_every_module_has_its_layer() -> None:
    top = {p.relative_to(PACKAGE).parts[0].removesuffix(".py") for p in SOURCES}
    assert top - {"__init__"} <= set(LAYER)


@EACH
def test_imports_point_downwards(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        assert not [name for _, name in imported(path) if layer_of(name)]
        return
    upwards = [
        f"line {line}: {name}"
        for line, name in imported(path)
        if layer_of(name) and LAYER[layer_of(name)] < LAYER[own]
    ]
    assert not upwards


def test_what_tests_share_is_imported_by_one_name() -> None:
    """``workspaces`` and ``tests.workspaces`` would be two modules, with their own states."""
    files = sources(ROOT / "tests")
    ours = {path.stem for path in files}
    bare = [
        f"{name_of(path)}:{line}: {name}"
        for path in files
        for line, name in imported(path)
        if name.partition(".")[0] in ours
    ]
    assert not bare


NETWORK = {
    "aiohttp",
    "distributed",
    "ftplib",
    "http",
    "httpx",
    "imaplib",
    "poplib",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "webbrowser",
    "xmlrpc",
}
CHANCE = {"random", "secrets", "uuid"}


@EACH
def test_no_network_and_no_chance(path: Path) -> None:
    names = {name for _, name in imported(path)}
    prefixes = {".".join(n.split(".")[:k]) for n in names for k in (1, 2)}
    if path.name == "cluster.py":  # whoever names a cluster wants to reach it
        prefixes -= {"distributed"}
    assert not prefixes & (NETWORK | CHANCE)


CLOCKS = {"now", "utcnow", "today", "localtime", "gmtime", "ctime", "time_ns"}


@EACH
def test_no_clock(path: Path) -> None:
    """``time.monotonic`` and ``time.sleep`` measure, they do not tell the time."""
    called = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and (node.attr in CLOCKS or ast.unparse(node) == "time.time")
    ]
    taken = [n for _, n in imported(path) if n in {f"time.{c}" for c in (*CLOCKS, "time")}]
    assert not called
    assert not taken


@EACH
def test_every_module_says_what_it_is_for(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if not source.strip():
        return
    module = tree(path)
    assert ast.get_docstring(module)
    if path.name not in ("__init__.py", "__main__.py"):
        assert "from __future__ import annotations" in source
    assert path.stem not in {"utils", "util", "helpers", "common", "misc"}
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", source)


@EACH
def test_public_functions_are_explained(path: Path) -> None:
    silent = [
        f"{node.name} (line {node.lineno})"
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


@EACH
def test_modules_that_a_docstring_names_exist(path: Path) -> None:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    said = [ast.get_docstring(n) or "" for n in ast.walk(tree(path)) if isinstance(n, documented)]
    named = {name for text in said for name in re.findall(r"[\w/]+\.py\b", text)}
    known = {p.relative_to(ROOT).as_posix() for p in SOURCES}
    assert not {name for name in named if not any(k.endswith(f"/{name}") for k in known)}


# --- findings -------------------------------------------------------------------------------------

_CODE = re.compile(r"([A-Z]\d{3})(?::(\w+))?")


def _literals(path: Path) -> set[str]:
    """String constants of a file, without docstrings."""
    module = tree(path)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, documented)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    return {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    }


def _used() -> set[str]:
    """Every string constant outside of the catalogue."""
    outside = (p for p in SOURCES if CATALOGUE not in p.parents)
    return {literal for path in outside for literal in _literals(path)}


USED = _used()
KEYWORDS = {
    keyword.arg
    for path in SOURCES
    for node in ast.walk(tree(path))
    if isinstance(node, ast.Call)
    for keyword in node.keywords
}
USED_CODES = {m[1] for literal in USED if (m := _CODE.fullmatch(literal))}


def _contract() -> dict[str, dict[str, str]]:
    with (HERE / "contract_findings.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines)}


CONTRACT = _contract()


def test_every_code_of_the_catalogue_is_used() -> None:
    assert not set(RULES) - USED_CODES


def test_every_code_that_is_used_is_in_the_catalogue() -> None:
    assert not USED_CODES - set(RULES)


def test_the_catalogue_is_the_contract() -> None:
    assert set(CONTRACT) <= set(RULES)
    assert set(RULES) - set(CONTRACT) == BEYOND_CONTRACT
    for code in set(RULES) & set(CONTRACT):
        rule, row = RULES[code], CONTRACT[code]
        found = (rule.scope, rule.severity, rule.addressee, rule.where)
        assert found == (row["scope"], row["severity"], row["addressee"], row["cell"]), code


@pytest.mark.parametrize(
    ("code", "cells"), [("A103", {"name": "（新）甲"}), ("A106", {"budget": "内数"})]
)
def test_what_was_moved_is_explained_where_it_was_typed(code: str, cells: dict[str, str]) -> None:
    """The contract has the field that it went to; a reader looks for the cell."""
    found = merge(intake([submission([good(1, **cells)])]), make_strategy()).findings
    [item] = [f for f in found if f.code == code]
    assert item.place.label.startswith(entry(RULES[code])["where"])


def test_codes_are_unique() -> None:
    codes = [
        node.args[0].value
        for path in sources(CATALOGUE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Rule"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert sorted(codes) == sorted(RULES)


TEXTS = [(rule, variant) for rule in RULES.values() for variant in rule.texts]
EACH_TEXT = pytest.mark.parametrize(
    ("rule", "variant"), TEXTS, ids=[f"{r.code}-{v}" if v else r.code for r, v in TEXTS]
)
ALWAYS_GIVEN = {"value", "label", "expected", "subject", "target"}


def _placeholders(text: Text) -> set[str]:
    parts = string.Formatter().parse(text.message + text.cure)
    return {name for _, name, _, _ in parts if name is not None}


@EACH_TEXT
def test_every_text_renders(rule: Rule, variant: str) -> None:
    names = _placeholders(rule.texts[variant])
    samples = {name: f"〈{name}〉" for name in names - ALWAYS_GIVEN}
    item = finding(
        rule.code,
        Place("経済部.xlsx", "事業", 12, "H12", "budget", "〈label〉"),
        "〈value〉",
        variant=variant,
        expected="〈expected〉",
        subject="〈subject〉",
        target="〈target〉",
        **samples,  # type: ignore[arg-type]
    )
    assert all(f"〈{name}〉" in item.text for name in names)
    assert not set(item.text) & set("{}")
    assert str(item).startswith("『事業』H12：")
    assert item.message.endswith(("。", "〉"))
    assert item.severity == rule.severity


@EACH_TEXT
def test_every_text_can_be_reached(rule: Rule, variant: str) -> None:
    """The variant and what it asks for are named somewhere outside of the catalogue."""
    named = not variant or variant in USED or f"{rule.code}:{variant}" in USED
    assert named, f"nobody uses the variant {variant!r}"
    assert _placeholders(rule.texts[variant]) <= ALWAYS_GIVEN | KEYWORDS | USED


@EACH_TEXT
def test_every_text_tells_what_to_do(rule: Rule, variant: str) -> None:
    """A conversion needs nothing done; every other finding says what to do."""
    text = rule.texts[variant]
    assert text.message
    assert bool(text.cure) is (rule.severity != "自動変換")
    assert rule.code not in text.message + text.cure


def test_the_catalogue_page_has_every_code() -> None:
    shown = page()
    assert [code for code in RULES if f"### {code}　" not in shown] == []


# --- paths ----------------------------------------------------------------------------------------

# Put together here, so that this file does not contain them.
FOREIGN = tuple(
    "/".join(parts)
    for parts in (
        ("..", "shared"),
        ("shared", "design"),
        ("shared", "asahikawa"),
        ("", "work", ""),
        ("", "tmp", "venv"),
        ("", "home", ""),
        ("", "root", ""),
        ("C:", "Users"),
    )
)
WRITTEN = {".py", ".md", ".toml", ".txt", ".csv", ".cfg", ".yml", ".yaml", ".json", ""}
NOT_OURS = {"outbox", "build", "dist", "node_modules", "__pycache__"}


def _written() -> Iterator[Path]:
    """Text files of the repository; hidden folders are tools' own, but for the CI's."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
        if hidden or set(parts) & NOT_OURS or any(part.endswith(".egg-info") for part in parts):
            continue
        if path.is_file() and path.suffix in WRITTEN:
            yield path


@EACH
def test_politeness_is_spelled_as_in_official_papers(path: Path) -> None:
    assert not [said for said in _literals(path) if re.search("ご[一-龥]", said)]  # 御


def test_no_path_of_any_machine() -> None:
    found = []
    for path in _written():
        content = path.read_text(encoding="utf-8", errors="replace").replace("\\", "/")
        found += [f"{name_of(path)}: {part}" for part in FOREIGN if part in content]
    assert not found
