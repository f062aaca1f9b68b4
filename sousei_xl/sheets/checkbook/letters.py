"""What a letter to a department says: a text ready to be pasted into a mail."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sousei_xl import eras, text
from sousei_xl.findings import Finding, Place, address, collapse, is_answered
from sousei_xl.rules.answers import questions_told
from sousei_xl.rules.records import DepartmentStatus
from sousei_xl.strategy import Settings

CONFIRM: Literal["確認依頼"] = "確認依頼"
_MOST = 10  # questions of one letter: more do not fit a row of Excel
_MOST_CELLS = 10


@dataclass(frozen=True, slots=True)
class Reminder:
    """One letter: ``addressee`` is 部局 or 部局（担当課）, ``state`` says why it is written.

    ``about`` is ``KPI`` in the KPI round. ``questions`` counts the 要確認 that it asks about,
    ``files`` are those that have them; no merge returns these (``check --return`` does).
    """

    addressee: str
    state: DepartmentStatus | Literal["確認依頼"]
    letter: str
    questions: int = 0
    files: tuple[str, ...] = ()
    about: Literal["", "KPI"] = ""

    @property
    def reason(self) -> str:
        """``未提出``, ``KPIの未提出``."""
        return f"{self.about}{'の' if self.about else ''}{self.state}"


@dataclass(slots=True)
class Debt:
    """What one 担当課 owes: 要修正 to mend, refused files to send again, a form to send at all,
    actuals of ``indicators`` (as they are called), and answers: ``questions`` are the open 要確認
    that no returned file carries, ``beside`` the others. ``both``: a returned file is marked for
    the list and for the KPI round, of which each letter tells its own."""

    errors: int = 0
    refused: Sequence[Finding] = ()
    missing: bool = False
    indicators: Sequence[str] = ()
    questions: list[Finding] = field(default_factory=list)
    beside: list[Finding] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    both: bool = False

    @property
    def asked(self) -> list[Finding]:
        """The questions that have no answer yet: the others wait for the office."""
        return [item for item in self.questions if not is_answered(item)]

    @property
    def is_open(self) -> bool:
        """Whether the 担当課 has anything to do."""
        return bool(self.errors or self.refused or self.missing or self.indicators or self.asked)

    @property
    def state(self) -> DepartmentStatus | Literal["確認依頼"]:
        if self.errors:
            return "差戻し"
        if self.refused:
            return "再提出待ち"
        return "未提出" if self.missing or self.indicators or not self.asked else CONFIRM


def reminder(
    addressee: str, debt: Debt, settings: Settings, about: Literal["", "KPI"] = ""
) -> Reminder:
    """The letter about a debt, by when it is to be settled and where to."""
    letter = "\n".join(_lines(addressee, debt, settings, about))
    return Reminder(addressee, debt.state, letter, len(debt.asked), tuple(debt.files), about)


def _lines(
    addressee: str, debt: Debt, settings: Settings, about: Literal["", "KPI"]
) -> Iterator[str]:
    yield f"{addressee}　御担当者様"
    yield ""
    matter = (
        f"{settings.plan_name}の数値目標・KPIの実績照会" if about else f"「{settings.title}」の作成"
    )
    yield "日頃からお世話になっております。"
    yield f"{settings.year_label}の{matter}について、お願いがあります。"
    if debt.refused:
        yield "提出されたファイルに、受け付けられないものがありました。"
        yield from (f"・{text.printable(f.place.file)}：{f.request}" for f in debt.refused)
    if debt.errors:
        beside = f"、{_told(debt.beside)}" if debt.beside else ""
        both = "（同じファイルに、事業とKPIの両方の印があります）" if debt.both else ""
        yield (
            f"提出された様式に、直していただきたいところが{debt.errors}件{beside}あります{both}。"
            "お返しするファイルの先頭にある「修正・確認依頼票」を御覧の上、そのファイルをそのまま"
            "直してください。"
        )
    if debt.missing and not debt.refused:
        yield "様式の提出を、まだ確認できていません。"
    if debt.indicators:
        count = len(debt.indicators)
        yield f"次の指標（{count}件）の実績の報告を、まだ確認できていません。"
        yield from (f"・{text.printable(name)}" for name in debt.indicators[:_MOST])
        if count > _MOST:
            yield f"・ほか{count - _MOST}件"
    if debt.state != CONFIRM:
        yield _request(debt, settings)
    if debt.asked:
        yield from _questions(debt, settings, alone=debt.state == CONFIRM)
    if debt.missing and debt.state == "未提出":
        yield (
            "載せる事業がない場合も、回答票の「該当事業なし」で「該当なし」を選んで提出してください。"
            "行き違いの場合は御容赦ください。"
        )
    if debt.indicators:
        yield (
            "値がまだない指標は、「KPI」シートの「未入力の理由」と「公表予定」に入力してください。"
            "行き違いの場合は御容赦ください。"
        )


def _told(questions: Sequence[Finding]) -> str:
    return questions_told(len(questions), sum(map(is_answered, questions)))


def _questions(debt: Debt, settings: Settings, alone: bool) -> Iterator[str]:
    """What is to be confirmed, cell by cell, and how to answer."""
    again = "" if alone else "、ほかにも"
    yield f"提出された様式に{again}、{_told(debt.questions)}あります。"
    groups = collapse(debt.asked)
    for group in groups[:_MOST]:
        first = group[0]
        cells = [f.place.cell for f in group[1:] if f.place.cell]
        more = f"（ほか{'、'.join(cells[:_MOST_CELLS])}" if cells else ""
        more += ("など）" if len(cells) > _MOST_CELLS else "）") if cells else ""
        subject = f"「{first.subject}」" if first.subject and first.place.sheet else ""
        yield text.printable(f"・{_where(first.place, debt.files)}{subject}：{first.request}{more}")
    rest = sum(len(group) for group in groups[_MOST:])
    if rest:
        yield f"・ほか{rest}件（印を付けたファイルの「修正・確認依頼票」にあります）"
    yield (
        "お手数ですが、このままで正しい場合はその旨を、誤りがある場合は正しい内容を、この依頼文への返信で"
        "お知らせください。様式を直す場合は、回答票の版を一つ増やして、もう一度提出してください"
        f"{sent_to(settings)}。{due('回答期限', settings) if alone else ''}"
    )
    yield (
        "印を付けたファイルを添えている場合は、その「修正・確認依頼票」の回答欄に答えを書くか、"
        "セルをそのまま直して、そのファイルを提出していただいても構いません。"
    )


def _where(place: Place, files: Container[str]) -> str:
    """The cell; with its file where that is none of those that the letter is about (L110)."""
    spot = address(place).rstrip("：")
    if spot and place.file in files:
        return spot
    return f"{place.file}の{spot}" if spot else place.file


def due(what: str, settings: Settings) -> str:
    """By when; no letter knows whether it is sent before that day or after."""
    date = eras.parse_date(settings.deadline)
    deadline = eras.japanese_date(date) if date else settings.deadline
    late = "過ぎている場合は、できるだけ早くお願いします。"
    return f"{what}は{deadline}です。{late}" if deadline else ""


def sent_to(settings: Settings) -> str:
    """Where to, in parentheses; blank where 設定 does not say."""
    return f"（提出先は{settings.submit_to}です）" if settings.submit_to else ""


def _request(debt: Debt, settings: Settings) -> str:
    where = f"{settings.submit_to}へ" if settings.submit_to else ""
    request = "提出してください。"
    if debt.refused or debt.errors:
        request = "直した様式をもう一度提出してください。"
    elif debt.indicators:
        request = "実績を入力した様式を提出してください。"
    return f"お手数ですが、{where}{request}{due('提出期限', settings)}"
