"""A question passed on in Teams: agreed to in a dialog, sent to whoever decides, answered, and read."""

import asyncio
from collections.abc import Callable

from bot.reporting import passing_on
from bot.teams import ids, small_forms
from bot.teams.activity import Activity
from bot.teams.callers import Caller
from bot.teams.desk import Desk, Listening
from bot.teams.forms import answers_of
from bot.teams.replies import Json, Reply, dialog, last_word
from bot.wording import chat
from bot.wording.answers import role_name
from knowledge.rules import Role


def listening(desk: Desk) -> Listening:
    """Questions that a person has to decide."""
    deciding = _Deciding(desk)
    return Listening(
        opened={
            ids.ASK_DECIDER: deciding.offer,
            ids.ASK_READ: deciding.read,
            ids.ASK_READ_ANSWER: deciding.read_answer,
        },
        sent={ids.ASK_AGREED: deciding.agreed, ids.ASK_ANSWERED: deciding.answered},
    )


class _Deciding:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def offer(self, activity: Activity, caller: Caller) -> Reply:
        """“Ask the head”: the question as it would go to them, to be changed and agreed to."""
        token, role = ids.parted(activity.pressed)
        asked = self._desk.recent.get(token, caller.account)
        if asked is None or role not in set(Role):
            return last_word(chat.ASK_AGAIN)
        return await self._consent(caller, activity.pressed, asked.question)

    async def agreed(self, activity: Activity, caller: Caller) -> Reply:
        """They agreed: it goes, unless as it now stands it is something that must be reported."""
        role = ids.parted(activity.pressed)[1]
        question = answers_of(activity.data).get("text", "")
        if role not in set(Role):
            return last_word(chat.ASK_AGAIN)
        if (await self._desk.ask(caller, question))[1].to_be_reported:
            return await self._consent(caller, activity.pressed, question, chat.REPORT_INSTEAD)
        office, now = self._desk.office, self._desk.clock()
        trouble = await self._desk.tried(
            lambda: passing_on.pass_on(office, caller.reporter, Role(role), question, now=now)
        )
        if trouble:
            return await self._consent(caller, activity.pressed, question, trouble)
        return last_word(chat.PASSED_ON)

    async def read(self, activity: Activity, caller: Caller) -> Reply:
        """Whoever decides opens the question."""
        return await self._read(activity.pressed, caller)

    async def read_answer(self, activity: Activity, caller: Caller) -> Reply:
        """The asker opens the answer."""
        signpost = await asyncio.to_thread(self._desk.policies)

        def made(one: passing_on.PassedOn) -> Json:
            pack = signpost.adviser(self._desk.office.directory.policy_for(one.asker)).pack
            return small_forms.answered_card(role_name(one.role, pack), one.question, one.answer)

        return await self._opened(activity.pressed, caller, made, chat.ANSWERED_TITLE)

    async def answered(self, activity: Activity, caller: Caller) -> Reply:
        """The answer is sent."""
        token, said = activity.pressed, answers_of(activity.data).get("text", "")
        office, now = self._desk.office, self._desk.clock()
        trouble = await self._desk.tried(
            lambda: passing_on.answer(office, token, caller.handler.person, said, now=now)
        )
        return await self._read(token, caller, said, trouble) if trouble else last_word(chat.DONE)

    async def _consent(self, caller: Caller, value: str, question: str, fault: str = "") -> Reply:
        signpost = await asyncio.to_thread(self._desk.policies)
        pack = signpost.adviser(self._desk.policy(caller)).pack
        whom = role_name(Role(ids.parted(value)[1]), pack)
        return dialog(chat.CONSENT_TITLE, small_forms.consent_card(value, whom, question, fault=fault))

    async def _read(self, token: str, caller: Caller, given: str = "", fault: str = "") -> Reply:
        def made(one: passing_on.PassedOn) -> Json:
            asker = self._name(one.asker)
            return small_forms.question_card(token, asker, one.question, given={"text": given}, fault=fault)

        return await self._opened(token, caller, made, chat.CONSENT_TITLE)

    async def _opened(
        self, token: str, caller: Caller, make: Callable[[passing_on.PassedOn], Json], title: str
    ) -> Reply:
        made: list[Json] = []
        office, now, reader = self._desk.office, self._desk.clock(), caller.own.person
        trouble = await self._desk.tried(
            lambda: made.append(make(passing_on.read(office, token, reader, now=now)))
        )
        return dialog(title, made[0]) if made else last_word(trouble)

    def _name(self, person: str) -> str:
        known = self._desk.office.directory.person(person)
        return known.name if known else chat.A_COLLEAGUE
