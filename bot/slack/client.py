"""Calls to Slack's Web API: one at a time or not at all, and what each refusal means for a notice."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    TCPConnector,
)
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.sending import TryLaterError, UnreachableError

SECONDS = 4.5
"""Shorter than a sender's patience (5 s), and that than its lease (10 s)."""
_PATIENCE, _LONGEST = 30.0, 3600.0
_CONNECTIONS = 64
_TIMES = 4
"""So often an answer is tried to be given that Slack puts off."""
_BEHIND = (0.1, 0.5)
"""Seconds that answers stay behind the notices once Slack takes calls again: the most urgent goes first."""
_FAILED, _AWAY, _TOO_MANY = 500, 503, 429
GONE = frozenset(
    {
        *("account_inactive", "cannot_dm_bot", "channel_not_found", "is_archived", "not_in_channel"),
        *("user_deactivated", "user_disabled", "user_not_found", "user_not_visible", "users_not_found"),
        *("messages_tab_disabled", "restricted_action", "cannot_dm_self"),
    }
)
"""What Slack answers where a message will never reach this person."""
NO_MESSAGE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "message_deleted"})
"""What it answers where there is no message (any more) that could be changed: deleted, or too old."""


class NoSuchMessageError(UnreachableError):
    """The message that is to be changed isn't there."""


Method = Callable[..., Awaitable[AsyncSlackResponse]]


class SlackClient:
    """The workspace's Web API. `url` is where it is, for GovSlack and for tests."""

    def __init__(self, token: str, url: str | None = None, *, seconds: float = SECONDS) -> None:
        self.web = AsyncWebClient(
            token=token,
            base_url=_with_slash(url) if url else AsyncWebClient.BASE_URL,
            timeout=max(1, round(seconds)),
            trust_env_in_session=True,
            retry_handlers=[],
        )
        self._seconds = seconds
        self._rests: dict[str, float] = {}

    async def open(self) -> None:
        """Open connections that are kept, on this event loop: one for each call costs milliseconds."""
        self.web.session = ClientSession(
            timeout=ClientTimeout(total=self._seconds),
            connector=TCPConnector(limit=_CONNECTIONS),
            trust_env=True,
        )

    async def close(self) -> None:
        """Close them."""
        if self.web.session is not None:
            await self.web.session.close()

    async def call(self, method: Method, **said: Any) -> Mapping[str, Any]:
        """Call one of `web`'s methods for a notice. Raises `TryLaterError`, `UnreachableError`.

        A method that Slack asked to be left alone is not called before that is over, whoever was told so.
        """
        named = getattr(method, "__name__", "")
        if (rests := self._rests.get(named, 0.0) - monotonic()) > 0:
            raise TryLaterError(rests)
        try:
            async with asyncio.timeout(self._seconds):
                answer = await method(**said)
        except SlackApiError as error:
            meaning = _meaning(error)
            if isinstance(meaning, TryLaterError) and meaning.after is not None:
                self._rests[named] = max(monotonic() + meaning.after, self._rests.get(named, 0.0))
            raise meaning from error
        except ClientConnectorError as error:
            raise TryLaterError from error
        except (TimeoutError, ClientError, SlackClientError, ValueError, OSError) as error:
            raise TryLaterError(unsure=True) from error
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def call_patiently(self, method: Method, **said: Any) -> Mapping[str, Any]:
        """Call for somebody who waits for an answer: again, a few times, once Slack takes calls again."""
        for _ in range(_TIMES - 1):
            try:
                return await self.call(method, **said)
            except TryLaterError as error:
                if error.after is None or error.after > _PATIENCE:
                    raise
                await asyncio.sleep(error.after + random.uniform(*_BEHIND))  # noqa: S311  jitter
        return await self.call(method, **said)


def _meaning(error: SlackApiError) -> Exception:
    """What a refusal means for a notice."""
    answer: object = error.response
    said: object = None
    headers: Mapping[str, str]
    if isinstance(answer, ClientResponse):  # no JSON: Slack's front door, or something in between
        status, headers = answer.status, answer.headers
    elif isinstance(answer, AsyncSlackResponse):
        status, headers = answer.status_code, answer.headers
        said = answer.data.get("error") if isinstance(answer.data, dict) else None
    else:
        return TryLaterError(unsure=True)
    if status == _TOO_MANY or said in {"ratelimited", "rate_limited"}:
        return TryLaterError(_seconds(headers))
    if said in NO_MESSAGE:
        return NoSuchMessageError(str(said).replace("_", "-"))
    if said in GONE:
        return UnreachableError(str(said).replace("_", "-"))
    refused = status == _AWAY or (said is not None and status < _FAILED)
    return TryLaterError(unsure=not refused)


def _seconds(headers: Mapping[str, str]) -> float:
    """How long Slack asks to be left alone."""
    asked = {str(name).lower(): value for name, value in headers.items()}.get("retry-after", "")
    return min(float(asked), _LONGEST) if str(asked).isdecimal() else _PATIENCE


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"
