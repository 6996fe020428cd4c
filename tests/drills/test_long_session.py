"""After a long session of everything by everybody: it is in the audit, and nowhere else (S8, S14)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from random import Random

import pytest

from bot.messages import CardState, Message, Prompt, Stage, Trouble
from bot.reporting import schools_in_force
from bot.reporting.schools import read_schools
from bot.reporting.schools_in_force import SchoolsInForce
from bot.wording.notices import say
from tests.bot.reporting import stage as stages
from tests.bot.reporting.oakfield import OAKFIELD
from tests.drills.canaries import Canaries, with_canary_names
from tests.drills.conftest import Size
from tests.drills.discretion import office_by_policies
from tests.drills.session import Session
from tests.support.offices import office_for

_NO_CHANCE = frozenset(Trouble) - {Trouble.UNANSWERED, Trouble.UNREACHABLE}
"""What no use of a sound installation brings about: faults, vacancies, people whom the schools file lacks."""


@dataclass(frozen=True, slots=True)
class Held:
    """A session that is over, and the folder it was held in."""

    session: Session
    folder: Path
    size: Size


@pytest.fixture(params=["sqlite", "postgresql"])
def held(request: pytest.FixtureRequest, size: Size, tmp_path: Path) -> Iterator[Held]:
    """Give a session that was held with canaries for names and in all that was written."""
    url = f"sqlite:///{tmp_path / 'signpost.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    canaries = Canaries(Random(11))
    schools = with_canary_names(OAKFIELD, canaries)
    office = office_by_policies(office_for(url, tmp_path, schools))
    session = Session(stages.Stage(office), Random(12), canaries)
    session.run(size.of(120, 6000))
    session.sent += session.stage.deliver()
    yield Held(session, tmp_path, size)
    office.store.close()


def test_every_deed_is_in_the_audit_and_the_chain_holds(held: Held) -> None:
    session, office = held.session, held.session.stage.office
    assert session.unaudited == []
    count, breaks = office.audit.verify(office.store)
    assert breaks == ()
    assert count == session.stage.audited() > held.size.of(120, 6000)
    with office.store.reading() as session_:
        anchor = office.audit.anchor(session_)
    assert office.audit.verify(office.store, anchor)[1] == ()
    assert len(session.done) >= held.size.of(12, 20)
    _nothing_is_given_away(held)


def _nothing_is_given_away(held: Held) -> None:
    """No message, line or row of the audit has a word that somebody wrote, or a name; nor has any file."""
    session = held.session
    messages = [one.message for one in session.sent]
    for message in messages:
        said = say(message, frozenset({"drill", "repeat", "restored"}))
        assert session.canaries.found_in(f"{said.subject}\n{said.text}\n{asdict(message)}") == []
    for line in session.said:
        assert session.canaries.found_in(line) == []
    assert session.canaries.found_in(str(session.stage.deeds())) == []
    assert session.canaries.found_in_files(held.folder.rglob("*")) == []
    assert len(messages) > held.size.of(90, 3000)
    _every_kind_of_message_was_among_them(messages, full=held.size.full)


def _every_kind_of_message_was_among_them(messages: list[Message], *, full: bool) -> None:
    kinds = Counter(type(message).__name__ for message in messages)
    wanted = {"Card", "Alert", "Unanswered", "Progress", "Reminder", "CodeSent", "Alarm"}
    assert wanted <= set(kinds), kinds
    if not full:
        return
    assert "CheckIn" in kinds
    _all_of(CardState, messages, "state")
    _all_of(Prompt, messages, "prompt")
    _all_of(Stage, messages, "stage", but={"received"})
    _all_of(Trouble, messages, "trouble", but=_NO_CHANCE)


def _all_of(kinds: type[StrEnum], messages: list[Message], key: str, *, but: Iterable[str] = ()) -> None:
    seen = {str(getattr(message, key)) for message in messages if hasattr(message, key)}
    assert {str(kind) for kind in kinds} - {*map(str, but)} - seen == set(), key


def test_a_change_of_roles_says_the_role_and_nobodys_name(tmp_path: Path) -> None:
    canaries = Canaries(Random(13))
    before = with_canary_names(OAKFIELD, canaries)
    after = before.replace("{role: dsl, school: oak-primary, people: [sam]}", "{role: dsl, people: [ruth]}")
    office = office_for(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path, before)
    stage = stages.Stage(office_by_policies(office))
    schools, path = SchoolsInForce(read_schools(before, "schools.yml")), tmp_path / "schools.yml"
    for text in (before, after, "roles: ["):
        path.write_text(text, encoding="utf-8")
        schools_in_force.reread(stage.office, schools, path, now=stage.after(seconds=2))
    sent = stage.deliver()
    assert {one.event for one in sent} == {"role_changed", "alarm"}
    for one in sent:
        assert canaries.found_in(f"{say(one.message)} {asdict(one.message)}") == []
    path.unlink()
    assert canaries.found_in_files(tmp_path.rglob("*")) == []
    office.store.close()
