"""A report in Teams from a draft to the close, with the started program: who reads what, at each step."""

import pytest

from bot.teams import ids
from bot.wording import chat, handling
from bot.wording import reporting as wording
from bot.wording.safety import WORDS_ONLY
from knowledge.rules import Kind
from tests.journeys.teams_school import (
    SAFE,
    TeamsSchool,
    asked,
    doing,
    given,
    has,
    nothing_of,
    value_of,
    words,
)
from tests.support.teams.dialogs import NotPossibleError
from tests.support.teams.person import Person
from tests.support.teams.space import Seen

DRAFT = "Great win for our Year 7 team today, well done Jamie!"
QUESTION = "a Y9 girl called Zara Whitlock has sent me a nude on snap, what do I do"
NAMES = ("Zara", "Whitlock", "Tom", "Fielding", "Priya", "Nair", "nude on snap")
ASKED, ANSWERED = "Was it on her own telephone, do you know?", "On her tablet, she said."
NOTE, REASON = "Spoke to the family on Monday.", "Police have it under number 4417."
LINK_FIELDS = {"q.url", "q.handle", "q.captured_by"}


def test_a_draft_is_checked_in_a_dialog_and_a_close_call_settled_there(oakfield: TeamsSchool) -> None:
    tom = oakfield.person("tom")
    before = len(oakfield.said(tom))
    tom.extension(ids.CHECK_POST)
    with pytest.raises(NotPossibleError, match="required"):
        tom.submits(ids.ASK_CHECK, {"text": " "})
    close = oakfield.sends(tom, ids.ASK_CHECK, {"text": DRAFT})
    assert close.title == chat.ANSWER_TITLE
    assert "Is it the school's account or your own?" in words(close)
    assert "Jamie" not in words(close)
    tom.submits(ids.ASK_CHOOSE, value=value_of(close, ids.ASK_CHOOSE))
    chosen = tom.front
    assert "§" in words(chosen)
    assert not has(chosen, ids.ASK_CHOOSE)
    assert len(oakfield.said(tom)) == before, "it stands in no message"
    tom.closes()


def test_the_form_asks_for_safety_first_and_changes_with_the_answers(oakfield: TeamsSchool) -> None:
    tom = oakfield.person("tom")
    first = oakfield.form(tom, Kind.PUPIL_CONTACT)
    fields = asked(first)
    assert fields.index("q.danger") < fields.index("q.image") < fields.index("q.what")
    assert "Ring 999 now" not in words(first)
    typed = "She keeps writing to me"
    second = oakfield.sends(tom, ids.REPORT_NEXT, {"danger": "yes", "image": "no", "what": typed})
    assert "Ring 999 now, before you send this" in words(second)
    assert set(asked(second)) >= LINK_FIELDS
    assert given(second)["q.what"] == typed, "what was typed stays"
    more = {"image": "yes", "url": "https://snap.example/zara", "platform": "Snapchat"}
    pictured = oakfield.sends(tom, ids.REPORT_NEXT, more)
    assert not LINK_FIELDS & set(asked(pictured)), "an image of a child: no link field"
    assert "snap.example" not in str(pictured.card)
    assert WORDS_ONLY in words(pictured)
    assert "Don't open it" in words(pictured)
    assert given(pictured)["q.platform"] == "Snapchat"
    oakfield.sends(tom, ids.REPORT_OTHER_KIND)
    other = oakfield.chosen(tom, Kind.ONLINE_SAFETY)
    assert given(other)["q.what"] == typed, "another kind keeps it too"
    before = oakfield.cases()
    oakfield.fill(tom, {"about": "unknown"})
    oakfield.sent(tom)
    assert oakfield.cases() == before + 1, "what is asked no more stands in the way of nothing"
    tom.closes()


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(oakfield: TeamsSchool) -> None:
    tom = oakfield.person("tom")
    oakfield.form(tom, Kind.PUPIL_CONTACT)
    before = oakfield.cases()
    wrong = oakfield.sends(tom, ids.REPORT_NEXT, {"about": "pupil", **SAFE})
    assert wrong.title == wording.FORM_TITLE
    assert wording.TO_MEND in words(wrong)
    assert wording.CHECK_AND_SEND not in words(wrong)
    assert given(wrong)["q.about"] == "pupil"
    oakfield.fill(tom, {"what": "She wrote to me at night."})
    assert oakfield.cases() == before
    oakfield.sent(tom)
    assert oakfield.cases() == before + 1
    tom.closes()


def test_another_destination_is_shown_again_before_anything_is_sent(oakfield: TeamsSchool) -> None:
    tom = oakfield.person("tom")
    oakfield.form(tom, Kind.ADULT_CONCERN)
    before = oakfield.cases()
    first = oakfield.fill(tom, {"about": "works_here", **SAFE, "what": "He messages pupils at night."})
    assert "This goes to: the Principal" in words(first)
    again = oakfield.sends(tom, ids.REPORT_NEXT, {"what": "Helen Marsh messages pupils at night."})
    assert again.title == wording.FORM_TITLE
    assert oakfield.cases() == before, "the preview no longer held, so nothing was sent"
    tom.closes()


def reported_from_the_warning(oakfield: TeamsSchool, tom: Person) -> str:
    """Ask, be warned, and report from there in the dialog; gives the reference."""
    warned = oakfield.ask(tom, QUESTION)
    assert chat.BEFORE_ALL in words(warned)
    assert "Don't open it" in words(warned)
    assert "Or ring the designated safeguarding lead on 01632 960003" in words(warned)
    assert warned.summary == chat.READ_NOW, "the notification says nothing of it"
    nothing_of(NAMES, warned)
    form = tom.opens(warned, ids.ASK_REPORT)
    assert given(form)["q.what"] == QUESTION
    shown = oakfield.fill(tom, {"about": "pupil", "subject": "Zara Whitlock", "danger": "no", "image": "yes"})
    assert "This goes to: the designated safeguarding lead." in words(shown)
    cases = oakfield.cases()
    receipt = oakfield.sends(tom, ids.REPORT_NEXT)
    assert oakfield.cases() == cases + 1
    assert receipt.title == wording.RECEIPT_TITLE
    assert "Received does not mean dealt with" in words(receipt)
    reference = value_of(receipt, ids.OWN_OPEN)
    tom.closes()
    nothing_of(NAMES, oakfield.told(tom, lambda one: reference in words(one)))
    return reference


def looked_at(oakfield: TeamsSchool, sam: Person, reference: str) -> Seen:
    """The lead's card: what it shows, and what is shown and noted each time that it is opened."""
    card = oakfield.card(sam, reference)
    assert card.summary == f"{reference}: at once", "the notification: reference and urgency, no more"
    nothing_of(NAMES, card)
    for times in (1, 2, 3):
        case = oakfield.opened(sam, card)
        assert "Zara Whitlock" in words(case)
        assert "Tom Fielding" in words(case)
        assert oakfield.audited("open", reference) == [("sam", "open", reference)] * times
        sam.closes()
    return card


def asked_and_answered(oakfield: TeamsSchool, sam: Person, tom: Person, card: Seen) -> None:
    """A question to the reporter and the answer, both in dialogs."""
    oakfield.small(sam, card, ids.CASE_ASK, {"text": ASKED})
    waits = oakfield.told(tom, lambda one: "There is a question for you" in words(one))
    own = tom.opens(waits, ids.OWN_OPEN)
    assert ASKED in words(own)
    assert "Sam Okafor" not in words(own)
    after = oakfield.small(tom, None, ids.OWN_ANSWER, {"text": ANSWERED})
    assert ANSWERED in words(after)
    assert not has(after, ids.OWN_ANSWER)
    tom.closes()
    oakfield.told(sam, lambda one: "Your question has been answered" in words(one))


def test_a_report_goes_from_the_warning_to_the_close(oakfield: TeamsSchool) -> None:
    tom, sam, helen = (oakfield.person(one) for one in ("tom", "sam", "helen"))
    reference = reported_from_the_warning(oakfield, tom)
    card = looked_at(oakfield, sam, reference)
    assert not [one for one in helen.messages if reference in f"{one.card}{one.summary}"]

    sam.presses(card, ids.CASE_ACKNOWLEDGE)
    taken = oakfield.now(card)
    assert not has(taken, ids.CASE_ACKNOWLEDGE), "the card shows at once that it counted"
    assert has(taken, ids.CASE_CLOSE)
    told = oakfield.told(tom, lambda one: reference in one.summary and "has been acknowledged" in words(one))
    assert "by the designated safeguarding lead" in words(told)

    asked_and_answered(oakfield, sam, tom, card)
    shown = oakfield.small(sam, card, ids.CASE_NOTE, {"text": NOTE})
    assert NOTE in oakfield.read(sam, shown)
    sam.closes()
    assert ANSWERED in oakfield.read(sam, oakfield.opened(sam, card))

    oakfield.small(sam, card, ids.CASE_CLOSE, {"decision": "police", "text": REASON})
    stub = oakfield.card_now(card, lambda one: not has(one, ids.CASE_OPEN))
    assert f"{reference} is closed." in words(stub)
    oakfield.told(tom, lambda one: reference in one.summary and "looked at and closed" in words(one))
    sam.closes()
    assert oakfield.audited("close", reference) == [("sam", "close", reference)]
    kept = oakfield.kept()
    for one in (*NAMES[:2], ASKED, ANSWERED, NOTE, REASON):
        assert one not in kept, "what was written stands in dialogs alone"
    for one in (NOTE, REASON, "4417"):
        assert one not in oakfield.put_before("tom"), "the reporter isn't told what was decided"


def test_a_case_is_handed_over_and_each_card_says_who_has_it(oakfield: TeamsSchool) -> None:
    tom, sam, omar = (oakfield.person(one) for one in ("tom", "sam", "omar"))
    said = {"about": "outsider", "what": "A man writes to Zara."}
    reference = oakfield.report(tom, Kind.GROOMING, said)
    card = oakfield.card(sam, reference)
    sam.presses(card, ids.CASE_ACKNOWLEDGE)
    takers = sam.opens(card, ids.CASE_HAND_OVER)
    assert "Omar Haddad" in words(takers)
    assert "Tom Fielding" not in words(takers), "who reported it isn't in a leading role"
    oakfield.sends(sam, ids.sent(ids.CASE_HAND_OVER), {"person": "omar"})
    sam.closes()
    handed = oakfield.card(omar, reference)
    assert "Handed over to you" in words(handed)
    nothing_of(("Zara", *NAMES), handed)
    omar.presses(handed, ids.CASE_ACKNOWLEDGE)
    assert has(oakfield.now(handed), ids.CASE_CLOSE)
    assert oakfield.audited("acknowledged", reference)[-1][0] == "omar"
    oakfield.small(omar, handed, ids.CASE_CLOSE, {"decision": "social_care", "text": "Referred."})
    omar.closes()
    for one in (card, handed):
        oakfield.card_now(one, lambda now: "is closed" in words(now) and not has(now, ids.CASE_OPEN))


def test_where_two_are_told_the_card_of_one_says_that_the_other_has_it(oakfield: TeamsSchool) -> None:
    priya, sam, helen = (oakfield.person(one) for one in ("priya", "sam", "helen"))
    said = {"about": "pupil", "what": "He asked me for my number."}
    reference = oakfield.report(priya, Kind.PUPIL_CONTACT, said)
    sams, helens = oakfield.card(sam, reference), oakfield.card(helen, reference)
    sam.presses(sams, ids.CASE_ACKNOWLEDGE)
    line = "The designated safeguarding lead has acknowledged it."
    now = oakfield.card_now(helens, lambda one: line in words(one))
    assert has(now, ids.CASE_ACKNOWLEDGE), "two must know of this: one never silences the other's"
    oakfield.opened(helen, helens)
    inside = oakfield.sends(helen, ids.CASE_ACKNOWLEDGE)
    assert has(inside, ids.CASE_CLOSE), "acknowledged in the dialog, which shows the case anew"
    helen.closes()
    oakfield.card_now(sams, lambda one: "A member of SLT has acknowledged it." in words(one))
    oakfield.card_now(helens, lambda one: not has(one, ids.CASE_ACKNOWLEDGE))


def test_every_small_form_does_what_it_says_and_comes_back_with_the_words_where_it_cannot(
    oakfield: TeamsSchool,
) -> None:
    tom, sam = oakfield.person("tom"), oakfield.person("sam")
    said = {"about": "pupil", "what": "He asked Kit for a photograph.", "subject": "Kit Ashdown"}
    reference = oakfield.report(tom, Kind.GROOMING, said)
    card = oakfield.card(sam, reference)
    oakfield.opened(sam, card)
    assert doing(sam.front) == [ids.CASE_ACKNOWLEDGE], "before that, to look at it and to take it is all"
    oakfield.sends(sam, ids.CASE_ACKNOWLEDGE)

    sam.submits(ids.CASE_ACTION)
    sam.front.card["body"] = [one for one in sam.front.card["body"] if one.get("id") != "q.due"]
    wrong = oakfield.sends(sam, ids.sent(ids.CASE_ACTION), {"person": "sam", "text": "Ring his mother."})
    assert handling.NO_DAY in words(wrong)
    assert given(wrong)["q.text"] == "Ring his mother."
    after = oakfield.sends(sam, ids.sent(ids.CASE_ACTION), {"due": "2031-01-06"})
    assert "Ring his mother." in oakfield.read(sam, after)
    sam.closes()

    card = oakfield.card_now(card, lambda one: has(one, ids.CASE_CLOSE))
    sam.opens(card, ids.CASE_CLOSE)
    oakfield.sends(sam, ids.sent(ids.CASE_CLOSE), {"decision": "no_referral", "text": "Settled in school."})
    assert oakfield.audited("close", reference)
    reopened = oakfield.small(sam, None, ids.CASE_REOPEN, {"text": "There is more after all."})
    assert has(reopened, ids.CASE_CLOSE)
    assert oakfield.audited("reopen", reference)
    sam.closes()

    own = tom.opens(oakfield.told(tom, lambda one: reference in words(one)), ids.OWN_OPEN)
    assert "Kit Ashdown" in words(own)
    oakfield.small(tom, None, ids.OWN_ADD, {"text": "He asked again."})
    tom.closes()
    oakfield.told(sam, lambda one: reference in one.summary and "has added something" in words(one))
    for one in ("Kit", "photograph", "mother", "Settled", "asked again"):
        assert one not in oakfield.kept()


def test_a_message_is_reported_with_author_and_link_and_copied_nowhere(oakfield: TeamsSchool) -> None:
    seen = oakfield.person("helen").writes("Kaylee in 8B looks great in this: grab a copy", "staffroom")
    tom, omar = oakfield.person("tom"), oakfield.person("omar")
    tom.extension(ids.REPORT_MESSAGE, message=seen)
    form = oakfield.chosen(tom, Kind.OTHER)
    assert "Kaylee in 8B" in str(given(form))
    typed = str(given(oakfield.fill(tom, {**SAFE, "about": "unknown"})))
    assert f"/{seen.conversation}/{seen.id}" in typed
    assert "Helen Marsh (@helen)" in typed
    assert "About a message that Helen Marsh wrote here." in typed
    oakfield.sent(tom)
    tom.closes()
    assert "Kaylee" not in oakfield.kept()
    assert not [one for one in omar.messages if "Kaylee" in str(one.card)]


def test_whoever_is_away_is_passed_over_until_they_are_back(oakfield: TeamsSchool) -> None:
    sam = oakfield.person("sam")
    assert "you are not told of new reports" in words(oakfield.ask(sam, "away 2031-03-03 2031-03-07"))
    assert words(oakfield.ask(sam, "away nonsense")).strip() not in {"", chat.BACK}
    assert words(oakfield.ask(sam, "away off")).strip() == chat.BACK


def test_whoever_cannot_be_reached_is_passed_over_at_once_and_an_administrator_told(
    oakfield: TeamsSchool,
) -> None:
    tom, omar, ada = (oakfield.person(one) for one in ("tom", "omar", "ada"))
    known = len(ada.messages)
    oakfield.teams.control(dead=["sam"])
    reference = oakfield.report(tom, Kind.GROOMING, {"about": "outsider", "what": "A man writes to Zara."})
    nothing_of(("Zara",), oakfield.card(omar, reference))
    oakfield.teams.wait_for(lambda: len(ada.messages) > known, within=8, what="an administrator to be told")
    nothing_of(("Zara",), *ada.messages[known:])
    assert {one.account for one in oakfield.teams.refused()} == {oakfield.teams.user("sam").account}
    oakfield.teams.control(dead=[])
    oakfield.teams.forget()
    oakfield.person("sam").says("help")
    oakfield.teams.wait_for(lambda: oakfield.audited("reachable"), what="the lead to be within reach again")
