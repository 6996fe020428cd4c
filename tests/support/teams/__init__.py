"""A stand-in for Microsoft Teams: what it takes as cards, and the people who press what stands on them."""
