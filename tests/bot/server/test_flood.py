"""A report is never refused for there being many: two hundred in a minute are two hundred stored (S17)."""

from tests.support.served import Served

_MANY = 200
_PEOPLE = ("priya", "tom", "sam", "account:console:U0STRANGER")
ALIKE = {
    "kind": "reference",
    "answers": {
        "about": "unknown",
        "danger": "no",
        "image": "no",
        "what": "A page that mocks the school.",
        "platform": "Chatter",
        "url": "https://chatter.example/p/77",
    },
}


def test_two_hundred_reports_in_a_minute_are_all_stored_and_those_alike_are_linked(own: Served) -> None:
    answers = [
        own.post(
            "/console/reports", {**ALIKE, "as": _PEOPLE[number % len(_PEOPLE)], "key": f"flood-{number}"}
        )
        for number in range(_MANY)
    ]
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["reference"] for answer in answers}) == _MANY
    assert max(answer.seconds for answer in answers) < 1
    assert sum(answer.seconds for answer in answers) < 60
    assert own.rows()["link"] == _MANY - 1
