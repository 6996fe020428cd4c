"""What a template left behind: places to fill in, instructions on filling them in, roles without a name."""

import re
from collections.abc import Iterator

from knowledge.linting.values import Clause, Finding, Paper

_FILL_IN = "a place to fill in"
_LEFT = (
    (
        r"\[\s*(?:insert|add|enter|name|date|school|trust|delete|list|complete|your|xx|\.{3}|…|\s*\])[^\]]*\]?",
        _FILL_IN,
    ),
    (r"«[^»]*»|<\s*(?:insert|name|school|date|add|enter)[^>]*>|\{\{[^}]*\}\}", _FILL_IN),
    (r"\b(?:[X]{2,}|x{3,})\b(?!\s*\d)", _FILL_IN),
    (r"(?-i:\bName of (?:the )?(?:[Ss]chool|[Tt]rust|[Aa]cademy|[Hh]ead\w*|DSL)\b)", _FILL_IN),
    (r"(?-i:\b(?:School|Trust|Academy) Name\b)", _FILL_IN),
    (r"\b(?:dd[/.-]mm[/.-]yy(?:yy)?|tbc|tbd|lorem ipsum)\b|\?\?+", _FILL_IN),
    (r"_{4,}|\.{6,}|…{2,}", "a line to write on"),
    (
        r"\b(?:delete (?:as (?:applicable|appropriate)|the examples?)|list details|amend as appropriate)\b",
        "an instruction to whoever fills in the template",
    ),
    (
        r"[.;]\s*\((?:if|where|as) (?:appropriate|applicable|relevant|required|necessary)\)",
        "a choice that the template left open",
    ),
)
_LEFTOVERS = tuple((re.compile(pattern, re.IGNORECASE), what) for pattern, what in _LEFT)
EXAMPLE = re.compile(r"^(?:e\.?\s?g\.?|for example)[:,]?\s+\S", re.IGNORECASE)
_EMPTY = re.compile(r"^(?:[_.…\s-]*|tbc|n/?k|\?+)$", re.IGNORECASE)
_INTRODUCES = re.compile(r"\b(?:will|must|should|shall|is|are|may|can)\b", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:head(?:teacher)?|principal|lead|officer|co-?ordinator|governor|chair|dsl|dpo|lado|owner|author|"
    r"approved by|responsible|manager|contact)\b",
    re.IGNORECASE,
)
_LONGEST_LABEL = 60
_LIKE_THIS = 40


def template_text(paper: Paper) -> Iterator[Finding]:
    """Left-over words of a template, each clause once, and rows of examples in a table."""
    examples: list[str] = []
    told = {finding.addresses for finding in blank_roles(paper)}
    for clause in paper.clauses:
        if clause.kind == "row" and any(EXAMPLE.match(cell) for cell in clause.cells):
            examples.append(clause.address)
            continue
        for pattern, what in _LEFTOVERS:
            found = pattern.search(clause.text)
            if found and (clause.address,) not in told:
                said = " ".join(found[0].split()).strip(" .;")[:_LIKE_THIS]
                yield Finding(
                    "template", (clause.address,), f"“{said}” is {what}", "Fill it in, or take it out"
                )
                break
    if examples:
        what = "examples of the template still stand in the table"
        yield Finding("template", tuple(examples), what, "Take them out")


def blank_roles(paper: Paper) -> Iterator[Finding]:
    """A role with nobody's name behind it, in a line of its own or a table of contacts."""
    blocks = paper.blocks
    for place, block in enumerate(blocks):
        after = blocks[place + 1] if place + 1 < len(blocks) else None
        if block.kind in {"paragraph", "bullet"} and _nameless(block.text, after):
            yield _blank(block, block.text)
    for table in paper.tables():
        header = " ".join(table[0].cells).casefold()
        if "role" not in header and "name" not in header:
            continue
        for row in table[1:]:
            if row.cells and _ROLE.search(row.cells[0]) and all(_EMPTY.match(cell) for cell in row.cells[1:]):
                yield _blank(row, row.cells[0])


def _nameless(text: str, after: Clause | None) -> bool:
    label, colon, name = text.partition(":")
    if not colon or len(label) > _LONGEST_LABEL or not _ROLE.search(label) or not _EMPTY.match(name):
        return False
    if _INTRODUCES.search(label):
        return False
    return bool(name.strip(" -")) or after is None or after.kind == "heading" or ":" in after.text


def _blank(block: Clause, label: str) -> Finding:
    role = label.partition(":")[0].strip()
    return Finding(
        "blank-role", (block.address,), f"nobody is named as “{role}”", "Name somebody, or the post"
    )
