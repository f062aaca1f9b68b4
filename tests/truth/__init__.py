"""An inbox whose truth is known: what is planted where, and what must be said about it."""
