"""The same product with no tokens: in the terminal."""
