"""What the council and the city wrote into 施策評価表, and where it belongs. Pure.

A remark is found again by the 照合キー printed in its row (``施策:1ア``) and its year, wherever
rows have moved. One whose place is gone is never dropped: it goes to the list 行き先のない意見
until somebody gives it a key or deletes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sousei_xl import text
from sousei_xl.sheets import Contents
from sousei_xl.sheets.indicators.entries import Group, groups
from sousei_xl.strategy import indicators as defined

# Headings of the rows that are read back.
KEY, YEAR, SUBJECT = "照合キー", "年度", "対象"
OPINION, RESPONSE, REASON = "委員意見", "市の対応", "理由"
# What the response is called where it is not a 市 that responds.
RESPONSES = (
    RESPONSE,
    "町の対応",
    "村の対応",
    "区の対応",
    "県の対応",
    "府の対応",
    "道の対応",
    "都の対応",
)

GOAL, MEASURE, INDICATOR = "基本目標", "施策", "指標"
_KEY = re.compile(rf"({GOAL}|{MEASURE}|{INDICATOR}):(.+)")
_LONGEST = 30_000  # characters that are put together in one cell


@dataclass(frozen=True, slots=True)
class Remark:
    """One row with something in it. ``key`` is blank where the row had none; ``year`` is the
    fiscal year by its April, None where it was not said. ``reason`` says why it has no place."""

    key: str
    year: int | None
    subject: str
    opinion: str
    response: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A row for remarks: its key, what it is about, and other keys that mean the same."""

    key: str
    subject: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """Remarks at their places: key of the slot → fiscal year → remark; ``orphans`` have none."""

    at: Mapping[str, Mapping[int, Remark]]
    orphans: tuple[Remark, ...]


def response_of(municipality: str) -> str:
    """``東川町`` → ``町の対応``."""
    own = f"{municipality.strip()[-1:]}の対応"
    return own if own in RESPONSES else RESPONSE


def normal_key(typed: str) -> str:
    """``施策：１ア`` → ``施策:1ア``; blank where it is no key."""
    match = _KEY.fullmatch("".join(text.nfkc(typed).split()))
    return f"{match[1]}:{match[2]}" if match else ""


def goal_slots(contents: Contents, goal: int) -> tuple[Slot, ...]:
    """The goal as a whole, then its 数値目標."""
    found = [g for g in groups(contents) if g.indicator.goal == goal and not g.indicator.measure]
    return (Slot(f"{GOAL}:{goal}", f"基本目標{goal}全体"), *map(_slot, found))


def measure_slots(contents: Contents, measure: str) -> tuple[Slot, ...]:
    """The measure as a whole, then its KPI."""
    found = [g for g in groups(contents) if g.indicator.measure == measure]
    return (Slot(f"{MEASURE}:{measure}", f"施策{measure}全体"), *map(_slot, found))


def all_slots(contents: Contents) -> Iterator[Slot]:
    """Every place for remarks."""
    for goal in contents.strategy.goals:
        yield from goal_slots(contents, goal.number)
    for measure in contents.strategy.measures:
        yield from measure_slots(contents, measure.key)


def _slot(group: Group) -> Slot:
    """Parts of one indicator share a row; each part's own key leads there."""
    key, *others = (f"{INDICATOR}:{entry.indicator.id}" for entry in group.parts)
    parts = "・".join(e.indicator.part for e in group.parts) if group.has_parts else ""
    name = group.indicator.name if parts else defined.title(group.indicator)
    return Slot(key, f"{name}（{parts}）" if parts else name, tuple(others))


def place(remarks: Iterable[Remark], contents: Contents) -> Placed:
    """Put every remark where it belongs; nothing is lost.

    Several remarks for one place and year (a copied row, an orphan that was given a key) stand
    one below the other.
    """
    this_year = contents.strategy.settings.fiscal_year
    keys = _keys(contents)
    at: dict[str, dict[int, Remark]] = {}
    orphans: list[Remark] = []
    for remark in remarks:
        if not remark.opinion and not remark.response:
            continue
        key = keys.get(text.key(normal_key(remark.key) or remark.key))
        year = this_year if remark.year is None else remark.year
        if key is None:
            orphans.append(replace(remark, year=year, reason=remark.reason or _why(remark)))
            continue
        before = at.get(key, {}).get(year)
        both = replace(remark, key=key, year=year, reason="")
        if before is not None:
            both = replace(
                both,
                opinion=_joined(before.opinion, remark.opinion),
                response=_joined(before.response, remark.response),
            )
        if max(len(both.opinion), len(both.response)) > _LONGEST and before is not None:
            too_long = "同じ欄の意見が長く、一つのセルにまとめられませんでした。"
            orphans.append(replace(remark, key="", year=year, reason=too_long))
        else:
            at.setdefault(key, {})[year] = both
    return Placed(at, tuple(dict.fromkeys(orphans)))


def _keys(contents: Contents) -> dict[str, str]:
    """Match key of every way to write a key → the slot's; ``1ア`` alone is understood as well."""
    keys: dict[str, str] = {}
    for slot in all_slots(contents):
        for key in (slot.key, *slot.others):
            keys[text.key(key)] = slot.key
            keys.setdefault(text.key(key.partition(":")[2]), slot.key)
    return keys


def _joined(before: str, more: str) -> str:
    """One below the other; what is said already is not said again."""
    if not before or not more or more in before.split("\n") or more == before:
        return before or more
    return f"{before}\n{more}"


def _why(remark: Remark) -> str:
    if remark.key:
        return f"「{remark.key}」に当たる施策・指標が、今の総合戦略にありません。"
    return "照合キーのない行に書かれていました。"
