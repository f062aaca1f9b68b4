"""sousei_xl: from the departments' workbooks to the official 別紙 of a 総合戦略."""

__version__ = "0.1.0"
