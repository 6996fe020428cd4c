"""The JSON behind the console page: drills and tests take and handle reports through it."""

from secrets import token_hex
from typing import Any

import pytest

from tests.support.offices import audited
from tests.support.served import Served

ANSWERS = {
    "about": "pupil",
    "subject": "Alfie Tester",
    "danger": "no",
    "image": "no",
    "what": "He messaged me about homework",
}


def _report(here: Served, **changed: Any) -> str:
    said = {"as": "priya", "kind": "pupil_contact", "key": token_hex(8), "answers": ANSWERS, **changed}
    answer = here.post("/console/reports", said)
    assert answer.status == 201, answer.text
    return str(answer.json["reference"])


def test_a_report_is_answered_with_a_reference_who_is_told_and_a_receipt(here: Served) -> None:
    said = {"as": "priya", "kind": "pupil_contact", "key": token_hex(8), "answers": ANSWERS}
    answer = here.post("/console/reports", said)
    assert (answer.status, answer.json["goes_to"]) == (201, ["sam"])
    assert answer.json["reference"] in answer.json["receipt"]
    assert "Alfie" not in answer.text


def test_the_same_submission_again_is_the_same_case_and_somebody_elses_key_is_theirs(here: Served) -> None:
    said = {"as": "priya", "kind": "pupil_contact", "key": token_hex(8), "answers": ANSWERS}
    first, again = here.post("/console/reports", said), here.post("/console/reports", said)
    other = here.post("/console/reports", {**said, "as": "tom"})
    assert (first.status, again.status, other.status) == (201, 200, 201)
    assert first.json["reference"] == again.json["reference"] != other.json["reference"]


def test_whoever_was_told_acknowledges_reads_notes_and_closes(here: Served) -> None:
    reference = _report(here)
    case = f"/console/cases/{reference}"
    assert here.post(f"{case}/acknowledge", {"as": "sam"}).json == {"acknowledged": True}
    assert here.post(f"{case}/note", {"as": "sam", "text": "Rang home."}).json == {"done": True}
    seen = here.get(f"{case}?as=sam").json
    assert seen["answers"]["what"] == ANSWERS["what"]
    assert "Rang home." in [line["text"] for line in seen["chronology"]]
    closed = {"as": "sam", "decision": "no_referral", "reason": "Settled in school."}
    assert here.post(f"{case}/close", closed).json == {"closed": True}
    assert here.get(f"{case}?as=sam").json["summary"]["state"] == "closed"


def test_lists_show_what_is_ones_own_and_nothing_of_what_was_written(here: Served) -> None:
    reference = _report(here)
    mine, theirs = here.get("/console/reports?as=priya"), here.get("/console/cases?as=sam")
    assert reference in {one["reference"] for one in mine.json}
    assert reference in {one["reference"] for one in theirs.json}
    assert reference not in here.get("/console/cases?as=priya").text
    assert "Alfie" not in mine.text + theirs.text


@pytest.mark.parametrize("action", ["acknowledge", "note", "ask", "close", "hand-over", "act", "transfer"])
def test_whoever_may_not_is_told_what_is_told_of_a_case_that_is_none_and_it_is_audited(
    here: Served, action: str
) -> None:
    """Editing the reference in a good request gains nothing (promise S15)."""
    reference = _report(here)
    said = {"as": "lena", "text": "x", "decision": "other", "reason": "x", "to": "lena", "owner": "lena",
            "due": "2026-11-23", "record": "x"}  # fmt: skip
    forbidden = here.post(f"/console/cases/{reference}/{action}", said)
    unknown = here.post(f"/console/cases/SP-2222-2222/{action}", said)
    assert (forbidden.status, unknown.status) == (404, 404)
    assert forbidden.text.replace(reference, "") == unknown.text.replace("SP-2222-2222", "")
    assert forbidden.headers == {**unknown.headers}
    tried = [(who, what) for who, what, which in audited(here.office) if which == reference]
    assert tried[-1][0] == "lena"
    assert tried[-1][1].startswith("refused")


def test_what_is_no_action_is_told_the_same(here: Served) -> None:
    reference = _report(here)
    assert here.post(f"/console/cases/{reference}/purge", {"as": "sam"}).status == 404


def test_nothing_is_answered_without_the_token(here: Served) -> None:
    reference = _report(here)
    for method, path in (
        ("GET", "/console/reports?as=priya"),
        ("GET", "/console/cases?as=sam"),
        ("GET", f"/console/cases/{reference}?as=sam"),
        ("POST", "/console/reports"),
        ("POST", f"/console/cases/{reference}/acknowledge"),
    ):
        for token in ("", "wrong", here.token[:-1]):
            headers = [("host", "127.0.0.1:8080"), ("authorization", f"Bearer {token}")]
            answer = here.ask(method, path, b'{"as": "sam"}', headers=headers)
            assert (answer.status, answer.json) == (404, {"error": "not found"})


@pytest.mark.parametrize("person", ["", "x" * 101, "\x00", "a\u202eb"])
def test_whoever_asks_says_who_they_are(here: Served, person: str) -> None:
    assert here.post("/console/cases/SP-2222-2222/acknowledge", {"as": person}).status == 400


@pytest.mark.parametrize("about", ["yes", 1, None, "false"])
def test_what_may_be_meant_as_about_somebody_is_never_taken_as_only_mentioned(
    here: Served, about: object
) -> None:
    reference = _report(here)
    here.post(f"/console/cases/{reference}/acknowledge", {"as": "sam"})
    said = {"as": "sam", "person": "omar", "about": about}
    assert here.post(f"/console/cases/{reference}/standing", said).status == 400
