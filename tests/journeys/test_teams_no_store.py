"""The database is away while people use Teams: nothing is claimed, nothing they wrote is lost."""

from bot.teams import ids
from bot.wording import chat
from bot.wording import reporting as wording
from knowledge.rules import Kind
from tests.journeys.records import nothing_can_be_saved
from tests.journeys.teams_school import SAFE, TeamsSchool, has, value_of, words
from tests.support.teams.cards import inputs_of

ANSWERED_IN = 4.5
"""Seconds: Teams waits for five."""
WORDS = "She waited for me after training and asked for my number."
SAID = {"about": "pupil", **SAFE, "what": WORDS}


def test_the_dialog_keeps_every_word_and_says_whom_to_ring(oakfield: TeamsSchool) -> None:
    tom = oakfield.person("tom")
    oakfield.form(tom, Kind.PUPIL_CONTACT)
    oakfield.fill(tom, SAID)
    before = oakfield.cases()
    with nothing_can_be_saved(oakfield.program.data):
        delivery = tom.submits(ids.REPORT_NEXT)
    assert delivery.seconds < ANSWERED_IN
    form = tom.front
    assert form.title == wording.FORM_TITLE
    assert "NOT" in words(form)
    assert "01632 960003" in words(form)
    assert inputs_of(form.card)["q.what"]["value"] == WORDS
    assert oakfield.cases() == before
    reference = sent_after_all(oakfield)
    assert oakfield.cases() == before + 1
    oakfield.card(oakfield.person("sam"), reference)


def sent_after_all(oakfield: TeamsSchool) -> str:
    """Press what now stands there, once or twice, until the report is sent."""
    tom = oakfield.person("tom")
    shown = oakfield.sends(tom, ids.REPORT_NEXT)
    if shown.title != wording.RECEIPT_TITLE:
        shown = oakfield.sends(tom, ids.REPORT_NEXT)
    tom.closes()
    return value_of(shown, ids.OWN_OPEN)


def test_on_a_card_what_is_typed_stays_typed_and_it_says_whom_to_ring(oakfield: TeamsSchool) -> None:
    tom = oakfield.person("tom")
    card = oakfield.begun_on_card(tom, Kind.PUPIL_CONTACT)
    tom.presses(card, ids.REPORT_NEXT, **SAID)
    as_it_was = oakfield.now(card)
    assert wording.CHECK_AND_SEND in words(as_it_was)
    before = oakfield.cases()
    more = {"subject": "Zara Whitlock"}
    with nothing_can_be_saved(oakfield.program.data):
        delivery = tom.presses(card, ids.REPORT_NEXT, **more)
    assert delivery.seconds < ANSWERED_IN
    assert "NOT" in tom.told
    assert "01632 960003" in tom.told
    assert oakfield.now(card) == as_it_was, "another card in its place would take along what is typed in it"
    assert oakfield.cases() == before
    assert WORDS not in oakfield.kept()
    tom.presses(card, ids.REPORT_NEXT, **more)
    reference = value_of(oakfield.now(card), ids.OWN_OPEN)
    assert oakfield.cases() == before + 1
    sam = oakfield.person("sam")
    case = oakfield.read(sam, oakfield.opened(sam, oakfield.card(sam, reference)))
    assert WORDS in case
    assert "Zara Whitlock" in case
    sam.closes()


def test_nothing_done_with_a_case_is_claimed_and_a_note_stays_in_its_dialog(oakfield: TeamsSchool) -> None:
    tom, sam = oakfield.person("tom"), oakfield.person("sam")
    reference = oakfield.report(tom, Kind.PUPIL_CONTACT, SAID)
    card = oakfield.card(sam, reference)
    with nothing_can_be_saved(oakfield.program.data):
        sam.presses(card, ids.CASE_ACKNOWLEDGE)
        assert chat.NOT_DONE in sam.told
        assert oakfield.audited("acknowledged", reference) == []
        sam.presses(card, ids.CASE_OPEN)
        assert sam.dialog is None, "what could not be audited is not shown"
        assert chat.NOT_DONE in sam.told
    assert has(oakfield.now(card), ids.CASE_ACKNOWLEDGE)
    oakfield.opened(sam, card)
    oakfield.sends(sam, ids.CASE_ACKNOWLEDGE)
    sam.submits(ids.CASE_NOTE)
    with nothing_can_be_saved(oakfield.program.data):
        delivery = sam.submits(ids.sent(ids.CASE_NOTE), {"text": "Rang her mother."})
    assert delivery.seconds < ANSWERED_IN
    assert chat.NOT_DONE in words(sam.front)
    assert inputs_of(sam.front.card)["q.text"]["value"] == "Rang her mother."
    assert "Rang her mother." in oakfield.read(sam, oakfield.sends(sam, ids.sent(ids.CASE_NOTE)))
    sam.closes()


def test_questions_are_answered_all_the_same(oakfield: TeamsSchool) -> None:
    priya = oakfield.person("priya")
    with nothing_can_be_saved(oakfield.program.data):
        answer = oakfield.ask(priya, "Can I post a photo of pupils on the school's Facebook page?")
        home = oakfield.ask(priya, "my cases")
    assert "§ 3:21" in words(answer)
    assert chat.NOT_DONE in words(home)


def test_what_a_pupil_writes_is_never_said_to_be_passed_on_where_it_was_not(oakfield: TeamsSchool) -> None:
    kit = oakfield.person("kit")
    before = oakfield.cases()
    with nothing_can_be_saved(oakfield.program.data):
        said = oakfield.ask(kit, "he said he will share my nudes if i tell anyone")
    assert "passing this to" not in words(said)
    assert "Childline" in words(said)
    assert oakfield.cases() == before
