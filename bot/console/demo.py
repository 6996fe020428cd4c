"""The demo: a made-up trust, a policy, a teacher who asks and reports, and whoever hears of it.

Typed, piped or from a script. What takes reports is started by the first command that needs it.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot.console import inert
from bot.console.terminal import Terminal
from bot.errors import SignpostError
from bot.signpost import Signpost

if TYPE_CHECKING:
    from bot.console.demo_commands import Commands
    from knowledge.answer import Answer

TRUST = "Oakfield Academy Trust (made up for this demo)"
TEACHER, TEACHERS_NAME = "priya", "Priya Nair"
_WELCOME = (
    f"You are {TEACHERS_NAME}, who teaches at Oak Primary. Ask as you would ask a colleague. Where an answer "
    "calls for a report, /report sends it to people who don't exist; their messages arrive here, and /as sam "
    "makes you the one who gets them. Time stands still while you read. /help lists everything, /quit ends."
)
_HELP = (
    ("any line without a slash", "is a question, answered from the policy"),
    ("/report", "sends the report that the last answer offered"),
    ("/report KIND TEXT", "sends a report of your own; about=… subject=“…” danger=… image=… say more"),
    ("/kinds", "lists the kinds of report"),
    ("/as PERSON", "makes you somebody else, by id or name: sam leads on safeguarding, helen is the head"),
    ("/open REF, /ack REF", "reads a case, acknowledges it; REF may be last"),
    ("/note REF TEXT", "writes a note that handlers see"),
    ("/ask REF TEXT", "asks the reporter something; /answer REF TEXT answers it"),
    ("/close REF DECISION REASON", "closes a case, as in: /close last in_school We spoke to him"),
    ("/wait 3s", "lets time run: each step of a ladder lasts three seconds here"),
    ("/status", "shows how your cases stand"),
    ("/policy ID", "answers and routes by another policy"),
    ("/help, /quit", "this list; the end, which erases everything"),
)
_COMMANDS = frozenset("/report /kinds /as /open /ack /note /ask /answer /close /wait /status".split())
"""Those that need what takes reports."""
_TO_SEND = "To send it: /report, or in your own words: /report {kind} TEXT"


class ScriptError(SignpostError):
    """A line of the script failed; the rest is not run."""


class Demo:
    """Runs line by line: a plain line is a question, a line with a slash is a command, # is a comment.

    Close it, or use it as a context: whatever was reported is erased with it.
    """

    def __init__(
        self, signpost: Signpost, policy: str, terminal: Terminal, clock: Callable[[], datetime]
    ) -> None:
        self._signpost = signpost
        self._policy = policy
        self._terminal = terminal
        self._clock = clock
        self._prompt: Callable[[str], str] | None = None
        self._asked: tuple[str, Answer] | None = None
        self._commands: Commands | None = None
        signpost.adviser(policy)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop what was started, and erase it."""
        if self._commands is not None:
            self._commands.office.close()

    def welcome(self) -> None:
        """Say where we are."""
        self._terminal.say(TRUST, style="bold")
        self._terminal.say(f"Answers come from the policy {self._policy!r}. {_WELCOME}", style="dim")

    def run(self, lines: Iterable[str]) -> None:
        """Run a script. Raises `ScriptError` at the first line that fails, naming its number."""
        for number, line in enumerate(lines, start=1):
            text = line.removeprefix("\ufeff").strip()
            if text == "/quit":
                return
            if text and not text.startswith("#"):
                self._terminal.say(f"\n{self._who} › {inert.line(text)}", style="bold")
                try:
                    self.step(text)
                except SignpostError as error:
                    raise ScriptError(f"line {number}: {error}") from error

    def converse(self, prompt: Callable[[str], str]) -> None:
        """Answer somebody who types; what fails is said and the talk goes on.

        `prompt` shows its text and returns a line. It raises `EOFError` or `KeyboardInterrupt` at the end.
        """
        self._prompt = prompt
        while True:
            self._terminal.say("")
            try:
                text = prompt(f"{self._who} › ").strip()
            except (EOFError, KeyboardInterrupt):
                text = "/quit"
            if text == "/quit":
                self._terminal.say("Bye. What was reported here is erased.", style="dim")
                return
            if text and not text.startswith("#"):
                try:
                    self.step(text)
                except SignpostError as error:
                    self._terminal.say(str(error))
                except KeyboardInterrupt:
                    self._terminal.say("\nStopped.")

    def step(self, text: str) -> None:
        """Run one line. Raises `SignpostError` for a command that isn't known or can't be done."""
        command, _, rest = text.partition(" ")
        if command == "/help":
            self._help()
        elif command == "/policy":
            self._follow(rest.strip())
        elif command.startswith("/"):
            self._run_command(command, rest.strip())
        else:
            self._ask(text)

    def _ask(self, question: str) -> None:
        answer = self._signpost.ask(self._policy, question)
        pack = self._signpost.adviser(self._policy).pack
        self._terminal.show_answer(answer, pack, self._signpost.mind.catalogue)
        self._asked = (question, answer)
        if answer.report:
            self._terminal.say(f"   {_TO_SEND.format(kind=answer.report.kind.value)}", style="magenta")

    def _follow(self, policy: str) -> None:
        self._signpost.adviser(policy)
        self._policy = policy
        if self._commands is not None:
            self._commands.office.follow(policy)
        self._terminal.say(f"Now answering from {self._policy!r}.")

    def _help(self) -> None:
        from bot.console.demo_pages import commands

        self._terminal.show(commands(_HELP))

    def _run_command(self, command: str, rest: str) -> None:
        if command not in _COMMANDS:
            raise SignpostError(f"{command} is not known here: /help lists what is")
        commands = self._commands or self._started()
        if self._asked is not None:
            commands.note_offer(*self._asked)
            self._asked = None
        commands.run(command, rest)

    def _started(self) -> "Commands":
        """Start what takes reports: only now, since a question needs none of it."""
        from bot.console.demo_commands import Commands
        from bot.console.demo_office import DemoOffice

        office = DemoOffice(self._policy, self._clock())
        self._commands = Commands(office, self._terminal, self._prompt, TEACHER)
        return self._commands

    @property
    def _who(self) -> str:
        return self._commands.person if self._commands is not None else TEACHER


def typed() -> Callable[[str], str]:
    """Read lines as somebody types them; where there is readline, with editing and the lines before."""
    with suppress(ImportError):
        import readline  # noqa: F401  importing it is what gives `input` its editing

    return input
