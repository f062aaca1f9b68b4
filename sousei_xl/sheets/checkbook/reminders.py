"""Texts for the departments that still owe something, ready to be pasted into a mail."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sousei_xl import text
from sousei_xl.findings import (
    Finding,
    address,
    asks_nothing,
    clip,
    collapse,
    is_error,
    is_for_department,
)
from sousei_xl.rules.records import DepartmentState, DepartmentStatus, FileRecord, ListResult
from sousei_xl.strategy import Settings
from sousei_xl.workspace import as_argument

CONFIRM: Literal["確認依頼"] = "確認依頼"
_MOST = 10  # questions of one letter: more do not fit a row of Excel
_MOST_CELLS = 10


@dataclass(frozen=True, slots=True)
class Reminder:
    """One letter: ``addressee`` is 部局 or 部局（担当課）, ``state`` says why it is written.

    ``questions`` counts the 要確認 that it asks about, ``files`` are those that have them; no merge
    returns these (``check --return`` does).
    """

    addressee: str
    state: DepartmentStatus | Literal["確認依頼"]
    letter: str
    questions: int = 0
    files: tuple[str, ...] = ()


@dataclass(slots=True)
class _Debt:
    """What one 担当課 owes: 要修正 to mend, refused files to send again, a form to send at all, and
    answers: ``questions`` are the open 要確認 that no returned file carries, ``beside`` counts the
    others."""

    errors: int = 0
    refused: Sequence[Finding] = ()
    missing: bool = False
    questions: list[Finding] = field(default_factory=list)
    beside: int = 0
    files: list[str] = field(default_factory=list)

    @property
    def state(self) -> DepartmentStatus | Literal["確認依頼"]:
        if self.errors:
            return "差戻し"
        if self.refused:
            return "再提出待ち"
        return "未提出" if self.missing or not self.questions else CONFIRM


def reminders(result: ListResult, settings: Settings) -> list[Reminder]:
    """A letter to every 担当課 that has to act or to answer, department by department.

    It says what is missing, wrong or asked and why, until when it is needed and where to send it.
    """
    records: dict[str, list[FileRecord]] = defaultdict(list)
    for record in result.files:
        if record.outcome in ("accepted", "superseded"):
            records[record.department].append(record)
    refused = {f.file for f in result.files if f.outcome == "refused"}
    errors: Counter[str] = Counter()
    reasons: dict[str, list[Finding]] = defaultdict(list)
    questions: dict[str, list[Finding]] = defaultdict(list)
    for item in result.findings:
        if is_error(item) and item.place.file in refused:
            reasons[item.place.file].append(item)
        elif is_error(item) and is_for_department(item):
            errors[item.place.file] += 1
        elif is_for_department(item) and not asks_nothing(item):
            questions[item.place.file].append(item)
    letters = []
    for department in result.departments:
        why: list[Finding] = []
        if department.missing_units or department.state in ("差戻し", "再提出待ち"):
            why = [item for file in department.files for item in reasons[file]]
        theirs = records[department.department]
        for unit, debt in _debts(department, theirs, errors, questions, why).items():
            # As somebody typed it.
            written = clip(text.printable(text.unit_beside(department.department, unit)))
            name = f"{department.department}{f'（{written}）' if written else ''}"
            letters.append(
                Reminder(
                    name,
                    debt.state,
                    _letter(name, debt, settings),
                    len(debt.questions),
                    tuple(debt.files),
                )
            )
    return letters


def _debts(
    department: DepartmentState,
    theirs: Sequence[FileRecord],
    errors: Mapping[str, int],
    questions: Mapping[str, Sequence[Finding]],
    refused: Sequence[Finding],
) -> dict[str, _Debt]:
    """担当課 → what it owes; blank stands for the department as a whole.

    Nobody knows whose a refused file is: it is the one 担当課's that is asked at all, or else the
    department's. A row that vanished (L110) is asked about at the file that had it.
    """
    debts: dict[str, _Debt] = defaultdict(_Debt)
    units = {text.key(r.unit): r.unit for r in theirs if r.outcome == "accepted"}
    for record in theirs:
        file, unit = record.file, units.get(text.key(record.unit), "")
        wrong, asked = errors.get(file, 0), questions.get(file, ())
        if wrong and record.outcome == "accepted":
            debts[unit].errors += wrong
            debts[unit].beside += len(asked)  # marked in the file that goes back
        elif asked:
            debts[unit].questions += asked
            if record.outcome == "accepted":
                debts[unit].files.append(file)
    for unit in department.missing_units:
        debts[unit].missing = True
    if refused:
        waiting = department.missing_units or tuple(debts)
        debts[waiting[0] if len(waiting) == 1 else ""].refused = refused
    return debts


def _letter(addressee: str, debt: _Debt, settings: Settings) -> str:
    return "\n".join(_lines(addressee, debt, settings))


def _lines(addressee: str, debt: _Debt, settings: Settings) -> Iterator[str]:
    yield f"{addressee}　御担当者様"
    yield ""
    yield f"{settings.year_label}の「{settings.title}」の作成について、お世話になっております。"
    if debt.refused:
        yield "提出されたファイルに、受け付けられないものがありました。"
        yield from (f"・{text.printable(f.place.file)}：{f.request}" for f in debt.refused)
    if debt.errors:
        beside = f"、確認していただきたいところが{debt.beside}件" if debt.beside else ""
        yield (
            f"提出された様式に、直していただきたいところが{debt.errors}件{beside}あります。"
            "お返しする「修正・確認依頼票」を御覧のうえ、同じファイルを直してください。"
        )
    if debt.missing and not debt.refused:
        yield "様式の提出を、まだ確認できていません。"
    if debt.state != CONFIRM:
        yield _request(settings, again=bool(debt.refused or debt.errors))
    if debt.questions:
        yield from _questions(debt.questions, settings, alone=debt.state == CONFIRM)
    if debt.state == "未提出":
        yield (
            "載せる事業がない場合も、回答票の「該当事業なし」で「該当なし」を選んで提出してください。"
            "行き違いの場合は御容赦ください。"
        )


def _questions(asked: Sequence[Finding], settings: Settings, alone: bool) -> Iterator[str]:
    """What is to be confirmed, cell by cell, and how to answer."""
    again = "" if alone else "、ほかにも"
    yield f"提出された様式に{again}、確認していただきたいところが{len(asked)}件あります。"
    groups = collapse(asked)
    for group in groups[:_MOST]:
        first = group[0]
        cells = [f.place.cell for f in group[1:] if f.place.cell]
        more = f"（ほか{'、'.join(cells[:_MOST_CELLS])}" if cells else ""
        more += ("など）" if len(cells) > _MOST_CELLS else "）") if cells else ""
        subject = f"「{first.subject}」" if first.subject and first.place.sheet else ""
        where = address(first.place).rstrip("：") or text.printable(first.place.file)
        yield text.printable(f"・{where}{subject}：{first.request}{more}")
    rest = sum(len(group) for group in groups[_MOST:])
    if rest:
        yield f"・ほか{rest}件（印を付けたファイルの「修正・確認依頼票」にあります）"
    yield (
        f"お手数ですが、{_when(settings)}それぞれ「このままで正しい」か正しい内容を、この依頼文への返信で"
        "お知らせください。直すときは、様式のそのセルを直し、版を1つ大きくして、もう一度提出してください"
        f"{_to(settings)}。"
    )
    yield (
        "印を付けたファイルを添えている場合は、その「修正・確認依頼票」の回答欄に答えを書くか、"
        "セルをそのまま直して、そのファイルを提出していただいても構いません。"
    )


def _when(settings: Settings) -> str:
    date = text.parse_date(settings.deadline)
    deadline = text.japanese_date(date) if date else settings.deadline
    return f"{deadline}までに、" if deadline else ""


def _to(settings: Settings) -> str:
    return f"（提出先は{settings.submit_to}です）" if settings.submit_to else ""


def _request(settings: Settings, again: bool) -> str:
    where = f"{settings.submit_to}へ、" if settings.submit_to else ""
    request = "もう一度提出してください。" if again else "提出してください。"
    return f"お手数ですが、{_when(settings)}{where}{request}"


def marking(file: str, inbox: str, options: str = "") -> str:
    """The command that makes the marked file to go with a letter; ``inbox`` leads to it from where
    it is typed."""
    return f"sousei-xl check --return {as_argument(text.printable(f'{inbox}/{file}'))}{options}"
