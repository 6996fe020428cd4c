"""The demo's commands on reports and cases, done by whichever made-up person one is at the moment."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.console import demo_pages as pages
from bot.console import inert, report_pages
from bot.console.asking import Asking, Leaning, LeftError, Prompt, refusal, taken_as_read
from bot.console.case_page import show_case
from bot.console.demo_messenger import PLATFORM
from bot.console.demo_office import DemoOffice
from bot.console.spoken import longest, read_line
from bot.console.terminal import Terminal
from bot.durations import parse_duration
from bot.errors import NoSuchCaseError, SignpostError
from bot.reporting import handling, viewing
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.filling import FormRefusedError
from bot.reporting.forms import Context
from bot.reporting.handling import Closing, Decision
from bot.reporting.intake import Handed, context_for, hand_in, preview, receipt_lines
from bot.reporting.people import Person
from bot.reporting.typed import choice
from bot.wording.cases import DECISIONS
from bot.wording.forms import CHOOSE
from knowledge.answer import Answer
from knowledge.rules import Kind

_LONGEST_WAIT = timedelta(minutes=10)
_LAST = "last"


@dataclass(frozen=True, slots=True)
class _Draft:
    """A report before anything is asked or taken as read: as it was typed, or as an answer offered it."""

    kind: Kind
    answers: Mapping[str, str]
    leaning: Leaning = field(default_factory=Leaning)


@dataclass(slots=True)
class Commands:
    """Runs commands as one person at a time. Without a `prompt` nobody is asked anything: a script runs."""

    office: DemoOffice
    terminal: Terminal
    prompt: Prompt | None
    person: str
    _offered: _Draft | None = None
    _last: str | None = None

    def run(self, command: str, rest: str) -> None:
        """Run a command and show whatever it sets off. Raises `SignpostError`."""
        try:
            _COMMANDS[command](self, rest)
            self.office.settle()
        finally:
            self._show_arrived()

    def note_offer(self, question: str, answer: Answer) -> None:
        """Remember what the last answer offers to report, if anything."""
        leaning = Leaning(danger=answer.tripped.danger, image=answer.tripped.indecent)
        offer = answer.report
        self._offered = _Draft(offer.kind, {"what": question}, leaning) if offer else None

    def report(self, rest: str) -> None:
        """`/report`, `/report KIND TEXT`."""
        draft = self._drafted(rest)
        asking = Asking(self.terminal, self.prompt or _nobody, self._context())
        if self.prompt is None:
            answers = taken_as_read(draft.kind, draft.answers, draft.leaning)
            self.terminal.show(report_pages.heading(draft.kind, answers))
        else:
            self.terminal.show(report_pages.heading(draft.kind, draft.answers))
            answers = asking.complete(draft.kind, draft.answers)
        self._send(Handed(draft.kind, answers, self.person, f"demo {uuid4().hex}", PLATFORM), asking)

    def _drafted(self, rest: str) -> _Draft:
        line = read_line(rest)
        if line.kind is not None:
            what = {"what": line.text} if line.text else {}
            return _Draft(line.kind, {**what, **line.answers})
        if line.text:
            begins = inert.line(line.text.split(maxsplit=1)[0])[:40]
            raise SignpostError(f"{begins!r} is no kind of report: /kinds lists them")
        if self._offered is None:
            raise SignpostError("nothing was offered to be reported: ask first, or write /report KIND TEXT")
        return replace(self._offered, answers={**self._offered.answers, **line.answers})

    def _send(self, handed: Handed, asking: Asking) -> None:
        try:
            shown = preview(self.office.office, handed, now=self._now())
            asking.show_notes(handed.kind, handed.answers)
            self.terminal.show(report_pages.goes_to(shown, self.person, self.office.directory))
            if self.prompt is not None and not asking.agreed("Send it?"):
                raise LeftError
            receipt = hand_in(self.office.office, handed, now=self._now())
        except FormRefusedError as error:
            raise SignpostError(refusal(error)) from error
        self._last, self._offered = receipt.reference, None
        self.terminal.show(report_pages.receipt(receipt_lines(self.office.office, receipt)))

    def become(self, rest: str) -> None:
        """`/as PERSON`."""
        directory = self.office.directory
        self.person = self._person_named(rest)
        name = inert.line(directory.people[self.person].name)
        self.terminal.say(f"You are {name} now, {pages.post_of(self.person, directory)}.")

    def acknowledge(self, rest: str) -> None:
        """`/ack REF`."""
        done = acknowledge(self.office.office, self._reference(rest), self._actor, now=self._now())
        was = "acknowledged" if done.fresh else "was acknowledged already"
        others = "Nobody else is called." if done.settled else "Others who must know are still being called."
        self.terminal.say(f"{done.reference} {was}. {others}")

    def open(self, rest: str) -> None:
        """`/open REF`: the case, or what its own reporter may see of it."""
        reference = self._reference(rest)
        try:
            view = viewing.open_case(self.office.office, reference, self._actor, now=self._now())
        except NoSuchCaseError:
            view = viewing.own_report(self.office.office, reference, self._actor, now=self._now())
        show_case(view, self.office.directory)
        self.terminal.say("\nThat you read this was written to the audit first.", style="dim")

    def note(self, rest: str) -> None:
        """`/note REF TEXT`."""
        handling.add_note(self.office.office, *self._case_and_text(rest, "note"), now=self._now())
        self.terminal.say("Noted, for handlers only.")

    def ask(self, rest: str) -> None:
        """`/ask REF TEXT`."""
        handling.ask_reporter(self.office.office, *self._case_and_text(rest, "ask"), now=self._now())
        self.terminal.say(
            "Asked. The reporter is told that a question waits; the question stays on the case."
        )

    def answer(self, rest: str) -> None:
        """`/answer REF TEXT`."""
        handling.answer_question(self.office.office, *self._case_and_text(rest, "answer"), now=self._now())
        self.terminal.say("Answered. Whoever handles it is told.")

    def close(self, rest: str) -> None:
        """`/close REF DECISION REASON`."""
        reference, actor, said = self._case_and_text(rest, "close", "REF DECISION REASON")
        decision, reason = longest(said.split(" "), lambda words: choice(words, DECISIONS))
        if decision is None:
            raise SignpostError(f"a decision is one of these: {', '.join(DECISIONS)}")
        closing = Closing(Decision(decision), reason)
        handling.close(self.office.office, reference, actor, closing, now=self._now())
        self.terminal.say("Closed. The reporter learns that it is closed, and nothing of what was decided.")

    def wait(self, rest: str) -> None:
        """`/wait 3s`."""
        try:
            length = parse_duration(rest)
        except ValueError as error:
            raise SignpostError(f"/wait: {error}") from error
        if length > _LONGEST_WAIT:
            raise SignpostError("/wait: at most 10m")
        came: list[int] = []
        self.office.wait(length, lambda: came.append(self._show_arrived()))
        if not any(came):
            self.terminal.say("Nothing happened.", style="dim")

    def status(self, rest: str) -> None:
        """`/status`."""
        _no_words(rest, "/status")
        name = inert.line(self.office.directory.people[self.person].name)
        self.terminal.show(pages.standings(self.office.standings(self.person), name))

    def kinds(self, rest: str) -> None:
        """`/kinds`."""
        _no_words(rest, "/kinds")
        self.terminal.show(pages.commands((kind.value, CHOOSE[kind]) for kind in Kind))

    @property
    def _actor(self) -> Actor:
        return Actor(self.person)

    def _now(self) -> datetime:
        return self.office.clock()

    def _context(self) -> Context:
        return context_for(self.office.office, self.person, "demo", now=self._now())

    def _reference(self, said: str) -> str:
        """The case that is meant; `last`, or nothing, is the one reported last."""
        if len(said.split()) > 1:
            raise SignpostError("name one case, by its reference or as last")
        if said.casefold() not in {"", _LAST}:
            return inert.line(said)
        if self._last is None:
            raise SignpostError("nothing has been reported yet, so there is no last case")
        return self._last

    def _case_and_text(self, rest: str, verb: str, form: str = "REF TEXT") -> tuple[str, Actor, str]:
        reference, _, text = rest.partition(" ")
        if not reference or not text.strip():
            raise SignpostError(f"write /{verb} {form}; REF may be last")
        return self._reference(reference), Actor(self.person), text.strip()

    def _person_named(self, said: str) -> str:
        """The id of the one person meant, by id, name or a part of it. Raises `SignpostError`."""
        people, typed = self.office.directory.people, said.casefold()
        whole = [one.id for one in people.values() if typed in _called(one)]
        meant = whole or [one.id for one in people.values() if typed in one.name.casefold().split()]
        if len(meant) == 1:
            return meant[0]
        asked = inert.line(said)[:40]
        if not meant:
            some = _listed(people[one] for one in _INTRODUCED)
            raise SignpostError(f"nobody here is called {asked!r}; among the people are {some}")
        raise SignpostError(f"{asked!r} may mean {_listed(people[one] for one in meant)}: give an id")

    def _show_arrived(self) -> int:
        """Show what has arrived; returns how many notices that was."""
        arrived = tuple(self.office.arrived())
        for one in arrived:
            self.terminal.show(pages.notice(one, self.office.directory))
        return len(arrived)


def _nobody(_prompt: str) -> str:
    raise EOFError


def _no_words(rest: str, command: str) -> None:
    if rest:
        raise SignpostError(f"{command} takes nothing after it")


def _called(person: Person) -> frozenset[str]:
    return frozenset(name.casefold() for name in (person.id, person.name, *person.aliases))


def _listed(people: Iterable[Person]) -> str:
    return inert.line(", ".join(f"{one.id} ({one.name})" for one in people))


_INTRODUCED = ("priya", "sam", "omar", "helen", "tessa", "chair", "ada")
"""Who comes up first in a first demo."""
_COMMANDS: Mapping[str, Callable[[Commands, str], None]] = {
    "/report": Commands.report,
    "/as": Commands.become,
    "/ack": Commands.acknowledge,
    "/open": Commands.open,
    "/note": Commands.note,
    "/ask": Commands.ask,
    "/answer": Commands.answer,
    "/close": Commands.close,
    "/wait": Commands.wait,
    "/status": Commands.status,
    "/kinds": Commands.kinds,
}
