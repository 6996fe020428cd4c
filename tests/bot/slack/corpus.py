"""Real payloads of every kind: what Slack sent while people asked, reported and handled a case."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.messages import Card, CardState
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.slack import ids
from bot.slack.notices import notice_blocks
from knowledge.rules import Kind, Urgency
from tests.bot.slack.doorstep import Doorstep
from tests.support.served import NOW
from tests.support.slack.people import BOT
from tests.support.slack.person import Person
from tests.support.slack.staff import SAFE, Staff
from tests.support.slack.workspace import Seen, seen

QUESTION = "Can I post a photo of pupils on the school's Facebook page?"
DRAFT = "Great win for our Year 7 team today, well done Jamie!"
SAID = {"q.about": "pupil", **SAFE, "q.what": "He asked me for my number."}


@dataclass(frozen=True, slots=True)
class Sent:
    """One request of Slack's, to be made again or otherwise."""

    kind: str
    name: str
    payload: Mapping[str, Any]


def card_before(step: Doorstep, who: Person, reference: str, state: CardState = CardState.WAITING) -> Seen:
    """The card about a case as somebody has it, put there without the sender of notices."""
    card = Card(reference, Kind.PUPIL_CONTACT, Urgency.TODAY, NOW, "the designated safeguarding lead", state)
    shown = notice_blocks(card)
    with step.slack.lock:
        place = step.slack.workspace.direct(who.user)
        made = step.slack.workspace.post(place, BOT, {"text": shown.text, "blocks": list(shown.blocks)})
    return seen(place.id, made)


def case_of(step: Doorstep, who: str = "tom") -> str:
    """Report something; gives its reference."""
    staff = Staff(step.slack)
    return staff.report(staff.person(who), Kind.PUPIL_CONTACT, SAID)


def corpus(step: Doorstep) -> list[Sent]:
    """Play a little of everything, and give what Slack sent meanwhile, each kind of thing once or twice."""
    staff = Staff(step.slack)
    tom, sam = staff.person("tom"), staff.person("sam")
    step.slack.add_channel("staff", "tom", "sam")
    _asking(step, staff, tom)
    reference = case_of(step)
    tom.slash(ids.REPORT_COMMAND, "something")
    staff.chosen(tom, Kind.ADULT_CONCERN)
    tom.press(ids.REPORT_MORE)
    tom.press(ids.REPORT_ROOM)
    tom.press(ids.REPORT_OTHER_KIND)
    step.settle()
    tom.close_view()
    tom.global_shortcut(ids.REPORT_ANYWHERE)
    tom.wait_for_view()
    tom.close_view()
    _handling(step, sam, reference)
    tom.open_home()
    tom.wait_for_home()
    tom.press(f"{ids.OWN_OPEN}#0", tom.home, value=reference)
    tom.wait_for_view(lambda view: view.has(ids.OWN_ADD))
    tom.press(ids.OWN_ADD)
    tom.wait_for_view(lambda view: view.callback_id == ids.ADD_VIEW)
    tom.fill({"q.text": "He asked again."})
    tom.submit()
    tom.close_view(all_of_them=True)
    step.settle()
    found = {one.name: Sent(one.kind, one.name, one.payload) for one in step.slack.deliveries}
    return [*found.values(), _suggestion(found)]


def _asking(step: Doorstep, staff: Staff, tom: Person) -> None:
    close = staff.ask(tom, f"Can I post this? “{DRAFT}”")
    tom.press(ids.numbered(ids.ASK_CHOOSE, 0), close)
    tom.mention("staff", QUESTION)
    tom.slash(ids.ASK_COMMAND, QUESTION)
    tom.slash(ids.SIGNPOST_COMMAND, "status")
    thread, _ = tom.start_assistant()
    staff.ask(tom, QUESTION, thread=thread)
    draft = tom.write("staff", DRAFT)
    for shortcut in (ids.CHECK_POLICY, ids.REPORT_THIS):
        tom.message_shortcut(shortcut, draft)
        tom.wait_for_view()
        step.settle()
        tom.close_view()
    warned = staff.ask(tom, "a Y9 girl has sent me a nude on snap, what now")
    tom.press(ids.ASK_REPORT, warned)
    tom.wait_for_view()
    tom.close_view()
    tom.edit(tom.direct.id, [one for one in tom.sees() if one.user == tom.id][-1].ts, "changed")


def _handling(step: Doorstep, sam: Person, reference: str) -> None:
    card = card_before(step, sam, reference)
    sam.press(ids.CASE_ACKNOWLEDGE, card)
    acknowledge(step.office, reference, Actor("sam"), now=NOW)
    sam.press(ids.CASE_OPEN, card)
    sam.wait_for_view(lambda view: view.has(ids.CASE_CLOSE))
    for action, callback, said in (
        (ids.CASE_NOTE, ids.NOTE_VIEW, {"q.text": "A note."}),
        (ids.CASE_ASK, ids.QUESTION_VIEW, {"q.text": "A question?"}),
        (ids.CASE_ACTION, ids.ACTION_VIEW, {"q.text": "Ring home.", "q.person": "sam"}),
        (ids.CASE_HAND_OVER, ids.HAND_OVER_VIEW, {"q.person": "omar"}),
        (ids.CASE_CLOSE, ids.CLOSE_VIEW, {"q.text": "Done.", "q.decision": "in_school"}),
        (ids.CASE_REOPEN, ids.REOPEN_VIEW, {"q.text": "There is more."}),
    ):
        sam.wait_for_view(lambda view, action=action: view.has(action))  # type: ignore[misc]  # a default's type
        sam.press(action)
        sam.wait_for_view(lambda view, name=callback: view.callback_id == name and bool(view.view["submit"]))  # type: ignore[misc]  # a default's type
        sam.fill(said)
        sam.submit()
        step.settle()
    sam.close_view(all_of_them=True)


def _suggestion(found: Mapping[str, Sent]) -> Sent:
    """What Slack asks where somebody types into a search for people: Oakfield is too small to need one."""
    form = next(one.payload for name, one in found.items() if name.startswith("block_actions:report.answer"))
    payload = {key: form[key] for key in ("user", "team", "view", "token", "api_app_id", "container")}
    payload |= {"type": "block_suggestion", "action_id": ids.REPORT_PEOPLE, "block_id": "q.x", "value": "sa"}
    return Sent("interactive", f"block_suggestion:{ids.REPORT_PEOPLE}", json.loads(json.dumps(payload)))
