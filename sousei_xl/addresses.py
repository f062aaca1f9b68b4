"""Columns and cells as Excel names them; rows and columns count from 1."""

from __future__ import annotations

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of a sheet of Excel's


def column_letters(number: int) -> str:
    """1 → ``A``, 16384 → ``XFD``."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """``A`` → 1, ``XFD`` → 16384; upper-case letters only."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def cell_address(row: int, column: int) -> str:
    """(12, 8) → ``H12``."""
    return f"{column_letters(column)}{row}"


def cell_position(cell: str) -> tuple[int, int]:
    """``H12`` → (12, 8), the order in which a person reads; (0, 0) for no cell."""
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :] or 0), column_number(letters)
