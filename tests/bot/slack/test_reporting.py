"""A report in Slack where something is in the way: slow Slack, shut windows, faults of our own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack import ids
from bot.wording import chat
from bot.wording import reporting as wording
from knowledge.rules import Kind
from tests.bot.slack.doorstep import Doorstep, doorstep
from tests.support.slack.staff import SAFE, Staff

WORDS = "She waited for me after training and asked for my number."
SAID = {"q.about": "pupil", **SAFE, "q.what": WORDS}


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Give Slack's door."""
    with doorstep(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path) as found:
        found.slack.add_channel("staff", "tom", "sam", "helen")
        found.slack.add_channel("private", "tom", "sam", private=True, bot=False)
        yield found


def test_what_stands_after_the_command_begins_the_report(step: Doorstep) -> None:
    staff = Staff(step.slack)
    form = staff.form(staff.person("tom"), Kind.PUPIL_CONTACT, f"  {WORDS} ")
    assert form.row()["state"]["values"]["q.what"]["report.answer.what"]["value"] == WORDS


@pytest.mark.parametrize(
    ("question", "unsure", "other"),
    [
        ("a Y9 girl has sent me a nude on snap, what now", "q.image", "q.danger"),
        ("a pupil says she will kill herself tonight", "q.danger", "q.image"),
    ],
)
def test_a_warning_begins_the_form_with_what_it_suspects_and_decides_nothing(
    step: Doorstep, question: str, unsure: str, other: str
) -> None:
    staff = Staff(step.slack)
    tom = staff.person("tom")
    tom.press(ids.ASK_REPORT, staff.ask(tom, question))
    form = tom.wait_for_view(lambda view: view.callback_id == ids.REPORT_FORM)
    values = form.row()["state"]["values"]
    (said,), (left,) = (values[unsure].values(), values[other].values())
    assert said["selected_option"]["value"] == "unsure"
    assert left["selected_option"] is None
    assert form.row()["state"]["values"]["q.what"]["report.answer.what"]["value"] == question


def test_a_message_where_the_app_is_not_is_reported_without_its_link(step: Doorstep) -> None:
    staff = Staff(step.slack)
    sam, tom = staff.person("sam"), staff.person("tom")
    seen = sam.write("private", "See my album of Year 8 swimming")
    step.slack.control(faults=[{"method": "chat.getPermalink", "code": "channel_not_found"}])
    tom.message_shortcut(ids.REPORT_THIS, seen)
    step.settle()
    form = staff.chosen(tom, Kind.OTHER)
    assert "Sam Okafor" in str(form.row()["state"])
    staff.fill(tom, {"q.about": "unknown", **SAFE})
    given = str(tom.view.row()["state"]) if tom.view else ""
    assert "album of Year 8" in given
    assert "archives" not in given
    staff.fill(tom, {"q.posted_at": "yesterday"})
    staff.sent(tom)


def test_a_receipt_that_cannot_be_posted_takes_nothing_back(step: Doorstep) -> None:
    staff = Staff(step.slack)
    tom = staff.person("tom")
    step.slack.control(errors={"tom": "messages_tab_disabled"})
    reference = staff.report(tom, Kind.PUPIL_CONTACT, SAID)
    step.settle()
    assert step.rows()["case_file"] == 1
    assert [one.method for one in step.slack.refused()] == ["chat.postMessage"]
    step.slack.control(errors={})
    tom.open_home()
    assert reference in tom.wait_for_home().words


def test_the_receipt_that_is_posted_says_nothing_of_the_report(step: Doorstep) -> None:
    staff = Staff(step.slack)
    tom = staff.person("tom")
    reference = staff.report(tom, Kind.PUPIL_CONTACT, SAID)
    step.settle()
    (posted,) = tom.messages()
    assert reference in posted.words
    assert "training" not in posted.everything
    assert "Sam" not in posted.everything


def test_whatever_goes_wrong_the_words_stay_in_the_form(
    step: Doorstep, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    staff = Staff(step.slack)
    tom = staff.person("tom")
    staff.form(tom, Kind.PUPIL_CONTACT)
    staff.fill(tom, SAID)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError(WORDS)

    with monkeypatch.context() as patch:
        patch.setattr("bot.slack.reporting.preview", broken)
        delivery = tom.submit()
    assert delivery.body["response_action"] == "errors"
    form = tom.view
    assert form is not None
    assert "NOT" in form.words
    assert "01632 960003" in form.words
    assert "whichever of them it isn't about" in form.words
    assert WORDS in str(form.row())
    assert step.rows()["case_file"] == 0
    staff.sent(tom)
    capsys.readouterr()


def test_a_form_that_was_shut_while_it_changed_does_no_harm(step: Doorstep) -> None:
    staff = Staff(step.slack)
    tom = staff.person("tom")
    staff.form(tom, Kind.PUPIL_CONTACT)
    for code in ("not_found", "hash_conflict"):
        step.slack.control(faults=[{"method": "views.update", "code": code}])
        tom.fill({"q.danger": "yes"})
        step.settle()
    staff.fill(tom, {"q.danger": "no"})
    assert tom.view is not None


def test_a_slow_slack_costs_no_click(step: Doorstep) -> None:
    staff = Staff(step.slack)
    nell = staff.person("nell")
    step.slack.control(hang=["users.info", "auth.test"])
    nell.slash(ids.REPORT_COMMAND, WORDS)
    assert step.slack.deliveries[-1].seconds < 2.5
    nell.wait_for_view(lambda view: view.callback_id == ids.KIND_VIEW)


def test_a_command_that_fails_says_so(
    step: Doorstep, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError(WORDS)

    monkeypatch.setattr("bot.slack.asking.answer_blocks", broken)
    tom = step.slack.person("tom")
    delivery = tom.slash(ids.ASK_COMMAND, "Can I post this?")
    assert delivery.status == 200
    assert tom.messages()[-1].words == chat.SOMETHING_BROKE
    assert "training" not in capsys.readouterr().out.replace(WORDS, "")


def test_whoever_reports_themselves_is_told_no_names_and_keeps_the_reference(step: Doorstep) -> None:
    staff = Staff(step.slack)
    sam = staff.person("sam")
    staff.form(sam, Kind.SELF_REPORT)
    staff.fill(sam, {**SAFE, "q.what": "I replied to a pupil from my own account."})
    sam.submit()
    assert sam.view is not None
    assert wording.CHECK_AND_SEND in sam.view.words
    staff.sent_now(sam)
    step.settle()
    assert [one for one in sam.messages() if "Helen" in one.everything] == []
