"""What a 決裁 needs: a list that can be final, and a day that can be its own."""

from __future__ import annotations

import datetime as dt

from sousei_xl.errors import OperatorError
from sousei_xl.rules.records import ListResult
from sousei_xl.strategy import Settings
from sousei_xl.strategy.dates import EARLIEST_APPROVAL, LATEST_APPROVAL


def require_plausible(date: dt.date, settings: Settings) -> None:
    """OperatorError where ``date`` is so far from 基準日 that it is a slip of the year."""
    basis = settings.list_date
    days = (date - basis).days
    if days < -EARLIEST_APPROVAL or days > LATEST_APPROVAL:
        far = "半年を超えて前です" if days < 0 else "1年を超えて後です"
        raise OperatorError(
            f"--approve の決裁日『{date.isoformat()}』は、テンプレートの「設定」の基準日"
            f"（{basis.isoformat()}）から{far}。"
            f"年の誤りがないか確かめ、「--approve {basis.isoformat()}」のように指定してください。"
        )


def require_final(result: ListResult, undecided: int) -> None:
    """OperatorError where the list cannot be final; ``undecided`` are rows without an amount."""
    reasons = []
    missing = [d.department for d in result.departments if d.missing_units]
    if missing:
        reasons.append(f"提出がそろっていません（{'、'.join(missing)}）。")
    if result.errors:
        reasons.append(f"要修正の指摘が{result.errors}件残っています。")
    if undecided:
        reasons.append(f"金額が未定または読み取れない行が{undecided}行あります。")
    if reasons:
        raise OperatorError("この一覧はまだ確定できません。" + "".join(reasons))
