"""``merge``: the one command. Read, check, merge, write."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sousei_xl import eras, publish
from sousei_xl.commands.cluster import executor_of
from sousei_xl.commands.options import (
    DONE,
    DRAFT,
    add_previous,
    add_workspace_options,
    workspace_of,
)
from sousei_xl.commands.progress import Progress
from sousei_xl.errors import OperatorError
from sousei_xl.intake import arrivals
from sousei_xl.publish.ahead import Writers
from sousei_xl.strategy.load.table import FORM

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from sousei_xl.intake.kept import Kept
    from sousei_xl.pipeline.definition import Definition
    from sousei_xl.pipeline.delivery import Delivered
    from sousei_xl.sheets import Contents
    from sousei_xl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be merged and how: ``approve`` is the date of 決裁, ``previous`` last year's 別紙,
    ``jobs``, ``executor`` and ``kept`` as in ``arrivals.start``; ``writers`` outlive this merge."""

    workspace: Workspace
    progress: Progress
    previous: Path | None = None
    approve: dt.date | None = None
    jobs: int = 0
    executor: Executor | None = None
    kept: Kept | None = None
    writers: Writers | None = None


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``merge``."""
    parser.epilog = (
        "例:\n"
        "  sousei-xl merge                        統合して書き出す\n"
        "  sousei-xl merge --dry-run              書き出さずに、載る行・消える行・変わる行を見る\n"
        "  sousei-xl merge --approve 2018-03-30   決裁日を付けて確定する\n"
        "  sousei-xl merge --previous 別紙_H29.xlsx  前年度の別紙と比べる\n\n"
        "--previous を付けると、新規・継続の区分、予算、過去の実績値を前年度の別紙と比べ、"
        "検討懇談会資料に\n「前年度からの変更箇所」を加え、前年度の委員意見を引き継ぎます。"
        "比べるときは毎回指定します。\n\n"
        "提出の要る部局（提出課）のどれかに受け付けられた様式がない間と、"
        "一覧に数える様式か\n事務局修正.xlsx に要修正がある間と、記入のある（または読み取れない）"
        "事務局修正が\n別の名前や場所で受付フォルダーにある間、一覧は作成中です。そろった部局の"
        "受け付けられなかった\nファイル、要確認、KPIの指摘は、一覧を作成中にしません。確定（--approve）には、"
        "金額が未定または\n読み取れない行がないことも要ります。\n\n"
        "終了コード: 0 完了（案・確定）  1 完了したが作成中  2 実行できなかった\n"
    )
    parser.add_argument(
        "--approve",
        metavar="DATE",
        help="決裁日（例: 2018-03-30）。作成中でなく、金額が未定の行もない一覧を確定します",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=0,
        metavar="N",
        help="同時に読み込むファイルの数（既定: 自動）",
    )
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="読み込みを、動いているDaskクラスターに任せます（例: tcp://192.0.2.10:8786）",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="何も書き出さず、前回の別紙との違いを表示します"
    )
    add_previous(parser, "前年度から変わったところを調べ、検討懇談会資料に載せます")
    add_workspace_options(parser)


def approval_date(typed: str | None) -> dt.date | None:
    """The date of ``--approve``; OperatorError where it is none."""
    if typed is None:
        return None
    date = eras.parse_date(typed)
    if date is None:
        raise OperatorError(
            f"決裁日『{typed}』が日付として読み取れません。「2018-03-30」のように指定してください。"
        )
    return date


def run(args: argparse.Namespace) -> int:
    """Merge and publish; see the exit statuses in ``--help``."""
    approve = approval_date(args.approve)
    if args.jobs < 0:
        raise OperatorError("--jobs には1以上の数を指定してください。")
    workspace = workspace_of(args)
    with executor_of(args.cluster) as executor, Progress("読み込み") as progress:
        request = Request(workspace, progress, args.previous, approve, args.jobs, executor)
        if args.dry_run:
            publish.require_apart(workspace)
            contents, _ = _merge(request)
            progress.close()
            _show_changes(args, workspace, contents)
        else:
            contents, delivered = deliver(request)
            _report(args, workspace, contents, delivered)
    return DRAFT if contents.status == "draft" else DONE


def deliver(request: Request) -> tuple[Contents, Delivered]:
    """Read, merge and publish once.

    The outbox is held from reading on: a slower run must not put an older inbox over a newer one.
    """
    workspace, progress, previous = request.workspace, request.progress, request.previous
    arrivals.require_previous(previous)
    arrivals.require(workspace)  # before anything is created in the outbox
    with publish.locked(workspace) as outbox, _writers(request) as writers:
        contents, definition = _merge(request, writers)
        from sousei_xl.pipeline import delivery

        progress.stage("書き出し")
        delivered = delivery.publish_list(
            workspace, contents, definition.prototype, outbox, writers, previous
        )
    progress.close()
    return contents, delivered


def _writers(request: Request) -> contextlib.AbstractContextManager[Writers]:
    return contextlib.nullcontext(request.writers) if request.writers else Writers(1)


def _merge(request: Request, writers: Writers | None = None) -> tuple[Contents, Definition]:
    workspace, progress = request.workspace, request.progress
    with arrivals.start(
        workspace,
        request.jobs,
        on_done=progress.update,
        form=FORM,
        executor=request.executor,
        previous=request.previous,
        kept=request.kept,
    ) as arriving:
        # Reading goes on in the workers while pandas and pandera are imported here.
        from sousei_xl import pipeline
        from sousei_xl.pipeline import delivery
        from sousei_xl.pipeline.definition import define
        from sousei_xl.rules.parse import EarlyRows

        arrived = arriving.result()
        definition = define(arrived.template)
        strategy = definition.strategy
        last = pipeline.last_year_of(arrived, strategy)
        early = EarlyRows(strategy)
        intake = pipeline.receive_all(arrived, strategy, early)
    if writers:
        delivery.prepare(writers, intake)
    progress.stage("点検・統合")
    if arriving.spread and arriving.spread.read_here:
        here = f"{arriving.spread.read_here:,}ファイル"
        why = f"最初の理由：{arriving.spread.reason}"
        print(f"クラスターが読めなかった{here}は、この機械で読みました（{why}）。", file=sys.stderr)
    run = delivery.run_of(arrived.template, intake, strategy)
    made = workspace.has_kpi_forms
    result, indicators = pipeline.merge_all(intake, strategy, last, made, early)
    if not result.listed:  # else somebody has sent a form without being asked
        pipeline.require_anybody(strategy)
    contents = delivery.contents_of(
        run, result, indicators, strategy, workspace, request.approve, last, request.previous
    )
    return replace(contents, doubts=definition.doubts, on_disk=arrived.on_disk), definition


def _report(
    args: argparse.Namespace, workspace: Workspace, contents: Contents, delivered: Delivered
) -> None:
    from sousei_xl.commands import as_json

    if args.json:
        as_json.emit(as_json.delivered(contents, delivered))
    else:
        from sousei_xl.commands import report  # rich takes its time to import

        report.merged(contents, delivered, workspace)
        report.elsewhere(args.workspace)


def _show_changes(args: argparse.Namespace, workspace: Workspace, contents: Contents) -> None:
    from sousei_xl.pipeline.foreseen import foresee

    found = foresee(workspace, contents, args.previous)
    if args.json:
        from sousei_xl.commands import as_json

        as_json.emit(as_json.foreseen(contents, found))
    else:
        from sousei_xl.commands import report

        report.dry_run(contents, found)
