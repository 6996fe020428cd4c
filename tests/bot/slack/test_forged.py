"""Ids, references and tokens of others in payloads that Slack did sign gain nothing (promise S15)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.slack import ids
from bot.wording import chat
from knowledge.rules import Kind
from tests.bot.slack.corpus import case_of
from tests.bot.slack.doorstep import FORM, Doorstep, as_form, doorstep
from tests.support.served import Answer
from tests.support.slack import payloads
from tests.support.slack.record import Delivery
from tests.support.slack.staff import SAFE, Staff

SECRET = "He asked me for my number."  # noqa: S105  what nobody else may read
CASE_CLICKS = (
    (ids.CASE_OPEN, "open"),
    (ids.CASE_PAGE, "open"),
    (ids.CASE_HAND_OVER, "hand_over"),
    (ids.CASE_ACTION, "act"),
    (ids.OWN_OPEN, "receipt"),
    (ids.OWN_PAGE, "receipt"),
    (ids.OWN_ANSWER, "receipt"),
)
CASE_FORMS = (
    (ids.NOTE_VIEW, "note"),
    (ids.QUESTION_VIEW, "ask"),
    (ids.CLOSE_VIEW, "close"),
    (ids.REOPEN_VIEW, "reopen"),
    (ids.ACTION_VIEW, "act"),
    (ids.HAND_OVER_VIEW, "hand_over"),
    (ids.ADD_VIEW, "add"),
    (ids.ANSWER_VIEW, "answer"),
)
STRANGERS = ("marcus", "priya", "ada", "nell", "gwen")
"""A head of another school, a colleague, the administrator, somebody unlisted, a guest. Each is refused 31
times at most here: of more, not every attempt has a row of its own in the audit."""
UNKNOWN = "SP-2222-2222"


@pytest.fixture(scope="module")
def step(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    """Give Slack's door, which the tests of this module share."""
    folder = tmp_path_factory.mktemp("step")
    with doorstep(f"sqlite:///{folder / 'signpost.db'}", folder) as found:
        yield found


@pytest.fixture(scope="module")
def reference(step: Doorstep) -> str:
    """Give the case that is none of the strangers' business."""
    return case_of(step)


def clicked(step: Doorstep, who: str, action: str, value: str) -> Answer:
    """Somebody's click, validly signed, in a window of their own, with a value that nobody gave them."""
    person = step.slack.person(who)
    with step.slack.lock:
        screens = step.slack.space.screens
        screens.clear(person.id)
        window = {"type": "modal", "title": {"type": "plain_text", "text": "Own"}, "blocks": []}
        front = screens.open(screens.trigger(person.id), {**window, "blocks": [{"type": "divider"}]})
        trigger, row = screens.trigger(person.id, front), front.row()
    payload = payloads.interaction(
        "block_actions",
        person.user,
        trigger_id=trigger,
        view=row,
        container={"type": "view", "view_id": row["id"]},
        actions=[
            {"type": "button", "action_id": action, "block_id": "b", "value": value, "action_ts": "1.0"}
        ],
    )
    answer = step.signed(as_form(payload), FORM)
    step.settle()
    return answer


def submitted(step: Doorstep, who: str, callback: str, metadata: str) -> Answer:
    """Somebody's form, validly signed, whose private_metadata was edited."""
    person = step.slack.person(who)
    said = {name: {"a": {"type": "plain_text_input", "value": text}} for name, text in _SAID.items()}
    view = {
        "id": "V0FORGED",
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata,
        "blocks": [{"type": "input", "block_id": name} for name in _SAID],
        "state": {"values": said},
        "previous_view_id": None,
    }
    payload = payloads.interaction("view_submission", person.user, view=view, trigger_id="1.1.x")
    answer = step.signed(as_form(payload), FORM)
    step.settle()
    return answer


_SAID = {"q.text": "Words.", "q.person": "marcus", "q.decision": "other", "q.due": "2026-12-01"}


def seen_by(step: Doorstep, who: str) -> str:
    """All that is before somebody: windows, messages, home."""
    views = [f"{one.view}" for one in step.slack.views_of(who)]
    messages = [one.everything for one in step.slack.messages_to(who)]
    return "\n".join([*views, *messages])


def rows_but_audit(step: Doorstep) -> dict[str, int]:
    """How many rows each table has, but for the audit's."""
    return {name: count for name, count in step.rows().items() if not name.startswith("audit")}


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize(("action", "audited"), CASE_CLICKS, ids=str)
def test_a_click_on_a_case_of_others_shows_nothing_and_is_audited(
    step: Doorstep, reference: str, who: str, action: str, audited: str
) -> None:
    before, rows = len(step.audited()), rows_but_audit(step)
    answer = clicked(step, who, action, reference)
    assert answer.status == 200
    assert SECRET not in seen_by(step, who)
    refused = step.slack.views_of(who)[-1].words
    assert chat.STALE in refused
    (entry,) = step.audited()[before:]
    assert entry[1:] == (f"refused {audited}", reference)
    assert rows_but_audit(step) == rows
    clicked(step, who, action, UNKNOWN)
    assert step.slack.views_of(who)[-1].words == refused, "what is forbidden looks like what isn't there"


@pytest.mark.parametrize("who", STRANGERS)
def test_an_acknowledgement_by_whoever_was_not_told_counts_for_nothing(
    step: Doorstep, reference: str, who: str
) -> None:
    before, rows = len(step.audited()), rows_but_audit(step)
    clicked(step, who, ids.CASE_ACKNOWLEDGE, reference)
    assert SECRET not in seen_by(step, who)
    (entry,) = step.audited()[before:]
    assert entry[1:] == ("refused acknowledge", reference)
    assert rows_but_audit(step) == rows


@pytest.mark.parametrize("who", STRANGERS[:3])
@pytest.mark.parametrize(("callback", "audited"), CASE_FORMS, ids=str)
def test_a_form_with_the_reference_of_others_changes_nothing_and_is_audited(
    step: Doorstep, reference: str, who: str, callback: str, audited: str
) -> None:
    before, rows = len(step.audited()), rows_but_audit(step)
    answer = submitted(step, who, callback, reference)
    said = json.loads(answer.body)
    assert said["response_action"] == "errors"
    assert set(said["errors"].values()) == {chat.STALE}
    (entry,) = step.audited()[before:]
    assert entry[1:] == (f"refused {audited}", reference)
    assert rows_but_audit(step) == rows
    assert json.loads(submitted(step, who, callback, UNKNOWN).body) == said


@pytest.mark.parametrize("person", ["tom", "marcus", "nobody", "", "account:slack:U0NEW"])
def test_a_case_is_handed_to_nobody_who_was_not_offered(step: Doorstep, person: str) -> None:
    own = case_of(step)
    clicked(step, "sam", ids.CASE_ACKNOWLEDGE, own)
    rows = rows_but_audit(step)
    view = {
        "id": "V0FORGED",
        "type": "modal",
        "callback_id": ids.HAND_OVER_VIEW,
        "private_metadata": own,
        "blocks": [{"type": "input", "block_id": "q.person"}],
        "state": {
            "values": {"q.person": {"a": {"type": "static_select", "selected_option": {"value": person}}}}
        },
        "previous_view_id": None,
    }
    user = step.slack.person("sam").user
    payload = payloads.interaction("view_submission", user, view=view, trigger_id="1.1.x")
    answer = step.signed(as_form(payload), FORM)
    assert json.loads(answer.body)["response_action"] == "errors", answer.text
    assert rows_but_audit(step) == rows


def test_the_token_of_anothers_question_gives_nothing_of_it(step: Doorstep) -> None:
    staff = Staff(step.slack)
    asked = staff.ask(staff.person("tom"), "Zara Whitlock from Y9 sent me a nude on snap, what now")
    button = _element(asked.blocks, ids.ASK_REPORT)
    clicked(step, "priya", ids.ASK_REPORT, button["value"])
    view = step.slack.views_of("priya")[-1]
    assert view.callback_id == ids.REPORT_FORM
    assert "Zara" not in str(view.row())
    clicked(step, "tom", ids.ASK_REPORT, button["value"])
    assert "Zara" in str(step.slack.views_of("tom")[-1].row()), "else this shows nothing"


def test_the_draft_of_anothers_report_gives_nothing_of_it(step: Doorstep) -> None:
    staff = Staff(step.slack)
    tom, priya = staff.person("tom"), staff.person("priya")
    for who, said in ((tom, "Zara Whitlock writes to me"), (priya, "mine")):
        who.slash(ids.REPORT_COMMAND, said)
        who.wait_for_view(lambda view: view.callback_id == ids.KIND_VIEW)
    theirs = json.loads(str(tom.view.view["private_metadata"])) if tom.view else {}
    with step.slack.lock:
        assert priya.view is not None
        own = json.loads(priya.view.view["private_metadata"])
        priya.view.view["private_metadata"] = json.dumps({**own, "source": theirs["source"]})
    form = staff.chosen(priya, Kind.OTHER)
    assert "Zara" not in str(form.row())
    assert "Zara" in str(staff.chosen(tom, Kind.OTHER).row()), "else this shows nothing"
    tom.close_view()
    priya.close_view()


def test_the_key_of_anothers_submission_gives_no_receipt_of_theirs(step: Doorstep) -> None:
    first = _submission(step, "tom")
    body: dict[str, Any] = json.loads(json.dumps(first.payload))
    body["user"] = {**body["user"], "id": "U0PRIYA", "name": "priya", "username": "priya"}
    before = step.rows()["case_file"]
    answer = json.loads(step.signed(as_form(body), FORM).body)
    assert step.rows()["case_file"] == before + 1
    assert _reference(answer) != _reference(first.body)


def test_a_kind_a_page_or_a_fold_that_no_form_has_does_no_harm(step: Doorstep) -> None:
    sent = _submission(step, "tom")
    draft = json.loads(sent.payload["view"]["private_metadata"])
    before = step.rows()["case_file"]
    for changed in (
        {"kind": "nonsense"},
        {"rooms": 10**30},
        {"rooms": "x"},
        {"key": None},
        {"shown": "0" * 16},
    ):
        body = json.loads(json.dumps(sent.payload))
        body["view"]["private_metadata"] = json.dumps({**draft, "key": str(changed), **changed})
        answer = step.signed(as_form(body), FORM)
        assert answer.status == 200
        view = json.loads(answer.body)["view"]["callback_id"]
        assert view == (
            ids.RECEIPT_VIEW if set(changed) <= {"key"} or changed == {"rooms": 10**30} else ids.REPORT_FORM
        )
    assert step.rows()["case_file"] == before + 2


def test_somebody_elsewhere_cannot_search_our_staff_or_open_a_form(step: Doorstep) -> None:
    outsider = step.slack.person("owen").user
    more = {"action_id": ids.REPORT_PEOPLE, "block_id": "q.x", "value": "sa"}
    asked = payloads.interaction("block_suggestion", outsider, view={"id": "V1", "type": "modal"}, **more)
    assert json.loads(step.signed(as_form(asked), FORM).body) == {"options": []}
    own = payloads.interaction("block_suggestion", step.slack.person("tom").user, view={"id": "V1"}, **more)
    assert "Sam Okafor" in step.signed(as_form(own), FORM).text, "else this shows nothing"
    for action in (ids.ASK_REPORT, ids.HOME_REPORT, ids.REPORT_OTHER_KIND, ids.CASE_NOTE):
        clicked(step, "owen", action, f"x|{Kind.ADULT_CONCERN.value}")
        assert "Okafor" not in seen_by(step, "owen")
        assert "Oak Primary" not in seen_by(step, "owen")


def _submission(step: Doorstep, who: str) -> Delivery:
    staff = Staff(step.slack)
    staff.report(staff.person(who), Kind.PUPIL_CONTACT, {"q.about": "pupil", **SAFE, "q.what": SECRET})
    step.settle()
    return next(
        one for one in reversed(step.slack.deliveries) if one.name == f"view_submission:{ids.REPORT_FORM}"
    )


def _reference(body: Any) -> str:
    words = json.dumps(body).split()
    return next(word.strip('.",') for word in words if word.startswith("SP-"))


def _element(blocks: Any, action: str) -> Any:
    return next(
        one
        for block in blocks
        for one in block.get("elements", ())
        if isinstance(one, dict) and one.get("action_id") == action
    )
