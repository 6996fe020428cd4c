"""The command, as others script against it: run whole, in a process of its own."""

import json
from pathlib import Path

import pytest

from tests.support.processes import ROOT, bare_environment
from tests.support.program import Ran
from tests.support.warm import run_warm

KEYS = {"id", "policy", "verdict", "confidence", "topic", "citations", "conditions", "route", "report"}
QUESTION = "can i put the sports day photos on my own insta"


def _run(*words: str, given: bytes = b"", folder: Path = ROOT, **settings: str) -> Ran:
    return run_warm(*words, given=given, folder=folder, environment={**bare_environment(), **settings})


def test_one_question_as_json_has_the_promised_keys() -> None:
    ran = _run("ask", "--policy", "dartmoor", "--json", QUESTION)
    answer = json.loads(ran.out)
    assert ran.code == 0
    assert set(answer) >= KEYS
    assert answer["verdict"] == "not_allowed"
    assert set(answer["citations"][0]) == {"address", "heading", "summary", "quote"}
    assert answer["citations"][0]["quote"] is None


def test_a_person_sees_the_verdict_first_then_the_clause_the_version_and_the_overdue_review() -> None:
    shown = _run("ask", "--policy", "dartmoor", QUESTION).out
    assert (
        shown.index("✗ No") < shown.index("§ 5.iii:9") < shown.index("v1.1") < shown.index("due for review")
    )


def test_rows_are_answered_in_order_and_bad_ones_in_their_place() -> None:
    rows = [
        {"id": "a", "policy": "fact", "question": QUESTION, "note": "ignored"},
        {"id": "b", "policy": "nowhere", "question": "hi"},
        {"id": "c", "policy": "fact"},
        {"id": 4, "policy": "fact", "question": ""},
    ]
    text = "\n".join(map(json.dumps, rows)) + "\n\nnot json\n[1]\n"
    ran = _run("ask", "--jsonl", "-", given=text.encode())
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 1
    assert [row.get("id") for row in answers] == ["a", "b", "c", 4, None, None]
    assert ["error" in row for row in answers] == [False, True, True, False, True, True]
    assert "nowhere" in answers[1]["error"]


def test_a_batch_without_a_bad_row_ends_well(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps({"id": 1, "policy": "fact", "question": "hi"}) + "\n")
    ran = _run("ask", "--jsonl", str(tmp_path / "rows.jsonl"))
    assert (ran.code, json.loads(ran.out)["verdict"]) == (0, "not_covered")


def test_with_a_pack_each_rows_policy_is_echoed_and_otherwise_ignored() -> None:
    pack = ROOT / "knowledge" / "policies" / "fact.yml"
    row = {"id": 1, "policy": "ours", "question": "can i scroll tiktok while i teach"}
    ran = _run("ask", "--pack", str(pack), "--jsonl", "-", given=json.dumps(row).encode())
    answer = json.loads(ran.out)
    assert (answer["policy"], answer["verdict"]) == ("ours", "not_allowed")


def test_asking_without_a_policy_lists_them_and_is_a_usage_error(tmp_path: Path) -> None:
    ran = _run("ask", QUESTION, folder=tmp_path)
    assert ran.code == 2
    assert "dartmoor" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("named", ["--policy", "environment", "file"])
def test_the_policy_comes_from_the_option_the_environment_or_the_file(tmp_path: Path, named: str) -> None:
    words = ["ask", "--json", QUESTION]
    if named == "--policy":
        words[1:1] = ["--policy", "fact"]
    if named == "file":
        (tmp_path / "signpost.toml").write_text('policy = "fact"\n')
    ran = _run(*words, folder=tmp_path, SIGNPOST_POLICY="fact" if named == "environment" else "")
    assert json.loads(ran.out)["policy"] == "fact"


def test_a_faulty_settings_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "signpost.toml").write_text('colour = "blue"\npolice = 1\n')
    ran = _run("ask", QUESTION, folder=tmp_path)
    assert ran.code == 2
    assert "colour, police" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("ask",),
        ("ask", "a", "--jsonl", "-"),
        ("ask", "--policy", "fact", "--pack", "x.yml", "hi"),
        ("ask", "--policy", "nowhere", "hi"),
        ("dance",),
        ("policy", "show", "nowhere"),
    ],
)
def test_what_is_put_wrongly_is_a_usage_error(words: tuple[str, ...]) -> None:
    ran = _run(*words)
    assert ran.code == 2
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "--jsonl", "/nowhere/at/all"),
        ("ask", "--pack", "/nowhere/at/all.yml", "hi"),
        ("ask", "--policy", "fact", "--document", "/nowhere/at/all.md", "hi"),
        ("demo", "--script", "/nowhere/at/all"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(words: tuple[str, ...]) -> None:
    ran = _run(*words)
    assert ran.code == 1
    assert ran.err.startswith("signpost: ")
    assert "Traceback" not in ran.err


def test_the_schools_own_words_are_quoted_where_its_document_is_loaded(tmp_path: Path) -> None:
    document = tmp_path / "policy.md"
    counts = {
        "1": 11,
        "1.1": 1,
        "2": 3,
        "2.1": 17,
        "2.2": 7,
        "2.3": 3,
        "3": 15,
        "4": 10,
        "5": 11,
        "6": 3,
        "8": 6,
    }
    lines = [
        f"## {section} Part\n" + "\n".join(f"- Clause number {n} as we wrote it" for n in range(1, count + 1))
        for section, count in counts.items()
    ]
    document.write_text("\n".join(lines))
    words = (
        "ask",
        "--policy",
        "fact",
        "--document",
        str(document),
        "--json",
        "can i scroll tiktok while teaching",
    )
    quotes = {one["address"]: one["quote"] for one in json.loads(_run(*words).out)["citations"]}
    assert quotes["3:12"] == "Clause number 12 as we wrote it"


def test_another_policys_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("## 3. Another\n- Something else altogether\n")
    ran = _run("ask", "--policy", "fact", "--document", str(tmp_path / "other.md"), "--json", QUESTION)
    assert ran.code == 1
    assert "lacks most clauses of 'fact'" in ran.err


def test_rows_without_a_policy_take_the_one_that_is_named() -> None:
    row = json.dumps({"id": 1, "question": "can i scroll tiktok while teaching"}).encode()
    ran = _run("ask", "--policy", "fact", "--jsonl", "-", given=b"\xef\xbb\xbf" + row)
    assert json.loads(ran.out)["policy"] == "fact"


def test_json_nested_too_deep_is_a_bad_row_and_the_rest_are_answered() -> None:
    row = json.dumps({"id": 2, "policy": "fact", "question": "hi"}).encode()
    ran = _run("ask", "--jsonl", "-", given=b"[" * 100_000 + b"\n" + row)
    first, second = (json.loads(line) for line in ran.out.splitlines())
    assert (ran.code, first["error"], second["verdict"]) == (1, "line 1 is no JSON object", "not_covered")


def test_any_bytes_on_standard_input_get_an_answer_or_an_error() -> None:
    row = json.dumps({"id": 1, "policy": "fact", "question": "\x00\u202e🙈 \ud83d"})
    ran = _run("ask", "--jsonl", "-", given=row.encode() + b"\n\xff\xfe\x00\n")
    first, second = (json.loads(line) for line in ran.out.splitlines())
    assert "verdict" in first
    assert "error" in second


def test_the_demo_runs_a_script_to_its_end() -> None:
    script = (
        b"# a comment\n\nhiya\n/policy fact\ncan i scroll tiktok while teaching\n/help\n/quit\nnever asked\n"
    )
    ran = _run("demo", given=script)
    assert ran.code == 0
    assert "Hello!" in ran.out
    assert "§ 3:12" in ran.out
    assert "never asked" not in ran.out


def test_the_demo_stops_at_the_first_line_that_fails() -> None:
    ran = _run("demo", "--script", "-", given=b"hiya\n/dance\ncan i post this\n")
    assert ran.code == 1
    assert "line 2: /dance is not known here" in ran.err
    assert "can i post this" not in ran.out


def test_policies_are_listed_shown_checked_and_tested(tmp_path: Path) -> None:
    listed = {row["id"]: row for row in json.loads(_run("policy", "list", "--json").out)}
    assert listed["dartmoor"]["review_overdue"] is True
    assert json.loads(_run("policy", "show", "fact", "--json").out)["policy"]["id"] == "fact"
    assert "Register of official channels" in _run("policy", "show", "dartmoor").out
    assert _run("policy", "check", "dartmoor", "fact").code == 0
    assert _run("policy", "test", "dartmoor").code == 0
    faulty = tmp_path / "faulty.yml"
    faulty.write_text("schema: 1\nrules: []\n")
    refused = _run("policy", "check", str(faulty))
    assert refused.code == 1
    assert f"{faulty}:2: rules:" in refused.out


def test_every_command_says_what_it_does() -> None:
    for words in ([], ["ask"], ["demo"], ["policy"], ["policy", "test"]):
        ran = _run(*words, "--help")
        assert ran.code == 0
        assert "Usage" in ran.out
