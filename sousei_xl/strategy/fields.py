"""The columns of the project form: one definition for form, validator, data sheet and manual."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sousei_xl import text

Kind = Literal["measure", "integer", "choice", "name", "department", "money", "text"]

# How the internal names of the office's own fields begin.
OWN_NAME = "own_"
_SENTENCE = re.compile("[^。]+。?")
_ASKING = re.compile("ください|下さい")


@dataclass(frozen=True, slots=True)
class Field:
    """One column. ``name`` is internal and ASCII, ``label`` the heading people read.

    ``choices`` are the words a choice field allows (blank is always allowed unless ``required``);
    ``max_length`` counts characters as Excel does; ``hint`` is the form's input message.
    ``own`` is True for a field that the office has added in the sheet 項目.
    """

    name: str
    label: str
    kind: Kind
    hint: str
    choices: tuple[str, ...] = ()
    required: bool = False
    max_length: int = 1000
    own: bool = False

    @property
    def short_label(self) -> str:
        """The heading without its unit: 予算事業費（千円） → 予算事業費."""
        return self.label.split("（")[0]

    @property
    def meaning(self) -> str:
        """What a reader of the list is told: the hint without what it asks of who fills it in."""
        told = "".join(s for s in _SENTENCE.findall(self.hint) if not _ASKING.search(s))
        if told:
            return told
        offered = f"選択肢は「{'」「'.join(self.choices)}」です。" if self.choices else ""
        return f"この自治体の項目です。{offered}"

    @property
    def title(self) -> str:
        """How the office names it: without its unit, but its own fields as it has written them."""
        return self.label if self.own else self.short_label

    @property
    def may_look_like_a_number(self) -> bool:
        """True where a code or a symbol (012, 1-2) may be typed that is a text all the same."""
        return self.kind == "measure" or (self.own and self.kind in ("text", "choice"))


CORE: tuple[Field, ...] = (
    Field(
        "measure",
        "施策",
        "measure",
        "リストから施策を選んでください。先頭の記号だけを入力しても構いません。",
        required=True,
        max_length=100,
    ),
    Field(
        "number",
        "番号",
        "integer",
        "施策の中での並び順です。決まっていなければ空欄にしてください（事務局で付けます）。",
    ),
    Field(
        "relisted",
        "再掲",
        "choice",
        "ほかの施策に載っている事業をもう一度載せるときに「再掲」を選びます。",
        choices=(text.RELISTED,),
    ),
    Field(
        "category",
        "掲載区分",
        "choice",
        "今年度からの事業は「新規」を選びます（一覧では事業名の前に（新）が付きます）。"
        "載せない事業は「終了」か「取下げ」にします。",
        choices=(text.CONTINUED, text.NEW, text.ENDED, text.CANCELLED),
    ),
    Field(
        "name",
        "事業名",
        "name",
        "一覧に載る名前を改行せずに入力します。（新）は付けず、掲載区分で「新規」を選びます。",
        required=True,
        max_length=100,
    ),
    Field(
        "department",
        "部局名",
        "department",
        "空欄のときは、回答票の部局名とします。共管の事業は、集計で数える部局を先頭に「・」でつなぎます"
        "（例：経済部・農政部）。",
        max_length=100,
    ),
    Field(
        "relevance",
        "関連性",
        "choice",
        "◎：施策の記載内容に直接関係する事業　○：施策の目的の達成を補完する事業",
        choices=(text.DIRECT, text.SUPPORTING),
        required=True,
    ),
    Field(
        "budget_kind",
        "予算区分",
        "choice",
        "通常は空欄です。金額が未定、ほかの事業の内数、０予算のときに選びます。",
        choices=(text.INITIAL, text.UNDECIDED, text.INCLUDED, text.ZERO),
    ),
    Field(
        "budget",
        "予算事業費（千円）",
        "money",
        "千円単位の整数を入力します（例：12000）。空欄は0円とは扱いません。再掲の行と、予算区分で未定、内数、"
        "０予算を選んだ行は、空欄のままにしてください。",
    ),
    Field(
        "description",
        "事業内容",
        "text",
        "一覧にそのまま載る文章です。目的と内容を1〜3文で書いてください。",
    ),
    Field(
        "note",
        "備考",
        "text",
        "事務局への連絡です。一覧には載りません。前年度と名前を変えた事業は「旧：前の事業名」と、予算が"
        "大きく変わった事業はその理由を書いてください。",
    ),
)

# What a prefilled form says in 備考 of a row whose measure is no more.
FORMER_MEASURE = "前年度の施策："


def own_note(note: str) -> str:
    """What a department has written into 備考 below what the form was prefilled with."""
    first, _, rest = note.partition("\n")
    return (rest if first.startswith(FORMER_MEASURE) else note).strip()


# Headings that stand beside the fields in the form or in データ_事業: no field may take them.
RESERVED = (
    "入力チェック",
    "前年度番号",
    "前年度予算",
    "団体コード",
    "年度",
    "西暦年度",
    "基本目標番号",
    "基本目標の呼び方",
    "基本目標",
    "施策キー",
    "初出",
)
