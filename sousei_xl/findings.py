"""Findings: what a person must correct or confirm, and what was converted.

Their texts are those of the catalogue (``catalogue/``): a stage that reports a finding hands over
facts and never writes Japanese itself.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from sousei_xl.catalogue import RULES, Addressee, Severity
from sousei_xl.catalogue.files import cure_where_named

OFFICE: Final[Addressee] = "事務局"

# XML 1.0 forbids these characters; Excel calls a workbook that contains them damaged.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_VALUE = 1000
_TOLD_LENGTH = re.compile(r"…（[\d,]+字）\Z")
_MOST_TARGETS = 4  # that are named where a line stands for several findings
_LONGEST_NAME = 120  # a 事業名 of 100 characters stays whole inside a message

_PUT_IN, _HAND_IN = "もう一度入れてください", "もう一度提出してください"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person finds it in Excel. ``file`` is the inbox-relative path as it is on disk.

    ``row`` is Excel's row number, ``cell`` an address such as ``H12``; ``field`` is the internal
    name of the column (``budget``) and ``label`` the heading a person reads. ``row_id`` is the
    run-wide number of the row of data, or None where the finding is about no row.
    """

    file: str = ""
    sheet: str = ""
    row: int | None = None
    cell: str = ""
    field: str = ""
    label: str = ""
    row_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a department wrote into 回答欄 of the 修正・確認依頼票 that came back with ``file``.

    ``spot`` (``『事業』H8 ほか1か所``), ``name`` and ``words`` are セル, 事業名 and 内容と直し方 of
    the line that it answers, as they stand there; ``sheet``, ``request`` and ``cells`` (each with
    its 事業名, None where not all are told) what they mean (``forms/request_layout.py``). An answer
    changes nothing by itself: the office judges it.
    """

    file: str
    spot: str
    name: str
    words: str
    answer: str
    sheet: str
    request: str
    cells: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem or conversion at one place; ``value`` is what was typed, as text.

    ``expected`` is what is right here, where it can be computed, of a conversion what the value was
    taken for. ``subject`` is the name a person would use for the row (事業名, 部局名 …).
    ``target`` is how the office's sheet refers to it (対象, e.g. ``1ウ``), so that an
    acknowledgement can name it. ``answers`` are the department's to it (``rules/answers.py``).
    """

    code: str
    place: Place
    value: str = ""
    message: str = ""
    cure: str = ""
    expected: str = ""
    subject: str = ""
    target: str = ""
    department: str = ""
    acknowledged: bool = False
    severity: Severity = "-"
    addressee: Addressee = "-"
    theirs: str = ""
    answers: tuple[Answer, ...] = ()

    @property
    def request(self) -> str:
        """Message and cure as the department is told them, which has no inbox to put files into."""
        return self.message + (self.theirs or self.cure).replace(_PUT_IN, _HAND_IN)

    @property
    def text(self) -> str:
        """Message and cure as one sentence group, without the place."""
        return self.message + self.cure

    def __str__(self) -> str:
        return f"{address(self.place)}{self.text}"


def address(place: Place) -> str:
    """``『事業』H12：`` as a person sees it in Excel; empty where the finding is about a file."""
    if not place.sheet:
        return ""
    spot = place.cell or (f"{place.row}行目" if place.row else "")
    return f"『{place.sheet}』{spot}："


def finding(
    code: str,
    place: Place,
    value: object = "",
    /,
    *,
    variant: str = "",
    expected: str = "",
    subject: str = "",
    target: str = "",
    department: str = "",
    **params: object,
) -> Finding:
    """Build a finding from the catalogue's text.

    The template may use ``{value}``, ``{label}``, ``{expected}``, ``{subject}``, ``{target}`` and
    whatever is in ``params``. Whatever was typed is clipped and made printable on the way: a
    finding must fit into a cell of the checkbook, however long or odd the input.
    Raises KeyError for a code, variant or parameter that the catalogue does not know: that is a
    bug of ours, never a property of the data.
    """
    rule = RULES[code]
    text = rule.texts[variant]
    shown = "" if value is None else excerpt(_printable(value), _LONGEST_VALUE)
    expected, subject, target = map(_presentable, (expected, subject, target))
    facts = {
        "value": clip(shown.replace("\n", "↵")),
        "label": place.label or rule.where,
        "expected": expected,
        "subject": clip(subject, _LONGEST_NAME),
        "target": clip(target, _LONGEST_NAME),
        **{k: _presentable(v) for k, v in params.items()},
    }
    return Finding(
        code=code,
        place=place,
        value=shown,
        message=text.message.format(**facts),
        cure=text.cure.format(**facts),
        expected=expected,
        subject=subject,
        target=target,
        department=department,
        severity=rule.severity,
        addressee=rule.addressee,
        theirs=text.theirs.format(**facts),
    )


def _presentable(value: object) -> str:
    return clip(_printable(value), _LONGEST_VALUE)


def _printable(value: object) -> str:
    return UNPRINTABLE.sub("\ufffd", str(value))


def clip(text: str, length: int = 60) -> str:
    """A value short enough to be quoted inside a message."""
    return text if len(text) <= length else text[: length - 1] + "…"


def excerpt(text: str, length: int = 60) -> str:
    """The beginning of a value that is shown beside a message, with how long it is; of an excerpt,
    how long the whole is."""
    if len(text) <= length:
        return text
    told = _TOLD_LENGTH.search(text)
    return text[:length] + (told[0] if told else f"…（{len(text):,}字）")


def collapse(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings that say the same about one file and sheet, together; in the order of the first.

    For showing only: in the data every cell keeps its own finding.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for item in findings:
        place = item.place
        said = (item.code, item.message, item.cure, item.value, item.expected, item.acknowledged)
        groups.setdefault((place.file, place.sheet, *said), []).append(item)
    return list(groups.values())


def joined_targets(findings: Iterable[Finding]) -> str:
    """The 対象 of findings that are shown in one line: ``1ア-4 甲、1ア-5 乙``.

    The office copies it to 確認済: ``rules/merge/confirmations.py`` reads it.
    """
    targets = list(dict.fromkeys(f.target for f in findings if f.target))
    others = len(targets) - _MOST_TARGETS
    return "、".join(targets[:_MOST_TARGETS]) + (f" ほか{others}件" if others > 0 else "")


def acknowledge(item: Finding) -> Finding:
    """The same finding, confirmed by the office."""
    return replace(item, acknowledged=True)


def of_named_file(item: Finding) -> Finding:
    """What is said of a file that cannot be read where it was named in a command."""
    return replace(item, cure=cure_where_named(item.cure))


def is_error(item: Finding) -> bool:
    """True for 要修正."""
    return item.severity == "要修正"


def is_open_confirmation(item: Finding) -> bool:
    """True for a 要確認 that asks something and that the office has not acknowledged."""
    return item.severity == "要確認" and not item.acknowledged and not asks_nothing(item)


def is_for_department(item: Finding) -> bool:
    """True for what the department is asked: 要修正, and 要確認 that is still open."""
    return item.addressee == "部局" and (is_error(item) or is_open_confirmation(item))


def asked_by_file(items: Iterable[Finding]) -> dict[str, Counter[str]]:
    """File → severity → how many findings its department still has to deal with."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        if is_for_department(item):
            counts[item.place.file][item.severity] += 1
    return counts


def is_answered(item: Finding) -> bool:
    """True for a 要確認 that its department has answered: now the office decides. No answer mends
    a 要修正."""
    return bool(item.answers) and not is_error(item)


def asks_nothing(item: Finding) -> bool:
    """True for a 要確認 that tells the department to wait: the original awaits correction."""
    return item.code == "L112"


def is_unreadable(item: Finding) -> bool:
    """True where the file could not be opened at all (F1..)."""
    return item.code.startswith("F1")
