"""Reports in Teams' chat itself, on a card, and what is one's own there: nothing typed is kept in it."""

from bot.teams import ids
from bot.wording import cases as case_wording
from bot.wording import chat, handling
from bot.wording import reporting as wording
from bot.wording import teams as here
from knowledge.rules import Kind
from tests.journeys.teams_school import (
    TeamsSchool,
    asked,
    given,
    has,
    nothing_of,
    value_of,
    words,
)
from tests.support.teams.person import Person
from tests.support.teams.space import Seen


def test_a_report_on_a_card_goes_page_by_page_and_nothing_typed_stays_in_the_chat(
    oakfield: TeamsSchool,
) -> None:
    tom, sam = oakfield.person("tom"), oakfield.person("sam")
    card = oakfield.begun_on_card(tom, Kind.PUPIL_CONTACT)
    first = oakfield.now(card)
    fields = asked(first)
    assert fields[:2] == ["q.danger", "q.image"], "safety first"
    assert not has(first, ids.REPORT_BEGIN)
    assert here.HERE_KEPT in words(first)

    tom.presses(card, ids.REPORT_NEXT, danger="no", image="no", subject="Zara Whitlock")
    second = oakfield.now(card)
    assert wording.TO_MEND in words(second) or wording.CHECK_AND_SEND not in words(second)
    assert {"q.about", "q.what"} <= set(asked(second))
    assert not {"q.danger", "q.image", "q.subject"} & set(asked(second)), "what is answered isn't asked again"

    tom.presses(card, ids.REPORT_NEXT, about="pupil", what="Zara Whitlock keeps writing to me at night.")
    third = oakfield.now(card)
    assert wording.CHECK_AND_SEND in words(third)
    assert "This goes to: a member of SLT and the designated safeguarding lead." in words(third)
    inside = tom.opens(card, ids.REPORT_OPEN)
    assert given(inside)["q.what"] == "Zara Whitlock keeps writing to me at night.", "a dialog shows it all"
    tom.closes()

    before = oakfield.cases()
    tom.presses(card, ids.REPORT_NEXT)
    receipt = oakfield.now(card)
    assert oakfield.cases() == before + 1
    assert "Received. Your reference is SP-" in words(receipt)
    reference = value_of(receipt, ids.OWN_OPEN)
    nothing_of(("Zara", "Whitlock", "at night"), first, second, third, receipt, oakfield.card(sam, reference))
    assert "at night" in words(oakfield.opened(sam, oakfield.card(sam, reference)))
    sam.closes()
    for one in ("Zara", "Whitlock", "at night"):
        assert one not in oakfield.kept()


def test_what_is_missing_on_a_card_is_asked_again_alone_and_names_no_colleague(oakfield: TeamsSchool) -> None:
    tom = oakfield.person("tom")
    card = oakfield.begun_on_card(tom, Kind.ADULT_CONCERN)
    tom.presses(card, ids.REPORT_NEXT, about="works_here", danger="no", image="no", what="Helen Marsh again.")
    second = oakfield.now(card)
    nothing_of(("Helen Marsh",), second)
    assert here.PEOPLE_IN_A_WINDOW in words(second)
    inside = tom.opens(card, ids.REPORT_OPEN)
    assert "q.standing.helen" in asked(inside), "how she stands to it is asked where nothing is kept"
    tom.closes()


def test_my_cases_and_my_reports_are_lists_of_references_and_names_stand_in_a_dialog(
    oakfield: TeamsSchool,
) -> None:
    priya, sam, marcus = (oakfield.person(one) for one in ("priya", "sam", "marcus"))
    said = {"about": "pupil", "subject": "Kit Ashdown", "what": "Kit asked me for my number."}
    reference = oakfield.report(priya, Kind.PUPIL_CONTACT, said)
    oakfield.card(sam, reference)

    def home(who: Person, text: str) -> Seen:
        before = len(who.messages)
        who.says(text)
        oakfield.teams.wait_for(lambda: len(who.messages) > before)
        return who.messages[before]

    own, handlers = home(priya, "my reports"), home(sam, "My cases.")
    assert reference in words(own)
    assert handling.OWN_STATES["notified"] in words(own)
    assert case_wording.STATES["notified"] in words(handlers)
    assert words(handlers).index(reference) < words(handlers).index(handling.MY_REPORTS)
    nothing_of(("Kit", "Ashdown", "my number", "Sam Okafor"), own, handlers)
    assert reference not in words(home(marcus, "my cases"))
    assert "Lena Fischer" in words(marcus.opens(marcus.latest, ids.LIST_DUTY)), "on duty at his own school"
    assert "Sam Okafor" in words(priya.opens(own, ids.LIST_DUTY))
    mine = priya.opens(own, ids.OWN_OPEN, value=reference)
    assert "Kit asked me for my number." in words(mine)
    for one in (priya, marcus):
        one.closes()


def test_help_needs_nothing_and_leads_to_the_form(oakfield: TeamsSchool) -> None:
    priya = oakfield.person("priya")
    helped = oakfield.ask(priya, "help")
    assert chat.HELP_TITLE in words(helped)
    kinds = priya.opens(helped, ids.REPORT_BEGIN)
    assert has(kinds, ids.REPORT_KIND)
    priya.closes()
