"""The harness around the program, checked with a little program in its place that says what it was given."""

import os
import signal
import stat
import tomllib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.reporting.schools import read_schools
from tests.support.program import Program
from tests.support.schools import many_recipients

STUB = """
import json, os, signal, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

if sys.argv[1:] != ["serve"]:
    print("asked", flush=True)
    print(sys.argv[1:], sys.stdin.read(), os.environ.get("SIGNPOST_FAILPOINT"), file=sys.stderr)
    sys.exit(3)
print("started", flush=True)
if os.environ.get("SIGNPOST_FAILPOINT") == "start":
    os.kill(os.getpid(), signal.SIGKILL)
started = time.monotonic()
token = f"token-{os.getpid()}"
Path(os.environ["SIGNPOST_DATA_DIR"], "console.token").write_text(token)
if os.environ.get("STUBBORN"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

class Face(BaseHTTPRequestHandler):
    def do_GET(self):
        slow = self.path == "/readyz" and time.monotonic() < started + 0.2
        self.answer(503 if slow else 200, {"path": self.path})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = self.headers["Authorization"] == f"Bearer {token}"
        said = {"path": self.path, "body": body, "reference": "SP-1"}
        self.answer((201 if self.path == "/console/reports" else 200) if known else 401, said)

    def answer(self, status, said):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_):
        pass

HTTPServer((os.environ["SIGNPOST_HOST"], int(os.environ["SIGNPOST_PORT"])), Face).serve_forever()
"""


def _stubbed(program: Program) -> Program:
    """Put the little program where the real one would be found."""
    (program.folder / "bot").mkdir()
    (program.folder / "bot" / "__init__.py").touch()
    (program.folder / "bot" / "__main__.py").write_text(STUB)
    return program


@pytest.fixture
def stub(tmp_path: Path) -> Iterator[Program]:
    program = _stubbed(Program(tmp_path / "one", console="http://127.0.0.1:9/notices"))
    yield program
    program.close()


def test_it_waits_until_the_program_says_that_it_is_ready(stub: Program) -> None:
    stub.start()
    assert stub.get("/readyz").status == 200
    assert stub.alive


def test_the_keys_file_is_its_owners_alone_and_holds_two_different_keys(stub: Program) -> None:
    path = Path(stub.environment["SIGNPOST_KEYS_FILE"])
    written = tomllib.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert written["active"] == "k1"
    keys = {b64decode(written["audit"]), b64decode(written["keys"]["k1"])}
    assert [len(key) for key in keys] == [32, 32]


def test_the_schools_file_is_the_one_given_or_else_fast(stub: Program, tmp_path: Path) -> None:
    other = Program(tmp_path / "two", schools=many_recipients(3))
    for program, trust in ((stub, "oakfield"), (other, "many")):
        text = Path(program.environment["SIGNPOST_SCHOOLS"]).read_text()
        assert read_schools(text, "schools.yml").trust.id == trust
    other.close()


def test_settings_of_whoever_runs_the_tests_are_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SIGNPOST_POLICY", "fact")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "real")
    program = Program(tmp_path / "two", SIGNPOST_EMAIL_AFTER="2s")
    program.close()
    assert not {"SIGNPOST_POLICY", "SLACK_BOT_TOKEN"} & set(program.environment)
    assert (program.environment["SIGNPOST_EMAIL_AFTER"], program.environment["SIGNPOST_TEST"]) == ("2s", "1")


def test_a_report_and_an_acknowledgement_go_over_the_test_face(stub: Program) -> None:
    stub.start()
    reported = stub.report("priya", "pupil_contact", {"about": "pupil"}, key="k", drill=True)
    assert (reported.status, reported.reference) == (201, "SP-1")
    assert reported.body["body"] == {
        "as": "priya",
        "kind": "pupil_contact",
        "answers": {"about": "pupil"},
        "key": "k",
        "drill": True,
    }
    acknowledged = stub.acknowledge("SP-1", "sam")
    assert acknowledged.body["path"] == "/console/cases/SP-1/acknowledge"
    assert acknowledged.body["body"] == {"as": "sam"}
    assert stub.act("SP-1", "note", "sam", text="Rang home.").body["body"] == {
        "as": "sam",
        "text": "Rang home.",
    }
    assert stub.case("SP-1", "sam").body["path"] == "/console/cases/SP-1?as=sam"
    assert stub.cases("sam").body["path"] == "/console/cases?as=sam"


def test_a_report_without_a_key_is_always_a_new_one(stub: Program) -> None:
    stub.start()
    keys = {stub.report("priya", "other", {}).body["body"]["key"] for _ in range(3)}
    assert len(keys) == 3


def test_a_killed_program_answers_nobody_and_is_restarted_with_other_settings_and_a_new_token(
    stub: Program,
) -> None:
    stub.start()
    before = stub.token
    stub.kill()
    with pytest.raises(httpx.TransportError):
        stub.get("/readyz")
    stub.restart(SIGNPOST_EMAIL_AFTER="9s")
    assert stub.report("priya", "other", {}).status == 201
    assert stub.token != before
    assert stub.environment["SIGNPOST_EMAIL_AFTER"] == "9s"
    assert stub.logs.count("started") == 2


def test_a_program_told_to_end_gives_its_exit_code(stub: Program) -> None:
    stub.start()
    assert stub.terminate() == 0
    assert not stub.alive


def test_a_program_that_does_not_end_when_told_is_killed_and_complained_of(stub: Program) -> None:
    stub.restart(STUBBORN="1")
    with pytest.raises(AssertionError, match="SIGTERM did not end"):
        stub.terminate(within=0.2)
    assert not stub.alive


def test_a_program_that_ends_before_it_is_ready_is_complained_of_with_what_it_printed(stub: Program) -> None:
    with pytest.raises(AssertionError, match="before it was ready: started"):
        stub.restart(SIGNPOST_FAILPOINT="start")


def test_the_end_that_a_failpoint_makes_can_be_waited_for(stub: Program) -> None:
    stub.environment["SIGNPOST_FAILPOINT"] = "start"
    stub.spawn()
    assert stub.wait_for_end(within=5) == -signal.SIGKILL
    stub.restart(SIGNPOST_FAILPOINT="")
    with pytest.raises(AssertionError, match="in vain for the program to end"):
        stub.wait_for_end(within=0.1)


def test_another_command_gets_the_same_settings_its_words_and_what_is_typed(stub: Program) -> None:
    ran = stub.run("case", "list", given=b"123456", SIGNPOST_FAILPOINT="x")
    assert (ran.code, ran.out) == (3, "asked\n")
    assert ran.err == "['case', 'list'] 123456 x\n"
    assert "SIGNPOST_FAILPOINT" not in stub.environment


def test_what_is_typed_may_be_found_out_while_the_command_runs(stub: Program) -> None:
    assert "654321" in stub.run("case", "show", given=lambda: b"654321").err


def test_a_replica_shares_all_but_its_folder_its_port_and_its_failpoint(
    stub: Program, tmp_path: Path
) -> None:
    stub.restart(SIGNPOST_EMAIL_AFTER="3s", SIGNPOST_FAILPOINT="later")
    with _stubbed(stub.replica(tmp_path / "two")) as replica:
        differ = {
            name
            for name in (*stub.environment, *replica.environment)
            if name.startswith("SIGNPOST") and stub.environment.get(name) != replica.environment.get(name)
        }
        assert differ == {"SIGNPOST_DATA_DIR", "SIGNPOST_PORT", "SIGNPOST_FAILPOINT"}
        assert stub.report("priya", "other", {}).status == replica.report("priya", "other", {}).status == 201
        assert os.getpid() not in {stub.pid, replica.pid}
        assert stub.pid != replica.pid
