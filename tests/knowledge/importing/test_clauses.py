"""Addresses: each paragraph, bullet and table row is a clause, counted anew in each section."""

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.importing.clauses import Clauses, clauses
from knowledge.importing.reading import read_document

Reader = Callable[..., Clauses]


@pytest.fixture(name="read")
def _read(tmp_path: Path) -> Reader:
    def read(text: str, suffix: str = ".md") -> Clauses:
        path = tmp_path / f"policy{suffix}"
        path.write_text(text, encoding="utf-8")
        return clauses(read_document(path))

    return read


def test_sections_are_known_by_number_roman_slug_or_appendix(read: Reader) -> None:
    found = read(
        "# A: Policy\n\n"
        "## 5. Rules\n\nFollow them.\n\n### i. Be kind:\n\n- Smile.\n\n### 5.2 More\n\nMore.\n\n"
        "## What staff mustn't do\n\nBad things.\n\n"
        "## Appendix 2: Forms\n\nA form.\n\n### 1. Parts\n\nA part.\n"
    )
    assert list(found.texts) == [
        "5:1",
        "5.i:1",
        "5.2:1",
        "what-staff-mustnt-do:1",
        "appendix-2:1",
        "1:1",
    ]


def test_numbers_that_start_again_in_an_appendix_hang_from_it(read: Reader) -> None:
    found = read(
        "## 1. Aims\n\nAim.\n\n## Appendix A\n\nForm.\n\n### 1. Name\n\nYours.\n\n### 2. Date\n\nToday.\n"
    )
    assert list(found.texts) == ["1:1", "appendix-a:1", "appendix-a.1:1", "appendix-a.2:1"]


def test_two_sections_of_one_name_are_told_apart(read: Reader) -> None:
    assert list(read("## Staff\n\nOne.\n\n## Pupils\n\nTwo.\n\n## Staff\n\nThree.\n").texts) == [
        "staff:1",
        "pupils:1",
        "staff-2:1",
    ]


def test_a_bullet_is_read_with_the_sentence_that_introduces_it(read: Reader) -> None:
    found = read(
        "## 1. Rules\n\nBe careful. Staff must not:\n\n- swear\n- shout\n\nThat is all.\n\n- Really.\n"
    )
    assert [clause.whole for clause in found.all[1:]] == [
        "Staff must not: swear",
        "Staff must not: shout",
        "That is all.",
        "Really.",
    ]


def test_a_line_straight_after_bullets_is_a_clause_of_its_own(read: Reader) -> None:
    found = read("## 1. Rules\n\n- first\n- second\nAccounts belong to the school.\n")
    assert found.texts == {"1:1": "first", "1:2": "second", "1:3": "Accounts belong to the school."}


def test_table_rows_are_clauses_with_their_gaps_and_header(read: Reader) -> None:
    found = read("## 3. Accounts\n\n| School | Page | Who |\n|--|--|--|\n| Oak | | Head |\n| Elm | X | |\n")
    assert found.texts == {"3:1": "School | Page | Who", "3:2": "Oak | | Head", "3:3": "Elm | X |"}


def test_a_table_of_contents_is_no_clause_but_is_kept_for_comparing(read: Reader) -> None:
    found = read(
        "# P\n\n## Contents\n\n1. Aims 2\n2. Rules 3\n\n## 1. Aims\n\nAims.\n\n## 2. Rules\n\nRules.\n"
    )
    assert list(found.texts) == ["1:1", "2:1"]
    assert len(found.document.contents) == 2


def test_a_sentence_cut_in_two_is_mended(read: Reader) -> None:
    half, rest = "Staff who look after the page must never give their", "password to anybody else."
    found = read(f"## 1. Passwords\n\n{half}\n\n{rest}\n")
    assert found.texts == {"1:1": f"{half} {rest}"}


def test_numbered_paragraphs_keep_their_number_beside_the_address(read: Reader) -> None:
    found = read(
        "## 4. Use\n\n4.1 Staff must be kind to everybody.\n\n4.2 Staff must be honest with everybody.\n"
    )
    assert [(clause.address, clause.number) for clause in found.all] == [("4:1", "4.1"), ("4:2", "4.2")]


def test_capitals_and_lone_numbered_lines_are_headings_in_plain_text(read: Reader) -> None:
    text = "SOCIAL MEDIA POLICY\n\n1. Aims\n\nThis is why.\n\nPERSONAL USE\n\nStaff may use it at lunch.\n"
    assert list(read(text, ".txt").texts) == ["1:1", "personal-use:1"]


def test_words_before_the_first_heading_are_kept(read: Reader) -> None:
    found = read(
        "# P\n\n"
        "Everybody who works in our school has to follow the rules that are set out here.\n\n## A\n\nB.\n"
    )
    assert list(found.texts) == ["preamble:1", "a:1"]
