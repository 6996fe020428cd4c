"""Signpost itself: what it does and the faces it has."""
