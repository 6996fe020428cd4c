"""All that a call to the stand-in can read and change, and what each call's arguments stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.slack.behaviour import Behaviour
from tests.support.slack.installation import Installation
from tests.support.slack.people import BOT, User
from tests.support.slack.screens import Screens
from tests.support.slack.shapes import Refusal, at
from tests.support.slack.workspace import Channel, Workspace

Args = Mapping[str, Any]


@dataclass(slots=True)
class Space:
    """All that a method can read and change."""

    workspace: Workspace
    screens: Screens = field(default_factory=Screens)
    behaviour: Behaviour = field(default_factory=Behaviour)
    installation: Installation = field(default_factory=Installation)


def truth(args: Args, name: str) -> bool:
    """An argument that is true or false, as JSON or as a form has it."""
    return str(args.get(name)).lower() in {"true", "1"}


def whole(args: Args, name: str, default: int) -> int:
    """An argument that is a number."""
    try:
        return int(args.get(name) or default)
    except (TypeError, ValueError):
        raise Refusal("invalid_arguments", [at("must provide an integer", f"/{name}")]) from None


def scopes_of(space: Space) -> frozenset[str] | None:
    """What the token may do: as a test says, else as the manifest does; None is anything."""
    return space.installation.scopes if space.behaviour.scopes is None else space.behaviour.scopes


def can(space: Space, scope: str) -> bool:
    """Whether the token has a scope."""
    scopes = scopes_of(space)
    return scopes is None or scope in scopes


def person_of(space: Space, args: Args) -> User:
    """The person whose id a call gives."""
    user = space.workspace.user(str(args["user"]))
    if user is None or user.id != args["user"]:
        raise Refusal("user_not_found")
    return user


def refuse_dead(space: Space, *names: str) -> None:
    """Raise `Refusal` for people and channels that a test has made unreachable."""
    for name in names:
        if code := space.behaviour.errors.get(name):
            raise Refusal(code)


def refuse_undeliverable(space: Space, user: User) -> None:
    """Raise `Refusal` for somebody to whom the app can't write."""
    refuse_dead(space, user.id, user.name)
    if user.deleted:
        raise Refusal("user_disabled")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")


def channel_of(space: Space, args: Args, *, posting: bool = False) -> Channel:
    """The conversation that a call names; where something is posted, a person's id stands for theirs."""
    named = str(args["channel"])
    refuse_dead(space, named)
    user = space.workspace.user(named)
    if posting and user is not None and user.id == named:
        refuse_undeliverable(space, user)
        if user.is_stranger:
            raise Refusal("channel_not_found")
        return space.workspace.direct(user)
    channel = space.workspace.channel(named) if posting else space.workspace.channels.get(named)
    if channel is None or (channel.kind == "group" and BOT.id not in channel.members):
        raise Refusal("channel_not_found")
    refuse_dead(space, channel.id)
    if posting:
        _refuse_closed(space, channel)
    return channel


def _refuse_closed(space: Space, channel: Channel) -> None:
    if channel.archived:
        raise Refusal("is_archived")
    if channel.kind == "im" and (user := space.workspace.user(channel.user)) is not None:
        refuse_undeliverable(space, user)
    if BOT.id not in channel.members and not (channel.kind == "channel" and can(space, "chat:write.public")):
        raise Refusal("not_in_channel")


def member_of(space: Space, args: Args) -> Channel:
    """The conversation that a call names, if the app is in it."""
    channel = channel_of(space, args)
    if BOT.id not in channel.members:
        raise Refusal("not_in_channel")
    return channel
