"""Kinds: several files of one reporting unit, and names and places of files."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import zip_surgery as zs
from tests.dirty.forms import (
    FIRST_MEASURE,
    data,
    edited,
    form,
    line,
    lines,
    packed,
    write,
)
from tests.dirty.kinds import FIRST, SECOND, Kind, Put

CORE = "docProps/core.xml"
EARLY, LATE = "2018-02-01T00:00:00Z", "2018-03-01T00:00:00Z"


def saved_at(content: bytes, time: str) -> bytes:
    """The workbook with another saved time of its own."""
    core = zs.unpack(content)[CORE]
    return zs.add(
        content, CORE, re.sub(rb"(modified [^>]*>)[^<]*", rb"\g<1>" + time.encode(), core)
    )


def _files(**made: Callable[[str], bytes]) -> Put:
    """Files by what follows the slug in their names (``_`` for nothing)."""

    def put(inbox: Path, slug: str) -> None:
        for ending, make in made.items():
            write(inbox, f"{slug}{ending.strip('_')}.xlsx", make(slug))

    return put


def _edition(number: int, more: bool = False, time: str = EARLY) -> Callable[[str], bytes]:
    def make(slug: str) -> bytes:
        rows = [*lines(slug), *([line(f"{slug} 三")] if more else [])]
        return saved_at(data(slug, rows, number), time)

    return make


def _dated(slug: str) -> bytes:
    """版 typed as 4/1, which Excel takes for a date: no edition 2018."""
    book = form(slug)
    book["回答票"]["B10"] = dt.date(2018, 4, 1)
    return saved_at(packed(book), LATE)


def _in_words(slug: str) -> bytes:
    book = form(slug)
    book["回答票"]["B10"] = "再提出"
    return saved_at(packed(book), LATE)


def _other_unit(slug: str) -> bytes:
    """The same two rows and one more, from a unit of another name."""
    book = form(f"{slug}の係", [*lines(slug), line(f"{slug} 三", 500)], 2)
    return packed(book)


def _own_rows(slug: str) -> bytes:
    return packed(form(f"{slug}の係", [line(f"{slug} 三", 500)]))


def _moved(slug: str) -> bytes:
    """Edition 2: the second row has moved to the first one's measure."""
    return data(slug, [lines(slug)[0], line(f"{slug} 二", SECOND, FIRST_MEASURE)], 2)


def _in_new_measure(inbox: Path, slug: str) -> None:
    write(inbox, f"{slug}旧.xlsx", _edition(1)(slug))
    write(inbox, f"{slug}.xlsx", _moved(slug))


def _twice(slug: str, title: str, put: Put, *found: str, **more: Any) -> Kind:
    """Two files of one unit: the main one counts."""
    others = {"{}旧.xlsx": "superseded"}
    return Kind(slug, title, put, ("F206", *found), others=others, superseded=2, **more)


UNITS = (
    _twice("editions", "同じ課の第1版と第2版", _files(旧=_edition(1), _=_edition(2))),
    _twice(
        "edition-late",
        "第2版のほうが先に保存されている",
        _files(旧=_edition(1, time=LATE), _=_edition(2)),
    ),
    _twice(
        "edition-dated",
        "前の版の「版」の欄が日付に変わった（4/1）",
        _files(旧=_dated, _=_edition(2)),
        "F210 回答票!B10 @{}旧.xlsx",
    ),
    Kind(
        "edition-in-words",
        "版が数でない（再提出）",
        _files(_=_in_words),
        ("F210 回答票!B10",),
    ),
    _twice(
        "edition-in-words-later",
        "第1版のあとに、版を『再提出』とした直しが届いた",
        _files(旧=_edition(1), _=_in_words),
        "F210 回答票!B10",
    ),
    _twice(
        "saved-later",
        "同じ版で、保存日時が異なる",
        _files(旧=_edition(1), _=_edition(1, time=LATE)),
    ),
    Kind(
        "file-names",
        "版も保存日時も同じ（ファイル名の順）",
        _files(_=_edition(1), あ=_edition(1)),
        ("F206 @{}あ.xlsx",),
        "superseded",
        others={"{}あ.xlsx": "accepted"},
        superseded=2,
    ),
    Kind(
        "row-vanished",
        "差し替え後のファイルから事業が消えた",
        _files(旧=_edition(1, more=True), _=_edition(2)),
        ("F206", "L110 F6 @{}旧.xlsx"),
        others={"{}旧.xlsx": "superseded"},
        superseded=3,
    ),
    _twice("row-moved", "差し替え後に施策だけが変わった", _in_new_measure),
    Kind(
        "unit-repeats",
        "課の名前が異なるが、大半の行が同じ",
        _files(_=_edition(1), 係=_other_unit),
        ("F206 @{}係.xlsx",),
        "superseded",
        others={"{}係.xlsx": "accepted"},
        budgets=(FIRST, SECOND, 500),
        names=("{} 一", "{} 二", "{} 三"),
        superseded=2,
    ),
    Kind(
        "two-units",
        "同じ部局の別の課のファイル",
        _files(_=_edition(1), 係=_own_rows),
        others={"{}係.xlsx": "accepted"},
        budgets=(FIRST, SECOND, 500),
        names=("{} 一", "{} 二", "{} 三"),
    ),
)


def _name(slug: str, title: str, file: str, linux: bool = False) -> Kind:
    known = unicodedata.normalize("NFC", file)  # by which a file is known
    return Kind(slug, title, edited(lambda _: None, file), file=known, linux=linux)


NAMES = (
    _name("folder", "一つ下のフォルダーにある", "市民生活部 ほか/{}.xlsx"),
    _name(
        "decomposed",
        "ファイル名がNFD（Macで作った名前）",
        unicodedata.normalize("NFD", "{}がぎぱ.xlsx"),
    ),
    _name("spaces", "ファイル名に空白がある", " {}　提出 用 .xlsx"),
    _name("emoji", "ファイル名に絵文字がある", "{}🌸👨‍👩‍👧.xlsx"),
    _name("hash", "ファイル名に # % & ' がある", "{}#1 50%&'済'.xlsx"),
    _name("long-file-name", "ファイル名が200文字", "{}" + "a" * 181 + ".xlsx"),
    _name("upper-case", "拡張子が大文字", "{}.XLSX"),
    _name("dependent", "ファイル名に環境依存文字がある", "{}①髙﨑𠮷〜.xlsx"),
    _name("dots", "ファイル名に点が続く", "{}..v2.最終.xlsx"),
    _name("hidden-name", "点で始まるファイル名", ".{}.xlsx"),
    _name("line-break-name", "ファイル名に改行がある", "{}\n市民.xlsx", linux=True),
    _name("cp932-name", "ファイル名がシフトJISのまま", "{}\udc8co\udc8d\udccf.xlsx", linux=True),
)

KINDS = (*UNITS, *NAMES)
