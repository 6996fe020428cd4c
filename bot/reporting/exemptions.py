"""On what grounds somebody's data may have to be held back: questions for a person, never answers."""

import re
from collections.abc import Iterator
from enum import StrEnum

from bot.reporting.people import Family
from bot.reporting.report import Report
from knowledge.rules import Kind, Urgency


class Ground(StrEnum):
    """A possible exemption from access (Data Protection Act 2018, Schedules 2 and 3)."""

    SERIOUS_HARM = "serious_harm"
    CHILD_ABUSE = "child_abuse"
    THIRD_PARTY = "third_party"
    LEGAL_PRIVILEGE = "legal_privilege"
    REFERENCES = "references"
    CRIME = "crime"


_HARMFUL = frozenset(
    {
        Kind.NUDE_IMAGE,
        Kind.GROOMING,
        Kind.CHILD_ON_CHILD,
        Kind.DISCLOSURE,
        Kind.RADICALISATION,
        Kind.THREAT,
    }
)
_CHILDREN = frozenset({Family.CHILD, Family.ADULT, Family.HEAD})
_CRIMES = _HARMFUL - {Kind.DISCLOSURE}
_SAID = {
    Ground.SERIOUS_HARM: re.compile(
        r"suicid|self.?harm|overdos|kill|\bhurt|harm|abus|\brap(?:e|ed|ist)\b|violen|threat|afraid|scared|unsafe",
        re.IGNORECASE,
    ),
    Ground.LEGAL_PRIVILEGE: re.compile(
        r"solicitor|barrister|lawyer|legal (?:advice|team|adviser)|litigation|tribunal|without prejudice"
        r"|privileged",
        re.IGNORECASE,
    ),
    Ground.REFERENCES: re.compile(
        r"\breferees?\b|\b(?:job|employment|character|confidential|college|university) references?\b"
        r"|\breferences? (?:for|from|request)",
        re.IGNORECASE,
    ),
    Ground.CRIME: re.compile(r"\bpolice|\bcrime|criminal|arrest|prosecut|\bcps\b|investigat", re.IGNORECASE),
}
"""Words that make a ground worth asking about; too many rather than too few."""


def grounds(text: str, report: Report, family: Family, *, third_party: bool) -> tuple[Ground, ...]:
    """The grounds to be asked about for one piece of text on a case."""
    found = {*_of_report(report, family), *(ground for ground, words in _SAID.items() if words.search(text))}
    if third_party:
        found.add(Ground.THIRD_PARTY)
    return tuple(ground for ground in Ground if ground in found)


def _of_report(report: Report, family: Family) -> Iterator[Ground]:
    if report.danger or report.image or report.kind in _HARMFUL or report.urgency is Urgency.IMMEDIATE:
        yield Ground.SERIOUS_HARM
    if family in _CHILDREN:
        yield Ground.CHILD_ABUSE
    if report.kind in _CRIMES or family in {Family.ADULT, Family.HEAD}:
        yield Ground.CRIME
