"""What staff do at Slack to ask and to report, in a line each, whatever is behind the door."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack import ids
from bot.wording import reporting as wording
from knowledge.rules import Kind
from tests.support.slack.person import Person
from tests.support.slack.screens import Screen
from tests.support.slack.stand_in import Slack
from tests.support.slack.workspace import Seen
from tests.support.waiting import wait_for

SAFE = {"q.danger": "no", "q.image": "no"}
_GROUP = {kind: number for number, (_, kinds) in enumerate(wording.KIND_GROUPS) for kind in kinds}


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of a workspace whose app is ours."""

    slack: Slack

    def person(self, named: str) -> Person:
        """Somebody to act as."""
        return self.slack.person(named)

    def ask(self, who: Person, text: str, *, thread: str = "") -> Seen:
        """Ask in a direct message; gives the answer."""
        before = len(self.said(who))
        who.dm(text, thread=thread)
        return self.next_of(who, before)

    def said(self, who: Person) -> list[Seen]:
        """What the app has told somebody, but for receipts and notices, which come when they come."""
        return [one for one in who.messages() if "SP-" not in one.text]

    def next_of(self, who: Person, before: int) -> Seen:
        """The message that comes after so many of those."""
        found = wait_for(
            lambda: self.said(who), lambda now: len(now) > before, within=8, what=f"an answer to {who.name}"
        )
        return found[-1]

    def form(self, who: Person, kind: Kind, text: str = "") -> Screen:
        """Begin a report by command, and choose its kind."""
        who.slash(ids.REPORT_COMMAND, text)
        return self.chosen(who, kind)

    def chosen(self, who: Person, kind: Kind) -> Screen:
        """Choose the kind of a report that was begun."""
        who.wait_for_view(lambda view: view.has(ids.numbered(ids.REPORT_CHOOSE, 0)))
        who.press(ids.numbered(ids.REPORT_CHOOSE, _GROUP[kind]), choose=kind.value)
        return who.wait_for_view(lambda view: view.callback_id == ids.REPORT_FORM)

    def fill(self, who: Person, answers: Mapping[str, Any]) -> Screen:
        """Fill the form in, one answer after the other, as far as it has grown each time."""
        for name, given in answers.items():
            view = who.wait_for_view(lambda view, name=name: block(view, name) is not None)  # type: ignore[misc]  # mypy cannot infer a default's type
            was = view.view["hash"]
            if who.fill({name: given}):
                who.wait_for_view(lambda view, was=was: view.view["hash"] != was)  # type: ignore[misc]  # mypy cannot infer a default's type
        view_now = who.view
        assert view_now is not None
        return view_now

    def sent(self, who: Person) -> str:
        """Press Next, then Send: the reference on the receipt."""
        who.submit()
        assert who.view is not None
        assert wording.CHECK_AND_SEND in who.view.words, who.view.words
        return self.sent_now(who)

    def sent_now(self, who: Person) -> str:
        """Press Send on a form that shows whom it goes to: the reference on the receipt."""
        who.submit()
        assert who.view is not None
        assert who.view.title == wording.RECEIPT_TITLE, who.view.words
        return reference_in(who.view)

    def report(self, who: Person, kind: Kind, answers: Mapping[str, Any]) -> str:
        """A whole report by command; gives its reference."""
        self.form(who, kind)
        self.fill(who, {**SAFE, **answers})
        found = self.sent(who)
        who.close_view(all_of_them=True)
        return found


def block(view: Screen, name: str) -> Mapping[str, Any] | None:
    """The block of a question, as it stands in a form."""
    return next((one for one in view.blocks if one.get("block_id") == name), None)


def inputs(view: Screen) -> list[str]:
    """The questions that a form asks, in order."""
    return [str(one["block_id"]) for one in view.blocks if one["type"] == "input"]


def reference_in(view: Screen) -> str:
    """The reference that a receipt names."""
    found = [word.strip(".") for word in view.words.split() if word.startswith("SP-")]
    assert found, view.words
    return found[0]
