"""What a start loads, and what it leaves until somebody needs it (promises F6 and F7)."""

import subprocess
import sys

import pytest

from tests.support.processes import ROOT, bare_environment


def _loaded(words: str) -> set[str]:
    """The modules that a fresh process has loaded after a statement."""
    code = f"import sys; {words}; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
        env=bare_environment(),
    )
    return set(ran.stdout.split())


@pytest.fixture(scope="module")
def serving() -> set[str]:
    """Give what `signpost serve` has loaded by the time it listens."""
    return _loaded("import bot.cli, bot.serving")


@pytest.mark.parametrize("module", ["numpy", "knowledge.model", "knowledge.answer", "bot.signpost"])
def test_a_server_loads_what_answers_questions_only_when_one_is_asked(serving: set[str], module: str) -> None:
    assert module not in serving


@pytest.mark.parametrize("module", ["alembic", "holidays", "scipy"])
def test_a_server_loads_what_few_starts_need_only_when_it_is_needed(serving: set[str], module: str) -> None:
    assert module not in serving


@pytest.mark.parametrize("module", ["psycopg", "psycopg_binary"])
def test_a_server_on_sqlite_loads_no_other_database(serving: set[str], module: str) -> None:
    assert module not in serving


def test_a_question_at_the_command_line_loads_no_database() -> None:
    assert not {"sqlalchemy", "starlette", "uvicorn", "httpx"} & _loaded("import bot.cli, bot.signpost")


def test_a_question_where_policies_are_published_loads_no_way_to_reach_anybody() -> None:
    loaded = _loaded("import bot.cli, bot.signpost, bot.vault, bot.console.editions")
    assert "sqlalchemy" in loaded
    assert not {"aiohttp", "httpx", "msal", "slack_sdk", "smtplib", "bot.console.syncing"} & loaded
