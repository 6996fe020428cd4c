"""What Teams says in its own way: how things are done there without slash commands, and who can read what."""

TOO_OLD = "This needs a newer Teams. If it cannot wait, ring."
CHOOSE, SEARCH = "Choose", "Type a name"
NEEDED = "Please answer this one."
