"""The sheet 設定: each value with its own rule and example."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches

from sousei_xl import amounts, eras, text
from sousei_xl.strategy import (
    AS_SUBMITTED,
    AUTOMATIC,
    CLASSES,
    GROSS,
    LICENCES,
    NET,
    PLAN,
    Judgement,
    Settings,
)
from sousei_xl.strategy.dates import END_OF_SPAN, is_possible, names_another_year, usual_days
from sousei_xl.strategy.load.table import (
    SETTINGS,
    Mistakes,
    Row,
    Tables,
    choose_from,
    is_number,
    rows_of,
)
from sousei_xl.text import Value

_ALIKE = 0.3  # of a key and the words that took its place: 注意書き, 注記
_NOTE = "※"  # begins the office's own words, wherever they stand
_WEEKDAY = re.compile(r"\s*[(（][日月火水木金土](?:曜日?)?[)）]\s*$")


def check_digit(code: str) -> str:
    """The sixth digit of a 全国地方公共団体コード, from its first five (総務省's rule).

    The digits are weighted by 6, 5, 4, 3 and 2; the check digit is the last digit of 11 less the
    remainder of their sum divided by 11.
    """
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=False))
    return str((11 - total % 11) % 10)


class _SettingsTable:
    """The rows of 設定 by key, each value asked for with its own rule and example."""

    def __init__(self, rows: Mapping[str, Row], mistakes: Mistakes) -> None:
        self._rows = rows
        self._mistakes = mistakes
        self._asked: dict[str, str] = {}
        self._lacking: list[str] = []

    def wrong(self, name: str, problem: str, remedy: str) -> None:
        row = self._row(name)
        if row is not None:
            self._mistakes.at(row, "値", f"「{name}」{problem}", remedy)
        else:
            self._lacking.append(name)

    def finish(self) -> tuple[str, ...]:
        """What only shows when every key has been asked for: keys that are missing or reworded.

        Returns those that are like no missing one: the office's own, which nobody reads.
        """
        own = []
        absent = [name for key, name in self._asked.items() if key not in self._rows]
        for key, row in self._rows.items():
            if key in self._asked or text.is_blank(row.values["値"]):  # or a group's heading
                continue
            typed = row.text("キー")
            near = get_close_matches(typed, absent, 2, _ALIKE)
            if not near:
                own.append(typed)
                continue
            self._lacking = [name for name in self._lacking if name not in near]
            problem = f"「{typed}」というキーはありません。"
            remedy = f"{text.perhaps(near)}キーを元に戻してください。"
            self._mistakes.at(row, "キー", problem, remedy)
        for name in self._lacking:
            self._mistakes.add(
                SETTINGS,
                "A1",
                f"「{name}」の行がありません。",
                f"キーの列に「{name}」の行を戻してください。",
            )
        return tuple(own)

    def _row(self, name: str) -> Row | None:
        key = text.key(name)
        self._asked[key] = name
        return self._rows.get(key)

    def value(self, name: str) -> Value:
        row = self._row(name)
        return None if row is None else row.values.get("値")

    def text(self, name: str, example: str = "", default: str | None = None) -> str:
        value = text.tidy(self.value(name)).value
        if value is None and default is None:
            self.wrong(name, "が空欄です。", f"入力してください（例：{example}）。")
        return str(value or default or "")

    def choice(self, name: str, choices: Sequence[str], required: bool = True) -> str:
        value = self.text(name, choices[0], default=None if required else "")
        if value and value not in choices:
            self.wrong(name, f"に『{value}』とあります。", choose_from(choices))
        return value

    def only(self, name: str, value: str, why: str) -> str:
        """A value that is printed and cannot be another one."""
        typed = self.text(name, default=value)
        if text.key(typed) != text.key(value):
            self.wrong(
                name, f"に『{typed}』とあります。", f"『{value}』に戻してください（{why}）。"
            )
        return value

    def code(self, name: str, example: str) -> str:
        """Digits that may begin with 0, which a cell typed as a number has lost."""
        typed = self.text(name, example)
        shown = text.nfkc(typed).strip()
        if shown and not re.fullmatch(r"\d{6}", shown):
            remedy = f"6桁の文字列として入力してください（例：{example}）。"
            whole = shown.zfill(6)
            if re.fullmatch(r"\d{5}", shown) and check_digit(whole) == whole[5]:
                remedy = (
                    "先頭の0が消えています。セルの表示形式を「文字列」にしてから、"
                    f"『{whole}』と入力してください。"
                )
            self.wrong(name, f"の『{typed}』が6桁の数字ではありません。", remedy)
        elif shown and (right := check_digit(shown)) != shown[5]:
            problem = (
                f"の『{typed}』は、最後の桁（検査数字）が合いません。"
                f"先頭の5桁が『{shown[:5]}』なら、最後の桁は『{right}』です。"
            )
            remedy = (
                f"『{shown[:5]}{right}』と入力するか、先頭の5桁を確かめて入力し直してください"
                f"（例：{example}）。"
            )
            self.wrong(name, problem, remedy)
        return shown

    def year(self, name: str, example: str) -> int:
        shown = self.text(name, example)
        year = eras.parse_fiscal_year(self.value(name))
        if shown and year is None:
            remedy = f"「{example}」のように入力してください。"
            self.wrong(name, f"の『{shown}』が年度として読み取れません。", remedy)
        return year or 0

    def date(self, name: str, example: str, required: bool = True) -> dt.date | None:
        shown = self.text(name, example, default=None if required else "")
        date = eras.parse_date(self.value(name)) or eras.parse_date(_WEEKDAY.sub("", shown))
        if shown and date is None:
            remedy = f"「{example}」のように入力してください。"
            self.wrong(name, f"の『{shown}』が日付として読み取れません。", remedy)
        return date

    def day(self, name: str) -> str:
        """A day as it is printed: as typed, but a date in Japanese (平成30年3月16日)."""
        value = self.value(name)
        date = None if isinstance(value, str) else eras.parse_date(value)
        if date is None:
            return self.text(name, default="")
        hour = text.to_text(value).removeprefix(date.isoformat())
        return f"{eras.japanese_date(date)}{hour}"

    def integer(self, name: str, default: int) -> int:
        parsed = amounts.parse_integer(self.value(name))
        if parsed.problem or (parsed.value is not None and parsed.value < 1):
            shown = text.to_text(self.value(name))
            self.wrong(
                name, f"の『{shown}』が数字として読み取れません。", "正の整数を入力してください。"
            )
        return default if parsed.value is None else int(parsed.value)

    def share(self, name: str, default: str) -> str:
        """A number from 0 to 1."""
        return self._number(name, default, lambda n: 0 <= n <= 1, "0から1までの数字")

    def factor(self, name: str, default: str) -> str:
        """A number above 1, or 0."""
        return self._number(name, default, lambda n: n == 0 or n > 1, "1より大きい数字か0")

    def _number(
        self, name: str, default: str, fits: Callable[[Decimal], bool], allowed: str
    ) -> str:
        typed = self.text(name, default=default)
        number = text.nfkc(typed).strip()
        if not is_number(number):
            remedy = f"数字を入力してください（例：{default}）。"
            self.wrong(name, f"の『{typed}』が数字として読み取れません。", remedy)
        elif not fits(Decimal(number)):
            remedy = f"{allowed}を入力してください（例：{default}）。"
            self.wrong(name, f"の『{typed}』は使えません。", remedy)
        return number


def read_settings(tables: Tables, mistakes: Mistakes) -> Settings | None:
    """設定; None where the sheet or its header is missing, which was told then."""
    rows: dict[str, Row] = {}
    for row in rows_of(tables, mistakes, SETTINGS, ("キー", "値"), 2):
        name = row.text("キー")
        if name.startswith(_NOTE):
            continue
        if text.key(name) in rows:
            mistakes.at(row, "キー", f"「{name}」が2行あります。", "片方の行を削除してください。")
        elif name:
            rows[text.key(name)] = row
    if not rows and mistakes.are_on(SETTINGS):
        return None
    table = _SettingsTable(rows, mistakes)
    plan = table.text("計画期間", "平成27年度〜平成31年度")
    span = END_OF_SPAN.sub("", plan)
    years = [eras.parse_fiscal_year(p) for p in re.split(r"[~〜～\-－から]+", span)]
    if plan and (len(years) != 2 or None in years or (years[0] or 0) > (years[1] or 0)):
        table.wrong(
            "計画期間",
            f"の『{plan}』が期間として読み取れません。",
            "「平成27年度〜平成31年度」のように入力してください。",
        )
    fiscal_year = table.year("年度", "平成30年度")
    list_date = table.date("基準日", "2018-03-30")
    if fiscal_year and list_date and not is_possible(list_date, fiscal_year):
        first, last = usual_days(fiscal_year)
        label = eras.fiscal_year_label(fiscal_year)
        table.wrong(
            "基準日",
            f"の『{table.text('基準日')}』は、年度（{label}）から離れています。"
            "前年度のテンプレートから写したままではありませんか。",
            f"{label}の一覧がいつ現在のものかを入力してください"
            f"（例：{dt.date(fiscal_year, 3, 31).isoformat()}。普通は{first.isoformat()}から"
            f"{last.isoformat()}までの日です）。年度のほうが誤りなら、年度を直してください。",
        )
    own_label = table.text("年度の表記", default="")
    if fiscal_year and names_another_year(own_label, fiscal_year):
        label = eras.fiscal_year_label(fiscal_year)
        table.wrong(
            "年度の表記",
            f"に『{own_label}』とありますが、年度は{label}です。",
            f"空欄にする（「{label}」と印字します）か、{label}の表記に直してください。"
            "年度のほうが誤りなら、年度を直してください。",
        )
    settings = Settings(
        municipality=table.text("自治体名", "旭川市"),
        code=table.code("団体コード", "012041"),
        fiscal_year=fiscal_year,
        year_label=own_label or (eras.fiscal_year_label(fiscal_year) if fiscal_year else ""),
        plan_years=(years[0] or 0, years[-1] or 0),
        plan_label=plan,
        plan_name=table.text("計画の名称", default=PLAN),
        title=table.text("表題", "旭川市まち・ひと・しごと創生総合戦略関連事業一覧"),
        unit=table.only("単位", "千円", "様式の予算事業費は千円で、ほかの単位には換算しません"),
        basis=table.choice("小計の算出", (GROSS, NET)),
        numbering=table.choice("番号の付け方", (AS_SUBMITTED, AUTOMATIC)),
        budget_basis=table.text("予算の基準", default="当初"),
        list_date=list_date or dt.date.min,
        results_date=table.date("実績基準日", "2018-08-31", required=False),
        deadline=table.day("提出期限"),
        submit_to=table.text("提出先", default=""),
        budget_limit=table.integer("予算の上限目安", 10_000_000),
        paper=table.choice("用紙", ("A4", "A3")),
        font=table.text("書体", default="BIZ UDPゴシック"),
        minus=table.choice("負数の記号", ("▲", "△", "-")),
        judgement=Judgement(
            mostly=table.share("おおむね順調の基準", "0.6"),
            tolerance=table.share("維持の許容幅", "0"),
            names={c: table.text(f"判定の名称（{c}）", default=c) for c in CLASSES},
            marks={c: table.text(f"判定の記号（{c}）", default="") for c in CLASSES},
        ),
        notice=table.text("注意書き", default=""),
        budget_factor=table.factor("前年度比の目安", "2"),
        licence=table.choice("オープンデータの利用条件", LICENCES, required=False),
    )
    return replace(settings, own_keys=table.finish())
