"""What was probably forgotten in the template, and stops nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from sousei_xl import text
from sousei_xl.strategy import Indicator, Strategy
from sousei_xl.strategy.indicators import (
    FALLING,
    PERIOD_SUM,
    QUALITATIVE,
    RISING,
    baseline,
    year_label,
)

_MOST = 5
_DIVIDED = re.compile(r"[/／;；\s]")


def gaps(strategy: Strategy) -> Iterator[str]:
    """Questions to the office; each names the sheet of the template and where to look."""
    filled = {measure.goal for measure in strategy.measures}
    for goal in strategy.goals:
        if goal.number not in filled:
            yield (
                f"テンプレートの「施策体系」の基本目標{goal.number}に、施策がありません。"
                "このままでは、この基本目標に事業を載せられません。"
            )
    if own := strategy.settings.own_keys:
        yield (
            f"テンプレートの「設定」に、使われない行があります（{_listed(own)}）。"
            "事務局の覚え書きなら、そのままで構いません。"
        )
    yield from _perhaps_several(strategy)
    indicators = strategy.indicators
    if nobodys := [i for i in indicators if not i.departments]:
        yield (
            f"テンプレートの「指標」に、担当部局が空欄の指標があります（{_named(nobodys)}）。"
            "このままでは、どの部局にも実績を照会しません。"
        )
    numeric = [i for i in indicators if i.kind != QUALITATIVE]
    if aimless := [i for i in numeric if text.is_blank(i.target)]:
        yield (
            f"テンプレートの「指標」に、目標値が空欄の指標があります（{_named(aimless)}）。"
            "このままでは、判定できません。"
        )
    if undated := [i for i in numeric if i.baseline and not i.baseline_year]:
        yield (
            f"テンプレートの「指標」に、現状値があって現状値年が空欄の指標があります"
            f"（{_named(undated)}）。このままでは、判定できません。"
        )

    if dips := [f"{i.id}の{'、'.join(years)}" for i in numeric if (years := _dips(i, strategy))]:
        yield (
            f"テンプレートの「指標」に、現状値から見て目標の向きと逆の側にある年度別目標があります"
            f"（{_listed(dips)}）。そのような計画なら、そのままで構いません。"
        )


def _dips(indicator: Indicator, strategy: Strategy) -> list[str]:
    """The years whose own target lies on the other side of 現状値.

    Not of 維持, which may be surpassed, nor of 期間累計: a year's sum starts at 0.
    """
    start = baseline(indicator)
    if start is None or indicator.kind == PERIOD_SUM:
        return []
    aims = {year: Decimal(shown) for year, shown in indicator.yearly_targets.items()}
    return [
        year_label(year, strategy.settings)
        for year, aim in aims.items()
        if (indicator.direction == RISING and aim < start)
        or (indicator.direction == FALLING and aim > start)
    ]


def _perhaps_several(strategy: Strategy) -> Iterator[str]:
    """A lone choice or unit that may be several: only 「、」「，」 and line breaks divide them."""
    lone = [("項目", "選択肢", f.label, f.choices) for f in strategy.own_fields]
    lone += [("部局", "提出課", d.name, d.units) for d in strategy.departments]
    for sheet, heading, name, words in lone:
        if len(words) == 1 and _DIVIDED.search(words[0]):
            yield (
                f"テンプレートの「{sheet}」の{heading}『{words[0]}』（{name}）は、一つとして"
                "扱います。いくつかを並べたものなら、「、」で区切ります。"
            )


def _named(indicators: Sequence[Indicator]) -> str:
    return _listed([i.id for i in indicators])


def _listed(names: Sequence[str]) -> str:
    more = f"ほか{len(names) - _MOST}件" if len(names) > _MOST else ""
    return "、".join([*names[:_MOST], *([more] if more else [])])
