"""Everything about one person, everybody else masked, and nothing that whoever asks may not know of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.exemptions import Ground
from bot.reporting.handling import Closing, Decision, add_note, ask_reporter, close, link
from bot.reporting.masking import Mask
from bot.reporting.office import Office
from bot.reporting.people import Directory
from bot.reporting.personal_data import CaseData
from bot.reporting.report import About, Report, Standing
from bot.reporting.schools import read_schools
from bot.reporting.sought import How, sought_for
from bot.reporting.subject_access import Draft, NotDpoError, prepare, request_for
from knowledge.rules import Kind, Urgency
from tests.bot.reporting.oakfield import OAKFIELD, directory
from tests.support.offices import Schools, a_report, audited, hand_in, office_for

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DPO = Actor("dan", "root")
SAM = Actor("sam")
JAMIE = "Jamie Ostrowski"


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    made = office_for(database_url, tmp_path, OAKFIELD)
    yield made
    made.store.close()


def _draft(office: Office, subject: str, by: Actor = DPO) -> Draft:
    return prepare(office, by, request_for(office, subject, now=NOW), now=NOW)


def _about_jamie(**changes: object) -> Report:
    report = a_report(
        "Jamie sent me three messages. Kierra Dunne saw them, and Mrs Nair knows.",
        subject=JAMIE,
        answers={
            "danger": "no",
            "image": "no",
            "what": "Jamie sent me three messages. Kierra Dunne saw them, and Mrs Nair knows.",
            "children": "kierra",
            "handle": "@kierra_d",
        },
    )
    return replace(report, **changes)  # type: ignore[arg-type]  # each test names the fields it changes


def _texts(found: CaseData) -> str:
    return "\n".join(item.text for item in found.items)


def test_a_report_about_a_pupil_is_found_with_other_children_and_staff_masked(office: Office) -> None:
    reference = hand_in(office, _about_jamie(), now=NOW)
    found = _draft(office, JAMIE).cases
    assert [one.reference for one in found] == [reference]
    text = _texts(found[0])
    assert "Jamie sent me three messages." in text
    for other in ("Kierra", "kierra", "Dunne", "Nair", "Tom", "Fielding"):
        assert other not in text, other
    assert found[0].stands == ("subject",)


def test_what_handlers_wrote_is_part_of_it_and_who_wrote_it_is_not(office: Office) -> None:
    reference = hand_in(office, _about_jamie(), now=NOW)
    acknowledge(office, reference, SAM, now=NOW)
    add_note(office, reference, SAM, "Rang Jamie's mother. Our solicitor gave legal advice.", now=NOW)
    ask_reporter(office, reference, SAM, "When did Tom see it?", now=NOW)
    (found,) = _draft(office, JAMIE).cases
    text = _texts(found) + " ".join(item.what for item in found.items)
    assert "Rang Jamie's mother." in text
    assert "Sam" not in text
    assert "Tom" not in text
    assert "a member of staff" in text


def test_possible_exemptions_are_marked_on_each_piece(office: Office) -> None:
    report = _about_jamie(kind=Kind.DISCLOSURE, urgency=Urgency.IMMEDIATE, danger=True)
    reference = hand_in(office, report, now=NOW)
    acknowledge(office, reference, SAM, now=NOW)
    add_note(office, reference, SAM, "Our solicitor gave legal advice.", now=NOW)
    add_note(office, reference, SAM, "A confidential reference was asked for.", now=NOW)
    (found,) = _draft(office, JAMIE).cases
    by_text = {item.text: set(item.grounds) for item in found.items}
    said = next(grounds for text, grounds in by_text.items() if "three messages" in text)
    assert {Ground.SERIOUS_HARM, Ground.CHILD_ABUSE, Ground.THIRD_PARTY} <= said
    assert Ground.LEGAL_PRIVILEGE in next(g for text, g in by_text.items() if "solicitor" in text)
    assert Ground.REFERENCES in next(g for text, g in by_text.items() if "reference" in text)


def test_only_what_mentions_somebody_is_taken_from_a_case_about_somebody_else(office: Office) -> None:
    answers = {"what": "Lily Poe wrote to me.", "children": "Jamie Ostrowski", "said": "hello", "image": "no"}
    hand_in(office, a_report(subject="Lily Poe", answers=answers), now=NOW)
    (found,) = _draft(office, JAMIE).cases
    assert found.stands == ("mentioned",)
    assert [item.text for item in found.items] == ["Jamie Ostrowski"]


@pytest.mark.parametrize(
    ("written", "how"),
    [
        ("Ostrowski, Jamie in 9B", How.NAME),
        ("it was JAMIE OSTROWSKI again", How.NAME),
        ("jamie said so", How.PART),
        ("I saw Jaimie there", How.PART),
        ("the Ostrowski boy", How.PART),
        ("JO was there", How.PART),
        ("Harriet was there", None),
        ("nobody in particular", None),
    ],
)
def test_somebody_is_found_however_they_are_written(written: str, how: How | None) -> None:
    assert sought_for(JAMIE, None).found_in(written) is how


def test_a_member_of_staff_is_found_by_record_name_alias_and_account(office: Office) -> None:
    reported = hand_in(office, a_report(reporter="priya"), now=NOW)
    told = hand_in(office, a_report("Mrs Nair was there when it happened."), now=NOW + timedelta(minutes=1))
    hand_in(office, a_report("Nothing to do with anybody."), now=NOW + timedelta(minutes=2))
    draft = _draft(office, "priya")
    assert {one.reference: one.stands for one in draft.cases} == {
        reported: ("reporter",),
        told: ("mentioned",),
    }
    own = {item.what: item.text for item in draft.own}
    assert own["schools file: e-mail"] == "priya@oakfield.example"
    assert own["schools file: name"] == "Priya Nair, Mrs Nair"


def test_a_reporter_who_is_in_no_schools_file_is_found_by_their_account(office: Office) -> None:
    reference = hand_in(office, a_report("It was me who saw it.", reporter="account:slack:U9"), now=NOW)
    hand_in(office, a_report("My account on slack was copied."), now=NOW)
    (found,) = _draft(office, "account:slack:U9").cases
    assert (found.reference, found.stands) == (reference, ("reporter",))
    assert "It was me who saw it." in _texts(found)


def test_whoever_was_told_of_a_case_is_shown_that_and_nothing_of_the_report(office: Office) -> None:
    reference = hand_in(office, _about_jamie(), now=NOW)
    acknowledge(office, reference, SAM, now=NOW)
    (found,) = _draft(office, "sam").cases
    assert "told" in found.stands
    assert "messages" not in _texts(found)
    assert "acknowledged it" in _texts(found)


def _allegation(**changes: object) -> Report:
    report = _about_jamie(kind=Kind.ADULT_CONCERN, urgency=Urgency.IMMEDIATE, about=About.WORKS_HERE)
    about_omar = replace(report, subject="Omar Haddad", standings={"omar": Standing.ABOUT})
    return replace(about_omar, **changes)  # type: ignore[arg-type]  # each test names the fields it changes


def test_a_subject_under_a_live_allegation_is_flagged_before_everything_else(office: Office) -> None:
    reference = hand_in(office, _allegation(), now=NOW)
    draft = _draft(office, "omar")
    assert draft.ask_first
    assert draft.warnings[0].startswith("ASK BEFORE CONFIRMING")
    head = Actor("helen")
    acknowledge(office, reference, head, now=NOW)
    close(office, reference, head, Closing(Decision.NO_ACTION, "Unfounded."), now=NOW)
    assert not _draft(office, "omar").ask_first


def test_nobody_but_the_data_protection_officer_gets_a_draft(office: Office) -> None:
    hand_in(office, _about_jamie(), now=NOW)
    for person in ("sam", "helen", "ceo", "ada", "nobody"):
        with pytest.raises(NotDpoError):
            _draft(office, JAMIE, Actor(person))
    assert next(row for row in audited(office) if row[1] == "refused dsar") == ("sam", "refused dsar", "")


def test_each_case_has_its_audit_row_and_no_row_holds_a_name(office: Office) -> None:
    first = hand_in(office, _about_jamie(), now=NOW)
    second = hand_in(office, a_report("Something else."), now=NOW)
    _draft(office, JAMIE)
    rows = audited(office)
    searched = [reference for _, action, reference in rows if action == "dsar searched"]
    assert sorted(searched) == sorted([first, second])
    assert ("dan", "dsar read", first) in rows
    assert ("dan", "dsar read", second) not in rows
    with office.store.reading() as session:
        text = str(session.connection().exec_driver_sql("SELECT * FROM audit").all())
    assert "Jamie" not in text
    assert "jamie" not in text


def test_the_officer_learns_nothing_of_a_case_about_themselves(office: Office) -> None:
    hidden = hand_in(
        office,
        _allegation(reporter="priya", standings={"dan": Standing.ABOUT, "omar": Standing.MENTIONED}),
        now=NOW,
    )
    maybe = hand_in(office, _allegation(reporter="priya", standings={"dan": Standing.OPEN}), now=NOW)
    for subject in ("priya", "omar", JAMIE, "dan"):
        draft = _draft(office, subject)
        assert draft.cases == (), subject
        assert hidden not in str(draft.own)
        assert maybe not in str(draft.own)


def test_an_officer_of_one_school_gets_that_school_only(database_url: str, tmp_path: Path) -> None:
    schools = OAKFIELD.replace("{role: dpo, people: [dan]}", "{role: dpo, school: oak-high, people: [dan]}")
    office = office_for(database_url, tmp_path, schools)
    hand_in(office, _about_jamie(), now=NOW)
    there = hand_in(office, _about_jamie(school="oak-high", reporter="vic"), now=NOW)
    assert [one.reference for one in _draft(office, JAMIE).cases] == [there]
    office.store.close()


def test_a_draft_names_no_other_case(office: Office) -> None:
    first, second = (hand_in(office, _about_jamie(), now=NOW), hand_in(office, a_report("More."), now=NOW))
    for reference in (first, second):
        acknowledge(office, reference, SAM, now=NOW)
    link(office, first, SAM, second, now=NOW)
    add_note(office, first, SAM, f"See {second}, also Jamie.", now=NOW)
    (found,) = _draft(office, JAMIE).cases
    assert found.reference == first
    assert second not in _texts(found)
    assert "See [case], also Jamie." in _texts(found)


def test_drills_are_left_out(office: Office) -> None:
    hand_in(office, _about_jamie(drill=True), now=NOW)
    assert _draft(office, JAMIE).cases == ()


def test_a_name_that_two_of_the_staff_share_has_to_be_an_id(office: Office) -> None:
    twin = (
        "\n  - {id: sam2, name: Sam Okafor the Younger, aliases: [Sammy Okafor], email: s2@oakfield.example}"
    )
    text = OAKFIELD.replace("people:\n", f"people:{twin}\n", 1)
    assert isinstance(office.schools, Schools)
    office.schools.directory = read_schools(text, "schools.yml")
    with pytest.raises(UsageError, match="name of the person"):
        request_for(office, " -- ", now=NOW)
    assert request_for(office, "sam2", now=NOW).sought.person is not None


def test_a_mere_likeness_is_named_and_not_taken_for_granted(office: Office) -> None:
    request = request_for(office, "Sam Okafur", now=NOW)
    assert request.sought.person is None
    assert request.others == ("sam",)


def test_the_mark_of_a_request_is_the_same_however_the_name_is_written(office: Office) -> None:
    marks = {
        request_for(office, name, now=NOW).mark for name in (JAMIE, "jamie  OSTROWSKI", "Jamie Ostrowski ")
    }
    assert len(marks) == 1
    assert request_for(office, "Somebody Else", now=NOW).mark not in marks


@pytest.fixture
def people() -> Directory:
    return directory()


MASKED = {
    "Lily Ostrowski was with Jamie Ostrowski.": "[name] was with Jamie Ostrowski.",
    "jamie told kierra that mr fielding knows": "jamie told [name] that [name] knows",
    "Zoë's phone, mail z@x.example, ring 01632 960003": "[name]'s phone, mail [address], ring [number]",
    "He was in Y9 on Monday, 2026-11-20 14:30.": "He was in Y9 on Monday, 2026-11-20 14:30.",
    "See https://x.example/a and @lily.x": "See [link] and [account]",
    "Jamie Smith, not Jamie.": "[name], not Jamie.",
    "JAMIE OSTROWSKI HIT TYLER IN THE HALL": "JAMIE OSTROWSKI HIT [name] IN THE HALL",
}


@pytest.mark.parametrize(("text", "masked"), MASKED.items())
def test_everybody_but_the_subject_is_masked(people: Directory, text: str, masked: str) -> None:
    assert Mask(sought_for(JAMIE, None), people)(text) == masked


def test_every_member_of_staff_is_masked_by_every_name(people: Directory) -> None:
    mask = Mask(sought_for(JAMIE, None), people)
    for person in people.people.values():
        for name in (person.name, *person.aliases):
            first, last = name.split()[0], name.split()[-1]
            for text in (f"I told {name} so.", f"Then {last} came in.", f"{first} {last}: yes", f"Mr {last}"):
                masked = mask(text)
                assert last not in masked, (text, masked)
                assert "[name]" in masked


@settings(deadline=None)  # the first example reads the words people write small
@given(before=st.text(max_size=40), after=st.text(max_size=40), place=st.integers(0, 22))
def test_no_name_of_staff_survives_in_any_text(before: str, after: str, place: int) -> None:
    people = directory()
    name = list(people.people.values())[place].name
    masked = Mask(sought_for(JAMIE, None), people)(f"{before} {name} {after}")
    assert name not in masked
    assert name.split()[-1] not in masked.split()


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_searched_without_an_exception(text: str) -> None:
    found = sought_for(JAMIE, None).found_in(text)
    assert found in {None, How.NAME, How.PART}
    assert sought_for(JAMIE, None).found_in(f"{text} Jamie Ostrowski") is How.NAME


def test_names_from_the_form_are_masked_in_small_letters_too(people: Directory) -> None:
    mask = Mask(sought_for(JAMIE, None), people)
    assert mask("Then grace and bo were there.", ["grace, bo"]) == "Then grace and [name] were there."
    assert mask("Then Grace and Bo were there.", ["grace, bo"]) == "Then [name] and [name] were there."
