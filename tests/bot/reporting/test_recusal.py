"""Whom a case is about, said later or found in a linked case: gone at once; or only mentioned (S5)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import NoSuchCaseError, RefusedActionError
from bot.messages import Card, CardState
from bot.reporting import handling, viewing
from bot.reporting.recusal import say_standing
from bot.reporting.report import About, Standing
from bot.reporting.rights import Party, State
from bot.reporting.undeliverable import lost
from knowledge.rules import Kind, Role
from storage import cases, outbox
from storage.outbox import Lease
from tests.bot.reporting.stage import PLATFORMS, Stage
from tests.bot.reporting.tales import Tale

ABOUT, MENTIONED, OPEN = Standing.ABOUT, Standing.MENTIONED, Standing.OPEN
WORRY = Tale(Kind.ONLINE_SAFETY, reporter="tom")
UNNAMED = Tale(Kind.ADULT_CONCERN, about=About.UNKNOWN, reporter="tom")


def say(stage: Stage, reference: str, person: str, standing: Standing, by: str = "tom") -> None:
    stage.do(say_standing, reference, by, (person, standing))


def knows_nothing(stage: Stage, reference: str, person: str) -> bool:
    """Whether a case is as if it weren't there for somebody, and nothing more of it goes to them."""
    for use_case, *more in ((viewing.open_case,), (viewing.export_case,), (handling.add_note, "A note.")):
        with pytest.raises(NoSuchCaseError):
            stage.do(use_case, reference, person, *more)
    sent = [one for one in stage.deliver() if one.person == person]
    stubs = all(isinstance(one.message, Card) and one.message.state is CardState.WITHDRAWN for one in sent)
    return stubs and reference not in stage.listed(person) and not stage.waiting(reference, person)


def test_whoever_it_turns_out_to_be_about_knows_nothing_of_it_from_then_on(stage: Stage) -> None:
    reference = stage.report(WORRY)
    stage.deliver()
    assert stage.told(reference) == ["sam"]
    say(stage, reference, "sam", ABOUT)
    assert knows_nothing(stage, reference, "sam")


def test_the_next_in_line_and_the_head_are_told_at_once_in_the_leads_place(stage: Stage) -> None:
    reference = stage.report(WORRY)
    say(stage, reference, "sam", ABOUT)
    assert set(stage.told(reference)) == {"omar", "helen"}


def test_a_card_that_was_not_sent_yet_never_is(stage: Stage) -> None:
    reference = stage.report(WORRY)
    say(stage, reference, "sam", ABOUT)
    assert not [one for one in stage.deliver() if one.person == "sam"]


def test_a_card_that_was_sent_becomes_a_stub_that_says_nothing(stage: Stage) -> None:
    reference = stage.report(WORRY)
    stage.deliver()
    say(stage, reference, "sam", ABOUT)
    (stub,) = [one.message for one in stage.deliver() if one.person == "sam"]
    assert isinstance(stub, Card)
    assert stub.state is CardState.WITHDRAWN


def test_a_card_that_is_on_its_way_becomes_a_stub_once_it_has_arrived(stage: Stage) -> None:
    reference = stage.report(WORRY)
    with stage.office.work(stage.now) as work:
        rows = outbox.claim(work.session, Lease("sender", stage.now, 10), most=9, pace=0, on=PLATFORMS)
        work.done()
    say(stage, reference, "sam", ABOUT)
    with stage.office.work(stage.now) as work:
        for row in rows:
            outbox.settle(work.session, row.id, "sender", state=outbox.SENT, provider_id="m1")
        work.done()
    stage.after(seconds=11)
    stubs = [one.message for one in stage.deliver() if one.person == "sam"]
    assert [stub.state for stub in stubs if isinstance(stub, Card)] == [CardState.WITHDRAWN]


def test_a_card_whose_platform_then_gives_up_goes_no_other_way(stage: Stage) -> None:
    reference = stage.report(WORRY)
    office = replace(stage.office, replica="sender")
    with office.work(stage.now) as work:
        (row,) = outbox.claim(work.session, Lease("sender", stage.now, 10), most=1, pace=0, on=PLATFORMS)
        work.done()
    assert row.person == "sam"
    say(stage, reference, "sam", ABOUT)
    lost(office, row.id, "gone", now=stage.now)
    assert "card" not in stage.waiting(reference, "sam")
    stage.after(seconds=11)
    assert "sam" not in {one.person for one in stage.deliver()}


def test_a_handler_it_turns_out_to_be_about_handles_it_no_longer(stage: Stage) -> None:
    reference = stage.report(WORRY)
    stage.acknowledge(reference, "sam")
    stage.do(handling.add_note, reference, "sam", "Spoke to the child.")
    say(stage, reference, "sam", ABOUT)
    assert knows_nothing(stage, reference, "sam")
    assert stage.case(reference).state is State.NOTIFIED
    assert stage.case(reference).handlers() == ()


def test_a_concern_that_turns_out_to_be_about_the_head_goes_past_the_heads_staff(stage: Stage) -> None:
    reference = stage.report(UNNAMED)
    stage.climb(reference)
    assert {"helen", "omar"} <= set(stage.told(reference))
    say(stage, reference, "helen", ABOUT)
    told = set(stage.told(reference))
    assert "chair" in told
    assert not told & {"helen", "omar", "sam", "ruth"}
    assert stage.case(reference).row.family == "head"
    assert knows_nothing(stage, reference, "omar")


def test_the_ladder_of_such_a_concern_goes_on(stage: Stage) -> None:
    reference = stage.report(UNNAMED)
    stage.climb(reference)
    say(stage, reference, "helen", ABOUT)
    for _ in range(6):
        before = len(stage.told(reference)), stage.case(reference).row.lap
        stage.climb(reference)
        assert (len(stage.told(reference)), stage.case(reference).row.lap) > before
    assert not set(stage.told(reference)) & {"helen", "omar", "sam", "ruth"}


def test_a_concern_about_somebody_at_another_school_goes_to_that_schools_head(stage: Stage) -> None:
    reference = stage.report(UNNAMED)
    say(stage, reference, "bea", ABOUT)
    assert "marcus" in stage.told(reference)
    assert "helen" not in stage.told(reference)


def test_a_head_who_was_only_mentioned_after_all_is_told(stage: Stage) -> None:
    reference = stage.report(Tale(Kind.ADULT_CONCERN, {"helen": OPEN}, About.UNKNOWN, reporter="tom"))
    assert "helen" not in stage.told(reference)
    say(stage, reference, "helen", MENTIONED)
    assert "helen" in stage.told(reference)
    assert "helen" in {one.person for one in stage.deliver()}


@pytest.mark.parametrize("acknowledged", [False, True])
def test_a_lead_who_was_only_mentioned_is_told_though_a_deputy_has_it_by_now(
    stage: Stage, *, acknowledged: bool
) -> None:
    reference = stage.report(replace(WORRY, standings={"sam": OPEN}))
    assert stage.told(reference) == ["omar"]
    if acknowledged:
        stage.acknowledge(reference, "omar")
    state = stage.case(reference).state
    say(stage, reference, "sam", MENTIONED)
    assert stage.told(reference) == ["omar", "sam"]
    assert stage.case(reference).state is state
    assert stage.do(viewing.open_case, reference, "sam").party is Party.CALLED


def test_telling_the_lead_at_last_puts_the_next_step_off_for_nobody(stage: Stage) -> None:
    reference = stage.report(replace(WORRY, standings={"sam": OPEN}))
    due = {one.due_at for one in stage.timers(reference)}
    for _ in range(4):
        stage.after(minutes=10)
        for standing in (MENTIONED, ABOUT):
            say(stage, reference, "sam", standing)
            assert {one.due_at for one in stage.timers(reference)} <= due | {stage.now + timedelta(hours=2)}
            assert min(one.due_at for one in stage.timers(reference)) == min(due)


def test_somebody_who_is_away_is_not_told_at_last(stage: Stage) -> None:
    reference = stage.report(replace(WORRY, standings={"sam": OPEN}))
    stage.use_schools(with_away("sam"))
    say(stage, reference, "sam", MENTIONED)
    assert stage.told(reference) == ["omar"]


def with_away(person: str) -> str:
    from tests.bot.reporting.oakfield import OAKFIELD

    away = "away: [{from: 2026-11-01, to: 2026-12-31}]"
    return OAKFIELD.replace(f"slack: U0{person.upper()}}}", f"slack: U0{person.upper()}, {away}}}")


def test_nobody_can_say_that_it_is_not_about_themselves(stage: Stage) -> None:
    reference = stage.report(replace(WORRY, standings={"sam": ABOUT}))
    with pytest.raises(NoSuchCaseError):
        say(stage, reference, "sam", MENTIONED, by="sam")


def test_somebody_may_say_that_it_is_about_themselves(stage: Stage) -> None:
    reference = stage.report(WORRY)
    say(stage, reference, "sam", ABOUT, by="sam")
    assert knows_nothing(stage, reference, "sam")


@pytest.mark.parametrize("nobody", ["", "Sam Okafor", "x" * 1000])
def test_only_somebody_in_the_schools_file_can_be_named(stage: Stage, nobody: str) -> None:
    reference = stage.report(WORRY)
    before = stage.case(reference).details
    with pytest.raises(RefusedActionError):
        say(stage, reference, nobody, ABOUT)
    assert stage.case(reference).details == before


def test_an_administrator_named_meanwhile_gets_no_alarm_that_was_waiting(stage: Stage) -> None:
    reference = stage.report(WORRY)
    for _ in range(4):
        stage.climb(reference)
    assert "alarm" in stage.waiting(reference, "ada")
    say(stage, reference, "ada", ABOUT)
    assert stage.waiting(reference, "ada") == []
    for _ in range(4):
        stage.climb(reference)
    assert stage.waiting(reference, "ada") == []


def test_a_reporter_named_later_keeps_the_receipt_and_nothing_else(stage: Stage) -> None:
    reference = stage.report(WORRY)
    stage.acknowledge(reference, "sam")
    stage.do(handling.ask_reporter, reference, "sam", "Where were you?")
    say(stage, reference, "tom", ABOUT, by="sam")
    view = stage.do(viewing.own_report, reference, "tom")
    assert (view.party, view.subject, view.answers, view.chronology) == (Party.SELF_REPORTER, "", {}, ())
    assert "reminder" not in {one.event for one in stage.deliver() if one.person == "tom"}
    with pytest.raises(NoSuchCaseError):
        stage.do(handling.answer_question, reference, "tom", "At home.")
    assert [one.reference for one in viewing.my_reports(stage.office, _actor("tom"), now=stage.now)] == [
        reference
    ]


def test_a_reporter_who_may_be_whom_it_is_about_still_finds_their_report(stage: Stage) -> None:
    reference = stage.report(replace(WORRY, standings={"tom": OPEN}))
    assert stage.do(viewing.own_report, reference, "tom").party is Party.SELF_REPORTER


def _actor(person: str) -> Any:
    from bot.reporting.casefile import Actor

    return Actor(person)


def test_what_was_said_is_in_the_audit_without_the_name(stage: Stage) -> None:
    reference = stage.report(WORRY)
    say(stage, reference, "vera", ABOUT)
    said = [row for row in stage.deeds() if row.action == "standing about"]
    assert [(row.actor, row.reference, row.detail) for row in said] == [("tom", reference, "")]


def test_whoever_loses_a_case_and_whoever_is_told_instead_is_in_the_audit(stage: Stage) -> None:
    reference = stage.report(WORRY)
    before = len(stage.deeds())
    say(stage, reference, "sam", ABOUT)
    rows = [(row.action, row.detail.split()[-3:]) for row in stage.deeds()[before:]]
    assert ("withdrawn", ["person=sam"]) in rows
    assert {"person=omar", "person=helen"} <= {word for _, detail in rows for word in detail}


# Linked cases.

SAME_ACCOUNT = {"handle": "@night.owl"}
FIRST = Tale(Kind.REFERENCE, reporter="tom", answers=SAME_ACCOUNT)
ANOTHER = replace(FIRST, reporter="priya")


def test_reports_that_point_at_the_same_account_are_linked(stage: Stage) -> None:
    first, second = stage.report(FIRST), stage.report(replace(ANOTHER, answers={"account": "Night.Owl "}))
    assert _linked(stage, second) == {first}


def test_the_subject_of_one_is_barred_from_all_that_are_linked_with_it(stage: Stage) -> None:
    first = stage.report(FIRST)
    stage.deliver()
    assert "helen" in stage.told(first)
    stage.report(replace(ANOTHER, standings={"helen": ABOUT}, about=About.WORKS_HERE))
    assert knows_nothing(stage, first, "helen")
    assert "helen" not in stage.told(first)
    assert stage.told(first)


def test_the_subject_of_an_older_one_is_barred_from_the_new_one_from_the_first(stage: Stage) -> None:
    stage.report(replace(FIRST, standings={"helen": ABOUT}, about=About.WORKS_HERE))
    second = stage.report(ANOTHER)
    assert not stage.notices(second, "helen")
    assert stage.told(second)


def test_who_may_be_the_subject_of_one_hears_of_none_until_that_is_settled(stage: Stage) -> None:
    first = stage.report(replace(FIRST, standings={"helen": OPEN}, about=About.UNKNOWN))
    second = stage.report(ANOTHER)
    assert not stage.notices(second, "helen")
    say(stage, first, "helen", MENTIONED)
    assert "helen" in stage.told(first)
    assert "helen" in stage.told(second)


def test_one_word_that_it_is_about_them_outweighs_another_that_it_is_not(stage: Stage) -> None:
    first = stage.report(replace(FIRST, standings={"helen": ABOUT}, about=About.WORKS_HERE))
    second = stage.report(replace(ANOTHER, standings={"helen": OPEN}, about=About.UNKNOWN))
    say(stage, second, "helen", MENTIONED, by="priya")
    assert knows_nothing(stage, second, "helen")
    say(stage, first, "helen", MENTIONED)
    assert "helen" in stage.told(second)


def test_whom_a_purged_case_barred_stays_barred_from_the_others(stage: Stage) -> None:
    first = stage.report(replace(FIRST, standings={"helen": ABOUT}, about=About.WORKS_HERE))
    second, third = stage.report(ANOTHER), stage.report(replace(ANOTHER, reporter="ruth"))
    stage.put_in(first, State.PURGED)
    say(stage, second, "vera", ABOUT, by="priya")
    for reference in (second, third):
        assert knows_nothing(stage, reference, "helen")


def test_a_report_that_joins_two_groups_bars_whom_either_barred(stage: Stage) -> None:
    stage.report(replace(FIRST, standings={"helen": ABOUT}, about=About.WORKS_HERE))
    other = stage.report(replace(ANOTHER, answers={"url": "https://fake.example/a"}))
    assert "helen" in stage.told(other)
    third = stage.report(replace(ANOTHER, answers={**SAME_ACCOUNT, "url": "https://fake.example/a"}))
    assert not stage.notices(third, "helen")
    assert knows_nothing(stage, other, "helen")


def test_a_flood_of_similar_reports_is_a_star_and_not_a_chain(stage: Stage) -> None:
    references = [stage.report(replace(FIRST, reporter="tom")) for _ in range(12)]
    first = stage.case(references[0]).id
    with stage.office.store.reading() as session:
        for reference in references[1:]:
            assert [other for other, _ in cases.linked(session, stage.case(reference).id)] == [first]
        assert len(cases.group(session, first)) == 12


def test_whoever_is_named_in_the_last_of_a_flood_is_barred_from_all(stage: Stage) -> None:
    references = [stage.report(FIRST) for _ in range(6)]
    say(stage, references[-1], "helen", ABOUT)
    for reference in references:
        assert knows_nothing(stage, reference, "helen")


def test_drills_are_linked_with_no_real_report(stage: Stage) -> None:
    stage.report(replace(FIRST, standings={"helen": ABOUT}, about=About.WORKS_HERE), drill=True)
    assert "helen" in stage.told(stage.report(ANOTHER))


def test_cases_linked_by_a_handler_share_whom_they_bar(stage: Stage) -> None:
    first = stage.report(WORRY)
    second = stage.report(replace(WORRY, reporter="priya", standings={"omar": ABOUT}))
    for reference in (first, second):
        stage.acknowledge(reference, "sam")
    stage.do(handling.hand_over, first, "sam", "omar")
    stage.deliver()
    stage.do(handling.link, first, "sam", second)
    assert knows_nothing(stage, first, "omar")


def test_a_reporter_cannot_clear_somebody_of_a_linked_report_that_is_about_them(stage: Stage) -> None:
    stage.report(replace(FIRST, standings={"helen": ABOUT}, about=About.WORKS_HERE))
    second = stage.report(ANOTHER)
    say(stage, second, "helen", MENTIONED, by="priya")
    assert knows_nothing(stage, second, "helen")


def _linked(stage: Stage, reference: str) -> set[str]:
    with stage.office.store.reading() as session:
        found = cases.linked(session, stage.case(reference).id)
        rows = [cases.by_id(session, one) for one, _ in found]
    return {row.reference for row in rows if row is not None}


def test_roles_are_kept_when_a_person_is_taken_out(stage: Stage) -> None:
    reference = stage.report(WORRY)
    say(stage, reference, "sam", ABOUT)
    roles = {Role(one.role) for one in stage.case(reference).told if not one.withdrawn}
    assert roles == {Role.DEPUTY_DSL, Role.PRINCIPAL}
