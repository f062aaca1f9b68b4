"""Reading through supervised children: values as typed, and no file takes another one along."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import pickle
import random
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from sousei_xl.errors import OperatorError
from sousei_xl.findings import Place, finding
from sousei_xl.intake import child, read, worker
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.read import PendingReadings, read_files, read_one, start_reading
from sousei_xl.intake.reading import Reading
from tests import zip_surgery as zs
from tests.reliability.figures import Figures

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
PLAIN = zs.bare_book(zs.sheet_xml(ONE))
MORNING = dt.datetime(2018, 4, 1, 9, 30)

# The worker with the gate left out, as if something had slipped through it.
GATELESS = """\
import sys
sys.path.insert(0, sys.argv[1])
sys.path.append(sys.argv[2])
from pathlib import Path
from sousei_xl.intake import worker
from python_calamine import CalamineWorkbook

def read_at_once(reading, path, name, form):
    if name == "abort.xlsx":
        import os
        os.abort()
    workbook = CalamineWorkbook.from_path(path)
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)

worker._fill = read_at_once
worker.main()
"""


def put(folder: Path, **files: bytes) -> list[InboxFile]:
    for name, data in files.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    return [InboxFile(f"{name}.xlsx", folder / f"{name}.xlsx") for name in files]


def outcome(reading: Reading) -> str:
    return f"{reading.refusal.code} {reading.refusal.variant}" if reading.refusal else "read"


@pytest.fixture
def gateless(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = child.command()
    command = [*usual[: usual.index("-c") + 1], GATELESS, *usual[-2:]]
    monkeypatch.setattr(child, "command", lambda: command)


def test_values_come_as_they_were_typed(tmp_path: Path) -> None:
    path = tmp_path / "値.xlsx"
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet("事業")
    date = workbook.add_format({"num_format": "yyyy/m/d"})
    span = workbook.add_format({"num_format": "[h]:mm"})
    sheet.write_row(2, 1, ["0001", "NA", 12000, 0.5, -3, True, False])
    sheet.write_datetime(3, 0, dt.datetime(2018, 4, 1), date)
    sheet.write_datetime(3, 1, MORNING, date)
    sheet.write_datetime(3, 2, dt.time(9, 30), date)
    sheet.write_datetime(3, 3, dt.timedelta(hours=30), span)
    sheet.write_string(5, 0, "　前後の空白 ")
    sheet.write_formula(6, 0, "=#REF!", None, "#REF!")
    sheet.write_formula(6, 1, "=1+1", None, "")
    sheet.write_formula(6, 2, "=1+1", None, 2)
    workbook.close()
    (reading,) = read_files([InboxFile("部局/値.xlsx", path)], jobs=1)
    assert reading.file == "部局/値.xlsx"
    assert reading.refusal is None
    assert len(reading.sha256) == 64
    (cells,) = reading.sheets
    assert cells.rows == (
        (3, (None, "0001", "NA", 12000, 0.5, -3, True, False)),
        (4, (dt.date(2018, 4, 1), MORNING, dt.time(9, 30), dt.timedelta(days=1.25))),
        (6, ("　前後の空白 ",)),
        (7, (None, None, 2)),
    )
    assert [type(value) for value in cells.rows[0][1][3:6]] == [int, float, int]
    assert cells.errors == {"A7": "#REF!"}
    assert cells.uncached == {"B7"}
    assert cells.formulas == {"A": {7}, "B": {7}, "C": {7}}


def test_what_stands_under_merged_cells_and_in_hidden_columns(tmp_path: Path) -> None:
    sheet = zs.sheet_xml(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>'
        '<row r="3"><c r="A3" t="str"><v>下</v></c><c r="D3"><v>4.5</v></c></row>',
        before='<cols><col min="2" max="16384" hidden="1"/></cols>',
        after='<mergeCells><mergeCell ref="A1:B3"/><mergeCell ref="D2:XFD1048576"/></mergeCells>',
    )
    (reading,) = read_files(put(tmp_path, a=zs.bare_book(sheet)), jobs=1)
    (cells,) = reading.sheets
    assert cells.leftovers == {"B1": "2", "A3": "下", "D3": "4.5"}
    assert cells.hidden_columns == {1, 2, 3}
    assert cells.merged == ("A1:B3", "D2:XFD1048576")


def test_huge_and_odd_numbers_survive(tmp_path: Path) -> None:
    numbers = ["9007199254740991", "1E+300", "1E999", "-0.0", "12000.000000000002"]
    cells = "".join(f'<c r="{"ABCDE"[i]}1"><v>{n}</v></c>' for i, n in enumerate(numbers))
    data = zs.bare_book(zs.sheet_xml(f'<row r="1">{cells}</row>'))
    (reading,) = read_files(put(tmp_path, a=data), jobs=1)
    values = reading.sheets[0].rows[0][1]
    assert values == (9007199254740991, 1e300, "inf", 0, 12000.000000000002)


def test_every_bad_file_costs_only_itself_and_order_is_kept(tmp_path: Path) -> None:
    files = put(tmp_path, a=PLAIN, b=PLAIN[:200], c=PLAIN, d=b"", e=PLAIN)
    files.insert(3, InboxFile("gone.xlsx", tmp_path / "gone.xlsx"))
    files.insert(4, InboxFile("folder.xlsx", tmp_path))
    folder = "F103 locked" if sys.platform == "win32" else "F103 unreadable"  # as the system says
    for jobs in (1, 2, 9):
        readings = read_files(files, jobs)
        assert [reading.file for reading in readings] == [file.file for file in files]
        assert [outcome(reading) for reading in readings] == [
            *("read", "F103 half", "read", "F103 gone", folder, "F102 empty", "read")
        ]


def test_parser_deaths_are_survived_and_named(
    tmp_path: Path, gateless: None, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    monkeypatch.setenv("RUST_BACKTRACE", "1")  # on a developer's machine
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    strings = zs.strings_xml("a", attributes=' uniqueCount="4294967295"')
    files = put(
        tmp_path,
        a=PLAIN,
        corner=zs.bare_book(zs.sheet_xml(ONE + far)),
        b=PLAIN,
        strings=zs.bare_book(zs.sheet_xml(ONE), strings),
        abort=PLAIN,
        tags=zs.bare_book(zs.sheet_xml('<row r="1"><c r="A1" t="q"><v>1</v></c></row>')),
        c=PLAIN,
    )
    readings = read_files(files, jobs=1)
    assert [outcome(reading) for reading in readings] == [
        *("read", "F106 memory", "read", "F106 memory", "F106 crash", "F106 crash", "read")
    ]
    died = [reading.refusal for reading in readings if reading.refusal]
    for refusal in died:
        finding("F106", Place(), variant=refusal.variant, **refusal.params)
    figures.exact(deaths=len(died))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that never ends")
def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    files = put(tmp_path, a=PLAIN, b=PLAIN)
    os.mkfifo(tmp_path / "never.xlsx")
    files.insert(1, InboxFile("never.xlsx", tmp_path / "never.xlsx"))
    readings = read_files(files, jobs=1, timeout=0.5)
    assert [outcome(reading) for reading in readings] == ["read", "F106 timeout", "read"]
    refusal = readings[1].refusal
    assert refusal is not None
    assert refusal.params == {"value": "0.5"}


def test_a_locked_file_has_its_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", locked)
    assert outcome(read_one(str(tmp_path / "a.xlsx"), "a.xlsx")) == "F103 locked"


def test_a_file_that_grows_while_it_is_read_is_half_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = put(tmp_path, a=PLAIN)
    usual = os.fstat

    def growing(number: int) -> os.stat_result:
        state = usual(number)
        with file.path.open("ab") as target:
            target.write(b"x")
        return state

    monkeypatch.setattr(worker.os, "fstat", growing)
    assert outcome(read_one(str(file.path), file.file)) == "F103 half"


def test_a_disagreement_of_gate_and_parser_is_never_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = put(tmp_path, a=PLAIN)
    usual = worker.inspect

    def miscounted(data: bytes, name: str) -> object:
        inspection = usual(data, name)
        inspection.sheets[0].filled += 1
        return inspection

    monkeypatch.setattr(worker, "inspect", miscounted)
    reading = read_one(str(file.path), file.file)
    assert outcome(reading) == "F107 "
    assert reading.refusal is not None
    said = finding("F107", Place(), variant="", **reading.refusal.params)
    assert "点検では2個、読み取りでは1個" in said.message


def _strings(*texts: str) -> str:
    return zs.strings_xml(*texts, attributes=f' count="1" uniqueCount="{len(texts)}"')


def _styles(number_format: int) -> str:
    return (
        f'<styleSheet xmlns="{zs.MAIN}"><cellXfs><xf numFmtId="0"/>'
        f'<xf numFmtId="{number_format}"/></cellXfs></styleSheet>'
    )


def test_a_sheet_that_is_remembered_is_as_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same XML says something else where another part does."""
    row = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>43101</v></c></row>'
    sheet, more = zs.sheet_xml(row), {"xl/styles.xml": _styles(14)}
    plain = zs.bare_book(sheet, _strings("甲"), more)
    days_from_1904 = zs.unpack(plain)[zs.WORKBOOK].replace(
        b"<sheets>", b'<workbookPr date1904="1"/><sheets>'
    )
    books = {
        "plain": plain,
        "again": zs.bare_book(sheet, _strings("甲", "乙"), more),
        "text": zs.bare_book(sheet, _strings("乙"), more),
        "number": zs.bare_book(sheet, _strings("甲"), {"xl/styles.xml": _styles(0)}),
        "1904": zs.bare_book(sheet, _strings("甲"), {**more, zs.WORKBOOK: days_from_1904}),
        "name": zs.bare_book(sheet, _strings("甲"), more, name="別"),
    }
    read_sheets = []
    plainly = worker._plain_sheet

    def counted(*arguments: Any) -> dict[str, Any]:
        read_sheets.append(arguments)
        return plainly(*arguments)

    monkeypatch.setattr(worker, "_plain_sheet", counted)
    monkeypatch.setattr(worker, "_read_before", worker._ReadBefore())
    answers = {}
    for name, book in books.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(book)
        answers[name] = worker.answer(str(path), path.name)["sheets"]
        with monkeypatch.context() as anew:
            anew.setattr(worker, "_read_before", worker._ReadBefore())
            assert worker.answer(str(path), path.name)["sheets"] == answers[name]
    assert answers["again"] == answers["plain"]
    assert len({sheets[0] for sheets in answers.values()}) == 5
    assert len(read_sheets) == 5 + len(books)


def test_only_small_sheets_are_remembered() -> None:
    """A workbook may be made, or have grown, to take all the memory there is."""
    before, sheet = worker._ReadBefore(), worker.SheetFacts("事業", content=b"<a/>", shown=())
    large = b" " * (worker.SMALL + 1)
    assert before.key(sheet, (b"", b"")) is not None
    assert before.key(sheet, (b"", large)) is None
    assert before.key(replace(sheet, content=large), (b"", b"")) is None
    assert before.key(replace(sheet, shown=None), (b"", b"")) is None
    for number in range(1000):
        before.keep(number, b"[]")
    before.keep("large", large)
    assert before.get("large") is None
    assert before.get(999) == b"[]"
    assert len(before._sheets) <= worker._KEPT


def test_no_reader_at_all_is_the_operators_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "command", lambda: [sys.executable, "-c", "raise SystemExit('no')"])
    with pytest.raises(OperatorError, match="no"):
        read_files(put(tmp_path, a=PLAIN), jobs=1)


def test_progress_is_told_and_nothing_to_read_is_nothing(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    files = put(tmp_path, a=PLAIN, b=b"", c=PLAIN)
    with start_reading(files, 2, on_done=lambda *n: told.append(n)) as pending:
        pending.result()
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert read_files([], jobs=2) == []


def test_reading_starts_early_and_ends_all_children(tmp_path: Path) -> None:
    pending = start_reading(put(tmp_path, a=PLAIN, b=PLAIN), jobs=2)
    assert [outcome(reading) for reading in pending.result()] == ["read", "read"]
    pending.close()
    assert pending._children == set()
    assert not any(thread.is_alive() for thread in pending._threads)


def test_a_process_has_its_next_files_before_its_thread_comes_for_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    hand, answer = child.Child.hand, child.Child.answer

    def handed(process: child.Child, file: InboxFile) -> None:
        done.append(f"{file.file} given")
        hand(process, file)

    def answered(process: child.Child, file: InboxFile, timeout: float) -> Any:
        done.append(f"{file.file} asked")
        return answer(process, file, timeout)

    monkeypatch.setattr(child.Child, "hand", handed)
    monkeypatch.setattr(child.Child, "answer", answered)
    monkeypatch.setattr(read, "_GIVEN", 2)
    read_files(put(tmp_path, a=PLAIN, b=PLAIN, c=PLAIN), jobs=1)
    assert done == [
        *("a.xlsx given", "b.xlsx given", "a.xlsx asked", "c.xlsx given"),
        *("b.xlsx asked", "c.xlsx asked"),
    ]


def test_more_processes_join_when_somebody_waits_for_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[child.Child] = []
    usual = child.Child

    def start() -> child.Child:
        started.append(usual())
        return started[-1]

    monkeypatch.setattr(read, "Child", start)
    files = put(tmp_path, **{f"n{n}": PLAIN for n in range(60)})
    for much, processes in ((0, 3), (60, 1)):
        monkeypatch.setattr(read, "_MUCH", much)
        started.clear()
        with start_reading(files, jobs=1, joining=2) as pending:
            readings = pending.result()
        assert [reading.file for reading in readings] == [file.file for file in files]
        assert len(started) == processes


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that never ends")
def test_ctrl_c_ends_the_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "never.xlsx")
    pending = start_reading([InboxFile("never.xlsx", tmp_path / "never.xlsx")], jobs=1)
    while not pending._children:
        time.sleep(0.01)
    processes = [started._process for started in pending._children]

    def interrupted(timeout: float | None = None) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(pending._came, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pending.result()
    assert all(process.poll() is not None for process in processes)


def test_one_file_can_be_read_anywhere(tmp_path: Path) -> None:
    files = put(tmp_path, a=PLAIN, b=b"")
    task = pickle.loads(pickle.dumps(read_one))
    with ThreadPoolExecutor(2) as pool:
        readings = list(pool.map(task, [str(f.path) for f in files], [f.file for f in files]))
    assert pickle.loads(pickle.dumps(readings)) == readings == read_files(files, jobs=1)


def test_odd_names_and_isolation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A module beside the files must not be imported by the child.
    (tmp_path / "json.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    names = ["経済部 （髙﨑）", "が" * 60, "a b'c&d"]
    if sys.platform == "linux":
        names.append(os.fsdecode(b"\x8co\x8d\xcf"))  # cp932 bytes on a UTF-8 file system
    files = []
    for name in names:
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(PLAIN)
        files.append(InboxFile(path.name, path))
    assert [outcome(reading) for reading in read_files(files, jobs=1)] == ["read"] * len(names)


def test_the_reading_child_imports_nothing_heavy() -> None:
    command = child.command()
    code = command[command.index("-c") + 1].replace("main()", "print(*sys.modules)")
    command[command.index("-c") + 1] = code
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    heavy = {"pandas", "numpy", "pandera", "openpyxl", "xlsxwriter", "rich", "asyncio"}
    assert heavy.isdisjoint(found)


def test_pending_readings_close_themselves(tmp_path: Path) -> None:
    with start_reading(put(tmp_path, a=PLAIN), jobs=1) as pending:
        assert isinstance(pending, PendingReadings)
    assert pending._children == set()
    assert not any(thread.is_alive() for thread in pending._threads)


# --- damaged XML -------------------------------------------------------------------------------

INSERTED = (
    *("<!--x-->", "&#49;", "<![CDATA[1]]>", "<?x?>", " ", 'r="B2"', 't="s"', 't="str"', 't="b"'),
    *("<v>9</v>", "<v/>", "<f/>", "<is><t>q</t></is>", "</c><c>", "</row><row>", "&amp;", "-", "9"),
    *('<c r="XFD9"><v>1</v></c>', "<rPh><t>z</t></rPh>", "</sheetData><sheetData>", "x:", "\0"),
)


def damage(text: str, chance: random.Random) -> str:
    """One change of the kind that bad software or a bad disk makes."""
    at = chance.randrange(len(text))
    length = chance.randrange(1, 30)
    tag = max(text.find("<", at), 0)
    end = text.find(">", tag) + 1
    return chance.choice(
        [
            text[:at] + text[at + length :],
            text[:at] + text[at : at + length] * 2 + text[at + length :],
            text[:at] + chance.choice(INSERTED) + text[at:],
            text[:end] + chance.choice(INSERTED) + text[end:],
            text[:tag] + text[end:],
            text[:at] + chance.choice('0123456789<>&"ABrstv') + text[at + 1 :],
        ]
    )


def independent(data: bytes) -> dict[str, str]:
    """The sheet read by another parser: cell → text of its value."""
    parts = zs.unpack(data)
    strings = [text_of(item) for item in ET.fromstring(parts[zs.STRINGS]) if name(item) == "si"]
    found: dict[str, str] = {}
    for row, cells in enumerate(ET.fromstring(parts[zs.SHEET]).findall("{*}sheetData/{*}row"), 1):
        address = f"@{row}"
        for cell in cells.findall("{*}c"):
            beside = f"{chr(ord(address[0]) + 1)}{cells.get('r', row)}"
            address = cell.get("r", beside)
            value = "".join(v.text or "" for v in cell.findall("{*}v"))
            kind = cell.get("t")
            if kind == "s" and value:
                value = strings[int(value)]
            elif kind == "inlineStr":
                value = "".join(map(text_of, cell.findall("{*}is")))
            if value and kind != "e":
                found[address] = value
    return found


def text_of(item: ET.Element) -> str:
    """All its text but the phonetic readings."""
    text = ""
    for part in item:
        if name(part) == "t":
            text += "".join(part.itertext()).strip(" \t\r\n")
        elif name(part) != "rPh":
            text += text_of(part)
    return text


def name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def test_damaged_xml_is_refused_or_read_as_it_says(tmp_path: Path) -> None:
    chance = random.Random(20180331)
    lines = "".join(
        f'<row r="{r}"><c r="A{r}" s="0" t="s"><v>{r}</v></c><c r="B{r}"><v>{r}000</v></c>'
        f'<c r="C{r}" t="str"><f>A{r}</f><v>文字{r}</v></c><c r="D{r}" t="b"><v>1</v></c></row>'
        for r in range(1, 9)
    )
    sheet = zs.sheet_xml(lines)
    strings = zs.strings_xml(*(f"事業{n}" for n in range(9)), "<r><t>a</t></r><r><t>b</t></r>")
    files: dict[str, bytes] = {}
    for number in range(600):
        parts = (damage(sheet, chance), strings) if number % 3 else (sheet, damage(strings, chance))
        files[f"f{number}"] = zs.bare_book(*parts)
    passed = 0
    for reading, data in zip(read_files(put(tmp_path, **files), 2), files.values(), strict=True):
        assert outcome(reading) not in ("F106 timeout", "F106 memory"), reading.file
        if reading.refusal is not None:
            continue
        with contextlib.suppress(ET.ParseError):  # prefixes that nobody declared
            assert shown(reading) == independent(data), reading.file
            passed += 1
    assert passed > 50


def shown(reading: Reading) -> dict[str, str]:
    return {
        f"{'ABCDEFGHIJ'[column]}{row}": str(int(value) if value is True else value)
        for row, values in reading.sheets[0].rows
        for column, value in enumerate(values)
        if value is not None
    }
