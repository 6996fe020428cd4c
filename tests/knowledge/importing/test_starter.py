"""The starter policy, read from Markdown and from Word and PDF renderings, is the same policy each time."""

from pathlib import Path

import pytest

from knowledge.document import quotes_of
from knowledge.importing.clauses import clauses
from knowledge.importing.reading import read_document
from knowledge.loader import starter_document
from tests.measure_importing import FORMS, WHOLE, right_clauses
from tests.support.renderings import lines_of

_EXPECTED = quotes_of(starter_document(), ".md")


@pytest.mark.parametrize("form", ["policy.md", *FORMS])
def test_its_clauses_are_found_whole_and_where_they_are(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"starter.{form}"
    if form in FORMS:
        FORMS[form](lines_of(starter_document()), path)
    else:
        path.write_text(starter_document(), encoding="utf-8")
    found = clauses(read_document(path)).texts
    assert right_clauses(found, _EXPECTED) >= WHOLE * len(_EXPECTED)
    assert len(_EXPECTED) > 200
