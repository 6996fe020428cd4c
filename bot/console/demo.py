"""The demo: a made-up trust, one of the policies, and a teacher who asks. Typed, piped or from a script."""

from collections.abc import Iterable, Iterator

from bot.console.terminal import Terminal
from bot.errors import SignpostError
from bot.signpost import Signpost

TRUST = "Oakfield Academy Trust (made up for this demo)"
_HELP = "Type a question as you would to a colleague. /policy ID changes the policy, /help helps, /quit ends."


class ScriptError(SignpostError):
    """A line of the script failed; the rest is not run."""


class Demo:
    """Answers line by line: a plain line is a question, a line with a slash is a command, # is a comment."""

    def __init__(self, signpost: Signpost, policy: str, terminal: Terminal) -> None:
        self._signpost = signpost
        self._policy = policy
        self._terminal = terminal
        signpost.adviser(policy)

    def welcome(self) -> None:
        """Say where we are."""
        self._terminal.say(TRUST, style="bold")
        self._terminal.say(f"Answers come from the policy {self._policy!r}. {_HELP}\n", style="dim")

    def run(self, lines: Iterable[str]) -> None:
        """Run a script. Raises `ScriptError` at the first line that fails, naming its number."""
        for number, line in enumerate(lines, start=1):
            text = line.strip()
            if text == "/quit":
                return
            if text and not text.startswith("#"):
                self._terminal.say(f"› {text}", style="bold")
                try:
                    self.step(text)
                except SignpostError as error:
                    raise ScriptError(f"line {number}: {error}") from error

    def converse(self, lines: Iterable[str]) -> None:
        """Answer somebody who types; what fails is said and the talk goes on."""
        for line in lines:
            text = line.strip()
            if text == "/quit":
                return
            if text and not text.startswith("#"):
                try:
                    self.step(text)
                except SignpostError as error:
                    self._terminal.say(str(error))

    def step(self, text: str) -> None:
        """Run one line. Raises `SignpostError` for a command that isn't known."""
        command, _, rest = text.partition(" ")
        if command == "/help":
            self._terminal.say(_HELP)
        elif command == "/policy":
            self._signpost.adviser(rest.strip())
            self._policy = rest.strip()
            self._terminal.say(f"Now answering from {self._policy!r}.")
        elif command.startswith("/"):
            raise SignpostError(f"{command} is not known here; known are /policy, /help and /quit")
        else:
            answer = self._signpost.ask(self._policy, text)
            pack = self._signpost.adviser(self._policy).pack
            self._terminal.show_answer(answer, pack, self._signpost.mind.catalogue)


def typed_lines() -> Iterator[str]:
    """Lines as somebody types them, until end of file or an interrupt."""
    while True:
        try:
            yield input("› ")
        except (EOFError, KeyboardInterrupt):
            return
