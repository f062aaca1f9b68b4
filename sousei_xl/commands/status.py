"""``status``: who has submitted, in what state, and the reminder for the rest."""

from __future__ import annotations

import argparse

from sousei_xl.commands.console import argument
from sousei_xl.commands.options import (
    DONE,
    DRAFT,
    add_previous,
    add_workspace_options,
    typed_again,
    workspace_of,
)
from sousei_xl.commands.progress import Progress
from sousei_xl.intake import arrivals

_OWING = ("未提出", "差戻し", "再提出待ち")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The workspace, and last year's 別紙."""
    parser.epilog = (
        "例:\n"
        "  sousei-xl status                           提出状況と依頼文を示す\n"
        "  sousei-xl status --previous 別紙_H29.xlsx  前年度と比べた指摘も依頼文に入れる\n\n"
        "終了コード: 0 すべて受理・該当なし  1 未提出や差戻しがある  2 実行できなかった\n"
        "KPIの未提出は、KPIだけの様式を作った（distribute --only KPI）後か、届いた後に数えます。\n"
    )
    add_previous(parser, "統合するときと同じに、前年度と比べた指摘も依頼文に入れます")
    add_workspace_options(parser)


def run(args: argparse.Namespace) -> int:
    """Exit status 1 where a department still owes something. Nothing is written."""
    arrivals.require_previous(args.previous)
    workspace = workspace_of(args)
    with (
        Progress("読み込み") as progress,
        arrivals.start(workspace, on_done=progress.update, previous=args.previous) as arriving,
    ):
        from sousei_xl import pipeline

        arrived = arriving.result()
        strategy = pipeline.strategy_of(arrived.template)
        last = pipeline.last_year_of(arrived, strategy)
        intake = pipeline.receive_all(arrived, strategy)
    result, indicators = pipeline.merge_all(intake, strategy, last, workspace.has_kpi_forms)
    if args.json:
        from sousei_xl.commands import as_json

        as_json.emit(as_json.round_state(result, indicators, strategy))
    else:
        from sousei_xl.commands import status_report
        from sousei_xl.pipeline import delivery

        forgotten = "" if last else delivery.compared_with(workspace, strategy)
        inbox = str(workspace.inbox)
        options = typed_again(args)
        if args.previous:
            options += f" --previous {argument(args.previous)}"
        status_report.status(result, indicators, strategy, inbox, options, forgotten)
    owing = any(d.missing_units or d.state in ("差戻し", "再提出待ち") for d in result.departments)
    if indicators.round == "runs":
        owing |= any(d.from_list or d.state in _OWING for d in indicators.departments)
    return DRAFT if owing else DONE
