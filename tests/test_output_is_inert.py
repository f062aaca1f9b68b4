"""What departments write comes out as text: no formula, link, code or control character of theirs.

Every string is put into every field of a form, into its file name and into the office's sheet, and
the whole outbox is searched afterwards, part by part.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import openpyxl
import pytest
from openpyxl import Workbook

from sousei_xl import text
from sousei_xl.findings import UNPRINTABLE
from sousei_xl.intake.read import read_one
from sousei_xl.sheets.book import Book
from tests import zip_surgery as zs
from tests.builders import example_strategy
from tests.dirty.forms import DEPARTMENT, FIRST_MEASURE, HEADINGS, PART, form, line, packed, write
from tests.outboxes import RUN
from tests.reliability.figures import Figures
from tests.workspaces import Ran, example_workspace, run

pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported")
MARK = "侵入"  # stands in every string, so that it is found wherever it went
INJECTIONS = (
    "=cmd|'/C calc'!A0",
    "=1+1",
    '=HYPERLINK("http://example.jp/";"x")',
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "{=1+1}",
    "'=1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1+1)",
    "http://example.jp/",
    "https://example.jp/",
    "ftp://example.jp/",
    "mailto:a@example.jp",
    "file:///C:/Windows/System32/calc.exe",
    r"\\server\share\calc.exe",
    "internal:データ_事業!A1",
    r"external:..\..\calc.exe",
    "_x003D_1+1",
    "<script>alert(1)</script>",
    "</t></si></sst>",
    "]]>&amp;&#61;1",
    "{事業名}{小計額}",
    "&Z&F&D",
    "[bold][/][/b]",
    "%s%n{0}{value}",
    "\u202e=1+1",
    "𠮷👨‍👩‍👧=1+1",
)
HARD = {
    "bell": "\a=1+1",
    "escape": "\x1b[2J=1+1",
    "null": "\0=1+1",
}
FIELDS = ("施策", "番号", "再掲", "掲載区分", "部局名", "関連性", "予算区分", "予算事業費（千円）")
NAMES = ("=1+1{}.xlsx", "@SUM(1){}.xlsx", "＝1+1{}.xlsx", "[bold][／]{}.xlsx", "%41#x'!A1{}.xlsx")


def marked(injection: str, number: int) -> str:
    return f"{injection} {MARK}{number}"


def hostile_form(unit: str) -> bytes:
    """A row for each string in the texts, and a row for each string in each other field."""
    rows = []
    for number, injection in enumerate(INJECTIONS):
        typed = marked(injection, number)
        rows.append(line(typed, 1, FIRST_MEASURE, 事業内容=typed, 備考=typed))
    for column, field in enumerate(FIELDS):
        for number, injection in enumerate(INJECTIONS):
            name = f"{field}{number} {unit}"
            rows.append(line(name, **{"budget": 1, "measure": FIRST_MEASURE}))
            rows[-1][_index(field)] = marked(injection, number + 100 * column)
    book = form(unit, rows)
    for cell in ("B7", "B8", "B9"):
        book["回答票"][cell] = unit
    return as_text(book)


def as_text(book: Workbook) -> bytes:
    """Every string stored as a string, as Excel does behind an apostrophe."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and MARK in cell.value:
                    cell.data_type = "s"
    return packed(book)


def _index(field: str) -> int:
    return HEADINGS.index(field)


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """The example with everything hostile beside it, merged once."""
    workspace = example_workspace(tmp_path_factory.mktemp("作業") / "フォルダー")
    inbox = workspace / "inbox"
    write(inbox, "敵.xlsx", hostile_form(marked("=1+1", 999)))
    for number, name in enumerate(NAMES):
        rows = [line(f"名前{number}", "文字", 備考=MARK)]
        write(inbox, name.format(MARK), packed(form(f"名前の課{number}", rows)))
    if sys.platform != "win32":
        rows = [line("端末", "文字")]
        write(inbox, f"\x1b[2J{MARK}:http:.xlsx", packed(form("端末の課", rows)))
    for number, injection in enumerate(INJECTIONS):
        for kind, content in _hostile_places(marked(injection, number), number).items():
            write(inbox, f"{kind}{number}.xlsx", content)
    _hostile_office(inbox / "事務局修正.xlsx")
    assert _hostile_indicators(inbox) > 3 * len(INJECTIONS)
    return workspace, run("merge", "--json", "--workspace", workspace)


def _hostile_places(typed: str, number: int) -> dict[str, bytes]:
    """A string as the name of the sheet, and in the cells that decide about a whole file."""
    sheet = packed(form(f"シートの課{number}", [line(f"シート{number}", 1, 関連性="△")]))
    department, year = form(f"部局の課{number}"), form(f"年度の課{number}")
    department["回答票"]["B5"] = typed
    year["回答票"]["B4"] = typed
    return {
        "シート": zs.replace(sheet, zs.WORKBOOK, 'name="事業"', f"name={quoteattr(typed)}"),
        "部局名": as_text(department),
        "年度": as_text(year),
    }


def _hostile_office(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for number, injection in enumerate(INJECTIONS):
        typed = marked(injection, number)
        for sheet, width, first in (("修正", 8, 4), ("確認済", 6, 5)):
            for column in range(1, width + 1):
                book[sheet].cell(first + number, column).value = typed
    added = [FIRST_MEASURE, None, None, None, marked("=1+1", 998), DEPARTMENT, "○", None, 1]
    for column, value in enumerate([*added, *[marked("=1+1", 997)] * 4], 1):
        book["追加"].cell(4, column).value = value
    path.write_bytes(as_text(book))


def _hostile_indicators(inbox: Path) -> int:
    """A string in every cell of the example's KPI sheets that is filled, and in blank reasons."""
    strings = cycle(enumerate(INJECTIONS))
    filled = 0
    for path in sorted(inbox.glob("*部.xlsx")):
        book = openpyxl.load_workbook(path)
        if "KPI" in book.sheetnames:
            for row in book["KPI"].iter_rows(min_row=4, min_col=3, max_row=book["KPI"].max_row):
                for cell in row:
                    number, injection = next(strings)
                    cell.value = marked(injection, number)
                    filled += 1
            path.write_bytes(as_text(book))
    return filled


def outputs(workspace: Path) -> list[Path]:
    found = sorted((workspace / "outbox").rglob("*.xlsx"))
    assert len(found) >= 2
    return found


def parts(path: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                yield name, archive.read(name).decode("utf-8")


def test_the_merge_takes_it_calmly(merged: tuple[Path, Ran], figures: Figures) -> None:
    _, done = merged
    assert done.status == 1, done.err[-2000:]
    answer = done.json
    mine = [f for f in answer["files"] if f["file"] == "敵.xlsx"]
    assert mine[0]["outcome"] == "accepted"
    outcomes = {f["file"]: f["outcome"] for f in answer["files"]}
    for number, injection in enumerate(INJECTIONS):
        no_name = re.search(r"[\[\]:*?/\\\t\r\n]", injection)  # for a sheet of Excel's
        assert outcomes[f"シート{number}.xlsx"] == ("refused" if no_name else "accepted")
        assert {outcomes[f"{kind}{number}.xlsx"] for kind in ("部局名", "年度")} == {"refused"}
    assert mine[0]["rows"] == len(INJECTIONS) * (1 + len(FIELDS))
    figures.exact(injections=len(INJECTIONS), injected_rows=mine[0]["rows"])


def test_every_string_is_listed_as_it_was_typed(merged: tuple[Path, Ran]) -> None:
    workspace, _ = merged
    (official,) = (workspace / "outbox").glob("別紙_*.xlsx")
    headings, *rows = openpyxl.load_workbook(official)["データ_事業"].iter_rows()
    columns = {cell.value: index for index, cell in enumerate(headings)}
    names = {row[columns["事業名"]].value: row for row in rows}
    for number, injection in enumerate(INJECTIONS):
        typed = marked(injection, number).replace("_x003D_", "=")
        row = names[text.tidy_name(typed).value]
        told = row[columns["事業内容"]]
        assert (told.value or "").replace("\r", "\n") == text.tidy(typed).value
        assert {row[columns["事業名"]].data_type, told.data_type} == {"s"}


def test_no_string_became_a_formula_or_a_link(merged: tuple[Path, Ran], figures: Figures) -> None:
    workspace, _ = merged
    seen = 0
    for path in outputs(workspace):
        for name, content in parts(path):
            seen += content.count(MARK)
            for formula in re.findall(
                r"<(?:f|formula1?|formula2|definedName)\b[^>]*>[^<]*", content
            ):
                assert MARK not in formula, (path.name, name, formula)
                assert not re.search(r"cmd|HYPERLINK|WEBSERVICE|DDE", formula), (path.name, formula)
            if not name.endswith(".rels"):
                assert "oddHeader" not in name
                for code in re.findall(r"<(?:odd|even|first)(?:Header|Footer)>[^<]*", content):
                    assert MARK not in code, (path.name, name, code)
        for name, content in parts(path):
            if name.endswith(".rels"):
                _check_targets(path, content)
    assert seen > 3 * len(INJECTIONS)
    figures.measured(injected_seen=seen, injected_workbooks=len(outputs(workspace)))
    council = next(path for path in outputs(workspace) if path.name.startswith("検討懇談会資料"))
    assert any(MARK in content for _, content in parts(council))


def _check_targets(path: Path, content: str) -> None:
    """The only links that lead out of a workbook lead to files of the inbox."""
    for target in re.findall(r'Target="([^"]*)"[^>]*TargetMode="External"', content):
        place = target.replace("\\", "/").removeprefix("file:///")
        assert re.match(r"(\.\./)+inbox/", place), (path.name, target)
        assert "/../" not in place.removeprefix("../"), (path.name, target)


def test_every_cell_that_holds_a_string_is_text(merged: tuple[Path, Ran]) -> None:
    workspace, _ = merged
    for path in outputs(workspace):
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and MARK in cell.value:
                        assert cell.data_type == "s", (path.name, sheet.title, cell.coordinate)
                        link = cell.hyperlink
                        outside = link is not None and link.target
                        assert not outside or "inbox" in str(outside), (
                            sheet.title,
                            cell.coordinate,
                        )


def test_no_part_holds_a_control_character(merged: tuple[Path, Ran]) -> None:
    workspace, _ = merged
    for path in outputs(workspace):
        for name, content in parts(path):
            found = UNPRINTABLE.search(content) or re.search(r"&#x?0*(?:[0-8]|1[0-9a-f]);", content)
            assert found is None, (path.name, name, found)


def test_csv_files_hold_no_commands(tmp_path: Path) -> None:
    """Open data stands beside a list without 要修正 only, so everything else is as it should be."""
    workspace = example_workspace(tmp_path)
    rows = []
    for number, injection in enumerate(INJECTIONS):
        typed = marked(injection, number)
        rows.append(line(typed, 1, FIRST_MEASURE, 事業内容=typed, 備考=typed))
    write(workspace / "inbox", "敵.xlsx", as_text(form("敵の課", rows)))
    done = run("merge", "--json", "--workspace", workspace)
    assert (done.status, done.json["status"]) == (0, "proposal"), done.err[-2000:]
    path = workspace / "outbox" / "オープンデータ" / "事業一覧.csv"
    headings, *lines = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    cells = [cell for cells in lines for cell in cells if MARK in cell]
    assert len(cells) == 2 * len(INJECTIONS)
    for cell in cells:
        assert cell[0] not in "=+-@\t\r\n＝＋－＠", cell
    told = {cells[headings.index("事業内容")] for cells in lines}
    for number, injection in enumerate(INJECTIONS):
        typed = text.tidy(marked(injection, number).replace("_x003D_", "=")).value
        assert {typed, f"'{typed}"} & told, typed


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_the_console_shows_no_codes(merged: tuple[Path, Ran], options: tuple[str, ...]) -> None:
    workspace, _ = merged
    done = run("merge", "--workspace", workspace, *options, encoding="cp932")
    assert done.status == 1, done.err[-2000:]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", (done.out + done.err).replace("\r\n", "\n"))


# --- what no workbook can hold --------------------------------------------------------------------


def _merge_with(workspace: Path, name: str, content: bytes) -> dict[str, Any]:
    write(workspace / "inbox", name, content)
    done = run("merge", "--json", "--workspace", workspace)
    assert done.status == 1, done.err[-2000:]
    answer: dict[str, Any] = done.json
    return answer


def _encoded(typed: str) -> str:
    """Control characters as Excel stores them."""
    return "".join(f"_x{ord(c):04X}_" if UNPRINTABLE.match(c) else c for c in typed)


def test_what_no_workbook_can_hold_is_refused_by_its_cell(tmp_path: Path) -> None:
    workspace = example_workspace(tmp_path / "作業")
    fields = {"事業名": "F", "事業内容": "K", "備考": "L"}
    rows, expected = [], set()
    for kind, typed in HARD.items():
        for field, letter in fields.items():
            rows.append(line(f"{kind} {field}", 1, FIRST_MEASURE))
            rows[-1][_index(field)] = f"{kind} {field} {_encoded(typed)}"
            expected.add(("R112", f"{letter}{len(rows) + 3}"))
    content = packed(form("文字の課", rows))
    huge = {
        "事業名": ("長い名前", 300),
        "事業内容": ("長い文章", 40_000),
        "備考": ("長い備考", 40_000),
    }
    sheet = zs.unpack(content)[PART].decode()
    for field, (word, length) in huge.items():
        number = len(rows) + 4
        cells = {"B": FIRST_MEASURE, "F": word, "G": DEPARTMENT, "H": "○", "K": "本文。"}
        cells[fields[field]] = "長" * length
        row = "".join(
            f'<c r="{column}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
            for column, value in sorted(cells.items())
        )
        budget = f'<c r="J{number}"><v>1</v></c>'
        row = row.replace(f'<c r="K{number}"', f'{budget}<c r="K{number}"')
        sheet = sheet.replace("</sheetData>", f'<row r="{number}">{row}</row></sheetData>')
        rows.append([])
        expected.add(("R112", f"{fields[field]}{number}"))
    answer = _merge_with(workspace, "文字.xlsx", zs.add(content, PART, sheet))
    found = {(f["code"], f["cell"]) for f in answer["findings"] if f["file"] == "文字.xlsx"}
    assert {pair for pair in found if pair[0] == "R112"} == expected
    assert answer["ledger"]["listed"] == 104 + len(rows)

    (official,) = (workspace / "outbox").glob("別紙_*.xlsx")
    data = openpyxl.load_workbook(official)["データ_事業"]
    values = [cell.value for row in data.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert "長" * 300 in values  # a draft shows it whole, marked
    assert max(map(len, values)) < 32_768
    for path in outputs(workspace):
        for name, part in parts(path):
            assert not UNPRINTABLE.search(part), (path.name, name)
            if path.parent.name != "差戻し":  # a return is the department's own file
                assert not re.search(r"_x00(?:0[0-8BCEF]|1[0-9A-F])_", part), (path.name, name)


@pytest.mark.parametrize("code", ["_xD800_", "_xDFFF_", "_xFFFE_", "_xFFFF_"])
def test_codes_of_no_character_stay_the_letters_they_are(tmp_path: Path, code: str) -> None:
    """Half a surrogate pair cannot be decoded: it comes out as it stood in the file, inert."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(form("代用の課", [line(f"片方{code}だけ", 1)])))
    (row,) = (row for row in read_one(str(path), path.name).sheets[1].rows if row[0] == 4)
    assert f"片方{code}だけ" in row[1]
    book = Book(tmp_path / "b.xlsx", RUN, example_strategy().settings, "")
    sheet = book.sheet("表", (20,))
    sheet.text(0, 0, f"片方{code}だけ")
    book.close()
    (out,) = read_one(str(tmp_path / "b.xlsx"), "b.xlsx").sheets
    assert out.rows == ((1, (f"片方{code}だけ",)),)


def test_raw_surrogates_are_no_xml_and_are_refused(tmp_path: Path) -> None:
    content = packed(form("代用の課", [line("片方だけ", 1)]))
    sheet = zs.unpack(content)[PART]
    path = tmp_path / "a.xlsx"
    for half in (b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xef\xbf\xbf"):
        path.write_bytes(zs.add(content, PART, sheet.replace("片方".encode(), half)))
        refusal = read_one(str(path), path.name).refusal
        assert refusal is not None
        assert (refusal.code, refusal.variant, refusal.params) == (
            "F103",
            "sheet",
            {"sheet": "事業"},
        )
