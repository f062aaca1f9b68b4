"""``distribute``: the forms that go out, and the final check."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sousei_xl import publish
from sousei_xl.commands import last_year
from sousei_xl.commands import office_sheet as said_of_office
from sousei_xl.commands.console import shown
from sousei_xl.commands.office_sheet import OFFICE
from sousei_xl.commands.options import (
    DONE,
    DRAFT,
    add_previous,
    add_workspace_options,
    typed_again,
    workspace_of,
)
from sousei_xl.commands.progress import Progress
from sousei_xl.errors import OperatorError
from sousei_xl.forms.layout import INDICATORS, PROJECTS
from sousei_xl.intake import arrivals
from sousei_xl.intake.inbox import InboxFile
from sousei_xl.intake.read import start_reading
from sousei_xl.strategy.dates import questions
from sousei_xl.strategy.gaps import gaps
from sousei_xl.strategy.load.table import FORM
from sousei_xl.text import nfkc
from sousei_xl.workspace import Run, Workspace

if TYPE_CHECKING:
    from sousei_xl.figures.last_year import LastRow, LastYear
    from sousei_xl.pipeline.distribution import Distribution
    from sousei_xl.strategy import Strategy

_MOST = 10


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``distribute``."""
    parser.epilog = (
        "例:\n"
        "  sousei-xl distribute                           部局ごとの様式を作る\n"
        "  sousei-xl distribute --previous 別紙_H29.xlsx  前年度の事業を入れた様式を作る\n"
        "  sousei-xl distribute --only KPI                実績照会の様式を作る\n"
        "  sousei-xl distribute --only 事務局修正         事務局修正.xlsx だけを用意する\n"
        "  sousei-xl distribute --confirm                 載る内容を確かめてもらう表を作る\n\n"
        "様式は outbox/様式/ に、KPIだけの様式はその中の KPI/ に、確認の表は 最終確認/ に"
        "できます。\n"
        "inbox の事務局修正.xlsx は、なければ作り、まだ何も記入していなければ、選択肢を"
        "テンプレートに合わせて\n作り直します。記入のあるものには触れません。\n"
        "前年度の別紙は、このソフトで作ったものでも、同じ見出しの表でも構いません。\n"
        "終了コード: 0 作成した  1 作成したが、一覧はまだ作成中（--confirm）  2 実行できなかった\n"
    )
    parser.add_argument(
        "--only",
        type=lambda typed: nfkc(typed).strip().upper(),
        choices=(PROJECTS, INDICATORS, OFFICE),
        default="",
        metavar=f"{PROJECTS}|{INDICATORS}|{OFFICE}",
        help="事業だけ、KPIの実績だけの様式を作ります（既定: 両方を一つのファイルに）。"
        f"{OFFICE}では、inbox の事務局修正.xlsx だけを用意します",
    )
    add_previous(parser, "事業を継続として、指標の前回までの実績とともに、様式に入れておきます")
    parser.add_argument(
        "--confirm",
        action="store_true",
        help="様式ではなく、一覧に載る行を部局ごとに outbox/様式/最終確認/ へ書き出します",
    )
    add_workspace_options(parser)


def run(args: argparse.Namespace) -> int:
    """Write the forms, or the final check (exit status 1 while the list is a draft)."""
    workspace = workspace_of(args)
    if not args.confirm:
        if args.only == OFFICE and args.previous:
            raise OperatorError(f"--only {OFFICE} は、--previous と一緒には使えません。")
        return _distribute(args, workspace)
    if args.only or args.previous:
        raise OperatorError("--confirm は、--only や --previous と一緒には使えません。")
    return _confirm(args, workspace)


# --- forms ------------------------------------------------------------------------------------


def _distribute(args: argparse.Namespace, workspace: Workspace) -> int:
    arrivals.require_template(workspace)
    alone = args.only == OFFICE
    # Who makes forms has the time to mend the sheet 別紙, which is printed weeks later.
    wanted = _wanted(workspace, args.previous, "" if alone else FORM)
    files = [file for file in wanted if file is not None]
    with start_reading(files, len(files)) as pending:
        # Reading goes on in the children while all this is imported here.
        from sousei_xl import pipeline
        from sousei_xl.intake.last_year import read_last_year
        from sousei_xl.pipeline import distribution, office_sheet
        from sousei_xl.pipeline.definition import define

        readings = iter(pending.result())
    template, last_reading, in_inbox = (None if file is None else next(readings) for file in wanted)
    assert template is not None
    if alone:
        strategy = pipeline.strategy_of(template)
        return said_of_office.alone(
            args, workspace, office_sheet.renew(workspace, strategy, in_inbox)
        )
    definition = define(template)
    strategy = definition.strategy
    asked = (*questions(strategy.settings), *gaps(strategy), *definition.doubts)
    last = None if last_reading is None else read_last_year(last_reading, strategy)
    earlier = distribution.reported_before(workspace, strategy) if args.only == INDICATORS else {}
    plan = distribution.plan_forms(strategy, args.only, last, earlier)
    inputs = [] if last_reading is None else [(last_reading.file, last_reading.sha256)]
    made_from = Run.of(template.sha256, inputs, strategy.settings.list_date)
    published = distribution.publish_forms(workspace, strategy, made_from, plan)
    beside = distribution.others(workspace, [form.file for form in plan.forms])
    office = office_sheet.renew(workspace, strategy, in_inbox)
    if args.json:
        from sousei_xl.commands import as_json

        made = _described(plan, strategy, last, published, beside, asked)
        as_json.emit({**made, "office_sheet": said_of_office.described(office)})
    else:
        words = said_of_office.words(office, workspace, typed_again(args))
        _tell(plan, strategy, last, workspace, beside, words, asked)
        print(f"  ・様式を部局に送ります。{_where_to_put(args.only)}")
    return DONE


def _wanted(workspace: Workspace, previous: Path | None, form: str) -> tuple[InboxFile | None, ...]:
    """The template with the look of its sheet ``form``, last year's 別紙, and the office's sheet in
    the inbox."""
    from sousei_xl.pipeline.office_sheet import find_office_sheet

    arrivals.require_previous(previous)
    template = InboxFile(workspace.template.name, workspace.template, form)
    last = None if previous is None else InboxFile(previous.name, previous)
    return template, last, find_office_sheet(workspace)


def _described(
    plan: Distribution,
    strategy: Strategy,
    last: LastYear | None,
    published: publish.Published,
    beside: Sequence[str],
    asked: Sequence[str],
) -> dict[str, Any]:
    return {
        "fiscal_year": strategy.settings.fiscal_year,
        "previous": None if last is None else last_year.described(last),
        "forms": [
            {
                "file": form.file,
                "department": form.department,
                "unit": form.unit,
                "rows": form.rows,
                "relisted": form.relisted,
                "to_review": form.to_review(strategy),
                "indicators": len(form.indicators),
            }
            for form in plan.forms
        ],
        "unassigned": [
            {
                "measure": row.measure_name or row.measure,
                "name": row.name,
                "department": row.department,
            }
            for row in plan.unassigned
        ],
        "others": list(beside),
        "questions": list(asked),
        "written": published.written,
        "unchanged": published.unchanged,
        "moved": published.moved,
    }


def _tell(
    plan: Distribution,
    strategy: Strategy,
    last: LastYear | None,
    workspace: Workspace,
    beside: Sequence[str],
    office: str,
    asked: Sequence[str],
) -> None:
    """One summary of what was made, and what the office has to look at; ``office`` is what it
    should know of its own sheet, ``asked`` are the questions about the template."""
    settings = strategy.settings
    print(f"{settings.municipality}　{settings.year_label}　様式を{len(plan.forms)}件作りました。")
    print(f"場所: {shown(str(workspace.outbox))}")
    for form in plan.forms:
        parts = []
        if form.prefilled:
            again = f"（うち再掲 {form.relisted}）" if form.relisted else ""
            parts.append(f"前年度の事業 {form.rows}行{again}")
        if review := form.to_review(strategy):
            parts.append(f"前の年度の記述 {review}件")
        if form.indicators:
            parts.append(f"指標 {len(form.indicators)}")
        print(f"  {shown(form.file)}　{'、'.join(parts) or '空の様式'}")
    if last is not None:
        _tell_of_last_year(plan.unassigned, last, strategy)
        if any(form.unit and form.rows for form in plan.forms):
            print(
                "\n課ごとに提出する部局の様式には、前年度の事業が課に分けずに入っています。"
                "担当しない事業の行を削除するよう、課に伝えてください（記入要領にも書いてあります）。"
            )
    if beside:
        print(
            "\n同じフォルダーに、今回の様式ではないファイルがあります。送らないように注意してください。"
        )
        for name in beside[:_MOST]:
            print(f"  {shown(name)}")
        if len(beside) > _MOST:
            print(f"  ほか {len(beside) - _MOST} 件")
    if office:
        print(f"\n{office}")
    print("\n次にすること")
    for question in asked:
        print(f"  ・{shown(question)}")
    told = {"提出期限": settings.deadline, "提出先": settings.submit_to}
    if blank := [name for name, value in told.items() if not value]:
        print(
            f"  ・テンプレートの「設定」に{'と'.join(blank)}を入力し、もう一度実行すると、"
            "様式に載ります。"
        )


def _where_to_put(only: str) -> str:
    """A form of the KPI round has the name of the department's form of the list."""
    if only == INDICATORS:
        return (
            "戻ってきたファイルは、inbox の中に KPI フォルダーを作ってそこに入れます"
            "（inbox に直接入れると、同じ名前の一覧の様式を上書きします）。"
        )
    return "戻ってきたファイルは inbox に入れます（名前は自由です）。"


def _tell_of_last_year(unassigned: Sequence[LastRow], last: LastYear, strategy: Strategy) -> None:
    for doubt in last_year.doubts(last, strategy):
        print(f"\n{doubt}")
    otherwise = [series for series in last.left_out if series.id]
    unclear = [series for series in last.left_out if not series.id]
    if otherwise:
        print(
            f"\n指標{len(otherwise)}件は、前年度と単位か集計区分が違うため、過去の実績値を様式に"
            "入れていません。数え方が変わっていなければ、テンプレートを前年度のとおりに戻して、"
            "もう一度実行してください。"
        )
        by_id = {i.id: i for i in strategy.indicators}
        for series in otherwise:
            now = by_id[series.id]
            print(f"  {shown(now.id)}　{shown(series.counted(now.unit, now.kind))}")
    if unclear:
        print(
            f"\n前年度の指標{len(unclear)}件は、同じ名前の今年度のどの指標に当たるか分からないため、過去の"
            "実績値を様式に入れていません。テンプレートの「指標」シートのIDを前年度と同じにして、"
            "もう一度実行してください。"
        )
        for series in unclear:
            print(f"  {shown(series.last_id)}　{shown(series.name)}")
    if unassigned:
        print(
            f"\n前年度の{len(unassigned)}行は、今年度の提出対象に部局名がないため、どの様式にも"
            "入れていません。テンプレートの「部局」シートの別名に旧名を書くと、引き継げます。"
        )
        for row in unassigned[:_MOST]:
            print(f"  {shown(row.department)}　{shown(row.name)}")
        if len(unassigned) > _MOST:
            print(f"  ほか {len(unassigned) - _MOST} 行（--json ですべて表示します）")


# --- the final check --------------------------------------------------------------------------


def _confirm(args: argparse.Namespace, workspace: Workspace) -> int:
    arrivals.require(workspace)
    with (
        Progress("読み込み") as progress,
        publish.locked(workspace) as outbox,
        arrivals.start(workspace, on_done=progress.update) as arriving,
    ):
        from sousei_xl import pipeline
        from sousei_xl.pipeline import delivery, distribution
        from sousei_xl.sheets import named
        from sousei_xl.sheets.final_check import has_rows

        arrived = arriving.result()
        strategy = pipeline.strategy_of(arrived.template)
        intake = pipeline.receive_all(arrived, strategy)
        result, indicators = pipeline.merge_all(intake, strategy)
        run = delivery.run_of(arrived.template, intake, strategy)
        contents = delivery.contents_of(run, result, indicators, strategy, workspace)
        published = distribution.publish_final_check(workspace, contents, outbox)
    files = [*published.written, *published.unchanged]
    if args.json:
        from sousei_xl.commands import as_json

        as_json.emit(
            {
                "status": contents.status,
                "fiscal_year": strategy.settings.fiscal_year,
                "written": published.written,
                "unchanged": published.unchanged,
                "moved": published.moved,
            }
        )
    else:
        print(f"最終確認の表を{len(files)}件作りました（一覧は{contents.state_label}）。")
        for name in files:
            print(f"  {shown(str(workspace.outbox / name))}")
        asked = (d.department for d in result.departments if d.expected)
        if none := [name for name in asked if not has_rows(contents, name)]:
            print(f"載る行のない部局（{named(none)}）には作っていません。")
        print("\n次にすること")
        print("  ・部局に送り、直すところがあれば inbox の事務局修正.xlsx に書きます。")
    return DRAFT if contents.status == "draft" else DONE
