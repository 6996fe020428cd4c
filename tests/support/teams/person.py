"""Somebody in the stand-in's tenant, to act as: what they do reaches the app as Teams would send it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.support.teams.dialogs import (
    CARD,
    EXECUTE,
    REFUSED,
    SAYING,
    SUBMIT,
    Dialog,
    NotPossibleError,
    button,
    dialog_in,
    filled,
)
from tests.support.teams.people import User
from tests.support.teams.space import BOT, CHANNEL, Conversation, Seen

if TYPE_CHECKING:
    from tests.support.teams.stand_in import Delivery, Teams

__all__ = ["NotPossibleError", "Person"]
_NAME = "Signpost"


class Person:
    """One person in Teams. Everything that reaches the app gives back the `Delivery`, answered.

    `dialog` is what is open before them, `told` the last words with which a dialog closed or a button was
    answered. What no person could do raises `NotPossibleError`.
    """

    def __init__(self, teams: "Teams", user: User) -> None:
        self._teams = teams
        self.user = user
        self.dialog: Dialog | None = None
        self.told = ""

    @property
    def account(self) -> str:
        """Their Entra id."""
        return self.user.account

    @property
    def messages(self) -> list[Seen]:
        """What the app has put before them alone, as it stands now."""
        return self._teams.messages_to(self.user.name)

    @property
    def latest(self) -> Seen:
        """The last of these. Raises `NotPossibleError` where there is none."""
        if not self.messages:
            raise NotPossibleError(f"nothing stands before {self.user.name}")
        return self.messages[-1]

    def says(self, text: str) -> "Delivery":
        """Write to the app, in their own conversation with it."""
        return self._say(self._own(), text, {})

    def mentions(self, text: str, where: str) -> "Delivery":
        """Write in a channel or group with the app's name before it."""
        place = self._inside(where)
        named = f"<at>{_NAME}</at>"
        mention = {"type": "mention", "mentioned": {"id": BOT, "name": _NAME}, "text": named}
        return self._say(place, f"{named} {text}", {"entities": [mention]})

    def writes(self, text: str, where: str) -> Seen:
        """Write in a channel or group what the app isn't told of, for message commands to be used on."""
        place = self._inside(where)
        with self._teams.space.lock:
            number = self._teams.space.number()
            return place.add(Seen(number, place.id, self.user.account, text=text))

    def presses(self, message: Seen, action: str, *, value: str | None = None, **answers: str) -> "Delivery":
        """Press a button of a card in a chat, having filled in its inputs: `presses(m, "x", decision="yes")`.

        One that opens a dialog opens it.
        """
        card = self._now(message).card
        if card is None:
            raise NotPossibleError("that message has no card")
        pressed = button(card, action, value)
        if pressed["type"] == SUBMIT and "msteams" in pressed["data"]:
            return self._fetch(message, pressed["data"])
        if pressed["type"] != EXECUTE:
            raise NotPossibleError(f"{action} is no button that acts in a chat: {pressed['type']}")
        inputs = {} if pressed.get("associatedInputs") == "none" else filled(card, answers)
        acted = {
            "type": EXECUTE,
            "verb": pressed["verb"],
            "id": pressed.get("id", ""),
            "data": {**pressed["data"], **inputs},
        }
        where = self._teams.conversation(message.conversation)
        value_sent = {"action": acted, "trigger": "manual"}
        delivery = self._invoke(where, "adaptiveCard/action", value_sent, replyToId=message.id)
        if not delivery.trouble:
            self._take(message, delivery.body)
        return delivery

    def opens(self, message: Seen, action: str, *, value: str | None = None) -> Dialog:
        """Press a button that opens a dialog. Raises `AssertionError` where none came."""
        self.presses(message, action, value=value)
        return self.front

    def extension(self, command: str, *, message: Seen | None = None, where: str = "") -> "Delivery":
        """Use a command of the message extension: from the compose box, or from a message's menu."""
        named = message.conversation if message else where
        place = self._teams.conversation(named) if named else self._own()
        context = "message" if message else "compose"
        value: dict[str, Any] = {
            "commandId": command,
            "commandContext": context,
            "context": {"theme": "default"},
            "requestId": uuid4().hex,
        }
        if message is not None:
            value["messagePayload"] = self._payload(message)
        delivery = self._invoke(place, "composeExtension/fetchTask", value)
        if not delivery.trouble:
            self.dialog, self.told = dialog_in(delivery.body, None, command=command, context=context)
        return delivery

    @property
    def front(self) -> Dialog:
        """The dialog that is open. Raises `NotPossibleError` where none is."""
        if self.dialog is None:
            raise NotPossibleError(f"{self.user.name} has no dialog open; was told: {self.told!r}")
        return self.dialog

    def submits(
        self, action: str, answers: Mapping[str, str] | None = None, *, value: str | None = None
    ) -> "Delivery":
        """Fill in the dialog that is open, and press one of its buttons. The next dialog is then in front."""
        before = self.front
        pressed = button(before.card, action, value)
        inputs = {} if pressed.get("associatedInputs") == "none" else filled(before.card, answers or {})
        data = {**pressed["data"], **inputs}
        context = {"theme": "default"}
        sent: dict[str, Any] = {"data": data, "context": context}
        name = "task/submit"
        if before.command:
            name = "composeExtension/submitAction"
            sent |= {"commandId": before.command, "commandContext": before.context, "requestId": uuid4().hex}
        delivery = self._invoke(self._own(), name, sent)
        if not delivery.trouble:
            self.dialog, self.told = dialog_in(delivery.body, before)
        return delivery

    def closes(self) -> None:
        """Close the dialog; Teams tells the app nothing of it."""
        self.dialog = None

    def installs(self) -> "Delivery":
        """Install the app."""
        with self._teams.space.lock:
            self._teams.space.without.discard(self.user.account)
        return self._teams.send({**self._from(self._own()), "type": "installationUpdate", "action": "add"})

    def removes(self) -> "Delivery":
        """Remove the app: nothing can be sent to them any more."""
        with self._teams.space.lock:
            self._teams.space.without.add(self.user.account)
        return self._teams.send({**self._from(self._own()), "type": "installationUpdate", "action": "remove"})

    def activity(self, kind: str, where: str = "", **more: Any) -> dict[str, Any]:
        """An activity of theirs, for a test to spoil and send itself."""
        place = self._inside(where) if where else self._own()
        return {**self._from(place), "type": kind, **more}

    def _say(self, place: Conversation, text: str, more: Mapping[str, Any]) -> "Delivery":
        activity = {**self._from(place), "type": "message", "text": text, "textFormat": "plain", **more}
        with self._teams.space.lock:
            place.add(Seen(activity["id"], place.id, self.user.account, text=text))
        return self._teams.send(activity)

    def _fetch(self, message: Seen, data: Mapping[str, Any]) -> "Delivery":
        sent = {"data": dict(data), "context": {"theme": "default"}}
        where = self._teams.conversation(message.conversation)
        delivery = self._invoke(where, "task/fetch", sent, replyToId=message.id)
        if not delivery.trouble:
            self.dialog, self.told = dialog_in(delivery.body, None)
        return delivery

    def _invoke(self, place: Conversation, name: str, value: Mapping[str, Any], **more: Any) -> "Delivery":
        activity = {**self._from(place), "type": "invoke", "name": name, "value": dict(value), **more}
        return self._teams.send(activity)

    def _take(self, message: Seen, body: Any) -> None:
        """Do what a button's answer says: show another card in its place, or a line of text."""
        assert isinstance(body, dict), f"no answer to a button: {body!r:.300}"
        if body.get("statusCode") == 400:  # the card stays, with what was typed in it, and says why
            assert body["type"] == REFUSED, body
            self.told = body["value"]["message"]
            return
        assert body.get("statusCode") == 200, body
        if body["type"] == SAYING:
            self.told = body["value"]
            return
        assert body["type"] == CARD, body
        from tests.support.teams.cards import faults_of

        faults = faults_of(body["value"])
        assert not faults, "\n".join(faults)
        with self._teams.space.lock:
            self._teams.conversation(message.conversation).change(message.id, card=body["value"])

    def _payload(self, message: Seen) -> dict[str, Any]:
        """A message as a command from its menu carries it."""
        author = self._teams.space.user(message.author)
        who: dict[str, Any] = {"application": {"id": BOT, "displayName": _NAME}}
        if author is not None:
            kind = {"userIdentityType": "aadUser", "id": author.account, "displayName": author.real_name}
            who = {"user": kind}
        return {
            "id": message.id,
            "createdDateTime": "2026-11-20T09:00:00Z",
            "messageType": "message",
            "from": {"application": None, "device": None, "conversation": None, **who},
            "body": {"contentType": "html", "content": f"<p>{_escaped(message.text)}</p>"},
            "linkToMessage": f"https://teams.microsoft.com/l/message/{message.conversation}/{message.id}",
            "attachments": [],
        }

    def _from(self, place: Conversation) -> dict[str, Any]:
        """What every activity of theirs has."""
        user, space = self.user, self._teams.space
        data: dict[str, Any] = {"tenant": {"id": user.tenant}}
        if place.kind == CHANNEL:
            data |= {"team": {"id": "19:staff@thread.tacv2"}, "channel": {"id": place.id}}
        with space.lock:
            number = space.number()
        return {
            "id": number,
            "channelId": "msteams",
            "serviceUrl": self._teams.service_url,
            "timestamp": datetime.now(UTC).isoformat(),  # noqa: TID251  Teams' own clock
            "from": {"id": user.user, "name": user.real_name or user.name, "aadObjectId": user.account},
            "recipient": {"id": BOT, "name": _NAME},
            "conversation": {**place.object, "tenantId": user.tenant},
            "channelData": data,
            "locale": "en-GB",
        }

    def _own(self) -> Conversation:
        return self._teams.space.personal(self.user)

    def _inside(self, where: str) -> Conversation:
        place = self._teams.conversation(where)
        if self.user.account not in place.members:
            raise NotPossibleError(f"{self.user.name} isn't in {where}")
        return place

    def _now(self, message: Seen) -> Seen:
        """The message as it stands now; an older look at it is of no use."""
        with self._teams.space.lock:
            return self._teams.conversation(message.conversation).messages[message.id]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
