"""Texts for the departments that still owe something, ready to be pasted into a mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sousei_xl import text
from sousei_xl.findings import Finding, is_error
from sousei_xl.rules.records import DepartmentState, ListResult
from sousei_xl.sheets import named
from sousei_xl.strategy import Settings


def reminders(result: ListResult, settings: Settings) -> list[tuple[DepartmentState, str]]:
    """(department, text) for every department that has to act, in order.

    The text says what is missing and why, until when it is needed and where to send it.
    """
    refused = {f.file for f in result.files if f.outcome == "refused"}
    reasons: dict[str, list[Finding]] = defaultdict(list)
    for item in result.findings:
        if is_error(item) and item.place.file in refused:
            reasons[item.place.file].append(item)
    return [
        (d, _letter(d, [f for file in d.files for f in reasons[file]], settings))
        for d in result.departments
        if d.missing_units or d.state in ("差戻し", "再提出待ち")
    ]


def _letter(department: DepartmentState, refused: Sequence[Finding], settings: Settings) -> str:
    units = named([unit for unit in department.missing_units if unit])
    lines = [
        f"{department.department}{f'（{units}）' if units else ''}　ご担当者様",
        "",
        f"{settings.year_label}の「{settings.title}」の作成について、お世話になっております。",
    ]
    if refused:
        lines.append("提出されたファイルに、受け付けられないものがありました。")
        lines += _reasons(refused)
    if department.errors:
        lines.append(
            f"提出された様式に、直していただきたいところが{department.errors}件あります。"
            "お返しする「修正・確認依頼票」をご覧のうえ、同じファイルを直してください。"
        )
    if department.missing_units and not refused:
        lines.append("様式の提出を、まだ確認できていません。")
    lines.append(_request(settings, again=bool(refused or department.errors)))
    if department.state == "未提出":
        lines.append(
            "載せる事業がない場合も、回答票の「該当事業なし」を選んで提出してください。"
            "行き違いの場合はご容赦ください。"
        )
    return "\n".join(lines)


def _reasons(refused: Sequence[Finding]) -> list[str]:
    return [f"・{text.printable(f.place.file)}：{f.text}" for f in refused]


def _request(settings: Settings, again: bool) -> str:
    date = text.parse_date(settings.deadline)
    deadline = text.japanese_date(date) if date else settings.deadline
    when = f"{deadline}までに、" if deadline else ""
    where = f"{settings.submit_to}へ、" if settings.submit_to else ""
    return f"お手数ですが、{when}{where}{'もう一度' if again else ''}提出してください。"
