"""Oakfield at the stand-in Teams with the program started beside it: what people do there, in a line each."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.reporting.schools import read_schools
from bot.slack import ids as slack_ids
from bot.teams import ids
from bot.wording import handling
from bot.wording import reporting as wording
from knowledge.rules import Kind
from tests.journeys import records
from tests.support.processes import LOOPBACK
from tests.support.program import Program
from tests.support.schools import fast_schools
from tests.support.slack.person import Person as SlackPerson
from tests.support.slack.stand_in import Slack
from tests.support.slack.workspace import Seen as SlackSeen
from tests.support.teams.cards import actions_of, inputs_of, texts_of
from tests.support.teams.dialogs import Dialog
from tests.support.teams.graph import STAFF_GROUP, Entry, GraphStandIn
from tests.support.teams.people import User, account_of, on_teams, users_of
from tests.support.teams.person import Person
from tests.support.teams.space import BOT, Seen
from tests.support.teams.stand_in import Delivery, Teams
from tests.support.waiting import wait_for
from tests.support.warm import WarmProgram

SAFE = {"danger": "no", "image": "no"}
SOMEBODY = User(account_of("ursa"), "ursa", "Ursa Unlisted", "ursa@oakfield.example")
"""In the tenant, and in no list: neither the schools file's nor a group's."""
_CARD = "adaptiveCard/action"
_WITHIN = 15.0
"""Seconds: a card that was on its way is changed when its lease of ten is over."""


def words(shown: Seen | Dialog) -> str:
    """Everything that somebody reads on a card, or can unfold there."""
    if shown.card is None:
        return shown.text if isinstance(shown, Seen) else ""
    shown_here = {name: one for name, one in shown.card.items() if name != "fallbackText"}
    return "\n".join(texts_of(shown_here))


def has(shown: Seen | Dialog, action: str) -> bool:
    """Whether something on a card does this."""
    return action in doing(shown)


def doing(shown: Seen | Dialog) -> list[str]:
    """Everything that can be done with a card, by its names."""
    acts = [one.get("data") or {} for one in actions_of(shown.card or {})]
    return [str(one["action"]) for one in acts if "action" in one]


def value_of(shown: Seen | Dialog, action: str) -> str:
    """What the first button that does this sends back."""
    return _values(shown, action)[0]


def _values(shown: Seen | Dialog, action: str) -> list[str]:
    acts = [one.get("data") or {} for one in actions_of(shown.card or {})]
    return [str(one["value"]) for one in acts if one.get("action") == action]


def given(dialog: Dialog) -> Mapping[str, str]:
    """What stands in a dialog's fields."""
    return {name: str(one["value"]) for name, one in inputs_of(dialog.card).items() if "value" in one}


def asked(shown: Dialog | Seen) -> list[str]:
    """The questions of a form, in order."""
    return list(inputs_of(shown.card or {}))


def nothing_of(names: tuple[str, ...], *shown: Seen) -> None:
    """See that none of this stands in a message, or in what a notification shows of it."""
    for one in shown:
        assert not [name for name in names if name in f"{one.card}{one.text}{one.summary}"], one.summary


@dataclass(frozen=True, slots=True)
class TeamsSchool:
    """The tenant, its Graph, and the program; `slack` where the school has that too."""

    teams: Teams
    graph: GraphStandIn
    program: Program
    slack: Slack | None = None
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, named: str) -> Person:
        """Somebody to act as, always the same one: a dialog stays before them."""
        return self.people.setdefault(named, self.teams.person(named))

    def said(self, who: Person) -> list[Seen]:
        """What the app has told somebody, but for receipts and notices, which come when they come."""
        return [one for one in who.messages if "SP-" not in f"{one.summary}{words(one)}"]

    def next_of(self, who: Person, before: int) -> Seen:
        """The message that comes after so many of those."""
        return wait_for(
            lambda: self.said(who),
            lambda now: len(now) > before,
            within=_WITHIN,
            what=f"an answer to {who.user.name}",
        )[before]

    def ask(self, who: Person, text: str) -> Seen:
        """Ask in one's own chat with the app; gives the answer."""
        before = len(self.said(who))
        who.says(text)
        return self.next_of(who, before)

    def form(self, who: Person, kind: Kind) -> Dialog:
        """Begin a report by the message extension, and choose its kind."""
        who.extension(ids.REPORT)
        return self.chosen(who, kind)

    def chosen(self, who: Person, kind: Kind) -> Dialog:
        """Choose the kind of a report that was begun."""
        return self.sends(who, ids.REPORT_KIND, {"kind": kind.value})

    def sends(self, who: Person, action: str, answers: Mapping[str, str] | None = None) -> Dialog:
        """Fill in the dialog in front and press a button of it; gives what comes next."""
        who.submits(action, answers)
        return who.front

    def fill(self, who: Person, answers: Mapping[str, str]) -> Dialog:
        """Fill in the form in front, and press Next; gives the page that shows whom it goes to."""
        shown = self.sends(who, ids.REPORT_NEXT, answers)
        assert wording.CHECK_AND_SEND in words(shown), words(shown)
        return shown

    def sent(self, who: Person) -> str:
        """Press Send on it; gives the receipt's reference."""
        receipt = self.sends(who, ids.REPORT_NEXT)
        assert receipt.title == wording.RECEIPT_TITLE, words(receipt)
        return value_of(receipt, ids.OWN_OPEN)

    def report(self, who: Person, kind: Kind, answers: Mapping[str, str]) -> str:
        """A whole report by the message extension; gives its reference."""
        self.form(who, kind)
        self.fill(who, {**SAFE, **answers})
        reference = self.sent(who)
        who.closes()
        return reference

    def begun_on_card(self, who: Person, kind: Kind) -> Seen:
        """Write “report”, and choose the kind on the card that comes; gives the card, which changes."""
        card = self.ask(who, "report")
        who.presses(card, ids.REPORT_KIND, kind=kind.value)
        return card

    def now(self, card: Seen) -> Seen:
        """A message as it stands now."""
        with self.teams.space.lock:
            return self.teams.conversation(card.conversation).messages[card.id]

    def card(self, who: Person, reference: str, *, within: float = _WITHIN) -> Seen:
        """The card about a case that somebody is sent."""
        return self.told(who, lambda one: reference in one.summary and has(one, ids.CASE_OPEN), within=within)

    def told(self, who: Person, good: Callable[[Seen], bool], *, within: float = _WITHIN) -> Seen:
        """The latest message before somebody that is good, once there is one."""
        return wait_for(
            lambda: [one for one in who.messages if good(one)],
            bool,
            within=within,
            what=f"a message to {who.user.name}",
        )[-1]

    def card_now(self, card: Seen, good: Callable[[Seen], bool], *, within: float = _WITHIN) -> Seen:
        """The same card once it has become good."""
        return wait_for(lambda: self.now(card), good, within=within, what=f"{card.summary} to change")

    def opened(self, who: Person, card: Seen) -> Dialog:
        """Open a case from its card."""
        return who.opens(card, ids.CASE_OPEN)

    def read(self, who: Person, shown: Dialog) -> str:
        """Everything of a case that is in front, page by page."""
        texts = [words(shown)]
        while handling.SHOW_MORE in texts[-1]:
            forth = max(_values(who.front, ids.CASE_PAGE), key=lambda one: int(ids.parted(one)[1]))
            who.submits(ids.CASE_PAGE, value=forth)
            texts.append(words(who.front))
        return "\n".join(texts)

    def small(self, who: Person, card: Seen | None, action: str, answers: Mapping[str, str]) -> Dialog:
        """Open a small form, from a card or else from the case in front, fill it in and send it."""
        if card is not None:
            who.opens(card, action)
        else:
            who.submits(action)
        return self.sends(who, ids.sent(action), answers)

    def forge(self, who: Person, name: str, action: str, value: str = "", **more: str) -> Delivery:
        """Send what somebody never had to press: an invoke of theirs, validly signed, with these values."""
        data = {"action": action, "value": value, **{f"q.{key}": text for key, text in more.items()}}
        pressed: dict[str, Any] = {"data": data, "context": {"theme": "default"}}
        if name == _CARD:
            pressed = {
                "action": {"type": "Action.Execute", "verb": action, "data": data},
                "trigger": "manual",
            }
        if name.startswith("composeExtension"):
            pressed |= {"commandId": action, "commandContext": "compose"}
        return self.teams.send(who.activity("invoke", name=name, value=pressed))

    def audited(self, action: str = "", reference: str = "") -> list[tuple[str, str, str]]:
        """The audit so far, oldest first: who, what, which case."""
        return records.audited(self.program.data, action, reference)

    def cases(self) -> int:
        """How many cases there are."""
        return records.count_cases(self.program.data)

    def settled(self) -> None:
        """Wait until nothing is on its way: a card on its way is changed only when its lease is over."""
        data = self.program.data
        wait_for(
            lambda: records.on_its_way(data), lambda left: not left, within=_WITHIN, what="notices to be sent"
        )

    def places(self) -> dict[str, str]:
        """Where people are written to: their accounts' conversations."""
        return records.places(self.program.data)

    def kept(self) -> str:
        """All that the tenant keeps of the app: messages, changes of them, and cards that were refreshed."""
        calls = [str(one.body) for one in self.teams.calls()]
        refreshed = [str(one.body) for one in self._deliveries() if one.activity.get("name") == _CARD]
        return "\n".join([*calls, *refreshed])

    def put_before(self, named: str) -> str:
        """All that one person was ever shown, in messages and in dialogs."""
        user = self.teams.user(named)
        mine = {user.personal}
        calls = [
            str(one.body)
            for one in self.teams.calls()
            if one.account == user.account or one.conversation in mine
        ]
        answers = [
            str(one.body)
            for one in self._deliveries()
            if one.activity.get("from", {}).get("aadObjectId") == user.account
        ]
        return "\n".join([*calls, *answers])

    def in_channel(self, channel: str) -> list[Seen]:
        """What the app has written in a channel, for all to see."""
        return [one for one in self.teams.messages_in(channel) if one.author == BOT]

    def slack_person(self, named: str) -> SlackPerson:
        """The same school's somebody, at their Slack account."""
        assert self.slack is not None, "this school has no Slack"
        return self.slack.person(named)

    def slack_card(self, who: SlackPerson, reference: str, *, within: float = _WITHIN) -> SlackSeen:
        """The card about a case that somebody is sent in Slack."""
        return who.wait_for_message(
            lambda one: reference in one.text and one.has(slack_ids.CASE_OPEN), within=within
        )

    def _deliveries(self) -> list[Delivery]:
        with self.teams.space.lock:
            return list(self.teams.deliveries)


@contextmanager
def tenant(text: str, *, staff: tuple[str, ...] = ()) -> Iterator[tuple[Teams, GraphStandIn]]:
    """Oakfield's tenant and its Graph, which knows everybody of it; `staff` are in the staff's group."""
    with Teams([*users_of(read_schools(text, "schools.yml")), SOMEBODY]) as teams:
        here = [one for one in teams.space.users.values() if one.tenant == teams.user("ursa").tenant]
        entries = [Entry(one.account, one.real_name, one.email) for one in here]
        with GraphStandIn(entries) as graph:
            graph.good = teams.login.good
            graph.groups[STAFF_GROUP] = {teams.user(one).account for one in staff}
            yield teams, graph


@contextmanager
def teams_school(
    folder: Path,
    *,
    step: str = "1h",
    staff: tuple[str, ...] = ("nell",),
    without: tuple[str, ...] = (),
    slack: Slack | None = None,
    **settings: str,
) -> Iterator[TeamsSchool]:
    """Oakfield at Teams and the program; with Slack beside it where one is given.

    `without` names those for whom the app isn't installed when the program starts.
    """
    text = on_teams(fast_schools(step=step), only=slack is None)
    with tenant(text, staff=staff) as (teams, graph):
        teams.control(without=without)
        found = {**settings_of(teams, graph), **(slack.settings if slack else {}), **settings}
        with WarmProgram(folder, schools=text, **found) as program:
            teams.over_http(address(program))
            if slack is not None:
                slack.over_http(f"http://{LOOPBACK}:{program.port}/slack/events")
            yield TeamsSchool(teams, graph, program, slack)


def settings_of(teams: Teams, graph: GraphStandIn) -> dict[str, str]:
    """The settings with which the program works in the tenant."""
    ours = {"SIGNPOST_GRAPH_URL": graph.url, "TEAMS_STAFF_GROUP": STAFF_GROUP}
    return {**teams.settings, **ours, "TEAMS_PUPILS": "pupils.oakfield.example"}


def address(program: Program) -> str:
    """Where Teams reaches a program."""
    return f"http://{LOOPBACK}:{program.port}/api/messages"
