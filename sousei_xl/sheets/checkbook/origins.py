"""転記元: where every listed row and every actual of the KPI come from, with the file's hash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sousei_xl import text
from sousei_xl.figures.precision import actual_places, number_format
from sousei_xl.findings import Place
from sousei_xl.rules.records import AppliedCorrection, ListedRow, repeated_fields
from sousei_xl.sheets import Contents
from sousei_xl.sheets.annex import printed_name
from sousei_xl.sheets.book import Book
from sousei_xl.sheets.checkbook.cells import Inbox, typed
from sousei_xl.sheets.indicators.data import as_number
from sousei_xl.sheets.overview.head import write_head
from sousei_xl.sheets.tables import Column, Row, Table, write_table
from sousei_xl.strategy.indicators import STAGES, actual_field, judged_year, year_label

SHEET, KPI_SHEET = "転記元", "転記元（KPI）"

_COLUMNS = (
    Column("対象", 11, "centre"),
    Column("基本目標", 9, "integer", "number"),
    Column("再掲", 7, "centre"),
    Column("初出", 11, "centre"),
    Column("事業名", 44),
    Column("部局名", 20),
    Column("予算事業費", 14, "number", "number"),
    Column("ファイル", 30),
    Column("シートと行", 15),
    Column("受付番号", 19, "text"),
    Column("事務局の修正", 40),
)
_KPI_COLUMNS = (
    Column("ID", 11, "centre"),
    Column("指標名", 44),
    Column("担当部局", 20),
    Column("年・年度", 9, "centre"),
    Column("実績値", 14, "number tight", "number"),
    Column("単位", 9, "centre"),
    Column("速報", 7, "centre"),
    Column("ファイル", 30),
    Column("シートとセル", 15),
    Column("受付番号", 19, "text"),
    Column("事務局の修正", 40),
)
_ACTUAL = 4  # its column, from 0
_HASH_LENGTH = 12
_HASH = (
    f"受付番号は、ファイルの内容から計算した番号（SHA-256）の先頭{_HASH_LENGTH}文字です"
    "（『提出状況』では8文字）。"
)
# Where 検算表 finds the data: Excel's number of the first row, and columns.
FIRST_LINE = 5
GOAL_COLUMN, RELISTED_COLUMN, BUDGET_COLUMN = "B", "C", "G"


def write_origins(book: Book, contents: Contents, inbox: Inbox) -> None:
    """The sheet 転記元."""
    result = contents.result
    hashes = _hashes(contents)
    targets = {row.row_id: row.target for row in result.listed}
    repeated = repeated_fields(contents.strategy)
    touched: dict[int | None, list[AppliedCorrection]] = defaultdict(list)
    for item in result.corrections:
        if item.status == "適用":
            touched[item.row_id].append(item)
    sheet = book.sheet(SHEET, [c.width for c in _COLUMNS], in_order=True)
    top = write_head(
        sheet,
        contents,
        SHEET,
        "一覧の全ての行について、どのファイルのどの行から転記したかを示します。"
        "「シートと行」を選ぶと、その場所が開きます。"
        "再掲の行の事業名、部局名、予算、事業内容などは、「初出」の行のものです。" + _HASH,
    )

    assert top + 2 == FIRST_LINE, "検算表 would sum other lines"

    def line(row: ListedRow) -> Row:
        origin = result.origins[row.row_id]
        original = targets.get(row.original or 0)
        done = [typed(item.told) for item in touched.get(row.row_id, ())]
        done += [
            f"初出（{original}）の{typed(item.told)}"
            for item in touched.get(row.original or 0, ())
            if item.field in repeated
        ]
        return Row(
            (
                row.target,
                row.goal,
                text.RELISTED if row.relisted else None,
                original,
                printed_name(row.name, row.category, row.marked),
                row.department,
                row.budget,
                typed(origin.file),
                inbox.cell(origin.place, f"{origin.sheet} {origin.row}行"),
                hashes.get(origin.file),
                "\n".join(done),
            )
        )

    rows = map(line, result.listed) if result.listed else ()
    write_table(sheet, top, Table(_COLUMNS, rows), none="一覧に載せた行はありません。")
    sheet.page_setup()


def write_indicator_origins(book: Book, contents: Contents, inbox: Inbox) -> None:
    """The sheet 転記元（KPI）: a line for every actual of the reports."""
    sheet = book.sheet(KPI_SHEET, [c.width for c in _KPI_COLUMNS])
    notice = contents.strategy.settings.notice
    top = write_head(
        sheet,
        contents,
        KPI_SHEET,
        "KPIの全ての実績値について、どのファイルのどのセルから転記したかを示します。"
        "「シートとセル」を選ぶと、その場所が開きます。" + _HASH,
        *((f"※{notice}",) if notice else ()),
    )
    rows = tuple(_actuals(contents, inbox))
    write_table(sheet, top, Table(_KPI_COLUMNS, rows), none="実績値の報告はありません。")
    sheet.page_setup()


def _actuals(contents: Contents, inbox: Inbox) -> Iterator[Row]:
    kpi, settings, hashes = contents.indicators, contents.strategy.settings, _hashes(contents)
    touched: dict[tuple[int | None, str], list[str]] = defaultdict(list)
    for item in kpi.corrections:
        if item.status == "適用":
            touched[item.row_id, item.field].append(typed(item.told))
    for report in kpi.reports:
        indicator, stage = report.indicator, report.stage
        judged = judged_year(indicator, settings)
        places = actual_places(indicator, report.actuals.values())
        printed = ((_ACTUAL, number_format(indicator, settings, places)),)
        for year, value in report.actuals.items():
            row_id = report.sources.get(year)
            done = [*touched.get((row_id, actual_field(year)), ())]
            if year == judged:  # which year 速報・確報 is about
                done += touched.get((row_id, "stage"), ())
            if row_id is None:
                place, done = Place(), ["前年度の別紙から引き継いだ値です（様式では空欄）。"]
            else:
                place = kpi.raw[row_id].place(actual_field(year))
            yield Row(
                (
                    indicator.id,
                    report.title,
                    "・".join(indicator.departments),
                    year_label(year, settings),
                    as_number(value),
                    indicator.unit,
                    stage if year == judged and stage == STAGES[0] else None,
                    typed(place.file),
                    None if row_id is None else inbox.cell(place),
                    hashes.get(place.file),
                    "\n".join(done),
                ),
                number_formats=printed,
            )


def _hashes(contents: Contents) -> dict[str, str]:
    return {record.file: record.sha256[:_HASH_LENGTH] for record in contents.result.files}
