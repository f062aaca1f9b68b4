"""datapackage.json: a Frictionless Tabular Data Package of the CSV files beside it.

Everything that is to be known about the data stands here, never in the data: what its columns
mean, how far the list has come, the office's 注意書き, under which licence they are published.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sousei_xl import __version__
from sousei_xl.figures.changes import PROJECTS_SHEET
from sousei_xl.figures.changes.indicators import INDICATORS_SHEET
from sousei_xl.sheets import Contents
from sousei_xl.sheets.data import project_columns
from sousei_xl.sheets.data_columns import DataColumn
from sousei_xl.sheets.indicators import indicator_columns
from sousei_xl.sheets.indicators.head import round_note
from sousei_xl.sheets.open_data.tables import (
    GUARD,
    GUARDED,
    Table,
    badly_written,
    guarded,
    tables_of,
)

FILE = "datapackage.json"

# As the specification has them: an identifier of the Open Definition where there is one, a title,
# and where the terms can be read.
LICENCE = {
    "CC BY 4.0": (
        "CC-BY-4.0",
        "クリエイティブ・コモンズ 表示 4.0 国際",
        "https://creativecommons.org/licenses/by/4.0/deed.ja",
    ),
    "CC0 1.0": (
        "CC0-1.0",
        "クリエイティブ・コモンズ CC0 1.0 全世界",
        "https://creativecommons.org/publicdomain/zero/1.0/deed.ja",
    ),
    "公共データ利用規約（第1.0版）": (
        "PDL1.0",
        "公共データ利用規約（第1.0版）",
        "https://www.digital.go.jp/resources/open_data/public_data_license_v1.0",
    ),
}

_ABOUT = (
    "値は、別紙のデータのシートと同じです。空欄は値がないことを表し、0ではありません。"
    "文字列が「=」「+」「-」「@」（全角などを含む）、タブ、改行で始まるときは、"
    "表計算ソフトで数式として扱われないように、先頭にアポストロフィ（'）を一つ付けています。"
    "アポストロフィの後にこれらの文字が続く文字列にも、もう一つ付けています。「数式の防止」の"
    "正規表現に合う文字列から先頭の一つを除くと、元の値になります。数値には付けていません。"
)


def write_package(path: Path, contents: Contents) -> None:
    """Write the description. Raises OSError."""
    text = json.dumps(describe(contents), ensure_ascii=False, indent=2)
    path.write_bytes(f"{text}\n".encode())


def check_package(path: Path, contents: Contents) -> None:
    """Read the description back. OperatorError where it differs."""
    try:
        same = json.loads(path.read_bytes()) == describe(contents)
    except ValueError:
        same = False
    if not same:
        raise badly_written(FILE)


def describe(contents: Contents) -> dict[str, Any]:
    """The descriptor as plain values. Keys beyond the specification are in Japanese."""
    settings = contents.strategy.settings
    described = {Table.PROJECTS: _projects, Table.INDICATORS: _indicators}
    approved = contents.approved_on
    return {
        "profile": "tabular-data-package",
        "name": f"sousei-{settings.code}-{settings.fiscal_year}",
        "title": f"{settings.year_label}　{settings.title}",
        "description": f"{contents.stamp}　{_ABOUT}",
        "contributors": [{"title": settings.municipality, "role": "publisher"}],
        **({"licenses": [_licence(settings.licence)]} if settings.licence else {}),
        "資料の状態": contents.state_label,
        **({"決裁日": approved.isoformat()} if approved else {}),
        "基準日": contents.run.list_date.isoformat(),
        "計画期間": settings.plan_label,
        "数式の防止": {"接頭辞": GUARD, "正規表現": GUARDED},
        "照合番号": contents.run.hash,
        "作成に使ったソフト": f"sousei_xl {__version__}",
        "resources": [described[table](contents) for table in tables_of(contents)],
    }


def _licence(chosen: str) -> dict[str, str]:
    name, title, path = LICENCE[chosen]
    return {"name": name, "title": title, "path": path}


def _projects(contents: Contents) -> dict[str, Any]:
    settings, listed = contents.strategy.settings, contents.result.listed
    # Numbers stay as they were submitted, so two projects of a measure may have the same one.
    unique = len({(row.measure, row.number) for row in listed}) == len(listed)
    return {
        **_resource(Table.PROJECTS, "projects", "関連事業の一覧"),
        "description": (
            f"別紙の『{PROJECTS_SHEET}』です。1行が一覧の1行です。再掲の行を含むため、事業数や金額は、"
            f"「再掲」が空欄の行だけを数えます。予算事業費は{settings.budget_basis}予算です。"
        ),
        "schema": _schema(project_columns(contents.strategy), keyed=unique),
    }


def _indicators(contents: Contents) -> dict[str, Any]:
    settings = contents.strategy.settings
    return {
        **_resource(Table.INDICATORS, "indicators", "数値目標・KPIの実績"),
        "description": (
            f"別紙の『{INDICATORS_SHEET}』です。1行が、指標（内訳のあるものは内訳ごと）の、"
            f"実績値のある1年です。{round_note(contents)}{settings.notice}"
        ),
        **({"実績基準日": day.isoformat()} if (day := settings.results_date) else {}),
        **({"注意書き": settings.notice} if settings.notice else {}),
        "schema": _schema(indicator_columns(settings), keyed=True),
    }


def _resource(table: Table, name: str, title: str) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": table.value,
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True},
    }


def _schema(columns: tuple[DataColumn, ...], keyed: bool) -> dict[str, Any]:
    key = [column.heading for column in columns if column.is_key]
    return {
        "fields": [_field(column) for column in columns],
        "missingValues": [""],
        **({"primaryKey": key} if keyed else {}),
    }


def _field(column: DataColumn) -> dict[str, Any]:
    """A field as it stands in the file: headings and choices are guarded there as well."""
    constraints: dict[str, Any] = {
        **({"required": True} if column.required else {}),
        **({"enum": [guarded(choice) for choice in column.choices]} if column.choices else {}),
        **({} if column.minimum is None else {"minimum": column.minimum}),
        **({"pattern": column.pattern} if column.pattern else {}),
    }
    return {
        "name": guarded(column.heading),
        "title": column.heading,
        "type": column.kind,
        "description": column.meaning,
        **({"constraints": constraints} if constraints else {}),
    }
