"""A running server takes over a policy that is published beside it, and a schools file that names it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.reporting.casefile import Actor
from bot.reporting.policies_in_force import check, publish
from tests.support.offices import office_for
from tests.support.program import Program
from tests.support.schools import fast_schools
from tests.support.waiting import wait_for
from tests.support.warm import WarmProgram

PACK = """\
schema: 1
policy: {id: %s, title: Social Media, organisation: Oakfield}
rules:
  - {id: a, topic: school-disparaged, addresses: ["1:1"], verdict: report, says: Say so., tells: [%s]}
"""
ANSWERS = {"what": "Somebody calls the school a dump.", "about": "parent", "danger": "no", "image": "no"}


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """Give a server at Oakfield, whose policy sends bad words about the school to the head."""
    with WarmProgram(
        tmp_path, schools=fast_schools(step="1h"), SIGNPOST_CONSOLE_URL="http://127.0.0.1:9/x"
    ) as made:
        yield made


def put(program: Program, text: str) -> None:
    """Publish as another process does."""
    url = f"sqlite:///{program.data / 'signpost.db'}"
    office = office_for(url, program.folder, fast_schools(step="1h"))
    publish(office, check(office, text, "it.yml"), Actor("pat"), now=datetime.now(UTC))  # noqa: TID251  beside a real clock
    office.store.close()


def told(program: Program) -> list[str]:
    reply = program.report("tom", "reference", ANSWERS)
    assert reply.status == 201, reply.text
    return list(reply.body["goes_to"])


def test_the_next_report_goes_by_a_policy_that_was_published_meanwhile(program: Program) -> None:
    assert told(program) == ["helen"]
    put(program, PACK % ("dartmoor", "dpo"))
    wait_for(
        lambda: told(program), lambda people: people == ["dan"], within=20, what="the new version's route"
    )
    put(program, PACK % ("dartmoor", "communications"))
    wait_for(lambda: told(program), lambda people: people == ["nora"], within=20, what="the next one's route")


def test_a_schools_file_may_name_a_policy_once_it_is_published(program: Program) -> None:
    schools = fast_schools(step="1h").replace("policy: dartmoor", "policy: oakpolicy")
    (program.folder / "schools.yml").write_text(schools, encoding="utf-8")
    wait_for(
        lambda: program.logs, lambda said: "schools_file_faulty" in said, within=20, what="the file's refusal"
    )
    assert told(program) == ["helen"]
    put(program, PACK % ("oakpolicy", "dpo"))
    wait_for(
        lambda: told(program), lambda people: people == ["dan"], within=30, what="the new policy's route"
    )
