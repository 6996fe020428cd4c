"""Stories of a report about somebody on the ladder, told to the end: what reached them that must not (S5).

Each story has a trust, a ladder, a kind and a subject of its own, by chance, and goes through
the form, the route, every hop and every lap.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any

from bot.errors import NoSuchCaseError, RefusedActionError
from bot.messages import Card, CardState
from bot.reporting import handling, subject_access, viewing
from bot.reporting.acknowledge import acknowledge
from bot.reporting.calling import NOBODY_LEFT, OWN, REFRESH
from bot.reporting.casefile import Actor
from bot.reporting.intake import Handed, hand_in, preview
from bot.reporting.kinds import NATURES
from bot.reporting.names import lore
from bot.reporting.office import Office
from bot.reporting.people import Directory, Person
from bot.reporting.recusal import say_standing
from bot.reporting.report import About, Report, Standing
from bot.reporting.rights import State
from bot.reporting.route import Route
from bot.reporting.routes_in_force import route_of
from knowledge.rules import Kind, Role
from storage import timers
from tests.bot.reporting.stage import MONDAY, Sent, Stage
from tests.drills.trusts import made_up
from tests.support.offices import CHAT, Schools

_HOPS = 14
"""Steps that a story is driven for at most: more than two laps of the longest ladder."""
_LAPS = 2
_STAFF = (About.WORKS_HERE, About.UNKNOWN)
_STRANGER = "account:slack:U0STRANGER"


@dataclass(slots=True)
class Story:
    """One report and what came of it. `leaks` is what the subject could have learned.

    `silent` is how often nobody was told and the reporter did not hear whom to ring instead.
    """

    stage: Stage
    chance: Random
    directory: Directory
    kind: Kind
    subject: Person
    reporter: str
    named: str = ""
    references: list[str] = field(default_factory=list)
    since: dict[str, datetime] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    hops: int = 0
    silent: int = 0

    def __str__(self) -> str:
        return f"{self.kind} about {self.subject.id} ({self.named}) by {self.reporter}: {self.leaks}"


def office_by_policies(office: Office) -> Office:
    """An office that routes by the schools' own policies over the floor, as `serve` does."""

    def planned(report: Report) -> Route:
        return route_of(report, office.schools.directory)

    return replace(office, plan=planned)


def told(stage: Stage, chance: Random) -> Story:
    """Make up a story and drive it to its end."""
    story = _begun(stage, chance)
    how = story.chance.choice((_named_at_once, _named_at_once, _named_later, _named_in_a_linked_report))
    story.named = how.__name__.strip("_")
    how(story)
    while story.hops < _HOPS and _goes_on(story):
        _befall(story)
        _look(story)
    _finish(story)
    return story


def _begun(stage: Stage, chance: Random) -> Story:
    directory = made_up(chance).directory
    assert isinstance(stage.office.schools, Schools)
    stage.office.schools.directory = directory
    stage.now = MONDAY.replace(hour=chance.choice((10, 22)))
    kind = chance.choice([kind for kind in Kind if kind is not Kind.SELF_REPORT])
    people = list(directory.people)
    reporter = chance.choice([*people, _STRANGER])
    story = Story(stage, chance, directory, kind, directory.people[people[0]], reporter)
    story.subject = directory.people[chance.choice(_on_the_ladder(story))]
    return story


def _on_the_ladder(story: Story) -> list[str]:
    """Whoever would be told of it, were it about nobody here; else anybody who holds a role."""
    if story.chance.random() < 0.7:
        handed = _handed(story, {"about": _about(story, ()).value, "subject": "", "what": "Something."})
        found = preview(story.stage.office, handed, now=story.stage.now).recipients
        if found:
            return [one.person for one in found]
    return sorted({person for holding in story.directory.holdings for person in holding.people})


def _about(story: Story, wanted: tuple[About, ...]) -> About:
    allowed = [one for one in NATURES[story.kind].about if one is not About.MYSELF]
    return story.chance.choice([one for one in allowed if one in wanted] or allowed)


def _handed(story: Story, answers: Mapping[str, str], reporter: str = "") -> Handed:
    by = reporter or story.reporter
    whole = {"danger": story.chance.choice(("no", "no", "yes", "unsure")), "image": "no", **answers}
    if story.directory.school_of(by) is None:
        whole["school"] = story.chance.choice(list(story.directory.schools))
    return Handed(story.kind, whole, by, f"{story.chance.random()}", CHAT)


def _report(story: Story, answers: Mapping[str, str], reporter: str = "") -> str:
    """Hand it in by the form."""
    stage = story.stage
    receipt = hand_in(stage.office, _handed(story, answers, reporter), now=stage.after(seconds=1))
    story.references.append(receipt.reference)
    return receipt.reference


def _naming(story: Story) -> dict[str, str]:
    """Answers that name the subject, in any of the ways in which people name somebody."""
    about = _about(story, _STAFF if story.chance.random() < 0.8 else ())
    answers = {"about": about.value, "what": "Something happened online."}
    if about in {About.PUPIL, About.FORMER_PUPIL, About.PARENT, About.OUTSIDER}:
        return {**answers, "subject": story.chance.choice(_own_marks(story.subject))}
    if about is About.NOBODY:
        return {**answers, f"standing.{story.subject.id}": "about"}
    if about is About.WORKS_HERE and story.chance.random() < 0.3:
        return {**answers, "subject_person": story.subject.id}
    written = story.chance.choice([*_own_marks(story.subject), *_names(story)])
    if story.chance.random() < 0.15 and story.reporter != story.subject.id:
        return {**answers, "what": f"I saw {story.subject.name} do it again on Friday."}
    if story.chance.random() < 0.3:
        answers[f"standing.{story.subject.id}"] = "about"
    return {**answers, "subject": written}


def _own_marks(person: Person) -> list[str]:
    """What is nobody else's: an id, an account on either platform, a mention, an address."""
    return [
        person.id,
        f"@{person.id}",
        f"<@{person.accounts['slack']}>",
        person.accounts["teams"],
        person.email or "",
    ]


def _names(story: Story) -> list[str]:
    given, surname = story.subject.name.split()
    place = story.chance.randint(1, len(surname) - 3)
    swapped = surname[:place] + surname[place + 1] + surname[place] + surname[place + 2 :]
    nicknames = sorted(lore().also_called(given.casefold()))
    names = [story.subject.name, story.subject.name.upper(), f"{surname}, {given}", f"Mr {surname}", surname]
    names += [
        f"{given} {swapped}",
        f"{given} {surname[:place]}{surname[place + 1 :]}",
        *story.subject.aliases,
    ]
    return names + [f"{nickname.title()} {surname}" for nickname in nicknames[:3]]


def _named_at_once(story: Story) -> None:
    reference = _report(story, _naming(story))
    story.since[reference] = story.stage.now
    _look(story)


def _named_later(story: Story) -> None:
    """Some hops on, after they were told or not, the reporter or a handler says whom it is about."""
    reference = _report(story, {"about": _about(story, ()).value, "what": "Something happened."})
    for _ in range(story.chance.randint(0, 4)):
        _climb(story)
        if story.chance.random() < 0.5:
            story.stage.deliver()
    _say_about(story, reference)


def _say_about(story: Story, reference: str) -> None:
    stage, person = story.stage, story.subject.id
    if story.chance.random() < 0.3:
        _acknowledge_somebody(story, reference)
    sayers = [story.reporter, *stage.case(reference).handlers()]
    stage.do(say_standing, reference, story.chance.choice(sayers), (person, Standing.ABOUT))
    story.since[reference] = stage.now
    _look(story)


def _named_in_a_linked_report(story: Story) -> None:
    """Two reports point at the same account; one of them is about the subject, the other names nobody."""
    same = {"handle": f"@night.owl.{story.chance.random()}"}
    plain = {"about": _about(story, ()).value, "what": "Something happened.", **same}
    others = [one for one in story.directory.people if one != story.subject.id]
    first_names = story.chance.random() < 0.5
    for names in (first_names, not first_names):
        answers = {**_naming(story), **same} if names else plain
        reference = _report(story, answers, story.chance.choice(others))
        if names or first_names:
            story.since[reference] = story.stage.now
        if not names and not first_names and story.chance.random() < 0.5:
            _climb(story)
            story.stage.deliver()
    for reference in story.references:
        story.since.setdefault(reference, story.stage.now)
    _look(story)


def _climb(story: Story) -> None:
    """Let time pass until the next thing falls due on any of the cases."""
    due = [one.due_at for ref in story.references for one in story.stage.timers(ref)]
    story.stage.now = max(story.stage.now, min(due, default=story.stage.now))
    story.stage.tick()
    story.hops += 1


def _goes_on(story: Story) -> bool:
    rows = [story.stage.case(reference).row for reference in story.references]
    return any(row.lap <= _LAPS and row.state in {"notified", "acknowledged"} for row in rows)


def _befall(story: Story) -> None:
    """One more hop, and now and then something that people do."""
    _climb(story)
    reference = story.chance.choice(story.references)
    if story.chance.random() < 0.25:
        _acknowledge_somebody(story, reference)
    for handler in story.stage.case(reference).handlers():
        if handler != story.subject.id and story.chance.random() < 0.4:
            _expect_refusal(story, reference, handler)


def _acknowledge_somebody(story: Story, reference: str) -> None:
    people = story.stage.told(reference)
    if people and story.stage.case(reference).state is not State.CLOSED:
        story.stage.do(acknowledge, reference, story.chance.choice(people))


def _expect_refusal(story: Story, reference: str, handler: str) -> None:
    """Nobody can hand it to the subject by mistake."""
    if reference not in story.since:
        return
    try:
        story.stage.do(handling.hand_over, reference, handler, story.subject.id)
    except (RefusedActionError, NoSuchCaseError):
        return
    story.leaks.append(f"{reference} could be handed over to them")


def _look(story: Story) -> None:
    """Note everything that the subject has, or has had since they were named."""
    sent = story.stage.deliver()
    for reference, since in story.since.items():
        story.leaks.extend(f"{reference}: {what}" for what in _seen(story, reference, since, sent))
    story.silent += sum(_is_silent(story, reference) for reference in story.references)


def _is_silent(story: Story, reference: str) -> bool:
    """Whether nobody was told of a case, and its reporter not told so either."""
    case = story.stage.case(reference)
    rung = (row.about == NOBODY_LEFT for row in story.stage.notices(reference, case.row.reporter))
    return not story.stage.told(reference) and not any(rung)


def _seen(story: Story, reference: str, since: datetime, sent: list[Sent]) -> Iterator[str]:
    stage, person = story.stage, story.subject.id
    own = stage.case(reference).row.reporter == person
    for row in stage.notices(reference, person):
        fits = row.event == REFRESH or (own and row.event in OWN)
        if (row.created_at > since or row.state in {"pending", "leased"}) and not fits:
            yield f"a notice row, {row.event} {row.state}"
    for one in sent:
        if one.person == person and getattr(one.message, "reference", "") == reference:
            stub = isinstance(one.message, Card) and one.message.state is CardState.WITHDRAWN
            if not stub and not (own and one.event in OWN):
                yield f"a message, {one.event}"
    if any(one.person == person and not one.withdrawn for one in stage.case(reference).told):
        yield "a place among whoever was told"
    if reference in stage.listed(person):
        yield "an entry in their list"
    yield from _opened(story, reference, own=own)


def _opened(story: Story, reference: str, *, own: bool) -> Iterator[str]:
    stage, person = story.stage, story.subject.id
    tries: list[tuple[str, Any, tuple[Any, ...]]] = [
        ("opened it", viewing.open_case, ()),
        ("exported it", viewing.export_case, ()),
        ("acknowledged it", acknowledge, ()),
        ("wrote on it", handling.add_note, ("A note.",)),
        ("lifted the bar", say_standing, ((person, Standing.MENTIONED),)),
    ]
    if not own:
        tries.append(("had a receipt", viewing.own_report, ()))
    for what, use_case, more in tries:
        try:
            use_case(stage.office, reference, Actor(person), *more, now=stage.now)
        except NoSuchCaseError:
            continue
        yield f"they {what}"
    if Role.DPO in story.directory.roles_of(person) and not story.subject.gone(stage.office.day(stage.now)):
        asked = subject_access.request_for(stage.office, person, now=stage.now)
        draft = subject_access.prepare(stage.office, Actor(person), asked, now=stage.now)
        if reference in str(draft):
            yield "an entry in what is held about them"


def _finish(story: Story) -> None:
    """Close the cases, so that the next story has the clock to itself."""
    for reference in story.references:
        story.stage.put_in(reference, State.CLOSED)
        with story.stage.office.work(story.stage.now) as work:
            timers.stop_timers(work.session, story.stage.case(reference).id)
            work.done()
