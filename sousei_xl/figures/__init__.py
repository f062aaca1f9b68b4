"""Figures computed from the list: frame in, figures out, no I/O."""
