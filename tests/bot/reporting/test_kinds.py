"""The kinds: each has a ladder, an urgency and names to call it by; answers may move it to a safer kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reporting.kinds import (
    ADULTS_HERE,
    FAMILIES,
    NATURES,
    family_of,
    filed_as,
    image_of,
    kind_named,
    urgency_of,
)
from bot.reporting.people import Family
from bot.reporting.report import About
from knowledge.rules import Kind, Urgency

ADULT_OR_HEAD = {kind for kind, family in FAMILIES.items() if family in {Family.ADULT, Family.HEAD}}
SAID = st.sampled_from(("", "yes", "no", "unsure"))


def test_every_kind_has_its_family() -> None:
    child = "pupil_contact nude_image grooming child_on_child disclosure radicalisation online_safety threat"
    assert set(FAMILIES) == set(Kind)
    assert {kind for kind in Kind if FAMILIES[kind] is Family.CHILD} == {
        *map(Kind, child.split()),
        Kind.FILTERING,
        Kind.FORMER_PUPIL_UNDER_18,
        Kind.PUPIL_ACTIVITY,
    }
    assert {kind for kind in Kind if FAMILIES[kind] is Family.HEAD} == {Kind.SAFEGUARDING_PRACTICE}
    assert ADULT_OR_HEAD - {Kind.SAFEGUARDING_PRACTICE} == {
        Kind.ADULT_CONCERN,
        Kind.SELF_REPORT,
        Kind.COLLEAGUE_ACTIVITY,
    }


@pytest.mark.parametrize("kind", Kind)
def test_a_concern_about_the_head_climbs_the_heads_ladder_and_a_childs_case_stays_a_childs(
    kind: Kind,
) -> None:
    assert family_of(kind, subject_is_head_or_executive=False) is FAMILIES[kind]
    past_the_head = family_of(kind, subject_is_head_or_executive=True) is Family.HEAD
    assert past_the_head == (kind in ADULT_OR_HEAD)


def test_a_concern_about_an_adult_is_about_that_adult_and_never_about_the_child() -> None:
    for kind in (Kind.ADULT_CONCERN, Kind.COLLEAGUE_ACTIVITY):
        assert NATURES[kind].about == ADULTS_HERE
        assert About.PUPIL not in NATURES[kind].about


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pupil contact", Kind.PUPIL_CONTACT),
        ("pupil_contact", Kind.PUPIL_CONTACT),
        ("Pupil-Contact", Kind.PUPIL_CONTACT),
        ("nude", Kind.NUDE_IMAGE),
        ("sexting", Kind.NUDE_IMAGE),
        ("allegation", Kind.ADULT_CONCERN),
        ("alleg", Kind.ADULT_CONCERN),
        ("low-level concern", Kind.ADULT_CONCERN),
        ("whistle", Kind.SAFEGUARDING_PRACTICE),
        ("sextortion", Kind.GROOMING),
        ("former pupil under", Kind.FORMER_PUPIL_UNDER_18),
        ("hacked", Kind.ACCOUNT_SECURITY),
        ("journalist", Kind.PRESS),
        ("deepfake", Kind.IMPERSONATION),
    ],
)
def test_a_kind_is_known_by_the_words_people_type(typed: str, meant: Kind) -> None:
    assert kind_named(typed) is meant


@pytest.mark.parametrize("typed", ["", "  ", "…", "p", "former pupil", "banana", "pupil contact please"])
def test_words_that_may_mean_several_kinds_or_none_name_no_kind(typed: str) -> None:
    assert kind_named(typed) is None


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_answers_to_its_own_name_and_to_all_it_is_called(kind: Kind) -> None:
    assert all(kind_named(name) is kind for name in (kind.value, *NATURES[kind].spoken))


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.COLLEAGUE_ACTIVITY])
@pytest.mark.parametrize("said", ["yes", "unsure"])
def test_a_complaint_that_may_be_about_behaviour_with_a_child_is_a_concern_about_an_adult(
    kind: Kind, said: str
) -> None:
    assert filed_as(kind, {"behaviour": said}) is Kind.ADULT_CONCERN
    assert filed_as(kind, {"behaviour": "no"}) is kind


@pytest.mark.parametrize("said", ["yes", "unsure"])
def test_a_former_pupil_who_may_be_under_18_is_a_child(said: str) -> None:
    assert filed_as(Kind.FORMER_PUPIL_CONTACT, {"under_18": said}) is Kind.FORMER_PUPIL_UNDER_18
    assert filed_as(Kind.FORMER_PUPIL_CONTACT, {"under_18": "no"}) is Kind.FORMER_PUPIL_CONTACT


@pytest.mark.parametrize("kind", [Kind.ADULT_CONCERN, Kind.COLLEAGUE_ACTIVITY])
def test_a_concern_about_oneself_is_a_self_report(kind: Kind) -> None:
    assert filed_as(kind, {"about": "myself"}) is Kind.SELF_REPORT
    assert filed_as(kind, {"about": "works_here"}) is kind


@pytest.mark.parametrize("kind", Kind)
def test_an_image_of_a_child_never_moves_a_concern_about_an_adult_to_the_people_it_may_be_about(
    kind: Kind,
) -> None:
    filed = filed_as(kind, {"image": "yes"})
    if kind in ADULT_OR_HEAD:
        assert FAMILIES[filed] is FAMILIES[kind]
    elif kind in {Kind.GROOMING, Kind.CHILD_ON_CHILD}:
        assert filed is kind
    else:
        assert filed is Kind.NUDE_IMAGE
    assert urgency_of(kind, {"image": "yes"}) is Urgency.IMMEDIATE


def test_a_report_of_a_nude_image_involves_one_whatever_was_answered() -> None:
    assert [image_of(Kind.NUDE_IMAGE, {"image": said}) for said in ("yes", "no", "", "unsure")] == [
        "yes",
        "yes",
        "yes",
        "unsure",
    ]


@given(st.sampled_from(Kind), SAID, SAID, SAID)
def test_answers_raise_the_urgency_and_never_lower_it(
    kind: Kind, danger: str, image: str, urgent: str
) -> None:
    said = {"danger": danger, "image": image, "urgent": urgent}
    soonest = list(Urgency)
    got = urgency_of(kind, said)
    assert soonest.index(got) <= soonest.index(NATURES[filed_as(kind, said)].urgency)
    if "yes" in said.values():
        assert got is Urgency.IMMEDIATE


def test_what_harms_a_child_or_hides_it_reaches_somebody_at_once() -> None:
    at_once = {kind for kind in Kind if NATURES[kind].urgency is Urgency.IMMEDIATE}
    assert at_once == {
        Kind.NUDE_IMAGE,
        Kind.GROOMING,
        Kind.DISCLOSURE,
        Kind.CHILD_ON_CHILD,
        Kind.RADICALISATION,
        Kind.THREAT,
        Kind.SAFEGUARDING_PRACTICE,
        Kind.ADULT_CONCERN,
        Kind.SELF_REPORT,
    }
