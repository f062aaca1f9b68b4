"""Which files go back, under which names, and the one call that makes such a workbook.

Most merges have nothing to return: ``annotate`` is imported where a return is written.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from sousei_xl.findings import Finding, is_error, is_for_department, is_unreadable
from sousei_xl.rules.records import ListResult
from sousei_xl.rules.units import asked_place, edition_of, successors
from sousei_xl.strategy import Strategy
from sousei_xl.workspace import file_key

FOLDER = "差戻し"


@dataclass(frozen=True, slots=True)
class Return:
    """A workbook that goes back to its department; picklable, as a job for another process.

    ``file`` is inbox-relative, ``name`` outbox-relative. ``edition`` is the 版 that it gets at
    least. ``sha256`` is that of the file that was read; blank where it could not be opened.
    """

    file: str
    name: str
    department: str
    edition: int
    sha256: str
    findings: tuple[Finding, ...]

    @property
    def is_readable(self) -> bool:
        """True where the file itself can go back; otherwise the findings go alone."""
        return bool(self.sha256) and not any(map(is_unreadable, self.findings))


def returns_due(result: ListResult, findings: Iterable[Finding]) -> dict[str, tuple[Finding, ...]]:
    """File → what its department is asked, for every file that goes back.

    Those are accepted files with 要修正 of their own, and refused files that could be opened.
    ``findings`` are those of the list and of the KPI round; each is placed where it is asked. Pure.
    """
    said: defaultdict[str, list[Finding]] = defaultdict(list)
    kept = successors(result.findings)
    for item in filter(is_for_department, findings):
        place = asked_place(item, kept)
        said[place.file].append(replace(item, place=place))
    return {
        record.file: tuple(said[record.file])
        for record in result.files
        if (record.outcome == "refused" and said[record.file] and not record.unreached)
        or (record.outcome == "accepted" and any(map(is_error, said[record.file])))
    }


def plan_returns(result: ListResult, findings: Iterable[Finding]) -> tuple[Return, ...]:
    """All returns of a merge, ready to be written."""
    due = returns_due(result, findings)
    names = return_names(due)
    return tuple(
        Return(
            record.file,
            names[record.file],
            record.department,
            edition_of(record) + 1,
            record.sha256,
            due[record.file],
        )
        for record in result.files
        if record.file in due
    )


def return_names(files: Iterable[str]) -> dict[str, str]:
    """File → name of its return in the outbox: ``差戻し/経済部.xlsx``, in the same sub-folder.

    Where ``経済部.xls`` and ``経済部.xlsx`` both go back, the former is ``経済部.xls.xlsx``.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    # The file that keeps its name has the first choice.
    for file in sorted(files, key=lambda f: (not f.lower().endswith(".xlsx"), f)):
        path = PurePosixPath(FOLDER, file)
        choices = (path.with_suffix(".xlsx"), path.with_name(f"{path.name}.xlsx"))
        free = (str(choice) for choice in choices if file_key(str(choice)) not in taken)
        names[file] = next(free, str(path.with_name(f"{path.name}（{len(names)}）.xlsx")))
        taken.add(file_key(names[file]))
    return names


def write_return(target: Path, source: Path, item: Return, strategy: Strategy) -> None:
    """Write one return to ``target``. All arguments are picklable.

    ``source`` is the file in the inbox. Where it could not be opened, is not what was read any
    more or cannot be marked safely, the findings go back alone. Raises OSError where ``target``
    cannot be written.
    """
    from sousei_xl.forms.annotate import Unmarkable, annotate, findings_only

    if item.is_readable:
        try:
            data = source.read_bytes()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() == item.sha256:
            try:
                annotate(data, target, item.findings, strategy, next_edition=item.edition)
                return
            except Unmarkable:
                pass
    name = PurePosixPath(item.file).name
    findings_only(target, item.findings, strategy, name, item.department)
