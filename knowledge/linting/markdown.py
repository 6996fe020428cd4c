"""A policy in Markdown, or as a clause list, as the lint reads it."""

import json
import re
from collections.abc import Iterable

from knowledge.document import quotes_of, section_of
from knowledge.linting.values import Clause, Details, Kind, Paper, dates_in
from knowledge.rules import Day

_HEADING = re.compile(r"^#{2,6}\s+(.*\S)\s*$")
_TITLE = re.compile(r"^#\s+(.*\S)\s*$", re.MULTILINE)
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(.*\S)\s*$")
_CONTENTS = re.compile(r"^(?:table of )?contents$", re.IGNORECASE)
_VERSION = re.compile(r"\b(?:v|version )\s?(\d+(?:\.\d+)*)\b", re.IGNORECASE)
_DUE = re.compile(r"\b(?:next review|review due|due for review|review date)\b", re.IGNORECASE)
_REVIEWED = re.compile(r"\b(?:last )?(?:reviewed|updated|revised)\b", re.IGNORECASE)
_DETAIL = re.compile(
    r"^(?:version|approved|adopted|ratified|(?:last |date )?reviewed|next review|review (?:date|due)|date|"
    r"updated|issued?|accepted|effective)\b[^.]{0,50}$",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:change|amendment|version|revision|document) (?:log|history|control|record)\b", re.IGNORECASE
)


def paper_from_markdown(text: str, name: str) -> Paper:
    """Read a document from Markdown: the same clauses and addresses as `quotes_of` gives."""
    title = _TITLE.search(text)
    contents, body = _without_contents(text)
    blocks = _blocks(body)
    return Paper(name, blocks, _details(title[1] if title else "", blocks), contents)


def paper_from_list(text: str, name: str) -> Paper:
    """Read a document from a clause list, one JSON object a line, each with its `heading` if it has one."""
    blocks: list[Clause] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        row = json.loads(line)
        address, said, heading = str(row["address"]), str(row["text"]), str(row.get("heading") or "")
        section = address.partition(":")[0]
        if heading and (not blocks or blocks[-1].section != section):
            blocks.append(Clause(section, heading, (heading,), "heading"))
        blocks.append(_clause(address, said, heading))
    return Paper(name, tuple(blocks))


def _clause(address: str, text: str, heading: str, kind: Kind = "paragraph") -> Clause:
    cells = tuple(cell.strip() for cell in text.split("|")) if "|" in text else ()
    return Clause(address, text, (heading,) if heading else (), "row" if cells else kind, cells)


def _without_contents(text: str) -> tuple[tuple[str, ...], str]:
    """The list of contents and the document without it."""
    entries: list[str] = []
    kept: list[str] = []
    inside = False
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            inside = bool(_CONTENTS.match(heading[1]))
        if inside and not heading and line.strip():
            bullet = _BULLET.match(line)
            entries.append(line.strip() if not bullet or line.strip()[0].isdigit() else bullet[1])
        if not inside:
            kept.append(line)
    return tuple(entries), "\n".join(kept)


def _blocks(text: str) -> tuple[Clause, ...]:
    """Headings and clauses in order; the addresses are those of `quotes_of`, which counts them alike."""
    found = quotes_of(text, ".md")
    headings = [found_in[1] for line in text.splitlines() if (found_in := _HEADING.match(line))]
    bullets = {bullet[1] for line in text.splitlines() if (bullet := _BULLET.match(line))}
    tops = {line.strip().strip("|").strip() for line in text.splitlines() if line.lstrip().startswith("|")}
    by_section: dict[str, list[tuple[str, str]]] = {}
    for address, said in found.items():
        by_section.setdefault(address.partition(":")[0], []).append((address, said))
    blocks: list[Clause] = []
    above = ""
    for heading in headings:
        section, above = section_of(heading, above)
        blocks.append(Clause(section, heading, (heading,), "heading"))
        for address, said in by_section.pop(section, ()):
            kind: Kind = "row" if said in tops else "bullet" if said in bullets else "paragraph"
            cells = tuple(cell.strip() for cell in said.split("|")) if kind == "row" else ()
            blocks.append(Clause(address, said, (heading,), kind, cells))
    return tuple(blocks)


def _details(title: str, blocks: tuple[Clause, ...]) -> Details:
    """What the title line and any “Version: …” lines say, part by part."""
    lines = [title, *(b.text for b in blocks if b.kind != "heading" and _is_detail(b.text))]
    parts = [part for line in lines for part in re.split(r"[(),;|]", line)]
    version = _VERSION.search(title)
    due = _first(part for part in parts if _DUE.search(part))
    reviewed = _first(part for part in parts if _REVIEWED.search(part) and not _DUE.search(part))
    plain = _first(part for part in parts if not _DUE.search(part) and not _REVIEWED.search(part))
    changed = [
        day
        for block in blocks
        if block.kind == "row" and any(_CHANGES.search(heading) for heading in block.headings)
        for day in dates_in(block.text)
    ]
    newest = max(changed, key=str, default=None)
    return Details(version[1] if version else None, plain, reviewed, due, newest)


def _is_detail(text: str) -> bool:
    return bool(_DETAIL.match(text))


def _first(parts: Iterable[str]) -> Day | None:
    """The first date in any of some texts."""
    return next((day for part in parts for day in dates_in(part)), None)
