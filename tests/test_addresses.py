"""Columns and cells as Excel names them."""

from __future__ import annotations

import pytest

from sousei_xl.addresses import cell_address, cell_position, column_letters, column_number


@pytest.mark.parametrize(
    ("row", "column", "address"),
    [
        (1, 1, "A1"),
        (12, 8, "H12"),
        (3, 26, "Z3"),
        (3, 27, "AA3"),
        (1_048_576, 16_384, "XFD1048576"),
    ],
)
def test_cell_address(row: int, column: int, address: str) -> None:
    assert cell_address(row, column) == address
    assert cell_position(address) == (row, column)


def test_no_cell_comes_before_all() -> None:
    assert cell_position("") == (0, 0)


def test_letters_and_numbers_of_every_column() -> None:
    letters = [column_letters(number) for number in range(1, 16_385)]
    assert [column_number(each) for each in letters] == list(range(1, 16_385))
    assert letters == sorted(set(letters), key=lambda each: (len(each), each))
