"""Questions in Teams: in a chat, in a channel, about a message or a draft; close calls settled."""

import asyncio
from html.parser import HTMLParser

from bot.answering import Setting
from bot.counter import Asked, Recent
from bot.reporting.gaps import How, note_feedback
from bot.teams import ids
from bot.teams.activity import Activity, nested
from bot.teams.answers import answer_card, check_card, plain_card, privately_card
from bot.teams.callers import Caller
from bot.teams.cards import Shown, Where
from bot.teams.desk import Desk, Listening
from bot.teams.forms import answers_of
from bot.teams.replies import Reply, changed, dialog, told
from bot.wording import chat
from bot.wording import teams as wording
from knowledge.answer import Silence
from knowledge.catalogue import shipped_catalogue
from knowledge.following import follows

_PICTURES = frozenset({"img", "emoji"})
_PARTED = frozenset({"br", "p", "div", "li", "tr", "blockquote"})


def listening(desk: Desk) -> Listening:
    """What is asked."""
    asking = Asking(desk)
    return Listening(
        opened={ids.CHECK_POST: asking.begin_check, ids.CHECK_MESSAGE: asking.check_message},
        sent={ids.ASK_CHECK: asking.check, ids.ASK_CHOOSE: asking.choose_inside},
        pressed={
            ids.ASK_CHOOSE: asking.choose,
            ids.ASK_HELPED: asking.helped,
            ids.ASK_WRONG: asking.wrong,
        },
        typed={"": asking.message},
    )


class Asking:
    """Answers what is asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._last: Recent[Asked] = Recent()

    async def message(self, activity: Activity, caller: Caller) -> None:
        """A question, or the next one of a conversation; where others read along, perhaps in private."""
        before = self._before(activity, caller)
        shown, asked = await self._answer(caller, activity.text, before=before)
        self._last.put(activity.conversation, caller.account, asked)
        if activity.alone or not self._desk.is_private(asked):
            await self._desk.say(activity, shown)
            return
        reached = await self._desk.say_privately(activity, caller, shown)
        await self._desk.say(activity, privately_card() if reached else plain_card(wording.NOT_PRIVATELY))

    async def begin_check(self, _activity: Activity, _caller: Caller) -> Reply:
        """“Check this post”: a place for its words."""
        return dialog(chat.ANSWER_TITLE, check_card(""))

    async def check(self, activity: Activity, caller: Caller) -> Reply:
        """The words that are to be checked."""
        words = answers_of(activity.data).get("text", "").strip()
        if not words:
            return dialog(chat.ANSWER_TITLE, check_card("", fault=wording.CHECK_NOTHING))
        return await self._checked(caller, words)

    async def check_message(self, activity: Activity, caller: Caller) -> Reply:
        """“Check against policy” on a message: the answer in a dialog of one's own."""
        return await self._checked(caller, words_of(activity))

    async def choose(self, activity: Activity, caller: Caller) -> Reply:
        """One of two readings was picked on a card."""
        shown = await self._chosen(activity, caller, Where.CHAT)
        return changed(shown.card) if shown else told(chat.ASK_AGAIN)

    async def choose_inside(self, activity: Activity, caller: Caller) -> Reply:
        """One of two readings was picked in a dialog."""
        shown = await self._chosen(activity, caller, Where.DIALOG)
        return dialog(chat.ANSWER_TITLE, (shown or plain_card(chat.ASK_AGAIN)).card)

    async def helped(self, activity: Activity, caller: Caller) -> Reply:
        """“That helped”."""
        return await self._heard(activity, caller, How.HELPED)

    async def wrong(self, activity: Activity, caller: Caller) -> Reply:
        """“That's wrong”: counted for whoever keeps the policy, without who said so."""
        return await self._heard(activity, caller, How.WRONG)

    async def _heard(self, activity: Activity, caller: Caller, how: How) -> Reply:
        desk = self._desk
        asked = desk.recent.get(activity.pressed, caller.account)
        if asked is None:
            return told(chat.ASK_AGAIN)
        policy, now = asked.pack.policy.id, desk.clock()
        trouble = await desk.tried(lambda: note_feedback(desk.office, policy, asked.answer, how, now=now))
        return told(trouble or chat.THANKED)

    async def _checked(self, caller: Caller, words: str) -> Reply:
        shown, _ = await self._answer(caller, chat.draft(words), where=Where.DIALOG)
        return dialog(chat.ANSWER_TITLE, shown.card)

    async def _chosen(self, activity: Activity, caller: Caller, where: Where) -> Shown | None:
        token, choice = ids.parted(activity.pressed)
        asked = self._desk.recent.get(token, caller.account)
        if asked is None:
            return None
        answered = await self._answer(caller, asked.question, before=asked.before, chosen=choice, where=where)
        return answered[0]

    async def _answer(
        self,
        caller: Caller,
        question: str,
        *,
        before: str = "",
        chosen: str = "",
        where: Where = Where.CHAT,
    ) -> tuple[Shown, Asked]:
        desk = self._desk
        token, asked = await desk.ask(caller, question, before=before, chosen=chosen)
        setting = Setting(
            token,
            desk.office.day(desk.clock()),
            nation=desk.nation,
            numbers=desk.contacts(caller),
            may_ask=where is Where.CHAT and asked.answer.silence is not Silence.CHAT,
        )
        shown = await asyncio.to_thread(
            answer_card, asked.answer, asked.pack, shipped_catalogue(), setting, where=where
        )
        return shown, asked

    def _before(self, activity: Activity, caller: Caller) -> str:
        """What the same person asked before in this conversation, where this message goes on from it."""
        last = self._last.get(activity.conversation, caller.account)
        if last is None or not follows(activity.text):
            return ""
        return "\n".join(filter(None, (last.before, last.question)))


def words_of(activity: Activity) -> str:
    """The words of the message that a command of its menu was chosen for."""
    body = nested(activity.value, "messagePayload", "body", "content")
    reader = _Words()
    reader.feed(body)
    reader.close()
    return reader.text


class _Words(HTMLParser):
    """The text of a message, which Teams gives as HTML: lines stay lines, and nothing else stays."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        """The words."""
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A line begins, or a picture stands for a sign."""
        if tag in _PARTED:
            self._parts.append("\n")
        shown = (value for name, value in attrs if name == "alt") if tag in _PICTURES else ()
        self._parts.extend(value for value in shown if value)

    def handle_data(self, data: str) -> None:
        """Words."""
        self._parts.append(data)
