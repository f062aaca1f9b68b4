"""From the merged list to the outbox: its state, its workbooks, what they replace."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from operator import attrgetter
from pathlib import Path

from sousei_xl import eras, publish
from sousei_xl.errors import OperatorError
from sousei_xl.figures.indicators import judge_all
from sousei_xl.figures.last_year import LastYear
from sousei_xl.figures.totals import totals
from sousei_xl.forms.returns import plan_returns
from sousei_xl.intake import previous, remarks
from sousei_xl.intake.reading import Reading
from sousei_xl.pipeline.approval import require_final, require_plausible
from sousei_xl.pipeline.council import Remarks, remarks_told
from sousei_xl.pipeline.former import Former, Missing, edited_since, put_aside, since
from sousei_xl.pipeline.last_year import year_changes
from sousei_xl.pipeline.returns import returns_of, settled_returns
from sousei_xl.pipeline.verification import require_room, verify_official
from sousei_xl.publish import OpenSheets, Outbox, Output, Published
from sousei_xl.publish.ahead import Writers, written_ahead
from sousei_xl.rules.hand_edits import HandEdit, ReadyRow
from sousei_xl.rules.indicators.records import IndicatorResult
from sousei_xl.rules.records import Intake, ListedRow, ListResult, ListStatus
from sousei_xl.sheets import Contents
from sousei_xl.sheets.checkbook import write_checkbook
from sousei_xl.sheets.council import write_council
from sousei_xl.sheets.official import write_official
from sousei_xl.sheets.open_data import OPEN_DATA_NAMES, open_data
from sousei_xl.sheets.prototype import Prototype
from sousei_xl.strategy import Strategy
from sousei_xl.workspace import Run, Workspace, is_file, relative, safe_stem

# Rows of a list that pays for one more process, and of one that leaves it the memory for a copy.
_LONG_LIST, _LONGEST_COPY = 500, 50_000
_OFFICIAL, _CHECKBOOK = "別紙_", "点検結果_"
_UNPRINTED = ("row_id", "note", "original", "former_name")
_PRINTED = attrgetter(*(f.name for f in fields(ListedRow) if f.name not in _UNPRINTED))


def content_hash(result: ListResult, strategy: Strategy) -> str:
    """What an approval covers: everything that the list prints."""
    settings = strategy.settings
    printed = [
        [settings.municipality, settings.year_label, settings.title, settings.basis],
        [settings.unit, settings.budget_basis, settings.minus],
        settings.list_date.isoformat(),
        [[g.key, g.list_name, *filter(None, [g.called])] for g in strategy.goals],
        [[m.key, m.list_name] for m in strategy.measures],
    ]
    digest = hashlib.sha256(json.dumps(printed).encode())
    # Row ids say in which order files were read; 初出 is printed as the place of the original.
    places = {row.row_id: row.target for row in result.listed}
    for row in result.listed:
        printed_row = [*_PRINTED(row), places.get(row.original or 0)]
        digest.update(json.dumps(printed_row).encode())
    return digest.hexdigest()


def run_of(template: Reading, intake: Intake, strategy: Strategy) -> Run:
    """The run that the template and everything in the inbox make up.

    Last year's 別紙 is no part of it: the list does not depend on it, so that the numbers of the
    official workbook and of 最終確認 can be compared. Where past actuals were carried over from it,
    the sheet says so.
    """
    inputs = [(s.file, s.sha256) for s in intake.submissions]
    inputs += [(r.file, r.sha256) for r in intake.records if r.outcome != "ignored"]
    return Run.of(template.sha256, inputs, strategy.settings.list_date)


def contents_of(
    run: Run,
    result: ListResult,
    indicators: IndicatorResult,
    strategy: Strategy,
    workspace: Workspace,
    approve: dt.date | None = None,
    last: LastYear | None = None,
    last_path: Path | None = None,
) -> Contents:
    """The contents of this run with its state: draft, proposal or final.

    ``last`` is last year's 別紙, where it was asked for, ``last_path`` its path.
    OperatorError where ``approve`` is asked for a list that cannot be final.
    """
    figures = totals(result.listed, strategy)
    approval = publish.read_approval(workspace)
    if approval and approval.fiscal_year != strategy.settings.fiscal_year:
        approval = None  # last year's, in a folder that was copied: it says nothing of this list
    status: ListStatus = "draft" if result.is_draft else "proposal"
    approved_on = None
    if approve is not None:
        require_plausible(approve, strategy.settings)
        require_final(result, figures.total.undecided)
        status, approved_on = "final", approve
    elif (
        approval
        and status == "proposal"
        and approval.content_hash == content_hash(result, strategy)
    ):
        status, approved_on = "final", approval.date
    contents = Contents(
        strategy=strategy,
        result=result,
        totals=figures,
        run=run,
        status=status,
        approved_on=approved_on,
        former_approval=approval.date if approval and approval.date != approved_on else None,
        reopened=approval is not None and status == "proposal",
        indicators=indicators,
        judged=judge_all(indicators.reports, strategy.settings),
        inbox=relative(workspace.inbox, workspace.root),
        options=workspace.options,
    )
    if last is None:
        return replace(contents, forgotten=compared_with(workspace, strategy))
    typed = relative(last_path, workspace.root) if last_path else last.file
    return replace(contents, year_changes=year_changes(contents, last), previous=typed)


def compared_with(workspace: Workspace, strategy: Strategy) -> str:
    """The name of last year's 別紙 that the list in the outbox was compared with."""
    sources = publish.published_sources(Outbox.of(workspace))
    return next((s for n in official_names(sources, strategy) if (s := sources.get(n))), "")


def output_names(strategy: Strategy) -> dict[ListStatus, str]:
    """The official workbook's name in each state."""
    year = safe_stem(strategy.settings.year_label)
    return {
        "draft": f"{_OFFICIAL}{year}_作成中.xlsx",
        "proposal": f"{_OFFICIAL}{year}（案）.xlsx",
        "final": f"{_OFFICIAL}{year}.xlsx",
    }


def official_names(recorded: Iterable[str], strategy: Strategy) -> tuple[str, ...]:
    """The names under which this year's official workbook may stand; ``recorded`` are those of
    everything that was published (``publish.published_sources``)."""
    return (*output_names(strategy).values(), *_of_this_year(recorded, _OFFICIAL, strategy))


def _of_this_year(recorded: Iterable[str], beginning: str, strategy: Strategy) -> tuple[str, ...]:
    """What was published of one kind for this fiscal year, whatever its 年度の表記 was: 令和元年度
    may have become 平成31年度 since."""
    this_year = strategy.settings.fiscal_year
    return tuple(n for n in recorded if n.startswith(beginning) and eras.year_in(n) == this_year)


# --- the outbox -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivered:
    """What stands in the outbox now, the hand edits that were found there before, and what the
    former official workbook had and this one has not."""

    published: Published
    hand_edits: tuple[ReadyRow, ...]
    remarks: Remarks
    missing: Missing


def prepare(writers: Writers, intake: Intake) -> None:
    """Have a process come up, while the rules are at work, for what is due beside a long list."""
    if _is_copied(sum(len(submission.rows) for submission in intake.submissions), writers):
        come_up(writers)


def come_up(writers: Writers) -> None:
    """Have a process come up, with what it needs to write what stands beside the list."""
    if not writers.are_up:
        writers.start(write_checkbook.__module__, write_council.__module__)


def _is_copied(rows: int, writers: Writers) -> bool:
    """Whether another process gets the list, to write what stands beside the official workbook."""
    return rows <= _LONGEST_COPY and (rows > _LONG_LIST or writers.are_up)


def publish_list(
    workspace: Workspace,
    contents: Contents,
    prototype: Prototype,
    held: Outbox,
    writers: Writers,
    last_path: Path | None = None,
) -> Delivered:
    """Write, verify and publish the workbooks; former states and hand edits go to 履歴.

    ``held`` is the locked outbox: one run at a time, from reading the inbox on. ``writers`` help
    where there is much to write. Beside ``last_path``, last year's 別紙, stand last year's remarks
    of the council.
    """
    require_room(contents)
    recorded = publish.published_sources(held)
    names = official_names(recorded, contents.strategy)
    made = publish.hand_edited(workspace)
    edits = _ready(workspace, contents, made)
    former = edited_since(workspace, names, made)
    written = remarks.read_remarks(workspace, contents.strategy.settings, last_path)
    official = _official(contents, prototype, names, last_path)
    beside = [
        _checkbook(workspace, contents, recorded, edits),
        _council(contents, recorded, written),
        *_open_data(contents),
    ]
    rows = len(contents.result.listed)
    if _is_copied(rows, writers):
        beside = written_ahead(
            list(map(publish.written_whole, beside)), writers, at_once=len(beside)
        )
    due = plan_returns(contents.result, contents.findings)
    with Writers() as several:  # beside the one that writes and examines the large workbooks
        returns = returns_of(due, workspace.inbox, contents.strategy, several, contents.on_disk)
        published = publish.publish(
            workspace,
            contents.run,
            [official, *beside, *returns],
            # Open data that this run has none of (a draft has none at all) stands no longer.
            retire=[*settled_returns(held, returns, contents), *OPEN_DATA_NAMES],
            approval=_approval(contents),
            held=held,
            examine=writers.examine if rows > _LONG_LIST else publish.examine_here,
        )
    replaced = (n for n in published.moved if Path(n).name.startswith(remarks.COUNCIL))
    told = remarks_told(written, contents, last_path, next(replaced, ""))
    if former is None:
        former = put_aside(workspace, _OFFICIAL, published, made)
    return Delivered(published, tuple(edits), told, since(former, contents))


def _official(
    contents: Contents, prototype: Prototype, names: tuple[str, ...], last_path: Path | None
) -> Output:
    return Output(
        output_names(contents.strategy)[contents.status],
        write=partial(write_official, contents=contents, prototype=prototype),
        verify=lambda _, sheets: verify_official(sheets, contents),
        replaces=names,
        last=True,
        source=last_path.name if last_path else "",
    )


def _checkbook(
    workspace: Workspace, contents: Contents, recorded: Iterable[str], edits: Sequence[ReadyRow]
) -> Output:
    inbox = relative(workspace.inbox, workspace.outbox)
    return Output(
        f"{_CHECKBOOK}{safe_stem(contents.strategy.settings.year_label)}.xlsx",
        write=partial(write_checkbook, contents=contents, inbox_link=inbox, hand_edits=edits),
        replaces=_of_this_year(recorded, _CHECKBOOK, contents.strategy),
        tracked=False,
    )


def _council(contents: Contents, recorded: Iterable[str], written: remarks.Written) -> Output:
    said = written.remarks
    return Output(
        remarks.council_name(contents.strategy.settings),
        write=partial(write_council, contents=contents, remarks=said),
        verify=(lambda _, sheets: remarks.check_kept(sheets, said)) if said else None,
        replaces=_of_this_year(recorded, remarks.COUNCIL, contents.strategy),
        tracked=False,
        remembered=True,
        source=written.taken_over,
    )


def _approval(contents: Contents) -> publish.Approval | None:
    """What is recorded of a final list."""
    if contents.status != "final" or contents.approved_on is None:
        return None
    digest = content_hash(contents.result, contents.strategy)
    return publish.Approval(contents.approved_on, digest, contents.strategy.settings.fiscal_year)


def _ready(workspace: Workspace, contents: Contents, made: Sequence[HandEdit]) -> list[ReadyRow]:
    rows_now = _rows_now(contents.result) if made else {}
    return previous.ready_rows(workspace, made, contents.strategy, rows_now)


def _rows_now(result: ListResult) -> dict[tuple[str, str], previous.RowNow]:
    """(measure, name) → how the row stands now; not of rows that have both in common."""
    found: dict[tuple[str, str], list[previous.RowNow]] = {}
    for row in result.listed:
        target = result.written.get(row.row_id, f"{row.target} {row.name}")
        typed = result.typed.get(row.row_id, {"category": row.category})
        found.setdefault((row.measure, row.name), []).append(previous.RowNow(target, typed))
    return {place: rows[0] for place, rows in found.items() if len(rows) == 1}


def _open_data(contents: Contents) -> Iterator[Output]:
    def verified_by(check: Callable[[Path], None]) -> Callable[[Path, OpenSheets], None]:
        return lambda path, _: check(path)

    for file in open_data(contents):
        yield Output(file.name, file.write, verified_by(file.check))


def edits_since_published(workspace: Workspace, contents: Contents) -> list[ReadyRow]:
    """What somebody has changed by hand in the outbox, as a merge would offer it for 修正."""
    return _ready(workspace, contents, publish.hand_edited(workspace))


def published_official(workspace: Workspace, strategy: Strategy) -> tuple[str, Former]:
    """(name, content) of the official workbook that stands in the outbox; ("", {}) without one.

    Its content is what was published; what somebody has typed into it since is told as hand edits.
    """
    recorded = publish.published_sources(Outbox.of(workspace))
    for name in official_names(recorded, strategy):
        former = publish.published_values(workspace, name) or _standing_values(workspace, name)
        if former is not None:
            return name, former
    return "", {}


def _standing_values(workspace: Workspace, name: str) -> Former | None:
    """What a workbook in the outbox says of which nothing is remembered; None if there is none."""
    path = workspace.outbox / name
    if not is_file(path):
        return None
    try:
        return publish.read_back(path)
    except (publish.NotWhole, OSError):
        raise unreadable(name) from None


def unreadable(name: str) -> OperatorError:
    """What helps where an official workbook in the outbox cannot be read: it is written anew."""
    return OperatorError(
        f"出力フォルダーの『{name}』を読み取れませんでした。Excelで開いていれば閉じてください。"
        "壊れているときは、先に sousei-xl merge を実行してください。"
        "新しく作り直します（壊れたものは 履歴 に残ります）。"
    )
