"""Somebody in the stand-in's workspace, to act as: what they do reaches the app as Slack would send it."""

import time
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from tests.support.slack import payloads, pressing
from tests.support.slack.answers import answered_command, answered_form
from tests.support.slack.doors import Parcel
from tests.support.slack.elements import OFFER
from tests.support.slack.elements import offered as offered_in
from tests.support.slack.forms import NotPossibleError, entered, shortcomings
from tests.support.slack.payloads import Origin
from tests.support.slack.people import BOT
from tests.support.slack.pressing import Spot
from tests.support.slack.record import Delivery
from tests.support.slack.screens import Screen
from tests.support.slack.typing_in import typed
from tests.support.slack.watching import Watcher
from tests.support.slack.workspace import PANE, Channel, Message, ReplyTo, Seen, seen

_REPLIES_LIVE = 1800.0
"""Seconds for which a response_url may be used."""


class Person(Watcher):
    """One person at Slack. Everything that reaches the app gives back the `Delivery`, answered.

    What no person could do raises `NotPossibleError`; what the app answered late or wrongly, `TroubleError`.
    """

    def write(self, channel: str, text: str, *, thread: str = "") -> Seen:
        """Write something in a channel that the app isn't told of, for shortcuts to be used on."""
        place = self._inside(channel)
        return seen(place.id, self._put(place, text, thread))

    def dm(self, text: str, *, thread: str = "") -> Delivery:
        """Write to the app directly, in a thread where its `ts` is given; `@sam` becomes a mention."""
        if not self._slack.space.installation.messages_tab:
            raise NotPossibleError("the manifest lets nobody write to the app")
        message = self._put(self.direct, text, thread)
        return self._tell(message, self.direct, kind="message")

    def mention(self, channel: str, text: str, *, thread: str = "") -> Delivery:
        """Write something in a channel with the app's name before it."""
        place = self._inside(channel)
        if BOT.id not in place.members:
            raise NotPossibleError(f"the app isn't in {channel}, so that Slack tells it nothing")
        return self._tell(self._put(place, f"@{BOT.name} {text}", thread), place, kind="app_mention")

    def edit(self, channel: str, ts: str, text: str) -> Delivery:
        """Change a message of one's own."""
        place = self._slack.channel(channel)
        with self._slack.lock:
            before = dict(place.messages[ts])
            place.messages[ts] = {**before, "text": typed(self._slack.workspace, text)}
            place.messages[ts]["edited"] = {"user": self.id, "ts": self._slack.workspace.stamp()}
            changed = {"message": dict(place.messages[ts]), "previous_message": before}
            stamp = self._slack.workspace.stamp()
        event = {"type": "message", "subtype": "message_changed", "hidden": True, "channel": place.id}
        more = {"ts": stamp, "event_ts": stamp, "channel_type": place.kind}
        return self._slack.send_event({**event, **changed, **more}, origin=self._origin(place))

    def slash(self, command: str, text: str = "", *, channel: str = "") -> Delivery:
        """Type a slash command, by default in the direct conversation."""
        place = self._inside(channel) if channel else self.direct
        self._offered("command", command, self._slack.space.installation.commands)
        with self._slack.lock:
            reply = self._reply(place.id, "", ephemeral=True)
            payload = payloads.command(
                self.user,
                place,
                line=(command, text),
                reply=self._reply_url(reply),
                trigger=self._slack.space.screens.trigger(self.id),
            )
        delivery = self._slack.send(Parcel("slash_commands", command, payload))
        if not delivery.trouble:
            with self._slack.lock:
                trouble = answered_command(self._slack.space, reply, delivery)
            return self._slack.amended(delivery, trouble)
        return delivery

    def message_shortcut(self, callback_id: str, message: Seen) -> Delivery:
        """Use a shortcut on a message that this person sees."""
        self._offered("message shortcut", ("message", callback_id), self._slack.space.installation.shortcuts)
        if message.ephemeral:
            raise NotPossibleError("Slack offers no shortcuts on what one person alone can see")
        spot = pressing.message_spot(self._slack.space, self.user, message)
        reply = self._reply_url(self._reply(message.channel, message.ts, ephemeral=False))
        return self._interact(
            "message_action",
            callback_id,
            callback_id=callback_id,
            trigger_id=self._trigger(),
            response_url=reply,
            message_ts=message.ts,
            action_ts=_now(),
            channel=payloads.place(self._slack.channel(message.channel)),
            message=spot.raw,
        )

    def global_shortcut(self, callback_id: str) -> Delivery:
        """Use a shortcut from the menu."""
        self._offered("shortcut", ("global", callback_id), self._slack.space.installation.shortcuts)
        return self._interact(
            "shortcut", callback_id, callback_id=callback_id, trigger_id=self._trigger(), action_ts=_now()
        )

    def press(
        self,
        action_id: str,
        on: Seen | Screen | None = None,
        *,
        value: str | None = None,
        choose: Any = None,
        block: str = "",
    ) -> Delivery:
        """Press a button, or choose something that the app is told of at once.

        `on` is a message, a view or the home tab; without it: the modal in front, else the latest message,
        else the home tab that has it. `value` and `block` tell several of one action_id apart; `choose` is
        an option's value or label, a date, or somebody's id. Raises `NotPossibleError` where it isn't there.
        """
        with self._slack.lock:
            spot = pressing.find(self._slack.space, self.user, on, (action_id, value, block))
            action = pressing.action_of(self._slack.space, self.user, spot, choose)
        return self._act(spot, action)

    def fill(self, answers: Mapping[str, Any], on: Screen | None = None) -> list[Delivery]:
        """Fill in the form in front: by action_id, by block_id, or as `block/action`.

        An answer is text, an option's value or label, an id, a date, a list of those, or None for nothing.
        Gives what was delivered, for inputs that tell the app at once.
        """
        screen = on or self._front()
        delivered = []
        for name, given in answers.items():
            with self._slack.lock:
                block, element = pressing.input_of(screen, name)
                state = entered(element, given)
                screen.values[block["block_id"]][element["action_id"]] = state
            if pressing.tells(block):
                spot = Spot(screen, block, element, screen.view)
                delivered.append(self._act(spot, pressing.changed(spot, state)))
        return delivered

    def look_up(self, name: str, typed_in: str, on: Screen | None = None) -> list[dict[str, Any]]:
        """Type into a menu that asks the app for its options: what it offers, each of which `fill` takes."""
        screen = on or self._front()
        block, element = pressing.input_of(screen, name)
        if "external" not in element["type"]:
            raise NotPossibleError(f"{name} offers what it has, and asks nobody")
        if len(typed_in) < (least := element.get("min_query_length", 3)):
            raise NotPossibleError(f"Slack asks the app from {least} characters on")
        where = {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed_in}
        container = {"type": "view", "view_id": screen.id}
        more = {"container": container, "view": screen.row()}
        delivery = self._interact("block_suggestion", element["action_id"], **where, **more)
        offered = delivery.body if isinstance(delivery.body, dict) else {}
        trouble = "; ".join(OFFER(offered, "/options"))
        return [] if self._slack.amended(delivery, trouble).trouble else offered_in(offered)

    def submit(self) -> Delivery:
        """Send the form in front, and do what the app answers. Slack holds back what isn't filled in."""
        screen = self._front()
        if screen.view["submit"] is None:
            raise NotPossibleError(f"the view {screen.title!r} has nothing to submit it with")
        if lacking := list(shortcomings(screen.blocks, screen.values)):
            raise NotPossibleError(f"Slack doesn't send this form: {'; '.join(lacking)}")
        delivery = self._interact(
            "view_submission",
            screen.callback_id,
            trigger_id=self._trigger(screen),
            view=screen.row(),
            response_urls=[],
        )
        if not delivery.trouble:
            with self._slack.lock:
                trouble = answered_form(self._slack.space, screen, delivery)
            return self._slack.amended(delivery, trouble)
        return delivery

    def close_view(self, *, all_of_them: bool = False) -> Delivery | None:
        """Close the modal in front (the app is told only where it asked for that), or the whole stack."""
        screen = self._front()
        row = screen.row()
        with self._slack.lock:
            if all_of_them or screen.view["clear_on_close"]:
                self._slack.space.screens.clear(self.id)
            else:
                self._slack.space.screens.close(screen)
        if not screen.view["notify_on_close"]:
            return None
        return self._interact("view_closed", screen.callback_id, view=row, is_cleared=all_of_them)

    def open_home(self, *, tab: str = "home") -> Delivery:
        """Look at the app's home tab, or (`messages`) at its messages."""
        if tab == "home" and not self._slack.space.installation.home_tab:
            raise NotPossibleError("the manifest gives the app no home tab")
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.direct.id,
            "tab": tab,
        }
        if self.home is not None and tab == "home":
            event["view"] = self.home.row()
        return self._slack.send_event({**event, "event_ts": _now()}, origin=self._origin(self.direct))

    def start_assistant(self, *, context: str = "") -> tuple[str, Delivery]:
        """Open the assistant pane, over a channel: gives its thread, to be passed on to `dm`."""
        with self._slack.lock:
            root = self._slack.workspace.post(
                self.direct, BOT, {"text": "New Assistant Thread", "subtype": PANE}
            )
        place = {"channel_id": self._slack.channel(context).id, "team_id": self.user.team} if context else {}
        pane = {"user_id": self.id, "context": place, "channel_id": self.direct.id, "thread_ts": root["ts"]}
        event = {"type": "assistant_thread_started", "assistant_thread": pane, "event_ts": _now()}
        return root["ts"], self._slack.send_event(event, origin=self._origin(self.direct))

    def _put(self, channel: Channel, text: str, thread: str) -> Message:
        with self._slack.lock:
            body = {"text": typed(self._slack.workspace, text), "thread_ts": thread}
            if not self.user.is_bot:
                body["client_msg_id"] = token_hex(16)
            return self._slack.workspace.post(channel, self.user, body)

    def _tell(self, message: Message, channel: Channel, *, kind: str) -> Delivery:
        event = payloads.message_event(message, channel, kind=kind, shared=channel.shared)
        return self._slack.send_event(event, origin=self._origin(channel))

    def _origin(self, channel: Channel) -> Origin:
        return Origin(self.user.team, shared=channel.shared)

    def _inside(self, named: str) -> Channel:
        place = self._slack.channel(named)
        if self.id not in place.members:
            raise NotPossibleError(f"{self.name} isn't in {named}")
        return place

    def _front(self) -> Screen:
        if self.view is None:
            raise NotPossibleError(f"{self.name} has no view open")
        return self.view

    def _act(self, spot: Spot, action: Mapping[str, Any]) -> Delivery:
        with self._slack.lock:
            more = pressing.surroundings(self._slack.space, self.user, spot)
        if isinstance(spot.on, Seen):
            reply = self._reply(spot.on.channel, spot.on.ts, ephemeral=spot.on.ephemeral)
            more["response_url"] = self._reply_url(reply)
        screen = spot.on if isinstance(spot.on, Screen) else None
        trigger = self._trigger(screen)
        return self._interact(
            "block_actions", str(action["action_id"]), trigger_id=trigger, actions=[dict(action)], **more
        )

    @staticmethod
    def _offered(what: str, name: object, there: frozenset[Any] | None) -> None:
        if there is not None and name not in there:
            raise NotPossibleError(f"the manifest has no {what} {name}")

    def _interact(self, kind: str, label: str, **more: Any) -> Delivery:
        if not self._slack.space.installation.interactive:
            raise NotPossibleError("the manifest has no interactivity: Slack tells the app of no press")
        payload = payloads.interaction(kind, self.user, **more)
        return self._slack.send(Parcel("interactive", f"{kind}:{label}", payload))

    def _trigger(self, screen: Screen | None = None) -> str:
        with self._slack.lock:
            return self._slack.space.screens.trigger(self.id, screen)

    def _reply(self, channel: str, ts: str, *, ephemeral: bool) -> ReplyTo:
        return ReplyTo(self.id, channel, ts, ephemeral, until=time.monotonic() + _REPLIES_LIVE)

    def _reply_url(self, reply: ReplyTo) -> str:
        with self._slack.lock:
            return f"{self._slack.origin}/response/{self._slack.workspace.reply_url(reply)}"


def _now() -> str:
    return f"{time.time():.6f}"
