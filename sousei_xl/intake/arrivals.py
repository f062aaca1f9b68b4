"""Everything a command needs from disk, read in workers while the parent imports pandas."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sousei_xl.errors import OperatorError
from sousei_xl.intake.inbox import InboxFile, Listing, Stray, list_inbox
from sousei_xl.intake.kept import Kept
from sousei_xl.intake.read import PendingReadings, start_reading
from sousei_xl.intake.reading import Reading
from sousei_xl.workspace import Workspace, is_file, is_folder, require_file

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sousei_xl.intake.spread import SpreadReadings

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The template, the departments' files, the office's sheet and what is none of these.

    ``files`` come one after the other while others are still being read, in the order of their
    names; only once. ``last_reading`` is last year's 別紙, where it was asked for. ``on_disk`` is
    that of the ``Listing``.
    """

    template: Reading
    files: Iterable[Reading]
    office: Reading | None
    strays: tuple[Stray, ...]
    last_reading: Reading | None = None
    on_disk: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arriving:
    """Reading under way, a context that ends it; ``result`` is what is read.

    ``pending`` reads the template, the office's sheet and all files that ``spread`` does not.
    """

    pending: PendingReadings
    listing: Listing
    spread: SpreadReadings | None = None
    has_last: bool = False

    def result(self) -> Arrivals:
        """Wait for all that is not the departments'; to be called once."""
        readings = self.pending.in_order()
        template = next(readings)
        office = next(readings) if self.listing.office else None
        last_reading = next(readings) if self.has_last else None
        files = self.spread.in_order() if self.spread else readings
        listing = self.listing
        return Arrivals(template, files, office, listing.strays, last_reading, listing.on_disk)

    def __enter__(self) -> Arriving:
        return self

    def __exit__(self, *_: object) -> None:
        self.pending.close()


def listed(inbox: Path) -> Listing:
    """What lies in the inbox. OperatorError where the folder cannot be read."""
    try:
        return list_inbox(inbox)
    except OSError:
        raise OperatorError(
            f"受付フォルダーを読み取れません（{inbox}）。\n"
            "読み取る権限があるか、共有フォルダーにつながっているかを確かめてください。"
        ) from None


def require_template(workspace: Workspace) -> None:
    """OperatorError where the template is not there or cannot be opened."""
    if is_folder(workspace.template):
        require_file(workspace.template, "テンプレート")
    if not is_file(workspace.template):
        raise OperatorError(
            f"テンプレートが見つかりません（{workspace.template}）。\n"
            "作業フォルダーの中で実行するか、--workspace で場所を指定してください。"
            "新しく作るときは「sousei-xl init フォルダー」を使います。"
        )
    require_opening(workspace.template)


def require_opening(template: Path) -> None:
    """OperatorError where the template cannot be opened: nothing in it is to be mended."""
    try:
        template.open("rb").close()
    except OSError:
        raise OperatorError(
            f"テンプレートを開けませんでした（{template}）。\n使用中なら閉じてから再実行してください。"
            "変わらないときは、読み取る権限があるか、保存場所につながっているかを確かめてください。"
        ) from None


def require_previous(previous: Path | None) -> None:
    """OperatorError where last year's 別紙 was named and is not there (``--previous``)."""
    if previous is not None:
        require_file(previous, "前年度の別紙")


def require(workspace: Workspace) -> None:
    """OperatorError where the template or the inbox is not there."""
    require_template(workspace)
    if is_file(workspace.inbox):
        raise OperatorError(
            f"受付フォルダーに、ファイルが指定されています（{workspace.inbox}）。"
            "様式を入れたフォルダーを指定してください。"
        )
    if not is_folder(workspace.inbox):
        raise OperatorError(
            f"受付フォルダーが見つかりません（{workspace.inbox}）。\n"
            "inbox フォルダーを作り、部局から届いた様式を入れてください。"
        )


def start(
    workspace: Workspace,
    jobs: int = 0,
    extra: Sequence[InboxFile] = (),
    on_done: Progress | None = None,
    form: str = "",
    executor: Executor | None = None,
    previous: Path | None = None,
    kept: Kept | None = None,
) -> Arriving:
    """Start reading the template, the inbox and ``extra`` files (for ``check``).

    ``form`` names the template's sheet whose look is wanted.
    ``jobs`` is how many files are read at a time; 0: as many as pay on this machine. An
    ``executor`` reads the departments' files elsewhere. ``previous`` is last year's 別紙. What is
    ``kept`` is not read again.
    OperatorError where it, the template or the inbox is not there.
    """
    require(workspace)
    require_previous(previous)
    listing = listed(workspace.inbox)
    template = InboxFile(workspace.template.name, workspace.template, form)
    office = [listing.office] if listing.office is not None else []
    last = [InboxFile(previous.name, previous)] if previous is not None else []
    own, theirs = [template, *office, *last], [*listing.files, *extra]
    jobs, joining = (jobs, 0) if jobs else _worthwhile_jobs()
    spread = None
    if executor is None:
        files = [*own, *theirs]
        pending = start_reading(files, jobs, on_done=on_done, joining=joining, kept=kept)
    else:
        from sousei_xl.intake.spread import SpreadReadings

        spread = SpreadReadings(theirs, executor, jobs + joining, on_done)
        pending = start_reading(own, 1)
    return Arriving(pending, listing, spread, bool(last))


_MOST = 8  # more readers would only wait for the one that merges


def _worthwhile_jobs() -> tuple[int, int]:
    """How many processes read from the start, and how many join once nothing else is to be done.

    The import of pandas needs a core of its own, and is over when somebody waits for the files.
    """
    cores = os.cpu_count() or 2
    first = max(1, min(_MOST, cores - 1))
    return first, min(_MOST, cores) - first
