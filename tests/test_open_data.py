"""オープンデータ: equal to the data sheets, described, inert, and never there for a draft."""

from __future__ import annotations

import shutil
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sousei_xl.errors import OperatorError
from sousei_xl.pipeline import delivery
from sousei_xl.publish import locked
from sousei_xl.publish.ahead import Writers
from sousei_xl.rules.merge import merge as merge_rows
from sousei_xl.sheets import Contents
from sousei_xl.sheets.data import projects_data
from sousei_xl.sheets.indicators import indicators_data
from sousei_xl.sheets.open_data import OPEN_DATA_NAMES, open_data
from sousei_xl.sheets.open_data.package import LICENCE, describe
from sousei_xl.sheets.open_data.tables import _same, guarded, printed, unguarded
from sousei_xl.strategy import LICENCES, Indicator
from sousei_xl.workspace import Workspace
from tests.builders import intake, raw, submission
from tests.data_packages import read_lines, read_package
from tests.facts import example_contents, example_rows, make_strategy, prototype_of, write_form
from tests.indicator_builders import kpi_row, kpi_submission
from tests.kpi_contents import NOTICE, changed, hard_contents, kpi_contents, marked_strategy
from tests.test_merge_properties import GARBAGE, NAMES, STRATEGY, VALID, rules
from tests.workspaces import Ran, example_workspace, run

PROJECTS, INDICATORS, PACKAGE = "事業一覧.csv", "KPI.csv", "datapackage.json"
SIGNS = "=+-@＝＋－＠\t\r\n"


def write(folder: Path, contents: Contents) -> Path:
    """All files of this run, each read back."""
    for file in open_data(contents):
        path = folder / file.name
        path.parent.mkdir(exist_ok=True)
        file.write(path)
        file.check(path)
    return folder / "オープンデータ"


def merge(workspace: Path, *options: str, **environment: str) -> Ran:
    return run("merge", "--json", "--workspace", workspace, *options, **environment)


def standing(workspace: Path) -> list[str]:
    return sorted(p.name for p in (workspace / "outbox" / "オープンデータ").glob("*"))


def sheet(workspace: Path, name: str) -> list[list[Any]]:
    (official,) = (workspace / "outbox").glob("別紙_*.xlsx")
    return CalamineWorkbook.from_path(str(official)).get_sheet_by_name(name).to_python()


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """The example, merged once."""
    workspace = example_workspace(tmp_path_factory.mktemp("作業"))
    return workspace, merge(workspace)


# --- equal to the data sheets ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "name", "count"), [(PROJECTS, "データ_事業", 104), (INDICATORS, "データ_KPI", 87)]
)
def test_the_tables_are_the_data_sheets_value_for_value(
    merged: tuple[Path, Ran], file: str, name: str, count: int
) -> None:
    workspace, _ = merged
    headings, *rows = sheet(workspace, name)
    _, tables = read_package(workspace / "outbox" / "オープンデータ")
    assert len(tables[file]) == len(rows) == count
    for mine, theirs in zip(tables[file], rows, strict=True):
        assert list(mine) == headings
        values = [unguarded(v) if isinstance(v, str) else v for v in mine.values()]
        assert values == [None if v == "" else v for v in theirs]
        kinds = [type(v) for v in values if isinstance(v, str)]
        assert kinds == [type(v) for v in theirs if isinstance(v, str) and v]


def test_the_outputs_name_them(merged: tuple[Path, Ran]) -> None:
    workspace, done = merged
    assert set(OPEN_DATA_NAMES) <= set(done.json["outputs"])
    assert standing(workspace) == sorted([PROJECTS, INDICATORS, PACKAGE])


def test_texts_keep_what_makes_them_texts(merged: tuple[Path, Ran]) -> None:
    """The code keeps its zero, the year its H; nothing on a data sheet says that it is invented."""
    workspace, _ = merged
    package, tables = read_package(workspace / "outbox" / "オープンデータ")
    assert {row["団体コード"] for row in tables[PROJECTS]} == {"012041"}
    assert {row["実績年"] for row in tables[INDICATORS]} == {"H27", "H28", "H29"}
    assert "架空" not in (workspace / "outbox" / "オープンデータ" / INDICATORS).read_text("utf-8")
    assert NOTICE in package["resources"][1]["description"]
    assert package["resources"][1]["注意書き"] == NOTICE


def test_awkward_texts_come_back_as_they_are(tmp_path: Path) -> None:
    texts = (
        'かぎ"かっこ"と,カンマ，と""',
        "1行目\n2行目\n\n4行目",
        "髙橋さんの①㈱㍻🈟𠮷👨‍👩‍👧葛󠄀",
        "0001",
        "1-2",
        "1/2",
        "NA",
        "TRUE",
        "12,000",
        "1e5",
        "行を\u2028分け\u0085る",
        "終わりの円記号\\",
        "'",
        '"',
        "'引用'",
        "あ" * 32_767,
    )
    rows = example_rows()
    for row, text in zip(rows, texts, strict=False):
        row.update(name=text[:50].replace("\n", ""), description=text)
    _, tables = read_package(write(tmp_path, example_contents(rows=rows)))
    assert [row["事業内容"] for row in tables[PROJECTS][: len(texts)]] == list(texts)
    lines = read_lines(tmp_path / "オープンデータ" / PROJECTS)
    assert len(lines) == 105


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (0, "0"),
        (-1200, "-1200"),
        (10**21, "1" + "0" * 21),
        (0.6666666667, "0.6666666667"),
        (-12.25, "-12.25"),
        (1e-10, "0.0000000001"),
        (123456789012.345, "123456789012.345"),
        (1.5e20, "150000000000000000000"),
    ],
)
def test_numbers_have_no_exponent_and_no_guard(value: float | None, shown: str) -> None:
    assert printed(value) == shown


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_every_number_is_the_same_number(value: float) -> None:
    shown = printed(value)
    assert not set(shown) - set("-.0123456789")
    assert type(value)(shown) == value


def test_hard_indicators_are_described_truly(tmp_path: Path) -> None:
    contents = hard_contents("proposal")
    package, tables = read_package(write(tmp_path, contents))
    assert "【集計中】" in package["resources"][1]["description"]
    assert any(row["実績値"] == -12.25 for row in tables[INDICATORS])
    assert [tuple(row.values()) for row in tables[INDICATORS]] == list(indicators_data(contents)[1])


# --- inert ----------------------------------------------------------------------------------------

_LEADS = st.text(alphabet=SIGNS + "−﹦﹢﹣﹫' \u3000あ1", max_size=4)


@given(_LEADS, st.text(max_size=4))
def test_a_guard_can_be_taken_off_without_doubt(lead: str, rest: str) -> None:
    text = lead + rest
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in set(SIGNS) | {"−", "﹦", "﹢", "﹣", "﹫"}
    assert guarded(text).lstrip()[:1] not in set("=+-@＝＋－＠")
    assert guarded(text) in (text, f"'{text}")


@pytest.mark.parametrize("text", ["", "あ=1", "1+1", "'", "''", "'あ", "2ア-4", "◎", "ー", "―"])
def test_what_nobody_takes_for_a_formula_stays(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize("sign", [*SIGNS, "'=", "''＋", " =", "\u3000＠"])
def test_every_text_of_every_column_is_guarded(tmp_path: Path, sign: str) -> None:
    """Template and inbox both: names, labels, choices, units, words of the office."""
    evil = f"{sign}cmd|'/C calc'!A0"
    names = [f"判定の名称（{c}）" for c in ("順調", "遅れ", "判定保留", "目標値到達")]
    settings = {n: f"{evil}{i}" for i, n in enumerate(names)}
    base = marked_strategy(settings)
    own = make_strategy(fields=[("甲", "独自", "文字"), ("乙", "独自", "整数")]).own_fields
    own = (
        replace(own[0], label=evil),
        replace(own[1], label=f"{evil}2", kind="choice", choices=(evil,)),
    )
    texts = ("name", "part", "unit")
    strategy = replace(
        changed(base, {i.id: _indicator(i, evil, texts) for i in base.indicators}),
        settings=replace(base.settings, year_label=evil),
        goals=tuple(replace(g, list_name=evil) for g in base.goals),
        measures=tuple(replace(m, list_name=evil) for m in base.measures),
        fields=(*base.fields[:-1], *own, base.fields[-1]),
    )
    rows = [
        {**row, "name": evil, "description": evil, "department": evil, "counted": "経済部"}
        | {f.name: evil for f in own}
        for row in example_rows()
    ]
    contents = kpi_contents(strategy=strategy, rows=rows)
    folder = write(tmp_path, contents)
    package, tables = read_package(folder)
    for file, (headings, data) in (
        (PROJECTS, projects_data(contents)),
        (INDICATORS, indicators_data(contents)),
    ):
        found = read_lines(folder / file)
        assert tuple(map(unguarded, found[0])) == headings
        seen = 0
        for line, typed, values in zip(found[1:], tables[file], data, strict=True):
            for cell, read, value in zip(line, typed.values(), values, strict=True):
                if isinstance(value, str):
                    assert cell[:1] not in set(SIGNS)
                    assert cell.lstrip()[:1] not in set(SIGNS)
                    assert unguarded(cell) == value
                    seen += value.startswith(evil)
                else:
                    assert read == value
        assert seen > 3 * (len(found) - 1) > 0
    assert package["resources"][0]["schema"]["fields"][-1]["title"] == f"{evil}2"


def _indicator(indicator: Indicator, evil: str, texts: tuple[str, ...]) -> dict[str, Any]:
    return {name: f"{evil}{getattr(indicator, name)}" for name in texts}


@pytest.mark.parametrize("value", ["=1", "'=1", "1", "'1", "事業", None])
def test_a_cell_is_the_same_only_as_it_is_printed(value: str | None) -> None:
    """Also where a text looks like one that is guarded: it needs a guard of its own."""
    cells = (printed(value), f"{printed(value)}0", "'=1", "''=1", "")
    assert [cell for cell in cells if _same([value], [cell])] == [
        cell for cell in cells if cell == printed(value)
    ]


def test_the_description_tells_how_to_take_the_guard_off(tmp_path: Path) -> None:
    """As a stranger would do it, with nothing but the descriptor."""
    import re

    package, _ = read_package(write(tmp_path, example_contents()))
    guard = package["数式の防止"]
    for text in ("=1", "'=1", "''=1", "＋α", "'あ", "- ", "\t1", "普通"):
        cell = guarded(text)
        if re.match(guard["正規表現"], cell):
            assert cell.startswith(guard["接頭辞"])
            cell = cell[len(guard["接頭辞"]) :]
        assert cell == text


# --- the description ------------------------------------------------------------------------------


def test_the_key_is_declared_only_where_there_is_one(tmp_path: Path) -> None:
    package, _ = read_package(write(tmp_path, example_contents()))
    assert package["resources"][0]["schema"]["primaryKey"] == ["施策キー", "番号"]
    rows = example_rows()
    rows[1]["number"] = rows[0]["number"]
    package, tables = read_package(write(tmp_path, example_contents(rows=rows)))
    assert "primaryKey" not in package["resources"][0]["schema"]
    assert len(tables[PROJECTS]) == 104


def test_the_offices_own_fields_are_described(tmp_path: Path) -> None:
    strategy = make_strategy(
        fields=[
            ("財源", "独自", "選択", "いいえ", None, "国、道、市", "主な財源です。"),
            ("事業コード", "独自", "整数"),
        ]
    )
    rows = example_rows()
    rows[0].update({"own_1": "国", "own_2": 7})
    package, tables = read_package(write(tmp_path, example_contents(rows=rows, strategy=strategy)))
    source, code = package["resources"][0]["schema"]["fields"][-2:]
    assert (source["name"], source["description"]) == ("財源", "主な財源です。")
    assert source["constraints"] == {"enum": ["国", "道", "市"]}
    assert (code["name"], code["type"]) == ("事業コード", "integer")
    assert [tables[PROJECTS][0][n] for n in ("財源", "事業コード")] == ["国", 7]
    assert tables[PROJECTS][1]["財源"] is None


@pytest.mark.parametrize(
    ("hint", "meaning"),
    [
        ("主な財源", "主な財源"),
        ("主な財源です。一つだけ選んでください。", "主な財源です。"),
        ("主な財源を選んでください。", "この自治体の項目です。選択肢は「国」「道」です。"),
        ("", "この自治体の項目です。選択肢は「国」「道」です。"),
    ],
)
def test_what_a_department_is_asked_for_is_not_published(hint: str, meaning: str) -> None:
    strategy = make_strategy(fields=[("財源", "独自", "選択", "いいえ", None, "国、道", hint)])
    contents = example_contents(strategy=strategy)
    assert describe(contents)["resources"][0]["schema"]["fields"][-1]["description"] == meaning


def test_the_licence_is_the_one_that_the_office_chose(tmp_path: Path) -> None:
    assert tuple(LICENCE) == LICENCES
    for choice, (name, title, path) in LICENCE.items():
        strategy = make_strategy(settings={"オープンデータの利用条件": choice})
        package, _ = read_package(write(tmp_path, example_contents(strategy=strategy)))
        assert package["licenses"] == [{"name": name, "title": title, "path": path}]
    package, _ = read_package(write(tmp_path, example_contents()))
    assert "licenses" not in package


def test_without_indicators_there_is_no_table_of_them(tmp_path: Path) -> None:
    package, tables = read_package(write(tmp_path, example_contents()))
    assert list(tables) == [PROJECTS]
    assert [r["name"] for r in package["resources"]] == ["projects"]
    assert sorted(p.name for p in (tmp_path / "オープンデータ").iterdir()) == sorted(
        [PROJECTS, PACKAGE]
    )


def test_a_round_without_actuals_is_a_table_without_rows(tmp_path: Path) -> None:
    package, tables = read_package(write(tmp_path, kpi_contents(submissions=())))
    assert tables[INDICATORS] == []
    assert "実績の報告はまだありません。" in package["resources"][1]["description"]


@given(st.dictionaries(st.sampled_from(NAMES), GARBAGE, min_size=1, max_size=2), st.booleans())
@rules(30)
def test_whatever_passes_the_validator_passes_the_schema(
    spoilt: dict[str, Any], same_number: bool
) -> None:
    """What the description promises holds for every row without 要修正, typed however it was."""
    number = 1 if same_number else 2
    other = {**VALID, "name": "乙", "number": number, "description": "別の文"}
    typed = [raw(1, "経済部.xlsx", **{**VALID, **spoilt}), raw(2, "経済部.xlsx", **other)]
    result = merge_rows(intake([submission(typed)]), STRATEGY)
    assume(not result.errors)
    contents = example_contents(rows=[], strategy=STRATEGY)
    with tempfile.TemporaryDirectory() as folder:
        _, tables = read_package(write(Path(folder), replace(contents, result=result)))
    assert len(tables[PROJECTS]) == len(result.listed)


_TYPED = ("H27実績", "H28実績", "H29実績", "速報・確報", "事務局判定", "要因・課題", "指標名", "ID")


@given(
    st.sampled_from(("G1-1", "2エ-1", "3ウ-3", "1ウ-1a")),
    st.dictionaries(st.sampled_from(_TYPED), GARBAGE | st.floats(-1e12, 1e12), min_size=1),
)
@rules(40)
def test_whatever_is_reported_fits_the_schema(id_: str, typed: dict[str, Any]) -> None:
    """The KPI round never holds back the list, so its table may come from rows with 要修正."""
    contents = kpi_contents(submissions=[kpi_submission([kpi_row(1, id_, typed)])])
    with tempfile.TemporaryDirectory() as folder:
        _, tables = read_package(write(Path(folder), contents))
    assert [tuple(row.values()) for row in tables[INDICATORS]] == [
        tuple(guarded(v) if isinstance(v, str) else v for v in row)
        for row in indicators_data(contents)[1]
    ]


# --- states ---------------------------------------------------------------------------------------


def test_a_draft_has_no_open_data() -> None:
    assert open_data(kpi_contents("draft")) == ()


def test_open_data_follows_the_state_and_what_is_left_goes_to_the_history(tmp_path: Path) -> None:
    workspace = example_workspace(tmp_path / "作業")
    folder = workspace / "outbox" / "オープンデータ"
    assert merge(workspace).json["status"] == "proposal"
    package, _ = read_package(folder)
    assert package["資料の状態"] == "案"
    assert "決裁前の資料です。" in package["description"]
    assert "決裁日" not in package
    before = (folder / PROJECTS).read_bytes()

    assert merge(workspace, "--approve", "2018-04-02").json["status"] == "final"
    package, _ = read_package(folder)
    assert (package["資料の状態"], package["決裁日"]) == ("確定", "2018-04-02")
    assert (package["基準日"], package["照合番号"]) == ("2018-03-30", merge(workspace).json["run"])
    assert (folder / PROJECTS).read_bytes() == before  # the state is never in the data

    taken = workspace / "inbox" / "農政部.xlsx"
    content = taken.read_bytes()
    taken.unlink()
    done = merge(workspace)
    assert (done.status, done.json["status"]) == (1, "draft")
    assert not [name for name in done.json["outputs"] if name.startswith("オープンデータ")]
    assert standing(workspace) == []
    kept = sorted((workspace / "outbox" / "履歴" / "オープンデータ").iterdir())
    assert [path.read_bytes() for path in kept].count(before) == 1
    assert {p.name.partition("（")[0] for p in kept} == {"事業一覧", "KPI", "datapackage"}

    taken.write_bytes(content)
    assert merge(workspace).json["status"] == "final"
    assert (folder / PROJECTS).read_bytes() == before


def test_a_file_saved_again_in_excel_is_kept_and_told(merged: tuple[Path, Ran]) -> None:
    """Excel drops the zero of 団体コード when it saves a CSV file."""
    path = merged[0] / "outbox" / "オープンデータ" / PROJECTS
    ours = path.read_bytes()
    theirs = ours.replace(b"012041", b"12041")
    path.write_bytes(theirs)
    done = run("merge", "--workspace", merged[0])
    assert done.status == 0, done.err
    assert path.read_bytes() == ours
    (kept,) = (merged[0] / "outbox" / "履歴" / "オープンデータ").glob("事業一覧_手修正（*")
    assert kept.read_bytes() == theirs
    book = CalamineWorkbook.from_path(str(merged[0] / "outbox" / "点検結果_平成30年度.xlsx"))
    told = [
        str(cell) for row in book.get_sheet_by_name("事務局修正一覧").to_python() for cell in row
    ]
    assert any(PROJECTS in cell for cell in told)
    assert "出力後に内容が変更されています。" in told


def test_day_place_locale_seed_and_jobs_change_no_byte(
    merged: tuple[Path, Ran], tmp_path: Path
) -> None:
    def files(workspace: Path) -> dict[str, bytes]:
        return {n: (workspace / "outbox" / n).read_bytes() for n in OPEN_DATA_NAMES}

    for number, environment in enumerate(
        (
            {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1", "LC_ALL": "C"},
            {"TZ": "Etc/GMT+12", "PYTHONHASHSEED": "7", "LC_ALL": "de_DE.UTF-8"},
        )
    ):
        workspace = tmp_path / f"別の場所{number}"
        for part in ("templates", "inbox"):
            shutil.copytree(merged[0] / part, workspace / part)
        assert merge(workspace, "--jobs", str(number + 1), **environment).status == 0
        assert files(workspace) == files(merged[0])


# --- verified -------------------------------------------------------------------------------------

Tamper = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    "tamper",
    [
        lambda content: content.replace(b"708380", b"708381"),
        lambda content: content.replace(b"708380", b"708380.5"),
        lambda content: content.replace("子ども医療費助成事業".encode(), b"=1"),
        lambda content: content.replace("◎".encode(), "○".encode(), 1),
        lambda content: content.replace("予算区分".encode(), "区分".encode(), 1),
        lambda content: content[: content.rindex(b"\r\n", 0, -2) + 2],
        lambda content: content[:-1000],
        lambda content: content + content.splitlines(keepends=True)[1],
        lambda content: content + b"\r\n",
        lambda content: content[:-3] + b"\xff\r\n",
        lambda content: content.replace(b",", b";"),
        lambda content: b"",
    ],
)
def test_a_table_that_reads_back_as_another_is_found(tmp_path: Path, tamper: Tamper) -> None:
    table, _ = open_data(example_contents())
    path = tmp_path / "a.csv"
    table.write(path)
    content = path.read_bytes()
    assert tamper(content) != content
    path.write_bytes(tamper(content))
    with pytest.raises(OperatorError, match=r"『事業一覧[.]csv』を読み直したところ"):
        table.check(path)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[", b"null"])
def test_a_description_that_reads_back_as_another_is_found(tmp_path: Path, content: bytes) -> None:
    *_, package = open_data(example_contents())
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(OperatorError, match=r"『datapackage[.]json』を読み直したところ"):
        package.check(path)


def test_what_does_not_read_back_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = example_contents()
    prototype, _ = prototype_of(write_form(tmp_path / "form.xlsx"), contents.strategy)
    assert prototype is not None
    workspace = Workspace.at(tmp_path)
    workspace.inbox.mkdir()

    def losing_a_row(found: Contents) -> Iterator[object]:
        for file in open_data(found):
            fewer = replace(found.result, listed=found.result.listed[:-1])
            short = dict(zip(OPEN_DATA_NAMES, _written(replace(found, result=fewer)), strict=False))
            yield replace(file, write=short.get(file.name, file.write))

    def _written(found: Contents) -> list[Callable[[Path], None]]:
        return [file.write for file in open_data(found)][:1]

    monkeypatch.setattr(delivery, "open_data", losing_a_row)
    with locked(workspace) as held, pytest.raises(OperatorError, match=PROJECTS):
        delivery.publish_list(workspace, contents, prototype, held, Writers())
    assert [p.name for p in workspace.outbox.iterdir()] == ["履歴"]


# --- long lists -----------------------------------------------------------------------------------


def test_a_table_is_written_and_read_back_row_by_row(tmp_path: Path) -> None:
    """Beside what the rows themselves need, memory does not grow with their number."""
    rows = [{**row, "original": None, "relisted": False} for row in example_rows()]

    def beside(times: int) -> int:
        contents = example_contents(rows=rows * times)
        table, _ = open_data(contents)
        path = tmp_path / "a.csv"
        table.write(path)
        needed = _peak(lambda: sum(len(row) for row in projects_data(contents)[1]))
        return max(_peak(lambda: table.write(path)), _peak(lambda: table.check(path))) - needed

    assert beside(30) - beside(10) < 100_000
    assert len(read_lines(tmp_path / "a.csv")) - 1 == 10 * 104


def _peak(action: Callable[[], object]) -> int:
    tracemalloc.start()
    action()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found
