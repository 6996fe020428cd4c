"""A stand-in chat platform in a process of its own, on the console messenger's wire; and its remote control.

`python -m tests.support.standin --port 0` prints where it listens as one line of JSON. Besides the wire:
`POST /control` changes its `Behaviour`, `GET /record` (`?from=N`) lists the calls so far, `GET /record/count`
counts them, and `DELETE /record` forgets them, though not the messages that were put before people.
"""

import argparse
import asyncio
import json
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Self

from tests.support.processes import LOOPBACK, ROOT, bare_environment, end
from tests.support.standin_http import Request, Response, Silence, listening
from tests.support.standin_platform import Call, Platform, Verdict, fault_of
from tests.support.waiting import wait_for

if TYPE_CHECKING:
    import httpx

_START = 10.0
"""Seconds that the stand-in has for starting."""


class StandIn:
    """The stand-in's remote control: starts it, tells it how to behave, and reads what it was called with.

    `url` is what `SIGNPOST_CONSOLE_URL` is set to. One remote control per stand-in: it keeps what it read.
    """

    name = "console"
    """Whose wire it is, for the figures."""

    def __init__(self) -> None:
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._http: httpx.Client | None = None
        self._read: list[Call] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process; it takes calls when this returns."""
        import httpx  # here, so that the process itself starts without it

        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed by `stop`
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.standin", "--port", "0", "--until-eof"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=ROOT,
            env=bare_environment(),
        )
        base = f"http://{LOOPBACK}:{_announced(self._process)}"
        self.url = f"{base}/notices"
        self._http = httpx.Client(base_url=base, timeout=30, trust_env=False)

    def stop(self) -> None:
        """End the process. Raises `AssertionError` where it had died, or says that it was at fault itself."""
        if self._process is None or self._errors is None:
            return
        alive = self._process.poll() is None
        if alive:
            end(self._process, how=signal.SIGTERM, within=5)
        if self._http is not None:
            self._http.close()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace")
        self._errors.close()
        self._process = None
        assert alive, f"the stand-in had died: {said}"
        assert not said, f"the stand-in was at fault: {said}"

    def control(self, **changes: Any) -> None:
        """Change the behaviour: `control(down=True)`, `control(hang=["sam"])`, `control(rate={"per": 1})`.

        What isn't named stays as it is. Raises `ValueError` for what the stand-in doesn't know.
        """
        answer = self._ask("POST", "/control", changes)
        if "error" in answer:
            raise ValueError(answer["error"])

    def record(self) -> list[Call]:
        """Every call so far, in the order of arrival."""
        self._read.extend(Call(**row) for row in self._ask("GET", f"/record?from={len(self._read)}"))
        return list(self._read)

    def messages(self) -> list[Call]:
        """The calls that put a message before a person, answered or not."""
        return [call for call in self.record() if call.accepted]

    def repeated(self) -> dict[str, int]:
        """How often each notice was put before its person, of those that were so more than once."""
        counts = Counter(call.notice for call in self.messages())
        return {notice: count for notice, count in counts.items() if count > 1}

    def count(self) -> int:
        """How many calls there have been."""
        return int(self._ask("GET", "/record/count")["count"])

    def forget(self) -> None:
        """Forget the calls so far; the messages stay where they are."""
        self._ask("DELETE", "/record")
        self._read.clear()

    def wait_for(self, good: Callable[[list[Call]], bool], *, within: float) -> list[Call]:
        """Wait until the record is good, and give it. Raises `AssertionError` after `within` seconds."""
        return wait_for(self.record, good, within=within, what="the right calls at the stand-in")

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        if self._http is None:
            raise RuntimeError("the stand-in has not been started")
        return self._http.request(method, path, json=body).json()


def _announced(process: subprocess.Popen[bytes]) -> int:
    """The port that a stand-in says it listens on. Raises `AssertionError` where it says nothing in time."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], _START)
    line = process.stdout.readline() if ready else b""
    if not line:
        process.kill()
        process.wait()
    assert line, f"the stand-in did not start in {_START:g} s"
    return int(json.loads(line)["port"])


class Face:
    """What the stand-in answers over HTTP, and its record of every call about a notice."""

    def __init__(self) -> None:
        self._platform = Platform()
        self._record: list[Call] = []
        self._people: dict[str, str] = {}

    def handle(self, request: Request) -> Response | Silence:
        """Answer one call."""
        match (request.method, request.path.strip("/").split("/")):
            case ("POST", ["notices"]):
                return self._notice(request, "")
            case ("GET" | "PUT", ["notices", named]):
                return self._notice(request, named)
            case ("POST", ["control"]):
                return self._control(request)
            case ("GET", ["record"]):
                since = int(request.query.get("from", 0))
                return Response(200, [call.row() for call in self._record[since:]])
            case ("GET", ["record", "count"]):
                return Response(200, {"count": len(self._record)})
        return self._forgotten(request)

    def _forgotten(self, request: Request) -> Response:
        if (request.method, request.path) != ("DELETE", "/record"):
            return Response(404, {"error": "there is no such place"})
        self._record.clear()
        return Response(200, {})

    def _control(self, request: Request) -> Response:
        try:
            self._platform.control(request.json)
        except (TypeError, ValueError) as error:
            return Response(400, {"error": str(error)})
        return Response(200, {})

    def _notice(self, request: Request, named: str) -> Response | Silence:
        at, wall = time.monotonic(), time.time()
        body, fault = ({}, None) if request.method == "GET" else _body(request)
        if fault:
            verdict = Verdict(Response(400, {"error": fault}))
        else:
            verdict = self._platform.notice(request.method, named, body, at)
        notice = named if request.method == "GET" else str(body.get("id", ""))
        if "person" in body:
            self._people[notice] = str(body["person"])
        outcome = verdict.outcome
        self._record.append(
            Call(
                at=at,
                wall=wall,
                method=request.method,
                notice=notice,
                person=self._people.get(notice, ""),
                event=str(body.get("event", "")),
                body=body,
                status=outcome.status if isinstance(outcome, Response) else 0,
                provider=verdict.provider,
                early=verdict.early,
            )
        )
        return outcome


def _body(request: Request) -> tuple[Mapping[str, Any], str | None]:
    """The message in a call's body (whatever could be read of it), and what is wrong with it."""
    try:
        sent = request.json
    except ValueError:
        sent = request.body.decode(errors="replace")
    return (sent if isinstance(sent, dict) else {"sent": sent}), fault_of(sent)


async def _serve(port: int, *, until_eof: bool) -> None:
    """Serve until SIGTERM or SIGINT; `until_eof` also until whoever started it is gone, however it went."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    for how in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(how, done.set)
    if until_eof:
        loop.add_reader(sys.stdin.fileno(), done.set)
    async with listening(Face().handle, port) as at:
        sys.stdout.write(json.dumps({"port": at, "url": f"http://{LOOPBACK}:{at}/notices"}) + "\n")
        sys.stdout.flush()
        await done.wait()


def main(words: Sequence[str] | None = None) -> None:
    """Run a stand-in until it is told to stop."""
    asked = argparse.ArgumentParser(prog="python -m tests.support.standin", description=__doc__)
    asked.add_argument("--port", type=int, default=0, help="where to listen on loopback; 0 takes a free port")
    asked.add_argument("--until-eof", action="store_true", help="end when standard input ends")
    given = asked.parse_args(words)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(given.port, until_eof=given.until_eof))


if __name__ == "__main__":
    main()
