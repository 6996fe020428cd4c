"""Clauses as statements: sentence by sentence, whose conduct each is about, and how it is put."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from knowledge.importing.clauses import Clause, Clauses
from knowledge.lexicon import lexicon_file, whole_words
from knowledge.normalise import plain, tidy


class Stance(StrEnum):
    """How a statement is put, whatever it is about."""

    ASK = "ask"
    CAUTION = "caution"
    FORBID = "forbid"
    PERMIT = "permit"
    REQUIRE = "require"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a clause, read with what introduces it. `text` is plain; `whole` marks a whole clause.

    `audience` is staff, parents or pupils. `about` is the heading it stands under, in plain words.
    """

    clause: Clause
    text: str
    stance: Stance
    audience: str
    about: str
    whole: bool = False

    @property
    def address(self) -> str:
        """The clause's address."""
        return self.clause.address


_SENTENCE = re.compile(r"(?<=[.!?;])[\"'”’)]*\s+(?=[A-Z“\"‘'(])")


def statements(found: Clauses) -> tuple[Statement, ...]:
    """Every statement of a document; headers of tables say nothing by themselves."""
    headers: dict[int, Clause] = {}
    said: list[Statement] = []
    for clause in found.all:
        if clause.kind != "row":
            said.extend(_of_clause(clause))
        elif headers.setdefault(clause.table, clause) is not clause:
            said.extend(_of_row(clause, headers[clause.table].cells))
    return tuple(said)


def _of_clause(clause: Clause) -> Iterator[Statement]:
    about = _plain(clause.heading)
    audience = audience_of(_plain(clause.whole), about)
    parts = _SENTENCE.split(clause.text)
    for nth, part in enumerate(parts):
        said = _plain(f"{clause.lead} {part}" if clause.lead and nth == 0 else part)
        yield Statement(clause, _asked(clause, said), stance_of(said, about), audience, about)
    if len(parts) > 1:
        said = _plain(clause.whole)
        yield Statement(clause, _asked(clause, said), stance_of(said, about), audience, about, whole=True)


def _asked(clause: Clause, said: str) -> str:
    """What is said, after the question that it answers where the heading asks one."""
    return f"{_plain(clause.heading)} {said}" if clause.heading.endswith("?") else said


def _of_row(clause: Clause, header: Sequence[str]) -> Iterator[Statement]:
    """A row as one statement; where the columns are headed "Do" and "Don't", a statement for each cell."""
    about = _plain(clause.heading)
    heads = [_plain(cell) for cell in header]
    split = [at for at, head in enumerate(heads) if len(head.split()) <= _SHORT and _is_verdict(head)]
    if len(split) > 1:
        for at in split:
            cell = _plain(clause.cells[at]) if at < len(clause.cells) else ""
            if cell:
                yield Statement(clause, cell, stance_of(cell, heads[at]), audience_of(cell, about), heads[at])
        return
    said = _plain(clause.text)
    yield Statement(clause, said, stance_of(said, about), audience_of(said, about), about)


_SHORT = 5


def _is_verdict(head: str) -> bool:
    return any(_patterns()[name].search(head) for name in ("forbidding_heading", "permitting_heading"))


def _plain(text: str) -> str:
    return plain(tidy(text, longest=_LONGEST))


_LONGEST = 20_000
"""Characters of a clause that are understood; no clause of a policy comes near."""


def audience_of(text: str, about: str) -> str:
    """Whose conduct a clause is about: staff, unless it or its heading speaks of parents or pupils."""
    patterns = _patterns()
    for who in ("parents", "pupils"):
        heading = patterns[f"{who}_heading"].search(about) and not patterns["staff_heading"].search(about)
        if heading or patterns[who].search(text):
            return who
    return "staff"


def stance_of(text: str, about: str = "") -> Stance:
    """How plain text is put; a heading such as "Don't" speaks for what stands under it."""
    parents_agree = _patterns()["parents_agree"].search(text)
    family = _patterns()["family"].search(text)
    if family and family.start():
        text = text[: family.start()]  # whom relatives have to ask says nothing of everybody else
    for stance, pattern in _stances().items():
        if pattern.search(text) and not (stance is Stance.ASK and parents_agree):
            firm = stance is Stance.CAUTION and _patterns()["firmly"].search(text)
            headed = stance is Stance.REQUIRE and _patterns()["forbidding_heading"].search(about)
            return Stance.FORBID if firm or headed else stance
    return Stance.FORBID if _patterns()["forbidding_heading"].search(about) else Stance.STATE


def dutiful(text: str) -> bool:
    """Whether a duty is named beside the leave that is given."""
    return any(_stances()[stance].search(text) for stance in (Stance.FORBID, Stance.REQUIRE))


def conditional(text: str) -> bool:
    """Whether leave is given under conditions."""
    return _patterns()["conditions"].search(text) is not None


def limited(text: str) -> bool:
    """Whether a rule on former pupils ends at some age or after some time."""
    return _patterns()["limits"].search(text) is not None


@cache
def _stances() -> Mapping[Stance, re.Pattern[str]]:
    written = lexicon_file("duties")
    return {
        Stance(name): re.compile(_filled(f"(?:{'|'.join(patterns)})", written))
        for name, patterns in written["stances"].items()
    }


def _filled(pattern: str, written: dict[str, Any]) -> str:
    for name, listed in written["lists"].items():
        pattern = pattern.replace(f"<{name}>", listed)
    return rf"(?:\b|(?=\W)|^){pattern}"


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    written = lexicon_file("duties")
    found = {name: re.compile(pattern) for name, pattern in written["audience"].items()}
    found["conditions"] = whole_words(written["conditions"])
    for name in ("parents_agree", "forbidding_heading", "permitting_heading", "limits", "family", "firmly"):
        found[name] = whole_words([written[name]])
    return found
