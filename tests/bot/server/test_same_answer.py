"""A case that one may not have is answered like one that is not there: same words, same time (S4, S15)."""

from statistics import median

import pytest
from sqlmodel import col, select

from bot.wording.receipts import ABOUT_ONESELF
from storage.models import AuditRow
from tests.support.served import Answer, Served

UNKNOWN = "SP-2222-3333"
ANSWERS = {"about": "pupil", "danger": "no", "image": "no", "what": "Zylfquist"}
REPORT = {"as": "tom", "kind": "online_safety", "answers": ANSWERS}
ABOUT_SAM = {"kind": "adult_concern", "answers": {**ANSWERS, "about": "works_here", "subject": "Sam Okafor"}}
SAID = {
    "text": "x",
    "to": "ruth",
    "owner": "sam",
    "due": "2026-12-01",
    "decision": "no_referral",
    "reason": "x",
    "other": UNKNOWN,
    "into": UNKNOWN,
    "record": "R-1",
    "person": "pat",
    "about": True,
}
"""What any action could want."""
ACTIONS = (
    "acknowledge note ask answer add hand-over act close reopen link merge transfer standing mentioned"
).split()


def reported(here: Served, **changes: object) -> str:
    answer = here.post("/console/reports", {**REPORT, "key": str(here.rows()["case_file"]), **changes})
    assert answer.status == 201, answer.text
    return str(answer.json["reference"])


def tried(here: Served, reference: str, action: str, person: str) -> Answer:
    if action == "open":
        return here.get(f"/console/cases/{reference}?as={person}")
    return here.post(f"/console/cases/{reference}/{action}", {**SAID, "as": person})


def refusals(here: Served) -> list[tuple[str, str, str]]:
    """What was refused to whom, of which case."""
    with here.office.store.reading() as session:
        rows = session.connection().execute(select(AuditRow).order_by(col(AuditRow.seq))).all()
    return [(row.actor, row.action, row.reference) for row in rows if row.action.startswith("refused")]


@pytest.mark.parametrize("person", ["vera", "helen", "nobody-at-all"])
def test_a_forbidden_case_is_answered_word_for_word_like_an_unknown_one(here: Served, person: str) -> None:
    reference = reported(here)
    for action in ("open", *ACTIONS):
        forbidden, unknown = (tried(here, asked, action, person) for asked in (reference, UNKNOWN))
        assert forbidden.status == unknown.status == 404, action
        assert forbidden.text.replace(reference, UNKNOWN) == unknown.text
        assert dict(forbidden.headers) == dict(unknown.headers)


def test_they_are_answered_in_as_much_time(own: Served) -> None:
    """Medians of many, taken in turn: only which row is read differs."""
    references = [reported(own, key=f"k{number}") for number in range(20)]
    for reference in references:
        own.post(f"/console/cases/{reference}/acknowledge", {"as": "sam"})
        for number in range(3):
            own.post(f"/console/cases/{reference}/note", {"as": "sam", "text": f"A note {number}."})
    unknown = [f"SP-{number:04}-{number:04}".translate(str.maketrans("01", "BC")) for number in range(20)]
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(8):
        for pair in zip(references, unknown, strict=True):
            for asked, forbidden in zip(pair, (True, False), strict=True):
                seconds[forbidden].append(tried(own, asked, "open", "vera").seconds)
    assert 0.6 < median(seconds[True]) / median(seconds[False]) < 1.6


def test_a_reference_put_in_anothers_place_gains_nothing_and_is_in_the_audit(own: Served) -> None:
    mine, theirs = reported(own), reported(own, **ABOUT_SAM)
    assert tried(own, mine, "open", "sam").status == 200
    before = len(refusals(own))
    for action in ("open", *ACTIONS):
        assert tried(own, theirs, action, "sam").status == 404
    assert len(refusals(own)) == before + len(ACTIONS) + 1
    assert {(actor, reference) for actor, _, reference in refusals(own)[before:]} == {("sam", theirs)}


def test_a_case_put_in_place_of_the_one_to_link_or_merge_with_gains_nothing(own: Served) -> None:
    mine, theirs = reported(own), reported(own, **ABOUT_SAM)
    own.post(f"/console/cases/{mine}/acknowledge", {"as": "sam"})
    for action, key in (("link", "other"), ("merge", "into")):
        answers = [
            own.post(f"/console/cases/{mine}/{action}", {"as": "sam", key: other})
            for other in (theirs, UNKNOWN)
        ]
        assert [answer.status for answer in answers] == [404, 404]
        assert answers[0].text.replace(theirs, UNKNOWN) == answers[1].text
    assert ("sam", "refused link", theirs) in refusals(own)


def test_a_made_up_person_gains_nothing_and_is_in_the_audit(own: Served) -> None:
    reference = reported(own)
    for person in ("SAM", "sam ", "signpost", "account:slack:U0SAM", "system", "dsl"):
        assert tried(own, reference, "open", person).status == 404
    assert {actor for actor, _, _ in refusals(own)} == {"somebody unlisted", "account:slack:U0SAM"}


@pytest.mark.parametrize("person", ["sam", "vera"])
@pytest.mark.parametrize("action", ["open", "acknowledge"])
def test_without_the_token_there_is_nothing_there_for_anybody(here: Served, action: str, person: str) -> None:
    reference = reported(here)
    path = f"/console/cases/{reference}" + ("" if action == "open" else f"/{action}")
    answer = here.ask("POST" if action != "open" else "GET", f"{path}?as={person}", b"{}")
    assert answer.status == 404
    assert reference not in answer.text


def test_somebody_elses_key_is_not_given_their_receipt(own: Served) -> None:
    mine = reported(own, key="one")
    other = own.post("/console/reports", {**REPORT, "as": "priya", "key": "one"})
    assert other.status == 201
    assert other.json["reference"] != mine


def test_the_receipt_of_a_report_about_oneself_names_nobody(own: Served) -> None:
    answers = {"about": "myself", "danger": "no", "image": "no", "what": "I replied to a pupil."}
    body = {"as": "tom", "kind": "self_report", "answers": answers, "key": "slip"}
    for status in (201, 200):
        answer = own.post("/console/reports", body)
        assert answer.status == status
        assert answer.json["goes_to"] == []
        assert ABOUT_ONESELF in answer.json["receipt"]
        assert "nobody we could find" not in answer.json["receipt"]
