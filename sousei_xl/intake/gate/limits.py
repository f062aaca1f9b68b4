"""The limits that the gate holds files to.

Each stands well above the largest of 3,057 real workbooks and below what takes calamine or the
machine down.
"""

from __future__ import annotations

MEGABYTE = 1_000_000

MAX_FILE = 20 * MEGABYTE
MAX_UNPACKED = 200 * MEGABYTE
MAX_RATIO = 200
RATIO_FROM = 20 * MEGABYTE  # small files of blanks pack better than any bomb, and do no harm
MAX_CONTAINED = 20 * MEGABYTE  # larger ones calamine unpacks itself: memory is short as it is
MAX_ENTRIES = 2_000
MAX_SHEETS = 100
MAX_ROW = 20_000
MAX_CELLS = 1_000_000
MAX_AREA = 20_000_000
MAX_STRINGS = 10_000_000
MAX_MERGED = 20_000
MAX_COMMENTS = 20_000  # of a sheet, those of a returned workbook that are ours apart
