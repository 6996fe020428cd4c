"""Bad input: one clear answer each, and nothing half-stored (issue 3, promises S12 and S17)."""

import json
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy import text as sql

from bot.reporting.filling import FIELD_LIMIT
from bot.wording import forms as wording
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.program import Program
from tests.support.served import Answer, Served, served

ANSWERS = {
    "about": "pupil",
    "subject": "Alfie Tester",
    "danger": "no",
    "image": "no",
    "what": "He messaged me about homework",
}
REPORT: dict[str, Any] = {"as": "priya", "kind": "pupil_contact", "key": "one", "answers": ANSWERS}
INVISIBLE = ["\x00", "\ud800", "\udfff\ud800", "\u202e", "\u200b", "\x1b[2J", "\n", "\ufeff"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Give one application on each kind of database in turn: they choke on different things."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        with served(f"sqlite:///{folder / 'signpost.db'}", folder) as found:
            yield found
        return
    server = request.getfixturevalue("postgres")
    url = str(server.new_database())
    with served(url, folder) as found:
        yield found
    server.give_back(url)


def _report(**changed: Any) -> dict[str, Any]:
    """A good report with a key of its own, changed."""
    return {**REPORT, "key": token_hex(8), **changed}


def _refused(here: Served, said: object, path: str = "/console/reports") -> Answer:
    """An answer that refuses, in JSON, in time, and after which every table is as it was."""
    before = here.rows()
    answer = here.post(path, said)
    assert 400 <= answer.status < 500, answer
    assert answer.raised is None
    assert here.rows() == before
    assert answer.seconds < 1
    assert answer.json.keys() <= {"error", "faults"}
    return answer


def _faults(here: Served, **changed: str) -> list[dict[str, str]]:
    answer = _refused(here, {**REPORT, "answers": {**ANSWERS, **changed}})
    assert answer.status == 422
    found: list[dict[str, str]] = answer.json["faults"]
    return found


@pytest.mark.parametrize(
    "person",
    [
        "nobody",
        "Priya Nair",
        "priya@oakfield.example",
        "PRIYA",
        "account:",
        "account:x",
        "account:slack:",
        "account:email:eve@x.example",
    ],
)
def test_a_reporter_who_is_nobody_is_refused_with_one_reason(anywhere: Served, person: str) -> None:
    answer = _refused(anywhere, {**REPORT, "as": person})
    (fault,) = answer.json["faults"]
    assert fault["key"] == "as"
    assert "account:PLATFORM:ID" in fault["what"]


def test_a_stranger_who_is_known_by_an_account_only_may_always_report(anywhere: Served) -> None:
    answer = anywhere.post("/console/reports", _report(**{"as": "account:slack:U0SUPPLY"}))
    assert answer.status == 201
    assert answer.json["goes_to"]


def test_an_account_that_is_somebodys_is_them(anywhere: Served) -> None:
    said = _report()
    first = anywhere.post("/console/reports", {**said, "as": "account:slack:U0PRIYA"})
    again = anywhere.post("/console/reports", said)
    assert (first.status, again.status) == (201, 200)
    assert first.json["reference"] == again.json["reference"]


@pytest.mark.parametrize("key", ["as", "key"])
@pytest.mark.parametrize("value", ["", "x" * 101, "x" * 1_000_000, 7, None, True, [], {}, *INVISIBLE])
def test_ids_and_keys_are_short_and_can_be_seen(anywhere: Served, key: str, value: object) -> None:
    given = f"priya{value}" if value in INVISIBLE else value
    answer = _refused(anywhere, {**REPORT, key: given})
    assert answer.status == 400
    assert len(answer.body) < 200


@pytest.mark.parametrize("kind", ["", "nonsense", "PUPIL_CONTACT", 7, None, ["pupil_contact"], "\ud800"])
def test_a_kind_that_is_none_is_refused_with_those_there_are(anywhere: Served, kind: object) -> None:
    assert "kind" in _refused(anywhere, {**REPORT, "kind": kind}).json["error"]


@pytest.mark.parametrize("answers", [None, [], "what", {"what": 7}, {"what": None}, {"what": {"what": "x"}}])
def test_answers_are_texts_by_question(anywhere: Served, answers: object) -> None:
    assert "answers" in _refused(anywhere, {**REPORT, "answers": answers}).json["error"]


@pytest.mark.parametrize("drill", ["yes", 1, "true", None, []])
def test_what_may_be_meant_as_a_drill_is_never_taken_for_the_real_thing(
    anywhere: Served, drill: object
) -> None:
    assert "drill" in _refused(anywhere, {**REPORT, "drill": drill}).json["error"]


def test_an_empty_report_is_told_what_is_missing(anywhere: Served) -> None:
    answer = _refused(anywhere, {**REPORT, "answers": {}})
    assert {fault["key"] for fault in answer.json["faults"]} >= {"about", "danger", "what"}


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u200b\u202e\x00", "\u2028"])
def test_a_report_of_blanks_is_empty(anywhere: Served, blank: str) -> None:
    faults = _faults(anywhere, subject=blank, what=blank)
    assert {"key": "what", "what": wording.EMPTY} in faults


@pytest.mark.parametrize("letter", ["x", "\u00e9", "\U0001f600", "http://x.example/ "])
def test_a_megabyte_of_text_is_too_long_and_said_so_in_one_line(anywhere: Served, letter: str) -> None:
    said = {**ANSWERS, "what": (letter * 1_000_000)[: 1_000_000 // len(letter.encode())]}
    before = anywhere.rows()
    body = json.dumps({**REPORT, "answers": said}, ensure_ascii=False).encode()
    answer = anywhere.ask("POST", "/console/reports", body, headers=anywhere.bearing())
    assert (answer.status, answer.json) == (422, {"faults": [{"key": "what", "what": wording.TOO_LONG}]})
    assert answer.seconds < 1
    assert anywhere.rows() == before


def test_the_longest_text_that_may_be_is_kept_whole(anywhere: Served) -> None:
    text = "a word or \u00e9\U0001f600 " * (FIELD_LIMIT // 14)
    answer = anywhere.post("/console/reports", _report(answers={**ANSWERS, "what": text}))
    assert answer.status == 201
    assert answer.seconds < 1
    sam = anywhere.get(f"/console/cases/{answer.json['reference']}?as=sam")
    assert sam.json["answers"]["what"] == text.strip()


@pytest.mark.parametrize("when", ["2026-11-21", "2099-01-01", "21/11/2026", "2026-11-20 23:59", "9999-12-31"])
def test_a_date_in_the_future_is_refused_where_it_stands(anywhere: Served, when: str) -> None:
    assert _faults(anywhere, seen_at=when) == [{"key": "seen_at", "what": wording.FUTURE}]


@pytest.mark.parametrize(
    "when", ["soon", "0000-00-00", "31/02/2026", "99999999999999999999", "\u0661\u0662", "1-1-1"]
)
def test_a_date_that_is_none_is_refused_where_it_stands(anywhere: Served, when: str) -> None:
    assert _faults(anywhere, seen_at=when) == [{"key": "seen_at", "what": wording.UNCLEAR_TIME}]


def test_every_fault_is_told_at_once(anywhere: Served) -> None:
    faults = _faults(anywhere, about="x", danger="x", image="x", seen_at="x", nonsense="x")
    assert {fault["key"] for fault in faults} == {"about", "danger", "image", "seen_at", "nonsense"}


@pytest.mark.parametrize("hidden", INVISIBLE)
def test_what_cannot_be_seen_is_left_out_of_what_is_kept(anywhere: Served, hidden: str) -> None:
    answer = anywhere.post(
        "/console/reports",
        {**REPORT, "answers": {**ANSWERS, "subject": f"Al{hidden}fie", "what": f"a{hidden}b"}},
    )
    reference = answer.json["reference"]
    kept = anywhere.get(f"/console/cases/{reference}?as=sam")
    assert kept.json["subject"].replace(" ", "").replace("[2J", "") == "Alfie"
    assert not set(hidden) & set("\x00\ud800\udfff\u202e\u200b\x1b\ufeff") & set(kept.text)


@pytest.mark.parametrize("hidden", INVISIBLE)
@pytest.mark.parametrize("action", ["note", "ask", "close", "act"])
def test_what_a_handler_writes_with_invisible_signs_is_kept_without_or_refused(
    anywhere: Served, action: str, hidden: str
) -> None:
    reference = anywhere.post("/console/reports", _report()).json["reference"]
    anywhere.post(f"/console/cases/{reference}/acknowledge", {"as": "sam"})
    said = {"as": "sam", "text": f"a{hidden}b", "reason": f"a{hidden}b", "decision": "no_referral",
            "owner": f"sam{hidden}", "due": "2026-11-23"}  # fmt: skip
    answer = anywhere.post(f"/console/cases/{reference}/{action}", said)
    assert answer.status == (400 if action == "act" else 200), answer.text
    kept = anywhere.get(f"/console/cases/{reference}?as=sam").text
    assert not set(hidden) & set("\x00\ud800\udfff\u202e\u200b\x1b\ufeff") & set(kept)


@pytest.mark.parametrize(
    "reference", ["SP-2222-2222", "x", "%00", "\ud800", "SP-" + "9" * 5000, "..", "'; DROP", "\u202e"]
)
@pytest.mark.parametrize(
    "action", ["", "/acknowledge", "/note", "/close", "/nonsense", "/hand-over", "/\x00"]
)
def test_a_case_that_is_none_is_no_such_case_whatever_is_done_with_it(
    anywhere: Served, reference: str, action: str
) -> None:
    path = f"/console/cases/{reference}{action}"
    before = anywhere.rows()
    answer = anywhere.post(path, {"as": "sam", "text": "x"}) if action else anywhere.get(f"{path}?as=sam")
    assert answer.status in {404, 422}
    assert len(answer.body) < 200
    assert answer.raised is None
    assert anywhere.rows() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b'"as"',
        b"{",
        b'{"as": "sam"',
        b"\xff\xfe",
        b"\x00",
        b'{"as": NaN}',
        b"[" * 500_000,
        b'{"a":' * 100_000,
        b"9" * 1_000_000,
        b'{"as": ' + b"9" * 10_000 + b"}",
        b'{"as": 1e999}',
        '{"as": "s\u0430m"}'.encode("utf-16"),
    ],
    ids=lambda body: repr(body[:16]),
)
@pytest.mark.parametrize("path", ["/console/reports", "/console/cases/SP-2222-2222/acknowledge"])
def test_a_body_that_is_no_object_of_ours_is_refused(anywhere: Served, path: str, body: bytes) -> None:
    before = anywhere.rows()
    answer = anywhere.ask("POST", path, body, headers=anywhere.bearing())
    assert answer.status in {400, 404}
    assert answer.raised is None
    assert answer.seconds < 1
    assert anywhere.rows() == before


def test_a_report_that_cannot_be_stored_is_said_not_to_be_with_whom_to_ring_and_is_not(own: Served) -> None:
    """Promise R17: somebody else has the database and will not let go."""
    before = own.rows()
    with own.office.store.engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        answer = own.post("/console/reports", REPORT)
        other.rollback()
    assert answer.status == 503
    assert answer.json["error"].startswith("NOT saved. Ring ")
    assert "01632 960003" in answer.json["error"]
    assert answer.seconds < 2.5
    assert own.rows() == before
    assert own.post("/console/reports", REPORT).status == 201


@pytest.mark.parametrize("trouble", ["max_page_count = 1", "query_only = ON"], ids=["full", "read-only"])
def test_a_disk_that_is_full_or_read_only_takes_nothing_and_says_so(own: Served, trouble: str) -> None:
    before = own.rows()
    event.listen(
        own.office.store.engine, "checkout", lambda line, *_: line.execute(f"PRAGMA {trouble}").close()
    )
    said = {**REPORT, "answers": {**ANSWERS, "what": "x" * FIELD_LIMIT}}
    answer = own.post("/console/reports", said)
    assert answer.status == 503
    assert answer.json["error"].startswith("NOT saved. Ring ")
    assert answer.seconds < 2.5
    assert own.rows() == before


def test_a_report_is_not_said_to_be_saved_whatever_it_is_that_goes_wrong(own: Served) -> None:
    with own.office.store.engine.begin() as connection:
        connection.execute(sql("ALTER TABLE chronology RENAME COLUMN event TO gone"))
    before = own.rows()
    answer = own.post("/console/reports", REPORT)
    assert answer.status == 503
    assert answer.json["error"].startswith("NOT saved. Ring ")
    assert own.rows() == before


def test_a_keys_file_that_is_gone_is_no_reason_to_claim_anything(own: Served, tmp_path: Path) -> None:
    (tmp_path / "keys.toml").rename(tmp_path / "away.toml")
    answer = own.post("/console/reports", REPORT)
    (tmp_path / "away.toml").rename(tmp_path / "keys.toml")
    assert answer.status == 503
    assert answer.json["error"].startswith("NOT saved. Ring ")
    assert own.post("/console/reports", REPORT).status == 201


TEN_FAULTS = (
    ("nation: england", "nation: narnia"),
    ("timezone: Europe/London", "timezone: Europe/Narnia"),
    ("email: sam@oakfield.example", "email: sam at oakfield"),
    ("{role: dsl, school: oak-primary, people: [sam]}", "{role: dsl, school: oak-primary, people: [nobody]}"),
    ("{role: hr, people: [hugo]}", "{role: wizard, people: [hugo]}"),
    ("manager: omar", "manager: nobody"),
    ("{tell: [route, dsl], within: 5m}", "{tell: [route, dsl], within: soon}"),
    ('hours: "08:00-17:00"', 'hours: "17:00-08:00"'),
    ("days: [mon, tue", "days: [moonday, tue"),
    ("from: 2026-09-02, to: 2026-10-23", "from: 2026-10-23, to: 2026-09-02"),
)


def test_a_schools_file_with_ten_faults_is_told_all_ten_and_nothing_starts(tmp_path: Path) -> None:
    text = OAKFIELD
    for right, wrong in TEN_FAULTS:
        assert right in text
        text = text.replace(right, wrong, 1)
    program = Program(tmp_path / "program", schools=text)
    try:
        checked = program.run("schools", "check", str(tmp_path / "program" / "schools.yml"))
        program.spawn()
        assert program.wait_for_end(within=30) == 1
        printed = program.logs
    finally:
        program.close()
    assert checked.code == 1
    assert len([line for line in (checked.out + checked.err).splitlines() if "schools.yml:" in line]) == 10
    assert len([line for line in printed.splitlines() if "schools.yml:" in line]) == 10
    assert "Traceback" not in printed + checked.err
