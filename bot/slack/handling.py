"""Cases in Slack: opened in a window after a check and an audit entry, each time; everything done with them.

What may be done is decided by the use cases alone. A refusal reads the same as for a case that isn't there.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.reporting import choices, handling, recusal, viewing
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.filling import FormFault
from bot.reporting.forms import Option
from bot.reporting.handling import Closing, Decision
from bot.reporting.report import Standing
from bot.slack import case_views, ids, small_views
from bot.slack.blocks import Json
from bot.slack.callers import Caller
from bot.slack.desk import Desk, Payload, values_of
from bot.slack.fields import answers_of
from bot.slack.forms import errors_of, opening_view
from bot.slack.pages import page_of
from bot.slack.small_views import said_view

Do = Callable[[str, Actor, dict[str, str]], object]
"""Does something with a case, in a thread: reference, who, what the form says."""


def listen(app: AsyncApp, desk: Desk) -> None:
    """Take what people do with cases."""
    cases = _Cases(desk)
    app.action(ids.does(ids.CASE_OPEN))(cases.open)
    app.action(ids.does(ids.CASE_PAGE))(cases.turn)
    app.action(ids.does(ids.CASE_ACKNOWLEDGE))(cases.acknowledge)
    app.action(ids.does(ids.CASE_ABOUT))(cases.about)
    app.action(ids.does(ids.CASE_MENTIONED))(cases.mentioned)
    app.action(ids.does(ids.OWN_OPEN))(cases.open_own)
    app.action(ids.does(ids.OWN_PAGE))(cases.turn_own)
    forms = _SmallForms(desk, cases)
    for action, show in forms.openers().items():
        app.action(ids.does(action))(show)
    for view, submit in forms.submitters().items():
        app.view(view)(submit)


class _Cases:
    """A case's own window."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def open(self, ack: Any, body: Payload) -> None:
        """Open: a window at once, since a click is good for three seconds; then what may be seen."""
        await ack()
        reference = next(iter(values_of(body)), "")
        await self._opened(body, lambda caller: self._case(reference, caller, 0))

    async def open_own(self, ack: Any, body: Payload) -> None:
        """Open one's own report."""
        await ack()
        reference = next(iter(values_of(body)), "")
        await self._opened(body, lambda caller: self._own(reference, caller, 0))

    async def turn(self, ack: Any, body: Payload) -> None:
        """Another page of a case: a read of it like any other."""
        await ack()
        reference, page = page_of(next(iter(values_of(body)), ""))
        shown = await self._seen(body, lambda caller: self._case(reference, caller, page))
        await self.show(body["view"]["id"], shown)

    async def turn_own(self, ack: Any, body: Payload) -> None:
        """Another page of one's own report."""
        await ack()
        reference, page = page_of(next(iter(values_of(body)), ""))
        shown = await self._seen(body, lambda caller: self._own(reference, caller, page))
        await self.show(body["view"]["id"], shown)

    async def acknowledge(self, ack: Any, body: Payload, respond: Any) -> None:
        """Acknowledge, from the message or from the window."""
        await ack()
        caller, reference = await self._desk.caller(body), next(iter(values_of(body)), "")
        office, clock = self._desk.office, self._desk.clock
        trouble = await self._desk.tried(lambda: acknowledge(office, reference, caller.handler, now=clock()))
        if body.get("view") and body["view"].get("type") == "modal":
            await self.refresh(body["view"]["id"], reference, caller, trouble)
        elif trouble:
            await respond(response_type="ephemeral", replace_original=False, text=trouble)

    async def about(self, ack: Any, body: Payload) -> None:
        """It is about them."""
        await self._settle(ack, body, Standing.ABOUT)

    async def mentioned(self, ack: Any, body: Payload) -> None:
        """They are only mentioned."""
        await self._settle(ack, body, Standing.MENTIONED)

    async def refresh(self, view: str, reference: str, caller: Caller, trouble: str = "") -> None:
        """Show a case anew in its window, after something was done with it or could not be."""
        if trouble:
            await self.show(view, said_view(trouble))
            return
        await self.show(view, await self._made(lambda: self._case(reference, caller, 0)))

    async def show(self, view: str, shown: Json) -> None:
        """Put something in a window's place; one that was shut meanwhile stays shut."""
        try:
            await self._desk.client.web.views_update(view_id=view, view=shown)
        except SlackApiError as error:
            if error.response.get("error") not in {"not_found", "hash_conflict"}:
                raise

    async def _settle(self, ack: Any, body: Payload, standing: Standing) -> None:
        await ack()
        caller = await self._desk.caller(body)
        reference, person = ids.parted(next(iter(values_of(body)), ""))
        office, said = self._desk.office, (person, standing)
        now = self._desk.clock()
        trouble = await self._desk.tried(
            lambda: recusal.say_standing(office, reference, caller.handler, said, now=now)
        )
        await self.refresh(body["view"]["id"], reference, caller, trouble)

    async def _opened(self, body: Payload, make: Callable[[Caller], Json]) -> None:
        opened = await open_view(self._desk, body, opening_view())
        await self.show(opened, await self._seen(body, make))

    async def _seen(self, body: Payload, make: Callable[[Caller], Json]) -> Json:
        caller = await self._desk.caller(body)
        return await self._made(lambda: make(caller))

    async def _made(self, make: Callable[[], Json]) -> Json:
        shown: list[Json] = []
        trouble = await self._desk.tried(lambda: shown.append(make()))
        return shown[0] if shown else said_view(trouble)

    def _case(self, reference: str, caller: Caller, page: int) -> Json:
        office = self._desk.office
        view = viewing.open_case(office, reference, caller.handler, now=self._desk.clock())
        return case_views.case_view(view, office.directory, page=page)

    def _own(self, reference: str, caller: Caller, page: int) -> Json:
        office = self._desk.office
        view = viewing.own_report(office, reference, caller.own, now=self._desk.clock())
        return case_views.own_view(view, office.directory, page=page)


class _SmallForms:
    """Notes, questions, answers, handing over, closing: each a small window on top."""

    def __init__(self, desk: Desk, cases: _Cases) -> None:
        self._desk = desk
        self._cases = cases

    def openers(self) -> dict[str, Callable[..., Awaitable[None]]]:
        """What opens each, by action."""
        return {
            ids.CASE_NOTE: self._opener(lambda ref, _: small_views.note_view(ref)),
            ids.CASE_ASK: self._opener(lambda ref, _: small_views.ask_view(ref)),
            ids.CASE_CLOSE: self._opener(lambda ref, _: small_views.close_view(ref)),
            ids.CASE_REOPEN: self._opener(lambda ref, _: small_views.reopen_view(ref)),
            ids.CASE_HAND_OVER: self._opener(self._hand_over, waits=True),
            ids.CASE_ACTION: self._opener(self._action, waits=True),
            ids.OWN_ADD: self._opener(lambda ref, _: small_views.add_view(ref)),
            ids.OWN_ANSWER: self._opener(self._answer, waits=True),
        }

    def submitters(self) -> dict[str, Callable[..., Awaitable[None]]]:
        """What each does when it is sent, by view."""
        office, clock = self._desk.office, self._desk.clock

        def close(reference: str, actor: Actor, said: dict[str, str]) -> None:
            closing = Closing(Decision(said.get("decision", "")), said.get("text", ""))
            handling.close(office, reference, actor, closing, now=clock())

        def act(reference: str, actor: Actor, said: dict[str, str]) -> None:
            action = said.get("person", ""), said.get("text", ""), date.fromisoformat(said.get("due", ""))
            handling.add_action(office, reference, actor, action, now=clock())

        def text(use_case: Callable[..., object]) -> Do:
            return lambda ref, actor, said: use_case(office, ref, actor, said.get("text", ""), now=clock())

        return {
            ids.NOTE_VIEW: self._submitter(text(handling.add_note)),
            ids.QUESTION_VIEW: self._submitter(text(handling.ask_reporter)),
            ids.REOPEN_VIEW: self._submitter(text(handling.reopen)),
            ids.CLOSE_VIEW: self._submitter(close),
            ids.ACTION_VIEW: self._submitter(act),
            ids.HAND_OVER_VIEW: self._submitter(
                lambda ref, actor, said: handling.hand_over(
                    office, ref, actor, said.get("person", ""), now=clock()
                )
            ),
            ids.ADD_VIEW: self._submitter(text(handling.add_information), own=True),
            ids.ANSWER_VIEW: self._submitter(text(handling.answer_question), own=True),
        }

    def _opener(
        self, make: Callable[[str, Caller], Json], *, waits: bool = False
    ) -> Callable[..., Awaitable[None]]:
        """Opens a small window; one that `waits` for the database is filled once it has answered."""

        async def show(ack: Any, body: Payload) -> None:
            await ack()
            reference = next(iter(values_of(body)), "")
            if not waits:
                await open_view(self._desk, body, make(reference, Caller.nobody()))
                return
            opened = await open_view(self._desk, body, opening_view())
            caller = await self._desk.caller(body)
            made: list[Json] = []
            trouble = await self._desk.tried(lambda: made.append(make(reference, caller)))
            await self._cases.show(opened, made[0] if made else said_view(trouble))

        return show

    def _submitter(self, do: Do, *, own: bool = False) -> Callable[..., Awaitable[None]]:
        """Does it, and only then shuts the window; what can't be done leaves the words in it."""

        async def submit(ack: Any, body: Payload) -> None:
            caller, view = await self._desk.caller(body), body["view"]
            reference = str(view.get("private_metadata") or "")
            said, actor = answers_of(view.get("state")), caller.own if own else caller.handler
            trouble = await self._desk.tried(lambda: do(reference, actor, said))
            if trouble:
                faults = errors_of([FormFault("", trouble)], view)
                shown = {"response_action": "errors", "errors": faults}
                await ack(**(shown if faults else {"response_action": "update", "view": said_view(trouble)}))
                return
            await ack()
            under = view.get("previous_view_id")
            if under and not own:
                await self._cases.refresh(str(under), reference, caller)

        return submit

    def _hand_over(self, reference: str, caller: Caller) -> Json:
        office = self._desk.office
        people = choices.takers(office, reference, caller.handler, now=self._desk.clock())
        return small_views.hand_over_view(reference, self._options(people))

    def _action(self, reference: str, caller: Caller) -> Json:
        office, now = self._desk.office, self._desk.clock()
        people = choices.owners(office, reference, caller.handler, now=now)
        return small_views.action_view(reference, self._options(people), office.day(now))

    def _answer(self, reference: str, caller: Caller) -> Json:
        view = viewing.own_report(self._desk.office, reference, caller.own, now=self._desk.clock())
        return small_views.answer_view(reference, viewing.asked_of_reporter(view))

    def _options(self, people: Iterable[str]) -> tuple[Option, ...]:
        directory = self._desk.office.directory
        named = (directory.person(one) for one in people)
        return tuple(Option(one.id, one.name) for one in named if one is not None)


async def open_view(desk: Desk, body: Payload, view: Json) -> str:
    """Open a window: on top of the one that something was pressed in, if there is one. Returns its id."""
    within = (body.get("view") or {}).get("type") == "modal"
    opening = desk.client.web.views_push if within else desk.client.web.views_open
    answer = await opening(trigger_id=body["trigger_id"], view=view)
    return str(answer["view"]["id"])
