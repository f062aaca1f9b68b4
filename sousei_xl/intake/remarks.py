"""What was written into the council's workbook in the outbox: read back before it is replaced."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sousei_xl import eras, publish, text
from sousei_xl.addresses import cell_address
from sousei_xl.errors import OperatorError
from sousei_xl.publish import Cell, OpenSheets, Outbox, Sheets, Values
from sousei_xl.publish.copies import as_text
from sousei_xl.sheets.council.remarks import (
    GOAL,
    KEY,
    MEASURE,
    OPINION,
    REASON,
    RESPONSE,
    RESPONSES,
    SUBJECT,
    YEAR,
    Remark,
    normal_key,
    whole,
)
from sousei_xl.strategy import Settings
from sousei_xl.workspace import Workspace, safe_stem

COUNCIL, _SUFFIX = "検討懇談会資料_", ".xlsx"
_TITLE = re.compile(rf"((?:{GOAL}|{MEASURE})\S+)　(.+)")  # of a block
# A row of remarks is known by these headings; the others may be missing.
_NEEDED = (KEY, OPINION, RESPONSE)


@dataclass(frozen=True, slots=True)
class Written:
    """What the council and the city wrote.

    ``taken_over`` is to be remembered: it names the remarks that were ever taken over from last
    year's workbook. ``late`` of them have come now, after others. ``beside`` are the cells of the
    workbook in the outbox that somebody has written into and that are no remarks.
    """

    remarks: tuple[Remark, ...] = ()
    taken_over: str = ""
    late: int = 0
    beside: tuple[str, ...] = ()


def council_name(settings: Settings) -> str:
    """The council's workbook of the year: ``検討懇談会資料_平成30年度.xlsx``."""
    return f"{COUNCIL}{safe_stem(settings.year_label)}{_SUFFIX}"


def has_workbook(folder: Path, settings: Settings) -> bool:
    """Whether there is a council's workbook that remarks could be carried over from."""
    return _workbook_in(folder, settings) is not None


def read_remarks(
    workspace: Workspace, settings: Settings, last_path: Path | None = None
) -> Written:
    """The remarks in the outbox: in this year's workbook, or in the latest of an earlier year.

    Those of earlier years are taken over from the workbook beside ``last_path``, last year's 別紙,
    each of them once: here it may be changed or deleted, and what is written there later still
    comes. Raises OperatorError where there is one that cannot be read: publishing would lose what
    it says.
    """
    here = _workbook_in(workspace.outbox, settings)
    there = _workbook_in(last_path.parent, settings) if last_path else None
    if here and there and there.resolve() == here.resolve():
        there = None
    name = unicodedata.normalize("NFC", here.name) if here else ""
    edited = here is not None and not publish.is_as_published(workspace, name)
    sheets, found = _read(here, not edited) if here else _NOTHING
    _, carried = _read(there) if there else _NOTHING
    sources = publish.published_sources(Outbox.of(workspace))
    taken_over = set(sources.get(name, "").split())
    this_year = settings.fiscal_year
    last = [r for r in carried if r.year is None or r.year < this_year]
    known = taken_over.union(map(_mark, found))
    is_late = any(r.year is not None and r.year < this_year for r in found)
    new = [replace(r, late=is_late) for r in last if _mark(r) not in known]
    ours = publish.published_values(workspace, name) if edited else None
    return Written(
        (*found, *new),
        " ".join(sorted(taken_over.union(map(_mark, last)))),
        len(new) if is_late else 0,
        tuple(_beside(sheets, found, ours or {})),
    )


def _beside(sheets: Sheets, remarks: Iterable[Remark], ours: Values) -> Iterator[str]:
    """``『施策評価表』K12``: the cells with what neither we have written nor is a remark.

    Rows may have been moved, so a text is known wherever it stands. Where nothing is known of
    what we have written (``ours``), there is nothing to compare with.
    """
    written = {cell for rows in ours.values() for row in rows for cell in row}
    taken = {said for r in remarks for said in (r.key, r.opinion, r.response, r.reason)}
    # What a remark in its place is about is printed anew.
    taken |= {r.subject for r in remarks if r.reason}
    for name, rows in as_text(sheets).items() if ours else ():
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row, 1):
                said = "" if cell in written else _said([cell], 0)
                is_key = normal_key(said) or eras.parse_fiscal_year(said)
                if said and said not in taken and not is_key:
                    yield f"『{text.printable(name)}』{cell_address(number, column)}"


def _mark(remark: Remark) -> str:
    """The same for the same words at the same place."""
    said = json.dumps([remark.key, remark.year, remark.opinion, remark.response])
    return hashlib.sha256(said.encode()).hexdigest()[:12]


_Read = tuple[Sheets, tuple[Remark, ...]]
_NOTHING: _Read = ({}, ())


def _read(path: Path, ours: bool = False) -> _Read:
    """A workbook and its remarks; one without a year is of the year that the file's name says.

    ``ours`` as for ``publish.read_back``.
    """
    try:
        sheets = publish.read_back(path, ours)
        found = remarks_in(sheets)
    except publish.NotWhole as error:
        raise OperatorError(
            f"{_cannot(path)}ファイルが壊れているか、パスワードが付いています。"
            "Excelで開いて直し、同じ名前の .xlsx で保存してください。"
            f"{_OTHERWISE}"
        ) from error
    except OSError as error:
        raise OperatorError(
            f"{_cannot(path)}Excelなどで開いている場合は、保存して閉じてください。{_OTHERWISE}"
        ) from error
    if found is None:
        raise OperatorError(
            f"{_cannot(path)}「{'」「'.join(_NEEDED)}」の見出しが見つかりません。"
            f"消した見出しを元に戻してください。{_OTHERWISE}"
        )
    year = eras.year_in(path.name)
    return sheets, tuple(replace(r, year=year) if r.year is None else r for r in found)


_OTHERWISE = (
    "引き継がなくてよい場合は、このファイルを別のフォルダーに移してください。"
    "そのあと、もう一度実行してください。何も書き出していません。"
)


def _cannot(path: Path) -> str:
    return (
        f"『{path.name}』（{path.parent.name}フォルダー）を読み取れないため、"
        "そこに書かれた委員意見と対応を引き継げません。"
    )


def check_kept(sheets: OpenSheets, remarks: Iterable[Remark]) -> None:
    """Raise OperatorError unless every text of ``remarks`` stands in a workbook, read back."""
    kept = remarks_in(sheets) or ()
    opinions, responses = ({r.opinion for r in kept}, {r.response for r in kept})
    for remark in remarks:
        for said, texts in ((remark.opinion, opinions), (remark.response, responses)):
            # Several remarks for one place stand one below the other.
            if said not in texts and not any(said in t for t in texts):
                raise OperatorError(
                    "書き出した検討懇談会資料を読み直したところ、委員意見と対応が"
                    "そろっていませんでした。出力フォルダーは前のままです。"
                    "もう一度実行してください。"
                )


def _workbook_in(folder: Path, settings: Settings) -> Path | None:
    """This year's workbook, else the latest of this year under another name or of earlier ones."""
    wanted = unicodedata.normalize("NFC", council_name(settings))
    latest: tuple[int, str, Path] | None = None
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        name = unicodedata.normalize("NFC", path.name)
        if name == wanted:
            return path
        year = eras.year_in(name.removeprefix(COUNCIL)) if name.startswith(COUNCIL) else None
        if year is None or year > settings.fiscal_year:
            continue
        if latest is None or (year, name) > latest[:2]:
            latest = (year, name, path)
    return latest[2] if latest else None


# --- cells ----------------------------------------------------------------------------------------


def remarks_in(sheets: OpenSheets) -> tuple[Remark, ...] | None:
    """All remarks of a workbook, in order; None where no row has the headings of remarks.

    Rows are known by their 照合キー, columns by their headings, wherever they stand. A row without
    a key (or with something else in its place) among such rows, where somebody inserted it, is a
    remark without a place.
    """
    found: list[Remark] = []
    known = False
    for name, stored in sheets.items():
        rows = list(stored)
        headers = {i: header for i, row in enumerate(rows) if (header := _header(row))}
        if headers:
            known = True
            found += _in_sheet(name, rows, headers)
    return tuple(found) if known else None


def _header(row: Sequence[Cell]) -> dict[str, int] | None:
    """Heading → column, for a row with the headings of remarks."""
    names = {text.heading_key(cell): column for column, cell in enumerate(row) if cell != ""}
    for heading in RESPONSES:
        if text.key(heading) in names:
            names.setdefault(text.key(RESPONSE), names[text.key(heading)])
    if not all(text.key(heading) in names for heading in _NEEDED):
        return None
    headings = (KEY, YEAR, SUBJECT, OPINION, RESPONSE, REASON)
    return {h: names[text.key(h)] for h in headings if text.key(h) in names}


def _in_sheet(
    name: str, rows: Sequence[Sequence[Cell]], headers: Mapping[int, Mapping[str, int]]
) -> Iterator[Remark]:
    header = headers[min(headers)]
    unnamed = _unnamed(rows)
    among = False  # whether the rows above, up to a header, are remarks
    subject = ""
    for index, row in enumerate(rows):
        if index in headers:
            header, among, subject = headers[index], True, ""
            continue
        said = {heading: _said(row, column) for heading, column in header.items()}
        said[SUBJECT] = unnamed.get(said.get(SUBJECT, ""), said.get(SUBJECT, ""))
        key, written = normal_key(said[KEY]), bool(said[OPINION] or said[RESPONSE])
        if said[KEY] and not key and not written:
            among = False  # the title of the next block, a note
        if not key and not among:
            continue
        if written:
            lost = f"『{name}』の{index + 1}行目に、照合キーのないまま書かれていました。"
            near = f"（「{subject}」の下の行）" if subject and not said[KEY] else ""
            yield Remark(
                key or said[KEY],
                eras.parse_fiscal_year(said.get(YEAR, "")),
                said[SUBJECT] or near,
                said[OPINION],
                said[RESPONSE],
                said.get(REASON, "") or ("" if said[KEY] else lost),
            )
        subject = said[SUBJECT] or subject


def _unnamed(rows: Sequence[Sequence[Cell]]) -> dict[str, str]:
    """``施策2ウ全体``, as an earlier version wrote it, → the same with the name that the title of
    its block says."""
    cells = (cell for row in rows for cell in row if isinstance(cell, str))
    found: dict[str, str] = {}
    for title in filter(None, map(_TITLE.fullmatch, cells)):
        found.setdefault(f"{title[1]}全体", whole(title[1], title[2]))
    return found


def _said(row: Sequence[Cell], column: int) -> str:
    """A cell as a text that any workbook can hold."""
    cell = row[column] if column < len(row) else ""
    shown = text.tidy(text.to_text(cell)).value or ""
    return text.printable(shown)
