"""Whom a school's own policy names for each kind of report, compiled from its pack, and by which clause.

Five policies, five routes, and an imported sixth: what a rule `tells` (else who `decides`) for the topics
that are filed as a kind. Whoever fewer than half of a kind's rules name is left out, so that one unusual
topic doesn't widen every report of the kind. A pack may also name people whom the document never mentions,
to answer well; a route takes only the roles that the pack's `roles` names, where it names any.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.reporting.route import Origin
from knowledge.rules import ROLE_NAMES, Kind, Pack, Role, Rule, Topic

_NEAREST = {
    Kind.CHILD_ON_CHILD: Kind.ONLINE_SAFETY,
    Kind.FORMER_PUPIL_UNDER_18: Kind.FORMER_PUPIL_CONTACT,
    Kind.OTHER: Kind.REFERENCE,
}
"""Kinds that no topic is filed as, with the kind whose clauses cover them."""
_NOBODYS_CONDUCT = frozenset({Kind.PRESS, Kind.REFERENCE, Kind.IMPERSONATION, Kind.ACCOUNT_SECURITY})
_ONLY_FOR = {
    Role.COMMUNICATIONS: _NOBODYS_CONDUCT,
    Role.LINE_MANAGER: _NOBODYS_CONDUCT | {Kind.STAFF_TARGETED, Kind.OTHER},
    Role.HR: frozenset({Kind.COLLEAGUE_ACTIVITY, Kind.STAFF_TARGETED, Kind.COMPLAINT}),
    Role.IT: frozenset({Kind.FILTERING, Kind.ACCOUNT_SECURITY}),
    Role.ADMINISTRATOR: frozenset[Kind](),
    Role.POLICY_OWNER: frozenset[Kind](),
    Role.POLICE: frozenset[Kind](),
}
"""Roles that a pack may name anywhere and that hear of these kinds alone: no line manager reads of a child or
of an allegation because a policy says "ask your manager first". The police are rung, never messaged."""
_CALLED = {
    Role.PRINCIPAL: r"principals?|head ?teachers?|heads?(?: of school)?",
    Role.SLT: r"senior leaders?|senior leadership(?: team)?|slt",
    Role.EXECUTIVE: r"chief executive(?: officer)?|executive(?: team)?|ceo",
    Role.DSL: r"designated safeguarding leads?|safeguarding leads?|dsl",
    Role.DPO: r"data protection officer|dpo",
    Role.GOVERNORS: r"governors?|governing (?:body|board)",
    Role.COMMUNICATIONS: r"communications team",
    Role.HR: r"human resources|hr|people team",
    Role.POLICE: r"police",
}
"""How clauses call a role, beside the pack's own name for it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A role that the policy names for a kind, and the clause.

    `plainly`: the clause speaks of this role. Otherwise the pack only infers it, which holds while statute
    names nobody for the kind: a policy's silence about a child at risk is no reason to tell more people.
    """

    role: Role
    origin: Origin
    plainly: bool


@dataclass(frozen=True, slots=True)
class PolicyRoutes:
    """One policy's routes.

    `police`: the kinds for which it sends people to the police; `titles`: its names for roles.
    """

    policy: str
    kinds: Mapping[Kind, tuple[Named, ...]]
    police: Mapping[Kind, Origin]
    titles: Mapping[Role, str]

    def named(self, kind: Kind) -> tuple[Named, ...]:
        """Whom the policy names for a kind, the most often named first; empty where it is silent."""
        return self.kinds.get(kind, ())


def policy_routes(pack: Pack, catalogue: Mapping[str, Topic]) -> PolicyRoutes:
    """Compile a pack, built in or imported. `catalogue`: the topics with the kind each is filed as."""
    by_kind: dict[Kind, list[Rule]] = {kind: [] for kind in Kind}
    for rule in pack.rules:
        offer = catalogue[rule.topic].report if rule.topic in catalogue else None
        if offer and _told(rule):
            by_kind[offer.kind].append(rule)
    everything = [rule for rules in by_kind.values() for rule in rules]
    kinds: dict[Kind, tuple[Named, ...]] = {}
    police: dict[Kind, Origin] = {}
    for kind in Kind:
        rules = by_kind[kind] or by_kind.get(_NEAREST.get(kind, kind), [])
        kinds[kind] = tuple(_named(role, rules, everything, pack) for role in _roles(kind, rules, pack))
        if any(Role.POLICE in _told(rule) for rule in rules):
            sent = _named(Role.POLICE, rules, everything, pack)
            police.update({kind: sent.origin} if sent.plainly else {})
    titles = {role: _title(role, pack) for role in Role}
    return PolicyRoutes(pack.policy.id, kinds, police, titles)


def _title(role: Role, pack: Pack) -> str:
    """A role as the school writes it, with an article, so that it can stand in a sentence."""
    name = pack.roles.get(role)
    if name is None:
        return ROLE_NAMES[role]
    if name.startswith(("the ", "a ", "an ", "your ")):
        return name
    return f"a {name}" if name.startswith("member") else f"the {name}"


def _told(rule: Rule) -> tuple[Role, ...]:
    return rule.tells or rule.decides


def _roles(kind: Kind, rules: list[Rule], pack: Pack) -> tuple[Role, ...]:
    """Whom at least half of a kind's rules name; the earlier and the more often, the nearer the front."""
    weight: Counter[Role] = Counter()
    often: Counter[Role] = Counter()
    for rule in rules:
        for place, role in enumerate(_in_the_document(_told(rule), pack)):
            weight[role] += _weight(place)
            often[role] += 1
    fit = (role for role in weight if role not in _ONLY_FOR or kind in _ONLY_FOR[role])
    kept = (role for role in fit if 2 * often[role] >= len(rules))
    return tuple(sorted(kept, key=weight.__getitem__, reverse=True))


def _weight(place: int) -> int:
    """What comes first in a rule leads: all, a half, a third … of twelve, so as to stay whole numbers."""
    return 12 // (1 + place)


def _in_the_document(roles: Iterable[Role], pack: Pack) -> tuple[Role, ...]:
    """The roles that the policy itself names; all of them where its pack names none of them."""
    roles = tuple(roles)
    return tuple(role for role in roles if role in pack.roles) or roles


def _named(role: Role, rules: list[Rule], everything: list[Rule], pack: Pack) -> Named:
    """A role with its clause: where the kind's rules lean most, unless that one names only somebody else."""
    weight: Counter[str] = Counter()
    says: dict[str, str] = {}
    for rule in rules:
        if role in _told(rule):
            for place, address in enumerate(rule.addresses):
                weight[address] += _weight(place)
                says.setdefault(address, rule.says)
    others = {other for rule in rules for other in _told(rule)} - {role}

    def fitness(address: str) -> tuple[bool, int]:
        misnames = any(_speaks_of(other, address, pack) for other in others)
        return _speaks_of(role, address, pack) or not misnames, weight[address]

    best = max(weight, key=fitness)
    if not _speaks_of(role, best, pack):
        best = next((address for address in _catch_all(role, everything, pack) if address in weight), best)
    origin = Origin(f"{pack.policy.id} {best}", pack.gists.get(best) or says[best])
    return Named(role, origin, _speaks_of(role, best, pack) or not _text(best, pack))


def _catch_all(role: Role, everything: list[Rule], pack: Pack) -> tuple[str, ...]:
    """Clauses that name a role for whatever is reported: nearly every rule that tells it rests on them."""
    telling = [rule for rule in everything if role in _told(rule)]
    often = Counter(address for rule in telling for address in rule.addresses)
    wide = (address for address, times in often.items() if 4 * times >= 3 * len(telling))
    return tuple(address for address in wide if _speaks_of(role, address, pack))


def _speaks_of(role: Role, address: str, pack: Pack) -> bool:
    """Whether a clause speaks of a role, as far as the pack knows the clause."""
    called = [_CALLED[role]] if role in _CALLED else []
    called.extend(re.escape(name) for name in (pack.roles.get(role),) if name)
    if not called:
        return False
    return re.search(rf"\b(?:{'|'.join(called)})\b", _text(address, pack), re.IGNORECASE) is not None


def _text(address: str, pack: Pack) -> str:
    return pack.clauses.get(address) or pack.gists.get(address, "")
