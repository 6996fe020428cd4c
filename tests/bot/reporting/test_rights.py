"""Who may do what with a case: the one table, cell by cell, and each use case held to it (promise S4)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bot.errors import NoSuchCaseError
from bot.reporting import handling, purging, recusal, viewing
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.handling import Closing, Decision
from bot.reporting.purging import Purge
from bot.reporting.report import About, Standing
from bot.reporting.rights import MAY, Action, Party, State, may
from knowledge.rules import Kind
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.reporting.stage import WHO, Stage
from tests.bot.reporting.tales import Tale

EXPECTED = """
                 reporter  self_reporter  subject  called  handler  technician  dpo   stranger
    receipt      NAIC      NAIC           -        -       -        -           -     -
    add          NAI       -              -        -       -        -           -     -
    answer       NAI       -              -        -       -        -           -     -
    standing     NAI       -              -        NAI     NAI      -           -     -
    list         -         -              -        NAI     NAIC     NAI         -     -
    open         -         -              -        NAI     NAIC     NAI         -     -
    acknowledge  -         -              -        NAI     NAI      NAI         -     -
    hand_over    -         -              -        -       NAI      -           -     -
    ask          -         -              -        -       NAI      -           -     -
    note         -         -              -        -       NAI      -           -     -
    act          -         -              -        -       NAI      -           -     -
    close        -         -              -        -       NAI      -           -     -
    reopen       -         -              -        -       C        -           -     -
    link         -         -              -        -       NAI      -           -     -
    export       -         -              -        -       NAIC     -           -     -
    transfer     -         -              -        -       C        -           -     -
    hold         -         -              -        -       -        -           NAIC  -
    purge        -         -              -        -       -        -           C     -
"""
"""In which states each party may do a thing: Notified, Acknowledged, In progress, Closed, Purged."""
LETTERS = {
    "N": State.NOTIFIED,
    "A": State.ACKNOWLEDGED,
    "I": State.IN_PROGRESS,
    "C": State.CLOSED,
    "P": State.PURGED,
}


def expected() -> Mapping[tuple[str, str], frozenset[State]]:
    """The table as it is written above, by party and action."""
    head, *rows = (line.split() for line in EXPECTED.strip().splitlines())
    return {
        (party, action): frozenset(LETTERS[letter] for letter in cell if letter != "-")
        for action, *cells in rows
        for party, cell in zip(head, cells, strict=True)
    }


CELLS = [(party, action, state) for (party, action), _ in expected().items() for state in State]


def test_the_table_has_a_cell_for_each_party_action_and_state() -> None:
    assert {party for party, _ in expected()} == set(Party)
    assert {action for _, action in expected()} == set(Action)
    assert len(CELLS) == 8 * 18 * 5
    assert set(MAY) == set(Party)


@pytest.mark.parametrize("party", list(Party))
def test_who_may_do_what_is_as_it_is_written_here(party: Party) -> None:
    wrong = [
        (action, state)
        for action, state in product(Action, State)
        if may(party, action, state) is not (state in expected()[party, action])
    ]
    assert not wrong


def test_nobody_may_do_anything_with_a_purged_case() -> None:
    assert not any(may(party, action, State.PURGED) for party, action in product(Party, Action))


def test_a_subject_and_a_stranger_may_do_nothing() -> None:
    assert not any(
        may(party, *cell) for party in (Party.SUBJECT, Party.STRANGER) for cell in product(Action, State)
    )


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody's attempt, with what it needs beside the case."""

    stage: Stage
    reference: str
    other: str
    person: str
    keys: Path


def _use(use_case: Any, *more: Any) -> Callable[[Try], object]:
    return lambda one: one.stage.do(use_case, one.reference, one.person, *more)


def _listed(one: Try) -> object:
    if one.reference not in one.stage.listed(one.person):
        raise NoSuchCaseError(one.reference)
    return None


def _purge(one: Try) -> object:
    office, purge = one.stage.office, Purge(one.reference, "the term is over")
    return purging.purge_case(office, one.keys, Actor(one.person), purge, now=one.stage.now)


CLOSING = Closing(Decision.NO_REFERRAL, "Seen to.")
USES: Mapping[Action, Callable[[Try], object]] = {
    Action.RECEIPT: _use(viewing.own_report),
    Action.ADD: _use(handling.add_information, "There is more."),
    Action.ANSWER: _use(handling.answer_question, "On Tuesday."),
    Action.STANDING: _use(recusal.say_standing, ("colin", Standing.MENTIONED)),
    Action.LIST: _listed,
    Action.OPEN: _use(viewing.open_case),
    Action.ACKNOWLEDGE: _use(acknowledge),
    Action.HAND_OVER: _use(handling.hand_over, "ruth"),
    Action.ASK: _use(handling.ask_reporter, "When was it?"),
    Action.NOTE: _use(handling.add_note, "Rang home."),
    Action.ACT: _use(handling.add_action, ("sam", "Ring home.", date(2026, 12, 1))),
    Action.CLOSE: _use(handling.close, CLOSING),
    Action.REOPEN: _use(handling.reopen, "There is more to it."),
    Action.LINK: lambda one: one.stage.do(handling.link, one.reference, one.person, one.other),
    Action.EXPORT: _use(viewing.export_case),
    Action.TRANSFER: _use(handling.transfer, "R-1"),
    Action.HOLD: _use(handling.hold, "A claim was made."),
    Action.PURGE: _purge,
}
MORE: Mapping[str, tuple[Action, Callable[[Try], object]]] = {
    "merge": (Action.CLOSE, lambda one: one.stage.do(handling.merge, one.reference, one.person, one.other)),
    "release": (Action.HOLD, _use(handling.release, "The claim is settled.")),
}
"""Use cases beside the one that an action is named for."""


def _tries(stage: Stage, keys: Path, state: State, parties: Mapping[Party, str], reference: str) -> list[str]:
    """What came out otherwise than the table says, for these parties to one case; it is left as it was."""
    wrong = []
    for (party, person), action in product(parties.items(), Action):
        if state in expected()[party, action]:
            continue
        one = Try(stage, reference, reference, person, keys)
        for name, use in _ways(action):
            try:
                use(one)
            except NoSuchCaseError as refused:
                if str(refused) != str(NoSuchCaseError(reference)):
                    wrong.append(f"{party} {name} {state}: {refused}")
            else:
                wrong.append(f"{party} may {name} when {state}")
    return wrong


def _ways(action: Action) -> list[tuple[str, Callable[[Try], object]]]:
    more = [(name, use) for name, (needs, use) in MORE.items() if needs is action]
    return [(action.value, USES[action]), *more]


def _parties(state: State, stage: Stage) -> Sequence[tuple[Mapping[Party, str], str]]:
    """A case in that state for each set of parties that can stand to one case at once."""
    cases = [(WHO, stage.filter_fault()), ({Party.SELF_REPORTER: "priya"}, stage.own_slip())]
    for _, reference in cases:
        stage.put_in(reference, state)
    return cases


def check_refusals(stage: Stage, keys: Path, state: State) -> None:
    """Have every party try whatever they may not do with a case in this state."""
    for parties, reference in _parties(state, stage):
        before = stage.deeds()
        assert not _tries(stage, keys, state, parties, reference)
        done = [row for row in stage.deeds()[len(before) :] if row.action != "list"]
        assert done
        assert all(row.action.startswith("refused ") for row in done)


@pytest.mark.parametrize("state", list(State))
def test_whoever_may_not_is_told_that_there_is_no_such_case(
    state: State, sqlite_stage: Stage, tmp_path: Path
) -> None:
    check_refusals(sqlite_stage, tmp_path / "keys.toml", state)


ALLOWED = [(party, action, state) for party, action, state in CELLS if state in expected()[party, action]]


PARTIES = sorted({Party(party) for party, _, _ in ALLOWED})


def check_permissions(stage: Stage, keys: Path, party: Party) -> None:
    """Have a party do whatever they may, each with a case of its own."""
    for _, action, state in (cell for cell in ALLOWED if cell[0] == party):
        for name, use in _ways(Action(action)):
            own = party is Party.SELF_REPORTER
            reference = stage.own_slip() if own else stage.filter_fault()
            other = stage.filter_fault() if name in {"link", "merge"} else ""
            stage.put_in(reference, state)
            person = "priya" if own else WHO[party]
            use(Try(stage, reference, other, person, keys))
            last = [row for row in stage.deeds() if row.actor == person][-1]
            assert not last.action.startswith("refused"), name
            if name not in {"list", "acknowledge"}:  # which they had done before: again changes nothing
                assert last.reference == reference


@pytest.mark.parametrize("party", PARTIES)
def test_whoever_may_can(party: Party, sqlite_stage: Stage, tmp_path: Path) -> None:
    check_permissions(sqlite_stage, tmp_path / "keys.toml", party)


def test_every_action_is_tried_through_a_use_case() -> None:
    assert set(USES) == set(Action)


def test_what_is_refused_and_what_is_unknown_read_the_same(stage: Stage) -> None:
    reference = stage.filter_fault()
    for person in (WHO[Party.SUBJECT], WHO[Party.STRANGER], "nobody-at-all"):
        for asked in (reference, "SP-2222-3333"):
            with pytest.raises(NoSuchCaseError) as refused:
                stage.do(viewing.open_case, asked, person)
            assert str(refused.value) == f"there is no case {asked} that you can do this with"


def test_an_attempt_is_audited_with_the_reference_only_where_there_is_such_a_case(stage: Stage) -> None:
    reference = stage.filter_fault()
    for asked in (reference, "SP-2222-3333"):
        with pytest.raises(NoSuchCaseError):
            stage.do(viewing.open_case, asked, "tom")
    known, unknown = stage.deeds()[-2:]
    assert (known.actor, known.action, known.reference) == ("tom", "refused open", reference)
    assert (unknown.actor, unknown.action, unknown.reference) == ("tom", "refused open", "")


def test_many_attempts_leave_a_few_rows_and_the_count_of_them_all(stage: Stage) -> None:
    stage.filter_fault()
    before = len(stage.deeds())
    for number in range(300):
        with pytest.raises(NoSuchCaseError):
            stage.do(viewing.open_case, f"SP-{number:04}-2222", f"made-up-{number}")
    rows = stage.deeds()[before:]
    assert len(rows) <= 40
    assert rows[-1].detail == "attempts=256"
    stage.after(minutes=10)
    with pytest.raises(NoSuchCaseError):
        stage.do(viewing.open_case, "SP-2222-2222", "made-up")
    assert len(stage.deeds()) == before + len(rows) + 1


def test_one_persons_attempts_do_not_hide_anothers(stage: Stage) -> None:
    for _ in range(40):
        with pytest.raises(NoSuchCaseError):
            stage.do(viewing.open_case, "SP-2222-2222", "tom")
    with pytest.raises(NoSuchCaseError):
        stage.do(viewing.open_case, "SP-2222-2222", "vera")
    assert stage.deeds()[-1].actor == "vera"


def test_a_made_up_name_is_not_written_into_the_audit(stage: Stage) -> None:
    with pytest.raises(NoSuchCaseError):
        stage.do(viewing.open_case, "SP-2222-2222", "x" * 100_000)
    assert stage.deeds()[-1].actor == "somebody unlisted"


def test_a_reference_may_be_typed_in_any_way(stage: Stage) -> None:
    reference = stage.filter_fault()
    for typed in (reference.lower(), reference.replace("-", ""), f" {reference[3:]} "):
        assert stage.do(viewing.open_case, typed, "sam").summary.reference == reference


def test_a_handler_who_reported_it_keeps_their_receipt_and_may_answer(stage: Stage) -> None:
    reference = stage.report(Tale(Kind.FILTERING, reporter="sam", answers={"fault": "a filter"}))
    stage.acknowledge(reference, "sam")
    assert stage.do(viewing.own_report, reference, "sam").party is Party.REPORTER
    stage.do(handling.add_information, reference, "sam", "There is more.")
    stage.do(handling.add_note, reference, "sam", "A note.")


def test_a_data_protection_officer_who_handles_a_case_may_still_hold_it(stage: Stage) -> None:
    reference = stage.report(Tale(Kind.DATA_BREACH))
    stage.acknowledge(reference, "dan")
    stage.do(handling.hold, reference, "dan", "A claim was made.")
    assert stage.do(viewing.open_case, reference, "dan").party is Party.HANDLER


def test_a_data_protection_officer_whom_it_is_about_may_not(stage: Stage) -> None:
    reference = stage.report(Tale(Kind.DATA_BREACH, {"dan": Standing.ABOUT}, About.WORKS_HERE))
    for use_case in (handling.hold, handling.release):
        with pytest.raises(NoSuchCaseError):
            stage.do(use_case, reference, "dan", "Why not.")


def test_whoever_is_only_alerted_is_a_stranger_to_the_case(stage: Stage) -> None:
    reference = stage.report(Tale(Kind.DISCLOSURE))
    stage.climb(reference)
    stage.climb(reference)
    assert [one.person for one in stage.case(reference).told if one.alert] == ["ceo"]
    with pytest.raises(NoSuchCaseError):
        stage.do(viewing.open_case, reference, "ceo")
    assert stage.listed("ceo") == []


def test_a_role_taken_away_is_gone_at_the_next_click(stage: Stage) -> None:
    reference = stage.filter_fault()
    stage.use_schools(OAKFIELD.replace("people: [sam]", "people: [ruth]"))
    for use_case, *more in ((viewing.open_case,), (handling.add_note, "A note."), (acknowledge,)):
        with pytest.raises(NoSuchCaseError):
            stage.do(use_case, reference, "sam", *more)
    assert stage.listed("sam") == []


def test_whoever_left_is_gone_from_that_day_on(stage: Stage) -> None:
    reference = stage.filter_fault()
    left = OAKFIELD.replace("slack: U0SAM}", "slack: U0SAM, left: 2026-11-23}")
    stage.use_schools(left)
    with pytest.raises(NoSuchCaseError):
        stage.do(viewing.open_case, reference, "sam")
