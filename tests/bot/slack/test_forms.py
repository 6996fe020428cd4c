"""The report in Slack: any kind at any stage fits, nothing typed is lost, and nothing is sent unseen."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reporting.choices import staff
from bot.reporting.filling import FIELD_LIMIT, FormFault
from bot.reporting.forms import STANDING, Option, Question, Sort, notes, questions
from bot.slack import fields, forms, ids
from bot.slack.forms import Draft, Form, answers_of, errors_of, form_view, written
from bot.wording import reporting as wording
from bot.wording.forms import SAY_ABOUT
from bot.wording.receipts import not_saved
from knowledge.rules import Kind
from tests.bot.reporting.forms_help import NOW, context
from tests.bot.slack.filling_in import Json, sent, state_of
from tests.bot.slack.holding import HOSTILE, elements, hold_view, shown

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
GOES_TO = "This goes to: the designated safeguarding lead."


def form(kind: Kind, answers: Mapping[str, str] | None = None, **more: Any) -> Form:
    given = dict(answers or {})
    asked = forms_answers(given)
    made = Form(
        Draft(kind, "key-1"),
        questions(kind, asked, context()),
        notes(kind, asked, context()),
        given,
        PEOPLE,
    )
    return replace(made, **more)


def forms_answers(given: Mapping[str, str]) -> dict[str, str]:
    return answers_of({"values": {f"q.{key}": {"a": {"value": text}} for key, text in given.items()}})


def blocks_of(view: Json) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


@pytest.mark.parametrize("stage", range(len(STAGES)))
@pytest.mark.parametrize("kind", Kind)
def test_every_kinds_form_fits_at_every_stage(kind: Kind, stage: int) -> None:
    for draft in (Draft(kind), Draft(kind, more=True, rooms=fields.MOST_PARTS)):
        for goes_to in ("", GOES_TO):
            hold_view(form_view(form(kind, STAGES[stage], draft=draft, goes_to=goes_to)))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_answers_fit_and_come_back_as_they_were_typed(text: str) -> None:
    typed = text[:FIELD_LIMIT].replace("\0", "")
    view = form_view(form(Kind.DISCLOSURE, {"what": typed, "danger": "no", "image": "no"}))
    hold_view(view)
    assert answers_of(state_of(view))["what"].split() == typed.split()


def test_twenty_thousand_characters_fit_in_each_long_answer_and_come_back_whole() -> None:
    long = "word " * (FIELD_LIMIT // 5)
    given = {"about": "pupil", "danger": "no", "image": "no", "what": long, "said": long[::-1].strip()}
    view = form_view(form(Kind.ONLINE_SAFETY, given))
    hold_view(view)
    back = answers_of(state_of(view))
    assert back["what"] == long
    assert back["said"] == given["said"]


def test_a_form_too_heavy_to_send_back_leaves_the_typing_to_slack_by_its_block_ids() -> None:
    heavy = "é" * 2_900
    keys = ("what", "said", "children", "platform", "handle", "posted_at", "seen_at")
    given = dict.fromkeys(keys, heavy)
    given |= {f"{key}~{part}": heavy for key in ("what", "said") for part in range(2, 8)}
    view = form_view(form(Kind.ONLINE_SAFETY, given | {"about": "pupil", "danger": "no", "image": "no"}))
    hold_view(view)
    assert {f"q.{key}" for key in given} <= set(blocks_of(view))


def test_what_was_typed_survives_every_change_of_the_form() -> None:
    first = form_view(form(Kind.COMPLAINT))
    typed = {
        "q.what": "A parent wrote\nthis.",
        "q.subject": "Mr <Pike>",
        "q.about": "parent",
        "q.danger": "no",
    }
    given = written(state_of(first, typed))
    second = form_view(form(Kind.COMPLAINT, {**given, "image": "no"}))
    assert set(typed) <= set(blocks_of(second))
    assert written(state_of(second)) == {**given, "image": "no"}
    third = form_view(form(Kind.ADULT_CONCERN, written(state_of(second))))
    assert answers_of(state_of(third))["what"] == "A parent wrote\nthis."


def test_a_second_field_keeps_what_is_in_it() -> None:
    given = {"what": "first", "what~2": "second"}
    view = form_view(form(Kind.OTHER, given, draft=Draft(Kind.OTHER, rooms=2)))
    assert written(state_of(view)) == given
    assert answers_of(state_of(view)) == {"what": "first\nsecond"}


def test_a_full_field_brings_the_next_one() -> None:
    view = form_view(form(Kind.OTHER, {"what": "x" * 2_950}))
    assert "q.what~2" in blocks_of(view)
    assert wording.MORE_ROOM in shown(view)


def test_there_is_no_room_past_what_a_report_takes() -> None:
    draft = Draft(Kind.OTHER)
    for _ in range(20):
        draft = draft.with_room()
    names = blocks_of(form_view(form(Kind.OTHER, draft=draft)))
    assert sum(name.startswith("q.what") for name in names) == fields.MOST_PARTS


def test_the_safety_questions_come_before_what_happened() -> None:
    for kind in Kind:
        names = blocks_of(form_view(form(kind)))
        assert names.index("q.danger") < names.index("q.image") < names.index("q.what")


def test_the_words_of_safety_stand_right_under_the_answer_that_calls_for_them() -> None:
    blocks = form_view(form(Kind.OTHER, {"danger": "yes", "image": "unsure"}))["blocks"]
    danger = next(n for n, block in enumerate(blocks) if block.get("block_id") == "q.danger")
    assert "Ring 999 now" in shown(blocks[danger + 1])
    image = next(n for n, block in enumerate(blocks) if block.get("block_id") == "q.image")
    assert "takes words only" in shown(blocks[image + 1])


def test_about_an_image_of_a_child_the_rule_comes_before_any_question() -> None:
    blocks = form_view(form(Kind.NUDE_IMAGE))["blocks"]
    first = next(n for n, block in enumerate(blocks) if block["type"] == "input")
    assert "takes words only" in shown(blocks[:first])


@pytest.mark.parametrize("kind", Kind)
def test_no_link_is_asked_for_before_an_image_is_ruled_out(kind: Kind) -> None:
    for image in ("", "yes", "unsure"):
        view = form_view(form(kind, {"image": image, "url": "kept"}, draft=Draft(kind, more=True)))
        assert "q.url" not in blocks_of(view)


def test_a_short_form_asks_for_details_only_when_they_are_wanted() -> None:
    ruled_out = {"danger": "no", "image": "no"}
    short = form_view(form(Kind.PUPIL_CONTACT, ruled_out))
    assert "q.platform" not in blocks_of(short)
    assert ids.REPORT_MORE in [one["action_id"] for one in elements(short)]
    whole = form_view(form(Kind.PUPIL_CONTACT, ruled_out, draft=Draft(Kind.PUPIL_CONTACT, more=True)))
    assert "q.platform" in blocks_of(whole)
    assert ids.REPORT_MORE not in [one["action_id"] for one in elements(whole)]


def test_a_reported_message_fills_in_the_evidence() -> None:
    evidence = forms.reported_message(
        "Look <!channel>", author="Sam", permalink="https://oak.example/1", posted_at="2026-11-20 13:00"
    )
    view = form_view(form(Kind.REFERENCE, {**evidence, "danger": "no", "image": "no"}))
    hold_view(view)
    back = answers_of(state_of(view))
    assert {key: back[key] for key in evidence} == evidence
    huge = forms.reported_message("x" * 40_000, author="", permalink="", posted_at="")
    assert len(huge["said"]) <= FIELD_LIMIT
    assert huge["said"].endswith(wording.CUT_SHORT)


def test_choices_change_the_form_at_once_and_words_only_when_it_is_sent() -> None:
    view = form_view(form(Kind.ADULT_CONCERN, {"about": "works_here"}))
    for block in view["blocks"]:
        if block["type"] == "input":
            typed = block["element"]["type"] == "plain_text_input"
            assert block.get("dispatch_action", False) is not typed


def test_people_are_searched_for_where_a_menu_cannot_hold_them() -> None:
    crowd = tuple(Option(f"p{number}", f"Person {number}, Oak") for number in range(2_000))
    given = {"about": "works_here", "subject_person": "p7,p1999,gone"}
    view = form_view(form(Kind.ADULT_CONCERN, given, people=crowd))
    hold_view(view)
    picking = next(one for one in elements(view) if one["action_id"] == ids.REPORT_PEOPLE)
    assert picking["type"] == "multi_external_select"
    assert answers_of(state_of(view))["subject_person"] == "p7,p1999"
    assert len(forms.found_people(crowd, "person")["options"]) == 100
    assert [one["value"] for one in forms.found_people(crowd, "oak 1999")["options"]] == ["p1999"]
    small = form_view(form(Kind.ADULT_CONCERN, {**given, "subject_person": "sam,ruth"}))
    hold_view(small)
    assert set(answers_of(state_of(small))["subject_person"].split(",")) == {"sam", "ruth"}


def test_hundreds_of_schools_fit_in_one_menu() -> None:
    schools = tuple(Option(f"s{number}", f"School {number} " + "x" * 190) for number in range(700))
    asked = Question("school", "Which school is it about?", "", Sort.CHOICE, schools)
    view = form_view(form(Kind.OTHER, {"school": "s699"}, questions=(asked,)))
    hold_view(view)
    assert answers_of(state_of(view)) == {"school": "s699"}


def test_a_form_that_names_everybody_still_fits() -> None:
    named = tuple(
        Question(f"{STANDING}p{n}", f"Person {n}?", "", Sort.CHOICE, PEOPLE[:3]) for n in range(400)
    )
    view = form_view(form(Kind.OTHER, questions=(*questions(Kind.OTHER, {}), *named)))
    hold_view(view)
    assert "380 more people" in shown(view)


def test_nothing_is_sent_before_its_reporter_was_shown_whom_it_goes_to() -> None:
    unseen = form_view(form(Kind.OTHER))
    assert unseen["submit"]["text"] == wording.NEXT
    assert not Draft.read(unseen["private_metadata"]).has_shown(GOES_TO)
    seen = form_view(form(Kind.OTHER, goes_to=GOES_TO))
    assert seen["submit"]["text"] == wording.SEND
    assert GOES_TO in shown(seen)
    assert Draft.read(seen["private_metadata"]).has_shown(GOES_TO)
    assert not Draft.read(seen["private_metadata"]).has_shown("This goes to: the head.")
    assert not Draft.read(seen["private_metadata"]).has_shown("")


def test_a_fault_stands_at_its_question_and_one_without_a_field_at_the_first() -> None:
    view = sent(form_view(form(Kind.OTHER)))
    faults = (FormFault("about", SAY_ABOUT), FormFault("url", "No address."), FormFault("what", "<!channel>"))
    found = errors_of(faults, view)
    assert found["q.about"] == f"{SAY_ABOUT} No address."
    assert found["q.what"] == "‹!channel›"
    assert set(found) <= set(blocks_of(view))
    assert errors_of(faults, {"blocks": "junk"}) == {}


def test_what_is_wrong_can_also_stand_above_the_form() -> None:
    view = form_view(form(Kind.OTHER, faults=(FormFault("about", SAY_ABOUT),)))
    hold_view(view)
    assert SAY_ABOUT in shown(view)


def test_a_report_that_was_not_kept_leaves_the_form_open_and_says_whom_to_ring() -> None:
    line = not_saved("england", None)
    found = forms.not_saved_errors(line, sent(form_view(form(Kind.OTHER))))
    assert list(found.values()) == [line]
    hold_view(forms.not_saved_view(line))
    assert line in shown(forms.not_saved_view(line))


def test_every_kind_can_be_chosen_with_one_press() -> None:
    view = forms.choose_kind_view(Draft(key="key-1"), ("Ring 01632 960003.",))
    hold_view(view)
    offered = [one["value"] for radios in elements(view, "radio_buttons") for one in radios["options"]]
    assert sorted(offered) == sorted(Kind)
    assert "…" not in shown(view)
    assert all(ids.does(ids.REPORT_CHOOSE).match(one["action_id"]) for one in elements(view))


def test_a_draft_travels_whole_and_holds_nothing_that_was_written() -> None:
    draft = Draft(Kind.NUDE_IMAGE, "key-1", "C1:17.5", more=True, rooms=3, shown="0f")
    assert Draft.read(draft.metadata) == draft
    view = form_view(form(Kind.OTHER, {"what": "Zylfquist", "subject": "Zylfquist"}, goes_to=GOES_TO))
    assert "Zylfquist" not in view["private_metadata"]


@pytest.mark.parametrize(
    "metadata",
    ["", "{}", "[]", "null", "[" * 100_000, '{"kind":"nonsense"}', json.dumps({"kind": None, "rooms": "x"})],
)
def test_a_draft_that_somebody_meddled_with_is_none(metadata: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Draft.read(metadata)


@pytest.mark.parametrize(
    "state",
    [
        None,
        [],
        {"values": 3},
        {"values": {"q.what": []}},
        {"values": {"q.what": {"a": 1}, 7: {}}},
        {"values": {"q.a": {"a": {"selected_options": "x"}}, "q.b": {"a": {"selected_option": [1]}}}},
        {"values": {"q.x~²": {"a": {"value": {"deep": 1}}}, "other": {"a": {"value": "x"}}}},
    ],
)
def test_a_state_that_is_no_forms_holds_no_answers(state: object) -> None:
    assert answers_of(state) == {}


JUNK = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["values", "q.what", "q.what~2", "q.~9", "a", "value", "selected_option", "kind"])
            | st.sampled_from(["selected_options", "rooms", "key", "source", "shown", "more", "blocks"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JUNK)
def test_whatever_comes_in_place_of_a_view_raises_nothing_unexpected(junk: Any) -> None:
    assert all(isinstance(text, str) and text for text in answers_of(junk).values())
    assert all(isinstance(text, str) for text in answers_of({"values": junk}).values())
    assert isinstance(errors_of([FormFault("what", "x")], {"blocks": junk}), dict)
    with suppress(ValueError):
        Draft.read(json.dumps(junk))


def test_the_receipt_fits_and_opens_ones_own_report() -> None:
    view = forms.receipt_view(
        ("Received. Your reference is SP-1.", "This goes to: the head.", "More."), "SP-1"
    )
    hold_view(view)
    assert [one["action_id"] for one in elements(view)] == [ids.OWN_OPEN]
    assert [one["value"] for one in elements(view)] == ["SP-1"]
    hold_view(forms.opening_view())
