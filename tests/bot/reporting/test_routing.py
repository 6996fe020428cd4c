"""Who hears of a report at Oakfield: policy first, the floor under it, and never whom it is about."""

from dataclasses import replace

import pytest

from bot.reporting.people import Absence, Family, Holding
from bot.reporting.report import About, Standing
from bot.reporting.routing import to_json
from knowledge.loader import shipped_policies
from knowledge.rules import Kind, Role
from tests.bot.reporting.tales import (
    ABOUT,
    CHILD_KINDS,
    OPEN,
    TODAY,
    UNWRITTEN,
    Tale,
    concern,
    hops_of,
    planned,
    who_is_rung,
    who_is_told,
    with_person,
    without,
)

# ---------- the policy first, the floor under it


def test_a_pupils_message_goes_where_the_policy_says_and_to_the_dsl_as_well() -> None:
    told = who_is_told(Tale(Kind.PUPIL_CONTACT))
    assert set(told) == {"helen", "sam"}
    assert told["helen"].origins[0].source == "dartmoor 5.iii:10"
    assert told["sam"].origins[0].source.startswith("KCSIE")


@pytest.mark.parametrize("policy", shipped_policies())
def test_a_pupils_message_reaches_the_dsl_whatever_the_policy(policy: str) -> None:
    route = planned(Tale(Kind.PUPIL_CONTACT, policy=policy))
    assert hops_of(route)[Role.DSL].must
    assert "sam" in who_is_told(Tale(Kind.PUPIL_CONTACT, policy=policy))


def test_a_role_that_policy_and_floor_name_has_both_origins() -> None:
    hop = hops_of(planned(Tale(Kind.PUPIL_CONTACT, policy="fact")))[Role.DSL]
    assert hop.must
    assert [origin.source.split()[0] for origin in hop.origins] == ["fact", "KCSIE"]


def test_a_nude_image_at_rack_house_goes_to_the_head_and_to_the_dsl_and_says_why() -> None:
    tale = Tale(Kind.NUDE_IMAGE, policy="rack-house")
    route = planned(tale)
    assert set(who_is_told(tale)) == {"helen", "sam"}
    assert route.must == {Role.PRINCIPAL, Role.DSL}
    (conflict,) = route.conflicts
    assert "rack-house access-to-inappropriate-images:1" in conflict
    assert "UKCIS" in conflict
    assert "both are told" in conflict


def test_a_policy_that_is_silent_on_a_nude_image_leaves_it_to_the_dsl() -> None:
    assert set(who_is_told(Tale(Kind.NUDE_IMAGE))) == {"sam"}
    assert planned(Tale(Kind.NUDE_IMAGE)).conflicts == ()


def test_a_reference_goes_to_the_principal_by_the_clause_and_to_nobody_else() -> None:
    told = who_is_told(Tale(Kind.REFERENCE))
    assert [(one.person, one.title) for one in told.values()] == [("helen", "the Principal")]
    assert told["helen"].origins[0].source == "dartmoor 8:3"


def test_a_complaint_goes_to_the_principal_and_the_executive() -> None:
    assert set(who_is_told(Tale(Kind.COMPLAINT, about=About.PARENT))) == {"helen", "ceo"}


def test_where_the_policy_is_silent_the_head_hears_of_it() -> None:
    (hop,) = planned(Tale(Kind.PRESS, policy="fact", about=About.NOBODY)).hops
    assert (hop.role, hop.must) == (Role.PRINCIPAL, False)
    assert "names nobody" in hop.origins[0].says


def test_where_there_is_no_policy_the_floor_still_holds() -> None:
    assert set(who_is_told(Tale(Kind.DISCLOSURE, policy=None))) == {"sam"}
    assert set(who_is_told(Tale(Kind.PUPIL_ACTIVITY, policy=None))) == {"sam"}


def test_press_goes_to_the_communications_team_where_the_policy_says_so() -> None:
    assert "nora" in who_is_told(Tale(Kind.PRESS, about=About.NOBODY))


def test_personal_data_goes_to_the_data_protection_officer_whatever_the_policy() -> None:
    for policy in shipped_policies():
        route = planned(Tale(Kind.DATA_BREACH, about=About.NOBODY, policy=policy))
        assert hops_of(route)[Role.DPO].must


@pytest.mark.parametrize("kind", [kind for kind in CHILD_KINDS if kind is not Kind.PUPIL_ACTIVITY])
@pytest.mark.parametrize("policy", shipped_policies())
def test_every_worry_about_a_child_must_reach_the_dsl(policy: str, kind: Kind) -> None:
    tale = Tale(kind, policy=policy)
    assert Role.DSL in planned(tale).must
    assert "sam" in who_is_told(tale)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("what", ["danger", "image"])
def test_a_child_in_danger_and_an_image_of_one_reach_the_dsl_whatever_the_kind(kind: Kind, what: str) -> None:
    tale = Tale(kind, **{what: True})  # type: ignore[arg-type]  # the field is named by the parameter
    assert Role.DSL in planned(tale).must
    assert planned(tale).ring[0].number == "999"


def test_a_threat_goes_to_the_principal_and_the_dsl_and_the_police_are_shown() -> None:
    route = planned(Tale(Kind.THREAT))
    assert route.must == {Role.PRINCIPAL, Role.DSL}
    assert "the police" in who_is_rung(route)


def test_grooming_shows_the_police_and_ceop() -> None:
    rung = who_is_rung(planned(Tale(Kind.GROOMING, about=About.OUTSIDER)))
    assert "the police" in rung
    assert any("CEOP" in whom for whom in rung)


def test_radicalisation_goes_by_the_prevent_route() -> None:
    route = planned(Tale(Kind.RADICALISATION))
    (police,) = [ring for ring in route.ring if ring.whom == "the police"]
    assert "Prevent" in police.why
    assert "999" in police.why


def test_staff_who_are_targeted_are_shown_the_professionals_helpline() -> None:
    (line,) = [ring for ring in planned(Tale(Kind.STAFF_TARGETED)).ring if "Professionals" in ring.whom]
    assert line.number == "0344 381 4772"


# ---------- filtering: IT gets the fault and nothing else


def test_a_filtering_failure_is_led_by_the_dsl_and_it_sees_only_the_fault() -> None:
    hops = hops_of(planned(Tale(Kind.FILTERING, about=About.NOBODY)))
    assert hops[Role.DSL].must
    assert hops[Role.IT].technical
    assert not hops[Role.IT].must
    assert who_is_told(Tale(Kind.FILTERING, about=About.NOBODY))["ivan"].technical


def test_it_is_left_out_where_nobody_holds_the_role() -> None:
    assert Role.IT not in hops_of(planned(Tale(Kind.FILTERING, about=About.NOBODY), without(Role.IT)))


# ---------- adults who work here


def test_a_concern_about_a_colleague_goes_to_the_head_and_not_to_the_dsl() -> None:
    tale = concern("tom")
    assert set(who_is_told(tale)) == {"helen"}
    assert who_is_told(tale)["helen"].title == "the Principal"
    assert {origin.source.split()[0] for origin in who_is_told(tale)["helen"].origins} == {
        "dartmoor",
        "KCSIE",
    }
    assert Role.DSL not in hops_of(planned(tale))
    assert "the LADO" in who_is_rung(planned(tale))


def test_a_policy_that_names_the_leadership_does_not_contradict_a_floor_that_names_the_head() -> None:
    assert planned(concern("tom")).conflicts == ()


@pytest.mark.parametrize("policy", shipped_policies())
def test_no_policys_silence_sends_a_concern_about_a_colleague_to_the_dsl(policy: str) -> None:
    assert "sam" not in who_is_told(concern("tom", policy=policy))
    assert "helen" in who_is_told(concern("tom", policy=policy))


def test_a_concern_about_the_head_goes_to_the_chair_of_governors() -> None:
    tale = concern("helen")
    route = planned(tale)
    assert set(who_is_told(tale)) == {"chair"}
    assert route.family is Family.HEAD
    assert route.must == {Role.ABOUT_HEAD}
    assert "the LADO" in who_is_rung(route)


@pytest.mark.parametrize("standing", [ABOUT, OPEN])
@pytest.mark.parametrize("policy", shipped_policies())
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in CHILD_KINDS])
def test_nobody_who_works_for_the_head_hears_of_a_report_about_the_head(
    kind: Kind, policy: str, standing: Standing
) -> None:
    tale = Tale(kind, {"helen": standing}, About.WORKS_HERE, policy=policy)
    assert not set(who_is_told(tale)) & {"helen", "omar", "sam", "ruth"}
    assert "chair" in who_is_told(tale)


def test_what_the_policy_says_against_it_is_shown() -> None:
    conflicts = " ".join(planned(concern("helen", policy="rack-house")).conflicts)
    assert "the Headteacher, who isn't told" in conflicts


def test_a_concern_about_the_executive_goes_past_everybody_who_works_for_them() -> None:
    tale = concern("ceo", policy="inclusive")
    assert set(who_is_told(tale)) == {"trust_chair"}
    assert planned(tale).family is Family.HEAD


def test_a_concern_about_the_chair_goes_to_the_vice_chair_and_the_lado_is_shown() -> None:
    assert set(who_is_told(concern("chair"))) == {"vera"}
    assert "the LADO" in who_is_rung(planned(concern("chair")))
    assert set(who_is_told(concern("chair"), without(Role.VICE_CHAIR))) == {"trust_chair"}


def test_a_concern_about_the_dsl_goes_to_the_head() -> None:
    assert set(who_is_told(concern("sam"))) == {"helen"}


def test_a_head_who_alone_hears_concerns_about_the_head_is_passed_by_and_the_lado_shown() -> None:
    kept = without(Role.ABOUT_HEAD, Role.GOVERNORS, Role.VICE_CHAIR, Role.ABOUT_EXECUTIVE)
    sole = replace(kept, holdings=(*kept.holdings, Holding(Role.ABOUT_HEAD, "oak-primary", ("helen",))))
    route = planned(concern("helen"), sole)
    assert "helen" not in who_is_told(concern("helen"), sole)
    assert "the LADO" in who_is_rung(route)
    assert any("nobody who may hear of this" in said for said in route.statements)


def test_a_concern_about_another_schools_head_goes_to_that_schools_governors() -> None:
    assert set(who_is_told(concern("marcus"))) == {"gail"}


def test_a_self_report_recuses_its_reporter_and_goes_to_the_head() -> None:
    tale = Tale(Kind.SELF_REPORT, about=About.MYSELF, reporter="tom")
    assert planned(tale).recused == {"tom"}
    assert set(who_is_told(tale)) == {"helen"}


def test_a_heads_own_slip_goes_to_the_chair() -> None:
    assert set(who_is_told(Tale(Kind.SELF_REPORT, about=About.MYSELF, reporter="helen"))) == {"chair"}


def test_a_worry_about_how_safeguarding_is_handled_goes_past_those_who_handle_it() -> None:
    for policy in shipped_policies():
        tale = Tale(Kind.SAFEGUARDING_PRACTICE, about=About.NOBODY, policy=policy)
        assert not set(who_is_told(tale)) & {"helen", "omar", "sam", "ruth"}
        assert "chair" in who_is_told(tale)
        assert any("whistleblowing" in whom for whom in who_is_rung(planned(tale)))


def test_an_allegation_that_names_nobody_is_heard_by_two_who_are_independent() -> None:
    tale = Tale(Kind.ADULT_CONCERN, about=About.WORKS_HERE)
    assert planned(tale).at_least == 2
    assert set(who_is_told(tale)) == {"helen", "tessa"}
    assert set(who_is_told(tale, without(Role.TRUST_SAFEGUARDING))) == {"helen", "chair"}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_report_about_nobody_knows_whom_is_never_heard_by_one_alone(kind: Kind) -> None:
    tale = Tale(kind, about=About.UNKNOWN)
    if kind is Kind.SELF_REPORT:
        tale = replace(tale, about=About.MYSELF)
    route = planned(tale)
    assert route.at_least == (1 if kind is Kind.SELF_REPORT else 2)
    assert len([one for one in who_is_told(tale).values() if not one.technical]) >= route.at_least


# ---------- a child's case that is about staff


def test_an_image_that_a_colleague_has_to_do_with_goes_to_the_head_and_the_dsl_and_the_police_are_shown() -> (
    None
):
    route = planned(Tale(Kind.NUDE_IMAGE, {"tom": ABOUT}, About.WORKS_HERE))
    assert route.must == {Role.DSL, Role.PRINCIPAL}
    assert {"the police", "the LADO"} <= set(who_is_rung(route))


def test_an_image_with_an_adult_in_it_shows_the_police_also_where_a_pupil_is_named() -> None:
    assert "the police" not in who_is_rung(planned(Tale(Kind.NUDE_IMAGE)))
    assert "the police" in who_is_rung(planned(Tale(Kind.NUDE_IMAGE, answers={"adult_involved": "unsure"})))


def test_an_image_that_the_dsl_has_to_do_with_goes_to_the_deputy_and_the_head() -> None:
    route = planned(Tale(Kind.NUDE_IMAGE, {"sam": ABOUT}, About.WORKS_HERE))
    told = who_is_told(Tale(Kind.NUDE_IMAGE, {"sam": ABOUT}, About.WORKS_HERE))
    assert set(told) == {"omar", "helen"}
    assert route.must == {Role.DEPUTY_DSL, Role.PRINCIPAL}


def test_an_image_that_the_head_has_to_do_with_goes_to_the_dsl_and_the_chair() -> None:
    tale = Tale(Kind.NUDE_IMAGE, {"helen": ABOUT}, About.WORKS_HERE, policy="rack-house")
    assert set(who_is_told(tale)) == {"sam", "chair"}


def test_a_child_in_danger_from_the_head_is_brought_to_the_dsl_and_the_chair() -> None:
    assert set(who_is_told(concern("helen", danger=True))) == {"sam", "chair"}


def test_a_dsl_who_may_be_meant_is_stood_in_for_at_once() -> None:
    tale = Tale(Kind.DISCLOSURE, {"sam": OPEN})
    assert planned(tale).must == {Role.DEPUTY_DSL}
    assert set(who_is_told(tale)) == {"omar"}


def test_a_disclosure_about_a_colleague_reaches_the_head_as_well() -> None:
    tale = Tale(Kind.DISCLOSURE, {"tom": ABOUT}, About.WORKS_HERE)
    assert set(who_is_told(tale)) == {"sam", "helen"}


# ---------- who isn't there


def test_a_dsl_who_is_away_is_passed_over() -> None:
    away = with_person("sam", away=(Absence(TODAY, TODAY),))
    assert set(who_is_told(Tale(Kind.NUDE_IMAGE), away)) & {"omar", "helen"}
    assert "sam" not in who_is_told(Tale(Kind.NUDE_IMAGE), away)


def test_a_dsl_who_has_left_is_passed_over() -> None:
    told = who_is_told(Tale(Kind.NUDE_IMAGE), with_person("sam", left=TODAY))
    assert told
    assert "sam" not in told


def test_a_role_that_nobody_holds_never_stops_a_report() -> None:
    assert who_is_told(Tale(Kind.REFERENCE), without(Role.PRINCIPAL))
    assert set(who_is_told(Tale(Kind.DISCLOSURE), without(Role.DSL))) == {"omar"}


def test_a_report_without_a_school_goes_to_the_trusts_people() -> None:
    assert set(who_is_told(Tale(Kind.REFERENCE, school=None, reporter="account:slack:U9"))) == {"ceo"}
    assert set(who_is_told(Tale(Kind.DISCLOSURE, school=None))) == {"tessa"}


# ---------- other nations


@pytest.mark.parametrize("nation", UNWRITTEN)
def test_where_no_floor_is_written_the_route_says_so_and_names_no_lado(nation: str) -> None:
    route = planned(concern("helen", nation=nation))
    assert any("not yet written" in said for said in route.statements)
    assert not any("LADO" in whom or "NSPCC" in whom for whom in who_is_rung(route))
    assert {"999", "children's social care"} <= set(who_is_rung(route))
    assert "KCSIE" not in str(to_json(route))


@pytest.mark.parametrize("nation", UNWRITTEN)
def test_where_no_floor_is_written_nobody_hears_of_themselves_either(nation: str) -> None:
    assert set(who_is_told(concern("helen", nation=nation))) == {"chair"}
    assert "sam" in who_is_told(Tale(Kind.NUDE_IMAGE, policy="rack-house", nation=nation))
