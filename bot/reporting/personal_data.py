"""What one case holds about one person: how each piece was found, others masked, grounds to ask about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.reporting.casefile import CaseFile
from bot.reporting.exemptions import Ground, grounds
from bot.reporting.forms import options_of
from bot.reporting.masking import Mask
from bot.reporting.people import Family
from bot.reporting.record import label
from bot.reporting.report import About, Standing
from bot.reporting.rights import LIVE, State
from bot.reporting.sought import How, Sought
from bot.reporting.viewing import Line
from bot.wording import cases as events
from bot.wording import subject_access as wording
from knowledge.rules import ROLE_NAMES, Kind, Role

_NAMES = ("children", "present", "target", "told", "captured_by", "outlet", "reach_them")
"""Answers that hold names, in whatever letters they are written."""
_ACCOUNTS = frozenset({"handle", "account"})
_REPORTERS_OWN = frozenset({"reported", "asked", "answered", "added"})
_ALLEGES = frozenset({Kind.GROOMING, Kind.CHILD_ON_CHILD, Kind.THREAT, Kind.NUDE_IMAGE, Kind.RADICALISATION})
_SUBJECT, _MAYBE, _REPORTER = "subject", "maybe_subject", "reporter"
_ACCOUNT_MASK = "[account]"


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of what is held: what it is, when it was written, its words, and what to ask about it."""

    what: str
    at: datetime | None
    text: str
    how: How
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseData:
    """What a case holds about a person. `stands` are keys of how they stand to it.

    `live` where they are, or may be, the subject of a concern that is still looked into.
    """

    reference: str
    kind: Kind
    state: State
    opened_at: datetime
    stands: tuple[str, ...]
    live: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds what cases hold about one person."""

    sought: Sought
    mask: Mask

    def __call__(self, case: CaseFile, lines: Sequence[Line]) -> CaseData | None:
        """What the case holds; None where it holds nothing."""
        stands = tuple(dict.fromkeys(_stands(case, self.sought)))
        items = tuple(_Reader(self, case, frozenset(stands)).items(lines))
        if not stands and not items:
            return None
        return CaseData(
            reference=case.reference,
            kind=case.kind,
            state=case.state,
            opened_at=case.row.opened_at,
            stands=stands or ("mentioned",),
            live=_live(case, self.sought, frozenset(stands)),
            items=items,
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one case for one person."""

    finder: Finder
    case: CaseFile
    stands: frozenset[str]

    @property
    def sought(self) -> Sought:
        return self.finder.sought

    @property
    def about_them(self) -> bool:
        return bool(self.stands & {_SUBJECT, _MAYBE})

    @property
    def theirs(self) -> bool:
        return _REPORTER in self.stands

    def items(self, lines: Sequence[Line]) -> Iterator[Item]:
        yield from self._answers()
        yield from self._standing()
        yield from self._calls()
        for line in lines:
            item = self._line(line)
            if item is not None:
                yield item

    def _answers(self) -> Iterator[Item]:
        report = self.case.details.report
        written = {"subject": report.subject, **report.answers}
        for key, text in written.items():
            how = self._how(text, everything=self.about_them or self.theirs)
            if how is not None and text and not key.startswith("standing."):
                what = f"report: {label(report.kind, key)}"
                yield self._item(what, self.case.row.opened_at, self._answer(key, text), how)

    def _answer(self, key: str, text: str) -> str:
        if key in _ACCOUNTS and self.sought.found_in(text) is None:
            return _ACCOUNT_MASK
        return options_of(self.case.kind, key).get(text) or self._masked(text)

    def _standing(self) -> Iterator[Item]:
        standing = self.case.details.report.standings.get(self.sought.id or "")
        if standing is not None:
            at = self.case.row.opened_at
            yield self._item("how they stand to it", at, f"{standing.value} (the report)", How.RECORD)

    def _calls(self) -> Iterator[Item]:
        titles = self.case.details.route.titles
        for one in self.case.told:
            if self.sought.is_person(one.person):
                title = titles.get(Role(one.role)) or ROLE_NAMES[Role(one.role)]
                done = (
                    f", acknowledged {one.acknowledged_at:%Y-%m-%d %H:%M} UTC" if one.acknowledged_at else ""
                )
                yield Item("told", one.told_at, f"as {title}{done}", How.RECORD)

    def _line(self, line: Line) -> Item | None:
        mine = self.sought.is_person(line.by) or self.sought.is_person(line.text or "")
        everything = self.about_them or mine or (self.theirs and line.event in _REPORTERS_OWN)
        how = self._how(line.text or "", everything=everything)
        if how is None:
            return None
        said = self._masked(events.text_of(line.event, line.text, self._named))
        text = f"{events.event(line.event)}{': ' if said else ''}{said}"
        return self._item(f"chronology: {self._author(line.by)}", line.at, text, how, by=line.by)

    def _how(self, text: str, *, everything: bool) -> How | None:
        found = self.sought.found_in(text)
        return found or (How.RECORD if everything else None)

    def _item(self, what: str, at: datetime, text: str, how: How, *, by: str | None = None) -> Item:
        author = by or self.case.row.reporter
        others = not self.sought.is_person(author) or any(mask in text for mask in ("[name]", "[account]"))
        family = self.case.details.route.family
        asked = grounds(text, self.case.details.report, family, third_party=others)
        return Item(what, at, text, how, asked)

    def _masked(self, text: str) -> str:
        report = self.case.details.report
        names = [report.answers.get(key, "") for key in _NAMES]
        return self.finder.mask(text, names if _SUBJECT in self.stands else [*names, report.subject])

    def _named(self, person_id: str) -> str:
        return self.sought.name if self.sought.is_person(person_id) else wording.MASKED

    def _author(self, person_id: str) -> str:
        if self.sought.is_person(person_id):
            return self.sought.name
        if person_id == self.case.row.reporter:
            return wording.REPORTER
        return events.by(person_id, lambda _: wording.STAFF)


def _stands(case: CaseFile, sought: Sought) -> Iterator[str]:
    details = case.details
    if sought.id is not None:
        person = sought.id
        standing = details.report.standings.get(person)
        if person in details.recused or standing is Standing.ABOUT:
            yield _SUBJECT
        elif person in details.held_back or standing is Standing.OPEN:
            yield _MAYBE
        elif standing is Standing.MENTIONED:
            yield "mentioned"
        if case.row.reporter == person:
            yield _REPORTER
        if any(one.person == person for one in case.told):
            yield "told"
    named = sought.found_in(details.report.subject)
    if named is not None:
        yield _SUBJECT if named is How.NAME and _could_be(case, sought) else _MAYBE


def _could_be(case: CaseFile, sought: Sought) -> bool:
    """Whether a name as the subject's may well be this person's: a pupil is not their teacher's namesake."""
    return sought.person is None or case.details.report.about is About.WORKS_HERE


def _live(case: CaseFile, sought: Sought, stands: frozenset[str]) -> bool:
    if case.state not in LIVE or not stands & {_SUBJECT, _MAYBE}:
        return False
    about_adult = case.details.route.family in {Family.ADULT, Family.HEAD}
    return about_adult or sought.person is not None or case.kind in _ALLEGES
