"""A form at a terminal: what is asked, what is taken as read, and that leaving sends nothing."""

import io
from typing import TYPE_CHECKING

import pytest

from bot.console.asking import Asking, Leaning, LeftError, taken_as_read
from bot.console.terminal import Terminal
from bot.reporting.filling import FormRefusedError, fill
from bot.reporting.report import Standing
from bot.wording.safety import LEAVE_AS_IS
from knowledge.rules import Kind
from tests.bot.reporting.forms_help import NOW, context

if TYPE_CHECKING:
    from collections.abc import Iterator

WHAT = {"what": "It was on the village page."}


def _asking(*lines: str, page: io.StringIO | None = None) -> Asking:
    typed: Iterator[str] = iter(lines)

    def prompt(_text: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    return Asking(Terminal(NOW.date(), file=page or io.StringIO(), width=80), prompt, context())


@pytest.mark.parametrize("kind", Kind)
def test_what_is_taken_as_read_makes_a_report_of_every_kind(kind: Kind) -> None:
    report = fill(kind, taken_as_read(kind, WHAT), context())
    assert (report.kind, report.danger) == (kind, False)


def test_a_report_that_could_be_about_anybody_is_taken_to_be_about_somebody_unknown() -> None:
    assert taken_as_read(Kind.COMPLAINT, WHAT)["about"] == "unknown"
    assert taken_as_read(Kind.PUPIL_CONTACT, WHAT)["about"] == "pupil"
    assert taken_as_read(Kind.ADULT_CONCERN, WHAT)["about"] == "works_here"


def test_what_was_answered_is_never_taken_as_read() -> None:
    given = {"about": "parent", "danger": "yes", "image": "unsure"}
    assert taken_as_read(Kind.COMPLAINT, given) == given


def test_where_the_question_sounded_of_danger_the_report_says_perhaps() -> None:
    taken = taken_as_read(Kind.ONLINE_SAFETY, WHAT, Leaning(danger=True, image=True))
    assert (taken["danger"], taken["image"]) == ("unsure", "unsure")


def test_everything_a_report_cannot_do_without_is_asked_in_order() -> None:
    given = _asking("1", "Alfie", "No", "not sure", "He wrote to me").complete(Kind.PUPIL_CONTACT, {})
    assert given == {
        "about": "pupil",
        "subject": "Alfie",
        "danger": "no",
        "image": "unsure",
        "what": "He wrote to me",
    }


def test_what_may_be_left_out_is_left_out_with_enter_and_what_may_not_is_asked_again() -> None:
    given = _asking("", "perhaps", "9", "a pupil", "", "n", "n").complete(Kind.PUPIL_CONTACT, WHAT)
    assert given == {**WHAT, "about": "pupil", "danger": "no", "image": "no"}


def test_somebody_named_is_asked_about_and_only_mentioned_when_the_reporter_says_so() -> None:
    what = {"what": "He was rude to Sam Okafor", "about": "unknown", "danger": "no", "image": "no"}
    given = _asking("", "They are only mentioned").complete(Kind.OTHER, what)
    assert given["standing.sam"] == "mentioned"
    assert fill(Kind.OTHER, given, context()).standings["sam"] is Standing.MENTIONED


def test_a_self_report_is_not_asked_who_it_is_about() -> None:
    assert "about" not in _asking("n", "n").complete(Kind.SELF_REPORT, WHAT)


def test_danger_brings_its_words_up_before_the_next_question() -> None:
    page = io.StringIO()
    _asking("1", "", "yes", "no", page=page).complete(Kind.PUPIL_CONTACT, WHAT)
    shown = page.getvalue()
    assert shown.index("Ring 999 now, before you send this") < shown.index("Is a nude or semi-nude")


def test_each_fixed_text_is_shown_once() -> None:
    page = io.StringIO()
    asking = _asking("1", "", "no", "no", page=page)
    given = asking.complete(Kind.PUPIL_CONTACT, WHAT)
    asking.show_notes(Kind.PUPIL_CONTACT, given)
    asking.show_notes(Kind.PUPIL_CONTACT, given)
    assert " ".join(page.getvalue().split()).count(LEAVE_AS_IS) == 1


@pytest.mark.parametrize("typed", [(), ("1",), ("1", "/quit")])
def test_leaving_in_the_middle_sends_nothing_and_says_so(typed: tuple[str, ...]) -> None:
    with pytest.raises(LeftError, match=r"Nothing was sent\."):
        _asking(*typed).complete(Kind.PUPIL_CONTACT, WHAT)


def test_sending_is_agreed_to_with_yes_and_with_nothing_else() -> None:
    assert _asking("", "perhaps", "Y").agreed("Send it?")
    assert not _asking("no").agreed("Send it?")


def test_a_report_of_nothing_is_still_refused() -> None:
    with pytest.raises(FormRefusedError, match="Nothing is written yet"):
        fill(Kind.PUPIL_CONTACT, taken_as_read(Kind.PUPIL_CONTACT, {}), context())
