"""The sheet 設定: every key that ``strategy/load/settings.py`` asks for, explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sousei_xl import eras
from sousei_xl.scaffold.grid import FIRST_ROW, Column, Grid
from sousei_xl.sheets.tables import Formula
from sousei_xl.strategy import AS_SUBMITTED, AUTOMATIC, CLASSES, GROSS, LICENCES, NET, PLAN
from sousei_xl.strategy.load.table import SETTINGS
from sousei_xl.text import Value

MISSING, FILLED, OPTIONAL = "未記入", "記入済", "空欄可"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key. ``default`` stands in a new template, unless the facts have a value."""

    key: str
    explanation: str
    default: Value = None
    required: bool = False
    choices: tuple[str, ...] = ()


_MARKS = ("◎", "○", "△", "▲", "×", "－", "保", "未")

# Cells in which Excel is not to take anything for a number or a date.
TEXTS = ("団体コード", "年度の表記", "計画期間", "提出期限")

# A group's heading is a row whose key nobody asks for.
GROUPS: tuple[tuple[str, tuple[Setting, ...]], ...] = (
    (
        "【基本】",
        (
            Setting("自治体名", "一覧と様式に印字する名前です（例：旭川市）。", required=True),
            Setting("団体コード", "6桁の全国地方公共団体コードです（例：012041）。", required=True),
            Setting(
                "年度", "一覧の年度です（例：平成30年度。H30、2018でも構いません）。", required=True
            ),
            Setting(
                "年度の表記",
                "印字する年度です。空欄のときは「平成30年度」の形になります（2019年度は「令和元年度」。平成31年度や"
                "「令和6（2024）年度」の形で印字するときに入力します）。",
            ),
            Setting(
                "計画の名称",
                "様式や依頼文で計画を呼ぶ名前です（例：第2期まちづくり計画）。変えなければこのままにします。",
                PLAN,
            ),
            Setting("計画期間", "計画の期間です（例：平成27年度〜平成31年度）。", required=True),
            Setting(
                "表題",
                "一覧の題名です。年度は付けません（『別紙』シートの見本で年度に続けて印字します）。",
                required=True,
            ),
            Setting("基準日", "いつ現在の一覧かを表します（例：2018-03-30）。", required=True),
        ),
    ),
    (
        "【一覧】",
        (
            Setting(
                "単位",
                "一覧に印字する金額の単位です。様式が千円なので、「千円」のままにします。",
                "千円",
            ),
            Setting(
                "小計の算出",
                "小計に再掲の行の金額を含めるかどうかです。「再掲を除く」にするときは、『別紙』の小計と"
                "合計の「再掲を除く　{純事業数}事業　{再掲を除く額}{単位}」を「再掲を含む　"
                "{再掲を含む額}{単位}」に直すと、もう一方の額が並びます。",
                GROSS,
                True,
                (GROSS, NET),
            ),
            Setting(
                "番号の付け方",
                "「提出どおり」は部局の番号を変えません（空欄にだけ付けます）。「自動」は付け直します。",
                AS_SUBMITTED,
                True,
                (AS_SUBMITTED, AUTOMATIC),
            ),
            Setting("予算の基準", "どの時点の予算かの表記です（例：当初、6月補正後）。", "当初"),
            Setting(
                "予算の上限目安",
                "1事業の予算（千円）がこれを超えたら、円単位での入力を疑い、確認を求めます。"
                "会計の規模に合わせて小さくするほど、見つけやすくなります。",
                10_000_000,
            ),
            Setting(
                "前年度比の目安",
                "予算が前年度のこの倍数を超えるか、この倍数分の1を下回り、かつ備考が空欄のときに、"
                "理由を尋ねます（前年度の別紙を指定したとき。0にすると尋ねません）。",
                2,
            ),
            Setting("用紙", "印刷する用紙です。", "A4", True, ("A4", "A3")),
            Setting(
                "書体",
                "様式や資料の文字の書体です（別紙は『別紙』シートの見本の書体になります）。",
                "BIZ UDPゴシック",
            ),
            Setting("負数の記号", "負の数の前に付ける記号です。", "▲", True, ("▲", "△", "-")),
        ),
    ),
    (
        "【公表】",
        (
            Setting(
                "オープンデータの利用条件",
                "オープンデータの説明（datapackage.json）に書くライセンスです。空欄のときは書きません。",
                choices=LICENCES,
            ),
        ),
    ),
    (
        "【部局への照会】",
        (
            Setting(
                "提出期限",
                "様式の記入要領、依頼票、依頼文、最終確認に載せます（例：平成30年3月16日（金））。",
            ),
            Setting(
                "提出先",
                "様式の記入要領、依頼票、依頼文、最終確認に載せます（例：政策課の共有フォルダー）。",
            ),
        ),
    ),
    (
        "【指標】",
        (
            Setting(
                "実績基準日",
                "いつ現在の実績かを表します（例：2018-08-31）。この日までに終わった年を判定します。空欄のときは"
                "日付を印字せず、年度の初日（4月1日）の前に終わった年を判定します。",
            ),
            Setting(
                "注意書き",
                "数値目標・KPIのシートと注記に印字する断り書きです。なければ空欄のままにします。",
            ),
            Setting(
                "おおむね順調の基準",
                "進捗率が目安の何倍以上で「おおむね順調」とするかです。",
                0.6,
            ),
            Setting(
                "維持の許容幅",
                "現状値と目標値が同じ指標で、目標値との差をどこまで認めるかの割合です（例：0.02は2％）。",
                0,
            ),
            *(
                Setting(f"判定の名称（{c}）", "判定の呼び方です。変えなければこのままにします。", c)
                for c in CLASSES
            ),
            *(
                Setting(f"判定の記号（{c}）", "判定に添える記号です。", mark)
                for c, mark in zip(CLASSES, _MARKS, strict=True)
            ),
        ),
    ),
)


def settings_grid(given: Mapping[str, str]) -> tuple[Grid, Sequence[tuple[int, Setting | None]]]:
    """設定 with the given values, and its Excel rows (None: a group's heading)."""
    rows: list[Sequence[Value | Formula]] = []
    places: list[tuple[int, Setting | None]] = []
    for heading, settings in GROUPS:
        places.append((FIRST_ROW + len(rows) + 1, None))
        rows.append((heading,))
        for setting in settings:
            number = FIRST_ROW + len(rows) + 1
            places.append((number, setting))
            value = _value(setting, given)
            rows.append((setting.key, value, setting.explanation, _state(setting, number, value)))
    columns = (
        Column("キー", 30, look={"bold": True}),
        Column("値", 46, look={"align": "left"}),
        Column("説明", 76, look={"font_color": "#404040"}),
        Column("状態", 10, look={"align": "center"}),
    )
    note = (
        "「値」の列に入力してください。キーは変更しないでください。"
        "状態が「未記入」の行は必ず入力します。"
    )
    return Grid(SETTINGS, "設定", note, columns, rows, room=len(rows), frozen_columns=1), places


def _value(setting: Setting, given: Mapping[str, str]) -> Value:
    value = given.get(setting.key)
    if value is None:
        return setting.default
    return eras.parse_date(value) or value if setting.key.endswith("基準日") else value


def _state(setting: Setting, row: int, value: Value) -> Formula:
    """Live: what is missing says so until it is filled in."""
    blank = MISSING if setting.required else OPTIONAL
    shown = blank if value is None else FILLED
    return Formula(f'=IF(LEN(TRIM(B{row}))=0,"{blank}","{FILLED}")', shown)
