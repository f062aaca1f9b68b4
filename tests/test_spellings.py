"""表記のゆれ: what a list spells in several ways, for the office's eyes only."""

from __future__ import annotations

import pytest

from sousei_xl.figures.spellings import uneven
from tests.merging import RE, merged, row


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["移住，定住", "移住，定住"], []),
        (["移住，定住", "移住、定住", "移住、定住"], ["読点 ， 1", "読点 、 2"]),
        (["移住、定住", "移住,定住"], ["読点 、 1", "読点 半角の, 1"]),
        (["千人、1,000人", "千人、2,000人"], []),
        (["平成３０年", "平成30年"], ["数字 全角の数字 1", "数字 半角の数字 1"]),
        (["小･中学校", "小・中学校"], ["中点 ・ 1", "中点 半角の･ 1"]),
        (["ＩＣＴ", "ICT"], ["英字 全角の英字 1", "英字 半角の英字 1"]),
        (["ｺﾝﾍﾞﾝｼｮﾝ", "サッカー"], ["片仮名 全角の片仮名 1", "片仮名 半角の片仮名 1"]),
        (["4月〜6月", "4月～6月"], ["波線 〜 1", "波線 ～ 1"]),
    ],
)
def test_each_sign_with_the_rows_that_spell_it_so(texts: list[str], found: list[str]) -> None:
    rows = [row(i, "甲乙丙"[i - 1], description=words) for i, words in enumerate(texts, 1)]
    spellings = uneven(merged(*rows).listed)
    assert [f"{s.sign} {s.spelling} {len(s.rows)}" for s in spellings] == found


def test_names_are_looked_at_and_relisted_rows_repeat_nothing() -> None:
    result = merged(
        row(1, "甲（本校）", "1ア"), row(2, "乙(分校)"), row(3, "甲（本校）", "2ウ", **RE)
    )
    found = [(s.spelling, [r.target for r in s.rows]) for s in uneven(result.listed)]
    assert found == [("（ ）", ["1ア-1"]), ("半角の( )", ["2ア-2"])]
