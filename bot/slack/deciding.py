"""A question passed on in Slack: agreed to in a window, sent to whoever decides, answered, and read."""

import asyncio
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.reporting import passing_on
from bot.reporting.filling import FormFault
from bot.slack import ids
from bot.slack.blocks import Json
from bot.slack.desk import Desk, Payload, values_of
from bot.slack.fields import answers_of
from bot.slack.forms import errors_of
from bot.slack.passing_on import answered_view, consent_view, question_view
from bot.slack.small_views import said_view
from bot.wording import chat
from bot.wording.answers import role_name
from knowledge.rules import Role


def listen(app: AsyncApp, desk: Desk) -> None:
    """Pass questions on."""
    deciding = _Deciding(desk)
    app.action(ids.does(ids.ASK_DECIDER))(deciding.offer)
    app.view(ids.CONSENT_VIEW)(deciding.agreed)
    app.action(ids.does(ids.ASK_READ))(deciding.read)
    app.view(ids.PASSED_ON_VIEW)(deciding.answered)
    app.action(ids.does(ids.ASK_READ_ANSWER))(deciding.read_answer)


class _Deciding:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def offer(self, ack: Any, body: Payload) -> None:
        """“Ask the head”: the question as it would go to them, to be changed and agreed to."""
        await ack()
        caller = await self._desk.caller(body)
        token, role = ids.parted(next(iter(values_of(body)), ""))
        asked = self._desk.recent.get(token, caller.account)
        if asked is None or role not in set(Role) or caller.shut_out:
            await self._open(body, said_view(chat.ASK_AGAIN))
            return
        whom = role_name(Role(role), asked.pack)
        await self._open(body, consent_view(ids.paired(token, role), whom, asked.question))

    async def agreed(self, ack: Any, body: Payload) -> None:
        """They agreed: it goes, unless as it now stands it is something that must be reported."""
        caller, view = await self._desk.caller(body), body["view"]
        role = ids.parted(str(view.get("private_metadata") or ""))[1]
        question = answers_of(view.get("state")).get("text", "")
        if caller.shut_out or role not in set(Role):
            await ack()
            return
        if (await self._desk.ask(caller, question))[1].to_be_reported:
            await ack(**_errors(view, chat.REPORT_INSTEAD))
            return
        trouble = await self._desk.tried(
            lambda: passing_on.pass_on(
                self._desk.office, caller.reporter, Role(role), question, now=self._desk.clock()
            )
        )
        await ack(**(_errors(view, trouble) if trouble else _shown(said_view(chat.PASSED_ON))))

    async def read(self, ack: Any, body: Payload) -> None:
        """Whoever decides opens the question."""
        await ack()
        await self._read(body, lambda one, token: question_view(token, self._name(one.asker), one.question))

    async def read_answer(self, ack: Any, body: Payload) -> None:
        """The asker opens the answer."""
        await ack()
        pack = (await asyncio.to_thread(self._desk.policies)).adviser

        def made(one: passing_on.PassedOn, _token: str) -> Json:
            policy = pack(self._desk.office.directory.policy_for(one.asker)).pack
            return answered_view(role_name(one.role, policy), one.question, one.answer)

        await self._read(body, made)

    async def answered(self, ack: Any, body: Payload) -> None:
        """The answer is sent."""
        caller, view = await self._desk.caller(body), body["view"]
        token, said = str(view.get("private_metadata") or ""), answers_of(view.get("state")).get("text", "")
        office, now = self._desk.office, self._desk.clock()
        trouble = await self._desk.tried(
            lambda: passing_on.answer(office, token, caller.handler.person, said, now=now)
        )
        await ack(**(_errors(view, trouble) if trouble else {}))

    async def _read(self, body: Payload, make: Callable[[passing_on.PassedOn, str], Json]) -> None:
        caller, token = await self._desk.caller(body), next(iter(values_of(body)), "")
        made: list[Json] = []
        office, now = self._desk.office, self._desk.clock()
        reader = caller.own.person
        trouble = await self._desk.tried(
            lambda: made.append(make(passing_on.read(office, token, reader, now=now), token))
        )
        await self._open(body, made[0] if made else said_view(trouble))

    async def _open(self, body: Payload, view: Json) -> None:
        await self._desk.client.web.views_open(trigger_id=body["trigger_id"], view=view)

    def _name(self, person: str) -> str:
        known = self._desk.office.directory.person(person)
        return known.name if known else chat.A_COLLEAGUE


def _errors(view: Payload, trouble: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": errors_of([FormFault("", trouble)], view)}


def _shown(view: Json) -> dict[str, Any]:
    return {"response_action": "update", "view": view}
