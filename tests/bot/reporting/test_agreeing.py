"""Somebody new in a safeguarding role sees older cases only once a head or DSL has agreed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.reporting.agreeing import NoSuchChangeError, agree
from bot.reporting.casefile import Actor
from bot.reporting.office import Office
from knowledge.rules import Role
from storage import cases, house
from storage.store import commit
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.offices import audited, office_for

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    made = office_for(database_url, tmp_path, OAKFIELD)
    yield made
    made.store.close()


def _new(office: Office, person: str, role: str, school: str = "oak-primary") -> str:
    change = cases.new_id()
    values = {"id": change, "person": person, "role": role, "school": school, "at": NOW}
    with office.store.writing() as session:
        house.add_role_change(session, values)
        commit(session)
    return change


def _waiting(office: Office) -> list[str]:
    with office.store.reading() as session:
        return [row.id for row in house.role_changes(session)]


@pytest.mark.parametrize("by", ["helen", "sam"])
def test_the_head_or_the_dsl_agrees_by_the_characters_that_show(office: Office, by: str) -> None:
    change = _new(office, "ruth", "deputy_dsl")
    agreed = agree(office, change[:8].upper(), Actor(by), now=NOW)
    assert (agreed.person, agreed.role, agreed.school) == ("ruth", Role.DEPUTY_DSL, "oak-primary")
    assert _waiting(office) == []
    assert (by, "agreed", "") in audited(office)


def test_nobody_agrees_to_their_own_role(office: Office) -> None:
    change = _new(office, "sam", "dsl")
    with pytest.raises(NoSuchChangeError):
        agree(office, change, Actor("sam"), now=NOW)
    assert agree(office, change, Actor("helen"), now=NOW).person == "sam"


@pytest.mark.parametrize("by", ["tom", "omar", "lena", "marcus", "ceo", "ada", "nobody"])
def test_no_other_role_and_no_other_school_agrees(office: Office, by: str) -> None:
    change = _new(office, "ruth", "deputy_dsl")
    with pytest.raises(NoSuchChangeError):
        agree(office, change, Actor(by), now=NOW)
    assert _waiting(office) == [change]
    assert (by, "refused agree", "") in audited(office)


def test_unknown_short_and_forbidden_changes_read_the_same(office: Office) -> None:
    change = _new(office, "ruth", "deputy_dsl")
    said = set()
    for text, by in (("0" * 8, "sam"), (change[:7], "sam"), ("%", "sam"), ("", "sam"), (change, "tom")):
        with pytest.raises(NoSuchChangeError) as refused:
            agree(office, text, Actor(by), now=NOW)
        said.add(
            str(refused.value).replace(text[:8], "…") if text else str(refused.value).replace("  ", " … ")
        )
    assert len(said) == 1


def test_two_newcomers_cannot_wave_each_other_through(office: Office) -> None:
    head, lead = _new(office, "helen", "principal"), _new(office, "sam", "dsl")
    for change, by in ((head, "sam"), (lead, "helen")):
        with pytest.raises(NoSuchChangeError):
            agree(office, change, Actor(by), now=NOW)
    assert agree(office, head, Actor("chair"), now=NOW).person == "helen"
    assert agree(office, lead, Actor("helen"), now=NOW).person == "sam"


def test_a_role_for_the_whole_trust_needs_any_head_or_dsl(office: Office) -> None:
    change = _new(office, "tessa", "trust_safeguarding", school="")
    assert agree(office, change, Actor("lena"), now=NOW).school is None


def test_a_change_is_agreed_to_once(office: Office) -> None:
    change = _new(office, "ruth", "deputy_dsl")
    agree(office, change, Actor("sam"), now=NOW)
    with pytest.raises(NoSuchChangeError):
        agree(office, change, Actor("helen"), now=NOW)
