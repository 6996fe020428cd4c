"""A school's own policy document: read in whatever form, split into clauses, drafted into a pack."""
