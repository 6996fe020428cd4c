"""Who is told next, when nobody has answered: the calling ladder as pure functions on plain values.

    first: step one of the first lap · climb: the next step, or the next lap with an alarm

Each step tells the first in each of its roles who is neither recused, held back, away, gone, unreachable nor
told already in this lap; where a step finds nobody, the next one is taken at once (interfaces brief,
semantics of the schools file). Acknowledgement in a role stops that role's chase and no other's.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.reporting.people import ROUTE, Directory, Step
from knowledge.rules import Role

STANDS_IN = {
    Role.DSL: (Role.DEPUTY_DSL, Role.TRUST_SAFEGUARDING),
    Role.PRINCIPAL: (Role.DEPUTY_HEAD, Role.EXECUTIVE),
    Role.SLT: (Role.PRINCIPAL, Role.DEPUTY_HEAD),
    Role.ABOUT_HEAD: (Role.VICE_CHAIR, Role.GOVERNORS, Role.ABOUT_EXECUTIVE),
    Role.ABOUT_EXECUTIVE: (Role.GOVERNORS,),
    Role.GOVERNORS: (Role.VICE_CHAIR, Role.ABOUT_HEAD),
}
"""Who stands in for a role, in order; their acknowledgement counts for it (the floor: DSL *or deputy*)."""
_LAST_RESORT = (Role.ABOUT_HEAD, Role.GOVERNORS, Role.ABOUT_EXECUTIVE)


@dataclass(frozen=True, slots=True)
class Telling:
    """Somebody who was told in a role, at a step of a lap. `alert`: told only that a case has no answer."""

    person: str
    role: Role
    level: int
    lap: int
    acknowledged: bool = False
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Chase:
    """All that decides who is next. `must` are the roles that policy or floor wants told whatever happens.

    `barred` are the people who may not be told: recused, held back, or newly in a role and not agreed to.
    """

    roles: tuple[Role, ...]
    must: frozenset[Role]
    steps: tuple[Step, ...]
    school: str | None
    manager: str | None = None
    """The reporter's line manager, whom a policy may name."""
    level: int = 0
    lap: int = 0
    at_least: int = 1
    tellings: tuple[Telling, ...] = ()
    barred: frozenset[str] = frozenset()
    barred_in: frozenset[tuple[str, Role]] = frozenset()
    """People who may not be told in one role, which they hold since later than the case."""
    withheld: frozenset[Role] = frozenset()
    """Roles that no step of this case tells."""
    technical: frozenset[Role] = frozenset()
    """Roles that are told of a technical fault only: telling them is not yet telling somebody."""
    unreachable: Container[str] = frozenset()

    @property
    def answered(self) -> frozenset[str]:
        """Who has acknowledged the report itself, and not only a technical fault in it."""
        return frozenset(one.person for one in self.tellings if one.acknowledged and self._counts(one))

    @property
    def told(self) -> frozenset[str]:
        """Who was told of the report itself."""
        return frozenset(one.person for one in self.tellings if self._counts(one))

    def _counts(self, telling: Telling) -> bool:
        return not telling.alert and telling.role not in self.technical


@dataclass(frozen=True, slots=True)
class Call:
    """One person to tell, in which role. `alert`: only that the case has no answer and whom to ring."""

    person: str
    role: Role
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Climb:
    """What happens now. `alarm`: a whole lap went unanswered. `outside`: there is nobody left to tell here.

    `within` is how long these people have; `vacant` are roles that nobody holds.
    """

    level: int
    lap: int
    calls: tuple[Call, ...]
    within: timedelta
    alarm: bool = False
    vacant: tuple[Role, ...] = ()
    outside: bool = False


def first(chase: Chase, directory: Directory, today: date, *, wide: bool = False) -> Climb:
    """Step one. `wide` adds the second step's people at once (outside school hours)."""
    climb = _from(chase, directory, today, level=0)
    wanted = max(chase.at_least, len(_people(climb.calls)) + 1 if wide else 0)
    while len(_people(climb.calls)) < wanted and climb.level + 1 < len(chase.steps) and not climb.outside:
        more = _from(_having_told(chase, climb), directory, today, level=climb.level + 1)
        if more.lap:
            break
        calls = (*climb.calls, *more.calls)
        climb = replace(climb, level=more.level, calls=calls, vacant=_once((*climb.vacant, *more.vacant)))
    return replace(climb, within=chase.steps[0].within)


def climb(chase: Chase, directory: Directory, today: date) -> Climb:
    """Nobody answered in time: the next step, or another lap with an alarm."""
    return _from(chase, directory, today, level=chase.level + 1)


def again(chase: Chase, directory: Directory, today: date, role: Role) -> Climb:
    """Somebody told in a role was unreachable or is recused: the next in it, else the next step at once.

    A role that has answered, or that mends a technical fault, is no reason to go on to the next step.
    """
    here = Climb(chase.level, chase.lap, (), chase.steps[chase.level].within)
    if stopped(role, chase, directory):
        return here
    person = None if role in chase.withheld else _next_in(role, chase, directory, today, taken=frozenset())
    if person is not None:
        return replace(here, calls=(Call(person, role),))
    return here if role in chase.technical else climb(chase, directory, today)


def settled(chase: Chase, directory: Directory, today: date) -> bool:
    """Whether enough people, in every role that must be told, have acknowledged.

    A role that nobody holds or stands in for any more, but for those who may not be told, cannot answer.
    """
    if len(chase.answered) < max(1, min(chase.at_least, len(chase.told))):
        return False
    owed = (role for role in chase.must if not stopped(role, chase, directory))
    return not any(_can_answer(role, chase, directory, today) for role in owed)


def _from(chase: Chase, directory: Directory, today: date, *, level: int) -> Climb:
    """The first step from `level` on that finds somebody; a whole lap without anybody is the end."""
    lap = chase.lap
    vacant: tuple[Role, ...] = ()
    technical: tuple[Call, ...] = ()
    for _ in range(2 * len(chase.steps) + 1):
        if level >= len(chase.steps):
            level, lap = 0, lap + 1
        calls, empty = _step(replace(chase, level=level, lap=lap), directory, today)
        vacant = _once((*vacant, *empty))
        if any(not call.alert and call.role not in chase.technical for call in calls):
            all_calls = _each_once((*calls, *technical))
            return Climb(level, lap, all_calls, chase.steps[level].within, lap > chase.lap, vacant)
        technical = _each_once((*technical, *(call for call in calls if not call.alert)))
        level += 1
    return replace(_nobody_left(chase, directory, today, technical), vacant=vacant)


def _step(chase: Chase, directory: Directory, today: date) -> tuple[tuple[Call, ...], tuple[Role, ...]]:
    step = chase.steps[chase.level]
    calls: list[Call] = []
    vacant: list[Role] = []
    for role in _roles_to_tell(chase, step):
        if role in chase.withheld or stopped(role, chase, directory):
            continue
        if not any(_in_post(one, directory, today) for one in _holders(role, chase, directory)):
            vacant.append(role)
        call = _call(role, chase, directory, today, taken=_people(calls))
        if call:
            calls.append(call)
    for role in (one for one in step.alert if one not in chase.withheld):
        person = _next_in(role, chase, directory, today, taken=_people(calls))
        if person:
            calls.append(Call(person, role, alert=True))
    return tuple(calls), tuple(vacant)


def _call(
    role: Role, chase: Chase, directory: Directory, today: date, *, taken: frozenset[str]
) -> Call | None:
    """The next in a role; where one that must be told has nobody who can be, whoever stands in, at once."""
    waiting = any(one.role is role and one.lap == chase.lap for one in chase.tellings)
    stand_ins = STANDS_IN.get(role, ()) if role in chase.must and not waiting else ()
    for one in (role, *stand_ins):
        person = None if one in chase.withheld else _next_in(one, chase, directory, today, taken=taken)
        if person:
            return Call(person, one)
        if taken & set(_holders(one, chase, directory)):
            return None
    return None


def _roles_to_tell(chase: Chase, step: Step) -> tuple[Role, ...]:
    """The step's roles, and every role that must be told and has not answered."""
    named: list[Role] = []
    for word in step.tell:
        named.extend(chase.roles if word == ROUTE else (Role(word),))
    owed = sorted(chase.must) if chase.level == 0 or chase.answered else ()
    return _once((*named, *owed))


def stopped(role: Role, chase: Chase, directory: Directory) -> bool:
    """Whether a role has answered: somebody told in it, standing in for it, or holding it as well."""
    return any(
        role in _answers_for(one, chase, directory)
        for one in chase.tellings
        if one.acknowledged and not one.alert
    )


def _answers_for(telling: Telling, chase: Chase, directory: Directory) -> frozenset[Role]:
    """The roles that an acknowledgement speaks for; who was shown a technical fault only speaks for that."""
    if telling.role in chase.technical:
        return frozenset({telling.role})
    held = directory.roles_of(telling.person, chase.school) | {telling.role}
    return held | {role for role, stand_ins in STANDS_IN.items() if not held.isdisjoint(stand_ins)}


def _next_in(
    role: Role, chase: Chase, directory: Directory, today: date, *, taken: frozenset[str]
) -> str | None:
    """The next person in a role, in file order: not told in this lap, and told least often before."""
    told = [one.person for one in chase.tellings if not one.alert]
    this_lap = {one.person for one in chase.tellings if one.lap == chase.lap}
    free = [
        person
        for person in _holders(role, chase, directory)
        if person not in this_lap | taken
        and (person, role) not in chase.barred_in
        and _may_be_told(person, chase, directory, today)
    ]
    return min(free, key=told.count, default=None)


def _holders(role: Role, chase: Chase, directory: Directory) -> tuple[str, ...]:
    if role is Role.LINE_MANAGER:
        return (chase.manager,) if chase.manager else ()
    return directory.holders(role, chase.school)


def _may_be_told(person: str, chase: Chase, directory: Directory, today: date) -> bool:
    known = directory.person(person)
    if known is None or person in chase.barred or person in chase.answered or person in chase.unreachable:
        return False
    return known.here(today)


def _in_post(person: str, directory: Directory, today: date) -> bool:
    known = directory.person(person)
    return known is not None and not known.gone(today)


def _can_answer(role: Role, chase: Chase, directory: Directory, today: date) -> bool:
    """Whether anybody in post could acknowledge for a role, today or once they are back and reachable."""
    return any(
        person not in chase.barred and _in_post(person, directory, today)
        for one in (role, *STANDS_IN.get(role, ()))
        if one not in chase.withheld
        for person in _holders(one, chase, directory)
    )


def _nobody_left(chase: Chase, directory: Directory, today: date, technical: tuple[Call, ...]) -> Climb:
    """Nobody on the ladder: the chair of governors, else only bodies outside the school are left."""
    lap = chase.lap + 1
    level, within = len(chase.steps) - 1, _longest(chase)
    for role in (one for one in _LAST_RESORT if one not in chase.withheld):
        person = _next_in(role, replace(chase, lap=lap), directory, today, taken=frozenset())
        if person:
            return Climb(level, lap, (Call(person, role), *technical), within, alarm=True)
    return Climb(level, lap, technical, within, alarm=True, outside=True)


def _longest(chase: Chase) -> timedelta:
    return max(step.within for step in chase.steps)


def _having_told(chase: Chase, climb: Climb) -> Chase:
    told = tuple(Telling(one.person, one.role, climb.level, climb.lap) for one in climb.calls)
    return replace(chase, tellings=(*chase.tellings, *told))


def _people(calls: Iterable[Call]) -> frozenset[str]:
    return frozenset(call.person for call in calls if not call.alert)


def _each_once(calls: Iterable[Call]) -> tuple[Call, ...]:
    return tuple({call.person: call for call in reversed(tuple(calls))}.values())[::-1]


def _once(roles: Sequence[Role]) -> tuple[Role, ...]:
    return tuple(dict.fromkeys(roles))
