"""Numbers of sections left out or used twice, contents that don't match, references that lead nowhere."""

import re
from collections.abc import Iterator
from itertools import pairwise

from knowledge.linting.values import Clause, Finding, Paper

_NUMBER = re.compile(r"^(?:section\s+)?(\d+(?:\.\d+)*)[.):]?\s", re.IGNORECASE)
_ROMAN = re.compile(r"^([ivx]+)[.)]\s", re.IGNORECASE)
_REFERENCE = re.compile(
    r"\b(paragraph|section|clause)\s+(\d+(?:\.\d+)*)\b(?=[^.]{0,12}\b(?:of|in) this (?:policy|document))"
    r"|\b(?:see|in|under)\s+(section)\s+(\d+(?:\.\d+)*)\b(?!\s*(?:of|\())",
    re.IGNORECASE,
)
_VALUES = {"i": 1, "v": 5, "x": 10}
_PAGE = re.compile(r"[\s.·…_]*\d*\s*$")


def gaps(paper: Paper) -> Iterator[Finding]:
    """Numbers of sections that jump or come twice, within each level; appendices count for themselves."""
    last: dict[tuple[str | int, ...], tuple[int, Clause]] = {}
    above: tuple[int, ...] = ()
    for heading in paper.headings:
        number, above = _numbered(heading.text, above)
        if not number:
            continue
        family: tuple[str | int, ...] = (_part(heading.address), *number[:-1])
        place = number[-1]
        before = last.get(family)
        expected = before[0] + 1 if before else 1
        shown = ".".join(map(str, number))
        if place > expected:
            left_out = ".".join(map(str, (*number[:-1], expected)))
            what = f"the numbering goes on with {shown} where {left_out} is due: is something left out?"
            yield Finding(
                "numbering", (heading.address,), what, "Number the sections anew, or put back what is missing"
            )
        elif place < expected:
            yield Finding(
                "numbering", (heading.address,), f"the number {shown} comes twice", "Number the sections anew"
            )
        last[family] = (place, heading)


def _part(address: str) -> str:
    """The appendix that a numbered section stands in (“appendix-1.2”); nothing for the policy itself."""
    part, dot, _ = address.partition(".")
    return part if dot and not part[0].isdigit() else ""


def _numbered(text: str, above: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The number of a heading, roman ones beneath the arabic one before them; and that one."""
    found = _NUMBER.match(f"{text} ")
    if found:
        number = tuple(map(int, found[1].split(".")))
        return number, number
    roman = _ROMAN.match(text)
    if roman and above:
        return (*above, _roman(roman[1].lower())), above
    return (), above


def _roman(text: str) -> int:
    values = [_VALUES[letter] for letter in text]
    less = sum(2 * value for value, after in pairwise(values) if value < after)
    return sum(values) - less


def contents(paper: Paper) -> Iterator[Finding]:
    """A list of contents that names other sections than the document has."""
    if not paper.contents:
        return
    listed = {_title(entry): entry for entry in paper.contents}
    there = {_title(heading.text): heading for heading in paper.headings}
    depth = max((_depth(entry) for entry in paper.contents), default=1)
    level = max((there[title].level for title in listed if title in there), default=0)
    for title, entry in listed.items():
        if title not in there and not any(known.startswith(title) for known in there):
            shown = _PAGE.sub("", entry)
            yield Finding(
                "contents",
                (),
                f"the contents name “{shown}”, which isn't there",
                "Bring the contents up to date",
            )
    for title, heading in there.items():
        deep = _depth(heading.text) > depth or heading.level > level or _ROMAN.match(heading.text)
        if not deep and title != "contents" and not any(title.startswith(known) for known in listed):
            what = f"“{heading.text}” isn't in the contents"
            yield Finding("contents", (heading.address,), what, "Bring the contents up to date")


def _title(text: str) -> str:
    """A heading without number, dots and page, for comparing."""
    bare = _PAGE.sub("", _NUMBER.sub("", f"{text} ").strip())
    return " ".join(re.findall(r"[a-z0-9]+", bare.casefold()))


def _depth(text: str) -> int:
    found = _NUMBER.match(f"{text} ")
    return found[1].count(".") + 1 if found else 1


def references(paper: Paper) -> Iterator[Finding]:
    """References to a section of this policy that it doesn't have."""
    numbers = {found[1] for heading in paper.headings if (found := _NUMBER.match(f"{heading.text} "))}
    numbers |= {clause.number for clause in paper.clauses}
    for clause in paper.clauses:
        for found in _REFERENCE.finditer(clause.text):
            word, number = found[1] or found[3], found[2] or found[4]
            if number not in numbers:
                what = f"it points to {word} {number}, which isn't there"
                yield Finding("reference", (clause.address,), what, "Point to the right section")
