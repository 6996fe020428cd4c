"""The app as its manifest makes it at Slack: what isn't in there is neither offered to people nor allowed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.slack.shapes import (
    Check,
    at,
    flag,
    like,
    link,
    many,
    one_of,
    refuse_unless,
    shape,
    words,
)

_WORD = words(255)
_COMMAND = shape(
    {"command": like(r"/[a-z0-9_-]{1,31}", "command"), "description": words(2000)},
    {"usage_hint": words(1000), "should_escape": flag, "url": link()},
)
_SHORTCUT = shape(
    {
        "name": words(24),
        "type": one_of("message", "global"),
        "callback_id": words(255),
        "description": words(150),
    }
)
_PROMPT = shape({"title": words(255), "message": words(4000)})
_FEATURES: Mapping[str, Check] = {
    "app_home": shape(
        {}, {"home_tab_enabled": flag, "messages_tab_enabled": flag, "messages_tab_read_only_enabled": flag}
    ),
    "assistant_view": shape(
        {"assistant_description": words(1000)}, {"suggested_prompts": many(_PROMPT, 4, 0)}
    ),
    "bot_user": shape({"display_name": words(80)}, {"always_online": flag}),
    "shortcuts": many(_SHORTCUT, 10),
    "slash_commands": many(_COMMAND, 50),
}
_SCOPES = shape({}, {"bot": many(_WORD, 255), "bot_optional": many(_WORD, 255, 0)})
_SETTINGS: Mapping[str, Check] = {
    "event_subscriptions": shape({}, {"bot_events": many(_WORD, 100), "request_url": link()}),
    "interactivity": shape({"is_enabled": flag}, {"request_url": link(), "message_menu_options_url": link()}),
    "allowed_ip_address_ranges": many(_WORD, 10),
    "org_deploy_enabled": flag,
    "socket_mode_enabled": flag,
    "token_rotation_enabled": flag,
    "is_hosted": flag,
}
_MANIFEST = shape(
    {
        "display_information": shape(
            {"name": words(35)},
            {
                "description": words(140),
                "long_description": words(4000, 174),
                "background_color": like(r"#(?:[0-9a-fA-F]{3}){1,2}", "colour"),
            },
        )
    },
    {
        "_metadata": shape({}, {"major_version": lambda *_: iter(()), "minor_version": lambda *_: iter(())}),
        "features": shape({}, _FEATURES),
        "oauth_config": shape({}, {"scopes": _SCOPES, "redirect_urls": many(link(), 1000, 0)}),
        "settings": shape({}, _SETTINGS),
    },
)
_SCOPE_OF_EVENT = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "assistant_thread_started": "assistant:write",
    "assistant_thread_context_changed": "assistant:write",
    "team_join": "users:read",
    "user_change": "users:read",
}
"""What a manifest must ask for beside each event; Slack refuses one that doesn't."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What the app may do here and what people are offered of it. None stands for whatever a test likes."""

    scopes: frozenset[str] | None = None
    commands: frozenset[str] | None = None
    shortcuts: frozenset[tuple[str, str]] | None = None
    events: frozenset[str] | None = None
    home_tab: bool = True
    messages_tab: bool = True
    interactive: bool = True

    def lacks_event(self, event: Mapping[str, Any]) -> str:
        """The subscription that keeps this event from the app; empty where it has it."""
        kind = str(event.get("type"))
        name = f"message.{_KINDS.get(str(event['channel_type']), 'channels')}" if kind == "message" else kind
        return "" if self.events is None or name in self.events else name


_KINDS = {"im": "im", "group": "groups"}


def installed(manifest: Any) -> Installation:
    """What a manifest makes of the app. Raises `Refusal` for one that Slack wouldn't take."""
    refuse_unless(_MANIFEST(manifest, ""), "invalid_manifest")
    refuse_unless(_inconsistencies(manifest), "invalid_manifest")
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    home = features.get("app_home", {})
    return Installation(
        scopes=frozenset(_scopes(manifest)),
        commands=frozenset(one["command"] for one in features.get("slash_commands", ())),
        shortcuts=frozenset((one["type"], one["callback_id"]) for one in features.get("shortcuts", ())),
        events=frozenset(_events(manifest)),
        home_tab=home.get("home_tab_enabled", False),
        messages_tab=home.get("messages_tab_enabled", False)
        and not home.get("messages_tab_read_only_enabled", True),
        interactive=settings.get("interactivity", {}).get("is_enabled", False),
    )


def _scopes(manifest: Mapping[str, Any]) -> list[str]:
    scopes: Mapping[str, list[str]] = manifest.get("oauth_config", {}).get("scopes", {})
    return [*scopes.get("bot", ()), *scopes.get("bot_optional", ())]


def _events(manifest: Mapping[str, Any]) -> list[str]:
    found: list[str] = manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
    return found


def _inconsistencies(manifest: Mapping[str, Any]) -> Iterator[str]:
    features, scopes = manifest.get("features", {}), _scopes(manifest)
    if features.get("slash_commands") and "commands" not in scopes:
        yield at("slash commands need the scope commands", "/oauth_config/scopes/bot")
    if features.get("shortcuts") and "commands" not in scopes:
        yield at("shortcuts need the scope commands", "/oauth_config/scopes/bot")
    if features.get("shortcuts") and not manifest.get("settings", {}).get("interactivity"):
        yield at("shortcuts need interactivity", "/settings")
    if scopes and "bot_user" not in features:
        yield at("a bot's scopes need a bot_user", "/features")
    for event in _events(manifest):
        if (needed := _SCOPE_OF_EVENT.get(event, "")) and needed not in scopes:
            yield at(f"{event} needs the scope {needed}", "/settings/event_subscriptions/bot_events")
    for name in ("command", "callback_id"):
        kind = "slash_commands" if name == "command" else "shortcuts"
        listed = [one[name] for one in features.get(kind, ())]
        for twice in sorted({one for one in listed if listed.count(one) > 1}):
            yield at(f"duplicate {name}: {twice}", f"/features/{kind}")
