"""The inbox: what is read, what is put aside, and that nothing is passed over in silence."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from sousei_xl.errors import OperatorError
from sousei_xl.findings import Place, finding
from sousei_xl.intake import arrivals
from sousei_xl.intake.inbox import Stray, list_inbox


def fill(inbox: Path, *names: str) -> Path:
    for name in names:
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return inbox


def names(inbox: Path) -> list[str]:
    return [item.file for item in list_inbox(inbox).files]


def test_files_are_read_one_level_deep_in_the_order_of_their_names(tmp_path: Path) -> None:
    fill(tmp_path, "経済部.xlsx", "b/農政部.XLSM", "a.xlsx", "旧.xls", "表.csv", "c/d/深い.xlsx")
    listing = list_inbox(tmp_path)
    assert names(tmp_path) == ["a.xlsx", "b/農政部.XLSM", "旧.xls", "経済部.xlsx", "表.csv"]
    assert listing.files[1].path.samefile(tmp_path / "b" / "農政部.XLSM")
    assert listing.strays == (Stray("c/d/", "deep"),)
    assert listing.office is None


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_offices_sheet_is_kept_apart(form: str, tmp_path: Path) -> None:
    name = unicodedata.normalize(form, "事務局修正がぎ.xlsx").replace(
        unicodedata.normalize(form, "がぎ"), ""
    )
    fill(tmp_path, name, "写し/事務局修正.xlsx")
    listing = list_inbox(tmp_path)
    assert listing.office is not None
    assert listing.office.file == name
    assert names(tmp_path) == ["写し/事務局修正.xlsx"]


def test_a_name_has_one_spelling_whatever_it_is_on_disk(tmp_path: Path) -> None:
    name, memo = "ぎじゅつ部/ガ.xlsx", "メモ（ぎ）.txt"
    there, memo_there = (unicodedata.normalize("NFD", n) for n in (name, memo))
    fill(tmp_path, there, memo_there, "か.xlsx", "く.xlsx")
    listing = list_inbox(tmp_path)
    assert names(tmp_path) == ["か.xlsx", name, "く.xlsx"]
    assert listing.files[1].path.samefile(tmp_path / there)
    assert listing.strays == (Stray(memo, "other"),)
    assert listing.on_disk == {name: there, memo: memo_there}


def test_names_that_differ_only_by_their_spelling_stay_apart(tmp_path: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "ぎ.xlsx") for form in ("NFC", "NFD"))
    fill(tmp_path, composed, decomposed)
    listing = list_inbox(tmp_path)
    assert sorted(names(tmp_path)) == sorted([composed, decomposed])
    assert {f.file: f.path.name for f in listing.files} == {n: n for n in names(tmp_path)}
    assert listing.on_disk == {}


def test_strays_are_named(tmp_path: Path) -> None:
    fill(tmp_path, "~$経済部.xlsx", ".~lock.a.xlsx#", "鑑.pdf", "a/メモ.txt", "近道.lnk", "無題")
    found = {stray.file: stray.variant for stray in list_inbox(tmp_path).strays}
    assert found == {
        "~$経済部.xlsx": "lock",
        ".~lock.a.xlsx#": "lock",
        "鑑.pdf": "other",
        "a/メモ.txt": "other",
        "近道.lnk": "link",
        "無題": "other",
    }


def test_what_systems_leave_behind_is_ignored(tmp_path: Path) -> None:
    left = ("Thumbs.db", "desktop.ini", ".DS_Store", ".gitkeep", "._経済部.xlsx")
    fill(tmp_path, *left, *(f"a/{name}" for name in left), "__MACOSX/a/._b.xlsx")
    listing = list_inbox(tmp_path)
    assert (listing.files, listing.strays) == ((), ())


def test_very_many_strays_become_one(tmp_path: Path) -> None:
    fill(tmp_path, *(f"写真/{i}.jpg" for i in range(500)), *(f"{i}.txt" for i in range(20)))
    fill(tmp_path, "写真/経済部.xlsx")
    listing = list_inbox(tmp_path)
    assert names(tmp_path) == ["写真/経済部.xlsx"]
    assert Stray("写真/", "many", 500) in listing.strays
    assert len(listing.strays) == 21
    fill(tmp_path, "21.txt")
    assert list_inbox(tmp_path).strays == (Stray("./", "many", 21), Stray("写真/", "many", 500))


def link(path: Path, target: Path) -> None:
    try:
        path.symlink_to(target, target.is_dir())
    except OSError:
        pytest.skip("links cannot be made here")


def test_links_are_followed_only_inside_the_inbox(tmp_path: Path) -> None:
    inbox = fill(tmp_path / "inbox", "a/経済部.xlsx")
    outside = fill(tmp_path / "他", "秘密.xlsx")
    link(inbox / "外.xlsx", outside / "秘密.xlsx")
    link(inbox / "外", outside)
    link(inbox / "中.xlsx", inbox / "a" / "経済部.xlsx")
    link(inbox / "輪", inbox)
    link(inbox / "切れた.xlsx", inbox / "ない.xlsx")
    assert names(inbox) == ["a/経済部.xlsx", "中.xlsx"]
    found = {stray.file: stray.variant for stray in list_inbox(inbox).strays}
    assert found == dict.fromkeys(("外.xlsx", "外", "輪", "切れた.xlsx"), "link")


def test_the_inbox_itself_may_be_a_link(tmp_path: Path) -> None:
    fill(tmp_path / "実体", "a.xlsx", "b/c.xlsx")
    link(tmp_path / "inbox", tmp_path / "実体")
    assert names(tmp_path / "inbox") == ["a.xlsx", "b/c.xlsx"]


def test_folders_that_cannot_be_looked_into_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "a.xlsx", "閉/b.xlsx")
    usual = os.scandir

    def guarded(path: Path) -> object:
        if Path(path).name == "閉":
            raise PermissionError
        return usual(path)

    monkeypatch.setattr(os, "scandir", guarded)
    assert list_inbox(tmp_path).strays == (Stray("閉/", "unreadable"),)
    with pytest.raises(FileNotFoundError):
        list_inbox(tmp_path / "ない")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xlsx")
    assert list_inbox(tmp_path).strays == (Stray("a.xlsx", "other"),)


@pytest.mark.parametrize("variant", ["lock", "other", "deep", "link", "unreadable", "many"])
def test_every_kind_of_stray_has_a_text(variant: str) -> None:
    assert finding("F205", Place(), variant=variant, count=21).cure.endswith("。")


def test_an_inbox_out_of_reach_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(OperatorError, match="受付フォルダーを読み取れません"):
        arrivals.listed(tmp_path)
