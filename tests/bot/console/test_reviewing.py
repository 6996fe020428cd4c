"""`signpost policy review`: a draft is gone through, every decision kept, and what results published."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import signpost
from bot.console.policies import policy
from bot.console.review_sitting import sitting
from bot.errors import SignpostError, UnreadableError, UsageError
from bot.reporting.policies_in_force import NotPublishedError
from knowledge.importing.pack import DOUBTFUL
from knowledge.importing.review import Choice, Decision
from knowledge.loader import load_pack
from knowledge.rules import Rule, Verdict
from knowledge.yamlfile import parse, written
from tests.bot.reporting.oakfield import OAKFIELD
from tests.knowledge.importing import policies
from tests.support.desks import Desk, desk_for

POLICY = policies.FOLDER / "larkfield.md"


@pytest.fixture(name="imported", scope="module")
def _imported(tmp_path_factory: pytest.TempPathFactory) -> str:
    pack = tmp_path_factory.mktemp("imported") / "larkfield.yml"
    ran = CliRunner().invoke(signpost, ["policy", "import", str(POLICY), "-o", str(pack)])
    assert ran.exit_code == 0
    return pack.read_text(encoding="utf-8")


@pytest.fixture(name="pack")
def _pack(imported: str, tmp_path: Path) -> Path:
    path = tmp_path / "larkfield.yml"
    path.write_text(imported, encoding="utf-8")
    return path


def _review(pack: Path, *words: str, answers: str = "") -> Result:
    return CliRunner().invoke(
        signpost, ["policy", "review", str(pack), "--as", "Pat Lowe", *words], input=answers
    )


def _said(pack: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_review(pack, "--json", *words).output)
    return found


def _doubtful(pack: Path) -> list[Rule]:
    rules = [
        rule for rule in load_pack(pack).rules if rule.confidence is not None and rule.confidence < DOUBTFUL
    ]
    return sorted(rules, key=lambda rule: (rule.confidence or 0, rule.id))


def _record(pack: Path) -> Path:
    return pack.with_name("larkfield.review.yml")


def _rows(pack: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parse(_record(pack).read_text(encoding="utf-8"), "record").data["decisions"]
    return found


def _form(pack: Path, folder: Path, *words: str) -> tuple[Path, list[dict[str, Any]]]:
    """A form to edit, and its rows."""
    form = folder / "edit.yml"
    assert _review(pack, "--write-file", str(form), *words).exit_code == 0
    return form, parse(form.read_text(encoding="utf-8"), "form").data["decisions"]


def test_a_draft_says_how_sure_it_is_of_each_rule_and_why_not_surer(pack: Path) -> None:
    rules = load_pack(pack).rules
    assert all(rule.confidence is not None for rule in rules)
    assert [rule.confidence for rule in rules] == sorted(rule.confidence or 0 for rule in rules)
    assert any(rule.doubt for rule in _doubtful(pack))


def test_the_least_sure_rule_comes_first_in_the_documents_own_words(pack: Path) -> None:
    first, second, *_ = _doubtful(pack)
    shown = _review(pack, answers="s\ns\nq\n").output
    assert shown.index(f"({first.id};") < shown.index(f"({second.id};")
    for address in first.addresses:
        assert load_pack(pack).clauses[address] in shown
    assert f"sure {first.confidence:.2f}" in shown
    assert f"Draft: {first.verdict.value}" in shown


def test_each_decision_is_kept_with_who_and_when(pack: Path) -> None:
    first, second, third, *_ = (rule.id for rule in _doubtful(pack))
    assert _review(pack, answers="keep fits\nchange not_allowed\ndrop\nquit\n").exit_code == 0
    rows = _rows(pack)
    assert [(row["rule"], row["decision"]) for row in rows] == [
        (first, "keep"),
        (second, "change"),
        (third, "drop"),
    ]
    assert (rows[0]["note"], rows[1]["verdict"]) == ("fits", "not_allowed")
    assert {row["who"] for row in rows} == {"Pat Lowe"}
    assert all(row["at"].endswith("+00:00") for row in rows)


def test_it_is_stopped_and_gone_on_with_by_somebody_else(pack: Path) -> None:
    first, second, *_ = (rule.id for rule in _doubtful(pack))
    _review(pack, answers="k\n")
    shown = _review(pack, "--as", "Sam Dean", answers="k\nq\n").output
    assert f"({first};" not in shown
    assert [(row["rule"], row["who"]) for row in _rows(pack)] == [(first, "Pat Lowe"), (second, "Sam Dean")]


def test_a_note_decides_nothing_and_is_shown_again(pack: Path) -> None:
    _review(pack, answers="note ask the governors\nq\n")
    assert _said(pack)["decided"] == 0
    assert "Noted by Pat Lowe: ask the governors" in _review(pack, answers="q\n").output


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ("perhaps\n", "“perhaps” is none of them: keep it"),
        ("\n", "“” is none of them: keep it"),
        ("change\nmaybe\n", "“maybe” is no verdict: allowed, conditional"),
        ("change a\n", "“a” is no verdict"),
        ("change ask_first the boss\n", "“the boss” is no role: dsl"),
        ("change ask_first\n\n", "no role was named"),
        ("change not_covered\n", "is no verdict"),
        ("note\n\n", "keep, change"),
    ],
)
def test_a_bad_answer_is_told_in_a_line_and_the_same_rule_is_asked_again(
    pack: Path, answers: str, says: str
) -> None:
    first = next(rule for rule in _doubtful(pack) if not (rule.decides or rule.tells))
    before = [rule.id for rule in _doubtful(pack)].index(first.id)
    ran = _review(pack, answers="s\n" * before + answers + "keep\nq\n")
    assert ran.exit_code == 0
    assert says in ran.output
    assert [(row["rule"], row["decision"]) for row in _rows(pack)] == [(first.id, "keep")]


def test_a_draft_is_not_done_while_a_doubtful_rule_is_undecided(pack: Path) -> None:
    ran = _review(pack, "--done")
    assert isinstance(ran.exception, SignpostError)
    assert "still doubtful and undecided" in str(ran.exception)
    assert load_pack(pack).status == "draft"


def test_once_every_doubtful_rule_is_decided_it_says_how_to_finish(pack: Path) -> None:
    doubtful = _doubtful(pack)
    ran = _review(pack, answers="k\n" * len(doubtful))
    assert "Every doubtful rule is decided." in ran.output
    assert f"signpost policy review {pack} --done" in ran.output
    assert load_pack(pack).status == "draft"


def test_what_was_decided_stands_in_the_finished_pack_and_the_rest_is_untouched(pack: Path) -> None:
    before = load_pack(pack)
    changed, dropped, *others = _doubtful(pack)
    answers = "c ask_first principal slt\nd\n" + "k\n" * len(others)
    assert _review(pack, answers=answers).exit_code == 0
    assert _review(pack, "--done").exit_code == 0
    after = load_pack(pack)
    rules = {rule.id: rule for rule in after.rules}
    assert after.status == "published"
    assert (rules[changed.id].verdict, len(rules[changed.id].decides)) == (Verdict.ASK_FIRST, 2)
    assert rules[changed.id].says.startswith("Not without asking first: the Principal")
    assert dropped.id not in rules
    assert all(rule.confidence is None and rule.doubt is None for rule in after.rules)
    for rule in before.rules:
        if rule.id not in {changed.id, dropped.id}:
            assert rules[rule.id] == rule.model_copy(update={"confidence": None, "doubt": None})
    assert (after.clauses, after.policy, after.register_) == (before.clauses, before.policy, before.register_)


def test_an_answer_is_what_was_decided_once_it_is_done(pack: Path) -> None:
    rule = next(rule for rule in load_pack(pack).rules if rule.topic == "contact-pupil")
    form, rows = _form(pack, pack.parent, "--all")
    for row in rows:
        row["decision"] = "change" if row["rule"] == rule.id else "keep"
        if row["rule"] == rule.id:
            row["verdict"], row["roles"] = "ask_first", ["dsl"]
    form.write_text(written({"decisions": rows}), encoding="utf-8")
    assert _review(pack, "--file", str(form), "--done").exit_code == 0
    asked = ["ask", "--pack", str(pack), "--json", "a year 9 pupil wants to add me on snapchat, ok?"]
    assert json.loads(CliRunner().invoke(signpost, asked).output)["verdict"] == "ask_first"


def test_a_file_edited_by_hand_is_taken_with_who_and_when(pack: Path, tmp_path: Path) -> None:
    form, rows = _form(pack, tmp_path)
    assert [row["rule"] for row in rows] == [rule.id for rule in _doubtful(pack)]
    for place, row in enumerate(rows):
        row["decision"] = "keep" if place else "drop"
    form.write_text(written({"decisions": rows}), encoding="utf-8")
    ran = _review(pack, "--file", str(form))
    assert "Every doubtful rule is decided." in ran.output
    assert [row["decision"] for row in _rows(pack)] == ["drop", *["keep"] * (len(rows) - 1)]
    assert all(row["who"] == "Pat Lowe" and row["at"] for row in _rows(pack))


def test_a_form_shows_each_rule_with_the_documents_own_words(pack: Path, tmp_path: Path) -> None:
    form, rows = _form(pack, tmp_path)
    text = form.read_text(encoding="utf-8")
    for rule in _doubtful(pack):
        assert load_pack(pack).clauses[rule.addresses[0]] in text
    assert {row["decision"] for row in rows} == {""}
    assert isinstance(_review(pack, "--write-file", str(form)).exception, SignpostError)
    assert form.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("faulty", "says"),
    [
        ({"decision": "maybe"}, "'maybe' is no decision"),
        ({"decision": "change", "verdict": "never"}, "'never' is no verdict"),
        ({"decision": "change", "verdict": "ask_first", "roles": []}, "needs roles"),
        ({"decision": "change", "roles": ["boss"]}, "roles names somebody unknown"),
        ({"decision": "change", "roles": "dsl"}, "roles names somebody unknown"),
        ({"decision": "keep", "verdict": "not_allowed"}, "doesn't say change"),
        ({"decision": "", "verdict": "not_allowed"}, "doesn't say change"),
        ({"decision": "keep", "rule": "nothing"}, "there is no rule 'nothing'"),
        ({"decision": "keep", "of": "0"}, "no longer what this was written about"),
        ({"decision": "keep", "rule": 7}, "which rule"),
        ({"decision": ["keep"]}, "is no decision"),
        ({"decision": "keep", "note": 7}, "are text"),
    ],
)
def test_a_fault_in_a_file_is_named_with_its_line_and_nothing_of_it_is_taken(
    pack: Path, tmp_path: Path, faulty: dict[str, Any], says: str
) -> None:
    form, rows = _form(pack, tmp_path)
    rows = [row for row in rows if row["verdict"] != "not_allowed" and not row["roles"]]
    for row in rows:
        row["decision"] = "keep"
    rows[-1] |= faulty
    form.write_text(written({"decisions": rows}), encoding="utf-8")
    ran = _review(pack, "--file", str(form))
    assert isinstance(ran.exception, UnreadableError)
    assert says in str(ran.exception)
    assert str(ran.exception).startswith(f"{form}:")
    assert "\n" not in str(ran.exception)
    assert not _record(pack).exists()


@pytest.mark.parametrize("text", ["", "a: [", "- 1", "decisions: {}", "decisions: [1]", "\x00"])
def test_a_file_that_is_no_review_is_one_clear_line(pack: Path, tmp_path: Path, text: str) -> None:
    form = tmp_path / "edit.yml"
    form.write_text(text, encoding="utf-8")
    ran = _review(pack, "--file", str(form))
    assert isinstance(ran.exception, UnreadableError)
    assert "\n" not in str(ran.exception)


def test_a_record_that_cannot_be_read_is_never_written_over(pack: Path) -> None:
    _record(pack).write_text("decisions: [", encoding="utf-8")
    ran = _review(pack, answers="k\n")
    assert isinstance(ran.exception, UnreadableError)
    assert "mend it, or move it away" in str(ran.exception)
    assert _record(pack).read_text(encoding="utf-8") == "decisions: ["


def test_a_decision_lapses_where_the_clause_beneath_it_is_another_now(pack: Path) -> None:
    first, *others = _doubtful(pack)
    _review(pack, answers="k\n" * (1 + len(others)))
    address = first.addresses[0]
    second = next(rule for rule in others if address not in rule.every_address)
    data = parse(pack.read_text(encoding="utf-8"), "pack").data
    data["clauses"][address] += " Except on Fridays."
    pack.write_text(written(data), encoding="utf-8")
    held = {row["rule"] for row in _said(pack)["rules"] if row["decided"]}
    assert first.id not in held
    assert second.id in held


def test_two_who_review_at_once_lose_nothing_of_each_other(pack: Path) -> None:
    one, other = (sitting(pack, name, everything=False) for name in ("Pat Lowe", "Sam Dean"))
    for one_sitting, entry in ((one, one.entries[0]), (other, other.entries[1]), (one, one.entries[2])):
        one_sitting.keep(Decision(entry.rule.id, entry.of, Choice.KEEP))
    assert [row["who"] for row in _rows(pack)] == ["Pat Lowe", "Sam Dean", "Pat Lowe"]


def test_surer_rules_are_gone_through_when_wanted(pack: Path) -> None:
    every = len(load_pack(pack).rules)
    _review(pack, answers="k\n" * len(_doubtful(pack)))
    assert "stay as drafted; --all goes through them" in _review(pack).output
    assert _review(pack, "--all", answers="k\n" * every).exit_code == 0
    assert _said(pack)["decided"] == every


def test_json_says_how_things_stand_and_asks_nothing(pack: Path) -> None:
    _review(pack, answers="change not_allowed\nq\n")
    said = _said(pack)
    assert (said["status"], said["decided"], said["doubtful_left"]) == ("draft", 1, len(_doubtful(pack)) - 1)
    first = said["rules"][0]
    assert (first["decided"]["verdict"], first["decided"]["who"]) == ("not_allowed", "Pat Lowe")
    assert first["clauses"][0]["text"] == load_pack(pack).clauses[first["clauses"][0]["address"]]


def test_a_draft_with_every_rule_dropped_is_not_done(pack: Path) -> None:
    _review(pack, "--all", answers="d\n" * len(load_pack(pack).rules))
    ran = _review(pack, "--done")
    assert isinstance(ran.exception, SignpostError)
    assert "leaves no pack" in str(ran.exception)
    assert load_pack(pack).status == "draft"


def test_what_is_no_draft_is_refused_in_a_line(pack: Path, tmp_path: Path) -> None:
    published = tmp_path / "done.yml"
    text = pack.read_text(encoding="utf-8").replace("status: draft", "status: published")
    published.write_text(text, encoding="utf-8")
    broken = tmp_path / "broken.yml"
    broken.write_text("schema: 1\nrules: []\n", encoding="utf-8")
    for bad in (published, broken, tmp_path / "nothing.yml", tmp_path):
        refused = _review(bad).exception
        assert isinstance(refused, UnreadableError)
        assert "\n" not in str(refused)
    assert isinstance(_review(pack, "--as", " ").exception, UsageError)
    assert isinstance(_review(pack, "--write-file", "new.yml", "--done").exception, UsageError)


@pytest.fixture(name="desk")
def _desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = desk_for(policy, database_url, tmp_path, OAKFIELD, monkeypatch)
    yield made
    made.office.store.close()


def test_a_reviewed_draft_is_published_without_giving_a_reason(desk: Desk, pack: Path) -> None:
    assert isinstance(desk.run("publish", str(pack), "--as", "pat").refused, NotPublishedError)
    _review(pack, answers="k\n" * len(_doubtful(pack)))
    assert _review(pack, "--done").exit_code == 0
    done = desk.confirmed("pat", "publish", str(pack))
    assert "larkfield@1 is in force, approved by Pat Lowe." in done.out
