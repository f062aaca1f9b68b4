"""The sheet 記入要領: what to do until when, how to fill in each column, what the marks mean."""

from __future__ import annotations

from collections.abc import Sequence

from sousei_xl import text
from sousei_xl.forms import layout
from sousei_xl.forms.checks import GOOD
from sousei_xl.forms.look import CELL, LABEL, LIST_HEADER, NOTE, SECTION, TITLE
from sousei_xl.sheets import pages
from sousei_xl.sheets.book import Book, Sheet
from sousei_xl.strategy import Strategy
from sousei_xl.strategy.fields import Field

_WIDTHS = (22, 72, 30)
_SCALE = 76  # per cent: the columns on A4, upright
_BY_OFFICE = "（事務局が記入します）"

_STEPS = (
    (
        "1　回答票",
        "「回答票」に担当課、担当者などを入力します。載せる事業がないときは「該当事業なし」で"
        "「該当なし」を選び、5へ進みます。",
    ),
    (
        "2　事業",
        "「事業」に、1行に一つの事業を入力します。行の挿入、削除、並べ替え、貼り付けは自由です"
        "（貼り付けは「値の貼り付け」をお勧めします）。",
    ),
    (
        "3　前年度からの事業",
        "前年度の内容が入力されている場合は、今年度の内容に直します。終わった事業は行を消さず、"
        "掲載区分を「終了」にします。",
    ),
    (
        "4　入力チェック",
        f"左端の「入力チェック」がすべて {GOOD} になるまで直します。回答票の「提出の準備」が"
        "「提出できます。」になれば完了です。",
    ),
    (
        "5　提出",
        "上書き保存し（.xlsx のまま）、提出先に提出します。直して出し直すときは、回答票の「版」を"
        "一つ増やします。",
    ),
)
_MARKS = (
    (GOOD, "入力チェックの印です。このまま提出できます。"),
    ("理由の文", "入力チェックに理由が出た行は、色の付いたセルを理由に従って直してください。"),
    ("要修正", "提出後の点検で見つかる誤りです。差戻しのファイルで場所と直し方をお知らせします。"),
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
        f"{text.INCLUDED}：他の事業の予算に含まれます。\n"
        f"{text.ZERO}：予算を伴いません（人件費のみなど）。",
    ),
    (
        "関連性",
        f"{text.DIRECT}：施策の記載内容に直接関係する事業\n"
        f"{text.SUPPORTING}：施策の目的の達成を補完する事業",
    ),
)


def write_guide(book: Book, strategy: Strategy) -> None:
    """Write 記入要領, one page wide."""
    settings = strategy.settings
    sheet = book.sheet(layout.GUIDE, _WIDTHS)
    sheet.text(0, 0, f"{settings.year_label}　総合戦略関連事業調べ　記入要領", book.format(**TITLE))
    sheet.height(0, 34)
    purpose = (
        f"この様式は、{settings.municipality}の総合戦略に関連する事業を部局ごとにお知らせいただき、"
        f"別紙「{settings.title}」にまとめるためのものです。事業名と事業内容は、入力されたとおり一覧に載ります。"
    )
    sheet.merge_text(1, 0, 1, 2, purpose, book.format(text_wrap=True))
    sheet.height(1, pages.text_height(purpose, sheet.span_width(0, 2), 10, settings.font) + 4)
    deadline = (
        ("提出期限", settings.deadline or _BY_OFFICE),
        ("提出先", settings.submit_to or _BY_OFFICE),
    )
    row = _pairs(sheet, 3, "提出期限と提出先", deadline)
    row = _pairs(sheet, row + 1, "記入の手順", _STEPS)
    row = _columns(sheet, row + 1, strategy)
    second_page = row + 1
    row = _pairs(sheet, second_page, "印の意味", _MARKS)
    row = _pairs(sheet, row + 1, "用語", _TERMS)
    note = "印刷するときは、「入力チェック」の▼で（空白セル）を外すと、入力した行だけになります。"
    sheet.text(row + 1, 0, note, book.format(**NOTE))
    worksheet = sheet.worksheet
    worksheet.set_portrait()
    worksheet.set_paper(9)
    worksheet.set_margins(0.5, 0.5, 0.6, 0.6)
    # An explicit scale: Excel ignores a page break of our own under "fit to page".
    worksheet.set_print_scale(_SCALE)
    worksheet.set_h_pagebreaks([second_page])
    worksheet.set_footer("&C&9&P / &N")


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


def _columns(sheet: Sheet, row: int, strategy: Strategy) -> int:
    """How each column is filled in, with an example: the hints of the form's own definitions."""
    _section(sheet, row, f"「{layout.PROJECTS}」の書き方")
    book, font = sheet.book, sheet.book.settings.font
    for column, heading in enumerate(("項目", "書き方", "例")):
        sheet.text(row + 1, column, heading, book.format(**LIST_HEADER))
    sheet.height(row + 1, 20)
    label, cell = book.format(**LABEL), book.format(**CELL, indent=1)
    row += 1
    for field in strategy.fields:
        row += 1
        shown = (field.label, _how(field), _example(field, strategy))
        for column, (words, style) in enumerate(zip(shown, (label, cell, cell), strict=True)):
            sheet.text(row, column, words, style)
        heights = (
            pages.text_height(words, width - 2, 10, font)
            for words, width in zip(shown, _WIDTHS, strict=True)
        )
        sheet.height(row, max(heights) + 6)
    return row + 1


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
