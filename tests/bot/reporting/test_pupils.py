"""What a pupil writes that alarms becomes a case at once, and nothing of it goes back to them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import NotSavedError, RefusedActionError
from bot.messages import Alarm, Trouble
from bot.reporting import climbing, handling, viewing
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.office import Office
from bot.reporting.pupils import MOST_A_DAY, Written, disclose, tell_unlisted
from knowledge.rules import Kind, Urgency
from knowledge.tripwire import Tripped
from storage import outbox
from storage.store import UnavailableError
from tests.bot.reporting.ledger import NIGHT, NOW, case, notices, told
from tests.bot.reporting.stage import Stage
from tests.support.offices import audited

PIP = "9a1c0000-0000-4000-8000-0000000000aa"
WRITTEN = Written(
    PIP,
    "I am scared to go home, he hurts me",
    "conversation|17",
    Tripped(danger=True),
    name="Pip Tern (pip@pupils.oakfield.example)",
    school="oak-primary",
)


@pytest.fixture
def teams(office: Office) -> Office:
    """Give an office with Teams, which reaches any account."""
    return replace(office, reach={"teams": lambda _: False, **office.reach})


def _disclosed(office: Office, written: Written = WRITTEN) -> str:
    return disclose(office, written, now=NOW).reference


def test_a_pupils_message_becomes_a_disclosure_and_the_safeguarding_lead_is_told_at_once(
    office: Office,
) -> None:
    found = case(office, _disclosed(office))
    assert (found.kind, found.urgency) == (Kind.DISCLOSURE, Urgency.IMMEDIATE)
    assert found.row.reporter == f"account:teams:{PIP}"
    assert found.details.report.answers["what"] == WRITTEN.text
    assert found.details.report.subject == WRITTEN.name
    assert told(office, found.reference) == [("sam", "dsl")]


def test_the_same_message_again_is_no_second_case(office: Office) -> None:
    assert _disclosed(office) == _disclosed(office)
    assert _disclosed(office, replace(WRITTEN, key="conversation|18")) != _disclosed(office)


def test_nothing_is_sent_to_the_pupil_whatever_becomes_of_it(teams: Office) -> None:
    disclose(teams, WRITTEN, now=NIGHT)
    reference = disclose(teams, WRITTEN, now=NIGHT).reference
    assert dict(told(teams, reference)).keys() == {"sam", "helen", "omar"}
    now = NIGHT
    for _ in range(12):
        now += timedelta(minutes=11)
        climbing.tick(teams, now=now)
    acknowledge(teams, reference, Actor("tessa"), now=now)
    people = {one.person for one in notices(teams, reference)}
    assert "tessa" in people
    assert not any(one.startswith("account:") for one in people)


def test_nobody_asks_a_pupil_anything_through_signpost(office: Office) -> None:
    reference = _disclosed(office)
    acknowledge(office, reference, Actor("sam"), now=NOW)
    with pytest.raises(RefusedActionError, match="in person"):
        handling.ask_reporter(office, reference, Actor("sam"), "Who is he?", now=NOW)
    assert not [one for one in notices(office, reference, outbox.PENDING) if one.person.startswith("account")]
    assert not viewing.open_case(office, reference, Actor("sam"), now=NOW).askable


def test_a_safeguarding_lead_whom_the_message_names_is_passed_by(office: Office) -> None:
    reference = _disclosed(office, replace(WRITTEN, text="Mr Okafor hurts me"))
    assert "sam" not in dict(told(office, reference))
    assert "sam" in case(office, reference).barred
    assert told(office, reference)


def test_a_head_whom_the_message_speaks_of_is_passed_by_even_at_night(office: Office) -> None:
    written = replace(WRITTEN, tripped=Tripped(danger=True, about_head=True))
    reference = disclose(office, written, now=NIGHT).reference
    assert case(office, reference).barred == {"helen"}
    assert dict(told(office, reference)).keys() == {"sam", "omar", "chair"}


def test_a_pupil_whose_school_is_not_known_is_passed_on_to_the_trusts_own_lead(office: Office) -> None:
    reference = _disclosed(office, replace(WRITTEN, school=None))
    assert told(office, reference) == [("tessa", "trust_safeguarding")]


def test_where_an_image_may_be_involved_no_link_to_it_is_kept(office: Office) -> None:
    text = "he sent my nudes to www.pictures.example/pip and data:image/png;base64,AAAA"
    tripped = Tripped(indecent=True)
    found = case(office, _disclosed(office, replace(WRITTEN, text=text, tripped=tripped)))
    answers = found.details.report.answers
    assert answers["what"] == "he sent my nudes to [web address left out] and [file left out]"
    assert answers["image"] == "unsure"


def test_a_message_of_any_length_and_signs_is_taken(office: Office) -> None:
    found = case(office, _disclosed(office, replace(WRITTEN, text="\u202ehelp\x00 " * 90_000, name="\x07")))
    assert found.details.report.answers["what"].startswith("help help")


def test_where_it_cannot_be_stored_nobody_is_told_that_it_was_passed_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise UnavailableError

    monkeypatch.setattr("bot.reporting.pupils.submit", away)
    with pytest.raises(NotSavedError):
        disclose(office, WRITTEN, now=NOW)


def test_an_administrator_is_told_once_a_day_of_an_account_that_is_in_no_list(stage: Stage) -> None:
    office = stage.office
    assert tell_unlisted(office, PIP, now=stage.now)
    assert {(one.person, one.message) for one in stage.deliver()} == {
        ("ada", Alarm(Trouble.UNLISTED, "", PIP))
    }
    assert not tell_unlisted(office, PIP, now=stage.after(hours=1))
    assert stage.deliver() == []
    assert tell_unlisted(office, PIP, now=stage.after(days=1))
    assert stage.deliver()
    assert audited(office)[-2:] == [("signpost", "unlisted", "")] * 2


def test_a_whole_tenant_that_is_in_no_list_makes_no_flood_of_alarms(office: Office) -> None:
    told_of = [tell_unlisted(office, f"account-{one}", now=NOW) for one in range(MOST_A_DAY + 5)]
    assert told_of == [True] * MOST_A_DAY + [False] * 5
