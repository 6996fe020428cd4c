"""Erasing and holding cases at a terminal: only by the DPO, with a code, and by two where it must be two."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import typer

from bot import app
from bot.console import erasing
from bot.errors import NoSuchCaseError, RefusedActionError, UsageError
from bot.reporting.identity import NotConfirmedError
from bot.reporting.retention import Why
from knowledge.rules import Kind, Urgency
from tests.bot.reporting.closing import closed
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.desks import Desk, desk_for
from tests.support.offices import a_report, audited, code_for

commands = typer.Typer()
commands.command()(erasing.purge)
commands.command()(erasing.hold)
WHY = ("--reason", "asked for")


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = desk_for(commands, database_url, tmp_path, OAKFIELD, monkeypatch)
    yield made
    made.office.store.close()


@pytest.fixture
def reference(desk: Desk) -> str:
    """Give a closed case."""
    return closed(desk.office, now=app.now())


def test_the_dpo_erases_a_case_with_the_code_they_were_sent(desk: Desk, reference: str) -> None:
    said = desk.confirmed("dan", "purge", reference.lower().replace("-", ""), *WHY)
    assert (said.code, said.out) == (0, f"{reference}: purged.\n")
    assert ("dan", "purged", reference) in audited(desk.office)


def test_without_the_code_nothing_is_erased(desk: Desk, reference: str) -> None:
    refused = desk.run("purge", reference, "--as", "dan", *WHY, "--code", "00000000").refused
    assert isinstance(refused, NotConfirmedError)
    assert ("dan", "purged", reference) not in audited(desk.office)


def test_a_code_for_one_case_erases_no_other(desk: Desk, reference: str) -> None:
    other = closed(desk.office, now=app.now())
    desk.run("purge", other, "--as", "dan", *WHY)
    code = code_for(desk.office, "dan", app.now())
    refused = desk.run("purge", reference, "--as", "dan", *WHY, "--code", code).refused
    assert isinstance(refused, NotConfirmedError)


def test_a_handler_is_told_that_there_is_no_such_case(desk: Desk, reference: str) -> None:
    handler = desk.confirmed("sam", "purge", reference, *WHY).refused
    unknown = desk.confirmed("sam", "purge", "SP-2222-2222", *WHY).refused
    assert isinstance(handler, NoSuchCaseError)
    assert str(handler).replace(reference, "") == str(unknown).replace("SP-2222-2222", "")


def test_who_and_why_are_asked_for(desk: Desk, reference: str) -> None:
    for words in (
        ("purge", reference),
        ("purge", reference, "--as", "dan"),
        ("purge", "--as", "dan", *WHY),
    ):
        assert isinstance(desk.run(*words).refused, UsageError), words
    assert isinstance(
        desk.run("purge", reference, "--as", "dan", "--reason", " ").refused, RefusedActionError
    )


def test_a_record_of_child_sexual_abuse_is_erased_by_two(desk: Desk) -> None:
    image = a_report(kind=Kind.NUDE_IMAGE, urgency=Urgency.IMMEDIATE, image=True)
    reference = closed(desk.office, image, now=app.now())
    alone = desk.confirmed("dan", "purge", reference, *WHY).refused
    assert isinstance(alone, RefusedActionError)
    assert f"signpost purge {reference} --approve" in str(alone)
    agreed = desk.confirmed("helen", "purge", reference, "--approve")
    assert (agreed.code, agreed.out) == (0, f"{reference}: approved.\n")
    done = desk.confirmed("dan", "purge", reference, *WHY, "--json")
    assert json.loads(done.out) == {"purged": reference}
    assert ("helen", "purge approved", reference) in audited(desk.office)


def test_a_legal_hold_is_put_on_and_lifted(desk: Desk, reference: str) -> None:
    assert desk.confirmed("dan", "hold", reference, *WHY).out == f"{reference}: under a legal hold.\n"
    held = desk.confirmed("dan", "purge", reference, *WHY).refused
    assert isinstance(held, RefusedActionError)
    lifted = desk.confirmed("dan", "hold", reference, *WHY, "--off")
    assert lifted.out == f"{reference}: the legal hold is lifted.\n"
    assert desk.confirmed("dan", "purge", reference, *WHY).code == 0


def test_nobody_but_the_dpo_holds(desk: Desk, reference: str) -> None:
    assert isinstance(desk.confirmed("sam", "hold", reference, *WHY).refused, NoSuchCaseError)


def test_what_is_due_is_erased_and_what_waits_is_listed_with_its_source(desk: Desk) -> None:
    past = app.now() - timedelta(days=400)
    gone = closed(desk.office, now=past, record="MIS 1")
    waits = closed(desk.office, now=past)
    said = desk.run("purge")
    assert said.code == 0, said
    assert f"{gone}: erased.\n" in said.out
    assert f"{waits}: " in said.out
    assert "in no other record. Kept by default 25 years" in said.out
    assert "IRMS" in said.out
    assert "1 erased, 1 waiting for the data protection officer." in said.out
    told = json.loads(desk.run("purge", "--json").out)
    assert told["purged"] == []
    assert [(one["reference"], one["why"]) for one in told["waiting"]] == [(waits, "not_transferred")]
    assert set(erasing.WHYS) >= {one["why"] for one in told["waiting"]}


def test_every_reason_for_waiting_has_its_words() -> None:
    assert set(erasing.WHYS) == {why.value for why in Why}
