"""``docs/dirty_workbooks.md``: the table as a page (``make docs``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sousei_xl.catalogue import RULES
from tests.dirty.kinds import SHEET, Kind
from tests.dirty.table import GROUPS, KINDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dirty_workbooks.md"
_OUTCOMES = {
    "accepted": "読み取る",
    "refused": "受け付けない",
    "superseded": "差し替えられる",
    "ignored": "読み込まない",
    "": "何も知らせない",
}
_SHOWN = 4


def page() -> str:
    """The whole page."""
    read = sum(kind.outcome in ("accepted", "superseded") for kind in KINDS)
    lines = [
        "# 汚れたファイルと危険なファイルの一覧",
        "",
        f"全{len(KINDS)}種類です（読み取るもの{read}、それ以外{len(KINDS) - read}）。"
        "テストの定義（`tests/dirty/`）から作られています（`make docs`）。",
        "",
        "どの種類も、正しい9部局のファイルと一緒に統合して、次のことを確かめています"
        "（`tests/test_dirty_workbooks.py`）。",
        "",
        "- 表のとおりの指摘だけが、そのファイル・シート・セルに出る。直し方が日本語で付く。",
        "- 読んだ行 ＝ 一覧 ＋ 保留 ＋ 差し替え ＋ 取下げ等。値が変わらず、行が黙って消えない。",
        "- 正しい9部局の行は、1文字も変わらない。",
        "",
        "これらを一つの受付フォルダーに一度に入れても、1回の統合で30秒以内に終わります。",
    ]
    for title, kinds in GROUPS.items():
        lines += ["", f"## {title}", "", "| 種類 | 結果 | 行 | 指摘 |", "|---|---|---|---|"]
        lines += [" | ".join(("", *_cells(kind), "")).strip() for kind in kinds]
    return "\n".join(lines) + "\n"


def _cells(kind: Kind) -> tuple[str, str, str, str]:
    parts = {"一覧": len(kind.budgets), "保留": kind.held}
    parts |= {"差し替え": kind.superseded, "取下げ等": kind.withdrawn}
    rows = "、".join(f"{part}{count}" for part, count in parts.items() if count)
    return kind.title, _OUTCOMES[kind.outcome], rows or "-", "<br>".join(_findings(kind)) or "-"


def _findings(kind: Kind) -> Iterator[str]:
    """``S101 要確認 A4``: code, severity, cells; the sheet where it is not 事業."""
    places: dict[str, list[str]] = {}
    for code, _, sheet, cell in kind.reported().elements():
        named = sheet and not (cell and sheet == SHEET)
        places.setdefault(code, []).append(f"『{sheet}』{cell}" if named else cell)
    for code, cells in places.items():
        named = [cell for cell in cells if cell]
        more = f"ほか{len(named) - _SHOWN}か所" if len(named) > _SHOWN else ""
        yield " ".join((code, RULES[code].severity, "、".join(named[:_SHOWN]) + more)).strip()


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
