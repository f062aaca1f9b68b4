"""XlsxWriter's charts as Japanese readers and previewers need them, and the rows they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from xlsxwriter.chart_bar import ChartBar
from xlsxwriter.chart_line import ChartLine

from sousei_xl.sheets.book import Book

ROW_PIXELS = 20  # the rows behind charts are 15 points high
ROW_HEIGHT = ROW_PIXELS * 0.75
# Beyond this many bars nobody can read a chart on a page; the table beside it says it all.
MAX_BARS = 40
_FRAME, _BAR = 122, 22  # pixels of title, axis and legend, and of each bar


class _Chart:
    """What is written differently from XlsxWriter's own charts."""

    def _write_a_latin(self, attributes: Any) -> None:
        """Excel draws Japanese in a font of its own, unless it is named once more."""
        super()._write_a_latin(attributes)  # type: ignore[misc]
        self._xml_empty_tag("a:ea", attributes)  # type: ignore[attr-defined]

    def _write_num_cache(self, data: Sequence[Any] | None) -> None:
        """XlsxWriter caches a blank cell as 0, and previewers, which know no more than the cache,
        draw it."""
        known = [None if value == "" else value for value in data or ()]
        super()._write_num_cache(known)  # type: ignore[misc]

    def _write_custom_labels(self, parent: Any, labels: Sequence[Any]) -> None:
        """Labels of single points: taken out, or moved ``aside`` by a share of the chart's width,
        which XlsxWriter cannot do."""
        write: Any = self
        for index, label in enumerate(labels):
            if label is None:
                continue
            write._xml_start_tag("c:dLbl")
            write._write_idx(index)
            if "aside" in label:
                write._xml_start_tag("c:layout")
                write._xml_start_tag("c:manualLayout")
                write._xml_empty_tag("c:x", [("val", label["aside"])])
                write._xml_empty_tag("c:y", [("val", 0)])
                write._xml_end_tag("c:manualLayout")
                write._xml_end_tag("c:layout")
                write._write_data_label_number_format(parent["num_format"])
                write._write_axis_font(parent["font"])
                write._write_d_lbl_pos(parent["position"])
                write._write_show_val()
            else:
                write._write_delete(1)
            write._xml_end_tag("c:dLbl")


class _BarChart(_Chart, ChartBar):  # type: ignore[misc]
    pass


class _LineChart(_Chart, ChartLine):  # type: ignore[misc]
    pass


def add_chart(book: Book, kind: Literal["bar", "line"], subtype: str = "") -> Any:
    """``Workbook.add_chart``, which takes no classes of ours."""
    options = {"subtype": subtype or None}
    chart = _BarChart(options) if kind == "bar" else _LineChart(options)
    chart.embedded = True
    book.workbook.charts.append(chart)
    return chart


def chart_rows(bars: int, room: float) -> int:
    """How many sheet rows a chart with that many bars takes; it is never torn: not more than
    ``room`` points."""
    wanted = -(-(_FRAME + _BAR * min(max(bars, 4), MAX_BARS)) // ROW_PIXELS)
    return min(wanted, int(room / ROW_HEIGHT))
