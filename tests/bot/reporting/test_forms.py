"""The forms: who it is about comes first, then danger, then the image; safety stands above every field."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reporting.forms import SORTS, Sort, notes, questions
from bot.reporting.kinds import HARMLESS_UNTIL_SAID, NATURES
from bot.reporting.report import About
from bot.wording import safety
from knowledge.rules import Kind
from tests.bot.reporting.forms_help import asked, context, in_nation, plain

ABOUT_ANYBODY = st.sampled_from([*About, "", "nonsense"])
YES_NO = st.sampled_from(("", "yes", "no", "unsure", "Not sure", "?"))
ANSWERS = st.fixed_dictionaries(
    {"about": ABOUT_ANYBODY, "danger": YES_NO, "image": YES_NO},
    optional=dict.fromkeys(("behaviour", "under_18", "adult_involved", "urgent"), YES_NO),
)
INVOLVED = ("yes", "unsure")
COPIES = ("screenshot", "delete", "reply")


@given(st.sampled_from(Kind), ANSWERS)
def test_every_form_asks_who_it_is_about_then_danger_then_the_image(
    kind: Kind, answers: dict[str, str]
) -> None:
    keys = [question.key for question in questions(kind, answers)]
    assert keys[0] == "about"
    rest = [key for key in keys if key not in {"about", "subject", "subject_person"}]
    assert rest[:2] == ["danger", "image"]
    assert len(keys) == len(set(keys))
    assert "what" in rest


@given(st.sampled_from(Kind), ANSWERS, st.sampled_from((*INVOLVED, "Yes", "not sure")))
def test_where_an_image_may_be_involved_no_form_asks_for_a_link_or_a_copy(
    kind: Kind, answers: dict[str, str], image: str
) -> None:
    form = questions(kind, {**answers, "image": image})
    assert not any(question.sort is Sort.LINK for question in form)
    assert not {"handle", "captured_by"} & {question.key for question in form}
    assert not any("screenshot" in (question.label + question.help).lower() for question in form)


@pytest.mark.parametrize("kind", Kind)
def test_a_link_is_asked_for_only_once_an_image_has_been_ruled_out(kind: Kind) -> None:
    assert "url" not in asked(kind, {})
    assert ("url" in asked(kind, {"image": "no"})) == ("url" in NATURES[kind].evidence)
    assert "url" not in asked(Kind.NUDE_IMAGE, {"image": "no"})


@given(
    st.sampled_from(Kind),
    ANSWERS,
    st.sampled_from((("danger", "yes"), ("danger", "unsure"), ("image", "yes"))),
)
def test_nobody_is_told_to_keep_or_copy_anything_where_a_child_may_be_in_danger(
    kind: Kind, answers: dict[str, str], involved: tuple[str, str]
) -> None:
    key, said = involved
    above = " ".join(notes(kind, {**answers, key: said})).lower()
    assert safety.LEAVE_AS_IS.lower() not in above
    assert not any(word in above for word in COPIES)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("said", INVOLVED)
def test_999_stands_above_all_else_where_a_child_is_or_may_be_in_danger(kind: Kind, said: str) -> None:
    first = notes(kind, {"danger": said, "image": "yes"}, context())[0]
    assert "999" in first
    assert "01632" in first


@pytest.mark.parametrize("said", INVOLVED)
@pytest.mark.parametrize("kind", Kind)
def test_the_never_image_words_stand_on_every_form_with_an_image(kind: Kind, said: str) -> None:
    above = notes(kind, {"danger": "no", "image": said})
    assert safety.WORDS_ONLY in above
    assert any("Don't open it" in line and "nobody will blame you" in line for line in above)


def test_evidence_is_asked_to_be_left_alone_where_nobody_is_in_danger() -> None:
    safe = {"danger": "no", "image": "no"}
    assert safety.LEAVE_AS_IS in notes(Kind.STAFF_TARGETED, safe)
    assert safety.LEAVE_AS_IS not in notes(Kind.STAFF_TARGETED, {}), "nobody has said that it is safe"
    assert safety.LEAVE_AS_IS not in notes(Kind.DISCLOSURE, safe), "what a child says has no screenshot"
    assert safety.LEAVE_AS_IS not in notes(Kind.DATA_BREACH, safe), "exposed data has to be taken back"


def test_what_a_child_says_is_kept_in_the_childs_own_words_and_never_promised_secret() -> None:
    for kind in (Kind.DISCLOSURE, Kind.CHILD_ON_CHILD, Kind.GROOMING, Kind.NUDE_IMAGE):
        above = notes(kind, {})
        assert {safety.OWN_WORDS, safety.PROMISE_NOTHING} <= set(above)
    assert "own words" in asked(Kind.DISCLOSURE, {})["what"].label


def test_the_lados_number_stands_on_the_first_screen_of_a_concern_about_an_adult() -> None:
    assert any("Oakshire LADO, 01632 960000" in line for line in notes(Kind.ADULT_CONCERN, {}, context()))


@pytest.mark.parametrize("nation", ["wales", "scotland", "ni"])
@pytest.mark.parametrize("kind", Kind)
def test_outside_england_no_form_speaks_of_a_lado_or_of_a_lead(nation: str, kind: Kind) -> None:
    answers = {"about": "works_here", "danger": "yes", "image": "yes"}
    said = " ".join(notes(kind, answers, in_nation(nation)))
    assert "LADO" not in said
    assert "designated safeguarding lead" not in said


def test_a_worry_about_the_schools_own_safeguarding_shows_the_nspcc_line_and_nobody_inside() -> None:
    above = " ".join(notes(Kind.SAFEGUARDING_PRACTICE, {"danger": "yes"}, context()))
    assert "0800 028 0285" in above
    assert "01632 960003" not in above, "the safeguarding lead may be whom it is about"


def test_where_staff_are_the_subject_the_numbers_go_past_whoever_it_is_about() -> None:
    above = notes(Kind.DISCLOSURE, {"about": "works_here", "danger": "yes"}, context())
    assert "whichever of them it isn't about" in above[0]


def test_grooming_shows_the_police_and_ceop_and_radicalisation_shows_999() -> None:
    grooming = " ".join(notes(Kind.GROOMING, {}))
    assert "police" in grooming
    assert "CEOP" in grooming
    assert any("999" in line for line in notes(Kind.RADICALISATION, {}))
    assert any("72 hours" in line for line in notes(Kind.DATA_BREACH, {}))


def test_a_concern_about_an_adult_is_never_graded_by_its_reporter() -> None:
    words = [question.label + question.help for question in asked(Kind.ADULT_CONCERN, {}).values()]
    assert not any(word in said.lower() for word in ("low-level", "threshold", "severity") for said in words)
    assert {"role_here", "child_harmed"} <= asked(Kind.ADULT_CONCERN, {}).keys()
    roles = {option.value for option in asked(Kind.ADULT_CONCERN, {})["role_here"].options}
    assert {"staff", "supply", "volunteer", "contractor", "governor"} <= roles


def test_a_complaint_always_offers_to_be_a_worry_about_behaviour_with_a_child() -> None:
    assert "behaviour" in asked(Kind.COMPLAINT, {})
    turned = asked(Kind.COMPLAINT, {"behaviour": "yes"})
    assert {"behaviour", "role_here", "child_harmed"} <= turned.keys(), "it can still be taken back"


def test_it_sees_one_field_of_a_filtering_failure_and_is_told_no_childs_name() -> None:
    assert "no child's name" in asked(Kind.FILTERING, {})["fault"].help


def test_whether_it_may_be_staff_is_asked_once_an_adult_may_be_involved() -> None:
    assert "staff_involved" not in asked(Kind.DISCLOSURE, {"adult_involved": "no"})
    assert "staff_involved" in asked(Kind.DISCLOSURE, {"adult_involved": "unsure"})


def test_urgent_is_asked_only_where_there_is_something_to_raise() -> None:
    assert "urgent" in asked(Kind.PRESS, {})
    assert "urgent" not in asked(Kind.PRESS, {"danger": "yes"})
    assert "urgent" not in asked(Kind.GROOMING, {})
    assert "urgent" in asked(Kind.PRESS, {"urgent": "yes"}), "an answer doesn't take its own question away"


def test_whoever_works_for_the_whole_trust_is_asked_for_the_school() -> None:
    options = asked(Kind.OTHER, {}, where=context(reporter="tessa", school=None))["school"].options
    assert {option.value for option in options} == {"oak-primary", "oak-high"}
    assert "school" not in asked(Kind.OTHER, {})


@pytest.mark.parametrize("kind", Kind)
def test_only_who_danger_and_image_can_hold_a_report_up(kind: Kind) -> None:
    required = {question.key for question in questions(kind, {}) if question.required}
    if kind in HARMLESS_UNTIL_SAID:
        assert required == {"about"}
    else:
        assert required >= {"about", "danger"}
        assert required <= {"about", "danger", "image"}


@pytest.mark.parametrize("kind", Kind)
def test_every_question_has_words_and_every_choice_has_options(kind: Kind) -> None:
    for question in questions(
        kind, {"about": "works_here", "image": "no", "adult_involved": "yes"}, context()
    ):
        assert question.label.endswith("?") or question.key == "subject_person"
        assert bool(question.options) == (question.sort in {Sort.CHOICE, Sort.YES_NO})


def test_no_field_of_any_kind_is_left_without_a_sort_and_none_is_never_asked() -> None:
    used = {key for nature in NATURES.values() for key in (*nature.fields, *nature.evidence)}
    shared = {"about", "subject", "subject_person", "school", "danger", "image", "urgent"}
    assert used | shared == SORTS.keys()


# Who is meant


def test_a_colleague_only_named_in_a_concern_is_asked_about_by_name() -> None:
    answers = plain(Kind.ADULT_CONCERN, subject="Tom Fielding", what="He shouted. I told Mrs Nair.")
    form = asked(Kind.ADULT_CONCERN, answers, where=context(reporter="ruth"))
    assert "Priya Nair" in form["standing.priya"].label
    assert [option.value for option in form["standing.priya"].options] == ["about", "mentioned", "open"]
    assert "standing.tom" not in form, "a whole name as the subject is plain enough"


def test_an_answer_about_a_colleague_stays_on_the_form_to_be_changed() -> None:
    answers = plain(Kind.ADULT_CONCERN, what="I told Mrs Nair.", **{"standing.priya": "mentioned"})
    assert "standing.priya" in asked(Kind.ADULT_CONCERN, answers, where=context(reporter="ruth"))


def test_two_whole_names_as_the_subject_are_both_asked_about() -> None:
    answers = plain(Kind.ADULT_CONCERN, subject="Tom Fielding, who is trained by Ruth Bell")
    assert {"standing.tom", "standing.ruth"} <= asked(Kind.ADULT_CONCERN, answers).keys()


def test_whoever_is_only_mentioned_in_a_pupils_case_is_not_asked_about() -> None:
    answers = plain(Kind.PUPIL_CONTACT, subject="Kian", what="I told Mrs Nair and Sam Okafor.")
    form = asked(Kind.PUPIL_CONTACT, answers, where=context(reporter="ruth"))
    assert not any(key.startswith("standing.") for key in form)


def test_without_a_context_no_name_is_looked_for() -> None:
    answers = plain(Kind.ADULT_CONCERN, subject="Mrs Nair", what="I told Sam Okafor.")
    assert not any(
        question.key.startswith("standing.") for question in questions(Kind.ADULT_CONCERN, answers)
    )


def test_nobody_is_asked_whether_their_own_slip_is_about_them() -> None:
    answers = plain(Kind.SELF_REPORT, what="I, Priya Nair, liked a pupil's post.")
    assert "standing.priya" not in asked(Kind.SELF_REPORT, answers)


def test_somebody_who_is_no_longer_in_the_schools_file_is_not_asked_about() -> None:
    here = context(reporter="ruth")
    people = {key: person for key, person in here.directory.people.items() if key != "priya"}
    gone = replace(here, directory=replace(here.directory, people=people))
    answers = plain(Kind.ADULT_CONCERN, what="I told Mrs Nair.")
    assert "standing.priya" not in asked(Kind.ADULT_CONCERN, answers, where=gone)
