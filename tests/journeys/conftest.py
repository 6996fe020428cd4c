"""Oakfield for a module of journeys: at Slack over each of its two doors in turn, or at Teams."""

from collections.abc import Iterator

import pytest

from tests.journeys.school import HTTP, SOCKET, School, school
from tests.journeys.teams_school import TeamsSchool, teams_school


@pytest.fixture(scope="module", params=[HTTP, SOCKET])
def there(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """Give the school that the tests of a module share: each has its own people, reports and messages."""
    with school(tmp_path_factory.mktemp("there") / "program", request.param) as found:
        found.slack.add_channel("staff", "priya", "sam", "tom", "helen", "omar")
        found.slack.add_channel("shared", "tom", "owen", shared=True)
        yield found


@pytest.fixture(autouse=True)
def nothing_refused(request: pytest.FixtureRequest) -> Iterator[None]:
    """See after each journey that Slack took all that the program did, and that nothing failed unseen."""
    found = request.getfixturevalue("there") if "there" in request.fixturenames else None
    known = len(found.program.logs) if found else 0
    yield
    if found is not None:
        shut = ("views.update", "not_found")  # a window that was closed while it was being filled
        assert [one for one in found.slack.refused() if (one.method, one.error) != shut] == []
        assert "slack_listener_failed" not in found.program.logs[known:], found.program.logs[known:]


@pytest.fixture(scope="session")
def oakfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamsSchool]:
    """Give the school at Teams that all journeys there share: starting it takes longer than most of them."""
    with teams_school(tmp_path_factory.mktemp("oakfield") / "program") as found:
        found.teams.add_channel("staffroom", "priya", "sam", "tom", "helen", "omar", "owen", "kit", "ursa")
        found.teams.add_group("colleagues", "tom", "helen")
        yield found


@pytest.fixture(autouse=True)
def nothing_amiss(request: pytest.FixtureRequest) -> Iterator[None]:
    """See after each journey in Teams that it took all that was sent, and that nothing failed unseen."""
    found = request.getfixturevalue("oakfield") if "oakfield" in request.fixturenames else None
    known = len(found.program.logs) if found else 0
    yield
    if found is not None:
        assert found.teams.refused() == []
        for failure in ("teams_handler_failed", "case_action_failed", "report_not_taken"):
            assert failure not in found.program.logs[known:], found.program.logs[known:]
