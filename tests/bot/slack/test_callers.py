"""Who somebody in Slack is: by account, by verified address, or nobody; also while Slack is silent."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.reporting.people import Directory
from bot.slack.callers import Caller, Callers, Standing
from bot.slack.client import SlackClient
from tests.bot.reporting.oakfield import directory
from tests.support.slack.people import OTHER_TEAM, TEAM, users_of
from tests.support.slack.service import BOT_TOKEN
from tests.support.slack.stand_in import Slack

Find = Callable[..., Caller]


class Desk:
    """Somebody who looks up who is who, in one loop."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.runner = asyncio.Runner()
        self.client = SlackClient(BOT_TOKEN, slack.url)
        self.runner.run(self.client.open())
        self.callers = Callers(self.client)

    def find(self, named: str, *, team: str | None = TEAM, known: Directory | None = None) -> Caller:
        """Who an account is."""
        return self.runner.run(self.callers.of(self.slack.user(named).id, known or directory(), team=team))

    def asked(self) -> list[str]:
        """Whom Slack was asked about."""
        return [str(one.args["user"]) for one in self.slack.calls("users.info")]


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Give a workspace and somebody who looks up who is who in it."""
    with Slack(users_of(directory())) as slack:
        found = Desk(slack)
        yield found
        found.runner.run(found.client.close())
        found.runner.close()


def test_an_account_that_the_schools_file_lists_is_that_person(desk: Desk) -> None:
    found = desk.find("sam")
    assert (found.standing, found.reporter) == (Standing.LISTED, "sam")
    assert found.handler.person == "sam"
    assert found.own.person == "sam"


def test_a_verified_address_reports_as_its_person_and_handles_as_nobody(desk: Desk) -> None:
    desk.slack.change_user("nell", email="SAM@Oakfield.example")
    found = desk.find("nell")
    assert (found.standing, found.reporter) == (Standing.UNLISTED, "sam")
    assert found.handler.person == "account:slack:U0NEW"


def test_an_address_that_slack_has_not_verified_is_nobodys(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = type(desk.slack.user("nell")).row

    def unverified(user: object, *, email: bool = True) -> dict[str, object]:
        return {**row(user, email=email), "is_email_confirmed": False}  # type: ignore[arg-type]  # a User

    desk.slack.change_user("nell", email="sam@oakfield.example")
    monkeypatch.setattr(type(desk.slack.user("nell")), "row", unverified)
    assert desk.find("nell").reporter == "account:slack:U0NEW"


def test_an_address_that_two_share_is_neithers(desk: Desk) -> None:
    people = dict(directory().people)
    people["omar"] = replace(people["omar"], email="sam@oakfield.example")
    shared = replace(directory(), people=people)
    desk.slack.change_user("nell", email="sam@oakfield.example")
    assert desk.find("nell", known=shared).person is None


def test_somebody_whom_no_list_names_reports_under_their_account(desk: Desk) -> None:
    found = desk.find("nell")
    assert (found.standing, found.person) == (Standing.UNLISTED, None)
    assert found.reporter == found.handler.person == "account:slack:U0NEW"


@pytest.mark.parametrize("more", [{"is_restricted": True}, {"is_ultra_restricted": True}])
def test_a_guest_handles_nothing_whatever_the_schools_file_says(desk: Desk, more: dict[str, bool]) -> None:
    desk.slack.change_user("sam", **more)
    found = desk.find("sam")
    assert (found.standing, found.reporter) == (Standing.GUEST, "sam")
    assert found.handler.person == "account:slack:U0SAM"


def test_somebody_of_another_workspace_is_an_outsider_by_the_event_or_by_their_account(desk: Desk) -> None:
    assert desk.find("owen", team=OTHER_TEAM).standing is Standing.OUTSIDER
    assert desk.asked() == [], "the event said so already"
    assert desk.find("owen", team=None).standing is Standing.OUTSIDER
    assert desk.find("sam", team=OTHER_TEAM).standing is Standing.OUTSIDER
    assert desk.find("owen").reporter == "account:slack:U0OUTSIDE"


def test_a_machine_is_one_whatever_it_is_called(desk: Desk) -> None:
    desk.slack.change_user("robot", email="sam@oakfield.example")
    found = desk.find("robot")
    assert (found.standing, found.person) == (Standing.MACHINE, None)


def test_what_slack_said_is_asked_again_only_after_a_while(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        desk.find("sam")
    assert desk.asked() == ["U0SAM"]
    assert len(desk.slack.calls("auth.test")) == 1
    later = time.monotonic() + 301
    monkeypatch.setattr("bot.slack.callers.monotonic", lambda: later)
    desk.slack.change_user("sam", is_restricted=True)
    assert desk.find("sam").standing is Standing.GUEST


def test_a_role_taken_away_is_gone_at_the_next_click(desk: Desk) -> None:
    assert desk.find("sam").standing is Standing.LISTED
    people = dict(directory().people)
    people["sam"] = replace(people["sam"], accounts={}, email=None)
    assert desk.find("sam", known=replace(directory(), people=people)).standing is Standing.UNLISTED


def test_while_slack_is_away_the_schools_file_alone_decides(desk: Desk) -> None:
    desk.slack.control(down=True)
    assert desk.find("sam").standing is Standing.LISTED, "an acknowledgement must get through"
    assert desk.find("nell").standing is Standing.UNLISTED
    desk.slack.control(down=False)


def test_while_slack_hangs_a_click_still_lives(desk: Desk) -> None:
    desk.slack.control(hang=["auth.test", "users.info"])
    began = time.monotonic()
    assert desk.find("sam").standing is Standing.LISTED
    assert time.monotonic() - began < 2, "a trigger_id is good for three seconds"


def test_those_who_wait_meanwhile_do_not_wait_one_after_the_other(desk: Desk) -> None:
    desk.slack.control(hang=["auth.test"])

    async def together() -> list[Caller]:
        some = ("sam", "tom", "omar", "helen", "ruth")
        accounts = [desk.slack.user(one).id for one in some]
        return list(await asyncio.gather(*(desk.callers.of(one, directory(), team=TEAM) for one in accounts)))

    began = time.monotonic()
    found = desk.runner.run(together())
    assert time.monotonic() - began < 2
    assert {one.standing for one in found} == {Standing.LISTED}


def test_what_slack_last_said_holds_while_it_is_silent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.slack.change_user("sam", is_restricted=True)
    desk.find("sam")
    later = time.monotonic() + 301
    monkeypatch.setattr("bot.slack.callers.monotonic", lambda: later)
    desk.slack.control(down=True)
    assert desk.find("sam").standing is Standing.GUEST


def test_no_more_accounts_are_remembered_than_fit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.callers._MOST", 2)
    for named in ("sam", "tom", "omar", "sam"):
        desk.find(named)
    assert desk.asked() == ["U0SAM", "U0TOM", "U0OMAR", "U0SAM"]
