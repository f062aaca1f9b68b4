"""The figures of ``docs/reliability.md``: told by the tests, kept here, shown on the page."""
