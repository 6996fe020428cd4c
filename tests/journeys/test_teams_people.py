"""Who is who in Teams: pupils, people in no list, outsiders, bots, and whoever doesn't have the app."""

from collections.abc import Iterator

import pytest

from bot.teams import ids
from bot.wording import chat, handling
from bot.wording import teams as here
from bot.wording.answers import KINDS
from knowledge.rules import Kind
from tests.journeys.teams_school import SAFE, TeamsSchool, doing, has, teams_school, words
from tests.support.teams.space import BOT, Seen

QUESTION = "Can I post a photo of pupils on the school's Facebook page?"
ALARMING = "my teacher Mr Fielding told me not to tell anyone what he did to me, I want to die"
SAID = {"about": "pupil", "what": "He asked me for my number in the corridor."}
TOLD = "ring the designated safeguarding lead on 01632 960003, or 999 in an emergency"
CHILDLINE = "0800 1111"
NEVER_TO_A_PUPIL = ("§", "Okafor", "Sam", "Fielding", "Dartmoor", "SP-", "passed on to nobody", "report")


def nothing_left_of(seen: Seen, *more: str) -> None:
    """See that a message says none of this."""
    assert not [one for one in more if one in f"{words(seen)}{seen.summary}"], words(seen)


def test_a_pupil_is_told_whom_to_turn_to_and_gets_neither_answer_nor_form(oakfield: TeamsSchool) -> None:
    kit = oakfield.person("kit")
    cases = oakfield.cases()
    for text in (QUESTION, "report", "my reports", "my cases", "help", "away 2031-03-03 2031-03-07"):
        told = oakfield.ask(kit, text)
        assert CHILDLINE in words(told)
        assert "ring 999" in words(told)
        assert "an adult in school whom you trust" in words(told)
        assert doing(told) == [], "nothing to press"
        assert "I am passing this" not in words(told)
        nothing_left_of(told, "§", "Okafor", "Dartmoor")
    for command in (ids.REPORT, ids.CHECK_POST):
        kit.extension(command)
        assert kit.dialog is None
        assert CHILDLINE in kit.told
    seen = oakfield.person("tom").writes("Well done all!", "staffroom")
    for command in (ids.REPORT_MESSAGE, ids.CHECK_MESSAGE):
        kit.extension(command, message=seen)
        assert kit.dialog is None
        assert CHILDLINE in kit.told
    assert oakfield.cases() == cases


def test_what_a_pupil_writes_that_alarms_is_a_disclosure_and_the_lead_is_told(oakfield: TeamsSchool) -> None:
    kit, sam, tessa = (oakfield.person(one) for one in ("kit", "sam", "tessa"))
    known = {one.id for one in (*sam.messages, *tessa.messages)}
    cases = oakfield.cases()
    told = oakfield.ask(kit, ALARMING)
    assert "I am passing this to the safeguarding lead" in words(told)
    assert CHILDLINE in words(told)
    assert told.summary == chat.READ_NOW
    nothing_left_of(told, *NEVER_TO_A_PUPIL)
    assert oakfield.cases() == cases + 1
    lead = oakfield.teams.wait_for(
        lambda: [
            (who, one)
            for who in (sam, tessa)
            for one in who.messages
            if one.id not in known and has(one, ids.CASE_OPEN)
        ],
        within=8,
        what="a safeguarding lead to be told",
    )
    who, card = lead[0]
    assert KINDS[Kind.DISCLOSURE] in words(card)
    for one in ("Kit", "Fielding", "want to die"):
        assert one not in f"{card.card}{card.summary}"
    text = oakfield.read(who, oakfield.opened(who, card))
    assert "told me not to tell anyone" in text
    assert "Kit Pupil" in text
    who.closes()
    assert "told me not to tell" not in oakfield.kept()


def test_nothing_of_a_disclosure_goes_back_to_the_pupil(oakfield: TeamsSchool) -> None:
    kit, tessa = oakfield.person("kit"), oakfield.person("tessa")
    known = {one.id for one in tessa.messages}
    oakfield.ask(kit, "he hits me when I get home, please don't tell my dad, I want to kill myself")
    card = oakfield.told(tessa, lambda one: one.id not in known and has(one, ids.CASE_OPEN))
    reference = card.summary.split(":")[0]
    before = len(kit.messages)
    tessa.presses(card, ids.CASE_ACKNOWLEDGE)
    assert oakfield.audited("acknowledged", reference)
    taken = oakfield.card_now(card, lambda one: has(one, ids.CASE_CLOSE))
    assert not has(taken, ids.CASE_ASK), "they are spoken to in person"
    refused = oakfield.forge(tessa, "task/submit", ids.sent(ids.CASE_ASK), reference, text="How are you?")
    assert "speak to them in person, and never through here" in str(refused.body)
    oakfield.small(tessa, card, ids.CASE_CLOSE, {"decision": "social_care", "text": "Referred at once."})
    tessa.closes()
    oakfield.card_now(card, lambda one: "is closed" in words(one))
    kit.says("my reports")
    oakfield.teams.wait_for(lambda: len(kit.messages) > before)
    assert len(kit.messages) == before + 1
    assert reference not in oakfield.put_before("kit")
    assert "Referred" not in oakfield.put_before("kit")
    for name in (ids.OWN_OPEN, ids.CASE_OPEN):
        answer = str(oakfield.forge(kit, "task/fetch", name, reference).body)
        assert CHILDLINE in answer
        assert reference not in answer


def test_a_pupil_in_a_channel_is_answered_where_the_class_does_not_read(oakfield: TeamsSchool) -> None:
    kit = oakfield.person("kit")
    kit.says("hello")
    before, public = len(oakfield.said(kit)), len(oakfield.in_channel("staffroom"))
    kit.mentions("somebody sent me a nude and i dont know what to do", "staffroom")
    assert "I am passing this to" in words(oakfield.next_of(kit, before))
    seen = oakfield.teams.wait_for(lambda: oakfield.in_channel("staffroom")[public:])
    assert [words(one).strip() for one in seen] == [chat.PRIVATELY]


def test_somebody_unknown_gets_the_fixed_words_and_the_form_and_an_administrator_is_told_once(
    oakfield: TeamsSchool,
) -> None:
    ursa, ada, sam = (oakfield.person(one) for one in ("ursa", "ada", "sam"))
    known = len(ada.messages)
    for text in (QUESTION, "help", "my cases"):
        told = oakfield.ask(ursa, text)
        assert here.UNKNOWN in words(told)
        assert "§" not in words(told)
        assert doing(told) == [ids.REPORT_BEGIN]
    alarm = oakfield.told(ada, lambda one: ursa.account in words(one))
    assert "put them in the schools file" in words(alarm)
    assert len([one for one in ada.messages[known:] if ursa.account in words(one)]) == 1
    for command in (ids.CHECK_POST, ids.LIST_CASES, ids.LIST_DUTY):
        ursa.extension(command)
        assert ursa.dialog is None
        assert here.UNKNOWN in ursa.told

    told = oakfield.ask(ursa, QUESTION)
    ursa.opens(told, ids.REPORT_BEGIN)
    oakfield.chosen(ursa, Kind.PUPIL_CONTACT)
    oakfield.fill(ursa, {"school": "oak-primary", **SAFE, **SAID})
    reference = oakfield.sent(ursa)
    own = oakfield.sends(ursa, ids.OWN_OPEN)
    assert "in the corridor" in words(own)
    ursa.closes()
    card = oakfield.card(sam, reference)
    for name in (ids.CASE_OPEN, ids.CASE_HAND_OVER, ids.CASE_NOTE):
        answer = str(oakfield.forge(ursa, "task/fetch", name, reference).body)
        assert here.UNKNOWN in answer
        assert "corridor" not in answer
    oakfield.forge(ursa, "adaptiveCard/action", ids.CASE_ACKNOWLEDGE, reference)
    assert oakfield.audited("acknowledged", reference) == []
    sam.presses(card, ids.CASE_ACKNOWLEDGE)
    oakfield.told(ursa, lambda one: reference in one.summary and "has been acknowledged" in words(one))


def test_somebody_of_another_organisation_is_told_whom_to_ring_and_nothing_else(
    oakfield: TeamsSchool,
) -> None:
    owen, tom = oakfield.person("owen"), oakfield.person("tom")
    message = tom.writes("Great win for our Year 7 team today, well done Jamie!", "staffroom")
    before, public = len(owen.messages), len(oakfield.in_channel("staffroom"))
    with oakfield.teams.tolerating():
        refused = [
            owen.says(QUESTION),
            owen.mentions(QUESTION, "staffroom"),
            owen.extension(ids.REPORT),
            owen.extension(ids.CHECK_MESSAGE, message=message),
        ]
    assert [one.status for one in refused] == [403] * 4, "their tenant is not on the list: nothing is served"
    assert len(owen.messages) == before
    assert len(oakfield.in_channel("staffroom")) == public
    assert not [one for one in refused if one.body]
    assert owen.account not in oakfield.places()


def test_a_bot_is_not_answered(oakfield: TeamsSchool) -> None:
    tom = oakfield.person("tom")
    before, public = len(oakfield.said(tom)), len(oakfield.in_channel("staffroom"))
    robot = {"id": f"{BOT}-another", "name": "Robot", "aadObjectId": tom.account}
    for where in ("", "staffroom"):
        activity = tom.activity("message", where, text=QUESTION)
        oakfield.teams.send({**activity, "from": robot})
    oakfield.ask(oakfield.person("priya"), QUESTION)
    assert len(oakfield.said(tom)) == before
    assert len(oakfield.in_channel("staffroom")) == public


def test_a_new_starter_of_the_staffs_group_asks_and_reports_at_once_and_handles_nothing(
    oakfield: TeamsSchool,
) -> None:
    nell, sam = oakfield.person("nell"), oakfield.person("sam")
    assert "§ 3:21" in words(oakfield.ask(nell, QUESTION))
    oakfield.form(nell, Kind.PUPIL_CONTACT)
    oakfield.fill(nell, {"school": "oak-primary", **SAFE, **SAID})
    reference = oakfield.sent(nell)
    nell.closes()
    card = oakfield.card(sam, reference)
    home = oakfield.told(nell, lambda one: reference in words(one))
    assert handling.MY_CASES not in words(home)
    answer = str(oakfield.forge(nell, "task/fetch", ids.CASE_OPEN, reference).body)
    assert chat.STALE in answer
    assert len(oakfield.audited("refused open", reference)) == 1
    sam.presses(card, ids.CASE_ACKNOWLEDGE)
    oakfield.told(nell, lambda one: reference in one.summary and "has been acknowledged" in words(one))


def test_an_account_that_bears_a_handlers_address_is_not_the_handler(oakfield: TeamsSchool) -> None:
    tom, sam = oakfield.person("tom"), oakfield.person("sam")
    reference = oakfield.report(tom, Kind.PUPIL_CONTACT, {**SAID, "what": "She waited at the bus stop."})
    oakfield.card(sam, reference)
    other = oakfield.graph.add("samuel", "sam@oakfield.example")
    twin = oakfield.teams.add_user(type(sam.user)(other, "samuel", "Sam Okafor", "sam@oakfield.example"))
    samuel = oakfield.person(twin.name)
    assert reference not in words(oakfield.ask(samuel, "my cases"))
    for name in ("task/fetch", "task/submit"):
        oakfield.forge(samuel, name, ids.CASE_OPEN, reference)
    oakfield.forge(samuel, "adaptiveCard/action", ids.CASE_ACKNOWLEDGE, reference)
    assert "bus stop" not in oakfield.put_before("samuel")
    assert len(oakfield.audited("refused open", reference)) == 2
    assert oakfield.audited("acknowledged", reference) == []


@pytest.fixture(scope="module")
def without_sam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamsSchool]:
    """Give the school where the lead doesn't have the app when the program starts."""
    folder = tmp_path_factory.mktemp("without") / "program"
    with teams_school(folder, without=("sam", "nell")) as found:
        yield found


def test_a_lead_without_the_app_is_found_at_start_climbed_past_and_told_again_once_they_install_it(
    without_sam: TeamsSchool,
) -> None:
    there = without_sam
    tom, sam, omar, ada = (there.person(one) for one in ("tom", "sam", "omar", "ada"))
    told = there.told(ada, lambda one: "cannot be reached on teams" in words(one))
    assert "Sam" not in words(told)
    assert len(there.audited("unreachable")) == 1, "nobody else of those who are told of reports"
    assert sam.messages == []
    first = there.report(tom, Kind.GROOMING, {"about": "outsider", "what": "A man writes to Zara."})
    there.card(omar, first)
    assert sam.messages == []

    sam.installs()
    assert chat.GREETING in words(there.told(sam, lambda one: chat.GREETING in words(one)))
    assert there.audited("reachable") != []
    second = there.report(tom, Kind.GROOMING, {"about": "outsider", "what": "He writes to her again."})
    there.card(sam, second)
    sam.removes()
    assert sam.account not in there.places()
    third = there.report(tom, Kind.GROOMING, {"about": "outsider", "what": "And once more."})
    there.card(omar, third)
    assert not [one for one in sam.messages if third in one.summary]
