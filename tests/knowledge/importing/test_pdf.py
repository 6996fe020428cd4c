"""PDFs by their layout: columns, furniture, parted words, tables and sentences over two pages."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from knowledge.importing.clauses import clauses
from knowledge.importing.document import NotReadableError
from knowledge.importing.reading import read_document

Line = tuple[float, float, float, str]
"""From the left, from the foot, size, words."""


@pytest.fixture(name="drawn")
def _drawn(tmp_path: Path) -> Callable[..., dict[str, str]]:
    def draw(*pages: Sequence[Line]) -> dict[str, str]:
        path = tmp_path / "policy.pdf"
        canvas = Canvas(str(path))
        for page in pages:
            for left, foot, size, words in page:
                canvas.setFont("Helvetica-Bold" if size > 11 else "Helvetica", size)
                canvas.drawString(left, foot, words)
            canvas.showPage()
        canvas.save()
        return clauses(read_document(path)).texts

    return draw


def _body(*lines: str, top: float = 740) -> list[Line]:
    return [(60, top - 13 * nth, 10, words) for nth, words in enumerate(lines)]


LONG = "All staff who look after an account of the school must keep the password of that account to"


def test_a_word_parted_at_a_line_s_end_is_one_word_again(drawn: Callable[..., dict[str, str]]) -> None:
    lines = _body(
        "Staff must follow the safeguarding rules in all that they write, since safe-",
        "guarding comes first.",
    )
    found = drawn([(60, 770, 14, "1. Rules"), *lines])
    assert found["1:1"].endswith("since safeguarding comes first.")


def test_a_hyphen_that_belongs_there_stays(drawn: Callable[..., dict[str, str]]) -> None:
    lines = _body(
        "The work-related use of any account is for the school to see, and all work-",
        "related posts are kept.",
    )
    found = drawn([(60, 770, 14, "1. Rules"), *lines])
    assert found["1:1"].endswith("all work-related posts are kept.")


def test_a_sentence_that_goes_on_over_the_page_is_one_clause(drawn: Callable[..., dict[str, str]]) -> None:
    first = [
        (60, 770, 14, "1. Rules"),
        *_body(LONG),
        (60, 30, 8, "Oak School policy"),
        (500, 30, 8, "Page 1"),
    ]
    second = [*_body("themselves at all times."), (60, 30, 8, "Oak School policy"), (500, 30, 8, "Page 2")]
    assert drawn(first, second) == {"1:1": f"{LONG} themselves at all times."}


def test_dotted_contents_are_left_out(drawn: Callable[..., dict[str, str]]) -> None:
    contents = _body("1. Rules .................... 2", "2. Reports .................. 3")
    rules = [(60, 770, 14, "1. Rules"), *_body("Staff must be kind.")]
    reports = [(60, 770, 14, "2. Reports"), *_body("Tell the head.")]
    assert drawn([(60, 770, 14, "Contents"), *contents], rules, reports) == {
        "1:1": "Staff must be kind.",
        "2:1": "Tell the head.",
    }


def test_so_many_pages_are_no_policy(tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    canvas = Canvas(str(path))
    for _ in range(401):
        canvas.showPage()
    canvas.save()
    with pytest.raises(NotReadableError, match="401 pages"):
        read_document(path)
