"""From answers to a report: every fault at once, nothing half-read, nobody told whom it may be about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reporting.filling import FIELD_LIMIT, FORM_LIMIT, fill
from bot.reporting.forms import SORTS
from bot.reporting.kinds import HARMLESS_UNTIL_SAID, NATURES
from bot.reporting.report import About, Report, Standing
from bot.wording import forms as wording
from knowledge.rules import Kind, Urgency
from tests.bot.reporting.forms_help import context, faults, filled, plain

KEYS = st.sampled_from([*SORTS, "standing.sam", "standing.nobody", "standing.", "", "\x00", "kind"])
WORDS = st.sampled_from(
    ["yes", "no", "unsure", *About, "today 14:30", "31/02/2026", "@sam", "Sam Okafor", "https://x.example"]
)
TEXTS = st.one_of(st.text(), WORDS)


@given(st.sampled_from(Kind), st.dictionaries(st.one_of(KEYS, st.text()), TEXTS), st.booleans())
def test_whatever_is_typed_makes_a_report_or_is_refused_in_words(
    kind: Kind, answers: dict[str, str], started: bool
) -> None:
    given = {**plain(kind), **answers} if started else answers
    found = faults(kind, given)
    assert all(what and len(key) <= 60 for key, what in found.items())
    if not found:
        report = fill(kind, given, context())
        assert report.standings.keys() <= context().directory.people.keys()
        assert not ({"url"} & report.answers.keys() and report.image)


@given(st.sampled_from(Kind), st.dictionaries(st.sampled_from([*SORTS]), TEXTS))
def test_what_is_wrong_is_said_without_repeating_what_was_typed(kind: Kind, answers: dict[str, str]) -> None:
    canary = "zq7canary"
    typed = {key: f"{text} {canary}" for key, text in answers.items()}
    assert not any(canary in what for what in faults(kind, typed).values())


@pytest.mark.parametrize("kind", Kind)
def test_a_few_words_make_a_report_of_every_kind(kind: Kind) -> None:
    report = filled(kind)
    assert report.kind is kind
    assert report.urgency is NATURES[kind].urgency
    assert report.reporter == "priya"
    assert report.school == "oak-primary"
    assert report.answers["what"] == "It was on the village page."
    assert report.image == (kind is Kind.NUDE_IMAGE)
    assert not report.danger
    assert not report.drill


# What is refused


@pytest.mark.parametrize("kind", Kind)
def test_an_empty_report_is_refused_with_everything_that_is_missing(kind: Kind) -> None:
    found = faults(kind, {})
    assert found["what"] == wording.EMPTY
    assert ("danger" in found) == (kind not in HARMLESS_UNTIL_SAID)
    assert ("about" in found) == (kind is not Kind.SELF_REPORT)


@pytest.mark.parametrize("blank", ["", "   ", "\u200b\u202e", "\n\t\r\n", "\x00"])
def test_nothing_but_blanks_is_an_empty_report(blank: str) -> None:
    assert faults(Kind.REFERENCE, plain(Kind.REFERENCE, what=blank)) == {"what": wording.EMPTY}


def test_a_name_alone_is_report_enough() -> None:
    answers = {"about": "pupil", "danger": "yes", "image": "no", "subject": "Kian, 9C"}
    assert fill(Kind.GROOMING, answers, context()).subject == "Kian, 9C"


def test_every_fault_is_said_at_once() -> None:
    answers = {
        "about": "the cat",
        "danger": "maybe",
        "image": "yes",
        "url": "https://x.example",
        "what": "x" * (FIELD_LIMIT + 1),
        "seen_at": "31/02/2026",
        "posted_at": "01/01/2031",
        "colour": "blue",
        "subject_person": "nobody-here",
        "said": "data:image/png;base64,AAAA",
        "role_here": "king",
    }
    found = faults(Kind.ONLINE_SAFETY, answers)
    assert found.keys() == answers.keys() - {"image"}
    assert found["danger"] == wording.SAY_WHICH
    assert found["url"] == wording.NO_LINK
    assert found["what"] == wording.TOO_LONG
    assert found["seen_at"] == wording.UNCLEAR_TIME
    assert found["posted_at"] == wording.FUTURE
    assert found["colour"] == wording.NO_QUESTION
    assert found["subject_person"] == wording.NO_SUCH_PERSON
    assert found["said"] == wording.NO_FILE
    assert "Volunteer" in found["role_here"]


@pytest.mark.parametrize("kind", sorted(set(Kind) - HARMLESS_UNTIL_SAID))
def test_whether_a_child_is_in_danger_is_never_assumed(kind: Kind) -> None:
    answers = plain(kind)
    del answers["danger"]
    assert faults(kind, answers) == {"danger": wording.SAY_WHICH}


@pytest.mark.parametrize("kind", sorted(set(Kind) - HARMLESS_UNTIL_SAID - {Kind.NUDE_IMAGE}))
def test_whether_an_image_is_involved_is_never_assumed(kind: Kind) -> None:
    answers = plain(kind)
    del answers["image"]
    assert faults(kind, answers) == {"image": wording.SAY_WHICH}


@pytest.mark.parametrize("kind", sorted(HARMLESS_UNTIL_SAID))
def test_a_press_call_or_a_lost_account_needs_no_word_on_danger(kind: Kind) -> None:
    report = fill(kind, {"about": "nobody", "what": "It is down."}, context())
    assert (report.danger, report.image) == (False, False)


def test_a_megabyte_of_text_gets_one_clear_line() -> None:
    assert faults(Kind.OTHER, plain(Kind.OTHER, what="x" * 1_000_000)) == {"what": wording.TOO_LONG}


def test_twenty_thousand_characters_fit_in_one_answer_and_a_hundred_thousand_in_all() -> None:
    full = "x" * FIELD_LIMIT
    assert not faults(Kind.OTHER, plain(Kind.OTHER, what=full))
    keys = ("what", "said", "handle", "platform", "captured_by", "children")
    assert faults(Kind.OTHER, plain(Kind.OTHER, **dict.fromkeys(keys, full))) == {
        "form": wording.TOO_LONG_IN_ALL
    }
    assert len(keys) * FIELD_LIMIT > FORM_LIMIT


def test_a_flood_of_unknown_questions_is_named_in_part() -> None:
    answers = plain(Kind.OTHER, **{f"made-up-{number}": "x" for number in range(10_000)})
    assert len(faults(Kind.OTHER, answers)) == 20


def test_a_question_of_another_form_is_no_mistake_for_forms_change_as_they_are_filled() -> None:
    assert filled(Kind.REFERENCE, outlet="The Oakshire Herald").answers["outlet"] == "The Oakshire Herald"


def test_the_future_is_refused_in_the_trusts_own_time() -> None:
    assert faults(Kind.OTHER, plain(Kind.OTHER, seen_at="tomorrow"))["seen_at"] == wording.UNCLEAR_TIME
    assert faults(Kind.OTHER, plain(Kind.OTHER, seen_at="today 15:30"))["seen_at"] == wording.FUTURE
    assert filled(Kind.OTHER, seen_at="today 13:30").answers["seen_at"] == "2026-11-20 13:30"


def test_a_concern_about_an_adult_cannot_be_filed_under_the_childs_name() -> None:
    assert (
        "works or volunteers" in faults(Kind.ADULT_CONCERN, plain(Kind.ADULT_CONCERN, about="pupil"))["about"]
    )


# Images of children


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("image", ["yes", "unsure"])
def test_no_link_is_taken_where_an_image_of_a_child_may_be_involved(kind: Kind, image: str) -> None:
    answers = plain(kind, image=image, url="https://x.example/p/1")
    assert faults(kind, answers) == {"url": wording.NO_LINK}


@pytest.mark.parametrize("image", ["yes", "unsure"])
def test_a_link_among_the_words_is_left_out_and_the_report_goes_through(image: str) -> None:
    report = filled(
        Kind.REFERENCE, image=image, what="See https://x.example/p/1 by Kian", subject="x.example/p/2"
    )
    assert report.answers["what"] == "See [web address left out] by Kian"
    assert "example" not in report.subject
    assert filled(Kind.REFERENCE, what="See https://x.example/p/1").answers["what"].endswith("/p/1")


@pytest.mark.parametrize("key", ["what", "url", "subject", "standing.sam", "seen_at"])
def test_a_picture_written_out_as_text_is_refused_anywhere(key: str) -> None:
    answers = plain(Kind.REFERENCE, **{key: "DATA:image/png;base64,iVBORw0KGgo="})
    assert faults(Kind.REFERENCE, answers)[key] == wording.NO_FILE


def test_an_image_makes_it_a_report_of_an_image_and_one_not_sure_keeps_the_kind_and_the_flag() -> None:
    sure = filled(Kind.PUPIL_ACTIVITY, image="yes")
    assert (sure.kind, sure.image, sure.urgency) == (Kind.NUDE_IMAGE, True, Urgency.IMMEDIATE)
    unsure = filled(Kind.PUPIL_ACTIVITY, image="unsure")
    assert (unsure.kind, unsure.image) == (Kind.PUPIL_ACTIVITY, True)
    assert unsure.answers["image"] == "unsure"


@pytest.mark.parametrize("kind", [Kind.ADULT_CONCERN, Kind.SELF_REPORT, Kind.GROOMING, Kind.CHILD_ON_CHILD])
def test_an_image_in_a_case_of_its_own_kind_is_flagged_beside_it(kind: Kind) -> None:
    report = filled(kind, image="yes")
    assert (report.kind, report.image) == (kind, True)


def test_danger_makes_it_immediate_and_not_sure_is_still_danger() -> None:
    sure = filled(Kind.PRESS, danger="yes")
    assert (sure.danger, sure.urgency) == (True, Urgency.IMMEDIATE)
    assert filled(Kind.PRESS, danger="unsure").danger


def test_a_reporter_can_raise_the_urgency_and_not_lower_it() -> None:
    assert filled(Kind.REFERENCE, urgent="yes").urgency is Urgency.IMMEDIATE
    assert filled(Kind.GROOMING, urgent="no").urgency is Urgency.IMMEDIATE


# Filtering


def test_the_fault_that_it_reads_holds_no_name_given_above() -> None:
    answers = plain(
        Kind.FILTERING, about="pupil", subject="Kian Tolley, Year 9", fault="KIAN got past the proxy"
    )
    assert faults(Kind.FILTERING, answers) == {"fault": wording.NO_NAME}
    fine = plain(
        Kind.FILTERING, about="pupil", subject="Kian Tolley, Year 9", fault="Year 9 proxy group is off"
    )
    assert not faults(Kind.FILTERING, fine)


# Who is meant


def standing_of(person: str, report: Report) -> Standing | None:
    return report.standings.get(person)


@pytest.mark.parametrize(
    "subject", ["Sam Okafor", "@sam", "sam", "sam@oakfield.example", "U0SAM", "SAM OKAFOR"]
)
def test_a_colleague_named_in_full_or_by_account_is_whom_it_is_about(subject: str) -> None:
    report = filled(Kind.ADULT_CONCERN, subject=subject)
    assert report.subjects == {"sam"}


@pytest.mark.parametrize("subject", ["Mr Okafor", "Sammy", "Sam Okafur", "Okafor in the office"])
def test_a_likely_colleague_is_held_back_until_the_reporter_says(subject: str) -> None:
    report = filled(Kind.ADULT_CONCERN, subject=subject)
    assert "sam" in report.held_back
    assert (
        filled(Kind.ADULT_CONCERN, subject=subject, **{"standing.sam": "mentioned"}).held_back == frozenset()
    )
    assert filled(Kind.ADULT_CONCERN, subject=subject, **{"standing.sam": "about"}).subjects == {"sam"}


@pytest.mark.parametrize("about", [About.PUPIL, About.FORMER_PUPIL, About.PARENT, About.OUTSIDER])
def test_a_childs_or_a_parents_namesake_on_the_staff_is_nobody(about: About) -> None:
    assert filled(Kind.ONLINE_SAFETY, about=about, subject="Sam Okafor").standings == {}


@pytest.mark.parametrize("subject", ["@sam", "U0SAM", "<@U0SAM>"])
def test_a_colleagues_account_named_as_a_pupils_is_held_back(subject: str) -> None:
    report = filled(Kind.ONLINE_SAFETY, about="pupil", subject=subject)
    assert report.held_back == {"sam"}


def test_a_childs_name_among_the_children_is_nobody_on_the_staff() -> None:
    report = filled(Kind.ADULT_CONCERN, subject="Tom Fielding", children="Sam Okafor in Year 2")
    assert report.standings == {"tom": Standing.ABOUT}


@pytest.mark.parametrize("subject", ["Sam Okafor", "maybe Mr Okafor"])
def test_where_the_reporter_doesnt_know_who_it_is_every_likely_name_is_held_back(subject: str) -> None:
    report = filled(Kind.REFERENCE, about="unknown", subject=subject)
    assert report.held_back == {"sam"}


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        (Kind.ADULT_CONCERN, {"about": "unknown"}),
        (Kind.SAFEGUARDING_PRACTICE, {"about": "nobody"}),
        (Kind.COMPLAINT, {"about": "parent"}),
        (Kind.REFERENCE, {"about": "works_here"}),
        (Kind.REFERENCE, {"about": "unknown"}),
        (Kind.DISCLOSURE, {"about": "pupil", "adult_involved": "yes"}),
        (Kind.DISCLOSURE, {"about": "pupil", "adult_involved": "unsure", "staff_involved": "unsure"}),
    ],
)
def test_a_name_in_running_text_is_held_back_where_it_may_be_the_subjects(
    kind: Kind, answers: dict[str, str]
) -> None:
    words = "It was in the yard with Sam Okafor."
    assert filled(kind, what=words, **answers).held_back == {"sam"}
    settled = filled(kind, what=words, **answers, **{"standing.sam": "mentioned"})
    assert standing_of("sam", settled) is Standing.MENTIONED


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        (Kind.PUPIL_CONTACT, {"about": "pupil"}),
        (Kind.DISCLOSURE, {"about": "pupil"}),
        (Kind.DISCLOSURE, {"about": "pupil", "adult_involved": "yes", "staff_involved": "no"}),
        (Kind.REFERENCE, {"about": "parent"}),
        (Kind.PRESS, {"about": "nobody"}),
    ],
)
def test_a_name_in_a_childs_case_is_only_mentioned_and_its_owner_may_be_told(
    kind: Kind, answers: dict[str, str]
) -> None:
    report = filled(kind, what="I told Sam Okafor at once.", **answers)
    assert report.standings == {"sam": Standing.MENTIONED}
    said = filled(kind, what="I told Sam Okafor.", **answers, **{"standing.sam": "about"})
    assert said.subjects == {"sam"}, "what the reporter says wins"


def test_whoever_has_been_told_or_was_targeted_is_only_mentioned_even_in_a_concern() -> None:
    report = filled(Kind.ADULT_CONCERN, subject="Tom Fielding", told="Sam Okafor", target="Helen Marsh")
    assert report.subjects == {"tom"}
    assert report.held_back == frozenset()
    assert standing_of("sam", report) is standing_of("helen", report) is Standing.MENTIONED


def test_whoever_is_told_and_named_in_the_text_is_held_back_all_the_same() -> None:
    report = filled(
        Kind.ADULT_CONCERN, subject="Tom Fielding", told="Sam Okafor", what="Sam Okafor was there."
    )
    assert report.held_back == {"sam"}


def test_the_subject_stays_the_subject_though_named_again_and_again() -> None:
    report = filled(
        Kind.ADULT_CONCERN, subject="Sam Okafor", told="Sam Okafor", what="Sam Okafor shouted at Kian."
    )
    assert report.standings == {"sam": Standing.ABOUT}


def test_people_picked_from_a_list_are_whom_it_is_about() -> None:
    report = filled(Kind.ADULT_CONCERN, subject_person="sam, tom")
    assert report.subjects == {"sam", "tom"}


@pytest.mark.parametrize("kind", [Kind.SELF_REPORT, Kind.ADULT_CONCERN, Kind.COLLEAGUE_ACTIVITY])
def test_a_report_about_oneself_is_about_its_reporter_whatever_else_is_said(kind: Kind) -> None:
    report = filled(kind, about="myself", **{"standing.priya": "mentioned"})
    assert report.kind is Kind.SELF_REPORT
    assert report.subjects == {"priya"}


def test_somebody_unlisted_can_report_themselves() -> None:
    stranger = "account:slack:U0SUPPLY"
    report = fill(Kind.SELF_REPORT, plain(Kind.SELF_REPORT), context(reporter=stranger, school=None))
    assert report.subjects == {stranger}


def test_a_reporter_who_signs_their_own_name_is_not_held_back() -> None:
    report = filled(Kind.ADULT_CONCERN, subject="Tom Fielding", what="Seen by me, Priya Nair.")
    assert report.standings == {"tom": Standing.ABOUT}


def test_nobody_unknown_to_the_school_can_be_called_only_mentioned() -> None:
    answers = plain(Kind.REFERENCE, **{"standing.stranger": "mentioned"})
    assert faults(Kind.REFERENCE, answers) == {"standing.stranger": wording.NO_QUESTION}


# What is kept


def test_hidden_characters_are_taken_out_and_lines_are_kept() -> None:
    report = filled(Kind.REFERENCE, about="parent", what="one\r\ntwo\u202e\u200b\x07", subject="A\nB\u2066")
    assert report.answers["what"] == "one\ntwo"
    assert report.subject == "A B"


def test_the_rest_of_the_form_is_kept_by_key_and_what_has_its_own_place_is_not_kept_twice() -> None:
    report = filled(
        Kind.ADULT_CONCERN, subject="Sam Okafor", role_here="Supply or agency", seen_at="yesterday"
    )
    assert dict(report.answers) == {
        "danger": "no",
        "image": "no",
        "what": "It was on the village page.",
        "role_here": "supply",
        "seen_at": "2026-11-19",
    }


def test_a_report_from_the_whole_trust_names_its_school() -> None:
    where = context(reporter="tessa", school=None)
    named = plain(Kind.OTHER, school="Oak High")
    assert fill(Kind.OTHER, named, where).school == "oak-high"
    assert fill(Kind.OTHER, plain(Kind.OTHER), where).school is None
    assert "Oak Primary" in faults(Kind.OTHER, plain(Kind.OTHER, school="Elm Park"), where=where)["school"]
