"""A small real Slack app, on slack_bolt, for the stand-in to be tried with: a few listeners of each kind."""

import asyncio
from typing import Any, Self

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.processes import LOOPBACK
from tests.support.slack.pieces import FORM, Json, plain, section
from tests.support.slack.running import Running
from tests.support.slack.service import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.support.slack.stand_in import Slack


def built(slack: Slack) -> AsyncApp:
    """The app: it answers messages, takes reports in a form and shows them again."""
    client = AsyncWebClient(token=BOT_TOKEN, base_url=slack.url)
    app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)

    @app.event("message")
    async def _message(event: Json, client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], text=f"You said: {event['text']}")

    @app.command("/report")
    async def _report(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.action("choice")
    async def _choice(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        view = body["view"]
        blocks = [*FORM["blocks"], section("Ring 999.")]
        await client.views_update(view_id=view["id"], hash=view["hash"], view={**FORM, "blocks": blocks})

    @app.view("report")
    async def _sent(ack: AsyncAck, body: Json, view: Json, client: AsyncWebClient) -> None:
        said = view["state"]["values"]["what"]["text"]["value"]
        if len(said) < 3:
            await ack(response_action="errors", errors={"what": "Say a little more."})
            return
        await ack()
        button = {"type": "button", "action_id": "open", "text": plain("Open"), "value": said}
        await client.chat_postMessage(
            channel=body["user"]["id"],
            text="Thank you",
            blocks=[section("Thank you."), {"type": "actions", "elements": [button]}],
        )

    @app.action("open")
    async def _open(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        said = body["actions"][0]["value"]
        view = {"type": "modal", "title": plain("Details"), "blocks": [section(said)]}
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    return app


class LittleSocketApp:
    """The app, connected by Socket Mode from a thread of its own."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._handler: Any = None  # its methods carry no types
        self._running = Running([], self._end)

    def __enter__(self) -> Self:
        self._running.start()
        self._running.ask(self._connect())
        return self

    def __exit__(self, *_: object) -> None:
        self._running.stop()

    async def _connect(self) -> None:
        # Here, since slack_sdk's client wants a running loop from the start.
        self._handler = AsyncSocketModeHandler(built(self._slack), APP_TOKEN, ping_interval=1)
        await self._handler.connect_async()

    async def _end(self) -> None:
        if self._handler is not None:
            await self._handler.close_async()


class LittleApp:
    """The app, serving `/slack/events` in a thread of its own."""

    def __init__(self, slack: Slack) -> None:
        self.app = built(slack)
        self._running = Running([web.post("/slack/events", self._events)], self._end)

    async def _end(self) -> None:
        await asyncio.sleep(0)

    def __enter__(self) -> Self:
        self._running.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.stop()

    @property
    def url(self) -> str:
        """Where Slack posts events."""
        return f"http://{LOOPBACK}:{self._running.port}/slack/events"

    async def _events(self, request: web.Request) -> web.Response:
        return await to_aiohttp_response(await self.app.async_dispatch(await to_bolt_request(request)))
