"""Who is who in Slack: guests, new starters, other organisations and machines, with the started program."""

import pytest

from bot.slack import ids
from bot.wording import chat, handling
from knowledge.rules import Kind
from tests.journeys.school import HTTP, School
from tests.support.slack.people import BOT
from tests.support.waiting import wait_for

QUESTION = "Can I post a photo of pupils on the school's Facebook page?"
SAID = {"q.about": "pupil", "q.what": "He asked me for my number in the corridor."}
TOLD = "ring the designated safeguarding lead on 01632 960003, or 999 in an emergency"


@pytest.mark.parametrize("guest", ["gwen", "olly"])
def test_a_guest_may_ask_and_report_and_handles_nothing(there: School, guest: str) -> None:
    who = there.person(guest)
    assert "§ 3:21" in there.ask(who, QUESTION).words
    there.form(who, Kind.OTHER)
    there.fill(who, {"q.school": "oak-primary", "q.danger": "no", "q.image": "no", **SAID})
    reference = there.sent(who)
    who.close_view(all_of_them=True)
    who.open_home()
    home = who.wait_for_home(lambda one: reference in one.words)
    assert handling.MY_CASES not in home.words
    assert handling.MY_REPORTS in home.words


def test_a_new_starter_whom_no_list_names_can_report_at_once(there: School) -> None:
    nell, sam = there.person("nell"), there.person("sam")
    there.form(nell, Kind.PUPIL_CONTACT)
    there.fill(nell, {"q.school": "oak-primary", "q.danger": "no", "q.image": "no", **SAID})
    reference = there.sent(nell)
    nell.close_view(all_of_them=True)
    card = there.card(sam, reference)
    case = there.opened(sam, card)
    assert "corridor" in case.words
    sam.press(ids.CASE_ACKNOWLEDGE)
    wait_for(
        lambda: [one for one in nell.messages() if "has been acknowledged" in one.words],
        bool,
        within=8,
        what="the new starter to be told",
    )
    sam.close_view(all_of_them=True)


def test_an_account_that_bears_a_handlers_address_is_not_the_handler(there: School) -> None:
    tom, nell, sam = there.person("tom"), there.person("nell"), there.person("sam")
    said = {**SAID, "q.what": "She waited for me at the bus stop."}
    reference = there.report(tom, Kind.PUPIL_CONTACT, said)
    card = there.card(sam, reference)
    there.slack.change_user("nell", email=there.slack.user("sam").email)
    nell.slash(ids.SIGNPOST_COMMAND, "status")
    assert reference not in nell.messages()[-1].words
    before = len(there.audited("refused open"))
    there.forge(nell, ids.CASE_OPEN, reference, card)
    view = nell.wait_for_view(lambda one: one.callback_id == ids.SAID_VIEW)
    assert view.words.count(chat.STALE) == 1
    assert "bus stop" not in there.put_before("nell")
    assert len(there.audited("refused open", reference)) == before + 1
    nell.close_view()
    there.slack.change_user("nell", email="nell@oakfield.example")


def test_somebody_of_another_organisation_is_told_whom_to_ring_and_nothing_else(there: School) -> None:
    owen, tom = there.person("owen"), there.person("tom")
    message = tom.write("shared", "Great win for our Year 7 team today, well done Jamie!")
    for command in (ids.ASK_COMMAND, ids.REPORT_COMMAND, ids.SIGNPOST_COMMAND):
        before = len(there.said(owen))
        owen.slash(command, QUESTION, channel="shared")
        assert TOLD in there.next_of(owen, before).words
    before = len(there.said(owen))
    owen.mention("shared", QUESTION)
    assert TOLD in there.next_of(owen, before).words
    for shortcut in (ids.CHECK_POLICY, ids.REPORT_THIS):
        owen.message_shortcut(shortcut, message)
        assert TOLD in owen.wait_for_view().words
        owen.close_view()
    owen.global_shortcut(ids.REPORT_ANYWHERE)
    assert TOLD in owen.wait_for_view().words
    owen.close_view()
    owen.open_home()
    shown = there.put_before("owen")
    for one in ("§", "Okafor", "Sam", "Dartmoor", "Oak Primary", "U0SAM", "Tessa", handling.ON_DUTY):
        assert one not in shown
    assert owen.home is None
    public = [one for one in there.slack.messages_in("shared") if one.user == BOT.id]
    assert public == [], "nor does anybody else there read of it"


def test_a_machine_is_not_answered(there: School) -> None:
    robot, priya = there.person("robot"), there.person("priya")
    there.slack.channel("staff").members.add(robot.id)
    before = len(there.slack.messages_in("staff"))
    robot.dm(QUESTION)
    robot.mention("staff", QUESTION)
    robot.open_home()
    there.ask(priya, QUESTION)
    assert robot.messages() == []
    assert robot.home is None
    assert len(there.slack.messages_in("staff")) == before + 1, "its own message"


def test_the_apps_own_messages_are_not_answered(there: School) -> None:
    priya = there.person("priya")
    there.slack.control(echo=True)
    before = len(there.said(priya))
    there.ask(priya, QUESTION)
    there.slack.wait_for(lambda: [one for one in there.slack.deliveries if one.name.startswith("echo")])
    there.ask(priya, "Can I use WhatsApp with pupils?")
    there.slack.control(echo=False)
    assert len(there.said(priya)) == before + 2


def read_again(there: School, times: int) -> None:
    """Wait until the program has read the schools file so many times."""
    wait_for(
        lambda: there.program.logs.count("schools_file_in_force"),
        lambda count: count >= times,
        within=15,
        what="the schools file to be read",
    )


@pytest.mark.parametrize("there", [HTTP], indirect=True)
def test_a_role_that_was_taken_away_is_gone_at_the_next_click(there: School) -> None:
    tom, sam = there.person("tom"), there.person("sam")
    reference = there.report(tom, Kind.PUPIL_CONTACT, SAID)
    card = there.card(sam, reference)
    file = there.program.folder / "schools.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("slack: U0SAM}", "slack: U0SAMSNEW}"), encoding="utf-8")
    read_again(there, 2)
    view = there.opened(sam, card)
    assert chat.STALE in view.words
    assert "corridor" not in view.words
    sam.close_view()
    file.write_text(text, encoding="utf-8")
    read_again(there, 3)
