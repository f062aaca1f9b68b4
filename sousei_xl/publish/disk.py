"""The outbox as a place on a disk: each operation happens whole or not, and fails in plain words.

Problems of the disk are for the operator to mend, so every OSError leaves this package as an
OperatorError in Japanese.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from sousei_xl.errors import OperatorError
from sousei_xl.workspace import HISTORY, Workspace

T = TypeVar("T")

WORK = ".作業中"

# How long to wait for a workbook that Excel, a virus scanner or a preview holds: about 3 seconds.
RETRY_DELAYS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5)

# Windows refuses folders from 248 characters on unless the path bears this prefix.
_WINDOWS_LIMIT = 248
# Linux allows 255 bytes in a name, Windows 255 UTF-16 units: this fits both, with some room.
_NAME_BYTES = 240

_FULL = {errno.ENOSPC, errno.EDQUOT}
_GONE = {
    errno.ENOENT,
    errno.ENOTDIR,
    errno.ENODEV,
    errno.ENXIO,
    errno.ESTALE,
    errno.ENETDOWN,
    errno.ENETUNREACH,
    errno.ENETRESET,
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
}


def is_inside(name: str) -> bool:
    """Whether this is a name below the outbox: records lie where others may write, too."""
    path = PurePosixPath(name)
    drive = sys.platform == "win32" and ":" in name
    return bool(path.parts) and not (
        path.is_absolute() or ".." in path.parts or "\\" in name or drive
    )


@dataclass(frozen=True, slots=True)
class Outbox:
    """The outbox. ``label`` is how the operator named it; ``delays`` are seconds between attempts
    at a file that somebody holds open."""

    root: Path
    label: str
    delays: tuple[float, ...] = RETRY_DELAYS

    @classmethod
    def of(cls, workspace: Workspace, delays: tuple[float, ...] = RETRY_DELAYS) -> Outbox:
        """The outbox of a workspace."""
        return cls(Path(os.path.abspath(workspace.outbox)), str(workspace.outbox), delays)

    def at(self, name: str) -> Path:
        """The path of an outbox-relative POSIX name, reachable on Windows whatever its length."""
        path = self.root.joinpath(*PurePosixPath(name).parts)
        if sys.platform == "win32" and len(str(path)) >= _WINDOWS_LIMIT:
            return _beyond_the_limit(path)
        return path

    @property
    def work(self) -> Path:
        """The folder where everything is written and verified before it takes its place."""
        return self.root / WORK

    def check_folders(self, names: Iterable[str]) -> None:
        """Raise OperatorError where a folder of one of these names is none of the outbox's own.

        Through a link that somebody planted, files would be written elsewhere.
        """
        folders = {str(folder) for name in names for folder in PurePosixPath(name).parents}
        for folder in sorted(folders - {"."}):
            path = self.at(folder)
            with in_plain_words(self):
                own = os.path.join(os.path.realpath(path.parent), path.name)
                is_link = os.path.normcase(os.path.realpath(path)) != os.path.normcase(own)
                is_file = path.exists() and not path.is_dir()
            if is_link:
                raise OperatorError(
                    f"保存先の『{folder}』が、別の場所へのリンクになっています。"
                    "リンクを削除してから再実行してください（フォルダーは自動で作られます）。"
                )
            if is_file:
                raise OperatorError(
                    f"保存先に『{folder}』という名前のファイルがあるため、保存できません。"
                    "ファイルの名前を変えてから再実行してください。"
                )

    def replace(self, source: Path, name: str) -> None:
        """Put ``source`` in the place of ``name`` in one step; its folder is made if need be."""
        target = self.at(name)
        with in_plain_words(self, name):
            target.parent.mkdir(parents=True, exist_ok=True)
            self._patiently(lambda: os.replace(source, target))

    def remove(self, name: str) -> None:
        """Delete ``name``."""
        with in_plain_words(self, name):
            self._patiently(self.at(name).unlink)

    def copy(self, name: str, target: Path) -> None:
        """A synced copy of ``name`` with its time of change, so that the history shows it."""
        source = self.at(name)
        with in_plain_words(self, name):
            self._patiently(lambda: shutil.copyfile(source, target))
            sync(target)
            stat = source.stat()
            os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    def digest(self, name: str) -> str:
        """SHA-256 of ``name`` in hexadecimal; empty where no such file stands."""
        path = self.at(name)
        with in_plain_words(self, name, reading=True):
            if path.is_dir():
                raise OperatorError(
                    f"保存先に『{name}』という名前のフォルダーがあるため、保存できません。"
                    "フォルダーの名前を変えてから再実行してください。"
                )
            with contextlib.suppress(FileNotFoundError):
                return self._patiently(lambda: digest(path))
        return ""

    def ensure_free(self, name: str) -> None:
        """Raise OperatorError where Excel holds ``name`` open, before anything is touched.

        Only Windows locks open files. There, asking for write access finds out; elsewhere it
        would refuse write-protected files that may well be replaced.
        """
        if sys.platform == "win32":
            with in_plain_words(self, name), contextlib.suppress(FileNotFoundError):
                self._patiently(lambda: self.at(name).open("r+b").close())

    def clear_work(self) -> None:
        """Delete the work folder with all that is in it."""
        with in_plain_words(self), contextlib.suppress(FileNotFoundError):
            self._patiently(lambda: shutil.rmtree(self.work))

    def _patiently(self, action: Callable[[], T]) -> T:
        for delay in self.delays:
            try:
                return action()
            except PermissionError:
                time.sleep(delay)
        return action()


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, data: bytes) -> None:
    """Write and sync a file that stands nowhere yet."""
    path.write_bytes(data)
    sync(path)


def sync(path: Path) -> None:
    """Wait until a file's contents have reached the disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until a folder's entries have reached the disk, where the platform can be asked to."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def history_name(outbox: Outbox, name: str, sha256: str, note: str = "") -> str:
    """Where the former state of ``name`` with this hash is kept, outbox-relative.

    ``別紙_平成30年度（案）.xlsx`` becomes ``履歴/別紙_平成30年度（案）（a1b2c3d4）.xlsx``; ``note``
    stands before the hash. Equal contents get the same name, and no two contents share one.
    """
    path = PurePosixPath(name)
    for digits in (8, 16, len(sha256)):
        tail = f"{note}（{sha256[:digits]}）{path.suffix}"
        stem = path.stem
        while stem and len(os.fsencode(stem + tail)) > _NAME_BYTES:
            stem = stem[:-1]
        kept = str(HISTORY / path.with_name(stem + tail))
        if outbox.digest(kept) in ("", sha256):
            break
    return kept


@contextlib.contextmanager
def in_plain_words(outbox: Outbox, name: str = "", reading: bool = False) -> Iterator[None]:
    """Turn an OSError into the OperatorError that says what to do.

    ``name`` is the file that stands in the outbox and is read, replaced or deleted, if any;
    ``reading``: nothing else was tried.
    """
    try:
        yield
    except OSError as error:
        raise OperatorError(_explain(error, outbox, name, reading)) from error


def of_a_full_disk(error: OSError, place: str) -> str:
    """What to do where ``place`` is on a disk that is full; blank where that is not the matter."""
    if error.errno not in _FULL:
        return ""
    return (
        f"ディスクの空き容量が足りません（{place}）。"
        "不要なファイルを削除してから再実行してください。"
    )


def _explain(error: OSError, outbox: Outbox, name: str, reading: bool) -> str:
    place = f"保存先『{outbox.label}』"
    if words := of_a_full_disk(error, place):
        return words
    if _is_elsewhere(error, outbox):
        return (
            f"『{error.filename}』を読み書きできません。"
            "場所と権限を確認してから再実行してください。"
        )
    if isinstance(error, PermissionError) and name and _stands_in_a_writable_folder(outbox, name):
        if sys.platform == "win32" and not os.access(outbox.at(name), os.W_OK):
            return (
                f"『{name}』は読み取り専用です。ファイルのプロパティで"
                "『読み取り専用』を外してから再実行してください。"
            )
        if reading and not os.access(outbox.at(name), os.R_OK):
            return f"『{name}』を読み取れません。ファイルを読み取る権限があるかを確認してください。"
        return f"『{name}』が開かれています。Excelで閉じてから再実行してください。"
    if isinstance(error, PermissionError) and reading:
        return f"{place}を読み取れません。フォルダーを読み取る権限があるかを確認してください。"
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return (
            f"{place}に書き込めません。"
            "フォルダーが読み取り専用でないか、書き込みの権限があるかを確認してください。"
        )
    if isinstance(error, FileExistsError):
        return (
            f"『{error.filename}』はフォルダーではありません。"
            "ファイルの名前を変えるか、別の保存先を指定してください。"
        )
    if error.errno in _GONE:
        return (
            f"{place}が見つかりません。フォルダーの場所とネットワークドライブの接続を"
            "確認してから再実行してください。"
        )
    if error.errno == errno.ENAMETOOLONG:
        inside = PurePosixPath(name).parts
        longest = max((*outbox.root.parts, *inside), key=lambda part: len(os.fsencode(part)))
        what = "ファイル名" if longest in inside else "フォルダー名"
        return f"{what}『{longest}』が長すぎます。短い名前にしてから再実行してください。"
    failed = "から読み取れませんでした" if reading else "に書き込めませんでした"
    return (
        f"{place}{failed}（エラー番号 {error.errno}）。"
        "ディスクとネットワークの状態を確認してから再実行してください。"
    )


def _is_elsewhere(error: OSError, outbox: Outbox) -> bool:
    # What writes a workbook also reads, for instance the template.
    if not isinstance(error.filename, str):
        return False
    path = Path(os.path.abspath(error.filename))
    inside = outbox.root in (path, *path.parents)
    return not inside and path not in outbox.root.parents


def _stands_in_a_writable_folder(outbox: Outbox, name: str) -> bool:
    path = outbox.at(name)
    return os.path.exists(path) and os.access(path.parent, os.W_OK)


def _beyond_the_limit(path: Path) -> Path:
    text = str(path)
    if text.startswith("\\\\?\\"):
        return path
    return Path(f"\\\\?\\UNC{text[1:]}" if text.startswith("\\\\") else f"\\\\?\\{text}")
