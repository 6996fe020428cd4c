"""Who hears of a report: the school's policy first, the statutory floor under it, nobody whom it is about.

    plan: report, people, policy and floor in; a Route out
    first_recipients: what the reporter is shown before sending, "this goes to …"

Pure: no clock, no database. Escalation does the telling, from the same Route.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.reporting import escalation
from bot.reporting.escalation import Call, Chase, Climb
from bot.reporting.floor import Facts, Floor, Line, Post
from bot.reporting.kinds import family_of
from bot.reporting.people import Directory, Family
from bot.reporting.policy_routes import Named, PolicyRoutes
from bot.reporting.report import About, Report
from bot.reporting.route import Hop, Origin, Ring, Route, from_json, to_json
from knowledge.rules import ROLE_NAMES, Kind, Role

__all__ = [
    "Hop",
    "Origin",
    "Recipient",
    "Ring",
    "Route",
    "first_recipients",
    "from_json",
    "plan",
    "to_json",
]

POSTS = {
    Role.PRINCIPAL: Post.HEAD,
    Role.EXECUTIVE: Post.EXECUTIVE,
    Role.ABOUT_HEAD: Post.CHAIR,
    Role.ABOUT_EXECUTIVE: Post.CHAIR,
}
"""The roles whose holders change a route when it is, or may be, about them."""
STANDS_IN: Mapping[Role, tuple[Role, ...]] = {
    Role.DSL: (Role.DEPUTY_DSL, Role.TRUST_SAFEGUARDING),
    Role.PRINCIPAL: (Role.DEPUTY_HEAD, Role.EXECUTIVE),
    Role.ABOUT_HEAD: (Role.VICE_CHAIR, Role.GOVERNORS, Role.ABOUT_EXECUTIVE),
    Role.ABOUT_EXECUTIVE: (Role.GOVERNORS,),
    Role.GOVERNORS: (Role.VICE_CHAIR, Role.ABOUT_HEAD),
}
"""Who hears of it where everybody in a role is whom it is or may be about, or where nobody holds the role."""
_PART_OF = {Role.PRINCIPAL: Role.SLT}
"""The head belongs to the senior leadership: a policy that names one doesn't contradict the other."""
_MAY_BE_ADULT = frozenset(
    {
        About.FORMER_PUPIL,
        About.WORKS_HERE,
        About.MYSELF,
        About.PARENT,
        About.OUTSIDER,
        About.UNKNOWN,
    }
)
_LADDER = Origin("the schools file", "Next on the ladder for reports of this family.")
_INVOLVED = frozenset({"yes", "unsure"})
_BEFORE_ANYBODY_LEFT = date.min
_NOBODY_NAMED = "The policy names nobody for this, and no statute does."


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told, as the reporter is shown it: `title` is the role as this school calls it."""

    person: str
    name: str
    role: Role
    title: str
    origins: tuple[Origin, ...]
    technical: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """A report beside all that decides its route."""

    report: Report
    directory: Directory
    routes: PolicyRoutes | None
    floor: Floor
    facts: Facts
    recused: frozenset[str]
    held_back: frozenset[str]
    school: str | None
    lines: tuple[Line, ...]

    @property
    def withheld(self) -> frozenset[Role]:
        return frozenset(role for line in self.lines for role in line.withholds)

    def title(self, role: Role) -> str:
        return (self.routes.titles if self.routes else ROLE_NAMES)[role]

    def fit(self, role: Role) -> tuple[str, ...]:
        """Who may be told in a role, in order."""
        holders = self.directory.holders(role, self.school)
        if role is Role.LINE_MANAGER:
            reporter = self.directory.person(self.report.reporter)
            holders = (reporter.manager,) if reporter and reporter.manager else ()
        return tuple(one for one in holders if one not in self.recused | self.held_back)


def plan(report: Report, directory: Directory, routes: PolicyRoutes | None, floor: Floor) -> Route:
    """The route of a report. `routes`: the policy's, None where the school's policy isn't known."""
    case = _case(report, directory, routes, floor)
    named = _policy_says(case)
    hops = _stood_in(case, _hops(case, named))
    manager = directory.person(report.reporter) if Role.LINE_MANAGER in hops else None
    route = Route(
        family=case.facts.family,
        urgency=report.urgency,
        hops=tuple(hops.values()),
        ring=(),
        recused=case.recused,
        held_back=case.held_back,
        at_least=max((line.at_least for line in case.lines), default=1),
        conflicts=(*_withheld_from(case, named), *_disagreements(case, named, hops)),
        school=case.school,
        withheld=case.withheld,
        manager=manager.manager if manager else None,
        titles={} if routes is None else dict(routes.titles),
    )
    reachable = any(not one.technical for one in first_recipients(route, directory, _BEFORE_ANYBODY_LEFT))
    return replace(
        route,
        ring=_ring(case, floor.lines_for(replace(case.facts, reachable=reachable))),
        statements=_statements(case, route, reachable=reachable),
    )


def first_recipients(
    route: Route,
    directory: Directory,
    today: date,
    *,
    wide: bool = False,
    unreachable: Container[str] = frozenset(),
) -> tuple[Recipient, ...]:
    """Who is told first on a day, with leavers, absences and recusals counted in; empty where nobody can be.

    `wide`: outside school hours, when the second step is told at once as well. `unreachable` are those whom
    no platform reaches now: the next is told in their stead.
    """
    climb = _first_climb(route, directory, today, wide=wide, unreachable=unreachable)
    calls = [call for call in climb.calls if not call.alert]
    called = {call.role for call in calls}
    return tuple(_recipient(call, called, route, directory) for call in calls)


def _recipient(call: Call, called: Collection[Role], route: Route, directory: Directory) -> Recipient:
    """Somebody who is called in one role and holds others of the route stands in the foremost of them."""
    held = directory.roles_of(call.person, route.school)
    theirs = [
        hop
        for hop in route.hops
        if hop.role is call.role or (hop.role in held and hop.role not in called and not hop.technical)
    ]
    foremost = max(theirs, key=lambda hop: hop.must, default=Hop(call.role, must=False, origins=(_LADDER,)))
    return Recipient(
        person=call.person,
        name=directory.people[call.person].name,
        role=foremost.role,
        title=route.titles.get(foremost.role, ROLE_NAMES[foremost.role]),
        origins=tuple(dict.fromkeys(one for hop in theirs or [foremost] for one in hop.origins)),
        technical=bool(theirs) and all(hop.technical for hop in theirs),
    )


def _first_climb(
    route: Route, directory: Directory, today: date, *, wide: bool, unreachable: Container[str]
) -> Climb:
    chase = Chase(
        roles=tuple(hop.role for hop in route.hops),
        must=route.must,
        steps=directory.ladder(route.family, route.urgency),
        school=route.school,
        manager=route.manager,
        at_least=route.at_least,
        barred=route.barred,
        withheld=route.withheld,
        technical=frozenset(hop.role for hop in route.hops if hop.technical),
        unreachable=unreachable,
    )
    return escalation.first(chase, directory, today, wide=wide)


def _case(report: Report, directory: Directory, routes: PolicyRoutes | None, floor: Floor) -> _Case:
    myself = frozenset({report.reporter}) if _about_myself(report) else frozenset[str]()
    recused = report.subjects | myself
    held_back = report.held_back - recused
    roles = frozenset(role for one in recused | held_back for role in directory.roles_of(one))
    posts = {post for role, post in POSTS.items() if role in roles}
    staff = report.answers.get("staff_involved") in _INVOLVED
    if staff or report.about is About.WORKS_HERE or recused - {report.reporter}:
        posts.add(Post.STAFF)
    facts = Facts(
        kind=report.kind,
        family=family_of(report.kind, subject_is_head_or_executive=bool(posts - {Post.STAFF})),
        about=report.about,
        posts=frozenset(posts),
        danger=report.danger,
        image=report.image or report.kind is Kind.NUDE_IMAGE,
        adult=staff or report.about in _MAY_BE_ADULT or report.answers.get("adult_involved") in _INVOLVED,
        named=bool(recused),
    )
    school = _school(report, directory, facts.family, recused)
    lines = floor.lines_for(facts)
    return _Case(report, directory, routes, floor, facts, recused, held_back, school, lines)


def _about_myself(report: Report) -> bool:
    return report.kind is Kind.SELF_REPORT


def _school(report: Report, directory: Directory, family: Family, recused: frozenset[str]) -> str | None:
    """Whose people hear of it: a concern about an adult goes to the head of the school they work at."""
    if family in {Family.ADULT, Family.HEAD}:
        theirs = {directory.school_of(one) for one in recused} - {None}
        if len(theirs) == 1:
            return theirs.pop()
    return report.school


def _policy_says(case: _Case) -> tuple[Named, ...]:
    """Whom the policy names; what its pack only infers gives way where the floor names somebody by kind."""
    named = case.routes.named(case.report.kind) if case.routes else ()
    decided = any(line.tells and line.must and line.by_kind for line in case.lines)
    return tuple(one for one in named if one.plainly or not decided)


def _hops(case: _Case, named: Iterable[Named]) -> dict[Role, Hop]:
    hops: dict[Role, Hop] = {}
    owed = {role for line in case.lines if line.must for role in line.tells}
    covered = {_PART_OF.get(role, role) for role in owed}
    for one in named:
        if one.role not in case.withheld:
            technical = one.role is Role.IT and case.report.kind is Kind.FILTERING
            must = one.plainly and not technical and one.role not in covered
            _add(hops, Hop(one.role, must, (one.origin,), technical))
    for line in case.lines:
        for role in (*line.tells, *_one_of(case, line, hops)):
            if role not in case.withheld and (not line.technical or case.fit(role)):
                _add(hops, Hop(role, line.must, (case.floor.origin(line),), line.technical))
    for line in case.lines:
        for role in line.tops_up:
            if len(_first_of(case, hops)) < line.at_least and set(case.fit(role)) - _first_of(case, hops):
                _add(hops, Hop(role, line.must, (case.floor.origin(line),)))
    if not any(not hop.technical for hop in hops.values()):
        role = Role.DSL if case.facts.family is Family.CHILD else Role.PRINCIPAL
        _add(hops, Hop(role, must=False, origins=(Origin("Signpost's own rule", _NOBODY_NAMED),)))
    return hops


def _add(hops: dict[Role, Hop], hop: Hop) -> None:
    """Lay one hop over what is there: it must be told if either says so, and both origins are kept."""
    old = hops.get(hop.role)
    if old is not None:
        origins = tuple(dict.fromkeys((*old.origins, *hop.origins)))
        hop = Hop(hop.role, old.must or hop.must, origins, old.technical and hop.technical)
    hops[hop.role] = hop


def _one_of(case: _Case, line: Line, hops: Mapping[Role, Hop]) -> tuple[Role, ...]:
    told = _first_of(case, hops)
    fit = (role for role in line.tells_one_of if set(case.fit(role)) - told)
    return tuple(fit)[:1]


def _first_of(case: _Case, hops: Mapping[Role, Hop]) -> frozenset[str]:
    """The people that hops tell first, each in one role."""
    told: dict[str, Role] = {}
    for role, hop in hops.items():
        free = (one for one in case.fit(role) if one not in told and not hop.technical)
        told.update(dict.fromkeys(tuple(free)[:1], role))
    return frozenset(told)


def _stood_in(case: _Case, hops: Mapping[Role, Hop]) -> dict[Role, Hop]:
    """The hops, each that nobody can fill with the next role beside it that somebody can."""
    found: dict[Role, Hop] = {}
    for role, hop in hops.items():
        stand_in = next(
            (one for one in STANDS_IN.get(role, ()) if case.fit(one) and one not in case.withheld), None
        )
        if case.fit(role) or stand_in is None:
            _add(found, hop)
        else:
            _add(found, replace(hop, must=False))
            _add(found, replace(hop, role=stand_in))
    return found


def _ring(case: _Case, lines: tuple[Line, ...]) -> tuple[Ring, ...]:
    contacts = case.directory.contacts_for(case.school)
    rings = case.floor.rings(lines, contacts)
    police = case.routes.police.get(case.report.kind) if case.routes else None
    name = case.floor.bodies["police"].name
    if police is None or any(ring.whom == name for ring in rings):
        return rings
    return (*rings[:1], Ring(name, contacts.police, "your policy says so", police), *rings[1:])


def _withheld_from(case: _Case, named: Iterable[Named]) -> tuple[str, ...]:
    """Why somebody whom the policy names isn't told, one sentence each."""
    reasons = {role: line.says for line in reversed(case.lines) for role in line.withholds}
    return tuple(
        f"By {one.origin.source} this would go to {case.title(one.role)}, who isn't told. {reasons[one.role]}"
        for one in named
        if one.role in reasons
    )


def _disagreements(case: _Case, named: Iterable[Named], hops: Mapping[Role, Hop]) -> tuple[str, ...]:
    """Where the floor wants somebody told whom the policy doesn't name, one sentence each."""
    policy = {one.role: one for one in named if one.role in hops}
    said = {role: line for line in reversed(case.lines) if line.must for role in line.tells if role in hops}
    theirs = " and ".join(case.title(role) for role in policy)
    return tuple(
        f"By {next(iter(policy.values())).origin.source} this goes to {theirs}; "
        f"by {case.floor.origin(line).source}, to {case.title(role)}: both are told."
        for role, line in said.items()
        if policy and not policy.keys() & {role, _PART_OF.get(role, role)}
    )


def _statements(case: _Case, route: Route, *, reachable: bool) -> tuple[str, ...]:
    said = [] if case.floor.statement is None else [case.floor.statement]
    vacant = (hop.role for hop in route.hops if hop.must and not case.fit(hop.role))
    said.extend(f"There is nobody who may hear of this as {case.title(role)}." for role in vacant)
    if not reachable:
        said.append("Nobody here can be told of this: ring somebody outside the school, now.")
    return tuple(said)
