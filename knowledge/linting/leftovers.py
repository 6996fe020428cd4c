"""What a template left behind: places to fill in, instructions on filling them in, roles without a name."""

import re
from collections.abc import Iterator, Sequence

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
_DAY = re.compile(r"\b(?:date|reviewed|review due|next review|signed|signature)\b", re.IGNORECASE)
_LONGEST_LABEL = 60
_PAIR = 2
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
        for row in _labelled(table):
            label, *filled = row.cells
            if (_ROLE.search(label) or _DAY.search(label)) and all(_EMPTY.match(cell) for cell in filled):
                yield _blank(row, label)


def _labelled(table: Sequence[Clause]) -> Sequence[Clause]:
    """The rows of a table that say something of a label, as on a front page or in a list of contacts."""
    header = " ".join(table[0].cells).casefold()
    if all(len(row.cells) == _PAIR for row in table):
        return table
    named = "role" in header or "name" in header
    return [row for row in table[1:] if len(row.cells) > 1] if named else ()


def _nameless(text: str, after: Clause | None) -> bool:
    label, colon, name = text.partition(":")
    if not colon or len(label) > _LONGEST_LABEL or _INTRODUCES.search(label) or not _EMPTY.match(name):
        return False
    if not _ROLE.search(label) and not _DAY.search(label):
        return False
    return bool(name.strip(" -")) or after is None or after.kind == "heading" or ":" in after.text


def _blank(block: Clause, label: str) -> Finding:
    said = label.partition(":")[0].strip()
    if _DAY.search(said):
        return Finding("blank-date", (block.address,), f"nothing stands behind “{said}”", "Write the date")
    return Finding(
        "blank-role", (block.address,), f"nobody is named as “{said}”", "Name somebody, or the post"
    )
