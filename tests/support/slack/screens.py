"""What stands before each person: a stack of modals, a home tab, and the triggers that may open more."""

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from tests.support.slack.blocks import check_view, elements_of
from tests.support.slack.forms import Values, initial_values, words_of
from tests.support.slack.live import live_in
from tests.support.slack.people import BOT, TEAM
from tests.support.slack.shapes import Refusal, at
from tests.support.slack.workspace import APP, with_ids

_DEEPEST = 3
"""Modals on top of each other."""
_OPTIONAL = {"title": None, "submit": None, "close": None}
_DEFAULTS: Mapping[str, Any] = {
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "clear_on_close": False,
    "notify_on_close": False,
    **_OPTIONAL,
}


@dataclass(slots=True)
class Screen:
    """A view before a person: as the app gave it, what has been entered, and what the app found wrong."""

    user: str
    view: dict[str, Any]
    values: Values
    errors: dict[str, str] = field(default_factory=dict)
    open: bool = True

    @property
    def id(self) -> str:
        """The view's id."""
        return str(self.view["id"])

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The view's blocks, with their ids."""
        return list(self.view["blocks"])

    @property
    def callback_id(self) -> str:
        """The view's callback_id."""
        return str(self.view["callback_id"])

    @property
    def title(self) -> str:
        """What stands at the top; empty for a home tab."""
        return str(self.view["title"]["text"]) if self.view["title"] else ""

    @property
    def words(self) -> str:
        """Everything that can be read, and beside it what the app found wrong."""
        return "\n".join([words_of(self.view), *self.errors.values()])

    @property
    def live(self) -> list[str]:
        """What does something here beyond being read: mentions, shouts, links."""
        return live_in("", self.blocks)

    def has(self, action_id: str) -> bool:
        """Whether something with this action_id can be pressed, chosen or filled in here."""
        return any(one.get("action_id") == action_id for block in self.blocks for one in elements_of(block))

    def row(self) -> dict[str, Any]:
        """This view as Slack sends it to the app, with all that has been entered."""
        return {**copy.deepcopy(self.view), "state": {"values": copy.deepcopy(self.values)}}


@dataclass(slots=True)
class Trigger:
    """The right to open one view before a person, from a moment of the monotonic clock on, for a while."""

    user: str
    at: float
    screen: Screen | None = None
    used: bool = False


class Screens:
    """Every view of the workspace. Whoever calls holds the stand-in's lock."""

    def __init__(self) -> None:
        self.trigger_life = 3.0
        self.stacks: dict[str, list[Screen]] = {}
        self.homes: dict[str, Screen] = {}
        self.ever: list[Screen] = []
        self._triggers: dict[str, Trigger] = {}

    def trigger(self, user: str, screen: Screen | None = None) -> str:
        """A new trigger_id, for what a person has just done (`screen`: in which view)."""
        name = f"{len(self._triggers) + 1}.{time.time_ns()}.{token_hex(8)}"
        self._triggers[name] = Trigger(user, time.monotonic(), screen)
        return name

    def _take(self, name: Any) -> Trigger:
        trigger = self._triggers.get(name) if isinstance(name, str) else None
        if trigger is None:
            raise Refusal("invalid_trigger_id" if name else "invalid_arguments")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if time.monotonic() - trigger.at > self.trigger_life:
            raise Refusal("expired_trigger_id")
        return trigger

    def open(self, trigger_id: Any, view: Any) -> Screen:
        """Open a modal before whoever the trigger is of, in place of any other."""
        check_view(view)
        trigger = self._take(trigger_id)
        self._know_once(view)
        trigger.used = True
        self.clear(trigger.user)
        return self._put(trigger.user, view)

    def push(self, trigger_id: Any, view: Any) -> Screen:
        """Put a modal on top of the one in which the trigger was issued."""
        check_view(view)
        trigger = self._take(trigger_id)
        if trigger.screen is None or trigger.screen not in self.stacks.get(trigger.user, []):
            raise Refusal("invalid_trigger_id")
        self._know_once(view)
        screen = self.push_on(trigger.user, view)
        trigger.used = True
        return screen

    def push_on(self, user: str, view: Any) -> Screen:
        """Put a checked modal on top of a person's stack."""
        if len(self.stacks.get(user, [])) >= _DEEPEST:
            raise Refusal("push_limit_reached")
        return self._put(user, view)

    def update(self, known: Mapping[str, Any], view: Any) -> Screen:
        """Change a view named by `view_id` or `external_id`, unless it isn't any more what `hash` says."""
        screen = self.find(known)
        check_view(view, screen.view["type"])
        self._same_hash(known, screen)
        if view.get("external_id") and view["external_id"] != screen.view["external_id"]:
            self._know_once(view)
        return self.replace(screen, view)

    def replace(self, screen: Screen, view: Mapping[str, Any]) -> Screen:
        """Put a checked view in the place of another, keeping its id and what was entered."""
        kept = {name: screen.view[name] for name in ("id", "root_view_id", "previous_view_id")}
        screen.view = {**_shown(view), **kept}
        screen.values = initial_values(screen.blocks, screen.values)
        screen.errors = {}
        return screen

    def publish(self, user: str, known: Mapping[str, Any], view: Any) -> Screen:
        """Put a home tab before a person."""
        check_view(view, "home")
        home = self.homes.get(user)
        if home is None:
            made = _shown(view)
            home = Screen(user, made, initial_values(made["blocks"]))
            self.homes[user] = home
            self.ever.append(home)
            return home
        self._same_hash(known, home)
        return self.replace(home, view)

    def find(self, known: Mapping[str, Any]) -> Screen:
        """The open view with this `view_id` or `external_id`."""
        view, external = known.get("view_id"), known.get("external_id")
        if not view and not external:
            raise Refusal("invalid_arguments", [at("must provide either view_id or external_id", "")])
        for screen in self.ever:
            wanted = screen.id == view if view else screen.view["external_id"] == external
            if screen.open and wanted:
                return screen
        raise Refusal("not_found")

    def close(self, screen: Screen) -> None:
        """Take away a modal, and whatever is on top of it."""
        stack = self.stacks.get(screen.user, [])
        while screen in stack:
            stack.pop().open = False

    def clear(self, user: str) -> None:
        """Take away all of a person's modals."""
        for screen in self.stacks.get(user, []):
            screen.open = False
        self.stacks[user] = []

    def top(self, user: str) -> Screen | None:
        """The modal that a person has before them."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def _put(self, user: str, view: Mapping[str, Any]) -> Screen:
        stack = self.stacks.setdefault(user, [])
        made = _shown(view)
        made["root_view_id"] = stack[0].id if stack else made["id"]
        made["previous_view_id"] = stack[-1].id if stack else None
        screen = Screen(user, made, initial_values(made["blocks"]))
        stack.append(screen)
        self.ever.append(screen)
        return screen

    def _know_once(self, view: Mapping[str, Any]) -> None:
        external = view.get("external_id")
        if external and any(one.open and one.view["external_id"] == external for one in self.ever):
            raise Refusal("duplicate_external_id")

    @staticmethod
    def _same_hash(known: Mapping[str, Any], screen: Screen) -> None:
        if known.get("hash") and known["hash"] != screen.view["hash"]:
            raise Refusal("hash_conflict")


def _shown(view: Mapping[str, Any]) -> dict[str, Any]:
    """A view as Slack gives it back: with ids, and with what the app left out."""
    name = f"V0{token_hex(5).upper()}"
    return {
        **_DEFAULTS,
        **copy.deepcopy(dict(view)),
        "blocks": with_ids(view["blocks"]),
        "id": name,
        "team_id": TEAM,
        "app_id": APP,
        "bot_id": BOT.bot_id,
        "app_installed_team_id": TEAM,
        "root_view_id": name,
        "previous_view_id": None,
        "hash": f"{int(time.time())}.{token_hex(4)}",
    }
