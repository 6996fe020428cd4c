"""What has to be true across the entries of a schools file: every name known, every duty held by somebody."""

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from bot.reporting.names import folded
from bot.reporting.people import SUBORDINATES, Family
from bot.reporting.schools_draft import Draft, Entry
from bot.reporting.schools_shapes import HoldingShape, PersonShape, did_you_mean
from knowledge.rules import ROLE_NAMES, Role
from knowledge.yamlfile import Fault, Path

_EACH_SCHOOL = (Role.DSL, Role.PRINCIPAL, Role.ABOUT_HEAD)
_ENGLAND = "england"


def cross_faults(draft: Draft, known_policies: Collection[str] | None) -> Iterator[Fault]:
    """Every fault between entries. Policies are checked where the known ones are given."""
    yield from _said_twice(draft)
    yield from _unknown_in_people(draft)
    yield from _unknown_in_roles(draft)
    yield from _missing_roles(draft)
    yield from _hearing_about_themselves(draft)
    yield from _missing_contacts(draft)
    yield from _ladder_faults(draft)
    yield from _overlapping_terms(draft)
    if known_policies is not None:
        yield from _unknown_policies(draft, sorted(known_policies))


def _said_twice(draft: Draft) -> Iterator[Fault]:
    """Ids, accounts, addresses and names that two entries share: each has to mean one of them."""
    own = "Give each an id of its own"
    for schools_or_people in (draft.schools, draft.people):
        ids = ((entry.path, "id", entry.value.id, entry.value.id) for entry in schools_or_people)
        yield from _shared(draft, ids, own)
    one = "Leave it to one of them"
    for key in ("slack", "teams", "email"):
        said = ((entry.path, getattr(entry.value, key)) for entry in draft.people)
        yield from _shared(draft, ((path, key, text, text.casefold()) for path, text in said if text), one)
    yield from _shared(draft, _called(draft.people), "Write one of them in full, or leave the alias out")


Said = tuple[Path, str, str, object]


def _called(people: Iterable[Entry[PersonShape]]) -> Iterator[Said]:
    for entry in people:
        yield entry.path, "name", entry.value.name, folded(entry.value.name)
        for alias in entry.value.aliases:
            yield entry.path, "aliases", alias, folded(alias)


def _shared(draft: Draft, said: Iterable[Said], remedy: str) -> Iterator[Fault]:
    """What is said of two entries, at the second of them."""
    first: dict[object, Path] = {}
    for path, key, text, meant in said:
        other = first.setdefault(meant, path)
        if meant and other != path:
            line = draft.found.line(other)
            yield draft.fault((*path, key), f"{text!r} stands in line {line} too", remedy)


def _unknown_in_people(draft: Draft) -> Iterator[Fault]:
    for entry in draft.people:
        person = entry.value
        if person.school is not None:
            yield from _unknown(draft, (*entry.path, "school"), person.school, "schools")
        if person.manager == person.id:
            yield draft.fault(
                (*entry.path, "manager"), "nobody is their own manager", "Name another person's id"
            )
        elif person.manager is not None:
            yield from _unknown(draft, (*entry.path, "manager"), person.manager, "people")


def _unknown_in_roles(draft: Draft) -> Iterator[Fault]:
    for entry in draft.roles:
        held = entry.value
        if held.school is not None:
            yield from _unknown(draft, (*entry.path, "school"), held.school, "schools")
        for place, person in enumerate(held.people):
            path = (*entry.path, "people", place)
            yield from _unknown(draft, path, person, "people")
            if person in held.people[:place]:
                yield draft.fault(path, f"{person!r} stands here twice", "Keep one of them")


def _unknown(draft: Draft, path: Path, said: str, part: str) -> Iterator[Fault]:
    known = draft.ids(part)
    if said not in known:
        yield draft.fault(path, f"{said!r} is no id in `{part}`", did_you_mean(said, known))


def _missing_roles(draft: Draft) -> Iterator[Fault]:
    """The roles nothing works without. An entry with another fault still counts: it is named already."""
    held = {
        (str(one.get("role")), None if one.get("school") is None else str(one["school"]))
        for one in draft.raw("roles")
        if one.get("people")
    }
    if not held:
        return
    for place, school in enumerate(draft.ids("schools")):
        for role in _EACH_SCHOOL:
            if not {(role.value, school), (role.value, None)} & held:
                what = f"{school!r} has no {role.value} ({ROLE_NAMES[role]})"
                remedy = f"Add to roles: {{role: {role.value}, school: {school}, people: […]}}"
                yield draft.fault(("schools", place), what, remedy)
    if (Role.ABOUT_EXECUTIVE.value, None) not in held:
        what = "nobody hears concerns about the executive (about_executive)"
        yield draft.fault(("roles",), what, "Add {role: about_executive, people: […]}, with no school")


def _hearing_about_themselves(draft: Draft) -> Iterator[Fault]:
    """A concern about the head goes past the head and whoever works under them; the executive's likewise."""
    for entry in draft.roles:
        if entry.value.role is Role.ABOUT_HEAD:
            yield from _conflicted(
                draft, entry, SUBORDINATES, "Name the chair of governors, or the proprietor"
            )
        elif entry.value.role is Role.ABOUT_EXECUTIVE:
            yield from _conflicted(
                draft, entry, frozenset({Role.EXECUTIVE}), "Name the chair of the trustees"
            )


def _conflicted(
    draft: Draft, entry: Entry[HoldingShape], roles: frozenset[Role], remedy: str
) -> Iterator[Fault]:
    hears = entry.value
    others = [
        one.value
        for one in draft.roles
        if one.value.role in roles
        and (None in (one.value.school, hears.school) or one.value.school == hears.school)
    ]
    for place, person in enumerate(hears.people):
        held = dict.fromkeys(other.role.value for other in others if person in other.people)
        if held:
            what = f"{person!r} is also {' and '.join(held)}, whom such concerns have to pass by"
            yield draft.fault((*entry.path, "people", place), what, remedy)


def _missing_contacts(draft: Draft) -> Iterator[Fault]:
    if draft.contacts is None:
        return
    given = draft.contacts.value
    if given.dsl_phone is None:
        what = "there is no number that reaches a safeguarding lead"
        yield draft.fault(("contacts", "dsl_phone"), what, "Write the DSL's telephone number")
    if given.lado is None and draft.trust is not None and draft.trust.value.nation == _ENGLAND:
        what = "there is no LADO, whom every English school may have to ring"
        yield draft.fault(("contacts", "lado"), what, "Write your local authority's LADO and their number")


def _ladder_faults(draft: Draft) -> Iterator[Fault]:
    if not draft.ladders:
        return
    if Family.OTHER not in draft.ladders:
        missing = [family.value for family in Family if family not in draft.ladders]
        what = f"there is no ladder for {', '.join(missing)}"
        yield draft.fault(("ladders",), what, "Write `other`, which stands in for families without their own")
    remedy = "Tell about_head"
    for path, role in draft.leaves("ladders", Family.HEAD.value):
        if {"tell", "alert"} & set(path) and str(role) in SUBORDINATES:
            yield draft.fault(path, f"a concern about the head can't go to the {role}", remedy)


def _overlapping_terms(draft: Draft) -> Iterator[Fault]:
    if draft.calendar is None:
        return
    terms = sorted(enumerate(draft.calendar.value.terms), key=lambda term: term[1].start)
    for (_, earlier), (place, later) in pairwise(terms):
        if later.start <= earlier.end:
            path = (*draft.calendar.path, "terms", place)
            yield draft.fault(
                path, f"it begins before the term to {earlier.end} is over", "Correct the dates"
            )


def _unknown_policies(draft: Draft, known: list[str]) -> Iterator[Fault]:
    entries = (draft.trust, *draft.schools)
    for entry in (one for one in entries if one is not None):
        policy = entry.value.policy
        if policy is not None and policy not in known:
            path = (*entry.path, "policy")
            yield draft.fault(path, f"{policy!r} is no policy here", did_you_mean(policy, known))
