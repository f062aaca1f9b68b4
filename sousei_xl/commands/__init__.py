"""One module per verb that the user types; each has ``add_options`` and ``run``."""
