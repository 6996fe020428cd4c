"""Nothing that anybody wrote, no name and no token stands in a log line at any level, the SDK's included."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from bot.teams.auth import Credential, NoTokenError, Tokens
from bot.teams.client import TeamsClient
from bot.teams.hosts import Hosts
from tests.bot.teams.doorstep import Doorstep, doorstep
from tests.support.teams.login import SECRET
from tests.support.teams.people import account_of
from tests.support.teams.signing import APP, TENANT, claims, token

WORDS = "a purple xylophone"
CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [{"type": "TextBlock", "text": WORDS, "wrap": True}],
}


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root, hooks = logging.getLogger(), (sys.excepthook, sys.unraisablehook, threading.excepthook)
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(level)
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
    logging.getLogger("uvicorn.access").disabled = False
    structlog.reset_defaults()
    logs.dropped.clear()


class Everything(logging.Handler):
    """Keeps every record as it would be printed, with its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.lines.append(self.format(record))


@pytest.fixture
def printed() -> Iterator[Everything]:
    """Give what a program without our logs would print at DEBUG, beside what ours print."""
    root, handler, before = logging.getLogger(), Everything(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


def stir(step: Doorstep) -> None:
    """Have everything happen that may be logged: good and bad, in and out."""
    tom, service = step.teams.person("tom"), step.teams.service_url
    tom.says(WORDS)
    with step.teams.tolerating():
        step.handled.trouble = RuntimeError(WORDS)
        tom.says(WORDS)
        step.handled.trouble = None
        odd = tom.activity("invoke", name="task/submit", value={"data": WORDS}, entities=WORDS)
        step.teams.send(odd)
        step.teams.send({**tom.activity("message"), "from": {"id": [WORDS]}})
        step.teams.send(tom.activity("message", text=WORDS), token=token(claims(service, aud=WORDS)))
        step.teams.send(tom.activity("message", text=WORDS), token=token(claims(service), kid=WORDS))
        step.teams.send_raw(WORDS.encode(), {"Authorization": f"Bearer {WORDS}"})
    step.play(sent(step))


async def sent(step: Doorstep) -> None:
    tokens = Tokens(Credential(app_id=APP, tenant=TENANT, secret=SECRET), login_url=step.teams.origin)
    client = TeamsClient(tokens, TENANT, Hosts([step.teams.service_url]))
    await client.open()
    place = await client.open_chat(account_of("tom"))
    await client.update(place, await client.send(place, CARD, WORDS), CARD, WORDS)
    with pytest.raises(Exception, match="gone"):
        await client.update(place, "nothing", CARD, WORDS)
    await client.close()
    with pytest.raises(NoTokenError):
        await Tokens(
            Credential(app_id=APP, tenant=TENANT, secret=WORDS), login_url=step.teams.origin
        ).for_bot()


def secrets(step: Doorstep) -> list[str]:
    granted = [str(one["token"]) for one in step.teams.login.granted]
    return [WORDS, "Fielding", SECRET, account_of("tom"), step.teams.user("tom").personal, *granted]


def test_the_libraries_print_nothing_of_anybodys_even_without_our_logs(printed: Everything) -> None:
    with doorstep() as step:
        stir(step)
        assert step.teams.login.granted
        said = [line for line in printed.lines if not line.startswith("aiohttp")]  # the stand-in's own
        for line in said:
            assert not [one for one in secrets(step) if one in line], line


@pytest.mark.usefixtures("printed")
def test_our_own_lines_at_debug_hold_words_of_ours_only() -> None:
    stream = io.StringIO()
    logs.configure(stream, "debug")
    with doorstep() as step:
        stir(step)
        lines = [json.loads(line) for line in stream.getvalue().splitlines()]
        events = {line["event"] for line in lines}
        assert {"teams_refused", "teams_malformed", "teams_handler_failed"} <= events
        for line in lines:
            assert not [one for one in secrets(step) if one in json.dumps(line)], line
            assert "withheld" not in json.dumps(line), line
            assert "dropped" not in line, line
