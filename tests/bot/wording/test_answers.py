"""The words: never a report that wasn't made, and a word for everything."""

from datetime import date

import pytest

from bot.wording import answers as wording
from knowledge.answer import Answer, Silence
from knowledge.loader import shipped_pack
from knowledge.rules import Kind, ReportOffer, Role, Urgency, Verdict
from knowledge.tripwire import Tripped


def test_there_is_a_word_for_every_verdict_kind_and_urgency() -> None:
    assert set(wording.VERDICTS) == set(Verdict)
    assert set(wording.KINDS) == set(Kind)
    assert set(wording.URGENCIES) == set(Urgency)


@pytest.mark.parametrize("kind", Kind)
def test_the_offer_of_a_report_never_reads_as_if_one_had_been_made(kind: Kind) -> None:
    said = wording.offer(ReportOffer(kind=kind, urgency=Urgency.TODAY))
    assert said.startswith("This calls for a report")
    assert "not a report" in said
    assert "nobody has been told" in said
    assert "sent" not in said, "nothing can be sent from here yet"


def test_safety_wording_names_999_and_the_safeguarding_lead_first() -> None:
    lines = wording.safety(Tripped(danger=True, indecent=True))
    assert "999" in lines[0]
    assert "safeguarding lead" in lines[0]
    assert len(lines) == 4
    assert wording.safety(Tripped()) == ()


def test_safety_wording_never_tells_anybody_to_keep_copy_or_delete() -> None:
    said = " ".join(wording.safety(Tripped(danger=True, indecent=True))).lower()
    assert not any(
        word in said for word in ("screenshot", "save", "print", "forward", "delete", "copy", "evidence")
    )


def test_small_talk_gets_a_friendly_line_and_never_a_route() -> None:
    pack = shipped_pack("dartmoor")
    hello = Answer(Verdict.NOT_COVERED, 0.9, "greeting", silence=Silence.CHAT)
    other = Answer(Verdict.NOT_COVERED, 0.9, "trivia", silence=Silence.CHAT)
    assert wording.reason(hello, pack).startswith("Hello!")
    assert "can't help" not in wording.reason(hello, pack)
    assert wording.reason(other, pack) == wording.CHAT


def test_roles_are_named_as_the_school_names_them() -> None:
    pack = shipped_pack("dartmoor")
    assert wording.people([Role.PRINCIPAL], pack) == "the Principal"
    assert (
        wording.people([Role.PRINCIPAL, Role.DSL], pack)
        == "the Principal or the designated safeguarding lead"
    )
    assert wording.people([], pack) == "the head"


@pytest.mark.parametrize(
    ("when", "shown"),
    [(date(2023, 7, 20), "20 July 2023"), ("2024-07", "July 2024"), ("2020", "2020")],
)
def test_dates_are_shown_as_exactly_as_they_are_known(when: date | str, shown: str) -> None:
    assert wording.day(when) == shown


def test_a_close_call_asks_whose_account_it_is() -> None:
    answer = Answer(Verdict.NOT_ALLOWED, 0.4, "x", choose=("account",))
    assert wording.close_call(answer, {}) == "Is it the school's account or your own?"
    answer = Answer(Verdict.NOT_ALLOWED, 0.4, "x", choose=("a", "b"))
    assert wording.close_call(answer, {"a": "adding a pupil", "b": "adding a parent"}) == (
        "Which is nearer: adding a pupil, or adding a parent?"
    )
