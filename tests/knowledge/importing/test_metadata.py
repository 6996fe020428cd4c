"""What a document says of itself: dates as exact as given, whoever owns it, what it calls people."""

import pytest

from knowledge.importing.channels import FoundChannel, register
from knowledge.importing.clauses import clauses
from knowledge.importing.metadata import Metadata, dated, metadata
from knowledge.importing.reading import read_document
from tests.knowledge.importing import policies


def _about(name: str) -> Metadata:
    return metadata(clauses(read_document(policies.FOLDER / f"{name}.md")))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20th July 2023", "2023-07-20"),
        ("12/06/2024", "2024-06-12"),
        ("2.12.21", "2021-12-02"),
        ("Sept 2022", "2022-09"),
        ("Autumn 2025", "2025"),
        ("2024-2025", "2024"),
        ("31/02/2024", "2024"),
        ("every two years", None),
    ],
)
def test_dates_are_as_exact_as_they_are_given(text: str, day: str | None) -> None:
    assert dated(text) == day


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("glenarder", ("Glenarder Council Education Service", "3.0", "2025-03-14", "2027-03", "scotland")),
        ("northgate", ("Northgate High School", "4.2", "2024-06-12", "2026-06", "england")),
        ("st-aidans", ("St Aidan's Church of England Primary School", None, "2023-02", "2025-02", "england")),
        ("cwm", ("Ysgol Cwm Derw", None, "2024", "2026", "wales")),
        ("larkfield", ("Larkfield Learning Trust", None, None, None, "england")),
    ],
)
def test_whose_it_is_and_how_current(name: str, expected: tuple[str | None, ...]) -> None:
    found = _about(name)
    assert (found.organisation, found.version, found.approved, found.review_due, found.nation) == expected


def test_the_owner_is_read_from_prose_and_from_a_table() -> None:
    assert _about("glenarder").owner == "Head of Education Resources"
    assert _about("northgate").owner == "Director of Communications"
    assert _about("st-aidans").owner is None


def test_roles_keep_the_names_that_the_document_gives_them() -> None:
    assert _about("glenarder").roles["dsl"] == "Child Protection Co-ordinator"
    assert _about("glenarder").roles["principal"] == "Head of Establishment"
    assert _about("cwm").roles["dsl"] == "Designated Safeguarding Person"
    assert _about("larkfield").roles["communications"] == "Head of Marketing"


def _register(name: str) -> tuple[FoundChannel, ...]:
    found = clauses(read_document(policies.FOLDER / f"{name}.md"))
    return register(found, metadata(found).organisation)


def test_the_register_is_read_with_its_gaps() -> None:
    first, second, third = _register("larkfield")
    assert first.address == "appendix-b:2"
    assert (second.school, second.channels, second.opened) == (
        "Hollin Academy",
        ("Instagram @hollinacademy",),
        "2022-09-03",
    )
    assert (third.master_admin, third.approved) == ("Office Manager", None)


def test_other_tables_are_no_register() -> None:
    assert _register("northgate") == ()
