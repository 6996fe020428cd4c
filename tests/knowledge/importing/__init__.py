"""How a school's own document is read, split into clauses and drafted into a pack."""
