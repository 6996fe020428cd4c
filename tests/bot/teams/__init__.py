"""Tests of the Teams face."""
