"""All kinds in one table, in groups as the page of the manual shows them."""

from __future__ import annotations

from tests.dirty import (
    cells,
    formats,
    hostile_xml,
    hostile_zip,
    layouts,
    lists,
    makers,
    odd_xml,
    places,
    sheets,
    sizes,
    units,
    words,
)
from tests.dirty.kinds import Kind

GROUPS: dict[str, tuple[Kind, ...]] = {
    "表の形": layouts.KINDS,
    "シート、非表示、結合": sheets.KINDS,
    "エラー値と数式": cells.ERRORS,
    "予算": cells.MONEY,
    "言葉と番号": cells.WORDS,
    "取消線、メモ、表の外の言葉": words.KINDS,
    "回答票": cells.REPLIES,
    "再掲と番号の重なり": lists.RELISTING,
    "事務局修正": lists.OFFICE_SHEET,
    "同じ提出単位の複数のファイル": units.UNITS,
    "ファイルの名前と場所": units.NAMES,
    "他のソフトで保存したブック": makers.SOFTWARE,
    "表のほかに含まれるもの": makers.CONTENTS,
    "ブックではないもの": formats.FORMATS,
    "壊れたファイル": formats.DAMAGED,
    "壊れた内部のXML": hostile_xml.BROKEN,
    "害を与えるブック": hostile_xml.HARMFUL,
    "二通りに読めるZIP": hostile_zip.TRICKS,
    "珍しい書き方": odd_xml.ODD,
    "部品の珍しい書き方": hostile_zip.SPELLINGS,
    "大きすぎるもの": sizes.KINDS,
    "受付フォルダーにあるほかのもの": places.STRAYS,
    "読み取りの間に起きること": places.READING,
}
KINDS: tuple[Kind, ...] = tuple(kind for kinds in GROUPS.values() for kind in kinds)
