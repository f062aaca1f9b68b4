"""New workspaces and the shipped example: built from facts, complete, and never overwriting."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import zipfile
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from sousei_xl import cli, scaffold
from sousei_xl.errors import OperatorError
from sousei_xl.findings import Finding
from sousei_xl.forms import layout, office_layout
from sousei_xl.forms.checks import GOOD
from sousei_xl.forms.projects import FIRST_ROW
from sousei_xl.intake.office import read_office_sheet
from sousei_xl.intake.read import read_one
from sousei_xl.intake.rows import find_tables
from sousei_xl.rules.merge.office import OPERATIONS
from sousei_xl.rules.records import OfficeSheet
from sousei_xl.scaffold import EXAMPLES, init_workspace, office
from sousei_xl.scaffold.launchers import LAUNCHERS
from sousei_xl.scaffold.template import START
from sousei_xl.sheets.prototype import KINDS
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import CORE
from sousei_xl.strategy.load import load
from sousei_xl.strategy.load.table import INDICATORS, MEASURES
from sousei_xl.text import split_new_mark
from sousei_xl.workspace import OFFICE_SHEET, TEMPLATE_NAME
from tests.builders import DEPARTMENTS, facts
from tests.facts import prototype_of
from tests.recalculate import needs_office, recalculate

ROOT = Path(__file__).parent.parent
EXAMPLE = "asahikawa_h30"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("例") / "作業 フォルダー"
    init_workspace(folder, EXAMPLE)
    return folder


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("空")
    init_workspace(folder)
    return folder


def loaded(template: Path) -> tuple[Strategy | None, list[Finding]]:
    reading = read_one(str(template), template.name)
    assert (reading.refusal, reading.notices) == (None, ())
    assert all(not s.errors and not s.uncached for s in reading.sheets)
    return load({sheet.name: sheet.rows for sheet in reading.sheets}, template.name)


def cells(path: Path, sheet: str) -> list[list[Any]]:
    return (
        CalamineWorkbook.from_path(str(path))
        .get_sheet_by_name(sheet)
        .to_python(skip_empty_area=False)
    )


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- the shipped example --------------------------------------------------------------------------


def test_the_committed_files_equal_a_fresh_build(example: Path) -> None:
    fresh = sorted(p.relative_to(example) for p in example.rglob("*.xlsx"))
    shipped = [p for folder in ("templates", "inbox") for p in (ROOT / folder).rglob("*.xlsx")]
    assert sorted(p.relative_to(ROOT) for p in shipped) == fresh
    for name in fresh:
        # Parts, because another platform may compress differently.
        assert parts(ROOT / name) == parts(example / name), f"{name}: run make examples"


def test_the_same_facts_give_the_same_bytes(example: Path, tmp_path: Path) -> None:
    for path in init_workspace(tmp_path, EXAMPLE):
        assert path.read_bytes() == (example / path.relative_to(tmp_path)).read_bytes()


def test_the_example_is_made_by_a_module(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sousei_xl.scaffold"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
    )
    names = done.stdout.decode().split()
    assert names[0] == f"templates/{TEMPLATE_NAME}"
    assert len(names) == 1 + len(DEPARTMENTS) + 1 + len(LAUNCHERS)
    assert all((tmp_path / name).is_file() for name in names)


def test_the_example_template_loads(example: Path) -> None:
    template = example / "templates" / TEMPLATE_NAME
    strategy, mistakes = loaded(template)
    assert mistakes == []
    assert strategy is not None
    assert strategy.fields == CORE
    assert [d.name for d in strategy.departments] == list(DEPARTMENTS)
    assert (len(strategy.goals), len(strategy.measures), len(strategy.indicators)) == (4, 16, 30)
    assert all(len(i.departments) == 1 for i in strategy.indicators)
    assert {i.id: i.target for i in strategy.indicators}["1ウ-1a"] == "69.0"
    assert strategy.settings.code == "012041"
    prototype, wrong = prototype_of(template, strategy)
    assert wrong == []
    assert prototype is not None
    assert set(prototype.rows) == set(KINDS)
    assert len(prototype.widths) == 7


def test_the_forms_hold_the_facts(example: Path) -> None:
    described = {r["事業名"]: r["事業内容"] for r in facts("descriptions")}
    expected = [
        [
            fact["基本目標"] + fact["施策"], float(fact["番号"]), fact["再掲"],
            "新規" if split_new_mark(fact["事業名"])[1] else "", split_new_mark(fact["事業名"])[0],
            fact["部局名"], fact["関連性"], "", float(fact["予算事業費_千円"]),
            described[fact["事業名"]], "",
        ]
        for fact in facts("projects")
    ]  # fmt: skip
    found = []
    for department in DEPARTMENTS:
        rows = cells(example / "inbox" / f"{department}.xlsx", layout.PROJECTS)[FIRST_ROW:]
        filled = [row for row in rows if row[5]]
        assert all(row[0] == GOOD for row in filled)
        found += [[row[1].split(" ")[0], *row[2:]] for row in filled]
    assert sorted(found) == sorted(expected)
    assert Counter(row[5] for row in found) == Counter(r["部局名"] for r in facts("projects"))


@needs_office
@pytest.mark.libreoffice
def test_live_formulas_of_the_example(example: Path, blank: Path, tmp_path: Path) -> None:
    forms = [example / "inbox" / f"{d}.xlsx" for d in DEPARTMENTS]
    templates = [example / "templates" / TEMPLATE_NAME]
    copies = recalculate([*forms, *templates], tmp_path / "1")
    for path, copy in zip(forms, copies, strict=False):
        for sheet, column in ((layout.PROJECTS, 0), (layout.REPLY, 1)):
            stored = [row[column] for row in cells(path, sheet)]
            assert [row[column] for row in cells(copy, sheet)] == stored
    (other,) = recalculate([blank / "templates" / TEMPLATE_NAME], tmp_path / "2")
    for path, copy in ((templates[0], copies[-1]), (blank / "templates" / TEMPLATE_NAME, other)):
        for sheet in (START, "設定"):
            stored = [row[3] for row in cells(path, sheet)]
            assert [row[3] for row in cells(copy, sheet)] == stored


# --- the office's sheet ---------------------------------------------------------------------------


def read_office(path: Path, strategy: Strategy) -> OfficeSheet:
    sheet, findings = read_office_sheet(read_one(str(path), path.name), strategy, count(1))
    assert findings == []
    return sheet


def test_the_example_office_has_confirmed_the_gap(example: Path) -> None:
    strategy, _ = loaded(example / "templates" / TEMPLATE_NAME)
    assert strategy is not None
    sheet = read_office(example / "inbox" / OFFICE_SHEET, strategy)
    assert (sheet.corrections, sheet.additions) == ((), ())
    (entry,) = sheet.acknowledgements
    assert (entry.code, entry.target, entry.confirmed) == ("L109", "1ウ", "2")
    assert (entry.by, entry.date) == ("事務局", "2018-03-23")
    assert entry.memo == "（例）番号2は、公表された一覧でも欠番"


def test_what_the_office_types_is_read(example: Path, tmp_path: Path) -> None:
    strategy, _ = loaded(example / "templates" / TEMPLATE_NAME)
    assert strategy is not None
    book = openpyxl.load_workbook(example / "inbox" / OFFICE_SHEET)
    corrected, added = book[office_layout.CORRECTED], book[office_layout.ADDED]
    for sheet, values in (
        (corrected, ["1ア-4", "修正", "予算事業費", 5335, 5300, "査定", "財政課", "2018-03-26"]),
        (added, ["2ア", None, None, None, "足した事業", "経済部", "◎", None, 100, "内容"]),
    ):
        for column, value in enumerate(values, 1):
            sheet.cell(4, column, value)
    book.save(tmp_path / OFFICE_SHEET)
    read = read_office(tmp_path / OFFICE_SHEET, strategy)
    (correction,), (row,) = read.corrections, read.additions
    assert (correction.target, correction.operation, correction.after) == ("1ア-4", "修正", 5300)
    assert (row.values["name"], row.values["department"], row.values["budget"]) == (
        "足した事業",
        "経済部",
        100,
    )


def test_codes_and_symbols_are_texts(example: Path) -> None:
    """Typed into a cell of no format, 012 would be 12, (1) -1 and 1-2 a date."""
    template, office_sheet = example / "templates" / TEMPLATE_NAME, example / "inbox" / OFFICE_SHEET
    texts = {
        (template, "施策体系"): {"キー", "施策"},
        (template, "指標"): {
            "ID", "施策", "内訳", "現状値年", "現状値", "目標値年", "目標値",
        },
        (office_sheet, office_layout.CORRECTED): {"対象", "修正前", "修正後"},
        (office_sheet, office_layout.ADDED): {"施策"},
        (office_sheet, office_layout.ACKNOWLEDGED): {"対象", "確認時の値"},
    }  # fmt: skip
    for (path, name), headings in texts.items():
        sheet = openpyxl.load_workbook(path)[name]
        columns = {c.value: c.column_letter for c in sheet[FIRST_ROW]}
        for row in (FIRST_ROW + 1, sheet.max_row):
            found = {h for h, c in columns.items() if sheet[f"{c}{row}"].number_format == "@"}
            assert found == headings, name
        # Below the prepared rows, too.
        widths = sheet.column_dimensions.values()
        below = {n for w in widths if w.number_format == "@" for n in range(w.min, w.max + 1)}
        assert {sheet.cell(FIRST_ROW, n).value for n in below} == headings, name
    settings = openpyxl.load_workbook(template)["設定"]
    found = {row[0].value for row in settings.iter_rows() if row[1].number_format == "@"}
    assert found == {"団体コード", "年度の表記", "計画期間", "提出期限"}


def test_rows_below_the_prepared_ones_behave_alike(example: Path) -> None:
    sheet = openpyxl.load_workbook(example / "inbox" / OFFICE_SHEET)[office_layout.CORRECTED]
    column = sheet.column_dimensions["H"]
    assert (column.number_format, column.alignment.horizontal) == ("yyyy-mm-dd", "center")
    assert column.alignment.wrap_text
    assert column.border.left.style is None


def test_the_office_sheet_offers_what_the_rules_know(blank: Path, example: Path) -> None:
    assert office.OPERATIONS == OPERATIONS
    for folder in (blank, example):
        reading = read_one(str(folder / "inbox" / OFFICE_SHEET), OFFICE_SHEET)
        strategy, _ = loaded(example / "templates" / TEMPLATE_NAME)
        assert strategy is not None
        tables = find_tables(reading.sheets, strategy)
        assert [t.sheet.name for t in tables] == [office_layout.ADDED]
        assert set(tables[0].columns) == {f.name for f in CORE}
        heads = {s.name: s.rows[2][1] for s in reading.sheets}
        assert heads[office_layout.CORRECTED] == office_layout.CORRECTED_COLUMNS
        assert heads[office_layout.ACKNOWLEDGED] == office_layout.ACKNOWLEDGED_COLUMNS
        assert heads[office_layout.ADDED][-2:] == office_layout.ADDED_COLUMNS


def test_lists_of_the_office_sheet_are_defined_names(example: Path, blank: Path) -> None:
    for folder in (blank, example):
        book = openpyxl.load_workbook(folder / "inbox" / OFFICE_SHEET)
        lists = [
            v.formula1
            for sheet in book
            for v in sheet.data_validations.dataValidation
            if v.type == "list"
        ]
        assert {"操作の選択肢", "項目の選択肢", "指摘コードの選択肢"} <= set(lists)
        assert set(lists) <= set(book.defined_names)


def test_the_office_may_correct_what_it_may_name(example: Path, blank: Path) -> None:
    """項目 offers the columns of the KPI sheet where there are indicators."""
    for folder, more in ((blank, False), (example, True)):
        sheet = openpyxl.load_workbook(folder / "inbox" / OFFICE_SHEET)["選択肢"]
        column = next(
            c.column for row in sheet.iter_rows() for c in row if c.value == "項目の選択肢"
        )
        offered = [row[0].value for row in sheet.iter_rows(min_col=column, max_col=column)]
        assert "予算事業費" in offered
        for name in ("H29実績", "事務局判定", "要因・課題"):
            assert (name in offered) is more


def test_two_hundred_rows_take_an_id_as_it_is_typed(blank: Path) -> None:
    book = openpyxl.load_workbook(blank / "templates" / TEMPLATE_NAME)
    for name, heading in ((INDICATORS, "A203"), (MEASURES, "A203"), (MEASURES, "C203")):
        assert book[name][heading].number_format == "@"


def test_a_correction_is_not_said_to_take_what_only_a_confirmation_takes(blank: Path) -> None:
    book = openpyxl.load_workbook(blank / "inbox" / OFFICE_SHEET)
    said = {
        name: " ".join(v.prompt or "" for v in book[name].data_validations.dataValidation)
        for name in (office_layout.CORRECTED, office_layout.ACKNOWLEDGED)
    }
    for way in ("施策（1ア）", "部局名"):
        assert way in said[office_layout.ACKNOWLEDGED]
        assert way not in said[office_layout.CORRECTED]


def test_the_example_of_an_addition_has_the_columns_of_its_sheet(example: Path) -> None:
    book = openpyxl.load_workbook(example / "inbox" / OFFICE_SHEET)
    guide = book[office_layout.GUIDE].iter_rows(values_only=True)
    shown = next(str(row[2]) for row in guide if row[0] == office_layout.ADDED)
    headings = [c.value for c in book[office_layout.ADDED][FIRST_ROW]]
    typed = dict(zip(headings, shown.split("｜"), strict=True))
    assert typed["事業名"] == "移住体験事業"
    assert (typed["予算事業費（千円）"], typed["依頼元"]) == ("1200", "財政課")


# --- a workspace from scratch ---------------------------------------------------------------------


def test_an_empty_template_names_each_missing_item(blank: Path) -> None:
    strategy, mistakes = loaded(blank / "templates" / TEMPLATE_NAME)
    assert strategy is None
    assert {m.code for m in mistakes} == {"T101"}
    missing = {
        m.message.partition("」")[0].strip("「") for m in mistakes if m.place.sheet == "設定"
    }
    assert missing == {"自治体名", "団体コード", "年度", "計画期間", "表題", "基準日"}
    assert {m.place.sheet for m in mistakes} == {"設定", "施策体系", "部局"}
    sheet = openpyxl.load_workbook(blank / "templates" / TEMPLATE_NAME, data_only=True)
    for mistake in mistakes:
        assert sheet[mistake.place.sheet][mistake.place.cell].value is None
    states = Counter(row[3] for row in cells(blank / "templates" / TEMPLATE_NAME, "設定"))
    assert states["未記入"] == len(missing)
    said = [str(row[0]) for row in cells(blank / "templates" / TEMPLATE_NAME, START)]
    assert any(
        "「sousei-xl distribute --only 事業 " in words for words in said
    )  # that is what comes next


def test_an_empty_template_is_valid_when_it_is_filled_in(blank: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(blank / "templates" / TEMPLATE_NAME)
    given = {
        "自治体名": "見本市", "団体コード": "999997", "年度": "令和2年度",
        "計画期間": "令和2年度〜令和6年度", "表題": "見本市関連事業一覧", "基準日": "2020-03-31",
    }  # fmt: skip
    for row in book["設定"].iter_rows():
        if row[0].value in given:
            row[1].value = given[row[0].value]
    for line, values in enumerate(((1, 1, None, "目標"), ("1ア", 1, "ア", "施策")), 4):
        for column, value in enumerate(values, 1):
            book["施策体系"].cell(line, column, value)
    book["部局"]["B4"] = "企画部"
    fields = book["項目"]
    for column, value in enumerate(("財源", "独自", "選択", "いいえ", None, "国、県、市"), 1):
        fields.cell(4 + len(CORE), column, value)
    book["別紙"]["D10"] = "{事業名}（{財源}）"
    path = tmp_path / TEMPLATE_NAME
    book.save(path)
    read = {n: list(enumerate(cells(path, n), 1)) for n in book.sheetnames}
    strategy, mistakes = load(read, path.name)
    assert mistakes == []
    assert strategy is not None
    assert [f.label for f in strategy.own_fields] == ["財源"]
    _, wrong = prototype_of(path, strategy)
    # The name has to stand in a cell of its own; 財源 itself is known.
    assert ["{事業名}だけのセル" in str(w) for w in wrong] == [True]


def test_a_new_workspace_has_its_three_folders(tmp_path: Path) -> None:
    made = init_workspace(tmp_path / "新しい 作業")
    assert [p.relative_to(tmp_path / "新しい 作業").as_posix() for p in made] == [
        f"templates/{TEMPLATE_NAME}",
        f"inbox/{OFFICE_SHEET}",
        *LAUNCHERS,
    ]
    assert (tmp_path / "新しい 作業" / "outbox").is_dir()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    standing = tmp_path / "inbox" / "経済部.xlsx"
    standing.parent.mkdir()
    standing.write_bytes(b"ours")
    with pytest.raises(OperatorError, match=r"経済部\.xlsx"):
        init_workspace(tmp_path, EXAMPLE)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [standing]
    assert standing.read_bytes() == b"ours"


def test_an_unknown_example_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as caught:
        init_workspace(tmp_path / "x", "sapporo")
    assert all(name in str(caught.value) for name in EXAMPLES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "told"), [(errno.ENOSPC, "ディスクの空き容量が足りません"), (errno.EIO, OFFICE_SHEET)]
)
def test_a_disk_that_fails_leaves_no_half_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, told: str
) -> None:
    def fail(path: Path, *args: Any) -> None:
        path.write_bytes(b"half")
        raise OSError(code, "failed", str(path))

    monkeypatch.setattr(scaffold, "build_office_sheet", fail)
    with pytest.raises(OperatorError, match=told):
        init_workspace(tmp_path)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_an_interrupted_init_leaves_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it left behind stood in the way of the second try."""

    def interrupt(path: Path, *_: object) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(scaffold, "build_office_sheet", interrupt)
    assert cli.run(["init", str(tmp_path)]) == 2
    assert "中断しました。作業フォルダーのファイルは作られていません。" in capsys.readouterr().err
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError, match="書き込めませんでした"):
        init_workspace(tmp_path / "file" / "x")
