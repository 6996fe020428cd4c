"""The demo as its users run it: whole, in a process of its own, typed or from a script."""

import io
import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

import pytest

from bot import app, logs
from bot.console.demo import Demo, ScriptError
from bot.console.terminal import Terminal
from tests.support import program
from tests.support.processes import ROOT, bare_environment, end
from tests.support.waiting import wait_for
from tests.support.warm import run_warm

REFERENCE = re.compile(r"SP-[0-9A-Z]{4}-[0-9A-Z]{4}")
ASKED = "one of my year 9s has messaged me on insta asking about homework, can i reply"
_BOX = re.compile("[│╭╮╰╯─]")


class Ran(program.Ran):
    """What came of a script."""

    @property
    def steps(self) -> tuple[str, ...]:
        """Each line that was run, who ran it, and all it led to, as plain text without boxes."""
        parts = re.split(r"^(?=\w+ › )", self.out, flags=re.MULTILINE)
        return tuple(" ".join(_BOX.sub(" ", part).split()) for part in parts[1:])

    def step(self, line: str) -> str:
        """The first step that ran this line."""
        return next(step for step in self.steps if step.partition(" › ")[2].startswith(line))


def _environment(folder: Path) -> dict[str, str]:
    return {**bare_environment(), "TMPDIR": str(folder), "COLUMNS": "80"}


def _run(folder: Path, *words: str, script: str = "") -> Ran:
    done = run_warm("demo", *words, given=script.encode(), environment=_environment(folder))
    return Ran(done.code, done.out, done.err)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in which the demo makes its own."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def story(folder: Path) -> Ran:
    """Run the story of the README once."""
    return _run(folder, "--script", "examples/demo-report.txt")


@pytest.fixture(scope="module")
def climb(folder: Path) -> Ran:
    """Run the story of a report that nobody answers once."""
    return _run(folder, "--script", "examples/demo-climb.txt")


@pytest.fixture
def page() -> io.StringIO:
    """Give what `demo` prints to."""
    return io.StringIO()


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, page: io.StringIO) -> Iterator[Demo]:
    """Give a demo in this process, for short scripts."""
    monkeypatch.setattr(logs, "configure", lambda *_: None)  # it would take over this whole process's logs
    terminal = Terminal(app.today(), file=page, width=80)
    with Demo(app.signpost(), "dartmoor", terminal, app.now) as running:
        yield running


def test_the_story_runs_to_its_end_and_leaves_nothing_behind(story: Ran, climb: Ran, folder: Path) -> None:
    assert (story.code, story.err) == (0, "")
    assert (climb.code, climb.err) == (0, "")
    assert list(folder.iterdir()) == []


def test_asking_says_how_to_send_the_report_and_that_nobody_has_been_told(story: Ran) -> None:
    asked = story.step(ASKED)
    assert "nobody has been told until you tell them" in asked
    assert asked.endswith("To send it: /report, or in your own words: /report pupil_contact TEXT")
    assert REFERENCE.search(asked) is None


def test_the_reporter_sees_where_it_goes_and_why_before_the_receipt(story: Ran) -> None:
    sent = story.step("/report")
    assert f"“{ASKED}”" in sent
    assert "Who it is about: A pupil here. No child in danger. No image of a child." in sent
    assert (
        sent.index("This goes to: a member of SLT and the designated safeguarding lead.")
        < sent.index("a member of SLT: dartmoor 5.iii:10")
        < sent.index("the designated safeguarding lead: KCSIE")
        < sent.index("Received. Your reference is SP-")
        < sent.index("To Sam Okafor, designated safeguarding lead SP-")
    )


def test_the_notices_hold_a_reference_and_no_name_and_no_word_of_the_report(story: Ran) -> None:
    sent = story.step("/report")
    notices = sent[sent.index("To Helen Marsh, member of SLT SP-") :]
    assert "A report: contact by a pupil." in notices
    for word in ("Alfie", "homework", "insta", "Priya"):
        assert word not in notices


def test_the_lead_opens_acknowledges_and_the_teacher_is_told(story: Ran) -> None:
    opened = story.step("/open last")
    assert opened.startswith("sam › ")
    assert "Alfie Tester" in opened
    assert "written to the audit first" in opened
    acknowledged = story.step("/ack last")
    assert "To Priya Nair, who reported it" in acknowledged
    assert "has been acknowledged by the designated safeguarding lead." in acknowledged
    assert "changed: to Helen Marsh, member of SLT: The designated safeguarding lead has" in acknowledged


def test_one_who_must_be_told_does_not_silence_the_other(story: Ran) -> None:
    first, second = (step for step in story.steps if "› /ack last" in step)
    assert "acknowledged. Others who must know are still being called." in first
    assert second.startswith("helen › ")
    assert "acknowledged. Nobody else is called." in second


def test_a_question_and_its_answer_stay_on_the_case_and_out_of_the_notices(story: Ran) -> None:
    asked, answered = story.step("/ask last"), story.step("/answer last")
    notice = asked[asked.index("To Priya Nair") :]
    assert "There is a question for you about your report." in notice
    assert "written to you before" not in notice
    read = next(step for step in story.steps if step.startswith("priya › /open last"))
    assert "Sam Okafor asked the reporter Has he written to you before?" in read
    assert "this was the first time" not in answered[answered.index("To Sam Okafor") :]


def test_the_teacher_learns_that_it_is_closed_and_not_what_was_decided(story: Ran) -> None:
    closed = story.step("/close last")
    told = closed[closed.index("To Priya Nair") : closed.index("changed: ")]
    assert "has been looked at and closed." in told
    assert "form tutor" not in told
    assert "in school" not in told
    assert story.steps[-1].startswith("priya › /status SP-")
    assert "contact by a pupil, reported by you closed;" in story.steps[-1]


def test_where_nobody_answers_it_climbs_and_the_reporter_is_given_numbers_each_time(climb: Ran) -> None:
    first, second, third = (step for step in climb.steps[:4] if step.startswith("priya › /wait"))
    assert "To Sam Okafor, DSL" in climb.step("/report disclosure")
    assert first.index("To Omar Haddad, deputy safeguarding lead") < first.index("To Helen Marsh, head")
    assert "To Tessa Lindqvist, trust's safeguarding lead" in second
    assert "To Elaine Forsyth" in second
    assert "To Ada Kowalski" in third
    assert "To Sam Okafor" in third
    for waited in (first, second, third):
        assert "Nobody has answered SP-" in waited
        assert "01632 960001: children's social care" in waited
        assert "scared" not in waited


def test_a_report_about_the_lead_never_reaches_the_lead(climb: Ran) -> None:
    sent = climb.step("/report adult concern")
    about_sam = REFERENCE.search(sent)
    assert about_sam is not None
    since = climb.steps[climb.steps.index(sent) :]
    assert "To Helen Marsh" in sent
    assert not any("To Sam Okafor" in step or "to Sam Okafor" in step for step in since)
    listed = next(step for step in since if step.startswith("sam › /status"))
    assert "a child who may need help" in listed
    assert about_sam[0] not in listed
    assert about_sam[0] in since[-1]


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("/report", "nothing was offered to be reported"),
        ("/report My pupil wrote to me", "'My' is no kind of report: /kinds lists them"),
        ("/report press", "what: Nothing is written yet."),
        ("/report press They rang colour=blue", "colour: This form has no such question."),
        ("/as nobody at all", "nobody here is called 'nobody at all'; among the people are priya"),
        ("/ack SP-0000-0000", "there is no case SP-0000-0000 that you can do this with"),
        ("/open last", "nothing has been reported yet"),
        ("/wait a while", "/wait: expected a whole number"),
        ("/wait 2d", "/wait: at most 10m"),
        ("/policy nowhere", "there is no policy 'nowhere'"),
        ("/dance", "/dance is not known here"),
    ],
)
def test_a_line_that_cannot_be_done_is_refused_in_one_line_with_its_number(
    line: str, refused: str, demo: Demo
) -> None:
    with pytest.raises(ScriptError) as error:
        demo.run(["# first", "", line])
    assert str(error.value).startswith(f"line 3: {refused}")
    assert "\n" not in str(error.value)


def test_a_script_ends_at_its_first_line_that_fails(folder: Path) -> None:
    ran = _run(folder, script="# first\n/ack SP-0000-0000\n/status\n")
    assert ran.code == 1
    assert ran.err == "signpost: line 2: there is no case SP-0000-0000 that you can do this with\n"
    assert "/status" not in ran.out


@pytest.mark.parametrize("forbidden", ["/open last", "/ack last", "/note last Hello", "/close last other No"])
def test_whom_a_report_is_about_finds_no_such_case(demo: Demo, forbidden: str) -> None:
    demo.run(['/report adult concern about=works_here subject="Sam Okafor" He shouted', "/as Sam Okafor"])
    with pytest.raises(ScriptError, match=r"there is no case SP-\w{4}-\w{4} that you can do this with$"):
        demo.run([forbidden])


def test_whom_a_report_may_be_about_is_held_back_until_it_is_said(demo: Demo, page: io.StringIO) -> None:
    complaint = "complaint A dad says that Mr Fielding shouted"
    demo.run([f"/report {complaint}", f"/report standing.tom=mentioned {complaint}"])
    first, second = " ".join(page.getvalue().split()).split("priya › ")[1:]
    assert "not to Tom Fielding, until it is said whether this is about them" in first
    assert "Tom Fielding" not in second


def test_time_runs_only_while_somebody_waits(demo: Demo, page: io.StringIO) -> None:
    demo.run(["/report press They rang", "/status", "/wait 1s", "/status"])
    shown = " ".join(page.getvalue().split())
    assert "more people are told after 3 seconds of /wait." in shown
    assert "/wait 1s Nothing happened." in shown
    assert "more people are told after 2 seconds of /wait." in shown


def test_another_policy_routes_what_is_reported_after_it(folder: Path) -> None:
    report = "/report reference A dad has called the school a dump"
    ran = _run(folder, script=f"{report}\n/policy rack-house\n{report}\n")
    assert ran.code == 0
    before, after = (step for step in ran.steps if "› /report" in step)
    assert "starter" in before
    assert "rack-house" in after
    assert "starter" not in after


def test_a_demo_that_is_ended_from_outside_takes_its_folder_along(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=_environment(tmp_path),
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(b"/report press They rang\n/wait 5m\n")
        process.stdin.close()
        try:
            wait_for(
                lambda: list(tmp_path.glob("*/signpost.db")),
                lambda found: found != [],
                within=30,
                what="the database",
            )
            assert end(process, how=SIGTERM, within=10) == 128 + SIGTERM
        finally:
            process.kill()
    assert list(tmp_path.iterdir()) == []


@dataclass(slots=True)
class _Typist:
    """Somebody at a terminal of their own. `seen` is what was on it up to now, `unread` what came since."""

    process: subprocess.Popen[bytes]
    terminal: int
    seen: str = ""
    unread: bytes = b""

    def type(self, line: str, *, until: str) -> None:
        os.write(self.terminal, f"{line}\n".encode())
        self.wait(until)

    def wait(self, until: str) -> None:
        """Read on until something is there. Raises `AssertionError` if it doesn't come."""
        wanted = until.encode()
        wait_for(self._look, lambda unread: wanted in unread, within=30, what=until)
        read, self.unread = self.unread.split(wanted, 1)
        self.seen += f"{read.decode()}{until}"

    def _look(self) -> bytes:
        if select.select([self.terminal], [], [], 0.05)[0]:
            with suppress(OSError):  # Linux, where the other side has closed
                self.unread += os.read(self.terminal, 65_536)
        return self.unread


@pytest.fixture
def typist(tmp_path: Path) -> Iterator[_Typist]:
    """Give a demo at a pseudo-terminal."""
    pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX's")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**_environment(tmp_path), "TERM": "dumb"},
        cwd=ROOT,
    )
    os.close(theirs)
    with process:
        yield _Typist(process, ours)
        process.kill()
    os.close(ours)


def test_somebody_who_types_is_asked_and_nothing_is_sent_without_their_yes(typist: _Typist) -> None:
    typist.wait("priya › ")
    typist.type("/report pupil contact He wrote to me", until="Who is it about?")
    typist.type("1", until="What is their name")
    typist.type("Alfie Tester", until="Is a child in danger right now?")
    typist.type("yes", until="Ring 999 now, before you send this")
    typist.wait("Is a nude or semi-nude")
    typist.type("n", until="Send it? [y/n] ")
    assert "This goes to: " in typist.seen
    typist.type("n", until="priya › ")
    assert "Nothing was sent." in typist.seen
    typist.type("/status", until="There is no case here that Priya Nair was told of")
    assert REFERENCE.search(typist.seen) is None


def test_somebody_who_types_a_mistake_goes_on(typist: _Typist) -> None:
    typist.wait("priya › ")
    typist.type("/dance", until="/dance is not known here")
    typist.type("/help", until="/close REF DECISION REASON")
    typist.type("/quit", until="erased")
    assert typist.process.wait(10) == 0
