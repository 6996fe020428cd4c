"""Whole stories, end to end on each platform."""
