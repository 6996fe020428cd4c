"""A long session by chance: every use case, by everybody, in any order, canaries in all that is written."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from bot.errors import NoSuchCaseError, RefusedActionError
from bot.reporting import handling, identity, subject_access, undeliverable, viewing
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor, allowed
from bot.reporting.handling import Closing, Decision
from bot.reporting.identity import NotConfirmedError
from bot.reporting.intake import Handed, hand_in, preview
from bot.reporting.office import Work
from bot.reporting.recusal import say_standing
from bot.reporting.report import Standing
from bot.reporting.rights import Action
from knowledge.rules import Kind
from storage import outbox
from storage.outbox import Lease
from tests.bot.reporting.stage import PLATFORMS, Sent, Stage
from tests.drills.canaries import Canaries
from tests.support.offices import CHAT

_FORTNIGHT = 15
"""Days within which whoever has a case is reminded of all that falls due by itself."""
_ACTIONS = {"merge": Action.CLOSE, "release": Action.HOLD}
REFUSALS = (NoSuchCaseError, RefusedActionError, NotConfirmedError, subject_access.NotDpoError)


@dataclass(slots=True)
class Session:
    """What was done, what was sent, and what was refused. `unaudited` are deeds that left no row: none."""

    stage: Stage
    chance: Random
    canaries: Canaries
    references: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    sent: list[Sent] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    unaudited: list[str] = field(default_factory=list)

    def run(self, steps: int) -> None:
        """Have so many things happen; first two reports of each kind are taken up, and a fortnight goes by.

        Of the two, one says which member of staff it was aimed at, if it was at one, and one doesn't.
        """
        for kind in Kind:
            for knows in (True, False):
                self._report(kind, knows=knows)
        for reference in tuple(self.references):
            for person in self.stage.told(reference)[:1]:
                self._do("acknowledge", acknowledge, (), reference, person)
                self._do("note", handling.add_note, (self.canaries.sentence("note"),), reference, person)
        for _ in range(_FORTNIGHT):
            self.stage.after(days=1)
            self.stage.tick()
            self.sent += self.stage.deliver()
        for _ in range(steps):
            getattr(self, f"_{self.chance.choice(_HAPPENINGS)}")()

    @property
    def _people(self) -> Sequence[str]:
        return [*self.stage.office.directory.people, "account:slack:U0STRANGER"]

    def _somebody(self, reference: str) -> str:
        """Mostly whoever has to do with a case; now and then anybody."""
        if self.chance.random() < 0.15:
            return self.chance.choice(self._people)
        case = self.stage.case(reference)
        handlers, told = case.handlers(), self.stage.told(reference)
        likely = [*handlers, *handlers, *told, str(case.row.reporter)]
        return self.chance.choice(likely or list(self._people))

    def _report(self, kind: Kind | None = None, *, knows: bool | None = None) -> None:
        kind = kind or self.chance.choice(list(Kind))
        answers, reporter = self.canaries.report(kind), self.chance.choice(self._people)
        if not (self.chance.random() < 0.5 if knows is None else knows):
            answers.pop("target", None)
        if reporter.startswith("account") or self.stage.office.directory.school_of(reporter) is None:
            answers["school"] = self.chance.choice(["oak-primary", "oak-high"])
        handed = Handed(kind, answers, reporter, f"{self.chance.random()}", CHAT)
        self.said.append(preview(self.stage.office, handed, now=self.stage.now).line)
        rows = self.stage.audited()
        receipt = hand_in(self.stage.office, handed, now=self.stage.after(seconds=1))
        self.references.append(receipt.reference)
        self._note("report", rows, reporter, receipt.reference)

    def _handle(self) -> None:
        reference = self._recent()
        person, deeds = self._somebody(reference), self._deeds(reference)
        may = [deed for deed in deeds if self._may(reference, person, deed[0])]
        deed = self.chance.choice(may if may and self.chance.random() < 0.85 else deeds)
        self._do(*deed, reference, person)

    def _do(
        self, name: str, use_case: Callable[..., Any], words: tuple[Any, ...], reference: str, person: str
    ) -> None:
        rows = self.stage.audited()
        try:
            self.stage.do(use_case, reference, person, *words)
        except REFUSALS as error:
            self.refused[name] += 1
            self.said.append(str(error))
        else:
            self._note(name, rows, person, reference)

    def _may(self, reference: str, person: str, name: str) -> bool:
        stage = self.stage
        with stage.office.store.reading() as session:
            action = _ACTIONS.get(name) or Action(name)
            return allowed(Work(session, stage.office, stage.now), stage.case(reference), person, action)

    def _recent(self) -> str:
        """Mostly one of the few that people are busy with, so that each goes some way."""
        return self.chance.choice(self.references[-4:] if self.chance.random() < 0.8 else self.references)

    def _deeds(self, reference: str) -> list[tuple[str, Callable[..., Any], tuple[Any, ...]]]:
        write, other = self.canaries.sentence, self._recent()
        due = (self.stage.now + timedelta(days=self.chance.randint(0, 3))).date()
        anybody = self.chance.choice(list(self.stage.office.directory.people))
        owner = self.chance.choice(self.stage.case(reference).handlers() or ("sam",))
        decision = self.chance.choice(list(Decision))
        standing = self.chance.choice(list(Standing))
        return [
            ("acknowledge", acknowledge, ()),
            ("acknowledge", acknowledge, ()),
            ("open", viewing.open_case, ()),
            ("export", viewing.export_case, ()),
            ("receipt", viewing.own_report, ()),
            ("note", handling.add_note, (write("note"),)),
            ("ask", handling.ask_reporter, (write("question"),)),
            ("answer", handling.answer_question, (write("answer"),)),
            ("add", handling.add_information, (write("more"),)),
            ("act", handling.add_action, ((owner, write("action"), due),)),
            ("hand_over", handling.hand_over, (anybody,)),
            ("close", handling.close, (Closing(decision, write("reason to close")),)),
            ("reopen", handling.reopen, (write("reason to open"),)),
            ("link", handling.link, (other,)),
            ("merge", handling.merge, (other,)),
            ("transfer", handling.transfer, (write("record number"),)),
            ("hold", handling.hold, (write("reason to hold"),)),
            ("release", handling.release, (write("reason to release"),)),
            ("standing", say_standing, ((anybody, standing),)),
        ]

    def _note(self, name: str, rows: int, person: str, reference: str) -> None:
        """Count a deed, and see that the audit has it: by whom, and of which case."""
        self.done[name] += 1
        new = self.stage.deeds(rows)
        again = name == "acknowledge" and not new
        if not again and not any((row.actor, row.reference) == (person, reference) for row in new):
            self.unaudited.append(f"{name} by {person} of {reference}")

    def _look(self) -> None:
        person, rows = self.chance.choice(self._people), self.stage.audited()
        look = self.chance.choice((viewing.my_cases, viewing.my_reports))
        look(self.stage.office, Actor(person), now=self.stage.now)
        self._note("list", rows, person, "")

    def _confirm(self) -> None:
        person, rows = self.chance.choice(self._people), self.stage.audited()
        purpose = f"case show {self.chance.choice(self.references)}"
        try:
            identity.send_code(self.stage.office, Actor(person), purpose, now=self.stage.now)
            self._note("code", rows, person, "")
            self.sent += self.stage.deliver()
            identity.confirm(self.stage.office, Actor(person), purpose, "12345678", now=self.stage.now)
        except NotConfirmedError as error:
            self.said.append(str(error))

    def _ask_what_is_held(self) -> None:
        person = self.chance.choice(("dan", "sam", "tom"))
        about = self.chance.choice(list(self.canaries.put))
        try:
            request = subject_access.request_for(self.stage.office, about, now=self.stage.now)
            self.said.append(request.purpose)
            subject_access.prepare(self.stage.office, Actor(person), request, now=self.stage.now)
        except REFUSALS as error:
            self.said.append(str(error))
        else:
            self.done["dsar"] += 1

    def _wait(self) -> None:
        self.stage.after(minutes=self.chance.choice((1, 10, 60, 600, 4000)))
        self.stage.tick()

    def _deliver(self) -> None:
        self.sent += self.stage.deliver()

    def _lose(self) -> None:
        """A platform gives somebody up."""
        office, now = self.stage.office, self.stage.now
        with office.work(now) as work:
            lease = Lease(office.replica, now, 10)
            rows = outbox.claim(work.session, lease, most=1, pace=0, on=PLATFORMS)
            work.done()
        for row in rows:
            undeliverable.lost(office, row.id, "gone", now=now)

    def _mail(self) -> None:
        self.done["mail"] += undeliverable.mail_instead(
            self.stage.office, timedelta(minutes=10), now=self.stage.now
        )


_HAPPENINGS = (
    *("handle",) * 24,
    *("wait",) * 2,
    *("deliver",) * 2,
    *("report", "look", "confirm", "ask_what_is_held", "lose", "mail"),
)
