"""Figures computed from the list: rows in, figures out, no I/O."""
