"""Sentences that went wrong: doubled words, cut ends, and duties that say no name to go to."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from knowledge.linting.values import Clause, Finding, Paper

_DOUBLED = re.compile(r"\b([a-z]+)(\s+)\1\b", re.IGNORECASE)
_MAY_DOUBLE = frozenset({"that", "had", "is", "very", "bye", "no", "do", "her"})
_DANGLING = re.compile(r"\b(?:the|a|an|and|or|our|their|your|its|his|her)$", re.IGNORECASE)
_LEADS_ON = re.compile(
    r"\b(?:of|to|with|by|for|in|on|at|from|that|which|is|are|must|should|will|may|can)$", re.IGNORECASE
)
"""What a cut sentence may end on, and a line that introduces others as well."""
_SHORT_YEAR = re.compile(r"\bAct(?: of)? (?:19|20)\d?(?![\d])", re.IGNORECASE)
_NO_OBJECT = re.compile(
    r"(?:^|[.!?] )The [A-Z]\w+(?: [A-Z]\w+)? has (?:also )?(?:produced|issued|published|adopted)\."
)
_NO_RECIPIENT = re.compile(
    r"\b(?:to|with|by|from|contact|tell|inform|ask) (?:the|a|an|our|your)\s+"
    r"(?:as (?:appropriate|soon|necessary|applicable)|immediately|without delay|and|or|who|if|when|before|"
    r"[.,;:)]|$)",
    re.IGNORECASE,
)
_TO_NOBODY = re.compile(
    r"\b(?:reported|directed|referred|passed|forwarded|escalated) to\s*"
    r"(?:[.,;:)]|immediately|as soon|without delay|$)",
    re.IGNORECASE,
)
_DUTY = re.compile(
    r"\b(?:must|should|will|shall|need to|required to|has to|have to)\s+"
    r"(?:always |also |be |immediately |then )*"
    r"(?:report|reported|flag|raise|raised)\b|^report\b",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(
    r"\b(?:to|with|via|by|through|using)\s+(?!(?:be|ensure|enable|prevent|protect|which)\b)|"
    r"\b(?:dsl|headteacher|principal|line manager|police|procedure|lead)\b",
    re.IGNORECASE,
)
_NOT_A_DUTY = re.compile(
    r"\b(?:report on|reported on|raise awareness|report back|annual report|raise money)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z“\"'])")
_ENDS = re.compile(r"(?:[.!?:;…)\]”’\"']|:\s*[-–—])\s*$")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_SHORTEST = 4


def doubled(paper: Paper) -> Iterator[Finding]:
    """The same word twice running, or the same entry twice in one list."""
    for clause in paper.clauses:
        if clause.kind == "row":
            continue
        for found in _DOUBLED.finditer(clause.text):
            if found[1].lower() not in _MAY_DOUBLE:
                yield Finding("doubled", (clause.address,), f"“{found[0]}” stands twice", "Keep one")
        for entry in _twice_listed(clause.text):
            yield Finding("doubled", (clause.address,), f"“{entry}” is listed twice", "Keep one")


def _twice_listed(text: str) -> Iterator[str]:
    """Entries of one sentence's list that come twice; single words may."""
    for sentence in _SENTENCE.split(re.sub(r"\([^)]*\)", "", text)):
        entries = [re.sub(r"^(?:and|or) ", "", part.strip().casefold()) for part in sentence.split(",")]
        inner = [*entries[1:-1], *re.split(r" (?:and|or) ", entries[-1])] if len(entries) > _SHORTEST else []
        yield from sorted(one for one, times in Counter(inner).items() if times > 1 and " " in one)


def cut(paper: Paper) -> Iterator[Finding]:
    """Sentences that end too soon."""
    pairs = {
        (before.lower(), after.lower())
        for clause in paper.clauses
        for before, after in pairwise(_WORD.findall(clause.text))
    }
    clauses = paper.clauses
    for place, clause in enumerate(clauses):
        if clause.kind == "row":
            continue
        found = _first(clause.text) or _cut_end(clause, pairs, clauses[place + 1 : place + 2])
        if found:
            what = f"a sentence is cut off: “…{found}”"
            yield Finding("cut", (clause.address,), what, "Finish it")


def _first(text: str) -> str | None:
    for pattern in (_SHORT_YEAR, _NO_OBJECT):
        found = pattern.search(text)
        if found:
            return text[max(0, found.start() - 20) : found.end()].strip()
    return None


def _cut_end(clause: Clause, pairs: set[tuple[str, str]], after: Sequence[Clause]) -> str | None:
    """The end of a clause that stops in mid-sentence: on a little word, a hyphen, or half of a known word."""
    text = clause.text.rstrip()
    listed = clause.kind == "paragraph" and any(one.kind in {"bullet", "row"} for one in after)
    if _ENDS.search(text) or listed:
        return None
    tail = text[-30:]
    if _DANGLING.search(text) or text.endswith(("-", ",")):
        return None if clause.kind == "bullet" and text.endswith(",") else tail
    if _LEADS_ON.search(text):
        return None if any(one.section == clause.section for one in after) else tail
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _SHORTEST or not text[-1].isalpha():
        return None
    before, last = words[-2:]
    longer = any(first == before and after != last and after.startswith(last) for first, after in pairs)
    known = sum(last in pair for pair in pairs) > 1
    return tail if longer and not known else None


def nobody(paper: Paper) -> Iterator[Finding]:
    """Places where a name or post has been left blank, and duties to report that name nobody."""
    for clause in paper.clauses:
        if clause.kind == "row":
            continue
        blank = _NO_RECIPIENT.search(clause.text) or _TO_NOBODY.search(clause.text)
        if blank:
            what = f"somebody's name or post is missing: “{' '.join(blank[0].split())}”"
            yield Finding("blank-recipient", (clause.address,), what, "Say who it is")
            continue
        for sentence in _SENTENCE.split(clause.text):
            duty = _DUTY.search(sentence)
            if duty and not _SOMEBODY.search(sentence[duty.end() :]) and not _NOT_A_DUTY.search(sentence):
                what = "it asks to report, and doesn't say to whom"
                yield Finding("no-recipient", (clause.address,), what, "Say to whom")
                break
