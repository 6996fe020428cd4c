"""A published policy is kept for good, answers as its newest version, and a variant follows its trust's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.reporting.casefile import Actor
from bot.reporting.office import Office
from bot.reporting.policies_in_force import (
    NotPublishedError,
    Version,
    check,
    in_force,
    pack_of,
    publish,
    versions,
)
from bot.reporting.routes_in_force import Routes
from bot.signpost import Signpost
from knowledge.rules import Kind, Role, Verdict
from knowledge.understanding import Mind
from knowledge.yamlfile import Refused
from storage.store import Store
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.reporting.stage import Stage
from tests.support.offices import audited

TRUST = """\
schema: 1
policy: {id: oakpolicy, title: Social Media, organisation: Oakfield, version: "1"}
roles: {dsl: DSL, principal: Head}
gists: {"1:1": Tell the DSL.}
rules:
  - {id: pupils, topic: contact-pupil, addresses: ["1:1"], verdict: not_allowed, says: No.}
  - {id: told, topic: pupil-contacted-me, addresses: ["1:1"], verdict: report, says: Say so., tells: [dsl]}
"""
SCHOOL = """\
extends: oakpolicy
policy: {id: oakhigh, organisation: Oak High}
rules: [{id: pupils, says: "Not here, ever."}]
"""
QUESTION = "a boy in my year 10 set wants to add me on snapchat, can i accept?"


def put(stage: Stage, text: str = TRUST, person: str = "pat", reason: str | None = None) -> Version:
    now = stage.after(days=1)
    return publish(stage.office, check(stage.office, text, "it.yml", reason), Actor(person), now=now)


def test_versions_are_numbered_and_say_who_approved_them_and_when(stage: Stage) -> None:
    first = put(stage)
    second = put(stage, TRUST.replace('version: "1"', 'version: "2"'), "ceo")
    assert [(one.id, one.approved_by) for one in versions(stage.office, "oakpolicy")] == [
        ("oakpolicy@1", "pat"),
        ("oakpolicy@2", "ceo"),
    ]
    assert second.at - first.at == timedelta(days=1)
    done = [actor for actor, action, _ in audited(stage.office) if action == "policy published"]
    assert done == ["pat", "ceo"]


def test_what_is_stored_cannot_be_read_without_the_keys(sqlite_stage: Stage) -> None:
    put(sqlite_stage)
    file = sqlite_stage.office.store.file
    assert file is not None
    for path in file.parent.glob(f"{file.name}*"):
        assert b"Tell the DSL" not in path.read_bytes()


def test_the_same_text_is_not_published_twice(stage: Stage) -> None:
    put(stage)
    with pytest.raises(NotPublishedError, match="in force already, as oakpolicy@1"):
        put(stage)


@pytest.mark.parametrize("person", ["tom", "sam", "chair"])
def test_nobody_else_may_publish_and_the_try_is_audited(stage: Stage, person: str) -> None:
    with pytest.raises(NotPublishedError, match="only a policy_owner or executive"):
        put(stage, person=person)
    assert versions(stage.office) == []
    assert [actor for actor, action, _ in audited(stage.office) if action == "refused publish"] == [person]


def test_a_head_may_publish_for_their_own_school_and_for_no_other(stage: Stage) -> None:
    own = TRUST.replace("oakpolicy", "rack-house")
    assert put(stage, own, "marcus").id == "rack-house@1"
    for text, person in ((own + "\n", "helen"), (TRUST.replace("oakpolicy", "dartmoor"), "helen")):
        with pytest.raises(NotPublishedError, match="its one school's head"):
            put(stage, text, person)


def test_a_draft_is_refused_unless_somebody_says_why(stage: Stage) -> None:
    draft = TRUST.replace("schema: 1", "schema: 1\nstatus: draft")
    for reason in (None, "", "because"):
        with pytest.raises(NotPublishedError, match="a draft that nobody has reviewed"):
            put(stage, draft, reason=reason)
    put(stage, draft, reason="The governors read it line by line.")
    (only,) = versions(stage.office)
    assert only.reason == "The governors read it line by line."


def test_a_faulty_pack_is_refused_with_its_faults(stage: Stage) -> None:
    with pytest.raises(Refused, match=r"it.yml:6: rules.1.verdict"):
        put(stage, TRUST.replace("verdict: not_allowed", "verdict: perhaps"))
    with pytest.raises(NotPublishedError, match="no-such-topic"):
        put(stage, TRUST.replace("topic: contact-pupil", "topic: no-such-topic"))


def test_the_next_question_is_answered_from_a_new_version_without_a_restart(stage: Stage, mind: Mind) -> None:
    shelf = in_force(stage.office.store, stage.office.keys)
    signpost = Signpost(mind, shelf=shelf)
    put(stage)
    assert shelf.refresh()
    assert signpost.ask("oakpolicy", QUESTION).verdict is Verdict.NOT_ALLOWED
    put(stage, TRUST.replace("verdict: not_allowed", "verdict: ask_first, decides: [principal]"))
    assert shelf.refresh()
    assert not shelf.refresh()
    assert signpost.ask("oakpolicy", QUESTION).verdict is Verdict.ASK_FIRST
    assert signpost.ask("dartmoor", QUESTION).verdict is Verdict.NOT_ALLOWED


def test_an_answer_can_be_given_again_as_of_a_day(stage: Stage, mind: Mind) -> None:
    before = stage.now
    first = put(stage)
    second = put(stage, TRUST.replace("says: No.", "says: Never."))
    office = stage.office

    def says(at: object) -> str | None:
        shelf = in_force(office.store, office.keys, at)  # type: ignore[arg-type]  # any of the times below
        return Signpost(mind, shelf=shelf).ask("oakpolicy", QUESTION).says

    assert says(first.at) == "No."
    assert says(second.at) == "Never."
    assert in_force(office.store, office.keys, before).mark("oakpolicy") is None


def test_a_variant_follows_its_trust_and_keeps_what_is_its_own(stage: Stage, mind: Mind) -> None:
    put(stage)
    first = put(stage, SCHOOL)
    shelf = in_force(stage.office.store, stage.office.keys)
    signpost = Signpost(mind, shelf=shelf)
    assert signpost.ask("oakhigh", QUESTION).says == "Not here, ever."
    put(stage, TRUST.replace("verdict: not_allowed", "verdict: ask_first, decides: [principal]"))
    shelf.refresh()
    answer = signpost.ask("oakhigh", QUESTION)
    assert (answer.verdict, answer.says) == (Verdict.ASK_FIRST, "Not here, ever.")
    assert pack_of(stage.office, first).rules[0].verdict is Verdict.NOT_ALLOWED


def test_a_new_version_that_would_break_a_variant_is_refused(stage: Stage) -> None:
    put(stage)
    put(stage, f"{SCHOOL}without: [told]\n")
    without = "\n".join(line for line in TRUST.splitlines() if "id: told" not in line)
    with pytest.raises(
        NotPublishedError, match=r"'oakhigh', which extends it, .* no rule 'told' to leave out"
    ):
        put(stage, without)


def test_policies_cannot_extend_each_other_in_a_ring(stage: Stage) -> None:
    put(stage)
    put(stage, SCHOOL)
    ring = "extends: oakhigh\npolicy: {id: oakpolicy, organisation: Oakfield}\n"
    with pytest.raises(NotPublishedError, match="extend each other"):
        put(stage, ring)


def test_reports_go_by_the_newest_version(stage: Stage) -> None:
    published = in_force(stage.office.store, stage.office.keys)
    routes = Routes(published)
    assert routes.of("oakpolicy") is None

    def roles() -> list[Role]:
        published.refresh()
        found = routes.of("oakpolicy")
        return [named.role for named in found.named(Kind.PUPIL_CONTACT)] if found else []

    put(stage)
    assert roles() == [Role.DSL]
    put(stage, TRUST.replace("tells: [dsl]", "tells: [principal]").replace("Tell the DSL", "Tell the Head"))
    assert roles() == [Role.PRINCIPAL]


def test_a_schools_file_may_name_a_published_policy(stage: Stage) -> None:
    published = in_force(stage.office.store, stage.office.keys)
    assert "oakpolicy" not in published.policies()
    put(stage)
    published.refresh()
    assert {"oakpolicy", "dartmoor"} <= set(published.policies())


def test_versions_outlive_a_restart(stage: Stage, office: Office) -> None:
    put(stage)
    again = replace(office, store=Store(str(office.store.url.render_as_string(hide_password=False))))
    assert [one.id for one in versions(again)] == ["oakpolicy@1"]
    again.store.close()
    assert OAKFIELD
