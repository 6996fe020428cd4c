"""A school's own policy document: read in whatever form it is kept, split into clauses, drafted into a pack."""
