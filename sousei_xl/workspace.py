"""Where things are, and one frozen Run instead of clocks and globals."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sousei_xl import __version__
from sousei_xl.errors import OperatorError

if TYPE_CHECKING:  # every command starts here, and some need none of these
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

TEMPLATE_NAME = "別紙_template.xlsx"
OFFICE_SHEET = "事務局修正.xlsx"
WORKBOOKS = (".xlsx", ".xlsm")  # how the names of workbooks end, whatever their case
_LOCKS = ("~${}", ".~lock.{}#")  # Excel's and LibreOffice's, beside a workbook that is open
HISTORY = "履歴"  # in the outbox: former states, records and hand-edited copies
FORMS = "様式"  # in the outbox: what departments are sent
KPI_FORMS = f"{FORMS}/KPI"  # those of a round of actuals alone


def is_file(path: Path) -> bool:
    """Whether a file is found there. Path's own question raises, before Python 3.14, where a name
    is too long for any file or stands in a folder that may not be entered."""
    return os.path.isfile(path)


def is_folder(path: Path) -> bool:
    """As :func:`is_file`."""
    return os.path.isdir(path)


def require_file(path: Path, what: str = "ファイル") -> None:
    """OperatorError where there is no file of that name."""
    if is_folder(path):
        raise OperatorError(
            f"{what}に、フォルダーが指定されています（{path}）。"
            "その中のファイルを指定してください。"
        )
    if not is_file(path):
        raise OperatorError(f"{what}が見つかりません（{path}）。")


@dataclass(frozen=True, slots=True)
class Workspace:
    """The three places of the contract, and the folder ``root`` that commands are typed in."""

    root: Path
    template: Path
    inbox: Path
    outbox: Path

    @classmethod
    def at(
        cls,
        root: Path,
        template: Path | None = None,
        inbox: Path | None = None,
        outbox: Path | None = None,
    ) -> Workspace:
        """The workspace below ``root``, with parts that were named on the command line."""
        return cls(
            root=root,
            template=template or root / "templates" / TEMPLATE_NAME,
            inbox=inbox or root / "inbox",
            outbox=outbox or root / "outbox",
        )

    @property
    def has_kpi_forms(self) -> bool:
        """Whether forms of the KPI round have been made here."""
        return any((self.outbox / KPI_FORMS).glob("*.xlsx"))

    @property
    def options(self) -> str:
        """What another command needs to find the same places: blank where they are the usual."""
        usual = Workspace.at(self.root)
        return "".join(
            f" --{name} {as_argument(relative(path, self.root))}"
            for name in ("template", "inbox", "outbox")
            if (path := getattr(self, name)) != getattr(usual, name)
        )


def relative(target: Path, start: Path) -> str:
    """The way from a folder to a file, with ``/``; the whole path where there is none."""
    from pathlib import Path

    try:
        return Path(os.path.relpath(target, start)).as_posix()
    except ValueError:  # another drive of a Windows machine
        return target.resolve().as_posix()


@dataclass(frozen=True, slots=True)
class Run:
    """One merge: what it was made from and as of when.

    ``hash`` (照合番号) stands on every output. It covers the version of this program, the template,
    and names and contents of the forms and of 事務局修正, but not last year's list, nor the day of
    決裁.
    """

    hash: str
    list_date: dt.date
    created: dt.datetime

    @classmethod
    def of(cls, template_sha256: str, files: Iterable[tuple[str, str]], list_date: dt.date) -> Run:
        """The run over a template and (inbox-relative name, sha256) of every file.

        ``created`` is 基準日 at midnight: the outputs carry no clock time.
        """
        import datetime as dt  # only a merge needs these; --help and explain start without
        import hashlib
        import json

        inputs = json.dumps([__version__, template_sha256, sorted(files)], ensure_ascii=False)
        digest = hashlib.sha256(inputs.encode("utf-8", "surrogatepass")).hexdigest()
        return cls(digest[:8], list_date, dt.datetime.combine(list_date, dt.time()))


def file_key(name: str) -> str:
    """Equal for names that are one file somewhere: Windows does not tell cases apart, and a Mac not
    how letters are composed."""
    return unicodedata.normalize("NFC", name).casefold()


def lock_files(name: str) -> list[str]:
    """The names of what stands beside a workbook of this name while somebody has it open."""
    return [lock.format(name) for lock in _LOCKS]


def is_lock(name: str) -> bool:
    """Whether that is the name of a file that stands beside an open workbook."""
    return name.startswith(tuple(lock.partition("{")[0] for lock in _LOCKS))


# What Windows refuses in a name → the same sign in full width.
_SIGNS = {ord(c): ord(c) + 0xFEE0 for c in '<>:"/\\|?*'}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_DEVICES = re.compile(
    r"(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])", re.IGNORECASE
)
# Excel opens no path of more than 218 characters, and a folder needs room.
_LONGEST = 80


def safe_stem(stem: str) -> str:
    """A stem without signs that a file system refuses or hides; never blank, never a device."""
    stem = _CONTROLS.sub("", unicodedata.normalize("NFC", stem)).translate(_SIGNS)
    stem = " ".join(stem.split())[:_LONGEST].rstrip(" .")
    # Lock files begin with ~$, hidden ones with a point: the inbox passes them by.
    if stem.startswith(("~", ".")) or not stem:
        stem = f"_{stem}"
    if _DEVICES.fullmatch(stem.partition(".")[0].rstrip()):
        stem = f"_{stem}"
    return stem


_SPECIAL = "&(),;'{}"  # 令和8年度(案) in PowerShell, R&D in cmd.exe


def as_argument(name: str) -> str:
    """A path as it is typed behind a command: in quotation marks where a shell asks for them."""
    return f'"{name}"' if any(c.isspace() or c in _SPECIAL for c in name) else name
