"""A question goes to whoever decides and its answer comes back; nobody else reads either."""

from datetime import timedelta

import pytest

from bot.errors import RefusedActionError
from bot.reporting import passing_on
from bot.reporting.office import Office
from knowledge.rules import Role
from tests.support.served import NOW

QUESTION = "May the choir's concert be streamed on my own account?"


def _told(office: Office, person: str) -> list[tuple[str, str]]:
    """The notices for somebody: the event, and what it is about."""
    with office.store.reading() as session:
        query = "SELECT person, event, about FROM notice ORDER BY created_at"
        rows = session.connection().exec_driver_sql(query).all()
    return [(event, about) for whose, event, about in rows if whose == person]


def test_it_goes_to_whoever_holds_the_role_and_the_answer_comes_back(office: Office) -> None:
    token = passing_on.pass_on(office, "priya", Role.PRINCIPAL, QUESTION, now=NOW)
    assert [about for event, about in _told(office, "helen") if event == "question"] == [token]
    assert passing_on.read(office, token, "helen", now=NOW).question == QUESTION
    passing_on.answer(office, token, "helen", "Yes, with the parents' consent.", now=NOW + timedelta(hours=1))
    assert [about for event, about in _told(office, "priya") if event == "answer"] == [token]
    assert passing_on.read(office, token, "priya", now=NOW).answer == "Yes, with the parents' consent."


@pytest.mark.parametrize("person", ["sam", "tom", "nobody", ""])
def test_nobody_else_reads_or_answers_it(office: Office, person: str) -> None:
    token = passing_on.pass_on(office, "priya", Role.PRINCIPAL, QUESTION, now=NOW)
    with pytest.raises(RefusedActionError):
        passing_on.read(office, token, person, now=NOW)
    with pytest.raises(RefusedActionError):
        passing_on.answer(office, token, person, "No.", now=NOW)
    with pytest.raises(RefusedActionError):
        passing_on.answer(office, token, "priya", "I say yes.", now=NOW)


def test_the_first_answer_stands(office: Office) -> None:
    token = passing_on.pass_on(office, "priya", Role.PRINCIPAL, QUESTION, now=NOW)
    passing_on.answer(office, token, "helen", "No.", now=NOW)
    with pytest.raises(RefusedActionError, match="already"):
        passing_on.answer(office, token, "helen", "Yes.", now=NOW)


def test_where_nobody_decides_the_asker_is_told_so_at_once(office: Office) -> None:
    with pytest.raises(RefusedActionError, match="in person"):
        passing_on.pass_on(office, "helen", Role.PRINCIPAL, QUESTION, now=NOW)


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_an_empty_question_is_not_sent(office: Office, text: str) -> None:
    with pytest.raises(RefusedActionError):
        passing_on.pass_on(office, "priya", Role.PRINCIPAL, text, now=NOW)


def test_nothing_of_it_lies_open_in_the_database(office: Office) -> None:
    token = passing_on.pass_on(office, "priya", Role.PRINCIPAL, QUESTION, now=NOW)
    with office.store.reading() as session:
        row = session.connection().exec_driver_sql("SELECT * FROM passed_question").one()
    assert token in row
    assert not any("choir" in str(value) for value in row)
