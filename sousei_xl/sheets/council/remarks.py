"""What the council and the city wrote into 施策評価表, and where it belongs. Pure.

A remark is found again by the 照合キー printed in its row (``施策:1ア``) and its year, wherever
rows have moved; one of an earlier year by the name of what it is about, for keys may have been
given anew since. One whose place is gone is never dropped: it goes to the list 行き先のない意見
until somebody gives it a key or deletes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sousei_xl import text
from sousei_xl.figures.last_year import key_now
from sousei_xl.sheets import Contents
from sousei_xl.sheets.indicators.entries import Group, groups
from sousei_xl.strategy import Goal, Measure
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
_WHOLE = re.compile(r".+?全体（(.+)）")
_LONGEST = 30_000  # characters that are put together in one cell


@dataclass(frozen=True, slots=True)
class Remark:
    """One row with something in it. ``key`` is blank where the row had none; ``year`` is the
    fiscal year by its April, None where it was not said. ``reason`` says why it has no place.
    ``late``: last year's workbook got it after others of its remarks had been carried over."""

    key: str
    year: int | None
    subject: str
    opinion: str
    response: str
    reason: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A row for remarks: its key, what it is about, the names of that, and other keys that mean the
    same."""

    key: str
    subject: str
    names: tuple[str, ...]
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


def whole(title: str, name: str) -> str:
    """What a remark about a goal or measure as a whole is about: ``施策2ウ全体（まちなか）``."""
    return f"{title}全体（{name}）"


def goal_slots(contents: Contents, goal: Goal) -> tuple[Slot, ...]:
    """The goal as a whole, then its 数値目標."""
    found = [
        g for g in groups(contents) if g.indicator.goal == goal.number and not g.indicator.measure
    ]
    return (_whole_slot(GOAL, goal), *map(_slot, found))


def measure_slots(contents: Contents, measure: Measure) -> tuple[Slot, ...]:
    """The measure as a whole, then its KPI."""
    found = [g for g in groups(contents) if g.indicator.measure == measure.key]
    return (_whole_slot(MEASURE, measure), *map(_slot, found))


def all_slots(contents: Contents) -> Iterator[Slot]:
    """Every place for remarks."""
    for goal in contents.strategy.goals:
        yield from goal_slots(contents, goal)
    for measure in contents.strategy.measures:
        yield from measure_slots(contents, measure)


def _whole_slot(kind: str, about: Goal | Measure) -> Slot:
    title = about.heading if isinstance(about, Goal) else f"{kind}{about.key}"
    subject = whole(title, about.list_name)
    return Slot(f"{kind}:{about.key}", subject, (about.list_name, about.text_name))


def _slot(group: Group) -> Slot:
    """Parts of one indicator share a row; each part's own key leads there."""
    key, *others = (f"{INDICATOR}:{entry.indicator.id}" for entry in group.parts)
    parts = "・".join(e.indicator.part for e in group.parts) if group.has_parts else ""
    name = group.indicator.name if parts else defined.title(group.indicator)
    subject = f"{name}（{parts}）" if parts else name
    return Slot(key, subject, (subject,), tuple(others))


def place(remarks: Iterable[Remark], contents: Contents) -> Placed:
    """Put every remark where it belongs; nothing is lost.

    Several remarks for one place and year (a copied row, an orphan that was given a key) stand
    one below the other.
    """
    this_year = contents.strategy.settings.fiscal_year
    slots = list(all_slots(contents))
    keys = _keys(slots)
    at: dict[str, dict[int, Remark]] = {}
    orphans: list[Remark] = []
    for remark in remarks:
        if not remark.opinion and not remark.response:
            continue
        year = this_year if remark.year is None else remark.year
        late, remark = remark.late, replace(remark, year=year, late=False)
        key = of_that_key = keys.get(text.key(normal_key(remark.key) or remark.key), "")
        if year < this_year and not _was_given_its_key(remark):
            key = _place_now(of_that_key or remark.key, remark.subject, slots)
        if not key:
            orphans.append(_without_place(remark, of_that_key))
            continue
        before = at.get(key, {}).get(year)
        both = replace(remark, key=key, reason="")
        if before is not None:
            both = replace(
                both,
                opinion=_joined(before.opinion, remark.opinion),
                response=_joined(before.response, remark.response),
            )
            if late and _says_both(both, before, remark):
                orphans.append(replace(remark, key="", reason=_LATE))
                continue
        if max(len(both.opinion), len(both.response)) > _LONGEST and before is not None:
            orphans.append(replace(remark, key="", reason=_TOO_LONG))
        else:
            at.setdefault(key, {})[year] = both
    return Placed(at, tuple(dict.fromkeys(orphans)))


_TOO_LONG = "同じ欄の意見が長く、一つのセルにまとめられませんでした。"
_LATE = "前年度の資料で後から書かれた（直された）意見です。載せる欄には、ほかの意見があります。"


def _keys(slots: Iterable[Slot]) -> dict[str, str]:
    """Match key of every way to write a key → the slot's; ``1ア`` alone is understood as well."""
    keys: dict[str, str] = {}
    for slot in slots:
        for key in (slot.key, *slot.others):
            keys[text.key(key)] = slot.key
            keys.setdefault(text.key(key.partition(":")[2]), slot.key)
    return keys


def _place_now(key: str, subject: str, slots: Iterable[Slot]) -> str:
    """The key of the slot of the same kind that an earlier year's remark is about, or blank."""
    kind = key.partition(":")[0]
    name = subject
    if kind in (GOAL, MEASURE):
        named = _WHOLE.match(subject)
        name = named[1] if named else ""
    same_kind = [slot for slot in slots if slot.key.startswith(f"{kind}:")]
    return key_now(key, name, [(slot.key, said) for slot in same_kind for said in slot.names])


def _was_given_its_key(remark: Remark) -> bool:
    """Whether somebody has typed the key in 行き先のない意見, where the reason names the one that
    had no place."""
    return bool(remark.reason and remark.key) and f"「{remark.key}」" not in remark.reason


def _joined(before: str, more: str) -> str:
    """One below the other; what is said already is not said again."""
    if not before or not more or more in before.split("\n") or more == before:
        return before or more
    return f"{before}\n{more}"


def _says_both(both: Remark, before: Remark, more: Remark) -> bool:
    """Whether different words would stand one below the other in a cell."""
    return both.opinion not in (before.opinion, more.opinion) or both.response not in (
        before.response,
        more.response,
    )


def _without_place(remark: Remark, of_that_key: str) -> Remark:
    """The remark and why it has no place; ``of_that_key`` is the slot that its key leads to."""
    if of_that_key:
        # Neither in its cell nor in quotes: whoever types this key means it.
        now = of_that_key.replace(":", "")
        why = f"今の{now}とは名前が違い、同じ名前のものは、今の計画にありません。"
        return replace(remark, key="", reason=why)
    if remark.key:
        why = f"「{remark.key}」に当たる施策・指標が、今の計画にありません。"
    else:
        why = "照合キーのない行に書かれていました。"
    return replace(remark, reason=remark.reason or why)
