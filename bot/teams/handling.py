"""Cases in Teams: opened in a dialog after a check and an audit entry, each time; all that is done with them.

What may be done is decided by the use cases alone. A refusal reads the same as for a case that isn't there.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from bot.errors import RefusedActionError
from bot.reporting import choices, handling, recusal, viewing
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.composing import card_now
from bot.reporting.forms import Option
from bot.reporting.handling import Closing, Decision
from bot.reporting.report import Standing
from bot.teams import ids, small_forms
from bot.teams.activity import Activity
from bot.teams.callers import Caller
from bot.teams.cards import page_of
from bot.teams.case_cards import case_card, own_card
from bot.teams.desk import Desk, Listener, Listening
from bot.teams.forms import answers_of
from bot.teams.notices import notice_card
from bot.teams.replies import Json, Reply, changed, dialog, last_word, told
from bot.wording import handling as wording
from bot.wording import teams as here

Said = Mapping[str, str]
Do = Callable[[str, Actor, Said], object]
"""Does something with a case, in a thread: reference, who, what the form says."""
Make = Callable[[str, Caller, Said, str], Json]
"""Makes a small form: reference, who, what was filled in, what was wrong with it."""


_NOTHING: Said = {}


def listening(desk: Desk) -> Listening:
    """What people do with cases."""
    cases, forms = _Cases(desk), _SmallForms(desk)
    return Listening(
        opened={
            ids.CASE_OPEN: cases.open,
            ids.CASE_PAGE: cases.open,
            ids.OWN_OPEN: cases.open_own,
            ids.OWN_PAGE: cases.open_own,
            **forms.openers(),
        },
        sent={
            ids.CASE_ACKNOWLEDGE: cases.acknowledge_inside,
            ids.CASE_ABOUT: cases.settle(Standing.ABOUT),
            ids.CASE_MENTIONED: cases.settle(Standing.MENTIONED),
            **forms.takers(),
        },
        pressed={ids.CASE_ACKNOWLEDGE: cases.acknowledge},
    )


async def turned_away(desk: Desk, activity: Activity, caller: Caller) -> None:
    """Have it in the audit that somebody pressed for a case who may press for none (promise S15)."""
    reference, office = page_of(activity.pressed)[0], desk.office
    actor = Actor(f"account:{desk.platform}:{caller.account}")
    await desk.tried(lambda: viewing.open_case(office, reference, actor, now=desk.clock()))


class _Shown:
    """A case in its dialog."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def case(self, value: str, caller: Caller, said: str = "") -> Reply:
        """A case as it stands now: a read of it like any other."""
        reference = page_of(value)[0]
        office = self._desk.office

        def made() -> Json:
            view = viewing.open_case(office, reference, caller.handler, now=self._desk.clock())
            return case_card(view, office.directory, page=page_of(value)[1], said=said)

        return await self._dialog(reference, made)

    async def own(self, value: str, caller: Caller, said: str = "") -> Reply:
        """One's own report."""
        reference = page_of(value)[0]
        office = self._desk.office

        def made() -> Json:
            view = viewing.own_report(office, reference, caller.own, now=self._desk.clock())
            return own_card(view, office.directory, page=page_of(value)[1], said=said)

        return await self._dialog(reference, made)

    async def _dialog(self, reference: str, make: Callable[[], Json]) -> Reply:
        made: list[Json] = []
        trouble = await self._desk.tried(lambda: made.append(make()))
        return dialog(reference, made[0]) if made else last_word(trouble)


class _Cases:
    """A case's own dialog, and its card."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown = _Shown(desk)

    async def open(self, activity: Activity, caller: Caller) -> Reply:
        """Open a case, or turn a page of it."""
        return await self._shown.case(activity.pressed, caller)

    async def open_own(self, activity: Activity, caller: Caller) -> Reply:
        """Open one's own report, or turn a page of it."""
        return await self._shown.own(activity.pressed, caller)

    async def acknowledge(self, activity: Activity, caller: Caller) -> Reply:
        """Acknowledge on the card: it shows at once that this counted."""
        reference = activity.pressed
        trouble = await self._acknowledged(reference, caller)
        if trouble:
            return told(trouble)
        desk = self._desk
        card = await asyncio.to_thread(
            card_now, desk.office, reference, caller.handler.person, desk.platform, now=desk.clock()
        )
        return changed(notice_card(card).card) if card else told(wording.HAS_ACKNOWLEDGED)

    async def acknowledge_inside(self, activity: Activity, caller: Caller) -> Reply:
        """Acknowledge in the case's dialog, which shows it anew."""
        trouble = await self._acknowledged(activity.pressed, caller)
        return last_word(trouble) if trouble else await self._shown.case(activity.pressed, caller)

    def settle(self, standing: Standing) -> Listener:
        """Say how somebody who comes up in it stands to it."""

        async def say(activity: Activity, caller: Caller) -> Reply:
            reference, person = ids.parted(activity.pressed)
            office, said, now = self._desk.office, (person, standing), self._desk.clock()
            trouble = await self._desk.tried(
                lambda: recusal.say_standing(office, reference, caller.handler, said, now=now)
            )
            return last_word(trouble) if trouble else await self._shown.case(reference, caller)

        return say

    async def _acknowledged(self, reference: str, caller: Caller) -> str:
        office, clock = self._desk.office, self._desk.clock
        return await self._desk.tried(lambda: acknowledge(office, reference, caller.handler, now=clock()))


class _SmallForms:
    """Notes, questions, answers, handing over, closing: each a page of a dialog.

    What can't be done comes back with the words in it; what was done shows the case as it stands then.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown = _Shown(desk)
        self._makers: Mapping[str, Make] = {
            ids.CASE_NOTE: _plain(small_forms.note_card),
            ids.CASE_ASK: _plain(small_forms.ask_card),
            ids.CASE_CLOSE: _plain(small_forms.close_card),
            ids.CASE_REOPEN: _plain(small_forms.reopen_card),
            ids.CASE_ACTION: self._action,
            ids.OWN_ADD: _plain(small_forms.add_card),
            ids.OWN_ANSWER: self._answer,
        }

    def openers(self) -> dict[str, Listener]:
        """What opens each, by its button."""
        return {action: self._opener(action) for action in (*self._makers, ids.CASE_HAND_OVER)}

    def takers(self) -> dict[str, Listener]:
        """What each does when it is sent, by its name."""
        office, clock = self._desk.office, self._desk.clock

        def close(reference: str, actor: Actor, said: Said) -> None:
            closing = Closing(Decision(said.get("decision", "")), said.get("text", ""))
            handling.close(office, reference, actor, closing, now=clock())

        def act(reference: str, actor: Actor, said: Said) -> None:
            action = said.get("person", ""), said.get("text", ""), _day(said.get("due", ""))
            handling.add_action(office, reference, actor, action, now=clock())

        def hand_over(reference: str, actor: Actor, said: Said) -> None:
            handling.hand_over(office, reference, actor, said.get("person", ""), now=clock())

        def text(use_case: Callable[..., object]) -> Do:
            return lambda ref, actor, said: use_case(office, ref, actor, said.get("text", ""), now=clock())

        does: Mapping[str, Do] = {
            ids.CASE_NOTE: text(handling.add_note),
            ids.CASE_ASK: text(handling.ask_reporter),
            ids.CASE_REOPEN: text(handling.reopen),
            ids.CASE_CLOSE: close,
            ids.CASE_ACTION: act,
            ids.CASE_HAND_OVER: hand_over,
            ids.OWN_ADD: text(handling.add_information),
            ids.OWN_ANSWER: text(handling.answer_question),
        }
        return {ids.sent(action): self._taker(action, do) for action, do in does.items()}

    def _opener(self, action: str) -> Listener:
        async def show(activity: Activity, caller: Caller) -> Reply:
            return await self._form(action, activity.pressed, caller)

        return show

    def _taker(self, action: str, do: Do) -> Listener:
        own = action in {ids.OWN_ADD, ids.OWN_ANSWER}

        async def take(activity: Activity, caller: Caller) -> Reply:
            reference, said = activity.pressed, answers_of(activity.data)
            actor = caller.own if own else caller.handler
            trouble = await self._desk.tried(lambda: do(reference, actor, said))
            if trouble:
                return await self._form(action, reference, caller, said, trouble)
            show = self._shown.own if own else self._shown.case
            return await show(reference, caller)

        return take

    async def _form(
        self, action: str, reference: str, caller: Caller, said: Said = _NOTHING, fault: str = ""
    ) -> Reply:
        if action == ids.CASE_HAND_OVER:
            return await self._hand_over(reference, caller, said, fault)
        made: list[Json] = []
        make = self._makers[action]
        trouble = await self._desk.tried(lambda: made.append(make(reference, caller, said, fault)))
        return dialog(reference, made[0]) if made else last_word(fault or trouble)

    async def _hand_over(self, reference: str, caller: Caller, said: Said, fault: str) -> Reply:
        """To whom, with how Teams shows them now: a hint, which decides nothing."""
        people: list[str] = []
        office, now = self._desk.office, self._desk.clock()
        trouble = await self._desk.tried(
            lambda: people.extend(choices.takers(office, reference, caller.handler, now=now))
        )
        if trouble:
            return last_word(fault or trouble)
        shown = await self._desk.presence(people)
        options = [
            Option(one.value, f"{one.label}{here.presence(shown.get(one.value, ''))}")
            for one in self._options(people)
        ]
        return dialog(reference, small_forms.hand_over_card(reference, options, given=said, fault=fault))

    def _action(self, reference: str, caller: Caller, said: Said, fault: str) -> Json:
        office, now = self._desk.office, self._desk.clock()
        people = self._options(choices.owners(office, reference, caller.handler, now=now))
        return small_forms.action_card(reference, people, office.day(now), given=said, fault=fault)

    def _answer(self, reference: str, caller: Caller, said: Said, fault: str) -> Json:
        view = viewing.own_report(self._desk.office, reference, caller.own, now=self._desk.clock())
        return small_forms.answer_card(reference, viewing.asked_of_reporter(view), given=said, fault=fault)

    def _options(self, people: Iterable[str]) -> tuple[Option, ...]:
        directory = self._desk.office.directory
        named = (directory.person(one) for one in people)
        return tuple(Option(one.id, one.name) for one in named if one is not None)


def _plain(card: Callable[..., Json]) -> Make:
    """A form that needs nothing but the case."""
    return lambda reference, _caller, said, fault: card(reference, given=said, fault=fault)


def _day(text: str) -> date:
    """A day as an input gives it. Raises `RefusedActionError`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RefusedActionError(wording.NO_DAY) from error
