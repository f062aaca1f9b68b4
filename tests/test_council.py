"""The council's workbook: what it shows, and that nothing written into it is ever lost."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import load_workbook as read_values

from sousei_xl import publish
from sousei_xl.errors import OperatorError
from sousei_xl.intake.remarks import check_kept, council_name, read_remarks, remarks_in
from sousei_xl.sheets import Contents
from sousei_xl.sheets.council import EVALUATION, ORPHANS, write_council
from sousei_xl.sheets.council.remarks import Remark, all_slots, normal_key, place
from sousei_xl.strategy.indicators import QUALITATIVE
from sousei_xl.workspace import Workspace
from tests.facts import example_contents, example_rows
from tests.indicator_builders import kpi_row, kpi_submission
from tests.kpi_contents import NOTICE, changed, hard_contents, kpi_contents, marked_strategy
from tests.recalculate import needs_office, recalculate
from tests.workspaces import example_workspace, run

SHEET = "検討懇談会資料_平成30年度.xlsx"


@cache
def example() -> Contents:
    return kpi_contents()


def remark(key: str, opinion: str = "", response: str = "", year: int | None = 2018) -> Remark:
    return Remark(key, year, "", opinion, response)


def written(path: Path, remarks: Iterable[Remark] = (), contents: Contents | None = None) -> Path:
    write_council(path, contents or example(), remarks)
    return path


def read(path: Path) -> tuple[Remark, ...]:
    found = remarks_in(publish.read_back(path))
    assert found is not None
    return found


def texts(remarks: Iterable[Remark]) -> set[str]:
    """Everything that was said; several remarks in one cell stand in lines of their own."""
    return {
        line
        for said in remarks
        for cell in (said.opinion, said.response)
        for line in cell.split("\n")
        if line
    }


def page(path: Path, name: str = EVALUATION) -> Worksheet:
    found = load_workbook(path)[name]
    assert isinstance(found, Worksheet)
    return found


def rows_of(path: Path, name: str = EVALUATION) -> list[list[Any]]:
    return read_values(path).get_sheet_by_name(name).to_python()


def row_of(path: Path, key: str) -> int:
    """The Excel row with a 照合キー."""
    return next(n for n, row in enumerate(rows_of(path), 1) if row[0] == key)


def type_into(path: Path, cells: Mapping[str, Any], name: str = EVALUATION) -> None:
    """Write cells by hand and save."""
    book = load_workbook(path)
    for cell, value in cells.items():
        book[name][cell] = value
    book.save(path)


# --- what it shows ------------------------------------------------------------------------------


def test_a_block_per_goal_and_measure_with_indicators_projects_and_totals(tmp_path: Path) -> None:
    path = written(tmp_path / SHEET)
    rows = rows_of(path)
    bands = [row[0] for row in rows if str(row[0]).startswith(("基本目標", "施策"))]
    bands = [b for b in bands if "　" in b and "（続き）" not in b]
    strategy = example().strategy
    assert len(bands) == len(strategy.goals) + len(strategy.measures) + 4  # and the goals' totals
    first = next(i for i, row in enumerate(rows) if str(row[0]).startswith("施策2ウ　"))
    block = rows[first : first + 9]
    assert block[2][1:3] == ["2ウ-1", "まちなか居住人口"]
    assert block[2][3:7] == ["人", "9,641（H26）", "9,945（H29）", "10,400（H31）"]
    assert block[2][7:10] == [pytest.approx(304 / 759), 0.6, "△ おおむね順調"]
    assert [row[1] for row in block[4:7]] == [1, 2, 3]
    assert [row[3] for row in block[4:7]] == ["", "", "再掲"]
    assert [row[7:9] for row in block[4:7]] == [[5906, 5906], [3430, 3430], [22518, ""]]
    assert block[7][0] == "計　3行（うち再掲1行、2事業）"
    assert block[7][7:9] == [31854, 9336]
    totals = [row[7:9] for row in rows if str(row[0]).startswith("基本目標の計")]
    assert totals == [
        [2477869, 2477869],
        [488220, 431156],
        [250895, 182642],
        [688093, 458617],
    ]
    assert "数値目標は設定されていません。" in [row[0] for row in rows]


@pytest.mark.parametrize("projects", [*range(5, 18), 60])
def test_no_department_is_cut_and_no_total_stands_alone(projects: int, tmp_path: Path) -> None:
    long = "・".join(d.name for d in example().strategy.departments)
    first = next(row for row in example_rows() if row["measure"] == "2ウ")
    rows = [{**first, "number": number, "department": long} for number in range(1, projects + 1)]
    sheet = page(written(tmp_path / SHEET, contents=kpi_contents(rows=rows)))
    begun = {mark.id + 1 for mark in sheet.row_breaks.brk}  # rows on top of a page
    for row in sheet.iter_rows():
        if row[4].value == long:
            assert sheet.row_dimensions[row[0].row].height >= 3 * 13  # 44 letters, 17 on a line
        if row[0].row in begun:  # every page says of what it is
            title = str(row[0].value)
            assert title.startswith(("基本目標", "施策"))
            assert "（続き）" not in title or sheet.cell(row[0].row + 1, 1).font.b  # headings


@needs_office
@pytest.mark.libreoffice
def test_headings_among_the_projects_are_no_amounts(tmp_path: Path) -> None:
    first = next(row for row in example_rows() if row["measure"] == "2ウ")
    rows = [{**first, "number": number, "budget": number} for number in range(1, 61)]
    path = written(tmp_path / SHEET, contents=kpi_contents(rows=rows))
    titles = [str(row[0]) for row in rows_of(path)]
    assert titles.count("施策2ウ　まちなかプラチナベースの推進（続き）") >= 2
    again = recalculate([path], tmp_path / "again")[0]
    for shown in (path, again):
        total = next(row for row in rows_of(shown) if str(row[0]).startswith("計　60行"))
        assert total[7:9] == [1830, 1830]


@pytest.mark.parametrize("length", [0, 300, 900, 1500])
def test_remarks_over_several_pages_say_of_what_they_are(length: int, tmp_path: Path) -> None:
    said = [remark(slot.key, "あ" * length, "い" * length) for slot in all_slots(example())]
    path = written(tmp_path / SHEET, said)
    assert {r.opinion for r in read(path) if r.opinion} == ({"あ" * length} if length else set())
    sheet = page(path)
    for mark in sheet.row_breaks.brk:
        assert str(sheet.cell(mark.id + 1, 1).value).startswith(("基本目標", "施策"))


@pytest.mark.parametrize(
    ("municipality", "response"),
    [
        ("旭川市", "市の対応"),
        ("東川町", "町の対応"),
        ("音威子府村", "村の対応"),
        ("道東圏", "市の対応"),
    ],
)
def test_it_is_the_municipality_that_responds(
    municipality: str, response: str, tmp_path: Path
) -> None:
    strategy = example().strategy
    own = replace(strategy, settings=replace(strategy.settings, municipality=municipality))
    said = [remark("施策:1ア", "意見", "対応する。"), remark("施策:9ア", "古い意見", "済")]
    path = written(tmp_path / SHEET, said, replace(example(), strategy=own))
    for name in (EVALUATION, ORPHANS):
        cells = {str(cell) for row in rows_of(path, name) for cell in row}
        assert response in cells
        assert f"委員意見と{response}は、議事録が確定するまで公表しません。" in cells
    assert texts(read(path)) >= {"対応する。", "済"}


def test_parts_the_notice_and_what_is_not_public(tmp_path: Path) -> None:
    said = [cell for row in rows_of(written(tmp_path / SHEET)) for cell in row if cell != ""]
    assert f"※{NOTICE}" in said
    assert "委員意見と市の対応は、議事録が確定するまで公表しません。" in said
    assert "うち小学校" in said
    assert "◎ 目標値到達\n（内訳）" in said


def test_why_a_class_is_not_about_the_latest_year_and_of_when_the_actuals_are(
    tmp_path: Path,
) -> None:
    said = [cell for row in rows_of(written(tmp_path / SHEET)) for cell in row if cell != ""]
    assert "保 判定保留\nH29は未公表" in said
    assert "保 判定保留\nH29は未調査" in said
    assert any(str(cell).startswith("KPIの実績は平成30年8月31日現在です。") for cell in said)
    words = next(str(cell) for cell in said if str(cell).startswith("合計特殊出生率\n"))
    assert "現状値との差は+0.07人です" in words  # a target in words needs its words


@pytest.mark.parametrize(("target", "said"), [("向上", "\n（目標：向上。）"), ("", "")])
def test_a_target_in_words_stands_below_the_name(tmp_path: Path, target: str, said: str) -> None:
    words = {"kind": QUALITATIVE, "target": target, "baseline": "", "note": ""}
    strategy = changed(marked_strategy(), {"2ア-1": {**words, "name": "観光連携の状況"}})
    sent = [kpi_submission([kpi_row(1, "2ア-1", {"要因・課題": "協議会を開いた。"})])]
    path = written(tmp_path / "1.xlsx", contents=kpi_contents(submissions=sent, strategy=strategy))
    [row] = [row for row in rows_of(path) if row[1] == "2ア-1"]
    assert row[2] == f"観光連携の状況{said}"


def test_only_the_cells_to_be_filled_in_are_unlocked(tmp_path: Path) -> None:
    path = written(tmp_path / SHEET)
    sheet = page(path)
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert sheet.protection.insertRows  # True: refused, nobody could delete the row again
    keys = {slot.key for slot in all_slots(example())}
    assert len(keys) == 4 + 16 + 29
    found = set()
    for row in sheet.iter_rows():
        key = normal_key(str(row[0].value or ""))
        inputs = {c.column for c in row if c.protection.locked is False and c.value is None}
        if key:
            found.add(key)
            assert {4, 7} <= inputs
            assert row[3].fill.fgColor.rgb == "FFFFFDE7"
            assert row[3].border.left.style == "medium"
        else:
            assert not inputs
    assert found == keys


def test_how_to_fill_it_in_is_told_on_the_screen_alone(tmp_path: Path) -> None:
    sheet = page(written(tmp_path / SHEET))
    validations = sheet.data_validations.dataValidation
    told = {str(v.sqref): v.promptTitle for v in validations}
    grows = [v.promptTitle for v in validations if "行の高さを広げてください" in v.prompt]
    assert set(grows) == {"委員意見", "市の対応"}
    assert not sheet.protection.formatRows  # False: allowed
    for row in sheet.iter_rows():
        if normal_key(str(row[0].value or "")):
            line = [told[cell.coordinate] for cell in (row[0], row[3], row[6])]
            assert line == ["照合キー", "委員意見", "市の対応"]
    printed = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert not any("引き継" in words for words in printed)


@needs_office
@pytest.mark.libreoffice
def test_totals_recalculate_and_remarks_survive_another_program(tmp_path: Path) -> None:
    remarks = [remark("施策:1ア", "一行目\n二行目", "=SUM(1,2) は文字です"), remark("x", "迷子")]
    path = written(tmp_path / "council.xlsx", remarks)
    (again,) = recalculate([path], tmp_path)
    assert texts(read(again)) == texts(remarks)
    for one, other in zip(rows_of(path), rows_of(again), strict=False):
        for cell, recalculated in zip(one, other, strict=False):
            if isinstance(cell, float):
                assert recalculated == pytest.approx(cell)


def test_hard_cases_and_lists_without_indicators_are_written(tmp_path: Path) -> None:
    written(tmp_path / "難.xlsx", contents=hard_contents())
    plain = written(tmp_path / "KPIなし.xlsx", contents=example_contents())
    assert "KPIは設定されていません。" in [row[0] for row in rows_of(plain)]
    empty = written(tmp_path / "空.xlsx", contents=kpi_contents("draft", rows=[]))
    assert "事業はありません。" in [row[0] for row in rows_of(empty)]


# --- what was written into it ---------------------------------------------------------------------


def test_what_is_typed_comes_back_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path / SHEET)
    row = row_of(path, "施策:2ア")
    type_into(path, {f"D{row}": "相談の場を増やしては。\n夜間も。", f"G{row}": 2019})
    row = row_of(path, "指標:1ウ-1a")
    type_into(path, {f"D{row}": "=1+1", f"G{row}": "  検討します。  "})
    found = {r.key: r for r in read(path)}
    assert found["施策:2ア"].opinion == "相談の場を増やしては。\n夜間も。"
    assert found["施策:2ア"].response == "2019"
    assert found["指標:1ウ-1a"].response == "検討します。"
    again = written(tmp_path / "次.xlsx", read(path))
    assert read(again) == read(path)
    assert read(written(tmp_path / "その次.xlsx", read(again))) == read(again)


def test_a_key_is_read_however_it_is_retyped() -> None:
    for typed in ("施策:1ア", "施策：１ア", " 施策 : 1ア "):
        assert normal_key(typed) == "施策:1ア"
    for typed in ("", "1ア", "施策1ア　安心して", "照合キー"):
        assert normal_key(typed) == ""


def test_remarks_go_to_their_places_or_to_the_list() -> None:
    placed = place(
        [
            remark("施策:1ア", "意見"),
            remark("施策:1ア", "意見", "対応"),
            remark("１ア", "短いキー"),
            remark("指標:1ウ-1b", "内訳への意見"),
            remark("指標:9ア-1", "消えた指標"),
            remark("", "キーなし", year=None),
            remark("施策:2ア"),
            remark("施策:2ア", "昨年", year=2017),
        ],
        example(),
    )
    assert placed.at["施策:1ア"][2018].opinion == "意見\n短いキー"
    assert placed.at["施策:1ア"][2018].response == "対応"
    assert placed.at["指標:1ウ-1a"][2018].opinion == "内訳への意見"
    assert list(placed.at["施策:2ア"]) == [2017]
    assert [(o.opinion, o.year) for o in placed.orphans] == [
        ("消えた指標", 2018),
        ("キーなし", 2018),
    ]
    assert "指標:9ア-1" in placed.orphans[0].reason


def test_what_was_written_later_takes_no_other_words_place() -> None:
    late = [
        replace(remark("施策:1ア", "意見", "後からの対応", year=2017), late=True),
        replace(remark("施策:1イ", "後からの意見", year=2017), late=True),
        replace(remark("施策:1ウ", "元の意見", "後からの対応", year=2017), late=True),
    ]
    here = [remark("施策:1ア", "意見", year=2017), remark("施策:1ウ", "直した意見", year=2017)]
    placed = place([*here, *late], example())
    said = {key: (r[2017].opinion, r[2017].response) for key, r in placed.at.items()}
    assert said == {
        "施策:1ア": ("意見", "後からの対応"),
        "施策:1イ": ("後からの意見", ""),
        "施策:1ウ": ("直した意見", ""),
    }
    (listed,) = placed.orphans
    assert (listed.key, listed.opinion, listed.response) == ("", "元の意見", "後からの対応")
    assert "ほかの意見があります" in listed.reason
    assert place([listed], example()).orphans == (listed,)


def test_texts_too_long_for_one_cell_are_kept_apart(tmp_path: Path) -> None:
    long = [remark("施策:1ア", "あ" * 20_000), remark("施策:1ア", "い" * 20_000)]
    path = written(tmp_path / SHEET, long)
    assert texts(read(path)) == texts(long)
    assert len(rows_of(path, ORPHANS)) > 3


def test_an_orphan_comes_home_when_its_place_returns(tmp_path: Path) -> None:
    strategy = marked_strategy()
    without = replace(strategy, indicators=tuple(i for i in strategy.indicators if i.id != "2ア-1"))
    first = written(tmp_path / "1.xlsx", [remark("指標:2ア-1", "数だけでよいか")])
    second = written(tmp_path / "2.xlsx", read(first), kpi_contents(strategy=without))
    assert ORPHANS in read_values(second).sheet_names
    assert "行き先のない意見が1件あります（シート『行き先のない意見』に載せました）。" in str(
        rows_of(second)
    )
    third = written(tmp_path / "3.xlsx", read(second))
    assert ORPHANS not in read_values(third).sheet_names
    (back,) = read(third)
    assert (back.key, back.opinion) == ("指標:2ア-1", "数だけでよいか")


def test_a_row_inserted_without_a_key_is_listed_and_can_be_given_one(tmp_path: Path) -> None:
    path = written(tmp_path / "1.xlsx", [remark("施策:1ア", "意見1")])
    book = load_workbook(path)
    sheet = book[EVALUATION]
    row = row_of(path, "施策:1ア")
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.insert_rows(row + 1)
    sheet.cell(row + 1, 4, "意見2")
    sheet.insert_rows(row + 2)
    book.save(path)
    second = written(tmp_path / "2.xlsx", read(path))
    (listed,) = [r for r in read(second) if not r.key]
    assert listed.opinion == "意見2"
    assert (
        listed.subject
        == "（「施策1ア全体（安心して妊娠，出産，育児ができる総合的な支援）」の下の行）"
    )
    assert f"『施策評価表』の{row + 1}行目" in listed.reason
    assert read(written(tmp_path / "3.xlsx", read(second))) == read(second)
    place_of = next(n for n, r in enumerate(rows_of(second, ORPHANS), 1) if "意見2" in r)
    type_into(second, {f"A{place_of}": "１ア"}, ORPHANS)
    fourth = written(tmp_path / "4.xlsx", read(second))
    assert ORPHANS not in read_values(fourth).sheet_names
    assert [r.opinion for r in read(fourth)] == ["意見1\n意見2"]


def test_orphans_below_a_cleared_row_and_with_a_mistyped_key_are_kept(tmp_path: Path) -> None:
    lost = [remark("", f"意見{n}") for n in range(4)]
    path = written(tmp_path / "1.xlsx", lost)
    place_of = next(n for n, r in enumerate(rows_of(path, ORPHANS), 1) if "意見1" in r)
    type_into(path, {f"{c}{place_of}": None for c in "ABCDEF"}, ORPHANS)
    type_into(path, {f"A{place_of + 1}": "せさく1ア"}, ORPHANS)
    assert texts(read(path)) == {"意見0", "意見2", "意見3"}
    assert texts(read(written(tmp_path / "2.xlsx", read(path)))) == {"意見0", "意見2", "意見3"}


def renumbered() -> Contents:
    """FY2019, without 2ウ: what was 2エ is 2ウ, and what was 2オ is 2エ."""
    strategy = marked_strategy({"年度": "平成31年度"})
    new = {"2エ": "2ウ", "2オ": "2エ"}
    measures = tuple(m for m in strategy.measures if m.key != "2ウ")
    indicators = tuple(i for i in strategy.indicators if i.measure != "2ウ")
    now = replace(
        strategy,
        measures=tuple(replace(m, key=new.get(m.key, m.key)) for m in measures),
        indicators=tuple(
            replace(i, id=i.id.replace(i.measure, to), measure=to)
            if (to := new.get(i.measure))
            else i
            for i in indicators
        ),
    )
    return kpi_contents(strategy=now, rows=[])


@pytest.mark.parametrize("with_names", [True, False])
def test_an_earlier_years_remark_follows_the_name_of_what_it_is_about(
    tmp_path: Path, with_names: bool
) -> None:
    """Keys are given anew from year to year; 対象 without a name is of an earlier version."""
    about = (
        "施策:2イ",
        "施策:2ウ",
        "指標:2ウ-1",
        "施策:2エ",
        "指標:2エ-1",
        "施策:2オ",
        "指標:2オ-3",
    )
    first = written(tmp_path / "1.xlsx", [remark(key, f"{key}のこと") for key in about])
    assert "施策2ウ全体（まちなかプラチナベースの推進）" in str(rows_of(first))
    if not with_names:
        type_into(
            first, {f"C{row_of(first, k)}": f"施策{k[3:]}全体" for k in about if k[0] == "施"}
        )
    now = renumbered()
    second = written(tmp_path / "2.xlsx", read(first), now)
    expected = {
        ("施策:2イ", "施策:2イのこと"),
        ("施策:2ウ", "施策:2エのこと"),
        ("指標:2ウ-1", "指標:2エ-1のこと"),
        ("施策:2エ", "施策:2オのこと"),
        ("指標:2エ-3", "指標:2オ-3のこと"),
        ("", "施策:2ウのこと"),
        ("", "指標:2ウ-1のこと"),
    }
    assert {(r.key, r.opinion) for r in read(second)} == expected
    reasons = {r.subject: r.reason for r in read(second) if not r.key}
    assert "今の施策2ウとは名前が違い" in reasons["施策2ウ全体（まちなかプラチナベースの推進）"]
    assert "今の指標2ウ-1とは名前が違い" in reasons["まちなか居住人口"]
    # Whoever gives them the very key that they had means the place that bears it now.
    rows = {r[3]: n for n, r in enumerate(rows_of(second, ORPHANS), 1)}
    type_into(second, {f"A{rows['施策:2ウのこと']}": "施策:2ウ"}, ORPHANS)
    third = written(tmp_path / "3.xlsx", read(second), now)
    (given,) = [r.opinion for r in read(third) if r.key == "施策:2ウ"]
    assert given == "施策:2エのこと\n施策:2ウのこと"
    assert read(written(tmp_path / "4.xlsx", read(third), now)) == read(third)


def test_the_key_of_a_remark_without_a_place_is_no_place_another_year(tmp_path: Path) -> None:
    """指標:2オ-2 is nothing in a strategy without it, and something else in the next one."""
    strategy = marked_strategy({"年度": "平成31年度"})
    without = replace(strategy, indicators=tuple(i for i in strategy.indicators if i.id != "2オ-2"))
    other = changed(strategy, {"2オ-2": {"name": "文化財の公開日数"}})
    path = written(tmp_path / "0.xlsx", [remark("指標:2オ-2", "合宿は")])
    for number, year in enumerate((without, other, other), 1):
        contents = kpi_contents(strategy=year, rows=[])
        path = written(tmp_path / f"{number}.xlsx", read(path), contents)
        assert [(r.subject, r.opinion) for r in read(path)] == [("スポーツ合宿誘致者数", "合宿は")]
        assert ORPHANS in read_values(path).sheet_names


def moved(path: Path, chance: random.Random) -> None:
    """What people do to a sheet: unmerge, insert rows and a column, sort the rows of remarks."""
    book = load_workbook(path)
    sheet = book[EVALUATION]
    sheet.protection.disable()
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    if chance.random() < 0.5:
        sheet.insert_cols(1)
    keyed = [
        row for row in sheet.iter_rows() if any(normal_key(str(c.value or "")) for c in row[:2])
    ]
    values = [[c.value for c in row] for row in keyed]
    chance.shuffle(values)
    for row, cells in zip(keyed, values, strict=True):
        for cell, value in zip(row, cells, strict=True):
            cell.value = value
    for _ in range(3):
        sheet.insert_rows(chance.randrange(1, sheet.max_row))
    book.save(path)


@pytest.mark.parametrize("seed", range(3))
def test_remarks_survive_ten_merges(tmp_path: Path, seed: int) -> None:
    """Rows added, moved and removed; indicators and measures that come and go."""
    chance = random.Random(seed)
    strategy = marked_strategy()
    said = [
        remark(slot.key, f"意見{n}", f"対応{n}" if n % 2 else "")
        for n, slot in enumerate(all_slots(example()))
        if n % 3 == 0
    ]
    path = written(tmp_path / "0.xlsx", said)
    expected = texts(said)
    for merge in range(1, 11):
        kept = tuple(i for i in strategy.indicators if chance.random() < 0.8)
        gone = chance.choice(strategy.measures).key
        chosen = replace(
            strategy,
            indicators=tuple(i for i in kept if i.measure != gone),
            measures=tuple(m for m in strategy.measures if m.key != gone),
        )
        rows = [r for r in example_rows() if r["measure"] != gone and chance.random() < 0.8]
        known = {r["name"] for r in rows if not r["relisted"]}
        rows = [{**r, "original": None} for r in rows if r["name"] in known]
        new = f"意見・追加{merge}"
        key = chance.choice([s.key for s in all_slots(kpi_contents(strategy=chosen))])
        remarks = [*read(path), remark(key, new)]
        expected.add(new)
        path = written(
            tmp_path / f"{merge}.xlsx", remarks, kpi_contents(strategy=chosen, rows=rows)
        )
        assert texts(read(path)) == expected
        moved(path, chance)
        assert texts(read(path)) == expected
    last = written(tmp_path / "last.xlsx", read(path))
    home = {r.key: r for r in read(last)}
    for one in said:
        assert one.opinion in home[one.key].opinion.split("\n")


def test_check_kept_refuses_a_workbook_that_lost_a_remark(tmp_path: Path) -> None:
    path = written(tmp_path / SHEET, [remark("施策:1ア", "意見")])
    check_kept(publish.read_back(path), [remark("施策:1ア", "意見"), remark("施策:1イ")])
    with pytest.raises(OperatorError, match="そろっていませんでした"):
        check_kept(publish.read_back(path), [remark("施策:1ア", "別の意見")])


# --- in the outbox --------------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "outbox").mkdir()
    return Workspace.at(tmp_path)


def test_nothing_to_read_is_fine(workspace: Workspace) -> None:
    assert read_remarks(workspace, example().strategy.settings).remarks == ()


def test_next_year_shows_last_year_s_remarks(workspace: Workspace, tmp_path: Path) -> None:
    settings = example().strategy.settings
    assert council_name(settings) == SHEET
    said = [remark("施策:1ア", "昨年の意見", "昨年の対応"), remark("施策:9ア", "迷子")]
    written(workspace.outbox / SHEET, said)
    written(workspace.outbox / "検討懇談会資料_平成29年度.xlsx", [remark("施策:1イ", "一昨年")])
    written(workspace.outbox / "検討懇談会資料_令和9年度.xlsx", [remark("施策:1イ", "未来")])
    strategy = marked_strategy({"年度": "平成31年度", "年度の表記": "令和元(2019)年度"})
    contents = kpi_contents(strategy=strategy)
    carried = read_remarks(workspace, strategy.settings).remarks
    assert texts(carried) == {"昨年の意見", "昨年の対応", "迷子"}
    path = written(workspace.outbox / council_name(strategy.settings), carried, contents)
    row = row_of(path, "施策:1ア")
    rows = rows_of(path)
    assert rows[row - 1][1:4:2] == ["R1", ""]
    # In a list of 平成31年度 it is H31, and read as the same year.
    heisei = kpi_contents(
        strategy=marked_strategy(dict.fromkeys(("年度", "年度の表記"), "平成31年度"))
    )
    now = [remark("施策:1ア", "今年の意見", year=2019), remark("施策:9ア", "迷子", year=2019)]
    again = written(tmp_path / "平成.xlsx", now, heisei)
    assert rows_of(again)[row_of(again, "施策:1ア") - 1][1] == "H31"
    assert {(said.year, said.opinion) for said in read(again)} == {
        (2019, "今年の意見"),
        (2019, "迷子"),
    }
    assert rows[row][0:4:3] == ["施策:1ア", "昨年の意見"]
    assert rows[row][1] == "H30"
    again = read_remarks(workspace, strategy.settings).remarks
    assert texts(again) == texts(carried)
    assert {(r.key, r.year) for r in again} == {("施策:1ア", 2018), ("施策:9ア", 2018)}


def test_last_year_s_remarks_may_stand_beside_last_year_s_list(
    workspace: Workspace, tmp_path: Path
) -> None:
    former = tmp_path / "前年度"
    former.mkdir()
    written(former / SHEET, [remark("施策:1ア", "昨年の意見")])
    strategy = marked_strategy({"年度": "平成31年度"})
    found = read_remarks(workspace, strategy.settings, former / "別紙_平成30年度.xlsx")
    assert texts(found.remarks) == {"昨年の意見"}


@pytest.mark.parametrize("beside_the_list", [False, True])
def test_a_remark_without_a_year_is_of_the_year_of_its_workbook(
    beside_the_list: bool, workspace: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path if beside_the_list else workspace.outbox
    path = written(folder / SHEET, [remark("施策:1ア", "昨年の意見")])
    book = load_workbook(path)
    book[EVALUATION].cell(row_of(path, "施策:1ア"), 2).value = None
    book.save(path)
    settings = marked_strategy({"年度": "平成31年度"}).settings
    previous = tmp_path / "別紙_平成30年度.xlsx" if beside_the_list else None
    [found] = read_remarks(workspace, settings, previous).remarks
    assert (found.opinion, found.year) == ("昨年の意見", 2018)


def _damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-500])


def _no_headings(path: Path) -> None:
    book = load_workbook(path)
    for row in book[EVALUATION].iter_rows():
        for cell in row:
            if cell.value in ("委員意見", "照合キー"):
                cell.value = "意見"
    book.save(path)


def _no_workbook(path: Path) -> None:
    path.write_text("メモ", encoding="utf-8")


@pytest.mark.parametrize("spoil", [_damage, _no_headings, _no_workbook])
def test_what_cannot_be_read_stops_publishing(
    workspace: Workspace, spoil: Callable[[Path], None]
) -> None:
    path = written(workspace.outbox / SHEET, [remark("施策:1ア", "意見")])
    spoil(path)
    with pytest.raises(OperatorError, match="引き継げません"):
        read_remarks(workspace, example().strategy.settings)


def test_a_file_that_is_held_open_stops_publishing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(workspace.outbox / SHEET, [remark("施策:1ア", "意見")])

    def held(path: Path, ours: bool) -> publish.Sheets:
        raise PermissionError(13, "held", str(path))

    monkeypatch.setattr(publish, "read_back", held)
    with pytest.raises(OperatorError, match="保存して閉じてください"):
        read_remarks(workspace, example().strategy.settings)


def test_merge_carries_remarks_over_and_stops_where_it_cannot(tmp_path: Path) -> None:
    folder = example_workspace(tmp_path / "作業 フォルダー")
    assert run("merge", "--workspace", folder).status == 0
    path = folder / "outbox" / SHEET
    row = row_of(path, "施策:3イ")
    type_into(path, {f"D{row}": "販路の話を聞きたい。", f"G{row}": "次回に説明します。"})
    edited = path.read_bytes()
    done = run("merge", "--workspace", folder)
    assert done.status == 0
    assert "ほかのところに書かれたもの" not in done.out
    assert texts(read(path)) == {"販路の話を聞きたい。", "次回に説明します。"}
    kept = [p.read_bytes() for p in (folder / "outbox" / "履歴").glob("検討懇談会資料*")]
    assert edited in kept
    # What stands beside the two columns is no remark, and is said to be none.
    book = load_workbook(path)
    for cell in (f"K{row}", f"C{row + 1}"):
        book[EVALUATION][cell] = f"{book[EVALUATION][cell].value or ''}（メモ）"
    book[EVALUATION].insert_rows(row + 1)
    book[EVALUATION][f"B{row + 1}"], book[EVALUATION][f"D{row + 1}"] = "H30", "足した行"
    book.create_sheet("メモ")["A1"] = "次回の論点"
    book.save(path)
    beside = f"（『{EVALUATION}』K{row}、『{EVALUATION}』C{row + 2}、『メモ』A1）"
    told = run("merge", "--workspace", folder).out
    assert f"ほかのところに書かれたもの{beside}は、履歴/検討懇談会資料_平成30年度_手修正（" in told
    assert texts(read(path)) == {"販路の話を聞きたい。", "次回に説明します。", "足した行"}
    assert run("merge", "--workspace", folder, "--json").json["remarks"]["beside"] == []
    edited = path.read_bytes()
    before = {p: p.read_bytes() for p in (folder / "outbox").iterdir() if p.is_file()}
    damaged = edited[:-300]
    path.write_bytes(damaged)
    before[path] = damaged
    stopped = run("merge", "--workspace", folder)
    assert stopped.status == 2
    assert "委員意見と対応を引き継げません" in stopped.err
    assert {p: p.read_bytes() for p in (folder / "outbox").iterdir() if p.is_file()} == before
