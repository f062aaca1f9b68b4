"""Which of the tool's own workbooks a file is, where another one was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from sousei_xl.errors import OperatorError
from sousei_xl.figures.changes import PROJECTS_SHEET
from sousei_xl.forms.layout import REPLY
from sousei_xl.forms.office_layout import ACKNOWLEDGED, ADDED, CORRECTED
from sousei_xl.intake.reading import Reading
from sousei_xl.strategy.load.table import FORM, MEASURES, SETTINGS
from sousei_xl.workspace import OFFICE_SHEET, file_key

OFFICIAL = "別紙"
OFFICE_KIND = f"『{OFFICE_SHEET}』"
_OFFICE_STEM = file_key(PurePosixPath(OFFICE_SHEET).stem)
_LONGEST_SUFFIX = 7  # ``(1)``, `` - コピー``, ``_最新``: longer ones make another name


def _kinds() -> tuple[tuple[str, set[str]], ...]:
    """What a workbook is, and the sheets that make it so; the first that fits."""
    # Seldom asked, and those who write these sheets take their time to be imported.
    from sousei_xl.sheets.checkbook.findings import FINDINGS_SHEET
    from sousei_xl.sheets.checkbook.submissions import SHEET as SUBMISSIONS
    from sousei_xl.sheets.council import EVALUATION
    from sousei_xl.sheets.final_check import SHEET as FINAL_CHECK

    return (
        (OFFICIAL, {PROJECTS_SHEET}),
        ("テンプレート", {SETTINGS, MEASURES, FORM}),
        (OFFICE_KIND, {CORRECTED, ADDED, ACKNOWLEDGED}),
        ("点検結果", {SUBMISSIONS, FINDINGS_SHEET}),
        ("検討懇談会資料", {EVALUATION}),
        (FINAL_CHECK, {FINAL_CHECK}),
        ("部局の様式", {REPLY}),
    )


def kind_of(sheets: Iterable[str]) -> str:
    """``検討懇談会資料``, ``点検結果`` … by the names of the sheets; blank for anything else."""
    names = set(sheets)
    return next((kind for kind, needed in _kinds() if needed <= names), "")


def is_office_sheet(reading: Reading) -> bool:
    """Whether a refused file is the office's own sheet, whatever its name and place.

    One that cannot be read at all (.xls) goes by its name.
    """
    if reading.refusal:
        stem = file_key(PurePosixPath(reading.file).stem)
        return stem.startswith(_OFFICE_STEM) and len(stem) <= len(_OFFICE_STEM) + _LONGEST_SUFFIX
    return kind_of(sheet.name for sheet in reading.sheets) == OFFICE_KIND


def require_official(file: str, sheets: Iterable[str]) -> None:
    """OperatorError where a workbook of ours is no 別紙: it may hold tables that look like one."""
    names = set(sheets)
    kind = "" if FORM in names and SETTINGS not in names else kind_of(names)
    if kind not in ("", OFFICIAL):
        raise OperatorError(
            f"『{file}』：これは{kind}です。別紙を指定してください（例：別紙_平成29年度.xlsx）。"
        )
