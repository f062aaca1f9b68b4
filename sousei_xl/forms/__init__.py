"""The workbook that a department fills. ``layout.py`` alone says where a field stands."""
