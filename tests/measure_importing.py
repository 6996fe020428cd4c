"""Measure the import: `python -m tests.measure_importing ../shared`. Prints figures only, never a clause.

Each policy is imported from its Markdown and from Word and PDF renderings made here; a clause is right if its
address and its whole text are. Then the unreviewed drafts answer what the curated packs were measured with.
"""

import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bot.signpost import Signpost
from knowledge.document import quote
from knowledge.importing.clauses import clauses
from knowledge.importing.pack import as_yaml, imported
from knowledge.importing.reading import read_document
from knowledge.loader import read_pack
from knowledge.understanding import Mind, shipped_mind
from tests.measure import Row, judge
from tests.support.renderings import Line, lines_of, pdf, word

Render = Callable[[Sequence[Line], Path], Path]
FORMS: Mapping[str, Render] = {
    "styled.docx": partial(word, form="styled"),
    "automatic.docx": partial(word, form="automatic"),
    "bold.docx": partial(word, form="bold"),
    "plain.pdf": partial(pdf, form="plain"),
    "furnished.pdf": partial(pdf, form="furnished"),
    "columns.pdf": partial(pdf, form="columns"),
}
WHOLE = 0.98
"""Of the five policies' clauses so many have to be right, in every form."""
OF_CURATED = 2 / 3
"""Of the answers that the curated packs get right, unreviewed drafts have to get so many."""


def right_clauses(found: Mapping[str, str], expected: Mapping[str, str]) -> int:
    """How many clauses have the right address and whole text; signs that a rendering changes don't count."""
    return sum(_letters(quote(address, found) or "") == _letters(text) for address, text in expected.items())


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def forms_of(document: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """The document itself, then each rendering of it."""
    lines = lines_of(document.read_text(encoding="utf-8"))
    yield document.suffix.removeprefix("."), document
    for name, render in FORMS.items():
        yield name, render(lines, folder / f"{document.stem}.{name}")


def imports(policies: Path) -> Iterator[tuple[str, str, int, int]]:
    """Policy, form, clauses that are right, clauses there are."""
    with tempfile.TemporaryDirectory() as folder:
        for document in sorted(policies.glob("*.md")):
            listed = (document.with_suffix(".clauses.jsonl")).read_text(encoding="utf-8").splitlines()
            expected = {row["address"]: row["text"] for row in map(json.loads, listed)}
            for form, path in forms_of(document, Path(folder)):
                found = clauses(read_document(path)).texts
                yield document.stem, form, right_clauses(found, expected), len(expected)


def answers(policies: Path, rows: Sequence[Row], mind: Mind) -> tuple[int, int]:
    """How many questions the curated packs answer right, and how many the unreviewed drafts."""
    curated = Signpost(mind)
    drafts: dict[str, Signpost] = {}
    for document in policies.glob("*.md"):
        text = as_yaml(imported(read_document(document), mind), policy_id=document.stem)
        drafts[document.stem] = Signpost(mind, pack=read_pack(text, document.name))
    right = [_right(row, curated) for row in rows], [_right(row, drafts[row["policy"]]) for row in rows]
    return sum(right[0]), sum(right[1])


def _right(row: dict[str, Any], asked: Signpost) -> bool:
    answer = asked.ask(row["policy"], row["question"])
    return dict(judge(row, answer))["right"]


def main(shared: Path) -> int:
    """Print both tables; 1 where a promise is not kept."""
    found: Counter[str] = Counter()
    there: Counter[str] = Counter()
    sys.stdout.write("| policy | form | clauses right |\n|--|--|--:|\n")
    for policy, form, right, of in imports(shared / "policies"):
        found[form] += right
        there[form] += of
        sys.stdout.write(f"| {policy} | {form} | {100 * right / of:.1f} % ({right}/{of}) |\n")
    asked = (shared / "eval" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in asked if line]
    curated, drafted = answers(shared / "policies", rows, shipped_mind())
    kept = all(found[form] >= WHOLE * there[form] for form in there) and drafted >= OF_CURATED * curated
    share = 100 * drafted / curated if curated else 0.0
    sys.stdout.write(
        f"\nof {len(rows)} questions right: curated {curated}, unreviewed drafts {drafted} ({share:.0f} %)\n"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
