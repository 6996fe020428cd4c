"""The register of official channels is looked up, not guessed: by school, platform, account and role."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.matcher import best_name
from knowledge.normalise import plain, words
from knowledge.rules import Channel, Pack

_PLATFORMS = {
    "facebook": r"\b(?:facebook|fb|face book|closed group)\b",
    "instagram": r"\b(?:insta\w*|ig|the gram)\b",
    "twitter": r"\b(?:twitter|tweet\w*|x)\b",
    "linkedin": r"\b(?:linkedin|linked in)\b",
    "youtube": r"\b(?:youtube|yt|you tube)\b",
    "tiktok": r"\b(?:tik ?tok)\b",
}
_COMMON_WORDS = frozenset(
    "school schools primary college academy trust facebook instagram twitter linkedin profile closed group and the "
    "of for a page account official cofe church england secondary federation sixth form under mailbox".split()
)
_ROLES = {
    "head": r"\b(?:head ?teacher|head|principal|ht)\b",
    "co head": r"\b(?:co ?head|co ht|job ?share head)\b",
    "business": r"\b(?:sbo|sbm|business (?:officer|manager)|office manager|bursar|office)\b",
    "class teacher": r"\b(?:(?:class|form|reception|nursery|year\d+) ?teacher|teacher|year\d+s? (?:class )?teacher)\b",
    "administrator": r"\b(?:admin\w*|secretary|receptionist)\b",
    "librarian": r"\blibrarian\b",
    "slt": r"\b(?:slt|deputy|assistant head|senior leader\w*)\b",
    "hr": r"\b(?:hr|human resources)\b",
    "communications": r"\b(?:comms?|communications)(?: team| officer| lead)?\b",
}
_APPROVED_AS = {
    "head": r"\b(?:HT|Head\w*|Principals?)\b",
    "co head": r"\b(?:Co HT|HT)\b",
    "business": r"\b(?:SBO|SBM|Business)\b",
    "class teacher": r"\b(?:[Cc]lass teachers?)\b",
    "administrator": r"\b[Aa]dministrator\b",
    "librarian": r"\bLibrarian\b",
    "slt": r"\b(?:SLT|DHT)\b",
    "hr": r"\bHR\b",
    "communications": r"\bCommunications\b",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Rows of the register that a question is about, and whether the asker's role may post there."""

    channels: tuple[Channel, ...]
    approved: bool | None
    """True or False where both the row and the asker's role are clear, else None."""


def look_up(pack: Pack, text: str) -> Entry | None:
    """Find the rows that plain text speaks of. None where no school or account of the register is named."""
    real = [row for row in pack.register_ if row.channels]
    names = {row.address: _naming_words(row) for row in real}
    said = [word for word in words(text) if word not in _COMMON_WORDS]
    key = _leading_school(said, real, names)
    if key is None:
        return None
    rows = [row for row in real if row.school == key]
    named = [row for row in rows if _platform_fits(row, text)] or rows
    return Entry(tuple(named), _approved(named, text))


def _leading_school(
    said: Sequence[str], rows: Sequence[Channel], names: dict[str, frozenset[str]]
) -> str | None:
    by_school: dict[str, frozenset[str]] = {}
    for row in rows:
        if row.school:
            by_school[row.school] = by_school.get(row.school, frozenset()) | names[row.address]
    return best_name(said, by_school)


def _naming_words(row: Channel) -> frozenset[str]:
    text = plain(" ".join((row.school or "", *row.channels)).replace("_", " "))
    return frozenset(word for word in words(text) if word not in _COMMON_WORDS)


def _platform_fits(row: Channel, text: str) -> bool:
    listed = plain(" ".join(row.channels))
    return any(name in listed and re.search(pattern, text) for name, pattern in _PLATFORMS.items())


def _approved(rows: Sequence[Channel], text: str) -> bool | None:
    roles = [role for role, pattern in _ROLES.items() if re.search(pattern, text)]
    listed = [row.approved for row in rows if row.approved]
    if not roles or not listed:
        return None
    role = "co head" if "co head" in roles else roles[0]
    return any(re.search(_APPROVED_AS[role], approved) for approved in listed)
