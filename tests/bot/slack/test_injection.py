"""Whatever staff type, paste or are called, it stays words on every surface of Slack (promise S13)."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.reporting.casefile import read_case
from bot.reporting.choices import staff
from bot.reporting.office import Work
from bot.slack import forms, ids
from knowledge.rules import Kind
from storage import cases
from tests.bot.reporting.oakfield import directory
from tests.bot.slack.corpus import card_before
from tests.bot.slack.doorstep import Doorstep, doorstep
from tests.bot.slack.holding import HOSTILE, elements, hold_message, hold_view
from tests.support.served import NOW
from tests.support.slack.people import BOT
from tests.support.slack.person import Person
from tests.support.slack.screens import Screen
from tests.support.slack.staff import SAFE, Staff, reference_in

FITS = 2_900
"""Characters of a field at Slack are 3,000."""
_FIRST = {"q.about": "unknown", **SAFE}


@pytest.fixture(scope="module")
def step(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    """Give Slack's door, which the tests of this module share."""
    folder = tmp_path_factory.mktemp("step")
    with doorstep(f"sqlite:///{folder / 'signpost.db'}", folder) as found:
        found.slack.add_channel("staff", "tom", "sam")
        yield found


def surfaces(step: Doorstep) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All that was put before anybody since the record was last forgotten, as it came over the wire."""
    for call in step.slack.calls():
        if "view" in call.args:
            yield call.method, call.args["view"]
        elif "blocks" in call.args:
            yield call.method, call.args
    for one in step.slack.deliveries:
        if isinstance(one.body, dict):
            yield one.name, one.body.get("view") or one.body


def hold(step: Doorstep) -> int:
    """Hold every surface against Slack's limits and what may not come alive; returns how many there were."""
    step.settle()
    found = list(surfaces(step))
    for name, shown in found:
        if shown.get("type") in {"modal", "home"}:
            hold_view(shown)
        elif "blocks" in shown:
            hold_message(shown["blocks"], shown["text"])
        elif "errors" in shown:
            assert not [one for one in shown["errors"].values() if "<" in one], name
    assert [one for one in step.slack.refused() if one.method != "chat.getPermalink"] == []
    return len(found)


def fill_all(who: Person, form: Screen, text: str) -> None:
    """Type the same into every field of a form that takes words."""
    for block in form.blocks:
        if block["type"] == "input" and block["element"]["type"] == "plain_text_input":
            who.fill({block["block_id"]: text})


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_question_stays_words(step: Doorstep, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    text, staff = HOSTILE[number], Staff(step.slack)
    tom = staff.person("tom")
    step.slack.forget()
    staff.ask(tom, f"Can I post this? {text}")
    staff.ask(tom, text)
    tom.mention("staff", text)
    tom.slash(ids.ASK_COMMAND, text)
    tom.slash(ids.SIGNPOST_COMMAND, text)
    draft = tom.write("staff", text)
    tom.message_shortcut(ids.CHECK_POLICY, draft)
    tom.wait_for_view()
    tom.close_view()
    assert hold(step) >= 6
    assert logged(capsys, text) == ""


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_report_and_all_that_is_written_in_its_case_stay_words(
    step: Doorstep, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    text, staff = HOSTILE[number][:FITS], Staff(step.slack)
    tom = staff.person("tom")
    step.slack.forget()
    reference = reported(step, staff, tom, text)
    sam = staff.person(told_of(step, reference))
    card = card_before(step, sam, reference)
    sam.press(ids.CASE_ACKNOWLEDGE, card)
    step.settle()
    sam.press(ids.CASE_OPEN, card)
    for action, callback, more in (
        (ids.CASE_NOTE, ids.NOTE_VIEW, {}),
        (ids.CASE_ASK, ids.QUESTION_VIEW, {}),
        (ids.CASE_ACTION, ids.ACTION_VIEW, {"q.person": sam.name}),
        (ids.CASE_CLOSE, ids.CLOSE_VIEW, {"q.decision": "other"}),
        (ids.CASE_REOPEN, ids.REOPEN_VIEW, {}),
    ):
        small(step, sam, (action, callback), {"q.text": text, **more})
    sam.close_view(all_of_them=True)
    tom.open_home()
    step.settle()
    assert tom.home is not None
    number_of = [
        one["value"] for one in elements(tom.home.blocks) if one["action_id"].startswith(ids.OWN_OPEN)
    ]
    tom.press(ids.numbered(ids.OWN_OPEN, number_of.index(reference)), tom.home)
    step.settle()
    for action, callback in ((ids.OWN_ANSWER, ids.ANSWER_VIEW), (ids.OWN_ADD, ids.ADD_VIEW)):
        if tom.view is not None and tom.view.has(action):
            small(step, tom, (action, callback), {"q.text": text})
    tom.close_view(all_of_them=True)
    sam.press(ids.CASE_OPEN, card)
    sam.wait_for_view(lambda view: view.callback_id == ids.CASE_VIEW)
    sam.close_view()
    assert hold(step) >= 15
    assert logged(capsys, text) == ""


def reported(step: Doorstep, staff: Staff, tom: Person, text: str) -> str:
    """Report a message of another app that is called like this, with the same words in every field."""
    with step.slack.lock:
        place = step.slack.channel("staff")
        body = {"text": text, "username": text[:80]}
        made = step.slack.workspace.post(place, step.slack.user("robot"), body)
    message = next(one for one in tom.sees() if one.ts == made["ts"])
    assert message.user != BOT.id
    tom.message_shortcut(ids.REPORT_THIS, message)
    step.settle()
    staff.chosen(tom, Kind.OTHER)
    staff.fill(tom, _FIRST)
    form = tom.view
    assert form is not None
    fill_all(tom, form, text)
    for _ in range(4):
        if tom.view is None or tom.view.callback_id != ids.REPORT_FORM:
            break
        tom.submit()
        for block in (
            tom.view.errors if tom.view is not None else ()
        ):  # no date, no link: said beside the field
            tom.fill({block: "yesterday" if block.endswith("_at") else "Nothing much."})
    assert tom.view is not None
    assert tom.view.callback_id == ids.RECEIPT_VIEW, tom.view.words
    found = reference_in(tom.view)
    tom.close_view(all_of_them=True)
    return found


def told_of(step: Doorstep, reference: str) -> str:
    """Whoever was told of a case first: not always the lead, whom these words may name."""
    with step.office.store.reading() as session:
        case = read_case(Work(session, step.office, NOW), cases.by_reference(session, reference))
    assert case is not None
    return str(next(one.person for one in case.told if not one.alert))


def small(step: Doorstep, who: Person, what: tuple[str, str], said: Mapping[str, str]) -> None:
    """Open a small form from the window in front, fill it in and send it."""
    action, callback = what
    who.wait_for_view(lambda view: view.has(action))
    who.press(action)
    who.wait_for_view(lambda view: view.callback_id == callback and bool(view.view["submit"]))
    who.fill(said)
    who.submit()
    if who.view is not None and who.view.callback_id == callback:  # nothing that can be seen was written
        assert who.view.errors
        who.fill({"q.text": "Said."})
        who.submit()
    step.settle()


def logged(capsys: pytest.CaptureFixture[str], text: str) -> str:
    """The first line of what was logged that has any of these words, or breaks out of its line."""
    printed = capsys.readouterr()
    words = [one for one in text.split() if len(one) > 5][:5]
    lines = f"{printed.out}\n{printed.err}".splitlines()
    return next((line for line in lines if any(word in line for word in words)), "")


@pytest.mark.parametrize("text", HOSTILE[:8])
def test_a_search_for_people_answers_with_people_or_nobody(text: str) -> None:
    people = staff(directory(), NOW.date())
    assert forms.found_people(people, text) == {"options": []}
