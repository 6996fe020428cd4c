"""Cases at a terminal: the same rights as in chat, a code for who asks, and nothing printed that acts."""

import csv
import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import app
from bot.console import inert
from bot.console.case_files import case
from bot.errors import NoSuchCaseError, SignpostError, UsageError
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.handling import Decision, add_note, ask_reporter
from bot.reporting.identity import NotConfirmedError
from bot.reporting.report import About, Standing
from bot.reporting.rights import State
from bot.reporting.viewing import export_case, open_case
from bot.wording.cases import DECISIONS, STATES
from knowledge.rules import Kind, Urgency
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.desks import Desk, desk_for
from tests.support.offices import a_report, audited, code_for, hand_in

SAM = Actor("sam")


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = desk_for(case, database_url, tmp_path, OAKFIELD, monkeypatch)
    yield made
    made.office.store.close()


@pytest.fixture
def handled(desk: Desk) -> str:
    """Give a case that Sam, the DSL, handles."""
    reference = hand_in(desk.office, a_report(), now=app.now())
    acknowledge(desk.office, reference, SAM, now=app.now())
    return reference


def test_nobody_sees_a_case_before_the_code_that_was_sent_to_them(desk: Desk, handled: str) -> None:
    asked = desk.run("show", handled, "--as", "sam")
    assert "a code was sent to Sam Okafor by console" in str(asked.refused)
    assert "--code" in str(asked.refused)
    assert asked.out == ""
    wrong = desk.run("show", handled, "--as", "sam", "--code", "00000000")
    assert isinstance(wrong.refused, NotConfirmedError)
    assert wrong.out == ""


def test_a_handler_sees_the_report_with_names_the_route_and_the_chronology(desk: Desk, handled: str) -> None:
    shown = desk.confirmed("sam", "show", handled).out
    for text in (
        handled,
        "A pupil has messaged me.",
        "Tom Fielding",
        "KCSIE",
        "acknowledged it",
        "Oak Primary",
    ):
        assert text in shown, text


def test_the_audit_names_the_handler_and_the_operating_system_user(desk: Desk, handled: str) -> None:
    desk.confirmed("sam", "show", handled)
    with desk.office.store.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT actor, os_user FROM audit WHERE action = 'open'")
        assert rows.all() == [("sam", app.os_user())]


def test_a_code_for_one_case_opens_no_other(desk: Desk, handled: str) -> None:
    other = hand_in(desk.office, a_report("Another one."), now=app.now())
    desk.run("show", handled, "--as", "sam")
    refused = desk.run("show", other, "--as", "sam", "--code", code_for(desk.office, "sam", app.now()))
    assert isinstance(refused.refused, NotConfirmedError)


def test_unknown_and_forbidden_cases_read_the_same(desk: Desk, handled: str) -> None:
    forbidden = desk.confirmed("helen", "export", handled)
    unknown = desk.confirmed("helen", "export", "SP-2222-2222")
    assert isinstance(forbidden.refused, NoSuchCaseError)
    assert str(forbidden.refused).replace(handled, "") == str(unknown.refused).replace("SP-2222-2222", "")


def test_whoever_a_case_is_about_neither_sees_nor_lists_it(desk: Desk) -> None:
    report = a_report(kind=Kind.ADULT_CONCERN, about=About.WORKS_HERE, standings={"helen": Standing.ABOUT})
    reference = hand_in(desk.office, report, now=app.now())
    assert isinstance(desk.confirmed("helen", "show", reference).refused, NoSuchCaseError)
    assert json.loads(desk.confirmed("helen", "list", "--json").out) == []


def test_a_concern_about_an_adult_shows_the_clock_and_what_not_to_do_first(desk: Desk) -> None:
    report = a_report(
        kind=Kind.ADULT_CONCERN,
        urgency=Urgency.IMMEDIATE,
        about=About.WORKS_HERE,
        standings={"omar": Standing.ABOUT},
    )
    reference = hand_in(desk.office, report, now=app.now())
    shown = " ".join(desk.confirmed("helen", "show", reference).out.replace("│", " ").split())
    assert "Don't question or tell the person before the LADO has advised." in shown
    assert "Decide by" in shown
    assert shown.index("LADO has advised") < shown.index("The report")


def test_a_name_that_two_people_share_is_one_line_with_their_ids(desk: Desk, handled: str) -> None:
    refused = desk.run("show", handled, "--as", "the head").refused
    assert isinstance(refused, UsageError)
    assert "helen (Helen Marsh), marcus (Marcus Adeyemi)" in str(refused)
    assert "\n" not in str(refused)
    nobody = desk.run("show", handled, "--as", "zz\x1b[31m\u202ezz").refused
    assert "\x1b" not in str(nobody)
    assert "\u202e" not in str(nobody)


def test_people_are_known_by_their_whole_name_too(desk: Desk, handled: str) -> None:
    assert "sent to Sam Okafor" in str(desk.run("show", handled, "--as", "Sam Okafor").refused)


def test_nothing_that_was_typed_acts_on_the_terminal(desk: Desk, handled: str) -> None:
    nasty = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\u200b [bold]x[/bold] \x9b31m"
    add_note(desk.office, handled, SAM, nasty, now=app.now())
    for words in (
        ("show", handled),
        ("export", handled),
        ("export", handled, "--csv"),
        ("show", handled, "--json"),
    ):
        out = desk.confirmed("sam", *words).out
        assert not set("\x1b\x07\u202e\u200b\x9b") & set(out), words
        assert "[bold]x[/bold]" in out


def test_an_export_has_the_fields_of_a_safeguarding_record(desk: Desk, handled: str) -> None:
    row = json.loads(desk.confirmed("sam", "export", handled, "--json").out)
    assert row["reference"] == handled
    assert row["category"] == "contact by a pupil"
    assert row["reported_by"] == "Tom Fielding"
    assert {"question": "What happened?", "answer": "A pupil has messaged me."} in row["concern"]
    assert [one["what"] for one in row["chronology"]] == ["reported", "acknowledged it"]
    assert {"incident_date", "subject", "actions", "decisions"} <= set(row)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\u200b=", "\uff1d"])
def test_a_spreadsheet_runs_nothing_of_an_export(desk: Desk, start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    report = a_report(about=About.OUTSIDER, subject=text, answers={"what": "x", "posted_at": text})
    reference = hand_in(desk.office, report, now=app.now())
    acknowledge(desk.office, reference, SAM, now=app.now())
    out = desk.confirmed("sam", "export", reference, "--csv").out
    heading, row = csv.reader(io.StringIO(out.removeprefix("\ufeff")))
    cells = dict(zip(heading, row, strict=True))
    assert cells["Subject"].startswith("'")
    assert cells["Incident date"].startswith("'")
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\uff1d"))]


def test_an_export_is_its_owners_alone_and_overwrites_nothing(
    desk: Desk, handled: str, tmp_path: Path
) -> None:
    out = tmp_path / "case.txt"
    desk.confirmed("sam", "export", handled, "-o", str(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "A pupil has messaged me." in out.read_text(encoding="utf-8")
    before = len(audited(desk.office))
    again = desk.run("export", handled, "--as", "sam", "-o", str(out))
    assert "nothing is overwritten" in str(again.refused)
    assert len(audited(desk.office)) == before, "somebody was sent a code for nothing"


def test_text_can_come_on_standard_input_where_no_process_list_shows_it(desk: Desk, handled: str) -> None:
    desk.confirmed("sam", "note", handled, "-", given="Spoke to the parents.\n")
    view = open_case(desk.office, handled, SAM, now=app.now())
    assert view.chronology[-1].text == "Spoke to the parents."


def test_the_code_can_come_on_standard_input_and_the_text_after_it(desk: Desk, handled: str) -> None:
    def given() -> str:
        return f"{code_for(desk.office, 'sam', app.now())}\nSpoke to the parents."

    done = desk.run("note", handled, "-", "--as", "sam", "--code", "-", given=given)
    assert done.refused is None
    assert open_case(desk.office, handled, SAM, now=app.now()).chronology[-1].text == "Spoke to the parents."


def test_at_a_terminal_the_code_is_asked_for_and_may_be_mistyped(desk: Desk, handled: str) -> None:
    def given() -> str:
        return f"1234\n{code_for(desk.office, 'sam', app.now())}\n"

    shown = desk.run("show", handled, "--as", "sam", given=given, terminal=True)
    assert "A pupil has messaged me." in shown.out
    assert shown.err.count("Code:") == 2
    never = desk.run("show", handled, "--as", "sam", given="1\n2\n3\n4\n", terminal=True)
    assert isinstance(never.refused, NotConfirmedError)
    assert never.err.count("Code:") == 3


def test_a_case_is_asked_answered_closed_reopened_and_transferred(desk: Desk, handled: str) -> None:
    desk.confirmed("sam", "ask", handled, "Which account was it?")
    assert desk.confirmed("tom", "answer", handled, "My own.").refused is None
    desk.confirmed(
        "sam", "close", handled, "--decision", "no_referral", "--reason", "A slip, talked through."
    )
    desk.confirmed("sam", "reopen", handled, "--reason", "It happened again.")
    desk.confirmed("sam", "close", handled, "--decision", "in_school", "--reason", "Handled.")
    desk.confirmed("sam", "transferred", handled, "--record", "2026/117")
    row = json.loads(desk.confirmed("sam", "export", handled, "--json").out)
    assert row["state"] == "closed"
    assert row["decisions"] == ["no referral: A slip, talked through.", "handled in school: Handled."]
    assert row["chronology"][-1]["text"] == "2026/117"


def test_a_case_never_closes_without_a_decision_and_a_reason(desk: Desk, handled: str) -> None:
    assert desk.run("close", handled, "--reason", "x", "--as", "sam").code == 2
    assert desk.run("close", handled, "--decision", "no_action", "--as", "sam").code == 2
    empty = desk.confirmed("sam", "close", handled, "--decision", "no_action", "--reason", "  ")
    assert isinstance(empty.refused, SignpostError)


def test_a_case_can_be_acknowledged_and_handed_over(desk: Desk) -> None:
    reference = hand_in(desk.office, a_report(), now=app.now())
    assert reference in desk.confirmed("sam", "acknowledge", reference).out
    desk.confirmed("sam", "hand-over", reference, "--to", "Omar Haddad")
    shown = desk.confirmed("omar", "acknowledge", reference)
    assert shown.refused is None
    told = export_case(desk.office, reference, Actor("omar"), now=app.now()).told
    assert "omar" in {person for person, _, done in told if done}


def test_somebody_said_to_be_whom_it_is_about_is_shut_out_at_once(desk: Desk, handled: str) -> None:
    assert desk.confirmed("omar", "list").refused is None
    desk.confirmed("sam", "mentioned", handled, "omar", "--about")
    linked = desk.confirmed("sam", "show", handled).out
    assert "Omar Haddad" in linked
    assert isinstance(desk.confirmed("omar", "show", handled).refused, NoSuchCaseError)


def test_linked_cases_say_so(desk: Desk, handled: str) -> None:
    other = hand_in(desk.office, a_report("Something else."), now=app.now())
    acknowledge(desk.office, other, SAM, now=app.now())
    desk.confirmed("sam", "link", handled, other)
    assert other in desk.confirmed("sam", "show", handled).out


def test_a_list_shows_reference_and_kind_and_nothing_that_was_written(desk: Desk, handled: str) -> None:
    listed = desk.confirmed("sam", "list")
    assert handled in listed.out
    assert "messaged" not in listed.out
    assert "Tom" not in listed.out


def test_references_are_taken_as_people_type_them(desk: Desk, handled: str) -> None:
    assert handled in desk.confirmed("sam", "show", handled.lower().replace("-", "")).out


def test_it_is_told_whose_standing_is_open_and_how_to_settle_it(desk: Desk) -> None:
    report = a_report(about=About.UNKNOWN, subject="Ruth", standings={"ruth": Standing.OPEN})
    reference = hand_in(desk.office, report, now=app.now())
    shown = " ".join(desk.confirmed("sam", "show", reference).out.split())
    assert "Ruth Bell: is it about them" in shown
    assert f"signpost case mentioned {reference} ruth --about" in shown


def test_every_decision_and_state_has_words() -> None:
    assert list(DECISIONS) == [decision.value for decision in Decision]
    assert set(STATES) == {state.value for state in State}


def test_json_keeps_every_character_and_prints_none_that_acts() -> None:
    text = "a\u202eb\x9b\x1b👩\u200d👧"
    assert json.loads(inert.as_json(text)) == text
    assert inert.as_json(text).isascii()


def test_a_database_that_is_away_is_one_clear_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    refused = desk.run("list", "--as", "sam").refused
    assert isinstance(refused, SignpostError)
    assert "\n" not in str(refused)
    assert "database" in str(refused)


def test_a_question_to_the_reporter_is_shown_to_its_handlers(desk: Desk, handled: str) -> None:
    ask_reporter(desk.office, handled, SAM, "When was it?", now=app.now())
    assert "When was it?" in desk.confirmed("sam", "show", handled).out


def test_an_action_has_an_owner_who_handles_the_case_and_a_day(desk: Desk, handled: str) -> None:
    words = ("act", handled, "Ring home.", "--due", "2099-01-05", "--owner")
    assert "owned by somebody who handles" in str(desk.confirmed("sam", *words, "ruth").refused)
    assert desk.confirmed("sam", *words, "sam").refused is None
    assert "Ring home." in desk.confirmed("sam", "show", handled).out


def test_a_reporter_adds_to_their_own_report_and_nobody_else_does(desk: Desk, handled: str) -> None:
    assert isinstance(desk.confirmed("ruth", "add", handled, "I saw more.").refused, NoSuchCaseError)
    assert desk.confirmed("tom", "add", handled, "I saw more.").refused is None
    assert "I saw more." in desk.confirmed("sam", "show", handled).out


def test_a_case_merges_only_into_one_about_the_same_people(desk: Desk, handled: str) -> None:
    other = hand_in(desk.office, a_report("Somebody else's.", about=About.OUTSIDER), now=app.now())
    desk.confirmed("sam", "acknowledge", other)
    assert "link them instead" in str(desk.confirmed("sam", "merge", handled, "--into", other).refused)
