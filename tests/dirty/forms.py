"""Small forms as departments send them, and how they get dirty: edited, saved, cut open."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.worksheet.worksheet import Worksheet

from tests.dirty.kinds import FIRST, SECOND, SHEET, Kind, Put

DEPARTMENT = "市民生活部"
YEAR = "平成30年度"
HEADINGS = (
    *("入力チェック", "施策", "番号", "再掲", "掲載区分", "事業名", "部局名", "関連性", "予算区分"),
    *("予算事業費（千円）", "事業内容", "備考"),
)
HEADER_ROW = 3
PART, STRINGS = "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"  # of 事業, as openpyxl names it
TEXT = "市民の暮らしを支えるため、団体と共に取組を進める。"
FIRST_MEASURE, SECOND_MEASURE = "1イ 結婚支援", "4イ 地域まちづくり"

Change = Callable[[Workbook], object]
Cells = dict[str, Any]


def line(name: str, budget: Any = 100, measure: str = SECOND_MEASURE, **values: Any) -> list[Any]:
    """One row of 事業, from A on; ``values`` by heading."""
    cells: Cells = dict.fromkeys(HEADINGS)
    cells |= {"施策": measure, "事業名": name, "部局名": DEPARTMENT, "関連性": "○"}
    cells |= {"予算事業費（千円）": budget, "事業内容": TEXT, **values}
    return list(cells.values())


def lines(slug: str) -> list[list[Any]]:
    """The two rows of a form: every kind has names of its own, so that kinds can be merged."""
    first = line(f"{slug} 一", FIRST, FIRST_MEASURE, 関連性="◎")
    return [first, line(f"{slug} 二", SECOND)]


def form(slug: str, rows: Iterable[Sequence[Any]] | None = None, edition: int = 1) -> Workbook:
    """A filled form of the unit ``slug`` (担当課) with its two rows, or others."""
    book = Workbook()
    reply = book.worksheets[0]
    reply.title = "回答票"
    answers = {"年度": YEAR, "部局名": DEPARTMENT, "担当課": slug, "担当者": None, "内線": None}
    answers |= {"作成日": None, "版": edition, "該当事業なし": None}
    reply.append(["回答票"])
    reply.append(["太い枠の欄に入力してください。"])
    reply.append([])
    for label, answer in answers.items():
        reply.append([label, answer])
    projects = book.create_sheet(SHEET)
    projects.append([None, f"{YEAR}　総合戦略関連事業　（{DEPARTMENT}）"])
    projects.append(["自動で表示", "必須", "任意"])
    projects.append(HEADINGS)
    for row in lines(slug) if rows is None else rows:
        projects.append(row)
    book.create_sheet("選択肢").append(["施策の選択肢"])
    for name, value in (("form", "1"), ("year", YEAR), ("department", DEPARTMENT)):
        book.custom_doc_props.append(StringProperty(name=f"sousei_xl_{name}", value=value))
    book.custom_doc_props.append(StringProperty(name="sousei_xl_unit", value=slug))
    book.custom_doc_props.append(StringProperty(name="sousei_xl_edition", value=str(edition)))
    return book


def packed(book: Workbook) -> bytes:
    """The workbook as bytes."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def data(slug: str, rows: Iterable[Sequence[Any]] | None = None, edition: int = 1) -> bytes:
    """A form as bytes."""
    return packed(form(slug, rows, edition))


def write(inbox: Path, name: str, content: bytes) -> None:
    """Put a file into the inbox; ``name`` may have a folder."""
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


# --- ways to lay a kind into the inbox ------------------------------------------------------------


def edited(change: Change, name: str = "{}.xlsx") -> Put:
    """The form after ``change`` has edited it."""

    def put(inbox: Path, slug: str) -> None:
        book = form(slug)
        change(book)
        write(inbox, name.replace("{}", slug), packed(book))

    return put


def with_cells(sheet: str = SHEET, **values: Any) -> Put:
    """The form with other values in some cells of one sheet."""

    def change(book: Workbook) -> None:
        for cell, value in values.items():
            book[sheet][cell] = value

    return edited(change)


def with_rows(rows: Callable[[str], Iterable[Sequence[Any]]]) -> Put:
    """A form that holds these rows, given the slug."""

    def put(inbox: Path, slug: str) -> None:
        write(inbox, f"{slug}.xlsx", data(slug, rows(slug)))

    return put


def with_more(*more: Sequence[Any]) -> Put:
    """The form with these rows directly below its own."""
    return with_rows(lambda slug: [*lines(slug), *more])


def cut_open(change: Callable[[bytes], bytes], name: str = "{}.xlsx") -> Put:
    """The form after its zip was operated on."""
    return lambda inbox, slug: write(inbox, name.replace("{}", slug), change(data(slug)))


def bytes_of(content: Callable[[], bytes], name: str = "{}.xlsx") -> Put:
    """Something else altogether under this name."""
    return lambda inbox, slug: write(inbox, name.replace("{}", slug), content())


def projects(book: Workbook) -> Worksheet:
    """The sheet 事業."""
    sheet: Worksheet = book[SHEET]
    return sheet


def refused(slug: str, title: str, put: Put, code: str, name: str = "{}.xlsx") -> Kind:
    """A file that is refused whole, with one finding about it."""
    return Kind(slug, title, put, (code,), "refused", name, budgets=(), names=())


def stray(slug: str, title: str, put: Put, name: str, *others: str) -> Kind:
    """Something that is named but not read; ``others`` are further names."""
    names = (name, *others)
    found = tuple(f"F205 @{each}" for each in names)
    rest = dict.fromkeys(others, "ignored")
    return Kind(slug, title, put, found, "ignored", name, rest, budgets=(), names=())


def copy_of(book: Workbook) -> Workbook:
    """The workbook saved and opened again."""
    return openpyxl.load_workbook(io.BytesIO(packed(book)))
