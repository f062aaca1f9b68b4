"""What goes wrong in words for the operator. Imports nothing: every command needs it."""

from __future__ import annotations


class OperatorError(Exception):
    """What the operator must mend before anything can be done; the text is shown as it is."""
