"""The program itself as a process of its own, for tests that see of it what a school's server would."""

import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any, Self

import httpx

from tests.support.processes import LOOPBACK, bare_environment, end, free_port
from tests.support.schools import fast_schools
from tests.support.waiting import wait_for

_START = 30.0
"""Seconds until a program that was started must say that it is ready."""
COMMAND = 120.0
"""Seconds that any other command may take."""
_OWN = frozenset({"SIGNPOST_DATA_DIR", "SIGNPOST_HOST", "SIGNPOST_PORT", "SIGNPOST_FAILPOINT"})
"""The settings that a replica does not share."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the program answered to one call over HTTP."""

    status: int
    text: str

    @property
    def body(self) -> Any:
        """The answer as JSON. Raises `ValueError` where it is none."""
        return json.loads(self.text)

    @property
    def reference(self) -> str:
        """The reference of the case that a report became. Raises `AssertionError` where it became none."""
        assert self.status in {200, 201}, f"no receipt but {self.status}: {self.text}"
        return str(self.body["reference"])


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str


class Program:
    """`signpost serve`, with all it needs in one folder: keys, schools file, data, and whatever it printed.

    `settings` are environment variables such as `SIGNPOST_FAILPOINT` or `SIGNPOST_SMTP_URL`; they win over
    what is set here. An empty one is unset. Without a database the program makes its own choice.
    """

    def __init__(
        self, folder: Path, *, console: str = "", database: str = "", schools: str = "", **settings: str
    ) -> None:
        self.folder, self.data, self.port = folder, folder / "data", free_port()
        self.data.mkdir(mode=0o700, parents=True)
        self.environment = {
            **bare_environment(),
            "SIGNPOST_DATA_DIR": str(self.data),
            "SIGNPOST_DATABASE_URL": database,
            "SIGNPOST_KEYS_FILE": str(_keys_file(folder)),
            "SIGNPOST_SCHOOLS": str(_schools_file(folder, schools or fast_schools())),
            "SIGNPOST_HOST": LOOPBACK,
            "SIGNPOST_PORT": str(self.port),
            "SIGNPOST_TEST": "1",
            "SIGNPOST_CONSOLE_URL": console,
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._http = httpx.Client(
            base_url=f"http://{LOOPBACK}:{self.port}",
            timeout=10,
            trust_env=False,
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=200, keepalive_expiry=2),
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def replica(self, folder: Path, **settings: str) -> Self:
        """Another server, not started yet, with this one's database, keys, schools and settings."""
        ours = {key: value for key, value in self.environment.items() if key.startswith("SIGNPOST")}
        shared = {key: value for key, value in ours.items() if key not in _OWN}
        return type(self)(folder, **{**shared, **settings})

    def start(self) -> None:
        """Start the server; it is ready when this returns."""
        self.spawn()
        self.wait_until_ready()

    def spawn(self) -> None:
        """Start the server without waiting, for where it is not to live until it is ready."""
        assert not self.alive, "the program is running already"
        with (self.folder / "serve.out").open("ab") as out, (self.folder / "serve.err").open("ab") as err:
            self._process = self._popen("serve", stdin=subprocess.DEVNULL, stdout=out, stderr=err)

    def wait_until_ready(self, *, within: float = _START) -> None:
        """Wait until `/readyz` says 200. Raises `AssertionError` where the server ends or the time does."""
        wait_for(
            self._readiness,
            lambda status: status == 200 or not self.alive,
            within=within,
            what="the program to be ready",
        )
        assert self.alive, f"the program ended before it was ready: {self.logs[-4000:]}"

    def kill(self) -> None:
        """End the server without a warning (SIGKILL), if it hasn't ended by itself."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def terminate(self, *, within: float = 5) -> int:
        """Ask the server to end (SIGTERM): its exit code. Raises `AssertionError` where it doesn't."""
        assert self._process is not None, "the program has not been started"
        return end(self._process, how=signal.SIGTERM, within=within)

    def wait_for_end(self, *, within: float) -> int:
        """The exit code of a server that ends by itself. Raises `AssertionError` where it doesn't."""
        wait_for(lambda: self.alive, lambda alive: not alive, within=within, what="the program to end")
        assert self._process is not None, "the program has not been started"
        return self._process.wait()

    def restart(self, **settings: str) -> None:
        """Start the server again, killed first if it runs, with some settings changed for good."""
        self.kill()
        self.environment.update(settings)
        self.start()

    def close(self) -> None:
        """Kill the server, if it runs, and let go of every connection."""
        self.kill()
        self._http.close()

    @property
    def alive(self) -> bool:
        """Whether the server's process runs, ready or not."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The server's process id."""
        assert self._process is not None, "the program has not been started"
        return self._process.pid

    @property
    def logs(self) -> str:
        """Everything that the server has printed, all its lives together."""
        files = (self.folder / "serve.out", self.folder / "serve.err")
        return "".join(file.read_text(encoding="utf-8") for file in files if file.exists())

    @property
    def token(self) -> str:
        """What opens the console page; empty while there is none."""
        file = self.data / "console.token"
        return file.read_text(encoding="ascii").strip() if file.exists() else ""

    def get(self, path: str, **query: str) -> Reply:
        """Get a path, with the token. Raises `httpx.TransportError` where no answer comes."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, Any]) -> Reply:
        """Post JSON to a path, with the token. Raises `httpx.TransportError` where no answer comes."""
        return self._ask("POST", path, json=body)

    def report(
        self, person: str, kind: str, answers: Mapping[str, str], *, key: str = "", drill: bool = False
    ) -> Reply:
        """Report as a person. To send a report again, give the same `key`; without one it is a new report."""
        body = {"as": person, "kind": kind, "answers": dict(answers), "key": key or token_hex(8)}
        return self.post("/console/reports", {**body, "drill": True} if drill else body)

    @staticmethod
    def first(*, repeated: bool) -> int:
        """The status of a receipt: whether the same report was handed in before."""
        return 200 if repeated else 201

    def act(self, reference: str, verb: str, person: str, **more: Any) -> Reply:
        """Do something with a case as a person: `act(reference, "note", "sam", text="…")`."""
        return self.post(f"/console/cases/{reference}/{verb}", {"as": person, **more})

    def acknowledge(self, reference: str, person: str) -> Reply:
        """Acknowledge a case as a person."""
        return self.act(reference, "acknowledge", person)

    def case(self, reference: str, person: str) -> Reply:
        """A case's details as a person sees them."""
        return self.get(f"/console/cases/{reference}", **{"as": person})

    def cases(self, person: str) -> Reply:
        """The cases that a person may see."""
        return self.get("/console/cases", **{"as": person})

    def run(self, *words: str, given: Callable[[], bytes] | bytes = b"", **settings: str) -> Ran:
        """Run another command with the same settings, changed by `settings` for this once.

        `given` is its standard input; a function is called while the command runs, for a code that the
        command itself sends somebody.
        """
        process = self._popen(
            *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings
        )
        with process:
            try:
                out, err = process.communicate(given() if callable(given) else given, timeout=COMMAND)
            finally:
                process.kill()
        return Ran(process.returncode, out.decode(), err.decode())

    def _popen(
        self, *words: str, stdin: Any, stdout: Any, stderr: Any, **settings: str
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=self.folder,
            env={**self.environment, **settings},
        )

    def _readiness(self) -> int:
        try:
            return self.get("/readyz").status
        except httpx.TransportError:
            return 0

    def _ask(self, method: str, path: str, **body: Any) -> Reply:
        answer = self._http.request(method, path, headers={"Authorization": f"Bearer {self.token}"}, **body)
        return Reply(answer.status_code, answer.text)


def _keys_file(folder: Path) -> Path:
    path, (master, audit) = folder / "keys.toml", (b64encode(token_bytes(32)).decode() for _ in range(2))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f'active = "k1"\naudit = "{audit}"\n\n[keys]\nk1 = "{master}"\n')
    return path


def _schools_file(folder: Path, text: str) -> Path:
    path = folder / "schools.yml"
    path.write_text(text, encoding="utf-8")
    return path
