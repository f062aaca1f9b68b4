"""What a merge tells of the council's remarks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sousei_xl.intake import remarks
from sousei_xl.sheets import Contents
from sousei_xl.sheets.council.remarks import Placed, place
from sousei_xl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Remarks:
    """How many remarks of the council and the city stand in its workbook, by their year.

    ``late`` of the earlier ones were written in last year's workbook after it was taken over;
    ``orphans`` of all have no place in 施策評価表.
    ``beside`` are cells with something that is not taken over, ``kept`` where they are kept.
    ``has_last_years`` says whether there is a workbook of last year's beside last year's 別紙.
    """

    this_year: int = 0
    earlier: int = 0
    late: int = 0
    orphans: int = 0
    beside: tuple[str, ...] = ()
    kept: str = ""
    has_last_years: bool = False


def remarks_foreseen(workspace: Workspace, contents: Contents, last_path: Path | None) -> Remarks:
    """What a merge would say of the council's remarks. Raises OperatorError where it would."""
    written = remarks.read_remarks(workspace, contents.strategy.settings, last_path)
    return remarks_told(written, contents, last_path)


def remarks_told(
    written: remarks.Written, contents: Contents, last_path: Path | None, kept: str = ""
) -> Remarks:
    """What is told of the remarks in the council's workbook as it stands now; ``kept`` is where
    the former one is kept, where it was replaced."""
    settings = contents.strategy.settings
    placed = place(written.remarks, contents)
    years = _years_of(placed)
    earlier = sum(year < settings.fiscal_year for year in years)
    return Remarks(
        len(years) - earlier,
        earlier,
        late=written.late,
        orphans=len(placed.orphans),
        beside=written.beside if kept else (),
        kept=kept,
        has_last_years=last_path is not None and remarks.has_workbook(last_path.parent, settings),
    )


def _years_of(placed: Placed) -> list[int]:
    """The years of the remarks as they stand in the workbook, where a late answer has joined its
    remark."""
    of_slots = [year for remarks_of_years in placed.at.values() for year in remarks_of_years]
    return [*of_slots, *(orphan.year or 0 for orphan in placed.orphans)]
