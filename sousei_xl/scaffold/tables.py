"""The template's other tables: 施策体系, 部局, 指標 and 項目.

Headings are those of ``strategy/load/table.py``, which reads the tables by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sousei_xl.forms.look import TYPED_TEXT
from sousei_xl.scaffold.facts import Facts, Record
from sousei_xl.scaffold.grid import Column, Grid
from sousei_xl.strategy.fields import CORE, Field
from sousei_xl.strategy.load.table import (
    CALLED,
    DEPARTMENTS,
    DIRECTIONS,
    FIELDS,
    INDICATOR_KINDS,
    INDICATORS,
    LEVELS,
    MEASURES,
    NO,
    OWN,
    OWN_KINDS,
    STANDARD,
    YES,
)
from sousei_xl.text import Value

_CENTRE = {"align": "center"}
_CODE = {**TYPED_TEXT, **_CENTRE}
_BOLD = {"bold": True}
_AS_TYPED = {**TYPED_TEXT, "align": "right"}  # 63.0 stays 63.0
_INTEGERS = ("基本目標", "表示順")
_KINDS = {
    "measure": "施策",
    "integer": "整数",
    "choice": "選択",
    "name": "文字",
    "department": "部局",
    "money": "金額",
    "text": "文字",
}


def _rows(records: Iterable[Record], columns: Sequence[Column]) -> list[list[Value]]:
    return [[_value(record, column.heading) for column in columns] for record in records]


def _value(record: Record, heading: str) -> Value:
    shown = record.get(heading, "")
    return int(shown) if heading in _INTEGERS and shown else shown


def measures_grid(facts: Facts | None) -> Grid:
    """施策体系: goals (施策 blank) and their measures."""
    columns = (
        Column("キー", 10, "基本目標の番号と施策の記号です（例：2ア）。", look=_CODE),
        Column("基本目標", 10, "基本目標の番号です。", look=_CENTRE),
        Column("施策", 8, "施策の記号です（例：ア）。基本目標の行は空欄にします。", look=_CODE),
        Column("別紙名称", 62, "別紙（関連事業一覧）に載せる名前です。"),
        Column("本文名称", 62, "総合戦略の本文での名前です。別紙と同じなら空欄で構いません。"),
        Column("略称", 30, "様式のリストに出す短い名前です（例：移住環境）。"),
        Column(
            CALLED,
            16,
            "基本目標の行で、「基本目標」と番号の代わりに印字する呼び方です（例：横断的目標、基本目標Ⅰ、"
            "目標1）。「基本目標1」の形でよければ空欄にします。",
        ),
    )
    note = (
        "基本目標の行（施策は空欄）を先に、その施策の行を下に入力します。"
        "一覧には、基本目標は番号の順に、施策は基本目標ごとに並べた順に載ります。\n"
        "基本目標はどれも1からの番号にし、横断的な目標やⅠ・Ⅱは「呼び方」で印字します。キーは、基本目標の番号に"
        "施策の記号を続けたものです。「1-1-①」のような体系では、施策に「-1-①」と入力すると、キーは"
        "「1-1-①」になります（3段あるときは、いちばん下の段を施策にします）。"
    )
    rows = _rows(facts.measures if facts else (), columns)
    return Grid(MEASURES, "施策体系", note, columns, rows)


def departments_grid(facts: Facts | None) -> Grid:
    """部局: who is asked and under which names."""
    columns = (
        Column("表示順", 9, "一覧や集計に並べる順番です。", look=_CENTRE),
        Column("部局名", 28, "正式な部局名です。"),
        Column("別名", 46, "旧名や略称です。「、」で区切ります（例：子育て部、こども部）。"),
        Column("提出対象", 12, f"様式の提出を求める部局は「{YES}」です。", (YES, NO), _CENTRE),
        Column(
            "提出課",
            46,
            "課ごとに提出させるときだけ、課の名前を「、」で区切ります。空欄は部局で1ファイルです。",
        ),
    )
    note = "1行に一つの部局を入力します。別名は、様式に書かれた部局名を読み替えるために使います。"
    records = [{"提出対象": YES, **r} for r in facts.departments] if facts else []
    return Grid(DEPARTMENTS, "部局", note, columns, _rows(records, columns))


def indicators_grid(facts: Facts | None) -> Grid:
    """指標: 数値目標 and KPI, one part (内訳) per row, values as they are published."""
    columns = (
        Column(
            "ID",
            9,
            "重複しない記号です（例：2ア-1）。内訳があるときは a、b を付けます。",
            look=TYPED_TEXT,
        ),
        Column("基本目標", 10, "基本目標の番号です。", look=_CENTRE),
        Column("施策", 7, "施策の記号です。数値目標では空欄にします。", look=_CODE),
        Column("指標区分", 10, "数値目標は基本目標の、KPIは施策の指標です。", LEVELS, _CENTRE),
        Column("指標名", 50, "指標の名前です。"),
        Column("内訳", 10, "小学校・中学校などに分かれるときの区分です。", look=_CODE),
        Column("単位", 8, "例：人、件、％", look=_CENTRE),
        Column(
            "集計区分",
            10,
            "累計：計画前からの合計　期間累計：計画期間の合計（各年の値を報告）　"
            "定性：数値のない目標",
            INDICATOR_KINDS,
            _CENTRE,
        ),
        Column("年・年度", 10, "年（1〜12月）か年度（4〜3月）かです。", ("年", "年度"), _CENTRE),
        Column("現状値年", 10, "現状値の年です（例：H26）。", look=_CODE),
        Column("現状値", 12, "公表した桁数のまま入力します（例：63.0）。", look=_AS_TYPED),
        Column("目標値年", 10, "目標値の年です（例：H31）。", look=_CODE),
        Column("目標値", 12, "公表した桁数のまま入力します。", look=_AS_TYPED),
        Column(
            "目標の向き",
            11,
            "目標が現状より上か、下か、同じかです。今の値を保つ目標でも、小さいほどよい指標"
            "（待機児童数など）は「減少」にします。",
            DIRECTIONS,
            _CENTRE,
        ),
        Column("備考", 40),
        Column("担当部局", 20, "実績を報告する部局です。複数のときは「、」で区切ります。"),
        Column("年度別目標", 24, "年度ごとの目標です（例：H28=70000、H29=74000）。"),
    )
    note = (
        "数値目標とKPIを1行に一つ（内訳があれば内訳ごとに）入力します。"
        "実績を照会しない場合は空欄のままで構いません。"
    )
    if facts:
        note += "\n※この例の「担当部局」は、例を作るための推定です（公表資料にはありません）。"
    rows = _rows(facts.indicators if facts else (), columns)
    return Grid(INDICATORS, "指標（数値目標・KPI）", note, columns, rows, frozen_columns=1)


def fields_grid() -> Grid:
    """項目: the core fields with their limits; an office adds its own below."""
    columns = (
        Column("項目名", 26, "様式の列の見出しになります。", look=_BOLD),
        Column("区分", 8, f"足した項目は「{OWN}」にします。", (STANDARD, OWN), _CENTRE),
        Column("種類", 8, f"独自の項目は{'、'.join(OWN_KINDS)}から選びます。", look=_CENTRE),
        Column("必須", 8, "空欄を認めない項目は「はい」です。", (YES, NO), _CENTRE),
        Column("最大文字数", 12, "文字の項目の上限です。標準の項目も変えられます。", look=_CENTRE),
        Column("選択肢", 36, "種類が「選択」のとき、「、」で区切って入力します。"),
        Column(
            "説明",
            80,
            "様式の入力欄に表示する説明です。独自の項目では、「…ください」の文を除いて、列の意味として"
            "別紙の注記とオープンデータにも載ります。",
        ),
    )
    note = (
        "様式「事業」の列です。標準の項目で変えられるのは、最大文字数と、「関連性」の必須"
        "（別紙に関連性の列がないときは「いいえ」）だけです。\n"
        "独自の項目を足すときは、標準の項目の下に1行ずつ入力します（例：財源｜独自｜選択｜いいえ｜"
        "（空欄）｜国、都道府県、市町村｜主な財源です。選んでください。）。様式では備考の前に並びます。\n"
        "別紙に印字するときは、別紙シートの事業と再掲事業の行に {財源} のように入力します。"
    )
    rows = [_field_row(field) for field in CORE]
    room = len(rows) + 15
    return Grid(FIELDS, "項目（様式の列）", note, columns, rows, room, frozen_columns=1)


def _field_row(field: Field) -> list[Value]:
    limited = field.kind in ("name", "text")
    return [
        field.label,
        STANDARD,
        _KINDS[field.kind],
        YES if field.required else NO,
        field.max_length if limited else None,
        "、".join(field.choices),
        field.hint,
    ]
