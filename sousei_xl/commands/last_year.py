"""What the commands say of last year's 別紙."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sousei_xl import eras
from sousei_xl.commands.console import shown
from sousei_xl.figures.changes import PROJECTS_SHEET
from sousei_xl.sheets import named
from sousei_xl.strategy.load.table import FORM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sousei_xl.figures.changes.year import YearChanges
    from sousei_xl.figures.last_year import LastYear
    from sousei_xl.pipeline.council import Remarks
    from sousei_xl.strategy import Strategy


def described(last: LastYear) -> dict[str, Any]:
    """For ``--json``."""
    return {
        "file": last.file,
        "fiscal_year": last.fiscal_year,
        "rows": len(last.rows),
        "printed_otherwise": list(last.printed_otherwise),
    }


def counts(found: YearChanges) -> dict[str, int]:
    """For ``--json``: how many projects are new, gone and so on."""
    return {
        "new": len(found.new),
        "gone": len(found.gone),
        "renamed": len(found.renamed),
        "moved": len(found.moved),
        "budget_changed": len(found.with_other_budget),
    }


def printed_otherwise(file: str, places: Sequence[str], used: str) -> str:
    """A line where the sheet 別紙 of a workbook was mended by hand and its data sheet was not, else
    blank; ``used`` says what was done with the data."""
    if not places:
        return ""
    return (
        f"『{shown(file)}』の『{FORM}』シートの {shown(named(places, 3, 'か所'))} は、"
        f"『{PROJECTS_SHEET}』シートと違います（手で直されています）。{used}のは『{PROJECTS_SHEET}』"
        f"です。『{FORM}』のほうが正しければ、『{PROJECTS_SHEET}』の同じ行も同じように直して"
        "保存し、もう一度実行してください。"
    )


def doubts(last: LastYear, strategy: Strategy) -> Iterator[str]:
    """Lines where the workbook may be another one than was meant, or says two things."""
    if wrong := _wrong_year(last, strategy):
        yield wrong
    if otherwise := printed_otherwise(last.file, last.printed_otherwise, "引き継いだ（比べた）"):
        yield otherwise


def _wrong_year(last: LastYear, strategy: Strategy) -> str:
    """A line where the workbook says that it is another year's, else blank."""
    expected = strategy.settings.fiscal_year - 1
    if last.fiscal_year in (None, expected):
        return ""
    found = eras.fiscal_year_label(last.fiscal_year or 0)
    return (
        f"『{shown(last.file)}』には{found}とあります。"
        f"前年度（{eras.fiscal_year_label(expected)}）の別紙かどうか確かめてください。"
    )


def summary(found: YearChanges) -> list[str]:
    """What became of last year's projects, in a line or two."""
    if not found.last.projects:
        return ["前年度の別紙に事業がないため、KPIの実績値だけを比べました。"]
    lines = [
        f"前年度（{shown(found.last.file)}）との比較: 新規 {len(found.new):,}"
        f"　一覧にない {len(found.gone):,}　名称変更（推定） {len(found.renamed):,}"
        f"　施策の移動 {len(found.moved):,}　予算の変更 {len(found.with_other_budget):,}"
    ]
    if not found.kept:
        lines.append("同じ名前の事業が一つもありません。前年度の別紙かどうか確かめてください。")
    return lines


def remarks(found: Remarks, compared: bool) -> Iterator[str]:
    """Lines about what the council and the city wrote, which nobody should miss unnoticed.

    ``compared``: last year's 別紙 was given, beside which last year's remarks are looked for.
    """
    from sousei_xl.sheets.council import ORPHANS  # loaded by now, where anything was written

    this_year, earlier = found.this_year, found.earlier
    if this_year:
        yield f"検討懇談会資料に記入済みの、今年度の委員意見と対応を{this_year:,}件残しました。"
    if earlier:
        yield f"検討懇談会資料に、前年度までの委員意見と対応を{earlier:,}件引き継いでいます。"
        if found.late:
            yield (
                f"うち{found.late:,}件は、前に引き継いだ後で、前年度の資料に書かれたか、直された"
                f"ものです（欄にほかの意見があるものは、『{ORPHANS}』に載せました）。"
            )
    if found.orphans:
        yield (
            f"このうち{found.orphans:,}件は、『施策評価表』に載せる場所がないため、シート『{ORPHANS}』に"
            "載せました（「照合キー」に移す先のキーを入力すると、次の統合でその行に移ります）。"
        )
    if compared and not earlier and not found.has_last_years:
        yield (
            "前年度の別紙と同じフォルダーに、前年度の検討懇談会資料はありません"
            "（置いて実行すると、前年度の委員意見と対応を引き継ぎます）。"
        )
    if found.beside:
        yield (
            "検討懇談会資料から引き継ぐのは、委員意見と対応の欄だけです。ほかのところに書かれたもの"
            f"（{shown(named(found.beside, 3))}）は、{shown(found.kept)} に残っています。"
        )
