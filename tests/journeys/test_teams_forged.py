"""What is forged, hostile or sent again, validly signed, gains nothing in Teams: with the started program."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.teams import ids
from bot.wording import chat
from bot.wording import reporting as wording
from knowledge.rules import Kind
from tests.bot.teams.holding import HOSTILE, hold, hold_summary
from tests.journeys.teams_school import (
    SAFE,
    TeamsSchool,
    address,
    has,
    settings_of,
    teams_school,
    tenant,
    value_of,
    words,
)
from tests.support.databases import Postgres
from tests.support.schools import fast_schools
from tests.support.teams.cards import inputs_of
from tests.support.teams.people import on_teams
from tests.support.teams.person import Person
from tests.support.teams.service import CREATE
from tests.support.teams.space import Seen
from tests.support.teams.stand_in import Delivery
from tests.support.warm import WarmProgram

SAID = {"about": "pupil", "subject": "Zara Whitlock", "what": "She waited for me at the bus stop."}
CONTENT = ("Zara", "Whitlock", "bus stop", "Priya", "Nair", "01632 960999")
NAMES = ("task/fetch", "task/submit", "composeExtension/submitAction", "adaptiveCard/action")
OF_A_CASE = (
    *(ids.CASE_OPEN, ids.CASE_PAGE, ids.CASE_HAND_OVER, ids.CASE_ASK, ids.CASE_NOTE, ids.CASE_ACTION),
    *(ids.CASE_CLOSE, ids.CASE_REOPEN, ids.CASE_ABOUT, ids.CASE_MENTIONED, ids.CASE_ACKNOWLEDGE),
    *(ids.OWN_OPEN, ids.OWN_PAGE, ids.OWN_ADD, ids.OWN_ANSWER),
)
FILLED = {"text": "It was nothing.", "person": "marcus", "decision": "no_referral", "due": "2031-01-06"}
SENT = tuple(ids.sent(one) for one in (*OF_A_CASE[2:8], ids.OWN_ADD, ids.OWN_ANSWER))
"""What the small forms send."""
TRIES = (
    ("task/fetch", ids.CASE_OPEN, "{}"),
    ("adaptiveCard/action", ids.CASE_ACKNOWLEDGE, "{}"),
    ("task/submit", ids.CASE_ABOUT, "{}|sam"),
    *(("composeExtension/submitAction", one, "{}") for one in SENT),
    *((name, one, value) for name in NAMES for one in (*OF_A_CASE, *SENT) for value in ("{}", "{}|sam")),
)
"""Each of what the audit is to say first: whoever goes on is noted only now and then (`refusals`)."""
SENDS = 4


@pytest.fixture(scope="module")
def oakfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamsSchool]:
    """Give a school of its own: who is refused so often is noted in the audit only now and then."""
    with teams_school(tmp_path_factory.mktemp("forged") / "program") as found:
        found.teams.add_channel("staffroom", "helen")
        yield found


@pytest.fixture
def case(oakfield: TeamsSchool) -> str:
    """Give the reference of a case that the lead has acknowledged, and whose reporter was asked something."""
    priya, sam = oakfield.person("priya"), oakfield.person("sam")
    reference = oakfield.report(priya, Kind.GROOMING, {**SAFE, **SAID})
    card = oakfield.card(sam, reference)
    sam.presses(card, ids.CASE_ACKNOWLEDGE)
    oakfield.small(sam, card, ids.CASE_ASK, {"text": "Which bus stop was it?"})
    sam.closes()
    return reference


@pytest.mark.parametrize("who", ["ursa", "kit"])
def test_a_press_for_a_case_by_whoever_may_press_for_none_is_audited_too(
    oakfield: TeamsSchool, case: str, who: str
) -> None:
    body = str(oakfield.forge(oakfield.person(who), "task/fetch", ids.CASE_OPEN, case).body)
    assert not [one for one in (*CONTENT, case) if one in body]
    account = f"account:teams:{oakfield.teams.user(who).account}"
    assert (account, "refused open") in {(by, what) for by, what, _ in oakfield.audited("", case)}


@pytest.mark.parametrize("who", ["marcus", "nell"])
def test_no_edited_case_id_opens_or_does_anything_and_each_try_is_audited(
    oakfield: TeamsSchool, case: str, who: str
) -> None:
    forger, actor = oakfield.person(who), {"nell": f"account:teams:{oakfield.teams.user('nell').account}"}
    before = [row for row in oakfield.audited("", case) if not row[1].startswith("refused")]
    for name, action, value in TRIES:
        body = str(oakfield.forge(forger, name, action, value.format(case), **FILLED).body)
        assert not [one for one in CONTENT if one in body], (name, action, value)
    assert [row for row in oakfield.audited("", case) if not row[1].startswith("refused")] == before
    refused = {(by, what) for by, what, _ in oakfield.audited("", case) if what.startswith("refused")}
    does = "open acknowledge hand_over ask note act close reopen standing".split()
    assert refused >= {(actor.get(who, who), f"refused {one}") for one in does}


def test_a_reporter_gains_no_rights_of_a_handler_by_editing_their_own_buttons(
    oakfield: TeamsSchool, case: str
) -> None:
    priya = oakfield.person("priya")
    before = len(oakfield.audited("close", case))
    for action in (ids.CASE_OPEN, ids.CASE_HAND_OVER):
        answer = str(oakfield.forge(priya, "task/fetch", action, case).body)
        assert chat.STALE in answer
    oakfield.forge(priya, "task/submit", ids.sent(ids.CASE_CLOSE), case, **FILLED)
    assert len(oakfield.audited("close", case)) == before
    assert oakfield.audited("refused close", case) == [("priya", "refused close", case)]


def test_pages_that_are_not_there_show_the_nearest_and_nothing_breaks(
    oakfield: TeamsSchool, case: str
) -> None:
    sam = oakfield.person("sam")
    odd = ("-1", "99999999999", "1e9", "٣", "None", "0|0", "../1", "", " 1")
    for page in odd:
        answer = oakfield.forge(sam, "task/fetch", ids.CASE_PAGE, f"{case}|{page}")
        assert answer.body["task"]["type"] == "continue", page
        assert "Zara" in str(answer.body)
    assert chat.STALE in str(oakfield.forge(sam, "task/fetch", ids.CASE_PAGE, f"|{case}").body)


def test_somebody_elses_tokens_are_worth_nothing(oakfield: TeamsSchool) -> None:
    tom, marcus = oakfield.person("tom"), oakfield.person("marcus")
    warned = oakfield.ask(tom, "a Y9 girl called Zara Whitlock sent me a nude, what do I do")
    body = str(oakfield.forge(marcus, "task/fetch", ids.ASK_REPORT, value_of(warned, ids.ASK_REPORT)).body)
    assert "Zara" not in body, "her question begins no report of his"
    card = oakfield.begun_on_card(tom, Kind.GROOMING)
    tom.presses(card, ids.REPORT_NEXT, what="Zara Whitlock wrote to me.", **SAFE)
    token = value_of(oakfield.now(card), ids.REPORT_NEXT)
    for name in NAMES:
        for action in (ids.REPORT_OPEN, ids.REPORT_NEXT, ids.REPORT_OTHER_KIND):
            body = str(oakfield.forge(marcus, name, action, f"{token}|grooming|").body)
            assert "Zara" not in body, (name, action)
    inside = tom.opens(card, ids.REPORT_OPEN)
    assert inputs_of(inside.card)["q.what"]["value"] == "Zara Whitlock wrote to me.", "his own stays his own"
    tom.closes()


def test_junk_in_what_is_sent_gets_an_answer_and_makes_no_case(oakfield: TeamsSchool) -> None:
    tom = oakfield.person("tom")
    before = oakfield.cases()
    junk: list[Any] = [None, [], 7, {"a": 1}, "x" * 2_000, "\u202e", "SP-", "|", "||||"]
    for name in NAMES:
        for action in (ids.REPORT_NEXT, ids.REPORT_KIND, ids.CASE_OPEN, ids.ASK_CHOOSE, ids.ASK_AGREED, "?"):
            for odd in junk:
                data = {"action": action, "value": odd, "q.what": odd, "q.kind": odd, "asked": odd}
                value: dict[str, Any] = {"data": data}
                if name == NAMES[-1]:
                    value = {"action": {"type": "Action.Execute", "verb": odd, "data": data}}
                answer = oakfield.teams.send(tom.activity("invoke", name=name, value=value))
                assert answer.status == 200
    assert oakfield.cases() == before


@pytest.mark.parametrize("text", HOSTILE[:9], ids=range(9))
def test_hostile_text_is_inert_on_every_surface(oakfield: TeamsSchool, text: str) -> None:
    priya = oakfield.person("priya")
    known, delivered = len(oakfield.teams.calls()), len(oakfield.teams.deliveries)
    oakfield.ask(priya, f"Can I post this? {text}")
    written = oakfield.person("helen").writes(text, "staffroom")
    for command in (ids.CHECK_MESSAGE, ids.REPORT_MESSAGE):
        priya.extension(command, message=written)
    oakfield.form(priya, Kind.GROOMING)
    said = {"about": "pupil", "subject": text[:100].replace("\n", " "), "what": text}
    shown = oakfield.sends(priya, ids.REPORT_NEXT, {**SAFE, **said})
    if wording.CHECK_AND_SEND not in words(shown):  # a web address where one may not be, say
        shown = oakfield.sends(priya, ids.REPORT_NEXT, {"url": "", "handle": ""})
    reference = oakfield.sent(priya)
    who, card = told_first(oakfield, reference)
    oakfield.settled()
    who.presses(card, ids.CASE_ACKNOWLEDGE)
    for form in (ids.CASE_NOTE, ids.CASE_ASK):
        oakfield.small(who, card, form, {"text": text})
    read = "".join(filter(str.isalnum, oakfield.read(who, oakfield.opened(who, card))))
    assert read.count("".join(filter(str.isalnum, text))[:20]) >= len(("what", "note", "question"))
    who.closes()
    oakfield.forge(priya, "task/fetch", ids.OWN_OPEN, reference)
    oakfield.settled()
    for call in oakfield.teams.calls()[known:]:
        if call.method == CREATE:  # that a chat is begun says nothing
            continue
        hold(call.body["attachments"][0]["content"])
        hold_summary(call.body["summary"])
        assert set(call.body) <= {"type", "summary", "attachments", "from", "replyToId"}, (
            "no mention, no text"
        )
    for made in oakfield.teams.deliveries[delivered:]:
        hold_answer(made)


def told_first(oakfield: TeamsSchool, reference: str) -> tuple[Person, Seen]:
    """Who is told of a report, with their card: not the lead, where the text names him."""
    people = [oakfield.person(one) for one in ("sam", "omar", "helen", "tessa")]
    found = oakfield.teams.wait_for(
        lambda: [
            (who, one)
            for who in people
            for one in who.messages
            if reference in one.summary and has(one, ids.CASE_OPEN)
        ],
        within=8,
        what="somebody to be told",
    )
    first: tuple[Person, Seen] = found[0]
    return first


def hold_answer(made: Delivery) -> None:
    """Nothing in the answer to what was pressed comes alive."""
    if not isinstance(made.body, dict) or (made.body.get("type") is None and "task" not in made.body):
        return
    value = made.body.get("value") or made.body["task"]["value"]
    if isinstance(value, dict) and "card" in value:
        hold(value["card"]["content"], "dialog")
    elif isinstance(value, dict):
        hold(value)


def test_a_replayed_activity_makes_no_second_case(oakfield: TeamsSchool) -> None:
    tom, kit = oakfield.person("tom"), oakfield.person("kit")
    before = oakfield.cases()
    oakfield.form(tom, Kind.GROOMING)
    oakfield.fill(tom, {**SAFE, **SAID})
    sent = tom.submits(ids.REPORT_NEXT)
    reference = value_of(tom.front, ids.OWN_OPEN)
    tom.closes()
    card = oakfield.begun_on_card(tom, Kind.GROOMING)
    tom.presses(card, ids.REPORT_NEXT, **SAFE, **SAID)
    on_card = tom.presses(card, ids.REPORT_NEXT)
    disclosed = kit.says("he touched me and said nobody would believe me")
    assert oakfield.cases() == before + 3
    for delivery in (sent, on_card, disclosed):
        for _ in range(SENDS - 1):
            again = oakfield.teams.redeliver(delivery)
            assert str(again.body) == str(delivery.body), "the same receipt each time"
    assert reference in str(sent.body)
    oakfield.settled()
    assert oakfield.cases() == before + 3
    assert len([one for one in tom.messages if reference in words(one)]) == 1, "one receipt in the chat"
    told = [one for one in oakfield.person("sam").messages if reference in one.summary]
    assert len(told) == 1


@pytest.fixture(scope="module")
def two_replicas(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TeamsSchool, str]]:
    """Give the school on PostgreSQL, and where its other replica is reached."""
    database, folder = postgres.new_database(), tmp_path_factory.mktemp("replicas")
    text = on_teams(fast_schools(step="1h"), only=True)
    with tenant(text) as (teams, graph):
        ours = settings_of(teams, graph)
        with (
            WarmProgram(folder / "one", schools=text, database=database, **ours) as first,
            first.replica(folder / "two", **ours) as second,
        ):
            teams.over_http(address(first))
            yield TeamsSchool(teams, graph, first), address(second)
    postgres.give_back(database)


def test_the_same_send_four_times_to_two_replicas_is_one_case(two_replicas: tuple[TeamsSchool, str]) -> None:
    there, other = two_replicas
    tom, sam = there.person("tom"), there.person("sam")
    before = len(sam.messages)
    there.form(tom, Kind.GROOMING)
    there.fill(tom, {**SAFE, **SAID})
    sent = tom.submits(ids.REPORT_NEXT)
    reference = value_of(tom.front, ids.OWN_OPEN)
    body, headers = sent.sent
    answers = [
        httpx.post(to, content=body, headers=dict(headers), trust_env=False, timeout=10)
        for to in (other, str(address(there.program)), other)
    ]
    assert [reference in one.text for one in answers] == [True] * 3, "each is given the same receipt"
    card = there.card(sam, reference)
    tom.says("my reports")
    mine = there.told(tom, lambda one: has(one, ids.LIST_DUTY))
    assert words(mine).count("SP-") == words(mine).count(reference) == words(mine).count(f"{reference}:")
    told = [one for one in sam.messages[before:] if has(one, ids.CASE_OPEN)]
    assert [one.id for one in told] == [card.id]


def test_a_report_goes_on_at_the_other_replica_where_it_was_left(
    two_replicas: tuple[TeamsSchool, str],
) -> None:
    there, other = two_replicas
    tom = there.person("tom")
    there.teams.over_http(address(there.program))
    there.form(tom, Kind.GROOMING)
    there.teams.over_http(other)
    shown = there.fill(tom, {**SAFE, **SAID})
    assert inputs_of(shown.card)["q.what"]["value"] == SAID["what"]
    there.teams.over_http(address(there.program))
    reference = there.sent(tom)
    there.card(there.person("sam"), reference)
