"""What lies in the inbox: files to read, the office's own sheet, and strays.

The inbox itself and one level of folders are looked at. Everything else is named, never passed
over in silence; only what operating systems leave behind is.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from sousei_xl.workspace import OFFICE_SHEET, WORKBOOKS, file_key, is_lock

# A department that sent one of these meant to submit: refused with a cure, not put aside.
_WRONG_FORMATS = (
    *(".xls", ".xlsb", ".xlt", ".xltx", ".xltm", ".xlam", ".xla"),
    *(".ods", ".ots", ".fods", ".csv", ".tsv", ".htm", ".html", ".mht", ".mhtml"),
)
_SHORTCUTS = (".lnk", ".url", ".webloc")
_SYSTEM = ("thumbs.db", "desktop.ini", ".ds_store", ".gitkeep", ".gitignore", "__macosx")
_MANY = 20
_MEANT = ("link", "lock")


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file to be read; ``file`` is its inbox-relative POSIX path in NFC, the one spelling by
    which a file is known, ``path`` is spelled as on disk: a Mac and its archives decompose ガ.

    ``form`` names a sheet of which the look is wanted too: that of the template, in a merge.
    """

    file: str
    path: Path
    form: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """Something that is not read; ``variant`` is that of F205.

    ``many`` stands for ``count`` strays of one folder, which is then ``file``.
    """

    file: str
    variant: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Listing:
    """The inbox at one moment, sorted by name. ``on_disk`` has the names of the files that are
    spelled in another way there than here."""

    files: tuple[InboxFile, ...]
    office: InboxFile | None
    strays: tuple[Stray, ...]
    on_disk: Mapping[str, str] = field(default_factory=dict)


def list_inbox(inbox: Path) -> Listing:
    """List the inbox without opening a file. Raises OSError where the inbox cannot be read."""
    root = Path(os.path.realpath(inbox))
    files: list[InboxFile] = []
    strays: list[Stray] = []
    for item in _walk(root):
        if isinstance(item, InboxFile):
            files.append(item)
        else:
            strays.append(item)
    named, on_disk = _in_one_spelling([*files, *_collapse(strays)])
    files = [item for item in named if isinstance(item, InboxFile)]
    office = next((item for item in files if _is_office(item.file)), None)
    return Listing(
        files=tuple(item for item in files if item is not office),
        office=office,
        strays=tuple(item for item in named if isinstance(item, Stray)),
        on_disk=on_disk,
    )


def _in_one_spelling(
    items: Sequence[InboxFile | Stray],
) -> tuple[list[InboxFile | Stray], dict[str, str]]:
    """All by their names in NFC, sorted, and how such a name is spelled on disk where that is
    another. Of two that have one name so (not every system takes them for one), each keeps its
    own."""
    nfc = [unicodedata.normalize("NFC", item.file) for item in items]
    several = Counter(nfc)
    spelled = {
        item.file: name if several[name] == 1 else item.file
        for item, name in zip(items, nfc, strict=True)
    }
    named = sorted((replace(i, file=spelled[i.file]) for i in items), key=lambda i: i.file)
    return named, {name: there for there, name in spelled.items() if name != there}


def _walk(root: Path) -> Iterator[InboxFile | Stray]:
    for entry in _entries(root):
        if not entry.is_dir(follow_symlinks=False):
            yield _judge_file(entry, entry.name, root)
        elif Path(os.path.realpath(entry.path)).parent != root:  # a junction leading elsewhere
            yield Stray(entry.name + "/", "link")
        else:
            yield from _walk_folder(entry, root)


def _walk_folder(folder: os.DirEntry[str], root: Path) -> Iterator[InboxFile | Stray]:
    try:
        entries = _entries(Path(folder.path))
    except OSError:
        yield Stray(folder.name + "/", "unreadable")
        return
    for entry in entries:
        name = f"{folder.name}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield Stray(name + "/", "deep")
        else:
            yield _judge_file(entry, name, root)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        return [
            entry
            for entry in found
            if not entry.name.lower().startswith("._") and entry.name.lower() not in _SYSTEM
        ]


def _judge_file(entry: os.DirEntry[str], name: str, root: Path) -> InboxFile | Stray:
    suffix = PurePosixPath(entry.name).suffix.lower()
    if is_lock(entry.name):
        return Stray(name, "lock")
    if suffix in _SHORTCUTS or _leads_outside(entry, root):
        return Stray(name, "link")
    if suffix not in (*WORKBOOKS, *_WRONG_FORMATS) or not entry.is_file():
        return Stray(name, "other")
    return InboxFile(name, Path(entry.path))


def _leads_outside(entry: os.DirEntry[str], root: Path) -> bool:
    if not entry.is_symlink():
        return False
    target = Path(os.path.realpath(entry.path))
    return entry.is_dir() or not target.exists() or not target.is_relative_to(root)


def _collapse(strays: Iterable[Stray]) -> Iterator[Stray]:
    """One stray for a folder with very many: a dumped photo archive must not bury the findings.

    Links and lock files stand for workbooks that somebody meant to submit: each is named.
    """
    folders: defaultdict[str, list[Stray]] = defaultdict(list)
    for stray in strays:
        if stray.variant in _MEANT:
            yield stray
        else:
            folders[str(PurePosixPath(stray.file).parent)].append(stray)
    for folder, found in folders.items():
        if len(found) > _MANY:
            yield Stray("./" if folder == "." else folder + "/", "many", len(found))
        else:
            yield from found


def _is_office(name: str) -> bool:
    return file_key(name) == file_key(OFFICE_SHEET)
