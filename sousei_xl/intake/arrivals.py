"""Everything a command needs from disk, read in workers while the parent imports pandas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sousei_xl.intake.inbox import InboxFile, Stray, list_inbox
from sousei_xl.intake.read import PendingReadings, Reading, start_reading
from sousei_xl.workspace import OperatorError, Workspace

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The template, the departments' files, the office's sheet and what is none of these."""

    template: Reading
    files: tuple[Reading, ...]
    office: Reading | None
    strays: tuple[Stray, ...]


@dataclass(frozen=True, slots=True)
class Arriving:
    """Reading under way; ``result`` waits for it."""

    pending: PendingReadings
    has_office: bool
    strays: tuple[Stray, ...]

    def result(self) -> Arrivals:
        """Everything that was read, files in the order of their names."""
        template, *rest = self.pending.result()
        office = rest.pop(0) if self.has_office else None
        return Arrivals(template, tuple(rest), office, self.strays)


def require(workspace: Workspace) -> None:
    """OperatorError where the template or the inbox is not there."""
    if not workspace.template.is_file():
        raise OperatorError(
            f"テンプレートが見つかりません（{workspace.template}）。\n"
            "作業フォルダーの中で実行するか、--workspace で場所を指定してください。"
            "新しく作るときは「sousei-xl init フォルダー」を使います。"
        )
    if not workspace.inbox.is_dir():
        raise OperatorError(
            f"受付フォルダーが見つかりません（{workspace.inbox}）。\n"
            "inbox フォルダーを作り、部局から届いた様式を入れてください。"
        )


def start(
    workspace: Workspace,
    jobs: int,
    extra: Sequence[InboxFile] = (),
    on_done: Progress | None = None,
) -> Arriving:
    """Start reading the template, the inbox and ``extra`` files (for ``check``).

    OperatorError where the template or the inbox is not there.
    """
    require(workspace)
    listing = list_inbox(workspace.inbox)
    template = InboxFile(workspace.template.name, Path(workspace.template))
    office = [listing.office] if listing.office is not None else []
    files = [template, *office, *listing.files, *extra]
    pending = start_reading(files, jobs, on_done=on_done)
    return Arriving(pending, bool(office), tuple(listing.strays))
