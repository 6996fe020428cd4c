"""A report in Slack from the warning to the close, with the started program: who reads what, at each step."""

from bot.slack import ids
from bot.wording import cases as case_wording
from bot.wording import chat, handling
from bot.wording import reporting as wording
from bot.wording.safety import WORDS_ONLY
from knowledge.rules import Kind
from tests.journeys.school import School
from tests.support.slack.person import Person
from tests.support.slack.staff import SAFE, block, inputs, reference_in
from tests.support.slack.workspace import Seen
from tests.support.waiting import wait_for

QUESTION = "a Y9 girl called Zara Whitlock has sent me a nude on snap, what do I do"
NAMES = ("Zara", "Whitlock", "Tom", "Fielding", "Priya", "Nair", "nude on snap")
LINK_FIELDS = ("q.url", "q.handle", "q.captured_by")
ASKED, ANSWERED = "Was it on her own telephone, do you know?", "On her tablet, she said."
NOTE, REASON = "Spoke to the family on Monday.", "Police have it under number 4417."


def small_form(who: Person, action: str, callback: str, answers: dict[str, str]) -> None:
    """Open a small form of a case that is open in front, fill it in and send it."""
    who.press(action)
    who.wait_for_view(lambda view: view.callback_id == callback and bool(view.view["submit"]))
    who.fill(answers)
    who.submit()
    assert who.view is None or who.view.callback_id != callback, who.view.words


def after(who: Person, good: str, *, since: int = 0) -> str:
    """The text of a message to somebody that has these words, and isn't among the first so many."""
    found = wait_for(
        lambda: [one for one in who.messages()[since:] if good in one.words],
        bool,
        within=8,
        what=f"{good!r} before {who.name}",
    )
    return found[-1].words


def with_button(who: Person, reference: str, action: str, since: int) -> Seen:
    """The latest message about a report, after so many, on which something can be pressed."""
    found = wait_for(
        lambda: [one for one in who.messages()[since:] if reference in one.everything and one.has(action)],
        bool,
        within=8,
        what=f"{action} before {who.name}",
    )
    return found[-1]


def test_the_form_asks_for_safety_first_and_changes_with_the_answers(there: School) -> None:
    tom = there.person("tom")
    first = there.form(tom, Kind.PUPIL_CONTACT, "She keeps writing to me")
    asked = inputs(first)
    assert asked.index("q.danger") < asked.index("q.image") < asked.index("q.what")
    assert "Ring 999 now" not in first.words
    there.fill(tom, {"q.danger": "yes"})
    assert tom.view is not None
    assert "Ring 999 now, before you send this" in tom.view.words
    there.fill(tom, {"q.danger": "no", "q.image": "no"})
    tom.press(ids.REPORT_MORE)
    wide = tom.wait_for_view(lambda view: block(view, "q.url") is not None)
    assert set(LINK_FIELDS) <= set(inputs(wide))
    there.fill(tom, {"q.url": "https://snap.example/zara", "q.platform": "Snapchat"})
    pictured = there.fill(tom, {"q.image": "yes"})
    assert not set(LINK_FIELDS) & set(inputs(pictured)), "an image of a child: no link field"
    assert "snap.example" not in pictured.words
    assert WORDS_ONLY in pictured.words
    assert "Don't open it" in pictured.words
    assert "She keeps writing to me" in str(pictured.row()), "what was typed stays"
    assert pictured.row()["state"]["values"]["q.platform"]["report.answer.platform"]["value"] == "Snapchat"
    tom.press(ids.REPORT_OTHER_KIND)
    other = there.chosen(tom, Kind.ONLINE_SAFETY)
    assert "She keeps writing to me" in str(other.row()), "another kind keeps it too"
    tom.close_view()


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(there: School) -> None:
    tom = there.person("tom")
    there.form(tom, Kind.PUPIL_CONTACT)
    there.fill(tom, {"q.about": "pupil", **SAFE})
    before = there.cases()
    tom.submit()
    assert tom.view is not None
    assert set(tom.view.errors) == {"q.what"}
    there.fill(tom, {"q.what": "She wrote to me at night."})
    there.sent(tom)
    assert there.cases() == before + 1
    tom.close_view()


def test_another_destination_is_shown_again_before_anything_is_sent(there: School) -> None:
    tom = there.person("tom")
    there.form(tom, Kind.ADULT_CONCERN)
    there.fill(tom, {"q.about": "works_here", **SAFE, "q.what": "He messages pupils at night."})
    before = there.cases()
    tom.submit()
    assert tom.view is not None
    first = tom.view.words
    assert "This goes to: the Principal" in first, first
    there.fill(tom, {"q.what": "Helen Marsh messages pupils at night."})
    tom.submit()
    assert tom.view.title == wording.FORM_TITLE
    assert there.cases() == before, "the preview no longer held, so nothing was sent"
    tom.close_view()


def test_a_message_is_reported_with_author_and_link_and_copied_nowhere(there: School) -> None:
    seen = there.person("helen").write("staff", "Kaylee in 8B looks great in this: grab a copy")
    tom, omar = there.person("tom"), there.person("omar")
    known = len(there.slack.calls("chat.getPermalink"))
    tom.message_shortcut(ids.REPORT_THIS, seen)
    there.slack.wait_for(lambda: len(there.slack.calls("chat.getPermalink")) > known)
    tom.slash(ids.SIGNPOST_COMMAND)  # answered after the link has come in
    there.chosen(tom, Kind.OTHER)
    link = f"/archives/{seen.channel}/p"
    form = there.fill(tom, {**SAFE})
    given = str(form.row()["state"]["values"])
    assert "Kaylee in 8B" in given
    assert link in given
    assert "U0HELEN" in given
    assert "About a message that Helen Marsh wrote here." in given
    there.fill(tom, {"q.about": "unknown"})
    there.sent(tom)
    tom.close_view(all_of_them=True)
    assert "Kaylee" not in there.messages()
    assert not [one for one in omar.messages() if "Kaylee" in one.everything]


def reported_from_the_warning(there: School, tom: Person) -> str:
    """Ask, be warned, and report from there; gives the reference."""
    warned = there.ask(tom, QUESTION)
    assert chat.BEFORE_ALL in warned.words
    assert "Don't open it" in warned.words
    assert "Or ring the designated safeguarding lead on 01632 960003" in warned.words
    assert warned.text == chat.READ_NOW, "the toast says nothing of it"
    assert "Zara" not in warned.everything
    tom.press(ids.ASK_REPORT, warned)
    form = tom.wait_for_view(lambda view: view.callback_id == ids.REPORT_FORM)
    assert QUESTION in str(form.row())
    there.fill(tom, {"q.about": "pupil", "q.subject": "Zara Whitlock", "q.danger": "no", "q.image": "yes"})
    tom.submit()
    assert tom.view is not None
    assert "This goes to: the designated safeguarding lead." in tom.view.words
    assert tom.view.title == wording.FORM_TITLE
    cases = there.cases()
    tom.submit()
    assert there.cases() == cases + 1
    receipt = tom.view
    assert receipt.title == wording.RECEIPT_TITLE
    assert "Received does not mean dealt with" in receipt.words
    tom.close_view(all_of_them=True)
    return reference_in(receipt)


def looked_at(there: School, sam: Person, reference: str) -> Seen:
    """The lead's card: what it shows, and what is shown and noted each time that it is opened."""
    card = there.card(sam, reference)
    assert card.text == f"{reference}: at once", "the toast: reference and urgency, no more"
    assert not [one for one in NAMES if one in card.everything]
    for times in (1, 2, 3):
        case = there.opened(sam, card)
        assert "Zara Whitlock" in case.words
        assert "Tom Fielding" in case.words
        assert there.audited("open", reference) == [("sam", "open", reference)] * times
        if times < 3:
            sam.close_view(all_of_them=True)
    return card


def asked_and_answered(sam: Person, tom: Person, reference: str) -> None:
    """A question to the reporter and the answer, both in windows."""
    before = len(tom.messages())
    small_form(sam, ids.CASE_ASK, ids.QUESTION_VIEW, {"q.text": ASKED})
    tom.press(ids.OWN_OPEN, with_button(tom, reference, ids.OWN_OPEN, before))
    own = tom.wait_for_view(lambda view: view.has(ids.OWN_ANSWER))
    assert ASKED in own.words
    assert "Sam Okafor" not in own.words
    small_form(tom, ids.OWN_ANSWER, ids.ANSWER_VIEW, {"q.text": ANSWERED})
    tom.close_view(all_of_them=True)


def test_a_report_goes_from_the_warning_to_the_close(there: School) -> None:
    tom, sam, helen = (there.person(one) for one in ("tom", "sam", "helen"))
    reference = reported_from_the_warning(there, tom)
    card = looked_at(there, sam, reference)
    assert not [one for one in helen.messages() if reference in one.everything]

    before = len(tom.messages())
    sam.press(ids.CASE_ACKNOWLEDGE)
    sam.wait_for_view(lambda view: view.has(ids.CASE_CLOSE))
    told = after(tom, reference, since=before)
    assert "has been acknowledged by the designated safeguarding lead" in told
    there.card_now(sam, card, lambda one: not one.has(ids.CASE_ACKNOWLEDGE) and one.has(ids.CASE_CLOSE))

    asked_and_answered(sam, tom, reference)
    small_form(sam, ids.CASE_NOTE, ids.NOTE_VIEW, {"q.text": NOTE})
    shown = sam.wait_for_view(lambda view: ANSWERED in view.words)
    assert NOTE in shown.words

    before = len(tom.messages())
    small_form(sam, ids.CASE_CLOSE, ids.CLOSE_VIEW, {"q.decision": "police", "q.text": REASON})
    stub = there.card_now(sam, card, lambda one: not one.has(ids.CASE_OPEN))
    assert f"{reference} is closed." in stub.words
    assert "closed" in after(tom, reference, since=before)
    sam.close_view(all_of_them=True)
    assert there.audited("close", reference) == [("sam", "close", reference)]
    for one in (*NAMES[:2], ASKED, ANSWERED, NOTE, REASON):
        assert one not in there.messages(), "what was written stands in windows alone"
    for one in (NOTE, REASON, "4417"):
        assert one not in there.put_before("tom"), "the reporter isn't told what was decided"


def test_a_case_is_handed_over_and_each_card_says_who_has_it(there: School) -> None:
    tom, sam, omar = (there.person(one) for one in ("tom", "sam", "omar"))
    reference = there.report(tom, Kind.GROOMING, {"q.about": "outsider", "q.what": "A man writes to Zara."})
    card = there.card(sam, reference)
    sam.press(ids.CASE_ACKNOWLEDGE, card)
    card = there.card_now(sam, card, lambda one: one.has(ids.CASE_HAND_OVER))
    sam.press(ids.CASE_HAND_OVER, card)
    view = sam.wait_for_view(lambda one: one.callback_id == ids.HAND_OVER_VIEW and bool(one.view["submit"]))
    assert "Omar Haddad" in view.words
    assert "Tom Fielding" not in view.words, "who reported it isn't in a leading role"
    sam.fill({"q.person": "omar"})
    sam.submit()
    assert sam.view is None
    handed = there.card(omar, reference)
    assert "Handed over to you" in handed.words
    assert "Zara" not in handed.everything
    omar.press(ids.CASE_ACKNOWLEDGE, handed)
    there.card_now(omar, handed, lambda one: one.has(ids.CASE_CLOSE))
    there.slack.wait_for(lambda: there.audited("acknowledged", reference)[-1][0] == "omar")
    omar.press(ids.CASE_CLOSE, there.card_now(omar, handed, lambda one: one.has(ids.CASE_CLOSE)))
    omar.wait_for_view(lambda one: one.callback_id == ids.CLOSE_VIEW)
    omar.fill({"q.decision": "social_care", "q.text": "Referred."})
    omar.submit()
    for who, one in ((sam, card), (omar, handed)):
        there.card_now(who, one, lambda now: "is closed" in now.words and not now.has(ids.CASE_OPEN))


def test_where_two_are_told_the_card_of_one_says_that_the_other_has_it(there: School) -> None:
    priya, sam, helen = (there.person(one) for one in ("priya", "sam", "helen"))
    said = {"q.about": "pupil", "q.what": "He asked me for my number."}
    reference = there.report(priya, Kind.PUPIL_CONTACT, said)
    sams, helens = there.card(sam, reference), there.card(helen, reference)
    sam.press(ids.CASE_ACKNOWLEDGE, sams)
    line = "The designated safeguarding lead has acknowledged it."
    now = there.card_now(helen, helens, lambda one: line in one.words)
    assert now.has(ids.CASE_ACKNOWLEDGE), "two must know of this: one never silences the other's"
    helen.press(ids.CASE_ACKNOWLEDGE, now)
    there.card_now(sam, sams, lambda one: "A member of SLT has acknowledged it." in one.words)


def test_the_home_tab_has_what_is_ones_own_and_nothing_of_its_content(there: School) -> None:
    priya, sam = there.person("priya"), there.person("sam")
    said = {"q.about": "pupil", "q.subject": "Kit Ashdown", "q.what": "Kit asked me for my number."}
    reference = there.report(priya, Kind.PUPIL_CONTACT, said)
    there.card(sam, reference)
    for who in (priya, sam, there.person("marcus")):
        who.open_home()
    own = priya.wait_for_home(lambda home: reference in home.words)
    assert handling.NO_CASES in own.words
    assert handling.OWN_STATES["notified"] in own.words
    assert "Sam Okafor" in own.words, "on duty now"
    handlers = sam.wait_for_home(lambda home: reference in home.words)
    assert case_wording.STATES["notified"] in handlers.words
    assert handlers.words.index(reference) < handlers.words.index(handling.MY_REPORTS)
    for home in (own, handlers):
        assert not [one for one in ("Kit", "Ashdown", "my number") if one in home.words]
    elsewhere = there.person("marcus").wait_for_home()
    assert reference not in elsewhere.words
    assert "Lena Fischer" in elsewhere.words, "who is on duty at his own school"

    priya.press(f"{ids.OWN_OPEN}#0", value=reference)
    mine = priya.wait_for_view(lambda view: view.callback_id == ids.OWN_VIEW)
    assert "Kit asked me for my number." in mine.words
    small_form(priya, ids.OWN_ADD, ids.ADD_VIEW, {"q.text": "He asked again."})
    priya.close_view(all_of_them=True)


def test_status_names_what_is_open_and_help_needs_nothing(there: School) -> None:
    priya, sam = there.person("priya"), there.person("sam")
    said = {"q.about": "pupil", "q.subject": "Kit Ashdown", "q.what": "He asked me for my number."}
    reference = there.report(priya, Kind.PUPIL_CONTACT, said)
    there.card(sam, reference)
    for who, what in ((priya, handling.MY_REPORTS), (sam, handling.MY_CASES)):
        who.slash(ids.SIGNPOST_COMMAND, "status")
        shown = who.messages()[-1]
        assert shown.ephemeral
        assert f"{what}: {reference}, {case_wording.STATES['notified']}" in shown.words
        assert "Kit" not in shown.everything
    priya.slash(ids.SIGNPOST_COMMAND, "help")
    helped = priya.messages()[-1]
    assert chat.HELP_TITLE in helped.words
    priya.press(ids.HOME_REPORT, helped)
    priya.wait_for_view(lambda view: view.callback_id == ids.KIND_VIEW)
    priya.close_view()
