"""The report in Teams: any kind at any stage fits, nothing typed is lost, and nothing is sent unseen."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reporting.choices import staff
from bot.reporting.filling import FIELD_LIMIT, FormFault
from bot.reporting.forms import STANDING, Option, Question, Sort, notes, questions
from bot.teams import forms, ids
from bot.teams.cards import Where
from bot.teams.forms import Draft, Form, answers_of, asked_in, form_card, kind_card, kind_of
from bot.wording import reporting as wording
from bot.wording import teams as here
from bot.wording.forms import SAY_ABOUT
from bot.wording.receipts import not_saved
from knowledge.rules import Kind
from tests.bot.reporting.forms_help import NOW, context
from tests.bot.teams.filling_in import pressed
from tests.bot.teams.holding import HOSTILE, hold, read
from tests.support.teams.cards import actions_of, inputs_of

STAGES: tuple[Mapping[str, str], ...] = (
    {},
    {"about": "works_here", "danger": "yes"},
    {"about": "pupil", "danger": "no", "image": "no", "what": "It was on the village page."},
    {"about": "unknown", "danger": "unsure", "image": "unsure", "adult_involved": "yes", "url": "x.example"},
    {
        "about": "works_here",
        "subject": "Sam Okafor",
        "danger": "no",
        "image": "yes",
        "what": "Ruth Bell saw.",
    },
)
PEOPLE = staff(context().directory, NOW.date())
CROWD = tuple(Option(f"person{number}", f"Person Number {number}, Oakfield Primary") for number in range(150))
GOES_TO = "This goes to: the designated safeguarding lead."
CANARY = "Zylfquist"


def form(kind: Kind, answers: Mapping[str, str] | None = None, **more: Any) -> Form:
    given = dict(answers or {})
    asked = {key: text for key, text in given.items() if text.strip()}
    made = Form(
        Draft(kind, "token-1"),
        questions(kind, asked, context()),
        notes(kind, asked, context()),
        given,
        PEOPLE,
    )
    return replace(made, **more)


def buttons_of(card: Mapping[str, Any]) -> list[str]:
    return [one["data"]["action"] for one in actions_of(card) if "data" in one]


@pytest.mark.parametrize("stage", range(len(STAGES)))
@pytest.mark.parametrize("kind", Kind)
def test_teams_takes_every_kinds_form_at_every_stage(kind: Kind, stage: int) -> None:
    for where in Where:
        for more in ({}, {"goes_to": GOES_TO}, {"people": CROWD}, {"draft": Draft(kind, "t", more=True)}):
            hold(form_card(form(kind, STAGES[stage], **more), where), where)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_answers_fit_and_come_back_as_they_were_typed(text: str) -> None:
    given = {"what": text[:FIELD_LIMIT], "danger": "no", "image": "no"}
    card = form_card(form(Kind.DISCLOSURE, given))
    hold(card, Where.DIALOG)
    data = pressed(card, ids.REPORT_NEXT)
    assert next_time(given, data)["what"].replace("\0", "") == given["what"].replace("\0", "")


def next_time(kept: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, str]:
    """How a caller keeps answers: what stood on the card and came back empty is gone, the rest stays."""
    asked = asked_in(data)
    return {**{key: text for key, text in kept.items() if key not in asked}, **answers_of(data)}


def test_twenty_thousand_characters_in_each_answer_are_kept_though_the_card_cannot_hold_them() -> None:
    long = "word " * (FIELD_LIMIT // 5)
    given = {
        "about": "pupil",
        "danger": "no",
        "image": "no",
        "what": long,
        "said": long[::-1],
        "subject": "Kit",
    }
    card = form_card(form(Kind.ONLINE_SAFETY, given))
    hold(card, Where.DIALOG)
    assert here.kept(len(long)) in read(card)
    data = pressed(card, ids.REPORT_NEXT)
    assert "what" not in asked_in(data) or data["q.what"] == long
    assert next_time(given, data) == given
    anew = pressed(card, ids.REPORT_NEXT, {"q.what": "Shorter.", "q.said": "Shorter too."})
    assert next_time(given, anew) == {**given, "what": "Shorter.", "said": "Shorter too."}


def test_what_was_typed_stands_in_the_dialog_again_and_what_is_taken_out_is_gone() -> None:
    first = form_card(form(Kind.COMPLAINT))
    typed = {"q.what": "A parent wrote\nthis.", "q.subject": "Mr <Pike>", "q.about": "parent"}
    kept = next_time({}, pressed(first, ids.REPORT_NEXT, typed))
    second = form_card(form(Kind.COMPLAINT, kept))
    assert next_time(kept, pressed(second, ids.REPORT_NEXT)) == kept
    without = next_time(kept, pressed(second, ids.REPORT_NEXT, {"q.subject": ""}))
    assert "subject" not in without
    third = form_card(form(Kind.ADULT_CONCERN, kept))
    assert inputs_of(third)["q.what"]["value"] == "A parent wrote\nthis."


@pytest.mark.parametrize("kind", Kind)
def test_a_chats_card_shows_nothing_again_that_was_typed_or_chosen_and_names_no_colleague(kind: Kind) -> None:
    given = {
        "about": "works_here",
        "subject": f"Sam Okafor {CANARY}",
        "subject_person": "sam",
        "what": f"{CANARY} was seen by Ruth Bell",
        "image": "no",
        "handle": CANARY,
    }
    for faults in ((), (FormFault("subject", "Say who."), FormFault("what", "Say what."))):
        card = form_card(form(kind, given, faults=faults, goes_to=GOES_TO), Where.CHAT)
        hold(card)
        text = json.dumps(card)
        assert CANARY not in text
        assert not any(option.label.split(",")[0] in text for option in PEOPLE)
        assert not any("value" in one for one in inputs_of(card).values())
        assert "q.image" not in inputs_of(card)
        assert "q.danger" in inputs_of(card)
        assert ("q.what" in inputs_of(card)) is bool(faults)
        assert here.IN_A_WINDOW in read(card)


def test_what_a_chats_card_asked_adds_to_what_is_kept() -> None:
    kept: dict[str, str] = {}
    card = form_card(form(Kind.COMPLAINT, kept), Where.CHAT)
    kept = next_time(kept, pressed(card, ids.REPORT_NEXT, {"q.danger": "no", "q.what": "A parent wrote."}))
    card = form_card(form(Kind.COMPLAINT, kept), Where.CHAT)
    kept = next_time(kept, pressed(card, ids.REPORT_NEXT, {"q.image": "no", "q.about": "parent"}))
    assert kept == {"danger": "no", "what": "A parent wrote.", "image": "no", "about": "parent"}


def test_the_safety_questions_come_before_what_happened_and_first_of_all_in_a_chat() -> None:
    for kind in Kind:
        for where in Where:
            names = list(inputs_of(form_card(form(kind), where)))
            assert names.index("q.danger") < names.index("q.image") < names.index("q.what")
        assert list(inputs_of(form_card(form(kind), Where.CHAT)))[:2] == ["q.danger", "q.image"]


def test_the_words_of_safety_come_before_any_question_once_they_are_called_for() -> None:
    body = form_card(form(Kind.OTHER, {"danger": "yes", "image": "unsure"}))["body"]
    first = next(n for n, part in enumerate(body) if part["type"].startswith("Input."))
    above = json.dumps(body[:first])
    assert "Ring 999 now" in above
    assert "takes words only" in above
    assert "takes words only" in json.dumps(form_card(form(Kind.NUDE_IMAGE))["body"][:4])


@pytest.mark.parametrize("kind", Kind)
def test_no_link_is_asked_for_before_an_image_is_ruled_out(kind: Kind) -> None:
    for image in ("", "yes", "unsure"):
        card = form_card(form(kind, {"image": image, "url": "kept"}, draft=Draft(kind, more=True)))
        assert "q.url" not in inputs_of(card)


def test_details_are_folded_until_they_are_wanted_or_there_are_some() -> None:
    ruled_out = {"danger": "no", "image": "no"}
    folded = form_card(form(Kind.PUPIL_CONTACT, ruled_out))
    assert wording.MORE_DETAILS in read(folded)
    assert "q.platform" in inputs_of(folded)
    for made in (
        form(Kind.PUPIL_CONTACT, ruled_out, draft=Draft(Kind.PUPIL_CONTACT, more=True)),
        form(Kind.PUPIL_CONTACT, {**ruled_out, "platform": "Snapchat"}),
    ):
        assert wording.MORE_DETAILS not in read(form_card(made))


def test_a_reported_message_fills_in_the_evidence() -> None:
    evidence = forms.reported_message(
        "Look <at>all</at>", author="Sam", link="https://oak.example/1", posted_at="2026-11-20 13:00"
    )
    card = form_card(form(Kind.REFERENCE, {**evidence, "danger": "no", "image": "no"}))
    hold(card, Where.DIALOG)
    back = answers_of(pressed(card, ids.REPORT_NEXT))
    assert {key: back[key] for key in evidence} == evidence
    huge = forms.reported_message("x" * 40_000, author="", link="", posted_at="")
    assert len(huge["said"]) <= FIELD_LIMIT
    assert huge["said"].endswith(wording.CUT_SHORT)


def test_people_are_picked_from_a_list_that_fits_and_named_in_words_where_none_does() -> None:
    given = {"about": "works_here", "subject_person": "sam,ruth,gone"}
    card = form_card(form(Kind.ADULT_CONCERN, given))
    picking = inputs_of(card)["q.subject_person"]
    assert (picking["style"], picking["isMultiSelect"]) == ("filtered", True)
    assert set(answers_of(pressed(card, ids.REPORT_NEXT))["subject_person"].split(",")) == {"sam", "ruth"}
    crowd = tuple(Option(f"p{number}", f"Person {number}, Oak") for number in range(2_000))
    large = form_card(form(Kind.ADULT_CONCERN, given, people=crowd))
    hold(large, Where.DIALOG)
    assert "q.subject_person" not in inputs_of(large)
    assert "q.subject" in inputs_of(large)
    assert next_time(given, pressed(large, ids.REPORT_NEXT))["subject_person"] == given["subject_person"]


def test_among_hundreds_of_schools_one_is_named_in_words() -> None:
    schools = tuple(Option(f"s{number}", f"School {number} " + "x" * 190) for number in range(700))
    asked = Question("school", "Which school is it about?", "", Sort.CHOICE, schools)
    card = form_card(form(Kind.OTHER, {"school": "s699"}, questions=(asked,)))
    hold(card, Where.DIALOG)
    assert answers_of(pressed(card, ids.REPORT_NEXT)) == {"school": schools[699].label}


def test_a_form_that_names_everybody_still_fits() -> None:
    named = tuple(
        Question(f"{STANDING}p{n}", f"Person {n}?", "", Sort.CHOICE, PEOPLE[:3]) for n in range(400)
    )
    card = form_card(form(Kind.OTHER, questions=(*questions(Kind.OTHER, {}), *named)))
    hold(card, Where.DIALOG)
    assert "390 more people" in read(card)


def test_nothing_is_sent_before_its_reporter_was_shown_whom_it_goes_to() -> None:
    for where in Where:
        unseen = form_card(form(Kind.OTHER), where)
        assert (wording.NEXT in read(unseen), wording.SEND in read(unseen).splitlines()) == (True, False)
        seen = form_card(form(Kind.OTHER, goes_to=GOES_TO), where)
        assert wording.SEND in read(seen).splitlines()
        assert GOES_TO in read(seen)
    draft = Draft(Kind.OTHER, "token-1")
    assert not draft.has_shown(GOES_TO)
    assert draft.showing(GOES_TO).has_shown(GOES_TO)
    assert not draft.showing(GOES_TO).has_shown("This goes to: the head.")
    assert not draft.showing("").has_shown("")


def test_a_fault_stands_at_the_top_and_at_its_question() -> None:
    card = form_card(form(Kind.OTHER, faults=(FormFault("about", SAY_ABOUT), FormFault("form", "Too long."))))
    hold(card, Where.DIALOG)
    assert read(card).count(SAY_ABOUT) == 2
    assert "Too long." in read(card)


def test_a_report_that_was_not_kept_says_whom_to_ring_and_can_be_sent_once_more() -> None:
    line = not_saved("england", None)
    for where in Where:
        hold(forms.not_saved_card(line, where), where)
        again = forms.not_saved_card(line, where, again="one")
        hold(again, where)
        assert line in read(again)
        assert pressed(again, ids.REPORT_NEXT) == {"action": ids.REPORT_NEXT, "value": "one"}


def test_every_kind_can_be_chosen() -> None:
    for where in Where:
        card = kind_card("token-1", ("Ring 01632 960003.",), where, fault="Choose one.")
        hold(card, where)
        offered = [one["value"] for one in inputs_of(card)[ids.KIND_FIELD]["choices"]]
        assert sorted(offered) == sorted(Kind)
        assert "…" not in read(card)
        data = pressed(card, ids.REPORT_KIND, {ids.KIND_FIELD: "other"})
        assert kind_of(data) is Kind.OTHER
        assert answers_of(data) == {}
        assert data["value"] == "token-1"


JUNK = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["q.what", "q.", "q.kind", "asked", "a"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JUNK)
def test_whatever_comes_in_place_of_answers_raises_nothing(junk: Any) -> None:
    assert all(isinstance(text, str) and text for text in answers_of(junk).values())
    assert all(isinstance(key, str) and key for key in asked_in(junk))
    assert kind_of(junk) is None


def test_toggles_and_several_choices_are_read_as_words() -> None:
    data = {"q.a": True, "q.b": False, "q.c": ["x", 3, "y"], "q.d": {"no": 1}, "q.e": "  ", "other": "x"}
    assert answers_of(data) == {"a": "yes", "b": "no", "c": "x,y"}


@given(
    st.dictionaries(st.sampled_from(["what", "said", "subject", "handle", "told"]), st.text(max_size=3_000))
)
def test_whatever_is_typed_fits_and_none_of_it_is_lost(typed: dict[str, str]) -> None:
    kept = {key: text.replace("\0", "") for key, text in typed.items() if text.replace("\0", "").strip()}
    given = {**kept, "about": "pupil", "danger": "no", "image": "no"}
    card = form_card(form(Kind.ONLINE_SAFETY, given))
    hold(card, Where.DIALOG)
    assert next_time(given, pressed(card, ids.REPORT_NEXT)) == given


def test_the_receipt_opens_ones_own_report() -> None:
    for where in Where:
        card = forms.receipt_card(
            ("Received. Your reference is SP-1.", "This goes to: the head."), "SP-1", where
        )
        hold(card, where)
        assert buttons_of(card) == [ids.OWN_OPEN]
        assert actions_of(card)[0]["data"]["value"] == "SP-1"
