"""The sheets about 数値目標 and KPI. They are written where the strategy has indicators."""

from sousei_xl.sheets.indicators.data import (
    indicator_columns,
    indicators_data,
    write_indicators_data,
)
from sousei_xl.sheets.indicators.status import write_indicator_status
from sousei_xl.sheets.indicators.trends import write_indicator_trends

__all__ = [
    "indicator_columns",
    "indicators_data",
    "write_indicator_status",
    "write_indicator_trends",
    "write_indicators_data",
]
