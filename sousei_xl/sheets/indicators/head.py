"""What stands on top of the sheets about indicators, and of no other."""

from __future__ import annotations

from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Sheet
from sousei_xl.strategy.indicators import results_as_of


def write_indicator_head(sheet: Sheet, contents: Contents, title: str, *notes: str) -> int:
    """Title, as of when, how complete the round is, the office's 注意書き and notes.

    The first free row is returned. On these sheets the footer names 実績基準日 as well; no day at
    all where there is none, for the list's day is not that of the actuals.
    """
    settings = contents.strategy.settings
    sheet.as_of = settings.results_date
    row = sheet.top
    sheet.wide_text(row, title, "title")
    # 決裁 is about the list; what indicators report may still change.
    state = "" if contents.status == "draft" else f"　関連事業一覧：{contents.stamp}"
    as_of = results_as_of(settings)
    lines = [
        (
            f"{settings.municipality}　{settings.year_label}"
            f"{f'　実績は{as_of}' if as_of else ''}{state}",
            "note",
        ),
        (round_note(contents), "note"),
        *((f"※{notice}", "note bold") for notice in (settings.notice,) if notice),
        *((note, "note") for note in notes),
    ]
    for number, (line, style) in enumerate(lines, row + 1):
        sheet.wide_text(number, line, style)
    return row + 1 + len(lines)


def round_note(contents: Contents) -> str:
    """How many indicators were reported, and what the round is still waiting for."""
    kpi = contents.indicators
    carried = sum(bool(report.carried) for report in kpi.reports)
    stays = f"指標{carried}件に、前年度の別紙から引き継いだ値があります。" if carried else ""
    if not any(report.row_ids for report in kpi.reports):
        return f"実績の報告はまだありません。{stays}"
    counted = (
        f"指標{kpi.expected}件のうち{kpi.reported}件の報告がありました"
        "（内訳のある指標は、内訳ごとに1件と数えます）。"
    )
    if kpi.state == "complete":
        return f"{counted}{stays}"
    waiting = [d.department for d in kpi.departments if d.missing or d.errors]
    rest = f"（{'、'.join(waiting)}）" if waiting else ""
    return f"【集計中】{counted}残りの報告・修正を待っています{rest}。{stays}"
