"""The same policy gives the same clauses, whatever file it is kept in."""

import html
import textwrap
from pathlib import Path

import pytest

from knowledge.importing.clauses import clauses
from knowledge.importing.reading import read_document
from tests.knowledge.importing import policies
from tests.support.renderings import PdfForm, WordForm, lines_of, pdf, word

NUMBERED = "larkfield"


def _texts(path: Path) -> dict[str, str]:
    return clauses(read_document(path)).texts


@pytest.fixture(name="written", params=policies.NAMES)
def _written(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def _expected(name: str) -> dict[str, str]:
    return _texts(policies.FOLDER / f"{name}.md")


@pytest.mark.parametrize("form", ["styled", "automatic", "bold"])
def test_a_word_document_gives_the_same_clauses(written: str, form: WordForm, tmp_path: Path) -> None:
    made = word(lines_of(policies.text(written)), tmp_path / "policy.docx", form)
    assert _texts(made) == _expected(written)


@pytest.mark.parametrize("form", ["plain", "furnished"])
def test_a_pdf_gives_the_same_clauses(written: str, form: PdfForm, tmp_path: Path) -> None:
    made = pdf(lines_of(policies.text(written)), tmp_path / "policy.pdf", form)
    assert _texts(made) == _expected(written)


@pytest.mark.parametrize("name", [name for name in policies.NAMES if name != "brook-lane"])
def test_two_columns_are_read_one_after_the_other(name: str, tmp_path: Path) -> None:
    """All but the shortest policy, which fills one column and a single word of the next."""
    made = pdf(lines_of(policies.text(name)), tmp_path / "policy.pdf", "columns")
    assert _texts(made) == _expected(name)


def test_a_page_of_a_website_gives_the_same_clauses(tmp_path: Path) -> None:
    parts = ["<!doctype html><title>Larkfield</title><nav><ul><li>Home</li></ul></nav><main>"]
    for line in lines_of(policies.text(NUMBERED)):
        shown = html.escape(line.text)
        if line.kind in {"title", "heading"}:
            parts.append(f"<h{line.level + 1}>{shown}</h{line.level + 1}>")
        elif line.kind == "table":
            rows = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in line.rows)
            parts.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
        else:
            parts.append(f"<ul><li>{shown}</li></ul>" if line.kind == "bullet" else f"<p>{shown}</p>")
    made = tmp_path / "policy.html"
    made.write_text("\n".join([*parts, "</main><footer><p>Cookies</p></footer>"]), encoding="utf-8")
    assert _texts(made) == _expected(NUMBERED)


def test_plain_text_gives_the_same_clauses(tmp_path: Path) -> None:
    name = "glenarder"
    wrapped = (
        line.text if line.kind in {"title", "heading"} else "\n".join(textwrap.wrap(line.text, 80))
        for line in lines_of(policies.text(name))
    )
    made = tmp_path / "policy.txt"
    made.write_text("\n\n".join(wrapped), encoding="cp1252")
    assert _texts(made) == _expected(name)
