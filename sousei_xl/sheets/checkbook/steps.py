"""The counts of all findings, and what to do next.

Console and 点検結果 say both in the same words, so that nobody has to compare two counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.catalogue import RULES
from sousei_xl.findings import OFFICE, Finding, asks_nothing, is_error, is_open_confirmation
from sousei_xl.rules.indicators.records import IndicatorDepartment, IndicatorResult
from sousei_xl.rules.records import ListResult
from sousei_xl.sheets import Contents, named
from sousei_xl.sheets.checkbook import answers
from sousei_xl.sheets.checkbook.letters import Reminder
from sousei_xl.sheets.checkbook.reminders import indicator_reminders, reminders
from sousei_xl.workspace import OFFICE_SHEET

_REFUSED, _IGNORED = "受け付けなかったファイル", "読み込まないもの"
_WAITING = "初出の修正待ち"
_PARTS = ("部局あて", "事務局あて", "KPI", _REFUSED, _IGNORED, _WAITING, "確認済")
_YEN, _STRAY = "R114", "F205"
_MONEY = ("budget", "budget_kind")
_IN_CHECKBOOK = "（依頼文は点検結果の「提出状況」にあります）"
_MOST = 5  # lines about what a 決裁 passes over
COUNTED = "要修正と要確認は部局あての未対応のもの、KPIを除く"  # a department's counts


def tally(contents: Contents) -> str:
    """``要修正 9件（部局あて 7件、事務局あて 1件、KPI 1件）　要確認 2件（部局あて 2件）``.

    Every finding of the run, cell by cell, in one part each: 部局あて is the sum over the
    departments, 部局あて and 事務局あて together are the 要修正 that keep the list a draft.
    """
    outcomes = {f.file: f.outcome for f in contents.result.files if not f.misplaced}

    def part(item: Finding) -> str:
        outcome = outcomes.get(item.place.file)
        if item.acknowledged:
            return "確認済"
        if asks_nothing(item):
            return _WAITING
        if RULES[item.code].scope == "kpi":
            return "KPI"
        if outcome in ("refused", "ignored"):
            return _REFUSED if outcome == "refused" else _IGNORED
        return "事務局あて" if item.addressee == OFFICE else "部局あて"

    totals = []
    for severity in ("要修正", "要確認"):
        counts = Counter(part(f) for f in contents.findings if f.severity == severity)
        told = "、".join(f"{name} {counts[name]:,}件" for name in _PARTS if counts[name])
        totals.append(f"{severity} {counts.total():,}件{f'（{told}）' if told else ''}")
    return "　".join(totals)


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters of the run; ``where`` says in parentheses where they are to be found."""

    of_list: Sequence[Reminder]
    of_kpi: Sequence[Reminder]
    where: str

    def in_state(self, state: str) -> list[str]:
        """Who gets a letter of the KPI round for that reason."""
        return [letter.addressee for letter in self.of_kpi if letter.state == state]


def next_steps(contents: Contents, where: str = _IN_CHECKBOOK) -> Iterator[str]:
    """What the office does next, one sentence group each, the most urgent first.

    ``where`` says where the letters stand, as seen from where the steps do.
    """
    round_ = contents.result, contents.indicators, contents.strategy.settings
    letters = _Letters(reminders(*round_), tuple(indicator_reminders(*round_)), where)
    for steps in _STEPS:
        yield from steps(contents, letters)


def _to_look_at(contents: Contents, _: _Letters) -> Iterator[str]:
    yield from contents.questions
    yield from unacknowledged(contents)


def _to_receive(contents: Contents, letters: _Letters) -> Iterator[str]:
    """Files that could not be opened, forms that are still to come, files that were refused."""
    result = contents.result
    unreached = [f for f in result.files if f.unreached]
    if unreached:
        files = named([text.printable(f.file) for f in unreached], 5)
        yield (
            f"開けなかったファイルが{len(unreached)}件あります（{files}）。"
            "使用中なら閉じ、保存場所につながっているかを確かめて、もう一度統合します。"
        )
    waited_for = {f.department for f in unreached}
    missing = [
        d.department
        for d in result.departments
        if d.missing_units and d.department not in waited_for
    ]
    if missing:
        yield f"様式のそろわない{departments_named(missing)}に提出を依頼します。"
    if refused := _refused_beside(result, letters):
        yield (
            f"受け付けられなかったファイルが{len(refused)}件あります（{named(refused, 5)}）。"
            "修正版であれば、その内容は一覧に入っていません。理由に従って直したファイルを"
            " inbox に入れて、もう一度統合します。不要なら inbox から除きます。"
        )


def _to_return(contents: Contents, _: _Letters) -> Iterator[str]:
    returned = [d.department for d in contents.result.departments if d.errors]
    if returned:
        yield (
            f"要修正のある{departments_named(returned)}に、outbox の「差戻し」のファイルを返し、"
            "直ったファイルを inbox に入れて、もう一度統合します。"
        )
    kpi = [d.department for d in contents.indicators.departments if d.errors]
    if kpi:
        yield (
            f"KPIに要修正のある{departments_named(kpi)}に、「差戻し」のファイルを返します"
            "（KPIの要修正は、一覧の確定を妨げません）。"
        )


def _to_confirm(_: Contents, letters: _Letters) -> Iterator[str]:
    for what, group in (("部局あて", letters.of_list), ("KPI", letters.of_kpi)):
        asking = [letter for letter in group if letter.questions]
        if asking:
            count = sum(letter.questions for letter in asking)
            asked = named([letter.addressee for letter in asking])
            yield (f"{what}の要確認{count}件について、{asked}に確認を依頼します{letters.where}。")


def _to_collect(contents: Contents, letters: _Letters) -> Iterator[str]:
    """What is missing in the KPI round."""
    if told := from_list_forms(contents.indicators):
        yield f"{told}実績の報告を待っているのであれば、提出を依頼します{letters.where}。"
    if again := letters.in_state("再提出待ち"):
        yield (
            f"KPIの様式を受け付けられなかった{departments_named(again)}に、直した様式の提出を"
            f"依頼します{letters.where}。"
        )
    waiting = {d.department for d in contents.indicators.departments if d.from_list}
    silent = [name for name in letters.in_state("未提出") if name not in waiting]
    if silent:
        yield (
            f"KPIの実績の報告がまだない{departments_named(silent)}に、報告を依頼します"
            f"{letters.where}。"
        )


def _to_decide(contents: Contents, _: _Letters) -> Iterator[str]:
    """The way to 決裁."""
    proposal, undecided = contents.status == "proposal", contents.totals.total.undecided
    if undecided and proposal:
        yield f"金額が未確定の{undecided}行が決まるまで、確定はできません。"
    if contents.reopened:
        yield "確定した後に内容が変わっています。変わったところを確かめ、もう一度決裁を受けます。"
    if proposal:
        # Without it, what was carried over from last year's would be missing in the final list.
        example = contents.strategy.settings.list_date.isoformat()
        yield (
            f"別紙（案）を確かめて決裁を受け、「sousei-xl merge --approve 決裁日{contents.again}」"
            f"（決裁日は {example} のように書きます）で確定します。"
        )


def _to_ask_for_later(contents: Contents, _: _Letters) -> Iterator[str]:
    """In spring nobody is asked for actuals yet, and the list does not wait for them."""
    later = [d.department for d in contents.indicators.departments if d.state == "照会前"]
    if later:
        yield (
            "KPIの実績の報告は、まだどの部局からもありません。実績を集めるときに、"
            f"{departments_named(later)}に報告を依頼します。"
            "事業の一覧の決裁と公表は、それを待たずにできます。"
        )


def departments_named(names: Sequence[str]) -> str:
    """``2部局（経済部、農政部）``."""
    return f"{len(names)}部局（{named(names, counter='部局')}）"


def _to_publish(contents: Contents, _: _Letters) -> Iterator[str]:
    """What is final may be published, but for what is in doubt about the KPI round, which no 決裁
    looks at, or was left out by mistake."""
    if contents.status != "final":
        return
    about_kpi = contents.indicators.findings
    doubts = sum(is_error(f) or is_open_confirmation(f) for f in about_kpi)
    if contents.forgotten:
        yield "前年度の別紙と比べずに確定しています。このままでよいか確かめてから公表します。"
    elif doubts:
        yield (
            f"KPIの指摘が{doubts}件残っています。実績値を確かめてから、別紙とオープンデータを公表します"
            "（事業の一覧は確定しています）。"
        )
    else:
        yield "別紙とオープンデータを公表できます。"


def bulleted(steps: Iterable[str]) -> Iterator[str]:
    """``・step``; what belongs to the step above it is only indented."""
    return (step if step.startswith("　") else f"・{step}" for step in steps)


def unacknowledged(contents: Contents) -> Iterator[str]:
    """What a 決裁 passes over: open 要確認 of a list that is final or is handed up, money first.

    The KPI round is not part of the 決裁.
    """
    opened = [f for f in contents.result.findings if is_open_confirmation(f) and f.code != _STRAY]
    if not opened or contents.status == "draft":
        return
    opened.sort(key=lambda f: (f.code != _YEN, f.place.field not in _MONEY))
    final = contents.status == "final"
    words = "あるまま、確定しています" if final else "あります。決裁の前に、とくに金額を確かめます"
    yield f"確認済になっていない要確認が{len(opened)}件{words}。"
    for item in opened[:_MOST]:
        yield f"　－ {_subject(item)}：{item.message}［{item.code}］"
    if len(opened) > _MOST:
        yield f"　－ ほか{len(opened) - _MOST}件（点検結果の「指摘一覧」にあります）"


def _subject(item: Finding) -> str:
    """``3イ-1 事業名``, ``2ア-1『指標名』``; the file where the finding is about no row, or else
    whose it is."""
    if not item.target or not item.place.sheet:
        return text.printable(item.place.file) or item.target or item.department
    target, name = text.key(item.target), text.key(item.subject)
    named = target.endswith(name) or name.endswith(target)  # 2ア-1 事業名; 施策2ア
    return item.target if named else f"{item.target}『{item.subject}』"


def from_list_forms(kpi: IndicatorResult) -> str:
    """Who has not answered the KPI round, though others have, and which indicators the forms of
    the round leave out: what is known of them is what a form of the list said. Empty if nobody."""
    waiting = [d.department for d in kpi.departments if d.from_list and not d.kpi_form]
    left_out = [*dict.fromkeys(i for d in kpi.departments if d.kpi_form for i in d.from_list)]
    of_whom = [f"KPIだけの様式での報告がまだない{departments_named(waiting)}"] if waiting else []
    if left_out:
        of_whom.append(f"KPIだけの様式に記入のない{len(left_out)}指標（{named(left_out)}）")
    return f"{'と、'.join(of_whom)}の実績は、一覧の様式にあった値のままです。" if of_whom else ""


def indicators_reported(kpi: IndicatorResult) -> str:
    """How many indicators the KPI round has, as far as any is due."""
    if not kpi.due:
        return "照会の時期の指標はまだありません"
    return f"指標{kpi.expected}件のうち{kpi.reported}件の報告がありました"


def indicator_state(department: IndicatorDepartment) -> str:
    """``受理``, ``受理（一覧の様式の値）`` …: where a department stands in the KPI round."""
    if not department.from_list:
        return department.state
    part = f"{named(department.from_list)}は" if department.kpi_form else ""
    return f"{department.state}（{part}一覧の様式の値）"


def _refused_beside(result: ListResult, letters: _Letters) -> list[str]:
    """Refused files of departments that need not be asked anyway: they are easily overlooked."""
    asked = {
        (d.department, False)
        for d in result.departments
        if d.state == "再提出待ち" and d.missing_units
    }
    asked |= {(name, True) for name in letters.in_state("再提出待ち")}
    return [
        text.printable(f.file)
        for f in result.files
        if f.outcome == "refused"
        and not (f.unreached or f.misplaced)
        and (f.department, f.kpi_form) not in asked
    ]


def _to_mend_here(contents: Contents, _: _Letters) -> Iterator[str]:
    sheets = {f.file for f in contents.result.files if f.outcome == "office"}
    lost = [f.file for f in contents.result.files if f.misplaced]
    if lost:
        files = named([text.printable(f) for f in lost], 5)
        yield (
            f"『{OFFICE_SHEET}』と見られるファイルを読み込んでいません（{files}）。"
            f"ファイル名を『{OFFICE_SHEET}』に戻し、inbox の直下に置いて、"
            "もう一度統合します。それまで、一覧は作成中です。"
        )
    # What was refused is told with its own remedy, which is never a row of the office's sheet.
    refused = {f.file for f in contents.result.files if f.outcome == "refused"}
    errors = [f for f in contents.findings if is_error(f) and f.place.file not in refused]
    in_sheet = sum(f.place.file in sheets for f in errors)
    elsewhere = sum(f.addressee == OFFICE and f.place.file not in sheets for f in errors)
    if in_sheet:
        alone = in_sheet == contents.result.errors
        yield (
            f"『{OFFICE_SHEET}』に要修正が{in_sheet}件あります"
            f"{'（一覧を作成中にしている要修正は、これだけです）' if alone else ''}。"
            "「指摘一覧」を見て事務局で直し、もう一度統合します。"
        )
    if elsewhere:
        yield (
            f"あて先が事務局の要修正が{elsewhere}件あります。"
            f"「指摘一覧」を見て『{OFFICE_SHEET}』で直し、もう一度統合します。"
        )
    opened = sum(is_open_confirmation(f) for f in contents.findings)
    if (opened or elsewhere) and not (sheets or lost):
        yield (
            f"『{OFFICE_SHEET}』が inbox にありません。"
            f"「sousei-xl distribute --only 事務局修正{contents.options}」で作れます。"
        )
    if opened:
        left = (
            "（要確認が残っていても、決裁は受けられます）" if contents.status == "proposal" else ""
        )
        yield (
            f"要確認{opened}件を確かめます。そのままでよいものは『{OFFICE_SHEET}』の「確認済」に"
            f"記入します{left}。"
        )


def _answered(contents: Contents, _: _Letters) -> Iterator[str]:
    yield from answers.next_step(contents)


_STEPS = (
    _to_look_at,
    _to_receive,
    _to_return,
    _to_confirm,
    _to_collect,
    _to_mend_here,
    _answered,
    _to_decide,
    _to_publish,
    _to_ask_for_later,
)
