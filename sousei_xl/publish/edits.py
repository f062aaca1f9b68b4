"""What was changed by hand in the workbooks of the outbox since they were published."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from sousei_xl.addresses import cell_address
from sousei_xl.publish.copies import Snapshot, Values, published_snapshot, snapshot
from sousei_xl.publish.disk import Outbox, history_name, in_plain_words
from sousei_xl.publish.journal import is_half_moved
from sousei_xl.publish.record import RECORD, Entry, Record, load_record
from sousei_xl.publish.verify import NotWhole, is_workbook
from sousei_xl.rules.hand_edits import HandEdit
from sousei_xl.workspace import Workspace

EDITED = "_手修正"

# Beyond this many differing rows, inserted rows are no longer looked for.
_MAX_ALIGNED = 2_000
_MAX_MATCHED = 40_000


def hand_edited(workspace: Workspace) -> list[HandEdit]:
    """All hand edits since the last publishing, by file, sheet and place; writes nothing.

    A file that was only saved again is none. Where a killed run has left a half-moved set there
    is nothing to compare with, so call this inside ``locked``, which repairs it; a dry run gets
    an empty list then. Raises OperatorError where the outbox cannot be read.
    """
    outbox = Outbox.of(workspace)
    if is_half_moved(outbox):
        return []
    record = load_record(outbox)
    if record is None:
        return [
            HandEdit(
                RECORD,
                problem="出力の記録が壊れているため、手修正の有無も、決裁の記録も分かりません。"
                "決裁を受けた一覧であれば、merge --approve 決裁日 をもう一度実行してください。",
            )
        ]
    edits: list[HandEdit] = []
    for name, entry in sorted(record.files.items()):
        if entry.tracked:
            edits += edits_of(outbox, name, entry)
    return edits


def published_values(workspace: Workspace, name: str) -> Values | None:
    """The cell values of a workbook as it was published, as text by sheet and row, without trailing
    blanks; None where no copy of it is kept. Raises OperatorError.
    """
    outbox = Outbox.of(workspace)
    entry = (load_record(outbox) or Record()).files.get(name)
    ours = published_snapshot(outbox, entry.sha256) if entry else None
    return ours.sheets if ours else None


def is_as_published(workspace: Workspace, name: str) -> bool:
    """Whether a file of the outbox is the very one that was published. Raises OperatorError."""
    outbox = Outbox.of(workspace)
    entry = (load_record(outbox) or Record()).files.get(name)
    return entry is not None and outbox.digest(name) == entry.sha256


def edits_of(outbox: Outbox, name: str, entry: Entry) -> list[HandEdit]:
    """The hand edits in one published file. Raises OperatorError where it cannot be opened."""
    sha256 = outbox.digest(name)
    if sha256 == entry.sha256:
        return []
    if not sha256:
        return [HandEdit(name, problem="出力したファイルがありません（削除または移動）。")]
    kept = history_name(outbox, name, sha256, EDITED)
    if not is_workbook(name):
        return [HandEdit(name, kept_as=kept, problem="出力後に内容が変更されています。")]
    ours = published_snapshot(outbox, entry.sha256)
    if ours is None:
        return [HandEdit(name, kept_as=kept, problem="出力時の控えがないため、比較できません。")]
    try:
        with in_plain_words(outbox, name, reading=True):
            theirs = snapshot(outbox, name)
    except NotWhole:
        return [
            HandEdit(
                name,
                kept_as=kept,
                problem="壊れているか、Excelブックではないため、読み取れません。",
            )
        ]
    return list(_compare(name, kept, ours, theirs))


def _compare(name: str, kept: str, ours: Snapshot, theirs: Snapshot) -> Iterator[HandEdit]:
    for sheet, before in ours.sheets.items():
        after = theirs.sheets.get(sheet)
        if after is None:
            problem = "シートがありません（削除または名前の変更）。"
            yield HandEdit(name, sheet, kept_as=kept, problem=problem)
            continue
        computed_before = set(ours.formulas.get(sheet, ()))
        computed_after = set(theirs.formulas.get(sheet, ()))
        for row_before, row_after in _pairs(before, after):
            if row_after is None and row_before is not None and row_before >= len(after):
                row_after = row_before  # blank rows at the end are not remembered
            old, new = _row(before, row_before), _row(after, row_after)
            for column, (was, now) in enumerate(zip_longest(old, new, fillvalue="")):
                if was == now:
                    continue
                cell_before = _address(row_before, column)
                cell_after = _address(row_after, column)
                computed = cell_before in computed_before and cell_after in computed_after
                if computed and not now:
                    continue  # saved by a program that does not compute: no value, no edit
                yield HandEdit(
                    name,
                    sheet,
                    cell_after or cell_before,
                    was,
                    now,
                    kept,
                    row_before + 1 if row_before is not None else None,
                    computed,
                )
    for sheet in theirs.sheets:
        if sheet not in ours.sheets:
            yield HandEdit(name, sheet, kept_as=kept, problem="シートが追加されています。")


def _pairs(
    before: list[list[str]], after: list[list[str]]
) -> Iterator[tuple[int | None, int | None]]:
    """The rows that differ as (index before, index after); None for an inserted or deleted one."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old = [tuple(row) for row in before[start : len(before) - end]]
    new = [tuple(row) for row in after[start : len(after) - end]]
    if max(len(old), len(new)) > _MAX_ALIGNED:
        blocks = [("replace", 0, len(old), 0, len(new))]
    else:
        blocks = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    for kind, i, i_end, j, j_end in blocks:
        if kind == "equal":
            continue
        for mine, theirs in _matched(old[i:i_end], new[j:j_end]):
            yield (
                None if mine is None else start + i + mine,
                None if theirs is None else start + j + theirs,
            )


def _matched(
    old: list[tuple[str, ...]], new: list[tuple[str, ...]]
) -> Iterator[tuple[int | None, int | None]]:
    """Pairs of two blocks of rows that all differ.

    Blocks of one height are taken row by row. Otherwise rows were inserted or deleted beside
    edited ones (a new project above a subtotal), and the most cells in common decide.
    """
    height, other = len(old), len(new)
    if height == other or height * other > _MAX_MATCHED:
        for index in range(max(height, other)):
            yield (index if index < height else None, index if index < other else None)
        return
    common = [
        [sum(a == b != "" for a, b in zip(mine, theirs, strict=False)) for theirs in new]
        for mine in old
    ]
    best = [[0] * (other + 1) for _ in range(height + 1)]
    for i in reversed(range(height)):
        for j in reversed(range(other)):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + common[i][j])
    i = j = 0
    while i < height or j < other:
        if j == other or (i < height and best[i][j] == best[i + 1][j]):
            yield (i, None)
            i += 1
        elif i == height or best[i][j] == best[i][j + 1]:
            yield (None, j)
            j += 1
        else:
            yield (i, j)
            i, j = i + 1, j + 1


def _row(rows: list[list[str]], index: int | None) -> list[str]:
    return rows[index] if index is not None and index < len(rows) else []


def _address(row: int | None, column: int) -> str:
    return "" if row is None else cell_address(row + 1, column + 1)
