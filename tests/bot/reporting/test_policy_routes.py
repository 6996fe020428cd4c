"""Whom the five policies name, as the brief's routing table has it, and what compiling any pack promises."""

from functools import cache

import pytest

from bot.reporting.policy_routes import PolicyRoutes, policy_routes
from knowledge.loader import STARTER, load_topics, read_pack, shipped_pack, shipped_policies
from knowledge.rules import Kind, Role

HEAD, SLT, DSL, EXECUTIVE = Role.PRINCIPAL, Role.SLT, Role.DSL, Role.EXECUTIVE
TABLE = [
    ("dartmoor", Kind.PUPIL_CONTACT, [SLT], "5.iii:"),
    ("dartmoor", Kind.FORMER_PUPIL_CONTACT, [HEAD], "5.v:"),
    ("dartmoor", Kind.FORMER_PUPIL_UNDER_18, [HEAD], "5.v:"),
    ("dartmoor", Kind.REFERENCE, [HEAD], "8:"),
    ("dartmoor", Kind.COMPLAINT, [HEAD, EXECUTIVE], "9:"),
    ("dartmoor", Kind.COLLEAGUE_ACTIVITY, [SLT, HEAD], "9:"),
    ("dartmoor", Kind.DATA_BREACH, [Role.DPO, HEAD], "2:"),
    ("dartmoor", Kind.PRESS, [HEAD, Role.COMMUNICATIONS], "5.iii:"),
    ("rack-house", Kind.PUPIL_CONTACT, [HEAD], "responsibilities-when-using-social-media:21"),
    ("rack-house", Kind.REFERENCE, [HEAD], "responsibilities-when-using-social-media:21"),
    ("rack-house", Kind.STAFF_TARGETED, [HEAD], "cyberbullying-and-trolling:"),
    ("rack-house", Kind.COLLEAGUE_ACTIVITY, [HEAD], "responsibilities-when-using-social-media:21"),
    ("rack-house", Kind.NUDE_IMAGE, [HEAD], "access-to-inappropriate-images:1"),
    ("inclusive", Kind.REFERENCE, [HEAD, EXECUTIVE], "guidelines:5"),
    ("inclusive", Kind.COLLEAGUE_ACTIVITY, [EXECUTIVE, HEAD], "prohibited-use:5"),
    ("inclusive", Kind.PRESS, [EXECUTIVE, HEAD], "business-use-of-social-media:1"),
    ("fact", Kind.PUPIL_CONTACT, [DSL, SLT], "3:"),
    ("fact", Kind.COMPLAINT, [HEAD], "5:"),
    ("fact", Kind.COLLEAGUE_ACTIVITY, [HEAD], "3:"),
    ("fact", Kind.PRESS, [], ""),
    ("ace-derbyshire", Kind.PUPIL_CONTACT, [SLT], "5.iii:"),
    ("ace-derbyshire", Kind.FORMER_PUPIL_CONTACT, [HEAD], "5.v:"),
    ("ace-derbyshire", Kind.REFERENCE, [HEAD], "8:"),
    ("ace-derbyshire", Kind.COMPLAINT, [HEAD], "9:"),
    ("ace-derbyshire", Kind.DATA_BREACH, [Role.DPO, HEAD], "2:"),
]
PACK = """\
schema: 1
policy: {id: hill, title: Social Media, organisation: Hill School}
roles: {principal: Headmistress, communications: Press Office, hr: Personnel, line_manager: Team Leader}
gists:
  "1:1": What to do about posts.
  "2:1": Ring the police about threats, and tell the Headmistress.
rules:
  - id: a
    topic: school-disparaged
    addresses: ["1:1", "2:1"]
    verdict: report
    says: Say so.
    tells: [principal, dsl]
  - id: b
    topic: threat
    addresses: ["1:1", "2:1"]
    verdict: report
    says: Say so.
    tells: [police, principal]
  - id: c
    topic: child-disclosure
    addresses: ["1:1"]
    verdict: report
    says: Say so.
    tells: [hr, communications]
  - id: d
    topic: press-contact
    addresses: ["1:1"]
    verdict: ask_first
    says: Say so.
    decides: [line_manager]
  - id: e
    topic: a-topic-of-its-own
    addresses: ["9:9"]
    verdict: report
    says: Say so.
    tells: [principal]
"""


@cache
def _routes(policy: str) -> PolicyRoutes:
    return policy_routes(shipped_pack(policy), load_topics())


def _imported(text: str = PACK) -> PolicyRoutes:
    return policy_routes(read_pack(text, "hill.yml"), load_topics())


def _roles(routes: PolicyRoutes, kind: Kind) -> list[Role]:
    return [named.role for named in routes.named(kind)]


@pytest.mark.parametrize(("policy", "kind", "roles", "section"), TABLE)
def test_the_policies_name_whom_the_table_says(
    policy: str, kind: Kind, roles: list[Role], section: str
) -> None:
    named = _routes(policy).named(kind)
    assert [one.role for one in named] == roles
    assert all(one.origin.source.startswith(f"{policy} ") for one in named)
    assert [one.origin.source.startswith(f"{policy} {section}") for one in named][:1] == [True] * bool(roles)


@pytest.mark.parametrize("kind", list(Kind))
def test_at_rack_house_every_kind_goes_to_the_head(kind: Kind) -> None:
    assert _roles(_routes("rack-house"), kind)[:1] == [HEAD]


@pytest.mark.parametrize("kind", list(Kind))
def test_inclusive_names_only_the_chief_executive_and_the_head(kind: Kind) -> None:
    assert set(_roles(_routes("inclusive"), kind)) <= {HEAD, EXECUTIVE}


@pytest.mark.parametrize("policy", sorted(set(shipped_policies()) - {"fact", STARTER}))
def test_of_the_five_only_fact_is_said_to_name_the_dsl(policy: str) -> None:
    assert all(DSL not in _roles(_routes(policy), kind) for kind in Kind)
    assert DSL in _roles(_routes("fact"), Kind.PUPIL_CONTACT)


@pytest.mark.parametrize("policy", shipped_policies())
def test_every_origin_is_a_clause_of_the_policy_and_says_what_it_is_about(policy: str) -> None:
    pack = shipped_pack(policy)
    for kind in Kind:
        for named in _routes(policy).named(kind):
            assert named.origin.source.removeprefix(f"{policy} ") in pack.gists
            assert named.origin.says


@pytest.mark.parametrize("policy", shipped_policies())
def test_no_policy_has_the_police_or_an_administrator_messaged(policy: str) -> None:
    never = {Role.POLICE, Role.ADMINISTRATOR, Role.POLICY_OWNER}
    assert all(never.isdisjoint(_roles(_routes(policy), kind)) for kind in Kind)


def test_dartmoor_gives_each_of_two_roles_the_clause_that_names_it() -> None:
    sources = {
        named.role: named.origin.source for named in _routes("dartmoor").named(Kind.COLLEAGUE_ACTIVITY)
    }
    assert sources == {SLT: "dartmoor 9:3", HEAD: "dartmoor 8:3"}


def test_what_no_clause_says_is_known_to_be_inferred() -> None:
    (named,) = _routes("dartmoor").named(Kind.ONLINE_SAFETY)
    assert (named.role, named.plainly) == (SLT, False)
    (named,) = _routes("dartmoor").named(Kind.PUPIL_CONTACT)
    assert named.plainly


def test_a_kind_without_a_topic_goes_where_its_nearest_goes() -> None:
    for policy in shipped_policies():
        routes = _routes(policy)
        assert _roles(routes, Kind.CHILD_ON_CHILD) == _roles(routes, Kind.ONLINE_SAFETY)
        assert _roles(routes, Kind.OTHER) == _roles(routes, Kind.REFERENCE)


def test_an_imported_pack_is_compiled_like_a_built_in_one() -> None:
    routes = _imported()
    assert routes.policy == "hill"
    assert _roles(routes, Kind.REFERENCE) == [HEAD]
    assert routes.named(Kind.REFERENCE)[0].origin.source == "hill 2:1"


def test_a_pack_that_names_no_roles_is_taken_at_its_word() -> None:
    text = "\n".join(line for line in PACK.splitlines() if not line.startswith("roles:"))
    assert _roles(_imported(text), Kind.REFERENCE) == [HEAD, DSL]


def test_a_clause_that_the_pack_has_no_words_of_is_believed() -> None:
    text = PACK.replace('  "1:1": What to do about posts.\n', "").replace('"1:1", "2:1"', '"3:1"')
    assert all(named.plainly for named in _imported(text).named(Kind.REFERENCE))


def test_the_police_that_a_policy_names_are_somebody_to_ring() -> None:
    routes = _imported()
    assert _roles(routes, Kind.THREAT) == [HEAD]
    assert routes.police[Kind.THREAT].source == "hill 2:1"


def test_personnel_and_press_office_never_hear_of_a_child() -> None:
    assert _roles(_imported(), Kind.DISCLOSURE) == []


def test_whoever_decides_is_told_where_a_rule_tells_nobody() -> None:
    assert _roles(_imported(), Kind.PRESS) == [Role.LINE_MANAGER]


def test_roles_are_called_what_the_school_calls_them() -> None:
    titles = _imported().titles
    assert titles[HEAD] == "the Headmistress"
    assert titles[DSL] == "the designated safeguarding lead"
    assert _routes("dartmoor").titles[SLT] == "a member of SLT"
