"""The sheets of the official workbook that sum up, regroup and explain the list."""

from sousei_xl.sheets.overview.contents_page import write_contents_page
from sousei_xl.sheets.overview.departments import write_departments
from sousei_xl.sheets.overview.notes import write_notes
from sousei_xl.sheets.overview.relisted import write_relisted
from sousei_xl.sheets.overview.summary import write_overview

__all__ = [
    "write_contents_page",
    "write_departments",
    "write_notes",
    "write_overview",
    "write_relisted",
]
