"""Fixtures for all tests."""

from __future__ import annotations

import pytest

from tests.reliability.figures import Figures


@pytest.fixture(scope="session")
def figures() -> Figures:
    """Where a test tells the figures of ``docs/reliability.md``."""
    return Figures()
