"""Kinds: rows that only the whole list can judge, and what the office's own sheet holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook

from tests.dirty.forms import FIRST_MEASURE, data, line, packed, with_rows, write
from tests.dirty.kinds import FIRST, SECOND, Kind, Put
from tests.workspaces import ROOT

THEIRS = "新規就農確保・育成対策事業"  # of 農政部, 3ウ-3
OFFICE = "事務局修正.xlsx"

Rows = list[list[Any]]


def _list(
    slug: str,
    title: str,
    rows: Callable[[str], Rows],
    *found: str,
    budgets: tuple[int | None, ...] = (FIRST, FIRST),
    names: tuple[str, ...] = ("{} 一", "{} 一"),
    **more: Any,
) -> Kind:
    return Kind(slug, title, with_rows(rows), found, budgets=budgets, names=names, **more)


def _pair(first: dict[str, Any], second: dict[str, Any]) -> Callable[[str], Rows]:
    """The same name under an earlier and a later measure."""
    budgets = (first.pop("budget", FIRST), second.pop("budget", FIRST))

    def rows(slug: str) -> Rows:
        return [
            line(f"{slug} 一", budgets[0], FIRST_MEASURE, **first),
            line(f"{slug} 一", budgets[1], **second),
        ]

    return rows


def _one(name: str, budget: Any = FIRST, **values: Any) -> Callable[[str], Rows]:
    return lambda slug: [line(name.replace("{}", slug), budget, **values)]


RELISTED = {"再掲": "再掲"}
BLANKS = {"再掲": "再掲", "部局名": None, "budget": None, "事業内容": None}

RELISTING = (
    _list("relisted", "再掲の行がある", _pair({}, {**RELISTED})),
    _list(
        "relisted-blanks",
        "再掲の行の予算・内容・部局名が空欄",
        _pair({}, {**BLANKS}),
        *("A102 G5", "A104 J5", "A104 K5"),
    ),
    _list(
        "relisted-lost",
        "再掲の初出がどこにもない",
        _one("{} 一", **RELISTED),
        "L101 F4",
        budgets=(FIRST,),
    ),
    _list(
        "relisted-early",
        "再掲の初出がまだ届いていない",
        _one("{} 一", **RELISTED),
        "L102 F4",
        budgets=(FIRST,),
        without=("農政部.xlsx",),
    ),
    _list(
        "relisted-budget",
        "再掲の行の予算が初出と異なる",
        _pair({}, {**RELISTED, "budget": FIRST + 1}),
        "L103 J5",
    ),
    _list("relisted-first", "再掲の行が初出より前にある", _pair({**RELISTED}, {}), "L104 D4"),
    _list("unmarked-twice", "同じ事業が二つの施策にあり、再掲の印がない", _pair({}, {}), "L105 D5"),
    _list(
        "same-measure",
        "同じ施策に同じ事業が二度ある",
        lambda slug: [line(f"{slug} 一", FIRST), line(f"{slug}　一", FIRST)],
        "L106 F5",
        names=("{} 一", "{}　一"),
    ),
    _list(
        "others-name",
        "別の部局と同じ事業名",
        _one(THEIRS),
        "L107 F4",
        budgets=(FIRST,),
        names=(THEIRS,),
    ),
    _list(
        "others-original",
        "別の部局の事業の再掲",
        _one(THEIRS, None, 再掲="再掲", 事業内容=None),
        *("L107 F4", "A104 G4", "A104 J4", "A104 K4"),
        budgets=(8851,),
        names=(THEIRS,),
        separate=True,
    ),
    _list(
        "original-ended",
        "初出が終了となり、再掲が残っている",
        _pair({"掲載区分": "終了"}, {**RELISTED}),
        "L111 D5",
        budgets=(FIRST,),
        withdrawn=1,
    ),
    _list(
        "original-held",
        "再掲の初出が保留中",
        _pair({"施策": None}, {**RELISTED}),
        *("R101 B4", "L112 F5"),
        budgets=(FIRST,),
        held=1,
    ),
    _list(
        "original-broken",
        "再掲の初出が修正待ち",
        _pair({"関連性": "△"}, {**RELISTED}),
        *("R103 H4", "L112 F5"),
    ),
    _list(
        "number-twice",
        "番号がほかの部局の事業と重なる",
        _one("{} 一", measure="4エ", 番号=1),
        "L108 C4",
        budgets=(FIRST,),
    ),
    _list(
        "number-gap",
        "番号に欠番ができる",
        _one("{} 一", measure=FIRST_MEASURE, 番号=9),
        "L109 C4 @市民生活部.xlsx",
        budgets=(FIRST,),
        separate=True,
    ),
)


def _office(
    *lines: tuple[str, list[Any]],
    broken: bool = False,
    heading: str = "修正後",
    numbers: tuple[int, ...] = (),
) -> Put:
    """A form beside an office's sheet with further lines: (sheet, cells), ``{}`` the slug.

    ``numbers`` are those of the form's rows, all of one measure then.
    """

    def put(inbox: Path, slug: str) -> None:
        rows = [
            line(f"{slug} {name}", budget, 番号=number)
            for name, budget, number in zip("一二", (FIRST, SECOND), numbers, strict=False)
        ]
        write(inbox, f"{slug}.xlsx", data(slug, rows or None))
        book: Workbook = openpyxl.load_workbook(ROOT / "inbox" / OFFICE)
        free = {"確認済": 5}
        for name, cells in lines:
            number = free.get(name, 4)
            free[name] = number + 1
            for column, value in enumerate(cells, 1):
                shown = value.replace("{}", slug) if isinstance(value, str) else value
                book[name].cell(number, column, shown)
        book["修正"]["E3"] = heading
        content = packed(book)
        write(inbox, OFFICE, content[: len(content) // 2] if broken else content)

    return put


def _without_sheet(inbox: Path, slug: str) -> None:
    write(inbox, f"{slug}.xlsx", data(slug))
    book = openpyxl.load_workbook(ROOT / "inbox" / OFFICE)
    del book["修正"]
    write(inbox, OFFICE, packed(book))


def _decided(slug: str, title: str, put: Put, *found: str, **more: Any) -> Kind:
    marked = tuple(f if " @" in f else f"{f} @{OFFICE}" for f in found)
    return Kind(slug, title, put, marked, others={OFFICE: "office"}, separate=True, **more)


SECOND_ROW = "4イ {} 二"

OFFICE_SHEET = (
    _decided(
        "corrected",
        "事務局が予算を修正した",
        _office(("修正", [SECOND_ROW, "修正", "予算事業費", SECOND, 3300])),
        budgets=(FIRST, 3300),
    ),
    _decided(
        "withheld",
        "事務局が掲載しないとした",
        _office(("修正", [SECOND_ROW, "掲載しない"])),
        budgets=(FIRST,),
        withdrawn=1,
    ),
    _decided(
        "correction-lost",
        "事務局の修正の対象がない",
        _office(("修正", ["9ア-1", "修正", "予算事業費", 1, 2])),
        "O101 修正!A4",
    ),
    _decided(
        "correction-of-either",
        "順番を入れ替えた2行の一方を、番号だけで修正する",
        _office(
            ("修正", ["4イ-4", "順番", None, 4, 5]),
            ("修正", ["4イ-5", "順番", None, 5, 4]),
            ("修正", ["4イ-4", "修正", "備考", None, "査定"]),
            numbers=(4, 5),
        ),
        "O104 修正!A6",
    ),
    _decided(
        "correction-stale",
        "修正前の値が今の値と異なる",
        _office(("修正", [SECOND_ROW, "修正", "予算事業費", 9999, 3300])),
        "O102 修正!D4",
    ),
    _decided(
        "correction-done",
        "修正がすでに済んでいる",
        _office(("修正", [SECOND_ROW, "修正", "予算事業費", 3300, SECOND])),
        "O103 修正!A4",
    ),
    _decided(
        "confirmed-nothing",
        "確認済の対象がもうない",
        _office(("確認済", ["L109", "3ア"])),
        "O103 確認済!B5",
    ),
    _decided(
        "added",
        "事務局が事業を追加した",
        _office(("追加", ["4イ", None, None, None, "{} 三", "農政部", "○", None, 700, "内容。"])),
        budgets=(FIRST, SECOND, 700),
        names=("{} 一", "{} 二", "{} 三"),
    ),
    _decided(
        "added-unknown",
        "追加の行の部局名が一覧にない",
        _office(("追加", ["4イ", None, None, None, "{} 三", "農務局", "○", None, 700, "内容。"])),
        "R117 追加!F4",
        budgets=(FIRST, SECOND, 700),
        names=("{} 一", "{} 二", "{} 三"),
    ),
    _decided(
        "added-nobodys",
        "追加の行の部局名が空欄",
        _office(("追加", ["4イ", None, None, None, "{} 三", None, "○", None, 700, "内容。"])),
        "O101 追加!F4",
        budgets=(FIRST, SECOND, 700),
        names=("{} 一", "{} 二", "{} 三"),
    ),
    _decided("office-broken", "事務局修正が壊れている", _office(broken=True), "F103"),
    _decided("office-incomplete", "事務局修正のシートがない", _without_sheet, "F201 修正!"),
    _decided(
        "office-heading",
        "事務局修正の見出し（修正後）を変えた",
        _office(("修正", [SECOND_ROW, "修正", "備考", None, None]), heading="修正後（査定）"),
        "F201 修正!E3",
    ),
    _decided(
        "office-operation",
        "事務局修正の操作を打ち間違えた",
        _office(("修正", [SECOND_ROW, "修正する", "予算事業費", SECOND, 3300])),
        "O101 修正!B4",
    ),
)

KINDS = (*RELISTING, *OFFICE_SHEET)
