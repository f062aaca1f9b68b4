"""The main job end to end, as a process of its own, on the shipped inbox."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from sousei_xl import cli, publish
from sousei_xl.addresses import column_number
from sousei_xl.strategy.load.table import FORM
from sousei_xl.text import to_text
from tests.builders import facts
from tests.recalculate import needs_office, recalculate
from tests.workspaces import ROOT, Ran, column, edit, example_workspace, run

OFFICIAL = {
    "draft": "別紙_平成30年度_作成中.xlsx",
    "proposal": "別紙_平成30年度（案）.xlsx",
    "final": "別紙_平成30年度.xlsx",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return example_workspace(tmp_path / "作業 フォルダー")


def merge(workspace: Path, *options: str) -> Ran:
    return run("merge", "--json", "--workspace", workspace, *options)


def official_files(workspace: Path) -> list[str]:
    return sorted(p.name for p in (workspace / "outbox").glob("別紙_*.xlsx"))


def sheet(path: Path, name: str, whole: bool = False) -> list[list[object]]:
    book = CalamineWorkbook.from_path(str(path))
    return book.get_sheet_by_name(name).to_python(skip_empty_area=not whole)


def test_the_shipped_inbox_gives_the_published_list(workspace: Path) -> None:
    done = merge(workspace)
    assert done.status == 0, done.err
    found = done.json
    assert found["status"] == "proposal"
    assert found["ledger"] == {
        "read": 104,
        "listed": 104,
        "held": 0,
        "superseded": 0,
        "withdrawn": 0,
    }
    groups = [*found["subtotals"], found["total"]]
    published = facts("subtotals")
    for mine, theirs in zip(groups, published, strict=True):
        assert mine["rows"] == int(theirs["事業数"])
        assert mine["relisted"] == int(theirs["うち再掲"])
        assert mine["gross"] == int(theirs["公表額_千円"])
        assert mine["net"] == int(theirs["純計_千円（再掲を除く）"])
    assert found["total"]["projects"] == 83
    assert {d["state"] for d in found["departments"]} == {"受理"}
    open_findings = [
        f["code"]
        for f in found["findings"]
        if f["severity"] != "自動変換" and not f["acknowledged"] and f["code"][0] != "K"
    ]
    assert open_findings == []
    assert [f["code"] for f in found["findings"] if f["acknowledged"]] == ["L109"]
    printed = [
        cell for row in sheet(workspace / "outbox" / OFFICIAL["proposal"], "別紙") for cell in row
    ]
    assert "再掲を除く　83事業　3,550,284千円" in printed


def test_the_data_sheet_equals_the_facts_field_by_field_and_in_order(workspace: Path) -> None:
    merge(workspace)
    headings, *rows = sheet(workspace / "outbox" / OFFICIAL["proposal"], "データ_事業")
    data = [dict(zip(headings, row, strict=True)) for row in rows]
    texts = {r["事業名"]: r["事業内容"] for r in facts("descriptions")}
    expected = facts("projects")
    assert len(data) == len(expected) == 104
    for mine, theirs in zip(data, expected, strict=True):
        new = mine["掲載区分"] == "新規"
        assert ("（新）" if new else "") + str(mine["事業名"]) == theirs["事業名"]
        assert mine["基本目標番号"] == int(theirs["基本目標"])
        assert mine["施策キー"] == theirs["基本目標"] + theirs["施策"]
        assert mine["番号"] == int(theirs["番号"])
        assert mine["再掲"] == theirs["再掲"]
        assert mine["部局名"] == theirs["部局名"]
        assert mine["関連性"] == theirs["関連性"]
        assert mine["予算事業費（千円）"] == int(theirs["予算事業費_千円"])
        assert mine["事業内容"] == texts[theirs["事業名"]]
        assert bool(mine["初出"]) == (theirs["再掲"] == "再掲")


def test_the_states_follow_one_another_and_only_one_stands(workspace: Path) -> None:
    assert merge(workspace).json["status"] == "proposal"
    done = merge(workspace, "--approve", "平成30年3月30日")
    assert (done.status, done.json["status"]) == (0, "final")
    assert official_files(workspace) == [OFFICIAL["final"]]
    # Approval lasts while the content is unchanged …
    assert merge(workspace).json["status"] == "final"
    # … a changed list becomes a proposal again …
    path = workspace / "inbox" / "経済部.xlsx"
    budget = column(path, "予算事業費（千円）")
    row = next(
        i
        for i, cells in enumerate(sheet(path, "事業"), 1)
        if "経営アドバイザー派遣事業" in cells and "再掲" not in cells
    )
    edit(path, "事業", {f"{budget}{row}": 700})
    reopened = merge(workspace).json
    assert (reopened["status"], reopened["former_approval"]) == ("proposal", "2018-03-30")
    assert official_files(workspace) == [OFFICIAL["proposal"]]
    # … and a department that is missing makes it a draft.
    path.unlink()
    done = merge(workspace)
    assert (done.status, done.json["status"]) == (1, "draft")
    assert official_files(workspace) == [OFFICIAL["draft"]]
    history = [p.name for p in (workspace / "outbox" / "履歴").iterdir()]
    assert sum(name.startswith("別紙_平成30年度") for name in history) >= 3


def test_approval_is_refused_on_a_draft_and_nothing_is_replaced(workspace: Path) -> None:
    (workspace / "inbox" / "農政部.xlsx").unlink()
    done = merge(workspace, "--approve", "2018-03-30")
    assert done.status == 2
    assert "農政部" in done.json["message"]
    assert official_files(workspace) == []


@pytest.mark.parametrize("date", ["1999-03-30", "2062-03-30", "2017-04-01", "2019-04-01"])
def test_a_day_of_approval_far_from_the_lists_own_is_refused(workspace: Path, date: str) -> None:
    done = merge(workspace, "--approve", date)
    assert done.status == 2
    for part in ("--approve", date, "基準日（2018-03-30）"):
        assert part in done.json["message"]
    assert official_files(workspace) == []


def test_another_day_of_approval_is_told(workspace: Path) -> None:
    assert merge(workspace, "--approve", "2018-03-30").json["former_approval"] is None
    assert merge(workspace, "--approve", "2018-03-30").json["former_approval"] is None
    done = run("merge", "--workspace", workspace, "--approve", "2018-04-02")
    assert "前の決裁日（平成30年3月30日）を、平成30年4月2日に替えました。" in done.out
    found = merge(workspace).json
    assert (found["approved_on"], found["former_approval"]) == ("2018-04-02", None)


def test_a_decision_before_the_day_of_the_list_is_asked_about(workspace: Path) -> None:
    """「3月30日現在」 and decided on the 27th: it happens, so the list is final, and says so."""
    assert merge(workspace, "--approve", "2018-03-30").json["questions"] == []
    done = merge(workspace, "--approve", "2018-03-27")
    assert (done.status, done.json["status"]) == (0, "final")
    (question,) = done.json["questions"]
    assert "決裁日（平成30年3月27日）が、基準日（平成30年3月30日現在）より前です" in question
    assert question in run("merge", "--workspace", workspace).out
    assert question in run("merge", "--dry-run", "--workspace", workspace).out
    cells = sheet(workspace / "outbox" / "点検結果_平成30年度.xlsx", "提出状況")
    assert any(question in str(value) for row in cells for value in row)


def test_an_approved_list_with_another_day_is_a_proposal_again(workspace: Path) -> None:
    """The day is printed beside the title: it was approved with the rest."""
    assert merge(workspace, "--approve", "2018-03-30").json["status"] == "final"
    template = workspace / "templates" / "別紙_template.xlsx"
    cell = f"B{1 + [row[0] for row in sheet(template, '設定', whole=True)].index('基準日')}"
    edit(template, "設定", {cell: "2018-04-01"})
    assert merge(workspace).json["status"] == "proposal"
    edit(template, "設定", {cell: "2008-04-01"})
    done = merge(workspace)
    assert done.status == 2
    assert [item["cell"] for item in done.json["findings"]] == [cell]
    assert official_files(workspace) == [OFFICIAL["proposal"]]


@pytest.mark.parametrize(("key", "typed"), [("予算の基準", "6月補正後"), ("負数の記号", "△")])
def test_what_is_printed_beside_the_amounts_was_approved_too(
    workspace: Path, key: str, typed: str
) -> None:
    assert merge(workspace, "--approve", "2018-03-30").json["status"] == "final"
    template = workspace / "templates" / "別紙_template.xlsx"
    cell = f"B{1 + [row[0] for row in sheet(template, '設定', whole=True)].index(key)}"
    edit(template, "設定", {cell: typed})
    assert merge(workspace).json["status"] == "proposal"


def test_the_approval_of_last_year_says_nothing_of_this_years_list(workspace: Path) -> None:
    """In a folder that was copied with its outbox: nothing was reopened, no 決裁日 is replaced."""
    assert merge(workspace, "--approve", "2018-03-30").json["status"] == "final"
    template = workspace / "templates" / "別紙_template.xlsx"
    keys = [row[0] for row in sheet(template, "設定", whole=True)]
    given = {"年度": "令和元年度", "基準日": "2019-03-29"}
    edit(template, "設定", {f"B{1 + keys.index(key)}": value for key, value in given.items()})
    for path in (workspace / "inbox").glob("*部.xlsx"):
        edit(path, "回答票", {"B4": "令和元年度"})
    for _ in range(2):  # nor once this year's proposal has been published
        done = run("merge", "--workspace", workspace)
        assert done.status == 0, done.out
        assert "（案）" in done.out
        assert "確定した後に内容が変わって" not in done.out
    assert merge(workspace, "--approve", "2019-03-29").json["former_approval"] is None
    assert merge(workspace).json["status"] == "final"


def test_our_own_workbooks_are_called_by_their_name(workspace: Path) -> None:
    merge(workspace)
    outbox, place = workspace / "outbox", ("--workspace", workspace)
    official = outbox / OFFICIAL["proposal"]
    for name, kind in (
        ("検討懇談会資料_平成30年度.xlsx", "検討懇談会資料"),
        ("点検結果_平成30年度.xlsx", "点検結果"),
        ("../templates/別紙_template.xlsx", "テンプレート"),
    ):
        for command in (
            ("merge", "--previous", outbox / name),
            ("distribute", "--previous", outbox / name),
            ("compare", official, outbox / name),
        ):
            done = run(*command, *place)
            assert done.status == 2
            assert f"これは{kind}です。別紙を指定してください" in done.err
        assert f"これは{kind}で、部局の様式ではない" in run("check", outbox / name, *place).out
    form = workspace / "inbox" / "農政部.xlsx"
    for command in (("merge", "--previous", form), ("distribute", "--previous", form)):
        assert "これは部局の様式です。別紙を指定してください" in run(*command, *place).err
    office = workspace / "写し.xlsx"
    shutil.copy(workspace / "inbox" / "事務局修正.xlsx", office)
    assert "これは『事務局修正.xlsx』で" in run("check", office, *place).out
    assert "これは別紙で" in run("check", official, *place).out


def test_a_folder_in_a_files_place_is_called_a_folder(workspace: Path) -> None:
    inbox, place = workspace / "inbox", ("--workspace", workspace)
    for command in (("check", inbox), ("compare", inbox, inbox), ("merge", "--previous", inbox)):
        done = run(*command, *place)
        assert done.status == 2
        assert "フォルダーが指定されています" in done.err


def test_a_dry_run_says_what_holds_the_list_back(workspace: Path) -> None:
    (workspace / "inbox" / "農政部.xlsx").unlink()
    done = run("merge", "--dry-run", "--workspace", workspace)
    assert done.status == 1
    for part in (
        "様式のそろわない部局 1（農政部）",
        "指摘: 要修正 0件",
        "農政部               未提出",
    ):
        assert part in done.out


def test_approval_is_refused_while_a_budget_is_undecided(workspace: Path) -> None:
    path = workspace / "inbox" / "市民生活部.xlsx"
    kind, budget = column(path, "予算区分"), column(path, "予算事業費（千円）")
    first = next(
        i
        for i, cells in enumerate(sheet(path, "事業"), 1)
        if "縁結びネットワーク活動促進事業" in cells
    )
    edit(path, "事業", {f"{kind}{first}": "未定", f"{budget}{first}": None})
    assert merge(workspace).json["status"] == "proposal"
    done = merge(workspace, "--approve", "2018-03-30")
    assert done.status == 2
    assert "未定" in done.json["message"]


def test_the_same_inputs_give_the_same_bytes(workspace: Path) -> None:
    merge(workspace)
    outbox = workspace / "outbox"
    before = {p.name: p.read_bytes() for p in outbox.glob("*.xlsx")}
    shutil.rmtree(outbox)
    run("merge", "--workspace", workspace, "--jobs", "2", PYTHONHASHSEED="7", TZ="Asia/Tokyo")
    assert {p.name: p.read_bytes() for p in outbox.glob("*.xlsx")} == before


def test_a_dry_run_writes_nothing_and_tells_what_would_change(workspace: Path) -> None:
    merge(workspace)
    (workspace / "inbox" / "農政部.xlsx").unlink()
    before = {p: p.read_bytes() for p in (workspace / "outbox").rglob("*") if p.is_file()}
    done = merge(workspace, "--dry-run")
    changes = done.json["changes"]
    assert len(changes["removed"]) == 12
    assert (changes["added"], changes["changed"]) == ([], [])
    assert done.json["gone"] == changes["removed"]
    assert done.json["stamp"].endswith("様式のそろわない部局 1（農政部）")
    assert "手で直した箇所" not in run("merge", "--dry-run", "--workspace", workspace).out
    assert {p: p.read_bytes() for p in (workspace / "outbox").rglob("*") if p.is_file()} == before


def test_a_dry_run_compares_with_what_was_published_and_tells_of_hand_edits(
    workspace: Path,
) -> None:
    merge(workspace)
    path = workspace / "outbox" / OFFICIAL["proposal"]
    name = "不妊対策推進事業"
    for page in ("別紙", "データ_事業"):
        edit(path, page, {_cell(path, page, name): "手で直した名前"})
    edited = path.read_bytes()
    said = run("merge", "--dry-run", "--workspace", workspace).out
    assert "変わる行: 0" in said
    assert "手で直した箇所が2件あります" in said
    edits = merge(workspace, "--dry-run").json["hand_edits"]
    assert [(e["sheet"], e["before"], e["after"]) for e in edits] == [
        (page, name, "手で直した名前") for page in ("別紙", "データ_事業")
    ]
    assert path.read_bytes() == edited


def test_a_former_list_that_cannot_be_opened_is_told_by_a_dry_run(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of which nothing is remembered either."""

    def locked(path: Path) -> object:
        raise PermissionError(13, "in use", str(path))

    path = workspace / "outbox" / OFFICIAL["proposal"]
    path.write_bytes(b"")
    monkeypatch.setattr(publish, "read_back", locked)
    assert cli.run(["merge", "--dry-run", "--workspace", str(workspace)]) == 2
    assert f"『{path.name}』を読み取れませんでした" in capsys.readouterr().err


def test_hand_edits_are_kept_listed_and_offered(workspace: Path) -> None:
    merge(workspace)
    path = workspace / "outbox" / OFFICIAL["proposal"]
    edit(path, "別紙", {_cell(path, "別紙", "不妊対策推進事業"): "不妊治療支援事業"})
    done = run("merge", "--workspace", workspace)
    assert done.status == 0, done.err
    assert "手で直した箇所が1件ありました（履歴/" in done.out.replace("\\", "/")
    kept = [p for p in (workspace / "outbox" / "履歴").iterdir() if "手修正" in p.name]
    assert kept
    offered = sheet(workspace / "outbox" / "点検結果_平成30年度.xlsx", "事務局修正一覧")
    flat = [str(v) for row in offered for v in row]
    assert "1ア-2 不妊対策推進事業" in flat
    assert "不妊治療支援事業" in flat


def test_what_is_offered_for_a_hand_edit_does_what_was_done_by_hand(workspace: Path) -> None:
    """Also where the list prints one cell for two of the form, and of a row that was deleted."""
    new, twice, old, part, open_, free, gone = [
        p["事業名"] for p in facts("projects") if p["部局名"] == "子育て支援部" and not p["再掲"]
    ][:7]
    form = workspace / "inbox" / "子育て支援部.xlsx"
    rows = {c: i for i, line in enumerate(sheet(form, "事業", whole=True), 1) for c in line if c}
    names, kinds, kind, amount = (
        column(form, h) for h in ("事業名", "掲載区分", "予算区分", "予算事業費（千円）")
    )
    typed = {f"{kinds}{rows[name]}": "新規" for name in (new, twice)}
    typed |= {f"{names}{rows[twice]}": f"（新）{twice}"}
    typed |= {f"{kind}{rows[part]}": "内数", f"{amount}{rows[part]}": None}
    typed |= {f"{kind}{rows[free]}": "０予算", f"{amount}{rows[free]}": None}
    edit(form, "事業", typed | {f"{amount}{rows[open_]}": "検討中"})
    merge(workspace)
    path = workspace / "outbox" / OFFICIAL["proposal"]
    by_hand = {f"（新）{new}": new, f"（新）{twice}": twice, old: f"（新）{old}"}
    edit(path, "別紙", {_cell(path, "別紙", before): name for before, name in by_hand.items()})
    letter = _cell(path, "別紙", "内数")[0]
    amounts = {part: 500, open_: 300, free: 100}
    lines = {name: _cell(path, "別紙", name)[1:] for name in (*amounts, gone)}
    edit(path, "別紙", {f"{letter}{lines[name]}": amount for name, amount in amounts.items()})
    book = openpyxl.load_workbook(path)
    book["別紙"].delete_rows(int(lines[gone]))
    book.save(path)
    said = run("merge", "--workspace", workspace).out
    assert "手で直した箇所が7件ありました" in said
    offered = sheet(workspace / "outbox" / "点検結果_平成30年度.xlsx", "事務局修正一覧")
    ready = [line[1:6] for line in offered if str(line[9]).startswith("別紙 ")]
    assert len(ready) == 10
    assert [line[1:] for line in ready if str(line[0]).endswith(f" {gone}")] == [
        ["掲載しない", "", gone, ""]
    ]
    office = workspace / "inbox" / "事務局修正.xlsx"
    cells = {
        f"{letter}{row}": value or None
        for row, line in enumerate(ready, 4)
        for letter, value in zip("ABCDE", line, strict=True)
    }
    edit(office, "修正", cells)
    found = merge(workspace).json
    assert [f["message"] for f in found["findings"] if f["code"] in ("O101", "O102", "O103")] == []
    assert [f for f in found["findings"] if f["severity"] == "要修正"] == []
    data = sheet(path, "データ_事業")
    place = [data[0].index(h) for h in ("事業名", "掲載区分", "予算区分", "予算事業費（千円）")]
    listed = {line[place[0]]: [line[i] for i in place[1:]] for line in data}
    assert gone not in listed
    assert [listed[name][0] for name in (new, twice, old)] == ["", "", "新規"]
    assert [listed[name][1:] for name in amounts] == [["", 500], ["", 300], ["", 100]]


@pytest.mark.parametrize("name", ["別紙", "データ_事業"])
def test_a_hand_edit_of_what_a_row_relists_is_offered_for_its_original(
    workspace: Path, name: str
) -> None:
    """In the relisted row it would not be applied. What is its own is offered for itself."""
    merge(workspace)
    path = workspace / "outbox" / OFFICIAL["proposal"]
    rows = sheet(path, name, whole=True)
    headings = next(row for row in rows if "事業内容" in row)
    number = 1 + next(
        i for i, row in enumerate(rows) if "再掲" in row and "旭川版テレワークモデル推進事業" in row
    )
    cells = {f"{chr(65 + headings.index(h))}{number}" for h in ("事業内容", "関連性")}
    edit(path, name, dict.fromkeys(cells, "手で直した。"))
    merge(workspace)
    offered = sheet(workspace / "outbox" / "点検結果_平成30年度.xlsx", "事務局修正一覧")
    ready = {row[3]: row[1] for row in offered if row[5] == "手で直した。"}
    name = "旭川版テレワークモデル推進事業"
    assert ready == {"事業内容": f"1エ-2 {name}", "関連性": f"2ア-5 {name}"}


def test_a_row_that_a_department_has_deleted_is_named_once(workspace: Path) -> None:
    """Its file has replaced the former one: nothing else tells of it."""
    assert merge(workspace).json["gone"] == []
    path = workspace / "inbox" / "経済部.xlsx"
    name = "若者地元定着奨学金返済補助事業"
    row = next(i for i, cells in enumerate(sheet(path, "事業", whole=True), 1) if name in cells)
    other = next(
        i for i, c in enumerate(sheet(path, "事業", whole=True), 1) if "食品産業支援事業" in c
    )
    edit(path, "事業", {f"{column(path, '掲載区分')}{other}": "終了"})
    book = openpyxl.load_workbook(path)
    book["事業"].delete_rows(row)
    book.save(path)
    assert merge(workspace).json["gone"] == [["2イ-1", name]]
    assert merge(workspace).json["gone"] == []
    shutil.copy(ROOT / "inbox" / "経済部.xlsx", path)
    assert "どのファイルにもない" not in run("merge", "--workspace", workspace).out
    path.write_bytes(path.read_bytes()[:20_000])  # told as a file that cannot be read
    assert merge(workspace).json["gone"] == []
    shutil.copy(ROOT / "inbox" / "経済部.xlsx", path)
    merge(workspace)
    office = workspace / "inbox" / "事務局修正.xlsx"
    renamed = ("2イ-1", "修正", "事業名", name, "若者の地元就職を支える事業")
    edit(office, "修正", {f"{c}4": value for c, value in zip("ABCDE", renamed, strict=True)})
    assert merge(workspace).json["gone"] == []
    edit(office, "修正", {f"{c}4": None for c in "ABCDE"})
    merge(workspace)
    path.unlink()
    said = run("merge", "--workspace", workspace).out
    assert "今回はどのファイルにもない行: 32" in said
    assert f"2イ-1　{name}（経済部）" in said


def test_hand_edits_of_a_row_without_a_number_of_its_own_are_offered_by_name(
    workspace: Path,
) -> None:
    """修正 does not take a number that the list gave."""
    form = workspace / "inbox" / "経済部.xlsx"
    name = "食品産業支援事業"
    row = next(i for i, c in enumerate(sheet(form, "事業", whole=True), 1) if name in c)
    edit(form, "事業", {f"{column(form, '番号')}{row}": None})
    merge(workspace)
    notes = sheet(workspace / "outbox" / OFFICIAL["proposal"], "注記")
    assert any("番号の記入がない1行には" in str(cell) for line in notes for cell in line)
    path = workspace / "outbox" / OFFICIAL["proposal"]
    edit(path, "別紙", {_cell(path, "別紙", name): "食品産業応援事業"})
    merge(workspace)
    offered = sheet(workspace / "outbox" / "点検結果_平成30年度.xlsx", "事務局修正一覧")
    (line,) = [cells for cells in offered if "食品産業応援事業" in cells]
    office = workspace / "inbox" / "事務局修正.xlsx"
    target, operation, field, before, after = line[1:6]
    edit(office, "修正", dict(zip(("A4", "B4", "C4", "D4", "E4"), line[1:6], strict=True)))
    assert str(target).endswith(f" {name}")
    assert (operation, field, before, after) == ("修正", "事業名", name, "食品産業応援事業")
    assert "O101" not in {f["code"] for f in merge(workspace).json["findings"]}
    # Its name is the one that was submitted, also where the office has given it another.
    path = workspace / "outbox" / OFFICIAL["proposal"]
    amounts = next(c for c in sheet(path, "データ_事業") if "食品産業応援事業" in c)
    heading = next(c for c in sheet(path, "データ_事業") if "事業名" in c)
    spot = heading.index("予算事業費（千円）")
    line = sheet(path, "データ_事業").index(amounts) + 1
    edit(path, "データ_事業", {f"{chr(ord('A') + spot)}{line}": 1})
    merge(workspace)
    offered = sheet(workspace / "outbox" / "点検結果_平成30年度.xlsx", "事務局修正一覧")
    assert [c[1] for c in offered if any("データ_事業 " in str(v) for v in c)] == [target]


def test_only_forms_of_the_list_must_name_a_unit_that_submits(workspace: Path) -> None:
    template = workspace / "templates" / "別紙_template.xlsx"
    row = next(i for i, c in enumerate(sheet(template, "部局", whole=True), 1) if "経済部" in c)
    edit(template, "部局", {f"{column(template, '提出課', '部局')}{row}": "産業振興課"})
    assert run("distribute", "--only", "KPI", "--workspace", workspace).status == 0
    forms = workspace / "outbox" / "様式" / "KPI"
    shutil.copytree(forms, workspace / "inbox" / "KPI")
    found = merge(workspace).json["findings"]
    told = [(f["code"], f["file"], f["addressee"]) for f in found if f["code"] == "F209"]
    assert told == [("F209", "経済部.xlsx", "事務局")]


def test_a_confirmation_whose_value_has_lost_its_heading_is_asked_for(workspace: Path) -> None:
    office = workspace / "inbox" / "事務局修正.xlsx"
    edit(office, "確認済", {f"{column(office, '確認時の値', '確認済')}3": "メモ欄"})
    found = merge(workspace).json["findings"]
    assert not any(f["acknowledged"] for f in found)
    (item,) = (f for f in found if f["code"] == "O103")
    assert "「確認時の値」に『2』と書いてください（その見出しの名前を変えて" in item["cure"]


def test_a_final_check_in_the_inbox_is_no_form_to_be_mended(workspace: Path) -> None:
    assert run("distribute", "--confirm", "--workspace", workspace).status == 0
    made = workspace / "outbox" / "様式" / "最終確認" / "経済部.xlsx"
    shutil.copy(made, workspace / "inbox" / "経済部 確認済.xlsx")
    found = merge(workspace).json
    (item,) = [f for f in found["findings"] if f["code"] == "F201"]
    assert "これは最終確認で" in item["message"]
    assert "「直す内容」は、『事務局修正.xlsx』" in item["cure"]
    assert "このファイルが inbox にあれば、除いてください" in item["cure"]
    told = run("merge", "--workspace", workspace).out
    assert "『事務局修正.xlsx』で直し" not in told
    assert item["addressee"] == "事務局"
    assert not (workspace / "outbox" / "差戻し").exists()


def test_what_has_ended_stands_beside_no_project(workspace: Path) -> None:
    """Y103 asks for rows of what has ended, also where nothing else is left."""
    form = workspace / "inbox" / "市民生活部.xlsx"
    edit(form, "回答票", {"B11": "該当なし"})
    category = column(form, "掲載区分")
    edit(form, "事業", {f"{category}{row}": "終了" for row in (4, 5)})
    (item,) = [f for f in merge(workspace).json["findings"] if f["code"] == "F208"]
    assert "『事業』に1行の記入があります" in item["message"]
    edit(form, "事業", {f"{category}6": "取下げ"})
    assert "F208" not in {f["code"] for f in merge(workspace).json["findings"]}


def test_actuals_that_a_later_form_has_not_are_named_once(workspace: Path) -> None:
    """A second round in one workspace: its form replaces what the first one reported."""
    form = workspace / "inbox" / "経済部.xlsx"
    row = next(i for i, cells in enumerate(sheet(form, "KPI", whole=True), 1) if "3ウ-1" in cells)
    years = [column(form, f"{year}実績", "KPI") for year in ("H27", "H28", "H29")]
    assert merge(workspace).json["actuals_gone"] == []
    cells = sheet(form, "KPI", whole=True)[row - 1]
    before = {letter: cells[column_number(letter) - 1] for letter in years}
    edit(form, "KPI", {f"{years[0]}{row}": None, f"{years[1]}{row}": 55_555})
    gone = [["3ウ-1", "H27の実績値", to_text(before[years[0]])]]
    # A dry run tells what the merge would: the next one compares with another workbook.
    foreseen = merge(workspace, "--dry-run").json
    assert foreseen["actuals_gone"] == gone
    [changed] = foreseen["changes"]["indicators"]
    assert changed[0] == "3ウ-1"
    assert ["H28の実績値", to_text(before[years[1]]), "55555"] in changed[2]
    said = run("merge", "--dry-run", "--workspace", workspace).out
    assert "変わる数値目標・KPI: 1" in said
    assert "→ 55,555" in said
    assert "今回はない実績値のある指標: 1件" in said
    assert "前回の別紙は出力フォルダーにあります" in said
    assert merge(workspace).json["actuals_gone"] == gone
    assert merge(workspace).json["actuals_gone"] == []
    edit(form, "KPI", {f"{letter}{row}": None for letter in years})
    said = run("merge", "--workspace", workspace).out
    assert "今回はない実績値のある指標: 1件" in said
    assert "（実績値のある年 H28、H29）" in said
    # The office has taken it back itself, which is listed as a correction.
    before[years[0]] = 70900
    edit(form, "KPI", {f"{letter}{row}": value for letter, value in before.items()})
    merge(workspace)
    office = workspace / "inbox" / "事務局修正.xlsx"
    taken_back = ("3ウ-1", "修正", "H28実績", before[years[1]])
    edit(office, "修正", {f"{c}4": value for c, value in zip("ABCD", taken_back, strict=True)})
    edit(form, "KPI", {f"{years[0]}{row}": None})
    assert "（H27の実績値 70,900）" in run("merge", "--workspace", workspace).out


def test_what_a_refused_form_has_is_not_gone(workspace: Path) -> None:
    """It is told with its reason already: nobody has to look for another one."""
    merge(workspace)
    form = workspace / "inbox" / "経済部.xlsx"
    form.write_bytes(form.read_bytes()[:4000])
    found = merge(workspace).json
    assert "F103" in {f["code"] for f in found["findings"]}
    assert (found["gone"], found["actuals_gone"]) == ([], [])


def test_places_that_were_mixed_up_are_told_for_what_they_are(workspace: Path) -> None:
    form, place = workspace / "inbox" / "経済部.xlsx", ("--workspace", workspace)
    for options, words in (
        (("--template", workspace), "テンプレートに、フォルダーが指定されています"),
        (("--inbox", form), "受付フォルダーに、ファイルが指定されています"),
        # A dry run writes nothing, and would promise what the merge then refuses.
        (("--dry-run", "--outbox", workspace / "inbox"), "別のフォルダーを指定してください"),
    ):
        done = run("merge", *options, *place)
        assert (done.status, words in done.err) == (2, True), done.err


@pytest.mark.parametrize("typed", [None, "手で書いた見出し"])
def test_a_deleted_row_is_named_also_where_somebody_has_edited_the_former_list(
    workspace: Path, typed: str | None
) -> None:
    """By our own record: what was typed into the list since says nothing of who has submitted."""
    merge(workspace)
    path = workspace / "outbox" / OFFICIAL["proposal"]
    book = openpyxl.load_workbook(path)
    book["データ_事業"].insert_rows(1)
    book["データ_事業"]["A1"] = typed
    book.save(path)
    form = workspace / "inbox" / "経済部.xlsx"
    name = "若者地元定着奨学金返済補助事業"
    book = openpyxl.load_workbook(form)
    rows = [i for i, cells in enumerate(sheet(form, "事業", whole=True), 1) if name in cells]
    book["事業"].delete_rows(rows[0])
    book.save(form)
    done = merge(workspace)
    assert (done.status, done.json["gone"]) == (0, [["2イ-1", name]])
    assert merge(workspace).json["gone"] == []


def test_an_output_that_is_gone_is_told_without_a_name_that_keeps_it(workspace: Path) -> None:
    merge(workspace)
    (workspace / "outbox" / OFFICIAL["proposal"]).unlink()
    done = run("merge", "--workspace", workspace)
    assert f"{OFFICIAL['proposal']}：出力したファイルがありません" in done.out
    assert "手で直した箇所" not in done.out


def test_a_damaged_record_says_that_an_approval_is_unknown(workspace: Path) -> None:
    merge(workspace)
    (record,) = workspace.glob("outbox/履歴/記録.json")
    record.write_bytes(b"")
    done = run("merge", "--workspace", workspace)
    assert "決裁の記録も分かりません。決裁を受けた一覧であれば、merge --approve 決裁日" in done.out
    assert "手で直した箇所" not in done.out


@needs_office
@pytest.mark.libreoffice
def test_totals_that_follow_a_hand_edit_are_not_counted(workspace: Path, tmp_path: Path) -> None:
    merge(workspace)
    path = workspace / "outbox" / OFFICIAL["proposal"]
    column = next(i for i, v in enumerate(sheet(path, "データ_事業")[0]) if "予算事業費" in str(v))
    edit(path, "データ_事業", {f"{chr(ord('A') + column)}2": 1})
    (computed,) = recalculate([path], tmp_path / "office")
    path.write_bytes(computed.read_bytes())
    assert "手で直した箇所が1件ありました" in run("merge", "--workspace", workspace).out


def _cell(path: Path, name: str, value: str) -> str:
    for row in openpyxl.load_workbook(path)[name].iter_rows():
        for cell in row:
            if cell.value == value:
                return str(cell.coordinate)
    raise KeyError(value)


def test_it_speaks_on_a_cp932_console_and_reads_decomposed_names(workspace: Path) -> None:
    inbox = workspace / "inbox"
    decomposed = unicodedata.normalize("NFD", "スポーツ ＃部.xlsx")
    (inbox / "観光スポーツ交流部.xlsx").rename(inbox / decomposed)
    done = run("merge", "--workspace", workspace, encoding="cp932")
    assert done.status == 0, done.err
    assert "3,905,077" in done.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("merge", "--workspace", "no such folder"), "テンプレートが見つかりません"),
        (("merge", "--approve", "昨日"), "日付として読み取れません"),
        (("check", "no such file.xlsx"), "ファイルが見つかりません"),
        (("explain", "X999"), "ありません"),
        (("merge", "--workspace", "長" * 300), "テンプレートが見つかりません"),
        (("merge", "--inbox", "長" * 300), "受付フォルダーが見つかりません"),
        (("merge", "--previous", "長" * 300), "前年度の別紙が見つかりません"),
        (("init", "長" * 300), "書き込めませんでした"),
        (("compare", "長" * 300, "後.xlsx"), "ファイルが見つかりません"),
        (("check", "長" * 300), "ファイルが見つかりません"),
        (("merge", "--no-such-option"), "使えません"),
        ((), "必要です"),
    ],
)
def test_operator_mistakes_are_told_in_japanese(options: tuple[str, ...], words: str) -> None:
    done = run(*options)
    assert done.status == 2
    assert words in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("merge", "--approve"), "--approve: 値が必要です"),
        (("merge", "--no-such-option"), "次の指定は使えません: --no-such-option"),
        (("mrge",), "merge ではありませんか"),
    ],
)
def test_a_program_is_told_what_was_wrong_with_its_options(
    options: tuple[str, ...], words: str
) -> None:
    done = run(*options[:1], "--json", *options[1:])
    assert done.status == 2
    assert (done.json["status"], done.json["findings"]) == ("error", [])
    assert words in done.json["message"]


def test_mistakes_in_the_template_stop_the_run_all_at_once(workspace: Path) -> None:
    template = workspace / "templates" / "別紙_template.xlsx"
    edit(template, "施策体系", {"A3": "9ア"})
    edit(template, "設定", {_cell(template, "設定", "平成30年度"): "いつか"})
    done = merge(workspace)
    assert done.status == 2
    assert {f["code"] for f in done.json["findings"]} == {"T101"}
    assert len(done.json["findings"]) >= 2
    assert all(f["cell"] for f in done.json["findings"])


@pytest.mark.parametrize(("sheet_name", "cell"), [("設定", "年度"), ("施策体系", ""), ("項目", "")])
def test_the_printed_form_is_looked_at_beside_any_other_mistake(
    workspace: Path, sheet_name: str, cell: str
) -> None:
    """But for one in 項目: a name that the form lacks may be meant there."""
    template = workspace / "templates" / "別紙_template.xlsx"
    edit(template, FORM, {_cell(template, FORM, "{事業名}"): "{事業の名}"})
    place = _cell(template, sheet_name, "平成30年度") if cell else "A3"
    edit(template, sheet_name, {place: "いつか"})
    found = merge(workspace).json["findings"]
    sheets = [sheet_name] if sheet_name == "項目" else [sheet_name, FORM]
    assert list(dict.fromkeys(f["sheet"] for f in found)) == sheets


def test_an_error_value_in_the_printed_form_is_told_once(workspace: Path) -> None:
    template = workspace / "templates" / "別紙_template.xlsx"
    book = openpyxl.load_workbook(template)
    place = book[FORM][_cell(template, FORM, "{事業名}")]
    place.value, place.data_type = "#REF!", "e"
    book[FORM][_cell(template, FORM, "{部局名}")] = "{部局の名}"
    book.save(template)
    found = [(f["sheet"], f["cell"]) for f in merge(workspace).json["findings"]]
    assert len(found) == len(set(found))
    assert (FORM, place.coordinate) in found


def test_an_error_value_counts_only_on_sheets_that_are_read(workspace: Path) -> None:
    template = workspace / "templates" / "別紙_template.xlsx"
    book = openpyxl.load_workbook(template)
    for name in ("メモ", "指標"):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        sheet["S1"] = "#DIV/0!"
        sheet["S1"].data_type = "e"
    book.save(template)
    (found,) = merge(workspace).json["findings"]
    assert (found["sheet"], found["cell"]) == ("指標", "S1")


def test_a_list_of_nothing_that_nobody_was_asked_for_is_none(workspace: Path) -> None:
    template = workspace / "templates" / "別紙_template.xlsx"
    edit(template, "部局", {f"D{row}": "いいえ" for row in range(4, 13)})
    assert merge(workspace).status == 0  # they have sent their forms all the same
    for form in (workspace / "inbox").iterdir():
        form.unlink()
    done = merge(workspace)
    assert (done.status, done.json["status"]) == (2, "error")
    assert "提出対象の部局がありません" in done.json["message"]


@pytest.mark.parametrize("command", ["merge", "distribute", "status"])
def test_a_template_that_cannot_be_opened_is_not_to_be_mended(
    workspace: Path,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    template, opened = workspace / "templates" / "別紙_template.xlsx", Path.open

    def locked(path: Path, *mode: str) -> object:
        if path == template:
            raise PermissionError(13, "in use", str(path))
        return opened(path, *mode)

    monkeypatch.setattr(Path, "open", locked)
    assert cli.run([command, "--workspace", str(workspace)]) == 2
    said = capsys.readouterr().err
    assert f"テンプレートを開けませんでした（{template}）。" in said
    assert "直すところ" not in said


def test_check_takes_the_place_of_the_units_file(workspace: Path, tmp_path: Path) -> None:
    new = tmp_path / "経済部 直し.xlsx"
    shutil.copy(workspace / "inbox" / "経済部.xlsx", new)
    assert run("check", new, "--workspace", workspace).status == 0
    relevance = column(new, "関連性")
    row = next(i for i, c in enumerate(sheet(new, "事業"), 1) if "食品産業支援事業" in c)
    edit(new, "事業", {f"{relevance}{row}": "△"})
    done = run("check", new, "--workspace", workspace, "--json")
    assert done.status == 1
    assert [(f["code"], f["cell"]) for f in done.json["findings"] if f["severity"] == "要修正"] == [
        ("R103", f"{relevance}{row}")
    ]


def test_a_kpi_finding_is_told_and_never_holds_back_the_list(workspace: Path) -> None:
    path = workspace / "inbox" / "経済部.xlsx"
    row = next(i for i, cells in enumerate(sheet(path, "KPI", whole=True), 1) if "3ウ-1" in cells)
    edit(path, "KPI", {f"{column(path, 'H29実績', 'KPI')}{row}": "だいたい370"})
    found = merge(workspace).json
    assert found["status"] == "proposal"
    assert [f["code"] for f in found["findings"] if f["severity"] == "要修正"] == ["K102"]
    states = {d["department"]: d["kpi_state"] for d in found["departments"]}
    assert states["経済部"] == "差戻し"
    checkbook = workspace / "outbox" / "点検結果_平成30年度.xlsx"
    listed = [str(v) for cells in sheet(checkbook, "指摘一覧") for v in cells]
    assert "K102" in listed
    assert (workspace / "outbox" / "差戻し" / "経済部.xlsx").is_file()
    [told] = [r for r in sheet(checkbook, "提出状況", whole=True) if r[0] == "経済部" and r[3]]
    assert (told[1], told[8]) == ("受理", 0)  # of the list
    assert str(told[-1]).startswith("KPIに要修正があります。「差戻し」フォルダーのファイルを返し")


def test_judgements_that_are_not_calculated_are_told_with_their_cells(workspace: Path) -> None:
    """Anybody can fill in the form's column 事務局判定: the office sees where each one stands."""
    said = run("merge", "--workspace", workspace).out
    assert "G1-1、4エ-1の判定は、計算ではなく「事務局判定」によります。" in said
    checkbook = workspace / "outbox" / "点検結果_平成30年度.xlsx"
    [told] = [c[1] for c in sheet(checkbook, "提出状況") if c[0] == "事務局判定"]
    path = workspace / "inbox" / "総合政策部.xlsx"
    row = next(i for i, cells in enumerate(sheet(path, "KPI", whole=True), 1) if "4エ-1" in cells)
    spot = f"{column(path, '事務局判定', 'KPI')}{row}"
    assert f"、4エ-1 判定対象外（総合政策部.xlsx KPI {spot}）。" in str(told)


def _shown_findings(workspace: Path) -> list[dict[str, object]]:
    """The lines of 指摘一覧 by their headings."""
    rows = sheet(workspace / "outbox" / "点検結果_平成30年度.xlsx", "指摘一覧")
    top = next(i for i, cells in enumerate(rows) if cells[0] == "No")
    return [dict(zip(map(str, rows[top]), cells, strict=False)) for cells in rows[top + 1 :]]


def _confirm(workspace: Path, line: dict[str, object]) -> None:
    """Copy a line of 指摘一覧 into 確認済 as the sheet says."""
    office = workspace / "inbox" / "事務局修正.xlsx"
    headings = list(line)[-3:]  # side by side as there: they are copied in one piece
    assert ["指摘コード", *headings[1:]] == sheet(office, "確認済")[2][:3]
    cells = {f"{letter}5": line[h] for letter, h in zip("ABC", headings, strict=True)}
    cells["D5"] = "事務局"
    edit(workspace / "inbox" / "事務局修正.xlsx", "確認済", cells)


@pytest.mark.parametrize("count", [2, 4, 6])
def test_a_line_for_several_cells_is_confirmed_as_it_stands(workspace: Path, count: int) -> None:
    path = workspace / "inbox" / "経済部.xlsx"
    said = column(path, "事業内容")
    edit(path, "事業", {f"{said}{row}": "平成29年度は、する。" for row in range(4, 4 + count)})
    merge(workspace)
    [line] = [r for r in _shown_findings(workspace) if r["コード"] == "R115"]
    assert str(line["対象"]).endswith(" ほか2件") is (count == 6)
    _confirm(workspace, line)
    found = merge(workspace).json["findings"]
    assert [f["acknowledged"] for f in found if f["code"] == "R115"] == [True] * count
    assert "O103" not in {f["code"] for f in found}
    [line] = [r for r in _shown_findings(workspace) if r["コード"] == "R115"]
    assert line["状態"] == "確認済"


def test_the_office_corrects_and_confirms_indicators_as_it_does_projects(workspace: Path) -> None:
    """What 指摘一覧 shows as コード, 対象 and 確認時の値 is all that has to be copied to 確認済."""
    path = workspace / "inbox" / "経済部.xlsx"
    row = next(i for i, cells in enumerate(sheet(path, "KPI", whole=True), 1) if "3ア-1" in cells)
    edit(path, "KPI", {f"{column(path, 'H28実績', 'KPI')}{row}": 20})  # 22 in H27: a total falls
    checkbook = workspace / "outbox" / "点検結果_平成30年度.xlsx"

    merge(workspace)
    found = next(r for r in _shown_findings(workspace) if r["コード"] == "K104")
    assert (found["対象"], found["状態"]) == ("3ア-1", "未確認")
    office = workspace / "inbox" / "事務局修正.xlsx"
    _confirm(workspace, found)
    fixed = ("3ア-1", "修正", "H29実績", 24, 23, "確報による", "経済交流課", "2018-09-03")
    lost = ("3ア-9", "修正", "H29実績", 1, 2, "誤り", "経済交流課", "2018-09-03")
    for number, cells in enumerate((fixed, lost), 4):
        values = {f"{chr(ord('A') + i)}{number}": cell for i, cell in enumerate(cells)}
        edit(office, "修正", values)

    done = merge(workspace)
    assert done.status == 0, done.err
    codes = {f["code"]: f["acknowledged"] for f in done.json["findings"]}
    assert codes == {"L109": True, "K104": True, "O101": False}
    assert next(r for r in _shown_findings(workspace) if r["コード"] == "K104")["状態"] == "確認済"
    listed = [cells[1:] for cells in sheet(checkbook, "事務局修正一覧")]
    corrected = next(cells for cells in listed if cells[:3] == ["3ア-1", "修正", "H29実績"])
    assert corrected[3:11] == [
        *("24", "23", "確報による", "経済交流課", "2018-09-03"),
        *("24", "適用", "海外進出企業の海外拠点数"),
    ]
    assert next(c for c in listed if c[0] == "3ア-9")[9] == "対象なし"
    confirmed = [c[:5] for c in listed if c[1] in ("L109", "K104")]
    assert [(c[0], c[4]) for c in confirmed] == [("1ウ", "確認済"), ("3ア-1", "確認済")]
    data = next(
        cells
        for cells in sheet(workspace / "outbox" / OFFICIAL["proposal"], "データ_KPI")
        if cells[2] == "3ア-1" and "H29" in cells
    )
    assert 23 in data


def test_a_goal_is_printed_as_the_office_calls_it(workspace: Path) -> None:
    template = workspace / "templates" / "別紙_template.xlsx"
    place = column(template, "呼び方", "施策体系")
    goals = openpyxl.load_workbook(template)["施策体系"]["A"]
    (row,) = (cell.row for cell in goals if str(cell.value) == "4")
    edit(template, "施策体系", {f"{place}{row}": "横断的目標"})
    former = openpyxl.Workbook()
    assert former.active is not None
    former.active.append(["番号", "事業名", "部局名", "予算事業費", "事業内容"])
    former.active.append([1, "去年の事業", "経済部", 5, "行う。"])
    former.save(workspace / "前年度.xlsx")
    done = run("merge", "--workspace", workspace, "--previous", workspace / "前年度.xlsx")
    assert done.status == 0, done.err
    assert "横断的目標" in done.out
    assert "基本目標4" not in done.out
    for name in ("別紙_平成30年度（案）", "検討懇談会資料_平成30年度", "点検結果_平成30年度"):
        book = openpyxl.load_workbook(workspace / "outbox" / f"{name}.xlsx")
        said = [str(c.value) for s in book for cells in s.iter_rows() for c in cells if c.value]
        assert any("横断的目標" in words for words in said), name
        assert [words for words in said if "基本目標4" in words] == []
