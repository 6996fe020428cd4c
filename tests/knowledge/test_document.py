"""A document's own words, by clause address."""

import pytest

from knowledge.document import quote, quotes_of

POLICY = """\
# Tiny School: Social Media Policy

## 1. Purpose

This is why we have it,
over two lines.

- First bullet
- Second bullet

## 2. Rules

| Channel | Who |
|--|--|
| Facebook | Head |

### i. Be kind

Be kind.

## Guidelines for use

Unnumbered.

## Appendix 1: Forms

A form.
"""


def test_paragraphs_bullets_and_rows_are_numbered_within_their_section() -> None:
    assert quotes_of(POLICY, ".md") == {
        "1:1": "This is why we have it, over two lines.",
        "1:2": "First bullet",
        "1:3": "Second bullet",
        "2:1": "Channel | Who",
        "2:2": "Facebook | Head",
        "2.i:1": "Be kind.",
        "guidelines-for-use:1": "Unnumbered.",
        "appendix-1:1": "A form.",
    }


def test_a_clause_list_is_read_as_it_is() -> None:
    assert quotes_of('{"address": "1:1", "text": "Words."}\n', ".jsonl") == {"1:1": "Words."}


def test_a_section_is_found_by_the_first_words_of_its_heading() -> None:
    assert quote("guidelines:1", quotes_of(POLICY, ".md")) == "Unnumbered."
    assert quote("9:9", quotes_of(POLICY, ".md")) is None


@pytest.mark.parametrize(
    ("text", "suffix"), [("words", ".docx"), ("no headings", ".md"), ("[1]", ".jsonl"), ("{", ".jsonl")]
)
def test_what_cannot_be_quoted_from_is_refused(text: str, suffix: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        quotes_of(text, suffix)
