"""A run with canaries in all that is written and every name, crashed in every way (S9, S16): none is found.

Looked for in the database and its log, PostgreSQL's whole data directory, temporary files, logs, what was
printed, backups, every message sent, and what other processes can see.
"""

import os
import resource
import signal
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from knowledge.rules import Kind
from tests.bot.reporting.oakfield import OAKFIELD
from tests.drills.canaries import Canaries, with_canary_names
from tests.drills.conftest import Size
from tests.support.databases import rows_of
from tests.support.processes import children
from tests.support.program import Program
from tests.support.schools import fast_schools
from tests.support.smtp import MailSink
from tests.support.standin import StandIn
from tests.support.warm import WarmCommands

PASSWORD, METRICS = "hunter2-of-the-mail", "the-token-of-the-metrics"
DATABASE_PASSWORD = "hunter2-of-the-database"  # noqa: S105  made up, to be looked for
SLACK = "xoxb-made-up-to-be-looked-for"
CRASHES = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT)
REPORTERS = ("priya", "tom", "sam", "account:console:U0STRANGER")


@dataclass(slots=True)
class Run:
    """A program with canaries in its schools file, and what was done with it."""

    program: Program
    stand_in: StandIn
    mail: MailSink
    canaries: Canaries
    folder: Path
    database: str
    references: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)

    @property
    def secrets(self) -> dict[str, str]:
        """Everything that must stay in its own file or setting, by what it is."""
        lines = (self.program.folder / "keys.toml").read_text(encoding="utf-8").splitlines()
        keys = {line.split(" = ")[0]: line.split('"')[1] for line in lines if line.endswith('="')}
        assert len(keys) == 2
        hexed = {f"{name} in hexadecimal": b64decode(key).hex() for name, key in keys.items()}
        others = {"mail": PASSWORD, "metrics": METRICS, "database": DATABASE_PASSWORD, "slack": SLACK}
        return {**keys, **hexed, **others, "console": self.program.token}

    def command(self, *words: str, **settings: str) -> str:
        """Run another command; returns, and keeps, what it printed."""
        run: Any = self.program.run
        ran = run(*words, **settings)
        self.printed.append(f"{ran.out}{ran.err}")
        return self.printed[-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def run(
    request: pytest.FixtureRequest, size: Size, stand_in: StandIn, mail_sink: MailSink, tmp_path: Path
) -> Iterator[Run]:
    """Give a run on each database."""
    database = f"sqlite:///{tmp_path / 'program' / 'data' / 'signpost.db'}"
    if request.param == "postgresql":
        request.getfixturevalue("postgres_server")  # our own, since its files are looked into
        database = with_password(request.getfixturevalue("postgres_url"))
    canaries = Canaries(Random(os.urandom(8)))
    schools = fast_schools(step="1s")
    assert schools != OAKFIELD
    (tmp_path / "temporary").mkdir()
    host = mail_sink.url.removeprefix("smtp://")
    program = (Program if size.full else WarmCommands)(
        tmp_path / "program",
        console=stand_in.url,
        database=database,
        schools=with_canary_names(schools, canaries),
        SIGNPOST_SMTP_URL=f"smtp://{host}",
        SIGNPOST_MAIL_FROM="signpost@oakfield.example",
        SIGNPOST_METRICS_TOKEN=METRICS,
        SLACK_BOT_TOKEN=SLACK,
        SLACK_SIGNING_SECRET=SLACK,
        TMPDIR=str(tmp_path / "temporary"),
    )
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        with program:
            yield Run(program, stand_in, mail_sink, canaries, tmp_path, database)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def with_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.replace("@", f":{DATABASE_PASSWORD}@")).geturl()


def test_nothing_that_was_written_or_named_is_anywhere(run: Run, size: Size) -> None:
    for kind in list(Kind)[:: size.of(4, 1)]:
        report(run, kind)
    deal_with(run)
    send_nonsense(run)
    ask(run)
    run.stand_in.control(down=True)
    report(run, Kind.DISCLOSURE)
    for crash in CRASHES[: size.of(2, len(CRASHES))]:
        crash_under_load(run, crash)
    run.stand_in.control(down=False)
    run.command("backup", str(run.folder / "copy"))
    fail_in_every_way(run)
    assert len(run.canaries.put) > 60
    look_everywhere(run)
    look_for_secrets(run)


def report(run: Run, kind: Kind) -> None:
    person = run.canaries.chance.choice(REPORTERS)
    answers = run.canaries.report(kind)
    if person.startswith("account"):
        answers["school"] = "oak-primary"
    reply = run.program.report(person, kind.value, answers)
    assert reply.status in {201, 422}, reply.text
    run.printed.append(reply.text)
    if reply.status == 201:
        run.references.append(reply.reference)


def deal_with(run: Run) -> None:
    """Everything that is written on a case, by whoever may and by whoever may not."""
    say = run.canaries.sentence
    for reference in run.references:
        for person in ("sam", "helen", "marcus", "chair", "lena", "dan"):
            run.program.acknowledge(reference, person)
            act = _acts(run, reference, person)
            replies = [
                act("note", text=say("note")),
                act("ask", text=say("question")),
                act("act", owner=person, text=say("action"), due="2030-01-01"),
                act("close", decision="other", reason=say("reason")),
                act("reopen", reason=say("reason")),
                act(run.canaries.new("an action's name"), text=say("note")),
            ]
            run.printed += [reply.text for reply in replies]
        for person in REPORTERS:
            run.program.act(reference, "answer", person, text=say("answer"))


def _acts(run: Run, reference: str, person: str) -> Callable[..., Any]:
    return lambda verb, **more: run.program.act(reference, verb, person, **more)


def send_nonsense(run: Run) -> None:
    """Requests that are refused or wrong, a canary in every part of them."""
    new, program = run.canaries.new, run.program
    bodies: list[dict[str, Any]] = [
        {"as": new("as"), "kind": "other", "key": "1", "answers": {"what": new("what")}},
        {"as": "sam", "kind": new("kind"), "key": "1"},
        {"as": "sam", "kind": "other", "key": "1", "answers": {new("question"): new("answer")}},
        {"as": "sam", "kind": "other", "key": "1", "answers": {"what": {"x": new("what")}}},
        {"as": "sam", "kind": "other", "key": "1", "answers": {"about": "pupil", "url": new("link") * 3000}},
        {"as": "sam", "kind": "other", "key": "\u202e", "answers": {"what": new("what")}},
    ]
    for body in bodies:
        program.post("/console/reports", body)
    for path in (f"/console/cases/{new('path')}", f"/{new('path')}", "/console/cases"):
        program.get(path, **{"as": new("query"), new("query"): new("query")})
    bare = httpx.Client(base_url=f"http://127.0.0.1:{program.port}", trust_env=False)
    with bare:
        bare.post("/console/reports", content=f'{{"as": "{new("broken JSON")}'.encode())
        bare.get("/readyz", headers={"X-Anything": new("header"), "Authorization": new("token")})
        bare.request(f"{new('method')}", "/console")


def ask(run: Run) -> None:
    """A question at a terminal: its answer may repeat it there, and nothing keeps it."""
    word = run.canaries.new("question")
    run.program.run("ask", "--policy", "dartmoor", f"{word} in Y9 messaged me on insta, can I reply?")
    run.command("ask", "--policy", run.canaries.new("policy").lower())
    run.program.run("case", "show", run.canaries.new("reference"), "--as", "sam")


def crash_under_load(run: Run, how: signal.Signals) -> None:
    """End the server in the middle of its work, where a core file would be allowed."""
    report(run, Kind.ONLINE_SAFETY)
    os.kill(run.program.pid, how)
    run.program.wait_for_end(within=10)
    run.program.start()


def fail_in_every_way(run: Run) -> None:
    """The database refuses to write, and is not there at all; the mail server neither."""
    reference = run.references[0]
    break_the_audit(run)
    run.printed.append(run.program.case(reference, "sam").text)
    run.printed.append(run.program.act(reference, "note", "sam", text=run.canaries.sentence("note")).text)
    answers = run.canaries.report(Kind.OTHER)
    reply = run.program.report("priya", "other", answers)
    assert reply.status >= 500
    run.printed.append(reply.text)
    nowhere = "postgresql+psycopg://postgres:" + DATABASE_PASSWORD + "@127.0.0.1:1/none"
    for words in (("doctor",), ("case", "list", "--as", "sam"), ("audit", "verify"), ("migrate",)):
        run.command(*words, SIGNPOST_DATABASE_URL=nowhere)
    run.command("doctor", SIGNPOST_SMTP_URL=f"smtps://bot:{PASSWORD}@127.0.0.1:1")
    for wrong in ("not a URL " + DATABASE_PASSWORD, f"mysql://x:{DATABASE_PASSWORD}@h/d"):
        run.command("serve", SIGNPOST_DATABASE_URL=wrong)


def break_the_audit(run: Run) -> None:
    if run.database.startswith("sqlite"):
        import sqlite3

        file = sqlite3.connect(urlsplit(run.database).path.removeprefix("/"), timeout=10)
        file.execute("CREATE TRIGGER no_more BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END")
        file.commit()
        file.close()
        return
    rows_of(run.database, "ALTER TABLE audit RENAME COLUMN detail TO details")


def look_everywhere(run: Run) -> None:
    ours = {run.program.folder / "schools.yml"}
    files = [file for file in run.folder.rglob("*") if file.is_file() and file not in ours]
    assert {"serve.err", "copy", "copy.keys"} <= {file.name for file in files}
    assert not [file for file in files if file.name.startswith("core")]
    assert run.canaries.found_in_files(files) == []
    if run.database.startswith("postgresql"):
        rows_of(run.database, "CHECKPOINT")
        data = _data_directory(run)
        assert run.canaries.found_in_files(file for file in data.rglob("*") if file.is_file()) == []
    for call in run.stand_in.record():
        assert run.canaries.found_in(str(call.row())) == []
    for mail in run.mail.messages:
        assert run.canaries.found_in(f"{mail.subject}\n{mail.body}") == []
    for text in run.printed:
        assert run.canaries.found_in(text) == [], text


def _data_directory(run: Run) -> Path:
    (place,) = rows_of(run.database, "SHOW data_directory")
    return Path(str(place[0])).parent


def look_for_secrets(run: Run) -> None:
    process = Path(f"/proc/{run.program.pid}")
    seen = {
        "the command line": process.joinpath("cmdline").read_text(encoding="utf-8"),
        "its name": process.joinpath("comm").read_text(encoding="utf-8"),
        "its logs": run.program.logs,
        "what was printed": "\n".join(run.printed),
        "what was sent": f"{run.stand_in.record()} {run.mail.messages}",
        "its children": "".join(
            Path(f"/proc/{child}/environ").read_text(errors="replace") for child in children(run.program.pid)
        ),
    }
    for where, text in seen.items():
        for what, secret in run.secrets.items():
            assert secret not in text, f"{what} in {where}"
