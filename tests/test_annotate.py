"""The returned workbook: marked, kind, the department's own, and taken back as if unmarked."""

from __future__ import annotations

import datetime as dt
import pickle
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sousei_xl.findings import Finding, Place, acknowledge, finding, is_error
from sousei_xl.forms import layout
from sousei_xl.forms.annotate import (
    SHEET,
    Unmarkable,
    annotate,
    findings_only,
    workbook,
    worksheet,
)
from sousei_xl.forms.annotate.marks import mark
from sousei_xl.forms.annotate.package import Package
from sousei_xl.forms.annotate.request import HEADINGS
from sousei_xl.forms.annotate.styles import Styles
from sousei_xl.forms.comment_layout import END, SEPARATOR, SEPARATOR_OF_QUESTIONS
from sousei_xl.forms.distribute import write_form
from sousei_xl.forms.returns import plan_returns, return_names, returns_due, write_return
from sousei_xl.intake.inbox import list_inbox
from sousei_xl.intake.read import read_one
from sousei_xl.intake.receive import receive
from sousei_xl.pipeline import merge_all
from sousei_xl.rules.records import ListResult
from sousei_xl.text import Value
from tests import zip_surgery as zs
from tests.builders import example_submissions, make_strategy
from tests.recalculate import needs_office, recalculate

STRATEGY = make_strategy(
    settings={"提出期限": "平成30年2月23日（金）", "提出先": "総合政策部政策調整課"}
)
# openpyxl tells what it would lose on saving; it only looks on here.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
PROJECTS = "xl/worksheets/sheet3.xml"  # 事業 in a form as it is distributed

ROWS: list[dict[str, Value]] = [
    {
        "measure": "2ア",
        "number": number,
        "name": name,
        "relevance": "◎",
        "budget": 1000 * number,
        "description": f"{name}のため、相談会を開く。",
    }
    for number, name in enumerate(("移住促進事業", "定住支援事業", "就職相談事業"), 1)
]


# --- helpers --------------------------------------------------------------------------------------


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def form(inbox: Path) -> Path:
    """A form of three projects without fault, rows 4 to 6."""
    path = inbox / "経済部.xlsx"
    write_form(path, STRATEGY, "経済部", unit="商業課", projects=ROWS)
    return path


def edit(path: Path, changes: Mapping[str, Any], sheet: str = "事業") -> Path:
    """What a department does in its program: change cells and save."""
    book = openpyxl.load_workbook(path)
    for cell, value in changes.items():
        book[sheet][cell] = value
    book.save(path)
    return path


def broken(path: Path) -> Path:
    """Two 要修正 (J4, J6) and a 要確認 (K5)."""
    return edit(path, {"J4": "12,000千円程度", "J6": None, "K5": "平成29年度は、相談会を開いた。"})


def merged(inbox: Path) -> ListResult:
    listing = list_inbox(inbox)
    readings = [read_one(str(item.path), item.file) for item in listing.files]
    result, _ = merge_all(receive(readings, None, listing.strays, STRATEGY), STRATEGY)
    return result


def findings_of(path: Path) -> list[Finding]:
    """What this file alone in the inbox gets."""
    reading = read_one(str(path), path.name)
    result, _ = merge_all(receive([reading], None, (), STRATEGY), STRATEGY)
    return list(result.findings)


def returned(path: Path, findings: Sequence[Finding] | None = None, name: str = "") -> Path:
    """The file's return, beside it in a folder 差戻し."""
    target = path.parent.parent / "差戻し" / (name or path.name)
    target.parent.mkdir(exist_ok=True)
    made = findings_of(path) if findings is None else findings
    annotate(path.read_bytes(), target, made, STRATEGY, next_edition=2)
    return target


def said(path: Path) -> list[tuple[str, str]]:
    """(code, cell) of what the department is asked."""
    asked = (f for f in findings_of(path) if f.addressee == "部局")
    return [(f.code, f.place.cell) for f in asked if f.severity in ("要修正", "要確認")]


def typed(path: Path) -> list[tuple[int, dict[str, Value]]]:
    """Rows as the intake reads them."""
    reading = read_one(str(path), path.name)
    (submission,) = receive([reading], None, (), STRATEGY).submissions
    return [(row.row, dict(row.values)) for row in submission.rows]


def lines(book: Workbook) -> list[dict[str, Any]]:
    """The table of the request sheet."""
    rows = list(book[SHEET].iter_rows(values_only=True))
    header = next(i for i, row in enumerate(rows) if row[0] == HEADINGS[0])
    return [dict(zip(HEADINGS, row, strict=True)) for row in rows[header + 1 :]]


def words(book: Workbook) -> str:
    """Everything that the request sheet says."""
    return "\n".join(str(v) for row in book[SHEET].iter_rows(values_only=True) for v in row if v)


def edition_of(path: Path) -> str:
    """The 版 in the invisible twin."""
    return str(openpyxl.load_workbook(path).custom_doc_props["sousei_xl_edition"].value)


def comments(sheet: Worksheet) -> dict[str, str]:
    return {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}


def formats(sheet: Worksheet) -> list[tuple[str, str]]:
    """Conditional formats in the order of their rank."""
    rules = [
        (r.priority, str(a.sqref), r.formula[0])
        for a in sheet.conditional_formatting
        for r in a.rules
    ]
    return [(area, formula) for _, area, formula in sorted(rules)]


def ours(sheet: Worksheet) -> list[str]:
    return [area for area, formula in formats(sheet) if "sousei_xl" in formula]


def state(path: Path) -> object:
    """All that could pile up."""
    book = openpyxl.load_workbook(path)
    described = {sheet.title: (formats(sheet), comments(sheet)) for sheet in book}
    return book.sheetnames, described, len(book._differential_styles.styles)


# --- the round trip -------------------------------------------------------------------------------


def test_the_request_sheet_says_what_to_do(form: Path) -> None:
    book = openpyxl.load_workbook(returned(broken(form)))
    assert book.sheetnames == [SHEET, "記入要領", "回答票", "事業", "選択肢"]
    text = words(book)
    for part in (
        "経済部　商業課　御担当者様",
        "平成30年2月23日（金）",
        "総合政策部政策調整課",
        "直していただきたいところが2件、確認していただきたいところが1件",
        "回答票の版は 2 に上げてあります",
        "正しければ直さずに、「回答欄」にその旨を入力してください。",
        "一覧の完成や実績の集計ができないことがあります。",
    ):
        assert part in text
    assert "そのままで構いません" not in text  # the 回答欄 is to be filled in
    assert [(line["重要度"], line["セル"], line["入力値"]) for line in lines(book)] == [
        ("▶要修正", "『事業』J4", "12,000千円程度"),
        ("▶要修正", "『事業』J6", "（空欄）"),
        ("▷要確認", "『事業』K5", "平成29年度は、相談会を開いた。"),
    ]
    first = lines(book)[0]
    assert first["事業名"] == "移住促進事業"
    assert "千円単位の数字だけを入力してください" in first["内容と直し方"]
    assert "12000" in first["正しい値・例"]
    links = {
        cell.value: cell.hyperlink.location
        for row in book[SHEET].iter_rows()
        for cell in row
        if cell.hyperlink
    }
    assert links["『事業』J4"] == "'事業'!J4"


def test_the_request_sheet_prints_on_a4_landscape(form: Path) -> None:
    book = openpyxl.load_workbook(returned(broken(form)))
    sheet = book[SHEET]
    header = next(i for i, r in enumerate(sheet.iter_rows(values_only=True), 1) if r[0] == "No")
    assert sheet.print_title_rows == f"${header}:${header}"
    shown = sum(column.width * 7 for column in sheet.column_dimensions.values())
    assert 1200 < shown * sheet.sheet_view.zoomScale / 100 <= 1280  # 回答欄 is in sight
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.row_dimensions[header + 1].height >= 45  # three lines of text
    assert book.active.title == SHEET
    selected = [s.title for s in book if s.sheet_view.tabSelected]
    assert selected == [SHEET]  # typing into several selected sheets would change all of them


def test_marks_are_never_colour_alone(form: Path) -> None:
    target = returned(broken(form))
    sheet = openpyxl.load_workbook(target)["事業"]
    assert ours(sheet) == ["A4 A6", "A5", "J4 J6", "K5"]
    looks = [r.dxf for a in sheet.conditional_formatting for r in a.rules][:4]
    assert [look.numFmt.formatCode.split('"')[1] for look in looks[:2]] == [
        "▶要修正　",
        "▷要確認　",
    ]
    assert [look.border.left.style for look in looks[2:]] == ["thin", "dashed"]
    assert comments(sheet).keys() == {"J4", "J6", "K5"}
    assert comments(sheet)["J4"].startswith(
        f"{SEPARATOR}\n【要修正】予算事業費に『12,000千円程度』"
    )
    vml = zs.unpack(target.read_bytes())["xl/drawings/vmlDrawing1.vml"].decode()
    boxes = re.findall(r"width:([\d.]+)pt;height:([\d.]+)pt", vml)
    assert len(boxes) == 3
    assert all(float(width) > 250 and 40 < float(height) < 200 for width, height in boxes)


def test_it_reads_as_if_it_were_not_marked(form: Path) -> None:
    before = typed(broken(form)), said(form)
    target = returned(form)
    assert (typed(target), said(target)) == before


def test_put_back_corrected_it_replaces_its_ancestor(form: Path, inbox: Path) -> None:
    target = returned(broken(form), name="経済部（修正）.xlsx")
    edit(target, {"J4": 12000, "J6": 3000, "K5": "相談会を開く。"})
    target.rename(inbox / target.name)
    result = merged(inbox)
    assert {f.file: (f.outcome, f.edition, f.unit) for f in result.files} == {
        "経済部.xlsx": ("superseded", 1, "商業課"),
        "経済部（修正）.xlsx": ("accepted", 2, "商業課"),
    }
    assert not [f for f in result.findings if is_error(f)]
    assert [row.budget for row in result.listed] == [12000, 2000, 3000]
    assert returns_due(result, result.findings) == {}


def test_the_edition_is_raised_where_it_is_seen_and_where_not(form: Path) -> None:
    annotate(broken(form).read_bytes(), form, findings_of(form), STRATEGY, next_edition=2)
    book = openpyxl.load_workbook(form)
    properties = {p.name: p.value for p in book.custom_doc_props.props}
    assert properties["sousei_xl_edition"] == "2"
    assert properties["sousei_xl_unit"] == "商業課"
    found = [c for row in book["回答票"].iter_rows() for c in row if c.value == "版"]
    (label,) = found
    assert label.offset(column=1).value == 2
    annotate(form.read_bytes(), form, [], STRATEGY, next_edition=2)


@pytest.mark.parametrize(
    ("typed", "edition"),
    [
        ("2", 2),
        ("第２版", 2),
        ("令和8年度 第3 版", 3),
        ("v4", 4),
        ("", 0),
        ("初版", 0),
        ("2018-03-02", 0),
        ("1000", 0),
    ],
)
def test_how_an_edition_is_read(typed: str, edition: int) -> None:
    assert layout.edition(typed) == edition


def test_a_date_for_an_edition_is_none_on_the_way_back_either(form: Path) -> None:
    edit(broken(form), {"B10": dt.datetime(2018, 3, 2)}, "回答票")
    annotate(form.read_bytes(), form, findings_of(form), STRATEGY, next_edition=2)
    assert edition_of(form) == "2"


@pytest.mark.parametrize("edition", ["第２版", None, "=1+1"])
def test_the_edition_in_any_spelling(form: Path, edition: str | None) -> None:
    edit(broken(form), {"B10": edition}, "回答票")
    assert openpyxl.load_workbook(form)["回答票"]["A10"].value == "版"
    target = returned(form, [f for f in findings_of(form) if f.code == "R104"])
    found = openpyxl.load_workbook(target)["回答票"]["B10"].value
    assert found == (3 if edition == "第２版" else 2)


def test_the_edition_is_raised_where_it_is_read(form: Path) -> None:
    """Of two sheets like 回答票 the one with more of its answers is read, and so it is marked."""
    book = openpyxl.load_workbook(broken(form))
    book["回答票"].title = "提出票"
    copy = book.create_sheet("提出票（控）", 0)
    for number, (label, answer) in enumerate(
        (("年度", "平成30年度"), ("部局名", "経済部"), ("担当課", "")), 1
    ):
        copy.cell(number, 1, label)
        copy.cell(number, 2, answer)
    book.save(form)
    edit(form, {"B10": 3}, "提出票")
    target = returned(form, [f for f in findings_of(form) if f.code == "R104"])
    assert openpyxl.load_workbook(target)["提出票"]["B10"].value == 4


def test_all_nine_departments(inbox: Path) -> None:
    for submission in example_submissions():
        path = inbox / f"{submission.department}.xlsx"
        write_form(
            path, STRATEGY, submission.department, projects=[r.values for r in submission.rows]
        )
        edit(path, {"J4": "未確定額"})
    result = merged(inbox)
    jobs = plan_returns(result, result.findings)
    assert len(jobs) == 9
    for job in jobs:
        target = inbox.parent / Path(job.name).name
        write_return(target, inbox / job.file, job, STRATEGY)
        assert "J4" in " ".join(ours(openpyxl.load_workbook(target)["事業"])).split()
        assert said(target) == said(inbox / job.file)


# --- again and again ------------------------------------------------------------------------------


def test_three_rounds_uncorrected_leave_the_same(form: Path) -> None:
    book = openpyxl.load_workbook(broken(form))
    book["事業"]["J4"].comment = Comment("財政課と協議中", "山田")
    book.save(form)
    rounds = [returned(form, name="1.xlsx")]
    for number in (2, 3):
        rounds.append(returned(rounds[-1], name=f"{number}.xlsx"))
    assert state(rounds[0]) == state(rounds[1]) == state(rounds[2])
    first, second = (zs.unpack(path.read_bytes()) for path in rounds[1:])
    changed = {name for name in first if first[name] != second.get(name)}
    # Only 版 differs: in 回答票, in the property, and where the request sheet names it.
    assert first.keys() == second.keys()
    assert changed == {
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/sheet5.xml",
        "docProps/custom.xml",
    }


@needs_office
@pytest.mark.libreoffice
def test_three_rounds_through_libreoffice_leave_the_same(form: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(broken(form))
    book["事業"]["J4"].comment = Comment("財政課と協議中", "山田")
    book.save(form)
    current, seen = form, []
    for number in range(3):
        target = returned(current, name="経済部.xlsx")
        sheet = openpyxl.load_workbook(target)["事業"]
        seen.append((said(target), ours(sheet), sorted(comments(sheet)), len(formats(sheet))))
        assert comments(sheet)["J4"].startswith(f"財政課と協議中\n{SEPARATOR}\n【要修正】")
        assert comments(sheet)["J4"].count(SEPARATOR) == 1
        (current,) = recalculate([target], tmp_path / str(number))
    assert seen[0] == seen[1] == seen[2]
    assert openpyxl.load_workbook(current).sheetnames.count(SHEET) == 1


@needs_office
@pytest.mark.libreoffice
def test_a_form_saved_by_libreoffice_is_kept(form: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(broken(form))
    book["事業"]["F4"].comment = Comment("二行の\nコメント", "山田")
    book["事業"]["F5"].fill = PatternFill("solid", fgColor="FFEEFFEE")
    book.save(form)
    (saved,) = recalculate([form], tmp_path / "saved")
    before = openpyxl.load_workbook(saved)["事業"]
    after = openpyxl.load_workbook(returned(form.parent / saved.replace(form).name))["事業"]
    assert comments(after)["F4"] == comments(before)["F4"] == "二行の\nコメント"
    assert after["F5"].fill.fgColor.rgb == before["F5"].fill.fgColor.rgb
    assert formats(after)[len(ours(after)) :] == formats(before)
    assert len(after.data_validations.dataValidation) == len(before.data_validations.dataValidation)


def test_answers_given_earlier_stay(form: Path) -> None:
    first = returned(broken(form), name="1.xlsx")
    book = openpyxl.load_workbook(first)
    row = next(c.row for c in book[SHEET]["C"] if c.value == "『事業』K5")
    book[SHEET].cell(row, 8).value = "このままで正しいです。"
    book.move_sheet(SHEET, 2)  # wherever the department has put it
    book.save(first)
    second = openpyxl.load_workbook(returned(first, name="2.xlsx"))
    assert second.sheetnames == [SHEET, "記入要領", "回答票", "事業", "選択肢"]
    answers = {line["セル"]: line["回答欄"] for line in lines(second)}
    assert answers == {
        "『事業』J4": None,
        "『事業』J6": None,
        "『事業』K5": "このままで正しいです。",
    }
    assert second["事業"].print_title_rows == "$3:$3"
    assert second["事業"].auto_filter.ref == "A3:L203"


def test_an_answer_goes_on_with_its_row_and_none_is_lost(form: Path) -> None:
    """A row is inserted above, one line's cells have all been mended, and two rounds pass."""
    said = "平成29年度は、相談会を開いた。"
    edit(broken(form), {"J6": 3000, "K5": said, "K6": said})
    path = returned(form, name="1.xlsx")
    book = openpyxl.load_workbook(path)
    assert [line["セル"] for line in lines(book)] == ["『事業』J4", "『事業』K5 ほか1か所"]
    for row in book[SHEET].iter_rows(min_col=3, max_col=8):
        if str(row[0].value).startswith("『事業』"):
            row[-1].value = f"{row[0].value}の回答"
    sheet = book["事業"]
    for column in "BCFHJK":
        for n in (7, 6, 5):
            sheet[f"{column}{n}"].value = sheet[f"{column}{n - 1}"].value
    sheet["C4"], sheet["F4"], sheet["K4"], sheet["J5"] = 4, "新しい事業", said, 12000
    book.save(path)
    for name in ("2.xlsx", "3.xlsx"):
        path = returned(path, name=name)
        book = openpyxl.load_workbook(path)
        found = [(line["セル"], line["回答欄"]) for line in lines(book) if line["セル"]]
        assert found == [
            ("『事業』J4", None),
            ("『事業』K4", None),  # asked for the first time, though in the same words
            ("『事業』K6 ほか1か所", "『事業』K5 ほか1か所の回答"),
            ("『事業』J4", "『事業』J4の回答"),  # below all lines
        ]
        assert "前回までの回答" in words(book)
        assert "確認していただきたいところが3件（うち2件は御回答済み）ありました" in words(book)
    sheet = book["事業"]
    sheet["J4"], sheet["K4"] = 1000, "相談会を開く。"
    book.save(path)
    book = openpyxl.load_workbook(returned(path, name="4.xlsx"))
    assert "確認していただきたいところが2件（うち2件は御回答済み）ありました" in words(book)
    assert "次の手順で確認をお願いします。" in words(book)
    assert "提出先へ提出してください" in words(book)
    (said, other) = (comments(book["事業"])[cell] for cell in ("K6", "K7"))
    assert said == other
    assert said.startswith(f"{SEPARATOR_OF_QUESTIONS}\n【要確認】")
    again = openpyxl.load_workbook(returned(path.parent / "4.xlsx", name="5.xlsx"))
    assert comments(again["事業"]) == comments(book["事業"])


def test_marks_go_when_all_is_well(form: Path) -> None:
    """A file whose only finding is one of the whole file keeps no mark of an earlier round."""
    book = openpyxl.load_workbook(broken(form))
    book["事業"]["J4"].comment = Comment("財政課と協議中", "山田")
    book.save(form)
    own = formats(openpyxl.load_workbook(form)["事業"])
    target = returned(form)
    clean = returned(target, [finding("F204", Place(target.name))], name="2.xlsx")
    sheet = openpyxl.load_workbook(clean)["事業"]
    assert formats(sheet) == own
    assert comments(sheet) == {"J4": "財政課と協議中"}
    parts = zs.unpack(clean.read_bytes())
    assert parts["xl/comments/comment1.xml"].count(b"<comment ") == 1
    assert len(re.findall(rb"<\w+:shape ", parts["xl/drawings/commentsDrawing1.vml"])) == 1


def test_a_sheet_without_own_comments_keeps_no_part_for_them(form: Path) -> None:
    edit(form, {"J4": "12,000千円程度"})
    before = zs.unpack(form.read_bytes())
    clean = returned(returned(form), [finding("F204", Place(form.name))], name="2.xlsx")
    after = zs.unpack(clean.read_bytes())
    assert {n for n in after if "comment" in n or "vml" in n or "sheet3.xml.rels" in n} == set()
    assert b"legacyDrawing" not in after[PROJECTS]
    assert after[PROJECTS].replace(b' tabSelected="1"', b"").count(b"<conditionalFormatting") == (
        before[PROJECTS].count(b"<conditionalFormatting")
    )


# --- what is kept ---------------------------------------------------------------------------------


def spoil(form: Path) -> bytes:
    """The form as Excel writes it (stored results, shared formulas), with a text as an amount."""
    data = form.read_bytes()
    sheet = zs.unpack(data)[PROJECTS].decode()
    cell = re.search(r'<c r="J4" s="(\d+)"><v>1000</v></c>', sheet)
    assert cell
    text = f'<c r="J4" s="{cell[1]}" t="inlineStr"><is><t>12,000千円程度</t></is></c>'
    return zs.replace(data, PROJECTS, cell[0], text)


def test_bytes_of_the_rows_and_of_untouched_parts_stay(form: Path) -> None:
    form.write_bytes(spoil(form))
    before, after = (zs.unpack(p.read_bytes()) for p in (form, returned(form)))
    for part in ("sheet1.xml", "sheet4.xml"):
        old = before[f"xl/worksheets/{part}"].replace(b' tabSelected="1"', b"")
        assert after[f"xl/worksheets/{part}"] == old
    for part in ("xl/sharedStrings.xml", "xl/theme/theme1.xml", "docProps/core.xml"):
        assert after[part] == before[part]
    sheet, marked = before[PROJECTS].decode(), after[PROJECTS].decode()
    without = re.sub(
        r"<conditionalFormatting.*</conditionalFormatting>|<legacyDrawing[^>]*>", "", marked
    )
    assert without == re.sub(r"<conditionalFormatting.*</conditionalFormatting>", "", sheet)


def test_stored_results_of_formulas_stay(form: Path) -> None:
    """入力チェック is seen in Protected View, and a sum in an input column needs no Excel."""
    data = spoil(form)
    sheet = zs.unpack(data)[PROJECTS].decode()
    cell = re.search(r'<c r="J5" s="(\d+)"><v>2000</v></c>', sheet)
    assert cell
    summed = f'<c r="J5" s="{cell[1]}"><f>SUM(J4,2000)</f><v>2000</v></c>'
    form.write_bytes(zs.replace(data, PROJECTS, cell[0], summed))
    target = returned(form)
    assert ("J5", 2000) in [(f"J{n}", v["budget"]) for n, v in typed(target)]
    assert said(target) == [("R105", "J4")]
    cached = openpyxl.load_workbook(target, data_only=True)["事業"]
    assert cached["A5"].value == "✓"
    assert openpyxl.load_workbook(target)["事業"]["J5"].value == "=SUM(J4,2000)"


def test_own_comments_keep_their_looks(form: Path) -> None:
    book = openpyxl.load_workbook(broken(form))
    sheet = book["事業"]
    sheet["J4"].comment = Comment("財政課と協議中\n（2/10）", "山田", height=60, width=200)
    sheet["F5"].comment = Comment("改称予定", "佐藤")
    book.save(form)
    target = openpyxl.load_workbook(returned(form))["事業"]
    assert target["J4"].comment.text.startswith(
        f"財政課と協議中\n（2/10）\n{SEPARATOR}\n【要修正】"
    )
    assert target["J4"].comment.author == "山田"
    assert (target["F5"].comment.text, target["F5"].comment.author) == ("改称予定", "佐藤")


def test_what_the_return_says_is_none_of_the_departments_words(form: Path) -> None:
    """S103 to S105: only what a department adds counts, and it stays behind ours as before it."""
    book = openpyxl.load_workbook(broken(form))
    book["事業"]["J4"].comment = Comment("財政課と協議中", "山田")
    book.save(form)
    target = returned(form)
    found = [f for f in findings_of(target) if f.code in ("S103", "S104", "S105")]
    assert [(f.code, f.place.cell, f.value) for f in found] == [("S104", "J4", "財政課と協議中")]

    book = openpyxl.load_workbook(target)
    for cell, words in {"J4": "協議が済みました", "J6": "まだ未定です"}.items():
        comment = book["事業"][cell].comment
        assert comment.text.endswith(f"\n{END}")
        comment.text += f"\n{words}"
    book.save(target)
    told = {f.place.cell: f.value for f in findings_of(target) if f.code == "S104"}
    assert told == {"J4": "財政課と協議中\n協議が済みました", "J6": "まだ未定です"}

    again = comments(openpyxl.load_workbook(returned(target))["事業"])
    assert again["J4"].startswith(f"財政課と協議中\n協議が済みました\n{SEPARATOR}\n【要修正】")
    assert again["J6"].startswith(f"まだ未定です\n{SEPARATOR}\n【要修正】")
    assert again["J4"].count(SEPARATOR) == again["J4"].count(END) == 1


def test_conversations_are_left_to_excel(form: Path) -> None:
    """Excel writes the comment behind a threaded one anew: ours is marked, but not said there."""
    book = openpyxl.load_workbook(broken(form))
    book["事業"]["J4"].comment = Comment("[スレッド化されたコメント]", "tc={1}")
    book.save(form)
    name = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    thread = '<threadedComment ref="J4" id="{1}"/>'
    thread = f'<ThreadedComments xmlns="{name}">{thread}</ThreadedComments>'
    part = "threadedComments/threadedComment1.xml"
    rels = "xl/worksheets/_rels/sheet3.xml.rels"
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    relation = (
        f'<Relationship Id="t1" Type="{kind}" Target="../threadedComments/threadedComment1.xml"/>'
    )
    data = zs.add(form.read_bytes(), "xl/threadedComments/threadedComment1.xml", thread)
    form.write_bytes(zs.replace(data, rels, "</Relationships>", f"{relation}</Relationships>"))
    target = returned(form)
    found = comments(openpyxl.load_workbook(target)["事業"])
    assert found["J4"] == "[スレッド化されたコメント]"
    assert SEPARATOR in found["J6"]
    assert zs.unpack(target.read_bytes())[f"xl/{part}"]


def excel_like(form: Path) -> bytes:
    """What Excel keeps in extensions: a dropdown from another sheet, a format that compares with
    another sheet, and a picture's drawing."""
    rules = zs.unpack(form.read_bytes())[PROJECTS].count(b"<cfRule ")
    extension = (
        f'<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{X14}">'
        "<x14:conditionalFormattings><x14:conditionalFormatting "
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule '
        f'type="expression" priority="{rules + 1}" id="{{A}}">'
        "<xm:f>記入要領!$A$1=1</xm:f></x14:cfRule>"
        "<xm:sqref>B4:B9</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
        f'<ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{X14}">'
        '<x14:dataValidations count="1" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation '
        'type="list" allowBlank="1"><x14:formula1><xm:f>記入要領!$A$1:$A$3</xm:f></x14:formula1>'
        "<xm:sqref>L4:L9</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    data = zs.replace(
        spoil(form), PROJECTS, "</worksheet>", f'<drawing r:id="d1"/>{extension}</worksheet>'
    )
    drawing = (
        f'<xdr:wsDr xmlns:xdr="{DRAWING}"><xdr:oneCellAnchor><xdr:sp macro="" textlink=""/>'
        "</xdr:oneCellAnchor></xdr:wsDr>"
    )
    data = zs.add(data, "xl/drawings/drawing1.xml", drawing)
    data = zs.replace(
        data,
        "[Content_Types].xml",
        "</Types>",
        '<Override PartName="/xl/drawings/drawing1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/></Types>',
    )
    relation = (
        f'<Relationship Id="d1" Type="{zs.RELATIONS}/drawing" Target="../drawings/drawing1.xml"/>'
    )
    rels = f'<Relationships xmlns="{zs.PACKAGE}">{relation}</Relationships>'
    return zs.add(data, "xl/worksheets/_rels/sheet3.xml.rels", rels)


def test_very_many_formats_are_ranked_in_no_time(form: Path) -> None:
    """This is done by the process that everything else waits for."""
    rules = "".join(
        f'<conditionalFormatting sqref="A{n}"><cfRule type="expression" priority="{n}">'
        "<formula>A1</formula></cfRule></conditionalFormatting>"
        for n in range(1, 40_001)
    )
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    page = f'<worksheet xmlns="{namespace}"><sheetData/>{rules}</worksheet>'
    sheet = worksheet.Worksheet("事業", "sheet1.xml", page.encode())
    package = Package.open(form.read_bytes())
    styles = Styles(package, workbook.Workbook(package).part)
    began = time.process_time()
    mark(sheet, {}, {}, styles)
    assert time.process_time() - began < 2


def test_what_excel_keeps_in_extensions_stays(form: Path) -> None:
    form.write_bytes(excel_like(form))
    before, after = (zs.unpack(p.read_bytes()) for p in (form, returned(form)))
    sheet = after[PROJECTS].decode()
    ranks = [int(n) for n in re.findall(r'cfRule [^>]*priority="(\d+)"', sheet)]
    assert sorted(ranks) == list(range(1, len(ranks) + 1))  # no two rules of the same rank
    last = f'x14:cfRule type="expression" priority="{len(ranks)}"'
    assert last in sheet  # as before
    assert "<xm:f>記入要領!$A$1:$A$3</xm:f>" in sheet
    assert sheet.index("<drawing ") < sheet.index("<legacyDrawing ") < sheet.index("<extLst>")
    assert after["xl/drawings/drawing1.xml"] == before["xl/drawings/drawing1.xml"]


def test_pictures_stay_and_the_sheet_says_that_nobody_read_them(form: Path) -> None:
    form.write_bytes(excel_like(form))
    target = form.parent.parent / "r.xlsx"
    annotate(form.read_bytes(), target, findings_of(form), STRATEGY, next_edition=2)
    assert "図形、画像、グラフ" in words(openpyxl.load_workbook(target))


def test_macros_are_taken_out_and_the_sheet_says_so(form: Path, inbox: Path) -> None:
    data = spoil(form)
    data = zs.add(data, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    data = zs.replace(
        data,
        zs.WORKBOOK_RELS,
        "</Relationships>",
        '<Relationship Id="m1" Type="http://schemas.microsoft.com/office/2006/relationships/'
        'vbaProject" Target="vbaProject.bin"/></Relationships>',
    )
    data = zs.replace(
        data,
        "[Content_Types].xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    data = zs.replace(
        data,
        "[Content_Types].xml",
        "</Types>",
        '<Override PartName="/xl/vbaProject.bin" '
        'ContentType="application/vnd.ms-office.vbaProject"/></Types>',
    )
    form.unlink()
    (inbox / "経済部.xlsm").write_bytes(data)
    result = merged(inbox)
    (job,) = plan_returns(result, result.findings)
    assert job.name == "差戻し/経済部.xlsx"
    target = inbox.parent / "経済部.xlsx"
    write_return(target, inbox / job.file, job, STRATEGY)
    parts = zs.unpack(target.read_bytes())
    assert "xl/vbaProject.bin" not in parts
    assert b"macroEnabled" not in parts["[Content_Types].xml"]
    assert b"vbaProject" not in parts[zs.WORKBOOK_RELS]
    assert "マクロは取り除き" in words(openpyxl.load_workbook(target))
    codes = [code for code, _ in said(target)]
    assert codes == ["R105"]  # F204 (macros) is no more


def test_a_file_in_another_dialect_is_marked_all_the_same(form: Path) -> None:
    """Some writers put a prefix before every name; Excel reads that, and so do we."""
    parts = zs.unpack(spoil(form))
    for name in ("xl/workbook.xml", "xl/styles.xml", *(n for n in parts if "/sheet" in n)):
        if name.endswith(".rels"):
            continue
        xml = re.sub(rb"<(/?)(?=[A-Za-z])(?!\?)(?![A-Za-z0-9]+:)", rb"<\1x:", parts[name])
        parts[name] = xml.replace(MAIN.encode(), MAIN.replace("xmlns=", "xmlns:x=").encode())
    form.write_bytes(zs.pack(parts))
    assert said(form) == [("R105", "J4")]
    target = returned(form)
    sheet = openpyxl.load_workbook(target)["事業"]
    assert ours(sheet) == ["A4", "J4"]
    assert comments(sheet).keys() == {"J4"}
    assert state(target) == state(returned(target, name="2.xlsx"))
    assert said(target) == [("R105", "J4")]


def test_the_same_input_gives_the_same_bytes(form: Path) -> None:
    form.write_bytes(spoil(form))
    assert returned(form, name="1.xlsx").read_bytes() == returned(form, name="2.xlsx").read_bytes()


# --- where findings stand -------------------------------------------------------------------------


def test_hidden_rows_and_rows_below_a_gap(form: Path) -> None:
    book = openpyxl.load_workbook(broken(form))
    sheet = book["事業"]
    sheet.row_dimensions[5].hidden = True
    for cell in list(sheet[6])[1:]:
        sheet.cell(20, cell.column).value, cell.value = cell.value, None
    book.save(form)
    sheet = openpyxl.load_workbook(returned(form))["事業"]
    assert ours(sheet) == ["A4 A20", "A5", "J4 J20", "K5"]
    assert "非表示の行に記入があります" in comments(sheet)["A5"]
    assert "離れて記入があります" in comments(sheet)["A20"]
    assert sheet.row_dimensions[5].hidden


def test_findings_on_a_row_a_sheet_or_the_file_alone(form: Path) -> None:
    made = [
        finding("R102", Place(form.name, "事業", 5), subject="移住"),
        finding("F201", Place(form.name, "回答票"), missing="部局名"),
        finding("F204", Place(form.name)),
        finding("R102", Place(form.name, "改名された表", 7, "F7")),
    ]
    target = returned(form, made)
    book = openpyxl.load_workbook(target)
    assert [line["セル"] for line in lines(book)] == [
        "『改名された表』F7",
        "『回答票』",
        "『事業』A5",
        "ファイル全体",
    ]
    links = [cell.hyperlink.location for cell in book[SHEET]["C"] if cell.hyperlink]
    assert links == ["'回答票'!A1", "'事業'!A5"]
    assert ours(book["事業"]) == ["A5"]
    assert list(comments(book["事業"])) == ["A5"]


def test_only_what_the_department_is_asked(form: Path) -> None:
    place = Place(form.name, "事業", 5, "J5", "budget", "予算事業費")
    made = [
        finding("R114", place, "5", variant="", limit=1, expected="1"),
        acknowledge(finding("R116", replace(place, cell="I5"))),  # confirmed by the office
        finding("L109", replace(place, cell="C5"), measure="2ア"),  # the office's own affair
        finding("A101", replace(place, cell="H5"), "〇", expected="○"),  # nothing to do
    ]
    sheet = openpyxl.load_workbook(returned(form, made))["事業"]
    assert ours(sheet) == ["A5", "J5"]


def test_what_is_right_is_told_only_where_it_is_known(form: Path) -> None:
    """A rule's example is of one of its variants, and tells the others to do something else."""
    place = Place(form.name, "事業", 5, "J5", "budget", "予算事業費（千円）")
    twice = {"others": "4イ-9", "amount": "予算1千円", "write": "4イ"}
    book = openpyxl.load_workbook(
        returned(
            form,
            [
                finding("F103", Place(form.name), variant="half"),
                finding("L106", place, "甲", variant="other_file", **twice),
                finding("R120", place),
                finding(
                    "R105", replace(place, cell="J6"), "12.5", variant="fraction", expected="13"
                ),
                finding("R105", replace(place, field="own_1"), "件", variant="number", example="5"),
            ],
        )
    )
    assert [line["正しい値・例"] for line in lines(book)] == [None, None, None, None, "13"]


def test_equal_messages_share_a_line(form: Path) -> None:
    edit(form, {"J4": None, "J5": None, "J6": None})
    book = openpyxl.load_workbook(returned(form))
    (line,) = lines(book)
    assert line["セル"] == "『事業』J4 ほか2か所"
    assert line["内容と直し方"].endswith("［J4、J5、J6］")
    assert line["事業名"].split("\n") == [
        "J4：移住促進事業",
        "J5：定住支援事業",
        "J6：就職相談事業",
    ]
    assert ours(book["事業"]) == ["A4:A6", "J4:J6"]
    assert comments(book["事業"]).keys() == {"J4", "J5", "J6"}


def test_a_merged_cell_is_marked_where_it_is_seen(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    book["事業"].merge_cells("J4:J5")
    book.save(form)
    place = Place(form.name, "事業", 5, "J5", "budget", "予算事業費")
    sheet = openpyxl.load_workbook(returned(form, [finding("R104", place)]))["事業"]
    assert ours(sheet) == ["A5", "J4"]
    assert list(comments(sheet)) == ["J4"]


def test_columns_may_have_moved(form: Path) -> None:
    book = openpyxl.load_workbook(broken(form))
    book["事業"].insert_cols(1, 2)
    book["事業"].insert_rows(1, 3)
    book.save(form)
    sheet = openpyxl.load_workbook(returned(form))["事業"]
    assert ours(sheet) == ["C7 C9", "C8", "L7 L9", "M8"]


def test_text_from_outside_stays_text(form: Path) -> None:
    nasty = '=HYPERLINK("http://x")&<b>\'"_x000D_\x07'
    book = openpyxl.load_workbook(form)
    book["事業"]["J4"].value = nasty.replace("\x07", "")
    book["事業"]["J4"].data_type = "s"
    book.save(form)
    target = returned(form)
    book = openpyxl.load_workbook(target)
    cell = next(c for c in book[SHEET]["F"] if c.value and "HYPERLINK" in str(c.value))
    assert cell.data_type in ("s", "inlineStr")
    assert said(target) == said(form)
    place = Place(form.name, "事業", 5, "F5", "name", "事業名")
    made = finding("L101", place, subject=nasty, candidates="")
    sheet = openpyxl.load_workbook(returned(form, [made], name="2.xlsx"))["事業"]
    assert "_x000D_" in comments(sheet)["F5"].replace("_x005F", "")


# --- which files go back --------------------------------------------------------------------------


def test_files_with_errors_of_their_own_and_refused_ones_go_back(form: Path, inbox: Path) -> None:
    broken(form)
    write_form(inbox / "農政部.xlsx", STRATEGY, "農政部", projects=[{**ROWS[0], "name": "農業"}])
    write_form(inbox / "学校教育部.xlsx", STRATEGY, "学校教育部", projects=ROWS[:1])
    edit(inbox / "学校教育部.xlsx", {"K4": "平成29年度は、開いた。"})  # 要確認 alone
    write_form(inbox / "その他.xlsx", STRATEGY, "経済部", projects=[{**ROWS[0], "name": "別"}])
    edit(inbox / "その他.xlsx", {"B5": "経済局"}, "回答票")
    (inbox / "観光").mkdir()
    (inbox / "観光" / "社会教育部.xls").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 999
    )
    (inbox / "メモ.txt").write_text("x", encoding="utf-8")
    result = merged(inbox)
    due = returns_due(result, result.findings)
    assert {file: {f.code for f in found if is_error(f)} for file, found in due.items()} == {
        "経済部.xlsx": {"R105", "R104"},
        "その他.xlsx": {"F203"},
        "観光/社会教育部.xls": {"F102"},
    }
    (lost,) = (f for f in due["その他.xlsx"] if f.code == "F203")
    assert "『経済部』ではありませんか。" in lost.request
    assert "テンプレート" in lost.cure
    assert "テンプレート" not in lost.request
    jobs = {job.file: job for job in plan_returns(result, result.findings)}
    assert {file for file in due if not jobs[file].is_readable} == {"観光/社会教育部.xls"}
    assert jobs["経済部.xlsx"].edition == 2
    assert jobs["観光/社会教育部.xls"].name == "差戻し/観光/社会教育部.xlsx"
    for job in jobs.values():
        target = inbox.parent / "out.xlsx"
        job, strategy = pickle.loads(pickle.dumps((job, STRATEGY)))
        write_return(target, inbox / job.file, job, strategy)
        book = openpyxl.load_workbook(target)
        assert (book.sheetnames == [SHEET]) == (job.file == "観光/社会教育部.xls")
        if job.file == "その他.xlsx":
            assert {s.title: ours(s) for s in book if ours(s)} == {"回答票": ["B5"]}


def test_names_of_returns_never_collide() -> None:
    files = ["経済部.xls", "経済部.xlsx", "経済部.XLSM", "a/経済部.xlsx", "経済部.xls.xlsx"]
    names = return_names(files)
    assert names["経済部.xlsx"] == "差戻し/経済部.xlsx"
    assert names["経済部.xls.xlsx"] == "差戻し/経済部.xls.xlsx"
    assert names["a/経済部.xlsx"] == "差戻し/a/経済部.xlsx"
    assert len({name.casefold() for name in names.values()}) == len(files)


def test_a_file_that_changed_meanwhile_gets_no_marks(form: Path, inbox: Path) -> None:
    broken(form)
    result = merged(inbox)
    (job,) = plan_returns(result, result.findings)
    edit(form, {"J4": 1})
    target = inbox.parent / "r.xlsx"
    write_return(target, form, job, STRATEGY)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == [SHEET]
    assert "印を付けられなかった" in words(book)
    assert "『事業』J4" in words(book)
    form.unlink()
    write_return(target, form, job, STRATEGY)
    assert len(lines(openpyxl.load_workbook(target))) == 3


def test_findings_alone_say_what_to_do_in_excel(tmp_path: Path) -> None:
    target = tmp_path / "r.xlsx"
    findings_only(
        target, [finding("F101", Place("経済部.xlsx"))], STRATEGY, "経済部.xlsx", "経済部"
    )
    book = openpyxl.load_workbook(target)
    text = words(book)
    assert "経済部　御担当者様" in text
    assert "『経済部.xlsx』を開けなかった" in text
    assert "パスワードを消してから保存し" in text
    (line,) = lines(book)
    assert (line["セル"], line["重要度"]) == ("ファイル全体", "▶要修正")


@pytest.mark.parametrize(
    ("codes", "title"),
    [
        (("K114",), "平成30年度　総合戦略　数値目標・KPI"),
        (("K114", "F201"), "平成30年度　総合戦略関連事業"),
    ],
)
def test_a_request_has_the_title_of_its_form(
    tmp_path: Path, codes: tuple[str, ...], title: str
) -> None:
    target, facts = tmp_path / "r.xlsx", {"label": "", "missing": "", "sheet": ""}
    found = [finding(code, Place("経済部.xlsx", "KPI"), **facts) for code in codes]
    findings_only(target, found, STRATEGY, "経済部.xlsx", "経済部")
    assert title in words(openpyxl.load_workbook(target)).splitlines()


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (PROJECTS, "<sheetData>", "<sheetDaten>"),
        ("xl/workbook.xml", 'r:id="rId3"', 'r:id="rId99"'),
        ("xl/styles.xml", "</cellXfs>", "</cellXf>"),
        ("xl/worksheets/sheet2.xml", 'r="A10"', 'R="A10"'),
    ],
)
def test_what_cannot_be_marked_safely_is_not(form: Path, part: str, old: str, new: str) -> None:
    form.write_bytes(zs.replace(spoil(form), part, old, new))
    target = form.parent.parent / "r.xlsx"
    with pytest.raises(Unmarkable):
        annotate(form.read_bytes(), target, [], STRATEGY, next_edition=2)
    assert not target.exists()


def test_not_even_a_zip_is_unmarkable(tmp_path: Path) -> None:
    with pytest.raises(Unmarkable):
        annotate(b"PK\x03\x04", tmp_path / "r.xlsx", [], STRATEGY, next_edition=2)
