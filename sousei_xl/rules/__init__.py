"""From raw cells to the list: parse, schema, checks, merge. Knows no Excel."""
