"""The form of each kind of report: what it asks and what stands above it, as far as it is filled.

Every form asks who it is about, then whether a child is in danger, then whether an image of a child is
involved, and only then what happened. A place for a link is shown only once an image has been ruled out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.reporting.kinds import (
    FAMILIES,
    HARMLESS_UNTIL_SAID,
    NATURES,
    danger_of,
    filed_as,
    image_of,
    urgency_of,
)
from bot.reporting.people import Contacts, Directory, Family
from bot.reporting.report import About, Standing
from bot.reporting.standings import Find, Naming, standings, to_settle
from bot.reporting.typed import choice
from bot.wording import forms as wording
from bot.wording import safety
from knowledge.rules import Kind, Urgency

STANDING = "standing."
"""What the key of a question about a member of staff starts with; their id follows."""


class Sort(StrEnum):
    """How a question is answered. A person is picked from a list: ids, with commas between them."""

    CHOICE = "choice"
    YES_NO = "yes_no"
    TEXT = "text"
    LONG = "long"
    WHEN = "when"
    PERSON = "person"
    LINK = "link"


_WORDS = frozenset({Sort.TEXT, Sort.LONG, Sort.LINK})


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose: what is sent back and what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `required` is for the face to say; `fill` asks for the same."""

    key: str
    label: str
    help: str
    sort: Sort
    options: tuple[Option, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What a form is filled in with: who reports, from which school, to whom, and when (`now` is UTC).

    `key` tells a report handed in twice from two reports. `find_people` says whom a subject's name may mean,
    `mentioned_in` who comes up in running text.
    """

    reporter: str
    school: str | None
    directory: Directory
    now: datetime
    key: str
    find_people: Find
    mentioned_in: Find


SORTS: Mapping[str, Sort] = {
    **dict.fromkeys("about school role_here".split(), Sort.CHOICE),
    **dict.fromkeys(
        "danger image urgent access adult_involved answered behaviour child_harmed complained contained "
        "contacting demands family meeting mfa ongoing plan police_told reached seen shared staff_involved "
        "together under_18".split(),
        Sort.YES_NO,
    ),
    **dict.fromkeys(
        "subject account captured_by children deadline due handle outlet people platform present raised "
        "reach_them target told where_when".split(),
        Sort.TEXT,
    ),
    **dict.fromkeys("what fault said".split(), Sort.LONG),
    **dict.fromkeys("posted_at seen_at discovered".split(), Sort.WHEN),
    "subject_person": Sort.PERSON,
    "url": Sort.LINK,
}
"""Every question that any form asks, by key, and how it is answered."""

WORDED = frozenset(key for key, sort in SORTS.items() if sort in _WORDS)
"""The questions answered in the reporter's own words."""
_DECIDE_THE_KIND = frozenset({"behaviour", "under_18"})
_ONLY_WITHOUT_AN_IMAGE = frozenset({"url", "handle", "captured_by"})
"""Where the thing is and who holds a copy: never asked where it may be an image of a child."""
_ONLY_MENTIONS = ("told", "target", "captured_by")
_NAMES_CHILDREN = frozenset({"children"})
"""A child's name is nobody's on the staff, however alike."""
_NO_NAME_ASKED = frozenset({About.MYSELF, About.NOBODY})
_PAST_THE_LEAD = frozenset({Family.ADULT, Family.HEAD})
_INVOLVED = frozenset({"yes", "unsure"})


def questions(kind: Kind, answers: Mapping[str, str], context: Context | None = None) -> tuple[Question, ...]:
    """The form as it stands: it changes with its answers. Pure; with a context it asks about people too."""
    given = read_choices(kind, answers, context)
    filed = filed_as(kind, given)
    asked = [_question(kind, filed, key, context) for key in dict.fromkeys(_keys(kind, given, context))]
    if context:
        asked.extend(_people_questions(kind, given, context))
    return tuple(asked)


def notes(kind: Kind, answers: Mapping[str, str], context: Context | None = None) -> tuple[str, ...]:
    """The fixed texts above the form, safety first. Without a context they are England's, without numbers."""
    given = read_choices(kind, answers, context)
    filed = filed_as(kind, given)
    nation = context.directory.trust.nation if context else "england"
    school = given.get("school") or (context.school if context else None)
    numbers = context.directory.contacts_for(school) if context else Contacts()
    danger, image = danger_of(kind, given), image_of(filed, given)
    whom = _whom_to_ring(filed, given, nation, numbers)
    lines = [*safety.danger(danger, whom), *(safety.never_image(whom) if image in _INVOLVED else ())]
    lines.extend(safety.of_kind(filed, nation))
    if filed is not Kind.SELF_REPORT and (_about_staff(given) or FAMILIES[filed] in _PAST_THE_LEAD):
        lines.extend(safety.lado_card(nation, numbers))
    if danger == image == "no" and NATURES[filed].evidence and filed is not Kind.DATA_BREACH:
        lines.append(safety.LEAVE_AS_IS)
    return tuple(lines)


def options_of(kind: Kind, key: str, context: Context | None = None) -> Mapping[str, str]:
    """What can be chosen, value to label; empty for a question that is answered in words."""
    if key.startswith(STANDING):
        return wording.STANDINGS
    if key == "school":
        return {school.id: school.name for school in context.directory.schools.values()} if context else {}
    if key == "about":
        return {who.value: wording.OPTIONS["about"][who] for who in NATURES[kind].about}
    return wording.OPTIONS.get(key) or (wording.YES_NO if SORTS.get(key) is Sort.YES_NO else {})


def read_choices(kind: Kind, answers: Mapping[str, str], context: Context | None) -> dict[str, str]:
    """The answers with each choice as its value; what is no choice is left as it was written."""
    given = {key: choice(text, options_of(kind, key, context)) or text for key, text in answers.items()}
    only = NATURES[kind].about
    return {**given, "about": only[0].value} if len(only) == 1 and not given.get("about") else given


def naming_of(kind: Kind, given: Mapping[str, str], context: Context) -> Naming:
    """What the answers say about people, for finding out whom they may mean."""
    filed = filed_as(kind, given)
    about = next((who for who in About if who == given.get("about")), None)
    subject, running = given.get("subject", ""), [given.get(key, "") for key in _RUNNING]
    if about in _NO_NAME_ASKED:
        subject, running = "", [subject, *running]
    wary = (
        about in {About.WORKS_HERE, About.UNKNOWN}
        or FAMILIES[filed] in _PAST_THE_LEAD
        or filed is Kind.COMPLAINT
        or _may_be_staff(given)
    )
    return Naming(
        reporter=context.reporter,
        about=about,
        subject=subject,
        picked=picked(given),
        running="\n\n".join(text for text in running if text),
        named="\n\n".join(given[key] for key in _ONLY_MENTIONS if given.get(key)),
        wary=wary,
        oneself=about is About.MYSELF or filed is Kind.SELF_REPORT,
        posted_by=given.get("handle", ""),
        settled={
            key.removeprefix(STANDING): Standing(said)
            for key, said in given.items()
            if key.startswith(STANDING) and said in wording.STANDINGS
        },
    )


_RUNNING = tuple(
    key for key in SORTS if key in WORDED and key not in {"subject", *_ONLY_MENTIONS, *_NAMES_CHILDREN}
)


def picked(given: Mapping[str, str]) -> tuple[str, ...]:
    """The ids that were picked from a list as whom it is about."""
    return tuple(filter(None, (part.strip() for part in given.get("subject_person", "").split(","))))


def needed(kind: Kind) -> tuple[str, ...]:
    """The questions that a report of this kind can't do without."""
    if kind in HARMLESS_UNTIL_SAID:
        return ("about",)
    return ("about", "danger") if kind is Kind.NUDE_IMAGE else ("about", "danger", "image")


def _keys(kind: Kind, given: Mapping[str, str], context: Context | None) -> Iterator[str]:
    filed = filed_as(kind, given)
    yield "about"
    if given.get("about") not in _NO_NAME_ASKED:
        yield "subject"
    if _about_staff(given):
        yield "subject_person"
    yield from ("danger", "image")
    if context and context.school is None and context.directory.schools:
        yield "school"
    yield from (key for key in NATURES[kind].fields if key in _DECIDE_THE_KIND)
    yield from (key for key in NATURES[filed].fields if key != "staff_involved" or _may_be_adult(given))
    if urgency_of(kind, {**given, "urgent": ""}) is not Urgency.IMMEDIATE:
        yield "urgent"
    ruled_out = given.get("image") == "no" and image_of(filed, given) == "no"
    yield from (key for key in NATURES[filed].evidence if ruled_out or key not in _ONLY_WITHOUT_AN_IMAGE)


def _question(kind: Kind, filed: Kind, key: str, context: Context | None) -> Question:
    label, helps = wording.question(filed, key)
    options = options_of(kind, key, context)
    return Question(key, label, helps, SORTS[key], _options(options), key in needed(kind))


def _people_questions(kind: Kind, given: Mapping[str, str], context: Context) -> Iterator[Question]:
    naming = naming_of(kind, given, context)
    found = standings(naming, find_people=context.find_people, mentioned_in=context.mentioned_in)
    for person_id in to_settle(naming, found):
        person = context.directory.person(person_id)
        if person:
            label, helps = wording.standing(person.name)
            key = f"{STANDING}{person_id}"
            yield Question(key, label, helps, Sort.CHOICE, _options(wording.STANDINGS))


def _about_staff(given: Mapping[str, str]) -> bool:
    return given.get("about") == About.WORKS_HERE


def _may_be_adult(given: Mapping[str, str]) -> bool:
    return given.get("adult_involved") in _INVOLVED


def _may_be_staff(given: Mapping[str, str]) -> bool:
    return given.get("staff_involved", "unsure" if _may_be_adult(given) else "no") != "no"


def _options(labels: Mapping[str, str]) -> tuple[Option, ...]:
    return tuple(Option(value, label) for value, label in labels.items())


def _whom_to_ring(filed: Kind, given: Mapping[str, str], nation: str, numbers: Contacts) -> str:
    """Whom to ring after 999: never only the person it may be about."""
    if FAMILIES[filed] is Family.HEAD:
        return safety.past_the_lead(numbers)
    if FAMILIES[filed] is Family.ADULT or _about_staff(given):
        return safety.either(nation, numbers)
    return safety.lead_on(nation, numbers)
