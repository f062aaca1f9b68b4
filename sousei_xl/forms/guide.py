"""The sheet 記入要領: what to do until when, how to fill in each column, what the marks mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.forms import layout
from sousei_xl.forms.checks import GOOD, PENDING
from sousei_xl.forms.checks.indicators import NOT_ENTERED, NOT_NEEDED, QUESTION
from sousei_xl.forms.indicator_layout import ASKED_NOW
from sousei_xl.forms.layout import CHECK
from sousei_xl.forms.look import CELL, LABEL, LIST_HEADER, NOTE, SECTION, TITLE
from sousei_xl.forms.reply import READY
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.strategy import Settings, Strategy
from sousei_xl.strategy.fields import Field
from sousei_xl.strategy.indicators import columns

_WIDTHS = (22, 72, 30)
_SCALE = 76  # per cent: the columns on A4, upright
_MARGIN = 0.6  # inches above and below
_PAGE = (841.9 - 2 * _MARGIN * 72) * 100 / _SCALE  # points of rows
_BY_OFFICE = "（事務局が記入します）"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a form consists of, whether it is that of one 担当課 of several, and whether its KPI has
    the actuals that were reported before (``known``)."""

    projects: bool = True
    indicators: bool = False
    prefilled: bool = False
    of_unit: bool = False
    known: bool = False


_REPLY_STEP = (
    layout.REPLY,
    "「回答票」に担当課、担当者などを入力します。",
)
_NOTHING_TO_LIST = "載せる事業がないときは「該当事業なし」で「該当なし」を選びます。"
_PROJECT_STEP = (
    layout.PROJECTS,
    "「事業」に、1行に一つの事業を入力します。行の挿入、削除、並べ替え、貼り付けは自由です"
    "（貼り付けは「値の貼り付け」をお勧めします）。セルを切り取りやドラッグで移すと「入力チェック」がずれるので、"
    "コピーして貼り付けるか、行ごと挿入します。「入力チェック」がおかしいときは、正しく出ている行のものをコピーして"
    "貼り付けます。",
)
_PREVIOUS_STEP = (
    "前年度からの事業",
    f"前年度の事業は入力してあり、「{PENDING}…」と表示されます。内容を今年度のものに直し、予算を"
    "入力してください（再掲の行は予算の入力が要りません）。終わった事業は行を消さず、掲載区分を"
    "「終了」にします。\n"
    "名前を変えた事業は、備考に「旧：前の事業名」と書きます。予算が前年度から大きく変わった事業は、備考に"
    "その理由を書きます（例：対象の拡大による増）。",
)
_INDICATOR_STEP = (
    layout.INDICATORS,
    f"「{layout.INDICATORS}」の太い枠のセル（見出しの上に「{ASKED_NOW}」とある列）に、その列の年の実績値を"
    "入力します。値がまだないときは空欄にし、未入力の理由と公表予定を入力します。どちらもないと、実績を報告した"
    "ことになりません。\n"
    "期間累計はその年だけの値（前の年の値も要ります）、累計は計画前からの合計です（「集計区分」の欄にも"
    "書いてあります）。\n"
    "セルは、切り取りやドラッグで移すと「入力チェック」がずれるので、コピーして貼り付けます。",
)
_KNOWN_STEP = (
    "前回までの実績値",
    "入れてあります。変わりがなければそのままにし、改定されたときは直して、要因・課題にその旨を書きます"
    "（空欄にしても、取消しにはなりません）。",
)
_SEND_STEP = (
    "提出",
    "上書き保存し（.xlsx のまま）、提出先に提出します。直して出し直すときは、回答票の「版」を"
    "一つ増やします。",
)
_GOOD_MARK = (GOOD, "入力チェックの印です。このまま提出できます。")
_REASON_MARK = (
    "理由の文",
    "入力チェックに理由が出た行は、色の付いたセルを理由に従って直してください。",
)
_PENDING_MARK = (
    PENDING.rstrip("："),
    "前年度から引き継いだままの行です。今年度の予算（または予算区分）を入力すると、「未確認」の"
    "表示が消えます。予算が前年度から大きく変わったときは、備考にその理由を入力します。事業内容に前の年度の"
    "記述があるときは、直すか、そのままでよければ備考に「確認済」と入力します。",
)
_NOT_ENTERED_MARK = (
    NOT_ENTERED.rstrip("："),
    "必要な実績値（期間累計では、前の年の値も要ります）と未入力の理由の、どちらもない指標です。どちらかを"
    "入力してください。"
    f"「{NOT_NEEDED}」の行は入力が要りません。",
)
_QUESTION_MARK = (
    QUESTION.rstrip("："),
    "まだ終わっていない年の値があるか、前の年の値が空欄のままの指標です。後者は、まだ値がなければ、そのままで"
    "構いません。",
)
_RETURNED_MARKS = (
    (
        "要修正",
        "直していただく誤りです。回答票には「入力チェック」に理由が出ている行の数が表示されます。提出後の点検で"
        "見つかったものは、差戻しのファイルで場所と直し方をお知らせします。",
    ),
    ("要確認", "提出後の点検で確かめていただくものです。正しければそのままで構いません。"),
    ("自動変換", "提出後の点検で全角の数字などを読み替えた記録です。対応は不要です。"),
)
_TERMS = (
    (
        "再掲",
        "一つの事業を、二つ目以降の施策にもう一度載せることです。最初に載る行を「初出」と呼び、再掲の行の"
        "予算や事業内容は初出のものを使います。入力するのは施策、再掲、事業名、関連性だけで構いません。",
    ),
    (
        "掲載区分",
        f"{text.CONTINUED}（空欄も同じ）：前年度に続いて載せます。\n"
        f"{text.NEW}：今年度から載せます（一覧では事業名の前に（新）が付きます）。\n"
        f"{text.ENDED}・{text.CANCELLED}：載せません。",
    ),
    (
        "予算区分",
        f"空欄・{text.INITIAL}：金額を入力します。\n"
        f"{text.UNDECIDED}：まだ決まっていません（一覧では「調整中」）。\n"
        f"{text.INCLUDED}：ほかの事業の予算に含まれます。\n"
        f"{text.ZERO}：予算を伴いません（人件費のみなど）。",
    ),
    (
        "関連性",
        f"{text.DIRECT}：施策の記載内容に直接関係する事業\n"
        f"{text.SUPPORTING}：施策の目的の達成を補完する事業",
    ),
)


# Last year's list seldom says which 課 a project belongs to (``pipeline.distribution``).
_OTHER_UNITS_STEP = (
    layout.PROJECTS,
    "前年度の事業には、部局のほかの課の事業も入っています。担当しない事業は、行ごと削除してください"
    "（二つの課が同じ事業を提出すると、要修正になります）。",
)


def _check_step(parts: Parts) -> tuple[str, str]:
    """When the form is finished: some rows never get a ✓, and need none."""
    marks = [PENDING] * parts.prefilled + [NOT_ENTERED] * parts.indicators
    others = "".join(f"「{mark.rstrip('：')}」" for mark in marks)
    words = f"左端の「{CHECK}」に理由{'や' * bool(others)}{others}が出ている行を直します。"
    if parts.indicators:
        words += (
            f"{GOOD} と「{NOT_NEEDED}」の行は、そのままで構いません。「{QUESTION.rstrip('：')}」の"
            "行も、見直して正しければ、そのままで構いません。"
        )
        if parts.projects:  # a form for the actuals alone is not ready before
            words += (
                f"「{NOT_ENTERED.rstrip('：')}」の行があっても提出できますが、その指標の実績を報告したことには"
                "なりません。"
            )
    ready = READY.rstrip("。")
    return CHECK, f"{words}回答票の「提出の準備」に「{ready}」と出れば完了です。"


def _steps(parts: Parts) -> tuple[tuple[str, str], ...]:
    """What to do, numbered."""
    label, words = _REPLY_STEP
    steps = [(label, words + (_NOTHING_TO_LIST if parts.projects else ""))]
    if parts.projects:
        steps.append(_PROJECT_STEP)
    if parts.prefilled:
        steps.append(_PREVIOUS_STEP)
        if parts.of_unit:
            steps.append(_OTHER_UNITS_STEP)
    if parts.indicators:
        steps.append(_INDICATOR_STEP)
        if parts.known:
            steps.append(_KNOWN_STEP)
    steps += [_check_step(parts), _SEND_STEP]
    return tuple((f"{n}　{label}", words) for n, (label, words) in enumerate(steps, 1))


def _marks(parts: Parts) -> tuple[tuple[str, str], ...]:
    """What 入力チェック and the returned file say."""
    marks = [_GOOD_MARK, _REASON_MARK]
    if parts.prefilled:
        marks.append(_PENDING_MARK)
    if parts.indicators:
        marks += [_NOT_ENTERED_MARK, _QUESTION_MARK]
    return (*marks, *_RETURNED_MARKS)


def _purpose(settings: Settings, parts: Parts) -> str:
    if parts.projects:
        return (
            f"この様式は、{settings.municipality}の{settings.plan_name}に関連する事業を部局ごとにお知らせいただき、"
            f"別紙「{settings.title}」にまとめるためのものです。"
            "事業名と事業内容は、入力されたとおり一覧に載ります。"
        )
    return (
        f"この様式は、{settings.municipality}の{settings.plan_name}の数値目標とKPIについて、実績を部局ごとに"
        "お知らせいただくためのものです。"
    )


def write_guide(book: Book, strategy: Strategy, parts: Parts) -> None:
    """Write 記入要領, one page wide, for a form of these parts."""
    settings = strategy.settings
    sheet = book.sheet(layout.GUIDE, _WIDTHS)
    what = "調べ" if parts.projects else "実績調べ"
    subject = f"{layout.subject(settings, of_kpi=not parts.projects)}{what}"
    sheet.text(0, 0, f"{settings.year_label}　{subject}　記入要領", book.format(**TITLE))
    sheet.height(0, 34)
    purpose = _purpose(settings, parts)
    sheet.merge_text(1, 0, 1, 2, purpose, book.format(text_wrap=True))
    sheet.height(1, pages.text_height(purpose, sheet.span_width(0, 2), 10, settings.font) + 4)
    deadline = (
        ("提出期限", settings.deadline or _BY_OFFICE),
        ("提出先", settings.submit_to or _BY_OFFICE),
    )
    ends = [_pairs(sheet, 3, "提出期限と提出先", deadline)]
    ends.append(_pairs(sheet, ends[-1] + 1, "記入の手順", _steps(parts)))
    if parts.projects:
        title = f"「{layout.PROJECTS}」の書き方"
        ends.append(_table(sheet, ends[-1] + 1, title, _project_columns(strategy)))
    if parts.indicators:
        title = f"「{layout.INDICATORS}」の書き方"
        ends.append(_table(sheet, ends[-1] + 1, title, _indicator_columns(settings)))
    ends.append(_pairs(sheet, ends[-1] + 1, "印の意味", _marks(parts)))
    if parts.projects:
        end = _pairs(sheet, ends[-1] + 1, "用語", _TERMS)
        note = (
            "印刷するときは、「入力チェック」の▼で（空白セル）を外すと、入力した行だけになります。"
        )
        sheet.text(end + 1, 0, note, book.format(**NOTE))
        ends.append(end + 2)
    worksheet = sheet.worksheet
    worksheet.set_portrait()
    worksheet.set_paper(9)
    worksheet.set_margins(0.5, 0.5, _MARGIN, _MARGIN)
    # An explicit scale: Excel ignores a page break of our own under "fit to page".
    worksheet.set_print_scale(_SCALE)
    heights = [sheet.points(row, row + 1) for row in range(sheet.last_row + 1)]
    # No section is torn: a page ends with the blank row below one.
    together = set(range(len(heights))).difference(ends)
    worksheet.set_h_pagebreaks(pages.paginate(heights, _PAGE, with_next=together))
    sheet.page_texts("", "&C&9&P / &N")


def _section(sheet: Sheet, row: int, title: str) -> None:
    for column in range(len(_WIDTHS)):
        sheet.text(row, column, title if column == 0 else "", sheet.book.format(**SECTION))
    sheet.height(row, 22)


def _pairs(sheet: Sheet, row: int, title: str, pairs: Sequence[tuple[str, str]]) -> int:
    """A section of label and text; the first free row is returned."""
    _section(sheet, row, title)
    label, cell = sheet.book.format(**LABEL), sheet.book.format(**CELL, indent=1)
    font = sheet.book.settings.font
    for name, words in pairs:
        row += 1
        sheet.text(row, 0, name, label)
        sheet.merge_text(row, 1, row, 2, words, cell)
        heights = (
            pages.text_height(name, _WIDTHS[0] - 2, 10, font),
            pages.text_height(words, sheet.span_width(1, 2) - 2, 10, font),
        )
        sheet.height(row, max(heights) + 6)
    return row + 1


_HowTo = tuple[str, str, str]  # heading, how it is filled in, example


def _table(sheet: Sheet, row: int, title: str, lines: Iterable[_HowTo]) -> int:
    """A section of three columns; the first free row is returned."""
    _section(sheet, row, title)
    book, font = sheet.book, sheet.book.settings.font
    for column, heading in enumerate(("項目", "書き方", "例")):
        sheet.text(row + 1, column, heading, book.format(**LIST_HEADER))
    sheet.height(row + 1, 20)
    label, cell = book.format(**LABEL), book.format(**CELL, indent=1)
    row += 1
    for shown in lines:
        row += 1
        for column, (words, style) in enumerate(zip(shown, (label, cell, cell), strict=True)):
            sheet.text(row, column, words, style)
        heights = (
            pages.text_height(words, width - 2, 10, font)
            for words, width in zip(shown, _WIDTHS, strict=True)
        )
        sheet.height(row, max(heights) + 6)
    return row + 1


def _project_columns(strategy: Strategy) -> Iterator[_HowTo]:
    """How each column of 事業 is filled in: the hints of the form's own definitions."""
    for field in strategy.fields:
        yield field.label, _how(field), _example(field, strategy)


def _indicator_columns(settings: Settings) -> Iterator[_HowTo]:
    """The same of KPI; the years share a line."""
    years = [c for c in columns(settings) if c.year]
    examples = {"publication": "12月"}
    for column in columns(settings):
        if column == years[0]:
            yield f"{years[0].label}～{years[-1].label}", column.hint, "75.0"
        elif not column.reference and not column.year:
            shown = examples.get(column.name, "、".join(column.choices[:3]))
            yield column.label, column.hint, shown


def _how(field: Field) -> str:
    limited = field.kind in ("name", "text") and f"（{field.max_length}文字まで）"
    return ("【必須】" if field.required else "") + field.hint + (limited or "")


def _example(field: Field, strategy: Strategy) -> str:
    examples = {
        "measure": strategy.measures[0].option,
        "number": "4",
        "name": "○○支援事業",
        "department": "（空欄）",
        "budget": "12000",
        "description": "若い世代の定着を図るため、○○の費用の一部を補助する。",
        "note": "（空欄）",
    }
    if field.name in examples:
        return examples[field.name]
    return "、".join(field.choices) if field.kind == "choice" else ""
