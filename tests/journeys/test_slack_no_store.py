"""The database is away while people use Slack: nothing is claimed, nothing they wrote is lost."""

import pytest

from bot.slack import ids
from bot.wording import chat
from knowledge.rules import Kind
from tests.journeys.records import nothing_can_be_saved
from tests.journeys.school import HTTP, School
from tests.support.slack.staff import SAFE

ANSWERED_IN = 2.9
"""Seconds: Slack waits for three."""
WORDS = "She waited for me after training and asked for my number."
SAID = {"q.about": "pupil", **SAFE, "q.what": WORDS}


def test_the_form_keeps_every_word_and_says_whom_to_ring(there: School) -> None:
    tom = there.person("tom")
    there.form(tom, Kind.PUPIL_CONTACT)
    there.fill(tom, SAID)
    tom.submit()
    before = there.cases()
    with nothing_can_be_saved(there.program.data):
        delivery = tom.submit()
    assert delivery.seconds < ANSWERED_IN
    assert delivery.body["response_action"] == "errors"
    form = tom.view
    assert form is not None
    assert form.callback_id == ids.REPORT_FORM
    assert "NOT" in form.words
    assert "01632 960003" in form.words
    assert WORDS in str(form.row())
    assert there.cases() == before
    reference = there.sent_now(tom)
    assert there.cases() == before + 1
    tom.close_view(all_of_them=True)
    there.card(there.person("sam"), reference)


@pytest.mark.parametrize("there", [HTTP], indirect=True)
def test_nothing_done_with_a_case_is_claimed_and_a_note_stays_in_its_window(there: School) -> None:
    tom, sam = there.person("tom"), there.person("sam")
    reference = there.report(tom, Kind.PUPIL_CONTACT, SAID)
    card = there.card(sam, reference)
    with nothing_can_be_saved(there.program.data):
        before = len(there.said(sam))
        sam.press(ids.CASE_ACKNOWLEDGE, card)
        assert chat.NOT_DONE in there.next_of(sam, before).words
        assert there.audited("acknowledged", reference) == []
        sam.press(ids.CASE_OPEN, card)
        shown = sam.wait_for_view(lambda view: view.callback_id == ids.SAID_VIEW)
        assert chat.NOT_DONE in shown.words
        assert WORDS not in shown.words, "what could not be audited is not shown"
        sam.close_view()
    there.opened(sam, card)
    sam.press(ids.CASE_ACKNOWLEDGE)
    sam.wait_for_view(lambda view: view.has(ids.CASE_NOTE))
    sam.press(ids.CASE_NOTE)
    sam.wait_for_view(lambda view: view.callback_id == ids.NOTE_VIEW)
    sam.fill({"q.text": "Rang her mother."})
    with nothing_can_be_saved(there.program.data):
        delivery = sam.submit()
    assert delivery.seconds < ANSWERED_IN
    note = sam.view
    assert note is not None
    assert note.callback_id == ids.NOTE_VIEW
    assert chat.NOT_DONE in note.words
    assert "Rang her mother." in str(note.row())
    sam.submit()
    sam.wait_for_view(lambda view: view.callback_id == ids.CASE_VIEW and "Rang her mother." in view.words)
    sam.close_view(all_of_them=True)


@pytest.mark.parametrize("there", [HTTP], indirect=True)
def test_questions_are_answered_all_the_same(there: School) -> None:
    priya = there.person("priya")
    with nothing_can_be_saved(there.program.data):
        answer = there.ask(priya, "Can I post a photo of pupils on the school's Facebook page?")
        priya.slash(ids.SIGNPOST_COMMAND, "status")
        status = priya.messages()[-1]
    assert "§ 3:21" in answer.words
    assert chat.NOT_DONE in status.words
