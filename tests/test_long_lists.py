"""Lists of any length: finished rows wait in a file instead of memory, and nothing else changes.
What no sheet can hold is refused before anything is written.
"""

from __future__ import annotations

import datetime as dt
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from sousei_xl.errors import OperatorError
from sousei_xl.pipeline import delivery
from sousei_xl.publish import locked
from sousei_xl.publish.ahead import Writers
from sousei_xl.sheets import Contents, book
from sousei_xl.sheets.book import MAX_LINKS, Book
from sousei_xl.sheets.checkbook import write_checkbook
from sousei_xl.sheets.official import write_official
from sousei_xl.sheets.prototype import Prototype
from sousei_xl.sheets.tables import Column, Row, Table, write_table
from sousei_xl.workspace import Run, Workspace
from tests.facts import example_contents, example_rows, example_strategy, prototype_of, write_form
from tests.reliability.figures import Figures, peak_megabytes

RUN = Run("0123abcd", dt.date(2018, 3, 30), dt.datetime(2018, 3, 30))


def parts(path: Path) -> dict[str, bytes]:
    """What is in a workbook, whatever the times in its zip."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def long_contents(times: int, missing: tuple[str, ...] = ("農政部",)) -> Contents:
    """The example's rows, many times over, in printed order."""
    rows: list[dict[str, Any]] = []
    for measure in dict.fromkeys(row["measure"] for row in example_rows()):
        mine = [row for row in example_rows() if row["measure"] == measure and not row["relisted"]]
        rows += [
            {**row, "name": f"{row['name']}{turn}", "number": turn * len(mine) + place}
            for turn in range(times)
            for place, row in enumerate(mine, 1)
        ]
    return example_contents("draft", rows=rows, missing=missing)


@pytest.fixture(scope="module")
def prototype(tmp_path_factory: pytest.TempPathFactory) -> Prototype:
    path = write_form(tmp_path_factory.mktemp("form") / "form.xlsx")
    found, mistakes = prototype_of(path, example_strategy())
    assert found is not None, mistakes
    return found


def test_a_long_list_has_the_contents_that_a_short_one_would_have(
    tmp_path: Path, prototype: Prototype, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = long_contents(14)
    assert len(contents.result.listed) > 1000
    written: dict[str, list[Path]] = {"別紙": [], "点検結果": []}
    for most in (10**9, 100):
        monkeypatch.setattr(book, "_MANY_ROWS", most)
        for name, paths in written.items():
            paths.append(tmp_path / f"{name}{most}.xlsx")
        write_official(written["別紙"][-1], contents, prototype)
        write_checkbook(written["点検結果"][-1], contents)
    for short, long in written.values():
        mine, theirs = parts(short), parts(long)
        assert mine.keys() == theirs.keys()
        # Styles are numbered in the order of their use, which differs.
        same = {name for name in mine if mine[name] == theirs[name]}
        assert mine.keys() - same <= {"xl/styles.xml"} | {n for n in mine if "worksheets/" in n}
        assert_cells_are_the_same(short, long)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        path.name for paths in written.values() for path in paths
    )


def assert_cells_are_the_same(short: Path, long: Path) -> None:
    mine, theirs = load_workbook(short), load_workbook(long)
    pairs: dict[tuple[int, int], tuple[Any, Any]] = {}
    assert mine.sheetnames == theirs.sheetnames
    for sheet in mine:
        other = theirs[sheet.title]
        assert sheet.dimensions == other.dimensions
        assert sheet.merged_cells.ranges == other.merged_cells.ranges
        heights = {row: found.height for row, found in sheet.row_dimensions.items()}
        assert heights == {row: found.height for row, found in other.row_dimensions.items()}
        for row, others in zip(sheet.iter_rows(), other.iter_rows(), strict=True):
            for cell, twin in zip(row, others, strict=True):
                assert cell.value == twin.value, cell
                pairs.setdefault((cell.style_id, twin.style_id), (cell, twin))
    for cell, twin in pairs.values():
        for look in ("font", "fill", "border", "alignment", "number_format"):
            # Proxies compare by identity, what they stand for by value.
            assert repr(getattr(cell, look)) == repr(getattr(twin, look)), (cell, look)


def test_seventy_thousand_rows_are_written_whole(
    tmp_path: Path, prototype: Prototype, figures: Figures
) -> None:
    """More rows than a sheet may have links: every row stands in every list all the same."""
    contents = long_contents(1 + 70_000 // len(long_contents(1).result.listed), missing=())
    names = [row.name for row in contents.result.listed]
    assert len(names) > 70_000 > MAX_LINKS
    official, checkbook = tmp_path / "別紙.xlsx", tmp_path / "点検結果.xlsx"
    started = time.monotonic()
    write_official(official, contents, prototype)
    write_checkbook(checkbook, contents)
    seconds = time.monotonic() - started
    for path, sheet, heading in (
        (official, "別紙", "事業名"),
        (official, "データ_事業", "事業名"),
        (checkbook, "転記元", "事業名"),
    ):
        assert column_below(path, sheet, heading) == names, sheet
    with zipfile.ZipFile(checkbook) as archive:
        assert max(part.count(b"<hyperlink ") for part in sheets_of(archive)) == MAX_LINKS
    figures.measured(
        long_rows=len(names),
        long_seconds=round(seconds),
        long_megabytes=peak_megabytes(),
        long_file_megabytes=round(official.stat().st_size / 1e6, 1),
    )


def column_below(path: Path, sheet: str, heading: str) -> list[str]:
    """The texts below a heading, without the bands and totals of the printed list."""
    with CalamineWorkbook.from_path(path) as book:
        rows = book.get_sheet_by_name(sheet).to_python()
    first = next(number for number, row in enumerate(rows) if heading in row)
    column = rows[first].index(heading)
    texts = (str(row[column]) for row in rows[first + 1 :])
    return [text.removeprefix("（新）") for text in texts if text not in ("", heading)]


def sheets_of(archive: zipfile.ZipFile) -> Iterator[bytes]:
    return (archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/sheet"))


def peak(path: Path, rows: int) -> int:
    """Bytes that Python needed at most to write so many rows."""
    settings = example_strategy().settings
    columns = (Column("名前", 30), Column("金額", 12, "number", "number"))
    tracemalloc.start()
    long = Book(path, RUN, settings, "長い表", rows=10**6)
    sheet = long.sheet("表", [c.width for c in columns], in_order=True)
    made: Iterator[Row] = (Row((f"事業{n % 100}", n)) for n in range(rows))
    write_table(sheet, 0, Table(columns, made))
    sheet.page_setup()
    long.close()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def test_memory_hardly_grows_with_the_rows(tmp_path: Path) -> None:
    small, large = peak(tmp_path / "1.xlsx", 3_000), peak(tmp_path / "2.xlsx", 12_000)
    # Only what pages are laid out by: a height for each row.
    assert large - small < 9_000 * 250


def test_a_row_that_comes_too_late_is_no_lost_row(tmp_path: Path) -> None:
    long = Book(tmp_path / "x.xlsx", RUN, example_strategy().settings, "表", rows=10**6)
    sheet = long.sheet("表", (10.0,), in_order=True)
    for row in range(2000):
        sheet.text(row, 0, "あ")
        sheet.height(row, 15)
    sheet.text(3, 0, "遅い")
    with pytest.raises(ValueError, match="row 4 is written already"):
        long.close()


def test_more_rows_than_excel_holds_are_refused_before_anything_is_written(
    tmp_path: Path, prototype: Prototype
) -> None:
    contents = example_contents()
    listed = contents.result.listed[:1] * 1_048_000
    contents = replace(contents, result=replace(contents.result, listed=listed))
    workspace = Workspace.at(tmp_path)
    workspace.inbox.mkdir()
    with locked(workspace) as held, pytest.raises(OperatorError) as caught:
        delivery.publish_list(workspace, contents, prototype, held, Writers())
    assert "一覧が1,048,009行になり、Excelの1枚のシートに入りません" in str(caught.value)
    assert "分けて" in str(caught.value)
    assert [p.name for p in workspace.outbox.iterdir()] == ["履歴"]
