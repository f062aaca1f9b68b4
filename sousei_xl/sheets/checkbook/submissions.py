"""提出状況: who has submitted what, in what state, and what to do next."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sousei_xl import eras, text
from sousei_xl.findings import Finding, asked_by_file, is_answered, is_error, is_for_department
from sousei_xl.rules.indicators.records import IndicatorResult, Report
from sousei_xl.rules.records import DepartmentState, FileRecord, ListResult
from sousei_xl.rules.units import successors
from sousei_xl.sheets import Contents, named
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.sheets.checkbook import answers
from sousei_xl.sheets.checkbook.cells import (
    Inbox,
    spot_of,
    typed,
)
from sousei_xl.sheets.checkbook.letters import Reminder
from sousei_xl.sheets.checkbook.notes import SHEET as NOTES
from sousei_xl.sheets.checkbook.notes import count_notes
from sousei_xl.sheets.checkbook.reminders import indicator_reminders, marking, reminders
from sousei_xl.sheets.checkbook.steps import (
    COUNTED,
    bulleted,
    indicator_state,
    indicators_reported,
    next_steps,
    tally,
)
from sousei_xl.sheets.lines import TITLE_HEIGHT, Span, spans_height, write_spans, write_title
from sousei_xl.sheets.overview.head import write_head
from sousei_xl.sheets.tables import Cell, Column, Row, Table, write_table
from sousei_xl.strategy import Judgement

SHEET = "提出状況"
HASH_LENGTH = 8  # of a file's SHA-256, as shown

_COLUMNS = (
    Column("部局名", 20),
    Column("状態", 14, "centre"),
    Column("担当課", 16),
    Column("ファイル", 32),
    Column("版", 5, "integer", "number"),
    Column("保存日時", 24, "centre"),
    Column("受付番号", 13, "centre"),
    Column("行数", 7, "number", "number"),
    Column("要修正", 8, "number", "number"),
    Column("要確認", 8, "number", "number"),
    Column("次にすること", 42),
)
_LAST = len(_COLUMNS) - 1
_ARRIVED = ("受理", "該当なし")
_NEXT = {
    "受理": "ありません。",
    "該当なし": "ありません。",
    "差戻し": "「差戻し」フォルダーのファイルを返し、直ったら inbox に入れます。",
    "再提出待ち": "理由を伝え、直したファイルを送ってもらいます（下の依頼文）。",
    "未提出": "提出を依頼します（下の依頼文）。",
}
_RETURN_FOR_KPI = f"KPIに要修正があります。{_NEXT['差戻し']}"
_CONFIRM = "{about}について、部局に確認を依頼します（下の依頼文）。"
_MARKED = (
    "確認を依頼する部局に、印を付けたファイルを添えるときは、「{command}」で「差戻し」フォルダーに作ります"
    "（{file}は、下の表の「ファイル」）。"
)
_LETTERS_BELOW = "（下の依頼文）"
_FILE = "〈ファイル〉"
_ANSWERED = "部局の回答を「指摘一覧」で確かめます。"
_VANISHED = "消えた行があるので、部局に確認を依頼します（下の依頼文）。"
_REPLACED = "このファイルは使っていません。"
_BLANK = "記入がないため数えていません。記入したものを送ってもらいます。"
_REFUSED_BESIDE = "修正版であれば、理由を伝え、直したファイルを送ってもらいます。"
_UNREACHED = "開けませんでした。使用中なら閉じて、もう一度統合します（部局への依頼は要りません）。"
_OF_KPI_FORMS = "KPIだけの様式では、KPIのもの"
_NO_DEPARTMENT = "（部局不明）"
_JAPAN = dt.timezone(dt.timedelta(hours=9))


def write_submissions(book: Book, contents: Contents, inbox: Inbox) -> None:
    """The sheet 提出状況."""
    sheet = book.sheet(SHEET, [c.width for c in _COLUMNS], in_order=True)
    title = f"点検結果　{SHEET}"
    row = write_head(sheet, contents, title, "庁内資料です。公表しないでください。") + 1
    for label, line in _summary(contents):
        spans = [(0, 0, label, "header"), (1, _LAST, line, "text_wrap")]
        sheet.turn(row, spans_height(sheet, spans))
        write_spans(sheet, row, spans)
        row += 1
    first = row + 1
    row = write_title(sheet, first, f"部局別の提出状況（{COUNTED}。{_OF_KPI_FORMS}）")
    result, settings = contents.result, contents.strategy.settings
    letters = [
        *reminders(result, contents.indicators, settings),
        *indicator_reminders(result, contents.indicators, settings),
    ]
    asked = {file for letter in letters for file in letter.files}
    if asked:
        command = marking(_FILE, contents.inbox, contents.again)
        sheet.wide_text(row, _MARKED.format(command=command, file=_FILE), "note")
        row += 1
    rows = tuple(_department_rows(contents, inbox, asked))
    row = write_table(sheet, row, Table(_COLUMNS, rows, main=False, title=first))
    for section in (
        _refused(contents.result, inbox),
        *_answers(contents, inbox),
        _reminders(letters),
        _strays(contents.result),
    ):
        row = _write_section(sheet, row + 1, section)
    sheet.page_setup()


# --- the summary on top ---------------------------------------------------------------------------


def _summary(contents: Contents) -> Iterator[tuple[str, str]]:
    result = contents.result
    expected = [d for d in result.departments if d.expected]
    states = Counter[str](d.state for d in expected)
    arrived = sum(states[state] for state in _ARRIVED)
    rest = "　".join(
        f"{state} {states[state]}"
        for state in ("該当なし", "差戻し", "再提出待ち", "未提出")
        if states[state]
    )
    yield "一覧の状態", contents.stamp
    yield "受理", f"{arrived}／{len(expected)}部局{f'（{rest}）' if rest else ''}"
    yield "指摘", f"{tally(contents)}　保留 {len(result.held):,}行"
    if notes := count_notes(contents):
        yield "備考", f"事務局への連絡が{notes:,}件あります（『{NOTES}』）。"
    if contents.indicators.expected:
        yield "KPI", _indicator_round(contents.indicators)
    if judged := [r for r in contents.indicators.reports if r.is_judged_by_office]:
        yield "事務局判定", _judged_by_office(judged, contents.strategy.settings.judgement)
    if contents.year_changes is not None:
        last = contents.year_changes.last
        year = last.fiscal_year
        label = f"（{eras.fiscal_year_label(year)}）" if year else ""
        count = f"{len(last.rows):,}行"
        yield "前年度の別紙", f"{text.printable(last.file)}{label}　{count}と比べました"
    yield "次にすること", "\n".join(bulleted(next_steps(contents, _LETTERS_BELOW)))


def _indicator_round(kpi: IndicatorResult) -> str:
    """Where the KPI round stands: it never holds back the list."""
    states: dict[str, list[str]] = defaultdict(list)
    for department in kpi.departments:
        if department.expected and (kpi.due or department.files):
            states[indicator_state(department)].append(department.department)
    told = "　".join(
        f"{state} {len(names)}（{named(names, counter='部局')}）" for state, names in states.items()
    )
    return f"{indicators_reported(kpi)}{'　' if told else ''}{told}"


def _judged_by_office(reports: Sequence[Report], judgement: Judgement) -> str:
    """Which judgements are not calculated, and where they stand: anybody can fill in a form."""
    where = (
        f"{r.indicator.id} {judgement.name(r.office_class)}"
        f"（{text.printable(r.class_place.file)} {spot_of(r.class_place)}）"
        for r in reports
    )
    return (
        f"{'、'.join(where)}。様式の「事務局判定」に事務局の判断でないものがあれば、"
        "『事務局修正』の「修正」で直します。"
    )


# --- departments and files ------------------------------------------------------------------------


def _department_rows(contents: Contents, inbox: Inbox, asked: Collection[str]) -> Iterator[Row]:
    """``asked`` are the files that a letter asks to confirm something in.

    A form of the KPI round that is in use is judged by what that round finds in it, too.
    """
    result = contents.result
    files: dict[str, list[FileRecord]] = defaultdict(list)
    for record in result.files:
        if record.outcome in ("accepted", "refused", "superseded"):
            files[record.department].append(record)
    counts = asked_by_file(result.findings)
    about_kpi = asked_by_file(contents.indicators.findings)
    kept = successors(contents.findings)
    questions: dict[str, list[Finding]] = defaultdict(list)
    for item in contents.findings:
        if is_for_department(item) and not is_error(item):
            questions[item.place.file].append(item)
    for department in result.departments:
        records = files.pop(department.department, [])
        for record in records:
            own, of_kpi = counts[record.file], about_kpi[record.file]
            if record.kpi_form and record.outcome == "accepted":
                own = own + of_kpi
            cells = _file_cells(record, own, inbox)
            theirs = questions[record.file]
            if record.outcome == "superseded":
                yield _replaced_row(department, cells, kept.get(record.file, ""), theirs)
            else:
                confirm = record.file in asked
                yield _file_row(department, record, cells, own, of_kpi["要修正"], theirs, confirm)
        if department.expected or not records:
            refused = any(r.is_refused_list for r in records)
            yield from _missing_rows(department, refused)
    for record in (r for group in files.values() for r in group):
        cells = _file_cells(record, counts[record.file], inbox)
        yield Row(
            (
                _NO_DEPARTMENT,
                "受け付けず",
                *cells,
                "下の「受け付けなかったファイル」を御覧ください。",
            )
        )


def _missing_rows(department: DepartmentState, refused: bool) -> Iterator[Row]:
    blanks = (None,) * 7
    if not department.expected:
        yield Row((department.department, "対象外", None, *blanks, "ありません。"), "muted")
        return
    for unit in department.missing_units:
        if refused and not unit:
            continue  # the refused file's row says it already
        yield Row(
            (department.department, "未提出", unit, *blanks, _NEXT["未提出"]),
            styles=((1, "error"),),
        )


def _replaced_row(
    department: DepartmentState,
    cells: Iterable[Cell],
    successor: str,
    vanished: Sequence[Finding],
) -> Row:
    used = f"『{typed(successor)}』を使い、" if successor else ""
    asked = "" if all(map(is_answered, vanished)) else _VANISHED
    return Row((department.department, "差替え済み", *cells, f"{used}{_REPLACED}{asked}"), "muted")


def _file_row(
    department: DepartmentState,
    record: FileRecord,
    cells: Iterable[Cell],
    counts: Counter[str],
    kpi_errors: int,
    questions: Sequence[Finding],
    confirm: bool,
) -> Row:
    """``questions`` are the open 要確認 of the file, of the KPI round, too."""
    name = department.department
    if record.outcome == "refused":
        state = "再提出待ち" if department.state == "再提出待ち" else "受け付けず"
        if record.unreached:
            return Row((name, state, *cells, _UNREACHED), styles=((1, "error"),))
        return Row((name, state, *cells, _NEXT.get(state, _REFUSED_BESIDE)), styles=((1, "error"),))
    # One department may have several files: each is judged by what it needs itself.
    if counts["要修正"]:
        return Row((name, "差戻し", *cells, _NEXT["差戻し"]), styles=((1, "error"),))
    if record.blank:
        return Row((name, "記入なし", *cells, _BLANK), styles=((1, "error"),))
    none = department.state == "該当なし" and not record.kpi_form
    state = "該当なし" if none else "受理"
    if kpi_errors:  # of a form of the list, whose state and counts are those of the list
        return Row((name, state, *cells, _RETURN_FOR_KPI))
    if confirm:
        about = "要確認" if counts["要確認"] else "KPI"  # whose findings are not counted here
        return Row((name, state, *cells, _CONFIRM.format(about=about)))
    if any(map(is_answered, questions)):
        return Row((name, state, *cells, _ANSWERED))
    return Row((name, state, *cells, _NEXT[state]))


def _file_cells(record: FileRecord, counts: Counter[str], inbox: Inbox) -> tuple[Cell, ...]:
    return (
        typed(record.unit),
        inbox.file(record.file),
        record.edition or None,
        _saved(record.saved),
        record.sha256[:HASH_LENGTH],
        record.read,
        counts["要修正"],
        counts["要確認"],
    )


def _saved(saved: str) -> str:
    """The document's own saved time in Japan; Excel writes it in UTC."""
    try:
        moment = dt.datetime.fromisoformat(saved)
        if moment.tzinfo is not None:
            moment = moment.astimezone(_JAPAN)
    except (ValueError, OverflowError):
        return typed(saved)
    return f"{moment:%Y-%m-%d %H:%M}"


# --- what was not accepted, what to write, what was left aside ------------------------------------


@dataclass(frozen=True, slots=True)
class _Section:
    """A title and lines of merged cells below headings."""

    title: str
    headings: tuple[tuple[int, int, str], ...]
    lines: tuple[tuple[Span, ...], ...]


def _write_section(sheet: Sheet, row: int, section: _Section) -> int:
    """Write it from ``row`` on, its headings on every page; the first free row is returned."""
    headings = [(first, last, label, "header") for first, last, label in section.headings]
    heading = spans_height(sheet, headings)
    heights = [spans_height(sheet, line) for line in section.lines]
    sheet.turn(row, TITLE_HEIGHT + heading + max(heights[:1], default=0))
    row = write_title(sheet, row, section.title)
    if not section.lines:
        sheet.wide_text(row, "ありません。", "plain_wrap")
        return row + 1
    write_spans(sheet, row, headings)
    row += 1
    for index, (line, height) in enumerate(zip(section.lines, heights, strict=True)):
        if index:
            sheet.turn(row, height)
        if row == sheet.starts[-1]:
            write_spans(sheet, row, headings)
            row += 1
        write_spans(sheet, row, line)
        row += 1
    return row


def _refused(result: ListResult, inbox: Inbox) -> _Section:
    refused = [r for r in result.files if r.outcome == "refused"]
    reasons = _texts(result, refused)
    return _Section(
        "受け付けなかったファイル",
        ((0, 0, "部局名"), (1, 3, "ファイル"), (4, _LAST, "理由と直し方")),
        tuple(
            (
                (0, 0, record.department or _NO_DEPARTMENT, "text_wrap"),
                (1, 3, inbox.file(record.file), "text_wrap"),
                (4, _LAST, reasons[record.file], "text_wrap"),
            )
            for record in refused
        ),
    )


def _answers(contents: Contents, inbox: Inbox) -> Iterator[_Section]:
    """Answers that do not stand, or not whole, beside a finding in 指摘一覧."""
    apart = answers.apart(contents)
    if apart:
        yield _Section(
            "部局からの回答（当てはまる指摘が今はないもの、「指摘一覧」に収まらないもの）",
            (
                *((0, 0, "部局名"), (1, 2, "ファイル"), (3, 3, "セル")),
                *((4, 5, "事業名"), (6, 9, "内容と直し方"), (10, _LAST, "回答")),
            ),
            tuple(
                (
                    (0, 0, department or _NO_DEPARTMENT, "text_wrap"),
                    (1, 2, inbox.file(answer.file), "text_wrap"),
                    (3, 3, typed(answer.spot), "text_wrap"),
                    (4, 5, typed(answer.name), "text_wrap"),
                    (6, 9, typed(answer.words), "text_wrap"),
                    (10, _LAST, typed(answer.answer), "text_wrap"),
                )
                for department, answer in apart
            ),
        )


def _reminders(letters: Sequence[Reminder]) -> _Section:
    return _Section(
        "部局への依頼文（セルをダブルクリックするかF2を押し、文字を選んでコピーすると、メールに貼り付けられます）",
        ((0, 0, "部局名"), (1, _LAST, "依頼文")),
        tuple(
            (
                (
                    0,
                    0,
                    f"{reminder.addressee}\n（{reminder.reason}）",
                    "text_wrap",
                ),
                (1, _LAST, reminder.letter, "text_wrap"),
            )
            for reminder in letters
        ),
    )


def _strays(result: ListResult) -> _Section:
    strays = [r for r in result.files if r.outcome == "ignored"]
    reasons = _texts(result, strays)
    return _Section(
        "inbox にある、読み取りの対象ではないもの",
        ((0, 3, "名前"), (4, _LAST, "内容")),
        tuple(
            ((0, 3, typed(r.file), "text_wrap"), (4, _LAST, reasons[r.file], "text_wrap"))
            for r in strays
        ),
    )


def _texts(result: ListResult, records: Sequence[FileRecord]) -> dict[str, str]:
    """File → everything that was said about it."""
    texts: dict[str, list[str]] = {record.file: [] for record in records}
    for item in result.findings:
        if item.place.file in texts:
            texts[item.place.file].append(str(item))
    return {file: "\n".join(found) for file, found in texts.items()}
