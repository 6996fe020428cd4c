"""An office at Oakfield for the few tests that read a real case."""

from tests.bot.reporting.conftest import sqlite_stage, sqlite_template, sqlite_url

__all__ = ["sqlite_stage", "sqlite_template", "sqlite_url"]
