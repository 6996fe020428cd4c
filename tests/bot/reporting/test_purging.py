"""An erased case opens nowhere any more: not here, and from no backup with keys written since (S11)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from bot.errors import NoSuchCaseError, RefusedActionError
from bot.keyring import read_keyring
from bot.reporting.backups import BackupError, back_up, bring_back
from bot.reporting.casefile import Actor
from bot.reporting.handling import hold, release
from bot.reporting.office import Office
from bot.reporting.purging import KeyStillThereError, Purge, approve, destroy_keys, owed, purge_case
from bot.reporting.report import About, Report, Standing
from bot.reporting.viewing import my_reports, open_case
from knowledge.rules import Kind, Urgency
from storage import cases
from storage.backup import Archive
from storage.store import Store
from tests.bot.reporting.closing import DAN, HELEN, SAM, TESSA, closed
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.killing import killed_at
from tests.support.offices import Schools, a_report, audited, hand_in, office_for

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
WHY = "asked for by the family"
IMAGE = a_report("An image.", kind=Kind.NUDE_IMAGE, urgency=Urgency.IMMEDIATE, image=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


@pytest.fixture
def erase(office: Office, path: Path) -> Callable[..., str]:
    """Give `erase(reference)`, as the data protection officer unless somebody else is named."""

    def purge(reference: str, actor: Actor = DAN, *, why: str = WHY, now: datetime = NOW) -> str:
        return purge_case(office, path, actor, Purge(reference, why), now=now)

    return purge


def rows_with(store: Store, value: str) -> set[str]:
    """The tables in which some row has a value."""
    with store.reading() as session:
        return {
            table.name
            for table in SQLModel.metadata.sorted_tables
            for row in session.connection().execute(select(table))
            if any(isinstance(one, str) and value in one for one in row)
        }


def id_of(office: Office, reference: str) -> str:
    with office.store.reading() as session:
        row = cases.by_reference(session, reference)
    assert row is not None
    return str(row.id)


def purging(url: str, folder: str, reference: str) -> None:
    """What the process does that is killed half way."""
    office = office_for(url, Path(folder), OAKFIELD)
    purge_case(office, Path(folder) / "keys.toml", DAN, Purge(reference, WHY), now=NOW)


# ---------- what is left


def test_of_an_erased_case_there_stay_its_reference_and_the_audit(
    office: Office, erase: Callable[..., str]
) -> None:
    reference = closed(office, now=NOW)
    case = id_of(office, reference)
    assert erase(reference.lower()) == reference
    assert rows_with(office.store, case) == {"case_file"}
    with office.store.reading() as session:
        row = cases.by_reference(session, reference)
    assert row is not None
    assert (row.state, row.sealed, row.reporter) == ("purged", b"", "")
    assert ("dan", "purged", reference) in audited(office)
    assert office.audit.verify(office.store)[1] == ()


def test_the_audit_keeps_who_as_which_user_and_why(office: Office, erase: Callable[..., str]) -> None:
    reference = closed(office, now=NOW)
    erase(reference, why="  asked for\nby the   family ")
    with office.store.reading() as session:
        (row,) = session.connection().execute(
            select(SQLModel.metadata.tables["audit"]).where(
                SQLModel.metadata.tables["audit"].c.action == "purged"
            )
        )
    assert (row.actor, row.os_user, row.reference, row.detail) == ("dan", "root", reference, WHY)


def test_nobody_opens_or_lists_it_any_more_and_other_cases_stay(
    office: Office, erase: Callable[..., str]
) -> None:
    reference, other = closed(office, now=NOW), closed(office, now=NOW)
    erase(reference)
    with pytest.raises(NoSuchCaseError):
        open_case(office, reference, SAM, now=NOW)
    assert open_case(office, other, SAM, now=NOW).answers["what"] == "A pupil has messaged me."
    assert [one.reference for one in my_reports(office, Actor("tom"), now=NOW)] == [other]


def test_links_from_other_cases_go_too(office: Office, erase: Callable[..., str]) -> None:
    reference, other = closed(office, now=NOW), hand_in(office, a_report(), now=NOW)
    with office.work(NOW) as work:
        cases.link(work.session, id_of(office, reference), id_of(office, other), "linked")
        work.done()
    erase(reference)
    with office.store.reading() as session:
        assert cases.linked(session, id_of(office, other)) == []


def test_the_submission_that_made_it_is_forgotten(office: Office, erase: Callable[..., str]) -> None:
    reference = closed(office, now=NOW)
    with office.store.reading() as session:
        row = cases.by_reference(session, reference)
        assert row is not None
    erase(reference)
    assert rows_with(office.store, row.dedupe) == set()


def test_no_byte_of_what_was_sealed_is_left_in_sqlites_files(tmp_path: Path, path: Path) -> None:
    office = office_for(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path, OAKFIELD)
    reference = closed(office, a_report("Something long. " * 40), now=NOW)
    with office.store.reading() as session:
        row = cases.by_reference(session, reference)
    assert row is not None
    sealed = bytes(row.sealed)
    purge_case(office, path, DAN, Purge(reference, WHY), now=NOW)
    left = b"".join(found.read_bytes() for found in tmp_path.glob("signpost.db*"))
    assert len(sealed) > 600
    assert not any(sealed[at : at + 24] in left for at in range(0, len(sealed) - 24, 24))
    office.store.close()


# ---------- its key, and copies of it


def test_the_master_key_it_was_under_is_destroyed(
    office: Office, path: Path, erase: Callable[..., str]
) -> None:
    reference, other = closed(office, now=NOW), closed(office, now=NOW)
    erase(reference)
    assert set(read_keyring(path).keys) == {"k2"}
    assert owed(office) == {}
    open_case(office, other, SAM, now=NOW)


def test_an_older_backup_opens_with_keys_written_since_and_without_the_case(
    office: Office, tmp_path: Path, erase: Callable[..., str]
) -> None:
    reference, other = closed(office, now=NOW), closed(office, now=NOW)
    back_up(office, tmp_path / "old", now=NOW, actor=DAN)
    erase(reference)
    back_up(office, tmp_path / "new", now=NOW, actor=DAN)

    url = f"sqlite:///{tmp_path / 'elsewhere' / 'signpost.db'}"
    elsewhere = replace(office, store=Store(url))
    old = Archive.named(tmp_path / "old", office.audit.key)
    with pytest.raises(BackupError, match=r"old\.keys was written under master key k1, .* has k2"):
        bring_back(elsewhere, old, now=NOW, actor=DAN)
    back = bring_back(elsewhere, replace(old, keys=tmp_path / "new.keys"), now=NOW, actor=DAN)
    assert (back.restored.cases, back.restored.purged, back.breaks) == (2, 1, ())
    open_case(elsewhere, other, SAM, now=NOW)
    with pytest.raises(NoSuchCaseError):
        open_case(elsewhere, reference, SAM, now=NOW)
    elsewhere.store.close()


def test_a_kill_at_any_point_leaves_other_cases_openable_and_going_on_finishes(
    office: Office, path: Path, tables_url: str, tmp_path: Path
) -> None:
    other = closed(office, now=NOW)
    for time in count(1):
        reference = closed(office, now=NOW)
        before = set(read_keyring(path).keys)
        killed = killed_at(f"purge:{time}", purging, tables_url, tmp_path, reference)
        open_case(office, other, SAM, now=NOW)
        erased = ("dan", "purged", reference) in audited(office)
        assert erased is (time > 1)
        destroy_keys(office, path, now=NOW)
        if erased:
            assert not before & set(read_keyring(path).keys)
            assert owed(office) == {}
        open_case(office, other, SAM, now=NOW)
        if not killed:
            break
    assert time > 3


def test_a_keys_file_that_cannot_be_written_is_said_and_going_on_later_finishes(
    office: Office, path: Path, tmp_path: Path
) -> None:
    reference = closed(office, now=NOW)
    nowhere = tmp_path / "nowhere" / "keys.toml"
    with pytest.raises(KeyStillThereError, match=f"{reference} is erased here, but older backups' keys"):
        purge_case(office, nowhere, DAN, Purge(reference, WHY), now=NOW)
    assert owed(office) == {reference: {"k1"}}
    assert destroy_keys(office, path, now=NOW)
    assert set(read_keyring(path).keys) == {"k2"}
    assert not destroy_keys(office, path, now=NOW)


# ---------- who may, and what is in the way


@pytest.mark.parametrize("person", ["sam", "helen", "tom", "ada", "nobody"])
def test_only_the_data_protection_officer_erases(
    office: Office, erase: Callable[..., str], person: str
) -> None:
    reference = closed(office, now=NOW)
    with pytest.raises(NoSuchCaseError):
        erase(reference, Actor(person))
    known = person if person != "nobody" else "somebody unlisted"
    assert audited(office)[-1] == (known, "refused purge", reference)
    open_case(office, reference, SAM, now=NOW)


def test_an_open_case_is_never_erased(office: Office, erase: Callable[..., str]) -> None:
    with pytest.raises(NoSuchCaseError):
        erase(hand_in(office, a_report(), now=NOW))


def test_a_data_protection_officer_whom_it_is_about_does_not_erase_it(
    office: Office, erase: Callable[..., str]
) -> None:
    about = a_report(
        kind=Kind.ADULT_CONCERN, about=About.WORKS_HERE, standings={"dan": Standing.ABOUT}, subject="Dan Osei"
    )
    reference = closed(office, about, now=NOW, by=HELEN)
    with pytest.raises(NoSuchCaseError):
        erase(reference)


def test_a_case_under_a_legal_hold_is_not_erased_until_the_hold_is_lifted(
    office: Office, erase: Callable[..., str]
) -> None:
    reference = closed(office, now=NOW)
    hold(office, reference, DAN, "A claim.", now=NOW)
    with pytest.raises(RefusedActionError, match="under a legal hold"):
        erase(reference)
    release(office, reference, DAN, "Settled.", now=NOW)
    erase(reference)


@pytest.mark.parametrize(
    ("why", "remedy"), [("", "is empty"), (" \n ", "is empty"), ("x" * 201, "longer than 200 characters")]
)
def test_a_reason_is_needed_and_short(
    office: Office, erase: Callable[..., str], why: str, remedy: str
) -> None:
    reference = closed(office, now=NOW)
    with pytest.raises(RefusedActionError, match=remedy):
        erase(reference, why=why)


# ---------- records of child sexual abuse


@pytest.mark.parametrize(
    "report",
    [
        IMAGE,
        a_report(kind=Kind.GROOMING, urgency=Urgency.IMMEDIATE),
        a_report(kind=Kind.CHILD_ON_CHILD),
        a_report("With a picture.", image=True),
    ],
)
def test_a_record_of_child_sexual_abuse_takes_two(
    office: Office, erase: Callable[..., str], report: Report
) -> None:
    reference = closed(office, report, now=NOW)
    with pytest.raises(RefusedActionError, match="two people"):
        erase(reference)
    assert approve(office, reference, HELEN, now=NOW) == reference
    assert erase(reference) == reference
    done = [row for row in audited(office) if row[1].startswith("purge")]
    assert done == [("helen", "purge approved", reference), ("dan", "purged", reference)]


def test_nobody_is_their_own_second_person(office: Office, erase: Callable[..., str]) -> None:
    reference = closed(office, IMAGE, now=NOW)
    approve(office, reference, DAN, now=NOW)
    with pytest.raises(RefusedActionError, match="two people"):
        erase(reference)


def test_an_approval_is_for_one_case_and_for_thirty_days(office: Office, erase: Callable[..., str]) -> None:
    reference, other = closed(office, IMAGE, now=NOW), closed(office, IMAGE, now=NOW)
    approve(office, other, TESSA, now=NOW)
    approve(office, reference, TESSA, now=NOW)
    with pytest.raises(RefusedActionError, match="two people"):
        erase(reference, now=NOW + timedelta(days=31))
    erase(reference, now=NOW + timedelta(days=29))
    approve(office, other, TESSA, now=NOW)
    assert rows_with(office.store, f"purge-approval {other}") == {"fact"}
    assert rows_with(office.store, f"purge-approval {reference}") == set()


@pytest.mark.parametrize("person", ["sam", "tom", "ada", "marcus", "nobody"])
def test_only_a_head_data_protection_officer_or_trust_lead_is_the_second(office: Office, person: str) -> None:
    reference = closed(office, IMAGE, now=NOW)
    with pytest.raises(NoSuchCaseError):
        approve(office, reference, Actor(person), now=NOW)
    assert audited(office)[-1] == (person, "refused approve", reference)


def test_a_head_whom_it_is_about_is_no_second_person(office: Office, erase: Callable[..., str]) -> None:
    report = replace(IMAGE, standings={"helen": Standing.ABOUT}, subject="Helen Marsh")
    reference = closed(office, report, now=NOW)
    with pytest.raises(NoSuchCaseError):
        approve(office, reference, HELEN, now=NOW)
    with pytest.raises(RefusedActionError, match="two people"):
        erase(reference)


def test_whoever_left_since_is_no_second_person(office: Office, path: Path) -> None:
    reference = closed(office, IMAGE, now=NOW)
    approve(office, reference, HELEN, now=NOW)
    people = dict(office.directory.people)
    people["helen"] = replace(people["helen"], left=NOW.date())
    later = replace(office, schools=Schools(replace(office.directory, people=people)))
    with pytest.raises(RefusedActionError, match="two people"):
        purge_case(later, path, DAN, Purge(reference, WHY), now=NOW)
