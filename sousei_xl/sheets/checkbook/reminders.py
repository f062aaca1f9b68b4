"""Texts for the departments that still owe something, ready to be pasted into a mail."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.findings import Finding, clip, is_error, is_for_department
from sousei_xl.rules.records import DepartmentState, DepartmentStatus, ListResult
from sousei_xl.strategy import Settings


@dataclass(frozen=True, slots=True)
class Reminder:
    """One letter: ``addressee`` is 部局 or 部局（担当課）, ``state`` says why it is written."""

    addressee: str
    state: DepartmentStatus
    letter: str


@dataclass(slots=True)
class _Debt:
    """What one 担当課 owes: 要修正 to mend, refused files to send again, a form to send at all."""

    errors: int = 0
    refused: Sequence[Finding] = ()
    missing: bool = False

    @property
    def state(self) -> DepartmentStatus:
        if self.errors:
            return "差戻し"
        return "再提出待ち" if self.refused else "未提出"


def reminders(result: ListResult, settings: Settings) -> list[Reminder]:
    """A letter to every 担当課 that has to act, department by department.

    It says what is missing and why, until when it is needed and where to send it.
    """
    units = {f.file: f.unit for f in result.files if f.outcome == "accepted"}
    refused = {f.file for f in result.files if f.outcome == "refused"}
    errors: Counter[str] = Counter()
    reasons: dict[str, list[Finding]] = defaultdict(list)
    for item in result.findings:
        if is_error(item) and item.place.file in refused:
            reasons[item.place.file].append(item)
        elif is_error(item) and is_for_department(item):
            errors[item.place.file] += 1
    letters = []
    for department in result.departments:
        if not department.missing_units and department.state not in ("差戻し", "再提出待ち"):
            continue
        why = [item for file in department.files for item in reasons[file]]
        theirs = [(units[file], errors[file]) for file in department.files if file in units]
        for unit, debt in _debts(department, theirs, why).items():
            written = clip(
                text.printable(text.unit_beside(department.department, unit))
            )  # as typed
            name = f"{department.department}{f'（{written}）' if written else ''}"
            letters.append(Reminder(name, debt.state, _letter(name, debt, settings)))
    return letters


def _debts(
    department: DepartmentState, theirs: Sequence[tuple[str, int]], refused: Sequence[Finding]
) -> dict[str, _Debt]:
    """担当課 → what it owes; blank stands for the department as a whole.

    Nobody knows whose a refused file is: it is the one 担当課's that is asked at all, or else the
    department's.
    """
    debts: dict[str, _Debt] = defaultdict(_Debt)
    for unit, errors in theirs:
        if errors:
            debts[unit].errors += errors
    for unit in department.missing_units:
        debts[unit].missing = True
    if refused:
        waiting = department.missing_units or tuple(debts)
        debts[waiting[0] if len(waiting) == 1 else ""].refused = refused
    return debts


def _letter(addressee: str, debt: _Debt, settings: Settings) -> str:
    return "\n".join(_lines(addressee, debt, settings))


def _lines(addressee: str, debt: _Debt, settings: Settings) -> Iterator[str]:
    yield f"{addressee}　ご担当者様"
    yield ""
    yield f"{settings.year_label}の「{settings.title}」の作成について、お世話になっております。"
    if debt.refused:
        yield "提出されたファイルに、受け付けられないものがありました。"
        yield from (f"・{text.printable(f.place.file)}：{f.request}" for f in debt.refused)
    if debt.errors:
        yield (
            f"提出された様式に、直していただきたいところが{debt.errors}件あります。"
            "お返しする「修正・確認依頼票」をご覧のうえ、同じファイルを直してください。"
        )
    if debt.missing and not debt.refused:
        yield "様式の提出を、まだ確認できていません。"
    yield _request(settings, again=bool(debt.refused or debt.errors))
    if debt.state == "未提出":
        yield (
            "載せる事業がない場合も、回答票の「該当事業なし」を選んで提出してください。"
            "行き違いの場合はご容赦ください。"
        )


def _request(settings: Settings, again: bool) -> str:
    date = text.parse_date(settings.deadline)
    deadline = text.japanese_date(date) if date else settings.deadline
    when = f"{deadline}までに、" if deadline else ""
    where = f"{settings.submit_to}へ、" if settings.submit_to else ""
    return f"お手数ですが、{when}{where}{'もう一度' if again else ''}提出してください。"
