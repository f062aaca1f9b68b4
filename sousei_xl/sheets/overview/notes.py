"""注記: what the columns mean, how the totals come about, and what state the list is in."""

from __future__ import annotations

from collections.abc import Iterator

from sousei_xl import __version__, eras, text
from sousei_xl.figures.changes import PROJECTS_SHEET
from sousei_xl.figures.changes.indicators import INDICATORS_SHEET
from sousei_xl.sheets import Contents
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.indicators.head import round_note
from sousei_xl.sheets.overview.head import write_head
from sousei_xl.sheets.tables import Column, Row, Table, write_table
from sousei_xl.strategy import AS_SUBMITTED
from sousei_xl.strategy.indicators import results_as_of, year_label
from sousei_xl.strategy.load.table import FORM

SHEET = "注記"

_COLUMNS = (Column("項目", 24, "text_wrap bold"), Column("説明", 96))
_Note = tuple[str, str]
_NUMBER = "番号"

# Confirmed by the office, and of use to a reader of the list. The value is the finding's.
_PUBLIC = {
    "L108": "番号{value}の事業が複数あります。",
    "L109": "欠番（{value}）があります。",
}


def write_notes(book: Book, contents: Contents) -> None:
    """The sheet 注記: items and explanations, grouped."""
    sheet = book.sheet(SHEET, [c.width for c in _COLUMNS])
    top = write_head(sheet, contents, SHEET)
    rows: list[Row] = []
    titles: list[int] = []  # rows of the sheet, from 0
    for title, notes in (
        ("この資料", _about(contents)),
        ("列の意味", _columns(contents)),
        ("集計の方法", _sums(contents)),
        *((("数値目標・KPI", _indicators(contents)),) if contents.has_indicators else ()),
    ):
        titles.append(top + 1 + len(rows))
        rows.append(Row((title, None), "band"))
        rows += [Row(note) for note in notes]
    write_table(sheet, top, Table(_COLUMNS, tuple(rows), main=False))
    sheet.repeat = (top, top)
    sheet.freeze(top + 1)
    sheet.page_setup("portrait", with_next=titles)


def _about(contents: Contents) -> Iterator[_Note]:
    settings, result = contents.strategy.settings, contents.result
    yield "資料の名称", f"{settings.title}（{settings.year_label}）"
    yield "資料の状態", contents.stamp
    if contents.reopened:
        yield (
            "確定後の変更",
            "一度確定しましたが、その後に内容が変わったため、（案）に戻っています。",
        )
    if any(d.missing_units for d in result.departments):
        yield "未提出の部局", "上に挙げた部局の事業は、まだ載っていません。"
    marked = sum(row.marked for row in result.listed)
    if marked:
        yield (
            "修正を待つ行",
            f"『{FORM}』で「※要修正」の付いた{marked}行は、部局の修正を待っています。"
            "金額は、読み取れるものだけを合計に含めています。",
        )
    yield "基準日", f"{eras.japanese_date(contents.run.list_date)}現在の内容です。"
    yield "予算の基準", f"{settings.budget_basis}（単位：{settings.unit}）"
    yield "計画期間", settings.plan_label
    yield (
        "照合番号",
        f"{contents.run.hash}　テンプレートの内容、部局の様式と事務局修正のファイル名と内容、"
        "作成に使ったソフトの版から決まる番号です。"
        "番号が同じ資料は、同じ提出内容から作られています。",
    )
    yield "作成に使ったソフト", f"sousei_xl {__version__}"


def _columns(contents: Contents) -> Iterator[_Note]:
    strategy = contents.strategy
    yield (
        _NUMBER,
        "施策の中での番号です。"
        + (
            f"部局から提出された番号のまま載せており、{_renumbered(contents)}{_numbered(contents)}"
            if strategy.settings.numbering == AS_SUBMITTED
            else "前年度の番号、提出の順に、事務局で付けています。再掲の行は後ろに置いています。"
        ),
    )
    for item in contents.result.findings:
        if item.acknowledged and item.code in _PUBLIC:
            yield (
                f"番号（施策{item.target.split('-')[0]}）",
                _PUBLIC[item.code].format(value=item.value),
            )
    yield (
        "再掲",
        "ほかの施策に載っている事業を、もう一度載せた行です。事業名・部局名・予算事業費・事業内容は"
        "初出の行と同じで、番号と関連性だけが異なることがあります。",
    )
    key = strategy.example_measure
    yield (
        "初出",
        f"再掲の行が、どの行をもう一度載せたものかを示します（例：{key}-4 は施策{key}の番号4）。",
    )
    yield (
        "（新）・掲載区分",
        f"事業名の前の（新）は、今年度からの事業です。『{PROJECTS_SHEET}』では（新）を付けず、"
        f"掲載区分に「{text.NEW}」と表します。",
    )
    yield (
        "部局名",
        "複数の部局による事業は「・」でつないでいます。部局別の集計では、先頭の部局に数えます。",
    )
    asked = strategy.field_by_name["relevance"].required
    if asked or any(row.relevance for row in contents.result.listed):
        yield (
            "関連性",
            f"{text.DIRECT}：施策の記載内容に直接関係する事業　"
            f"{text.SUPPORTING}：施策の目的の達成を補完する事業",
        )
    yield (
        "予算区分",
        f"空欄・{text.INITIAL}：予算事業費のとおり　{text.UNDECIDED}：金額が決まっていない"
        f"（一覧では「調整中」）　{text.INCLUDED}：ほかの事業の予算に含まれる　"
        f"{text.ZERO}：予算を伴わない（0として集計）",
    )
    for field in strategy.own_fields:
        yield field.label, field.meaning


def _renumbered(contents: Contents) -> str:
    """What the office has done to submitted numbers, by 順番 or by correcting 番号."""
    listed = {row.row_id for row in contents.result.listed}
    changed = {
        applied.row_id
        for applied in contents.result.corrections
        if applied.status == "適用" and applied.field == "number"
    }
    rows = len(listed & changed)
    return f"{rows}行だけは事務局で番号を決めています。" if rows else "振り直していません。"


def _numbered(contents: Contents) -> str:
    given = sum(item.code == "A105" for item in contents.result.findings)
    if not given:
        return ""
    return f"番号の記入がない{given}行には、その施策の最後に続く番号を事務局で付けています。"


def _sums(contents: Contents) -> Iterator[_Note]:
    settings, total = contents.strategy.settings, contents.totals.total
    yield (
        "行数と事業数",
        f"行数（{total.rows}行）は再掲の行を含みます。事業数（{total.projects}事業）は、"
        f"再掲の{total.relisted}行を除いた数です。",
    )
    yield (
        "再掲を含む",
        f"全ての行の予算事業費を足した額です（{total.gross:,}{settings.unit}）。"
        "再掲の行の額は、二重に計上されています。",
    )
    yield (
        "再掲を除く",
        f"再掲の行を除いて足した額です（{total.net:,}{settings.unit}）。"
        "一つの事業を、初出の基本目標で一度だけ数えます。",
    )
    yield "一覧の小計・合計", f"『{FORM}』の小計・合計は、「{settings.basis}」で算出しています。"
    yield (
        "基本目標ごとの純計",
        "基本目標の中だけで重複を除いた額は、基本目標の額を足しても全体の額と一致しないため、"
        "載せていません。",
    )
    yield (
        "金額のない行",
        f"「{text.UNDECIDED}」「{text.INCLUDED}」の行は、行数・事業数に数え、予算事業費には"
        f"含めません。金額が未確定の行は{total.undecided}行です。",
    )
    yield (
        "数式",
        f"『総括表』などの数字は、『{PROJECTS_SHEET}』を集計する数式です。セルを選ぶと、"
        "算出の方法を確かめられます。",
    )


def _indicators(contents: Contents) -> Iterator[_Note]:
    settings = contents.strategy.settings
    year = year_label(settings.fiscal_year - 1, settings)
    era = eras.ERA_NAMES[year[0]]
    if settings.notice:
        yield "注意書き", settings.notice
    if as_of := results_as_of(settings):
        yield "実績基準日", f"{as_of}の実績です。"
    else:
        yield (
            "判定する年",
            f"{settings.year_label}の始まる前に終わった年・年度の実績を判定しています。",
        )
    yield "報告の状況", round_note(contents)
    yield (
        "判定",
        "現状値から目標値までの道のりを、毎年同じ幅で進むとした場合の目安と比べています。計算の方法は"
        "『数値目標等の状況』に示しています。指標ごとの率を平均することはしていません。",
    )
    yield (
        "年と年度",
        "「年」の指標は1月から12月まで、「年度」の指標は4月から翌年3月までの値です。"
        f"{year}は、{era}{year[1:]}年又は{era}{year[1:]}年度を表します。",
    )
    yield (
        "達成率",
        "実績値を目標値で割った率です。減らすことが目標の指標と、目標値か実績値が0未満、又は目標値が0の"
        "指標では、割り算の答えが達成の度合いを表さないため、示していません。",
    )
    yield (
        "値のない年",
        "空欄は値がないことを表し、0ではありません。判定する年の値がない理由は、"
        "『数値目標等の状況』に示しています。",
    )
    yield (
        f"『{INDICATORS_SHEET}』",
        "指標（内訳）と年ごとに1行で、実績値のある年だけを載せています。進捗率・目安・達成率は比率です"
        "（0.63は63％）。累積値は、期間累計の指標の、計画の初めからの合計です。",
    )
