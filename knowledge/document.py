"""The school's own words by clause address, for quoting beside an answer.

Two forms are read: Markdown with numbered or unnumbered headings, paragraphs, bullets and tables, and clause
lists with one JSON object a line (`{"address", "text"}`). Each paragraph, bullet and table row is one clause,
numbered within its section, as in the packs' addresses.
"""

import json
import re
from collections.abc import Mapping

_HEADING = re.compile(r"^#{2,6}\s+(.*\S)\s*$")
_NUMBER = re.compile(r"^(\d+(?:\.\d+)*)[.)]?\s")
_ROMAN = re.compile(r"^([ivx]+)[.)]\s", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(.*\S)\s*$")
_RULER = re.compile(r"^\s*\|?[\s:|-]+\|[\s:|-]*$")


def quotes_of(text: str, suffix: str) -> dict[str, str]:
    """The clauses of a document, by address. Raises `ValueError` where there is nothing to read."""
    if suffix == ".jsonl":
        found = _listed(text)
    elif suffix in {".md", ".markdown"}:
        found = _from_markdown(text)
    else:
        raise ValueError("give the policy as Markdown (.md) or as a clause list (.jsonl)")
    if not found:
        raise ValueError("no clauses were found in it")
    return found


def _listed(text: str) -> dict[str, str]:
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    try:
        return {str(row["address"]): str(row["text"]) for row in rows}
    except (KeyError, TypeError) as error:
        raise ValueError("each line needs an address and a text") from error


def _from_markdown(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    section, above, count = "", "", 0
    paragraph: list[str] = []

    def keep(clause: str) -> None:
        nonlocal count
        if section and clause:
            count += 1
            found[f"{section}:{count}"] = clause

    for line in [*text.splitlines(), ""]:
        heading, bullet = _HEADING.match(line), _BULLET.match(line)
        if heading or bullet or not line.strip() or line.lstrip().startswith("|"):
            keep(" ".join(paragraph))
            paragraph = []
        if heading:
            section, above = section_of(heading[1], above)
            count = 0
        elif bullet:
            keep(bullet[1])
        elif line.lstrip().startswith("|"):
            if not _RULER.match(line):
                keep(line.strip().strip("|").strip())
        elif line.strip() and not line.startswith("# "):
            paragraph.append(line.strip())
    return found


def section_of(heading: str, above: str) -> tuple[str, str]:
    """A heading's section in addresses, and the number that roman sub-sections beneath it hang from."""
    roman = _ROMAN.match(heading)
    if roman and above:
        return f"{above}.{roman[1].lower()}", above
    number = _NUMBER.match(heading)
    if number:
        return number[1], number[1]
    appendix = re.match(r"^appendix\s+(\w+)", heading, re.IGNORECASE)
    named = f"appendix-{appendix[1].lower()}" if appendix else heading
    short = re.split(r"(?<=[a-z])\. ", named)[0]
    return "-".join(re.findall(r"[a-z0-9]+", short.lower().replace("'", ""))), ""


def quote(address: str, quotes: Mapping[str, str]) -> str | None:
    """The words at an address; a section named by the first words of its heading is found too."""
    if address in quotes:
        return quotes[address]
    section, _, number = address.partition(":")
    longer = [key for key in quotes if key.startswith(f"{section}-") and key.endswith(f":{number}")]
    return quotes[longer[0]] if len(longer) == 1 else None
