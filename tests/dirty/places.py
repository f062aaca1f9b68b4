"""Kinds: what lies in the inbox beside the forms, and files that cannot be read in peace."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sousei_xl.intake import child
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.read import read_files, read_one
from sousei_xl.intake.reading import Reading
from tests import zip_surgery as zs
from tests.dirty.forms import data, edited, refused, stray, write
from tests.dirty.hostile_xml import swapped
from tests.dirty.kinds import Kind, Put, Reader
from tests.dirty.sizes import ONE

LOCK = b"\x06sousei".ljust(165, b"\0")


def _put(content: bytes, *names: str) -> Put:
    def put(inbox: Path, slug: str) -> None:
        for name in names:
            write(inbox, name.replace("{}", slug), content)

    return put


def _stray(slug: str, title: str, name: str, *others: str, content: bytes = b"x") -> Kind:
    """Each in a folder of its own: very many in one folder are told as one."""
    names = [f"{{}}/{each}" for each in (name, *others)]
    return stray(slug, title, _put(content, *names), *names)


def _deep(inbox: Path, slug: str) -> None:
    write(inbox, f"{slug}/旧/{slug}.xlsx", data(slug))


def _unzipped(inbox: Path, slug: str) -> None:
    """A workbook that somebody has unpacked: a folder x.xlsx."""
    for name, content in zs.unpack(data(slug)).items():
        write(inbox, f"{slug}.xlsx/{name}", content)


def _archive(count: int) -> Put:
    def put(inbox: Path, slug: str) -> None:
        folder = inbox / slug
        folder.mkdir()
        for number in range(count):
            (folder / f"写真{number}.jpg").touch()

    return put


def _linked(target: Callable[[Path], Path]) -> Put:
    """A symbolic link to another place."""
    return lambda inbox, slug: (inbox / f"{slug}.xlsx").symlink_to(target(inbox))


def _fifo(inbox: Path, slug: str) -> None:
    if sys.platform != "win32":
        os.mkfifo(inbox / f"{slug}.xlsx")


def _outside(inbox: Path) -> Path:
    outside = inbox.parent / f"{inbox.name}の外"
    outside.mkdir(exist_ok=True)
    (outside / "a.xlsx").write_bytes(data("外"))
    return outside


def _link_inside(inbox: Path, slug: str) -> None:
    write(inbox, f"{slug}.xlsx", data(slug))
    (inbox / f"{slug}近道.xlsx").symlink_to(inbox / f"{slug}.xlsx")


def _special(slug: str, title: str, put: Put) -> Kind:
    return replace(stray(slug, title, put, "{}.xlsx"), linux=True)


STRAYS = (
    _stray("lock-file", "開いている印（~$）", "~${}.xlsx", content=LOCK),
    _stray("lock-libreoffice", "開いている印（LibreOffice）", ".~lock.{}.xlsx#"),
    _stray("temporary", "保存の途中の一時ファイル", "{}.tmp", "{}A1B2C300"),
    _stray("shortcut", "ショートカット", "{}.lnk", "{}.url"),
    _stray("mail", "メールと画像", "{}.msg", "{}.png"),
    _stray("no-ending", "拡張子がない", "{}"),
    _stray("wide-ending", "拡張子が全角", "{}．ｘｌｓｘ"),
    _stray("download", "ダウンロードの途中", "{}.xlsx.crdownload", "{}.xlsx.part"),
    stray("deep", "2階層下のフォルダーにある", _deep, "{}/旧/"),
    stray(
        "unzipped",
        "展開されたブック（フォルダーx.xlsx）",
        _unzipped,
        "{}.xlsx/[Content_Types].xml",
        *("{}.xlsx/_rels/", "{}.xlsx/docProps/", "{}.xlsx/xl/"),
    ),
    stray("archive", "関係のないファイルが5,000件", _archive(5_000), "{}/"),
    Kind(
        "left-behind",
        "OSが残すファイル",
        _put(b"x", "{}/Thumbs.db", "{}/desktop.ini", "{}/.DS_Store", "{}/._a.xlsx"),
        outcome="",
        budgets=(),
    ),
    refused(
        "office-copy",
        "フォルダーの中の事務局修正",
        _put(b"x", "{}/事務局修正.xlsx"),
        "F102",
        "{}/事務局修正.xlsx",
    ),
    _special("link-outside", "外のファイルへのリンク", _linked(lambda i: _outside(i) / "a.xlsx")),
    _special("link-folder", "外のフォルダーへのリンク", _linked(_outside)),
    _special("link-loop", "受付フォルダー自身へのリンク", _linked(lambda inbox: inbox)),
    _special("link-dangling", "行き先のないリンク", _linked(lambda inbox: inbox / "ない.xlsx")),
    _special("link-device", "装置へのリンク", _linked(lambda _: Path("/dev/zero"))),
    _special("fifo", "終わりのないファイル（名前付きパイプ）", _fifo),
    Kind(
        "link-inside",
        "受付フォルダーの中へのリンク",
        _link_inside,
        ("F206 @{}近道.xlsx",),
        "superseded",
        others={"{}近道.xlsx": "accepted"},
        superseded=2,
        linux=True,
    ),
)


# --- what happens to a file while it is read ------------------------------------------------------


def _failing(error: type[OSError]) -> Reader:
    """The system refuses to open the file."""

    def read(file: InboxFile, patch: pytest.MonkeyPatch) -> Reading:
        def fail(*_: object) -> None:
            raise error

        with patch.context() as here:
            here.setattr(Path, "open", fail)
            return read_one(str(file.path), file.file)

    return read


def _vanishing(file: InboxFile, patch: pytest.MonkeyPatch) -> Reading:
    file.path.unlink()
    return read_one(str(file.path), file.file)


def _growing(file: InboxFile, patch: pytest.MonkeyPatch) -> Reading:
    """A copy goes on while the file is read."""
    usual = os.fstat

    def growing(number: int) -> os.stat_result:
        state = usual(number)
        with file.path.open("ab") as target:
            target.write(b"x")
        return state

    with patch.context() as here:
        here.setattr("sousei_xl.intake.worker.os.fstat", growing)
        return read_one(str(file.path), file.file)


# The child with the gate left out, as if something had slipped through it.
_GATELESS = """\
import sys, time
sys.path.insert(0, sys.argv[1])
sys.path.append(sys.argv[2])
from sousei_xl.intake import worker
from python_calamine import CalamineWorkbook

def read_at_once(reading, path, name):
    if name.startswith("hang"):
        time.sleep(60)
    workbook = CalamineWorkbook.from_path(path)
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)

worker._fill = read_at_once
worker.main()
"""


def _gateless(file: InboxFile, patch: pytest.MonkeyPatch) -> Reading:
    usual = child.command()
    command = [*usual[: usual.index("-c") + 1], _GATELESS, *usual[-2:]]
    with patch.context() as here:
        here.setattr(child, "command", lambda: command)
        return read_files([file], jobs=1, timeout=0.5 if file.file.startswith("hang") else 10)[0]


def _impatient(file: InboxFile, patch: pytest.MonkeyPatch) -> Reading:
    return read_files([file], jobs=1, timeout=1)[0]


LONG = "".join(f'<row r="{n}"><c r="A{n}">{ONE}' for n in range(10, 20_001))


def _merged_again() -> str:
    one = '<mergeCell ref="B1:XFD20000"/>'
    return f"<mergeCells>{one * 20_000}</mergeCells>"


def _reading(slug: str, title: str, code: str, put: Put, read: Reader) -> Kind:
    return replace(refused(slug, title, put, code), read=read)


PLAIN = edited(lambda _: None)

READING = (
    _reading(
        "locked", "他の人が使用中、または読む権限がない", "F103", PLAIN, _failing(PermissionError)
    ),
    _reading("disconnected", "読む途中で共有フォルダーが切れた", "F103", PLAIN, _failing(OSError)),
    _reading("vanished", "読む前に移動または削除された", "F103", PLAIN, _vanishing),
    _reading("growing", "読む間にコピーが続いている", "F103", PLAIN, _growing),
    _reading("hang", "読み取りが終わらない", "F106", PLAIN, _gateless),
    _reading(
        "merged-again",
        "2万行を2万回結合した（調べ終わらない）",
        "F106",
        swapped("</sheetData>", f"{LONG}</sheetData>{_merged_again()}"),
        _impatient,
    ),
    _reading(
        "abort-corner",
        "読み取りが異常終了する（XFD1048576、検査なし）",
        "F106",
        swapped("</sheetData>", f'<row r="1048576"><c r="XFD1048576">{ONE}</sheetData>'),
        _gateless,
    ),
    _reading(
        "abort-strings",
        "読み取りが異常終了する（42億個の文字列、検査なし）",
        "F106",
        swapped("uniqueCount=", 'uniqueCount="4294967295" x=', zs.STRINGS),
        _gateless,
    ),
    _reading(
        "panic",
        "読み取りの部品が停止する（知らない種類のセル、検査なし）",
        "F106",
        swapped('<c r="J4">', '<c r="J4" t="q">'),
        _gateless,
    ),
)

KINDS = (*STRAYS, *READING)
