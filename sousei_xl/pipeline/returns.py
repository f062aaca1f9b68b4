"""Departments' files on their way back: those of a merge, those of ``check --return``."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, count
from pathlib import Path

from sousei_xl import publish, text
from sousei_xl.findings import Finding, is_error, is_for_department
from sousei_xl.forms.returns import FOLDER, Return, return_names, returns_due, write_return
from sousei_xl.pipeline.checking import Asked, Checked
from sousei_xl.publish import Outbox, Output
from sousei_xl.publish.ahead import Writers, written_ahead
from sousei_xl.rules.units import edition_of
from sousei_xl.sheets import Contents
from sousei_xl.strategy import Strategy
from sousei_xl.workspace import Run, Workspace

_MANY = 40


def returns_of(
    jobs: Sequence[Return],
    inbox: Path,
    strategy: Strategy,
    writers: Writers,
    on_disk: Mapping[str, str] = text.EMPTY,
) -> list[Output]:
    """Departments' files on their way back, marked; very many are written by several processes.

    ``on_disk`` has the names of files that are spelled in another way there.
    """
    returns = [
        Output(
            job.name,
            write=partial(
                write_return,
                source=inbox / on_disk.get(job.file, job.file),
                item=job,
                strategy=strategy,
            ),
            tracked=False,
            source=_remembered(job),
        )
        for job in jobs
    ]
    return written_ahead(returns, writers, at_once=16) if len(jobs) > _MANY else returns


def _remembered(job: Return) -> str:
    """The file that a return of 要確認 alone, which only ``check`` makes, was made of."""
    return "" if any(map(is_error, job.findings)) else job.sha256


def settled_returns(held: Outbox, returns: Iterable[Output], contents: Contents) -> list[str]:
    """Returns of earlier runs whose file has since been accepted: they go to 履歴.

    One that ``check --return`` made of a file with 要確認 alone stays for as long as some of these
    are open and the file is the same.
    """
    due = {output.name for output in returns}
    asked = {f.place.file for f in contents.findings if is_for_department(f)}
    back = returns_due(contents.result, contents.findings)
    waiting = {
        record.sha256
        for record in contents.result.files
        if record.outcome == "accepted" and record.file in asked and record.file not in back
    }
    return [
        name
        for name, source in publish.published_sources(held).items()
        if name.startswith(f"{FOLDER}/") and name not in due and source not in waiting
    ]


def is_returned(checked: Checked) -> bool:
    """Whether there is something in the file that a department is asked."""
    return any(map(is_for_department, checked.findings))


def publish_returns(
    workspace: Workspace, checked: Iterable[Checked], strategy: Strategy
) -> list[str]:
    """Marked workbooks of checked files, with 要確認 alone too; their names in the outbox."""
    asked: dict[str, tuple[Checked, tuple[Finding, ...]]] = {}
    # The names of the inbox are those that a merge gives, too.
    for item in sorted(checked, key=lambda item: not item.asked.inside):
        if findings := tuple(filter(is_for_department, item.findings)):
            asked[_return_key(item.asked, asked)] = item, findings
    names = return_names(asked)
    jobs = [
        Return(
            str(item.asked.path),
            names[key],
            item.record.department,
            edition_of(item.record) + 1,
            item.record.sha256,
            findings,
        )
        for key, (item, findings) in asked.items()
    ]
    inputs = [(job.file, job.sha256) for job in jobs]
    run = Run.of("", inputs, strategy.settings.list_date)
    with Writers() as writers:
        outputs = returns_of(jobs, Path(), strategy, writers)
        published = publish.publish(workspace, run, outputs)
    return [*published.written, *published.unchanged]


def _return_key(asked: Asked, taken: Container[str]) -> str:
    """Where the return of a file stands in the outbox: where a merge would put it, too.

    Of files of one name from several folders, all but the first stand in a folder.
    """
    if asked.inside:
        return asked.file
    name, folder = asked.path.name, asked.path.resolve().parent.name or "ほか"
    beside = (f"{folder}（{number}）/{name}" for number in count(2))
    return next(key for key in chain((name, f"{folder}/{name}"), beside) if key not in taken)
