"""Kinds: what stands in the cells of a row that is otherwise in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from openpyxl import Workbook

from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import Field
from tests import zip_surgery as zs
from tests.dirty.forms import (
    FIRST_MEASURE,
    PART,
    cut_open,
    edited,
    line,
    lines,
    projects,
    with_cells,
    with_more,
    with_rows,
)
from tests.dirty.kinds import FIRST, SECOND, Kind, Put

UNREAD = (None, SECOND)
KEPT: dict[str, Any] = {"budgets": (SECOND,), "names": ("{} 二",), "held": 1}  # the first is held


def _cell(slug: str, title: str, *found: str, budget: int | None = FIRST, **values: Any) -> Kind:
    """The first row with other values; its name stays."""
    return Kind(slug, title, with_cells(**values), found, budgets=(budget, SECOND))


def _held(slug: str, title: str, *found: str, **values: Any) -> Kind:
    """The first row can be read but not be placed."""
    return Kind(slug, title, with_cells(**values), found, **KEPT)


def _named(slug: str, title: str, name: str, *found: str, shown: str = "{} 一") -> Kind:
    """The first row has another name, listed as ``shown``."""

    def rows(own: str) -> list[list[Any]]:
        return [line(name.replace("{}", own), FIRST, FIRST_MEASURE), lines(own)[1]]

    return Kind(slug, title, with_rows(rows), found, names=(shown, "{} 二"))


def _stored(cell: str) -> Put:
    """The budget's cell as another program may store it."""
    return cut_open(lambda d: zs.replace(d, PART, '<c r="J4" t="n"><v>1200</v></c>', cell))


def _linked(data: bytes) -> bytes:
    """Cells that point at empty ones, as Excel stores them; the last row has nothing else."""

    def zeros(row: int, columns: str) -> str:
        return "".join(f'<c r="{c}{row}"><f>元表!{c}{row}</f><v>0</v></c>' for c in columns)

    data = zs.replace(data, PART, '<c r="F4"', zeros(4, "CDE") + '<c r="F4"')
    last = f'<row r="6">{zeros(6, "BCDEFGHIJKL")}</row></sheetData>'
    return zs.replace(data, PART, "</sheetData>", last)


def _formatted(value: Any, number_format: str) -> Put:
    def change(book: Workbook) -> None:
        projects(book)["J4"] = value
        projects(book)["J4"].number_format = number_format

    return edited(change)


def _with_previous(book: Workbook) -> None:
    """A prefilled form: last year's figure beside this year's, which is in yen."""
    sheet = projects(book)
    sheet["M3"], sheet["M4"], sheet["J4"] = "前年度予算", 1180, 1_200_000


def _renamed_department(strategy: Strategy) -> Strategy:
    """市民生活部 was called 市民部 until last year."""
    departments = tuple(
        replace(d, aliases=("市民部",)) if d.name == "市民生活部" else d
        for d in strategy.departments
    )
    return replace(strategy, departments=departments)


def _with_units(strategy: Strategy) -> Strategy:
    """市民生活部 has two 提出課."""
    departments = tuple(
        replace(d, units=("市民課", "戸籍課")) if d.name == "市民生活部" else d
        for d in strategy.departments
    )
    return replace(strategy, departments=departments)


def _own_field(strategy: Strategy) -> Strategy:
    """The office asks for 財源 in every row."""
    own = Field("own_1", "財源", "choice", "", ("国", "市"), required=True, own=True)
    return replace(strategy, fields=(*strategy.fields[:-1], own, strategy.fields[-1]))


def _with_own(first: str | None, second: str | None) -> Put:
    return with_cells(M3="財源", M4=first, M5=second)


def _long(count: int) -> str:
    return "市" * count


ERRORS = (
    _cell("error-ref", "予算事業費が #REF!", "R110 J4", budget=None, J4="#REF!"),
    _cell("error-value", "予算事業費が #VALUE!", "R110 J4", budget=None, J4="#VALUE!"),
    _cell("error-div", "予算事業費が #DIV/0!", "R110 J4", budget=None, J4="#DIV/0!"),
    _cell("error-department", "部局名が #NAME?", "R110 G4", G4="#NAME?"),
    _held("error-name", "事業名が #N/A", "R110 F4", F4="#N/A"),
    _held("error-measure", "施策が #N/A", "R110 B4", B4="#N/A"),
    _cell("uncached", "予算事業費の数式に計算結果がない", "R111 J4", budget=None, J4="=600*2"),
    _held("uncached-name", "事業名の数式に計算結果がない", "R111 F4", F4='="別の"&"事業"'),
    Kind("cached", "予算事業費が計算済みの数式", _stored('<c r="J4"><f>600*2</f><v>1200</v></c>')),
    Kind(
        "cached-text",
        "予算事業費の数式の結果が文字",
        _stored('<c r="J4" t="str"><f>TEXT(1200,"#,##0")</f><v>1,200</v></c>'),
        ("A101 J4",),
    ),
    Kind("linked-blank", "空欄のセルを指す数式の結果が0", cut_open(_linked)),
    Kind(
        "cached-blank",
        "予算事業費の数式の結果が空の文字",
        _stored('<c r="J4" t="str"><f>IF(P4="","",P4)</f><v></v></c>'),
        ("R104 J4",),
        budgets=UNREAD,
    ),
)

MONEY = (
    _cell("text-number", "予算事業費が文字列の数字", "A101 J4", J4="1200"),
    _cell("text-spaced", "予算事業費の数字に空白が付く", "A101 J4", J4="　1,200 "),
    _cell("wide-number", "予算事業費が全角で単位付き", "A101 J4", J4="１，２００千円"),
    _cell("near-integer", "計算の誤差のある数（1200.0000000002）", "A101 J4", J4=1200.0000000002),
    _cell("date-budget", "予算事業費が日付", "R105 J4", budget=None, J4=dt.date(2018, 4, 1)),
    _cell("time-budget", "予算事業費が時刻", "R105 J4", budget=None, J4=dt.time(12, 0)),
    _cell("true-budget", "予算事業費が TRUE", "R105 J4", budget=None, J4=True),
    Kind("percent", "予算事業費が百分率", _formatted(0.12, "0%"), ("R105 J4",), budgets=UNREAD),
    Kind(
        "date-format",
        "予算事業費の表示形式が日付",
        _formatted(1200, "yyyy/m/d"),
        ("R105 J4",),
        budgets=UNREAD,
    ),
    _cell("fraction", "予算事業費に端数がある", "R105 J4", budget=None, J4=1200.5),
    _cell("yen", "予算事業費が円単位と書いてある", "R105 J4", budget=None, J4="1,200,000円"),
    _cell("words", "予算事業費に言葉がある", "R105 J4", budget=None, J4="1,200千円程度"),
    _cell("range", "予算事業費が幅で書いてある", "R105 J4", budget=None, J4="1,000～1,200"),
    _cell("infinite", "予算事業費が桁外れ（1E+300）", "R105 J4", budget=None, J4=1e300),
    _cell("negative", "予算事業費が負の数", "R106 J4", budget=-FIRST, J4=-FIRST),
    _cell("triangle", "予算事業費が▲1,200", "A101 J4", "R106 J4", budget=-FIRST, J4="▲1,200"),
    _cell("blank-budget", "予算事業費が空欄", "R104 J4", budget=None, J4=None),
    _cell("zero", "予算事業費が0", budget=0, J4=0),
    _cell("dash", "予算事業費が－", "A106 J4", budget=0, J4="－"),
    _cell("undecided", "予算事業費が未定", "A106 J4", "R116 I4", budget=None, J4="未定"),
    _cell("included", "予算事業費が内数", "A106 J4", budget=None, J4="12,000千円の内数"),
    _cell("kind-zero", "予算区分が０予算で金額がある", "R105 J4", I4="０予算"),
    _cell("kind-unknown", "予算区分が選択肢にない", "R118 I4", I4="補助金"),
    _cell(
        "enormous", "予算事業費が上限の目安を超える", "R114 J4", budget=12_000_000, J4=12_000_000
    ),
    Kind(
        "thousandfold",
        "予算事業費が前年度の約1,000倍",
        edited(_with_previous),
        ("R114 J4",),
        budgets=(1_200_000, SECOND),
    ),
)

WORDS = (
    _held("blank-measure", "施策が空欄", "R101 B4", B4=None),
    _held("unknown-measure", "施策が施策体系にない", "R101 B4", B4="9ア"),
    _cell("measure-key", "施策がキーだけ（1イ）", B4="1イ"),
    _cell("wide-measure", "施策が全角", "A101 B4", B4="１イ　結婚支援"),
    _held("blank-name", "事業名が空欄", "R102 F4", F4=None),
    _named("newline-name", "事業名の中に改行がある", "{}\n 一", "A101 F4"),
    _named("spaced-name", "事業名の前後に空白がある", "　{} 一 ", "A101 F4"),
    _named("new-mark", "事業名に【新規】が付いている", "【新規】{} 一", "A103 F4"),
    _named("number-name", "事業名が数値", "20180401", shown="20180401"),
    _named("formula-like", "事業名が数式のような文字", "'=1+1 {}", shown="'=1+1 {}"),
    _named("long-name", "事業名が101文字", _long(101), "R112 F4", shown=_long(101)),
    _named("control-mark", "事業名に制御文字", "{}_x0007_ 一", "R112 F4", shown="{}\ufffd 一"),
    _cell("triangle-relevance", "関連性が△", "R103 H4", H4="△"),
    _cell("blank-relevance", "関連性が空欄", "R103 H4", H4=None),
    _cell("alike-relevance", "関連性が漢数字の〇", "A101 H4", H4="〇"),
    _cell("relisted-yes", "再掲が「はい」", "R107 D4", D4="はい"),
    _cell("number-dash", "番号が1-2", "R108 C4", C4="1-2"),
    _cell("number-zero", "番号が0", "R108 C4", C4=0),
    _cell("number-date", "番号が日付に変わった", "R108 C4", C4=dt.date(2018, 1, 2)),
    _cell("category-unknown", "掲載区分が選択肢にない", "R118 E4", E4="新設"),
    _cell("category-short", "掲載区分が「新」", "A101 E4", E4="新"),
    Kind(
        "withdrawn",
        "掲載区分が終了",
        with_cells(E4="終了", J4="#REF!"),
        budgets=(SECOND,),
        names=("{} 二",),
        withdrawn=1,
    ),
    _cell("blank-text", "事業内容が空欄", "R109 K4", K4=None),
    _cell("long-text", "事業内容が1,001文字", "R112 K4", K4=_long(1001)),
    _cell("newline-text", "事業内容に改行がある", K4="第1段落。\n第2段落。"),
    _cell("last-year", "事業内容が前年度の文章", "R115 K4", K4="平成29年度は調査を行った。"),
    _cell("other-department", "部局名が別の部局", "R113 G4", G4="農政部"),
    _cell("two-departments", "部局名が連名", "R113 G4", G4="市民生活部・農政部"),
    _cell("unknown-row-department", "行の部局名が一覧にない", "R117 G4", G4="市民局"),
    _cell("blank-department", "行の部局名が空欄", "A102 G4", G4=None),
    Kind(
        "former-department",
        "行の部局名が旧名（別名）",
        with_cells(G4="市民部"),
        ("A102 G4",),
        tweak=_renamed_department,
    ),
    Kind(
        "own-field",
        "事務局が定めた必須の項目が空欄・選択肢外",
        _with_own(None, "道"),
        ("R119 M4", "R118 M5"),
        tweak=_own_field,
    ),
    Kind(
        "no-more",
        "「以下余白」と入力した行がある",
        with_more([None, None, None, None, None, "以下余白"]),
        ("R101 F6", "A102 G6"),
        held=1,
    ),
    Kind(
        "note-only",
        "備考だけの行がある",
        with_more([*[None] * 11, "ここまで"]),
        ("R101 L6", "A102 G6"),
        held=1,
    ),
    Kind(
        "wide-everything",
        "すべて全角で、似た記号を使った",
        with_cells(
            B4="１イ　結婚支援", C4="２", E4="　継続", G4="市民生活部　", H4="◉", J4="１２００"
        ),
        ("A101 B4", "A101 C4", "A101 E4", "A102 G4", "A101 H4", "A101 J4"),
    ),
)


def _reply(slug: str, title: str, *found: str, tweak: Any = None, **values: Any) -> Kind:
    """Other answers on 回答票; a finding there of 要修正 refuses the file."""
    put = with_cells("回答票", **values)
    if not any(f.startswith(("F202", "F203")) for f in found):
        return Kind(slug, title, put, found, tweak=tweak)
    return Kind(slug, title, put, found, "refused", budgets=())


def _properties(**values: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        for name, value in values.items():
            book.custom_doc_props[f"sousei_xl_{name}"].value = value

    return change


def _nobody(book: Workbook) -> None:
    book["回答票"]["B5"] = None
    _properties(department="")(book)


def _without_rows(tick: Any) -> Put:
    def change(book: Workbook) -> None:
        projects(book).delete_rows(4, 2)
        book["回答票"]["B11"] = tick

    return edited(change)


REPLIES = (
    _reply("last-year-form", "前年度の様式", "F202 回答票!B4", B4="平成29年度"),
    _reply("year-unreadable", "年度が読み取れない", "F202 回答票!B4", B4="今年度"),
    _reply("year-western", "年度が西暦の数値", B4=2018),
    _reply("year-wide", "年度がＨ３０", B4="Ｈ３０"),
    _reply("year-blank", "年度が空欄", B4=None),
    Kind(
        "old-form",
        "古い版の様式の印",
        edited(_properties(form="0")),
        ("F202",),
        "refused",
        budgets=(),
    ),
    Kind("other-year-mark", "見えない印だけが前年度", edited(_properties(year="平成29年度"))),
    _reply("unknown-department", "部局名が一覧にない", "F203 回答票!B5", B5="市民局"),
    Kind(
        "no-department",
        "部局名が空欄で、様式の印にもない",
        edited(_nobody),
        ("F203 回答票!B5",),
        "refused",
        budgets=(),
    ),
    _reply("department-blank", "部局名が空欄（様式の印にある）", B5=None),
    _reply("department-spaced", "部局名に空白がある", B5=" 市民　生活部"),
    _reply(
        "department-alias",
        "部局名が旧名（別名）",
        "A102 回答票!B5",
        tweak=_renamed_department,
        B5="市民部",
    ),
    _reply(
        "unit-unknown",
        "担当課が提出課のどれでもない",
        "F209 回答票!B6",
        tweak=_with_units,
        B6="市民協働課",
    ),
    _reply("edition-words", "版が「第２版」", B10="第２版"),
    Kind("none-ticked", "該当事業なし（記入なし）", _without_rows("該当なし"), budgets=()),
    Kind("none-checked", "該当事業なしに✓", _without_rows("✓"), budgets=()),
    Kind("none-true", "該当事業なしが TRUE", _without_rows(True), budgets=()),
    Kind(
        "nothing",
        "事業の記入も該当事業なしの印もない",
        _without_rows(None),
        ("F207 回答票!B11",),
        budgets=(),
    ),
    _reply("ticked-with-rows", "該当事業なしの印と事業の両方がある", "F208 回答票!B11", B11="○"),
)

KINDS = (*ERRORS, *MONEY, *WORDS, *REPLIES)
