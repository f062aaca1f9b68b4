"""設定 without 実績基準日: no sheet, footer or description names a day that nobody gave."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import openpyxl

from sousei_xl.scaffold.settings import GROUPS
from tests.indicator_builders import kpi_row, kpi_strategy, report_rows
from tests.workspaces import example_workspace, run

_DAY = re.compile(r"平成\d+年\d+月\d+日")


def _words(path: Path) -> str:
    """All that a workbook prints, footers included."""
    with zipfile.ZipFile(path) as archive:
        parts = [n for n in archive.namelist() if n.startswith("xl/") and n.endswith(".xml")]
        return "".join(archive.read(name).decode() for name in parts)


def _without_day(folder: Path) -> Path:
    workspace = example_workspace(folder)
    template = workspace / "templates" / "別紙_template.xlsx"
    book = openpyxl.load_workbook(template)
    next(r for r in book["設定"].iter_rows() if r[0].value == "実績基準日")[1].value = None
    book.save(template)
    return workspace


def test_no_day_is_printed_that_nobody_gave(tmp_path: Path) -> None:
    workspace = _without_day(tmp_path / "作業")
    assert run("merge", "--workspace", workspace).status == 0
    outbox = workspace / "outbox"
    for name in ("別紙_平成30年度（案）.xlsx", "検討懇談会資料_平成30年度.xlsx"):
        assert set(_DAY.findall(_words(outbox / name))) == {"平成30年3月30日"}, name  # the list's
    book = openpyxl.load_workbook(outbox / "別紙_平成30年度（案）.xlsx", data_only=True)
    for name in ("数値目標等の状況", "数値目標・KPIの推移", "データ_KPI"):
        sheet = book[name]
        said = [str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None]
        # The list's day is not that of the actuals.
        assert not any(_DAY.search(words) for words in (*said, str(sheet.oddFooter.right.text)))
        assert "照合番号" in str(sheet.oddFooter.right.text)
    notes = {row[0].value: row[1].value for row in book["注記"].iter_rows()}
    assert "実績基準日" not in notes
    assert "平成30年度の始まる前に終わった年" in str(notes["判定する年"])
    described = json.loads((outbox / "オープンデータ" / "datapackage.json").read_text("utf-8"))
    assert all("実績基準日" not in table for table in described["resources"])


def test_the_template_says_what_is_judged_then() -> None:
    settings = [s for _, group in GROUPS for s in group if s.key == "実績基準日"]
    assert "空欄のときは日付を印字せず、年度の初日（4月1日）" in settings[0].explanation


def test_a_year_that_is_not_over_is_told_without_a_day() -> None:
    row = kpi_row(1, "2ア-1", {"H29実績": 27, "H30実績": 30})
    found = report_rows(row, strategy=kpi_strategy({"実績基準日": None})).findings
    [item] = [f for f in found if f.code == "K105"]
    assert "とありますが、平成30年度の初めの時点でまだ終わっていない年度です" in item.message
