"""The metrics: how many, how long, how urgent. Nobody's name, no reference, no word of a report."""

import re
import threading
from typing import Any

import pytest
from sqlalchemy import text

from tests.bot.reporting.oakfield import OAKFIELD, directory
from tests.support.served import Served

REPORT: dict[str, Any] = {
    "as": "priya",
    "kind": "pupil_contact",
    "answers": {
        "about": "pupil",
        "subject": "Zebedee Quillfeather",
        "danger": "no",
        "image": "no",
        "what": "He wrote to me about the xylophone",
    },
}


def _value(page: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)
    assert found is not None, f"no {name} in {page}"
    return float(found[1])


def _page(own: Served) -> str:
    answer = own.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return answer.text


def test_what_is_counted_is_right_and_drills_are_kept_out_of_it(own: Served) -> None:
    for key in ("a", "b", "b"):
        own.post("/console/reports", {**REPORT, "key": key})
    own.post("/console/reports", {**REPORT, "key": "d", "drill": True})
    own.metrics.sent("console", "sent")
    page = _page(own)
    assert _value(page, 'signpost_reports_total{urgency="today"}') == 2
    assert _value(page, 'signpost_cases{state="notified",urgency="today"}') == 2
    assert _value(page, "signpost_cases_unanswered") == 0
    assert _value(page, 'signpost_notices{state="pending"}') > 0
    assert _value(page, 'signpost_sends_total{outcome="sent",platform="console"}') == 1
    assert _value(page, "signpost_receipt_seconds_count") >= 2
    assert _value(page, "signpost_outbox_oldest_seconds") >= 0


def test_nothing_in_them_is_anybodys_name_or_word(own: Served) -> None:
    reference = own.post("/console/reports", {**REPORT, "key": "a"}).json["reference"]
    page = _page(own)
    people = [word for person in directory().people.values() for word in (person.id, *person.name.split())]
    words = [reference, "Zebedee", "Quillfeather", "xylophone", *people]
    assert [word for word in words if re.search(rf"\b{re.escape(word)}\b", page)] == []
    assert "oakfield.example" in OAKFIELD
    assert "example" not in page


def test_while_the_database_is_away_what_is_counted_in_memory_is_still_told(own: Served) -> None:
    own.metrics.sent("console", "retry")
    with own.office.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE notice RENAME TO elsewhere"))
    answer = own.get("/metrics")
    assert answer.status == 200
    assert _value(answer.text, 'signpost_sends_total{outcome="retry",platform="console"}') == 1
    assert "signpost_cases{" not in answer.text


def test_they_are_read_in_a_thread_so_that_a_slow_database_holds_nobody_up(
    own: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def page() -> bytes:
        seen.append(threading.current_thread().name)
        return b""

    monkeypatch.setattr(own.metrics, "page", page)
    own.get("/metrics")
    assert seen
    assert threading.main_thread().name not in seen
