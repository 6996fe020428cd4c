"""Questions in Slack: in a direct message, in a channel, by command, about a message; close calls settled."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.answering import Setting
from bot.counter import Asked, Recent
from bot.logs import log
from bot.reporting.gaps import How, note_feedback
from bot.sending import TryLaterError, UnreachableError
from bot.slack import ids
from bot.slack.answers import (
    answer_blocks,
    answer_view,
    greeting,
    help_blocks,
    plain_blocks,
    privately_answered,
    suggested_prompts,
)
from bot.slack.blocks import Blocks
from bot.slack.callers import Caller, Standing
from bot.slack.desk import Desk, Payload, said_back, values_of
from bot.wording import chat
from knowledge.answer import Silence
from knowledge.catalogue import shipped_catalogue
from knowledge.following import follows

_OWN_WORDS = frozenset({None, "file_share", "thread_broadcast"})
"""The kinds of message that somebody wrote just now: no edit, no deletion, nobody's joining."""
_THREAD = 20


def listen(app: AsyncApp, desk: Desk) -> None:
    """Answer what is asked."""
    asking = _Asking(desk)
    app.event("message")(asking.message)
    app.event("app_mention")(asking.mention)
    app.event("assistant_thread_started")(asking.opened)
    app.command(ids.ASK_COMMAND)(asking.command)
    app.shortcut(ids.CHECK_POLICY)(asking.check)
    app.action(ids.does(ids.ASK_CHOOSE))(asking.choose)
    app.action(ids.does(ids.ASK_HELPED))(asking.helped)
    app.action(ids.does(ids.ASK_WRONG))(asking.wrong)


class _Asking:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._panes: Recent[str] = Recent()

    async def message(self, body: Payload) -> None:
        """A direct message: a question, or the next one of a conversation."""
        event = body["event"]
        if event.get("channel_type") != "im" or event.get("subtype") not in _OWN_WORDS or event.get("bot_id"):
            return
        caller = await self._welcome(body)
        if caller is None:
            return
        channel, thread = event["channel"], event.get("thread_ts")
        if caller.standing is Standing.OUTSIDER:
            await self._desk.post(channel, self._desk.outsider(caller), thread=thread)
            return
        if thread and self._panes.get(thread, caller.account):
            await self._show_work(channel, thread)
        before = await self._before(channel, thread, event) if thread else ""
        shown, asked = await self._answer(caller, str(event.get("text") or ""), before=before)
        self._remember(caller, asked, await self._desk.post(channel, shown, thread=thread))

    async def mention(self, body: Payload) -> None:
        """A question in a channel: answered in its thread, or privately where it speaks of somebody."""
        event = body["event"]
        if event.get("bot_id") or event.get("subtype") not in _OWN_WORDS:
            return
        caller = await self._welcome(body)
        if caller is None:
            return
        channel, thread = event["channel"], event.get("thread_ts") or event["ts"]
        if caller.standing is Standing.OUTSIDER:
            await self._desk.whisper(channel, caller.account, self._desk.outsider(caller), thread=thread)
            return
        question = _without_mention(str(event.get("text") or ""), body)
        before = await self._before(channel, event.get("thread_ts"), event) if event.get("thread_ts") else ""
        shown, asked = await self._answer(caller, question, before=before)
        if self._desk.is_private(asked):
            self._remember(caller, asked, await self._desk.post(caller.account, shown))
            shown = privately_answered()
        await self._desk.post(channel, shown, thread=thread)

    async def opened(self, body: Payload) -> None:
        """The assistant's pane was opened: say hello and suggest what to ask."""
        thread = body["event"]["assistant_thread"]
        caller = await self._welcome(body)
        if caller is None or caller.standing is Standing.OUTSIDER:
            return
        channel, ts = thread["channel_id"], thread["thread_ts"]
        self._panes.put(ts, caller.account, channel)
        await self._desk.post(channel, greeting(), thread=ts)
        await self._desk.client.web.assistant_threads_setSuggestedPrompts(
            channel_id=channel, thread_ts=ts, prompts=suggested_prompts()
        )

    async def command(self, ack: Any, body: Payload) -> None:
        """`/canipost …`: an answer that only the asker sees."""
        caller = await self._desk.caller(body)
        if caller.standing in {Standing.OUTSIDER, Standing.MACHINE}:
            await ack(**_whispered(self._desk.outsider(caller)))
            return
        question = str(body.get("text") or "").strip()
        shown = (await self._answer(caller, question))[0] if question else help_blocks()
        await ack(**_whispered(shown))

    async def check(self, ack: Any, body: Payload) -> None:
        """“Check against policy” on a message: the answer in a window of one's own."""
        await ack()
        caller = await self._desk.caller(body)
        said = str(body.get("message", {}).get("text") or "")
        shown = self._desk.outsider(caller)
        if caller.standing is not Standing.OUTSIDER:
            shown, _ = await self._answer(caller, chat.draft(said), may_ask=False)
        await self._desk.client.web.views_open(trigger_id=body["trigger_id"], view=answer_view(shown))

    async def choose(self, ack: Any, body: Payload, respond: Any) -> None:
        """One of two readings was picked."""
        await ack()
        caller = await self._desk.caller(body)
        token, choice = ids.parted(next(iter(values_of(body)), ""))
        asked = self._desk.recent.get(token, caller.account)
        window = body.get("view")
        if asked is None:
            shown = plain_blocks(chat.ASK_AGAIN)
        else:
            may_ask = window is None
            shown, _ = await self._answer(
                caller, asked.question, before=asked.before, chosen=choice, may_ask=may_ask
            )
        if window is not None:
            await self._desk.client.web.views_update(view_id=window["id"], view=answer_view(shown))
            return
        how = (
            {"replace_original": True} if asked else {"replace_original": False, "response_type": "ephemeral"}
        )
        await respond(**how, **said_back(shown))

    async def helped(self, ack: Any, body: Payload, respond: Any) -> None:
        """“That helped”."""
        await self._heard(ack, body, respond, How.HELPED)

    async def wrong(self, ack: Any, body: Payload, respond: Any) -> None:
        """“That's wrong”: counted for whoever keeps the policy, without who said so."""
        await self._heard(ack, body, respond, How.WRONG)

    async def _heard(self, ack: Any, body: Payload, respond: Any, how: How) -> None:
        await ack()
        caller, desk = await self._desk.caller(body), self._desk
        asked = desk.recent.get(next(iter(values_of(body)), ""), caller.account)
        if asked is not None:
            policy, now = asked.pack.policy.id, desk.clock()
            await asyncio.to_thread(note_feedback, desk.office, policy, asked.answer, how, now=now)
        said = chat.THANKED if asked is not None else chat.ASK_AGAIN
        await respond(response_type="ephemeral", replace_original=False, text=said)

    async def _answer(
        self, caller: Caller, question: str, *, before: str = "", chosen: str = "", may_ask: bool = True
    ) -> tuple[Blocks, Asked]:
        desk = self._desk
        token, asked = await desk.ask(caller, question, before=before, chosen=chosen)
        now = desk.clock()
        setting = Setting(
            token,
            desk.office.day(now),
            nation=desk.office.directory.trust.nation,
            numbers=desk.contacts(caller),
            may_ask=may_ask and asked.answer.silence is not Silence.CHAT,
        )
        return answer_blocks(asked.answer, asked.pack, shipped_catalogue(), setting), asked

    async def _welcome(self, body: Payload) -> Caller | None:
        """Who wrote; nobody where it was a machine, or where this event was dealt with already."""
        caller = await self._desk.caller(body)
        if caller.standing is Standing.MACHINE or not caller.account:
            return None
        if not await self._desk.first_time(body.get("event_id")):
            return None
        await self._desk.seen(caller.reporter)
        return caller

    async def _show_work(self, channel: str, thread: str) -> None:
        """Say in the assistant's pane that it is at work; Slack takes that away once an answer is there."""
        web = self._desk.client.web
        with suppress(TryLaterError, UnreachableError):
            await self._desk.client.call(
                web.assistant_threads_setStatus, channel_id=channel, thread_ts=thread, status=chat.AT_WORK
            )

    def _remember(self, caller: Caller, asked: Asked, posted: tuple[str, str]) -> None:
        """Remember which question a message of ours answers, for whoever goes on below it."""
        self._desk.recent.put(_place(*posted), caller.account, asked)

    async def _before(self, channel: str, thread: str | None, event: Mapping[str, Any]) -> str:
        """What the same person asked before in this thread, as far back as it goes on from.

        A thread below one of our own answers goes on from the question that it answered.
        """
        answered = self._desk.recent.get(_place(channel, thread), str(event.get("user")))
        try:
            answer = await self._desk.client.call(
                self._desk.client.web.conversations_replies,
                channel=channel,
                ts=str(thread),
                limit=_THREAD,
                latest=str(event["ts"]),
            )
        except (TryLaterError, UnreachableError) as error:
            log.warning("thread_unread", exc_info=error)  # an answer without what came before is still one
            answer = {}
        messages: list[Payload] = answer.get("messages") or []
        earlier = [answered.before, answered.question] if answered else []
        earlier += [
            str(one.get("text") or "")
            for one in messages
            if one.get("user") == event.get("user") and one.get("ts") != event["ts"] and not one.get("bot_id")
        ]
        begins = next((n for n, said in reversed([*enumerate(earlier)]) if not follows(said)), 0)
        return "\n".join(earlier[begins:])


def _place(channel: str, ts: str | None) -> str:
    return f"{channel} {ts}"


def _without_mention(text: str, body: Payload) -> str:
    """The question without the app's own name, so that this alone makes nothing private."""
    known: list[Payload] = list(body.get("authorizations") or ())
    own = {str(each.get("user_id")) for each in known}
    for account in own:
        text = text.replace(f"<@{account}>", " ")
    return text.strip()


def _whispered(shown: Blocks) -> dict[str, Any]:
    return {"response_type": "ephemeral", **said_back(shown)}
