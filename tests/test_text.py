"""Parsers and keys: what a typed cell means, value by value."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest

from sousei_xl import amounts, eras, text
from sousei_xl.amounts import Money
from sousei_xl.text import Parsed

# --- keys -----------------------------------------------------------------------------------------

SAME = [
    ("２ア", "2ア"),
    ("2ｱ", "2ア"),
    ("ＵＩＪターン", "uijターン"),
    ("移住 促進　事業", "移住促進事業"),
    ("移住\n促進事業", "移住促進事業"),
    ("移住\u200b促進事業", "移住促進事業"),
    ("移住\u00ad促進事業", "移住促進事業"),
    ("（新）移住促進事業", "移住促進事業"),
    ("【新規】移住促進事業", "移住促進事業"),
    ("移住促進事業《新》", "移住促進事業"),
    ("（新）（新）移住促進事業", "移住促進事業"),
    ("○", "〇"),
    ("○", "◯"),
    ("○", "●"),
    ("○", "⭕\ufe0f"),
    ("◎", "◉"),
    ("1-2", "1−2"),
    ("1-2", "１－２"),
    ("1-2", "1—2"),
    ("データ", "デ－タ"),
    ("小･中", "小・中"),
    ("（小学校）", "(小学校)"),
    ("ﾊﾞﾘｱﾌﾘｰ", "バリアフリー"),
    ("がっこう", "か\u3099っこう"),
    ("平成３０年", "平成30年"),
]
DIFFERENT = [
    ("○", "◎"),
    ("1ア", "1イ"),
    ("事業1", "事業2"),
    ("新エネルギー", "エネルギー"),
    ("（新規就農）支援", "支援"),
    ("ハス", "バス"),
    ("つ", "っ"),
    ("移住促進事業", "移住推進事業"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_keys_fold_what_means_the_same(one: str, other: str) -> None:
    assert text.key(one) == text.key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_keys_keep_what_differs(one: str, other: str) -> None:
    assert text.key(one) != text.key(other)


# --- printed text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        ("甲", "甲"),
        (12000, "12000"),
        (12000.0, "12000"),
        (12.5, "12.5"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.datetime(2018, 3, 30), "2018-03-30"),
        (dt.datetime(2018, 3, 30, 9, 5), "2018-03-30 09:05"),
        (dt.date(2018, 3, 30), "2018-03-30"),
        (dt.time(9, 5), "09:05:00"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
    ],
)
def test_a_cell_as_a_person_reads_it(value: Any, shown: str) -> None:
    assert text.to_text(value) == shown


@pytest.mark.parametrize("value", [None, "", " ", "\n", "　", "\u00a0", "\u200b", "\ufeff \t"])
def test_blank(value: Any) -> None:
    assert text.is_blank(value)
    assert text.tidy(value) == text.tidy_name(value) == amounts.parse_integer(value) == Parsed()
    assert amounts.parse_money(value) == Money()


@pytest.mark.parametrize("value", [0, 0.0, False, "0", "-", "無"])
def test_not_blank(value: Any) -> None:
    assert not text.is_blank(value)


@pytest.mark.parametrize(
    ("value", "parsed"),
    [
        ("本文，「甲」（小学校）", Parsed("本文，「甲」（小学校）")),
        (" 本文\n", Parsed("本文", converted=True)),
        ("一行\n二行", Parsed("一行\n二行")),
        ("一行\r\n二行", Parsed("一行\n二行")),
        ("一行\r二行", Parsed("一行\n二行", converted=True)),
        ("甲　乙", Parsed("甲　乙")),
        (5, Parsed("5")),
    ],
)
def test_tidy(value: Any, parsed: Parsed) -> None:
    assert text.tidy(value) == parsed


@pytest.mark.parametrize(
    ("value", "parsed"),
    [
        ("甲事業", Parsed("甲事業")),
        ("　甲事業 ", Parsed("甲事業", converted=True)),
        ("甲\n事業", Parsed("甲事業", converted=True, problem="newline")),
        ("甲\r\n事業", Parsed("甲事業", converted=True, problem="newline")),
        ("甲\u2028事業", Parsed("甲事業", converted=True, problem="newline")),
        ("ＩＣＴ，小･中（仮称）", Parsed("ＩＣＴ，小･中（仮称）")),
    ],
)
def test_tidy_name(value: Any, parsed: Parsed) -> None:
    assert text.tidy_name(value) == parsed


@pytest.mark.parametrize(
    ("name", "bare", "new"),
    [
        ("（新）甲", "甲", True),
        ("(新)甲", "甲", True),
        ("【新】甲", "甲", True),
        ("【新規】甲", "甲", True),
        ("［新規］　甲", "甲", True),
        ("〔新〕甲", "甲", True),
        ("（ 新 ）甲", "甲", True),
        ("🈟甲", "甲", True),
        ("《新》甲", "甲", True),
        ("〈新〉甲", "甲", True),
        ("甲（新）", "甲", True),
        ("甲　【新規】 ", "甲", True),
        ("（新）甲［新規］", "甲", True),
        ("甲（新）乙", "甲（新）乙", False),
        ("新規　甲", "新規　甲", False),
        ("新：甲", "新：甲", False),
        ("甲（新館）", "甲（新館）", False),
        ("新甲", "新甲", False),
        ("（新型）甲", "（新型）甲", False),
        ("（新）", "（新）", False),
        ("", "", False),
    ],
)
def test_split_new_mark(name: str, bare: str, new: bool) -> None:
    assert text.split_new_mark(name) == (bare, new)


@pytest.mark.parametrize(
    ("name", "bare", "relisted"),
    [
        ("甲（再掲）", "甲", True),
        ("甲 (再掲) ", "甲", True),
        ("（再掲）甲", "甲", True),
        ("【再掲】甲", "甲", True),
        ("［ 再掲 ］　甲", "甲", True),
        ("※再掲　甲", "甲", True),
        ("再掲：甲", "甲", True),
        ("甲　再掲", "甲", True),
        ("甲※（再掲）", "甲", True),
        ("再掲載甲", "再掲載甲", False),
        ("甲（再掲載）", "甲（再掲載）", False),
        ("甲（再掲）乙", "甲乙", True),
        ("甲再掲乙", "甲再掲乙", True),
        ("（再掲）", "（再掲）", True),
        ("甲（※再掲）", "甲", True),
        ("甲（再 掲）", "甲", True),
        ("甲（再掲分）", "甲", True),
        ("甲（3イ再掲）", "甲", True),
        ("甲（再掲3イ-13）", "甲", True),
        ("甲〔3イ-13の再掲〕", "甲", True),
        ("甲　（※3イに再掲）", "甲", True),
        ("甲（再掲）（3ウ）", "甲（3ウ）", True),
        ("甲再掲", "甲", True),
        ("再掲甲", "甲", True),
        ("再掲・甲", "甲", True),
        ("◆再掲◆甲", "甲", True),
        ("甲－再掲－", "甲", True),
        ("甲データ再掲", "甲データ", True),
        ("(再) 甲", "甲", True),
        ("【再】　甲", "甲", True),
        ("（再）：甲", "甲", True),
        ("甲【再】", "甲", True),
        *(
            (name, name, False)
            for name in (
                "再掲示事業",
                "再掲出事業",
                "広報紙再掲出事業",
                "国旗の再 掲揚",
                "看板（再掲出）事業",
                "（再）就職支援事業",
                "（再）就学支援事業",
                "（再）発見ふるさと事業",
                "【再】エネ設備導入事業",
            )
        ),
        ("女性の（再）就職支援事業", "女性の（再）就職支援事業", False),
        ("再開発事業", "再開発事業", False),
        ("甲", "甲", False),
    ],
)
def test_split_relisted_mark(name: str, bare: str, relisted: bool) -> None:
    assert text.split_relisted_mark(name) == (bare, relisted)


def test_the_list_marks_new_projects() -> None:
    assert text.with_new_mark("産後ケア事業", text.NEW) == "（新）産後ケア事業"
    assert text.with_new_mark("産後ケア事業", text.CONTINUED) == "産後ケア事業"
    assert text.with_new_mark("", text.NEW) == text.with_new_mark("", None) == ""


def test_what_no_workbook_can_hold() -> None:
    for bad in ("\x00", "\x08", "\x0b", "\x1f", "\ud800", "\udfff", "\ufffe", "\uffff"):
        assert text.unprintable(f"甲{bad}乙")
        assert text.printable(f"甲{bad}乙") == "甲\ufffd乙"
    for good in ("\t", "\n", "\r", "甲", "𠮷", "\x7f", "\ufffd"):
        assert not text.unprintable(good)
        assert text.printable(good) == good


def test_what_may_be_meant_is_asked() -> None:
    assert text.perhaps(["2ア-1", "2ア-2"]) == "『2ア-1』か『2ア-2』ではありませんか。"
    assert text.perhaps([]) == ""


def test_length_as_excel_counts() -> None:
    assert [text.utf16_length(t) for t in ("", "甲", "𠮷", "が", "か\u3099")] == [0, 1, 2, 1, 2]


def test_a_text_is_cut_between_characters() -> None:
    assert text.clip_utf16("甲乙丙", 3) == "甲乙丙"
    assert text.clip_utf16("甲乙丙丁", 3) == "甲乙…"
    assert [text.clip_utf16("𠮷𠮷", n) for n in (4, 3, 2)] == ["𠮷𠮷", "𠮷…", "…"]


def test_full_width() -> None:
    assert (text.full_width(30), text.full_width("平成30年度")) == ("３０", "平成３０年度")


# --- choices --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "parsed"),
    [
        (None, Parsed()),
        ("新規", Parsed("新規")),
        ("新", Parsed("新規", converted=True)),
        ("（新規）", Parsed("新規", converted=True)),
        ("（新）", Parsed("新規", converted=True)),
        (" 新規", Parsed("新規", converted=True)),
        ("取り下げ", Parsed("取下げ", converted=True)),
        ("新設", Parsed("新設")),
        (" 新設 ", Parsed("新設")),
        (3.0, Parsed("3")),
    ],
)
def test_choice(value: Any, parsed: Parsed) -> None:
    assert text.choice(value, text.CATEGORY_SPELLINGS) == parsed


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3),
        (-3, -3),
        (0, 0),
        (3.0, 3),
        (2.9999999999, 3),
        (1e14, 10**14),
        ("3", 3),
        ("３", 3),
        ("③", 3),
        ("3\u200b", 3),
        ("1,003", 1003),
        ("３.0", 3),
        ("▲3", -3),
        ("−3", -3),
        ("007", 7),
    ],
)
def test_integer(value: Any, number: int) -> None:
    parsed = amounts.parse_integer(value)
    assert (parsed.value, parsed.problem) == (number, "")
    assert isinstance(parsed.value, int)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (1.5, "fraction"),
        ("1.5", "fraction"),
        (True, "bool"),
        (dt.datetime(2018, 4, 1), "date"),
        (dt.time(1), "date"),
        (dt.timedelta(days=2), "date"),
        ("三", "text"),
        ("1-2", "text"),
        ("--5", "text"),
        ("▲▲5", "text"),
        ("-", "text"),
        ("1,00", "text"),
        ("1.000", "text"),
        ("½", "text"),
        ("1e3", "text"),
        ("0x10", "text"),
        ("1_000", "text"),
        (10**15, "text"),
        (1e15, "text"),
        ("1" * 16, "text"),
        ("1" * 5000, "text"),
        ("1" * 20 + ".5", "text"),
        (float("nan"), "text"),
        (float("-inf"), "text"),
    ],
)
def test_no_integer(value: Any, problem: str) -> None:
    parsed = amounts.parse_integer(value)
    assert (parsed.value, parsed.problem) == (None, problem)


@pytest.mark.parametrize(
    ("value", "money"),
    [
        (12000, Money(12000)),
        (12000.0, Money(12000)),
        (0, Money(0)),
        (12000.000000000002, Money(12000, converted=True)),
        ("１２，０００千円", Money(12000, converted=True)),
        ("12,000 千円", Money(12000, converted=True)),
        ("▲1,200", Money(-1200, converted=True)),
        ("△1,200千円", Money(-1200, converted=True)),
        ("12,000\u200b", Money(12000, converted=True)),
        ("12\u2060,000\ufeff", Money(12000, converted=True)),
        ("12 000", Money(problem="text")),
        ("①", Money(problem="text")),
        ("12②", Money(problem="text")),
        ("10³千円", Money(problem="text")),
        ("（1,200千円）", Money(problem="brackets", expected="1200")),
        ("(2,967)", Money(problem="brackets", expected="2967")),
        ("［2967］", Money(problem="brackets", expected="2967")),
        ("(約2,967)", Money(problem="text")),
        ("(" * 5000 + "1" + ")" * 5000, Money(problem="text")),
        ("[" * 5000 + "1" + "]" * 5000, Money(problem="text")),
        ("- 1,200", Money(-1200, converted=True)),
        ("未定", Money(kind="未定")),
        ("［未定］", Money(kind="未定")),
        ("【未定】", Money(kind="未定")),
        ("〔未定〕", Money(kind="未定")),
        ("【内数】", Money(kind="内数")),
        ("《1,200》", Money(problem="brackets", expected="1200")),
        ("▲▲5", Money(problem="text")),
        ("検討中", Money(kind="未定")),
        ("内数", Money(kind="内数")),
        ("うち数", Money(kind="内数")),
        ("（12,000千円の内数）", Money(kind="内数")),
        ("○○事業費の内数", Money(kind="内数")),
        ("０予算", Money(0, kind="０予算")),
        ("ゼロ予算", Money(0, kind="０予算")),
        ("人件費のみ", Money(0, kind="０予算")),
        ("―", Money(0, kind="０予算")),
        ("－", Money(0, kind="０予算")),
        ("12,000円", Money(problem="unit", expected="12")),
        ("12,500円", Money(problem="unit", expected="13")),
        ("3百万円", Money(problem="unit", expected="3000")),
        ("0.5億円", Money(problem="unit", expected="50000")),
        ("¥12,000", Money(problem="unit", expected="12")),
        ("\\12,000", Money(problem="unit", expected="12")),
        ("円", Money(problem="text")),
        ("千円", Money(problem="text")),
        ("1,2円", Money(problem="text")),
        ("∞円", Money(problem="text")),
        ("1,500万円", Money(problem="unit", expected="15000")),
        ("1億2,000万円", Money(problem="unit", expected="120000")),
        ("1億2千万 円", Money(problem="unit", expected="120000")),
        ("▲1.5億", Money(problem="unit", expected="-150000")),
        ("1万2,345円", Money(problem="unit", expected="12")),
        ("2,000万1億円", Money(problem="text")),
        ("1億2,000千円", Money(problem="text")),
        ("1,2万円", Money(problem="text")),
        ("万円", Money(problem="text")),
        ("万", Money(problem="text")),
        ("約12,000", Money(problem="text")),
        ("12.5", Money(problem="fraction", expected="13")),
        ("▲12.5", Money(problem="fraction", expected="-13")),
        (-12.5, Money(problem="fraction", expected="-13")),
        ("▲12,000円", Money(problem="unit", expected="-12")),
        ("(3百万円)", Money(problem="brackets", expected="3000")),
        (0.4, Money(problem="fraction", expected="0")),
        ("12.000", Money(problem="text")),
        ("12,000.000", Money(problem="text")),
        (True, Money(problem="bool")),
        (dt.date(2018, 4, 1), Money(problem="date")),
    ],
)
def test_money(value: Any, money: Money) -> None:
    assert amounts.parse_money(value) == money


# --- years and dates ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "year"),
    [
        ("H31", 2019),
        ("Ｈ３１", 2019),
        ("h31年度", 2019),
        ("H.31", 2019),
        ("平成31年度", 2019),
        ("平成 ３１ 年", 2019),
        ("R1", 2019),
        ("令和元年度", 2019),
        ("令和1年", 2019),
        ("平成元年度", 1989),
        ("S63", 1988),
        ("2019", 2019),
        ("２０１９年度", 2019),
        ("令和6（2024）年度", 2024),
        ("2023（令和5）年度", 2023),
        ("平成30年度（2018年度）", 2018),
        ("2024/令和6年度", 2024),
        ("令和7（2024）年度", None),
        ("令和6年度（2024年3月）", None),
        (2019, 2019),
        (2019.0, 2019),
        ("2018.5", None),
        (2018.5, None),
        ("30", None),
        (30, None),
        (True, None),
        ("1900", None),
        ("平成", None),
        ("平成100年度", None),
        ("", None),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        (dt.datetime(2018, 4, 1), None),
    ],
)
def test_fiscal_year(value: Any, year: int | None) -> None:
    assert eras.parse_fiscal_year(value) == year


@pytest.mark.parametrize(
    ("label", "said", "first"),
    [
        ("令和6年度版", [{2024}], 2024),
        ("令和6（2024）年度（当初）", [{2024}], 2024),
        ("令和7（2024）年度", [{2024, 2025}], 2025),
        ("令和6年度（2023年12月現在）", [{2024}], 2024),
        ("昭和60年度 H2年度", [{1985}, {1990}], 1985),
        ("改訂2019", [], 2019),
        ("H30", [{2018}], 2018),
        ("別紙_h30（案）.xlsx", [], 2018),
        ("第2期ABCH30年度", [], None),
        ("第2期4年次", [], None),
    ],
)
def test_the_fiscal_years_of_a_label(label: str, said: list[set[int]], first: int | None) -> None:
    assert eras.fiscal_years_said(label) == said
    assert eras.year_in(label) == first


@pytest.mark.parametrize(
    ("year", "label", "short"),
    [
        (1926, "昭和元年度", "S1"),
        (1985, "昭和60年度", "S60"),
        (1988, "昭和63年度", "S63"),
        (1989, "平成元年度", "H1"),
        (2015, "平成27年度", "H27"),
        (2018, "平成30年度", "H30"),
        (2019, "令和元年度", "R1"),
        (2024, "令和6年度", "R6"),
    ],
)
def test_fiscal_year_labels_come_back(year: int, label: str, short: str) -> None:
    assert eras.fiscal_year_label(year) == label
    assert eras.fiscal_year_label(year, short=True) == short
    assert eras.parse_fiscal_year(label) == eras.parse_fiscal_year(short) == year


@pytest.mark.parametrize(
    ("year", "counted"),
    [
        (1988, [("昭和", 63)]),
        (1989, [("昭和", 64), ("平成", 1)]),
        (2018, [("平成", 30)]),
        (2019, [("平成", 31), ("令和", 1)]),
        (2026, [("令和", 8)]),
        (1900, []),
    ],
)
def test_a_year_in_which_an_era_begins_is_counted_in_both(
    year: int, counted: list[tuple[str, int]]
) -> None:
    assert eras.eras_of(year) == counted
    assert [eras.year_in_era(era, year) for era, _ in counted] == [number for _, number in counted]


@pytest.mark.parametrize(
    ("description", "years"),
    [
        ("平成29年度は、甲をする。", {"平成29年度は": 2017}),
        ("平成２９年度は甲、平成３０年度は乙", {"平成29年度は": 2017, "平成30年度は": 2018}),
        ("令和元年度は", {"令和元年度は": 2019}),
        ("平成29年度から甲をしている。", {}),
        ("平成29年度に策定した計画", {}),
        ("平成29年は", {}),
        ("", {}),
    ],
)
def test_years_that_a_text_is_about(description: str, years: dict[str, int]) -> None:
    assert eras.fiscal_years_in(description) == years


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2018-03-30", dt.date(2018, 3, 30)),
        ("2018/3/30", dt.date(2018, 3, 30)),
        ("2018.3.30", dt.date(2018, 3, 30)),
        ("２０１８年３月３０日", dt.date(2018, 3, 30)),
        ("平成30年3月30日", dt.date(2018, 3, 30)),
        ("H30.3.30", dt.date(2018, 3, 30)),
        ("令和元年5月1日", dt.date(2019, 5, 1)),
        (dt.datetime(2018, 3, 30, 12), dt.date(2018, 3, 30)),
        (dt.date(2018, 3, 30), dt.date(2018, 3, 30)),
        ("2018-02-30", None),
        ("2018年13月1日", None),
        ("20180330", None),
        ("平成30年3月", None),
        ("S60.4.1", dt.date(1985, 4, 1)),
        ("H30/3-30", dt.date(2018, 3, 30)),
        ("H30.12", None),
        ("平成30年12日", None),
        ("平成30年12", None),
        ("H30 1 12", None),
        ("2018年" + "9" * 30 + "月1日", None),
        ("0000-01-01", None),
        (43189, None),
        (None, None),
    ],
)
def test_date(value: Any, date: dt.date | None) -> None:
    assert eras.parse_date(value) == date


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        (dt.date(1985, 4, 1), "昭和60年4月1日"),
        (dt.date(1989, 1, 7), "昭和64年1月7日"),
        (dt.date(1989, 1, 8), "平成元年1月8日"),
        (dt.date(2018, 3, 30), "平成30年3月30日"),
        (dt.date(2019, 4, 30), "平成31年4月30日"),
        (dt.date(2019, 5, 1), "令和元年5月1日"),
        (dt.date(2020, 1, 1), "令和2年1月1日"),
    ],
)
def test_japanese_dates_come_back(date: dt.date, shown: str) -> None:
    assert eras.japanese_date(date) == shown
    assert eras.parse_date(shown) == date


def test_marks_in_names_are_looked_for_in_no_time() -> None:
    """A cell may hold tens of thousands of blanks, and nobody stops the process that reads it."""
    began = time.process_time()
    for name in (
        "あ" + " " * 32_000 + "）",
        "再掲い" + " " * 32_000 + "x",
        " " * 32_000 + "再掲",
        "（再" * 16_000 + "掲",
        "※" * 32_000 + "再掲",
    ):
        text.split_new_mark(name)
        text.split_relisted_mark(name)
        text.fresh_key(name)
    assert time.process_time() - began < 1
    assert text.split_relisted_mark("甲事業　（ 再掲 ）") == ("甲事業", True)
    assert text.split_relisted_mark("※再掲：甲") == ("甲", True)
    assert text.split_new_mark("甲事業【 新規 】（新）") == ("甲事業", True)
