"""How the tables came about, one step at a time, each of which can be taken back."""
