"""The crash drills: the started program, killed and starved in every way that the promises name."""
