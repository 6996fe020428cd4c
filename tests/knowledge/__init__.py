"""Tests of what Signpost knows."""
