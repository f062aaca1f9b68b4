"""The sheet 項目: limits of the core fields, and the office's own ones."""

from __future__ import annotations

from dataclasses import replace

from sousei_xl import amounts, text
from sousei_xl.strategy.fields import CORE, OWN_NAME, RESERVED, Field
from sousei_xl.strategy.load.table import (
    FIELD_COLUMNS,
    FIELDS,
    NO,
    OWN_KINDS,
    STANDARD,
    YES,
    Mistakes,
    Row,
    Tables,
    choose_from,
    rows_of,
)


def read_fields(tables: Tables, mistakes: Mistakes) -> tuple[Field, ...]:
    """Core fields with the office's limits, then its own fields, then 備考."""
    core = {text.key(f.label): f for f in CORE}
    own: list[Field] = []
    taken = {text.key(name) for name in (*RESERVED, *(f.short_label for f in CORE))}
    seen: set[str] = set()
    for row in rows_of(tables, mistakes, FIELDS, FIELD_COLUMNS, 3):
        label = row.text("項目名")
        if not label:
            mistakes.missing(row, "項目名", "財源")
            continue
        if len(label) > text.SHORT:  # it would not be found as a heading
            problem = f"「項目名」が{text.SHORT}文字を超えています。"
            mistakes.at(row, "項目名", problem, "短い名前にし、詳しくは「説明」に書いてください。")
            continue
        limit = amounts.parse_integer(row.values.get("最大文字数"))
        if limit.problem or (limit.value is not None and not 1 <= limit.value <= text.MAX_TEXT):
            problem = "「最大文字数」が1から32,767までの整数ではありません。"
            remedy = "1から32,767までの整数を入力してください（例：1000）。"
            mistakes.at(row, "最大文字数", problem, remedy)
            continue
        key = text.key(label)
        if key in seen:
            mistakes.at(
                row, "項目名", f"項目『{label}』が二度あります。", "どちらかの行を直してください。"
            )
            continue
        seen.add(key)
        if key in core:
            if limit.value is not None:
                core[key] = replace(core[key], max_length=int(limit.value))
            # Not every office's list has this column.
            if core[key].name == "relevance" and row.text("必須") == NO:
                core[key] = replace(core[key], required=False)
            continue
        if key in taken:
            problem = f"『{label}』は様式やデータの見出しに使われています。"
            mistakes.at(row, "項目名", problem, "別の項目名にしてください。")
            continue
        if row.text("区分") == STANDARD:
            problem = f"『{label}』という標準の項目はありません。"
            labels = "、".join(f.label for f in CORE)
            mistakes.at(row, "項目名", problem, f"項目名を元に戻してください（{labels}）。")
            continue
        field = _own_field(
            row, label, f"{OWN_NAME}{len(own) + 1}", int(limit.value or 1000), mistakes
        )
        if field is not None:
            own.append(field)
    *first, last = core.values()
    return (*first, *own, last)


def _own_field(
    row: Row, label: str, name: str, max_length: int, mistakes: Mistakes
) -> Field | None:
    kind = OWN_KINDS.get(row.text("種類"))
    if kind is None:
        problem = f"「種類」に『{row.text('種類')}』とあります。"
        mistakes.at(row, "種類", problem, choose_from(OWN_KINDS))
        return None
    required = row.text("必須") or NO
    if required not in (YES, NO):
        problem = f"「必須」に『{required}』とあります。"
        mistakes.at(row, "必須", problem, f"「{YES}」か「{NO}」を選んでください。")
    choices = row.list("選択肢")
    if kind == "choice" and not choices:
        mistakes.at(
            row,
            "選択肢",
            "選択肢が空欄です。",
            "「国、都道府県、市町村」のように入力してください。",
        )
    return Field(
        name,
        label,
        "choice" if kind == "choice" else "integer" if kind == "integer" else "text",
        hint=row.text("説明") or f"{label}を入力してください。",
        choices=choices,
        required=required == YES,
        max_length=max_length,
        own=True,
    )
