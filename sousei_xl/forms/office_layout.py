"""Names in the office's sheet ``事務局修正.xlsx``: making it and reading it share this page."""

from __future__ import annotations

GUIDE, CORRECTED, ADDED, ACKNOWLEDGED = "説明", "修正", "追加", "確認済"
CORRECTED_COLUMNS = ("対象", "操作", "項目", "修正前", "修正後", "理由", "依頼元", "日付")
# Without one of these a row would mean something else; the others only explain it.
CORRECTED_NEEDED = CORRECTED_COLUMNS[:5]
ACKNOWLEDGED_COLUMNS = ("指摘コード", "対象", "確認時の値", "確認者", "日付", "メモ")
ACKNOWLEDGED_NEEDED = ACKNOWLEDGED_COLUMNS[:2]
# 追加 has the columns of a form's 事業 and these.
ADDED_COLUMNS = ("理由", "依頼元")
